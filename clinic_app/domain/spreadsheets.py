"""Spreadsheets as values: one sheet's header and rows, each cell with what kind of thing it is.

``exchange.spreadsheets`` reads and writes the files; the register (``domain.register``) reads the values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

EXCEL_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers, counted so that every serial from 61 on is right (1900 was no leap year)."""


class CellKind(Enum):
    """What a cell holds. ``FORMULA`` is a formula whose result was never saved; the others hold their value."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOL = "bool"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``merged``: it lies in cells joined over several rows, and carries the value of the first."""

    kind: CellKind
    value: str | Decimal | date | datetime | bool | None = None
    merged: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return self.kind is CellKind.EMPTY

    @property
    def readable(self) -> bool:
        """False for a spreadsheet error such as #REF!, and for a formula without its result."""
        return self.kind not in (CellKind.ERROR, CellKind.FORMULA)

    @property
    def text(self) -> str:
        """The value as it would be typed: numbers without needless zeros, dates in ISO, blanks as ""."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return "TRUE" if self.value else "FALSE"
        if isinstance(self.value, Decimal):
            return f"{self.value.normalize():f}" if self.value else "0"
        if isinstance(self.value, datetime):
            return self.value.isoformat(" ", "seconds")
        if isinstance(self.value, date):
            return self.value.isoformat()
        return self.value


EMPTY = Cell(CellKind.EMPTY)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is its line in the sheet, the first line being 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column (first is 0), empty beyond the last."""
        return self.cells[column] if column < len(self.cells) else EMPTY


@dataclass(frozen=True, slots=True)
class TableNote:
    """Something the reader of the file noticed: a code for wording, and its parameters."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a file (``name``): header texts, each different, and the rows below that hold anything.

    ``sheet`` is "" for CSV. ``serial_zero`` is day 0 of dates kept as plain numbers; None where a file has none.
    """

    name: str
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[TableNote, ...] = ()
    serial_zero: date | None = None


def column_letters(column: int) -> str:
    """The letters of a column as spreadsheets show them; the first column is 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(column: int, row: int) -> str:
    """A cell's name such as "C7"; the first column is 0, the first row 1."""
    return f"{column_letters(column)}{row}"
