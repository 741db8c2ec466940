"""The successor of an older database: made beside it, checked, then put in its place in one step.

Nobody else may have the old file open: it is taken out of its write-ahead log (which fails while another connection
is open) and held alone, so that no log of the old database is left that the new one would take for its own, and
nothing is written to the old one that the new one would not have. ``VACUUM INTO`` gives a copy; its seals, structure,
references, rows and ids are compared with the old file's; a copy of that copy is migrated and compared again. Then the
first copy is kept as ``before-upgrade-<schema>-<moment>.db`` and the migrated one renamed to the old one's name.

Cut at any point the clinic's file is the old one or the new one, whole. What is left besides is a folder
``upgrading-...``, which the next opening takes away.
"""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlcipher

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.errors import Cancelled, DamageFound, StorageUnavailable
from clinic_app.storage import durable
from clinic_app.storage.engine import PLAIN_MAGIC, Engines, connect, named_error, open_copy, open_engines, over
from clinic_app.storage.migrations import SCHEMA, check_schema, migrate

if TYPE_CHECKING:
    from clinic_app.domain.backups import Census

WORK: Final = "upgrading-"
KEPT: Final = "before-upgrade-"
KEPT_FOR: Final = timedelta(days=30)
ABANDONED_S: Final = 3600.0
"""A work folder nobody touched for so long belongs to a program that was ended."""
_COPIES: Final = 3
"""How much room is needed, in sizes of the old file: both copies, and the log of the migration."""
_SPARE: Final = 8 << 20
_MEBIBYTE: Final = 1 << 20
_INTERRUPT: Final = 9
_ALONE: Final = (
    "cipher_memory_security=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
    "busy_timeout=5000",
    "mmap_size=0",
    "synchronous=FULL",
    *(("fullfsync=ON", "checkpoint_fullfsync=ON") if sys.platform == "darwin" else ()),
)
_OWN: Final = ("alembic_version", "patient_words", "patient_letters")
"""Tables a migration writes by its nature: its own number and the search indexes. No row of the clinic is in them."""


def replace_by_successor(
    path: Path,
    key_hex: str,
    work: Path,
    kept: Path,
    scripts: Path,
    enter: Callable[[Engines], None],
    report: Report,
) -> None:
    """Bring the database at ``path`` to the schema of this program.

    ``work`` is an empty folder on the same drive, ``kept`` where the old content stays. ``enter`` is handed the
    migrated copy before it takes its place, to enter in its audit what happened.

    Raises:
        StorageUnavailable: ``database_locked`` while another program has it open, ``upgrade_no_room``, what the disk
            says. The old database is as it was.
        DamageFound: the old database is damaged, or the copy is not equal (``upgrade_not_equal``).
        Cancelled: the report said to stop.
    """
    from clinic_app.storage.backup_store import census_of

    _check_room(path)
    before, after = work / "before.db", work / "after.db"
    with _alone(path, key_hex) as old:
        with Session(over(old, path)) as session:
            census = census_of(session)
        _vacuum_into(old, path, before, report)
        _tell(report, "upgrade_checking_copy")
        _check_copy(before, key_hex, census, path)
        _tell(report, "upgrade_changing")
        with durable.disk_errors(after):
            shutil.copyfile(before, after)
            after.chmod(stat.S_IRUSR | stat.S_IWUSR)
        engines = open_engines(after, key_hex, schema=SCHEMA)
        try:
            migrate(engines, scripts)
            check_schema(engines)
            with Session(engines.reader) as session:
                _compare(census, census_of(session), path)
            enter(engines)
        finally:
            engines.close()
        _tell(report, "upgrade_checking")
        _check_whole(after, key_hex)
        with durable.disk_errors(path):
            _sync(after)
            before.chmod(stat.S_IRUSR)
            durable.replace(before, kept)
            durable.sync_folder(kept.parent)
            if sys.platform == "win32":
                old.close()
            durable.replace(after, path)
            durable.sync_folder(path.parent)


def sweep(folder: Path, now: datetime) -> None:
    """Take away what cut upgrades left, and old databases kept for more than 30 days. ``now`` is in UTC."""
    with durable.disk_errors(folder):
        for work in folder.glob(f"{WORK}*"):
            if durable.is_older(work, ABANDONED_S):
                drop(work)
        for kept in folder.glob(f"{KEPT}*.db"):
            if _kept_since(kept) < now - KEPT_FOR:
                kept.chmod(stat.S_IRUSR | stat.S_IWUSR)
                kept.unlink(missing_ok=True)


def drop(work: Path) -> None:
    """Take a work folder away."""
    for path in work.iterdir():
        with suppress(OSError):
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    shutil.rmtree(work, ignore_errors=True)


def kept_name(schema: int, now: datetime) -> str:
    """The name the old database is kept under; ``now`` is in UTC."""
    return f"{KEPT}{schema}-{now:%Y%m%dT%H%M%SZ}.db"


def _kept_since(kept: Path) -> datetime:
    """When a kept database was put aside, by its name; one that was named otherwise is never old."""
    try:
        moment = datetime.strptime(kept.stem.rpartition("-")[2], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007  # UTC is said next
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return moment.replace(tzinfo=UTC)


def _check_room(path: Path) -> None:
    with durable.disk_errors(path):
        wanted = _COPIES * path.stat().st_size + _SPARE
        free = shutil.disk_usage(path.parent).free
    if free < wanted:
        missing = -(-(wanted - free) // _MEBIBYTE)
        raise StorageUnavailable("upgrade_no_room", drive=durable.drive_of(path), mebibytes=missing)


@contextmanager
def _alone(path: Path, key_hex: str) -> Iterator[Any]:
    """A connection to a database nobody else can read or write until it is closed; its log is emptied and gone."""
    connection = connect(path, key_hex)
    try:
        with _named(path):
            for pragma in _ALONE:
                connection.execute("PRAGMA " + pragma)
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        if mode != "delete":
            raise StorageUnavailable("database_locked", path=str(path))
        yield connection
    finally:
        connection.close()


def _vacuum_into(old: Any, path: Path, target: Path, report: Report) -> None:
    stopped = False

    def ask() -> int:
        nonlocal stopped
        stopped = stopped or not report(Progress(0, 0, "upgrade_copying"))
        return int(stopped)

    if ask():
        raise Cancelled
    old.set_progress_handler(ask, 200_000)
    try:
        with _named(path):
            old.execute("VACUUM INTO ?", (str(target),))
    except sqlcipher.Error as fault:
        if stopped or getattr(fault, "sqlite_errorcode", 0) & 0xFF == _INTERRUPT:
            raise Cancelled from fault
        raise
    finally:
        old.set_progress_handler(None, 0)
    with durable.disk_errors(target):
        target.chmod(stat.S_IRUSR | stat.S_IWUSR)
        _sync(target)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        head = file.read(len(PLAIN_MAGIC))
        durable.sync_file(file.fileno())
    if head == PLAIN_MAGIC:
        path.unlink()
        raise StorageUnavailable("database_plaintext", path=str(path))


def _check_copy(copy: Path, key_hex: str, census: Census, path: Path) -> None:
    from clinic_app.storage.backup_store import census_of

    _check_whole(copy, key_hex, path)
    engine = open_copy(copy, key_hex)
    try:
        with Session(engine) as session:
            found = census_of(session)
    finally:
        engine.dispose()
    if found != census:
        raise DamageFound("upgrade_not_equal", path=str(path), table=_first_unlike(census, found))


def _check_whole(copy: Path, key_hex: str, path: Path | None = None) -> None:
    """Every page's seal, structure and references. Raises ``DamageFound``."""
    from clinic_app.storage.integrity import IntegrityRows

    engine = open_copy(copy, key_hex)
    try:
        with Session(engine) as session:
            problems = IntegrityRows(session).problems()
    finally:
        engine.dispose()
    if problems:
        raise DamageFound("database_damaged", path=str(path or copy))


def _compare(before: Census, after: Census, path: Path) -> None:
    """Every table of before is there with the same rows. Raises ``DamageFound("upgrade_not_equal")``."""
    table = _first_unlike(before, after)
    if table:
        raise DamageFound("upgrade_not_equal", path=str(path), table=table)


def _first_unlike(before: Census, after: Census) -> str:
    for table in before.rows:
        if table.startswith(_OWN):
            continue
        if before.rows[table] != after.rows.get(table) or before.ids.get(table) != after.ids.get(table):
            return table
    return ""


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlcipher.Error as fault:
        named = named_error(fault, str(path), durable.drive_of(path))
        if named is None:
            raise
        raise named from fault


def _tell(report: Report, code: str) -> None:
    if not report(Progress(0, 0, code)):
        raise Cancelled
