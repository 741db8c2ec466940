"""Backups of the open clinic: where they go, when one is due, making one, trying one, and how old the newest is."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import Anchor, AuditEvent, Outcome
from clinic_app.domain.backups import (
    DRILL_OPENS,
    YELLOW_AFTER,
    BackupAge,
    BackupKind,
    BackupOutcome,
    BackupPlace,
    BackupRun,
    Census,
    DrillReport,
    Held,
    Snapshot,
    age_of,
    anchor_binds,
    drill_is_due,
    is_due,
)
from clinic_app.domain.changes import Report, carry_on
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.errors import Cancelled, ClinicError, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.machine.lock import backup_lock
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs, open_to_all
from clinic_app.services.restoring import OpenedBackup, open_backup, remove_folder
from clinic_app.storage import durable
from clinic_app.storage.backup_store import BackupStore, Source, branch_of, census_of, mac_at, objects_of
from clinic_app.storage.picture_store import FilePictureStore
from clinic_app.storage.vault import SlotKind, UnlockedVault
from clinic_app.wording.sentences import sentence_of

SETTING = "backup_places"
DRILL = "drill-"
RUNS_LOOKED_AT = 50
NAMED = 20


class BackupsService:
    """Backups of one open clinic. ``run`` works while others write; only one runs at a time on a computer."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._folder = Path(context.info.folder)

    @needs(Action.FIND)
    def places(self) -> tuple[BackupPlace, ...]:
        """Where this computer's backups go. The first gets one every 30 minutes, the others one a day."""
        return tuple(self._place(path, number) for number, path in enumerate(self._paths()))

    @needs(Action.MANAGE)
    def set_places(self, paths: Sequence[str]) -> tuple[BackupPlace, ...]:
        """Say where this computer's backups go: disks, folders or shares, which need not be there now.

        Raises:
            RuleBroken: ``backup_place_in_data``, ``backup_place_relative``, ``backup_place_is_file``,
                ``backup_place_twice``.
        """
        chosen = [self._checked(path) for path in paths]
        if len({os.path.normcase(path) for path in chosen}) < len(chosen):
            raise RuleBroken("places", "backup_place_twice")
        with self._context.units.open() as unit:
            stored = unit.clinic.setting(SETTING) or {}
            unit.clinic.set_setting(SETTING, {**stored, self._computer: chosen})
            unit.commit()
        return self.places()

    @needs(Action.FIND)
    def look_at(self, path: str) -> BackupPlace:
        """What to know about a place before it is chosen. Raises ``RuleBroken`` where it cannot be one."""
        return self._place(self._checked(path), 0)

    @needs(Action.BACK_UP)
    def make_place(self, path: str) -> None:
        """Make the folder of a place where what it is to lie in is there.

        Raises:
            RuleBroken: as ``look_at``.
            StorageUnavailable: the disk does not let it be made.
        """
        place = Path(self._checked(path))
        with durable.disk_errors(place):
            if not place.exists() and place.parent.is_dir():
                place.mkdir()

    @needs(Action.FIND)
    def due(self, *, at_lock: bool = False) -> bool:
        """Whether a backup should be made now, to some place."""
        return bool(self.due_places(at_lock=at_lock))

    @needs(Action.FIND)
    def due_places(self, *, at_lock: bool = False) -> tuple[BackupPlace, ...]:
        """The places that should get a backup now."""
        now = self._context.now()
        found: list[BackupPlace] = []
        with self._context.units.read() as unit:
            for place in self.places():
                runs = unit.backups.newest(RUNS_LOOKED_AT, BackupKind.BACKUP, place.path)
                good = next((run for run in runs if run.outcome.counts), None)
                changed = good is None or unit.backups.changed_since(good.head_seq)
                if is_due(place.number, changed, runs, now, at_lock=at_lock):
                    found.append(place)
        return tuple(found)

    @needs(Action.FIND)
    def run_due(self, report: Report = carry_on, *, at_lock: bool = False) -> tuple[BackupRun, ...]:
        """Make every backup that is due; one that fails is in the answer as such and keeps none of the others back.

        Whoever works: this is what the program does by itself.

        Raises:
            Cancelled: the report said to stop.
            StorageUnavailable: ``backup_running``.
        """
        done: list[BackupRun] = []
        for place in self.due_places(at_lock=at_lock):
            try:
                done.append(self._run(place.path, report, fresh=False))
            except (StorageUnavailable, DamageFound) as fault:
                if fault.code == "backup_running":
                    raise
                done.append(self.history(1, BackupKind.BACKUP)[0])
        return tuple(done)

    @needs(Action.BACK_UP)
    def run(self, place: str | None = None, report: Report = carry_on, *, fresh: bool = True) -> BackupRun:
        """Make a backup now, to every place where none is named, and check it by opening it again.

        Of several places the answer is the first that took one; how the others went is in its facts, ``others``.

        ``fresh``: a place that has none of this clinic's backups is begun, even if there were some before (another
        disk). Afterwards older backups are thinned out. How it ended is entered, also when it fails.

        Raises:
            RuleBroken: ``backup_no_place``, ``backup_place_in_data``.
            StorageUnavailable: the place is not there, full, read-only, was pulled out, or another backup is running;
                ``backup_nowhere`` where that is so of each of several places. The backups made before are whole.
            DamageFound: the clinic's database is damaged, or the copy does not hold.
            Cancelled: the report said to stop; nothing is kept of this backup but copied photographs.
        """
        if place is not None:
            return self._run(self._checked(place), report, fresh=fresh)
        paths = self._paths()
        if not paths:
            raise RuleBroken("place", "backup_no_place")
        if len(paths) == 1:
            return self._run(self._checked(paths[0]), report, fresh=fresh)
        return self._run_everywhere(paths, report, fresh=fresh)

    @needs(Action.FIND)
    def history(self, limit: int = 50, kind: BackupKind | None = None) -> tuple[BackupRun, ...]:
        """How the last backups, drills and restores ended, newest first."""
        with self._context.units.read() as unit:
            return unit.backups.newest(limit, kind)

    @needs(Action.FIND)
    def age(self) -> BackupAge:
        """How old the newest backup is: yellow after 24 hours, red after 7 days or without any."""
        with self._context.units.read() as unit:
            run = unit.backups.last_good(BackupKind.BACKUP)
        return age_of(run.finished_at if run else None, self._context.now())

    @needs(Action.FIND)
    def snapshots(self, place: str) -> tuple[Snapshot, ...]:
        """The backups of this clinic in a place whose seal holds, newest first. Raises ``StorageUnavailable``."""
        store = self._store(place)
        return tuple(one.described for one in store.snapshots()) if store.begun() else ()

    @needs(Action.BACK_UP)
    def verify(
        self, place: str, report: Report = carry_on, *, full: bool = True
    ) -> tuple[tuple[str, dict[str, object]], ...]:
        """Look at every backup in a place, with ``full`` at every byte; answers what is wrong, as codes with
        parameters, and enters that it was done.

        Raises:
            StorageUnavailable: the place is not there.
            Cancelled: the report said to stop.
        """
        store = self._store(place)
        problems = store.problems(full=full, report=report) if store.begun() else ()
        outcome = Outcome.FAILED if problems else Outcome.DONE
        with self._context.units.open() as unit:
            unit.enter(AuditEvent("backup.verify", "backup", outcome=outcome))
            unit.commit()
        return problems

    @needs(Action.FIND)
    def drill_due(self) -> bool:
        """Whether a restore should be tried: 90 days after the last that passed."""
        with self._context.units.read() as unit:
            passed = unit.backups.last_good(BackupKind.DRILL)
            first = unit.backups.first_good(BackupKind.BACKUP)
        return drill_is_due(
            passed.finished_at if passed else None, first.finished_at if first else None, self._context.now()
        )

    @open_to_all
    def drill(
        self, place: str, secret: str | None, report: Report = carry_on, *, user: str | None = None, snapshot: str = ""
    ) -> DrillReport:
        """Try to restore the newest backup (or the one named) into a temporary folder, and take that away again.

        Opened with ``secret``, a recovery code or an admin's passphrase, as on a new computer. Compares the rows and
        ids of every table, the audit's head with the backup and with the clinic, and opens 20 pictures. How it ended
        is entered with its date. Only encrypted data are in the temporary folder.

        Whoever opened the clinic with a recovery code may do this before anything else: it shows that the code works.

        Raises:
            AccessRefused: the secret opens nothing; no drill took place.
            NotFound: there is no such backup.
            StorageUnavailable: the place is not there, or there is no room.
            Cancelled: the report said to stop.
        """
        came_by = self._context.entrance.came_by
        if came_by is None or came_by.kind is not SlotKind.RECOVERY:
            self._context.access.check(Action.BACK_UP)
        began, ticks = self._context.now(), time.monotonic()
        for left in self._folder.glob(f"{DRILL}*"):
            remove_folder(left)
        vault_id = self._unlocked().vault.vault_id
        opened = open_backup(place, snapshot if "/" in snapshot else f"{vault_id}/{snapshot}", secret, user)
        manifest = opened.snapshot.manifest
        work = self._folder / f"{DRILL}{secrets.token_hex(6)}"
        work.mkdir(mode=0o700)
        count = 0
        problems: list[tuple[str, dict[str, object]]] = []
        try:
            _, lost, _ = opened.store.bring(opened.snapshot, work, report)
            if set(lost) - set(manifest.lost):
                bad = len(set(lost) - set(manifest.lost))
                problems.append(("drill_objects_missing", {"count": bad}))
            count, unopened = _open_some(opened, work)
            if unopened:
                problems.append(("drill_pictures_unopened", {"count": unopened}))
            problems += self._head_unlike(opened)
        except DamageFound as damage:
            problems.append((damage.code, dict(damage.params)))
        finally:
            remove_folder(work)
        rows = manifest.census.rows
        answer = DrillReport(
            manifest.name,
            place,
            began,
            round(time.monotonic() - ticks, 1),
            rows.get("patient", 0),
            rows.get("picture", 0),
            count,
            manifest.head_seq,
            tuple(problems),
        )
        self._enter_drill(answer, began)
        return answer

    @needs(Action.FIND)
    def findings(self, *, full: bool = False, report: Report = carry_on) -> tuple[Finding, ...]:
        """What a check of the record says about the backups; reads only.

        How old the newest is, and a place that is not there, are notes. A backup that is damaged, or an audit that
        does not hold what a backup saw of it, is damage.
        """
        found: list[Finding] = []
        if self._context.unlocked is None or self._context.info.demo:
            return ()
        age = self.age()
        if age.newest is None and self._begun():
            found.append(Finding(FindingKind.NOTE, None, "", "backup_never", {}))
        elif age.newest is not None:
            found.append(Finding(FindingKind.NOTE, None, "", "backup_newest", {"newest": age.newest}))
        for path in self._known_places():
            try:
                store = self._store(path)
                if not store.begun():
                    continue
                for code, params in store.problems(full=full, report=report):
                    found.append(Finding(FindingKind.DAMAGED, None, "", code, params))
                found += self._chain_unlike(store)
            except StorageUnavailable as fault:
                found.append(Finding(FindingKind.NOTE, None, "", fault.code, dict(fault.params)))
        return tuple(found)

    def _begun(self) -> bool:
        """Whether there is something to lose: somebody was entered, or the clinic is older than a day."""
        with self._context.units.read() as unit:
            first = unit.backups.first_entry_at()
            entered = unit.patients.count() > 0
        return entered or (first is not None and self._context.now() - first > YELLOW_AFTER)

    @property
    def _computer(self) -> str:
        return self._context.units.actor.computer

    def _paths(self) -> list[str]:
        with self._context.units.read() as unit:
            stored = unit.clinic.setting(SETTING) or {}
        own = stored.get(self._computer)
        return [str(path) for path in own] if isinstance(own, list) else []

    def _known_places(self) -> list[str]:
        """The places of this computer, and the one the newest backup went to."""
        with self._context.units.read() as unit:
            run = unit.backups.last_good(BackupKind.BACKUP)
        return list(dict.fromkeys([*self._paths(), *([run.place] if run else [])]))

    def _checked(self, path: str) -> str:
        """Raises ``RuleBroken`` where a path cannot be a place for backups."""
        place = Path(path)
        if not path.strip() or not place.is_absolute():
            raise RuleBroken("place", "backup_place_relative", place=path)
        with suppress(OSError):
            if place.is_file():
                raise RuleBroken("place", "backup_place_is_file", place=path)
            if place.resolve().is_relative_to(self._folder.resolve()):
                raise RuleBroken("place", "backup_place_in_data", place=path, folder=str(self._folder))
        return str(place)

    def _place(self, path: str, number: int) -> BackupPlace:
        notes: list[tuple[str, dict[str, object]]] = []
        place = Path(path)
        there = False
        with suppress(OSError):
            there = place.is_dir()
        if not there:
            notes.append(("backup_place_missing", {"place": path}))
        else:
            with suppress(OSError):
                if place.stat().st_dev == self._folder.stat().st_dev:
                    notes.append(("backup_same_disk", {"place": path}))
        return BackupPlace(path, number, there, tuple(notes))

    def _unlocked(self) -> UnlockedVault:
        """The open key file. Raises ``StorageUnavailable("backup_of_server")`` where the database is on a server."""
        if self._context.unlocked is None:
            raise StorageUnavailable("backup_of_server")
        return self._context.unlocked

    def _store(self, place: str) -> BackupStore:
        return BackupStore(Path(place), self._unlocked())

    def _run_everywhere(self, paths: Sequence[str], report: Report, *, fresh: bool) -> BackupRun:
        """One backup to each place; one that fails keeps none of the others back."""
        done: list[BackupRun] = []
        faults: dict[str, ClinicError] = {}
        for path in paths:
            try:
                done.append(self._run(self._checked(path), report, fresh=fresh))
            except (StorageUnavailable, DamageFound, RuleBroken) as fault:
                if fault.code == "backup_running":
                    raise
                faults[path] = fault
        if not done:
            raise StorageUnavailable("backup_nowhere", problems=" ".join(map(sentence_of, faults.values())))
        others: list[dict[str, object]] = [{"place": run.place} for run in done[1:]]
        others += [{"place": path, "error": one.code, "said": _plain(one.params)} for path, one in faults.items()]
        return replace(done[0], facts={**done[0].facts, "others": others})

    def _run(self, place: str, report: Report, *, fresh: bool) -> BackupRun:
        unlocked = self._unlocked()
        began, ticks = self._context.now(), time.monotonic()
        facts: dict[str, object] = {}
        with backup_lock(self._folder):
            try:
                store = self._store(place)
                if not fresh and not store.begun() and self._was_used(place):
                    raise StorageUnavailable("backup_place_other_disk", place=place)
                made = store.make(
                    Source(self._folder, unlocked, self._live, self._objects), began.astimezone(UTC), report
                )
            except (ClinicError, OSError) as fault:
                self._enter_failure(place, began, fault)
                raise
            manifest = made.snapshot.manifest
            facts |= {
                "objects": manifest.objects,
                "copied": made.copied,
                "bytes": made.copied_bytes,
                "opened": manifest.opened,
                "all_opened": manifest.all_opened,
                "lost": list(manifest.lost[:NAMED]),
                "lost_count": len(manifest.lost),
                "failing": made.failing,
                "mended": made.mended,
            }
            facts |= self._thinned(store, began, made.failing)
            facts["seconds"] = round(time.monotonic() - ticks, 1)
            outcome = BackupOutcome.OK if manifest.complete else BackupOutcome.INCOMPLETE
            with self._context.units.open() as unit:
                run = unit.backups.add(
                    BackupKind.BACKUP, place, manifest.name, began, outcome, manifest.head_seq, facts
                )
                unit.enter(AuditEvent("backup.ok", "backup", manifest.name))
                unit.commit()
        return run

    @staticmethod
    def _thinned(store: BackupStore, now: datetime, failing: int) -> dict[str, object]:
        """Thin out; that it could not be done makes the backup no worse."""
        try:
            thinned = store.thin(now.astimezone(UTC), failing)
        except ClinicError as fault:
            return {"removed": [], "held": fault.code}
        held = {"held": thinned.held.value} if thinned.held is not Held.NOT else {}
        return {"removed": list(thinned.snapshots), "removed_objects": thinned.objects, **held}

    def _was_used(self, place: str) -> bool:
        with self._context.units.read() as unit:
            return unit.backups.last_good(BackupKind.BACKUP, place) is not None

    def _enter_failure(self, place: str, began: datetime, fault: Exception) -> None:
        """Say that a backup failed, unless the clinic itself cannot be written either."""
        code = fault.code if isinstance(fault, ClinicError) else type(fault).__name__
        outcome = BackupOutcome.CANCELLED if isinstance(fault, Cancelled) else BackupOutcome.FAILED
        with suppress(ClinicError), self._context.units.open() as unit:
            params = fault.params if isinstance(fault, ClinicError) else {}
            facts: dict[str, object] = {"error": code, "said": _plain(params)}
            unit.backups.add(BackupKind.BACKUP, place, "", began, outcome, 0, facts)
            unit.enter(AuditEvent("backup.fail", "backup", code, outcome=Outcome.FAILED))
            unit.commit()

    def _enter_drill(self, report: DrillReport, began: datetime) -> None:
        facts: dict[str, object] = {
            "seconds": report.seconds,
            "patients": report.patients,
            "pictures": report.pictures,
            "opened": report.opened,
            "problems": [code for code, _ in report.problems],
            "said": [_plain(params) for _, params in report.problems],
        }
        outcome = BackupOutcome.OK if report.passed else BackupOutcome.FAILED
        with self._context.units.open() as unit:
            unit.backups.add(BackupKind.DRILL, report.place, report.snapshot, began, outcome, report.head_seq, facts)
            unit.enter(
                AuditEvent(
                    "restore.drill",
                    "backup",
                    report.snapshot,
                    outcome=Outcome.DONE if report.passed else Outcome.FAILED,
                )
            )
            unit.commit()

    def _live(self) -> tuple[int, Census]:
        with self._context.units.read() as unit:
            head = unit.audit.head()
            return head.seq if head else 0, census_of(unit.session)

    def _objects(self) -> set[str]:
        with self._context.units.read() as unit:
            return set(objects_of(unit.session))

    def _head_unlike(self, opened: OpenedBackup) -> list[tuple[str, dict[str, object]]]:
        """Whether the clinic's audit holds the backup's head."""
        manifest = opened.snapshot.manifest
        if not manifest.head:
            return []
        head = Anchor.parse(manifest.head)
        with self._context.units.read() as unit:
            binds = anchor_binds(head.seq, manifest.branch, branch_of(unit.session))
            same = mac_at(unit.session, head.seq) == head.mac
        return [("drill_head_differs", {"seq": head.seq})] if binds and not same else []

    def _chain_unlike(self, store: BackupStore) -> list[Finding]:
        """Where the audit does not hold what a backup saw of it: entries cut off, or a database put back by hand."""
        found: list[Finding] = []
        with self._context.units.read() as unit:
            chain = branch_of(unit.session)
            for one in store.snapshots():
                manifest = one.manifest
                if not manifest.head or not anchor_binds(manifest.head_seq, manifest.branch, chain):
                    continue
                mac = mac_at(unit.session, manifest.head_seq)
                if mac != Anchor.parse(manifest.head).mac:
                    code = "backup_audit_cut_off" if mac is None else "backup_audit_differs"
                    params: dict[str, object] = {"seq": manifest.head_seq, "snapshot": manifest.name}
                    found.append(Finding(FindingKind.DAMAGED, None, "", code, params))
        return found


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    """What the sentence of an error is filled with, as far as JSON can hold it."""
    return {name: value for name, value in params.items() if isinstance(value, (str, int, float))}


def _open_some(opened: OpenedBackup, work: Path) -> tuple[int, int]:
    """Decrypt some pictures of a restored folder; answers how many, and how many of them could not be."""
    store = FilePictureStore(work, opened.unlocked.keys)
    there = list(store.ids())
    sample = random.SystemRandom().sample(there, min(DRILL_OPENS, len(there)))
    bad = 0
    for id_ in sample:
        try:
            store.verify(id_)
        except (DamageFound, NotFound):
            bad += 1
    return len(sample), bad
