"""Builders with sane defaults: a real encrypted clinic, and people in it."""

from __future__ import annotations

from atexit import register
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

from clinic_app.domain.access import Action
from clinic_app.domain.audit import Actor
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone, Sex
from clinic_app.domain.treatment import SessionDetails, Visit, VisitDetails
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor

TODAY = date(2026, 3, 19)
PASSPHRASE = "correct horse battery staple"
ACTOR = Actor(1, "Dr Rao", ("admin", "doctor"), "test-sign-in", "test-computer")
AUDIT_KEY = bytes(range(32))


class Clock:
    """A clock the test sets; each look is a second later."""

    def __init__(self, day: date = TODAY) -> None:
        self.moment = datetime.combine(day, time(9, 0))

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def go_to(self, day: date) -> None:
        """Jump to the morning of a day."""
        self.moment = datetime.combine(day, time(9, 0))


def door(clock: Callable[[], datetime] | None = None) -> ClinicDoor:
    """The door to clinics with the test's clock."""
    return ClinicDoor(find_places(), clock or Clock(), PictureReader, today_given=True)


@contextmanager
def open_test_clinic(folder: Path, clock: Clock | None = None) -> Iterator[Services]:
    """A new clinic in ``folder / "clinic"`` on a real encrypted file, closed afterwards."""
    created = door(clock).create(str(folder / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE)
    try:
        yield created.services
    finally:
        created.services.close()


@cache
def _empty_clinic() -> Path:
    """The folder of an empty clinic, made once a process."""
    folder = Path(mkdtemp(prefix="clinic-"))
    register(rmtree, folder)
    with open_test_clinic(folder):
        return folder / "clinic"


@contextmanager
def open_copied_clinic(folder: Path) -> Iterator[Services]:
    """As ``open_test_clinic``, for tests that ask nothing of keys, codes and the first entries of the audit."""
    copytree(_empty_clinic(), folder / "clinic")
    services = door().open(str(folder / "clinic"), PASSPHRASE)
    try:
        yield services
    finally:
        services.close()


def add_patient(
    services: Services,
    name: str = "Asha Verma",
    mrn: str = "4127",
    condition: str = "blepharospasm_bilateral",
    side: Side | None = Side.BILATERAL,
    phone: str = "98400 12207",
) -> tuple[int, int]:
    """A patient with one case; answers (patient_id, case_id)."""
    details = PatientDetails(
        name, Sex.FEMALE, Birth(year=1968), (Identifier(mrn),) if mrn else (), (Phone(phone, "daughter", "Hindi"),)
    )
    patient_id = services.patients.add(details).result
    assert isinstance(patient_id, int)
    case_id = services.cases.add(patient_id, CaseDetails(condition, side)).result
    assert isinstance(case_id, int)
    return patient_id, case_id


def give(
    services: Services,
    patient_id: int,
    case_id: int,
    day: date,
    units: str | None = "35",
    product: str | None = "ona",
    *,
    finalise: bool = True,
) -> Visit:
    """An injection given on a day."""
    session = SessionDetails(case_id, product, Decimal(units) if units else None)
    visit = services.treatment.record(patient_id, VisitDetails(day, (session,), "Dr Rao"), finalise).result
    assert isinstance(visit, Visit)
    return visit


def export_register(services: Services, path: Path, *, overwrite: bool = False) -> int:
    """The register as a file with names in it, after signing in again and with a reason; answers the rows."""
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    with services.access.because("For the clinic's own statistics"):
        return services.register.export(str(path), overwrite=overwrite)
