"""What the clinic does with cases (on screen: diagnoses): add, change, hold, stop, decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.cases import OF_THE_PATIENT, Case, CaseDetails, Hold, ReinjectionPlan, Side, Stop, StopReason
from clinic_app.domain.catalogues import Catalogues, SideRule
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.conflicts import changed_meanwhile, clashes_of
from clinic_app.domain.errors import NotFound, RuleBroken
from clinic_app.domain.schedule import AppointmentStatus, DecisionKind
from clinic_app.services.booking_rules import check_stands_again
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.services.waiting import stop_waiting, wait_again
from clinic_app.storage.unit import UnitOfWork


class CasesService:
    """The diagnoses of the clinic's patients."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.SEE_RECORD, case="case_id")
    def get(self, case_id: int) -> Case:
        """One case. Raises ``NotFound``."""
        with self._context.units.read() as unit:
            return unit.cases.get(case_id)

    @needs(Action.EDIT_RECORD, patient="patient_id")
    def add(self, patient_id: int, details: CaseDetails, independent_of: tuple[int, ...] = ()) -> Changes:
        """Add a diagnosis to a patient; ``result`` is the case's id.

        ``independent_of`` are the patient's other cases whose toxin does not hold this one up.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            others = {case.id: case for case in unit.cases.of_patient(patient_id)}
            checked = checked_case(context.catalogues, details)
            _refuse_twice(checked, others.values())
            case_id = unit.cases.add(patient_id, checked)
            for other_id in independent_of:
                if other_id not in others:
                    raise RuleBroken("independent_of", "case_of_another_patient")
                unit.cases.set_independent(case_id, other_id, independent=True)
            context.refresh(unit, [patient_id])
            undo = context.undoable(unit, "entered", patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo, result=case_id)

    @needs(Action.EDIT_RECORD, case="case_id")
    def change(self, case_id: int, details: CaseDetails, version: int) -> Changes:
        """Replace what is known of a diagnosis.

        Raises:
            Conflict: ``changed_meanwhile`` with both versions (``domain.conflicts``).
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            checked = checked_case(context.catalogues, details)
            if case.version != version:
                by = unit.versions.last_change("clinical_case", case_id)
                raise changed_meanwhile(clashes_of(checked, case.details), case.version, *by)
            _refuse_twice(checked, (one for one in unit.cases.of_patient(case.patient_id) if one.id != case_id))
            unit.cases.change(case_id, checked, version)
            moved = context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo, moved=moved)

    @needs(Action.SEE_RECORD, patient="patient_id")
    def patient_plan(self, patient_id: int) -> ReinjectionPlan | None:
        """The patient's own plan, which every diagnosis without one of its own follows; None where there is none."""
        with self._context.units.read() as unit:
            return unit.patients.plans([patient_id]).get(patient_id)

    @needs(Action.EDIT_RECORD, patient="patient_id")
    def set_patient_plan(self, patient_id: int, plan: ReinjectionPlan | None) -> Changes:
        """Give a patient a plan of their own, or none."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            unit.patients.set_plan(patient_id, plan.checked() if plan else None)
            moved = context.refresh(unit, [patient_id])
            undo = context.undoable(unit, "entered", patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo, moved=moved)

    @needs(Action.EDIT_RECORD, case="case_id")
    def set_independent(self, case_id: int, other_id: int, independent: bool) -> Changes:
        """Say whether two cases of one patient hold each other up."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            case, other = unit.cases.get(case_id), unit.cases.get(other_id)
            if case.patient_id != other.patient_id or case_id == other_id:
                raise RuleBroken("independent_of", "case_of_another_patient")
            unit.cases.set_independent(case_id, other_id, independent=independent)
            moved = context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo, moved=moved)

    @needs(Action.EDIT_RECORD, case="case_id")
    def hold(self, case_id: int, until: date, reason: str, cancel_bookings: bool) -> Changes:
        """Put a case on hold until a day. Bookings up to that day are cancelled or kept, as asked."""
        context = self._context
        today = context.today()
        if until < today:
            raise RuleBroken("until", "hold_in_past", until=until, today=today)
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            unit.cases.add_hold(case_id, Hold(today, until, reason))
            unit.cases.add_decision(case_id, DecisionKind.HOLD, today, reason)
            if cancel_bookings:
                _cancel_bookings(unit, case_id, today, until)
            context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo)

    @needs(Action.EDIT_RECORD, case="case_id")
    def end_hold(self, case_id: int) -> Changes:
        """End the hold of a case today."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            unit.cases.end_holds(case_id, context.today())
            context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo)

    @needs(Action.EDIT_RECORD, case="case_id")
    def stop(self, case_id: int, reason: StopReason, since: date, note: str = "") -> Changes:
        """Stop one case, with a reason; death and moving are said of the patient instead."""
        context = self._context
        if reason in OF_THE_PATIENT:
            raise RuleBroken("reason", "stop_of_patient")
        if since > context.today():
            raise RuleBroken("since", "day_in_future", day=since, today=context.today())
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            stop_id = unit.cases.add_stop(case_id, Stop(since, reason, note))
            decision_id = unit.cases.add_decision(case_id, DecisionKind.STOP, since, note)
            cancelled = _cancel_bookings(unit, case_id, context.today(), date.max)
            cancelled |= stop_waiting(unit, [case_id], context.today(), no_other=True)
            context.refresh(unit, [case.patient_id])
            undo = unit.clinic.add_undo(
                "stop",
                {"case_id": case_id, "stop_id": stop_id, "decision_id": decision_id, "cancelled": cancelled},
            )
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo)

    @needs(Action.EDIT_RECORD, case="case_id")
    def take_back_stop(self, case_id: int) -> Changes:
        """A stopped case goes on from today; what the stop cancelled is booked again where the rules still allow it.

        ``result``: the days that are booked again, and those that are not.

        Raises:
            RuleBroken: ``stop_of_patient``: death and moving are taken back for the patient.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            patient = unit.patients.get(case.patient_id)
            if patient.departed:
                raise RuleBroken("reason", "stop_of_patient")
            unit.cases.end_stops(case_id, context.today())
            unit.cases.add_decision(case_id, DecisionKind.GO_ON, context.today())
            days = _book_again(context, unit, case_id)
            context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo, result=days)

    @needs(Action.EDIT_RECORD, case="case_id")
    def decide(self, case_id: int, kind: DecisionKind, note: str = "") -> Changes:
        """Record the doctor's answer to *ask doctor*."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            unit.cases.add_decision(case_id, kind, context.today(), note)
            context.refresh(unit, [case.patient_id])
            undo = context.undoable(unit, "entered", case.patient_id)
            unit.commit()
        return changes(Topic.CASES, Topic.SCHEDULE, undo=undo)


def checked_case(catalogues: Catalogues, details: CaseDetails) -> CaseDetails:
    """The details as the catalogue allows them.

    Raises:
        RuleBroken: ``unknown_condition``, ``side_missing``, ``side_not_of_condition``, ``unknown_cause``,
            ``plan_closes_before_it_opens``.
    """
    condition = catalogues.conditions.get(details.condition)
    if condition is None:
        raise RuleBroken("condition", "unknown_condition", condition=details.condition)
    sides = condition.side_rule.sides
    if details.side is None and condition.side_rule.required:
        raise RuleBroken("side", "side_missing", condition=condition.name)
    if details.side is not None and details.side.value not in sides:
        if sides:
            raise RuleBroken("side", "side_not_of_condition", condition=condition.name)
        details = replace(details, side=None)
    if condition.side_rule is SideRule.BILATERAL and details.side is None:
        details = replace(details, side=Side.BILATERAL)
    for cause in details.causes:
        if cause not in catalogues.causes:
            raise RuleBroken("causes", "unknown_cause", cause=cause)
    if details.plan is not None:
        details.plan.checked()
    return details


def _refuse_twice(details: CaseDetails, others: Iterable[Case]) -> None:
    for other in others:
        if (other.condition, other.side) == (details.condition, details.side):
            raise RuleBroken("condition", "case_exists", condition=details.condition)


def _book_again(context: ClinicContext, unit: UnitOfWork, case_id: int) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Give back what the last stop of a case cancelled: the days that stand again, and those that cannot."""
    stops = (content for _, content in unit.clinic.open_undos("stop") if content.get("case_id") == case_id)
    cancelled = next(stops, {}).get("cancelled")
    again: list[date] = []
    gone: list[date] = []
    for key, status in (cancelled if isinstance(cancelled, dict) else {}).items():
        try:
            booking = unit.schedule.appointment(int(key))
        except NotFound:
            continue
        if booking.status is AppointmentStatus.WAITLIST:
            wait_again(unit, {key: status})
        if booking.status is not AppointmentStatus.CANCELLED_BY_CLINIC or booking.day < context.today():
            continue
        try:
            check_stands_again(context, unit, booking)
        except RuleBroken:
            gone.append(booking.day)
            continue
        unit.schedule.change_appointment(replace(booking, status=AppointmentStatus(status)))
        again.append(booking.day)
    return tuple(again), tuple(gone)


def _cancel_bookings(unit: UnitOfWork, case_id: int, first: date, last: date) -> dict[str, str]:
    """Cancel what is booked for this case alone in a range of days; answers the bookings' status before, by id."""
    cancelled: dict[str, str] = {}
    for appointment in unit.schedule.appointments_of_cases([case_id]).get(case_id, ()):
        if appointment.status.live and first <= appointment.day <= last and len(appointment.case_ids) == 1:
            unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus.CANCELLED_BY_CLINIC))
            cancelled[str(appointment.id)] = appointment.status.value
    return cancelled
