"""Words of the plan of a clinic day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from clinic_app.domain.day_plan import DayPlan, PlannedProduct, PlannedVisit
from clinic_app.domain.units import plain
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import ProductNames, drug_words, product_words

NAMED = 8
"""Who has no drug is said by name up to here; the table says it of everybody."""


class InUse(Protocol):
    """How long a product keeps once it is opened or dissolved."""

    @property
    def in_use_hours(self) -> int | None:
        """Hours; None where the catalogue does not say."""
        ...

    @property
    def in_use_note(self) -> str:
        """Under which conditions."""
        ...


def day_words(plan: DayPlan) -> str:
    """``Fri 20 Mar 2026: 5 visits to come, 5 of 20 places taken``."""
    visits = translate_many("{count} visit to come", "{count} visits to come", len(plan.visits))
    places = translate("{taken} of {places} places taken").format(
        taken=number_words(plan.day.taken), places=number_words(plan.day.capacity)
    )
    day = weekday_day(plan.day.day)
    if not plan.day.is_botox_day:
        return translate("{day}: no Botox day, {visits}").format(day=day, visits=visits)
    return translate("{day}: {visits}, {places}").format(day=day, visits=visits, places=places)


def sizes_words(sizes: Sequence[Decimal]) -> str:
    """``2 × 100 U, 50 U``."""
    parts = []
    for size in sorted(set(sizes), reverse=True):
        count = list(sizes).count(size)
        parts.append(f"{plain(size)} U" if count == 1 else f"{count} × {plain(size)} U")
    return ", ".join(parts)


def dose_words(visit: PlannedVisit, names: ProductNames) -> str:
    """The doses of a visit as last time."""
    if visit.closed:
        return translate("not shown to you")
    if not visit.doses:
        return translate("counted with the other booking of the day")
    parts = []
    for one in visit.doses:
        brand = product_words(one.dose.product, names)
        if one.dose.product is None and one.dose.amount is None:
            parts.append(translate("not known"))
        elif one.dose.amount is None:
            parts.append(translate("{brand}, units not known").format(brand=brand))
        else:
            parts.append(translate("{brand} {units} U").format(brand=brand, units=plain(one.dose.amount)))
    return "; ".join(parts)


def vials_words(plan: DayPlan, place: int, names: ProductNames) -> str:
    """The vials opened for a visit; where it shares one, with whom, and who opens them."""
    visit = plan.visits[place]
    parts: list[str] = []
    for one in visit.doses:
        product = next(item for item in plan.products if item.product == one.dose.product)
        group = next((item for item in product.groups if place in item.visits), None)
        if group is None:
            if one.dose.amount is not None and one.dose.product is not None:
                brand = product_words(one.dose.product, names)
                parts.append(translate("no vial size known for {brand}").format(brand=brand))
        elif len(group.visits) == 1:
            parts.append(sizes_words(group.vials.sizes))
        else:
            others = ", ".join(plan.visits[item].entry.name for item in group.visits if item != place)
            parts.append(
                translate("{vials} together with {names}").format(vials=sizes_words(group.vials.sizes), names=others)
            )
    return "; ".join(parts)


def discarded_words(plan: DayPlan, place: int) -> str:
    """The units left over after a visit; those of shared vials stand at the last one who draws from them."""
    left: list[str] = []
    for product in plan.products:
        for group in product.groups:
            drawn = [item for item in plan.order if item in group.visits]
            if drawn and drawn[-1] == place:
                left.append(plain(group.vials.discarded))
    return "; ".join(left)


def supply_words(visit: PlannedVisit, names: ProductNames) -> str:
    """Whether the drug will be there, and what the patient brings."""
    booking = visit.entry.appointment
    words = drug_words(booking.drug)
    brought = [product_words(booking.drug_product, names)] if booking.drug_product else []
    brought += [translate("batch {batch}").format(batch=booking.drug_batch)] if booking.drug_batch else []
    return f"{words}: {', '.join(brought)}" if visit.brings and brought else words


def product_sentence(one: PlannedProduct, names: ProductNames, in_use: InUse | None, *, shared: bool) -> str:
    """What the day needs of a product."""
    if one.product is None:
        return translate_many(
            "Product not known for {count} visit.", "Product not known for {count} visits.", one.unknown
        )
    brand = product_words(one.product, names)
    parts = [translate("{brand}: {units} U as last time").format(brand=brand, units=number_words(one.units))]
    if one.vials:
        count = sum(number for _, number in one.vials)
        sizes = ", ".join(f"{number} × {plain(size)} U" for size, number in one.vials)
        vials = translate_many("{count} vial", "{count} vials", count)
        parts.append(f"{vials} ({sizes})")
        parts.append(translate("{units} U discarded").format(units=number_words(one.discarded)))
    if shared and one.alone != one.discarded:
        parts.append(translate("without sharing {units} U").format(units=number_words(one.alone)))
    if one.unknown:
        parts.append(
            translate_many("units not known for {count} visit", "units not known for {count} visits", one.unknown)
        )
    if one.unsized:
        parts.append(
            translate_many("no vial size known for {count} visit", "no vial size known for {count} visits", one.unsized)
        )
    sentence = ", ".join(parts) + "."
    if shared and in_use is not None:
        hours = in_use.in_use_hours
        kept = (
            translate("The catalogue does not say how long an opened vial keeps.")
            if hours is None
            else translate_many("An opened vial keeps {count} hour.", "An opened vial keeps {count} hours.", hours)
        )
        sentence = f"{sentence} {kept} {in_use.in_use_note}".rstrip()
    return sentence


def no_drug_words(plan: DayPlan) -> str:
    """Who has no drug in sight, the first ones by name; blank where everybody has, or was not asked."""
    names = [
        translate("{name} ({drug})").format(
            name=visit.entry.name, drug=drug_words(visit.entry.appointment.drug).lower()
        )
        for visit in plan.without_drug[:NAMED]
    ]
    more = len(plan.without_drug) - len(names)
    if more:
        names.append(translate_many("and {count} more", "and {count} more", more))
    return translate("No drug in sight: {names}.").format(names=", ".join(names)) if names else ""


def sharing_words() -> str:
    """What is said where vials are shared."""
    return translate(
        "This clinic shares vials between patients (Settings). The product labels say one vial, one patient, one "
        "session: note the time of opening and the batch for each patient."
    )


def plan_rules(*, shared: bool) -> str:
    """By which rules the day is planned."""
    first = translate(
        "Doses are those of the last injection, not decided for this day. Vials: sizes of the catalogue with the "
        "fewest units discarded. Stock is not recorded yet."
    )
    if not shared:
        return first
    return first + " " + translate(
        "A dose is drawn from vials of its own and at most one shared vial; drug a patient brings is never shared. Who "
        "shares a vial stands one after the other."
    )  # fmt: skip


def botox_day_tip(day: date | None) -> str:
    """Where an arrow leads."""
    return weekday_day(day) if day is not None else translate("No other Botox day within a year")
