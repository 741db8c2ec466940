"""The calendar under real keys and a real mouse, over real services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.calendar_board import Scale
from clinic_app.domain.papers import PaperKind
from clinic_app.domain.schedule import BookingDetails, FollowUpStatus
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.calendar_view import CalendarView
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.schedule.carrying import GhostChip
from clinic_app.ui.schedule.day_list import PATIENT, halves
from clinic_app.ui.schedule.forecast_view import ForecastView
from clinic_app.ui.theme import Style, ThemeKeeper
from tests.ui.window_room import DAY, Room, named

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""A menu on the offscreen platform: it has no windows to raise and no keyboard to grab."""

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
FREE, SUNDAY, PAST = date(2026, 3, 24), date(2026, 3, 29), date(2026, 3, 17)
CLOSED, AWAY, FULL = date(2026, 3, 31), date(2026, 4, 3), date(2026, 3, 20)


def calendar(clinic: Room) -> CalendarView:
    """The calendar, shown by its key."""
    clinic.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    view = clinic.window.schedule_room.currentWidget()
    assert isinstance(view, CalendarView)
    clinic.settle()
    return view


def from_menu(clinic: Room, view: CalendarView, words: str) -> None:
    """Choose from the menu of the chosen day, by its button."""
    clinic.window.activateWindow()
    QTest.mouseClick(view.of_day, LEFT)
    clinic.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.text().partition("\t")[0] == words).trigger()
    menu.close()
    clinic.settle()


def choose(clinic: Room, view: CalendarView, name: str) -> None:
    """Walk down the list beside the calendar to somebody."""
    view.tray.table.setFocus()
    for _ in range(view.tray.model.rowCount()):
        clinic.press(Qt.Key.Key_Down)
        line = view.tray.table.line
        if line is not None and line.name == name:
            clinic.settle()
            return
    raise AssertionError(name)


def drag(clinic: Room, source: QWidget, start: QPoint, way: list[QPoint]) -> None:
    """Press, and drag over places of the screen; the button stays down."""
    QTest.mousePress(source, LEFT, pos=start)
    clinic.settle()
    QTest.mouseMove(source, start + QPoint(2, 2))
    for where in [source.mapToGlobal(start + QPoint(30, 0)), *way]:
        QTest.mouseMove(source, source.mapFromGlobal(where))
        clinic.settle()


def days_of(clinic: Room, name: str) -> list[date]:
    page = clinic.services.patients.page(clinic.people[name][0])
    return [one.day for one in page.appointments if one.status.live]


def carried(view: CalendarView) -> bool:
    return view.carry is not None


def in_month(view: CalendarView) -> Callable[[date], QPoint]:
    return lambda day: view.month.mapToGlobal(view.month.spot_of(day).center())


def cursor_of() -> Qt.CursorShape | None:
    cursor = QApplication.overrideCursor()
    return None if cursor is None else cursor.shape()


def test_a_day_has_its_plan_and_its_printed_list(clinic: Room) -> None:
    view = calendar(clinic)
    view.choose_day(FREE)
    clinic.settle()
    from_menu(clinic, view, "Print the day list…")
    dialog = clinic.window.papers.dialog
    assert dialog is not None
    assert (dialog.request.kind, dialog.request.day) == (PaperKind.DAY_LIST, FREE)
    dialog.reject()
    clinic.settle()
    from_menu(clinic, view, "Plan of the day")
    forecast = clinic.window.schedule_room.currentWidget()
    assert isinstance(forecast, ForecastView)
    assert forecast.plan.day == FREE
    assert forecast.plan.isVisible()


def test_somebody_is_dragged_onto_a_day_moved_and_the_undo_takes_it_back(clinic: Room) -> None:
    view = calendar(clinic)
    assert [view.tray.model.counts()[one] for one in view.tray.model.counts()][:3] == [2, 1, 0]
    shown = [column for column in range(view.tray.model.columnCount()) if not view.tray.table.isColumnHidden(column)]
    assert shown == [0], "who waits stands in one column, whatever columns the call list has"
    port, at = view.tray.table.viewport(), in_month(view)
    row = view.tray.model.row_of(clinic.people["Asha Verma"][1])
    assert row is not None
    start = view.tray.table.visualRect(view.tray.model.index(row, 0)).center()

    drag(clinic, port, start, [at(SUNDAY)])
    assert clinic.window.findChildren(GhostChip)[0].isVisible()
    assert view.line.text() == "Not on Sun 29 Mar: the clinic is closed on Sundays."
    assert cursor_of() == Qt.CursorShape.ForbiddenCursor
    QTest.keyClick(clinic.window, Qt.Key.Key_Escape)
    assert not carried(view)
    assert cursor_of() is None
    QTest.mouseRelease(port, LEFT, pos=port.mapFromGlobal(at(FREE)))
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == []

    drag(clinic, port, start, [at(PAST), at(FREE)])
    assert view.line.text() == "Book Asha Verma on Tue 24 Mar, place 1."
    assert cursor_of() == Qt.CursorShape.DragMoveCursor
    QTest.mouseRelease(port, LEFT, pos=port.mapFromGlobal(at(FREE)))
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == [FREE]
    assert clinic.window.toast.words == "Booked Asha Verma: Tue 24 Mar, place 1"
    assert view.month.boards[FREE].names == ("Asha Verma",)
    assert view.tray.model.row_of(clinic.people["Asha Verma"][1]) is None

    clinic.press(Qt.Key.Key_W)
    clinic.settle()
    booking = view.week.bookings[FREE][0].appointment
    spot = view.week.spot_of(booking.id).center()
    drag(clinic, view.week.body, spot, [view.week.body.mapToGlobal(view.week.column_of(date(2026, 3, 27)).center())])
    QTest.mouseRelease(view.week.body, LEFT, pos=view.week.column_of(date(2026, 3, 27)).center())
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == [date(2026, 3, 27)]
    assert clinic.window.toast.words == "Moved Asha Verma to Fri 27 Mar"
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == [FREE]


def test_names_in_the_month_are_dragged_and_carried_like_those_of_the_week(clinic: Room) -> None:
    for name, on in (("Asha Verma", FREE), ("Meena Joshi", FREE), ("Harpreet Gill", FULL)):
        patient_id, case_id = clinic.people[name]
        clinic.services.schedule.book(BookingDetails(patient_id, on, (case_id,), injector="Dr Rao"))
    clinic.services.context.info = replace(
        clinic.services.context.info,
        rules=replace(clinic.services.context.rules, working_days=WorkingDays(closed=frozenset({CLOSED}))),
    )
    clinic.services.absences.add(AbsenceDetails("Dr Rao", AWAY, AWAY, reason="Congress"))
    clinic.services.absences.add(AbsenceDetails("Dr Sen", FULL, FULL, places=1, reason="Leave"))
    clinic.window.resize(1440, 900)
    view = calendar(clinic)
    clinic.press(Qt.Key.Key_PageDown)
    clinic.press(Qt.Key.Key_PageUp)
    clinic.settle()
    month, at = view.month, in_month(view)
    month.grab()
    asha, meena = (one.appointment for one in month.names_of(FREE))

    def carry_asha(to: date) -> None:
        """The button stays down; where the name stands is known once it is painted."""
        clinic.settle()
        month.grab()
        drag(clinic, month, month.name_spot(asha.id).center(), [at(to)])

    for day, words in (
        (SUNDAY, "the clinic is closed on Sundays."), (CLOSED, "closed"), (AWAY, "away"), (FULL, "full"),
        (PAST, "in the past."), (date(2026, 3, 25), "no Botox day."),
    ):  # fmt: skip
        carry_asha(day)
        assert words in view.line.text(), day
        assert view.line.text().startswith("Not on ")
        assert cursor_of() == Qt.CursorShape.ForbiddenCursor
        QTest.mouseRelease(month, LEFT, pos=month.mapFromGlobal(at(day)))
        clinic.settle()
        assert days_of(clinic, "Asha Verma") == [FREE]
    carry_asha(date(2026, 3, 27))
    assert view.line.text() == "Move Asha Verma to Fri 27 Mar, place 1."
    QTest.mouseRelease(month, LEFT, pos=month.mapFromGlobal(at(date(2026, 3, 27))))
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == [date(2026, 3, 27)]
    assert clinic.window.toast.words == "Moved Asha Verma to Fri 27 Mar"

    month.grab()
    QTest.mouseClick(month, LEFT, pos=month.spot_of(FREE).topRight() + QPoint(-8, 8))
    clinic.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert clinic.window.selection == clinic.people["Meena Joshi"]
    assert month.selected == meena.id
    assert "Meena Joshi" in named(month)
    clinic.press(Qt.Key.Key_M)
    clinic.settle()
    assert view.line.text() == "Not on Tue 24 Mar: the booking is here already."
    for _ in range(3):
        clinic.press(Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert days_of(clinic, "Meena Joshi") == [date(2026, 3, 27)]
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert days_of(clinic, "Meena Joshi") == [FREE]


def test_the_keys_carry_as_the_mouse_does(clinic: Room) -> None:
    view = calendar(clinic)
    choose(clinic, view, "Harpreet Gill")
    assert clinic.window.selection == clinic.people["Harpreet Gill"]
    clinic.press(Qt.Key.Key_M)
    clinic.settle()
    assert view.line.text() == "Book Harpreet Gill on Thu 19 Mar, place 1."
    clinic.press(Qt.Key.Key_Left)
    assert view.line.text() == "Not on Wed 18 Mar: in the past."
    clinic.press(Qt.Key.Key_Return)
    assert carried(view)
    for _ in range(3):
        clinic.press(Qt.Key.Key_Right)
    assert view.line.text() == "Not on Sat 21 Mar: no Botox day."
    clinic.press(Qt.Key.Key_Escape)
    assert not carried(view)
    assert view.chosen_day == DAY
    assert view.tray.table.hasFocus()

    clinic.press(Qt.Key.Key_M)
    clinic.press(Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_PageDown)
    clinic.settle()
    assert view.title.text() == "April 2026"
    clinic.press(Qt.Key.Key_Right)
    assert view.line.text() == "Book Harpreet Gill on Tue 21 Apr, place 1."
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert days_of(clinic, "Harpreet Gill") == [date(2026, 4, 21)]

    choose(clinic, view, "Meena Joshi")
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    assert days_of(clinic, "Meena Joshi") == [date(2026, 3, 20)]
    choose(clinic, view, "Asha Verma")
    clinic.press(Qt.Key.Key_M)
    clinic.settle()
    clinic.press(Qt.Key.Key_Home)
    clinic.press(Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert sheet.day.day == date(2026, 3, 21)
    assert not carried(view)


def test_days_weeks_and_months_by_keys_and_the_record_by_enter(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    clinic.services.schedule.book(BookingDetails(patient_id, FREE, (case_id,)))
    view = calendar(clinic)
    assert view.month.hasFocus()
    parts = [part for part in view.findChildren(QWidget) if part.isVisible()]
    assert [one for one in parts if one.focusPolicy() != Qt.FocusPolicy.NoFocus and not named(one)] == []
    assert "19" in named(view.month)
    for key, day in (
        (Qt.Key.Key_Right, date(2026, 3, 20)),
        (Qt.Key.Key_Down, date(2026, 3, 27)),
        (Qt.Key.Key_PageDown, date(2026, 4, 27)),
        (Qt.Key.Key_Home, DAY),
    ):
        clinic.press(key)
        assert view.chosen_day == day
    clinic.press(Qt.Key.Key_W)
    clinic.press(Qt.Key.Key_PageDown)
    clinic.settle()
    assert (view.scale, view.chosen_day) == (Scale.WEEK, date(2026, 3, 26))
    clinic.press(Qt.Key.Key_Left)
    clinic.press(Qt.Key.Key_Left)
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert view.week.selected
    assert clinic.window.selection == (patient_id, case_id)
    clinic.press(Qt.Key.Key_D)
    clinic.settle()
    assert view.day.table.hasFocus()
    assert [row.given[0] for row in view.day.model.rows] == ["Botox 35 U"]
    name = clinic.keeper.metrics(Style.NAME).horizontalAdvance(view.day.model.rows[0].booking.name)
    for width in (1440, 1024):
        clinic.window.resize(width, 900)
        clinic.settle()
        assert view.day.table.columnWidth(PATIENT) >= name + clinic.keeper.px(24)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"


def test_another_day_is_shown_as_it_will_be_and_nothing_can_be_written(clinic: Room) -> None:
    view = calendar(clinic)
    view.other_day.click()
    clinic.type("2027-01-12")
    clinic.settle()
    assert view.as_of is not None
    assert view.strip.words.text().startswith("As of 12 Jan 2027")
    assert sum(view.as_of.counts.values()) == len(clinic.people)
    view.strip.day.line.selectAll()
    view.strip.day.line.setFocus()
    clinic.type("2025-12-01")
    clinic.until(lambda: view.as_of is not None and view.as_of.day == date(2025, 12, 1))
    clinic.settle()
    assert view.as_of.counts[FollowUpStatus.NOT_STARTED] == 2
    choose(clinic, view, "Meena Joshi")
    clinic.settle()
    panel = clinic.window.inspector
    clinic.until(lambda: panel._of_today.isVisibleTo(panel._inside))
    assert panel._of_today.text() == "As it is today, Thu 19 Mar 2026"
    said: list[str] = []
    clinic.context.intents.refused.connect(said.append)
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    for key, held in (
        (Qt.Key.Key_M, none),
        (Qt.Key.Key_B, none),
        (Qt.Key.Key_1, none),
        (Qt.Key.Key_B, shift),
        (Qt.Key.Key_L, none),
    ):
        before = len(said)
        clinic.press(key, held)
        clinic.settle()
        assert clinic.window.sheet is None
        assert said[before:] == ["You are looking at 1 Dec 2025. Go back to today to book or change anything."], key
    panel = clinic.window.inspector
    for button in (panel.other_day, clinic.window.header.new_patient):
        assert not button.isEnabled()
        assert button.toolTip() == said[0]
    for command in ("record_visit", "hold", "stop", "external", "edit_patient", "new_patient", "back_entry"):
        assert not clinic.window.commands.actions[command].isEnabled(), command
    assert not carried(view)
    assert days_of(clinic, "Meena Joshi") == []
    assert not clinic.services.patients.page(clinic.people["Meena Joshi"][0]).calls
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert [view.strip.isVisible(), view.chosen_day] == [False, DAY]
    assert panel.other_day.isEnabled()
    assert clinic.window.commands.actions["record_visit"].isEnabled()
    choose(clinic, view, "Meena Joshi")
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    view.strip.ask(DAY)
    view.strip.wanted.emit(date(2027, 1, 12))
    clinic.settle()
    before = len(said)
    sheet.ask_save()
    clinic.settle()
    assert said[before:] == ["You are looking at 12 Jan 2027. Go back to today to book or change anything."]
    assert not clinic.services.patients.page(clinic.people["Meena Joshi"][0]).calls
    sheet.cancel()
    view.leave_as_of()
    clinic.settle()
    assert not panel._of_today.isVisibleTo(panel._inside)
    assert view.tray.search.isVisible()
    choose(clinic, view, "Meena Joshi")
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    made = days_of(clinic, "Meena Joshi")
    assert len(made) == 1
    view.strip.ask(DAY)
    view.strip.wanted.emit(date(2027, 1, 12))
    clinic.settle()
    view.month.setFocus()
    for again in (False, True):
        clinic.window.trail.undo_last(again=True) if again else clinic.press(Qt.Key.Key_Z, CTRL)
        clinic.settle()
        assert clinic.window.toast.words == said[-1]
        assert days_of(clinic, "Meena Joshi") == made
    view.leave_as_of()
    clinic.settle()
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert days_of(clinic, "Meena Joshi") == []


def test_a_row_of_the_call_list_is_dragged_onto_the_week_below_it(clinic: Room) -> None:
    schedule = clinic.window.schedule
    row = schedule.model.row_of(clinic.people["Asha Verma"][1])
    assert row is not None
    port = schedule.table.viewport()
    start = schedule.table.visualRect(schedule.model.index(row, 1)).center()
    columns = {one.board.day.day: one for one in schedule.week.columns if one.board is not None}
    saturday, friday = (
        columns[day].mapToGlobal(columns[day].rect().center()) for day in (date(2026, 3, 21), date(2026, 3, 20))
    )
    drag(clinic, port, start, [saturday])
    assert schedule.week._places.text() == "Not on Sat 21 Mar: no Botox day."
    QTest.mouseRelease(port, LEFT, pos=port.mapFromGlobal(saturday))
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == []
    drag(clinic, port, start, [friday])
    QTest.mouseRelease(port, LEFT, pos=port.mapFromGlobal(friday))
    clinic.settle()
    assert days_of(clinic, "Asha Verma") == [date(2026, 3, 20)]
    assert clinic.window.toast.words == "Booked Asha Verma: Fri 20 Mar, place 1"


def test_bookings_with_times_stand_along_the_hours_by_their_length_and_doctor(clinic: Room) -> None:
    said = (
        ("Asha Verma", time(9), 20, "Dr Rao"),
        ("Harpreet Gill", time(9), 40, "Dr Sen"),
        ("Meena Joshi", None, None, ""),
    )
    for name, at, minutes, doctor in said:
        patient_id, case_id = clinic.people[name]
        details = BookingDetails(patient_id, FREE, (case_id,), at, minutes=minutes, injector=doctor)
        clinic.services.schedule.book(details)
    view = calendar(clinic)
    clinic.press(Qt.Key.Key_W)
    clinic.press(Qt.Key.Key_PageDown)
    clinic.settle()
    bookings = {one.name: one.appointment.id for one in view.week.bookings[FREE]}
    asha, harpreet, meena = (view.week.spot_of(bookings[name]) for name, *_ in said)
    assert (asha.top(), asha.right() < harpreet.left()) == (harpreet.top(), True)
    assert abs(harpreet.height() - 2 * asha.height()) <= 2
    assert meena.bottom() < asha.top()


def test_the_drug_stands_on_two_lines_where_its_column_is_narrow(keeper: ThemeKeeper) -> None:
    metrics = keeper.metrics(Style.SECONDARY)
    assert halves(metrics, "Patient brings it") == ("Patient", "brings it")
    assert halves(metrics, "Approved") == ("Approved", "")
