"""What days of the calendar are painted with: how full they are, closed days and absences, the day of today."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from clinic_app.domain.calendar_board import CalendarDay
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.calendar_board import away_words, closed_words, places_number

HEAT = (0.0, 0.16, 0.34, 0.55)
"""How strong the ground of a day is by how full it is: empty, under a half, up to full, full."""


def heat_of(load: float) -> float:
    """The strength of the ground of a day with this load."""
    if load <= 0:
        return HEAT[0]
    if load < 0.5:
        return HEAT[1]
    return HEAT[2] if load < 1 else HEAT[3]


def paint_ground(painter: QPainter, keeper: ThemeKeeper, rect: QRect, day: CalendarDay | None, *, dim: bool) -> None:
    """The ground of a day: heat by load; hatched where the clinic is closed or a doctor is away."""
    painter.fillRect(rect, keeper.colour("sunken" if dim else "surface"))
    if day is None:
        return
    if day.place.is_botox_day or day.place.taken:
        strength = heat_of(day.load) if day.place.is_botox_day else HEAT[1]
        if strength:
            warm = QColor(keeper.colour("accent_soft"))
            warm.setAlphaF(min(1.0, strength + 0.25))
            painter.fillRect(rect, warm)
    if not day.working or day.away:
        paint_hatch(painter, keeper, rect)


def paint_hatch(painter: QPainter, keeper: ThemeKeeper, rect: QRect) -> None:
    """Slanting lines, quiet enough for words on them."""
    line = QColor(keeper.colour("border_strong"))
    line.setAlphaF(0.28)
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(rect, QBrush(line, Qt.BrushStyle.BDiagPattern))
    painter.restore()


def paint_number(
    painter: QPainter, keeper: ThemeKeeper, spot: QRect, day: date, today: date | None, *, dim: bool
) -> None:
    """The number of a day; that of today stands in a disc."""
    if day == today:
        side = keeper.px(20)
        disc = QRect(spot.left(), spot.top() + (spot.height() - side) // 2, max(side, keeper.px(22)), side)
        painting.box(painter, disc, side / 2, fill=keeper.colour("accent"))
        painting.text(
            painter,
            keeper,
            disc,
            str(day.day),
            Style.CHIP,
            "on_accent",
            align=painting.CENTRE,
            weight=600,
            numbers=True,
        )
        return
    ink = "text3" if dim else "text"
    painting.text(painter, keeper, spot, str(day.day), Style.CHIP, ink, weight=600, numbers=True)


def paint_places(painter: QPainter, keeper: ThemeKeeper, rect: QRect, bar: QRect, day: CalendarDay, today: date) -> int:
    """``13/20`` at the right of ``rect`` and the bar below; nothing on a day without places. Answers its width.

    Where the numbers do not fit there is only the bar, and 0 is answered: a cut number would be another one.
    """
    place = day.place
    if not place.is_botox_day and not place.taken:
        return 0
    count = places_number(place)
    used = 0
    for style in (Style.SECONDARY, Style.CAPTION):
        if keeper.metrics(style, numbers=True).horizontalAdvance(count) <= rect.width():
            used = painting.text(painter, keeper, rect, count, style, "text2", align=painting.RIGHT, numbers=True)
            break
    painting.box(painter, bar, keeper.px(2), fill=keeper.colour("track"))
    if day.load:
        done = QRect(bar)
        done.setWidth(max(keeper.px(4), round(bar.width() * day.load)))
        painting.box(painter, done, keeper.px(2), fill=keeper.colour("text3" if place.day < today else "accent"))
    return used


def reasons(day: CalendarDay) -> tuple[str, ...]:
    """Why a day is hatched, in words."""
    return tuple(words for words in (closed_words(day), *(away_words(one) for one in day.away)) if words)
