"""The quiet offer of a PIN, once for each person of a clinic on this computer."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QWidget

from clinic_app.domain.people import PIN_DIGITS, PIN_HOURS
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

GROUP = "pin_offered"


class PinOffer(Banner):
    """Says what a PIN is for to who came in by a passphrase and has none. ``wanted`` when they want one."""

    wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, settings: QSettings, parent: QWidget) -> None:
        """``settings``: those of the window; only numbers are kept in them, no name and no folder."""
        super().__init__(keeper, parent)
        self._settings = settings
        self.acted.connect(self._take)

    def offer(self, services: Services) -> None:
        """Offer it to whoever works, unless they have a PIN or were asked before."""
        info = services.clinic
        key = f"{GROUP}/{sha256(info.folder.encode()).hexdigest()[:16]}-{info.user.id}"
        if info.demo or self._settings.contains(key) or services.must_choose_passphrase or _has_pin(services):
            self.clear()
            return
        self._settings.setValue(key, "true")
        words = translate(
            "With a PIN of {digits} digits you open the locked window again without the passphrase: for {hours} hours, "
            "until the program is closed or the computer sleeps."
        )
        words = words.format(digits=PIN_DIGITS, hours=PIN_HOURS)
        self.show_words(words, action=translate("Set a PIN…"), level=Level.INFO)

    def _take(self) -> None:
        self.clear()
        self.wanted.emit()


def _has_pin(services: Services) -> bool:
    return any(user.id == services.clinic.user.id for user in services.people.with_pin())
