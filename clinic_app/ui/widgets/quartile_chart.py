"""The middle half of many numbers as a box with its median, one box beside the other."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.bar_chart import Bar, BarChart, fill_part


class QuartileChart(BarChart):
    """Bars of three parts: up to the lower quartile, from there to the median, from there to the upper quartile."""

    def paint_parts(self, painter: QPainter, area: QRectF, bar: Bar) -> None:
        """The box between the quartiles, and the median across it."""
        if bar.total <= 0:
            return
        lower, middle, upper = bar.parts[0], bar.parts[0] + bar.parts[1], bar.total
        top, bottom = self.y_of(upper), self.y_of(lower)
        fill_part(painter, self.keeper, QRectF(area.left(), top, area.width(), max(bottom - top, 2)), self.series[0])
        with painting.kept(painter):
            painter.setPen(QPen(self.keeper.colour("text"), max(self.keeper.px(3), 2)))
            y = self.y_of(middle)
            painter.drawLine(round(area.left()), y, round(area.right()), y)
