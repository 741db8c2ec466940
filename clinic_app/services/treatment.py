"""What the clinic does at a visit: record what was given, finalise it, correct it; and toxin given elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from clinic_app.domain.access import Action
from clinic_app.domain.cases import Case
from clinic_app.domain.catalogues import DoseLimit, LimitScope, LimitSeverity, PatientGroup
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.conflicts import FieldClash, changed_meanwhile, clashes_of
from clinic_app.domain.dose_map import Course
from clinic_app.domain.doses import BOTOX_400, RollingSum, rolling_sum
from clinic_app.domain.errors import Conflict, RuleBroken
from clinic_app.domain.not_injected import NextPlan, of_untreated
from clinic_app.domain.patients import MINOR_UNDER
from clinic_app.domain.schedule import (
    LIVE_APPOINTMENTS,
    AppointmentStatus,
    CaseFacts,
    ToxinEvent,
    check_not_before_earliest,
    earliest_for_giving,
)
from clinic_app.domain.treatment import (
    ExternalToxinDetails,
    InjectionSession,
    RuleWarning,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    VisitDetails,
    check_session_day,
)
from clinic_app.domain.units import parse_amount
from clinic_app.services.context import ClinicContext, changes, injections_of
from clinic_app.services.needs import needs
from clinic_app.services.not_injected import close_not_injected
from clinic_app.services.waiting import stop_waiting
from clinic_app.storage.unit import UnitOfWork

MOST_ML = Decimal(50)
"""Millilitres of the largest volume that is taken."""


class TreatmentService:
    """Visits and injections."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.DRAFT_INJECTION, patient="patient_id")
    def preview(self, patient_id: int, details: VisitDetails) -> tuple[RuleWarning, ...]:
        """The rules this visit would break, with their figures; shown while it is typed."""
        with self._context.units.read() as unit:
            return self._warnings(unit, patient_id, details)

    @needs(Action.DRAFT_INJECTION, patient="patient_id")
    @needs(Action.SIGN_INJECTION, patient="patient_id", when="finalise")
    def record(
        self, patient_id: int, details: VisitDetails, finalise: bool, untreated: NextPlan | None = None
    ) -> Changes:
        """Record a visit; ``result`` is the visit.

        A visit of today before a case's earliest day, or above the 400 U rule, needs a reason and the name of the
        doctor who decided; past visits are always taken, their warnings are in ``preview``. A booking of the same day
        is done with it, and who was treated today waits for no place any more. ``untreated``: what happens next with a
        diagnosis that was booked for the day and is not among those injected; None: its booking of the day stays open.

        Raises:
            RuleBroken: of ``untreated`` as ``NotInjectedService.close``, its fields named ``untreated_…``;
                ``injection_in_future``, ``injection_before_birth``, ``before_earliest``, ``dose_above_limit``,
                ``no_case``, ``unknown_product``, ``bad_units``, ``already_given``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            cases = self._check(unit, patient_id, details)
            if details.day == context.today():
                self._refuse_today(unit, patient_id, details)
            state = SessionState.FINAL if finalise else SessionState.GIVEN
            visit_id = unit.treatment.add_visit(patient_id, details, state)
            done, split = self._close_bookings(unit, [case.id for case in cases], details.day)
            booked, decided = self._close_untreated(unit, split, untreated)
            today = context.today()
            treated = [case.id for case in cases]
            waited = stop_waiting(unit, treated, today, no_other=True) if details.day == today else {}
            moved = context.refresh(unit, [patient_id])
            undo = None
            if not finalise:
                said = {"bookings": done, "split": split, "booked": booked, "decided": decided, "waited": waited}
                undo = unit.clinic.add_undo("visit", {"visit_id": visit_id, **said})
            visit = unit.treatment.visit(visit_id)
            unit.commit()
        told = moved if details.day < context.today() else ()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, Topic.CASES, undo=undo, result=visit, moved=told)

    @needs(Action.FIND, case="case_ids")
    def later_bookings(self, case_ids: tuple[int, ...], day: date) -> tuple[int, ...]:
        """Bookings of these cases that lie after ``day``: asked about one by one when a session was given."""
        with self._context.units.read() as unit:
            found = unit.schedule.appointments_of_cases(list(case_ids))
        ids = [item.id for items in found.values() for item in items if item.status.live and item.day > day]
        return tuple(dict.fromkeys(ids))

    @needs(Action.SEE_RECORD, case="case_id")
    def last_session(self, case_id: int, product: str | None = None) -> InjectionSession | None:
        """The last injection of a case (of one product, if named): what *repeat last* copies."""
        with self._context.units.read() as unit:
            return unit.treatment.last_session(case_id, product)

    @needs(Action.SEE_RECORD, session="session_id")
    def session(self, session_id: int) -> InjectionSession:
        """One injection. Raises ``NotFound``."""
        with self._context.units.read() as unit:
            return unit.treatment.session(session_id)

    @needs(Action.SEE_RECORD, case="case_id")
    def course(self, case_id: int) -> Course:
        """Everything the patient of a case was given, for the doses beside photographs. Raises ``NotFound``."""
        with self._context.units.read() as unit:
            case = unit.cases.get(case_id)
            patient_id = case.patient_id
            events = unit.treatment.events([patient_id]).get(patient_id, ())
            return Course(
                case,
                {one.id: one for one in unit.cases.of_patient(patient_id)},
                injections_of(case_id, events),
                unit.treatment.visits_of(patient_id),
                unit.treatment.external_of(patient_id),
            )

    @needs(Action.SEE_RECORD, patient="patient_id")
    def sessions(self, patient_id: int | None = None) -> tuple[tuple[InjectionSession, str], ...]:
        """Every injection with the patient's mrn, or one patient's, by mrn and then oldest first."""
        with self._context.units.read() as unit:
            found = unit.treatment.sessions(patient_id=patient_id)
        hidden = self._context.access.hidden()
        return tuple(one for one in found if one[0].patient_id not in hidden)

    @needs(Action.SIGN_INJECTION, session="session_ids")
    def finalise(self, session_ids: tuple[int, ...]) -> Changes:
        """Finalise injections that were given; from then on they are corrected, not undone."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patients: set[int] = set()
            for session_id in session_ids:
                session = unit.treatment.session(session_id)
                if session.state is not SessionState.GIVEN:
                    raise RuleBroken("state", "not_given", state=session.state.value)
                unit.treatment.set_state(session_id, SessionState.FINAL)
                patients.add(session.patient_id)
            moved = context.refresh(unit, patients)
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, moved=moved)

    @needs(Action.EDIT_UNSIGNED, session="session_id", signed=Action.SIGN_INJECTION)
    def correct(
        self, session_id: int, details: SessionDetails, day: date, reason: str, version: int | None = None
    ) -> Changes:
        """Correct a mistyped injection with a reason; the old version is kept. ``version``: the one that was read.

        With it an injection counts as finalised, unless who corrects it may not finalise one.

        Raises:
            RuleBroken: ``reason_missing`` and what ``record`` raises of the session itself.
        """
        context = self._context
        if not reason.strip():
            raise RuleBroken("reason", "reason_missing")
        may_sign = context.access.may(Action.SIGN_INJECTION)
        with context.units.open() as unit:
            context.check_clock(unit)
            session = unit.treatment.session(session_id)
            if not session.state.counts or version not in (None, session.version):
                by = unit.versions.last_change("injection_session", session_id)
                days = FieldClash("day", day, session.day)
                raise changed_meanwhile(clashes_of(details, session.details, days), session.version, *by)
            visit = VisitDetails(day, (details,))
            self._check(unit, session.patient_id, visit, correcting=session_id)
            unit.reason = reason.strip()
            unit.treatment.correct(session_id, details, day, unit.reason)
            if session.state is SessionState.GIVEN and not may_sign:
                unit.treatment.set_state(session_id, SessionState.GIVEN)
            moved = context.refresh(unit, [session.patient_id])
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, Topic.CASES, moved=moved)

    @needs(Action.EDIT_UNSIGNED, session="session_id", signed=Action.SIGN_INJECTION)
    def void(self, session_id: int, reason: str) -> Changes:
        """Say that an injection was entered by mistake; it no longer counts, and is kept with the reason.

        A booking of today it had closed is open again, as before; one of an earlier day stays done.
        """
        context = self._context
        if not reason.strip():
            raise RuleBroken("reason", "reason_missing")
        with context.units.open() as unit:
            context.check_clock(unit)
            session = unit.treatment.session(session_id)
            if not session.state.counts:
                raise Conflict("changed_meanwhile")
            unit.reason = reason.strip()
            unit.treatment.void(session_id, unit.reason)
            opened = self._open_bookings(unit, session)
            moved = context.refresh(unit, [session.patient_id])
            before = {"state": session.state.value, "reason": session.correction_reason}
            undo = unit.clinic.add_undo("void", {"session_id": session_id, "opened": opened, **before})
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, Topic.CASES, undo=undo, moved=moved)

    @needs(Action.EDIT_RECORD, patient="patient_id")
    def add_external(self, patient_id: int, details: ExternalToxinDetails) -> Changes:
        """Enter botulinum toxin given elsewhere; ``result`` is its id."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            self._check_external(unit, patient_id, details)
            external_id = unit.treatment.add_external(patient_id, details)
            moved = context.refresh(unit, [patient_id])
            undo = unit.clinic.add_undo("external", {"external_id": external_id, "patient_id": patient_id})
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, undo=undo, result=external_id, moved=moved)

    @needs(Action.EDIT_RECORD, external="external_id")
    def change_external(self, external_id: int, details: ExternalToxinDetails) -> Changes:
        """Replace an entry of toxin given elsewhere."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.treatment.external(external_id).patient_id
            self._check_external(unit, patient_id, details)
            unit.treatment.change_external(external_id, details)
            moved = context.refresh(unit, [patient_id])
            undo = context.undoable(unit, "entered", patient_id)
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, undo=undo, moved=moved)

    @needs(Action.EDIT_RECORD, external="external_id")
    def remove_external(self, external_id: int, reason: str) -> Changes:
        """Take an entry of toxin given elsewhere out of the record, with a reason."""
        context = self._context
        if not reason.strip():
            raise RuleBroken("reason", "reason_missing")
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.treatment.external(external_id).patient_id
            unit.treatment.remove_external(external_id, reason.strip())
            moved = context.refresh(unit, [patient_id])
            undo = context.undoable(unit, "entered", patient_id)
            unit.commit()
        return changes(Topic.TREATMENT, Topic.SCHEDULE, undo=undo, moved=moved)

    def _check(
        self, unit: UnitOfWork, patient_id: int, details: VisitDetails, correcting: int | None = None
    ) -> list[Case]:
        context = self._context
        patient = unit.patients.get(patient_id)
        born, died = patient.details.birth.earliest, patient.deceased_on
        check_session_day(details.day, today=context.today(), born=born, died=died)
        if not details.sessions:
            raise RuleBroken("sessions", "no_case")
        own = {case.id: case for case in unit.cases.of_patient(patient_id)}
        events = unit.treatment.events([patient_id]).get(patient_id, ())
        seen: set[int] = set()
        for session in details.sessions:
            if session.case_id not in own:
                raise RuleBroken("case", "case_of_another_patient")
            if session.case_id in seen:
                raise RuleBroken("case", "case_twice")
            seen.add(session.case_id)
            self._check_session(session, details.day)
            if session.kind is SessionKind.FULL and any(
                event.case_id == session.case_id
                and not event.external
                and event.day == details.day
                and event.restarts
                and event.session_id != correcting
                for event in events
            ):
                raise RuleBroken("date", "already_given", day=details.day)
        return [own[case_id] for case_id in seen]

    def _check_session(self, session: SessionDetails, day: date) -> None:
        catalogues = self._context.catalogues
        if session.product is not None and session.product not in catalogues.products:
            raise RuleBroken("product", "unknown_product", product=session.product)
        for site in session.sites:
            if site.muscle not in catalogues.muscles:
                raise RuleBroken("sites", "unknown_muscle", muscle=site.muscle)
            parse_amount(site.units, "sites")
            if site.volume_ml is not None:
                _check_volume(site.volume_ml, "volume_ml")
        amount = session.total.amount
        if amount is not None:
            parse_amount(amount)
        if session.dilution_ml is not None:
            _check_volume(session.dilution_ml, "dilution_ml")
        if session.come_on is not None and session.come_on <= day:
            raise RuleBroken("come_on", "come_on_not_after", day=session.come_on, given=day)

    def _refuse_today(self, unit: UnitOfWork, patient_id: int, details: VisitDetails) -> None:
        facts = self._facts(unit, details)
        for session in details.sessions:
            earliest = earliest_for_giving(facts[session.case_id], self._context.rules.minimum, details.day)
            check_not_before_earliest(details.day, earliest, details.reason, details.decided_by)
        if details.reason.strip() and details.decided_by.strip():
            return
        for warning in self._warnings(unit, patient_id, details):
            if warning.params.get("hard"):
                field = "decided_by" if details.reason.strip() else "reason"
                raise RuleBroken(field, warning.code, **warning.params)

    def _facts(self, unit: UnitOfWork, details: VisitDetails) -> dict[int, CaseFacts]:
        found = unit.schedule.facts([session.case_id for session in details.sessions], self._context.known)
        return {case_id: facts for case_id, (_, facts) in found.items()}

    def _warnings(self, unit: UnitOfWork, patient_id: int, details: VisitDetails) -> tuple[RuleWarning, ...]:
        context = self._context
        found: list[RuleWarning] = []
        facts = self._facts(unit, details)
        patient = unit.patients.get(patient_id)
        cases = {case.id: case for case in unit.cases.of_patient(patient_id)}
        events = unit.treatment.events([patient_id]).get(patient_id, ())
        for session in details.sessions:
            if session.case_id not in facts:
                continue
            stop = next((one for one in facts[session.case_id].stops if one.holds_on(details.day)), None)
            if stop is not None:
                found.append(RuleWarning("", "injected_while_stopped", {"since": stop.since, "why": stop.reason}))
            earliest = earliest_for_giving(facts[session.case_id], context.rules.minimum, details.day)
            if earliest is not None and details.day < earliest:
                found.append(RuleWarning("C4", "given_before_earliest", {"day": details.day, "earliest": earliest}))
        planned = [_event(session, details.day, cases) for session in details.sessions if session.case_id in cases]
        botox = sum(
            (event.units for event in planned if event.product == BOTOX_400.product and event.units is not None),
            Decimal(0),
        )
        years = patient.details.birth.years_on(details.day)
        minor = years is not None and years < MINOR_UNDER
        if botox and not minor:
            found += _over(rolling_sum(events, details.day, botox, BOTOX_400))
        for session in details.sessions:
            case = cases.get(session.case_id)
            if case is not None and session.product is not None:
                group = PatientGroup.PAEDIATRIC if minor else PatientGroup.ADULT
                for limit in context.catalogues.limits_for(session.product, case.condition, group):
                    if limit.scope is not LimitScope.ROLLING:
                        found += _session_limit(limit, session)
        return tuple(found)

    def _close_bookings(
        self, unit: UnitOfWork, case_ids: list[int], day: date
    ) -> tuple[dict[str, str], dict[str, int]]:
        """Say that the bookings of the day are done for these cases; for another case of theirs a booking stays open.

        Answers the bookings' status before, by id, and of what was split off which booking it came from.
        """
        done: dict[str, str] = {}
        split: dict[str, int] = {}
        for appointments in unit.schedule.appointments_of_cases(case_ids).values():
            for appointment in appointments:
                if appointment.day == day and appointment.status.live and str(appointment.id) not in done:
                    rest = set(appointment.case_ids) - set(case_ids)
                    if rest:
                        split[str(unit.schedule.split_appointment(appointment.id, rest).id)] = appointment.id
                    unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus.DONE))
                    done[str(appointment.id)] = appointment.status.value
        return done, split

    def _close_untreated(
        self, unit: UnitOfWork, split: Mapping[str, int], plan: NextPlan | None
    ) -> tuple[list[int], list[int]]:
        """Close what was split off as seen and not injected; answers the new bookings and the decisions, by id."""
        booked: list[int] = []
        decided: list[int] = []
        if plan is None:
            return booked, decided
        for id_ in split:
            rest = unit.schedule.appointment(int(id_))
            try:
                made, entered = close_not_injected(self._context, unit, rest, plan)
            except RuleBroken as refusal:
                raise of_untreated(refusal) from refusal
            booked += [made.id] if made is not None else []
            decided += entered
        return booked, decided

    def _open_bookings(self, unit: UnitOfWork, session: InjectionSession) -> list[int]:
        """The bookings of today an injection had closed are open again, as before it; answers their ids."""
        case_id, opened = session.details.case_id, []
        given = unit.treatment.sessions_of([session.patient_id]).get(session.patient_id, ())
        still = {one.details.case_id for one in given if one.day == session.day and one.state.counts}
        if session.day != self._context.today() or case_id in still:
            return []
        for booking in unit.schedule.appointments_of_cases([case_id]).get(case_id, ()):
            if booking.day != session.day or booking.status is not AppointmentStatus.DONE:
                continue
            live = [one.value for one in LIVE_APPOINTMENTS]
            before = unit.versions.last_among("appointment", booking.id, "status", live)
            if before is None:
                continue
            others = still.intersection(booking.case_ids)
            if others:
                booking = unit.schedule.split_appointment(booking.id, set(booking.case_ids) - others)
            unit.schedule.change_appointment(replace(booking, status=AppointmentStatus(before)))
            opened.append(booking.id)
        return opened

    def _check_external(self, unit: UnitOfWork, patient_id: int, details: ExternalToxinDetails) -> None:
        context = self._context
        patient = unit.patients.get(patient_id)
        born, died = patient.details.birth.earliest, patient.deceased_on
        check_session_day(details.day, today=context.today(), born=born, died=died)
        if details.product is not None and details.product not in context.catalogues.products:
            raise RuleBroken("product", "unknown_product", product=details.product)
        if details.units is not None:
            parse_amount(details.units)
        if details.case_id is not None and details.case_id not in {c.id for c in unit.cases.of_patient(patient_id)}:
            raise RuleBroken("case", "case_of_another_patient")


def _check_volume(volume: Decimal, field: str) -> None:
    """Refuse what is no volume of a syringe: up to 50 mL, to the hundredth."""
    if not (volume.is_finite() and Decimal(0) < volume <= MOST_ML and volume == round(volume, 2)):
        raise RuleBroken(field, "bad_dilution", text=str(volume))


def _event(session: SessionDetails, day: date, cases: dict[int, Case]) -> ToxinEvent:
    return ToxinEvent(
        day, session.product, cases[session.case_id].condition, session.case_id, True, units=session.total.amount
    )


def _over(found: RollingSum) -> list[RuleWarning]:
    params: dict[str, object] = {
        "rule": found.limit.code,
        "product": found.limit.product,
        "sum": found.total + found.planned,
        "limit": found.limit.limit,
        "span": found.limit.window,
        "source": found.limit.source,
        "clears_on": found.clears_on,
        "hard": True,
    }
    if found.exceeded:
        return [
            RuleWarning(
                found.limit.code,
                "dose_above_limit",
                params,
                found.total + found.planned,
                found.limit.limit,
                found.limit.source,
            )
        ]
    if found.unknown:
        return [
            RuleWarning(
                found.limit.code,
                "units_unknown_in_window",
                {**params, "days": found.unknown},
                None,
                found.limit.limit,
                found.limit.source,
            )
        ]
    return []


def _session_limit(limit: DoseLimit, session: SessionDetails) -> list[RuleWarning]:
    """A cap of one session or one site. Where it is one of some muscles, only their sites are summed."""
    sites = [site for site in session.sites if not limit.muscles or site.muscle in limit.muscles]
    if limit.scope is LimitScope.SITE:
        doses = [site.units for site in sites]
    elif limit.per_side:
        doses = [sum((site.units for site in sites if site.side is side), Decimal(0)) for side in SiteSide]
    elif limit.muscles:
        doses = [sum((site.units for site in sites), Decimal(0))]
    else:
        amount = session.total.amount
        doses = [] if amount is None else [amount]
    worst = max(doses, default=Decimal(0))
    if worst <= limit.limit_units:
        return []
    params: dict[str, object] = {
        "rule": limit.code,
        "product": session.product,
        "sum": worst,
        "limit": limit.limit_units,
        "source": limit.source,
        "scope": limit.scope.value,
        "hard": limit.severity is LimitSeverity.HARD,
    }
    return [RuleWarning(limit.code, "dose_above_cap", params, worst, limit.limit_units, limit.source)]
