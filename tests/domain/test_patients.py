from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import (
    Birth,
    Identifier,
    Patient,
    PatientDetails,
    Phone,
    fold,
    phone_digits,
    preferred_phone,
    tidy,
)
from tests.domain.builders import QUICK, day, days_of_life

TODAY = day("2026-03-19")
ASHA = PatientDetails("Asha Verma")


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (Birth(day=day("1968-03-20")), "2026-03-19", 57),
        (Birth(day=day("1968-03-19")), "2026-03-19", 58),
        (Birth(day=day("2004-02-29")), "2026-02-28", 21),
        (Birth(day=day("2004-02-29")), "2026-03-01", 22),
        (Birth(year=1968), "2026-03-19", 58),
        (Birth(age=58, age_on=day("2026-03-19")), "2026-03-19", 58),
        (Birth(age=58, age_on=day("2025-03-20")), "2026-03-19", 58),
        (Birth(age=58, age_on=day("2025-03-19")), "2026-03-19", 59),
        (Birth(age=58, age_on=day("2026-03-19")), "2024-03-01", 56),
        (Birth(), "2026-03-19", None),
    ],
)
def test_age_comes_from_a_birth_day_or_year_or_an_age_on_a_day(birth: Birth, on: str, years: int | None) -> None:
    assert birth.years_on(day(on)) == years
    assert birth.known is (years is not None)


@QUICK
@given(st.integers(0, 100), days_of_life)
def test_the_earliest_birth_day_of_an_age_is_the_first_that_gives_it(age: int, said: date) -> None:
    earliest = Birth(age=age, age_on=said).earliest
    assert earliest is not None
    assert Birth(day=earliest).years_on(said) == age
    assert Birth(day=earliest - timedelta(days=1)).years_on(said) == age + 1


def test_the_earliest_birth_day_of_a_day_and_of_a_year() -> None:
    assert Birth(day=TODAY).earliest == TODAY
    assert Birth(year=1968).earliest == day("1968-01-01")
    assert Birth().earliest is None


def test_a_birth_is_said_in_one_way() -> None:
    with pytest.raises(ValueError, match="one of"):
        Birth(day=TODAY, year=2026)
    with pytest.raises(ValueError, match="needs the day"):
        Birth(age=5)


@pytest.mark.parametrize(
    ("year", "code"), [(58, "bad_birth_year"), (0, "bad_birth_year"), (-1, "bad_birth_year"), (20260, "bad_birth_year")]
)
def test_a_birth_year_has_four_digits(year: int, code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        Birth(year=year)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("details", "field", "code"),
    [
        (replace(ASHA, full_name="  "), "full_name", "name_missing"),
        (replace(ASHA, birth=Birth(day=day("2026-03-20"))), "birth", "born_in_future"),
        (replace(ASHA, birth=Birth(year=2027)), "birth", "born_in_future"),
        (replace(ASHA, birth=Birth(day=day("1900-01-01"))), "birth", "bad_age"),
        (replace(ASHA, phones=(Phone("12"),)), "phones", "bad_phone"),
        (replace(ASHA, phones=(Phone("98400 12207"), Phone("daughter"))), "phones", "bad_phone"),
        (replace(ASHA, identifiers=(Identifier(" "),)), "identifiers", "bad_identifier"),
        (replace(ASHA, weight_kg=0), "weight_kg", "bad_weight"),
        (replace(ASHA, weight_kg=401), "weight_kg", "bad_weight"),
        (replace(ASHA, weight_kg=float("nan")), "weight_kg", "bad_weight"),
    ],
)
def test_the_first_rule_that_details_break_is_named(details: PatientDetails, field: str, code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        details.checked(TODAY)
    assert (caught.value.field, caught.value.code) == (field, code)


@pytest.mark.parametrize("age", [-1, 121])
def test_an_age_is_one_a_person_can_have(age: int) -> None:
    with pytest.raises(RuleBroken) as caught:
        Birth(age=age, age_on=TODAY)
    assert caught.value.code == "bad_age"


def test_details_are_tidied() -> None:
    messy = replace(
        ASHA,
        full_name="  Asha \t Verma\n",
        village=" Anand ",
        guardian="R.  Verma",
        notes=" dry eyes ",
        identifiers=(Identifier(" 41 27 "),),
        birth=Birth(day=TODAY),
        weight_kg=3.2,
    )
    clean = messy.checked(TODAY)
    assert (clean.full_name, clean.village, clean.guardian, clean.notes) == (
        "Asha Verma",
        "Anand",
        "R. Verma",
        "dry eyes",
    )
    assert clean.identifiers == (Identifier("41 27"),)
    assert clean.checked(TODAY) == clean


def test_the_phone_to_call_is_the_preferred_one_else_the_first() -> None:
    first, second = Phone("98400 12207"), Phone("98400 12208", "daughter", preferred=True)
    assert preferred_phone((first, second)) == second
    assert preferred_phone((first,)) == first
    assert preferred_phone(()) is None
    person = Patient(1, 1, "4127", replace(ASHA, phones=(first, second)))
    assert (person.name, person.phone) == ("Asha Verma", second)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José  GARCÍA", "jose garcia"),
        ("Łukasz Øst", "lukasz ost"),
        ("Straße", "strasse"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Nguyễn", "nguyen"),
        ("D'Souza-Rao", "d souza rao"),
        ("ＡＢＣ１２", "abc12"),
        ("℡ 5", "tel 5"),
        ("प्रिया", "प्रिया"),
        ("ज़ेबा", "जेबा"),
        ("कु\u200dमार", "कुमार"),
        ("முருகன்", "முருகன்"),
        ("", ""),
        (" .- ", ""),
    ],
)
def test_names_are_searched_without_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == fold(folded)
    assert len(fold(text).split()) == len(folded.split())
    if folded.isascii():
        assert fold(text) == folded


@QUICK
@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@QUICK
@given(st.text(st.characters(max_codepoint=0x24F), max_size=20))
def test_case_does_not_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text.upper().lower())


@QUICK
@given(st.text(max_size=30))
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("number", "digits"),
    [("+91 98400-12207", "919840012207"), ("९८४०० १२२०७", "9840012207"), ("(022) 2345", "0222345"), ("none", "")],
)
def test_only_the_digits_of_a_number_count(number: str, digits: str) -> None:
    assert phone_digits(number) == digits
