"""The table of Today: parts with their heads, rows below, keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.today.lines import Part, TodayGroup, TodayRow
from clinic_app.ui.widgets import RowDelegate, painting, prepare_table
from clinic_app.ui.widgets.chips import paint_chip
from clinic_app.ui.widgets.rows import Index
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words

PLACE, STATE, PATIENT, DIAGNOSIS, SAID = range(5)
LAST = SAID
WIDTHS = {PLACE: 80, STATE: 148, PATIENT: 160, DIAGNOSIS: 160}
"""Column widths in pixels at 100 %; what was said takes the rest."""
Line = TodayGroup | TodayRow


class TodayModel(QAbstractTableModel):
    """A head for each part, its rows below; a part of which not everybody is shown says so on its head."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._closed: set[Part] = set()

    def is_open(self, part: Part) -> bool:
        """Whether the rows of a part are shown."""
        return part not in self._closed

    def fold(self, part: Part, *, open_: bool) -> None:
        """Show or hide the rows of a part from the next ``show_groups`` on."""
        (self._closed.discard if open_ else self._closed.add)(part)

    def show_groups(self, groups: Sequence[TodayGroup]) -> None:
        """Show these parts."""
        self.beginResetModel()
        self._lines = []
        for group in groups:
            self._lines.append(group)
            self._lines.extend(group.rows if self.is_open(group.part) else ())
        self.endResetModel()

    def line(self, row: int) -> Line | None:
        """The head or the row at a place."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def heads(self) -> tuple[int, ...]:
        """Where the heads stand."""
        return tuple(at for at, line in enumerate(self._lines) if isinstance(line, TodayGroup))

    def rows(self) -> tuple[tuple[int, TodayRow], ...]:
        """The rows that are no heads, with their places."""
        return tuple((at, line) for at, line in enumerate(self._lines) if isinstance(line, TodayRow))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Place, state, patient, diagnosis, what was said."""
        return 0 if parent.isValid() else LAST + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a column head."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = (translate("Place"), translate("State"), translate("Patient"), translate("Diagnosis"))
        return (*names, translate("Last call or drug"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell; the whole row for a screen reader."""
        line = self.line(index.row())
        if isinstance(line, TodayGroup):
            said = head_words(line)
            return " ".join(said) if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if line is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.sentence
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in _cell(line, index.column()) if part)
        return None


def head_words(group: TodayGroup) -> tuple[str, str]:
    """Title and count of a head: ``Overdue``, ``4 000 · first 8, Enter: all``."""
    count = number_words(group.count)
    shown = len(group.rows)
    if group.count > shown:
        count = translate_many("{total}, the first one here", "{total}, the first {count} here", shown, total=count)
    return group.title, count


def _cell(row: TodayRow, column: int) -> tuple[str, str]:
    match column:
        case 0:
            return row.place, ""
        case 1:
            return row.chip.words, ""
        case 2:
            return row.name, row.person
        case 3:
            return row.diagnosis
    return row.said


class TodayDelegate(RowDelegate):
    """Paints heads and rows."""

    def __init__(self, keeper: ThemeKeeper, view: QTableView, model: TodayModel) -> None:
        super().__init__(keeper, view)
        self._model = model

    def group_of(self, index: Index) -> tuple[str, str, bool] | None:
        """The head of a part."""
        line = self._model.line(index.row())
        return (*head_words(line), self._model.is_open(line.part)) if isinstance(line, TodayGroup) else None

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """One cell of a row."""
        row = self._model.line(index.row())
        if not isinstance(row, TodayRow):
            return
        keeper, column = self.keeper, index.column()
        if column == PLACE:
            painting.text(painter, keeper, rect, row.place, Style.NAME, numbers=True)
        elif column == STATE:
            chip = row.chip
            room = rect.adjusted(0, 0, keeper.px(self.RIGHT_INSET - 2), 0)
            paint_chip(
                painter,
                keeper,
                room,
                chip.tone,
                chip.words,
                icon=chip.icon,
                solid=chip.solid,
                direction=option.direction,
            )
        else:
            first, second = _cell(row, column)
            single = keeper.measures.row < keeper.px(40)
            align = painting.RIGHT if option.direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
            style = Style.NAME if column == PATIENT else Style.BODY
            painting.two_lines(painter, keeper, rect, first, "" if single else second, first_style=style, align=align)


class TodayTable(QTableView):
    """``chosen`` brings patient and case of the current row (0, 0: none); ``pressed`` a letter that means something
    here; ``opened`` comes for Enter or a double click; ``menu`` brings where the row's menu is wanted.
    """

    chosen = Signal(int, int)
    pressed = Signal(str)
    opened = Signal()
    menu = Signal(QPoint)

    KEYS = frozenset("aind1234bcl")

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._heads: tuple[int, ...] = ()
        self._groups: Sequence[TodayGroup] = ()
        self._quiet = False
        self.lines = TodayModel(self)
        self.setModel(self.lines)
        prepare_table(keeper, self, translate("Today"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(TodayDelegate(keeper, self, self.lines))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keeper.changed.connect(self._shape)
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    @property
    def row(self) -> TodayRow | None:
        """The current row, None for none and for a head."""
        line = self.lines.line(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return line if isinstance(line, TodayRow) else None

    @property
    def group(self) -> TodayGroup | None:
        """The head the keyboard is on."""
        line = self.lines.line(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return line if isinstance(line, TodayGroup) else None

    def show_groups(self, groups: Sequence[TodayGroup]) -> None:
        """Show these parts; the selected row stays selected, or the one at its place."""
        self._groups = groups
        key = self.row.key if self.row is not None else None
        at, scrolled = self.currentIndex().row(), self.verticalScrollBar().value()
        self._quiet = True
        self.lines.show_groups(groups)
        self._shape()
        self._quiet = False
        rows = self.lines.rows()
        found = next((place for place, row in rows if row.key == key), None)
        if found is None and rows:
            found = next((place for place, _ in rows if place >= at), rows[-1][0])
        self.choose(found)
        self.verticalScrollBar().setValue(scrolled)

    def fold(self, part: Part, *, open_: bool) -> None:
        """Open or close a part; the keyboard stays on its head."""
        self.lines.fold(part, open_=open_)
        self.show_groups(self._groups)
        head = next(at for at in self.lines.heads() if self._part_at(at) is part)
        if not open_ or self.group is not None:
            self.choose(head)

    def _part_at(self, row: int) -> Part | None:
        line = self.lines.line(row)
        return None if line is None else line.part

    def choose(self, row: int | None) -> None:
        """Make a row the current one."""
        if row is None:
            self.selectionModel().clear()
            self.chosen.emit(0, 0)
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.lines.index(row, 0), flags)
        self.scrollTo(self.lines.index(row, 0))

    def choose_case(self, case_id: int) -> bool:
        """Select a row of a case, where one is there and the current row is of another."""
        if self.row is not None and self.row.case_id == case_id:
            return True
        found = next((place for place, row in self.lines.rows() if row.case_id == case_id), None)
        if found is not None:
            self.choose(found)
        return found is not None

    def choose_next(self) -> None:
        """The next row of the same part, else the one before it."""
        here = self.row
        at = self.currentIndex().row()
        own = [place for place, row in self.lines.rows() if here is not None and row.part is here.part]
        following = next((place for place in own if place > at), None)
        before = next((place for place in reversed(own) if place < at), None)
        if following is not None or before is not None:
            self.choose(following if following is not None else before)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move over rows and heads; Enter opens; single letters are the view's."""
        key = event.key()
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        letter = event.text().lower()
        if plain == Qt.KeyboardModifier.NoModifier and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif plain == Qt.KeyboardModifier.NoModifier and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            part = self._part_at(self.currentIndex().row())
            if part is not None and self.lines.is_open(part) is (key == Qt.Key.Key_Left):
                self.fold(part, open_=key == Qt.Key.Key_Right)
        elif plain == Qt.KeyboardModifier.NoModifier and letter and letter in self.KEYS:
            if not event.isAutoRepeat():
                self.pressed.emit(letter)
        elif plain == Qt.KeyboardModifier.ShiftModifier and key in (Qt.Key.Key_B, Qt.Key.Key_C):
            if not event.isAutoRepeat():
                self.pressed.emit("B" if key == Qt.Key.Key_B else "C")
        elif key == Qt.Key.Key_Menu or (plain == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10):
            if self.row is not None:
                place = self.currentIndex().row()
                spot = QPoint(self._keeper.px(60), self.rowViewportPosition(place) + self.rowHeight(place))
                self.menu.emit(self.viewport().mapToGlobal(spot))
        elif key == Qt.Key.Key_Escape or (event.text() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head opens or closes its part."""
        line = self.lines.line(self.rowAt(event.position().toPoint().y()))
        if isinstance(line, TodayGroup) and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.fold(line.part, open_=not self.lines.is_open(line.part))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens."""
        line = self.lines.line(self.rowAt(event.position().toPoint().y()))
        if isinstance(line, TodayRow) and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer."""
        row = self.rowAt(event.pos().y())
        if isinstance(self.lines.line(row), TodayRow):
            self.choose(row)
            self.menu.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The last column takes what is left."""
        super().resizeEvent(event)
        self._columns()

    def _shape(self) -> None:
        """Heads are lower than rows."""
        measures = self._keeper.measures
        self.verticalHeader().setDefaultSectionSize(measures.row)
        heads = self.lines.heads()
        for row in set(self._heads) - set(heads):
            if row < self.lines.rowCount():
                self.setRowHeight(row, measures.row)
        for row in heads:
            self.setRowHeight(row, measures.group_row)
        self._heads = heads
        self._columns()

    def _columns(self) -> None:
        px, room = self._keeper.px, self.viewport().width()
        widths = {column: px(width) for column, width in WIDTHS.items()}
        spare = room - sum(widths.values()) - px(200)
        if spare > 0:
            widths[PATIENT] += int(spare * 0.35)
            widths[DIAGNOSIS] += int(spare * 0.35)
        elif spare < 0:
            for column in (DIAGNOSIS, PATIENT, STATE):
                widths[column] = max(px(112), widths[column] + spare // 3)
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.setColumnWidth(SAID, max(px(120), room - sum(widths.values())))

    def _current_changed(self, *_: object) -> None:
        if self._quiet:
            return
        row = self.row
        if row is not None:
            self.chosen.emit(row.patient_id, row.case_id)
