"""The page before a clinic is open, over the real door to real folders."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor, ClinicState
from clinic_app.storage.vault import _canonical
from clinic_app.ui.shell.start import Opening, Start
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.start_view import StartView
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.builders import PASSPHRASE, Clock, door
from tests.services.test_one_window import window_door
from tests.ui.window_room import DAY, Filled

THEMES = Path(__file__).resolve().parents[2] / "resources" / "themes"
WORDS = "lantern orchard velvet thunder basket"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Page:
    """The start page and what it opened."""

    def __init__(self, qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, folder: Path, the_door: ClinicDoor) -> None:
        self.qtbot = qtbot
        self.tasks = tasks
        self.opened: list[tuple[Services, str]] = []
        self.chosen = ""
        self.saved = ""
        self.view = StartView(
            keeper,
            DoorKeeper(tasks, lambda: the_door),
            str(folder),
            str(folder.parent / "demo"),
            folder_dialog=lambda _parent, _start: self.chosen,
            target_dialog=lambda _parent, _name: self.saved,
        )
        qtbot.addWidget(self.view)
        self.view.resize(900, 700)
        self.view.opened.connect(lambda services, where: self.opened.append((services, where)))
        self.view.show()
        self.view.begin()
        self.settle()

    def settle(self) -> None:
        self.qtbot.wait(20)
        self.qtbot.waitUntil(lambda: not self.tasks.pending, timeout=60_000)
        QApplication.processEvents()

    def type(self, line: QLineEdit, words: str) -> None:
        line.setFocus()
        line.clear()
        QTest.keyClicks(line, words)

    def enter(self, widget: QWidget) -> None:
        QTest.keyClick(widget, Qt.Key.Key_Return)
        self.settle()

    @property
    def shown(self) -> str:
        return self.view.pages.current.accessibleName()


@pytest.fixture
def make(qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks) -> Iterator[type]:
    made: list[Page] = []

    class Made(Page):
        def __init__(self, folder: Path, the_door: ClinicDoor | None = None) -> None:
            super().__init__(qtbot, keeper, tasks, folder, the_door or door(Clock(DAY)))
            made.append(self)

    yield Made
    for page in made:
        page.view.close_unopened()
        for services, _ in page.opened:
            services.close()


def test_an_empty_folder_offers_to_create_a_clinic_or_to_look_at_the_demo(make: type, tmp_path: Path) -> None:
    page = make(tmp_path / "clinic")
    assert page.shown == "Welcome"
    assert page.view.welcome.demo.isVisible()
    assert page.view.welcome.folder.folder == str(tmp_path / "clinic")


@pytest.fixture
def clinic_folder(tmp_path: Path, filled_clinic: Filled) -> Path:
    import shutil

    return Path(shutil.copytree(filled_clinic.folder, tmp_path / "clinic"))


def test_the_passphrase_opens(make: type, clinic_folder: Path) -> None:
    page = make(clinic_folder)
    assert page.shown == "Open the clinic"
    assert not page.view.unlock.users.isVisible()
    page.type(page.view.unlock.secret, PASSPHRASE)
    page.enter(page.view.unlock.secret)
    assert [where for _, where in page.opened] == [str(clinic_folder)]
    assert page.view.unlock.secret.text() == ""


def test_an_older_clinic_is_upgraded_and_the_page_says_so(
    make: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(__file__).parents[1] / "golden" / "0001", tmp_path / "older")
    page = make(tmp_path / "older")
    said: list[str] = []
    monkeypatch.setattr(page.view.unlock.banner, "show_words", lambda words, **_: said.append(words))
    page.type(page.view.unlock.secret, PASSPHRASE)
    page.enter(page.view.unlock.secret)
    assert len(page.opened) == 1
    assert said[0].startswith("The clinic is brought to this version of the program")


def test_a_wrong_passphrase_is_said_beside_it_and_can_be_typed_again(make: type, clinic_folder: Path) -> None:
    page = make(clinic_folder)
    unlock = page.view.unlock
    page.type(unlock.secret, "wrong horse battery staple")
    page.enter(unlock.secret)
    assert "passphrase is not right" in unlock.field("secret").problem
    assert not unlock.banner.isVisible()
    page.type(unlock.secret, PASSPHRASE)
    page.enter(unlock.secret)
    assert len(page.opened) == 1


def test_a_recovery_code_with_a_slip_is_told_apart_from_a_wrong_one(make: type, clinic_folder: Path) -> None:
    page = make(clinic_folder)
    unlock = page.view.unlock
    unlock.other.click()
    page.type(unlock.secret, "ABCD")
    page.enter(unlock.secret)
    assert "28 characters" in unlock.field("secret").problem
    unlock.other.click()
    assert unlock.secret.echoMode() is QLineEdit.EchoMode.Password


def test_damage_is_not_taken_for_a_wrong_passphrase(make: type, clinic_folder: Path) -> None:
    database = clinic_folder / "clinic.db"
    data = bytearray(database.read_bytes())
    data[:4096] = bytes(4096)
    database.write_bytes(data)
    page = make(clinic_folder)
    page.type(page.view.unlock.secret, PASSPHRASE)
    page.enter(page.view.unlock.secret)
    assert page.opened == []
    assert page.view.unlock.field("secret").problem == ""
    assert "damaged" in page.view.unlock.banner.words


def test_a_newer_clinic_is_refused_with_a_sentence(make: type, clinic_folder: Path) -> None:
    for name in ("vault.json", "vault.json.bak"):
        path = clinic_folder / name
        told = json.loads(path.read_text(encoding="utf-8"))
        told["format"] = 999
        del told["checksum"]
        told["checksum"] = hashlib.sha256(_canonical(told)).hexdigest()
        path.write_text(json.dumps(told), encoding="utf-8")
    page = make(clinic_folder)
    assert page.shown == "The clinic cannot be opened"
    assert "newer version" in page.view.trouble.banner.words


class NetworkDoor(ClinicDoor):
    """A door before which every folder lies on a network drive."""

    def state(self, folder: str) -> ClinicState:
        raise StorageUnavailable("folder_on_network", path=folder)


def test_a_network_folder_is_refused_and_another_can_be_chosen(make: type, clinic_folder: Path) -> None:
    the_door = door(Clock(DAY))
    there = the_door.state
    the_door.state = NetworkDoor.state.__get__(the_door)  # type: ignore[method-assign]  # this machine has no such drive
    page = make(clinic_folder, the_door)
    assert "network drive" in page.view.trouble.banner.words
    the_door.state = there  # type: ignore[method-assign]
    page.chosen = str(clinic_folder)
    page.view.trouble.folder._button.click()
    page.settle()
    assert page.shown == "Open the clinic"


def test_the_demo_opens_with_one_click(make: type, tmp_path: Path) -> None:
    page = make(tmp_path / "clinic")
    page.view.welcome.demo.click()
    page.settle()
    ((services, where),) = page.opened
    assert services.clinic.demo
    assert where == str(tmp_path / "demo")
    assert services.patients.count() >= 40


# --- the whole way, with the window -----------------------------------------------------------------------------


def test_from_start_to_an_open_clinic_and_back(qtbot: QtBot, tmp_path: Path, clinic_folder: Path) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    kept: list[MachinePreferences] = []
    logs: list[str] = []

    def keep_log(folder: str) -> object:
        logs.append(f"begin {Path(folder).name}")
        return lambda: logs.append("end")

    start = Start(
        str(clinic_folder),
        "",
        THEMES,
        tmp_path / "window.ini",
        MachinePreferences(),
        kept.append,
        lambda: door(Clock(DAY)),
        keep_log=keep_log,  # type: ignore[arg-type]
    )
    opening = Opening(app, start)
    window, tasks = opening.window, opening.context.tasks
    opening.show()
    qtbot.waitUntil(lambda: window._start is not None and not tasks.pending, timeout=60_000)
    view = window._start
    assert isinstance(view, StartView)
    assert not view.welcome.demo.isVisible()
    QTest.keyClicks(view.unlock.secret, PASSPHRASE)
    QTest.keyClick(view.unlock.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.context.open and not tasks.pending, timeout=60_000)
    assert window._start is None
    assert window.schedule.table.case_id
    assert kept[-1].data_folder == clinic_folder
    window.commands.actions["backups"].trigger()
    room = window._backups
    assert room is not None
    qtbot.waitUntil(lambda: room.kept is not None and not tasks.pending, timeout=60_000)
    room.restore.setFocus()
    QTest.keyClick(room.restore, Qt.Key.Key_Return)
    dialog = window.findChild(ConfirmDialog)
    assert dialog is not None
    QTest.keyClick(dialog.verb_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window._start, StartView) and not tasks.pending, timeout=60_000)
    assert not opening.context.open
    (restoring,) = window.findChildren(StartView)
    qtbot.waitUntil(restoring.restoring.isVisible, timeout=60_000)
    assert restoring.restoring.who.folder.folder == str(clinic_folder)
    assert logs == ["begin clinic", "end"]
    window.close()
    window.deleteLater()
    opening.deleteLater()
    QApplication.processEvents()


SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.start_view import StartView
from tests.services.test_one_window import window_door
app = QApplication([])
tasks = Tasks()
view = StartView(ThemeKeeper(app, Path(sys.argv[2])), DoorKeeper(tasks, window_door), sys.argv[1])
view.show()
view.begin()
def look():
    if not tasks.pending and "trouble" in view.__dict__:
        print(view.trouble.banner.words)
        app.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
QTimer.singleShot(60_000, app.quit)
app.exec()
"""


def test_a_second_start_says_so_before_anything_is_typed_and_brings_the_first_window_forward(
    qtbot: QtBot, tmp_path: Path, clinic_folder: Path
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    start = Start(
        str(clinic_folder),
        "",
        THEMES,
        tmp_path / "window.ini",
        MachinePreferences(),
        lambda _: None,
        lambda: window_door(Clock(DAY)),
    )
    opening = Opening(app, start)
    window, tasks = opening.window, opening.context.tasks
    opening.show()
    qtbot.waitUntil(lambda: window._start is not None and not tasks.pending, timeout=60_000)
    view = window._start
    assert isinstance(view, StartView)
    QTest.keyClicks(view.unlock.secret, PASSPHRASE)
    QTest.keyClick(view.unlock.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.context.open and not tasks.pending, timeout=60_000)
    window.showMinimized()
    root = Path(__file__).resolve().parents[2]
    second = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(clinic_folder), str(THEMES)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    try:
        qtbot.waitUntil(lambda: not window.isMinimized(), timeout=60_000)
        said, _ = second.communicate(timeout=60)
    finally:
        second.kill()
    assert "already open in another window" in said
    window.close_clinic()
    qtbot.waitUntil(lambda: isinstance(window._start, StartView) and not tasks.pending, timeout=60_000)
    again = window._start
    assert isinstance(again, StartView)
    assert again.pages.current is again.unlock
    window.close()
    window.deleteLater()
    opening.deleteLater()
    QApplication.processEvents()


def test_data_without_their_key_file_are_no_place_for_a_new_clinic(
    make: type, tmp_path: Path, filled_clinic: Filled
) -> None:
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "clinic.db").write_bytes((filled_clinic.folder / "clinic.db").read_bytes())
    page = make(folder)
    assert "vault.json" in page.view.trouble.banner.words
    assert page.view.pages.current is page.view.trouble
    assert "welcome" not in page.view.__dict__
