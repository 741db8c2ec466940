"""What the roles of whoever works are never given is disabled and says who may; its keys say the same in a toast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action, Need, need_of
from clinic_app.domain.people import Role
from clinic_app.domain.treatment import SessionState
from clinic_app.ui.patients.case_view import CaseView
from clinic_app.ui.shell.menus import KEPT_TO
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.treatment import VisitSheet
from clinic_app.ui.widgets import Button
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.access import not_allowed_words
from tests.builders import PASSPHRASE, door
from tests.ui.patients_room import add_photo, give_sites
from tests.ui.window_room import Filled, Room, room

CTRL = Qt.KeyboardModifier.ControlModifier
WORDS = "four wet umbrellas inside"
NURSE, READER = "Nisha Rao", "Ravi Menon"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def staffed(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A clinic in which a nurse and somebody who only reads work too; nobody is at the window yet."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        one.services.access.confirm(PASSPHRASE, Action.MANAGE)
        one.services.people.add(NURSE, {Role.NURSE}, WORDS)
        one.services.people.add(READER, {Role.READ_ONLY}, WORDS)
        yield one


def work_as(one: Room, name: str) -> None:
    door().switch(one.services, name, WORDS)
    one.attach()


def select(one: Room, name: str = "Asha Verma") -> None:
    one.context.intents.select_case.emit(*one.people[name])
    one.settle()


def open_page(one: Room, name: str = "Asha Verma") -> CaseView:
    one.context.intents.open_case.emit(*one.people[name])
    one.settle()
    page = one.window._page
    assert page is not None
    return page


def said(one: Room) -> str:
    words = one.window.toast.words
    one.window.toast.close_now()
    return words


def entries(menu: QMenu) -> dict[str, QAction]:
    """All entries of a menu and of the menus in it, by their words."""
    found: dict[str, QAction] = {}
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            found |= entries(inner)
        elif action.text():
            found[action.text().split("\t")[0]] = action
    return found


def sentence_for(action: Action, name: str) -> str:
    return not_allowed_words(action, name)


@pytest.mark.parametrize(("name", "role"), [(NURSE, Role.NURSE), (READER, Role.READ_ONLY)])
def test_menus_follow_the_matrix(staffed: Room, name: str, role: Role) -> None:
    work_as(staffed, name)
    select(staffed)
    for command, need in KEPT_TO.items():
        action = staffed.window.commands.actions[command]
        may = need_of(need, {role}) is not Need.NO
        assert action.isEnabled() == may, command
        if not may:
            assert action.toolTip() == sentence_for(need, name)
    menus = staffed.window.commands._menus.values()
    assert all(menu.toolTipsVisible() for menu in menus)


def test_keys_say_who_may(staffed: Room) -> None:
    work_as(staffed, READER)
    table = staffed.window.schedule.table
    patient_id, _ = staffed.people["Asha Verma"]
    calls = staffed.services.patients.page(patient_id).calls
    plain, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    for key, modifiers, need in (
        (Qt.Key.Key_N, CTRL, Action.REGISTER),
        (Qt.Key.Key_E, CTRL, Action.REGISTER),
        (Qt.Key.Key_R, CTRL, Action.DRAFT_INJECTION),
        (Qt.Key.Key_I, CTRL, Action.ADD_PHOTOS),
        (Qt.Key.Key_V, CTRL, Action.ADD_PHOTOS),
        (Qt.Key.Key_1, plain, Action.REGISTER),
        (Qt.Key.Key_3, plain, Action.REGISTER),
        (Qt.Key.Key_B, plain, Action.REGISTER),
        (Qt.Key.Key_B, shift, Action.REGISTER),
        (Qt.Key.Key_L, plain, Action.REGISTER),
    ):
        table.choose(staffed.window.schedule.model.first_row())
        table.setFocus()
        staffed.settle()
        staffed.press(key, modifiers)
        staffed.settle()
        assert said(staffed) == sentence_for(need, READER), key
        assert staffed.window.sheet is None
    assert staffed.services.patients.page(patient_id).calls == calls


def test_the_call_list_and_its_panel_for_who_only_reads(staffed: Room) -> None:
    work_as(staffed, READER)
    select(staffed)
    panel = staffed.window.inspector
    parts: list[QWidget] = [*panel.call_buttons.values(), panel.other_call, panel.other_day, panel.drug]
    parts += [*panel.day_buttons, staffed.window.header.new_patient]
    for part in parts:
        assert not part.isEnabled()
        assert part.toolTip() == sentence_for(Action.REGISTER, READER)
    assert panel.day_buttons
    assert panel.compare.isEnabled()
    assert panel.record.isEnabled()
    staffed.window.schedule.table.choose(staffed.window.schedule.model.first_row())
    staffed.window.schedule._pop_menu(staffed.window.mapToGlobal(QPoint(10, 10)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    writes = {words for words, action in entries(menu).items() if not action.isEnabled()}
    looks = {words for words, action in entries(menu).items() if action.isEnabled()}
    assert looks == {"Open record", "Compare photos", "Photos and doses"}
    assert {"Book…", "Put on hold…", "No answer"} <= writes
    menu.close()


def test_the_page_of_a_patient_for_who_only_reads(staffed: Room) -> None:
    patient_id, _ = staffed.people["Asha Verma"]
    add_photo(staffed.services, patient_id, "IMG_20260312.jpg")
    work_as(staffed, READER)
    page = open_page(staffed)
    menu = QMenu(page)
    page._fill_menu(menu)
    open_ = {words for words, action in entries(menu).items() if action.isEnabled()}
    assert open_ == {"Compare photos", "Earlier versions…"}
    assert not page.header.record.isEnabled()
    assert page.header.record.toolTip() == sentence_for(Action.DRAFT_INJECTION, READER)
    assert not page.header.photos.isEnabled()
    page.setFocus()
    staffed.press(Qt.Key.Key_R, CTRL)
    staffed.settle()
    assert said(staffed) == sentence_for(Action.DRAFT_INJECTION, READER)
    staffed.services.access.explain(Action.SEE_PHOTOS, patient_id, "Asked by the doctor")
    page.read_again()
    staffed.settle()
    page.show_tab(1)
    page.pictures.grid.setFocus()
    page.pictures.grid.select(tuple(entry.picture.id for entry in page.page.pictures) if page.page else ())
    for part, need in (
        (page.pictures._date, Action.ADD_PHOTOS),
        (page.pictures._untag, Action.ADD_PHOTOS),
        (page.pictures._turn, Action.ADD_PHOTOS),
        (page.pictures._pin, Action.ADD_PHOTOS),
        (page.pictures._delete, Action.DELETE),
    ):
        assert not part.isEnabled()
        assert part.toolTip() == sentence_for(need, READER)
    QTest.keyClick(page.pictures, Qt.Key.Key_Delete)
    staffed.settle()
    assert said(staffed) == sentence_for(Action.DELETE, READER)
    page.show_tab(2)
    assert not page.contacts._call.isEnabled()


def test_a_nurse_saves_as_given_and_is_told_who_finalises(staffed: Room) -> None:
    patient_id, case_id = staffed.people["Asha Verma"]
    give_sites(staffed.services, patient_id, case_id, date(2026, 3, 18), finalise=False)
    work_as(staffed, NURSE)
    page = open_page(staffed)
    card = next(card for card in page.timeline.cards if card.cycle.to_finalise)
    assert not card.finalise.isEnabled()
    assert card.finalise.toolTip() == sentence_for(Action.SIGN_INJECTION, NURSE)
    lines = {
        button.isEnabled()
        for found in page.timeline.cards
        for button in found.findChildren(QWidget)
        if button.property("text") == "Correct…" and found is not card
    }
    assert lines == {False}  # what is finalised is corrected by a doctor
    staffed.context.intents.record_visit.emit(patient_id, case_id)
    staffed.settle()
    sheet = staffed.window.sheet
    assert isinstance(sheet, VisitSheet)
    assert not sheet.save_button.isEnabled()
    assert sheet.save_button.toolTip() == sentence_for(Action.SIGN_INJECTION, NURSE)
    block = sheet.blocks[case_id]
    block.mode.choose("total")
    block.units.set_units(Decimal(25))
    staffed.press(Qt.Key.Key_Return, CTRL)
    staffed.settle()
    assert said(staffed) == sentence_for(Action.SIGN_INJECTION, NURSE)
    assert sheet.isVisible()
    sheet.day.set_day(date(2026, 3, 17))
    before = len(staffed.services.treatment.sessions(patient_id))
    staffed.press(Qt.Key.Key_Return, CTRL | Qt.KeyboardModifier.ShiftModifier)
    staffed.settle()
    given = [session for session, _ in staffed.services.treatment.sessions(patient_id)]
    assert len(given) == before + 1
    assert {session.state for session in given if session.day == date(2026, 3, 17)} == {SessionState.GIVEN}


def test_rooms_of_the_administrator(staffed: Room) -> None:
    work_as(staffed, NURSE)
    window = staffed.window
    window.go_to("settings")
    staffed.settle()
    settings = window._setting_list
    assert settings is not None
    staffed.until(lambda: bool(settings.rows))
    assert not any(row.button.isEnabled() for row in settings.rows)
    assert settings.rows[0].button.toolTip() == sentence_for(Action.MANAGE, NURSE)
    assert settings.again.toolTip() == sentence_for(Action.MANAGE, NURSE)
    window.go_to("backups")
    staffed.settle()
    backups = window._backups
    assert backups is not None
    assert not backups.add.isEnabled()
    assert backups.add.toolTip() == sentence_for(Action.MANAGE, NURSE)
    assert backups.now.isEnabled()
    window.go_to("audit")
    staffed.settle()
    audit = window._audit
    assert audit is not None
    assert not audit.export.isEnabled()
    assert audit.print.toolTip() == sentence_for(Action.EXPORT_AUDIT, NURSE)
    window.go_to("bin")
    staffed.settle()
    held = window._bin
    assert held is not None
    for part, need in ((held.restore, Action.RESTORE), (held.purge, Action.PURGE)):
        assert not part.isEnabled()
        assert part.toolTip() == sentence_for(need, NURSE)


def test_another_one_works_and_may(staffed: Room) -> None:
    work_as(staffed, READER)
    select(staffed)
    command = staffed.window.commands.actions["record_visit"]
    assert not command.isEnabled()
    staffed.window.locking.lock()
    page = staffed.window.locking.page
    assert page is not None
    staffed.press(Qt.Key.Key_R, CTRL)
    assert not staffed.window.sayings._unsaid
    page.form.passphrase_typed.emit("Dr Rao", PASSPHRASE)
    staffed.until(lambda: not staffed.window.locking.locked)
    staffed.settle()
    select(staffed)
    assert command.isEnabled()
    assert "for" not in command.toolTip()
    assert staffed.window.header.new_patient.isEnabled()
    assert staffed.window.header.new_patient.toolTip() == "New patient (Ctrl+N)"
    staffed.press(Qt.Key.Key_N, CTRL)
    staffed.settle()
    assert staffed.window.sheet is not None


def test_the_owner_of_a_button_need_not_know(staffed: Room) -> None:
    work_as(staffed, READER)
    button = keep_to_roles(staffed.context, Button(staffed.keeper, "Change…", tip="Ctrl+J"), Action.MANAGE)
    staffed.qtbot.addWidget(button)
    button.setEnabled(True)
    button.setToolTip("Another tip")
    assert not button.isEnabled()
    assert button.toolTip() == sentence_for(Action.MANAGE, READER)
    button.set_busy(True)
    button.set_busy(False)
    assert not button.isEnabled()
    door().switch(staffed.services, "Dr Rao", PASSPHRASE)
    staffed.context.attached.emit()
    assert button.isEnabled()
    assert button.toolTip() == "Another tip"
    staffed.settle()
