"""The table of the call list: painting, keys, menu."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from clinic_app.domain.call_list import Column, Columns, ListShape
from clinic_app.ui.schedule.call_model import (
    CALL,
    COLUMNS,
    DIAGNOSIS,
    GIVEN,
    LINE_ROLE,
    PATIENT,
    SINCE,
    STATUS,
    CallListModel,
    group_head,
)
from clinic_app.ui.schedule.lines import FLAG_LOOKS, Line
from clinic_app.ui.schedule.sticky_head import StickyHead
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Interval, RowDelegate, painting, prepare_table
from clinic_app.ui.widgets.chips import paint_chip
from clinic_app.ui.widgets.interval_bar import paint_interval
from clinic_app.ui.widgets.rows import ColumnHeads, Index
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import flag_words

WIDE = {STATUS: 144, PATIENT: 140, DIAGNOSIS: 142, GIVEN: 120, SINCE: 112}
NARROW = {STATUS: 144, PATIENT: 134, DIAGNOSIS: 138, GIVEN: 120, SINCE: 108}
LEAST = {DIAGNOSIS: 106, PATIENT: 118, GIVEN: 120, SINCE: 96}
LEAST_CALL = 156
"""Column widths in pixels at 100 % (ux.md 6.5, 6.9); the last call takes the rest."""
FURTHER = {
    Column.PHONE: 124,
    Column.DOCTOR: 116,
    Column.VILLAGE: 112,
    Column.LANGUAGE: 92,
    Column.CYCLE: 84,
    Column.DRUG: 126,
    Column.NEXT_CALL: 126,
    Column.DUE_FROM: 104,
    Column.DUE_UNTIL: 104,
    Column.WAITS_UNTIL: 98,
}
"""Widths of the columns that are hidden at first."""
NARROWEST = 48


class CallListDelegate(RowDelegate):
    """Paints the rows of the call list."""

    def group_of(self, index: Index) -> tuple[str, str, bool] | None:
        """The head of a status."""
        return group_head(index)

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """One cell of a row; pale bars while the row is being read."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            self._paint_wait(painter, rect)
            return
        keeper = self.keeper
        direction = option.direction
        single = keeper.measures.row < keeper.px(40)
        match index.column():
            case 0:
                chip = line.chip
                room = rect.adjusted(0, 0, keeper.px(self.RIGHT_INSET - 2), 0)
                paint_chip(
                    painter, keeper, room, chip.tone, chip.words, icon=chip.icon, solid=chip.solid, direction=direction
                )
            case 1:
                self._paint_patient(painter, rect, line, direction, single=single)
            case 2:
                self._paint_pair(painter, rect, line.diagnosis, direction, single=single)
            case 3:
                self._paint_given(painter, rect, line, direction, single=single)
            case 4:
                self._paint_since(painter, rect, line, self.ground(option), single=single)
            case 5:
                self._paint_call(painter, rect, line, direction, single=single)
            case column:
                first, *rest = (*line.more.get(COLUMNS[column], ("",)), "")
                self._paint_pair(painter, rect, (first, rest[0]), direction, single=single)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The name of the flag under the pointer, else the whole text."""
        line = index.data(LINE_ROLE)
        if event.type() == QEvent.Type.ToolTip and isinstance(line, Line) and index.column() == PATIENT:
            inner = option.rect.adjusted(self.keeper.px(self.LEFT_INSET), 0, -self.keeper.px(self.RIGHT_INSET), 0)
            for flag, spot in zip(line.flags, self._flag_spots(inner, line, option.direction), strict=False):
                if spot.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), flag_words(flag), view)
                    return True
        return super().helpEvent(event, view, option, index)

    def _paint_wait(self, painter: QPainter, rect: QRect) -> None:
        high = self.keeper.px(8)
        bar = QRect(rect.left(), rect.center().y() - high // 2, max(0, rect.width() * 2 // 3), high)
        painting.box(painter, bar, high / 2, fill=self.keeper.colour("hair"))

    def _paint_pair(
        self, painter: QPainter, rect: QRect, lines: tuple[str, str], direction: Qt.LayoutDirection, *, single: bool
    ) -> None:
        second = "" if single else lines[1]
        painting.two_lines(painter, self.keeper, rect, lines[0], second, align=_side(direction))

    def _paint_given(
        self, painter: QPainter, rect: QRect, line: Line, direction: Qt.LayoutDirection, *, single: bool
    ) -> None:
        """Dose and day; a dose that does not fit loses the end of its product's name, never a digit."""
        keeper = self.keeper
        dose = short_dose(keeper.metrics(Style.BODY), line.given[0], rect.width())
        second = "" if single else line.given[1]
        painting.two_lines(painter, keeper, rect, dose, second, align=_side(direction))

    def _flag_spots(self, rect: QRect, line: Line, direction: Qt.LayoutDirection) -> list[QRect]:
        """Where the flags stand: at the trailing end of the second line, in the order of their list."""
        keeper = self.keeper
        side, gap = keeper.px(14), keeper.px(4)
        high = keeper.line(Style.SECONDARY)
        single = keeper.measures.row < keeper.px(40)
        used = keeper.line(Style.BODY) + high
        top = rect.center().y() - side // 2 if single else rect.top() + (rect.height() - used) // 2 + used - high + 1
        right = rect.right() + keeper.px(8)
        spots = [
            QRect(right - (place + 1) * side - place * gap, top, side, side) for place in range(len(line.flags[:3]))
        ]
        return [painting.mirrored(spot, rect, direction) for spot in spots]

    def _paint_patient(
        self, painter: QPainter, rect: QRect, line: Line, direction: Qt.LayoutDirection, *, single: bool
    ) -> None:
        keeper = self.keeper
        spots = self._flag_spots(rect, line, direction)
        painting.two_lines(
            painter,
            keeper,
            rect,
            line.name,
            "" if single else line.person,
            first_style=Style.NAME,
            align=_side(direction),
            kept=max(0, len(spots) * keeper.px(18) - keeper.px(8)),
        )
        for flag, spot in zip(line.flags, spots, strict=False):
            icon, ink = FLAG_LOOKS[flag]
            painting.icon(painter, keeper, spot, icon, ink, 14)

    def _paint_since(self, painter: QPainter, rect: QRect, line: Line, ground: str, *, single: bool) -> None:
        keeper = self.keeper
        if not line.since:
            painting.text(painter, keeper, rect, "—", Style.BODY, "text3")
            return
        width = min(rect.width(), keeper.px(98))
        if single:
            painting.text(painter, keeper, rect, line.since, Style.BUTTON, numbers=True)
            return
        upper = keeper.line(Style.BODY)
        top = rect.top() + (rect.height() - upper - keeper.line(Style.SECONDARY)) // 2
        words = QRect(rect.left(), top, rect.width(), upper)
        painting.text(painter, keeper, words, line.since, Style.CHIP, weight=600, numbers=True)
        bar = QRect(rect.left(), top + upper, width, keeper.line(Style.SECONDARY))
        self._paint_bar(painter, bar, line.interval, ground)

    def _paint_bar(self, painter: QPainter, rect: QRect, interval: Interval, ground: str) -> None:
        paint_interval(painter, self.keeper, rect, interval, ring=ground)

    def _paint_call(
        self, painter: QPainter, rect: QRect, line: Line, direction: Qt.LayoutDirection, *, single: bool
    ) -> None:
        keeper = self.keeper
        called = line.call_icon not in ("minus", "package")
        spot = painting.mirrored(QRect(rect.left(), rect.top(), keeper.px(16), rect.height()), rect, direction)
        painting.icon(painter, keeper, spot, line.call_icon, "text2" if called else "text3", 16)
        room = rect.adjusted(keeper.px(25), 0, 0, 0)
        upper, lower = keeper.line(Style.BODY), keeper.line(Style.SECONDARY)
        second = "" if single else line.call[1]
        if line.called_today:
            top = rect.top() + (rect.height() - upper - lower) // 2 + upper if second else rect.top()
            tick = QRect(rect.right() - keeper.px(14), top, keeper.px(16), lower if second else rect.height())
            painting.icon(painter, keeper, painting.mirrored(tick, rect, direction), "check", "success", 16)
        painting.two_lines(
            painter,
            keeper,
            painting.mirrored(room, rect, direction),
            line.call[0],
            second,
            first_ink="text" if called or line.call_icon == "package" else "text2",
            align=_side(direction),
            kept=keeper.px(18) if line.called_today else 0,
        )


def short_dose(metrics: QFontMetrics, dose: str, width: int) -> str:
    """A dose in ``width`` pixels: ``Dysp… 800 U``, never ``Dysp…00 U``; ``Unknown 130 U``; without a number dots."""
    if metrics.horizontalAdvance(dose) <= width:
        return dose
    number = re.search(r"\d[\d.,]*\D*$", dose)
    if number is None:
        return metrics.elidedText(dose, Qt.TextElideMode.ElideRight, width)
    amount = number.group()
    name = dose[: number.start()].rstrip(" ,")
    if name == translate("Unknown product"):
        name = translate("Unknown")
    room = width - metrics.horizontalAdvance(f" {amount}")
    return f"{metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(0, room))} {amount}".strip()


def _side(direction: Qt.LayoutDirection) -> Qt.AlignmentFlag:
    return painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT


class CallHeads(ColumnHeads):
    """The column heads: a press sorts, a drag moves, an edge resizes; arrows say by what the rows are ordered."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self.shape = ListShape()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(keeper.px(NARROWEST))
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def sorted_by(self, section: int) -> tuple[bool | None, int]:
        """By the keys of the shape."""
        for rank, key in enumerate(self.shape.sort, 1):
            if key.column is COLUMNS[section]:
                return key.falling, rank if len(self.shape.sort) > 1 else 0
        return None, 0


class CallTable(QTableView):
    """The rows of the call list; keys that mean something here come out as ``pressed`` with their letter.

    ``chosen`` brings the case of the current row (0: none), ``opened`` its case on Enter or a double click, ``menu``
    the row under the pointer and where.
    """

    chosen = Signal(int, int)
    opened = Signal()
    pressed = Signal(str)
    menu = Signal(QPoint)
    picked = Signal(int)
    """How many rows are selected."""
    copy_wanted = Signal()
    sort_pressed = Signal(object, bool)
    """(column, whether as a further key): its head was pressed."""
    columns_changed = Signal(object)
    """``Columns``: one was moved or resized by its head."""

    KEYS = frozenset("c1234bm")

    def __init__(self, keeper: ThemeKeeper, model: CallListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.calls = model
        self._case = 0
        self._patient = 0
        self._row = -1
        self._heads: Sequence[int] = ()
        self._quiet = False
        self._loose = False
        self._picks: dict[int, Line] = {}
        self._pivot = -1
        self._laying = False
        self.columns = Columns()
        self.setModel(model)
        prepare_table(keeper, self, translate("Call list"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setItemDelegate(CallListDelegate(keeper, self))
        self.heads = CallHeads(keeper, self)
        self.heads.setAccessibleName(translate("Columns of the call list"))
        self.setHorizontalHeader(self.heads)
        self.heads.sectionClicked.connect(self._head_pressed)
        self.heads.sectionMoved.connect(self._head_moved)
        self.heads.sectionResized.connect(self._head_resized)
        self.sticky = StickyHead(keeper, self, model)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        model.shape_changed.connect(self._shape)
        model.dataChanged.connect(self._rows_came)
        keeper.changed.connect(self._shape)
        keeper.changed.connect(self._columns)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.show_columns(self.columns)

    @property
    def case_id(self) -> int:
        """The case of the current row, 0 for none."""
        return self._case

    @property
    def patient_id(self) -> int:
        """Its patient, 0 for none."""
        return self._patient

    @property
    def line(self) -> Line | None:
        """The words of the current row."""
        return self.calls.line_at(self._row) if self._row >= 0 else None

    @property
    def picks(self) -> tuple[Line, ...]:
        """The rows that are selected, in the order they were; one where just the current one is."""
        if len(self._picks) > 1:
            return tuple(self._picks.values())
        return (self.line,) if self.line is not None else ()

    def show_columns(self, columns: Columns) -> None:
        """Show these columns in this order."""
        self._laying = True
        self.columns = columns
        for place, column in enumerate(columns.order):
            section = COLUMNS.index(column)
            self.heads.moveSection(self.heads.visualIndex(section), place)
            self.setColumnHidden(section, column not in columns.shown)
        self._laying = False
        self._columns()

    def widths(self) -> dict[Column, int]:
        """How wide the shown columns are, in pixels at 100 %."""
        whole = self._keeper.px(100) / 100
        return {one: round(self.columnWidth(COLUMNS.index(one)) / whole) for one in self.columns.visible}

    def show_shape(self, shape: ListShape) -> None:
        """Say by the heads how the rows are ordered."""
        self.heads.shape = shape
        self.heads.viewport().update()

    def visible_rows(self) -> range:
        """The rows in sight, and a page above and below."""
        top = self.rowAt(0)
        bottom = self.rowAt(self.viewport().height() - 1)
        if top < 0:
            return range(0)
        last = self.calls.rowCount() - 1
        most = top + self.viewport().height() // self._keeper.measures.group_row + 1
        bottom = most if bottom < 0 else min(bottom, most)
        return range(max(0, top - 10), min(last, bottom + 10) + 1)

    def choose(self, row: int | None) -> None:
        """Make a row the current one."""
        self._pivot = -1 if row is None else row
        if row is None:
            self._take(-1)
            self.selectionModel().clear()
            self._pick(())
            return
        index = self.calls.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        line = self.calls.line_at(row)
        self._pick(() if line is None else (line,))
        self._scroll(row)

    def pick_all(self) -> None:
        """Select every row that is loaded."""
        self._pick(line for _, line in self.calls.loaded_rows())
        self._show_picks()

    def pick_to(self, row: int) -> None:
        """Select from the row where selecting began to this one, as far as the rows between are loaded."""
        if self._pivot < 0:
            self._pivot = max(self._row, 0)
        first, last = sorted((self._pivot, row))
        self._go_to(row)
        self._pick(line for at, line in self.calls.loaded_rows() if first <= at <= last)
        self._show_picks()

    def pick_toggle(self, row: int) -> None:
        """Take a row to those selected, or out of them."""
        line = self.calls.line_at(row)
        if line is None:
            return
        current = self.line
        picks = dict(self._picks) if self._picks or current is None else {current.case_id: current}
        if line.case_id in picks and len(picks) > 1:
            del picks[line.case_id]
            row = self.calls.row_of(next(reversed(picks))) or row
        else:
            picks[line.case_id] = line
        self._pivot = row
        self._go_to(row)
        self._pick(picks.values())
        self._show_picks()

    def _go_to(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(self.calls.index(row, 0), flags)
        self._scroll(row)

    def _pick(self, lines: Iterable[Line]) -> None:
        before = len(self._picks)
        self._picks = {line.case_id: line for line in lines}
        if before > 1 or len(self._picks) > 1:
            self.picked.emit(len(self._picks))

    def _show_picks(self) -> None:
        """Select their rows, one range for rows that follow each other."""
        chosen = QItemSelection()
        rows = (row for row, line in self.calls.loaded_rows() if line.case_id in self._picks)
        for _, run in groupby(enumerate(rows), lambda one: one[1] - one[0]):
            places = [row for _, row in run]
            chosen.select(self.calls.index(places[0], 0), self.calls.index(places[-1], 0))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(chosen, flags)

    @property
    def loose(self) -> bool:
        """Whether somebody outside of the list is meant."""
        return self._loose

    def let_go(self) -> None:
        """No row is selected, and nobody is told: somebody outside of the list is meant until a row is chosen."""
        self._quiet = True
        self.selectionModel().clear()
        self._quiet = False
        self._pick(())
        self._row, self._case, self._patient, self._loose = -1, 0, 0, True

    def choose_next(self) -> None:
        """The row below, else the one above: after a call the list goes on by itself."""
        row = self.calls.next_row(self._row)
        if row is None:
            row = self.calls.next_row(self._row, -1)
        if row is not None:
            self.choose(row)

    def anchor(self) -> tuple[int, int]:
        """The first case in sight and how far it stands from the top; (0, position of the bar) where none is."""
        for row in range(max(0, self.rowAt(0)), self.calls.rowCount()):
            line = self.calls.line_at(row)
            if line is not None and self.rowViewportPosition(row) >= 0:
                return line.case_id, self.rowViewportPosition(row)
            if self.rowViewportPosition(row) > self.viewport().height():
                break
        return 0, self.verticalScrollBar().value()

    def restore(self, case_id: int, anchor: tuple[int, int], fallback: int, *, fresh: bool = False) -> None:
        """After new rows came: select the case again (else the row at its place), and scroll as it was.

        ``fresh``: other rows were asked for; several that were selected are not any more.
        """
        several = {} if fresh or len(self._picks) < 2 else self._picks
        self._quiet = True
        row = self.calls.row_of(case_id) if case_id else None
        if row is None and not self._loose:
            row = self._near(-1 if fresh else fallback)
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self.calls.index(row, 0), flags)
        seen = self.calls.row_of(anchor[0]) if anchor[0] else None
        bar = self.verticalScrollBar()
        if seen is not None:
            bar.setValue(bar.value() + self.rowViewportPosition(seen) - anchor[1])
        elif not anchor[0]:
            bar.setValue(anchor[1])
        if several:
            lines = {line.case_id: line for line in self.calls.loaded()}
            self._pick(lines.get(one, old) for one, old in several.items())
            self._show_picks()
        else:
            self._pick(())
        self._pivot = -1 if row is None else row
        self._quiet = False
        self._take(-1 if row is None else row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move over rows and heads; Enter opens; single letters are the view's."""
        key = event.key()
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain == Qt.KeyboardModifier.NoModifier:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self._fold(open_=key == Qt.Key.Key_Right)
                return
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._walk(1 if key == Qt.Key.Key_Down else -1)
                return
            if key == Qt.Key.Key_Home:
                self.choose(self.calls.first_row())
                return
            if key == Qt.Key.Key_Menu:
                self._menu_at_row()
                return
            letter = event.text().lower()
            if letter in self.KEYS and letter:
                if not event.isAutoRepeat():
                    self.pressed.emit(letter)
                return
        if plain == Qt.KeyboardModifier.ShiftModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            row = self.calls.next_row(self.currentIndex().row(), 1 if key == Qt.Key.Key_Down else -1)
            if row is not None:
                self.pick_to(row)
            return
        if plain == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_A:
            self.pick_all()
            return
        if plain == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_C:
            self.copy_wanted.emit()
            return
        if key == Qt.Key.Key_Escape and len(self._picks) > 1:
            self.choose(self._row if self._row >= 0 else self.calls.first_row())
            return
        if plain == Qt.KeyboardModifier.ShiftModifier and key in (Qt.Key.Key_B, Qt.Key.Key_C):
            if not event.isAutoRepeat():
                self.pressed.emit("B" if key == Qt.Key.Key_B else "C")
            return
        if plain == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10:
            self._menu_at_row()
            return
        if key == Qt.Key.Key_Escape or (event.text() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard alone makes no row the current one, as Qt would, while somebody outside of the list is meant."""
        loose = self._loose
        super().focusInEvent(event)
        if loose:
            self.let_go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head opens or closes it."""
        row = self.rowAt(event.position().toPoint().y())
        group = self.calls.group_at(row) if row >= 0 else None
        if group is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.calls.set_open(group.key, open_=not group.open)
            return
        if row >= 0 and group is None and event.button() == Qt.MouseButton.LeftButton:
            held = event.modifiers()
            if held & Qt.KeyboardModifier.ControlModifier:
                self.pick_toggle(row)
            elif held & Qt.KeyboardModifier.ShiftModifier:
                self.pick_to(row)
            else:
                self.choose(row)
            return
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag over rows selects none."""
        if not event.buttons():
            super().mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the case."""
        row = self.rowAt(event.position().toPoint().y())
        if row >= 0 and self.calls.group_at(row) is None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer."""
        row = self.rowAt(event.pos().y())
        line = self.calls.line_at(row) if row >= 0 else None
        if row >= 0 and self.calls.group_at(row) is None:
            if line is None or len(self._picks) < 2 or line.case_id not in self._picks:
                self.choose(row)
            self.menu.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The last column takes what is left."""
        super().resizeEvent(event)
        self._columns()

    def _enter(self) -> None:
        group = self.calls.group_at(self.currentIndex().row()) if self.currentIndex().isValid() else None
        if group is not None:
            self.calls.set_open(group.key, open_=not group.open)
        elif self._case:
            self.opened.emit()

    def _walk(self, step: int) -> None:
        """To the next row; heads of open groups are passed over, closed ones are stops."""
        row = self.currentIndex().row() + step
        while (group := self.calls.group_at(row)) is not None and group.open:
            row += step
        if 0 <= row < self.calls.rowCount():
            self.choose(row)

    def _fold(self, *, open_: bool) -> None:
        row = self.currentIndex().row()
        group = self.calls.group_of(row)
        if group is None:
            return
        head = self.calls.head_of(group.key)
        if self.calls.group_at(row) is not None:
            self.calls.set_open(group.key, open_=open_)
        elif not open_ and head is not None:
            self.calls.set_open(group.key, open_=False)
            self.setCurrentIndex(self.calls.index(head, 0))

    def _menu_at_row(self) -> None:
        row = self.currentIndex().row()
        if row >= 0 and self.calls.group_at(row) is None:
            spot = QPoint(self._keeper.px(60), self.rowViewportPosition(row) + self.rowHeight(row))
            self.menu.emit(self.viewport().mapToGlobal(spot))

    def _near(self, row: int) -> int | None:
        rows = self.calls.rowCount()
        if row < 0:
            return self.calls.first_row()
        at = min(row, rows - 1)
        if at >= 0 and self.calls.group_at(at) is None:
            return at
        after = self.calls.next_row(at)
        return after if after is not None else self.calls.next_row(at, -1)

    def _scroll(self, row: int) -> None:
        head = row - 1
        if head >= 0 and self.calls.group_at(head) is not None:
            self.scrollTo(self.calls.index(head, 0))
        self.scrollTo(self.calls.index(row, 0))
        covered = self.sticky.bottom_over(row) - self.rowViewportPosition(row)
        if covered > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - covered)

    def _shape(self) -> None:
        """Heads are lower than rows; Qt keeps the height of a row number over a reset, also where a head was."""
        height = self._keeper.measures.group_row
        self.verticalHeader().setDefaultSectionSize(self._keeper.measures.row)
        heads = self.calls.head_rows()
        for row in set(self._heads) - set(heads):
            if row < self.calls.rowCount():
                self.setRowHeight(row, self._keeper.measures.row)
        for row in heads:
            if self.rowHeight(row) != height:
                self.setRowHeight(row, height)
        self._heads = heads

    def _columns(self) -> None:
        """Widths: those that were chosen; the usual ones share what is left over, or give way down to their least."""
        keeper = self._keeper
        chosen = {COLUMNS.index(one): keeper.px(width) for one, width in self.columns.widths.items()}
        usual = NARROW if keeper.measures.narrow else WIDE
        shown = [COLUMNS.index(one) for one in self.columns.visible]
        least = {COLUMNS.index(one): keeper.px(width) for one, width in FURTHER.items()} | {CALL: keeper.px(LEAST_CALL)}
        fixed = {one: chosen.get(one, keeper.px(usual[one]) if one in usual else least[one]) for one in shown}
        free = [one for one in shown if one not in chosen]
        room = self.viewport().width()
        spare = room - sum(fixed.values()) - (keeper.px(200 - LEAST_CALL) if CALL in free else 0)
        if spare > 0:
            for column, share in ((PATIENT, 0.3), (DIAGNOSIS, 0.4), (GIVEN, 0.15)):
                if column in free:
                    fixed[column] += int(spare * share)
        short = sum(fixed.values()) - room
        for column, smallest in LEAST.items():
            give = min(max(short, 0), fixed[column] - keeper.px(smallest)) if column in free else 0
            if give > 0:
                fixed[column] -= give
                short -= give
        if short < 0 and free:
            fixed[CALL if CALL in free else free[-1]] -= short
        self._laying = True
        for column, width in fixed.items():
            self.setColumnWidth(column, width)
        self._laying = False

    def _head_pressed(self, section: int) -> None:
        more = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.sort_pressed.emit(COLUMNS[section], more)

    def _head_moved(self, _section: int, _before: int, _now: int) -> None:
        if not self._laying:
            order = [COLUMNS[self.heads.logicalIndex(place)] for place in range(self.heads.count())]
            self._changed(Columns(tuple(order), self.columns.shown, self.columns.widths))

    def _head_resized(self, section: int, _before: int, now: int) -> None:
        if not self._laying and now > 0:
            self._changed(self.columns.sized(COLUMNS[section], round(now / self._keeper.px(100) * 100)))

    def _changed(self, columns: Columns) -> None:
        self.columns = columns
        self.columns_changed.emit(columns)

    def _current_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if not self._quiet:
            self._take(current.row() if current.isValid() else -1)

    def _rows_came(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self._row <= last.row() and not self._case:
            self._take(self._row)

    def _take(self, row: int) -> None:
        self._row = row
        line = self.calls.line_at(row) if row >= 0 else None
        head = row >= 0 and self.calls.group_at(row) is not None
        self._loose = self._loose and (row < 0 or head)
        if head:
            return
        case, patient = (line.case_id, line.patient_id) if line is not None else (0, 0)
        if (case, patient) != (self._case, self._patient):
            self._case, self._patient = case, patient
            self.chosen.emit(patient, case)
