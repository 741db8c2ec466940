"""Similarities between pictures and the frame of their view: there and back, exact, composed, and how clicks err."""

from __future__ import annotations

import cmath
import math
import random
import tomllib
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.alignment import (
    ANCHORS,
    IDENTITY,
    Alignment,
    AlignmentMethod,
    FacePoints,
    FoundBy,
    Landmark,
    PointPair,
    Similarity,
    alignment_of_points,
    anchor_of,
    between,
    fit_similarity,
    found_within_limits,
    head_turn_differs,
    may_replace,
    picture_pixels,
    picture_units,
)
from clinic_app.domain.errors import RuleBroken
from tests.domain.builders import QUICK

Point = tuple[float, float]

CATALOGUE = Path(__file__).resolve().parents[2] / "database" / "catalogues" / "views.toml"
similarities = st.builds(Similarity, st.floats(0.1, 10), st.floats(-180, 180), st.floats(-3, 3), st.floats(-3, 3))
points = st.tuples(st.floats(0, 1), st.floats(0, 1))
BOX = ((0.0, 0.0), (900.0, 0.0), (0.0, 900.0), (900.0, 900.0))
SPREAD = ((180.0, 350.0), (720.0, 350.0), (450.0, 860.0))
"""Outer corners of both eyes and chin in a face box of 900 pixels."""


def near(first: Point, second: Point, slack: float = 1e-9) -> bool:
    return math.dist(first, second) <= slack


@given(similarities, points)
def test_there_and_back_again(similarity: Similarity, point: Point) -> None:
    assert near(similarity.inverse().apply(similarity.apply(point)), point, 1e-7)
    assert similarity.then(similarity.inverse()).near(IDENTITY, 1e-7)
    assert similarity.inverse().inverse().near(similarity, 1e-7)


@given(similarities, similarities, similarities, points)
def test_one_after_the_other(first: Similarity, second: Similarity, third: Similarity, point: Point) -> None:
    assert near(first.then(second).apply(point), second.apply(first.apply(point)), 1e-7)
    assert first.then(second).then(third).near(first.then(second.then(third)), 1e-5)
    assert first.then(IDENTITY).near(first)
    assert IDENTITY.then(first).near(first)


@given(similarities, points)
def test_the_matrix_says_the_same(similarity: Similarity, point: Point) -> None:
    (a, b, dx), (c, d, dy) = similarity.matrix
    assert (a * point[0] + b * point[1] + dx, c * point[0] + d * point[1] + dy) == similarity.apply(point)
    assert Similarity.of_matrix(similarity.matrix).near(similarity, 1e-9)
    assert a * d - b * c == pytest.approx(similarity.scale**2)


@given(similarities, points, st.floats(100, 9000), st.floats(100, 9000))
def test_pixels_of_any_derivative_lie_at_the_same_place(
    similarity: Similarity, point: Point, side: float, frame_side: float
) -> None:
    pixels = similarity.in_pixels(side, frame_side)
    x, y = similarity.apply(point)
    assert near(pixels.apply((point[0] * side, point[1] * side)), (x * frame_side, y * frame_side), 1e-6 * frame_side)
    assert pixels.in_units(side, frame_side).near(similarity, 1e-9)


@given(similarities, similarities, points)
def test_two_aligned_pictures_lie_on_each_other(first: Similarity, second: Similarity, point: Point) -> None:
    there = between(first, second).apply(point)
    assert near(second.apply(there), first.apply(point), 1e-6)


@given(points, st.floats(0.2, 5), st.floats(-180, 180))
def test_a_turn_about_a_point_leaves_the_point(point: Point, scale: float, rotation: float) -> None:
    assert near(Similarity.about(point, scale=scale, rotation=rotation).apply(point), point)


def test_clockwise_as_seen() -> None:
    assert near(Similarity(rotation=90).apply((1.0, 0.0)), (0.0, 1.0))


@given(similarities, points)
def test_upright_keeps_scale_and_place_and_does_not_turn(similarity: Similarity, about: Point) -> None:
    upright = similarity.upright(about)
    assert upright.rotation == 0
    assert upright.scale == similarity.scale
    assert near(upright.apply(about), similarity.apply(about))


@pytest.mark.parametrize("bad", [(0.0, 0.0), (-1.0, 0.0), (math.nan, 0.0), (1.0, math.inf)])
def test_no_similarity_of_no_size(bad: Point) -> None:
    with pytest.raises(ValueError, match="scale"):
        Similarity(bad[0], bad[1])


@given(st.integers(100, 9000), st.integers(100, 9000), points)
def test_picture_units_are_of_the_longer_side(width: int, height: int, at: Point) -> None:
    pixels = (at[0] * width, at[1] * height)
    units = picture_units(pixels, width, height)
    assert max(units) <= 1 + 1e-12
    assert near(picture_pixels(units, width, height), pixels, 1e-8)
    assert near(
        picture_units((width / 4, height / 4), width / 4, height / 4), picture_units((width, height), width, height)
    )


@given(similarities, st.lists(points, min_size=2, max_size=8))
def test_points_without_error_give_the_similarity_itself(similarity: Similarity, picture: list[Point]) -> None:
    middle = (fmean(x for x, _ in picture), fmean(y for _, y in picture))
    away = max(math.dist(middle, point) for point in picture)
    frame = [similarity.apply(point) for point in picture]
    if min(away, away * similarity.scale) < 0.01:
        return
    fit = fit_similarity(picture, frame)
    assert fit.rms < 1e-9
    assert fit.similarity.near(similarity, 1e-6)


@given(points, points, points, points)
def test_two_points_are_always_met_exactly(p1: Point, p2: Point, q1: Point, q2: Point) -> None:
    if math.dist(p1, p2) < 0.01 or math.dist(q1, q2) < 0.01:
        return
    fit = fit_similarity([p1, p2], [q1, q2])
    z = (complex(*q2) - complex(*q1)) / (complex(*p2) - complex(*p1))
    assert fit.similarity.scale == pytest.approx(abs(z))
    assert math.cos(math.radians(fit.similarity.rotation) - cmath.phase(z)) == pytest.approx(1)
    assert near(fit.similarity.apply(p1), q1, 1e-8)
    assert near(fit.similarity.apply(p2), q2, 1e-8)


@QUICK
@given(similarities, st.integers(0, 10_000), st.integers(3, 7))
def test_no_similarity_nearby_fits_better(similarity: Similarity, seed: int, count: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    picture = [(chance.random(), chance.random()) for _ in range(count)]
    frame = [similarity.apply((x + chance.gauss(0, 0.02), y + chance.gauss(0, 0.02))) for x, y in picture]
    fit = fit_similarity(picture, frame)
    best = fit.similarity

    def rms(other: Similarity) -> float:
        return math.sqrt(fmean(math.dist(other.apply(p), q) ** 2 for p, q in zip(picture, frame, strict=True)))

    assert rms(best) == pytest.approx(fit.rms)
    assert max(fit.misses) >= fit.rms - 1e-12
    for step in (1e-3, -1e-3):
        for other in (
            Similarity(best.scale * (1 + step), best.rotation, best.dx, best.dy),
            Similarity(best.scale, best.rotation + 60 * step, best.dx, best.dy),
            Similarity(best.scale, best.rotation, best.dx + step, best.dy),
            Similarity(best.scale, best.rotation, best.dx, best.dy + step),
        ):
            assert rms(other) >= fit.rms - 1e-12


def test_a_mirrored_set_is_not_mirrored_back() -> None:
    picture = [(0.1, 0.1), (0.4, 0.1), (0.2, 0.5)]
    fit = fit_similarity(picture, [(-x, y) for x, y in picture])
    assert fit.rms > 0.05
    (a, b, _), (c, d, _) = fit.similarity.matrix
    assert a * d - b * c > 0


@pytest.mark.parametrize("given_points", [[], [(0.2, 0.3)]])
def test_one_point_is_too_few(given_points: list[Point]) -> None:
    with pytest.raises(RuleBroken) as caught:
        fit_similarity(given_points, given_points)
    assert caught.value.code == "points_too_few"
    assert caught.value.params == {"count": len(given_points), "least": 2}


@pytest.mark.parametrize("turned", [False, True])
def test_three_clicks_on_one_spot_are_refused(turned: bool) -> None:
    spot, apart = [(0.5, 0.5), (0.5, 0.5005), (0.5004, 0.5)], [(0.1, 0.1), (0.6, 0.1), (0.3, 0.7)]
    sides = (apart, spot) if turned else (spot, apart)
    with pytest.raises(RuleBroken) as caught:
        fit_similarity(*sides)
    assert caught.value.code == "points_at_one_place"


def test_points_that_contradict_each_other_altogether_are_refused() -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    mirrored = [(y, x) for x, y in square]
    with pytest.raises(RuleBroken, match="points_at_one_place"):
        fit_similarity(square, mirrored)


@QUICK
@given(st.floats(0.8, 1.25), st.floats(-15, 15), st.floats(-140, 140), st.floats(-140, 140), st.integers(0, 10_000))
def test_three_clicks_within_three_pixels_err_three_pixels_at_the_corners(
    scale: float, rotation: float, dx: float, dy: float, seed: int
) -> None:
    truth, chance = Similarity(scale, rotation, dx, dy), random.Random(seed)  # noqa: S311
    errors = []
    for _ in range(150):
        frame = []
        for point in SPREAD:
            away = cmath.rect(3 * math.sqrt(chance.random()), chance.uniform(0, math.tau))
            x, y = truth.apply(point)
            frame.append((x + away.real, y + away.imag))
        found = fit_similarity(SPREAD, frame).similarity
        assert all(math.dist(found.apply(c), truth.apply(c)) <= 3 * (1 + 3 * 700 / 310) for c in BOX)
        errors.append(fmean(math.dist(found.apply(corner), truth.apply(corner)) for corner in BOX))
    assert fmean(errors) <= 3


def test_alignment_of_points_keeps_them_and_says_how_far_they_miss() -> None:
    pairs = tuple(PointPair(p, (p[0] * 2 + 0.1, p[1] * 2)) for p in ((0.1, 0.1), (0.6, 0.2), (0.3, 0.8)))
    alignment = alignment_of_points(pairs)
    assert alignment.similarity.near(Similarity(2, 0, 0.1, 0))
    assert alignment.rms == pytest.approx(0, abs=1e-12)
    assert (alignment.points, alignment.sureness) == (pairs, None)
    moved = alignment.nudged(Similarity(dx=0.01))
    assert moved.similarity.near(Similarity(2, 0, 0.11, 0))
    assert (moved.rms, moved.method) == (None, AlignmentMethod.POINTS)


def test_sureness_is_a_share() -> None:
    with pytest.raises(ValueError, match="sureness"):
        Alignment(IDENTITY, AlignmentMethod.AUTOMATIC, sureness=1.2)


def test_automatic_never_replaces_what_was_done_by_hand_or_what_others_lie_on() -> None:
    *firm, automatic = (Alignment(IDENTITY, method) for method in AlignmentMethod)
    assert [one.method for one in firm] == [AlignmentMethod.REFERENCE, AlignmentMethod.POINTS, AlignmentMethod.REFINED]
    for present in firm:
        assert not may_replace(present, AlignmentMethod.AUTOMATIC)
        assert may_replace(present, AlignmentMethod.POINTS)
        assert may_replace(present, AlignmentMethod.REFINED)
    for method in AlignmentMethod:
        assert may_replace(automatic, method)
        assert may_replace(None, method)


@pytest.mark.parametrize(
    ("similarity", "within"),
    [
        (IDENTITY, True),
        (Similarity(1.9, -24), True),
        (Similarity(1, 26), False),
        (Similarity(1, 359), True),
        (Similarity(2.1), False),
        (Similarity(0.49), False),
    ],
)
def test_limits_of_what_is_found(similarity: Similarity, within: bool) -> None:
    assert found_within_limits(similarity) is within


def test_every_picture_view_of_the_catalogue_has_one_anchor_and_no_other_view_has() -> None:
    catalogue = tomllib.loads(CATALOGUE.read_text("utf-8"))
    views = [view["code"] for view in catalogue["views"] if view.get("kind", "picture") == "picture"]
    anchored = [view for anchor in ANCHORS for view in anchor.views]
    assert sorted(anchored) == sorted(views)
    assert all(anchor.source and anchor.landmarks for anchor in ANCHORS)
    assert anchor_of("F03").found_by is FoundBy.EYES
    assert anchor_of(None).found_by is anchor_of("X99").found_by is FoundBy.NOTHING


def test_necks_are_never_aligned_on_the_head_and_nothing_is_found_in_them() -> None:
    head = {landmark for anchor in ANCHORS if anchor.views[0][0] in "FE" for landmark in anchor.landmarks}
    for anchor in ANCHORS:
        if anchor.views[0].startswith("N"):
            assert anchor.found_by is FoundBy.NOTHING
            assert not head & set(anchor.landmarks)
    assert Landmark.PAGE_CORNERS in anchor_of("H07").landmarks


FRONT = FacePoints((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))


@given(similarities)
def test_the_same_face_is_not_turned_however_it_is_photographed(similarity: Similarity) -> None:
    moved = FacePoints(*map(similarity.apply, (FRONT.corner_right, FRONT.corner_left, FRONT.nasal_base)))
    assert not head_turn_differs(FRONT, moved)


@pytest.mark.parametrize(
    ("nose", "differs"),
    [((0.518, 0.6), False), ((0.525, 0.6), True), ((0.475, 0.6), True), ((0.5, 0.57), True), ((0.5, 0.585), False)],
)
def test_a_nose_that_went_aside_or_came_nearer_is_a_turned_head(nose: Point, differs: bool) -> None:
    assert head_turn_differs(FRONT, FacePoints(FRONT.corner_right, FRONT.corner_left, nose)) is differs


def test_a_face_needs_two_corners() -> None:
    with pytest.raises(RuleBroken, match="points_at_one_place"):
        head_turn_differs(FacePoints((0.4, 0.4), (0.4, 0.4), (0.5, 0.6)), FRONT)
