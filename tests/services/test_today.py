"""Today on a real clinic, also after days off: nothing that was missed is left out."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.cases import StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services import Services
from tests.builders import TODAY, Clock, add_patient, give


def called_back(services: Services) -> dict[int, date]:
    return {due.case_id: due.day for due, _ in services.today_page.page().call_backs}


def test_who_is_to_be_called_back_is_there_until_it_is_done(services: Services, clock: Clock) -> None:
    people = [add_patient(services, f"Caller {n}", f"TC{n}", phone=f"71000 {n:05}") for n in range(7)]
    agreed, ruled, later, booked, stopped, treated, answered = people
    for patient_id, case_id in people:
        give(services, patient_id, case_id, TODAY - timedelta(days=130))
    log = services.schedule.log_call
    log(agreed[1], Attempt.TOLD_FAMILY, TODAY + timedelta(days=3), call_again_at=time(16))
    log(ruled[1], Attempt.NO_ANSWER)
    log(later[1], Attempt.WILL_COME)
    log(booked[1], Attempt.NO_ANSWER)
    log(stopped[1], Attempt.NO_ANSWER)
    log(treated[1], Attempt.NO_ANSWER)
    log(answered[1], Attempt.NO_ANSWER)
    log(answered[1], Attempt.CANNOT_COME_MONEY)
    own = {case_id for _, case_id in people}
    assert not own & called_back(services).keys()
    services.schedule.book(BookingDetails(booked[0], TODAY + timedelta(days=12), (booked[1],)))
    services.cases.stop(stopped[1], StopReason.PATIENT_CHOICE, TODAY)
    clock.go_to(TODAY + timedelta(days=3))
    give(services, *treated, TODAY + timedelta(days=1))
    found = {case: day for case, day in called_back(services).items() if case in own}
    assert found == {agreed[1]: TODAY + timedelta(days=3), ruled[1]: TODAY + timedelta(days=2)}
    assert time(16) in services.today_page.reminders().timed
    clock.go_to(TODAY + timedelta(days=9))
    page = services.today_page.page()
    assert {case for case in called_back(services) if case in own} == {agreed[1], ruled[1]}
    assert 2 <= page.call_backs_earlier <= page.call_back_count
    log(agreed[1], Attempt.CANNOT_COME_TRAVEL)
    assert agreed[1] not in called_back(services)


def test_visitors_no_shows_and_bookings_nobody_closed(services: Services, clock: Clock) -> None:
    people = [add_patient(services, f"Visitor {n}", f"TV{n}", phone=f"72000 {n:05}") for n in range(5)]
    day = TODAY + timedelta(days=12)
    bookings = []
    for n, (patient_id, case_id) in enumerate(people):
        at = time(9, 30) if n == 4 else None
        made = services.schedule.book(BookingDetails(patient_id, day, (case_id,), at)).result
        bookings.append(made)
    ids = [getattr(one, "id", 0) for one in bookings]
    clock.go_to(day)
    services.schedule.set_status(ids[1], AppointmentStatus.ARRIVED)
    services.schedule.set_status(ids[2], AppointmentStatus.NO_SHOW)
    services.schedule.set_status(ids[3], AppointmentStatus.CANCELLED_BY_PATIENT)
    page = services.today_page.page()
    names = [one.name for one in page.visitors if one.name.startswith("Visitor")]
    assert names == ["Visitor 0", "Visitor 1", "Visitor 2", "Visitor 4"]
    arrived = next(one.appointment for one in page.visitors if one.name == "Visitor 1")
    assert arrived.arrived_at is not None
    assert arrived.arrived_at.date() == day
    clock.go_to(day + timedelta(days=5))
    page = services.today_page.page()
    assert page.missed_on == day
    assert [one.name for one in page.missed if one.name.startswith("Visitor")] == ["Visitor 2"]
    left = {one.name for one in page.open_bookings}
    assert {"Visitor 0", "Visitor 1", "Visitor 4"} <= left
    assert "Visitor 3" not in left


def test_since_you_last_opened_counts_from_the_last_day_worked(services: Services, clock: Clock) -> None:
    start = TODAY + timedelta(days=60)
    clock.go_to(start)
    never_opened(services)
    services.today_page.opened()
    clock.go_to(start + timedelta(days=1))
    services.today_page.opened()
    before = services.today_page.page().since
    assert before is not None
    assert before.since == start
    people = [add_patient(services, f"Missed {n}", f"TM{n}", phone=f"73000 {n:05}") for n in range(3)]
    give(services, *people[0], start - timedelta(days=119))
    closes = services.schedule.entry(people[0][1])
    assert closes is not None
    assert closes.answer.window.closes is not None
    assert start < closes.answer.window.closes < start + timedelta(days=6)
    services.schedule.log_call(people[1][1], Attempt.NO_ANSWER)
    day = start + timedelta(days=4)
    shown = services.schedule.book(BookingDetails(people[2][0], day, (people[2][1],))).result
    gone = services.schedule.book(BookingDetails(people[1][0], day + timedelta(days=11), (people[1][1],))).result
    clock.go_to(day)
    services.schedule.set_status(getattr(shown, "id", 0), AppointmentStatus.NO_SHOW)
    services.schedule.set_status(getattr(gone, "id", 0), AppointmentStatus.CANCELLED_BY_CLINIC)
    services.schedule.log_call(people[2][1], Attempt.NO_ANSWER)
    clock.go_to(start + timedelta(days=8))
    services.today_page.opened()
    services.today_page.opened()
    since = services.today_page.page().since
    assert since is not None
    assert since.since == start + timedelta(days=1)
    assert (since.became_overdue >= 1, since.call_backs >= 1, since.no_shows, since.cancelled) == (True, True, 1, 1)
    assert since.anything


def test_the_photographs_wanted_are_those_of_the_flag(services: Services, someone: tuple[int, int]) -> None:
    give(services, *someone, TODAY - timedelta(days=10))
    count, rows = services.today_page.photos()
    flagged = {
        entry.case_id for entry in services.schedule.due() if "after_photo" in {f.value for f in entry.answer.flags}
    }
    assert {wanted.case_id for wanted, _ in rows} == flagged
    assert count == len(flagged)
    assert someone[1] in flagged


def lists(services: Services, case_id: int) -> tuple[bool, ...]:
    """Whether Today, the filter of the call list and its row want a call now."""
    today = services.today()
    narrow = CallListFilter(call_back=True)
    found = {one.case_id for status in FollowUpStatus for one in services.schedule.rows(status, 0, 500, narrow)}
    entry = services.schedule.entry(case_id)
    assert entry is not None
    again = entry.answer.call_again_on
    return case_id in called_back(services), case_id in found, again is not None and again <= today


def test_a_call_after_the_injection_of_the_day_opens_the_next_cycle(services: Services, clock: Clock) -> None:
    after, before, late = (add_patient(services, f"Same {n}", f"TS{n}", phone=f"74000 {n:05}") for n in range(3))
    day = TODAY + timedelta(days=200)
    clock.go_to(day)
    log = services.schedule.log_call
    log(before[1], Attempt.TOLD_FAMILY, day + timedelta(days=2))
    give(services, *before, day)
    give(services, *after, day)
    log(after[1], Attempt.PROBLEM, day + timedelta(days=2), note="ptosis")
    log(late[1], Attempt.NO_ANSWER)
    log(late[1], Attempt.PROBLEM, day + timedelta(days=2))
    log(late[1], Attempt.NO_ANSWER)
    entry = services.schedule.entry(after[1])
    assert entry is not None
    assert (entry.answer.called_today, entry.answer.attempts) == (True, 1)
    clock.go_to(day + timedelta(days=1))
    give(services, *late, day)
    clock.go_to(day + timedelta(days=2))
    assert [lists(services, one[1]) for one in (after, before, late)] == [(True,) * 3, (False,) * 3, (True,) * 3]


def test_a_day_agreed_is_kept_for_the_booked_and_those_on_hold(services: Services, clock: Clock) -> None:
    names = ("agreed", "ruled", "before", "held", "held by rule")
    people = [add_patient(services, f"Kept {n}", f"TK{n}", phone=f"75000 {n:05}") for n, _ in enumerate(names)]
    agreed, ruled, before, held, held_ruled = people
    day = TODAY + timedelta(days=400)
    clock.go_to(day)
    log = services.schedule.log_call
    log(before[1], Attempt.TOLD_FAMILY, day + timedelta(days=2))
    for patient_id, case_id in (agreed, ruled, before):
        details = BookingDetails(patient_id, day + timedelta(days=8), (case_id,), reason="travels")
        services.schedule.book(details)
    for _, case_id in (held, held_ruled):
        services.cases.hold(case_id, day + timedelta(days=60), "away", cancel_bookings=False)
    log(agreed[1], Attempt.TOLD_FAMILY, day + timedelta(days=2))
    log(ruled[1], Attempt.NO_ANSWER)
    log(held[1], Attempt.WORN_OFF, day + timedelta(days=2))
    log(held_ruled[1], Attempt.NO_ANSWER)
    clock.go_to(day + timedelta(days=6))
    found = {name: lists(services, one[1]) for name, one in zip(names, people, strict=True)}
    wanted = {"agreed": True, "ruled": False, "before": False, "held": True, "held by rule": False}
    assert found == {name: (yes,) * 3 for name, yes in wanted.items()}
    cards = services.board.columns()[BoardColumn.CALL_BACK].entries
    assert held[1] in {one.case_id for one in cards}
    services.cases.stop(held[1], StopReason.PATIENT_CHOICE, services.today())
    assert lists(services, held[1]) == (False,) * 3


def never_opened(services: Services) -> None:
    """Whoever works has not opened the program yet."""
    with services.context.units.open() as unit:
        unit.clinic.set_setting(f"today_{services.context.access.user.id}", {})
        unit.commit()


def test_nobody_who_did_not_come_is_left_out_after_days_off(services: Services, clock: Clock) -> None:
    people = [add_patient(services, f"Absent {n}", f"TA{n}", phone=f"76000 {n:05}") for n in range(6)]
    start = TODAY + timedelta(days=602)
    clock.go_to(start)
    never_opened(services)
    services.today_page.opened()
    ids = []
    for n, (patient_id, case_id) in enumerate(people):
        day = start + timedelta(days=1 if n == 5 else 4 + 3 * (n % 2))
        made = services.schedule.book(BookingDetails(patient_id, day, (case_id,), reason="travels")).result
        ids.append(getattr(made, "id", 0))
    clock.go_to(start + timedelta(days=8))
    for id_ in ids[:4]:
        services.schedule.set_status(id_, AppointmentStatus.NO_SHOW)
    services.schedule.set_status(ids[4], AppointmentStatus.DONE)
    services.schedule.book(BookingDetails(people[2][0], start + timedelta(days=20), (people[2][1],), reason="travels"))
    give(services, *people[3], start + timedelta(days=8))
    page = services.today_page.page()
    found = [(one.name, one.appointment.day) for one in page.missed if one.name.startswith("Absent")]
    assert found == [("Absent 1", start + timedelta(days=7)), ("Absent 0", start + timedelta(days=4))]
    assert page.missed_on == min(one.appointment.day for one in page.missed)
    assert page.missed_count == len(page.missed)
    for status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM):
        with pytest.raises(RuleBroken) as refused:
            services.schedule.set_status(ids[5], status)
        assert refused.value.code == "booking_day_past"
    never_opened(services)


def test_no_page_of_a_narrowed_list_is_nothing(services: Services) -> None:
    assert services.schedule.pages([], 50, CallListFilter(call_back=True)) in ([], ())


def waiting(services: Services) -> list[str]:
    """Who did not come and waits for a call, of the people of these tests."""
    return [one.name for one in services.today_page.page().missed if one.name.startswith("Noshow")]


def test_who_did_not_come_stays_on_today_until_something_is_done(services: Services, clock: Clock) -> None:
    people = [add_patient(services, f"Noshow {n}", f"TN{n}", phone=f"78000 {n:05}") for n in range(6)]
    day = TODAY + timedelta(days=802)
    clock.go_to(day)
    never_opened(services)
    services.today_page.opened()
    ids = []
    for patient_id, case_id in people:
        made = services.schedule.book(BookingDetails(patient_id, day, (case_id,), reason="travels")).result
        ids.append(getattr(made, "id", 0))
    idle, called, booked, held, stopped, came = people
    services.schedule.log_call(idle[1], Attempt.WILL_COME)
    clock.go_to(day + timedelta(days=1))
    services.today_page.opened()
    clock.go_to(day + timedelta(days=8))
    for id_ in ids:
        services.schedule.set_status(id_, AppointmentStatus.NO_SHOW)
    assert waiting(services) == [f"Noshow {n}" for n in range(6)]
    services.schedule.log_call(called[1], Attempt.CANNOT_COME_MONEY)
    others = {}
    for patient_id, case_id in (booked, came):
        details = BookingDetails(patient_id, day + timedelta(days=8), (case_id,), reason="travels")
        others[case_id] = getattr(services.schedule.book(details).result, "id", 0)
    services.cases.hold(held[1], day + timedelta(days=60), "away", cancel_bookings=False)
    services.cases.stop(stopped[1], StopReason.PATIENT_CHOICE, services.today())
    assert waiting(services) == ["Noshow 0"]
    services.schedule.set_status(others[came[1]], AppointmentStatus.NOT_INJECTED)
    services.today_page.opened()
    clock.go_to(day + timedelta(days=40))
    services.today_page.opened()
    assert waiting(services) == ["Noshow 0"]
    services.schedule.log_call(idle[1], Attempt.NO_ANSWER)
    assert not waiting(services)
    never_opened(services)
