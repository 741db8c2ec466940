"""Rows of what is kept about the record itself: the audit, earlier versions of rows, drafts, the bin, backups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_app.storage.records.declarative import Record


class AuditRecord(Record):
    """One entry of the audit. ``body`` is what ``mac`` seals; the other columns repeat it for searching.

    The database refuses to change or delete a row (triggers).
    """

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    patient_id: Mapped[int | None] = mapped_column(index=True)
    outcome: Mapped[str]
    body: Mapped[str] = mapped_column(Text())
    mac: Mapped[bytes] = mapped_column(LargeBinary())


class RowVersionRecord(Record):
    """A row as it was before a change or its removal, by table and id; ``seq`` is the entry of the audit."""

    __tablename__ = "row_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), index=True)
    of_table: Mapped[str]
    of_row: Mapped[str]
    patient_id: Mapped[int | None] = mapped_column(index=True)
    verb: Mapped[str]
    before: Mapped[dict[str, object]]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class DraftRecord(Record):
    """What somebody typed and has not saved: one a person, kind and patient."""

    __tablename__ = "draft"

    user_name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, object]]
    written_at: Mapped[datetime]


class BinRecord(Record):
    """Something taken out of the record whole, with the rows of every table that belong to it, to be put back.

    ``pictures`` are the ids in the picture store that it still needs; ``number`` the clinic number of a patient, which
    is never given again; ``facts`` what the list of the bin shows. ``purged_at``: destroyed for good, content gone.
    """

    __tablename__ = "bin_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_id: Mapped[int]
    patient_id: Mapped[int] = mapped_column(index=True)
    mrn: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    number: Mapped[int | None]
    facts: Mapped[dict[str, object]] = mapped_column(default=dict)
    content: Mapped[dict[str, object]]
    pictures: Mapped[list[str]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(default="")
    deleted_by: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime] = mapped_column(index=True)
    restored_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]


class ProtectionRecord(Record):
    """What protects one patient's record: seen by few, or not to be destroyed."""

    __tablename__ = "patient_protection"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    legal_hold: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class EmergencyRecord(Record):
    """One emergency opening of a patient's record, and who looked at it afterwards."""

    __tablename__ = "emergency_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    acknowledged_by: Mapped[str] = mapped_column(String(), default="")
    acknowledged_at: Mapped[datetime | None]


class BackupRecord(Record):
    """One backup, drill or restore, and how it ended."""

    __tablename__ = "backup_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    place: Mapped[str]
    snapshot: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    head_seq: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, object]]
    written_by: Mapped[str] = mapped_column(default="")
