"""Keys that only type a character do nothing but type, for whoever switched them off (WCAG 2.1.4)."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from clinic_app.domain.key_choices import single_character
from clinic_app.ui.widgets.key_map import WAITS_FOR_KEY, text_of

INPUTS: Final = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride})


class LetterGuard(QObject):
    """Swallows such keys where nothing is typed: in lists, on buttons, as shortcuts. Menus keep their letters."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._on = False

    def set_on(self, *, on: bool) -> None:
        """Swallow them from now on, or no more."""
        application = QGuiApplication.instance()
        if on == self._on or application is None:
            return
        self._on = on
        if on:
            application.installEventFilter(self)
        else:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow a key."""
        if event.type() not in KEYS or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if QApplication.activePopupWidget() is not None or _types(watched):
            return False
        if not single_character(text_of(event)):
            return False
        event.accept()
        return True


def _types(widget: QWidget) -> bool:
    """Whether characters are typed into a widget, or it waits for a key to be chosen."""
    typed = isinstance(widget, INPUTS) or widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    return typed or bool(widget.property(WAITS_FOR_KEY))
