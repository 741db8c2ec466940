"""A photograph as the panes share it: its pixels, its label, and how it lies in the frame of its view."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from clinic_app.domain.alignment import IDENTITY, Similarity
from clinic_app.domain.lens import Extent, Frame, Lens, Point, Sizing
from clinic_app.domain.marks import Mark
from clinic_app.ui.compare import levels as mip
from clinic_app.ui.compare.hiding import hidden_in, hide
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.levels import Level, Levels
from clinic_app.ui.compare.looks import Looks

ENLARGED = 1.02
"""How much a size of a photograph may be enlarged before the next larger one is asked for."""


class Detail(IntEnum):
    """Which size of a photograph a zoom needs: the preview will do, its half, or the whole of its pixels."""

    NONE = 0
    HALF = 1
    WHOLE = 2


@dataclass(slots=True, eq=False)
class Photo:
    """One photograph that is shown. ``size`` is in pixels of the photograph itself.

    Aligned, it lies by ``placed`` (picture units) in a ``frame`` whose own photograph has ``room`` pixels: then the
    lens looks at the frame. ``finer``: the larger sizes that are here. ``light`` is the mean brightness of its middle
    (0 to 255), ``mm`` the millimetres of one picture unit, ``pupils`` the middle between both pupils in picture units;
    None while that is not known. ``marks``: what is drawn on it; ``turned``: by how many quarters its pixels are.
    """

    picture_id: int
    size: Extent
    preview: Levels
    caption: Caption
    finer: dict[Detail, Level] = field(default_factory=dict)
    placed: Similarity | None = None
    room: Extent | None = None
    frame: int | None = None
    light: float | None = None
    mm: float | None = None
    pupils: Point | None = None
    marks: tuple[Mark, ...] = ()
    turned: int = 0

    @property
    def extent(self) -> Extent:
        """What the lens looks at, in pixels: the frame of an aligned photograph, else the photograph."""
        return self.room if self.placed is not None and self.room is not None else self.size

    @property
    def inner(self) -> Similarity:
        """From pixels of the photograph to pixels of what the lens looks at."""
        if self.placed is None or self.room is None:
            return IDENTITY
        return self.placed.in_pixels(longer(self.size), longer(self.room))

    @property
    def pixel_mm(self) -> float:
        """Millimetres to a pixel of what the lens looks at, about; 0 where nothing says."""
        return 0.0 if self.mm is None else self.mm / longer(self.size) / self.inner.scale

    def measure(self, sizing: Sizing) -> float:
        """How much of the measure all photographs have in common a pixel of what the lens looks at is."""
        return self.pixel_mm if sizing is Sizing.MILLIMETRES else 1.0

    def on(self, frame: Frame, lens: Lens) -> Similarity:
        """From pixels of the photograph to pixels of the pane."""
        return self.inner.then(lens.similarity(frame))

    def unit_of(self, spot: Point) -> Point:
        """A spot of what the lens looks at (fractions) in picture units of the photograph."""
        room, side = self.extent, longer(self.size)
        x, y = self.inner.inverse().apply((spot[0] * room.width, spot[1] * room.height))
        return x / side, y / side

    def spot_of(self, unit: Point) -> Point:
        """Picture units of the photograph as a spot of what the lens looks at (fractions)."""
        room, side = self.extent, longer(self.size)
        x, y = self.inner.apply((unit[0] * side, unit[1] * side))
        return x / room.width, y / room.height

    def covers(self, spot: Point) -> bool:
        """Whether a spot of what the lens looks at lies on the photograph."""
        side = longer(self.size)
        x, y = self.unit_of(spot)
        return 0 <= x * side <= self.size.width and 0 <= y * side <= self.size.height

    def levels(self, *, detailed: bool) -> Levels:
        """The preview; before it, where they are wanted, the larger sizes that are here."""
        if not detailed or not self.finer:
            return self.preview
        return Levels([self.finer[one] for one in sorted(self.finer, reverse=True)] + self.preview.steps)

    def need(self, scale: float) -> Detail:
        """What is needed to show it at so many screen pixels per pixel of its own."""
        wide = scale * self.size.width
        if self.preview.width >= self.size.width or wide <= self.preview.width * ENLARGED:
            return Detail.NONE
        half = (self.size.width + 1) // 2
        return Detail.HALF if half > self.preview.width and wide <= half * ENLARGED else Detail.WHOLE


def longer(size: Extent) -> float:
    """The longer side in pixels."""
    return max(size.width, size.height)


def paint(
    painter: QPainter,
    photo: Photo,
    at: Similarity,
    seen: QRectF,
    looks: Looks,
    *,
    detailed: bool = False,
    softer: bool = False,
) -> None:
    """Paint a photograph where ``at`` puts it, as far as ``seen`` (both in painter units), with what is hidden in it.

    There is no other way to paint one: its regions are hidden wherever it is seen.
    """
    size, levels = photo.size, photo.levels(detailed=detailed)
    wide, high = size.width * at.scale, size.height * at.scale
    straight = abs(at.rotation) < 1e-9
    softer = softer and not straight
    if straight:
        mip.paint(painter, levels, QRectF(at.dx, at.dy, wide, high), seen)
    else:
        painter.save()
        painter.translate(at.dx, at.dy)
        painter.rotate(at.rotation)
        back = Similarity(1.0, at.rotation, at.dx, at.dy).inverse()
        corners = [back.apply((x, y)) for x in (seen.left(), seen.right()) for y in (seen.top(), seen.bottom())]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        part = QRectF(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)
        mip.paint(painter, levels, QRectF(0, 0, wide, high), part, softer=softer)
        painter.restore()
    if photo.marks:
        painted = levels.for_width(wide, softer=softer)
        hide(painter, hidden_in(photo.marks, looks), size, photo.preview, painted, at)
