"""What is painted over photographs: label plates, chips, crosses, lines, the map of where one is, the loupe."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.language import translate

LOW = 340
"""Under so many pixels at 100 % a pane is low: a plate of two lines would lie over the eyes."""
LOWEST = 170
"""Under so many pixels at 100 % only what has to be said gets a second line."""
MOST_LINES = 3
"""So many lines the day, the exact days and what was injected meanwhile may have on a high pane."""
NARROW = 180
"""Under so many pixels at 100 % words have little room."""
ROUND = 6
LOUPE_SIDE = 160
MAP_SIDE = 120
_DOT = " · "
_BREAKS = re.compile(r"(?<=,) | (?=\()| (?<!\d )(?!\d)(?![^(]*\))")
"""Where a line of a plate may end: not beside a number, and in brackets only after a comma."""
_WHITE, _DARK = QColor(Qt.GlobalColor.white), QColor(0, 0, 0, 153)


@dataclass(frozen=True, slots=True)
class PlateLine:
    """One line of a plate."""

    words: str
    style: Style
    ink: str

    def width(self, keeper: ThemeKeeper) -> int:
        """Pixels the whole line needs."""
        return keeper.metrics(self.style, numbers=False).horizontalAdvance(self.words)


def plate_lines(keeper: ThemeKeeper, caption: Caption, room: int, high: int) -> list[PlateLine]:
    """What a plate says, line by line, in ``room`` pixels on a pane ``high`` pixels high.

    What there is no room for goes as a whole: the exact days, how long after the injection before, the diagnosis. When
    in the cycle it is, its day and what was injected meanwhile take as many lines as they need.
    """
    ink = "viewer.measure" if caption.unsure else "viewer.plate_text"
    if high < keeper.px(LOW):
        most = 1 if high < keeper.px(LOWEST) else 2
        wordings = [_packed(keeper, Style.SECONDARY, parts, room) for parts in _low_wordings(caption)]
        held = max(high // 2 // keeper.line(Style.SECONDARY), 1)
        fitting = [lines for lines in wordings[:-1] if len(lines) <= most]
        fitting += [lines for lines in wordings[-2:-1] if len(lines) <= held]
        return [PlateLine(words, Style.SECONDARY, ink) for words in (*fitting, wordings[-1])[0]]
    told = [
        _packed(keeper, Style.SECONDARY, (caption.day, exact, *caption.told), room) for exact in (*caption.exact, "")
    ]
    second = next((lines for lines in told if len(lines) <= MOST_LINES), told[-1])
    second = [*second, *_packed(keeper, Style.SECONDARY, (caption.diagnosis,), room)]
    first = _packed(keeper, Style.PHONE, (caption.spelled,), room)
    if len(first) != 1:
        first = _packed(keeper, Style.PHONE, _steps(caption.title), room)
    lines = [PlateLine(words, Style.PHONE, ink) for words in first]
    return lines + [PlateLine(words, Style.SECONDARY, "viewer.plate_text2") for words in second]


def _low_wordings(caption: Caption) -> list[tuple[str, ...]]:
    """What a plate on a low pane may say, ever less; the last is what a tiny one says."""
    phase, *since = _steps(caption.title)
    end = caption.day, *caption.told
    said = [(caption.diagnosis, phase, *since, *end), (caption.diagnosis, phase, *end), (phase, *end)]
    return [*dict.fromkeys(said), (phase, caption.day)]


def _steps(words: str) -> list[str]:
    return words.split(_DOT)


def _packed(keeper: ThemeKeeper, style: Style, parts: Sequence[str], room: int) -> list[str]:
    """Parts over lines of ``room`` pixels, broken between parts, else between words: never inside a day or a dose."""
    wide = keeper.metrics(style, numbers=False).horizontalAdvance
    lines: list[str] = []
    for part in filter(None, parts):
        if lines and wide(lines[-1] + _DOT + part) < room:
            lines[-1] += _DOT + part
            continue
        lines.append("")
        for word in _BREAKS.split(part):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and wide(longer) >= room:
                lines.append(word)
            else:
                lines[-1] = longer
    return lines


def label_plate(keeper: ThemeKeeper, caption: Caption, pane: QSize, ratio: float) -> QPixmap:
    """The label of a photograph, as wide as its words need and ``pane`` has room for."""
    pad = keeper.px(14)
    if pane.width() - keeper.px(24) - 2 * pad < keeper.px(NARROW):
        pad = keeper.px(6)
    room = max(pane.width() - keeper.px(24) - 2 * pad, keeper.px(60))
    lines = plate_lines(keeper, caption, room, pane.height())
    width = min(max(line.width(keeper) for line in lines) + keeper.px(4), room)
    edge = keeper.px(4) if len(lines) == 1 else keeper.px(7)
    size = QSize(width + 2 * pad, sum(keeper.line(line.style) for line in lines) + 2 * edge)
    plate = blank(size, ratio)
    painter = QPainter(plate)
    painting.box(painter, QRect(0, 0, size.width(), size.height()), 7, fill=keeper.colour("viewer.plate"))
    top = edge
    for line in lines:
        spot = QRect(pad, top, width, keeper.line(line.style))
        painting.text(painter, keeper, spot, line.words, line.style, line.ink, numbers=False)
        top += keeper.line(line.style)
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


@dataclass(frozen=True, slots=True)
class Chip:
    """A short plate at the top of a pane: ``words`` as they are shown, ``whole`` all of them."""

    place: QRect
    words: str
    whole: str
    fill: str
    ink: str


def chips(keeper: ThemeKeeper, pane: QRect, words: Sequence[str], *, mirrored: bool) -> list[Chip]:
    """Short plates at the top, one under the other, the red one first: over several lines where one is too short.

    They stand between letter and chain, under them where the pane is narrow, and leave the label below free.
    """
    px = keeper.px
    shown = [(translate("MIRRORED"), "viewer.mirrored", "viewer.plate_text")] if mirrored else []
    shown += [(one, "viewer.plate", "viewer.measure") for one in words]
    metrics = keeper.metrics(Style.SECONDARY, weight=600)
    beside = pane.width() - px(2 * (12 + 24 + 8))
    narrow = beside < px(NARROW) and any(metrics.horizontalAdvance(one) + px(24) > beside for one, _, _ in shown)
    room = pane.width() - px(2 * 12) if narrow else beside
    top = pane.top() + px(12 + 24 + 8 if narrow else 12)
    made = []
    two_lines = 2 * keeper.line(Style.SECONDARY) + px(12)
    for left, (whole, fill, ink) in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
        line = metrics.horizontalAdvance(whole) + px(24)
        high, said = px(24), whole
        if line > room:
            most = max(pane.bottom() - px(12 + 38) - left * two_lines - top - px(8), px(20))
            said = _fitting(keeper, whole, room - px(24), most)
            high = painting.wrapped_height(keeper, said, Style.SECONDARY, room - px(24), weight=600) + px(8)
        width = min(line, room)
        made.append(Chip(QRect(pane.left() + (pane.width() - width) // 2, top, width, high), said, whole, fill, ink))
        top += high + px(4)
    return made


def _fitting(keeper: ThemeKeeper, words: str, room: int, most: int) -> str:
    """Words that fit over lines of a width into a height, cut at a word with an ellipsis where not all do."""
    said, rest = words, words.split(" ")
    while len(rest) > 1 and painting.wrapped_height(keeper, said, Style.SECONDARY, room, weight=600) > most:
        rest.pop()
        said = " ".join(rest) + "…"
    return said


def paint_chips(painter: QPainter, keeper: ThemeKeeper, shown: Sequence[Chip]) -> None:
    """Paint short plates where they stand."""
    for one in shown:
        painting.box(painter, one.place, keeper.px(12), fill=keeper.colour(one.fill))
        inner = one.place.adjusted(keeper.px(9), 0, -keeper.px(9), 0)
        painting.wrapped(painter, keeper, inner, one.words, Style.SECONDARY, one.ink, align=painting.CENTRE, weight=600)


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
            painter.drawLine(QLineF(-wide, shift, wide, shift))
            painter.drawLine(QLineF(shift, -high, shift, high))
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
