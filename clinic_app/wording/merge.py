"""Sentences about merging two records of one person."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_app.domain.merge import BookingOfOne, FactDiffers
from clinic_app.wording.conflicts import shown
from clinic_app.wording.dates import day, weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import place_words
from clinic_app.wording.versions import field_words

MESSAGES: dict[str, str] = {
    "merge_same_patient": "This is the same record. Choose the other record of {kept}.",
    "merge_departed_differs": (
        "One of the two is recorded as having died or moved away and the other is not, or on another day. Record the "
        "same of both, then merge."
    ),
    "merge_same_day": (
        "Both records have an injection of {day} for the same diagnosis. Choose the one that was entered twice; it "
        "becomes void."
    ),
}

_COUNTED = (
    ("clinical_case", "{count} diagnosis", "{count} diagnoses"),
    ("visit", "{count} visit", "{count} visits"),
    ("external_toxin", "{count} injection given elsewhere", "{count} injections given elsewhere"),
    ("contact_attempt", "{count} call", "{count} calls"),
    ("appointment", "{count} booking", "{count} bookings"),
    ("picture", "{count} photo", "{count} photos"),
)


def counted_words(rows: Mapping[str, int]) -> str:
    """``2 diagnoses, 4 visits, 12 photos``: how much of a record, in the words of the screen."""
    found = [(one, more, rows.get(table, 0)) for table, one, more in _COUNTED]
    return ", ".join(translate_many(one, more, count) for one, more, count in found if count)


def moves_words(rows: Mapping[str, int], kept: str) -> str:
    """What goes into the record that is kept."""
    held = counted_words(rows)
    if not held:
        return translate("Nothing but name, numbers and phones goes into the record of {kept}.").format(kept=kept)
    return translate("Into the record of {kept} go: {held}.").format(kept=kept, held=held)


def booking_of_one_words(booking: BookingOfOne) -> str:
    """``Of the kept record · Tue 24 Mar 2026, place 9``: a booking by record, day and place."""
    whose = translate("Of the kept record") if booking.of_kept else translate("Of the other record")
    return f"{whose} · {_when(booking)}"


def too_early_words(booking: BookingOfOne) -> str:
    """That a booking is before the day the two records together allow."""
    words = translate(
        "The booking of {when} lies before {earliest}, the earliest day of both records together. It is cancelled, or "
        "kept with a reason and the doctor who decided."
    )
    return words.format(when=_when(booking), earliest=day(booking.earliest or booking.appointment.day))


def _when(booking: BookingOfOne) -> str:
    found = booking.appointment
    words = translate("{day}, {place}") if found.at else translate("{day}, place {place}")
    return words.format(day=weekday_day(found.day), place=place_words(found))


def fact_words(fact: FactDiffers) -> str:
    """``Village or area: kept “Pune”, the other says “Nashik”; it will be “Pune”.``"""
    birth = {"birth": translate("Birth")}
    name = birth.get(fact.field) or field_words(fact.field)
    said = translate("{field}: kept “{kept}”, the other says “{other}”; it will be “{result}”.")
    return said.format(field=name, kept=shown(fact.kept), other=shown(fact.other), result=shown(fact.result))
