"""Bringing a backup back: always into a new folder, whole and checked before it gets the clinic's name.

The backup is copied into a folder ``restoring-...`` beside the target, opened and checked there, and joined to the
chain it replaces by an entry ``restore.real``; its key file, without which a folder is no clinic, is written last. Only
then is a clinic that lies in the target renamed to ``replaced-<moment>`` and the new folder given its name. Cut at any
point, the clinic before it is there, whole, under its own name or as ``replaced-...``.

A chain that was restored is shorter than the one given up. Its own anchors stay consistent because the key file is
written anew: of the anchors in the backup (none is newer than the backup), and one of the joining entry. Anchors of
the part given up live on only in newer backups; ``domain.backups.anchor_binds`` says which of them still bind.
"""

from __future__ import annotations

import secrets
import shutil
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from clinic_app.domain.audit import SYSTEM, Actor, Anchor, AuditEvent
from clinic_app.domain.backups import BackupKind, BackupOutcome, Manifest, RestorePreview, RestoreReport, Snapshot
from clinic_app.domain.changes import Report
from clinic_app.domain.errors import AccessRefused, ClinicError, NotFound, RuleBroken, StorageUnavailable
from clinic_app.domain.people import user_key
from clinic_app.machine.folders import check_data_folder
from clinic_app.machine.lock import WindowLock
from clinic_app.storage import durable
from clinic_app.storage.backup_store import (
    DATABASE,
    RESTORED,
    SNAPSHOTS,
    BackupStore,
    StoredSnapshot,
    described,
    live_head,
    snapshots_said,
    vaults_in,
)
from clinic_app.storage.engine import open_engines
from clinic_app.storage.migrations import SCHEMA, migrate
from clinic_app.storage.recovery import slip_in
from clinic_app.storage.unit import UnitsOfWork
from clinic_app.storage.vault import (
    COPY_NAME,
    FILE_NAME,
    Slot,
    SlotKind,
    UnlockedVault,
    Vault,
    anchors_of,
    read_vault,
    save_vault,
    unlock,
    unlock_demo,
)
from clinic_app.wording.backups import clinic_words

RESTORING = "restoring-"
REPLACED = "replaced-"


@dataclass(frozen=True, slots=True)
class OpenedBackup:
    """A snapshot somebody could open: its key file, and the store it lies in."""

    unlocked: UnlockedVault
    store: BackupStore
    snapshot: StoredSnapshot


def backups_in(place: str, target: str = "") -> tuple[Snapshot, ...]:
    """Every backup that lies in a place, newest first, as its manifest says: to choose from before a key is known.

    ``target``: where one would be restored to; those of the clinic there are marked as ``mine``.

    Raises:
        StorageUnavailable: the place is not there.
    """
    folder = Path(place)
    mine = _vault_id_in(Path(target)) if target else ""
    found: list[Snapshot] = []
    for root in vaults_in(folder):
        said = snapshots_said(root)
        people = _people_in(root / SNAPSHOTS / said[0].name) if said else ()
        found += (
            replace(described(folder, one, checked=False), people=people, mine=one.vault_id == mine) for one in said
        )
    return tuple(sorted(found, key=lambda one: (one.made_at, one.name), reverse=True))


def _vault_id_in(folder: Path) -> str:
    with suppress(ClinicError):
        return read_vault(folder).vault_id
    return ""


def _people_in(folder: Path) -> tuple[str, ...]:
    with suppress(ClinicError):
        return read_vault(folder).users
    return ()


def open_backup(place: str, name: str, secret: str | None, user: str | None = None) -> OpenedBackup:
    """Open a backup with a recovery code or the passphrase of somebody who was admin when it was made.

    ``name`` may be ``<vault id>/<snapshot>``, ``<snapshot>``, or empty for the newest.

    Raises:
        NotFound: ``backup_not_found``, ``backups_none``.
        RuleBroken: ``backup_several_clinics`` where it is not clear whose.
        AccessRefused: the secret opens nothing in it.
        DamageFound: ``backup_damaged``.
    """
    root, manifest = _chosen(Path(place), name)
    vault = read_vault(root / SNAPSHOTS / manifest.name)
    unlocked = _unlocked(vault, secret, user)
    store = BackupStore(root.parent if root == Path(place) else Path(place), unlocked, root)
    return OpenedBackup(unlocked, store, store.snapshot(manifest.name))


def preview(opened: OpenedBackup, target: Path) -> RestorePreview:
    """What restoring into ``target`` would bring and what it would cost; changes nothing.

    Raises:
        RuleBroken: ``restore_other_clinic``, ``folder_not_empty``.
    """
    there = _live_in(target, opened.unlocked.vault.vault_id)
    known = live_head(target, opened.unlocked.keys) if there else None
    manifest = opened.snapshot.manifest
    lost = None if known is None else max(known[0].seq - manifest.head_seq, 0)
    newest = None if known is None else known[1].astimezone().replace(tzinfo=None)
    return RestorePreview(opened.snapshot.described, there, lost, newest)


def restore(
    opened: OpenedBackup, target: Path, migrations: Path, now: Callable[[], datetime], report: Report
) -> RestoreReport:
    """Bring a backup back as the clinic in ``target``; see the module for the order.

    Raises:
        RuleBroken: ``restore_other_clinic``, ``folder_not_empty``, ``restore_into_backup``.
        StorageUnavailable: the target cannot hold a clinic's data, has no room, or its clinic is open
            (``folder_in_use``).
        DamageFound: the backup is damaged; nothing was changed.
        Cancelled: the report said to stop; nothing was changed.
    """
    began = time.monotonic()
    target = target.absolute()
    _check_target(opened, target)
    there = _live_in(target, opened.unlocked.vault.vault_id)
    lock = WindowLock(target) if there else None
    if lock is not None:
        lock.take()
    try:
        before = preview(opened, target)
        work = target.parent / f"{RESTORING}{secrets.token_hex(6)}"
        with durable.disk_errors(target.parent):
            durable.make_folder(target.parent)
            work.mkdir(mode=0o700)
        try:
            done = _filled(opened, target, work, before, migrations, now, report)
            if lock is not None:
                lock.release()
            replaced = _put_in_place(work, target, now(), there=there)
        except BaseException:
            remove_folder(work)
            raise
    finally:
        if lock is not None:
            lock.release()
    seconds = round(time.monotonic() - began, 1)
    return replace(done, folder=str(target), replaced=replaced, seconds=seconds)


def remove_folder(folder: Path) -> None:
    """Take away a folder of this program's making, read-only files too; what cannot go stays."""
    with suppress(OSError):
        for path in folder.rglob("*"):
            if path.is_file():
                path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    shutil.rmtree(folder, ignore_errors=True)


def _chosen(place: Path, name: str) -> tuple[Path, Manifest]:
    roots = vaults_in(place)
    vault_id, slash, rest = name.rpartition("/")
    if slash:
        roots = tuple(root for root in roots if root.name == vault_id)
    found = [(root, one) for root in roots for one in snapshots_said(root) if not rest or one.name == rest]
    if not found and name:
        raise NotFound("backup_not_found", snapshot=name, place=str(place))
    if not found:
        raise NotFound("backups_none", place=str(place))
    if len({root for root, _ in found}) > 1:
        newest: dict[str, Snapshot] = {}
        for one in backups_in(str(place)):
            newest.setdefault(one.vault_id, one)
        clinics = [f"{place / id_}: {clinic_words(one)}" for id_, one in newest.items()]
        raise RuleBroken("backup", "backup_several_clinics", place=str(place), clinics="; ".join(clinics))
    return max(found, key=lambda one: (one[1].made_at, one[1].name))


def _unlocked(vault: Vault, secret: str | None, user: str | None) -> UnlockedVault:
    if vault.demo:
        return unlock_demo(vault)
    if secret is None:
        raise AccessRefused("passphrase_missing")
    refused: AccessRefused | None = None
    for name in (user,) if user else vault.users or (None,):
        try:
            return unlock(vault, secret, name)
        except AccessRefused as refusal:
            refused = refusal
    slip = slip_in(secret)
    if slip is not None:
        raise slip
    if refused is not None and refused.code == "unknown_user":
        raise AccessRefused("backup_not_admin", user=user, admins=list(vault.users))
    raise refused or AccessRefused("wrong_passphrase")


def _check_target(opened: OpenedBackup, target: Path) -> None:
    """Raises ``RuleBroken``, ``StorageUnavailable`` where nothing is restored to: not among the backups, where it would
    be lost with them, but over the clinic itself where it lies beside them.
    """
    root, place, where = opened.store.root.resolve(), opened.store.place.resolve(), target.resolve()
    beside = where.is_relative_to(place) and not _live_in(target, opened.unlocked.vault.vault_id)
    if beside or where.is_relative_to(root) or root.is_relative_to(where):
        raise RuleBroken("folder", "restore_into_backup", folder=str(target))
    parent = next(folder for folder in (target.parent, *target.parents) if folder.exists())
    check_data_folder(parent)


def _live_in(target: Path, vault_id: str) -> bool:
    """Whether a clinic lies in a folder. Raises ``RuleBroken`` where it is another one, or no clinic at all."""
    with durable.disk_errors(target):
        if not target.exists():
            return False
        names = {path.name for path in target.iterdir()}
    if not names:
        return False
    if not names & {FILE_NAME, COPY_NAME, DATABASE}:
        raise RuleBroken("folder", "folder_not_empty", folder=str(target))
    try:
        other = read_vault(target).vault_id != vault_id
    except ClinicError:
        other = False
    if other:
        raise RuleBroken("folder", "restore_other_clinic", folder=str(target))
    return True


def _filled(
    opened: OpenedBackup,
    target: Path,
    work: Path,
    before: RestorePreview,
    migrations: Path,
    now: Callable[[], datetime],
    report: Report,
) -> RestoreReport:
    """The backup in ``work``, checked, joined to the chain it replaces, its key file last."""
    unlocked, manifest = opened.unlocked, opened.snapshot.manifest
    began = now()
    facts, lost, vault = opened.store.bring(opened.snapshot, work, report)
    old_head = _given_up(opened, target, facts.head, before)
    new_head = _said(facts.head)
    engines = open_engines(work / DATABASE, unlocked.keys.database_hex, schema=SCHEMA)
    try:
        if facts.schema < SCHEMA:
            migrate(engines, migrations)
        units = UnitsOfWork(engines, Actor(SYSTEM, unlocked.user), now, unlocked.keys.audit)
        with units.open() as unit:
            person = unit.clinic.user(unlocked.user) if unlocked.user else None
            unit.actor = unit.audit.actor = Actor(
                person.id if person else SYSTEM,
                unlocked.user,
                tuple(sorted(role.value for role in person.roles)) if person else (),
                secrets.token_hex(8),
            )
            unit.enter(
                AuditEvent(
                    RESTORED, "backup", manifest.name, before={"old_head": _said(old_head), "new_head": new_head}
                )
            )
            if unlocked.slot.kind is SlotKind.RECOVERY:
                unit.enter(AuditEvent("recovery.used", "slot", unlocked.slot.slot_id))
            made_at = manifest.made_at.astimezone().replace(tzinfo=None)
            outcome = BackupOutcome.OK if manifest.complete else BackupOutcome.INCOMPLETE
            place = str(opened.store.place)
            held: dict[str, object] = {
                "objects": manifest.objects,
                "opened": manifest.opened,
                "all_opened": manifest.all_opened,
                "lost_count": len(manifest.lost),
            }
            unit.backups.add(
                BackupKind.BACKUP, place, manifest.name, made_at, outcome, manifest.head_seq, held, finished_at=made_at
            )
            unit.backups.add(
                BackupKind.RESTORE,
                place,
                manifest.name,
                began,
                BackupOutcome.INCOMPLETE if lost else BackupOutcome.OK,
                manifest.head_seq,
                {"lost": list(lost[:20]), "lost_count": len(lost), "lost_entries": before.lost_entries},
            )
            unit.commit()
        with units.read() as unit:
            joined = unit.audit.head()
            chain = unit.audit.verify(anchors_of(vault))
    finally:
        engines.close()
    if chain.problems or joined is None:
        raise StorageUnavailable("restore_not_joined", snapshot=manifest.name)
    slots = _slots(vault, target if before.live_there else None, frozenset(facts.users))
    kept = tuple(one.text for one in anchors_of(vault) if one.seq <= manifest.head_seq)
    save_vault(replace(vault, folder=work, slots=slots, anchors=(*kept, joined.text), notes=(), tries_kept_in=""))
    signing_in = {user_key(slot.user) for slot in slots if slot.kind is SlotKind.PASSPHRASE}
    return RestoreReport(
        opened.snapshot.described,
        "",
        "",
        before.lost_entries,
        _said(old_head),
        new_head,
        lost,
        tuple(sorted(name for name in facts.users if user_key(name) not in signing_in)),
        facts.census,
        0.0,
    )


def _said(anchor: Anchor | None) -> str:
    return "" if anchor is None else f"{anchor.seq}:{anchor.mac}"


def _given_up(opened: OpenedBackup, target: Path, head: Anchor | None, before: RestorePreview) -> Anchor | None:
    """The newest head known of the chain that is given up: of the live clinic, its anchors, or a newer backup."""
    known: list[Anchor] = [head] if head is not None else []
    if before.live_there:
        live = live_head(target, opened.unlocked.keys)
        known += [live[0]] if live is not None else []
        with suppress(ClinicError):
            known += anchors_of(read_vault(target))
    known += [Anchor.parse(one.manifest.head) for one in opened.store.snapshots() if one.manifest.head]
    return max(known, key=lambda anchor: anchor.seq, default=None)


def _slots(vault: Vault, live: Path | None, users: frozenset[str]) -> tuple[Slot, ...]:
    """Who may open the restored clinic: those who open the live one today, as far as the backup knows them; where
    there is no live key file, the admins and recovery codes of the backup.
    """
    if live is not None:
        with suppress(ClinicError):
            today = read_vault(live)
            if (today.vault_id, today.generation) == (vault.vault_id, vault.generation):
                known = {user_key(name) for name in users}
                slots = tuple(slot for slot in today.slots if not slot.user or user_key(slot.user) in known)
                kinds = {slot.kind for slot in slots}
                if SlotKind.PASSPHRASE in kinds and SlotKind.RECOVERY in kinds:
                    return slots
    return vault.slots


def _put_in_place(work: Path, target: Path, now: datetime, *, there: bool) -> str:
    """Give the restored folder the clinic's name; what had it is kept under another. Answers that name."""
    replaced = ""
    with durable.disk_errors(target):
        if there:
            moment = now.astimezone(UTC)
            aside = target.parent / f"{REPLACED}{moment:%Y%m%dT%H%M%SZ}"
            number = 1
            while aside.exists():
                number += 1
                aside = target.parent / f"{REPLACED}{moment:%Y%m%dT%H%M%SZ}-{number}"
            durable.rename_folder(target, aside)
            replaced = str(aside)
        elif target.exists():
            target.rmdir()
        try:
            durable.rename_folder(work, target)
        except OSError:
            if replaced:
                durable.rename_folder(Path(replaced), target)
            raise
        durable.sync_folder(target.parent)
    return replaced
