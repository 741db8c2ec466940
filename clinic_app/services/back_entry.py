"""What was written on paper typed in afterwards: every line checked as the window would, all of them saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from clinic_app.domain.access import Action
from clinic_app.domain.back_entry import OLDEST_DAYS, BackEntry, BackKey, BackLine
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.domain.papers import paper_number
from clinic_app.domain.patients import Patient
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails
from clinic_app.services.booking_rules import check_cases, check_patient, check_place
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.services.schedule import appointment_content
from clinic_app.services.waiting import stop_waiting
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.sentences import sentence_of

NOON = time(12, 0)
"""When a call of an earlier day is said to have been: paper keeps the day, not the hour."""


_Meant = tuple[Patient, int] | ClinicError
"""Whom a number means and which diagnosis, or why it means nobody."""


@dataclass(slots=True)
class _Written:
    """What the lines wrote so far, as taking it back needs it."""

    patients: set[int] = field(default_factory=set)
    calls: list[int] = field(default_factory=list)
    bookings: list[dict[str, object]] = field(default_factory=list)
    appointments: list[dict[str, object]] = field(default_factory=list)
    said: set[tuple[int, BackKey]] = field(default_factory=set)


class BackEntryService:
    """Lines typed in from paper."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.REGISTER)
    def check(self, lines: Sequence[BackLine], day: date) -> tuple[BackEntry | ClinicError, ...]:
        """What each line would do, or why it cannot, those before it done already; nothing is kept.

        ``day``: the day that stands on the paper.

        Raises:
            RuleBroken: ``back_day_future``, ``back_day_old`` (of the paper).
        """
        self._check_day(day)
        found: list[BackEntry | ClinicError] = []
        people = self._people(lines)
        with self._context.units.open() as unit:
            written = _Written()
            for line in lines:
                try:
                    found.append(self._take(unit, line, people[line.number], day, written))
                except ClinicError as problem:
                    found.append(problem)
        return tuple(found)

    @needs(Action.REGISTER)
    def save(self, lines: Sequence[BackLine], day: date) -> Changes:
        """Write all lines in one transaction, taken back in one step; ``result`` are the ``BackEntry`` values.

        Raises:
            RuleBroken: ``back_day_future``, ``back_day_old``, ``back_nothing``; ``back_line_refused`` names the line
                that does not hold (any more): then nothing is kept.
        """
        self._check_day(day)
        if not lines:
            raise RuleBroken("lines", "back_nothing")
        context, people = self._context, self._people(lines)
        with context.units.open() as unit:
            context.check_clock(unit)
            written, entries = _Written(), []
            for line in lines:
                try:
                    entries.append(self._take(unit, line, people[line.number], day, written))
                except ClinicError as problem:
                    reason = sentence_of(problem)
                    raise RuleBroken("lines", "back_line_refused", text=line.text, reason=reason) from problem
            context.refresh(unit, written.patients)
            undo = unit.clinic.add_undo(
                "back_entry",
                {
                    "patients": sorted(written.patients),
                    "calls": written.calls,
                    "bookings": written.bookings,
                    "appointments": written.appointments,
                },
            )
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=tuple(entries))

    def _check_day(self, day: date) -> None:
        today = self._context.today()
        if day > today:
            raise RuleBroken("day", "back_day_future", day=day, today=today)
        if day < today - timedelta(days=OLDEST_DAYS):
            raise RuleBroken("day", "back_day_old", day=day, days=OLDEST_DAYS)

    def _people(self, lines: Sequence[BackLine]) -> dict[str, _Meant]:
        """Whom each number means, and that who works may write of them; before anything is written."""
        found: dict[str, _Meant] = {}
        with self._context.units.read() as unit:
            for number in dict.fromkeys(line.number for line in lines):
                try:
                    found[number] = self._who(unit, number)
                except RuleBroken as problem:
                    found[number] = problem
        for number, meant in found.items():
            if not isinstance(meant, ClinicError):
                try:
                    self._context.access.check_all(Action.REGISTER, patient=(meant[0].id,))
                except AccessRefused as problem:
                    found[number] = problem
        return found

    def _take(self, unit: UnitOfWork, line: BackLine, meant: _Meant, day: date, written: _Written) -> BackEntry:
        if isinstance(meant, ClinicError):
            raise meant
        patient, case_id = meant
        if (case_id, line.key) in written.said:
            raise RuleBroken("line", "back_line_twice", number=line.number, name=patient.name)
        entry = BackEntry(line, patient.id, case_id, patient.name, patient.mrn)
        if line.key is BackKey.BOOKED:
            entry = self._book(unit, entry, day, written)
        elif line.key.status is not None:
            entry = self._mark(unit, entry, line.key.status, day, written)
        elif line.key.attempt is not None:
            self._call(unit, entry, patient, line.key.attempt, day, written)
        written.said.add((case_id, line.key))
        written.patients.add(patient.id)
        return entry

    def _who(self, unit: UnitOfWork, number: str) -> tuple[Patient, int]:
        """Whom the number of a row means, and which diagnosis."""
        own, _, _ = number.partition("-")
        patient = unit.patients.by_number(int(own))
        if patient is None:
            raise RuleBroken("line", "back_number_unknown", number=number)
        ids = [case.id for case in unit.cases.of_patient(patient.id)]
        case_id = next((one for one in ids if paper_number(patient, one, ids) == number), None)
        if case_id is None:
            raise RuleBroken("line", "back_case_unknown", number=number, name=patient.name)
        return patient, case_id

    def _call(
        self, unit: UnitOfWork, entry: BackEntry, patient: Patient, outcome: Attempt, day: date, written: _Written
    ) -> None:
        again = entry.line.day
        if again is not None and again < day:
            raise RuleBroken("line", "call_again_in_past", day=again)
        if not outcome.incoming and patient.departed:
            raise RuleBroken("line", "call_of_departed", name=patient.name)
        written.calls.append(unit.schedule.add_call(entry.case_id, outcome, self._moment(day), again, "", ""))

    def _book(self, unit: UnitOfWork, entry: BackEntry, day: date, written: _Written) -> BackEntry:
        booked = entry.line.day
        details = BookingDetails(entry.patient_id, booked or day, (entry.case_id,))
        check_patient(unit, entry.patient_id)
        check_cases(self._context, unit, details)
        check_place(self._context, unit, details.day, "")
        appointment_id = unit.schedule.add_appointment(details)
        waited = stop_waiting(unit, details.case_ids, self._context.today())
        call = unit.schedule.add_call(entry.case_id, Attempt.BOOKED, self._moment(day), None, "", "")
        made = unit.schedule.appointment(appointment_id)
        said = {"after": appointment_content(made), "calls": [call], "holds": [], "waited": waited}
        written.bookings.append({"appointment_id": appointment_id, **said})
        return replace(entry, token=made.token)

    def _mark(
        self, unit: UnitOfWork, entry: BackEntry, status: AppointmentStatus, day: date, written: _Written
    ) -> BackEntry:
        wanted = entry.line.day or day
        if wanted > self._context.today() and status is not AppointmentStatus.CANCELLED_BY_PATIENT:
            raise RuleBroken("line", "day_not_come", day=wanted)
        booked = unit.schedule.appointments(wanted, wanted, patient_id=entry.patient_id)
        before = next((one for one in booked if entry.case_id in one.case_ids and one.status.live), None)
        if before is None:
            raise RuleBroken("line", "back_no_booking", name=entry.name, day=wanted)
        unit.schedule.change_appointment(replace(before, status=status))
        after = unit.schedule.appointment(before.id)
        said = {"version": after.version, "after": appointment_content(after)}
        written.appointments.append({**appointment_content(before), **said})
        return replace(entry, token=before.token)

    def _moment(self, day: date) -> datetime:
        return self._context.now() if day == self._context.today() else datetime.combine(day, NOON)
