"""Reminding of calls and visits: a summary with numbers, never a name; in the window, and in a tray where one is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.today import QuietHours
from clinic_app.domain.today import Reminders as Known
from clinic_app.ui.context import UiContext
from clinic_app.wording.reminders import call_back_words, summary_words

if TYPE_CHECKING:
    from clinic_app.services import Services

LOOK_EVERY_MS = 30_000
SUMMARY_AT = time(8, 30)
"""When the day's summary is said, where the program was opened before."""


def note_opened(services: Services) -> Changes:
    """Remember that whoever works opened the program today."""
    services.today_page.opened()
    return Changes(frozenset())


class Reminders(QObject):
    """Looks at the clock twice a minute. ``due`` brings how many call-backs' time has come and is not past a call;
    ``said`` a sentence for the tray: at the start, at half past eight, and when the time of a call-back comes.

    What is kept and read here are numbers and times: it goes on behind a lock, also on another day, and knows no name.
    """

    due = Signal(int)
    said = Signal(str)
    new_day = Signal()
    """The program is open and another day has begun."""

    def __init__(
        self,
        context: UiContext,
        preferences: Callable[[], MachinePreferences],
        clock: Callable[[], datetime] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._preferences = preferences
        self._clock = clock
        self._known: Known | None = None
        self._read_on: date | None = None
        self._summed_on: date | None = None
        self._told = 0
        self._day_began = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        context.attached.connect(self._begin)
        context.detached.connect(self._end)
        context.tasks.changed.connect(self._something_changed)

    def look(self) -> None:
        """See what time it is, and say what is to be said."""
        known = self._known
        if known is None or not (self._context.open or self._context.covered):
            return
        now = self._now()
        if now.date() != self._read_on:
            self._day_began = True
            self._read()
            self._tell_of_new_day()
            return
        if self._quiet(now):
            return
        come = sum(at <= now.time().replace(tzinfo=None) for at in known.timed)
        if come != self._told:
            if come > self._told:
                self.said.emit(call_back_words(come))
            self._told = come
            self.due.emit(come)
        if self._summed_on != now.date() and now.time().replace(tzinfo=None) >= SUMMARY_AT:
            self._sum_up(now)

    def show_again(self) -> None:
        """What is due is told once more (the window is open again)."""
        if self._told and not self._quiet(self._now()):
            self.due.emit(self._told)

    def _begin(self) -> None:
        self._timer.start()
        self._read()
        self._tell_of_new_day()

    def _tell_of_new_day(self) -> None:
        """Once for each new day; one that began behind a lock when the window is open again."""
        if self._day_began and self._context.open:
            self._day_began = False
            self.new_day.emit()

    def _end(self) -> None:
        self._timer.stop()
        self._known = self._read_on = self._summed_on = None
        self._told = 0
        self._day_began = False
        self.due.emit(0)

    def _something_changed(self, changes: Changes) -> None:
        if Topic.SCHEDULE in changes.topics:
            self._read()

    def _read(self) -> None:
        if self._context.open or self._context.covered:
            self._context.tasks.count(
                lambda s: s.today_page.reminders(), self._take, owner=self, key="reminders", failed=lambda _: None
            )

    def _take(self, known: Known) -> None:
        now = self._now()
        first = self._read_on is None
        self._known, self._read_on = known, now.date()
        if first and not self._quiet(now):
            self._sum_up(now)
        self.look()

    def _sum_up(self, now: datetime) -> None:
        """At the start; before half past eight it comes once more then."""
        if now.time().replace(tzinfo=None) >= SUMMARY_AT:
            self._summed_on = now.date()
        words = summary_words(self._known) if self._known is not None else ""
        if words:
            self.said.emit(words)

    def _quiet(self, now: datetime) -> bool:
        wanted = self._preferences()
        hours = QuietHours(wanted.quiet_from, wanted.quiet_until)
        return not wanted.reminders or hours.covers(now.time().replace(tzinfo=None))

    def _now(self) -> datetime:
        return self._clock() if self._clock is not None else self._context.now()
