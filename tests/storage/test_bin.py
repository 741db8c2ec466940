"""The bin on both engines: what is taken out comes back with its ids and every value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from clinic_app.services import Services
from clinic_app.storage.bin import reached_from_patient
from tests.services.test_bin import WHY, full_record


def rows_of(services: Services) -> dict[str, list[Any]]:
    with services.context.units.read() as unit:
        return {
            table: sorted((tuple(row) for row in unit.session.execute(text(f"SELECT * FROM {table}"))), key=repr)  # noqa: S608
            for table in reached_from_patient()
        }


def test_a_whole_record_goes_and_comes_back(services: Services) -> None:
    patient_id, _, _ = full_record(services, 3)
    rows = rows_of(services)
    entry = services.bin.delete_patient(patient_id, WHY).result
    assert isinstance(entry, int)
    assert not any(rows_of(services).values())
    with services.context.units.read() as unit:
        assert unit.patients.next_number() == 2
        (found,) = unit.bin.entries()
        assert (found.rows["picture"], found.name, found.last_on is not None) == (3, "Asha Verma", True)
    services.bin.restore(entry)
    assert rows_of(services) == rows
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()
    again = full_record(services, 1, "9001")[0]
    assert again == patient_id + 1


def test_merging_and_back(services: Services) -> None:
    kept, _, _ = full_record(services, 1, "A1")
    other, _, _ = full_record(services, 1, "A2")
    preview = services.merge.preview(kept, other)
    merged = services.merge.merge(kept, other, "one person", [one.other_session for one in preview.same_days])
    assert merged.undo is not None
    assert len(services.pictures.entries(kept)) == 2
    services.undo(merged.undo)
    assert len(services.pictures.entries(other)) == 1
    assert services.patients.get(other).mrn == "A2"
