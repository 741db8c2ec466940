"""Status chips and removable filter chips."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed


def chip_size(keeper: ThemeKeeper, words: str, *, icon: bool = True) -> QSize:
    """The size of a chip in pixels: 8, icon 14, 5, words, 9; 22 high (ux.md 4.6)."""
    lead = 27 if icon else 9
    width = keeper.px(lead + 9) + keeper.metrics(Style.CHIP).horizontalAdvance(words) + 1
    return QSize(width, keeper.measures.chip)


def paint_chip(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    tone: Tone,
    words: str,
    *,
    icon: str | None = None,
    solid: bool = False,
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
) -> QRect:
    """Paint a status chip at the leading edge of ``rect``, middle height; answers where it stands.

    ``icon``: another drawing than the tone's own, or ``""`` for none. Words that do not fit are cut.
    """
    colours = keeper.theme.status(tone)
    name = colours.icon if icon is None else icon
    wanted = chip_size(keeper, words, icon=bool(name))
    size = QSize(min(wanted.width(), rect.width()), wanted.height())
    top = rect.top() + (rect.height() - size.height()) // 2
    place = painting.mirrored(QRect(QPoint(rect.left(), top), size), rect, direction)
    ink, fill = (colours.solid_fg, colours.solid_bg) if solid else (colours.fg, colours.bg)
    dashed = colours.dashed and not solid
    line = keeper.colour(colours.mark) if dashed else None
    radius = size.height() / 2
    painting.box(painter, place, radius, fill=keeper.colour(fill), line=line, dashed=dashed)
    lead = 9
    if name:
        spot = QRect(place.left() + keeper.px(8), place.top(), keeper.px(14), place.height())
        painting.icon(painter, keeper, painting.mirrored(spot, place, direction), name, ink, 14)
        lead = 27
    inner = place.adjusted(keeper.px(lead), 0, -keeper.px(7), 0)
    rtl = direction == Qt.LayoutDirection.RightToLeft
    align = painting.RIGHT if rtl else painting.LEFT
    painting.text(painter, keeper, painting.mirrored(inner, place, direction), words, Style.CHIP, ink, align=align)
    return place


class StatusChip(Themed):
    """A status in words with its icon; it is read out by its words."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        tone: Tone = Tone.NOT_DUE,
        words: str = "",
        *,
        icon: str | None = None,
        solid: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keeper, parent)
        self._tone = tone
        self._words = words
        self._icon = icon
        self._solid = solid
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)

    def show_status(self, tone: Tone, words: str, *, icon: str | None = None, solid: bool = False) -> None:
        """Show another status."""
        self._tone, self._words, self._icon, self._solid = tone, words, icon, solid
        self.setAccessibleName(words)
        self.restyle()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return chip_size(self.keeper, self._words, icon=self._icon != "")

    def minimumSizeHint(self) -> QSize:
        """Four letters at least."""
        return QSize(self.keeper.px(60), self.keeper.measures.chip)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        paint_chip(
            QPainter(self),
            self.keeper,
            self.rect(),
            self._tone,
            self._words,
            icon=self._icon,
            solid=self._solid,
            direction=self.layoutDirection(),
        )


class FilterChip(QAbstractButton):
    """A filter that is on, with a cross: pressing it, Delete or Backspace asks to take it off (``removed``)."""

    removed = Signal()

    def __init__(self, keeper: ThemeKeeper, words: str, remove_name: str, parent: QWidget | None = None) -> None:
        """``remove_name`` is what a screen reader says, such as "Remove filter: Dr Rao"."""
        super().__init__(parent)
        self._keeper = keeper
        self.setText(words)
        self.setAccessibleName(remove_name)
        self.setToolTip(remove_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.removed)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Words and cross, 24 px high."""
        words = self._keeper.metrics(Style.CHIP).horizontalAdvance(self.text())
        return QSize(words + self._keeper.px(10 + 6 + 14 + 7), self._keeper.px(24))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace take it off too."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate, words and cross."""
        keeper = self._keeper
        painter = QPainter(self)
        radius = self.height() / 2
        fill = keeper.colour("selected" if self.underMouse() else "accent_soft")
        painting.box(painter, self.rect(), radius, fill=fill)
        inner = self.rect().adjusted(keeper.px(10), 0, -keeper.px(25), 0)
        painting.text(painter, keeper, self._side(inner), self.text(), Style.CHIP, "accent_text", align=painting.CENTRE)
        cross = QRect(self.width() - keeper.px(21), 0, keeper.px(14), self.height())
        painting.icon(painter, keeper, self._side(cross), "x", "accent_text", 14)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), radius)

    def _side(self, rect: QRect) -> QRect:
        return painting.mirrored(rect, self.rect(), self.layoutDirection())
