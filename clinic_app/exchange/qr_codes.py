"""QR codes for the clinic's own phone: a number to call, a message to send, a day for its calendar.

The computer sends nothing: the phone reads the code from the screen or from paper. Only modules are made here; who
shows or prints them adds the quiet zone of four modules.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from clinic_app.domain.calendar_entries import CalendarEntry

QUIET_MODULES = 4
"""The white edge a reader needs (ISO/IEC 18004)."""
_DIALLED = re.compile(r"[^0-9+]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def modules_of(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code, row by row, dark ones true; the error correction is M or better.

    Raises:
        ValueError: the text is too long for a QR code.
    """
    import segno

    code = segno.make(text, error="m", micro=False, encoding=None if text.isascii() else "utf-8")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def call_text(number: str) -> str:
    """What makes a phone offer to call: ``tel:+919840012345``."""
    return f"tel:{dialled(number)}"


def message_text(number: str, message: str) -> str:
    """What makes a phone offer to send a message: ``SMSTO:+919840012345:…``."""
    return f"SMSTO:{dialled(number)}:{message}"


def calendar_text(entry: CalendarEntry) -> str:
    """What makes a phone offer a calendar entry: the whole day, or from its time, in local time."""
    day, at = entry.day, entry.at
    if at is None:
        when = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    else:
        start = datetime.combine(day, at)
        end = start + timedelta(minutes=entry.minutes)
        when = [f"DTSTART:{start:%Y%m%dT%H%M%S}", f"DTEND:{end:%Y%m%dT%H%M%S}"]
    known = [f"UID:{entry.uid}", f"SEQUENCE:{entry.sequence}", f"SUMMARY:{entry.words.translate(_ESCAPED)}"]
    lines = ["BEGIN:VEVENT", *known, *when, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR"])


def dialled(number: str) -> str:
    """A number as a phone dials it: digits, and a plus where it begins with one."""
    kept = _DIALLED.sub("", number)
    return kept[:1] + kept[1:].replace("+", "")
