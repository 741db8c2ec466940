"""Alignments found in the pixels: points refined, or everything found; worked out by the picture threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.alignment import FoundBy, Registered, Unregistered, anchor_of
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.compare.align_tool import AlignTool
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.photo import Photo
from clinic_app.ui.tasks import Tasks
from clinic_app.wording.alignment import not_aligned_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

TELL_AFTER = 500
"""Milliseconds until it is said that something is being looked for."""

Answer = Registered | Unregistered


class _Search:
    """One search; the thread that works asks ``goes_on``."""

    def __init__(self) -> None:
        self.stopped = False

    def goes_on(self) -> bool:
        """Whether anybody waits for it."""
        return not self.stopped


class Finder(QObject):
    """Refines and finds. ``told``: what it says changed; ``said(words)``: why not; ``failed(error)``: of the store."""

    told = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, aligner: Aligner, tool: AlignTool, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._aligner, self._tool = tasks, aligner, tool
        self._search: _Search | None = None
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(TELL_AFTER)
        self._slow.timeout.connect(self.told)
        tool.kept.connect(self.sharpen)

    @property
    def busy(self) -> bool:
        """Whether something is being looked for."""
        return self._search is not None

    @property
    def words(self) -> str:
        """That something is being looked for, once that takes long."""
        slow = self.busy and not self._slow.isActive()
        return translate("Looking for where the photos lie… Esc stops it") if slow else ""

    def stop(self) -> bool:
        """Look for nothing any more; answers whether something was."""
        search, self._search = self._search, None
        self._slow.stop()
        if search is not None:
            search.stopped = True
            self.told.emit()
        return search is not None

    def sharpen(self) -> None:
        """Make points that were just kept exact where that is sure, as a step of its own; else they stay as clicked.

        Only where their view has a steady part that is compared, beside which the clicks need not be: of a face.
        """
        if anchor_of(self._aligner.place_of_work[1]).found_by is FoundBy.EYES:
            self._refine(asked=False)

    def refine(self) -> None:
        """Make what points say exact by the pixels around them."""
        self._refine(asked=True)

    def _refine(self, *, asked: bool) -> None:
        self.stop()
        pair = self._tool.pair()
        if pair is None:
            return
        rough = self._aligner.rough(*pair)
        if rough is None and not asked:
            return
        if rough is None:
            self._want_points(translate("Refining starts from points: set two or more in each photo."))
            return
        onto = next(one for one in pair if one.picture_id == rough.onto)
        case_id, view = self._aligner.place_of_work

        def put(answer: Registered) -> bool:
            if self._aligner.rough(*pair) != rough:
                return False
            self._aligner.put_refined(rough, answer, onto)
            return True

        search = _Search()
        self._start(
            search,
            pair,
            lambda services: services.comparison.refined(
                case_id, view, (rough.moved, rough.onto), rough.similarity, rough.points, search.goes_on
            ),
            put,
            asked=asked,
        )

    def automatic(self) -> None:
        """Find how the photographs of A and B lie on each other; one that was aligned by hand stays as it is."""
        self.stop()
        pair = self._tool.pair()
        if pair is None:
            return
        picking = self._aligner.picking
        if picking is not None and any(picking.points.values()):
            self.said.emit(translate("Points are being set: Enter keeps them, Esc gives them up."))
            return
        way = self._aligner.movable(*pair)
        if way is None:
            self.said.emit(sentence_of(RuleBroken("alignment", "aligned_by_hand")))
            return
        self._aligner.end_points()
        self._aligner.save()
        onto = next(one for one in pair if one.picture_id == way[1])
        case_id, view = self._aligner.place_of_work
        before = [self._aligner.of(id_) for id_ in way]

        def put(answer: Registered) -> bool:
            if [self._aligner.of(id_) for id_ in way] != before or self._aligner.picking is not None:
                return False
            self._aligner.put_automatic(way[0], onto, answer)
            return True

        search = _Search()
        self._start(search, pair, lambda services: services.comparison.found(case_id, view, way, search.goes_on), put)

    def _start(
        self,
        search: _Search,
        pair: tuple[Photo, Photo],
        work: Callable[[Services], Answer],
        put: Callable[[Registered], bool],
        *,
        asked: bool = True,
    ) -> None:
        def came(answer: Answer) -> None:
            if self._search is not search:
                return
            self.stop()
            if self._tool.pair() not in (pair, pair[::-1]):
                return
            if isinstance(answer, Unregistered):
                if asked:
                    self._want_points(not_aligned_words(answer.reason))
            elif not put(answer) and asked:
                self.said.emit(translate("The photos were moved meanwhile: they stay as they are now."))

        def failed(error: ClinicError) -> None:
            if self._search is search:
                self.stop()
                if asked:
                    self.failed.emit(error)

        self._search = search
        self._slow.start()
        self._tasks.paint(work, came, owner=self, key="found", failed=failed)

    def _want_points(self, why: str) -> None:
        """Say why points are needed, and begin to set them; those that are being set stay."""
        self.said.emit(why)
        if self._aligner.picking is None:
            self._tool.begin_points(why)
        else:
            self._aligner.want_points(why)
