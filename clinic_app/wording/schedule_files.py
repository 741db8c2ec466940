"""Words of the files of the schedule: headings of the tables, and what a booking is called in a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from clinic_app.domain.papers import CallRow, DayCase, DayVisit
from clinic_app.domain.schedule import Appointment, DueEntry
from clinic_app.wording.cases import condition_lines, side_words
from clinic_app.wording.language import translate
from clinic_app.wording.papers import Names, visit_warnings
from clinic_app.wording.patients import age_sex_words
from clinic_app.wording.schedule import (
    attempt_words,
    booking_words,
    drug_words,
    flag_words,
    product_words,
    status_name,
)

Cell = str | int | Decimal | date | None
Table = tuple[tuple[str, ...], Iterator[tuple[Cell, ...]]]

MESSAGES: dict[str, str] = {
    "calendar_exported": (
        "{rows} bookings written to “{path}”, with initials only. The file is not encrypted: initials and a day can say "
        "who it is."
    ),
}
SINGULARS: dict[str, tuple[str, str]] = {
    "calendar_exported": (
        "rows",
        "{rows} booking written to “{path}”, with initials only. The file is not encrypted: initials and a day can say "
        "who it is.",
    ),
}
CALL_COLUMNS = (
    *("No.", "Patient number", "Name", "Age and sex", "Phone", "Whose phone", "Village", "Diagnosis", "Side", "Status"),
    *("Days overdue", "Last injection", "Product", "Units", "Not before", "Due from", "Due until", "Come on"),
    *("Booked on", "Last call", "Outcome", "Call again on", "Remarks"),
)
DAY_COLUMNS = (
    *("Day", "Place", "Time", "Patient number", "Name", "Age and sex", "Phone", "Diagnosis", "Side", "Last injection"),
    *("Product", "Units", "Not before", "Booking", "Drug", "Product brought", "Batch brought", "Warnings", "Note"),
)


def calendar_name(clinic: str) -> str:
    """What a calendar of bookings is called: ``City clinic: bookings``."""
    return translate("{clinic}: bookings").format(clinic=clinic)


def entry_words(who: str, booking: Appointment) -> str:
    """A booking in a calendar: ``AV, place 13``; initials alone where it has a time, a place alone for a closed record."""
    place = translate("place {token}").format(token=booking.token)
    if booking.at is not None and who:
        return who
    return ", ".join(part for part in (who, place) if part)


def call_table(rows: Sequence[CallRow], names: Names, today: date) -> Table:
    """Headings and rows of the call list; numbers and dates stay such."""
    return tuple(translate(word) for word in CALL_COLUMNS), (_call_cells(row, names, today) for row in rows)


def day_table(visits: Sequence[DayVisit], names: Names, today: date) -> Table:
    """Headings and rows of a day list: one for each diagnosis, so that every dose stands beside its product."""
    cells = (_day_cells(visit, case, names, today) for visit in visits for case in (visit.cases or (None,)))
    return tuple(translate(word) for word in DAY_COLUMNS), cells


def _diagnosis(entry: DueEntry, names: Names) -> str:
    known = names.conditions.get(entry.condition)
    return ", ".join(one for one in condition_lines(known, None, entry.pattern) if one) if known else entry.condition


def _call_cells(row: CallRow, names: Names, today: date) -> tuple[Cell, ...]:
    entry, answer = row.entry, row.entry.answer
    window, last, call, booking = answer.window, answer.window.last, row.entry.last_call, answer.appointment
    phone = entry.phone if entry.may_be_called else None
    return (
        row.number,
        entry.mrn,
        entry.name,
        age_sex_words(entry.birth, entry.sex, today),
        phone.number if phone is not None else None,
        phone.owner if phone is not None else None,
        row.village,
        _diagnosis(entry, names),
        side_words(entry.side),
        status_name(answer.status),
        answer.days_overdue or None,
        last.day if last is not None else None,
        product_words(last.product, names) if last is not None else None,
        entry.last_units if last is not None else None,
        window.earliest,
        window.opens,
        window.closes,
        window.come_on,
        booking.day if booking is not None else None,
        call.at.date() if call is not None else None,
        attempt_words(call.outcome) if call is not None else None,
        answer.call_again_on,
        ", ".join(sorted(flag_words(flag) for flag in answer.flags)),
    )


def _day_cells(visit: DayVisit, case: DayCase | None, names: Names, today: date) -> tuple[Cell, ...]:
    booking, patient = visit.appointment, visit.patient
    last = case.last if case is not None else None
    phone = patient.phone if patient.may_be_called else None
    return (
        booking.day,
        booking.token,
        f"{booking.at:%H:%M}" if booking.at is not None else None,
        patient.mrn,
        patient.name,
        age_sex_words(patient.details.birth, patient.details.sex, today),
        phone.number if phone is not None else None,
        _diagnosis(case.entry, names) if case is not None else None,
        side_words(case.entry.side) if case is not None else None,
        last.day if last is not None else None,
        product_words(last.units.product, names) if last is not None else None,
        last.units.amount if last is not None else None,
        case.earliest if case is not None else None,
        booking_words(booking.status),
        drug_words(booking.drug),
        product_words(booking.drug_product, names) if booking.drug_product else None,
        booking.drug_batch or None,
        ". ".join(visit_warnings(visit)) or None,
        booking.note or None,
    )
