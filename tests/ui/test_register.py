"""The register room under real keys: the dirty register, a real encrypted clinic, files that really are written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.register import RegisterField
from clinic_app.domain.schedule import BookingDetails
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.services import Services
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.register import RegisterExport, RegisterExportSheet, RegisterImportSheet
from clinic_app.ui.register.export_sheet import suggested_name
from clinic_app.ui.register.fates import Fate, without_row
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import ConfirmDialog, Toast
from tests.builders import PASSPHRASE, add_patient, give, open_copied_clinic
from tests.exchange.registers import Expected, write_dirty_register
from tests.ui.hands import drop_on, files, press_key

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

AMBIGUOUS = (
    "Patient,Dx,Injected on,Brand,Dose,Blood group\n"
    "Asha Verma,HFS right,05/06/2025,Botox,25,B+\n"
    "Ram Lal,Torticollis,07/08/2025,Dysport,500,A+\n"
)


@dataclass
class Room:
    """The sheet over a window, the clinic behind it, and what it said."""

    sheet: RegisterImportSheet
    host: QWidget
    services: Services
    tasks: Tasks
    context: UiContext
    qtbot: QtBot
    saved: list[str]
    toasts: list[tuple[str, object]] = field(default_factory=list)

    def settle(self) -> None:
        """All work delivered, and what it led to (a changed column is read after a moment)."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.tasks.pending == 0 and not self.sheet._timer.isActive(), timeout=60_000)
            QApplication.processEvents()

    def opened(self, path: Path) -> None:
        self.sheet.open(str(path))
        self.settle()

    def counts(self) -> dict[Fate, int]:
        return {fate: count for fate, count in self.sheet.table.rows.counts().items() if count}

    def go_on(self) -> None:
        """Ctrl+Enter."""
        press_key(self.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    def key(self, key: Qt.Key) -> None:
        press_key(self.sheet, key)
        self.settle()

    def combo(self, header: str) -> QComboBox:
        table = self.sheet._table
        assert table is not None
        return self.sheet.table.heads.combos[table.header.index(header)]

    def choose(self, header: str, words: str) -> None:
        """Choose a field for a column by the keyboard."""
        combo = self.combo(header)
        combo.setFocus()
        target = combo.findText(words)
        assert target >= 0, words
        QTest.keyClick(combo, Qt.Key.Key_Down)
        QTest.keyClick(combo.view(), Qt.Key.Key_Home)
        for _ in range(target):
            QTest.keyClick(combo.view(), Qt.Key.Key_Down)
        QTest.keyClick(combo.view(), Qt.Key.Key_Return)
        assert combo.currentText() == words
        self.host.activateWindow()
        combo.setFocus()
        self.settle()


@pytest.fixture
def room(tmp_path: Path, keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot) -> Iterator[Room]:
    with open_copied_clinic(tmp_path) as services:
        context = UiContext(tasks, keeper, Intents())
        context.attach(services)
        host = QWidget()
        qtbot.addWidget(host)
        host.resize(1280, 800)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        saved: list[str] = []
        sheet = RegisterImportSheet(context, host, target=lambda *_: saved[-1])
        crashes: list[object] = []
        tasks.crashed.connect(crashes.append)
        answer = Room(sheet, host, services, tasks, context, qtbot, saved)
        context.intents.toast.connect(lambda words, undo: answer.toasts.append((words, undo)))
        yield answer
        answer.settle()
        assert tasks.close()
        assert crashes == []
        context.detach()
        shiboken6.delete(context.intents)


@pytest.fixture(params=["csv", "xlsx"])
def dirty(request: pytest.FixtureRequest, tmp_path: Path) -> Expected:
    return write_dirty_register(tmp_path / f"botox register.{request.param}", request.param)


def test_the_dirty_register_comes_in_and_goes_back_out(room: Room, dirty: Expected) -> None:
    room.opened(dirty.path)
    rows = room.sheet.table.rows
    assert rows.rowCount() == 300
    skipped = {row for row in dirty.skipped if rows.place_of_row(row) >= 0}
    for number in range(5, 305):
        fate = rows.fate_of(rows.index(rows.place_of_row(number), 0))
        assert fate is not None
        assert (fate.fate in (Fate.LEFT_OUT, Fate.AGAIN)) == (number in skipped), number
    assert f"{len(dirty.taken)} rows" in room.sheet.state.text()
    assert "years of two digits" in room.sheet.notes.words, "what concerns a whole column stands above the table"

    room.go_on()
    assert room.sheet.title.text() == "What the import would do"
    assert room.services.patients.count() == 0
    assert "patients: 103" in room.sheet.tiles["patients"].accessibleName().lower()
    assert room.sheet.tiles["skipped"].accessibleName() == f"Left out: {len(dirty.skipped)}"
    reasons = room.sheet.reasons
    assert {one.row: one.code for one in reasons.model.shown if not one.warning} == dirty.skipped

    room.go_on()
    assert room.sheet.title.text() == "Register imported"
    assert room.services.patients.count() == dirty.patients
    assert room.toasts[-1][0] == f"{len(dirty.taken)} rows of the register imported"
    assert room.toasts[-1][1] is not None

    QTest.mouseClick(room.sheet.undo_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.services.patients.count() == 0
    assert room.sheet.table.isVisible(), "back at the columns, to mend and import again"


@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard", extend=True)
def test_the_same_file_again_brings_nothing_and_keeps_its_columns(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Wer,Was,Wann\nAsha Verma,HFS right,2025-06-05\nRam Lal,Torticollis,2025-08-07\n")
    room.opened(path)
    assert room.sheet.banner.words == "Say over the columns which one is: Name, Diagnosis."
    assert not room.sheet.main.isEnabled()
    room.choose("Wer", "Name")
    room.choose("Was", "Diagnosis")
    room.choose("Wann", "Injection date")
    assert not room.sheet.banner.isVisible()
    assert room.counts() == {Fate.TAKEN: 2}
    room.go_on()
    room.go_on()
    assert room.services.patients.count() == 2
    room.opened(path)
    assert room.sheet.kept.isVisible()
    assert room.combo("Wer").currentText() == "Name"
    room.go_on()
    assert not room.sheet.main.isEnabled()
    assert [one.words for one in room.sheet.reasons.model.shown] == ["Duplicate", "Duplicate"]
    assert "already stored" in room.sheet.reasons.model.shown[0].sentence
    room.key(Qt.Key.Key_Escape)
    assert room.sheet.table.isVisible()
    QTest.mouseClick(room.sheet.kept, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.combo("Wer").currentText() == "Not taken"


@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard", extend=True)
def test_a_field_stands_over_one_column_only(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(AMBIGUOUS)
    room.opened(path)
    room.choose("Blood group", "Name")
    assert room.combo("Patient").currentText() == "Not taken"
    assert room.sheet.mapping.column(RegisterField.NAME) is not None
    room.choose("Blood group", "Not taken")
    assert room.sheet.mapping.column(RegisterField.NAME) is None


def test_the_order_of_dates_is_asked_once(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(AMBIGUOUS)
    room.opened(path)
    question = room.sheet.question
    assert question.words.text() == "What comes first in dates like 05/06/2025 (Injected on): the day or the month?"
    assert question.day_first.hasFocus()
    assert room.counts() == {Fate.WAITS: 2}
    assert not room.sheet.main.isEnabled()
    room.key(Qt.Key.Key_Return)
    assert not question.isVisible()
    assert room.counts() == {Fate.TAKEN: 2}
    first = room.sheet.table.rows.sentence_of(room.sheet.table.rows.index(0, 0))
    assert first == "Asha Verma, Hemifacial spasm, 5 Jun 2025, Botox 25 U"
    assert room.sheet.orders.text() == "Dates: day first"
    QTest.mouseClick(room.sheet.orders, Qt.MouseButton.LeftButton)
    room.settle()
    assert question.isVisible()
    QTest.mouseClick(question.month_first, Qt.MouseButton.LeftButton)
    room.settle()
    assert "6 May 2025"[2:] in room.sheet.table.rows.sentence_of(room.sheet.table.rows.index(0, 0))
    room.go_on()
    room.go_on()
    room.opened(path)
    assert not question.isVisible(), "the answer is kept with the columns"


def test_the_order_of_a_column_with_both_may_be_said(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = AMBIGUOUS.splitlines()
    both = [
        rows[1].replace("Asha Verma", name).replace("05/06/2025", day)
        for name, day in (("A B", "13/05/2025"), ("C D", "14/05/2025"), ("E F", "05/13/2025"))
    ]
    path.write_text("\n".join([*rows, *both]) + "\n")
    room.opened(path)
    question = room.sheet.question
    assert question.isVisible()
    assert question.words.text().startswith("Injected on has dates of both orders")
    assert room.sheet.main.isEnabled(), "nobody has to answer"
    assert room.counts()[Fate.LEFT_OUT] == 2
    QTest.mouseClick(question.day_first, Qt.MouseButton.LeftButton)
    room.settle()
    assert not question.isVisible()
    assert room.counts()[Fate.LEFT_OUT] == 1


def test_rows_of_one_kind_and_what_the_current_row_says(room: Room, dirty: Expected) -> None:
    room.opened(dirty.path)
    place = room.sheet.filters.findText("Left out", Qt.MatchFlag.MatchStartsWith)
    room.sheet.filters.setFocus()
    room.sheet.filters.setCurrentIndex(place)
    room.sheet.filters.activated.emit(place)
    rows = room.sheet.table.rows
    left_out = sum(code != "duplicate" for code in dirty.skipped.values())
    assert rows.rowCount() == left_out
    room.sheet.table.setFocus()
    room.sheet.table.setCurrentIndex(rows.index(0, 0))
    assert room.sheet.detail.words.startswith("Row ")
    assert "Left out" in room.sheet.detail.words
    said = str(rows.data(rows.index(0, 0), Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("Row ")
    assert "Left out" in said


def test_another_sheet_of_the_file(room: Room, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Stock"
    page.append(["Batch", "Vials"])
    page.append(["C1", 3])
    register = book.create_sheet("Register")
    register.append(["Name", "Diagnosis"])
    register.append(["Asha Verma", "Meige"])
    path = tmp_path / "two.xlsx"
    book.save(path)
    room.opened(path)
    assert room.sheet.sheets.isVisible()
    place = room.sheet.sheets.findText("Register")
    room.sheet.sheets.setCurrentIndex(place)
    room.sheet.sheets.activated.emit(place)
    room.settle()
    assert room.counts() == {Fate.TAKEN: 1}
    room.go_on()
    room.go_on()
    assert room.services.patients.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("r.xlsx", b"%PDF-1.7 nothing", "is a PDF, not a spreadsheet"),
        ("r.csv", b"", "is empty"),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
    ],
)
def test_a_file_that_is_no_register_says_so(room: Room, tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    room.opened(path)
    assert said in room.sheet.banner.words
    assert room.sheet.chooser.isVisible()
    assert not room.sheet.main.isVisible()


def test_a_file_is_dropped(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(AMBIGUOUS)
    room.sheet.open()
    assert drop_on(room.sheet.chooser, files(path))
    room.settle()
    assert room.counts() == {Fate.WAITS: 2}


def test_reasons_are_narrowed_copied_and_saved(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "Name,Diagnosis,Date of Inj,Units\n"
        "Asha Verma,HFS right,2025-06-05,=cmd|x\n"
        "Ram Lal,Migraine,2025-06-05,50\n"
        "Sita Devi,Meige,2025-06-05,50\n"
    )
    room.opened(path)
    room.go_on()
    reasons = room.sheet.reasons
    assert len(reasons.model.shown) == 2
    reasons.search.setFocus()
    QTest.keyClicks(reasons.search.line, "migraine")
    assert [one.row for one in reasons.model.shown] == [3]
    reasons.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("3\tDiagnosis unknown\t")
    QTest.keyClicks(reasons.search.line, "zzz")
    assert not reasons.copy_button.isEnabled()
    reasons.search.clear()
    reasons.show_code("bad_units")
    assert [one.row for one in reasons.model.shown] == [2]
    reasons.show_code("")
    room.saved.append(str(tmp_path / "why"))
    reasons.save_button.click()
    with (tmp_path / "why.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert [line[0] for line in lines] == ["Row", "2", "3"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    assert room.toasts[-1][0] == "List saved as why.csv"
    room.saved.append(str(tmp_path / "missing folder" / "why.csv"))
    reasons.save_button.click()
    assert "why.csv" in room.toasts[-1][0]
    assert not (tmp_path / "missing folder").exists()


def test_a_warning_stands_with_its_figures(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "Name,Diagnosis,Date of Inj,Toxin,Units\n"
        "Asha Verma,Torticollis,2025-06-05,Botox,300\n"
        "Asha Verma,Torticollis,2025-07-01,Botox,200\n"
    )
    room.opened(path)
    room.go_on()
    QTest.mouseClick(room.sheet.tiles["warnings"], Qt.MouseButton.LeftButton)
    shown = room.sheet.reasons.model.shown
    assert shown
    assert all(one.warning for one in shown)
    assert any("500 U" in one.sentence and "400 U" in one.sentence for one in shown)


def test_an_import_that_was_used_is_not_undone(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("MRN,Name,Diagnosis,Date of Inj\nA1,Asha Verma,Meige,2025-06-05\n")
    room.opened(path)
    room.go_on()
    room.go_on()
    patient = room.services.patients.by_mrn("A1")
    assert patient is not None
    case = room.services.patients.page(patient.id).cases[0].case
    give(room.services, patient.id, case.id, date(2026, 3, 1))
    QTest.mouseClick(room.sheet.undo_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.sheet.banner.isVisible()
    assert room.services.patients.count() == 1


def test_a_cancelled_import_keeps_nothing(room: Room, dirty: Expected) -> None:
    room.opened(dirty.path)
    room.go_on()
    QTest.keyClick(room.sheet.main, Qt.Key.Key_Return)
    assert room.sheet.busy
    QTest.keyClick(room.sheet, Qt.Key.Key_Escape)
    room.settle()
    if room.sheet.banner.isVisible():
        assert room.sheet.banner.words == "Stopped. Nothing of the file was kept."
        assert room.services.patients.count() == 0


def test_a_closed_sheet_lets_the_import_end(room: Room, dirty: Expected) -> None:
    sheet = RegisterImportSheet(room.context, room.host, str(dirty.path))
    gone: list[bool] = []
    sheet.closed.connect(lambda: gone.append(True))
    sheet.open()
    room.settle()
    sheet.press_main()
    room.settle()
    sheet.press_main()
    sheet.leave()
    assert gone == []
    room.settle()
    assert gone == [True]
    assert room.services.patients.count() == dirty.patients


def test_nothing_of_a_patient_stays_when_the_clinic_is_closed(room: Room, dirty: Expected) -> None:
    room.opened(dirty.path)
    room.context.detach()
    assert not room.sheet.isVisible()
    assert room.sheet.table.rows.rowCount() == 0
    room.context.attach(room.services)


def test_a_sentence_without_its_row() -> None:
    assert without_row("Row 14, Dose: fifty is no number.", 14) == "Dose: fifty is no number."
    assert without_row("Row 14: says the same as row 12.", 14) == "Says the same as row 12."
    assert without_row("Row 140: x.", 14) == "Row 140: x."


def test_every_part_that_takes_the_keyboard_has_a_name(room: Room, dirty: Expected) -> None:
    room.opened(dirty.path)
    for part in room.sheet.findChildren(QWidget):
        if not part.isVisible() or part.focusPolicy() == Qt.FocusPolicy.NoFocus or part.focusProxy() is not None:
            continue
        if part.objectName().startswith("qt_") or isinstance(part.parent(), QComboBox):
            continue
        seen = QAccessible.queryAccessibleInterface(part)
        assert seen is not None
        assert seen.text(QAccessible.Text.Name), type(part).__name__


@dataclass
class Exporting:
    """The export sheet over the room's window."""

    room: Room
    asked: list[str]
    answers: list[str]
    shown: list[Path]

    def open(self) -> RegisterExportSheet:
        def ask(_: QWidget, suggested: str) -> str:
            self.asked.append(suggested)
            return self.answers.pop(0)

        sheet = RegisterExportSheet(self.room.context, self.room.host, ask=ask, show_folder=self.shown.append)
        sheet.open()
        sheet.reason.setText("For the yearly report")
        sheet.passphrase.setText(PASSPHRASE)
        return sheet

    def save(self, sheet: RegisterExportSheet, answer: Path | str) -> list[RegisterExport]:
        """Press the button and answer the file dialog."""
        started: list[RegisterExport] = []
        sheet.started.connect(started.append)
        self.answers.append(str(answer))
        sheet.window().activateWindow()
        sheet.reason.setFocus()
        QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.room.settle()
        return started


@pytest.fixture
def exporting(room: Room) -> Exporting:
    patient, case = add_patient(room.services)
    give(room.services, patient, case, date(2026, 1, 12))
    room.services.patients.add(PatientDetails("Ram Lal"))
    return Exporting(room, [], [], [])


def test_the_register_is_written_and_its_folder_shown(exporting: Exporting, tmp_path: Path) -> None:
    room = exporting.room
    sheet = exporting.open()
    assert "not encrypted" in sheet.banner.words
    folder = tmp_path / "out"
    folder.mkdir()
    exporting.save(sheet, folder / "register-2026-03-19.xlsx")
    assert Path(exporting.asked[0]).name == "register-2026-03-19.xlsx"
    page = load_workbook(folder / "register-2026-03-19.xlsx").active
    assert page is not None
    rows = list(page.iter_rows(values_only=True))
    assert len(rows) == 3
    assert "Asha Verma" in rows[1]
    toast = next(one for one in room.host.findChildren(Toast) if one.isVisible())
    assert toast.words == "2 rows written to register-2026-03-19.xlsx"
    assert toast.act_now()
    assert exporting.shown == [folder / "register-2026-03-19.xlsx"]
    again = exporting.open()
    assert again.folder == folder
    assert suggested_name(date(2026, 3, 19), folder) == "register-2026-03-19-2.xlsx"
    exporting.save(again, "")
    assert again.isVisible(), "nothing chosen, nothing done"
    assert Path(exporting.asked[-1]) == folder / "register-2026-03-19-2.xlsx"
    again.cancel()


def test_what_goes_out_comes_in_again_as_known(exporting: Exporting, tmp_path: Path) -> None:
    room = exporting.room
    sheet = exporting.open()
    sheet._kind.control.choose(".csv")
    exporting.save(sheet, tmp_path / "back")
    assert (tmp_path / "back.csv").is_file()
    room.opened(tmp_path / "back.csv")
    room.go_on()
    assert not room.sheet.main.isEnabled()
    assert {one.code for one in room.sheet.reasons.model.shown if not one.warning} == {"duplicate"}


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_is_replaced_only_with_the_verb(exporting: Exporting, tmp_path: Path, *, replace: bool) -> None:
    target = tmp_path / "there.csv"
    target.write_text("mine")
    sheet = exporting.open()
    said: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConfirmDialog)
        said.append(dialog.verb_button.text())
        assert dialog.cancel_button.isDefault(), "Enter destroys nothing"
        (dialog.verb_button if replace else dialog.cancel_button).click()

    QTimer.singleShot(300, answer)
    exporting.save(sheet, target)
    assert said == ["Replace the file"]
    assert (target.read_text("utf-8-sig") == "mine") == (not replace)
    if not replace:
        sheet.cancel()


def test_names_leave_with_a_reason_and_the_passphrase_only(exporting: Exporting, tmp_path: Path) -> None:
    room = exporting.room
    sheet = exporting.open()
    sheet.reason.clear()
    exporting.save(sheet, tmp_path / "r.csv")
    assert sheet._why.problem
    sheet.reason.setText("For the yearly report")
    sheet.passphrase.setText("not the passphrase")
    exporting.save(sheet, tmp_path / "r.csv")
    room.settle()
    assert "passphrase is not right" in sheet._secret.problem
    assert exporting.asked == []
    assert not (tmp_path / "r.csv").exists()
    sheet.cancel()


def test_a_folder_that_is_not_there(exporting: Exporting, tmp_path: Path) -> None:
    sheet = exporting.open()
    refused: list[str] = []
    sheet.started.connect(lambda export: export.refused.connect(refused.append))
    exporting.save(sheet, tmp_path / "missing" / "r.csv")
    assert len(refused) == 1
    assert "r.csv" in refused[0]


def test_the_export_says_what_is_not_in_the_file(exporting: Exporting, tmp_path: Path) -> None:
    room = exporting.room
    sheet = exporting.open()
    room.settle()
    assert not sheet.gaps.isVisible()
    sheet.cancel()
    patient = room.services.patients.by_mrn("4127")
    assert patient is not None
    [summary] = room.services.patients.page(patient.id).cases
    room.services.schedule.book(BookingDetails(patient.id, date(2026, 4, 14), (summary.case.id,)))
    room.services.treatment.add_external(patient.id, ExternalToxinDetails(date(2025, 12, 1)))
    sheet = exporting.open()
    room.settle()
    assert sheet.gaps.isVisible()
    assert sheet.gaps.text() == "Not in this file: 1 booking, 1 call."
