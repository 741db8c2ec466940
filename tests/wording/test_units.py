from __future__ import annotations

from decimal import Decimal

import pytest

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.units import Units, parse_amount
from clinic_app.wording.sentences import sentence_of
from clinic_app.wording.units import dose_words


@pytest.mark.parametrize(
    ("units", "name", "words"),
    [
        (Units("ona", Decimal("37.50")), "Botox", "Botox 37.5 U"),
        (Units("abo", Decimal(500)), "Dysport", "Dysport 500 U"),
        (Units("ona", None), "Botox", "Botox, units unknown"),
        (Units(None, Decimal(50)), "", "Unknown product, 50 U"),
        (Units(None, None), "", "Unknown product, units unknown"),
    ],
)
def test_units_always_stand_with_their_product(units: Units, name: str, words: str) -> None:
    assert dose_words(units, name) == words


def test_a_dose_that_is_none_gets_a_sentence_that_names_field_and_text() -> None:
    with pytest.raises(RuleBroken) as caught:
        parse_amount("{fifty}", "units_1")
    assert sentence_of(caught.value) == (
        "“{fifty}” in “units” is no dose. Write the units as a number above 0 with at most two decimals, "
        "for example 50 or 37.5."
    )
