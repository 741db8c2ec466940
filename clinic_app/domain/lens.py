"""The lens over a pair of photographs: which part is seen, how large, how turned.

Everything is in the pixels of the screen (device pixels), so a scale of 1 shows a picture pixel on one screen pixel.
Places in a picture are fractions of its width and height, so one lens serves pictures of different sizes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from clinic_app.domain.alignment import Similarity

Point: TypeAlias = tuple[float, float]

LEAST_SCALE, MOST_SCALE = 0.05, 16.0
"""The smallest and largest zoom, 5 % and 1600 % (ux.md 2.3); a picture that fits smaller or larger still fits."""

NOTCH = 1.25
"""How much one notch of the wheel zooms (ux.md 2.3)."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Width and height in pixels."""

    width: float
    height: float


class Sizing(Enum):
    """What pictures of different sizes have in common at the same zoom.

    Their box, width or height on the screen, the size of their pixels, or that of their millimetres.
    """

    BOX = "box"
    WIDTH = "width"
    HEIGHT = "height"
    PIXELS = "pixels"
    MILLIMETRES = "millimetres"

    @property
    def shared(self) -> bool:
        """Whether all pictures have one measure, so that not each is as large as it fits."""
        return self in (Sizing.PIXELS, Sizing.MILLIMETRES)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of a size in a pane of a size, both in pixels.

    ``common`` is its scale where all pictures have one measure (0: that at which this one fits).
    """

    picture: Extent
    pane: Extent
    sizing: Sizing = Sizing.BOX
    common: float = 0.0

    def fit_scale(self, turn: float = 0.0) -> float:
        """Screen pixels per picture pixel at which the picture, turned by ``turn`` degrees, just fits as ``sizing``
        says: whole, to the width, to the height, or at the scale by the measure of all.
        """
        if self.sizing.shared and self.common > 0:
            return self.common
        cos, sin = abs(math.cos(math.radians(turn))), abs(math.sin(math.radians(turn)))
        width = self.picture.width * cos + self.picture.height * sin
        height = self.picture.width * sin + self.picture.height * cos
        if width <= 0 or height <= 0:
            return 1.0
        across, down = self.pane.width / width, self.pane.height / height
        if self.sizing is Sizing.WIDTH:
            return max(across, 1e-9)
        return max(down if self.sizing is Sizing.HEIGHT else min(across, down), 1e-9)


@dataclass(frozen=True, slots=True)
class Lens:
    """The centre of what is seen as fractions of the picture, the zoom relative to fit, the turn in degrees clockwise.

    All panes follow one lens; no pane knows another.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    turn: float = 0.0

    @property
    def fits(self) -> bool:
        """Whether the whole picture is shown as large as it fits."""
        return abs(self.zoom - 1.0) < 1e-9

    def scale(self, frame: Frame) -> float:
        """Screen pixels per picture pixel; 1 is 100 %."""
        return frame.fit_scale(self.turn) * self.zoom

    def place(self, frame: Frame, spot: Point) -> Point:
        """Where a spot of the picture (fractions) stands in the pane (pixels from its top left)."""
        scale = self.scale(frame)
        dx = (spot[0] - self.x) * frame.picture.width * scale
        dy = (spot[1] - self.y) * frame.picture.height * scale
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        return (frame.pane.width / 2 + dx * cos - dy * sin, frame.pane.height / 2 + dx * sin + dy * cos)

    def spot(self, frame: Frame, point: Point) -> Point:
        """Which spot of the picture (fractions, also outside 0 to 1) stands at a point of the pane."""
        dx, dy = self._upright(frame, point[0] - frame.pane.width / 2, point[1] - frame.pane.height / 2)
        return (self.x + dx, self.y + dy)

    def zoomed_at(self, frame: Frame, factor: float, point: Point | None = None) -> Lens:
        """Zoomed by a factor; the spot under ``point`` (None: the pane's middle) stays where it is.

        The scale ends at 5 and 1600 %. Zooming out never leaves the middle of the pane outside the picture.
        """
        return self.at_scale(frame, self.scale(frame) * factor, point)

    def at_scale(self, frame: Frame, scale: float, point: Point | None = None) -> Lens:
        """Shown at ``scale`` screen pixels per picture pixel; the spot under ``point`` stays where it is."""
        fit = frame.fit_scale(self.turn)
        wanted = min(max(scale, min(LEAST_SCALE, fit)), max(MOST_SCALE, fit))
        zoom = wanted / fit
        if abs(zoom - 1.0) < 1e-9:
            zoom = 1.0
        if point is None:
            return replace(self, zoom=zoom)
        x, y = self.spot(frame, point)
        kept = self.zoom / zoom
        return replace(self, x=_inside(x - (x - self.x) * kept), y=_inside(y - (y - self.y) * kept), zoom=zoom)

    def panned(self, frame: Frame, dx: float, dy: float) -> Lens:
        """The picture moved by so many pixels of the pane, as far as its edge in the middle of the pane."""
        back_x, back_y = self._upright(frame, dx, dy)
        return replace(self, x=_inside(self.x - back_x), y=_inside(self.y - back_y))

    def fitted(self) -> Lens:
        """The whole picture in the middle, turned as before."""
        return Lens(turn=self.turn)

    def actual_size(self, frame: Frame, point: Point | None = None) -> Lens:
        """One picture pixel on one screen pixel (100 %)."""
        return self.at_scale(frame, 1.0, point)

    def similarity(self, frame: Frame) -> Similarity:
        """From pixels of the picture to pixels of the pane."""
        x, y = self.place(frame, (0.0, 0.0))
        return Similarity(self.scale(frame), self.turn, x, y)

    def turned_by(self, degrees: float) -> Lens:
        """Turned further about the middle of the pane."""
        return replace(self, turn=math.remainder(self.turn + degrees, 360.0))

    def through(self, link: Link) -> Lens:
        """The lens of the other pane, as the link says."""
        return replace(
            self,
            x=link.x + self.x / link.zoom,
            y=link.y + self.y / link.zoom,
            zoom=self.zoom * link.zoom,
            turn=self.turn + link.turn,
        )

    def _upright(self, frame: Frame, dx: float, dy: float) -> Point:
        """A distance in pane pixels as fractions of the picture."""
        scale = self.scale(frame)
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        return (
            (dx * cos + dy * sin) / (frame.picture.width * scale),
            (dy * cos - dx * sin) / (frame.picture.height * scale),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """How the lens of pane B stands to that of pane A, kept while they move together (ux.md 2.3, "relative link").

    A spot ``s`` of A belongs to the spot ``(x, y) + s / zoom`` of B.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    turn: float = 0.0

    @classmethod
    def between(cls, first: Lens, second: Lens) -> Link:
        """The link under which ``first.through(link)`` is ``second``."""
        zoom = second.zoom / first.zoom
        return cls(second.x - first.x / zoom, second.y - first.y / zoom, zoom, second.turn - first.turn)

    @property
    def plain(self) -> bool:
        """Whether both panes show the same spot at the same zoom."""
        same_spot = math.isclose(self.x, 0, abs_tol=1e-9) and math.isclose(self.y, 0, abs_tol=1e-9)
        return same_spot and math.isclose(self.zoom, 1) and math.isclose(self.turn, 0, abs_tol=1e-9)

    def reversed(self) -> Link:
        """The same link seen from B."""
        return Link(-self.x * self.zoom, -self.y * self.zoom, 1 / self.zoom, -self.turn)

    def spot(self, spot: Point) -> Point:
        """The spot of B that belongs to a spot of A."""
        return (self.x + spot[0] / self.zoom, self.y + spot[1] / self.zoom)


def _inside(fraction: float) -> float:
    return min(max(fraction, 0.0), 1.0)
