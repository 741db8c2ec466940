"""What a write changed, and how far a long job is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from clinic_app.domain.moved import MovedDates


class Topic(Enum):
    """A kind of thing a view may have read; views re-read when one of theirs changed."""

    PATIENTS = "patients"
    CASES = "cases"
    TREATMENT = "treatment"
    SCHEDULE = "schedule"
    PICTURES = "pictures"
    CATALOGUES = "catalogues"
    PREFERENCES = "preferences"
    PEOPLE = "people"
    BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class Changes:
    """The topics a write touched, and how to take it back.

    ``undo`` is the id of an audited inverse command (``None``: not undoable); ``result`` is whatever the
    use case made (an id, a report). ``moved``: the cases whose dates of the next injection are others now.
    """

    topics: frozenset[Topic]
    undo: int | None = None
    result: object = None
    moved: tuple[MovedDates, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is: ``done`` of ``total`` steps, ``total`` 0 while unknown."""

    done: int
    total: int
    code: str
    detail: str = ""


Report = Callable[[Progress], bool]
"""Told of each step; answers False when the job should stop."""


def carry_on(_: Progress) -> bool:
    """The report of a caller who neither shows progress nor cancels."""
    return True
