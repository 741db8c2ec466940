"""A whole start: the list comes, the collector works again, and the rest is loaded behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from clinic_app import bootstrap

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import gc, sys
from clinic_app import bootstrap
code = bootstrap.run_window(["--demo", "--smoke", "--data", sys.argv[1]])
print("ended", code, gc.isenabled(), [n for n in ("sqlalchemy.dialects.postgresql", "lucide", "openpyxl",
      "clinic_app.services.register", "alembic") if n in sys.modules])
"""
LISTED = """
import sys
from clinic_app import bootstrap
bootstrap.LATER = ()
bootstrap.run_window(["--demo", "--smoke", "--data", sys.argv[1]])
print(*sorted(sys.modules))
"""
"""A start of which nothing is loaded that is not asked for."""
NOT_YET = (
    "clinic_app.domain.register_writing",
    "clinic_app.domain.versions",
    "clinic_app.services.backups",
    "clinic_app.services.bin",
    "clinic_app.services.demo",
    "clinic_app.services.people",
    "clinic_app.services.pictures",
    "clinic_app.services.treatment",
    "clinic_app.storage.bin",
    "clinic_app.storage.bulk",
    "clinic_app.storage.comparison",
    "clinic_app.storage.merge",
    "clinic_app.storage.versions",
    "clinic_app.ui.backups",
    "clinic_app.ui.compare",
    "clinic_app.ui.patients",
    "clinic_app.ui.treatment",
    "clinic_app.ui.vault.unlock_form",
    "clinic_app.ui.widgets.record_sheet",
    "clinic_app.ui.widgets.side_sheet",
)
"""What the first list does without: each costs the start its milliseconds."""


def said(script: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "CLINIC_TODAY": "2026-03-19"},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_start_ends_with_a_list_and_a_working_collector(tmp_path: Path) -> None:
    folder = str(tmp_path / "demo")
    said(SCRIPT, folder)
    painted, usable, ended = said(SCRIPT, folder)
    assert painted.startswith("painted ")
    assert usable.startswith("usable ")
    assert ended == "ended 0 True []"


def test_the_first_list_loads_only_what_it_needs(tmp_path: Path) -> None:
    folder = str(tmp_path / "demo")
    said(SCRIPT, folder)
    loaded = set(said(LISTED, folder)[-1].split())
    assert {"clinic_app.services.schedule", "clinic_app.storage.schedule"} <= loaded
    assert loaded.intersection(NOT_YET) == set()


def test_a_start_that_has_to_ask_ends_as_well(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not a clinic", encoding="utf-8")
    painted, asked, ended = said(SCRIPT, str(tmp_path))
    assert painted.startswith("painted ")
    assert asked.startswith("asked ")
    assert ended == "ended 0 True []"


def test_what_is_loaded_later_waits_for_the_list() -> None:
    script = (
        "import sys, time\n"
        "from clinic_app import bootstrap\n"
        "loading = bootstrap.Loading(); loading.begin()\n"
        "while bootstrap.AHEAD[-1] not in sys.modules: time.sleep(0.01)\n"
        "time.sleep(0.2)\n"
        "print([name for name in bootstrap.LATER if name in sys.modules and '.ui.' in name])\n"
        "loading.go_on(); loading.thread.join()\n"
        "print([name for name in bootstrap.LATER if name not in sys.modules])\n"
    )
    assert said(script) == ["[]", "[]"]
    assert bootstrap.BETWEEN_S >= 0.02
