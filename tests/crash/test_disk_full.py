"""T3: the disk is full at any byte. Nothing is lost, reading goes on, the sentence names the drive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.amounts import DISK_SIZES, LONGEST_S
from tests.crash.saving import make_clinic
from tests.services.test_full_disk import can_mount

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")]
ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(LONGEST_S)
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("a small file system cannot be mounted here")
    place, work = tmp_path / "small", tmp_path / "work"
    place.mkdir()
    work.mkdir()
    (work / "people.json").write_text(json.dumps(make_clinic(tmp_path / "clinic")))
    command = [sys.executable, "-m", "tests.crash.filling", str(place), str(tmp_path / "clinic"), str(work)]
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", *command, str(DISK_SIZES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == DISK_SIZES
    hit = 0
    for one in answers:
        assert (one["status"], one["errors"]) == (0, []), one
        assert one["lost"] == 0, one
        assert one["problems"] == [], one
        assert one["done"], one
        assert one["read"], one
        for refusal in one["refused"]:
            assert refusal["refused"] == "disk_full", refusal
            assert str(place) in refusal["words"]
            assert "MiB" in refusal["words"]
        hit += bool(one["refused"])
    saved = sum(one["saved"] for one in answers)
    print(f"{len(answers)} sizes, {hit} of them hit; {saved} saved, 0 lost")
    assert hit >= 0.9 * len(answers)
