"""The window as a whole: what starts it, what it remembers, where its keys lead."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.changes import Changes, Progress, Report
from clinic_app.domain.patients import Identifier, PatientDetails
from clinic_app.domain.preferences import Theme as WantedTheme
from clinic_app.domain.schedule import Attempt
from clinic_app.services import Services
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.shell.clock_dialog import ClockDialog
from clinic_app.ui.shell.crash import crash_report
from clinic_app.ui.shell.drop_hint import is_register
from clinic_app.ui.shell.search import SearchPopup
from clinic_app.ui.shell.undo_trail import UndoTrail
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.drop_area import dropped_paths
from clinic_app.ui.widgets.side_sheet import SideSheet
from tests.builders import PASSPHRASE, add_patient, door, give
from tests.ui.hands import drop_on, files
from tests.ui.window_room import Filled, Room, named, room

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlalchemy", "numpy", "PIL", "lucide", "cryptography", "sqlcipher3", "openpyxl")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


# --- starting --------------------------------------------------------------------------------------------------


def test_importing_the_window_loads_nothing_heavy() -> None:
    script = "import sys, clinic_app.ui.shell.window, clinic_app.ui.shell.start; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & set(HEAVY) == set()
    assert "clinic_app.services" not in done.stdout.split()


def test_it_paints_before_a_clinic_is_there(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path) -> None:
    with room(qtbot, keeper, tmp_path) as one:
        one.qtbot.waitExposed(one.window)
        assert one.window.schedule.empty.isVisible()
        assert not one.window.header.new_patient.isEnabled()
        assert not one.window.commands.actions["find"].isEnabled()
        one.attach()
        assert one.window.header.new_patient.isEnabled()
        assert one.window.windowTitle() == "Dystonia Case Tracker"


# --- search ----------------------------------------------------------------------------------------------------


def search(clinic: Room, words: str) -> None:
    clinic.press(Qt.Key.Key_K, CTRL)
    clinic.type(words)
    clinic.settle()


def test_ctrl_k_finds_as_you_type_and_enter_opens(clinic: Room) -> None:
    search(clinic, "harp")
    assert [entry.name for entry in clinic.window.popup.found] == ["Harpreet Gill"]
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window.selection[0] == clinic.people["Harpreet Gill"][0]
    assert not clinic.window.popup.isVisible()


def test_the_pair_from_anywhere_is_two_keys_and_letters(clinic: Room) -> None:
    search(clinic, "asha")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert clinic.window.area == "compare"
    assert clinic.window.selection == clinic.people["Asha Verma"]


def test_shift_enter_in_the_search_logs_a_call(clinic: Room) -> None:
    search(clinic, "19840")
    clinic.press(Qt.Key.Key_Return, SHIFT)
    clinic.settle()
    assert isinstance(clinic.window.sheet, CallSheet)
    assert clinic.window.selection == clinic.people["Meena Joshi"]


def test_arrows_choose_among_the_answers(clinic: Room) -> None:
    search(clinic, "984")
    found = [entry.name for entry in clinic.window.popup.found]
    assert len(found) > 1
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.services.patients.get(clinic.window.selection[0]).name == found[1]


def test_nobody_found_offers_to_create_them(clinic: Room) -> None:
    asked: list[str] = []
    clinic.context.intents.new_patient.connect(asked.append)
    search(clinic, "Zebulon Quix")
    assert clinic.window.popup.rows[0].accessibleName() == "Create “Zebulon Quix”"
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert asked == ["Zebulon Quix"]


def test_what_is_said_of_nobody_goes_with_the_first_match(clinic: Room) -> None:
    search(clinic, "1207b")
    popup = clinic.window.popup
    assert popup.foot == "Nobody matches “1207b”."
    painted = Painted(popup)
    clinic.press(Qt.Key.Key_Backspace)
    clinic.settle()
    assert [entry.name for entry in popup.found] == ["Thomas Okafor"]
    assert "Nobody" not in popup.foot
    assert popup.foot in painted.feet


class Painted(QObject):
    """What the foot of the search said whenever it was painted."""

    def __init__(self, popup: SearchPopup) -> None:
        super().__init__(popup)
        self._popup = popup
        self.feet: list[str] = []
        popup.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QPaintEvent) and event.rect().bottom() > self._popup.height() - 10:
            self.feet.append(self._popup.foot)
        return False


def test_escape_leaves_the_search(clinic: Room) -> None:
    search(clinic, "asha")
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is clinic.window.schedule.table
    assert not clinic.window.popup.isVisible()


# --- areas and history -----------------------------------------------------------------------------------------


def test_the_current_patient_travels_and_history_goes_back(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_4, CTRL)
    clinic.settle()
    assert clinic.window.area == "compare"
    assert clinic.window.selection == clinic.people["Harpreet Gill"]
    clinic.press(Qt.Key.Key_Left, ALT)
    clinic.settle()
    assert clinic.window.area == "schedule"
    clinic.press(Qt.Key.Key_3, CTRL)
    clinic.settle()
    assert clinic.window.area == "patients"
    clinic.press(Qt.Key.Key_Left, ALT)
    clinic.press(Qt.Key.Key_Right, ALT)
    clinic.settle()
    assert clinic.window.area == "patients"


def test_back_in_the_call_list_the_same_patient_is_selected(clinic: Room) -> None:
    clinic.context.intents.open_case.emit(*clinic.people["Meena Joshi"])
    clinic.settle()
    clinic.press(Qt.Key.Key_2, CTRL)
    clinic.settle()
    assert clinic.selected == "Meena Joshi"
    assert clinic.window.selection == clinic.people["Meena Joshi"]
    value = clinic.window.inspector.value
    assert value is not None
    assert value.value.patient.name == "Meena Joshi"


def test_whoever_was_opened_is_selected_in_the_patients_list(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_3, CTRL)
    clinic.settle()
    clinic.press(Qt.Key.Key_K, CTRL)
    clinic.type("meena")
    clinic.settle()
    clinic.press(Qt.Key.Key_2, CTRL)
    clinic.settle()
    search(clinic, "thomas")
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    clinic.press(Qt.Key.Key_3, CTRL)
    clinic.settle()
    listed = clinic.window._list
    assert listed is not None
    assert listed.current_id() == clinic.people["Thomas Okafor"][0]
    assert clinic.window.selection[0] == clinic.people["Thomas Okafor"][0]
    assert listed.search.words == ""


def test_a_new_patient_far_down_is_selected_and_in_sight(clinic: Room) -> None:
    for number in range(90):
        clinic.services.patients.add(PatientDetails(f"Person {number:02d}"))
    clinic.press(Qt.Key.Key_3, CTRL)
    clinic.settle()
    clinic.press(Qt.Key.Key_N, CTRL)
    clinic.settle()
    clinic.type("Person 77b")
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.settle()
    assert clinic.window.area == "case"
    clinic.press(Qt.Key.Key_Left, ALT)
    clinic.settle()
    listed = clinic.window._list
    assert listed is not None
    entry = listed.current()
    assert entry is not None
    assert entry.name == "Person 77b"
    assert clinic.window.selection[0] == entry.id
    row = listed.table.visualRect(listed.table.currentIndex())
    assert listed.table.viewport().rect().contains(row)


def test_recent_patients_stand_in_the_rail(clinic: Room) -> None:
    for name in ("Asha Verma", "Meena Joshi"):
        clinic.context.intents.open_case.emit(*clinic.people[name])
        clinic.settle()
    assert clinic.window.recent.names == ["Meena Joshi", "Asha Verma"]
    clinic.window.rail.recent_chosen.emit(1)
    clinic.settle()
    assert clinic.window.selection[0] == clinic.people["Asha Verma"][0]


def test_recent_names_change_and_are_told_apart_by_their_numbers(clinic: Room) -> None:
    asha, case = clinic.people["Asha Verma"]
    other, other_case = add_patient(clinic.services, "Meena Joshi", "1985", phone="98400 19850")
    for patient, diagnosis in ((asha, case), (other, other_case), clinic.people["Meena Joshi"]):
        clinic.context.intents.open_case.emit(patient, diagnosis)
        clinic.settle()
    names = [one.text() for one in clinic.window.rail._names]
    assert names == ["Meena Joshi, 1984", "Meena Joshi, 1985", "Asha Verma"]
    clinic.context.intents.edit_patient.emit(asha)
    clinic.settle()
    clinic.press(Qt.Key.Key_End)
    clinic.type(" Kumari")
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.settle()
    assert clinic.window.rail._names[2].text() == "Asha Verma Kumari"


def test_no_two_entries_of_a_menu_share_a_letter(clinic: Room) -> None:
    for menu in clinic.window.menuBar().findChildren(QMenu):
        found = [re.search(r"&(\w)", action.text().partition("\t")[0]) for action in menu.actions()]
        letters = [one[1].casefold() for one in found if one is not None]
        assert sorted(letters) == sorted(set(letters)), menu.title()


def test_f4_hides_the_panel_and_narrow_windows_lay_it_over(clinic: Room) -> None:
    window = clinic.window
    assert window.inspector.isVisible()
    clinic.press(Qt.Key.Key_F4)
    assert not window.inspector.isVisible()
    clinic.press(Qt.Key.Key_F4)
    assert window.inspector.isVisible()
    window.resize(1100, 700)
    clinic.settle()
    assert not window.inspector.isVisible()
    clinic.press(Qt.Key.Key_F4)
    assert window.inspector.isVisible()
    assert window.inspector.geometry().right() == window.ground.width() - 1
    assert window.schedule.width() > 900


def test_small_windows_get_the_narrow_layout(clinic: Room) -> None:
    clinic.window.resize(1366, 700)
    clinic.settle()
    assert clinic.keeper.measures.narrow
    assert clinic.window.rail.width() == 64
    clinic.window.resize(1440, 900)
    clinic.settle()
    assert not clinic.keeper.measures.narrow


@pytest.mark.parametrize("size", [(1440, 900), (1366, 700), (1180, 700), (1024, 640)])
@pytest.mark.parametrize("scale", [1.0, 1.15])
def test_no_button_is_narrower_than_its_words(clinic: Room, size: tuple[int, int], scale: float) -> None:
    clinic.keeper.set_scale(scale)
    clinic.window.resize(*size)
    clinic.settle()
    cut = [
        button.text()
        for button in (*clinic.window.inspector.call_buttons.values(), *clinic.window.inspector.day_buttons)
        if button.isVisible() and button.width() < button.sizeHint().width()
    ]
    assert cut == []


@pytest.mark.parametrize("scale", [1.0, 1.3, 1.5])
def test_the_search_leaves_room_for_new_patient(clinic: Room, scale: float) -> None:
    clinic.keeper.set_scale(scale)
    clinic.window.resize(1024, 640)
    clinic.settle()
    header = clinic.window.header
    assert clinic.window.width() == 1024
    assert header.day.geometry().right() < header.search.x()
    assert header.search.geometry().right() < header.new_patient.x()
    assert header.new_patient.geometry().right() <= header.width()
    assert header.new_patient.width() >= header.new_patient.sizeHint().width()


def test_a_long_record_number_is_cut_in_its_middle_and_told_whole(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    number = "UHID-2024-CHENNAI-NEUROLOGY-0000123456789-OPD-77812-A/MOVEMENT-DISORDERS-CLINIC-B/991"
    known = clinic.services.patients.get(patient_id)
    longer = replace(known.details, identifiers=(Identifier(number),))
    clinic.services.patients.change(patient_id, longer, known.version)
    clinic.keeper.set_scale(1.5)
    clinic.window.resize(1024, 640)
    clinic.context.intents.record_visit.emit(patient_id, case_id)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, SideSheet)
    subtitle = sheet._subtitle
    assert subtitle.text() == f"Asha Verma · {number}"
    assert subtitle.mapTo(sheet, subtitle.rect().topRight()).x() <= sheet._cross.x()
    assert sheet.width() <= clinic.window.width()
    assert subtitle.toolTip() == subtitle.text()


def test_f6_goes_round_the_regions(clinic: Room) -> None:
    seen: list[QWidget] = []
    for _ in range(6):
        clinic.press(Qt.Key.Key_F6)
        holder = QApplication.focusWidget()
        assert holder is not None
        seen.append(holder)
    regions = (
        clinic.window.rail,
        clinic.window.header,
        clinic.window.schedule.table,
        clinic.window.schedule.week,
        clinic.window.inspector,
    )
    for region in regions:
        assert any(region is one or region.isAncestorOf(one) for one in seen), region


def test_everything_that_takes_the_keyboard_has_a_name(clinic: Room) -> None:
    nameless = [
        type(widget).__name__
        for widget in clinic.window.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(widget.parent(), QAbstractScrollArea)
        and not named(widget)
    ]
    assert nameless == []


# --- looks and memory ------------------------------------------------------------------------------------------


def test_theme_and_text_size_are_kept_as_preferences(clinic: Room) -> None:
    clinic.window.set_theme("dark")
    assert clinic.keeper.theme.dark
    clinic.press(Qt.Key.Key_Plus, CTRL)
    assert clinic.kept[-1].theme is WantedTheme.DARK
    assert clinic.kept[-1].text_scale == 1.15
    clinic.press(Qt.Key.Key_0, CTRL)
    assert clinic.kept[-1].text_scale == 1.0
    clinic.window.commands.actions["compact"].trigger()
    assert clinic.kept[-1].compact
    assert clinic.keeper.measures.row == 36


def test_geometry_and_area_come_back(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> None:
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.attach()
        one.window.resize(1300, 810)
        one.window.go_to("patients")
        one.settle()
        one.window.close()
        assert isinstance(one.settings.value("geometry"), QByteArray)
        assert one.settings.value("area") == "patients"
    text = (tmp_path / "window.ini").read_text(encoding="utf-8")
    assert "Verma" not in text
    assert "geometry" in text


# --- things dropped and pasted ---------------------------------------------------------------------------------


def test_a_spreadsheet_dropped_is_a_register_and_all_else_photographs(clinic: Room, tmp_path: Path) -> None:
    registers: list[str] = []
    pictures: list[tuple[int, object]] = []
    intents = clinic.context.intents
    intents.import_register.disconnect(clinic.window.sheets.import_register)
    intents.import_pictures.disconnect(clinic.window.sheets.import_pictures)
    intents.import_register.connect(registers.append)
    intents.import_pictures.connect(lambda patient_id, paths: pictures.append((patient_id, paths)))
    sheet, photo = tmp_path / "register.xlsx", tmp_path / "IMG_1.jpg"
    assert drop_on(clinic.window, files(sheet))
    assert drop_on(clinic.window, files(photo, tmp_path))
    assert registers == [str(sheet)]
    assert pictures == [(clinic.people["Asha Verma"][0], (str(photo), str(tmp_path)))]
    assert not clinic.window._hint.isVisible()


def test_what_is_said_of_an_import_leaves_the_foot_of_its_sheet_free(clinic: Room, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (90, 120, 160)).save(tmp_path / "IMG-20260110-WA0001.jpg")
    clinic.window.sheets.import_pictures(clinic.people["Asha Verma"][0], (str(tmp_path / "IMG-20260110-WA0001.jpg"),))
    clinic.settle()
    toast, photos = clinic.window.toast, clinic.window.sheets.picture_import()
    assert toast.words == "1 photo imported"
    assert photos.foot_plate.isVisible()
    foot = photos.foot_plate.mapToGlobal(QPoint(0, 0)).y()
    assert toast.mapToGlobal(QPoint(0, toast.height())).y() <= foot + clinic.keeper.px(12)
    photos.leave()
    clinic.window.sayings.say("Something else", None)
    assert toast.lift == 0


def test_what_is_a_register() -> None:
    assert is_register(("a/b.XLSX",))
    assert is_register(("b.csv",))
    assert not is_register(("a.csv", "b.csv"))
    assert not is_register(("a.jpg",))
    assert dropped_paths(None) == ()


def test_pasting_asks_for_a_patient_first(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path) -> None:
    with room(qtbot, keeper, tmp_path) as one:
        one.attach()
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        image.fill(0)
        QApplication.clipboard().setImage(image)
        one.window.sheets.paste_picture(0)
        assert one.window.toast.words == "Select a patient first."
        QApplication.clipboard().clear()


# --- sheets, undo, jobs, mistakes ------------------------------------------------------------------------------


def sheet_open(clinic: Room) -> bool:
    return clinic.window.sheet is not None


def test_a_sheet_with_something_typed_is_not_replaced(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_L)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, CallSheet)
    sheet.note.setFocus()
    clinic.type("rang twice")
    clinic.context.intents.book.emit(clinic.people["Asha Verma"][1])
    clinic.settle()
    assert clinic.window.sheet is sheet
    assert clinic.window.toast.words == "Save or cancel what is open first."
    sheet.cancel()
    sheet._drop()
    clinic.settle()
    assert not sheet_open(clinic)
    assert QApplication.focusWidget() is clinic.window.schedule.table


@pytest.mark.parametrize(
    "intent",
    ["edit_patient", "edit_case", "record_visit", "external", "hold", "stop", "departed", "export_register", "book"],
)
def test_every_sheet_opens_and_escape_closes_it(clinic: Room, intent: str) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    given: dict[str, tuple[int, ...]] = {
        "edit_patient": (patient_id,),
        "departed": (patient_id,),
        "hold": (case_id,),
        "stop": (case_id,),
        "book": (case_id,),
        "external": (patient_id, 0),
        "export_register": (),
    }
    getattr(clinic.context.intents, intent).emit(*given.get(intent, (patient_id, case_id)))
    clinic.settle()
    sheet = clinic.window.sheet
    assert sheet is not None
    assert sheet.isVisible()
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.sheet is None


def test_undo_of_something_gone_is_said(clinic: Room) -> None:
    trail = UndoTrail(clinic.tasks)
    said: list[str] = []
    trail.refused.connect(said.append)
    trail.undo_id(4711)
    clinic.settle()
    assert said
    assert trail.add("nothing", None) is None


def test_ctrl_z_stops_at_a_write_without_an_undo(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    give(clinic.services, patient_id, case_id, date(2026, 3, 10), finalise=False)
    logged = clinic.selected
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert clinic.window.trail.last is not None
    clinic.context.intents.open_case.emit(patient_id, case_id)
    clinic.settle()
    page = clinic.window._page
    assert page is not None
    finalise = next(one for one in page.findChildren(QPushButton) if one.accessibleName().startswith("Finalise"))
    QTest.mouseClick(finalise, Qt.MouseButton.LeftButton)
    clinic.settle()
    calls = clinic.services.schedule.inspector(clinic.people[logged][1]).calls
    assert calls
    for _ in range(2):
        clinic.press(Qt.Key.Key_Z, CTRL)
        clinic.settle()
    assert clinic.services.schedule.inspector(clinic.people[logged][1]).calls == calls
    assert clinic.window.toast.words == "“Injection finalised” cannot be taken back, nor what was done before it."


def test_ctrl_z_with_nothing_done_says_so(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert clinic.window.toast.words == "There is nothing to take back."
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    for _ in range(2):
        clinic.press(Qt.Key.Key_Z, CTRL)
        clinic.settle()
    assert clinic.window.toast.words == "There is nothing to take back."


def test_a_long_job_shows_itself_and_closing_asks(clinic: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    go, begun = threading.Event(), threading.Event()

    def job(_: Services, report: Report) -> Changes | None:
        report(Progress(3, 10, "working"))
        begun.set()
        while not go.wait(0.01):
            if not report(Progress(4, 10, "working")):
                return None
        return None

    asked: list[str] = []

    def ask(*arguments: object, **_: object) -> bool:
        asked.append(str(arguments[2]))
        return False

    handle = clinic.tasks.run(job, "Importing the register")
    clinic.until(begun.is_set)
    assert clinic.window.jobs.isVisible()
    monkeypatch.setattr(ConfirmDialog, "ask", ask)
    assert not clinic.window.close()
    assert asked == ["“Importing the register” is still running"]
    with clinic.qtbot.waitSignal(handle.ended, timeout=60_000):
        go.set()
    assert not clinic.window.jobs.isVisible()


def test_the_crash_report_holds_places_but_no_words() -> None:
    try:
        raise ValueError("Asha Verma 98400 12207")
    except ValueError as problem:
        report = crash_report(problem)
    assert "ValueError" in report
    assert "test_window.py" in report
    assert "Verma" not in report


def test_the_keys_are_listed(clinic: Room) -> None:
    keys = {key.keys for key in clinic.window.commands.listed()}
    assert {"1", "B", "C", "Ctrl+K", "F4", "Ctrl+Z"} <= keys
    clinic.window.show_keys()
    clinic.window.show_about()
    dialogs = clinic.window.findChildren(QDialog)
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.accept()
        dialog.deleteLater()
    clinic.settle()


def test_menu_commands_follow_the_selection(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path) -> None:
    with room(qtbot, keeper, tmp_path) as one:
        one.attach()
        actions = one.window.commands.actions
        assert actions["new_patient"].isEnabled()
        assert not actions["no_answer"].isEnabled()
        assert not actions["edit_patient"].isEnabled()


def test_closing_the_clinic_empties_the_window(clinic: Room) -> None:
    clinic.context.intents.open_case.emit(*clinic.people["Asha Verma"])
    clinic.settle()
    with clinic.qtbot.waitSignal(clinic.window.close_asked, timeout=60_000):
        clinic.window.commands.actions["close_clinic"].trigger()
    clinic.settle()
    assert clinic.names == []
    assert clinic.window.selection == (0, 0)
    assert clinic.window.trail.last is None
    assert not clinic.window.commands.actions["find"].isEnabled()
    texts = " ".join(widget.accessibleName() for widget in clinic.window.findChildren(QWidget) if widget.isVisible())
    assert "Verma" not in texts
    assert clinic.window.schedule.empty.sentence == "The clinic is closed."
    button = next(one for one in clinic.window.schedule.empty.findChildren(QPushButton) if one.isVisible())
    assert button.text() == "Open a clinic…"
    with clinic.qtbot.waitSignal(clinic.window.close_asked, timeout=60_000):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_computer_whose_date_is_wrong_is_asked_about_before_anything_is_written(
    qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled
) -> None:
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.services.context.today_given = False
        one.clock.go_to(date(2026, 3, 1))
        one.attach()
        strip = one.window.strips.clock
        assert strip.isVisible()
        assert "1 Mar 2026" in strip.words
        one.press(Qt.Key.Key_1)
        one.settle()
        assert "1 Mar 2026" in one.window.toast.words
        one.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        one.settle()
        sheet = one.window.sheet
        assert isinstance(sheet, PatientSheet)
        one.type("Zebulon Quix")
        one.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        one.settle()
        birth = sheet.field("birth")
        assert birth is not None
        assert not birth.problem
        assert "1 Mar 2026" in sheet.banner.words
        QTest.mouseClick(strip._action, Qt.MouseButton.LeftButton)
        dialog = one.window.findChild(ClockDialog)
        assert dialog is not None
        for typed, said in (
            ("today", "in four digits"),
            ("19 Mar 2026", "this computer says it is 1 Mar 2026"),
            ("1 Mar 2026", "before the newest entry"),
        ):
            dialog.day.selectAll()
            QTest.keyClicks(dialog.day, typed)
            QTest.keyClick(dialog.day, Qt.Key.Key_Return)
            one.settle()
            assert said in dialog.field.problem
            assert strip.isVisible()
        dialog.anyway.setFocus()
        QTest.keyClick(dialog.anyway, Qt.Key.Key_Space)
        QTest.keyClick(dialog.day, Qt.Key.Key_Return)
        one.settle()
        assert not strip.isVisible()
        one.window.activateWindow()
        one.settle()
        assert sheet.isVisible()
        assert sheet.isAncestorOf(QApplication.focusWidget() or one.window) or sheet.hasFocus(), (
            QApplication.focusWidget()
        )
        one.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        one.settle()
        assert one.window.sheet is None, sheet.banner.words
        assert one.services.patients.count() == 5


def test_a_day_passing_midnight_is_read_again(clinic: Room) -> None:
    clinic.clock.go_to(date(2026, 4, 20))
    clinic.window.schedule._look_at_day()
    clinic.settle()
    assert clinic.names[0] == "Asha Verma"
    line = clinic.window.schedule.table.line
    assert line is not None
    assert line.chip.words == "40 days over"


def test_the_search_field_is_clicked_too(clinic: Room) -> None:
    QTest.mouseClick(clinic.window.header.search, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is clinic.window.header.search.line


def test_what_another_program_writes_is_read(clinic: Room) -> None:
    """A second door to the same folder, as the command line has one."""
    patient_id, case_id = clinic.people["Asha Verma"]
    clinic.window.neighbours.look()
    clinic.settle()
    seen: list[object] = []
    clinic.tasks.changed.connect(seen.append)
    clinic.services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    clinic.window.neighbours.look()
    clinic.settle()
    assert seen == [], "its own entries are no news"
    other = door(clinic.clock).open(clinic.services.clinic.folder, PASSPHRASE)
    try:
        other.patients.change(
            patient_id, replace(other.patients.get(patient_id).details, full_name="Asha Rao"),
            other.patients.get(patient_id).version,
        )  # fmt: skip
    finally:
        other.close()
    clinic.window.neighbours.look()
    clinic.settle()
    assert "Asha Rao" in clinic.names
    assert len(seen) == 1
