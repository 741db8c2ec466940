"""What is painted over photographs: label plates, chips, crosses, lines, the map of where one is, the loupe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QLineF, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.language import translate

LOW = 340
"""Under so many pixels at 100 % a pane is low: a plate of two lines would lie over the eyes."""
ROUND = 6
LOUPE_SIDE = 160
MAP_SIDE = 120
_WHITE, _DARK = QColor(Qt.GlobalColor.white), QColor(0, 0, 0, 153)


def plate_lines(keeper: ThemeKeeper, caption: Caption, room: int, high: int) -> list[tuple[str, Style, str]]:
    """What a plate says, line by line: one line on a low pane, the day on a line of its own on a narrow one."""
    ink = "viewer.measure" if caption.unsure else "viewer.plate_text"
    if high < keeper.px(LOW):
        words = " · ".join(part for part in (caption.diagnosis, caption.title, caption.day) if part)
        return [(words, Style.SECONDARY, ink)]
    lines = [(caption.title, Style.PHONE, ink)]
    rest = caption.second.removeprefix(caption.day).removeprefix(" · ")
    fits = keeper.metrics(Style.SECONDARY, numbers=False).horizontalAdvance(caption.second) <= room
    parts = [caption.second] if fits or not caption.day else [caption.day, rest]
    parts.append(caption.diagnosis)
    return lines + [(part, Style.SECONDARY, "viewer.plate_text2") for part in parts if part]


def label_plate(keeper: ThemeKeeper, caption: Caption, pane: QSize, ratio: float) -> QPixmap:
    """The label of a photograph, as wide as its words need and ``pane`` has room for."""
    pad = keeper.px(14)
    room = max(pane.width() - keeper.px(24) - 2 * pad, keeper.px(60))
    lines = plate_lines(keeper, caption, room, pane.height())
    width = min(
        max(keeper.metrics(style, numbers=False).horizontalAdvance(words) for words, style, _ in lines) + keeper.px(4),
        room,
    )
    edge = keeper.px(4) if len(lines) == 1 else keeper.px(7)
    size = QSize(width + 2 * pad, sum(keeper.line(style) for _, style, _ in lines) + 2 * edge)
    plate = blank(size, ratio)
    painter = QPainter(plate)
    painting.box(painter, QRect(0, 0, size.width(), size.height()), 7, fill=keeper.colour("viewer.plate"))
    top = edge
    for words, style, ink in lines:
        spot = QRect(pad, top, width, keeper.line(style))
        painting.text(painter, keeper, spot, words, style, ink, numbers=False)
        top += keeper.line(style)
    painter.end()
    return plate


def blank(size: QSize, ratio: float) -> QPixmap:
    """An empty pixmap of ``size`` pixels at 100 %."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


def corner_mask(keeper: ThemeKeeper, ratio: float) -> QPixmap:
    """The ground outside a rounded corner, all four of them in one 12 px square."""
    made = blank(QSize(2 * ROUND, 2 * ROUND), ratio)
    outside = QPainterPath()
    outside.addRect(0, 0, 2 * ROUND, 2 * ROUND)
    disc = QPainterPath()
    disc.addEllipse(0, 0, 2 * ROUND, 2 * ROUND)
    inner = QPainter(made)
    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner.fillPath(outside.subtracted(disc), keeper.colour("viewer.canvas"))
    inner.end()
    return made


def badge(painter: QPainter, keeper: ThemeKeeper, spot: QRect, letter: str) -> None:
    """The letter of a photograph."""
    painting.box(painter, spot, keeper.px(4), fill=keeper.colour("viewer.accent"))
    painting.text(painter, keeper, spot, letter, Style.NAME, "viewer.on_accent", align=painting.CENTRE, weight=700)


def chips(painter: QPainter, keeper: ThemeKeeper, pane: QRect, words: Sequence[str], *, mirrored: bool) -> None:
    """Short plates at the top, one under the other, the red one first."""
    top = pane.top() + keeper.px(12)
    shown = [(translate("MIRRORED"), "viewer.mirrored", "viewer.plate_text")] if mirrored else []
    shown += [(one, "viewer.plate", "viewer.measure") for one in words]
    for one, fill, ink in shown:
        room = pane.width() - keeper.px(2 * (12 + 24 + 8))
        wide = keeper.metrics(Style.SECONDARY, weight=600).horizontalAdvance(one)
        width = min(wide + keeper.px(24), room)
        spot = QRect(pane.left() + (pane.width() - width) // 2, top, width, keeper.px(24))
        painting.box(painter, spot, keeper.px(12), fill=keeper.colour(fill))
        inner = spot.adjusted(keeper.px(9), 0, -keeper.px(9), 0)
        painting.text(painter, keeper, inner, one, Style.SECONDARY, ink, align=painting.CENTRE, weight=600)
        top += keeper.px(28)


def cross(painter: QPainter, centre: QPointF, *, colour: QColor = _WHITE) -> None:
    """A crosshair that shows on skin and on shadow."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((_DARK, 3.0), (colour, 1.4)):
        painter.setPen(QPen(ink, width))
        painter.drawEllipse(centre, 11.0, 11.0)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(centre + QPointF(dx * 5, dy * 5), centre + QPointF(dx * 17, dy * 17))
    painter.restore()


def point_mark(painter: QPainter, keeper: ThemeKeeper, centre: QPointF, number: int) -> None:
    """A point that was set, with its number beside it."""
    cross(painter, centre, colour=keeper.colour("viewer.accent"))
    side = keeper.px(18)
    spot = QRect(round(centre.x()) + keeper.px(12), round(centre.y()) - keeper.px(28), side, side)
    painting.box(painter, spot, side / 2, fill=keeper.colour("viewer.accent"))
    painting.text(
        painter, keeper, spot, str(number), Style.COUNT, "viewer.on_accent", align=painting.CENTRE, weight=700
    )


def grid(painter: QPainter, kind: Grid, centre: QPointF, size: tuple[float, float], turn: float, pane: QRect) -> None:
    """Lines over the frame that is shown: ``centre`` and ``size`` (pixels) of it, turned by ``turn`` degrees."""
    if kind is Grid.OFF:
        return
    wide, high = size
    painter.save()
    painter.setClipRect(pane)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, turn != 0 or kind is Grid.RINGS)
    painter.translate(centre)
    painter.rotate(turn)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, shift in ((QColor(0, 0, 0, 64), 1.0), (QColor(255, 255, 255, 115), 0.0)):
        painter.setPen(QPen(ink, 1.0))
        if kind is Grid.RINGS:
            step = min(wide, high) / 12
            for ring in range(1, 10):
                painter.drawEllipse(QPointF(shift, shift), ring * step, ring * step)
            painter.drawLine(QLineF(-wide / 2, shift, wide / 2, shift))
            painter.drawLine(QLineF(shift, -high / 2, shift, high / 2))
            continue
        for x in _lines(wide, high, kind, across=True):
            painter.drawLine(QLineF(x + shift, -high / 2, x + shift, high / 2))
        for y in _lines(wide, high, kind, across=False):
            painter.drawLine(QLineF(-wide / 2, y + shift, wide / 2, y + shift))
    painter.restore()


def _lines(wide: float, high: float, kind: Grid, *, across: bool) -> Iterator[float]:
    """Where the lines stand, from the middle: thirds, or twelve squares along the longer side."""
    side = wide if across else high
    if kind is Grid.THIRDS:
        yield from (-side / 6, side / 6)
        return
    step = max(wide, high) / 12
    count = math.floor(side / 2 / step + 1e-9)
    yield from (place * step for place in range(-count, count + 1))
