"""Printing from the window: two keys for a list, slips from the toast and the panel, files that replace nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.papers import LetterPart, ListPart, PaperKind, PaperRequest, PaperSize, SlipPart
from clinic_app.ui.schedule import papers_dialog
from clinic_app.ui.schedule.back_entry_sheet import BackEntrySheet
from clinic_app.ui.schedule.calendar_view import CalendarView
from clinic_app.ui.schedule.export_sheet import ScheduleExportSheet
from clinic_app.ui.schedule.papers_dialog import LIST, PapersDialog
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.builders import PASSPHRASE
from tests.ui.window_room import Room

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _as_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is remembered from another test, and this computer has no printer but one that writes files."""
    monkeypatch.setattr(PapersDialog, "last_folder", str(tmp_path))
    monkeypatch.setattr(PapersDialog, "last_size", None)
    monkeypatch.setattr(PapersDialog, "last_printer", "")
    monkeypatch.setattr(papers_dialog, "usual_paper", lambda: PaperSize.A4)
    monkeypatch.setattr(papers_dialog, "printer_names", tuple)

    def into_file(printer: QPrinter, _: QWidget) -> bool:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        return True

    monkeypatch.setattr(papers_dialog, "ask_printer", into_file)


def dialog_of(clinic: Room) -> PapersDialog:
    found = clinic.window.papers.dialog
    assert found is not None
    return found


def ask(clinic: Room) -> PapersDialog:
    clinic.press(Qt.Key.Key_P, CTRL)
    clinic.settle()
    return dialog_of(clinic)


def names_on(dialog: PapersDialog) -> list[str]:
    assert dialog.paper is not None
    part = dialog.paper.parts[0]
    assert isinstance(part, ListPart)
    return [line.cells[1][0] for line in part.lines if line.cells and line.cells[1]]


def prints(clinic: Room) -> list[str]:
    return sorted(entry.object_type for entry in clinic.services.audit.entries(AuditFilter(action="print")))


def test_the_list_that_is_shown_is_printed_with_two_keys(clinic: Room, tmp_path: Path) -> None:
    clinic.press(Qt.Key.Key_P, CTRL)
    dialog = dialog_of(clinic)
    clinic.until(lambda: QApplication.activeWindow() is dialog)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Return)
    clinic.settle()
    clinic.until(lambda: clinic.window.papers.dialog is None)
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    assert set(prints(clinic)) == {"call_list"}
    assert len(prints(clinic)) >= 3
    assert "Call list: 1 page printed" in clinic.window.toast.words
    assert clinic.settings.value("print/size") == "A4"
    PapersDialog.last_size = None
    clinic.settings.setValue("print/size", "LETTER")
    clinic.window.papers.print_shown()
    assert dialog_of(clinic).request.size is PaperSize.LETTER


def test_a_tile_and_initials_narrow_what_is_printed(clinic: Room) -> None:
    clinic.window.schedule.tiles["overdue"].click()
    clinic.settle()
    shown = list(clinic.names)
    dialog = ask(clinic)
    assert names_on(dialog) == shown
    assert dialog.paper is not None
    assert "Overdue" in dialog.paper.parts[0].about[0]  # type: ignore[union-attr]
    assert not dialog.preview.picture.image.isNull()
    dialog.names.pill("initials").click()
    clinic.settle()
    assert not set(names_on(dialog)) & set(shown)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    clinic.settle()
    assert prints(clinic) == []


def test_a_day_of_the_week_is_printed_as_its_day_list(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    week = clinic.window.schedule.week
    column = next(one for one in week.columns if one.board is not None and one.board.entries)
    assert column.board is not None
    column.setFocus()
    dialog = ask(clinic)
    assert dialog.request.kind is PaperKind.DAY_LIST
    assert dialog.request.day == column.board.day.day
    assert names_on(dialog) == [column.board.entries[0].name]


def test_from_today_two_keys_print_the_next_botox_day(clinic: Room, tmp_path: Path) -> None:
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    clinic.window.go_to("today")
    clinic.settle()
    clinic.press(Qt.Key.Key_P, CTRL)
    dialog = dialog_of(clinic)
    clinic.until(lambda: QApplication.activeWindow() is dialog)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Return)
    clinic.until(lambda: clinic.window.papers.dialog is None)
    assert (tmp_path / "printed.pdf").exists()
    assert prints(clinic) == ["day_list"]


def test_the_calendar_prints_the_day_that_is_chosen(clinic: Room) -> None:
    view = clinic.window.schedule_room.show_view("calendar")
    clinic.settle()
    dialog = ask(clinic)
    assert dialog.request.kind is PaperKind.DAY_LIST
    assert dialog.request.day == view.chosen_day  # type: ignore[attr-defined]


def test_a_booking_offers_its_slip_in_the_toast_and_the_panel(clinic: Room) -> None:
    name = clinic.selected
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    toast = clinic.window.toast
    assert "Booked" in toast.words
    QTest.mouseClick(toast._also, Qt.MouseButton.LeftButton)
    clinic.settle()
    dialog = dialog_of(clinic)
    assert dialog.paper is not None
    part = dialog.paper.parts[0]
    assert isinstance(part, SlipPart)
    assert [slip.person for slip in part.slips] == [name]
    dialog.reject()
    clinic.settle()
    booked = next(person for one, person in clinic.people.items() if one == name)
    clinic.context.intents.select_case.emit(*booked)
    clinic.settle()
    QTest.mouseClick(clinic.window.inspector.slip, Qt.MouseButton.LeftButton)
    clinic.settle()
    again = dialog_of(clinic).paper
    assert again is not None
    assert again.parts == (part,)


def test_letters_go_to_the_list_or_to_who_is_selected(clinic: Room) -> None:
    dialog = ask(clinic)
    dialog.kind.setCurrentIndex(dialog.kind.findData(PaperKind.LETTER))
    clinic.settle()
    assert dialog.paper is not None
    part = dialog.paper.parts[0]
    assert isinstance(part, LetterPart)
    assert len(part.letters) == 1
    dialog.whom.pill(LIST).click()
    clinic.settle()
    every = dialog.paper.parts[0]
    assert isinstance(every, LetterPart)
    assert len(every.letters) >= 3
    assert dialog.preview.count.text() == f"Page 1 of {len(every.letters)}"
    for kind in (PaperKind.NEXT_VISIT, PaperKind.LABELS, PaperKind.POWER_CUT, PaperKind.HANDOVER):
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        clinic.settle()
        assert (dialog.paper is None) == (not dialog.print_button.isEnabled()) == bool(dialog.remark.words)


def test_a_paper_in_english_for_want_of_a_text_says_so_before_it_is_printed(clinic: Room) -> None:
    found = clinic.services.patients.get(clinic.people["Asha Verma"][0])
    clinic.services.patients.change(found.id, replace(found.details, language="Marathi"), found.version)
    clinic.window.papers.open(PaperRequest(PaperKind.LETTER, PaperSize.A4, patient_ids=(found.id,)), found.id)
    dialog = dialog_of(clinic)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.papers.dialog is dialog, "Enter before the pages are there waits for what is to be said"
    assert dialog.remark.words == "There is no text in Marathi: English is used."
    assert prints(clinic) == []
    QTest.keyClick(dialog.print_button, Qt.Key.Key_Space)
    clinic.until(lambda: clinic.window.papers.dialog is None)
    assert prints(clinic) == ["letter"]


def test_a_pdf_replaces_no_file_unasked(clinic: Room, tmp_path: Path) -> None:
    there = tmp_path / "call-list-2026-03-19.pdf"
    there.write_bytes(b"before")
    dialog = ask(clinic)
    proposed: list[str] = []

    def chosen(_: QWidget, suggested: str) -> str:
        proposed.append(suggested)
        return str(there.with_suffix(""))

    dialog.ask_path = chosen
    QTest.mouseClick(dialog.pdf_button, Qt.MouseButton.LeftButton)
    clinic.settle()
    assert proposed == [str(tmp_path / "call-list-2026-03-19-2.pdf")]
    question = next(one for one in dialog.findChildren(ConfirmDialog) if one.isVisible())
    assert there.read_bytes() == b"before"
    assert prints(clinic) == []
    question.accept()
    clinic.settle()
    clinic.until(lambda: clinic.window.papers.dialog is None)
    assert there.read_bytes().startswith(b"%PDF")
    assert set(prints(clinic)) == {"call_list"}


def test_a_day_is_saved_as_a_file_from_the_day_that_is_shown(clinic: Room) -> None:
    view = clinic.window.schedule_room.show_view("calendar")
    assert isinstance(view, CalendarView)
    day = date(2026, 3, 24)
    view.choose_day(day)
    clinic.settle()
    clinic.window.commands.actions["schedule_file"].trigger()
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, ScheduleExportSheet)
    assert sheet.day.currentData() == day


def test_the_schedule_is_saved_as_a_file_with_a_reason(clinic: Room, tmp_path: Path) -> None:
    clinic.window.commands.actions["schedule_file"].trigger()
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, ScheduleExportSheet)
    sheet.folder = tmp_path
    asked: list[str] = []

    def chosen(_: QWidget, suggested: str) -> str:
        asked.append(Path(suggested).name)
        return suggested

    sheet._ask = chosen
    sheet.what.pill("bookings").click()
    sheet.ask_save()
    clinic.settle()
    assert asked == []
    assert sheet.reason_field.problem
    sheet.reason.setText("For the calendar of the doctor")
    sheet.secret.setText(PASSPHRASE)
    sheet.ask_save()
    clinic.settle()
    clinic.until(lambda: clinic.window.sheet is None)
    assert asked == ["bookings-2026-03-19.ics"]
    assert (tmp_path / asked[0]).read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


def test_paper_is_typed_in_line_by_line_and_taken_back_in_one_step(clinic: Room) -> None:
    clinic.window.commands.actions["back_entry"].trigger()
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BackEntrySheet)
    assert QApplication.focusWidget() is sheet.line
    assert not sheet.save_button.isEnabled()
    people = [clinic.services.patients.get(one[0]) for one in clinic.people.values()]
    for text in (f"{people[0].number} 1", f"{people[1].number} 2"):
        clinic.type(text)
        clinic.press(Qt.Key.Key_Return)
        clinic.settle()
    assert [entry.name for entry in sheet.entries] == [people[0].name, people[1].name]
    clinic.type("9999 1")
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert "9999" in sheet.line_field.problem
    assert len(sheet.lines) == 2
    sheet.line.clear()
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    clinic.until(lambda: clinic.window.sheet is None)
    assert clinic.window.toast.words == "2 lines from paper saved"
    cases = [clinic.people[one.name][1] for one in people[:2]]
    assert all(one.last_call is not None for one in clinic.services.schedule.entries(cases))
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert all(one.last_call is None for one in clinic.services.schedule.entries(cases))


def test_a_lock_takes_the_dialog_away(clinic: Room) -> None:
    ask(clinic)
    clinic.window.locking.lock()
    clinic.settle()
    assert clinic.window.papers.dialog is None
    assert not any(isinstance(one, PapersDialog) and one.isVisible() for one in QApplication.topLevelWidgets())
