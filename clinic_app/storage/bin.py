"""The bin: what is taken out of the record whole, row by row, and put back with the same ids.

What belongs to a thing is found through the foreign keys of the tables: a row that cannot be without it (its key may
not be empty) is taken with it; a row that merely names it is loosened and tied again afterwards. A new table is taken
along by itself. Ids are never given twice, so there is always room for what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from clinic_app.domain.bin import BinCounts, BinEntry, BinKind
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.schedule import Appointment
from clinic_app.storage.bulk import BulkLoad
from clinic_app.storage.patients import chunks
from clinic_app.storage.pictures import KeptPicture
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import BinRecord, DraftRecord, ProtectionRecord, RowVersionRecord
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.clinic import UndoRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord, VisitRecord
from clinic_app.storage.row_values import plain_value, value_of
from clinic_app.storage.row_watch import COMPUTED, RowWatch, remove_rows
from clinic_app.storage.schedule import appointment_of

Content = dict[str, Any]
Key = tuple[Any, ...]
Rows = dict[str, list[Content]]

ROOTS: Final = {
    BinKind.PATIENT: PatientRecord.__tablename__,
    BinKind.CASE: CaseRecord.__tablename__,
    BinKind.PHOTOS: PictureRecord.__tablename__,
}
HOLLOW: Final = {
    VisitRecord.__tablename__: (SessionRecord.__tablename__, "visit_id"),
    AppointmentRecord.__tablename__: (AppointmentCaseRecord.__tablename__, "appointment_id"),
}
"""Rows that are nothing without their parts: where all parts go, they go too."""
OF_NO_PATIENT: Final = frozenset(
    {
        "clinic_setting", "clinic_user", "catalogue_entry", "import_batch", "register_mapping", "undo_command",
        "absence", "audit_entry", "row_version", "draft", "bin_entry", "emergency_opening", "backup_run",
    }
)  # fmt: skip
"""Tables that a patient's removal leaves alone: the clinic's own, and the accounts of what happened."""
BLOBS: Final = ("original", "display", "preview", "thumbnail")
_LAST: Final = {
    VisitRecord.__tablename__: "day",
    PictureRecord.__tablename__: "day",
    ExternalToxinRecord.__tablename__: "day",
    ContactAttemptRecord.__tablename__: "at",
    PatientRecord.__tablename__: "written_at",
}
"""The column of each table that dates the record for how long it must be kept."""
BY_NAME: Final[Mapping[str, type[Record]]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Record.registry.mappers
}


@dataclass(slots=True)
class Taken:
    """Rows by table, as JSON values, and what was changed in rows that stay: (table, key, before, after)."""

    rows: Rows = field(default_factory=dict)
    changed: list[tuple[str, list[Any], Content, Content]] = field(default_factory=list)
    added: list[tuple[str, list[Any]]] = field(default_factory=list)

    @property
    def bookings(self) -> tuple[int, ...]:
        """The ids of the bookings among the rows."""
        return tuple(int(row["id"]) for row in self.rows.get(AppointmentRecord.__tablename__, ()))

    @property
    def content(self) -> dict[str, object]:
        """All of it as one JSON object."""
        return {"rows": self.rows, "changed": [list(one) for one in self.changed], "added": [*map(list, self.added)]}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Taken:
        """Read ``content`` back."""
        return cls(
            dict(content.get("rows", {})),
            [(table, key, before, after) for table, key, before, after in content.get("changed", ())],
            [(table, key) for table, key in content.get("added", ())],
        )

    @property
    def blobs(self) -> list[str]:
        """The ids in the picture store its photographs need."""
        rows = self.rows.get(PictureRecord.__tablename__, ())
        return list(dict.fromkeys(row[name] for row in rows for name in BLOBS))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each table."""
        return {table: len(rows) for table, rows in self.rows.items() if rows}

    @property
    def last_on(self) -> date | None:
        """The day of the newest thing recorded of the patient; that of the patient's own row where there is none."""
        days = [str(row[column])[:10] for table, column in _LAST.items() for row in self.rows.get(table, ())
                if row.get(column) and table != PatientRecord.__tablename__]  # fmt: skip
        own = [str(row["written_at"])[:10] for row in self.rows.get(PatientRecord.__tablename__, ())]
        found = max(days, default="") or max(own, default="")
        return date.fromisoformat(found) if found else None


@dataclass(slots=True)
class BinRows:
    """The bin of one unit of work."""

    session: Session
    user: str
    now: datetime
    watch: RowWatch = field(repr=False)

    def collect(self, kind: BinKind, ids: Sequence[int]) -> Taken:
        """Everything that belongs to patients, cases or photographs, without removing it.

        Raises:
            NotFound: one of them is not there.
        """
        self.session.flush()
        found: dict[str, dict[Key, Content]] = {}
        loose: list[tuple[Table, Key, str, Any]] = []
        root = _table(ROOTS[kind])
        rows = list(self._rows_where(root, "id", ids))
        if len(rows) < len(set(ids)):
            raise NotFound("bin_object_gone", kind=kind.value)
        self._follow(root, rows, found, loose)
        if kind is not BinKind.PATIENT:
            self._take_hollow(found, loose)
        taken = Taken({table.name: _sorted(found[table.name]) for table in _tables() if table.name in found})
        for table, key, column, value in loose:
            if key not in found.get(table.name, {}):
                taken.changed.append((table.name, list(key), {column: value}, {column: None}))
        return taken

    def remove(self, taken: Taken) -> None:
        """Take the rows out of their tables, and loosen those that named them."""
        self.session.flush()
        self.session.expunge_all()
        for table, key, _, after in taken.changed:
            self._set(table, key, after)
        self.session.flush()
        for table in reversed(_tables()):
            self.remove_rows_of(table.name, taken.rows.get(table.name, ()))

    def remove_rows_of(self, name: str, rows: Sequence[Content]) -> None:
        """Remove rows of one table, each through its object."""
        record, table = BY_NAME[name], _table(name)
        loaded = [selectinload(getattr(record, tie.key)) for tie in record.__mapper__.relationships]
        statement = select(record).options(*loaded).execution_options(populate_existing=True)
        keys = list(table.primary_key)
        for part in chunks(list(rows), 200):
            wanted: ColumnElement[bool]
            if len(keys) == 1:
                wanted = keys[0].in_([value_of(keys[0], row[keys[0].name]) for row in part])
            else:
                wanted = or_(*(and_(*(key == value_of(key, row[key.name]) for key in keys)) for row in part))
            remove_rows(self.session, statement.where(wanted))

    def put_back(self, taken: Taken, *, strict: bool = False) -> None:
        """Insert the rows again with their ids and every value, and undo what was changed in rows that stayed.

        Rows that tie two things together are left out where one of them is gone or the tie was made anew since.
        ``strict``: what was changed must still be so, and what was added must still be there.

        Raises:
            Conflict: ``restore_number_taken``, ``restore_mrn_taken``, ``restore_owner_gone``,
                ``cannot_undo_any_more``.
        """
        self.session.flush()
        self._check_numbers(taken.rows.get(PatientRecord.__tablename__, ()))
        load = BulkLoad(self.session)
        for table in _tables():
            rows = taken.rows.get(table.name)
            if not rows:
                continue
            loose = [self._loosened(table, row, rows) for row in _oldest_first(table, rows)]
            room = [row for row in loose if self._has_room(table, row, rows)]
            kept = {_key(table, row) for row in room}
            for row in rows:
                self._owe(table, row, rows, left_out=_key(table, row) not in kept)
            load.insert(
                table.name, [{c.name: value_of(c, row[c.name]) for c in table.columns if c.name in row} for row in room]
            )
            self._tell(table.name, room)
        for name, key, before, after in reversed(taken.changed):
            now = self._now_of(name, key, after)
            if now == after:
                self._set(name, key, before)
            elif strict:
                raise Conflict("cannot_undo_any_more")
            elif now is None:
                self._put_back_in_bin(name, key, before, after)
        self.session.flush()
        for name, key in reversed(taken.added):
            record = self.session.get(BY_NAME[name], tuple(key) if len(key) > 1 else key[0])
            if record is not None:
                self.session.delete(record)
        self.session.flush()

    def so_far(self) -> Taken:
        """What this unit of work has done until now, so that it can be taken back as a whole."""
        taken = Taken()
        for table, before, after in self.watch.so_far():
            keys = [column.name for column in _table(table).primary_key]
            if before is None and after is not None:
                taken.added.append((table, [after[key] for key in keys]))
            elif before is not None and after is None:
                taken.rows.setdefault(table, []).append(before)
            elif before is not None and after is not None:
                names = [name for name in before if before[name] != after.get(name)]
                said = ({name: before[name] for name in names}, {name: after.get(name) for name in names})
                taken.changed.append((table, [after[key] for key in keys], *said))
        return taken

    def take_back(self, taken: Taken) -> None:
        """Take back what a unit of work did, where nothing was built on it since.

        Raises:
            Conflict: ``cannot_undo_any_more``.
        """
        self.session.flush()
        added = {(table, tuple(key)) for table, key in taken.added}
        for name, key in added:
            table = _table(name)
            keys = list(table.primary_key)
            own = and_(*(column == value_of(column, part) for column, part in zip(keys, key, strict=True)))
            if self.session.execute(select(table).where(own)).first() is None:
                raise Conflict("cannot_undo_any_more")
            for child, column, _ in references(table) if len(keys) == 1 else ():
                for row in self._rows_where(child, column.name, [value_of(keys[0], key[0])]):
                    if (child.name, _key(child, row)) not in added:
                        raise Conflict("cannot_undo_any_more")
        self.put_back(Taken(taken.rows, taken.changed), strict=True)
        for table in reversed(_tables()):
            names = [column.name for column in table.primary_key]
            doomed = [dict(zip(names, key, strict=True)) for name, key in taken.added if name == table.name]
            self.remove_rows_of(table.name, doomed)

    def add(self, kind: BinKind, taken: Taken, patient_id: int, object_id: int, reason: str, **facts: object) -> int:
        """Enter what was taken out and return the entry's id."""
        person = self.session.get(PatientRecord, patient_id) if kind is not BinKind.PATIENT else None
        rows = taken.rows.get(PatientRecord.__tablename__, ())
        own = rows[0] if rows else {}
        row = BinRecord(
            kind=kind.value,
            object_id=object_id,
            patient_id=patient_id,
            mrn=own.get("mrn") or (person.mrn if person is not None else ""),
            label=own.get("full_name") or (person.full_name if person is not None else ""),
            number=own.get("number"),
            facts={**self._facts(kind, taken, patient_id), **facts},
            content=taken.content,
            pictures=taken.blobs,
            reason=reason,
            deleted_by=self.user,
            deleted_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def entries(self, *, everything: bool = False) -> tuple[BinEntry, ...]:
        """What is in the bin, newest first; with ``everything`` also what was put back or destroyed."""
        columns = (
            BinRecord.id, BinRecord.kind, BinRecord.object_id, BinRecord.patient_id, BinRecord.mrn, BinRecord.label,
            BinRecord.reason, BinRecord.deleted_by, BinRecord.deleted_at, BinRecord.facts, BinRecord.restored_at,
            BinRecord.purged_at,
        )  # fmt: skip
        statement = select(*columns).order_by(BinRecord.id.desc())
        if not everything:
            statement = statement.where(BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None))
        rows: list[tuple[Any, ...]] = [tuple(row) for row in self.session.execute(statement)]
        return tuple(_entry_of(*row) for row in rows)

    def entry(self, entry_id: int) -> BinEntry:
        """One entry. Raises ``NotFound``."""
        row = self._row(entry_id)
        return _entry_of(
            row.id, row.kind, row.object_id, row.patient_id, row.mrn, row.label, row.reason, row.deleted_by,
            row.deleted_at, row.facts, row.restored_at, row.purged_at,
        )  # fmt: skip

    def of_patient(self, patient_id: int) -> tuple[BinEntry, ...]:
        """What is in the bin of one patient, and of those who were merged into them."""
        return tuple(one for one in self.entries() if patient_id in (one.patient_id, one.merged_into))

    def merged_into(self, patient_id: int) -> tuple[int, ...]:
        """Those who were merged into a patient and are so now."""
        return tuple(one.patient_id for one in self.entries() if one.merged_into == patient_id)

    def note_removed(self, taken: Taken, table: str, row: Content) -> None:
        """Add a row to what was taken out."""
        taken.rows.setdefault(table, []).append(row)

    def facts(self, entry_id: int) -> dict[str, Any]:
        """What the entry was told beside its rows."""
        return dict(self._row(entry_id).facts)

    def content(self, entry_id: int) -> Taken:
        """What an entry holds."""
        return Taken.of(self._row(entry_id).content)

    def restored(self, entry_id: int) -> None:
        """Say that an entry was put back; it holds nothing any more."""
        row = self._row(entry_id)
        row.restored_at, row.content, row.pictures = self.now, {}, []
        row.facts = _bare(row.facts)
        self.session.flush()

    def counts(self) -> BinCounts:
        """How much is in the bin."""
        found = self.entries()
        of = {kind: [one for one in found if one.kind is kind] for kind in BinKind}
        return BinCounts(
            len(of[BinKind.PATIENT]),
            len(of[BinKind.CASE]) + sum(one.rows.get("clinical_case", 0) for one in of[BinKind.PATIENT]),
            sum(one.photographs for one in found),
            len(of[BinKind.MERGED]),
        )

    def blob_ids(self) -> set[str]:
        """Every id of the picture store that the bin still needs."""
        held = select(BinRecord.pictures).where(BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None))
        return {id_ for ids in self.session.scalars(held) for id_ in ids}

    def bookings(self, first: date, last: date) -> tuple[Appointment, ...]:
        """The bookings of a range of days that are in the bin, without their cases, in the order they were made."""
        held = select(BinRecord.content).where(BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None))
        columns = _table(AppointmentRecord.__tablename__).columns
        found = [
            appointment_of(AppointmentRecord(**{c.name: value_of(c, row[c.name]) for c in columns if c.name in row}))
            for content in self.session.scalars(held)
            for row in Taken.of(content).rows.get(AppointmentRecord.__tablename__, ())
        ]
        return tuple(sorted((one for one in found if first <= one.day <= last), key=lambda one: one.id))

    def kept_pictures(self) -> tuple[tuple[KeptPicture, str], ...]:
        """The photographs in the bin with what the store must hold of them, each with the patient's mrn."""
        held = select(BinRecord.content, BinRecord.patient_id, BinRecord.mrn).where(
            BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None)
        )
        found: list[tuple[KeptPicture, str]] = []
        for content, patient_id, mrn in self.session.execute(held):
            for row in Taken.of(content).rows.get(PictureRecord.__tablename__, ()):
                blobs = [row[name] for name in BLOBS]
                sizes = row.get("sizes")
                known = sizes if sizes and len(sizes) == len(blobs) else [None] * len(blobs)
                kept = KeptPicture(row["id"], patient_id, tuple(zip(blobs, known, strict=True)))
                found.append((kept, mrn))
        return tuple(found)

    def purge(self, entry_id: int, undo_ids: Iterable[int] = ()) -> None:
        """Destroy what an entry holds, with the earlier versions, drafts and inverse commands that repeat it.

        Nothing of it is kept as an earlier version. The row stays as a stub without name and content.
        """
        self.watch.keeps_versions = False
        row = self._row(entry_id)
        self.forget_versions(Taken.of(row.content), row.patient_id if row.kind in _WHOLE else None)
        row.content, row.pictures = {}, []
        stubs = [row]
        if row.kind in _WHOLE:
            stubs += self.session.scalars(select(BinRecord).where(BinRecord.patient_id == row.patient_id))
        for stub in stubs:
            stub.label, stub.mrn, stub.reason, stub.facts = "", "", "", _bare(stub.facts)
        row.purged_at = self.now
        remove_rows(self.session, select(UndoRecord).where(UndoRecord.id.in_(list(undo_ids))))
        if row.kind in _WHOLE:
            remove_rows(self.session, select(DraftRecord).where(DraftRecord.patient_id == row.patient_id))
        self.session.flush()

    def forget_versions(self, taken: Taken, patient_id: int | None) -> None:
        """Remove the earlier versions of these rows, and of everything of a patient."""
        self.session.flush()
        if patient_id is not None:
            remove_rows(self.session, select(RowVersionRecord).where(RowVersionRecord.patient_id == patient_id))
        for name, rows in taken.rows.items():
            keys = [column.name for column in _table(name).primary_key]
            ids = ["/".join(str(row[key]) for key in keys) for row in rows]
            for part in chunks(ids):
                of_rows = select(RowVersionRecord).where(
                    RowVersionRecord.of_table == name, RowVersionRecord.of_row.in_(part)
                )
                remove_rows(self.session, of_rows)

    def undo_commands(self) -> Iterator[tuple[int, str, dict[str, object]]]:
        """Every inverse command there is."""
        for row in self.session.execute(select(UndoRecord.id, UndoRecord.kind, UndoRecord.content)):
            yield row.id, row.kind, dict(row.content)

    def referenced(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids in the picture store that a photograph or the bin refers to."""
        wanted = set(ids)
        found = self.blob_ids() & wanted
        for part in chunks(sorted(wanted)):
            for name in BLOBS:
                column = getattr(PictureRecord, name)
                found.update(self.session.scalars(select(column).where(column.in_(part))))
        return found

    def _follow(
        self,
        table: Table,
        rows: list[Content],
        found: dict[str, dict[Key, Content]],
        loose: list[tuple[Table, Key, str, Any]],
    ) -> None:
        """Take rows, and after them everything that refers to them."""
        waiting = [(table, rows)]
        while waiting:
            table, rows = waiting.pop()
            known = found.setdefault(table.name, {})
            new = [row for row in rows if _key(table, row) not in known]
            known.update({_key(table, row): row for row in new})
            for child, column, referred in references(table):
                values = [row[referred] for row in new]
                here = list(self._rows_where(child, column.name, values))
                if column.nullable:
                    loose += [(child, _key(child, row), column.name, row[column.name]) for row in here]
                elif here:
                    waiting.append((child, here))

    def _take_hollow(self, found: dict[str, dict[Key, Content]], loose: list[tuple[Table, Key, str, Any]]) -> None:
        for name, (part, column) in HOLLOW.items():
            table, parts = _table(name), _table(part)
            owners = sorted({row[column] for row in found.get(part, {}).values()})
            for owner in owners:
                left = self.session.scalar(
                    select(func.count()).select_from(parts).where(parts.c[column] == owner)
                ) or 0  # fmt: skip
                gone = sum(1 for row in found[part].values() if row[column] == owner)
                if left == gone:
                    self._follow(table, list(self._rows_where(table, "id", [owner])), found, loose)

    def _rows_where(self, table: Table, column: str, values: Sequence[Any]) -> Iterator[Content]:
        for part in chunks(list(dict.fromkeys(values))):
            for row in self.session.execute(select(table).where(table.c[column].in_(part))).mappings():
                yield {name: plain_value(value) for name, value in row.items()}

    def _loosened(self, table: Table, row: Content, rows: Sequence[Content]) -> Content:
        """A row without what it only pointed to and that is gone."""
        gone = [
            key.parent.name
            for key in table.foreign_keys
            if key.ondelete == "SET NULL" and not self._is_there(key, row.get(key.parent.name), rows)
        ]
        return {**row, **dict.fromkeys(gone)}

    def _owe(self, table: Table, row: Content, rows: Sequence[Content], *, left_out: bool) -> None:
        """What a row says of something that lies in the bin is kept there, and comes back with that."""
        for key in table.foreign_keys:
            name = key.parent.name
            if self._is_there(key, row.get(name), rows):
                continue
            held = self._holding(key.column.table, (row[name],))
            if held is not None and left_out:
                taken = Taken.of(held.content)
                held.content = replace(
                    taken, rows={**taken.rows, table.name: [*taken.rows.get(table.name, ()), row]}
                ).content
                return
            if held is not None:
                taken = Taken.of(held.content)
                loosened = (table.name, list(_key(table, row)), {name: row[name]}, {name: None})
                held.content = replace(taken, changed=[*taken.changed, loosened]).content

    def _put_back_in_bin(self, name: str, key: Sequence[Any], before: Content, after: Content) -> None:
        """Undo what was changed in a row that has gone into the bin since."""
        table = _table(name)
        held = self._holding(table, tuple(key))
        if held is None:
            return
        taken = Taken.of(held.content)
        rows = [
            {**row, **before} if _key(table, row) == tuple(key) and after.items() <= row.items() else row
            for row in taken.rows[name]
        ]
        held.content = replace(taken, rows={**taken.rows, name: rows}).content

    def _holding(self, table: Table, key: Key) -> BinRecord | None:
        """The entry of the bin in which a row lies now."""
        held = select(BinRecord).where(BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None))
        for entry in self.session.scalars(held):
            if any(_key(table, row) == key for row in Taken.of(entry.content).rows.get(table.name, ())):
                return entry
        return None

    def _is_there(self, key: ForeignKey, value: object, rows: Sequence[Content]) -> bool:
        """Whether what a column points to is there, or comes back with ``rows`` of the same table."""
        owner = key.column
        if value is None or (owner.table is key.parent.table and any(row[owner.name] == value for row in rows)):
            return True
        return self.session.scalar(select(owner).where(owner == value_of(owner, value))) is not None

    def _has_room(self, table: Table, row: Content, rows: Sequence[Content]) -> bool:
        """Whether what a row belongs to is there; a tie of two things may be left out, anything else is refused."""
        tie = len(table.primary_key) > 1
        if not all(self._is_there(key, row.get(key.parent.name), rows) for key in table.foreign_keys):
            if tie:
                return False
            raise Conflict("restore_owner_gone")
        taken = and_(*(key == value_of(key, row[key.name]) for key in table.primary_key))
        there = self.session.execute(select(table).where(taken)).first() is not None
        if there and not tie:
            raise Conflict("already_there")
        return not there

    def _check_numbers(self, people: Sequence[Content]) -> None:
        for row in people:
            for column, code in (
                (PatientRecord.number, "restore_number_taken"),
                (PatientRecord.mrn, "restore_mrn_taken"),
            ):
                holder = self.session.scalar(select(PatientRecord.full_name).where(column == row[column.key]))
                if holder is not None:
                    raise Conflict(code, mrn=row[column.key], name=row["full_name"], holder=holder)

    def _tell(self, name: str, rows: Sequence[Content]) -> None:
        """The watch is told of rows that were put back past the session."""
        record, keys = BY_NAME[name], list(_table(name).primary_key)
        for row in rows:
            own = tuple(value_of(key, row[key.name]) for key in keys)
            kept = self.session.get(record, own if len(own) > 1 else own[0])
            if kept is not None:
                self.watch.restored(kept)

    def _now_of(self, name: str, key: Sequence[Any], columns: Iterable[str]) -> Content | None:
        record = self.session.get(BY_NAME[name], tuple(key) if len(key) > 1 else key[0])
        return None if record is None else {column: plain_value(getattr(record, column)) for column in columns}

    def _set(self, name: str, key: Sequence[Any], values: Content) -> None:
        record = self.session.get(BY_NAME[name], tuple(key) if len(key) > 1 else key[0])
        if record is None:
            return
        columns = _table(name).columns
        for column, value in values.items():
            setattr(record, column, value_of(columns[column], value))

    def _facts(self, kind: BinKind, taken: Taken, patient_id: int) -> dict[str, object]:
        facts: dict[str, object] = {"counts": taken.counts}
        if kind is BinKind.CASE:
            facts["detail"] = taken.rows[CaseRecord.__tablename__][0]["condition"]
        shield = next(iter(taken.rows.get(ProtectionRecord.__tablename__, ())), None)
        if shield is None and kind is not BinKind.PATIENT:
            own = self.session.get(ProtectionRecord, patient_id)
            shield = {"restricted": own.restricted, "legal_hold": own.legal_hold} if own is not None else None
        if shield is not None:
            facts |= {"restricted": shield["restricted"], "legal_hold": shield["legal_hold"]}
        last = taken.last_on
        if last is not None:
            facts["last_on"] = last.isoformat()
        return facts

    def _row(self, entry_id: int) -> BinRecord:
        row = self.session.get(BinRecord, entry_id)
        if row is None:
            raise NotFound("bin_entry_gone", id=entry_id)
        return row


_NUMBERED: Final = ((PatientRecord.number, "restore_number_taken"), (PatientRecord.mrn, "restore_mrn_taken"))
_WHOLE: Final = frozenset({BinKind.PATIENT.value, BinKind.MERGED.value})


def _bare(facts: Mapping[str, Any]) -> dict[str, object]:
    """What may be known of something that is not in the bin any more: how much it was."""
    return {"counts": dict(facts.get("counts") or {})}


def _entry_of(
    id_: int, kind: str, object_id: int, patient_id: int, mrn: str, label: str, reason: str, by: str, at: datetime,
    facts: Mapping[str, Any], restored_at: datetime | None, purged_at: datetime | None,
) -> BinEntry:  # fmt: skip
    last = facts.get("last_on")
    return BinEntry(
        id_,
        BinKind(kind),
        object_id,
        patient_id,
        mrn,
        label,
        reason,
        by,
        at,
        dict(facts.get("counts", {})),
        str(facts.get("detail", "")),
        facts.get("merged_into"),
        bool(facts.get("restricted")),
        bool(facts.get("legal_hold")),
        date.fromisoformat(last) if last else None,
        restored_at,
        purged_at,
    )


def reached_from_patient() -> frozenset[str]:
    """The tables whose rows belong to a patient, through keys that may not be empty."""
    found = {PatientRecord.__tablename__}
    waiting = [_table(PatientRecord.__tablename__)]
    while waiting:
        for child, column, _ in references(waiting.pop()):
            if not column.nullable and child.name not in found:
                found.add(child.name)
                waiting.append(child)
    return frozenset(found)


def references(table: Table) -> Iterator[tuple[Table, Column[Any], str]]:
    """Every column of every table that refers to a table: the table, the column, and the column it refers to."""
    for other in _tables():
        for column in other.columns:
            for key in column.foreign_keys:
                if key.column.table is table:
                    yield other, column, key.column.name


def row_of(record: Record) -> Content:
    """Every column of a row as JSON values."""
    return {column.name: plain_value(getattr(record, column.name)) for column in _table(record.__tablename__).columns}


def _tables() -> list[Table]:
    """Every table of what was entered, those others refer to first."""
    return [table for table in Record.metadata.sorted_tables if table.name not in COMPUTED]


def _table(name: str) -> Table:
    return Record.metadata.tables[name]


def _oldest_first(table: Table, rows: Sequence[Content]) -> Sequence[Content]:
    """The rows of a table; where they refer to each other, those that are referred to first."""
    if all(key.column.table is not table for key in table.foreign_keys):
        return rows
    return sorted(rows, key=lambda row: _key(table, row))


def _key(table: Table, row: Content) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


def _sorted(rows: Mapping[Key, Content]) -> list[Content]:
    return [rows[key] for key in sorted(rows)]
