"""The call list under real keys, over real services."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DrugSupply,
    FollowUpStatus,
)
from clinic_app.ui.schedule import call_model, view
from clinic_app.ui.schedule.board_view import BoardView
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.schedule.call_table import short_dose
from clinic_app.ui.schedule.lines import Line
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Banner
from tests.builders import add_patient, give
from tests.ui.window_room import DAY, Room, room

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""A menu on the offscreen platform: it has no windows to raise and no keyboard to grab."""


def ids(one: Room, name: str) -> tuple[int, int]:
    return one.people[name]


def test_the_list_is_in_the_order_of_urgency_and_the_first_row_is_selected(clinic: Room) -> None:
    assert clinic.names == ["Asha Verma", "Harpreet Gill", "Meena Joshi", "Thomas Okafor"]
    assert clinic.selected == "Asha Verma"
    assert clinic.window.selection == ids(clinic, "Asha Verma")
    assert sum(clinic.window.schedule.model.counts().values()) == 4


def test_logging_a_call_is_one_key_and_the_list_goes_on(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_1)
    assert clinic.selected == "Harpreet Gill"
    clinic.settle()
    calls = clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    assert [call.outcome for call in calls] == [Attempt.NO_ANSWER]
    assert clinic.window.toast.words == "No answer logged for Asha Verma"
    row = clinic.window.schedule.model.row_of(ids(clinic, "Asha Verma")[1])
    assert row is not None
    line = clinic.window.schedule.model.line_at(row)
    assert line is not None
    assert line.called_today
    assert clinic.selected == "Harpreet Gill"


def test_keys_pressed_one_after_the_other_go_to_the_right_people(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_1)
    clinic.press(Qt.Key.Key_2)
    clinic.settle()
    first = clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    second = clinic.services.patients.page(ids(clinic, "Harpreet Gill")[0]).calls
    assert [call.outcome for call in first] == [Attempt.NO_ANSWER]
    assert [call.outcome for call in second] == [Attempt.TOLD_FAMILY]


def test_undo_takes_the_newest_back_and_then_the_one_before(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_1)
    clinic.press(Qt.Key.Key_2)
    clinic.settle()
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert not clinic.services.patients.page(ids(clinic, "Harpreet Gill")[0]).calls
    assert clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    assert clinic.selected == "Harpreet Gill"
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert not clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    assert clinic.window.trail.last is None
    assert clinic.selected == "Asha Verma"


def test_booking_the_first_place_is_one_key_and_undone_with_its_call(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    patient_id, case_id = ids(clinic, "Asha Verma")
    page = clinic.services.patients.page(patient_id)
    assert [(one.day, one.token, one.case_ids) for one in page.appointments] == [(date(2026, 3, 20), 1, (case_id,))]
    assert [call.outcome for call in page.calls] == [Attempt.BOOKED]
    assert clinic.window.schedule.model.counts()[FollowUpStatus.BOOKED] == 1
    assert clinic.window.toast.words == "Booked Asha Verma: Fri 20 Mar, place 1"
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    page = clinic.services.patients.page(patient_id)
    assert not [one for one in page.appointments if one.status.live]
    assert not page.calls
    assert clinic.window.schedule.model.counts()[FollowUpStatus.OVERDUE] == 2
    assert clinic.selected == "Asha Verma"


def test_opening_the_pair_is_one_key(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_C)
    clinic.settle()
    assert clinic.window.area == "compare"
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "schedule"
    assert clinic.selected == "Asha Verma"


def test_enter_opens_the_record(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window.selection == ids(clinic, "Harpreet Gill")


@pytest.mark.parametrize(
    ("key", "letter", "outcome"),
    [
        (Qt.Key.Key_3, Qt.Key.Key_T, Attempt.CANNOT_COME_TRAVEL),
        (Qt.Key.Key_4, Qt.Key.Key_W, Attempt.WORN_OFF),
        (Qt.Key.Key_4, Qt.Key.Key_D, Attempt.WANTS_DATE),
    ],
)
def test_three_and_four_ask_why_in_a_menu(clinic: Room, key: Qt.Key, letter: Qt.Key, outcome: Attempt) -> None:
    clinic.press(key)
    clinic.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, letter)
    clinic.settle()
    calls = clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    assert [call.outcome for call in calls] == [outcome]


def test_a_key_that_asks_waits_until_the_panel_has_read_its_row(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_3)
    assert clinic.window.inspector.value is None
    clinic.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_T)
    clinic.settle()
    calls = clinic.services.patients.page(ids(clinic, "Harpreet Gill")[0]).calls
    assert [call.outcome for call in calls] == [Attempt.CANNOT_COME_TRAVEL]


def test_a_key_that_asks_is_forgotten_where_another_row_comes(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_3)
    clinic.press(Qt.Key.Key_Up)
    clinic.settle()
    assert QApplication.activePopupWidget() is None


def test_selection_and_place_survive_a_change_from_elsewhere(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Down)
    assert clinic.selected == "Meena Joshi"
    patient_id, case_id = ids(clinic, "Asha Verma")
    clinic.tasks.tell(
        lambda s: s.schedule.book(BookingDetails(patient_id, date(2026, 3, 24), (case_id,))), owner=clinic.window
    )
    clinic.settle()
    assert clinic.selected == "Meena Joshi"
    assert clinic.names[0] == "Harpreet Gill"


def test_groups_close_and_open_and_keep_their_counts(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Left)
    assert clinic.names == ["Meena Joshi", "Thomas Okafor"]
    assert clinic.window.schedule.model.counts()[FollowUpStatus.OVERDUE] == 2
    clinic.press(Qt.Key.Key_Right)
    clinic.settle()
    assert clinic.names[0] == "Asha Verma"


def test_rows_keep_their_height_where_a_head_was(clinic: Room) -> None:
    table, model = clinic.window.schedule.table, clinic.window.schedule.model
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    measures = clinic.keeper.measures
    wanted = [measures.row if model.group_at(row) is None else measures.group_row for row in range(model.rowCount())]
    assert [table.rowHeight(row) for row in range(model.rowCount())] == wanted


@pytest.mark.parametrize("dose", ["Dysport 800 U", "Dysport 1500 U", "Botox 37.5 U", "Unknown product, 130 U"])
def test_a_dose_that_does_not_fit_never_loses_a_digit(keeper: ThemeKeeper, dose: str) -> None:
    metrics = keeper.metrics(Style.BODY)
    amount = dose.rsplit(" ", 2)[-2]
    for width in range(metrics.horizontalAdvance(dose) + 2):
        assert short_dose(metrics, dose, width).endswith(f"{amount} U")
        assert f" {amount} U" in f" {short_dose(metrics, dose, width)}"


def test_an_unknown_product_is_a_whole_word_where_it_does_not_fit(keeper: ThemeKeeper) -> None:
    metrics = keeper.metrics(Style.BODY)
    assert short_dose(metrics, "Unknown product, 130 U", keeper.px(96)) == "Unknown 130 U"


def test_a_key_that_is_held_down_logs_one_call(clinic: Room) -> None:
    table = clinic.window.schedule.table
    for repeated in (False, True, True):
        press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", repeated)
        QApplication.sendEvent(table, press)
        clinic.settle()
    assert clinic.selected == clinic.names[1]


def test_keys_do_not_go_through_a_sheet_to_the_list(clinic: Room, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Name,Diagnosis,Date\nAsha Verma,Blepharospasm,2025-11-11\n", "utf-8")
    clinic.window.sheets.import_register(str(tmp_path / "register.csv"))
    clinic.settle()
    for key in (Qt.Key.Key_1, Qt.Key.Key_B, Qt.Key.Key_C):
        clinic.press(key)
    clinic.window.go_to("patients")
    clinic.settle()
    for key in (Qt.Key.Key_1, Qt.Key.Key_B, Qt.Key.Key_C):
        clinic.press(key)
    clinic.settle()
    assert clinic.window.trail.last is None
    assert clinic.window.area == "patients"
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.sheets.register is not None
    assert not clinic.window.sheets.register.isVisible()


def test_not_due_and_stopped_are_closed_at_first(clinic: Room) -> None:
    patient = add_patient(clinic.services, "Elena Petrova", "1203", phone="98400 12030")
    give(clinic.services, *patient, date(2026, 3, 1))
    clinic.window.schedule.refresh()
    clinic.settle()
    model = clinic.window.schedule.model
    assert model.counts()[FollowUpStatus.NOT_DUE] == 1
    assert "Elena Petrova" not in clinic.names


def test_a_tile_filters_and_escape_twice_clears(clinic: Room) -> None:
    schedule = clinic.window.schedule
    QTest.mouseClick(schedule.tiles["due"], Qt.MouseButton.LeftButton)
    clinic.settle()
    assert clinic.names == ["Meena Joshi"]
    assert schedule.filters.narrows
    schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert len(clinic.names) == 4
    assert not schedule.filters.narrows


def test_the_drop_downs_filter_by_product_and_say_so_on_a_chip(clinic: Room) -> None:
    filters = clinic.window.schedule.filters
    filters._take_product("abo")
    clinic.settle()
    assert clinic.names == ["Harpreet Gill"]
    assert [chip.text() for chip in filters._chips] == ["Dysport"]
    filters._chips[0].click()
    clinic.settle()
    assert len(clinic.names) == 4


def test_no_two_diagnoses_of_the_filter_read_alike(clinic: Room) -> None:
    filters = clinic.window.schedule.filters
    menu = QMenu(filters)
    filters._fill_diagnosis(menu)
    words = [action.text() for action in menu.actions()]
    assert len(words) == len(set(words)) > 20
    next(one for one in menu.actions() if one.text() == "Cervical dystonia, laterocollis").trigger()
    assert [chip.text() for chip in filters._chips] == ["Cervical dystonia, laterocollis"]
    clinic.settle()


def test_nobody_matching_offers_to_clear_the_filters(clinic: Room) -> None:
    filters = clinic.window.schedule.filters
    filters._take_product("abo")
    filters._take_condition("meige")
    clinic.settle()
    assert clinic.window.schedule.empty.isVisible()
    clinic.window.schedule.empty.acted.emit()
    clinic.settle()
    assert len(clinic.names) == 4


def test_an_empty_clinic_offers_the_import(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path) -> None:
    with room(qtbot, keeper, tmp_path) as one:
        one.attach()
        assert one.window.schedule.nobody.isVisible()
        assert one.names == []
        board = one.window.schedule_room.show_view("board")
        one.settle()
        assert isinstance(board, BoardView)
        assert board.empty.isVisible()


def test_without_drug_and_next_botox_day_are_tiles(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Asha Verma")
    clinic.services.schedule.book(
        BookingDetails(patient_id, date(2026, 3, 20), (case_id,), drug=DrugSupply.SCHEME_AWAITED)
    )
    clinic.window.schedule.refresh()
    clinic.settle()
    tiles = clinic.window.schedule.tiles
    assert tiles["no_drug"].accessibleName() == "Without drug: 1. Fri"
    assert "Visits booked until Sun 5 Apr" in tiles["no_drug"].toolTip()
    assert tiles["next_day"].accessibleName() == "Next Botox day: 1. of 20 · Fri"
    QTest.mouseClick(tiles["no_drug"], Qt.MouseButton.LeftButton)
    clinic.settle()
    assert clinic.names == ["Asha Verma"]


def test_every_row_is_read_out_as_a_sentence(clinic: Room) -> None:
    model = clinic.window.schedule.model
    row = model.row_of(ids(clinic, "Asha Verma")[1])
    assert row is not None
    said = model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == (
        "Overdue: 8 days over. Asha Verma. Blepharospasm bilateral. last injection Botox 35 U, 11 Nov. Not called yet."
    )


def test_rows_beyond_the_first_page_come_when_they_are_seen(clinic: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_model, "PAGE", 8)
    monkeypatch.setattr(view, "PAGE", 8)
    added = [add_patient(clinic.services, f"Person {n:02d}", f"9{n:03d}", phone="98400 99999")[1] for n in range(30)]
    clinic.window.schedule.refresh()
    clinic.settle()
    model, table = clinic.window.schedule.model, clinic.window.schedule.table
    last = model.rowCount() - 1
    assert model.counts()[FollowUpStatus.NOT_STARTED] == 31
    assert model.line_at(last) is None
    table.choose(last)
    table.viewport().repaint()
    clinic.settle()
    assert isinstance(model.index(last, 0).data(call_model.LINE_ROLE), Line)
    assert table.case_id in {*added, ids(clinic, "Thomas Okafor")[1]}


# --- sheets ----------------------------------------------------------------------------------------------------


def test_a_list_that_is_not_laid_out_asks_for_the_rows_of_one_window(clinic: Room) -> None:
    """Behind another area Qt finds no last row in sight: all pages were read again with every change."""
    for number in range(60):
        add_patient(clinic.services, f"Person {number:02d}", f"9{number:03d}", phone="98400 99999")
    clinic.window.schedule.refresh()
    clinic.settle()
    table = clinic.window.schedule.table
    table.verticalHeader().setDefaultSectionSize(1)
    for row in range(table.model().rowCount()):
        table.setRowHeight(row, 1)
    assert len(table.visible_rows()) <= table.viewport().height() // clinic.keeper.measures.group_row + 12


def test_the_call_sheet_logs_with_day_person_and_note(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    sheet.outcome.pill("will_come").click()
    sheet.again.line.setFocus()
    clinic.type("26/3")
    sheet.spoke_to.setFocus()
    clinic.type("her son")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    (call,) = clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).calls
    assert (call.outcome, call.call_again_on, call.spoke_to) == (Attempt.WILL_COME, date(2026, 3, 26), "her son")
    assert clinic.window.sheet is None


def test_the_call_sheet_asks_for_an_outcome(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    clinic.press(Qt.Key.Key_Return, CTRL)
    field = sheet.field("outcome")
    assert field is not None
    assert field.problem
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.sheet is None


def test_booking_before_the_earliest_day_needs_reason_and_doctor(clinic: Room) -> None:
    patient = add_patient(clinic.services, "Imran Sheikh", "1202", phone="98400 12020")
    give(clinic.services, *patient, date(2026, 2, 20))
    clinic.context.intents.book_on.emit(patient[1], date(2026, 4, 7))
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    reason, doctor = sheet.field("reason"), sheet.field("decided_by")
    assert reason is not None
    assert doctor is not None
    assert reason.isVisible()
    assert doctor.isVisible()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert "15 May 2026" in reason.problem
    sheet.reason.setText("worn off after seven weeks")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert doctor.problem
    sheet.decided_by.setCurrentText("Dr Rao")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    (booking,) = clinic.services.patients.page(patient[0]).appointments
    assert (booking.day, booking.reason, booking.decided_by) == (
        date(2026, 4, 7),
        "worn off after seven weeks",
        "Dr Rao",
    )


def test_shift_b_books_another_day_with_time_and_drug(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_B, SHIFT)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert sheet.day.line.hasFocus()
    clinic.type("27/3")
    sheet.at.setFocus()
    clinic.type("9.15")
    sheet.drug.pill(DrugSupply.PATIENT_BRINGS.value).click()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    (booking,) = clinic.services.patients.page(ids(clinic, "Asha Verma")[0]).appointments
    assert booking.day == date(2026, 3, 27)
    assert f"{booking.at:%H:%M}" == "09:15"
    assert booking.drug is DrugSupply.PATIENT_BRINGS


def test_a_time_that_is_none_is_refused_beside_its_field(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_B, SHIFT)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    sheet.at.setFocus()
    clinic.type("25:99")
    clinic.press(Qt.Key.Key_Return, CTRL)
    field = sheet.field("at")
    assert field is not None
    assert "25:99" in field.problem
    sheet.cancel()
    sheet._drop()


def test_a_day_inside_a_hold_offers_to_end_it(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Asha Verma")
    clinic.services.cases.hold(case_id, DAY + timedelta(days=30), "travels", False)
    clinic.window.schedule.refresh()
    clinic.settle()
    clinic.context.intents.book_on.emit(case_id, date(2026, 3, 24))
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert sheet.end_hold.isVisible()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    field = sheet.field("day")
    assert field is not None
    assert "hold" in field.problem
    sheet.end_hold.setChecked(True)
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert len(clinic.services.patients.page(patient_id).appointments) == 1


def test_one_key_booking_that_is_refused_opens_the_sheet_with_the_reason(clinic: Room) -> None:
    _, case_id = ids(clinic, "Thomas Okafor")
    clinic.window.actions_of_cases.book(case_id, ids(clinic, "Asha Verma")[0], "Thomas Okafor", date(2026, 3, 20))
    clinic.settle()
    assert isinstance(clinic.window.sheet, BookingSheet)


# --- the week --------------------------------------------------------------------------------------------------


def test_the_week_shows_places_and_marks_the_suggested_day(clinic: Room) -> None:
    week = clinic.window.schedule.week
    names = [column.accessibleName() for column in week.columns]
    assert names[0] == "Mon 16 Mar"
    assert names[4] == "Fri 20 Mar, 0 of 20 places taken, suggested for Verma"
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    assert week.columns[4].accessibleName().startswith("Fri 20 Mar, 1 of 20 places taken")


def test_closing_the_clinic_empties_tiles_and_week(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    schedule = clinic.window.schedule
    assert any("Asha" in column.toolTip() for column in schedule.week.columns)
    clinic.window.close_clinic()
    clinic.settle()
    assert all(column.board is None and not column.toolTip() for column in schedule.week.columns)
    assert {tile.accessibleName().partition(": ")[2] for tile in schedule.tiles.values()} == {""}
    assert clinic.window.rail.button("schedule").accessibleName() == "Schedule"


def test_a_click_on_a_day_opens_the_booking_sheet_for_that_day(clinic: Room) -> None:
    column = clinic.window.schedule.week.columns[1]
    clinic.window.schedule.week.week_wanted.emit(date(2026, 3, 23))
    clinic.settle()
    QTest.mouseClick(column, Qt.MouseButton.LeftButton)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert sheet.day.day == date(2026, 3, 24)


def test_arrow_keys_walk_the_days_and_the_weeks(clinic: Room) -> None:
    week = clinic.window.schedule.week
    week.columns[0].setFocus()
    for _ in range(6):
        clinic.press(Qt.Key.Key_Right)
    clinic.settle()
    assert week.monday == date(2026, 3, 23)
    clinic.press(Qt.Key.Key_Left)
    clinic.settle()
    assert week.monday == date(2026, 3, 16)


def test_a_booking_on_the_board_changes_its_status_with_undo(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Asha Verma")
    made = clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 20), (case_id,))).result
    assert isinstance(made, Appointment)
    clinic.window.actions_of_cases.set_status(made, "Asha Verma", AppointmentStatus.CONFIRMED)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).appointments[0].status is AppointmentStatus.CONFIRMED
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).appointments[0].status is AppointmentStatus.BOOKED


def test_the_drug_of_a_booking_is_said_in_the_panel_and_taken_back(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Asha Verma")
    clinic.services.schedule.book(
        BookingDetails(patient_id, date(2026, 3, 20), (case_id,), drug=DrugSupply.SCHEME_AWAITED)
    )
    clinic.window.schedule.refresh()
    clinic.settle()
    clinic.context.intents.select_case.emit(0, 0)
    clinic.context.intents.select_case.emit(patient_id, case_id)
    clinic.settle()
    panel = clinic.window.inspector
    assert panel.drug.isVisible()
    assert panel.drug.text() == "Drug: Scheme awaited"
    QTest.mouseClick(panel.drug, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [one.text() for one in menu.actions() if one.isChecked()] == ["Scheme awaited"]
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction().text() == "Approved"
    QTest.keyClick(menu, Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).appointments[0].drug is DrugSupply.APPROVED
    assert panel.drug.text() == "Drug: Approved"
    assert clinic.window.toast.words == "Asha Verma: drug: approved"
    clinic.window.activateWindow()
    clinic.until(clinic.window.isActiveWindow)
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).appointments[0].drug is DrugSupply.SCHEME_AWAITED
    assert panel.drug.text() == "Drug: Scheme awaited"


def test_the_drug_of_a_booking_is_said_on_the_week_board(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Asha Verma")
    clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 20), (case_id,)))
    clinic.window.schedule.refresh()
    clinic.settle()
    board = clinic.window.schedule.week
    column = next(one for one in board.columns if one.board is not None and one.board.day.day == date(2026, 3, 20))
    assert column.board is not None
    [entry] = column.board.entries
    column.menu_wanted.emit(entry, column.mapToGlobal(column.rect().center()))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    drugs = next(one.menu() for one in menu.actions() if one.text().startswith("Drug: "))
    assert isinstance(drugs, QMenu)
    next(one for one in drugs.actions() if one.text() == "Hospital stock").trigger()
    menu.close()
    clinic.settle()
    assert clinic.services.patients.page(patient_id).appointments[0].drug is DrugSupply.HOSPITAL_STOCK


def test_without_a_booking_no_drug_is_asked_for(clinic: Room) -> None:
    clinic.settle()
    assert not clinic.window.inspector.drug.isVisible()


def test_somebody_chosen_on_the_week_board_is_who_the_keys_mean(clinic: Room) -> None:
    patient_id, case_id = ids(clinic, "Meena Joshi")
    clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 20), (case_id,)))
    clinic.window.schedule.refresh()
    clinic.settle()
    assert clinic.selected == "Asha Verma"
    clinic.window.schedule.week.entry_pressed.emit(patient_id, case_id)
    clinic.settle()
    assert clinic.window.inspector.case_id == case_id
    assert clinic.selected == "Meena Joshi"


def test_somebody_without_a_row_leaves_no_row_selected_and_keys_do_nothing(clinic: Room) -> None:
    clinic.window.schedule.tiles[view.OVERDUE].click()
    clinic.settle()
    patient_id, case_id = ids(clinic, "Meena Joshi")
    clinic.window.schedule.week.entry_pressed.emit(patient_id, case_id)
    clinic.settle()
    assert clinic.selected == ""
    assert clinic.window.inspector.case_id == case_id
    clinic.window.schedule.table.setFocus()
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert not any(clinic.services.patients.page(one).calls for one, _ in clinic.people.values())
    clinic.window.schedule.refresh()
    clinic.settle()
    assert (clinic.selected, clinic.window.inspector.case_id) == ("", case_id)
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert clinic.selected == "Asha Verma"
    assert clinic.window.inspector.case_id == ids(clinic, "Asha Verma")[1]


def test_the_week_gives_way_before_the_rows_do(clinic: Room) -> None:
    """First to fewer bookings of each day, then to its line, then altogether; the list has all its rows or six."""
    for number in range(8):
        give(clinic.services, *add_patient(clinic.services, f"Person {number}", f"77{number}"), date(2025, 10, 11))
    clinic.window.schedule.refresh()
    clinic.settle()
    week, table = clinic.window.schedule.week, clinic.window.schedule.table
    seen = []
    for high in (900, 860, *range(800, 600, -20)):
        clinic.window.resize(1440, high)
        clinic.settle()
        rows = table.viewport().height() / clinic.keeper.measures.row
        seen.append("gone" if week.isHidden() else "line" if week.folded else "days")
        assert rows >= 6 or week.isHidden(), (high, rows)
        assert week.columns[0].isHidden() == week.folded
    assert seen == sorted(seen, key=("days", "line", "gone").index)
    assert {"days", "line"} <= set(seen)
    clinic.window.resize(1440, 900)
    clinic.keeper.set_scale(1.5)
    strip(clinic)
    assert week.isHidden()
    assert table.viewport().height() / clinic.keeper.measures.row >= 5


def strip(clinic: Room, *words: str) -> None:
    """Just these strips above the list."""
    for banner in clinic.window.ground.findChildren(Banner, options=Qt.FindChildOption.FindDirectChildrenOnly):
        banner.hide()
    for banner, said in zip((clinic.window.strips.clock, clinic.window.strips.unsaved), words, strict=False):
        banner.show_words(said, action="Look at it…")
    clinic.settle()


TWO_STRIPS = (
    "The clock of this computer cannot be right: it says 19 March 2026, and the newest entry is of 30 November 2026.",
    "What you typed was not saved: Visit of Asha Verma.",
)


def test_a_short_list_leaves_the_week_its_days_under_two_strips(clinic: Room) -> None:
    week, table = clinic.window.schedule.week, clinic.window.schedule.table
    strip(clinic, *TWO_STRIPS)
    assert week.isVisible()
    assert not week.folded
    assert table.viewport().height() >= table.verticalHeader().length()


def test_large_text_in_the_smallest_window_leaves_a_whole_row_under_two_strips(clinic: Room) -> None:
    clinic.keeper.set_scale(1.5)
    clinic.window.resize(1024, 640)
    strip(clinic, *TWO_STRIPS)
    table = clinic.window.schedule.table
    row = table.visualRect(table.currentIndex())
    assert clinic.window.width() == 1024
    assert row.top() >= 0
    assert row.bottom() <= table.viewport().height()


@pytest.mark.parametrize(
    ("wide", "high", "scale"),
    [(1440, 900, 1.0), (1366, 700, 1.15), (1440, 900, 1.5), (1366, 768, 1.5), (1024, 640, 1.3), (1024, 640, 1.5)],
)
def test_nothing_above_the_list_is_cut(clinic: Room, wide: int, high: int, scale: float) -> None:
    clinic.keeper.set_scale(scale)
    clinic.window.resize(wide - 10, high)
    clinic.window.resize(wide, high)
    strip(clinic)
    schedule = clinic.window.schedule
    assert len({tile.slim for tile in schedule.tiles.values()}) == 1
    for tile in schedule.tiles.values():
        assert tile.width() >= tile.width_of(slim=tile.slim), tile.accessibleName()
    total = schedule.filters._total
    assert total.width() >= total.sizeHint().width()
    assert schedule.filters.columns.geometry().right() < schedule.filters.width()


def test_the_number_of_diagnoses_stays_beside_a_filter(clinic: Room) -> None:
    clinic.window.schedule.tiles[view.OVERDUE].click()
    clinic.settle()
    total = clinic.window.schedule.filters._total
    assert total.isVisible()
    assert total.text() == "4 diagnoses"
    assert total.width() >= total.sizeHint().width()
