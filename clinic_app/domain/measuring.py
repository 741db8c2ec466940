"""What is measured in a photograph: angles and ratios first, millimetres only where a scale is known.

Points are in picture units (see ``alignment``), y down. Right and left are the patient's; in a
photograph from the front the patient's right is on the left. Angles are in degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from clinic_app.domain.errors import RuleBroken

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = tuple[Point, Point]

IRIS_MM = 11.7
"""Preset width of the visible iris, limbus to limbus, millimetres: adults 11.71 ± 0.42 (clinical.md 8.3, [V:S52])."""

IRIS_LEAST_MM, IRIS_MOST_MM = 10.0, 13.5
"""Widths that are taken: children 11.22 ± 0.52, adults 10.7 to 12.58 (clinical.md 8.3), and some room."""

IRIS_UNSURE = 0.05
"""How wrong a length by the iris may be, as a share of it (ux.md 2.5)."""

LEAST_LENGTH = 0.002
"""Shortest line that measures, in picture units: four pixels of a preview."""

CLOSED_RATIO = 0.08
"""Lid aperture in widths of the iris below which the lids are closed: less than a millimetre."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many millimetres one unit of the picture is, and by what it is known; always about.

    ``borrowed`` says that the scale was measured in the other photograph, aligned with this one.
    """

    mm_per_unit: float
    iris_mm: float | None = None
    borrowed: bool = False

    def through(self, scale: float) -> Calibration:
        """The same scale in a picture whose units become ``scale`` units of this one when it is laid on it."""
        return Calibration(self.mm_per_unit * scale, self.iris_mm, borrowed=True)


def iris_calibration(limbus: Line, iris_mm: float = IRIS_MM) -> Calibration:
    """The scale by a line from limbus to limbus, in the picture of the line.

    Raises RuleBroken: ``calibration_without_length`` where the line has none, ``iris_out_of_range`` for a width that no
    iris has.
    """
    if not IRIS_LEAST_MM <= iris_mm <= IRIS_MOST_MM:
        raise RuleBroken("iris_mm", "iris_out_of_range", value=iris_mm, least=IRIS_LEAST_MM, most=IRIS_MOST_MM)
    return Calibration(iris_mm / _length(limbus, "calibration"), iris_mm)


def ruler_calibration(line: Line, mm: float) -> Calibration:
    """The scale by a line along something of known length (a ruler, a sticker).

    Raises RuleBroken: ``calibration_without_length`` where the line or the length has none.
    """
    if not math.isfinite(mm) or mm <= 0:
        raise RuleBroken("calibration", "calibration_without_length")
    return Calibration(mm / _length(line, "calibration"))


def _length(line: Line, field: str) -> float:
    length = math.dist(*line)
    if not length >= LEAST_LENGTH:
        raise RuleBroken(field, "calibration_without_length")
    return length


def distance(line: Line) -> float:
    """Length of a line in the units of its points."""
    return math.dist(*line)


def millimetres(length: float, calibration: Calibration | None) -> float | None:
    """A length of the picture in millimetres, about; None where no scale is known."""
    return None if calibration is None else length * calibration.mm_per_unit


def angle_at(start: Point, corner: Point, end: Point) -> float:
    """The angle at a corner, 0 to 180. Raises RuleBroken(line_without_length) where a leg has no length."""
    return _between(_direction((corner, start)), _direction((corner, end)))


def angle_between(first: Line, second: Line) -> float:
    """The smaller angle between two straight lines, 0 to 90; raises RuleBroken(line_without_length)."""
    angle = _between(_direction(first), _direction(second))
    return min(angle, 180 - angle)


def slope(line: Line) -> float:
    """A line against the picture's horizontal, above -90 to 90: positive where its right end is lower.

    Raises RuleBroken(line_without_length).
    """
    direction = _direction(line)
    if direction.real < 0 or (direction.real == 0 and direction.imag < 0):
        direction = -direction
    return math.degrees(math.atan2(direction.imag, direction.real))


def slope_against(line: Line, horizontal: Line) -> float:
    """A line against another one taken as horizontal (a shoulder line, a door frame), above -90 to 90."""
    turned = math.remainder(slope(line) - slope(horizontal), 180.0)
    return 90.0 if turned == -90.0 else turned


def shoulder_slope(right: Point, left: Point) -> float:
    """The shoulder line against the picture's horizontal: positive where the patient's right shoulder is lower."""
    direction = _direction((right, left))
    return math.degrees(math.atan2(-direction.imag, direction.real))


def head_tilt(midline: Line, shoulder_right: Point, shoulder_left: Point) -> float:
    """Laterocollis: the midline of the face against the perpendicular of the shoulder line.

    ``midline`` runs from the forehead to the chin. Positive where the head tilts to the patient's right shoulder. Needs
    no gravity and no level camera. Raises RuleBroken(line_without_length).
    """
    shoulders = _direction((shoulder_right, shoulder_left))
    upwards = _direction((midline[1], midline[0]))
    upright = shoulders * -1j
    return -math.degrees(math.atan2((upwards / upright).imag, (upwards / upright).real))


def face_midline(right: Point, left: Point) -> Line:
    """The midline of a face by two matching points of both sides (inner corners, pupils), from above to below."""
    across = _direction((right, left)) * math.dist(right, left)
    middle = complex(*right) + across / 2
    top, bottom = middle - across * 1j, middle + across * 1j
    return (top.real, top.imag), (bottom.real, bottom.imag)


def _direction(line: Line) -> complex:
    """The unit vector from the first to the second point."""
    step = complex(*line[1]) - complex(*line[0])
    if not abs(step) > 0:
        raise RuleBroken("line", "line_without_length")
    return step / abs(step)


def _between(first: complex, second: complex) -> float:
    turned = second / first
    return math.degrees(abs(math.atan2(turned.imag, turned.real)))


@dataclass(frozen=True, slots=True)
class LidAperture:
    """The opening of one eye: ``ratio`` in widths of its iris, and in millimetres where that means anything.

    ``mm`` is None on closed lids and without a scale.
    """

    ratio: float
    mm: float | None

    @property
    def closed(self) -> bool:
        """Whether the lids are closed."""
        return self.ratio < CLOSED_RATIO


def lid_aperture(lids: Line, iris_width: float, calibration: Calibration | None = None) -> LidAperture:
    """The opening of an eye: ``lids`` runs from the upper to the lower lid margin through the middle of the pupil.

    ``iris_width`` in the same units; of an eye that is shut, that of the other eye or of the aligned photograph.
    Raises RuleBroken(calibration_without_length) where the iris has no width.
    """
    if not iris_width >= LEAST_LENGTH:
        raise RuleBroken("calibration", "calibration_without_length")
    ratio = math.dist(*lids) / iris_width
    return LidAperture(ratio, None if ratio < CLOSED_RATIO else millimetres(math.dist(*lids), calibration))


@dataclass(frozen=True, slots=True)
class PairedValue:
    """One thing measured in A and in B, in one unit; either may be missing."""

    a: float | None
    b: float | None

    @property
    def change(self) -> float | None:
        """B less A."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def relative(self) -> float | None:
        """The change as a share of A; None where A is nothing."""
        return None if self.change is None or not self.a else self.change / abs(self.a)
