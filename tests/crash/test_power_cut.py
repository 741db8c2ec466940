"""The power goes at any moment (T2), and the controls that must fail: a database that does not sync at every commit,
and photographs that are not synced before they are named (security page, F3 and F4).

``disk_model`` says what such a test takes for granted.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinic_app.storage.keys import VaultKeys
from clinic_app.storage.vault import read_vault, unlock
from tests.builders import PASSPHRASE
from tests.crash.amounts import LONGEST_S, POWER_CUTS
from tests.crash.disk_model import Disk
from tests.crash.launcher import Launcher, launcher
from tests.crash.looking import look
from tests.crash.saving import make_clinic

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")]

SAVES = 30
FULL = "synchronous=FULL"


@dataclass(frozen=True)
class Ground:
    """A clinic before anything is saved, and who records what is written to copies of it."""

    programs: Launcher
    folder: Path
    people: list[tuple[int, int]]
    keys: VaultKeys
    place: Path


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    place = tmp_path_factory.mktemp("cuts")
    people = make_clinic(place / "clinic", 10)
    keys = unlock(read_vault(place / "clinic"), PASSPHRASE).keys
    with launcher("saving", place / "work") as programs:
        yield Ground(programs, place / "clinic", people, keys, place)


@dataclass
class Outcome:
    """What cuts did."""

    cuts: int = 0
    visits_lost: int = 0
    pictures_lost: int = 0
    damaged: int = 0


def after_cuts(ground: Ground, count: int, *, pragma: str = FULL, syncs_files: bool = True) -> Outcome:
    """Record a program at work, cut its power at ``count`` places, and look at what is left each time."""
    name = f"{pragma}-{syncs_files}"
    folder = ground.place / name
    shutil.copytree(ground.folder, folder)
    disk = Disk.of(folder)
    told = ground.programs.start(
        "record", folder=str(folder), people=ground.people, saves=SAVES, pragma=pragma, syncs_files=syncs_files,
        notes=str(ground.place / f"{name}.notes"),
    )  # fmt: skip
    assert told.end() == 0, told.told()
    notes = pickle.loads((ground.place / f"{name}.notes").read_bytes())  # noqa: S301  # written by the line before
    first = next(at for at, note in enumerate(notes) if note[0] == "said")
    chance = random.Random(20260319)  # noqa: S311
    outcome = Outcome()
    fed = 0
    for at in sorted(chance.choices(range(first + 1, len(notes) + 1), k=count)):
        disk.feed(notes[fed:at])
        fed = at
        left = ground.place / "left"
        _lay_out(disk.cut(chance), left)
        _look(left, ground.keys, disk, outcome)
        shutil.rmtree(left)
    return outcome


def _lay_out(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _look(folder: Path, keys: VaultKeys, disk: Disk, outcome: Outcome) -> None:
    """Open what a cut left as the program does after it, and count what was reported as saved and is not there."""
    found = look(folder, keys, disk.said)
    outcome.cuts += 1
    outcome.visits_lost += bool(found.visits_lost)
    outcome.pictures_lost += bool(found.pictures_lost)
    outcome.damaged += bool(found.problems)


@pytest.mark.timeout(LONGEST_S)
def test_a_power_cut_takes_nothing_that_was_reported_as_saved(ground: Ground) -> None:
    outcome = after_cuts(ground, POWER_CUTS)
    print(outcome)
    assert outcome == Outcome(POWER_CUTS)


@pytest.mark.timeout(LONGEST_S)
def test_control_a_database_that_does_not_sync_its_commits_loses_saves(ground: Ground) -> None:
    outcome = after_cuts(ground, POWER_CUTS // 4, pragma="synchronous=NORMAL")
    print(outcome)
    assert outcome.visits_lost >= outcome.cuts / 2


@pytest.mark.timeout(LONGEST_S)
def test_control_photographs_that_are_not_synced_are_lost(ground: Ground) -> None:
    outcome = after_cuts(ground, POWER_CUTS // 4, syncs_files=False)
    print(outcome)
    assert outcome.visits_lost == 0
    assert outcome.pictures_lost >= outcome.cuts / 2
