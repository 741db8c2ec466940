"""T1: ``kill -9`` while visits are saved and photographs taken in. Nothing that was reported as saved is lost.

The control of this test is in ``test_power_cut``: a killed program leaves what it wrote to the system, fsynced or not,
so this test alone cannot tell a program that syncs from one that does not.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from clinic_app.domain.checks import Finding
from clinic_app.services import Services
from clinic_app.storage import durable
from tests.builders import PASSPHRASE, TODAY, Clock, door
from tests.crash.amounts import KILLS_WHILE_SAVING, LONGEST_S
from tests.crash.launcher import READY, launcher
from tests.crash.saving import make_clinic

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")]

LATEST_S = 0.120
START_S = 2.0
clock = time.process_time
"""Other tests may work beside this one: what the start takes of this process is looked at, not how long it waited."""
FULL_CHECK_EVERY = 25


def damage(services: Services, *, full: bool) -> list[Finding]:
    """What a check finds that is not a note."""
    return [finding for finding in services.check(full=full) if not finding.harmless]


@pytest.mark.timeout(LONGEST_S)
def test_nothing_that_was_reported_as_saved_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    people = make_clinic(folder)
    sessions: set[int] = set()
    pictures: set[int] = set()
    unreported = swept = 0
    slowest = 0.0
    with launcher("saving", tmp_path / "work") as programs:
        for number in range(KILLS_WHILE_SAVING):
            program = programs.start("save", folder=str(folder), people=people, round=number)
            program.wait_until(READY)
            time.sleep(random.uniform(0, LATEST_S))  # noqa: S311
            program.kill()
            told = program.told()
            assert not [line for line in told if "error" in line]
            sessions |= {id_ for line in told for id_ in line.get("sessions", [])}
            pictures |= {line["picture"] for line in told if "picture" in line}
            begun = clock()
            services = door(Clock(TODAY)).open(str(folder), PASSPHRASE)
            slowest = max(slowest, clock() - begun)
            try:
                there = {session.id for session, _ in services.treatment.sessions()}
                kept = {entry.picture.id for _, entry in services.pictures.all()}
                assert not sessions - there
                assert not pictures - kept
                unreported += len(there - sessions) + len(kept - pictures)
                sessions, pictures = there, kept
                for line in told:
                    if "picture" in line:
                        assert services.pictures.thumbnail(line["picture"])
                        assert services.pictures.full(line["picture"]).width
                full = number % FULL_CHECK_EVERY == 0 or number == KILLS_WHILE_SAVING - 1
                assert not damage(services, full=full)
                swept += services.context.store.sweep_temporary() + durable.sweep_temporary(folder)
                assert services.context.store.temporary() == 0
                assert not list(folder.glob("**/*.tmp"))
            finally:
                services.close()
            assert slowest <= START_S
    print(
        f"{KILLS_WHILE_SAVING} kills: {len(sessions)} visits, {len(pictures)} photographs, 0 lost, {unreported}"
        f" committed but not reported, {swept} temporary files swept, slowest start {slowest:.2f} s"
    )
    assert len(sessions) + len(pictures) > KILLS_WHILE_SAVING / 2
