"""Two grey pictures laid on each other by small patches: each patch says where it lies, and how many agree.

Every patch is compared by itself and without regard to its brightness and contrast, so light may change and parts may
change altogether (lids, mouth): those patches agree with nothing and drop out. How many of the others agree is the
sureness. Places are pixels counted from the top left edge: the middle of the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from clinic_app.domain.alignment import Similarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Places = NDArray[np.float64]
    Mask = NDArray[np.bool_]

WORK_SIDE = 480
"""Longer side of the compared part of the frame, in pixels, after scaling: at most twice its own size."""

SMALLEST_SIDE = 70
"""Longer side of a part of the frame, in its own pixels, that is too small to be compared."""

ALIKE = 0.75
"""Correlation from which a patch counts as found."""

_BARELY_ALIKE = 0.6
"""Correlation from which a patch may say where it lies."""

_HALF = 14
_TEXTURE = 4.0
"""Standard deviation in grey levels below which a patch is bare skin or wall."""

_CORNER = 0.03
"""Smaller over larger eigenvalue of the gradients below which a patch is a bare edge that could slide."""

_FEWEST = 8
_CLOSE = 1.3
"""Pixels of the compared part within which a patch agrees with all the others."""

_BENT_CLOSE = 1.8
_MOST_BENT = 7.0
_BENT_FEWEST = 80
_BENT_TRUST = 0.85
"""Where a face is seen a little from the side or moves its muscles, places lie on a smooth field: within so many pixels
of it, the field nowhere farther than so many from a similarity, and only where so many patches say so. It is trusted
less than a similarity."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """How much smaller both pictures are; how far a patch is looked for, how far apart patches are, how closely they
    have to agree: in pixels of that size."""

    smaller: int
    reach: int
    apart: int
    close: float


_COARSE = (_Pass(4, 9, 9, 2.0), _Pass(2, 6, 12, 2.5), _Pass(1, 7, 18, 5.0))
_FINE = _Pass(1, 3, 18, _CLOSE)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The similarity the patches agree on, in pixels of the pictures, and how sure that is (0 to 1).

    ``share`` (0 to 1) of the patches with a texture do agree, ``agreeing`` counts them. ``bent`` says that they agree
    on a smooth field near the similarity, not on the similarity itself. ``places`` (pixels of the frame) are where
    patches were found, ``misses`` how far each lies from the similarity (pixels of the frame). ``rms`` is that of the
    agreeing ones.
    """

    similarity: Similarity
    sureness: float
    share: float
    agreeing: int
    bent: bool
    places: Places
    misses: Places
    rms: float


@dataclass(frozen=True, slots=True)
class _Found:
    """Patches of one pass: middles in the frame, where each lies in the picture, how alike (-1 to 1)."""

    places: Places
    seen: Places
    scores: Places

    def off(self, correction: Similarity) -> Places:
        """How far each lies from where a similarity puts it."""
        import numpy as np

        matrix = np.array(correction.matrix)
        return cast("Places", self.seen @ matrix[:, :2].T + matrix[:, 2] - self.places)


def agree(picture: Grey, frame: Grey, rough: Similarity, zone: Grey, *, roughly: bool = True) -> Agreement | None:
    """Lay ``picture`` on ``frame`` from a rough similarity, by the part of the frame where ``zone`` is not 0.

    ``roughly`` says that the similarity may be wrong by a tenth of that part, else by a fortieth. None where the part
    is too small, or too few patches have a texture or agree.
    """
    import numpy as np

    rows, columns = np.nonzero(zone.any(axis=1))[0], np.nonzero(zone.any(axis=0))[0]
    if len(rows) == 0:
        return None
    left, top = float(columns[0]), float(rows[0])
    width, height = float(columns[-1]) - left + 1, float(rows[-1]) - top + 1
    if max(width, height) < SMALLEST_SIDE:
        return None
    enlarged = min(2.0, WORK_SIDE / max(width, height))
    passes = (*(_COARSE if roughly else _COARSE[1:]), _FINE)
    edge = passes[0].smaller * (_HALF + passes[0].reach) / enlarged
    left, top, width, height = left - edge, top - edge, width + 2 * edge, height + 2 * edge
    to_work = Similarity(enlarged, 0.0, -left * enlarged, -top * enlarged)
    size = width * enlarged, height * enlarged
    found = rough.then(to_work)
    bent: Agreement | None = None
    for turn in passes:
        patches = _look(picture, frame, zone, found, to_work, size, turn)
        correction = None if patches is None else _most_agree(patches, turn.close)
        if patches is None or correction is None:
            return bent
        if turn is _COARSE[-1]:
            bent = _bent_answer(patches, correction, found, to_work, size)
        shrink = Similarity(1 / turn.smaller)
        found = found.then(shrink).then(correction).then(shrink.inverse())
        if turn is _FINE:
            rigid = _rigid_answer(patches, correction, found, to_work, size)
            return bent if bent is not None and bent.sureness > rigid.sureness else rigid
    return bent


def drawn(grey: Grey, way: Similarity, size: tuple[int, int]) -> tuple[Grey, Grey]:
    """A picture seen through a similarity at a size (width, height), and where there was a picture at all (255).

    Made smaller it is smoothed first; places are exact.
    """
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    while way.scale < 0.6 and min(grey.shape) >= 4:
        even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
        half = (even.shape[1] // 2, even.shape[0] // 2)
        grey = cast("Grey", cv2.resize(even, half, interpolation=cv2.INTER_AREA))
        way = Similarity(2.0).then(way)
    if way.scale < 0.95:
        grey = cast("Grey", cv2.GaussianBlur(grey, (0, 0), 0.45 / way.scale))
    middles = Similarity(dx=0.5, dy=0.5).then(way).then(Similarity(dx=-0.5, dy=-0.5))
    matrix = np.array(middles.matrix)
    seen = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpAffine(np.full(grey.shape, 255, np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    return cast("Grey", seen), cast("Grey", there)


def _look(
    picture: Grey,
    frame: Grey,
    zone: Grey,
    found: Similarity,
    to_work: Similarity,
    size: tuple[float, float],
    turn: _Pass,
) -> _Found | None:
    """The patches with a texture in the frame, each looked for in the picture; None where they are too few."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    shrink = Similarity(1 / turn.smaller)
    across = (max(round(size[0] / turn.smaller), 1), max(round(size[1] / turn.smaller), 1))
    margin = _HALF + turn.reach
    if min(across) <= 2 * margin:
        return None
    still, still_there = drawn(frame, to_work.then(shrink), across)
    moving, moving_there = drawn(picture, found.then(shrink), across)
    where, _ = drawn(zone, to_work.then(shrink), across)
    still, moving = (cast("Grey", cv2.GaussianBlur(one, (0, 0), 0.8)) for one in (still, moving))
    whole = np.ones((2 * _HALF + 1, 2 * _HALF + 1), np.uint8)
    there = cv2.erode(cv2.bitwise_and(still_there, moving_there), whole)
    usable = (where > 127) & (there > 0) & _textured(still)
    places, seen, scores = [], [], []
    for y in range(margin, across[1] - margin, turn.apart):
        for x in range(margin, across[0] - margin, turn.apart):
            if not usable[y, x]:
                continue
            patch = still[y - _HALF : y + _HALF + 1, x - _HALF : x + _HALF + 1]
            around = moving[y - margin : y + margin + 1, x - margin : x + margin + 1]
            alike = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, (column, row) = cv2.minMaxLoc(alike)
            dx = dy = 0.0
            if 0 < row < 2 * turn.reach and 0 < column < 2 * turn.reach:
                dx = _summit(*(float(alike[row, column + k]) for k in (-1, 0, 1)))
                dy = _summit(*(float(alike[row + k, column]) for k in (-1, 0, 1)))
            else:
                best = 0.0
            places.append((x + 0.5, y + 0.5))
            seen.append((x + 0.5 + column - turn.reach + dx, y + 0.5 + row - turn.reach + dy))
            scores.append(best)
    if len(places) < _FEWEST:
        return None
    return _Found(np.array(places), np.array(seen), np.array(scores))


def _textured(frame: Grey) -> Mask:
    """Where a patch has enough texture, and not only along one direction."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    side = (2 * _HALF + 1, 2 * _HALF + 1)
    real = frame.astype(np.float32)
    mean = cv2.boxFilter(real, -1, side)
    deviation = np.sqrt(np.maximum(cv2.boxFilter(real * real, -1, side) - mean * mean, 0))
    across, down = cv2.Sobel(real, cv2.CV_32F, 1, 0), cv2.Sobel(real, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.boxFilter(one, -1, side) for one in (across * across, down * down, across * down))
    half, root = (xx + yy) / 2, np.sqrt((xx - yy) ** 2 / 4 + xy * xy)
    return (deviation > _TEXTURE) & (half - root > _CORNER * (half + root))


def _summit(before: float, at: float, after: float) -> float:
    """Where the parabola through three neighbouring values has its top, from the middle one (-0.5 to 0.5)."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (before - after) / (2 * bend)))


def _most_agree(patches: _Found, close: float) -> Similarity | None:
    """The similarity that most of the patches found agree on; None where they are too few."""
    import numpy as np

    from clinic_app.imaging.opencv import cv2

    alike = patches.scores >= _BARELY_ALIKE
    if alike.sum() < _FEWEST:
        return None
    matrix, _ = cv2.estimateAffinePartial2D(
        patches.seen[alike], patches.places[alike], method=cv2.RANSAC, ransacReprojThreshold=close * 1.5, maxIters=500
    )
    correction = similarity_of(cast("Places | None", matrix))
    for _ in range(3):
        if correction is None:
            return None
        agreeing = alike & (np.linalg.norm(patches.off(correction), axis=1) <= close)
        if agreeing.sum() < _FEWEST:
            return None
        correction = least_squares(patches.seen[agreeing], patches.places[agreeing], patches.scores[agreeing])
    return correction


def similarity_of(matrix: NDArray[Any] | None) -> Similarity | None:
    """A 2x3 matrix of OpenCV as a similarity; None where there is none, or one that lets all fall together."""
    import numpy as np

    if matrix is None or not np.isfinite(matrix).all() or np.hypot(*matrix[0, :2]) < 0.05:
        return None
    (a, b, dx), (c, d, dy) = ((float(x), float(y), float(z)) for x, y, z in matrix)
    return Similarity.of_matrix(((a, b, dx), (c, d, dy)))


def least_squares(points: Places, onto: Places, weights: Places) -> Similarity | None:
    """The similarity that takes the points onto the others with the least weighted squared distance."""
    import numpy as np

    ps, qs = points @ (1, 1j), onto @ (1, 1j)
    p_middle, q_middle = np.average(ps, weights=weights), np.average(qs, weights=weights)
    ps, qs = ps - p_middle, qs - q_middle
    z = (weights * ps.conj() * qs).sum() / max((weights * np.abs(ps) ** 2).sum(), 1e-9)
    moved = q_middle - z * p_middle
    return similarity_of(np.array([[z.real, -z.imag, moved.real], [z.imag, z.real, moved.imag]]))


def _rigid_answer(
    patches: _Found, correction: Similarity, found: Similarity, to_work: Similarity, size: tuple[float, float]
) -> Agreement:
    import numpy as np

    off = patches.off(correction)
    alike = patches.scores >= ALIKE
    agreeing = alike & (np.linalg.norm(off, axis=1) <= _CLOSE)
    count = int(agreeing.sum())
    share = count / len(agreeing)
    miss = float(np.sqrt((off[agreeing] ** 2).sum(axis=1).mean())) if count else _CLOSE
    rich = min(1.0, count / 150)
    tight = min(1.0, max(0.0, (0.75 + 0.2 * rich - miss) / 0.4))
    sureness = share * tight * min(1.0, count / 24) * min(1.0, _spread(patches.places[agreeing], size) / 0.4)
    return _agreement(patches, off, alike, found, to_work, sureness, share, count, miss, bent=False)


def _bent_answer(
    patches: _Found, correction: Similarity, found: Similarity, to_work: Similarity, size: tuple[float, float]
) -> Agreement | None:
    """What the patches say of a smooth field; None where too few do, or it bends too far."""
    import numpy as np

    off = patches.off(correction)
    middle = patches.places.mean(axis=0)
    x, y = ((patches.places - middle) / max(size)).T
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    alike = patches.scores >= ALIKE
    agreeing = alike & (np.linalg.norm(off, axis=1) <= _MOST_BENT)
    for _ in range(5):
        if agreeing.sum() < _BENT_FEWEST:
            return None
        field = terms @ np.linalg.lstsq(terms[agreeing], off[agreeing], rcond=None)[0]
        agreeing = alike & (np.linalg.norm(off - field, axis=1) <= _BENT_CLOSE)
    fitted = least_squares(patches.seen[agreeing], patches.places[agreeing], np.ones(int(agreeing.sum())))
    if fitted is None or agreeing.sum() < _BENT_FEWEST:
        return None
    misses = np.linalg.norm(patches.off(fitted)[agreeing], axis=1)
    bent, miss = float(misses.max()), float(np.sqrt((misses**2).mean()))
    share = float(agreeing.mean())
    straight = min(1.0, max(0.0, (_MOST_BENT - bent) / 3))
    sureness = _BENT_TRUST * share * straight * min(1.0, _spread(patches.places[agreeing], size) / 0.4)
    count = int(agreeing.sum())
    return _agreement(
        patches, patches.off(fitted), agreeing, found.then(fitted), to_work, sureness, share, count, miss, bent=True
    )


def _agreement(
    patches: _Found,
    off: Places,
    shown: Mask,
    found: Similarity,
    to_work: Similarity,
    sureness: float,
    share: float,
    count: int,
    miss: float,
    *,
    bent: bool,
) -> Agreement:
    import numpy as np

    places = (patches.places[shown] - (to_work.dx, to_work.dy)) / to_work.scale
    similarity = found.then(to_work.inverse())
    misses = np.asarray(off[shown]) / to_work.scale
    return Agreement(similarity, sureness, share, count, bent, places, misses, miss / to_work.scale)


def _spread(places: Places, size: tuple[float, float]) -> float:
    """How far places reach, by their deviation from their middle: 1 where they fill half the longer side and more."""
    import numpy as np

    if len(places) < 3:
        return 0.0
    return min(1.0, float(np.sqrt(places.var(axis=0).sum() / 2)) / (max(size) / 4))
