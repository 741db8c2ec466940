"""What was measured in the photographs of a case, as it is kept: kind, points, and what the value was computed with.

Points are in picture units of the photograph as it is turned now. Values follow from the points and the facts kept with
them, so that what is shown is what is in the record.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.measuring import (
    LEAST_LENGTH,
    Line,
    PairedValue,
    Point,
    angle_at,
    angle_between,
    head_tilt,
    iris_calibration,
    lid_aperture,
    slope,
    slope_against,
)
from clinic_app.domain.pictures import Picture


class MeasureKind(StrEnum):
    """What is measured. Iris and horizontal give the scale and the level of their photograph, once in each."""

    DISTANCE = "distance"
    ANGLE = "angle"
    BETWEEN = "between"
    SLOPE = "slope"
    LIDS_RIGHT = "lids_right"
    LIDS_LEFT = "lids_left"
    TILT = "tilt"
    IRIS = "iris"
    HORIZONTAL = "horizontal"

    @property
    def points(self) -> int:
        """How many points it has."""
        return _POINTS.get(self, 2)

    @property
    def once(self) -> bool:
        """Whether a photograph has only one of it."""
        return self in (MeasureKind.IRIS, MeasureKind.HORIZONTAL)

    @property
    def lids(self) -> bool:
        """Whether it is the opening of an eye."""
        return self in (MeasureKind.LIDS_RIGHT, MeasureKind.LIDS_LEFT)


_POINTS: Final = {MeasureKind.ANGLE: 3, MeasureKind.BETWEEN: 4, MeasureKind.TILT: 4}

OF_IRIS, DEGREES, PIXELS, MILLIMETRES = "iris", "°", "px", "mm"
"""Units: widths of the iris, degrees, pixels of the photograph, millimetres."""

STORED_DECIMALS: Final = 3
SLACK: Final = 1e-6
"""How far outside the photograph a point may lie, picture units: rounding alone."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The width of the iris in picture units of the photograph, and in millimetres.

    ``borrowed``: measured in another photograph of the same frame.
    """

    iris: float
    mm: float
    borrowed: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure says; ``number`` None where it says nothing yet. ``mm`` is about, None where it means nothing."""

    number: float | None
    unit: str
    mm: float | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something measured in one photograph. ``partner_id`` is the same in the other photograph of a pair.

    ``scale`` and ``horizontal`` are what its value is computed with.
    """

    id: int
    picture_id: int
    kind: MeasureKind
    points: tuple[Point, ...]
    partner_id: int | None = None
    scale: Scale | None = None
    horizontal: Line | None = None
    written_by: str = ""
    written_at: datetime | None = None

    def lies_at(self, points: Sequence[Point]) -> bool:
        """Whether these are its points, up to rounding."""
        return len(points) == len(self.points) and all(
            math.dist(mine, other) <= SLACK for mine, other in zip(self.points, points, strict=True)
        )

    def value(self, side: float) -> Value:
        """What it says; ``side`` is the longer side of its photograph in pixels."""
        return _VALUES[self.kind](self, side)

    def of_turned(self, picture: Picture, *, back: bool = False) -> Measurement:
        """The same in the photograph as it is turned; ``back``: as it is stored."""
        line = as_shown(self.horizontal, picture, back=back) if self.horizontal is not None else None
        return replace(
            self,
            points=as_shown(self.points, picture, back=back),
            horizontal=(line[0], line[1]) if line is not None else None,
        )


def as_shown(points: Sequence[Point], picture: Picture, *, back: bool = False) -> tuple[Point, ...]:
    """Stored points in a photograph as it is turned now; ``back``: points of the turned one as they are stored."""
    width, height = picture.width, picture.height
    if not back and picture.turned % 2:
        width, height = height, width
    return turned(points, -picture.turned % 4 if back else picture.turned, width, height)


def turned(points: Sequence[Point], quarters: int, width: float, height: float) -> tuple[Point, ...]:
    """Points in a photograph of a size, when it is turned by so many quarters clockwise."""
    found = tuple(points)
    for _ in range(quarters % 4):
        side = max(width, height)
        found = tuple((height / side - y, x) for x, y in found)
        width, height = height, width
    return found


def check_figure(kind: MeasureKind, points: Sequence[Point]) -> None:
    """Whether these points say something.

    Raises RuleBroken: ``line_without_length``, ``calibration_without_length`` (points at one place),
    ``measure_unfinished``, ``point_outside``.
    """
    if len(points) != kind.points:
        raise RuleBroken("points", "measure_unfinished", wanted=kind.points)
    if not all(-SLACK <= one <= 1 + SLACK for point in points for one in point):
        raise RuleBroken("points", "point_outside")
    code = "calibration_without_length" if kind is MeasureKind.IRIS else "line_without_length"
    for first, second in _legs(kind, points):
        # Lids that are shut have no opening, and that is a value.
        if not kind.lids and not math.dist(first, second) >= LEAST_LENGTH:
            raise RuleBroken("points", code)


def _legs(kind: MeasureKind, points: Sequence[Point]) -> list[Line]:
    if kind is MeasureKind.ANGLE:
        return [(points[0], points[1]), (points[1], points[2])]
    return [(points[place], points[place + 1]) for place in range(0, len(points), 2)]


def lines_of(kind: MeasureKind, points: Sequence[Point]) -> list[Line]:
    """The lines a figure is drawn by, as far as its points go."""
    if kind is MeasureKind.ANGLE:
        return list(pairwise(points))
    return [(points[place], points[place + 1]) for place in range(0, len(points) - 1, 2)]


def check_iris(mm: float) -> None:
    """Whether an iris may be so wide. Raises RuleBroken(iris_out_of_range)."""
    iris_calibration(((0.0, 0.0), (1.0, 0.0)), mm)


def irises_of(measured: Iterable[Measurement]) -> dict[int, tuple[Line, float]]:
    """The measured irises by photograph: limbus to limbus, and its width in millimetres."""
    return {
        one.picture_id: ((one.points[0], one.points[1]), one.scale.mm)
        for one in measured
        if one.kind is MeasureKind.IRIS and one.scale is not None
    }


def unit_millimetres(
    picture_id: int,
    irises: Mapping[int, tuple[Line, float]],
    placed: Mapping[int, FramedAlignment],
    *,
    framed: bool,
) -> float | None:
    """How many millimetres one picture unit of a photograph is, about; None where no iris says.

    ``framed``: it is seen in its frame, where photographs lie on each other, so that the irises of all of that frame
    say it together.
    """
    here = placed.get(picture_id)
    if framed and here is not None:
        found = [
            mm / math.dist(*line) / there.alignment.similarity.scale
            for other, (line, mm) in irises.items()
            if (there := placed.get(other)) is not None and there.frame == here.frame
        ]
        return sum(found) / len(found) * here.alignment.similarity.scale if found else None
    scale = scale_in(picture_id, irises, placed)
    return None if scale is None else scale.mm / scale.iris


def scale_in(
    picture_id: int,
    irises: Mapping[int, tuple[Line, float]],
    placed: Mapping[int, FramedAlignment],
) -> Scale | None:
    """The scale of a photograph: by its own iris, else by that of the photograph aligned with it that came last.

    ``irises``: line and millimetres by photograph, ``placed`` the aligned photographs of its view. None: not known.
    """
    if picture_id in irises:
        line, mm = irises[picture_id]
        return Scale(math.dist(*line), mm)
    here = placed.get(picture_id)
    for other, (line, mm) in sorted(irises.items(), reverse=True):
        there = placed.get(other)
        if here is not None and there is not None and here.frame == there.frame:
            wide = math.dist(*line) * there.alignment.similarity.scale / here.alignment.similarity.scale
            return Scale(wide, mm, borrowed=True)
    return None


def _distance(one: Measurement, side: float) -> Value:
    length = math.dist(*one.points)
    if one.scale is None:
        return Value(length * side, PIXELS)
    return Value(length / one.scale.iris, OF_IRIS, length / one.scale.iris * one.scale.mm)


def _lids(one: Measurement, _: float) -> Value:
    if one.scale is None:
        return Value(None, OF_IRIS)
    found = lid_aperture((one.points[0], one.points[1]), one.scale.iris)
    return Value(found.ratio, OF_IRIS, None if found.closed else found.ratio * one.scale.mm, found.closed)


def _slope(one: Measurement, _: float) -> Value:
    line = (one.points[0], one.points[1])
    return Value(slope(line) if one.horizontal is None else slope_against(line, one.horizontal), DEGREES)


def _iris(one: Measurement, _: float) -> Value:
    return Value(one.scale.mm if one.scale is not None else None, MILLIMETRES)


_VALUES: Final[dict[MeasureKind, Callable[[Measurement, float], Value]]] = {
    MeasureKind.DISTANCE: _distance,
    MeasureKind.ANGLE: lambda one, _: Value(angle_at(*one.points), DEGREES),
    MeasureKind.BETWEEN: lambda one, _: Value(
        angle_between((one.points[0], one.points[1]), (one.points[2], one.points[3])), DEGREES
    ),
    MeasureKind.SLOPE: _slope,
    MeasureKind.LIDS_RIGHT: _lids,
    MeasureKind.LIDS_LEFT: _lids,
    MeasureKind.TILT: lambda one, _: Value(
        head_tilt((one.points[0], one.points[1]), one.points[2], one.points[3]), DEGREES
    ),
    MeasureKind.IRIS: _iris,
    MeasureKind.HORIZONTAL: lambda _, __: Value(None, DEGREES),
}


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """The same thing in A and in B, and in ``further`` photographs; any may be missing."""

    kind: MeasureKind
    a: Measurement | None = None
    b: Measurement | None = None
    further: tuple[Measurement | None, ...] = ()

    @property
    def all(self) -> tuple[Measurement | None, ...]:
        """By photograph."""
        return (self.a, self.b, *self.further)

    @property
    def ids(self) -> tuple[int, ...]:
        """Of what is there."""
        return tuple(one.id for one in self.all if one is not None)

    def values(self, side_a: float, side_b: float) -> tuple[Value | None, Value | None]:
        """What both say."""
        return self.a.value(side_a) if self.a else None, self.b.value(side_b) if self.b else None


def paired(a: Value | None, b: Value | None) -> PairedValue | None:
    """Both numbers where they may be compared: of one unit, and not in pixels of two photographs."""
    if a is None or b is None or a.unit != b.unit or a.unit in (PIXELS, MILLIMETRES):
        return None
    return PairedValue(a.number, b.number)


def in_pixels(values: Iterable[Value | None]) -> bool:
    """Whether values of several photographs stand beside each other that cannot be compared: any is in pixels."""
    known = [one for one in values if one is not None]
    return len(known) > 1 and any(one.unit == PIXELS for one in known)


def measured_pairs(
    measured: Iterable[Measurement], a_id: int | None, b_id: int | None, *further: int | None
) -> tuple[MeasuredPair, ...]:
    """What was measured in two photographs, and in further ones, matched, in the order it was begun."""
    shown = (a_id, b_id, *further)
    rows: list[list[Measurement | None]] = []
    for one in sorted(measured, key=lambda one: one.id):
        if one.picture_id not in shown:
            continue
        place = shown.index(one.picture_id)
        free = (row for row in rows if row[place] is None)
        row = next((row for row in free if any(_belong(one, other) for other in row if other is not None)), None)
        if row is None:
            row = [None] * len(shown)
            rows.append(row)
        row[place] = one
    return tuple(
        MeasuredPair(next(one.kind for one in row if one is not None), row[0], row[1], tuple(row[2:])) for row in rows
    )


def _belong(one: Measurement, other: Measurement) -> bool:
    if one.kind is not other.kind:
        return False
    return one.kind.once or other.partner_id == one.id or one.partner_id == other.id


def in_pictures(measured: Iterable[Measurement], pictures: Mapping[int, Picture]) -> tuple[Measurement, ...]:
    """What was measured in these photographs, as they are turned now."""
    return tuple(one.of_turned(pictures[one.picture_id]) for one in measured if one.picture_id in pictures)


@dataclass(frozen=True, slots=True)
class SuggestedFigures:
    """Seen surely, to be confirmed: the iris from limbus to limbus, the midline of the face; sureness 0 to 1."""

    iris: Line
    midline: Line
    sureness: float


def facts_of(one: Measurement) -> dict[str, Any]:
    """Points and facts as JSON values."""
    scale, level = one.scale, one.horizontal
    return {
        "points": [list(point) for point in one.points],
        "scale": None if scale is None else [scale.iris, scale.mm, scale.borrowed],
        "horizontal": None if level is None else [list(point) for point in level],
    }


def with_facts(one: Measurement, facts: Mapping[str, Any]) -> Measurement:
    """The same with what ``facts_of`` had said of it."""
    scale, level = facts.get("scale"), facts.get("horizontal")
    return replace(
        one,
        points=tuple((x, y) for x, y in facts["points"]),
        scale=None if scale is None else Scale(*scale),
        horizontal=None if level is None else ((level[0][0], level[0][1]), (level[1][0], level[1][1])),
    )
