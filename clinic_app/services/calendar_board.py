"""The calendar of the bookings: its days, who comes, who waits for a day, and every case as of another day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from clinic_app.domain.access import Action
from clinic_app.domain.calendar_board import AsOf, CalendarDay, Carried, DayLine
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import Appointment, DueEntry, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services.booking_rules import GAVE_UP_THEIR_PLACE, with_places
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs
from clinic_app.services.schedule import due_entries
from clinic_app.storage.unit import UnitOfWork

UNBOOKED = (FollowUpStatus.OVERDUE, FollowUpStatus.DUE, FollowUpStatus.COMING)
"""Who waits for a day."""
EVERY = CallListFilter()
FOUND_AT_MOST = 500
"""Patients looked through for what is typed above the list of who waits."""


class CalendarBoardService:
    """What the calendar shows."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def days(self, first: date, last: date, bookings: int = 0) -> tuple[CalendarDay, ...]:
        """Every day from ``first`` to ``last``, each with up to so many of its bookings, by token."""
        context = self._context
        with context.units.read() as unit:
            taken = unit.schedule.taken_places(first, last)
            tokens = unit.schedule.next_tokens(first, last)
            missing = unit.calendar_board.without_drug(first, last)
            away = unit.absences.since(first)
            booked = unit.calendar_board.first_bookings(first, last, bookings) if bookings else ()
        veil = context.access.veil()
        listed: dict[date, tuple[DayEntry, ...]] = {}
        for one in booked:
            day = one.appointment.day
            listed[day] = (*listed.get(day, ()), veil.booking(one))
        rules = context.rules
        return tuple(
            CalendarDay(
                with_places(rules, away, day, taken.get(day, 0), tokens.get(day, 1)),
                rules.working_days.is_working(day),
                tuple(one for one in away if one.covers(day)),
                listed.get(day, ()),
                missing.get(day, 0),
            )
            for day in (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        )

    @needs(Action.FIND)
    def bookings(self, first: date, last: date) -> tuple[DayEntry, ...]:
        """The bookings of these days that were not cancelled and do not only wait, by day and token."""
        with self._context.units.read() as unit:
            return self._bookings(unit, first, last)

    @needs(Action.FIND)
    def day_list(self, day: date, on: date | None = None) -> tuple[DayLine, ...]:
        """Who comes on a day, by time and token, with where each diagnosis stands on the day ``on`` (default today)."""
        with self._context.units.read() as unit:
            bookings = self._bookings(unit, day, day)
            ids = list(dict.fromkeys(id_ for one in bookings for id_ in one.appointment.case_ids))
            entries = {
                entry.case_id: entry
                for entry in due_entries(self._context, unit, ids, on if on is not None else self._context.today())
            }
        return tuple(
            DayLine(one, tuple(entries[id_] for id_ in one.appointment.case_ids if id_ in entries))
            for one in sorted(bookings, key=_by_time)
        )

    @needs(Action.FIND)
    def unbooked(self, coming: date, typed: str = "") -> dict[FollowUpStatus, int]:
        """How many cases are overdue, due, and have a window that opens until the day ``coming``, none of them booked.

        ``typed``: only patients a search for it finds.
        """
        context = self._context
        with context.units.read() as unit:
            only = self._found(unit, typed)
            hidden = context.access.hidden() if only is not None else frozenset()
            return unit.calendar_board.unbooked(context.today(), coming, UNBOOKED, hidden, only)

    @needs(Action.FIND)
    def unbooked_pages(
        self, wanted: Sequence[tuple[FollowUpStatus, int]], limit: int, coming: date, typed: str = ""
    ) -> tuple[tuple[DueEntry, ...], ...]:
        """Pages (status, offset) of them, in the order of urgency."""
        context = self._context
        today = context.today()
        with context.units.read() as unit:
            only = self._found(unit, typed)
            hidden = context.access.hidden() if only is not None else frozenset()
            pages = [
                unit.schedule.case_ids(status, today, offset, limit, EVERY, hidden, only=only, coming=coming)
                for status, offset in wanted
            ]
            return tuple(due_entries(context, unit, page, today) for page in pages)

    @needs(Action.FIND, case="case_ids")
    def carried(self, case_ids: tuple[int, ...], appointment_id: int | None = None) -> Carried:
        """What decides on which days these diagnoses of one patient may be booked, or their booking moved.

        Raises:
            NotFound: the booking, or every one of the diagnoses, is gone.
        """
        context = self._context
        with context.units.read() as unit:
            booking = unit.schedule.appointment(appointment_id) if appointment_id is not None else None
            known = context.follow_ups(unit, list(case_ids), context.today())
            if not known:
                unit.cases.get(case_ids[0])
            patient = unit.patients.get(next(iter(known.values())).case.patient_id)
            name = context.access.veil().patient(patient).details.full_name
        facts = [one.facts for one in known.values()]
        earliest = [one.answer.window.earliest for one in known.values()]
        return Carried(
            patient.id,
            case_ids,
            name,
            max((day for day in earliest if day is not None), default=None),
            tuple(hold for one in facts for hold in one.holds),
            tuple(stop for one in facts for stop in one.stops),
            _live_days((item for one in facts for item in one.appointments), appointment_id),
            patient.departed,
            booking.day if booking is not None else None,
            booking.injector if booking is not None else "",
        )

    @needs(Action.FIND)
    def as_of(self, day: date) -> AsOf:
        """Every case on another day (design section 5.2): how many are in each status.

        Sessions, calls, holds and stops after it are ignored, bookings stand as stored.
        """
        with self._context.units.read() as unit:
            return AsOf(day, unit.known_windows.counts(day))

    @needs(Action.FIND)
    def as_of_pages(
        self, as_of: AsOf, wanted: Sequence[tuple[FollowUpStatus, int]], limit: int
    ) -> tuple[tuple[DueEntry, ...], ...]:
        """Pages (status, offset) of the cases as of that day, in the order of urgency."""
        day = as_of.day
        with self._context.units.read() as unit:
            pages = [unit.known_windows.case_ids(status, day, offset, limit) for status, offset in wanted]
            ids = [id_ for page in pages for id_ in page]
            entries = {entry.case_id: entry for entry in due_entries(self._context, unit, ids, day)}
        return tuple(tuple(entries[id_] for id_ in page if id_ in entries) for page in pages)

    def _bookings(self, unit: UnitOfWork, first: date, last: date) -> tuple[DayEntry, ...]:
        kept = [item for item in unit.schedule.appointments(first, last) if item.status not in GAVE_UP_THEIR_PLACE]
        people = unit.calendar_board.people(sorted({item.patient_id for item in kept}))
        veil = self._context.access.veil()
        return tuple(veil.booking(DayEntry(item, *people[item.patient_id])) for item in kept)

    @staticmethod
    def _found(unit: UnitOfWork, typed: str) -> list[int] | None:
        return unit.patients.matching_ids(typed, FOUND_AT_MOST) if typed.strip() else None


def _live_days(appointments: Iterable[Appointment], besides: int | None) -> dict[date, int]:
    return {item.day: item.token for item in appointments if item.status.live and item.id != besides}


def _by_time(booking: DayEntry) -> tuple[str, int, int]:
    item = booking.appointment
    return ("" if item.at is None else item.at.isoformat(), item.token, item.id)
