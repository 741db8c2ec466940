"""The clinic itself in the database: settings, users, catalogues, imports, and what can be undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.people import Role, User
from clinic_app.domain.schedule import AppointmentStatus
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import AuditRecord, RowVersionRecord
from clinic_app.storage.records.cases import DecisionRecord, IndependenceRecord
from clinic_app.storage.records.clinic import (
    CatalogueRecord,
    ImportRecord,
    MappingRecord,
    SettingRecord,
    UndoRecord,
    UserRecord,
)
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import SiteRecord

if TYPE_CHECKING:
    from clinic_app.domain.register_writing import RegisterGaps

Catalogue = Mapping[str, tuple[Mapping[str, object], str]]
"""The entries of one catalogue by code: content and digest."""


@dataclass(frozen=True, slots=True)
class StoredChange:
    """One change of a row of settings: ``before`` is the row as it was, None where there was none."""

    at: datetime
    by: str
    reason: str
    before: Mapping[str, object] | None


class ClinicRows:
    """What belongs to the clinic and to no patient."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def setting(self, key: str) -> dict[str, object] | None:
        """One setting, None where it was never set."""
        row = self._session.get(SettingRecord, key)
        return dict(row.value) if row is not None else None

    def set_setting(self, key: str, value: dict[str, object]) -> None:
        """Keep one setting."""
        row = self._session.get(SettingRecord, key)
        if row is None:
            self._session.add(SettingRecord(key=key, value=value))
        else:
            row.value = value
        self._session.flush()

    def setting_history(self) -> dict[str, list[StoredChange]]:
        """Every change of every row of settings, by its key, newest first."""
        names = {row.id: row.name for row in self._session.scalars(select(UserRecord))}
        table = SettingRecord.__tablename__
        versions = {
            (row.seq, row.of_row): row.before["value"]
            for row in self._session.scalars(select(RowVersionRecord).where(RowVersionRecord.of_table == table))
        }
        entries = self._session.scalars(
            select(AuditRecord)
            .where(AuditRecord.action.startswith("settings.", autoescape=True))
            .order_by(AuditRecord.seq.desc())
        )
        found: dict[str, list[StoredChange]] = {}
        for entry in entries:
            body = json.loads(entry.body)
            before = versions.get((entry.seq, body["obj_id"]))
            found.setdefault(body["obj_id"], []).append(
                StoredChange(
                    entry.at,
                    names.get(entry.actor_id, ""),
                    body.get("reason", ""),
                    before if isinstance(before, dict) else None,
                )
            )
        return found

    def add_user(self, name: str, roles: frozenset[Role]) -> User:
        """Add a person."""
        row = UserRecord(name=name, roles=sorted(role.value for role in roles))
        self._session.add(row)
        self._session.flush()
        return _user_of(row)

    def user(self, name: str) -> User | None:
        """The person of this name."""
        row = self._session.scalar(select(UserRecord).where(UserRecord.name == name))
        return _user_of(row) if row is not None else None

    def register_gaps(self, today: date) -> RegisterGaps:
        """How much is on record that an exported register has no column for; bookings from ``today`` on."""
        from clinic_app.domain.register_writing import RegisterGaps

        ask = self._session.scalar

        def rows(record: type[Record], *conditions: ColumnElement[bool]) -> int:
            return ask(select(func.count()).select_from(record).where(*conditions)) or 0

        return RegisterGaps(
            rows(IndependenceRecord),
            ask(select(func.count(distinct(SiteRecord.session_id)))) or 0,
            rows(
                AppointmentRecord,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.day >= today,
                AppointmentRecord.status.in_([status.value for status in AppointmentStatus if status.live]),
            ),
            rows(ContactAttemptRecord, ContactAttemptRecord.taken_back_at.is_(None)),
            rows(DecisionRecord),
            rows(PictureRecord, PictureRecord.taken_back_at.is_(None)),
        )

    def sync_catalogue(self, catalogue: str, entries: Catalogue) -> tuple[int, int]:
        """Bring the stored catalogue up to what is shipped: insert new, retire old, never delete.

        An entry whose content changed is written anew under its code. Answers how many were written and retired.
        """
        stored = {
            row.code: row
            for row in self._session.scalars(select(CatalogueRecord).where(CatalogueRecord.catalogue == catalogue))
        }
        written = retired = 0
        for code, (content, digest) in entries.items():
            row = stored.get(code)
            if row is None:
                self._session.add(CatalogueRecord(catalogue=catalogue, code=code, content=dict(content), digest=digest))
                written += 1
            elif row.digest != digest or row.retired_at is not None:
                row.content, row.digest, row.retired_at = dict(content), digest, None
                written += 1
        for code, row in stored.items():
            if code not in entries and row.retired_at is None:
                row.retired_at = self._now
                retired += 1
        self._session.flush()
        return written, retired

    def begin_import(self, kind: str, file_name: str) -> int:
        """Open an import and return its id."""
        row = ImportRecord(kind=kind, file_name=file_name, taken=0, written_by=self._user, written_at=self._now)
        self._session.add(row)
        self._session.flush()
        return row.id

    def end_import(self, import_id: int, taken: int) -> None:
        """Say how many rows an import took."""
        self._import(import_id).taken = taken
        self._session.flush()

    def undo_import(self, import_id: int) -> None:
        """Mark an import as undone. Raises ``Conflict("already_undone")``."""
        row = self._import(import_id)
        if row.undone_at is not None:
            raise Conflict("already_undone")
        row.undone_at = self._now

    def mapping(self, header: str) -> str | None:
        """The column mapping kept for files with this header, as TOML."""
        row = self._session.get(MappingRecord, header)
        return row.content if row is not None else None

    def keep_mapping(self, header: str, content: str) -> None:
        """Keep the column mapping for files with this header."""
        row = self._session.get(MappingRecord, header)
        if row is None:
            self._session.add(MappingRecord(header=header, content=content, written_at=self._now))
        else:
            row.content, row.written_at = content, self._now
        self._session.flush()

    def add_undo(self, kind: str, content: dict[str, object]) -> int:
        """Keep an inverse command and return its id."""
        row = UndoRecord(kind=kind, content=content, written_by=self._user, written_at=self._now)
        self._session.add(row)
        self._session.flush()
        return row.id

    def open_undos(self, kind: str) -> list[tuple[int, dict[str, object]]]:
        """The inverse commands of a kind that were not carried out, newest first."""
        rows = self._session.scalars(
            select(UndoRecord)
            .where(UndoRecord.kind == kind, UndoRecord.done_at.is_(None))
            .order_by(UndoRecord.id.desc())
        )
        return [(row.id, dict(row.content)) for row in rows]

    def set_undo(self, undo_id: int, content: dict[str, object]) -> None:
        """Keep other content of an inverse command that was not carried out. Raises as ``undo_command``."""
        self._undo(undo_id).content = content
        self._session.flush()

    def undo_command(self, undo_id: int) -> tuple[str, dict[str, object]]:
        """An inverse command, not carried out. Raises ``NotFound``, ``Conflict("already_undone")``."""
        row = self._undo(undo_id)
        return row.kind, dict(row.content)

    def take_undo(self, undo_id: int) -> tuple[str, dict[str, object]]:
        """Take an inverse command to carry it out, once. Raises ``NotFound``, ``Conflict("already_undone")``."""
        row = self._undo(undo_id)
        row.done_at = self._now
        return row.kind, dict(row.content)

    def _undo(self, undo_id: int) -> UndoRecord:
        row = self._session.get(UndoRecord, undo_id)
        if row is None:
            raise NotFound("nothing_to_undo")
        if row.done_at is not None:
            raise Conflict("already_undone")
        return row

    def _import(self, import_id: int) -> ImportRecord:
        row = self._session.get(ImportRecord, import_id)
        if row is None:
            raise NotFound("nothing_to_undo")
        return row


def _user_of(row: UserRecord) -> User:
    return User(row.id, row.name, frozenset(Role(role) for role in row.roles), row.active)
