"""What the delegates of lists are made of: the row's ground, its cells, its group heads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting

Index = QModelIndex | QPersistentModelIndex
SELECTED = QStyle.StateFlag.State_Selected.value
HOVERED = QStyle.StateFlag.State_MouseOver.value


class RowDelegate(QStyledItemDelegate):
    """Paints rows of fixed height: ground, selection with its accent bar, hairline, ring of the current row.

    Subclasses paint their cells in ``paint_cell`` and may name a group head in ``group_of`` (title, count, open).
    The keyboard's row gets the ring in addition to its fill; the ring goes round the whole row.
    """

    LEFT_INSET = 12
    RIGHT_INSET = 12

    def __init__(self, keeper: ThemeKeeper, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.keeper = keeper
        self.view = view
        keeper.changed.connect(self._restyle)

    def group_of(self, index: Index) -> tuple[str, str, bool] | None:
        """Title, count and openness where the row is a group head; None for a row of data."""
        return None

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one cell into ``rect`` (insets taken off). The first implementation: display text, one line."""
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        painting.text(painter, self.keeper, rect, words)

    def whole_words(self, index: Index) -> str:
        """The full text for the tooltip of a cell that may be cut; nothing for none."""
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        return str(tip) if tip else ""

    def ground(self, option: QStyleOptionViewItem) -> str:
        """The token of what lies behind a cell (rings of markers need it)."""
        return "selected" if option.state.value & SELECTED else "surface"

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The height of a row or a group head."""
        measures = self.keeper.measures
        return QSize(0, measures.group_row if self.group_of(index) is not None else measures.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground and cell."""
        keeper = self.keeper
        rect = option.rect
        direction = option.direction
        group = self.group_of(index)
        current = self._is_current(index)
        if group is not None:
            title, count, open_ = group
            with painting.kept(painter):
                painter.setClipRect(rect)
                whole = self._row_rect(rect)
                painting.group_header(
                    painter, keeper, whole, title, count, open_=open_, focused=current, direction=direction
                )
            return
        state = option.state.value
        selected = bool(state & SELECTED)
        over = not selected and bool(state & HOVERED)
        painter.fillRect(rect, keeper.colour("selected" if selected else "hover" if over else "surface"))
        if not selected:
            painting.hairline(painter, keeper, rect.left(), rect.right(), rect.bottom())
        elif self._is_first(index):
            painting.accent_bar(painter, keeper, rect, direction)
        inner = rect.adjusted(keeper.px(self.LEFT_INSET), 0, -keeper.px(self.RIGHT_INSET), 0)
        self.paint_cell(painter, inner, index, option)
        if current:
            with painting.kept(painter):
                painter.setClipRect(rect)
                painting.focus_ring(painter, keeper, self._row_rect(rect).adjusted(1, 1, -1, -1), keeper.px(4))

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The whole text as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            words = self.whole_words(index)
            if words:
                QToolTip.showText(event.globalPos(), words, view)
                return True
        return super().helpEvent(event, view, option, index)

    def _is_current(self, index: Index) -> bool:
        return self.view.hasFocus() and self.view.currentIndex().row() == index.row()

    def _is_first(self, index: Index) -> bool:
        if isinstance(self.view, QTableView):
            return self.view.horizontalHeader().visualIndex(index.column()) == 0
        return index.column() == 0

    def _row_rect(self, rect: QRect) -> QRect:
        port = self.view.viewport()
        return QRect(0, rect.top(), port.width(), rect.height())

    def _restyle(self) -> None:
        set_row_heights(self.keeper, self.view)
        self.view.viewport().update()


def set_row_heights(keeper: ThemeKeeper, view: QAbstractItemView) -> None:
    """Give a table fixed rows of the present density (group heads set their own by ``setRowHeight``)."""
    if isinstance(view, QTableView):
        head = view.verticalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(1)
        head.setDefaultSectionSize(keeper.measures.row)


class RowTable(QTableView):
    """A table of whole rows: Home and End go to the first and the last of them."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End move by rows: no cell is ever chosen."""
        model = self.model()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and model.rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else model.rowCount() - 1
            self.setCurrentIndex(model.index(row, max(self.currentIndex().column(), 0)))
        else:
            super().keyPressEvent(event)


def prepare_table(keeper: ThemeKeeper, table: QTableView, name: str) -> None:
    """The settings all tables share: whole rows, fixed heights, no grid, smooth scrolling, a name to be read out."""
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setMouseTracking(True)
    table.setAlternatingRowColors(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.setCornerButtonEnabled(False)
    table.verticalHeader().hide()
    set_row_heights(keeper, table)
    table.setHorizontalHeader(ColumnHeads(keeper, table))


class ColumnHeads(QHeaderView):
    """Column heads of 34 px in the secondary style, with a small sort arrow beside the words."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._keeper = keeper
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(40)
        self.setAccessibleName("")
        keeper.changed.connect(self._restyle)
        self._restyle()

    def sizeHint(self) -> QSize:
        """Its height."""
        return QSize(super().sizeHint().width(), self._keeper.measures.table_header)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint the words, and the arrow where the list is sorted by them."""
        keeper = self._keeper
        painter.fillRect(rect, keeper.colour("surface"))
        painting.hairline(painter, keeper, rect.left(), rect.right(), rect.bottom(), "border")
        model = self.model()
        words = str(model.headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.DisplayRole) or "")
        inner = rect.adjusted(keeper.px(12), 0, -keeper.px(8), 0)
        direction = self.layoutDirection()
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        width = painting.text(painter, keeper, inner, words, Style.CHIP, "text2", align=align)
        falling, rank = self.sorted_by(logicalIndex)
        if falling is None:
            return
        side = keeper.px(14)
        left = min(inner.left() + width + keeper.px(5), inner.right() - side - (keeper.px(8) if rank else 0))
        spot = QRect(left, rect.top(), side, rect.height())
        if left < inner.left() + width:
            painter.fillRect(spot.adjusted(0, 2, keeper.px(10), -2), keeper.colour("surface"))
        painting.icon(
            painter,
            keeper,
            painting.mirrored(spot, inner, direction),
            "arrow-down" if falling else "arrow-up",
            "text2",
            14,
        )
        if rank:
            beside = painting.mirrored(spot.translated(side, 0), inner, direction)
            painting.text(painter, keeper, beside, str(rank), Style.SECONDARY, "text3", numbers=True)

    def sorted_by(self, section: int) -> tuple[bool | None, int]:
        """Whether the list is sorted by a column, the greatest first (None: it is not), and its place among several
        (0: the only one).
        """
        if not self.isSortIndicatorShown() or self.sortIndicatorSection() != section:
            return None, 0
        return self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder, 0

    def _restyle(self) -> None:
        self.setFixedHeight(self._keeper.measures.table_header)
        self.viewport().update()
