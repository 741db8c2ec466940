"""Every import contract of pyproject.toml, proven by breaking it once in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECOND_FLOOR = ("storage", "imaging", "exchange", "paper", "machine", "wording")


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def broken_contracts(tree: Path) -> set[str]:
    """The names of the contracts that ``tree`` breaks, as the tool itself reports them."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as go; go()", "--no-cache"]
    done = subprocess.run(
        command,
        cwd=tree,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONIOENCODING": "utf-8", "COLUMNS": "300"},
    )
    broken = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    assert re.search(r"Contracts: \d+ kept, \d+ broken", done.stdout), done.stdout + done.stderr
    return broken


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the contracts look at."""
    for package in ("clinic_app", "database"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add(tree: Path, path: str, line: str) -> None:
    """Put ``line`` into the module ``path``, which is made if need be (its packages too)."""
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    marker = file.parent / "__init__.py"
    marker.touch()
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")


SABOTAGE = {
    "Look down, never up, never sideways on the second floor": [
        ("clinic_app/domain/sabotage.py", "import clinic_app.services"),
        ("clinic_app/storage/sabotage.py", "import clinic_app.imaging"),
        ("clinic_app/services/sabotage.py", "import clinic_app.ui"),
        ("clinic_app/helpers.py", "pass"),
    ],
    "The domain stands on the standard library alone": [
        ("clinic_app/domain/sabotage.py", "import numpy"),
        ("clinic_app/domain/sabotage.py", "from PySide6.QtCore import QDate"),
    ],
    "Qt is for the window and for paper": [
        ("clinic_app/services/sabotage.py", "from PySide6.QtCore import QObject"),
        ("clinic_app/imaging/sabotage.py", "from PySide6.QtGui import QImage"),
    ],
    "Database and keys are for storage": [
        ("clinic_app/services/sabotage.py", "import sqlalchemy.orm"),
        ("clinic_app/ui/widgets/sabotage.py", "from cryptography.hazmat.primitives.ciphers.aead import AESGCM"),
        ("clinic_app/cli.py", "import sqlcipher3"),
    ],
    "The top floor sees services, wording and domain": [
        ("clinic_app/ui/shell/sabotage.py", "import clinic_app.storage"),
        ("clinic_app/cli.py", "import clinic_app.exchange"),
    ],
    "Rows stay in storage": [("clinic_app/services/sabotage.py", "import clinic_app.storage.records")],
    "The rooms of the window do not know each other": [
        ("clinic_app/ui/widgets/sabotage.py", "import clinic_app.ui.shell"),
        ("clinic_app/ui/spare_room/sabotage.py", "pass"),
        ("clinic_app/ui/audit/sabotage.py", "import clinic_app.ui.patients"),
        ("clinic_app/ui/backups/sabotage.py", "import clinic_app.ui.bin"),
    ],
    "A migration never changes with the program": [
        ("database/migrations/versions/sabotage.py", "import clinic_app.domain.errors"),
    ],
    "No two siblings import each other in a circle": [
        ("clinic_app/domain/sabotage_a.py", "import clinic_app.domain.sabotage_b"),
    ],
}


def test_every_contract_is_sabotaged_here() -> None:
    assert {c["name"] for c in contracts()} == set(SABOTAGE)


def test_the_tree_as_it_stands_keeps_every_contract() -> None:
    assert broken_contracts(ROOT) == set()


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_broken_contract_is_reported_by_name(name: str, tree: Path) -> None:
    for path, line in SABOTAGE[name]:
        file = tree / path
        before = file.read_bytes() if file.exists() else None
        existed = file.parent.exists()
        add(tree, path, line)
        if "sabotage_a" in path:
            add(tree, path.replace("sabotage_a", "sabotage_b"), "import clinic_app.domain.sabotage_a")
        assert name in broken_contracts(tree), f"{path}: {line}"
        if not existed:
            shutil.rmtree(file.parent)
        elif before is None:
            file.unlink()
        else:
            file.write_bytes(before)


def test_rooms_of_the_window_do_not_import_each_other(tree: Path) -> None:
    add(tree, "clinic_app/ui/patients/sabotage.py", "import clinic_app.ui.schedule.sabotage")
    add(tree, "clinic_app/ui/schedule/sabotage.py", "pass")
    assert "The rooms of the window do not know each other" in broken_contracts(tree)


def test_every_room_of_the_second_floor_is_out_of_sight_of_the_top() -> None:
    protected = next(c for c in contracts() if c["name"].startswith("The top floor"))["protected_modules"]
    there = {room for room in SECOND_FLOOR if (ROOT / "clinic_app" / room).is_dir()} - {"wording"}
    assert {f"clinic_app.{room}" for room in there} <= set(protected)
