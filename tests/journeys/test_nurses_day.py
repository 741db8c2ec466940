"""A nurse's whole day in the window (ux.md 1.3) by real keys and a real mouse, with the interactions of every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails, FollowUpStatus
from clinic_app.ui.schedule import papers_dialog
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.schedule.papers_dialog import PapersDialog
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.today.view import TodayView
from tests.builders import add_patient, give
from tests.ui.conftest import _one_keeper, keeper
from tests.ui.hands import drop_on, files
from tests.ui.test_pictures import write_session
from tests.ui.window_room import DAY, Filled, Room, filled_clinic, room

__all__ = ["_one_keeper", "filled_clinic", "keeper"]

PIN = "274915"
LEFT = Qt.MouseButton.LeftButton
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
FRIDAY, TUESDAY = date(2026, 3, 20), date(2026, 3, 24)


class Nurse:
    """One interaction is a key chord, a click, a drag, or a field typed into."""

    def __init__(self, clinic: Room) -> None:
        self.clinic = clinic
        self.done = 0

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key where the keyboard is, in whatever window that is."""
        self.done += 1
        QTest.keyClick(QApplication.focusWidget() or self.clinic.window, key, modifiers)
        self.clinic.settle()

    def type(self, words: str) -> None:
        """Into the field the keyboard is in."""
        self.done += 1
        self.clinic.type(words)

    def click(self, button: QAbstractButton) -> None:
        """With the mouse."""
        self.done += 1
        QTest.mouseClick(button, LEFT)
        self.clinic.settle()

    def drag(self, source: QWidget, start: QPoint, target: QPoint) -> None:
        """From a place of a widget to a place of the screen."""
        self.done += 1
        QTest.mousePress(source, LEFT, pos=start)
        self.clinic.settle()
        for where in (start + QPoint(4, 2), start + QPoint(30, 0), source.mapFromGlobal(target)):
            QTest.mouseMove(source, where)
            self.clinic.settle()
        QTest.mouseRelease(source, LEFT, pos=source.mapFromGlobal(target))
        self.clinic.settle()

    def drop(self, target: QWidget, folder: Path) -> None:
        """A folder onto the window."""
        self.done += 1
        assert drop_on(target, files(folder))
        self.clinic.settle()

    @contextmanager
    def within(self, most: int) -> Iterator[None]:
        """What follows takes no more interactions than this."""
        before = self.done
        yield
        assert self.done - before <= most


@pytest.fixture
def clinic(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A window that opens on Today: two visitors, and six people to call."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        services = one.services
        one.people = dict(filled_clinic.people)
        for number, name in enumerate(("Anna Mathew", "Babu Rao")):
            one.people[name] = add_patient(services, name, f"91{number}", phone=f"98400 9100{number}")
            patient_id, case_id = one.people[name]
            give(services, patient_id, case_id, date(2025, 12, 10))
            services.schedule.book(BookingDetails(patient_id, DAY, (case_id,)))
        for number, name in enumerate(("Devi Pillai", "Ehsan Ali", "Farah Khan")):
            one.people[name] = add_patient(services, name, f"92{number}", phone=f"98400 9200{number}")
            give(services, *one.people[name], date(2025, 12, 12 + number))
        services.people.set_pin(PIN)
        one.settings.setValue("today_first", "true")
        one.attach()
        one.until(lambda: one.window._today is not None and one.window._today._photos is not None)
        one.settle()
        yield one


@pytest.fixture(autouse=True)
def _printer_into_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def into_file(printer: QPrinter, _: QWidget) -> bool:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        return True

    monkeypatch.setattr(PapersDialog, "last_folder", str(tmp_path))
    monkeypatch.setattr(papers_dialog, "ask_printer", into_file)


def booking(clinic: Room, name: str) -> Appointment:
    """The booking of somebody that stands."""
    (found,) = (one for one in clinic.services.patients.page(clinic.people[name][0]).appointments if one.status.live)
    return found


def calls(clinic: Room, name: str) -> list[Attempt]:
    """What came of the calls to somebody."""
    return [call.outcome for call in clinic.services.patients.page(clinic.people[name][0]).calls]


def day_columns(clinic: Room) -> dict[date, QWidget]:
    """The days of the week below the list."""
    return {one.board.day.day: one for one in clinic.window.schedule.week.columns if one.board is not None}


def choose(clinic: Room, name: str) -> int:
    """Select somebody in the list; the place of the row."""
    place = clinic.window.schedule.model.row_of(clinic.people[name][1])
    assert place is not None
    clinic.window.schedule.table.setFocus()
    clinic.window.schedule.table.choose(place)
    clinic.settle()
    return place


def test_a_nurses_day(clinic: Room, tmp_path: Path) -> None:
    window, nurse = clinic.window, Nurse(clinic)

    window.locking.lock()
    clinic.settle()
    page = window.locking.page
    assert page is not None
    page.form.secret.setFocus()
    with nurse.within(2):
        nurse.type(PIN)
        nurse.key(Qt.Key.Key_Return)
        clinic.until(lambda: window.locking.page is None)
        clinic.settle()
    assert window.area == "today"
    today = window._today
    assert isinstance(today, TodayView)
    clinic.until(lambda: today._photos is not None)
    clinic.settle()

    row = today.table.row
    assert row is not None
    assert row.name == "Anna Mathew"
    with nurse.within(1):
        nurse.key(Qt.Key.Key_A)
    assert booking(clinic, "Anna Mathew").status is AppointmentStatus.ARRIVED
    nurse.key(Qt.Key.Key_Down)
    with nurse.within(1):
        nurse.key(Qt.Key.Key_N)
    assert clinic.services.schedule.counts()[FollowUpStatus.BOOKED] == 1, "who did not come is to be called again"

    with nurse.within(1):
        nurse.key(Qt.Key.Key_2, CTRL)
    assert clinic.selected == "Babu Rao", "who was selected on Today is selected here"
    choose(clinic, "Asha Verma")
    with nurse.within(1):
        nurse.key(Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.ShiftModifier)
    clipboard = QApplication.clipboard()
    assert clipboard.text().replace(" ", "")
    clipboard.clear()
    with nurse.within(1):
        nurse.key(Qt.Key.Key_1)
    assert (calls(clinic, "Asha Verma"), clinic.selected) == ([Attempt.NO_ANSWER], "Harpreet Gill")
    with nurse.within(1):
        nurse.key(Qt.Key.Key_2)
    assert calls(clinic, "Harpreet Gill") == [Attempt.TOLD_FAMILY]
    third = clinic.selected
    assert "Asha Verma" in clinic.names, "who was called stays until the day ends"

    with nurse.within(4):
        nurse.key(Qt.Key.Key_L)
        sheet = window.sheet
        assert isinstance(sheet, CallSheet)
        nurse.click(sheet.outcome.pill("will_come"))
        sheet.again.line.setFocus()
        nurse.type("tomorrow 10")
        nurse.key(Qt.Key.Key_Return, CTRL)
    call = clinic.services.patients.page(clinic.people[third][0]).calls[0]
    assert call.call_again_on == FRIDAY
    assert call.call_again_at is not None
    assert call.call_again_at.hour == 10

    table = window.schedule.table
    choose(clinic, "Devi Pillai")
    with nurse.within(1):
        nurse.key(Qt.Key.Key_B)
    assert booking(clinic, "Devi Pillai").day == FRIDAY
    assert calls(clinic, "Devi Pillai") == [Attempt.BOOKED]
    choose(clinic, "Ehsan Ali")
    with nurse.within(1):
        nurse.click(window.inspector.day_buttons[1])
    assert booking(clinic, "Ehsan Ali").day == TUESDAY

    place = choose(clinic, "Farah Khan")
    port = table.viewport()
    start = table.visualRect(clinic.window.schedule.model.index(place, 1)).center()
    friday = day_columns(clinic)[FRIDAY]
    with nurse.within(1):
        nurse.drag(port, start, friday.mapToGlobal(QPoint(friday.width() // 2, friday.height() - 12)))
    assert booking(clinic, "Farah Khan").day == FRIDAY

    with nurse.within(1):
        nurse.key(Qt.Key.Key_Z, CTRL)
    assert not [
        one for one in clinic.services.patients.page(clinic.people["Farah Khan"][0]).appointments if one.status.live
    ]

    folder = write_session(tmp_path / "card", 3)
    choose(clinic, "Asha Verma")
    with nurse.within(2):
        nurse.drop(window, folder)
        clinic.until(lambda: len(clinic.services.pictures.all(clinic.people["Asha Verma"][0])) == 3)
        clinic.settle()
        nurse.key(Qt.Key.Key_Return)
    views = [entry.picture.view for _, entry in clinic.services.pictures.all(clinic.people["Asha Verma"][0])]
    assert all(views)
    nurse.key(Qt.Key.Key_Escape)

    nurse.key(Qt.Key.Key_2, CTRL)
    day_columns(clinic)[FRIDAY].setFocus()
    with nurse.within(2):
        nurse.key(Qt.Key.Key_P, CTRL)
        dialog = window.papers.dialog
        assert dialog is not None
        clinic.until(lambda: QApplication.activeWindow() is dialog)
        nurse.key(Qt.Key.Key_Return)
    clinic.until(lambda: window.papers.dialog is None)
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    assert "day_list" in {one.object_type for one in clinic.services.audit.entries(AuditFilter(action="print"))}

    counts = clinic.services.schedule.counts()
    assert sum(counts.values()) == len(clinic.people)
