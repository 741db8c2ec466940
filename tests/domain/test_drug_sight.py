"""What is known of the drug for a case, from its bookings and calls since the last injection."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from clinic_app.domain.drug_sight import drug_known
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, ContactAttempt, DrugSupply

LAST = date(2026, 1, 5)
CALLED = date(2026, 3, 10)


def booking(days: int, drug: DrugSupply, status: AppointmentStatus = AppointmentStatus.BOOKED) -> Appointment:
    """A booking so many days after the call."""
    return Appointment(days + 100, 1, CALLED + timedelta(days=days), 1, (1,), status=status, drug=drug)


def call(outcome: Attempt) -> ContactAttempt:
    return ContactAttempt(1, 1, datetime.combine(CALLED, time(10)), outcome)


@pytest.mark.parametrize(
    ("bookings", "outcome", "known"),
    [
        ((), Attempt.CANNOT_COME_MONEY, DrugSupply.UNKNOWN),
        ((), Attempt.CANNOT_COME_DRUG, DrugSupply.NONE),
        (
            (booking(-5, DrugSupply.HOSPITAL_STOCK, AppointmentStatus.NO_SHOW),),
            Attempt.CANNOT_COME_DRUG,
            DrugSupply.NONE,
        ),
        ((booking(9, DrugSupply.UNKNOWN),), Attempt.CANNOT_COME_DRUG, DrugSupply.NONE),
        ((booking(9, DrugSupply.APPROVED),), Attempt.CANNOT_COME_DRUG, DrugSupply.APPROVED),
        ((booking(9, DrugSupply.SCHEME_AWAITED),), Attempt.CANNOT_COME_DRUG, DrugSupply.SCHEME_AWAITED),
        (
            (booking(9, DrugSupply.APPROVED, AppointmentStatus.CANCELLED_BY_PATIENT),),
            Attempt.CANNOT_COME_DRUG,
            DrugSupply.NONE,
        ),
        ((booking(-90, DrugSupply.NONE),), Attempt.WILL_COME, DrugSupply.UNKNOWN),
    ],
)
def test_who_could_not_come_for_want_of_a_drug_has_none_until_something_else_is_said(
    bookings: tuple[Appointment, ...], outcome: Attempt, known: DrugSupply
) -> None:
    assert drug_known(bookings, LAST, (call(outcome),)) is known
