"""Measuring in photographs: kept with the case, turned with the photograph, taken back, gone with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.measurements import MeasureKind, Measurement, Value
from clinic_app.domain.measuring import Point
from clinic_app.domain.patients import PatientDetails
from clinic_app.services import Services
from tests.builders import TODAY, give
from tests.services.conftest import refusal
from tests.services.test_bin import WHY

VIEW = "F01"
IRIS = ((0.30, 0.4), (0.35, 0.4))
LIDS = ((0.325, 0.39), (0.325, 0.41))
Pair = tuple[int, int, int, int]


@pytest.fixture
def pair(services: Services, someone: tuple[int, int], tmp_path: Path) -> Pair:
    """A patient with an injection today and two photographs of one size: (patient, case, A, B)."""
    patient, case = someone
    give(services, patient, case, TODAY)
    ids = []
    for number in range(2):
        path = tmp_path / f"IMG-{TODAY:%Y%m%d}-WA000{number}.jpg"
        Image.new("RGB", (80, 100), (patient * 7 % 256, number * 90, case % 256)).save(path)
        taken = services.pictures.import_files(patient, [str(path)], VIEW).result
        ids.append(taken.files[0].picture.id)  # type: ignore[attr-defined]
    return patient, case, ids[0], ids[1]


def measured(services: Services, case: int) -> list[Measurement]:
    """What is measured for a case now."""
    return list(services.pictures.pair(case, VIEW).measured)


def values(services: Services, case: int) -> list[Value]:
    """What the figures of a case say; both photographs are 100 pixels high."""
    return [one.value(100) for one in measured(services, case)]


def near(points: Sequence[Point]) -> list[object]:
    """Points up to rounding."""
    return [pytest.approx(point) for point in points]


def test_a_pair_is_kept_with_who_when_and_the_visit(services: Services, pair: Pair) -> None:
    patient, case, a, b = pair
    angle = ((0.1, 0.5), (0.3, 0.5), (0.3, 0.2))
    first = services.measuring.measure(case, a, MeasureKind.ANGLE, angle).result
    assert isinstance(first, int)
    services.measuring.measure(case, b, MeasureKind.ANGLE, ((0.1, 0.5), (0.3, 0.5), (0.5, 0.3)), partner_id=first)
    one, other = measured(services, case)
    assert (one.picture_id, one.points, one.partner_id) == (a, angle, None)
    assert (other.picture_id, other.partner_id) == (b, one.id)
    assert one.written_by
    assert one.written_at is not None
    assert [value.number for value in values(services, case)] == [pytest.approx(90), pytest.approx(135)]
    with services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action="measurement", patient_id=patient), 0, 9)
        assert [entry.action for entry in found] == ["measurement.create"] * 2
        assert unit.audit.verify(rows=True).problems == ()
        assert unit.measurements.visit_on(patient, TODAY) is not None


def test_lids_wait_for_the_iris_and_follow_it(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    services.measuring.measure(case, a, MeasureKind.LIDS_RIGHT, LIDS)
    assert values(services, case) == [Value(None, "iris")]
    undo = services.measuring.measure(case, a, MeasureKind.IRIS, IRIS).undo
    lids = values(services, case)[0]
    assert lids.number == pytest.approx(0.4)
    assert lids.mm == pytest.approx(0.4 * 11.7)
    services.measuring.set_iris(case, 11.2)
    assert values(services, case)[0].mm == pytest.approx(0.4 * 11.2)
    services.measuring.measure(case, a, MeasureKind.IRIS, ((0.3, 0.4), (0.34, 0.4)), iris_mm=11.2)
    assert len(measured(services, case)) == 2
    assert values(services, case)[0].number == pytest.approx(0.5)
    iris = measured(services, case)[1]
    taken = services.measuring.remove(case, [iris.id]).undo
    assert values(services, case) == [Value(None, "iris")]
    assert taken is not None
    services.undo(taken)
    assert values(services, case)[0].number == pytest.approx(0.5)
    assert undo is not None
    assert refusal(lambda: services.undo(undo)).code == "cannot_undo_any_more"


def test_a_corrected_point_is_a_change_with_its_entry_and_its_way_back(services: Services, pair: Pair) -> None:
    patient, case, a, _ = pair
    services.comparison.turn(a, 1)
    iris, lids = ((0.30, 0.4), (0.36, 0.4)), ((0.325, 0.39), (0.325, 0.41))
    first = services.measuring.measure(case, a, MeasureKind.IRIS, iris, iris_mm=11.2).result
    services.measuring.measure(case, a, MeasureKind.LIDS_RIGHT, lids)
    assert isinstance(first, int)
    wider = (iris[0], (0.38, 0.4))
    undo = services.measuring.correct(case, first, wider, measured(services, case)[0].points).undo
    assert measured(services, case)[0].points == tuple(near(wider))
    assert values(services, case)[0].number == pytest.approx(11.2)
    assert values(services, case)[1].number == pytest.approx(0.02 / 0.08)
    stale = refusal(lambda: services.measuring.correct(case, first, iris, iris))
    assert stale.code == "measurement_changed"
    flat = refusal(lambda: services.measuring.correct(case, first, (wider[0], wider[0]), wider))
    assert flat.code == "calibration_without_length"
    outside = refusal(lambda: services.measuring.correct(case, first, ((0.3, 1.2), (0.4, 0.4)), wider))
    assert outside.code == "point_outside"
    gone = refusal(lambda: services.measuring.correct(case, first + 999, wider, wider))
    assert gone.code == "measurement_not_found"
    with services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action="measurement", patient_id=patient), 0, 9)
        assert [entry.action for entry in found][:1] == ["measurement.edit"]
        assert unit.audit.verify(rows=True).problems == ()
    assert undo is not None
    services.undo(undo)
    assert measured(services, case)[0].points == tuple(near(iris))
    assert values(services, case)[1].number == pytest.approx(0.02 / 0.06)


def test_shut_lids_have_no_millimetres(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    services.measuring.measure(case, a, MeasureKind.IRIS, IRIS)
    services.measuring.measure(case, a, MeasureKind.LIDS_LEFT, ((0.6, 0.4), (0.6, 0.402)))
    services.measuring.measure(case, a, MeasureKind.LIDS_LEFT, ((0.6, 0.4), (0.6, 0.4)))
    for value in values(services, case)[1:]:
        assert value.closed
        assert value.mm is None


def test_a_photograph_with_shut_eyes_borrows_the_scale(services: Services, pair: Pair) -> None:
    _, case, a, b = pair
    services.measuring.measure(case, b, MeasureKind.IRIS, IRIS)
    services.measuring.measure(case, a, MeasureKind.DISTANCE, ((0.1, 0.1), (0.2, 0.1)))
    length = values(services, case)[1]
    assert length.number == pytest.approx(10)
    assert length.unit == "px"

    def lies(by: Similarity) -> FramedAlignment:
        return FramedAlignment(a, Alignment(by, AlignmentMethod.POINTS))

    services.comparison.align(case, VIEW, {a: lies(IDENTITY), b: lies(Similarity(2.0))})
    services.measuring.measure(case, a, MeasureKind.DISTANCE, ((0.1, 0.1), (0.2, 0.1)))
    scale = measured(services, case)[2].scale
    assert scale is not None
    assert scale.iris == pytest.approx(0.1)
    assert (scale.mm, scale.borrowed) == (11.7, True)
    assert values(services, case)[2].number == pytest.approx(1.0)
    services.measuring.measure(case, a, MeasureKind.IRIS, IRIS)
    assert not any(one.scale.borrowed for one in measured(services, case) if one.scale is not None)
    assert [value.number for value in values(services, case)[1:3]] == [pytest.approx(2.0)] * 2


def test_what_was_measured_turns_with_its_photograph(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    line = ((0.1, 0.2), (0.5, 0.3))
    services.measuring.measure(case, a, MeasureKind.SLOPE, line)
    before = values(services, case)[0]
    assert before.number == pytest.approx(math.degrees(math.atan2(0.1, 0.4)))
    services.comparison.turn(a, 1)
    one = measured(services, case)[0]
    assert [*one.points] == near([(0.8, 0.1), (0.7, 0.5)])
    assert values(services, case)[0].number == pytest.approx(before.number)
    services.measuring.measure(case, a, MeasureKind.SLOPE, ((0.1, 0.2), (0.5, 0.2)))
    services.comparison.turn(a, 3)
    assert [*measured(services, case)[0].points] == near(line)
    assert values(services, case)[1].number == pytest.approx(0)


def test_a_set_horizontal_levels_the_slopes_of_its_photograph(services: Services, pair: Pair) -> None:
    _, case, a, b = pair
    line = ((0.1, 0.2), (0.5, 0.3))
    for picture in (a, b):
        services.measuring.measure(case, picture, MeasureKind.SLOPE, line)
    services.measuring.measure(case, a, MeasureKind.HORIZONTAL, ((0.1, 0.8), (0.7, 0.95)))
    assert [value.number for value in values(services, case)[:2]] == [pytest.approx(0), pytest.approx(14.04, abs=0.01)]


def test_figures_that_say_nothing_are_refused(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    here = (0.3, 0.3)
    figures: tuple[tuple[MeasureKind, list[Point], str], ...] = (
        (MeasureKind.DISTANCE, [here] * 2, "line_without_length"),
        (MeasureKind.ANGLE, [here] * 3, "line_without_length"),
        (MeasureKind.TILT, [here] * 4, "line_without_length"),
        (MeasureKind.IRIS, [here] * 2, "calibration_without_length"),
        (MeasureKind.IRIS, [here], "measure_unfinished"),
        (MeasureKind.DISTANCE, [here, (1.3, 0.3)], "point_outside"),
        (MeasureKind.DISTANCE, [here, (math.nan, 0.3)], "point_outside"),
    )
    for kind, points, code in figures:
        assert refusal(lambda kind=kind, points=points: services.measuring.measure(case, a, kind, points)).code == code
    assert measured(services, case) == []
    assert services.measuring.suggest(services.pictures.preview(a)) is None


def test_an_iris_no_eye_has_and_photographs_of_others_are_refused(services: Services, pair: Pair) -> None:
    _, case, a, _ = pair
    assert refusal(lambda: services.measuring.set_iris(case, 25)).code == "iris_out_of_range"
    assert refusal(lambda: services.measuring.remove(case, [987654])).code == "measurement_not_found"
    services.measuring.measure(case, a, MeasureKind.DISTANCE, LIDS)
    other = services.patients.add(PatientDetails("Somebody Else")).result
    assert isinstance(other, int)
    services.pictures.move([a], other)
    assert measured(services, case) == []
    error = refusal(lambda: services.measuring.measure(case, a, MeasureKind.DISTANCE, LIDS))
    assert error.code == "picture_of_another_patient"
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()


def test_measurements_go_into_the_bin_and_come_back(services: Services, pair: Pair) -> None:
    patient, case, a, b = pair
    first = services.measuring.measure(case, a, MeasureKind.DISTANCE, LIDS).result
    assert isinstance(first, int)
    services.measuring.measure(case, b, MeasureKind.DISTANCE, LIDS, partner_id=first)
    before = measured(services, case)
    taken = services.measuring.remove(case, [first]).undo
    assert [one.partner_id for one in measured(services, case)] == [None]
    assert taken is not None
    services.undo(taken)
    assert measured(services, case) == before
    photos = services.bin.delete_photo([a], "blurred").undo
    assert [one.picture_id for one in measured(services, case)] == [b]
    assert photos is not None
    services.undo(photos)
    person = services.bin.delete_patient(patient, WHY).undo
    assert person is not None
    services.undo(person)
    assert measured(services, case) == before
    second = services.bin.delete_photo([b], "blurred").undo
    services.bin.delete_photo([a], "blurred")
    assert measured(services, case) == []
    assert second is not None
    services.undo(second)
    assert [(one.picture_id, one.partner_id) for one in measured(services, case)] == [(b, None)]
