"""Whoever was chosen stays the one that keys mean: over a lock, on the way out of a room, while a list is read anew."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt

from clinic_app.domain.cases import CaseDetails
from clinic_app.ui.schedule.inspector_parts import OtherCase
from tests.builders import PASSPHRASE, add_patient, give
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
