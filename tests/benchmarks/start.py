"""How fast the program starts: to the first painted window, and to a list that can be used.

Both are measured from outside, from the start of the process, against a bare ``QMainWindow`` started the same way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.table import Row, row

ROOT = Path(__file__).resolve().parents[2]
BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Bare(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, self.said)
    def said(self):
        print("painted", time.monotonic(), flush=True)
        app.quit()
app = QApplication([])
window = Bare()
window.resize(1440, 900)
window.show()
app.exec()
"""


def start_up(rounds: int = 7) -> list[Row]:
    """First paint and usable list of the demo clinic, which is filled once before anything is measured."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "CLINIC_TODAY": "2026-03-19",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        demo = [sys.executable, "main.py", "--demo", "--smoke", "--data", str(Path(folder) / "demo")]
        bare = [sys.executable, "-c", BARE]
        for _ in range(2):
            _moments(demo, environment)
        _moments(bare, environment)
        painted, usable, floors = [], [], []
        for _ in range(rounds):
            floors.append(_moments(bare, environment)["painted"])
            found = _moments(demo, environment)
            painted.append(found["painted"])
            usable.append(found["usable"])
    return [
        row("process start to first painted window", painted, floors, "≤ 1.5×", over=1.5),
        row("start to usable list, no passphrase (demo)", usable, floors, "≤ 4×", over=4),
    ]


def _moments(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Milliseconds from the start of a program to each of the moments it tells of."""
    begin = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return {words[0]: (float(words[1]) - begin) * 1000 for words in lines if len(words) == 2}
