"""Whether the drug for a case is in sight, as far as its bookings since the last injection say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clinic_app.domain.schedule import Appointment, DrugSupply


def drug_known(appointments: Iterable[Appointment], last: date | None) -> DrugSupply:
    """What was said of the drug for the newest booking since the last injection, missed and cancelled ones included."""
    said = [one for one in appointments if one.drug is not DrugSupply.UNKNOWN and (last is None or one.day > last)]
    return max(said, key=lambda one: (one.day, one.id)).drug if said else DrugSupply.UNKNOWN
