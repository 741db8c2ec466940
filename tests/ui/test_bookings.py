"""Booking, waiting for a place and giving it, and the drug, with keys and clicks in a real window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.call_list import Column
from clinic_app.domain.consulting_hours import read_hours
from clinic_app.domain.schedule import Appointment, AppointmentStatus, BookingDetails, DrugSupply
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.call_model import COLUMNS
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.schedule.drug_sheet import DrugSheet
from clinic_app.ui.schedule.free_place_sheet import FreePlaceSheet
from clinic_app.ui.schedule.not_injected_sheet import NotInjectedSheet
from tests.builders import PASSPHRASE, door
from tests.ui.window_room import Room, filled_clinic  # noqa: F401

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CONTROL = Qt.KeyboardModifier.ControlModifier
TUESDAY = date(2026, 3, 24)


def words_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def rule(clinic: Room, **changed: object) -> None:
    info = clinic.services.context.info
    clinic.services.context.info = replace(info, rules=replace(info.rules, **changed))  # type: ignore[arg-type]


def bookings(clinic: Room, name: str) -> list[Appointment]:
    return list(clinic.services.patients.page(clinic.people[name][0]).appointments)


def sheet_for(clinic: Room, name: str, day: date | None = None) -> BookingSheet:
    clinic.context.intents.book_on.emit(clinic.people[name][1], day)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    return sheet


def drug_is_awaited(clinic: Room, name: str) -> None:
    rule(clinic, drug_first=True)
    patient_id, case_id = clinic.people[name]
    details = BookingDetails(patient_id, TUESDAY, (case_id,), drug=DrugSupply.SCHEME_AWAITED)
    made = clinic.services.schedule.book(details).result
    assert isinstance(made, Appointment)
    clinic.services.schedule.set_status(made.id, AppointmentStatus.CANCELLED_BY_PATIENT)


def test_who_finds_a_day_full_waits_for_it_and_gets_the_place_that_becomes_free(clinic: Room) -> None:
    rule(clinic, places={1: 1, 4: 1}, places_over=0)
    patient_id, case_id = clinic.people["Harpreet Gill"]
    held = clinic.services.schedule.book(BookingDetails(patient_id, TUESDAY, (case_id,))).result
    assert isinstance(held, Appointment)
    sheet = sheet_for(clinic, "Asha Verma", TUESDAY)
    clinic.until(lambda: "The day is full: 1 of 1 places" in words_in(sheet))
    sheet.wait.setFocus()
    clinic.press(Qt.Key.Key_Space)
    assert sheet.until.day == TUESDAY
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    (entry,) = bookings(clinic, "Asha Verma")
    assert (entry.status, entry.wait_until) == (AppointmentStatus.WAITLIST, TUESDAY)
    strip = clinic.window.strips.free_place
    assert not strip.isVisible()
    clinic.window.actions_of_cases.set_status(held, "Harpreet Gill", AppointmentStatus.CANCELLED_BY_PATIENT)
    clinic.until(strip.isVisible)
    assert strip.words == "A place on Tue 24 Mar is free: 1 on the waiting list"
    strip.button.click()
    clinic.settle()
    given = clinic.window.sheet
    assert isinstance(given, FreePlaceSheet)
    clinic.press(Qt.Key.Key_Return, CONTROL)
    assert "Choose who gets the place" in words_in(given)
    assert given.people is not None
    given.people.setFocus()
    clinic.press(Qt.Key.Key_Space)
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    (booking,) = bookings(clinic, "Asha Verma")
    assert (booking.id, booking.status, booking.day) == (entry.id, AppointmentStatus.BOOKED, TUESDAY)
    clinic.until(lambda: not strip.isVisible())
    clinic.press(Qt.Key.Key_Z, CONTROL)
    clinic.settle()
    assert bookings(clinic, "Asha Verma")[0].status is AppointmentStatus.WAITLIST


def test_what_stands_against_a_day_is_said_before_booking_also_what_another_program_enters(clinic: Room) -> None:
    """A Wednesday, the doctor named who is away, and a doctor somebody else says is away while the sheet is open."""
    sheet = sheet_for(clinic, "Asha Verma", date(2026, 3, 25))
    reason = sheet.field("reason")
    assert reason is not None
    clinic.until(lambda: "Not a Botox day: a reason is needed." in words_in(sheet))
    assert reason.isVisible()
    sheet.day.set_day(date(2026, 3, 19))
    sheet.day.edited.emit()
    clinic.until(lambda: "Who has come today is booked all the same." in words_in(sheet))
    assert not reason.isVisible()
    sheet.day.set_day(TUESDAY)
    sheet.day.edited.emit()
    sheet.injector.setCurrentText("Dr Sen")
    clinic.until(lambda: "places free" in words_in(sheet) or " free" in words_in(sheet))
    assert not reason.isVisible()
    other = door().open(clinic.services.clinic.folder, PASSPHRASE)
    try:
        other.absences.add(AbsenceDetails("Dr Sen", TUESDAY, TUESDAY, None))
    finally:
        other.close()
    clinic.window.neighbours.look()
    clinic.until(lambda: "Dr Sen is away on 24 Mar 2026, until 24 Mar 2026." in words_in(sheet))
    assert reason.isVisible()
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert bookings(clinic, "Asha Verma") == []
    sheet.reason.setFocus()
    clinic.type("Dr Sen comes for her")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    (made,) = bookings(clinic, "Asha Verma")
    assert (made.day, made.injector, made.reason) == (TUESDAY, "Dr Sen", "Dr Sen comes for her")


def test_a_second_booking_is_a_wish_for_an_earlier_day_or_says_why(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 4, 14), (case_id,)))
    sheet = sheet_for(clinic, "Asha Verma", TUESDAY)
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert "Already booked on 14 Apr 2026, place 1." in words_in(sheet)
    sheet.wait.setFocus()
    clinic.press(Qt.Key.Key_Space)
    assert (sheet.day.day, sheet.until.day) == (date(2026, 3, 19), date(2026, 4, 13))
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert sorted(one.status.value for one in bookings(clinic, "Asha Verma")) == ["booked", "waitlist"]
    clinic.context.intents.select_case.emit(patient_id, case_id)
    clinic.settle()
    panel = clinic.window.inspector
    assert "On the waiting list until 13 Apr" in words_in(panel)
    panel.off_list.click()
    clinic.settle()
    assert clinic.services.waiting.of_patient(patient_id) == ()
    assert "On the waiting list" not in words_in(panel)


def test_a_clinic_with_times_is_offered_the_next_free_one(clinic: Room) -> None:
    rule(clinic, gives_times=True, hours=read_hours("9:00-12:00"))
    patient_id, case_id = clinic.people["Harpreet Gill"]
    first = clinic.services.schedule.suggested_days(clinic.people["Asha Verma"][1], 1)[0]
    clinic.services.schedule.book(BookingDetails(patient_id, first.day, (case_id,), time(9)))
    sheet = sheet_for(clinic, "Asha Verma")
    assert (sheet.day.day, sheet.at.text()) == (first.day, "09:30")
    sheet.at.setText("9:10")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert "09:00" in words_in(sheet)
    assert "is taken" in words_in(sheet)
    sheet.at.setText("12:30")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert "outside the hours" in words_in(sheet)
    sheet.at.setText("9:30")
    sheet.drug.choose(DrugSupply.PATIENT_BRINGS.value)
    sheet.drug.chosen.emit(DrugSupply.PATIENT_BRINGS.value)
    sheet.product.setCurrentIndex(sheet.product.findData("ona"))
    sheet.batch.setFocus()
    clinic.type("C1234")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    (booking,) = bookings(clinic, "Asha Verma")
    assert (booking.at, booking.minutes, booking.drug_product, booking.drug_batch) == (time(9, 30), 20, "ona", "C1234")
    clinic.context.intents.drug_of.emit(booking, "Asha Verma")
    clinic.settle()
    drug = clinic.window.sheet
    assert isinstance(drug, DrugSheet)
    drug.batch.setFocus()
    drug.batch.selectAll()
    clinic.type("C999")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert bookings(clinic, "Asha Verma")[0].drug_batch == "C999"
    clinic.context.intents.select_case.emit(*clinic.people["Asha Verma"])
    clinic.settle()
    assert clinic.window.inspector.drug.text() == "Patient brings it: Botox, C999"


def test_whoever_is_dropped_on_a_day_gets_its_first_free_time_or_is_asked(clinic: Room) -> None:
    rule(clinic, gives_times=True, hours=read_hours("9:00-9:50"))
    schedule, actions = clinic.services.schedule, clinic.window.actions_of_cases
    patient_id, case_id = clinic.people["Asha Verma"]
    offered = {one.day for one in schedule.suggested_days(case_id, 3)}
    free, taken = (max(offered) + timedelta(days=days) for days in (14, 21))
    others = [(free, time(9), "Harpreet Gill"), (taken, time(9), "Harpreet Gill"), (taken, time(9, 30), "Meena Joshi")]
    for day, at, name in others:
        other_id, other_case = clinic.people[name]
        schedule.book(BookingDetails(other_id, day, (other_case,), at, reason="travels", decided_by="Dr Rao"))
    actions.book(case_id, patient_id, "Asha Verma", taken)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert sheet.day.day == taken
    assert "No time is free on" in words_in(sheet)
    assert bookings(clinic, "Asha Verma") == []
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    actions.book(case_id, patient_id, "Asha Verma", free)
    clinic.settle()
    (booking,) = bookings(clinic, "Asha Verma")
    assert (booking.day, booking.at, booking.minutes) == (free, time(9, 30), 20)


def test_nobody_is_called_without_a_vial_in_sight_before_that_is_said(clinic: Room) -> None:
    drug_is_awaited(clinic, "Asha Verma")
    patient_id = clinic.people["Asha Verma"][0]
    said: list[str] = []
    clinic.context.intents.refused.connect(said.append)

    def calls() -> int:
        return len(clinic.services.patients.page(patient_id).calls)

    before = calls()
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert (clinic.selected, calls()) == ("Asha Verma", before)
    assert said == [
        "No drug in sight for Asha Verma: scheme awaited. Nothing was logged; press again to go on all the same."
    ]
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert calls() == before + 1
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert len(said) == 1, "nothing is said of who has a drug or was never asked"


@pytest.mark.parametrize("key", [Qt.Key.Key_3, Qt.Key.Key_4])
def test_the_reasons_come_after_that_no_vial_is_in_sight(clinic: Room, key: Qt.Key) -> None:
    name = "Asha Verma"
    drug_is_awaited(clinic, name)
    said: list[str] = []
    clinic.context.intents.refused.connect(said.append)
    clinic.press(key)
    clinic.settle()
    assert said[0].startswith("No drug in sight for Asha Verma: scheme awaited.")
    assert QApplication.activePopupWidget() is None
    clinic.press(key)
    clinic.until(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert len(said) == 1


def test_the_call_sheet_says_that_no_vial_is_in_sight(clinic: Room) -> None:
    drug_is_awaited(clinic, "Asha Verma")
    words = "No drug in sight: scheme awaited. Nobody is called without one here."
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    assert words in words_in(sheet)
    sheet.cancel()
    rule(clinic, drug_first=False)
    clinic.settle()
    clinic.context.intents.log_call.emit(clinic.people["Asha Verma"][1])
    clinic.settle()
    other = clinic.window.sheet
    assert isinstance(other, CallSheet)
    assert words not in words_in(other)


def test_everybody_who_waits_stands_in_one_list_and_is_taken_off_it(clinic: Room) -> None:
    for name, days in (("Asha Verma", 9), ("Harpreet Gill", 4)):
        patient_id, case_id = clinic.people[name]
        until = TUESDAY + timedelta(days=days)
        clinic.services.waiting.wait(BookingDetails(patient_id, TUESDAY, (case_id,), wait_until=until))
    schedule = clinic.window.schedule
    schedule.filters.views.click()
    clinic.until(lambda: QApplication.activePopupWidget() is not None)
    views = QApplication.activePopupWidget()
    assert isinstance(views, QMenu)
    next(action for action in views.actions() if action.text() == "Waiting list").trigger()
    views.close()
    clinic.settle()
    assert clinic.names == ["Harpreet Gill", "Asha Verma"], "who waits the shortest stands first"
    section = COLUMNS.index(Column.WAITS_UNTIL)
    assert not schedule.table.isColumnHidden(section)
    line = schedule.model.line_at(schedule.model.first_row() or 0)
    assert line is not None
    assert line.more[Column.WAITS_UNTIL] == ("Sat 28 Mar",)
    assert "On the waiting list until 28 Mar" in line.sentence
    clinic.window.activateWindow()
    schedule.table.choose(schedule.model.first_row())
    clinic.settle()
    schedule.table.menu.emit(schedule.table.mapToGlobal(schedule.table.rect().center()))
    clinic.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Take off the waiting list").trigger()
    menu.close()
    clinic.settle()
    assert clinic.names == ["Asha Verma"]
    clinic.window.activateWindow()
    schedule.table.setFocus()
    schedule.table.choose(schedule.model.first_row())
    clinic.settle()
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    assert clinic.names == [], "who is booked waits no more"
    schedule.filters.clear()
    clinic.settle()
    assert schedule.table.isColumnHidden(section)


def test_seen_not_injected_asks_what_happens_next(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    made = clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 19), (case_id,))).result
    assert isinstance(made, Appointment)
    clinic.window.actions_of_cases.set_status(made, "Asha Verma", AppointmentStatus.NOT_INJECTED)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, NotInjectedSheet)
    clinic.press(Qt.Key.Key_Return, CONTROL)
    assert "What happens next? Choose one" in words_in(sheet)
    sheet.step.setFocus()
    clinic.press(Qt.Key.Key_Space)
    assert sheet.day.isVisible()
    sheet.day.line.setFocus()
    clinic.type("31 nov")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    assert "31" in words_in(sheet)
    assert bookings(clinic, "Asha Verma")[0].status is AppointmentStatus.BOOKED, "there is no 31 November"
    sheet.day.line.selectAll()
    clinic.type("24/3")
    clinic.press(Qt.Key.Key_Return, CONTROL)
    clinic.settle()
    assert sorted((one.day, one.status.value) for one in bookings(clinic, "Asha Verma")) == [
        (date(2026, 3, 19), "seen_not_injected"), (TUESDAY, "booked"),
    ]  # fmt: skip
