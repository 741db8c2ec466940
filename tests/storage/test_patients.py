from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from clinic_app.domain.calendar import weeks
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.patients import Birth, Identifier, IdentifierKind, PatientDetails, Phone, Sex
from clinic_app.storage.unit import UnitsOfWork

FULL = PatientDetails(
    "Zoë Ñandú-O'Brien",
    Sex.FEMALE,
    Birth(day=date(1961, 2, 28)),
    (Identifier("UH-7/12"), Identifier("12-3456-7890-1234", IdentifierKind.ABHA)),
    (Phone("98400 12207", "daughter", "Hindi"), Phone("+91 44 2345 6789", "home", "Tamil", preferred=True)),
    "Ravi",
    "Mélapur",
    61.5,
    "ta",
    False,
    ("allergy to latex", "on warfarin"),
    "comes by bus",
)


def added(units: UnitsOfWork, details: PatientDetails) -> int:
    with units.open() as unit:
        patient = unit.patients.add(details)
        unit.commit()
    return patient.id


def test_a_patient_comes_back_as_it_was_entered(units: UnitsOfWork) -> None:
    id_ = added(units, FULL)
    with units.read() as unit:
        found = unit.patients.get(id_)
        assert found.details == FULL
        assert (found.mrn, found.number, found.version) == ("UH-7/12", 1, 1)
        assert unit.patients.by_mrn("UH-7/12") == found
        assert unit.patients.by_mrn("12-3456-7890-1234") == found
        assert unit.patients.by_mrn("uh-7/1") is None
        assert unit.patients.by_mrns(["UH-7/12", "nobody"]) == {"UH-7/12": found}
        assert unit.patients.by_ids([id_, 999]) == {id_: found}
        assert unit.patients.by_folded_names(["zoe nandu o brien"]) == {"zoe nandu o brien": [found]}


@pytest.mark.parametrize(
    "birth", [Birth(), Birth(year=1950), Birth(age=44, age_on=date(2024, 2, 29)), Birth(day=date(2024, 2, 29))]
)
def test_every_way_to_know_a_birth_is_kept(units: UnitsOfWork, birth: Birth) -> None:
    id_ = added(units, PatientDetails("Anon", birth=birth))
    with units.read() as unit:
        assert unit.patients.get(id_).details.birth == birth


def test_without_a_number_the_clinic_gives_one_nobody_has(units: UnitsOfWork) -> None:
    added(units, PatientDetails("First", identifiers=(Identifier("2"),)))
    second = added(units, PatientDetails("Second"))
    third = added(units, PatientDetails("Third", identifiers=(Identifier("MC9"), Identifier("4"))))
    fourth = added(units, PatientDetails("Fourth"))
    with units.read() as unit:
        mrns = {unit.patients.get(id_).mrn for id_ in (second, third, fourth)}
        assert mrns == {"3", "MC9", "5"}
        assert unit.patients.get(fourth).number == 5


def test_a_taken_number_is_refused_and_named(units: UnitsOfWork) -> None:
    added(units, PatientDetails("Asha Verma", identifiers=(Identifier("7"),)))
    other = added(units, PatientDetails("Ravi", identifiers=(Identifier("8"),)))
    with units.open() as unit, pytest.raises(Conflict) as adding:
        unit.patients.add(PatientDetails("Somebody", identifiers=(Identifier("7"),)))
    with units.open() as unit, pytest.raises(Conflict) as changing:
        unit.patients.change(other, PatientDetails("Ravi", identifiers=(Identifier("7"),)), 1)
    for caught in (adding, changing):
        assert (caught.value.code, caught.value.params) == ("mrn_taken", {"mrn": "7", "name": "Asha Verma"})
    with units.read() as unit:
        assert unit.patients.count() == 2


def test_the_second_of_two_writers_is_told(units: UnitsOfWork) -> None:
    id_ = added(units, FULL)
    renamed = dataclasses.replace(FULL, full_name="Zoë Brown", phones=())
    with units.open() as unit:
        assert unit.patients.change(id_, renamed, 1).version == 2
        unit.commit()
    with units.open() as unit, pytest.raises(Conflict, match="changed_meanwhile"):
        unit.patients.change(id_, FULL, 1)
    with units.read() as unit:
        assert unit.patients.get(id_).details == renamed
        assert unit.patients.count("brown") == 1
        assert unit.patients.count("nandu") == 0


def test_what_is_not_committed_leaves_no_trace(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.patients.add(FULL)
    with units.read() as unit:
        assert unit.patients.ids() == []
        with pytest.raises(NotFound):
            unit.patients.get(1)


def test_plans_and_departures(units: UnitsOfWork) -> None:
    id_, other = added(units, FULL), added(units, PatientDetails("Ravi"))
    plan = ReinjectionPlan(weeks(14), weeks(18))
    with units.open() as unit:
        unit.patients.set_plan(id_, plan)
        unit.patients.set_departure(id_, deceased_on=date(2026, 3, 1), moved_on=None)
        unit.commit()
    with units.open() as unit:
        assert unit.patients.plans([id_, other]) == {id_: plan}
        assert unit.patients.get(id_).deceased_on == date(2026, 3, 1)
        unit.patients.set_plan(id_, None)
        unit.commit()
    with units.read() as unit:
        assert unit.patients.plans([id_, other]) == {}


def test_pages_of_the_list_are_by_name_and_whole(units: UnitsOfWork) -> None:
    names = ["Émile", "asha", "Ravi", "Zubin", "asha", "Öznur", "eve"]
    ids = {added(units, PatientDetails(name)): name for name in names}
    with units.read() as unit:
        whole = unit.patients.entries("", 0, 100)
        paged = [entry for start in range(0, 8, 2) for entry in unit.patients.entries("", start, 2)]
    assert [entry.name for entry in whole] == ["asha", "asha", "Émile", "eve", "Öznur", "Ravi", "Zubin"]
    assert paged == list(whole)
    assert {entry.id for entry in whole} == set(ids)


def test_late_pages_of_a_search_go_on_where_the_first_ended(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.patients.add_all([PatientDetails(f"Q{900 - number} Verma") for number in range(340)])
        unit.commit()
    with units.read() as unit:
        count, first = unit.patients.first_page("verma", 40)
        paged = [
            *first,
            *(entry for start in range(40, count, 40) for entry in unit.patients.entries("verma", start, 40)),
        ]
    assert count == len(paged) == len({entry.id for entry in paged}) == 300
    assert [entry.name for entry in paged] == sorted(entry.name for entry in paged)


def test_what_this_unit_has_not_written_yet_is_found(units: UnitsOfWork) -> None:
    id_ = added(units, FULL)
    with units.open() as unit:
        details = dataclasses.replace(FULL, full_name="Noor Fatima", phones=(Phone("044 1", preferred=True),))
        unit.patients.change(id_, details, unit.patients.get(id_).version)
        entry = unit.patients.entries("noor", 0, 10)[0]
    assert (entry.id, entry.name, entry.phone) == (id_, "Noor Fatima", "044 1")


def test_an_entry_shows_the_number_to_call(units: UnitsOfWork) -> None:
    id_ = added(units, FULL)
    with units.read() as unit:
        entry = unit.patients.entries("", 0, 1)[0]
    assert (entry.id, entry.phone, entry.birth.day) == (id_, "+91 44 2345 6789", date(1961, 2, 28))


@pytest.mark.parametrize("typed", ["%", "_", '"', "*", "\\", "' OR 1", "!!", "--"])
def test_signs_alone_find_nobody_who_does_not_have_them(units: UnitsOfWork, typed: str) -> None:
    added(units, FULL)
    added(units, PatientDetails("Asha Verma", identifiers=(Identifier("4127"),)))
    with units.read() as unit:
        assert unit.patients.entries(typed, 0, 10) == ()
        assert unit.patients.first_page(typed, 10) == (0, ())
        assert unit.patients.count(typed) == 0


@pytest.mark.parametrize("typed", ["'", "-", "/", " - ", "+"])
def test_signs_alone_find_who_has_them(units: UnitsOfWork, typed: str) -> None:
    id_ = added(units, FULL)
    added(units, PatientDetails("Asha Verma", identifiers=(Identifier("4127"),)))
    with units.read() as unit:
        assert [entry.id for entry in unit.patients.entries(typed, 0, 10)] == [id_]
        assert unit.patients.first_page(typed, 10)[0] == unit.patients.count(typed) == 1
