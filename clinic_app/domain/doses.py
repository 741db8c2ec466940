"""Dose rules that look over several sessions. Sums are of one product only; unknown units stay unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.domain.calendar import Span, months
from clinic_app.domain.schedule import ToxinEvent


@dataclass(frozen=True, slots=True)
class RollingLimit:
    """At most ``limit`` units of ``product`` within ``window``, over all conditions and places."""

    code: str
    product: str
    limit: Decimal
    window: Span
    source: str


BOTOX_400 = RollingLimit("C1", "ona", Decimal(400), months(3), "V:S5")
"""Botox, adult, all indications: generally 400 U in any 3-month interval (clinical.md 2.4 C1)."""


@dataclass(frozen=True, slots=True)
class RollingSum:
    """What counts under a rolling limit on a day.

    ``total`` and ``clears_on`` leave out doses that are not known; their days are in ``unknown``. ``clears_on`` is the
    first day from the day asked about on which ``planned`` fits under the limit, None when it never does.
    """

    limit: RollingLimit
    on: date
    planned: Decimal
    total: Decimal
    unknown: tuple[date, ...]
    clears_on: date | None

    @property
    def exceeded(self) -> bool:
        """Whether the planned dose does not fit on the day asked about."""
        return self.total + self.planned > self.limit.limit


def rolling_sum(
    events: Iterable[ToxinEvent], on: date, planned: Decimal, limit: RollingLimit = BOTOX_400
) -> RollingSum:
    """Sum what still counts on ``on`` and say when ``planned`` units fit under the limit.

    A past dose given on t counts on day D when t + window > D (design section 5.3). Doses given on the day itself
    count. Events without a known product are not of this product.
    """
    own = [event for event in events if event.product == limit.product and event.day <= on]
    counting = [event for event in own if limit.window.covers(event.day, on)]
    known = [(event.day, event.units) for event in counting if event.units is not None]
    unknown = tuple(sorted(event.day for event in counting if event.units is None))
    total = sum((amount for _, amount in known), Decimal(0))
    return RollingSum(limit, on, planned, total, unknown, _clears_on(known, on, planned, limit))


def _clears_on(known: list[tuple[date, Decimal]], on: date, planned: Decimal, limit: RollingLimit) -> date | None:
    if planned > limit.limit:
        return None
    candidates = [on, *sorted(limit.window.after(day) for day, _ in known)]
    for candidate in candidates:
        if candidate < on:
            continue
        still = sum((amount for day, amount in known if limit.window.covers(day, candidate)), Decimal(0))
        if still + planned <= limit.limit:
            return candidate
    return None
