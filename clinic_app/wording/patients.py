"""Sentences about what is entered of a patient."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "name_missing": "The patient’s name is missing. Enter it in “{field}”.",
    "born_in_future": "The birth date {day} lies in the future. Correct “{field}”.",
    "bad_age": "An age of {age} years cannot be right. Correct “{field}”: age 0 to 120, or the birth date.",
    "bad_birth_year": "{year} is no year of birth. Write it in “{field}” with four digits, for example 1968.",
    "bad_phone": "The phone number “{number}” has fewer than four digits. Correct it, or remove it.",
    "bad_identifier": "One of the patient’s numbers is blank. Enter it in “{field}”, or remove the line.",
    "bad_weight": "A weight of {weight} kg cannot be right. Enter 0.3 to 400 kg in “{field}”, or leave it blank.",
}
