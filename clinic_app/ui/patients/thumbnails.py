"""Small pictures of photographs, fetched once and kept while they are likely to be seen again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets import painting

if TYPE_CHECKING:
    from clinic_app.services import Services

KEPT = 400


class Thumbnails(QObject):
    """Answers the thumbnail of a photograph, or asks for it; ``arrived`` brings its id when it is there.

    They live in memory only, and go when the clinic is closed.
    """

    arrived = Signal(int)

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._asked: set[int] = set()
        self._damaged: set[int] = set()
        self._stale: set[int] = set()
        context.detached.connect(self.clear)
        context.tasks.changed.connect(self._something_changed)

    def get(self, picture_id: int) -> QPixmap | None:
        """The thumbnail, or None while it is on its way or cannot be read."""
        found = self._kept.get(picture_id)
        if found is not None:
            self._kept.move_to_end(picture_id)
            if picture_id not in self._stale:
                return found
        if picture_id not in self._asked and picture_id not in self._damaged and self._context.open:
            self._asked.add(picture_id)

            def read(services: Services) -> bytes:
                return services.pictures.thumbnail(picture_id)

            self._context.tasks.paint(
                read,
                lambda data: self._take(picture_id, data),
                owner=self,
                key=picture_id,
                failed=lambda error: self._fail(picture_id, error),
            )
        return found

    def _something_changed(self, changes: Changes) -> None:
        """Photographs may be turned now: those that are here are read again when they are seen, and shown till then."""
        if Topic.PICTURES in changes.topics:
            self._stale = set(self._kept)

    def damaged(self, picture_id: int) -> bool:
        """Whether it could not be read."""
        return picture_id in self._damaged

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._asked.clear()
        self._damaged.clear()
        self._stale.clear()

    def _take(self, picture_id: int, data: bytes) -> None:
        self._asked.discard(picture_id)
        self._stale.discard(picture_id)
        picture = QPixmap()
        if not picture.loadFromData(data):
            self._damaged.add(picture_id)
        else:
            self._kept[picture_id] = picture
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self.arrived.emit(picture_id)

    def _fail(self, picture_id: int, error: ClinicError) -> None:
        self._asked.discard(picture_id)
        self._stale.discard(picture_id)
        self._kept.pop(picture_id, None)
        self._damaged.add(picture_id)
        self.arrived.emit(picture_id)


def paint_thumbnail(
    painter: QPainter, context: UiContext, thumbnails: Thumbnails, rect: QRect, picture_id: int, radius: float
) -> None:
    """Paint a photograph so that it fills ``rect`` with round corners, or a plate where it is not there."""
    keeper = context.theme
    picture = thumbnails.get(picture_id)
    if picture is None:
        painting.box(painter, rect, radius, fill=keeper.colour("sunken"), line=keeper.colour("border"))
        name = "image-off" if thumbnails.damaged(picture_id) else "image"
        painting.icon(painter, keeper, rect, name, "text3", 20)
        return
    with painting.kept(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), radius, radius)
        painter.setClipPath(outline)
        scale = max(rect.width() / picture.width(), rect.height() / picture.height())
        width, high = rect.width() / scale, rect.height() / scale
        source = QRectF((picture.width() - width) / 2, (picture.height() - high) / 2, width, high)
        painter.drawPixmap(QRectF(rect), picture, source)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painting.box(painter, rect, radius, line=keeper.colour("border"))
