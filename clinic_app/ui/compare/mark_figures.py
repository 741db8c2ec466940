"""What is drawn over a photograph: words, arrows, ellipses and strokes that show on skin and on shadow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from clinic_app.domain.marks import Ink, Mark, MarkKind
from clinic_app.domain.measuring import Point
from clinic_app.ui.theme import Style, ThemeKeeper

HEAD = 15.0
"""Length of the head of an arrow, pixels."""
HANDLE = 4.5
"""Half the side of a handle, pixels."""
WORDS_WIDE = 260
"""Pixels at 100 % after which words go on in the next line."""
Place = Callable[[Point], QPointF]


def ink_colour(keeper: ThemeKeeper, ink: Ink) -> QColor:
    """A colour to draw with."""
    return keeper.colour(f"viewer.ink_{ink.value}")


def halo(keeper: ThemeKeeper) -> QColor:
    """What is drawn under every line, so that it shows on skin too."""
    return keeper.colour("viewer.ink_halo")


def draw(painter: QPainter, keeper: ThemeKeeper, marks: Iterable[Mark], place: Place, pane: QRect) -> None:
    """Draw marks of a photograph whose points stand where ``place`` says."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        if mark.kind is MarkKind.TEXT:
            _draw_words(painter, keeper, mark, place, pane)
        elif not mark.kind.hides:
            _draw_line(painter, keeper, mark, [place(point) for point in mark.outline])
    painter.restore()


def draw_regions(painter: QPainter, keeper: ThemeKeeper, regions: Iterable[Mark], place: Place) -> None:
    """Where regions that are hidden lie, for whoever draws them."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for mark in regions:
        line = QPolygonF([place(point) for point in mark.outline])
        for colour, style in (
            (halo(keeper), Qt.PenStyle.SolidLine),
            (ink_colour(keeper, Ink.WHITE), Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(colour, 1.5, style))
            painter.drawPolyline(line)
    painter.restore()


def draw_chosen(painter: QPainter, keeper: ThemeKeeper, mark: Mark, place: Place, room: Point, pane: QRect) -> None:
    """One mark in hand, with its handles; under a region one looks, to set it well."""
    accent = keeper.colour("viewer.accent")
    line = QPolygonF([place(point) for point in mark.outline])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.kind.hides:
        veil = QPainterPath()
        veil.setFillRule(Qt.FillRule.OddEvenFill)
        veil.addPolygon(line)
        if mark.kind is MarkKind.KEEP:
            veil.addPolygon(QPolygonF([place(point) for point in _corners(room)]))
        painter.fillPath(veil, QColor(0, 0, 0, 130))
    if mark.kind is MarkKind.TEXT:
        box = words_box(keeper, mark.words, place(mark.points[0]), pane).adjusted(-5, -3, 5, 3)
        frame = [QPointF(box.topLeft()), QPointF(box.topRight()), QPointF(box.bottomRight()), QPointF(box.bottomLeft())]
        line = QPolygonF([*frame, frame[0]])
    draw(painter, keeper, [mark], place, pane)
    if mark.kind.hides or mark.kind is MarkKind.TEXT:
        painter.setPen(QPen(halo(keeper), 3.5))
        painter.drawPolyline(line)
        painter.setPen(QPen(accent, 1.5))
        painter.drawPolyline(line)
    elif mark.kind is MarkKind.FREEHAND:
        painter.setPen(QPen(accent, 1.0))
        painter.drawPolyline(line)
    painter.setPen(QPen(accent, 1.5))
    painter.setBrush(QColor(Qt.GlobalColor.white))
    for point in mark.handles:
        painter.drawRect(QRectF(place(point) - QPointF(HANDLE, HANDLE), place(point) + QPointF(HANDLE, HANDLE)))
    painter.restore()


def words_box(keeper: ThemeKeeper, words: str, at: QPointF, pane: QRect) -> QRect:
    """Where words stand that begin at a place: all of them in the pane, as long as the place itself is."""
    metrics = keeper.metrics(Style.PANEL_TITLE)
    room = QRect(0, 0, keeper.px(WORDS_WIDE), 10_000)
    size = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), words).size()
    left, top = round(at.x()), round(at.y())
    if pane.contains(at.toPoint()):
        left = max(min(left, pane.right() - size.width() - 4), pane.left())
        top = max(min(top, pane.bottom() - size.height() - 4), pane.top())
    return QRect(left, top, size.width() + 1, size.height())


def _draw_words(painter: QPainter, keeper: ThemeKeeper, mark: Mark, place: Place, pane: QRect) -> None:
    box = words_box(keeper, mark.words, place(mark.points[0]), pane)
    painter.setFont(keeper.font(Style.PANEL_TITLE))
    flags = int(Qt.TextFlag.TextWordWrap)
    painter.setPen(halo(keeper))
    for dx, dy in ((-2, 0), (2, 0), (0, -2), (0, 2), (-1, -1), (1, 1), (-1, 1), (1, -1)):
        painter.drawText(box.translated(dx, dy), flags, mark.words)
    painter.setPen(ink_colour(keeper, mark.ink))
    painter.drawText(box, flags, mark.words)


def _draw_line(painter: QPainter, keeper: ThemeKeeper, mark: Mark, line: Sequence[QPointF]) -> None:
    head = _head(line) if mark.kind is MarkKind.ARROW else None
    shaft = list(line) if head is None else [line[0], (head[1] + head[2]) / 2]
    for colour, width in ((halo(keeper), 5.0), (ink_colour(keeper, mark.ink), 2.5)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(shaft))
        if head is not None:
            painter.setBrush(colour)
            pen.setWidthF(width - 2.0)
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF(head))


def _head(line: Sequence[QPointF]) -> list[QPointF]:
    """The tip of an arrow and both corners behind it."""
    tip, back = line[1], line[0] - line[1]
    length = math.hypot(back.x(), back.y()) or 1.0
    along = back / length * min(HEAD, length)
    across = QPointF(-along.y(), along.x()) * 0.45
    return [tip, tip + along + across, tip + along - across]


def _corners(room: Point) -> list[Point]:
    return [(0.0, 0.0), (room[0], 0.0), room, (0.0, room[1])]
