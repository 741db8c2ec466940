"""The calendar of the bookings: what stands in a day, which days somebody could be dropped on, who is not booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.absences import Absence, absence_of
from clinic_app.domain.calendar import add_months
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.cases import Hold, Stop
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import (
    BookingDetails,
    BotoxDay,
    ClinicRules,
    DueEntry,
    FollowUpStatus,
    check_booking,
)

GRID_WEEKS = 6
FIRST_DAY, LAST_DAY = date(1900, 2, 1), date(2199, 11, 30)
"""As far as one can leaf through the calendar."""
MONDAY = 0


class Scale(Enum):
    """How much of the calendar is shown at a time."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


def month_days(day: date, first_weekday: int = MONDAY) -> tuple[date, ...]:
    """The 42 days of the six weeks that show the month of ``day``; each week begins on ``first_weekday``."""
    start = week_start(day.replace(day=1), first_weekday)
    return tuple(start + timedelta(days=offset) for offset in range(GRID_WEEKS * 7))


def week_start(day: date, first_weekday: int = MONDAY) -> date:
    """The first day of the week of ``day``."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def days_of(day: date, scale: Scale, first_weekday: int = MONDAY) -> tuple[date, ...]:
    """The days that are shown around ``day``."""
    if scale is Scale.MONTH:
        return month_days(day, first_weekday)
    if scale is Scale.WEEK:
        start = week_start(day, first_weekday)
        return tuple(start + timedelta(days=offset) for offset in range(7))
    return (day,)


def leaf(day: date, scale: Scale, step: int) -> date:
    """The same place some months, weeks or days on; in a shorter month its last day."""
    if scale is Scale.MONTH:
        first = add_months(day.replace(day=1), step)
        length = (add_months(first, 1) - first).days
        found = first.replace(day=min(day.day, length))
    else:
        found = day + timedelta(days=step * (7 if scale is Scale.WEEK else 1))
    return within(found)


def within(day: date) -> date:
    """The day itself, or the nearest the calendar goes to."""
    return min(max(day, FIRST_DAY), LAST_DAY)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What a day of the calendar shows: its places, whether the clinic works, who is away, its first bookings."""

    place: BotoxDay
    working: bool
    away: tuple[Absence, ...] = ()
    bookings: tuple[DayEntry, ...] = ()
    without_drug: int = 0

    @property
    def day(self) -> date:
        """The day."""
        return self.place.day

    @property
    def names(self) -> tuple[str, ...]:
        """Who has them."""
        return tuple(one.name for one in self.bookings)

    @property
    def load(self) -> float:
        """The share of its places that is taken, from 0 to 1; 1 where more are taken than there are."""
        if not self.place.taken:
            return 0.0
        return min(1.0, self.place.taken / self.place.capacity) if self.place.capacity else 1.0


@dataclass(frozen=True, slots=True)
class DayLine:
    """A booking in the list of a day, with where each of its diagnoses stands."""

    booking: DayEntry
    cases: tuple[DueEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Somebody on the way to a day: for a new booking, or with one that stands (``booked_on`` then is its day).

    ``earliest`` is the latest of those of the diagnoses carried; ``other_days`` have another live booking for one of
    them, with its token. ``injector``: the doctor the booking names.
    """

    patient_id: int
    case_ids: tuple[int, ...]
    name: str
    earliest: date | None = None
    holds: tuple[Hold, ...] = ()
    stops: tuple[Stop, ...] = ()
    other_days: Mapping[date, int] = field(default_factory=dict)
    departed: bool = False
    booked_on: date | None = None
    injector: str = ""


def why_not(carried: Carried, day: CalendarDay, rules: ClinicRules, today: date) -> RuleBroken | None:
    """Why somebody cannot be dropped on a day; None where they can.

    What ``check_booking`` and the rules of the services refuse without a reason, and ``booking_stays`` (its own day).
    """
    when = day.day
    if carried.departed:
        return RuleBroken("patient", "departed", name=carried.name)
    if when == carried.booked_on:
        return RuleBroken("day", "booking_stays", day=when)
    try:
        check_booking(
            BookingDetails(carried.patient_id, when, carried.case_ids),
            today=today,
            earliest=carried.earliest,
            stopped=any(stop.holds_on(when) for stop in carried.stops),
            hold=next((hold for hold in carried.holds if hold.holds_on(when)), None),
        )
    except RuleBroken as refusal:
        return refusal
    if when in carried.other_days:
        return RuleBroken("day", "already_booked", day=when, token=carried.other_days[when])
    ahead = min((one for one in carried.other_days if one >= today), default=None)
    if ahead is not None and carried.booked_on is None:
        return RuleBroken("reason", "booked_other_day", day=ahead, token=carried.other_days[ahead])
    return _no_place(day, rules, today) or _doctor_away(carried, day)


def _no_place(day: CalendarDay, rules: ClinicRules, today: date) -> RuleBroken | None:
    when, place = day.day, day.place
    if not day.working:
        code = "clinic_closed" if when.weekday() in rules.working_days.weekdays else "clinic_closed_weekday"
        return RuleBroken("reason", code, day=when)
    if not place.is_botox_day and rules.usual_places_on(when):
        away = next((one.details for one in day.away if one.details.places == 0), None)
        who, until = (away.injector, away.last) if away is not None else ("", when)
        return RuleBroken("reason", "nobody_injects", day=when, who=who, until=until)
    if not place.is_botox_day:
        return RuleBroken("reason", "not_botox_day", day=when) if when != today else None
    if place.free:
        return None
    over = place.taken >= place.capacity + rules.places_over
    field_name, code = ("day", "no_place_left") if over else ("reason", "day_is_full")
    return RuleBroken(field_name, code, day=when, places=place.capacity, taken=place.taken)


def _doctor_away(carried: Carried, day: CalendarDay) -> RuleBroken | None:
    away = absence_of(day.away, carried.injector, day.day)
    if away is None:
        return None
    return RuleBroken("reason", "doctor_away", day=day.day, who=away.details.injector, until=away.details.last)


OPENED_BY_REASON = frozenset(
    {
        "before_earliest",
        "booked_other_day",
        "booking_far_ahead",
        "booking_inside_hold",
        "clinic_closed",
        "clinic_closed_weekday",
        "day_is_full",
        "doctor_away",
        "nobody_injects",
        "not_botox_day",
    }
)
"""Refusals that the booking sheet can answer: a reason, a name, the end of a hold."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """Every case on another day: how many are in each status."""

    day: date
    counts: Mapping[FollowUpStatus, int]
