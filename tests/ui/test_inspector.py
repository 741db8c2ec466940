"""The panel beside the lists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.ui.schedule.inspector import place_offer
from clinic_app.ui.widgets import StatusChip
from tests.builders import add_patient, give
from tests.ui.patients_room import add_photo
from tests.ui.window_room import DAY, Room, named

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def show(clinic: Room, case_id: int) -> None:
    clinic.window.select(clinic.services.cases.get(case_id).patient_id, case_id)
    clinic.settle()
    clinic.until(lambda: clinic.window.inspector.value is not None)


def test_it_follows_the_selected_row(clinic: Room) -> None:
    panel = clinic.window.inspector
    assert panel.value is not None
    assert panel.value.value.patient.name == "Asha Verma"
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert panel.value is not None
    assert panel.value.value.patient.name == "Harpreet Gill"


def test_it_says_the_three_dates_and_why(clinic: Room) -> None:
    panel = clinic.window.inspector
    assert panel.value is not None
    assert panel.value.why == (
        ("Not before 3 Feb 2026", "Botox on 11 Nov 2025 + 12 weeks"),
        ("Due from 11 Feb 2026", "3 months after 11 Nov 2025 (clinic plan)"),
        ("Due until 11 Mar 2026", "4 months after 11 Nov 2025 (clinic plan)"),
    )
    assert panel._bar.accessibleName() == "Not before 3 Feb 2026. Due from 11 Feb 2026. Due until 11 Mar 2026"
    assert not panel._why_box.isVisible()
    QTest.mouseClick(panel.why, Qt.MouseButton.LeftButton)
    assert panel._why_box.isVisible()


def test_the_first_of_three_days_is_the_one_that_b_books(clinic: Room) -> None:
    panel = clinic.window.inspector
    assert [button.text() for button in panel.day_buttons] == ["Place 1 · 20 of 20 free"] * 3
    assert panel.first_day == date(2026, 3, 20)
    QTest.mouseClick(panel.day_buttons[1], Qt.MouseButton.LeftButton)
    clinic.settle()
    patient_id, _ = clinic.people["Asha Verma"]
    assert [one.day for one in clinic.services.patients.page(patient_id).appointments] == [date(2026, 3, 24)]


def test_the_400_unit_rule_is_said(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Thomas Okafor"]
    give(clinic.services, patient_id, case_id, date(2026, 2, 20), "300")
    show(clinic, case_id)
    assert clinic.window.inspector._limit.text() == "400 U limit clears on 20 May"


def test_the_phone_number_is_copied_and_taken_out_of_the_clipboard_again(clinic: Room) -> None:
    clipboard = QApplication.clipboard()
    clinic.press(Qt.Key.Key_C, CTRL_SHIFT)
    assert clipboard.text() == "98400 12207"
    clinic.window.inspector.phone.clear_clipboard()
    assert clipboard.text() == ""
    clinic.press(Qt.Key.Key_C, CTRL_SHIFT)
    clipboard.setText("something else")
    clinic.window.inspector.phone.clear_clipboard()
    assert clipboard.text() == "something else"


def test_no_call_is_offered_for_the_dead(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Meena Joshi"]
    clinic.services.patients.record_death(patient_id, date(2026, 1, 2))
    show(clinic, case_id)
    panel = clinic.window.inspector
    assert not panel._call_part.isVisible()
    assert not panel._book_part.isVisible()
    assert panel._no_call.text() == "Died on 2 Jan 2026. No call is offered."
    panel.press("1")
    clinic.settle()
    assert not clinic.services.patients.page(patient_id).calls
    assert clinic.window.toast.words == "Died on 2 Jan 2026. No call is offered."


def test_no_call_is_offered_on_hold_and_the_reason_is_said(clinic: Room) -> None:
    _, case_id = clinic.people["Meena Joshi"]
    clinic.services.cases.hold(case_id, DAY + timedelta(days=60), "Pregnant", False)
    show(clinic, case_id)
    panel = clinic.window.inspector
    assert panel._no_call.text() == "On hold until 18 May 2026. No call is offered until then. Pregnant"
    assert not panel._call_part.isVisible()


def test_other_diagnoses_lead_to_their_own_dates(clinic: Room) -> None:
    patient_id, _ = clinic.people["Asha Verma"]
    other = clinic.services.cases.add(patient_id, CaseDetails("hemifacial_spasm", Side.LEFT)).result
    assert isinstance(other, int)
    clinic.window.schedule.refresh()
    clinic.window.inspector._read()
    clinic.settle()
    panel = clinic.window.inspector
    assert panel.value is not None
    assert [name for _, name, _ in panel.value.others] == ["Hemifacial spasm, left"]
    item = panel._others.itemAt(0)
    assert item is not None
    button = item.widget()
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    clinic.settle()
    assert clinic.window.selection == (patient_id, other)
    assert panel.value is not None
    assert panel.value.case_id == other


def test_flags_stand_there_in_words(clinic: Room) -> None:
    patient = add_patient(clinic.services, "Grace Lim", "1208", phone="98400 12080")
    give(clinic.services, *patient, date(2026, 1, 5), finalise=False)
    show(clinic, patient[1])
    panel = clinic.window.inspector
    assert panel._chips.isVisible()
    assert "Not finalised" in [chip.accessibleName() for chip in panel._chips.findChildren(StatusChip)]


def test_nothing_of_a_patient_stays_when_the_clinic_is_closed(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_C, CTRL_SHIFT)
    clinic.window.close_clinic()
    clinic.settle()
    panel = clinic.window.inspector
    assert panel.value is None
    assert panel.case_id == 0
    assert not panel._scroll.isVisible()
    assert QApplication.clipboard().text() == ""


def test_a_day_says_which_place_it_offers(clinic: Room) -> None:
    (first, *_) = clinic.services.schedule.suggested_days(clinic.people["Asha Verma"][1], 1)
    assert place_offer(first) == "Place 1 · 20 of 20 free"


def test_photos_without_a_view_are_told_where_the_pair_would_be(clinic: Room) -> None:
    patient, case = clinic.people["Asha Verma"]
    for place in range(3):
        add_photo(clinic.services, patient, f"IMG-20251110-WA000{place}.jpg", 100 + 9 * place)
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Up)
    clinic.settle()
    panel = clinic.window.inspector
    assert panel.case_id == case
    assert panel.pair.isVisible()
    assert named(panel.pair) == "Photos and doses: 3 photos have no view yet"
    ids = [one.picture.id for one in clinic.services.pictures.entries(patient)]
    clinic.tasks.tell(lambda services: services.pictures.set_view(ids, "F01"), owner=clinic.window)
    clinic.settle()
    assert "no view" not in named(panel.pair)
