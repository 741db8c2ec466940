"""What no tool checks: hosts and paths in the tree, names of rooms, colours, where Qt's parts may be used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "clinic_app"
UI = PROGRAM / "ui"
# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [["py", "pi[.]o", "rg"], ["python", "hosted[.]"], ["npm", "js[.]"], ["deb[.]", "debian[.]"]]
MACHINE_PATHS = [["/wo", "rk/(main|steering|shared|[.]lib)"], ["/fa", "rm/"], ["/ro", "ot/"], ["/home/", "[a-z]+/[.]"]]
FORBIDDEN = re.compile("|".join("".join(pieces) for pieces in (*REGISTRIES, *MACHINE_PATHS)))
NO_ROOMS = {"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "misc", "tools"}
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def tracked_files(root: Path) -> list[Path]:
    """Every file git knows, or every file where this is no checkout (a source archive)."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if done.returncode == 0:
        return [root / name for name in done.stdout.decode().split("\0") if name and (root / name).is_file()]
    hidden = {".venv", "__pycache__", ".git"}
    return [p for p in root.rglob("*") if p.is_file() and not hidden & set(p.relative_to(root).parts)]


def lines_that_name_hosts_or_paths(root: Path) -> list[str]:
    found = []
    for path in tracked_files(root):
        content = path.read_bytes()
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if FORBIDDEN.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line[:120]}")
    return found


def modules(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if "__pycache__" not in path.parts)


def imports_of(path: Path) -> Iterator[tuple[str, bool]]:
    """Every absolute module name a file imports (``from a import b`` gives ``a.b`` too); True: only for typing."""
    tree = ast.parse(path.read_text("utf-8"))
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in guarded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            yield node.module or "", id(node) in guarded
            yield from ((f"{node.module}.{alias.name}", id(node) in guarded) for alias in node.names)


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def qt_out_of_place(program: Path) -> list[str]:
    """Widgets belong to ui alone, QtGui to ui and paper."""
    allowed = {"ui": None, "paper": {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtSvg"}}
    found = []
    for path in modules(program):
        floor = path.relative_to(program).parts[0]
        for name, _ in imports_of(path):
            parts = name.split(".")
            if parts[0] != "PySide6":
                continue
            permitted = allowed.get(floor, set())
            if permitted is not None and ".".join(parts[:2]) not in permitted and len(parts) > 1:
                found.append(f"{path.relative_to(program)}: {name}")
    return found


def services_loaded_by_ui(program: Path) -> list[str]:
    """Runtime imports of services from the window: they would load the database before the first paint."""
    return [
        f"{path.relative_to(program)}: {name}"
        for path in modules(program / "ui")
        for name, only_for_typing in imports_of(path)
        if is_in(name, "clinic_app.services") and not only_for_typing
    ]


def foreign_imports_of_domain(program: Path) -> list[str]:
    allowed = sys.stdlib_module_names | {"clinic_app"}
    return [
        f"{path.relative_to(program)}: {name}"
        for path in modules(program / "domain")
        for name, _ in imports_of(path)
        if name.split(".")[0] not in allowed or (is_in(name, "clinic_app") and not is_in(name, "clinic_app.domain"))
        if name != "clinic_app"
    ]


def colours_outside_the_theme(program: Path) -> list[str]:
    """Colours written as text where the theme should be asked."""
    found = []
    for path in modules(program / "ui"):
        if (program / "ui" / "theme") in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX_COLOUR.search(node.value):
                found.append(f"{path.relative_to(program)}:{node.lineno}")
    return found


def test_no_registry_host_and_no_machine_path_is_committed() -> None:
    assert lines_that_name_hosts_or_paths(ROOT) == []


@pytest.mark.parametrize("line", ["https://py" + "pi.org/x", "see /wo" + "rk/main/x", "/ro" + "ot/.cache"])
def test_a_host_or_a_path_would_be_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.md").write_text(f"first\n{line}\n", "utf-8")
    assert [hit.split(": ")[0] for hit in lines_that_name_hosts_or_paths(tmp_path)] == ["notes.md:2"]


def test_every_room_has_a_real_name() -> None:
    nameless = [p for p in modules(PROGRAM) if {*p.relative_to(PROGRAM).with_suffix("").parts} & NO_ROOMS]
    assert nameless == []


def test_qt_stays_in_its_rooms() -> None:
    assert qt_out_of_place(PROGRAM) == []


def test_the_window_loads_no_service() -> None:
    assert services_loaded_by_ui(PROGRAM) == []


def test_the_domain_imports_the_standard_library_only() -> None:
    assert foreign_imports_of_domain(PROGRAM) == []


def test_colours_come_from_the_theme() -> None:
    assert colours_outside_the_theme(PROGRAM) == []


def test_each_of_these_looks_finds_a_breach(tmp_path: Path) -> None:
    breaches = {
        "services/a.py": "from PySide6.QtWidgets import QWidget",
        "paper/a.py": "from PySide6 import QtWidgets\nfrom PySide6.QtGui import QPainter",
        "ui/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import clinic_app.services.vault\n",
        "ui/b.py": "def f() -> None:\n    from clinic_app.services import vault\nCOLOUR = '#ff00aa'\n",
        "ui/theme/c.py": "COLOUR = '#ff00aa'",
        "domain/a.py": "import numpy.linalg\nimport json\nfrom clinic_app.storage import vault",
    }
    for name, text in breaches.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert {hit.split(":")[0] for hit in qt_out_of_place(tmp_path)} == {"services/a.py", "paper/a.py"}
    assert {hit.split(":")[0] for hit in services_loaded_by_ui(tmp_path)} == {"ui/b.py"}
    assert {hit.split(": ")[1] for hit in foreign_imports_of_domain(tmp_path)} == {
        "numpy.linalg",
        "clinic_app.storage",
        "clinic_app.storage.vault",
    }
    assert colours_outside_the_theme(tmp_path) == ["ui/b.py:3"]


def test_the_lock_holds_every_dependency_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [w for extra in project["project"]["optional-dependencies"].values() for w in extra]
    names = {re.split(r"[\[<>=!~; ]", w, maxsplit=1)[0].lower().replace("_", "-") for w in wanted}
    lock = (ROOT / "requirements" / "lock.txt").read_text("utf-8")
    entries = re.findall(r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert names <= set(entries)
    pinned = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in pinned)
