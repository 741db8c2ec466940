"""Where a face is in a grey picture, and which part of it the illness does not move.

OpenCV's own cascades find faces that look at the camera, lids open or shut; they say nothing about who it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from clinic_app.domain.alignment import Similarity
from clinic_app.imaging.patches import drawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_LOOKS = ((140, 1.05), (280, 1.1))
"""Longer side in pixels of the pictures faces are looked for in, and how finely sizes are stepped through."""

EYE_CORNERS_APART = 0.22
"""Distance of the inner corners of the eyes, in widths of the face."""

_TURNS = (0.0, -13.0, 13.0)
_CASCADE = "haarcascade_frontalface_alt2.xml"
_EYE_CASCADE = "haarcascade_eye.xml"
_ALONE = Lock()


@dataclass(frozen=True, slots=True)
class Face:
    """A face that looks at the camera: its middle and width in pixels, and about how it is turned (degrees)."""

    x: float
    y: float
    width: float
    turn: float

    @property
    def way(self) -> Similarity:
        """From face units (origin in its middle, its width 1) to pixels."""
        return Similarity(self.width, self.turn, self.x, self.y)


def find_faces(grey: Grey) -> list[Face]:
    """Up to three places where a face may be, the surest first; tilted up to about 25 degrees."""

    height, width = grey.shape
    found: list[tuple[int, Face]] = []
    for side, finer in _LOOKS:
        shrink = Similarity(side / max(width, height))
        size = round(width * shrink.scale), round(height * shrink.scale)
        smallest = round(side * 0.16)
        for turn in _TURNS:
            way = Similarity.about((width / 2, height / 2), rotation=-turn).then(shrink)
            small = drawn(grey, way, size)[0]
            boxes, counts = _boxes(_CASCADE, small, finer, smallest)
            for (x, y, across, down), count in zip(boxes, counts, strict=True):
                at = way.inverse().apply((float(x + across / 2), float(y + down / 2)))
                found.append((int(count), Face(at[0], at[1], float(across) / shrink.scale, turn)))
    faces: list[Face] = []
    for _, face in sorted(found, key=lambda item: -item[0]):
        if all(math.dist((face.x, face.y), (one.x, one.y)) > 0.25 * one.width for one in faces):
            faces.append(face)
    return faces[:3]


def find_eyes(grey: Grey) -> list[tuple[float, float, float]]:
    """Where open eyes may be: middle and width of a box around each, in pixels, eight at most."""
    height, width = grey.shape
    found: list[tuple[int, tuple[float, float, float]]] = []
    for side in (320, 560):
        shrink = Similarity(side / max(width, height))
        small, _ = drawn(grey, shrink, (max(round(width * shrink.scale), 1), max(round(height * shrink.scale), 1)))
        boxes, counts = _boxes(_EYE_CASCADE, small, 1.1, 18)
        for (x, y, across, down), count in zip(boxes, counts, strict=True):
            at = float(x + across / 2) / shrink.scale, float(y + down / 2) / shrink.scale
            found.append((int(count), (*at, float(across) / shrink.scale)))
    eyes: list[tuple[float, float, float]] = []
    for _, eye in sorted(found, key=lambda item: -item[0]):
        if all(math.dist(eye[:2], other[:2]) > 0.4 * other[2] for other in eyes):
            eyes.append(eye)
    return eyes[:8]


def face_of_corners(right: tuple[float, float], left: tuple[float, float]) -> Face:
    """The face to the inner corners of the patient's right and left eye."""
    across = complex(left[0] - right[0], left[1] - right[1])
    middle = complex(*right) + across / 2 + across * 0.1j / EYE_CORNERS_APART
    turn = math.degrees(math.atan2(across.imag, across.real))
    return Face(middle.real, middle.imag, max(abs(across), 1.0) / EYE_CORNERS_APART, turn)


def _boxes(cascade: str, grey: Grey, finer: float, smallest: int) -> Any:
    """What a cascade finds, and how often; one thread at a time, because it keeps what it works on."""
    with _ALONE:
        return _cascade(cascade).detectMultiScale2(grey, finer, 3, minSize=(smallest, smallest))


@cache
def _cascade(name: str) -> Any:
    from cv2.data import haarcascades

    from clinic_app.imaging.opencv import cv2

    return cv2.CascadeClassifier(f"{haarcascades}{name}")


def whole_face(shape: tuple[int, int], face: Face) -> Grey:
    """A mask (255) of a face with its hair and chin."""
    import numpy as np

    mask = np.zeros(shape, np.uint8)
    _oval(mask, face, (0.0, 0.0), (0.7, 0.85), 255)
    return mask


def steady_part(shape: tuple[int, int], face: Face) -> Grey:
    """A mask (255) of the part of a face to align on: forehead, temples, nose, cheeks.

    Lids, brows, mouth and chin are what the illness moves.
    """
    import numpy as np

    mask = np.zeros(shape, np.uint8)
    _oval(mask, face, (0.0, -0.02), (0.56, 0.66), 255)
    _oval(mask, face, (0.0, 0.42), (0.34, 0.22), 0)
    for side in (-1, 1):
        _oval(mask, face, (side * 0.21, -0.15), (0.17, 0.15), 0)
    return mask


def _oval(mask: Grey, face: Face, middle: tuple[float, float], axes: tuple[float, float], value: int) -> None:
    """Fill an oval given in widths of the face from its middle."""
    from clinic_app.imaging.opencv import cv2

    x, y = face.way.apply(middle)
    across, down = (max(round(axis * face.width), 1) for axis in axes)
    cv2.ellipse(mask, (round(x), round(y)), (across, down), face.turn, 0, 360, value, -1)


def nose_part(places: NDArray[np.float64], face: Face) -> NDArray[np.bool_]:
    """Which places (pixels, n x 2) lie on the nose."""
    import numpy as np

    matrix = np.array(face.way.inverse().matrix)
    x, y = (places @ matrix[:, :2].T + matrix[:, 2]).T
    return cast("NDArray[np.bool_]", (np.abs(x) < 0.13) & (y > -0.02) & (y < 0.22))
