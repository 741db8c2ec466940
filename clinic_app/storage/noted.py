"""Events of the audit that were noted and are not entered yet: they wait in memory, in order, for the next save."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from clinic_app.domain.audit import NotedEvent


class NotedEvents:
    """What waits to be entered. Whoever takes it enters it, or puts it back. May be used from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[NotedEvent] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, *events: NotedEvent) -> None:
        """Note events, after those that wait already."""
        with self._lock:
            self._waiting += events

    def take(self) -> tuple[NotedEvent, ...]:
        """Everything that waits; it is the caller's from now on."""
        with self._lock:
            taken, self._waiting = tuple(self._waiting), []
        return taken

    def put_back(self, events: Sequence[NotedEvent]) -> None:
        """What could not be entered comes before what was noted since."""
        with self._lock:
            self._waiting = [*events, *self._waiting]
