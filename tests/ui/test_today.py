"""Today by keys: who comes, who is called, what was missed; nothing of it behind a lock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails, FollowUpStatus
from clinic_app.ui.schedule.room import CALL_LIST
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.today.lines import LIST_OF_PART, Part
from clinic_app.ui.today.view import TodayView
from tests.ui.window_room import DAY, Filled, Room, filled_clinic, room

__all__ = ["filled_clinic"]
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def clinic(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A window that opens on Today, over the filled clinic with two visitors."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        one.settings.setValue("today_first", "true")
        for name in ("Asha Verma", "Meena Joshi"):
            patient_id, case_id = one.people[name]
            one.services.schedule.book(BookingDetails(patient_id, DAY, (case_id,)))
        one.attach()
        one.until(lambda: today(one)._photos is not None)
        one.settle()
        yield one


def today(room: Room) -> TodayView:
    view = room.window._today
    assert view is not None
    return view


def rows(room: Room) -> list[tuple[str, str, str]]:
    return [(row.part.value, row.name, row.chip.words) for _, row in today(room).table.lines.rows()]


def selected(room: Room) -> str:
    row = today(room).table.row
    return "" if row is None else row.name


def test_a_morning_by_keys(clinic: Room) -> None:
    window = clinic.window
    assert window.area == "today"
    assert rows(clinic)[:3] == [
        ("visitors", "Asha Verma", "Booked"),
        ("visitors", "Meena Joshi", "Booked"),
        ("overdue", "Harpreet Gill", "3 days over"),
    ]
    assert selected(clinic) == "Asha Verma"
    clinic.until(lambda: window.inspector.value is not None)
    assert window.selection == clinic.people["Asha Verma"]
    clinic.press(Qt.Key.Key_A)
    clinic.settle()
    assert rows(clinic)[0][2].startswith("Arrived ")
    clinic.press(Qt.Key.Key_I)
    clinic.settle()
    assert rows(clinic)[0][2] == "In room"
    assert selected(clinic) == "Asha Verma"
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_N)
    clinic.settle()
    statuses = [one.status for one, _, _ in clinic.services.schedule.booked_cases()]
    assert set(statuses) == {AppointmentStatus.IN_ROOM, AppointmentStatus.NO_SHOW}
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert rows(clinic)[1][2] == "Booked"
    for _ in range(2):
        clinic.press(Qt.Key.Key_Down)
    assert selected(clinic) == "Harpreet Gill"
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    (call,) = clinic.services.patients.page(clinic.people["Harpreet Gill"][0]).calls
    assert call.outcome is Attempt.NO_ANSWER


def test_enter_goes_to_the_record_or_to_everybody_and_back_again(clinic: Room) -> None:
    window, table = clinic.window, today(clinic).table
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert (window.area, window.selection) == ("case", clinic.people["Asha Verma"])
    clinic.press(Qt.Key.Key_Left, ALT)
    clinic.settle()
    assert (window.area, selected(clinic)) == ("today", "Asha Verma")
    head = next(at for at in table.lines.heads() if table._part_at(at) is Part.OVERDUE)
    table.choose(head)
    table.setFocus()
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert (window.area, window.schedule_room.code) == ("schedule", CALL_LIST)
    assert {status for status, count in window.schedule.model.counts().items() if count} == {FollowUpStatus.OVERDUE}
    clinic.press(Qt.Key.Key_1, CTRL)
    clinic.settle()
    assert window.area == "today"
    today(clinic).list_wanted.emit(LIST_OF_PART[Part.CALL_BACKS])
    clinic.settle()
    assert window.schedule.filters.filter.call_back


def test_nothing_of_today_is_behind_the_lock(clinic: Room) -> None:
    window = clinic.window
    names = set(clinic.people)
    window.locking.lock()
    clinic.settle()
    assert not any(name in str(window.windowTitle()) for name in names)
    said = [str(child.property("text")) for child in window.findChildren(QObject) if child.property("text")]
    assert not any(name in words for name in names for words in said)
    assert window._today is None
    window.locking._opened(clinic.services.clinic.user)
    clinic.settle()
    assert window.area == "today"
    assert rows(clinic)[0][1] == "Asha Verma"


def test_after_days_off_what_was_missed_is_there(clinic: Room) -> None:
    harpreet = clinic.people["Harpreet Gill"]
    clinic.services.schedule.log_call(harpreet[1], Attempt.NO_ANSWER)
    clinic.clock.go_to(DAY + timedelta(days=11))
    clinic.window._open_first("schedule")
    clinic.services.today_page.opened()
    today(clinic).forget()
    today(clinic).refresh()
    clinic.settle()
    parts = {(part, name) for part, name, _ in rows(clinic)}
    assert {("call_backs", "Harpreet Gill"), ("open_bookings", "Asha Verma")} <= parts
    assert "call-back" in today(clinic).since.words
    table = today(clinic).table
    table.choose(next(at for at, row in table.lines.rows() if row.part is Part.OPEN_BOOKINGS))
    table.setFocus()
    clinic.press(Qt.Key.Key_A)
    clinic.settle()
    assert "That day is over" in clinic.window.toast.words
    clinic.press(Qt.Key.Key_N)
    clinic.settle()
    statuses = [one.status for one, _, _ in clinic.services.schedule.booked_cases()]
    assert statuses.count(AppointmentStatus.NO_SHOW) == 1
