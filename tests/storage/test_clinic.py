from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.people import Role
from clinic_app.storage.engine import Engines
from clinic_app.storage.records.clinic import CatalogueRecord, UndoRecord
from clinic_app.storage.unit import UnitsOfWork
from tests.builders import ACTOR, AUDIT_KEY, Clock
from tests.zones import in_zone

WRITTEN = datetime(2026, 1, 5, 9)  # noqa: DTZ001


def at(*parts: int, fold: int = 0) -> datetime:
    """A local time without a zone."""
    return datetime(*parts, fold=fold)  # type: ignore[arg-type]  # noqa: DTZ001  # year to microsecond


def test_settings_are_kept_whole(units: UnitsOfWork) -> None:
    content: dict[str, object] = {"name": "Klinik Müller — आशा", "nested": {"a": [1, 2.5, None, True]}}
    with units.open() as unit:
        unit.clinic.set_setting("clinic", {"name": "old"})
        unit.clinic.set_setting("clinic", content)
        unit.commit()
    with units.read() as unit:
        assert unit.clinic.setting("clinic") == content
        assert unit.clinic.setting("other") is None


def test_users_have_names_and_roles(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.clinic.add_user("Dr Rao", frozenset({Role.ADMIN, Role.DOCTOR}))
        unit.commit()
    with units.read() as unit:
        user = unit.clinic.user("Dr Rao")
        assert user is not None
        assert user.roles == {Role.ADMIN, Role.DOCTOR}
        assert unit.clinic.user("Nobody") is None
    with pytest.raises(Conflict, match="already_there"), units.open() as unit:
        unit.clinic.add_user("Dr Rao", frozenset({Role.NURSE}))


def test_catalogue_entries_are_inserted_changed_and_retired_never_deleted(units: UnitsOfWork) -> None:
    first = {"a": ({"name": "A"}, "1"), "b": ({"name": "B"}, "1")}
    later = {"b": ({"name": "B better"}, "2"), "c": ({"name": "C"}, "1")}
    with units.open() as unit:
        assert unit.clinic.sync_catalogue("things", first) == (2, 0)
        assert unit.clinic.sync_catalogue("things", first) == (0, 0)
        assert unit.clinic.sync_catalogue("things", later) == (2, 1)
        assert unit.clinic.sync_catalogue("things", later) == (0, 0)
        assert unit.clinic.sync_catalogue("others", {}) == (0, 0)
        unit.commit()
    with units.read() as unit:
        rows = {row.code: row for row in unit.session.scalars(select(CatalogueRecord))}
        assert set(rows) == {"a", "b", "c"}
        assert rows["a"].retired_at is not None
        assert rows["b"].content == {"name": "B better"}
    with units.open() as unit:
        assert unit.clinic.sync_catalogue("things", first) == (2, 1)
        unit.commit()
    with units.read() as unit:
        assert {row.code for row in unit.session.scalars(select(CatalogueRecord)) if row.retired_at} == {"c"}


def test_an_inverse_command_is_taken_once(units: UnitsOfWork) -> None:
    with units.open() as unit:
        number = unit.clinic.add_undo("call", {"call_id": 3})
        unit.commit()
    with units.open() as unit:
        assert unit.clinic.take_undo(number) == ("call", {"call_id": 3})
        unit.commit()
    with units.open() as unit:
        with pytest.raises(Conflict, match="already_undone"):
            unit.clinic.take_undo(number)
        with pytest.raises(NotFound, match="nothing_to_undo"):
            unit.clinic.take_undo(number + 1)


def test_a_mapping_is_kept_by_its_header(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.clinic.keep_mapping("mrn\x1fname", "one")
        unit.clinic.keep_mapping("mrn\x1fname", "two")
        unit.commit()
    with units.read() as unit:
        assert unit.clinic.mapping("mrn\x1fname") == "two"
        assert unit.clinic.mapping("mrn") is None


def test_ids_go_on_behind_rows_that_brought_their_own(units: UnitsOfWork) -> None:
    with units.open() as unit:
        patient = unit.patients.add(PatientDetails("Asha"))
        first = unit.bulk.next_id("visit")
        row = {
            "patient_id": patient.id, "day": date(2026, 1, 5), "injector": "", "batch": "", "checklist": {},
            "reason": "", "decided_by": "", "notes": "", "written_by": "", "written_at": WRITTEN, "import_id": None,
            "version": 1,
        }  # fmt: skip
        unit.bulk.insert("visit", [{"id": first + number, **row} for number in range(3)])
        unit.bulk.insert("visit", [])
        assert unit.bulk.next_id("visit") == first + 3
        unit.bulk.settle_ids("visit", "patient", "injection_session")
        assert unit.patients.add(PatientDetails("Ravi")).id == patient.id + 1
        unit.bulk.insert("visit", [row])
        unit.commit()
    with units.read() as unit:
        ids = unit.session.execute(text("SELECT id FROM visit ORDER BY id")).scalars().all()
    assert list(ids) == [first, first + 1, first + 2, first + 3]


@pytest.mark.parametrize("amount", ["0.01", "0.75", "1.25", "2.50", "33.33", "99999.99", "2500", "0.1"])
def test_a_dose_is_exact_to_the_hundredth(engines_of_clinic: Engines, units: UnitsOfWork, amount: str) -> None:
    with units.open() as unit:
        patient = unit.patients.add(PatientDetails("Asha"))
        row = {
            "patient_id": patient.id, "day": date(2026, 1, 5), "product": "ona", "units": Decimal(amount),
            "case_id": None, "place": "", "removed_reason": None, "written_by": "", "written_at": WRITTEN, "version": 1,
        }  # fmt: skip
        unit.bulk.insert("external_toxin", [row])
        unit.commit()
    with units.read() as unit:
        (found,) = unit.treatment.external_of(patient.id)
    assert found.details.units == Decimal(amount)
    with engines_of_clinic.reader.connect() as connection:
        assert connection.execute(text("SELECT units FROM external_toxin")).scalar() == int(Decimal(amount) * 100)


@pytest.fixture
def berlin() -> Iterator[None]:
    with in_zone("Europe/Berlin"):
        yield


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (at(2026, 1, 15, 9, 30), "2026-01-15 08:30"),
        (at(2026, 7, 15, 9, 30, 5, 123456), "2026-07-15 07:30"),
        (at(2026, 3, 29, 1, 59), "2026-03-29 00:59"),
        (at(2026, 3, 29, 3, 0), "2026-03-29 01:00"),
        (at(2026, 10, 25, 2, 30), "2026-10-25 00:30"),
        (at(2026, 10, 25, 2, 30, fold=1), "2026-10-25 01:30"),
        (at(2026, 12, 31, 23, 59), "2026-12-31 22:59"),
    ],
)
def test_moments_are_kept_in_utc_and_given_back_in_local_time(
    engines_of_clinic: Engines, local: datetime, utc: str
) -> None:
    clock = Clock()
    clock.moment = local - timedelta(seconds=1)
    clock_units = UnitsOfWork(engines_of_clinic, ACTOR, lambda: local, AUDIT_KEY)
    with clock_units.open() as unit:
        unit.clinic.add_undo("call", {})
        unit.commit()
    with clock_units.read() as unit:
        row = unit.session.scalars(select(UndoRecord)).one()
        assert row.written_at == local
        assert row.written_at.fold == local.fold
        assert row.written_at.tzinfo is None
    with engines_of_clinic.reader.connect() as connection:
        kept = str(connection.execute(text("SELECT written_at FROM undo_command")).scalar())
    assert kept.startswith(utc)
