"""Writing a register: the same columns the import reads, one row a session, so that the way out is also a way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from clinic_app.domain.cases import Case, Side, StopReason
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.patients import Birth, Patient, Phone, Sex
from clinic_app.domain.register_mapping import DEFAULT_COLUMNS
from clinic_app.domain.register_records import RegisterStatus
from clinic_app.domain.treatment import InjectionSession, SessionState

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


@dataclass(frozen=True, slots=True)
class RegisterGaps:
    """How much a clinic keeps that an exported register has no column for.

    ``touch_ups`` are in the file, but as injections like any other: an import takes them for full ones. All else is
    not in it: ``external`` botulinum toxin given elsewhere, ``plans`` of patients and of diagnoses, ``holds`` not yet
    over, ``bookings`` from today on, ``calls``, ``pictures``.
    """

    touch_ups: int = 0
    external: int = 0
    plans: int = 0
    holds: int = 0
    bookings: int = 0
    calls: int = 0
    pictures: int = 0


def lines_of(
    patient: Patient,
    cases: Sequence[Case],
    sessions: Sequence[InjectionSession],
    *,
    today: date,
    notes: Mapping[int, str] | None = None,
) -> Iterator[RegisterLine]:
    """The rows of one patient: one for each session that was given, by date; one for a case or a patient without any.

    ``notes`` are by visit id; a case without sessions brings its own. Planned and void sessions are left out.
    """
    given = sorted((one for one in sessions if one.state.counts), key=lambda one: (one.day, one.id))
    first = given[0].day if given else None
    ordered = sorted(patient.details.phones, key=lambda phone: not phone.preferred)
    details = patient.details

    def line(case: Case | None, session: InjectionSession | None, last: InjectionSession | None) -> RegisterLine:
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
            next_date=session.details.come_on if session is not None and session is last else None,
            status=_status(patient, case, today),
            notes=_notes(case, session, notes or {}),
            first_injection=first,
        )

    if not cases:
        yield line(None, None, None)
    for case in cases:
        own = [one for one in given if one.details.case_id == case.id and one.state is not SessionState.VOID]
        for session in own:
            yield line(case, session, own[-1])
        if not own:
            yield line(case, None, None)


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
    )


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
