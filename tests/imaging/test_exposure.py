"""The light of a photograph is matched by what did not change, and nothing is cut off."""

from __future__ import annotations

import random

import numpy as np

from clinic_app.domain.alignment import IDENTITY, Similarity
from clinic_app.domain.exposure import NO_MATCH
from clinic_app.imaging.exposure import exposed, match_exposure
from clinic_app.imaging.portraits import PortraitKind
from tests.imaging.pairs import SIDE, Colours, person, photographed, pixels_of


def lit(colours: Colours, gains: tuple[float, float, float], offset: float = 0.0) -> Colours:
    changed: Colours = np.clip(colours * np.array(gains) + offset, 0, 255).astype(np.uint8)
    return changed


def test_the_light_is_measured_though_the_lids_are_shut_and_the_picture_turned() -> None:
    frame = person(3)
    shut, way = photographed(person(3, PortraitKind.FACE_EYES_CLOSED), random.Random(2), light=False)  # noqa: S311
    gains = (0.8, 0.7, 0.75)
    match = match_exposure(pixels_of(lit(shut, gains, 6)), pixels_of(frame), way.inverse().in_units(SIDE, SIDE))
    for channel in range(3):
        assert abs(match.gains[channel] * gains[channel] - 1) < 0.04
        assert abs(match.offsets[channel] + 6 / gains[channel]) < 5


def test_what_is_shown_looks_like_the_frame() -> None:
    frame = person(3)
    dark = pixels_of(lit(frame, (0.7, 0.75, 0.8)))
    shown = exposed(dark, match_exposure(dark, pixels_of(frame), IDENTITY))
    array = np.frombuffer(shown.data, np.uint8).reshape(SIDE, SIDE, 4)[..., :3].astype(float)
    assert np.abs(array - frame).mean() < 4
    assert (array == 255).mean() < 0.002


def test_too_little_in_common_or_too_different_is_left_as_it_is() -> None:
    frame = pixels_of(person(3))
    assert match_exposure(frame, frame, Similarity(dx=3)) == NO_MATCH
    assert match_exposure(pixels_of(lit(person(3), (0.3, 0.3, 0.3))), frame, IDENTITY) == NO_MATCH
    assert exposed(frame, NO_MATCH) is frame
