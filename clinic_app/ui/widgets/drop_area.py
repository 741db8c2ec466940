"""An area to drop files and folders on, with buttons for those who do not drag."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import Button
from clinic_app.ui.widgets.empty_state import BigIcon
from clinic_app.ui.widgets.themed import TextLabel, Themed


def dropped_paths(mime: QMimeData | None) -> tuple[str, ...]:
    """The files and folders of this computer in what is dragged or pasted; an empty clipboard has no data at all."""
    return tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile()) if mime is not None else ()


class DropArea(Themed):
    """Icon, what may be dropped, what becomes of it, and buttons; ``dropped`` brings a tuple of local paths."""

    dropped = Signal(object)

    def __init__(self, keeper: ThemeKeeper, icon: str, words: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._over = False
        self.setAcceptDrops(True)
        title = TextLabel(keeper, words, Style.SECTION, "text", self)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        more = TextLabel(keeper, detail, Style.SECONDARY, "text2", self, wrap=True)
        more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(BigIcon(keeper, icon, self))
        column.addWidget(title)
        column.addWidget(more)
        column.addSpacing(6)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def set_buttons(self, *buttons: Button) -> None:
        """The buttons below the words, the primary one first; it has the keyboard for the whole area."""
        self._buttons.addStretch(1)
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.setFocusProxy(buttons[0])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of this computer."""
        if dropped_paths(event.mimeData()):
            self._look(over=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        self._look(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self._look(over=False)
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed edge."""
        line = self.keeper.colour("accent" if self._over else "border_strong")
        fill = self.keeper.colour("accent_soft" if self._over else "surface")
        area = self.rect().adjusted(1, 1, -1, -1)
        painting.box(QPainter(self), area, self.keeper.px(10), fill=fill, line=line, width=1.5, dashed=True)

    def _look(self, *, over: bool) -> None:
        self._over = over
        self.update()
