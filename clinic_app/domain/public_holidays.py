"""A public holiday of a country, as it is offered for the days the clinic is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class PublicHoliday:
    """A day and what it is called; ``estimated``: it goes by the moon, and may lie a day earlier or later."""

    day: date
    name: str
    estimated: bool = False
