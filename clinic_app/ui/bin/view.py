"""The bin: what was deleted, by whom and why; put back, or destroyed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.bin import BinEntry, BinKind
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Banner, Button, Card, EmptyState, Kind, Level, RoomPlane, TextLabel, painting
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.rows import RowDelegate, RowTable, prepare_table
from clinic_app.wording.bin import binned_line, holds_words, put_back_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

WHAT, WHEN, WHY = range(3)
Index = QModelIndex | QPersistentModelIndex


class BinModel(QAbstractTableModel):
    """The entries, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[BinEntry, ...] = ()

    def show(self, entries: tuple[BinEntry, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many entries."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """What, when and by whom, why."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The heads."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (translate("What"), translate("Deleted"), translate("Why"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, the tooltip, and what a screen reader says."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cells = (self.lines(entry, column) for column in range(3))
            return ", ".join(part for cell in cells for part in cell if part)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in self.lines(entry, index.column()) if part)
        return None

    @staticmethod
    def lines(entry: BinEntry, column: int) -> tuple[str, str]:
        """The two lines of a cell."""
        from clinic_app.wording.dates import moment_words

        match column:
            case 0:
                return binned_line(entry), holds_words(entry)
            case 1:
                return moment_words(entry.deleted_at), entry.deleted_by
            case _:
                return entry.reason, translate("Under legal hold") if entry.legal_hold else ""


class BinDelegate(RowDelegate):
    """Two lines a cell."""

    def __init__(self, keeper: ThemeKeeper, view: QTableView, model: BinModel) -> None:
        super().__init__(keeper, view)
        self._model = model

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint both lines."""
        keeper = self.keeper
        first, second = self._model.lines(self._model.entries[index.row()], index.column())
        style = Style.NAME if index.column() == WHAT else Style.BODY
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        align = painting.RIGHT if rtl else painting.LEFT
        painting.two_lines(painter, keeper, rect, first, second, first_style=style, align=align)


class BinTable(RowTable):
    """The entries; Enter puts one back."""

    restored = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter puts back; letters are no search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.restored.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """There is none."""


class BinView(RoomPlane):
    """The room of the bin. ``purge_wanted(entry)`` opens the sheet that destroys one for good."""

    purge_wanted = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Bin"))
        title = TextLabel(keeper, translate("Bin"), Style.PAGE_TITLE, parent=self)
        self.restore = Button(keeper, translate("Put back"), kind=Kind.PRIMARY, icon="undo-2", parent=self)
        self.restore.clicked.connect(self.put_back)
        self.purge = Button(keeper, translate("Destroy for good…"), kind=Kind.DANGER, icon="trash", parent=self)
        self.purge.clicked.connect(self._purge)
        keep_to_roles(context, self.restore, Action.RESTORE)
        keep_to_roles(context, self.purge, Action.PURGE)
        head = QHBoxLayout()
        head.setSpacing(keeper.px(8))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.purge)
        head.addWidget(self.restore)
        said = translate(
            "What was deleted stays here, as it was, until an administrator and a second person destroy it for good."
        )
        self.trouble = Banner(keeper, self, can_dismiss=False)
        self.trouble.acted.connect(self.read_again)
        self.model = BinModel(self)
        self.table = BinTable(self)
        prepare_table(keeper, self.table, translate("Bin"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(BinDelegate(keeper, self.table, self.model))
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.restored.connect(self.put_back)
        self.empty = EmptyState(keeper, "trash", translate("The bin is empty."))
        card = Card(keeper, self)
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self._stack)
        self._column.addLayout(head)
        self._column.addWidget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self._column.addWidget(self.trouble)
        self._column.addWidget(card, 1)
        self.setFocusProxy(self.table)
        again = QShortcut(QKeySequence("F5"), self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.read_again)
        context.tasks.changed.connect(self._changed)
        context.detached.connect(self._forget)
        self.restyle()
        self._enable()

    @property
    def current(self) -> BinEntry | None:
        """The entry with the keyboard."""
        row = self.table.currentIndex().row()
        return self.model.entries[row] if 0 <= row < len(self.model.entries) else None

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is in it."""
        super().showEvent(event)
        self.read_again()

    def read_again(self) -> None:
        """Read what is in it."""
        if not self._context.open:
            return

        barred = bool(self._context.barred(Action.RESTORE))

        def read(services: Services) -> tuple[BinEntry, ...]:
            return () if barred else services.bin.entries()

        self._context.tasks.ask(read, self._show, owner=self, key="bin", failed=self._refused)

    def put_back(self) -> None:
        """Put back what has the keyboard."""
        entry = self.current
        if entry is None or self._context.refuse(Action.RESTORE):
            return
        words = put_back_words(entry)

        def write(services: Services) -> Changes:
            return services.bin.restore(entry.id)

        self._context.tasks.tell(
            write, lambda changes: self._context.wrote(words, changes), owner=self, failed=self._refused
        )

    def _purge(self) -> None:
        entry = self.current
        if entry is not None:
            self.purge_wanted.emit(entry)

    def _show(self, entries: tuple[BinEntry, ...]) -> None:
        self.trouble.clear()
        row = self.table.currentIndex().row()
        self.model.show(entries)
        self._stack.setCurrentWidget(self.table if entries else self.empty)
        self.setFocusProxy(self.table if entries else self.empty)
        if entries:
            self.table.setCurrentIndex(self.model.index(min(max(row, 0), len(entries) - 1), 0))
        barred = self._context.barred(Action.RESTORE)
        if barred:
            self.empty.show_words(barred, icon="lock")
        else:
            self.empty.show_words(translate("The bin is empty."), icon="trash")
        self._enable()

    def _enable(self) -> None:
        some = bool(self.model.entries)
        self.restore.setEnabled(some)
        merged = self.current is not None and self.current.kind is BinKind.MERGED
        self.purge.setEnabled(some and not merged)

    def _lay_columns(self) -> None:
        px = self.keeper.px
        width = self.width() - 2 * self.keeper.measures.margin_side - 2
        when = px(190)
        why = max((width - when) // 3, px(160))
        for column, wide in ((WHAT, max(width - when - why, px(200))), (WHEN, when), (WHY, why)):
            self.table.setColumnWidth(column, wide)

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.topics and self.isVisible():
            self.read_again()

    def _refused(self, problem: ClinicError) -> None:
        self.trouble.show_words(sentence_of(problem), action=translate("Read again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.model.show(())
        self.trouble.clear()
