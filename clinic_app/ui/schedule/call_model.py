"""The call list as a table model: groups by status, rows fetched page by page when they come into sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.ui.schedule.lines import Line
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import flag_words, status_name

Index = QModelIndex | QPersistentModelIndex

PAGE = 100
"""Rows of one question to the database."""
KEPT_PAGES = 40
"""Pages held in memory; those read longest ago are let go."""

STATUS, PATIENT, DIAGNOSIS, GIVEN, SINCE, CALL = range(6)
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
GROUP_ROLE = Qt.ItemDataRole.UserRole + 2

CLOSED_AT_FIRST = frozenset({FollowUpStatus.NOT_DUE, FollowUpStatus.STOPPED})

Page = tuple[FollowUpStatus, int]


@dataclass(slots=True)
class Group:
    """One status of the list: how many cases, whether it is open, and the pages that are there."""

    status: FollowUpStatus
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


class CallListModel(QAbstractTableModel):
    """Groups in the order of urgency, a head row each, their rows below.

    ``page_wanted(status, page)`` asks for rows that came into sight; ``take_page`` brings them. ``show`` replaces
    counts and pages at once, so that nothing jumps in between.
    """

    page_wanted = Signal(object, int)
    shape_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = {status: Group(status, open=status not in CLOSED_AT_FIRST) for status in FollowUpStatus}
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

    def counts(self) -> dict[FollowUpStatus, int]:
        """How many cases each status has."""
        return {status: group.count for status, group in self._all.items()}

    def show(self, counts: Mapping[FollowUpStatus, int], pages: Mapping[Page, tuple[Line, ...]]) -> None:
        """Show these counts and pages and forget all others."""
        self.beginResetModel()
        for status, group in self._all.items():
            group.count = counts.get(status, 0)
            group.pages = {number: lines for (of, number), lines in pages.items() if of is status}
        self._used = dict.fromkeys(pages)
        self._wanted.clear()
        self._lay_out()
        self.endResetModel()
        self.shape_changed.emit()

    def take_page(self, status: FollowUpStatus, number: int, lines: tuple[Line, ...]) -> None:
        """Rows that were wanted are there."""
        group = self._all[status]
        group.pages[number] = lines
        self._used.pop((status, number), None)
        self._used[status, number] = None
        for old in list(self._used)[:-KEPT_PAGES]:
            self._all[old[0]].pages.pop(old[1], None)
            del self._used[old]
        if group in self._shown and group.open:
            head = self._starts[self._shown.index(group)]
            first = head + 1 + number * PAGE
            last = min(first + PAGE, head + group.rows)
            if first <= last:
                self.dataChanged.emit(self.index(first, 0), self.index(last, CALL))

    def pages_at(self, rows: Iterable[int]) -> list[Page]:
        """The pages that hold these rows."""
        found: dict[Page, None] = {}
        for row in rows:
            group, place = self._at(row)
            if group is not None and place >= 0:
                found[group.status, place // PAGE] = None
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

    def head_of(self, status: FollowUpStatus) -> int | None:
        """The row of a group's head, None where it is not shown."""
        return next(
            (start for group, start in zip(self._shown, self._starts, strict=True) if group.status is status), None
        )

    def set_open(self, status: FollowUpStatus, *, open_: bool) -> None:
        """Open or close a group."""
        group = self._all[status]
        if group.open == open_:
            return
        head = self.head_of(status)
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
        self.dataChanged.emit(self.index(head, 0), self.index(head, CALL))
        self.shape_changed.emit()

    # --- rows --------------------------------------------------------------------------------------------------

    def line_at(self, row: int) -> Line | None:
        """The words of a row, None for a head or while they are being read."""
        group, place = self._at(row)
        return group.line(place) if group is not None and place >= 0 else None

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
        """Status, patient, diagnosis, last injection, since, last call."""
        return 0 if parent.isValid() else CALL + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The column heads."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Status"),
            translate("Patient"),
            translate("Diagnosis"),
            translate("Last injection"),
            translate("Since"),
            translate("Last call"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row's line, a head's group, the sentence for screen readers, and plain words for copying."""
        group, place = self._at(index.row())
        if group is None:
            return None
        if place < 0:
            return self._head_data(group, index.column(), role)
        line = group.line(place)
        if line is None:
            self._want((group.status, place // PAGE))
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.sentence
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(line, index.column())
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
        for status, number in wanted:
            if number not in self._all[status].pages:
                self.page_wanted.emit(status, number)

    @staticmethod
    def _head_data(group: Group, column: int, role: int) -> object:
        if role == GROUP_ROLE:
            return group
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = translate("open") if group.open else translate("closed")
            return f"{status_name(group.status)}, {group.count}, {state}"
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return f"{status_name(group.status)} {group.count}"
        return None


def _words(line: Line, column: int) -> str:
    cells = {
        STATUS: (line.chip.words,),
        PATIENT: (line.name, line.person),
        DIAGNOSIS: line.diagnosis,
        GIVEN: line.given,
        SINCE: (line.since,),
        CALL: line.call,
    }
    return ", ".join(part for part in cells[column] if part)


def _tip(line: Line, column: int) -> str:
    if column in (STATUS, SINCE):
        return line.tip
    if column == PATIENT:
        return "\n".join([line.name, line.person, *(flag_words(flag) for flag in line.flags)])
    return _words(line, column)
