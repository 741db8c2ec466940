"""The door to a clinic's data: is there a clinic in a folder, make one, open one.

What works on the database is imported where it is used: a key is derived while those libraries still load (see
``bootstrap.Loading``), and a folder is looked into without them.
"""

from __future__ import annotations

import hashlib
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_app import __version__
from clinic_app.domain.audit import SYSTEM, Actor
from clinic_app.domain.catalogues import Catalogues, parse_catalogues
from clinic_app.domain.changes import Report, carry_on
from clinic_app.domain.errors import AccessRefused, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.domain.patients import tidy
from clinic_app.domain.people import Role
from clinic_app.machine.folders import check_data_folder, check_new_folder, notes_on
from clinic_app.machine.lock import FILE as LOCK
from clinic_app.machine.lock import WindowLock, held_elsewhere, knock
from clinic_app.machine.places import Places
from clinic_app.machine.run_mark import FILE as RUNNING
from clinic_app.machine.run_mark import RunMark
from clinic_app.services import Services
from clinic_app.services.entrance import Entrance, Pins, passphrase_check, unlocked_by
from clinic_app.storage import durable
from clinic_app.storage.passphrases import suggest_passphrase
from clinic_app.storage.throttle import COPY_NAME as TRIES_COPY
from clinic_app.storage.throttle import FILE_NAME as TRIES
from clinic_app.storage.throttle import Throttle
from clinic_app.storage.vault import (
    COPY_NAME,
    DEMO_PASSPHRASE,
    DEMO_USER,
    FILE_NAME,
    LOCK_NAME,
    UnlockedVault,
    create_vault,
    read_vault,
    unlock_demo,
)
from clinic_app.wording.patient_texts import PatientTexts

if TYPE_CHECKING:
    from clinic_app.domain.backups import RestorePreview, RestoreReport, Snapshot
    from clinic_app.domain.people import User
    from clinic_app.services.context import ClinicContext, ClinicInfo
    from clinic_app.services.pictures import OpenReader
    from clinic_app.storage.engine import Engines
    from clinic_app.storage.unit import UnitsOfWork

DATABASE = "clinic.db"
OLDER = "database_older"
FIRST_ROLES = frozenset({Role.ADMIN, Role.DOCTOR})
LEFT_BEHIND_S = 3600.0
"""Temporary files younger than this may belong to another process that is writing right now."""


@dataclass(frozen=True, slots=True)
class ClinicState:
    """What lies in a folder: nothing yet, a clinic with its users, or a demo clinic.

    ``notes`` are codes with parameters of what to warn about; ``in_use``: a window of another program has it open.
    """

    folder: str
    there: bool
    demo: bool = False
    users: tuple[str, ...] = ()
    notes: tuple[tuple[str, dict[str, object]], ...] = ()
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class CreatedClinic:
    """A new clinic, open, and its recovery codes: shown once, never stored."""

    services: Services
    vault_id: str
    recovery_codes: tuple[str, ...] = field(repr=False)


class ClinicDoor:
    """Makes and opens clinics. ``now`` is the clinic's clock; ``today_given`` says that it was set from outside;
    ``steady`` is the clock of waits and PINs, in seconds since the computer was started.

    ``one_window``: what it opens is refused to every other window on this computer until it is closed
    (``folder_in_use``); the command line does without, it works beside a window.
    """

    def __init__(
        self,
        places: Places,
        now: Callable[[], datetime],
        open_reader: OpenReader,
        *,
        today_given: bool = False,
        one_window: bool = False,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = places
        self._steady = steady
        self._throttle = Throttle(steady)
        self._now = now
        self._open_reader = open_reader
        self._today_given = today_given
        self._one_window = one_window

    def default_folder(self, *, portable: bool = False) -> str:
        """Where the clinic's data lie if nobody chose another folder."""
        return str(self._places.data_folder(portable=portable))

    def state(self, folder: str) -> ClinicState:
        """What lies in a folder.

        Raises:
            StorageUnavailable: the folder cannot hold a clinic's data (network, read-only, full).
            DamageFound: there is a clinic whose key file is damaged beyond its copy, or gone (``vault_gone``).
        """
        place = Path(folder)
        with durable.disk_errors(place):
            there = place.exists()
        if not there:
            return ClinicState(folder, there=False)
        check_data_folder(place)
        notes = [(note.code, dict(note.params)) for note in notes_on(place)]
        try:
            vault = read_vault(place)
        except NotFound as error:
            if (place / DATABASE).exists():
                raise DamageFound("vault_gone", folder=folder) from error
            return ClinicState(folder, there=False, notes=tuple(notes))
        notes += [(code, {"path": folder}) for code in vault.notes]
        in_use = self._one_window and held_elsewhere(place)
        return ClinicState(folder, True, vault.demo, vault.users, tuple(notes), in_use)

    def knock(self, folder: str) -> None:
        """Bring the window that has the clinic of this folder open to the front."""
        knock(Path(folder))

    def suggest_passphrase(self) -> str:
        """Five words nobody chose."""
        words = (self._places.resources / "words.txt").read_text(encoding="utf-8").split()
        return suggest_passphrase(words)

    def create(
        self,
        folder: str,
        clinic_name: str,
        user: str,
        passphrase: str,
        *,
        roles: frozenset[Role] = FIRST_ROLES,
        codes_kept: bool = True,
    ) -> CreatedClinic:
        """Make a clinic in a folder and open it; its first user has these roles, admin among them.

        ``codes_kept`` False: somebody still has to type the recovery codes back (``settings.took_step``); until then
        new ones are asked for at every sign-in of an admin, and ``unmake`` takes the clinic away.

        Raises:
            RuleBroken: ``clinic_name_missing``, the user's name, the passphrase, ``vault_exists``, ``first_not_admin``.
            StorageUnavailable: the folder cannot hold a clinic's data.
        """
        name = tidy(clinic_name)
        if not name:
            raise RuleBroken("clinic_name", "clinic_name_missing")
        if Role.ADMIN not in roles:
            raise RuleBroken("roles", "first_not_admin")
        place = Path(folder)
        check_new_folder(place)
        with _made(place):
            created = create_vault(place, user, passphrase, clinic_name=name, checkout=not self._places.installed)
            try:
                services = self._held(
                    place, lambda: self._begin(created.unlocked, name, created.unlocked.user, roles, codes_kept)
                )
            except BaseException:
                _unmake(place)
                raise
        return CreatedClinic(
            services, created.unlocked.vault.vault_id, tuple(code.text for code in created.recovery_codes)
        )

    def unmake(self, created: CreatedClinic) -> bool:
        """Close a clinic that was just made, and take it away if its codes were not typed back and nothing was entered;
        answers whether it is gone.
        """
        services = created.services
        place = Path(services.clinic.folder)
        unused = not services.settings.first_steps().codes_kept and not services.patients.count()
        services.close()
        if unused:
            _unmake(place)
            with suppress(OSError):
                place.rmdir()
        return unused

    def create_demo(self, folder: str) -> Services:
        """Make an empty demo clinic in a folder that is empty or not there, and open it.

        Raises:
            RuleBroken: ``folder_not_empty``.
            StorageUnavailable: the folder cannot hold a clinic's data.
        """
        place = Path(folder)
        with _made(place):
            if any(place.iterdir()):
                raise RuleBroken("folder", "folder_not_empty", folder=folder)
            created = create_vault(place, DEMO_USER, DEMO_PASSPHRASE, demo=True)
            return self._held(place, lambda: self._begin(created.unlocked, "Demo clinic", DEMO_USER))

    def open_demo(self, folder: str) -> Services:
        """Open the demo clinic of a folder, made where there is none.

        The program's own is made anew when it was filled on another day; one that somebody made elsewhere stays.

        Raises:
            RuleBroken: ``not_a_demo`` where a real clinic lies there, ``folder_not_empty``.
        """
        state = self.state(folder)
        if state.there and not state.demo:
            raise RuleBroken("folder", "not_a_demo", folder=folder)
        if state.there:
            own = Path(folder) == self._places.demo_folder()
            services = self._own_demo(Path(folder)) if own else self.open(folder, None)
            if services is not None and (not own or services.demo.filled_on == services.today()):
                return services
            if services is not None:
                services.close()
            shutil.rmtree(folder)
        services = self.create_demo(folder)
        services.demo.fill()
        return services

    def open(
        self,
        folder: str,
        secret: str | None,
        user: str | None = None,
        *,
        recovery: bool = False,
        report: Report = carry_on,
    ) -> Services:
        """Open the clinic of a folder with a passphrase or, if ``recovery``, a recovery or reset code; a demo needs
        neither. A database of an older version of the program is backed up and upgraded; ``report`` is told of that.

        After a code ``services.must_choose_passphrase`` is true and everything but ``people.finish_reset`` is refused.
        After a recovery code ``user`` is the admin as whom one goes on, where there are several.

        Raises:
            AccessRefused: wrong passphrase or code, or none given; ``wait_before_trying``, ``too_many_tries``;
                ``user_disabled``; ``admin_not_named`` (``admins``: whom one may be).
            StorageUnavailable: the folder or the database cannot be used, or is newer than the program; an upgrade
                finds no room (``upgrade_no_room``) or another program at work on it (``database_locked``).
            DamageFound: key file or database are damaged.
            Cancelled: the report said to stop; the older database is as it was.
        """
        place = Path(folder)
        check_data_folder(place)
        vault = read_vault(place)
        if vault.demo:
            return self._held(place, lambda: self._opened(unlock_demo(vault), report=report))
        if secret is None:
            raise AccessRefused("passphrase_missing")

        def make() -> Services:
            unlocked = unlocked_by(vault, secret, user, self._throttle, self._now(), recovery=recovery)
            return self._opened(unlocked, user, report=report)

        return self._held(place, make)

    def waiting(self, folder: str, user: str) -> float:
        """Seconds somebody has to wait before the next passphrase is tried; infinite where only an admin or a recovery
        code helps.

        Raises:
            NotFound: ``vault_missing``.
            DamageFound: the key file is damaged beyond its copy.
        """
        return self._throttle.waiting(read_vault(Path(folder)), user)

    def switch(self, services: Services, user: str, secret: str, *, recovery: bool = False) -> None:
        """Let another person work in a clinic that is open, or the same one after a lock. Nothing that was granted to
        the person before stands for them; the clinic stays open.

        Raises:
            AccessRefused: as ``open``; ``vault_is_demo``.
            DamageFound: ``vault_exchanged``: the key file is no longer that of the open clinic.
        """
        from clinic_app.services.sign_in import switch

        switch(services.context, user, secret, recovery=recovery)

    def backups_in(self, place: str, target: str = "") -> tuple[Snapshot, ...]:
        """The backups that lie in a place, newest first, as they say of themselves: to choose from on a new computer.

        ``target``: where one would be restored to; those of the clinic that lies there are marked as ``mine``.

        Raises:
            StorageUnavailable: the place is not there.
        """
        from clinic_app.services.restoring import backups_in

        return backups_in(place, target)

    def preview_restore(
        self, place: str, snapshot: str, target_folder: str, secret: str | None, user: str | None = None
    ) -> RestorePreview:
        """What ``restore`` would bring, and what the clinic in the target folder would lose; changes nothing.

        Raises:
            As ``restore``.
        """
        from clinic_app.services.restoring import open_backup, preview

        return preview(open_backup(place, snapshot, secret, user), Path(target_folder))

    def restore(
        self,
        place: str,
        snapshot: str,
        target_folder: str,
        secret: str | None,
        report: Report = carry_on,
        *,
        user: str | None = None,
    ) -> RestoreReport:
        """Bring a backup back into a folder that is empty or not there; the clinic it was made of, if it lies there,
        is kept as ``replaced-<moment>`` beside it and must be closed.

        ``snapshot`` empty: the newest. ``secret``: a recovery code, or the passphrase of an admin of that time.

        Raises:
            NotFound: ``backups_none``, ``backup_not_found``.
            AccessRefused: the secret opens nothing in the backup.
            RuleBroken: ``restore_other_clinic``, ``folder_not_empty``, ``restore_into_backup``,
                ``backup_several_clinics``.
            DamageFound: the backup is damaged.
            StorageUnavailable: a disk is not there or full, the clinic in the folder is open (``folder_in_use``).
            Cancelled: the report said to stop. In every case nothing was changed.
        """
        from clinic_app.services.restoring import open_backup, restore

        check_new_folder(Path(target_folder))
        opened = open_backup(place, snapshot, secret, user)
        return restore(opened, Path(target_folder), self._places.migrations, self._now, report)

    def _held(self, folder: Path, make: Callable[[], Services]) -> Services:
        """What ``make`` opens, kept from other windows until it is closed.

        Raises:
            StorageUnavailable: ``folder_in_use``; and what ``make`` raises.
        """
        if not self._one_window:
            return make()
        lock = WindowLock(folder)
        lock.take()
        try:
            services = make()
        except BaseException:
            lock.release()
            raise
        mark = RunMark(folder)
        services.audit.started(mark.begin(self._now().isoformat(timespec="seconds")), mark.end)
        return services.closes_with(lock.release)

    def _begin(
        self,
        unlocked: UnlockedVault,
        clinic_name: str,
        user: str,
        roles: frozenset[Role] = FIRST_ROLES,
        codes_kept: bool = True,
    ) -> Services:
        """First rows of a new clinic: schema, name, first user."""
        from clinic_app.storage.engine import open_engines
        from clinic_app.storage.migrations import SCHEMA, migrate
        from clinic_app.storage.unit import UnitsOfWork

        path = unlocked.vault.folder / DATABASE
        engines = open_engines(path, unlocked.keys.database_hex, schema=SCHEMA, create=True)
        try:
            migrate(engines, self._places.migrations)
            actor = Actor(SYSTEM, user)
            with UnitsOfWork(engines, actor, self._now, unlocked.keys.audit).open() as unit:
                unit.clinic.set_setting("clinic", {"name": clinic_name})
                if not codes_kept:
                    unit.clinic.set_setting("first_steps", {"codes_kept": False, "finished": False})
                unit.people.add(user, roles)
                unit.commit()
        except BaseException:
            engines.close()
            raise
        return self._attach(unlocked, engines)

    def _own_demo(self, place: Path) -> Services | None:
        """The demo clinic of the program's own folder; None where an older version of the program made it."""
        vault = read_vault(place)
        try:
            return self._held(place, lambda: self._opened(unlock_demo(vault), upgrading=False))
        except StorageUnavailable as older:
            if older.code != OLDER:
                raise
            return None

    def _opened(
        self, unlocked: UnlockedVault, wanted: str | None = None, *, report: Report = carry_on, upgrading: bool = True
    ) -> Services:
        from clinic_app.storage.upgrade import sweep

        path = unlocked.vault.folder / DATABASE
        try:
            engines = _of_this_schema(path, unlocked)
        except StorageUnavailable as older:
            if older.code != OLDER or not upgrading:
                raise
            from clinic_app.services.upgrade import upgrade

            upgrade(unlocked, path, self._places.migrations, self._now, report, alone=self._one_window)
            engines = _of_this_schema(path, unlocked)
        try:
            sweep(path.parent, self._now().astimezone(UTC))
        except BaseException:
            engines.close()
            raise
        return self._attach(unlocked, engines, wanted, report)

    def _attach(
        self, unlocked: UnlockedVault, engines: Engines, wanted: str | None = None, report: Report = carry_on
    ) -> Services:
        from clinic_app.services.context import ClinicContext
        from clinic_app.services.known_windows import compute_missing
        from clinic_app.services.sign_in import come_in, first_user
        from clinic_app.services.start_look import database_behind
        from clinic_app.storage.picture_store import FilePictureStore
        from clinic_app.storage.unit import UnitsOfWork

        try:
            catalogues = load_catalogues(self._places.catalogues)
            units = UnitsOfWork(engines, Actor(SYSTEM, unlocked.user), self._now, unlocked.keys.audit)
            user = first_user(units, unlocked, wanted)
            folder = unlocked.vault.folder
            store = FilePictureStore(folder, unlocked.keys)
            store.sweep_temporary(older_s=LEFT_BEHIND_S)
            durable.sweep_temporary(folder, older_s=LEFT_BEHIND_S)
            _sync_catalogues(units, catalogues, _edition_of(self._places.catalogues))
            info = _info(units, unlocked, catalogues, user)
            demo, behind = unlocked.vault.demo, database_behind(units, unlocked.vault)
            context = ClinicContext(
                units,
                store,
                catalogues,
                info,
                self._now,
                self._today_given,
                unlocked,
                passphrase_check(folder, self._throttle, self._now, demo=demo),
                entrance=Entrance(self._throttle, Pins(self._steady), not self._places.installed),
                suggest=self.suggest_passphrase,
                at_start=behind,
                texts=PatientTexts(self._places.resources / "texts"),
            )
            compute_missing(context, report)
            come_in(context, unlocked, user)
        except BaseException:
            engines.close()
            raise
        services = Services(context, self._open_reader, _shut(context, engines))
        services.audit  # noqa: B018 - it listens from now on
        return services


def _of_this_schema(path: Path, unlocked: UnlockedVault) -> Engines:
    """The database of a clinic, open. Raises ``StorageUnavailable`` where it is of another schema."""
    from clinic_app.storage.engine import open_engines
    from clinic_app.storage.migrations import SCHEMA, check_schema

    engines = open_engines(path, unlocked.keys.database_hex, schema=SCHEMA)
    try:
        check_schema(engines)
    except StorageUnavailable as error:
        engines.close()
        raise StorageUnavailable(error.code, **{**error.params, "path": str(path.parent)}) from error
    except BaseException:
        engines.close()
        raise
    return engines


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """A folder fit for a clinic's data, made if need be; what was made of it goes again if the inside fails."""
    with durable.disk_errors(folder):
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        if missing:
            folder.mkdir(parents=True)
    try:
        check_data_folder(folder)
        yield
    except BaseException:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
        raise


def _unmake(folder: Path) -> None:
    """Take away what was made of a clinic that could not be finished; nothing had been entered yet."""
    tries = (TRIES, TRIES_COPY, LOCK_NAME)
    for name in (FILE_NAME, COPY_NAME, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", LOCK, RUNNING, *tries):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def _shut(context: ClinicContext, engines: Engines) -> Callable[[], None]:
    """How a clinic is closed: who works leaves, then the database is let go. Once; a second call does nothing."""
    from clinic_app.services.sign_in import go

    closed: list[bool] = []

    def shut() -> None:
        if closed:
            return
        closed.append(True)
        try:
            go(context)
            for leave in context.leaving:
                leave()
        finally:
            context.entrance.pins.forget()
            engines.close()

    return shut


def load_catalogues(folder: Path) -> Catalogues:
    """The shipped catalogues, parsed; files that say the same as the last time are not parsed again."""
    return _parsed(tuple((path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))))


@lru_cache(maxsize=1)
def _parsed(files: tuple[tuple[str, str], ...]) -> Catalogues:
    return parse_catalogues({name: tomllib.loads(text) for name, text in files})


def _edition_of(folder: Path) -> str:
    """The program's version and a hash of the catalogue files, byte by byte: the same edition, the same entries."""
    content = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        content.update(path.read_bytes())
    return f"{__version__} {content.hexdigest()}"


def _sync_catalogues(units: UnitsOfWork, catalogues: Catalogues, edition: str) -> None:
    """Write what is new in the shipped catalogues and retire what is gone, unless this edition is stored already."""
    with units.read() as unit:
        stored = unit.clinic.setting("catalogues") or {}
    if stored.get("edition") == edition:
        return
    by_kind: dict[str, dict[str, tuple[dict[str, object], str]]] = {}
    for entry in catalogues.entries():
        by_kind.setdefault(entry.kind, {})[entry.code] = (dict(entry.content), entry.version)
    with units.open() as unit:
        for kind, entries in by_kind.items():
            unit.clinic.sync_catalogue(kind, entries)
        unit.clinic.set_setting("catalogues", {"version": catalogues.version, "edition": edition})
        unit.commit()


def _info(units: UnitsOfWork, unlocked: UnlockedVault, catalogues: Catalogues, user: User) -> ClinicInfo:
    from clinic_app.services.context import ClinicInfo
    from clinic_app.services.settings import read_settings

    with units.read() as unit:
        clinic = unit.clinic.setting("clinic") or {}
        force = read_settings(unit.clinic, catalogues)
        rules = replace(force.rules, absences=unit.absences.since(date.min))
    name = str(clinic.get("name", ""))
    demo, folder = unlocked.vault.demo, str(unlocked.vault.folder)
    return ClinicInfo(name, demo, user, folder, rules, force.plans, force.choices)
