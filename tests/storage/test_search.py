from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_app.domain.patients import Identifier, PatientDetails, Phone
from clinic_app.storage.engine import Engines
from clinic_app.storage.unit import UnitsOfWork
from tests.builders import ACTOR, AUDIT_KEY, Clock
from tests.engines import empty

PEOPLE = (
    ("Asha Verma", "4127", "98400 12207"),
    ("Asha Rao", "4128", "+91 98400 55501"),
    ("Verma Singh", "5001", "044-2345678"),
    ("José Núñez", "MC-77", "91234 50000"),
    ("Łukasz Żak", "MC-78", ""),
    ("आशा वर्मा", "9001", "७०४२१ ३३४४५"),
    ("கமலா சுந்தரம்", "9002", ""),
    ("Siobhán O'Brien-Smith", "UH/7/12", "60111 22233"),
    ("Mohammed Iqbal", "6001", "70000 41270"),
    ("Anne Marie", "6002", ""),
)


@pytest.fixture(scope="module")
def people(database: Engines) -> Iterator[UnitsOfWork]:
    empty(database)
    units = UnitsOfWork(database, ACTOR, Clock(), AUDIT_KEY)
    with units.open() as unit:
        for name, mrn, phone in PEOPLE:
            details = PatientDetails(
                name,
                identifiers=(Identifier(mrn),),
                phones=(Phone(phone),) if phone else (),
                village="Kanchipuram" if mrn == "6002" else "",
                guardian="Ramesh" if mrn == "6001" else "",
            )
            unit.patients.add(details)
        unit.commit()
    yield units
    empty(database)


def found(units: UnitsOfWork, typed: str) -> list[str]:
    with units.read() as unit:
        entries = unit.patients.entries(typed, 0, 50)
        assert unit.patients.count(typed) == len(entries)
    return [entry.mrn for entry in entries]


@pytest.mark.parametrize(
    ("typed", "mrns"),
    [
        ("as", ["4128", "4127"]),
        ("asha", ["4128", "4127"]),
        ("ASHA v", ["4127"]),
        ("verma", ["5001", "4127"]),
        ("verma asha", ["4127"]),
        ("  asha   verma ", ["4127"]),
        ("jose", ["MC-77"]),
        ("NÚÑ", ["MC-77"]),
        ("lukasz", ["MC-78"]),
        ("zak", ["MC-78"]),
        ("obrien", ["UH/7/12"]),
        ("o'brien", ["UH/7/12"]),
        ("brien-smith", ["UH/7/12"]),
        ("siobhan", ["UH/7/12"]),
        ("आशा", ["9001"]),
        ("वर्", ["9001"]),
        ("கமலா", ["9002"]),
        ("kanchi", ["6002"]),
        ("ramesh", ["6001"]),
        ("4127", ["4127", "6001"]),
        ("412", ["4127", "4128"]),
        ("mc-77", ["MC-77"]),
        ("MC77", ["MC-77"]),
        ("uh/7/12", ["UH/7/12"]),
        ("98400", ["4128", "4127"]),
        ("98400 12207", ["4127"]),
        ("9840012207", ["4127"]),
        ("+91 98400 12207", ["4127"]),
        ("09840012207", ["4127"]),
        ("12207", ["4127"]),
        ("55501", ["4128"]),
        ("2345678", ["5001"]),
        ("7042133445", ["9001"]),
        ("asah", ["4128", "4127"]),
        ("ahsa verma", ["4127"]),
        ("mohamed", ["6001"]),
        ("muhammed", ["6001"]),
        ("nunes", ["MC-77"]),
        ("vermaa", ["5001", "4127"]),
        ("xqzptl", []),
    ],
)
def test_what_is_typed_finds_whom_it_means(people: UnitsOfWork, typed: str, mrns: list[str]) -> None:
    hits = found(people, typed)
    assert hits[: len(mrns)] == mrns or (set(hits) == set(mrns) and len(hits) == len(mrns)), hits
    if not mrns:
        assert hits == []


@pytest.mark.parametrize(("typed", "mrns"), [("a", {"4127", "4128", "6002"}), ("4", {"4127", "4128"}), ("आ", {"9001"})])
def test_one_letter_finds_beginnings(people: UnitsOfWork, typed: str, mrns: set[str]) -> None:
    assert set(found(people, typed)) == mrns


@pytest.mark.parametrize(
    "typed",
    ['a" OR', "*", "-", ":", '"', "''", "as*", "asha AND", "asha OR verma", "NOT asha", "NEAR(asha verma)", "^asha",
     "search:asha", "{search}: asha", "%", "_", "\\", "a\\", "100%", "asha; DROP TABLE patient", "(", ")", "+", "\x00",
     "asha\x00", "😀", "\u200d", "ﬁ", "a" * 500, "a b c d e f g h i j k l m n o p"],
)  # fmt: skip
def test_operators_and_odd_characters_are_only_text(people: UnitsOfWork, typed: str) -> None:
    assert isinstance(found(people, typed), list)


@pytest.mark.parametrize("typed", ["*", "-", ":", '"', "%", "_", "\\", "+"])
def test_nothing_but_signs_finds_only_who_has_them(people: UnitsOfWork, typed: str) -> None:
    held = [mrn for name, mrn, phone in PEOPLE if any(typed in told for told in (name, mrn, phone))]
    assert sorted(found(people, typed)) == sorted(held)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=12))
def test_any_text_at_all_can_be_typed(people: UnitsOfWork, typed: str) -> None:
    found(people, typed)


def test_both_engines_put_the_best_first(people: UnitsOfWork, tmp_path: Path) -> None:
    assert found(people, "asha")[:2] == ["4128", "4127"]
    assert found(people, "verma")[0] == "5001"
