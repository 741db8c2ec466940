"""One line of the benchmark table, and how a run of values becomes one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypedDict


class Row(TypedDict):
    """One line of the benchmark table; ``value`` and ``floor`` in milliseconds."""

    name: str
    value: float
    floor: float
    ratio: float
    goal: str
    holds: bool


def share(values: Sequence[float], at: float) -> float:
    """The median (0.5), or the value below which that share of the values lies."""
    return statistics.median(values) if at == 0.5 else sorted(values)[min(int(len(values) * at), len(values) - 1)]


def row(
    name: str,
    values: Sequence[float],
    floors: Sequence[float],
    goal: str,
    *,
    at: float = 0.5,
    most: float = float("inf"),
    over: float = float("inf"),
    added: float = float("inf"),
) -> Row:
    """A line: value and floor at the same share; it holds below ``most`` ms, ``over`` times and ``added`` ms above."""
    value, floor = share(values, at), share(floors, 0.5 if at != 0.5 else at)
    return {
        "name": name,
        "value": round(value, 2),
        "floor": round(floor, 2),
        "ratio": round(value / floor, 2),
        "goal": goal,
        "holds": value <= most and value <= floor * over and value - floor <= added,
    }
