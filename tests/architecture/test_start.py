"""The window paints before the heavy libraries are loaded."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlalchemy", "alembic", "sqlcipher3", "cryptography", "numpy", "cv2", "PIL", "pi_heif", "simplejpeg")
LATER = (*HEAVY, "lucide", "openpyxl", "rapidfuzz", "hypothesis")


def loaded_with(module: str) -> set[str]:
    """The top-level names in ``sys.modules`` of a fresh process that imported ``module`` alone."""
    script = f"import sys, {module}; print(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def start_modules() -> list[str]:
    """What is imported before the first paint, as far as it is built."""
    wanted = ("clinic_app.domain.errors", "clinic_app.machine.preferences", "clinic_app.ui.shell.window", "main")
    there = []
    for name in wanted:
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            found = None
        if found is not None:
            there.append(name)
    return there


@pytest.mark.parametrize("module", start_modules())
def test_the_start_loads_nothing_heavy(module: str) -> None:
    assert loaded_with(module) & set(LATER) == set()


def test_a_heavy_start_would_be_noticed() -> None:
    assert "PIL" in loaded_with("PIL.Image")
