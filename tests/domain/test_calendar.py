from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import (
    Span,
    SpanUnit,
    WorkingDays,
    add_months,
    days,
    iso_day,
    latest,
    months,
    weeks,
    whole_months_between,
)
from clinic_app.domain.errors import RuleBroken
from tests.domain.builders import QUICK, day, days_of_life


@pytest.mark.parametrize(
    "text", ["20260319", "2026-W12-4", "2026W124", "2026-3-19", "2026-02-30", " 2026-03-19", "２026-03-19", ""]
)
def test_a_day_is_written_in_one_form_only(text: str) -> None:
    assert iso_day("2026-03-19") == day("2026-03-19")
    with pytest.raises(ValueError, match=r".*"):
        iso_day(text)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-01-05", 3, "2026-04-05"),
        ("2025-11-28", 3, "2026-02-28"),
        ("2025-11-29", 3, "2026-03-01"),
        ("2025-11-30", 3, "2026-03-01"),
        ("2023-11-29", 3, "2024-02-29"),
        ("2023-11-30", 3, "2024-03-01"),
        ("2026-05-31", 4, "2026-10-01"),
        ("2026-08-31", 1, "2026-10-01"),
        ("2024-02-29", 12, "2025-03-01"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-31", 2, "2026-03-01"),
        ("2026-03-31", -1, "2026-03-01"),
        ("2026-01-15", -13, "2024-12-15"),
        ("2026-01-15", 0, "2026-01-15"),
    ],
)
def test_adding_months_keeps_the_day_or_moves_forward_to_the_first(start: str, count: int, end: str) -> None:
    assert add_months(day(start), count) == day(end)


@QUICK
@given(days_of_life, st.integers(0, 30))
def test_adding_months_never_clamps_back(start: date, count: int) -> None:
    end = add_months(start, count)
    if end.day == start.day:
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    else:
        assert end.day == 1
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count + 1
        assert start.day > (end - timedelta(days=1)).day


@QUICK
@given(days_of_life, st.integers(0, 60), st.integers(-24, 24))
def test_adding_months_is_monotone_in_the_day(start: date, later: int, count: int) -> None:
    assert add_months(start, count) <= add_months(start + timedelta(days=later), count)


@QUICK
@given(days_of_life, st.integers(0, 24))
def test_adding_months_is_monotone_in_the_months(start: date, count: int) -> None:
    assert add_months(start, count) < add_months(start, count + 1)


@QUICK
@given(days_of_life, st.integers(0, 1200))
def test_whole_months_are_the_most_that_fit(start: date, elapsed: int) -> None:
    end = start + timedelta(days=elapsed)
    count = whole_months_between(start, end)
    assert add_months(start, count) <= end < add_months(start, count + 1)


def test_no_months_lie_between_a_day_and_an_earlier_one() -> None:
    assert whole_months_between(day("2026-03-01"), day("2025-01-01")) == 0


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("12 w", weeks(12)),
        ("12w", weeks(12)),
        ("3 m", months(3)),
        ("90 d", days(90)),
        (" 14 Weeks ", weeks(14)),
        ("1 month", months(1)),
        ("2 wk", weeks(2)),
        ("0 d", days(0)),
    ],
)
def test_settings_take_weeks_or_months(text: str, span: Span) -> None:
    assert Span.parse(text) == span
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize("text", ["", "12", "w", "-3 m", "3.5 m", "3 y", "12 w 1 d", "99999 d", "three months"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        Span.parse(text)
    assert caught.value.code == "bad_span"


def test_a_span_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        Span(-1, SpanUnit.DAYS)


def test_a_dose_counts_while_its_day_plus_the_window_lies_ahead() -> None:
    given_on = day("2025-11-30")
    assert months(3).covers(given_on, given_on)
    assert months(3).covers(given_on, day("2026-02-28"))
    assert not months(3).covers(given_on, day("2026-03-01"))
    assert not months(3).covers(given_on, day("2025-11-29"))
    assert days(30).covers(given_on, day("2025-12-29"))
    assert not days(30).covers(given_on, day("2025-12-30"))


def test_working_days_are_monday_to_saturday_by_default() -> None:
    clinic = WorkingDays()
    assert [clinic.is_working(day("2026-03-16") + timedelta(days=n)) for n in range(7)] == [True] * 6 + [False]


def test_working_days_leave_out_closed_days() -> None:
    clinic = WorkingDays(closed=frozenset({day("2026-03-21"), day("2026-03-23")}))
    assert clinic.next_on_or_after(day("2026-03-21")) == day("2026-03-24")
    assert clinic.add(day("2026-03-20"), 2) == day("2026-03-25")


def test_a_clinic_works_on_some_day() -> None:
    for weekdays in (frozenset[int](), frozenset({7})):
        with pytest.raises(RuleBroken) as caught:
            WorkingDays(weekdays)
        assert caught.value.code == "no_working_day"


@QUICK
@given(
    days_of_life,
    st.integers(1, 12),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2025, 1, 1), date(2025, 2, 1)), max_size=8),
)
def test_working_days_are_counted_one_by_one(
    start: date, count: int, weekdays: frozenset[int], closed: frozenset[date]
) -> None:
    clinic = WorkingDays(weekdays, closed)
    end = clinic.add(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert clinic.is_working(end)
    assert sum(clinic.is_working(one) for one in between) == count


def test_the_latest_of_what_is_known() -> None:
    assert latest([None, day("2026-01-01"), day("2025-01-01")]) == day("2026-01-01")
    assert latest([None]) is None
