"""What side sheets over a record share: they read first, write once, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.side_sheet import SideSheet
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

T = TypeVar("T")


class RecordSheet(SideSheet):
    """A side sheet over the record: ``begin`` reads what it needs and slides in; saving writes and closes it.

    Built for one use: the owner deletes it when ``closed`` comes.
    """

    def __init__(self, context: UiContext, host: QWidget, title: str, *, save: str = "") -> None:
        super().__init__(context.theme, host, title, save=save)
        self.context = context
        self.save_asked.connect(self.save)
        context.detached.connect(self._gone)

    def begin(self) -> None:
        """Read, fill, slide in."""
        raise NotImplementedError

    def save(self) -> None:
        """Take what was entered and write it."""
        raise NotImplementedError

    def read_first(self, read: Callable[[Services], T], show: Callable[[T], object]) -> None:
        """Read, hand the answer to ``show``, then slide in; what cannot be read is said in a toast."""

        def deliver(answer: T) -> None:
            show(answer)
            self.open()

        self.context.tasks.ask(read, deliver, owner=self, failed=self._unreadable)

    def write(
        self, write: Callable[[Services], Changes], words: str, after: Callable[[Changes], object] | None = None
    ) -> None:
        """Write; then close, say ``words`` (with Undo where there is one), and do ``after``."""
        self.set_busy(True)

        def done(changes: Changes) -> None:
            self.finish()
            self.context.wrote(words, changes)
            if after is not None:
                after(changes)

        self.context.tasks.tell(write, done, owner=self, failed=self.show_refusal)

    def _unreadable(self, error: ClinicError) -> None:
        self.context.intents.toast.emit(sentence_of(error), None)
        self.closed.emit(False)

    def _gone(self) -> None:
        if self.isVisible():
            self.set_busy(False)
            self._leave(done=False)
