"""What belongs to a photograph stays with it: moved, binned, tagged anew, merged, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.comparison import CompareState, FramedAlignment, Remembered
from clinic_app.domain.marks import Mark, MarkKind
from clinic_app.domain.measurements import MeasureKind, Measurement
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.pictures import PairReason
from clinic_app.services import Services
from clinic_app.storage.bin import references
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, add_patient, give
from tests.services.conftest import refusal
from tests.services.test_bin import WHY

VIEW = "F01"
IRIS = ((0.30, 0.4), (0.35, 0.4))
LINE = ((0.1, 0.1), (0.2, 0.1))
Pair = tuple[int, int, int, int]


def photographs(services: Services, patient: int, folder: Path, *numbers: int) -> list[int]:
    """Photographs of today that nobody else has, 80 by 100 pixels."""
    paths = []
    for number in numbers:
        paths.append(folder / f"IMG-{TODAY:%Y%m%d}-WA{number:04}.jpg")
        Image.new("RGB", (80, 100), (patient * 11 % 256, number * 37 % 256, 99)).save(paths[-1])
    taken = services.pictures.import_files(patient, [str(path) for path in paths], VIEW).result
    return [one.picture.id for one in taken.files]  # type: ignore[attr-defined]


@pytest.fixture
def pair(services: Services, someone: tuple[int, int], tmp_path: Path) -> Pair:
    """Two photographs with something in every table that belongs to a photograph: (patient, case, A, B)."""
    patient, case = someone
    give(services, patient, case, TODAY)
    a, b = photographs(services, patient, tmp_path, 0, 1)
    services.comparison.turn(a, 1)
    services.comparison.align(case, VIEW, {a: placed(a), b: placed(a, Similarity(2.0))})
    services.measuring.measure(case, a, MeasureKind.IRIS, IRIS)
    first = services.measuring.measure(case, a, MeasureKind.DISTANCE, LINE).result
    assert isinstance(first, int)
    services.measuring.measure(case, b, MeasureKind.DISTANCE, LINE, partner_id=first)
    services.pictures.pin(case, VIEW, a, b)
    seen = Remembered((a, b), (a, b))
    services.comparison.remember(case, CompareState(VIEW, {VIEW: seen, "F02": Remembered((b, None))}))
    services.marking.draw(a, Mark(0, a, MarkKind.ARROW, ((0.1, 0.2), (0.3, 0.2))))
    return patient, case, a, b


@pytest.fixture
def other(services: Services, pair: Pair) -> tuple[int, int]:
    """Another patient with a case: (patient, case)."""
    return add_patient(services, "Right Person", f"R{pair[0]}", phone=f"73000 {pair[0]:05}")


def placed(frame: int, by: Similarity = IDENTITY) -> FramedAlignment:
    return FramedAlignment(frame, Alignment(by, AlignmentMethod.POINTS))


def rows(services: Services) -> dict[str, list[Mapping[str, Any]]]:
    """Every row of the photographs and of what belongs to them, but for the counters of changes."""
    tables = {table.name for table, _, _ in references(PictureRecord.metadata.tables["picture"])}
    with services.context.units.read() as unit:
        return {
            table: [
                {name: value for name, value in row.items() if name != "version"}
                for row in unit.session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")).mappings()  # noqa: S608
            ]
            for table in sorted(tables | {"picture", "compare_state"})
        }


def measured(services: Services, case: int) -> list[Measurement]:
    return list(services.pictures.pair(case, VIEW).measured)


def seen(services: Services, case: int) -> object:
    """What the viewer shows of a case."""
    answer = services.pictures.pair(case, VIEW)
    pictures = {one.picture.id: (one.picture.view, one.picture.turned) for one in answer.pictures}
    ids = [one.id if one is not None else None for one in (answer.pair.a, answer.pair.b)]
    return answer.alignments, answer.measured, answer.marks, answer.state, pictures, ids, answer.pair.reason


def of(services: Services, table: str, picture: int) -> list[Mapping[str, Any]]:
    return [row for row in rows(services)[table] if row["picture_id"] == picture]


def verified(services: Services) -> None:
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()


def test_every_table_of_a_photograph_has_rows_here(services: Services, pair: Pair) -> None:
    assert all(rows(services).values())


def test_a_moved_photograph_takes_along_what_was_said_of_it_and_no_alignment(
    services: Services, pair: Pair, other: tuple[int, int]
) -> None:
    patient, case, a, b = pair
    right, right_case = other
    visit = give(services, right, right_case, TODAY)
    before = rows(services)
    figures = [(one.kind, one.points) for one in measured(services, case) if one.picture_id == a]
    drawn = [(one.picture_id, one.points) for one in services.pictures.pair(case, VIEW).marks]
    undo = services.pictures.move([a], right).undo
    there = services.pictures.pair(right_case, VIEW)
    assert [(one.kind, one.points) for one in there.measured] == figures
    assert {one.picture.turned for one in there.pictures} == {1}
    assert (there.alignments, there.pair.reason) == ({}, PairReason.NO_AFTER)
    assert [(one.picture_id, one.points) for one in there.marks] == drawn
    assert {row["visit_id"] for row in of(services, "measurement", a)} == {visit.id}
    left = services.pictures.pair(case, VIEW)
    assert list(left.alignments) == [b]
    assert [(one.picture_id, one.partner_id, one.scale) for one in left.measured] == [(b, None, None)]
    assert left.pair.reason is not PairReason.PINNED
    assert left.state == CompareState(VIEW, {VIEW: Remembered(), "F02": Remembered((b, None))})
    assert services.pictures.pair(case, VIEW).patient.id == patient
    verified(services)
    assert undo is not None
    services.undo(undo)
    assert rows(services) == before
    verified(services)


def test_work_on_a_moved_photograph_does_not_hinder_taking_the_move_back(
    services: Services, pair: Pair, other: tuple[int, int], tmp_path: Path
) -> None:
    _, case, a, b = pair
    right, right_case = other
    (c,) = photographs(services, right, tmp_path, 7)
    before = services.pictures.pair(case, VIEW)
    undo = services.pictures.move([a], right).undo
    services.comparison.align(right_case, VIEW, {a: placed(a), c: placed(a)})
    services.measuring.measure(right_case, c, MeasureKind.DISTANCE, LINE)
    more = services.measuring.measure(right_case, a, MeasureKind.ANGLE, ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3))).result
    services.pictures.pin(right_case, VIEW, a, c)
    assert undo is not None
    services.undo(undo)
    after = services.pictures.pair(case, VIEW)
    assert after.alignments == before.alignments
    assert after.pair.reason is PairReason.PINNED
    assert after.measured[:-1] == before.measured
    assert (after.measured[-1].id, after.measured[-1].picture_id) == (more, a)
    left = services.pictures.pair(right_case, VIEW)
    assert list(left.alignments) == [c]
    assert left.pair.reason is not PairReason.PINNED
    assert [(one.picture_id, one.scale) for one in left.measured] == [(c, None)]
    assert b in after.alignments
    verified(services)


def test_a_move_from_a_patient_who_is_gone_cannot_be_taken_back(
    services: Services, pair: Pair, other: tuple[int, int]
) -> None:
    patient, _, a, _ = pair
    undo = services.pictures.move([a], other[0]).undo
    services.bin.delete_patient(patient, WHY)
    before = rows(services)
    assert undo is not None
    assert refusal(lambda: services.undo(undo)).code == "cannot_undo_any_more"
    assert rows(services) == before


def test_a_photograph_waits_with_its_measurements_for_a_diagnosis(services: Services, pair: Pair) -> None:
    _, case, a, b = pair
    new = services.patients.add(PatientDetails("Not Yet Diagnosed")).result
    assert isinstance(new, int)
    figures = [(one.id, one.points, one.scale) for one in measured(services, case) if one.picture_id == a]
    services.pictures.move([a, b], new)
    first = services.cases.add(new, CaseDetails("cervical_dystonia", None)).result
    assert isinstance(first, int)
    found = measured(services, first)
    assert [(one.id, one.points, one.scale) for one in found if one.picture_id == a] == figures
    assert [(one.partner_id, one.scale) for one in found if one.picture_id == b] == [(figures[1][0], None)]
    services.measuring.remove(first, [figures[1][0]])
    assert len(measured(services, first)) == 2
    verified(services)


def test_turning_a_photograph_that_was_moved_away_moves_nothing_in_the_frame_it_gave(
    services: Services, pair: Pair, other: tuple[int, int]
) -> None:
    _, case, a, b = pair
    services.pictures.move([a], other[0])
    services.comparison.turn(a, 1)
    assert list(services.pictures.pair(case, VIEW).alignments) == [b]


def test_a_photograph_comes_back_from_the_bin_as_it_was(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    before = rows(services)
    entry = services.bin.delete_photo([a], "blurred").result
    assert isinstance(entry, int)
    assert list(services.pictures.pair(case, VIEW).state.views) == [VIEW, "F02"]
    services.bin.restore(entry)
    assert rows(services) == before
    verified(services)


@pytest.mark.parametrize("last", ["case", "photo"])
def test_photograph_and_diagnosis_come_back_from_the_bin_in_any_order(
    services: Services, pair: Pair, last: str
) -> None:
    _, case, a, _ = pair
    before = rows(services)
    photo = services.bin.delete_photo([a], "blurred").result
    diagnosis = services.bin.delete_case(case, "was never so").result
    for entry in (photo, diagnosis) if last == "case" else (diagnosis, photo):
        assert isinstance(entry, int)
        services.bin.restore(entry)
    assert rows(services) == before
    verified(services)


def test_the_photographs_of_a_pair_come_back_from_the_bin_in_any_order(services: Services, pair: Pair) -> None:
    _, _, a, b = pair
    before = rows(services)
    entries = [services.bin.delete_photo([one], "blurred").result for one in (a, b)]
    for entry in entries:
        assert isinstance(entry, int)
        services.bin.restore(entry)
    assert rows(services) == before
    verified(services)


def test_a_diagnosis_that_is_deleted_leaves_the_photographs_what_was_measured_in_them(
    services: Services, pair: Pair
) -> None:
    patient, case, _, _ = pair
    second = services.cases.add(patient, CaseDetails("cervical_dystonia", None)).result
    assert isinstance(second, int)
    before = rows(services)
    figures = [one.id for one in measured(services, case)]
    undo = services.bin.delete_case(case, "was never so").undo
    assert [one.id for one in measured(services, second)] == figures
    assert undo is not None
    services.undo(undo)
    assert rows(services) == before


@pytest.mark.parametrize("way", ["binned", "moved"])
def test_what_was_aligned_while_the_photograph_of_its_frame_was_away_still_lies_there(
    services: Services, pair: Pair, other: tuple[int, int], way: str
) -> None:
    _, case, a, b = pair
    gone = services.bin.delete_photo([a], "blurred") if way == "binned" else services.pictures.move([a], other[0])
    nudged = placed(a, Similarity(2.0, 1.5))
    services.comparison.align(case, VIEW, {b: nudged})
    assert services.pictures.pair(case, VIEW).alignments == {b: nudged}
    assert gone.undo is not None
    services.undo(gone.undo)
    after = services.pictures.pair(case, VIEW).alignments
    assert set(after) == {a, b}
    assert after[b] == nudged


def test_a_view_tagged_anew_and_back_brings_the_alignment_back(services: Services, pair: Pair) -> None:
    _, case, a, b = pair
    before = seen(services, case)
    services.pictures.set_view([b], "F02")
    without = services.pictures.pair(case, VIEW)
    assert list(without.alignments) == [a]
    assert without.pair.reason is not PairReason.PINNED
    assert services.pictures.pair(case, "F02").alignments == {}
    assert refusal(lambda: services.pictures.pin(case, VIEW, a, b)).code == "picture_of_another_view"
    services.pictures.set_view([b], VIEW)
    assert seen(services, case) == before


def test_every_turn_and_back_leaves_everything_as_it_was(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    before = seen(services, case)
    for quarters in (1, 1, 1, 1, -1, 2, -1):
        services.comparison.turn(a, quarters)
    assert seen(services, case) == before


def test_two_records_merged_and_parted_leave_every_row_as_it_was(
    services: Services, pair: Pair, other: tuple[int, int], tmp_path: Path
) -> None:
    patient, _, a, b = pair
    right, right_case = other
    (c,) = photographs(services, right, tmp_path, 9)
    services.comparison.align(right_case, VIEW, {c: placed(c)})
    services.measuring.measure(right_case, c, MeasureKind.DISTANCE, LINE)
    services.comparison.remember(right_case, CompareState(VIEW, {VIEW: Remembered((c, None))}))
    before = rows(services)
    undo = services.merge.merge(right, patient, WHY).undo
    merged = services.pictures.pair(right_case, VIEW)
    assert {one.picture_id for one in merged.measured} == {a, b, c}
    assert set(merged.alignments) == {a, b, c}
    assert undo is not None
    services.undo(undo)
    assert rows(services) == before
    verified(services)


def test_work_done_on_a_merged_record_goes_with_the_photographs_when_it_is_parted(
    services: Services, pair: Pair, other: tuple[int, int], tmp_path: Path
) -> None:
    patient, case, a, b = pair
    right, right_case = other
    (c,) = photographs(services, right, tmp_path, 11)
    services.measuring.measure(right_case, c, MeasureKind.IRIS, IRIS)
    undo = services.merge.merge(right, patient, WHY).undo
    services.comparison.align(right_case, VIEW, {c: placed(c), b: placed(c)}, back=True)
    services.pictures.pin(right_case, VIEW, b, c)
    more = services.measuring.measure(right_case, b, MeasureKind.DISTANCE, LINE).result
    assert undo is not None
    services.undo(undo)
    parted = services.pictures.pair(case, VIEW)
    assert set(parted.alignments) == {a, b}
    assert parted.alignments[b] == placed(a, Similarity(2.0))
    (figure,) = [one for one in parted.measured if one.id == more]
    assert (figure.picture_id, figure.scale) == (b, None)
    left = services.pictures.pair(right_case, VIEW)
    assert set(left.alignments) == {c}
    assert left.pair.reason is not PairReason.PINNED
    assert not services.context.access.hidden()
    verified(services)


def test_a_diagnosis_comes_back_without_what_it_said_of_a_photograph_that_is_another_patients_now(
    services: Services, pair: Pair, other: tuple[int, int]
) -> None:
    _, case, a, b = pair
    entry = services.bin.delete_case(case, "was never so").result
    services.pictures.move([a], other[0])
    assert isinstance(entry, int)
    services.bin.restore(entry)
    answer = services.pictures.pair(case, VIEW)
    assert set(answer.alignments) == {b}
    assert answer.pair.reason is not PairReason.PINNED
    assert [one.picture_id for one in answer.measured] == [b]
    assert {one.picture_id for one in measured(services, other[1])} == {a}


def test_an_import_whose_photographs_were_measured_is_not_taken_back(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient, case = someone
    path = tmp_path / "IMG-20260301-WA0001.jpg"
    Image.new("RGB", (80, 100), (patient * 13 % 256, 37, 77)).save(path)
    taken = services.pictures.import_files(patient, [str(path)], VIEW)
    picture = taken.result.files[0].picture.id  # type: ignore[attr-defined]
    assert taken.undo is not None
    undo = taken.undo
    services.comparison.align(case, VIEW, {picture: placed(picture)})
    services.measuring.measure(case, picture, MeasureKind.DISTANCE, LINE)
    refused = refusal(lambda: services.undo(undo))
    assert refused.code == "pictures_measured_since"
    assert "bin" in sentence_of(refused)
    services.measuring.remove(case, [one.id for one in measured(services, case)])
    services.undo(undo)
    assert services.pictures.entries(patient) == ()
    assert of(services, "picture_alignment", picture) == []
    verified(services)
