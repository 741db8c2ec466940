"""Words of the forecast: weeks, what is counted, and by which rule."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.forecast import Forecast, ForecastWeek, LeftOut, Need, ProductNeed
from clinic_app.domain.schedule_filter import VisitSpan
from clinic_app.domain.units import plain
from clinic_app.wording.calendar import short_day
from clinic_app.wording.dates import MONTHS
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import ProductNames, product_words

_LEFT_OUT = {
    LeftOut.NOT_STARTED: "{count} not started",
    LeftOut.STOPPED: "{count} stopped",
    LeftOut.ON_HOLD: "{count} on hold beyond them",
    LeftOut.LATER: "{count} later than these weeks",
    LeftOut.CLOSED: "{count} in records that are closed to you",
}


def span_of_days(first: date, last: date, on: date) -> str:
    """``19–22 Mar``, ``30 Mar – 5 Apr``."""
    if first == last:
        return short_day(first, on)
    if (first.year, first.month) == (last.year, last.month):
        return translate("{first}–{last} {month}").format(
            first=first.day, last=last.day, month=translate(MONTHS[last.month - 1])
        )
    return translate("{first} – {last}").format(
        first=f"{first.day} {translate(MONTHS[first.month - 1])}",
        last=f"{last.day} {translate(MONTHS[last.month - 1])}",
    )


def visit_span_words(span: VisitSpan) -> str:
    """The chip of the call list: ``Visits 30 Mar – 5 Apr``."""
    if span.waiting:
        return translate("Need a place now")
    return translate("Visits {days}").format(days=span_of_days(span.first, span.last, span.on))


def sum_words(found: Forecast) -> str:
    """How many diagnoses are in the weeks, where, and how many are not and why; it adds up to all of them."""
    booked = sum(week.booked.cases for week in found.weeks)
    expected = sum(week.expected.cases for week in found.weeks)
    words = translate(
        "{cases} of {total} diagnoses: {now} need a place now, {booked} booked, {expected} expected, "
        "by the end of {last}."
    ).format(
        cases=number_words(found.cases),
        total=number_words(found.total),
        now=number_words(found.now.cases),
        booked=number_words(booked),
        expected=number_words(expected),
        last=short_day(found.weeks[-1].last, found.on),
    )
    if not found.left_out:
        return translate("{words} Nobody is left out.").format(words=words)
    left = ", ".join(
        translate(_LEFT_OUT[reason]).format(count=number_words(count)) for reason, count in found.left_out.items()
    )
    return translate("{words} Not counted: {left}.").format(words=words, left=left)


def rule_words() -> tuple[str, ...]:
    """By which rules the forecast counts, a sentence each."""
    return (
        translate(
            "Now: overdue or due, without a booking. Expected: without a booking, in the week of the first Botox day "
            "from the day the window opens, from the doctor’s come-on date if that is later, or after a hold."
        ),
        translate(
            "Repeats, projected: the visits that would follow those booked or expected by each diagnosis’s own plan; "
            "none for “Now”, as nobody knows when they will come."
        ),
        translate(
            "A patient with several diagnoses in one week is one visit. Places: Botox days less closed days and "
            "doctors’ absences."
        ),
        translate(
            "Units as last time; products are never added together. Vials: sizes of the catalogue, each visit its own, "
            "with the fewest units discarded. Stock is not recorded yet."
        ),
        translate(
            "A click on a bar, or Enter on a row, lists those booked or expected in that week; a click on the date under "
            "it (Shift+Enter), those of all weeks that begin in that month."
        ),
    )


def week_sentence(week: ForecastWeek, on: date) -> str:
    """What one week brings, as it is read out and shown under the pointer."""
    return translate("{days}: {booked} booked, {expected} expected, {repeats} projected; {places} places, {free} free").format(
        days=span_of_days(week.first, week.last, on),
        booked=number_words(week.booked.visits),
        expected=number_words(week.expected.visits),
        repeats=number_words(week.repeats.visits),
        places=number_words(week.places),
        free=number_words(week.free),
    )  # fmt: skip


def now_sentence(need: Need) -> str:
    """Who needs a place now."""
    return translate_many("Now: {count} visit without a booking", "Now: {count} visits without a booking", need.visits)


def vial_words(need: ProductNeed) -> str:
    """``12 × 100 U, 3 × 50 U``; what is not known is said."""
    parts = [f"{number_words(count)} × {plain(size)} U" for size, count in need.vials]
    if need.unsized:
        parts.append(
            translate_many("{count} visit without a known vial size", "{count} visits without a known vial size",
                           need.unsized)
        )  # fmt: skip
    return ", ".join(parts)


def need_sentence(need: ProductNeed, names: ProductNames) -> str:
    """What is needed of a product, in one sentence: units, vials, what is discarded, what nobody knows."""
    brand = product_words(need.product, names)
    parts = [translate("{units} U of {brand}").format(units=number_words(need.units), brand=brand)]
    if need.vials or need.unsized:
        parts.append(vial_words(need))
    if need.vials:
        parts.append(translate("{units} U discarded").format(units=number_words(need.discarded)))
    if need.unknown:
        parts.append(
            translate_many("units unknown for {count} visit", "units unknown for {count} visits", need.unknown)
        )
    return "; ".join(parts)


def chart_words(product: str | None, names: ProductNames) -> str:
    """What the bars of a product count."""
    return translate("{brand}, units").format(brand=product_words(product, names))
