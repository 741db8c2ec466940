"""One column of the board: its head and its cards."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.call_list import Column
from clinic_app.ui.schedule.lines import FLAG_LOOKS, Line
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Card, Kind, TextLabel, painting
from clinic_app.wording.board import board_name, nobody_words
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words

LINE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
LETTERS = frozenset("c1234bl")
HIGH, GAP = 50, 6
"""Height of a card and the gap below it, in pixels at 100 %."""
NARROW = 168
"""Cards narrower than this many pixels at 100 % say the diagnosis on a line of its own."""


class CardModel(QAbstractListModel):
    """The cards of a column."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show these cards."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many cards are loaded."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The line of a card, and its words for a screen reader."""
        if not 0 <= index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.sentence
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.sentence
        return None


class CardDelegate(QStyledItemDelegate):
    """Paints a card: name and flags above, what matters in this column below; a bar in the status' colour."""

    def __init__(self, keeper: ThemeKeeper, column: BoardColumn, view: QListView) -> None:
        super().__init__(view)
        self._keeper = keeper
        self._column = column
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines with their gap, or three."""
        keeper = self._keeper
        return QSize(0, keeper.px(HIGH + GAP) + (keeper.line(Style.SECONDARY) if self.narrow else 0))

    @property
    def narrow(self) -> bool:
        """Whether the cards are too narrow for status and diagnosis on one line."""
        return self._view.viewport().width() < self._keeper.px(NARROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint it."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line):
            return
        keeper, px = self._keeper, self._keeper.px
        rect = option.rect.adjusted(px(2), 0, -px(2), -px(GAP))
        chosen = bool(option.state.value & QStyle.StateFlag.State_Selected.value)
        fill = keeper.colour("selected" if chosen else "surface")
        painting.box(painter, rect, px(6), fill=fill, line=keeper.colour("accent" if chosen else "border"))
        tone = keeper.theme.status(line.chip.tone)
        bar = painting.mirrored(
            QRect(rect.left() + px(4), rect.top() + px(6), px(3), rect.height() - px(12)), rect, option.direction
        )
        painting.box(painter, bar, px(1), fill=keeper.colour(tone.mark))
        narrow = self.narrow
        inner = rect.adjusted(px(13), px(3), -px(6 if narrow else 8), -px(3))
        kept = min(len(line.flags), 3) * px(18) + (px(18) if line.called_today else 0)
        align = painting.RIGHT if option.direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        said = self.said(line)
        if narrow:
            self._paint_lines(painter, inner, (line.name, *said), align, kept)
        else:
            painting.two_lines(
                painter, keeper, inner, line.name, " · ".join(said), first_style=Style.NAME, align=align, kept=kept
            )
        looks = [FLAG_LOOKS[flag] for flag in line.flags[:3]]
        if line.called_today:
            looks.insert(0, ("check", "success"))
        for place, (icon, ink) in enumerate(looks):
            high = inner.height() // (3 if narrow else 2)
            spot = QRect(inner.right() - px(14) - place * px(18), inner.bottom() - high, px(14), high)
            painting.icon(painter, keeper, painting.mirrored(spot, inner, option.direction), icon, ink, 14)
        if self._view.hasFocus() and self._view.currentIndex().row() == index.row():
            painting.focus_ring(painter, keeper, rect, px(6))

    def _paint_lines(
        self, painter: QPainter, rect: QRect, words: tuple[str, str, str], align: Qt.AlignmentFlag, kept: int
    ) -> None:
        """Name, status and diagnosis, each on a line; the flags stand on the last one."""
        keeper = self._keeper
        top = rect.top() + (rect.height() - keeper.line(Style.NAME) - 2 * keeper.line(Style.SECONDARY)) // 2
        for place, one in enumerate(words):
            style, ink = (Style.NAME, "text") if place == 0 else (Style.SECONDARY, "text" if place == 1 else "text2")
            spot = QRect(rect.left(), top, rect.width(), keeper.line(style))
            if place == len(words) - 1:
                spot = painting.mirrored(spot.adjusted(0, 0, -kept, 0), rect, self._view.layoutDirection())
            painting.text(painter, keeper, spot, one, style, ink, align=align)
            top += keeper.line(style)

    def said(self, line: Line) -> tuple[str, str]:
        """What stands below the name: the status where it is to be called, the call agreed, the place, the dose."""
        if self._column is BoardColumn.CALL_BACK:
            return line.more[Column.NEXT_CALL][0], line.call[0]
        if self._column is BoardColumn.TREATED:
            return line.given[0], line.diagnosis[0]
        return line.chip.words, line.diagnosis[0]


class CardList(QListView):
    """The cards; keys come out as ``pressed``, Left and Right as ``stepped``, with Ctrl as ``moved``."""

    chosen = Signal(object)
    pressed = Signal(str)
    stepped = Signal(int)
    moved = Signal(int)
    opened = Signal()
    menu = Signal(QPoint)

    def __init__(self, keeper: ThemeKeeper, column: BoardColumn, parent: QWidget) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.column = column
        self.cards = CardModel(self)
        self.setModel(self.cards)
        self.setItemDelegate(CardDelegate(keeper, column, self))
        self.setAccessibleName(board_name(column))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.selectionModel().currentChanged.connect(lambda now, _: self.chosen.emit(now.data(LINE_ROLE)))

    @property
    def line(self) -> Line | None:
        """The card that is selected."""
        found = self.currentIndex().data(LINE_ROLE) if self.currentIndex().isValid() else None
        return found if isinstance(found, Line) else None

    def choose(self, row: int) -> None:
        """Select a card, the last one where there are fewer."""
        row = min(row, self.cards.rowCount() - 1)
        if row >= 0:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.cards.index(row, 0), flags)

    def line_at(self, where: QPoint) -> Line | None:
        """The card at a place of it."""
        found = self.indexAt(where).data(LINE_ROLE) if self.indexAt(where).isValid() else None
        return found if isinstance(found, Line) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk, Left and Right go to the next column, Ctrl with them moves the card."""
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain, ctrl, shift = (
            held == one
            for one in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ControlModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
        )
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        letter = event.text().lower()
        if step and (plain or ctrl):
            (self.moved if ctrl else self.stepped).emit(step)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif (plain and key == Qt.Key.Key_Menu) or (shift and key == Qt.Key.Key_F10):
            rect = self.visualRect(self.currentIndex())
            self.menu.emit(self.viewport().mapToGlobal(rect.bottomLeft()))
        elif shift and key in (Qt.Key.Key_B, Qt.Key.Key_C):
            self.pressed.emit("B" if key == Qt.Key.Key_B else "C")
        elif plain and letter and letter in LETTERS:
            if not event.isAutoRepeat():
                self.pressed.emit(letter)
        elif key == Qt.Key.Key_Escape or (event.text() and (plain or shift)):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards may need another height."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the record."""
        if self.line_at(event.position().toPoint()) is not None:
            self.opened.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag carries one card; it selects none."""
        if not event.buttons():
            super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the card under the pointer."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.choose(index.row())
            self.menu.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The card that was selected here last is so again, the first where none was."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.choose(0)
        else:
            self.selectionModel().select(self.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.chosen.emit(self.line)


class BoardLane(Card):
    """A column with its name, its count, and a button for more cards. ``more_wanted`` asks for them."""

    more_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, column: BoardColumn, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._keeper = keeper
        self.column = column
        self.aimed = False
        self.list = CardList(keeper, column, self)
        self._name = TextLabel(keeper, board_name(column), Style.NAME, "text", self)
        self.count = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self.nobody = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.nobody.setContentsMargins(keeper.px(6), 0, keeper.px(6), 0)
        self.nobody.hide()
        self.more = Button(keeper, "", kind=Kind.GHOST, small=True, parent=self)
        self.more.clicked.connect(self.more_wanted)
        self.more.hide()
        head = QHBoxLayout()
        head.setContentsMargins(keeper.px(6), 0, keeper.px(6), 0)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self.count)
        inside = QVBoxLayout(self)
        edge = keeper.px(6)
        inside.setContentsMargins(edge, keeper.px(8), edge, edge)
        inside.setSpacing(keeper.px(6))
        inside.addLayout(head)
        inside.addWidget(self.nobody)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.more)
        self.setAccessibleName(board_name(column))

    def show_cards(self, count: int, lines: tuple[Line, ...]) -> None:
        """Show the cards; the selected one stays selected, else the one at its place."""
        line, row = self.list.line, self.list.currentIndex().row()
        place = self.list.verticalScrollBar().value()
        self.list.cards.show(lines)
        self.count.setText(number_words(count))
        self.nobody.setText(nobody_words(self.column))
        self.nobody.setVisible(not count)
        left = count - len(lines)
        self.more.setText(translate("{count} more").format(count=number_words(left)))
        self.more.setVisible(left > 0)
        self.list.verticalScrollBar().setValue(place)
        rows = {one.case_id: number for number, one in enumerate(lines)}
        if line is not None and lines:
            self.list.choose(rows.get(line.case_id, max(row, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its plate; outlined while a card is carried over it."""
        super().paintEvent(event)
        if self.aimed:
            px, keeper = self._keeper.px, self._keeper
            soft, line = keeper.colour("accent_soft"), keeper.colour("accent")
            painting.box(QPainter(self), self.rect(), px(10), fill=soft, line=line, width=2.0)

    def set_aimed(self, *, aimed: bool) -> None:
        """Mark it while a card is carried over it."""
        self.aimed = aimed
        self._name.set_ink("accent_text" if aimed else "text")
        self.update()
