"""Words for doctors who are away, and for bookings that have to be moved because of it."""

from __future__ import annotations

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.schedule import Appointment
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate, translate_many

MESSAGES: dict[str, str] = {
    "absence_no_doctor": "Who is away? Enter the name in “{field}”.",
    "absence_ends_before": "{last} is before {first}: choose a last day in “{field}” from {first} on.",
    "absence_over": "{last} has passed; today is {today}. Enter an absence that is not over yet.",
    "absence_places": "A day has from 0 to {most} places. Enter a number between them.",
    "absence_places_missing": "Are injections given on the Botox days among them? Choose one in “{field}”.",
    "absence_not_found": "This absence is not there any more.",
}


def absence_words(details: AbsenceDetails) -> str:
    """``Dr Sen is away from 3 Jul 2026 to 9 Jul 2026, no injections: congress``."""
    words = translate("{who} is away from {first} to {last}")
    if details.first == details.last:
        words = translate("{who} is away on {first}")
    words = words.format(who=details.injector, first=day(details.first), last=day(details.last))
    if details.places == 0:
        words = translate("{words}, no injections").format(words=words)
    elif details.places is not None:
        words = translate_many(
            "{words}, {count} place left", "{words}, {count} places left", details.places, words=words
        )
    return f"{words}: {details.reason}" if details.reason else words


def moved_on_words(count: int) -> str:
    """``3 bookings have to be moved``."""
    return translate_many("{count} booking has to be moved", "{count} bookings have to be moved", count)


def displaced_words(booking: Appointment, name: str, why: str) -> str:
    """``3 Jul 2026, place 4: Asha Verma (Dr Sen is away)``."""
    place = f"{booking.at:%H:%M}" if booking.at is not None else translate("place {place}").format(place=booking.token)
    words = translate("{day}, {place}: {name} ({why})")
    return words.format(day=day(booking.day), place=place, name=name, why=why)


def in_the_way_words(why: str, who: str) -> str:
    """Why a booking cannot be kept: ``the clinic is closed``."""
    words = {
        "closed": translate("the clinic is closed"),
        "nobody": translate("no injections, {who} is away"),
        "away": translate("{who} is away"),
        "too_many": translate("fewer places, {who} is away"),
    }
    return words[why].format(who=who)
