"""The call list as a table model: its groups, with rows fetched page by page when they come into sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from clinic_app.domain.call_list import Column
from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.ui.schedule.lines import Line
from clinic_app.wording.call_list import column_name
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import flag_words, status_name

Index = QModelIndex | QPersistentModelIndex

PAGE = 50
"""Rows of one question to the database."""
KEPT_PAGES = 80
"""Pages held in memory; those read longest ago are let go."""

COLUMNS = tuple(Column)
STATUS, PATIENT, DIAGNOSIS, GIVEN, SINCE, CALL = range(6)
LAST = len(COLUMNS) - 1
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2

CLOSED_AT_FIRST = frozenset({FollowUpStatus.NOT_DUE, FollowUpStatus.STOPPED})

GroupKey = FollowUpStatus | date | str
Page = tuple[GroupKey, int]


@dataclass(slots=True)
class Group:
    """One group of the list: how many cases, whether it is open, and the pages that are there."""

    key: GroupKey
    title: str
    count: int = 0
    open: bool = True
    pages: dict[int, tuple[Line, ...]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows it takes below its head."""
        return self.count if self.open else 0

    def line(self, place: int) -> Line | None:
        """The row at a place, None while its page is not there."""
        page = self.pages.get(place // PAGE)
        within = place % PAGE
        return page[within] if page is not None and within < len(page) else None


def group_head(index: Index) -> tuple[str, str, bool] | None:
    """Title, count and openness of the head of a group; None for a row of data."""
    group = index.data(GROUP_ROLE)
    if not isinstance(group, Group):
        return None
    return group.title, number_words(group.count), group.open


class CallListModel(QAbstractTableModel):
    """Groups, a head row each, their rows below.

    ``pages_wanted`` (a tuple of pages) asks for rows that came into sight; ``take_page`` brings them. ``show`` replaces
    counts and pages at once, so that nothing jumps in between.
    """

    pages_wanted = Signal(object)
    shape_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[GroupKey, Group] = {one: Group(one, status_name(one)) for one in FollowUpStatus}
        self._open: dict[GroupKey, bool] = dict.fromkeys(CLOSED_AT_FIRST, False)
        self._shown: list[Group] = []
        self._starts: list[int] = []
        self._rows = 0
        self._wanted: dict[Page, None] = {}
        self._used: dict[Page, None] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    # --- what the list shows -----------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many cases are in the list, in open and closed groups."""
        return sum(group.count for group in self._all.values())

    def counts(self) -> dict[GroupKey, int]:
        """How many cases each group has."""
        return {key: group.count for key, group in self._all.items()}

    def show(
        self,
        counts: Mapping[GroupKey, int],
        pages: Mapping[Page, tuple[Line, ...]],
        titles: Mapping[GroupKey, str] | None = None,
    ) -> None:
        """Show these groups and pages and forget all others; ``titles``: those of groups that are no statuses."""
        self.beginResetModel()
        keys = dict.fromkeys((*FollowUpStatus, *counts)) if titles is None else dict.fromkeys(counts)
        self._all = {
            key: Group(
                key,
                status_name(key) if isinstance(key, FollowUpStatus) else (titles or {}).get(key, ""),
                counts.get(key, 0),
                self._open.get(key, True),
            )
            for key in keys
        }
        for (key, number), lines in pages.items():
            if key in self._all:
                self._all[key].pages[number] = lines
        self._used = dict.fromkeys(pages)
        self._wanted.clear()
        self._lay_out()
        self.endResetModel()
        self.shape_changed.emit()

    def take_page(self, key: GroupKey, number: int, lines: tuple[Line, ...]) -> None:
        """Rows that were wanted are there."""
        group = self._all.get(key)
        if group is None:
            return
        group.pages[number] = lines
        self._used.pop((key, number), None)
        self._used[key, number] = None
        for old in list(self._used)[:-KEPT_PAGES]:
            if old[0] in self._all:
                self._all[old[0]].pages.pop(old[1], None)
            del self._used[old]
        if group in self._shown and group.open:
            head = self._starts[self._shown.index(group)]
            first = head + 1 + number * PAGE
            last = min(first + PAGE, head + group.rows)
            if first <= last:
                self.dataChanged.emit(self.index(first, 0), self.index(last, LAST))

    def closed(self) -> frozenset[GroupKey]:
        """The groups that are closed."""
        return frozenset(key for key, open_ in self._open.items() if not open_)

    def pages_at(self, rows: Iterable[int]) -> list[Page]:
        """The pages that hold these rows."""
        found: dict[Page, None] = {}
        for row in rows:
            group, place = self._at(row)
            if group is not None and place >= 0:
                found[group.key, place // PAGE] = None
        return list(found)

    # --- groups ------------------------------------------------------------------------------------------------

    def group_at(self, row: int) -> Group | None:
        """The group whose head stands in a row, None for a row of data."""
        group, place = self._at(row)
        return group if place < 0 else None

    def group_of(self, row: int) -> Group | None:
        """The group a row belongs to."""
        return self._at(row)[0]

    def head_rows(self) -> Sequence[int]:
        """The rows of the group heads."""
        return tuple(self._starts)

    def head_of(self, key: GroupKey) -> int | None:
        """The row of a group's head, None where it is not shown."""
        return next((start for group, start in zip(self._shown, self._starts, strict=True) if group.key == key), None)

    def set_open(self, key: GroupKey, *, open_: bool) -> None:
        """Open or close a group; it stays so, whatever is shown meanwhile."""
        self._open[key] = open_
        group = self._all.get(key)
        if group is None or group.open == open_:
            return
        head = self.head_of(key)
        if head is None or not group.count:
            group.open = open_
            return
        first, last = head + 1, head + group.count
        if open_:
            self.beginInsertRows(QModelIndex(), first, last)
            group.open = True
            self._lay_out()
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), first, last)
            group.open = False
            self._lay_out()
            self.endRemoveRows()
        self.dataChanged.emit(self.index(head, 0), self.index(head, LAST))
        self.shape_changed.emit()

    # --- rows --------------------------------------------------------------------------------------------------

    def line_at(self, row: int) -> Line | None:
        """The words of a row, None for a head or while they are being read."""
        group, place = self._at(row)
        return group.line(place) if group is not None and place >= 0 else None

    def loaded(self) -> Iterator[Line]:
        """Every row that is there, in open groups."""
        return (line for line, _ in self._lines())

    def loaded_rows(self) -> list[tuple[int, Line]]:
        """Every row that is there, in open groups, with its place, from above."""
        return sorted(((row, line) for line, row in self._lines()), key=itemgetter(0))

    def row_of(self, case_id: int) -> int | None:
        """Where a case stands, as far as its page is there and its group open."""
        for line, row in self._lines():
            if line.case_id == case_id:
                return row
        return None

    def first_row(self) -> int | None:
        """The first row of data, None where there is none."""
        return next((start + 1 for group, start in zip(self._shown, self._starts, strict=True) if group.rows), None)

    def next_row(self, row: int, step: int = 1) -> int | None:
        """The next row of data above (-1) or below (1) a row, None at the end."""
        row += step
        while 0 <= row < self._rows and self.group_at(row) is not None:
            row += step
        return row if 0 <= row < self._rows else None

    # --- Qt ----------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Heads and rows of open groups."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Every column there is, shown or not."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The column heads."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return column_name(COLUMNS[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row's line, a head's group, the sentence for screen readers, and plain words for copying."""
        group, place = self._at(index.row())
        if group is None:
            return None
        if place < 0:
            return self._head_data(group, index.column(), role)
        line = group.line(place)
        if line is None:
            self._want((group.key, place // PAGE))
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.sentence
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_words(line, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(line, index.column())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be selected; heads only hold the keyboard."""
        if self.group_at(index.row()) is not None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    # --- inside ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._shown = [group for group in self._all.values() if group.count]
        self._starts = []
        self._rows = 0
        for group in self._shown:
            self._starts.append(self._rows)
            self._rows += 1 + group.rows

    def _at(self, row: int) -> tuple[Group | None, int]:
        """The group of a row and the place in it; -1 is its head."""
        if not 0 <= row < self._rows:
            return None, -1
        number = bisect_right(self._starts, row) - 1
        return self._shown[number], row - self._starts[number] - 1

    def _lines(self) -> Iterator[tuple[Line, int]]:
        for group, start in zip(self._shown, self._starts, strict=True):
            if group.open:
                for number, lines in group.pages.items():
                    for within, line in enumerate(lines):
                        yield line, start + 1 + number * PAGE + within

    def _want(self, page: Page) -> None:
        if page not in self._wanted:
            self._wanted[page] = None
            self._soon.start()

    def _ask(self) -> None:
        wanted, self._wanted = list(self._wanted), {}
        there = self._all
        missing = tuple((key, number) for key, number in wanted if key in there and number not in there[key].pages)
        if missing:
            self.pages_wanted.emit(missing)

    @staticmethod
    def _head_data(group: Group, column: int, role: int) -> object:
        if role == GROUP_ROLE:
            return group
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = translate("open") if group.open else translate("closed")
            return f"{group.title}, {group.count}, {state}"
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return f"{group.title} {group.count}"
        return None


def cell_words(line: Line, column: int) -> str:
    """The plain words of a cell, for copying and for reading out."""
    cells: dict[int, tuple[str, ...]] = {
        STATUS: (line.chip.words,),
        PATIENT: (line.name, line.person),
        DIAGNOSIS: line.diagnosis,
        GIVEN: line.given,
        SINCE: (line.since,),
        CALL: line.call,
    }
    parts = cells[column] if column in cells else line.more.get(COLUMNS[column], ())
    return ", ".join(part for part in parts if part)


def _tip(line: Line, column: int) -> str:
    if column in (STATUS, SINCE):
        return line.tip
    if column == PATIENT:
        return "\n".join([line.name, line.person, *(flag_words(flag) for flag in line.flags)])
    return cell_words(line, column)
