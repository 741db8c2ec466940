"""What must be said or shown before something is done: a reason, one's own passphrase once more, a second person.

The side sheets that ask beforehand and the dialog that asks after a refusal show the same fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from clinic_app.domain.access import Action, Need, who_may
from clinic_app.domain.errors import AccessRefused, RuleBroken
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.buttons import Button
from clinic_app.ui.widgets.choice_row import FlowLayout
from clinic_app.ui.widgets.form_field import FormField
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

WITH_REASON = frozenset({Need.REASON, Need.SIGN_IN_AGAIN_AND_REASON, Need.SECOND_PERSON})
WITH_SIGNING_IN = frozenset({Need.SIGN_IN_AGAIN, Need.SIGN_IN_AGAIN_AND_REASON, Need.SECOND_PERSON})


@dataclass(frozen=True, slots=True)
class Needed:
    """What an action needs of who works now, and who could be the second person."""

    need: Need
    user: str
    others: tuple[str, ...] = ()

    @property
    def nobody(self) -> str:
        """That a second person is needed and there is none; blank where that is not so."""
        if self.need is not Need.SECOND_PERSON or self.others:
            return ""
        return translate(
            "A second administrator has to agree, and there is none. Give somebody else that role first, then try "
            "again."
        )


def read_needed(services: Services, action: Action) -> Needed:
    """What an action needs now; called in a thread. What was shown a moment ago is not asked for again."""
    need, user = services.access.need(action), services.clinic.user.name
    if need in WITH_SIGNING_IN:
        with services.access.because("-"):
            if services.access.may(action):
                need = Need.YES if need is Need.SIGN_IN_AGAIN else Need.REASON
    others: tuple[str, ...] = ()
    if need is Need.SECOND_PERSON:
        others = tuple(
            one.name
            for one in services.people.all()
            if one.active and one.name != user and one.roles & set(who_may(action))
        )
    return Needed(need, user, others)


@dataclass(frozen=True, slots=True)
class Granted:
    """What was typed. Called with the services it signs in again and brings the second person."""

    action: Action
    reason: str
    secret: str
    second: str
    second_secret: str

    def __call__(self, services: Services) -> None:
        """Sign in again, where something was typed. Raises ``RuleBroken`` at the field of the wrong passphrase."""
        if self.secret:
            try:
                services.access.confirm(self.secret, self.action)
            except AccessRefused as refusal:
                raise RuleBroken("secret", refusal.code, **refusal.params) from refusal
        if self.second:
            try:
                services.access.second_person(self.second, self.second_secret)
            except AccessRefused as refusal:
                raise RuleBroken("second_secret", refusal.code, **refusal.params) from refusal

    def around(self, services: Services, work: Callable[[], object]) -> object:
        """Do some work with the reason that was typed, where one was."""
        if not self.reason:
            return work()
        with services.access.because(self.reason):
            return work()


class PermissionFields:
    """The four fields, hidden until they are needed. Their owner lays them out, in the order of ``all``."""

    def __init__(self, keeper: ThemeKeeper, *, hint: str = "") -> None:
        """``hint``: stands in the empty reason."""
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(hint or translate("Kept in the audit"))
        self.reason_field = FormField(keeper, "reason", translate("Why"), self.reason, required=True)
        self.secret = _secret()
        self.secret_field = FormField(
            keeper, "secret", translate("Your passphrase, once more"), self.secret, required=True,
            hint=translate("It then holds for five minutes"),
        )  # fmt: skip
        self.second = QComboBox()
        self.second.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.second.setMinimumContentsLength(24)
        self.second_field = FormField(
            keeper, "second", translate("Second person"), self.second, required=True,
            hint=translate("Another administrator, here beside you"),
        )  # fmt: skip
        self.second_secret = _secret()
        self.second_secret_field = FormField(
            keeper, "second_secret", translate("Passphrase of the second person"), self.second_secret, required=True
        )
        self.all = (self.reason_field, self.secret_field, self.second_field, self.second_secret_field)
        for field in self.all:
            field.hide()

    @property
    def lines(self) -> tuple[QLineEdit, ...]:
        """What is typed into, from the top."""
        return self.reason, self.secret, self.second_secret

    def show(self, found: Needed, *, always: bool = False, refused: str = "") -> None:
        """Show the fields that are needed. ``always``: a reason is asked for whatever the matrix says.

        ``refused``: the code of a refusal: what is asked before it is not missing.
        """
        signing = found.need in WITH_SIGNING_IN and refused != "second_person_needed"
        second = found.need is Need.SECOND_PERSON
        said = refused in ("sign_in_again", "second_person_needed")
        self.reason_field.setVisible(always or refused == "reason_needed" or (found.need in WITH_REASON and not said))
        self.secret_field.setVisible(signing or refused == "sign_in_again")
        self.second_field.setVisible(second)
        self.second_secret_field.setVisible(second)
        self.second.clear()
        self.second.addItems(found.others)

    def granted(self, action: Action) -> Granted:
        """What was typed, as what grants the action in a thread. Raises ``RuleBroken`` where the reason is missing."""
        if not self.reason_field.isHidden() and not self.reason.text().strip():
            raise RuleBroken("reason", "access_reason_missing")
        secret = "" if self.secret_field.isHidden() else self.secret.text()
        second = "" if self.second_field.isHidden() else self.second.currentText()
        reason = "" if self.reason_field.isHidden() else self.reason.text().strip()
        return Granted(action, reason, secret, second, self.second_secret.text() if second else "")

    def forget(self) -> None:
        """No passphrase stays."""
        for line in (self.secret, self.second_secret):
            line.clear()


def usual_reasons(keeper: ThemeKeeper, reason: QLineEdit, words: Sequence[str], parent: QWidget) -> QWidget:
    """Buttons that put what is often the reason into its line; ``words`` in English."""
    holder = QWidget(parent)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    flow = FlowLayout(holder)
    for one in words:
        button = Button(keeper, translate(one), small=True, parent=holder)
        button.clicked.connect(lambda _=False, one=one: reason.setText(translate(one)))
        flow.addWidget(button)
    return holder


def _secret() -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line
