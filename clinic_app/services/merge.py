"""Merging two records of one person, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.bin import BinKind
from clinic_app.domain.calendar import latest
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.merge import (
    NONE_KEPT,
    BookingOfOne,
    KeptBooking,
    MergePreview,
    SameCase,
    SameDay,
    bookings_of_one,
    check_kept,
    details_as_json,
    facts_that_differ,
    merged_details,
    same_cases,
)
from clinic_app.domain.patients import Patient
from clinic_app.domain.schedule import Appointment, AppointmentStatus, earliest_day
from clinic_app.domain.treatment import SessionKind, SessionState
from clinic_app.services.access import needs, open_to_all, reason_said
from clinic_app.services.context import ClinicContext
from clinic_app.services.undo import EVERYTHING
from clinic_app.storage.unit import UnitOfWork


class MergeService:
    """Two records of one person made into one."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.MERGE, patient="kept_id")
    @needs(Action.SEE_RECORD, patient="other_id")
    def preview(self, kept_id: int, other_id: int) -> MergePreview:
        """What merging would do: it is done, looked at and not kept. Raises ``NotFound``."""
        context = self._context
        with context.units.open() as unit:
            kept, other = unit.patients.get(kept_id), unit.patients.get(other_id)
            pairs = _pairs(unit, kept_id, other_id)
            found = MergePreview(
                kept,
                other,
                unit.merge.moves(other_id),
                facts_that_differ(kept, other),
                pairs,
                _same_days(unit, kept_id, other_id, pairs),
                _blocked(kept, other),
            )
            if found.blocked:
                return found
            live = _live(context, unit, kept_id, other_id, pairs)
            unit.merge.merge(kept_id, other_id, {one.other_case: one.kept_case for one in pairs}, context.today())
            bookings = bookings_of_one(_together(context, unit, live))
            return replace(found, bookings=bookings, moved=context.refresh(unit, [kept_id]))

    @open_to_all
    def merge(
        self,
        kept_id: int,
        other_id: int,
        reason: str = "",
        void: Collection[int] = (),
        stay: Collection[int] = (),
        keep: Mapping[int, KeptBooking] = NONE_KEPT,
    ) -> Changes:
        """Give the kept patient everything of the other; ``result`` is the entry of the bin the other went into.

        ``void``: of each injection both records have on one day, the one that was entered twice (session ids).
        ``stay``: of two bookings of what becomes one diagnosis, the one that stays (appointment ids); the other, and
        one that is too early now without a reason and a doctor, is cancelled by the clinic (``bookings_of_one``), but
        for those of which ``keep`` says why they stay.

        Raises:
            AccessRefused: not a doctor, nor an administrator who signed in again.
            RuleBroken: ``merge_same_patient``, ``merge_departed_differs``, ``merge_same_day``: say which is void; as
                ``check_kept``.
        """
        context = self._context
        with context.access.because(reason.strip() or reason_said()):
            context.access.check_all(Action.MERGE, patient=(kept_id, other_id))
            with context.units.open() as unit:
                context.check_clock(unit)
                kept, other = unit.patients.get(kept_id), unit.patients.get(other_id)
                code = _blocked(kept, other)
                if code:
                    raise RuleBroken("patient", code, kept=kept.name, other=other.name)
                pairs = _pairs(unit, kept_id, other_id)
                for clash in _same_days(unit, kept_id, other_id, pairs):
                    if not {clash.kept_session, clash.other_session} & set(void):
                        raise RuleBroken("void", "merge_same_day", day=clash.day, condition=clash.condition)
                merged = merged_details(kept, other)
                live = _live(context, unit, kept_id, other_id, pairs)
                taken = unit.merge.merge(
                    kept_id, other_id, {one.other_case: one.kept_case for one in pairs}, context.today()
                )
                for session_id in void:
                    said = {"state": SessionState.VOID.value, "correction_reason": "merged"}
                    unit.merge.void(taken, "injection_session", session_id, said)
                together = _together(context, unit, live)
                asked = {one.appointment.id for one in bookings_of_one(together, stay) if one.why_not}
                bookings = bookings_of_one(together, stay, keep)
                check_kept(bookings, keep)
                for one in bookings:
                    said_why = keep.get(one.appointment.id)
                    if not one.why_not and said_why is not None and one.appointment.id in asked:
                        why = {"reason": said_why.reason.strip(), "decided_by": said_why.decided_by.strip()}
                        unit.merge.void(taken, "appointment", one.appointment.id, why)
                    if one.why_not:
                        cancelled = {"status": AppointmentStatus.CANCELLED_BY_CLINIC.value}
                        unit.merge.void(taken, "appointment", one.appointment.id, cancelled)
                unit.patients.change(kept_id, merged, unit.patients.get(kept_id).version)
                told = {"before": details_as_json(kept.details), "merged": details_as_json(merged)}
                entry_id = unit.bin.add(
                    BinKind.MERGED, taken, other_id, other_id, reason_said(), merged_into=kept_id, details=told
                )
                for id_ in (kept_id, other_id):
                    unit.enter(AuditEvent("patient.merge", "patient", str(kept_id), id_))
                moved = context.refresh(unit, [kept_id])
                undo = unit.clinic.add_undo("merge", {"entries": [entry_id], "kept": kept_id, "patient_id": kept_id})
                unit.commit()
        context.access.read_again()
        return Changes(EVERYTHING, undo, entry_id, moved)


def _pairs(unit: UnitOfWork, kept_id: int, other_id: int) -> tuple[SameCase, ...]:
    mine, theirs = (
        [(case.id, case.condition, case.side) for case in unit.cases.of_patient(id_)] for id_ in (kept_id, other_id)
    )
    return same_cases(mine, theirs)


def _live(
    context: ClinicContext, unit: UnitOfWork, kept_id: int, other_id: int, pairs: Collection[SameCase]
) -> list[BookingOfOne]:
    """The live bookings of both records from today on, before they are one; ``earliest`` as it is for each now."""
    becomes = {one.other_case: one.kept_case for one in pairs}
    live = {
        patient_id: [
            one for one in unit.schedule.appointments(context.today(), patient_id=patient_id) if one.status.live
        ]
        for patient_id in (kept_id, other_id)
    }
    of_case: dict[tuple[int, int], list[int]] = {}
    for patient_id, bookings in live.items():
        for one in bookings:
            for id_ in one.case_ids:
                of_case.setdefault((patient_id, becomes.get(id_, id_)), []).append(one.id)
    found: list[BookingOfOne] = []
    for patient_id, bookings in live.items():
        elsewhere = other_id if patient_id == kept_id else kept_id
        for one in bookings:
            against = [id_ for case in one.case_ids for id_ in of_case.get((elsewhere, becomes.get(case, case)), ())]
            earliest = _earliest(context, unit, one)
            found.append(BookingOfOne(one, patient_id == kept_id, earliest, tuple(dict.fromkeys(against))))
    return found


def _together(context: ClinicContext, unit: UnitOfWork, live: Iterable[BookingOfOne]) -> list[BookingOfOne]:
    """The same bookings after the records are one: ``earliest`` only where it is later than it was before."""
    unit.session.flush()
    found = []
    for one in live:
        now = _earliest(context, unit, unit.schedule.appointment(one.appointment.id))
        later = now is not None and (one.earliest is None or now > one.earliest)
        found.append(replace(one, earliest=now if later else None))
    return found


def _earliest(context: ClinicContext, unit: UnitOfWork, booking: Appointment) -> date | None:
    known = unit.schedule.facts(booking.case_ids, context.known, dates_only=True)
    days = [earliest_day(facts, context.rules.minimum, booking.day)[0] for _, facts in known.values()]
    return latest(days)


def _same_days(unit: UnitOfWork, kept_id: int, other_id: int, pairs: Collection[SameCase]) -> tuple[SameDay, ...]:
    """The full injections of one day that both records have of the same case."""
    of = unit.treatment.sessions_of([kept_id, other_id])
    found: list[SameDay] = []
    for pair in pairs:
        for mine in of.get(kept_id, ()):
            for theirs in of.get(other_id, ()):
                if (
                    (mine.details.case_id, theirs.details.case_id) == (pair.kept_case, pair.other_case)
                    and mine.day == theirs.day
                    and mine.state.counts
                    and theirs.state.counts
                    and mine.details.kind is theirs.details.kind is SessionKind.FULL
                ):
                    units = (mine.details.total.amount, theirs.details.total.amount)
                    found.append(SameDay(pair.condition, mine.day, mine.id, theirs.id, *units))
    return tuple(found)


def _blocked(kept: Patient, other: Patient) -> str:
    if kept.id == other.id:
        return "merge_same_patient"
    if (kept.deceased_on, kept.moved_on) != (other.deceased_on, other.moved_on):
        return "merge_departed_differs"
    return ""
