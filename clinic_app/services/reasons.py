"""Why a case stands where it does: the trace of its status and dates, and who set what they follow from."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.cases import PlanLevel
from clinic_app.domain.schedule import calls_of_cycle
from clinic_app.domain.why import CaseWhy, SetBy, SetWhat, call_again_why, status_why
from clinic_app.services.context import ClinicContext, Known
from clinic_app.services.needs import needs
from clinic_app.storage.unit import UnitOfWork

_SETTING_OF = {
    PlanLevel.CLINIC: "plan",
    PlanLevel.CONDITION: "plans_by_condition",
    PlanLevel.PRODUCT: "plans_by_product",
}


class ReasonsService:
    """Answers *Why?*."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.SEE_RECORD, case="case_id")
    def of_case(self, case_id: int) -> CaseWhy:
        """Why a case has its status and its dates today. Raises ``NotFound``."""
        context, today = self._context, self._context.today()
        with context.units.read() as unit:
            unit.cases.get(case_id)
            known = context.follow_ups(unit, [case_id], today)[case_id]
            answer = known.answer
            calls = calls_of_cycle(known.facts.calls, answer.window.last, today)
            again = call_again_why(answer, calls, context.rules)
            return CaseWhy(answer, status_why(answer, today), self._set_by(unit, known), again)

    def _set_by(self, unit: UnitOfWork, known: Known) -> tuple[SetBy, ...]:
        answer, facts = known.answer, known.facts
        found: list[SetBy] = []
        if answer.stop is not None:
            found.append(SetBy(SetWhat.STOP, *unit.schedule.stopped_by(answer.stop.id), answer.stop.note))
        elif answer.hold is not None:
            found.append(SetBy(SetWhat.HOLD, *unit.schedule.held_by(answer.hold.id), answer.hold.reason))
        elif answer.appointment is not None:
            booking = answer.appointment
            found.append(SetBy(SetWhat.BOOKING, *unit.schedule.booked_by(booking.id), booking.reason))
        found += self._elsewhere(unit, known)
        if answer.window.last is None:
            if answer.window.earliest is not None:
                found.append(self._setting(unit, SetWhat.MINIMUM, "minimum"))
            return tuple(found)
        if answer.window.come_on is not None:
            said = next(one for one in facts.events if one.come_on == answer.window.come_on)
            found.append(SetBy(SetWhat.COME_ON, *unit.schedule.given_by(said.session_id)))
        found.append(self._plan_set_by(unit, known))
        found.append(self._setting(unit, SetWhat.MINIMUM, "minimum"))
        return tuple(found)

    def _elsewhere(self, unit: UnitOfWork, known: Known) -> list[SetBy]:
        """Who entered the toxin given elsewhere that the dates are counted from."""
        last, earliest = known.answer.window.last, known.answer.window.why_earliest.params
        counted: set[tuple[date, str | None]] = set()
        if last is not None and last.external:
            counted.add((last.day, last.product))
        day, product = earliest.get("day"), earliest.get("product")
        if earliest.get("elsewhere") and isinstance(day, date):
            counted.add((day, str(product) if product else None))
        given = sorted(counted, key=lambda one: one[0])
        entered = (unit.schedule.external_by(known.case.patient_id, *one) for one in given)
        return [SetBy(SetWhat.ELSEWHERE, by, at) for by, at in entered]

    def _plan_set_by(self, unit: UnitOfWork, known: Known) -> SetBy:
        level = known.facts.plan_level
        if level in _SETTING_OF:
            return self._setting(unit, SetWhat.PLAN, _SETTING_OF[level])
        of_case = level is PlanLevel.CASE
        table, row = ("clinical_case", known.case.id) if of_case else ("patient", known.case.patient_id)
        return SetBy(SetWhat.PLAN, *unit.versions.last_set(table, row, ("plan_opens", "plan_closes")))

    def _setting(self, unit: UnitOfWork, what: SetWhat, key: str) -> SetBy:
        changed = unit.clinic.setting_history().get(key, [])
        return SetBy(what, changed[0].by, changed[0].at, changed[0].reason) if changed else SetBy(what)
