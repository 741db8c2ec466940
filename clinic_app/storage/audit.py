"""The audit's chain: each entry is sealed with a key and the seal before it, so that no entry can be changed or lost.

What it cannot show is said in the security page 4.4: work done outside the program, who sat before an unlocked
computer, the true time, and anything against somebody who holds the vault key and every anchor.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, Row, Select, bindparam, false, func, insert, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from clinic_app import __version__
from clinic_app.domain.access import AuditScope
from clinic_app.domain.audit import (
    Actor,
    Anchor,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    AuditProblem,
    AuditReport,
    ClockState,
    NotedEvent,
    Outcome,
)
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.patients import chunks
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import AuditRecord, RowVersionRecord
from clinic_app.storage.records.clinic import UserRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.row_watch import RowVersion, seal_of, stored_rows

_AUDIT: Final = Record.metadata.tables[AuditRecord.__tablename__]
_VERSION: Final = Record.metadata.tables[RowVersionRecord.__tablename__]
_LABEL: Final = b"bxaudit1"
_FIRST: Final = bytes(32)
_PART: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - moments lie in the table in UTC, without a zone
_read: Final = json.JSONDecoder().raw_decode
_ALL: Final = AuditScope(everything=True)
BODY_VERSION: Final = 1
CLOCK_SLACK: Final = timedelta(minutes=1)
"""An entry this much older than the one before it is no sign of a clock set back: a save may wait for another."""
_STORED: Final[Any] = select(
    *(type_coerce(_AUDIT.c[name], NullType()).label(name) for name in ("seq", "at", "actor_id", "action")),
    *(type_coerce(_AUDIT.c[name], NullType()).label(name) for name in ("patient_id", "outcome", "body", "mac")),
)
"""An entry as it lies in the table, whatever that is."""


def canonical(body: Mapping[str, Any]) -> str:
    """The one way a body is written: sorted keys, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def mac_of(key: bytes, seq: int, before: bytes, body: str) -> bytes:
    """The seal of an entry: HMAC-SHA256 over its number, the seal before it and its body."""
    said = body.encode("utf-8")
    chained = _LABEL + seq.to_bytes(8, "big") + before + len(said).to_bytes(4, "big") + said
    return hmac.digest(key, chained, "sha256")


@dataclass(slots=True)
class AuditRows:
    """The audit of one unit of work. ``now`` is local time, ``actor`` who works."""

    session: Session
    actor: Actor
    now: datetime
    key: bytes = field(repr=False)

    def append(self, events: Sequence[AuditEvent], versions: Sequence[RowVersion] = (), reason: str = "") -> int:
        """Enter events in their order, with the earlier versions of the rows they changed; answers the last number.

        ``reason`` stands for every event that has none. The unit of work holds the write lock: there is one order.
        """
        seq = self._append([NotedEvent(_because(event, reason), self.actor, self.now) for event in events])
        if versions:
            self.session.execute(insert(_VERSION), [self._version(seq, version) for version in versions])
        return seq

    def append_noted(self, noted: Sequence[NotedEvent]) -> int:
        """Enter what was noted before, each with its own person and moment; answers the last number."""
        return self._append(noted)

    def _append(self, noted: Sequence[NotedEvent]) -> int:
        last = self.session.execute(
            select(AuditRecord.seq, AuditRecord.mac, AuditRecord.at).order_by(AuditRecord.seq.desc()).limit(1)
        ).first()
        seq, mac = (last.seq, bytes(last.mac)) if last is not None else (0, _FIRST)
        if not noted:
            return seq
        clock = ClockState.OK
        if last is not None and last.at.astimezone(UTC) - self.now.astimezone(UTC) > CLOCK_SLACK:
            clock = ClockState.BACK
            jump = AuditEvent("clock.back", "clock", last.at.astimezone(UTC).isoformat(timespec="seconds"))
            noted = [NotedEvent(jump, self.actor, self.now), *noted]
        rows: list[dict[str, Any]] = []
        for one in noted:
            seq += 1
            body = canonical(_body(seq, clock, one))
            mac = mac_of(self.key, seq, mac, body)
            rows.append(
                {
                    "seq": seq,
                    "at": one.at,
                    "actor_id": one.actor.id,
                    "action": one.event.action,
                    "patient_id": one.event.patient_id,
                    "outcome": one.event.outcome.value,
                    "body": body,
                    "mac": mac,
                }
            )
        self.session.execute(insert(_AUDIT), rows)
        return seq

    def head(self) -> Anchor | None:
        """The newest entry, to be kept outside of the database; None while there is none."""
        last = self.session.execute(
            select(AuditRecord.seq, AuditRecord.mac).order_by(AuditRecord.seq.desc()).limit(1)
        ).first()
        if last is None:
            return None
        return Anchor(last.seq, bytes(last.mac).hex(), self.now.astimezone(UTC).isoformat(timespec="seconds"))

    def newest(self) -> int:
        """The number of the newest entry; every write makes one."""
        return self.session.scalar(select(func.max(AuditRecord.seq))) or 0

    def after(self, seq: int | None) -> tuple[int, bool]:
        """The number of the newest entry, and whether one after ``seq`` was made at another sign-in than this one."""
        newest = self.newest()
        if seq is None or newest <= seq:
            return newest, False
        bodies = self.session.scalars(select(AuditRecord.body).where(AuditRecord.seq > seq).order_by(AuditRecord.seq))
        return newest, any(json.loads(body)["session"] != self.actor.sign_in for body in bodies)

    def count(self, wanted: AuditFilter, scope: AuditScope = _ALL) -> int:
        """How many entries a filter finds of what somebody may see."""
        return self.session.scalar(_narrowed(select(func.count(AuditRecord.seq)), wanted, scope)) or 0

    def entries(
        self, wanted: AuditFilter, offset: int = 0, limit: int = 200, scope: AuditScope = _ALL
    ) -> tuple[AuditEntry, ...]:
        """The entries a filter finds of what somebody may see, newest first."""
        names = {row.id: row.name for row in self.session.execute(select(UserRecord.id, UserRecord.name))}
        statement = select(AuditRecord).order_by(AuditRecord.seq.desc()).limit(limit)
        last = self._last_of(wanted) if wanted.everything and scope.everything else None
        if last is not None:
            statement = statement.where(AuditRecord.seq <= last - offset)
        else:
            numbers = _narrowed(select(AuditRecord.seq), wanted, scope)
            numbers = numbers.order_by(AuditRecord.seq.desc()).offset(offset).limit(limit)
            statement = statement.where(AuditRecord.seq.in_(numbers))
        return tuple(_entry_of(row, names) for row in self.session.scalars(statement))

    def owners_of_photos(self, ids: Sequence[int]) -> dict[int | None, list[int]]:
        """Photographs by the patient they show; None for those that are not there."""
        found = {
            row.id: row.patient_id
            for part in chunks(sorted(ids))
            for row in self.session.execute(
                select(PictureRecord.id, PictureRecord.patient_id).where(PictureRecord.id.in_(part))
            )
        }
        grouped: dict[int | None, list[int]] = {}
        for id_ in sorted(ids):
            grouped.setdefault(found.get(id_), []).append(id_)
        return grouped

    def mac_at(self, seq: int) -> str | None:
        """The seal of one entry, in hexadecimal digits; None where there is no such entry."""
        found = self.session.scalar(select(AuditRecord.mac).where(AuditRecord.seq == seq))
        return None if found is None else bytes(found).hex()

    def _last_of(self, wanted: AuditFilter) -> int | None:
        """The newest number, where the numbers run without a gap so that a place in the list is a number too."""
        statement = select(func.count(AuditRecord.seq), func.max(AuditRecord.seq))
        if wanted.up_to is not None:
            statement = statement.where(AuditRecord.seq <= wanted.up_to)
        count, last = self.session.execute(statement).one()
        return last if count == last else None

    def verify(self, anchors: Sequence[Anchor] = (), *, rows: bool = False, report: Report = carry_on) -> AuditReport:
        """Whether the chain is whole: numbers without a gap, every seal, every anchor; with ``rows`` also that the
        rows of today are those the newest entries about them sealed.

        Raises:
            Cancelled: the report said to stop.
        """
        problems: list[AuditProblem] = []
        wanted = {anchor.seq: anchor for anchor in sorted(anchors, reverse=True)}
        newest_anchor = max(anchors, default=None)
        total = self.session.scalar(select(func.count(AuditRecord.seq))) or 0
        seq, mac = 0, _FIRST
        newest: dict[str, tuple[int, str | None]] = {}
        while not problems:
            entries = self._part(seq)
            if not entries:
                break
            for entry in entries:
                fault = _fault(self.key, entry, seq, mac)
                if fault is not None:
                    problems.append(fault)
                    break
                seq, mac = entry[0], bytes(entry[-1])
                anchor = wanted.pop(seq, None)
                if anchor is not None and bytes.fromhex(anchor.mac) != mac:
                    problems.append(AuditProblem(seq, "audit_anchor_differs"))
                    break
                if rows:
                    sealed = json.loads(entry.body)["after"]
                    newest.update({name: (entry.seq, seal) for name, seal in sealed.items()})
            if not report(Progress(min(seq, total), total, "audit_verify")):
                raise Cancelled
        if wanted and not problems:
            problems.append(AuditProblem(seq + 1, "audit_cut_off", remembered=min(wanted)))
        if rows and not problems:
            problems += self._rows_unlike(newest)
        return AuditReport(total, self.head(), tuple(problems), newest_anchor)

    def _part(self, after: int) -> Sequence[Row[Any]]:
        """The next entries as they lie in the table: somebody may have put anything into it."""
        return self.session.execute(_STORED.where(_AUDIT.c.seq > after).order_by(_AUDIT.c.seq).limit(_PART)).all()

    def _rows_unlike(self, newest: Mapping[str, tuple[int, str | None]]) -> list[AuditProblem]:
        """Rows that are not as the newest entry about them says. Rows no entry tells of were loaded in bulk."""
        left = {name: seq for name, (seq, seal) in newest.items() if seal is not None}
        problems: list[AuditProblem] = []
        for name, content in stored_rows(self.session):
            known = newest.get(name)
            if known is None:
                continue
            left.pop(name, None)
            table, _, row_id = name.partition(":")
            if known[1] is None or not hmac.compare_digest(known[1], seal_of(self.key, table, content())):
                problems.append(AuditProblem(known[0], "audit_row_differs", table, row_id))
        for name, seq in left.items():
            table, _, row_id = name.partition(":")
            problems.append(AuditProblem(seq, "audit_row_gone", table, row_id))
        return sorted(problems, key=lambda problem: problem.seq)

    def _version(self, seq: int, version: RowVersion) -> dict[str, Any]:
        return {
            "seq": seq,
            "of_table": version.table,
            "of_row": version.row_id,
            "patient_id": version.patient_id,
            "verb": version.verb,
            "before": version.before,
            "written_by": self.actor.name,
            "written_at": self.now,
        }


def _fault(key: bytes, entry: Sequence[Any], seq: int, mac: bytes) -> AuditProblem | None:
    """What is wrong with an entry that follows ``seq`` and its seal."""
    number, at, actor_id, action, patient_id, outcome, said, sealed = entry
    if number != seq + 1:
        return AuditProblem(seq + 1, "audit_entry_missing")
    if not isinstance(said, str) or not isinstance(sealed, bytes | memoryview):
        return AuditProblem(number, "audit_entry_changed")
    if not hmac.compare_digest(mac_of(key, number, mac, said), bytes(sealed)):
        return AuditProblem(number, "audit_entry_changed")
    body = _read(said)[0]
    told = (actor_id, action, patient_id, outcome, _stored_millis(at))
    if told != (body["actor"], body["action"], body["patient_id"], body["outcome"], body["ts_utc_ms"]):
        return AuditProblem(number, "audit_entry_changed")
    return None


def _stored_millis(at: object) -> int | None:
    """A moment as it lies in the table (SQLite: text), in milliseconds; None for what is no moment."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return None
    if not isinstance(at, datetime):
        return None
    return round((at - _EPOCH).total_seconds() * 1000)


def _body(seq: int, clock: ClockState, noted: NotedEvent) -> dict[str, Any]:
    event, actor = noted.event, noted.actor
    body: dict[str, Any] = {
        "v": BODY_VERSION,
        "seq": seq,
        "ts_utc_ms": _millis(noted.at),
        "clock": clock.value,
        "actor": actor.id,
        "role": "+".join(actor.roles),
        "session": actor.sign_in,
        "pc": actor.computer,
        "action": event.action,
        "obj_type": event.object_type,
        "obj_id": event.object_id,
        "patient_id": event.patient_id,
        "outcome": event.outcome.value,
        "before": dict(event.before),
        "after": dict(event.after),
        "app": __version__,
        "schema": SCHEMA,
    }
    if event.reason:
        body["reason"] = event.reason
    return body


def _because(event: AuditEvent, reason: str) -> AuditEvent:
    return event if event.reason or not reason else replace(event, reason=reason)


def _narrowed(statement: Select[Any], wanted: AuditFilter, scope: AuditScope) -> Select[Any]:
    if not scope.everything:
        mine = AuditRecord.actor_id == scope.actor_id if scope.actor_id is not None else false()
        numbers: BindParameter[Any] = bindparam(
            "patients", sorted(scope.patient_ids), expanding=True, literal_execute=True
        )
        statement = statement.where(or_(mine, AuditRecord.patient_id.in_(numbers)))
    if wanted.up_to is not None:
        statement = statement.where(AuditRecord.seq <= wanted.up_to)
    if wanted.actions:
        statement = statement.where(AuditRecord.action.in_(wanted.actions))
    if wanted.refused:
        statement = statement.where(AuditRecord.outcome != Outcome.DONE.value)
    if wanted.since is not None:
        statement = statement.where(AuditRecord.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditRecord.at <= wanted.until)
    if wanted.actor_id is not None:
        statement = statement.where(AuditRecord.actor_id == wanted.actor_id)
    if wanted.actor_ids:
        statement = statement.where(AuditRecord.actor_id.in_(wanted.actor_ids))
    if wanted.patient_id is not None:
        statement = statement.where(AuditRecord.patient_id == wanted.patient_id)
    if wanted.outcome is not None:
        statement = statement.where(AuditRecord.outcome == wanted.outcome.value)
    if wanted.action:
        statement = statement.where(AuditRecord.action.startswith(wanted.action, autoescape=True))
    return statement


def _entry_of(row: AuditRecord, names: Mapping[int, str]) -> AuditEntry:
    body = json.loads(row.body)
    return AuditEntry(
        row.seq,
        row.at,
        ClockState(body["clock"]),
        row.actor_id,
        names.get(row.actor_id, ""),
        tuple(body["role"].split("+")) if body["role"] else (),
        body["pc"],
        row.action,
        body["obj_type"],
        body["obj_id"],
        row.patient_id,
        Outcome(row.outcome),
        body.get("reason", ""),
    )


def _millis(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
