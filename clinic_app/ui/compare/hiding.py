"""Regions that are hidden: covered in the same stroke in which their photograph is painted, wherever that is."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.lens import Extent
from clinic_app.domain.marks import Hiding, Mark, MarkKind, around_kept
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.compare.looks import Looks

SPREAD = 3.0
"""How far shrinking and smoothing carry a pixel, in pixels of the level that is painted (Lanczos reaches three)."""
EDGE = 1.5
"""And on the screen, in its pixels."""
LEAST_CELL = 0.02
"""Smallest cell of a region that is made coarse, as a share of the photograph's longer side."""
CELLS = 16
SMOOTHED = 64
"""Of how many pixels a cell of a smooth region is made once more, at most: few, turned and enlarged, draw slowly."""
KEPT = 12
SOLID = QColor(0, 0, 0)


def hidden_in(marks: Collection[Mark], looks: Looks) -> tuple[Mark, ...]:
    """Which regions are hidden now: all that leave hidden, unless somebody at this screen looks under them."""
    if looks.sealed:
        return tuple(mark for mark in marks if mark.kind.hides)
    if not looks.marks:
        return ()
    return tuple(mark for mark in marks if mark.kind.hides and mark.id != looks.lifted)


def hide(
    painter: QPainter, hidden: Sequence[Mark], size: Extent, levels: Levels, painted: QImage, at: Similarity
) -> None:
    """Cover these regions of a photograph of ``size`` pixels that was painted from ``painted`` where ``at`` puts it.

    Every region is covered a little beyond its edge: as far as pixels of its inside were carried when the photograph
    was shrunk, smoothed and painted. What is covered solid is gone from what was painted on.
    """
    if not hidden:
        return
    fineness = math.sqrt(abs(painter.deviceTransform().determinant())) or 1.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.translate(at.dx, at.dy)
    painter.rotate(at.rotation)
    painter.scale(at.scale, at.scale)
    parts = covered(hidden, size, reach(size, painted, at.scale * fineness))
    # The strongest last: where regions lie over each other nothing weaker shows.
    for hiding, path in sorted(parts, key=lambda part: -[*Hiding].index(part[0])):
        if hiding is Hiding.SOLID:
            painter.fillPath(path, SOLID)
        else:
            _make_coarse(painter, path, hiding, size, levels)
    painter.restore()


def reach(size: Extent, painted: QImage, scale: float) -> float:
    """How far beyond its edge a region is covered, in pixels of a photograph painted ``scale`` times as large."""
    return SPREAD * size.width / max(painted.width(), 1) + EDGE / scale


def covered(hidden: Sequence[Mark], size: Extent, beyond: float) -> list[tuple[Hiding, QPainterPath]]:
    """What is covered and how, in pixels of a photograph of ``size``: regions, and all around those that are kept."""
    side = max(size.width, size.height)
    parts = [(mark.hiding, _shape(mark, side, beyond)) for mark in hidden if mark.kind is MarkKind.COVER]
    around = around_kept(hidden)
    if around is not None:
        outside = QPainterPath()
        outside.addRect(QRectF(0, 0, size.width, size.height).adjusted(-beyond, -beyond, beyond, beyond))
        for mark in hidden:
            if mark.kind is MarkKind.KEEP:
                outside = outside.subtracted(_shape(mark, side, -beyond))
        parts.append((around, outside))
    return parts


def _shape(mark: Mark, side: float, beyond: float) -> QPainterPath:
    """A region in pixels of its photograph, larger all round by ``beyond`` (smaller where that is below 0)."""
    left, top, right, bottom = (one * side for one in mark.box)
    box = QRectF(left, top, right - left, bottom - top).adjusted(-beyond, -beyond, beyond, beyond)
    path = QPainterPath()
    if box.width() <= 0 or box.height() <= 0:
        return path
    if mark.round:
        path.addEllipse(box)
    else:
        path.addRect(box)
    return path


def _make_coarse(painter: QPainter, path: QPainterPath, hiding: Hiding, size: Extent, levels: Levels) -> None:
    """A region from so few pixels that little is left of it: as squares, or smooth."""
    box = path.boundingRect().intersected(QRectF(0, 0, size.width, size.height))
    shrink = levels.steps[-1].image.width() / size.width
    part = QRectF(box.left() * shrink, box.top() * shrink, box.width() * shrink, box.height() * shrink).toRect()
    key = (part.x(), part.y(), part.width(), part.height(), hiding, len(levels.steps))
    if key not in levels.coarse:
        if len(levels.coarse) >= KEPT:
            levels.coarse.clear()
        levels.coarse[key] = _coarse(levels.steps[-1].image, part, hiding)
    coarse = levels.coarse[key]
    painter.fillPath(path, SOLID)
    if not coarse.isNull():
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, hiding is Hiding.BLUR)
        painter.drawImage(path.boundingRect(), coarse)
        painter.restore()


def _coarse(image: QImage, part: QRect, hiding: Hiding) -> QImage:
    """A part of a picture from a few pixels; none where it lies outside."""
    part = part.intersected(image.rect())
    if part.isEmpty():
        return QImage()
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    cell = max(max(part.width(), part.height()) / CELLS, LEAST_CELL * max(image.width(), image.height()))
    few = QSize(max(round(part.width() / cell), 1), max(round(part.height() / cell), 1))
    coarse = image.copy(part).scaled(few, keep, smooth)
    if hiding is not Hiding.BLUR:
        return coarse
    return coarse.scaled(few * min(max(round(3 * cell), 4), SMOOTHED), keep, smooth)
