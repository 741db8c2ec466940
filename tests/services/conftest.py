"""One encrypted clinic for all tests of a module; each test brings patients of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import pytest

from clinic_app.domain.errors import ClinicError
from clinic_app.services import Services
from tests.builders import TODAY, Clock, add_patient, open_test_clinic

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the module's clinic."""
    return Clock()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Services]:
    """The module's clinic."""
    with open_test_clinic(tmp_path_factory.mktemp("data"), clock) as services:
        yield services


@pytest.fixture
def services(clinic: Services, clock: Clock) -> Iterator[Services]:
    """The module's clinic at the tests' today, just signed in; cached dates must follow from the record afterwards."""
    clock.go_to(TODAY)
    clinic.access.leave()
    yield clinic
    assert [one for one in clinic.check() if not one.harmless] == []


@pytest.fixture
def someone(services: Services) -> tuple[int, int]:
    """A patient of the test's own with one case: (patient_id, case_id)."""
    number = next(_NUMBERS)
    return add_patient(services, f"Person {number}", f"P{number}", phone=f"70000 {number:05}")


def refusal(call: object) -> ClinicError:
    """The error a call ends with."""
    assert callable(call)
    with pytest.raises(ClinicError) as caught:
        call()
    return caught.value


def day(text: str) -> date:
    """A day from its ISO text."""
    return date.fromisoformat(text)
