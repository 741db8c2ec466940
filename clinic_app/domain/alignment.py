"""How a photograph lies in the frame of its case's view: one similarity per photograph, by hand or found.

*Picture units* are pixels of the upright display picture divided by its longer side, origin top left, y down: the same
for the original, the preview and the thumbnail. The frame of a view counts in the same kind of units. The first
photograph that is aligned lies in the frame as it is (``IDENTITY``); any two aligned ones lie on each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from clinic_app.domain.errors import RuleBroken

Point: TypeAlias = tuple[float, float]
Matrix: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float]]

LEAST_POINTS = 2
"""Pairs of points that fix a similarity (ux.md 2.4)."""

LEAST_SPREAD = 0.002
"""How far the farthest point must lie from the middle of all, in picture units: four pixels of a preview."""

MOST_TURN = 25.0
"""Degrees a found alignment may turn a photograph; more is rejected (ux.md 2.4)."""

LEAST_SCALE, MOST_SCALE = 0.5, 2.0
"""How much a found alignment may shrink or enlarge a photograph; more is rejected (ux.md 2.4)."""

MOST_APART = 0.02
"""Root mean square error of points, as a share of the longer side, above which they hardly show the same spots."""

MOST_POSE_CHANGE = 0.10
"""Change of the nose's place against the inner corners of the eyes that says the head is turned (ux.md 2.4)."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Enlarged by ``scale``, turned by ``rotation`` degrees clockwise as seen (y down), then moved by ``dx``, ``dy``.

    Raises ValueError where the scale is not above 0 or a number is not finite.
    """

    scale: float = 1.0
    rotation: float = 0.0
    dx: float = 0.0
    dy: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.scale, self.rotation, self.dx, self.dy))) or self.scale <= 0:
            raise ValueError("a similarity has finite numbers and a scale above 0")

    @classmethod
    def about(cls, point: Point, *, scale: float = 1.0, rotation: float = 0.0) -> Similarity:
        """Enlarged and turned about a point that stays where it is."""
        still = cls(scale, rotation)
        x, y = still.apply(point)
        return replace(still, dx=point[0] - x, dy=point[1] - y)

    @classmethod
    def of_matrix(cls, matrix: Matrix) -> Similarity:
        """The similarity of a 2x3 matrix; of one that also shears or mirrors, the nearest similarity.

        Raises ValueError where the matrix only mirrors or lets everything fall together.
        """
        (a, b, dx), (c, d, dy) = matrix
        cos, sin = (a + d) / 2, (c - b) / 2
        return cls(math.hypot(cos, sin), math.degrees(math.atan2(sin, cos)), dx, dy)

    @property
    def matrix(self) -> Matrix:
        """The 2x3 matrix in picture units: ``x' = a x + b y + dx``, ``y' = c x + d y + dy``."""
        turn = math.radians(self.rotation)
        cos, sin = self.scale * math.cos(turn), self.scale * math.sin(turn)
        return (cos, -sin, self.dx), (sin, cos, self.dy)

    def in_pixels(self, picture_side: float, frame_side: float) -> Similarity:
        """The same between pixels of a derivative and pixels of the frame, whose longer sides are given."""
        return Similarity(
            self.scale * frame_side / picture_side, self.rotation, self.dx * frame_side, self.dy * frame_side
        )

    def in_units(self, picture_side: float, frame_side: float) -> Similarity:
        """The same in picture units, where this one is between pixels: the way back from ``in_pixels``."""
        return Similarity(
            self.scale * picture_side / frame_side, self.rotation, self.dx / frame_side, self.dy / frame_side
        )

    def apply(self, point: Point) -> Point:
        """Where a point of the picture lies in the frame."""
        (a, b, dx), (c, d, dy) = self.matrix
        return a * point[0] + b * point[1] + dx, c * point[0] + d * point[1] + dy

    def inverse(self) -> Similarity:
        """From the frame to the picture."""
        back = Similarity(1 / self.scale, _half_turn(-self.rotation))
        x, y = back.apply((self.dx, self.dy))
        return replace(back, dx=-x, dy=-y)

    def then(self, other: Similarity) -> Similarity:
        """First this, then ``other``."""
        dx, dy = other.apply((self.dx, self.dy))
        return Similarity(self.scale * other.scale, _half_turn(self.rotation + other.rotation), dx, dy)

    def upright(self, about: Point) -> Similarity:
        """The same without its turn: ``about`` (a point of the picture) still lies where it lay.

        For a tilt that is the sign itself and must not be turned away.
        """
        x, y = self.apply(about)
        return Similarity(self.scale, 0.0, x - self.scale * about[0], y - self.scale * about[1])

    def near(self, other: Similarity, slack: float = 1e-9) -> bool:
        """Whether both take every point of a picture to the same place, but for ``slack`` picture units."""
        return all(math.dist(self.apply(at), other.apply(at)) <= slack for at in ((0, 0), (1, 0), (0, 1), (1, 1)))


IDENTITY = Similarity()


def between(picture: Similarity, other: Similarity) -> Similarity:
    """From one picture to another, both aligned in the same frame."""
    return picture.then(other.inverse())


def picture_units(point: Point, width: float, height: float) -> Point:
    """Pixels of an upright picture of this size to picture units."""
    longer = max(width, height)
    return point[0] / longer, point[1] / longer


def picture_pixels(point: Point, width: float, height: float) -> Point:
    """Picture units to pixels of an upright picture of this size."""
    longer = max(width, height)
    return point[0] * longer, point[1] * longer


@dataclass(frozen=True, slots=True)
class PointFit:
    """The similarity that points agree on best, and how far they lie from it (frame units)."""

    similarity: Similarity
    rms: float
    misses: tuple[float, ...]


def fit_similarity(picture: Sequence[Point], frame: Sequence[Point]) -> PointFit:
    """The similarity with the least squared distance between the points of the frame and those of the picture.

    Umeyama's answer without reflection, in closed form: with both sets about their middles and points as complex
    numbers, scale and turn are ``sum(conj(p) q) / sum(|p|²)``. Two pairs are met exactly.

    Raises:
        RuleBroken: ``points_too_few`` below two pairs, ``points_at_one_place`` where the points of one side fall
            together.
        ValueError: where the two sides are not equally many.
    """
    if len(picture) != len(frame):
        raise ValueError("every point of the picture needs one of the frame")
    if len(picture) < LEAST_POINTS:
        raise RuleBroken("points", "points_too_few", count=len(picture), least=LEAST_POINTS)
    ps, qs = [complex(*point) for point in picture], [complex(*point) for point in frame]
    p_middle, q_middle = sum(ps) / len(ps), sum(qs) / len(qs)
    p_off, q_off = [p - p_middle for p in ps], [q - q_middle for q in qs]
    z = sum(p.conjugate() * q for p, q in zip(p_off, q_off, strict=True)) / max(sum(abs(p) ** 2 for p in p_off), 1e-30)
    if max(map(abs, p_off)) < LEAST_SPREAD or max(map(abs, q_off)) < LEAST_SPREAD or abs(z) < 1e-6:
        raise RuleBroken("points", "points_at_one_place", count=len(picture))
    moved = q_middle - z * p_middle
    similarity = Similarity(abs(z), math.degrees(math.atan2(z.imag, z.real)), moved.real, moved.imag)
    misses = tuple(abs(q - z * p) for p, q in zip(p_off, q_off, strict=True))
    return PointFit(similarity, math.sqrt(sum(miss**2 for miss in misses) / len(misses)), misses)


class AlignmentMethod(StrEnum):
    """How an alignment came about; ``REFINED`` started from points by hand.

    ``REFERENCE`` is that of the photograph a frame begins with: others are laid on it, nobody clicked in it.
    """

    REFERENCE = "reference"
    POINTS = "points"
    REFINED = "refined"
    AUTOMATIC = "automatic"

    @property
    def firm(self) -> bool:
        """Whether an automatic alignment leaves it: somebody's hand is in it, or others lie on it."""
        return self is not AlignmentMethod.AUTOMATIC


@dataclass(frozen=True, slots=True)
class PointPair:
    """A point of the picture and the place of the frame it belongs to, both in picture units."""

    picture: Point
    frame: Point


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one photograph lies in its frame, and how that is known.

    ``rms`` is in frame units: how far the points lie from it, or the places of what was found in the pixels.
    ``sureness`` (0 to 1) is only of the latter. ``head_turned`` as in ``Registered``, against what it was aligned on.
    """

    similarity: Similarity
    method: AlignmentMethod
    rms: float | None = None
    sureness: float | None = None
    points: tuple[PointPair, ...] = ()
    head_turned: bool | None = None

    def __post_init__(self) -> None:
        if self.sureness is not None and not 0 <= self.sureness <= 1:
            raise ValueError("sureness lies between 0 and 1")

    def nudged(self, by: Similarity) -> Alignment:
        """Moved, turned or enlarged by hand in the frame; the points no longer say how well it fits."""
        moved = self.similarity.then(by)
        return Alignment(moved, AlignmentMethod.POINTS, points=self.points, head_turned=self.head_turned)


def alignment_of_points(points: Sequence[PointPair]) -> Alignment:
    """The alignment by points; raises what ``fit_similarity`` raises."""
    fit = fit_similarity([pair.picture for pair in points], [pair.frame for pair in points])
    return Alignment(fit.similarity, AlignmentMethod.POINTS, rms=fit.rms, points=tuple(points))


def may_replace(present: Alignment | None, proposed: AlignmentMethod) -> bool:
    """Whether an alignment made this way may replace the present one: automatic never replaces a firm one."""
    return present is None or proposed.firm or not present.method.firm


def found_within_limits(similarity: Similarity) -> bool:
    """Whether a found alignment is one that two photographs of a view can need (ux.md 2.4)."""
    return LEAST_SCALE <= similarity.scale <= MOST_SCALE and abs(_half_turn(similarity.rotation)) <= MOST_TURN


class NotAligned(StrEnum):
    """Why the pixels gave no alignment; the points are started instead."""

    BY_POINTS_ONLY = "by_points_only"
    EYES_NOT_FOUND = "eyes_not_found"
    PAGE_NOT_FOUND = "page_not_found"
    TOO_LITTLE_IN_COMMON = "too_little_in_common"
    OUT_OF_LIMITS = "out_of_limits"
    NOT_SURE = "not_sure"
    MOVED_TOO_FAR = "moved_too_far"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Registered:
    """What the pixels of two pictures answered: the first onto the second, in picture units, and how sure it is.

    ``head_turned`` is True where the head is surely turned differently, None where nothing can be said. ``rms`` is how
    far the places that were compared lie from the similarity, in picture units of the second; None of a page.
    """

    similarity: Similarity
    sureness: float
    head_turned: bool | None = None
    rms: float | None = None


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The pixels of two pictures gave no sure answer."""

    reason: NotAligned


class Landmark(StrEnum):
    """A structure to click at. Right and left are the patient's."""

    INNER_CORNER_RIGHT = "inner_corner_right"
    INNER_CORNER_LEFT = "inner_corner_left"
    OUTER_CORNER_RIGHT = "outer_corner_right"
    OUTER_CORNER_LEFT = "outer_corner_left"
    OUTER_CORNER_UNAFFECTED = "outer_corner_unaffected"
    NASAL_BASE = "nasal_base"
    NASAL_TIP = "nasal_tip"
    NASAL_BRIDGE = "nasal_bridge"
    EAR_TRAGUS = "ear_tragus"
    ACROMION_RIGHT = "acromion_right"
    ACROMION_LEFT = "acromion_left"
    SHOULDER_LINE = "shoulder_line"
    SUPRASTERNAL_NOTCH = "suprasternal_notch"
    CHAIR_EDGE = "chair_edge"
    FLOOR_LINE = "floor_line"
    TABLE_EDGE = "table_edge"
    FOREARM_AXIS = "forearm_axis"
    PAGE_CORNERS = "page_corners"


class FoundBy(StrEnum):
    """What an automatic alignment looks for; ``NOTHING`` where only points will do."""

    EYES = "eyes"
    PAGE = "page"
    BACKGROUND = "background"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the photographs of some views are aligned on: never the affected part.

    ``landmarks`` in the order they are asked for, ``fallback`` where those are affected themselves, ``source`` says
    where the choice stands ([P]: our own, for want of a source).
    """

    views: tuple[str, ...]
    landmarks: tuple[Landmark, ...]
    found_by: FoundBy
    source: str
    fallback: tuple[Landmark, ...] = ()


_CORNERS = (Landmark.INNER_CORNER_RIGHT, Landmark.INNER_CORNER_LEFT)
_SHOULDERS = (Landmark.ACROMION_RIGHT, Landmark.ACROMION_LEFT)

ANCHORS: tuple[Anchor, ...] = (
    Anchor(
        ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10"),
        (*_CORNERS, Landmark.NASAL_BASE),
        FoundBy.EYES,
        "ux.md 2.4 face front; hemifacial spasm: fallback",
        (Landmark.OUTER_CORNER_UNAFFECTED, Landmark.NASAL_TIP),
    ),
    Anchor(("F11", "F12"), (Landmark.NASAL_BRIDGE, Landmark.EAR_TRAGUS), FoundBy.NOTHING, "[P]"),
    Anchor(("F13", "F14"), (Landmark.NASAL_BRIDGE, Landmark.EAR_TRAGUS), FoundBy.NOTHING, "[P]"),
    Anchor(
        ("E01", "E02", "E03"),
        (*_CORNERS, Landmark.NASAL_BRIDGE),
        FoundBy.EYES,
        "ux.md 2.4 face front; clinical.md 8.3 inter-canthal line",
        (Landmark.OUTER_CORNER_UNAFFECTED, Landmark.NASAL_BRIDGE),
    ),
    Anchor(("E04R",), (Landmark.INNER_CORNER_RIGHT, Landmark.OUTER_CORNER_RIGHT), FoundBy.NOTHING, "[P]"),
    Anchor(("E04L",), (Landmark.INNER_CORNER_LEFT, Landmark.OUTER_CORNER_LEFT), FoundBy.NOTHING, "[P]"),
    Anchor(
        ("N01", "N01O", "N02", "N03", "N07", "N08"),
        (*_SHOULDERS, Landmark.SUPRASTERNAL_NOTCH),
        FoundBy.NOTHING,
        "ux.md 2.4 neck: never the eyes",
    ),
    Anchor(
        ("N04", "N05"), (Landmark.SHOULDER_LINE, Landmark.SUPRASTERNAL_NOTCH), FoundBy.NOTHING, "ux.md 2.4 neck, side"
    ),
    Anchor(("N06",), _SHOULDERS, FoundBy.NOTHING, "ux.md 2.4 neck, back"),
    Anchor(
        ("S01", "S02"),
        (Landmark.CHAIR_EDGE, Landmark.FLOOR_LINE),
        FoundBy.BACKGROUND,
        "ux.md 2.4 shoulder, trunk: the shoulders are the sign",
    ),
    Anchor(
        ("H01", "H02", "H03", "H04", "H05", "H06", "H08"),
        (Landmark.TABLE_EDGE, Landmark.FOREARM_AXIS),
        FoundBy.BACKGROUND,
        "ux.md 2.4 hand, writing",
    ),
    Anchor(("H07",), (Landmark.PAGE_CORNERS,), FoundBy.PAGE, "ux.md 2.4 handwriting: four corners"),
    Anchor(
        ("B01", "B02", "B03", "B04", "B05", "B06"),
        (Landmark.FLOOR_LINE, Landmark.CHAIR_EDGE),
        FoundBy.BACKGROUND,
        "ux.md 2.4 trunk: floor line",
    ),
)

UNKNOWN_ANCHOR = Anchor((), (), FoundBy.NOTHING, "[P] a view of no catalogue: any two points")


def anchor_of(view: str | None) -> Anchor:
    """What photographs of a view are aligned on; of a view that is not known, any points and nothing found."""
    return next((anchor for anchor in ANCHORS if view in anchor.views), UNKNOWN_ANCHOR)


@dataclass(frozen=True, slots=True)
class FacePoints:
    """Inner corners of the patient's right and left eye and the base of the nose, in any units of one picture."""

    corner_right: Point
    corner_left: Point
    nasal_base: Point

    @property
    def nose_across(self) -> float:
        """How far the base of the nose lies to the side of the middle of both corners, per distance of the corners."""
        return self._against_corners().real

    @property
    def nose_down(self) -> float:
        """How far the base of the nose lies below the line of the corners, per distance of the corners."""
        return self._against_corners().imag

    def _against_corners(self) -> complex:
        right, left, nose = complex(*self.corner_right), complex(*self.corner_left), complex(*self.nasal_base)
        if abs(left - right) == 0:
            raise RuleBroken("points", "points_at_one_place", count=3)
        return (nose - (right + left) / 2) / (left - right)


def head_turn_differs(picture: FacePoints, frame: FacePoints) -> bool:
    """Whether the head is turned or bent differently, by the nose against the inner corners of the eyes (ux.md 2.4).

    The nose lies before the plane of the eyes: a turn moves it to the side, a bend shortens its distance, by more than
    ``MOST_POSE_CHANGE``. Raises RuleBroken(points_at_one_place) where both corners fall together.
    """
    across = abs(picture.nose_across - frame.nose_across)
    longer = max(abs(picture.nose_down), abs(frame.nose_down), 1e-9)
    down = abs(picture.nose_down - frame.nose_down) / longer
    return across > MOST_POSE_CHANGE or down > MOST_POSE_CHANGE


def _half_turn(degrees: float) -> float:
    """The same angle between -180 (not in it) and 180."""
    turned = math.remainder(degrees, 360.0)
    return 180.0 if turned == -180.0 else turned
