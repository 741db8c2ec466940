"""Lines typed in from paper: number, key, day."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_app.domain.back_entry import ATTEMPTS, BOXES, STATUSES, BackKey, read_line
from clinic_app.domain.date_entry import DateReading
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import Attempt

READING = DateReading(date(2026, 3, 19))


@pytest.mark.parametrize(
    ("text", "number", "key", "day"),
    [
        ("412 1", "412", BackKey.NO_ANSWER, None),
        (" 412-2   3M ", "412-2", BackKey.CANNOT_COME_MONEY, None),
        ("412 b 27/3", "412", BackKey.BOOKED, date(2026, 3, 27)),
        ("412; B; fri", "412", BackKey.BOOKED, date(2026, 3, 20)),
        ("412 5 2 apr", "412", BackKey.WILL_COME, date(2026, 4, 2)),
        ("412 n 18/3", "412", BackKey.MISSED, date(2026, 3, 18)),
        ("412 a 20/12", "412", BackKey.CAME, date(2025, 12, 20)),
    ],
)
def test_a_line_is_taken_apart(text: str, number: str, key: BackKey, day: date | None) -> None:
    line = read_line(text, READING)
    assert (line.number, line.key, line.day) == (number, key, day)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "back_number_unreadable"),
        ("asha 1", "back_number_unreadable"),
        ("412-", "back_number_unreadable"),
        ("412", "back_key_missing"),
        ("412 9", "back_key_unknown"),
        ("412 b", "back_day_missing"),
        ("412 b 31/11", "date_entry_impossible"),
        ("412 b soon", "date_entry_unreadable"),
    ],
)
def test_what_cannot_be_read_says_what_is_missing(text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_line(text, READING)
    assert refused.value.code == code


def test_every_key_is_a_call_a_booking_or_what_became_of_one() -> None:
    assert set(BackKey) == set(ATTEMPTS) | set(STATUSES) | {BackKey.BOOKED}
    assert {key.attempt for key in ATTEMPTS} == set(Attempt) - {Attempt.BOOKED}
    assert len(BOXES) == len(set(BOXES))
