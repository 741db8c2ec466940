"""A copy of one patient's whole record, for the patient who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Report
from clinic_app.domain.errors import Cancelled, ClinicError, FileRefused, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, ChoiceRow, ConfirmDialog, FormField, Level, TextLabel
from clinic_app.ui.widgets.permission_fields import Needed
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.language import translate
from clinic_app.wording.record_copy import plain_warning

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.record_copy import RecordCopy

FOLDER, PACKED = "folder", "packed"
ENDING = ".zip"
AskFolder = Callable[[QWidget, str], str]
OpenFolder = Callable[[str], object]


def ask_folder(parent: QWidget, start: str) -> str:
    """The computer's own dialog for a folder; blank where it was left."""
    return QFileDialog.getExistingDirectory(parent, translate("Where shall the copy lie?"), start)


def open_folder(folder: str) -> None:
    """Show a folder in the computer's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))


class RecordCopySheet(ReasonSheet):
    """Asks why and where, warns that the files are not encrypted, and writes them as a job."""

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        patient_id: int,
        *,
        ask: AskFolder = ask_folder,
        show_folder: OpenFolder = open_folder,
    ) -> None:
        super().__init__(
            context,
            host,
            translate("Copy of the record"),
            Action.EXPORT_IDENTIFIABLE,
            save=translate("Write the copy"),
        )
        self._patient_id = patient_id
        self._ask = ask
        self._show_folder = show_folder
        self._found = ("", "")
        keeper = context.theme
        self.who = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self.add_widget(self.who)
        said = translate(
            "Everything that was entered of this patient, as a page to read, as data for another program (JSON), and "
            "every photograph: whole, turned as the clinic sees it, with nothing hidden in it."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.add_widget(TextLabel(keeper, plain_warning(), Style.BODY, "due.fg", self, wrap=True, weight=500))
        self.form = ChoiceRow(
            keeper, ((FOLDER, translate("A folder")), (PACKED, translate("One file (ZIP)"))), translate("Write it as")
        )
        self.form.choose(FOLDER)
        self.add_field(FormField(keeper, "form", translate("Write it as"), self.form))
        self.form.chosen.connect(self._name_for_form)
        self.folder = QLineEdit()
        self.folder.returnPressed.connect(self.ask_save)
        self.folder_field = self.add_field(
            FormField(
                keeper,
                "folder",
                translate("New folder for it"),
                self.folder,
                required=True,
                hint=translate("Best on a medium of the patient’s own"),
            )
        )
        self.choose = Button(keeper, translate("Choose where…"), icon="folder-open")
        self.choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_needs(always=True)

    def read_needs(self, services: Services) -> Needed:
        """Also who it is."""
        patient = services.patients.get(self._patient_id)
        self._found = (patient.name, patient.mrn)
        return super().read_needs(services)

    def show_needs(self, found: Needed) -> None:
        """Also who it is, and a folder that is free."""
        name, mrn = self._found
        self.who.setText(f"{name}, {mrn}")
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder.setText(str(Path(documents) / self._folder_name()))
        super().show_needs(found)

    def open(self) -> None:
        """The reason gets the keyboard: all else has an answer."""
        super().open()
        self.reason.setFocus()

    def save(self) -> None:
        """Ask for what is missing, then write in the background; the sheet stays until it is granted."""
        self.clear_problems()
        folder = self._bare(self.folder.text().strip())
        try:
            granted = self.granted()
            if not folder or not Path(folder).is_absolute():
                raise RuleBroken("folder", "backup_place_relative", place=folder)
        except RuleBroken as missing:
            self.show_refusal(missing)
            return
        reason, patient_id, packed = self.reason.text().strip(), self._patient_id, self._packed
        made: list[RecordCopy] = []
        refused: list[ClinicError] = []

        def write(services: Services, report: Report) -> None:
            try:
                granted(services)
                made.append(services.record_copy.export(patient_id, folder, reason, report, packed=packed))
            except Cancelled:
                raise
            except ClinicError as problem:
                refused.append(problem)

        self.set_busy(True)
        job = self.context.tasks.run(write, translate("Copying the record"))
        job.finished.connect(lambda _: self._over(made, refused))
        job.failed.connect(lambda _: self.set_busy(False))
        job.cancelled.connect(self._stopped)

    def show_refusal(self, error: ClinicError) -> None:
        """A folder that cannot be written is said beside it."""
        if isinstance(error, FileRefused):
            error = RuleBroken("folder", error.code, **error.params)
        super().show_refusal(error)

    def _over(self, made: list[RecordCopy], refused: list[ClinicError]) -> None:
        self.set_busy(False)
        if refused:
            self.show_refusal(refused[0])
            return
        for line in (self.secret, self.second_secret):
            line.clear()
        self.finish()
        if made:
            self._tell(made[0])

    def _tell(self, copy: RecordCopy) -> None:
        keeper = self.context.theme
        words = translate("{files} files, {photos} of them photographs, lie in “{folder}”.").format(
            files=copy.files, photos=copy.photographs, folder=copy.folder
        )
        dialog = ConfirmDialog(
            keeper,
            translate("The copy is written"),
            f"{words}\n{copy.warning}",
            translate("Show in folder"),
            self.window(),
            destructive=False,
            cancel=translate("Close"),
        )
        where = copy.folder if Path(copy.folder).is_dir() else str(Path(copy.folder).parent)
        dialog.accepted.connect(partial(self._show_folder, where))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _stopped(self) -> None:
        self.set_busy(False)
        self.banner.show_words(translate("Stopped. What was written was removed."), level=Level.INFO)

    @property
    def _packed(self) -> bool:
        return self.form.code == PACKED

    def _bare(self, path: str) -> str:
        """The path without the ending of a packed file: the service puts it there itself."""
        return path.removesuffix(ENDING) if self._packed else path

    def _name_for_form(self) -> None:
        self.folder_field.set_label(translate("New file for it") if self._packed else translate("New folder for it"))
        path = self.folder.text().strip().removesuffix(ENDING)
        if path:
            self.folder.setText(f"{path}{ENDING}" if self._packed else path)

    def _folder_name(self) -> str:
        name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in self._found[1])
        return f"record-{name}-{self.context.today().isoformat()}{ENDING if self._packed else ''}"

    def _choose(self) -> None:
        found = self._ask(self, str(Path(self.folder.text()).parent))
        if found:
            self.folder.setText(str(Path(found) / self._folder_name()))
            self.mark_changed()
