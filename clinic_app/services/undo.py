"""Taking a write back: every undoable write keeps an inverse command, carried out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import cast

from clinic_app.domain.access import Action
from clinic_app.domain.bin import BinKind
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import Conflict, NotFound, RuleBroken
from clinic_app.domain.pictures import Certainty, TakenAt
from clinic_app.domain.schedule import Appointment, AppointmentStatus, DrugSupply
from clinic_app.domain.treatment import SessionState
from clinic_app.services.absences import undo_absence
from clinic_app.services.access import reason_said
from clinic_app.services.bin_rows import put_back, put_in_bin
from clinic_app.services.booking_rules import GAVE_UP_THEIR_PLACE, check_place
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.measuring import give_to
from clinic_app.services.patients import restore_bookings
from clinic_app.services.register import undo_import
from clinic_app.services.schedule import appointment_content
from clinic_app.services.waiting import wait_again
from clinic_app.storage.bin import Taken
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.access import restricted_name

Content = dict[str, object]
Inverse = Callable[[ClinicContext, UnitOfWork, Content], tuple[set[int], frozenset[Topic]]]
"""Carries one inverse command out; answers the patients whose dates may have moved, and what changed."""


def undo(context: ClinicContext, undo_id: int) -> Changes:
    """Take a write back; whoever may do such a thing to these patients may take it back.

    Raises:
        AccessRefused: they may not.
        NotFound: ``nothing_to_undo``.
        Conflict: ``already_undone``, ``cannot_undo_any_more``.
        RuleBroken: ``booked_since`` where a booking would come back beside another of its diagnosis made meanwhile.
    """
    with context.units.read() as unit:
        kind, content = unit.clinic.undo_command(undo_id)
    action, noun, key = NEEDS[kind]
    signed = kind == "void" and content["state"] != SessionState.GIVEN.value
    with context.access.because(reason_said() or str(content.get("said") or "")):
        context.access.check_all(Action.SIGN_INJECTION if signed else action, **{noun: _ids(content, key)})
        with context.units.open() as unit:
            context.check_clock(unit)
            kind, content = unit.clinic.take_undo(undo_id)
            try:
                patients, topics = INVERSES[kind](context, unit, content)
            except NotFound as error:
                raise Conflict("cannot_undo_any_more") from error
            _refuse_second_bookings(context, unit, patients)
            moved = context.refresh(unit, patients)
            unit.commit()
    if kind == "absence":
        context.read_absences()
    context.access.read_again()
    return changes(*topics, moved=moved)


def whose(context: ClinicContext, undo_id: int) -> dict[int, str]:
    """The patients a write that can be taken back is about, and their names; none where they are not in the record.

    A record that is closed to whoever works is not named.

    Raises:
        NotFound: ``nothing_to_undo``.
        Conflict: ``already_undone``.
    """
    hidden = context.access.hidden()
    with context.units.read() as unit:
        kind, content = unit.clinic.undo_command(undo_id)
        people = unit.patients.by_ids(sorted(_owners(unit, kind, content)))
    return {id_: restricted_name() if id_ in hidden else one.name for id_, one in people.items()}


def _owners(unit: UnitOfWork, kind: str, content: Content) -> set[int]:
    """The ids of the patients an inverse command is about; those of a whole register are not told apart."""
    _, noun, key = NEEDS[kind]
    ids = _ids(content, key)
    owners = set(ids if noun == "patient" else unit.access.owners(noun, ids))
    owners.update(_ids(content, "patient_id"))
    owners.update(unit.bin.entry(entry_id).patient_id for entry_id in _numbers(content, "entries"))
    return owners


def commands_of(unit: UnitOfWork, taken: Taken) -> set[int]:
    """The inverse commands that are about any of these rows."""
    ids = {noun: {int(row["id"]) for row in taken.rows.get(table, ())} for noun, table in _TABLES.items()}
    found: set[int] = set()
    for undo_id, kind, content in unit.bin.undo_commands():
        _, noun, key = NEEDS[kind]
        if ids[noun].intersection(_ids(content, key)) or content.get("patient_id") in ids["patient"]:
            found.add(undo_id)
    return found


def _call(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    case_id = unit.schedule.take_back_call(_number(content, "call_id"))
    if content.get("before"):
        unit.schedule.restore_call(_number(content, "before"))
    return {unit.cases.get(case_id).patient_id}, frozenset({Topic.SCHEDULE})


def _booking(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    appointment = unit.schedule.appointment(_number(content, "appointment_id"))
    if not appointment.status.live or _differs(appointment, cast("Content | None", content.get("after"))):
        raise Conflict("cannot_undo_any_more")
    unit.schedule.take_back_appointment(appointment.id)
    for call_id in _numbers(content, "calls"):
        unit.schedule.take_back_call(call_id)
    for case_id in _numbers(content, "holds"):
        unit.cases.resume_hold(case_id)
    wait_again(unit, content.get("waited"))
    return {appointment.patient_id}, frozenset({Topic.SCHEDULE})


def _appointment(context: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    now = unit.schedule.appointment(_number(content, "appointment_id"))
    after = cast("Content | None", content.get("after"))
    stands = appointment_content(now)
    if now.version != content["version"] if after is None else _differs(now, after):
        raise Conflict("cannot_undo_any_more")
    said = {**stands, **content}
    at, arrived, until = said["at"], said["arrived_at"], said["wait_until"]
    before = replace(
        now,
        day=date.fromisoformat(str(said["day"])),
        token=_number(said, "token"),
        at=time.fromisoformat(str(at)) if at else None,
        status=AppointmentStatus(said["status"]),
        drug=DrugSupply(said["drug"]),
        reason=str(said["reason"]),
        decided_by=str(said["decided_by"]),
        minutes=cast("int | None", said["minutes"]),
        injector=str(said["injector"]),
        drug_product=cast("str | None", said["drug_product"]),
        drug_batch=str(said["drug_batch"]),
        arrived_at=datetime.fromisoformat(str(arrived)) if arrived else None,
        wait_until=date.fromisoformat(str(until)) if until else None,
    )
    if before.status.live and (before.day != now.day or not now.status.live) and before.day >= context.today():
        _check_undone(context, unit, now, before)
    if before.token and unit.schedule.token_taken(before.day, before.token, before.id):
        before = replace(before, token=unit.schedule.next_token(before.day))
    unit.schedule.change_appointment(before)
    return {now.patient_id}, frozenset({Topic.SCHEDULE})


def _differs(now: Appointment, after: Content | None) -> bool:
    """Whether a booking is another than was written; of what was not kept nothing differs."""
    stands = appointment_content(now)
    return after is not None and any(stands[key] != after[key] for key in after)


def _back_entry(context: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    """All lines that were typed in from paper, the last one first."""
    for booking in cast("list[Content]", content["bookings"]):
        _booking(context, unit, booking)
    for appointment in reversed(cast("list[Content]", content["appointments"])):
        _appointment(context, unit, appointment)
    for call_id in reversed(_numbers(content, "calls")):
        unit.schedule.take_back_call(call_id)
    return set(_numbers(content, "patients")), frozenset({Topic.SCHEDULE})


def _check_undone(context: ClinicContext, unit: UnitOfWork, now: Appointment, before: Appointment) -> None:
    """Refuse to put a booking back on a day another of the same case has by now, or somebody its last place."""
    known = unit.schedule.appointments_of_cases(before.case_ids)
    for other in (item for items in known.values() for item in items):
        if other.status.live and other.day == before.day and other.id != before.id:
            raise RuleBroken("day", "already_booked", day=other.day, token=other.token)
    if before.day != now.day or now.status in GAVE_UP_THEIR_PLACE:
        check_place(context, unit, before.day, before.reason)


def _refuse_second_bookings(context: ClinicContext, unit: UnitOfWork, patients: set[int]) -> None:
    """What a second booking needs (``check_cases``) is asked of one that came back as well, whatever brought it."""
    today = context.today()
    cases = [case.id for patient_id in patients for case in unit.cases.of_patient(patient_id)]
    with context.units.read() as before:
        known = before.schedule.appointments_of_cases(cases)
        stood = {one.id for bookings in known.values() for one in bookings if one.status.live}
    for bookings in unit.schedule.appointments_of_cases(cases).values():
        live = [one for one in bookings if one.status.live and one.day >= today]
        for back in (one for one in live if one.id not in stood):
            for other in live:
                unsaid = other.day > today and not (back.reason.strip() or other.reason.strip())
                if other.id != back.id and (unsaid or other.day == back.day):
                    raise RuleBroken("day", "booked_since", day=other.day, token=other.token)


def _absence(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    undo_absence(unit, _number(content, "absence_id"), content["was"])
    return set(), frozenset({Topic.SCHEDULE})


def _departure(context: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    patient_id = _number(content, "patient_id")
    now = unit.patients.get(patient_id)
    if [str(now.deceased_on), str(now.moved_on)] != content["after"]:
        raise Conflict("cannot_undo_any_more")
    unit.patients.set_departure(
        patient_id, deceased_on=_day(content, "deceased_on"), moved_on=_day(content, "moved_on")
    )
    for stop_id in _numbers(content, "stops"):
        unit.cases.delete_stop(stop_id)
    restore_bookings(unit, content["cancelled"], context.today())
    return {patient_id}, frozenset({Topic.PATIENTS, Topic.CASES, Topic.SCHEDULE})


def _stop(context: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    case_id = _number(content, "case_id")
    unit.cases.delete_stop(_number(content, "stop_id"))
    unit.cases.delete_decision(_number(content, "decision_id"))
    restore_bookings(unit, content["cancelled"], context.today())
    return {unit.cases.get(case_id).patient_id}, frozenset({Topic.CASES, Topic.SCHEDULE})


def _visit(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    visit = unit.treatment.visit(_number(content, "visit_id"))
    if any(session.state is not SessionState.GIVEN for session in visit.sessions):
        raise Conflict("cannot_undo_any_more")
    for session in visit.sessions:
        unit.treatment.void(session.id, "undone")
    for appointment_id, status in cast("dict[str, str]", content["bookings"]).items():
        appointment = unit.schedule.appointment(int(appointment_id))
        unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus(status)))
    for booked in _numbers(content, "booked"):
        if not unit.schedule.appointment(booked).status.live:
            raise Conflict("cannot_undo_any_more")
        unit.schedule.take_back_appointment(booked)
    wait_again(unit, content.get("waited"))
    decided = _numbers(content, "decided")
    for decision_id in decided:
        unit.cases.delete_decision(decision_id)
    for split_off, joined in cast("dict[str, int]", content.get("split") or {}).items():
        rest = unit.schedule.appointment(int(split_off)).status
        if rest.live or (rest is AppointmentStatus.NOT_INJECTED and (decided or content.get("booked"))):
            unit.schedule.join_appointment(joined, int(split_off))
    return {visit.patient_id}, frozenset({Topic.TREATMENT, Topic.SCHEDULE})


def _void(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    session = unit.treatment.session(_number(content, "session_id"))
    if session.state is not SessionState.VOID:
        raise Conflict("cannot_undo_any_more")
    unit.treatment.unvoid(session.id, SessionState(content["state"]), str(content["reason"]))
    for appointment_id in _numbers(content, "opened") if "opened" in content else ():
        appointment = unit.schedule.appointment(appointment_id)
        if appointment.status.live:
            unit.schedule.change_appointment(replace(appointment, status=AppointmentStatus.DONE))
    return {session.patient_id}, frozenset({Topic.TREATMENT, Topic.SCHEDULE})


def _external(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    unit.treatment.remove_external(_number(content, "external_id"), "undone")
    return {_number(content, "patient_id")}, frozenset({Topic.TREATMENT, Topic.SCHEDULE})


def _pictures(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    if content.get("sources_deleted"):
        raise Conflict("sources_deleted")
    ids = _numbers(content, "pictures")
    owners = {unit.pictures.get(id_).patient_id for id_ in ids}
    moved = sorted(owners - {_number(content, "patient")}) if "patient" in content else []
    if moved:
        raise Conflict("picture_moved_since", mrn=unit.patients.get(moved[0]).mrn)
    if unit.photo_ties.entered_of(ids):
        raise Conflict("pictures_measured_since")
    unit.pictures.take_back(ids)
    unit.photo_ties.settle(ids)
    return owners, frozenset({Topic.PICTURES, Topic.SCHEDULE})


def _views(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    before = cast("dict[str, str | None]", content["views"])
    owners = set()
    for id_, view in before.items():
        owners.add(unit.pictures.get(int(id_)).patient_id)
        unit.pictures.set_view(int(id_), view)
    return owners, frozenset({Topic.PICTURES})


def _taken(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    before = cast("dict[str, dict[str, object]]", content["taken"])
    owners = set()
    for id_, said in before.items():
        owners.add(unit.pictures.get(int(id_)).patient_id)
        day, clock = said["day"], said["clock"]
        taken = TakenAt(
            date.fromisoformat(str(day)) if day else None,
            time.fromisoformat(str(clock)) if clock else None,
            Certainty(said["certainty"]),
        )
        unit.pictures.set_taken(int(id_), taken, known_after=bool(said["known_after"]))
    return owners, frozenset({Topic.PICTURES})


def _moved(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    owners = {int(id_): owner for id_, owner in cast("dict[str, int]", content["owners"]).items()}
    left = {unit.pictures.get(id_).patient_id for id_ in owners}
    for owner in set(owners.values()):
        unit.patients.get(owner)
    unit.bin.put_back(Taken.of(content))
    give_to(unit, owners, left)
    return left | set(owners.values()), frozenset({Topic.PICTURES})


def _register(context: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    return undo_import(unit, content, context.today())


def _binned(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    owners: set[int] = set()
    for entry_id in reversed(_numbers(content, "entries")):
        owners |= put_back(unit, unit.bin.entry(entry_id))
        unit.bin.restored(entry_id)
    return owners, EVERYTHING


def _restored(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    patient_id, kind = _number(content, "patient_id"), BinKind(content["kind"])
    put_in_bin(unit, kind, patient_id, _numbers(content, "ids"), str(content["said"]))
    return {patient_id}, EVERYTHING


def _rows(_: ClinicContext, unit: UnitOfWork, content: Content) -> tuple[set[int], frozenset[Topic]]:
    unit.bin.take_back(Taken.of(content))
    return {_number(content, "patient_id")}, EVERYTHING


INVERSES: dict[str, Inverse] = {
    "call": _call,
    "booking": _booking,
    "appointment": _appointment,
    "back_entry": _back_entry,
    "absence": _absence,
    "departure": _departure,
    "stop": _stop,
    "visit": _visit,
    "void": _void,
    "external": _external,
    "pictures": _pictures,
    "views": _views,
    "taken": _taken,
    "moved": _moved,
    "register": _register,
    "facts": _rows,
    "entered": _rows,
    "sorted": _rows,
    "binned": _binned,
    "merge": _binned,
    "restored": _restored,
}


NEEDS: dict[str, tuple[Action, str, str]] = {
    "call": (Action.REGISTER, "call", "call_id"),
    "booking": (Action.REGISTER, "appointment", "appointment_id"),
    "appointment": (Action.REGISTER, "appointment", "appointment_id"),
    "back_entry": (Action.REGISTER, "patient", "patients"),
    "absence": (Action.REGISTER, "patient", ""),
    "departure": (Action.REGISTER, "patient", "patient_id"),
    "stop": (Action.EDIT_RECORD, "case", "case_id"),
    "visit": (Action.EDIT_UNSIGNED, "visit", "visit_id"),
    "void": (Action.EDIT_UNSIGNED, "session", "session_id"),
    "external": (Action.EDIT_RECORD, "external", "external_id"),
    "pictures": (Action.ADD_PHOTOS, "picture", "pictures"),
    "views": (Action.ADD_PHOTOS, "picture", "views"),
    "taken": (Action.ADD_PHOTOS, "picture", "taken"),
    "moved": (Action.ADD_PHOTOS, "picture", "owners"),
    "register": (Action.IMPORT, "patient", ""),
    "facts": (Action.REGISTER, "patient", "patient_id"),
    "entered": (Action.EDIT_RECORD, "patient", "patient_id"),
    "sorted": (Action.ADD_PHOTOS, "patient", "patient_id"),
    "binned": (Action.RESTORE, "patient", ""),
    "merge": (Action.MERGE, "patient", "kept"),
    "restored": (Action.DELETE, "patient", "patient_id"),
}
"""What taking back each kind of write needs, of which things, and where an inverse command holds their ids.

A void injection that was finalised before needs what finalising does.
"""


_TABLES = {
    "patient": "patient",
    "case": "clinical_case",
    "call": "contact_attempt",
    "appointment": "appointment",
    "visit": "visit",
    "session": "injection_session",
    "external": "external_toxin",
    "picture": "picture",
}
EVERYTHING = frozenset({Topic.PATIENTS, Topic.CASES, Topic.TREATMENT, Topic.SCHEDULE, Topic.PICTURES})


def _ids(content: Content, key: str) -> tuple[int, ...]:
    """One id, or those of a list or of the keys of an object."""
    found = content.get(key, ())
    return (
        tuple(int(str(one)) for one in found)
        if isinstance(found, (list, dict))
        else (int(str(found)),)
        if found
        else ()
    )


def _number(content: Content, key: str) -> int:
    return int(str(content[key]))


def _day(content: Content, key: str) -> date | None:
    found = content[key]
    return date.fromisoformat(str(found)) if found else None


def _numbers(content: Content, key: str) -> list[int]:
    found = content.get(key, [])
    return [int(str(item)) for item in found] if isinstance(found, list) else []
