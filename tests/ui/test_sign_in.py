"""Signing in: several people, waits that survive a restart, recovery and one-time codes and what follows them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.people import Role, User
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.start_view import StartView
from tests.builders import PASSPHRASE, Clock, door

NURSES, LEES, NEW = "four wet umbrellas inside", "seven dry umbrellas outside", "lantern orchard velvet thunder"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Page:
    """The start page over a clinic, and what it opened."""

    def __init__(self, qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, folder: Path) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.opened: list[Services] = []
        self.door: ClinicDoor = door(Clock())
        self.view = StartView(keeper, DoorKeeper(tasks, lambda: self.door), str(folder))
        qtbot.addWidget(self.view)
        self.view.resize(900, 800)
        self.view.opened.connect(lambda services, _: self.opened.append(services))
        self.view.show()

    def begin(self, last: str = "") -> None:
        self.view.last_user = last
        self.view.begin()
        self.settle()

    def settle(self) -> None:
        self.qtbot.wait(20)
        self.qtbot.waitUntil(lambda: not self.tasks.pending, timeout=60_000)
        QApplication.processEvents()

    def enter(self, line: QLineEdit, words: str) -> None:
        line.setFocus()
        line.clear()
        QTest.keyClicks(line, words)
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.settle()

    def type_name(self, name: str) -> None:
        line = self.view.unlock.users.lineEdit()
        assert line is not None
        line.setFocus()
        line.clear()
        QTest.keyClicks(line, name)

    @property
    def shown(self) -> str:
        return self.view.pages.current.accessibleName()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...], str]:
    """A clinic with two admins and a nurse, its recovery codes, and a one-time code of the nurse."""
    folder = tmp_path_factory.mktemp("several") / "clinic"
    created = door(Clock()).create(str(folder), "Test clinic", "Dr Rao", PASSPHRASE)
    people = created.services.people
    created.services.access.confirm(PASSPHRASE)
    nurse = people.add("Nisha Thomas", {Role.NURSE}, NURSES).result
    people.add("Dr Lee", {Role.ADMIN, Role.DOCTOR}, LEES)
    assert isinstance(nurse, User)
    code = people.start_reset(nurse.id)
    created.services.close()
    return folder, created.recovery_codes, code


@pytest.fixture
def page(
    qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, tmp_path: Path, made: tuple[Path, tuple[str, ...], str]
) -> Iterator[Page]:
    folder = Path(shutil.copytree(made[0], tmp_path / "clinic"))
    one = Page(qtbot, keeper, tasks, folder)
    yield one
    one.view.close_unopened()
    for services in one.opened:
        services.close()


def test_a_name_is_typed_and_nobody_stands_there_before(page: Page) -> None:
    page.begin()
    unlock = page.view.unlock
    assert unlock.users.isVisible()
    assert unlock.user == ""
    page.enter(unlock.secret, NURSES)
    assert "name" in unlock.user_field.problem
    page.type_name("nisha thomas")
    page.enter(unlock.secret, NURSES)
    assert [services.clinic.user.name for services in page.opened] == ["Nisha Thomas"]


def test_who_worked_last_stands_there_where_that_is_wanted(page: Page) -> None:
    page.begin("Dr Lee")
    assert page.view.unlock.user == "Dr Lee"
    page.enter(page.view.unlock.secret, LEES)
    assert [services.clinic.user.name for services in page.opened] == ["Dr Lee"]


def test_the_wait_is_counted_down_and_survives_a_new_start(
    page: Page, qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks
) -> None:
    page.begin()
    page.type_name("Dr Rao")
    for _ in range(5):
        page.enter(page.view.unlock.secret, "wrong horse battery staple")
        if page.view.unlock.countdown.waiting:
            break
    unlock = page.view.unlock
    assert unlock.countdown.waiting
    assert not unlock.open_button.isEnabled()
    assert "Wait" in unlock.field("secret").problem
    again = Page(qtbot, keeper, tasks, Path(page.view.folder))
    again.begin("Dr Rao")
    assert again.view.unlock.countdown.waiting
    qtbot.waitUntil(lambda: unlock.open_button.isEnabled(), timeout=60_000)
    page.enter(unlock.secret, PASSPHRASE)
    assert len(page.opened) == 1


def test_a_wait_names_nobody_whose_name_was_not_typed(
    qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, tmp_path: Path
) -> None:
    folder = tmp_path / "alone"
    door(Clock()).create(str(folder), "Test clinic", "Dr Mira Rao", PASSPHRASE).services.close()
    page = Page(qtbot, keeper, tasks, folder)
    page.begin()
    unlock = page.view.unlock
    for _ in range(5):
        page.enter(unlock.secret, "wrong horse battery staple")
        assert "Rao" not in unlock.field("secret").problem
        if unlock.countdown.waiting:
            break
    assert "Too many wrong passphrases. Wait" in unlock.field("secret").problem
    again = Page(qtbot, keeper, tasks, folder)
    again.begin()
    assert again.view.unlock.countdown.waiting
    assert "Rao" not in again.view.unlock.field("secret").problem


def choose(page: Page, words: str) -> None:
    assert page.shown == "Choose a new passphrase"
    form = page.view.choosing
    assert form.passphrase.hasFocus()
    form.passphrase.setText(words)
    page.enter(form.again, words)


def test_a_recovery_code_goes_on_as_an_admin_and_a_new_code_is_typed_back(
    page: Page, made: tuple[Path, tuple[str, ...], str]
) -> None:
    page.begin()
    unlock = page.view.unlock
    unlock.other.click()
    assert not unlock.users.isVisible()
    assert unlock.secret.accessibleName() == "Recovery code"
    page.enter(unlock.secret, made[1][0])
    assert unlock.users.isVisible()
    assert "Dr Lee" in unlock.banner.words
    unlock.users.setCurrentText("Dr Lee")
    QTest.keyClick(unlock.secret, Qt.Key.Key_Return)
    page.settle()
    choose(page, "too short")
    assert "15" in page.view.choosing.field("passphrase").problem
    choose(page, NEW)
    assert page.shown == "Recovery codes"
    (code,) = page.view.new_code.codes
    assert page.opened == []
    page.enter(page.view.new_code.last[0], "XXXX")
    assert page.view.new_code.field("first").problem
    page.enter(page.view.new_code.last[0], code[-10:])
    (services,) = page.opened
    assert services.clinic.user.name == "Dr Lee"
    assert not services.must_choose_passphrase
    assert page.view.new_code.codes == ()


@pytest.mark.parametrize("place", [0, 1])
def test_a_code_that_is_replaced_keeps_its_number_and_one_lost_on_the_way_comes_again(
    page: Page, made: tuple[Path, tuple[str, ...], str], place: int
) -> None:
    page.begin()
    page.view.unlock.other.click()
    page.enter(page.view.unlock.secret, made[1][place])
    page.view.unlock.users.setCurrentText("Dr Lee")
    QTest.keyClick(page.view.unlock.secret, Qt.Key.Key_Return)
    page.settle()
    choose(page, NEW)
    form = page.view.new_code
    (lost,) = form.codes
    use = ("For the clinic", "For the sealed envelope")[place]
    for words in (form.sheet_words(), form.sheet_page()):
        assert use in words
        assert ("For the clinic", "For the sealed envelope")[1 - place] not in words
    assert f"{place + 1}   {lost}" in form.sheet_words()
    assert f"code {place + 1}" in form.last[0].accessibleName()
    page.view.close_unopened()

    page.begin()
    page.type_name("Dr Lee")
    page.enter(page.view.unlock.secret, NEW)
    assert page.shown == "Recovery codes"
    (fresh,) = form.codes
    assert fresh != lost
    assert use in form.sheet_words()
    assert f"Code {2 - place} still holds" in form.words.text()
    page.enter(form.last[0], fresh[-10:])
    (services,) = page.opened
    assert services.settings.first_steps().codes_kept
    services.close()
    page.opened.clear()

    page.begin()
    page.view.unlock.other.click()
    page.enter(page.view.unlock.secret, lost)
    assert page.view.unlock.field("secret").problem
    page.enter(page.view.unlock.secret, made[1][1 - place])
    assert "Dr Lee" in page.view.unlock.banner.words


def test_a_one_time_code_is_followed_by_a_new_passphrase_alone(
    page: Page, made: tuple[Path, tuple[str, ...], str]
) -> None:
    page.begin()
    page.view.unlock.other.click()
    page.enter(page.view.unlock.secret, made[2])
    choose(page, NEW)
    (services,) = page.opened
    assert services.clinic.user.name == "Nisha Thomas"


def test_going_back_leaves_the_code_as_it_was(page: Page, made: tuple[Path, tuple[str, ...], str]) -> None:
    page.begin()
    page.view.unlock.other.click()
    page.enter(page.view.unlock.secret, made[2])
    page.view.choosing.left.emit()
    page.settle()
    assert page.shown == "Open the clinic"
    page.view.unlock.other.click()
    page.enter(page.view.unlock.secret, made[2])
    assert page.shown == "Choose a new passphrase"
    suggest: QWidget = page.view.choosing.suggest
    QTest.mouseClick(suggest, Qt.MouseButton.LeftButton)
    page.settle()
    assert len(page.view.choosing.passphrase.text().split()) == 5
