"""What is drawn on a photograph: words, arrows, ellipses, strokes, and regions that are hidden in what leaves.

Points are in picture units (see ``alignment``) of the photograph as it is turned now, y down. A photograph's *room* is
its width and height in these units. Nothing here touches the photograph itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.measurements import SLACK, as_shown
from clinic_app.domain.measuring import LEAST_LENGTH, Point
from clinic_app.domain.pictures import Picture


class MarkKind(StrEnum):
    """What is drawn. ``COVER`` hides a region, ``KEEP`` everything but its regions."""

    TEXT = "text"
    ARROW = "arrow"
    ELLIPSE = "ellipse"
    FREEHAND = "freehand"
    COVER = "cover"
    KEEP = "keep"

    @property
    def hides(self) -> bool:
        """Whether it hides something in what leaves."""
        return self in (MarkKind.COVER, MarkKind.KEEP)

    @property
    def boxed(self) -> bool:
        """Whether its points are two opposite corners."""
        return self in (MarkKind.ELLIPSE, MarkKind.COVER, MarkKind.KEEP)


class Ink(StrEnum):
    """The colours of what is drawn (ux.md 2.6)."""

    YELLOW = "yellow"
    CYAN = "cyan"
    WHITE = "white"
    RED = "red"


class Part(StrEnum):
    """What a region hides, or keeps (``BACKGROUND`` keeps an ellipse, ``REGION`` a rectangle)."""

    ANY = "any"
    MOUTH = "mouth"
    SKIN = "skin"
    NAME = "name"
    BACKGROUND = "background"
    REGION = "region"

    @classmethod
    def _missing_(cls, _: object) -> Part:
        """A region of a kind that is not known here hides what it hides."""
        return cls.ANY

    @property
    def kind(self) -> MarkKind:
        """Whether the region itself is hidden, or all around it."""
        return MarkKind.KEEP if self in (Part.BACKGROUND, Part.REGION) else MarkKind.COVER


class Hiding(StrEnum):
    """How a region is hidden, the strongest first; only ``SOLID`` leaves nothing of it."""

    SOLID = "solid"
    PIXELS = "pixels"
    BLUR = "blur"


MOST_WORDS: Final = 80
"""Characters of a text on a photograph."""

MOST_POINTS: Final = 400
"""Points of a stroke."""

STROKE_SLACK: Final = 0.0008
"""How far a stroke may be simplified, picture units: a pixel and a half of a preview."""

ROUND_SIDES: Final = 72

_PRESETS: Final[Mapping[Part, Point]] = {
    Part.ANY: (0.16, 0.16),
    Part.MOUTH: (0.26, 0.12),
    Part.SKIN: (0.12, 0.12),
    Part.NAME: (0.24, 0.08),
    Part.BACKGROUND: (0.62, 0.92),
    Part.REGION: (0.56, 0.22),
}
"""Width and height of a region that is set by one click, picture units: usual portraits, to be drawn to size."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn on one photograph. ``words`` of a text alone, ``part`` and ``hiding`` of a region alone."""

    id: int
    picture_id: int
    kind: MarkKind
    points: tuple[Point, ...]
    words: str = ""
    ink: Ink = Ink.YELLOW
    part: Part = Part.ANY
    hiding: Hiding = Hiding.SOLID
    written_by: str = ""
    written_at: datetime | None = None

    @property
    def round(self) -> bool:
        """Whether it is an ellipse."""
        return self.kind is MarkKind.ELLIPSE or self.part is Part.BACKGROUND

    @property
    def box(self) -> Box:
        """Left, top, right and bottom of all of its points."""
        across, down = [x for x, _ in self.points], [y for _, y in self.points]
        return min(across), min(down), max(across), max(down)

    @property
    def outline(self) -> tuple[Point, ...]:
        """Its line, point by point; closed where it is a region or an ellipse."""
        if not self.kind.boxed:
            return self.points
        left, top, right, bottom = self.box
        if not self.round:
            return (left, top), (right, top), (right, bottom), (left, bottom), (left, top)
        middle, wide, high = ((left + right) / 2, (top + bottom) / 2), (right - left) / 2, (bottom - top) / 2
        turns = (math.tau * step / ROUND_SIDES for step in range(ROUND_SIDES + 1))
        return tuple((middle[0] + wide * math.cos(turn), middle[1] + high * math.sin(turn)) for turn in turns)

    @property
    def handles(self) -> tuple[Point, ...]:
        """What it can be taken hold of by: both ends of an arrow, the corners of a box."""
        if self.kind is MarkKind.ARROW:
            return self.points
        if not self.kind.boxed:
            return ()
        left, top, right, bottom = self.box
        return (left, top), (right, top), (right, bottom), (left, bottom)

    def contains(self, point: Point) -> bool:
        """Whether a point lies inside, where it has an inside."""
        if not self.kind.boxed:
            return False
        left, top, right, bottom = self.box
        if not (left <= point[0] <= right and top <= point[1] <= bottom):
            return False
        if not self.round:
            return True
        wide, high = (right - left) / 2, (bottom - top) / 2
        across, down = (point[0] - (left + right) / 2) / wide, (point[1] - (top + bottom) / 2) / high
        return math.hypot(across, down) <= 1

    def distance(self, point: Point) -> float:
        """How far a point lies from its line, picture units."""
        line = self.outline
        if len(line) < 2:
            return math.dist(line[0], point)
        return min(_from_segment(point, first, second) for first, second in pairwise(line))

    def moved(self, by: Point, room: Point) -> Mark:
        """Moved, as far as its photograph reaches."""
        left, top, right, bottom = self.box
        dx = min(max(by[0], -left), room[0] - right)
        dy = min(max(by[1], -top), room[1] - bottom)
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))

    def with_handle(self, place: int, at: Point) -> Mark:
        """One of its handles put elsewhere; the opposite one stays."""
        if self.kind is MarkKind.ARROW:
            return replace(self, points=tuple(at if place == one else point for one, point in enumerate(self.points)))
        return replace(self, points=(self.handles[(place + 2) % 4], at))

    def carried(self, picture_id: int, by: Similarity, room: Point) -> Mark:
        """The same on another photograph that ``by`` leads to, as far as that reaches; not kept yet.

        A hidden region stays as large as what it hides, turned or not; what is kept is not more than before.
        """
        points = tuple(by.apply(point) for point in self.points)
        if self.kind is MarkKind.COVER:
            corners = [by.apply(point) for point in self.handles]
            across, down = [x for x, _ in corners], [y for _, y in corners]
            points = ((min(across), min(down)), (max(across), max(down)))
        elif self.kind.boxed:
            left, top, right, bottom = self.box
            x, y = by.apply(((left + right) / 2, (top + bottom) / 2))
            wide, high = (right - left) / 2 * by.scale, (bottom - top) / 2 * by.scale
            points = ((x - wide, y - high), (x + wide, y + high))
        return replace(self, id=0, picture_id=picture_id, points=tuple(on_photo(point, room) for point in points))

    def of_turned(self, picture: Picture, *, back: bool = False) -> Mark:
        """The same on the photograph as it is turned; ``back``: as it is stored."""
        return replace(self, points=as_shown(self.points, picture, back=back))


def room_of(width: float, height: float) -> Point:
    """How far a photograph of this size in pixels reaches, picture units."""
    side = max(width, height)
    return width / side, height / side


def on_photo(point: Point, room: Point) -> Point:
    """The nearest point of the photograph itself."""
    return min(max(point[0], 0.0), room[0]), min(max(point[1], 0.0), room[1])


def check_mark(mark: Mark, room: Point) -> None:
    """Whether this can be drawn on a photograph that reaches so far.

    Raises RuleBroken: ``mark_outside``, ``mark_without_size``, ``mark_without_words``, ``mark_words_too_long``,
    ``mark_too_many_points``.
    """
    if mark.kind is MarkKind.TEXT:
        if not mark.words.strip():
            raise RuleBroken("words", "mark_without_words")
        if len(mark.words.strip()) > MOST_WORDS:
            raise RuleBroken("words", "mark_words_too_long", most=MOST_WORDS, count=len(mark.words.strip()))
    if len(mark.points) > MOST_POINTS:
        raise RuleBroken("points", "mark_too_many_points", most=MOST_POINTS)
    for x, y in mark.points:
        if not (-SLACK <= x <= room[0] + SLACK and -SLACK <= y <= room[1] + SLACK):
            raise RuleBroken("points", "mark_outside")
    if not _has_size(mark):
        raise RuleBroken("points", "mark_without_size")


def _has_size(mark: Mark) -> bool:
    wanted = 1 if mark.kind is MarkKind.TEXT else 2
    if len(mark.points) < wanted or (mark.kind is not MarkKind.FREEHAND and len(mark.points) != wanted):
        return False
    left, top, right, bottom = mark.box
    wide, high = right - left, bottom - top
    if mark.kind is MarkKind.TEXT:
        return True
    return min(wide, high) >= LEAST_LENGTH if mark.kind.boxed else max(wide, high) >= LEAST_LENGTH


def mark_at(mark: Mark, at: Point, room: Point) -> Mark:
    """The same kind of mark at its usual size about a point, for whoever clicks instead of dragging.

    An arrow points there from below on the left.
    """
    if mark.kind is MarkKind.ARROW:
        return replace(mark, points=(on_photo((at[0] - 0.1, at[1] + 0.1), room), at))
    wide, high = _PRESETS[mark.part] if mark.kind.hides else (0.12, 0.12)
    wide, high = min(wide, room[0]), min(high, room[1])
    left = min(max(at[0] - wide / 2, 0.0), room[0] - wide)
    top = min(max(at[1] - high / 2, 0.0), room[1] - high)
    return replace(mark, points=((left, top), (left + wide, top + high)))


def hit(marks: Iterable[Mark], point: Point, reach: float) -> Mark | None:
    """What is drawn at a point: the line that is nearest within reach, else the newest region that is hidden there."""
    there = list(marks)
    near = [(mark.distance(point), -place) for place, mark in enumerate(there)]
    distance, place = min(near, default=(math.inf, 0))
    if distance <= reach:
        return there[-place]
    return next((mark for mark in reversed(there) if mark.kind is MarkKind.COVER and mark.contains(point)), None)


def thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """A stroke with fewer points, nowhere farther from what was drawn than ``STROKE_SLACK``, and at most so many."""
    kept = {0, len(points) - 1} if points else set()
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        far, place = max(
            (_from_segment(points[one], points[first], points[last]), one) for one in range(first + 1, last)
        )
        if far > STROKE_SLACK:
            kept.add(place)
            spans += [(first, place), (place, last)]
    found = [points[place] for place in sorted(kept)]
    if len(found) > MOST_POINTS:
        step = (len(found) - 1) / (MOST_POINTS - 1)
        found = [found[round(place * step)] for place in range(MOST_POINTS)]
    return tuple(found)


def around_kept(marks: Iterable[Mark]) -> Hiding | None:
    """How everything outside the kept regions is hidden: as the strongest of them says; None where none is kept."""
    ways = {mark.hiding for mark in marks if mark.kind is MarkKind.KEEP}
    return next((one for one in Hiding if one in ways), None)


def on_pictures(marks: Iterable[Mark], pictures: Mapping[int, Picture]) -> tuple[Mark, ...]:
    """What is drawn on these photographs, as they are turned now."""
    return tuple(one.of_turned(pictures[one.picture_id]) for one in marks if one.picture_id in pictures)


def content_of(mark: Mark) -> dict[str, Any]:
    """Points, words and looks as JSON values: only what its kind has."""
    content: dict[str, Any] = {"points": [list(point) for point in mark.points]}
    if mark.kind.hides:
        return {**content, "part": mark.part.value, "hiding": mark.hiding.value}
    if mark.kind is MarkKind.TEXT:
        content["words"] = mark.words.strip()
    return {**content, "colour": mark.ink.value}


def _from_segment(point: Point, first: Point, second: Point) -> float:
    """How far a point lies from the stretch between two others."""
    dx, dy = second[0] - first[0], second[1] - first[1]
    length = dx * dx + dy * dy
    if length == 0:
        return math.dist(point, first)
    along = min(max(((point[0] - first[0]) * dx + (point[1] - first[1]) * dy) / length, 0.0), 1.0)
    return math.dist(point, (first[0] + along * dx, first[1] + along * dy))
