"""Finding a catalogue entry by what people really type.

Case, accents, punctuation, ``'s`` and plurals do not matter. Order: code, name, alias; then one careful guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

GUESS_AT = 0.9
"""A guess needs at least this difflib ratio ..."""

GUESS_LEAD = 0.04
"""... must lead every other entry by this much ..."""

GUESS_LENGTH = 6
"""... and is never made for shorter words: HFS and HDS are one letter apart."""

_RIGHT = frozenset({"right", "rt", "r", "rhs", "od", "dextral"})
_LEFT = frozenset({"left", "lt", "l", "lhs", "os", "sinistral"})
_BOTH = frozenset({"bilateral", "bilat", "both", "bl", "ou"})
_MIDLINE = frozenset({"midline", "mid", "central"})
_NO_SIDE = frozenset({"", "none", "na", "n a", "nil", "no"})
_FILLERS = frozenset({"side", "sided", "eye", "hand", "of", "the", "to", "case", "known", "on"})


def fold(text: str) -> str:
    """Words of ``text`` in lower case without accents, punctuation, ``'s`` and plural s, one blank between."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    plain = re.sub(r"^\s*(?:k\s*/\s*)?[cho]\s*/\s*o\b", " ", plain)
    plain = re.sub(r"\bb\s*[/.\\]\s*l\b\.?", " bilateral ", plain)
    plain = re.sub(r"['’`´]s\b", "", plain).replace("&", " and ").replace("+", " and ")
    words = re.sub(r"[^\w]|_", " ", plain).split()
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word for word in words)


def key_of(text: str) -> str:
    """The folded text without blanks: what two spellings of one name have in common."""
    return fold(text).replace(" ", "")


def side_of(text: str | None) -> str | None:
    """``right``, ``left``, ``bilateral`` or ``midline`` said by a side cell ("Rt", "B/L", "both eyes"), else None."""
    side, _ = split_side(text or "")
    return side


def is_side_blank(text: str | None) -> bool:
    """True where a side cell says nothing (blank, "n/a", "none"), so that it is no mistake."""
    return fold(text or "") in _NO_SIDE


def split_side(text: str) -> tuple[str | None, str]:
    """Take the side words out of ``text``: (side or None, folded rest without filler words)."""
    sides: set[str] = set()
    rest: list[str] = []
    for word in fold(text).split():
        if word in _RIGHT:
            sides.add("right")
        elif word in _LEFT:
            sides.add("left")
        elif word in _BOTH:
            sides.add("bilateral")
        elif word in _MIDLINE:
            sides.add("midline")
        elif (word not in _FILLERS and word != "and") or (word == "and" and rest):
            rest.append(word)
    while rest and rest[-1] == "and":
        rest.pop()
    if {"right", "left"} <= sides or "bilateral" in sides:
        return "bilateral", " ".join(rest)
    return (sides.pop() if sides else None), " ".join(rest)


def spellings(text: str) -> list[str]:
    """The text, then without what stands in brackets, then the brackets' content alone."""
    found = [text]
    bare = re.sub(r"\([^()]*\)", " ", text)
    if bare != text:
        found.append(bare)
        found.extend(re.findall(r"\(([^()]*)\)", text))
    return [one for one in found if key_of(one)]


class NameClash(Exception):
    """Two entries of one catalogue claim the same name; the parser turns it into a sentence with file and field."""

    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(name, first, second)
        self.name = name
        self.first = first
        self.second = second


class NameIndex:
    """Names of one catalogue: every folded name leads to exactly one entry code."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add_code(self, code: str, target: str | None = None) -> None:
        """Make the entry findable by its own code (leading to ``target``); codes win over names."""
        self._codes[key_of(code)] = target or code

    def add_name(self, name: str, code: str) -> None:
        """Make the entry findable by ``name``; raises NameClash where another entry has it."""
        key = key_of(name)
        owner = self._names.get(key) or self._codes.get(key)
        if owner is not None and owner != code:
            raise NameClash(name, owner, code)
        self._names[key] = code

    def exact(self, text: str) -> str | None:
        """The entry whose code, name or alias folds to the same key, else None."""
        key = key_of(text)
        return self._codes.get(key) or self._names.get(key)

    def guess(self, text: str) -> str | None:
        """The one entry a small typing slip away, else None: two near entries are no guess at all."""
        from difflib import SequenceMatcher

        key = key_of(text)
        if len(key) < GUESS_LENGTH:
            return None
        best: dict[str, float] = {}
        for name, code in (*self._names.items(), *self._codes.items()):
            if len(name) < GUESS_LENGTH:
                continue
            matcher = SequenceMatcher(None, key, name, autojunk=False)
            if matcher.real_quick_ratio() < GUESS_AT - GUESS_LEAD or matcher.quick_ratio() < GUESS_AT - GUESS_LEAD:
                continue
            best[code] = max(best.get(code, 0.0), matcher.ratio())
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < GUESS_AT:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < GUESS_LEAD:
            return None
        return ranked[0][0]

    def names(self) -> Iterable[str]:
        """All folded names and codes, for tests and completion lists."""
        return (*self._codes, *self._names)
