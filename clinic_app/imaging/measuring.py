"""Values suggested where they are surely seen: both irises, and the midline of the face between them.

A suggestion is shown to be corrected, never stored by itself. Lid margins are not suggested: lashes, folds and shadow
lie where the margin is, and a wrong aperture would be believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from clinic_app.domain.alignment import Point, Similarity, picture_units
from clinic_app.domain.measuring import Line, face_midline
from clinic_app.domain.picture_files import Pixels
from clinic_app.imaging.faces import find_eyes
from clinic_app.imaging.patches import drawn
from clinic_app.imaging.registration import grey_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

SURE = 0.7
"""Sureness below which nothing is suggested."""

_PATCH = 96
"""Pixels of the sides of the square an eye is looked at in; it is as wide as the box of the eye."""

_ARC_POINTS = 46
"""How many places of both arcs are looked at."""

_STEEP = 6.0
"""Grey levels per pixel that iris and white of the eye have to differ by."""

_ALIKE = 0.1
"""How much the widths of both irises may differ, as a share."""


@dataclass(frozen=True, slots=True)
class SuggestedEyes:
    """Limbus to limbus of both irises, along the line of the eyes, in picture units; and how sure (0 to 1)."""

    right: Line
    left: Line
    sureness: float

    @property
    def iris_width(self) -> float:
        """Mean width of both irises, picture units."""
        return (math.dist(*self.right) + math.dist(*self.left)) / 2

    @property
    def midline(self) -> Line:
        """The midline of the face, from above to below."""
        return face_midline(_middle(self.right), _middle(self.left))


def suggest_eyes(picture: Pixels) -> SuggestedEyes | None:
    """Both irises of a face that looks at the camera with open eyes; None where they are not surely seen."""
    grey = grey_of(picture)
    best: tuple[float, tuple[_Iris, _Iris]] | None = None
    irises = [iris for iris in (_iris_in(grey, *box) for box in find_eyes(grey)) if iris is not None]
    for right in irises:
        for left in irises:
            across, down = left.x - right.x, left.y - right.y
            apart, width = math.hypot(across, down), right.radius + left.radius
            if across <= 0 or abs(down) > 0.5 * across or not 3.8 <= apart / width <= 8:
                continue
            if abs(right.radius - left.radius) * 2 > _ALIKE * width:
                continue
            contrast = min(right.contrast, left.contrast)
            if best is None or contrast > best[0]:
                best = contrast, (right, left)
    if best is None:
        return None
    contrast, (right, left) = best
    turn = math.atan2(left.y - right.y, left.x - right.x)
    lines = []
    for iris in (right, left):
        dx, dy = iris.radius * math.cos(turn), iris.radius * math.sin(turn)
        ends = (iris.x - dx, iris.y - dy), (iris.x + dx, iris.y + dy)
        lines.append(tuple(picture_units(end, picture.width, picture.height) for end in ends))
    alike = 1 - abs(right.radius - left.radius) / (right.radius + left.radius) / _ALIKE
    seen = min(1.0, min(right.seen, left.seen) / 0.9) ** 2
    sureness = min(1.0, contrast / (3 * _STEEP)) * min(1.0, 2 * alike) * seen
    if sureness < SURE:
        return None
    return SuggestedEyes((lines[0][0], lines[0][1]), (lines[1][0], lines[1][1]), sureness)


@dataclass(frozen=True, slots=True)
class _Iris:
    """Middle and radius in pixels of the picture, how steeply it ends (grey levels per pixel of the patch), and the
    share of its left and right arcs that was seen."""

    x: float
    y: float
    radius: float
    contrast: float
    seen: float


def _middle(line: Line) -> Point:
    return (line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2


def _iris_in(grey: Grey, x: float, y: float, width: float) -> _Iris | None:
    """The dark disc in the box of an eye: where its left and right arcs end most steeply, both alike."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    way = Similarity(dx=width / 2 - x, dy=width / 2 - y).then(Similarity(_PATCH / width))
    patch = cv2.GaussianBlur(drawn(grey, way, (_PATCH, _PATCH))[0], (0, 0), 1.0).astype(np.float32)
    radii = np.arange(6.0, 30.0, 0.5)
    arcs = np.radians(np.arange(-28.0, 29.0, 8.0))
    right = np.stack([np.cos(arcs), np.sin(arcs)], axis=1)
    best: tuple[float, float, float, float] | None = None

    def steps(middle_x: float, middle_y: float, side: int) -> NDArray[np.float64]:
        """How much brighter it gets outwards at each radius, on one side."""
        where_x = middle_x + side * radii[:, None] * right[None, :, 0]
        where_y = middle_y + radii[:, None] * right[None, :, 1]
        seen = cv2.remap(
            patch, (where_x - 0.5).astype(np.float32), (where_y - 0.5).astype(np.float32), cv2.INTER_LINEAR
        )
        return cast("NDArray[np.float64]", np.gradient(np.median(seen, axis=1), radii))

    for middle_y in np.arange(_PATCH * 0.32, _PATCH * 0.7, 2.5):
        for middle_x in np.arange(_PATCH * 0.32, _PATCH * 0.68, 2.5):
            both = np.minimum(steps(middle_x, middle_y, 1), steps(middle_x, middle_y, -1))
            at = int(np.argmax(both))
            if best is None or both[at] > best[0]:
                best = float(both[at]), float(middle_x), float(middle_y), float(radii[at])
    if best is None or best[0] < _STEEP:
        return None
    contrast, middle_x, middle_y, radius = best
    circle = _circle_of(_limbus(patch, middle_x, middle_y, radius))
    if circle is None or math.hypot(circle[0] - middle_x, circle[1] - middle_y) > 4 or abs(circle[2] - radius) > 3:
        return None
    at_x, at_y = way.inverse().apply((circle[0], circle[1]))
    return _Iris(at_x, at_y, circle[2] * width / _PATCH, contrast, circle[3])


def _limbus(patch: NDArray[np.float32], x: float, y: float, radius: float) -> NDArray[np.float64]:
    """Points (n, 2) where it gets brighter outwards, left and right of a rough circle."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    sides = np.linspace(-44.0, 44.0, _ARC_POINTS // 2)
    turns = np.radians(np.concatenate([sides, 180 + sides]))
    away = np.arange(radius - 4, radius + 4.01, 0.25)
    where_x, where_y = x + np.cos(turns)[:, None] * away, y + np.sin(turns)[:, None] * away
    seen = cv2.remap(patch, (where_x - 0.5).astype(np.float32), (where_y - 0.5).astype(np.float32), cv2.INTER_LINEAR)
    rises = np.maximum(np.gradient(seen.astype(np.float64), away, axis=1), 0)
    rises[rises < 0.5 * rises.max(axis=1, keepdims=True)] = 0
    steep = rises.max(axis=1) > _STEEP
    ends = (rises[steep] * away).sum(axis=1) / rises[steep].sum(axis=1)
    return np.stack([x + np.cos(turns[steep]) * ends, y + np.sin(turns[steep]) * ends], axis=1)


def _circle_of(points: NDArray[np.float64]) -> tuple[float, float, float, float] | None:
    """Middle and radius of the circle most points lie on within a pixel, and the share of the arcs they are.

    None where they are too few.
    """
    import numpy as np

    kept = np.ones(len(points), np.bool_)
    x = y = radius = 0.0
    for within in (2.0, 1.2, 0.8, 0.8):
        if kept.sum() < 14:
            return None
        chosen = points[kept]
        terms = np.column_stack([chosen, np.ones(len(chosen))])
        a, b, c = np.linalg.lstsq(terms, (chosen**2).sum(axis=1), rcond=None)[0]
        x, y = float(a / 2), float(b / 2)
        radius = math.sqrt(max(float(c) + x * x + y * y, 1e-9))
        kept = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius) <= within
    return (x, y, radius, float(kept.sum()) / _ARC_POINTS) if kept.sum() >= 14 else None
