"""Words for the waiting list and the places that become free."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from clinic_app.domain.schedule import Appointment
from clinic_app.domain.suggestion import SuggestedDay
from clinic_app.wording.calendar import short_day, short_weekday_day
from clinic_app.wording.dates import WEEKDAYS
from clinic_app.wording.language import translate, translate_many

MESSAGES: dict[str, str] = {
    "waits_for_place": "Who is on the waiting list gets a place or is taken off it; nothing else can be said of them.",
    "waits_no_more": "This patient is not on the waiting list any more.",
    "wait_until_missing": "Until which day would the patient come? Enter it in “{field}”.",
    "wait_until_before": "{until} is before {day}: choose a last day in “{field}” from {day} on.",
    "waits_before_earliest": (
        "The next injection can be given from {earliest} on. Wait in “{field}” at least until then."
    ),
    "already_waiting": "This diagnosis is on the waiting list already.",
    "wait_other_days": "This patient waits for a place from {first} to {until}. Choose a day between them.",
    "nobody_chosen": "Choose who gets the place in “{field}”.",
}


class Waiter(Protocol):
    """Somebody who waits, as far as the words go."""

    @property
    def appointment(self) -> Appointment:
        """The entry on the list."""
        ...

    @property
    def name(self) -> str:
        """Who it is."""
        ...

    @property
    def mrn(self) -> str:
        """The number of the record."""
        ...

    @property
    def booked(self) -> Appointment | None:
        """A later booking they have."""
        ...


def free_place_words(day: date, waiting: int, today: date) -> str:
    """``A place on Fri 20 Mar is free: 2 on the waiting list``."""
    return translate_many(
        "A place on {day} is free: {count} on the waiting list",
        "A place on {day} is free: {count} on the waiting list",
        waiting,
        day=short_weekday_day(day, today),
    )


def waiting_words(one: Waiter, today: date) -> str:
    """``Asha Verma · 4127 · waits until 20 Mar · booked Fri 27 Mar``."""
    parts = [one.name, one.mrn]
    if one.appointment.wait_until is not None:
        parts.append(translate("waits until {day}").format(day=short_day(one.appointment.wait_until, today)))
    if one.booked is not None:
        parts.append(translate("booked {day}").format(day=short_weekday_day(one.booked.day, today)))
    return " · ".join(part for part in parts if part)


def waits_words(until: date, today: date) -> str:
    """``On the waiting list until 20 Mar``."""
    return translate("On the waiting list until {day}").format(day=short_day(until, today))


def suggestion_words(one: SuggestedDay) -> str:
    """What speaks for a day that is offered: ``Tue as usual; 2 others from Ullal that day``. Blank: it is the next."""
    parts = []
    if one.as_usual:
        parts.append(translate("{weekday} as usual").format(weekday=translate(WEEKDAYS[one.day.weekday()])))
    if one.neighbours:
        others = translate_many(
            "{count} other from {village} that day",
            "{count} others from {village} that day",
            one.neighbours,
            village=one.village,
        )
        parts.append(others)
    if one.after_window:
        parts.append(translate("nothing is free inside the window"))
    return "; ".join(parts)
