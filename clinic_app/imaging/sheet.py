"""A sheet to draw on in units instead of pixels: filled curves, lines with swelling ends, soft shade, a clip.

Made for the demo's drawn photographs (``portraits``). numpy and OpenCV are imported when a sheet is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float64]

Colour = tuple[float, float, float]
Point = tuple[float, float]

_FRACTION = 4
_SHADE_STEP = 8


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """``first`` with ``share`` (0-1) of ``second``."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def smooth(points: Iterable[Point], *, closed: bool = False, steps: int = 12) -> Curve:
    """A Catmull-Rom curve through the points, as (n, 2)."""
    import numpy as np

    given = np.array(list(points), np.float64)
    if closed:
        given = np.vstack([given[-1], given, given[:2]])
    else:
        given = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    along = np.linspace(0, 1, steps, endpoint=False)[:, None]
    before, start, end, after = given[:-3, None], given[1:-2, None], given[2:-1, None], given[3:, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * along
        + (2 * before - 5 * start + 4 * end - after) * along**2
        + (3 * start - before - 3 * end + after) * along**3
    )
    flat = curve.reshape(-1, 2)
    return cast("Curve", flat if closed else np.vstack([flat, given[-2]]))


def ellipse(centre: Point, across: float, down: float, *, turn: float = 0.0, steps: int = 48) -> Curve:
    """An ellipse with half-axes ``across`` and ``down``, turned by ``turn`` degrees."""
    import numpy as np

    angle = np.linspace(0, 2 * math.pi, steps, endpoint=False)
    x, y = across * np.cos(angle), down * np.sin(angle)
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return np.stack([centre[0] + x * cosine - y * sine, centre[1] + x * sine + y * cosine], axis=1)


def chain(points: Sequence[Point], radii: Sequence[float], *, steps: int = 14) -> Curve:
    """The outline of a limb: a smooth bent tube through ``points`` with a radius at each, round at the far end."""
    import numpy as np

    middle = smooth(points, steps=steps)
    width = smooth([(index, radius) for index, radius in enumerate(radii)], steps=steps)[:, 1:]
    direction = np.gradient(middle, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
    normal = direction[:, ::-1] * (-1, 1)
    start = math.atan2(normal[-1, 1], normal[-1, 0])
    angles = start - np.linspace(0, math.pi, 12)
    end = middle[-1] + float(radii[-1]) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return cast("Curve", np.vstack([middle + normal * width, end, (middle - normal * width)[::-1]]))


class Sheet:
    """Pixels and the way from drawing units to them; ``moved`` gives the same paper with another way."""

    def __init__(self, width: int, height: int, paper: Colour, *, gain: float = 1.0) -> None:
        import numpy as np

        self.width, self.height = width, height
        self._gain = gain
        self.pixels: NDArray[np.uint8] = np.empty((height, width, 3), np.uint8)
        self.pixels[:] = np.array(self._paint(paper), np.uint8)
        small = (-(-height // _SHADE_STEP), -(-width // _SHADE_STEP))
        self._shade: NDArray[np.float32] = np.ones(small, np.float32)
        self._matrix: NDArray[np.float64] = np.eye(3)

    def moved(
        self,
        *,
        to: Point = (0.0, 0.0),
        turn: float = 0.0,
        scale: float = 1.0,
        about: Point = (0.0, 0.0),
        stretch: Point = (1.0, 1.0),
    ) -> Sheet:
        """The same paper, drawn on turned by ``turn`` degrees and scaled about a point, then shifted by ``to``."""
        import numpy as np

        cosine, sine = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        step = np.array(
            [
                [cosine * stretch[0], -sine * stretch[1], 0.0],
                [sine * stretch[0], cosine * stretch[1], 0.0],
                [0.0, 0.0, 1.0],
            ]
        )
        step[:2, 2] = np.array(about) + np.array(to) - step[:2, :2] @ np.array(about)
        other = object.__new__(Sheet)
        other.__dict__.update(self.__dict__)
        other._matrix = self._matrix @ step
        return other

    def place(self, points: Curve | Iterable[Point]) -> Curve:
        """Units to pixels, (n, 2)."""
        import numpy as np

        given = np.asarray(points if hasattr(points, "shape") else list(points), np.float64).reshape(-1, 2)
        return given @ self._matrix[:2, :2].T + self._matrix[:2, 2]

    def at(self, point: Point) -> Point:
        """One point in pixels."""
        x, y = self.place([point])[0]
        return float(x), float(y)

    @property
    def scale(self) -> float:
        """Pixels of one unit."""
        return math.sqrt(abs(float(self._matrix[0, 0] * self._matrix[1, 1] - self._matrix[0, 1] * self._matrix[1, 0])))

    def fill(self, outline: Curve | Iterable[Point], colour: Colour, *, alpha: float = 1.0) -> None:
        """Fill a closed outline."""
        from clinic_app.imaging.opencv import cv2

        spots = self._spots(outline)
        if alpha >= 1.0:
            cv2.fillPoly(self.pixels, [spots], self._paint(colour), cv2.LINE_AA, _FRACTION)
            return
        box = self._box(spots)
        if box is None:
            return
        left, top, right, bottom = box
        patch = self.pixels[top:bottom, left:right]
        painted = patch.copy()
        shifted = spots - [left << _FRACTION, top << _FRACTION]
        cv2.fillPoly(painted, [shifted.astype("int32")], self._paint(colour), cv2.LINE_AA, _FRACTION)
        patch[:] = cv2.addWeighted(painted, alpha, patch, 1 - alpha, 0)

    def line(self, curve: Curve | Iterable[Point], width: float, colour: Colour, *, thin: float = 1.0) -> None:
        """A line of ``width`` units with round ends; ``thin`` is the share of the width left at both ends."""
        import numpy as np

        from clinic_app.imaging.opencv import cv2

        spots = self.place(curve)
        size = max(width * self.scale, 1.0)
        if thin >= 1.0 or len(spots) < 3:
            fixed = np.round(spots * (1 << _FRACTION)).astype(np.int32)
            paint, radius = self._paint(colour), int(size / 2 * (1 << _FRACTION))
            cv2.polylines(self.pixels, [fixed], False, paint, max(1, round(size)), cv2.LINE_AA, _FRACTION)
            for x, y in (fixed[0], fixed[-1]):
                cv2.circle(self.pixels, (int(x), int(y)), radius, paint, -1, cv2.LINE_AA, _FRACTION)
            return
        length = len(spots)
        swell = thin + (1 - thin) * np.sin(np.linspace(0, math.pi, length)) ** 0.7
        direction = np.gradient(spots, axis=0)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
        normal = direction[:, ::-1] * (-1, 1)
        half_width = np.maximum(size * swell, 0.8)[:, None] / 2
        outline = np.vstack([spots + normal * half_width, (spots - normal * half_width)[::-1]])
        self._fill_pixels(outline, colour)

    def part(self, outline: Curve, colour: Colour, line: Colour, width: float) -> None:
        """Fill an outline and draw its edge."""
        import numpy as np

        self.fill(outline, colour)
        self.line(np.vstack([outline, outline[:1]]), width, line)

    def limb(
        self,
        points: Sequence[Point],
        radii: Sequence[float],
        colour: Colour,
        line: Colour,
        width: float,
        *,
        open_end: float = 1.0,
    ) -> None:
        """A bent tube with an edge; at its first point the edge is wiped away so that it grows out of what is there.

        ``open_end`` is the share of the first radius that is wiped (0: not at all).
        """
        outline = chain(points, radii)
        self.fill(outline, colour)
        self.line(outline, width, line)
        if open_end:
            self.fill(ellipse(points[0], radii[0] * open_end + width, radii[0] * open_end + width), colour)

    def darken(self, outline: Curve | Iterable[Point], strength: float) -> None:
        """Soft shade inside an outline, 0-1; shown by ``finish``."""
        import numpy as np

        from clinic_app.imaging.opencv import cv2

        spots = np.round(self.place(outline) / _SHADE_STEP * (1 << _FRACTION)).astype(np.int32)
        layer = np.zeros_like(self._shade)
        cv2.fillPoly(layer, [spots], 1.0, cv2.LINE_AA, _FRACTION)
        reach = max(3, int(6 * self.scale / _SHADE_STEP)) | 1
        self._shade *= 1 - strength * cv2.GaussianBlur(layer, (reach * 2 + 1, reach * 2 + 1), 0)

    @contextmanager
    def inside(self, outline: Curve | Iterable[Point], reach: float = 0.0) -> Iterator[None]:
        """Whatever is drawn in the block, up to ``reach`` units beyond the outline, shows only inside it."""
        import numpy as np

        from clinic_app.imaging.opencv import cv2

        spots = self._spots(outline)
        box = self._box(spots, int(reach * self.scale))
        if box is None:
            yield
            return
        left, top, right, bottom = box
        saved = self.pixels[top:bottom, left:right].copy()
        whole = self.pixels
        yield
        mask = np.zeros(saved.shape[:2], np.uint8)
        shifted = (spots - [left << _FRACTION, top << _FRACTION]).astype(np.int32)
        cv2.fillPoly(mask, [shifted], 255, cv2.LINE_AA, _FRACTION)
        share = mask[:, :, None].astype(np.uint16)
        drawn = whole[top:bottom, left:right]
        drawn[:] = ((drawn * share + saved * (255 - share) + 127) // 255).astype(np.uint8)

    def finish(self, vignette: float, mark: str, grain: float, seed: int) -> NDArray[np.uint8]:
        """Put shade, darker corners, grain and the mark on; answer the pixels (height, width, 3), red first."""
        import numpy as np

        from clinic_app.imaging.opencv import cv2

        high, wide = self._shade.shape
        across = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
        down = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
        corners = 1 - vignette * np.clip(across**2 + down**2 - 0.35, 0, None) / 1.65
        shade = (255 * np.clip(self._shade * corners, 0, 1)).astype(np.uint8)
        full = cv2.resize(shade, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        cv2.multiply(self.pixels, cv2.merge((full, full, full)), self.pixels, 1 / 255)
        if grain > 0:
            self._add_grain(grain, seed)
        size = min(self.width, self.height) / 1400
        thickness = max(1, round(size * 2))
        (long, tall), _ = cv2.getTextSize(mark, cv2.FONT_HERSHEY_SIMPLEX, size, thickness)
        gap = round(min(self.width, self.height) * 0.025)
        spot = (self.width - gap - long, self.height - gap)
        patch = self.pixels[max(0, spot[1] - tall * 2) : self.height, max(0, spot[0] - gap) : self.width]
        before = patch.copy()
        white = (255, 255, 255)
        cv2.putText(self.pixels, mark, spot, cv2.FONT_HERSHEY_SIMPLEX, size, white, thickness, cv2.LINE_AA)
        patch[:] = cv2.addWeighted(patch, 0.55, before, 0.45, 0)
        return self.pixels

    def _add_grain(self, grain: float, seed: int) -> None:
        """The same noise tile all over: looks like a sensor, costs next to nothing."""
        import numpy as np

        from clinic_app.imaging.opencv import cv2

        tile = np.random.default_rng(seed).normal(0, grain, (256, 256, 1)).repeat(3, axis=2)
        up, down = np.clip(tile, 0, 255).astype(np.uint8), np.clip(-tile, 0, 255).astype(np.uint8)
        for top in range(0, self.height, 256):
            for left in range(0, self.width, 256):
                patch = self.pixels[top : top + 256, left : left + 256]
                high, wide = patch.shape[:2]
                patch[:] = cv2.subtract(cv2.add(patch, up[:high, :wide]), down[:high, :wide])

    def _paint(self, colour: Colour) -> Colour:
        red, green, blue = (max(0.0, min(255.0, channel * self._gain)) for channel in colour)
        return red, green, blue

    def _spots(self, outline: Curve | Iterable[Point]) -> NDArray[np.int32]:
        import numpy as np

        return np.round(self.place(outline) * (1 << _FRACTION)).astype(np.int32)

    def _box(self, spots: NDArray[np.int32], reach: int = 0) -> tuple[int, int, int, int] | None:
        low, high = spots.min(axis=0) >> _FRACTION, (spots.max(axis=0) >> _FRACTION) + 1
        left, top = max(0, int(low[0]) - 2 - reach), max(0, int(low[1]) - 2 - reach)
        right, bottom = min(self.width, int(high[0]) + 2 + reach), min(self.height, int(high[1]) + 2 + reach)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _fill_pixels(self, outline: Curve, colour: Colour) -> None:
        saved, self._matrix = self._matrix, _same()
        try:
            self.fill(outline, colour)
        finally:
            self._matrix = saved


def _same() -> NDArray[np.float64]:
    import numpy as np

    return np.eye(3)
