"""The schedule as files: call list and day list as spreadsheets, the bookings as a calendar; each with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.calendar_entries import CalendarEntry, entry_of
from clinic_app.domain.papers import PaperRequest
from clinic_app.domain.patients import initials
from clinic_app.exchange.calendar_files import write_calendar
from clinic_app.exchange.spreadsheet_writing import write_table
from clinic_app.services.calendar_key import calendar_key, raised
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs
from clinic_app.services.papers import PapersService
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.schedule_files import calendar_name, call_table, day_table, entry_words

PAST_DAYS, COMING_DAYS = 30, 400
"""How far back and ahead a calendar reaches: as far as a booking may lie without a reason, and a month."""


class ScheduleFilesService:
    """Files of the schedule. All of them say who is treated here, the calendar by initials and day."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.EXPORT_IDENTIFIABLE)
    def call_list(self, request: PaperRequest, path: str, overwrite: bool = False) -> int:
        """Write the call list as it is shown to a .csv or .xlsx file; answers its rows.

        Raises:
            RuleBroken: ``paper_too_long``.
            FileRefused, StorageUnavailable: as ``write_table``.
        """
        context = self._context
        rows = PapersService(context).call_rows(request)
        header, cells = call_table(rows, context.catalogues, context.today())
        with context.entered(AuditEvent("export.ident", "call_list")):
            return write_table(Path(path), header, cells, overwrite=overwrite, sheet="Call list")

    @needs(Action.EXPORT_IDENTIFIABLE)
    def day_list(self, day: date | None, path: str, overwrite: bool = False) -> int:
        """Write who comes on a day (None: the next Botox day), one row for each diagnosis; answers the rows.

        Raises as ``call_list``.
        """
        context, papers = self._context, PapersService(self._context)
        _, visits = papers.day_visits(day or papers.next_botox_day())
        header, cells = day_table(visits, context.catalogues, context.today())
        with context.entered(AuditEvent("export.ident", "day_list")):
            return write_table(Path(path), header, cells, overwrite=overwrite, sheet="Day list")

    @needs(Action.EXPORT_IDENTIFIABLE)
    def calendar(self, path: str, overwrite: bool = False) -> int:
        """Write the bookings as an .ics file with initials and places only; answers its entries.

        Bookings that were cancelled, taken back or went into the bin stay in it as cancelled, so that a calendar takes
        them off.

        Raises:
            FileRefused, StorageUnavailable: as ``write_calendar``.
        """
        context = self._context
        key = calendar_key(context)
        with context.units.read() as unit:
            entries = tuple(self._entries(unit, key))
        with context.entered(AuditEvent("export.ident", "calendar")):
            now = context.now().astimezone()
            name = calendar_name(context.info.name)
            return write_calendar(Path(path), name, entries, now, overwrite=overwrite)

    def _entries(self, unit: UnitOfWork, key: bytes) -> Iterator[CalendarEntry]:
        today, hidden = self._context.today(), self._context.access.hidden()
        first, last = today - timedelta(days=PAST_DAYS), today + timedelta(days=COMING_DAYS)
        found = unit.schedule.appointments_ever(first, last)
        patients = unit.patients.by_ids(sorted({one.patient_id for one, _ in found}))
        counts = raised(unit)
        for booking, taken_back in found:
            patient = patients.get(booking.patient_id)
            seen = patient is not None and patient.id not in hidden
            who = initials(patient.name) if patient is not None and seen else ""
            yield entry_of(key, booking, entry_words(who, booking), raised=counts.get(booking.id, 0), gone=taken_back)
        for booking in unit.bin.bookings(first, last):
            yield entry_of(key, booking, entry_words("", booking), raised=counts.get(booking.id, 0), gone=True)
