"""What a clinic says and writes to a patient, in the patient's language: data files, one folder for each language,
and what the clinic wrote itself in their place or in a language of its own.

The program's own sentences are in ``wording.language``; these are for whoever is called, whatever the screen speaks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from clinic_app.domain.patient_texts import (
    DAY,
    MONTHS,
    NOTHING_WRITTEN,
    TEXTS,
    WEEKDAYS,
    TextKind,
    Written,
    filled,
    listed,
)
from clinic_app.wording.language import translate, translate_many

ENGLISH = "en"
LANGUAGE_FILE = "language.toml"
_FILES: dict[TextKind, str] = {
    TextKind.SCRIPT: "calls.toml",
    TextKind.MESSAGE: "calls.toml",
    TextKind.SLIP: "papers.toml",
    TextKind.NEXT_VISIT: "papers.toml",
    TextKind.LETTER: "papers.toml",
}
MESSAGES: dict[str, str] = {
    "text_unknown_blank": "“{text}” has {{{blank}}}, which the program cannot fill in here. It may have {known}.",
    "text_no_blanks": "“{text}” takes nothing in braces. Take {{{blank}}} out.",
    "text_missing_blank": "“{text}” lacks {{{blank}}}: the patient would not be told it. Write it in.",
    "text_brace": "“{text}” has a brace without its other half. Write what is filled in as {{day}}, or take the brace out.",
    "text_too_long": "“{text}” has {count} characters; there is room for {most}. Shorten it.",
    "text_count": "“{text}”: {count} words were found and {needed} are needed, with commas between them.",
    "text_not_written": "“{text}” is not written in {language} yet. Write every text of this page: no paper is in two languages.",
    "text_language_name": "Type the name of the language as it stands with the patients, with at most {most} characters.",
    "text_language_known": "{language} stands in the list of languages already. Choose it there.",
    "text_no_phone": "The text has {{phone}}, and the clinic’s phone number is not known. Set it under “The clinic” first.",
    "clinic_phone_in_use": "Texts for patients say {{phone}}. Take it out of them first.",
    "clinic_phone_bad": "This is no phone number. Type digits, with spaces if you like.",
}
KINDS: dict[TextKind, str] = {
    TextKind.SCRIPT: "What is said on the phone",
    TextKind.MESSAGE: "Messages",
    TextKind.SLIP: "Appointment slip",
    TextKind.NEXT_VISIT: "Next-visit slip",
    TextKind.LETTER: "Letter",
    TextKind.DAYS: "Days and months",
}
_CALL = {
    "booked": "Booked, a day with a place",
    "booked_time": "Booked, a day with a time",
    "missed": "Missed a visit, a day is free",
    "missed_no_day": "Missed a visit, no day is free",
    "due": "The next visit is due, a day is free",
    "due_no_day": "The next visit is due, no day is free",
    "other": "Anything else",
}
TEXT_NAMES: dict[TextKind, dict[str, str]] = {
    TextKind.SCRIPT: _CALL,
    TextKind.MESSAGE: _CALL,
    TextKind.SLIP: {
        "heading": "Heading",
        "place": "The place of the day",
        "time": "The time",
        "bring": "What to bring",
        "cannot_come": "If they cannot come",
        "number": "The clinic number",
    },
    TextKind.NEXT_VISIT: {
        "heading": "Heading",
        "between": "Over the first day of the window",
        "until": "The last day of the window",
        "come_on": "Over a day the doctor named",
        "not_before": "The earliest day",
        "call_for_date": "How to get a day",
        "bring": "What to bring",
        "number": "The clinic number",
    },
    TextKind.LETTER: {
        "subject": "Subject",
        "greeting": "Greeting",
        "due": "The next injection is due",
        "overdue": "The next injection is overdue",
        "no_window": "No date is known",
        "call": "What to do",
        "phone_changed": "If the number has changed",
        "closing": "Closing",
        "number": "The clinic number",
    },
    TextKind.DAYS: {
        "weekdays": "Days of the week, Monday first",
        "months": "Months, January first",
        "day": "A day of the week with its date",
    },
}


def kind_name(kind: TextKind) -> str:
    """What a kind of texts is called: ``Letter``."""
    return translate(KINDS[kind])


def text_name(kind: TextKind, name: str) -> str:
    """What a text is called: ``Greeting``."""
    return translate(TEXT_NAMES[kind][name])


def blanks_words(kind: TextKind, name: str) -> str:
    """What is filled in: ``The program fills in {day}, {place}``; blank where nothing is."""
    blanks = TEXTS[kind][name].blanks
    return (
        translate("The program fills in {blanks}").format(blanks=", ".join(f"{{{one}}}" for one in blanks))
        if blanks
        else ""
    )


def written_words(written: Written, names: Mapping[str, str]) -> str:
    """``Hindi: 2 texts; Marathi: 7 texts``; blank where nothing is written. ``names``: of languages by code."""
    one, many = "{language}: {count} text", "{language}: {count} texts"
    return "; ".join(
        translate_many(one, many, len(texts), language=names.get(code, code)) for code, texts in written.items()
    )


def english_used(languages: Sequence[str]) -> str:
    """That papers are in English because nothing is written in some languages; blank where there are none."""
    if not languages:
        return ""
    return translate("There is no text in {language}: English is used.").format(language=", ".join(languages))


class PatientTexts:
    """The texts of a folder with one folder for each language, and in their place, or besides, what a clinic wrote."""

    def __init__(self, folder: Path | None = None, own: Mapping[TextKind, Written] | None = None) -> None:
        self._folder = folder
        self._own = dict(own or {})

    def with_own(self, own: Mapping[TextKind, Written]) -> PatientTexts:
        """The same with what a clinic wrote."""
        return PatientTexts(self._folder, own)

    def codes(self) -> tuple[str, ...]:
        """The program's languages, English first."""
        if self._folder is None or not self._folder.is_dir():
            return ()
        found = (one.parent.name for one in self._folder.glob(f"*/{LANGUAGE_FILE}"))
        return tuple(sorted(found, key=lambda code: (code != ENGLISH, code)))

    def name(self, code: str) -> str:
        """What a language is called on screen."""
        return translate(str(self._language(code)["name"])) if code in self.codes() else code

    def samples(self, code: str, kind: TextKind, day: date) -> dict[str, str]:
        """What texts of a kind are shown with, in one of the program's languages: an invented patient, days from a day."""
        until = day + timedelta(days=30)
        on_paper = {"day": self.whole_day(code, day), "from": self.whole_day(code, day)}
        if kind in (TextKind.SCRIPT, TextKind.MESSAGE):
            on_paper["day"] = self.day(code, day)
        elif kind is TextKind.DAYS:
            on_paper = {"day": str(day.day), "month": self._month(code, day), "weekday": self.weekday(code, day)}
        said = {"name": str(self._language(code)["sample"]), "until": self.whole_day(code, until)}
        return {**said, "year": str(day.year), "number": "12", "place": "13", "time": "09:40", **on_paper}

    def language_of(self, said: str, kind: TextKind) -> str | None:
        """The language, as somebody wrote it (``Hindi``, ``हिन्दी``, ``hi``), in which there are texts of a kind.

        None where there are none; a clinic's own language needs its days and months too.
        """
        wanted = said.strip().casefold()
        for code in self.codes():
            if wanted in self._language(code)["names"]:
                return code
        whole = all(TEXTS[one].keys() <= self._written(one, wanted).keys() for one in (kind, TextKind.DAYS))
        return said.strip() if whole else None

    def names(self) -> dict[str, str]:
        """How the program's languages are called, in small letters, each with its code."""
        return {name: code for code in self.codes() for name in self._language(code)["names"]}

    def text(self, code: str, kind: TextKind, name: str, values: Mapping[str, str]) -> str:
        """A text with its blanks filled in. Raises ``KeyError``."""
        written = self._written(kind, code).get(name)
        return filled(written if written is not None else self.shipped(code, kind)[name], values)

    def shipped(self, code: str, kind: TextKind) -> dict[str, str]:
        """The program's own texts of a kind in one of its languages. Raises ``KeyError``."""
        if kind is TextKind.DAYS:
            said = self._language(code)
            return {WEEKDAYS: ", ".join(said["weekdays"]), MONTHS: ", ".join(said["months"]), DAY: str(said["day"])}
        return {name: str(words) for name, words in self._read(code, _FILES[kind])[kind.value].items()}

    def day(self, code: str, day: date) -> str:
        """A day as the language writes it."""
        values = {"weekday": self.weekday(code, day), "month": self._month(code, day)}
        return self.text(code, TextKind.DAYS, DAY, {"day": str(day.day), "year": str(day.year), **values})

    def weekday(self, code: str, day: date) -> str:
        """The name of a day's weekday."""
        return listed(self.text(code, TextKind.DAYS, WEEKDAYS, {}))[day.weekday()]

    def month(self, code: str, day: date) -> str:
        """Month and year of a day: ``March 2026``."""
        return f"{self._month(code, day)} {day.year}"

    def whole_day(self, code: str, day: date) -> str:
        """The whole day: ``20 March 2026``."""
        return f"{day.day} {self.month(code, day)}"

    def _month(self, code: str, day: date) -> str:
        return listed(self.text(code, TextKind.DAYS, MONTHS, {}))[day.month - 1]

    def _written(self, kind: TextKind, code: str) -> Mapping[str, str]:
        """What the clinic wrote in a language, however its name is written."""
        wanted = code.casefold()
        own = self._own.get(kind, NOTHING_WRITTEN)
        return next((texts for language, texts in own.items() if language.casefold() == wanted), {})

    def _language(self, code: str) -> dict[str, Any]:
        return self._read(code, LANGUAGE_FILE)

    def _read(self, code: str, name: str) -> dict[str, Any]:
        if self._folder is None:
            raise KeyError(code)
        return _parsed(self._folder / code / name)


@cache
def _parsed(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
