"""What was written on paper while there was no power, typed in quickly: one short line for each patient.

A line is the number of the row on the paper, a key, and where it needs one a day: ``412 1``, ``412 b 27/3``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final

from clinic_app.domain.date_entry import DateReading, Toward, read_date
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import AppointmentStatus, Attempt

OLDEST_DAYS: Final = 60
"""Nothing that is older than so many days is typed in from paper: a slip of the finger, or a sheet that was done."""


class BackKey(Enum):
    """What a line says happened."""

    NO_ANSWER = "1"
    TOLD_FAMILY = "2"
    CANNOT_COME = "3"
    CANNOT_COME_MONEY = "3m"
    CANNOT_COME_TRAVEL = "3t"
    CANNOT_COME_DRUG = "3d"
    WORN_OFF = "4"
    PROBLEM = "4p"
    WANTS_DATE = "4d"
    WILL_COME = "5"
    WRONG_NUMBER = "6"
    DECLINED = "7"
    SWITCHED_OFF = "8"
    BOOKED = "b"
    CAME = "a"
    MISSED = "n"
    CANCELLED = "c"

    @property
    def attempt(self) -> Attempt | None:
        """The call it is; None for bookings and what became of them."""
        return ATTEMPTS.get(self)

    @property
    def status(self) -> AppointmentStatus | None:
        """What a booking becomes by it."""
        return STATUSES.get(self)


ATTEMPTS: Final[Mapping[BackKey, Attempt]] = MappingProxyType(
    {
        BackKey.NO_ANSWER: Attempt.NO_ANSWER,
        BackKey.TOLD_FAMILY: Attempt.TOLD_FAMILY,
        BackKey.CANNOT_COME: Attempt.CANNOT_COME_OTHER,
        BackKey.CANNOT_COME_MONEY: Attempt.CANNOT_COME_MONEY,
        BackKey.CANNOT_COME_TRAVEL: Attempt.CANNOT_COME_TRAVEL,
        BackKey.CANNOT_COME_DRUG: Attempt.CANNOT_COME_DRUG,
        BackKey.WORN_OFF: Attempt.WORN_OFF,
        BackKey.PROBLEM: Attempt.PROBLEM,
        BackKey.WANTS_DATE: Attempt.WANTS_DATE,
        BackKey.WILL_COME: Attempt.WILL_COME,
        BackKey.WRONG_NUMBER: Attempt.WRONG_NUMBER,
        BackKey.DECLINED: Attempt.DECLINED,
        BackKey.SWITCHED_OFF: Attempt.SWITCHED_OFF,
    }
)
STATUSES: Final[Mapping[BackKey, AppointmentStatus]] = MappingProxyType(
    {
        BackKey.CAME: AppointmentStatus.ARRIVED,
        BackKey.MISSED: AppointmentStatus.NO_SHOW,
        BackKey.CANCELLED: AppointmentStatus.CANCELLED_BY_PATIENT,
    }
)
BOXES: Final = (
    BackKey.NO_ANSWER,
    BackKey.TOLD_FAMILY,
    BackKey.CANNOT_COME,
    BackKey.WILL_COME,
    BackKey.WRONG_NUMBER,
    BackKey.BOOKED,
)
"""What has a box on the paper lists."""

_NUMBER = re.compile(r"\d{1,9}(-\d{1,2})?")


@dataclass(frozen=True, slots=True)
class BackLine:
    """A line as it was typed: the number of the row on paper, what happened, and a day where one was typed.

    ``day`` is the day that is booked, the day to call again on, or the day of the booking somebody came to or missed.
    """

    text: str
    number: str
    key: BackKey
    day: date | None = None


def read_line(text: str, reading: DateReading) -> BackLine:
    """Take a typed line apart.

    Raises:
        RuleBroken: ``back_number_unreadable``, ``back_key_missing``, ``back_key_unknown``, ``back_day_missing`` (a
            booking without its day), and those of ``read_date``.
    """
    number, key, *rest = [*text.replace(";", " ").split(), "", ""]
    if _NUMBER.fullmatch(number) is None:
        raise RuleBroken("line", "back_number_unreadable", text=number)
    if not key:
        raise RuleBroken("line", "back_key_missing", number=number)
    known = {one.value: one for one in BackKey}
    if key.casefold() not in known:
        raise RuleBroken("line", "back_key_unknown", key=key)
    said, words = known[key.casefold()], " ".join(word for word in rest if word)
    if not words:
        if said is BackKey.BOOKED:
            raise RuleBroken("line", "back_day_missing", number=number)
        return BackLine(text, number, said)
    toward = Toward.PAST if said.status is not None else Toward.FUTURE
    return BackLine(text, number, said, read_date(words, replace(reading, toward=toward), field="line").day)


@dataclass(frozen=True, slots=True)
class BackEntry:
    """A line that was looked up and holds: whose it is, and the token of a booking it makes or is about."""

    line: BackLine
    patient_id: int
    case_id: int
    name: str
    mrn: str
    token: int = 0
