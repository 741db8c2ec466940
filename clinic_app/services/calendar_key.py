"""The clinic's key for the names of bookings in calendars, and how often one went into the bin or came back: one of
each for files and for codes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from clinic_app.services.context import ClinicContext
from clinic_app.storage.unit import UnitOfWork

KEY_ROW = "calendar_key"
RAISED_ROW = "calendar_raised"


def calendar_key(context: ClinicContext) -> bytes:
    """The key, made once: a booking has the same name in every calendar from then on."""
    with context.units.read() as unit:
        kept = unit.clinic.setting(KEY_ROW)
    if kept is None:
        with context.units.open() as unit:
            kept = unit.clinic.setting(KEY_ROW)
            if kept is None:
                kept = {"key": secrets.token_hex(32)}
                unit.clinic.set_setting(KEY_ROW, kept)
                unit.commit()
    return bytes.fromhex(str(kept["key"]))


def raised(unit: UnitOfWork) -> Mapping[int, int]:
    """How often bookings went into the bin or came out of it, by their ids: so much higher is their number in a
    calendar, which takes an entry for newer only by that.
    """
    return {int(id_): int(str(count)) for id_, count in (unit.clinic.setting(RAISED_ROW) or {}).items()}


def raise_entries(unit: UnitOfWork, bookings: Iterable[int]) -> None:
    """Bookings go into the bin or come out of it."""
    counts = {str(id_): count for id_, count in raised(unit).items()}
    more = {str(id_): counts.get(str(id_), 0) + 1 for id_ in bookings}
    if more:
        unit.clinic.set_setting(RAISED_ROW, {**counts, **more})
