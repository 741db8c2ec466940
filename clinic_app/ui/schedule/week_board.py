"""The week below the call list: a column for each day, its places, and who comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.case_page import DayBoard, DayEntry
from clinic_app.domain.schedule import AppointmentStatus, BotoxDay
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.booking_menu import BookingHands, fill_booking_menu
from clinic_app.ui.schedule.carrying import DropLook, Passenger, paint_drop, passenger_of
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Card, ElidedLabel, IconButton, TextLabel, painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.calendar_board import places_number
from clinic_app.wording.dates import MONTHS, WEEKDAYS
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import booking_words, drug_words, place_words

LOOKS = {
    AppointmentStatus.BOOKED: ("booked", "calendar-check"),
    AppointmentStatus.CONFIRMED: ("booked", "calendar-check-2"),
    AppointmentStatus.ARRIVED: ("booked", "user-check"),
    AppointmentStatus.IN_ROOM: ("booked", "door-open"),
    AppointmentStatus.DONE: ("treated", "circle-check"),
    AppointmentStatus.NOT_INJECTED: ("not_due", "circle-slash"),
    AppointmentStatus.NO_SHOW: ("no_show", "user-x"),
    AppointmentStatus.WAITLIST: ("not_due", "hourglass"),
    AppointmentStatus.CANCELLED_BY_PATIENT: ("not_due", "x"),
    AppointmentStatus.CANCELLED_BY_CLINIC: ("not_due", "x"),
}

ONE_BOOKING = 140
"""The height in pixels at 100 % at which a day still shows one booking and how many more there are."""


class DayColumn(Themed):
    """One day: head, places, up to as many bookings as fit; pressed it offers itself for a booking."""

    pressed = Signal()
    entry_pressed = Signal(object)
    menu_wanted = Signal(object, QPoint)
    plan_wanted = Signal(object)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.board: DayBoard | None = None
        self._today: date | None = None
        self._ghost = ""
        self._look: DropLook | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_day(self, board: DayBoard, today: date) -> None:
        """Show a day."""
        self.board, self._today = board, today
        self._name()
        self.update()

    def forget(self) -> None:
        """Show no day and nobody."""
        self.board, self._ghost, self._look = None, "", None
        self.setAccessibleName("")
        self.setToolTip("")
        self.update()

    def show_ghost(self, name: str) -> None:
        """Mark it as the day suggested for somebody; empty for nobody."""
        if name != self._ghost:
            self._ghost = name
            self._name()
            self.update()

    def show_drop(self, look: DropLook | None) -> None:
        """Mark it while somebody is carried to a day; None: nobody is."""
        if look != self._look:
            self._look = look
            self.update()

    def passenger_at(self, where: QPoint) -> Passenger | None:
        """Whose booking stands at a place, if it can be moved."""
        return passenger_of(self._entry_at(where))

    @property
    def suggested(self) -> bool:
        """Whether it is marked as suggested."""
        return bool(self._ghost)

    def sizeHint(self) -> QSize:
        """As wide as the layout gives."""
        return QSize(self.keeper.px(110), self.keeper.px(46))

    def minimumSizeHint(self) -> QSize:
        """Room for weekday, day and places."""
        return QSize(self.keeper.px(96), self.keeper.px(40))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A booking, or the day itself."""
        if event.button() != Qt.MouseButton.LeftButton or self.board is None:
            super().mousePressEvent(event)
            return
        entry = self._entry_at(event.position().toPoint())
        if entry is not None:
            self.entry_pressed.emit(entry)
        elif self._more_spot().contains(event.position().toPoint()):
            self._pop_all(event.globalPosition().toPoint())
        else:
            self.pressed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a booking."""
        entry = self._entry_at(event.pos())
        if entry is not None:
            self.menu_wanted.emit(entry, event.globalPos())
        elif self.board is not None and self.board.entries:
            self._pop_all(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space offer the day; the menu key lists its bookings."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        elif event.key() == Qt.Key.Key_Menu and self.board is not None and self.board.entries:
            self._pop_all(self.mapToGlobal(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring comes."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the day."""
        keeper = self.keeper
        px = keeper.px
        painter = QPainter(self)
        radius = px(8)
        painting.box(painter, self.rect(), radius, fill=keeper.colour("sunken"))
        if self._ghost:
            soft = QColor(keeper.colour("accent_soft"))
            soft.setAlphaF(0.55)
            painting.box(
                painter,
                self.rect(),
                radius,
                fill=soft,
                line=keeper.colour("accent"),
                width=1.5,
                dashed=True,
            )
        if self._look is not None and self.board is not None:
            paint_drop(painter, keeper, self.rect(), radius, self._look, self.board.day.day)
        if self.board is not None and self._today is not None:
            self._paint_head(painter, self.board.day, self._today)
            self._paint_entries(painter, self.board)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), radius)

    def _paint_head(self, painter: QPainter, place: BotoxDay, today: date) -> None:
        keeper = self.keeper
        px = keeper.px
        left, high = px(10), px(20)
        top = px(6) if keeper.measures.narrow else px(7)
        weekday = translate(WEEKDAYS[place.day.weekday()])
        ink = "accent_text" if place.day == today else "text2"
        used = painting.text(painter, keeper, QRect(left, top, px(40), high), weekday, Style.CHIP, ink)
        number = str(place.day.day)
        spot = QRect(left + used + px(9), top, px(26), high)
        if place.day == today:
            painting.box(painter, spot, high / 2, fill=keeper.colour("accent"))
            painting.text(painter, keeper, spot, number, Style.NAME, "on_accent", align=painting.CENTRE, numbers=True)
        else:
            painting.text(painter, keeper, spot, number, Style.NAME, numbers=True)
        if not place.is_botox_day and not place.taken:
            return
        count = places_number(place)
        room = QRect(spot.right(), top, self.width() - spot.right() - left, high)
        painting.text(painter, keeper, room, count, Style.SECONDARY, "text2", align=painting.RIGHT, numbers=True)
        bar = QRect(left, top + high + px(4), self.width() - 2 * left, px(4))
        painting.box(painter, bar, px(2), fill=keeper.colour("track"))
        share = min(1.0, place.taken / place.capacity) if place.capacity else 1.0
        if share:
            bar.setWidth(max(px(4), round(bar.width() * share)))
            painting.box(painter, bar, px(2), fill=keeper.colour("text3" if place.day < today else "accent"))

    def _spots(self) -> list[QRect]:
        px = self.keeper.px
        top, pitch, high = px(41), px(31), px(28)
        room = self.height() - top - px(4)
        count = max(0, (room + px(3)) // pitch)
        return [QRect(px(8), top + row * pitch, self.width() - px(16), high) for row in range(count)]

    def _shown(self) -> tuple[list[tuple[DayEntry, QRect]], QRect | None, int]:
        """The bookings that have room with their places, the place of the proposed one, how many more there are."""
        if self.board is None:
            return [], None, 0
        spots = self._spots()
        entries = list(self.board.entries)
        ghost: QRect | None = None
        if self._ghost and spots:
            kept = entries[: max(0, len(spots) - 1)]
            ghost = spots[len(kept)]
        else:
            kept = entries[: len(spots)]
        more = len(entries) - len(kept)
        if more and not self._ghost and len(spots) > 1 and not self._line_left(spots):
            kept = kept[:-1]
            more += 1
        return list(zip(kept, spots, strict=False)), ghost, more

    def _line_left(self, spots: Sequence[QRect]) -> bool:
        return self.height() - spots[-1].bottom() >= self.keeper.px(19)

    def _more_spot(self) -> QRect:
        shown, ghost, more = self._shown()
        if not more:
            return QRect()
        px = self.keeper.px
        last = ghost or (shown[-1][1] if shown else QRect(0, px(36), 0, 0))
        top = last.bottom() + px(3)
        return QRect(px(10), top, self.width() - px(20), px(16)) if top + px(14) <= self.height() else QRect()

    def _paint_entries(self, painter: QPainter, board: DayBoard) -> None:
        keeper = self.keeper
        px = keeper.px
        shown, ghost, more = self._shown()
        for entry, spot in shown:
            self._paint_entry(painter, entry, spot)
        if ghost is not None:
            painting.box(painter, ghost, px(5), line=keeper.colour("accent"), dashed=True)
            number = QRect(ghost.left() + px(10), ghost.top(), px(36), ghost.height())
            token = str(board.day.next_token)
            painting.text(painter, keeper, number, token, Style.SECONDARY, "accent_text", numbers=True)
            name = QRect(ghost.left() + px(40), ghost.top(), ghost.width() - px(44), ghost.height())
            painting.text(painter, keeper, name, f"{self._ghost}?", Style.CHIP, "accent_text")
        spot = self._more_spot()
        if more and spot.isValid():
            words = translate("{count} more").format(count=number_words(more))
            painting.text(painter, keeper, spot, words, Style.CAPTION, "text2")

    def _paint_entry(self, painter: QPainter, entry: DayEntry, spot: QRect) -> None:
        keeper = self.keeper
        px = keeper.px
        booking = entry.appointment
        tone, icon = LOOKS[booking.status]
        line = keeper.colour("border")
        painting.box(painter, spot, px(5), fill=keeper.colour("raised"), line=line)
        bar = QRect(spot.left(), spot.top() + px(6), px(3), spot.height() - px(12))
        painter.fillRect(bar, keeper.colour(f"{tone}.mark"))
        place = QRect(spot.left() + px(10), spot.top(), px(38), spot.height())
        used = painting.text(painter, keeper, place, place_words(booking), Style.SECONDARY, "text", numbers=True)
        left = max(spot.left() + px(36), place.left() + used + px(8))
        words = QRect(left, spot.top(), spot.right() - left - px(22), spot.height())
        name = entry.name
        if keeper.metrics(Style.CHIP).horizontalAdvance(name) > words.width():
            name = surname(name)
        painting.text(painter, keeper, words, name, Style.CHIP)
        mark = QRect(spot.right() - px(21), spot.top(), px(18), spot.height())
        if booking.drug.missing and booking.status.live:
            tone, icon = "due", "package-x"
        painting.icon(painter, keeper, mark, icon, f"{tone}.fg", 14)

    def _entry_at(self, point: QPoint) -> DayEntry | None:
        shown, _, _ = self._shown()
        return next((entry for entry, spot in shown if spot.contains(point)), None)

    def _pop_all(self, where: QPoint) -> None:
        if self.board is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self.board.entries:
            booking = entry.appointment
            words = f"{place_words(booking)}  {entry.name} · {booking_words(booking.status)}"
            action = menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(lambda _=False, entry=entry: self.menu_wanted.emit(entry, where))
        day = self.board.day.day
        menu.addSeparator()
        menu.addAction(translate("Plan of the day"), lambda: self.plan_wanted.emit(day))
        menu.popup(where)

    def _name(self) -> None:
        if self.board is None or self._today is None:
            return
        place = self.board.day
        words = short_weekday_day(place.day, self._today)
        if place.is_botox_day:
            taken = translate("{taken} of {places} places taken")
            words = f"{words}, {taken.format(taken=number_words(place.taken), places=number_words(place.capacity))}"
        if self._ghost:
            words = f"{words}, {translate('suggested for {name}').format(name=self._ghost)}"
        self.setAccessibleName(words)
        lines = [words]
        for entry in self.board.entries:
            booking = entry.appointment
            drug = f", {drug_words(booking.drug)}" if booking.drug.missing or booking.drug_batch else ""
            drug = f"{drug} ({booking.drug_batch})" if booking.drug_batch else drug
            lines.append(f"{place_words(booking)}  {entry.name}, {booking_words(booking.status)}{drug}")
        self.setToolTip("\n".join(lines))


class WeekBoard(Card):
    """A week of day columns; ``day_pressed(day)`` offers a day for the selected case.

    Left and Right move between the days and on into the next week; ``week_wanted(monday)`` asks for its days.
    """

    day_pressed = Signal(object)
    week_wanted = Signal(object)
    entry_pressed = Signal(int, int)
    status_wanted = Signal(object, object)
    move_wanted = Signal(object)
    column_made = Signal(object)
    """(DayColumn): the week shows one day more."""
    drug_wanted = Signal(object, object)
    """(DayEntry, DrugSupply): say whether the drug for a booking will be there."""

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        keeper = context.theme
        super().__init__(keeper, parent)
        self._context = context
        self._week = keeper
        self._folded = False
        self._room = keeper.measures.week_board
        self.monday: date | None = None
        self._today: date | None = None
        self._suggestion: tuple[date, str] | None = None
        self._filled = ""
        self._title = TextLabel(keeper, "", Style.SECTION, "text", self)
        self._places = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
        self.back = IconButton(keeper, "chevron-left", translate("Week before"), small=True, parent=self)
        self.forth = IconButton(keeper, "chevron-right", translate("Week after"), small=True, parent=self)
        self.back.clicked.connect(lambda: self._step(-1))
        self.forth.clicked.connect(lambda: self._step(1))
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addSpacing(14)
        self._head.addWidget(self._places, 1)
        self._head.addWidget(self.back)
        self._head.addWidget(self.forth)
        self._days = QHBoxLayout()
        self.columns: list[DayColumn] = []
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addLayout(self._days, 1)
        self.setAccessibleName(translate("Week board"))
        for _ in range(6):
            self._add_column()
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_week(self, boards: Sequence[DayBoard], monday: date, today: date) -> None:
        """Show the days the clinic works in a week."""
        self.monday, self._today = monday, today
        while len(self.columns) < len(boards):
            self._add_column()
        while len(self.columns) > max(1, len(boards)):
            gone = self.columns.pop()
            self._days.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for column, board in zip(self.columns, boards, strict=False):
            column.show_day(board, today)
        last = boards[-1].day.day if boards else monday + timedelta(days=5)
        self._title.setText(week_words(monday, last, today))
        given = [board.day for board in boards if board.day.is_botox_day]
        if given:
            days = translate(" and ").join(translate(WEEKDAYS[one.day.weekday()]) for one in given)
            self._filled = (
                translate("Botox days {days} · {taken} of {places} places taken").format(
                    days=days,
                    taken=number_words(sum(one.taken for one in given)),
                    places=number_words(sum(one.capacity for one in given)),
                )
                if len(given) > 1
                else translate("Botox day {days} · {taken} of {places} places taken").format(
                    days=days, taken=number_words(given[0].taken), places=number_words(given[0].capacity)
                )
            )
        else:
            self._filled = translate("No Botox day this week")
        self._places.setText(self._filled)
        self._order()
        self._show_suggestion()

    def forget(self) -> None:
        """The clinic is closed: no names and no days stay."""
        self.monday, self._suggestion = None, None
        self._title.setText("")
        self._filled = ""
        self._places.setText("")
        for column in self.columns:
            column.forget()

    @property
    def folded_height(self) -> int:
        """How high it is as one line: the week and its places, without the days."""
        return self._week.px(46 if self._week.measures.narrow else 52)

    @property
    def folded(self) -> bool:
        """Whether only its line is shown."""
        return self._folded

    @property
    def day_in_hand(self) -> date | None:
        """The day that has the keyboard, None for none."""
        holding = (one.board for one in self.columns if one.hasFocus())
        return next((board.day.day for board in holding if board is not None), None)

    @property
    def least_height(self) -> int:
        """How high it is with days, in pixels; lower than this only its line is there."""
        measures = self._week.measures
        return measures.week_board if measures.narrow else self._week.px(ONE_BOOKING)

    def days(self) -> tuple[date, ...]:
        """The days that are shown."""
        return tuple(one.board.day.day for one in self.columns if one.board is not None)

    def day_at(self, where: QPoint) -> date | None:
        """The day at a place of the screen."""
        found = (one for one in self.columns if one.isVisible() and one.rect().contains(one.mapFromGlobal(where)))
        return next((one.board.day.day for one in found if one.board is not None), None)

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the days while somebody is carried to one; None: nobody is."""
        for column in self.columns:
            column.show_drop(look)

    def say(self, words: str, *, danger: bool = False) -> None:
        """Say something in the place of how full the week is; blank: that again."""
        self._places.set_ink("danger" if danger else "text2")
        self._places.setText(words or self._filled)

    def fit(self, room: int) -> None:
        """Be as high as ``room`` pixels allow: all days, fewer bookings of each, or only its line."""
        folded = room < self.least_height
        if (folded, room) == (self._folded, self._room):
            return
        if folded != self._folded:
            self._folded = folded
            for column in self.columns:
                column.setVisible(not folded)
        self._room = room
        self._restyle()

    def suggest(self, day: date | None, name: str = "") -> None:
        """Mark the day suggested for somebody, if it is in sight; None for no day."""
        self._suggestion = None if day is None else (day, surname(name))
        self._show_suggestion()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move between days and weeks."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        here = self.focusWidget()
        if step is None or not isinstance(here, DayColumn):
            super().keyPressEvent(event)
            return
        place = self.columns.index(here) + step
        if 0 <= place < len(self.columns):
            self.columns[place].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._step(step)
            self.columns[0 if step > 0 else -1].setFocus(Qt.FocusReason.TabFocusReason)

    def _add_column(self) -> None:
        column = DayColumn(self._week, self)
        column.pressed.connect(lambda: self._pressed(column))
        column.entry_pressed.connect(self._entry_pressed)
        column.menu_wanted.connect(self._pop_menu)
        column.plan_wanted.connect(self._context.intents.plan_day)
        self.columns.append(column)
        column.setVisible(not self._folded)
        self._days.addWidget(column, 1)
        self.column_made.emit(column)

    def _pressed(self, column: DayColumn) -> None:
        column.setFocus(Qt.FocusReason.MouseFocusReason)
        if column.board is not None:
            self.day_pressed.emit(column.board.day.day)

    def _entry_pressed(self, entry: DayEntry) -> None:
        booking = entry.appointment
        if booking.case_ids:
            self.entry_pressed.emit(booking.patient_id, booking.case_ids[0])

    def _pop_menu(self, entry: DayEntry, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        hands = BookingHands(
            lambda: self._entry_pressed(entry),
            lambda status: self.status_wanted.emit(entry, status),
            lambda drug: self.drug_wanted.emit(entry, drug),
            lambda: self.move_wanted.emit(entry),
        )
        fill_booking_menu(self._context, menu, entry, self._today, hands)
        menu.popup(where)

    def _step(self, weeks: int) -> None:
        if self.monday is not None:
            self.week_wanted.emit(self.monday + timedelta(weeks=weeks))

    def _show_suggestion(self) -> None:
        for column in self.columns:
            day = column.board.day.day if column.board is not None else None
            fits = self._suggestion is not None and day == self._suggestion[0]
            column.show_ghost(self._suggestion[1] if fits and self._suggestion is not None else "")

    def _order(self) -> None:
        first = True
        for column in self.columns:
            column.setFocusPolicy(Qt.FocusPolicy.StrongFocus if first else Qt.FocusPolicy.ClickFocus)
            first = False

    def _restyle(self) -> None:
        keeper = self._week
        px = keeper.px
        narrow = keeper.measures.narrow
        self.setFixedHeight(self.folded_height if self._folded else min(keeper.measures.week_board, self._room))
        edge = px(14)
        self._column.setContentsMargins(edge, px(7) if narrow else px(10), edge, px(9) if narrow else px(12))
        self._column.setSpacing(px(5) if narrow else px(10))
        self._head.setSpacing(px(6))
        self._days.setSpacing(px(8))


def surname(name: str) -> str:
    """The last word of a name; the whole where that is only an initial."""
    words = name.split()
    return words[-1] if words and len(words[-1].strip(".")) > 1 else name


def week_words(first: date, last: date, today: date) -> str:
    """``16 – 21 March``; ``30 Mar – 4 Apr``; with the year where it is not this one."""
    year = "" if last.year == today.year else f" {last.year}"
    if first.month == last.month:
        return f"{first.day} – {last.day} {translate(LONG_MONTHS[first.month - 1])}{year}"
    start = f"{first.day} {translate(MONTHS[first.month - 1])}"
    return f"{start} – {last.day} {translate(MONTHS[last.month - 1])}{year}"


LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
