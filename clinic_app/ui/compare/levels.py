"""Photographs as Qt paints them: a picture and its halves, wrapped without a copy."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from clinic_app.domain.picture_files import Pixels

SMALLEST = 320
"""Longest side in pixels below which a preview is not halved again."""


@dataclass(slots=True, eq=False)
class Level:
    """One size of a picture. ``pixels`` keeps the memory alive that ``image`` looks at."""

    image: QImage
    pixels: Pixels | None = None


@dataclass(slots=True, eq=False)
class Levels:
    """A picture in falling sizes, each half the one before; the first is the largest.

    ``coarse``: parts of it that were made from a few pixels to hide what is there, by place.
    """

    steps: list[Level]
    coarse: dict[tuple[object, ...], QImage] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Width of the largest, in pixels."""
        return self.steps[0].image.width() if self.steps else 0

    @property
    def stamp(self) -> tuple[int, ...]:
        """Tells these pixels from others as long as they live."""
        return tuple(map(id, self.steps))

    @property
    def height(self) -> int:
        """Height of the largest, in pixels."""
        return self.steps[0].image.height() if self.steps else 0

    def for_width(self, width: float, *, softer: bool = False) -> QImage:
        """The smallest size that need not be enlarged for a picture ``width`` pixels wide on the screen.

        ``softer``: half of that size, where there is one and the picture is not enlarged already.
        """
        chosen = 0
        for place, step in enumerate(self.steps[1:], 1):
            if step.image.width() < width - 0.5:
                break
            chosen = place
        shrinks = self.steps[chosen].image.width() > width + 0.5
        if softer and shrinks and chosen + 1 < len(self.steps):
            chosen += 1
        return self.steps[chosen].image


def wrapped(pixels: Pixels) -> Level:
    """Decoded pixels as an image of their own memory; no copy is made."""
    image = QImage(pixels.data, pixels.width, pixels.height, pixels.bytes_per_line, QImage.Format.Format_RGB32)
    return Level(image, pixels)


def from_preview(pixels: Pixels) -> Levels:
    """A preview as it is; ``halves_of`` makes the smaller levels a moment later, so that it can be shown at once."""
    return Levels([wrapped(pixels)])


def halves_of(levels: Levels) -> list[Level]:
    """The smaller levels of a preview, each half the one before. Belongs into a worker: it takes some milliseconds."""
    found: list[Level] = []
    last = levels.steps[-1]
    while max(last.image.width(), last.image.height()) // 2 >= SMALLEST:
        last = half_of(last)
        found.append(last)
    return found


def halves_and_light(levels: Levels) -> tuple[list[Level], float]:
    """The smaller levels of a preview, and how bright its middle is (0 to 255). Belongs into a worker."""
    halves = halves_of(levels)
    last = (halves[-1] if halves else levels.steps[-1]).image
    middle = last.copy(last.width() // 4, last.height() // 4, max(last.width() // 2, 1), max(last.height() // 2, 1))
    smooth = Qt.TransformationMode.SmoothTransformation
    colour = middle.scaled(1, 1, Qt.AspectRatioMode.IgnoreAspectRatio, smooth).pixelColor(0, 0)
    return halves, 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()


def half_of(level: Level) -> Level:
    """The same picture at half the size (odd sides round up). Belongs into a worker."""
    whole = level.image
    half = QSize((whole.width() + 1) // 2, (whole.height() + 1) // 2)
    return Level(whole.scaled(half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation))


def paint(painter: QPainter, levels: Levels, place: QRectF, seen: QRectF, *, softer: bool = False) -> None:
    """Paint the part of a picture inside ``seen``, the whole picture filling ``place`` (both in painter units).

    Only the pixels that are seen are touched; at one to one they stand exactly on the screen's pixels. ``softer``:
    from a quarter of the pixels, for a picture that moves.
    """
    image = levels.for_width(place.width(), softer=softer)
    across, down = image.width() / place.width(), image.height() / place.height()
    part = place.intersected(seen)
    if part.isEmpty():
        return
    left = max(int((part.left() - place.left()) * across) - 1, 0)
    top = max(int((part.top() - place.top()) * down) - 1, 0)
    right = min(int((part.right() - place.left()) * across) + 3, image.width())
    bottom = min(int((part.bottom() - place.top()) * down) + 3, image.height())
    x, y = place.left() + left / across, place.top() + top / down
    if abs(across - 1) < 1e-6 and abs(down - 1) < 1e-6:
        x, y = float(round(x)), float(round(y))
        target = QRectF(x, y, right - left, bottom - top)
    else:
        target = QRectF(x, y, (right - left) / across, (bottom - top) / down)
    painter.drawImage(target, image, QRectF(left, top, right - left, bottom - top))
