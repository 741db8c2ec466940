from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.errors import NotFound
from clinic_app.domain.patients import Identifier, PatientDetails
from clinic_app.domain.treatment import (
    ExternalToxinDetails,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    VisitDetails,
)
from clinic_app.storage.records.treatment import SessionVersionRecord
from clinic_app.storage.unit import UnitsOfWork

DAY = date(2026, 1, 5)


@pytest.fixture
def ids(units: UnitsOfWork) -> tuple[int, int, int]:
    with units.open() as unit:
        patient = unit.patients.add(PatientDetails("Asha", identifiers=(Identifier("4127"),)))
        face = unit.cases.add(patient.id, CaseDetails("hemifacial_spasm", Side.LEFT))
        neck = unit.cases.add(patient.id, CaseDetails("cervical_dystonia"))
        unit.commit()
    return patient.id, face, neck


def visit_of(face: int, neck: int, day: date = DAY) -> VisitDetails:
    sites = (
        InjectionSite("orbicularis_oculi", SiteSide.LEFT, Decimal("1.25"), Decimal("0.05")),
        InjectionSite("orbicularis_oculi", SiteSide.LEFT, Decimal("0.75")),
    )
    return VisitDetails(
        day,
        (
            SessionDetails(
                face, "ona", None, sites, dilution_ml=Decimal("2.5"), guidance="emg", come_on=date(2026, 5, 1)
            ),
            SessionDetails(neck, "abo", Decimal(500), kind=SessionKind.TOUCH_UP, restarts_window=True),
        ),
        "Dr Rao",
        "C1234",
        (("pregnancy", False), ("infection", True)),
        "asked for it",
        "Dr Rao",
        "tolerated well",
    )


def test_a_visit_comes_back_as_it_was_entered(units: UnitsOfWork, ids: tuple[int, int, int]) -> None:
    patient_id, face, neck = ids
    details = visit_of(face, neck)
    with units.open() as unit:
        visit_id = unit.treatment.add_visit(patient_id, details, SessionState.GIVEN)
        unit.commit()
    with units.read() as unit:
        visit = unit.treatment.visit(visit_id)
        assert unit.treatment.visits_of(patient_id) == (visit,)
        assert [row for row, _ in unit.treatment.sessions()] == list(visit.sessions)
        assert unit.treatment.sessions_of([patient_id]) == {patient_id: visit.sessions}
        assert unit.treatment.visit_notes([patient_id]) == {visit_id: "tolerated well"}
        first, second = unit.treatment.events([patient_id])[patient_id]
    assert tuple(one.details for one in visit.sessions) == (
        dataclasses.replace(details.sessions[0], units=Decimal(2)),
        details.sessions[1],
    )
    assert (visit.batch, visit.checklist, visit.reason, visit.decided_by) == (
        "C1234", (("pregnancy", False), ("infection", True)), "asked for it", "Dr Rao",
    )  # fmt: skip
    assert (first.product, first.units, first.restarts, first.finalised) == ("ona", Decimal(2), True, False)
    assert (second.product, second.units, second.restarts, second.come_on) == ("abo", Decimal(500), True, None)


def test_the_last_session_of_a_product(units: UnitsOfWork, ids: tuple[int, int, int]) -> None:
    patient_id, face, neck = ids
    with units.open() as unit:
        unit.treatment.add_visit(patient_id, visit_of(face, neck), SessionState.FINAL)
        later = VisitDetails(date(2026, 2, 1), (SessionDetails(face, "inco", Decimal(20)),))
        unit.treatment.add_visit(patient_id, later, SessionState.FINAL)
        void = unit.treatment.add_visit(
            patient_id, dataclasses.replace(later, day=date(2026, 2, 2)), SessionState.FINAL
        )
        unit.treatment.void(unit.treatment.visit(void).sessions[0].id, "wrong patient")
        unit.commit()
    with units.read() as unit:
        last, botox = unit.treatment.last_session(face), unit.treatment.last_session(face, "ona")
        assert last is not None
        assert botox is not None
        assert (last.day, last.details.product) == (date(2026, 2, 1), "inco")
        assert (botox.day, len(botox.details.sites)) == (DAY, 2)
        assert unit.treatment.last_session(neck, "ona") is None


def test_a_correction_keeps_the_old_version_whole(units: UnitsOfWork, ids: tuple[int, int, int]) -> None:
    patient_id, face, neck = ids
    with units.open() as unit:
        visit_id = unit.treatment.add_visit(patient_id, visit_of(face, neck), SessionState.FINAL)
        unit.commit()
    with units.open() as unit:
        session_id = unit.treatment.visit(visit_id).sessions[0].id
        changed = SessionDetails(face, "inco", Decimal("12.5"))
        unit.treatment.correct(session_id, changed, date(2026, 1, 6), "mistyped")
        unit.commit()
    with units.read() as unit:
        session = unit.treatment.session(session_id)
        (version,) = unit.session.scalars(select(SessionVersionRecord))
        assert (session.day, session.details, session.state) == (date(2026, 1, 6), changed, SessionState.CORRECTED)
        assert session.correction_reason == version.reason == "mistyped"
        assert version.content == {
            "day": "2026-01-05", "case_id": face, "state": "final", "kind": "full", "product": "ona", "units": "2",
            "restarts_window": False, "dilution_ml": "2.5", "guidance": "emg", "come_on": "2026-05-01",
            "sites": [["orbicularis_oculi", "left", "1.25", "0.05"], ["orbicularis_oculi", "left", "0.75", None]],
        }  # fmt: skip
        assert session.visit_id != visit_id
        assert unit.treatment.visit(session.visit_id).day == date(2026, 1, 6)
        other = unit.treatment.visit(visit_id)
        assert (other.day, len(other.sessions)) == (DAY, 1)


def test_the_only_injection_of_a_visit_takes_the_visit_along(units: UnitsOfWork, ids: tuple[int, int, int]) -> None:
    patient_id, face, _ = ids
    with units.open() as unit:
        details = VisitDetails(DAY, (SessionDetails(face, "ona", Decimal(5)),))
        visit_id = unit.treatment.add_visit(patient_id, details, SessionState.FINAL)
        session_id = unit.treatment.visit(visit_id).sessions[0].id
        unit.treatment.correct(session_id, details.sessions[0], date(2026, 1, 4), "day")
        unit.commit()
    with units.read() as unit:
        assert unit.treatment.visit(visit_id).day == unit.treatment.session(session_id).day == date(2026, 1, 4)


def test_void_injections_do_not_count_and_are_kept(units: UnitsOfWork, ids: tuple[int, int, int]) -> None:
    patient_id, face, neck = ids
    with units.open() as unit:
        visit_id = unit.treatment.add_visit(patient_id, visit_of(face, neck), SessionState.FINAL)
        for session in unit.treatment.visit(visit_id).sessions:
            unit.treatment.void(session.id, "other patient")
        unit.commit()
    with units.read() as unit:
        assert unit.treatment.events([patient_id]) == {}
        assert [one.state for one, _ in unit.treatment.sessions(patient_id=patient_id)] == [SessionState.VOID] * 2
        assert unit.treatment.same_session([face, neck]) == {}


def test_toxin_elsewhere_is_kept_changed_and_removed_with_a_reason(
    units: UnitsOfWork, ids: tuple[int, int, int]
) -> None:
    patient_id, face, _ = ids
    details = ExternalToxinDetails(DAY, "abo", Decimal("0.75"), face, "another hospital")
    with units.open() as unit:
        id_ = unit.treatment.add_external(patient_id, details)
        unit.commit()
    with units.open() as unit:
        assert unit.treatment.external(id_).details == details
        (event,) = unit.treatment.events([patient_id])[patient_id]
        assert (event.external, event.case_id, event.condition, event.restarts) == (
            True,
            face,
            "hemifacial_spasm",
            True,
        )
        unit.treatment.change_external(id_, ExternalToxinDetails(DAY))
        unit.commit()
    with units.open() as unit:
        (event,) = unit.treatment.events([patient_id])[patient_id]
        assert (event.product, event.case_id, event.restarts) == (None, None, False)
        unit.treatment.remove_external(id_, "not ours")
        unit.commit()
    with units.read() as unit:
        assert unit.treatment.events([patient_id]) == {}
        assert unit.treatment.external_of(patient_id) == ()
        with pytest.raises(NotFound):
            unit.treatment.external(id_)
