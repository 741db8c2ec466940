"""Which Botox day is offered first: inside the window, never too early, the usual weekday, with neighbours.

A pure function: the days, who is booked on them and the patient's habits are given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final, TypeVar

from clinic_app.domain.consulting_hours import minute_of
from clinic_app.domain.schedule import BotoxDay

Said = TypeVar("Said", int, time)
VISITS_LOOKED_AT: Final = 3
VISITS_OF_A_HABIT: Final = 2
PREFERRED_WITHIN: Final = timedelta(days=14)
"""So much later than the first free day inside the window a day may be, and still be preferred to it."""
PREFERRED_WHEN_LATE: Final = timedelta(days=7)
"""The same where the window is over, or full."""


@dataclass(frozen=True, slots=True)
class Habit:
    """When a patient usually comes: a weekday (Monday is 0) and a time, each None where there is no such habit."""

    weekday: int | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day that could be offered: its places, its free times (none where the clinic gives tokens), and how many other
    patients from the same village are booked on it.
    """

    place: BotoxDay
    times: tuple[time, ...] = ()
    neighbours: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which days a booking may lie: never before ``first``; ``opens`` and ``closes`` are the window's."""

    first: date
    opens: date | None = None
    closes: date | None = None

    @property
    def begin(self) -> date:
        """The first day that is looked at: the window's opening where it lies ahead."""
        return self.first if self.opens is None else max(self.first, self.opens)


@dataclass(frozen=True, slots=True)
class SuggestedDay(BotoxDay):
    """A day that is offered, with what speaks for it. ``at``: the time offered, None where the clinic gives tokens.

    ``as_usual``: its weekday is the patient's usual one; ``neighbours``: other patients from ``village`` booked on it;
    ``after_window``: nothing is free inside the window.
    """

    at: time | None = None
    as_usual: bool = False
    neighbours: int = 0
    village: str = ""
    after_window: bool = False


def habit_of(visits: Iterable[tuple[date, time | None]]) -> Habit:
    """The habit of the last three visits: what at least two of them have in common."""
    last = sorted(visits, key=lambda one: one[0], reverse=True)[:VISITS_LOOKED_AT]
    return Habit(_common([day.weekday() for day, _ in last]), _common([at for _, at in last if at is not None]))


def _common(said: Sequence[Said]) -> Said | None:
    """What was said most often, the newest of equals, if at least twice."""
    counted = Counter(said).most_common(1)
    return counted[0][0] if counted and counted[0][1] >= VISITS_OF_A_HABIT else None


def suggest(
    choices: Iterable[DayChoice], bounds: Bounds, habit: Habit, village: str = "", count: int = 3
) -> tuple[SuggestedDay, ...]:
    """The best days with a free place, best first.

    Never a day before ``bounds.first``. As long as something is free inside the window, only days inside it; among
    those of the two weeks from the first free one, the patient's usual weekday comes first, then days on which
    neighbours come. Where nothing is free inside, the days after it, with the same preference within a week.
    """
    free = sorted(
        (one for one in choices if one.place.is_botox_day and one.place.free and one.place.day >= bounds.begin),
        key=lambda one: one.place.day,
    )
    inside = [one for one in free if bounds.closes is None or one.place.day <= bounds.closes]
    offered = inside or free
    if offered:
        until = offered[0].place.day + (PREFERRED_WITHIN if inside else PREFERRED_WHEN_LATE)
        offered.sort(key=lambda one: (_rank(one, habit) if one.place.day < until else 1, one.place.day))
    late = not inside and bounds.closes is not None and bounds.closes >= bounds.begin
    return tuple(_suggested(one, habit, village, late=late) for one in offered[:count])


def _rank(one: DayChoice, habit: Habit) -> float:
    """How early it comes among days that would all do: below 1 where something speaks for it."""
    return 1 - 0.5 * (one.place.day.weekday() == habit.weekday) - 0.25 * bool(one.neighbours)


def _suggested(one: DayChoice, habit: Habit, village: str, *, late: bool) -> SuggestedDay:
    place, wanted = one.place, habit.at
    at = next(iter(one.times), None)
    if wanted is not None and one.times:
        at = min(one.times, key=lambda free: (abs(minute_of(free) - minute_of(wanted)), free))
    return SuggestedDay(
        place.day,
        place.capacity,
        place.taken,
        place.is_botox_day,
        place.next_token,
        at,
        place.day.weekday() == habit.weekday,
        one.neighbours,
        village if one.neighbours else "",
        late,
    )
