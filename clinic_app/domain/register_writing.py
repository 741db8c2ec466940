"""Writing a register: the same columns the import reads, one row a session, so that the way out is also a way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from clinic_app.domain.cases import Case, Hold, ReinjectionPlan, Side, StopReason
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.patients import Birth, Patient, Phone, Sex
from clinic_app.domain.register_mapping import DEFAULT_COLUMNS
from clinic_app.domain.register_records import RegisterKind, RegisterPlans, RegisterStatus
from clinic_app.domain.treatment import ExternalToxin, InjectionSession, SessionKind, SessionState

RegisterCell = str | int | Decimal | date | None
"""A cell of an exported register."""

_STOPS = {StopReason.DECEASED: RegisterStatus.DECEASED, StopReason.MOVED: RegisterStatus.MOVED}


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One row of an exported register. ``first_injection`` is the patient's first: the day an age is written for."""

    mrn: str
    name: str
    sex: Sex = Sex.UNKNOWN
    birth: Birth = field(default_factory=Birth)
    phones: tuple[Phone, ...] = ()
    condition: str | None = None
    side: Side | None = None
    pattern: str = ""
    injection_date: date | None = None
    product: str | None = None
    units: Decimal | None = None
    next_date: date | None = None
    status: RegisterStatus | None = None
    notes: str = ""
    first_injection: date | None = None
    kind: RegisterKind | None = None
    plans: RegisterPlans = field(default_factory=RegisterPlans)
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class RegisterGaps:
    """How much a clinic keeps that an exported register has no column for.

    ``separate``: pairs of diagnoses declared independent; ``sites``: injections whose sites are recorded; ``bookings``
    from today on; ``decisions``: the doctor's answers to the call list.
    """

    separate: int = 0
    sites: int = 0
    bookings: int = 0
    calls: int = 0
    decisions: int = 0
    pictures: int = 0


def lines_of(
    patient: Patient,
    cases: Sequence[Case],
    sessions: Sequence[InjectionSession],
    *,
    today: date,
    notes: Mapping[int, str] | None = None,
    elsewhere: Sequence[ExternalToxin] = (),
    patient_plan: ReinjectionPlan | None = None,
) -> Iterator[RegisterLine]:
    """The rows of one patient: one for each session that was given, by date; one for a case or a patient without any.

    Then one for each time toxin was given elsewhere, where it was in the notes. ``notes`` are by visit id; a case
    without sessions brings its own. Planned and void sessions are left out.
    """
    given = sorted((one for one in sessions if one.state.counts), key=lambda one: (one.day, one.id))
    first = min((*(one.day for one in given), *(one.details.day for one in elsewhere)), default=None)
    ordered = sorted(patient.details.phones, key=lambda phone: not phone.preferred)
    details = patient.details

    def line(case: Case | None, session: InjectionSession | None, since: date | None) -> RegisterLine:
        said = session is not None and since is not None and session.day >= since
        return RegisterLine(
            mrn=patient.mrn,
            name=details.full_name,
            sex=details.sex,
            birth=details.birth,
            phones=tuple(ordered),
            condition=case.condition if case is not None else None,
            side=case.side if case is not None else None,
            pattern=case.details.pattern if case is not None else "",
            injection_date=session.day if session is not None else None,
            product=session.units.product if session is not None else None,
            units=session.units.amount if session is not None else None,
            next_date=session.details.come_on if session is not None and said else None,
            status=_status(patient, case, today),
            notes=_notes(case, session, notes or {}),
            first_injection=first,
            kind=_kind(session) if session is not None else None,
            plans=RegisterPlans(case.details.plan if case is not None else None, patient_plan),
            hold=_hold(case, today),
        )

    if not cases:
        yield line(None, None, None)
    for case in cases:
        own = [one for one in given if one.details.case_id == case.id and one.state is not SessionState.VOID]
        since = max((one.day for one in own if one.restarts_window), default=own[0].day if own else None)
        for session in own:
            yield line(case, session, since)
        if not own:
            yield line(case, None, None)
    by_id = {case.id: case for case in cases}
    for toxin in sorted(elsewhere, key=lambda one: (one.details.day, one.id)):
        yield replace(
            line(by_id.get(toxin.details.case_id or 0), None, None),
            injection_date=toxin.details.day,
            product=toxin.details.product,
            units=toxin.details.units,
            notes=toxin.details.where,
            kind=RegisterKind.ELSEWHERE,
        )


def _kind(session: InjectionSession) -> RegisterKind:
    if session.details.kind is SessionKind.FULL:
        return RegisterKind.FULL
    return RegisterKind.TOUCH_UP_RESTARTS if session.details.restarts_window else RegisterKind.TOUCH_UP


def _hold(case: Case | None, today: date) -> Hold | None:
    """The hold that is not over."""
    running = [one for one in case.holds if one.ended_on is None and one.until >= today] if case is not None else []
    return running[-1] if running else None


def _status(patient: Patient, case: Case | None, today: date) -> RegisterStatus | None:
    if patient.deceased_on is not None:
        return RegisterStatus.DECEASED
    if patient.moved_on is not None:
        return RegisterStatus.MOVED
    stops = [stop for stop in case.stops if stop.holds_on(today)] if case is not None else []
    return _STOPS.get(stops[-1].reason, RegisterStatus.STOPPED) if stops else None


def _notes(case: Case | None, session: InjectionSession | None, notes: Mapping[int, str]) -> str:
    if session is not None:
        return notes.get(session.visit_id, "")
    return case.details.notes if case is not None else ""


def register_rows(
    lines: Iterable[RegisterLine], catalogues: Catalogues
) -> tuple[tuple[str, ...], Iterator[tuple[RegisterCell, ...]]]:
    """The header and the rows of an exported register, in the columns of design section 7."""
    return DEFAULT_COLUMNS, (_row(line, catalogues) for line in lines)


def _row(line: RegisterLine, catalogues: Catalogues) -> tuple[RegisterCell, ...]:
    birth = line.birth
    return (
        line.mrn,
        line.name,
        "" if line.sex is Sex.UNKNOWN else line.sex.value,
        birth.day if birth.day is not None else str(birth.year) if birth.year is not None else None,
        _age(birth, line.first_injection),
        "; ".join(phone.number for phone in line.phones),
        _condition(line, catalogues),
        line.side.value if line.side is not None else None,
        line.injection_date,
        line.product,
        line.units,
        line.next_date,
        line.status.value if line.status is not None else None,
        line.notes,
        line.kind.value if line.kind is not None else None,
        _plan_words(line.plans),
        _hold_words(line.hold),
    )


def _plan_words(plans: RegisterPlans) -> str | None:
    said = [
        f"{whose}{plan.opens_after} to {plan.closes_after}"
        for whose, plan in (("", plans.case), ("patient ", plans.patient))
        if plan is not None
    ]
    return "; ".join(said) or None


def _hold_words(hold: Hold | None) -> str | None:
    if hold is None:
        return None
    reason = f": {hold.reason}" if hold.reason else ""
    return f"{hold.since.isoformat()} to {hold.until.isoformat()}{reason}"


def _age(birth: Birth, first_injection: date | None) -> RegisterCell:
    """A number where the age was said on the first injection's day, else with its own day ("45 on 2024-01-05")."""
    if birth.age is None or birth.age_on is None:
        return None
    return birth.age if birth.age_on == first_injection else f"{birth.age} on {birth.age_on.isoformat()}"


def _condition(line: RegisterLine, catalogues: Catalogues) -> str | None:
    known = catalogues.conditions.get(line.condition or "")
    if known is None or not line.pattern or line.pattern not in {one.code for one in known.patterns}:
        return line.condition
    return f"{known.name} {known.pattern(line.pattern).name}"
