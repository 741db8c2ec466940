"""A table of numbers: read out, walked by keys, and copied whole as a spreadsheet takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.copying import copy_table_for_a_while
from clinic_app.ui.widgets.rows import ColumnHeads, Index, RowDelegate, RowTable, prepare_table

NARROW_SPACE = "\u202f"
WORDS_LEAST = 132
"""Pixels at 100 % that a column of words keeps where the table is wider than its window."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A row: its cells as shown, a tooltip for each (blank for none), and whether it is a sum."""

    cells: tuple[str, ...]
    tips: tuple[str, ...] = ()
    strong: bool = False


def bare_cells(rows: Sequence[NumberRow]) -> list[list[str]]:
    """The cells as they are copied: numbers without the spaces that are only for the eye."""
    return [[cell.replace(NARROW_SPACE, "") for cell in row.cells] for row in rows]


class NumberModel(QAbstractTableModel):
    """Heads and rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads: tuple[str, ...] = ()
        self.rows: tuple[NumberRow, ...] = ()

    def show(self, heads: Sequence[str], rows: Sequence[NumberRow]) -> None:
        """Show others."""
        self.beginResetModel()
        self.heads, self.rows = tuple(heads), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a head."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self.heads[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell; read out with its head."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(f"{head}: {cell}" for head, cell in zip(self.heads, row.cells, strict=True) if cell)
        if role == Qt.ItemDataRole.ToolTipRole and row.tips:
            return row.tips[index.column()]
        return None


class NumberHeads(ColumnHeads):
    """Heads of numbers stand over them, at the right."""

    def __init__(self, keeper: ThemeKeeper, left: int, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._look, self._left = keeper, left

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint the words at their side."""
        keeper = self._look
        painter.fillRect(rect, keeper.colour("surface"))
        painting.hairline(painter, keeper, rect.left(), rect.right(), rect.bottom(), "border")
        words = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        inner = rect.adjusted(keeper.px(12), 0, -keeper.px(12), 0)
        align = painting.LEFT if logicalIndex < self._left else painting.RIGHT
        painting.text(painter, keeper, inner, words, Style.CHIP, "text2", align=align)


class NumberDelegate(RowDelegate):
    """First column to the left, numbers to the right, sums in bold."""

    def __init__(self, keeper: ThemeKeeper, view: QTableView, model: NumberModel, left: int) -> None:
        super().__init__(keeper, view)
        self._model = model
        self._left = left

    def whole_words(self, index: Index) -> str:
        """The tooltip of a cell; words that may be cut are their own."""
        return super().whole_words(index) or (
            self._model.rows[index.row()].cells[index.column()] if index.column() < self._left else ""
        )

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """One cell."""
        row = self._model.rows[index.row()]
        align = painting.LEFT if index.column() < self._left else painting.RIGHT
        style = Style.NAME if row.strong else Style.BODY
        painting.text(painter, self.keeper, rect, row.cells[index.column()], style, align=align, numbers=True)


class NumberTable(RowTable):
    """Rows of numbers. ``opened`` brings the row of Enter or a double click; Ctrl+C copies the whole table.

    ``left``: how many columns at the leading edge are words; ``grows``: the one that takes the room that is left.
    ``copied`` comes after something was copied.
    """

    opened = Signal(int)
    copied = Signal()

    def __init__(
        self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None, *, left: int = 1, grows: int = -1
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._grows = grows
        self._left = left
        self._needed: list[int] = []
        self.numbers = NumberModel(self)
        prepare_table(keeper, self, name)
        self.setModel(self.numbers)
        self.setItemDelegate(NumberDelegate(keeper, self, self.numbers, left))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.verticalHeader().setDefaultSectionSize(keeper.px(30))
        heads = NumberHeads(keeper, left, self)
        self.setHorizontalHeader(heads)
        heads.setSectionsClickable(False)
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setCornerWidget(QWidget(self))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        keeper.changed.connect(self._measure)

    def show_numbers(self, heads: Sequence[str], rows: Sequence[NumberRow]) -> None:
        """Show a table; the row that was current stays so."""
        row = max(self.currentIndex().row(), 0)
        self.numbers.show(heads, rows)
        self._measure()
        if rows:
            self.setCurrentIndex(self.numbers.index(min(row, len(rows) - 1), 0))

    def copy(self) -> None:
        """Put the whole table on the clipboard, as text with tabs and as a table."""
        if self.numbers.rows:
            copy_table_for_a_while(self.numbers.heads, bare_cells(self.numbers.rows))
            self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies; letters and digits are left to the window, whose panel says what they do."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room that is left goes to one column."""
        super().resizeEvent(event)
        self._fit()

    def _measure(self) -> None:
        """How wide each column is with its longest words."""
        keeper = self._keeper
        self.verticalHeader().setDefaultSectionSize(keeper.px(30))
        head, bold = keeper.metrics(Style.CHIP), keeper.metrics(Style.NAME, numbers=True)
        self._needed = []
        for column, words in enumerate(self.numbers.heads):
            widest = max((bold.horizontalAdvance(row.cells[column]) for row in self.numbers.rows), default=0)
            self._needed.append(max(widest, head.horizontalAdvance(words)) + keeper.px(28))
        self._fit()

    def _fit(self) -> None:
        """Each column as wide as its longest words; columns of words give way first, numbers are never cut."""
        widths = list(self._needed)
        spare = self.viewport().width() - sum(widths)
        for column in sorted(range(min(self._left, len(widths))), key=lambda one: -widths[one]):
            give = min(max(-spare, 0), max(widths[column] - self._keeper.px(WORDS_LEAST), 0))
            widths[column] -= give
            spare += give
        if widths and self._grows >= 0:
            widths[self._grows] += max(spare, 0)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
