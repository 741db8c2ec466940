from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from clinic_app.domain.calendar import weeks
from clinic_app.domain.cases import CaseDetails, Hold, ReinjectionPlan, Side, Stop, StopReason
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import DecisionKind
from clinic_app.storage.unit import UnitsOfWork

FULL = CaseDetails(
    "cervical_dystonia",
    Side.RIGHT,
    "lateral",
    "2019, slowly",
    ("idiopathic", "tardive"),
    (("axis_1", "focal"), ("axis_2", "sporadic")),
    ReinjectionPlan(weeks(12), weeks(16)),
    "prefers mornings",
)
DAY = date(2026, 3, 1)


def patient_with(units: UnitsOfWork, *cases: CaseDetails) -> tuple[int, list[int]]:
    with units.open() as unit:
        patient = unit.patients.add(PatientDetails("Asha"))
        ids = [unit.cases.add(patient.id, case) for case in cases]
        unit.commit()
    return patient.id, ids


def test_a_case_comes_back_as_it_was_entered(units: UnitsOfWork) -> None:
    patient_id, (first, second) = patient_with(units, FULL, CaseDetails("hemifacial_spasm", Side.LEFT))
    with units.read() as unit:
        case = unit.cases.get(first)
        assert (case.details, case.patient_id, case.version) == (FULL, patient_id, 1)
        assert [one.id for one in unit.cases.of_patient(patient_id)] == [first, second]
        assert list(unit.cases.by_ids([second, 99, first])) == [second, first]
        assert unit.cases.ids() == [first, second]
        with pytest.raises(NotFound, match="case_not_found"):
            unit.cases.get(99)


def test_the_second_of_two_writers_is_told(units: UnitsOfWork) -> None:
    _, (id_,) = patient_with(units, FULL)
    changed = dataclasses.replace(FULL, side=None, plan=None, causes=())
    with units.open() as unit:
        unit.cases.change(id_, changed, 1)
        unit.commit()
    with units.open() as unit, pytest.raises(Conflict, match="changed_meanwhile"):
        unit.cases.change(id_, FULL, 1)
    with units.read() as unit:
        assert unit.cases.get(id_).details == changed
        assert unit.cases.get(id_).version == 2


def test_independence_is_mutual_and_can_be_taken_back(units: UnitsOfWork) -> None:
    patient_id, (a, b, c) = patient_with(units, *[CaseDetails(code) for code in ("meige", "writers_cramp", "anismus")])
    with units.open() as unit:
        unit.cases.set_independent(b, a, independent=True)
        unit.cases.set_independent(a, b, independent=True)
        unit.cases.set_independent(c, b, independent=True)
        unit.commit()
    with units.open() as unit:
        found = {case.id: case.independent_of for case in unit.cases.of_patient(patient_id)}
        assert found == {a: {b}, b: {a, c}, c: {b}}
        unit.cases.set_independent(a, b, independent=False)
        unit.cases.set_independent(a, b, independent=False)
        unit.commit()
    with units.read() as unit:
        assert {case.id: case.independent_of for case in unit.cases.of_patient(patient_id)} == {
            a: set(),
            b: {c},
            c: {b},
        }


def test_a_new_hold_ends_the_one_running(units: UnitsOfWork) -> None:
    _, (id_,) = patient_with(units, FULL)
    with units.open() as unit:
        unit.cases.add_hold(id_, Hold(DAY, date(2026, 6, 1), "pregnant"))
        unit.cases.add_hold(id_, Hold(date(2026, 3, 10), date(2026, 4, 1), "travels"))
        unit.commit()
    with units.open() as unit:
        first, second = unit.cases.get(id_).holds
        assert (first.ended_on, second.ended_on) == (date(2026, 3, 10), None)
        assert [one.holds_on(date(2026, 3, 10)) for one in (first, second)] == [False, True]
        unit.cases.end_holds(id_, date(2026, 3, 12))
        unit.commit()
    with units.open() as unit:
        assert unit.cases.get(id_).holds[1].ended_on == date(2026, 3, 12)
        unit.cases.resume_hold(id_)
        unit.commit()
    with units.read() as unit:
        assert [one.ended_on for one in unit.cases.get(id_).holds] == [date(2026, 3, 10), None]


def test_stops_are_set_ended_and_taken_back(units: UnitsOfWork) -> None:
    _, (id_,) = patient_with(units, FULL)
    with units.open() as unit:
        one = unit.cases.add_stop(id_, Stop(DAY, StopReason.REMISSION, "well"))
        unit.cases.add_stop(id_, Stop(DAY, StopReason.DECEASED), of_patient=True)
        unit.commit()
    with units.open() as unit:
        assert [stop.reason for stop in unit.cases.get(id_).stops] == [StopReason.REMISSION, StopReason.DECEASED]
        unit.cases.remove_stops(id_, of_patient=True)
        unit.commit()
    with units.open() as unit:
        (stop,) = unit.cases.get(id_).stops
        assert (stop.id, stop.note) == (one, "well")
        unit.cases.end_stops(id_, date(2026, 3, 5))
        unit.commit()
    with units.open() as unit:
        assert unit.cases.get(id_).stops[0].ended_on == date(2026, 3, 5)
        unit.cases.delete_stop(one)
        unit.commit()
    with units.read() as unit:
        assert unit.cases.get(id_).stops == ()


def test_decisions_are_kept_with_their_moment(units: UnitsOfWork) -> None:
    _, (id_,) = patient_with(units, FULL)
    with units.open() as unit:
        unit.cases.add_decision(id_, DecisionKind.GO_ON, DAY, "call her son")
        unit.commit()
        now = unit.now
    with units.read() as unit:
        (decision,) = unit.cases.decisions([id_])[id_]
    assert (decision.day, decision.kind, decision.at) == (DAY, DecisionKind.GO_ON, now)


def test_a_case_of_nobody_is_refused_by_the_database(units: UnitsOfWork) -> None:
    with pytest.raises(Conflict) as caught, units.open() as unit:
        unit.cases.add(999, FULL)
    assert isinstance(caught.value.__cause__, IntegrityError)
