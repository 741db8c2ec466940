"""A clinic of an older version of the program is opened by this one: a verified backup, then a successor of its
database takes the old one's place (``storage.upgrade``). The key file and the photographs stay as they are.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from clinic_app.domain.audit import SYSTEM, Actor, AuditEvent
from clinic_app.domain.backups import BackupKind, BackupOutcome, Census
from clinic_app.domain.changes import Report
from clinic_app.domain.errors import Cancelled, ClinicError, StorageUnavailable
from clinic_app.domain.people import User
from clinic_app.machine.lock import WindowLock, backup_lock
from clinic_app.services.backups import SETTING as BACKUP_PLACES
from clinic_app.services.sign_in import actor_of
from clinic_app.storage import durable
from clinic_app.storage.backup_store import BackupStore, Source, StoredSnapshot, census_of, objects_of
from clinic_app.storage.engine import Engines, open_engines
from clinic_app.storage.migrations import SCHEMA, schema_of
from clinic_app.storage.unit import UnitsOfWork
from clinic_app.storage.upgrade import WORK, drop, kept_name, replace_by_successor
from clinic_app.storage.vault import UnlockedVault

MIGRATED = "schema.migrate"
"""The audit's word for the entry that says a database was brought to a later schema."""
FIRST_WITH_BACKUPS = 2
"""The first schema that knows of places for backups."""


def upgrade(
    unlocked: UnlockedVault,
    database: Path,
    migrations: Path,
    now: Callable[[], datetime],
    report: Report,
    *,
    alone: bool,
) -> None:
    """Bring an older database to this program's schema. Nothing happens where it is not older.

    First a backup to the first place of this computer that is there, if places were chosen; the old database itself is
    kept for 30 days as ``before-upgrade-<schema>-<moment>.db`` in any case. ``alone``: the lock of the window is held
    already. Stopped, refused or cut at any point the old database is as it was, or the new one is there.

    Raises:
        StorageUnavailable: ``folder_in_use``, ``database_locked`` while another program works on it;
            ``upgrade_no_room``; what the disk says.
        DamageFound: the old database is damaged, or the new one is not equal to it.
        Cancelled: the report said to stop.
    """
    folder, key = database.parent, unlocked.keys.database_hex
    with nullcontext() if alone else WindowLock(folder):
        engines = open_engines(database, key, schema=SCHEMA)
        try:
            found = schema_of(engines)
            if found is None or found >= SCHEMA:
                return
            units = UnitsOfWork(engines, Actor(SYSTEM, unlocked.user), now, unlocked.keys.audit)
            backup = _backed_up(units, unlocked, folder, now(), report) if found >= FIRST_WITH_BACKUPS else None
        finally:
            engines.close()
        moment = now().astimezone(UTC)
        for left in folder.glob(f"{WORK}*"):
            drop(left)
        work = folder / f"{WORK}{secrets.token_hex(6)}"
        with durable.disk_errors(folder):
            work.mkdir(mode=0o700)
        try:
            replace_by_successor(
                database,
                key,
                work,
                folder / kept_name(found, moment),
                migrations,
                lambda new: _enter(new, unlocked, now, found, backup),
                report,
            )
        finally:
            drop(work)


def _enter(
    engines: Engines, unlocked: UnlockedVault, now: Callable[[], datetime], found: int, backup: StoredSnapshot | None
) -> None:
    """Say in the new database's audit what became of it, and that it was backed up."""
    units = UnitsOfWork(engines, Actor(SYSTEM, unlocked.user), now, unlocked.keys.audit)
    with units.open() as unit:
        unit.enter(AuditEvent(MIGRATED, "database", str(SCHEMA), before={"schema": str(found)}))
        if backup is not None:
            manifest = backup.manifest
            outcome = BackupOutcome.OK if manifest.complete else BackupOutcome.INCOMPLETE
            made_at = manifest.made_at.astimezone().replace(tzinfo=None)
            unit.backups.add(
                BackupKind.BACKUP, str(backup.place), manifest.name, made_at, outcome, manifest.head_seq, {}
            )
        unit.commit()


def _backed_up(
    units: UnitsOfWork, unlocked: UnlockedVault, folder: Path, now: datetime, report: Report
) -> StoredSnapshot | None:
    """A backup in the first place of this computer that is there; None where there is none.

    A place that cannot take one does not keep the clinic closed: the old database is kept beside the new one.
    """

    def live() -> tuple[int, Census]:
        with units.read() as unit:
            head = unit.audit.head()
            return head.seq if head else 0, census_of(unit.session)

    def needed() -> set[str]:
        with units.read() as unit:
            return set(objects_of(unit.session))

    with units.read() as unit:
        stored = unit.clinic.setting(BACKUP_PLACES) or {}
    own = stored.get(actor_of(User(SYSTEM, "", frozenset())).computer)
    for place in map(str, own if isinstance(own, list) else []):
        try:
            with backup_lock(folder):
                source = Source(folder, unlocked, live, needed)
                return BackupStore(Path(place), unlocked).make(source, now.astimezone(UTC), report).snapshot
        except Cancelled:
            raise
        except (ClinicError, OSError) as fault:
            if not isinstance(fault, StorageUnavailable | OSError):
                raise
    return None
