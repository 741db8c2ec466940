"""The audit's room under real keys: a real encrypted clinic, files and pages that really are written."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from clinic_app.domain.audit import AuditEvent, AuditFilter, Outcome
from clinic_app.domain.audit_actions import AuditKind
from clinic_app.exchange.spreadsheets import read_table
from clinic_app.ui.audit.entry_model import PAGE, WHAT
from clinic_app.ui.audit.filter_bar import Narrowed
from clinic_app.ui.audit.take_out_sheet import INCIDENT, PAPER, TakeOutSheet
from clinic_app.ui.audit.view import AuditView
from tests.builders import PASSPHRASE
from tests.ui.window_room import Room

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def audit_of(room: Room) -> AuditView:
    """The audit's room, opened by its keys."""
    room.press(Qt.Key.Key_A, CTRL_SHIFT)
    room.settle()
    view = room.window._audit
    assert view is not None
    assert room.window.areas.currentWidget() is view
    assert room.window.rail.button("audit").isChecked()
    return view


def sentences(view: AuditView) -> list[str]:
    return [str(view.model.index(row, WHAT).data()).split("\n")[0] for row in range(min(view.model.count, PAGE))]


def choose(room: Room, button: QWidget, words: str) -> None:
    """Take an entry of a drop-down (no menu pops up where there is no screen)."""
    menu = button.findChild(QMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.text() == words).trigger()
    room.settle()


def many(room: Room, count: int) -> None:
    """Fill the audit."""
    with room.services.context.units.open() as unit:
        for number in range(count):
            unit.enter(AuditEvent("backup.ok", "backup", str(number)))
        unit.commit()


def test_the_list_says_who_did_what_in_sentences(clinic: Room) -> None:
    view = audit_of(clinic)
    told = sentences(view)
    assert "Dr Rao recorded an injection" in told
    assert "Dr Rao added a patient" in told
    assert not [words for words in told if ".create" in words]
    row = told.index("Dr Rao added a patient")
    spoken = str(view.model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Dr Rao added a patient" in spoken
    assert "Thomas Okafor, 1207" in spoken
    assert view.filters._total.text() == f"{view.model.count:,} entries"


@pytest.mark.parametrize(("wide", "high", "scale"), [(1440, 900, 1.0), (1366, 768, 1.5), (1024, 640, 1.5)])
def test_no_filter_lies_over_another(clinic: Room, wide: int, high: int, scale: float) -> None:
    clinic.window.resize(wide, high)
    view = audit_of(clinic)
    clinic.keeper.set_scale(scale)
    clinic.settle()
    filters = view.filters
    row = [filters.patient, filters.who, filters.kind, filters.days, filters.refused, filters._total]
    for left, right in pairwise(row):
        assert left.geometry().right() < right.geometry().left()
    for part in row[1:]:
        assert part.width() >= part.sizeHint().width()
    assert filters._total.geometry().right() <= filters.width()


def test_everything_that_takes_the_keyboard_has_a_name(clinic: Room) -> None:
    view = audit_of(clinic)
    for part in [view, *view.findChildren(QWidget)]:
        if part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus and not part.focusProxy():
            face = QAccessible.queryAccessibleInterface(part)
            assert face.text(QAccessible.Text.Name), part


def test_filters_narrow_the_list_and_chips_widen_it(clinic: Room) -> None:
    clinic.services.audit.note(AuditEvent("authz.denied", "action", "purge", None, Outcome.DENIED, "not_allowed"))
    view = audit_of(clinic)
    everything = view.model.count
    choose(clinic, view.filters.kind, "Changed")
    assert 0 < view.model.count < everything
    assert view.filters.narrowed.kind is AuditKind.CHANGED
    choose(clinic, view.filters.who, "Dr Rao")
    choose(clinic, view.filters.days, "Last 7 days")
    assert view.model.count > 0
    assert [chip.text() for chip in view.filters._chips][:2] == ["Dr Rao", "Changed"]
    view.filters.refused.setFocus()
    QTest.keyClick(view.filters.refused, Qt.Key.Key_Space)
    clinic.settle()
    assert view.model.count == 0
    assert view.empty.sentence == "No entry matches."
    view.filters._chips[1].setFocus()
    QTest.keyClick(view.filters._chips[1], Qt.Key.Key_Delete)
    clinic.settle()
    assert sentences(view) == ["Dr Rao was refused: destroying a record for good"]
    QTest.keyClick(view.table, Qt.Key.Key_Escape)
    clinic.settle()
    assert view.filters.narrowed == Narrowed()
    assert view.model.count >= everything


def test_days_are_chosen_by_typing(clinic: Room) -> None:
    view = audit_of(clinic)
    choose(clinic, view.filters.days, "Choose days…")
    assert view.filters.since.isVisible()
    QTest.keyClicks(view.filters.since.line, "20/3/2026")
    QTest.keyClick(view.filters.since.line, Qt.Key.Key_Return)
    clinic.settle()
    assert view.filters.narrowed.since is not None
    assert view.model.count == 0
    choose(clinic, view.filters.days, "All")
    assert view.model.count > 0
    assert not view.filters.since.isVisible()


def test_a_patient_is_found_by_typing(clinic: Room) -> None:
    view = audit_of(clinic)
    clinic.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is view.filters.patient.line
    clinic.type("meena")
    clinic.until(lambda: [one.words for one in view.filters.patient.found] == ["Meena Joshi"])
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert view.filters.narrowed.patient_id == clinic.people["Meena Joshi"][0]
    entries = [view.model.entry(row) for row in range(view.model.count)]
    assert {entry.patient_name for entry in entries if entry is not None} == {"Meena Joshi"}


def test_who_looked_at_this_patient_from_the_case_page(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    clinic.window.open_case(patient_id, case_id)
    clinic.settle()
    page = clinic.window._page
    assert page is not None
    menu = QMenu(page)
    page.header.more_asked.emit(menu)
    next(one for one in menu.actions() if one.text() == "Who looked at this patient").trigger()
    clinic.settle()
    view = clinic.window._audit
    assert view is not None
    clinic.until(lambda: view.filters.narrowed.patient_id == patient_id)
    clinic.settle()
    assert clinic.window.area == "audit"
    assert "Dr Rao looked at a patient’s record" in sentences(view)
    row = sentences(view).index("Dr Rao looked at a patient’s record")
    view.table.setCurrentIndex(view.model.index(row, 0))
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"


def test_a_hundred_pages_scroll(clinic: Room) -> None:
    many(clinic, 6000)
    view = audit_of(clinic)
    assert view.model.count > 6000
    began = time.process_time()
    clinic.press(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    clinic.settle()
    last = view.model.entry(view.model.count - 1)
    assert last is not None
    assert last.seq == 1
    middle = view.model.count // 2
    view.table.scrollTo(view.model.index(middle, 0))
    view.table.viewport().repaint()
    clinic.settle()
    entry = view.model.entry(middle)
    assert entry is not None
    assert entry.seq == view.model.count - middle
    assert time.process_time() - began < 10
    assert len(view.model._pages) <= 40


def test_verify_says_what_it_found_and_can_be_stopped(clinic: Room) -> None:
    many(clinic, 3000)
    view = audit_of(clinic)
    view.verify.setFocus()
    QTest.keyClick(view.verify, Qt.Key.Key_Space)
    clinic.until(lambda: bool(view.result.words))
    assert view.result.words.startswith("Entries 1–3\u202f")
    assert view.result.words.endswith("; 0 problems.")
    assert view.verify.isEnabled()
    view.start_verifying()
    job = view._job
    assert job is not None
    job.cancel()
    clinic.until(lambda: view._job is None)
    assert view.result.words == "Verifying was stopped; nothing is known."


def test_verify_names_the_first_bad_entry(clinic: Room) -> None:
    with clinic.services.context.units.open() as unit:
        connection = unit.session.connection()
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET patient_id = 99 WHERE seq = 4")
        unit.session.commit()
    view = audit_of(clinic)
    view.start_verifying()
    clinic.until(lambda: bool(view.result.words))
    assert view.result.words.startswith("Entry 4 of the audit was changed, moved or put in. Everything before entry 4")


@pytest.fixture
def no_last_folder() -> None:
    TakeOutSheet.last_folder = ""


def sheet_of(room: Room, view: AuditView, button: QWidget) -> TakeOutSheet:
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    room.settle()
    sheet = room.window.sheet
    assert isinstance(sheet, TakeOutSheet)
    return sheet


def test_export_asks_for_the_passphrase_and_writes_the_list(clinic: Room, tmp_path: Path, no_last_folder: None) -> None:
    view = audit_of(clinic)
    choose(clinic, view.filters.kind, "Changed")
    sheet = sheet_of(clinic, view, view.export)
    path = tmp_path / "audit.xlsx"
    sheet._ask = lambda _, __: str(path)
    QTest.keyClicks(sheet.passphrase, "not the passphrase at all")
    QTest.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    clinic.settle()
    assert sheet.field("passphrase").problem  # type: ignore[union-attr]  # it is there
    assert not path.exists()
    sheet.passphrase.clear()
    QTest.keyClicks(sheet.passphrase, PASSPHRASE)
    QTest.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    clinic.until(path.exists)
    clinic.settle()
    table = read_table(path)
    assert len(table.rows) == view.model.count
    found = clinic.services.audit.entries(AuditFilter(action="audit.export"))
    assert [one.outcome for one in found] == [Outcome.DONE]
    assert not clinic.window.sheet


def test_an_incident_report_is_about_one_patient(clinic: Room, tmp_path: Path, no_last_folder: None) -> None:
    view = audit_of(clinic)
    sheet = sheet_of(clinic, view, view.export)
    sheet.what.control.pill(INCIDENT).setFocus()
    QTest.keyClick(sheet.what.control.pill(INCIDENT), Qt.Key.Key_Space)
    assert not sheet.save_button.isEnabled()
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    view.show_patient(clinic.people["Asha Verma"][0])
    clinic.settle()
    sheet = sheet_of(clinic, view, view.export)
    QTest.keyClick(sheet.what.control.pill(INCIDENT), Qt.Key.Key_Space)
    assert sheet.save_button.isEnabled()
    QTest.keyClick(sheet.form.control.pill(".html"), Qt.Key.Key_Space)
    path = tmp_path / "report.html"
    sheet._ask = lambda _, __: str(path)
    QTest.keyClicks(sheet.passphrase, PASSPHRASE)
    QTest.keyClick(sheet.passphrase, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.until(path.exists)
    clinic.settle()
    assert "Asha Verma, 4127" in path.read_text("utf-8")


def test_print_makes_a_page_and_stands_in_the_audit(clinic: Room, tmp_path: Path, no_last_folder: None) -> None:
    view = audit_of(clinic)
    sheet = sheet_of(clinic, view, view.print)
    assert sheet.form.control.code == PAPER
    paper = tmp_path / "paper.pdf"

    def to_file(_: QWidget) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(paper))
        return printer

    sheet._printer = to_file
    QTest.keyClicks(sheet.passphrase, PASSPHRASE)
    QTest.keyClick(sheet.passphrase, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.until(paper.exists)
    clinic.settle()
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.stat().st_size > 2000
    assert clinic.services.audit.entries(AuditFilter(action="print"))[0].object_type == "audit"


def test_a_closed_clinic_leaves_nothing_in_the_room(clinic: Room) -> None:
    view = audit_of(clinic)
    view.show_patient(clinic.people["Asha Verma"][0])
    clinic.settle()
    model, filters = view.model, view.filters
    clinic.window.close_clinic()
    assert model.count == 0
    assert filters.narrowed == Narrowed()
    assert not filters._people
    clinic.qtbot.waitUntil(lambda: clinic.window._audit is None)


def test_a_long_reason_is_cut_and_said_in_the_tooltip(clinic: Room) -> None:
    reason = "because " * 40
    clinic.services.audit.note(AuditEvent("export.ident", "register", reason=reason.strip()))
    view = audit_of(clinic)
    row = sentences(view).index("Dr Rao exported with names")
    view.table.scrollTo(view.model.index(row, WHAT))
    tip = str(view.model.index(row, WHAT).data(Qt.ItemDataRole.ToolTipRole))
    assert reason.strip() in tip
    spot = view.table.visualRect(view.model.index(row, WHAT)).center()
    assert view.table.indexAt(QPoint(spot)).row() == row
