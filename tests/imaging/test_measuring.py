"""What is measured in drawn faces against what they were drawn with."""

from __future__ import annotations

import math
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from statistics import fmean

import cv2
import numpy as np
import pytest

from clinic_app.domain.alignment import Point, picture_units
from clinic_app.domain.measuring import (
    angle_between,
    face_midline,
    head_tilt,
    iris_calibration,
    lid_aperture,
    millimetres,
    shoulder_slope,
)
from clinic_app.imaging.faces import find_eyes
from clinic_app.imaging.measuring import suggest_eyes
from clinic_app.imaging.portraits import GroundTruth, Portrait, PortraitKind, paint
from clinic_app.imaging.registration import grey_of
from tests.imaging.pairs import Colours, pixels_of

FACE = Portrait(PortraitKind.FACE_FRONT, 1, width=900, height=900, grain=3)
MIDDLES = 0.5
"""Drawn points count pixel middles, picture units pixel edges."""


def units(point: Point | None, portrait: Portrait) -> Point:
    assert point is not None
    return picture_units((point[0] + MIDDLES, point[1] + MIDDLES), portrait.width, portrait.height)


def seen(portrait: Portrait) -> tuple[Colours, GroundTruth]:
    painted, truth = paint(portrait)
    return cv2.cvtColor(painted, cv2.COLOR_RGB2BGR), truth  # type: ignore[return-value]


@pytest.mark.parametrize("tilt", [-24.0, -6.0, 0.0, 11.0, 28.0])
@pytest.mark.parametrize("jitter", [0, 3])
def test_the_tilt_of_the_head_is_found_to_half_a_degree(tilt: float, jitter: int) -> None:
    portrait = Portrait(
        PortraitKind.NECK_FRONT, 5, width=1600, height=1200, head_tilt_deg=tilt, jitter=jitter, shoulder_drop=0.0
    )
    truth = paint(portrait)[1]
    chance = random.Random(f"{tilt} {jitter}")  # noqa: S311
    found = []
    for _ in range(20):
        clicked = [
            (x + chance.uniform(-1, 1) / 1600, y + chance.uniform(-1, 1) / 1600)
            for x, y in (
                units(one, portrait)
                for one in (truth.pupil_right, truth.pupil_left, truth.shoulder_right, truth.shoulder_left)
            )
        ]
        found.append(head_tilt(face_midline(clicked[0], clicked[1]), clicked[2], clicked[3]))
    assert fmean(found) == pytest.approx(tilt, abs=0.5)


def test_the_shoulder_that_is_lower_is_the_right_one() -> None:
    portrait = Portrait(PortraitKind.SHOULDERS, 4, shoulder_drop=1.0, width=900, height=900)
    truth = paint(portrait)[1]
    right, left = (units(one, portrait) for one in (truth.shoulder_right, truth.shoulder_left))
    assert shoulder_slope(right, left) > 5


@pytest.mark.parametrize("aperture", [0.1, 0.35, 0.6, 0.96])
def test_the_lid_aperture_is_found_to_two_percent_of_the_iris(aperture: float) -> None:
    """Clicks within a third of a pixel, as with the loupe of a 24 MP photograph."""
    portrait = replace(FACE, lid_aperture_right=aperture)
    truth = paint(portrait)[1]
    assert truth.lid_aperture_right is not None
    assert truth.iris_diameter is not None
    x, y = units(truth.pupil_right, portrait)
    opening, iris = truth.lid_aperture_right / 900, truth.iris_diameter / 900
    chance = random.Random(aperture)  # noqa: S311
    for _ in range(20):
        wrong = [chance.uniform(-0.33, 0.33) / 900 for _ in range(4)]
        lids = (x, y - 0.54 * opening + wrong[0]), (x, y + 0.46 * opening + wrong[1])
        limbus = (x - iris / 2 + wrong[2], y), (x + iris / 2 + wrong[3], y)
        calibration = iris_calibration(limbus)
        found = lid_aperture(lids, math.dist(*limbus), calibration)
        assert found.ratio == pytest.approx(0.96 * aperture, abs=0.02)
        assert found.mm is not None
        assert found.mm == pytest.approx(0.96 * aperture * 11.7, abs=0.25)


@pytest.mark.parametrize("seed", [1, 4, 14])
def test_irises_and_midline_are_suggested(seed: int) -> None:
    portrait = replace(FACE, seed=seed, jitter=seed % 3)
    colours, truth = seen(portrait)
    eyes = suggest_eyes(pixels_of(colours))
    assert eyes is not None
    assert truth.iris_diameter is not None
    assert eyes.iris_width * 900 == pytest.approx(truth.iris_diameter, rel=0.06)
    right, left = units(truth.pupil_right, portrait), units(truth.pupil_left, portrait)
    assert angle_between(eyes.midline, face_midline(right, left)) <= 0.5
    assert math.dist(eyes.right[0], right) == pytest.approx(math.dist(eyes.right[1], right), abs=2 / 900)
    assert eyes.right[0][0] < eyes.left[0][0]
    assert millimetres(eyes.iris_width, iris_calibration(eyes.right)) == pytest.approx(11.7, rel=0.05)


@pytest.mark.parametrize(
    "portrait",
    [
        replace(FACE, kind=PortraitKind.FACE_EYES_CLOSED),
        replace(FACE, lid_aperture_right=0.2, lid_aperture_left=0.2),
        replace(FACE, kind=PortraitKind.NECK_BACK),
        replace(FACE, kind=PortraitKind.HAND_REST),
    ],
)
def test_nothing_is_suggested_where_no_iris_is_seen(portrait: Portrait) -> None:
    assert suggest_eyes(pixels_of(seen(portrait)[0])) is None


def test_a_bare_wall_has_no_eyes() -> None:
    assert suggest_eyes(pixels_of(np.full((300, 500, 3), 120, np.uint8))) is None


def test_eyes_are_found_in_two_pictures_at_once() -> None:
    greys = [grey_of(pixels_of(seen(replace(FACE, seed=seed))[0])) for seed in (1, 2)]
    alone = [find_eyes(grey) for grey in greys]
    with ThreadPoolExecutor(2) as both:
        together = list(both.map(find_eyes, greys * 3))
    assert together == alone * 3
