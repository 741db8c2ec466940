"""Bookings as entries of a calendar outside the program: initials and a place, nothing that says what is treated."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from clinic_app.domain.schedule import Appointment, AppointmentStatus

USUAL_MINUTES: Final = 20
"""How long a visit with a time lasts in the calendar where nobody said (ux.md 3.4)."""
GONE: Final = frozenset(
    {AppointmentStatus.CANCELLED_BY_CLINIC, AppointmentStatus.CANCELLED_BY_PATIENT, AppointmentStatus.WAITLIST}
)
"""Bookings that hold no place: a calendar that has them takes them off."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry. ``uid`` stays the same through every change, ``sequence`` grows with each, also where the
    booking goes into the bin or comes back. ``at``: None for a day with a token.
    """

    uid: str
    sequence: int
    words: str
    day: date
    at: time | None = None
    minutes: int = USUAL_MINUTES
    cancelled: bool = False


def entry_of(key: bytes, booking: Appointment, words: str, *, raised: int = 0, gone: bool = False) -> CalendarEntry:
    """A booking as an entry, the same in a file and in a code; ``gone``: it was taken back, or is in the bin.

    ``raised``: how often it went into the bin or came out of it.
    """
    return CalendarEntry(
        uid_of(key, booking.id),
        booking.version - 1 + raised,
        words,
        booking.day,
        booking.at,
        booking.minutes or USUAL_MINUTES,
        cancelled=gone or booking.status in GONE,
    )


def uid_of(key: bytes, appointment_id: int) -> str:
    """The name of a booking in calendars: the same for ever, and it tells nothing without the clinic's key."""
    return hmac.digest(key, b"booking" + str(appointment_id).encode(), "sha256").hex()[:32] + "@dystonia-case-tracker"
