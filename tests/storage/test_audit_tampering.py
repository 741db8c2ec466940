"""T10: whoever has the database and its key, but neither the audit's key nor the anchors, changes nothing unseen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from clinic_app.domain.audit import Anchor, AuditEvent, AuditReport
from clinic_app.storage import audit
from clinic_app.storage.audit import AuditRows
from clinic_app.storage.engine import Engines, open_engines
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.records import Record
from clinic_app.storage.records.audit import AuditRecord
from tests.builders import ACTOR, AUDIT_KEY
from tests.crash.amounts import TAMPERS

KEY = "5a" * 32
ACTIONS = ("patient.view", "patient.edit", "visit.create", "injection.sign", "auth.login", "photo.view")
EVERY = 500
TABLE = Record.metadata.tables[AuditRecord.__tablename__]


@dataclass
class Chain:
    """A chain of entries with its anchors."""

    engines: Engines
    count: int
    anchors: tuple[Anchor, ...]


def chain_of(folder: Path, count: int) -> Chain:
    engines = open_engines(folder / "audit.db", KEY, schema=SCHEMA, create=True)
    with engines.writer.begin() as connection:
        TABLE.create(connection)
        Record.metadata.tables["row_version"].create(connection)
    pick = random.Random(20261121)  # noqa: S311 - the same each time
    anchors: list[Anchor] = []
    moment = datetime(2026, 3, 19, 9, 0)  # noqa: DTZ001 - local time, as the program keeps it
    with Session(engines.writer) as session:
        rows = AuditRows(session, ACTOR, moment, AUDIT_KEY)
        for number in range(1, count + 1):
            rows = replace(rows, now=moment + timedelta(seconds=number))
            patient = pick.randrange(1, 60)
            rows.append(
                [AuditEvent(pick.choice(ACTIONS), "patient", str(patient), patient, reason="why" * (number % 3))]
            )
            if number % EVERY == 0 or number == count:
                head = rows.head()
                assert head is not None
                anchors.append(head)
        session.commit()
    return Chain(engines, count, tuple(anchors))


@contextmanager
def tampered(chain: Chain, tamper: Callable[[Session], object], anchors: tuple[Anchor, ...]) -> Iterator[AuditReport]:
    """What verifying says of the chain after a tamper, which is taken back."""
    with Session(chain.engines.writer) as session:
        try:
            tamper(session)
            session.flush()
            session.expire_all()
            yield AuditRows(session, ACTOR, datetime.now(), AUDIT_KEY).verify(anchors)  # noqa: DTZ005
        finally:
            session.rollback()


def shift(session: Session, first: int, by: int) -> None:
    """Give the entries from one on other numbers."""
    session.execute(text("UPDATE audit_entry SET seq = -(seq + :by) WHERE seq >= :first"), {"by": by, "first": first})
    session.execute(text("UPDATE audit_entry SET seq = -seq WHERE seq < 0"))


def forge(session: Session, like: int, seq: int) -> None:
    """Put a copy of one entry in at a number."""
    found = session.execute(select(TABLE).where(TABLE.c.seq == like)).one()._asdict()
    session.execute(insert(TABLE).values(**{**found, "seq": seq}))


def edit(session: Session, pick: random.Random, seq: int) -> None:
    """Change one thing of one entry."""
    change = pick.choice(
        (
            "actor_id = actor_id + 1",
            "action = 'patient.view2'",
            "patient_id = patient_id + 1",
            "patient_id = NULL",
            "outcome = 'failed'",
            "at = '2020-01-01 00:00:00.000000'",
            "at = 'never'",
            'body = replace(body, \'"outcome":"done"\', \'"outcome":"dona"\')',
            "body = body || ' '",
            "body = CAST(body AS BLOB)",
            "body = '{}'",
            "mac = zeroblob(32)",
            "mac = x'00'",
            "mac = 'text'",
        )
    )
    session.execute(text(f"UPDATE audit_entry SET {change} WHERE seq = :seq"), {"seq": seq})  # noqa: S608 - of the list


def one_tamper(pick: random.Random, count: int) -> tuple[str, Callable[[Session], object], int]:
    """A random tamper: what it is, how it is done, and the first entry that is bad afterwards."""
    kind = pick.choice(("edit", "delete", "delete and renumber", "swap", "insert", "append", "renumber", "truncate"))
    seq = pick.randrange(1, count + 1)
    if kind == "edit":
        return kind, lambda s: edit(s, pick, seq), seq
    if kind == "delete":
        return kind, lambda s: s.execute(text("DELETE FROM audit_entry WHERE seq = :seq"), {"seq": seq}), seq
    if kind == "delete and renumber":

        def close(session: Session) -> None:
            session.execute(text("DELETE FROM audit_entry WHERE seq = :seq"), {"seq": seq})
            shift(session, seq + 1, -1)

        return kind, close, seq
    if kind == "swap":
        other = pick.randrange(1, count)
        other += other >= seq

        def swap(session: Session) -> None:
            for at, to in ((seq, -1), (other, seq), (-1, other)):
                session.execute(text("UPDATE audit_entry SET seq = :to WHERE seq = :at"), {"to": to, "at": at})

        return kind, swap, min(seq, other)
    if kind == "insert":
        like = pick.randrange(1, count + 1)

        def put(session: Session) -> None:
            shift(session, seq, 1)
            forge(session, like + (like >= seq), seq)

        return kind, put, seq
    if kind == "append":
        return kind, lambda s: forge(s, seq, count + 1), count + 1
    if kind == "renumber":
        by = pick.choice((1, 7, 1000))
        return kind, lambda s: shift(s, seq, by), seq
    return kind, lambda s: s.execute(text("DELETE FROM audit_entry WHERE seq >= :seq"), {"seq": seq}), seq


def unseen(chain: Chain, tampers: int, seed: int) -> list[str]:
    """The tampers that were not found, or found at the wrong entry."""
    pick = random.Random(seed)  # noqa: S311 - the same each time
    missed: list[str] = []
    for number in range(tampers):
        kind, tamper, first = one_tamper(pick, chain.count)
        with tampered(chain, tamper, chain.anchors) as report:
            found = report.problems[0].seq if report.problems else None
        if found != first:
            missed.append(f"{number}: {kind} at {first}, said {found}")
    return missed


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = chain_of(tmp_path_factory.mktemp("short"), 240)
    yield chain
    chain.engines.close()


def test_every_tamper_is_found_and_the_first_bad_entry_named(short: Chain) -> None:
    assert unseen(short, 150, 1) == []


def test_a_chain_nobody_touched_is_whole(short: Chain) -> None:
    with tampered(short, lambda _: None, short.anchors) as report:
        assert report.intact
        assert report.last_anchor == short.anchors[-1]


def test_without_an_anchor_a_cut_off_tail_is_not_seen(short: Chain) -> None:
    """The control: the chain alone cannot know how long it was (security page, finding F12)."""
    with tampered(short, lambda s: s.execute(text("DELETE FROM audit_entry WHERE seq > 100")), ()) as report:
        assert report.intact


def test_a_chain_written_anew_with_its_key_fails_at_the_anchor(short: Chain) -> None:
    def anew(session: Session) -> None:
        mac = bytes(32)
        for row in session.execute(select(TABLE).order_by(TABLE.c.seq)).all():
            body, action = row.body, row.action
            if row.seq == 17:
                body, action = body.replace(f'"action":"{action}"', '"action":"auth.logout"'), "auth.logout"
            mac = audit.mac_of(AUDIT_KEY, row.seq, mac, body)
            session.execute(
                text("UPDATE audit_entry SET body = :body, mac = :mac, action = :action WHERE seq = :seq"),
                {"body": body, "mac": mac, "action": action, "seq": row.seq},
            )

    with tampered(short, anew, ()) as report:
        assert report.intact, "with the audit's key and no anchor a chain can be written anew"
    with tampered(short, anew, short.anchors) as report:
        assert (report.problems[0].seq, report.problems[0].code) == (240, "audit_anchor_differs")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_tampers_of_two_thousand_entries_are_seen(tmp_path: Path) -> None:
    chain = chain_of(tmp_path, 2000)
    try:
        assert unseen(chain, TAMPERS, 2) == []
    finally:
        chain.engines.close()
