from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.machine.lock import WindowLock

HOLD = """
import sys, pathlib
from clinic_app.machine.lock import WindowLock
lock = WindowLock(pathlib.Path(sys.argv[1]))
lock.take()
print("held", flush=True)
sys.stdin.read()
"""


def refusal(folder: Path) -> str | None:
    try:
        with WindowLock(folder):
            return None
    except StorageUnavailable as error:
        return error.code


def test_a_second_window_is_refused_until_the_first_closes(tmp_path: Path) -> None:
    with WindowLock(tmp_path):
        assert refusal(tmp_path) == "folder_in_use"
    assert refusal(tmp_path) is None


def test_a_killed_window_leaves_nothing_to_clear_away(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert refusal(tmp_path) == "folder_in_use"
        other.kill()
    assert refusal(tmp_path) is None


def test_a_folder_without_room_for_the_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(StorageUnavailable) as caught:
        WindowLock(tmp_path).take()
    assert caught.value.code == "folder_not_writable"
