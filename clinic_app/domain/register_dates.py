"""Dates as registers write them: one order a column, found from the column itself and never guessed.

Real spreadsheet dates, ISO and dates with a month's name say themselves what they are. "13/05/2026" decides for its
column; a column with only "05/06/2026" is a question to the user; a column with both "13/05" and "05/13" is mixed,
and its ambiguous cells are refused. A year of two digits is taken up to this year (20xx) and refused above.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.spreadsheets import Cell, CellKind

FIRST_YEAR = 1900
YEARS_AHEAD = 20
"""A year later than this many years from today is a slip of the finger."""
SUSPECT_FROM = 3
"""So many cells of each kind make a column suspect of having been half turned round by a spreadsheet program."""


class DateOrder(Enum):
    """What comes first in dates made of three numbers."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_CLOCK = r"(?:[ T,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}", re.I)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NUMBERS = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}})\.?{_CLOCK}", re.I)
_DAY_NAME = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/ .,]*([a-z]{{3,9}})[-/ .,']*(\d{{4}}|\d{{2}}){_CLOCK}", re.I)
_NAME_DAY = re.compile(rf"([a-z]{{3,9}})[-/ .]*(\d{{1,2}})(?:st|nd|rd|th)?[-/ .,']+(\d{{4}}|\d{{2}}){_CLOCK}", re.I)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_LIKE_A_DATE = re.compile(r"\d+\s*[-/.]\s*\d+\s*[-/.]\s*\d+")


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as written: its numbers, or the day itself where no order is needed."""

    first: int
    second: int
    year: int
    short_year: bool
    ordered: bool


@dataclass(frozen=True, slots=True)
class DateColumn:
    """How the dates of one column are to be read.

    ``order`` None: not known. ``mixed``: the column contradicts itself (or what was said of it); where an order was
    said all the same, it holds and the cells that contradict it are refused. ``ambiguous`` cells
    need the order, ``example`` is one of them. ``short_years``: cells whose year has two digits. ``maybe_swapped``:
    the real dates all have days up to 12 while the texts all have days above: a spreadsheet program with the other
    order may have turned the real ones round. ``dates``: cells that are dates for certain.
    """

    order: DateOrder | None
    mixed: bool
    ambiguous: int
    example: str
    short_years: int
    maybe_swapped: bool
    dates: int

    @property
    def unanswered(self) -> bool:
        """Whether the user has to be asked for the order."""
        return self.order is None and not self.mixed and self.ambiguous > 0

    @property
    def left_open(self) -> bool:
        """Whether the user may say the order, so that cells of a mixed column are taken that are left out else."""
        return self.order is None and self.mixed and self.ambiguous > 0


def western_digits(text: str) -> str:
    """The text with digits of every script as 0-9."""
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def like_a_date(text: str) -> bool:
    """Whether a text is meant to be a date, readable or not: three numbers, or a day and a month's name."""
    text = western_digits(text).strip()
    return _LIKE_A_DATE.search(text) is not None or _written(text) is not None


def has_short_year(cell: Cell) -> bool:
    """Whether a cell is a date whose year has two digits."""
    written = _written(western_digits(cell.text).strip()) if cell.kind is CellKind.TEXT else None
    return written is not None and written.short_year


def find_dates(cells: Iterable[Cell], said: DateOrder | None = None, answer: DateOrder | None = None) -> DateColumn:
    """Find the order of one column from its cells.

    ``said`` is what the mapping says of this very column; cells that contradict it make the column mixed. ``answer``
    is the user's answer for all columns and counts where the column itself does not decide, or contradicts itself.
    """
    votes = {DateOrder.DAY_FIRST: 0, DateOrder.MONTH_FIRST: 0}
    ambiguous = short_years = dates = real = real_low = 0
    example = ""
    for cell in cells:
        if cell.kind in (CellKind.DATE, CellKind.DATETIME):
            dates += 1
            real += 1
            real_low += isinstance(cell.value, date) and cell.value.day <= 12
            continue
        written = _written(western_digits(cell.text).strip()) if cell.kind is CellKind.TEXT else None
        if written is None:
            continue
        dates += 1
        short_years += written.short_year
        if written.ordered or written.first == written.second:
            continue
        if written.first > 12 >= written.second:
            votes[DateOrder.DAY_FIRST] += 1
        elif written.second > 12 >= written.first:
            votes[DateOrder.MONTH_FIRST] += 1
        elif written.first <= 12 and written.second <= 12:
            ambiguous += 1
            example = example or cell.text.strip()
    seen = {order for order, count in votes.items() if count}
    swapped = not ambiguous and real == real_low >= SUSPECT_FROM and max(votes.values()) >= SUSPECT_FROM
    mixed = len(seen) == 2 or (said is not None and bool(seen - {said}))
    own = seen.pop() if len(seen) == 1 else None
    order = said or (answer if mixed else own or answer)
    return DateColumn(order, mixed, ambiguous, example, short_years, swapped, dates)


def read_date(cell: Cell, column: DateColumn, *, header: str, today: date, serial_zero: date | None = None) -> date:
    """The day a cell says.

    Raises:
        RuleBroken: with a code of wording's register sentences; ``field`` is the header.
    """
    if not cell.readable:
        code = "register_formula_unsaved" if cell.kind is CellKind.FORMULA else "register_cell_error"
        raise RuleBroken(header, code, column=header, text=cell.text)
    if isinstance(cell.value, datetime):
        return _plausible(cell.value.date(), header, cell.text, today)
    if isinstance(cell.value, date):
        return _plausible(cell.value, header, cell.text, today)
    if isinstance(cell.value, Decimal):
        return _plausible(_serial_day(cell.value, column, header, serial_zero), header, cell.text, today)
    text = western_digits(cell.text).strip()
    written = _written(text)
    if written is None:
        raise RuleBroken(header, "register_no_date", column=header, text=cell.text)
    year = written.year
    if written.short_year:
        year += 2000
        if year > today.year:
            raise RuleBroken(header, "register_short_year", column=header, text=cell.text, until=today.year)
    day, month = written.first, written.second
    if not written.ordered and day != month:
        if day > 12 and month > 12:
            raise RuleBroken(header, "register_impossible_date", column=header, text=cell.text)
        said = DateOrder.MONTH_FIRST if month > 12 else DateOrder.DAY_FIRST
        if column.mixed and column.order not in (None, said) and max(day, month) > 12:
            raise RuleBroken(header, "register_other_order", column=header, text=cell.text)
        if month > 12:
            day, month = month, day
        elif day <= 12:
            if column.mixed and column.order is None:
                raise RuleBroken(header, "register_mixed_dates", column=header, text=cell.text)
            if column.order is None:
                raise RuleBroken(header, "register_ambiguous_date", column=header, text=cell.text)
            if column.order is DateOrder.MONTH_FIRST:
                day, month = month, day
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise RuleBroken(header, "register_impossible_date", column=header, text=cell.text) from error
    return _plausible(found, header, cell.text, today)


def read_year(cell: Cell) -> int | None:
    """The year where a cell holds only a year, such as 1970 in a birth column."""
    text = western_digits(cell.text).strip()
    return int(text) if cell.kind in (CellKind.TEXT, CellKind.NUMBER) and _YEAR.fullmatch(text) else None


def _plausible(day: date, header: str, text: str, today: date) -> date:
    if not FIRST_YEAR <= day.year <= today.year + YEARS_AHEAD:
        raise RuleBroken(header, "register_implausible_year", column=header, text=text, year=day.year)
    return day


def _serial_day(value: Decimal, column: DateColumn, header: str, serial_zero: date | None) -> date:
    whole = int(value)
    compact = _COMPACT.fullmatch(str(whole)) if value == whole else None
    if compact is not None:
        try:
            return date(int(compact[1]), int(compact[2]), int(compact[3]))
        except ValueError as error:
            raise RuleBroken(header, "register_impossible_date", column=header, text=str(whole)) from error
    if serial_zero is None or not column.dates or not 61 <= whole <= 110_000:
        raise RuleBroken(header, "register_number_for_date", column=header, text=f"{value.normalize():f}")
    return serial_zero + timedelta(days=whole)


def _month(name: str) -> int | None:
    name = name.casefold()
    if name == "sept":
        return 9
    return next((number for number, full in enumerate(_MONTHS, 1) if full.startswith(name)), None)


def _written(text: str) -> _Written | None:
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _Written(int(match[3]), int(match[2]), int(match[1]), short_year=False, ordered=True)
    if match := _NUMBERS.fullmatch(text):
        return _Written(int(match[1]), int(match[2]), int(match[3]), short_year=len(match[3]) == 2, ordered=False)
    if match := _DAY_NAME.fullmatch(text):
        day, name, year = match[1], match[2], match[3]
    elif match := _NAME_DAY.fullmatch(text):
        name, day, year = match[1], match[2], match[3]
    else:
        return None
    month = _month(name)
    return None if month is None else _Written(int(day), month, int(year), short_year=len(year) == 2, ordered=True)
