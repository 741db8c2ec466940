"""Rows about backups: how each backup, drill and restore ended, and whether anything changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from clinic_app.domain.backups import BackupKind, BackupOutcome, BackupRun
from clinic_app.storage.records.audit import AuditRecord, BackupRecord

_OWN_ACTIONS: Final = ("backup.%", "restore.drill%", "check.%")
"""What making, trying and checking backups enters by itself: no reason to make another."""
_COUNTING: Final = [outcome.value for outcome in BackupOutcome if outcome.counts]


class BackupRows:
    """The backups of the clinic."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def add(
        self,
        kind: BackupKind,
        place: str,
        snapshot: str,
        started_at: datetime,
        outcome: BackupOutcome,
        head_seq: int,
        facts: Mapping[str, object],
        finished_at: datetime | None = None,
    ) -> BackupRun:
        """Say how one ended, now or when it did."""
        row = BackupRecord(
            kind=kind.value,
            place=place,
            snapshot=snapshot,
            started_at=started_at,
            finished_at=finished_at or self._now,
            outcome=outcome.value,
            head_seq=head_seq,
            facts=dict(facts),
            written_by=self._user,
        )
        self._session.add(row)
        self._session.flush()
        return _run_of(row)

    def newest(self, limit: int, kind: BackupKind | None = None, place: str | None = None) -> tuple[BackupRun, ...]:
        """How the last ones ended, newest first; of one kind and place where named."""
        statement = select(BackupRecord)
        if kind is not None:
            statement = statement.where(BackupRecord.kind == kind.value)
        if place is not None:
            statement = statement.where(BackupRecord.place == place)
        rows = self._session.scalars(statement.order_by(BackupRecord.id.desc()).limit(limit))
        return tuple(_run_of(row) for row in rows)

    def last_good(self, kind: BackupKind, place: str | None = None) -> BackupRun | None:
        """The newest one of a kind that counts."""
        return self._good(kind, place, newest=True)

    def first_good(self, kind: BackupKind) -> BackupRun | None:
        """The oldest one of a kind that counts."""
        return self._good(kind, None, newest=False)

    def changed_since(self, seq: int) -> bool:
        """Whether the audit holds an entry after ``seq`` that is not about backups themselves."""
        after = exists().where(AuditRecord.seq > seq)
        for own in _OWN_ACTIONS:
            after = after.where(AuditRecord.action.not_like(own))
        return bool(self._session.scalar(select(after)))

    def first_entry_at(self) -> datetime | None:
        """When the clinic's audit begins."""
        return self._session.scalar(select(AuditRecord.at).order_by(AuditRecord.seq).limit(1))

    def _good(self, kind: BackupKind, place: str | None, *, newest: bool) -> BackupRun | None:
        statement = select(BackupRecord).where(BackupRecord.kind == kind.value, BackupRecord.outcome.in_(_COUNTING))
        if place is not None:
            statement = statement.where(BackupRecord.place == place)
        order = BackupRecord.id.desc() if newest else BackupRecord.id
        row = self._session.scalar(statement.order_by(order).limit(1))
        return None if row is None else _run_of(row)


def _run_of(row: BackupRecord) -> BackupRun:
    return BackupRun(
        row.id,
        BackupKind(row.kind),
        row.place,
        row.snapshot,
        row.started_at,
        row.finished_at or row.started_at,
        BackupOutcome(row.outcome) if row.outcome else BackupOutcome.FAILED,
        row.head_seq,
        dict(row.facts),
        row.written_by,
    )
