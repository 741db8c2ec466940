"""Opening the database: one place that keys, checks and sets up connections, one that names the driver's errors."""

from __future__ import annotations

import random
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool, QueuePool, StaticPool
from sqlcipher3 import dbapi2 as sqlcipher

from clinic_app.domain.errors import ClinicError, DamageFound, NotFound, StorageUnavailable
from clinic_app.storage import durable

OLDEST_SQLITE: Final = (3, 51, 3)
"""SQLite up to 3.51.2 can corrupt a database in WAL mode when two connections reset the log."""
PLAIN_MAGIC: Final = b"SQLite format 3\x00"
POOL_WAIT_S: Final = 10
BUSY_MS: Final = 5000
"""Milliseconds a writer waits for another."""
LONGEST_PAUSE_S: Final = 0.008
SHORTEST_PAUSE_S: Final = 0.001
"""Seconds between two tries for the write lock, for one who just came and for one who has waited long."""
LONG_WAIT_S: Final = 0.5
WAIT_S: Final = "wait_s"
FILE: Final = "file"
_KEY = re.compile(r"[0-9a-f]{64}")
_PRAGMAS: Final = (
    "cipher_memory_security=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    f"busy_timeout={BUSY_MS}",
    "recursive_triggers=ON",
    "mmap_size=0",
    "secure_delete=ON",
    "cache_size=-65536",
    *(("fullfsync=ON", "checkpoint_fullfsync=ON") if sys.platform == "darwin" else ()),
)
_COPY_PRAGMAS: Final = (
    "cipher_memory_security=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
    "query_only=ON",
)
_BUSY: Final = 5
_SQLITE_CODES: Final = {
    3: "read_only",
    5: "database_locked",
    6: "database_locked",
    7: "memory_short",
    8: "read_only",
    10: "disk_io",
    11: "database_damaged",
    13: "disk_full",
    14: "database_unopenable",
    23: "read_only",
    26: "database_damaged",
}
_SQLSTATES: Final = {
    "53100": "disk_full",
    "25006": "read_only",
    "55P03": "database_locked",
    "40P01": "database_locked",
    "40001": "database_locked",
    "57014": "database_locked",
    "58030": "disk_io",
    "53300": "server_unreachable",
    "57P01": "server_unreachable",
    "57P03": "server_unreachable",
    "28P01": "server_refused",
    "28000": "server_refused",
    "3D000": "server_refused",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """Two doors to one database: ``reader`` cannot write, ``writer`` takes the write lock as it begins.

    Each transaction of ``reader`` sees one moment; readers and the writer do not wait for each other.
    """

    reader: Engine
    writer: Engine

    @property
    def dialect(self) -> str:
        """``"sqlite"`` or ``"postgresql"``."""
        return self.writer.dialect.name

    def checkpoint(self) -> bool:
        """Move everything from the write-ahead log into the database file; False while a reader holds it back.

        Call when idle, on lock and before a copy is made. Nothing to do on PostgreSQL.
        """
        if self.dialect != "sqlite":
            return True
        raw = self.writer.raw_connection()
        try:
            cursor = raw.cursor()
            row = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
        finally:
            raw.close()
        return row is not None and row[0] == 0

    def close(self) -> None:
        """Checkpoint and let go of every connection and, with them, of the key SQLCipher holds."""
        self.reader.dispose()
        try:
            with suppress(ClinicError, sqlcipher.Error):
                self.checkpoint()
        finally:
            self.writer.dispose()


def check_versions(sqlite: tuple[int, ...], cipher: str | None) -> None:
    """Refuse a driver without encryption, or with the SQLite that can corrupt a WAL database.

    Raises ``StorageUnavailable``: ``cipher_missing`` or ``sqlite_too_old``.
    """
    if not cipher:
        raise StorageUnavailable("cipher_missing")
    if sqlite < OLDEST_SQLITE:
        raise StorageUnavailable(
            "sqlite_too_old", have=".".join(map(str, sqlite)), needs=".".join(map(str, OLDEST_SQLITE))
        )


def open_engines(path: Path, key_hex: str, *, schema: int, create: bool = False) -> Engines:
    """Open the encrypted database at ``path`` with the raw key of an unlocked vault.

    ``key_hex`` (64 hex digits) must come from a slot that authenticated it: a page that then does not open is damage,
    never a wrong passphrase. ``schema`` is the ``user_version`` this program writes; a file of a later one is refused
    untouched. ``create`` makes the file when there is none (or one of 0 bytes).
    Raises ``NotFound("database_missing")``, ``DamageFound("database_damaged")``, ``StorageUnavailable`` with
    ``database_plaintext``, ``database_newer``, ``cipher_missing``, ``sqlite_too_old`` or what the disk says.
    """
    if _KEY.fullmatch(key_hex) is None:
        raise ValueError("the database key must be 64 hex digits")
    with durable.disk_errors(path):
        size = path.stat().st_size if path.exists() else -1
        head = _head_of(path) if size > 0 else b""
    if head == PLAIN_MAGIC:
        raise StorageUnavailable("database_plaintext", path=str(path))
    with _named(path):
        if size > 0:
            _gate(path, key_hex, schema)
        elif not create:
            if size == 0:
                raise DamageFound("database_damaged", path=str(path))
            raise NotFound("database_missing", path=str(path))
        else:
            _create(path, key_hex)
    return Engines(reader=_sqlcipher_engine(path, key_hex, reader=True), writer=_sqlcipher_engine(path, key_hex))


def open_postgres(url: str) -> Engines:
    """Open a PostgreSQL database (``postgresql+psycopg://...``); its password is hidden from ``repr`` and logs.

    Raises ``StorageUnavailable``: ``server_unreachable``, ``server_refused``.
    """
    address = make_url(url)

    def engine(options: str) -> Engine:
        made = create_engine(
            address,
            poolclass=QueuePool,
            pool_pre_ping=True,
            pool_timeout=POOL_WAIT_S,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "options": options},
        )
        place = _place_of(address)
        event.listen(made, "handle_error", _translator(place, place), retval=True)
        return made

    engines = Engines(
        reader=engine("-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"),
        writer=engine(f"-c lock_timeout={BUSY_MS} -c synchronous_commit=on"),
    )
    with engines.reader.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return engines


@contextmanager
def hurried(engines: Engines, wait_s: float) -> Iterator[Connection]:
    """A connection of the writer that waits only so long (seconds) for others who write, not the usual five."""
    milliseconds = max(1, round(wait_s * 1000))
    with engines.writer.connect() as connection:
        if engines.dialect == "postgresql":
            connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.exec_driver_sql(f"SET lock_timeout = {BUSY_MS}")
                connection.commit()
            return
        connection.info[WAIT_S] = wait_s
        try:
            yield connection
        finally:
            connection.rollback()
            del connection.info[WAIT_S]


def open_copy(path: Path, key_hex: str) -> Engine:
    """A reader of a database file nobody writes to any more, such as a backup: no log, lock or other file appears
    beside it, so it may lie on a share or on a read-only disk.
    """

    def creator() -> Any:
        connection = connect(path, key_hex, unchanging=True)
        try:
            for pragma in _COPY_PRAGMAS:
                connection.execute("PRAGMA " + pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=creator, poolclass=NullPool, hide_parameters=True, echo=False
    )
    event.listen(engine, "handle_error", _translator(str(path), durable.drive_of(path)), retval=True)
    return engine


def over(connection: Any, path: Path) -> Engine:
    """An engine over one connection to ``path`` that is open already and stays so when a session ends."""
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=lambda: connection, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "handle_error", _translator(str(path), durable.drive_of(path)), retval=True)
    return engine


def connect(path: Path, key_hex: str, *, uri: bool = False, read_only: bool = False, unchanging: bool = False) -> Any:
    """One keyed DB-API connection, before any setting that could write. ``key_hex`` is never part of a message.

    ``unchanging``: nobody writes to the file while it is open; it is read without locks.
    """
    if _KEY.fullmatch(key_hex) is None:
        raise ValueError("the database key must be 64 hex digits")
    mode = "?mode=ro&immutable=1" if unchanging else "?mode=ro" if read_only else ""
    target = path.absolute().as_uri() + mode if mode else str(path)
    connection = sqlcipher.connect(
        target, timeout=5, isolation_level=None, check_same_thread=False, uri=uri or bool(mode)
    )
    try:
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: Any, *, reader: bool) -> None:
    for pragma in _PRAGMAS:
        connection.execute("PRAGMA " + pragma)
    if reader:
        connection.execute("PRAGMA query_only=ON")


def _gate(path: Path, key_hex: str, schema: int) -> None:
    """Look before any connection that could write: driver, key, version. A file that is refused stays as it was, and
    nothing appears beside it.

    First past the log, which needs no lock and makes no file. Only where there is a log that could say more, or where
    that look failed (another program brings its log in at this moment), as every reader does.
    """
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    found: int | None = None
    with suppress(sqlcipher.DatabaseError):
        found = _version(path, key_hex, unchanging=True)
    with durable.disk_errors(path):
        logged = log.exists() and log.stat().st_size > 0
        indexed = index.exists()
    if found is None or (found <= schema and logged):
        if logged and not indexed:
            found = _version_of_copy(path, log, key_hex)
        else:
            found = _version(path, key_hex, unchanging=False)
    if found > schema:
        raise StorageUnavailable("database_newer", path=str(path), needs=found, knows=schema)


def _version(path: Path, key_hex: str, *, unchanging: bool) -> int:
    connection = connect(path, key_hex, read_only=True, unchanging=unchanging)
    try:
        _check_driver(connection)
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        connection.close()
    return found


def _version_of_copy(path: Path, log: Path, key_hex: str) -> int:
    """The version of a file whose log was brought here without its index: to read it SQLite would make one."""
    with TemporaryDirectory(prefix="clinic-look-", ignore_cleanup_errors=True) as place, durable.disk_errors(path):
        copied = Path(place) / path.name
        for source in (path, log):
            shutil.copyfile(source, copied.with_name(source.name))
        return _version(copied, key_hex, unchanging=False)


def _create(path: Path, key_hex: str) -> None:
    """Make the file and look at its first bytes: SQLCipher without a key would write plain text without a word."""
    with durable.disk_errors(path):
        path.touch()
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    connection = connect(path, key_hex)
    try:
        _check_driver(connection)
        _set_up(connection, reader=False)
    finally:
        connection.close()
    with durable.disk_errors(path):
        head = _head_of(path)
        durable.sync_folder(path.parent)
    if len(head) < len(PLAIN_MAGIC) or head == PLAIN_MAGIC:
        raise StorageUnavailable("database_plaintext", path=str(path))


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(PLAIN_MAGIC))


def _check_driver(connection: Any) -> None:
    row = connection.execute("PRAGMA cipher_version").fetchone()
    check_versions(sqlcipher.sqlite_version_info, None if row is None else row[0])


def _sqlcipher_engine(path: Path, key_hex: str, *, reader: bool = False) -> Engine:
    def creator() -> Any:
        if not path.exists():
            raise NotFound("database_missing", path=str(path))
        connection = connect(path, key_hex)
        try:
            _set_up(connection, reader=reader)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=creator,
        poolclass=QueuePool,
        pool_timeout=POOL_WAIT_S,
        hide_parameters=True,
        echo=False,
    )

    @event.listens_for(engine, "connect")
    def _connected(_: Any, record: Any) -> None:
        record.info[FILE] = _file_at(path)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if reader:
            connection.exec_driver_sql("BEGIN")
            return
        if _file_at(path) != connection.info[FILE]:
            raise StorageUnavailable("database_gone", path=str(path))
        with _named(path):
            _take_write_lock(connection.connection.dbapi_connection, connection.info.get(WAIT_S, BUSY_MS / 1000))

    event.listen(engine, "handle_error", _translator(str(path), durable.drive_of(path)), retval=True)
    return engine


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file stands there; None for none. What is written into one that was taken away would be lost."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _take_write_lock(connection: Any, wait_s: float) -> None:
    """Begin as the one who writes, trying again for at most ``wait_s`` seconds while others write.

    The pauses are uneven, and shorter for who has waited longer: SQLite's own are the same for everybody and grow, so
    that one who writes without a break gets the lock every time and the others never (85, 2, 1 and 0 of 88 bookings).

    Raises ``sqlcipher.OperationalError`` (busy).
    """
    began = time.monotonic()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlcipher.OperationalError as fault:
                waited = time.monotonic() - began
                if fault.sqlite_errorcode & 0xFF != _BUSY or waited >= wait_s:
                    raise
            longest = max(SHORTEST_PAUSE_S, LONGEST_PAUSE_S * (1 - waited / LONG_WAIT_S))
            time.sleep(min(longest * random.uniform(0.2, 1), wait_s - waited))  # noqa: S311 - no secret
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Names the driver's own errors raised inside, outside of any engine."""
    try:
        yield
    except sqlcipher.Error as fault:
        named = named_error(fault, str(path), durable.drive_of(path))
        if named is None:
            raise
        raise named from fault


def named_error(fault: BaseException, path: str, drive: str) -> ClinicError | None:
    """What a driver's error means to the user; ``None`` when it is a fault of the program (SQL, constraint).

    ``path`` and ``drive`` fill the sentence's blanks.
    """
    number = getattr(fault, "sqlite_errorcode", None)
    if isinstance(number, int):
        code = _SQLITE_CODES.get(number & 0xFF)
    else:
        state = getattr(fault, "sqlstate", None)
        code = _SQLSTATES.get(state) if isinstance(state, str) else None
        if code is None and state is None and type(fault).__name__ in {"OperationalError", "ConnectionTimeout"}:
            code = "server_unreachable"
    if code is None:
        return None
    if code == "database_damaged":
        return DamageFound(code, path=path)
    blanks: dict[str, object] = {"path": path}
    if code == "disk_full":
        blanks |= {"drive": drive, "mebibytes": durable.ROOM_MEBIBYTES}
    if code == "disk_io":
        blanks["reason"] = getattr(fault, "sqlite_errorname", "")
    if code == "memory_short":
        blanks["mebibytes"] = 64
    return StorageUnavailable(code, **blanks)


def _translator(path: str, drive: str) -> Callable[[ExceptionContext], BaseException | None]:
    def translate(context: ExceptionContext) -> BaseException | None:
        return named_error(context.original_exception, path, drive)

    return translate


def _place_of(address: URL) -> str:
    host = address.host or str(address.query.get("host", "localhost"))
    return f"{host}/{address.database or ''}"
