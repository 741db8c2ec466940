"""Earlier versions are told in the words of the screen, and restored as a change of today."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from clinic_app.domain.cases import Side
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails
from clinic_app.services import Services
from clinic_app.wording.versions import change_words, thing_words
from tests.builders import give
from tests.services.conftest import day, refusal


def test_a_patient_before_each_save_and_back(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    first = services.patients.get(patient_id)
    services.patients.change(patient_id, replace(first.details, village="Pune", phones=()), first.version)
    second = services.patients.get(patient_id)
    services.patients.change(patient_id, replace(second.details, village="Nashik"), second.version)
    latest, before = services.versions.of_patient(patient_id)
    assert [change_words(one) for one in latest.fields] == ["Village or area: Pune → Nashik"]
    assert thing_words(before) == "Patient"
    assert {change_words(one).partition(":")[0] for one in before.fields} == {"Village or area", "Phones"}
    assert (before.by, latest.save > before.save) == ("Dr Rao", True)
    services.versions.restore(before.id)
    assert services.patients.get(patient_id).details == first.details
    assert len(services.versions.of_patient(patient_id)) == 3


def test_a_case_and_an_injection_before_a_change(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    case = services.cases.get(case_id)
    services.cases.change(case_id, replace(case.details, pattern="closing", side=Side.BILATERAL), case.version)
    session = give(services, patient_id, case_id, day("2025-12-01")).sessions[0]
    services.treatment.correct(session.id, SessionDetails(case_id, "ona", Decimal(45)), day("2025-12-02"), "mistyped")
    external = services.treatment.add_external(patient_id, ExternalToxinDetails(day("2025-01-01"), "abo")).result
    assert isinstance(external, int)
    services.treatment.change_external(external, ExternalToxinDetails(day("2025-01-05"), "abo"))
    found = {one.table: one for one in reversed(services.versions.of_patient(patient_id))}
    for table in ("clinical_case", "injection_session", "external_toxin"):
        services.versions.restore(found[table].id)
    assert services.cases.get(case_id).details == case.details
    again = services.treatment.session(session.id)
    assert (again.day, again.details.total.amount) == (day("2025-12-01"), Decimal(35))
    assert again.correction_reason.startswith("Earlier version restored")
    assert services.patients.page(patient_id).external[0].details.day == day("2025-01-01")
    refused = [one for one in services.versions.of_patient(patient_id) if not one.restorable]
    for one in refused[:1]:
        assert refusal(lambda one=one: services.versions.restore(one.id)).code == "version_not_restorable"
    assert refusal(lambda: services.versions.restore(10**9)).code == "version_not_found"
