"""Which vials are opened for a dose, and how little of them is discarded.

Vials are those of one product; sizes come from the catalogue. A vial serves one patient at one visit unless the clinic
says otherwise (``share_vials``); then the doses of a day are drawn from vials that are opened one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import gcd

HUNDREDTHS = 100
TRIED_TOGETHER = 9
"""So many doses are grouped in every way there is; more than these are taken nine by nine, in their order."""


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


@dataclass(frozen=True, slots=True)
class SharedVials:
    """The vials opened for some doses: ``doses`` are their places in the list asked about, in that order.

    Of several doses each first empties vials of its own and takes the rest from the one vial they share.
    """

    doses: tuple[int, ...]
    vials: Vials


def share_vials(doses: Sequence[Decimal], sizes: Collection[Decimal]) -> tuple[SharedVials, ...]:
    """How the doses of a day are drawn so that the fewest units are discarded, where vials may be shared.

    A dose is drawn from vials of its own and at most one that others share, so that a patient gets as few batches as
    can be; nobody shares where it saves nothing. Exact for up to ``TRIED_TOGETHER`` doses; of more, each such part is
    exact by itself, so never worse than not sharing. The groups are in the order of their first dose. Empty where no
    size is known.
    """
    if not sizes:
        return ()
    ordered = tuple(sorted(set(sizes), reverse=True))
    found: list[SharedVials] = []
    for start in range(0, len(doses), TRIED_TOGETHER):
        part = doses[start : start + TRIED_TOGETHER]
        found += [
            SharedVials(tuple(start + place for place in group.doses), group.vials)
            for group in _best_groups(part, ordered)
        ]
    return tuple(sorted(found, key=lambda group: group.doses))


def _best_groups(doses: Sequence[Decimal], sizes: tuple[Decimal, ...]) -> tuple[SharedVials, ...]:
    """The partition with the fewest units opened, then the fewest doses that share, then the fewest vials."""
    every = (1 << len(doses)) - 1
    groups: dict[int, SharedVials] = {}
    costs: dict[int, tuple[Decimal, int, int]] = {}
    for mask in range(1, every + 1):
        places = tuple(place for place in range(len(doses)) if mask >> place & 1)
        vials = _vials_of_group(tuple(doses[place] for place in places), sizes)
        if vials is not None:
            groups[mask] = SharedVials(places, vials)
            costs[mask] = (vials.units, len(places) if len(places) > 1 else 0, len(vials.sizes))
    best: list[tuple[tuple[Decimal, int, int], int]] = [((Decimal(0), 0, 0), 0)]
    for mask in range(1, every + 1):
        first = mask & -mask
        rest = mask ^ first
        part = rest
        choices = []
        while True:
            group = part | first
            if group in costs:
                own, other = costs[group], best[mask ^ group][0]
                choices.append(((own[0] + other[0], own[1] + other[1], own[2] + other[2]), group))
            if part == 0:
                break
            part = (part - 1) & rest
        best.append(min(choices))
    chosen: list[SharedVials] = []
    mask = every
    while mask:
        group = best[mask][1]
        chosen.append(groups[group])
        mask ^= group
    return tuple(chosen)


@lru_cache(maxsize=4096)
def _vials_of_group(doses: tuple[Decimal, ...], sizes: tuple[Decimal, ...]) -> Vials | None:
    """The vials of doses that share one of them: the others are emptied by one dose each. None where none will do."""
    if len(doses) == 1:
        return _vials_for(doses[0], sizes)
    wanted = sum(doses, Decimal(0))
    emptied: dict[Decimal, tuple[Decimal, ...]] = {Decimal(0): ()}
    for dose in doses:
        own = _emptied_by(dose, sizes)
        emptied = {
            before + units: (*vials, *more)
            for before, vials in emptied.items()
            for units, more in own.items()
        }  # fmt: skip
    best: Vials | None = None
    for size in sizes:
        for units, vials in emptied.items():
            opened = units + size
            if opened < wanted or (best is not None and (opened, len(vials) + 1) >= (best.units, len(best.sizes))):
                continue
            best = Vials(tuple(sorted((*vials, size), reverse=True)), opened - wanted)
    return best


@lru_cache(maxsize=1024)
def _emptied_by(dose: Decimal, sizes: tuple[Decimal, ...]) -> dict[Decimal, tuple[Decimal, ...]]:
    """What a dose can take from vials it empties: the units, and the fewest vials for them."""
    found: dict[Decimal, tuple[Decimal, ...]] = {Decimal(0): ()}
    grown = True
    while grown:
        grown = False
        for units, vials in tuple(found.items()):
            for size in sizes:
                more = units + size
                if more <= dose and (more not in found or len(found[more]) > len(vials) + 1):
                    found[more] = (*vials, size)
                    grown = True
    return found
