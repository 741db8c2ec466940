from __future__ import annotations

from datetime import date, datetime, time

import pytest

from clinic_app.domain.absences import Absence, AbsenceDetails, absence_of, places_left
from clinic_app.domain.consulting_hours import TakenTime, free_times, hours_text, inside, read_hours
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import ClinicRules


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("9:00-13:00", "09:00-13:00"),
        ("14.00 – 17.00, 9:00 to 13:00", "09:00-13:00, 14:00-17:00"),
        ("", "bad_hours"),
        ("9-13", "bad_hours"),
        ("9:00-24:00", "bad_hours"),
        ("13:00-9:00", "hours_overlap"),
        ("9:00-13:00, 12:59-17:00", "hours_overlap"),
    ],
)
def test_hours_as_they_are_typed(text: str, hours: str) -> None:
    if hours[0].isdigit():
        assert hours_text(read_hours(text)) == hours
        return
    with pytest.raises(RuleBroken) as refused:
        read_hours(text)
    assert refused.value.code == hours


def test_free_times_step_over_what_is_taken() -> None:
    hours = read_hours("9:00-10:30, 14:00-15:00")
    taken = [TakenTime(time(9, 20), 30, "Dr Rao"), TakenTime(time(14), 1)]
    assert list(free_times(hours, 20, taken)) == [time(9), time(9, 50), time(10, 10), time(14, 1), time(14, 21)]
    assert next(free_times(hours, 30, taken)) == time(9, 50)
    assert next(free_times(hours, 30, taken, "Dr Sen")) == time(9), "another doctor is free"
    assert list(free_times(hours, 100, taken)) == []
    assert (inside(hours, time(10, 10), 20), inside(hours, time(10, 11), 20)) == (True, False)


def test_places_while_doctors_are_away() -> None:
    day = date(2026, 3, 24)

    def away(who: str, places: int | None) -> Absence:
        return Absence(1, AbsenceDetails(who, day, day, places), "Dr Rao", datetime(2026, 3, 19))  # noqa: DTZ001

    assert [places_left(some, day, 20) for some in ((), (away("a", None),), (away("a", 8), away("b", 0)))] == [
        20,
        20,
        0,
    ]
    assert places_left((away("a", 30),), day, 20) == 20, "never more than usual"
    assert absence_of((away("Dr Rao", None),), " dr rao", day) is not None
    assert absence_of((away("Dr Rao", None),), "", day) is None
    rules = ClinicRules(absences=(away("a", 3),), minutes_by_condition={"neck": 30})
    assert (rules.places_on(day), rules.places_on(date(2026, 3, 27)), rules.places_on(date(2026, 3, 25))) == (3, 20, 0)
    assert (rules.minutes_of(("neck", "eye")), rules.minutes_of(())) == (50, 20)
