"""What can be taken back in this session, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic_ns
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.tasks import Tasks
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

UndoIds = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done: what the toast said, and the inverse commands in the order written."""

    words: str
    undo: UndoIds
    at: int = field(default_factory=monotonic_ns)
    """Nanoseconds of the computer's steady clock."""


def take_back(services: Services, ids: UndoIds) -> Changes:
    """Carry inverse commands out, the last one first."""
    whole = Changes(frozenset())
    for one in reversed(ids):
        whole = replace(whole, topics=whole.topics | services.undo(one).topics)
    return whole


class UndoTrail(QObject):
    """Steps of the session. ``undone(words, undo ids)`` and ``refused(sentence)`` say what came of an undo."""

    changed = Signal()
    undone = Signal(str, object)
    refused = Signal(str)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._steps: list[Step] = []
        self._end = ""
        self._ended_at = 0

    @property
    def newest_at(self) -> int:
        """When the newest step was done, or the write that nothing older is taken back past."""
        return self._steps[-1].at if self._steps else self._ended_at

    @property
    def last(self) -> Step | None:
        """What Ctrl+Z would take back."""
        return self._steps[-1] if self._steps else None

    def add(self, words: str, undo: object) -> Step | None:
        """Remember a step; an ``undo`` that is no id (None) is not remembered."""
        ids = tuple(undo) if isinstance(undo, tuple) else (undo,) if isinstance(undo, int) else ()
        if not ids:
            return None
        step = Step(words, ids)
        self._steps.append(step)
        self._end = ""
        self.changed.emit()
        return step

    def end(self, words: str) -> None:
        """A write without an undo was made: nothing older is taken back past it."""
        self._steps.clear()
        self._end = words
        self._ended_at = monotonic_ns() if words else 0
        self.changed.emit()

    def forget(self) -> None:
        """The clinic is closed: nothing can be taken back any more."""
        self.end("")

    def undo_last(self) -> None:
        """Take the newest step back; ``refused`` says where there is none, and which write ended the trail."""
        if self._steps:
            self.undo(self._steps[-1])
        elif self._end:
            words = translate("Nothing to take back: “{words}” has no undo.")
            self.refused.emit(words.format(words=self._end))
        else:
            self.refused.emit(translate("There is nothing to take back."))

    def undo(self, step: Step) -> None:
        """Take one step back; a step that was refused is not offered again."""
        if step in self._steps:
            self._steps.remove(step)
            self.changed.emit()
        self._tasks.tell(
            lambda s: take_back(s, step.undo),
            lambda _: self.undone.emit(translate("Undone: {words}").format(words=step.words), step.undo),
            owner=self,
            failed=self._refused,
        )

    def undo_id(self, number: int) -> None:
        """Take the step back that holds an id, or the bare id."""
        step = next((one for one in reversed(self._steps) if number in one.undo), None)
        self.undo(step or Step(translate("last change"), (number,)))

    def _refused(self, problem: ClinicError) -> None:
        self.refused.emit(sentence_of(problem))
