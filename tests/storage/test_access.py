"""Protected records, emergency openings, and to whom things belong, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_app.domain.access import Protection
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Attempt, BookingDetails
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.services import Services
from tests.builders import ACTOR, TODAY, add_patient, give


def test_protection_comes_back_and_goes(services: Services) -> None:
    patient, _ = add_patient(services)
    units = services.context.units
    with units.open() as unit:
        assert unit.access.protection(patient) == Protection(patient)
        unit.access.set_protection(Protection(patient, True, True, "of our own staff"))
        unit.commit()
    with units.open() as unit:
        assert unit.access.restricted() == {patient}
        assert unit.access.protection(patient) == Protection(patient, True, True, "of our own staff")
        unit.access.set_protection(Protection(patient, False, True, "no longer"))
        unit.commit()
    with units.open() as unit:
        assert unit.access.restricted() == frozenset()
        with pytest.raises(NotFound):
            unit.access.set_protection(Protection(4711, restricted=True))


def test_things_belong_to_their_patient(services: Services) -> None:
    patient, case = add_patient(services)
    other, other_case = add_patient(services, "Harpreet Gill", "3308", phone="98400 30000")
    visit = give(services, patient, case, TODAY - timedelta(days=200))
    external = services.treatment.add_external(patient, ExternalToxinDetails(TODAY - timedelta(days=300))).result
    call = services.schedule.log_call(case, Attempt.NO_ANSWER).result
    booked = services.schedule.book(BookingDetails(other, TODAY + timedelta(days=8), (other_case,))).result
    assert isinstance(external, int)
    assert isinstance(call, int)
    with services.context.units.read() as unit:
        owners = unit.access.owners
        assert owners("case", [case, other_case, 4711]) == {patient, other}
        assert owners("call", [call]) == {patient}
        assert owners("visit", [visit.id]) == owners("session", [visit.sessions[0].id]) == {patient}
        assert owners("external", [external]) == {patient}
        assert owners("appointment", [booked.id]) == {other}  # type: ignore[attr-defined]
        assert owners("picture", [1]) == owners("case", []) == frozenset()
        [entered] = unit.access.entered("session", [visit.sessions[0].id])
        assert (entered.by, entered.at.date(), entered.signed) == (ACTOR.name, TODAY, True)
        assert unit.access.entered("visit", [visit.id]) == (entered,)


def test_whom_somebody_treats(services: Services) -> None:
    patient, case = add_patient(services)
    add_patient(services, "Harpreet Gill", "3308", phone="98400 30000")
    give(services, patient, case, TODAY - timedelta(days=200))
    with services.context.units.read() as unit:
        assert unit.access.treated_by("Dr Rao") == unit.access.treated_by("DR  RAO") == {patient}
        assert unit.access.treated_by("Dr Rao", [patient + 1]) == frozenset()
        assert unit.access.treated_by("Dr Iyer") == unit.access.treated_by("") == frozenset()


def test_an_emergency_opening_is_listed_until_it_is_acknowledged(services: Services) -> None:
    patient, _ = add_patient(services)
    with services.context.units.open() as unit:
        user = unit.people.add("Nurse Joy", frozenset({Role.NURSE}))
        until = unit.now + timedelta(minutes=30)
        opening = unit.access.add_emergency(patient, user.id, "No answer from the doctor", until)
        unit.commit()
    with services.context.units.open() as unit:
        [listed] = unit.access.emergencies(unacknowledged=True)
        assert (listed.id, listed.user_name, listed.mrn, listed.until) == (opening, "Nurse Joy", "4127", until)
        unit.access.acknowledge(opening)
        unit.commit()
    with services.context.units.open() as unit:
        assert unit.access.emergencies(unacknowledged=True) == ()
        assert [one.acknowledged_by for one in unit.access.emergencies(unacknowledged=False)] == [ACTOR.name]
        with pytest.raises(Conflict, match="emergency_acknowledged"):
            unit.access.acknowledge(opening)
        with pytest.raises(NotFound, match="emergency_missing"):
            unit.access.acknowledge(4711)
