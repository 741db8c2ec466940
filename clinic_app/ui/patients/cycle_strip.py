"""The strip above the timeline: injections, photographs and windows of a patient on one axis of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_app.domain.calendar import add_months
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.chronicle import Bar, Strip
from clinic_app.ui.patients.lines import product_ink
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.dates import MONTHS
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import product_words

LEAST_DAYS = 120.0
MOST_SIDE_DAYS = 60.0
STEP = 1.25


class CycleStrip(Themed):
    """Bars are injections (height: units, within the same product only), dots photographs, bands the windows.

    The wheel, + and - zoom, the arrow keys move, Home shows all; a click on a bar brings ``day_chosen``, a double click
    ``session_opened(session_id)``, as Enter does for the newest injection in sight.
    """

    day_chosen = Signal(object)
    session_opened = Signal(int)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._strip: Strip | None = None
        self._start = 0.0
        self._span = 1.0
        self._dragged: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Injections and photos over time"))

    @property
    def visible_days(self) -> tuple[date, date]:
        """The first and the last day in sight."""
        first = date.fromordinal(max(1, round(self._start)))
        return first, date.fromordinal(max(1, round(self._start + self._span)))

    def show_strip(self, strip: Strip) -> None:
        """Show a patient; the stretch in sight stays when it is the same patient's."""
        before = self._strip
        self._strip = strip
        if before is None or (before.first, before.last) != (strip.first, strip.last):
            self.show_all()
        self.setAccessibleDescription(self._sentence(strip))
        self.update()

    def forget(self) -> None:
        """Show nothing."""
        self._strip = None
        self.setAccessibleDescription("")
        self.update()

    def show_all(self) -> None:
        """Show everything."""
        if self._strip is not None:
            self._start = float(self._strip.first.toordinal())
            self._span = max(float((self._strip.last - self._strip.first).days), LEAST_DAYS)
            self.update()

    def zoom(self, factor: float, at: float = 0.5) -> None:
        """Show a stretch ``factor`` times as long; ``at`` (0 to 1) stays where it is."""
        if self._strip is None:
            return
        whole = max(float((self._strip.last - self._strip.first).days), LEAST_DAYS)
        span = min(max(self._span * factor, LEAST_DAYS), whole)
        self._start += (self._span - span) * at
        self._span = span
        self._keep_inside()

    def move_by(self, share: float) -> None:
        """Move by a share of the stretch in sight."""
        self._start += share * self._span
        self._keep_inside()

    def sizeHint(self) -> QSize:
        """128 px high (ux.md 1.2), 96 where the window is small."""
        return QSize(self.keeper.px(400), self.keeper.px(104 if self.keeper.measures.narrow else 128))

    def minimumSizeHint(self) -> QSize:
        """As high, and 200 px wide."""
        return QSize(self.keeper.px(200), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move."""
        match event.key():
            case Qt.Key.Key_Left:
                self.move_by(-0.15)
            case Qt.Key.Key_Right:
                self.move_by(0.15)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(1 / STEP)
            case Qt.Key.Key_Minus:
                self.zoom(STEP)
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                self.show_all()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if (newest := self._newest_in_sight()) is not None:
                self.session_opened.emit(newest.session_id)
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; a sideways wheel moves."""
        turn = event.angleDelta()
        if abs(turn.x()) > abs(turn.y()):
            self.move_by(-turn.x() / 1200)
        elif turn.y():
            plot = self._plot()
            at = (event.position().x() - plot.left()) / max(plot.width(), 1)
            self.zoom(STEP ** (-turn.y() / 120), min(max(at, 0.0), 1.0))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        self._dragged = (event.position().x(), self._start)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag along the axis."""
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            held, start = self._dragged
            self._start = start - (event.position().x() - held) / max(self._plot().width(), 1) * self._span
            self._keep_inside()
        over = self._bar_at(event.position().x()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that moved nothing chooses the bar under it."""
        if self._dragged is not None and abs(event.position().x() - self._dragged[0]) < 4:
            bar = self._bar_at(event.position().x())
            if bar is not None:
                self.day_chosen.emit(bar.day)
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the injection under the pointer."""
        self._dragged = None
        bar = self._bar_at(event.position().x())
        if bar is not None and bar.session_id and event.button() == Qt.MouseButton.LeftButton:
            self.session_opened.emit(bar.session_id)

    def event(self, event: object) -> bool:
        """What a bar or a window is, as a tooltip."""
        if isinstance(event, QHelpEvent):
            x = float(event.pos().x())
            bar = self._bar_at(x)
            QToolTip.showText(event.globalPos(), self._tip(bar) if bar is not None else self._due_at(x), self)
            return True
        return super().event(event)  # type: ignore[arg-type]  # Qt hands every kind of event over

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bands, axis, bars and dots."""
        painter = QPainter(self)
        strip = self._strip
        keeper = self.keeper
        plot = self._plot()
        if strip is not None:
            with painting.kept(painter):
                painter.setClipRect(QRect(plot.left() - 1, 0, plot.width() + 2, self.height()))
                self._paint_windows(painter, strip, plot)
                self._paint_axis(painter, strip, plot)
                self._paint_pictures(painter, strip, plot)
                self._paint_bars(painter, strip, plot)
            self._paint_legend(painter, strip)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), keeper.px(8))

    def _paint_windows(self, painter: QPainter, strip: Strip, plot: QRect) -> None:
        keeper = self.keeper
        for opens, closes, _, row in self._window_rows(strip, plot):
            left, right = self._x(opens), self._x(closes + timedelta(days=1))
            area = QRectF(left, row.top(), max(right - left, 3.0), row.height())
            painter.fillRect(area, keeper.colour("accent_soft"))
            pen = QPen(keeper.colour("accent"), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()))
        for spot, words in self.due_words():
            painting.text(painter, keeper, spot, words, Style.CAPTION, "accent_text")

    def _window_rows(self, strip: Strip, plot: QRect) -> Iterator[tuple[date, date, str, QRectF]]:
        """The windows, each in a row of its own."""
        high = plot.height() / max(len(strip.windows), 1)
        for place, (opens, closes, name) in enumerate(strip.windows):
            gap = 1 if place else 0
            yield opens, closes, name, QRectF(plot.left(), plot.top() + place * high + gap, plot.width(), high - 1)

    def due_words(self) -> list[tuple[QRect, str]]:
        """What is written at the windows and where: whole, in the window, beyond it or before it, else not at all."""
        strip, plot, px = self._strip, self._plot(), self.keeper.px
        if strip is None or plot.height() / max(len(strip.windows), 1) < px(14):
            return []
        wide = self.keeper.metrics(Style.CAPTION).horizontalAdvance
        taken = [area for _, area in self._bar_areas(strip, plot)]
        taken += [QRectF(spot) for spot, _ in self.bar_words()]
        placed: list[tuple[QRect, str]] = []
        for opens, _, name, row in self._window_rows(strip, plot):
            left = self._x(opens)
            named = translate("due") if len(strip.windows) == 1 else translate("due: {name}").format(name=name)
            spots = [
                (QRect(round(at), round(row.top()), wide(words) + 2, px(16)), words)
                for words in (named, translate("due"))
                for at in (left + px(4), left - px(4) - wide(words) - 2)
            ]
            free = (
                one
                for one in spots
                if plot.contains(one[0]) and not any(other.intersects(QRectF(one[0])) for other in taken)
            )
            placed.extend(tuple(free)[:1])
        return placed

    def _paint_axis(self, painter: QPainter, strip: Strip, plot: QRect) -> None:
        keeper = self.keeper
        base = plot.bottom()
        painting.hairline(painter, keeper, plot.left(), plot.right(), base, "border_strong")
        for tick, strong in self._ticks():
            x = round(self._x(tick))
            pen = QPen(keeper.colour("border" if strong else "hair"), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(x, plot.top(), x, base)
            words = str(tick.year) if strong else translate(MONTHS[tick.month - 1])
            if x + keeper.px(4) + keeper.metrics(Style.CAPTION, numbers=True).horizontalAdvance(words) > plot.right():
                continue
            place = QRect(x + keeper.px(4), base + keeper.px(18), keeper.px(60), keeper.px(16))
            ink = "text2" if strong else "text3"
            painting.text(painter, keeper, place, words, Style.CAPTION, ink, numbers=True)
        today = self._x(strip.today)
        pen = QPen(keeper.colour("text2"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(today, plot.top()), QPointF(today, base + keeper.px(14)))

    def _paint_pictures(self, painter: QPainter, strip: Strip, plot: QRect) -> None:
        keeper = self.keeper
        middle = plot.bottom() + keeper.px(10)
        with painting.kept(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(keeper.colour("surface"), 1))
            painter.setBrush(keeper.colour("text2"))
            radius = keeper.px(7) / 2
            for taken in sorted(set(strip.pictures)):
                painter.drawEllipse(QPointF(self._x(taken), middle), radius, radius)

    def _bar_areas(self, strip: Strip, plot: QRect) -> list[tuple[Bar, QRectF]]:
        """The injections and where their bars stand; those of one day beside each other."""
        room = plot.height() - self.keeper.px(18)
        by_day: dict[date, int] = {}
        placed = []
        for bar in strip.bars:
            shift = by_day.get(bar.day, 0)
            by_day[bar.day] = shift + 1
            width = self.keeper.px(8 if bar.full else 5)
            x = self._x(bar.day) + shift * (width + self.keeper.px(2))
            high = room * (0.28 if bar.share is None else 0.2 + 0.8 * bar.share)
            placed.append((bar, QRectF(x - width / 2, plot.bottom() - high, width, high)))
        return placed

    def bar_words(self) -> list[tuple[QRect, str]]:
        """The units over the bars and where, the newest first: whole, on no bar and no other number, else none."""
        strip, plot, px = self._strip, self._plot(), self.keeper.px
        if strip is None:
            return []
        metrics = self.keeper.metrics(Style.CAPTION, numbers=True)
        areas = self._bar_areas(strip, plot)
        taken = [area for _, area in areas]
        placed = []
        for bar, area in reversed(areas):
            words = bar.words or "?"
            wide = metrics.horizontalAdvance(words) + 2
            middle, top = area.center().x(), int(area.top()) - px(16)
            for left in (middle - wide / 2, area.right() - wide, area.left()):
                spot = QRect(round(left), top, wide, px(16))
                around = QRectF(spot).adjusted(-px(1), 0, px(1), 0)
                seen = plot.left() <= spot.left() and spot.right() <= plot.right()
                if seen and not any(other.intersects(around) for other in taken):
                    placed.append((spot, words))
                    taken.append(around)
                    break
        return placed

    def _paint_bars(self, painter: QPainter, strip: Strip, plot: QRect) -> None:
        keeper = self.keeper
        for bar, area in self._bar_areas(strip, plot):
            ink = keeper.colour(product_ink(bar.product))
            with painting.kept(painter):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                if bar.elsewhere or bar.share is None:
                    painting.box(painter, area, 2, fill=keeper.colour("surface"), line=ink, width=1.5, dashed=True)
                else:
                    painting.box(painter, area, 2, fill=ink)
        for spot, words in self.bar_words():
            painting.text(painter, keeper, spot, words, Style.CAPTION, "text", numbers=True)

    def _paint_legend(self, painter: QPainter, strip: Strip) -> None:
        """Swatches at the top right, over a plate of the ground."""
        keeper = self.keeper
        names = [
            (product_ink(product), product_words(product, self._context.catalogues), "bar")
            for product in dict.fromkeys(bar.product for bar in strip.bars)
        ]
        if strip.pictures:
            names.append(("text2", translate("photo"), "dot"))
        metrics = keeper.metrics(Style.CAPTION)
        x = self.width() - keeper.px(4)
        row = QRect(0, 0, 0, keeper.px(18))
        for ink, words, shape in reversed(names):
            wide = metrics.horizontalAdvance(words)
            x -= wide
            painting.text(painter, keeper, QRect(x, 0, wide + 2, row.height()), words, Style.CAPTION, "text2")
            x -= keeper.px(13)
            side = keeper.px(8 if shape == "bar" else 7)
            swatch = QRect(x, (row.height() - side) // 2, side, side)
            painting.box(painter, swatch, 2 if shape == "bar" else side / 2, fill=keeper.colour(ink))
            x -= keeper.px(12)

    def _ticks(self) -> Iterator[tuple[date, bool]]:
        """The first of months (strong: of a year) in sight, so many that their words do not touch."""
        first, last = self.visible_days
        per_month = self._plot().width() / max(self._span / 30.4, 1.0)
        step = next((months for months in (1, 2, 3, 6) if per_month * months >= self.keeper.px(38)), 12)
        tick = date(first.year, 1, 1)
        while tick <= last:
            if tick >= first:
                yield tick, tick.month == 1
            tick = add_months(tick, step)

    def _plot(self) -> QRect:
        px = self.keeper.px
        return QRect(px(6), px(20), max(self.width() - px(12), 10), self.sizeHint().height() - px(20) - px(38))

    def _x(self, day: date) -> float:
        plot = self._plot()
        return plot.left() + (day.toordinal() - self._start) / self._span * plot.width()

    def _keep_inside(self) -> None:
        strip = self._strip
        if strip is not None:
            low = float(strip.first.toordinal())
            high = max(float(strip.last.toordinal()), low + LEAST_DAYS)
            self._start = min(max(self._start, low), max(high - self._span, low))
        self.update()

    def _bar_at(self, x: float) -> Bar | None:
        if self._strip is None:
            return None
        near = [(abs(self._x(bar.day) - x), bar) for bar in self._strip.bars]
        best = min(near, key=lambda item: item[0], default=None)
        return best[1] if best is not None and best[0] <= self.keeper.px(9) else None

    def _newest_in_sight(self) -> Bar | None:
        first, last = self.visible_days
        bars = self._strip.bars if self._strip is not None else ()
        return next((bar for bar in reversed(bars) if bar.session_id and first <= bar.day <= last), None)

    def _bar_words(self, bar: Bar) -> str:
        product = product_words(bar.product, self._context.catalogues)
        dose = translate("{product} {units} U").format(product=product, units=bar.words or "?")
        said = f"{day_words(bar.day)}: {dose}"
        return translate("{said}, given elsewhere").format(said=said) if bar.elsewhere else said

    def _tip(self, bar: Bar) -> str:
        if not bar.session_id:
            return self._bar_words(bar)
        return "\n".join((self._bar_words(bar), translate("Double click: photos and doses")))

    def _sentence(self, strip: Strip) -> str:
        given = [bar for bar in strip.bars if not bar.elsewhere]
        parts = [translate_many("{count} injection", "{count} injections", len(given))]
        if given:
            parts.append(translate("the last {words}").format(words=self._bar_words(given[-1])))
        parts.append(translate_many("{count} photo", "{count} photos", len(strip.pictures)))
        parts += [_due_words(*window) for window in strip.windows]
        return "; ".join(parts)

    def _due_at(self, x: float) -> str:
        """The windows at a place across, one a line."""
        windows = self._strip.windows if self._strip is not None else ()
        over = [one for one in windows if self._x(one[0]) <= x <= self._x(one[1] + timedelta(days=1))]
        return "\n".join(_due_words(*one) for one in over)


def _due_words(opens: date, closes: date, name: str) -> str:
    words = translate("{name} due from {opens} to {closes}")
    return words.format(name=name, opens=day_words(opens), closes=day_words(closes))
