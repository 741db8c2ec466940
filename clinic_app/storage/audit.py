"""The audit's chain: each entry is sealed with a key and the seal before it, so that no entry can be changed or lost.

What it cannot show is said in the security page 4.4: work done outside the program, who sat before an unlocked
computer, the true time, and anything against somebody who holds the vault key and every anchor.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from clinic_app import __version__
from clinic_app.domain.audit import (
    Actor,
    Anchor,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    AuditProblem,
    AuditReport,
    ClockState,
    Outcome,
)
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import AuditRecord, RowVersionRecord
from clinic_app.storage.records.clinic import UserRecord
from clinic_app.storage.row_watch import RowVersion, seal_of, stored_rows

_AUDIT: Final = Record.metadata.tables[AuditRecord.__tablename__]
_VERSION: Final = Record.metadata.tables[RowVersionRecord.__tablename__]
_LABEL: Final = b"bxaudit1"
_FIRST: Final = bytes(32)
_PART: Final = 1000
BODY_VERSION: Final = 1


def canonical(body: Mapping[str, Any]) -> str:
    """The one way a body is written: sorted keys, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def mac_of(key: bytes, seq: int, before: bytes, body: str) -> bytes:
    """The seal of an entry: HMAC-SHA256 over its number, the seal before it and its body."""
    said = body.encode("utf-8")
    chained = _LABEL + seq.to_bytes(8, "big") + before + len(said).to_bytes(4, "big") + said
    return hmac.new(key, chained, hashlib.sha256).digest()


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
        last = self.session.execute(
            select(AuditRecord.seq, AuditRecord.mac, AuditRecord.at).order_by(AuditRecord.seq.desc()).limit(1)
        ).first()
        seq, mac = (last.seq, last.mac) if last is not None else (0, _FIRST)
        if not events:
            return seq
        moment = self.now.astimezone(UTC)
        clock = ClockState.BACK if last is not None and last.at.astimezone(UTC) > moment else ClockState.OK
        rows: list[dict[str, Any]] = []
        for event in events:
            seq += 1
            body = canonical(self._body(seq, moment, clock, event, event.reason or reason))
            mac = mac_of(self.key, seq, mac, body)
            rows.append(
                {
                    "seq": seq,
                    "at": self.now,
                    "actor_id": self.actor.id,
                    "action": event.action,
                    "patient_id": event.patient_id,
                    "outcome": event.outcome.value,
                    "body": body,
                    "mac": mac,
                }
            )
        self.session.execute(insert(_AUDIT), rows)
        if versions:
            self.session.execute(insert(_VERSION), [self._version(seq, version) for version in versions])
        return seq

    def head(self) -> Anchor | None:
        """The newest entry, to be kept outside of the database; None while there is none."""
        last = self.session.execute(
            select(AuditRecord.seq, AuditRecord.mac).order_by(AuditRecord.seq.desc()).limit(1)
        ).first()
        if last is None:
            return None
        return Anchor(last.seq, bytes(last.mac).hex(), self.now.astimezone(UTC).isoformat(timespec="seconds"))

    def count(self, wanted: AuditFilter) -> int:
        """How many entries a filter finds."""
        return self.session.scalar(_narrowed(select(func.count(AuditRecord.seq)), wanted)) or 0

    def entries(self, wanted: AuditFilter, offset: int = 0, limit: int = 200) -> tuple[AuditEntry, ...]:
        """The entries a filter finds, newest first."""
        names = {row.id: row.name for row in self.session.execute(select(UserRecord.id, UserRecord.name))}
        found = self.session.scalars(
            _narrowed(select(AuditRecord), wanted).order_by(AuditRecord.seq.desc()).offset(offset).limit(limit)
        )
        return tuple(_entry_of(row, names) for row in found)

    def verify(self, anchors: Sequence[Anchor] = (), *, rows: bool = False, report: Report = carry_on) -> AuditReport:
        """Whether the chain is whole: numbers without a gap, every seal, every anchor; with ``rows`` also that the
        rows of today are those the newest entries about them sealed.

        Raises:
            Cancelled: the report said to stop.
        """
        problems: list[AuditProblem] = []
        wanted = {anchor.seq: anchor for anchor in sorted(anchors, reverse=True)}
        total = self.session.scalar(select(func.count(AuditRecord.seq))) or 0
        seq, mac = 0, _FIRST
        newest: dict[str, tuple[int, str | None]] = {}
        while True:
            part = self.session.execute(
                select(AuditRecord).where(AuditRecord.seq > seq).order_by(AuditRecord.seq).limit(_PART)
            ).scalars()
            entries = list(part)
            if not entries:
                break
            for entry in entries:
                fault = self._fault(entry, seq, mac)
                if fault and not problems:
                    problems.append(fault)
                anchor = wanted.pop(entry.seq, None)
                if anchor is not None and bytes.fromhex(anchor.mac) != entry.mac and not problems:
                    problems.append(AuditProblem(entry.seq, "audit_anchor_differs"))
                seq, mac = entry.seq, entry.mac
                if rows and not problems:
                    sealed = json.loads(entry.body)["after"]
                    newest.update({name: (entry.seq, seal) for name, seal in sealed.items()})
            self.session.expunge_all()
            if not report(Progress(seq, total, "audit_verify")):
                raise Cancelled
        if seq < max(wanted, default=0) and not problems:
            problems.append(AuditProblem(seq + 1, "audit_cut_off"))
        if rows and not problems:
            problems += self._rows_unlike(newest)
        return AuditReport(total, self.head(), tuple(problems))

    def _fault(self, entry: AuditRecord, seq: int, mac: bytes) -> AuditProblem | None:
        if entry.seq != seq + 1:
            return AuditProblem(seq + 1, "audit_entry_missing")
        if not hmac.compare_digest(mac_of(self.key, entry.seq, mac, entry.body), bytes(entry.mac)):
            return AuditProblem(entry.seq, "audit_entry_changed")
        body = json.loads(entry.body)
        told = (entry.actor_id, entry.action, entry.patient_id, entry.outcome, _millis(entry.at))
        if told != (body["actor"], body["action"], body["patient_id"], body["outcome"], body["ts_utc_ms"]):
            return AuditProblem(entry.seq, "audit_entry_changed")
        return None

    def _rows_unlike(self, newest: Mapping[str, tuple[int, str | None]]) -> list[AuditProblem]:
        """Rows that are not as the newest entry about them says. Rows no entry tells of were loaded in bulk."""
        left = {name: seq for name, (seq, seal) in newest.items() if seal is not None}
        problems: list[AuditProblem] = []
        for name, content in stored_rows(self.session):
            known = newest.get(name)
            if known is None:
                continue
            left.pop(name, None)
            if known[1] is None or not hmac.compare_digest(known[1], seal_of(self.key, content())):
                table, _, row_id = name.partition(":")
                problems.append(AuditProblem(known[0], "audit_row_differs", table, row_id))
        for name, seq in left.items():
            table, _, row_id = name.partition(":")
            problems.append(AuditProblem(seq, "audit_row_gone", table, row_id))
        return sorted(problems, key=lambda problem: problem.seq)

    def _body(self, seq: int, moment: datetime, clock: ClockState, event: AuditEvent, reason: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "v": BODY_VERSION,
            "seq": seq,
            "ts_utc_ms": _millis(moment),
            "clock": clock.value,
            "actor": self.actor.id,
            "role": "+".join(self.actor.roles),
            "session": self.actor.sign_in,
            "pc": self.actor.computer,
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
        if reason:
            body["reason"] = reason
        return body

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


def _narrowed(statement: Select[Any], wanted: AuditFilter) -> Select[Any]:
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
