"""Words in the middle of an empty pane, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.ui.compare.chrome import ViewerButton
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import TextLabel, Themed

Action = tuple[str, Callable[[], object]]


class Notice(Themed):
    """Words in the middle of an empty pane, with what can be done about it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._icon = ""
        self._words = TextLabel(keeper, "", Style.BODY, "viewer.text2", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(keeper.px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, keeper.px(52), 0, 0)
        column.setSpacing(keeper.px(14))
        column.addWidget(self._words)
        column.addLayout(self._buttons)
        self.hide()

    @property
    def words(self) -> str:
        """What it says now."""
        return self._words.text()

    def say(self, icon: str, words: str, actions: Sequence[Action] = ()) -> None:
        """Show a sentence and its buttons; the same sentence again leaves them alone."""
        self._icon = icon
        self._words.setText(words)
        self.setAccessibleName(words)
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._buttons.addStretch(1)
        for label, act in actions:
            button = ViewerButton(self.keeper, label, text=label)
            button.clicked.connect(lambda _=False, act=act: act())
            self._buttons.addWidget(button)
            button.show()
        self._buttons.addStretch(1)
        self.show()

    def place(self, room: QRect) -> None:
        """Stand in the middle of ``room``."""
        width = min(self.keeper.px(380), max(room.width() - self.keeper.px(32), 80))
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else -1
        height = self.sizeHint().height() if height < 0 else height
        left = room.left() + (room.width() - width) // 2
        self.setGeometry(left, room.top() + max((room.height() - height) // 2, 0), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon above the words."""
        spot = QRect(0, 0, self.width(), self.keeper.px(44))
        painting.icon(QPainter(self), self.keeper, spot, self._icon, "viewer.key_hint", 40)
