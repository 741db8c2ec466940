"""The files that were not taken, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.case_page import PictureImport
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Card, RowDelegate, Themed, painting
from clinic_app.ui.widgets.copying import copy_for_a_while
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

Index = QModelIndex | QPersistentModelIndex


def why_not(item: PictureImport) -> str:
    """Why a file was not taken, as a sentence that names it."""
    if item.result == "duplicate":
        name = PurePath(item.path).name
        day = item.picture.taken.day if item.picture is not None else None
        if day is None:
            return translate("“{name}” is among this patient’s photos already.").format(name=name)
        words = translate("“{name}” is among this patient’s photos already, under {day}.")
        return words.format(name=name, day=day_words(day))
    if item.error is not None:
        return sentence_of(item.error)
    return sentence(item.reason, {"path": PurePath(item.path).name})


class NotImportedModel(QAbstractListModel):
    """Duplicates and refusals."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[PictureImport, ...] = ()

    def show_items(self, items: Sequence[PictureImport]) -> None:
        """Show others: refusals first."""
        self.beginResetModel()
        self.items = tuple(sorted(items, key=lambda one: one.result == "duplicate"))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The file's name, and the sentence."""
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return PurePath(item.path).name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return why_not(item)
        return None


class NotImportedDelegate(RowDelegate):
    """Icon, name and sentence."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(0, max(self.keeper.measures.row, self.keeper.px(44)))

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one file."""
        model = index.model()
        if not isinstance(model, NotImportedModel):
            return
        item = model.items[index.row()]
        keeper = self.keeper
        again = item.result == "duplicate"
        direction = Qt.LayoutDirection(option.direction)
        spot = painting.mirrored(QRect(rect.left(), rect.top(), keeper.px(18), rect.height()), rect, direction)
        painting.icon(painter, keeper, spot, "copy" if again else "circle-alert", "text2" if again else "danger", 16)
        words = painting.mirrored(rect.adjusted(keeper.px(28), 0, 0, 0), rect, direction)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        name = PurePath(item.path).name
        painting.two_lines(painter, keeper, words, name, why_not(item), first_style=Style.NAME, align=align)


class NotImportedList(Themed):
    """The list, with a button that copies it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.model = NotImportedModel(self)
        card = Card(keeper, self)
        self.rows = QListView(card)
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(NotImportedDelegate(keeper, self.rows))
        self.rows.setAccessibleName(translate("Files not imported"))
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setUniformItemSizes(True)
        self.rows.setMouseTracking(True)
        self.rows.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self.rows)
        self.copy_button = Button(keeper, translate("Copy this list"), icon="copy", small=True, parent=self)
        self.copy_button.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, keeper.px(12), 0)
        column.setSpacing(8)
        column.addWidget(card, 1)
        column.addLayout(row)
        self.setFocusProxy(self.rows)

    def _copy(self) -> None:
        copy_for_a_while("\n".join(why_not(item) for item in self.model.items))
