"""Today's rules: when calling again is due, the order of call-backs, quiet hours."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.schedule import ClinicRules, suggested_call_again
from clinic_app.domain.today import (
    RULED,
    CallBackDue,
    QuietHours,
    call_horizon,
    due_order,
    photos_wanted,
    rule_cutoffs,
)

TODAY = date(2026, 3, 19)


@given(
    today=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    closed=st.sets(st.dates(date(2026, 1, 1), date(2026, 2, 1)), max_size=5),
    days=st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 20)),
)
def test_a_call_is_due_again_exactly_up_to_the_cutoff_of_its_outcome(
    today: date, weekdays: set[int], closed: set[date], days: tuple[int, int, int]
) -> None:
    working = WorkingDays(frozenset(weekdays), frozenset(closed))
    rules = ClinicRules(
        working_days=working, no_answer_working_days=days[0], told_family_days=days[1], will_come_days=days[2]
    )
    cutoffs = rule_cutoffs(rules, today)
    for outcome in RULED:
        for back in range(60):
            called = today - timedelta(days=back)
            again = suggested_call_again(outcome, called, rules)
            assert again is not None
            assert (again <= today) is (called <= cutoffs[outcome])


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2026-03-19", "2026-03-19"),
        ("2026-03-20", "2026-03-20"),
        ("2026-03-21", "2026-03-22"),
        ("2026-03-24", "2026-03-26"),
    ],
)
def test_the_list_before_a_closed_day_includes_it(today: str, last: str) -> None:
    working = WorkingDays(closed=frozenset({date(2026, 3, 25), date(2026, 3, 26)}))
    assert call_horizon(working, date.fromisoformat(today)) == date.fromisoformat(last)


def test_call_backs_with_a_time_of_today_come_first() -> None:
    found = [
        CallBackDue(1, TODAY),
        CallBackDue(2, TODAY, time(16)),
        CallBackDue(3, TODAY - timedelta(days=5)),
        CallBackDue(4, TODAY, time(9)),
        CallBackDue(5, TODAY - timedelta(days=1), time(8)),
    ]
    assert [one.case_id for one in due_order(found, TODAY)] == [4, 2, 3, 5, 1]


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        (time(19), time(8), time(7, 59), True),
        (time(19), time(8), time(8), False),
        (time(19), time(8), time(19), True),
        (time(12), time(13), time(12, 30), True),
        (time(12), time(13), time(13), False),
        (time(8), time(8), time(8), False),
    ],
)
def test_quiet_hours(begins: time, ends: time, at: time, quiet: bool) -> None:
    assert QuietHours(begins, ends).covers(at) is quiet


def test_a_photograph_is_wanted_after_the_last_injection_in_its_window_without_one() -> None:
    ago = {days: TODAY - timedelta(days=days) for days in (6, 7, 14, 21, 28, 29, 30)}
    windows = {"neck": (14, 28), "eyes": (7, 21)}
    views = {"neck": frozenset[str](), "eyes": frozenset({"E01"})}
    injected = [
        (1, 1, "neck", ago[14]),
        (2, 2, "neck", ago[29]),
        (3, 3, "eyes", ago[21]),
        (4, 4, "eyes", ago[6]),
        (5, 5, "neck", ago[28]),
        (6, 6, "neck", ago[28]),
        (6, 6, "neck", ago[7]),
        (7, 7, "eyes", ago[14]),
        (8, 8, "eyes", ago[14]),
    ]
    pictured: dict[int, list[tuple[date, str | None]]] = {
        5: [(ago[6], None)],
        7: [(TODAY - timedelta(days=3), "E01")],
        8: [(TODAY - timedelta(days=3), "E02"), (ago[14], "E01")],
    }
    found = photos_wanted(injected, pictured, windows, views, TODAY)
    assert [one.case_id for one in found] == [3, 8, 1]
    assert (found[0].first, found[0].last) == (TODAY - timedelta(days=14), TODAY)
