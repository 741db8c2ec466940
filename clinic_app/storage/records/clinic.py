"""Rows of the clinic itself: settings, users, catalogues, imports, and what can be undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from clinic_app.storage.records.declarative import Record


class SettingRecord(Record):
    """One setting of the clinic."""

    __tablename__ = "clinic_setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, object]]


class UserRecord(Record):
    """A person who works with the program; the key slots of the same name are in the vault.

    ``since`` is empty for people of schema 1. A slot without an active row signs nobody in.
    """

    __tablename__ = "clinic_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    last_signed_in: Mapped[datetime | None]


class CatalogueRecord(Record):
    """One entry of a catalogue as it was last shipped; entries are retired, never deleted."""

    __tablename__ = "catalogue_entry"

    catalogue: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, object]]
    digest: Mapped[str]
    retired_at: Mapped[datetime | None]


class ImportRecord(Record):
    """One import of a register, and whether it was undone."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    taken: Mapped[int]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class MappingRecord(Record):
    """The column mapping kept for files with this header."""

    __tablename__ = "register_mapping"

    header: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    written_at: Mapped[datetime]


class UndoRecord(Record):
    """An inverse command: what to do to take a write back."""

    __tablename__ = "undo_command"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[dict[str, object]]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
