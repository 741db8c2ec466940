"""Who is due and has no day: a narrow list at the side of the calendar, to be dragged onto one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.ui.schedule.call_model import LINE_ROLE, CallListModel, GroupKey, Page, group_head
from clinic_app.ui.schedule.carrying import Passenger
from clinic_app.ui.schedule.lines import FLAG_LOOKS, Line
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Card, EmptyState, RowDelegate, SearchField, TextLabel, painting, prepare_table
from clinic_app.ui.widgets.rows import Index
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words

LETTERS = frozenset("bcm1234l")


class TrayDelegate(RowDelegate):
    """Paints who waits: name and flags above, status and last dose below."""

    def group_of(self, index: Index) -> tuple[str, str, bool] | None:
        """The head of a group."""
        return group_head(index)

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """The one cell of a row."""
        keeper, px = self.keeper, self.keeper.px
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            high = px(8)
            bar = QRect(rect.left(), rect.center().y() - high // 2, rect.width() * 2 // 3, high)
            painting.box(painter, bar, high / 2, fill=keeper.colour("hair"))
            return
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        side = painting.RIGHT if rtl else painting.LEFT
        single = keeper.measures.row < px(40)
        upper, lower = keeper.line(Style.NAME), keeper.line(Style.SECONDARY)
        top = rect.top() + (rect.height() - (0 if single else lower) - upper) // 2
        flags = line.flags[:3]
        taken = len(flags) * px(18)
        for place, flag in enumerate(flags):
            icon, ink = FLAG_LOOKS[flag]
            mark = QRect(rect.right() + px(4) - (place + 1) * px(18), top, px(14), upper)
            painting.icon(painter, keeper, painting.mirrored(mark, rect, option.direction), icon, ink, 14)
        name = painting.mirrored(QRect(rect.left(), top, rect.width() - taken, upper), rect, option.direction)
        painting.text(painter, keeper, name, line.name, Style.NAME, align=side)
        if not single:
            self._paint_status(painter, QRect(rect.left(), top + upper, rect.width(), lower), line, option.direction)

    def _paint_status(self, painter: QPainter, rect: QRect, line: Line, direction: Qt.LayoutDirection) -> None:
        """Icon and words of the status in its colour, then the last dose as far as there is room."""
        keeper, px = self.keeper, self.keeper.px
        side = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        ink = f"{line.chip.tone.value}.fg"
        icon = line.chip.icon or keeper.theme.status(line.chip.tone).icon
        mark = painting.mirrored(QRect(rect.left(), rect.top(), px(14), rect.height()), rect, direction)
        painting.icon(painter, keeper, mark, icon, ink, 14)
        left = rect.left() + px(19)
        wide = min(keeper.metrics(Style.CHIP).horizontalAdvance(line.chip.words) + 1, rect.right() - left)
        words = painting.mirrored(QRect(left, rect.top(), wide, rect.height()), rect, direction)
        painting.text(painter, keeper, words, line.chip.words, Style.CHIP, ink, align=side)
        left += wide + px(8)
        room = painting.mirrored(QRect(left, rect.top(), max(0, rect.right() - left), rect.height()), rect, direction)
        if room.width() > px(40):
            given = ", ".join(part for part in line.given if part)
            painting.text(painter, keeper, room, given, Style.SECONDARY, "text2", align=side)


class TrayTable(QTableView):
    """The rows; ``chosen`` brings patient and case, ``pressed`` a letter that means something, ``opened`` Enter."""

    chosen = Signal(int, int)
    opened = Signal()
    pressed = Signal(str)
    menu = Signal(QPoint)

    def __init__(self, keeper: ThemeKeeper, model: CallListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.waiting = model
        self._told = (0, 0)
        self._quiet = False
        self._heads: set[int] = set()
        self.setModel(model)
        prepare_table(keeper, self, translate("Due and not booked"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(TrayDelegate(keeper, self))
        for column in range(1, model.columnCount()):
            self.setColumnHidden(column, True)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.shape_changed.connect(self._shape)
        keeper.changed.connect(self._shape)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.dataChanged.connect(self._tell)

    @property
    def line(self) -> Line | None:
        """The selected row, None for none."""
        index = self.currentIndex()
        return self.waiting.line_at(index.row()) if index.isValid() else None

    def passenger(self, line: Line | None) -> Passenger | None:
        """Whoever stands in a row, to be carried to a day."""
        return None if line is None else Passenger(line.patient_id, line.case_id, line.name)

    def who_at(self, where: QPoint) -> Passenger | None:
        """Whoever stands at a place of the rows."""
        return self.passenger(self.waiting.line_at(self.rowAt(where.y())))

    def choose(self, row: int) -> None:
        """Select a row."""
        self.setCurrentIndex(self.waiting.index(row, 0))

    def keep(self, case_id: int, row: int) -> None:
        """After new rows came: select that case again, else the row at its place, without a word where it is she."""
        found = self.waiting.row_of(case_id) if case_id else None
        if found is None and case_id and self.waiting.rowCount():
            found = min(row, self.waiting.rowCount() - 1)
            if self.waiting.group_at(found) is not None:
                found = self.waiting.next_row(found) or self.waiting.next_row(found, -1)
        self._quiet = True
        if found is None:
            self.selectionModel().clear()
        else:
            self.setCurrentIndex(self.waiting.index(found, 0))
        self._quiet = False

    def let_go(self) -> None:
        """No row is selected: somebody outside of the list is meant."""
        self._quiet = True
        self.selectionModel().clear()
        self._told = (0, 0)
        self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over rows and heads, Left and Right close and open, letters go to the view."""
        key, plain = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        letter = event.text().lower()
        if plain == Qt.KeyboardModifier.ShiftModifier and letter in ("b", "c") and not event.isAutoRepeat():
            self.pressed.emit(letter.upper())
        elif plain != Qt.KeyboardModifier.NoModifier:
            if key == Qt.Key.Key_F10:
                self._menu_at_row()
            else:
                event.ignore()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold(open_=key == Qt.Key.Key_Right)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            group = self.waiting.group_at(self.currentIndex().row())
            if group is not None:
                self.waiting.set_open(group.key, open_=not group.open)
            elif self.line is not None:
                self.opened.emit()
        elif key == Qt.Key.Key_Menu:
            self._menu_at_row()
        elif letter and letter in LETTERS:
            if not event.isAutoRepeat():
                self.pressed.emit(letter)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head opens or closes it."""
        row = self.rowAt(event.position().toPoint().y())
        group = self.waiting.group_at(row) if row >= 0 else None
        if group is not None and event.button() == Qt.MouseButton.LeftButton:
            self.waiting.set_open(group.key, open_=not group.open)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the record."""
        if self.waiting.line_at(self.rowAt(event.position().toPoint().y())) is not None:
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer."""
        row = self.rowAt(event.pos().y())
        if self.waiting.line_at(row) is not None:
            self.choose(row)
            self.menu.emit(event.globalPos())

    def _menu_at_row(self) -> None:
        if self.line is not None:
            spot = self.visualRect(self.currentIndex()).bottomLeft() + QPoint(self._keeper.px(40), 0)
            self.menu.emit(self.viewport().mapToGlobal(spot))

    def _walk(self, step: int) -> None:
        row = self.currentIndex().row() + step
        while (group := self.waiting.group_at(row)) is not None and group.open:
            row += step
        if 0 <= row < self.waiting.rowCount():
            self.choose(row)

    def _fold(self, *, open_: bool) -> None:
        group = self.waiting.group_of(self.currentIndex().row())
        if group is not None:
            head = self.waiting.head_of(group.key)
            self.waiting.set_open(group.key, open_=open_)
            if not open_ and head is not None:
                self.choose(head)

    def _shape(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._keeper.measures.row)
        heads = set(self.waiting.head_rows())
        for row in self._heads - heads:
            if row < self.waiting.rowCount():
                self.setRowHeight(row, self._keeper.measures.row)
        for row in heads:
            self.setRowHeight(row, self._keeper.measures.group_row)
        self._heads = heads

    def _current_changed(self, _: QModelIndex, __: QModelIndex) -> None:
        self._tell()

    def _tell(self, *_: object) -> None:
        line = self.line
        if self._quiet or line is None or (line.patient_id, line.case_id) == self._told:
            return
        self._told = (line.patient_id, line.case_id)
        self.chosen.emit(*self._told)


class DueTray(Card):
    """The list with its count and the field that narrows it. ``typed`` comes when what is typed changed."""

    typed = Signal(str)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._title = TextLabel(keeper, translate("Not booked"), Style.SECTION, "text", self)
        self._count = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self.search = SearchField(
            keeper, translate("Name or number"), name=translate("Narrow the list"), key="/", parent=self
        )
        self.model = CallListModel(self)
        self.table = TrayTable(keeper, self.model, self)
        self.empty = EmptyState(keeper, "circle-check", "", "", self)
        self.stack = QStackedLayout()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        self._head = head
        self._above = QVBoxLayout()
        self._above.addLayout(head)
        self._above.addWidget(self.search)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._above)
        self._column.addLayout(self.stack, 1)
        self.search.edited.connect(self.typed)
        self.search.accepted.connect(lambda _: self._to_rows())
        self.search.stepped.connect(lambda _: self._to_rows())
        self.search.left.connect(self.table.setFocus)
        self.setAccessibleName(translate("Not booked"))
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_title(self, words: str) -> None:
        """Say what the list holds."""
        self._title.setText(words)

    def show_rows(self, counts: Mapping[GroupKey, int], pages: Mapping[Page, tuple[Line, ...]]) -> None:
        """Show counts and pages; the selected row stays selected."""
        line, row = self.table.line, self.table.currentIndex().row()
        bar = self.table.verticalScrollBar()
        place = bar.value()
        self.model.show(counts, pages)
        self.table.keep(line.case_id if line is not None else 0, row)
        bar.setValue(place)
        total = sum(counts.values())
        self._count.setText(number_words(total))
        if total:
            self.stack.setCurrentWidget(self.table)
        else:
            words = translate("No one matches.") if self.search.words else translate("Nobody waits for a day.")
            self.empty.show_words(words, "", icon="search-x" if self.search.words else "circle-check")
            self.stack.setCurrentWidget(self.empty)

    def forget(self) -> None:
        """Show nothing of anybody."""
        self.model.show({}, {})
        self._count.setText("")
        self.search.clear()

    def _to_rows(self) -> None:
        row = self.model.first_row()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if row is not None and self.table.line is None:
            self.table.choose(row)

    def _restyle(self) -> None:
        px = self._keeper.px
        self._column.setContentsMargins(1, px(10), 1, px(6))
        self._column.setSpacing(px(8))
        self._above.setContentsMargins(px(12), 0, px(12), 0)
        self._above.setSpacing(px(8))
