"""Keys that belong to one part of the window and win over the window's own shortcuts while the keyboard is there.

Two shortcuts with the same keys are ambiguous to Qt and neither acts; a part that accepts the key beforehand
(``ShortcutOverride``) gets it as an ordinary key press instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class KeyTable(QObject):
    """Keys and what they do; the widget hands its events to ``handle`` first.

    Only for keys that text inputs leave alone (Ctrl+R, Esc); a letter is theirs while one has the keyboard.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._acts: dict[int, Callable[[], object]] = {}
        self.on = True

    def add(self, keys: str, act: Callable[[], object]) -> None:
        """Let a key (``Ctrl+R``) do something."""
        for part in keys.split("|"):
            sequence: Sequence[QKeyCombination] = QKeySequence(part)  # type: ignore[assignment]  # it is one at run time
            self._acts[sequence[0].toCombined()] = act

    def guard(self, widget: QWidget) -> None:
        """Take the keys before a widget that would swallow them (a table searches by letters)."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of a guarded widget."""
        return self.handle(event)

    def handle(self, event: QEvent) -> bool:
        """Take a key press that stands in the table; answers whether it did. Keys held down act once."""
        if not self.on or not isinstance(event, QKeyEvent):
            return False
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        act = self._acts.get(event.key() | modifiers.value)
        if act is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            act()
        return True
