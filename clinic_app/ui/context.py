"""What every room of the window is handed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clinic_app.domain.access import CHANGES_THE_RECORD, Action, Need
from clinic_app.domain.changes import Changes
from clinic_app.ui.intents import Intents
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.access import not_allowed_words
from clinic_app.wording.moved import moved_words

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues
    from clinic_app.services import Services
    from clinic_app.services.context import ClinicInfo


class UiContext(QObject):
    """Theme, the door to slow work, the intents, and (once a clinic is open) its catalogues, day and facts.

    Rooms are built before or after a clinic is opened: a constructor must not ask for ``catalogues`` or ``clinic``;
    ``attached`` says that they are there, ``detached`` that the clinic was closed and nothing of a patient may stay on
    screen. Both are also readable from ``open``. Views re-read on ``tasks.changed``.
    """

    attached = Signal()
    detached = Signal()
    concealed = Signal()
    """The window is locked: what shows anything of a patient shows it no more, until ``attached``."""
    new_day = Signal()
    """Another day has begun while the clinic is open: what counts from today reads itself again."""
    only_looked = Signal()
    """Nothing of the record may be changed from now on, or it may again: another day is looked at (``look_only``)."""
    undo_ended = Signal(str)
    """(words): something was written that cannot be taken back; what came before it stays too."""

    def __init__(self, tasks: Tasks, theme: ThemeKeeper, intents: Intents, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.theme = theme
        self.intents = intents
        self._services: Services | None = None
        self._covered = False
        self._why_only_looked = ""

    @property
    def open(self) -> bool:
        """Whether a clinic is open and may be shown."""
        return self._services is not None and not self._covered

    @property
    def covered(self) -> bool:
        """Whether a clinic is open behind the lock page."""
        return self._services is not None and self._covered

    @property
    def catalogues(self) -> Catalogues:
        """The catalogues of the open clinic. Raises ``RuntimeError`` while none is open."""
        return self._opened.catalogues

    @property
    def clinic(self) -> ClinicInfo:
        """Name, user, folder and rules of the open clinic. Raises ``RuntimeError`` while none is open."""
        return self._opened.clinic

    def today(self) -> date:
        """The day it is for the clinic. Raises ``RuntimeError`` while none is open."""
        return self._opened.today()

    def now(self) -> datetime:
        """The moment it is for the clinic. Raises ``RuntimeError`` while none is open."""
        return self._opened.now()

    def attach(self, services: Services) -> None:
        """A clinic is open: slow work begins, rooms read."""
        self._services = services
        self._covered = False
        self.tasks.attach(services)
        self.attached.emit()

    def detach(self) -> None:
        """The clinic is closed: nothing more is read."""
        self._services = None
        self._covered = False
        self.tasks.detach()
        self.detached.emit()

    def cover(self) -> None:
        """The window is locked: nothing is read for it. Writes and jobs under way go on."""
        self._covered = True
        self.tasks.hold()
        self.concealed.emit()

    def uncover(self) -> None:
        """The window is open again: rooms read."""
        self._covered = False
        self.tasks.go_on()
        self.attached.emit()

    def look_only(self, words: str) -> None:
        """Nothing of the record is changed, for this reason, until it is called with a blank one."""
        if words != self._why_only_looked:
            self._why_only_looked = words
            self.only_looked.emit()

    @property
    def why_only_looked(self) -> str:
        """Why nothing of the record may be changed now; blank where it may."""
        return self._why_only_looked

    def barred(self, action: Action) -> str:
        """Why an action cannot be done: another day is looked at, or the roles of whoever works never allow it, and who
        may; blank where it can, or no clinic is open.
        """
        if self._services is not None and self._why_only_looked and action in CHANGES_THE_RECORD:
            return self._why_only_looked
        if self._services is None or self._services.access.need(action) is not Need.NO:
            return ""
        return not_allowed_words(action, self._services.clinic.user.name)

    def refuse(self, action: Action) -> bool:
        """Say why an action cannot be done, where it cannot; answers whether that was so."""
        words = self.barred(action) if self.open else ""
        if words:
            self.intents.refused.emit(words)
        return bool(words)

    def wrote(self, words: str, changes: Changes) -> None:
        """Say what a write did, with Undo where it can be taken back; where not, what came before it stays."""
        if changes.undo is None:
            self.undo_ended.emit(words)
        if changes.moved and self._services is not None:
            lines = moved_words(changes.moved, self._services.catalogues)
            words = " · ".join((words, *lines))
        self.intents.toast.emit(words, changes.undo)

    @property
    def _opened(self) -> Services:
        if self._services is None:
            raise RuntimeError("no clinic is open")
        return self._services
