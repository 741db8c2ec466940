"""A whole number with steps (weeks, places a day)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSpinBox, QWidget

from clinic_app.ui.theme import ThemeKeeper


class NumberField(QSpinBox):
    """A number between two ends. The wheel changes it only while it has the keyboard, so scrolling is safe.

    ``suffix`` is the unit in the plural, ``suffix_of_one`` beside 1 (the same where it is not given).
    """

    def __init__(
        self,
        keeper: ThemeKeeper,
        low: int,
        high: int,
        *,
        suffix: str = "",
        suffix_of_one: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.setRange(low, high)
        self._suffixes = (suffix_of_one or suffix, suffix)
        self.valueChanged.connect(self._unit_of)
        self._unit_of(self.value())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        keeper.changed.connect(self._restyle)
        self._restyle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll unless the number is being edited."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _unit_of(self, value: int) -> None:
        """``1 minute``, ``2 minutes``."""
        words = self._suffixes[value != 1]
        self.setSuffix(f" {words}" if words else "")

    def _restyle(self) -> None:
        self.lineEdit().setTextMargins(self._keeper.px(8), 0, 0, 0)
