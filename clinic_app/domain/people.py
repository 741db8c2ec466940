"""The people who work with the program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
