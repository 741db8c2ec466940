"""Words of the calendar: why nobody can be dropped on a day, what a day has, and the banner of another day."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.absences import Absence
from clinic_app.domain.calendar_board import CalendarDay
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import BotoxDay
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_name
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words

MESSAGES: dict[str, str] = {
    "booking_stays": "The booking is on {day} already. Choose another day.",
}

_WHY_NOT = {
    "departed": "{name} has died or moved away",
    "booking_stays": "the booking is here already",
    "booking_in_past": "in the past",
    "booking_far_ahead": "more than a year ahead",
    "no_case": "no diagnosis",
    "case_stopped": "the diagnosis is stopped",
    "booking_inside_hold": "on hold until {until}",
    "before_earliest": "before {earliest}, the earliest day",
    "already_booked": "already booked on this day",
    "clinic_closed": "the clinic is closed",
    "clinic_closed_weekday": "the clinic is closed on {weekday}s",
    "not_botox_day": "no Botox day",
    "day_is_full": "full, {taken} of {places} places taken",
    "no_place_left": "full, {taken} booked for {places} places",
    "nobody_injects": "nobody injects, {who} is away until {until}",
    "doctor_away": "{who} is away until {until}",
    "booked_other_day": "already booked for {day}",
}


def why_not_words(refusal: RuleBroken, day: date) -> str:
    """The rule that stands against a day, short: ``full, 20 of 20 places taken``; the code where it has no words."""
    given = {key: day_words(value) if isinstance(value, date) else value for key, value in refusal.params.items()}
    words = _WHY_NOT.get(refusal.code, refusal.code)
    return translate(words).format(**{**given, "weekday": weekday_name(day)})


def places_number(place: BotoxDay) -> str:
    """``13/20``; ``2`` on a day without places."""
    taken = number_words(place.taken)
    return f"{taken}/{number_words(place.capacity)}" if place.capacity else taken


def places_words(day: CalendarDay) -> str:
    """``13 of 20 places taken``; ``2 booked`` on a day that is no Botox day; nothing where neither is."""
    place = day.place
    if place.is_botox_day:
        return translate("{taken} of {places} places taken").format(
            taken=number_words(place.taken), places=number_words(place.capacity)
        )
    return translate("{count} booked").format(count=number_words(place.taken)) if place.taken else ""


def away_words(away: Absence) -> str:
    """``Dr Rao away: congress``; without a reason ``Dr Rao away``."""
    words = translate("{doctor} away").format(doctor=away.details.injector)
    return f"{words}: {away.details.reason}" if away.details.reason else words


def closed_words(day: CalendarDay) -> str:
    """``Closed`` where the clinic does not work."""
    return "" if day.working else translate("Closed")


def day_sentence(day: CalendarDay, today: date) -> str:
    """What a screen reader says of a day of the calendar."""
    parts = [
        short_weekday_day(day.day, today),
        translate("today") if day.day == today else "",
        closed_words(day),
        places_words(day),
        *(away_words(one) for one in day.away),
        translate("{count} without drug").format(count=day.without_drug) if day.without_drug else "",
    ]
    return ", ".join(part for part in parts if part)


def looked_at_words(day: date) -> str:
    """Why nothing is changed while another day is in sight."""
    return translate("You are looking at {day}. Go back to today to book or change anything.").format(
        day=day_words(day)
    )


def as_of_words(day: date, today: date) -> str:
    """The banner of another day."""
    words = (
        translate("As of {day}: where every diagnosis stood then. Nothing can be changed here.")
        if day < today
        else translate("As of {day}: where every diagnosis will stand if nothing happens. Nothing can be changed here.")
    )
    return words.format(day=day_words(day))
