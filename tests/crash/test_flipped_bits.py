"""T4: one bit is not as it was written. It is noticed before anything wrong is shown, and the right thing is named.

Damage of the database's file, of a picture file, of the key file and of a backup, on a clinic that was closed: nothing
then lies in the write-ahead log. And the other way round: a check of a whole clinic never raises an alarm, whatever is
in that log while it looks.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.checks import Finding
from clinic_app.domain.errors import DamageFound
from clinic_app.services import Services, clinic_data
from clinic_app.services.clinic_data import load_catalogues
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door, give
from tests.crash.amounts import FLIPPED_BITS, HEALTHY_CHECKS, LONGEST_S
from tests.crash.launcher import READY, launcher
from tests.crash.saving import make_clinic
from tests.imaging import samples

pytestmark = pytest.mark.slow

PEOPLE = 8
SEED = 20260319


@dataclass
class Ground:
    """A closed clinic with a backup, and everything it answers while it is whole."""

    folder: Path
    place: Path
    answers: object = None
    notes: frozenset[tuple[str, int | None]] = frozenset()
    blobs: dict[str, str] = field(default_factory=dict)


def answers_of(services: Services) -> object:
    """Everything a window shows of the clinic: patients, lists, pages and the pixels of every photograph."""
    patients = services.patients.everybody()
    pictures = services.pictures.all()
    return (
        patients,
        services.schedule.due(),
        tuple(services.patients.page(patient.id) for patient in patients),
        services.treatment.sessions(),
        tuple((services.pictures.thumbnail(one.picture.id), one.picture) for _, one in pictures),
        tuple(bytes(services.pictures.preview(one.picture.id).data) for _, one in pictures),
        tuple(bytes(services.pictures.full(one.picture.id).data) for _, one in pictures),
    )


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    place = tmp_path_factory.mktemp("bits")
    found = Ground(place / "clinic", place / "disk")
    found.place.mkdir()
    clock = Clock(TODAY)
    services = door(clock).create(str(found.folder), "Test clinic", "Dr Rao", PASSPHRASE).services
    files = place / "photos"
    files.mkdir()
    for number in range(PEOPLE):
        patient_id, case_id = add_patient(services, f"Person {number}", f"K-{number}")
        give(services, patient_id, case_id, TODAY)
        path = files / f"{number}.jpg"
        path.write_bytes(samples.plain_jpeg(samples.quarters(96 + 8 * number)))
        services.pictures.import_files(patient_id, [str(path)])
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.backups.set_places([str(found.place)])
    services.backups.run()
    with services.context.units.read() as unit:
        for kept in unit.pictures.kept():
            mrn = unit.patients.get(kept.patient_id).mrn
            for blob, _ in kept.blobs:
                found.blobs[blob] = mrn
    services.close()
    with pytest.MonkeyPatch.context() as patch:
        whole = load_catalogues(door(clock)._places.catalogues)
        patch.setattr(clinic_data, "load_catalogues", lambda _: whole)
        services = door(clock).open(str(found.folder), PASSPHRASE)
        found.answers = answers_of(services)
        found.notes = frozenset((one.code, one.id) for one in services.check(full=True))
        assert all(one.harmless for one in services.check(full=True))
        services.close()
        yield found


@dataclass
class Tally:
    """How flips ended, by what was flipped."""

    refused: int = 0
    found: int = 0
    unseen: list[str] = field(default_factory=list)


def flip(path: Path, chance: random.Random) -> Callable[[], None]:
    """Flip one bit of a file; answers how to flip it back."""
    mode = path.stat().st_mode
    bit = chance.randrange(path.stat().st_size * 8)

    def once() -> None:
        path.chmod(mode | stat.S_IWUSR)
        with path.open("r+b") as file:
            file.seek(bit // 8)
            byte = file.read(1)[0]
            file.seek(bit // 8)
            file.write(bytes((byte ^ (1 << bit % 8),)))
        path.chmod(mode)

    once()
    return once


def nothing_wrong_is_shown(services: Services, expected: object) -> None:
    """Whatever is shown is as it was; what cannot be shown is refused as damaged."""
    try:
        answers = answers_of(services)
    except DamageFound:
        return
    assert answers == expected


def new_findings(services: Services, ground: Ground) -> list[Finding]:
    return [one for one in services.check(full=True) if (one.code, one.id) not in ground.notes]


def amounts(*parts: int) -> list[int]:
    """The flips shared out among kinds of files, in these parts."""
    return [FLIPPED_BITS * part // sum(parts) for part in parts]


DATABASE, PICTURES, KEYS, BACKUP = amounts(20, 12, 6, 12)


@pytest.mark.timeout(LONGEST_S)
def test_a_bit_of_the_database(ground: Ground, tmp_path: Path) -> None:
    chance, tally = random.Random(SEED), Tally()  # noqa: S311
    for number in range(DATABASE):
        folder = tmp_path / f"{number}"
        shutil.copytree(ground.folder, folder)
        flip(folder / "clinic.db", chance)
        services = None
        with suppress(DamageFound):
            services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
        if services is None:
            tally.refused += 1
        else:
            try:
                nothing_wrong_is_shown(services, ground.answers)
                found = new_findings(services, ground)
                if any(one.code in {"database_problem", "database_damaged"} and not one.harmless for one in found):
                    tally.found += 1
                else:
                    tally.unseen.append(f"{number}: {found}")
            finally:
                services.close()
        shutil.rmtree(folder)
    print("database:", tally)
    assert tally.unseen == []


@pytest.mark.timeout(LONGEST_S)
def test_a_bit_of_the_key_file(ground: Ground, tmp_path: Path) -> None:
    chance, tally = random.Random(SEED), Tally()  # noqa: S311
    for number in range(KEYS):
        folder = tmp_path / f"{number}"
        shutil.copytree(ground.folder, folder)
        flip(folder / ("vault.json" if number % 2 == 0 else "vault.json.bak"), chance)
        services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
        try:
            nothing_wrong_is_shown(services, ground.answers)
            found = new_findings(services, ground)
            if any(one.code.startswith("vault") for one in found):
                tally.found += 1
            else:
                tally.unseen.append(f"{number}: {found}")
        finally:
            services.close()
        shutil.rmtree(folder)
    print("key file:", tally)
    assert tally.unseen == []


@pytest.mark.timeout(LONGEST_S)
def test_a_bit_of_a_photograph_and_of_a_backup(ground: Ground, tmp_path: Path) -> None:
    chance, tally = random.Random(SEED), Tally()  # noqa: S311
    folder = tmp_path / "clinic"
    shutil.copytree(ground.folder, folder)
    services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
    try:
        blobs = sorted(path for path in (folder / "blobs").rglob("*") if path.name in ground.blobs)
        for number in range(PICTURES):
            path = chance.choice(blobs)
            back = flip(path, chance)
            nothing_wrong_is_shown(services, ground.answers)
            found = new_findings(services, ground)
            if [one.mrn for one in found if not one.harmless] == [ground.blobs[path.name]]:
                tally.found += 1
            else:
                tally.unseen.append(f"{number} {path}: {found}")
            back()
        kept = sorted(path for path in ground.place.rglob("*") if path.is_file() and path.name != "backup.lock")
        (snapshot,) = services.backups.snapshots(str(ground.place))
        for number in range(BACKUP):
            path = chance.choice(kept)
            back = flip(path, chance)
            found = [one for one in new_findings(services, ground) if not one.harmless]
            if found and all(str(ground.place) in str(one.params) for one in found):
                tally.found += 1
                assert all(one.params.get("snapshot") == snapshot.name for one in found), (path, found)
            else:
                tally.unseen.append(f"{number} {path}: {found}")
            back()
        assert new_findings(services, ground) == []
    finally:
        services.close()
    print("photographs and backup:", tally)
    assert tally.unseen == []


@pytest.mark.timeout(LONGEST_S)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_whole_clinic_never_raises_an_alarm(tmp_path: Path) -> None:
    """Another program saves all the while: what it wrote lies in the log, is moved to the file, is in the log again."""
    folder = tmp_path / "clinic"
    people = make_clinic(folder)
    alarms: list[Finding] = []
    services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
    try:
        with launcher("saving", tmp_path / "work") as programs:
            program = programs.start("save", folder=str(folder), people=people, round=0)
            program.wait_until(READY)
            for _ in range(HEALTHY_CHECKS):
                alarms += [one for one in services.check() if not one.harmless]
            program.kill()
    finally:
        services.close()
    saved = len(program.told())
    print(f"{HEALTHY_CHECKS} checks beside {saved} saves: {len(alarms)} alarms")
    assert alarms == []
    assert saved > HEALTHY_CHECKS / 50
