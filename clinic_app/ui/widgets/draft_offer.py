"""Drafts of a side sheet: kept two seconds after typing stops, offered again when the sheet is opened anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.themed import Card, TextLabel
from clinic_app.wording.dates import moment_seen_from
from clinic_app.wording.language import translate

KEEP_AFTER_MS = 2000
"""How long (ms) after the last key a draft is kept (security page 5.3)."""


class Draftable(Protocol):
    """A sheet that can say what was typed so far, and show it again."""

    def draft(self) -> dict[str, object]:
        """What was typed so far, as JSON values; nothing is checked."""
        ...

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before."""
        ...


class DraftOffer(Card):
    """*Restore draft from 14:03?* with Restore and Discard."""

    wanted = Signal()
    unwanted = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent, fill="accent_soft", line=None, radius=8)
        self._words = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, weight=500)
        self.restore = Button(keeper, translate("Restore"), kind=Kind.PRIMARY, small=True, parent=self)
        self.discard = Button(keeper, translate("Discard"), small=True, parent=self)
        self.restore.clicked.connect(self._taken)
        self.discard.clicked.connect(self._refused)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(12), keeper.px(8), keeper.px(8), keeper.px(8))
        row.setSpacing(keeper.px(8))
        row.addWidget(self._words, 1)
        row.addWidget(self.restore)
        row.addWidget(self.discard)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def words(self) -> str:
        """What it asks."""
        return self._words.text()

    def ask(self, at: datetime, today: datetime) -> None:
        """Ask about a draft of a moment; the day is said where it was not today."""
        words = translate("Restore draft from {when}?").format(when=moment_seen_from(at, today.date()))
        self._words.setText(words)
        self.setAccessibleName(words)
        self.show()

    def _taken(self) -> None:
        self.hide()
        self.wanted.emit()

    def _refused(self) -> None:
        self.hide()
        self.unwanted.emit()
