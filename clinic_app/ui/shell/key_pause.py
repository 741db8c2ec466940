"""Keys that were meant for the lock page and come after it has gone do nothing behind it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent

PAUSE_MS: Final = 600
"""Milliseconds after opening in which no key counts: a PIN submits itself, and hands type on."""
KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class KeyPause(QObject):
    """Swallows every key for a moment; a key that is held down is swallowed until it is let go."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.length = PAUSE_MS
        """Milliseconds; 0 for none."""
        self.active = False
        """Whether keys are swallowed."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.end)

    def hold(self) -> None:
        """From now on, until ``run_out`` or ``end``."""
        application = QGuiApplication.instance()
        if application is not None and not self.active:
            application.installEventFilter(self)
            self.active = True

    def run_out(self) -> None:
        """Still for a moment."""
        self.hold()
        self._timer.start(self.length)

    def end(self) -> None:
        """Keys count again."""
        self._timer.stop()
        application = QGuiApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.active = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow a key."""
        if event.type() not in KEYS or not isinstance(event, QKeyEvent):
            return False
        if event.isAutoRepeat() and self._timer.isActive():
            self._timer.start(self.length)
        event.accept()
        return True
