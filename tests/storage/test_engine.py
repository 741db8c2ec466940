from __future__ import annotations

import hashlib
import logging
import secrets
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlcipher3 import dbapi2 as sqlcipher

from clinic_app.domain.errors import ClinicError, DamageFound, NotFound, StorageUnavailable
from clinic_app.storage.engine import (
    BUSY_MS,
    PLAIN_MAGIC,
    WAIT_S,
    Engines,
    check_versions,
    connect,
    hurried,
    open_engines,
    open_postgres,
)

CANARY = "Zulfiqar Canary, 14 Heron Lane"
SCHEMA = 3
EXPECTED = {
    "synchronous": 2,
    "journal_mode": "wal",
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "temp_store": 2,
    "busy_timeout": 5000,
    "recursive_triggers": 1,
    "mmap_size": None,
    "secure_delete": 1,
    "cache_size": -65536,
    "cipher_memory_security": "1",
}


@pytest.fixture
def key() -> str:
    return secrets.token_bytes(32).hex()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder with # % ? and ü" / "clinic.db"


@pytest.fixture
def engines(path: Path, key: str) -> Iterator[Engines]:
    path.parent.mkdir()
    opened = open_engines(path, key, schema=SCHEMA, create=True)
    with opened.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        connection.exec_driver_sql("INSERT INTO person (name) VALUES (?)", (CANARY,))
    yield opened
    opened.close()


def refusal(call: Callable[[], object], kind: type[ClinicError] = StorageUnavailable) -> ClinicError:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


def insert(engines: Engines, name: str) -> None:
    with engines.writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (name) VALUES (?)", (name,))


def names(engines: Engines) -> list[str]:
    with engines.reader.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT name FROM person ORDER BY id")]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with its digest."""
    return {file.name: digest(file) for file in sorted(folder.iterdir())}


def test_what_is_written_is_read_and_nothing_is_plain_on_disk(engines: Engines, path: Path, key: str) -> None:
    assert names(engines) == [CANARY]
    files = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert files["clinic.db-wal"]
    assert engines.checkpoint()
    files["later"] = path.read_bytes()
    for content in files.values():
        assert CANARY.encode() not in content
        assert b"person" not in content
        assert bytes.fromhex(key) not in content
        assert not content.startswith(PLAIN_MAGIC)
    with closing(sqlite3.connect(path)) as plain, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT * FROM sqlite_master")


def test_every_pooled_connection_is_set_up(engines: Engines) -> None:
    for engine, reader in ((engines.reader, True), (engines.writer, False)):
        raw = [engine.raw_connection() for _ in range(4)]
        for connection in raw:
            cursor = connection.cursor()
            for name, value in EXPECTED.items():
                row = cursor.execute(f"PRAGMA {name}").fetchone()
                assert (row[0] if row else None) == value or (name == "mmap_size" and row[0] == 0), name
            assert cursor.execute("PRAGMA query_only").fetchone()[0] == int(reader)
            cursor.close()
        for connection in raw:
            connection.close()


def test_the_reader_cannot_write_and_sees_one_moment(engines: Engines) -> None:
    def write() -> None:
        with engines.reader.begin() as connection:
            connection.exec_driver_sql("INSERT INTO person (name) VALUES ('x')")

    assert refusal(write).code == "read_only"
    with engines.reader.connect() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM person").scalar()
        insert(engines, "somebody new")
        assert connection.exec_driver_sql("SELECT count(*) FROM person").scalar() == before
    assert len(names(engines)) == 2


def test_leaving_without_commit_leaves_no_trace(engines: Engines) -> None:
    with engines.writer.connect() as connection:
        connection.exec_driver_sql("INSERT INTO person (name) VALUES ('gone')")
    assert names(engines) == [CANARY]


def test_writers_of_several_threads_wait_for_each_other(engines: Engines) -> None:
    def write(which: int) -> None:
        for number in range(10):
            insert(engines, f"{which} {number}")

    threads = [threading.Thread(target=write, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(engines)) == 41


def test_a_second_program_writing_is_named(engines: Engines, path: Path, key: str) -> None:
    with closing(connect(path, key)) as other:
        other.execute("BEGIN IMMEDIATE")
        with hurried(engines, 0.05) as connection:
            fault = refusal(lambda: connection.exec_driver_sql("SELECT 1"))
        other.execute("ROLLBACK")
    assert (fault.code, fault.params["path"]) == ("database_locked", str(path))
    insert(engines, "afterwards")
    with engines.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_MS
        assert WAIT_S not in connection.info


def test_a_writer_gets_its_turn_as_soon_as_the_other_is_done(engines: Engines, path: Path, key: str) -> None:
    with closing(connect(path, key)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=lambda: insert(engines, "patient"))
        waiting.start()
        other.execute("INSERT INTO person (name) VALUES ('first')")
        other.execute("COMMIT")
        waiting.join(30)
    assert names(engines)[-2:] == ["first", "patient"]
    insert(engines, "afterwards")


def test_our_own_mistakes_stay_what_they_are(engines: Engines) -> None:
    with pytest.raises(IntegrityError) as caught:
        insert(engines, CANARY)
    assert CANARY not in str(caught.value)


def test_opening_again_and_an_empty_file(path: Path, key: str) -> None:
    path.parent.mkdir()
    assert refusal(lambda: open_engines(path, key, schema=SCHEMA), NotFound).code == "database_missing"
    assert not path.exists()
    path.touch()
    assert refusal(lambda: open_engines(path, key, schema=SCHEMA), DamageFound).code == "database_damaged"
    open_engines(path, key, schema=SCHEMA, create=True).close()
    again = open_engines(path, key, schema=SCHEMA, create=True)
    insertless = again.checkpoint()
    again.close()
    assert insertless
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


def test_the_file_taken_away_is_not_made_anew_empty(path: Path, key: str) -> None:
    path.parent.mkdir()
    open_engines(path, key, schema=SCHEMA, create=True).close()
    engines = open_engines(path, key, schema=SCHEMA)
    path.unlink()
    assert refusal(lambda: names(engines), NotFound).code == "database_missing"
    engines.close()
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody take a file that is open")
@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_file_that_was_taken_away_while_it_was_open(
    engines: Engines, path: Path, replaced: bool
) -> None:
    insert(engines, "before")
    taken = path.with_name("taken.db")
    path.rename(taken)
    if replaced:
        path.write_bytes(b"another file")
    refused = refusal(lambda: insert(engines, "lost"))
    assert refused.code == "database_gone"
    assert refused.params == {"path": str(path)}
    taken.replace(path)
    insert(engines, "after")
    assert names(engines)[-2:] == ["before", "after"]


@pytest.mark.parametrize("wrong", ["", "ab" * 31, "ab" * 33, "AB" * 32, "zz" * 32, "x'" + "ab" * 32 + "'"])
def test_a_key_that_is_none_is_refused_before_a_file_is_there(tmp_path: Path, wrong: str) -> None:
    for call in (
        lambda: open_engines(tmp_path / "clinic.db", wrong, schema=SCHEMA, create=True),
        lambda: connect(tmp_path / "clinic.db", wrong),
    ):
        with pytest.raises(ValueError, match="64 hex digits") as caught:
            call()
        assert not wrong or wrong not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_plain_database_is_refused_untouched(tmp_path: Path, key: str) -> None:
    path = tmp_path / "clinic.db"
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE t (a)")
    before = digest(path)
    for create in (False, True):
        fault = refusal(lambda create=create: open_engines(path, key, schema=SCHEMA, create=create))  # type: ignore[misc]
        assert fault.code == "database_plaintext"
    assert digest(path) == before


def test_a_driver_that_writes_plain_text_is_caught_after_create(
    path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keyless(path: Path, key_hex: str, **options: object) -> sqlcipher.Connection:
        return sqlcipher.connect(str(path), isolation_level=None)

    path.parent.mkdir()
    monkeypatch.setattr("clinic_app.storage.engine.connect", keyless)
    assert refusal(lambda: open_engines(path, key, schema=SCHEMA, create=True)).code == "database_plaintext"


def test_another_key_is_damage_and_changes_nothing(engines: Engines, path: Path) -> None:
    engines.close()
    before = digest(path)
    other = secrets.token_bytes(32).hex()
    assert refusal(lambda: open_engines(path, other, schema=SCHEMA), DamageFound).code == "database_damaged"
    assert digest(path) == before


def test_a_newer_database_is_refused_with_its_bytes_unchanged(engines: Engines, path: Path, key: str) -> None:
    with engines.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA + 1}")
    engines.close()
    before = contents(path.parent)
    fault = refusal(lambda: open_engines(path, key, schema=SCHEMA))
    assert (fault.code, fault.params["needs"], fault.params["knows"]) == ("database_newer", SCHEMA + 1, SCHEMA)
    assert contents(path.parent) == before
    assert list(before) == ["clinic.db"]
    open_engines(path, key, schema=SCHEMA + 1).close()


def test_a_newer_database_with_a_log_left_by_a_crash_is_not_touched(engines: Engines, path: Path, key: str) -> None:
    insert(engines, "in the log only")
    with engines.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA + 1}")
    crashed = path.parent.parent / "crashed"
    crashed.mkdir()
    for name in ("clinic.db", "clinic.db-wal"):
        (crashed / name).write_bytes((path.parent / name).read_bytes())
    before = contents(crashed)
    assert refusal(lambda: open_engines(crashed / "clinic.db", key, schema=SCHEMA)).code == "database_newer"
    assert contents(crashed) == before


def test_a_newer_database_that_is_open_elsewhere_is_refused_and_stays_usable(
    engines: Engines, path: Path, key: str
) -> None:
    insert(engines, "before")
    with engines.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA + 1}")
    for _ in range(2):
        before = contents(path.parent)
        assert set(before) == {"clinic.db", "clinic.db-wal", "clinic.db-shm"}
        assert refusal(lambda: open_engines(path, key, schema=SCHEMA)).code == "database_newer"
        after = contents(path.parent)
        assert {name: after[name] for name in ("clinic.db", "clinic.db-wal")} == {
            name: before[name] for name in ("clinic.db", "clinic.db-wal")
        }
        assert engines.checkpoint()
    insert(engines, "after")
    with engines.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_file_that_looks_torn_while_its_log_is_brought_in_is_looked_at_again(
    engines: Engines, path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(engines, "in the log")

    def torn(path: Path, key_hex: str, **how: bool) -> sqlcipher.Connection:
        if how.get("unchanging"):
            raise sqlcipher.DatabaseError("file is not a database")
        return connect(path, key_hex, **how)

    monkeypatch.setattr("clinic_app.storage.engine.connect", torn)
    for _ in range(2):
        other = open_engines(path, key, schema=SCHEMA)
        assert names(other) == [CANARY, "in the log"]
        other.close()
        engines.checkpoint()


def test_a_flipped_bit_is_damage(engines: Engines, path: Path, key: str) -> None:
    for number in range(200):
        insert(engines, f"somebody {number} {'x' * 100}")
    engines.close()
    whole = path.read_bytes()
    for at in range(40, len(whole), len(whole) // 25):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(bytes(flipped))

        def read() -> None:
            opened = open_engines(path, key, schema=SCHEMA)
            try:
                with opened.reader.connect() as connection:
                    assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall() == []
                    connection.exec_driver_sql("SELECT * FROM person").fetchall()
            finally:
                opened.close()

        with pytest.raises((DamageFound, AssertionError)):
            read()


def test_the_version_gate() -> None:
    check_versions((3, 51, 3), "4.19.0 community")
    check_versions(sqlcipher.sqlite_version_info, "4.19.0 community")
    assert refusal(lambda: check_versions((3, 51, 2), "4.12.0")).params["have"] == "3.51.2"
    assert refusal(lambda: check_versions((3, 46, 1), "4.6.1")).code == "sqlite_too_old"
    for missing in (None, ""):
        assert refusal(lambda missing=missing: check_versions((3, 54, 0), missing)).code == "cipher_missing"  # type: ignore[misc]


def test_no_key_and_no_value_in_url_repr_log_or_message(
    engines: Engines, path: Path, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("sqlalchemy")
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    opened = open_engines(path, key, schema=SCHEMA)
    insert(opened, "Canary Two")
    with pytest.raises(Exception, match="syntax error") as caught, opened.reader.connect() as connection:
        connection.exec_driver_sql("SELEKT ?", (CANARY,))
    opened.close()
    logger.setLevel(logging.NOTSET)
    shown = "\n".join([
        caplog.text, str(caught.value), repr(caught.value), repr(opened), str(opened.writer.url), repr(opened.writer),
        repr(opened.writer.pool), repr(opened.writer.dialect.__dict__),
    ])  # fmt: skip
    assert key not in shown
    assert CANARY not in shown
    assert "Canary Two" not in shown


def test_close_lets_go_of_the_log_and_can_be_called_twice(engines: Engines, path: Path) -> None:
    engines.close()
    engines.close()
    assert [file.name for file in path.parent.iterdir()] == ["clinic.db"]


def test_a_checkpoint_says_when_a_reader_holds_it_back(engines: Engines) -> None:
    with engines.reader.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM person").scalar()
        insert(engines, "later than the reader")
        raw = engines.writer.raw_connection()
        raw.cursor().execute("PRAGMA busy_timeout=50")
        raw.close()
        assert not engines.checkpoint()
    assert engines.checkpoint()


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are set with POSIX setrlimit")
def test_a_full_disk_is_named_and_loses_nothing(engines: Engines, path: Path, key: str) -> None:
    engines.close()
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from clinic_app.domain.errors import StorageUnavailable
        from clinic_app.storage.engine import open_engines

        path, key = Path(sys.argv[1]), sys.stdin.readline().strip()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        engines = open_engines(path, key, schema=3)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        saved = 0
        try:
            while saved < 1000:
                with engines.writer.begin() as connection:
                    connection.exec_driver_sql("INSERT INTO person (name) VALUES (?)", (f"{saved} " + "x" * 5000,))
                saved += 1
        except StorageUnavailable as fault:
            print(fault.code, saved, flush=True)
        with engines.reader.connect() as connection:
            print(connection.exec_driver_sql("SELECT count(*) FROM person").scalar(), flush=True)
        import os
        os._exit(0)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], input=key, capture_output=True, text=True, check=False, timeout=60
    )
    lines = done.stdout.split()
    assert lines[0] in {"disk_full", "disk_io"}, done.stdout + done.stderr
    saved = int(lines[1])
    assert int(lines[2]) == saved + 1
    again = open_engines(path, key, schema=SCHEMA)
    assert len(names(again)) == saved + 1
    insert(again, "after space was freed")
    with again.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    again.close()


def test_postgres_has_the_same_two_doors(postgres_url: str) -> None:
    engines = open_postgres(postgres_url)
    with engines.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE person (id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        connection.exec_driver_sql("INSERT INTO person (name) VALUES (%s)", (CANARY,))
    assert names(engines) == [CANARY]
    assert engines.dialect == "postgresql"
    assert engines.checkpoint()

    def write() -> None:
        with engines.reader.begin() as connection:
            connection.exec_driver_sql("INSERT INTO person (name) VALUES ('x')")

    assert refusal(write).code == "read_only"
    with pytest.raises(IntegrityError) as caught, engines.writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (name) VALUES (%s)", (CANARY,))
    assert "parameters hidden" in str(caught.value)
    with pytest.raises(ProgrammingError), engines.writer.begin() as connection:
        connection.exec_driver_sql("SELEKT 1")
    engines.close()


def test_an_absent_server_is_named_without_its_password() -> None:
    fault = refusal(lambda: open_postgres("postgresql+psycopg://app:hunter2secret@127.0.0.1:1/clinic"))
    assert fault.code == "server_unreachable"
    assert "hunter2secret" not in repr(fault)
    assert fault.params["path"] == "127.0.0.1/clinic"
