"""Notices when the keyboard fell into the rail because what had it was disabled, hidden or taken away."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class LostKeyboard(QObject):
    """``lost``: nobody moved the keyboard, Qt handed it to the next widget, and that one is in the rail."""

    lost = Signal()

    def __init__(self, rail: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._rail = rail
        QApplication.instance().focusChanged.connect(self._moved)  # type: ignore[union-attr]  # it runs

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is None or now is None or not self._rail.isAncestorOf(now):
            return
        if isValid(old) and (self._rail.isAncestorOf(old) or (old.isEnabled() and old.isVisible())):
            return
        QTimer.singleShot(0, self, lambda: self._look(now))

    def _look(self, now: QWidget) -> None:
        if isValid(now) and QApplication.focusWidget() is now:
            self.lost.emit()
