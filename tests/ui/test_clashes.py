"""Two people at one sheet: both versions are shown, and the one who decides knows what is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.treatment import SessionDetails
from clinic_app.domain.units import Units
from clinic_app.ui.patients.case_sheet import CaseSheet
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.treatment import CorrectionSheet
from clinic_app.ui.widgets.record_sheet import RecordSheet
from tests.builders import add_patient, give
from tests.ui.patients_room import Room, open_room

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as found:
        yield found


@pytest.fixture
def host(room: Room) -> QWidget:
    widget = QWidget()
    room.show(widget, 1180, 820)
    return widget


def begin(room: Room, sheet: RecordSheet) -> None:
    sheet.begin()
    room.settle()
    assert sheet.isVisible()


def test_the_patient_sheet_shows_both_and_saves_over_knowingly(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    now = room.services.patients.get(patient_id)
    room.services.patients.change(patient_id, replace(now.details, village="Pune"), now.version)
    QTest.keyClicks(sheet.village, "Nashik")
    sheet.ask_save()
    room.settle()
    assert sheet.clash.isVisible()
    assert sheet.clash.lines == (("Village or area", "Nashik", "Pune"),)
    assert room.services.patients.get(patient_id).details.village == "Pune"
    QTest.mouseClick(sheet.clash.keep_mine, LEFT)
    room.settle()
    assert not sheet.isVisible()
    assert room.services.patients.get(patient_id).details.village == "Nashik"


def test_theirs_can_be_kept(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = CaseSheet(room.context, host, patient_id, case_id)
    begin(room, sheet)
    case = room.services.cases.get(case_id)
    room.services.cases.change(case_id, replace(case.details, onset="2019"), case.version)
    QTest.keyClicks(sheet.onset, "2018")
    sheet.ask_save()
    room.settle()
    assert sheet.clash.lines == (("Onset", "2018", "2019"),)
    QTest.mouseClick(sheet.clash.keep_theirs, LEFT)
    room.settle()
    assert not sheet.isVisible()
    assert room.services.cases.get(case_id).details.onset == "2019"


def test_a_correction_made_meanwhile_is_seen(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    session = give(room.services, patient_id, case_id, date(2025, 12, 1)).sessions[0]
    sheet = CorrectionSheet(room.context, host, session.id)
    begin(room, sheet)
    said = SessionDetails(case_id, "ona", Units("ona", session.details.units).amount, guidance="EMG")
    room.services.treatment.correct(session.id, said, date(2025, 12, 2), "wrong day")
    QTest.keyClicks(sheet.reason, "typed 50 instead of 5")
    sheet.ask_save()
    room.settle()
    assert sheet.clash.isVisible()
    assert "Day" in [line[0] for line in sheet.clash.lines]
    assert room.services.treatment.session(session.id).day == date(2025, 12, 2)
