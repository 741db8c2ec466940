"""Patients: who they are and how they are reached."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.calendar import add_months, whole_months_between
from clinic_app.domain.errors import RuleBroken

OLDEST_AGE = 120
FIRST_BIRTH_YEAR = 1850
MINOR_UNDER = 18
_VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d"
"""Signs that join two letters into one, of Devanagari to Malayalam; the pulli of Tamil joins none."""
_JOINERS = "\u200c\u200d"
TITLES = frozenset({"dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "sr", "sister", "nurse"})
"""Words before a name, in lower case."""


class Sex(Enum):
    """Sex as the register writes it."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "O"
    UNKNOWN = "U"


@dataclass(frozen=True, slots=True)
class Birth:
    """What is known of a birth: the day, or the year, or an age on a day. Exactly one, or nothing."""

    day: date | None = None
    year: int | None = None
    age: int | None = None
    age_on: date | None = None

    def __post_init__(self) -> None:
        if sum(item is not None for item in (self.day, self.year, self.age)) > 1:
            raise ValueError("one of day, year and age at the most")
        if (self.age is None) != (self.age_on is None):
            raise ValueError("an age needs the day it was said on")
        if self.age is not None and not 0 <= self.age <= OLDEST_AGE:
            raise RuleBroken("age", "bad_age", age=self.age)
        if self.year is not None and not FIRST_BIRTH_YEAR <= self.year <= date.max.year:
            raise RuleBroken("birth", "bad_birth_year", year=self.year)

    @property
    def known(self) -> bool:
        """Whether anything at all is known."""
        return self.day is not None or self.year is not None or self.age is not None

    @property
    def earliest(self) -> date | None:
        """The earliest day this person can have been born on."""
        if self.day is not None:
            return self.day
        if self.year is not None:
            return date(self.year, 1, 1)
        if self.age is not None and self.age_on is not None:
            birthday = add_months(self.age_on, -12 * (self.age + 1))
            too_old = whole_months_between(birthday, self.age_on) // 12 > self.age
            return birthday + timedelta(days=1) if too_old else birthday
        return None

    def years_on(self, day: date) -> int | None:
        """Whole years of age on ``day``; an estimate unless the birth day is known."""
        if self.day is not None:
            return whole_months_between(self.day, day) // 12
        if self.year is not None:
            return max(day.year - self.year, 0)
        if self.age is not None and self.age_on is not None:
            if day >= self.age_on:
                return self.age + whole_months_between(self.age_on, day) // 12
            return max(self.age - whole_months_between(day, self.age_on) // 12, 0)
        return None


class IdentifierKind(Enum):
    """Numbers a patient is known by."""

    HOSPITAL = "hospital"
    UHID = "uhid"
    CR = "cr"
    OPD = "opd"
    ABHA = "abha"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number the patient is known by; the first of a patient's is the ``mrn``."""

    value: str
    kind: IdentifierKind = IdentifierKind.HOSPITAL


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number, whose it is, and the language spoken there."""

    number: str
    owner: str = ""
    language: str = ""
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """What is entered about a patient, before and after it has an id."""

    full_name: str
    sex: Sex = Sex.UNKNOWN
    birth: Birth = Birth()
    identifiers: tuple[Identifier, ...] = ()
    phones: tuple[Phone, ...] = ()
    guardian: str = ""
    village: str = ""
    weight_kg: float | None = None
    language: str = ""
    may_be_called: bool = True
    alerts: tuple[str, ...] = ()
    notes: str = ""
    may_be_texted: bool = True
    may_be_written_to: bool = True

    def checked(self, today: date) -> PatientDetails:
        """The same details, tidied, or the first rule they break.

        Raises:
            RuleBroken: ``name_missing``, ``born_in_future``, ``bad_age``, ``bad_phone``, ``bad_identifier``,
                ``bad_weight``.
        """
        name = tidy(self.full_name)
        if not name:
            raise RuleBroken("full_name", "name_missing")
        earliest = self.birth.earliest
        if earliest is not None and earliest > today:
            raise RuleBroken("birth", "born_in_future", day=earliest)
        if earliest is not None and today.year - earliest.year > OLDEST_AGE + 1:
            raise RuleBroken("birth", "bad_age", age=today.year - earliest.year)
        for phone in self.phones:
            if len(phone_digits(phone.number)) < 4:
                raise RuleBroken("phones", "bad_phone", number=phone.number)
        for identifier in self.identifiers:
            if not tidy(identifier.value):
                raise RuleBroken("identifiers", "bad_identifier")
        if self.weight_kg is not None and not 0.3 <= self.weight_kg <= 400:
            raise RuleBroken("weight_kg", "bad_weight", weight=self.weight_kg)
        return PatientDetails(
            name,
            self.sex,
            self.birth,
            tuple(Identifier(tidy(item.value), item.kind) for item in self.identifiers),
            self.phones,
            tidy(self.guardian),
            tidy(self.village),
            self.weight_kg,
            tidy(self.language),
            self.may_be_called,
            self.alerts,
            self.notes.strip(),
            self.may_be_texted,
            self.may_be_written_to,
        )


@dataclass(frozen=True, slots=True)
class Patient:
    """A person of the clinic. ``number`` is the clinic's own; ``mrn`` is what everybody calls the person by."""

    id: int
    number: int
    mrn: str
    details: PatientDetails
    deceased_on: date | None = None
    moved_on: date | None = None
    version: int = 1

    @property
    def name(self) -> str:
        """The full name."""
        return self.details.full_name

    @property
    def departed(self) -> bool:
        """Whether the patient died or moved away."""
        return self.deceased_on is not None or self.moved_on is not None

    @property
    def may_be_called(self) -> bool:
        """Whether the clinic may call: nobody who asked not to be called, died or moved away."""
        return self.details.may_be_called and not self.departed

    @property
    def phone(self) -> Phone | None:
        """The number to call: the preferred one, else the first."""
        return preferred_phone(self.details.phones)


@dataclass(frozen=True, slots=True)
class PatientEntry:
    """One row of the Patients list."""

    id: int
    mrn: str
    name: str
    sex: Sex
    birth: Birth
    phone: str
    cases: tuple[tuple[str, str | None], ...] = ()
    last_on: date | None = None
    matched: str = ""
    may_be_called: bool = True
    veiled: bool = False
    """Diagnosis and dates are kept from who works; there may be some."""


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """How likely two people are the same: the patient, and what agrees."""

    patient: PatientEntry
    agrees: tuple[str, ...] = field(default=())


def initials(name: str) -> str:
    """The first letters of the first and the last word: "Asha Verma" is "AV"; a title says nothing of who it is."""
    words = [word for word in name.split() if word[0].isalnum()]
    while len(words) > 1 and words[0].rstrip(".").casefold() in TITLES:
        words = words[1:]
    if not words:
        return "?"
    return "".join(_first_letter(word).upper() for word in (words[0], words[-1])[: len(words)])


def _first_letter(word: str) -> str:
    """A letter with the marks and vowel signs on it, and the letters a virama joins to it: श्रेया begins with श्रे."""
    word = unicodedata.normalize("NFC", word)
    end, joins = 1, False
    for sign in word[1:]:
        kind = unicodedata.category(sign)
        if kind in ("Mn", "Mc") or sign in _JOINERS:
            joins = sign in _VIRAMAS or (joins and sign in _JOINERS)
        elif joins and kind == "Lo":
            joins = False
        else:
            break
        end += 1
    return word[:end].rstrip(_JOINERS)


def preferred_phone(phones: tuple[Phone, ...]) -> Phone | None:
    """The number to call: the preferred one, else the first."""
    return next((phone for phone in phones if phone.preferred), phones[0] if phones else None)


def tidy(text: str) -> str:
    """Text with its white space evened out and composed to NFC."""
    return " ".join(unicodedata.normalize("NFC", text).split())


_NOT_DECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ŧ": "t", "ħ": "h"}
)


def fold(text: str) -> str:
    """Text as it is searched by: lower case, without accents, words separated by one space."""
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_NOT_DECOMPOSED)
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in lowered if not _unheard(c))
    return " ".join(unicodedata.normalize("NFKD", "".join(kept)).split())


_NUKTAS = frozenset("\u093c\u09bc\u0a3c\u0abc\u0b3c")
"""The dots of Indian scripts that half of all writers leave out; every other mark there is a vowel or joins letters."""


def _unheard(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Mn":
        return character in _NUKTAS or not "\u0900" <= character <= "\u0dff"
    return category in ("Me", "Cf")


def phone_digits(number: str) -> str:
    """Only the digits of a telephone number, in Western digits."""
    return re.sub(r"[^0-9]", "", "".join(str(unicodedata.digit(c, -1)) if c.isdigit() else c for c in number))
