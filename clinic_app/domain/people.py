"""The people who work with the program, what their names may be, and how wrong tries slow the next one down."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise
from typing import Final

from clinic_app.domain.errors import RuleBroken

LONGEST_NAME: Final = 100
FREE_TRIES: Final = 3
LONGEST_WAIT_S: Final = 900.0
MOST_TRIES: Final = 100
"""Straight failures after which only another admin or a recovery code helps (security page 4.3; NIST SP 800-63B)."""
PIN_DIGITS: Final = 6
PIN_HOURS: Final = 12
PIN_TRIES: Final = 5


class Role(Enum):
    """What a user may do; roles add up."""

    NURSE = "nurse"
    DOCTOR = "doctor"
    ADMIN = "admin"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class User:
    """A person with a key slot of their own."""

    id: int
    name: str
    roles: frozenset[Role]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the list of people shows them. Moments are local time; ``since`` is None in clinics of old.

    ``has_passphrase``: they can sign in. ``reset_open``: a one-time code was given out and not used.
    """

    id: int
    name: str
    roles: frozenset[Role]
    active: bool
    since: datetime | None
    last_signed_in: datetime | None
    has_passphrase: bool
    reset_open: bool = False
    disabled_at: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """May look after people and settings, and can sign in to do it."""
        return self.active and Role.ADMIN in self.roles and self.has_passphrase


def user_name(text: str) -> str:
    """A name to sign in with: NFKC, single spaces.

    Raises:
        RuleBroken: ``user_name_length``, ``user_name_characters`` (control characters).
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RuleBroken("user", "user_name_length", have=len(name), most=LONGEST_NAME)
    if not user_key(name) or any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in name):
        raise RuleBroken("user", "user_name_characters")
    return name


def user_key(name: str) -> str:
    """What two spellings of one name have in common: case, width, spaces and invisible signs do not tell people
    apart."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def wait_after(failures: int) -> float:
    """Seconds to wait after so many wrong tries in a row: 3 are free, then 2, 4, 8 ... up to 15 minutes."""
    if failures <= FREE_TRIES:
        return 0.0
    return min(2.0 ** min(failures - FREE_TRIES, 20), LONGEST_WAIT_S)


def check_admin_left(people: Iterable[Person]) -> None:
    """Refuse what would leave nobody who can look after people and settings.

    Raises:
        RuleBroken: ``last_admin``.
    """
    if not any(person.is_admin for person in people):
        raise RuleBroken("roles", "last_admin")


def check_pin(pin: str) -> str:
    """The six digits of a PIN, in whatever digits they were typed.

    Raises:
        RuleBroken: ``pin_digits``, ``pin_simple`` (one digit again and again, or counting up or down).
    """
    try:
        digits = [unicodedata.decimal(letter) for letter in pin.strip()]
    except (TypeError, ValueError):
        digits = []
    if len(digits) != PIN_DIGITS:
        raise RuleBroken("pin", "pin_digits", need=PIN_DIGITS)
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise RuleBroken("pin", "pin_simple")
    return "".join(map(str, digits))
