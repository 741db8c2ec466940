"""Where the rings over a face have their middle: between both pupils, where these are surely seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_app.domain.lens import Extent
from clinic_app.domain.measurements import SuggestedFigures
from clinic_app.domain.measuring import Point
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.photo import Photo
from clinic_app.ui.compare.stage import Stage

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.tasks import Tasks


class RingCentre(QObject):
    """Looks for the pupils of the photographs that are shown, once rings are drawn over them."""

    def __init__(self, tasks: Tasks, stage: Stage, loader: Loader, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._stage, self._loader = tasks, stage, loader
        self._known: dict[tuple[int, Extent], Point | None] = {}
        self._asked: set[tuple[int, Extent]] = set()

    def look(self) -> None:
        """Find what is not known yet of what is shown."""
        if self._stage.looks.grid is not Grid.RINGS:
            return
        for photo in self._loader.photos:
            key = (photo.picture_id, photo.size)
            if key in self._known:
                self._put(photo)
            elif key not in self._asked:
                self._asked.add(key)
                self._ask(photo)

    def forget(self) -> None:
        """Another case: nothing is known."""
        self._known.clear()
        self._asked.clear()

    def _put(self, photo: Photo) -> None:
        pupils = self._known[photo.picture_id, photo.size]
        if photo.pupils != pupils:
            photo.pupils = pupils
            self._stage.look_again()

    def _ask(self, photo: Photo) -> None:
        picture_id, key = photo.picture_id, (photo.picture_id, photo.size)

        def find(services: Services) -> SuggestedFigures | None:
            return services.measuring.suggest(services.pictures.preview(picture_id))

        def came(found: SuggestedFigures | None) -> None:
            (x, y), (u, v) = found.midline if found is not None else ((0.0, 0.0), (0.0, 0.0))
            self._known[key] = None if found is None else ((x + u) / 2, (y + v) / 2)
            self.look()

        self._tasks.paint(find, came, owner=self, key=("pupils", picture_id), failed=lambda _: self._asked.discard(key))
