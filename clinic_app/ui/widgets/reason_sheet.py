"""A side sheet for what must be accounted for: a reason, one's own passphrase once more, a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from clinic_app.domain.access import Action, Need, who_may
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.banner import Level
from clinic_app.ui.widgets.buttons import Kind
from clinic_app.ui.widgets.form_field import FormField
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.access import not_allowed_words
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


class ReasonSheet(RecordSheet):
    """Asks for what ``action`` needs before it is done, and shows refusals beside what was asked for.

    Subclasses fill the body, call ``add_needs`` where these fields shall stand, and say in ``act`` what is done.
    """

    asks_itself = True

    def __init__(
        self, context: UiContext, host: QWidget, title: str, action: Action, *, save: str, destructive: bool = False
    ) -> None:
        super().__init__(context, host, title, save=save)
        self.action = action
        self.need = Need.YES
        if destructive:
            self.save_button.set_kind(Kind.DANGER_SOLID)

    def add_needs(self, *, reason: str = "", always: bool = False) -> None:
        """Put the fields here. ``always``: a reason is asked for whatever the matrix says; ``reason``: its hint."""
        keeper = self.keeper
        self._always = always
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(reason or translate("Kept in the audit"))
        self.reason_field = FormField(keeper, "reason", translate("Why"), self.reason, required=True)
        self.secret = _secret()
        self.secret_field = FormField(
            keeper,
            "secret",
            translate("Your passphrase, once more"),
            self.secret,
            required=True,
            hint=translate("It then holds for five minutes"),
        )
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
        for field in (self.reason_field, self.secret_field, self.second_field, self.second_secret_field):
            self.add_field(field)
            field.hide()
        for line in (self.reason, self.secret, self.second_secret):
            line.returnPressed.connect(self.ask_save)

    def read_needs(self, services: Services) -> Needed:
        """What the action needs now; called in a thread."""
        need, user = services.access.need(self.action), services.clinic.user.name
        if need in WITH_SIGNING_IN and self._stands(services):
            need = Need.YES if need is Need.SIGN_IN_AGAIN else Need.REASON
        others: tuple[str, ...] = ()
        if need is Need.SECOND_PERSON:
            others = tuple(
                one.name
                for one in services.people.all()
                if one.active and one.name != user and one.roles & set(who_may(self.action))
            )
        return Needed(need, user, others)

    def _stands(self, services: Services) -> bool:
        """Whether nobody has to sign in for it: a demo clinic, or signed in again a moment ago."""
        with services.access.because("-"):
            return services.access.may(self.action)

    def show_needs(self, found: Needed) -> None:
        """Show the fields that are needed; where nothing helps, say so and let nothing be done."""
        self.need = found.need
        self.reason_field.setVisible(self._always or found.need in WITH_REASON)
        self.secret_field.setVisible(found.need in WITH_SIGNING_IN)
        second = found.need is Need.SECOND_PERSON
        self.second_field.setVisible(second)
        self.second_secret_field.setVisible(second)
        self.second.clear()
        self.second.addItems(found.others)

    def say_needs(self, found: Needed) -> None:
        """Say what stands in the way, once the sheet is in sight."""
        if found.need is Need.NO:
            self.refuse(not_allowed_words(self.action, found.user))
        elif found.need is Need.SECOND_PERSON and not found.others:
            self.refuse(
                translate(
                    "A second administrator has to agree, and there is none. Give somebody else that role first, "
                    "then try again."
                )
            )

    def refuse(self, words: str) -> None:
        """Nothing can be done here: say why."""
        self.save_button.setEnabled(False)
        self.banner.show_words(words, level=Level.WARNING)

    def begin(self) -> None:
        """Read what is needed, slide in."""

        def show(found: Needed) -> None:
            self.show_needs(found)
            self.open()
            self.say_needs(found)

        self.context.tasks.ask(self.read_needs, show, owner=self, failed=self._unreadable)

    def act(self, services: Services, reason: str) -> Changes:
        """What is done, in a thread, with the reason in force."""
        raise NotImplementedError

    def words_of(self, changes: Changes) -> str:
        """What to say once it is done."""
        raise NotImplementedError

    def after(self, changes: Changes) -> None:
        """What else to do once it is done."""

    def save(self) -> None:
        """Ask for what is missing, then do it."""
        self.clear_problems()
        try:
            granted = self.granted()
        except RuleBroken as missing:
            self.show_refusal(missing)
            return
        reason = self.reason.text().strip()
        act = self.act

        def write(services: Services) -> Changes:
            granted(services)
            with services.access.because(reason):
                return act(services, reason)

        self.set_busy(True)
        self.context.tasks.tell(write, self._done, owner=self, failed=self.show_refusal)

    def granted(self) -> Granted:
        """What was typed, as what grants the action in a thread. Raises ``RuleBroken`` where something is missing."""
        if not self.reason_field.isHidden() and not self.reason.text().strip():
            raise RuleBroken("reason", "access_reason_missing")
        secret = "" if self.secret_field.isHidden() else self.secret.text()
        second = "" if self.second_field.isHidden() else self.second.currentText()
        return Granted(self.action, secret, second, self.second_secret.text() if second else "")

    def show_refusal(self, error: ClinicError) -> None:
        """Beside what was asked for; what is only asked for now comes into sight."""
        if isinstance(error, AccessRefused):
            if error.code == "reason_needed":
                error = RuleBroken("reason", "access_reason_missing")
                self.reason_field.show()
            elif error.code == "sign_in_again":
                self.secret_field.show()
                error = RuleBroken("secret", error.code, **error.params)
        super().show_refusal(error)

    def _done(self, changes: Changes) -> None:
        for line in (self.secret, self.second_secret):
            line.clear()
        self.finish()
        self.context.wrote(self.words_of(changes), changes)
        self.after(changes)


@dataclass(frozen=True, slots=True)
class Granted:
    """Passphrases that were typed; called with the services it signs in again and brings the second person."""

    action: Action
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


def _secret() -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line
