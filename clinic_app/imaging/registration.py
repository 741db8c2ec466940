"""Two photographs of one view laid on each other by their pixels: refined from points, or found by itself.

Only derivatives we wrote ourselves come here. Heavy libraries are imported by the first call, in a worker. Nothing is
claimed that is not sure: the answer is a similarity with its sureness, or the reason why there is none. Answers take
the first picture onto the second, in picture units; follow them with the second one's own alignment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from clinic_app.domain.alignment import (
    MOST_POSE_CHANGE,
    Anchor,
    FoundBy,
    Landmark,
    NotAligned,
    Point,
    Registered,
    Similarity,
    Unregistered,
    found_within_limits,
    picture_pixels,
)
from clinic_app.domain.errors import Cancelled
from clinic_app.domain.picture_files import Pixels
from clinic_app.imaging.faces import (
    EYE_CORNERS_APART,
    Face,
    face_of_corners,
    find_faces,
    nose_part,
    steady_part,
    whole_face,
)
from clinic_app.imaging.pages import find_page, page_on_page
from clinic_app.imaging.patches import SMALLEST_SIDE, Agreement, agree, drawn, similarity_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

SURE = 0.58
"""Sureness from which an alignment is claimed that nobody pointed at."""

SURE_WITH_POINTS = 0.45
"""Sureness from which points are refined: that the photographs belong together is known."""

MOST_MOVE = 0.12
"""How far refining may move the points, in shares of their own reach: more, and one of both is wrong."""

GoOn = Callable[[], bool]
"""Answers whether the search goes on."""

_EYE_CORNERS = (Landmark.INNER_CORNER_RIGHT, Landmark.INNER_CORNER_LEFT)
_SHOULDERS = ((Landmark.ACROMION_RIGHT,), (Landmark.SHOULDER_LINE,))

_CERTAIN = 0.85
_FACE_SIDE = 260.0
_LOOK_SIDE = 640.0
"""Pixels of the width of a face, and of the longer side of a whole picture, in which features are looked for."""

_LIKENESS_SIDE = 130.0
_LIKENESS_PART = 0.9
_LIKENESS_SCALES = (0.62, 0.72, 0.84, 0.98, 1.14, 1.33, 1.55)
_LIKENESS_TURNS = (0.0, -8.0, 8.0, -16.0, 16.0, -24.0, 24.0)


def refine(
    picture: Pixels, frame: Pixels, rough: Similarity, points: Sequence[Point], anchor: Anchor
) -> Registered | Unregistered:
    """Make an alignment by points exact to less than a pixel, by what is seen around those points.

    ``points`` are the places in ``frame`` (picture units) that were pointed at, in the order of the anchor's landmarks:
    only their surroundings count, so never the affected part.
    """
    ours, theirs = grey_of(picture), grey_of(frame)
    places = [picture_pixels(point, frame.width, frame.height) for point in points]
    reach = _reach(places)
    if reach < SMALLEST_SIDE / 4:
        return Unregistered(NotAligned.TOO_SMALL)
    pixels = rough.in_pixels(max(picture.width, picture.height), max(frame.width, frame.height))
    zone = _around(places, reach, anchor, theirs.shape)
    agreement = agree(ours, theirs, pixels, zone, roughly=False)
    if anchor.found_by is FoundBy.EYES and (agreement is None or agreement.sureness < SURE_WITH_POINTS):
        agreement = agree(ours, theirs, pixels, zone)
    if agreement is None:
        return Unregistered(NotAligned.TOO_LITTLE_IN_COMMON)
    if agreement.sureness < SURE_WITH_POINTS:
        return Unregistered(NotAligned.NOT_SURE)
    there = pixels.inverse()
    moves = [math.dist(place, agreement.similarity.apply(there.apply(place))) for place in places]
    if sum(moves) / len(moves) > MOST_MOVE * reach:
        return Unregistered(NotAligned.MOVED_TOO_FAR)
    return _registered(_Answer(agreement.similarity, agreement.sureness, agreement.rms), picture, frame)


def automatic(
    picture: Pixels, frame: Pixels, found_by: FoundBy, go_on: GoOn = lambda: True
) -> Registered | Unregistered:
    """Lay one photograph on another with nobody's help, by what the anchor of their view says can be found.

    Raises ``Cancelled`` soon after ``go_on`` answers no.
    """
    match found_by:
        case FoundBy.NOTHING:
            return Unregistered(NotAligned.BY_POINTS_ONLY)
        case FoundBy.EYES:
            answer = _by_face(grey_of(picture), grey_of(frame), go_on)
        case FoundBy.BACKGROUND:
            answer = _by_background(grey_of(picture), grey_of(frame))
        case FoundBy.PAGE:
            answer = _by_page(grey_of(picture), grey_of(frame))
    if isinstance(answer, NotAligned):
        return Unregistered(answer)
    if answer.sureness < SURE:
        return Unregistered(NotAligned.NOT_SURE)
    registered = _registered(answer, picture, frame)
    return registered if found_within_limits(registered.similarity) else Unregistered(NotAligned.OUT_OF_LIMITS)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A similarity between pixels, how sure, how far places lie from it (pixels), and whether the head is turned."""

    similarity: Similarity
    sureness: float
    rms: float | None = None
    head_turned: bool | None = None


def _registered(answer: _Answer, picture: Pixels, frame: Pixels) -> Registered:
    side = max(frame.width, frame.height)
    units = answer.similarity.in_units(max(picture.width, picture.height), side)
    rms = None if answer.rms is None else answer.rms / side
    return Registered(units, min(1.0, answer.sureness), answer.head_turned, rms)


def grey_of(pixels: Pixels) -> Grey:
    """The brightness of a picture."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    flat = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.bytes_per_line)
    colours = flat[:, : pixels.width * 4].reshape(pixels.height, pixels.width, 4)
    return cast("Grey", cv2.cvtColor(colours, cv2.COLOR_BGRA2GRAY))


def _reach(places: Sequence[Point]) -> float:
    """How far the farthest place lies from the middle of all; 0 of no places."""
    if not places:
        return 0.0
    middle = sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)
    return max(math.dist(middle, place) for place in places)


def _around(places: Sequence[Point], reach: float, anchor: Anchor, shape: tuple[int, int]) -> Grey:
    """A mask (255) of what may be compared: the steady part of a face, else discs around the places.

    Of shoulders only what lies below their line: the neck above it is the affected part.
    """
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    if anchor.landmarks[:2] == _EYE_CORNERS and len(places) >= 2:
        return steady_part(shape, face_of_corners(places[0], places[1]))
    mask = np.zeros(shape, np.uint8)
    for x, y in places:
        cv2.circle(mask, (round(x), round(y)), round(reach * 0.75), 255, -1)
    if anchor.landmarks[:1] in _SHOULDERS and len(places) >= 2:
        (x, y), (far_x, far_y) = sorted(places[:2])
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        mask[(far_x - x) * (rows - y) - (far_y - y) * (columns - x) < 0] = 0
    return mask


def _by_face(picture: Grey, frame: Grey, go_on: GoOn) -> _Answer | NotAligned:
    """By the steady part of a face found in the second picture, or in the first where there is none."""
    faces = find_faces(frame)
    swapped = not faces
    if swapped:
        picture, frame = frame, picture
        faces = find_faces(frame)
    if not faces:
        return NotAligned.EYES_NOT_FOUND
    features = _features(picture, min(1.0, _LOOK_SIDE / max(picture.shape)))
    best: tuple[Agreement, Face] | None = None
    for face in faces:
        roughs = _face_roughs(picture, features, frame, face)
        agreement = _surest(picture, frame, steady_part(frame.shape, face), roughs, go_on)
        if agreement is not None and (best is None or agreement.sureness > best[0].sureness):
            best = agreement, face
        if best is not None and best[0].sureness >= _CERTAIN:
            break
    if best is None:
        return NotAligned.TOO_LITTLE_IN_COMMON
    agreement, face = best
    similarity = agreement.similarity.inverse() if swapped else agreement.similarity
    rms = agreement.rms * similarity.scale if swapped else agreement.rms
    return _Answer(similarity, agreement.sureness, rms, _head_turned(agreement, face))


def _face_roughs(picture: Grey, features: _Features | None, frame: Grey, face: Face) -> Iterable[Similarity]:
    """Where the picture may lie: by features, then where the whole face looks most alike."""
    around = _features(frame, _FACE_SIDE / face.width, whole_face(frame.shape, face))
    found = _by_features(features, around, face.width * 0.025)
    if found is not None:
        yield found
    yield from _by_likeness(picture, frame, face)


def _by_likeness(picture: Grey, frame: Grey, face: Face) -> list[Similarity]:
    """The two places, sizes and turns at which a small picture of the face is most alike."""
    from clinic_app.imaging.opencv import cv2

    shrink = Similarity(_LIKENESS_SIDE / max(picture.shape))
    edge = _LIKENESS_SIDE / 4
    wide, high = (round(side * shrink.scale + 2 * edge) for side in (picture.shape[1], picture.shape[0]))
    middle = picture.shape[1] / 2, picture.shape[0] / 2
    found: list[tuple[float, Similarity]] = []
    for scale in _LIKENESS_SCALES:
        side = round(_LIKENESS_PART * face.width * scale * shrink.scale)
        if not 16 <= side <= min(wide, high):
            continue
        small = Similarity(side / (_LIKENESS_PART * face.width))
        half = _LIKENESS_PART * face.width / 2
        corner = Similarity(dx=half - face.x, dy=half - face.y).then(small)
        template = drawn(frame, corner, (side, side))[0]
        for turn in _LIKENESS_TURNS:
            way = Similarity.about(middle, rotation=turn).then(shrink).then(Similarity(dx=edge, dy=edge))
            alike = cv2.matchTemplate(drawn(picture, way, (wide, high))[0], template, cv2.TM_CCOEFF_NORMED)
            _, best, _, (x, y) = cv2.minMaxLoc(alike)
            found.append((best, way.then(Similarity(dx=-x, dy=-y)).then(corner.inverse())))
    found.sort(key=lambda item: -item[0])
    return [similarity for _, similarity in found[:2]]


def _head_turned(agreement: Agreement, face: Face) -> bool | None:
    """Whether the nose went aside against the rest of the face; None where too little of it was found."""
    import numpy as np

    nose = nose_part(agreement.places, face)
    if nose.sum() < 4 or (~nose).sum() < 8:
        return None
    aside = np.median(agreement.misses[nose], axis=0) - np.median(agreement.misses[~nose], axis=0)
    return bool(np.hypot(*aside) > MOST_POSE_CHANGE * EYE_CORNERS_APART * face.width)


def _by_background(picture: Grey, frame: Grey) -> _Answer | NotAligned:
    """By what stands around the patient: the middle of both pictures, where the patient is, does not count."""

    close = max(frame.shape) * 0.006
    found = _by_features(_around_patient(picture), _around_patient(frame), close)
    if found is None:
        return NotAligned.TOO_LITTLE_IN_COMMON
    agreement = agree(picture, frame, found, _without_middle(frame.shape), roughly=False)
    if agreement is None:
        return NotAligned.TOO_LITTLE_IN_COMMON
    return _Answer(agreement.similarity, 0.0 if agreement.bent else agreement.sureness, agreement.rms)


def _around_patient(grey: Grey) -> _Features | None:
    return _features(grey, min(1.0, _LOOK_SIDE / max(grey.shape)), _without_middle(grey.shape))


def _without_middle(shape: tuple[int, int]) -> Grey:
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    mask = np.full(shape, 255, np.uint8)
    height, width = shape
    cv2.ellipse(mask, (width // 2, round(height * 0.55)), (round(width * 0.3), round(height * 0.5)), 0, 0, 360, 0, -1)
    return cast("Grey", mask)


def _by_page(picture: Grey, frame: Grey) -> _Answer | NotAligned:
    """By the four corners of the page."""
    page, other = find_page(picture), find_page(frame)
    if page is None or other is None:
        return NotAligned.PAGE_NOT_FOUND
    similarity, sureness = page_on_page(page, other)
    return _Answer(similarity, sureness)


def _surest(picture: Grey, frame: Grey, zone: Grey, roughs: Iterable[Similarity], go_on: GoOn) -> Agreement | None:
    best: Agreement | None = None
    for rough in roughs:
        if not go_on():
            raise Cancelled
        agreement = agree(picture, frame, rough, zone)
        if agreement is not None and (best is None or agreement.sureness > best.sureness):
            best = agreement
        if best is not None and best.sureness >= SURE:
            break
    return best


@dataclass(frozen=True, slots=True)
class _Features:
    """Places (pixels of the picture) and descriptors of what is remarkable in a picture."""

    places: NDArray[np.float64]
    descriptors: NDArray[np.float32]


def _features(grey: Grey, scale: float, zone: Grey | None = None) -> _Features | None:
    """What is remarkable in a picture made smaller or larger by ``scale``; None where there is next to nothing."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    way = Similarity(scale)
    size = max(round(grey.shape[1] * scale), 1), max(round(grey.shape[0] * scale), 1)
    mask = None if zone is None else drawn(zone, way, size)[0]
    finder = cv2.SIFT.create(nfeatures=1000, contrastThreshold=0.02)
    points, descriptors = finder.detectAndCompute(drawn(grey, way, size)[0], mask)
    if len(points) < 4:
        return None
    return _Features((np.array([point.pt for point in points]) + 0.5) / scale, descriptors.astype(np.float32))


def _by_features(picture: _Features | None, frame: _Features | None, close: float) -> Similarity | None:
    """The similarity that most matching features agree on within ``close`` pixels of the frame."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    if picture is None or frame is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(picture.descriptors, frame.descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.85 * pair[1].distance]
    if len(good) < 5:
        return None
    matrix, inside = cv2.estimateAffinePartial2D(
        picture.places[[match.queryIdx for match in good]],
        frame.places[[match.trainIdx for match in good]],
        method=cv2.RANSAC,
        ransacReprojThreshold=close,
        maxIters=3000,
        confidence=0.999,
    )
    if np.count_nonzero(inside) < 5:
        return None
    return similarity_of(np.asarray(matrix))
