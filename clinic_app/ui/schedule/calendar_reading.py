"""What the calendar reads: its days, and the list of who is not booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from clinic_app.domain.calendar_board import AsOf, CalendarDay, Scale
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import DueEntry, FollowUpStatus
from clinic_app.ui.schedule.call_model import CLOSED_AT_FIRST, PAGE, GroupKey, Page
from clinic_app.ui.schedule.day_list import DayRow, row_of
from clinic_app.ui.schedule.lines import Line, line_of

if TYPE_CHECKING:
    from clinic_app.services import Services

IN_MONTH = 6
"""Bookings of a day of the month that are read; as many are shown as fit."""
SEEN_AT_FIRST = 60


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What was read of the days that are shown: all of them, and of a week or a day its bookings."""

    today: date
    days: tuple[CalendarDay, ...]
    bookings: tuple[DayEntry, ...] = ()
    rows: tuple[DayRow, ...] = ()


@dataclass(frozen=True, slots=True)
class TrayRead:
    """Counts and pages of the list beside the calendar."""

    counts: Mapping[GroupKey, int]
    pages: Mapping[Page, tuple[Line, ...]]


def read_calendar(services: Services, days: tuple[date, ...], scale: Scale, on: date | None) -> CalendarRead:
    """The days that are shown; ``on``: the day whose statuses are wanted, None for today."""
    board, today = services.calendar_board, services.today()
    shown = board.days(days[0], days[-1], IN_MONTH if scale is Scale.MONTH else 0)
    if scale is Scale.WEEK:
        return CalendarRead(today, shown, board.bookings(days[0], days[-1]))
    if scale is Scale.DAY:
        seen_from = on if on is not None else today
        rows = tuple(row_of(line, services.catalogues, seen_from) for line in board.day_list(days[0], on))
        return CalendarRead(today, shown, rows=rows)
    return CalendarRead(today, shown)


def read_tray(
    services: Services, coming: date, typed: str, as_of: AsOf | None, wanted: frozenset[Page] | None
) -> TrayRead:
    """Who is not booked (or as of another day every case), and the pages wanted (None: those that are seen first)."""
    board = services.calendar_board
    counts: dict[GroupKey, int] = {}
    counts.update((as_of.counts if as_of is not None else board.unbooked(coming, typed)).items())
    seen = 0
    chosen: list[Page] = []
    for status in counts if wanted is None else ():
        if counts[status] and status not in CLOSED_AT_FIRST and seen < SEEN_AT_FIRST:
            chosen.append((status, 0))
            seen += counts[status]
    if wanted is not None:
        chosen = [page for page in wanted if counts.get(page[0], 0) > page[1] * PAGE]
    found = read_pages(services, chosen, coming, typed, as_of)
    return TrayRead(counts, dict(zip(chosen, found, strict=True)))


def read_pages(
    services: Services, pages: list[Page], coming: date, typed: str, as_of: AsOf | None
) -> tuple[tuple[Line, ...], ...]:
    """Pages of that list."""
    board = services.calendar_board
    wanted = [(key, number * PAGE) for key, number in pages if isinstance(key, FollowUpStatus)]
    found: tuple[tuple[DueEntry, ...], ...]
    if as_of is None:
        day, found = services.today(), board.unbooked_pages(wanted, PAGE, coming, typed)
    else:
        day, found = as_of.day, board.as_of_pages(as_of, wanted, PAGE)
    return tuple(tuple(line_of(entry, services.catalogues, day) for entry in entries) for entries in found)
