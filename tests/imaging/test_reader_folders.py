"""The folders of readers whose program was killed: taken away at the next start, and no other folder with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.imaging.reader import PictureReader
from clinic_app.imaging.reader_folders import LEFT_BEHIND_S, is_running, owner_of, sweep_folders

PROGRAM = """
import sys
from clinic_app.imaging.reader import PictureReader
with PictureReader() as reader:
    print(reader._folder, reader._child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this test and the processes it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


@pytest.fixture
def program(temporary: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """Another program with a reader open: the process, the reader's folder, the number of its child."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        folder, _, child = process.stdout.readline().strip().rpartition(" ")
        assert Path(folder).parent == temporary
        yield process, Path(folder), int(child)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def make_old(folder: Path) -> None:
    then = time.time() - LEFT_BEHIND_S - 60
    os.utime(folder, (then, then))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_what_a_killed_program_left_is_taken_away_by_the_next_reader(
    temporary: Path, program: tuple[subprocess.Popen[str], Path, int]
) -> None:
    process, folder, child = program
    process.kill()
    process.wait(30)
    until = time.monotonic() + 30
    while is_running(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert folder.is_dir()
    with PictureReader():
        assert folder.is_dir(), "an hour has not passed"
    make_old(folder)
    with PictureReader() as reader:
        assert not folder.exists()
        assert list(temporary.iterdir()) == [reader._folder]
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_program_that_runs_stays(program: tuple[subprocess.Popen[str], Path, int]) -> None:
    process, folder, _ = program
    make_old(folder)
    assert owner_of(folder.name) == process.pid
    assert sweep_folders() == 0
    assert folder.is_dir()


def test_nothing_else_in_the_temporary_folder_is_touched(temporary: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(30)
    dead = ended.pid
    kept = temporary / "documents"
    kept.mkdir()
    names = (
        "reader-abcdefgh",
        "clinic-reader-x-abcdefgh",
        f"clinic-reader-{dead}-abcdefghi",
        f"clinic-reader-{dead}-AB",
    )
    for name in names:
        (temporary / name).mkdir()
        make_old(temporary / name)
    (temporary / f"clinic-reader-{dead}-afile_00").write_bytes(b"")
    make_old(temporary / f"clinic-reader-{dead}-afile_00")
    link = temporary / f"clinic-reader-{dead}-linkedto"
    link.symlink_to(kept, target_is_directory=True)
    os.utime(link, (0, 0), follow_symlinks=False)
    before = sorted(temporary.iterdir())
    assert sweep_folders() == 0
    assert sorted(temporary.iterdir()) == before
    mine = temporary / f"clinic-reader-{dead}-leftover"
    mine.mkdir()
    make_old(mine)
    assert sweep_folders() == 1
    assert sorted(temporary.iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives a folder away")
def test_a_folder_of_another_user_stays(temporary: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(30)
    theirs = temporary / f"clinic-reader-{ended.pid}-notmine_"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    make_old(theirs)
    assert sweep_folders() == 0
    assert theirs.is_dir()


def test_a_temporary_folder_that_cannot_be_listed_stops_no_reader(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    assert sweep_folders() == 0


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("clinic-reader-4711-ab_cd123", 4711),
        ("clinic-reader-0-abcdefgh", None),
        ("clinic-reader-4711-abcdefgh.lnk", None),
        ("reader-abcdefgh", None),
        ("clinic-reader-١٢-abcdefgh", None),
    ],
)
def test_whose_a_folder_is_stands_in_its_name(name: str, owner: int | None) -> None:
    assert owner_of(name) == owner
