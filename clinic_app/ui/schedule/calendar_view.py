"""The calendar of the bookings: a month, a week or a day, and beside it who is due and has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.calendar_board import (
    MONDAY,
    OPENED_BY_REASON,
    AsOf,
    CalendarDay,
    Scale,
    days_of,
    leaf,
    within,
)
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.papers import PaperKind, PaperRequest
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.as_of_strip import AsOfStrip
from clinic_app.ui.schedule.booking_menu import BookingHands, fill_booking_menu
from clinic_app.ui.schedule.calendar_reading import CalendarRead, TrayRead, read_calendar, read_pages, read_tray
from clinic_app.ui.schedule.call_model import Page
from clinic_app.ui.schedule.carrying import Carry, DropLook, MouseCarry, Passenger, PickUp, passenger_of
from clinic_app.ui.schedule.day_list import DayList
from clinic_app.ui.schedule.due_tray import DueTray
from clinic_app.ui.schedule.lines import Line
from clinic_app.ui.schedule.month_grid import MonthGrid
from clinic_app.ui.schedule.week_board import LONG_MONTHS, week_words
from clinic_app.ui.schedule.week_grid import WeekGrid
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, Card, ElidedLabel, IconButton, SegmentedControl
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.calendar_board import looked_at_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.sentences import sentence_of

SCALES = (Scale.MONTH, Scale.WEEK, Scale.DAY)
SCALE_KEYS = {Qt.Key.Key_G: Scale.MONTH, Qt.Key.Key_W: Scale.WEEK, Qt.Key.Key_D: Scale.DAY}
LEAF_AFTER = 600
"""Milliseconds for which somebody is held over an arrow of the head until it leafs."""
TRAY, SLIM = 264, 204
"""The width of the list at 100 %: beside month and week, and beside the rows of a day."""
TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS})
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


class CalendarView(QWidget):
    """Month, week and day with the list of who is not booked.

    ``chosen`` brings patient and case of a row or a booking that is selected. Arrows go from day to day, PgUp and PgDn
    leaf, Home and T go to today, G, W and D show month, week and day, Enter opens the day, Shift with up and down goes
    from name to name of a day of the month, M carries whoever is selected to a day: arrows aim, Enter drops, Esc
    brings them back.
    """

    chosen = Signal(int, int)

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._scale = Scale.MONTH
        self._day: date | None = None
        self._today: date | None = None
        self._boards: dict[date, CalendarDay] = {}
        self._booking: DayEntry | None = None
        self._as_of: AsOf | None = None
        self._stale = True
        self.carry: Carry | None = None
        self._by_mouse = False
        self._before: tuple[date, Scale, QWidget | None] | None = None
        self._tray_loaded = False
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(150)
        self._later.timeout.connect(self._read_tray_anew)
        self._leafing = QTimer(self)
        self._leafing.setInterval(LEAF_AFTER)
        self._leafing.timeout.connect(self._leaf_on)
        self._leaf_step = 0
        self._midnight = QTimer(self)
        self._midnight.setInterval(60_000)
        self._midnight.timeout.connect(self._look_at_day)
        context.tasks.changed.connect(self._something_changed)
        context.attached.connect(self._attached)
        context.detached.connect(self._detached)
        context.concealed.connect(self._detached)
        context.theme.changed.connect(self._restyle)
        context.intents.select_case.connect(self._follow)
        actions.leaving.connect(self._leaving)
        if context.open:
            self._attached()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        keeper = self._context.theme
        self.back = IconButton(keeper, "chevron-left", translate("Before"), shortcut="PgUp", small=True, parent=self)
        self.forth = IconButton(keeper, "chevron-right", translate("After"), shortcut="PgDn", small=True, parent=self)
        self.to_today = Button(keeper, translate("Today"), key="T", small=True, parent=self)
        self.title = ElidedLabel(keeper, "", Style.PANEL_TITLE, "text", self)
        self.places = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
        choices = ((translate("Month"), "", "G"), (translate("Week"), "", "W"), (translate("Day"), "", "D"))
        self.scales = SegmentedControl(keeper, choices, translate("How much is shown"), self)
        self.of_day = IconButton(
            keeper, "clipboard-list", translate("Plan and list of the chosen day"), small=True, parent=self
        )
        self.other_day = Button(keeper, translate("As of…"), small=True, parent=self)
        self.back.clicked.connect(lambda: self._leaf(-1))
        self.forth.clicked.connect(lambda: self._leaf(1))
        self.to_today.clicked.connect(self._go_today)
        self.scales.chosen.connect(lambda place: self.show_scale(SCALES[place]))
        self.of_day.clicked.connect(self._pop_chosen_day)
        self.other_day.clicked.connect(self._ask_day)
        self._head = QHBoxLayout()
        for part in (self.back, self.forth, self.to_today):
            self._head.addWidget(part)
        self._head.addWidget(self.title)
        self._head.addWidget(self.places, 1)
        self._head.addWidget(self.of_day)
        self._head.addWidget(self.scales)
        self._head.addWidget(self.other_day)
        self.strip = AsOfStrip(keeper, self._context.today, self)
        self.strip.hide()
        self.strip.wanted.connect(self._show_as_of)
        self.strip.left.connect(self.leave_as_of)
        self.tray = DueTray(keeper, self)
        self.card = Card(keeper, self)
        self.month, self.week = MonthGrid(keeper, self.card), WeekGrid(keeper, self.card)
        self.day = DayList(keeper, self.card)
        self.stack = QStackedLayout()
        for surface in (self.month, self.week, self.day):
            self.stack.addWidget(surface)
        self._inside = QVBoxLayout(self.card)
        self._inside.addLayout(self.stack)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.tray)
        self._middle.addWidget(self.card, 1)
        self.line = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._head)
        self._column.addWidget(self.strip)
        self._column.addLayout(self._middle, 1)
        self._column.addWidget(self.line)
        self.choosers = (self.tray.table, self.week.body, self.day.table)
        self._connect()
        self.setFocusProxy(self.month)
        self._restyle()

    def _connect(self) -> None:
        self.month.pressed.connect(self._press_day)
        self.week.pressed.connect(self.choose_day)
        for grid in (self.month, self.week):
            grid.opened.connect(self._open_day)
            grid.menu_wanted.connect(self._pop_day_menu)
            grid.booking_pressed.connect(self._take_booking)
            grid.booking_opened.connect(self._open_booking)
            grid.booking_menu.connect(self._pop_booking_menu)
        self.day.table.walked.connect(lambda: self._take_booking(self.day.table.booking))
        self.day.table.opened.connect(lambda: self._open_booking(self.day.table.booking))
        self.day.table.menu.connect(lambda where: self._pop_booking_menu(self.day.table.booking, where))
        self.tray.table.chosen.connect(self._row_chosen)
        self.tray.table.opened.connect(self._open_row)
        self.tray.table.pressed.connect(self._press_row)
        self.tray.table.menu.connect(self._pop_row_menu)
        self.tray.typed.connect(lambda _: self._later.start())
        self.tray.model.pages_wanted.connect(self._read_pages)
        for widget, who in (
            (self.tray.table.viewport(), self.tray.table.who_at),
            (self.month, self.month.passenger_at),
            (self.week.body, self.week.passenger_at),
            (self.day.table.viewport(), self.day.passenger_at),
        ):
            PickUp(widget, self._if_free(who)).picked.connect(self.pick_up)

    def _restyle(self) -> None:
        px = self._context.theme.px
        self._head.setSpacing(px(8))
        self._middle.setSpacing(px(12))
        self._column.setSpacing(px(8))
        edge = px(2)
        self._inside.setContentsMargins(edge, edge, edge, edge)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list is at most a third of the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = self._context.theme.px
        wanted = px(SLIM if self._scale is Scale.DAY else TRAY)
        self.tray.setFixedWidth(max(min(wanted, self.width() * 32 // 100), min(px(180), self.width() // 2)))
        self.places.setVisible(self.width() > px(760))

    # --- open and closed ---------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was not seen is read."""
        super().showEvent(event)
        self._hold_back()
        self._midnight.start()
        if self._stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody stays on the way."""
        super().hideEvent(event)
        self._hold_back()
        self._midnight.stop()
        if self.carry is not None:
            self.carry.cancel()

    def _attached(self) -> None:
        self._today = self._context.today()
        if self._day is None:
            self._day = self._today
        self._stale = True
        if self.isVisible():
            self.refresh()

    def _detached(self) -> None:
        if self.carry is not None:
            self.carry.cancel()
        self.leave_as_of()
        self._boards, self._booking, self._tray_loaded = {}, None, False
        for part in (self.month, self.week, self.day, self.tray):
            part.forget()
        self.title.setText("")
        self.places.setText("")
        self.line.setText("")

    def _look_at_day(self) -> None:
        if self._context.open and self._context.today() != self._today:
            self._today = self._context.today()
            self.refresh()

    def _something_changed(self, made: Changes) -> None:
        if made.topics & TOPICS:
            self._stale = True
            if self.isVisible() and self._context.open:
                self.refresh()

    # --- reading -----------------------------------------------------------------------------------------------

    @property
    def scale(self) -> Scale:
        """How much is shown."""
        return self._scale

    @property
    def chosen_day(self) -> date | None:
        """The day that is chosen."""
        return self._day

    def printable(self, usual: PaperRequest) -> PaperRequest:
        """What Ctrl+P prints here: who comes on the day that is chosen."""
        return replace(usual, kind=PaperKind.DAY_LIST, day=self._day)

    @property
    def surface(self) -> MonthGrid | WeekGrid | DayList:
        """The part that shows the days."""
        if self._scale is Scale.MONTH:
            return self.month
        return self.week if self._scale is Scale.WEEK else self.day

    def shown_days(self) -> tuple[date, ...]:
        """The days that are shown."""
        return () if self._day is None else days_of(self._day, self._scale, MONDAY)

    def board_of(self, day: date) -> CalendarDay | None:
        """What is known of a day, None while it is not."""
        return self._boards.get(day)

    def refresh(self) -> None:
        """Read everything that is shown anew."""
        if not self._context.open or self._day is None:
            return
        self._stale = False
        if self._as_of is not None:
            self._compute(self._as_of.day)
        self._read_days()
        self._read_tray()

    def _read_days(self) -> None:
        days, scale = self.shown_days(), self._scale
        on = self._as_of.day if self._as_of is not None else None
        self._show_frame()
        self._context.tasks.ask(
            lambda s: read_calendar(s, days, scale, on),
            lambda read: self._take_days(read, days, scale),
            owner=self,
            key="days",
            failed=self._failed,
        )

    def _take_days(self, read: CalendarRead, days: tuple[date, ...], scale: Scale) -> None:
        if days != self.shown_days() or scale is not self._scale:
            return
        self._today = read.today
        self._boards = {one.day: one for one in read.days}
        self.month.show_boards(self._boards)
        self.week.show_boards(self._boards)
        if scale is Scale.MONTH:
            self._keep_booking({one.appointment.id: one for board in read.days for one in board.bookings})
        elif scale is Scale.WEEK:
            self.week.show_bookings(read.bookings)
            self._keep_booking({one.appointment.id: one for one in read.bookings})
        elif scale is Scale.DAY:
            self.day.show_board(self._boards.get(days[0]))
            self.day.show_rows(read.rows)
            self._keep_booking({one.booking.appointment.id: one.booking for one in read.rows})
        self._say_places()
        if self.carry is not None:
            self.carry.look_again()

    def _keep_booking(self, shown: Mapping[int, DayEntry]) -> None:
        """The booking chosen before is chosen still, as it is now; gone, none is."""
        chosen = self._booking.appointment.id if self._booking is not None else 0
        self._booking = shown.get(chosen)
        self._mark_booking()

    def _show_frame(self) -> None:
        """Show the days themselves at once; what stands in them comes."""
        day, today = self._day, self._today
        if day is None or today is None:
            return
        days = self.shown_days()
        if self._scale is Scale.MONTH:
            self.month.show_month(days, day.month, day, today)
            self.title.setText(f"{translate(LONG_MONTHS[day.month - 1])} {day.year}")
        elif self._scale is Scale.WEEK:
            rules = self._context.clinic.rules
            self.week.show_week(days, day, today, [one for one in days if rules.places_on(one)])
            self.title.setText(week_words(days[0], days[-1], today))
        else:
            self.day.show_day(day, today)
            self.title.setText(weekday_day(day))
        self.stack.setCurrentWidget(self.surface)
        self.setFocusProxy(self.day.table if self._scale is Scale.DAY else self.surface)
        self.scales.choose(SCALES.index(self._scale))
        self._say()

    def _say_places(self) -> None:
        day = self._day
        if day is None:
            return
        month = self._scale is Scale.MONTH
        given = [
            one.place
            for one in self._boards.values()
            if one.place.is_botox_day and (not month or one.day.month == day.month)
        ]
        if not given:
            self.places.setText(translate("No Botox day"))
            return
        words = translate("{days} Botox days · {taken} of {places} taken")
        if len(given) == 1:
            words = translate("Botox day · {taken} of {places} taken")
        taken, places = sum(one.taken for one in given), sum(one.capacity for one in given)
        self.places.setText(words.format(days=len(given), taken=number_words(taken), places=number_words(places)))

    def _coming(self) -> date:
        """Until when a window must open for its case to be listed: the last day that is shown."""
        days = self.shown_days()
        today = self._today or self._context.today()
        return max(today, days[-1]) if days else today

    def _read_tray(self) -> None:
        coming, typed, as_of = self._coming(), self.tray.search.words, self._as_of
        wanted = frozenset(self.tray.model.pages_at(self._rows_in_sight())) if self._tray_loaded else frozenset()
        self._context.tasks.ask(
            lambda s: read_tray(s, coming, typed, as_of, wanted or None),
            self._take_tray,
            owner=self.tray,
            key="tray",
            failed=self._failed,
        )

    def _read_tray_anew(self) -> None:
        if self._context.open:
            self._tray_loaded = False
            self._read_tray()

    def _take_tray(self, read: TrayRead) -> None:
        self._tray_loaded = True
        self.tray.show_rows(read.counts, read.pages)

    def _read_pages(self, wanted: tuple[Page, ...]) -> None:
        coming, typed, as_of = self._coming(), self.tray.search.words, self._as_of

        def take(found: tuple[tuple[Line, ...], ...]) -> None:
            if (coming, typed, as_of) == (self._coming(), self.tray.search.words, self._as_of):
                for (key, number), lines in zip(wanted, found, strict=True):
                    self.tray.model.take_page(key, number, lines)

        self._context.tasks.ask(
            lambda s: read_pages(s, list(wanted), coming, typed, as_of),
            take,
            owner=self.tray,
            key=("pages", wanted),
        )

    def _rows_in_sight(self) -> range:
        table = self.tray.table
        top = table.rowAt(0)
        if top < 0:
            return range(0)
        bottom = table.rowAt(table.viewport().height() - 1)
        last = self.tray.model.rowCount() - 1
        return range(top, (last if bottom < 0 else bottom) + 1)

    def _failed(self, problem: ClinicError) -> None:
        self.line.set_ink("danger")
        self.line.setText(sentence_of(problem))

    # --- going from day to day ---------------------------------------------------------------------------------

    def show_scale(self, scale: Scale) -> None:
        """Show month, week or day around the chosen day."""
        if scale is not self._scale:
            had = self._surface_has_keyboard()
            self._scale = scale
            self._fit()
            self._show_frame()
            if had:
                self._give_keyboard()
            self._read_days()
            self._read_tray_anew()

    def choose_day(self, day: date) -> None:
        """Choose a day; another month, week or day is shown where it lies outside."""
        day = within(day)
        before = self.shown_days()
        self._day = day
        if self.shown_days() != before:
            self._read_days()
            self._read_tray_anew()
            return
        self._show_frame()
        if self._booking is not None and self._booking.appointment.day != day:
            self._booking = None
            self._mark_booking()

    def _press_day(self, day: date) -> None:
        """A day of the month, beside its names."""
        self._booking = None
        self._mark_booking()
        self.choose_day(day)

    def _leaf(self, step: int) -> None:
        if self._day is None:
            return
        day = leaf(self._day, self._scale, step)
        if self.carry is not None and not self._by_mouse:
            self._aim(day)
        else:
            self.choose_day(day)

    def _go_today(self) -> None:
        if self._today is not None:
            self._aim(self._today) if self.carry is not None and not self._by_mouse else self.choose_day(self._today)

    def _open_day(self, day: date) -> None:
        self._day = day
        had = self._surface_has_keyboard()
        self.show_scale(Scale.DAY)
        if had:
            self._give_keyboard()

    def _surface_has_keyboard(self) -> bool:
        holder: QWidget | None = self.window().focusWidget()
        return holder is not None and (holder is self.card or self.card.isAncestorOf(holder))

    def _give_keyboard(self) -> None:
        surface = self.surface
        filled = isinstance(surface, DayList) and surface.stack.currentWidget() is surface.table and self.carry is None
        target: QWidget = self.day.table if filled else surface
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keys --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys the parts leave to the view."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier and self._walks(key):
            self._walk_bookings(1 if key == Qt.Key.Key_Down else -1)
        elif not plain or self._day is None:
            super().keyPressEvent(event)
        elif self.carry is not None:
            self._carry_key(key)
        elif key in STEPS and self._surface_has_keyboard():
            self._step(key)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._leaf(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_T):
            self._go_today()
        elif key in SCALE_KEYS:
            self.show_scale(SCALE_KEYS[key])
        elif key == Qt.Key.Key_Slash:
            self.tray.search.line.setFocus()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._surface_has_keyboard():
            self._enter()
        elif key == Qt.Key.Key_M and self._booking is not None and not event.isAutoRepeat():
            self._carry_by_keys(passenger_of(self._booking))
        elif key == Qt.Key.Key_Escape and self._as_of is not None:
            self.leave_as_of()
        else:
            super().keyPressEvent(event)

    def _walks(self, key: Qt.Key) -> bool:
        """Whether Shift with this key goes from name to name of the day of the month that is chosen."""
        free = self.carry is None and self._scale is Scale.MONTH and self._surface_has_keyboard()
        return free and key in (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def _enter(self) -> None:
        if self._booking is not None:
            self._open_booking(self._booking)
        elif self._day is not None and self._scale is not Scale.DAY:
            self._open_day(self._day)

    def _step(self, key: Qt.Key) -> None:
        """Arrows: across from day to day; up and down a week in the month, and from booking to booking in the week."""
        day = self._day
        if day is None:
            return
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        step = STEPS[key] * (-1 if rtl and abs(STEPS[key]) == 1 else 1)
        if abs(step) == 1 or self._scale is Scale.MONTH:
            self.choose_day(day + timedelta(days=step))
        elif self._scale is Scale.WEEK:
            self._walk_bookings(1 if step > 0 else -1)

    def _walk_bookings(self, step: int) -> None:
        bookings: Sequence[DayEntry] = ()
        if self._day is not None:
            month = self._scale is Scale.MONTH
            bookings = self.month.names_of(self._day) if month else self.week.bookings.get(self._day, ())
        ids = [one.appointment.id for one in bookings]
        if not ids:
            return
        here = self._booking.appointment.id if self._booking is not None else 0
        if here not in ids:
            self._take_booking(bookings[0 if step > 0 else -1])
            return
        place = ids.index(here) + step
        if place < 0:
            self._booking = None
            self._mark_booking()
        elif place < len(ids):
            self._take_booking(bookings[place])

    # --- whoever is chosen -------------------------------------------------------------------------------------

    def _take_booking(self, booking: DayEntry | None) -> None:
        self._booking = booking
        if booking is None:
            return
        item = booking.appointment
        if item.day != self._day:
            self._day = item.day
            self._show_frame()
        self._mark_booking()
        self.tray.table.let_go()
        if item.case_ids:
            self.chosen.emit(item.patient_id, item.case_ids[0])

    def _mark_booking(self) -> None:
        chosen = self._booking.appointment.id if self._booking is not None else 0
        self.month.select(chosen)
        self.week.select(chosen)
        if self._scale is Scale.DAY:
            self.day.table.choose(chosen)

    def _row_chosen(self, patient_id: int, case_id: int) -> None:
        self._booking = None
        self._mark_booking()
        self.chosen.emit(patient_id, case_id)

    def _follow(self, _: int, case_id: int) -> None:
        """Somebody else was chosen beside the calendar: no row and no booking seems to be meant."""
        if not self.isVisible():
            return
        line, booking = self.tray.table.line, self._booking
        if line is not None and line.case_id != case_id:
            self.tray.table.let_go()
        if booking is not None and case_id not in booking.appointment.case_ids:
            self._booking = None
            self._mark_booking()

    def _leaving(self, case_id: int) -> None:
        """After a call or a booking the list goes on by itself."""
        line = self.tray.table.line
        if line is None or line.case_id != case_id or not self.isVisible():
            return
        here = self.tray.table.currentIndex().row()
        row = self.tray.model.next_row(here)
        if row is None:
            row = self.tray.model.next_row(here, -1)
        if row is not None:
            self.tray.table.choose(row)

    def _open_booking(self, booking: DayEntry | None) -> None:
        if booking is not None and booking.appointment.case_ids:
            item = booking.appointment
            self._context.intents.open_case.emit(item.patient_id, item.case_ids[0])

    def _open_row(self) -> None:
        line = self.tray.table.line
        if line is not None:
            self._context.intents.open_case.emit(line.patient_id, line.case_id)

    def _press_row(self, key: str) -> None:
        """A letter on a row of the list."""
        line = self.tray.table.line
        if line is None:
            return
        table = self.tray.table
        if key == "m":
            self._carry_by_keys(table.passenger(line))
        else:
            where = table.viewport().mapToGlobal(table.visualRect(table.currentIndex()).bottomLeft())
            self._actions.press(key, line, where, self)

    # --- menus -------------------------------------------------------------------------------------------------

    def _pop_row_menu(self, where: QPoint) -> None:
        line = self.tray.table.line
        if line is None:
            return
        intents, case_id, patient_id = self._context.intents, line.case_id, line.patient_id
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(translate("Open record") + "\t↵", lambda: intents.open_case.emit(patient_id, case_id))
        menu.addAction(translate("Compare photos") + "\tC", lambda: intents.compare.emit(case_id))
        if self._as_of is None and line.offers_call:
            menu.addSeparator()
            self._actions.fill(menu.addMenu(translate("Log a call")), case_id, line.name)
            for words, key in (
                (translate("Call sheet…") + "\tL", "l"),
                (translate("Book first free place") + "\tB", "b"),
                (translate("Book…") + "\tShift+B", "B"),
                (translate("Carry to a day") + "\tM", "m"),
            ):
                action = menu.addAction(words)
                action.triggered.connect(lambda _=False, key=key: self._press_row(key))
                keep_to_roles(self._context, action, Action.REGISTER)
        menu.popup(where)

    def _pop_booking_menu(self, booking: DayEntry | None, where: QPoint) -> None:
        if booking is None:
            return
        self._take_booking(booking)
        item = booking.appointment
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if self._as_of is not None:
            menu.addAction(translate("Open record") + "\t↵", lambda: self._open_booking(booking))
            menu.popup(where)
            return
        hands = BookingHands(
            lambda: self._open_booking(booking),
            lambda status: self._actions.set_status(item, booking.name, status),
            lambda drug: self._actions.set_drug(item, booking.name, drug),
            lambda: self._context.intents.move_booking.emit(item.case_ids[0], item) if item.case_ids else None,
        )
        fill_booking_menu(self._context, menu, booking, self._today, hands)
        passenger = passenger_of(booking)
        if passenger is not None:
            carry = menu.addAction(translate("Carry to a day") + "\tM", lambda: self._carry_by_keys(passenger))
            keep_to_roles(self._context, carry, Action.REGISTER)
        menu.popup(where)

    def _pop_chosen_day(self) -> None:
        if self._day is not None:
            self._pop_day_menu(self._day, self.of_day.mapToGlobal(self.of_day.rect().bottomLeft()))

    def _print_day(self, day: date) -> None:
        from clinic_app.ui.schedule.papers_dialog import usual_request

        self._context.intents.print_paper.emit(replace(usual_request(), kind=PaperKind.DAY_LIST, day=day), 0)

    def _pop_day_menu(self, day: date, where: QPoint) -> None:
        self.choose_day(day)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if self._scale is not Scale.DAY:
            menu.addAction(translate("Show the day") + "\t↵", lambda: self._open_day(day))
        menu.addAction(translate("Plan of the day"), lambda: self._context.intents.plan_day.emit(day))
        paper = menu.addAction(translate("Print the day list…") + "\tCtrl+P", lambda: self._print_day(day))
        keep_to_roles(self._context, paper, Action.PRINT)
        line = self.tray.table.line
        if line is not None and self._as_of is None:
            words = translate("Book {name} on {day}…").format(
                name=line.name.replace("&", "&&"), day=short_weekday_day(day, self._today or day)
            )
            book = menu.addAction(words, lambda: self._context.intents.book_on.emit(line.case_id, day))
            keep_to_roles(self._context, book, Action.REGISTER)
        menu.popup(where)

    # --- carrying ----------------------------------------------------------------------------------------------

    def _if_free(self, who: Callable[[QPoint], Passenger | None]) -> Callable[[QPoint], Passenger | None]:
        """Nobody is picked up as of another day, or by whoever may not book."""

        def asked(where: QPoint) -> Passenger | None:
            if self._as_of is not None or self._context.barred(Action.REGISTER):
                return None
            return who(where)

        return asked

    def _hold_back(self) -> None:
        """Nothing of the record is changed while another day is in sight."""
        shown = self._as_of is not None and self.isVisible()
        self._context.look_only(looked_at_words(self._as_of.day) if shown and self._as_of is not None else "")

    def pick_up(self, passenger: Passenger, where: QPoint) -> None:
        """Carry somebody with the mouse from a place of the screen."""
        carry = self._begin(passenger, by_mouse=True)
        if carry is not None:
            MouseCarry(self._context.theme, carry, self, self.window(), where)

    def _carry_by_keys(self, passenger: Passenger | None) -> None:
        if passenger is None or self._context.refuse(Action.REGISTER):
            return
        carry = self._begin(passenger, by_mouse=False)
        if carry is None or self._day is None or self._today is None:
            return
        booking = passenger.booking
        start = booking.day if booking is not None else max(self._day, self._today)
        self._aim(start)
        self.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self, passenger: Passenger, *, by_mouse: bool) -> Carry | None:
        if self.carry is not None or self._day is None or not self._context.open:
            return None
        self._before = (self._day, self._scale, self.window().focusWidget())
        self._by_mouse = by_mouse
        carry = Carry(self._context, passenger, self.board_of, self.shown_days, self)
        self.carry = carry
        carry.looked.connect(self._look)
        carry.dropped.connect(self._dropped)
        carry.refused.connect(self._refused)
        carry.ended.connect(self._carried)
        self._look()
        return carry

    def _aim(self, day: date) -> None:
        carry = self.carry
        if carry is None:
            return
        self.choose_day(day)
        carry.aim(self._day)

    def _carry_key(self, key: Qt.Key) -> None:
        carry = self.carry
        if carry is None or self._by_mouse or self._day is None:
            return
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if key in STEPS:
            step = STEPS[key]
            self._aim(self._day + timedelta(days=-step if rtl and abs(step) == 1 else step))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._leaf(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_T):
            self._go_today()
        elif key in SCALE_KEYS:
            self.show_scale(SCALE_KEYS[key])
            self.surface.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            carry.enter()
        elif key == Qt.Key.Key_Escape:
            carry.cancel()

    def day_at(self, where: QPoint) -> date | None:
        """The day at a place of the screen; over the arrows of the head it leafs after a moment."""
        step = 0
        for button, way in ((self.back, -1), (self.forth, 1)):
            if button.rect().contains(button.mapFromGlobal(where)):
                step = way
        if step != self._leaf_step:
            self._leaf_step = step
            self._leafing.start() if step else self._leafing.stop()
        return self.surface.day_at(where)

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the days."""
        for part in (self.month, self.week, self.day):
            part.show_drop(look)

    def _leaf_on(self) -> None:
        if self.carry is not None and self._leaf_step:
            self._leaf(self._leaf_step)

    def _look(self) -> None:
        if self.carry is not None:
            self.show_drop(self.carry.look())
            self._say()

    def _carried(self) -> None:
        """It is over, however it ended: the marks go, and by keys the day and the keyboard come back."""
        carry, self.carry = self.carry, None
        self._leafing.stop()
        self._leaf_step = 0
        self.show_drop(None)
        self._say()
        if carry is not None:
            carry.deleteLater()
        if self._before is not None and not self._by_mouse:
            day, _, holder = self._before
            self.choose_day(day)
            if holder is not None and holder.isVisible():
                holder.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def _dropped(self, passenger: Passenger, day: date) -> None:
        self.choose_day(day)
        if passenger.booking is not None:
            self._actions.move(passenger.booking, passenger.name, day)
        else:
            self._actions.book(passenger.case_id, passenger.patient_id, passenger.name, day)

    def _refused(self, passenger: Passenger, day: date, refusal: RuleBroken) -> None:
        """Enter on a day that needs a reason opens the booking sheet on it; on others it stays where it is."""
        if refusal.code not in OPENED_BY_REASON or self.carry is None:
            return
        self.carry.cancel()
        if passenger.booking is not None:
            self._actions.move_refused.emit(passenger.booking, day, None)
        else:
            self._context.intents.book_on.emit(passenger.case_id, day)

    def _say(self) -> None:
        """The line below: what would come of dropping here, else what can be done."""
        self.line.set_ink("text2")
        if self.carry is not None:
            words = self.carry.words
            day = self.carry.aimed
            if day is not None and self.carry.refusal(day) is not None:
                self.line.set_ink("danger")
        elif self._as_of is not None:
            words = translate("Another day is shown: nothing can be changed. Esc goes back to today.")
        else:
            words = translate("Drag somebody onto a day, or press M and the arrows. B books the first free place.")
        self.line.setText(words)
        self.surface.setAccessibleDescription(words if self.carry is not None else "")

    # --- as of another day -------------------------------------------------------------------------------------

    @property
    def as_of(self) -> AsOf | None:
        """The other day that is shown, None for today."""
        return self._as_of

    def _ask_day(self) -> None:
        if self.strip.isVisible():
            self.leave_as_of()
        elif self._day is not None:
            self.strip.ask(self._day)

    def _show_as_of(self, day: date) -> None:
        if self._context.open:
            self.strip.wait()
            self._compute(day)

    def _compute(self, day: date) -> None:
        self._context.tasks.ask(
            lambda s: s.calendar_board.as_of(day),
            self._take_as_of,
            owner=self.strip,
            key="as_of",
            failed=self._failed,
        )

    def _take_as_of(self, found: AsOf) -> None:
        if not self.strip.isVisible() or not self._context.open:
            return
        if self.carry is not None:
            self.carry.cancel()
        fresh = self._as_of is None or self._as_of.day != found.day
        self._as_of = found
        self._hold_back()
        self.strip.show_day(found.day, self._today or self._context.today(), found.counts)
        self.tray.search.hide()
        self.tray.search.clear()
        self.tray.show_title(translate("Every diagnosis"))
        if fresh:
            self._day = within(found.day)
            self._read_days()
            self._read_tray_anew()
        else:
            self._read_tray()

    def leave_as_of(self) -> None:
        """Show today again."""
        shown, self._as_of = self._as_of, None
        self._hold_back()
        holder: QWidget | None = self.window().focusWidget()
        had = holder is not None and self.strip.isAncestorOf(holder)
        self.strip.hide()
        self.tray.search.show()
        self.tray.show_title(translate("Not booked"))
        if had:
            self._give_keyboard()
        if shown is not None and self._context.open:
            self._day = self._today
            self._read_days()
            self._read_tray_anew()
