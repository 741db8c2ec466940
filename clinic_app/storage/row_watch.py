"""Watches what a unit of work changes, so that nothing is changed without an entry in the audit and an older version.

Rows changed through the session are seen here by themselves; nobody has to remember to say so. Each belongs to an
object the audit names (a patient, a case, a booking ...). Columns computed from others are left out. Statements that
go past the session's objects are not seen; a test keeps them out of storage but for the few it names.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, event, inspect, select
from sqlalchemy.orm import Mapper, Session, UOWTransaction, object_session

from clinic_app.domain.audit import AuditEvent
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import BinRecord, ProtectionRecord
from clinic_app.storage.records.cases import (
    CaseRecord,
    DecisionRecord,
    HoldRecord,
    IndependenceRecord,
    StopRecord,
)
from clinic_app.storage.records.clinic import ImportRecord, SettingRecord, UserRecord
from clinic_app.storage.records.comparison import (
    AlignmentRecord,
    CompareStateRecord,
    MarkRecord,
    MeasurementRecord,
)
from clinic_app.storage.records.patients import IdentifierRecord, PatientRecord, PhoneRecord
from clinic_app.storage.records.pictures import PicturePinRecord, PictureRecord, PictureTurnRecord
from clinic_app.storage.records.schedule import (
    AbsenceRecord,
    AppointmentCaseRecord,
    AppointmentRecord,
    ContactAttemptRecord,
    KnownWindowRecord,
)
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord, SiteRecord, VisitRecord
from clinic_app.storage.row_values import plain_value as _plain

SEAL_DIGITS: Final = 32
CREATE, EDIT, DELETE, RESTORE = "create", "edit", "delete", "restore"
CACHED: Final = {
    CaseRecord.__tablename__: frozenset(
        {
            "mrn", "last_on", "last_product", "last_units", "last_injector", "earliest", "opens", "closes", "come_on",
            "come_on_rank", "stopped_since", "held_from", "held_until", "booked_on", "called_on", "phone", "cycles",
            "tried", "asks_doctor", "call_outcome", "call_again_on", "given_on",
        }
    ),
    UserRecord.__tablename__: frozenset({"last_signed_in"}),
    CompareStateRecord.__tablename__: frozenset({"content", "written_by", "written_at"}),
}  # fmt: skip
"""Columns that follow from other rows, that an entry of their own accounts for (a sign-in), or that only remember how
something was looked at: written without an entry, left out of the seals."""
ADDED: Final[dict[str, dict[str, object]]] = {
    PatientRecord.__tablename__: {"may_be_texted": True, "may_be_written_to": True},
    ContactAttemptRecord.__tablename__: {"channel": "call", "phone_number": "", "call_again_at": None},
    AppointmentRecord.__tablename__: {
        "injector": "", "minutes": None, "drug_product": None, "drug_batch": "", "arrived_at": None, "wait_until": None,
    },
}  # fmt: skip
"""Columns that came after rows of the table had been sealed, with the value the older rows got: a seal leaves a column
out while it has that value, so the seals from before hold."""
UNREPEATED: Final = {BinRecord.__tablename__: frozenset({"content", "facts", "label", "mrn"})}
"""Columns that are sealed, and not repeated in earlier versions: what is destroyed for good is destroyed there too."""
BOOKKEEPING: Final = frozenset({"version"})
_WATCH: Final = "row_watch"


@dataclass(frozen=True, slots=True)
class Watched:
    """How the audit names the rows of a table: the object they belong to, and by which column its id is found."""

    object_type: str
    id_column: str = "id"
    child: bool = False
    case_column: str = ""
    picture_column: str = ""


WATCHED: Final[dict[str, Watched]] = {
    PatientRecord.__tablename__: Watched("patient"),
    IdentifierRecord.__tablename__: Watched("patient", "patient_id", child=True),
    PhoneRecord.__tablename__: Watched("patient", "patient_id", child=True),
    ProtectionRecord.__tablename__: Watched("protection", "patient_id"),
    CaseRecord.__tablename__: Watched("case"),
    IndependenceRecord.__tablename__: Watched("case", "case_id", child=True, case_column="case_id"),
    HoldRecord.__tablename__: Watched("hold", case_column="case_id"),
    StopRecord.__tablename__: Watched("stop", case_column="case_id"),
    DecisionRecord.__tablename__: Watched("decision", case_column="case_id"),
    VisitRecord.__tablename__: Watched("visit"),
    SessionRecord.__tablename__: Watched("injection"),
    SiteRecord.__tablename__: Watched("injection", "session_id", child=True),
    ExternalToxinRecord.__tablename__: Watched("external_toxin"),
    ContactAttemptRecord.__tablename__: Watched("call", case_column="case_id"),
    AppointmentRecord.__tablename__: Watched("appt"),
    AppointmentCaseRecord.__tablename__: Watched("appt", "appointment_id", child=True),
    AbsenceRecord.__tablename__: Watched("absence"),
    PictureRecord.__tablename__: Watched("photo"),
    PicturePinRecord.__tablename__: Watched("pin", "case_id", case_column="case_id"),
    PictureTurnRecord.__tablename__: Watched("turn", "picture_id", picture_column="picture_id"),
    AlignmentRecord.__tablename__: Watched("alignment", "picture_id", case_column="case_id"),
    CompareStateRecord.__tablename__: Watched("comparison", "case_id", case_column="case_id"),
    MeasurementRecord.__tablename__: Watched("measurement", case_column="case_id", picture_column="picture_id"),
    MarkRecord.__tablename__: Watched("mark", picture_column="picture_id"),
    UserRecord.__tablename__: Watched("user"),
    SettingRecord.__tablename__: Watched("settings", "key"),
    ImportRecord.__tablename__: Watched("import"),
    BinRecord.__tablename__: Watched("bin"),
}
"""Every table somebody's work is kept in; a test sees to it that each table is here or named as left out."""
COMPUTED: Final = frozenset({KnownWindowRecord.__tablename__})
"""Tables whose rows follow from those of others: no bin keeps them, and nothing of them is moved in a merge."""
LEFT_OUT: Final = frozenset(
    {
        "audit_entry", "row_version", "draft", "emergency_opening", "backup_run", "catalogue_entry",
        "register_mapping", "undo_command", "injection_session_version", *COMPUTED,
    }
)  # fmt: skip
"""Tables that are themselves an account of what happened, or that nobody enters anything into."""

Content = dict[str, Any]


@dataclass(slots=True)
class _Row:
    """One row a unit touched: before it (None: made now) and after it (None: gone)."""

    table: str
    row_id: str
    object_type: str
    object_id: str
    child: bool
    patient_id: int | None
    case_id: int | None
    picture_id: int | None
    before: Content | None
    after: Content | None


@dataclass(frozen=True, slots=True)
class RowVersion:
    """A row as it was before a unit of work changed or removed it."""

    table: str
    row_id: str
    patient_id: int | None
    verb: str
    before: Content


@dataclass(frozen=True, slots=True)
class Touched:
    """What a unit of work did: an event for each object, and the earlier versions of the rows."""

    events: tuple[AuditEvent, ...]
    versions: tuple[RowVersion, ...]


@dataclass(slots=True)
class RowWatch:
    """Follows one session from its beginning. ``key`` seals the rows for the audit."""

    session: Session
    key: bytes = field(repr=False)
    keeps_versions: bool = True
    """False where what is removed is destroyed for good."""
    _rows: dict[tuple[str, str], _Row] = field(default_factory=dict)
    _restored: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.session.info[_WATCH] = self
        event.listen(self.session, "after_flush", self._flushed)

    def removed(self, record: Record) -> None:
        """A row was removed, by itself or with what it belonged to."""
        self._note(record, before=True, after=False)

    def restored(self, record: Record) -> None:
        """A row was put back as it had been, past the session."""
        self._note(record, before=False, after=True)
        row_id = "/".join(str(getattr(record, column.name)) for column in record.__table__.primary_key)
        self._restored.add((record.__tablename__, row_id))

    def so_far(self) -> list[tuple[str, Content | None, Content | None]]:
        """Every row touched until now: its table, and how it was before and is after."""
        self.session.flush()
        return [(row.table, row.before, row.after) for row in self._rows.values() if row.before != row.after]

    def take(self) -> Touched:
        """What was done since the last call."""
        rows = [row for row in self._rows.values() if row.before != row.after]
        self._rows = {}
        self._find_patients(rows)
        events = tuple(self._event(group) for group in _grouped(rows))
        versions = tuple(
            RowVersion(
                row.table,
                row.row_id,
                row.patient_id,
                EDIT if row.after is not None else DELETE,
                {key: value for key, value in row.before.items() if key not in UNREPEATED.get(row.table, ())},
            )
            for row in rows
            if row.before is not None and self.keeps_versions
        )
        self._restored = set()
        return Touched(events, versions)

    def _flushed(self, session: Session, _: UOWTransaction) -> None:
        for record in session.new:
            self._note(record, before=False, after=True)
        for record in session.dirty:
            if session.is_modified(record, include_collections=False):
                self._note(record, before=True, after=True)

    def _note(self, record: object, *, before: bool, after: bool) -> None:
        if not isinstance(record, Record) or record.__tablename__ not in WATCHED:
            return
        table: str = record.__tablename__
        watched = WATCHED[table]
        now = content_of(record)
        row_id = "/".join(str(now[column.name]) for column in record.__table__.primary_key)
        known = self._rows.get((table, row_id))
        if known is None:
            then = _before(record, now) if before else None
            patient_id = _number(now.get("patient_id")) if table != PatientRecord.__tablename__ else _number(now["id"])
            known = self._rows[(table, row_id)] = _Row(
                table,
                row_id,
                watched.object_type,
                str(now[watched.id_column]),
                watched.child,
                patient_id,
                _number(now.get(watched.case_column)) if watched.case_column else None,
                _number(now.get(watched.picture_column)) if watched.picture_column else None,
                then,
                None,
            )
        known.after = now if after else None

    def _find_patients(self, rows: Iterable[_Row]) -> None:
        """Whose the rows of cases, injections and bookings are that do not say so themselves."""
        wanted = {row.case_id for row in rows if row.patient_id is None and row.case_id is not None}
        known = {
            int(row.row_id): row.patient_id
            for row in rows
            if row.table == CaseRecord.__tablename__ and row.patient_id is not None
        }
        for case_id in wanted - known.keys():
            owner = self.session.scalar(select(CaseRecord.patient_id).where(CaseRecord.id == case_id))
            if owner is not None:
                known[case_id] = owner
        by_object = {(row.object_type, row.object_id): row.patient_id for row in rows if row.patient_id is not None}
        for row in rows:
            if row.patient_id is None and row.case_id is not None:
                row.patient_id = known.get(row.case_id)
            if row.patient_id is None and row.picture_id is not None:
                row.patient_id = self.session.scalar(
                    select(PictureRecord.patient_id).where(PictureRecord.id == row.picture_id)
                )
            if row.patient_id is None and row.child:
                row.patient_id = by_object.get((row.object_type, row.object_id)) or self._owner_of(row)

    def _owner_of(self, row: _Row) -> int | None:
        number = int(row.object_id)
        if row.object_type == "injection":
            return self.session.scalar(select(SessionRecord.patient_id).where(SessionRecord.id == number))
        return self.session.scalar(select(AppointmentRecord.patient_id).where(AppointmentRecord.id == number))

    def _event(self, rows: list[_Row]) -> AuditEvent:
        main = next((row for row in rows if not row.child), rows[0])
        restored = (main.table, main.row_id) in self._restored and main.before is None
        return AuditEvent(
            f"{main.object_type}.{RESTORE if restored else _verb(main)}",
            main.object_type,
            main.object_id,
            next((row.patient_id for row in rows if row.patient_id is not None), None),
            before={_name(row): seal_of(self.key, row.table, row.before) for row in rows if row.before is not None},
            after={_name(row): None if row.after is None else seal_of(self.key, row.table, row.after) for row in rows},
        )


@event.listens_for(Record, "after_delete", propagate=True)
def _after_delete(_: Mapper[Any], __: Connection, record: Record) -> None:
    session = object_session(record)
    watch = session.info.get(_WATCH) if session is not None else None
    if isinstance(watch, RowWatch):
        watch.removed(record)


def remove_rows(session: Session, rows: Select[Any]) -> None:
    """Remove the rows a statement finds one by one, so that the audit and the earlier versions know of each."""
    for record in session.scalars(rows).unique():
        session.delete(record)
    session.flush()


def content_of(record: Record) -> Content:
    """The columns of a row as JSON values, without those computed from others and the counter of its changes."""
    cached = CACHED.get(record.__tablename__, frozenset()) | BOOKKEEPING
    return {
        column.key: _plain(getattr(record, column.key))
        for column in inspect(type(record)).columns
        if column.key not in cached
    }


def seal_of(key: bytes, table: str, content: Content) -> str:
    """The keyed hash of a row's content, as hexadecimal digits."""
    added = ADDED.get(table, {})
    sealed = {column: value for column, value in content.items() if column not in added or value != added[column]}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, b"bxrow1" + text.encode("ascii"), hashlib.sha256).hexdigest()[:SEAL_DIGITS]


def stored_rows(session: Session) -> Iterator[tuple[str, Callable[[], Content]]]:
    """Every watched row there is now, by the name the audit gives it."""
    for mapper in Record.registry.mappers:
        if mapper.class_.__tablename__ not in WATCHED:
            continue
        for record in session.scalars(select(mapper.class_).execution_options(yield_per=500)):
            table: Table = record.__table__
            row_id = "/".join(str(getattr(record, column.name)) for column in table.primary_key)
            yield f"{record.__tablename__}:{row_id}", lambda record=record: content_of(record)  # type: ignore[misc]
            session.expunge(record)


def _before(record: Record, now: Content) -> Content:
    """The row before this flush: what the session remembers of changed columns, the rest as it is."""
    then = dict(now)
    state = inspect(record)
    for key in now:
        deleted = state.attrs[key].history.deleted
        if deleted:
            then[key] = _plain(deleted[0])
    return then


def _verb(row: _Row) -> str:
    if row.after is None:
        return DELETE
    if row.before is None:
        return _MADE.get(row.object_type, CREATE) if not row.child else EDIT
    return _verb_of_edit(row.object_type, row.before, row.after) if not row.child else EDIT


_MADE: Final = {
    "call": "log", "appt": "book", "absence": "set", "photo": "add", "import": "commit", "settings": "change",
    "protection": "set", "stop": "set", "hold": "set", "decision": "log", "pin": "set", "bin": "put", "turn": "set",
    "alignment": "set", "comparison": "set",
}  # fmt: skip

_ONLY_SET: Final = frozenset({"protection", "pin", "turn", "alignment", "comparison"})


def _verb_of_edit(object_type: str, before: Content, after: Content) -> str:
    """The audit's word for a change, from what changed."""

    def changed(key: str) -> bool:
        return key in after and before.get(key) != after.get(key)

    if object_type == "injection" and changed("state"):
        return {"final": "sign", "void": "void", "corrected": "correct"}.get(str(after["state"]), EDIT)
    if object_type == "appt":
        if changed("taken_back_at"):
            return "take_back"
        if changed("day"):
            return "move"
        if changed("status"):
            return "cancel" if "cancel" in str(after["status"]) else "status"
    if object_type == "photo":
        if changed("patient_id"):
            return "move"
        if changed("taken_back_at"):
            return DELETE
    if object_type == "user":
        if changed("active"):
            return "disable" if not after["active"] else "enable"
        if changed("roles"):
            return "role"
    if object_type == "import":
        return "undo" if changed("undone_at") else "commit"
    if object_type == "call" and changed("taken_back_at"):
        return "take_back"
    if object_type == "bin":
        return "purge" if changed("purged_at") else "restore" if changed("restored_at") else EDIT
    return "change" if object_type == "settings" else "set" if object_type in _ONLY_SET else EDIT


def _grouped(rows: Iterable[_Row]) -> list[list[_Row]]:
    """The rows by the object they belong to, in the order they were first touched."""
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.object_type, row.object_id), []).append(row)
    return list(groups.values())


def _name(row: _Row) -> str:
    return f"{row.table}:{row.row_id}"


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
