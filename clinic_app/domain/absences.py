"""Days on which a doctor is away, and how many places the Botox days among them then have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from clinic_app.domain.errors import RuleBroken

LONGEST_REASON = 200
MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class AbsenceDetails:
    """A doctor is away from ``first`` to ``last``, both included.

    ``places``: how many places a Botox day among them has; None as usual, 0 no injections at all.
    """

    injector: str
    first: date
    last: date
    places: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence that was entered, by whom and when."""

    id: int
    details: AbsenceDetails
    by: str
    at: datetime

    def covers(self, day: date) -> bool:
        """Whether the doctor is away on ``day``."""
        return self.details.first <= day <= self.details.last


def checked(details: AbsenceDetails, today: date) -> AbsenceDetails:
    """The absence as it is kept.

    Raises:
        RuleBroken: ``absence_no_doctor``, ``absence_over`` (it ended before today), ``absence_ends_before``,
            ``absence_places``.
    """
    injector = " ".join(details.injector.split())
    if not injector:
        raise RuleBroken("injector", "absence_no_doctor")
    if details.last < details.first:
        raise RuleBroken("last", "absence_ends_before", first=details.first, last=details.last)
    if details.last < today:
        raise RuleBroken("last", "absence_over", last=details.last, today=today)
    if details.places is not None and not 0 <= details.places <= MOST_PLACES:
        raise RuleBroken("places", "absence_places", most=MOST_PLACES)
    reason = " ".join(details.reason.split())[:LONGEST_REASON]
    return AbsenceDetails(injector, details.first, details.last, details.places, reason)


def places_left(absences: Iterable[Absence], day: date, usual: int) -> int:
    """How many places a day has that usually has ``usual``: the fewest that any absence of the day leaves."""
    left = [one.details.places for one in absences if one.covers(day) and one.details.places is not None]
    return min([usual, *left])


def absence_of(absences: Iterable[Absence], injector: str, day: date) -> Absence | None:
    """The absence of a doctor on a day, None where they are there or nobody is named."""
    name = injector.strip().casefold()
    return next((one for one in absences if name and one.details.injector.casefold() == name and one.covers(day)), None)
