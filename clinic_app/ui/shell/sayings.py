"""What the window says in its toast: what was done, with Undo, and what was refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from clinic_app.ui.shell.undo_trail import Step, UndoTrail
from clinic_app.ui.widgets.toast import Toast
from clinic_app.wording.language import translate

LONG = 12
"""Seconds for what was refused: it is read, and somebody acts on it."""


class Sayings(QObject):
    """Shows one sentence at a time above the foot of the window; while it is locked the last one is kept for after.

    ``locked`` tells whether it is; ``foot`` how many pixels at the bottom must stay free.
    """

    def __init__(
        self,
        toast: Toast,
        trail: UndoTrail,
        locked: Callable[[], bool],
        foot: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._toast = toast
        self._trail = trail
        self._locked = locked
        self._foot = foot
        self._warned = ""
        self._unsaid: Callable[[], None] | None = None
        trail.held.connect(self._warn)
        trail.refused.connect(self.complain)

    def say(self, words: str, undo: object) -> None:
        """Something was done; with Undo where it can be taken back."""
        step = self._trail.add(words, undo)
        if self._locked():
            self._unsaid = lambda: self._say(words, step)
        else:
            self._say(words, step)

    def complain(self, sentence: str) -> None:
        """Something was refused."""
        if self._locked():
            self._unsaid = lambda: self.complain(sentence)
        else:
            self._lift()
            self._toast.show_words(sentence, icon="circle-alert", seconds=LONG)

    def tell_undone(self, words: str) -> None:
        """Something was taken back."""
        if not self._locked():
            self._lift()
            self._toast.show_words(words, icon="undo-2")

    def tell_realigned(self, words: str, back: bool) -> None:
        """A photograph lies differently; ``back``: as it lay before."""
        self._lift()
        self._toast.show_words(words, icon="undo-2" if back else "check")

    def take_back(self) -> None:
        """Ctrl+Z: what was named as somebody else's is taken back while that still stands there."""
        self._trail.undo_last(again=self._toast.isVisible() and self._toast.words == self._warned)

    def silence(self) -> None:
        """The window is locked or changes hands: nothing is said, and nothing said before stays."""
        self._toast.close_now()
        self._toast.forget()
        self._unsaid = None

    def speak_up(self) -> None:
        """The window is open again: say the last thing that was not said meanwhile."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is not None:
            unsaid()

    def _say(self, words: str, step: Step | None) -> None:
        self._lift()
        if step is None:
            self._toast.show_words(words)
        else:
            self._toast.show_words(words, action=translate("Undo"), act=lambda: self._trail.undo(step), key="Ctrl Z")

    def _warn(self, words: str, step: Step) -> None:
        """Name whose step it would be before it is taken back."""
        if self._locked():
            return
        self._warned = words
        self._lift()
        self._toast.show_words(
            words,
            action=translate("Undo"),
            act=lambda: self._trail.undo(step),
            key="Ctrl Z",
            icon="circle-alert",
            seconds=LONG,
        )

    def _lift(self) -> None:
        self._toast.lift = self._foot()
