"""A person as a disc with initials."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_app.domain.patients import initials
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed


def paint_disc(painter: QPainter, keeper: ThemeKeeper, rect: QRect, name: str) -> None:
    """Paint the disc of a name, filling ``rect`` (a square)."""
    painting.box(painter, rect, rect.height() / 2, fill=keeper.colour("accent_soft"))
    font = QFont(keeper.font(Style.SECTION))
    font.setPixelSize(max(8, round(rect.height() * 0.38)))
    painter.setFont(font)
    painter.setPen(keeper.colour("accent_text"))
    painter.drawText(rect, int(painting.CENTRE), initials(name))


class Disc(Themed):
    """The disc of a person, ``px`` pixels wide at 100 %."""

    def __init__(self, keeper: ThemeKeeper, name: str = "", px: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._name = name
        self._px = px
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show another person."""
        self._name = name
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        side = self.keeper.px(self._px)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the disc."""
        paint_disc(QPainter(self), self.keeper, self.rect(), self._name)
