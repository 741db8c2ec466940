"""Calls: when somebody is to be called again, what may be sent to them, and what helps after attempts in vain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.date_entry import WEEKDAY_NAMES, DateReading, EnteredDate, Precision, read_date
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Patient, Phone
from clinic_app.domain.schedule import Appointment, Attempt, Channel, ContactAttempt, DrugSupply

TRY_ANOTHER_NUMBER, WRITE_A_LETTER = 3, 5
"""After so many attempts in vain, one after another (ux.md 3.5)."""
AFTERNOON_HOURS = range(1, 7)
"""A bare 1 to 6 is an hour of the afternoon: no clinic calls at night."""

_CLOCK = re.compile(r"(\d{1,2})(?:[:h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?")
_DAY_AND_CLOCK = re.compile(
    r"(?P<day>.+?)(?:\s*,)?\s+(?P<at>at\s+)?(?P<clock>\d{1,2}(?:[:h]\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.)?)"
)
QrMatrix = tuple[tuple[bool, ...], ...]
"""The modules of a QR code, row by row, dark ones true; without the quiet zone."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """When to call again: a day, and a time where one was agreed."""

    day: date
    at: time | None = None


def read_call_back(
    text: str, now: datetime, reading: DateReading, working: WorkingDays, *, field: str = "call_again_on"
) -> CallBack:
    """When ``text`` means: ``16``, ``4 pm``, ``10:30``, ``tomorrow 10``, ``mon``, ``mon 9:30``, ``19/3 at 10``.

    A time alone is the next one: of today while it lies ahead of ``now``, else of the next working day. A number
    alone up to 23 is an hour. Days are read as ``reading`` says; a day in the past is refused by who asks.

    Raises:
        RuleBroken: as ``read_date``; ``bad_time`` for an hour that does not exist; ``call_again_time_past`` for a
            time of today that has passed.
    """
    words = " ".join(text.strip().casefold().split())
    alone = _clock(words, text, field)
    if alone is not None:
        today = now.date()
        if alone > now.time().replace(tzinfo=None):
            return CallBack(today, alone)
        return CallBack(working.next_on_or_after(today + timedelta(days=1)), alone)
    match = _DAY_AND_CLOCK.fullmatch(words)
    if match is not None and _takes_clock(match, reading):
        found = read_date(match["day"], reading, field=field)
        at = _clock(match["clock"], text, field, bare=True)
        if found.precision is Precision.DAY and at is not None:
            if found.day == now.date() and at <= now.time().replace(tzinfo=None):
                raise RuleBroken(field, "call_again_time_past", time=f"{at:%H:%M}")
            return CallBack(found.day, at)
    return CallBack(_whole_day(read_date(text, reading, field=field), text, field))


def _whole_day(found: EnteredDate, text: str, field: str) -> date:
    if found.precision is not Precision.DAY:
        raise RuleBroken(field, "date_entry_unreadable", text=text.strip())
    return found.day


def _clock(words: str, text: str, field: str, *, bare: bool = False) -> time | None:
    """A time of day; None where it is none. ``bare``: any number counts as an hour, one above 23 is refused."""
    match = _CLOCK.fullmatch(words)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if not match[2] and not half and not bare and hour > 23:
        return None
    if half and not 1 <= hour <= 12:
        raise RuleBroken(field, "bad_time", text=text.strip())
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif not match[2] and hour in AFTERNOON_HOURS:
        hour += 12
    if hour > 23 or minute > 59:
        raise RuleBroken(field, "bad_time", text=text.strip())
    return time(hour, minute)


def _takes_clock(match: re.Match[str], reading: DateReading) -> bool:
    """Whether what stands behind the day is a time: ``mon 9`` and ``tomorrow 10``, but not ``mar 9`` or ``19/3 26``."""
    if match["at"] or not match["clock"].strip().isdigit():
        return True
    day = match["day"].rstrip(".")
    words = {"today", "tomorrow", *(one.casefold() for one in (*reading.today_words, *reading.tomorrow_words))}
    names = (*WEEKDAY_NAMES, *(one.casefold() for one in reading.weekdays))
    return day in words or (len(day) >= 3 and any(name.startswith(day) for name in names)) or day.startswith("+")


@dataclass(frozen=True, slots=True)
class CallDetails:
    """What is entered of a call. ``phone_number``: the one called, or that called; blank: not said."""

    outcome: Attempt
    call_again_on: date | None = None
    spoke_to: str = ""
    note: str = ""
    channel: Channel = Channel.CALL
    phone_number: str = ""
    call_again_at: time | None = None


class Advice(Enum):
    """What may help after attempts in vain."""

    OTHER_NUMBER = "other_number"
    OTHER_CONTACT = "other_contact"
    LETTER = "letter"


def attempts_in_vain(calls: Iterable[ContactAttempt]) -> int:
    """How many attempts of ``calls`` (oldest first) ended without speaking to the patient since somebody did."""
    count = 0
    for call in calls:
        count = count + 1 if call.outcome.not_spoken or call.outcome is Attempt.WRONG_NUMBER else 0
    return count


def advice_for(in_vain: int, numbers: int, *, may_be_written_to: bool) -> Advice | None:
    """From the third attempt in vain another number, or another person where there is none; from the fifth a letter,
    where the patient allows one.
    """
    if in_vain >= WRITE_A_LETTER and may_be_written_to:
        return Advice.LETTER
    if in_vain >= TRY_ANOTHER_NUMBER:
        return Advice.OTHER_NUMBER if numbers > 1 else Advice.OTHER_CONTACT
    return None


def allowed_channels(patient: Patient) -> frozenset[Channel]:
    """How the clinic may reach a patient; in no way once they died or moved away."""
    if patient.departed:
        return frozenset()
    details = patient.details
    said = (
        (Channel.CALL, details.may_be_called),
        (Channel.TEXT, details.may_be_texted),
        (Channel.LETTER, details.may_be_written_to),
    )
    return frozenset(channel for channel, may in said if may)


class CallOccasion(Enum):
    """What a call is about; there is a text for each in every language there are texts in."""

    BOOKED = "booked"
    MISSED = "missed"
    DUE = "due"
    OTHER = "other"


class CodeKind(Enum):
    """What a QR code lets the clinic's phone do."""

    CALL = "call"
    TEXT = "text"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class PatientText:
    """What to say and what to send, in ``language`` (a code). ``missing``: the patient's language, where there is no
    text in it and the text stands in another one.
    """

    script: str
    message: str
    language: str = "en"
    missing: str = ""


@dataclass(frozen=True, slots=True)
class CallPage:
    """What is in sight while a patient is called about a case.

    ``numbers`` are empty where neither calls nor messages are allowed; ``booking`` is the one that stands. ``texts``
    are by number, in the language spoken there.
    """

    patient: Patient
    numbers: tuple[Phone, ...]
    channels: frozenset[Channel]
    texts: Mapping[str, PatientText]
    in_vain: int
    advice: Advice | None
    booking: Appointment | None = None
    codes: tuple[tuple[CodeKind, str, QrMatrix], ...] = ()
    """(what it does, the number it is for, its modules), one for each that is allowed; calendar: no number."""
    no_drug: DrugSupply | None = None
    """What is known of a drug that is not in sight, where the clinic calls nobody without one."""

    @property
    def text(self) -> PatientText:
        """What to say to whoever answers the first number; nothing where none is in sight."""
        return self.text_of(self.numbers[0].number) if self.numbers else PatientText("", "")

    def text_of(self, number: str) -> PatientText:
        """What to say and send to a number."""
        return self.texts.get(number, PatientText("", ""))
