"""Six weeks of the calendar: how full each day is, who comes first, what is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_app.domain.calendar_board import GRID_WEEKS, CalendarDay
from clinic_app.domain.case_page import DayEntry
from clinic_app.ui.schedule.carrying import DropLook, Passenger, paint_drop, passenger_of
from clinic_app.ui.schedule.day_marks import paint_ground, paint_number, paint_places, reasons
from clinic_app.ui.schedule.week_grid import booking_sentence
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar_board import day_sentence, places_number
from clinic_app.wording.dates import MONTHS, WEEKDAYS
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words


class MonthGrid(Themed):
    """The grid of a month. ``pressed(day)`` chooses a day, ``opened(day)`` opens it, ``menu_wanted`` is its menu;
    ``booking_pressed(DayEntry)``, ``booking_opened`` and ``booking_menu`` are those of a name in it.

    Which day and which name is chosen is the view's to say; arrows and leafing are its keys.
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
        self.chosen: date | None = None
        self._today: date | None = None
        self._month = 0
        self.selected = 0
        self._look: DropLook | None = None
        self._written: list[tuple[QRect, DayEntry]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMouseTracking(True)
        self._name()

    def show_month(self, days: Sequence[date], month: int, chosen: date, today: date) -> None:
        """Show these 42 days; what is known of them comes by ``show_boards``."""
        self.days, self._month, self.chosen, self._today = tuple(days), month, chosen, today
        self._name()
        self.update()

    def show_boards(self, boards: Mapping[date, CalendarDay]) -> None:
        """Show what stands in the days."""
        self.boards = boards
        self._name()
        self.update()

    def forget(self) -> None:
        """Show nothing of anybody."""
        self.days, self.boards, self.chosen, self._look = (), {}, None, None
        self.selected, self._written = 0, []
        self._name()
        self.update()

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the days somebody can be dropped on."""
        self._look = look
        self.update()

    def select(self, appointment_id: int) -> None:
        """Mark the name of a booking; 0 for none."""
        self.selected = appointment_id
        self._name()
        self.update()

    def names_of(self, day: date) -> tuple[DayEntry, ...]:
        """The bookings of a day whose names there is room for."""
        return tuple(one for _, one in self._written if one.appointment.day == day)

    def booking_in(self, where: QPoint) -> DayEntry | None:
        """The booking whose name stands at a place of the grid."""
        return next((one for spot, one in self._written if spot.contains(where)), None)

    def passenger_at(self, where: QPoint) -> Passenger | None:
        """Whose name stands at a place of the grid, if the booking can be moved."""
        return passenger_of(self.booking_in(where))

    def name_spot(self, appointment_id: int) -> QRect:
        """Where the name of a booking stands in the grid; nowhere where there is no room for it."""
        return next((spot for spot, one in self._written if one.appointment.id == appointment_id), QRect())

    def day_at(self, where: QPoint) -> date | None:
        """The day at a place of the screen."""
        return self._day_under(self.mapFromGlobal(where)) if self.isVisible() else None

    def spot_of(self, day: date) -> QRect:
        """Where a day stands in the grid; nowhere where it is not shown."""
        if day not in self.days:
            return QRect()
        row, column = divmod(self.days.index(day), 7)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            column = 6 - column
        head = self._head()
        left, right = column * self.width() // 7, (column + 1) * self.width() // 7
        room = self.height() - head
        top, bottom = head + row * room // GRID_WEEKS, head + (row + 1) * room // GRID_WEEKS
        return QRect(left, top, right - left, bottom - top)

    def minimumSizeHint(self) -> QSize:
        """Room for number and places of every day."""
        return QSize(self.keeper.px(7 * 52), self._head() + self.keeper.px(GRID_WEEKS * 40))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the name under the pointer, or the day."""
        here = event.position().toPoint()
        day, booking = self._day_under(here), self.booking_in(here)
        if day is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if booking is not None:
                self.booking_pressed.emit(booking)
            else:
                self.pressed.emit(day)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the record of a name, or the day."""
        here = event.position().toPoint()
        day, booking = self._day_under(here), self.booking_in(here)
        if day is not None and event.button() == Qt.MouseButton.LeftButton:
            if booking is not None:
                self.booking_opened.emit(booking)
            else:
                self.opened.emit(day)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a name, or of a day."""
        keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        booking = self._selected() if keys else self.booking_in(event.pos())
        if booking is not None:
            spot = self.name_spot(booking.appointment.id)
            self.booking_menu.emit(booking, self.mapToGlobal(spot.center()) if keys else event.globalPos())
            return
        day = self.chosen if keys else self._day_under(event.pos())
        if day is not None:
            where = self.mapToGlobal(self.spot_of(day).center()) if keys else event.globalPos()
            self.menu_wanted.emit(day, where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The menu key; all others are the view's."""
        booking = self._selected()
        if event.key() == Qt.Key.Key_Menu and booking is not None:
            spot = self.name_spot(booking.appointment.id)
            self.booking_menu.emit(booking, self.mapToGlobal(spot.center()))
        elif event.key() == Qt.Key.Key_Menu and self.chosen is not None:
            self.menu_wanted.emit(self.chosen, self.mapToGlobal(self.spot_of(self.chosen).center()))
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """What stands in the day under the pointer, as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            day, booking = self._day_under(event.pos()), self.booking_in(event.pos())
            words = self._whole(day) if day is not None else ""
            words = booking_sentence(booking) if booking is not None else words
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring comes."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint weekdays and days."""
        keeper = self.keeper
        painter = QPainter(self)
        self._written = []
        for day in self.days[:7]:
            spot = self.spot_of(day)
            head = QRect(spot.left() + keeper.px(8), 0, spot.width() - keeper.px(10), self._head())
            painting.text(painter, keeper, head, translate(WEEKDAYS[day.weekday()]), Style.CHIP, "text2")
        for day in self.days:
            self._paint_day(painter, day, self.spot_of(day))
        line = keeper.colour("hair")
        for row in range(GRID_WEEKS):
            spot = self.spot_of(self.days[row * 7]) if self.days else QRect()
            painter.fillRect(0, spot.top(), self.width(), 1, line)
        for day in self.days[:7]:
            spot = self.spot_of(day)
            if spot.left():
                painter.fillRect(spot.left(), self._head(), 1, self.height() - self._head(), line)
        if self.chosen in self.days and self.chosen is not None:
            spot = self.spot_of(self.chosen).adjusted(2, 2, -1, -1)
            if self.hasFocus() and self._selected() is None:
                painting.focus_ring(painter, keeper, spot, keeper.px(4))
            else:
                painting.box(painter, spot, keeper.px(4), line=keeper.colour("border_strong"))

    def _paint_day(self, painter: QPainter, day: date, spot: QRect) -> None:
        keeper, px = self.keeper, self.keeper.px
        board = self.boards.get(day)
        dim = day.month != self._month
        paint_ground(painter, keeper, spot, board, dim=dim)
        if self._look is not None:
            paint_drop(painter, keeper, spot.adjusted(3, 3, -2, -2), px(5), self._look, day)
        inset, high = px(7), px(20)
        top = QRect(spot.left() + inset, spot.top() + px(4), spot.width() - 2 * inset, high)
        paint_number(painter, keeper, top, day, self._today, dim=dim)
        if day.day == 1 and spot.width() > px(96):
            month = QRect(top.left() + px(24), top.top(), px(40), high)
            painting.text(painter, keeper, month, translate(MONTHS[day.month - 1]), Style.SECONDARY, "text2")
        if board is None or self._today is None:
            return
        bar = QRect(spot.left() + inset, top.bottom() + px(3), spot.width() - 2 * inset, px(4))
        beside = top.adjusted(px(26 if day == self._today else 21), 0, 0, 0)
        used = paint_places(painter, keeper, beside, bar, board, self._today)
        below = bar.bottom() + px(3)
        if spot.bottom() - px(2) - below >= keeper.line(Style.CAPTION):
            self._paint_lines(painter, board, spot, below, counted=used > 0)
            return
        beside = beside.adjusted(0, 0, -used - (px(6) if used else 0), 0)
        painting.text(painter, keeper, beside, " · ".join(reasons(board)), Style.CAPTION, "text2", align=painting.RIGHT)

    def _paint_lines(self, painter: QPainter, board: CalendarDay, spot: QRect, top: int, *, counted: bool) -> None:
        """How full it is where the head had no room for it, why it is hatched, the first names, how many more: as many
        lines as there is room for.
        """
        keeper, px = self.keeper, self.keeper.px
        line = keeper.line(Style.CAPTION)
        room = max(0, (spot.bottom() - px(2) - top) // line)
        full = [] if counted or not board.place.taken else [places_number(board.place)]
        said: list[tuple[str, str, DayEntry | None]]
        said = [(words, "text2", None) for words in (*full, *reasons(board))]
        names = [(one.name, "text", one) for one in board.bookings]
        kept = [*said, *names][:room]
        hidden = board.place.taken - max(0, len(kept) - len(said))
        if hidden and room and board.place.taken:
            if len(kept) == room:
                kept = kept[: max(0, room - 1)]
                hidden = board.place.taken - max(0, len(kept) - len(said))
            more = translate("{count} more") if len(kept) > len(said) else translate("{count} booked")
            kept.append((more.format(count=number_words(hidden)), "text2", None))
        for number, (words, ink, booking) in enumerate(kept):
            row = QRect(spot.left() + px(7), top + number * line, spot.width() - px(12), line)
            if booking is not None:
                self._written.append((row.adjusted(-px(3), 0, 0, 0), booking))
                if booking.appointment.id == self.selected:
                    self._paint_selected(painter, self._written[-1][0])
            painting.text(painter, keeper, row, words, Style.CAPTION, ink)

    def _paint_selected(self, painter: QPainter, spot: QRect) -> None:
        keeper = self.keeper
        painting.box(painter, spot, keeper.px(4), fill=keeper.colour("selected"), line=keeper.colour("border_strong"))
        if self.hasFocus():
            painting.focus_ring(painter, keeper, spot, keeper.px(4))

    def _selected(self) -> DayEntry | None:
        return next((one for _, one in self._written if one.appointment.id == self.selected), None)

    def _head(self) -> int:
        return self.keeper.px(28)

    def _day_under(self, where: QPoint) -> date | None:
        return next((day for day in self.days if self.spot_of(day).contains(where)), None)

    def _whole(self, day: date) -> str:
        board = self.boards.get(day)
        if board is None or self._today is None:
            return ""
        more = board.place.taken - len(board.names)
        names = [
            *board.names,
            *([translate("{count} more").format(count=number_words(more))] if more > 0 and board.names else []),
        ]
        return "\n".join([day_sentence(board, self._today), *names])

    def _name(self) -> None:
        words = translate("Month")
        board = self.boards.get(self.chosen) if self.chosen is not None else None
        booking = self._selected()
        if booking is not None:
            words = f"{words}: {booking_sentence(booking)}"
        elif board is not None and self._today is not None:
            words = f"{words}: {day_sentence(board, self._today)}"
        self.setAccessibleName(words)
