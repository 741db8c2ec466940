"""Deleting, putting back, destroying, merging, earlier versions and the copy of a record, with real keys."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Appointment, BookingDetails
from clinic_app.ui.bin.purge_sheet import PurgeSheet
from clinic_app.ui.bin.view import BinView
from clinic_app.ui.patients.delete_sheets import DeleteCaseSheet, DeletePatientSheet, DeletePicturesSheet
from clinic_app.ui.patients.merge_sheet import MergeSheet
from clinic_app.ui.patients.record_copy_sheet import RecordCopySheet
from clinic_app.ui.patients.versions_sheet import VersionsSheet
from clinic_app.ui.treatment.correction_sheet import CorrectionSheet
from clinic_app.ui.widgets import LinkButton
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.backup_room import add_picture
from tests.builders import PASSPHRASE, add_patient, door, give
from tests.ui.window_room import Room

SECOND = "lantern orchard velvet thunder basket"
CTRL = Qt.KeyboardModifier.ControlModifier
RETURN, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space


def words_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def act(room: Room, name: str) -> QWidget:
    room.window.commands.actions[name].trigger()
    room.settle()
    sheet = room.window.sheet
    assert sheet is not None
    return sheet


def select(room: Room, name: str) -> int:
    patient_id, case_id = room.people[name]
    room.context.intents.open_case.emit(patient_id, case_id)
    room.settle()
    return patient_id


def bin_of(room: Room) -> BinView:
    room.window.commands.actions["bin"].trigger()
    room.settle()
    view = room.window._bin
    assert view is not None
    return view


def test_a_patient_is_deleted_with_a_reason_and_undone(clinic: Room) -> None:
    patient_id = select(clinic, "Asha Verma")
    sheet = act(clinic, "delete_patient")
    assert isinstance(sheet, DeletePatientSheet)
    assert "Asha Verma, 4127" in words_in(sheet)
    assert "1 diagnosis, 1 visit" in words_in(sheet)
    assert sheet.save_button.text() == "Delete patient"
    assert sheet.reason.hasFocus()
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert "Say why" in sheet.reason_field.problem
    clinic.type("entered by mistake")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.window.toast.words == "Asha Verma deleted"
    assert clinic.window.area == "patients"
    assert clinic.window.selection[0] != patient_id
    assert clinic.services.patients.by_mrn("4127") is None
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    found = clinic.services.patients.by_mrn("4127")
    assert found is not None
    assert found.id == patient_id


def test_no_key_but_ctrl_enter_deletes(clinic: Room) -> None:
    select(clinic, "Asha Verma")
    sheet = act(clinic, "delete_patient")
    assert isinstance(sheet, DeletePatientSheet)
    clinic.type("a reason")
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Delete)
    clinic.settle()
    assert clinic.services.patients.by_mrn("4127") is not None


def test_the_bin_lists_and_puts_back(clinic: Room) -> None:
    patient_id = clinic.people["Meena Joshi"][0]
    clinic.services.bin.delete_patient(patient_id, "registered twice")
    view = bin_of(clinic)
    assert view.table.hasFocus()
    spoken = str(view.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Meena Joshi, 1984 · Patient" in spoken
    assert "1 diagnosis, 1 injection" in spoken
    assert "registered twice" in spoken
    assert "Dr Rao" in spoken
    clinic.press(RETURN)
    clinic.settle()
    assert view.model.rowCount() == 0
    assert view.empty.sentence == "The bin is empty."
    assert clinic.services.patients.by_mrn("1984") is not None
    assert "put back" in clinic.window.toast.words


def test_destroying_needs_reason_passphrase_and_a_second_administrator(clinic: Room) -> None:
    clinic.services.bin.delete_patient(clinic.people["Meena Joshi"][0], "asked for it")
    view = bin_of(clinic)
    view.purge.setFocus()
    QTest.keyClick(view.purge, SPACE)
    clinic.settle()
    alone = clinic.window.sheet
    assert isinstance(alone, PurgeSheet)
    assert "there is none" in alone.banner.words
    assert not alone.save_button.isEnabled()
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    clinic.services.people.add("Dr Sen", [Role.ADMIN], SECOND)
    QTest.keyClick(view.purge, SPACE)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, PurgeSheet)
    assert sheet.second.currentText() == "Dr Sen"
    for field, words in ((sheet.reason, "the patient asked"), (sheet.secret, PASSPHRASE), (sheet.second_secret, "no")):
        field.setFocus()
        clinic.type(words)
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: bool(sheet.second_secret_field.problem))
    assert not sheet.secret_field.problem
    sheet.second_secret.clear()
    clinic.type(SECOND)
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.window.sheet is None
    assert "Destroyed for good" in clinic.window.toast.words
    assert "is gone by 19 Dec 2026" in clinic.window.toast.words
    holder = QApplication.focusWidget()
    assert holder is not None
    assert view.isAncestorOf(holder)
    assert clinic.services.bin.entries() == ()


def test_a_nurse_is_told_who_may_delete(clinic: Room) -> None:
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    clinic.services.people.add("Nurse Meena", [Role.NURSE], SECOND)
    door(clinic.clock).switch(clinic.services, "Nurse Meena", SECOND)
    patient_id = select(clinic, "Asha Verma")
    clinic.context.intents.delete_patient.emit(patient_id)
    clinic.settle()
    assert clinic.window.sheet is None
    assert "for doctors and administrators; Nurse Meena may not" in clinic.window.toast.words
    sheet = DeletePatientSheet(clinic.context, clinic.window.ground, patient_id)
    sheet.begin()
    clinic.settle()
    assert "Nurse Meena" in sheet.banner.words
    assert not sheet.save_button.isEnabled()
    sheet.cancel()
    view = bin_of(clinic)
    assert "Nurse Meena" in view.empty.sentence


def test_the_keyboard_stays_at_the_record_after_a_correction(clinic: Room) -> None:
    patient_id = select(clinic, "Asha Verma")
    page = clinic.window._page
    assert page is not None
    correct = next(one for one in page.findChildren(LinkButton) if one.text() == "Correct…")
    correct.setFocus()
    clinic.press(RETURN)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CorrectionSheet)
    assert sheet.block is not None
    sheet.block.units.line.selectAll()
    QTest.keyClicks(sheet.block.units.line, "25")
    sheet.reason.setFocus()
    clinic.type("typed 35 instead of 25")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.window.sheet is None
    assert clinic.services.patients.page(patient_id).visits[0].sessions[0].units.amount == 25
    holder = QApplication.focusWidget()
    assert holder is not None
    assert page.isAncestorOf(holder)


def test_a_diagnosis_is_deleted(clinic: Room) -> None:
    patient_id = select(clinic, "Asha Verma")
    clinic.context.intents.delete_case.emit(*clinic.people["Asha Verma"])
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, DeleteCaseSheet)
    assert "Asha Verma" in sheet.what.text()
    clinic.type("wrong patient")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).cases == ()
    assert clinic.window.area == "case"


def test_photographs_are_deleted_from_the_grid(clinic: Room) -> None:
    patient_id = clinic.people["Asha Verma"][0]
    for number in range(2):
        add_picture(clinic.services, patient_id, number)
    select(clinic, "Asha Verma")
    page = clinic.window._page
    assert page is not None
    page.show_tab(1)
    clinic.settle()
    page.pictures.grid.setFocus()
    clinic.press(Qt.Key.Key_A, CTRL)
    clinic.settle()
    QTest.keyClick(page.pictures.grid, Qt.Key.Key_Delete)
    clinic.settle()
    sheet = page.findChild(DeletePicturesSheet)
    assert sheet is not None
    assert sheet.isVisible()
    assert sheet.save_button.text() == "Delete 2 photos"
    assert "They go into the bin" in words_in(sheet)
    sheet.reason.setFocus()
    clinic.type("not this patient")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.services.patients.page(patient_id).pictures == ()
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert len(clinic.services.patients.page(patient_id).pictures) == 2


def twice(room: Room) -> int:
    other = add_patient(room.services, "Asha Varma", "5511", phone="98400 55110")
    give(room.services, *other, date(2025, 11, 11), "40")
    return other[0]


def test_two_records_are_merged_after_a_look_and_undone(clinic: Room) -> None:
    other = twice(clinic)
    patient_id = select(clinic, "Asha Verma")
    own_case = clinic.people["Asha Verma"][1]
    second = clinic.services.cases.add(other, CaseDetails("writers_cramp", Side.RIGHT)).result
    assert isinstance(second, int)
    soon = clinic.services.schedule.book(BookingDetails(other, date(2026, 4, 3), (second,))).result
    assert isinstance(soon, Appointment)
    give(clinic.services, patient_id, own_case, date(2026, 2, 1), "40")
    (theirs, _) = clinic.services.patients.page(other).cases
    booked = [
        clinic.services.schedule.book(BookingDetails(id_, date(2026, 6, day), (case,))).result
        for id_, case, day in ((patient_id, own_case, 2), (other, theirs.case.id, 5))
    ]
    mine, twin = (one.id for one in booked if isinstance(one, Appointment))
    sheet = act(clinic, "merge_patient")
    assert isinstance(sheet, MergeSheet)
    assert not sheet.save_button.isEnabled()
    clinic.type("Varma")
    clinic.until(lambda: bool(sheet.other.found))
    clinic.settle()
    clinic.press(Qt.Key.Key_Down)
    clinic.press(RETURN)
    clinic.settle()
    assert sheet.preview.isVisible()
    words = words_in(sheet)
    assert "Kept is the record of Asha Verma, 4127" in words
    assert "1 visit" in words
    assert "kept “Asha Verma”, the other says “Asha Varma”" in words
    assert "become one diagnosis" in words
    assert "goes into the bin" in words
    assert "The booking of Fri 3 Apr 2026, place 1 lies before" in words
    assert "Dates of the next injection that move:" in words
    assert "Writer" in words
    early, stays = sheet.bookings
    assert (early.ids, stays.choice.control.code) == ((soon.id,), str(mine))
    assert not early.reason_field.isVisible()
    stays.choice.control.choose(str(twin))
    QTest.mouseClick(early.choice.control.pill("keep"), Qt.MouseButton.LeftButton)
    assert early.doctor_field.isVisible()
    sheet.reason.setFocus()
    clinic.type("same person")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    (_, which), *_ = sheet.voids
    assert "becomes void" in which.problem
    which.control.setFocus()
    which.control.choose("other")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert "26 Apr 2026" in early.reason_field.problem
    assert clinic.services.patients.get(other).name == "Asha Varma", "nothing was written"
    early.reason.setText("flies home")
    early.doctor.setText("Dr Rao")
    clinic.press(RETURN, CTRL)
    clinic.settle()
    assert clinic.window.toast.words == (
        "Two records of Asha Verma merged · Booking cancelled · Writer’s cramp: not before 3 Feb 2026 → 26 Apr 2026"
    )
    page = clinic.services.patients.page(patient_id)
    assert len(page.visits) == 3
    assert {one.id for one in page.appointments if one.status.live} == {twin, soon.id}
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.services.patients.get(other).name == "Asha Varma"


def test_a_match_after_none_is_shown_at_once(clinic: Room) -> None:
    twice(clinic)
    select(clinic, "Asha Verma")
    sheet = act(clinic, "merge_patient")
    assert isinstance(sheet, MergeSheet)
    clinic.type("Varmaq")
    clinic.until(lambda: sheet.other._list is not None and sheet.other._list.isVisible())
    listed = sheet.other._list
    assert listed is not None
    clinic.until(lambda: listed.empty.isVisible())
    clinic.settle()
    clinic.press(Qt.Key.Key_Backspace)
    clinic.until(lambda: bool(sheet.other.found))
    assert listed._view.isVisible()
    assert not listed.empty.isVisible()


def test_earlier_versions_are_shown_and_restored(clinic: Room) -> None:
    patient_id = select(clinic, "Asha Verma")
    patient = clinic.services.patients.get(patient_id)
    clinic.services.patients.change(patient_id, replace(patient.details, village="Nashik"), patient.version)
    sheet = act(clinic, "versions")
    assert isinstance(sheet, VersionsSheet)
    words = words_in(sheet)
    assert "Village or area: – → Nashik" in words
    assert "Dr Rao" in words
    first = sheet.cards[0].buttons[0]
    assert first.hasFocus()
    clinic.press(SPACE)
    clinic.settle()
    assert clinic.services.patients.get(patient_id).details.village == ""
    assert "Village or area: Nashik → –" in words_in(sheet)
    assert "earlier version restored" in clinic.window.toast.words


def test_a_copy_of_the_record_is_written_with_a_reason(clinic: Room, tmp_path: Path) -> None:
    select(clinic, "Asha Verma")
    sheet = act(clinic, "copy_record")
    assert isinstance(sheet, RecordCopySheet)
    assert "not encrypted" in words_in(sheet)
    folder = tmp_path / "copy"
    sheet.folder.setText(str(folder))
    sheet.reason.setFocus()
    clinic.type("the patient asked for it")
    sheet.secret.setFocus()
    clinic.type("wrong")
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: bool(sheet.secret_field.problem))
    assert not folder.exists()
    sheet.secret.clear()
    clinic.type(PASSPHRASE)
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: clinic.window.findChild(ConfirmDialog) is not None)
    clinic.settle()
    dialog = clinic.window.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.reject()
    clinic.settle()
    assert json.loads((folder / "record.json").read_text("utf-8"))["record"]["patient"]


def test_versions_read_like_the_screen_and_fit_the_sheet(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    services = clinic.services
    for number in range(3):
        add_picture(services, patient_id, number)
    photos = [one.picture.id for one in services.patients.page(patient_id).pictures]
    services.bin.delete_photo(photos, "not hers")
    services.bin.restore(services.bin.entries()[0].id)
    case = services.cases.get(case_id)
    changed = replace(case.details, condition="hemifacial_spasm", side=Side.LEFT)
    services.cases.change(case_id, changed, case.version)
    services.bin.delete_patient(patient_id, "by mistake")
    services.bin.restore(services.bin.entries()[0].id)
    select(clinic, "Asha Verma")
    sheet = act(clinic, "versions")
    assert isinstance(sheet, VersionsSheet)
    words = words_in(sheet)
    assert "Put back from the bin" in words
    assert "Diagnosis: Blepharospasm → Hemifacial spasm" in words
    assert "Side: bilateral → left" in words
    assert "Day: 5 Jan 2026" in words
    assert "Diagnosis: Hemifacial spasm, left" in words
    assert "– → –" not in words
    assert not re.search(r"\w_\w|[0-9a-f]{16}|[0-9]{4}-[0-9]{2}-[0-9]{2}", words)
    for button in (button for card in sheet.cards for button in card.buttons):
        assert button.mapTo(sheet, button.rect().topRight()).x() < sheet.width()


def test_enter_restores_a_version_and_undo_is_seen_in_the_list(clinic: Room) -> None:
    patient_id = select(clinic, "Asha Verma")
    patient = clinic.services.patients.get(patient_id)
    clinic.services.patients.change(patient_id, replace(patient.details, village="Nashik"), patient.version)
    sheet = act(clinic, "versions")
    assert isinstance(sheet, VersionsSheet)
    assert sheet.cards[0].buttons[0].hasFocus()
    clinic.press(RETURN)
    clinic.settle()
    assert clinic.services.patients.get(patient_id).details.village == ""
    assert len(sheet.cards) == 2
    assert sheet.cards[0].buttons[0].hasFocus()
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.services.patients.get(patient_id).details.village == "Nashik"
    assert len(sheet.cards) == 3
    assert "Village or area: – → Nashik" in words_in(sheet.cards[0])


def copy_into(room: Room, folder: Path) -> RecordCopySheet:
    select(room, "Asha Verma")
    sheet = act(room, "copy_record")
    assert isinstance(sheet, RecordCopySheet)
    sheet.folder.setText(str(folder))
    for field, words in ((sheet.reason, "the patient asked for it"), (sheet.secret, PASSPHRASE)):
        field.setFocus()
        room.type(words)
    return sheet


def test_a_folder_that_is_not_empty_is_refused_beside_the_field(clinic: Room, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "letter.txt").write_text("of somebody else")
    sheet = copy_into(clinic, folder)
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: bool(sheet.folder_field.problem))
    assert f"“{folder}” is not empty" in sheet.folder_field.problem
    assert sheet.folder.hasFocus()
    assert not sheet.busy
    assert [one.name for one in folder.iterdir()] == ["letter.txt"]


def test_a_path_that_cannot_be_written_is_refused_beside_the_field(clinic: Room, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sheet = copy_into(clinic, tmp_path / "file" / "copy")
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: bool(sheet.folder_field.problem))
    assert str(tmp_path / "file" / "copy") in sheet.folder_field.problem


def test_a_packed_copy_is_asked_for_as_one_file(clinic: Room, tmp_path: Path) -> None:
    sheet = copy_into(clinic, tmp_path / "copy")
    sheet.form.setFocus()
    clinic.press(Qt.Key.Key_Right)
    assert sheet.folder.text() == str(tmp_path / "copy.zip")
    assert "New file for it" in words_in(sheet)
    (tmp_path / "copy.zip").write_text("there already")
    sheet.reason.setFocus()
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: bool(sheet.folder_field.problem))
    assert f"“{tmp_path / 'copy.zip'}” is there already" in sheet.folder_field.problem
    (tmp_path / "copy.zip").unlink()
    clinic.press(RETURN, CTRL)
    clinic.until(lambda: clinic.window.findChild(ConfirmDialog) is not None)
    dialog = clinic.window.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.reject()
    clinic.settle()
    assert [one.name for one in tmp_path.glob("copy*")] == ["copy.zip"]
    assert (tmp_path / "copy.zip").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("name", ["delete_patient", "merge_patient", "versions", "copy_record"])
def test_nothing_of_a_patient_can_be_asked_for_while_nobody_is_selected(clinic: Room, name: str) -> None:
    clinic.window.select(0, 0)
    assert not clinic.window.commands.actions[name].isEnabled()
