"""What another program wrote into the clinic that is open here: the command line beside the window, say."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.ui.context import UiContext

LOOK_EVERY = 5_000
"""Milliseconds between two looks while nothing else is asked."""


class Neighbours(QObject):
    """Looks for entries others made, every few seconds and when the window is turned to; then all rooms read again."""

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._seen: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look_if_idle)
        context.attached.connect(self._begin)
        context.detached.connect(self._end)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody turned to the window: look at once."""
        if event.type() is QEvent.Type.WindowActivate and self._timer.isActive():
            self.look()
        return False

    def look(self) -> None:
        """Ask what is newest now; the first answer is where it begins."""
        if not self._context.open:
            return
        after = self._seen
        self._context.tasks.ask(
            lambda services: services.written_elsewhere(after),
            lambda answer: self._answered(after, *answer),
            owner=self,
            key="look",
            failed=lambda _: None,
        )

    def _begin(self) -> None:
        self._seen = None
        self.look()
        self._timer.start()

    def _end(self) -> None:
        self._timer.stop()
        self._seen = None

    def _look_if_idle(self) -> None:
        if not self._context.tasks.pending:
            self.look()

    def _answered(self, after: int | None, newest: int, others: bool) -> None:
        if not self._timer.isActive() or after != self._seen:
            return
        self._seen = newest
        if others:
            self._context.tasks.changed.emit(Changes(frozenset(Topic)))
