"""The start leaves out what serves nobody, and puts the collector back to work."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_app.ui.shell.quick_start import CollectionPause

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import inspect, sys
from clinic_app.ui.shell import quick_start
assert quick_start.leave_sources_alone()
read = []
inspect.getsource = lambda module: read.append(module) or ""
import clinic_app.ui.shell.window, colorsys
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("words")
assert label.text() == "words" and not hasattr(label, "set_text")
print(len(read))
"""


@pytest.fixture(autouse=True)
def collecting() -> None:
    gc.enable()


def test_no_module_is_read_for_features_nobody_uses() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_the_collector_pauses_and_works_again() -> None:
    pause = CollectionPause()
    pause.begin()
    assert not gc.isenabled()
    pause.end()
    pause.end()
    assert gc.isenabled()
    gc.unfreeze()


def test_a_collector_somebody_else_switched_off_stays_off() -> None:
    pause = CollectionPause()
    gc.disable()
    pause.begin()
    pause.end()
    assert not gc.isenabled()
    gc.enable()
