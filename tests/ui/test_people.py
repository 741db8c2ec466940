"""The room People over a real clinic: listed, added, given roles, a one-time code, taken away and let in again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.people import Role
from clinic_app.ui.people.code_dialog import CodeDialog
from clinic_app.ui.people.own_sheets import PassphraseSheet
from clinic_app.ui.people.sheets import AddPersonSheet, PeopleSheet
from clinic_app.ui.people.view import PeopleView
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, door
from tests.ui.window_room import Filled, Room, room

CTRL = Qt.KeyboardModifier.ControlModifier
WORDS = "four wet umbrellas inside"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def view_of(clinic: Room) -> PeopleView:
    clinic.window.go_to("people")
    clinic.settle()
    view = clinic.window._people
    assert view is not None
    clinic.until(lambda: bool(view.rows))
    return view


def words_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def sheet_for(clinic: Room, code: str, name: str = "") -> PeopleSheet:
    view = view_of(clinic)
    if name:
        view.row_of(name).wanted.emit(code)
    else:
        (view.add if code == "add" else view.codes).click()
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, PeopleSheet)
    clinic.until(sheet.isVisible)
    return sheet


def save(clinic: Room, sheet: PeopleSheet, secret: str = PASSPHRASE) -> None:
    if sheet.secret_field.isVisible():
        sheet.secret.setText(secret)
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()


def dialog_of() -> CodeDialog:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, CodeDialog) and one.isVisible())


@pytest.fixture
def two(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A clinic in which a nurse works too."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.services.access.confirm(PASSPHRASE)
        one.services.people.add("Nisha Rao", {Role.NURSE}, WORDS)
        one.services.access.leave()
        one.attach()
        yield one


def test_everybody_is_listed_with_roles_and_days(two: Room) -> None:
    view = view_of(two)
    assert [row.person.name for row in view.rows] == ["Dr Rao", "Nisha Rao"]
    words = words_in(view)
    assert "Dr Rao (you)" in words
    assert "Administrator, Doctor" in words
    assert "Nurse" in words
    assert "active · since 19 Mar 2026" in words


def test_somebody_is_added_who_types_their_own_passphrase(two: Room) -> None:
    sheet = sheet_for(two, "add")
    assert isinstance(sheet, AddPersonSheet)
    sheet.name.setText("nisha  rao")
    sheet.secrets["passphrase"].setText("lantern orchard velvet")
    sheet.secrets["again"].setText("lantern orchard velvex")
    save(two, sheet)
    again = sheet.field("again")
    assert again is not None
    assert "differ" in again.problem
    sheet.secrets["again"].setText("lantern orchard velvet")
    save(two, sheet)
    name = sheet.field("name")
    assert name is not None
    assert "called Nisha Rao already" in name.problem
    sheet.name.setText("Maya Nair")
    save(two, sheet)
    two.until(lambda: two.window.sheet is None)
    two.until(lambda: len(view_of(two).rows) == 3)
    other = door(two.clock).open(two.services.clinic.folder, "lantern orchard velvet", "Maya Nair")
    assert other.clinic.user.roles == {Role.NURSE}
    other.close()


def test_words_are_suggested_for_somebody_new(two: Room) -> None:
    sheet = sheet_for(two, "add")
    assert isinstance(sheet, AddPersonSheet)
    assert sheet.name.hasFocus()
    sheet.name.setText("Maya Nair")
    sheet.aid.suggest.setFocus()
    two.press(Qt.Key.Key_Space)
    two.settle()
    words = sheet.passphrase
    assert len(words.split()) == 5
    assert sheet.secrets["again"].text() == words
    assert sheet.secrets["passphrase"].echoMode() is QLineEdit.EchoMode.Normal
    save(two, sheet)
    two.until(lambda: two.window.sheet is None)
    door(two.clock).open(two.services.clinic.folder, words, "Maya Nair").close()


def test_words_are_suggested_for_oneself_and_the_keyboard_is_where_one_types(two: Room) -> None:
    two.window.change_passphrase()
    two.settle()
    sheet = two.window.sheet
    assert isinstance(sheet, PassphraseSheet)
    sheet.lines["old"].setText(PASSPHRASE)
    sheet.aid.suggest.setFocus()
    two.press(Qt.Key.Key_Space)
    two.settle()
    assert len(sheet.lines["passphrase"].text().split()) == 5
    assert sheet.lines["old"].text() == PASSPHRASE
    assert sheet.lines["old"].echoMode() is QLineEdit.EchoMode.Password
    sheet.cancel()
    sheet._drop()
    two.settle()
    taken = sheet_for(two, "disable", "Nisha Rao")
    assert taken.secret.hasFocus()


def test_the_last_admin_stays(two: Room) -> None:
    sheet = sheet_for(two, "roles", "Dr Rao")
    sheet.roles.boxes[Role.ADMIN].setChecked(False)  # type: ignore[attr-defined]  # the sheet of the roles
    save(two, sheet)
    assert sheet.isVisible()
    said = words_in(sheet)
    assert "At least one active admin" in said


def test_a_one_time_code_is_shown_once_and_opens(two: Room) -> None:
    sheet = sheet_for(two, "reset", "Nisha Rao")
    save(two, sheet)
    dialog = dialog_of()
    (code,) = dialog.codes
    dialog.finish()
    two.settle()
    two.until(lambda: "has a one-time code" in words_in(view_of(two)))
    other = door(two.clock).open(two.services.clinic.folder, code, recovery=True)
    assert other.must_choose_passphrase
    assert other.clinic.user.name == "Nisha Rao"
    other.close()


def test_access_is_taken_away_and_given_back(two: Room) -> None:
    save(two, sheet_for(two, "disable", "Nisha Rao"))
    two.until(lambda: "may not sign in" in words_in(view_of(two)))
    menu = view_of(two).row_of("Nisha Rao").menu()
    assert [action.text() for action in menu.actions()] == ["Roles…", "Let them sign in again…"]
    sheet = sheet_for(two, "enable", "Nisha Rao")
    for line in sheet.secrets.values():
        line.setText("lantern orchard velvet")
    save(two, sheet)
    two.until(lambda: view_of(two).row_of("Nisha Rao").person.active)


def test_new_recovery_codes_are_typed_back(two: Room) -> None:
    save(two, sheet_for(two, "codes"))
    dialog = dialog_of()
    dialog.finish()
    assert dialog.isVisible()
    assert dialog.fields[0].problem
    for field, code in zip(dialog.fields, dialog.codes, strict=True):
        field.control.setText(code[-9:].lower())
    codes = dialog.codes
    dialog.finish()
    assert not dialog.isVisible()
    other = door(two.clock).open(two.services.clinic.folder, codes[1], recovery=True)
    assert other.must_choose_passphrase
    other.close()


def test_who_may_not_is_told_who_may(two: Room) -> None:
    two.services.people.unlock_with_passphrase("Nisha Rao", WORDS)
    view = view_of(two)
    two.until(lambda: view.banner.isVisible())
    assert "administrators" in view.banner.words
    assert not view.add.isEnabled()
    assert not any(row.button.isEnabled() for row in view.rows)
    assert "is for administrators" in view.rows[0].button.toolTip()
