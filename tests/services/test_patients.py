from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from clinic_app.domain.cases import CaseDetails, Side, StopReason
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails, FollowUpStatus
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.services import Services
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, Clock, add_patient, give
from tests.services.conftest import day, refusal

SOON = TODAY + timedelta(days=33)


def stands(services: Services, patient_id: int) -> list[object]:
    """Where every case and booking of a patient stands."""
    page = services.patients.page(patient_id)
    return [
        [(one.case.id, one.answer.status, one.case.stops, one.case.holds) for one in page.cases],
        [(one.id, one.status) for one in page.appointments],
        (page.patient.deceased_on, page.patient.moved_on),
    ]


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (PatientDetails("  "), "name_missing"),
        (PatientDetails("A", birth=Birth(day=TODAY + timedelta(days=1))), "born_in_future"),
        (PatientDetails("A", phones=(Phone("12"),)), "bad_phone"),
        (PatientDetails("A", weight_kg=0.0), "bad_weight"),
        (PatientDetails("A", identifiers=(Identifier("  "),)), "bad_identifier"),
    ],
)
def test_what_cannot_be_is_refused(services: Services, details: PatientDetails, code: str) -> None:
    before = services.patients.count()
    assert refusal(lambda: services.patients.add(details)).code == code
    assert services.patients.count() == before


def test_a_patient_and_the_diagnoses_are_one_entry(services: Services) -> None:
    cases = (CaseDetails("hemifacial_spasm", Side.LEFT), CaseDetails("cervical_dystonia"))
    patient_id = services.patients.add(PatientDetails("  New   Person "), cases).result
    assert isinstance(patient_id, int)
    page = services.patients.page(patient_id)
    assert page.patient.name == "New Person"
    assert [one.case.condition for one in page.cases] == ["hemifacial_spasm", "cervical_dystonia"]


def test_two_who_change_the_same_patient(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    patient = services.patients.get(patient_id)
    renamed = dataclasses.replace(patient.details, full_name="Another Name", identifiers=(Identifier("NEW-9"),))
    services.patients.change(patient_id, renamed, patient.version)
    error = refusal(lambda: services.patients.change(patient_id, patient.details, patient.version))
    assert error.code == "changed_meanwhile"
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert (entry.mrn, entry.name) == ("NEW-9", "Another Name")


def test_somebody_much_the_same_is_pointed_out(services: Services) -> None:
    add_patient(services, "Lakshmi Narayanan", "L-1", phone="+91 99999 12345")
    for details, agrees in (
        (PatientDetails("Narayanan Lakshmi"), ("name",)),
        (PatientDetails("Someone Else", phones=(Phone("099999 12345"),)), ("phone",)),
        (PatientDetails("X Y", identifiers=(Identifier("L-1"),)), ("number",)),
    ):
        (match,) = services.patients.similar(details)
        assert (match.patient.mrn, match.agrees) == ("L-1", agrees)
    assert services.patients.similar(PatientDetails("Nobody Alike", phones=(Phone("1111 222"),))) == ()


@pytest.mark.parametrize("moved", [False, True])
def test_a_departure_stops_and_cancels_everything_and_taking_it_back_restores(
    services: Services, someone: tuple[int, int], moved: bool
) -> None:
    patient_id, face = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient_id, face, day("2026-01-05"))
    services.schedule.book(BookingDetails(patient_id, SOON, (face, neck)))
    services.cases.stop(neck, StopReason.NO_RESPONSE, day("2026-02-01"))
    before = stands(services, patient_id)
    record = services.patients.record_move if moved else services.patients.record_death
    record(patient_id, day("2026-03-10"), "told by the son")
    page = services.patients.page(patient_id)
    assert {one.answer.status for one in page.cases} == {FollowUpStatus.STOPPED}
    assert [one.status for one in page.appointments] == [AppointmentStatus.CANCELLED_BY_CLINIC]
    assert (page.patient.deceased_on is None) is moved
    assert refusal(lambda: services.schedule.log_call(face, Attempt.NO_ANSWER)).code == "call_of_departed"
    assert refusal(lambda: services.schedule.book(BookingDetails(patient_id, SOON, (face,)))).code == "departed"
    entry = services.schedule.entry(face)
    assert entry is not None
    assert not entry.may_be_called
    cancelled = page.appointments[0].id
    back = refusal(lambda: services.schedule.set_status(cancelled, AppointmentStatus.BOOKED))
    assert back.code == "departed"
    services.patients.take_back_departure(patient_id)
    assert stands(services, patient_id) == before


def test_the_family_may_still_call(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.patients.record_death(patient_id, TODAY)
    services.schedule.log_call(case_id, Attempt.PROBLEM, note="asks for the papers")


def test_a_departure_in_the_future_or_before_birth_is_refused(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    assert refusal(lambda: services.patients.record_death(patient_id, SOON)).code == "day_in_future"
    assert refusal(lambda: services.patients.record_move(patient_id, date(1950, 1, 1))).code == "day_before_birth"


def test_bookings_whose_day_has_passed_stay_cancelled(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=5), (case_id,)))
    services.patients.record_move(patient_id, TODAY)
    clock.go_to(TODAY + timedelta(days=10))
    services.patients.take_back_departure(patient_id)
    (booking,) = services.patients.page(patient_id).appointments
    assert booking.status is AppointmentStatus.CANCELLED_BY_CLINIC


@pytest.mark.parametrize("elsewhere", [False, True])
def test_nobody_died_before_what_they_were_given(services: Services, someone: tuple[int, int], elsewhere: bool) -> None:
    patient_id, case_id = someone
    given = TODAY - timedelta(days=30)
    if elsewhere:
        services.treatment.add_external(patient_id, ExternalToxinDetails(given))
    else:
        give(services, patient_id, case_id, given)
    refused = refusal(lambda: services.patients.record_death(patient_id, given - timedelta(days=1)))
    assert refused.code == "died_before_injection"
    assert day_words(given) in sentence_of(refused)
    services.patients.record_death(patient_id, given)
