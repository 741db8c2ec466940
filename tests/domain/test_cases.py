from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import Span, days, months, weeks
from clinic_app.domain.cases import (
    CLINIC_PLAN,
    OF_THE_PATIENT,
    Case,
    CaseDetails,
    Hold,
    PlanLevel,
    Plans,
    ReinjectionPlan,
    Side,
    Stop,
    StopReason,
    check_hold,
)
from clinic_app.domain.errors import RuleBroken
from tests.domain.builders import QUICK, day, days_of_life

CASE_PLAN = ReinjectionPlan(weeks(10), weeks(12))
PATIENT_PLAN = ReinjectionPlan(weeks(11), weeks(13))
CONDITION_PLAN = ReinjectionPlan(weeks(14), weeks(18))
PRODUCT_PLAN = ReinjectionPlan(weeks(20), weeks(24))
PLANS = Plans(by_condition={"hemifacial_spasm": CONDITION_PLAN}, by_product={"daxi": PRODUCT_PLAN})


@pytest.mark.parametrize(
    ("case", "patient", "condition", "product", "expected"),
    [
        (CASE_PLAN, PATIENT_PLAN, "hemifacial_spasm", "daxi", (CASE_PLAN, PlanLevel.CASE)),
        (None, PATIENT_PLAN, "hemifacial_spasm", "daxi", (PATIENT_PLAN, PlanLevel.PATIENT)),
        (None, None, "hemifacial_spasm", "daxi", (CONDITION_PLAN, PlanLevel.CONDITION)),
        (None, None, "meige", "daxi", (PRODUCT_PLAN, PlanLevel.PRODUCT)),
        (None, None, "meige", "ona", (CLINIC_PLAN, PlanLevel.CLINIC)),
        (None, None, "meige", None, (CLINIC_PLAN, PlanLevel.CLINIC)),
        (CASE_PLAN, None, "meige", None, (CASE_PLAN, PlanLevel.CASE)),
    ],
)
def test_the_plan_of_the_case_before_patient_condition_product_and_clinic_and_always_whole(
    case: ReinjectionPlan | None,
    patient: ReinjectionPlan | None,
    condition: str,
    product: str | None,
    expected: tuple[ReinjectionPlan, PlanLevel],
) -> None:
    assert PLANS.in_force(case=case, patient=patient, condition=condition, product=product) == expected


def test_the_clinics_plan_is_three_to_four_months() -> None:
    assert ReinjectionPlan(months(3), months(4)) == CLINIC_PLAN
    assert CLINIC_PLAN.checked() == CLINIC_PLAN


@pytest.mark.parametrize(
    ("opens", "closes", "sound"),
    [
        (months(3), months(4), True),
        (weeks(12), weeks(16), True),
        (weeks(12), weeks(12), True),
        (months(3), months(3), True),
        (months(4), months(3), False),
        (weeks(13), weeks(12), False),
        (months(3), weeks(13), False),
        (months(3), days(91), False),
        (months(3), days(92), True),
        (days(89), months(3), True),
        (days(90), months(3), False),
        (days(28), months(1), True),
        (months(1), days(30), False),
        (months(1), days(31), True),
        (months(12), days(365), False),
        (months(12), days(366), True),
    ],
)
def test_a_plan_is_refused_unless_it_closes_on_or_after_it_opens_from_every_start_day(
    opens: Span, closes: Span, sound: bool
) -> None:
    plan = ReinjectionPlan(opens, closes)
    start = [date(2024, 1, 1) + timedelta(days=n) for n in range(1461)]
    assert all(closes.after(one) >= opens.after(one) for one in start) is sound
    if sound:
        assert plan.checked() == plan
    else:
        with pytest.raises(RuleBroken) as caught:
            plan.checked()
        assert caught.value.code == "plan_closes_before_it_opens"


@pytest.mark.parametrize(("on", "holds"), [("2026-02-28", False), ("2026-03-01", True), ("2030-01-01", True)])
def test_a_stop_holds_from_its_day(on: str, holds: bool) -> None:
    assert Stop(day("2026-03-01"), StopReason.REMISSION).holds_on(day(on)) is holds


def test_death_and_moving_are_said_of_the_patient() -> None:
    assert {StopReason.DECEASED, StopReason.MOVED} == OF_THE_PATIENT


@QUICK
@given(days_of_life, st.integers(0, 100), st.one_of(st.none(), st.integers(0, 120)), st.integers(-10, 130))
def test_a_hold_holds_from_its_first_to_its_last_day(since: date, length: int, ended: int | None, offset: int) -> None:
    hold = Hold(
        since,
        since + timedelta(days=length),
        ended_on=since + timedelta(days=ended) if ended is not None else None,
    )
    on = since + timedelta(days=offset)
    assert hold.holds_on(on) == (0 <= offset <= length and (ended is None or offset < ended))
    assert hold.ends == since + timedelta(days=length if ended is None else min(length, ended))


def test_a_hold_ends_on_or_after_it_begins() -> None:
    check_hold(day("2026-03-01"), day("2026-03-01"))
    with pytest.raises(RuleBroken) as caught:
        check_hold(day("2026-03-02"), day("2026-03-01"))
    assert (caught.value.field, caught.value.code) == ("until", "hold_ends_before_it_begins")


def test_a_case_answers_for_its_details() -> None:
    case = Case(1, 2, CaseDetails("hemifacial_spasm", Side.LEFT))
    assert (case.condition, case.side) == ("hemifacial_spasm", Side.LEFT)
