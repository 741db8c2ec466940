"""The register on its way out: that it is not encrypted, as what, where to, how far, and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Progress
from clinic_app.domain.register_writing import RegisterGaps
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, ConfirmDialog, FormField, SideSheet, TextLabel, Toast
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.register import gap_sentences
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

KINDS = {".xlsx": "Excel (*.xlsx)", ".csv": "CSV (*.csv)"}
AskPath = Callable[[QWidget, str], str]
OpenFolder = Callable[[Path], object]


def suggested_name(day: date, folder: Path, ending: str = ".xlsx") -> str:
    """A neutral name that is still free there: ``register-2026-03-19.xlsx``, then ``register-2026-03-19-2.xlsx``."""
    name, number = f"register-{day.isoformat()}{ending}", 2
    while (folder / name).exists():
        name = f"register-{day.isoformat()}-{number}{ending}"
        number += 1
    return name


def ask_path(parent: QWidget, suggested: str) -> str:
    """The computer's own dialog for a file to write; replacing one is asked by us afterwards, with the verb."""
    kind = KINDS[Path(suggested).suffix]
    found, _ = QFileDialog.getSaveFileName(
        parent, translate("Export the register"), suggested, kind, options=QFileDialog.Option.DontConfirmOverwrite
    )
    return found


def open_folder(path: Path) -> None:
    """Show the folder of a file in the computer's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class RegisterExport(QObject):
    """One export as a job; it lives with the host until it has told the end.

    ``exported`` brings (path, rows), ``refused`` the sentence of what went wrong.
    """

    exported = Signal(str, int)
    refused = Signal(str)

    def __init__(
        self, context: UiContext, host: QWidget, path: Path, *, reason: str = "", show_folder: OpenFolder = open_folder
    ) -> None:
        super().__init__(host)
        self._context = context
        self._host = host
        self._path = path
        self._reason = reason
        self._show_folder = show_folder
        self._rows = 0
        self.job: JobHandle | None = None

    def start(self, *, overwrite: bool) -> None:
        """Write the file; ``overwrite``: the user said that the one standing there goes."""
        path = str(self._path)
        rows: list[int] = []

        def job(services: Services, report: Callable[[Progress], bool]) -> None:
            with services.access.because(self._reason):
                rows.append(services.register.export(path, overwrite, report))

        self.job = self._context.tasks.run(job, translate("Exporting the register"))
        self.job.finished.connect(lambda _: self._written(rows[0]))
        self.job.failed.connect(lambda problem: self.refused.emit(sentence_of(problem)))
        self.job.cancelled.connect(self._stopped)

    def _written(self, rows: int) -> None:
        counted = translate_many("{count} row written to", "{count} rows written to", rows)
        toast = Toast(self._context.theme, self._host)
        toast.closed.connect(toast.deleteLater)
        toast.show_words(
            f"{counted} {self._path.name}",
            action=translate("Show in folder"),
            act=lambda: self._show_folder(self._path),
            icon="file-spreadsheet",
        )
        self.exported.emit(str(self._path), rows)

    def _stopped(self) -> None:
        words = translate("The export was stopped; no file was written.")
        self._context.intents.toast.emit(words, None)
        self.refused.emit(words)


class RegisterExportSheet(SideSheet):
    """Says what an export means, asks why, as what and where, and starts it; names leave only after signing in again.

    ``started`` brings the ``RegisterExport``.
    """

    asks_itself = True

    started = Signal(object)
    last_folder = ""
    """Where the last export of this run went; the next is proposed there."""

    def __init__(
        self, context: UiContext, host: QWidget, *, ask: AskPath = ask_path, show_folder: OpenFolder = open_folder
    ) -> None:
        super().__init__(context.theme, host, translate("Export the register"), save=translate("Choose where…"))
        self._context = context
        self._ground = host
        self._ask = ask
        self._show_folder = show_folder
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(RegisterExportSheet.last_folder or documents)
        said = translate(
            "The file holds the names, phone numbers, diagnoses and injections of every patient, one row for each "
            "injection, in the columns the import understands."
        )
        self.add_widget(TextLabel(context.theme, said, Style.BODY, "text", self, wrap=True))
        self.gaps = TextLabel(context.theme, "", Style.BODY, "text", self, wrap=True, weight=500)
        self.gaps.hide()
        self.add_widget(self.gaps)
        kinds = ChoiceRow(context.theme, ((".xlsx", "Excel"), (".csv", "CSV")), translate("Write it as"))
        kinds.choose(".xlsx")
        self._kind: FormField[ChoiceRow] = FormField(context.theme, "kind", translate("Write it as"), kinds)
        self.add_field(self._kind)
        self.reason = QLineEdit()
        self._why: FormField[QLineEdit] = FormField(
            context.theme, "reason", translate("Why"), self.reason, hint=translate("Kept in the audit")
        )
        self.add_field(self._why)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._secret: FormField[QLineEdit] = FormField(
            context.theme, "passphrase", translate("Your passphrase once more"), self.passphrase
        )
        self.add_field(self._secret)
        self._secret.setVisible(not context.clinic.demo)
        warned = translate(
            "It is not encrypted: whoever gets the file can read it. Keep it on a drive you can lock away, and delete "
            "it when it has served."
        )
        self.banner.show_words(warned)
        self._warned = warned
        self.save_asked.connect(self._confirm)

    def open(self) -> None:
        """Slide in, with the warning in sight, and say what will not be in the file."""
        super().open()
        self._context.tasks.ask(lambda s: s.register.gaps(), self._show_gaps, owner=self, key="gaps")
        self.banner.show_words(self._warned)
        self.reason.setFocus()

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def mark_changed(self, *_: object) -> None:
        """There is nothing to lose."""

    def _show_gaps(self, gaps: RegisterGaps) -> None:
        self.gaps.setText("\n".join(gap_sentences(gaps)))
        self.gaps.setVisible(bool(self.gaps.text()))

    def _confirm(self) -> None:
        """Ask for what is missing, then for the place."""
        self.banner.show_words(self._warned)
        if not self.reason.text().strip():
            self.show_problem("reason", translate("Say why the names of patients leave the clinic."))
            return
        self._why.clear_problem()
        if self._context.clinic.demo:
            self._choose()
            return
        words = self.passphrase.text()
        self._context.tasks.ask(
            lambda s: s.access.confirm(words, Action.EXPORT_IDENTIFIABLE),
            lambda _: self._choose(),
            owner=self,
            key="confirm",
            failed=lambda problem: self.show_problem("passphrase", sentence_of(problem)),
        )

    def _choose(self) -> None:
        self._secret.clear_problem()
        ending = self._kind.control.code or ".xlsx"
        found = self._ask(self, str(self.folder / suggested_name(self._context.today(), self.folder, ending)))
        if not found:
            return
        path = Path(found)
        if path.suffix.lower() not in KINDS:
            path = path.with_name(path.name + ending)
        overwrite = path.exists()
        if overwrite:
            title = translate("Replace “{name}”?").format(name=path.name)
            said = translate("What is in that file now is lost. Nothing in the clinic changes.")
            if not ConfirmDialog.ask(self._context.theme, self, title, said, translate("Replace the file")):
                return
        self.folder = path.parent
        RegisterExportSheet.last_folder = str(path.parent)
        export = RegisterExport(
            self._context, self._ground, path, reason=self.reason.text(), show_folder=self._show_folder
        )
        export.start(overwrite=overwrite)
        self.started.emit(export)
        self.finish()
