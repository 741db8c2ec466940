from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.units import UNITS_MAX, Units, parse_amount, plain, total_by_product
from tests.domain.builders import QUICK

BOTOX_50 = Units("ona", Decimal(50))
DYSPORT_500 = Units("abo", Decimal(500))
amounts = st.decimals(Decimal("0.01"), UNITS_MAX, places=2)


@pytest.mark.parametrize("other", [DYSPORT_500, Units(None, Decimal(50)), Units("abo", None)])
def test_units_of_different_products_are_never_added_or_compared(other: Units) -> None:
    with pytest.raises(TypeError):
        _ = BOTOX_50 + other
    with pytest.raises(TypeError):
        _ = other > BOTOX_50
    with pytest.raises(TypeError):
        _ = other < BOTOX_50
    assert other != BOTOX_50


def test_two_unknown_products_may_be_two_products() -> None:
    unknown = Units(None, Decimal(100))
    with pytest.raises(TypeError):
        _ = unknown + unknown
    with pytest.raises(TypeError):
        _ = unknown < unknown
    assert total_by_product([unknown]) == {None: unknown}
    assert total_by_product([unknown, unknown]) == {None: Units(None, None)}


def test_units_are_no_plain_numbers() -> None:
    with pytest.raises(TypeError):
        _ = BOTOX_50 + 50  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = BOTOX_50 < 50  # type: ignore[operator]
    with pytest.raises(TypeError):
        sum([BOTOX_50, BOTOX_50])  # type: ignore[list-item]
    assert not hasattr(BOTOX_50, "convert")


def test_unknown_units_stay_unknown() -> None:
    unknown = Units("ona", None)
    assert not unknown.known
    assert BOTOX_50.known
    assert BOTOX_50 + unknown == unknown
    with pytest.raises(TypeError):
        _ = unknown > BOTOX_50


def test_one_product_is_added_and_compared() -> None:
    assert Units("ona", Decimal(100)) == BOTOX_50 + BOTOX_50
    assert Units("ona", Decimal(49)) < BOTOX_50


def test_totals_are_kept_by_product() -> None:
    assert total_by_product([BOTOX_50, DYSPORT_500, BOTOX_50]) == {
        "ona": Units("ona", Decimal(100)),
        "abo": DYSPORT_500,
    }
    assert total_by_product([BOTOX_50, Units("ona", None)]) == {"ona": Units("ona", None)}
    assert total_by_product([]) == {}


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("50", "50"),
        ("50U", "50"),
        ("50 units", "50"),
        (" 50 Unit ", "50"),
        ("50 IU", "50"),
        ("50\u00a0u", "50"),
        ("2,5", "2.5"),
        ("37.5", "37.5"),
        ("0.75", "0.75"),
        (50, "50"),
        (37.5, "37.5"),
        (0.1 + 0.2, "0.3"),
        (Decimal("50.000"), "50"),
        ("25000", "25000"),
        ("५०", "50"),
    ],
)
def test_amounts_are_read_as_people_write_them(value: object, amount: str) -> None:
    assert parse_amount(value) == Decimal(amount)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "U",
        "fifty",
        "-50",
        "+50",
        "0",
        "0.00",
        "25001",
        "1e3",
        "1_000",
        "1,000",
        "1.000",
        "2.500 U",
        "nan",
        "inf",
        "50-60",
        "50/60",
        "2.555",
        "=50",
        -5,
        0,
        float("nan"),
        float("inf"),
        1e300,
        True,
        None,
        Decimal("NaN"),
    ],
)
def test_what_is_no_dose_is_refused(value: object) -> None:
    with pytest.raises(RuleBroken) as caught:
        parse_amount(value, "dose")
    large = value in ("25001", 1e300)
    assert caught.value.code == ("units_too_large" if large else "bad_units")
    assert caught.value.field == "dose"


@QUICK
@given(amounts)
def test_an_amount_survives_being_written_and_read(amount: Decimal) -> None:
    text = plain(amount)
    assert parse_amount(text) == amount
    assert "E" not in text
    assert not text.endswith((".", ".0", ".00"))


@QUICK
@given(amounts, st.sampled_from(["ona", "abo", "inco"]), st.sampled_from(["ona", "abo", "inco"]))
def test_a_sum_exists_exactly_within_one_product(amount: Decimal, one: str, other: str) -> None:
    if one == other:
        assert (Units(one, amount) + Units(other, amount)).amount == amount * 2
    else:
        with pytest.raises(TypeError):
            _ = Units(one, amount) + Units(other, amount)
