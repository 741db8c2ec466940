"""Seen, not injected: the booking is closed and the new plan entered, together or not at all."""

from __future__ import annotations

from dataclasses import replace

from clinic_app.domain.access import Action
from clinic_app.domain.cases import OF_THE_PATIENT, Hold, Stop
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.not_injected import NextPlan, NextStep, checked
from clinic_app.domain.schedule import Appointment, AppointmentStatus, BookingDetails, DecisionKind
from clinic_app.services.booking_rules import check_cases, check_patient, check_place, check_time, with_length
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.storage.unit import UnitOfWork


class NotInjectedService:
    """What becomes of a visit at which nothing was injected."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.REGISTER, appointment="appointment_id")
    def close(self, appointment_id: int, plan: NextPlan) -> Changes:
        """Say that the patient was seen and not injected, and what happens next. The cycle goes on.

        ``result`` is the new booking, where there is one. Holding, stopping and going on need what they need elsewhere.

        Raises:
            RuleBroken: as ``domain.not_injected.checked`` and ``book``; ``day_not_come``; ``booking_over``;
                ``stop_of_patient``.
            AccessRefused: whoever works may not hold, stop or decide.
        """
        context, today = self._context, self._context.today()
        wanted = checked(plan, today)
        if wanted.step is not NextStep.COME_BACK:
            context.access.check_all(Action.EDIT_RECORD, appointment=(appointment_id,))
        with context.units.open() as unit:
            context.check_clock(unit)
            before = unit.schedule.appointment(appointment_id)
            if not before.status.live:
                raise RuleBroken("status", "booking_over")
            if before.day > today:
                raise RuleBroken("status", "day_not_come", day=before.day)
            made, _ = close_not_injected(context, unit, before, wanted)
            context.refresh(unit, [before.patient_id])
            kind = "facts" if wanted.step is NextStep.COME_BACK else "entered"
            undo = context.undoable(unit, kind, before.patient_id)
            unit.commit()
        return changes(Topic.SCHEDULE, Topic.CASES, undo=undo, result=made)


def close_not_injected(
    context: ClinicContext, unit: UnitOfWork, before: Appointment, plan: NextPlan
) -> tuple[Appointment | None, list[int]]:
    """Close a booking as seen and not injected, and do what happens next.

    Answers the new booking, where there is one, and the ids of the decisions entered. Raises as ``book``;
    ``stop_of_patient``.
    """
    today = context.today()
    unit.schedule.change_appointment(replace(before, status=AppointmentStatus.NOT_INJECTED))
    if plan.step is NextStep.COME_BACK:
        return _book(context, unit, before, plan), []
    decided = []
    for case_id in before.case_ids:
        if plan.step is NextStep.HOLD and plan.day is not None:
            unit.cases.add_hold(case_id, Hold(today, plan.day, plan.reason))
            decided.append(unit.cases.add_decision(case_id, DecisionKind.HOLD, today, plan.reason))
        elif plan.step is NextStep.STOP and plan.stop is not None:
            if plan.stop in OF_THE_PATIENT:
                raise RuleBroken("stop", "stop_of_patient")
            unit.cases.add_stop(case_id, Stop(today, plan.stop, plan.reason))
            decided.append(unit.cases.add_decision(case_id, DecisionKind.STOP, today, plan.reason))
        else:
            decided.append(unit.cases.add_decision(case_id, DecisionKind.GO_ON, today, plan.reason))
    return None, decided


def _book(context: ClinicContext, unit: UnitOfWork, before: Appointment, plan: NextPlan) -> Appointment | None:
    if plan.day is None:
        return None
    details = BookingDetails(
        before.patient_id, plan.day, before.case_ids, plan.at, before.drug, plan.reason, plan.decided_by,
        drug_product=before.drug_product, drug_batch=before.drug_batch,
    )  # fmt: skip
    check_patient(unit, before.patient_id)
    check_cases(context, unit, details, before.id)
    check_place(context, unit, plan.day, plan.reason)
    details = with_length(context, unit, details)
    check_time(context, unit, details)
    return unit.schedule.appointment(unit.schedule.add_appointment(details))
