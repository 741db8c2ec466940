"""T16: ``kill -9`` at every point of an upgrade. The older database opens or the new one does, never neither."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest

from clinic_app.storage.engine import connect
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.upgrade import KEPT
from clinic_app.storage.vault import read_vault, unlock
from tests.builders import PASSPHRASE, TODAY, Clock, door
from tests.crash.amounts import KILLS_WHILE_UPGRADING, LONGEST_S
from tests.crash.launcher import READY, Launcher, launcher
from tests.crash.upgrading import GOLDEN
from tests.golden.answers import answers_of, expected_answers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")]


def version_of(folder: Path, key_hex: str) -> int:
    """The schema of a clinic's database, read as any program would that opens it after a crash."""
    connection = connect(folder / "clinic.db", key_hex)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def upgraded_in(programs: Launcher, folder: Path) -> tuple[float, int]:
    """The seconds from the first step to the end of an upgrade nobody kills, and how many moments it has."""
    shutil.copytree(GOLDEN, folder)
    program = programs.start("open", folder=str(folder), die_at=-1)
    program.wait_until(READY)
    begun = time.monotonic()
    assert program.end() == 0
    return time.monotonic() - begun, int(program.told()[-1]["moments"])


@pytest.mark.timeout(LONGEST_S)
def test_the_older_clinic_or_the_new_one_opens_after_every_kill(tmp_path: Path) -> None:
    key = unlock(read_vault(GOLDEN), PASSPHRASE).keys.database_hex
    expected = expected_answers()
    old = new = killed = 0
    with launcher("upgrading", tmp_path / "work") as programs:
        seconds, moments = upgraded_in(programs, tmp_path / "whole")
        by_moment = min(moments, KILLS_WHILE_UPGRADING // 2)
        points = [("moment", at) for at in random.sample(range(moments), by_moment)]
        by_time = KILLS_WHILE_UPGRADING - by_moment
        points += [("time", at) for at in range(by_time)]
        for number, (kind, at) in enumerate(points):
            folder = tmp_path / "clinic"
            shutil.copytree(GOLDEN, folder)
            program = programs.start("open", folder=str(folder), die_at=at if kind == "moment" else -1)
            if kind == "time":
                program.wait_until(READY)
                time.sleep(seconds * at / by_time)
                program.kill()
            else:
                assert program.end() == -9
            killed += not any(line.get("said") == "open" for line in program.told())
            found = version_of(folder, key)
            assert found in {1, SCHEMA}
            old, new = old + (found == 1), new + (found == SCHEMA)
            if found == SCHEMA:
                assert [path.name for path in folder.glob(f"{KEPT}1-*.db")]
            services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
            try:
                assert answers_of(services) == expected, (number, kind, at)
                assert not [finding for finding in services.check(full=True) if not finding.harmless]
            finally:
                services.close()
            shutil.rmtree(folder)
    print(f"{killed} kills in an upgrade of {seconds:.2f} s and {moments} moments: {old} old, {new} new, 0 neither")
    assert old
    assert new
