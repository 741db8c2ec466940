from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import Attempt, BookingDetails
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door
from tests.services.conftest import refusal


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def real(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """A clinic whose clock is the computer's own, as far as it can tell."""
    entrance = ClinicDoor(find_places(), clock, PictureReader)
    created = entrance.create(str(tmp_path / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE)
    yield created.services
    created.services.close()


def test_an_empty_clinic_may_be_written_on_any_day(real: Services, clock: Clock) -> None:
    clock.go_to(TODAY + timedelta(days=400))
    add_patient(real)


@pytest.mark.parametrize(("shift", "code"), [(-1, "clock_behind"), (31, "clock_ahead")])
def test_a_clock_that_cannot_be_right_writes_nothing_until_accepted(
    real: Services, clock: Clock, shift: int, code: str
) -> None:
    patient_id, case_id = add_patient(real)
    wrong = TODAY + timedelta(days=shift)
    clock.go_to(wrong)
    details = PatientDetails("Another Person")
    writes = (
        lambda: real.patients.add(details),
        lambda: real.cases.add(patient_id, CaseDetails("cervical_dystonia")),
        lambda: real.schedule.log_call(case_id, Attempt.NO_ANSWER),
        lambda: real.schedule.book(BookingDetails(patient_id, wrong + timedelta(days=9), (case_id,))),
        lambda: real.patients.record_move(patient_id, TODAY - timedelta(days=9)),
        lambda: real.pictures.import_bytes(patient_id, b"anything"),
    )
    for write in writes:
        error = refusal(write)
        assert (error.code, error.params["newest"], error.params["today"]) == (code, TODAY, wrong)
    assert real.patients.count() == 1
    assert len(real.schedule.due()) == 1, "looking is always allowed"
    assert refusal(lambda: real.accept_clock(TODAY)).code == "clock_other_day"
    if shift < 0:
        assert refusal(lambda: real.accept_clock(wrong)).code == "clock_before_entries"
    assert refusal(lambda: real.patients.add(details)).code == code
    real.accept_clock(wrong, anyway=True)
    real.patients.add(details)
    assert real.patients.count() == 2


@pytest.mark.parametrize("shift", [0, 1, 30])
def test_days_in_order_are_not_asked_about(real: Services, clock: Clock, shift: int) -> None:
    add_patient(real)
    clock.go_to(TODAY + timedelta(days=shift))
    add_patient(real, "Second Person", "2")


def test_a_day_that_is_given_from_outside_is_believed(tmp_path: Path) -> None:
    clock = Clock()
    created = door(clock).create(str(tmp_path / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE)
    try:
        add_patient(created.services)
        for shift in (-500, 500):
            clock.go_to(TODAY + timedelta(days=shift))
            add_patient(created.services, f"Person {shift}", f"m{shift}")
    finally:
        created.services.close()
