"""The audit on its way out: as a list or an incident report, to a file or to paper, after the passphrase once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from clinic_app.domain.access import Action
from clinic_app.ui.audit.filter_bar import Narrowed
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, ConfirmDialog, FormField, SideSheet, TextLabel
from clinic_app.wording.audit import count_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.changes import Report
    from clinic_app.services import Services

LIST, INCIDENT = "list", "incident"
PAPER = "paper"
KINDS = {".xlsx": "Excel (*.xlsx)", ".csv": "CSV (*.csv)", ".html": "HTML (*.html)"}
AskPath = Callable[[QWidget, str], str]
AskPrinter = Callable[[QWidget], QPrinter | None]


def ask_path(parent: QWidget, suggested: str) -> str:
    """The computer's own dialog for a file to write; replacing one is asked by us afterwards."""
    found, _ = QFileDialog.getSaveFileName(
        parent,
        translate("Export the audit"),
        suggested,
        KINDS[Path(suggested).suffix],
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    return found


def ask_printer(parent: QWidget) -> QPrinter | None:
    """The computer's own dialog for a printer; None where it was left."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(translate("Audit"))
    dialog = QPrintDialog(printer, parent)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def print_page(html: str, printer: QPrinter) -> None:
    """Print a page of HTML, broken into as many sheets as it needs."""
    document = QTextDocument()
    document.setHtml(html)
    document.print_(printer)


def suggested_name(what: str, day: date, folder: Path, ending: str) -> str:
    """A neutral name that is still free there: ``audit-2026-03-19.xlsx``, then ``audit-2026-03-19-2.xlsx``."""
    stem = f"{'incident-report' if what == INCIDENT else 'audit'}-{day.isoformat()}"
    name, number = f"{stem}{ending}", 2
    while (folder / name).exists():
        name, number = f"{stem}-{number}{ending}", number + 1
    return name


class TakeOutSheet(SideSheet):
    """Asks as what, says what that means, asks for the passphrase, and does it."""

    asks_itself = True

    last_folder = ""

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        narrowed: Narrowed,
        count: int,
        *,
        paper: bool = False,
        ask: AskPath = ask_path,
        printer: AskPrinter = ask_printer,
    ) -> None:
        """``narrowed``: what is listed now. ``paper``: printing is proposed."""
        title = translate("Print the audit") if paper else translate("Export the audit")
        super().__init__(context.theme, host, title, save=translate("Go on…"))
        self._context = context
        self._narrowed = narrowed
        self._count = count
        self._ask = ask
        self._printer = printer
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(TakeOutSheet.last_folder or documents)
        keeper = context.theme
        whats = ChoiceRow(
            keeper,
            ((LIST, translate("The list as it stands")), (INCIDENT, translate("Incident report"))),
            translate("What"),
        )
        whats.choose(LIST)
        whats.chosen.connect(lambda _: self._say())
        self.what: FormField[ChoiceRow] = FormField(keeper, "what", translate("What"), whats)
        self.add_field(self.what)
        self._said = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True)
        self.add_widget(self._said)
        forms = ChoiceRow(
            keeper,
            ((".xlsx", "Excel"), (".csv", "CSV"), (".html", translate("Page (HTML)")), (PAPER, translate("On paper"))),
            translate("As"),
        )
        forms.choose(PAPER if paper else ".xlsx")
        self.form: FormField[ChoiceRow] = FormField(keeper, "form", translate("As"), forms)
        self.add_field(self.form)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.returnPressed.connect(self.ask_save)
        self._secret: FormField[QLineEdit] = FormField(
            keeper, "passphrase", translate("Your passphrase once more"), self.passphrase
        )
        self.add_field(self._secret)
        self._secret.setVisible(not context.clinic.demo)
        self.save_asked.connect(self._confirm)
        context.detached.connect(self.hide)
        self._say()

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def mark_changed(self, *_: object) -> None:
        """There is nothing to lose."""

    def _say(self) -> None:
        """What it will be, and what it may be written as."""
        incident = self.what.control.code == INCIDENT
        wanted = self._narrowed
        if not incident:
            about = ", ".join(wanted.words) or translate("everything")
            said = translate("{count}: {about}. Patients stand in files with their number, not their name.").format(
                count=count_words(self._count), about=about
            )
        elif bool(wanted.patient_id) == bool(wanted.user_id):
            said = translate("Narrow the list to one patient or one person first: the report is about them.")
        elif wanted.patient_id:
            said = translate(
                "Who saw, changed, took out or printed the record of {name}, in the days chosen, with what the audit "
                "cannot tell."
            ).format(name=wanted.patient_name)
        else:
            said = translate("What {name} saw, changed, took out or printed, in the days chosen.").format(
                name=wanted.user_name
            )
        self._said.setText(said)
        self.form.control.pill(".html").setVisible(incident)
        if self.form.control.code == ".html" and not incident:
            self.form.control.choose(".xlsx")
        self.save_button.setEnabled(not incident or bool(wanted.patient_id) != bool(wanted.user_id))

    def _confirm(self) -> None:
        self._secret.clear_problem()
        if self._context.clinic.demo:
            self._take_out()
            return
        words = self.passphrase.text()
        self._context.tasks.ask(
            lambda s: s.access.confirm(words, Action.EXPORT_AUDIT),
            lambda _: self._take_out(),
            owner=self,
            key="confirm",
            failed=lambda problem: self.show_problem("passphrase", sentence_of(problem)),
        )

    def _take_out(self) -> None:
        self.passphrase.clear()
        form = self.form.control.code or ".xlsx"
        if form == PAPER:
            self._print()
        else:
            self._write(form)

    def _print(self) -> None:
        printer = self._printer(self)
        if printer is None:
            return
        incident, wanted = self.what.control.code == INCIDENT, self._narrowed
        self.set_busy(True)

        def read(services: Services) -> str:
            if incident:
                patient, user, found = wanted.patient_id or None, wanted.user_id or None, wanted.filter
                return services.audit.incident_page(patient, user, found.since, found.until)
            return services.audit.list_page(wanted.filter, wanted.words)

        def deliver(html: str) -> None:
            print_page(html, printer)
            self._context.intents.toast.emit(translate("Printed; the printing stands in the audit."), None)
            self.finish()

        self._context.tasks.ask(read, deliver, owner=self, key="print", failed=self.show_refusal)

    def _write(self, ending: str) -> None:
        what, wanted = self.what.control.code or LIST, self._narrowed
        name = suggested_name(what, self._context.today(), self.folder, ending)
        found = self._ask(self, str(self.folder / name))
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
        TakeOutSheet.last_folder = str(path.parent)

        def job(services: Services, report: Report) -> None:
            if what == INCIDENT:
                patient, user, span = wanted.patient_id or None, wanted.user_id or None, wanted.filter
                services.audit.export_incident(str(path), patient, user, span.since, span.until, overwrite, report)
            else:
                services.audit.export(str(path), wanted.filter, overwrite, report)

        handle = self._context.tasks.run(job, translate("Exporting the audit"))
        toast = self._context.intents.toast
        handle.finished.connect(lambda _: toast.emit(translate("Written to {name}.").format(name=path.name), None))
        handle.cancelled.connect(lambda: toast.emit(translate("Stopped; no file was written."), None))
        self.finish()
