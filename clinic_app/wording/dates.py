"""Days as a clinic writes them: the month by name, so that day and month are never mistaken for each other."""

from __future__ import annotations

from datetime import date, datetime

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


def moment_words(value: datetime) -> str:
    """``19 Mar 2026 09:30``, in local time."""
    local = value.astimezone() if value.tzinfo is not None else value
    return f"{day(local.date())} {local:%H:%M}"


def moment_seen_from(value: datetime, today: date) -> str:
    """``09:30`` on that very day, else ``19 Mar 2026 09:30``."""
    return f"{value:%H:%M}" if value.date() == today else moment_words(value)
