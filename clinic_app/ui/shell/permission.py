"""The one place that asks for what a refused piece of work needs: a passphrase, a reason, a second person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import Grant
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Kind, TextLabel
from clinic_app.ui.widgets.permission_fields import (
    Granted,
    Needed,
    PermissionFields,
    read_needed,
    usual_reasons,
)
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

WIDTH = 480
REASONS: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        Action.DELETE: ("Entered for the wrong patient", "Entered twice", "Asked for by the patient"),
        Action.PURGE: ("Asked for by the patient", "Kept as long as it has to be"),
        Action.EXPORT_IDENTIFIABLE: (
            "For the patient",
            "For another doctor who treats the patient",
            "For a meeting of the clinic",
            "For teaching, agreed by the patient",
        ),
        Action.SEE_PHOTOS: ("Treating the patient now", "Asked for by the patient", "For teaching in the clinic"),
    }
)
"""What is often the reason, action by action."""


class PermissionDialog(QDialog):
    """Asks for all that is missing at once. ``granted`` brings it; the dialog stays until it is accepted or left."""

    granted = Signal(object)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget, refusal: AccessRefused, needed: Needed) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._action = Action(str(refusal.params["action"]))
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
        words = needed.nobody or sentence_of(refusal)
        column.addWidget(TextLabel(keeper, words, Style.BODY, "text2", self, wrap=True))
        self.fields = PermissionFields(keeper)
        for field in self.fields.all:
            column.addWidget(field)
            if field is self.fields.reason_field:
                usual = REASONS.get(self._action, ())
                self._common = usual_reasons(keeper, self.fields.reason, usual, self)
                column.addWidget(self._common)
        self.fields.show(needed, refused=refusal.code)
        self._common.setVisible(self._action in REASONS and not self.fields.reason_field.isHidden())
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = Button(keeper, translate("Cancel"), parent=self)
        cancel.clicked.connect(self.reject)
        self.go_on = Button(keeper, translate("Go on"), kind=Kind.PRIMARY, parent=self)
        self.go_on.clicked.connect(self._go_on)
        self.go_on.setDefault(True)
        self.go_on.setEnabled(not needed.nobody)
        row.addWidget(cancel)
        row.addWidget(self.go_on)
        column.addLayout(row)
        self.setFixedWidth(keeper.px(WIDTH))
        self._fit()
        first = next((field for field in self.fields.all if not field.isHidden()), None)
        if first is not None:
            first.control.setFocus()

    def refuse(self, problem: ClinicError) -> None:
        """What was typed does not do: say so beside it, and ask again."""
        self.set_busy(False)
        at = problem.field if isinstance(problem, RuleBroken) else ""
        self.fields.forget()
        field = next((one for one in self.fields.all if one.name == at), self.fields.secret_field)
        field.show()
        field.show_problem(sentence_of(problem))

    def set_busy(self, busy: bool) -> None:
        """A passphrase is being checked."""
        for field in self.fields.all:
            field.setEnabled(not busy)
        self.go_on.set_busy(busy)

    def event(self, event: QEvent) -> bool:
        """Grow with what is said under a field."""
        answer = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return answer

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _fit(self) -> None:
        """As high as the words need at this width."""
        column = self.layout()
        if column is not None:
            column.activate()
            self.setFixedHeight(max(column.heightForWidth(self.width()), column.sizeHint().height()))

    def _go_on(self) -> None:
        for field in self.fields.all:
            field.clear_problem()
        lines = zip(
            (self.fields.reason_field, self.fields.secret_field, self.fields.second_secret_field),
            self.fields.lines,
            strict=True,
        )
        for field, line in lines:
            if not field.isHidden() and not line.text().strip():
                field.show_problem(translate("This is needed."))
                return
        self.granted.emit(self.fields.granted(self._action))


@dataclass(frozen=True, slots=True)
class _Question:
    """What was refused, and how it goes on or not."""

    refusal: AccessRefused
    writes: bool
    again: Callable[[Grant], None]
    give_up: Callable[[], None]

    @property
    def action(self) -> Action:
        """What was refused."""
        return Action(str(self.refusal.params["action"]))


class Permission(QObject):
    """Answers refusals of the clinic with a small dialog and does the work again. One dialog at a time."""

    asks_itself = True

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._question: _Question | None = None
        self.dialog: PermissionDialog | None = None
        context.concealed.connect(self._give_up)
        context.detached.connect(self._give_up)

    def ask(
        self,
        refusal: AccessRefused,
        writes: bool,
        again: Callable[[Grant], None],
        give_up: Callable[[], None],
    ) -> bool:
        """Ask; False where somebody is asked already or the window is locked."""
        if self._question is not None or not self._context.open:
            return False
        question = self._question = _Question(refusal, writes, again, give_up)
        self._context.tasks.ask(
            lambda services: read_needed(services, question.action),
            self._show,
            owner=self,
            key="needed",
            failed=lambda _: self._give_up(),
        )
        return True

    def _show(self, needed: Needed) -> None:
        if self._question is None:
            return
        dialog = self.dialog = PermissionDialog(self._context.theme, self._window, self._question.refusal, needed)
        dialog.granted.connect(self._try)
        dialog.rejected.connect(self._give_up)
        dialog.open()

    def _try(self, granted: Granted) -> None:
        """Passphrases are checked before the work is done again: a wrong one is said in the dialog."""
        dialog = self.dialog
        if dialog is None:
            return
        dialog.set_busy(True)
        self._context.tasks.ask(
            granted, lambda _: self._go_on(granted), owner=self, key="granted", failed=dialog.refuse
        )

    def _go_on(self, granted: Granted) -> None:
        question = self._question
        if question is None:
            return
        self._close()
        if question.writes or not granted.reason:
            question.again(granted.around)
        else:
            question.give_up()
            self._explain(question, granted.reason)

    def _give_up(self) -> None:
        question = self._question
        self._close()
        if question is not None:
            question.give_up()

    def _close(self) -> None:
        dialog, self.dialog, self._question = self.dialog, None, None
        if dialog is not None:
            dialog.fields.forget()
            dialog.hide()
            dialog.deleteLater()

    def _explain(self, question: _Question, reason: str) -> None:
        """A reason for looking stands for half an hour; everything is read anew."""
        patient = question.refusal.params.get("patient_id")

        def write(services: Services) -> Changes:
            services.access.explain(question.action, patient if isinstance(patient, int) else None, reason)
            return Changes(frozenset(Topic))

        self._context.tasks.tell(write, owner=self)
