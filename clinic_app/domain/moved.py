"""Dates of the next injection that a change moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NextDates:
    """The three dates of a case's next injection; None where there is none."""

    earliest: date | None = None
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What a rule would move: so many cases of so many patients; ``first`` are those shown, the earliest to open first.

    ``total``: how many cases were looked at.
    """

    cases: int = 0
    patients: int = 0
    total: int = 0
    first: tuple[MovedDates, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedDates:
    """A case whose dates are others now. ``patient_id``, ``mrn`` and ``name``: whose, where several patients move."""

    case_id: int
    condition: str
    before: NextDates
    after: NextDates
    patient_id: int = 0
    mrn: str = ""
    name: str = ""
