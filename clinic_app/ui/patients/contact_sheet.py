"""The contact sheet: sittings across, the views of a set down the columns, and what is missing in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QRect

from clinic_app.domain.photo_protocol import CyclePlace, CycleSide, CycleViews, cycle_place, cycle_views
from clinic_app.domain.pictures import Injected, PictureEntry, picture_sessions
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.pictures import missing_words, phase_label, side_words, wanted_from_words

CELL = 168
PICTURE_HIGH = 150
WORDS_HIGH = 38
HEAD = 40
GAP = 12
NARROWEST, WIDEST = 96, 150
"""Width of a column of the contact sheet in pixels at 100 %."""
COLUMN_GAP = 8


@dataclass(frozen=True, slots=True)
class Column:
    """One view of the set: its name and the key that tags with it."""

    code: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A photograph that is missing: the words of its cell and the whole sentence; ``now``: of the last injection."""

    words: str
    sentence: str
    now: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Photographs taken together, and the words above them.

    In the contact sheet ``cells`` holds those of every column and ``gaps`` what is missing there; ``entries`` are the
    rest. Where no photograph of a side was taken at all, there are words only. ``session_id``: the injection they were
    taken before or after, 0 where none is.
    """

    title: str
    detail: str
    entries: tuple[PictureEntry, ...] = ()
    cells: tuple[tuple[PictureEntry, ...], ...] = ()
    gaps: Mapping[int, Gap] = field(default_factory=dict)
    session_id: int = 0

    @property
    def all(self) -> tuple[PictureEntry, ...]:
        """Every photograph, in the order the arrow keys go: line by line, then those of no column."""
        high = max((len(cell) for cell in self.cells), default=0)
        lines = [cell[line] for line in range(high) for cell in self.cells if line < len(cell)]
        return (*lines, *self.entries)


def sittings_of(entries: Sequence[PictureEntry], names: Mapping[str | None, str]) -> tuple[Row, ...]:
    """The sittings, newest first, those without a sure date before all; ``names`` are products by code."""
    unsure: list[Row] = []
    dated: list[Row] = []
    for group in picture_sessions([entry.picture.taken for entry in entries]):
        found = tuple(entries[place] for place in group)
        first = found[0]
        if not first.picture.taken.known or first.picture.taken.day is None:
            title = translate("Date unsure")
            unsure.append(Row(title, translate("Set the date to place them between the injections"), found))
            continue
        product = first.phase.injection.product if first.phase.injection is not None else None
        words = phase_label(first.phase, names.get(product, ""))
        title = day_words(first.picture.taken.day)
        dated.append(Row(title, words[0], found, session_id=first.session_id or 0))
    return (*unsure, *reversed(dated))


def sheet_rows(
    sittings: Sequence[Row], columns: Sequence[Column], injections: Sequence[Injected], today: date
) -> tuple[Row, ...]:
    """Sittings (newest first) sorted into columns, with what is missing before and after the injections of a case.

    A view nobody photographed on a side of an injection is missing once, at the newest sitting of that side. A side
    without any photograph is a row of words: of the last injection, and of those that have the other side.
    """
    places = [cycle_place(row.entries[0].picture, injections) for row in sittings]
    known = cycle_views([entry.picture for row in sittings for entry in row.entries], injections)
    last = known[-1]
    codes = {column.code for column in columns}
    told: dict[CyclePlace, int] = {}
    for at, place in enumerate(places):
        if place is not None:
            shown = any(entry.picture.view in codes for entry in sittings[at].entries)
            if place not in told or (shown and not _shows(sittings[told[place]], codes)):
                told[place] = at
    rows: list[tuple[tuple[int, int], Row]] = []
    for at, (row, place) in enumerate(zip(sittings, places, strict=True)):
        gaps: dict[int, Gap] = {}
        if place is not None and told[place] == at:
            cycle = next(one for one in known if one.injection == place.injection)
            if place.side is CycleSide.BEFORE or not _too_early(cycle, today):
                gaps = {
                    number: Gap(
                        missing_words(place.side),
                        missing_words(place.side, column.name),
                        place.injection == last.injection,
                    )
                    for number, column in enumerate(columns)
                    if column.code not in cycle.of(place.side)
                }
        cells = tuple(tuple(one for one in row.entries if one.picture.view == column.code) for column in columns)
        rest = tuple(one for one in row.entries if one.picture.view not in codes)
        rows.append((_order(row, place), Row(row.title, row.detail, rest, cells, gaps, row.session_id)))
    for cycle in known:
        rows.extend(_missing_sides(cycle, told, columns, today, newest=cycle is last))
    return tuple(row for _, row in sorted(rows, key=lambda one: one[0], reverse=True))


def _shows(row: Row, codes: set[str]) -> bool:
    return any(entry.picture.view in codes for entry in row.entries)


def _too_early(cycle: CycleViews, today: date) -> bool:
    return cycle.after_from is not None and today < cycle.after_from


def _order(row: Row, place: CyclePlace | None) -> tuple[int, int]:
    """Where a row stands, later days first; before and after of one day in the order of the injection."""
    day = row.entries[0].picture.taken.day
    if place is None or day is None:
        return (date.max.toordinal(), 9)
    return (day.toordinal(), 4 if place.side is CycleSide.AFTER else 1)


def _missing_sides(
    cycle: CycleViews, told: Mapping[CyclePlace, int], columns: Sequence[Column], today: date, *, newest: bool
) -> list[tuple[tuple[int, int], Row]]:
    """The rows of words for the sides of an injection of which there is no photograph."""
    injection = cycle.injection
    if injection is None or not columns:
        return []
    there = {side for side in CycleSide if CyclePlace(injection, side) in told}
    answer: list[tuple[tuple[int, int], Row]] = []
    for side, rank in ((CycleSide.AFTER, 3), (CycleSide.BEFORE, 2)):
        if side in there or not (newest or there):
            continue
        early = side is CycleSide.AFTER and _too_early(cycle, today)
        detail = (
            wanted_from_words(cycle.after_from) if early and cycle.after_from else missing_words(side, any_view=True)
        )
        row = Row(side_words(side, injection), detail, session_id=injection.session_id)
        answer.append(((injection.day.toordinal(), rank), row))
    return answer


@dataclass(slots=True)
class Laid:
    """Where everything stands, in pixels of the whole sheet: photographs in the order of ``Row.all`` over all rows.

    ``worded``: which of them carry the name of their view below. ``top`` is the height of the column heads.
    """

    cells: list[QRect] = field(default_factory=list)
    worded: list[bool] = field(default_factory=list)
    heads: list[tuple[QRect, Row]] = field(default_factory=list)
    gaps: list[tuple[QRect, Gap]] = field(default_factory=list)
    columns: list[tuple[QRect, Column]] = field(default_factory=list)
    top: int = 0
    width: int = 0
    height: int = 0

    def add_flow(self, keeper: ThemeKeeper, count: int, y: int, width: int) -> int:
        """Lay so many photographs in lines from ``y`` down; answers where the next thing may stand."""
        gap, margin = keeper.px(GAP), keeper.px(4)
        columns = max(1, (width - 2 * margin + gap) // (keeper.px(CELL) + gap))
        across = (width - 2 * margin - gap * (columns - 1)) // columns
        cell, high = min(across, keeper.px(CELL + 40)), keeper.px(PICTURE_HIGH + WORDS_HIGH)
        for place in range(count):
            line, column = divmod(place, columns)
            self.cells.append(QRect(margin + column * (cell + gap), y + line * (high + gap), cell, high))
            self.worded.append(True)
        return y + -(-count // columns) * (high + gap)


def lay_flow(keeper: ThemeKeeper, rows: Sequence[Row], width: int) -> Laid:
    """All photographs in lines under the day of their sitting."""
    laid = Laid(width=width)
    margin = keeper.px(4)
    y = 0
    for row in rows:
        laid.heads.append((QRect(margin, y, width - 2 * margin, keeper.px(HEAD)), row))
        y = laid.add_flow(keeper, len(row.entries), y + keeper.px(HEAD), width)
    laid.height = y
    return laid


def lay_sheet(keeper: ThemeKeeper, rows: Sequence[Row], columns: Sequence[Column], width: int) -> Laid:
    """Sittings one below the other, a column for each view; wider than ``width`` where the columns need it."""
    laid = Laid()
    margin, gap = keeper.px(4), keeper.px(COLUMN_GAP)
    count = len(columns)
    across = (width - 2 * margin - gap * (count - 1)) // count
    cell = min(max(across, keeper.px(NARROWEST)), keeper.px(WIDEST))
    laid.width = max(width, 2 * margin + count * cell + (count - 1) * gap)
    lines = [painting.wrapped_height(keeper, column.name, Style.CAPTION, cell) for column in columns]
    laid.top = keeper.px(24) + max(lines) + keeper.px(6)
    for number, column in enumerate(columns):
        laid.columns.append((QRect(margin + number * (cell + gap), 0, cell, laid.top), column))
    y = laid.top
    for row in rows:
        laid.heads.append((QRect(margin, y, width - 2 * margin, keeper.px(HEAD)), row))
        y += keeper.px(HEAD)
        high = max((len(part) for part in row.cells), default=0)
        for line in range(high):
            for number, part in enumerate(row.cells):
                if line < len(part):
                    left = margin + number * (cell + gap)
                    laid.cells.append(QRect(left, y + line * (cell + gap), cell, cell))
                    laid.worded.append(False)
        for number, missing in row.gaps.items():
            side = cell if high else keeper.px(52)
            laid.gaps.append((QRect(margin + number * (cell + gap), y, cell, side), missing))
        if high:
            y += high * (cell + gap)
        elif row.gaps:
            y += keeper.px(52) + gap
        y = laid.add_flow(keeper, len(row.entries), y, width) if row.entries else y
    laid.height = y
    return laid
