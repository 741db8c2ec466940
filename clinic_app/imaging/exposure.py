"""The light of one photograph measured against another that it is aligned with, and shown through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.exposure import LEAST_GAIN, MOST_GAIN, MOST_OFFSET, NO_MATCH, ExposureMatch
from clinic_app.domain.picture_files import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Colours = NDArray[np.uint8]

_SIDE = 256
_LEAST_SHARE = 0.1
"""Share of the frame that both have to show, unclipped, before anything is said of the light."""


def match_exposure(picture: Pixels, frame: Pixels, similarity: Similarity) -> ExposureMatch:
    """What makes ``picture`` look lit as ``frame``, by what both show alike: what changed between them drops out.

    ``similarity`` takes the picture onto the frame (picture units). ``NO_MATCH`` where too little is in common or the
    light differs too much to be told from the finding.
    """
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    shrink = _SIDE / max(frame.width, frame.height)
    size = max(round(frame.width * shrink), 1), max(round(frame.height * shrink), 1)
    theirs = cv2.resize(_colours_of(frame), size, interpolation=cv2.INTER_AREA)
    small = _SIDE / max(picture.width, picture.height)
    ours = cv2.resize(
        _colours_of(picture),
        (max(round(picture.width * small), 1), max(round(picture.height * small), 1)),
        interpolation=cv2.INTER_AREA,
    )
    way = similarity.in_pixels(_SIDE, _SIDE)
    middles = Similarity(dx=0.5, dy=0.5).then(way).then(Similarity(dx=-0.5, dy=-0.5))
    moved = cv2.warpAffine(ours, np.array(middles.matrix), size, flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0))
    both = (moved[..., :3].min(axis=2) > 4) & (moved[..., :3].max(axis=2) < 250)
    both &= (theirs[..., :3].min(axis=2) > 4) & (theirs[..., :3].max(axis=2) < 250)
    if both.mean() < _LEAST_SHARE:
        return NO_MATCH
    gains, offsets = [], []
    for channel in range(3):
        line = _steady_line(moved[..., channel][both], theirs[..., channel][both])
        if line is None:
            return NO_MATCH
        gains.append(line[0])
        offsets.append(line[1])
    return ExposureMatch((gains[0], gains[1], gains[2]), (offsets[0], offsets[1], offsets[2]))


def _steady_line(ours: Colours, theirs: Colours) -> tuple[float, float] | None:
    """Gain and offset that most pixels agree on; None where they are beyond what a match may do."""
    import numpy as np

    x, y = ours.astype(np.float64), theirs.astype(np.float64)
    gain, offset = float(np.median(y) / max(np.median(x), 1.0)), 0.0
    for _ in range(12):
        off = np.abs(y - gain * x - offset)
        weights = 1 / np.maximum(off, max(1.4826 * float(np.median(off)), 2.0)) ** 2
        x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
        variance = np.average((x - x_mean) ** 2, weights=weights)
        if variance < 9:
            gain, offset = float(y_mean / max(x_mean, 1.0)), 0.0
            break
        gain = float(np.average((x - x_mean) * (y - y_mean), weights=weights) / variance)
        offset = float(y_mean - gain * x_mean)
    return (gain, offset) if LEAST_GAIN <= gain <= MOST_GAIN and abs(offset) <= MOST_OFFSET else None


def exposed(pixels: Pixels, match: ExposureMatch) -> Pixels:
    """The same pixels seen through a match; the same value where it is plain."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    if match.plain:
        return pixels
    curves = np.zeros((1, 256, 4), np.uint8)
    for channel in range(3):
        curves[0, :, channel] = match.curve(channel)
    curves[0, :, 3] = np.arange(256)
    array = cast("Colours", cv2.LUT(_colours_of(pixels), curves))
    return Pixels(pixels.width, pixels.height, pixels.width * 4, array.reshape(-1).data)


def _colours_of(pixels: Pixels) -> Colours:
    import numpy as np

    flat = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.bytes_per_line)
    return np.ascontiguousarray(flat[:, : pixels.width * 4]).reshape(pixels.height, pixels.width, 4)
