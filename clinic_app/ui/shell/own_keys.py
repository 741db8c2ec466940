"""The keys whoever works chose for the viewer, read when a clinic opens and whenever they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.key_choices import KeyChoices, key_of
from clinic_app.ui.context import UiContext
from clinic_app.ui.shell.letter_guard import LetterGuard
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.key_choices import not_held_words


class OwnKeys(QObject):
    """One map of keys for every viewer of the window. ``taken``: the keys of the menus, with their words.

    The map is made when it is first wanted: the viewer is not loaded before.
    """

    def __init__(self, context: UiContext, taken: Callable[[], Mapping[str, str]], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._taken = context, taken
        self._map: KeyMap | None = None
        self._choices = KeyChoices()
        self._guard = LetterGuard(self)
        context.attached.connect(self._read)
        context.detached.connect(self._forget)
        context.tasks.changed.connect(self._changed)

    @property
    def map(self) -> KeyMap:
        """What each key means now."""
        if self._map is None:
            from clinic_app.ui.compare.keys import COMMANDS, GROUPS

            self._map = KeyMap(COMMANDS, GROUPS, _written(self._taken()), self)
            self._apply()
        return self._map

    def listed(self) -> Iterable[tuple[str, str]]:
        """The keys with their words."""
        return self.map.listed()

    def _read(self) -> None:
        self._context.tasks.ask(
            lambda services: services.key_choices.mine(), self._take, owner=self, key="keys", failed=lambda _: None
        )

    def _take(self, found: tuple[KeyChoices, bool]) -> None:
        self._choices, broken = found
        if broken:
            self._complain()
        self._apply()

    def _apply(self) -> None:
        self._guard.set_on(on=not self._choices.letters)
        if self._map is not None and not self._map.take(self._choices):
            self._complain()

    def _complain(self) -> None:
        self._context.intents.toast.emit(not_held_words(), None)

    def _forget(self) -> None:
        self._choices = KeyChoices()
        self._apply()

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and Topic.PREFERENCES in changes.topics and self._context.open:
            self._read()


def _written(taken: Mapping[str, str]) -> dict[str, str]:
    """Keys as keys are written; what is none (two keys in a row) is left out."""
    found = {}
    for text, words in taken.items():
        try:
            found[key_of(text)] = words
        except RuleBroken:
            continue
    return found
