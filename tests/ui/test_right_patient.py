"""Whoever was chosen stays the one that keys mean: over a lock, on the way out of a room, while a list is read anew."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_app.domain.cases import CaseDetails
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.schedule.inspector_parts import OtherCase
from tests.builders import PASSPHRASE, add_patient, give
from tests.ui.patients_room import add_photo
from tests.ui.window_room import Room

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def compared(clinic: Room, name: str) -> None:
    """Ctrl+K, the name, Ctrl+Enter: the viewer on that patient."""
    clinic.press(Qt.Key.Key_K, CTRL)
    clinic.type(name)
    clinic.settle()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert clinic.window.area == "compare"


def viewed(clinic: Room) -> int | None:
    """The diagnosis in the viewer."""
    assert clinic.window.area == "compare"
    return clinic.window._viewer_room().case_id


def lock_and_open(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_L, CTRL | SHIFT)
    clinic.settle()
    page = clinic.window.locking.page
    assert page is not None
    page.form.secret.setFocus()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.until(lambda: clinic.window.locking.page is None)
    clinic.settle()


def test_compare_after_a_lock_is_of_the_patient_before_it(clinic: Room) -> None:
    compared(clinic, "meena")
    lock_and_open(clinic)
    assert viewed(clinic) == clinic.people["Meena Joshi"][1]
    clinic.press(Qt.Key.Key_4, CTRL)
    clinic.settle()
    assert viewed(clinic) == clinic.people["Meena Joshi"][1]
    assert clinic.window.selection == clinic.people["Meena Joshi"]


def test_the_call_list_after_a_lock_stands_where_it_stood(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert clinic.selected == "Harpreet Gill"
    lock_and_open(clinic)
    assert clinic.window.area == "schedule"
    assert clinic.selected == "Harpreet Gill"
    assert clinic.window.selection == clinic.people["Harpreet Gill"]
    clinic.press(Qt.Key.Key_4, CTRL)
    clinic.settle()
    assert viewed(clinic) == clinic.people["Harpreet Gill"][1]


def test_a_call_list_that_is_read_anew_behind_a_record_chooses_nobody(clinic: Room) -> None:
    clinic.context.intents.open_case.emit(*clinic.people["Harpreet Gill"])
    clinic.settle()
    clinic.window.schedule._choose_tile("due")
    clinic.settle()
    assert clinic.names == ["Meena Joshi"]
    assert clinic.window.selection == clinic.people["Harpreet Gill"]
    clinic.press(Qt.Key.Key_4, CTRL)
    clinic.settle()
    assert viewed(clinic) == clinic.people["Harpreet Gill"][1]


def test_escape_leaves_compare_for_the_patient_it_shows(clinic: Room) -> None:
    compared(clinic, "harpreet")
    compared(clinic, "meena")
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window._case_room().patient_id == clinic.people["Meena Joshi"][0]


def test_escape_leaves_compare_for_the_list_with_the_patient_selected(clinic: Room) -> None:
    compared(clinic, "meena")
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "schedule"
    assert clinic.selected == "Meena Joshi"
    assert clinic.window.selection == clinic.people["Meena Joshi"]


def test_escape_leads_from_compare_over_the_record_to_the_list(clinic: Room) -> None:
    clinic.context.intents.open_case.emit(*clinic.people["Harpreet Gill"])
    clinic.settle()
    compared(clinic, "meena")
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window._case_room().patient_id == clinic.people["Meena Joshi"][0]
    assert clinic.window.selection == clinic.people["Meena Joshi"]
    clinic.press(Qt.Key.Key_C)
    clinic.settle()
    assert viewed(clinic) == clinic.people["Meena Joshi"][1]
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "case"
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "schedule"
    assert clinic.selected == "Meena Joshi"
    clinic.press(Qt.Key.Key_Left, ALT)
    clinic.settle()
    assert clinic.window.area == "schedule"


def test_escape_leaves_compare_for_the_record_where_the_list_does_not_hold_the_patient(clinic: Room) -> None:
    clinic.window.schedule._choose_tile("overdue")
    clinic.settle()
    compared(clinic, "meena")
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window._case_room().patient_id == clinic.people["Meena Joshi"][0]


def test_c_compares_the_other_diagnosis_that_was_chosen_in_the_panel(clinic: Room) -> None:
    asha = clinic.people["Asha Verma"][0]
    made = clinic.services.cases.add(asha, CaseDetails("cervical_dystonia", None)).result
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Up)
    clinic.window.schedule._choose_tile("overdue")
    clinic.settle()
    assert clinic.selected == "Asha Verma"
    other = next(one for one in clinic.window.inspector.findChildren(OtherCase) if one.isVisible())
    other.setFocus()
    clinic.press(Qt.Key.Key_Space)
    clinic.settle()
    assert clinic.window.selection == (asha, made)
    table = clinic.window.schedule.table
    assert not table.currentIndex().isValid()
    table.setFocus()
    assert not table.currentIndex().isValid()
    clinic.press(Qt.Key.Key_C)
    clinic.settle()
    assert viewed(clinic) == made


def test_the_row_of_a_booking_that_is_undone_is_in_sight(clinic: Room) -> None:
    for number in range(30):
        give(
            clinic.services, *add_patient(clinic.services, f"Person {number:02d}", f"77{number:02d}"), date(2025, 11, 1)
        )
    clinic.window.schedule.refresh()
    clinic.settle()
    table = clinic.window.schedule.table
    clinic.press(Qt.Key.Key_Home)
    name = clinic.selected
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    assert clinic.selected != name
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.selected == name
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()))


def with_photos(clinic: Room, *names: str) -> None:
    """Two photographs of one view for each of these."""
    for place, name in enumerate(names):
        patient = clinic.people[name][0]
        ids = [
            add_photo(clinic.services, patient, f"IMG-202511{day}-WA00{place}{day}.jpg", 10 + 40 * place + day)
            for day in (10, 25)
        ]
        clinic.services.pictures.set_view(ids, "F01")


def measure(clinic: Room) -> None:
    """D and two clicks in A."""
    view = clinic.window._viewer_room()
    clinic.press(Qt.Key.Key_D)
    clinic.settle()
    pane = view.stage.panes["A"]
    for point in ((0.2, 0.3), (0.4, 0.3)):
        QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.place_of(point).toPoint())
        clinic.settle()
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()


def measured(clinic: Room, *names: str) -> list[int]:
    """How many measurements each has."""
    return [len(clinic.services.pictures.pair(clinic.people[name][1]).measured) for name in names]


def take_back(clinic: Room) -> str:
    """Ctrl+Z; what is said."""
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    return clinic.window.toast.words


BOTH = ("Asha Verma", "Meena Joshi")
TOLD = "Last step: Distance measured, Asha Verma. Ctrl+Z again takes it back."


def test_a_step_of_another_patient_is_named_before_it_is_taken_back(clinic: Room) -> None:
    with_photos(clinic, *BOTH)
    compared(clinic, "asha")
    measure(clinic)
    compared(clinic, "meena")
    measure(clinic)
    assert measured(clinic, *BOTH) == [1, 1]
    assert take_back(clinic) == "Undone: Distance measured"
    assert measured(clinic, *BOTH) == [1, 0]
    assert take_back(clinic) == TOLD
    assert measured(clinic, *BOTH) == [1, 0]
    assert take_back(clinic) == "Undone: Distance measured, Asha Verma"
    assert measured(clinic, *BOTH) == [0, 0]
    assert take_back(clinic) == "There is nothing to take back."


def test_what_was_said_of_another_holds_only_while_it_stands_there(clinic: Room) -> None:
    with_photos(clinic, *BOTH)
    compared(clinic, "asha")
    measure(clinic)
    compared(clinic, "meena")
    assert take_back(clinic) == TOLD
    measure(clinic)
    assert take_back(clinic) == "Undone: Distance measured"
    assert take_back(clinic) == TOLD
    clinic.window.toast.close_now()
    assert take_back(clinic) == TOLD
    clinic.window.open_case(*clinic.people["Meena Joshi"])
    clinic.settle()
    clinic.window.toast.close_now()
    assert take_back(clinic) == TOLD
    clinic.window.open_case(*clinic.people["Asha Verma"])
    clinic.settle()
    assert measured(clinic, *BOTH) == [1, 0]
    assert take_back(clinic) == "Undone: Distance measured"
    assert measured(clinic, *BOTH) == [0, 0]


def test_the_undo_on_what_was_said_is_the_second_press(clinic: Room) -> None:
    with_photos(clinic, *BOTH)
    compared(clinic, "asha")
    measure(clinic)
    compared(clinic, "meena")
    assert take_back(clinic) == TOLD
    QTest.mouseClick(clinic.window.toast._action, Qt.MouseButton.LeftButton)
    clinic.settle()
    assert clinic.window.toast.words == "Undone: Distance measured, Asha Verma"
    assert measured(clinic, *BOTH) == [0, 0]


def test_a_presentation_names_nobody_whose_step_it_is(clinic: Room) -> None:
    with_photos(clinic, *BOTH)
    compared(clinic, "asha")
    measure(clinic)
    compared(clinic, "meena")
    clinic.press(Qt.Key.Key_P, CTRL | SHIFT)
    clinic.settle()
    assert clinic.window._viewer_room().presenting
    assert take_back(clinic) == "The last step is another patient’s. Ctrl+Z again takes it back."
    assert measured(clinic, *BOTH) == [1, 0]
    assert take_back(clinic) == "Undone: a step of another patient"
    assert measured(clinic, *BOTH) == [0, 0]


def test_in_the_call_list_its_own_steps_are_one_press_and_those_of_a_viewer_are_not(clinic: Room) -> None:
    with_photos(clinic, "Asha Verma")
    compared(clinic, "asha")
    measure(clinic)
    clinic.press(Qt.Key.Key_2, CTRL)
    clinic.settle()
    clinic.press(Qt.Key.Key_Home)
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert clinic.selected == "Harpreet Gill"
    said = take_back(clinic)
    assert said.startswith("Undone: ")
    assert said.count("Asha Verma") == 1
    assert clinic.services.patients.page(clinic.people["Asha Verma"][0]).calls == ()
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert clinic.selected == "Harpreet Gill"
    assert take_back(clinic) == TOLD
    assert measured(clinic, "Asha Verma") == [1]
    clinic.press(Qt.Key.Key_Up)
    clinic.settle()
    clinic.window.toast.close_now()
    assert take_back(clinic) == "Undone: Distance measured"
    assert measured(clinic, "Asha Verma") == [0]


def test_a_call_of_the_list_is_named_on_the_page_of_another(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    clinic.window.open_case(*clinic.people["Meena Joshi"])
    clinic.settle()
    said = take_back(clinic)
    assert said.startswith("Last step: ")
    assert said.count("Asha Verma") == 1
    page = clinic.people["Asha Verma"][0]
    assert len(clinic.services.patients.page(page).calls) == 1
    assert take_back(clinic).startswith("Undone: ")
    assert clinic.services.patients.page(page).calls == ()


def sheet_open(clinic: Room) -> bool:
    return clinic.window.sheet is not None


def clicked(clinic: Room, name: str) -> None:
    """A click on a row of the call list."""
    table = clinic.window.schedule.table
    row = clinic.window.schedule.model.row_of(clinic.people[name][1])
    assert row is not None
    at = table.visualRect(table.calls.index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    clinic.settle()


def test_rows_behind_a_sheet_choose_nobody_while_something_is_typed(clinic: Room) -> None:
    first = clinic.selected
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    sheet.note.setFocus()
    clinic.type("rang twice")
    other = next(name for name in clinic.names if name != first)
    clicked(clinic, other)
    assert (clinic.selected, clinic.window.selection) == (first, clinic.people[first])
    assert clinic.window.sheet is sheet
    assert sheet.isVisible()
    assert clinic.window.toast.words == "Save or cancel what is open first."
    clinic.window.schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    clinic.window.schedule.week.entry_pressed.emit(*clinic.people[other])
    clinic.context.intents.open_case.emit(*clinic.people[other])
    clinic.settle()
    assert (clinic.selected, clinic.window.selection) == (first, clinic.people[first])
    assert clinic.window.area == "schedule"
    clinic.window.schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Escape)
    assert sheet._discard.isVisible()
    sheet._discard.click()
    clinic.settle()
    assert not sheet_open(clinic)
    clicked(clinic, other)
    assert clinic.window.selection == clinic.people[other]


def test_a_sheet_nothing_was_typed_in_goes_when_somebody_else_is_chosen(clinic: Room) -> None:
    first = clinic.selected
    other = next(name for name in clinic.names if name != first)
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    assert isinstance(clinic.window.sheet, CallSheet)
    clicked(clinic, other)
    assert not sheet_open(clinic)
    assert (clinic.selected, clinic.window.selection) == (other, clinic.people[other])
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    clinic.window.schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert not sheet_open(clinic)
    assert clinic.selected == other
