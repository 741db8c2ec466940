"""Earlier versions of rows in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import NotFound
from clinic_app.domain.versions import FieldChange, Version
from clinic_app.storage.bin import BY_NAME
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import RowVersionRecord
from clinic_app.storage.records.patients import IdentifierRecord, PatientRecord, PhoneRecord
from clinic_app.storage.records.schedule import ContactAttemptRecord
from clinic_app.storage.records.treatment import SessionRecord, SiteRecord
from clinic_app.storage.row_values import value_of
from clinic_app.storage.row_watch import DELETE, content_of

UNTOLD: Final = frozenset(
    {
        "id", "patient_id", "visit_id", "session_id", "import_id", "imported", "name_folded", "search", "written_at",
        "written_by", "imported_at", "imported_by", "sha256", "original", "display", "preview", "thumbnail", "sizes",
        "width", "height", "number", "taken_back_at",
    }
)  # fmt: skip
"""Columns that say nothing to a reader."""
PARTS: Final[Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    PatientRecord.__tablename__: (
        (IdentifierRecord.__tablename__, "identifiers", ("value",)),
        (PhoneRecord.__tablename__, "phones", ("number", "owner")),
    ),
    SessionRecord.__tablename__: ((SiteRecord.__tablename__, "sites", ("muscle", "side", "units")),),
}
"""Rows that are written anew with their owner: told as one field of it."""
TAKEN_BACK: Final = frozenset({ContactAttemptRecord.__tablename__})
"""Rows that are never changed: one that was wrong is taken back, and told as removed."""
OWNER: Final = {
    IdentifierRecord.__tablename__: "patient_id",
    PhoneRecord.__tablename__: "patient_id",
    SiteRecord.__tablename__: "session_id",
}
_PART_TABLES: Final = frozenset(OWNER)


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A row before a save, with the values its columns take, and the rows that were part of it."""

    table: str
    row_id: int
    values: Mapping[str, Any]
    parts: Mapping[str, tuple[Mapping[str, Any], ...]]
    at: datetime


@dataclass(slots=True)
class VersionRows:
    """The earlier versions in one unit of work."""

    session: Session

    def of_patients(self, patient_ids: Sequence[int]) -> tuple[Version, ...]:
        """What was changed of these patients and how it was before, newest save first."""
        rows = self.session.scalars(
            select(RowVersionRecord).where(RowVersionRecord.patient_id.in_(patient_ids)).order_by(RowVersionRecord.id)
        ).all()
        later: dict[tuple[str, str], Mapping[str, Any]] = {}
        parts: dict[tuple[str, str, int], list[RowVersionRecord]] = {}
        for row in rows:
            if row.of_table in _PART_TABLES:
                owner = str(row.before[OWNER[row.of_table]])
                parts.setdefault((row.of_table, owner, row.seq), []).append(row)
        later_parts: dict[tuple[str, str], list[str]] = {}
        found: list[Version] = []
        for row in reversed(rows):
            if row.of_table in _PART_TABLES:
                continue
            key = (row.of_table, row.of_row)
            after = {} if row.verb == DELETE else later.get(key) or self._now(row.of_table, row.of_row)
            taken_back = row.of_table in TAKEN_BACK and not row.before["taken_back_at"] and after.get("taken_back_at")
            removed = row.verb == DELETE or bool(taken_back)
            after = {} if removed else after
            fields = [
                FieldChange(name, before, after.get(name))
                for name, before in row.before.items()
                if name not in UNTOLD and before != after.get(name)
            ]
            whole = row.before.get("written_at") != after.get("written_at") or removed
            for table, name, columns in PARTS.get(row.of_table, ()):
                here = parts.get((table, row.of_row, row.seq), [])
                if not here and not whole:
                    continue
                was = _lines([one.before for one in here], columns)
                then = [] if removed else later_parts.get((table, row.of_row))
                if then is None:
                    then = self._lines_now(table, row.of_row, columns)
                if was != then:
                    fields.append(FieldChange(name, was, then))
                later_parts[(table, row.of_row)] = was
            later[key] = row.before
            if fields:
                said = (row.written_at, row.written_by, row.of_table, row.of_row)
                found.append(Version(row.id, row.seq, *said, removed, tuple(fields)))
        return tuple(found)

    def last_change(self, table: str, row_id: int) -> tuple[str, datetime | None]:
        """Who changed a row last, and when; nothing where nobody did since it was made."""
        row = self.session.execute(
            select(RowVersionRecord.written_by, RowVersionRecord.written_at)
            .where(RowVersionRecord.of_table == table, RowVersionRecord.of_row == str(row_id))
            .order_by(RowVersionRecord.id.desc())
            .limit(1)
        ).first()
        return (row[0], row[1]) if row is not None else ("", None)

    def last_set(self, table: str, row_id: int, columns: Sequence[str]) -> tuple[str, datetime | None]:
        """Who last gave these columns of a row another value, and when; nothing where they are as they were made."""
        rows = self.session.scalars(
            select(RowVersionRecord)
            .where(RowVersionRecord.of_table == table, RowVersionRecord.of_row == str(row_id))
            .order_by(RowVersionRecord.id.desc())
        )
        kept = Record.metadata.tables[table]
        now = self.session.execute(select(*(kept.c[name] for name in columns)).where(kept.c.id == row_id)).first()
        for row in rows:
            if now is not None and tuple(row.before.get(name) for name in columns) != tuple(now):
                return row.written_by, row.written_at
        return "", None

    def last_among(self, table: str, row_id: int, column: str, values: Collection[str]) -> str | None:
        """Which of these values a column of a row had last before now; None where it had none of them."""
        rows = self.session.scalars(
            select(RowVersionRecord)
            .where(RowVersionRecord.of_table == table, RowVersionRecord.of_row == str(row_id))
            .order_by(RowVersionRecord.id.desc())
        )
        return next((str(row.before[column]) for row in rows if row.before.get(column) in values), None)

    def earlier(self, version_id: int) -> EarlierRow:
        """A row as it was before a save. Raises ``NotFound``."""
        row = self.session.get(RowVersionRecord, version_id)
        if row is None:
            raise NotFound("version_not_found", id=version_id)
        parts: dict[str, tuple[Mapping[str, Any], ...]] = {}
        for table, name, _ in PARTS.get(row.of_table, ()):
            here = select(RowVersionRecord).where(RowVersionRecord.seq == row.seq, RowVersionRecord.of_table == table)
            own = [one for one in self.session.scalars(here) if str(one.before[OWNER[table]]) == row.of_row]
            if own or self._rewritten(row):
                parts[name] = tuple(_values(table, one.before) for one in sorted(own, key=_position))
        return EarlierRow(row.of_table, int(row.of_row), _values(row.of_table, row.before), parts, row.written_at)

    def _rewritten(self, row: RowVersionRecord) -> bool:
        """Whether a save wrote the whole object anew, with its parts."""
        following = self.session.scalar(
            select(RowVersionRecord)
            .where(
                RowVersionRecord.of_table == row.of_table,
                RowVersionRecord.of_row == row.of_row,
                RowVersionRecord.id > row.id,
            )
            .order_by(RowVersionRecord.id)
            .limit(1)
        )
        after = following.before if following is not None else self._now(row.of_table, row.of_row)
        return row.before.get("written_at") != after.get("written_at")

    def _now(self, table: str, row_id: str) -> Mapping[str, Any]:
        record = BY_NAME.get(table)
        if record is None or "/" in row_id or not row_id.isdigit():
            return {}
        row = self.session.get(record, int(row_id))
        return content_of(row) if row is not None else {}

    def _lines_now(self, table: str, owner: str, columns: Sequence[str]) -> list[str]:
        record: Any = BY_NAME[table]
        rows = self.session.scalars(
            select(record).where(getattr(record, OWNER[table]) == int(owner)).order_by(record.position)
        )
        return _lines([content_of(row) for row in rows], columns)


def _lines(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    ordered = sorted(rows, key=lambda row: int(row.get("position", 0)))
    return [" ".join(str(row[name]) for name in columns if row.get(name)) for row in ordered]


def _position(row: RowVersionRecord) -> int:
    return int(str(row.before.get("position", 0)))


def _values(table: str, content: Mapping[str, Any]) -> dict[str, Any]:
    columns = Record.metadata.tables[table].columns
    return {name: value_of(columns[name], plain) for name, plain in content.items() if name in columns}
