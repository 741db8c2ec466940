from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.calendar import WorkingDays, months, weeks
from clinic_app.domain.forecast import (
    Booked,
    CaseAhead,
    CasesAhead,
    Forecast,
    ForecastDays,
    LeftOut,
    NextVisit,
    RepeatRule,
    VisitKind,
    forecast,
    next_visit,
    repeats_after,
)
from clinic_app.domain.schedule import ClinicRules, FollowUpStatus, status_of

ON = date(2026, 3, 19)  # a Thursday; Botox days are Tuesday and Friday
MONDAY = date(2026, 3, 16)
LAST = date(2026, 9, 13)
RULE = RepeatRule(months(3), weeks(12))
SIZES = {"ona": (Decimal(50), Decimal(100)), "abo": (Decimal(300), Decimal(500))}


def places(rules: ClinicRules) -> Mapping[date, int]:
    return {ON + timedelta(days=offset): rules.places_on(ON + timedelta(days=offset)) for offset in range(182)}


DAYS = ForecastDays(ON, places(ClinicRules()))


def a(opens: str | None = None, **more: Any) -> CaseAhead:
    """A case whose window opens on a day; further days as ISO text."""
    facts = {
        name: date.fromisoformat(one) if isinstance(one, str) and "-" in one else one for name, one in more.items()
    }
    case: Any = CaseAhead(date.fromisoformat(opens) if opens else None, None, RULE)
    changed: CaseAhead = case._replace(**facts)
    return changed


def counted(*cases: CaseAhead, several: tuple[tuple[CaseAhead, ...], ...] = ()) -> Forecast:
    return forecast(CasesAhead(tuple((one, 1) for one in cases), several), DAYS, {}, SIZES)


@pytest.mark.parametrize(
    ("case", "kind", "day"),
    [
        (a("2026-03-18"), VisitKind.NOW, None),
        (a("2026-03-19"), VisitKind.NOW, None),
        (a("2026-03-20"), VisitKind.EXPECTED, "2026-03-20"),
        (a("2026-04-05"), VisitKind.EXPECTED, "2026-04-05"),
        (a("2026-04-05", come_on="2026-04-20"), VisitKind.EXPECTED, "2026-04-20"),
        (a("2026-04-05", come_on="2026-03-30"), VisitKind.EXPECTED, "2026-04-05"),
        (a("2026-03-01", come_on="2026-04-20"), VisitKind.NOW, None),
        (a("2026-03-01", booked="2026-03-19"), VisitKind.BOOKED, "2026-03-19"),
        (a(booked="2026-05-05"), VisitKind.BOOKED, "2026-05-05"),
        (a("2026-03-01", booked="2026-09-13"), VisitKind.BOOKED, "2026-09-13"),
        (a("2026-03-01", held_from="2026-03-02", held_until="2026-04-10"), VisitKind.EXPECTED, "2026-04-11"),
        (a("2026-05-01", held_from="2026-03-02", held_until="2026-04-10"), VisitKind.EXPECTED, "2026-05-01"),
        (a("2026-05-01", held_from="2026-03-02", held_until="2026-05-01"), VisitKind.EXPECTED, "2026-05-02"),
        (a("2026-05-01", held_from="2026-05-01", held_until="2026-05-03"), VisitKind.EXPECTED, "2026-05-04"),
        (a("2026-03-01", held_from="2026-05-01", held_until="2026-05-03"), VisitKind.NOW, None),
        (a("2026-03-01", held_from="2026-01-01", held_until="2026-03-18"), VisitKind.NOW, None),
        (
            a("2026-03-01", come_on="2026-06-01", held_from="2026-03-02", held_until="2026-04-10"),
            VisitKind.EXPECTED,
            "2026-06-01",
        ),
        (a("2026-03-01", booked="2026-04-07", held_from="2026-03-02", held_until="2026-04-10"), VisitKind.BOOKED,
         "2026-04-07"),
        (a("2026-09-11"), VisitKind.EXPECTED, "2026-09-11"),
    ],
)  # fmt: skip
def test_the_next_visit_of_a_case(case: CaseAhead, kind: VisitKind, day: str | None) -> None:
    assert next_visit(case, DAYS) == NextVisit(kind, date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (a("2026-03-01", stopped=True), LeftOut.STOPPED),
        (a("2026-03-01", stopped=True, booked="2026-03-24"), LeftOut.STOPPED),
        (a(), LeftOut.NOT_STARTED),
        (a(held_from="2026-03-01", held_until="2026-04-01"), LeftOut.NOT_STARTED),
        (a("2026-03-01", held_from="2026-03-02", held_until="2026-09-13"), LeftOut.ON_HOLD),
        (a("2026-03-01", held_from="2026-03-02", held_until="9999-12-31"), LeftOut.ON_HOLD),
        (a("2026-03-01", held_from="2026-03-02", held_until="2026-09-12"), LeftOut.LATER),
        (a("2026-09-12"), LeftOut.LATER),
        (a("2027-01-01"), LeftOut.LATER),
        (a("2026-03-01", booked="2026-09-14"), LeftOut.LATER),
    ],
)
def test_why_a_case_has_no_next_visit(case: CaseAhead, why: LeftOut) -> None:
    assert next_visit(case, DAYS) is why


@pytest.mark.parametrize(
    ("case", "visit", "following"),
    [
        # 20 March + 3 months is a Saturday: the next Tuesday; from there 3 months are a Wednesday, hence Friday
        (a(), "2026-03-20", ["2026-06-23"]),
        (a()._replace(rule=RepeatRule(weeks(12), weeks(12))), "2026-03-20", ["2026-06-12", "2026-09-04"]),
        (a()._replace(rule=RepeatRule(weeks(10), weeks(12))), "2026-03-20", ["2026-06-12", "2026-09-04"]),
        (a()._replace(rule=RepeatRule(months(4), weeks(12))), "2026-03-20", ["2026-07-21"]),
        (a(held_from="2026-06-01", held_until="2026-07-01"), "2026-03-20", ["2026-07-03"]),
        (a(held_from="2026-06-01", held_until="9999-12-31"), "2026-03-20", []),
        (a(), "2026-06-12", []),
    ],
)
def test_repeats_follow_the_plan_of_the_case(case: CaseAhead, visit: str, following: list[str]) -> None:
    assert [str(day) for day in repeats_after(case, date.fromisoformat(visit), DAYS)] == following


def test_weeks_begin_on_monday_and_the_first_one_counts_from_today() -> None:
    found = counted()
    assert (found.weeks[0].first, found.weeks[0].last) == (ON, date(2026, 3, 22))
    assert (found.weeks[1].first, found.weeks[25].last) == (date(2026, 3, 23), LAST)
    assert [week.places for week in found.weeks[:2]] == [20, 40]  # the Tuesday of this week is over


def test_a_week_without_botox_day_expects_nobody_and_the_next_one_gets_them() -> None:
    closed = WorkingDays(closed=frozenset({date(2026, 3, 24), date(2026, 3, 27)}))
    days = ForecastDays(ON, places(ClinicRules(working_days=closed)))
    found = forecast(CasesAhead(((a("2026-03-24"), 3), (a("2026-03-31"), 2))), days, {}, SIZES)
    assert [week.places for week in found.weeks[:3]] == [20, 0, 40]
    assert [week.expected.cases for week in found.weeks[:3]] == [0, 0, 5]
    assert [week.opening for week in found.weeks[:3]] == [
        (date(2026, 3, 20), date(2026, 3, 20)),
        None,
        (date(2026, 3, 21), date(2026, 4, 3)),
    ]


def test_units_are_those_of_last_time_and_never_added_across_products() -> None:
    cases = [a("2026-03-24", product="ona", units=Decimal(units)) for units in (35, 120)]
    cases += [a("2026-03-24", product="abo", units=Decimal(700)), a("2026-03-24", product="ona")]
    cases += [a("2026-03-24", units=Decimal(40)), a("2026-03-24", product="new", units=Decimal(10))]
    need = counted(*cases).weeks[1].expected
    assert (need.cases, need.visits) == (6, 6)
    ona, abo, new, unknown = need.of("ona"), need.of("abo"), need.of("new"), need.of(None)
    assert [one.product for one in need.products] == ["abo", "new", "ona", None]
    assert (ona.units, ona.visits, ona.unknown, ona.discarded) == (Decimal(155), 3, 1, Decimal(45))
    assert ona.vials == ((Decimal(100), 1), (Decimal(50), 2))
    assert (abo.units, abo.vials, abo.discarded) == (Decimal(700), ((Decimal(500), 1), (Decimal(300), 1)), Decimal(100))
    assert (new.units, new.unsized, new.vials) == (Decimal(10), 1, ())
    assert (unknown.units, unknown.unknown) == (Decimal(0), 1)


def test_two_cases_of_a_patient_in_one_week_are_one_visit_and_share_their_vials() -> None:
    face, neck = a("2026-03-24", product="ona", units=Decimal(30)), a("2026-03-26", product="ona", units=Decimal(70))
    need = counted(several=((face, neck, a("2026-04-20")),)).weeks[1].expected
    assert (need.cases, need.visits) == (2, 1)
    assert (need.of("ona").units, need.of("ona").vials, need.of("ona").visits) == (
        Decimal(100),
        ((Decimal(100), 1),),
        1,
    )
    unknown = counted(several=((face, neck._replace(units=None)),)).weeks[1].expected.of("ona")
    assert (unknown.units, unknown.unknown) == (Decimal(0), 1)


def test_booked_days_are_days_of_their_own_each_with_its_vials() -> None:
    face = a("2026-03-01", booked="2026-03-24", product="ona", units=Decimal(40))
    neck = a("2026-03-01", booked="2026-03-27", product="ona", units=Decimal(60))
    need = counted(several=((face, neck),)).weeks[1].booked
    assert (need.cases, need.visits) == (2, 2)
    assert need.of("ona").vials == ((Decimal(100), 1), (Decimal(50), 1))
    together = neck._replace(booked=face.booked, last_booked=face.last_booked)
    need = counted(several=((face, together),)).weeks[1].booked
    assert (need.cases, need.visits, need.of("ona").vials) == (2, 1, ((Decimal(100), 1),))


def test_every_booking_of_a_case_is_a_visit_with_what_is_brought_to_it() -> None:
    days = [date(2026, 3, 24), date(2026, 4, 14), date(2026, 6, 30)]
    bookings = (Booked(days[0]), Booked(days[1], "abo"), Booked(days[1]), Booked(days[2], "ona"))
    case = a("2026-03-01", booked=f"{days[0]}", last_booked=f"{days[2]}", product="ona", units=Decimal(40))
    found = counted(case._replace(bookings=bookings))
    booked = [
        (number, week.booked.cases, week.booked.visits) for number, week in enumerate(found.weeks) if week.booked.visits
    ]
    assert booked == [(1, 1, 1), (4, 0, 1), (15, 0, 1)]
    assert found.weeks[4].booked.of("abo").unknown == 1
    assert found.weeks[4].booked.of("ona").visits == 0
    assert found.weeks[15].booked.of("ona").units == Decimal(40)
    assert found.cases == found.total == 1


def test_nobody_knows_when_those_who_need_a_place_now_will_come() -> None:
    found = counted(a("2026-01-01", product="ona", units=Decimal(50)))
    assert (found.now.cases, found.now.of("ona").units) == (1, Decimal(50))
    assert not any(week.visits for week in found.weeks)


def test_repeats_follow_the_last_of_several_bookings() -> None:
    found = counted(a("2026-03-01", booked="2026-03-24", last_booked="2026-04-14"))
    assert found.weeks[1].booked.cases == 1
    assert [number for number, week in enumerate(found.weeks) if week.repeats.cases] == [17]  # 14 July


day_near = st.none() | st.integers(-200, 260).map(lambda days: ON + timedelta(days=days))


@st.composite
def random_case(draw: st.DrawFn) -> CaseAhead:
    booked = draw(st.none() | st.integers(0, 240).map(lambda days: ON + timedelta(days=days)))
    held_from = draw(day_near)
    held_until = held_from and held_from + timedelta(days=draw(st.integers(0, 300)))
    return CaseAhead(
        draw(day_near),
        draw(day_near),
        draw(st.sampled_from([RULE, RepeatRule(weeks(14), weeks(12)), RepeatRule(weeks(1), weeks(1))])),
        draw(st.sampled_from(["ona", "abo", "new", None])),
        draw(st.none() | st.integers(1, 900).map(Decimal)),
        booked,
        booked and booked + timedelta(days=draw(st.sampled_from([0, 0, 90]))),
        draw(st.sampled_from([False, False, False, True])),
        held_from,
        held_until,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(random_case(), max_size=12), st.lists(st.lists(random_case(), min_size=1, max_size=3), max_size=4))
def test_every_case_is_counted_once_or_said_to_be_left_out(
    lone: list[CaseAhead], several: list[list[CaseAhead]]
) -> None:
    found = counted(*lone, several=tuple(map(tuple, several)))
    cases = [*lone, *(case for patient in several for case in patient)]
    assert found.total == len(cases)
    counts = [need.cases for week in found.weeks for need in (week.booked, week.expected)]
    assert found.cases == found.now.cases + sum(counts)
    visits = [one for one in (next_visit(case, DAYS) for case in cases) if isinstance(one, NextVisit)]
    assert len(visits) == found.cases
    for number, week in enumerate(found.weeks):
        booked = [one for one in visits if one.kind is VisitKind.BOOKED and one.day and DAYS.week_of(one.day) == number]
        assert week.booked.cases == len(booked)
        opening = week.opening or (LAST, MONDAY)
        expected = [
            one for one in visits if one.kind is VisitKind.EXPECTED and one.day and opening[0] <= one.day <= opening[1]
        ]
        assert week.expected.cases == len(expected)
    for need in found.needs():
        assert need.visits <= need.cases
        for one in need.products:
            opened = sum((size * count for size, count in one.vials), Decimal(0))
            assert one.unsized or opened == one.units + one.discarded


@settings(max_examples=60, deadline=None)
@given(random_case())
def test_now_is_what_the_call_list_calls_overdue_or_due(case: CaseAhead) -> None:
    held = case.held_from is not None and case.held_until is not None and case.held_from <= ON <= case.held_until
    opens = case.opens
    status = status_of(
        stopped=case.stopped, held=held, booked=case.booked is not None, opens=opens,
        closes=opens and opens + timedelta(days=30), on=ON,
    )  # fmt: skip
    waiting = next_visit(case, DAYS) == NextVisit(VisitKind.NOW, None)
    assert waiting == (status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE))
