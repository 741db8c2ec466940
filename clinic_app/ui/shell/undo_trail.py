"""What can be taken back in this session, newest first; not what is another patient's before that was said.

Ctrl+Z is one press for the patient on screen. In the viewer, on the case page and in a sheet only one patient is seen:
there a step of anybody else is named first, and the next press takes it back, as nobody would see what went. In a list
of many people a step that was done in a list is one press, whosever it is: a call or a booking moves the selection on,
so the last step is nearly always of the row that was just left, and its row is in sight. A step that was done in
somebody's viewer or on their page is named there too, unless they are selected.
"""

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
    from collections.abc import Callable

    from clinic_app.services import Services

UndoIds = tuple[int, ...]


Names = dict[int, str]
"""Names of patients by id."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the window shows: who is selected (0: nobody), whether a list of many people, and a sheet over it.

    ``named``: False in a presentation, where nobody is named.
    """

    patient_id: int = 0
    listed: bool = True
    sheet: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done: what the toast said, and the inverse commands in the order written; ``listed``: in a list."""

    words: str
    undo: UndoIds
    listed: bool = True
    at: int = field(default_factory=monotonic_ns)
    """Nanoseconds of the computer's steady clock."""


def take_back(services: Services, ids: UndoIds) -> Changes:
    """Carry inverse commands out, the last one first."""
    whole = Changes(frozenset())
    for one in reversed(ids):
        whole = replace(whole, topics=whole.topics | services.undo(one).topics)
    return whole


def whose(services: Services, ids: UndoIds) -> Names:
    """The patients these inverse commands are about."""
    return {id_: name for one in ids for id_, name in services.whose(one).items()}


class UndoTrail(QObject):
    """Steps of the session. ``undone(words, undo ids)`` and ``refused(sentence)`` say what came of an undo.

    ``held(words, step)``: the last step is of somebody who is not seen, and was not taken back yet. ``sight`` answers
    what the window shows, ``barred`` why nothing can be taken back now, blank where it can: the steps are kept.
    """

    changed = Signal()
    undone = Signal(str, object)
    held = Signal(str, object)
    refused = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        sight: Callable[[], Sight] = Sight,
        barred: Callable[[], str] = str,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._sight = sight
        self._barred = barred
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
        step = Step(words, ids, self._sight().listed)
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

    def undo_last(self, *, again: bool = False) -> None:
        """Take the newest step back, or say whose it is where they are not seen (``again``: that was said).

        ``refused`` says where there is none, and which write ended the trail.
        """
        step = self.last
        if step is not None and (again or self._barred()):
            self.undo(step)
        elif step is not None:
            self._tasks.ask(
                lambda s: whose(s, step.undo),
                lambda names: self._pressed(step, names),
                owner=self,
                failed=lambda _: self.undo(step),
            )
        elif self._end:
            words = translate("“{words}” cannot be taken back, nor what was done before it.")
            self.refused.emit(words.format(words=self._end))
        else:
            self.refused.emit(translate("There is nothing to take back."))

    def _pressed(self, step: Step, names: Names) -> None:
        if step not in self._steps:
            self.undo_last()
        elif self._is_seen(step, names):
            self.undo(step)
        else:
            words = translate("Last step: {words}. Ctrl+Z again takes it back.")
            if not self._sight().named:
                words = translate("The last step is another patient’s. Ctrl+Z again takes it back.")
            self.held.emit(words.format(words=_with_names(step.words, names)), step)

    def _is_seen(self, step: Step, names: Names) -> bool:
        """Whether one press takes a step back: of whom is seen, or of a list in a list (see above)."""
        sight = self._sight()
        if sight.patient_id in names:
            return True
        return sight.listed and not sight.sheet and (step.listed or not names)

    def undo(self, step: Step) -> None:
        """Take one step back; a step that was refused is not offered again."""
        barred = self._barred()
        if barred:
            self.refused.emit(barred)
            return
        if step in self._steps:
            self._steps.remove(step)
            self.changed.emit()
        names: Names = {}

        def write(services: Services) -> Changes:
            names.update(whose(services, step.undo))
            return take_back(services, step.undo)

        def done(_: Changes) -> None:
            sight = self._sight()
            words = step.words
            if names and sight.patient_id not in names:
                words = _with_names(words, names) if sight.named else translate("a step of another patient")
            self.undone.emit(translate("Undone: {words}").format(words=words), step.undo)

        self._tasks.tell(write, done, owner=self, failed=self._refused)

    def undo_id(self, number: int) -> None:
        """Take the step back that holds an id, or the bare id."""
        step = next((one for one in reversed(self._steps) if number in one.undo), None)
        self.undo(step or Step(translate("last change"), (number,)))

    def _refused(self, problem: ClinicError) -> None:
        self.refused.emit(sentence_of(problem))


def _with_names(words: str, names: Names) -> str:
    """What was done and whose it is, where the words do not say that themselves."""
    return ", ".join([words, *(name for name in names.values() if name not in words)])
