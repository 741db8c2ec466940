"""What was measured in photographs, as rows; points are in picture units of the photograph before it is turned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import NotFound
from clinic_app.domain.measurements import STORED_DECIMALS, MeasureKind, Measurement, Value, facts_of, with_facts
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.comparison import MeasurementRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.treatment import VisitRecord
from clinic_app.storage.row_watch import remove_rows


class MeasurementRows:
    """Measurements of one unit of work."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def of_case(self, case_id: int) -> list[Measurement]:
        """Everything measured for a case, and for none in the photographs of its patient, the oldest first."""
        owner = select(CaseRecord.patient_id).where(CaseRecord.id == case_id).scalar_subquery()
        shown = (
            select(MeasurementRecord)
            .join(PictureRecord, PictureRecord.id == MeasurementRecord.picture_id)
            .where(PictureRecord.taken_back_at.is_(None))
        )
        of_none = shown.where(MeasurementRecord.case_id.is_(None), PictureRecord.patient_id == owner)
        rows = [
            *self._session.scalars(shown.where(MeasurementRecord.case_id == case_id)),
            *self._session.scalars(of_none),
        ]
        return [measurement_of(row) for row in sorted(rows, key=lambda row: row.id)]

    def of_no_case(self, picture_ids: Collection[int]) -> list[Measurement]:
        """What was measured in photographs before they went to another patient, the oldest first."""
        rows = self._session.scalars(
            select(MeasurementRecord)
            .join(PictureRecord, PictureRecord.id == MeasurementRecord.picture_id)
            .where(MeasurementRecord.case_id.is_(None), MeasurementRecord.picture_id.in_(picture_ids))
            .where(PictureRecord.taken_back_at.is_(None))
            .order_by(MeasurementRecord.id)
        )
        return [measurement_of(row) for row in rows]

    def add(self, case_id: int, one: Measurement, value: Value, visit_id: int | None) -> int:
        """Keep what was measured; answers its id."""
        row = MeasurementRecord(
            case_id=case_id, picture_id=one.picture_id, kind=one.kind.value, partner_id=one.partner_id,
            visit_id=visit_id,
        )  # fmt: skip
        self._write(row, one, value)
        self._session.add(row)
        self._session.flush()
        return row.id

    def change(self, one: Measurement, value: Value) -> None:
        """Other points, or other facts its value follows from. Raises NotFound(measurement_not_found)."""
        row = self._session.get(MeasurementRecord, one.id)
        if row is None:
            raise NotFound("measurement_not_found")
        self._write(row, one, value)
        self._session.flush()

    def set_visit(self, measurement_id: int, visit_id: int | None) -> None:
        """Say at which visit something was measured. Raises NotFound(measurement_not_found)."""
        row = self._session.get(MeasurementRecord, measurement_id)
        if row is None:
            raise NotFound("measurement_not_found")
        row.visit_id = visit_id
        self._session.flush()

    def remove(self, ids: Collection[int]) -> None:
        """Take measurements out."""
        for row in self._session.scalars(select(MeasurementRecord).where(MeasurementRecord.partner_id.in_(ids))):
            row.partner_id = None
        self._session.flush()
        remove_rows(self._session, select(MeasurementRecord).where(MeasurementRecord.id.in_(ids)))

    def visit_on(self, patient_id: int, day: date | None) -> int | None:
        """The visit of a patient on a day; None where there is none."""
        return self._session.scalar(
            select(VisitRecord.id).where(VisitRecord.patient_id == patient_id, VisitRecord.day == day).limit(1)
        )

    def _write(self, row: MeasurementRecord, one: Measurement, value: Value) -> None:
        row.content = facts_of(one)
        row.value = None if value.number is None else round(value.number, STORED_DECIMALS)
        row.unit = value.unit
        row.written_by, row.written_at = self._user, self._now


def measurement_of(row: MeasurementRecord) -> Measurement:
    """A row read. Raises ``ValueError``, ``TypeError``, ``KeyError`` where it is none of ours."""
    bare = Measurement(
        row.id, row.picture_id, MeasureKind(row.kind), (), row.partner_id, None, None, row.written_by, row.written_at
    )
    return with_facts(bare, row.content)
