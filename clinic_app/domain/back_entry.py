"""What was written on paper while there was no power, typed in quickly: one short line for each patient.

A line is the number of the row on the paper, a key, and days: ``412 1``, ``412 2 27.11``, ``412 b 4.12 27.11``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final

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


def parts_of(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Number, key and days of a line, each blank where it is missing."""
    number, key, *words = [*text.replace(",", " ").split(), "", ""]
    return number, key, tuple(word for word in words if word)


def is_number(text: str) -> bool:
    """Whether it can be the number of a row on paper."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class BackEntry:
    """A line that was looked up and holds: whose it is, what is written, on which day it happened.

    ``day``: the day it happened; ``until``: for a booking the day that is booked, else the day to call again on.
    """

    text: str
    number: str
    key: BackKey
    patient_id: int
    case_id: int
    name: str
    mrn: str
    day: date
    until: date | None = None
    appointment_id: int = 0
