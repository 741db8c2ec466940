"""The script that makes the environment and starts everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[1]


def make(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """``provide_environment`` in a copy of the repository; what it said and how it ended."""
    script = "import dev\ntry:\n    dev.provide_environment()\nexcept dev.Lacking as e:\n    raise SystemExit(str(e))"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "dev.py", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lock.txt").write_text("# nothing yet\n", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_environment_is_made_once_and_mended_when_it_is_not_whole(checkout: Path) -> None:
    stamp = checkout / ".venv" / "made-from"
    assert "Making the environment" in make(checkout).stderr
    whole = stamp.read_text("utf-8")
    again = make(checkout)
    assert (again.returncode, again.stderr) == (0, "")

    lock = checkout / "requirements" / "lock.txt"
    lock.write_text("# changed\n", "utf-8")
    assert "bringing .venv up to date" in make(checkout).stderr
    assert stamp.read_text("utf-8") != whole

    stamp.unlink()
    (checkout / ".venv" / "half-made").touch()
    assert "Making the environment" in make(checkout).stderr
    assert stamp.exists()
    assert not (checkout / ".venv" / "half-made").exists()

    lock.write_text(f"surely-not-there==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    offline = make(checkout, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert offline.returncode == 1
    assert offline.stderr.splitlines()[-1] == (
        "Could not fill .venv: the packages could not be fetched (is this machine online?)"
    )
    assert not stamp.exists()


@pytest.mark.parametrize(
    ("command", "arguments", "window"),
    [
        ("demo", [], True),
        ("run", [], True),
        ("run", ["--data", "x"], True),
        ("run", ["due", "--json"], False),
        ("test", [], False),
    ],
)
def test_only_a_window_needs_a_screen(command: str, arguments: list[str], window: bool) -> None:
    assert dev.opens_window(command, arguments) is window


@pytest.mark.skipif(sys.platform != "linux", reason="system packages are a matter of Linux")
def test_what_is_missing_is_named_as_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libsurely-not-there.so.1": "libqt-needs-this"})
    monkeypatch.setattr(dev, "_has_postgres", lambda: True)
    assert dev.missing_packages("test", window=False) == ["libqt-needs-this"]
    assert dev.missing_packages("check", window=False) == []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/apt-get")
    with pytest.raises(dev.Lacking) as caught:
        dev.provide_system("test", window=False)
    assert str(caught.value) == (
        "This machine lacks packages; run: "
        "sudo apt-get update && sudo apt-get install --no-install-recommends libqt-needs-this"
    )


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["dev.py"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert all(f"dev.py {command} " in told for command in dev.COMMANDS)
