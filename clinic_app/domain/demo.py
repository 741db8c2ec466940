"""The invented clinic: how many people it begins with, how many it can have, and what it was filled with."""

from __future__ import annotations

from dataclasses import dataclass

CAST_SIZE = 40
"""Everybody in a demo clinic of the usual size has a story of their own."""

MOST_PATIENTS = 100_000


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What a demo clinic was filled with. ``pictures`` are those in the clinic when the filling was over."""

    patients: int
    cases: int
    sessions: int
    pictures: int
    seed: int
