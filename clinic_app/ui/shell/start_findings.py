"""What is wrong with the clinic's data, said across the window from its start on until somebody waves it away."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_app.domain.checks import Finding
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.checks import found_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

LOOK_AFTER_MS = 5_000
"""After the first list is there: nobody waits for the look over the data."""


class StartFindings(Banner):
    """A red strip with the way to the check of the data. ``acted`` when that is wanted, ``told`` when it shows more.

    Once a clinic is open its data are looked over, behind the window; locking or closing it stops that at once, and
    what was stopped begins anew when the window is opened again.
    """

    told = Signal()

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._services: Services | None = None
        self._found: tuple[Finding, ...] = ()
        self._stop = Event()
        self._later = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._later.timeout.connect(self.look)
        self.dismissed.connect(self.clear)
        context.concealed.connect(self._pause)
        context.detached.connect(self.forget)

    def begin(self, services: Services) -> None:
        """A clinic was opened: say what opening it found, and look over its data after a while."""
        self._services = services
        self._tell(services.found_at_start())
        self._later.start()

    def come_back(self) -> None:
        """The window is uncovered: what was not waved away is said again, and what opening it anew found."""
        self.setVisible(bool(self.words))
        if self._context.open and self._services is not None:
            self._later.start()

    def forget(self) -> None:
        """The clinic is closed."""
        self._pause()
        self._services = None
        self._found = ()
        self.clear()

    def look(self) -> None:
        """Look over the data now, in a thread of its own; a look that is under way ends."""
        self._later.stop()
        self._stop.set()
        services, stop = self._services, Event()
        if services is None:
            return
        self._stop = stop

        def over(found: Sequence[Finding]) -> None:
            if not stop.is_set():
                self._services = None
                self._tell(found)

        self._context.tasks.prepare(
            lambda: services.look_over(lambda _: not stop.is_set()), over, owner=self, failed=lambda _: None
        )

    def _pause(self) -> None:
        self._later.stop()
        self._stop.set()
        self.hide()

    def _tell(self, findings: Sequence[Finding]) -> None:
        """Say what was found besides what was said before; notes do no harm and are left to the check."""
        new = [one for one in findings if not one.harmless and one not in self._found]
        if new:
            self._found = (*self._found, *new)
            self.show_words(found_words(self._found), action=translate("Check the data…"), level=Level.PROBLEM)
            self.told.emit()
