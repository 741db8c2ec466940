"""Moving everything of one patient to another, through the foreign keys of the tables, with the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinic_app.storage.bin import BY_NAME, BinRows, Taken, references, row_of
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import DraftRecord, ProtectionRecord
from clinic_app.storage.records.cases import CaseRecord, HoldRecord, IndependenceRecord, StopRecord
from clinic_app.storage.records.patients import IdentifierRecord, PatientRecord, PhoneRecord
from clinic_app.storage.row_values import plain_value
from clinic_app.storage.row_watch import remove_rows

OWN = frozenset({IdentifierRecord.__tablename__, PhoneRecord.__tablename__})
"""What a patient is known and reached by: merged as facts, not moved."""


@dataclass(slots=True)
class MergeRows:
    """Merging in one unit of work."""

    session: Session
    user: str
    now: datetime
    bin: BinRows

    def moves(self, other: int) -> dict[str, int]:
        """How many rows of each table belong to a patient directly."""
        found: dict[str, int] = {}
        for child, column, _ in references(_table(PatientRecord)):
            count = self.session.scalar(select(func.count()).select_from(child).where(column == other)) or 0
            if count and child.name not in OWN:
                found[child.name] = max(count, found.get(child.name, 0))
        return found

    def merge(self, kept: int, other: int, pairs: Mapping[int, int], today: date) -> Taken:
        """Give the kept patient everything of the other, whose own row is removed; answers the way back.

        ``pairs``: cases of the other that become a case of the kept one. What runs on the other's case ends today.
        """
        self.session.flush()
        self.session.expunge_all()
        taken = Taken()
        for old, new in pairs.items():
            self._end_running(old, today, taken)
            for child, column, _ in references(_table(CaseRecord)):
                self._point(child.name, column.name, old, new, taken)
        self.session.flush()
        doomed = list(pairs)
        if doomed:
            self._drop(CaseRecord, CaseRecord.id.in_(doomed), taken)
        for child, column, _ in references(_table(PatientRecord)):
            if child.name in OWN:
                record = BY_NAME[child.name]
                self._drop(record, getattr(record, column.name) == other, taken)
            elif child.name == ProtectionRecord.__tablename__:
                self._protect(kept, other, taken)
            else:
                self._point(child.name, column.name, other, kept, taken)
        remove_rows(self.session, select(DraftRecord).where(DraftRecord.patient_id == other))
        self.session.flush()
        self._drop(PatientRecord, PatientRecord.id == other, taken)
        return taken

    def void(self, taken: Taken, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Change a row so that the way back undoes it."""
        record = self.session.get(BY_NAME[table], row_id)
        if record is not None:
            self._change(table, record, values, taken)
            self.session.flush()

    def _point(self, table: str, column: str, old: int, new: int, taken: Taken) -> None:
        """Let the rows of a table name another patient or case. A tie is made anew, or is there already."""
        record = BY_NAME[table]
        keys = [key.name for key in _table(record).primary_key]
        for row in self.session.scalars(select(record).where(getattr(record, column) == old)).unique():
            if column not in keys:
                self._change(table, row, {column: new}, taken)
                continue
            content = row_of(row)
            values = {**{key: getattr(row, key) for key in content}, column: new}
            if record is IndependenceRecord:
                first, second = sorted((int(values["case_id"]), int(values["other_id"])))
                values |= {"case_id": first, "other_id": second}
            self.bin.note_removed(taken, table, content)
            self.session.delete(row)
            self.session.flush()
            key = tuple(values[name] for name in keys)
            tied_to_itself = record is IndependenceRecord and key[0] == key[1]
            if not tied_to_itself and self.session.get(record, key) is None:
                self.session.add(record(**values))
                self.session.flush()
                taken.added.append((table, list(key)))
        self.session.flush()

    def _end_running(self, case_id: int, today: date, taken: Taken) -> None:
        """Holds and stops of a case that becomes another one end: they were never said of that one."""
        for record in (HoldRecord, StopRecord):
            for row in self.session.scalars(select(record).where(record.case_id == case_id, record.ended_on.is_(None))):
                self._change(record.__tablename__, row, {"ended_on": today}, taken)
        self.session.flush()

    def _protect(self, kept: int, other: int, taken: Taken) -> None:
        """What protected either record protects the one that is left."""
        theirs, mine = self.session.get(ProtectionRecord, other), self.session.get(ProtectionRecord, kept)
        if theirs is None:
            return
        said = {name: getattr(theirs, name) for name in ("restricted", "legal_hold", "reason")}
        self._drop(ProtectionRecord, ProtectionRecord.patient_id == other, taken)
        if mine is None:
            self.session.add(ProtectionRecord(patient_id=kept, written_by=self.user, written_at=self.now, **said))
            taken.added.append((ProtectionRecord.__tablename__, [kept]))
        else:
            values = {name: bool(getattr(mine, name) or said[name]) for name in ("restricted", "legal_hold")}
            self._change(ProtectionRecord.__tablename__, mine, values, taken)
        self.session.flush()

    def _drop(self, record: type[Record], condition: Any, taken: Taken) -> None:
        self.session.flush()
        name = record.__tablename__
        rows = [row_of(row) for row in self.session.scalars(select(record).where(condition))]
        for row in rows:
            self.bin.note_removed(taken, name, row)
        self.bin.remove_rows_of(name, rows)

    def _change(self, table: str, row: Record, values: Mapping[str, Any], taken: Taken) -> None:
        before = {name: plain_value(getattr(row, name)) for name in values}
        after = {name: plain_value(value) for name, value in values.items()}
        if before == after:
            return
        for name, value in values.items():
            setattr(row, name, value)
        key = [getattr(row, column.name) for column in _table(type(row)).primary_key]
        taken.changed.append((table, key, before, after))


def _table(record: type[Record]) -> Any:
    return Record.metadata.tables[record.__tablename__]
