"""Days on which doctors are away, in the database."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.absences import Absence, AbsenceDetails
from clinic_app.domain.errors import NotFound
from clinic_app.storage.records.schedule import AbsenceRecord


class AbsenceRows:
    """Absences of doctors; one taken back stays, and is read no more."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def since(self, day: date) -> tuple[Absence, ...]:
        """Every absence that is not over on ``day``, by its first day."""
        rows = self._session.scalars(
            select(AbsenceRecord)
            .where(AbsenceRecord.last >= day, AbsenceRecord.taken_back_at.is_(None))
            .order_by(AbsenceRecord.first, AbsenceRecord.id)
        )
        return tuple(_absence_of(row) for row in rows)

    def get(self, absence_id: int) -> Absence:
        """One absence. Raises ``NotFound``."""
        return _absence_of(self._row(absence_id))

    def add(self, details: AbsenceDetails) -> int:
        """Enter an absence and return its id."""
        row = AbsenceRecord(written_by=self._user, written_at=self._now)
        _write(row, details)
        self._session.add(row)
        self._session.flush()
        return row.id

    def change(self, absence_id: int, details: AbsenceDetails) -> None:
        """Replace what was entered. Raises ``NotFound``."""
        _write(self._row(absence_id), details)
        self._session.flush()

    def take_back(self, absence_id: int) -> None:
        """The doctor is there after all. Raises ``NotFound``."""
        self._row(absence_id).taken_back_at = self._now
        self._session.flush()

    def stand_again(self, absence_id: int) -> None:
        """An absence that was taken back holds again. Raises ``NotFound``."""
        row = self._session.get(AbsenceRecord, absence_id)
        if row is None or row.taken_back_at is None:
            raise NotFound("nothing_to_undo")
        row.taken_back_at = None
        self._session.flush()

    def _row(self, absence_id: int) -> AbsenceRecord:
        row = self._session.get(AbsenceRecord, absence_id)
        if row is None or row.taken_back_at is not None:
            raise NotFound("absence_not_found", id=absence_id)
        return row


def _write(row: AbsenceRecord, details: AbsenceDetails) -> None:
    row.injector, row.first, row.last = details.injector, details.first, details.last
    row.places, row.reason = details.places, details.reason


def _absence_of(row: AbsenceRecord) -> Absence:
    details = AbsenceDetails(row.injector, row.first, row.last, row.places, row.reason)
    return Absence(row.id, details, row.written_by, row.written_at)
