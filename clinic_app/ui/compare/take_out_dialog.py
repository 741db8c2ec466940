"""One sheet before a comparison leaves the program: what that means, why, and for a file its name and folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.errors import AccessRefused, ClinicError, FileRefused, RuleBroken, StorageUnavailable
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.choice_row import ChoiceRow
from clinic_app.ui.widgets.form_field import FormField, Remark
from clinic_app.ui.widgets.permission_fields import Needed, PermissionFields, usual_reasons
from clinic_app.ui.widgets.themed import TextLabel
from clinic_app.wording.access import not_allowed_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

ACTION = Action.EXPORT_IDENTIFIABLE
WIDTH = 520
REASONS = ("For the clinic’s own record", "For the patient", "For another doctor who treats the patient")
"""What is often the reason; the first stands there already."""

PREVIEW, PDF = "preview", "pdf"


class Paper(Enum):
    """What a comparison is printed on."""

    A4 = "A4"
    LETTER = "Letter"


AskFolder = Callable[[QWidget, str], str]


def ask_folder(parent: QWidget, start: str) -> str:
    """The computer's own dialog for a folder; blank where it was left."""
    return QFileDialog.getExistingDirectory(parent, translate("Where shall the picture lie?"), start)


@dataclass(frozen=True, slots=True)
class Told:
    """``hidden``: in which of the photographs parts are hidden; ``beware``: what is wrong with that, else blank."""

    hidden: str
    beware: str = ""


class TakeOutDialog(QDialog):
    """Says what leaves and asks why; a passphrase too where it is needed. Enter goes on, Esc leaves all as it is.

    ``agreed`` brings what was typed (``Granted``); the dialog stays until its owner accepts it or refuses.
    """

    asks_itself = True
    agreed = Signal(object)

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget,
        title: str,
        warning: str,
        verb: str,
        needed: Needed,
        reason: str,
        told: Told,
    ) -> None:
        """``reason``: what was said last; blank for the usual one."""
        super().__init__(parent)
        self.keeper = keeper
        self._needed = needed
        self.setModal(True)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(10))
        column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self, wrap=True))
        column.addWidget(TextLabel(keeper, warning, Style.BODY, "text2", self, wrap=True))
        self.hidden = TextLabel(keeper, told.hidden, Style.NAME, "text", self, wrap=True)
        column.addWidget(self.hidden)
        self.beware = Remark(keeper, self)
        self.beware.show_words(told.beware, "triangle-alert", "warning")
        column.addWidget(self.beware)
        self.body = QVBoxLayout()
        self.body.setSpacing(keeper.px(10))
        column.addLayout(self.body)
        self.fields = PermissionFields(keeper)
        self.fields.reason.setText(reason or translate(REASONS[0]))
        for field in self.fields.all:
            column.addWidget(field)
            if field is self.fields.reason_field:
                column.addWidget(usual_reasons(keeper, self.fields.reason, REASONS, self))
        self.fields.show(needed, always=True)
        self._problem = Remark(keeper, self)
        column.addWidget(self._problem)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addStretch(1)
        self.cancel_button = Button(keeper, translate("Cancel"), parent=self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        row.addWidget(self.cancel_button)
        self.verb_button = Button(keeper, verb, kind=Kind.PRIMARY, parent=self)
        self.verb_button.clicked.connect(self.go_on)
        self.verb_button.setDefault(True)
        row.addWidget(self.verb_button)
        column.addLayout(row)
        self.setFixedWidth(keeper.px(WIDTH))
        self.finished.connect(lambda _: self.fields.forget())
        barred = not_allowed_words(ACTION, needed.user) if needed.need is Need.NO else needed.nobody
        if barred:
            self.verb_button.setEnabled(False)
            self._problem.show_words(barred, "circle-alert", "danger")

    def open(self) -> None:
        """Ask; the keyboard is where something is missing, else where Enter goes on."""
        super().open()
        secret = self.fields.secret_field
        (self.fields.secret if secret.isVisible() else self.first).setFocus()
        self._fit()

    @property
    def first(self) -> QWidget:
        """What has the keyboard where nothing is missing."""
        return self.verb_button

    def go_on(self) -> None:
        """Ask for what is missing, then hand over what was typed."""
        self._problem.show_words("")
        for field in self.asked_fields:
            field.clear_problem()
        try:
            granted = self.fields.granted(ACTION)
            self.check()
        except RuleBroken as missing:
            self.refuse(missing)
            return
        if self.fields.secret_field.isVisible() and not granted.secret:
            self.fields.secret_field.show_problem(translate("This is needed."))
            return
        self.set_busy(busy=True)
        self.agreed.emit(granted)

    @property
    def asked_fields(self) -> tuple[FormField[QLineEdit], ...]:
        """The fields a refusal may be said at."""
        return tuple(field for field in self.fields.all if isinstance(field.control, QLineEdit))

    def check(self) -> None:
        """Raise ``RuleBroken`` where something else than the reason is missing."""

    def set_busy(self, *, busy: bool) -> None:
        """It is being done: nothing can be edited."""
        for field in self.asked_fields:
            field.setEnabled(not busy)
        self.verb_button.set_busy(busy)

    def refuse(self, error: ClinicError) -> None:
        """It was not done: say so beside what it is about, and ask again."""
        self.set_busy(busy=False)
        name = error.field if isinstance(error, RuleBroken) else ""
        if isinstance(error, AccessRefused) and error.code == "sign_in_again":
            name = "secret"
        field = next((one for one in self.asked_fields if one.name == name), None)
        if field is None:
            self._problem.show_words(sentence_of(error), "circle-alert", "danger")
            return
        if field is self.fields.secret_field:
            self.fields.forget()
        field.show()
        field.show_problem(sentence_of(error))

    def event(self, event: QEvent) -> bool:
        """Grow with what is said under a field."""
        answer = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return answer

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self.keeper.colour("surface"))

    def _fit(self) -> None:
        """As high as the words need at this width."""
        column = self.layout()
        if column is not None and self.isVisible():
            column.activate()
            self.setFixedHeight(column.heightForWidth(self.width()))


class SaveDialog(TakeOutDialog):
    """Also asks for name and folder of the file; ``path`` is where it shall stand."""

    ending = ".png"

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget,
        warning: str,
        needed: Needed,
        reason: str,
        told: Told,
        suggested: Path,
        ask: AskFolder,
    ) -> None:
        super().__init__(keeper, parent, self.title(), warning, translate("Save"), needed, reason, told)
        self._ask = ask
        self.name = QLineEdit(suggested.name)
        self.name_field: FormField[QLineEdit] = FormField(keeper, "name", translate("File name"), self.name)
        self.folder = QLineEdit(str(suggested.parent))
        self.folder_field: FormField[QLineEdit] = FormField(keeper, "folder", translate("Folder"), self.folder)
        self.choose = Button(keeper, translate("Choose…"), icon="folder-open", parent=self)
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addWidget(self.folder_field, 1)
        holder = QVBoxLayout()
        holder.addSpacing(keeper.line(Style.CHIP) + 2)
        holder.addWidget(self.choose)
        holder.addStretch(1)
        row.addLayout(holder)
        self.file = QWidget(self)
        file = QVBoxLayout(self.file)
        file.setContentsMargins(0, 0, 0, 0)
        file.setSpacing(keeper.px(10))
        file.addWidget(self.name_field)
        file.addLayout(row)
        self.body.addWidget(self.file)
        order = (self.name, self.folder, self.choose, *self.fields.lines, self.cancel_button, self.verb_button)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    @staticmethod
    def title() -> str:
        """What it is about."""
        return translate("Save a picture of the comparison")

    def open(self) -> None:
        """Ask; typing another name replaces the suggested one."""
        super().open()
        self.name.setSelection(0, len(Path(self.name.text()).stem))

    @property
    def first(self) -> QWidget:
        """The name."""
        return self.name

    @property
    def path(self) -> Path:
        """Where the file shall stand; with the ending of its kind."""
        name = self.name.text().strip()
        name = name if name.lower().endswith(self.ending) else f"{name}{self.ending}"
        return Path(self.folder.text().strip()) / name

    @property
    def asked_fields(self) -> tuple[FormField[QLineEdit], ...]:
        """Also those of the file."""
        return (self.name_field, self.folder_field, *super().asked_fields)

    def check(self) -> None:
        """A name without a folder in it, and a folder."""
        name = self.name.text().strip()
        if not name or name in (".", "..") or Path(name).name != name or "\\" in name:
            raise RuleBroken("name", "picture_file_name", name=name)
        if not Path(self.folder.text().strip()).is_absolute():
            raise RuleBroken("folder", "picture_folder_relative")

    def refuse(self, error: ClinicError) -> None:
        """What is wrong with the disk is said at the folder, what is wrong with the file at its name."""
        if isinstance(error, StorageUnavailable) and "path" in error.params:
            error = RuleBroken("folder", error.code, **error.params)
        elif isinstance(error, FileRefused):
            error = RuleBroken("name", error.code, **error.params)
        super().refuse(error)

    def _choose(self) -> None:
        found = self._ask(self, self.folder.text())
        if found:
            self.folder.setText(found)
            self.folder_field.clear_problem()


class PrintDialog(SaveDialog):
    """Asks for the paper, and whether it goes to a printer or into a PDF file; only a file has name and folder."""

    ending = ".pdf"

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget,
        warning: str,
        needed: Needed,
        reason: str,
        told: Told,
        suggested: Path,
        ask: AskFolder,
        paper: Paper,
    ) -> None:
        super().__init__(keeper, parent, warning, needed, reason, told, suggested, ask)
        self.papers = ChoiceRow(keeper, [(one.value, one.value) for one in Paper], translate("Paper"))
        self.papers.choose(paper.value)
        self.to = ChoiceRow(
            keeper, ((PREVIEW, translate("A printer, with a preview")), (PDF, translate("A PDF file"))), translate("To")
        )
        self.to.choose(PREVIEW)
        self.to.chosen.connect(lambda _: self._show_file())
        self.body.insertWidget(0, FormField(keeper, "paper", translate("Paper"), self.papers))
        self.body.insertWidget(1, FormField(keeper, "to", translate("To"), self.to))
        self._show_file()

    @staticmethod
    def title() -> str:
        """What it is about."""
        return translate("Print the comparison")

    @property
    def paper(self) -> Paper:
        """What it is printed on."""
        return Paper(self.papers.code)

    @property
    def to_file(self) -> bool:
        """Whether it goes into a PDF file."""
        return self.to.code == PDF

    @property
    def first(self) -> QWidget:
        """The button, unless there is a file to be named."""
        return self.name if self.to_file else self.verb_button

    def check(self) -> None:
        """Only a file has a name."""
        if self.to_file:
            super().check()

    def _show_file(self) -> None:
        self.file.setVisible(self.to_file)
        self.verb_button.setText(translate("Save") if self.to_file else translate("Preview…"))
