"""Which key does what: how a key is written, which may be chosen, what two commands want at once, what one chose.

A key is written as Qt writes it portably: ``Ctrl+Shift+Left``, ``PgDown``, ``M``, ``+``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from clinic_app.domain.errors import RuleBroken

MODIFIERS: Final = ("Meta", "Ctrl", "Alt", "Shift")
"""In the order they are written in."""
NAMED: Final = frozenset(
    {"Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown", "Ins", "Del", "Return", "Enter", "Backspace"}
    | {"Tab", "Esc", "Space", "Menu", "Pause", "Print"}
    | {f"F{number}" for number in range(1, 25)}
)
KEPT: Final = frozenset(
    {f"Ctrl+{number}" for number in range(1, 10)}
    | {"Ctrl+K", "Ctrl+F", "Ctrl+,", "Ctrl+/", "Ctrl+Q", "Alt+F4", "F1", "F6", "Shift+F6", "F10", "Menu"}
    | {"Tab", "Shift+Tab", "Esc", "Space", "Backspace", "Ctrl+Return", "Ctrl+Enter", "Ctrl+Shift+L"}
    | {"Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down"}
)
"""Keys that mean the same everywhere in the program; no command is moved onto them."""
LONGEST: Final = 8
"""Keys one command may have."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that is done by a key: its name, its words in English, its usual keys (``Ctrl+0|X``).

    ``fixed``: its keys cannot be changed.
    """

    name: str
    words: str
    keys: str
    fixed: bool = False

    @property
    def usual(self) -> tuple[str, ...]:
        """Its usual keys, as they are written here."""
        return tuple(dict.fromkeys(key_of(part) for part in self.keys.split("|")))


def key_of(text: str) -> str:
    """A key as it is written here, however its parts are ordered and spelt.

    Whether Shift is needed for a digit or a sign depends on the keyboard: it is left out of them.

    Raises:
        RuleBroken: ``key_unknown``.
    """
    head, plus, base = text.rpartition("+")
    if plus and not base and (not head or (head.endswith("+") and head != "+")):
        head, base = head[:-1], "+"
    elif plus and not (head and base):
        raise RuleBroken("key", "key_unknown", key=text)
    parts = head.split("+") if head else []
    found = {modifier for part in parts for modifier in MODIFIERS if part.casefold() == modifier.casefold()}
    if len(found) != len(parts):
        raise RuleBroken("key", "key_unknown", key=text)
    if len(base) == 1 and base.isprintable() and base != " ":
        base = base.upper() if len(base.upper()) == 1 else base
        found -= set() if base.isalpha() else {"Shift"}
    else:
        base = next((one for one in NAMED if one.casefold() == base.casefold()), "")
    if not base:
        raise RuleBroken("key", "key_unknown", key=text)
    return "+".join((*(one for one in MODIFIERS if one in found), base))


def single_character(key: str) -> bool:
    """Whether a key only types a character (a letter, a digit, a sign), with Shift or without (WCAG 2.1.4)."""
    return len(key.removeprefix("Shift+")) == 1


@dataclass(frozen=True, slots=True)
class KeyChoices:
    """What one person chose. ``keys``: those of each command that has others than the usual ones, maybe none.

    ``letters``: keys that only type a character act too. ``wheel_steps``: the wheel changes the photograph; with Ctrl
    it zooms all the same.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    letters: bool = True
    wheel_steps: bool = False

    @property
    def content(self) -> dict[str, object]:
        """As it is kept (JSON)."""
        return {
            "keys": {name: list(keys) for name, keys in self.keys.items()},
            "letters": self.letters,
            "wheel_steps": self.wheel_steps,
        }

    @classmethod
    def of(cls, content: Mapping[str, object] | None) -> tuple[KeyChoices, bool]:
        """What was kept, and whether something of it could not be read; that is as usual then."""
        if content is None:
            return cls(), False
        sound = True
        keys: dict[str, tuple[str, ...]] = {}
        kept = content.get("keys", {})
        if isinstance(kept, dict):
            for name, texts in kept.items():
                try:
                    keys[str(name)] = _read(texts)
                except RuleBroken:
                    sound = False
        else:
            sound = False
        flags = {}
        for name, usual in (("letters", True), ("wheel_steps", False)):
            value = content.get(name, usual)
            flags[name] = value if isinstance(value, bool) else usual
            sound = sound and isinstance(value, bool)
        return cls(MappingProxyType(keys), **flags), not sound


def _read(texts: object) -> tuple[str, ...]:
    if not isinstance(texts, list) or len(texts) > LONGEST or not all(isinstance(text, str) for text in texts):
        raise RuleBroken("key", "key_unknown", key="")
    return tuple(dict.fromkeys(key_of(text) for text in texts))


class KeyRules:
    """The commands of one table with their usual keys, and what may be made of them.

    ``reserved``: further keys that are not to be had, with what they do in words.
    """

    def __init__(self, commands: Sequence[Command], reserved: Mapping[str, str] | None = None) -> None:
        self.commands = tuple(commands)
        self._by_name = {command.name: command for command in commands}
        self._usual = {command.name: command.usual for command in commands}
        shipped = {key for keys in self._usual.values() for key in keys}
        self._reserved = {key: words for key, words in (reserved or {}).items() if key not in shipped}
        self._kept = KEPT - shipped

    def settled(self, choices: KeyChoices) -> tuple[KeyChoices, bool]:
        """The choices that can hold, and whether some could not: commands that are gone are passed over silently."""
        keys: dict[str, tuple[str, ...]] = {}
        sound = True
        for name, chosen in choices.keys.items():
            command = self._by_name.get(name)
            if command is None:
                continue
            if command.fixed or any(self._refusal(key) is not None for key in chosen if key not in self._usual[name]):
                sound = False
            elif chosen != self._usual[name]:
                keys[name] = chosen
        while (loser := self._clash(keys)) is not None:
            del keys[loser]
            sound = False
        return replace(choices, keys=MappingProxyType(keys)), not sound

    def _clash(self, chosen: Mapping[str, tuple[str, ...]]) -> str | None:
        """A command whose chosen keys another one has too."""
        holders: dict[str, str] = {}
        for command in self.commands:
            for key in chosen.get(command.name, self._usual[command.name]):
                other = holders.setdefault(key, command.name)
                if other != command.name:
                    return command.name if command.name in chosen else other
        return None

    def keys_of(self, choices: KeyChoices, name: str) -> tuple[str, ...]:
        """The keys of a command under choices that are settled; none for what is no command of the table."""
        return choices.keys.get(name, self._usual.get(name, ()))

    def holder_of(self, choices: KeyChoices, key: str) -> Command | None:
        """The command that has a key."""
        return next((one for one in self.commands if key in self.keys_of(choices, one.name)), None)

    def given(self, choices: KeyChoices, name: str, text: str, *, more: bool = False, take: bool = False) -> KeyChoices:
        """Let a command have a key: in place of those it has, or as one ``more``.

        ``take``: where another command has it, that one gets the first key this one had, and with ``more`` none.

        Raises:
            RuleBroken: ``key_unknown``, ``key_fixed``, ``key_kept``, ``key_menus``, ``key_reserved``, ``key_held``,
                ``key_taken`` (unless ``take``), ``key_too_many``.
        """
        key = key_of(text)
        command = self._by_name[name]
        if command.fixed:
            raise RuleBroken("key", "key_fixed", command=command.words)
        refusal = self._refusal(key)
        if refusal is not None and key not in self._usual[name]:
            raise refusal
        now = self.keys_of(choices, name)
        holder = self.holder_of(choices, key)
        wanted = {name: (*(one for one in now if one != key), key) if more else (key,)}
        if len(wanted[name]) > LONGEST:
            raise RuleBroken("key", "key_too_many", most=LONGEST)
        if holder is not None and holder.name != name:
            if holder.fixed:
                raise RuleBroken("key", "key_held", key=key, command=holder.words)
            if not take:
                raise RuleBroken("key", "key_taken", key=key, command=holder.words)
            swapped = () if more else now[:1]
            wanted[holder.name] = tuple(
                one for held in self.keys_of(choices, holder.name) for one in (swapped if held == key else (held,))
            )
        return self._with(choices, wanted)

    def without(self, choices: KeyChoices, name: str) -> KeyChoices:
        """Let a command have no key. Raises ``RuleBroken``: ``key_fixed``."""
        if self._by_name[name].fixed:
            raise RuleBroken("key", "key_fixed", command=self._by_name[name].words)
        return self._with(choices, {name: ()})

    def reset(self, choices: KeyChoices, names: Iterable[str]) -> KeyChoices:
        """Let commands have their usual keys; whoever took one of them has its usual keys again too."""
        keys = {name: kept for name, kept in choices.keys.items() if name not in set(names)}
        return self.settled(replace(choices, keys=MappingProxyType(keys)))[0]

    def _with(self, choices: KeyChoices, wanted: Mapping[str, tuple[str, ...]]) -> KeyChoices:
        keys = {**choices.keys, **wanted}
        keys = {name: chosen for name, chosen in keys.items() if chosen != self._usual.get(name)}
        return replace(choices, keys=MappingProxyType(keys))

    def _refusal(self, key: str) -> RuleBroken | None:
        if key in self._kept:
            return RuleBroken("key", "key_kept", key=key)
        if key.startswith("Alt+") and single_character(key.removeprefix("Alt+")):
            return RuleBroken("key", "key_menus", key=key)
        if key in self._reserved:
            return RuleBroken("key", "key_reserved", key=key, use=self._reserved[key])
        return None
