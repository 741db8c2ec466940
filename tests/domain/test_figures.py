from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.figures import (
    Cycle,
    Interval,
    Kept,
    figures,
    grouped,
    kept_by_condition,
    kept_by_month,
    kept_of,
    months_until,
    recall_by_month,
)

ON = date(2026, 3, 19)
OPENS, CLOSES = date(2026, 2, 10), date(2026, 3, 10)


def test_the_months_end_with_the_one_of_the_day() -> None:
    months = months_until(ON)
    assert (months[0], months[-1], len(months)) == (date(2025, 4, 1), date(2026, 3, 1), 12)


@pytest.mark.parametrize(
    ("cycle", "fate", "success"),
    [
        (Cycle(OPENS, CLOSES, date(2026, 2, 10)), {"done", "in_window"}, Fraction(1)),
        (Cycle(OPENS, CLOSES, date(2026, 3, 10)), {"done", "in_window"}, Fraction(1)),
        (Cycle(OPENS, CLOSES, date(2026, 3, 11)), {"done"}, Fraction(1)),
        (Cycle(OPENS, CLOSES, date(2026, 2, 1)), {"done", "in_window"}, Fraction(1)),  # earlier than the plan says
        (Cycle(OPENS, CLOSES, date(2026, 3, 11), stopped=True), {"done"}, Fraction(1)),  # stopped after it came again
        (Cycle(OPENS, CLOSES, stopped=True, booked=True), {"stopped"}, None),
        (Cycle(OPENS, CLOSES, booked=True, held=True), {"booked"}, Fraction(1)),
        (Cycle(OPENS, CLOSES, held=True), {"on_hold"}, Fraction(0)),
        (Cycle(OPENS, CLOSES), {"overdue"}, Fraction(0)),
        (Cycle(OPENS, ON), {"waiting"}, Fraction(0)),
    ],
)
def test_what_became_of_a_cycle(cycle: Cycle, fate: set[str], success: Fraction | None) -> None:
    month = recall_by_month([cycle], months_until(ON), ON)[-2]
    assert month.month == date(2026, 2, 1)
    names = ("done", "in_window", "stopped", "booked", "on_hold", "overdue", "waiting")
    assert {name for name in names if getattr(month, name)} == fate
    assert month.due == 1
    assert month.success == success


def test_a_window_counts_in_the_month_it_opened_and_only_once_it_has() -> None:
    months = months_until(ON)
    opened = [date(2025, 3, 31), date(2025, 4, 1), date(2026, 2, 28), date(2026, 3, 1), ON, ON + timedelta(days=1)]
    found = recall_by_month([Cycle(day, day + timedelta(days=30)) for day in opened], months, ON)
    assert {month.month: month.due for month in found if month.due} == {
        date(2025, 4, 1): 1,
        date(2026, 2, 1): 1,
        date(2026, 3, 1): 2,
    }


def test_recall_success_leaves_the_stopped_out_of_both_sides() -> None:
    cycles = [Cycle(OPENS, CLOSES, CLOSES)] * 6 + [Cycle(OPENS, CLOSES, booked=True)] * 2
    cycles += [Cycle(OPENS, CLOSES)] * 2 + [Cycle(OPENS, CLOSES, stopped=True)] * 5
    assert recall_by_month(cycles, months_until(ON), ON)[-2].success == Fraction(8, 10)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda opens, width, after, stopped, booked, held: Cycle(
                ON - timedelta(days=opens),
                ON - timedelta(days=opens - width),
                None if after is None else ON - timedelta(days=opens - after),
                stopped,
                booked,
                held,
            ),
            st.integers(-40, 400),
            st.integers(0, 40),
            st.none() | st.integers(-20, 200),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        )
    )
)
def test_every_cycle_is_in_exactly_one_place(cycles: list[Cycle]) -> None:
    months = months_until(ON)
    found = recall_by_month(cycles, months, ON)
    assert sum(month.due for month in found) == sum(months[0] <= cycle.opens <= ON for cycle in cycles)
    for month in found:
        parts = (month.done, month.stopped, month.booked, month.on_hold, month.overdue, month.waiting)
        assert sum(parts) == month.due
        assert month.in_window <= month.done
        assert month.success is None or 0 <= month.success <= 1


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([], None),
        ([84], Kept(1, 12, 12, 12)),
        ([84, 98], Kept(2, 12.5, 13, 13.5)),
        ([84, 84, 91, 98, 112], Kept(5, 12, 13, 14)),
    ],
)
def test_quartiles_of_the_interval_in_weeks(days: list[int], kept: Kept | None) -> None:
    assert kept_of(days) == kept


def test_an_interval_counts_in_the_month_it_ended_and_for_its_condition() -> None:
    months = months_until(ON)
    intervals = [
        Interval(date(2026, 3, 1), "meige", 84),
        Interval(date(2026, 2, 28), "meige", 98),
        Interval(date(2026, 2, 1), "hemifacial_spasm", 91),
        Interval(date(2026, 2, 2), "hemifacial_spasm", 91),
        Interval(date(2025, 3, 31), "meige", 700),
    ]
    by_month = {one.month: one.kept.count for one in kept_by_month(grouped(intervals, months), months) if one.kept}
    assert by_month == {date(2026, 2, 1): 3, date(2026, 3, 1): 1}
    by_condition = kept_by_condition(grouped(intervals, months))
    assert [(code, one.count) for code, one in by_condition.items()] == [("hemifacial_spasm", 2), ("meige", 2)]
    found = figures((), intervals, ON, not_seen=3, lost_since=[date(2026, 2, 3), date(2020, 1, 1)])
    assert found.whole is not None
    assert (found.whole.count, found.not_seen, found.lost_now) == (4, 3, 2)
    assert {month: count for month, count in found.lost.items() if count} == {date(2026, 2, 1): 1}


def test_without_an_open_window_there_is_nothing_to_count() -> None:
    assert figures((), (), ON, not_seen=0, lost_since=()).nothing
    assert not figures((), (), ON, not_seen=1, lost_since=()).nothing
    assert not figures((), [Interval(date(2026, 2, 28), "meige", 98)], ON, not_seen=0, lost_since=()).nothing
