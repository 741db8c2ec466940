"""Backups on a disk or a share: ``<place>/<vault id>/objects`` and ``<place>/<vault id>/snapshots``.

An object is an encrypted photograph, copied once under its own name and never written again. A snapshot is a folder
``<moment in UTC>-<last entry of the audit>`` with the database (``VACUUM INTO``: encrypted with the clinic's own key),
the key file with the slots of admins and recovery codes alone, the list of the objects it needs, and a sealed
manifest. The manifest is written last, after the copy was opened again and checked: a folder without one that holds
does not exist, so a backup cut at any point leaves those before it as they were.

Only plain files and renames are used, so a place may lie on a share; the place itself is never made here, because a
disk that is not plugged in must not become a folder of the same name.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlcipher

from clinic_app import __version__
from clinic_app.domain.audit import SYSTEM, Actor, Anchor
from clinic_app.domain.backups import (
    ALL_OPENED_EVERY,
    LEAST_OPENED,
    BranchPoint,
    Census,
    Held,
    Manifest,
    Snapshot,
    SnapshotMark,
    StoredFile,
    thinning,
    to_open,
)
from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.errors import Cancelled, ClinicError, DamageFound, NotFound, StorageUnavailable
from clinic_app.domain.people import Role, user_key
from clinic_app.storage import durable
from clinic_app.storage.audit import AuditRows
from clinic_app.storage.engine import PLAIN_MAGIC, connect, named_error, open_copy
from clinic_app.storage.integrity import IntegrityRows
from clinic_app.storage.keys import VaultKeys, keys_of
from clinic_app.storage.picture_store import blob_size, picture_id_of, unseal
from clinic_app.storage.vault import FILE_NAME, SlotKind, UnlockedVault, Vault, anchors_of, read_vault, save_vault

FORMAT: Final = 1
DATABASE: Final = "clinic.db"
MANIFEST: Final = "manifest.json"
OBJECT_LIST: Final = "objects.txt"
OBJECTS: Final = "objects"
SNAPSHOTS: Final = "snapshots"
BLOBS: Final = "blobs"
RESTORED: Final = "restore.real"
"""The audit's word for the entry that joins a restored chain to the one given up."""
_MAKING: Final = "making-"
_LABEL: Final = b"bxbackup1"
_LARGEST_MANIFEST: Final = 4 << 20
_LEFT_BEHIND_S: Final = 24 * 3600.0
_STEP: Final = 25
_CHUNK: Final = 1 << 20
_MEBIBYTE: Final = 1 << 20
_SPARE: Final = 4 << 20
_OBJECT: Final = re.compile(r"[0-9a-f]{64}")
_VAULT: Final = re.compile(r"[0-9a-f]{32}")
_INTERRUPT: Final = 9
_NO_JOIN: Final = frozenset({13, 14, 8, 10})
"""SQLite's words for full, not to be opened, read-only, I/O: in ``VACUUM INTO`` they are said of the copy."""


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot whose manifest holds."""

    place: Path
    folder: Path
    manifest: Manifest

    @property
    def mark(self) -> SnapshotMark:
        """What thinning looks at."""
        return SnapshotMark(self.manifest.name, self.manifest.made_at, self.manifest.complete)

    @property
    def described(self) -> Snapshot:
        """What a person chooses by."""
        return described(self.place, self.manifest, checked=True)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What is in a database copy, and what is wrong with it (``problems``: the engine's and the audit's words).

    ``objects`` are the picture files it needs, with the bytes of each content where they are known.
    """

    schema: int
    census: Census
    head: Anchor | None
    branch: tuple[BranchPoint, ...]
    objects: Mapping[str, int | None]
    users: Mapping[str, frozenset[str]]
    problems: tuple[str, ...]

    @property
    def admins(self) -> frozenset[str]:
        """The people who may restore."""
        return frozenset(name for name, roles in self.users.items() if Role.ADMIN.value in roles)


@dataclass(frozen=True, slots=True)
class Source:
    """The clinic a backup is made of. ``live`` answers the audit's head and the census of the running database;
    ``needed`` the picture files its rows refer to now.
    """

    folder: Path
    unlocked: UnlockedVault
    live: Callable[[], tuple[int, Census]]
    needed: Callable[[], Collection[str]]


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that was just made and checked: what was copied for it, about how many picture files of the clinic
    itself are missing or are not what they were, and how many in the place had gone bad and were copied anew.
    """

    snapshot: StoredSnapshot
    copied: int
    copied_bytes: int
    failing: int
    mended: int = 0


@dataclass(slots=True)
class _Opened:
    """What opening the objects of a place again found: how many were opened, whether that was all, which were bad."""

    count: int = 0
    everything: bool = False
    mended: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Thinned:
    """What thinning removed, and why nothing where it was held back."""

    snapshots: tuple[str, ...]
    objects: int
    held: Held


def described(place: Path, manifest: Manifest, *, checked: bool) -> Snapshot:
    """What a person chooses a snapshot by."""
    rows = manifest.census.rows
    return Snapshot(
        str(place),
        manifest.vault_id,
        manifest.name,
        manifest.made_at,
        manifest.head_seq,
        rows.get("patient", 0),
        rows.get("picture", 0),
        manifest.object_bytes,
        manifest.complete,
        checked,
    )


def keys_at(unlocked: UnlockedVault, generation: int) -> VaultKeys | None:
    """The keys a vault had in an earlier generation; None of one it never had."""
    known = {number: key for number, key in unlocked.vault_keys.items() if number <= generation}
    return keys_of(known, demo=unlocked.vault.demo) if generation in known else None


def vaults_in(place: Path) -> tuple[Path, ...]:
    """The folders of a place, or the place itself, that hold snapshots of a clinic."""
    with _on(place, place):
        if (place / SNAPSHOTS).is_dir():
            return (place,)
        if not place.is_dir():
            raise StorageUnavailable("backup_place_missing", place=str(place))
        found = (one for one in sorted(place.iterdir()) if _VAULT.fullmatch(one.name))
        return tuple(one for one in found if (one / SNAPSHOTS).is_dir())


def snapshots_said(root: Path) -> tuple[Manifest, ...]:
    """What the manifests in a clinic's folder say, newest first, before any key is known: to choose from, no more."""
    said: list[Manifest] = []
    with _on(root.parent, root):
        folders = sorted((root / SNAPSHOTS).iterdir()) if (root / SNAPSHOTS).is_dir() else []
    for folder in folders:
        with suppress(DamageFound, StorageUnavailable):
            said.append(_read_manifest(folder)[0])
    return tuple(sorted(said, key=lambda one: (one.made_at, one.name), reverse=True))


def look_into(
    path: Path, keys: VaultKeys, *, anchors: Sequence[Anchor] = (), report: Report, code: str = "backup_checking"
) -> DatabaseFacts:
    """Open a database copy nobody writes to and look at all of it: every page's seal, the structure, references, rows,
    the audit from its first entry to its head and to ``anchors``.

    Raises:
        DamageFound: it cannot be opened at all.
        Cancelled: the report said to stop.
    """
    engine = open_copy(path, keys.database_hex)
    try:
        with Session(engine) as session:
            problems = IntegrityRows(session).problems()
        with Session(engine) as session:
            now = datetime.now()  # noqa: DTZ005
            audit = AuditRows(session, Actor(SYSTEM, ""), now, keys.audit)

            def told(step: Progress) -> bool:
                return report(Progress(step.done, step.total, code))

            chain = audit.verify(anchors, report=told)
            problems += [f"{problem.code} {problem.seq}" for problem in chain.problems]
            return DatabaseFacts(
                int(session.scalar(text("PRAGMA user_version")) or 0),
                census_of(session),
                chain.head,
                branch_of(session),
                objects_of(session),
                _users_of(session),
                tuple(problems),
            )
    finally:
        engine.dispose()


def census_of(session: Session) -> Census:
    """The rows of every table and a digest of the ids in every table, on SQLite."""
    rows: dict[str, int] = {}
    ids: dict[str, str] = {}
    names = session.scalars(
        text(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
        )
    ).all()
    for name in names:
        quoted = _quoted(name)
        rows[name] = int(session.scalar(text(f"SELECT count(*) FROM {quoted}")) or 0)  # noqa: S608
        key = session.scalars(
            text("SELECT name FROM pragma_table_info(:name) WHERE pk > 0 ORDER BY pk"), {"name": name}
        ).all()
        if not key:
            continue
        columns = ", ".join(map(_quoted, key))
        digest = hashlib.sha256()
        for row in session.execute(text(f"SELECT {columns} FROM {quoted} ORDER BY {columns}")):  # noqa: S608
            digest.update(repr(tuple(row)).encode("utf-8") + b"\n")
        ids[name] = digest.hexdigest()[:32]
    return Census(rows, ids)


def branch_of(session: Session) -> tuple[BranchPoint, ...]:
    """The restores a chain went through, oldest first."""
    rows = session.execute(
        text("SELECT seq, mac FROM audit_entry WHERE action = :action ORDER BY seq"), {"action": RESTORED}
    )
    return tuple(BranchPoint(bytes(row.mac).hex(), row.seq - 1) for row in rows)


class BackupStore:
    """The backups of one clinic in one place. ``unlocked`` is the clinic's open key file, ``root`` the clinic's folder
    there where it has another name than usual.
    """

    def __init__(self, place: Path, unlocked: UnlockedVault, root: Path | None = None) -> None:
        self.place = place
        self.root = root or place / unlocked.vault.vault_id
        self._unlocked = unlocked
        self._objects = self.root / OBJECTS
        self._snapshots = self.root / SNAPSHOTS

    def begun(self) -> bool:
        """Whether backups of this clinic lie here. Raises ``StorageUnavailable("backup_place_missing")``."""
        with _on(self.place, self.root):
            if not self.place.is_dir():
                raise StorageUnavailable("backup_place_missing", place=str(self.place))
            return self._snapshots.is_dir()

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """Every snapshot whose manifest this clinic sealed and whose files have the size it says, newest first."""
        return self._all()[0]

    def snapshot(self, name: str) -> StoredSnapshot:
        """One snapshot. Raises ``NotFound("backup_not_found")``, ``DamageFound("backup_damaged")``."""
        folder = self._snapshots / name
        if not name or Path(name).name != name or not folder.is_dir():
            raise NotFound("backup_not_found", snapshot=name, place=str(self.place))
        with _on(self.place, self.root):
            return self._valid(folder)

    def make(self, source: Source, moment: datetime, report: Report) -> Made:
        """Make a snapshot of the running clinic and check it by opening it again.

        ``moment`` is in UTC. Others may write to the clinic meanwhile; what they write after the database was copied
        is in the next snapshot.

        Raises:
            StorageUnavailable: ``backup_place_missing``, ``backup_place_gone``, ``backup_disk_full``,
                ``backup_no_room``, ``backup_place_read_only``, ``backup_place_trouble``.
            DamageFound: the clinic's database is damaged (nothing is kept of it), or the copy does not hold
                (``backup_not_whole``).
            Cancelled: the report said to stop.
        """
        with _on(self.place, self.root):
            if not self.place.is_dir():
                raise StorageUnavailable("backup_place_missing", place=str(self.place))
            for folder in (self.root, self._objects, self._snapshots):
                _make_one(folder)
            here = _Place(self.place, self.root)
            folder = self._snapshots / f"{_MAKING}{secrets.token_hex(8)}"
            _make_one(folder)
        try:
            with _on(self.place, self.root):
                return self._make(source, moment.replace(microsecond=0), folder, here, report)
        except BaseException:
            with suppress(OSError):
                _remove_folder(folder)
            raise

    def thin(self, now: datetime, failing: int) -> Thinned:
        """Remove the snapshots the rules let go and, with them, the objects no other snapshot needs.

        ``now`` in UTC; ``failing`` is how many objects were found missing or damaged. Nothing is removed while the
        rules hold thinning back; no object while there is a snapshot that cannot be read.
        """
        with _on(self.place, self.root):
            known, strange = self._all()
            answer = thinning([one.mark for one in known], now, failing)
            going = [one for one in reversed(known) if one.manifest.name in answer.goes]
            if not going:
                return Thinned((), 0, answer.held)
            for one in going:
                _forget(one.folder)
            for folder in self._unfinished():
                if durable.is_older(folder, _LEFT_BEHIND_S):
                    _remove_folder(folder)
                else:
                    strange += 1
            staying = [one for one in known if one.manifest.name not in answer.goes]
            removed = 0 if strange else self._remove_objects(staying)
            return Thinned(tuple(one.manifest.name for one in going), removed, answer.held)

    def problems(self, *, full: bool, report: Report) -> tuple[tuple[str, dict[str, object]], ...]:
        """What is wrong with the backups here, as codes with parameters; changes nothing.

        Every manifest, the size of every file and object; with ``full`` also every byte: database, key file, objects.
        """
        found: list[tuple[str, dict[str, object]]] = []
        with _on(self.place, self.root):
            known, _ = self._all()
            for folder in self._folders():
                if all(folder != one.folder for one in known):
                    found.append(("backup_damaged", {"snapshot": folder.name, "place": str(self.place)}))
            there = self._listing()
            seen: set[str] = set()
            for number, one in enumerate(known):
                if not report(Progress(number, len(known), "backup_checking", one.manifest.name)):
                    raise Cancelled
                try:
                    needed = self._list_of(one)
                    if full:
                        _check_digest(one, DATABASE)
                        _check_digest(one, FILE_NAME)
                        _check_key_file(one)
                except DamageFound as damage:
                    found.append((damage.code, dict(damage.params)))
                    continue
                bad = [id_ for id_, size in needed.items() if there.get(id_) != size and id_ not in one.manifest.lost]
                if full:
                    rest = [id_ for id_ in needed if id_ not in seen and there.get(id_) == needed[id_]]
                    seen.update(rest)
                    bad += self._unopenable(rest, report)
                if bad:
                    found.append(
                        (
                            "backup_objects_bad",
                            {"count": len(bad), "snapshot": one.manifest.name, "place": str(self.place)},
                        )
                    )
        return tuple(found)

    def bring(
        self, snapshot: StoredSnapshot, target: Path, report: Report
    ) -> tuple[DatabaseFacts, tuple[str, ...], Vault]:
        """Copy a snapshot into the empty folder ``target`` and check it there; answers what is in it, the objects no
        intact copy of is here, and its key file. The key file itself is not written yet: without it ``target`` is no
        clinic, whatever happens.

        Raises:
            DamageFound: ``backup_damaged``, ``backup_not_whole``.
            StorageUnavailable: ``restore_no_room`` and what the disks say.
            Cancelled: the report said to stop.
        """
        manifest = snapshot.manifest
        keys = self._keys(manifest.generation)
        wanted = manifest.object_bytes + manifest.files[DATABASE].size + _SPARE
        with durable.disk_errors(target):
            free = shutil.disk_usage(target).free
        if free < wanted:
            missing = -(-(wanted - free) // _MEBIBYTE)
            raise StorageUnavailable("restore_no_room", drive=durable.drive_of(target), mebibytes=missing)
        with _on(self.place, self.root):
            vault = read_vault(snapshot.folder)
            _copy_checked(snapshot, target / DATABASE, report)
        anchors = anchors_of(vault)
        facts = look_into(target / DATABASE, keys, anchors=anchors, report=report, code="restore_checking")
        problems = [*facts.problems, *_unlike(manifest, facts)]
        if problems:
            raise DamageFound("backup_not_whole", snapshot=manifest.name, place=str(self.place), problem=problems[0])
        return facts, self._bring_objects(facts.objects, target, keys, report), vault

    def _make(self, source: Source, moment: datetime, folder: Path, here: _Place, report: Report) -> Made:
        unlocked = source.unlocked
        keys = unlocked.keys
        before = source.live()
        _vacuum_into(source.folder / DATABASE, folder / DATABASE, keys.database_hex, report)
        after = source.live()
        here.check()
        facts = look_into(folder / DATABASE, keys, report=report)
        problems = list(facts.problems)
        if before == after and before != (facts.head.seq if facts.head else 0, facts.census):
            problems.append("rows")
        if problems:
            raise DamageFound("backup_not_whole", snapshot="", place=str(self.place), problem=problems[0])
        _save_keys(unlocked.vault, folder, facts)
        copied, copied_bytes, lost, cut = self._copy_objects(source, facts.objects, here, report)
        due = self._all_opened_due(moment) or cut > 0
        opened = self._open_again(source, facts.objects, lost, here, report, all_of_them=due)
        lost |= opened.damaged
        if lost:
            lost &= set(source.needed())
        failing = max(len(lost), _failing(source, facts.objects))
        there = self._listing()
        sizes = {id_: there.get(id_, 0) for id_ in sorted(facts.objects)}
        listed = "".join(f"{id_} {size}\n" for id_, size in sizes.items()).encode("ascii")
        durable.write_file(folder / OBJECT_LIST, listed)
        name, final = self._final_name(moment, facts.head.seq if facts.head else 0)
        manifest = Manifest(
            FORMAT,
            unlocked.vault.vault_id,
            unlocked.vault.generation,
            name,
            moment,
            __version__,
            facts.schema,
            facts.head.text if facts.head else "",
            facts.branch,
            facts.census,
            {file: _stored_file(folder / file) for file in (DATABASE, FILE_NAME, OBJECT_LIST)},
            len(facts.objects),
            sum(sizes.values()),
            opened.count,
            opened.everything,
            tuple(sorted(lost)),
        )
        for path in folder.iterdir():
            _protect(path)
        here.check()
        durable.rename_folder(folder, final)
        try:
            durable.sync_folder(self._snapshots)
            durable.write_file(final / MANIFEST, _sealed(manifest, keys))
            _protect(final / MANIFEST)
            here.check()
        except BaseException:
            with suppress(OSError):
                _forget(final)
            raise
        mended = cut + len(opened.mended)
        return Made(StoredSnapshot(self.place, final, manifest), copied, copied_bytes, failing, mended)

    def _final_name(self, moment: datetime, seq: int) -> tuple[str, Path]:
        """A name nobody has: of this second, or of the next that is free."""
        while True:
            name = f"{moment:%Y%m%dT%H%M%SZ}-{seq}"
            if not (self._snapshots / name).exists():
                return name, self._snapshots / name
            moment += timedelta(seconds=1)

    def _all_opened_due(self, moment: datetime) -> bool:
        last = next((one.manifest.made_at for one in self.snapshots() if one.manifest.all_opened), None)
        return last is None or not timedelta() <= moment - last < ALL_OPENED_EVERY

    def _copy_objects(
        self, source: Source, needed: Mapping[str, int | None], here: _Place, report: Report
    ) -> tuple[int, int, set[str], int]:
        """Copy what is not here yet, or not whole; answers how many, their bytes, what no intact copy of is to be had,
        and how many of them were here and had been cut.
        """
        there = self._listing()
        missing = [id_ for id_, content in needed.items() if not _fits(there.get(id_), content)]
        self._check_room(source, missing, needed)
        lost: set[str] = set()
        copied = size = cut = 0
        touched: set[Path] = set()
        for number, id_ in enumerate(missing):
            if number % _STEP == 0:
                here.check()
                if not report(Progress(number, len(missing), "backup_copying")):
                    raise Cancelled
            blob = _intact(_object_path(source.folder / BLOBS, id_), id_, source.unlocked.keys)
            if blob is None:
                lost.add(id_)
                continue
            self._write_object(id_, blob)
            touched.add(self._objects / id_[:2])
            copied, size, cut = copied + 1, size + len(blob), cut + (id_ in there)
        for folder in touched:
            durable.sync_folder(folder)
        if touched:
            durable.sync_folder(self._objects)
        return copied, size, lost, cut

    def _check_room(self, source: Source, missing: Sequence[str], needed: Mapping[str, int | None]) -> None:
        wanted = 0
        for id_ in missing:
            content = needed[id_]
            if content is not None:
                wanted += blob_size(content)
            else:
                with suppress(OSError):
                    wanted += _object_path(source.folder / BLOBS, id_).stat().st_size
        free = shutil.disk_usage(self.root).free
        if wanted and free < wanted + _SPARE:
            raise StorageUnavailable(
                "backup_no_room",
                place=str(self.place),
                drive=durable.drive_of(self.place),
                mebibytes=-(-(wanted + _SPARE - free) // _MEBIBYTE),
            )

    def _write_object(self, id_: str, blob: bytes) -> None:
        path = _object_path(self._objects, id_)
        _make_one(path.parent)
        temporary = durable.write_temporary(path.parent, blob)
        try:
            if path.exists():
                _unprotect(path)
            durable.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _protect(path)

    def _open_again(
        self,
        source: Source,
        needed: Mapping[str, int | None],
        lost: Collection[str],
        here: _Place,
        report: Report,
        *,
        all_of_them: bool,
    ) -> _Opened:
        """Every object is there with the right size, and a sample, or all, can be decrypted; one that fails is copied
        anew. Once one fails, all the others are opened too: a disk that spoiled one has spoiled more.
        """
        there = self._listing()
        wanted = [id_ for id_ in needed if id_ not in lost]
        unfit = [id_ for id_ in wanted if not _fits(there.get(id_), needed[id_])]
        done = _Opened(everything=all_of_them or bool(unfit))
        for id_ in unfit:
            self._mend(source, id_, done)
        whole = [id_ for id_ in wanted if id_ not in unfit]
        chosen = whole if done.everything else random.SystemRandom().sample(whole, to_open(len(whole)))
        self._open_all(source, chosen, done, here, report)
        if not done.everything and (done.mended or done.damaged):
            done.everything = True
            self._open_all(source, sorted(set(whole).difference(chosen)), done, here, report)
        return done

    def _open_all(self, source: Source, ids: Sequence[str], done: _Opened, here: _Place, report: Report) -> None:
        for number, id_ in enumerate(ids):
            if number % _STEP == 0:
                here.check()
                if not report(Progress(number, len(ids), "backup_opening")):
                    raise Cancelled
            if _intact(_object_path(self._objects, id_), id_, source.unlocked.keys, forget=True) is None:
                self._mend(source, id_, done)
            done.count += 1

    def _mend(self, source: Source, id_: str, done: _Opened) -> None:
        (done.mended if self._mended(source, id_) else done.damaged).add(id_)

    def _mended(self, source: Source, id_: str) -> bool:
        """Whether a damaged object could be copied anew from the clinic."""
        blob = _intact(_object_path(source.folder / BLOBS, id_), id_, source.unlocked.keys)
        if blob is None:
            return False
        self._write_object(id_, blob)
        path = _object_path(self._objects, id_)
        durable.sync_folder(path.parent)
        return _intact(path, id_, source.unlocked.keys, forget=True) is not None

    def _unopenable(self, ids: Sequence[str], report: Report) -> list[str]:
        bad: list[str] = []
        for number, id_ in enumerate(ids):
            if number % _STEP == 0 and not report(Progress(number, len(ids), "backup_opening")):
                raise Cancelled
            if _intact(_object_path(self._objects, id_), id_, self._unlocked.keys) is None:
                bad.append(id_)
        return bad

    def _bring_objects(
        self, needed: Mapping[str, int | None], target: Path, keys: VaultKeys, report: Report
    ) -> tuple[str, ...]:
        lost: list[str] = []
        blobs = target / BLOBS
        touched: set[Path] = set()
        with durable.disk_errors(target):
            _make_one(blobs)
        for number, id_ in enumerate(sorted(needed)):
            if number % _STEP == 0 and not report(Progress(number, len(needed), "restore_copying")):
                raise Cancelled
            blob = _intact(_object_path(self._objects, id_), id_, keys)
            if blob is None:
                with _on(self.place, self.root):
                    self.root.stat()
                lost.append(id_)
                continue
            path = _object_path(blobs, id_)
            with durable.disk_errors(path):
                _make_one(path.parent)
                durable.replace(durable.write_temporary(path.parent, blob), path)
                path.chmod(stat.S_IRUSR)
            touched.add(path.parent)
        with durable.disk_errors(target):
            for folder in (*touched, blobs):
                durable.sync_folder(folder)
        return tuple(lost)

    def _all(self) -> tuple[tuple[StoredSnapshot, ...], int]:
        """The valid snapshots, newest first, and how many have a manifest that does not hold."""
        valid: list[StoredSnapshot] = []
        strange = 0
        for folder in self._folders():
            try:
                valid.append(self._valid(folder))
            except (DamageFound, StorageUnavailable, OSError):
                strange += 1
        valid.sort(key=lambda one: (one.manifest.made_at, one.manifest.name), reverse=True)
        return tuple(valid), strange

    def _folders(self) -> list[Path]:
        if not self._snapshots.is_dir():
            return []
        return [one for one in sorted(self._snapshots.iterdir()) if (one / MANIFEST).is_file()]

    def _unfinished(self) -> list[Path]:
        """The folders of backups that were cut, or are being made."""
        return [one for one in self._snapshots.iterdir() if one.is_dir() and not (one / MANIFEST).is_file()]

    def _valid(self, folder: Path) -> StoredSnapshot:
        """A folder whose manifest is sealed with this clinic's key. Raises ``DamageFound("backup_damaged")``."""
        damaged = DamageFound("backup_damaged", snapshot=folder.name, place=str(self.place))
        manifest, body, mac = _read_manifest(folder)
        keys = keys_at(self._unlocked, manifest.generation)
        if keys is None or not hmac.compare_digest(_mac(keys, body), mac):
            raise damaged
        if (manifest.vault_id, manifest.name) != (self._unlocked.vault.vault_id, folder.name):
            raise damaged
        for name, file in manifest.files.items():
            try:
                if (folder / name).stat().st_size != file.size:
                    raise damaged
            except FileNotFoundError as gone:
                raise damaged from gone
        return StoredSnapshot(self.place, folder, manifest)

    def _keys(self, generation: int) -> VaultKeys:
        keys = keys_at(self._unlocked, generation)
        if keys is None:
            raise DamageFound("backup_damaged", snapshot="", place=str(self.place))
        return keys

    def _listing(self) -> dict[str, int]:
        """Every object here with its bytes."""
        found: dict[str, int] = {}
        if not self._objects.is_dir():
            return found
        for folder in self._objects.iterdir():
            if len(folder.name) != 2 or not folder.is_dir():
                continue
            with os.scandir(folder) as entries:
                found.update({entry.name: entry.stat().st_size for entry in entries if _OBJECT.fullmatch(entry.name)})
        return found

    def _list_of(self, snapshot: StoredSnapshot) -> dict[str, int]:
        """The objects a snapshot needs, with their bytes. Raises ``DamageFound("backup_damaged")``."""
        content = (snapshot.folder / OBJECT_LIST).read_bytes()
        if hashlib.sha256(content).hexdigest() != snapshot.manifest.files[OBJECT_LIST].sha256:
            raise DamageFound("backup_damaged", snapshot=snapshot.manifest.name, place=str(self.place))
        lines = (line.split(" ") for line in content.decode("ascii").splitlines())
        return {id_: int(size) for id_, size in lines}

    def _remove_objects(self, staying: Sequence[StoredSnapshot]) -> int:
        """Remove the objects no snapshot needs; none at all while one list cannot be read."""
        needed: set[str] = set()
        try:
            for one in staying:
                needed.update(self._list_of(one))
        except DamageFound:
            return 0
        removed = 0
        for id_ in self._listing():
            path = _object_path(self._objects, id_)
            if id_ not in needed and durable.is_older(path, _LEFT_BEHIND_S):
                _unprotect(path)
                path.unlink()
                removed += 1
        for folder in self._objects.iterdir():
            if folder.is_dir():
                durable.sweep_temporary(folder, older_s=_LEFT_BEHIND_S)
        return removed


class _Place:
    """The folder a backup goes to, recognised again: a disk pulled out leaves another folder behind, or none."""

    def __init__(self, place: Path, root: Path) -> None:
        self._place = place
        self._root = root
        self._seen = self._look()

    def check(self) -> None:
        """Raises ``StorageUnavailable("backup_place_gone")``."""
        try:
            same = self._look() == self._seen
        except OSError:
            same = False
        if not same:
            raise StorageUnavailable("backup_place_gone", place=str(self._place))

    def _look(self) -> tuple[int, int]:
        status = self._root.stat()
        return status.st_dev, status.st_ino


@contextmanager
def _on(place: Path, root: Path) -> Iterator[None]:
    """What the operating system says of a place, in words about backups."""
    try:
        yield
    except StorageUnavailable as fault:
        raise _of_place(fault, place, root) from fault
    except OSError as fault:
        raise _of_place(durable.unavailable(fault, place), place, root) from fault


def _of_place(fault: StorageUnavailable, place: Path, root: Path) -> StorageUnavailable:
    if fault.code not in {"disk_full", "read_only", "folder_missing", "disk_io", "database_unopenable"}:
        return fault
    try:
        gone = not root.is_dir() if fault.code != "read_only" else not place.is_dir()
    except OSError:
        gone = True
    if gone and fault.code != "disk_full":
        return StorageUnavailable("backup_place_gone", place=str(place))
    if fault.code == "disk_full":
        return StorageUnavailable("backup_disk_full", place=str(place), drive=durable.drive_of(place))
    if fault.code == "read_only":
        return StorageUnavailable("backup_place_read_only", place=str(place))
    return StorageUnavailable("backup_place_trouble", place=str(place), reason=fault.params.get("reason", fault.code))


def _failing(source: Source, needed: Mapping[str, int | None]) -> int:
    """About how many of the clinic's own picture files are gone or changed: the size of each, a sample opened."""
    changed: set[str] = set()
    for id_, content in needed.items():
        try:
            size = _object_path(source.folder / BLOBS, id_).stat().st_size
        except OSError:
            size = 0
        if not _fits(size, content):
            changed.add(id_)
    rest = [id_ for id_ in needed if id_ not in changed]
    sample = random.SystemRandom().sample(rest, min(len(rest), LEAST_OPENED))
    blobs, keys = source.folder / BLOBS, source.unlocked.keys
    bad = sum(_intact(_object_path(blobs, id_), id_, keys) is None for id_ in sample)
    return len(changed) + (bad * len(rest) // len(sample) if sample else 0)


def live_head(folder: Path, keys: VaultKeys) -> tuple[Anchor, datetime] | None:
    """The newest entry in the audit of the clinic in ``folder`` with its moment (UTC), None where it cannot be read."""
    path = folder / DATABASE
    if not path.is_file():
        return None
    try:
        connection = connect(path, keys.database_hex)
    except sqlcipher.Error:
        return None
    try:
        connection.execute("PRAGMA query_only=ON")
        row = connection.execute("SELECT seq, mac, at FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlcipher.Error:
        return None
    finally:
        connection.close()
    if row is None:
        return None
    moment = datetime.fromisoformat(str(row[2])).replace(tzinfo=UTC)
    return Anchor(int(row[0]), bytes(row[1]).hex(), moment.isoformat(timespec="seconds")), moment


def mac_at(session: Session, seq: int) -> str | None:
    """The seal of one entry of the audit, as hexadecimal digits; None where there is no such entry."""
    found = session.scalar(text("SELECT mac FROM audit_entry WHERE seq = :seq"), {"seq": seq})
    return None if found is None else bytes(found).hex()


def _make_one(folder: Path) -> None:
    """Make one folder in another that is there, never its parents: they may be on a disk that was pulled out."""
    if folder.is_dir():
        return
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    durable.sync_folder(folder.parent)


def _vacuum_into(source: Path, target: Path, key_hex: str, report: Report) -> None:
    """A copy of the running database as one moment saw it, with the same key, fsynced. Others may write meanwhile."""
    connection = connect(source, key_hex)
    stopped = False

    def ask() -> int:
        nonlocal stopped
        stopped = stopped or not report(Progress(0, 0, "backup_copying_database"))
        return int(stopped)

    try:
        for pragma in ("cipher_memory_security=ON", "temp_store=MEMORY", "busy_timeout=5000", "mmap_size=0"):
            connection.execute("PRAGMA " + pragma)
        if ask():
            raise Cancelled
        connection.set_progress_handler(ask, 200_000)
        connection.execute("VACUUM INTO ?", (str(target),))
    except sqlcipher.Error as fault:
        number = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if stopped or number == _INTERRUPT:
            raise Cancelled from fault
        place = target if number in _NO_JOIN else source
        named = named_error(fault, str(place), durable.drive_of(place))
        if named is None:
            raise
        raise named from fault
    finally:
        connection.close()
    with target.open("rb+") as file:
        head = file.read(len(PLAIN_MAGIC))
        durable.sync_file(file.fileno())
    if head == PLAIN_MAGIC:
        target.unlink()
        raise StorageUnavailable("database_plaintext", path=str(target))
    durable.sync_folder(target.parent)


def _save_keys(vault: Vault, folder: Path, facts: DatabaseFacts) -> None:
    """The key file of a snapshot: recovery codes and the passphrases of admins, nobody else's."""
    admins = {user_key(name) for name in facts.admins}
    slots = tuple(
        slot
        for slot in vault.slots
        if slot.kind is SlotKind.RECOVERY or (slot.kind is SlotKind.PASSPHRASE and user_key(slot.user) in admins)
    )
    head = facts.head
    kept = tuple(one.text for one in anchors_of(vault) if head is not None and one.seq <= head.seq)
    anchors = (*kept, head.text) if head is not None else kept
    save_vault(replace(vault, folder=folder, slots=slots, anchors=tuple(dict.fromkeys(anchors)), tries_kept_in=""))
    read_vault(folder)


def _fits(size: int | None, content: int | None) -> bool:
    """Whether an object of so many bytes may hold so much content (None: not known how much)."""
    if size is None:
        return False
    return size == blob_size(content) if content is not None else size > blob_size(0)


def _object_path(folder: Path, id_: str) -> Path:
    return folder / id_[:2] / id_


def _intact(path: Path, id_: str, keys: VaultKeys, *, forget: bool = False) -> bytes | None:
    """The bytes of a picture file that decrypts to the content its name says, or None.

    ``forget``: what the system remembers of it is dropped first, so that the disk itself is asked (Linux).
    """
    try:
        with path.open("rb") as file:
            if forget and hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            blob = file.read()
        kind, content = unseal(keys, id_, blob)
    except (OSError, DamageFound):
        return None
    return blob if hmac.compare_digest(picture_id_of(keys, kind, content), id_) else None


def _protect(path: Path) -> None:
    """Read-only, where the place knows of such a thing."""
    with suppress(OSError):
        path.chmod(stat.S_IRUSR)


def _unprotect(path: Path) -> None:
    with suppress(OSError):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def _forget(folder: Path) -> None:
    """Remove a snapshot, its manifest first: half removed it does not exist any more."""
    manifest = folder / MANIFEST
    if manifest.exists():
        _unprotect(manifest)
        manifest.unlink()
        durable.sync_folder(folder)
    _remove_folder(folder)


def _remove_folder(folder: Path) -> None:
    for path in folder.iterdir():
        _unprotect(path)
        path.unlink()
    folder.rmdir()


def _stored_file(path: Path) -> StoredFile:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
            size += len(part)
    return StoredFile(size, digest.hexdigest())


def _check_digest(snapshot: StoredSnapshot, name: str) -> None:
    if _stored_file(snapshot.folder / name) != snapshot.manifest.files[name]:
        raise DamageFound("backup_damaged", snapshot=snapshot.manifest.name, place=str(snapshot.place))


def _check_key_file(snapshot: StoredSnapshot) -> None:
    """The key file and its copy, which no manifest speaks of, say the same."""
    if read_vault(snapshot.folder).notes:
        raise DamageFound("backup_damaged", snapshot=snapshot.manifest.name, place=str(snapshot.place))


def _copy_checked(snapshot: StoredSnapshot, target: Path, report: Report) -> None:
    """Copy the database of a snapshot; its bytes must be those the manifest seals."""
    expected = snapshot.manifest.files[DATABASE]
    digest = hashlib.sha256()
    done = 0
    with (snapshot.folder / DATABASE).open("rb") as source, target.open("xb") as copy:
        target.chmod(stat.S_IRUSR | stat.S_IWUSR)
        while part := source.read(_CHUNK):
            if not report(Progress(done, expected.size, "restore_copying_database")):
                raise Cancelled
            with durable.disk_errors(target):
                copy.write(part)
            digest.update(part)
            done += len(part)
        with durable.disk_errors(target):
            copy.flush()
            durable.sync_file(copy.fileno())
    if (done, digest.hexdigest()) != (expected.size, expected.sha256):
        raise DamageFound("backup_damaged", snapshot=snapshot.manifest.name, place=str(snapshot.place))


def _unlike(manifest: Manifest, facts: DatabaseFacts) -> list[str]:
    """Where a database is not what its manifest says."""
    found: list[str] = []
    head = facts.head
    said = manifest.head.split(":")[:2]
    if (head.text.split(":")[:2] if head is not None else [""]) != said:
        found.append("audit head")
    if facts.census != manifest.census:
        found.append("rows")
    return found


def objects_of(session: Session) -> dict[str, int | None]:
    """Every picture file the rows refer to, taken-back photographs and the bin included."""
    found: dict[str, int | None] = {}
    for *blobs, sizes in session.execute(text("SELECT original, display, preview, thumbnail, sizes FROM picture")):
        known = json.loads(sizes) if sizes else None
        contents = known if known and len(known) == len(blobs) else [None] * len(blobs)
        for id_, content in zip(blobs, contents, strict=True):
            if found.get(id_) is None:
                found[id_] = content
    for pictures in session.scalars(text("SELECT pictures FROM bin_entry WHERE purged_at IS NULL")):
        for id_ in json.loads(pictures or "[]"):
            found.setdefault(id_, None)
    return {id_: content for id_, content in found.items() if _OBJECT.fullmatch(id_)}


def _users_of(session: Session) -> dict[str, frozenset[str]]:
    rows = session.execute(text("SELECT name, roles FROM clinic_user WHERE active"))
    return {name: frozenset(json.loads(roles)) for name, roles in rows}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _canonical(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _mac(keys: VaultKeys, body: Mapping[str, object]) -> str:
    return hmac.new(keys.backup, _LABEL + _canonical(body), hashlib.sha256).hexdigest()


def _sealed(manifest: Manifest, keys: VaultKeys) -> bytes:
    body: dict[str, object] = {
        "format": manifest.format,
        "vault_id": manifest.vault_id,
        "generation": manifest.generation,
        "name": manifest.name,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(),
        "app": manifest.app,
        "schema": manifest.schema,
        "head": manifest.head,
        "branch": [[point.mac, point.last_kept] for point in manifest.branch],
        "rows": dict(manifest.census.rows),
        "ids": dict(manifest.census.ids),
        "files": {name: [file.size, file.sha256] for name, file in manifest.files.items()},
        "objects": manifest.objects,
        "object_bytes": manifest.object_bytes,
        "opened": manifest.opened,
        "all_opened": manifest.all_opened,
        "lost": list(manifest.lost),
    }
    return json.dumps({**body, "mac": _mac(keys, body)}, indent=1, ensure_ascii=True).encode("ascii") + b"\n"


def _read_manifest(folder: Path) -> tuple[Manifest, dict[str, Any], str]:
    """What a manifest says, its body, and its seal, not verified yet. Raises ``DamageFound("backup_damaged")``."""
    damaged = DamageFound("backup_damaged", snapshot=folder.name, place=str(folder.parent.parent.parent))
    try:
        with (folder / MANIFEST).open("rb") as file:
            content = file.read(_LARGEST_MANIFEST + 1)
        if len(content) > _LARGEST_MANIFEST:
            raise damaged
        body = json.loads(content.decode("ascii"))
        mac = str(body.pop("mac"))
        if int(body["format"]) > FORMAT:
            raise StorageUnavailable("backup_newer", snapshot=folder.name)
        made_at = datetime.fromisoformat(body["made_at"])
        manifest = Manifest(
            int(body["format"]),
            str(body["vault_id"]),
            int(body["generation"]),
            str(body["name"]),
            made_at.astimezone(UTC),
            str(body["app"]),
            int(body["schema"]),
            str(body["head"]),
            tuple(BranchPoint(str(mac_), int(last)) for mac_, last in body["branch"]),
            Census(
                {str(name): int(count) for name, count in body["rows"].items()},
                {str(name): str(digest) for name, digest in body["ids"].items()},
            ),
            {str(name): StoredFile(int(size), str(sha)) for name, (size, sha) in body["files"].items()},
            int(body["objects"]),
            int(body["object_bytes"]),
            int(body["opened"]),
            bool(body["all_opened"]),
            tuple(map(str, body["lost"])),
        )
        if manifest.head:
            Anchor.parse(manifest.head)
        if not {DATABASE, FILE_NAME, OBJECT_LIST} <= manifest.files.keys() or any(
            Path(name).name != name for name in manifest.files
        ):
            raise damaged
    except FileNotFoundError as fault:
        raise damaged from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise damaged from fault
    except ClinicError:
        raise
    return manifest, body, mac
