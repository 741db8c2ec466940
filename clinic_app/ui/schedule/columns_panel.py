"""The columns of the call list by the keyboard: which are shown, in which order, how wide."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from clinic_app.domain.call_list import ALWAYS_SHOWN, Column, Columns
from clinic_app.ui.schedule.list_choices import ListChoices
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, TextLabel
from clinic_app.wording.call_list import column_name
from clinic_app.wording.language import translate

STEP = 8
"""Pixels at 100 % by which a column gets wider."""
LEAST, MOST = 48, 600


class ColumnsPanel(QFrame):
    """Space shows or hides, Ctrl+Up and Ctrl+Down (or a drag) move, Ctrl+Left and Ctrl+Right make narrower and wider.

    ``width_of`` answers how wide a column is now, in pixels at 100 %.
    """

    def __init__(self, keeper: ThemeKeeper, choices: ListChoices, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(translate("Columns of the call list"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._choices = choices
        self._filling = False
        self.width_of = dict.fromkeys(Column, 120)
        self.list = QListWidget(self)
        self.list.setAccessibleName(translate("Columns"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMinimumSize(keeper.px(236), keeper.px(24) * len(Column))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._ticked)
        self.list.model().rowsMoved.connect(self._dragged)
        self.list.installEventFilter(self)
        said = translate("Space shows or hides. Ctrl+↑ ↓ moves, Ctrl+← → makes narrower or wider.")
        hint = TextLabel(keeper, said, Style.SECONDARY, "text2", self, wrap=True)
        usual = Button(keeper, translate("Usual columns"), small=True, parent=self)
        usual.clicked.connect(self._usual)
        column = QVBoxLayout(self)
        edge = keeper.px(10)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(keeper.px(8))
        column.addWidget(self.list, 1)
        column.addWidget(hint)
        column.addWidget(usual, 0, Qt.AlignmentFlag.AlignLeft)
        self._fill(0)

    def pop_under(self, button: QWidget) -> None:
        """Open under a button, inside its window."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height()))
        window = button.window()
        floor = window.mapToGlobal(QPoint(0, window.height())).y()
        corner.setY(max(window.mapToGlobal(QPoint(0, 0)).y(), min(corner.y(), floor - self.height())))
        self.move(corner)
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that move and size."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != Qt.KeyboardModifier.ControlModifier:
            return False
        item = self.list.currentItem()
        steps = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
        if self.list.currentRow() < 0 or event.key() not in steps:
            return False
        move, widen = steps[Qt.Key(event.key())]
        column = self._column(item)
        if move:
            self._set(self._choices.columns.moved(column, move))
            self._fill(self._choices.columns.order.index(column))
        else:
            now = self._choices.columns.widths.get(column, self.width_of[column])
            self._set(self._choices.columns.sized(column, min(max(now + widen * STEP, LEAST), MOST)))
        return True

    def _fill(self, row: int) -> None:
        self._filling = True
        self.list.clear()
        columns = self._choices.columns
        for column in columns.order:
            item = QListWidgetItem(column_name(column), self.list)
            item.setData(Qt.ItemDataRole.UserRole, column.value)
            usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
            always = column in ALWAYS_SHOWN
            item.setFlags(usual if always else usual | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if column in columns.shown else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(row)
        self._filling = False

    def _ticked(self, item: QListWidgetItem) -> None:
        column = self._column(item)
        if not self._filling and (item.checkState() is Qt.CheckState.Checked) != (
            column in self._choices.columns.shown
        ):
            self._set(self._choices.columns.toggled(column))

    def _dragged(self) -> None:
        if not self._filling:
            order = tuple(self._column(self.list.item(row)) for row in range(self.list.count()))
            self._set(Columns(order, self._choices.columns.shown, self._choices.columns.widths))

    def _usual(self) -> None:
        self._set(Columns())
        self._fill(0)

    def _set(self, columns: Columns) -> None:
        self._choices.set_columns(columns)

    @staticmethod
    def _column(item: QListWidgetItem) -> Column:
        return Column(item.data(Qt.ItemDataRole.UserRole))
