"""The strip that says how many bookings cannot be kept: a doctor is away, or the clinic is closed."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.absences import moved_on_words
from clinic_app.wording.language import translate

LATER = 500
"""Milliseconds after a change before it looks: lists come first."""
TOPICS = frozenset({Topic.SCHEDULE, Topic.PREFERENCES})


class MustMoveStrip(Banner):
    """Stays until every booking in the way is moved or cancelled. ``wanted`` when they shall be listed.

    ``told`` when it came or went.
    """

    wanted = Signal()
    told = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent, can_dismiss=False)
        self._context = context
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LATER)
        self._soon.timeout.connect(self._read)
        self.acted.connect(self.wanted)
        context.attached.connect(self._soon.start)
        context.detached.connect(self._forget)
        context.concealed.connect(self._forget)
        context.tasks.changed.connect(self._changed)

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.topics & TOPICS and self._context.open:
            self._soon.start()

    def _read(self) -> None:
        if self._context.open:
            self._context.tasks.ask(
                lambda s: len(s.absences.displaced()), self._show, owner=self, key="must_move", failed=lambda _: None
            )

    def _show(self, count: int) -> None:
        if count:
            self.show_words(moved_on_words(count), action=translate("Show…"), level=Level.WARNING)
        else:
            self.clear()
        self.told.emit()

    def _forget(self) -> None:
        self._soon.stop()
        self.clear()
