from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.schedule import BotoxDay
from clinic_app.domain.suggestion import Bounds, DayChoice, Habit, habit_of, suggest

TUESDAY = date(2026, 4, 7)


def choice(offset: int, *, taken: int = 0, capacity: int = 20, neighbours: int = 0) -> DayChoice:
    return DayChoice(BotoxDay(TUESDAY + timedelta(days=offset), capacity, taken, capacity > 0), (), neighbours)


WEEKS = [choice(offset) for offset in (0, 3, 7, 10, 14, 17, 21, 24)]
"""Tuesdays and Fridays of four weeks."""
FEW = st.integers(0, 3)
BUSY = [choice(0, taken=20), choice(3), choice(7), choice(10, neighbours=2), choice(14, neighbours=5)]


@pytest.mark.parametrize(
    ("choices", "first", "opens", "closes", "habit", "offered"),
    [
        (WEEKS, 0, 0, 20, Habit(), (0, 3, 7)),
        (WEEKS, 1, 0, 20, Habit(), (3, 7, 10)),
        (WEEKS, 0, 5, 20, Habit(), (7, 10, 14)),
        (WEEKS, 0, 0, 20, Habit(4), (3, 10, 0)),
        (WEEKS, 0, 0, 2, Habit(4), (0,)),
        (WEEKS, 9, 0, 5, Habit(1), (14, 10, 17)),
        (WEEKS, 9, 0, 5, Habit(), (10, 14, 17)),
        (WEEKS, 0, None, None, Habit(1), (0, 7, 3)),
        (BUSY, 0, 0, 20, Habit(), (10, 14, 3)),
        (BUSY, 0, 0, 20, Habit(1), (14, 7, 10)),
        (BUSY, 0, 0, 12, Habit(1), (7, 10, 3)),
        ([choice(0, taken=20), choice(3, capacity=0)], 0, 0, 20, Habit(), ()),
    ],
    ids=["next", "earliest", "opens", "habit", "habit never beyond closes", "overdue with a habit",
         "overdue", "no window", "neighbours",
         "habit before neighbours", "neighbours never beyond closes", "nothing free"],
)  # fmt: skip
def test_the_next_day_inside_the_window_that_suits(
    choices: list[DayChoice], first: int, opens: int | None, closes: int | None, habit: Habit, offered: tuple[int, ...]
) -> None:
    def at(offset: int | None) -> date | None:
        return None if offset is None else TUESDAY + timedelta(days=offset)

    bounds = Bounds(TUESDAY + timedelta(days=first), at(opens), at(closes))
    assert tuple((one.day - TUESDAY).days for one in suggest(choices, bounds, habit, "Ullal")) == offered


def test_what_speaks_for_a_day_is_said() -> None:
    (best,) = suggest(BUSY, Bounds(TUESDAY, closes=TUESDAY + timedelta(days=20)), Habit(1), "Ullal", 1)
    assert (best.as_usual, best.neighbours, best.village, best.after_window) == (True, 5, "Ullal", False)
    (late,) = suggest(WEEKS, Bounds(TUESDAY + timedelta(days=9), closes=TUESDAY), Habit(1), "Ullal", 1)
    assert (late.as_usual, late.neighbours, late.village, late.after_window) == (True, 0, "", False)
    full = suggest([choice(0, taken=20), choice(9)], Bounds(TUESDAY, closes=TUESDAY), Habit())
    assert [one.after_window for one in full] == [True], "its window is not over, and full"
    times = DayChoice(BotoxDay(TUESDAY, 20, 0), (time(9), time(9, 20), time(11)))
    for wanted, at in ((None, time(9)), (time(9, 15), time(9, 20)), (time(16), time(11))):
        assert suggest([times], Bounds(TUESDAY), Habit(at=wanted))[0].at == at


def test_a_habit_is_what_two_of_the_last_three_visits_have_in_common() -> None:
    tue, fri, wed = date(2026, 1, 6), date(2025, 10, 3), date(2025, 7, 2)
    early, late = time(9), time(11)
    assert habit_of([]) == Habit()
    assert habit_of([(tue, early)]) == Habit()
    assert habit_of([(tue, early), (fri, late), (wed, late)]) == Habit(None, late)
    assert habit_of([(tue, None), (fri, late), (fri + timedelta(days=7), None)]) == Habit(4, None)
    old = [(date(2024, 1, 2) + timedelta(weeks=12 * n), early) for n in range(3)]
    assert habit_of([*old, (fri, None), (wed, None)]) == Habit(None, None), "older ones do not count"


@given(
    st.lists(
        st.builds(
            choice, st.integers(0, 60), taken=st.integers(0, 3), capacity=st.integers(0, 3), neighbours=FEW
        ),
        max_size=30,
    ),
    st.integers(0, 40), st.integers(-20, 40), st.integers(0, 30), st.integers(0, 6),
)  # fmt: skip
def test_never_too_early_never_full_and_late_only_where_nothing_inside_is_free(
    choices: list[DayChoice], first: int, opens: int, width: int, weekday: int
) -> None:
    earliest, start = TUESDAY + timedelta(days=first), TUESDAY + timedelta(days=opens)
    bounds = Bounds(earliest, start, start + timedelta(days=width))
    offered = suggest(choices, bounds, Habit(weekday), count=30)
    assert all(one.day >= max(earliest, start) and one.free > 0 for one in offered)
    inside = [
        one for one in choices if one.place.free and bounds.begin <= one.place.day <= start + timedelta(days=width)
    ]
    assert all(one.day <= start + timedelta(days=width) for one in offered) or not inside
    assert bool(offered) == any(one.place.free and one.place.day >= bounds.begin for one in choices)
