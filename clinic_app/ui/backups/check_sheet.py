"""Checking the clinic's data in the window: quick or whole, with progress and cancel; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from clinic_app.domain.changes import Changes, Progress, Report
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, ChoiceRow, FormField, Level, TextLabel
from clinic_app.ui.widgets.copying import copy_for_a_while
from clinic_app.ui.widgets.progress_strip import ProgressStrip
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.checks import finding_kind_words, findings_page, findings_words, result_words, step_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import messages, sentence, sentence_of

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from clinic_app.services import Services
    from clinic_app.ui.tasks import JobHandle

QUICK, FULL = "quick", "full"
SHOWN = 2000
"""So many findings are listed; more are counted, and all are copied and printed."""
LOOKS = {
    FindingKind.NOTE: ("info", "text2"),
    FindingKind.MISSING: ("circle-alert", "overdue.fg"),
    FindingKind.DAMAGED: ("triangle-alert", "overdue.fg"),
}
AskPrinter = Callable[[QWidget], "QPrinter | None"]


def ask_printer(parent: QWidget) -> QPrinter | None:
    """The computer's own dialog for a printer; None where it was left."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(translate("Check of the clinic’s data"))
    dialog = QPrintDialog(printer, parent)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with whose it is, where it is somebody's."""

    finding: Finding
    patient_id: int
    name: str

    @property
    def words(self) -> str:
        """The finding in a sentence that names patient and object."""
        code, params = self.finding.code, self.finding.params
        if self.name and "{mrn}" in messages().get(code, ""):
            return sentence(code, {**params, "mrn": self.name})
        return f"{self.name}: {sentence(code, params)}" if self.name else sentence(code, params)


class CheckSheet(RecordSheet):
    """Runs a check as a job and lists what it found. Enter on a finding opens the patient."""

    def __init__(self, context: UiContext, host: QWidget, *, printer: AskPrinter = ask_printer) -> None:
        super().__init__(context, host, translate("Check the clinic’s data"), save=translate("Check"))
        keeper = context.theme
        self._printer = printer
        self._job: JobHandle | None = None
        self.found: tuple[Found, ...] = ()
        self._whole = ""
        said = translate("Looks for damage and changes nothing. You can go on working meanwhile.")
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.how = ChoiceRow(
            keeper, ((QUICK, translate("Quick")), (FULL, translate("Every photograph too"))), translate("How much")
        )
        self.how.choose(QUICK)
        self.add_field(
            FormField(
                keeper,
                "how",
                translate("How much"),
                self.how,
                hint=translate("Opening every photograph takes minutes; do it once a month"),
            )
        )
        self.strip = ProgressStrip(keeper, translate("Checking"), self)
        self.strip.cancelled.connect(self.stop)
        self.strip.hide()
        self.said = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self.said.hide()
        self.add_widget(self.said)
        self.list = QListWidget()
        self.list.setAccessibleName(translate("Findings"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(keeper.px(260))
        self.list.itemDoubleClicked.connect(self._open)
        self.list.installEventFilter(self)
        self.list.hide()
        self.add_widget(self.list)
        self.copy = Button(keeper, translate("Copy the list"), icon="copy", small=True)
        self.copy.clicked.connect(self._copy)
        self.print = Button(keeper, translate("Print…"), icon="printer", small=True)
        self.print.clicked.connect(self._print)
        self._ways = QWidget()
        row = QHBoxLayout(self._ways)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(8))
        row.addWidget(self.copy)
        row.addWidget(self.print)
        row.addStretch(1)
        self._ways.hide()
        self.add_widget(self._ways)
        column = self.layout()
        if column is not None:
            column.addWidget(self.strip)

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def begin(self) -> None:
        """Slide in."""
        self.open()
        self.save_button.setFocus()

    def save(self) -> None:
        """Begin the check, quick or whole."""
        full = self.how.code == FULL
        results: list[tuple[Found, ...]] = []

        def check(services: Services, report: Report) -> Changes | None:
            results.append(_named(services, services.check(full, report)))
            return None

        self.banner.clear()
        self.list.hide()
        self.said.hide()
        self._ways.hide()
        self.set_busy(True)
        self.strip.setVisible(True)
        job = self._job = self.context.tasks.run(check, translate("Checking the clinic’s data"), resumable=True)
        job.progressed.connect(self._progressed)
        job.finished.connect(lambda _: self._show(results[0], full=full))
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        job.ended.connect(self._ended)

    def stop(self) -> None:
        """Stop the check at its next step."""
        if self._job is not None:
            self._job.cancel()

    def cancel(self) -> None:
        """Esc stops the check first, then closes."""
        if self._job is not None:
            self.stop()
        else:
            super().cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter on a finding opens the patient."""
        if (
            watched is self.list
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            item = self.list.currentItem()
            if item is not None:
                self._open(item)
            return True
        return super().eventFilter(watched, event)

    def _progressed(self, progress: Progress) -> None:
        self.strip.show_progress(progress, step_words(progress))

    def _show(self, found: tuple[Found, ...], *, full: bool) -> None:
        self.found = found
        findings = [one.finding for one in found]
        ok = all(one.harmless for one in findings)
        self._whole = findings_words(self.context.clinic.name, self.context.today(), full, [one.words for one in found])
        self.said.setText(result_words(findings, full=full))
        self.said.set_ink("success" if ok else "overdue.fg")
        self.said.show()
        keeper = self.keeper
        self.list.clear()
        for one in found[:SHOWN]:
            icon, ink = LOOKS[one.finding.kind]
            item = QListWidgetItem(keeper.icon(icon, ink, 16), one.words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{finding_kind_words(one.finding.kind)}: {one.words}")
            item.setData(Qt.ItemDataRole.UserRole, one.patient_id)
            self.list.addItem(item)
        if len(found) > SHOWN:
            self.list.addItem(translate("{count} more.").format(count=len(found) - SHOWN))
        self.list.setIconSize(QSize(keeper.px(16), keeper.px(16)))
        self.list.setVisible(bool(found))
        self._ways.setVisible(True)
        if found:
            self.list.setCurrentRow(0)

    def _failed(self, problem: object) -> None:
        if isinstance(problem, ClinicError):
            self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def _cancelled(self) -> None:
        self.banner.show_words(translate("Stopped; nothing is known of the rest."), level=Level.WARNING)

    def _ended(self) -> None:
        self._job = None
        self.strip.hide()
        self.set_busy(False)
        if self.found and self.list.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, item: QListWidgetItem) -> None:
        patient_id = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(patient_id, int) and patient_id:
            self._leave(done=False)
            self.context.intents.open_case.emit(patient_id, 0)

    def _copy(self) -> None:
        seconds = self.context.clinic.choices.clipboard_seconds
        copy_for_a_while(self._whole, seconds)
        words = translate("Copied. It is cleared from the clipboard after {seconds} seconds.")
        self.banner.show_words(words.format(seconds=seconds), level=Level.INFO)

    def _print(self) -> None:
        printer = self._printer(self)
        if printer is None:
            return
        from PySide6.QtGui import QTextDocument

        document = QTextDocument()
        document.setHtml(findings_page(self._whole))
        document.print_(printer)


def _named(services: Services, findings: tuple[Finding, ...]) -> tuple[Found, ...]:
    """Findings with the names of their patients."""
    known: dict[str, tuple[int, str]] = {"": (0, "")}
    for finding in findings:
        if finding.mrn not in known:
            entry = services.patients.by_mrn(finding.mrn)
            known[finding.mrn] = (0, finding.mrn) if entry is None else (entry.id, f"{entry.name}, {finding.mrn}")
    return tuple(Found(finding, *known[finding.mrn]) for finding in findings)
