"""The hours in which injections are given, for clinics that book by time, and which times of a day are free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from clinic_app.domain.errors import RuleBroken

_PERIOD = re.compile(r"^\s*(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})\s*$")
MOST_PERIODS = 4


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def time_at(minute: int) -> time:
    """The time of day so many minutes after midnight."""
    return time(minute // 60, minute % 60)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From a time of day to a later one; ``end`` itself is outside."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def holds(self, at: time, minutes: int) -> bool:
        """Whether something of this length that begins at ``at`` lies inside."""
        return self.start <= at and minute_of(at) + minutes <= minute_of(self.end)


def read_hours(text: str) -> tuple[Period, ...]:
    """The periods written as ``9:00-13:00, 14:00-17:00``, in their order.

    Raises:
        RuleBroken: ``bad_hours`` where a part is none, ``hours_overlap`` where two meet or one ends before it begins.
    """
    found: list[Period] = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        match = _PERIOD.match(part)
        try:
            if match is None:
                raise ValueError(part)
            start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        except ValueError as problem:
            raise RuleBroken("hours", "bad_hours", text=part.strip()) from problem
        found.append(Period(start, end))
    return checked_hours(found)


def checked_hours(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The periods in their order. Raises ``RuleBroken``: ``bad_hours`` where there are none, ``hours_overlap``."""
    listed = tuple(sorted(periods))
    if not listed or len(listed) > MOST_PERIODS:
        raise RuleBroken("hours", "bad_hours", text=hours_text(listed))
    for place, one in enumerate(listed):
        if one.end <= one.start or (place and one.start < listed[place - 1].end):
            raise RuleBroken("hours", "hours_overlap", text=str(one))
    return listed


def hours_text(periods: Iterable[Period]) -> str:
    """Periods as they are typed: ``09:00-13:00, 14:00-17:00``."""
    return ", ".join(str(one) for one in periods)


def inside(hours: Iterable[Period], at: time, minutes: int) -> bool:
    """Whether something of this length that begins at ``at`` lies inside one of the periods."""
    return any(one.holds(at, minutes) for one in hours)


@dataclass(frozen=True, slots=True)
class TakenTime:
    """A time of a day that somebody has: from ``at`` on, for ``minutes``, with ``injector`` (blank: not said)."""

    at: time
    minutes: int
    injector: str = ""

    def meets(self, at: time, minutes: int, injector: str = "") -> bool:
        """Whether something else would be at the same time, with the same doctor or with one nobody named."""
        other = self.injector.strip().casefold(), injector.strip().casefold()
        if all(other) and other[0] != other[1]:
            return False
        return minute_of(self.at) < minute_of(at) + minutes and minute_of(at) < minute_of(self.at) + self.minutes


def free_times(hours: Sequence[Period], minutes: int, taken: Sequence[TakenTime], injector: str = "") -> Iterator[time]:
    """The times at which a visit of this length can begin, earliest first: at the start of a period, or where another
    visit ends or one of this length would.
    """
    for period in hours:
        minute = minute_of(period.start)
        while minute + minutes <= minute_of(period.end):
            at = time_at(minute)
            in_the_way = [one for one in taken if one.meets(at, minutes, injector)]
            if in_the_way:
                minute = max(minute_of(one.at) + one.minutes for one in in_the_way)
                continue
            yield at
            minute += minutes
