"""Marking photographs: kept with the photograph, turned with it, taken back, moved and gone with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.marks import MOST_WORDS, Hiding, Ink, Mark, MarkKind, Part
from clinic_app.domain.patients import PatientDetails
from clinic_app.services import Services
from tests.builders import TODAY, give
from tests.services.conftest import refusal
from tests.services.test_bin import WHY

VIEW = "F01"
BAR = ((0.1, 0.3), (0.7, 0.4))
Pair = tuple[int, int, int, int]


@pytest.fixture
def pair(services: Services, someone: tuple[int, int], tmp_path: Path) -> Pair:
    """A patient with an injection today and two photographs of one size: (patient, case, A, B)."""
    patient, case = someone
    give(services, patient, case, TODAY)
    ids = []
    for number in range(2):
        path = tmp_path / f"IMG-{TODAY:%Y%m%d}-WA003{number}.jpg"
        Image.new("RGB", (80, 100), (patient * 11 % 256, 30 + number * 90, case % 256)).save(path)
        taken = services.pictures.import_files(patient, [str(path)], VIEW).result
        ids.append(taken.files[0].picture.id)  # type: ignore[attr-defined]
    return patient, case, ids[0], ids[1]


def marks(services: Services, case: int) -> list[Mark]:
    """What is drawn on the photographs of a case now, without who and when."""
    return [replace(one, written_by="", written_at=None) for one in services.pictures.pair(case, VIEW).marks]


def draw(services: Services, mark: Mark) -> Mark:
    """A mark as it is kept."""
    made = services.marking.draw(mark.picture_id, mark).result
    assert isinstance(made, int)
    return replace(mark, id=made)


def test_every_kind_is_kept_as_it_was_drawn_with_who_and_when(services: Services, pair: Pair) -> None:
    patient, case, a, b = pair
    drawn = [
        draw(services, one)
        for one in (
            Mark(0, a, MarkKind.TEXT, ((0.2, 0.2),), "Ptosis, links ←", Ink.RED),
            Mark(0, a, MarkKind.ARROW, ((0.2, 0.2), (0.4, 0.3)), ink=Ink.CYAN),
            Mark(0, b, MarkKind.ELLIPSE, ((0.2, 0.2), (0.4, 0.3)), ink=Ink.WHITE),
            Mark(0, b, MarkKind.FREEHAND, ((0.2, 0.2), (0.4, 0.3), (0.1, 0.9))),
            Mark(0, a, MarkKind.COVER, BAR, part=Part.NAME, hiding=Hiding.BLUR),
            Mark(0, a, MarkKind.KEEP, BAR, part=Part.REGION),
        )
    ]
    assert marks(services, case) == drawn
    kept = services.pictures.pair(case, VIEW).marks[0]
    assert kept.written_by
    assert kept.written_at is not None
    with services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action="mark", patient_id=patient), 0, 9)
        assert [entry.action for entry in found] == ["mark.create"] * 6
        assert unit.audit.verify(rows=True).problems == ()


def test_a_change_and_a_removal_are_taken_back(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    one = draw(services, Mark(0, a, MarkKind.ARROW, BAR))
    pulled = replace(one, points=((0.1, 0.3), (0.2, 0.5)), ink=Ink.RED)
    undo = services.marking.change(a, pulled).undo
    assert marks(services, case) == [pulled]
    assert undo is not None
    services.undo(undo)
    assert marks(services, case) == [one]
    undo = services.marking.remove(a, [one.id]).undo
    assert marks(services, case) == []
    assert undo is not None
    services.undo(undo)
    assert marks(services, case) == [one]
    undo = services.marking.draw(a, one).undo
    assert undo is not None
    services.undo(undo)
    assert marks(services, case) == [one]


def test_a_mark_turns_with_its_photograph(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    services.comparison.turn(a, 1)
    region = draw(services, Mark(0, a, MarkKind.COVER, ((0.5, 0.1), (0.9, 0.3))))
    assert [*marks(services, case)[0].points] == [pytest.approx(point) for point in region.points]
    services.comparison.turn(a, 3)
    upright = marks(services, case)[0]
    assert sorted(upright.points) == [pytest.approx((0.1, 0.5)), pytest.approx((0.3, 0.1))]
    services.comparison.turn(a, 1)
    assert sorted(marks(services, case)[0].points) == [pytest.approx(point) for point in sorted(region.points)]
    error = refusal(lambda: services.marking.draw(a, replace(region, points=((0.5, 0.1), (0.5, 0.95)))))
    assert error.code == "mark_outside"


def test_what_cannot_be_drawn_is_refused(services: Services, pair: Pair) -> None:
    _, case, a, b = pair
    arrow = Mark(0, a, MarkKind.ARROW, BAR)
    for mark, code in (
        (replace(arrow, points=((0.1, 0.1), (0.9, 0.1))), "mark_outside"),
        (replace(arrow, points=((0.1, 0.1), (0.1, 0.1))), "mark_without_size"),
        (Mark(0, a, MarkKind.TEXT, ((0.1, 0.1),), "  "), "mark_without_words"),
        (Mark(0, a, MarkKind.TEXT, ((0.1, 0.1),), "x" * (MOST_WORDS + 1)), "mark_words_too_long"),
        (replace(arrow, picture_id=987654), "picture_not_found"),
    ):
        assert refusal(lambda mark=mark: services.marking.draw(mark.picture_id, mark)).code == code
    kept = draw(services, arrow)
    assert refusal(lambda: services.marking.change(a, replace(kept, id=987654))).code == "mark_not_found"
    assert refusal(lambda: services.marking.change(b, kept)).code == "mark_not_found"
    assert refusal(lambda: services.marking.remove(b, [kept.id])).code == "mark_not_found"
    assert refusal(lambda: services.marking.remove(a, [])).code == "mark_not_found"
    assert marks(services, case) == [kept]


def test_marks_go_into_the_bin_with_the_photograph_and_come_back(services: Services, pair: Pair) -> None:
    patient, case, a, b = pair
    kept = [draw(services, Mark(0, one, MarkKind.COVER, BAR)) for one in (a, b)]
    photo = services.bin.delete_photo([a], "blurred").undo
    assert marks(services, case) == kept[1:]
    assert refusal(lambda: services.marking.draw(a, Mark(0, a, MarkKind.ARROW, BAR))).code == "picture_not_found"
    assert photo is not None
    services.undo(photo)
    person = services.bin.delete_patient(patient, WHY).undo
    assert person is not None
    services.undo(person)
    assert marks(services, case) == kept


def test_a_photograph_that_is_moved_stays_covered(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    bar = draw(services, Mark(0, a, MarkKind.COVER, BAR))
    other = services.patients.add(PatientDetails("Moved To")).result
    assert isinstance(other, int)
    undo = services.pictures.move([a], other).undo
    assert marks(services, case) == []
    with services.context.units.read() as unit:
        assert [one.id for one in unit.marks.on([a])] == [bar.id]
    assert undo is not None
    services.undo(undo)
    assert marks(services, case) == [bar]
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()


def test_merged_records_keep_what_is_drawn(services: Services, pair: Pair) -> None:
    patient, case, a, b = pair
    kept = [draw(services, Mark(0, one, MarkKind.COVER, BAR)) for one in (a, b)]
    other = services.patients.add(PatientDetails("Twice Entered")).result
    assert isinstance(other, int)
    undo = services.merge.merge(other, patient, WHY).undo
    with services.context.units.read() as unit:
        assert unit.pictures.get(a).patient_id == other
        assert [one.id for one in unit.marks.on([a, b])] == [one.id for one in kept]
        assert unit.audit.verify(rows=True).problems == ()
    assert undo is not None
    services.undo(undo)
    assert marks(services, case) == kept
