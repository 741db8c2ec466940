"""When to call again, how somebody may be reached, and what helps after attempts in vain."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.calls import Advice, CallBack, advice_for, allowed_channels, attempts_in_vain, read_call_back
from clinic_app.domain.date_entry import DateReading
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Patient, PatientDetails
from clinic_app.domain.schedule import Attempt, Channel, ContactAttempt

NOW = datetime(2026, 3, 19, 11, 30)  # noqa: DTZ001 - a Thursday, on the clinic's clock
CLOSED = WorkingDays(closed=frozenset({date(2026, 3, 20)}))


def read(text: str, now: datetime = NOW, working: WorkingDays = WorkingDays()) -> CallBack:  # noqa: B008
    return read_call_back(text, now, DateReading(now.date()), working)


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("16", "2026-03-19", "16:00"),
        ("4", "2026-03-19", "16:00"),
        ("4 pm", "2026-03-19", "16:00"),
        ("12am", "2026-03-20", "00:00"),
        ("12 pm", "2026-03-19", "12:00"),
        ("11:31", "2026-03-19", "11:31"),
        ("11:30", "2026-03-20", "11:30"),
        ("10", "2026-03-20", "10:00"),
        ("9h15", "2026-03-20", "09:15"),
        ("tomorrow 10", "2026-03-20", "10:00"),
        ("tomorrow at 10:45", "2026-03-20", "10:45"),
        ("today 3", "2026-03-19", "15:00"),
        ("mon", "2026-03-23", ""),
        ("Mon 9", "2026-03-23", "09:00"),
        ("thu 2 pm", "2026-03-26", "14:00"),
        ("24", "2026-03-24", ""),
        ("24 at 9", "2026-03-24", "09:00"),
        ("26/3", "2026-03-26", ""),
        ("26/3 at 10", "2026-03-26", "10:00"),
        ("26/3 10:00", "2026-03-26", "10:00"),
        ("apr 9", "2026-04-09", ""),
        ("9 apr 14:30", "2026-04-09", "14:30"),
        ("+2w", "2026-04-02", ""),
        ("+3d 17", "2026-03-22", "17:00"),
        ("tomorrow", "2026-03-20", ""),
    ],
)
def test_when_to_call_again_is_read(text: str, day: str, at: str) -> None:
    assert read(text) == CallBack(date.fromisoformat(day), time.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_entry_empty"),
        ("soon", "date_entry_unreadable"),
        ("today 9", "call_again_time_past"),
        ("10:75", "bad_time"),
        ("15 pm", "bad_time"),
        ("mon 25", "bad_time"),
        ("31/11", "date_entry_impossible"),
    ],
)
def test_what_is_no_time_to_call_again_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.field == "call_again_on"


def test_a_time_that_has_passed_is_one_of_the_next_working_day() -> None:
    assert read("10", working=CLOSED) == CallBack(date(2026, 3, 21), time(10))
    saturday = datetime(2026, 3, 21, 18, 0)  # noqa: DTZ001
    assert read("10", saturday) == CallBack(date(2026, 3, 23), time(10))


def calls(*outcomes: Attempt) -> list[ContactAttempt]:
    return [ContactAttempt(n, 1, NOW, outcome) for n, outcome in enumerate(outcomes)]


VAIN = (Attempt.NO_ANSWER, Attempt.SWITCHED_OFF, Attempt.TOLD_FAMILY, Attempt.WRONG_NUMBER, Attempt.NO_ANSWER)


@pytest.mark.parametrize(
    ("outcomes", "numbers", "letters", "advice"),
    [
        (VAIN[:2], 2, True, None),
        (VAIN[:3], 2, True, Advice.OTHER_NUMBER),
        (VAIN[:3], 1, True, Advice.OTHER_CONTACT),
        (VAIN[:4], 1, True, Advice.OTHER_CONTACT),
        (VAIN, 2, True, Advice.LETTER),
        (VAIN, 2, False, Advice.OTHER_NUMBER),
        ((*VAIN, Attempt.WILL_COME), 2, True, None),
        ((*VAIN, Attempt.WORN_OFF, *VAIN[:3]), 2, True, Advice.OTHER_NUMBER),
    ],
)
def test_the_third_attempt_in_vain_suggests_another_number_and_the_fifth_a_letter(
    outcomes: tuple[Attempt, ...], numbers: int, letters: bool, advice: Advice | None
) -> None:
    assert advice_for(attempts_in_vain(calls(*outcomes)), numbers, may_be_written_to=letters) is advice


def test_nobody_is_reached_in_a_way_they_forbade() -> None:
    details = PatientDetails("Asha", may_be_called=False)
    assert allowed_channels(Patient(1, 1, "1", details)) == {Channel.TEXT, Channel.LETTER}
    assert allowed_channels(Patient(1, 1, "1", details, moved_on=NOW.date())) == frozenset()
