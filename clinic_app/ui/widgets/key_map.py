"""Keys that somebody may choose: what each means now, how it is written and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.key_choices import Command, KeyChoices, KeyRules, key_of, single_character
from clinic_app.wording.language import translate

WAITS_FOR_KEY = "waits_for_key"
"""The property of a widget that waits for a key to be chosen: every key is meant for it."""


class KeyMap(QObject):
    """What each key means now. ``changed``: somebody chose other keys."""

    changed = Signal()

    def __init__(
        self,
        commands: Sequence[Command],
        groups: Mapping[str, str] | None = None,
        reserved: Mapping[str, str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``groups``: the name of each command a group begins with, and what that is called."""
        super().__init__(parent)
        self.rules = KeyRules(commands, reserved)
        self.groups = dict(groups or {})
        self.choices = KeyChoices()
        self._names: dict[str, str] = {}
        self._fill()

    def take(self, choices: KeyChoices) -> bool:
        """Let keys be as somebody chose them; answers False where some of it could not hold and is as usual."""
        settled, broken = self.rules.settled(choices)
        if settled != self.choices:
            self.choices = settled
            self._fill()
            self.changed.emit()
        return not broken

    def _fill(self) -> None:
        self._names = {key: one.name for one in self.rules.commands for key in self.keys_of(one.name)}

    def name_of(self, event: QKeyEvent) -> str | None:
        """What a key event means, None where it means nothing here."""
        return self._names.get(text_of(event))

    def unshifted_name_of(self, event: QKeyEvent) -> str | None:
        """What a key event would mean without Shift."""
        return self._names.get(text_of(event).replace("Shift+", ""))

    def keys_of(self, name: str) -> tuple[str, ...]:
        """The keys of a command that act; those that only type a character may be switched off."""
        keys = self.rules.keys_of(self.choices, name)
        return keys if self.choices.letters else tuple(key for key in keys if not single_character(key))

    def key_of(self, name: str) -> str:
        """The key of a command, as it is shown; blank where it has none."""
        return next((shown(key) for key in self.keys_of(name)), "")

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Every command that has a key, with its words, for the list of keys."""
        found = []
        for command in self.rules.commands:
            keys = " / ".join(shown(key) for key in self.keys_of(command.name)[:2])
            if keys:
                found.append((keys, translate(command.words)))
        return tuple(found)


def text_of(event: QKeyEvent) -> str:
    """A key event as a key is written, blank for a modifier alone and for what is no key of ours."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    try:
        return key_of(QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText))
    except RuleBroken:
        return ""


def shown(key: str) -> str:
    """A key as this computer shows it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
