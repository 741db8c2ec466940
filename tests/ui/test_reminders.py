"""Reminders at their time: numbers, never a name; quiet when they are to be; the same behind a lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.schedule import Attempt, BookingDetails
from clinic_app.ui.shell.reminders import Reminders
from clinic_app.ui.shell.reminders_sheet import RemindersSheet
from clinic_app.ui.shell.tray import Tray
from clinic_app.ui.theme import ThemeKeeper
from tests.ui.window_room import DAY, Filled, Room, filled_clinic, room

__all__ = ["filled_clinic"]


class Watched:
    """Reminders over the window's clinic with a clock that is set by hand, and everything they said."""

    def __init__(self, one: Room) -> None:
        self.room = one
        self.preferences = MachinePreferences()
        self.day, self.at = DAY, time(8, 10)
        self.due: list[int] = []
        self.said: list[str] = []
        self.reminders = Reminders(
            one.context, lambda: self.preferences, lambda: datetime.combine(self.day, self.at), one.window
        )
        self.reminders.due.connect(self.due.append)
        self.reminders.said.connect(self.said.append)
        self.reminders._begin()
        one.settle()

    def look(self, at: time) -> None:
        self.at = at
        self.reminders.look()


@pytest.fixture
def clinic(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """Two call-backs today, one of them at ten and one at four, and a visit."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        asha, harpreet, meena = (one.people[name] for name in ("Asha Verma", "Harpreet Gill", "Meena Joshi"))
        log = one.services.schedule.log_call
        log(asha[1], Attempt.TOLD_FAMILY, DAY, call_again_at=time(10))
        log(harpreet[1], Attempt.TOLD_FAMILY, DAY, call_again_at=time(16))
        one.services.schedule.book(BookingDetails(meena[0], DAY, (meena[1],)))
        one.attach()
        yield one


def test_the_summary_comes_at_the_start_and_at_half_past_eight_and_calls_at_their_time(clinic: Room) -> None:
    watched = Watched(clinic)
    assert watched.said == ["2 calls, 1 visit today"]
    watched.look(time(8, 29))
    watched.look(time(8, 30))
    watched.look(time(9))
    assert watched.said[1:] == ["2 calls, 1 visit today"]
    watched.look(time(9, 59))
    assert watched.due == []
    watched.look(time(10))
    assert (watched.due, watched.said[2:]) == ([1], ["Call back now: 1"])
    clinic.window.locking.lock()
    clinic.settle()
    watched.look(time(16, 1))
    assert (watched.due, watched.said[3:]) == ([1, 2], ["Call back now: 2"])
    assert not any(name.split()[0] in words for name in clinic.people for words in watched.said)
    clinic.window.locking._opened(clinic.services.clinic.user)
    clinic.settle()
    case_id = clinic.people["Asha Verma"][1]
    clinic.tasks.tell(lambda s: s.schedule.log_call(case_id, Attempt.WILL_COME), owner=clinic.window)
    clinic.settle()
    assert watched.due[-1] == 1
    assert len(watched.said) == 4


def test_what_falls_on_a_day_that_began_behind_the_lock_is_said_there_without_a_name(clinic: Room) -> None:
    tomorrow = DAY + timedelta(days=1)
    clinic.services.schedule.log_call(
        clinic.people["Asha Verma"][1], Attempt.TOLD_FAMILY, tomorrow, call_again_at=time(10)
    )
    watched, days = Watched(clinic), []
    watched.reminders.new_day.connect(lambda: days.append(clinic.context.open))
    watched.said.clear()
    clinic.window.locking.lock()
    clinic.settle()
    clinic.clock.go_to(tomorrow)
    watched.day = tomorrow
    watched.look(time(8, 31))
    clinic.settle()
    assert (watched.due, watched.said) == ([], ["2 calls, 0 visits today"])
    watched.look(time(10, 30))
    assert (watched.due, watched.said[1:], days) == ([1], ["Call back now: 1"], [])
    clinic.window.locking._opened(clinic.services.clinic.user)
    clinic.settle()
    assert days == [True]


def test_nothing_is_said_in_quiet_hours_or_when_it_is_off(clinic: Room) -> None:
    watched = Watched(clinic)
    watched.said.clear()
    watched.preferences = replace(watched.preferences, quiet_from=time(9), quiet_until=time(11))
    watched.look(time(10, 30))
    assert (watched.due, watched.said) == ([], [])
    watched.look(time(11))
    assert watched.due == [1]
    watched.preferences = replace(watched.preferences, reminders=False)
    watched.look(time(16, 30))
    assert watched.due == [1]
    watched.at = time(9)
    clinic.clock.go_to(DAY + timedelta(days=1))
    assert "Asha" not in "".join(watched.said)


def test_the_strip_in_the_window_leads_to_today_and_the_sheet_keeps_what_is_wanted(clinic: Room) -> None:
    window = clinic.window
    window.reminders._clock = lambda: datetime.combine(DAY, time(10, 5))
    window.reminders.look()
    assert window.strips.call_backs.words == "Call back now: 1"
    QTest.mouseClick(window.strips.call_backs.button, Qt.MouseButton.LeftButton)
    clinic.settle()
    assert window.area == "today"
    window.commands.actions["reminders"].trigger()
    clinic.settle()
    sheet = window.sheet
    assert isinstance(sheet, RemindersSheet)
    assert not sheet.in_tray.isEnabled()
    sheet.quiet_from.setText("25:00")
    sheet.mark_changed()
    sheet.ask_save()
    field = sheet.field("quiet_from")
    assert field is not None
    assert field.problem
    sheet.quiet_from.setText("20:30")
    sheet.ask_save()
    assert clinic.kept[-1].quiet_from == time(20, 30)


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface", extend=True)
def test_what_stands_in_a_tray_has_no_name(clinic: Room) -> None:
    tray = Tray(clinic.keeper, clinic.window)
    tray.say("2 calls, 1 visit today")
    icon = tray.findChild(QSystemTrayIcon)
    assert isinstance(icon, QSystemTrayIcon)
    assert icon.toolTip() == "2 calls, 1 visit today"
    tray.forget()
    assert "2" not in icon.toolTip()


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface", extend=True)
def test_behind_the_lock_no_window_tooltip_or_message_has_a_name(clinic: Room) -> None:
    window = clinic.window
    tray = Tray(clinic.keeper, window)
    said: list[str] = []
    window.reminders.said.connect(said.append)
    window.reminders.said.connect(tray.say)
    clinic.context.intents.open_case.emit(*clinic.people["Asha Verma"])
    clinic.settle()
    assert "Asha Verma" in shown_to_anybody(window), "she is in sight before"
    window.locking.lock()
    clinic.settle()
    window.reminders._clock = lambda: datetime.combine(DAY, time(16, 5))
    window.reminders.look()
    clinic.settle()
    icon = tray.findChild(QSystemTrayIcon)
    assert isinstance(icon, QSystemTrayIcon)
    assert said
    words = "\n".join((shown_to_anybody(window), icon.toolTip(), *said))
    for name in clinic.people:
        assert not any(part in words for part in name.split()), name


def shown_to_anybody(window: QWidget) -> str:
    """Titles of windows, and words, tooltips and names for a screen reader of everything that is in sight."""
    found = [one.windowTitle() for one in QApplication.topLevelWidgets()]
    for one in (window, *window.findChildren(QWidget)):
        if one.isVisible():
            text = one.text() if isinstance(one, QLabel | QLineEdit | QAbstractButton) else ""
            found += [text, one.toolTip(), one.accessibleName(), one.accessibleDescription(), one.statusTip()]
    return "\n".join(found)
