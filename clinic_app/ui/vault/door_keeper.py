"""The door to clinics, behind a thread: deriving keys takes a second, and the libraries load there too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from clinic_app.domain.errors import ClinicError
from clinic_app.ui.tasks import Tasks

if TYPE_CHECKING:
    from clinic_app.services.clinic_data import ClinicDoor

T = TypeVar("T")


class DoorKeeper:
    """Makes the door when it is first needed, in the thread that needs it, and asks it there."""

    def __init__(self, tasks: Tasks, make: Callable[[], ClinicDoor]) -> None:
        """``make`` builds the door; it is called once, in the thread."""
        self._tasks = tasks
        self._make = make
        self._door: ClinicDoor | None = None

    def ask(
        self,
        question: Callable[[ClinicDoor], T],
        deliver: Callable[[T], object],
        *,
        owner: QObject,
        failed: Callable[[ClinicError], object],
    ) -> None:
        """Ask something of the door."""
        self._tasks.prepare(lambda: question(self._opened()), deliver, owner=owner, failed=failed)

    def now(self, question: Callable[[ClinicDoor], T]) -> T:
        """Ask at once, in this thread: only where nothing else may come between, as while the window closes."""
        return question(self._opened())

    def _opened(self) -> ClinicDoor:
        if self._door is None:
            self._door = self._make()
        return self._door
