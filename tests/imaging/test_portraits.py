"""The drawn photographs: reproducible, true to their numbers, made like a camera's."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from clinic_app.imaging.heads import IRIS
from clinic_app.imaging.portraits import Portrait, PortraitKind, draw, paint
from clinic_app.imaging.reader import PictureReader
from clinic_app.imaging.sitters import look_of
from tests.imaging.samples import Array

FACE = Portrait(PortraitKind.FACE_FRONT, 1, sex="F", age=50, width=800, height=800)


LINES = 1.5
"""Half the widths of both lid lines together, in head units: they stand beyond the lids' edges."""


def rows_of_the_eye(pixels: Array, pupil: tuple[float, float]) -> int:
    """Length of the unbroken run of rows through the pupil that are not skin: iris and the lines of the lids."""
    x, y = round(pupil[0]), round(pupil[1])
    skin = pixels[y + 110, x].astype(int)
    other = np.abs(pixels[:, x].astype(int) - skin).sum(axis=1) > 110
    top = bottom = y
    while other[top]:
        top -= 1
    while other[bottom]:
        bottom += 1
    return bottom - top - 1


@pytest.mark.parametrize("kind", list(PortraitKind))
def test_every_kind_is_drawn_at_any_shape(kind: PortraitKind) -> None:
    for width, height in ((320, 240), (240, 320)):
        drawn = draw(Portrait(kind, 5, width=width, height=height, hand_cramp=0.8, jitter=2))
        image = Image.open(io.BytesIO(drawn.jpeg))
        assert image.size == (width, height) == (drawn.width, drawn.height)
        assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 200


def test_the_same_portrait_is_the_same_file_and_another_occasion_is_not() -> None:
    assert draw(FACE).jpeg == draw(FACE).jpeg
    assert draw(replace(FACE, jitter=1)).jpeg != draw(FACE).jpeg
    assert draw(replace(FACE, jitter=1)).jpeg == draw(replace(FACE, jitter=1)).jpeg


def test_people_differ_and_a_person_stays_the_same() -> None:
    looks = {(look_of(replace(FACE, seed=seed)).skin, look_of(replace(FACE, seed=seed)).style) for seed in range(30)}
    assert len(looks) > 8
    assert look_of(FACE) == look_of(replace(FACE, jitter=4, head_tilt_deg=20, kind=PortraitKind.NECK_BACK))
    assert look_of(replace(FACE, sex="M")).woman is False


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lids_are_as_far_apart_as_is_said(seed: int) -> None:
    for aperture in (1.0, 0.6, 0.3):
        pixels, truth = paint(replace(FACE, seed=seed, lid_aperture_right=aperture, lid_aperture_left=1.0))
        assert truth.iris_diameter is not None
        assert truth.lid_aperture_right == pytest.approx(0.96 * aperture * truth.iris_diameter)
        assert truth.lid_aperture_left == pytest.approx(0.96 * truth.iris_diameter)
        assert truth.pupil_right is not None
        assert truth.lid_aperture_right is not None
        unit = truth.iris_diameter / IRIS
        found = rows_of_the_eye(pixels, truth.pupil_right) - LINES * unit
        assert abs(found - truth.lid_aperture_right) < 4


def test_the_right_eye_is_on_the_left_of_the_picture_and_closes_alone() -> None:
    pixels, truth = paint(replace(FACE, lid_aperture_right=0.0, mouth_pull=0.8))
    assert truth.lid_aperture_right == 0.0
    assert truth.pupil_right is not None
    assert truth.pupil_left is not None
    assert truth.pupil_right[0] < 400 < truth.pupil_left[0]
    closed, opened = (
        pixels[round(p[1]) - 2, round(p[0])].astype(int).sum() for p in (truth.pupil_right, truth.pupil_left)
    )
    assert closed > opened + 200


def test_closed_eyes_have_no_aperture() -> None:
    truth = draw(replace(FACE, kind=PortraitKind.FACE_EYES_CLOSED)).truth
    assert (truth.lid_aperture_right, truth.lid_aperture_left) == (0.0, 0.0)


@pytest.mark.parametrize("tilt", [-25.0, -10.0, 0.0, 15.0, 28.0])
def test_the_line_of_the_pupils_has_the_tilt_that_is_said(tilt: float) -> None:
    for jitter in (0, 3):
        truth = draw(
            Portrait(PortraitKind.NECK_FRONT, 4, head_tilt_deg=tilt, jitter=jitter, width=640, height=480)
        ).truth
        assert truth.pupil_right is not None
        assert truth.pupil_left is not None
        across, down = (truth.pupil_left[index] - truth.pupil_right[index] for index in (0, 1))
        measured = -math.degrees(math.atan2(down, across)) + truth.camera_turn_deg
        assert measured == pytest.approx(tilt, abs=0.1)
        assert truth.head_tilt_deg == tilt
        assert truth.shoulder_right is not None
        assert truth.shoulder_left is not None
        assert truth.shoulder_right[0] < truth.shoulder_left[0]


def test_a_dropped_shoulder_is_lower() -> None:
    truth = draw(Portrait(PortraitKind.SHOULDERS, 4, shoulder_drop=1.0, width=480, height=480)).truth
    assert truth.shoulder_right is not None
    assert truth.shoulder_left is not None
    assert truth.shoulder_right[1] > truth.shoulder_left[1] + 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_stored_turned_and_read_upright_with_its_date(orientation: int) -> None:
    portrait = Portrait(
        PortraitKind.FACE_FRONT,
        2,
        width=400,
        height=300,
        orientation=orientation,
        taken_text="2026:01:12 09:31:07",
        camera="Pencil 2",
    )
    data = draw(portrait).jpeg
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.abs(upright.astype(int) - paint(portrait)[0].astype(int)).mean() < 3
    if orientation in {1, 6}:
        with PictureReader() as reader:
            picture = reader.read(data, "IMG_1.jpg")
        assert (picture.width, picture.height) == (400, 300)
        assert picture.camera.taken_text == "2026:01:12 09:31:07"
        assert picture.camera.model == "Pencil 2"


def test_twelve_megapixels_with_grain() -> None:
    drawn = draw(Portrait(PortraitKind.FACE_FRONT, 3, width=4000, height=3000, grain=1.5))
    assert Image.open(io.BytesIO(drawn.jpeg)).size == (4000, 3000)
    assert len(drawn.jpeg) > 500_000
