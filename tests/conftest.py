"""What every test gets: a screen that is not there, fast keys, and a look for anything left behind.

Warnings of Python fail a test (pyproject.toml), warnings of Qt too (``qt_log_level_fail`` there). A test that
means a log line to appear appends a pattern for it to ``expected_logs``.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.light_machine import keep_files_in_memory, lock_no_memory
from tests.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["CLINIC_KDF_FAST"] = "1"
keep_files_in_memory()
lock_no_memory()

THREAD_GRACE_SECONDS = 2.0


def pytest_collection_finish() -> None:
    """What is loaded and collected now stays to the end: no look for garbage goes through it again."""
    gc.collect()
    gc.freeze()


class _Collector(logging.Handler):
    """Keeps every record of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def expected_logs() -> list[str]:
    """Patterns (``re.search``) of the warnings this test means to see in the log."""
    return []


@pytest.fixture(autouse=True)
def _no_unexpected_logs(expected_logs: list[str]) -> Iterator[None]:
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    lines = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in collector.records]
    unexpected = [line for line in lines if not any(re.search(p, line) for p in expected_logs)]
    if unexpected:
        pytest.fail("unexpected log lines:\n" + "\n".join(unexpected), pytrace=False)


def _own_threads() -> set[threading.Thread]:
    # Threads of Qt's pool that once ran Python stay listed as dummies on Python 3.11; Qt owns and ends them.
    return {t for t in threading.enumerate() if t.is_alive() and not isinstance(t, threading._DummyThread)}


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = _own_threads()
    yield
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    while (left := _own_threads() - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        pytest.fail(f"threads left running: {sorted(t.name for t in left)}", pytrace=False)


def _top_level_widgets() -> dict[int, QWidget]:
    if "PySide6.QtWidgets" not in sys.modules:
        return {}
    import shiboken6
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return {}
    alive = [w for w in QApplication.topLevelWidgets() if shiboken6.isValid(w) and w.parent() is None]
    return {shiboken6.getCppPointer(w)[0]: w for w in alive}


def _settle() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _settle_and_collect() -> None:
    gc.collect()
    _settle()


@pytest.fixture(autouse=True)
def _no_leaked_widgets() -> Iterator[None]:
    before = set(_top_level_widgets())
    yield
    for last_try in (_settle, _settle_and_collect):
        if not set(_top_level_widgets()) - before:
            return
        last_try()
    left = {key: widget for key, widget in _top_level_widgets().items() if key not in before}
    if left:
        names = sorted(f"{type(w).__name__} {w.objectName()!r}" for w in left.values())
        for widget in left.values():
            widget.deleteLater()
        left.clear()
        _settle()
        pytest.fail(f"top-level widgets left behind: {names}", pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the session; skipped where it is not installed, but never in CI."""
    programs = find_programs()
    if programs is None:
        reason = "PostgreSQL's programs (initdb, postgres) are not installed: apt-get install postgresql"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    server = PostgresServer(programs)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)
