"""The interval bar: a track, the window as a band on it, and where today (or a booking) stands."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed


@dataclass(frozen=True, slots=True)
class Interval:
    """Where things stand on the track, as fractions of it (0 is its start, 1 its end).

    ``marker_ink`` is a token, usually a status mark such as ``overdue.mark``; ``start_dot`` paints the point the
    interval began at.
    """

    band_from: float | None = None
    band_to: float | None = None
    marker: float | None = None
    marker_ink: str = "text3"
    start_dot: bool = False


def paint_interval(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    interval: Interval,
    *,
    large: bool = False,
    ring: str = "surface",
) -> None:
    """Paint the bar in the middle height of ``rect``: 4 px in lists, 6 px where ``large`` (ux.md 3.3, 6.7).

    Fractions beyond the track are brought to its ends. Time always runs from left to right. ``ring`` is the token
    of what lies behind (a selected row, say).
    """
    track, band = (6.0, 8.0) if large else (4.0, 5.0)
    scale = keeper.scale
    track, band, dot = track * scale, band * scale, _dot(keeper, large=large)
    middle = rect.top() + rect.height() / 2
    left, width = float(rect.left()), float(rect.width())

    def at(fraction: float) -> float:
        return left + _along(fraction, width, dot)

    with painting.kept(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(keeper.colour("track"))
        painter.drawRoundedRect(QRectF(left, middle - track / 2, width, track), track / 2, track / 2)
        if interval.band_from is not None and interval.band_to is not None:
            start, end = _inside(interval.band_from), _inside(interval.band_to)
            first, span = at(start), max(band, at(end) - at(start))
            area = QRectF(min(first, left + width - span), middle - band / 2, span, band)
            painter.setBrush(keeper.colour("track"))
            painter.drawRoundedRect(area, band / 2, band / 2)
            painter.setBrush(keeper.colour("band"))
            painter.drawRoundedRect(area, band / 2, band / 2)
        if interval.start_dot:
            small = dot * 0.55
            painter.setBrush(keeper.colour("text2"))
            painter.drawEllipse(QPointF(at(0), middle), small / 2, small / 2)
        if interval.marker is not None:
            painter.setBrush(keeper.colour(interval.marker_ink))
            painter.setPen(QPen(keeper.colour(ring), 2 * scale))
            painter.drawEllipse(QPointF(at(interval.marker), middle), dot / 2, dot / 2)


def _dot(keeper: ThemeKeeper, *, large: bool) -> float:
    return (14.0 if large else 11.0) * keeper.scale


def _along(fraction: float, width: float, dot: float) -> float:
    """Pixels from the left end at which a time stands: the whole dot of the first and of the last has room."""
    return dot / 2 + _inside(fraction) * (width - dot)


def _inside(fraction: float) -> float:
    return min(max(fraction, 0.0), 1.0)


class IntervalBar(Themed):
    """The large bar with words under it, each at its place; ``sentence`` is what a screen reader says."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._interval = Interval()
        self._labels: tuple[tuple[float, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_interval(self, interval: Interval, labels: tuple[tuple[float, str], ...], sentence: str) -> None:
        """Show a bar; ``labels`` are (fraction, words) in order of time."""
        self._interval = interval
        self._labels = labels
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """The bar and a line of dates."""
        return QSize(self.keeper.px(200), self.keeper.px(18 + 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bar and dates; dates that would touch are pushed apart, the last ones stay inside."""
        painter = QPainter(self)
        bar = QRect(0, 0, self.width(), self.keeper.px(18))
        paint_interval(painter, self.keeper, bar, self._interval, large=True)
        metrics = self.keeper.metrics(Style.CAPTION, numbers=True)
        gap, dot = self.keeper.px(8), _dot(self.keeper, large=True)
        widths = [metrics.horizontalAdvance(words) for _, words in self._labels]
        lefts: list[float] = []
        edge = 0.0
        for (fraction, _), width in zip(self._labels, widths, strict=True):
            wanted = _along(fraction, self.width(), dot) - width / 2 if fraction > 0 else 0.0
            lefts.append(max(wanted, edge))
            edge = lefts[-1] + width + gap
        edge = float(self.width())
        for place in range(len(lefts) - 1, -1, -1):
            lefts[place] = min(lefts[place], edge - widths[place])
            edge = lefts[place] - gap
        for (_, words), left, width in zip(self._labels, lefts, widths, strict=True):
            spot = QRect(round(left), bar.bottom() + 1, width + 2, self.keeper.px(17))
            painting.text(painter, self.keeper, spot, words, Style.CAPTION, "text2", numbers=True)
