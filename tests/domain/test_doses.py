"""C1, the 400 U rule, with the day it clears on (design section 5.3, clinical.md 2.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import add_months
from clinic_app.domain.doses import BOTOX_400, RollingSum, rolling_sum
from clinic_app.domain.schedule import ToxinEvent
from tests.domain.builders import OTHER_CASE, QUICK, day, days_of_life, elsewhere, session


def total_on(on: str | date, *history: ToxinEvent, planned: int | str = 0) -> RollingSum:
    return rolling_sum(history, day(on) if isinstance(on, str) else on, Decimal(planned))


def test_the_rule_is_400_units_of_botox_in_any_three_calendar_months() -> None:
    assert (BOTOX_400.code, BOTOX_400.product, BOTOX_400.limit, str(BOTOX_400.window)) == (
        "C1",
        "ona",
        Decimal(400),
        "3 m",
    )


@pytest.mark.parametrize(
    ("given_on", "last_day", "clears"),
    [
        ("2026-01-05", "2026-04-04", "2026-04-05"),
        ("2025-11-30", "2026-02-28", "2026-03-01"),
        ("2025-07-01", "2025-09-30", "2025-10-01"),
        ("2023-11-30", "2024-02-29", "2024-03-01"),
    ],
)
def test_a_past_dose_counts_while_its_day_plus_three_months_lies_ahead(
    given_on: str, last_day: str, clears: str
) -> None:
    dose = session(given_on, units="300")
    assert total_on(given_on, dose).total == 300
    assert total_on(last_day, dose).total == 300
    assert total_on(clears, dose).total == 0
    assert total_on(last_day, dose, planned=101).exceeded
    assert total_on(last_day, dose, planned=101).clears_on == day(clears)
    assert not total_on(clears, dose, planned=101).exceeded


def test_exactly_400_fits() -> None:
    dose = session("2026-01-05", units="300")
    fits = total_on("2026-01-20", dose, planned=100)
    assert not fits.exceeded
    assert fits.clears_on == day("2026-01-20")
    assert total_on("2026-01-20", dose, planned="100.01").exceeded


def test_the_sum_is_over_all_diagnoses_and_places_independent_or_not_and_touch_ups_too() -> None:
    found = total_on(
        "2026-02-10",
        session("2026-01-05", units="100"),
        session("2026-01-05", units="50", case=OTHER_CASE),
        session("2026-01-26", units="20", restarts=False),
        elsewhere("2026-02-01", product="ona", units="40"),
        elsewhere("2026-02-02", product="ona", case=OTHER_CASE, units="5"),
        planned=200,
    )
    assert found.total == 215
    assert found.exceeded
    assert found.clears_on == day("2026-04-05")


def test_the_day_itself_is_included_several_cases_in_one_visit() -> None:
    assert total_on("2026-01-05", session("2026-01-05", units="250"), planned=200).exceeded


def test_units_of_another_or_an_unknown_product_are_not_in_the_sum() -> None:
    found = total_on(
        "2026-02-10",
        session("2026-01-05", product="abo", units="900"),
        elsewhere("2026-02-01", product=None, units="300"),
    )
    assert found.total == 0
    assert found.unknown == ()


def test_doses_after_the_day_asked_about_are_not_known_on_it() -> None:
    assert total_on("2026-01-04", session("2026-01-05", units="300")).total == 0


def test_unknown_units_are_named_not_guessed() -> None:
    found = total_on("2026-02-10", session("2026-01-05", units=None), session("2025-09-01", units=None), planned=100)
    assert found.total == 0
    assert found.unknown == (day("2026-01-05"),)


def test_a_planned_dose_above_the_limit_never_clears() -> None:
    found = total_on("2026-02-10", planned=401)
    assert found.exceeded
    assert found.clears_on is None


def test_it_clears_step_by_step() -> None:
    history = (
        session("2026-01-05", units="200"),
        session("2026-01-20", units="150"),
        session("2026-02-10", units="50"),
    )
    assert total_on("2026-02-11", *history, planned=150).clears_on == day("2026-04-05")
    assert total_on("2026-02-11", *history, planned=350).clears_on == day("2026-04-20")
    assert total_on("2026-02-11", *history, planned=351).clears_on == day("2026-05-10")


botox = st.lists(
    st.builds(
        lambda on, units, product: session(on, units=str(units) if units else None, product=product),
        days_of_life,
        st.integers(0, 250),
        st.sampled_from(["ona", "ona", "abo"]),
    ),
    max_size=6,
)


def counted_by_hand(history: list[ToxinEvent], known_on: date, on: date) -> Decimal:
    """The sum of C1 written down anew: units of ona in (D - 3 months, D], month by month."""
    total = Decimal(0)
    for event in history:
        if event.product != "ona" or event.units is None or event.day > known_on:
            continue
        year, month = divmod(event.day.year * 12 + event.day.month - 1 + 3, 12)
        day_of_month = event.day.day
        until = None
        while until is None:
            try:
                until = date(year, month + 1, day_of_month)
            except ValueError:
                day_of_month = 1
                year, month = divmod(year * 12 + month + 1, 12)
        if event.day <= on < until:
            total += event.units
    return total


@QUICK
@given(botox, days_of_life)
def test_the_sum_agrees_with_one_made_by_hand(history: list[ToxinEvent], on: date) -> None:
    assert total_on(on, *history).total == counted_by_hand(history, on, on)


@QUICK
@given(botox, days_of_life, st.integers(1, 400))
def test_it_fits_on_the_day_it_clears_and_not_the_day_before(history: list[ToxinEvent], on: date, planned: int) -> None:
    found = total_on(on, *history, planned=planned)
    assert found.clears_on is not None
    assert found.clears_on >= on
    assert counted_by_hand(history, on, found.clears_on) + planned <= 400
    assert (found.clears_on == on) is not found.exceeded
    if found.clears_on > on:
        assert counted_by_hand(history, on, found.clears_on - timedelta(days=1)) + planned > 400
        assert found.clears_on <= add_months(on, 3)
