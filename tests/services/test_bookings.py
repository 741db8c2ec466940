"""Bookings: what is refused and why, places and hours, doctors who are away, the waitlist, the drug."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.access import Action
from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.cases import StopReason
from clinic_app.domain.consulting_hours import read_hours
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.not_injected import NextPlan, NextStep
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    BookingDetails,
    ClinicRules,
    DrugSupply,
    FollowUpStatus,
)
from clinic_app.services import Services
from clinic_app.services.absences import InTheWay
from clinic_app.wording.schedule import offer_words
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door, give, open_copied_clinic
from tests.services.conftest import day, refusal

TUESDAY = day("2026-04-14")


@pytest.fixture
def ruled(services: Services) -> Iterator[Callable[[ClinicRules], None]]:
    """Sets the clinic's rules, for one test."""
    info = services.context.info

    def set_rules(rules: ClinicRules) -> None:
        services.context.info = replace(info, rules=rules)

    yield set_rules
    services.context.info = info
    services.context.read_absences()


def booked(services: Services, who: tuple[int, int], on: date, **more: object) -> Appointment:
    found = services.schedule.book(BookingDetails(who[0], on, (who[1],), **more)).result  # type: ignore[arg-type]
    assert isinstance(found, Appointment)
    return found


def stands(services: Services, booking: Appointment) -> Appointment:
    with services.context.units.read() as unit:
        return unit.schedule.appointment(booking.id)


def test_every_refusal_has_its_sentence(
    services: Services, clock: Clock, someone: tuple[int, int], ruled: Callable[[ClinicRules], None]
) -> None:
    """One patient treated on 5 Jan, and every day that cannot be had, with what is said of it."""
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2026-01-05"))
    closed = day("2026-04-10")
    rules = replace(services.clinic.rules, working_days=WorkingDays(closed=frozenset({closed})))
    ruled(replace(rules, gives_times=True, hours=read_hours("9:00-12:00, 13:00-16.30"), minutes_by_condition={}))
    refused: tuple[tuple[BookingDetails, str, str], ...] = (
        (BookingDetails(patient_id, day("2026-03-29"), (case_id,)), "before_earliest", "30 Mar 2026"),
        (BookingDetails(patient_id, TODAY - timedelta(days=1), (case_id,)), "booking_in_past", "today is 19 Mar 2026"),
        (BookingDetails(patient_id, day("2027-03-20"), (case_id,)), "booking_far_ahead", "more than a year"),
        (BookingDetails(patient_id, closed, (case_id,)), "clinic_closed", "closed on 10 Apr 2026"),
        (BookingDetails(patient_id, day("2026-04-12"), (case_id,)), "clinic_closed_weekday", "Sunday"),
        (BookingDetails(patient_id, TUESDAY, ()), "no_case", "No diagnosis"),
        (BookingDetails(patient_id, TUESDAY, (case_id,), time(12, 50)), "outside_hours", "12:50 for 20 minutes"),
        (BookingDetails(patient_id, TUESDAY, (case_id,), time(11, 50)), "outside_hours", "09:00-12:00, 13:00-16:30"),
        (
            BookingDetails(
                patient_id, TODAY, (case_id,), time(8, 59), reason="", decided_by="",
            ),
            "before_earliest", "reason",
        ),
    )  # fmt: skip
    for details, code, words in refused:
        error = refusal(lambda details=details: services.schedule.book(details))
        assert error.code == code, details
        assert words in sentence_of(error)
    other = add_patient(services, "New Today", "NT-1")
    early = refusal(lambda: booked(services, other, TODAY, at=time(8, 59)))
    assert (early.code, "08:59" in sentence_of(early)) == ("time_has_passed", True)
    made = booked(services, someone, TUESDAY, at=time(9))
    assert made.minutes == 20
    twice = refusal(lambda: booked(services, someone, TUESDAY))
    again = refusal(lambda: booked(services, someone, TUESDAY + timedelta(days=3)))
    assert (twice.code, again.code) == ("already_booked", "booked_other_day")
    assert (
        sentence_of(again)
        == "Already booked on 14 Apr 2026, place 1. Move that booking, or say in “reason” why a second one is needed."
    )
    overlapping = refusal(lambda: booked(services, other, TUESDAY, at=time(9, 10)))
    assert (overlapping.code, overlapping.params["time"]) == ("time_taken", "09:00")
    booked(services, other, TUESDAY, at=time(9, 20))
    services.patients.record_death(patient_id, TODAY)
    dead = refusal(lambda: booked(services, someone, TUESDAY + timedelta(days=7)))
    assert dead.code == "departed"
    assert stands(services, made).status is AppointmentStatus.CANCELLED_BY_CLINIC
    assert refusal(lambda: services.schedule.set_status(made.id, AppointmentStatus.BOOKED)).code == "departed"


def test_a_day_without_injections_asks_why_but_for_who_stands_there_today(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    """Bookings, moves, the waiting list and the visit after one without an injection: a Wednesday needs a reason."""
    wednesday = day("2026-04-15")
    asked = refusal(lambda: booked(services, someone, wednesday))
    assert (asked.code, isinstance(asked, RuleBroken) and asked.field) == ("not_botox_day", "reason")
    assert sentence_of(asked).startswith("15 Apr 2026 is a Wednesday and no Botox day")
    assert services.schedule.booked_cases(someone[0]) == ()
    kept = booked(services, someone, TUESDAY)
    assert refusal(lambda: services.schedule.move(kept.id, wednesday)).code == "not_botox_day"
    assert stands(services, kept) == kept
    services.schedule.move(kept.id, wednesday, reason="the doctor comes for her")
    assert stands(services, kept).reason == "the doctor comes for her"

    waiting = add_patient(services, "Waits Long", "WLG-1")
    listed = services.waiting.wait(BookingDetails(waiting[0], TUESDAY, (waiting[1],), wait_until=wednesday))
    assert isinstance(listed.result, Appointment)
    place = listed.result.id
    assert refusal(lambda: services.waiting.give_place(place, wednesday)).code == "not_botox_day"
    services.waiting.give_place(place, wednesday, reason="only then")

    walk_in = add_patient(services, "Walks In", "WI-1")
    assert not services.clinic.rules.usual_places_on(TODAY)
    here = booked(services, walk_in, TODAY)
    services.schedule.set_status(here.id, AppointmentStatus.ARRIVED)
    again = NextPlan(NextStep.COME_BACK, wednesday)
    assert refusal(lambda: services.not_injected.close(here.id, again)).code == "not_botox_day"
    services.not_injected.close(here.id, replace(again, reason="asked for a Wednesday"))
    clock.go_to(TODAY + timedelta(days=1))
    assert refusal(lambda: services.schedule.set_status(here.id, AppointmentStatus.CONFIRMED)).code == "booking_in_past"


def test_a_full_day_takes_so_many_more_with_a_reason_and_then_none(
    services: Services, ruled: Callable[[ClinicRules], None]
) -> None:
    people = [add_patient(services, f"Over {n}", f"OV-{n}") for n in range(5)]
    rules = services.clinic.rules
    ruled(replace(rules, places={1: 2, 4: 2}, places_over=1))
    full = day("2026-06-02")
    first, _ = booked(services, people[0], full), booked(services, people[1], full)
    assert refusal(lambda: booked(services, people[2], full)).code == "day_is_full"
    third = booked(services, people[2], full, reason="from far away")
    stop = refusal(lambda: booked(services, people[3], full, reason="from far away"))
    assert (stop.code, isinstance(stop, RuleBroken) and stop.field) == ("no_place_left", "day")
    ruled(replace(rules, places={1: 2, 4: 2}, places_over=0))
    gone = services.schedule.set_status(third.id, AppointmentStatus.CANCELLED_BY_PATIENT).undo
    freed = services.schedule.set_status(first.id, AppointmentStatus.CANCELLED_BY_PATIENT).undo
    booked(services, people[4], full)
    for undo in (gone, freed):
        assert refusal(lambda undo=undo: services.undo(undo)).code == "no_place_left"
    assert refusal(lambda: services.schedule.set_status(first.id, AppointmentStatus.BOOKED)).code == "no_place_left"


def test_a_booking_comes_back_to_no_token_that_somebody_else_has(services: Services, someone: tuple[int, int]) -> None:
    other = add_patient(services, "Next Token", "NX-1")
    on = day("2026-06-09")
    first = booked(services, someone, on)
    moved = services.schedule.move(first.id, on + timedelta(days=7)).undo
    second = booked(services, other, on)
    assert second.token == first.token, "nobody has it any more"
    assert moved is not None
    services.undo(moved)
    assert (stands(services, first).day, stands(services, first).token) == (on, second.token + 1)


def test_no_booking_comes_back_beside_one_made_since(services: Services, someone: tuple[int, int]) -> None:
    give(services, *someone, day("2025-11-11"))
    first, second = day("2026-03-24"), day("2026-03-27")

    def expected() -> list[date]:
        return [one.day for one, *_ in services.schedule.booked_cases(someone[0]) if one.status.live]

    def cancelled(booking: Appointment) -> int | None:
        return services.schedule.set_status(booking.id, AppointmentStatus.CANCELLED_BY_PATIENT).undo

    def held(_: Appointment) -> int | None:
        undo = services.cases.hold(someone[1], day("2026-03-26"), "travels", cancel_bookings=True).undo
        services.cases.end_hold(someone[1])
        return undo

    for give_up in (cancelled, held):
        booking = booked(services, someone, first)
        undo = give_up(booking)
        other = services.schedule.book(BookingDetails(someone[0], second, (someone[1],)))
        assert isinstance(other.result, Appointment)
        assert undo is not None
        refused = refusal(lambda undo=undo: services.undo(undo))
        assert (refused.code, refused.params["day"]) == ("booked_since", second)
        assert expected() == [second]
        assert other.undo is not None
        services.undo(other.undo)
        services.undo(undo)
        assert expected() == [first]
        services.schedule.set_status(booking.id, AppointmentStatus.CANCELLED_BY_PATIENT)


def test_a_place_undone_is_given_again_one_cancelled_is_not(services: Services, someone: tuple[int, int]) -> None:
    on = day("2026-06-23")
    made = services.schedule.book(BookingDetails(someone[0], on, (someone[1],)))
    assert made.undo is not None
    services.undo(made.undo)
    again = booked(services, someone, on)
    assert again.token == made.result.token == 1  # type: ignore[attr-defined]
    services.schedule.set_status(again.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    assert booked(services, add_patient(services, "After Her", "AF-1"), on).token == 2


@pytest.mark.parametrize("status", [AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM, AppointmentStatus.CONFIRMED])
def test_a_booking_that_was_changed_since_is_not_taken_back(
    services: Services, someone: tuple[int, int], status: AppointmentStatus
) -> None:
    made = services.schedule.book(BookingDetails(someone[0], TODAY, (someone[1],), reason="walked in"))
    booking, undo = made.result, made.undo
    assert isinstance(booking, Appointment)
    assert undo is not None
    changed = services.schedule.set_status(booking.id, status).undo
    assert refusal(lambda: services.undo(undo)).code == "cannot_undo_any_more"
    assert stands(services, booking).status is status
    assert changed is not None
    services.undo(changed)
    services.undo(undo)
    assert services.patients.page(someone[0]).appointments == ()


def test_the_place_that_is_offered_is_the_one_that_is_given(services: Services, someone: tuple[int, int]) -> None:
    (offered,) = services.schedule.suggested_days(someone[1], 1)
    on = offered.day
    gone = booked(services, add_patient(services, "Off Again", "OF-1"), on)
    booked(services, add_patient(services, "Stays Put", "OF-2"), on)
    services.schedule.set_status(gone.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    (offered,) = services.schedule.suggested_days(someone[1], 1)
    (shown,) = services.calendar_board.days(on, on)
    board = next(one for one in services.schedule.week(on - timedelta(days=on.weekday())) if one.day.day == on)
    assert offered.day == on
    assert offer_words(offered) == f"Place {gone.token + 2} · {offered.free} of 20 free"
    assert offer_words(offered, times=True) == f"{offered.free} of 20 places free"
    given = booked(services, someone, on)
    assert {given.token} == {offered.next_token, shown.place.next_token, board.day.next_token}


def test_a_move_asks_by_the_rules_of_the_new_day(services: Services, someone: tuple[int, int]) -> None:
    give(services, *someone, day("2026-03-02"))
    early, earlier, fits = day("2026-05-12"), day("2026-04-03"), day("2026-06-02")
    booking = booked(services, someone, early, reason="travels", decided_by="Dr Rao")
    for on, code in ((earlier, "before_earliest"), (day("2028-06-02"), "booking_far_ahead")):
        assert refusal(lambda on=on: services.schedule.move(booking.id, on)).code == code
    assert refusal(lambda: services.schedule.move(booking.id, earlier, reason="ill")).code == "before_earliest"
    services.schedule.move(booking.id, early, time(10, 30))
    assert (stands(services, booking).reason, stands(services, booking).decided_by) == ("travels", "Dr Rao")
    moved = services.schedule.move(booking.id, fits).undo
    assert (stands(services, booking).reason, stands(services, booking).decided_by) == ("", "")
    assert moved is not None
    services.undo(moved)
    assert (stands(services, booking).reason, stands(services, booking).decided_by) == ("travels", "Dr Rao")
    services.schedule.move(booking.id, earlier, reason="wedding", decided_by="Dr Iyer")
    assert (stands(services, booking).reason, stands(services, booking).decided_by) == ("wedding", "Dr Iyer")


def test_two_programs_with_one_clinic_open_book_nobody_twice(tmp_path: Path) -> None:
    with open_copied_clinic(tmp_path) as one:
        who, other = add_patient(one, "Both Want", "BW-1"), add_patient(one, "Only One", "BW-2")
        two = door(Clock()).open(str(tmp_path / "clinic"), PASSPHRASE)
        try:
            tight = replace(one.clinic.rules, places={1: 1, 4: 1}, places_over=0)
            for services in (one, two):
                services.context.info = replace(services.context.info, rules=tight)
            booked(one, who, TUESDAY)
            assert refusal(lambda: booked(two, who, TUESDAY)).code == "already_booked"
            assert refusal(lambda: booked(two, who, TUESDAY + timedelta(days=3))).code == "booked_other_day"
            assert refusal(lambda: booked(two, other, TUESDAY)).code == "no_place_left"
            away = AbsenceDetails("Dr Rao", TUESDAY + timedelta(days=3), TUESDAY + timedelta(days=3), 0)
            one.absences.add(away)
            assert refusal(lambda: booked(two, other, TUESDAY + timedelta(days=3))).code == "nobody_injects"
        finally:
            two.close()


def test_absences_and_closed_days_another_program_entered_count_here_without_opening_anew(tmp_path: Path) -> None:
    """What the window asks every few seconds is what brings them in: whether somebody else wrote."""
    with open_copied_clinic(tmp_path) as first:
        patient_id, case_id = add_patient(first)
        friday, tuesday = day("2026-03-20"), day("2026-03-24")
        assert [one.day for one in first.schedule.suggested_days(case_id, 2)] == [friday, tuesday]
        seen, _ = first.written_elsewhere()
        second = door().open(str(tmp_path / "clinic"), PASSPHRASE)
        try:
            second.absences.add(AbsenceDetails("Dr Rao", friday, friday, 0))
            second.access.confirm(PASSPHRASE, Action.MANAGE)
            second.settings.set("closed_days", frozenset({tuesday}), "holiday")
            newest, others = first.written_elsewhere(seen)
            assert others
            assert first.written_elsewhere(newest) == (newest, False)
            assert [one.day for one in first.schedule.suggested_days(case_id, 1)] == [day("2026-03-27")]
            boards = {one.day: one for one in first.calendar_board.days(friday, tuesday)}
            assert (boards[friday].place.capacity, boards[tuesday].working) == (0, False)
            for when, code in ((friday, "nobody_injects"), (tuesday, "clinic_closed")):
                assert refusal(lambda when=when: booked(first, (patient_id, case_id), when)).code == code
        finally:
            second.close()


def test_who_is_away_takes_places_and_lists_who_must_be_moved(services: Services) -> None:
    people = [add_patient(services, f"Away {n}", f"AW-{n}") for n in range(5)]
    friday = day("2026-07-03")
    asked, _, last = (
        booked(services, one, friday, injector=name) for one, name in zip(people, ("Dr Sen", "", ""), strict=False)
    )
    weeks_later = booked(services, people[3], friday + timedelta(days=14))
    for details, code in (
        (AbsenceDetails(" ", friday, friday), "absence_no_doctor"),
        (AbsenceDetails("Dr Sen", friday, friday - timedelta(days=1)), "absence_ends_before"),
        (AbsenceDetails("Dr Sen", TODAY - timedelta(days=9), TODAY - timedelta(days=1)), "absence_over"),
        (AbsenceDetails("Dr Sen", friday, friday, -1), "absence_places"),
    ):
        assert refusal(lambda details=details: services.absences.add(details)).code == code
    made = services.absences.add(AbsenceDetails("Dr  Sen", friday, friday + timedelta(days=6), 1, "congress"))
    assert isinstance(made.result, tuple)
    assert [(one.appointment.id, one.why) for one in made.result] == [
        (asked.id, InTheWay.AWAY), (last.id, InTheWay.TOO_MANY),
    ]  # fmt: skip
    (absence,) = services.absences.to_come()
    assert (absence.details.injector, absence.details.places, absence.by) == ("Dr Sen", 1, "Dr Rao")
    (board,) = [one for one in services.schedule.week(friday - timedelta(days=4)) if one.day.day == friday]
    assert (board.day.capacity, board.day.taken) == (1, 3)
    with_sen = refusal(lambda: booked(services, people[4], friday + timedelta(days=4), injector="dr sen"))
    assert "Dr Sen is away on 7 Jul 2026, until 9 Jul 2026" in sentence_of(with_sen)
    wider = replace(absence.details, last=friday + timedelta(days=20), places=0)
    changed = services.absences.change(absence.id, wider)
    assert isinstance(changed.result, tuple)
    assert weeks_later.id in [one.appointment.id for one in changed.result]
    assert refusal(lambda: booked(services, people[4], friday + timedelta(days=4))).code == "nobody_injects"
    offered = [one.day for one in services.schedule.suggested_days(people[4][1], 40)]
    assert not [one for one in offered if absence.details.first <= one <= wider.last]
    assert changed.undo is not None
    services.undo(changed.undo)
    assert services.absences.to_come()[0].details == absence.details
    services.schedule.move(last.id, friday + timedelta(days=11))
    services.schedule.set_status(asked.id, AppointmentStatus.CANCELLED_BY_CLINIC)
    assert services.absences.displaced() == (), "they stay only until they are moved"
    back = services.absences.take_back(absence.id).undo
    assert (services.absences.to_come(), services.clinic.rules.places_on(friday)) == ((), 20)
    assert back is not None
    services.undo(back)
    assert services.clinic.rules.places_on(friday) == 1
    assert made.undo is not None
    services.undo(made.undo)
    assert services.absences.to_come() == ()


def test_the_waitlist_fills_what_becomes_free(services: Services, ruled: Callable[[ClinicRules], None]) -> None:
    ruled(replace(services.clinic.rules, places={1: 1, 4: 1}, places_over=0))
    full, later = day("2026-08-11"), day("2026-08-25")
    holder, first, second, third = (add_patient(services, f"Wait {n}", f"WL-{n}") for n in range(4))
    held = booked(services, holder, full)
    wants = BookingDetails(first[0], full, (first[1],), wait_until=full)
    assert refusal(lambda: services.waiting.wait(replace(wants, wait_until=None))).code == "wait_until_missing"
    before = refusal(lambda: services.waiting.wait(replace(wants, wait_until=full - timedelta(days=1))))
    assert before.code == "wait_until_before"
    entry = services.waiting.wait(wants).result
    assert isinstance(entry, Appointment)
    assert (entry.status, entry.token, entry.wait_until) == (AppointmentStatus.WAITLIST, 0, full)
    assert refusal(lambda: services.waiting.wait(wants)).code == "already_waiting"
    mine = booked(services, second, later)
    sooner = BookingDetails(second[0], TODAY, (second[1],), wait_until=later - timedelta(days=1))
    services.waiting.wait(sooner)
    services.waiting.wait(BookingDetails(third[0], later, (third[1],), wait_until=later))
    found = services.waiting.for_day(full)
    assert (found.free, [one.name for one in found.waiting]) == (0, ["Wait 1", "Wait 2"])
    assert [one.booked.id if one.booked else None for one in found.waiting] == [None, mine.id]
    assert services.schedule.week(full - timedelta(days=1))[1].day.taken == 1, "who waits takes no place"
    assert refusal(lambda: services.waiting.give_place(entry.id, full)).code == "no_place_left"
    assert refusal(lambda: services.waiting.give_place(entry.id, later)).code == "wait_other_days"
    services.schedule.set_status(held.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    found = services.waiting.for_day(full)
    assert (found.free, len(found.waiting)) == (1, 2)
    given = services.waiting.give_place(found.waiting[1].appointment.id, full)
    assert isinstance(given.result, Appointment)
    assert (given.result.id, given.result.day, given.result.status) == (mine.id, full, AppointmentStatus.BOOKED)
    assert services.waiting.of_patient(second[0]) == ()
    assert given.undo is not None
    services.undo(given.undo)
    assert stands(services, mine).day == later
    assert len(services.waiting.of_patient(second[0])) == 1
    taken = services.waiting.give_place(entry.id, full).result
    assert isinstance(taken, Appointment)
    assert (taken.id, taken.token > held.token, taken.wait_until) == (entry.id, True, None)
    booking = services.schedule.book(BookingDetails(third[0], later + timedelta(days=3), (third[1],)))
    assert services.waiting.of_patient(third[0]) == (), "it ends when they are booked"
    assert booking.undo is not None
    services.undo(booking.undo)
    assert len(services.waiting.of_patient(third[0])) == 1
    stopped = services.waiting.stop(services.waiting.of_patient(third[0])[0].id)
    assert services.waiting.of_patient(third[0]) == ()
    assert stopped.undo is not None
    services.undo(stopped.undo)
    assert [one.name for one in services.waiting.for_day(later).waiting] == ["Wait 3"]
    services.cases.hold(third[1], later, "travels", cancel_bookings=False)
    assert services.waiting.for_day(later).waiting == ()
    error = refusal(
        lambda: services.schedule.set_status(services.waiting.of_patient(third[0])[0].id, AppointmentStatus.BOOKED)
    )
    assert error.code == "waits_for_place"


def test_nobody_waits_for_days_that_are_too_early_for_them(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, TODAY)
    error = refusal(
        lambda: services.waiting.wait(BookingDetails(patient_id, TODAY, (case_id,), wait_until=day("2026-06-10")))
    )
    assert (error.code, error.params["earliest"]) == ("waits_before_earliest", day("2026-06-11"))
    services.waiting.wait(BookingDetails(patient_id, TODAY, (case_id,), wait_until=day("2026-06-30")))
    waiting = [services.waiting.for_day(day(text)).waiting for text in ("2026-06-09", "2026-06-12")]
    assert [[one.appointment.patient_id for one in found].count(patient_id) for found in waiting] == [0, 1]


def test_what_the_patient_brings_is_kept_with_brand_and_batch(services: Services, someone: tuple[int, int]) -> None:
    booking = booked(services, someone, day("2026-06-16"))
    said = services.schedule.set_drug(booking.id, DrugSupply.PATIENT_BRINGS, "ona", "  C1234 C3 ")
    now = stands(services, booking)
    assert (now.drug, now.drug_product, now.drug_batch) == (DrugSupply.PATIENT_BRINGS, "ona", "C1234 C3")
    wrong = refusal(lambda: services.schedule.set_drug(booking.id, DrugSupply.PATIENT_BRINGS, "no such"))
    assert wrong.code == "unknown_product"
    services.schedule.set_drug(booking.id, DrugSupply.HOSPITAL_STOCK, "ona", "C1")
    assert (stands(services, booking).drug_product, stands(services, booking).drug_batch) == (None, "")
    assert said.undo is not None
    assert refusal(lambda: services.undo(said.undo)).code == "cannot_undo_any_more"


def test_seen_and_not_injected_closes_the_booking_and_not_the_cycle(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-12-01"))
    opens = services.schedule.entry(case_id).answer.window.opens  # type: ignore[union-attr]
    booking = booked(services, someone, TODAY, drug=DrugSupply.APPROVED)
    for plan, code in (
        (NextPlan(NextStep.COME_BACK), "come_back_missing"),
        (NextPlan(NextStep.HOLD), "hold_until_missing"),
        (NextPlan(NextStep.HOLD, TODAY - timedelta(days=1)), "hold_in_past"),
        (NextPlan(NextStep.STOP), "stop_reason_missing"),
        (NextPlan(NextStep.STOP, stop=StopReason.MOVED), "stop_of_patient"),
        (NextPlan(NextStep.COME_BACK, TODAY - timedelta(days=1)), "booking_in_past"),
    ):
        assert refusal(lambda plan=plan: services.not_injected.close(booking.id, plan)).code == code
    assert stands(services, booking).status is AppointmentStatus.BOOKED, "together or not at all"
    expected = (
        (NextPlan(NextStep.COME_BACK, TUESDAY, reason="infection"), FollowUpStatus.BOOKED),
        (NextPlan(NextStep.GO_ON), FollowUpStatus.DUE),
        (NextPlan(NextStep.HOLD, TUESDAY, reason="pregnant"), FollowUpStatus.ON_HOLD),
        (NextPlan(NextStep.STOP, stop=StopReason.REMISSION), FollowUpStatus.STOPPED),
    )
    for plan, status in expected:
        made = services.not_injected.close(booking.id, plan)
        assert stands(services, booking).status is AppointmentStatus.NOT_INJECTED
        answer = services.schedule.entry(case_id).answer  # type: ignore[union-attr]
        assert (answer.status, answer.window.opens) == (status, opens)
        if isinstance(made.result, Appointment):
            assert (made.result.day, made.result.drug) == (TUESDAY, DrugSupply.APPROVED)
        assert refusal(lambda plan=plan: services.not_injected.close(booking.id, plan)).code == "booking_over"
        assert made.undo is not None
        services.undo(made.undo)
        assert stands(services, booking).status is AppointmentStatus.BOOKED
