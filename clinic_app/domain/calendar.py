"""Calendar arithmetic of the clinic: spans in days, weeks or months, and working days.

Adding months keeps the day of the month; a date that does not exist moves forward to the first of the next
month and is never clamped back (CDC CDSi Logic Specification, CALCDT-5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.errors import RuleBroken


class SpanUnit(Enum):
    """The unit a span of calendar time is counted in."""

    DAYS = "d"
    WEEKS = "w"
    MONTHS = "m"


_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_day(text: str) -> date:
    """The day written as ``2026-03-19``; no other form, such as ``20260319`` or a week, is taken.

    Raises:
        ValueError: it is none.
    """
    if _ISO_DAY.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` calendar months later (negative: earlier), rolling forward (CALCDT-5).

    >>> add_months(date(2025, 11, 30), 3)
    datetime.date(2026, 3, 1)
    """
    month_index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(month_index, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(month_index + 1, 12)
        return date(year, month + 1, 1)


def whole_months_between(start: date, end: date) -> int:
    """How many whole calendar months lie between two days (0 when ``end`` is before the first anniversary)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while months > 0 and add_months(start, months) > end:
        months -= 1
    return max(months, 0)


def whole_weeks(days: int) -> int:
    """How many whole weeks lie in so many days: the one rounding of "18 weeks", wherever it is said."""
    return days // 7


_SPAN = re.compile(r"^\s*(\d{1,4})\s*(d|w|m|days?|weeks?|months?|wk|wks|mo)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time, such as "12 w" or "3 m"."""

    value: int
    unit: SpanUnit

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("a span cannot be negative")

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read "12 w", "3 m", "90 d" and the words written out.

        Raises:
            RuleBroken: ``bad_span`` when the text is no span.
        """
        match = _SPAN.match(text)
        if match is None:
            raise RuleBroken("span", "bad_span", text=text)
        return cls(int(match[1]), SpanUnit(match[2][0].lower()))

    def __str__(self) -> str:
        return f"{self.value} {self.unit.value}"

    def after(self, day: date) -> date:
        """The day this span after ``day``."""
        if self.unit is SpanUnit.MONTHS:
            return add_months(day, self.value)
        return day + timedelta(days=self.value * (7 if self.unit is SpanUnit.WEEKS else 1))

    @property
    def most_days(self) -> int:
        """How many days it takes at most, wherever it begins (a month that rolls forward takes 31)."""
        return self.value * {SpanUnit.DAYS: 1, SpanUnit.WEEKS: 7, SpanUnit.MONTHS: 31}[self.unit]

    @property
    def least_days(self) -> int:
        """How many days it takes at least, wherever it begins."""
        return self.value * {SpanUnit.DAYS: 1, SpanUnit.WEEKS: 7, SpanUnit.MONTHS: 28}[self.unit]

    def covers(self, given: date, day: date) -> bool:
        """Whether something given on ``given`` still counts on ``day`` under a rule of this length.

        A dose given on t counts on day D when t + span > D (design section 5.3).
        """
        return given <= day < self.after(given)


def weeks(value: int) -> Span:
    """A span of weeks."""
    return Span(value, SpanUnit.WEEKS)


def months(value: int) -> Span:
    """A span of calendar months."""
    return Span(value, SpanUnit.MONTHS)


def days(value: int) -> Span:
    """A span of days."""
    return Span(value, SpanUnit.DAYS)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days the clinic works: weekdays (Monday is 0) less the closed days."""

    weekdays: frozenset[int] = frozenset(range(6))
    closed: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise RuleBroken("weekdays", "no_working_day")

    def is_working(self, day: date) -> bool:
        """Whether the clinic works on ``day``."""
        return day.weekday() in self.weekdays and day not in self.closed

    def next_on_or_after(self, day: date) -> date:
        """The first working day from ``day`` on."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``."""
        for _ in range(count):
            day = self.next_on_or_after(day + timedelta(days=1))
        return day


def latest(candidates: Iterable[date | None]) -> date | None:
    """The latest of the dates that are known, or None."""
    known = [day for day in candidates if day is not None]
    return max(known) if known else None
