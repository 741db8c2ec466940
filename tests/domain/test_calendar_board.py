from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from clinic_app.domain.absences import Absence, AbsenceDetails
from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.calendar_board import (
    FIRST_DAY,
    LAST_DAY,
    CalendarDay,
    Carried,
    Scale,
    days_of,
    leaf,
    month_days,
    week_start,
    why_not,
)
from clinic_app.domain.cases import Hold, Stop, StopReason
from clinic_app.domain.schedule import BotoxDay, ClinicRules

TODAY = date(2026, 3, 19)


def iso(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "first_weekday", "first", "last"),
    [
        ("2026-03-19", 0, "2026-02-23", "2026-04-05"),
        ("2026-03-19", 6, "2026-03-01", "2026-04-11"),
        ("2026-02-28", 0, "2026-01-26", "2026-03-08"),
        ("2028-02-29", 0, "2028-01-31", "2028-03-12"),
        ("2026-12-31", 0, "2026-11-30", "2027-01-10"),
        ("2027-01-01", 0, "2026-12-28", "2027-02-07"),
        ("2026-06-01", 0, "2026-06-01", "2026-07-12"),
        ("2026-02-01", 6, "2026-02-01", "2026-03-14"),
    ],
)
def test_a_month_is_six_whole_weeks_around_it(day: str, first_weekday: int, first: str, last: str) -> None:
    days = month_days(iso(day), first_weekday)
    assert (days[0], days[-1], len(days)) == (iso(first), iso(last), 42)
    assert {one.weekday() for one in days[::7]} == {first_weekday}
    assert set(days) >= {iso(day).replace(day=1) + timedelta(days=offset) for offset in range(28)}


@pytest.mark.parametrize("around", ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2028-02-29"])
def test_no_day_is_missing_or_there_twice_when_clocks_change_and_in_leap_years(around: str) -> None:
    """Days are dates, not spans of 24 hours: Europe and America change their clocks on the first four."""
    days = month_days(iso(around))
    assert [later - sooner for sooner, later in pairwise(days)] == [timedelta(days=1)] * 41
    assert iso(around) in days


@pytest.mark.parametrize(
    ("day", "scale", "step", "found"),
    [
        ("2026-01-31", Scale.MONTH, 1, "2026-02-28"),
        ("2028-01-31", Scale.MONTH, 1, "2028-02-29"),
        ("2028-02-29", Scale.MONTH, 12, "2029-02-28"),
        ("2026-12-31", Scale.MONTH, 1, "2027-01-31"),
        ("2027-01-31", Scale.MONTH, -2, "2026-11-30"),
        ("2026-12-31", Scale.WEEK, 1, "2027-01-07"),
        ("2028-02-28", Scale.DAY, 1, "2028-02-29"),
        ("2027-02-28", Scale.DAY, 1, "2027-03-01"),
        ("2199-11-30", Scale.MONTH, 1, "2199-11-30"),
        ("1900-02-01", Scale.WEEK, -1, "1900-02-01"),
    ],
)
def test_leafing_keeps_the_day_or_the_last_one_of_a_shorter_month(
    day: str, scale: Scale, step: int, found: str
) -> None:
    assert leaf(iso(day), scale, step) == iso(found)


def test_a_week_and_a_day_and_the_ends_of_the_calendar() -> None:
    assert days_of(TODAY, Scale.DAY) == (TODAY,)
    assert days_of(TODAY, Scale.WEEK)[0] == week_start(TODAY) == iso("2026-03-16")
    assert week_start(iso("2026-03-16"), 6) == iso("2026-03-15")
    for end in (FIRST_DAY, LAST_DAY):
        assert len(month_days(end, 6)) == 42


FREE = CalendarDay(BotoxDay(iso("2026-04-07"), 20, 19), working=True)
SOMEBODY = Carried(1, (1,), "Asha Verma", earliest=iso("2026-03-30"))
WORKING = WorkingDays(frozenset(range(6)), frozenset({iso("2026-04-10")}))
RULES = ClinicRules(working_days=WORKING)
AWAY = Absence(
    1, AbsenceDetails("Dr Rao", iso("2026-04-07"), iso("2026-04-08"), 0), "", datetime.combine(TODAY, time(9))
)


def on(day: str, capacity: int = 20, taken: int = 0, *, away: bool = False) -> CalendarDay:
    place = BotoxDay(iso(day), capacity, taken, capacity > 0)
    return CalendarDay(place, WORKING.is_working(iso(day)), (AWAY,) if away else ())


@pytest.mark.parametrize(
    ("carried", "day", "code"),
    [
        (SOMEBODY, FREE, None),
        (SOMEBODY, on("2026-03-18"), "booking_in_past"),
        (SOMEBODY, on("2026-03-27"), "before_earliest"),
        (SOMEBODY, on("2026-03-30"), None),
        (replace(SOMEBODY, earliest=None), on("2026-03-19"), None),
        (SOMEBODY, on("2026-04-05", 0), "clinic_closed_weekday"),
        (SOMEBODY, on("2026-04-10", 0), "clinic_closed"),
        (SOMEBODY, on("2026-04-08", 0), "not_botox_day"),
        (SOMEBODY, on("2026-04-07", 20, 20), "day_is_full"),
        (SOMEBODY, on("2026-04-07", 20, 24), "day_is_full"),
        (SOMEBODY, on("2026-04-07", 20, 25), "no_place_left"),
        (SOMEBODY, on("2026-04-07", 0, away=True), "nobody_injects"),
        (SOMEBODY, on("2026-04-07", 20, away=True), None),
        (replace(SOMEBODY, injector="Dr Rao"), on("2026-04-07", 20, away=True), "doctor_away"),
        (replace(SOMEBODY, other_days={iso("2026-05-05"): 3}), FREE, "booked_other_day"),
        (replace(SOMEBODY, other_days={iso("2026-05-05"): 3}, booked_on=iso("2026-04-14")), FREE, None),
        (replace(SOMEBODY, other_days={iso("2026-03-03"): 3}), FREE, None),
        (SOMEBODY, on("2027-03-20"), "booking_far_ahead"),
        (replace(SOMEBODY, holds=(Hold(TODAY, iso("2026-04-07")),)), FREE, "booking_inside_hold"),
        (replace(SOMEBODY, holds=(Hold(TODAY, iso("2026-04-06")),)), FREE, None),
        (replace(SOMEBODY, holds=(Hold(TODAY, iso("2026-04-07"), "", TODAY),)), FREE, None),
        (replace(SOMEBODY, stops=(Stop(TODAY, StopReason.REMISSION),)), FREE, "case_stopped"),
        (replace(SOMEBODY, other_days={FREE.day: 4}), FREE, "already_booked"),
        (replace(SOMEBODY, booked_on=FREE.day), FREE, "booking_stays"),
        (replace(SOMEBODY, departed=True), FREE, "departed"),
        (replace(SOMEBODY, case_ids=()), FREE, "no_case"),
    ],
)
def test_why_somebody_cannot_be_dropped_on_a_day(carried: Carried, day: CalendarDay, code: str | None) -> None:
    refusal = why_not(carried, day, RULES, TODAY)
    assert (None if refusal is None else refusal.code) == code


@pytest.mark.parametrize(
    ("capacity", "taken", "load"), [(20, 0, 0.0), (20, 5, 0.25), (20, 25, 1.0), (0, 0, 0.0), (0, 2, 1.0)]
)
def test_the_load_of_a_day(capacity: int, taken: int, load: float) -> None:
    assert CalendarDay(BotoxDay(TODAY, capacity, taken, capacity > 0), working=True).load == load
