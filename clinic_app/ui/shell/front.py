"""The front: the window's ground and rail, painted where the window will stand, while the window itself is loaded.

Imports nothing but Qt and the colours, so that it is there at once.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.ui.theme.tokens import DARK, LIGHT

WIDTH, HEIGHT = 1440, 900
MENU, RAIL = 28, 204
DARK_BELOW = 128


class Front(QWidget):
    """A picture of the empty window; closed when the window is there."""

    def __init__(self, window_file: Path, look: str) -> None:
        """``look``: ``light``, ``dark``, or anything else for the one of the system."""
        super().__init__(None, Qt.WindowType.SplashScreen)
        settings = QSettings(str(window_file), QSettings.Format.IniFormat)
        geometry = settings.value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            room = self.screen().availableGeometry()
            self.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))
            self.move(room.center() - self.rect().center())
        dark = look == "dark" or (look != "light" and self.palette().window().color().lightness() < DARK_BELOW)
        self._theme = DARK if dark else LIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, menu bar and rail."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.app))
        painter.fillRect(0, 0, self.width(), MENU, QColor(self._theme.rail))
        painter.fillRect(0, 0, RAIL, self.height(), QColor(self._theme.rail))


def show_front(window_file: Path, look: str, *, smoke: bool = False) -> Front:
    """Paint the front before anything else is loaded; ``smoke`` says when it was painted."""
    application = QApplication.instance() or QApplication([])
    front = Front(window_file, look)
    front.show()
    application.processEvents()
    if smoke:
        stamp("painted")
    return front


def stamp(word: str) -> None:
    """Say when something happened, on the clock that all processes of this computer share."""
    sys.stdout.write(f"{word} {time.monotonic():.6f}\n")
    sys.stdout.flush()
