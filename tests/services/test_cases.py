from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side, StopReason
from clinic_app.domain.patients import Birth, PatientDetails
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails, DecisionKind, Flag, FollowUpStatus
from clinic_app.services import Services
from tests.builders import TODAY, Clock, give
from tests.services.conftest import day, refusal

SOON = TODAY + timedelta(days=33)


def status(services: Services, case_id: int) -> FollowUpStatus:
    entry = services.schedule.entry(case_id)
    assert entry is not None
    return entry.answer.status


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (CaseDetails("migraine"), "unknown_condition"),
        (CaseDetails("hemifacial_spasm"), "side_missing"),
        (CaseDetails("cervical_dystonia", causes=("witchcraft",)), "unknown_cause"),
        (CaseDetails("cervical_dystonia", plan=ReinjectionPlan(weeks(16), weeks(12))), "plan_closes_before_it_opens"),
        (CaseDetails("cervical_dystonia", plan=ReinjectionPlan(months(3), weeks(13))), "plan_closes_before_it_opens"),
    ],
)
def test_what_the_catalogue_does_not_allow_is_refused(
    services: Services, someone: tuple[int, int], details: CaseDetails, code: str
) -> None:
    patient_id, case_id = someone
    assert refusal(lambda: services.cases.add(patient_id, details)).code == code
    assert refusal(lambda: services.cases.change(case_id, details, 1)).code == code
    new = PatientDetails("Somebody New", birth=Birth(year=1970))
    before = services.patients.count()
    assert refusal(lambda: services.patients.add(new, (details,))).code == code
    assert services.patients.count() == before


def test_the_same_diagnosis_is_not_entered_twice(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    case = services.cases.get(case_id)
    assert refusal(lambda: services.cases.add(patient_id, case.details)).code == "case_exists"
    left = services.cases.add(patient_id, CaseDetails("hemifacial_spasm", Side.LEFT)).result
    assert isinstance(left, int)
    services.cases.add(patient_id, CaseDetails("hemifacial_spasm", Side.RIGHT))
    both = CaseDetails("hemifacial_spasm", Side.RIGHT)
    assert refusal(lambda: services.cases.change(left, both, 1)).code == "case_exists"
    services.cases.change(left, CaseDetails("hemifacial_spasm", Side.LEFT, notes="same side is fine"), 1)
    twice = (both, both)
    assert refusal(lambda: services.patients.add(PatientDetails("Somebody"), twice)).code == "case_exists"


def test_a_plan_of_the_case_or_the_patient_moves_the_window(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2026-01-05"))
    services.cases.set_patient_plan(patient_id, ReinjectionPlan(weeks(14), weeks(18)))
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert (entry.answer.window.opens, entry.answer.window.closes) == (day("2026-04-13"), day("2026-05-11"))
    case = services.cases.get(case_id)
    own = dataclasses.replace(case.details, plan=ReinjectionPlan(weeks(10), weeks(14)))
    services.cases.change(case_id, own, case.version)
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert (entry.answer.window.opens, entry.answer.window.closes) == (day("2026-03-30"), day("2026-04-27"))
    backwards = ReinjectionPlan(weeks(2), weeks(1))
    error = refusal(lambda: services.cases.set_patient_plan(patient_id, backwards))
    assert error.code == "plan_closes_before_it_opens"
    assert refusal(lambda: services.cases.change(case_id, own, case.version)).code == "changed_meanwhile"


def test_a_hold_needs_a_day_that_has_not_passed(services: Services, someone: tuple[int, int]) -> None:
    _, case_id = someone
    yesterday = TODAY - timedelta(days=1)
    assert refusal(lambda: services.cases.hold(case_id, yesterday, "", False)).code == "hold_in_past"
    services.cases.hold(case_id, TODAY, "one day", cancel_bookings=False)
    assert status(services, case_id) is FollowUpStatus.ON_HOLD


def test_a_hold_lasts_until_its_day_or_until_it_is_ended(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    _, case_id = someone
    services.cases.hold(case_id, SOON, "travels", cancel_bookings=False)
    clock.go_to(SOON)
    assert status(services, case_id) is FollowUpStatus.ON_HOLD
    clock.go_to(SOON + timedelta(days=1))
    assert status(services, case_id) is FollowUpStatus.NOT_STARTED
    clock.go_to(TODAY + timedelta(days=2))
    services.cases.end_hold(case_id)
    assert status(services, case_id) is FollowUpStatus.NOT_STARTED
    assert services.cases.get(case_id).holds[0].ends == TODAY + timedelta(days=2)


@pytest.mark.parametrize("cancel", [True, False])
def test_putting_on_hold_asks_what_becomes_of_a_booking(
    services: Services, someone: tuple[int, int], cancel: bool
) -> None:
    patient_id, case_id = someone
    inside, behind = TODAY + timedelta(days=11), SOON + timedelta(days=2)
    for when in (inside, behind):
        services.schedule.book(BookingDetails(patient_id, when, (case_id,), reason="both"))
    services.cases.hold(case_id, SOON, "pregnant", cancel_bookings=cancel)
    late, early = services.patients.page(patient_id).appointments
    assert late.status is AppointmentStatus.BOOKED
    assert early.status is (AppointmentStatus.CANCELLED_BY_CLINIC if cancel else AppointmentStatus.BOOKED)
    assert status(services, case_id) is FollowUpStatus.ON_HOLD


def test_a_stop_cancels_what_is_booked_and_can_be_taken_back(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.schedule.book(BookingDetails(patient_id, SOON, (case_id,)))
    future = refusal(lambda: services.cases.stop(case_id, StopReason.REMISSION, SOON))
    assert future.code == "day_in_future"
    for reason in (StopReason.DECEASED, StopReason.MOVED):
        assert refusal(lambda reason=reason: services.cases.stop(case_id, reason, TODAY)).code == "stop_of_patient"
    services.cases.stop(case_id, StopReason.REMISSION, TODAY, "well since spring")
    assert status(services, case_id) is FollowUpStatus.STOPPED
    booking = BookingDetails(patient_id, SOON, (case_id,))
    assert refusal(lambda: services.schedule.book(booking)).code == "case_stopped"
    assert services.cases.take_back_stop(case_id).result == ((SOON,), ())
    assert status(services, case_id) is FollowUpStatus.BOOKED


def test_nobody_stopped_or_dead_is_left_on_the_waiting_list(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.waiting.wait(BookingDetails(patient_id, TODAY, (case_id,), wait_until=SOON))

    def waits() -> bool:
        return any(one.wait_until == SOON for one in services.waiting.of_patient(patient_id))

    assert waits()
    services.cases.stop(case_id, StopReason.REMISSION, TODAY)
    assert not waits()
    services.cases.take_back_stop(case_id)
    assert waits()
    services.patients.record_death(patient_id, TODAY)
    assert not waits()
    services.patients.take_back_departure(patient_id)
    assert waits()


def test_the_stop_of_the_dead_is_not_taken_back_case_by_case(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.patients.record_death(patient_id, TODAY)
    assert refusal(lambda: services.cases.take_back_stop(case_id)).code == "stop_of_patient"
    assert status(services, case_id) is FollowUpStatus.STOPPED


def test_a_decision_answers_ask_doctor(services: Services, clock: Clock, someone: tuple[int, int]) -> None:
    _, case_id = someone
    services.schedule.log_call(case_id, Attempt.DECLINED)
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert Flag.ASK_DOCTOR in entry.answer.flags
    services.cases.decide(case_id, DecisionKind.GO_ON, "call again in spring")
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert Flag.ASK_DOCTOR not in entry.answer.flags
