"""A clinic with small photographs and places for its backups, for the tests of backups and restores."""

from __future__ import annotations

import json
import os
import stat
from atexit import register
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

from clinic_app.domain.changes import Progress
from clinic_app.domain.pictures import Certainty, TakenAt
from clinic_app.services import Services
from clinic_app.storage.picture_store import PictureKind, picture_id_of, seal
from clinic_app.storage.pictures import NewPicture
from tests.builders import PASSPHRASE, Clock, add_patient, door

KINDS = (PictureKind.ORIGINAL, PictureKind.DISPLAY, PictureKind.PREVIEW, PictureKind.THUMBNAIL)


@dataclass
class Room:
    """A clinic that is open, its folder, its recovery codes, and a disk for backups."""

    services: Services
    folder: Path
    codes: tuple[str, ...]
    disk: Path
    clock: Clock

    @property
    def root(self) -> Path:
        """The clinic's folder on the disk."""
        unlocked = self.services.context.unlocked
        assert unlocked is not None
        return self.disk / unlocked.vault.vault_id

    def backup(self, report: Callable[[Progress], bool] = lambda _: True) -> str:
        """Make a backup to the disk; answers the snapshot's name."""
        return self.services.backups.run(str(self.disk), report).snapshot

    def again(self, passphrase: str = PASSPHRASE) -> Services:
        """Close and open the clinic."""
        self.services.close()
        self.services = door(self.clock).open(str(self.folder), passphrase, "Dr Rao")
        return self.services


@cache
def _clinic_of_one() -> tuple[Path, tuple[str, ...]]:
    """The folder of a clinic of one patient with two photographs, made once a process, and its recovery codes."""
    folder = Path(mkdtemp(prefix="clinic-"))
    register(rmtree, folder)
    created = door().create(str(folder / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE)
    patient_id, _ = add_patient(created.services)
    for number in range(2):
        add_picture(created.services, patient_id, number)
    created.services.close()
    return folder / "clinic", created.recovery_codes


@contextmanager
def backup_room(folder: Path) -> Iterator[Room]:
    """A clinic of one patient with two photographs, and an empty disk; all rooms are copies of one clinic."""
    made, codes = _clinic_of_one()
    copytree(made, folder / "clinic")
    clock = Clock()
    disk = folder / "disk"
    disk.mkdir()
    room = Room(door(clock).open(str(folder / "clinic"), PASSPHRASE), folder / "clinic", codes, disk, clock)
    try:
        yield room
    finally:
        room.services.close()


def add_picture(services: Services, patient_id: int, number: int) -> tuple[str, ...]:
    """A photograph of four tiny files; answers their ids."""
    contents = [f"{kind.name} {number} ".encode() * (5 + number % 3) for kind in KINDS]
    ids = tuple(services.context.store.put(kind, content) for kind, content in zip(KINDS, contents, strict=True))
    with services.context.units.open() as unit:
        unit.pictures.add(
            NewPicture(
                patient_id, "E01", TakenAt(date(2026, 1, 5), None, Certainty.TYPED), 4, 3, f"{number:064x}",
                original=ids[0], display=ids[1], preview=ids[2], thumbnail=ids[3], sizes=tuple(map(len, contents)),
            )
        )  # fmt: skip
        unit.commit()
    return ids


def write_pictures(services: Services, patients: list[int], count: int) -> None:
    """Very many photographs at once: rows in bulk, files without waiting for the disk."""
    unlocked = services.context.unlocked
    assert unlocked is not None
    keys = unlocked.keys
    blobs = unlocked.vault.folder / "blobs"
    rows = []
    with services.context.units.open() as unit:
        first = unit.bulk.next_id("picture")
        for number in range(count):
            contents = [f"{kind.name} bulk {number} ".encode() * 40 for kind in KINDS]
            ids = [picture_id_of(keys, kind, content) for kind, content in zip(KINDS, contents, strict=True)]
            for id_, kind, content in zip(ids, KINDS, contents, strict=True):
                path = blobs / id_[:2] / id_
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(seal(keys, id_, kind, content))
            rows.append(
                {
                    "id": first + number,
                    "patient_id": patients[number % len(patients)],
                    "view": "E01",
                    "day": date(2026, 1, 5),
                    "clock": None,
                    "certainty": Certainty.TYPED.value,
                    "width": 4,
                    "height": 3,
                    "sha256": f"{number:064x}",
                    "original": ids[0],
                    "display": ids[1],
                    "preview": ids[2],
                    "thumbnail": ids[3],
                    "sizes": list(map(len, contents)),
                    "imported_at": unit.now,
                    "taken_back_at": None,
                }
            )
        unit.bulk.insert("picture", rows)
        unit.commit()


def stop_at(code: str, then: Callable[[], object] | None = None) -> Callable[[Progress], bool]:
    """A report that stops at the first step of a name, or does something there and goes on."""
    done: list[str] = []

    def report(progress: Progress) -> bool:
        if progress.code != code or done:
            return True
        done.append(code)
        if then is None:
            return False
        then()
        return True

    return report


def flip_bit(path: Path, position: int | None = None) -> None:
    """Change one bit in the middle of a file, or at a position."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if position is None else position] ^= 4
    path.write_bytes(content)


def make_old(folder: Path, days: int = 3) -> None:
    """Let every file look as if it were written days ago."""
    for path in folder.rglob("*"):
        past = path.stat().st_mtime - days * 86400
        os.utime(path, (past, past))


def manifest_of(room: Room, snapshot: str) -> dict[str, object]:
    """What a manifest says."""
    content = json.loads((room.root / "snapshots" / snapshot / "manifest.json").read_text("ascii"))
    assert isinstance(content, dict)
    return content
