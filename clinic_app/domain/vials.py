"""Which vials are opened for a dose, and how little of them is discarded.

Vials are those of one product; sizes come from the catalogue. A vial serves one patient at one visit unless the clinic
says otherwise (``share_vials``); then the doses of a day are drawn from vials that are opened one after the other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import gcd

HUNDREDTHS = 100
FEW_TO_ORDER = 7
"""Up to so many doses every order is tried."""


@dataclass(frozen=True, slots=True)
class Vials:
    """The vials opened for a dose of one product, largest first, and the units left over in them."""

    sizes: tuple[Decimal, ...]
    discarded: Decimal

    @property
    def units(self) -> Decimal:
        """The units in all of them."""
        return sum(self.sizes, Decimal(0))


def vials_for(dose: Decimal, sizes: Collection[Decimal]) -> Vials | None:
    """The vials with the fewest discarded units, of these the fewest vials, of these the largest ones first.

    None where no size is known. A dose of nothing opens none.
    """
    if not sizes or not dose.is_finite():
        return None
    return _vials_for(dose, tuple(sorted(set(sizes), reverse=True)))


@lru_cache(maxsize=4096)
def _vials_for(dose: Decimal, sizes: tuple[Decimal, ...]) -> Vials:
    wanted = int((dose * HUNDREDTHS).to_integral_exact())
    if wanted <= 0:
        return Vials((), Decimal(0))
    whole = [int((size * HUNDREDTHS).to_integral_exact()) for size in sizes]
    step = gcd(*whole)
    parts = [size // step for size in whole]
    least = -(-wanted // step)
    most = least + min(parts)
    fewest: list[int | None] = [0, *([None] * most)]
    taken = [0] * (most + 1)
    for total in range(1, most + 1):
        for part in parts:
            before = fewest[total - part] if part <= total else None
            now = fewest[total]
            if before is not None and (now is None or before + 1 < now):
                fewest[total], taken[total] = before + 1, part
    total = next(one for one in range(least, most + 1) if fewest[one] is not None)
    discarded = Decimal(total * step - wanted) / HUNDREDTHS
    opened: list[Decimal] = []
    while total:
        opened.append(Decimal(taken[total] * step) / HUNDREDTHS)
        total -= taken[total]
    return Vials(tuple(sorted(opened, reverse=True)), discarded)
