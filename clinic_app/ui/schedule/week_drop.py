"""Rows of the call list, and bookings of the week below it, dragged onto a day of that week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.calendar_board import CalendarDay
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.carrying import Carry, MouseCarry, Passenger, PickUp
from clinic_app.ui.schedule.week_board import DayColumn, WeekBoard

Who = Callable[[QPoint], Passenger | None]


class WeekDrop(QObject):
    """Lets people be carried to the days of a week board; ``dropped`` after somebody was let go on one."""

    dropped = Signal()

    def __init__(self, context: UiContext, actions: CaseActions, week: WeekBoard) -> None:
        super().__init__(week)
        self._context = context
        self._actions = actions
        self._week = week
        self._days: Mapping[date, CalendarDay] = {}
        self.carry: Carry | None = None
        for column in week.columns:
            self._watch_column(column)
        week.column_made.connect(self._watch_column)
        context.detached.connect(self.cancel)
        context.concealed.connect(self.cancel)

    def watch(self, widget: QWidget, who: Who) -> None:
        """People can be picked up from a widget; ``who`` answers who stands at a place of it."""
        PickUp(widget, lambda where: self._if_free(who, where)).picked.connect(self._pick_up)

    def cancel(self) -> None:
        """Nobody is carried any more."""
        if self.carry is not None:
            self.carry.cancel()

    def _watch_column(self, column: DayColumn) -> None:
        self.watch(column, column.passenger_at)

    def _if_free(self, who: Who, where: QPoint) -> Passenger | None:
        barred = self._context.barred(Action.REGISTER) or self._week.folded or not self._week.isVisible()
        return None if barred or self.carry is not None else who(where)

    def _pick_up(self, passenger: Passenger, where: QPoint) -> None:
        days = self._week.days()
        if not days or not self._context.open:
            return
        self._days = {}
        carry = self.carry = Carry(self._context, passenger, lambda day: self._days.get(day), self._week.days, self)
        carry.looked.connect(self._look)
        carry.dropped.connect(self._dropped)
        carry.ended.connect(self._ended)
        self._context.tasks.ask(
            lambda s: s.calendar_board.days(days[0], days[-1]), self._take_days, owner=carry, key="days"
        )
        MouseCarry(self._context.theme, carry, self._week, self._week.window(), where)

    def _take_days(self, found: tuple[CalendarDay, ...]) -> None:
        self._days = {one.day: one for one in found}
        if self.carry is not None:
            self.carry.look_again()

    def _look(self) -> None:
        if self.carry is not None:
            aimed = self.carry.aimed
            refused = aimed is not None and self.carry.refusal(aimed) is not None
            self._week.say(self.carry.words, danger=refused)
            self._week.show_drop(self.carry.look())

    def _ended(self) -> None:
        carry, self.carry = self.carry, None
        self._week.show_drop(None)
        self._week.say("")
        if carry is not None:
            carry.deleteLater()

    def _dropped(self, passenger: Passenger, day: date) -> None:
        if passenger.booking is not None:
            self._actions.move(passenger.booking, passenger.name, day)
        else:
            self._actions.book(passenger.case_id, passenger.patient_id, passenger.name, day)
        self.dropped.emit()
