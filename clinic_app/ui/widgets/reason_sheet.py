"""A side sheet for what must be accounted for: a reason, one's own passphrase once more, a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.banner import Level
from clinic_app.ui.widgets.buttons import Kind
from clinic_app.ui.widgets.permission_fields import Granted, Needed, PermissionFields, read_needed
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.access import not_allowed_words

if TYPE_CHECKING:
    from clinic_app.services import Services


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
        self._always = always
        fields = self._permission = PermissionFields(self.keeper, hint=reason)
        self.reason, self.secret, self.second, self.second_secret = (
            fields.reason, fields.secret, fields.second, fields.second_secret
        )  # fmt: skip
        self.reason_field, self.secret_field, self.second_field, self.second_secret_field = fields.all
        for field in fields.all:
            self.add_field(field)
            field.hide()
        for line in fields.lines:
            line.returnPressed.connect(self.ask_save)

    def read_needs(self, services: Services) -> Needed:
        """What the action needs now; called in a thread."""
        return read_needed(services, self.action)

    def show_needs(self, found: Needed) -> None:
        """Show the fields that are needed; where nothing helps, say so and let nothing be done."""
        self.need = found.need
        self._permission.show(found, always=self._always)

    def say_needs(self, found: Needed) -> None:
        """Say what stands in the way, once the sheet is in sight."""
        if found.need is Need.NO:
            self.refuse(not_allowed_words(self.action, found.user))
        elif found.nobody:
            self.refuse(found.nobody)

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
        reason, act = granted.reason, self.act

        def write(services: Services) -> Changes:
            granted(services)
            with services.access.because(reason):
                return act(services, reason)

        self.set_busy(True)
        self.context.tasks.tell(write, self._done, owner=self, failed=self.show_refusal)

    def granted(self) -> Granted:
        """What was typed, as what grants the action in a thread. Raises ``RuleBroken`` where something is missing."""
        return self._permission.granted(self.action)

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
        self._permission.forget()
        self.finish()
        self.context.wrote(self.words_of(changes), changes)
        self.after(changes)
