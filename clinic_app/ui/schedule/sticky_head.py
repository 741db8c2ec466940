"""The head of the group whose rows are in sight, kept at the top of the list while they scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words

if TYPE_CHECKING:
    from clinic_app.ui.schedule.call_model import CallListModel, Group


class StickyHead(QWidget):
    """Stands over the first row in sight where that is no head; a press closes the group and goes to its head."""

    def __init__(self, keeper: ThemeKeeper, table: QTableView, model: CallListModel) -> None:
        super().__init__(table.viewport())
        self._keeper = keeper
        self._table = table
        self._model = model
        self._group: Group | None = None
        self.setToolTip(translate("Close this group"))
        self.hide()
        table.verticalScrollBar().valueChanged.connect(self.follow)
        model.modelReset.connect(self.follow)
        model.shape_changed.connect(self.follow)
        table.viewport().installEventFilter(self)
        keeper.changed.connect(self.follow)

    @property
    def group(self) -> Group | None:
        """The group it names, None where it is not shown."""
        return self._group

    def bottom_over(self, row: int) -> int:
        """How far down the list is covered where this row comes first."""
        return 0 if self._model.group_at(row) is not None else self._keeper.measures.group_row

    def follow(self) -> None:
        """Name the group of the first row in sight, pushed away by the next head."""
        row = self._table.rowAt(0)
        over = row >= 0 and not (self._model.group_at(row) is not None and self._table.rowViewportPosition(row) >= 0)
        self._group = self._model.group_of(row) if over else None
        if self._group is None:
            self.hide()
            return
        height, top = self._keeper.measures.group_row, 0
        for head in self._model.head_rows():
            place = self._table.rowViewportPosition(head)
            if head > row and 0 <= place < height:
                top = place - height
        self.setGeometry(0, top, self._table.viewport().width(), height)
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a head."""
        return QSize(0, self._keeper.measures.group_row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As wide as the list."""
        if event.type() == QEvent.Type.Resize:
            self.follow()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close the group."""
        group = self._group
        if group is None or event.button() != Qt.MouseButton.LeftButton:
            return
        head = self._model.head_of(group.key)
        self._model.set_open(group.key, open_=False)
        if head is not None:
            self._table.scrollTo(self._model.index(head, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as the heads between the rows."""
        if self._group is not None:
            count = number_words(self._group.count)
            painting.group_header(
                QPainter(self),
                self._keeper,
                self.rect(),
                self._group.title,
                count,
                open_=True,
                direction=self.layoutDirection(),
            )
