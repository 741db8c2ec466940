"""Drawn photographs for the demo clinic: invented people with a known posture, and the truth to measure against.

Nothing here is a photograph of anybody. The same ``Portrait`` always gives the same pixels.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from clinic_app.imaging.sheet import Point, Sheet
from clinic_app.imaging.sitters import DrawnPortrait, GroundTruth, Portrait, PortraitKind, look_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MARK", "DrawnPortrait", "GroundTruth", "Portrait", "PortraitKind", "draw", "paint"]

MARK = "DEMO"
"""What stands in the corner of every drawn photograph."""


def draw(portrait: Portrait) -> DrawnPortrait:
    """Draw the photograph and encode it (4:2:0), with EXIF where the portrait has a date, camera or orientation."""
    import simplejpeg

    pixels, truth = paint(portrait)
    stored = _stored(pixels, portrait.orientation)
    data = cast(
        "bytes",
        simplejpeg.encode_jpeg(stored, quality=portrait.quality, colorspace="RGB", colorsubsampling="420"),
    )
    if portrait.taken_text or portrait.camera or portrait.orientation != 1:
        data = _with_exif(data, portrait)
    return DrawnPortrait(data, portrait.width, portrait.height, truth)


def paint(portrait: Portrait) -> tuple[NDArray[np.uint8], GroundTruth]:
    """The upright pixels (height, width, 3), red first, and the truth about them."""
    from clinic_app.imaging import figures

    look = look_of(portrait)
    sheet, camera_turn = _sheet_of(portrait)
    truth = figures.FIGURES[portrait.kind.value](sheet, portrait, look, camera_turn)
    pixels = sheet.finish(0.26, MARK, portrait.grain, portrait.seed)
    return pixels, _seen(truth, portrait.width, portrait.height)


def _seen(truth: GroundTruth, width: int, height: int) -> GroundTruth:
    """The truth without the points that lie outside the picture."""

    def point(place: Point | None) -> Point | None:
        return place if place is not None and 0 <= place[0] < width and 0 <= place[1] < height else None

    return replace(
        truth,
        pupil_right=point(truth.pupil_right),
        pupil_left=point(truth.pupil_left),
        inner_corner_right=point(truth.inner_corner_right),
        inner_corner_left=point(truth.inner_corner_left),
        shoulder_right=point(truth.shoulder_right),
        shoulder_left=point(truth.shoulder_left),
    )


def _sheet_of(portrait: Portrait) -> tuple[Sheet, float]:
    """Paper with the camera's small differences of that occasion; the units have their origin in the middle.

    One unit is a thousandth of the picture's height, or of what is needed to see 900 units across.
    """
    chance = random.Random(f"camera {portrait.seed} {portrait.jitter}")  # noqa: S311
    steady = portrait.jitter == 0
    turn = 0.0 if steady else chance.uniform(-1.8, 1.8)
    zoom = 1.0 if steady else chance.uniform(0.96, 1.045)
    shift = (0.0, 0.0) if steady else (chance.uniform(-18, 18), chance.uniform(-14, 14))
    gain = 1.0 if steady else chance.uniform(0.95, 1.05)
    unit = min(portrait.height / 1000, portrait.width / 820)
    whole = Sheet(portrait.width, portrait.height, (150.0, 160.0, 172.0), gain=gain)
    centred = whole.moved(to=(portrait.width / 2, portrait.height / 2)).moved(scale=unit)
    return centred.moved(turn=turn, scale=zoom, to=shift), turn


def _stored(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The pixels as a camera stores them, so that EXIF ``orientation`` turns them upright."""
    import numpy as np

    turned = pixels
    if orientation in {5, 6, 7, 8}:
        turned = turned.transpose(1, 0, 2)
    if orientation in {2, 3, 8, 7}:
        turned = turned[:, ::-1]
    if orientation in {3, 4, 6, 7}:
        turned = turned[::-1]
    return np.ascontiguousarray(turned)


def _with_exif(data: bytes, portrait: Portrait) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Drawn", portrait.camera or "Demo clinic"
    exif[0x0112] = portrait.orientation
    if portrait.taken_text:
        exif.get_ifd(0x8769)[0x9003] = portrait.taken_text
    block = exif.tobytes()
    return data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]
