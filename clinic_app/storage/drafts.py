"""Drafts in the database: one a user, kind and patient."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from clinic_app.domain.drafts import Draft, DraftKind
from clinic_app.storage.records.audit import DraftRecord
from clinic_app.storage.records.patients import PatientRecord


class DraftRows:
    """The drafts of one user."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def keep(self, kind: DraftKind, patient_id: int, content: dict[str, object]) -> None:
        """Keep a draft in the place of the one before."""
        row = self._session.get(DraftRecord, (self._user, kind.value, patient_id))
        if row is None:
            row = DraftRecord(user_name=self._user, kind=kind.value, patient_id=patient_id)
            self._session.add(row)
        row.content, row.written_at = content, self._now
        self._session.flush()

    def mine(self) -> tuple[Draft, ...]:
        """Every draft of the user, newest first."""
        return self._found(self._own())

    def of(self, patient_id: int) -> tuple[Draft, ...]:
        """The user's drafts about one patient, newest first."""
        return self._found(self._own().where(DraftRecord.patient_id == patient_id))

    def all(self) -> tuple[Draft, ...]:
        """The user's drafts about patients who are in the record, and about new ones."""
        there = select(PatientRecord.id)
        return self._found(self._own().where(or_(DraftRecord.patient_id == 0, DraftRecord.patient_id.in_(there))))

    def drop(self, kind: DraftKind, patient_id: int) -> None:
        """Remove a draft, if there is one."""
        row = self._session.get(DraftRecord, (self._user, kind.value, patient_id))
        if row is not None:
            self._session.delete(row)
        self._session.flush()

    def _own(self) -> Select[DraftRecord]:
        return select(DraftRecord).where(DraftRecord.user_name == self._user).order_by(DraftRecord.written_at.desc())

    def _found(self, statement: Select[DraftRecord]) -> tuple[Draft, ...]:
        return tuple(
            Draft(DraftKind(row.kind), row.patient_id, dict(row.content), row.written_at, row.user_name)
            for row in self._session.scalars(statement)
        )
