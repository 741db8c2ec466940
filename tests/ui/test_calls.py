"""The call sheet: numbers, codes a phone reads, call-backs as they are said, corrections; nothing behind a lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from clinic_app.domain.patients import Phone
from clinic_app.domain.schedule import Attempt, Channel
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.call_sheet import CallSheet
from tests.ui.window_room import Room, clinic, filled_clinic

__all__ = ["clinic", "filled_clinic"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CTRL = Qt.KeyboardModifier.ControlModifier
HERS, HIS = "98400 12207", "+91 70000 55555"


def read_from(widget: QWidget) -> str:
    """What a phone reads from what is painted."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    near = np.kron(lines[:, : image.width()], np.ones((2, 2), np.uint8))
    return str(cv2.QRCodeDetector().detectAndDecode(near)[0])


def give_phones(room: Room, name: str, *phones: Phone, may_be_called: bool = True) -> None:
    patient = room.services.patients.get(room.people[name][0])
    details = replace(patient.details, phones=phones, may_be_called=may_be_called)
    room.tasks.tell(lambda s: s.patients.change(patient.id, details, patient.version), owner=room.window)
    room.settle()


def sheet_of(room: Room) -> CallSheet:
    room.settle()
    sheet = room.window.sheet
    assert isinstance(sheet, CallSheet)
    return sheet


def test_a_phone_reads_the_chosen_number_and_what_was_said_is_logged(clinic: Room) -> None:
    give_phones(clinic, "Asha Verma", Phone(HERS, "herself", "Hindi"), Phone(HIS, "son"))
    clinic.press(Qt.Key.Key_L)
    sheet = sheet_of(clinic)
    assert sheet.aids.number.text() == HERS
    assert read_from(sheet.aids.code) == "tel:9840012207"
    assert "Test clinic" in sheet.aids.script.text()
    sheet.aids.numbers.pill(HIS).click()
    assert read_from(sheet.aids.code) == "tel:+917000055555"
    QTest.mouseClick(sheet.aids.kinds.segment(1), Qt.MouseButton.LeftButton)
    clinic.settle()
    assert read_from(sheet.aids.code).startswith("SMSTO:+917000055555:Test clinic:")
    sheet.outcome.pill("told_family").click()
    sheet.again.line.setFocus()
    clinic.type("tomorrow 10")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    (call,) = clinic.services.patients.page(clinic.people["Asha Verma"][0]).calls
    assert (call.outcome, call.phone_number, call.channel) == (Attempt.TOLD_FAMILY, HIS, Channel.CALL)
    assert (call.call_again_on, call.call_again_at) == (date(2026, 3, 20), time(10))
    line = clinic.window.schedule.model.line_at(1)
    assert line is not None
    assert line.call[1] == "call again 20 Mar, 10:00"


def test_nothing_of_a_call_is_left_behind_a_lock_and_it_comes_back(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_L)
    sheet = sheet_of(clinic)
    number = sheet.aids.number.text()
    assert number
    clinic.window.locking.lock()
    clinic.settle()
    assert read_from(sheet.aids.code) == ""
    assert not any(label.text() for label in sheet.aids.findChildren(QLabel))
    clinic.window.locking._opened(clinic.services.clinic.user)
    clinic.settle()
    assert sheet.aids.number.text() == number
    assert read_from(sheet.aids.code).startswith("tel:")


def test_who_asked_not_to_be_called_has_no_number_in_sight(clinic: Room) -> None:
    give_phones(clinic, "Asha Verma", Phone(HERS), may_be_called=False)
    clinic.settle()
    strip = clinic.window.inspector.phone
    assert not any(HERS in label.text() for label in strip.findChildren(QLabel))
    clinic.press(Qt.Key.Key_L)
    sheet = sheet_of(clinic)
    assert not sheet.aids.number.text()
    assert "asked not to be called" in sheet.aids.forbidden.words
    assert read_from(sheet.aids.code).startswith("SMSTO:")


def choose(room: Room, letter: Qt.Key) -> None:
    room.press(Qt.Key.Key_4)
    room.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, letter)
    room.settle()


def test_what_they_called_for_leads_on(clinic: Room) -> None:
    case_id = clinic.people["Asha Verma"][1]
    choose(clinic, Qt.Key.Key_D)
    booking = clinic.window.sheet
    assert isinstance(booking, BookingSheet)
    assert booking._case_id == case_id
    booking.cancel()
    clinic.window.activateWindow()
    clinic.window.schedule.table.setFocus()
    clinic.settle()
    choose(clinic, Qt.Key.Key_P)
    sheet = sheet_of(clinic)
    assert sheet.outcome.code == Attempt.PROBLEM.value
    assert sheet.focusWidget() is sheet.note
    QTest.keyClicks(sheet.note, "eyelid hangs since Monday")
    sheet.ask_save()
    clinic.settle()
    calls = clinic.services.patients.page(clinic.people["Asha Verma"][0]).calls
    assert {(call.outcome, call.note) for call in calls} == {
        (Attempt.WANTS_DATE, ""),
        (Attempt.PROBLEM, "eyelid hangs since Monday"),
    }


def test_a_call_is_corrected_from_the_record(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    clinic.services.schedule.log_call(case_id, Attempt.WRONG_NUMBER)
    clinic.window.open_case(patient_id, case_id)
    clinic.settle()
    page = clinic.window._page
    assert page is not None
    page.contacts.table.selectRow(0)
    page.contacts._correct.click()
    sheet = sheet_of(clinic)
    assert sheet.outcome.code == Attempt.WRONG_NUMBER.value
    sheet.outcome.pill("no_answer").click()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    (call,) = clinic.services.patients.page(patient_id).calls
    assert call.outcome is Attempt.NO_ANSWER
