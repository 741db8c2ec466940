from __future__ import annotations

import dataclasses
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from clinic_app.domain.cases import CaseDetails, StopReason
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DrugSupply,
    DueEntry,
    Flag,
    FollowUpStatus,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, VisitDetails
from clinic_app.services import Services
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, Clock, add_patient, give
from tests.services.conftest import day, refusal

BOTOX_DAY = day("2026-04-07")


def entry_of(services: Services, case_id: int) -> DueEntry:
    entry = services.schedule.entry(case_id)
    assert entry is not None
    return entry


def booked(services: Services, details: BookingDetails) -> Appointment:
    appointment = services.schedule.book(details).result
    assert isinstance(appointment, Appointment)
    return appointment


def test_booking_before_earliest_needs_a_reason_and_a_name(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2026-01-05"))
    early = day("2026-03-27")
    for reason, name, field in (("", "", "reason"), ("travels", "", "decided_by"), (" ", "Dr Rao", "reason")):
        details = BookingDetails(patient_id, early, (case_id,), reason=reason, decided_by=name)
        error = refusal(lambda details=details: services.schedule.book(details))
        assert (error.code, getattr(error, "field", "")) == ("before_earliest", field)
        assert error.params["earliest"] == day("2026-03-30")
    assert services.patients.page(patient_id).appointments == ()
    details = BookingDetails(patient_id, early, (case_id,), reason="travels", decided_by="Dr Rao")
    appointment = booked(services, details)
    assert (appointment.reason, appointment.decided_by) == ("travels", "Dr Rao")
    assert Flag.TOO_EARLY in entry_of(services, case_id).answer.flags


def test_the_list_can_be_narrowed_to_whoever_injected_last(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    assert "Dr Pillai" not in services.schedule.injectors()
    details = VisitDetails(day("2026-01-05"), (SessionDetails(case_id, "ona", Decimal(35)),), "Dr Pillai")
    services.treatment.record(patient_id, details, True)
    assert "Dr Pillai" in services.schedule.injectors()
    assert sum(services.schedule.counts(CallListFilter(injector="Dr Pillai")).values()) == 1
    assert sum(services.schedule.counts(CallListFilter(injector="Dr Nobody")).values()) == 0


def test_counts_and_pages_of_a_flag_agree_and_follow_every_write(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2026-01-05"))
    narrow = CallListFilter(flag=Flag.DRUG_MISSING)
    everybody, before = services.schedule.counts(), services.schedule.counts(narrow)
    assert services.schedule.pages((), 50, narrow) == ()
    details = BookingDetails(patient_id, BOTOX_DAY, (case_id,), drug=DrugSupply.SCHEME_AWAITED)
    booking = booked(services, details)
    now = services.schedule.counts()
    assert sum(now.values()) == sum(everybody.values())
    assert now[FollowUpStatus.BOOKED] == everybody[FollowUpStatus.BOOKED] + 1
    assert services.schedule.counts(narrow)[FollowUpStatus.BOOKED] == before[FollowUpStatus.BOOKED] + 1
    assert case_id in [row.case_id for row in services.schedule.rows(FollowUpStatus.BOOKED, 0, 50, narrow)]
    services.schedule.set_drug(booking.id, DrugSupply.HOSPITAL_STOCK)
    assert services.schedule.counts(narrow) == before
    assert case_id not in [row.case_id for row in services.schedule.rows(FollowUpStatus.BOOKED, 0, 50, narrow)]


def test_other_cases_and_toxin_elsewhere_count_for_a_booking(services: Services, someone: tuple[int, int]) -> None:
    patient_id, face = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient_id, face, TODAY)
    error = refusal(lambda: services.schedule.book(BookingDetails(patient_id, day("2026-05-01"), (neck,))))
    assert (error.code, error.params["earliest"]) == ("before_earliest", day("2026-06-11"))
    services.cases.set_independent(face, neck, independent=True)
    booked(services, BookingDetails(patient_id, day("2026-05-01"), (neck,)))


@pytest.mark.parametrize(
    ("when", "code"), [(TODAY - timedelta(days=1), "booking_in_past"), (date(1990, 1, 1), "booking_in_past")]
)
def test_a_day_that_has_passed_is_refused(services: Services, someone: tuple[int, int], when: date, code: str) -> None:
    patient_id, case_id = someone
    assert refusal(lambda: services.schedule.book(BookingDetails(patient_id, when, (case_id,)))).code == code


def test_a_booking_is_for_cases_of_the_patient(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    _, other = add_patient(services, "Other One", "S-1")
    assert refusal(lambda: services.schedule.book(BookingDetails(patient_id, TODAY, ()))).code == "no_case"
    error = refusal(lambda: services.schedule.book(BookingDetails(patient_id, TODAY, (other,))))
    assert error.code == "case_of_another_patient"


def test_one_case_has_one_booking_a_day(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    first = booked(services, BookingDetails(patient_id, BOTOX_DAY, (case_id,)))
    error = refusal(lambda: services.schedule.book(BookingDetails(patient_id, BOTOX_DAY, (case_id,))))
    assert (error.code, error.params["token"]) == ("already_booked", first.token)
    services.schedule.set_status(first.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    again = booked(services, BookingDetails(patient_id, BOTOX_DAY, (case_id,)))
    assert again.token > first.token, "a token is never given twice"
    back = refusal(lambda: services.schedule.set_status(first.id, AppointmentStatus.BOOKED))
    assert back.code == "already_booked"


def test_a_full_day_needs_a_reason(services: Services, someone: tuple[int, int]) -> None:
    full = day("2026-08-04")
    for number in range(services.clinic.rules.places_a_day):
        patient_id, case_id = add_patient(services, f"Crowd {number}", f"CR-{number}")
        booked(services, BookingDetails(patient_id, full, (case_id,)))
    patient_id, case_id = someone
    error = refusal(lambda: services.schedule.book(BookingDetails(patient_id, full, (case_id,))))
    assert (error.code, error.params["places"]) == ("day_is_full", 20)
    (board,) = [one for one in services.schedule.week(day("2026-08-03")) if one.day.day == full]
    assert (board.day.taken, board.day.free, len(board.entries)) == (20, 0, 20)
    elsewhere = booked(services, BookingDetails(patient_id, full + timedelta(days=7), (case_id,)))
    assert refusal(lambda: services.schedule.move(elsewhere.id, full)).code == "day_is_full"
    services.schedule.move(elsewhere.id, full, reason="from far away")
    moved = services.patients.page(patient_id).appointments[0]
    assert (moved.day, moved.token, moved.reason) == (full, 21, "from far away")
    services.schedule.set_status(board.entries[0].appointment.id, AppointmentStatus.CANCELLED_BY_CLINIC)
    services.schedule.set_status(board.entries[1].appointment.id, AppointmentStatus.CANCELLED_BY_CLINIC)
    other, its_case = add_patient(services, "Late Comer", "CR-99")
    assert booked(services, BookingDetails(other, full, (its_case,))).token == 22


def test_no_booking_is_made_inside_a_hold_without_ending_it(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    until = day("2026-04-20")
    services.cases.hold(case_id, until, "pregnant", cancel_bookings=False)
    inside = BookingDetails(patient_id, BOTOX_DAY, (case_id,))
    error = refusal(lambda: services.schedule.book(inside))
    assert (error.code, error.params["until"]) == ("booking_inside_hold", until)
    behind = booked(services, BookingDetails(patient_id, until + timedelta(days=1), (case_id,)))
    assert entry_of(services, case_id).answer.status is FollowUpStatus.ON_HOLD
    assert refusal(lambda: services.schedule.move(behind.id, BOTOX_DAY)).code == "booking_inside_hold"
    ended = services.schedule.book(BookingDetails(patient_id, BOTOX_DAY, (case_id,), reason="both", end_hold=True))
    assert entry_of(services, case_id).answer.status is FollowUpStatus.BOOKED
    assert ended.undo is not None
    services.undo(ended.undo)
    assert entry_of(services, case_id).answer.status is FollowUpStatus.ON_HOLD


def test_what_is_over_is_not_moved_and_days_to_come_have_not_come(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    appointment = booked(services, BookingDetails(patient_id, BOTOX_DAY, (case_id,), time(10, 30)))
    for status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM, AppointmentStatus.NO_SHOW):
        error = refusal(lambda status=status: services.schedule.set_status(appointment.id, status))
        assert error.code == "day_not_come"
    services.schedule.move(appointment.id, BOTOX_DAY, time(11))
    (moved,) = services.patients.page(patient_id).appointments
    assert (moved.token, moved.at) == (appointment.token, time(11))
    services.schedule.set_status(appointment.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    later = BOTOX_DAY + timedelta(days=7)
    assert refusal(lambda: services.schedule.move(appointment.id, later)).code == "booking_over"
    assert refusal(lambda: services.schedule.move(987_654, later)).code == "appointment_not_found"


def test_a_missed_booking_falls_back_by_itself(services: Services, clock: Clock, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-12-01"))
    appointment = booked(services, BookingDetails(patient_id, TODAY, (case_id,)))
    assert entry_of(services, case_id).answer.status is FollowUpStatus.BOOKED
    services.schedule.set_status(appointment.id, AppointmentStatus.NO_SHOW)
    answer = entry_of(services, case_id).answer
    assert (answer.status, Flag.MISSED in answer.flags) == (FollowUpStatus.DUE, True)
    clock.go_to(TODAY + timedelta(days=30))
    answer = entry_of(services, case_id).answer
    assert (answer.status, answer.days_overdue) == (FollowUpStatus.OVERDUE, 17)


def test_the_drug_and_its_flag(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    appointment = booked(services, BookingDetails(patient_id, BOTOX_DAY, (case_id,), drug=DrugSupply.SCHEME_AWAITED))
    assert Flag.DRUG_MISSING in entry_of(services, case_id).answer.flags
    services.schedule.set_drug(appointment.id, DrugSupply.APPROVED)
    assert Flag.DRUG_MISSING not in entry_of(services, case_id).answer.flags


def test_a_call_sets_the_day_to_call_again(services: Services, someone: tuple[int, int]) -> None:
    _, case_id = someone
    services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    answer = entry_of(services, case_id).answer
    assert (answer.call_again_on, answer.called_today, answer.attempts) == (day("2026-03-21"), True, 1)
    services.schedule.log_call(case_id, Attempt.WILL_COME, day("2026-04-10"), "son", "after the harvest")
    entry = entry_of(services, case_id)
    assert entry.answer.call_again_on == day("2026-04-10")
    assert entry.last_call is not None
    assert (entry.last_call.spoke_to, entry.last_call.by) == ("son", "Dr Rao")
    past = refusal(lambda: services.schedule.log_call(case_id, Attempt.NO_ANSWER, TODAY - timedelta(days=1)))
    assert past.code == "call_again_in_past"


@pytest.mark.parametrize("given", ["2026-01-05", "2026-02-27", "2025-11-30", "2025-06-01", ""])
def test_days_are_offered_only_from_earliest_on(services: Services, someone: tuple[int, int], given: str) -> None:
    patient_id, case_id = someone
    if given:
        give(services, patient_id, case_id, day(given))
    window = entry_of(services, case_id).answer.window
    offered = services.schedule.suggested_days(case_id)
    assert len(offered) == 3
    for one in offered:
        assert one.is_botox_day
        assert one.free > 0
        assert one.day >= max(TODAY, window.earliest or TODAY, min(window.opens or TODAY, window.closes or TODAY))
        assert one.day.weekday() in services.clinic.rules.botox_weekdays
        booked(services, BookingDetails(patient_id, one.day, (case_id,), reason="each"))


def test_days_are_offered_only_when_400_units_clear(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-12-22"), "200")
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia"), (case_id,)).result
    assert isinstance(neck, int)
    give(services, patient_id, neck, day("2026-03-10"), "250")
    offered = services.schedule.suggested_days(case_id)
    assert entry_of(services, case_id).answer.window.earliest == day("2026-03-16")
    assert offered[0].day >= day("2026-06-10"), "200 more fit only when the 250 of March no longer count"
    inspector = services.schedule.inspector(case_id)
    assert inspector.botox_400 is not None
    assert inspector.botox_400.clears_on == day("2026-06-10")


def test_days_are_offered_only_behind_a_hold_and_never_for_a_stopped_case(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    services.cases.hold(case_id, day("2026-05-05"), "travels", cancel_bookings=False)
    assert services.schedule.suggested_days(case_id)[0].day == day("2026-05-08")
    services.patients.record_move(patient_id, TODAY)
    assert services.schedule.suggested_days(case_id) == ()


def test_the_week_shows_who_comes(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    when = day("2026-10-13")
    first = booked(services, BookingDetails(patient_id, when, (case_id,)))
    other, its_case = add_patient(services, "Week Person", "W-1")
    second = booked(services, BookingDetails(other, when, (its_case,)))
    services.schedule.set_status(first.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    boards = services.schedule.week(day("2026-10-12"))
    assert [one.day.day.weekday() for one in boards] == [0, 1, 2, 3, 4, 5]
    assert [entry.appointment.id for board in boards for entry in board.entries] == [second.id]
    assert [one.day.is_botox_day for one in boards] == [False, True, False, False, True, False]


def test_the_bookings_of_a_patient_once_for_each_case(services: Services, someone: tuple[int, int]) -> None:
    patient_id, face = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    appointment = booked(services, BookingDetails(patient_id, BOTOX_DAY, (neck, face)))
    found = services.schedule.booked_cases(patient_id)
    assert [(one.id, case.id) for one, _, case in found] == [(appointment.id, face), (appointment.id, neck)]


# The table: one patient a line, each with a history told in the head, and where the case stands on six days.
# Windows by hand from design section 5.1: 12 weeks, then 3 to 4 months.
DAYS = ("2025-12-01", "2026-03-14", "2026-03-19", "2026-04-05", "2026-05-05", "2026-05-06", "2026-09-01")
TABLE = (
    # last 2026-01-05: opens 2026-04-05, closes 2026-05-05
    ("one", "not_started", "not_due", "coming", "due", "due", "overdue", "overdue"),
    # 2025-07-01 (closes 2025-11-01), then 2026-03-19 (opens 2026-06-19, closes 2026-07-19)
    ("two", "overdue", "overdue", "not_due", "not_due", "not_due", "not_due", "overdue"),
    # nothing given, booked on 2026-04-05
    ("three", "booked", "booked", "booked", "booked", "not_started", "not_started", "not_started"),
    # last 2026-01-05, held from 2026-03-19 until 2026-05-05
    ("four", "not_started", "not_due", "on_hold", "on_hold", "on_hold", "overdue", "overdue"),
    # last 2026-01-05, stopped from 2026-03-14
    ("five", "not_started", "stopped", "stopped", "stopped", "stopped", "stopped", "stopped"),
    # last 2026-01-05, toxin elsewhere 2026-02-16: opens 2026-05-11, closes 2026-06-10
    ("six", "not_started", "not_due", "not_due", "not_due", "coming", "coming", "overdue"),
    # last 2026-01-05 with come on 2026-06-01: closes that day
    ("seven", "not_started", "not_due", "coming", "due", "due", "due", "overdue"),
)  # fmt: skip


def test_where_everybody_stands_on_seven_days(services: Services) -> None:
    last = day("2026-01-05")
    people = {name: add_patient(services, f"Table {name}", f"TB-{name}") for name, *_ in TABLE}
    for name in ("one", "four", "five", "six"):
        give(services, *people[name], last)
    give(services, *people["two"], day("2025-07-01"))
    give(services, *people["two"], TODAY)
    patient_id, case_id = people["three"]
    booked(services, BookingDetails(patient_id, day("2026-04-05"), (case_id,), reason="a Sunday"))
    services.cases.hold(people["four"][1], day("2026-05-05"), "travels", cancel_bookings=False)
    services.cases.stop(people["five"][1], StopReason.REMISSION, day("2026-03-14"))
    services.treatment.add_external(people["six"][0], ExternalToxinDetails(day("2026-02-16"), "abo"))
    patient_id, case_id = people["seven"]
    session = SessionDetails(case_id, "ona", Decimal(35))
    come_on = dataclasses.replace(session, come_on=day("2026-06-01"))
    services.treatment.record(patient_id, VisitDetails(last, (come_on,)), finalise=True)
    ids = {case: name for name, (_, case) in people.items()}
    for position, text in enumerate(DAYS):
        found = {
            ids[entry.case_id]: entry.answer.status.value
            for entry in services.schedule.due(day(text))
            if entry.case_id in ids
        }
        assert found == {line[0]: line[position + 1] for line in TABLE}, text


def test_overdue_comes_first_and_a_status_can_be_asked_for(services: Services) -> None:
    whole = services.schedule.due(day("2026-09-01"))
    assert len(whole) == sum(services.schedule.counts().values())
    overdue = [
        entry.answer.days_overdue
        for entry in whole
        if entry.answer.status is FollowUpStatus.OVERDUE and entry.answer.window.come_on is None
    ]
    assert overdue == sorted(overdue, reverse=True)
    some = services.schedule.due(day("2026-09-01"), (FollowUpStatus.STOPPED, FollowUpStatus.OVERDUE))
    assert some == tuple(
        entry for entry in whole if entry.answer.status in (FollowUpStatus.STOPPED, FollowUpStatus.OVERDUE)
    )


def test_a_day_on_which_the_clinic_is_closed_needs_a_reason(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    sunday = day("2026-08-09")
    refused = refusal(lambda: services.schedule.book(BookingDetails(patient_id, sunday, (case_id,))))
    assert refused.code == "clinic_closed_weekday"
    assert sentence_of(refused).startswith("The clinic is closed on Sundays, and 9 Aug 2026 is one.")
    made = booked(services, BookingDetails(patient_id, sunday, (case_id,), reason="flies on Monday"))
    services.schedule.move(made.id, sunday, time(10, 30))
