"""The four corners of a bright page in a grey picture, exact to less than a pixel."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, cast

from clinic_app.domain.alignment import Point, Similarity, fit_similarity
from clinic_app.imaging.patches import drawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Places = NDArray[np.float64]

Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""Clockwise from the top left, in pixels."""

_LOOK_SIDE = 800
_LEAST_AREA = 0.12
"""Share of the picture below which a bright rectangle is no page."""

_MOST_MISS = 0.012
"""How far the corners of one page may miss those of another, in shares of its diagonal: more is another shape."""


def find_page(grey: Grey) -> Corners | None:
    """The largest bright rectangle that lies wholly in the picture, nearly upright; None where there is none."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    shrink = min(1.0, _LOOK_SIDE / max(grey.shape))
    way = Similarity(shrink)
    size = max(round(grey.shape[1] * shrink), 1), max(round(grey.shape[0] * shrink), 1)
    small = cast("Grey", cv2.GaussianBlur(drawn(grey, way, size)[0], (0, 0), 1.2))
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    closed = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        hull = cv2.convexHull(contour)
        outline = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
        if len(outline) != 4 or cv2.contourArea(contour) < _LEAST_AREA * small.size:
            continue
        if cv2.contourArea(contour) < 0.94 * cv2.contourArea(outline.astype(np.float32)):
            continue
        if (outline < 3).any() or (outline > np.array(size) - 4).any():
            continue
        corners = _exact(small, _clockwise(outline + 0.5))
        if corners is not None:
            back = way.inverse()
            first, second, third, fourth = (back.apply((float(x), float(y))) for x, y in corners)
            return first, second, third, fourth
    return None


def _clockwise(outline: Places) -> Places:
    """Four corners clockwise (y down), the one nearest to the top left first."""
    import numpy as np

    off = outline - outline.mean(axis=0)
    order = outline[np.argsort(np.arctan2(off[:, 1], off[:, 0]))]
    return np.roll(order, -int(np.argmin(order.sum(axis=1))), axis=0)


def _exact(small: Grey, corners: Places) -> Places | None:
    """Each side as the straight line through its steepest steps of brightness, and where those lines meet."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    lines = []
    for start, end in pairwise([*corners, corners[0]]):
        along = end - start
        length = float(np.hypot(*along))
        outwards = np.array([along[1], -along[0]]) / length
        shares = np.linspace(0.1, 0.9, 60)
        offsets = np.arange(-6, 6.01, 0.5)
        where = (start + shares[:, None] * along)[:, None] + offsets[None, :, None] * outwards - 0.5
        seen = cv2.remap(small, where[..., 0].astype(np.float32), where[..., 1].astype(np.float32), cv2.INTER_LINEAR)
        drops = seen[:, :-1].astype(np.float64) - seen[:, 1:]
        drops = np.maximum(drops, 0) * (drops > 0.5 * drops.max(axis=1, keepdims=True))
        steep = drops.sum(axis=1) > 12
        if steep.sum() < 30:
            return None
        middles = (offsets[:-1] + offsets[1:]) / 2
        steps = (drops[steep] * middles).sum(axis=1) / drops[steep].sum(axis=1)
        slope, level = np.polyfit(shares[steep], steps, 1)
        kept = np.abs(steps - (slope * shares[steep] + level)) < 1.0
        if kept.sum() < 25:
            return None
        slope, level = np.polyfit(shares[steep][kept], steps[kept], 1)
        lines.append((start + outwards * level, along + outwards * slope))
    met = []
    for (at, along), (other, towards) in zip([lines[-1], *lines[:-1]], lines, strict=True):
        far = np.linalg.solve(np.stack([along, -towards], axis=1), other - at)
        met.append(at + far[0] * along)
    return cast("Places", np.array(met))


def page_on_page(page: Corners, other: Corners) -> tuple[Similarity, float]:
    """The similarity that lays one page on another, in pixels, and how sure it is (0 to 1) that they have one shape."""
    fit = fit_similarity(page, other)
    miss = fit.rms / max(math.dist(other[0], other[2]), 1.0)
    return fit.similarity, max(0.0, 1 - 0.38 * miss / _MOST_MISS)
