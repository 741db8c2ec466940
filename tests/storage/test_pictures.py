from __future__ import annotations

from datetime import date, time

import pytest

from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.errors import NotFound
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.pictures import Certainty, TakenAt
from clinic_app.services import Services
from clinic_app.storage.picture_store import PictureKind
from clinic_app.storage.pictures import NewPicture
from clinic_app.storage.unit import UnitsOfWork

DAY = date(2026, 1, 12)
UNSURE = TakenAt(None, None, Certainty.UNSURE)


def new(patient_id: int, mark: str, taken: TakenAt, view: str | None = None) -> NewPicture:
    o, d, p, t = (f"{mark}{kind}" for kind in "odpt")
    return NewPicture(
        patient_id, view, taken, 4000, 3000, mark * 8, o, d, p, t, f"{mark}.jpg", "Pencil 2", ("cmyk",), (8, 6, 4, 2)
    )


@pytest.fixture
def people(units: UnitsOfWork) -> tuple[int, int, int]:
    with units.open() as unit:
        first, second = (unit.patients.add(PatientDetails(name)).id for name in ("Asha", "Ravi"))
        case_id = unit.cases.add(first, CaseDetails("meige"))
        unit.commit()
    return first, second, case_id


def test_a_photograph_comes_back_and_those_without_a_day_come_first(
    units: UnitsOfWork, people: tuple[int, int, int]
) -> None:
    first, second, _ = people
    camera = TakenAt(DAY, time(9, 31, 7), Certainty.CAMERA)
    with units.open() as unit:
        late = unit.pictures.add(new(first, "a", camera, "F01"))
        early = unit.pictures.add(new(first, "b", TakenAt(date(2025, 12, 1), None, Certainty.TYPED)))
        unsure = unit.pictures.add(new(first, "c", UNSURE))
        unit.pictures.add(new(second, "a", camera))
        unit.commit()
    with units.read() as unit:
        found = unit.pictures.of_patient(first)
        assert [one.id for one in found] == [unsure.id, early.id, late.id]
        assert (found[2].taken, found[2].view, found[2].notes, found[2].width) == (camera, "F01", ("cmyk",), 4000)
        assert {one.patient_id for one in unit.pictures.with_sha256("a" * 8)} == {first, second}
        assert unit.pictures.days_of([first, second]) == {
            first: ((DAY, "F01"), (date(2025, 12, 1), None)),
            second: ((DAY, None),),
        }
        assert unit.pictures.blob_ids() == {f"{mark}{kind}" for mark in "abc" for kind in "odpt"}
        assert len(unit.pictures.all()) == 4
        kept = unit.pictures.kept()
        assert {(one.patient_id, one.blobs[0]) for one in kept} == {
            (first, ("ao", 8)), (first, ("bo", 8)), (first, ("co", 8)), (second, ("ao", 8)),
        }  # fmt: skip
        assert len(unit.pictures.all(second)) == 1


def test_tags_days_moves_and_pins(units: UnitsOfWork, people: tuple[int, int, int]) -> None:
    first, second, case_id = people
    with units.open() as unit:
        a = unit.pictures.add(new(first, "a", TakenAt(DAY, None, Certainty.CAMERA), "F01")).id
        b = unit.pictures.add(new(first, "b", UNSURE)).id
        unit.pictures.set_pin(case_id, "F01", (a, b))
        unit.commit()
    with units.open() as unit:
        assert unit.pictures.set_view(b, "F02") is None
        assert unit.pictures.set_view(b, None) == "F02"
        typed = TakenAt(DAY, None, Certainty.TYPED)
        assert unit.pictures.set_taken(b, typed, known_after=True) == (UNSURE, False)
        assert unit.pictures.pins(case_id) == {"F01": (a, b)}
        assert unit.pictures.move(b, second) == first
        unit.photo_ties.settle([b])
        unit.commit()
    with units.open() as unit:
        assert unit.pictures.pins(case_id) == {}
        moved = unit.pictures.get(b)
        assert (moved.patient_id, moved.taken.day, moved.known_after) == (second, DAY, True)
        unit.pictures.take_back([a])
        unit.commit()
    with units.read() as unit:
        assert unit.pictures.of_patient(first) == ()
        assert "ao" in unit.pictures.blob_ids()
        with pytest.raises(NotFound):
            unit.pictures.get(a)


def test_the_bytes_are_kept_in_files_or_in_rows(services: Services) -> None:
    store = services.context.store
    id_ = store.put(PictureKind.ORIGINAL, b"a picture" * 1000)
    assert store.put(PictureKind.ORIGINAL, b"a picture" * 1000) == id_
    assert store.get(id_) == b"a picture" * 1000
    assert id_ in set(store.ids())
    store.delete(id_)
    assert not store.has(id_)
