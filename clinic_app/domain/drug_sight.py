"""Whether the drug for a case is in sight, as far as its bookings and calls since the last injection say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, ContactAttempt, DrugSupply

CANCELLED = frozenset({AppointmentStatus.CANCELLED_BY_PATIENT, AppointmentStatus.CANCELLED_BY_CLINIC})


def drug_known(
    appointments: Iterable[Appointment], last: date | None, calls: Iterable[ContactAttempt] = ()
) -> DrugSupply:
    """What was said of the drug for the newest booking since the last injection, missed and cancelled ones included.

    Of the ``calls`` since then, one in which they could not come for want of a drug says that there is none, until
    something is said for a booking of that day or later that was not cancelled.
    """
    said = [one for one in appointments if one.drug is not DrugSupply.UNKNOWN and (last is None or one.day > last)]
    wanting = [one.at.date() for one in calls if one.outcome is Attempt.CANNOT_COME_DRUG]
    if wanting and not any(one.day >= max(wanting) and one.status not in CANCELLED for one in said):
        return DrugSupply.NONE
    return max(said, key=lambda one: (one.day, one.id)).drug if said else DrugSupply.UNKNOWN
