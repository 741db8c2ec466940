"""What a person types for a day, read as a day: ``19``, ``19/3``, ``9 Mar``, ``today``, ``mon``, ``+3m``, ``+12w``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.calendar import add_months
from clinic_app.domain.errors import RuleBroken

MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_YEAR = 1900
LAST_YEAR = 2200

_STEP = re.compile(r"([+-])\s*(\d{1,4})\s*([dwmy])[a-z]*")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ISO_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_THREE = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{2}|\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_TWO = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[.]?")
_ONE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|[.])?")
_YEAR = re.compile(r"\d{4}")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th|[.])?[-/ ]*)?([^\W\d]{3,})[.]?(?:[-/ ,]*(\d{4}|\d{2}))?")
_NAMED_FIRST = re.compile(r"([^\W\d]{3,})[.]?[ -]*(\d{1,2})(?:st|nd|rd|th)?,?(?:[ -]+(\d{4}))?")


class Precision(Enum):
    """How exactly the day is known; a month or a year stands for its first day (or its last: ``ends``)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class DateOrder(Enum):
    """Which number of ``3/9/26`` comes first where the clinic is."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class Toward(Enum):
    """Where an incomplete day is looked for: a booking lies ahead, a past injection behind."""

    FUTURE = "future"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class EnteredDate:
    """A day as it was typed, and how much of it."""

    day: date
    precision: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class DateReading:
    """How typed days are read: today, the day ``+12w`` counts from, number order, direction, month and day names.

    ``ends``: a month or a year stands for its last day, today at the latest, not for its first.

    ``months`` (12) and ``weekdays`` (7, Monday first) are names of the user's language; English always works too.
    A name of three letters or more is enough.
    """

    today: date
    base: date | None = None
    order: DateOrder = DateOrder.DAY_FIRST
    toward: Toward = Toward.FUTURE
    partial: bool = False
    ends: bool = False
    months: Sequence[str] = ()
    weekdays: Sequence[str] = ()
    today_words: Sequence[str] = ("today",)
    tomorrow_words: Sequence[str] = ("tomorrow",)
    yesterday_words: Sequence[str] = ("yesterday",)


def read_date(text: str, reading: DateReading, *, field: str = "date") -> EnteredDate:
    """The day that ``text`` means.

    Steps in months that end on a day that does not exist go to the first of the next month (CDC CDSi CALCDT-5); a
    day that was typed and does not exist is refused.

    Raises:
        RuleBroken: ``date_entry_empty``, ``date_entry_unreadable`` or ``date_entry_impossible``.
    """
    words = " ".join(text.strip().casefold().split())
    if not words:
        raise RuleBroken(field, "date_entry_empty")
    found = (
        _word(words, reading)
        or _step(words, reading, field)
        or _numbers(words, reading, field)
        or _named(words, reading, field)
        or _part(words, reading, field)
    )
    if found is None:
        raise RuleBroken(field, "date_entry_unreadable", text=text.strip())
    if reading.ends:
        found = _at_end(found, reading.today)
    if not FIRST_YEAR <= found.day.year <= LAST_YEAR:
        raise RuleBroken(field, "date_entry_impossible", text=text.strip())
    return found


def _at_end(found: EnteredDate, today: date) -> EnteredDate:
    """The last day a month or a year may mean; never a day that has not come yet while the month has begun."""
    if found.precision is Precision.DAY:
        return found
    later = add_months(found.day, 1 if found.precision is Precision.MONTH else 12)
    last = later - timedelta(days=1)
    return replace(found, day=min(last, today) if found.day <= today else last)


def _word(words: str, reading: DateReading) -> EnteredDate | None:
    for names, days in ((reading.today_words, 0), (reading.tomorrow_words, 1), (reading.yesterday_words, -1)):
        if words in {name.casefold() for name in names} | {("yesterday", "today", "tomorrow")[days + 1]}:
            return EnteredDate(reading.today + timedelta(days=days))
    weekday = _place(words.rstrip("."), reading.weekdays, WEEKDAY_NAMES)
    if weekday is None:
        return None
    if reading.toward is Toward.FUTURE:
        return EnteredDate(reading.today + timedelta(days=(weekday - reading.today.weekday() - 1) % 7 + 1))
    return EnteredDate(reading.today - timedelta(days=(reading.today.weekday() - weekday - 1) % 7 + 1))


def _step(words: str, reading: DateReading, field: str) -> EnteredDate | None:
    match = _STEP.fullmatch(words)
    if match is None:
        return None
    sign, number, unit = match.groups()
    count = int(number) * (-1 if sign == "-" else 1)
    base = reading.base or reading.today
    try:
        if unit in "dw":
            return EnteredDate(base + timedelta(days=count * (7 if unit == "w" else 1)))
        return EnteredDate(add_months(base, count * (12 if unit == "y" else 1)))
    except (OverflowError, ValueError):
        raise RuleBroken(field, "date_entry_impossible", text=words) from None


def _numbers(words: str, reading: DateReading, field: str) -> EnteredDate | None:
    if match := _ISO.fullmatch(words):
        year, month, day = (int(part) for part in match.groups())
        return EnteredDate(_day(year, month, day, words, field))
    if match := _THREE.fullmatch(words):
        first, second, third = match.groups()
        if reading.order is DateOrder.YEAR_FIRST and len(third) == 2:
            return EnteredDate(_day(_year(int(first), reading), int(second), int(third), words, field))
        day, month = _day_month(int(first), int(second), reading.order)
        year = int(third) if len(third) == 4 else _year(int(third), reading)
        return EnteredDate(_day(year, month, day, words, field))
    if match := _TWO.fullmatch(words):
        day, month = _day_month(int(match[1]), int(match[2]), reading.order)
        return EnteredDate(_in_year(month, day, reading, words, field))
    if match := _ONE.fullmatch(words):
        return EnteredDate(_in_month(int(match[1]), reading, words, field))
    return None


def _named(words: str, reading: DateReading, field: str) -> EnteredDate | None:
    day_text: str | None
    if match := _NAMED_FIRST.fullmatch(words):
        name, day_text, year_text = match.groups()
    elif match := _NAMED.fullmatch(words):
        day_text, name, year_text = match.groups()
    else:
        return None
    place = _place(name, reading.months, MONTH_NAMES)
    if place is None:
        return None
    month = place + 1
    if day_text is None:
        if year_text is None or not reading.partial:
            return None
        return EnteredDate(_day(_full_year(year_text, reading), month, 1, words, field), Precision.MONTH)
    if year_text is None:
        return EnteredDate(_in_year(month, int(day_text), reading, words, field))
    return EnteredDate(_day(_full_year(year_text, reading), month, int(day_text), words, field))


def _part(words: str, reading: DateReading, field: str) -> EnteredDate | None:
    if not reading.partial:
        return None
    if match := _MONTH_YEAR.fullmatch(words):
        return EnteredDate(_day(int(match[2]), int(match[1]), 1, words, field), Precision.MONTH)
    if match := _ISO_MONTH.fullmatch(words):
        return EnteredDate(_day(int(match[1]), int(match[2]), 1, words, field), Precision.MONTH)
    if _YEAR.fullmatch(words):
        return EnteredDate(_day(int(words), 1, 1, words, field), Precision.YEAR)
    return None


def _place(word: str, local: Sequence[str], english: Sequence[str]) -> int | None:
    """The place of a name, by its first letters (three or more)."""
    if len(word) < 3:
        return None
    for names in (local, english):
        hits = [place for place, name in enumerate(names) if name.casefold().startswith(word)]
        if len(hits) == 1:
            return hits[0]
    return None


def _day_month(first: int, second: int, order: DateOrder) -> tuple[int, int]:
    """Day and month of two numbers; a number over 12 is the day whatever the order says."""
    month_first = order is not DateOrder.DAY_FIRST
    if (month_first and first > 12) or (not month_first and second > 12):
        month_first = not month_first
    return (second, first) if month_first else (first, second)


def _full_year(text: str, reading: DateReading) -> int:
    return int(text) if len(text) == 4 else _year(int(text), reading)


def _year(two_digits: int, reading: DateReading) -> int:
    """The year of two digits: at most ten years ahead of today, otherwise of the past hundred."""
    year = reading.today.year // 100 * 100 + two_digits
    while year > reading.today.year + 10:
        year -= 100
    while year <= reading.today.year - 90:
        year += 100
    return year


def _day(year: int, month: int, day: int, words: str, field: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleBroken(field, "date_entry_impossible", text=words) from None


def _in_year(month: int, day: int, reading: DateReading, words: str, field: str) -> date:
    """The nearest such day of a year in the direction looked; 29 February waits for a leap year."""
    _day(2024, month, day, words, field)
    step = 1 if reading.toward is Toward.FUTURE else -1
    for years in range(9):
        try:
            found = date(reading.today.year + step * years, month, day)
        except ValueError:
            continue
        if (found - reading.today).days * step >= 0:
            return found
    raise RuleBroken(field, "date_entry_impossible", text=words)


def _in_month(day: int, reading: DateReading, words: str, field: str) -> date:
    """The nearest such day of a month in the direction looked; the 31st skips short months."""
    if not 1 <= day <= 31:
        raise RuleBroken(field, "date_entry_impossible", text=words)
    step = 1 if reading.toward is Toward.FUTURE else -1
    index = reading.today.year * 12 + reading.today.month - 1
    for months in range(4):
        year, month = divmod(index + step * months, 12)
        try:
            found = date(year, month + 1, day)
        except ValueError:
            continue
        if (found - reading.today).days * step >= 0:
            return found
    raise RuleBroken(field, "date_entry_impossible", text=words)
