from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.vials import share_vials, vials_for

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


def partitions(places: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    if not places:
        yield ()
        return
    first, rest = places[0], places[1:]
    for count in range(len(rest) + 1):
        for others in combinations(rest, count):
            left = tuple(place for place in rest if place not in others)
            for more in partitions(left):
                yield ((first, *others), *more)


def fewest_units(doses: list[int], sizes: list[int]) -> int:
    """By trying everything: partitions, vials emptied by each dose, and the vial that is shared."""

    def sums(most: int) -> set[int]:
        counts = [range(most // size + 1) for size in sizes]
        totals = {sum(size * count for size, count in zip(sizes, one, strict=True)) for one in product(*counts)}
        return {total for total in totals if total <= most}

    def of_group(group: tuple[int, ...]) -> int:
        wanted = [doses[place] for place in group]
        alone = min(
            sum(chosen)
            for count in range(1, wanted[0] // min(sizes) + 2)
            for chosen in combinations_with_replacement(sizes, count)
            if sum(chosen) >= wanted[0]
        )
        if len(group) == 1:
            return alone
        shared = [
            sum(own) + size
            for own in product(*(sums(dose) for dose in wanted))
            for size in sizes
            if sum(dose - part for dose, part in zip(wanted, own, strict=True)) <= size
        ]
        return min(shared, default=10**9)

    return min(sum(of_group(group) for group in groups) for groups in partitions(tuple(range(len(doses)))))


@pytest.mark.parametrize(
    ("doses", "sizes", "groups"),
    [
        ("60 40", (Decimal(100),), "0,1:100"),
        ("60 50", (Decimal(100),), "0:100 1:100"),
        ("30 30 30", (Decimal(100),), "0,1,2:100"),
        ("30 40 30", ONA, "0,1,2:100"),
        ("50 50", ONA, "0:50 1:50"),
        ("150 50", (Decimal(100),), "0,1:100+100"),
        ("300 200", ABO, "0,1:500"),
        ("700 100 200", ABO, "0,1,2:500+500"),
        ("35", ONA, "0:50"),
        ("", ONA, ""),
    ],
)
def test_doses_that_share_a_vial(doses: str, sizes: tuple[Decimal, ...], groups: str) -> None:
    found = share_vials([Decimal(dose) for dose in doses.split()], sizes)
    said = " ".join(
        f"{','.join(map(str, group.doses))}:{'+'.join(str(size) for size in group.vials.sizes)}" for group in found
    )
    assert said == groups


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 26).map(lambda step: step * 10), min_size=1, max_size=4),
    st.sets(st.sampled_from([50, 80, 100, 200]), min_size=1, max_size=2),
)
def test_sharing_discards_as_little_as_any_way_there_is(doses: list[int], sizes: set[int]) -> None:
    found = share_vials([Decimal(dose) for dose in doses], [Decimal(size) for size in sizes])
    assert sorted(place for group in found for place in group.doses) == list(range(len(doses)))
    opened = sum(group.vials.units for group in found)
    assert opened == fewest_units(doses, sorted(sizes))
    assert opened == sum(doses) + sum(group.vials.discarded for group in found)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=10, max_size=20))
def test_a_long_day_discards_no_more_than_without_sharing(doses: list[int]) -> None:
    found = share_vials([Decimal(dose) for dose in doses], (Decimal(100), Decimal(50)))
    alone = [vials_for(Decimal(dose), (Decimal(100), Decimal(50))) for dose in doses]
    assert sum(group.vials.units for group in found) <= sum(one.units for one in alone if one is not None)
    assert sorted(place for group in found for place in group.doses) == list(range(len(doses)))
