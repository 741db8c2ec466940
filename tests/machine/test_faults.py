"""What a fault leaves behind: the way through the program, never what was in its memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CANARY = "Lakshmi Canary"
WORK = f"""
import sys, threading
from pathlib import Path
from clinic_app.machine.faults import keep_faults_quiet
from clinic_app.machine.log import start_log
start_log(Path(sys.argv[1]))
keep_faults_quiet()

def save(name):
    raise ValueError("cannot save " + name)

class Broken:
    def __del__(self):
        save("{CANARY}")

def fault(name):
    import faulthandler
    faulthandler._sigsegv()

if sys.argv[2] == "thread":
    one = threading.Thread(target=save, args=("{CANARY}",)); one.start(); one.join()
elif sys.argv[2] == "unraisable":
    Broken()
elif sys.argv[2] == "fault":
    fault("{CANARY}")
else:
    save("{CANARY}")
"""


@pytest.mark.parametrize("how", ["main", "thread", "unraisable", "fault"])
def test_a_fault_names_its_lines_and_no_patient(tmp_path: Path, how: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(WORK, encoding="utf-8")
    folder = tmp_path / "logs"
    done = subprocess.run(
        [sys.executable, str(script), str(folder), how],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    log = (folder / "clinic.log").read_text("utf-8")
    assert "Canary" not in done.stdout + done.stderr + log
    if how == "fault":
        assert done.returncode < 0
        assert "fault" in done.stderr
    else:
        assert "ValueError at" in done.stderr
        assert "ERROR clinic_app.machine.faults: an error was builtins.ValueError at" in log
    left = {path.name for path in tmp_path.iterdir()} - {"logs", "script.py"}
    assert left == set()


@pytest.mark.skipif(sys.platform == "win32", reason="core dumps are those of POSIX")
def test_no_core_dump_is_allowed() -> None:
    asked = "import resource; from clinic_app.machine.faults import no_core_dumps; no_core_dumps();"
    asked += "print(resource.getrlimit(resource.RLIMIT_CORE))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0)"


def test_the_program_begins_with_it() -> None:
    source = (ROOT / "main.py").read_text("utf-8")
    assert source.index("keep_faults_quiet()") < source.index("import run")
