"""Fills a small file system again and again; run inside mount rights of its own (``unshare --map-root-user --mount``).

``python -m tests.crash.filling PLACE CLINIC WORK COUNT``: mounts a file system in memory at PLACE, and for each of
COUNT sizes puts the clinic there, lets a process save until nothing fits, read, and save again once there is room. Says
what came of each in one JSON line.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from clinic_app.storage.vault import read_vault, unlock
from tests.builders import PASSPHRASE
from tests.crash.launcher import launcher
from tests.crash.looking import look

STEP: Final = 8 << 10
LEAST: Final = 160 << 10
ROOMY: Final = 64 << 20
PAGE: Final = 4096


def _mount(place: Path, size: int, *, anew: bool = False) -> None:
    how = f"size={size}" if anew else f"remount,size={size}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", how, "none", str(place)], check=True)


def _used(place: Path) -> int:
    return shutil.disk_usage(place).used


def main(place: Path, clinic: Path, work: Path, count: int) -> None:
    """Fill the file system at each size."""
    people = json.loads((work / "people.json").read_text())
    keys = unlock(read_vault(clinic), PASSPHRASE).keys
    _mount(place, ROOMY, anew=True)
    with launcher("saving", work / "programs") as programs:
        for number in range(count):
            folder = place / "clinic"
            shutil.rmtree(folder, ignore_errors=True)
            _mount(place, ROOMY)
            shutil.copytree(clinic, folder)
            size = LEAST + number * STEP * max(1, 220 // count)
            _mount(place, (_used(place) + size) // PAGE * PAGE)
            go, on = work / f"go-{number}", work / f"on-{number}"
            program = programs.start("fill", folder=str(folder), people=people, round=number, go=str(go), on=str(on))
            program.wait_until("full")
            _mount(place, ROOMY)
            on.touch()
            status = program.end()
            told = program.told()
            found = look(folder, keys, told)
            print(
                json.dumps(
                    {
                        "size": size,
                        "status": status,
                        "saved": sum("sessions" in one or "picture" in one for one in told),
                        "refused": [one for one in told if "refused" in one],
                        "read": [one for one in told if one.get("said") == "full"],
                        "done": any(one.get("said") == "done" for one in told),
                        "errors": [one["error"] for one in told if "error" in one],
                        "lost": found.visits_lost + found.pictures_lost,
                        "problems": found.problems,
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
