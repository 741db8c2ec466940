"""When a backup is due, how old the newest may get, which may go, and which anchors bind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.backups import (
    KEEP_ALL,
    KEEP_DAILY,
    KEEP_MONTHLY,
    KEEP_NEWEST,
    KEEP_WEEKLY,
    MOST_FAILING,
    AgeState,
    BackupKind,
    BackupOutcome,
    BackupRun,
    BranchPoint,
    Held,
    SnapshotMark,
    age_of,
    anchor_binds,
    drill_is_due,
    is_due,
    thinning,
    to_open,
)

NOW = datetime(2026, 3, 19, 9, 0, tzinfo=UTC)
LOCAL = datetime(2026, 3, 19, 9, 0)  # noqa: DTZ001


def mark(moment: datetime, *, good: bool = True) -> SnapshotMark:
    return SnapshotMark(f"{moment:%Y%m%dT%H%M%S}", moment, good)


def run(moment: datetime, outcome: BackupOutcome = BackupOutcome.OK, place: str = "a") -> BackupRun:
    return BackupRun(1, BackupKind.BACKUP, place, "x", moment, moment, outcome, 10, {})


ages = st.lists(st.tuples(st.integers(0, 60 * 24 * 500), st.booleans()), max_size=80, unique_by=lambda one: one[0])


def made_of(pairs: Sequence[tuple[int, bool]]) -> list[SnapshotMark]:
    return [mark(NOW - timedelta(minutes=minutes), good=good) for minutes, good in pairs]


@given(ages)
def test_what_must_stay_stays(pairs: list[tuple[int, bool]]) -> None:
    marks = made_of(pairs)
    gone = set(thinning(marks, NOW).goes)
    newest_first = sorted(marks, key=lambda one: one.made_at, reverse=True)
    good = [one for one in newest_first if one.good]
    assert not gone & {one.name for one in good[:KEEP_NEWEST]}
    assert not gone & {one.name for one in marks if NOW - one.made_at <= KEEP_ALL}
    if newest_first and not newest_first[0].good:
        assert gone == set()


@given(ages)
def test_thinning_again_changes_nothing(pairs: list[tuple[int, bool]]) -> None:
    marks = made_of(pairs)
    once = thinning(marks, NOW)
    left = [one for one in marks if one.name not in once.goes]
    assert thinning(left, NOW).goes == ()


@given(ages)
def test_no_more_are_kept_than_the_rules_say(pairs: list[tuple[int, bool]]) -> None:
    marks = made_of(pairs)
    answer = thinning(marks, NOW)
    old = [one for one in marks if NOW - one.made_at > KEEP_ALL and one.name not in answer.goes]
    if answer.held is Held.NOT and sum(one.good for one in marks) >= KEEP_NEWEST:
        assert len([one for one in old if one.good]) <= KEEP_DAILY + KEEP_WEEKLY + KEEP_MONTHLY + KEEP_NEWEST


@given(ages, st.integers(1, 60 * 24 * 400))
def test_a_clock_that_moved_back_thins_nothing(pairs: list[tuple[int, bool]], minutes: int) -> None:
    marks = [*made_of(pairs), mark(NOW + timedelta(minutes=minutes))]
    assert thinning(marks, NOW).goes == ()
    assert thinning(marks, NOW).held is Held.CLOCK_BACK


@given(ages)
def test_many_failing_objects_thin_nothing(pairs: list[tuple[int, bool]]) -> None:
    marks = made_of(pairs)
    answer = thinning(marks, NOW, MOST_FAILING + 1)
    assert answer.goes == ()
    if marks:
        assert answer.held is Held.MANY_FAIL


def test_a_newest_that_failed_thins_nothing() -> None:
    marks = [mark(NOW - timedelta(days=days)) for days in range(3, 60)]
    assert thinning(marks, NOW).goes != ()
    answer = thinning([*marks, mark(NOW, good=False)], NOW)
    assert (answer.goes, answer.held) == ((), Held.NEWEST_FAILED)


def test_a_year_of_backups_twice_a_day_leaves_days_weeks_and_months() -> None:
    kept: list[SnapshotMark] = []
    for half_days in range(2 * 365):
        now = NOW + timedelta(hours=12 * half_days)
        kept.append(mark(now))
        gone = set(thinning(kept, now).goes)
        kept = [one for one in kept if one.name not in gone]
    end = NOW + timedelta(hours=12 * (2 * 365 - 1))
    old = [end - one.made_at for one in kept]
    recent = [age for age in old if age <= KEEP_ALL]
    assert len(recent) == 5
    assert len(kept) == len(recent) + KEEP_DAILY + KEEP_WEEKLY + KEEP_MONTHLY
    older = sorted(age.days for age in old if age > KEEP_ALL)
    daily, weekly, monthly = older[:12], older[12:22], older[22:]
    assert daily[-1] - daily[0] == 11
    assert all(late - early == 7 for early, late in pairwise(weekly))
    assert all(20 <= late - early <= 40 for early, late in pairwise(monthly))
    assert max(older) > 300


@pytest.mark.parametrize(
    ("minutes", "changed", "at_lock", "due"),
    [
        (29, True, False, False), (30, True, False, True), (30, False, False, False), (1, True, True, True),
        (1, False, True, False), (24 * 60, False, False, True),
    ],
)  # fmt: skip
def test_the_first_place_is_due_every_half_hour_when_something_changed(
    minutes: int, changed: bool, at_lock: bool, due: bool
) -> None:
    runs = [run(LOCAL - timedelta(minutes=minutes))]
    assert is_due(0, changed, runs, LOCAL, at_lock=at_lock) is due


def test_without_a_backup_one_is_due_and_after_a_failure_not_at_once() -> None:
    assert is_due(0, True, [], LOCAL)
    failed = run(LOCAL - timedelta(minutes=2), BackupOutcome.FAILED)
    assert not is_due(0, True, [failed], LOCAL)
    assert is_due(0, True, [failed], LOCAL + timedelta(minutes=10))
    assert is_due(0, True, [failed], LOCAL, at_lock=True)


def test_the_second_place_gets_one_a_day() -> None:
    assert not is_due(1, True, [run(LOCAL - timedelta(hours=2))], LOCAL)
    assert is_due(1, True, [run(LOCAL - timedelta(hours=20))], LOCAL)
    assert not is_due(1, True, [run(LOCAL - timedelta(hours=2))], LOCAL, at_lock=True)


def test_a_clock_set_back_still_lets_changes_be_backed_up() -> None:
    assert is_due(0, True, [run(LOCAL + timedelta(days=300))], LOCAL)


@pytest.mark.parametrize(
    ("hours", "state"),
    [(0, AgeState.OK), (24, AgeState.OK), (25, AgeState.YELLOW), (24 * 7, AgeState.YELLOW), (24 * 7 + 1, AgeState.RED)],
)
def test_age(hours: int, state: AgeState) -> None:
    assert age_of(LOCAL - timedelta(hours=hours), LOCAL).state is state


def test_never_backed_up_is_red_and_a_backup_of_the_future_yellow() -> None:
    assert age_of(None, LOCAL).state is AgeState.RED
    assert age_of(LOCAL + timedelta(days=2), LOCAL).state is AgeState.YELLOW


def test_a_drill_is_due_after_90_days() -> None:
    first = LOCAL - timedelta(days=200)
    assert not drill_is_due(None, None, LOCAL)
    assert drill_is_due(None, first, LOCAL)
    assert not drill_is_due(LOCAL - timedelta(days=89), first, LOCAL)
    assert drill_is_due(LOCAL - timedelta(days=90), first, LOCAL)


@given(st.integers(0, 100_000))
def test_20_or_5_per_cent_are_opened(objects: int) -> None:
    opened = to_open(objects)
    assert opened <= objects
    assert opened == objects or opened >= 20
    assert opened * 20 >= objects


def test_which_anchors_bind() -> None:
    first, second = BranchPoint("aa", 50), BranchPoint("bb", 80)
    assert anchor_binds(100, (), ())
    assert anchor_binds(50, (), (first,))
    assert not anchor_binds(51, (), (first,))
    assert anchor_binds(60, (first,), (first,))
    assert anchor_binds(60, (first,), (first, second))
    assert not anchor_binds(81, (first,), (first, second))
    assert not anchor_binds(60, (first,), (second,))
    assert anchor_binds(60, (first,), ())
