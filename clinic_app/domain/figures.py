"""Figures of the clinic: how many who fell due came again, which interval was kept, and who is lost to follow-up.

A *cycle* of a diagnosis runs from one injection that its window is counted from to the next, here or elsewhere. Its
window is the one that was known the day before the next, by the plan in force today; that of the last cycle is the one
of the call list. Months are calendar months; the last one is that of the day asked about and is not over. Nothing here
reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import quantiles
from typing import NamedTuple

from clinic_app.domain.calendar import add_months

MONTHS = 12
NEW_START_MONTHS = 12
"""An injection more than a year after the one before is a new start, not an interval."""


def months_until(on: date, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of the months that end with that of ``on``, oldest first."""
    first = on.replace(day=1)
    return tuple(add_months(first, -back) for back in range(count - 1, -1, -1))


class Cycle(NamedTuple):
    """A cycle whose window has opened. ``next``: the day of the injection that ended it; None while it lasts.

    ``stopped``, ``booked``, ``held``: where the diagnosis stands now, asked only where the cycle lasts.
    """

    opens: date
    closes: date
    next: date | None = None
    stopped: bool = False
    booked: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class RecallMonth:
    """The cycles whose window opened in a month: each is in exactly one of ``done`` to ``waiting``.

    ``done``: injected again by now, ``in_window`` of these by the day the window closed. Not injected since:
    ``stopped``; else ``booked`` (a booking from today on); else ``on_hold``; else ``overdue``; else ``waiting`` (the
    window is still open).
    """

    month: date
    due: int = 0
    done: int = 0
    in_window: int = 0
    stopped: int = 0
    booked: int = 0
    on_hold: int = 0
    overdue: int = 0
    waiting: int = 0

    @property
    def success(self) -> Fraction | None:
        """(booked + done) / (due - stopped); None where nobody is left to ask about."""
        asked = self.due - self.stopped
        return Fraction(self.booked + self.done, asked) if asked else None


def recall_by_month(cycles: Iterable[Cycle], months: Sequence[date], on: date) -> tuple[RecallMonth, ...]:
    """The cycles by the month their window opened, up to ``on``."""
    counts: dict[date, dict[str, int]] = {month: {} for month in months}
    for cycle in cycles:
        month = counts.get(cycle.opens.replace(day=1))
        if month is None or cycle.opens > on:
            continue
        for name in ("due", *_fate(cycle, on)):
            month[name] = month.get(name, 0) + 1
    return tuple(RecallMonth(month, **counts[month]) for month in months)


def _fate(cycle: Cycle, on: date) -> tuple[str, ...]:
    if cycle.next is not None and cycle.next <= on:
        return ("done", "in_window") if cycle.next <= cycle.closes else ("done",)
    if cycle.stopped:
        return ("stopped",)
    if cycle.booked:
        return ("booked",)
    if cycle.held:
        return ("on_hold",)
    return ("overdue",) if on > cycle.closes else ("waiting",)


@dataclass(frozen=True, slots=True)
class Kept:
    """The intervals of some injections, in weeks: how many, and their quartiles (``statistics``, inclusive)."""

    count: int
    lower: float
    median: float
    upper: float


def kept_of(days: Sequence[int]) -> Kept | None:
    """The quartiles of intervals in days, as weeks; None of none."""
    if not days:
        return None
    lower, middle, upper = quantiles(days, n=4, method="inclusive") if len(days) > 1 else (days[0],) * 3
    return Kept(len(days), lower / 7, middle / 7, upper / 7)


class Interval(NamedTuple):
    """An injection, and how many days after the diagnosis's one before it was given."""

    day: date
    condition: str
    days: int


@dataclass(frozen=True, slots=True)
class IntervalMonth:
    """The intervals that ended with an injection of a month."""

    month: date
    kept: Kept | None


Intervals = Mapping[tuple[date, str], Sequence[int]]
"""Intervals in days, by the month of the injection that ended them and by condition."""


def grouped(intervals: Iterable[Interval], months: Sequence[date]) -> Intervals:
    """The intervals that ended within the months."""
    known = frozenset(months)
    found: dict[tuple[date, str], list[int]] = {}
    for one in intervals:
        month = one.day.replace(day=1)
        if month in known:
            found.setdefault((month, one.condition), []).append(one.days)
    return found


def kept_by_month(intervals: Intervals, months: Sequence[date]) -> tuple[IntervalMonth, ...]:
    """Intervals by the month of the injection that ended them."""
    return tuple(
        IntervalMonth(month, kept_of([day for key, days in intervals.items() if key[0] == month for day in days]))
        for month in months
    )


def kept_by_condition(intervals: Intervals) -> Mapping[str, Kept]:
    """Intervals of all months by condition; most first."""
    codes = {code for _, code in intervals}
    found = {
        code: kept_of([day for key, days in intervals.items() if key[1] == code for day in days]) for code in codes
    }
    known = ((code, kept) for code, kept in found.items() if kept is not None)
    return dict(sorted(known, key=lambda item: (-item[1].count, item[0])))


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures as known on ``on``. ``lost``: diagnoses a person stopped as lost, by the month it counts from.

    ``not_seen``: diagnoses not seen over 6 months (the flag of the call list), stopped ones apart; ``lost_now``: those
    that stand as lost now, from whatever month.
    """

    on: date
    recall: tuple[RecallMonth, ...]
    intervals: tuple[IntervalMonth, ...]
    whole: Kept | None
    conditions: Mapping[str, Kept]
    not_seen: int = 0
    lost_now: int = 0
    lost: Mapping[date, int] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether no month has anything to count."""
        counted = any(one.due for one in self.recall) or any(one.kept is not None for one in self.intervals)
        return not (counted or self.not_seen or self.lost_now or any(self.lost.values()))


def figures(
    cycles: Iterable[Cycle],
    intervals: Iterable[Interval],
    on: date,
    *,
    not_seen: int,
    lost_since: Iterable[date],
) -> Figures:
    """The figures of the last twelve months. ``lost_since``: from when each case that is lost now counts as lost."""
    months = months_until(on)
    kept = grouped(intervals, months)
    lost_days = list(lost_since)
    lost = {month: sum(day.replace(day=1) == month for day in lost_days) for month in months}
    whole = kept_of([day for days in kept.values() for day in days])
    return Figures(
        on,
        recall_by_month(cycles, months, on),
        kept_by_month(kept, months),
        whole,
        kept_by_condition(kept),
        not_seen,
        len(lost_days),
        lost,
    )
