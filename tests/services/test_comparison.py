"""Comparing photographs: alignments, turns, the doctor's peak day, what is remembered, what is taken out."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import cv2
import pytest
from PIL import Image

from clinic_app.domain.access import Action
from clinic_app.domain.alignment import (
    IDENTITY,
    Alignment,
    AlignmentMethod,
    NotAligned,
    PointPair,
    Registered,
    Similarity,
    Unregistered,
    fit_similarity,
    picture_units,
)
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.case_page import PictureImportReport
from clinic_app.domain.comparison import CompareMode, CompareState, FramedAlignment, Remembered
from clinic_app.domain.errors import AccessRefused, Cancelled, FileRefused, RuleBroken
from clinic_app.domain.lens import Lens, Link, Sizing
from clinic_app.domain.patients import PatientDetails
from clinic_app.imaging.portraits import Portrait, PortraitKind, paint
from clinic_app.services import Services
from tests.builders import PASSPHRASE, TODAY, add_patient, give
from tests.imaging.pairs import SIDE, person, photographed
from tests.services.conftest import refusal
from tests.services.test_bin import WHY

VIEW = "F01"


@pytest.fixture
def pair(services: Services, someone: tuple[int, int], tmp_path: Path) -> tuple[int, int, int, int]:
    """A patient with an injection and a photograph before and after: (patient, case, A, B)."""
    patient, case = someone
    injected = TODAY - timedelta(days=60)
    give(services, patient, case, injected)
    ids = []
    for number, day in enumerate((injected, injected + timedelta(days=28))):
        path = tmp_path / f"IMG-{day:%Y%m%d}-WA000{number}.jpg"
        size = (90 + patient % 30, 60 + 3 * number + patient % 7)
        Image.new("RGB", size, (patient * 7 % 256, number * 90, case % 256)).save(path)
        taken = services.pictures.import_files(patient, [str(path)], VIEW).result
        ids.append(taken.files[0].picture.id)  # type: ignore[attr-defined]
    return patient, case, ids[0], ids[1]


def placed(frame: int, by: Similarity = IDENTITY, rms: float | None = None) -> FramedAlignment:
    points = (PointPair((0.1, 0.2), (0.11, 0.21)), PointPair((0.8, 0.3), (0.81, 0.3)))
    return FramedAlignment(frame, Alignment(by, AlignmentMethod.POINTS, rms, points=points))


def test_alignments_come_back_as_they_were_and_go(services: Services, pair: tuple[int, int, int, int]) -> None:
    patient, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(1.18, -1.6, 0.02, -0.031), 0.0014)}
    services.comparison.align(case, VIEW, there)
    assert services.pictures.pair(case, VIEW).alignments == there
    nudged = FramedAlignment(a, there[b].alignment.nudged(Similarity(dx=0.01)))
    services.comparison.align(case, VIEW, {b: nudged})
    assert services.pictures.pair(case, VIEW).alignments[b] == nudged
    services.comparison.align(case, VIEW, {b: None})
    assert list(services.pictures.pair(case, VIEW).alignments) == [a]
    with services.context.units.read() as unit:
        seen = [entry.action for entry in unit.audit.entries(AuditFilter(action="alignment", patient_id=patient), 0, 9)]
        assert unit.audit.verify(rows=True).problems == ()
    assert seen[0] == "alignment.delete"
    assert {*seen[1:]} == {"alignment.set"}


def test_the_photograph_a_frame_begins_with_is_its_reference(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    """Also where it was kept as one by points, in which nobody had clicked."""
    _, case, a, b = pair
    begun = FramedAlignment(a, Alignment(IDENTITY, AlignmentMethod.REFERENCE))
    services.comparison.align(case, VIEW, {a: begun, b: placed(a)})
    assert services.pictures.pair(case, VIEW).alignments == {a: begun, b: placed(a)}
    found = Alignment(Similarity(dx=0.1), AlignmentMethod.AUTOMATIC, sureness=0.9)
    with pytest.raises(RuleBroken, match="aligned_by_hand"):
        services.comparison.align(case, VIEW, {a: FramedAlignment(b, found)})
    services.comparison.align(case, VIEW, {a: FramedAlignment(a, Alignment(IDENTITY, AlignmentMethod.POINTS))})
    assert services.pictures.pair(case, VIEW).alignments[a] == begun
    nudged = FramedAlignment(a, begun.alignment.nudged(Similarity(dx=0.01)))
    services.comparison.align(case, VIEW, {a: nudged})
    assert services.pictures.pair(case, VIEW).alignments[a] == nudged


def test_only_photographs_of_the_view_and_the_patient_are_aligned(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    _, case, a, _ = pair
    error = refusal(lambda: services.comparison.align(case, "F02", {a: placed(a)}))
    assert isinstance(error, RuleBroken)
    assert error.code == "picture_of_another_view"
    stranger, _ = add_patient(services, "A Stranger", f"X{case}", phone=f"71000 {case:05}")
    services.pictures.move([a], stranger)
    error = refusal(lambda: services.comparison.align(case, VIEW, {a: placed(a)}))
    assert error.code == "picture_of_another_patient"


def test_a_turned_photograph_is_turned_everywhere_and_lies_in_no_frame(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    patient, case, a, b = pair
    services.comparison.align(case, VIEW, {a: placed(a), b: placed(a)})
    before = services.pictures.pair(case, VIEW)
    sizes = {one.picture.id: (one.picture.width, one.picture.height) for one in before.pictures}
    undo = services.comparison.turn(b, 1).undo
    after = services.pictures.pair(case, VIEW)
    turned = next(one.picture for one in after.pictures if one.picture.id == b)
    assert (turned.turned, (turned.width, turned.height)) == (1, sizes[b][::-1])
    assert list(after.alignments) == [a]
    for pixels in (services.pictures.preview(b), services.pictures.full(b)):
        assert (pixels.width, pixels.height) == sizes[b][::-1]
    half = services.pictures.half(b)
    assert (half.width, half.height) == tuple((side + 1) // 2 for side in sizes[b][::-1])
    thumbnail = services.pictures.thumbnail(b)
    assert thumbnail.startswith(b"\xff\xd8")
    assert services.pictures.entries(patient)[-1].picture.turned == 1
    services.comparison.turn(b, 3)
    assert services.pictures.preview(b).width == sizes[b][0]
    services.comparison.turn(b, -1)
    assert next(one.picture.turned for one in services.pictures.entries(patient) if one.picture.id == b) == 3
    services.comparison.turn(b, 1)
    assert undo is not None
    error = refusal(lambda: services.undo(undo))
    assert error.code == "cannot_undo_any_more"


def test_several_photographs_are_turned_and_turned_back_as_one_step(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    patient, case, a, b = pair
    undo = services.comparison.turn_all((a, b, a), 1).undo
    assert undo is not None
    turned = {one.picture.id: one.picture.turned for one in services.pictures.entries(patient)}
    assert (turned[a], turned[b]) == (1, 1)
    services.undo(undo)
    assert not any(one.picture.turned for one in services.pictures.entries(patient))
    stranger, _ = add_patient(services, "Another Stranger", f"Y{case}", phone=f"72000 {case:05}")
    services.pictures.move([b], stranger)
    error = refusal(lambda: services.comparison.turn_all((a, b), 1))
    assert error.code == "picture_of_another_patient"
    assert services.comparison.turn_all((), 1).undo is None


def test_taking_a_turn_back_brings_the_alignment_back(services: Services, pair: tuple[int, int, int, int]) -> None:
    _, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(0.9))}
    services.comparison.align(case, VIEW, there)
    undo = services.comparison.turn(b, 2).undo
    assert undo is not None
    services.undo(undo)
    answer = services.pictures.pair(case, VIEW)
    assert answer.alignments == there
    assert {one.picture.turned for one in answer.pictures} == {0}


def test_a_photograph_turned_back_lies_as_before_and_keeps_what_was_aligned_otherwise(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    _, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(0.9, 2.0))}
    services.comparison.align(case, VIEW, there)
    services.comparison.turn(b, 1)
    assert list(services.pictures.pair(case, VIEW).alignments) == [a]
    otherwise = placed(a, Similarity(1.1, -90.0))
    services.comparison.align(case, VIEW, {b: otherwise})
    assert services.pictures.pair(case, VIEW).alignments[b] == otherwise
    services.comparison.turn(b, -1)
    assert services.pictures.pair(case, VIEW).alignments == there
    services.comparison.turn(b, 1)
    services.comparison.align(case, VIEW, {b: None}, back=True)
    assert list(services.pictures.pair(case, VIEW).alignments) == [a]
    services.comparison.turn(b, 3)
    assert services.pictures.pair(case, VIEW).alignments == there


def test_turning_the_photograph_of_a_frame_lets_nothing_lie_in_it(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    _, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(0.9, 2.0))}
    services.comparison.align(case, VIEW, there)
    undo = services.comparison.turn(a, 1).undo
    assert services.pictures.pair(case, VIEW).alignments == {}
    assert undo is not None
    services.undo(undo)
    assert services.pictures.pair(case, VIEW).alignments == there
    services.bin.delete_photo([a], "blurred")
    assert services.pictures.pair(case, VIEW).alignments == {b: there[b]}


def test_the_doctors_peak_day_is_remembered(services: Services, pair: tuple[int, int, int, int]) -> None:
    _, case, _, _ = pair
    usual = services.pictures.pair(case).usual_peak_day
    assert services.pictures.pair(case).pair.peak_day == usual
    undo = services.comparison.set_peak_day(case, 21).undo
    answer = services.pictures.pair(case)
    assert (answer.peak_day, answer.pair.peak_day, answer.usual_peak_day) == (21, 21, usual)
    services.comparison.remember(case, CompareState(VIEW))
    assert services.pictures.pair(case).peak_day == 21
    assert undo is not None
    services.comparison.set_peak_day(case, None)
    assert services.pictures.pair(case).pair.peak_day == usual
    assert refusal(lambda: services.comparison.set_peak_day(case, 0)).code == "peak_day_impossible"


def test_what_the_viewer_showed_is_remembered_without_an_entry(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    _, case, a, b = pair
    shown = Remembered(
        (a, b, None), (a, b), Lens(0.3, 0.4, 2.5, 1.5), (Link(0.1, 0, 1.2, -3.0), Link()), False, CompareMode.WIPE,
        True, Sizing.WIDTH, 0.25, True, 0.75, 2, True,
    )  # fmt: skip
    state = CompareState(VIEW, {VIEW: shown, "F02": Remembered()})
    services.comparison.remember(case, state)
    before, _ = services.written_elsewhere()
    services.comparison.remember(case, state)
    assert services.written_elsewhere()[0] == before
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()
    assert services.pictures.pair(case).state == state
    assert services.pictures.pair(case).pair.view == VIEW


@pytest.mark.parametrize(
    "content",
    [{}, {"views": 3}, {"view": 7, "views": {"F01": {}}}, {"views": {"F01": {**Remembered().content, "lens": {}}}}],
)
def test_what_cannot_be_read_is_not_remembered(content: dict[str, object]) -> None:
    assert CompareState.of(content) == CompareState()


def test_a_comparison_goes_into_the_bin_and_comes_back(services: Services, pair: tuple[int, int, int, int]) -> None:
    patient, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(1.1, 4.0))}
    services.comparison.set_peak_day(case, 21)
    services.comparison.turn(a, 1)
    services.comparison.align(case, VIEW, there)
    photos = services.bin.delete_photo([b], "blurred").undo
    assert list(services.pictures.pair(case, VIEW).alignments) == [a]
    assert photos is not None
    services.undo(photos)
    person = services.bin.delete_patient(patient, WHY).undo
    assert person is not None
    services.undo(person)
    answer = services.pictures.pair(case, VIEW)
    assert answer.alignments == there
    assert answer.peak_day == 21
    assert {one.picture.id: one.picture.turned for one in answer.pictures} == {a: 1, b: 0}


def test_a_photograph_given_to_somebody_else_lies_in_no_frame(
    services: Services, pair: tuple[int, int, int, int]
) -> None:
    _, case, a, b = pair
    services.comparison.align(case, VIEW, {a: placed(a), b: placed(a)})
    other = services.patients.add(PatientDetails("Somebody Else")).result
    assert isinstance(other, int)
    services.pictures.move([b], other)
    assert list(services.pictures.pair(case, VIEW).alignments) == [a]


def test_a_picture_of_the_comparison_leaves_with_a_reason_and_an_entry(
    services: Services, pair: tuple[int, int, int, int], tmp_path: Path
) -> None:
    patient, case, a, b = pair
    path = tmp_path / "comparison.png"
    refused = refusal(lambda: services.comparison.take_out(case, [a, b], b"png", str(path)))
    assert isinstance(refused, AccessRefused)
    assert refused.code == "reason_needed"
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    services.comparison.take_out(case, [a, b], b"png", str(path), "For the patient’s own doctor")
    assert path.read_bytes() == b"png"
    services.comparison.take_out(case, [a], reason="For the patient’s own doctor")
    with services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action="photo.export", patient_id=patient), 0, 9)
    assert [(entry.object_id, entry.reason) for entry in found] == [
        (str(one), "For the patient’s own doctor") for one in (a, b, a)
    ]
    error = refusal(lambda: services.comparison.take_out(case, [a], b"png", str(tmp_path), "For the patient’s doctor"))
    assert isinstance(error, FileRefused)


def test_a_file_that_stands_there_is_overwritten_only_when_told_and_a_refusal_enters_nothing(
    services: Services, pair: tuple[int, int, int, int], tmp_path: Path
) -> None:
    patient, case, a, _ = pair
    path = tmp_path / "there.png"
    path.write_bytes(b"before")
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    error = refusal(lambda: services.comparison.take_out(case, [a], b"png", str(path), "For the patient"))
    assert isinstance(error, FileRefused)
    assert (error.code, path.read_bytes()) == ("table_exists", b"before")
    with services.context.units.read() as unit:
        assert unit.audit.entries(AuditFilter(action="photo.export", patient_id=patient), 0, 9) == ()
    services.comparison.take_out(case, [a], b"png", str(path), "For the patient", overwrite=True)
    assert path.read_bytes() == b"png"


def test_a_printed_comparison_is_entered_as_printed(services: Services, pair: tuple[int, int, int, int]) -> None:
    patient, case, a, _ = pair
    error = refusal(lambda: services.comparison.take_out(case, [a], printed=True))
    assert error.code == "reason_needed"
    assert refusal(lambda: services.comparison.check_taking_out(case)).code == "reason_needed"
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    services.comparison.check_taking_out(case, "For the patient")
    with services.context.units.read() as unit:
        assert unit.audit.entries(AuditFilter(action="print", patient_id=patient), 0, 9) == ()
    services.comparison.take_out(case, [a], reason="For the patient", printed=True)
    with services.context.units.read() as unit:
        [entry] = unit.audit.entries(AuditFilter(action="print", patient_id=patient), 0, 9)
    assert (entry.object_type, entry.object_id, entry.reason) == ("photo", str(a), "For the patient")


def test_a_merged_record_keeps_its_alignments(services: Services, pair: tuple[int, int, int, int]) -> None:
    patient, case, a, b = pair
    there = {a: placed(a), b: placed(a, Similarity(1.1))}
    services.comparison.align(case, VIEW, there)
    services.comparison.set_peak_day(case, 30)
    kept = services.patients.add(PatientDetails("Person Kept")).result
    assert isinstance(kept, int)
    undo = services.merge.merge(kept, patient, "the same person, entered twice").undo
    assert services.pictures.pair(case, VIEW).alignments == there
    assert undo is not None
    services.undo(undo)
    answer = services.pictures.pair(case, VIEW)
    assert (answer.patient.id, answer.alignments, answer.peak_day) == (patient, there, 30)


class Faces(NamedTuple):
    """A face and the same with lids shut from elsewhere; ``truth`` takes the second onto the first (picture units)."""

    case: int
    a: int
    b: int
    truth: Similarity


@pytest.fixture(scope="module")
def faces(clinic: Services, tmp_path_factory: pytest.TempPathFactory) -> Faces:
    patient, case = add_patient(clinic, "Person With A Face", "PF", phone="70000 99999")
    seen, way = photographed(person(4, PortraitKind.FACE_EYES_CLOSED), random.Random(11))  # noqa: S311
    ids = []
    for number, colours in enumerate((person(4), seen)):
        path = tmp_path_factory.mktemp("faces") / f"IMG-2025010{number + 1}-WA000{number}.jpg"
        cv2.imwrite(str(path), colours, [cv2.IMWRITE_JPEG_QUALITY, 92])
        report = clinic.pictures.import_files(patient, [str(path)], VIEW).result
        assert isinstance(report, PictureImportReport)
        picture = report.files[0].picture
        assert picture is not None
        ids.append(picture.id)
    return Faces(case, ids[0], ids[1], way.inverse().in_units(SIDE, SIDE))


def off(answer: Registered | Unregistered, truth: Similarity) -> float:
    """Mean distance at the corners of the face from where they belong, pixels."""
    assert isinstance(answer, Registered)
    corners = [(0.28, 0.26), (0.72, 0.26), (0.28, 0.7), (0.72, 0.7)]
    return (
        sum(abs(complex(*answer.similarity.apply(at)) - complex(*truth.apply(at))) for at in corners)
        / len(corners)
        * SIDE
    )


def test_a_face_is_found_on_itself_and_kept_with_how_sure_that_is(services: Services, faces: Faces) -> None:
    case, a, b, truth = faces
    answer = services.comparison.found(case, VIEW, (b, a))
    assert off(answer, truth) <= 1.0
    assert off(services.comparison.found(case, VIEW, (a, b)), truth.inverse()) <= 1.5
    assert services.pictures.pair(case, VIEW).alignments == {}
    assert isinstance(answer, Registered)
    kept = Alignment(
        answer.similarity, AlignmentMethod.AUTOMATIC, answer.rms, answer.sureness, head_turned=answer.head_turned
    )
    there = {a: placed(a), b: FramedAlignment(a, kept)}
    services.comparison.align(case, VIEW, there)
    assert services.pictures.pair(case, VIEW).alignments == there
    with services.context.units.read() as unit:
        seen = unit.audit.entries(AuditFilter(action="alignment"), 0, 2)
        assert unit.audit.verify(rows=True).problems == ()
    assert [entry.action for entry in seen] == ["alignment.set", "alignment.set"]
    services.comparison.align(case, VIEW, dict.fromkeys(there))


def test_rough_points_become_exact(services: Services, faces: Faces) -> None:
    case, a, b, truth = faces
    drawn = paint(Portrait(PortraitKind.FACE_FRONT, 4, width=SIDE, height=SIDE))[1]
    assert drawn.inner_corner_right is not None
    assert drawn.inner_corner_left is not None
    right, left = (picture_units(at, SIDE, SIDE) for at in (drawn.inner_corner_right, drawn.inner_corner_left))
    clicked = [truth.inverse().apply((x + 0.003 * way, y - 0.002)) for way, (x, y) in ((1, right), (-1, left))]
    rough = fit_similarity(clicked, [right, left]).similarity
    answer = services.comparison.refined(case, VIEW, (b, a), rough, [right, left])
    assert off(answer, truth) <= 0.5 < off(Registered(rough, 1.0), truth)
    away = rough.then(Similarity(dx=0.03))
    assert isinstance(services.comparison.refined(case, VIEW, (b, a), away, [right, left]), Unregistered)


def test_automatic_never_takes_the_place_of_what_was_done_by_hand(services: Services, faces: Faces) -> None:
    case, a, b, _ = faces
    by_hand = {a: placed(a), b: placed(a, Similarity(1.1))}
    found = FramedAlignment(a, Alignment(Similarity(1.2), AlignmentMethod.AUTOMATIC, sureness=0.9))
    services.comparison.align(case, VIEW, by_hand)
    error = refusal(lambda: services.comparison.align(case, VIEW, {b: found}))
    assert isinstance(error, RuleBroken)
    assert error.code == "aligned_by_hand"
    assert services.pictures.pair(case, VIEW).alignments == by_hand
    refined = FramedAlignment(a, Alignment(Similarity(1.15), AlignmentMethod.REFINED, sureness=0.9))
    services.comparison.align(case, VIEW, {b: refined})
    assert refusal(lambda: services.comparison.align(case, VIEW, {b: found})).code == "aligned_by_hand"
    services.comparison.align(case, VIEW, {b: None})
    services.comparison.align(case, VIEW, {b: found})
    services.comparison.align(case, VIEW, {b: by_hand[b]})
    services.comparison.align(case, VIEW, {b: found}, back=True)
    assert services.pictures.pair(case, VIEW).alignments[b] == found
    services.comparison.align(case, VIEW, dict.fromkeys(by_hand))


def test_necks_are_aligned_by_points_only(services: Services, pair: tuple[int, int, int, int]) -> None:
    _, case, a, b = pair
    services.pictures.set_view([a, b], "N01")
    assert services.comparison.found(case, "N01", (b, a)) == Unregistered(NotAligned.BY_POINTS_ONLY)


def test_only_a_pair_of_the_patient_and_the_view_is_looked_at(
    services: Services, faces: Faces, pair: tuple[int, int, int, int]
) -> None:
    case, a, b, _ = faces
    error = refusal(lambda: services.comparison.found(case, "F02", (b, a)))
    assert error.code == "picture_of_another_view"
    error = refusal(lambda: services.comparison.refined(case, VIEW, (pair[2], a), IDENTITY, [(0.1, 0.1), (0.9, 0.1)]))
    assert error.code == "picture_of_another_patient"


def test_a_search_nobody_waits_for_is_given_up(services: Services, faces: Faces) -> None:
    case, a, b, _ = faces
    for steps in (0, 1, 2):
        answers = iter([True] * steps)
        error = refusal(lambda: services.comparison.found(case, VIEW, (b, a), lambda: next(answers, False)))  # noqa: B023
        assert isinstance(error, Cancelled)
