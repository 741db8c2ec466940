"""Calendar files (iCalendar, RFC 5545): bookings with initials, for the calendar of a phone or an office.

A day with a token is an entry of the whole day: a token is a place in the row, not a time. A time is written as it
stands on the clinic's wall, without a zone ("floating", RFC 5545 3.3.5): it is kept so in the record, the zone of the
computer is not always known by its name, and whoever opens the file is in the clinic's own town.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_app.domain.calendar_entries import CalendarEntry
from clinic_app.exchange.formulas import CONTROL
from clinic_app.exchange.whole_files import whole_file

if TYPE_CHECKING:
    from icalendar import Event

PROGRAM = "-//Dystonia Case Tracker//Bookings//EN"


def write_calendar(
    path: Path, name: str, entries: Iterable[CalendarEntry], now: datetime, *, overwrite: bool = False
) -> int:
    """Write a calendar file, whole or not at all; answers how many entries it has. ``now`` has its zone.

    Raises:
        FileRefused: ``table_exists`` unless ``overwrite``, ``table_is_folder``.
        StorageUnavailable: the disk is full, the folder missing or not to be written.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", CONTROL.sub("", name))
    stamp = now.astimezone(UTC).replace(microsecond=0)
    count = 0
    for entry in entries:
        event = _event(entry.words, entry.day, entry.at, entry.minutes)
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        event.add("dtstamp", stamp)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
        count += 1
    with whole_file(path, overwrite=overwrite) as file:
        file.write(calendar.to_ical())
    return count


def _event(words: str, day: date, at: time | None, minutes: int) -> Event:
    from icalendar import Event

    event = Event()
    event.add("summary", CONTROL.sub("", words))
    if at is None:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        start = datetime.combine(day, at)
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=minutes))
    return event
