"""Sentences about what is entered of a patient."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.patients import Birth, Sex
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "day_before_birth": "{day} lies before the birth of the patient ({born}).",
    "died_before_injection": (
        "{day} lies before the botulinum toxin of {given} on this patient’s record. Correct that day first, or this one."
    ),
    "mrn_taken": "The number {mrn} belongs to {name} already.",
    "patient_not_found": "This patient is not there any more.",
    "name_missing": "The patient’s name is missing. Enter it in “{field}”.",
    "born_in_future": "The birth date {day} lies in the future. Correct “{field}”.",
    "bad_age": "An age of {age} cannot be right. Correct “{field}”: age 0 to 120, or the birth date.",
    "bad_birth_year": "{year} is no year of birth. Write it in “{field}” with four digits, for example 1968.",
    "bad_phone": "The phone number “{number}” has fewer than four digits. Correct it, or remove it.",
    "bad_identifier": "One of the patient’s numbers is blank. Enter it in “{field}”, or remove the line.",
    "bad_weight": "A weight of {weight} kg cannot be right. Enter 0.3 to 400 kg in “{field}”, or leave it blank.",
}

_SEXES = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.OTHER: "O", Sex.UNKNOWN: ""}


def age_sex_words(birth: Birth, sex: Sex, on: date) -> str:
    """``58 F``; ``about 58 F`` where only a year or an age is known; blank where neither is known."""
    years = birth.years_on(on)
    age = "" if years is None else str(years)
    if age and birth.day is None and birth.age is None:
        age = translate("about {age}").format(age=age)
    return " ".join(part for part in (age, translate(_SEXES[sex])) if part)


def person_line(mrn: str, birth: Birth, sex: Sex, on: date) -> str:
    """``4127 · 58 F``: number, age and sex under a name."""
    return " · ".join(part for part in (mrn, age_sex_words(birth, sex, on)) if part)
