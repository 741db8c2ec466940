"""Closed records: restricted, opened in an emergency for half an hour within a red frame, and looked at afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.people import Role
from clinic_app.ui.patients.emergency_sheets import EmergencySheet, ProtectionSheet, ReviewSheet
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import Button
from tests.builders import PASSPHRASE
from tests.ui.locked import words_of_widget
from tests.ui.window_room import Filled, Room, room

CTRL = Qt.KeyboardModifier.ControlModifier
WORDS = "four wet umbrellas inside"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def closed(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A nurse works; Asha Verma's record is restricted."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        services = one.services
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.people.add("Nisha Rao", {Role.NURSE}, WORDS)
        services.access.set_protection(one.people["Asha Verma"][0], restricted=True, reason="A colleague of ours")
        services.people.unlock_with_passphrase("Nisha Rao", WORDS)
        one.attach()
        yield one


def test_an_emergency_opens_the_page_in_a_red_frame_and_is_looked_at(closed: Room) -> None:
    patient, _ = closed.people["Asha Verma"]
    closed.window.open_case(patient, 0)
    closed.settle()
    page = closed.window._page
    assert page is not None
    assert page._absent.isVisible()
    assert page._absent._words.text() == "Restricted"
    page._absent._button.click()
    closed.settle()
    sheet = closed.window.sheet
    assert isinstance(sheet, EmergencySheet)
    sheet.reason.setPlainText("short")
    closed.press(Qt.Key.Key_Return, CTRL)
    closed.settle()
    lacking = {name: field.problem for name in ("reason", "secret") if (field := sheet.field(name)) is not None}
    assert "at least 10" in lacking["reason"]
    assert "Type your passphrase" in lacking["secret"]
    with closed.services.context.units.read() as unit:
        assert unit.audit.count(AuditFilter(action="auth.fail")) == 0
    assert sheet.isVisible()
    assert not closed.window.toast.isVisible()
    sheet.secret.setText(WORDS)
    closed.press(Qt.Key.Key_Return, CTRL)
    closed.settle()
    field = sheet.field("reason")
    assert field is not None
    assert "at least 10" in field.problem
    sheet.common[0].click()
    sheet.secret.setText("wrong horse battery staple")
    closed.press(Qt.Key.Key_Return, CTRL)
    closed.settle()
    secret = sheet.field("secret")
    assert secret is not None
    assert "not right" in secret.problem
    sheet.secret.setText(WORDS)
    closed.press(Qt.Key.Key_Return, CTRL)
    closed.settle()
    closed.until(lambda: page.emergency.running)
    assert page._body.isVisible()
    assert "29:5" in page.emergency.banner.words or "30:00" in page.emergency.banner.words
    frame = closed.window.grab().toImage().pixelColor(page.mapTo(closed.window, page.rect().center()).x(), 0)
    assert frame.isValid()
    edge = page.grab().toImage().pixelColor(1, page.height() // 2)
    assert edge.red() > edge.green() + 60
    assert [one.text() for one in closed.window.rail._names] == ["Asha Verma"]
    page.emergency.end_now()
    closed.settle()
    closed.until(lambda: page._absent.isVisible())
    assert closed.window.rail._names == []
    assert not page.emergency.running
    assert "Asha" not in "".join(words_of_widget(page._absent))

    closed.services.people.unlock_with_passphrase("Dr Rao", PASSPHRASE)
    closed.window.strips.look_at_emergencies()
    closed.settle()
    assert "1 emergency opening" in closed.window.strips.emergencies.words
    closed.window.strips.emergencies.acted.emit()
    closed.settle()
    review = closed.window.sheet
    assert isinstance(review, ReviewSheet)
    (button,) = review.openings.values()
    button.click()
    closed.settle()
    closed.until(lambda: not review.openings)
    closed.until(lambda: not closed.window.strips.emergencies.isVisible())


def test_the_passphrase_is_never_typed_into_the_reason(closed: Room) -> None:
    patient, _ = closed.people["Asha Verma"]
    closed.context.intents.open_emergency.emit(patient)
    closed.settle()
    sheet = closed.window.sheet
    assert isinstance(sheet, EmergencySheet)
    assert sheet.reason.hasFocus()
    closed.type("Side effect was reported")
    closed.press(Qt.Key.Key_Tab)
    while isinstance(QApplication.focusWidget(), Button):
        closed.press(Qt.Key.Key_Tab)
    assert sheet.secret.hasFocus()
    closed.type(WORDS)
    closed.press(Qt.Key.Key_Return)
    closed.settle()
    closed.until(lambda: closed.window.sheet is None)
    closed.services.people.unlock_with_passphrase("Dr Rao", PASSPHRASE)
    assert [one.reason for one in closed.services.access.emergencies()] == ["Side effect was reported"]


def test_tab_leaves_every_box_for_words() -> None:
    """A box that keeps Tab swallows what is typed next, a passphrase too."""
    house = Path(__file__).resolve().parents[2] / "clinic_app"
    kept = []
    for path in house.rglob("*.py"):
        words = path.read_text(encoding="utf-8")
        boxes = len(re.findall(r"Q(?:Plain)?TextEdit\(\)", words)) + len(re.findall(r"\(QPlainTextEdit\):", words))
        if boxes > words.count("setTabChangesFocus(True)"):
            kept.append(path.name)
    assert kept == []


def test_the_time_ends_by_itself(closed: Room) -> None:
    patient, _ = closed.people["Asha Verma"]
    closed.services.access.open_emergency(patient, WORDS, "Side effect was reported")
    closed.window.open_case(patient, 0)
    closed.settle()
    page = closed.window._page
    assert page is not None
    closed.until(lambda: page.emergency.running)
    closed.services.access.close_emergency(patient)
    page.emergency._until = 1e-9
    page.emergency.tick()
    closed.settle()
    closed.until(lambda: page._absent.isVisible())


def test_an_admin_restricts_a_record(clinic: Room) -> None:
    patient, _ = clinic.people["Asha Verma"]
    clinic.context.intents.protect_patient.emit(patient)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, ProtectionSheet)
    clinic.until(sheet.isVisible)
    assert not sheet.restricted.isChecked()
    assert sheet.restricted.hasFocus()
    assert "Asha Verma, 4127" in words_of_widget(sheet._subtitle)
    assert sheet.seen_by.text() == "Treated by and open to: Dr Rao"
    clinic.press(Qt.Key.Key_Space)
    assert sheet.restricted.isChecked()
    assert not sheet.warning.isVisible()
    sheet.reason.setText("A colleague of ours")
    sheet.secret.setText(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    clinic.until(lambda: clinic.window.sheet is None)
    assert clinic.services.access.protection(patient).restricted


def test_who_never_treated_a_patient_is_told_before_the_record_closes_to_them(clinic: Room) -> None:
    patient, _ = clinic.people["Thomas Okafor"]
    clinic.context.intents.protect_patient.emit(patient)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, ProtectionSheet)
    clinic.until(sheet.isVisible)
    assert "closed to everybody" in sheet.seen_by.text()
    assert not sheet.warning.isVisible()
    clinic.press(Qt.Key.Key_Space)
    assert "closed to you too" in sheet.warning.words
    clinic.press(Qt.Key.Key_Space)
    assert not sheet.warning.isVisible()


def test_selecting_a_closed_record_is_told_in_its_place_and_not_in_a_toast_too(closed: Room) -> None:
    patient, _ = closed.people["Asha Verma"]
    closed.window.go_to("patients")
    closed.settle()
    listed = closed.window._list
    assert listed is not None
    listed.select_patient(patient, anyway=True)
    closed.settle()
    assert closed.window.selection[0] == patient
    assert not closed.window.toast.isVisible()
    picture = listed.table.grab().toImage()
    assert not picture.isNull()
    closed.context.intents.open_case.emit(patient, 0)
    closed.settle()
    assert closed.window._page is not None
    assert closed.window._page._absent.isVisible()
    assert not closed.window.toast.isVisible()
