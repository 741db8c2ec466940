"""What is said and written to patients: its kinds, the blanks each text has, and what a clinic may write itself.

A language is named by the code of its folder, or, where the clinic wrote it itself, by its name as it is spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from clinic_app.domain.errors import RuleBroken

WEEKDAYS, MONTHS, DAY = "weekdays", "months", "day"
CLINIC, NAME, NUMBER, PHONE, PLACE, TIME, FROM, UNTIL = (
    "clinic", "name", "number", "phone", "place", "time", "from", "until"
)  # fmt: skip
LONGEST_LANGUAGE: Final = 40
_BLANK = re.compile(r"\{([^{}]*)\}")


class TextKind(Enum):
    """A kind of text. The value is its part of a file, and names its setting."""

    SCRIPT = "script"
    MESSAGE = "message"
    SLIP = "slip"
    NEXT_VISIT = "next_visit"
    LETTER = "letter"
    DAYS = "days"

    @property
    def setting(self) -> str:
        """The setting in which the clinic's own texts of this kind are kept."""
        return f"texts_{self.value}"


@dataclass(frozen=True, slots=True)
class TextFact:
    """One text: the blanks it needs, those it may have besides, and its most characters. ``words``: how many words,
    with commas between them, it is a list of; 0 for a sentence.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    most: int = 300
    words: int = 0

    @property
    def blanks(self) -> tuple[str, ...]:
        """Every blank it may have."""
        return (*self.needs, *self.may)


def _facts(may: tuple[str, ...], most: int, **needs: tuple[str, ...]) -> Mapping[str, TextFact]:
    return MappingProxyType({name: TextFact(own, may, most) for name, own in needs.items()})


_CALL: Final[Mapping[str, tuple[str, ...]]] = {
    "booked": (DAY, PLACE),
    "booked_time": (DAY, TIME),
    "missed": (DAY,),
    "missed_no_day": (),
    "due": (DAY,),
    "due_no_day": (),
    "other": (),
}
_ON_PAPER: Final = (CLINIC, NAME, PHONE)

TEXTS: Final[Mapping[TextKind, Mapping[str, TextFact]]] = MappingProxyType(
    {
        TextKind.SCRIPT: _facts((CLINIC, NAME, PHONE), 400, **_CALL),
        TextKind.MESSAGE: _facts((CLINIC, PHONE), 300, **_CALL),
        TextKind.SLIP: MappingProxyType(
            {
                **_facts((), 60, heading=()),
                **_facts((), 40, place=(PLACE,), time=(TIME,)),
                **_facts(_ON_PAPER, 130, bring=(), cannot_come=()),
                **_facts((), 60, number=(NUMBER,)),
            }
        ),
        TextKind.NEXT_VISIT: MappingProxyType(
            {
                **_facts((), 60, heading=()),
                **_facts((), 32, between=()),
                **_facts((), 40, until=(DAY,)),
                **_facts((), 24, come_on=()),
                **_facts(_ON_PAPER, 130, not_before=(DAY,), call_for_date=(), bring=()),
                **_facts((), 60, number=(NUMBER,)),
            }
        ),
        TextKind.LETTER: MappingProxyType(
            {
                **_facts((), 80, subject=()),
                **_facts((CLINIC,), 80, greeting=(NAME,)),
                **_facts(_ON_PAPER, 600, due=(FROM, UNTIL), overdue=(UNTIL,), no_window=(), call=(), phone_changed=()),
                **_facts((), 80, closing=(), number=(NUMBER,)),
            }
        ),
        TextKind.DAYS: MappingProxyType(
            {
                WEEKDAYS: TextFact(words=7),
                MONTHS: TextFact(words=12),
                DAY: TextFact((DAY, "month"), ("weekday", "year"), 60),
            }
        ),
    }
)
"""Every text by its kind and name. A message names nobody: anybody may read it on the phone."""

Written = Mapping[str, Mapping[str, str]]
"""What a clinic wrote of one kind: by language, by the name of the text."""
NOTHING_WRITTEN: Final[Written] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TextLanguage:
    """A language there are texts in: its name and others it goes by, the program's texts of a kind,
    and what those are shown with."""

    code: str
    name: str
    names: tuple[str, ...]
    shipped: Mapping[str, str]
    sample: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TextPage:
    """What is needed to write texts of a kind: the program's languages, and others that patients speak."""

    kind: TextKind
    languages: tuple[TextLanguage, ...]
    spoken: tuple[str, ...]


def filled(words: str, values: Mapping[str, str]) -> str:
    """A text with its blanks filled in; one without a value stays as it stands."""
    return _BLANK.sub(lambda found: values.get(found[1].strip(), found[0]), words)


def listed(words: str) -> tuple[str, ...]:
    """The words of a list with commas, or lines, between them."""
    return tuple(part for part in (one.strip() for one in re.split(r"[,،\n]", words)) if part)


def blanks_of(words: str) -> tuple[str, ...]:
    """The blanks of a text, in order."""
    return tuple(found.strip() for found in _BLANK.findall(words))


def checked_text(kind: TextKind, name: str, words: str) -> str:
    """One text as it is kept.

    Raises:
        RuleBroken: ``text_unknown_blank``, ``text_no_blanks``, ``text_missing_blank``, ``text_brace``,
            ``text_too_long``, ``text_count``; the field is the name of the text.
    """
    fact = TEXTS[kind][name]
    said: dict[str, Any] = {"kind": kind, "text": name}
    if fact.words:
        found = listed(words)
        if len(found) != fact.words:
            raise RuleBroken(name, "text_count", count=len(found), needed=fact.words, **said)
        return ", ".join(found)
    whole = " ".join(words.split())
    if "{" in _BLANK.sub("", whole) or "}" in _BLANK.sub("", whole):
        raise RuleBroken(name, "text_brace", **said)
    found = blanks_of(whole)
    unknown = [one for one in found if one not in fact.blanks]
    if unknown:
        known = tuple(f"{{{one}}}" for one in fact.blanks)
        raise RuleBroken(
            name, "text_unknown_blank" if known else "text_no_blanks", blank=unknown[0], known=known, **said
        )
    missing = [one for one in fact.needs if one not in found]
    if missing:
        raise RuleBroken(name, "text_missing_blank", blank=missing[0], **said)
    if len(whole) > fact.most:
        raise RuleBroken(name, "text_too_long", most=fact.most, count=len(whole), **said)
    return whole


def checked_texts(kind: TextKind, written: Written, languages: Mapping[str, str]) -> Written:
    """What a clinic wrote of one kind, as it is kept: blank texts left out, languages without any too.

    ``languages``: names, in small letters, of the program's languages with their codes; any other language needs
    every text of the kind.

    Raises:
        RuleBroken: as ``checked_text``; ``text_not_written``, ``text_language_name``.
    """
    kept: dict[str, Mapping[str, str]] = {}
    for said, texts in sorted(written.items()):
        language = " ".join(said.split())
        language = languages.get(language.casefold(), language)
        own = {name: words for name, words in texts.items() if words.strip() and name in TEXTS[kind]}
        if not own:
            continue
        if not language or len(language) > LONGEST_LANGUAGE:
            raise RuleBroken("language", "text_language_name", most=LONGEST_LANGUAGE)
        if language not in languages.values():
            for name in TEXTS[kind]:
                if name not in own:
                    raise RuleBroken(name, "text_not_written", kind=kind, text=name, language=language)
        kept[language] = MappingProxyType({name: checked_text(kind, name, own[name]) for name in own})
    return MappingProxyType(kept)


def uses(written: Written, blank: str) -> bool:
    """Whether a text has a blank."""
    return any(blank in blanks_of(words) for texts in written.values() for words in texts.values())
