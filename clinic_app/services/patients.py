"""What the clinic does with patients: find, add, change, and say that one has gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import latest
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.cases import Case, CaseDetails, Stop, StopReason
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.conflicts import changed_meanwhile, clashes_of
from clinic_app.domain.errors import NotFound, RuleBroken
from clinic_app.domain.patients import Patient, PatientDetails, PatientEntry, PatientMatch, fold, phone_digits
from clinic_app.domain.pictures import Injected, PictureEntry, phase_of
from clinic_app.domain.schedule import AppointmentStatus
from clinic_app.services.cases import checked_case
from clinic_app.services.context import ClinicContext, Known, changes, injections_of
from clinic_app.services.needs import needs
from clinic_app.services.waiting import stop_waiting, wait_again
from clinic_app.storage.patients import CANDIDATES
from clinic_app.storage.unit import UnitOfWork


class PatientsService:
    """Patients of the clinic."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def count(self, typed: str = "") -> int:
        """How many patients match what was typed; all for nothing typed."""
        with self._context.units.read() as unit:
            return self._search(unit, typed, 0, 0)[0] if self._context.access.hidden() else unit.patients.count(typed)

    @needs(Action.FIND)
    def entries(self, typed: str = "", offset: int = 0, limit: int = 200) -> tuple[PatientEntry, ...]:
        """One page of the patients that match what was typed (name, number, phone), best first; or all by name."""
        with self._context.units.read() as unit:
            veil = self._context.access.veil()
            if not veil.hidden:
                return tuple(map(veil.entry, unit.patients.entries(typed, offset, limit)))
            return self._search(unit, typed, offset, limit)[1]

    @needs(Action.FIND)
    def listed(self, patient_ids: Sequence[int]) -> tuple[PatientEntry, ...]:
        """These patients as a list shows them, in this order; who is gone or restricted is left out."""
        veil = self._context.access.veil()
        with self._context.units.read() as unit:
            found = unit.patients.entries_of([id_ for id_ in patient_ids if id_ not in veil.hidden])
        return tuple(map(veil.entry, found))

    @needs(Action.FIND)
    def place(self, patient_id: int) -> int:
        """How many stand before a patient in the list of all, by name. Raises ``NotFound``."""
        with self._context.units.read() as unit:
            hidden = sorted(self._context.access.hidden())
            if patient_id in hidden:
                return unit.patients.count() - len(hidden) + hidden.index(patient_id)
            return unit.patients.place(patient_id, hidden)

    @needs(Action.FIND)
    def first_page(self, typed: str, limit: int = 200) -> tuple[int, tuple[PatientEntry, ...]]:
        """How many patients match what was typed, and the first page of them: one search for a keystroke."""
        with self._context.units.read() as unit:
            veil = self._context.access.veil()
            if veil.hidden:
                return self._search(unit, typed, 0, limit)
            count, entries = unit.patients.first_page(typed, limit)
            return count, tuple(map(veil.entry, entries))

    @needs(Action.FIND, patient="patient_id", view="patient")
    def get(self, patient_id: int) -> Patient:
        """One patient. Raises ``NotFound``."""
        with self._context.units.read() as unit:
            return unit.patients.get(patient_id)

    @needs(Action.FIND, view="patient")
    def by_mrn(self, mrn: str) -> Patient | None:
        """The patient of this number."""
        with self._context.units.read() as unit:
            found = unit.patients.by_mrn(mrn)
        if found is not None:
            self._context.access.check(Action.FIND, found.id)
        return found

    @needs(Action.FIND)
    def everybody(self) -> tuple[Patient, ...]:
        """Every patient, by mrn; for lists and exports."""
        veil = self._context.access.veil()
        with self._context.units.read() as unit:
            everybody = unit.patients.by_ids(unit.patients.ids()).values()
        return tuple(veil.patient(one) for one in sorted(everybody, key=lambda one: one.mrn))

    def _search(self, unit: UnitOfWork, typed: str, offset: int, limit: int) -> tuple[int, tuple[PatientEntry, ...]]:
        """How many match and one page of them, with restricted patients found by their number alone and listed last.

        Their place among the others would tell the beginning of their names.
        """
        veil = self._context.access.veil()
        hidden = sorted(veil.hidden)
        if not typed.strip():
            known = set(unit.patients.by_ids(hidden))
            last = [id_ for id_ in hidden if id_ in known]
            seen = unit.patients.count() - len(last)
            ids = unit.patients.ids_by_name(offset, limit, hidden) if limit else []
            ids += last[max(offset - seen, 0) : max(offset + limit - seen, 0)]
            return seen + len(last), tuple(map(veil.entry, unit.patients.entries_of(ids)))
        matching = unit.patients.matching_ids(typed, max(CANDIDATES, offset + limit) + len(hidden))
        wanted = fold(typed)
        numbers = {entry.id: fold(entry.mrn) for entry in unit.patients.entries_of(hidden)} if hidden else {}
        found = [id_ for id_ in matching if id_ not in veil.hidden]
        found += [id_ for id_ in hidden if id_ in numbers and numbers[id_].startswith(wanted)]
        most = max(CANDIDATES, offset + limit)
        return min(len(found), most), tuple(map(veil.entry, unit.patients.entries_of(found[offset : offset + limit])))

    @needs(Action.FIND)
    def similar(self, details: PatientDetails) -> tuple[PatientMatch, ...]:
        """Patients who may be the same person: same number, same phone, or much the same name.

        A restricted patient is only told by the number.
        """
        with self._context.units.read() as unit:
            numbers = {item.value for item in details.identifiers}
            phones = {phone_digits(phone.number)[-8:] for phone in details.phones}
            found: dict[int, set[str]] = {}
            for value in numbers:
                for id_ in unit.patients.matching_ids(value, 20):
                    found.setdefault(id_, set())
            for digits in phones:
                for id_ in unit.patients.matching_ids(digits, 20):
                    found.setdefault(id_, set())
            for id_ in unit.patients.matching_ids(details.full_name, 20):
                found.setdefault(id_, set())
            known = unit.patients.by_ids(sorted(found))
            for id_, patient in known.items():
                if numbers & {item.value for item in patient.details.identifiers}:
                    found[id_].add("number")
                if phones & {phone_digits(phone.number)[-8:] for phone in patient.details.phones}:
                    found[id_].add("phone")
                if sorted(fold(patient.name).split()) == sorted(fold(details.full_name).split()):
                    found[id_].add("name")
            veil = self._context.access.veil()
            for id_ in found.keys() & veil.hidden:
                found[id_] &= {"number"}
            likely = [id_ for id_, agrees in found.items() if agrees]
            entries = {entry.id: veil.entry(entry) for entry in unit.patients.entries_of(likely)}
        return tuple(
            PatientMatch(entries[id_], tuple(sorted(found[id_])))
            for id_ in sorted(likely, key=lambda id_: (-len(found[id_]), id_))
            if id_ in entries
        )

    @needs(Action.REGISTER)
    @needs(Action.EDIT_RECORD, when="cases")
    def add(self, details: PatientDetails, cases: tuple[CaseDetails, ...] = ()) -> Changes:
        """Add a patient, perhaps with diagnoses; ``result`` is the patient's id."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient = unit.patients.add(details.checked(context.today()))
            checked = [checked_case(context.catalogues, case) for case in cases]
            if len({(case.condition, case.side) for case in checked}) < len(checked):
                name = context.catalogues.conditions[checked[-1].condition].name
                raise RuleBroken("condition", "case_exists", condition=name)
            for case in checked:
                unit.cases.add(patient.id, case)
            context.refresh(unit, [patient.id])
            undo = context.undoable(unit, "facts", patient.id)
            unit.commit()
        return changes(Topic.PATIENTS, Topic.CASES, undo=undo, result=patient.id)

    @needs(Action.REGISTER, patient="patient_id")
    def change(self, patient_id: int, details: PatientDetails, version: int) -> Changes:
        """Replace what is known of a patient.

        Raises:
            Conflict: ``changed_meanwhile`` with both versions (``domain.conflicts``), ``mrn_taken``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            checked, now = details.checked(context.today()), unit.patients.get(patient_id)
            if now.version != version:
                by = unit.versions.last_change("patient", patient_id)
                raise changed_meanwhile(clashes_of(checked, now.details), now.version, *by)
            unit.patients.change(patient_id, checked, version)
            context.refresh(unit, [patient_id])
            undo = context.undoable(unit, "facts", patient_id)
            unit.commit()
        return changes(Topic.PATIENTS, Topic.SCHEDULE, undo=undo)

    @needs(Action.REGISTER, patient="patient_id")
    def record_death(self, patient_id: int, day: date, note: str = "") -> Changes:
        """The patient died: every case stops and future bookings are cancelled, in one transaction."""
        return self._depart(patient_id, day, StopReason.DECEASED, note)

    @needs(Action.REGISTER, patient="patient_id")
    def record_move(self, patient_id: int, day: date, note: str = "") -> Changes:
        """The patient moved away: every case stops and future bookings are cancelled, in one transaction."""
        return self._depart(patient_id, day, StopReason.MOVED, note)

    def _depart(self, patient_id: int, day: date, reason: StopReason, note: str) -> Changes:
        context = self._context
        if day > context.today():
            raise RuleBroken("day", "day_in_future", day=day, today=context.today())
        with context.units.open() as unit:
            context.check_clock(unit)
            patient = unit.patients.get(patient_id)
            born = patient.details.birth.earliest
            if born is not None and day < born:
                raise RuleBroken("day", "day_before_birth", day=day, born=born)
            events = unit.treatment.events([patient_id]).get(patient_id, ())
            given = max((event.day for event in events), default=None)
            if reason is StopReason.DECEASED and given is not None and day < given:
                raise RuleBroken("day", "died_before_injection", day=day, given=given)
            unit.patients.set_departure(
                patient_id,
                deceased_on=day if reason is StopReason.DECEASED else patient.deceased_on,
                moved_on=day if reason is StopReason.MOVED else patient.moved_on,
            )
            stops = [
                unit.cases.add_stop(case.id, Stop(day, reason, note), of_patient=True)
                for case in unit.cases.of_patient(patient_id)
            ]
            cancelled = cancel_future_bookings(unit, patient_id, context.today())
            context.refresh(unit, [patient_id])
            after = unit.patients.get(patient_id)
            undo = unit.clinic.add_undo(
                "departure",
                {
                    "after": [str(after.deceased_on), str(after.moved_on)],
                    "patient_id": patient_id,
                    "deceased_on": patient.deceased_on.isoformat() if patient.deceased_on else None,
                    "moved_on": patient.moved_on.isoformat() if patient.moved_on else None,
                    "stops": stops,
                    "cancelled": cancelled,
                },
            )
            unit.commit()
        return changes(Topic.PATIENTS, Topic.CASES, Topic.SCHEDULE, undo=undo)

    @needs(Action.REGISTER, patient="patient_id")
    def take_back_departure(self, patient_id: int) -> Changes:
        """Take back that a patient died or moved: cases and bookings to come go on as if it had not been said."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            for undo_id, content in unit.clinic.open_undos("departure"):
                if content.get("patient_id") == patient_id:
                    unit.clinic.take_undo(undo_id)
                    restore_bookings(unit, content.get("cancelled"), context.today())
            unit.patients.set_departure(patient_id, deceased_on=None, moved_on=None)
            for case in unit.cases.of_patient(patient_id):
                unit.cases.remove_stops(case.id, of_patient=True)
            context.refresh(unit, [patient_id])
            unit.commit()
        return changes(Topic.PATIENTS, Topic.CASES, Topic.SCHEDULE)

    @needs(Action.SEE_RECORD, patient="patient_id", view="patient")
    def page(self, patient_id: int) -> CasePage:
        """Everything the case page shows, photographs only to who may see them. Raises ``NotFound``."""
        context = self._context
        today = context.today()
        with context.units.read() as unit:
            patient = unit.patients.get(patient_id)
            case_ids = [case.id for case in unit.cases.of_patient(patient_id)]
            known = context.follow_ups(unit, case_ids, today)
            summaries = tuple(summary_of(unit, known[id_]) for id_ in case_ids)
            calls = [call for id_ in case_ids for call in known[id_].facts.calls]
            external = unit.treatment.external_of(patient_id)
            elsewhere = [item.details.day for item in external]
            pictures = []
            for picture in unit.pictures.of_patient(patient_id):
                owner = case_of_view(context, summaries, picture.view)
                injections = owner.injections if owner else ()
                others = [each.day for one in summaries if one is not owner for each in one.injections]
                phase = phase_of(
                    picture.taken,
                    injections,
                    known_after=picture.known_after,
                    elsewhere=elsewhere,
                    others=others,
                )
                session = phase.injection.session_id if phase.injection else None
                pictures.append(PictureEntry(picture, phase, session, owner.case.id if owner else None))
            photos = context.access.may(Action.SEE_PHOTOS, patient_id)
            return CasePage(
                patient,
                today,
                summaries,
                unit.treatment.visits_of(patient_id),
                external,
                tuple(sorted(calls, key=lambda call: (call.at, call.id), reverse=True)),
                tuple(reversed(unit.schedule.appointments(patient_id=patient_id))),
                tuple(reversed(pictures)) if photos else (),
            )


def summary_of(unit: UnitOfWork, known: Known) -> CaseSummary:
    """One case with its place in the schedule, its plan, its injections and its pinned pairs."""
    last = known.answer.window.last
    last_session = unit.treatment.session(last.session_id) if last is not None and last.session_id else None
    return CaseSummary(
        known.case,
        known.answer,
        known.facts.plan,
        known.facts.plan_level,
        injections_of(known.case.id, known.facts.events),
        last_session,
        unit.pictures.pins(known.case.id),
    )


class TreatedCase(Protocol):
    """A case with its injections, oldest first."""

    @property
    def case(self) -> Case:
        """The case."""
        ...

    @property
    def injections(self) -> tuple[Injected, ...]:
        """What it was given here."""
        ...


Treated = TypeVar("Treated", bound=TreatedCase)


def case_of_view(context: ClinicContext, summaries: tuple[Treated, ...], view: str | None) -> Treated | None:
    """The case a photograph is placed by: the first whose condition this view shows, else the one last injected."""
    for summary in summaries:
        if view is not None and view in context.views_of(summary.case.condition):
            return summary
    treated = [item for item in summaries if item.injections]
    return max(
        treated,
        key=lambda item: latest(one.day for one in item.injections) or date.min,
        default=summaries[0] if summaries else None,
    )


def cancel_future_bookings(unit: UnitOfWork, patient_id: int, today: date) -> dict[str, str]:
    """Cancel what a patient has booked from today on, and take them off the waiting list.

    Answers the bookings' status before, and until when they waited, by id.
    """
    cancelled = stop_waiting(unit, [case.id for case in unit.cases.of_patient(patient_id)], today)
    for appointment in unit.schedule.appointments(today, patient_id=patient_id):
        if appointment.status.live:
            unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus.CANCELLED_BY_CLINIC))
            cancelled[str(appointment.id)] = appointment.status.value
    return cancelled


def restore_bookings(unit: UnitOfWork, cancelled: object, today: date) -> None:
    """Give bookings to come the status they had before they were cancelled; where one was made anew since, it stays.
    Who was on the waiting list waits again.
    """
    for key, status in (cancelled if isinstance(cancelled, dict) else {}).items():
        try:
            appointment = unit.schedule.appointment(int(key))
        except NotFound:
            continue  # its booking was taken back since
        if appointment.status is AppointmentStatus.WAITLIST:
            wait_again(unit, {key: status})
        if appointment.status is not AppointmentStatus.CANCELLED_BY_CLINIC or appointment.day < today:
            continue
        booked = unit.schedule.appointments_of_cases(appointment.case_ids).values()
        if not any(item.status.live and item.day == appointment.day for items in booked for item in items):
            unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus(status)))
