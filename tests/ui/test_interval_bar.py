"""Band and marker of the interval bar stand on one scale, pixel for pixel."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPainter

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.interval_bar import Interval, paint_interval

DAYS = 140
HIGH = 18


def columns(keeper: ThemeKeeper, wide: int, interval: Interval, *, large: bool) -> list[int]:
    """The columns of pixels that differ from the bare track."""

    def painted(shown: Interval) -> QImage:
        image = QImage(wide, HIGH, QImage.Format.Format_ARGB32)
        image.fill(keeper.colour("surface"))
        painter = QPainter(image)
        paint_interval(painter, keeper, image.rect(), shown, large=large)
        painter.end()
        return image

    bare, full = painted(Interval()), painted(interval)
    return [x for x in range(wide) if any(bare.pixel(x, y) != full.pixel(x, y) for y in range(HIGH))]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("wide", [98, 200, 361])
def test_the_marker_of_a_day_stands_where_the_band_has_that_day(keeper: ThemeKeeper, wide: int, *, large: bool) -> None:
    def marker(day: int) -> float:
        found = columns(keeper, wide, Interval(marker=day / DAYS, marker_ink="overdue.mark"), large=large)
        return (found[0] + found[-1] + 1) / 2

    opens, closes = 84, 119
    band = columns(keeper, wide, Interval(opens / DAYS, closes / DAYS), large=large)
    assert marker(opens) == pytest.approx(band[0], abs=1)
    assert marker(closes) == pytest.approx(band[-1] + 1, abs=1)
    assert marker(closes + 3) >= band[-1] + 1
    for end in (0, DAYS):
        found = columns(keeper, wide, Interval(marker=end / DAYS, marker_ink="overdue.mark"), large=large)
        assert 0 <= found[0] <= found[-1] < wide
