"""Days as a clinic writes them: the month by name, so that day and month are never mistaken for each other."""

from __future__ import annotations

from datetime import date

from clinic_app.wording.language import translate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday_name(value: date) -> str:
    """``Sunday``."""
    return translate(_WEEKDAY_NAMES[value.weekday()])


def day(value: date) -> str:
    """``9 Mar 2026``."""
    month = translate(MONTHS[value.month - 1])
    return translate("{day} {month} {year}").format(day=value.day, month=month, year=value.year)


def weekday_day(value: date) -> str:
    """``Mon 9 Mar 2026``."""
    return translate("{weekday} {day}").format(weekday=translate(WEEKDAYS[value.weekday()]), day=day(value))
