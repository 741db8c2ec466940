"""A week of the calendar: who comes on each day, by token, or along the hours where bookings have times."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from clinic_app.domain.calendar_board import CalendarDay
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.consulting_hours import minute_of
from clinic_app.ui.schedule.carrying import DropLook, Passenger, paint_drop, passenger_of
from clinic_app.ui.schedule.day_marks import paint_ground, paint_hatch, paint_number, paint_places, reasons
from clinic_app.ui.schedule.week_board import LOOKS, surname
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar_board import day_sentence
from clinic_app.wording.dates import WEEKDAYS
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import booking_words, drug_words, place_words

FIRST_HOUR, LAST_HOUR = 8, 18
"""The hours that are shown at least."""
HOUR = 66
"""Pixels of an hour at 100 %: three slots of 20 minutes."""
WIDER = 2.0
"""How many times as wide as others the days are on which somebody comes."""
DEFAULT_MINUTES = 20
"""How long a booking with a time is drawn where nobody said its length."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where a booking is painted, and the lane of its doctor."""

    booking: DayEntry
    spot: QRect


def lanes_of(bookings: Sequence[DayEntry]) -> tuple[str, ...]:
    """The lanes of a day: first the one of nobody where some name nobody, then each doctor who is named."""
    named = {one.appointment.injector for one in bookings if one.appointment.at is not None}
    return tuple(sorted(named, key=str.casefold))


class WeekHeads(Themed):
    """The heads of the days, which stay while the bookings scroll."""

    def __init__(self, keeper: ThemeKeeper, grid: WeekGrid) -> None:
        super().__init__(keeper, grid)
        self._grid = grid
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.restyle()

    def restyle(self) -> None:
        """Take the height anew."""
        self.setFixedHeight(self.keeper.px(58))
        super().restyle()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the day."""
        day = self._grid.day_in(event.position().toPoint().x())
        if day is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grid.press_day(day)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        day = self._grid.day_in(event.position().toPoint().x())
        if day is not None:
            self._grid.opened.emit(day)

    def event(self, event: QEvent) -> bool:
        """The whole of a head as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            day = self._grid.day_in(event.pos().x())
            board = self._grid.boards.get(day) if day is not None else None
            today = self._grid.today
            words = day_sentence(board, today) if board is not None and today is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint weekday, number, places, and why a day is closed."""
        keeper, px, grid = self.keeper, self.keeper.px, self._grid
        painter = QPainter(self)
        for day in grid.days:
            column = grid.column_of(day)
            spot = QRect(column.left(), 0, column.width(), self.height())
            board = grid.boards.get(day)
            if board is not None and (not board.working or board.away):
                paint_hatch(painter, keeper, spot)
            left = spot.left() + px(8)
            top = QRect(left, px(5), spot.width() - px(14), px(20))
            weekday = translate(WEEKDAYS[day.weekday()])
            ink = "accent_text" if day == grid.today else "text2"
            used = painting.text(painter, keeper, top, weekday, Style.CHIP, ink)
            number = QRect(left + used + px(6), top.top(), px(24), top.height())
            paint_number(painter, keeper, number, day, grid.today, dim=False)
            if board is not None and grid.today is not None:
                bar = QRect(left, px(29), spot.width() - px(16), px(4))
                under = QRect(left, px(36), spot.width() - px(11), keeper.line(Style.CAPTION) + px(2))
                used = paint_places(painter, keeper, under, bar, board, grid.today)
                under.setRight(under.right() - used - (px(6) if used else 0))
                painting.text(painter, keeper, under, " · ".join(reasons(board)), Style.CAPTION, "text2")
        painting.hairline(painter, keeper, 0, self.width(), self.height() - 1, "border")


class WeekBody(Themed):
    """The bookings of the week, as high as they need."""

    def __init__(self, keeper: ThemeKeeper, grid: WeekGrid) -> None:
        super().__init__(keeper)
        self._grid = grid
        self.setMouseTracking(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the booking under the pointer, or the day."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._grid.setFocus(Qt.FocusReason.MouseFocusReason)
        here = event.position().toPoint()
        booking = self._grid.booking_in(here)
        day = self._grid.day_in(here.x())
        if booking is not None:
            self._grid.booking_pressed.emit(booking)
        elif day is not None:
            self._grid.press_day(day)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the record of a booking, or the day."""
        here = event.position().toPoint()
        booking = self._grid.booking_in(here)
        day = self._grid.day_in(here.x())
        if booking is not None:
            self._grid.booking_opened.emit(booking)
        elif day is not None:
            self._grid.opened.emit(day)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a booking, or of the day."""
        booking = self._grid.booking_in(event.pos())
        day = self._grid.day_in(event.pos().x())
        if booking is not None:
            self._grid.booking_menu.emit(booking, event.globalPos())
        elif day is not None:
            self._grid.menu_wanted.emit(day, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """The whole of a booking as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            booking = self._grid.booking_in(event.pos())
            QToolTip.showText(event.globalPos(), booking_sentence(booking) if booking is not None else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the days with their bookings."""
        self._grid.paint_body(QPainter(self), event.rect())


class WeekGrid(Themed):
    """Columns of days. ``pressed(day)`` and ``booking_pressed(DayEntry)`` choose, ``opened`` and
    ``booking_opened`` open, ``menu_wanted`` and ``booking_menu`` are their menus.
    """

    pressed = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)
    booking_pressed = Signal(object)
    booking_opened = Signal(object)
    booking_menu = Signal(object, QPoint)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.days: tuple[date, ...] = ()
        self.boards: Mapping[date, CalendarDay] = {}
        self.bookings: Mapping[date, tuple[DayEntry, ...]] = {}
        self.chosen: date | None = None
        self.today: date | None = None
        self.selected = 0
        self._look: DropLook | None = None
        self._given: frozenset[date] = frozenset()
        self._blocks: tuple[Block, ...] = ()
        self.heads = WeekHeads(keeper, self)
        self.area = QScrollArea(self)
        self.area.setProperty("kind", "plain")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidgetResizable(True)
        self.body = WeekBody(keeper, self)
        self.area.setWidget(self.body)
        self.body.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        self.area.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heads)
        column.addWidget(self.area, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._name()

    # --- what is shown -----------------------------------------------------------------------------------------

    def show_week(self, days: Sequence[date], chosen: date, today: date, given: Collection[date]) -> None:
        """Show these days; those on which injections are given, and those with bookings, are wider than others."""
        self._given = frozenset(given)
        fresh = tuple(days) != self.days
        self.days, self.chosen, self.today = tuple(days), chosen, today
        if fresh:
            self.bookings = {}
        self._lay_out()

    def show_boards(self, boards: Mapping[date, CalendarDay]) -> None:
        """Show the places of the days."""
        self.boards = boards
        self._lay_out()

    def show_bookings(self, bookings: Sequence[DayEntry]) -> None:
        """Show who comes."""
        found: dict[date, tuple[DayEntry, ...]] = {}
        for one in bookings:
            day = one.appointment.day
            found[day] = (*found.get(day, ()), one)
        timed_before = self._timed
        self.bookings = found
        self._lay_out()
        if self._timed and not timed_before:
            self.area.verticalScrollBar().setValue(0)

    def forget(self) -> None:
        """Show nothing of anybody."""
        self.days, self.boards, self.bookings, self.chosen, self.selected = (), {}, {}, None, 0
        self._look = None
        self._lay_out()

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the days somebody can be dropped on."""
        self._look = look
        self.body.update()
        self.heads.update()

    def select(self, appointment_id: int) -> None:
        """Mark a booking; 0 for none."""
        self.selected = appointment_id
        self._name()
        self.body.update()
        block = next((one for one in self._blocks if one.booking.appointment.id == appointment_id), None)
        if block is not None:
            middle = block.spot.center()
            self.area.ensureVisible(middle.x(), middle.y(), 0, block.spot.height())

    def day_at(self, where: QPoint) -> date | None:
        """The day at a place of the screen."""
        here = self.mapFromGlobal(where)
        return self.day_in(here.x()) if self.isVisible() and self.rect().contains(here) else None

    def press_day(self, day: date) -> None:
        """Choose a day by the mouse."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pressed.emit(day)

    # --- where things stand ------------------------------------------------------------------------------------

    @property
    def _timed(self) -> bool:
        return any(one.appointment.at is not None for day in self.bookings.values() for one in day)

    @property
    def _gutter(self) -> int:
        return self.keeper.px(44) if self._timed else 0

    def column_of(self, day: date) -> QRect:
        """The column of a day, in the body."""
        if day not in self.days:
            return QRect()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        room = self.area.viewport().width() - self._gutter
        shares = [WIDER if one in self._given or self.bookings.get(one) else 1.0 for one in self.days]
        place, whole = self.days.index(day), sum(shares)
        sooner, later = sum(shares[:place]) / whole, sum(shares[: place + 1]) / whole
        if rtl:
            sooner, later = 1 - later, 1 - sooner
        start = 0 if rtl else self._gutter
        left, right = start + round(sooner * room), start + round(later * room)
        return QRect(left, 0, right - left, self.body.height())

    def day_in(self, x: int) -> date | None:
        """The day at a place across."""
        return next((day for day in self.days if self.column_of(day).left() <= x <= self.column_of(day).right()), None)

    def booking_in(self, where: QPoint) -> DayEntry | None:
        """The booking at a place of the body."""
        return next((one.booking for one in reversed(self._blocks) if one.spot.contains(where)), None)

    def passenger_at(self, where: QPoint) -> Passenger | None:
        """Whose booking stands at a place of the body, if it can be moved."""
        return passenger_of(self.booking_in(where))

    def spot_of(self, appointment_id: int) -> QRect:
        """Where a booking stands in the body."""
        found = (one.spot for one in self._blocks if one.booking.appointment.id == appointment_id)
        return next(found, QRect())

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Columns follow the width."""
        if event.type() == QEvent.Type.Resize:
            self._lay_out()
        return False

    def restyle(self) -> None:
        """Lay out anew."""
        if hasattr(self, "body"):
            self._lay_out()
        super().restyle()

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters in each day."""
        return QSize(self.keeper.px(7 * 52), self.keeper.px(160))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The menu key; all others are the view's."""
        booking = self._selected()
        if event.key() != Qt.Key.Key_Menu:
            event.ignore()
        elif booking is not None:
            self.booking_menu.emit(booking, self.body.mapToGlobal(self.spot_of(self.selected).center()))
        elif self.chosen is not None:
            self.menu_wanted.emit(self.chosen, self.heads.mapToGlobal(self.column_of(self.chosen).topLeft()))

    def _selected(self) -> DayEntry | None:
        every = (one for day in self.bookings.values() for one in day)
        return next((one for one in every if one.appointment.id == self.selected), None)

    def _lay_out(self) -> None:
        px = self.keeper.px
        blocks: list[Block] = []
        pitch, high = px(31), px(28)
        untimed = {day: [one for one in self.bookings.get(day, ()) if one.appointment.at is None] for day in self.days}
        self._band = px(6) + max((len(found) for found in untimed.values()), default=0) * pitch
        for day, found in untimed.items():
            column = self.column_of(day)
            for place, one in enumerate(found):
                blocks.append(
                    Block(one, QRect(column.left() + px(4), px(6) + place * pitch, column.width() - px(8), high))
                )
        self._band += self.keeper.px(20) if self._timed else 0
        bottom = self._band
        self._hours = (FIRST_HOUR, LAST_HOUR)
        if self._timed:
            spans = [
                (minute_of(at), minute_of(at) + (one.appointment.minutes or DEFAULT_MINUTES))
                for found in self.bookings.values()
                for one in found
                if (at := one.appointment.at) is not None
            ]
            first, last = min(start for start, _ in spans), max(end for _, end in spans)
            self._hours = (min(FIRST_HOUR, first // 60), max(LAST_HOUR, -(-last // 60)))
            for day in self.days:
                blocks += self._timed_blocks(day)
            bottom = self._band + (self._hours[1] - self._hours[0]) * px(HOUR) + px(6)
        self._blocks = tuple(blocks)
        self.body.setMinimumHeight(bottom + px(6))
        self._name()
        self.body.update()
        self.heads.update()

    def _timed_blocks(self, day: date) -> list[Block]:
        px = self.keeper.px
        bookings = self.bookings.get(day, ())
        lanes = lanes_of(bookings)
        column = self.column_of(day).adjusted(px(3), 0, -px(3), 0)
        found: list[Block] = []
        taken: dict[str, int] = {}
        for one in sorted(bookings, key=lambda one: (one.appointment.at or time(), one.appointment.id)):
            at = one.appointment.at
            if at is None:
                continue
            lane = lanes.index(one.appointment.injector)
            left = column.left() + lane * column.width() // len(lanes)
            right = column.left() + (lane + 1) * column.width() // len(lanes)
            top = self._band + (minute_of(at) - self._hours[0] * 60) * px(HOUR) // 60
            high = max(px(18), (one.appointment.minutes or DEFAULT_MINUTES) * px(HOUR) // 60 - 1)
            inset = px(10) if taken.get(one.appointment.injector, -1) > top else 0
            taken[one.appointment.injector] = max(taken.get(one.appointment.injector, 0), top + high)
            found.append(Block(one, QRect(left + inset, top, right - left - 1 - inset, high)))
        return found

    # --- painting ----------------------------------------------------------------------------------------------

    def paint_body(self, painter: QPainter, part: QRect) -> None:
        """Paint what stands in ``part`` of the body."""
        keeper, px = self.keeper, self.keeper.px
        for day in self.days:
            column = self.column_of(day)
            board = self.boards.get(day)
            if board is not None and not board.working:
                paint_ground(painter, keeper, column, board, dim=True)
            if day == self.chosen:
                painter.fillRect(column, keeper.colour("hover"))
            if self._look is not None:
                visible = column.intersected(self._seen()).adjusted(2, 2, -2, -2)
                paint_drop(painter, keeper, visible, px(6), self._look, day)
            painter.fillRect(column.left(), 0, 1, column.height(), keeper.colour("hair"))
        if self._timed:
            self._paint_hours(painter)
        for block in self._blocks:
            if block.spot.intersects(part):
                self._paint_block(painter, block)
        if self.hasFocus() and not self.selected and self.chosen is not None:
            ring = self.column_of(self.chosen).intersected(self._seen()).adjusted(1, 1, -1, -1)
            painting.focus_ring(painter, keeper, ring, px(6))

    def _seen(self) -> QRect:
        port = self.area.viewport()
        return QRect(self.body.mapFrom(port, QPoint(0, 0)), port.size())

    def _paint_hours(self, painter: QPainter) -> None:
        """The hours, and over them the doctors of the lanes."""
        keeper, px = self.keeper, self.keeper.px
        for day in self.days:
            lanes, column = lanes_of(self.bookings.get(day, ())), self.column_of(day)
            for place, doctor in enumerate(lanes):
                left = column.left() + place * column.width() // len(lanes)
                spot = QRect(left + px(6), self._band - px(18), column.width() // len(lanes) - px(8), px(16))
                painting.text(painter, keeper, spot, doctor, Style.CAPTION, "text2")
        for hour in range(self._hours[0], self._hours[1] + 1):
            y = self._band + (hour - self._hours[0]) * px(HOUR)
            painting.hairline(painter, keeper, self._gutter, self.body.width(), y)
            spot = QRect(0, y - px(8), self._gutter - px(6), px(16))
            painting.text(
                painter, keeper, spot, f"{hour:02}:00", Style.CAPTION, "text3", align=painting.RIGHT, numbers=True
            )

    def _paint_block(self, painter: QPainter, block: Block) -> None:
        keeper, px = self.keeper, self.keeper.px
        booking, spot = block.booking.appointment, block.spot
        tone, icon = LOOKS[booking.status]
        chosen = booking.id == self.selected
        fill = keeper.colour("selected" if chosen else "raised")
        painting.box(painter, spot, px(5), fill=fill, line=keeper.colour("border"))
        bar = QRect(spot.left(), spot.top() + px(5), px(3), max(px(4), spot.height() - px(10)))
        painter.fillRect(bar, keeper.colour(f"{tone}.mark"))
        if booking.drug.missing and booking.status.live:
            tone, icon = "due", "package-x"
        first = QRect(spot.left() + px(8), spot.top(), spot.width() - px(12), min(spot.height(), px(28)))
        if spot.width() > px(84):
            mark = QRect(spot.right() - px(20), first.top(), px(18), first.height())
            painting.icon(painter, keeper, mark, icon, f"{tone}.fg", 14)
            first.setRight(mark.left() - px(2))
        said, when = block.booking.name, place_words(booking)
        clock = keeper.metrics(Style.SECONDARY, numbers=True).horizontalAdvance(when) + px(6)
        beside = first.width() - clock >= min(px(44), keeper.metrics(Style.CHIP).horizontalAdvance(surname(said)))
        name = first.adjusted(clock, 0, 0, 0) if beside else first
        if beside:
            painting.text(painter, keeper, first, when, Style.SECONDARY, "text", numbers=True)
        if keeper.metrics(Style.CHIP).horizontalAdvance(said) > name.width():
            said = surname(said)
        painting.text(painter, keeper, name, said, Style.CHIP)
        under = QRect(spot.left() + px(8), first.bottom() - px(5), spot.width() - px(12), keeper.line(Style.CAPTION))
        if under.bottom() <= spot.bottom() and not beside:
            painting.text(painter, keeper, under, when, Style.CAPTION, "text2", numbers=True)
        if chosen and self.hasFocus():
            painting.focus_ring(painter, keeper, spot, px(5))

    def focusInEvent(self, event: object) -> None:
        """The ring comes."""
        self.body.update()

    def focusOutEvent(self, event: object) -> None:
        """The ring goes."""
        self.body.update()

    def _name(self) -> None:
        words = translate("Week")
        booking = self._selected()
        board = self.boards.get(self.chosen) if self.chosen is not None else None
        if booking is not None:
            words = f"{words}: {booking_sentence(booking)}"
        elif board is not None and self.today is not None:
            words = f"{words}: {day_sentence(board, self.today)}"
        self.setAccessibleName(words)


def booking_sentence(booking: DayEntry) -> str:
    """A booking in words: place, name, doctor, status, drug."""
    item = booking.appointment
    drug = drug_words(item.drug) if item.drug.missing else ""
    parts = (place_words(item), booking.name, item.injector, booking_words(item.status), drug)
    return ", ".join(part for part in parts if part)
