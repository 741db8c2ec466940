"""Public holidays out of the data that come with the program."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_app.exchange.public_holidays import countries, public_holidays, regions


def test_holidays_of_a_country_by_day_with_their_names() -> None:
    found = public_holidays("IN", "", [2026])
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert {one.day: one.name for one in found}[date(2026, 8, 15)] == "Independence Day"
    assert {one.day.year for one in found} == {2026}


def test_a_region_has_its_own() -> None:
    assert "KA" in regions("IN")
    whole = {one.day for one in public_holidays("IN", "", [2026])}
    assert {one.day for one in public_holidays("IN", "KA", [2026])} > whole


def test_countries_have_two_letters_and_are_in_order() -> None:
    found = countries()
    assert {"IN", "DE", "US"} <= set(found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("IN", "ZZ")])
def test_an_unknown_country_or_region_is_a_key_error(country: str, region: str) -> None:
    with pytest.raises(KeyError, match=country):
        public_holidays(country, region, [2026])
