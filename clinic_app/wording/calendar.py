"""Words for spans of time and for days near today."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.calendar import Span, SpanUnit
from clinic_app.wording.dates import MONTHS, WEEKDAYS, day
from clinic_app.wording.language import translate, translate_many

MESSAGES: dict[str, str] = {
    "bad_span": "“{text}” in “{field}” is no length of time. Write for example 12 w, 3 m or 90 d.",
    "no_working_day": "The clinic must work on at least one day of the week. Choose one.",
}

_NEAR_DAYS = 183


def span_words(span: Span) -> str:
    """``12 weeks``, ``3 months``, ``1 day``."""
    match span.unit:
        case SpanUnit.DAYS:
            return translate_many("{count} day", "{count} days", span.value)
        case SpanUnit.WEEKS:
            return translate_many("{count} week", "{count} weeks", span.value)
        case SpanUnit.MONTHS:
            return translate_many("{count} month", "{count} months", span.value)


def between_words(first: Span, last: Span) -> str:
    """``3 to 4 months``; ``80 days to 4 months``."""
    words = translate("{from} to {until}")
    start = str(first.value) if first.unit is last.unit else span_words(first)
    return words.format_map({"from": start, "until": span_words(last)})


def days_words(count: int) -> str:
    """``1 day``, ``8 days``."""
    return translate_many("{count} day", "{count} days", count)


def weeks_words(count: int) -> str:
    """``1 week``, ``18 weeks``."""
    return translate_many("{count} week", "{count} weeks", count)


def short_day(value: date, on: date) -> str:
    """``10 Apr``; with its year where it lies more than half a year from ``on`` and so could be mistaken."""
    if abs((value - on).days) > _NEAR_DAYS:
        return day(value)
    return translate("{day} {month}").format(day=value.day, month=translate(MONTHS[value.month - 1]))


def short_weekday_day(value: date, on: date) -> str:
    """``Fri 20 Mar``; with its year as in ``short_day``."""
    weekday = translate(WEEKDAYS[value.weekday()])
    return translate("{weekday} {day}").format(weekday=weekday, day=short_day(value, on))
