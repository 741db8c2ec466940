"""The test house itself: what conftest.py promises is really noticed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

TESTS = """
import logging
import threading
import warnings

from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QLabel

stop = threading.Event()
kept = []

def test_bad_warning_of_python():
    warnings.warn("x")

def test_bad_warning_of_qt(qapp):
    qWarning("x")

def test_bad_log_line():
    logging.getLogger("x").warning("x")

def test_bad_thread():
    threading.Thread(target=stop.wait, args=(4,), daemon=True).start()

def test_bad_widget(qapp):
    kept.append(QLabel("x"))

def test_good_log(expected_logs):
    expected_logs.append("^WARNING x: as meant$")
    logging.getLogger("x").warning("as meant")

def test_good_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()

def test_good_widget(qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    label.show()

def test_good_child(qapp):
    label = QLabel("x")
    QLabel("y", label)
"""


def outcomes(folder: Path, source: str) -> dict[str, set[str]]:
    """Run one test file under the settings and the conftest of this project; test -> what was said of it."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    tests = folder / "tests"
    tests.mkdir()
    for name in ("__init__.py", "conftest.py", "light_machine.py", "postgres.py"):
        shutil.copy(HERE / name, tests)
    (tests / "test_case.py").write_text(source, "utf-8")
    options = ["-q", "-rA", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, "tests"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said: dict[str, set[str]] = {}
    for outcome, name in re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", done.stdout, re.MULTILINE):
        said.setdefault(name, set()).add(outcome)
    return said


def test_what_a_test_leaves_behind_fails_it_and_nothing_else_does(tmp_path: Path) -> None:
    said = outcomes(tmp_path, TESTS)
    assert len(said) == TESTS.count("def test_")
    for name, outcome in said.items():
        assert bool(outcome & {"FAILED", "ERROR"}) == name.startswith("test_bad_"), (name, outcome)


def test_postgres_database_is_fresh_and_empty(postgres_url: str) -> None:
    dsn = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(dsn) as connection:
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        assert tables == (0,)
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
