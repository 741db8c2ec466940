"""One's own keys of the viewer: chosen in Settings by pressing them, at once in every open viewer, kept for oneself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.key_choices import KeyChoices, key_of
from clinic_app.ui.compare.keys import COMMANDS, GROUPS
from clinic_app.ui.settings.keys_sheet import KeysSheet
from clinic_app.ui.settings.view import SettingsView
from tests.ui.test_compare_window import compared, press
from tests.ui.window_room import Room

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def opened(clinic: Room) -> KeysSheet:
    """The sheet, opened from Settings with keys."""
    clinic.press(Qt.Key.Key_Comma, CTRL)
    clinic.settle()
    view = clinic.window._setting_list
    assert isinstance(view, SettingsView)
    clinic.until(lambda: bool(view.rows))
    view.search.clear()
    view.search.setFocus()
    clinic.type("own keys of the photo")
    clinic.press(Qt.Key.Key_Return)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, KeysSheet)
    return sheet


def choose(sheet: KeysSheet, words: str) -> None:
    """Search a command and go to it."""
    sheet.search.clear()
    sheet.search.setFocus()
    QTest.keyClicks(sheet.search.line, words)
    QTest.keyClick(sheet.search.line, Qt.Key.Key_Return)
    assert sheet.table.hasFocus()


def press_new(sheet: KeysSheet, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, *, more: bool = False) -> None:
    """Ask for a new key of the chosen command and press it."""
    if more:
        sheet.more.click()
    else:
        QTest.keyClick(sheet.table, Qt.Key.Key_Return)
    assert sheet.catcher.hasFocus()
    QTest.keyClick(sheet.catcher, key, modifiers)


def keys(sheet: KeysSheet) -> str:
    """The keys of the chosen command."""
    return str(sheet.model.index(sheet.table.currentIndex().row(), 1).data())


def test_a_key_is_pressed_kept_and_holds_at_once_in_viewer_menu_list_and_second_window(clinic: Room) -> None:
    view = compared(clinic)
    a, b = view.shown
    sheet = opened(clinic)
    choose(sheet, "swap a and b")
    press_new(sheet, Qt.Key.Key_F9)
    press_new(sheet, Qt.Key.Key_F7, more=True)
    assert keys(sheet) == "F9   F7"
    choose(sheet, "full screen")
    press_new(sheet, Qt.Key.Key_F8)
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert clinic.window.sheet is None
    assert dict(clinic.services.key_choices.mine()[0].keys) == {"swap": ("F9", "F7"), "full": ("F8",)}
    assert view.buttons["swap"].toolTip() == "Swap A and B (F9)"
    assert view.bar.full.toolTip() == "Full screen (F8)"
    assert any(action.text() == "Swap A and B\tF9" for action in view.menu().actions())
    listed = {key.words: key.keys for key in clinic.window.commands.listed() if key.part == "Compare photos"}
    assert listed["Swap A and B"] == "F9 / F7"
    clinic.window.step_history(-1)
    clinic.settle()
    view.stage.active.setFocus()
    press(clinic, view, Qt.Key.Key_W, PLAIN)
    assert view.shown == (a, b)
    press(clinic, view, Qt.Key.Key_F9, PLAIN)
    assert view.shown == (b, a)
    press(clinic, view, Qt.Key.Key_W, SHIFT)
    second = view.second_window
    assert second is not None
    QTest.keyClick(second, Qt.Key.Key_F7)
    assert view.shown == (a, b)
    QTest.keyClick(second, Qt.Key.Key_F8)
    assert second.isFullScreen()
    assert not view.window().isFullScreen()


def test_a_key_another_command_has_is_named_and_swapped_or_left(clinic: Room) -> None:
    sheet = opened(clinic)
    choose(sheet, "swap a and b")
    press_new(sheet, Qt.Key.Key_M)
    assert sheet.said.text() == "M belongs to “Align by points” now."
    assert sheet.swap.hasFocus()
    sheet.keep.click()
    assert keys(sheet) == "W"
    press_new(sheet, Qt.Key.Key_M)
    QTest.keyClick(sheet.swap, Qt.Key.Key_Space)
    assert keys(sheet) == "M"
    choose(sheet, "align by points")
    assert keys(sheet) == "W"
    sheet.usual.click()
    assert not sheet.choices.keys
    sheet.none.click()
    assert keys(sheet) == "no key"
    sheet.all_usual.click()
    assert keys(sheet) == "M"
    for key, modifiers, words in (
        (Qt.Key.Key_1, CTRL, "everywhere"),
        (Qt.Key.Key_K, CTRL, "everywhere"),
        (Qt.Key.Key_F1, PLAIN, "everywhere"),
        (Qt.Key.Key_Tab, PLAIN, "everywhere"),
        (Qt.Key.Key_Space, PLAIN, "everywhere"),
        (Qt.Key.Key_Return, CTRL, "everywhere"),
        (Qt.Key.Key_Z, CTRL, "cannot be changed"),
        (Qt.Key.Key_N, CTRL, "New patient"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier, "menu"),
        (Qt.Key.Key_VolumeUp, PLAIN, "cannot be used"),
    ):
        press_new(sheet, key, modifiers)
        assert words in sheet.said.text(), key
        assert sheet.said.isVisible()
        assert sheet.catcher.isVisible()
        QTest.keyClick(sheet.catcher, Qt.Key.Key_Escape)
        assert keys(sheet) == "M"
        assert clinic.window.sheet is sheet
    choose(sheet, "out: tool")
    assert not sheet.change.isEnabled()
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)
    assert not sheet.catcher.isVisible()


def test_keys_that_only_type_a_character_are_switched_off_and_the_wheel_steps(clinic: Room) -> None:
    view = compared(clinic)
    a, b = view.shown
    sheet = opened(clinic)
    sheet.letters.pill("no").click()
    sheet.wheel.pill("photo").click()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert view.buttons["swap"].toolTip() == "Swap A and B"
    assert view.bar.full.toolTip() == "Full screen (F11)"
    assert view.stage.looks.wheel_steps
    clinic.window.step_history(-1)
    clinic.settle()
    view.stage.active.setFocus()
    for key, modifiers in (
        (Qt.Key.Key_W, PLAIN),
        (Qt.Key.Key_2, PLAIN),
        (Qt.Key.Key_H, SHIFT),
        (Qt.Key.Key_Plus, SHIFT),
    ):
        press(clinic, view, key, modifiers)
    assert view.shown == (a, b)
    assert view.stage.mode.value == "side_by_side"
    assert not view.stage.looks.mirrored
    assert view.stage.lens.fits
    press(clinic, view, Qt.Key.Key_Plus, CTRL)
    assert not view.stage.lens.fits


def test_switched_off_letters_only_type_on_every_page(clinic: Room) -> None:
    clinic.tasks.tell(lambda services: services.key_choices.keep(KeyChoices(letters=False)), owner=clinic.window)
    clinic.settle()
    table, before = clinic.window.schedule.table, clinic.names
    table.setFocus()
    for key, modifiers in (
        (Qt.Key.Key_1, PLAIN),
        (Qt.Key.Key_B, SHIFT),
        (Qt.Key.Key_C, PLAIN),
        (Qt.Key.Key_Slash, PLAIN),
    ):
        clinic.press(key, modifiers)
        clinic.settle()
        assert table.hasFocus()
    assert clinic.names == before
    assert clinic.window.sheet is None
    clinic.press(Qt.Key.Key_K, CTRL)
    clinic.type("Asha")
    assert clinic.window.header.search.words == "Asha"
    for line in (QLineEdit(clinic.window), QSpinBox(clinic.window), QPlainTextEdit(clinic.window)):
        line.show()
        if isinstance(line, QLineEdit):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setFocus()
        QTest.keyClicks(line, "7")
        assert (line.toPlainText() if isinstance(line, QPlainTextEdit) else line.text()) in ("7", "70")
        line.deleteLater()
    sheet = opened(clinic)
    choose(sheet, "swap a and b")
    press_new(sheet, Qt.Key.Key_R, SHIFT)
    assert keys(sheet) == "Shift+R"
    sheet.letters.pill("yes").click()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    clinic.press(Qt.Key.Key_2, CTRL)
    table.setFocus()
    clinic.press(Qt.Key.Key_B, SHIFT)
    clinic.settle()
    assert clinic.window.sheet is not None


def test_what_was_kept_and_cannot_hold_is_told_and_as_usual(clinic: Room) -> None:
    told: list[str] = []
    clinic.context.intents.toast.connect(lambda words, _: told.append(words))
    with clinic.services.context.units.open() as unit:
        broken = {"keys": {"swap": ["Hyper+Q"], "fit": ["Ctrl+1"], "points": ["F9"], "link": ["F9"]}, "letters": 3}
        unit.clinic.set_setting(f"keys_{clinic.services.access.user.id}", broken)
        unit.commit()
    clinic.window.locking.lock()
    clinic.context.uncover()
    clinic.settle()
    assert [words for words in told if "Keyboard" in words]
    own = clinic.window.rooms.own_keys
    assert own is not None
    assert own._map is None, "an opened clinic does not load the viewer"
    assert dict(own.map.choices.keys) == {"points": ("F9",)}
    assert own.map.choices.letters


def test_every_key_of_the_window_is_known_to_be_taken_and_the_groups_are_those_of_the_table(clinic: Room) -> None:
    own = clinic.window.rooms.own_keys
    assert own is not None
    usual = {key for command in COMMANDS for key in command.usual}
    for text in clinic.window.commands.taken():
        key = key_of(text)
        if key in usual:
            continue
        with pytest.raises(RuleBroken) as refused:
            own.map.rules.given(KeyChoices(), "swap", key)
        assert refused.value.code in ("key_kept", "key_reserved"), key
    assert set(GROUPS) <= {command.name for command in COMMANDS}
    assert COMMANDS[0].name in GROUPS
