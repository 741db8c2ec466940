"""How fast the audit is: verifying 20 000 entries, and the last page of 100 000."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from clinic_app.domain.audit import AuditEvent, AuditFilter
from clinic_app.storage.audit import AuditRows
from clinic_app.storage.engine import Engines, open_engines
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.records import Record
from tests.benchmarks.table import Row, row
from tests.builders import ACTOR, AUDIT_KEY

ENTRIES, MANY = 20_000, 100_000
RUNS = 5
BODY = b"x" * 420
"""About as long as the body of an entry."""


def audit() -> list[Row]:
    """Both rows, each over the time of as many bare seals as entries are verified."""
    with tempfile.TemporaryDirectory() as folder:
        engines = open_engines(Path(folder) / "audit.db", "5a" * 32, schema=SCHEMA, create=True)
        try:
            with engines.writer.begin() as connection:
                for name in ("audit_entry", "row_version", "clinic_user"):
                    Record.metadata.tables[name].create(connection)
            _fill(engines, ENTRIES)
            floors = [_timed(_seals) for _ in range(RUNS)]
            verified = [_timed(lambda: _verify(engines)) for _ in range(RUNS)]
            _fill(engines, MANY - ENTRIES)
            last = [_timed(lambda: _last_page(engines)) for _ in range(RUNS)]
        finally:
            engines.close()
    return [
        row(f"audit: {ENTRIES:,} entries verified", verified, floors, "< 1 s", most=1000.0),
        row(f"audit: the last page of {MANY:,} entries", last, floors, "< 100 ms", most=100.0),
    ]


def _fill(engines: Engines, count: int) -> None:
    with Session(engines.writer) as session:
        rows = AuditRows(session, ACTOR, datetime.now(), AUDIT_KEY)  # noqa: DTZ005 - local time
        for start in range(0, count, 1000):
            events = [AuditEvent("patient.edit", "patient", str(n), n % 700 + 1) for n in range(start, start + 1000)]
            rows.append(events)
        session.commit()


def _verify(engines: Engines) -> None:
    with Session(engines.reader) as session:
        report = AuditRows(session, ACTOR, datetime.now(), AUDIT_KEY).verify()  # noqa: DTZ005
    if not report.intact:
        raise RuntimeError(report)


def _last_page(engines: Engines) -> None:
    with Session(engines.reader) as session:
        rows = AuditRows(session, ACTOR, datetime.now(), AUDIT_KEY)  # noqa: DTZ005
        rows.entries(AuditFilter(), MANY - 60, 60)
        rows.entries(AuditFilter(patient_id=7), 0, 60)


def _seals() -> None:
    for _ in range(ENTRIES):
        hmac.new(AUDIT_KEY, BODY, hashlib.sha256).digest()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
