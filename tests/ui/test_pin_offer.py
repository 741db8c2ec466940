"""Who comes in by a passphrase is offered a PIN: quietly, and once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.people import Role
from clinic_app.ui.people.own_sheets import PinSheet
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE
from tests.ui.window_room import Filled, Room, room

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
WORDS = "four wet umbrellas inside"
PIN = "274915"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def two(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A clinic in which a nurse works too."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.services.access.confirm(PASSPHRASE, Action.MANAGE)
        one.services.people.add("Nisha Rao", {Role.NURSE}, WORDS)
        one.services.access.leave()
        one.attach()
        yield one


def open_again(clinic: Room, user: str, passphrase: str) -> None:
    clinic.window.locking.lock()
    page = clinic.window.locking.page
    assert page is not None
    page.form.passphrase_typed.emit(user, passphrase)
    clinic.until(lambda: not clinic.window.locking.locked)
    clinic.settle()


def test_it_leads_to_a_pin_that_opens(clinic: Room) -> None:
    offer = clinic.window.strips.pin_offer
    assert offer.isVisible()
    assert "6 digits" in offer.words
    assert "12 hours" in offer.words
    assert clinic.window.schedule.table.hasFocus()  # nothing is taken from who just goes on
    offer.button.setFocus(Qt.FocusReason.TabFocusReason)
    clinic.press(Qt.Key.Key_Space)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, PinSheet)
    assert not offer.isVisible()
    for name in ("pin", "again"):
        QTest.keyClicks(sheet.lines[name], PIN)
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert [user.name for user in clinic.services.people.with_pin()] == ["Dr Rao"]
    clinic.window.locking.lock()
    page = clinic.window.locking.page
    assert page is not None
    page.form.pin_typed.emit("Dr Rao", PIN)
    clinic.until(lambda: not clinic.window.locking.locked)
    assert not offer.isVisible()


def test_once_for_each_person(two: Room) -> None:
    offer = two.window.strips.pin_offer
    assert offer.isVisible()
    QTest.mouseClick(offer._cross, LEFT)
    assert not offer.isVisible()
    open_again(two, "Dr Rao", PASSPHRASE)
    assert not offer.isVisible()
    open_again(two, "Nisha Rao", WORDS)
    assert offer.isVisible()
    two.window.locking.lock()
    assert not offer.isVisible()
    page = two.window.locking.page
    assert page is not None
    page.form.passphrase_typed.emit("Nisha Rao", WORDS)
    two.until(lambda: not two.window.locking.locked)
    two.settle()
    assert not offer.isVisible()
    kept = QSettings(two.settings.fileName(), QSettings.Format.IniFormat)
    two.settings.sync()
    keys = [key for key in kept.allKeys() if key.startswith("pin_offered/")]
    assert len(keys) == 2
    assert not any("Rao" in key or "clinic" in key for key in keys)


def test_the_next_start_does_not_ask_again(
    qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled
) -> None:
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.attach()
        assert one.window.strips.pin_offer.isVisible()
        one.window.close_clinic()
        one.settle()
        assert not one.window.strips.pin_offer.isVisible()
    again = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert any(key.startswith("pin_offered/") for key in again.allKeys())
