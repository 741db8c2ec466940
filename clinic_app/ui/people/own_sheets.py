"""What somebody does about their own access: another passphrase, a PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.domain.people import PIN_DIGITS, PIN_HOURS, PIN_TRIES
from clinic_app.ui.context import UiContext
from clinic_app.ui.people.suggestion import add_passphrase_aid
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


class SecretSheet(RecordSheet):
    """A side sheet with lines nobody reads over a shoulder, and a box that shows them."""

    def __init__(self, context: UiContext, host: QWidget, title: str, save: str = "") -> None:
        super().__init__(context, host, title, save=save)
        self.lines: dict[str, QLineEdit] = {}
        self.show_letters = QCheckBox(translate("Show what I type"))
        self.show_letters.toggled.connect(self._show_letters)

    def add_secret(self, name: str, label: str, hint: str = "") -> QLineEdit:
        """A line with dots; Enter saves."""
        line = QLineEdit()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.returnPressed.connect(self.ask_save)
        line.textEdited.connect(self._edited)
        self.add_field(FormField(self.keeper, name, label, line, required=True, hint=hint))
        self.lines[name] = line
        return line

    def add_words(self, words: str) -> None:
        """A paragraph."""
        self.add_widget(TextLabel(self.keeper, words, Style.BODY, "text2", self, wrap=True))

    def add_letters_box(self) -> None:
        """The box that shows what is typed."""
        self.add_widget(self.show_letters)

    def forget(self) -> None:
        """Nothing typed stays."""
        for line in self.lines.values():
            line.clear()

    def missing(self) -> bool:
        """Whether a line is empty; says so beside the first."""
        for name, line in self.lines.items():
            if not line.text():
                self.show_problem(name, translate("This is needed."))
                return True
        return False

    def _edited(self, _: str) -> None:
        self.mark_changed()
        for name in self.lines:
            field = self.field(name)
            if field is not None and field.problem:
                field.clear_problem()

    def _show_letters(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for line in self.lines.values():
            line.setEchoMode(mode)


class PassphraseSheet(SecretSheet):
    """Changes one's own passphrase."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Change my passphrase"))
        self.add_secret("old", translate("The passphrase you have"))
        self.add_secret(
            "passphrase", translate("New passphrase"), translate("At least 15 characters; five ordinary words do well")
        )
        self.add_secret("again", translate("New passphrase once more"))
        field = self.field("passphrase")
        if field is not None:
            self.aid = add_passphrase_aid(self, tuple(self.lines.values())[1:], field)
        self.body.addStretch(1)

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Change it: the new one opens before the old one no longer does."""
        self.clear_problems()
        if self.missing():
            return
        old, new = self.lines["old"].text(), self.lines["passphrase"].text()
        if new != self.lines["again"].text():
            self.show_problem("again", translate("The two passphrases differ. Type the same one twice."))
            return

        self.write(
            lambda services: services.people.change_passphrase(old, new), translate("The passphrase was changed")
        )

    def show_refusal(self, error: ClinicError) -> None:
        """A wrong old one is said beside it."""
        if isinstance(error, AccessRefused):
            self.lines["old"].clear()
            error = RuleBroken("old", error.code, **error.params)
        super().show_refusal(error)


class PinSheet(SecretSheet):
    """Chooses a PIN to come back with."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Set a PIN"), save=translate("Set PIN"))
        words = translate(
            "With the PIN you open the locked window again, and come back after somebody else worked here. It holds "
            "{hours} hours, until the program is closed or the computer sleeps; after {tries} wrong ones only "
            "passphrases open. It is kept in memory alone, never on the disk."
        )
        self.add_words(words.format(hours=PIN_HOURS, tries=PIN_TRIES))
        for name, label in (("pin", translate("PIN, six digits")), ("again", translate("PIN once more"))):
            self.add_secret(name, label).setMaxLength(PIN_DIGITS)
        self.add_letters_box()
        self.body.addStretch(1)

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Set it."""
        self.clear_problems()
        if self.missing():
            return
        pin = self.lines["pin"].text()
        if pin != self.lines["again"].text():
            self.show_problem("again", translate("The two PINs differ. Type the same one twice."))
            return

        self.write(lambda services: _set_pin(services, pin), translate("The PIN was set"))


def _set_pin(services: Services, pin: str) -> Changes:
    services.people.set_pin(pin)
    return Changes(frozenset())
