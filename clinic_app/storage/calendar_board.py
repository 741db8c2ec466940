"""The calendar in the database: what its days show, who waits for one, and whose dates another day moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import AppointmentStatus, DrugSupply, FollowUpStatus
from clinic_app.storage.call_list import LIVE, in_status
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.schedule import AppointmentRecord
from clinic_app.storage.schedule import appointment_of

GONE = (
    AppointmentStatus.CANCELLED_BY_PATIENT.value,
    AppointmentStatus.CANCELLED_BY_CLINIC.value,
    AppointmentStatus.WAITLIST.value,
)
"""Bookings that take no place."""
_MISSING = tuple(sorted(drug.value for drug in DrugSupply if drug.missing))


class CalendarRows:
    """The questions the calendar asks, each one for all days that are shown."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first_bookings(self, first: date, last: date, most: int) -> tuple[DayEntry, ...]:
        """The ``most`` first bookings of each day that take a place, by token."""
        order = (AppointmentRecord.token, AppointmentRecord.id)
        placed = (
            select(
                AppointmentRecord.id,
                func.row_number().over(partition_by=AppointmentRecord.day, order_by=order).label("place"),
            )
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.not_in(GONE),
            )
            .subquery()
        )
        rows = self._session.execute(
            select(AppointmentRecord, PatientRecord.mrn, PatientRecord.full_name)
            .join(placed, placed.c.id == AppointmentRecord.id)
            .join(PatientRecord, PatientRecord.id == AppointmentRecord.patient_id)
            .options(selectinload(AppointmentRecord.cases))
            .where(placed.c.place <= most)
            .order_by(AppointmentRecord.day, placed.c.place)
        )
        return tuple(DayEntry(appointment_of(row), mrn, name) for row, mrn, name in rows)

    def people(self, patient_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Number and name of these patients."""
        found: dict[int, tuple[str, str]] = {}
        for part in chunks(patient_ids):
            rows = self._session.execute(
                select(PatientRecord.id, PatientRecord.mrn, PatientRecord.full_name).where(PatientRecord.id.in_(part))
            )
            found.update((id_, (mrn, name)) for id_, mrn, name in rows)
        return found

    def without_drug(self, first: date, last: date) -> Mapping[date, int]:
        """How many bookings that still stand have no drug in sight, by day."""
        rows = self._session.execute(
            select(AppointmentRecord.day, func.count().label("missing"))
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.in_(LIVE),
                AppointmentRecord.drug.in_(_MISSING),
            )
            .group_by(AppointmentRecord.day)
        )
        return {row.day: row.missing for row in rows}

    def unbooked(
        self,
        on: date,
        coming: date,
        statuses: Sequence[FollowUpStatus],
        without: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> dict[FollowUpStatus, int]:
        """How many cases are in each of these statuses; *coming* reaches to the day ``coming``.

        ``without``: patients whose cases are left out; ``only``: no others than theirs.
        """
        whose = []
        if without:
            whose.append(CaseRecord.patient_id.not_in(sorted(without)))
        if only is not None:
            whose.append(CaseRecord.patient_id.in_(sorted(only)))
        counts = [
            select(func.count()).select_from(CaseRecord).where(in_status(one, on, coming), *whose).scalar_subquery()
            for one in statuses
        ]
        return dict(zip(statuses, self._session.execute(select(*counts)).one(), strict=True))
