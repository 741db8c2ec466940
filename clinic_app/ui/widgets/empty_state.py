"""What stands where nothing is: an icon, one sentence, one action."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.themed import TextLabel, Themed


class BigIcon(Themed):
    """An icon of 40 px."""

    def __init__(self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._name = name

    def set_icon(self, name: str) -> None:
        """Show another."""
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        """40 px high."""
        return QSize(self.keeper.px(40), self.keeper.px(40))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the middle."""
        painting.icon(QPainter(self), self.keeper, QRect(self.rect()), self._name, "text3", 40)


class EmptyState(Themed):
    """Icon, sentence and action in the middle of an empty list; ``acted`` comes when the action is pressed."""

    acted = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        icon: str,
        sentence: str,
        action: str = "",
        parent: QWidget | None = None,
        *,
        detail: str = "",
    ) -> None:
        super().__init__(keeper, parent)
        self._icon = BigIcon(keeper, icon, self)
        self._words = TextLabel(keeper, sentence, Style.BODY, "text", self, wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._detail = TextLabel(keeper, detail, Style.SECONDARY, "text2", self, wrap=True)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._detail.setVisible(bool(detail))
        self._button = Button(keeper, action, kind=Kind.SECONDARY, parent=self)
        self._button.setVisible(bool(action))
        self._button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addWidget(self._words)
        column.addWidget(self._detail)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    @property
    def button(self) -> Button:
        """The button of the action."""
        return self._button

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._words.text()

    def show_words(self, sentence: str, action: str = "", *, icon: str = "", detail: str = "") -> None:
        """Say something else."""
        self._words.setText(sentence)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        if icon:
            self._icon.set_icon(icon)
