"""Mistakes of our own, and what was typed before them: said in words, without anything of a patient."""

from __future__ import annotations

import re
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.domain.drafts import DraftKind
from clinic_app.machine.log import FILE, start_log, stop_log
from clinic_app.ui.patients.drafts_sheet import DraftsSheet
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.shell.crash import CrashDialog, Mistakes, crash_report, safe_words
from clinic_app.ui.treatment.visit_sheet import VisitSheet
from tests.ui.window_room import Room

SPACE = Qt.Key.Key_Space


def mistake() -> BaseException:
    try:
        {}["Asha Verma"]  # type: ignore[index]
    except KeyError as problem:
        return problem
    raise AssertionError


def test_the_dialog_says_what_is_safe_and_copies_no_patient(clinic: Room, expected_logs: list[str]) -> None:
    expected_logs.append("crashed")
    logs = Path(clinic.services.clinic.folder) / "logs"
    logs.mkdir(exist_ok=True)
    patient_id = clinic.people["Asha Verma"][0]
    clinic.tasks.tell(lambda s: s.bin.delete_patient(patient_id, "a test"), owner=clinic.window)
    clinic.settle()
    clinic.window.show_mistake(mistake())
    clinic.settle()
    dialog = clinic.window.findChild(CrashDialog)
    assert dialog is not None
    assert dialog.safe.text().startswith(f"Your data are safe up to {datetime.now():%H:%M}")  # noqa: DTZ005
    assert dialog.logs.isVisible()
    assert dialog.go_on.hasFocus()
    dialog.copy.setFocus()
    QTest.keyClick(dialog.copy, SPACE)
    copied = QApplication.clipboard().text()
    assert "KeyError" in copied
    assert "test_crash.py" in copied
    assert "Asha" not in copied
    clinic.window.show_mistake(mistake())
    assert len(clinic.window.findChildren(CrashDialog)) == 1
    dialog.go_on.setFocus()
    QTest.keyClick(dialog.go_on, SPACE)
    clinic.settle()
    assert clinic.window.findChild(CrashDialog) is None


def test_the_log_says_where_the_mistake_was_and_nothing_of_a_patient(
    clinic: Room, tmp_path: Path, expected_logs: list[str]
) -> None:
    expected_logs.append("crashed")
    handler = start_log(tmp_path / "logs")
    try:
        clinic.window.show_mistake(mistake())
    finally:
        stop_log(handler)
    line = next(one for one in (tmp_path / "logs" / FILE).read_text().splitlines() if "crashed" in one)
    assert "builtins.KeyError at tests.ui.test_crash:" in line
    assert "Asha" not in line


def test_without_a_save_nothing_is_claimed() -> None:
    assert safe_words(None).startswith("Your data are safe: nothing was being saved.")
    assert "up to 11:42" in safe_words(datetime(2026, 3, 19, 11, 42))  # noqa: DTZ001


def test_exceptions_nobody_caught_are_brought_to_the_window(qtbot: QtBot) -> None:
    seen: list[BaseException] = []
    before = sys.excepthook, threading.excepthook
    mistakes = Mistakes(seen.append)
    mistakes.listen()
    try:
        problem = mistake()
        sys.excepthook(type(problem), problem, problem.__traceback__)

        def fail() -> None:
            raise ValueError("Asha Verma")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(seen) == 2)
    finally:
        mistakes.end()
    assert (sys.excepthook, threading.excepthook) == before
    assert "Asha" not in crash_report(seen[1])


@pytest.mark.parametrize("kind", [DraftKind.PATIENT, DraftKind.VISIT])
def test_what_was_typed_is_offered_at_the_start_and_gone_on_with(clinic: Room, kind: DraftKind) -> None:
    patient_id = clinic.people["Asha Verma"][0]
    clinic.services.drafts.keep(kind, patient_id, {"version": 1})
    clinic.services.drafts.keep(DraftKind.PATIENT, 0, {"version": 0})
    clinic.window.strips.look_at_drafts()
    clinic.settle()
    banner = clinic.window.strips.unsaved
    assert banner.isVisible()
    assert "2 things were typed and not saved" in banner.words
    assert re.search(r"A new patient, typed 09:0\d", banner.words)
    banner._action.setFocus()
    QTest.keyClick(banner._action, SPACE)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, DraftsSheet)
    assert not banner.isVisible()
    fresh = next(row for row in sheet.rows if row[0].draft.patient_id == 0)
    fresh[2].setFocus()
    clinic.press(SPACE)
    clinic.settle()
    assert [one.patient_id for one in clinic.services.drafts.all()] == [patient_id]
    assert sheet.rows[0][1].hasFocus()
    clinic.press(SPACE)
    clinic.settle()
    opened = clinic.window.sheet
    assert isinstance(opened, PatientSheet if kind is DraftKind.PATIENT else VisitSheet)
    assert opened.draft_offer.isVisible()


def test_nothing_is_offered_where_nothing_was_typed(clinic: Room) -> None:
    assert not clinic.window.strips.unsaved.isVisible()
