from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.known_windows import days_by_event, known_windows
from clinic_app.domain.schedule import ToxinEvent, reinjection_window, window_days
from tests.domain.builders import CASE, OTHER_CASE, QUICK, RULES, elsewhere, facts, session

FIRST = date(2025, 6, 1)


def some_day(days: int) -> str:
    return (FIRST + timedelta(days=days)).isoformat()


EVENTS = st.lists(
    st.one_of(
        st.builds(
            lambda on, case, restarts, back, number: session(
                some_day(on),
                case=case,
                restarts=restarts,
                come_on=None if back is None else some_day(on + back),
                number=number,
            ),
            st.integers(0, 300),
            st.sampled_from((CASE, CASE, OTHER_CASE)),
            st.booleans(),
            st.one_of(st.none(), st.integers(20, 200)),
            st.integers(1, 99),
        ),
        st.builds(lambda on, case: elsewhere(some_day(on), case=case), st.integers(0, 300), st.sampled_from((None, 1))),
    ),
    max_size=6,
)


@QUICK
@given(EVENTS, st.booleans())
def test_on_every_day_one_window_is_known_and_it_is_that_of_the_rule(events: list[ToxinEvent], apart: bool) -> None:
    known = facts(*events, independent_of=frozenset({OTHER_CASE} if apart else ()))
    windows = known_windows(known, RULES)
    assert (windows[0].since, windows[-1].until) == (date.min, date.max)
    assert all(one.until == after.since for one, after in pairwise(windows))
    walked = list(days_by_event(known, RULES))
    assert walked == [(day, window_days(known, RULES, day)) for day in sorted({event.day for event in events})]
    days = {event.day + timedelta(days=beside) for event in events for beside in (-1, 0, 1)}
    for day in days | {FIRST - timedelta(days=9), FIRST + timedelta(days=900)}:
        ruled = reinjection_window(known, RULES, day)
        (found,) = [one for one in windows if one.since <= day < one.until]
        assert (found.opens, found.closes, found.come_on) == (ruled.opens, ruled.closes, ruled.come_on is not None)


def test_what_changes_nothing_begins_no_window() -> None:
    known = facts(session("2026-01-05"), session("2026-01-05", case=OTHER_CASE, number=2), elsewhere("2025-01-01"))
    assert [one.since for one in known_windows(known, RULES)] == [date.min, date(2026, 1, 5)]
