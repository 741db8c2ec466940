"""Design sections 5.1 and 5.2, row by row and sentence by sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import Span, WorkingDays, add_months, days, months, weeks
from clinic_app.domain.cases import Hold, ReinjectionPlan, Stop, StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    BotoxDay,
    CaseFacts,
    ClinicRules,
    Decision,
    DecisionKind,
    DrugSupply,
    Flag,
    FollowUpStatus,
    MinimumIntervals,
    OverdueGrade,
    ToxinEvent,
    call_again_on,
    check_booking,
    check_not_before_earliest,
    earliest_for_giving,
    follow_up,
    overdue_grade,
    reinjection_window,
    status_of,
    suggested_call_again,
    urgency,
)
from tests.domain.builders import (
    CASE,
    OTHER_CASE,
    QUICK,
    RULES,
    at,
    booking,
    call,
    day,
    days_of_life,
    elsewhere,
    events,
    facts,
    histories,
    plans,
    session,
    window_histories,
)

ON = day("2026-03-19")
FAR_AHEAD = day("2030-01-01")
S = FollowUpStatus


def window_days(
    known: CaseFacts, on: date = FAR_AHEAD, rules: ClinicRules = RULES
) -> tuple[str | None, str | None, str | None]:
    found = reinjection_window(known, rules, on)
    return tuple(one.isoformat() if one else None for one in (found.earliest, found.opens, found.closes))  # type: ignore[return-value]


def plan_of(opens: Span, closes: Span) -> ReinjectionPlan:
    return ReinjectionPlan(opens, closes).checked()


# --- 5.1 the table ---------------------------------------------------------------------------------------------

TABLE = [
    (facts(session("2026-01-05")), "2026-03-30", "2026-04-05", "2026-05-05", "2026-05-06"),
    (facts(session("2025-07-01")), "2025-09-23", "2025-10-01", "2025-11-01", "2025-11-02"),
    (facts(session("2025-11-28")), "2026-02-20", "2026-02-28", "2026-03-28", "2026-03-29"),
    (facts(session("2025-11-30")), "2026-02-22", "2026-03-01", "2026-03-30", "2026-03-31"),
    (facts(session("2023-11-30")), "2024-02-22", "2024-03-01", "2024-03-30", "2024-03-31"),
    (facts(session("2026-05-31")), "2026-08-23", "2026-08-31", "2026-10-01", "2026-10-02"),
    (facts(session("2026-01-05"), elsewhere("2026-02-16")), "2026-05-11", "2026-05-11", "2026-06-10", "2026-06-11"),
    (
        facts(session("2026-01-05"), plan=plan_of(weeks(14), weeks(18))),
        "2026-03-30",
        "2026-04-13",
        "2026-05-11",
        "2026-05-12",
    ),
    (
        facts(session("2026-01-05"), plan=plan_of(weeks(10), weeks(14))),
        "2026-03-30",
        "2026-03-30",
        "2026-04-27",
        "2026-04-28",
    ),
]


@pytest.mark.parametrize(("known", "earliest", "opens", "closes", "overdue_from"), TABLE)
def test_the_table_of_last_sessions(
    known: CaseFacts, earliest: str, opens: str, closes: str, overdue_from: str
) -> None:
    assert window_days(known) == (earliest, opens, closes)
    first_over = day(overdue_from)
    assert follow_up(known, RULES, first_over).status is S.OVERDUE
    assert follow_up(known, RULES, first_over).days_overdue == 1
    assert follow_up(known, RULES, first_over - timedelta(days=1)).status is S.DUE
    assert follow_up(known, RULES, day(opens)).status is S.DUE
    assert follow_up(known, RULES, day(opens) - timedelta(days=1)).status is S.COMING


# --- the worked examples of the competitors page, 9.7, with our rules ------------------------------------------

TEN_WEEKS = ClinicRules(MinimumIntervals(pairs={("ona", None): weeks(10)}))
WORKED = [
    (facts(session("2026-01-05"), plan=plan_of(weeks(12), weeks(16))), RULES, "2026-03-30", "2026-03-30", "2026-04-27"),
    (facts(session("2026-01-05"), plan=plan_of(weeks(14), weeks(18))), RULES, "2026-03-30", "2026-04-13", "2026-05-11"),
    (
        facts(session("2026-01-05"), elsewhere("2026-02-16"), plan=plan_of(weeks(12), weeks(16))),
        RULES,
        "2026-05-11",
        "2026-05-11",
        "2026-06-08",
    ),
    (
        facts(session("2026-01-05"), plan=plan_of(weeks(10), weeks(16))),
        TEN_WEEKS,
        "2026-03-16",
        "2026-03-16",
        "2026-04-27",
    ),
]
"""A window that is pushed back keeps its width: the third closes on 8 June, not on the day it opens."""


@pytest.mark.parametrize(("known", "rules", "earliest", "opens", "closes"), WORKED)
def test_the_worked_examples(known: CaseFacts, rules: ClinicRules, earliest: str, opens: str, closes: str) -> None:
    assert window_days(known, rules=rules) == (earliest, opens, closes)


def test_a_worked_booking_is_ten_days_too_early() -> None:
    known = facts(session("2026-01-05"), plan=plan_of(weeks(12), weeks(16)), appointments=(booking("2026-03-20"),))
    found = follow_up(known, RULES, ON)
    assert found.status is S.BOOKED
    assert Flag.TOO_EARLY in found.flags
    assert found.appointment is not None
    assert found.window.earliest is not None
    assert (found.window.earliest - found.appointment.day).days == 10


# --- 5.1 toxin events and minimum intervals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "earliest"),
    [
        (session("2026-02-16"), "2026-05-11"),
        (session("2026-02-16", restarts=False), "2026-05-11"),
        (session("2026-02-16", case=OTHER_CASE), "2026-05-11"),
        (session("2026-02-16", case=OTHER_CASE, restarts=False), "2026-05-11"),
        (elsewhere("2026-02-16"), "2026-05-11"),
        (elsewhere("2026-02-16", product=None), "2026-05-11"),
        (elsewhere("2026-02-16", case=CASE), "2026-05-11"),
        (elsewhere("2026-02-16", case=OTHER_CASE), "2026-05-11"),
        (session("2026-02-16", finalised=False), "2026-05-11"),
        (session("2026-02-16", units=None), "2026-05-11"),
        (session("2025-12-01", case=OTHER_CASE), "2026-03-30"),
    ],
)
def test_every_toxin_event_of_the_patient_counts_for_earliest(event: ToxinEvent, earliest: str) -> None:
    assert window_days(facts(session("2026-01-05"), event))[0] == earliest


def test_the_minimum_interval_is_twelve_weeks_for_every_pair() -> None:
    shipped = MinimumIntervals()
    for product in ("ona", "abo", "inco", "rima", "daxi", "a product of the clinic"):
        for condition in ("cervical_dystonia", None):
            assert shipped.of(product, condition, ON) == weeks(12)


def test_only_a_setting_of_the_clinic_makes_an_interval_shorter_by_product_and_condition() -> None:
    own = MinimumIntervals(pairs={("inco", "cervical_dystonia"): weeks(10), ("inco", None): weeks(11)})
    assert own.of("inco", "cervical_dystonia", ON) == weeks(10)
    assert own.of("inco", "hemifacial_spasm", ON) == weeks(11)
    assert own.of("inco", None, ON) == weeks(11)
    assert own.of("ona", "cervical_dystonia", ON) == weeks(12)
    rules = ClinicRules(minimum=own)
    neck = session("2026-01-05", product="inco", case=OTHER_CASE)
    assert window_days(facts(neck), rules=rules)[0] == "2026-03-16"
    eyes = replace(neck, condition="blepharospasm_bilateral")
    assert window_days(facts(eyes), rules=rules)[0] == "2026-03-23"


@pytest.mark.parametrize(
    ("clinic", "expected"),
    [(weeks(10), weeks(12)), (weeks(12), weeks(12)), (weeks(16), weeks(16)), (months(3), months(3))],
)
def test_an_unknown_product_waits_the_clinics_minimum_and_at_least_twelve_weeks(clinic: Span, expected: Span) -> None:
    assert MinimumIntervals(clinic).of(None, "cervical_dystonia", day("2026-01-05")) == expected


def test_earliest_is_the_latest_of_all_events_not_that_of_the_last_event() -> None:
    rules = ClinicRules(minimum=MinimumIntervals(pairs={("daxi", None): weeks(20)}))
    known = facts(session("2026-01-05", product="daxi"), session("2026-02-02", case=OTHER_CASE))
    assert window_days(known, rules=rules)[0] == "2026-05-25"


# --- 5.1 last ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "last"),
    [
        ((session("2026-01-05"), session("2025-09-01")), "2026-01-05"),
        ((session("2026-01-05"), session("2026-02-01", restarts=False)), "2026-01-05"),
        ((session("2026-01-05"), session("2026-02-01", restarts=True)), "2026-02-01"),
        ((session("2026-01-05"), elsewhere("2026-02-01", case=CASE)), "2026-02-01"),
        ((session("2026-01-05"), elsewhere("2026-02-01", case=CASE, product=None)), "2026-02-01"),
        ((session("2026-01-05"), elsewhere("2025-12-01", case=CASE)), "2026-01-05"),
        ((session("2026-01-05"), elsewhere("2026-02-01")), "2026-01-05"),
        ((session("2026-01-05"), elsewhere("2026-02-01", case=OTHER_CASE)), "2026-01-05"),
        ((session("2026-01-05"), session("2026-02-01", case=OTHER_CASE)), "2026-01-05"),
        ((elsewhere("2026-02-01", case=CASE),), "2026-02-01"),
        ((session("2026-02-01", restarts=False),), None),
        ((elsewhere("2026-02-01"),), None),
        ((session("2026-02-01", case=OTHER_CASE),), None),
        ((), None),
    ],
)
def test_last_is_the_last_full_session_or_external_toxin_that_names_the_case(
    history: tuple[ToxinEvent, ...], last: str | None
) -> None:
    for order in (history, history[::-1]):
        window = reinjection_window(facts(*order), RULES, day("2026-06-01"))
        assert (window.last.day.isoformat() if window.last else None) == last


def test_of_a_session_and_external_toxin_on_one_day_the_session_is_last() -> None:
    both = (elsewhere("2026-01-05", case=CASE), session("2026-01-05", number=3))
    for order in (both, both[::-1]):
        window = reinjection_window(facts(*order), RULES, ON)
        assert window.last is not None
        assert not window.last.external


def test_a_touch_up_pushes_earliest_but_keeps_the_window_counted_from_the_full_session() -> None:
    assert window_days(facts(session("2026-01-05"), session("2026-01-26", restarts=False))) == (
        "2026-04-20",
        "2026-04-20",
        "2026-05-20",
    )


def test_a_touch_up_restarts_the_window_when_the_doctor_says_so() -> None:
    assert window_days(facts(session("2026-01-05"), session("2026-01-26", restarts=True))) == (
        "2026-04-20",
        "2026-04-26",
        "2026-05-26",
    )


# --- 5.1 independence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "ignored"),
    [
        (session("2026-02-16", case=OTHER_CASE), True),
        (session("2026-02-16", case=OTHER_CASE, restarts=False), True),
        (elsewhere("2026-02-16", case=OTHER_CASE), True),
        (elsewhere("2026-02-16"), False),
        (elsewhere("2026-02-16", case=CASE), False),
        (session("2026-02-16", case=3), False),
        (session("2026-02-16", restarts=False), False),
    ],
)
def test_independent_cases_ignore_each_others_toxin_external_that_names_only_the_other_included(
    event: ToxinEvent, ignored: bool
) -> None:
    known = facts(session("2026-01-05"), event, independent_of=frozenset({OTHER_CASE}))
    assert window_days(known)[0] == ("2026-03-30" if ignored else "2026-05-11")


# --- 5.1 opens and closes ---------------------------------------------------------------------------------------


def test_a_window_pushed_back_keeps_its_width() -> None:
    width = day("2026-05-05") - day("2026-04-05")
    window = reinjection_window(facts(session("2026-01-05"), elsewhere("2026-03-01")), RULES, day("2026-06-01"))
    assert window.opens == window.earliest == day("2026-05-24")
    assert window.closes == day("2026-05-24") + width
    assert window.why_opens.code == "pushed_to_earliest"
    assert window.why_closes.code == "width_kept"


def test_each_date_says_why() -> None:
    window = reinjection_window(facts(session("2026-01-05")), RULES, ON)
    assert (window.why_earliest.code, window.why_opens.code, window.why_closes.code) == (
        "minimum_interval",
        "plan",
        "plan",
    )
    assert window.why_earliest.params == {
        "span": weeks(12),
        "product": "ona",
        "day": day("2026-01-05"),
        "other_case": False,
        "elsewhere": False,
    }
    assert window.why_opens.params["span"] == months(3)
    assert window.why_closes.params["span"] == months(4)
    assert window.why_opens.params["level"] == "clinic"


def test_why_names_toxin_of_another_diagnosis_and_from_elsewhere() -> None:
    other = reinjection_window(facts(session("2026-01-05"), session("2026-02-01", case=OTHER_CASE)), RULES, ON)
    assert other.why_earliest.params["other_case"]
    outside = reinjection_window(facts(session("2026-01-05"), elsewhere("2026-02-01")), RULES, ON)
    assert outside.why_earliest.params["elsewhere"]
    assert not outside.why_earliest.params["other_case"]


def test_why_names_the_cases_own_injection_where_two_of_one_visit_decide() -> None:
    visit = (session("2026-01-05", case=OTHER_CASE, product="abo"), session("2026-01-05"))
    for order in (visit, visit[::-1]):
        window = reinjection_window(facts(*order), RULES, ON)
        assert window.why_earliest.params["product"] == "ona"
        assert not window.why_earliest.params["other_case"]


# --- 5.1 come on ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("come_on", "expected", "too_early"),
    [
        ("2026-04-20", ("2026-03-30", "2026-04-05", "2026-05-05"), False),
        ("2026-04-05", ("2026-03-30", "2026-04-05", "2026-05-05"), False),
        ("2026-05-05", ("2026-03-30", "2026-04-05", "2026-05-05"), False),
        ("2026-04-01", ("2026-03-30", "2026-04-01", "2026-05-05"), False),
        ("2026-03-30", ("2026-03-30", "2026-03-30", "2026-05-05"), False),
        ("2026-06-15", ("2026-03-30", "2026-04-05", "2026-06-15"), False),
        ("2026-03-29", ("2026-03-30", "2026-03-30", "2026-05-05"), True),
        ("2026-02-01", ("2026-03-30", "2026-03-30", "2026-05-05"), True),
    ],
)
def test_come_on_stretches_the_window_to_include_it_but_never_below_earliest(
    come_on: str, expected: tuple[str, str, str], too_early: bool
) -> None:
    known = facts(session("2026-01-05", come_on=come_on))
    assert window_days(known) == expected
    window = reinjection_window(known, RULES, ON)
    assert window.come_on == day(come_on), "an earlier one is kept"
    assert window.come_on_too_early is too_early


def test_come_on_is_ignored_once_a_later_session_is_given() -> None:
    known = facts(session("2026-01-05", come_on="2026-06-15"), session("2026-04-10"))
    assert reinjection_window(known, RULES, day("2026-04-10")).come_on is None
    assert reinjection_window(known, RULES, day("2026-04-09")).come_on == day("2026-06-15")


def test_come_on_is_ignored_when_the_day_lies_before_its_session() -> None:
    known = facts(session("2025-09-01"), session("2026-01-05", come_on="2026-06-15"))
    assert reinjection_window(known, RULES, day("2026-01-04")).come_on is None


def test_come_on_belongs_to_its_own_case() -> None:
    known = facts(session("2026-01-05"), session("2026-01-05", case=OTHER_CASE, come_on="2026-06-15"))
    assert reinjection_window(known, RULES, ON).come_on is None


def test_external_toxin_that_names_the_case_begins_a_new_cycle_without_the_old_come_on() -> None:
    known = facts(session("2026-01-05", come_on="2026-06-15"), elsewhere("2026-02-01", case=CASE))
    assert reinjection_window(known, RULES, ON).come_on is None
    unnamed = facts(session("2026-01-05", come_on="2026-06-15"), elsewhere("2026-02-01"))
    assert reinjection_window(unnamed, RULES, ON).come_on == day("2026-06-15")


def test_come_on_outlives_a_touch_up_of_its_cycle_unless_that_says_another() -> None:
    first = session("2026-01-05", come_on="2026-06-15")
    silent = facts(first, session("2026-01-26", restarts=False))
    assert reinjection_window(silent, RULES, ON).come_on == day("2026-06-15")
    said = facts(first, session("2026-01-26", restarts=False, come_on="2026-07-01"))
    assert reinjection_window(said, RULES, ON).come_on == day("2026-07-01")


# --- 5.2 status -------------------------------------------------------------------------------------------------


def table_of_5_2(
    *, stopped: bool, held: bool, booked: bool, opens: date | None, closes: date | None, today: date
) -> list[FollowUpStatus]:
    """The table of design section 5.2, read anew: every row that applies, in its order."""
    rows: list[FollowUpStatus] = []
    if stopped:
        rows.append(S.STOPPED)
    if held:
        rows.append(S.ON_HOLD)
    if booked:
        rows.append(S.BOOKED)
    if opens is None or closes is None:
        rows.append(S.NOT_STARTED)
        return rows
    if today > closes:
        rows.append(S.OVERDUE)
    if opens <= today <= closes:
        rows.append(S.DUE)
    if opens - timedelta(days=21) <= today < opens:
        rows.append(S.COMING)
    if today < opens - timedelta(days=21):
        rows.append(S.NOT_DUE)
    return rows


@QUICK
@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), days_of_life),
    st.integers(0, 200),
    days_of_life,
)
def test_first_match_wins_and_every_combination_has_one(
    stopped: bool, held: bool, booked: bool, opens: date | None, width: int, on: date
) -> None:
    closes = opens + timedelta(days=width) if opens else None
    rows = table_of_5_2(stopped=stopped, held=held, booked=booked, opens=opens, closes=closes, today=on)
    assert status_of(stopped=stopped, held=held, booked=booked, opens=opens, closes=closes, on=on) is rows[0]
    assert len([row for row in rows if row in (S.OVERDUE, S.DUE, S.COMING, S.NOT_DUE, S.NOT_STARTED)]) == 1


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2026-03-14", S.NOT_DUE),
        ("2026-03-15", S.COMING),
        ("2026-04-04", S.COMING),
        ("2026-04-05", S.DUE),
        ("2026-05-05", S.DUE),
        ("2026-05-06", S.OVERDUE),
    ],
)
def test_the_edges_of_coming_due_and_overdue(on: str, status: FollowUpStatus) -> None:
    assert follow_up(facts(session("2026-01-05")), RULES, day(on)).status is status


HELD = Hold(day("2026-03-01"), day("2026-05-05"))
STOPPED = Stop(day("2026-03-01"), StopReason.MOVED)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"stops": (STOPPED,), "holds": (HELD,), "appointments": (booking("2026-04-07"),)}, S.STOPPED),
        ({"holds": (HELD,), "appointments": (booking("2026-05-12"),)}, S.ON_HOLD),
        ({"appointments": (booking("2026-04-07"),)}, S.BOOKED),
        ({}, S.COMING),
    ],
)
def test_stopped_before_on_hold_before_booked_before_the_rest(more: dict[str, object], status: FollowUpStatus) -> None:
    assert follow_up(facts(session("2026-01-05"), **more), RULES, ON).status is status


def test_booked_comes_before_not_started() -> None:
    assert follow_up(facts(appointments=(booking("2026-04-07"),)), RULES, ON).status is S.BOOKED
    assert follow_up(facts(), RULES, ON).status is S.NOT_STARTED


@pytest.mark.parametrize(
    "history", [(), (session("2026-02-01", restarts=False),), (session("2026-02-01", case=OTHER_CASE),)]
)
def test_not_started_has_no_window_but_may_have_an_earliest(history: tuple[ToxinEvent, ...]) -> None:
    answer = follow_up(facts(*history), RULES, ON)
    assert answer.status is S.NOT_STARTED
    assert (answer.window.opens, answer.window.closes) == (None, None)
    assert answer.window.earliest == (day("2026-04-26") if history else None)


@pytest.mark.parametrize("status", AppointmentStatus)
@pytest.mark.parametrize(("on", "counts"), [("2026-03-18", False), ("2026-03-19", True), ("2026-04-30", True)])
def test_booked_is_a_live_booking_dated_today_or_later(status: AppointmentStatus, on: str, counts: bool) -> None:
    live = status.value in ("booked", "confirmed", "arrived", "in_room")
    answer = follow_up(facts(session("2026-01-05"), appointments=(booking(on, status),)), RULES, ON)
    assert (answer.status is S.BOOKED) is (live and counts)


def test_a_cancelled_or_missed_booking_falls_back_by_itself() -> None:
    for status in (
        AppointmentStatus.CANCELLED_BY_CLINIC,
        AppointmentStatus.CANCELLED_BY_PATIENT,
        AppointmentStatus.NO_SHOW,
    ):
        known = facts(session("2025-12-10"), appointments=(booking("2026-03-24", status),))
        assert follow_up(known, RULES, ON).status is S.DUE
    passed = facts(session("2025-12-10"), appointments=(booking("2026-03-18"),))
    assert follow_up(passed, RULES, ON).status is S.DUE


def test_the_next_of_several_bookings_is_named() -> None:
    known = facts(session("2026-01-05"), appointments=(booking("2026-04-14", token=2), booking("2026-04-07", token=9)))
    answer = follow_up(known, RULES, ON)
    assert answer.appointment is not None
    assert answer.appointment.day == day("2026-04-07")


@pytest.mark.parametrize(
    ("on", "held"), [("2026-02-28", False), ("2026-03-01", True), ("2026-05-05", True), ("2026-05-06", False)]
)
def test_on_hold_until_a_date_that_has_not_passed(on: str, held: bool) -> None:
    answer = follow_up(facts(session("2026-01-05"), holds=(HELD,)), RULES, day(on))
    assert (answer.status is S.ON_HOLD) is held
    assert (answer.hold is not None) is held


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, True),
        ({"holds": (HELD,)}, False),
        ({"holds": (HELD,), "calls": (call("2026-03-10", Attempt.WORN_OFF, again="2026-03-12"),)}, True),
        ({"stops": (Stop(day("2026-02-01"), StopReason.REMISSION),)}, False),
        (
            {
                "stops": (Stop(day("2026-02-01"), StopReason.REMISSION),),
                "calls": (call("2026-03-10", Attempt.WORN_OFF, again="2026-03-12"),),
            },
            False,
        ),
    ],
)
def test_a_call_is_offered_but_for_stopped_and_for_held_without_a_call_back(
    more: dict[str, object], offered: bool
) -> None:
    assert follow_up(facts(session("2026-01-05"), **more), RULES, day("2026-03-12")).offers_call is offered


def test_a_hold_ended_early_is_over_from_that_day() -> None:
    known = facts(session("2026-01-05"), holds=(replace(HELD, ended_on=day("2026-03-19")),))
    assert follow_up(known, RULES, day("2026-03-18")).status is S.ON_HOLD
    assert follow_up(known, RULES, day("2026-03-19")).status is S.COMING


@pytest.mark.parametrize("reason", StopReason)
def test_a_stop_counts_from_its_day_until_it_is_taken_back(reason: StopReason) -> None:
    known = facts(session("2026-01-05"), stops=(Stop(ON, reason, ended_on=day("2026-04-10")),))
    assert follow_up(known, RULES, day("2026-03-18")).status is S.COMING
    stopped = follow_up(known, RULES, ON)
    assert stopped.status is S.STOPPED
    assert stopped.stop is not None
    assert stopped.stop.reason is reason
    assert follow_up(known, RULES, day("2026-04-10")).status is S.DUE


# --- 5.2 overdue ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "grade"),
    [
        (0, None),
        (-3, None),
        (1, OverdueGrade.MILD),
        (28, OverdueGrade.MILD),
        (29, OverdueGrade.MARKED),
        (84, OverdueGrade.MARKED),
        (85, OverdueGrade.LONG),
        (400, OverdueGrade.LONG),
    ],
)
def test_overdue_is_graded_1_to_28_29_to_84_and_longer(count: int, grade: OverdueGrade | None) -> None:
    assert overdue_grade(count) is grade


def test_days_overdue_are_0_where_not_overdue() -> None:
    late = day("2026-05-15")
    assert follow_up(facts(session("2026-01-05")), RULES, late).days_overdue == 10
    held = facts(session("2026-01-05"), holds=(Hold(ON, day("2026-06-01")),))
    assert follow_up(held, RULES, late).days_overdue == 0
    booked = facts(session("2026-01-05"), appointments=(booking("2026-05-19"),))
    assert follow_up(booked, RULES, late).days_overdue == 0


# --- 5.2 flags --------------------------------------------------------------------------------------------------


def flags(known: CaseFacts, on: str | date = ON) -> set[str]:
    return {flag.value for flag in follow_up(known, RULES, day(on) if isinstance(on, str) else on).flags}


def test_the_codes_of_the_flags() -> None:
    assert [flag.value for flag in Flag] == (
        ["too_early", "late", "missed", "ask_doctor", "not_seen", "not_finalised", "drug_missing", "after_photo"]
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-03-29", {"too_early"}),
        ("2026-03-30", set()),
        ("2026-04-05", set()),
        ("2026-05-05", set()),
        ("2026-05-06", {"late"}),
    ],
)
def test_too_early_and_late_are_of_a_booking_before_earliest_or_after_closes(on: str, expected: set[str]) -> None:
    assert flags(facts(session("2026-01-05"), appointments=(booking(on),))) == expected


def test_a_first_booking_is_too_early_after_toxin_for_another_diagnosis() -> None:
    known = facts(session("2026-01-05", case=OTHER_CASE), appointments=(booking("2026-03-29"),))
    assert flags(known) == {"too_early"}


@pytest.mark.parametrize(
    ("missed_on", "on", "expected"),
    [
        ("2026-03-10", "2026-03-19", {"missed"}),
        ("2025-12-10", "2026-03-19", set()),
        ("2026-01-05", "2026-03-19", set()),
        ("2026-03-19", "2026-03-18", set()),
    ],
)
def test_missed_is_a_no_show_since_the_last_session(missed_on: str, on: str, expected: set[str]) -> None:
    known = facts(session("2026-01-05"), appointments=(booking(missed_on, AppointmentStatus.NO_SHOW),))
    assert flags(known, on) == expected


def test_a_no_show_before_any_session_is_missed() -> None:
    assert flags(facts(appointments=(booking("2026-03-10", AppointmentStatus.NO_SHOW),))) == {"missed"}


NO, FAMILY, OFF = Attempt.NO_ANSWER, Attempt.TOLD_FAMILY, Attempt.SWITCHED_OFF


@pytest.mark.parametrize(
    ("made", "asks"),
    [
        ([("2026-03-12", NO), ("2026-03-14", NO), ("2026-03-17", NO)], True),
        ([("2026-03-12", NO), ("2026-03-14", FAMILY), ("2026-03-17", OFF)], True),
        ([("2026-03-12", NO), ("2026-03-14", NO)], False),
        ([("2026-03-12", NO), ("2026-03-12", NO), ("2026-03-14", NO)], False),
        ([("2026-03-09", NO), ("2026-03-12", NO), ("2026-03-14", NO)], False),
        ([("2026-03-10", NO), ("2026-03-12", NO), ("2026-03-14", NO)], True),
        ([("2026-03-12", NO), ("2026-03-14", NO), ("2026-03-16", Attempt.WILL_COME), ("2026-03-17", NO)], False),
        ([("2026-03-12", NO), ("2026-03-14", NO), ("2026-03-16", NO), ("2026-03-17", Attempt.WILL_COME)], False),
        ([("2026-03-12", NO), ("2026-03-14", NO), ("2026-03-16", NO), ("2026-03-17", Attempt.WANTS_DATE)], False),
        ([("2026-03-12", Attempt.DECLINED)], True),
        ([("2026-02-01", Attempt.DECLINED)], True),
        ([("2026-03-12", Attempt.WRONG_NUMBER)], True),
        ([("2026-03-12", Attempt.WRONG_NUMBER), ("2026-03-14", NO)], True),
        ([("2026-03-12", Attempt.DECLINED), ("2026-03-14", Attempt.WORN_OFF)], False),
        ([("2026-03-12", Attempt.DECLINED), ("2026-03-14", Attempt.CANNOT_COME_MONEY)], False),
        ([("2026-03-12", Attempt.BOOKED)], False),
    ],
)
def test_ask_doctor_after_three_attempts_on_three_days_since_opens_or_declined_or_wrong_number(
    made: list[tuple[str, Attempt]], asks: bool
) -> None:
    known = facts(session("2025-12-10"), calls=tuple(call(on, outcome) for on, outcome in made))
    assert reinjection_window(known, RULES, ON).opens == day("2026-03-10")
    assert ("ask_doctor" in flags(known)) is asks


@pytest.mark.parametrize("kind", DecisionKind)
def test_ask_doctor_until_a_decision_is_recorded(kind: DecisionKind) -> None:
    declined = facts(session("2025-12-10"), calls=(call("2026-03-12", Attempt.DECLINED),))
    assert "ask_doctor" in flags(declined)
    decided = replace(declined, decisions=(Decision(day("2026-03-16"), kind),))
    assert "ask_doctor" not in flags(decided)
    assert "ask_doctor" in flags(decided, "2026-03-15"), "a decision after the day asked about is not known yet"


def test_after_a_decision_the_attempts_are_counted_anew() -> None:
    tries = [call(f"2026-03-{on}", NO) for on in (11, 12, 13, 17, 18)]
    known = facts(
        session("2025-12-10"), calls=tuple(tries), decisions=(Decision(day("2026-03-14"), DecisionKind.GO_ON),)
    )
    assert "ask_doctor" not in flags(known)
    more = replace(known, calls=(*tries, call("2026-03-19", NO)))
    assert "ask_doctor" in flags(more)


def test_a_decision_of_the_day_answers_the_calls_before_it_only() -> None:
    calls = (call("2026-03-16", Attempt.DECLINED, clock="09:00"), call("2026-03-16", Attempt.DECLINED, clock="15:00"))
    decided = Decision(day("2026-03-16"), DecisionKind.GO_ON, at("2026-03-16", "12:00"))
    assert "ask_doctor" in flags(facts(session("2025-12-10"), calls=calls, decisions=(decided,)))
    assert "ask_doctor" not in flags(facts(session("2025-12-10"), calls=calls[:1], decisions=(decided,)))


def test_times_with_and_without_a_zone_can_stand_beside_each_other() -> None:
    made = replace(
        call("2026-03-16", Attempt.DECLINED), at=datetime(2026, 3, 16, 9, tzinfo=timezone(timedelta(hours=5)))
    )
    known = facts(session("2025-12-10"), calls=(made,), decisions=(Decision(day("2026-03-16"), DecisionKind.GO_ON),))
    assert "ask_doctor" not in flags(known)


def test_calls_before_the_last_session_ask_nothing() -> None:
    known = facts(
        session("2025-12-10"), calls=(call("2025-12-01", Attempt.DECLINED), call("2025-12-10", Attempt.DECLINED))
    )
    assert "ask_doctor" not in flags(known)


@pytest.mark.parametrize(
    ("more", "first_day"),
    [
        ({}, "2026-11-04"),
        ({"holds": (Hold(day("2026-05-01"), day("2026-06-30")),)}, "2026-12-30"),
        ({"holds": (Hold(day("2026-02-01"), day("2026-03-01")),)}, "2026-11-04"),
        ({"holds": (Hold(day("2026-05-01"), day("2026-09-30"), ended_on=day("2026-06-30")),)}, "2026-12-30"),
        ({"decisions": (Decision(day("2026-06-30"), DecisionKind.GO_ON),)}, "2026-12-30"),
        ({"decisions": (Decision(day("2026-03-01"), DecisionKind.GO_ON),)}, "2026-11-04"),
        (
            {
                "decisions": (Decision(day("2026-05-30"), DecisionKind.GO_ON),),
                "holds": (Hold(day("2026-05-01"), day("2026-06-30")),),
            },
            "2026-12-30",
        ),
    ],
)
def test_not_seen_more_than_182_days_after_the_latest_of_closes_hold_end_and_last_decision(
    more: dict[str, object], first_day: str
) -> None:
    known = facts(session("2026-01-05"), **more)
    assert "not_seen" in flags(known, first_day)
    assert "not_seen" not in flags(known, day(first_day) - timedelta(days=1))


def test_not_seen_counts_from_a_window_stretched_by_come_on() -> None:
    known = facts(session("2026-01-05", come_on="2026-06-30"))
    assert "not_seen" in flags(known, "2026-12-30")
    assert "not_seen" not in flags(known, "2026-12-29")


def test_not_seen_never_makes_a_case_stopped() -> None:
    answer = follow_up(facts(session("2022-01-05")), RULES, ON)
    assert answer.status is S.OVERDUE
    assert Flag.NOT_SEEN in answer.flags


def test_not_finalised_is_a_given_injection_of_the_case_not_finalised_yet() -> None:
    assert "not_finalised" in flags(facts(session("2026-01-05", finalised=False)))
    assert "not_finalised" in flags(
        facts(session("2026-01-05"), session("2026-01-26", restarts=False, finalised=False))
    )
    assert "not_finalised" not in flags(facts(session("2026-01-05", case=OTHER_CASE, finalised=False)))
    assert "not_finalised" not in flags(facts(session("2026-03-20", finalised=False)))


@pytest.mark.parametrize("drug", DrugSupply)
def test_drug_missing_is_awaited_or_none_for_the_planned_visit(drug: DrugSupply) -> None:
    known = facts(session("2026-01-05"), appointments=(booking("2026-04-07", drug=drug),))
    assert ("drug_missing" in flags(known)) is (drug.value in ("scheme_awaited", "none"))


@pytest.mark.parametrize(
    ("window", "elapsed", "wanted"),
    [
        ((14, 28), 13, False),
        ((14, 28), 14, True),
        ((14, 28), 28, True),
        ((14, 28), 29, False),
        ((7, 21), 6, False),
        ((7, 21), 7, True),
        ((7, 21), 21, True),
        ((7, 21), 22, False),
    ],
)
def test_an_after_photo_is_wanted_on_day_14_to_28_or_7_to_21_for_eyes_and_face(
    window: tuple[int, int], elapsed: int, wanted: bool
) -> None:
    known = facts(session("2026-01-05"), after_photo=window)
    assert ("after_photo" in flags(known, day("2026-01-05") + timedelta(days=elapsed))) is wanted


def test_an_after_photo_that_is_there_is_not_wanted_again() -> None:
    known = facts(session("2026-01-05"), pictured_on=(day("2026-01-20"),))
    assert "after_photo" not in flags(known, "2026-01-25")
    assert "after_photo" in flags(known, "2026-01-19"), "one taken after the day asked about is not there yet"
    early = facts(session("2026-01-05"), pictured_on=(day("2026-01-05"), day("2026-01-18")))
    assert "after_photo" in flags(early, "2026-01-25")


def test_no_call_is_offered_for_a_stopped_case() -> None:
    known = facts(
        session("2025-01-05"),
        stops=(Stop(day("2025-06-01"), StopReason.DECEASED),),
        calls=(call("2025-05-20", Attempt.DECLINED, again="2025-06-10"),),
    )
    answer = follow_up(known, RULES, ON)
    assert answer.call_again_on is None
    assert not answer.flags


# --- 5.2 call again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "on", "again"),
    [
        (Attempt.NO_ANSWER, "2026-03-18", "2026-03-20"),
        (Attempt.NO_ANSWER, "2026-03-20", "2026-03-23"),
        (Attempt.NO_ANSWER, "2026-03-21", "2026-03-24"),
        (Attempt.SWITCHED_OFF, "2026-03-20", "2026-03-23"),
        (Attempt.TOLD_FAMILY, "2026-03-18", "2026-03-25"),
        (Attempt.WILL_COME, "2026-03-18", "2026-04-01"),
        (Attempt.DECLINED, "2026-03-18", None),
        (Attempt.BOOKED, "2026-03-18", None),
        (Attempt.WORN_OFF, "2026-03-18", None),
    ],
)
def test_call_again_two_working_days_after_no_answer_7_after_family_14_after_will_come(
    outcome: Attempt, on: str, again: str | None
) -> None:
    assert suggested_call_again(outcome, day(on), RULES) == (day(again) if again else None)


def test_call_again_skips_closed_days_and_follows_the_settings() -> None:
    rules = ClinicRules(
        working_days=WorkingDays(frozenset(range(5)), frozenset({day("2026-03-23")})),
        no_answer_working_days=3,
        told_family_days=5,
        will_come_days=10,
    )
    assert suggested_call_again(Attempt.NO_ANSWER, day("2026-03-19"), rules) == day("2026-03-25")
    assert suggested_call_again(Attempt.TOLD_FAMILY, day("2026-03-19"), rules) == day("2026-03-24")
    assert suggested_call_again(Attempt.WILL_COME, day("2026-03-19"), rules) == day("2026-03-29")


def test_call_again_on_follows_the_last_call_and_a_day_agreed_wins() -> None:
    assert call_again_on((), RULES) is None
    calls = (call("2026-03-12", NO), call("2026-03-16", FAMILY))
    assert call_again_on(calls, RULES) == day("2026-03-23")
    assert call_again_on((*calls, call("2026-03-17", NO, again="2026-04-02")), RULES) == day("2026-04-02")


def test_call_again_is_separate_from_status_and_dates() -> None:
    plain = facts(session("2025-12-10"))
    called = replace(plain, calls=(call("2026-03-18", NO),))
    before, after = follow_up(plain, RULES, ON), follow_up(called, RULES, ON)
    assert (before.status, before.window, before.flags) == (after.status, after.window, after.flags)
    assert after.call_again_on == day("2026-03-20")
    assert after.attempts == 1


def test_called_rows_are_ticked_until_the_day_ends() -> None:
    known = facts(session("2025-12-10"), calls=(call("2026-03-19", NO, clock="23:30"),))
    assert follow_up(known, RULES, ON).called_today
    assert not follow_up(known, RULES, ON + timedelta(days=1)).called_today


# --- 5.2 urgency ------------------------------------------------------------------------------------------------


def test_the_list_is_sorted_by_urgency_then_mrn() -> None:
    held = (Hold(day("2026-03-01"), day("2026-05-05")),)
    stopped = (Stop(day("2026-03-01"), StopReason.REMISSION),)
    rows = [
        ("09", facts(session("2025-10-01"))),
        ("08", facts(session("2025-11-11"))),
        ("07", facts(session("2025-12-01"))),
        ("06", facts(session("2025-12-10"))),
        ("05", facts(session("2025-12-26"))),
        ("04", facts(session("2026-01-05"))),
        ("03", facts(session("2025-12-01"), appointments=(booking("2026-03-20"),))),
        ("02", facts(session("2025-10-01"), appointments=(booking("2026-03-24"),))),
        ("21", facts(session("2025-10-01"), holds=held)),
        ("22", facts(session("2025-09-01"), holds=held)),
        ("20", facts()),
        ("18", facts(session("2026-03-01"))),
        ("19", facts(session("2026-02-01"))),
        ("01", facts(session("2025-10-01"), stops=stopped)),
    ]
    shuffled = rows[1::2] + rows[::2]
    in_order = sorted(shuffled, key=lambda row: urgency(follow_up(row[1], RULES, ON), row[0]))
    assert [mrn for mrn, _ in in_order] == [mrn for mrn, _ in rows]
    statuses = [follow_up(known, RULES, ON).status for _, known in in_order]
    assert list(dict.fromkeys(statuses)) == list(FollowUpStatus)


def test_come_on_sorts_first_inside_its_status() -> None:
    said = facts(session("2025-12-18", come_on="2026-04-01"))
    sooner = facts(session("2025-12-01"))
    over = facts(session("2025-11-11"))
    ranked = sorted(
        [("1", over), ("2", sooner), ("3", said)], key=lambda row: urgency(follow_up(row[1], RULES, ON), row[0])
    )
    assert [mrn for mrn, _ in ranked] == ["1", "3", "2"]


# --- 5.2 as of another day -------------------------------------------------------------------------------------


def test_sessions_external_toxin_calls_holds_and_stops_after_the_day_are_ignored() -> None:
    earlier = facts(session("2025-12-10"))
    later = replace(
        earlier,
        events=(*earlier.events, session("2026-03-20"), elsewhere("2026-03-20"), elsewhere("2026-03-21", case=CASE)),
        calls=(call("2026-03-20", Attempt.DECLINED),),
        decisions=(Decision(day("2026-03-20"), DecisionKind.STOP),),
        holds=(Hold(day("2026-03-20"), day("2026-06-01")),),
        stops=(Stop(day("2026-03-20"), StopReason.MOVED),),
        pictured_on=(day("2026-03-20"),),
    )
    assert follow_up(later, RULES, ON) == follow_up(earlier, RULES, ON)


def test_a_hold_ended_after_the_day_still_holds_on_it() -> None:
    known = facts(
        session("2025-12-10"), holds=(Hold(day("2026-03-01"), day("2026-06-01"), ended_on=day("2026-03-25")),)
    )
    assert follow_up(known, RULES, ON).status is S.ON_HOLD


def test_bookings_stand_as_stored_and_those_on_or_after_the_day_count() -> None:
    known = facts(session("2025-12-10"), appointments=(booking("2026-03-24"),))
    assert follow_up(known, RULES, day("2025-12-20")).status is S.BOOKED
    assert follow_up(known, RULES, day("2026-03-24")).status is S.BOOKED
    assert follow_up(known, RULES, day("2026-03-25")).status is S.DUE


# --- 5.1 and 5.2 refusals ---------------------------------------------------------------------------------------


def book(on: str, **more: object) -> BookingDetails:
    return BookingDetails(1, day(on), (CASE,), **more)  # type: ignore[arg-type]


def refusal(details: BookingDetails, *, stopped: bool = False, hold: Hold | None = None) -> tuple[str, str] | None:
    try:
        check_booking(details, today=ON, earliest=day("2026-03-30"), stopped=stopped, hold=hold)
    except RuleBroken as broken:
        return broken.field, broken.code
    return None


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (book("2026-03-30"), None),
        (book("2026-03-29"), ("reason", "before_earliest")),
        (book("2026-03-29", reason="worn off"), ("decided_by", "before_earliest")),
        (book("2026-03-29", decided_by="Dr Rao"), ("reason", "before_earliest")),
        (book("2026-03-29", reason=" ", decided_by=" "), ("reason", "before_earliest")),
        (book("2026-03-29", reason="worn off", decided_by="Dr Rao"), None),
        (book("2026-03-18"), ("day", "booking_in_past")),
        (replace(book("2026-04-07"), case_ids=()), ("cases", "no_case")),
    ],
)
def test_booking_before_earliest_is_refused_without_a_reason_and_the_doctors_name(
    details: BookingDetails, expected: tuple[str, str] | None
) -> None:
    assert refusal(details) == expected


def test_giving_before_earliest_is_refused_without_a_reason_and_the_doctors_name() -> None:
    check_not_before_earliest(ON, None, "", "")
    check_not_before_earliest(ON, ON, "", "")
    check_not_before_earliest(ON, ON + timedelta(days=1), "worn off", "Dr Rao")
    with pytest.raises(RuleBroken) as caught:
        check_not_before_earliest(ON, ON + timedelta(days=1), "worn off", "")
    assert caught.value.params == {"day": ON, "earliest": ON + timedelta(days=1)}


def test_a_stopped_case_is_not_booked() -> None:
    assert refusal(book("2026-04-07"), stopped=True) == ("cases", "case_stopped")


@pytest.mark.parametrize(
    ("on", "end_hold", "expected"),
    [
        ("2026-04-07", False, ("day", "booking_inside_hold")),
        ("2026-05-05", False, ("day", "booking_inside_hold")),
        ("2026-05-06", False, None),
        ("2026-04-07", True, None),
    ],
)
def test_no_booking_is_made_inside_a_hold_without_ending_it(
    on: str, end_hold: bool, expected: tuple[str, str] | None
) -> None:
    assert refusal(book(on, end_hold=end_hold), hold=HELD) == expected


def test_several_cases_are_treated_at_one_visit_even_in_several_entries() -> None:
    same_day = facts(session("2026-01-05"), session("2026-04-07", case=OTHER_CASE))
    assert window_days(same_day)[0] == "2026-06-30"
    assert earliest_for_giving(same_day, RULES.minimum, day("2026-04-07")) == day("2026-03-30")
    assert earliest_for_giving(same_day, RULES.minimum, day("2026-04-08")) == day("2026-06-30")


def test_a_botox_day_counts_its_places() -> None:
    assert BotoxDay(ON, 20, 12).free == 8
    assert BotoxDay(ON, 20, 23).free == 0


# --- properties -------------------------------------------------------------------------------------------------


@QUICK
@given(window_histories, days_of_life)
def test_earliest_then_opens_then_closes_whenever_there_is_a_window(known: CaseFacts, on: date) -> None:
    window = reinjection_window(known, RULES, on)
    assert (window.opens is None) == (window.closes is None) == (window.last is None)
    if window.opens is not None and window.closes is not None:
        assert window.earliest is not None
        assert window.earliest <= window.opens <= window.closes
        if window.come_on is not None:
            assert window.come_on <= window.closes
            assert window.opens <= max(window.come_on, window.earliest)


def _holding(known: CaseFacts, on: date) -> bool:
    return any(h.since <= on <= h.until and not (h.ended_on and h.ended_on <= on) for h in known.holds)


def _stopping(known: CaseFacts, on: date) -> bool:
    return any(s.since <= on and not (s.ended_on and s.ended_on <= on) for s in known.stops)


def _expected(known: Appointment, on: date) -> bool:
    return known.day >= on and known.status.value in {"booked", "confirmed", "arrived", "in_room"}


@QUICK
@given(histories, days_of_life)
def test_exactly_one_status_for_every_history_and_day(known: CaseFacts, on: date) -> None:
    answer = follow_up(known, RULES, on)
    rows = table_of_5_2(
        stopped=_stopping(known, on),
        held=_holding(known, on),
        booked=any(_expected(one, on) for one in known.appointments),
        opens=answer.window.opens,
        closes=answer.window.closes,
        today=on,
    )
    assert answer.status is rows[0]
    assert (answer.days_overdue > 0) == (answer.status is S.OVERDUE)
    assert (answer.appointment is not None) or answer.status is not S.BOOKED


@QUICK
@given(window_histories, events, days_of_life)
def test_adding_an_event_never_moves_earliest_back(known: CaseFacts, extra: ToxinEvent, on: date) -> None:
    before = reinjection_window(known, RULES, on).earliest
    after = reinjection_window(replace(known, events=(*known.events, extra)), RULES, on).earliest
    assert before is None or (after is not None and after >= before)


@QUICK
@given(window_histories, days_of_life)
def test_a_pushed_window_keeps_its_width_whatever_pushed_it(known: CaseFacts, on: date) -> None:
    quiet = replace(known, events=tuple(replace(event, come_on=None) for event in known.events))
    window = reinjection_window(quiet, RULES, on)
    if window.last is None or window.opens is None or window.closes is None:
        return
    width = known.plan.closes_after.after(window.last.day) - known.plan.opens_after.after(window.last.day)
    assert window.closes - window.opens == width


@QUICK
@given(window_histories, days_of_life, st.randoms(use_true_random=False))
def test_the_order_of_the_events_does_not_matter(known: CaseFacts, on: date, chance: object) -> None:
    shuffled = sorted(known.events, key=lambda _: chance.random())  # type: ignore[attr-defined]
    window, other = (reinjection_window(replace(known, events=tuple(e)), RULES, on) for e in (known.events, shuffled))
    assert (window.earliest, window.opens, window.closes) == (other.earliest, other.opens, other.closes) or len(
        {event.day for event in known.events}
    ) < len(known.events)


@QUICK
@given(window_histories, days_of_life, st.integers(1, 400))
def test_what_happens_after_the_day_changes_no_window_of_that_day(known: CaseFacts, on: date, later: int) -> None:
    future = session(on + timedelta(days=later), come_on="2030-01-01")
    assert reinjection_window(known, RULES, on) == reinjection_window(
        replace(known, events=(*known.events, future)), RULES, on
    )


@QUICK
@given(window_histories, days_of_life)
def test_a_day_later_nothing_becomes_less_urgent_by_itself(known: CaseFacts, on: date) -> None:
    still = replace(known, events=tuple(e for e in known.events if e.day <= on))
    order = [S.NOT_DUE, S.COMING, S.DUE, S.OVERDUE]
    today, tomorrow = (follow_up(still, RULES, on + timedelta(days=n)).status for n in (0, 1))
    if today is S.NOT_STARTED:
        assert tomorrow is S.NOT_STARTED
    else:
        assert order.index(today) <= order.index(tomorrow) <= order.index(today) + 1


@QUICK
@given(plans, days_of_life)
def test_a_plan_of_this_file_is_sound(plan: ReinjectionPlan, start: date) -> None:
    assert plan.opens_after.after(start) <= plan.closes_after.after(start)


def test_the_default_plan_is_three_to_four_calendar_months() -> None:
    last = day("2026-01-05")
    assert RULES.plan.opens_after.after(last) == add_months(last, 3)
    assert RULES.plan.closes_after.after(last) == add_months(last, 4)
    assert days(84).after(last) == weeks(12).after(last)


@pytest.mark.parametrize(("text", "refused"), [("2027-03-19", False), ("2027-03-20", True), ("3026-01-01", True)])
def test_a_booking_more_than_a_year_ahead_needs_a_reason(text: str, refused: bool) -> None:
    details = BookingDetails(1, date.fromisoformat(text), (1,))
    rules = {"today": date(2026, 3, 19), "earliest": None, "stopped": False, "hold": None}
    if not refused:
        check_booking(details, **rules)  # type: ignore[arg-type]
        return
    with pytest.raises(RuleBroken) as caught:
        check_booking(details, **rules)  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.code) == ("reason", "booking_far_ahead")
    check_booking(BookingDetails(1, details.day, (1,), reason="works abroad"), **rules)  # type: ignore[arg-type]


def test_nobody_who_died_is_said_to_have_missed_a_booking() -> None:
    missed = Appointment(1, 1, date(2026, 3, 10), 1, (1,), status=AppointmentStatus.NO_SHOW)
    facts = CaseFacts(1, "hemifacial_spasm", appointments=(missed,))
    assert Flag.MISSED in follow_up(facts, ClinicRules(), date(2026, 3, 19)).flags
    gone = replace(facts, stops=(Stop(date(2026, 3, 15), StopReason.DECEASED),))
    assert Flag.MISSED not in follow_up(gone, ClinicRules(), date(2026, 3, 19)).flags
