"""How backups, drills and restores ended: dated lines, newest first."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView

from clinic_app.domain.backups import BackupOutcome, BackupRun
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.rows import RowDelegate
from clinic_app.wording.backups import detail_words, kind_words, result_words
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate

WHEN, WHAT, HOW = range(3)
Index = QModelIndex | QPersistentModelIndex
LOOKS = {
    BackupOutcome.OK: ("circle-check", "success"),
    BackupOutcome.INCOMPLETE: ("triangle-alert", "due.fg"),
    BackupOutcome.FAILED: ("circle-alert", "overdue.fg"),
    BackupOutcome.CANCELLED: ("circle-slash", "text2"),
}


class HistoryModel(QAbstractTableModel):
    """The lines."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[BackupRun, ...] = ()

    def show(self, runs: tuple[BackupRun, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many lines."""
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """When, what, and how it ended."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The heads."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (translate("When"), translate("What"), translate("How it ended"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, the tooltip, and what a screen reader says."""
        run = self.runs[index.row()]
        first, second = self.lines(run, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (moment_words(run.finished_at), kind_words(run.kind), result_words(run), detail_words(run))
            return ", ".join(part for part in (*parts, run.place) if part)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in (first, second) if part)
        return None

    @staticmethod
    def lines(run: BackupRun, column: int) -> tuple[str, str]:
        """The two lines of a cell."""
        match column:
            case 0:
                return moment_words(run.finished_at), run.by
            case 1:
                return f"{kind_words(run.kind)}: {result_words(run)}", ""
            case _:
                return detail_words(run), run.place


class HistoryDelegate(RowDelegate):
    """Two lines a cell; how it ended has a drawing of its own beside the word, and is said whole."""

    def __init__(self, keeper: ThemeKeeper, view: QTableView, model: HistoryModel) -> None:
        super().__init__(keeper, view)
        self._model = model

    def height(self, row: int, width: int) -> int:
        """How high a row must be, for how it ended to be read whole in a column of ``width`` pixels."""
        keeper = self.keeper
        first, _ = self._model.lines(self._model.runs[row], HOW)
        return keeper.measures.row + self._lines_high(first, width) - keeper.line(Style.BODY)

    def _lines_high(self, words: str, width: int) -> int:
        keeper = self.keeper
        room = max(width - keeper.px(self.LEFT_INSET + self.RIGHT_INSET), keeper.px(80))
        if keeper.metrics(Style.BODY).horizontalAdvance(words) <= room:
            return keeper.line(Style.BODY)
        return max(painting.wrapped_height(keeper, words, Style.BODY, room), keeper.line(Style.BODY))

    def _paint_whole(self, painter: QPainter, rect: QRect, first: str, second: str, align: Qt.AlignmentFlag) -> None:
        """Words over as many lines as they need, the place under them."""
        keeper = self.keeper
        high = self._lines_high(first, rect.width() + keeper.px(self.LEFT_INSET + self.RIGHT_INSET))
        under = keeper.line(Style.SECONDARY)
        top = rect.top() + (rect.height() - high - under) // 2
        painting.wrapped(painter, keeper, QRect(rect.left(), top, rect.width(), high), first, align=align)
        spot = QRect(rect.left(), top + high, rect.width(), under)
        painting.text(painter, keeper, spot, second, Style.SECONDARY, "text2", align=align)

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint both lines."""
        keeper = self.keeper
        run = self._model.runs[index.row()]
        first, second = self._model.lines(run, index.column())
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        align = painting.RIGHT if rtl else painting.LEFT
        ink = "text"
        if index.column() == HOW and keeper.metrics(Style.BODY).horizontalAdvance(first) > rect.width():
            self._paint_whole(painter, rect, first, second, align)
            return
        if index.column() == WHAT:
            icon, colour = LOOKS[run.outcome]
            spot = QRect(rect.left(), rect.top(), keeper.px(16), rect.height())
            painting.icon(painter, keeper, painting.mirrored(spot, rect, option.direction), icon, colour, 16)
            rect = rect.adjusted(0 if rtl else keeper.px(24), 0, -keeper.px(24) if rtl else 0, 0)
            ink = "overdue.fg" if run.outcome is BackupOutcome.FAILED else "text"
        style = Style.BODY if second else Style.NAME
        painting.two_lines(painter, keeper, rect, first, second, first_style=style, first_ink=ink, align=align)
