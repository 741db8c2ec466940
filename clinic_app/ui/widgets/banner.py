"""The strip across an area: something is wrong and stays so until it is solved."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import IconButton, Kind, LinkButton
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate


class Level(Enum):
    """How grave: something is done, a remark, a warning, a problem."""

    DONE = "done"
    INFO = "info"
    WARNING = "warning"
    PROBLEM = "problem"


_LOOKS = {
    Level.DONE: ("circle-check", "success", "accent_soft"),
    Level.INFO: ("info", "accent_text", "accent_soft"),
    Level.WARNING: ("triangle-alert", "due.fg", "due.bg"),
    Level.PROBLEM: ("circle-alert", "overdue.fg", "overdue.bg"),
}


class Banner(Themed):
    """A strip, 40 px high or as high as its sentence; ``acted`` for its action, ``dismissed`` for its cross."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None, *, can_dismiss: bool = True) -> None:
        super().__init__(keeper, parent)
        self._level = Level.WARNING
        self._words = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, weight=500)
        self._action = LinkButton(keeper, "", self)
        self._action.clicked.connect(self.acted)
        self._cross = IconButton(keeper, "x", translate("Dismiss"), kind=Kind.GHOST, small=True, parent=self)
        self._cross.clicked.connect(self._dismiss)
        self._cross.setVisible(can_dismiss)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._words, 1)
        self._row.addWidget(self._action)
        self._row.addWidget(self._cross)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        self.restyle()

    @property
    def button(self) -> LinkButton:
        """The button of the way out."""
        return self._action

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    @property
    def level(self) -> Level:
        """How grave it is."""
        return self._level

    def show_words(self, words: str, *, action: str = "", level: Level = Level.WARNING) -> None:
        """Say what happened, what was kept and what to do; ``action`` is the verb of the way out."""
        self._level = level
        self._words.setText(words)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.update()

    def clear(self) -> None:
        """It is solved."""
        self._words.setText("")
        self.setAccessibleName("")
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """Room for a few words."""
        return QSize(self.keeper.px(200), super().minimumSizeHint().height())

    def restyle(self) -> None:
        """Take measures anew: at least 40 px high, 32 in a small window."""
        px = self.keeper.px
        self.setMinimumHeight(px(32 if self.keeper.measures.narrow else 40))
        edge = px(3 if self.keeper.measures.narrow else 6)
        self._row.setContentsMargins(px(40), edge, px(8), edge)
        self._row.setSpacing(px(10))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint strip and icon."""
        icon, ink, fill = _LOOKS[self._level]
        painter = QPainter(self)
        painting.box(painter, self.rect(), self.keeper.px(8), fill=self.keeper.colour(fill))
        spot = QRect(self.keeper.px(14), 0, self.keeper.px(16), self.height())
        place = painting.mirrored(spot, self.rect(), self.layoutDirection())
        painting.icon(painter, self.keeper, place, icon, ink, 16)
        bar = QRect(0, self.keeper.px(8), self.keeper.px(3), self.height() - self.keeper.px(16))
        painter.fillRect(painting.mirrored(bar, self.rect(), self.layoutDirection()), self.keeper.colour(ink))

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
