"""Two records of one person made into one: what is kept, what stands in the way, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from clinic_app.domain.cases import Side
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.moved import MovedDates
from clinic_app.domain.patients import (
    Birth,
    Identifier,
    IdentifierKind,
    Patient,
    PatientDetails,
    Phone,
    Sex,
    fold,
    phone_digits,
)
from clinic_app.domain.schedule import Appointment, AppointmentStatus

BEFORE_EARLIEST, SAME_CASE = "before_earliest", "same_case"
_LISTS = ("identifiers", "phones", "alerts")


@dataclass(frozen=True, slots=True)
class FactDiffers:
    """A fact the two records tell differently, and what the merged record will say."""

    field: str
    kept: object
    other: object
    result: object


@dataclass(frozen=True, slots=True)
class SameCase:
    """The same condition and side in both records: the two cases become one, that of the patient who is kept."""

    condition: str
    side: Side | None
    kept_case: int
    other_case: int


@dataclass(frozen=True, slots=True)
class SameDay:
    """An injection of one day in both records of the same case: one of the two must be said to be a mistake."""

    condition: str
    day: date
    kept_session: int
    other_session: int
    kept_units: Decimal | None
    other_units: Decimal | None


@dataclass(frozen=True, slots=True)
class BookingOfOne:
    """A booking to come of either record, and what becomes of it when they are one.

    ``earliest``: the first day its diagnoses may be injected then, where it is later than it was before. ``against``:
    the bookings of the other record that are for what becomes the same diagnosis. ``why_not``: empty where the booking
    stays; ``same_case`` or ``before_earliest`` where the clinic cancels it.
    """

    appointment: Appointment
    of_kept: bool
    earliest: date | None = None
    against: tuple[int, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class KeptBooking:
    """Why a booking stays that is too early for the one record, or a second one for a diagnosis, and who decided."""

    reason: str
    decided_by: str = ""


NONE_KEPT: Mapping[int, KeptBooking] = MappingProxyType({})


def bookings_of_one(
    found: Iterable[BookingOfOne], stay: Collection[int] = (), keep: Mapping[int, KeptBooking] = NONE_KEPT
) -> tuple[BookingOfOne, ...]:
    """Which bookings stay, by day: of several for one case one that is chosen (``stay``), else whoever is here, else
    the first that is allowed.

    A day before the new ``earliest`` is allowed with a reason and the doctor who decided, said before or in ``keep``
    (by id of the booking), or a patient who is here; a second booking on another day with a reason in ``keep``.
    """
    known = sorted(found, key=lambda one: (one.appointment.day, one.appointment.token, one.appointment.id))
    order = sorted(known, key=lambda one: (one.appointment.id not in stay, not _is_here(one.appointment)))
    why: dict[int, str] = {}
    days = {one.appointment.id: one.appointment.day for one in known}
    for one in order:
        booking, kept = one.appointment, keep.get(one.appointment.id, KeptBooking(""))
        said = any(said.reason.strip() and said.decided_by.strip() for said in (booking, kept))
        stands = [days[other] for other in one.against if why.get(other) == ""]
        if one.earliest is not None and booking.day < one.earliest and not said and not _is_here(booking):
            why[booking.id] = BEFORE_EARLIEST
        elif booking.day in stands or (stands and not kept.reason.strip()):
            why[booking.id] = SAME_CASE
        else:
            why[booking.id] = ""
    return tuple(replace(one, why_not=why[one.appointment.id]) for one in known)


def check_kept(found: Iterable[BookingOfOne], keep: Mapping[int, KeptBooking]) -> None:
    """Refuse to keep a booking that is cancelled all the same (``found``: as ``bookings_of_one`` answers).

    Raises:
        RuleBroken: ``before_earliest``, ``booked_other_day``, ``already_booked``, at ``keep_reason_<id>`` or
            ``keep_decided_by_<id>``.
    """
    known = {one.appointment.id: one for one in found}
    for id_, said in keep.items():
        one = known.get(id_)
        if one is None or not one.why_not:
            continue
        day = one.appointment.day
        if one.why_not == BEFORE_EARLIEST:
            name = "decided_by" if said.reason.strip() else "reason"
            params: dict[str, object] = {"day": day, "earliest": one.earliest}
            raise kept_refusal(id_, RuleBroken(name, "before_earliest", **params))
        other = next(known[other] for other in one.against if not known[other].why_not)
        code = "already_booked" if other.appointment.day == day else "booked_other_day"
        token = other.appointment.token
        raise kept_refusal(id_, RuleBroken("reason", code, day=other.appointment.day, token=token))


def kept_refusal(booking_id: int, refusal: RuleBroken) -> RuleBroken:
    """The same refusal, beside the field of the booking it is about."""
    found = RuleBroken(f"keep_{refusal.field}_{booking_id}", refusal.code)
    found.params.update({"field": refusal.field, **refusal.params})
    return found


def clashing(bookings: Iterable[BookingOfOne]) -> tuple[tuple[BookingOfOne, ...], ...]:
    """The bookings of which one has to be chosen, a group for each diagnosis they share; too early ones are none."""
    known = {one.appointment.id: one for one in bookings if one.why_not != BEFORE_EARLIEST}
    groups: list[tuple[BookingOfOne, ...]] = []
    seen: set[int] = set()
    for id_ in known:
        group, queue = [], [id_]
        while queue:
            current = queue.pop()
            if current in known and current not in seen:
                seen.add(current)
                group.append(known[current])
                queue += known[current].against
        if len(group) > 1:
            groups.append(tuple(sorted(group, key=lambda one: (one.appointment.day, one.appointment.id))))
    return tuple(groups)


def _is_here(booking: Appointment) -> bool:
    return booking.status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do. ``moves``: how many rows of each table go to the patient who is kept.

    ``blocked``: the code of what forbids it, empty where nothing does. ``moved``: the diagnoses whose dates would be
    others.
    """

    kept: Patient
    other: Patient
    moves: Mapping[str, int]
    facts: tuple[FactDiffers, ...]
    same_cases: tuple[SameCase, ...]
    same_days: tuple[SameDay, ...]
    blocked: str = ""
    bookings: tuple[BookingOfOne, ...] = ()
    moved: tuple[MovedDates, ...] = ()


def merged_details(kept: Patient, other: Patient) -> PatientDetails:
    """What is known of both: the kept record's facts, what it leaves blank from the other, every number and alert.

    The other's first number becomes an identifier behind those of the kept one, and the kept one's stays the first.
    """
    mine, theirs = kept.details, other.details
    numbers = list(mine.identifiers) or [Identifier(kept.mrn, IdentifierKind.OTHER)]
    known = {fold(one.value) for one in numbers}
    for one in theirs.identifiers or (Identifier(other.mrn, IdentifierKind.OTHER),):
        if fold(one.value) not in known:
            numbers.append(one)
            known.add(fold(one.value))
    digits = {phone_digits(one.number) for one in mine.phones}
    more = [
        replace(one, preferred=one.preferred and not mine.phones)
        for one in theirs.phones
        if phone_digits(one.number) not in digits
    ]
    notes = [text for text in dict.fromkeys((mine.notes, theirs.notes)) if text]
    return replace(
        mine,
        sex=theirs.sex if mine.sex is Sex.UNKNOWN else mine.sex,
        birth=theirs.birth if mine.birth == Birth() else mine.birth,
        identifiers=tuple(numbers),
        phones=(*mine.phones, *more),
        guardian=mine.guardian or theirs.guardian,
        village=mine.village or theirs.village,
        weight_kg=mine.weight_kg if mine.weight_kg is not None else theirs.weight_kg,
        language=mine.language or theirs.language,
        may_be_called=mine.may_be_called and theirs.may_be_called,
        alerts=tuple(dict.fromkeys((*mine.alerts, *theirs.alerts))),
        notes="\n".join(notes),
        may_be_texted=mine.may_be_texted and theirs.may_be_texted,
        may_be_written_to=mine.may_be_written_to and theirs.may_be_written_to,
    )


def facts_that_differ(kept: Patient, other: Patient) -> tuple[FactDiffers, ...]:
    """The facts both records state and state differently; numbers and alerts are united and do not count."""
    merged = merged_details(kept, other)
    found = []
    for one in fields(PatientDetails):
        mine, theirs = getattr(kept.details, one.name), getattr(other.details, one.name)
        if one.name not in _LISTS and mine != theirs and theirs not in ("", None, Birth(), Sex.UNKNOWN):
            found.append(FactDiffers(one.name, mine, theirs, getattr(merged, one.name)))
    return tuple(found)


def unmerged_details(now: PatientDetails, before: PatientDetails, merged: PatientDetails) -> PatientDetails:
    """The kept record without what the merge added; a fact that was changed since stays as it is now."""
    back: dict[str, Any] = {}
    for one in fields(PatientDetails):
        was, then, is_ = (getattr(details, one.name) for details in (before, merged, now))
        if one.name in _LISTS:
            added = [item for item in then if item not in was]
            back[one.name] = was if is_ == then else tuple(item for item in is_ if item not in added)
        else:
            back[one.name] = was if is_ == then else is_
    return PatientDetails(**back)


def details_as_json(details: PatientDetails) -> dict[str, object]:
    """What is known of a patient as JSON values."""
    birth = details.birth
    return {
        "full_name": details.full_name,
        "sex": details.sex.value,
        "birth": [
            birth.day.isoformat() if birth.day else None,
            birth.year,
            birth.age,
            birth.age_on.isoformat() if birth.age_on else None,
        ],
        "identifiers": [[one.value, one.kind.value] for one in details.identifiers],
        "phones": [[one.number, one.owner, one.language, one.preferred] for one in details.phones],
        "guardian": details.guardian,
        "village": details.village,
        "weight_kg": details.weight_kg,
        "language": details.language,
        "may_be_called": details.may_be_called,
        "alerts": list(details.alerts),
        "notes": details.notes,
        "may_be_texted": details.may_be_texted,
        "may_be_written_to": details.may_be_written_to,
    }


def details_from_json(said: Mapping[str, Any]) -> PatientDetails:
    """Read ``details_as_json`` back."""
    day, year, age, age_on = said["birth"]
    return PatientDetails(
        said["full_name"],
        Sex(said["sex"]),
        Birth(_day(day), year, age, _day(age_on)),
        tuple(Identifier(value, IdentifierKind(kind)) for value, kind in said["identifiers"]),
        tuple(Phone(*one) for one in said["phones"]),
        said["guardian"],
        said["village"],
        said["weight_kg"],
        said["language"],
        said["may_be_called"],
        tuple(said["alerts"]),
        said["notes"],
        said.get("may_be_texted", True),
        said.get("may_be_written_to", True),
    )


def same_cases(kept: Sequence[tuple[int, str, Side | None]], other: Sequence[tuple[int, str, Side | None]]) -> tuple[
    SameCase, ...
]:  # fmt: skip
    """The cases (id, condition, side) of the same condition and side in both records."""
    mine = {(condition, side): id_ for id_, condition, side in kept}
    return tuple(
        SameCase(condition, side, mine[(condition, side)], id_)
        for id_, condition, side in other
        if (condition, side) in mine
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
