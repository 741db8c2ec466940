"""The program is killed while a passphrase is changed: the old one or the new one opens, and everybody else's (T8)."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clinic_app.domain.errors import AccessRefused
from clinic_app.storage import vault as vaults
from clinic_app.storage.vault import CreatedVault, SlotKind
from tests.crash.amounts import KILLS_IN_A_CHANGE

ROOT = Path(__file__).parents[2]
RAO, MARY, LEE = "Dr Rao", "Sister Mary", "Dr Lee"
OLD, NEW = "heron walks over quiet water", "a basket of unripe mangoes here"
OTHERS = {MARY: "seven brass kettles on a shelf", LEE: "lantern under the walnut tree"}
KILLS = KILLS_IN_A_CHANGE
CONTROL_KILLS = KILLS * 6 // 10
MOST_CHANGES = 3
FIRST_PACE_S = 0.1
"""Seconds one change is taken for until one was seen."""

WORKER = """
import sys
from pathlib import Path
from clinic_app.domain.errors import AccessRefused
from clinic_app.storage import vault as vaults

folder, user, way, *words = sys.argv[1:]

def slot_first(unlocked, old, new):
    return vaults.change_passphrase(unlocked, user, old, new, checkout=True)

def drop_first(unlocked, old, new):
    vaults.drop_user(unlocked, user, vaults.SlotKind.PASSPHRASE)
    return vaults.add_slot(unlocked, user, new, checkout=True)

def opened():
    for at, word in enumerate(words):
        try:
            return at, vaults.unlock(vaults.read_vault(Path(folder)), word, user)
        except AccessRefused:
            pass
    raise SystemExit("nothing opens")

print("loaded", flush=True)
sys.stdin.readline()
at, unlocked = opened()
change = {"slot_first": slot_first, "drop_first": drop_first}[way]
print("go", flush=True)
while True:
    unlocked = change(unlocked, words[at], words[1 - at])
    at = 1 - at
    print("changed", flush=True)
"""


class Changer:
    """A process that changes the passphrase to and fro until it is killed; loads before it is told to begin."""

    def __init__(self, folder: Path, way: str) -> None:
        words = [str(folder), RAO, way, OLD, NEW]
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run_for(self, changes: int, part: float, pace: float) -> float:
        """Let it make so many changes and a part of the next, then kill it; answers the seconds a change took.

        ``pace`` are the seconds one took before: what counts is how far a change is, however busy the computer.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "loaded\n"
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "go\n"
        for _ in range(changes):
            begun = time.monotonic()
            assert process.stdout.readline() == "changed\n"
            pace = time.monotonic() - begun
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(part * pace)
        self.end()
        return pace

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@dataclass
class Outcome:
    """What was found after the kills."""

    locked_out: int = 0
    between: int = 0
    changed: int = 0


@pytest.fixture
def created(tmp_path: Path) -> CreatedVault:
    """A vault with three people."""
    made = vaults.create_vault(tmp_path / "clinic", RAO, OLD, checkout=True)
    unlocked = made.unlocked
    for name, words in OTHERS.items():
        unlocked = replace(vaults.add_slot(unlocked, name, words, checkout=True), slot=unlocked.slot)
    return replace(made, unlocked=unlocked)


def kill_often(created: CreatedVault, way: str, kills: int) -> Outcome:
    """Kill the change at random points and look, each time, who still comes in."""
    unlocked, chance, found = created.unlocked, random.Random(3), Outcome()  # noqa: S311
    folder = unlocked.vault.folder
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    last, pace = OLD, FIRST_PACE_S
    ahead = Changer(folder, way)
    try:
        for _ in range(kills):
            changer, ahead = ahead, Changer(folder, way)
            pace = changer.run_for(chance.randrange(MOST_CHANGES + 1), chance.random(), pace)
            read = vaults.read_vault(folder)
            mine = len(read.slots_of(RAO, SlotKind.PASSPHRASE))
            found.between += mine != 1
            open_words = []
            for words in (OLD, NEW):
                try:
                    assert vaults.unlock(read, words, RAO).keys == unlocked.keys
                    open_words.append(words)
                except AccessRefused:
                    continue
            assert len(open_words) == mine
            found.changed += last not in open_words
            for name, words in OTHERS.items():
                assert vaults.unlock(read, words, name).keys == unlocked.keys
            for code in created.recovery_codes:
                assert vaults.unlock_by_recovery_code(read, code.text).keys == unlocked.keys
            if not open_words:
                found.locked_out += 1
                for name in (vaults.FILE_NAME, vaults.COPY_NAME):
                    shutil.copy(kept / name, folder / name)
                open_words = [OLD]
            last = open_words[0]
    finally:
        ahead.end()
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_any_point_the_old_or_the_new_passphrase_opens(created: CreatedVault) -> None:
    found = kill_often(created, "slot_first", KILLS)
    print(f"{KILLS} kills: {found.locked_out} locked out, {found.between} between two slots, {found.changed} changed")
    assert found.locked_out == 0
    assert found.between >= KILLS // 25, "the kills missed the change"
    assert found.changed >= 5
    folder = created.unlocked.vault.folder
    words = next(words for words in (OLD, NEW) if _opens(folder, words))
    vaults.change_passphrase(created.unlocked, RAO, words, "willow bark and three old bricks", checkout=True)
    assert {path.name for path in folder.iterdir()} == {vaults.FILE_NAME, vaults.COPY_NAME, vaults.LOCK_NAME}
    assert vaults.read_vault(folder).notes == ()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_same_kills_find_a_change_that_drops_the_old_slot_first(created: CreatedVault) -> None:
    found = kill_often(created, "drop_first", CONTROL_KILLS)
    print(f"{CONTROL_KILLS} kills of the wrong order: {found.locked_out} locked out")
    assert found.locked_out >= CONTROL_KILLS // 4


def _opens(folder: Path, words: str) -> bool:
    try:
        return bool(vaults.unlock(vaults.read_vault(folder), words, RAO))
    except AccessRefused:
        return False
