"""A QR code on the screen, for a phone to read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.themed import Themed

QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""
LEAST = 196
"""Pixels at 100 %, about 5 cm on an ordinary screen: readable from arm's length."""
LEAST_MODULE = 4


class QrView(Themed):
    """Paints modules black on white in every theme, each of a whole number of pixels, with the quiet zone."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._modules: Sequence[Sequence[bool]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_code(self, modules: Sequence[Sequence[bool]], name: str) -> None:
        """Show a code, or none for no modules; ``name`` says what it does."""
        self._modules = modules
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setVisible(bool(modules))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the theme's text is, and never less than a phone can read."""
        count = len(self._modules) + 2 * QUIET
        side = count * max(LEAST_MODULE, self.keeper.px(LEAST) // count)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        if not self._modules:
            return
        painter = QPainter(self)
        black, white = QColor(Qt.GlobalColor.black), QColor(Qt.GlobalColor.white)
        painter.fillRect(self.rect(), white)
        count = len(self._modules) + 2 * QUIET
        side = min(self.width(), self.height()) // count
        left = (self.width() - side * count) // 2 + QUIET * side
        top = (self.height() - side * count) // 2 + QUIET * side
        for row, line in enumerate(self._modules):
            for column, dark in enumerate(line):
                if dark:
                    painter.fillRect(QRect(left + column * side, top + row * side, side, side), black)
