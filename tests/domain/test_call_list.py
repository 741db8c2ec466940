"""What one chose for the call list is kept as it was, and what cannot be read is as usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clinic_app.domain.call_list import (
    CallListChoices,
    Column,
    Columns,
    Grouping,
    ListShape,
    SavedView,
    SortKey,
    shipped_views,
)
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import DrugSupply, Flag, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter

TODAY = date(2026, 3, 19)
NARROW = CallListFilter(
    "meige",
    "Dr Rao",
    "ona",
    date(2026, 3, 13),
    date(2026, 4, 1),
    "Alwar",
    "Hindi",
    3,
    DrugSupply.NONE,
    Flag.MISSED,
    call_back=True,
    statuses=frozenset({FollowUpStatus.DUE}),
    words="asha",
    waits=True,
)
SHAPE = ListShape(Grouping.WEEK, (SortKey(Column.VILLAGE), SortKey(Column.CALL, falling=True)))


def test_what_was_chosen_comes_back_on_a_later_day() -> None:
    columns = Columns().toggled(Column.PHONE).moved(Column.PHONE, -4).sized(Column.PATIENT, 180)
    chosen = CallListChoices(columns, SHAPE).with_view(SavedView("  Mine  here ", NARROW, SHAPE))
    content = chosen.content(TODAY)
    assert CallListChoices.of(content, TODAY) == (chosen, False)
    later, broken = CallListChoices.of(content, date(2026, 3, 29))
    assert not broken
    assert later.views[0] == SavedView(
        "Mine here", replace(NARROW, words="", not_called_since=date(2026, 3, 23)), SHAPE
    )
    assert CallListChoices.of(None, TODAY) == (CallListChoices(), False)
    for spoilt in (
        {"columns": 3},
        {"views": [{"name": "x"}]},
        {"shape": {"grouping": "moon", "sort": []}},
        {"views": 1},
    ):
        found, broken = CallListChoices.of({**content, **spoilt}, TODAY)
        assert broken
        assert found.columns in (columns, Columns())
    unknown = {**content, "columns": {"order": ["gone", "phone"], "shown": ["phone"], "widths": {"phone": -1}}}
    kept = CallListChoices.of(unknown, TODAY)[0].columns
    assert kept.visible == (Column.PHONE, Column.PATIENT)
    assert set(kept.order) == set(Column)
    assert not kept.widths


def test_columns_move_past_each_other_and_the_patient_stays() -> None:
    columns = Columns()
    assert columns.toggled(Column.PATIENT) == columns
    assert columns.moved(Column.STATUS, -1) == columns
    assert columns.moved(Column.STATUS, 1).visible[:2] == (Column.PATIENT, Column.STATUS)
    assert columns.ordered(tuple(reversed(columns.visible))).visible == tuple(reversed(columns.visible))


def test_a_head_orders_rising_then_falling_then_by_urgency_and_a_second_follows() -> None:
    shape = ListShape()
    for wanted in (SortKey(Column.PATIENT), SortKey(Column.PATIENT, falling=True)):
        shape = shape.pressed(Column.PATIENT)
        assert shape.sort == (wanted,)
    second = shape.pressed(Column.CALL, more=True)
    assert second.sort == (SortKey(Column.PATIENT, falling=True), SortKey(Column.CALL))
    assert second.pressed(Column.CALL, more=True).sort[1] == SortKey(Column.CALL, falling=True)
    assert second.pressed(Column.VILLAGE, more=True).sort == (second.sort[0], SortKey(Column.VILLAGE))
    assert second.pressed(Column.VILLAGE).sort == (SortKey(Column.VILLAGE),)
    assert shape.pressed(Column.PATIENT).usual


def test_views_have_names_of_their_own() -> None:
    chosen = CallListChoices().with_view(SavedView("One")).with_view(SavedView("Two", NARROW))
    assert [one.name for one in chosen.with_view(SavedView("ONE", NARROW)).views] == ["ONE", "Two"]
    assert [one.name for one in chosen.renamed("one", "Three").views] == ["Three", "Two"]
    assert chosen.without_view("two").views == (SavedView("One"),)
    for name, code in ((" ", "view_name_missing"), ("x" * 61, "view_name_long")):
        with pytest.raises(RuleBroken, match=code):
            chosen.with_view(SavedView(name))
    with pytest.raises(RuleBroken, match="view_name_taken"):
        chosen.renamed("One", "two")
    with pytest.raises(RuleBroken, match="view_gone"):
        chosen.renamed("Four", "Five")
    for number in range(28):
        chosen = chosen.with_view(SavedView(f"View {number}"))
    with pytest.raises(RuleBroken, match="too_many_views"):
        chosen.with_view(SavedView("One more"))
    assert len({view.shipped for view in shipped_views()}) == 5
