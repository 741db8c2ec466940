"""Measured figures over a photograph: lines with ends that show on skin and on shadow, and a plate with the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QLineF, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from clinic_app.domain.measurements import MeasureKind, lines_of
from clinic_app.domain.measuring import Point
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting

END = 3.5
"""Radius in pixels of the end of a line."""
HELD = 8.0
"""Radius in pixels of the ring around the point the arrows move."""
REACH = 9.0
"""How far beside a point a press still takes hold of it, in pixels."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its points (picture units of the photograph), and what its plate says.

    ``chosen``: in the panel. ``open``: points are still being set. ``suggested``: not confirmed. ``id`` of what is
    stored and may be corrected, 0 of all else; ``held``: the place of the point the arrows move.
    """

    kind: MeasureKind
    points: tuple[Point, ...]
    words: str = ""
    chosen: bool = False
    open: bool = False
    suggested: bool = False
    id: int = 0
    held: int | None = None


class Ground(Protocol):
    """What figures are drawn on: a pane that knows where points of its photograph stand."""

    @property
    def pointer(self) -> QPointF | None:
        """Where the pointer stands while points are set."""
        ...

    def place_of(self, unit: Point) -> QPointF:
        """Where a point of the photograph (picture units) stands."""
        ...

    def rect(self) -> QRect:
        """All of it."""
        ...


def point_at(pane: Ground, figures: Sequence[Figure], place: QPointF, reach: float) -> tuple[int, int] | None:
    """Which point of which stored figure (its id) lies within ``reach`` pixels of a place; of a chosen one first."""
    found = [
        (not figure.chosen, QLineF(pane.place_of(point), place).length(), figure.id, number)
        for figure in figures
        if figure.id
        for number, point in enumerate(figure.points)
    ]
    near = [one for one in found if one[1] <= reach]
    return min(near)[2:] if near else None


def draw(painter: QPainter, keeper: ThemeKeeper, pane: Ground, figures: Sequence[Figure]) -> None:
    """Draw the figures of the photograph a pane shows: 2 px lines on a 4 px halo (ux.md 2.5)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    spots = [[pane.place_of(point) for point in figure.points] for figure in figures]
    for figure, at in zip(figures, spots, strict=True):
        pairs = [(pane.place_of(a), pane.place_of(b)) for a, b in lines_of(figure.kind, figure.points)]
        pointer = pane.pointer if figure.open else None
        if pointer is not None and at and (figure.kind is MeasureKind.ANGLE or len(at) % 2):
            pairs.append((at[-1], pointer))
        ink = keeper.colour("viewer.accent" if figure.chosen else "viewer.measure")
        for colour, width in ((keeper.colour("viewer.measure_halo"), 4.0), (ink, 2.0)):
            _strokes(painter, figure, pairs, at, colour, width)
    for figure, at in zip(figures, spots, strict=True):
        if figure.held is not None and figure.held < len(at):
            painter.setPen(QPen(keeper.colour("viewer.text"), 2.0))
            painter.drawEllipse(at[figure.held], HELD, HELD)
        if figure.words and at:
            _plate(painter, keeper, pane.rect(), at[1 if figure.kind is MeasureKind.ANGLE else 0], figure.words)
    painter.restore()


def _strokes(
    painter: QPainter,
    figure: Figure,
    pairs: Sequence[tuple[QPointF, QPointF]],
    ends: Sequence[QPointF],
    colour: QColor,
    width: float,
) -> None:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for end in ends:
        painter.drawEllipse(end, END, END)
    if figure.suggested:
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
    for first, second in pairs:
        painter.drawLine(first, second)
    if figure.kind is MeasureKind.TILT and len(ends) == figure.kind.points:
        pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        right, left = ends[2], ends[3]
        middle, along = (right + left) / 2, left - right
        painter.drawLine(middle, middle + QPointF(along.y(), -along.x()) * 0.6)


def _plate(painter: QPainter, keeper: ThemeKeeper, pane: QRect, at: QPointF, words: str) -> None:
    wide = keeper.metrics(Style.BODY, numbers=True, weight=600).horizontalAdvance(words) + keeper.px(16)
    high, gap = keeper.px(24), keeper.px(10)
    left = min(max(round(at.x()) + gap, pane.left()), pane.right() - wide)
    top = min(max(round(at.y()) - high - gap, pane.top()), pane.bottom() - high)
    spot = QRect(left, top, wide, high)
    painting.box(painter, spot, keeper.px(5), fill=keeper.colour("viewer.plate"))
    inner = spot.adjusted(keeper.px(8), 0, -keeper.px(4), 0)
    painting.text(painter, keeper, inner, words, Style.BODY, "viewer.measure", weight=600, numbers=True)
