"""The plan of a clinic day: who comes, which dose as last time, which vials are opened, and what is discarded.

A dose is that of the last injection; nobody decided it for this day. Where the patient brings another product than last
time its units are unknown: they are never converted. A vial serves one patient unless the clinic shares vials; what a
patient brings is never shared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import BotoxDay, DrugSupply
from clinic_app.domain.units import Units, total_by_product
from clinic_app.domain.vials import SharedVials, Vials, share_vials, vials_for


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """A dose of one visit, as last time. ``vials`` None: its units or the sizes of its product are not known."""

    dose: Units
    vials: Vials | None


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A booking of the day. ``closed``: who works may not see its doses, so they are in no sum. Without ``doses`` it is
    for cases that an earlier booking of the day counts.
    """

    entry: DayEntry
    doses: tuple[PlannedDose, ...] = ()
    closed: bool = False

    @property
    def brings(self) -> bool:
        """Whether the patient brings the drug."""
        return self.entry.appointment.drug is DrugSupply.PATIENT_BRINGS

    @property
    def without_drug(self) -> bool:
        """Whether there is no drug in sight."""
        return self.entry.appointment.drug.missing


@dataclass(frozen=True, slots=True)
class SharedGroup:
    """Visits (their places in the plan) whose doses of a product are drawn together."""

    visits: tuple[int, ...]
    vials: Vials


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    """What the day needs of a product. ``product`` None: nobody knows which.

    ``groups``: which visits share, where the clinic shares vials, in the order of the first visit of each; a visit by
    itself is a group too. ``alone``: the units discarded where every visit has its own vials.
    """

    product: str | None
    units: Decimal
    unknown: int
    vials: tuple[tuple[Decimal, int], ...]
    discarded: Decimal
    alone: Decimal
    unsized: int
    groups: tuple[SharedGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day. ``order``: the visits (their places) as they are best treated; that of the bookings, but that who shares
    a vial comes one after the other.
    """

    day: BotoxDay
    visits: tuple[PlannedVisit, ...]
    products: tuple[PlannedProduct, ...]
    order: tuple[int, ...]
    shared: bool

    @property
    def without_drug(self) -> tuple[PlannedVisit, ...]:
        """Who has no drug in sight."""
        return tuple(visit for visit in self.visits if visit.without_drug)


def doses_of_visit(entry: DayEntry, last: Mapping[int, Units], counted: Collection[int] = ()) -> tuple[Units, ...]:
    """The doses of a booking as last time, one for each product. ``last``: product and units by case.

    ``counted``: cases that another booking of the day is for already; a case is treated once a day.
    """
    brought = entry.appointment.drug_product if entry.appointment.drug is DrugSupply.PATIENT_BRINGS else None
    doses = []
    for case_id in entry.appointment.case_ids:
        if case_id in counted:
            continue
        dose = last.get(case_id, Units(None, None))
        doses.append(dose if brought in (None, dose.product) else Units(brought, None))
    return tuple(total_by_product(doses).values())


def plan_day(
    day: BotoxDay,
    entries: Sequence[tuple[DayEntry, tuple[Units, ...], bool]],
    sizes: Mapping[str, Collection[Decimal]],
    *,
    shared: bool,
) -> DayPlan:
    """The plan of a day. ``entries``: bookings in their order, with their doses and whether they are closed."""
    visits = tuple(
        PlannedVisit(entry, () if closed else tuple(_planned(dose, sizes) for dose in doses), closed)
        for entry, doses, closed in entries
    )
    codes = {one.dose.product for visit in visits for one in visit.doses}
    order = sorted(codes, key=lambda code: (code is None, code or ""))
    products = tuple(_product(code, visits, sizes, shared=shared) for code in order)
    return DayPlan(day, visits, products, _order(len(visits), products), shared)


def _planned(dose: Units, sizes: Mapping[str, Collection[Decimal]]) -> PlannedDose:
    if dose.amount is None or dose.product is None:
        return PlannedDose(dose, None)
    return PlannedDose(dose, vials_for(dose.amount, sizes.get(dose.product, ())))


def _product(
    code: str | None, visits: Sequence[PlannedVisit], sizes: Mapping[str, Collection[Decimal]], *, shared: bool
) -> PlannedProduct:
    units = alone = Decimal(0)
    unknown = unsized = 0
    own: list[SharedGroup] = []
    places: list[int] = []
    doses: list[Decimal] = []
    of_patients: dict[tuple[int, bool], tuple[list[int], Decimal]] = {}
    for place, visit in enumerate(visits):
        for one in visit.doses:
            if one.dose.product != code:
                continue
            if code is None or one.dose.amount is None:
                unknown += 1
                continue
            units += one.dose.amount
            if one.vials is None:
                unsized += 1
                continue
            where, amount = of_patients.get((visit.entry.appointment.patient_id, visit.brings), ([], Decimal(0)))
            where.append(place)
            of_patients[visit.entry.appointment.patient_id, visit.brings] = where, amount + one.dose.amount
            if shared and not visit.brings:
                places.append(place)
                doses.append(one.dose.amount)
    for (_, brings), (where, amount) in of_patients.items():
        opened = vials_for(amount, sizes.get(code or "", ()))
        if opened is None:
            continue
        alone += opened.discarded
        if brings or not shared:
            own.append(SharedGroup(tuple(where), opened))
    found = share_vials(doses, sizes.get(code, ())) if code is not None else ()
    groups = sorted((*own, *(_named(group, places) for group in found)), key=lambda group: group.visits)
    vials: Counter[Decimal] = Counter()
    for group in groups:
        vials.update(group.vials.sizes)
    discarded = sum((group.vials.discarded for group in groups), Decimal(0))
    counted = tuple(sorted(vials.items(), reverse=True))
    return PlannedProduct(code, units, unknown, counted, discarded, alone, unsized, tuple(groups))


def _named(group: SharedVials, places: Sequence[int]) -> SharedGroup:
    return SharedGroup(tuple(places[one] for one in group.doses), group.vials)


def _order(count: int, products: Sequence[PlannedProduct]) -> tuple[int, ...]:
    """The bookings in their order, each followed by those it shares a vial with."""
    sharing = [group.visits for one in products for group in one.groups if len(group.visits) > 1]
    order: list[int] = []
    for place in range(count):
        together = next((group for group in sharing if place in group), (place,))
        order += [one for one in together if one not in order]
    return tuple(order)


def next_botox_day(places: Mapping[date, int], on: date) -> date | None:
    """The first Botox day from ``on`` on; None where there is none."""
    return min((day for day, count in places.items() if count > 0 and day >= on), default=None)
