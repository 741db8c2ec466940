from __future__ import annotations

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.vials import vials_for

ONA = (Decimal(50), Decimal(100), Decimal(200))
ABO = (Decimal(300), Decimal(500))
RIMA = (Decimal(2500), Decimal(5000), Decimal(10000))


@pytest.mark.parametrize(
    ("dose", "sizes", "opened", "discarded"),
    [
        ("35", ONA, "50", "15"),
        ("50", ONA, "50", "0"),
        ("50.01", ONA, "100", "49.99"),
        ("120", ONA, "100 50", "30"),
        ("151", ONA, "200", "49"),
        ("260", ONA, "200 100", "40"),
        ("400", ONA, "200 200", "0"),
        ("300", ABO, "300", "0"),
        ("501", ABO, "300 300", "99"),
        ("700", ABO, "500 300", "100"),
        ("900", ABO, "300 300 300", "0"),
        ("12500", RIMA, "10000 2500", "0"),
        ("80", (Decimal(100),), "100", "20"),
        ("0", ONA, "", "0"),
    ],
)
def test_fewest_units_discarded_then_fewest_vials(
    dose: str, sizes: tuple[Decimal, ...], opened: str, discarded: str
) -> None:
    found = vials_for(Decimal(dose), sizes)
    assert found is not None
    assert [str(size) for size in found.sizes] == opened.split()
    assert found.discarded == Decimal(discarded)


def test_without_a_known_size_nothing_is_said() -> None:
    assert vials_for(Decimal(35), ()) is None


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 900), st.sets(st.sampled_from([30, 50, 75, 100, 125, 200, 300]), min_size=1, max_size=3))
def test_no_other_choice_is_better(dose: int, sizes: set[int]) -> None:
    found = vials_for(Decimal(dose), [Decimal(size) for size in sizes])
    assert found is not None
    most = -(-dose // min(sizes))
    choices = (
        (Decimal(sum(chosen) - dose), len(chosen))
        for count in range(1, min(most, 12) + 1)
        for chosen in combinations_with_replacement(sorted(sizes), count)
        if sum(chosen) >= dose
    )
    best = min(choices, default=None)
    if best is not None and best[1] < 12 and most <= 12:
        assert (found.discarded, len(found.sizes)) == best
    assert found.units == dose + found.discarded
