"""Figures counted by hand on a few diagnoses: windows other toxin moved, toxin given elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.services import Services
from tests.builders import add_patient, give, open_copied_clinic
from tests.services.conftest import day


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Services]:
    """A clinic of its own: figures count everybody."""
    with open_copied_clinic(tmp_path) as services:
        yield services


def months(services: Services) -> dict[str, tuple[int, int, int, int]]:
    """Due, done, in the window and overdue of every month somebody fell due in."""
    return {
        f"{one.month:%Y-%m}": (one.due, one.done, one.in_window, one.overdue)
        for one in services.forecast.figures().recall
        if one.due
    }


def intervals(services: Services) -> list[tuple[date, float]]:
    """The median interval of every month an interval ended in, in days."""
    return [(one.month, one.kept.median * 7) for one in services.forecast.figures().intervals if one.kept is not None]


def test_a_window_that_another_diagnosis_moved_counts_in_the_month_it_opened(alone: Services) -> None:
    patient, face = add_patient(alone)
    neck = alone.cases.add(patient, CaseDetails("cervical_dystonia", None)).result
    assert isinstance(neck, int)
    give(alone, patient, face, day("2025-05-01"))
    give(alone, patient, neck, day("2025-07-01"), "100")
    (before,) = [one for one in alone.schedule.due(day("2025-09-29")) if one.case_id == face]
    assert (before.answer.window.opens, before.answer.window.closes) == (day("2025-09-23"), day("2025-10-24"))
    give(alone, patient, face, day("2025-09-30"))
    assert months(alone)["2025-09"] == (1, 1, 1, 0)
    assert "2025-08" not in months(alone)


def test_toxin_given_elsewhere_ends_a_cycle_before_and_after_the_next_injection(alone: Services) -> None:
    patient, case = add_patient(alone)
    give(alone, patient, case, day("2025-04-01"))
    alone.treatment.add_external(patient, ExternalToxinDetails(day("2025-07-05"), "ona", None, case))
    assert months(alone) == {"2025-07": (1, 1, 1, 0), "2025-10": (1, 0, 0, 1)}
    give(alone, patient, case, day("2025-10-08"))
    assert months(alone) == {"2025-07": (1, 1, 1, 0), "2025-10": (1, 1, 1, 0), "2026-01": (1, 0, 0, 1)}
    assert intervals(alone) == [(day("2025-07-01"), 95), (day("2025-10-01"), 95)]
