"""What access depends on in the database: protected records, emergency openings, and whose things are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clinic_app.domain.access import EmergencyOpening, Protection
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.patients import fold
from clinic_app.domain.people import Role, User
from clinic_app.domain.treatment import SessionState
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.audit import EmergencyRecord, ProtectionRecord
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.clinic import UserRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord, VisitRecord

_OWNER: dict[str, InstrumentedAttribute[int]] = {
    "case": CaseRecord.patient_id,
    "call": CaseRecord.patient_id,
    "picture": PictureRecord.patient_id,
    "session": SessionRecord.patient_id,
    "visit": VisitRecord.patient_id,
    "appointment": AppointmentRecord.patient_id,
    "external": ExternalToxinRecord.patient_id,
}
_NUMBER: dict[str, InstrumentedAttribute[int]] = {
    "case": CaseRecord.id,
    "call": ContactAttemptRecord.id,
    "picture": PictureRecord.id,
    "session": SessionRecord.id,
    "visit": VisitRecord.id,
    "appointment": AppointmentRecord.id,
    "external": ExternalToxinRecord.id,
}


@dataclass(frozen=True, slots=True)
class Entered:
    """Who entered something and when; ``signed``: it is finalised, corrected or void."""

    by: str
    at: datetime
    signed: bool


class AccessRows:
    """Protected records, emergency openings, and to whom things belong."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def restricted(self) -> frozenset[int]:
        """The patients who are restricted."""
        statement = select(ProtectionRecord.patient_id).where(ProtectionRecord.restricted)
        return frozenset(self._session.scalars(statement))

    def protection(self, patient_id: int) -> Protection:
        """What protects one patient's record."""
        row = self._session.get(ProtectionRecord, patient_id)
        if row is None:
            return Protection(patient_id)
        return Protection(patient_id, row.restricted, row.legal_hold, row.reason)

    def set_protection(self, protection: Protection) -> None:
        """Protect a patient's record, or no longer. Raises ``NotFound`` for a patient who is not there."""
        if self._session.get(PatientRecord, protection.patient_id) is None:
            raise NotFound("patient_not_found", id=protection.patient_id)
        row = self._session.get(ProtectionRecord, protection.patient_id)
        if row is None:
            row = ProtectionRecord(patient_id=protection.patient_id)
            self._session.add(row)
        row.restricted, row.legal_hold, row.reason = protection.restricted, protection.legal_hold, protection.reason
        row.written_by, row.written_at = self._user, self._now
        self._session.flush()

    def owners(self, noun: str, ids: Sequence[int]) -> frozenset[int]:
        """The patients to whom cases, calls, pictures, sessions, visits, appointments or external toxin belong.

        What is not there belongs to nobody.
        """
        found: set[int] = set()
        for part in chunks(list(ids)):
            found.update(self._session.scalars(_owned(noun).where(_NUMBER[noun].in_(part)).distinct()))
        return frozenset(found)

    def entered(self, noun: str, ids: Sequence[int]) -> tuple[Entered, ...]:
        """Who entered these sessions or visits."""
        number = SessionRecord.id if noun == "session" else VisitRecord.id
        found: list[Entered] = []
        for part in chunks(list(ids)):
            rows = self._session.execute(
                select(VisitRecord.written_by, VisitRecord.written_at, SessionRecord.state)
                .join(SessionRecord, SessionRecord.visit_id == VisitRecord.id)
                .where(number.in_(part))
            )
            found += [
                Entered(by, at, state not in (SessionState.PLANNED.value, SessionState.GIVEN.value))
                for by, at, state in rows
            ]
        return tuple(found)

    def treated_by(self, name: str, among: Collection[int] | None = None) -> frozenset[int]:
        """Whom somebody treats: the injector or the writer of one of their visits; imported visits do not count."""
        wanted = fold(name)
        statement = (
            select(VisitRecord.patient_id, VisitRecord.injector, VisitRecord.written_by)
            .where(VisitRecord.import_id.is_(None), or_(VisitRecord.injector != "", VisitRecord.written_by == name))
            .distinct()
        )
        parts: Iterable[Sequence[int] | None] = [None] if among is None else chunks(sorted(among))
        found: set[int] = set()
        for part in parts:
            narrowed = statement if part is None else statement.where(VisitRecord.patient_id.in_(part))
            for patient_id, injector, writer in self._session.execute(narrowed):
                if writer == name or (wanted and fold(injector) == wanted):
                    found.add(patient_id)
        return frozenset(found)

    def users(self) -> tuple[User, ...]:
        """Everybody who works with the program, or did."""
        rows = self._session.scalars(select(UserRecord).order_by(UserRecord.id))
        return tuple(User(row.id, row.name, frozenset(Role(role) for role in row.roles), row.active) for row in rows)

    def add_emergency(self, patient_id: int, user_id: int, reason: str, until: datetime) -> int:
        """Enter an emergency opening and return its id. Raises ``NotFound`` for a patient who is not there."""
        if self._session.get(PatientRecord, patient_id) is None:
            raise NotFound("patient_not_found", id=patient_id)
        row = EmergencyRecord(
            patient_id=patient_id, user_id=user_id, reason=reason, opened_at=self._now, until=until, acknowledged_by=""
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def emergencies(self, *, unacknowledged: bool) -> tuple[EmergencyOpening, ...]:
        """The emergency openings, newest first."""
        statement = (
            select(EmergencyRecord, UserRecord.name, PatientRecord.mrn)
            .join(UserRecord, UserRecord.id == EmergencyRecord.user_id, isouter=True)
            .join(PatientRecord, PatientRecord.id == EmergencyRecord.patient_id, isouter=True)
            .order_by(EmergencyRecord.id.desc())
        )
        if unacknowledged:
            statement = statement.where(EmergencyRecord.acknowledged_at.is_(None))
        return tuple(_opening_of(row, name or "", mrn or "") for row, name, mrn in self._session.execute(statement))

    def acknowledge(self, opening_id: int) -> EmergencyOpening:
        """Say that an emergency opening was looked at.

        Raises:
            NotFound: ``emergency_missing``.
            Conflict: ``emergency_acknowledged``.
        """
        row = self._session.get(EmergencyRecord, opening_id)
        if row is None:
            raise NotFound("emergency_missing", id=opening_id)
        if row.acknowledged_at is not None:
            raise Conflict("emergency_acknowledged", name=row.acknowledged_by)
        row.acknowledged_by, row.acknowledged_at = self._user, self._now
        self._session.flush()
        return _opening_of(row, "", "")


def _owned(noun: str) -> Select[int]:
    owned = select(_OWNER[noun])
    return owned if noun != "call" else owned.join(ContactAttemptRecord, ContactAttemptRecord.case_id == CaseRecord.id)


def _opening_of(row: EmergencyRecord, name: str, mrn: str) -> EmergencyOpening:
    return EmergencyOpening(
        row.id,
        row.patient_id,
        row.user_id,
        name,
        mrn,
        row.reason,
        row.opened_at,
        row.until,
        row.acknowledged_by,
        row.acknowledged_at,
    )
