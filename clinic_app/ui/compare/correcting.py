"""Points of stored figures that were moved: seen at once, written when they rest, and until they are read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.measurements import Measurement, check_figure
from clinic_app.domain.measuring import Point
from clinic_app.wording.language import translate
from clinic_app.wording.measuring import measure_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.ui.tasks import Tasks

SAVE_AFTER = 400
"""Milliseconds after the last key until a corrected point is written."""


class Corrections(QObject):
    """``kept(words, undo)``: it is in the record; ``failed(error)``: it is not; ``said(words)``: it cannot be so."""

    kept = Signal(str, object)
    failed = Signal(object)
    said = Signal(str)

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._case_id = 0
        self._stored: dict[int, Measurement] = {}
        self._moved: dict[int, tuple[Point, ...]] = {}
        self._written: set[int] = set()
        self._dragged: int | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SAVE_AFTER)
        self._later.timeout.connect(self.write)

    def read(self, case_id: int, measured: Iterable[Measurement]) -> None:
        """What is in the record of a case: where it agrees, nothing is moved any more."""
        if case_id != self._case_id:
            self.write()
            self._moved.clear()
            self._written.clear()
            self._dragged = None
        self._case_id, self._stored = case_id, {one.id: one for one in measured}
        for id_, points in [*self._moved.items()]:
            stored = self._stored.get(id_)
            if id_ in self._written or id_ == self._dragged:
                continue
            if stored is None or stored.lies_at(points):
                del self._moved[id_]
            else:
                self._later.start()

    def seen(self, measured: Iterable[Measurement]) -> tuple[Measurement, ...]:
        """Measurements with their points where they are now."""
        return tuple(replace(one, points=self._moved[one.id]) if one.id in self._moved else one for one in measured)

    def drag(self, id_: int, points: tuple[Point, ...]) -> None:
        """Points follow the hand; they are written once they are let go."""
        if self._dragged != id_:
            self.write()
        self._dragged = id_
        self._moved[id_] = points

    def drop(self) -> None:
        """The hand let go."""
        self._dragged = None
        self.write()

    def nudge(self, id_: int, points: tuple[Point, ...]) -> None:
        """Points are moved by a key; they are written when no further key comes."""
        self._moved[id_] = points
        self._later.start()

    def write(self) -> None:
        """Write what was moved, each once what was written of it before is there."""
        self._later.stop()
        if not self._tasks.attached:
            return
        for id_, points in [*self._moved.items()]:
            stored = self._stored.get(id_)
            if id_ in self._written or id_ == self._dragged:
                continue
            if stored is None or stored.lies_at(points):
                del self._moved[id_]
                continue
            try:
                check_figure(stored.kind, points)
            except RuleBroken as broken:
                del self._moved[id_]
                self.said.emit(sentence_of(broken))
            else:
                self._write(stored, points)

    def _write(self, stored: Measurement, points: tuple[Point, ...]) -> None:
        case_id, id_ = self._case_id, stored.id

        def done(changes: Changes) -> None:
            self._written.discard(id_)
            self.kept.emit(translate("{name} corrected").format(name=measure_words(stored.kind)), changes.undo)

        def not_kept(error: ClinicError) -> None:
            self._written.discard(id_)
            self._moved.pop(id_, None)
            self.failed.emit(error)

        self._written.add(id_)
        self._tasks.tell(
            lambda services: services.measuring.correct(case_id, id_, points, stored.points),
            done,
            owner=self,
            failed=not_kept,
        )
