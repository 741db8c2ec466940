from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.preferences import Theme
from clinic_app.machine.log import FILES_KEPT, WithoutPatients, describe, start_log, stop_log

CANARY = "Lakshmi Canary"


@pytest.fixture
def log(tmp_path: Path, expected_logs: list[str]) -> Iterator[Path]:
    expected_logs.append("")
    handler = start_log(tmp_path / "logs")
    yield tmp_path / "logs" / "clinic.log"
    stop_log(handler)


def test_our_own_words_and_numbers_are_written(log: Path) -> None:
    logging.getLogger("clinic_app.storage").info("opened %d cases in %.1f ms, theme %s", 40, 3.25, Theme.DARK)
    line = log.read_text("utf-8")
    assert "INFO clinic_app.storage: opened 40 cases in 3.2 ms, theme Theme.DARK" in line


def test_no_word_of_a_patient_reaches_the_file(log: Path) -> None:
    ours = logging.getLogger("clinic_app.services")

    def save(name: str) -> None:
        raise ValueError(f"cannot save {name}")

    try:
        try:
            save(CANARY)
        except ValueError as error:
            raise RuleBroken("full_name", "name_too_long", name=CANARY) from error
    except RuleBroken as error:
        ours.exception("saving failed: %s", error)
        ours.error(error)
    ours.warning("patient %s, %r, %s", CANARY, [CANARY], Path(CANARY))
    ours.warning("patient %(name)s", {"name": CANARY})
    logging.getLogger("sqlalchemy.engine").error(f"[parameters: ('{CANARY}',)]")  # noqa: G004  # what a library might do
    logging.getLogger("py.warnings").warning(CANARY)
    ours.warning("where", stack_info=True)
    content = log.read_text("utf-8")
    assert "Canary" not in content
    assert "clinic_app.domain.errors.RuleBroken [name_too_long] at tests.machine.test_log:" in content
    assert "<- builtins.ValueError at tests.machine.test_log:" in content
    assert "patient <str>, '<list>', <" in content
    assert len(content.splitlines()) == 7


def test_a_line_that_does_not_fit_its_values_names_only_its_place() -> None:
    record = logging.LogRecord("clinic_app.ui", logging.WARNING, "case_page.py", 46, "no blanks", (CANARY,), None)
    assert WithoutPatients().format(record).endswith("WARNING clinic_app.ui: (a line of case_page:46)")


def test_an_error_that_causes_itself_ends() -> None:
    error, other = ValueError(CANARY), KeyError(CANARY)
    error.__cause__, other.__cause__ = other, error
    assert describe(error) == "builtins.ValueError <- builtins.KeyError"


def test_the_log_never_grows_past_its_files(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = logging.getLogger("clinic_app.machine")
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, logging.handlers.RotatingFileHandler))
    monkeypatch.setattr(handler, "maxBytes", 500)
    for number in range(100):
        ours.info("line %d", number)
    files = list(log.parent.iterdir())
    assert len(files) == FILES_KEPT
    assert all(f.stat().st_size <= 500 for f in files)
