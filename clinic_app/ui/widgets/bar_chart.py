"""Bars: stacked parts told apart by pattern and words, a line to hold them against, pointer and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import floor, log10

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed

TICKS = 4
CUT_ABOVE = 1.6
"""A first bar this many times as high as the rest is cut, so that the rest can be read; its number stands on it."""


class Pattern(Enum):
    """How a part is filled; patterns differ without colour."""

    SOLID = "solid"
    HATCHED = "hatched"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of part: its words in the legend, colour token and pattern."""

    words: str
    ink: str
    pattern: Pattern = Pattern.SOLID


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, the parts from the bottom up, the height of the line over it, and what is read out."""

    label: str
    parts: tuple[float, ...]
    line: float | None = None
    sentence: str = ""

    @property
    def total(self) -> float:
        """Its height."""
        return sum(self.parts)


def ticks(highest: float) -> tuple[float, ...]:
    """Round numbers for the axis, from 0 to at least ``highest``."""
    if highest <= 0:
        return (0.0, 1.0)
    rough = highest / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough * 0.999)
    step = max(step, 1.0)
    count = 1
    while step * count < highest:
        count += 1
    return tuple(step * place for place in range(count + 1))


class BarChart(Themed):
    """Bars in a row; ``pressed`` brings the place of one that was clicked, or chosen with arrows and Enter.

    ``label_pressed`` brings the place of the bar whose label was clicked, or with Shift+Enter chosen.
    """

    pressed = Signal(int)
    label_pressed = Signal(int)

    def __init__(
        self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None, *, cut_first: bool = False
    ) -> None:
        super().__init__(keeper, parent)
        self._name = name
        self._series: tuple[Series, ...] = ()
        self._bars: tuple[Bar, ...] = ()
        self._line = ""
        self._hover = -1
        self.current = 0
        self._cut_first = cut_first
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bars(self, name: str, series: Sequence[Series], bars: Sequence[Bar], line: str = "") -> None:
        """Show other bars; ``line``: what the line over them is."""
        self._name, self._series, self._bars, self._line = name, tuple(series), tuple(bars), line
        self.current = min(self.current, max(len(self._bars) - 1, 0))
        self._hover = -1
        self._say()
        self.update()

    def forget(self) -> None:
        """Show nothing."""
        self.show_bars(self._name, (), ())

    @property
    def series(self) -> tuple[Series, ...]:
        """The kinds of parts."""
        return self._series

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def sizeHint(self) -> QSize:
        """Wide, and high enough to compare."""
        return QSize(self.keeper.px(640), self.keeper.px(230))

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(self.keeper.px(320), self.keeper.px(104))

    def bar_rect(self, place: int) -> QRect:
        """Where a bar stands, from the axis to the top of the plot."""
        plot = self._plot()
        width = plot.width() / max(len(self._bars), 1)
        left = plot.left() + place * width
        return QRect(round(left), plot.top(), max(round(left + width) - round(left), 1), plot.height())

    # --- painting ----------------------------------------------------------------------------------------------

    def _plot(self) -> QRect:
        px = self.keeper.px
        lead = self.keeper.metrics(Style.CAPTION, numbers=True).horizontalAdvance(_short(self._highest())) + px(18)
        cut = bool(self._bars) and self._cut(self._bars[0])
        return self.rect().adjusted(lead, px(46 if cut else 34), -px(10), -px(24))

    def _highest(self) -> float:
        rest = [max(bar.total, bar.line or 0.0) for bar in self._bars[1 if self._cut_first else 0 :]]
        first = self._bars[0].total if self._bars else 0.0
        most = max(rest, default=0.0)
        if self._cut_first and most and first > most * CUT_ABOVE:
            return ticks(most)[-1]
        return ticks(max(most, first))[-1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint legend, axis, bars and line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._bars:
            self._paint_legend(painter)
            self._paint_axis(painter)
            for place, bar in enumerate(self._bars):
                self._paint_bar(painter, place, bar)
            self._paint_line(painter)
            self._paint_labels(painter)
        if self.hasFocus():
            painting.focus_ring(painter, self.keeper, self.rect(), self.keeper.px(8))

    def _paint_legend(self, painter: QPainter) -> None:
        keeper, px = self.keeper, self.keeper.px
        left, high = self._plot().left(), px(18)
        entries = [*((one.words, one) for one in self._series), *([(self._line, None)] if self._line else [])]
        for words, one in entries:
            spot = QRect(left, px(8), px(14), px(12))
            if one is None:
                painter.setPen(QPen(keeper.colour("text"), max(px(2), 1)))
                painter.drawLine(spot.left(), spot.center().y(), spot.right(), spot.center().y())
            else:
                fill_part(painter, keeper, QRectF(spot), one)
            room = QRect(spot.right() + px(6), px(5), self.width(), high)
            left = room.left() + painting.text(painter, keeper, room, words, Style.CAPTION, "text2") + px(16)

    def _paint_axis(self, painter: QPainter) -> None:
        keeper, plot = self.keeper, self._plot()
        highest = self._highest()
        for value in ticks(highest):
            y = self.y_of(value)
            painting.hairline(painter, keeper, plot.left(), plot.right(), y, "hair" if value else "border_strong")
            room = QRect(0, y - keeper.px(8), plot.left() - keeper.px(6), keeper.px(16))
            painting.text(
                painter, keeper, room, _short(value), Style.CAPTION, "text3", align=painting.RIGHT, numbers=True
            )

    def _paint_bar(self, painter: QPainter, place: int, bar: Bar) -> None:
        keeper = self.keeper
        slot = self.bar_rect(place)
        if place == self._hover or (self.hasFocus() and place == self.current):
            painting.box(painter, slot, keeper.px(3), fill=keeper.colour("hover"))
        gap = max(1.0, min(slot.width() * 0.16, keeper.px(8)))
        area = QRectF(slot).adjusted(gap, 0, -gap, 0)
        self.paint_parts(painter, area, bar)
        if self._cut(bar):
            self._paint_cut(painter, area, bar)
        if self.hasFocus() and place == self.current:
            painting.box(painter, slot, keeper.px(3), line=keeper.colour("focus"), width=2)

    def paint_parts(self, painter: QPainter, area: QRectF, bar: Bar) -> None:
        """The parts of a bar, one on the other."""
        below = 0.0
        for series, value in zip(self._series, bar.parts, strict=True):
            if value <= 0:
                continue
            bottom, top = self.y_of(below), self.y_of(below + value)
            below += value
            fill_part(painter, self.keeper, QRectF(area.left(), top, area.width(), max(bottom - top, 1)), series)

    def _cut(self, bar: Bar) -> bool:
        return bar.total > self._highest()

    def _paint_cut(self, painter: QPainter, area: QRectF, bar: Bar) -> None:
        """A slanted gap says that the bar goes on; its number stands above."""
        keeper, px, plot = self.keeper, self.keeper.px, self._plot()
        painter.setPen(QPen(keeper.colour("surface"), px(4)))
        y = plot.top() + px(14)
        painter.drawLine(QPointF(area.left() - 2, y + px(4)), QPointF(area.right() + 2, y - px(4)))
        words = _short(bar.total)
        room = QRect(plot.left(), plot.top() - px(15), px(120), px(15))
        painting.text(painter, keeper, room, words, Style.COUNT, "text", numbers=True)

    def _paint_line(self, painter: QPainter) -> None:
        keeper = self.keeper
        painter.setPen(QPen(keeper.colour("text"), max(keeper.px(2), 1)))
        for place, bar in enumerate(self._bars):
            if bar.line is not None:
                slot, y = self.bar_rect(place), self.y_of(bar.line)
                painter.drawLine(slot.left(), y, slot.right(), y)

    def _paint_labels(self, painter: QPainter) -> None:
        """The labels that have room, under the axis."""
        keeper, plot = self.keeper, self._plot()
        for place, spot in self.label_spots().items():
            room = QRect(spot.left(), plot.bottom() + keeper.px(4), spot.width(), keeper.px(16))
            painting.text(painter, keeper, room, self._bars[place].label, Style.CAPTION, "text2")

    def label_spots(self) -> dict[int, QRect]:
        """Where labels stand: the first one and those of two words, which name a month or a year; between two of them
        every one, or every second, third …, where all of these have room.
        """
        spots = {place: self._label_spot(place) for place, bar in enumerate(self._bars) if bar.label}
        apart = self.keeper.px(10)

        def free(place: int, taken: dict[int, QRect]) -> bool:
            wide = spots[place].adjusted(-apart, 0, apart, 0)
            return not any(wide.intersects(one) for one in taken.values())

        kept: dict[int, QRect] = {}
        for place in spots:
            if (place == 0 or " " in self._bars[place].label) and free(place, kept):
                kept[place] = spots[place]
        marks = sorted(kept)
        for before, after in zip(marks, [*marks[1:], len(self._bars)], strict=True):
            for step in range(1, after - before):
                between = [one for one in range(before + step, after, step) if one in spots]
                fits = after == len(self._bars) or not (after - before) % step
                row = dict(kept)
                for place in between if fits else ():
                    if free(place, row):
                        row[place] = spots[place]
                if fits and len(row) == len(kept) + len(between):
                    kept = row
                    break
        return kept

    def _label_spot(self, place: int) -> QRect:
        width = self.keeper.metrics(Style.CAPTION).horizontalAdvance(self._bars[place].label) + 2
        left = min(self.bar_rect(place).center().x() - width // 2, self.width() - width)
        return QRect(left, 0, width, 1)

    def y_of(self, value: float) -> int:
        """The height of a value in pixels from the top; values beyond the axis are brought to its end."""
        plot = self._plot()
        share = min(value / self._highest(), 1.0)
        return round(plot.bottom() - share * plot.height())

    # --- pointer and keys --------------------------------------------------------------------------------------

    def place_at(self, point: QPoint) -> int:
        """The place of the bar under a point; -1 for none."""
        plot = self._plot()
        if not self._bars or not plot.left() <= point.x() <= plot.right():
            return -1
        return min((point.x() - plot.left()) * len(self._bars) // max(plot.width(), 1), len(self._bars) - 1)

    def event(self, event: QEvent) -> bool:
        """The sentence of the bar under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            QToolTip.showText(event.globalPos(), self._bars[place].sentence if place >= 0 else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The bar under the pointer is marked."""
        place = self.place_at(event.position().toPoint())
        if place != self._hover:
            self._hover = place
            self.setCursor(Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No bar is marked."""
        super().leaveEvent(event)
        self._hover = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a bar."""
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._go_to(place)
            below = event.position().y() > self._plot().bottom()
            (self.label_pressed if below else self.pressed).emit(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move; Enter and Space press, Shift+Enter the label."""
        steps = {Qt.Key.Key_Left: self.current - 1, Qt.Key.Key_Right: self.current + 1, Qt.Key.Key_Home: 0}
        target = {**steps, Qt.Key.Key_End: len(self._bars) - 1}.get(Qt.Key(event.key()))
        if target is not None and self._bars:
            self._go_to(min(max(target, 0), len(self._bars) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._bars:
            shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.label_pressed if shifted else self.pressed).emit(self.current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring comes."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.update()

    def _go_to(self, place: int) -> None:
        self.current = place
        self._say()
        self.update()

    def _say(self) -> None:
        here = self._bars[self.current].sentence if self._bars else ""
        self.setAccessibleName(f"{self._name}. {here}" if here else self._name)


def _short(value: float) -> str:
    whole = f"{value:,.0f}" if value == int(value) else f"{value:g}"
    return whole.replace(",", "\u202f")


def fill_part(painter: QPainter, keeper: ThemeKeeper, area: QRectF, series: Series) -> None:
    """A part in its pattern: full; striped on the ground; or pale with a dashed line."""
    colour = keeper.colour(series.ink)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    if series.pattern is Pattern.SOLID:
        painter.fillRect(area, colour)
    else:
        pale = QColor(colour)
        pale.setAlphaF(0.16 if series.pattern is Pattern.HATCHED else 0.10)
        painter.fillRect(area, pale)
        if series.pattern is Pattern.HATCHED:
            painter.fillRect(area, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        pen = QPen(colour, 1)
        if series.pattern is Pattern.LIGHT:
            pen.setDashPattern([2.0, 2.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
