"""The strip that says a place is free that somebody on the waiting list would take."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.language import translate
from clinic_app.wording.waiting import free_place_words

if TYPE_CHECKING:
    from clinic_app.services.waiting import FreePlace

LATER = 400
"""Milliseconds after a change before it looks: lists come first."""
TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.PATIENTS})


class FreePlaceStrip(Banner):
    """Says the first day on which a place is free and somebody waits. Dismissed, it stays away until that changes.

    ``told`` when it came or went.
    """

    told = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._found: FreePlace | None = None
        self._dismissed: object = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LATER)
        self._soon.timeout.connect(self._read)
        self.acted.connect(self._choose)
        self.dismissed.connect(self._put_away)
        context.attached.connect(self._soon.start)
        context.detached.connect(self._forget)
        context.concealed.connect(self._forget)
        context.tasks.changed.connect(self._changed)

    @property
    def found(self) -> FreePlace | None:
        """The day it speaks of."""
        return self._found

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.topics & TOPICS and self._context.open:
            self._soon.start()

    def _read(self) -> None:
        if not self._context.open:
            return
        self._context.tasks.ask(
            lambda s: s.waiting.free_places(1), self._show, owner=self, key="free_place", failed=lambda _: None
        )

    def _show(self, found: tuple[FreePlace, ...]) -> None:
        self._found = found[0] if found else None
        if self._found is None or _what(self._found) == self._dismissed:
            self.clear()
            self.told.emit()
            return
        words = free_place_words(self._found.day, len(self._found.waiting), self._context.today())
        self.show_words(words, action=translate("Choose…"), level=Level.INFO)
        self.told.emit()

    def _choose(self) -> None:
        if self._found is not None:
            self._context.intents.fill_place.emit(self._found.day)

    def _put_away(self) -> None:
        self._dismissed = _what(self._found) if self._found is not None else None

    def _forget(self) -> None:
        self._soon.stop()
        self._found = self._dismissed = None
        self.clear()


def _what(found: FreePlace) -> tuple[date, tuple[int, ...]]:
    return found.day, tuple(one.appointment.id for one in found.waiting)
