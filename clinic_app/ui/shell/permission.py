"""The one place that asks for what a refused piece of work needs: a passphrase, a reason, a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import Grant
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, FlowLayout, FormField, Kind, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

COMMON = ("Entered for the wrong patient", "Entered twice", "Asked for by the patient", "Treating the patient now")


class PermissionDialog(QDialog):
    """Asks for one thing. ``typed``: the passphrase or reason; ``name``: the second person."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget, refusal: AccessRefused) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.code = refusal.code
        self.setModal(True)
        titles = {
            "sign_in_again": translate("Your passphrase once more"),
            "reason_needed": translate("Why?"),
            "second_person_needed": translate("A second person"),
        }
        self.setWindowTitle(titles[refusal.code])
        column = QVBoxLayout(self)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(10))
        column.addWidget(TextLabel(keeper, titles[refusal.code], Style.PANEL_TITLE, "text", self, wrap=True))
        column.addWidget(TextLabel(keeper, sentence_of(refusal), Style.BODY, "text2", self, wrap=True))
        self.name = QLineEdit(self)
        self._name_field = FormField(keeper, "name", translate("Name of the second person"), self.name, parent=self)
        self._name_field.setVisible(refusal.code == "second_person_needed")
        column.addWidget(self._name_field)
        self.typed = QLineEdit(self)
        reason = refusal.code == "reason_needed"
        if not reason:
            self.typed.setEchoMode(QLineEdit.EchoMode.Password)
        label = translate("Reason") if reason else translate("Passphrase")
        self.field = FormField(keeper, "typed", label, self.typed, parent=self)
        column.addWidget(self.field)
        if reason:
            holder = QWidget(self)
            flow = FlowLayout(holder)
            for words in COMMON:
                button = Button(keeper, translate(words), small=True, parent=holder)
                button.clicked.connect(lambda _=False, words=words: self.typed.setText(translate(words)))
                flow.addWidget(button)
            column.addWidget(holder)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = Button(keeper, translate("Cancel"), parent=self)
        cancel.clicked.connect(self.reject)
        self.go_on = Button(keeper, translate("Go on"), kind=Kind.PRIMARY, parent=self)
        self.go_on.clicked.connect(self._go_on)
        self.go_on.setDefault(True)
        row.addWidget(cancel)
        row.addWidget(self.go_on)
        column.addLayout(row)
        self.setMinimumWidth(keeper.px(440))
        (self.name if refusal.code == "second_person_needed" else self.typed).setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _go_on(self) -> None:
        if not self.typed.text().strip():
            self.field.show_problem(translate("This is needed."))
        else:
            self.accept()


class Permission(QObject):
    """Answers refusals of the clinic with a small dialog and does the work again. One dialog at a time."""

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self.dialog: PermissionDialog | None = None

    def ask(
        self,
        refusal: AccessRefused,
        writes: bool,
        again: Callable[[Grant], None],
        give_up: Callable[[], None],
    ) -> bool:
        """Ask; False where a dialog is open already or the window is locked."""
        if self.dialog is not None or not self._context.open:
            return False
        dialog = self.dialog = PermissionDialog(self._context.theme, self._window, refusal)

        def ended(result: int) -> None:
            self.dialog = None
            typed, name = dialog.typed.text(), dialog.name.text()
            dialog.typed.clear()
            dialog.deleteLater()
            if result != QDialog.DialogCode.Accepted:
                give_up()
            elif writes:
                again(granting(refusal, typed, name))
            else:
                give_up()
                self._explain(refusal, typed)

        dialog.finished.connect(ended)
        dialog.open()
        return True

    def _explain(self, refusal: AccessRefused, reason: str) -> None:
        """A reason for looking stands for half an hour; everything is read anew."""
        action, patient = action_of(refusal), refusal.params.get("patient_id")

        def write(services: Services) -> Changes:
            services.access.explain(action, patient if isinstance(patient, int) else None, reason)
            return Changes(frozenset(Topic))

        self._context.tasks.tell(write, owner=self)


def action_of(refusal: AccessRefused) -> Action:
    """What was refused."""
    return Action(str(refusal.params["action"]))


def granting(refusal: AccessRefused, typed: str, name: str) -> Grant:
    """What makes a refused piece of work possible, as called in its thread around it."""
    action = action_of(refusal)

    def grant(services: Services, work: Callable[[], object]) -> object:
        access = services.access
        if refusal.code == "sign_in_again":
            access.confirm(typed, action)
        elif refusal.code == "second_person_needed":
            access.second_person(name, typed)
        else:
            with access.because(typed):
                return work()
        return work()

    return grant
