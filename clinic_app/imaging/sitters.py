"""Who sits for a drawn photograph and in which posture: the values behind ``portraits``.

The people are invented; a ``seed`` always gives the same one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from clinic_app.imaging.sheet import Colour, Point, mixed


class PortraitKind(StrEnum):
    """What is drawn; in brackets the view codes of the catalogue it can stand for."""

    FACE_FRONT = "face_front"  # F01, F03, F04
    FACE_EYES_CLOSED = "face_eyes_closed"  # F02
    EYES = "eyes"  # E01
    NECK_FRONT = "neck_front"  # N01O, N02, N07, N08
    NECK_EYES_CLOSED = "neck_eyes_closed"  # N01
    NECK_SIDE_LEFT = "neck_side_left"  # N05
    NECK_SIDE_RIGHT = "neck_side_right"  # N04
    NECK_BACK = "neck_back"  # N06
    SHOULDERS = "shoulders"  # S01
    HAND_REST = "hand_rest"  # H01
    HAND_WRITING = "hand_writing"  # H04, H08
    HANDWRITING_SPIRAL = "handwriting_spiral"  # H07
    BODY_FRONT = "body_front"  # B01


@dataclass(frozen=True, slots=True)
class Portrait:
    """One drawn photograph: who (``seed``, ``sex`` F/M, ``age`` years), in which posture, how photographed.

    Lid apertures, ``hand_cramp`` and ``jaw_open`` go from 0 to 1. ``head_tilt_deg`` is positive towards the patient's
    right shoulder, ``head_turn_deg`` with the chin to that side, ``retro_deg`` backwards (negative: forwards).
    ``shoulder_drop`` (-1 to 1) is positive where the patient's right shoulder is lower; ``mouth_pull`` (-1 to 1) is
    positive towards the patient's right, ``trunk_lean_deg`` too. ``jitter`` numbers the occasion: another number, a
    slightly different camera. ``taken_text`` is written as EXIF date (``2026:01:12 09:31:07``); with an ``orientation``
    other than 1 the pixels are stored turned. ``grain`` is sensor noise in grey levels. Width and height are pixels as
    seen upright.
    """

    kind: PortraitKind
    seed: int
    sex: str | None = None
    age: int | None = None
    lid_aperture_right: float = 1.0
    lid_aperture_left: float = 1.0
    head_tilt_deg: float = 0.0
    head_turn_deg: float = 0.0
    retro_deg: float = 0.0
    shoulder_drop: float = 0.0
    trunk_lean_deg: float = 0.0
    hand_cramp: float = 0.0
    mouth_pull: float = 0.0
    jaw_open: float = 0.0
    jitter: int = 0
    width: int = 1000
    height: int = 750
    taken_text: str | None = None
    camera: str | None = None
    orientation: int = 1
    grain: float = 0.0
    quality: int = 90


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What a measuring tool should find in the upright picture; lengths and points in pixels, None if not to be seen.

    Right and left are the patient's. A lid aperture is the distance of the lids through the middle of the pupil.
    ``head_tilt_deg`` is the head against the shoulders, ``camera_turn_deg`` the whole picture (clockwise positive).
    """

    lid_aperture_right: float | None = None
    lid_aperture_left: float | None = None
    iris_diameter: float | None = None
    pupil_right: Point | None = None
    pupil_left: Point | None = None
    inner_corner_right: Point | None = None
    inner_corner_left: Point | None = None
    shoulder_right: Point | None = None
    shoulder_left: Point | None = None
    head_tilt_deg: float | None = None
    camera_turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class DrawnPortrait:
    """A drawn photograph: JPEG bytes, upright size in pixels, and the truth about it."""

    jpeg: bytes
    width: int
    height: int
    truth: GroundTruth


@dataclass(frozen=True, slots=True)
class Look:
    """How an invented person looks."""

    skin: Colour
    line: Colour
    lip: Colour
    hair: Colour
    brow: Colour
    iris: Colour
    shirt: Colour
    trousers: Colour
    style: str
    collar: str
    beard: str
    bindi: bool
    broad: float
    brow_height: float
    brow_weight: float
    nose: float
    eye_gap: float
    lines: float
    woman: bool


def look_of(portrait: Portrait) -> Look:
    """The person behind a seed; sex and age count where they are given."""
    chance = random.Random(f"look {portrait.seed}")  # noqa: S311
    drawn_woman, drawn_age = chance.random() < 0.5, chance.randint(28, 78)
    woman = drawn_woman if portrait.sex is None else portrait.sex.upper().startswith("F")
    age = drawn_age if portrait.age is None else portrait.age
    skin = chance.choice(
        (
            (233.0, 203.0, 183.0),
            (222.0, 187.0, 164.0),
            (211.0, 171.0, 143.0),
            (194.0, 150.0, 119.0),
            (172.0, 128.0, 99.0),
            (140.0, 101.0, 78.0),
        )
    )
    hair = chance.choice(((38.0, 32.0, 31.0), (48.0, 38.0, 34.0), (66.0, 48.0, 39.0)))
    grey = min(1.0, max(0.0, (age - 42 + chance.uniform(-8, 8)) / 34))
    hair = mixed(hair, (196.0, 194.0, 192.0), grey * 0.85)
    women, men = ("parted", "bun", "long", "parted", "scarf"), ("short", "side", "short", "receding", "turban")
    style = chance.choice(women) if woman else chance.choice(men if age > 45 else ("short", "side", "short", "turban"))
    beard = "none" if woman else chance.choice(("none", "none", "moustache", "stubble", "beard"))
    beard = "beard" if style == "turban" else beard
    shirts = (
        (74.0, 104.0, 128.0),
        (122.0, 84.0, 92.0),
        (88.0, 116.0, 104.0),
        (146.0, 134.0, 112.0),
        (92.0, 88.0, 120.0),
        (176.0, 182.0, 186.0),
        (150.0, 106.0, 74.0),
    )
    irises = ((74.0, 50.0, 38.0), (92.0, 62.0, 44.0), (60.0, 42.0, 34.0), (112.0, 84.0, 56.0), (84.0, 104.0, 112.0))
    return Look(
        skin=skin,
        line=mixed(skin, (46.0, 30.0, 28.0), 0.68),
        lip=mixed(skin, (168.0, 84.0, 84.0), 0.5 if woman else 0.3),
        hair=hair,
        brow=mixed(skin, mixed(hair, (46.0, 38.0, 36.0), 0.4), 0.72),
        iris=chance.choice(irises if sum(skin) > 560 else irises[:3]),
        shirt=chance.choice(shirts),
        trousers=chance.choice(((66.0, 70.0, 82.0), (84.0, 78.0, 72.0), (58.0, 66.0, 66.0))),
        style=style,
        collar=chance.choice(("round", "vee") if woman else ("collar", "round", "vee")),
        beard=beard,
        bindi=woman and style != "scarf" and chance.random() < 0.35,
        broad=chance.uniform(0.94, 1.06),
        brow_height=chance.uniform(-2, 2),
        brow_weight=chance.uniform(0.8, 1.05) if woman else chance.uniform(1.0, 1.3),
        nose=chance.uniform(0.9, 1.14),
        eye_gap=chance.uniform(0.96, 1.05),
        lines=min(1.0, max(0.0, (age - 30) / 45)),
        woman=woman,
    )
