"""The waitlist: who would come earlier, or on a day that is full, and who gets a place that becomes free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import NotFound, RuleBroken
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails, earliest_day
from clinic_app.services.booking_rules import (
    botox_day,
    check_cases,
    check_doctor,
    check_patient,
    check_place,
    check_time,
    details_of,
    with_length,
)
from clinic_app.services.context import ClinicContext, Known, changes
from clinic_app.services.needs import needs
from clinic_app.storage.unit import UnitOfWork

DAYS_AHEAD = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a place. ``booked``: the booking they have meanwhile, later than the place."""

    appointment: Appointment
    mrn: str
    name: str
    booked: Appointment | None = None


@dataclass(frozen=True, slots=True)
class FreePlace:
    """A day with how many places are free, and who waits for one of them, in the order they were entered."""

    day: date
    free: int
    waiting: tuple[Waiting, ...]


class WaitingService:
    """The waitlist of the clinic. It takes no places, and ends when its patient is booked or ``wait_until`` is over."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.REGISTER, patient="details.patient_id")
    def wait(self, details: BookingDetails) -> Changes:
        """Put somebody on the waitlist for ``details.day`` to ``details.wait_until``; ``result`` is the entry.

        Raises:
            RuleBroken: ``departed``, ``no_case``, ``case_of_another_patient``, ``case_stopped``,
                ``wait_until_missing``, ``wait_until_before``, ``already_waiting``, ``waits_before_earliest`` (no day
                of it is late enough).
        """
        context, today = self._context, self._context.today()
        until = details.wait_until
        if until is None:
            raise RuleBroken("wait_until", "wait_until_missing")
        first = max(details.day, today)
        if until < first:
            raise RuleBroken("wait_until", "wait_until_before", day=first, until=until)
        with context.units.open() as unit:
            context.check_clock(unit)
            check_patient(unit, details.patient_id)
            if not details.case_ids:
                raise RuleBroken("cases", "no_case")
            if not set(details.case_ids) <= {case.id for case in unit.cases.of_patient(details.patient_id)}:
                raise RuleBroken("cases", "case_of_another_patient")
            for item in context.follow_ups(unit, list(dict.fromkeys(details.case_ids)), today).values():
                if item.answer.stop is not None:
                    raise RuleBroken("cases", "case_stopped")
                if any(one.waits(today) for one in item.facts.appointments):
                    raise RuleBroken("cases", "already_waiting")
                earliest, _ = earliest_day(item.facts, context.rules.minimum, until)
                if earliest is not None and until < earliest:
                    raise RuleBroken("wait_until", "waits_before_earliest", until=until, earliest=earliest)
            entry_id = unit.schedule.add_appointment(replace(details, day=first, at=None))
            context.refresh(unit, [details.patient_id])
            undo = context.undoable(unit, "facts", details.patient_id)
            entry = unit.schedule.appointment(entry_id)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=entry)

    @needs(Action.REGISTER, appointment="appointment_id")
    def stop(self, appointment_id: int) -> Changes:
        """Take somebody off the waitlist. Raises ``RuleBroken``: ``waits_no_more``."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            entry = self._entry(unit, appointment_id)
            stop_waiting(unit, entry.case_ids, context.today())
            undo = context.undoable(unit, "facts", entry.patient_id)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo)

    @needs(Action.REGISTER, appointment="appointment_id")
    def give_place(self, appointment_id: int, day: date, at: time | None = None, reason: str = "") -> Changes:
        """Give a place to somebody who waits: a later booking of theirs is moved there. ``result`` is the booking.

        Raises:
            RuleBroken: ``waits_no_more``, ``wait_other_days``; else as ``book``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            entry = self._entry(unit, appointment_id)
            if not entry.day <= day or entry.wait_until is None or day > entry.wait_until:
                raise RuleBroken("day", "wait_other_days", first=entry.day, until=entry.wait_until)
            check_patient(unit, entry.patient_id)
            later = self._later_booking(unit, entry, day)
            wanted = replace(
                details_of(later or entry), day=day, at=at, reason=reason, case_ids=(later or entry).case_ids
            )
            wanted = with_length(context, unit, replace(wanted, minutes=None))
            check_cases(context, unit, wanted, later.id if later else entry.id, adds=later is None)
            check_place(context, unit, day, reason)
            check_doctor(unit, wanted)
            check_time(context, unit, wanted, later.id if later else entry.id)
            stop_waiting(unit, entry.case_ids, context.today())
            taken = later or unit.schedule.appointment(entry.id)
            unit.schedule.change_appointment(
                replace(
                    taken,
                    day=day,
                    at=at,
                    minutes=wanted.minutes,
                    token=unit.schedule.next_token(day),
                    status=AppointmentStatus.BOOKED,
                    reason=reason,
                    decided_by=taken.decided_by if reason.strip() else "",
                    wait_until=None if later is None else taken.wait_until,
                )
            )
            for case_id in taken.case_ids:
                unit.schedule.add_call(case_id, Attempt.BOOKED, context.now(), None, "", "")
            context.refresh(unit, [entry.patient_id])
            undo = context.undoable(unit, "facts", entry.patient_id)
            booked = unit.schedule.appointment(taken.id)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=booked)

    @needs(Action.FIND)
    def for_day(self, day: date) -> FreePlace:
        """The places of a day, and who waits for one and may be booked on it."""
        context, today = self._context, self._context.today()
        if day < today:
            return FreePlace(day, 0, ())
        hidden = context.access.hidden()
        with context.units.read() as unit:
            place = botox_day(context, unit, day)
            entries = [one for one in unit.schedule.waiting(day) if one.day <= day and one.patient_id not in hidden]
            known = context.follow_ups(unit, sorted({id_ for one in entries for id_ in one.case_ids}), today)
            patients = unit.patients.by_ids(sorted({one.patient_id for one in entries}))
        found = []
        for entry in entries:
            patient = patients[entry.patient_id]
            own = [known[id_] for id_ in entry.case_ids if id_ in known]
            gone = patient.departed
            if gone or not own or not all(self._may_come(one, day) for one in own):
                continue
            later = [one for item in own for one in item.facts.appointments if one.status.live and one.day > day]
            found.append(Waiting(entry, patient.mrn, patient.name, min(later, key=_by_day, default=None)))
        return FreePlace(day, place.free, tuple(found))

    @needs(Action.FIND)
    def free_places(self, most: int = 5) -> tuple[FreePlace, ...]:
        """The first days to come on which a place is free that somebody who waits would take."""
        context, today = self._context, self._context.today()
        with context.units.read() as unit:
            until = [one.wait_until for one in unit.schedule.waiting(today) if one.wait_until is not None]
            last = min(max(until, default=today), today + DAYS_AHEAD)
            taken = unit.schedule.taken_places(today, last) if until else {}
        rules = context.rules
        days = (today + timedelta(days=offset) for offset in range((last - today).days + 1 if until else 0))
        free = (day for day in days if rules.places_on(day) > taken.get(day, 0))
        found: list[FreePlace] = []
        for day in free:
            place = self.for_day(day)
            if place.free and place.waiting:
                found.append(place)
            if len(found) == most:
                break
        return tuple(found)

    @needs(Action.FIND, patient="patient_id")
    def of_patient(self, patient_id: int) -> tuple[Appointment, ...]:
        """What a patient waits for now."""
        today = self._context.today()
        with self._context.units.read() as unit:
            return tuple(one for one in unit.schedule.waiting(today) if one.patient_id == patient_id)

    def _may_come(self, known: Known, day: date) -> bool:
        earliest, _ = earliest_day(known.facts, self._context.rules.minimum, day)
        return (
            known.answer.stop is None
            and not any(hold.holds_on(day) for hold in known.facts.holds)
            and (earliest is None or earliest <= day)
            and not any(one.status.live and self._context.today() <= one.day <= day for one in known.facts.appointments)
        )

    def _entry(self, unit: UnitOfWork, appointment_id: int) -> Appointment:
        entry = unit.schedule.appointment(appointment_id)
        if not entry.waits(self._context.today()):
            raise RuleBroken("status", "waits_no_more")
        return entry

    def _later_booking(self, unit: UnitOfWork, entry: Appointment, day: date) -> Appointment | None:
        known = unit.schedule.appointments_of_cases(entry.case_ids)
        later = [one for items in known.values() for one in items if one.status.live and one.day > day]
        return min(later, key=_by_day, default=None)


def stop_waiting(unit: UnitOfWork, case_ids: Sequence[int], today: date, *, no_other: bool = False) -> dict[str, str]:
    """These cases wait no more; answers until when they waited, by the entry's id.

    ``no_other``: an entry that is for another case too goes on.
    """
    waited: dict[str, str] = {}
    for entry in unit.schedule.waiting(today):
        if entry.wait_until is not None and _ends(entry, set(case_ids), no_other=no_other):
            waited[str(entry.id)] = entry.wait_until.isoformat()
            unit.schedule.change_appointment(replace(entry, wait_until=today - timedelta(days=1)))
    return waited


def _ends(entry: Appointment, case_ids: set[int], *, no_other: bool) -> bool:
    return case_ids.issuperset(entry.case_ids) if no_other else not case_ids.isdisjoint(entry.case_ids)


def wait_again(unit: UnitOfWork, waited: object) -> None:
    """Entries that ended with a booking wait again, as before; one that is gone stays gone."""
    for key, until in (waited if isinstance(waited, dict) else {}).items():
        try:
            entry = unit.schedule.appointment(int(key))
        except NotFound:
            continue
        if entry.status is AppointmentStatus.WAITLIST:
            unit.schedule.change_appointment(replace(entry, wait_until=date.fromisoformat(str(until))))


def _by_day(one: Appointment) -> tuple[date, int]:
    return one.day, one.token
