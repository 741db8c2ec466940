"""The calendar in the database: what its days show, who waits for one, and whose dates another day moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinic_app.domain.schedule import AppointmentStatus, DrugSupply, FollowUpStatus
from clinic_app.storage.call_list import LIVE, in_status
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.schedule import AppointmentRecord

GONE = (
    AppointmentStatus.CANCELLED_BY_PATIENT.value,
    AppointmentStatus.CANCELLED_BY_CLINIC.value,
    AppointmentStatus.WAITLIST.value,
)
"""Bookings that take no place."""
_MISSING = tuple(sorted(drug.value for drug in DrugSupply if drug.missing))


@dataclass(frozen=True, slots=True)
class BookedName:
    """One of the first bookings of a day."""

    day: date
    patient_id: int
    name: str


class CalendarRows:
    """The questions the calendar asks, each one for all days that are shown."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first_names(self, first: date, last: date, most: int) -> tuple[BookedName, ...]:
        """The ``most`` first bookings of each day that take a place, by token."""
        place = (
            func.row_number()
            .over(partition_by=AppointmentRecord.day, order_by=(AppointmentRecord.token, AppointmentRecord.id))
            .label("place")
        )
        placed = (
            select(AppointmentRecord.day, AppointmentRecord.patient_id, place)
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.not_in(GONE),
            )
            .subquery()
        )
        rows = self._session.execute(
            select(placed.c.day, placed.c.patient_id, PatientRecord.full_name)
            .join(PatientRecord, PatientRecord.id == placed.c.patient_id)
            .where(placed.c.place <= most)
            .order_by(placed.c.day, placed.c.place)
        )
        return tuple(BookedName(day, patient_id, name) for day, patient_id, name in rows)

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
