"""Pairs of photographs with a known alignment: drawn people, photographed twice, and what must not be laid on them.

A picture comes from the frame by a turn of up to 15 degrees, 0.8 to 1.25 times as large, moved by up to 140 of 900
pixels, in another light, with sensor noise, saved as a JPEG of medium quality.
"""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from clinic_app.domain.alignment import Point, Similarity
from clinic_app.domain.picture_files import Pixels
from clinic_app.imaging.portraits import Portrait, PortraitKind, paint

Colours = NDArray[np.uint8]

SIDE = 900
"""Pixels of the sides of a drawn photograph."""

FACE_BOX = ((250.0, 230.0), (650.0, 230.0), (250.0, 630.0), (650.0, 630.0))
"""Corners of a box of 400 pixels over the face of a frame, where errors are measured."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photographs; ``truth`` takes the picture onto the frame, in pixels; None where they show different things."""

    picture: Pixels
    frame: Pixels
    truth: Similarity | None

    def error(self, found: Similarity, corners: tuple[Point, ...] = FACE_BOX) -> float:
        """Mean distance at the corners between where a found alignment (picture units) and the truth put them, px."""
        if self.truth is None:
            raise ValueError("different things have no true alignment")
        pixels = found.in_pixels(max(self.picture.width, self.picture.height), max(self.frame.width, self.frame.height))
        back = self.truth.inverse()
        moved = [pixels.apply(back.apply(corner)) for corner in corners]
        return fmean(float(np.hypot(x - a, y - b)) for (x, y), (a, b) in zip(moved, corners, strict=True))

    def rough(self, clicks: tuple[Point, ...], chance: random.Random, within: float) -> Similarity:
        """What points clicked within so many pixels would give, in picture units."""
        from clinic_app.domain.alignment import fit_similarity, picture_units

        if self.truth is None:
            raise ValueError("different things have no points in common")
        there = []
        for click in clicks:
            x, y = self.truth.inverse().apply(click)
            away, turn = within * chance.random() ** 0.5, chance.uniform(0, 2 * np.pi)
            there.append((x + away * np.cos(turn), y + away * np.sin(turn)))
        return fit_similarity(
            [picture_units((float(x), float(y)), self.picture.width, self.picture.height) for x, y in there],
            [picture_units(click, self.frame.width, self.frame.height) for click in clicks],
        ).similarity


def pixels_of(colours: Colours) -> Pixels:
    """Blue-green-red pixels as the decoder gives them."""
    height, width = colours.shape[:2]
    four = np.dstack([colours, np.full((height, width), 255, np.uint8)])
    return Pixels(width, height, width * 4, np.ascontiguousarray(four).reshape(-1).data)


def person(seed: int, kind: PortraitKind = PortraitKind.FACE_FRONT, **posture: float) -> Colours:
    """A drawn photograph, blue first."""
    portrait = Portrait(kind, seed, width=SIDE, height=SIDE, **posture)  # type: ignore[arg-type]
    return cast("Colours", cv2.cvtColor(paint(portrait)[0], cv2.COLOR_RGB2BGR))


def texture(seed: int, width: int, height: int, strength: float) -> NDArray[np.float32]:
    """Soft spots of several sizes, in grey levels, as (height, width, 1)."""
    numbers = np.random.default_rng(seed)
    answer = np.zeros((height, width), np.float32)
    for cells, share in ((8, 1.2), (30, 1.0), (90, 0.8)):
        spots = numbers.normal(0, strength * share, (cells, cells)).astype(np.float32)
        answer += cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return answer[..., None]


def photographed(colours: Colours, chance: random.Random, *, light: bool = True) -> tuple[Colours, Similarity]:
    """The same once more with another camera position; the similarity takes the first onto the second, in pixels."""
    height, width = colours.shape[:2]
    part = max(width, height) / 900
    way = Similarity.about((width / 2, height / 2), scale=chance.uniform(0.8, 1.25), rotation=chance.uniform(-15, 15))
    way = way.then(Similarity(dx=chance.uniform(-140, 140) * part, dy=chance.uniform(-140, 140) * part))
    middles = Similarity(dx=0.5, dy=0.5).then(way).then(Similarity(dx=-0.5, dy=-0.5))
    seen = cv2.warpAffine(
        colours,
        np.array(middles.matrix),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    bright: NDArray[np.floating[Any]] = seen.astype(np.float32)
    if light:
        side = 1 + chance.uniform(-0.25, 0.25) * np.linspace(-1, 1, width)[None, :, None]
        bright = bright * chance.uniform(0.75, 1.25) * side
    noise = np.random.default_rng(chance.randint(0, 10**9)).normal(0, 4, seen.shape)
    rounded = np.clip(bright + noise, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", rounded, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return cast("Colours", cv2.imdecode(encoded, cv2.IMREAD_COLOR)), way


def pair(frame: Colours, picture: Colours, chance: random.Random, *, same: bool = True) -> Pair:
    """A frame and another photograph of ``picture``, which lies on the frame as it is (or is a different thing)."""
    seen, way = photographed(picture, chance)
    return Pair(pixels_of(seen), pixels_of(frame), way.inverse() if same else None)


def half_hidden(colours: Colours, chance: random.Random) -> Colours:
    """One half behind a cloth."""
    hidden = colours.copy()
    height, width = hidden.shape[:2]
    colour = [chance.randint(40, 220) for _ in range(3)]
    side = chance.choice("lrtb")
    if side in "lr":
        (hidden[:, : width // 2] if side == "l" else hidden[:, width // 2 :])[:] = colour
    else:
        (hidden[: int(height * 0.45)] if side == "t" else hidden[int(height * 0.42) :])[:] = colour
    return hidden


def _same(seed: int, chance: random.Random) -> Pair:
    colours = person(seed)
    return pair(colours, colours, chance)


def _lids_shut(seed: int, chance: random.Random) -> Pair:
    return pair(person(seed), person(seed, PortraitKind.FACE_EYES_CLOSED), chance)


def _squeezed(seed: int, chance: random.Random) -> Pair:
    pulled = person(seed, lid_aperture_right=0.1, lid_aperture_left=0.1, mouth_pull=chance.uniform(-0.5, 0.5))
    return pair(pulled, person(seed), chance)


def _sample(_: int, chance: random.Random) -> Pair:
    face = sample_face()
    if face is None:
        raise LookupError("no sample face is installed")
    return pair(face, face, chance)


def _other_face(seed: int, chance: random.Random) -> Pair:
    kind = chance.choice((PortraitKind.FACE_FRONT, PortraitKind.FACE_FRONT, PortraitKind.FACE_EYES_CLOSED))
    return pair(person(seed), person(seed + chance.randint(1, 5000), kind), chance, same=False)


def _back_of_head(seed: int, chance: random.Random) -> Pair:
    return pair(person(seed), person(seed, PortraitKind.NECK_BACK), chance, same=False)


def _half_hidden(seed: int, chance: random.Random) -> Pair:
    colours = person(seed)
    return pair(colours, half_hidden(colours, chance), chance)


EASY: dict[str, Callable[[int, random.Random], Pair]] = {
    "same face": _same,
    "lids shut in one": _lids_shut,
    "lids squeezed, mouth pulled in one": _squeezed,
}
HARD: dict[str, Callable[[int, random.Random], Pair]] = {
    "other face": _other_face,
    "back of the head": _back_of_head,
    "half hidden": _half_hidden,
}


def sample_face() -> Colours | None:
    """The astronaut among scikit-image's sample pictures, at 900 pixels; None where that package is not installed."""
    found = importlib.util.find_spec("skimage")
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        file = Path(folder) / "data" / "astronaut.png"
        if file.is_file():
            colours = cast("Colours", cv2.imread(str(file), cv2.IMREAD_COLOR))
            return cast("Colours", cv2.resize(colours, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))
    return None
