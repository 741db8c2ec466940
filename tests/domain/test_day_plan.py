from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.day_plan import DayPlan, doses_of_visit, next_botox_day, plan_day
from clinic_app.domain.schedule import Appointment, BotoxDay, DrugSupply
from clinic_app.domain.units import Units
from clinic_app.wording.day_plan import dose_words
from clinic_app.wording.schedule import NamedProduct

DAY = date(2026, 3, 20)
SIZES = {"ona": (Decimal(100),), "abo": (Decimal(300), Decimal(500))}


class NoNames:
    """A catalogue without products."""

    @property
    def products(self) -> Mapping[str, NamedProduct]:
        return {}


def booking(token: int, drug: DrugSupply = DrugSupply.HOSPITAL_STOCK, brings: str | None = None) -> DayEntry:
    return DayEntry(Appointment(token, token, DAY, token, (token,), drug=drug, drug_product=brings), f"M{token}", "")


def plan(*doses: str, shared: bool, drug: DrugSupply = DrugSupply.HOSPITAL_STOCK) -> DayPlan:
    """``ona 60``; ``ona ?`` where nobody knows."""
    entries = []
    for token, words in enumerate(doses, 1):
        product, units = words.split()
        dose = Units(None if product == "?" else product, None if units == "?" else Decimal(units))
        entries.append((booking(token, drug), (dose,), False))
    return plan_day(BotoxDay(DAY, 20, len(doses)), entries, SIZES, shared=shared)


def test_without_sharing_every_visit_has_vials_of_its_own() -> None:
    found = plan("ona 60", "abo 500", "ona 40", "ona ?", "? 30", shared=False)
    assert found.order == (0, 1, 2, 3, 4)
    abo, ona, unknown = found.products
    assert (ona.units, ona.unknown, ona.vials, ona.discarded) == (Decimal(100), 1, ((Decimal(100), 2),), Decimal(100))
    assert (abo.units, abo.vials, abo.discarded) == (Decimal(500), ((Decimal(500), 1),), Decimal(0))
    assert (unknown.product, unknown.units, unknown.unknown) == (None, Decimal(0), 1)
    assert all(len(group.visits) == 1 for one in found.products for group in one.groups)


def test_where_the_clinic_shares_who_shares_a_vial_comes_one_after_the_other() -> None:
    found = plan("ona 60", "ona 70", "abo 300", "ona 30", "ona 40", shared=True)
    ona = found.products[1]
    assert [group.visits for group in ona.groups] == [(0, 4), (1, 3)]
    assert (ona.vials, ona.discarded, ona.alone) == (((Decimal(100), 2),), Decimal(0), Decimal(200))
    assert found.order == (0, 4, 1, 3, 2)


def test_what_a_patient_brings_is_never_shared() -> None:
    found = plan("ona 60", "ona 40", shared=True, drug=DrugSupply.PATIENT_BRINGS)
    assert (found.products[0].vials, found.products[0].discarded) == (((Decimal(100), 2),), Decimal(100))


@pytest.mark.parametrize(
    ("drug", "brings", "dose"),
    [
        (DrugSupply.HOSPITAL_STOCK, None, Units("ona", Decimal(60))),
        (DrugSupply.PATIENT_BRINGS, None, Units("ona", Decimal(60))),
        (DrugSupply.PATIENT_BRINGS, "ona", Units("ona", Decimal(60))),
        (DrugSupply.PATIENT_BRINGS, "abo", Units("abo", None)),
    ],
)
def test_units_are_never_converted_to_another_product(drug: DrugSupply, brings: str | None, dose: Units) -> None:
    last = {1: Units("ona", Decimal(60))}
    assert doses_of_visit(booking(1, drug, brings), last) == (dose,)


def test_two_diagnoses_of_one_booking_are_drawn_together_by_product() -> None:
    entry = DayEntry(Appointment(1, 1, DAY, 1, (1, 2, 3, 4)), "M1", "")
    last = {1: Units("ona", Decimal(60)), 2: Units("ona", Decimal(30)), 3: Units("abo", Decimal(300))}
    assert doses_of_visit(entry, last) == (
        Units("ona", Decimal(90)),
        Units("abo", Decimal(300)),
        Units(None, None),
    )


def test_a_case_that_is_booked_twice_on_a_day_is_counted_once() -> None:
    entry = DayEntry(Appointment(1, 1, DAY, 2, (1, 3)), "M1", "")
    last = {1: Units("ona", Decimal(50)), 3: Units("abo", Decimal(300))}
    assert doses_of_visit(entry, last, {1}) == (Units("abo", Decimal(300)),)
    assert doses_of_visit(entry, last, {1, 3}) == ()
    twice = plan_day(BotoxDay(DAY, 20, 2), [(entry, (), False)], SIZES, shared=False)
    assert dose_words(twice.visits[0], NoNames()) == "counted with the other booking of the day"
    assert twice.products == ()


def test_two_bookings_of_a_patient_are_drawn_from_the_same_vial_and_follow_each_other() -> None:
    face, somebody, neck = (DayEntry(Appointment(token, who, DAY, token, (token,)), f"M{who}", "")
                            for token, who in ((1, 1), (2, 2), (3, 1)))  # fmt: skip
    dose = (Units("ona", Decimal(20)),)
    more = (Units("ona", Decimal(30)),)
    entries = [(face, dose, False), (somebody, dose, False), (neck, more, False)]
    found = plan_day(BotoxDay(DAY, 20, 3), entries, SIZES, shared=False)
    (ona,) = found.products
    assert [group.visits for group in ona.groups] == [(0, 2), (1,)]
    assert (ona.units, ona.discarded, ona.alone) == (Decimal(70), Decimal(130), Decimal(130))
    assert found.order == (0, 2, 1)


def test_closed_records_are_in_no_sum_and_who_has_no_drug_is_named() -> None:
    entries = [
        (booking(1, DrugSupply.NONE), (Units("ona", Decimal(60)),), False),
        (booking(2, DrugSupply.SCHEME_AWAITED), (Units("ona", Decimal(60)),), True),
        (booking(3, DrugSupply.UNKNOWN), (Units("ona", Decimal(40)),), False),
    ]
    found = plan_day(BotoxDay(DAY, 20, 3), entries, SIZES, shared=False)
    assert found.products[0].units == Decimal(100)
    assert [visit.entry.mrn for visit in found.without_drug] == ["M1", "M2"]
    assert found.visits[1].doses == ()


def test_the_next_botox_day() -> None:
    places = {date(2026, 3, 20): 0, date(2026, 3, 24): 20, date(2026, 3, 27): 20}
    assert next_botox_day(places, date(2026, 3, 19)) == date(2026, 3, 24)
    assert next_botox_day(places, date(2026, 3, 25)) == date(2026, 3, 27)
    assert next_botox_day(places, date(2026, 4, 1)) is None
