"""Destroying for good what is in the bin: an administrator with a reason, signed in again, and a second person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.bin import BinEntry
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import TextLabel
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.bin import binned_line, holds_words, purged_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


class PurgeSheet(ReasonSheet):
    """Says what would be gone, asks for all that is needed, and destroys it."""

    def __init__(self, context: UiContext, host: QWidget, entry: BinEntry) -> None:
        super().__init__(
            context,
            host,
            translate("Destroy for good"),
            Action.PURGE,
            save=translate("Destroy for good"),
            destructive=True,
        )
        keeper = context.theme
        self._entry = entry
        self.add_widget(TextLabel(keeper, binned_line(entry), Style.NAME, "text", self, wrap=True))
        held = holds_words(entry)
        if held:
            self.add_widget(TextLabel(keeper, held, Style.BODY, "text", self, wrap=True))
        said = translate(
            "It cannot be put back afterwards. The audit keeps that a record was destroyed, when, by whom and why, "
            "but no name. Backups made before still hold it until they are too old to be kept, 9 months from now."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.add_needs(always=True)

    def act(self, services: Services, reason: str) -> Changes:
        """Destroy it."""
        return services.bin.purge(self._entry.id, reason)

    def words_of(self, changes: Changes) -> str:
        """That it is gone, and until when backups hold it."""
        return purged_words(changes.result) if isinstance(changes.result, date) else translate("Destroyed for good")

    def show_refusal(self, error: ClinicError) -> None:
        """What forbids it is said at the top."""
        if isinstance(error, RuleBroken) and error.field == "entry":
            error = RuleBroken("", error.code, **error.params)
        super().show_refusal(error)
