"""Angles, ratios and lengths: exact, whatever the camera did, and silent where they would mean nothing."""

from __future__ import annotations

import cmath
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.measuring import (
    IRIS_MM,
    Calibration,
    PairedValue,
    angle_at,
    angle_between,
    distance,
    face_midline,
    head_tilt,
    iris_calibration,
    lid_aperture,
    millimetres,
    ruler_calibration,
    shoulder_slope,
    slope,
    slope_against,
)

Point = tuple[float, float]
points = st.tuples(st.floats(-2, 2), st.floats(-2, 2))
cameras = st.builds(Similarity, st.floats(0.2, 5), st.floats(-180, 180), st.floats(-2, 2), st.floats(-2, 2))
turns = st.floats(-80, 80)


def towards(start: Point, degrees: float, length: float = 1.0) -> Point:
    """A point so far away, clockwise from the right."""
    step = cmath.rect(length, math.radians(degrees))
    return start[0] + step.real, start[1] + step.imag


@given(points, st.floats(-180, 180), st.floats(0, 180), st.floats(0.01, 3), st.floats(0.01, 3), cameras)
def test_an_angle_is_what_it_was_drawn_as(
    corner: Point, first: float, between: float, one: float, other: float, camera: Similarity
) -> None:
    legs = towards(corner, first, one), corner, towards(corner, first + between, other)
    assert angle_at(*legs) == pytest.approx(between, abs=1e-4)
    assert angle_at(*map(camera.apply, legs)) == pytest.approx(between, abs=1e-3)


@given(points, points, st.floats(-180, 180), st.floats(0, 180))
def test_two_lines_have_the_smaller_angle(first: Point, second: Point, turn: float, between: float) -> None:
    lines = (first, towards(first, turn)), (second, towards(second, turn + between))
    assert angle_between(*lines) == pytest.approx(min(between, 180 - between), abs=1e-4)
    assert angle_between(lines[1], lines[0][::-1]) == pytest.approx(angle_between(*lines), abs=1e-4)


@given(points, st.floats(-89.9, 89.9))
def test_a_slope_counts_downwards_to_the_right_and_not_which_end_was_first(start: Point, degrees: float) -> None:
    line = (start, towards(start, degrees))
    assert slope(line) == pytest.approx(degrees, abs=1e-6)
    assert slope(line[::-1]) == pytest.approx(degrees, abs=1e-6)


@given(points, turns, turns, cameras)
def test_a_slope_against_a_horizontal_needs_no_level_camera(
    start: Point, degrees: float, level: float, camera: Similarity
) -> None:
    assume(abs(degrees - level) < 89)
    line, horizontal = (start, towards(start, degrees)), (start, towards(start, level))
    assert slope_against(line, horizontal) == pytest.approx(degrees - level, abs=1e-4)
    seen = [tuple(map(camera.apply, one)) for one in (line, horizontal)]
    assert slope_against((seen[0][0], seen[0][1]), (seen[1][0], seen[1][1])) == pytest.approx(degrees - level, abs=1e-3)


def test_upright_is_ninety() -> None:
    assert slope(((0, 0), (0, 1))) == slope(((0, 1), (0, 0))) == 90
    assert slope_against(((0, 0), (0, 1)), ((0, 0), (1, 0))) == 90


@given(st.floats(-60, 60), st.floats(-25, 25), cameras, points)
def test_head_tilt_is_of_the_head_against_the_shoulders_only(
    tilt: float, shoulders: float, camera: Similarity, neck: Point
) -> None:
    """Positive to the patient's right, which is on the left of the picture: anticlockwise as seen."""
    right, left = towards(neck, 180 - shoulders), towards(neck, -shoulders)
    crown, chin = towards(neck, -90 - shoulders - tilt, 1.5), towards(neck, -90 - shoulders - tilt, 0.5)
    assert shoulder_slope(right, left) == pytest.approx(shoulders, abs=1e-4)
    assert head_tilt((crown, chin), right, left) == pytest.approx(tilt, abs=1e-4)
    seen = [camera.apply(point) for point in (crown, chin, right, left)]
    assert head_tilt((seen[0], seen[1]), seen[2], seen[3]) == pytest.approx(tilt, abs=1e-3)


def test_example_of_the_clinical_page() -> None:
    """Pupils at (400,520) and (640,580): 14.04 degrees (clinical.md 8.3)."""
    assert slope(((400, 520), (640, 580))) == pytest.approx(14.04, abs=0.005)
    scale = iris_calibration(((0, 0), (96, 0)), 11.71)
    assert scale.mm_per_unit == pytest.approx(0.12198, abs=1e-5)
    assert millimetres(74, scale) == pytest.approx(9.03, abs=0.005)


@given(points, st.floats(-180, 180), st.floats(0.01, 1))
def test_the_midline_stands_on_the_line_of_the_eyes(right: Point, turn: float, apart: float) -> None:
    left = towards(right, turn, apart)
    top, bottom = face_midline(right, left)
    assert angle_between((top, bottom), (right, left)) == pytest.approx(90, abs=1e-3)
    upwards = math.degrees(math.atan2(top[1] - bottom[1], top[0] - bottom[0]))
    assert math.cos(math.radians(upwards - (turn - 90))) == pytest.approx(1)


@given(st.floats(0.02, 0.3), st.floats(0, 1.2), cameras)
def test_aperture_is_a_ratio_whatever_the_camera(iris: float, ratio: float, camera: Similarity) -> None:
    lids, limbus = ((0.5, 0.5), (0.5, 0.5 + ratio * iris)), ((0.4, 0.5), (0.4 + iris, 0.5))
    seen = [camera.apply(point) for point in (*lids, *limbus)]
    found = lid_aperture((seen[0], seen[1]), distance((seen[2], seen[3])))
    assert found.ratio == pytest.approx(ratio, abs=1e-6)
    assert found.mm is None


@given(st.floats(0.01, 0.3), st.floats(0.1, 1.2), st.floats(10, 13.5))
def test_millimetres_by_the_iris(iris: float, ratio: float, iris_mm: float) -> None:
    scale = iris_calibration(((0.1, 0.1), (0.1 + iris, 0.1)), iris_mm)
    assert lid_aperture(((0.5, 0.5), (0.5, 0.5 + ratio * iris)), iris, scale).mm == pytest.approx(ratio * iris_mm)


def test_no_millimetres_on_closed_lids() -> None:
    scale = iris_calibration(((0.1, 0.1), (0.2, 0.1)))
    shut = lid_aperture(((0.5, 0.5), (0.5, 0.503)), 0.1, scale)
    assert shut.closed
    assert shut.mm is None
    assert not lid_aperture(((0.5, 0.5), (0.5, 0.52)), 0.1, scale).closed


def test_a_scale_is_borrowed_from_the_aligned_photograph() -> None:
    own = iris_calibration(((0.1, 0.1), (0.2, 0.1)))
    assert own == Calibration(pytest.approx(117), IRIS_MM)  # type: ignore[arg-type]
    lent = own.through(0.5)
    assert lent.borrowed
    assert millimetres(0.2, lent) == pytest.approx(IRIS_MM)


@pytest.mark.parametrize("line", [((0.5, 0.5), (0.5, 0.5)), ((0.5, 0.5), (0.501, 0.5)), ((math.nan, 0), (1, 0))])
def test_a_scale_without_length_is_refused(line: tuple[Point, Point]) -> None:
    for refused in (
        lambda: iris_calibration(line),
        lambda: ruler_calibration(line, 24),
        lambda: lid_aperture(((0, 0), (0, 1)), distance(line)),
    ):
        with pytest.raises(RuleBroken, match="calibration_without_length"):
            refused()


@pytest.mark.parametrize("mm", [0, -3, math.nan, math.inf])
def test_a_ruler_has_a_length(mm: float) -> None:
    with pytest.raises(RuleBroken, match="calibration_without_length"):
        ruler_calibration(((0, 0), (1, 0)), mm)


@pytest.mark.parametrize("mm", [9.9, 13.6, 0, math.nan])
def test_no_iris_is_as_wide(mm: float) -> None:
    with pytest.raises(RuleBroken, match="iris_out_of_range"):
        iris_calibration(((0, 0), (1, 0)), mm)


def test_a_line_of_no_length_has_no_direction() -> None:
    spot, line = ((0.5, 0.5), (0.5, 0.5)), ((0.0, 0.0), (1.0, 0.0))
    for refused in (
        lambda: slope(spot),
        lambda: angle_between(spot, line),
        lambda: angle_at((0.5, 0.5), (0.5, 0.5), (1, 1)),
        lambda: head_tilt(line, *spot),
        lambda: head_tilt(spot, *line),
        lambda: face_midline(*spot),
    ):
        with pytest.raises(RuleBroken, match="line_without_length"):
            refused()


def test_values_come_in_pairs() -> None:
    assert PairedValue(0.14, 0.96).change == pytest.approx(0.82)
    assert PairedValue(-20, -5).relative == pytest.approx(0.75)
    assert PairedValue(0, 5).relative is None
    assert PairedValue(None, 5).change is None
    assert PairedValue(3, None).relative is None
