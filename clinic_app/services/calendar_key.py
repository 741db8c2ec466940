"""The clinic's key for the names of bookings in calendars: one for files and for codes."""

from __future__ import annotations

import secrets

from clinic_app.services.context import ClinicContext

KEY_ROW = "calendar_key"


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
