"""The locked window: nothing of a patient in it or in reach, what was typed comes back, and who may open it again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.changes import Changes, Progress, Report
from clinic_app.domain.people import Role
from clinic_app.services import Services
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.shell.key_pause import PAUSE_MS
from clinic_app.ui.shell.lock_page import LockPage
from clinic_app.ui.shell.lock_watch import LONGEST_S, LockWatch
from clinic_app.ui.shell.system_watch import PBT_APMSUSPEND, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, SystemWatch
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.wizard_again import StepsAgainSheet
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.side_sheet import SideSheet
from tests.builders import PASSPHRASE, door
from tests.ui.locked import found_in, words_of_widget
from tests.ui.window_room import Filled, Room, room

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
WORDS = "four wet umbrellas inside"
PIN, WRONG_PIN = "274915", "583016"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Steady:
    """A clock nobody sets, set by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def page_of(clinic: Room) -> LockPage:
    page = clinic.window.locking.page
    assert page is not None
    return page


def lock(clinic: Room) -> LockPage:
    clinic.press(Qt.Key.Key_L, CTRL | SHIFT)
    clinic.settle()
    return page_of(clinic)


def type_secret(clinic: Room, secret: str) -> None:
    form = page_of(clinic).form
    form.secret.setFocus()
    form.secret.clear()
    clinic.type(secret)
    if form.secret.text() and form.secret.isEnabled():
        clinic.press(Qt.Key.Key_Return)
    clinic.settle()


def open_again(clinic: Room, secret: str = PASSPHRASE) -> None:
    type_secret(clinic, secret)
    clinic.until(lambda: clinic.window.locking.page is None)
    clinic.settle()


def actions(services: Services) -> list[str]:
    with services.context.units.read() as unit:
        return [entry.action for entry in reversed(unit.audit.entries(AuditFilter(), limit=500))]


def running(go_on: Callable[[], bool]) -> Callable[[Services, Report], Changes | None]:
    """A job that tells names while it may go on."""

    def job(_: Services, report: Report) -> Changes | None:
        done = 0
        while go_on():
            report(Progress(done, 100, "Asha Verma"))
            done = min(done + 1, 99)
            time.sleep(0.01)
        return None

    return job


def test_the_walk_finds_names_while_the_window_is_open(clinic: Room) -> None:
    assert {"Asha", "Harpreet", "Meena"} <= found_in(clinic.window)


@pytest.mark.parametrize("place", ["schedule", "patients", "case", "compare", "settings", "audit", "search", "menu"])
def test_nothing_of_a_patient_is_left_in_a_locked_window(clinic: Room, place: str) -> None:
    patient, case = clinic.people["Asha Verma"]
    clinic.context.intents.select_case.emit(patient, case)
    clinic.press(Qt.Key.Key_1)
    if place == "case":
        clinic.context.intents.open_case.emit(patient, case)
    elif place == "compare":
        clinic.context.intents.open_case.emit(patient, case)
        clinic.context.intents.compare.emit(case)
    elif place == "search":
        clinic.press(Qt.Key.Key_K, CTRL)
        clinic.type("harp")
    elif place == "menu":
        clinic.window._user_menu()
    else:
        clinic.window.go_to(place)
    clinic.settle()
    assert found_in(clinic.window)
    clinic.window.locking.lock()
    clinic.settle()
    page = page_of(clinic)
    assert page.isVisible()
    assert not clinic.window.ground.isVisible()
    assert found_in(clinic.window) == set()
    page.form.open_button.setFocus()
    plain = QImage.Format.Format_RGB32
    whole, bare = clinic.window.grab().toImage(), page.grab().toImage()
    assert whole.convertToFormat(plain) == bare.convertToFormat(plain)
    open_again(clinic)
    assert found_in(clinic.window)


def test_no_key_does_anything_behind_the_lock(clinic: Room) -> None:
    lock(clinic)
    for key, modifiers in (
        (Qt.Key.Key_K, CTRL), (Qt.Key.Key_N, CTRL), (Qt.Key.Key_3, CTRL), (Qt.Key.Key_Z, CTRL),
        (Qt.Key.Key_B, PLAIN), (Qt.Key.Key_Escape, PLAIN), (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier),
    ):  # fmt: skip
        QTest.keyClick(clinic.window, key, modifiers)
    clinic.context.intents.new_patient.emit("")
    clinic.settle()
    assert clinic.window.sheet is None
    assert clinic.window.area == "schedule"
    assert found_in(clinic.window) == set()


def test_what_was_typed_comes_back_twenty_times(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_N, CTRL)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, PatientSheet)
    typed = ""
    for number in range(20):
        clinic.type(chr(ord("a") + number))
        typed += chr(ord("a") + number)
        page = lock(clinic)
        assert not sheet.isVisible()
        assert typed not in words_of_widget(page.form.secret)
        assert sheet not in clinic.window.findChildren(SideSheet)
        open_again(clinic)
        assert clinic.window.sheet is sheet
        assert sheet.isVisible()
        holder = QApplication.focusWidget()
        assert isinstance(holder, QLineEdit)
        assert holder.text() == typed, number


def test_what_was_typed_into_the_first_steps_comes_back(clinic: Room) -> None:
    clinic.window.sheets.open(lambda: clinic.window.rooms.first_steps(""))
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, StepsAgainSheet)
    assert sheet.steps is not None
    clinic.press(Qt.Key.Key_End)
    clinic.type(" of Zebulon")
    lock(clinic)
    assert not sheet.isVisible()
    assert found_in(clinic.window) == set()
    open_again(clinic)
    assert clinic.window.sheet is sheet
    assert sheet.isVisible()
    assert sheet.steps.clinic.name.text() == "Test clinic of Zebulon"
    assert sheet.steps.clinic.name.hasFocus()


def test_a_draft_is_kept_at_the_lock(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_N, CTRL)
    clinic.settle()
    clinic.type("Zebulon Quix")
    lock(clinic)
    (draft,) = clinic.services.drafts.all()
    assert "Zebulon" in str(draft.content)
    assert found_in(clinic.window) == set()
    open_again(clinic)
    assert not clinic.window.strips.unsaved.isVisible()


def test_a_sheet_of_the_patients_page_comes_back_with_its_page(clinic: Room) -> None:
    patient, case = clinic.people["Asha Verma"]
    clinic.context.intents.open_case.emit(patient, case)
    clinic.settle()
    view = clinic.window._page
    assert view is not None
    view._decide(case)
    clinic.settle()
    sheet = next(one for one in view.findChildren(SideSheet) if one.isVisible())
    lock(clinic)
    assert found_in(clinic.window) == set()
    open_again(clinic)
    assert clinic.window._page is view
    assert view.isVisible()
    assert sheet.isVisible()
    assert sheet.parentWidget() is view


def test_a_sheet_left_after_unlocking_closes_though_the_page_was_built_anew(clinic: Room) -> None:
    clinic.window.go_to("settings")
    clinic.settle()
    view = clinic.window._setting_list
    assert view is not None
    button = next(one for one in view.findChildren(QPushButton) if one.text().startswith("Change"))
    button.setFocus()
    clinic.press(Qt.Key.Key_Space)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, SideSheet)
    lock(clinic)
    open_again(clinic)
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.sheet is None


def test_keys_typed_after_the_pin_reach_no_record(clinic: Room) -> None:
    clinic.services.people.set_pin(PIN)
    clinic.window.locking.pause.length = PAUSE_MS
    page = lock(clinic)
    window = clinic.window.windowHandle()
    page.form.secret.setFocus()
    clinic.type(PIN)
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_Return)
    clinic.until(lambda: clinic.window.locking.page is None)
    QTest.keyClick(clinic.window.schedule.table, Qt.Key.Key_1)
    QTest.keyClick(clinic.window.schedule.table, Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "schedule"
    assert "call.log" not in actions(clinic.services)
    clinic.until(lambda: not clinic.window.locking.pause.active)
    QTest.keyClick(clinic.window.schedule.table, Qt.Key.Key_1)
    clinic.settle()
    assert "call.log" in actions(clinic.services)


def test_enter_after_a_wrong_pin_leaves_the_refusal_on_the_page(clinic: Room) -> None:
    clinic.services.people.set_pin(PIN)
    page = lock(clinic)
    type_secret(clinic, WRONG_PIN)
    assert "more tries" in page.form.field("secret").problem
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert "more tries" in page.form.field("secret").problem


@pytest.mark.parametrize("over", ["dialog", "menu"])
def test_the_key_locks_over_a_dialog_and_a_menu(clinic: Room, over: str) -> None:
    if over == "dialog":
        standing: QWidget = ConfirmDialog(clinic.keeper, "Delete Asha Verma?", "", "Delete", clinic.window)
        standing.open()  # type: ignore[attr-defined]
    else:
        clinic.window._user_menu()
        popup = QApplication.activePopupWidget()
        assert popup is not None
        standing = popup
    clinic.until(standing.isVisible)
    clinic.qtbot.wait(50)
    window = standing.windowHandle() if over == "dialog" else clinic.window.windowHandle()
    QTest.keyClick(window, Qt.Key.Key_L, CTRL | SHIFT)
    clinic.until(lambda: clinic.window.locking.page is not None)
    assert not isValid(standing) or not standing.isVisible()
    clinic.settle()


def test_a_save_under_way_ends_behind_the_lock_and_its_sheet_does_not_come_back(clinic: Room) -> None:
    clinic.context.intents.log_call.emit(clinic.people["Asha Verma"][1])
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, SideSheet)
    done: list[bool] = []
    sheet.closed.connect(done.append)
    gate: list[bool] = []
    clinic.tasks.tell(lambda _: _wait(gate), owner=clinic.window)
    sheet.set_busy(True)
    clinic.tasks.tell(lambda _: Changes(frozenset()), lambda _: sheet.finish(), owner=sheet)
    clinic.window.locking.lock()
    gate.append(True)
    clinic.settle()
    assert done == [True]
    assert found_in(clinic.window) == set()
    open_again(clinic)
    assert clinic.window.sheet is None


def _trail(clinic: Room) -> int:
    return len(clinic.window.trail._steps)


def _wait(gate: list[bool]) -> Changes:
    while not gate:
        time.sleep(0.01)
    return Changes(frozenset())


def test_dialogs_and_their_words_go(clinic: Room) -> None:
    dialog = ConfirmDialog(clinic.keeper, "Delete Asha Verma?", "", "Delete", clinic.window)
    dialog.open()
    clinic.settle()
    clinic.window.locking.lock()
    assert not dialog.isVisible()
    assert dialog.answer == "cancel"
    dialog.deleteLater()


def test_a_job_goes_on_behind_the_lock_without_its_details(clinic: Room) -> None:
    go = [True]
    handle = clinic.tasks.run(running(lambda: go[0]), "Importing photos")
    clinic.until(lambda: handle.progress.done > 2)
    clinic.window.locking.lock()
    page = page_of(clinic)
    before = handle.progress.done
    clinic.until(lambda: handle.progress.done > before + 8)
    assert page.jobs == 1
    assert found_in(clinic.window) == set()
    go[0] = False
    clinic.until(lambda: not handle.running)
    assert page.jobs == 0
    clinic.settle()


def test_the_lock_is_entered_and_anchored_and_grants_are_gone(clinic: Room) -> None:
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    assert clinic.services.access.may(Action.MANAGE)
    lock(clinic)
    assert actions(clinic.services)[-1] == "auth.lock"
    assert clinic.services.audit.anchor() is not None
    assert not clinic.services.access.may(Action.MANAGE)
    open_again(clinic)
    assert "auth.unlock" in actions(clinic.services)[-2:]


def test_a_wrong_passphrase_does_not_open_and_tries_are_counted(clinic: Room) -> None:
    page = lock(clinic)
    for _ in range(4):
        type_secret(clinic, "wrong horse battery staple")
    assert clinic.window.locking.page is page
    assert page.form.countdown.waiting
    assert not page.form.open_button.isEnabled()
    assert "Wait" in page.form.field("secret").problem
    clinic.until(lambda: page.form.open_button.isEnabled())
    open_again(clinic)


def test_the_pin_opens_and_five_wrong_ones_close_the_clinic(clinic: Room) -> None:
    clinic.services.people.set_pin(PIN)
    page = lock(clinic)
    assert page.form.by_pin
    open_again(clinic, PIN)
    asked: list[bool] = []
    clinic.window.close_asked.connect(lambda: asked.append(True))
    page = lock(clinic)
    for _ in range(4):
        type_secret(clinic, WRONG_PIN)
        assert "more tr" in page.form.field("secret").problem
    assert "1 more try." in page.form.field("secret").problem
    page.form.secret.setFocus()
    clinic.type(WRONG_PIN)
    clinic.until(lambda: bool(asked))
    assert "5 times" in clinic.window.locking.parting
    assert not clinic.context.open
    assert found_in(clinic.window) == set()


@pytest.fixture
def two(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A clinic in which a nurse works too."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        one.services.access.confirm(PASSPHRASE)
        one.services.people.add("Nisha Rao", {Role.NURSE}, WORDS)
        one.attach()
        yield one


def test_another_person_takes_over_and_begins_anew(two: Room) -> None:
    two.press(Qt.Key.Key_1)
    two.settle()
    assert _trail(two) == 1
    two.context.intents.new_patient.emit("Zebulon Quix")
    two.settle()
    two.type("!")
    two.window.switch_user()
    two.settle()
    page = page_of(two)
    assert page.form.user == ""
    two.type("nisha rao")
    open_again(two, WORDS)
    assert two.services.clinic.user.name == "Nisha Rao"
    assert "Nisha Rao, Nurse" in two.window.rail.user.accessibleName()
    assert _trail(two) == 0
    assert two.window.sheet is None
    assert two.window.area == "schedule"
    assert "Asha Verma" in two.names
    lock(two)
    page_of(two).form.users.setEditText("Dr Rao")
    open_again(two)
    assert two.services.clinic.user.name == "Dr Rao"
    assert [draft.kind.value for draft in two.services.drafts.all()] == ["patient"]
    assert two.window.strips.unsaved.words.startswith("Typed and not saved: A new patient")


def test_a_pin_switches_between_people_who_were_here(two: Room) -> None:
    two.services.people.set_pin(PIN)
    lock(two)
    page_of(two).form.users.setEditText("Nisha Rao")
    open_again(two, WORDS)
    lock(two)
    page_of(two).form.users.setEditText("Dr Rao")
    assert page_of(two).form.by_pin
    open_again(two, PIN)
    assert two.services.clinic.user.name == "Dr Rao"


def test_nobody_takes_over_while_an_import_runs(two: Room) -> None:
    go = [True]
    two.tasks.run(running(lambda: go[0]), "Importing photos")
    two.window.switch_user()
    page = page_of(two)
    two.qtbot.wait(50)
    page.form.users.setEditText("Nisha Rao")
    page.form.secret.setFocus()
    two.type(WORDS)
    two.press(Qt.Key.Key_Return)
    assert "Importing photos" in page.form.banner.words
    assert two.services.clinic.user.name == "Dr Rao"
    go[0] = False
    two.settle()
    open_again(two, WORDS)
    assert two.services.clinic.user.name == "Nisha Rao"


def test_the_menu_at_the_foot_of_the_rail(two: Room) -> None:
    from clinic_app.ui.shell.user_menu import user_menu

    menu = user_menu(two.window, two.window.own_access, two.services)
    words = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    assert words == ["Lock", "Switch user…", "Change my passphrase…", "Set a PIN…", "Sign out and close the clinic"]
    menu.deleteLater()
    two.window.set_pin()
    two.settle()
    sheet = two.window.sheet
    assert isinstance(sheet, SideSheet)
    two.type("123456")
    two.press(Qt.Key.Key_Tab)
    two.type("123456")
    two.press(Qt.Key.Key_Return, CTRL)
    two.settle()
    field = sheet.field("pin")
    assert field is not None
    assert "six digits" in field.problem
    for name in ("pin", "again"):
        part = sheet.field(name)
        assert part is not None
        part.control.setText(PIN)
    two.press(Qt.Key.Key_Return, CTRL)
    two.settle()
    assert [user.name for user in two.services.people.with_pin()] == ["Dr Rao"]
    two.window.change_passphrase()
    two.settle()
    for words_typed in (
        "wrong horse battery staple",
        "lantern orchard velvet thunder",
        "lantern orchard velvet thunder",
    ):
        two.type(words_typed)
        two.press(Qt.Key.Key_Tab)
    two.press(Qt.Key.Key_Return, CTRL)
    two.settle()
    sheet = two.window.sheet
    assert isinstance(sheet, SideSheet)
    old = sheet.field("old")
    assert old is not None
    assert "not right" in old.problem
    old.control.setText(PASSPHRASE)
    two.press(Qt.Key.Key_Return, CTRL)
    two.settle()
    two.until(lambda: two.window.sheet is None)
    lock(two)
    page_of(two).form.other.click()
    open_again(two, "lantern orchard velvet thunder")


def test_idle_locks_and_input_in_our_window_keeps_it_open(qtbot: QtBot) -> None:
    clock = Steady()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    watch = LockWatch(window, clock, lambda: 0.0)
    told: list[str] = []
    watch.idle.connect(lambda: told.append("idle"))
    watch.ended.connect(told.append)
    watch.begin(5)
    watch._follow(window.windowHandle())
    clock.now += 299
    watch.look()
    assert told == []
    QTest.mouseMove(window.windowHandle())
    clock.now += 2
    watch.look()
    assert told == ["idle"]
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    clock.now += 299
    watch.look()
    assert told == ["idle"]
    clock.now += LONGEST_S
    watch.touch()
    watch.look()
    assert told == ["idle", "hard_lock_long_day"]
    watch.end()


def test_the_window_locks_by_itself_after_the_minutes_of_the_setting(clinic: Room) -> None:
    clock = Steady()
    watch = clinic.window.locking.watch
    watch._steady = clock
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    clinic.tasks.tell(lambda s: s.settings.set("lock_minutes", 1, "Busy room"), owner=clinic.window)
    clinic.settle()
    watch.touch()
    clock.now += 59
    watch._signed = clock.now
    watch.look()
    assert clinic.window.locking.page is None
    clock.now += 2
    watch.look()
    page_of(clinic)
    clinic.settle()
    assert found_in(clinic.window) == set()


def test_sleep_is_noticed_by_the_clock_that_counts_it(qtbot: QtBot) -> None:
    asleep = [10.0]
    window = QWidget()
    qtbot.addWidget(window)
    watch = LockWatch(window, Steady(), lambda: asleep[0])
    told: list[str] = []
    watch.ended.connect(told.append)
    watch.begin(5)
    watch.look()
    asleep[0] += 3600
    watch.look()
    watch.look()
    assert told == ["hard_lock_slept"]
    watch.end()


def test_sleep_closes_the_clinic_and_keeps_the_draft(clinic: Room) -> None:
    asked: list[bool] = []
    clinic.window.close_asked.connect(lambda: asked.append(True))
    clinic.press(Qt.Key.Key_N, CTRL)
    clinic.settle()
    clinic.type("Zebulon Quix")
    clinic.window.locking.lock_hard("hard_lock_slept")
    assert found_in(clinic.window) == set()
    clinic.until(lambda: bool(asked))
    assert "asleep" in clinic.window.locking.parting
    clinic.until(lambda: not clinic.tasks.pending)
    clinic.qtbot.wait(100)
    again = door(clinic.clock).open(clinic.services.clinic.folder, PASSPHRASE)
    try:
        (draft,) = again.drafts.all()
        assert "Zebulon" in str(draft.content)
    finally:
        again.close()


def test_what_the_system_says_is_understood(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    watch = SystemWatch(window)
    told: list[str] = []
    watch.sleeps.connect(lambda: told.append("sleeps"))
    watch.locked.connect(lambda: told.append("locked"))
    watch.message(WM_POWERBROADCAST, PBT_APMSUSPEND)
    watch.message(WM_WTSSESSION_CHANGE, 0x7)
    watch.message(WM_WTSSESSION_CHANGE, 0x8)
    watch.sleep_told(True)
    watch.sleep_told(False)
    watch.saver_told(True)
    watch.lock_told()
    assert told == ["sleeps", "locked", "sleeps", "locked", "locked"]


BUS = """
import subprocess, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from clinic_app.ui.shell.system_watch import SystemWatch
app = QApplication([])
window = QWidget()
watch = SystemWatch(window)
watch.locked.connect(lambda: (print("LOCKED"), app.quit()))
watch.begin()
send = ["dbus-send", "--session", "--type=signal", "/org/gnome/ScreenSaver",
        "org.gnome.ScreenSaver.ActiveChanged", "boolean:true"]
QTimer.singleShot(200, lambda: subprocess.Popen(send))
QTimer.singleShot(8000, app.quit)
app.exec()
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="no D-Bus here")
def test_the_screen_saver_tells_over_the_bus() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        ["dbus-run-session", sys.executable, "-c", BUS], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert "LOCKED" in done.stdout
