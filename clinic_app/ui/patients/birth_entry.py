"""What is typed for an age: a birth date, a year, or an age in years."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QLocale

from clinic_app.domain.date_entry import Precision, Toward, read_date
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Birth
from clinic_app.ui.widgets.date_field import locale_reading
from clinic_app.wording.dates import day as day_words

_AGE = re.compile(r"(\d{1,3})\s*(?:y|yr|yrs|years?|a)?\.?", re.IGNORECASE)


def read_birth(text: str, today: date) -> Birth:
    """``58`` and ``58 y`` are an age today, ``1968`` is a year, ``12/3/1968`` and ``12 Mar 1968`` are a day.

    Raises:
        RuleBroken: field ``birth`` (or ``age``): ``bad_age``, ``bad_birth_year``, ``date_entry_unreadable`` ...
    """
    words = text.strip()
    if not words:
        return Birth()
    if match := _AGE.fullmatch(words):
        return Birth(age=int(match[1]), age_on=today)
    reading = locale_reading(today, QLocale(), toward=Toward.PAST, partial=True)
    found = read_date(words, reading, field="birth")
    if found.precision is not Precision.DAY:
        return Birth(year=found.day.year)
    if found.day > today:
        raise RuleBroken("birth", "born_in_future", day=found.day)
    return Birth(day=found.day)


def birth_text(birth: Birth) -> str:
    """What stands in the line for a birth that is known."""
    if birth.day is not None:
        return day_words(birth.day)
    if birth.year is not None:
        return str(birth.year)
    return "" if birth.age is None else str(birth.age)
