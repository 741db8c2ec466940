"""Two people at one sheet: both versions are shown, and who decides says field by field which one stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.conflicts import Keep
from clinic_app.domain.schedule import Appointment, BookingDetails
from clinic_app.domain.treatment import SessionDetails
from clinic_app.domain.units import Units
from clinic_app.ui.patients.case_sheet import CaseSheet
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.treatment import CorrectionSheet
from clinic_app.ui.widgets.record_sheet import RecordSheet
from tests.builders import add_patient, give
from tests.ui.patients_room import Room, open_room, press

CTRL = Qt.KeyboardModifier.ControlModifier
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


def changed_elsewhere(room: Room, patient_id: int, **values: Any) -> None:
    now = room.services.patients.get(patient_id)
    room.services.patients.change(patient_id, replace(now.details, **values), now.version)


def pick(sheet: RecordSheet, name: str, side: Keep) -> None:
    row = next(row for row in sheet.clash.rows if row.name == name)
    QTest.mouseClick(row.buttons[side], LEFT)


def kept(sheet: RecordSheet) -> dict[str, Keep | None]:
    return {row.name: row.kept for row in sheet.clash.rows}


def test_field_by_field_and_one_write(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    changed_elsewhere(room, patient_id, village="Pune", guardian="Ravi", language="Marathi")
    QTest.keyClicks(sheet.village, "Nashik")
    QTest.keyClicks(sheet.guardian, "Suresh")
    QTest.keyClicks(sheet.notes, "prefers mornings")
    press(sheet.notes, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert sheet.clash.isVisible()
    assert ("Village or area", "Nashik", "Pune") in sheet.clash.lines
    # what only one of them changed is chosen already; what both changed is asked
    assert kept(sheet) == {
        "Guardian": None, "Village or area": None, "Language": Keep.THEIRS, "Notes": Keep.MINE,
    }  # fmt: skip
    assert not sheet.clash.save.isEnabled()
    QTest.mouseClick(sheet.save_button, LEFT)
    assert sheet.clash.missing.text() == "Not saved yet. Choose what stays first: Guardian, Village or area."
    assert sheet.clash.missing.isVisible()
    pick(sheet, "Guardian", Keep.THEIRS)
    assert sheet.clash.missing.isVisible()
    pick(sheet, "Village or area", Keep.MINE)
    before = room.services.patients.get(patient_id)
    assert (before.details.village, before.details.notes) == ("Pune", "")
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    assert not sheet.isVisible()
    after = room.services.patients.get(patient_id)
    assert (after.details.village, after.details.guardian) == ("Nashik", "Ravi")
    assert (after.details.language, after.details.notes) == ("Marathi", "prefers mornings")
    assert after.version == before.version + 1


def test_by_the_keyboard_alone(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    changed_elsewhere(room, patient_id, village="Pune", guardian="Ravi")
    QTest.keyClicks(sheet.guardian, "Suresh")
    QTest.keyClicks(sheet.village, "Nashik")
    press(sheet.village, Qt.Key.Key_Return, CTRL)
    room.settle()
    guardian, village = sheet.clash.rows
    assert host.focusWidget() is guardian.buttons[Keep.MINE]
    press(host.focusWidget(), Qt.Key.Key_Return, CTRL)  # nothing is chosen yet: the keyboard stays where it is asked
    room.settle()
    assert sheet.clash.isVisible()
    press(host.focusWidget(), Qt.Key.Key_Right)
    assert guardian.kept is Keep.THEIRS
    press(host.focusWidget(), Qt.Key.Key_Tab)
    assert host.focusWidget() is village.buttons[Keep.MINE]
    press(host.focusWidget(), Qt.Key.Key_Space)
    assert village.kept is Keep.MINE
    press(host.focusWidget(), Qt.Key.Key_Return, CTRL)
    room.settle()
    assert not sheet.isVisible()
    details = room.services.patients.get(patient_id).details
    assert (details.guardian, details.village) == ("Ravi", "Nashik")


@pytest.mark.parametrize(("side", "stays"), [(Keep.MINE, "2018"), (Keep.THEIRS, "2019")])
def test_a_whole_side_at_once(room: Room, host: QWidget, side: Keep, stays: str) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = CaseSheet(room.context, host, patient_id, case_id)
    begin(room, sheet)
    case = room.services.cases.get(case_id)
    room.services.cases.change(case_id, replace(case.details, onset="2019", notes="seen"), case.version)
    QTest.keyClicks(sheet.onset, "2018")
    sheet.ask_save()
    room.settle()
    assert sheet.clash.lines == (("Onset", "2018", "2019"), ("Notes", "–", "seen"))
    QTest.mouseClick(sheet.clash.all_mine if side is Keep.MINE else sheet.clash.all_theirs, LEFT)
    assert set(kept(sheet).values()) == {side}
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    assert not sheet.isVisible()
    details = room.services.cases.get(case_id).details
    assert (details.onset, details.notes) == (stays, "" if side is Keep.MINE else "seen")


def test_escape_loses_nothing(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    changed_elsewhere(room, patient_id, village="Pune")
    QTest.keyClicks(sheet.village, "Nashik")
    sheet.ask_save()
    room.settle()
    press(host.focusWidget(), Qt.Key.Key_Escape)
    assert not sheet.clash.isVisible()
    assert sheet.isVisible()
    assert sheet.changed
    assert sheet.village.text() == "Nashik"
    QTest.keyClicks(sheet.village, " Road")
    sheet.ask_save()
    room.settle()
    assert sheet.clash.lines == (("Village or area", "Nashik Road", "Pune"),)
    assert room.services.patients.get(patient_id).details.village == "Pune"


def test_somebody_saves_again_while_it_is_decided(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    changed_elsewhere(room, patient_id, village="Pune")
    QTest.keyClicks(sheet.village, "Nashik")
    sheet.ask_save()
    room.settle()
    changed_elsewhere(room, patient_id, language="Hindi")
    pick(sheet, "Village or area", Keep.MINE)
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    # the village was decided against Pune, so it leans to mine; the language is new and leans to theirs
    assert kept(sheet) == {"Village or area": Keep.MINE, "Language": Keep.THEIRS}
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    details = room.services.patients.get(patient_id).details
    assert (details.village, details.language) == ("Nashik", "Hindi")


def test_units_stay_with_their_product(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    session = give(room.services, patient_id, case_id, date(2025, 12, 1)).sessions[0]
    sheet = CorrectionSheet(room.context, host, session.id)
    begin(room, sheet)
    theirs = replace(session.details, product="abo", units=Decimal(120), sites=(), dilution_ml=None, guidance="EMG")
    room.services.treatment.correct(session.id, theirs, session.day, "wrong product")
    QTest.keyClicks(sheet.reason, "typed 50 instead of 5")
    assert sheet.block is not None
    sheet.block.units.set_units(Decimal(5))
    sheet.ask_save()
    room.settle()
    assert "Product, Units" in kept(sheet)
    assert kept(sheet)["Guidance"] is Keep.THEIRS
    pick(sheet, "Product, Units", Keep.THEIRS)
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    assert not sheet.isVisible()
    saved = room.services.treatment.session(session.id).details
    assert (saved.product, saved.units, saved.guidance) == ("abo", Decimal(120), "EMG")


def test_a_booking_moved_by_two(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    schedule = room.services.schedule
    made = schedule.book(BookingDetails(patient_id, date(2026, 3, 27), (case_id,), time(9, 0))).result
    assert isinstance(made, Appointment)
    sheet = BookingSheet(room.context, host, case_id, booking=made)
    begin(room, sheet)
    schedule.move(made.id, date(2026, 4, 3), time(9, 0))
    sheet.at.clear()
    QTest.keyClicks(sheet.at, "11:30")
    sheet.ask_save()
    room.settle()
    assert kept(sheet) == {"Day": Keep.THEIRS, "Time": Keep.MINE}
    QTest.mouseClick(sheet.clash.save, LEFT)
    room.settle()
    assert not sheet.isVisible()
    now = room.services.patients.page(patient_id).cases[0].answer.appointment
    assert now is not None
    assert (now.day, now.at) == (date(2026, 4, 3), time(11, 30))


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
