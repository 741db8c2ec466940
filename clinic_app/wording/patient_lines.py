"""Words for the people on the list: who they are in one line, how they are reached, what is alike."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.patients import Birth, IdentifierKind, Phone, Sex
from clinic_app.wording.language import translate, translate_many

_SEXES = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other", Sex.UNKNOWN: "Not said"}

_KINDS = {
    IdentifierKind.HOSPITAL: "Hospital no.",
    IdentifierKind.UHID: "UHID",
    IdentifierKind.CR: "CR no.",
    IdentifierKind.OPD: "OPD no.",
    IdentifierKind.ABHA: "ABHA",
    IdentifierKind.OTHER: "Other no.",
}

_AGREES = {"name": "same name", "phone": "same phone", "number": "same number"}


def sex_words(sex: Sex) -> str:
    """``Female``."""
    return translate(_SEXES[sex])


def identifier_words(kind: IdentifierKind) -> str:
    """``Hospital no.``"""
    return translate(_KINDS[kind])


def phone_number(number: str) -> str:
    """A number in groups as it is read out: ``98400 12207``; one that already has spaces stays as it is."""
    bare = number.strip()
    if bare.isdigit() and len(bare) == 10:
        return f"{bare[:5]} {bare[5:]}"
    if bare.startswith("+91") and bare[3:].isdigit() and len(bare) == 13:
        return f"+91 {bare[3:8]} {bare[8:]}"
    return bare


def do_not_call_words() -> str:
    """What stands in place of the number of somebody who asked not to be called."""
    return translate("Do not call")


def phone_line(phone: Phone | None, *, may_be_called: bool) -> str:
    """``98400 12207 (daughter, Hindi)``; blank for no phone, and no number of who asked not to be called."""
    if not may_be_called:
        return do_not_call_words()
    if phone is None:
        return ""
    whose = ", ".join(part for part in (phone.owner, phone.language) if part)
    number = phone_number(phone.number)
    return f"{number} ({whose})" if whose else number


def birth_words(birth: Birth, on: date) -> str:
    """What is known of the age: ``58 years``, ``about 58 years`` where the day of birth is not known."""
    years = birth.years_on(on)
    if years is None:
        return ""
    said = translate_many("{count} year", "{count} years", years)
    return said if birth.day is not None else translate("about {age}").format(age=said)


def agrees_words(agrees: tuple[str, ...]) -> str:
    """What two people have in common: ``same phone, same name``."""
    return ", ".join(translate(_AGREES.get(one, one)) for one in agrees)


def count_words(count: int) -> str:
    """``1 patient``, ``12 345 patients``."""
    return translate_many("{count} patient", "{count} patients", count)
