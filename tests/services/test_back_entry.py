"""Paper typed in afterwards: each line by the window's own rules, all of them or none, and one way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clinic_app.domain.back_entry import BackEntry, BackLine, read_line
from clinic_app.domain.date_entry import DateReading
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails, FollowUpStatus
from clinic_app.services import Services
from clinic_app.wording.back_entry import back_words
from tests.builders import TODAY, add_patient, give
from tests.services.conftest import refusal

YESTERDAY = TODAY - timedelta(days=1)
BOTOX_DAY = date(2026, 3, 24)


def number_of(services: Services, person: tuple[int, int]) -> int:
    return services.patients.get(person[0]).number


def lines(*texts: str, day: date = YESTERDAY) -> tuple[BackLine, ...]:
    return tuple(read_line(text, DateReading(day)) for text in texts)


def checked(services: Services, *texts: str) -> tuple[BackEntry | ClinicError, ...]:
    return services.back_entry.check(lines(*texts), YESTERDAY)


def code_of(services: Services, text: str) -> str:
    [found] = checked(services, text)
    assert isinstance(found, ClinicError), found
    return found.code


def status_of(services: Services, person: tuple[int, int]) -> FollowUpStatus:
    return services.schedule.entries([person[1]])[0].answer.status


@pytest.fixture
def three(services: Services) -> list[tuple[int, int]]:
    """Three overdue patients."""
    people = [add_patient(services, f"Paper {name}", "", phone="98400 55555") for name in ("One", "Two", "Three")]
    for person in people:
        give(services, *person, TODAY - timedelta(days=150))
    return people


def test_lines_are_saved_at_once_and_taken_back_at_once(services: Services, three: list[tuple[int, int]]) -> None:
    one, two, three_ = (number_of(services, person) for person in three)
    typed = lines(f"{one} 1", f"{two} b 24/3", f"{three_} 3m 27/3")
    found = services.back_entry.check(typed, YESTERDAY)
    assert all(isinstance(entry, BackEntry) for entry in found)
    assert [status_of(services, person) for person in three] == [FollowUpStatus.OVERDUE] * 3  # nothing is kept yet
    made = services.back_entry.save(typed, YESTERDAY)
    entries = services.schedule.entries([person[1] for person in three])
    assert [entry.last_call.outcome for entry in entries if entry.last_call] == [
        Attempt.NO_ANSWER, Attempt.BOOKED, Attempt.CANNOT_COME_MONEY,
    ]  # fmt: skip
    assert [entry.last_call.at.date() for entry in entries if entry.last_call] == [YESTERDAY] * 3
    assert entries[1].answer.appointment is not None
    assert entries[1].answer.appointment.day == BOTOX_DAY
    assert entries[2].answer.call_again_on == date(2026, 3, 27)
    assert isinstance(made.result, tuple)
    assert back_words(made.result[1], YESTERDAY).endswith(f"place {entries[1].answer.appointment.token}")
    assert made.undo is not None
    services.undo(made.undo)
    again = services.schedule.entries([person[1] for person in three])
    assert [entry.last_call for entry in again] == [None] * 3
    assert [entry.answer.status for entry in again] == [FollowUpStatus.OVERDUE] * 3


def test_one_bad_line_keeps_all_of_them_out(services: Services, three: list[tuple[int, int]]) -> None:
    one, two, _ = (number_of(services, person) for person in three)
    typed = lines(f"{one} 1", f"{two} b 22/3")  # a Sunday
    refused = refusal(lambda: services.back_entry.save(typed, YESTERDAY))
    assert refused.code == "back_line_refused"
    assert "Sunday" in str(refused.params["reason"])
    assert services.schedule.entries([three[0][1]])[0].last_call is None


def test_a_booking_is_said_to_be_kept_missed_or_cancelled(services: Services, three: list[tuple[int, int]]) -> None:
    made = [services.schedule.book(BookingDetails(one[0], TODAY, (one[1],), reason="today")).result for one in three]
    numbers = [number_of(services, person) for person in three]
    typed = lines(f"{numbers[0]} a", f"{numbers[1]} n 19/3", f"{numbers[2]} c", day=TODAY)
    services.back_entry.save(typed, TODAY)
    found = [services.schedule.booked_cases(person[0])[0][0].status for person in three]
    assert found == [AppointmentStatus.ARRIVED, AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELLED_BY_PATIENT]
    assert len(made) == 3


def test_every_line_says_what_is_wrong_with_it(services: Services, three: list[tuple[int, int]]) -> None:
    number = number_of(services, three[0])
    assert code_of(services, "999999 1") == "back_number_unknown"
    assert code_of(services, f"{number}-7 1") == "back_case_unknown"
    assert code_of(services, f"{number} n") == "back_no_booking"
    assert code_of(services, f"{number} b 18/3/2026") == "booking_in_past"
    assert code_of(services, f"{number} 1 1/3/2026") == "call_again_in_past"
    twice = checked(services, f"{number} 1", f"{number} 1")
    assert isinstance(twice[0], BackEntry)
    assert isinstance(twice[1], RuleBroken)
    assert twice[1].code == "back_line_twice"
    services.patients.record_move(three[0][0], YESTERDAY)
    assert code_of(services, f"{number} 1") == "call_of_departed"


def test_the_day_of_the_paper_has_come_and_is_not_long_ago(services: Services) -> None:
    for day, code in ((TODAY + timedelta(days=1), "back_day_future"), (TODAY - timedelta(days=61), "back_day_old")):
        assert refusal(lambda day=day: services.back_entry.check((), day)).code == code
    assert refusal(lambda: services.back_entry.save((), TODAY)).code == "back_nothing"
