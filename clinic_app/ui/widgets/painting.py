"""Strokes every painted part uses: cards, elided text, focus rings, two-line cells, group headers.

All of them take the keeper for colours and fonts, and leave the painter as they found it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextLayout, QTextOption

from clinic_app.ui.theme import Style, ThemeKeeper

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@contextmanager
def kept(painter: QPainter) -> Iterator[QPainter]:
    """The painter, its state restored afterwards."""
    painter.save()
    try:
        yield painter
    finally:
        painter.restore()


def mirrored(rect: QRect, bounds: QRect, direction: Qt.LayoutDirection) -> QRect:
    """The rectangle, on the other side of its bounds where text runs from right to left (``QStyle.visualRect``)."""
    if direction != Qt.LayoutDirection.RightToLeft:
        return rect
    return rect.translated(bounds.left() + bounds.right() - rect.left() - rect.right(), 0)


def box(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    line: QColor | None = None,
    width: float = 1.0,
    dashed: bool = False,
) -> None:
    """A rounded rectangle whose line lies inside ``rect``, crisp at any pixel ratio."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(line, width)
        if dashed:
            pen.setDashPattern([3.0, 2.5])
        painter.setPen(pen)
        half = width / 2
        area = area.adjusted(half, half, -half, -half)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
    painter.drawRoundedRect(area, radius, radius)
    painter.restore()


def hairline(painter: QPainter, keeper: ThemeKeeper, left: int, right: int, y: int, ink: str = "hair") -> None:
    """A horizontal line one pixel thick."""
    painter.fillRect(left, y, right - left + 1, 1, keeper.colour(ink))


def focus_ring(painter: QPainter, keeper: ThemeKeeper, rect: QRect, radius: float = 6) -> None:
    """The 2 px ring of the control that has the keyboard, inside ``rect``."""
    box(painter, rect, radius, line=keeper.colour("focus"), width=2.0)


def text(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    words: str,
    style: Style = Style.BODY,
    ink: str = "text",
    *,
    align: Qt.AlignmentFlag = LEFT,
    weight: int | None = None,
    numbers: bool | None = None,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> int:
    """One line of text, cut with an ellipsis where it does not fit; answers its width in pixels."""
    width = rect.width()
    fitted = keeper.fitted(words, width, style, weight=weight, numbers=numbers, elide=elide)
    painter.setFont(fitted.font)
    painter.setPen(keeper.colour(ink))
    left = rect.left()
    if align is not LEFT:
        if align & Qt.AlignmentFlag.AlignHCenter:
            left += (width - fitted.width) // 2
        elif align & Qt.AlignmentFlag.AlignRight:
            left += width - fitted.width
    painter.drawStaticText(left, rect.top() + (rect.height() - fitted.height) // 2, fitted.drawing)
    return fitted.width


def wrapped(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    words: str,
    style: Style = Style.BODY,
    ink: str = "text",
    *,
    align: Qt.AlignmentFlag = LEFT,
    weight: int | None = None,
) -> None:
    """Words over as many lines as they need, centred in height; a word longer than a line (a path) is broken."""
    painter.setFont(keeper.font(style, weight=weight))
    painter.setPen(keeper.colour(ink))
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.drawText(QRectF(rect), words, option)


def wrapped_height(keeper: ThemeKeeper, words: str, style: Style, width: int, *, weight: int | None = None) -> int:
    """How high ``wrapped`` words are in a width, in pixels."""
    layout = QTextLayout(words, keeper.font(style, weight=weight))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    high = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1))
        high += line.height()
    layout.endLayout()
    return ceil(high)


def two_lines(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    first: str,
    second: str = "",
    *,
    first_style: Style = Style.BODY,
    first_ink: str = "text",
    second_ink: str = "text2",
    align: Qt.AlignmentFlag = LEFT,
    kept: int = 0,
) -> None:
    """The two lines of a list cell (18 and 17 px), centred as a pair; a single line stands in the middle.

    ``kept``: pixels at the trailing end of the second line that belong to something else.
    """
    if not second:
        text(painter, keeper, rect, first, first_style, first_ink, align=align)
        return
    upper, lower = keeper.line(first_style), keeper.line(Style.SECONDARY)
    top = rect.top() + (rect.height() - upper - lower) // 2
    text(painter, keeper, QRect(rect.left(), top, rect.width(), upper), first, first_style, first_ink, align=align)
    under = QRect(
        rect.left() + (kept if align & Qt.AlignmentFlag.AlignRight else 0),
        top + upper,
        max(0, rect.width() - kept),
        lower,
    )
    text(painter, keeper, under, second, Style.SECONDARY, second_ink, align=align)


def icon(painter: QPainter, keeper: ThemeKeeper, rect: QRect, name: str, ink: str, px: int) -> None:
    """An icon of ``px`` pixels (at 100 %) in the middle of ``rect``."""
    ratio = painter.device().devicePixelRatio()
    drawing = keeper.pixmap(name, ink, px, ratio)
    side = keeper.px(px)
    left = rect.left() + (rect.width() - side) / 2
    top = rect.top() + (rect.height() - side) / 2
    painter.drawPixmap(QPointF(left, top), drawing)


def keycap_width(keeper: ThemeKeeper, words: str) -> int:
    """How wide a keycap with these words is, in pixels."""
    return max(keeper.px(18), keeper.metrics(Style.KEYCAP).horizontalAdvance(words) + keeper.px(10))


def keycap(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    words: str,
    *,
    fill: str | None = "sunken",
    line: str = "border",
    ink: str = "text2",
) -> None:
    """A key as a small plate, 18 px high."""
    background = None if fill is None else keeper.colour(fill)
    box(painter, rect, keeper.px(4), fill=background, line=keeper.colour(line))
    text(painter, keeper, rect, words, Style.KEYCAP, ink, align=CENTRE)


def accent_bar(painter: QPainter, keeper: ThemeKeeper, rect: QRect, direction: Qt.LayoutDirection) -> None:
    """The 3 px bar at the leading edge of the selected row."""
    width = keeper.px(3)
    bar = mirrored(QRect(rect.left(), rect.top(), width, rect.height()), rect, direction)
    painter.fillRect(bar, keeper.colour("accent"))


def group_header(
    painter: QPainter,
    keeper: ThemeKeeper,
    rect: QRect,
    title: str,
    count: str = "",
    *,
    open_: bool = True,
    focused: bool = False,
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
) -> None:
    """The head of a group of rows: chevron, title, how many."""
    painter.fillRect(rect, keeper.colour("sunken"))
    hairline(painter, keeper, rect.left(), rect.right(), rect.bottom())
    chevron = QRect(rect.left() + keeper.px(14), rect.top(), keeper.px(14), rect.height())
    shut = "chevron-left" if direction == Qt.LayoutDirection.RightToLeft else "chevron-right"
    icon(painter, keeper, mirrored(chevron, rect, direction), "chevron-down" if open_ else shut, "text2", 14)
    width = keeper.metrics(Style.SECTION_SMALL).horizontalAdvance(title)
    head = QRect(rect.left() + keeper.px(34), rect.top(), width + 2, rect.height())
    rtl = direction == Qt.LayoutDirection.RightToLeft
    side = RIGHT if rtl else LEFT
    text(painter, keeper, mirrored(head, rect, direction), title, Style.SECTION_SMALL, "text", align=side)
    if count:
        beside = QRect(rect)
        beside.setLeft(head.right() + keeper.px(10))
        beside.setRight(rect.right() - keeper.px(8))
        place = mirrored(beside, rect, direction)
        text(painter, keeper, place, count, Style.SECONDARY, "text3", align=side, numbers=True)
    if focused:
        focus_ring(painter, keeper, rect.adjusted(1, 1, -1, -1), keeper.px(4))
