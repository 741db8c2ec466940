"""The first steps with real keys over the real door: made, cut, taken away, taken up again, brought back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import months
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.people import Role
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.ui.shell.start import Opening, Start
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.codes_form import TYPED_BACK
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.start_view import StartView
from clinic_app.ui.vault.wizard import FirstSteps
from clinic_app.ui.vault.wizard_again import StepsAgain, StepsAgainSheet
from clinic_app.ui.widgets import Level
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.builders import PASSPHRASE, Clock, add_patient, door
from tests.ui.hands import press_key
from tests.ui.window_room import DAY, Room

THEMES = Path(__file__).resolve().parents[2] / "resources" / "themes"
WORDS = "lantern orchard velvet thunder basket"
LANGUAGES = (("system", "As the computer"), ("en", "English"), ("hi", "हिन्दी"))
MANAGE = Action.MANAGE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Page:
    """The start page, its steps, and what was opened."""

    def __init__(self, qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, folder: Path) -> None:
        self.qtbot, self.tasks, self.folder = qtbot, tasks, folder
        self.opened: list[tuple[Services, str]] = []
        self.made: list[str] = []
        self.spoken: list[str] = []
        self.asked: list[str] = []
        self.answer = True
        self.chosen = ""
        self.saved = ""
        self.door: ClinicDoor = door(Clock(DAY))
        self.view = StartView(
            keeper,
            DoorKeeper(tasks, lambda: self.door),
            str(folder),
            str(folder.parent / "demo"),
            folder_dialog=lambda _parent, _start: self.chosen,
            target_dialog=lambda _parent, _name: self.saved,
            languages=LANGUAGES,
            language="en",
            speak=self.spoken.append,
        )
        qtbot.addWidget(self.view)
        self.view.resize(900, 800)
        self.view.opened.connect(lambda services, where: self.opened.append((services, where)))
        self.view.made.connect(self.made.append)
        self.view.show()
        self.view.begin()
        self.settle()

    @property
    def steps(self) -> FirstSteps:
        return self.view.steps

    @property
    def shown(self) -> str:
        return self.view.pages.current.accessibleName()

    def settle(self) -> None:
        self.qtbot.wait(20)
        self.qtbot.waitUntil(lambda: not self.tasks.pending, timeout=60_000)
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        press_key(self.view, key, modifiers)
        self.settle()

    def type(self, words: str, line: QLineEdit | None = None) -> None:
        target: QWidget | None = line or QApplication.focusWidget()
        assert target is not None
        target.setFocus()
        if isinstance(target, QLineEdit):
            target.clear()
        QTest.keyClicks(target, words)

    def begin(self) -> None:
        """From Welcome to the name of the clinic, with Enter."""
        self.view.welcome.create_button.click()
        self.settle()

        def ask(_parent: QWidget, title: str, _explanation: str, _verb: str) -> bool:
            self.asked.append(title)
            return self.answer

        self.steps.ask = ask
        assert self.shown == "Language"
        self.press(Qt.Key.Key_Return)
        assert self.shown == "Your clinic"

    def to_codes(self, user: str = "Nisha Thomas") -> tuple[str, ...]:
        """A clinic, a person and a passphrase; answers the codes that are shown."""
        self.begin()
        self.type("District Hospital")
        self.press(Qt.Key.Key_Return)
        assert self.shown == "You"
        self.type(user)
        self.type(WORDS, self.steps.person.passphrase)
        self.type(WORDS, self.steps.person.again)
        self.press(Qt.Key.Key_Return)
        assert self.shown == "Recovery codes"
        return self.steps.codes.codes

    def type_back(self, codes: tuple[str, ...]) -> None:
        for line, code in zip(self.steps.codes.last, codes, strict=True):
            self.type(code.replace("-", "")[-TYPED_BACK:].lower(), line)
        self.press(Qt.Key.Key_Return)
        assert self.shown == "How you work"


@pytest.fixture
def page(qtbot: QtBot, keeper: ThemeKeeper, tasks: Tasks, tmp_path: Path) -> Iterator[Page]:
    one = Page(qtbot, keeper, tasks, tmp_path / "clinic")
    yield one
    one.view.close_unopened()
    for services, _ in one.opened:
        services.close()


def test_all_steps_with_the_keyboard_alone(page: Page, tmp_path: Path) -> None:
    codes = page.to_codes()
    assert page.steps.where.text() == "Step 4 of 7"
    assert not page.steps.back_button.isVisible()
    page.type_back(codes)
    rules = page.steps.rules
    assert rules is not None
    assert rules.plan.opens.number.hasFocus()
    press_key(page.view, Qt.Key.Key_Up)
    rules.plan.closes.number.setValue(6)
    rules.botox.show_value({2})
    rules.places.setValue(9)
    rules.products.choose({"ona"})
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.shown == "Backups"
    assert page.steps.backup.place._button.hasFocus()
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "Choose a folder" in page.steps.backup.banner.words
    page.chosen = str(tmp_path / "stick")
    (tmp_path / "stick").mkdir()
    page.steps.backup.place._button.click()
    page.settle()
    assert "same disk" in page.steps.backup.banner.words
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.shown == "Ready"
    page.press(Qt.Key.Key_Return)
    ((services, where),) = page.opened
    assert where == str(page.folder)
    info = services.clinic
    assert info.name == "District Hospital"
    assert info.user.name == "Nisha Thomas"
    assert info.user.roles == {Role.ADMIN, Role.DOCTOR}
    assert info.rules.plan == ReinjectionPlan(months(4), months(6))
    assert dict(info.rules.places) == {2: 9}
    assert info.choices.products == {"ona"}
    assert [place.path for place in services.backups.places()] == [str(tmp_path / "stick")]
    assert services.settings.first_steps().codes_kept
    assert services.settings.first_steps().finished
    assert services.settings.history("plan")[0].reason == "First steps"
    assert page.steps.codes.codes == ()
    assert page.steps.person.passphrase.text() == ""


def test_rules_and_backups_can_be_skipped(page: Page) -> None:
    page.type_back(page.to_codes())
    page.steps.skip_button.click()
    page.settle()
    page.steps.skip_button.click()
    page.settle()
    assert page.shown == "Ready"
    page.steps.go_back()
    assert page.shown == "Backups"
    page.steps.go_back()
    assert page.shown == "How you work"
    page.steps.go_back()
    assert page.shown == "How you work"
    for _ in range(2):
        page.steps.skip_button.click()
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ((services, _),) = page.opened
    assert not any(setting.chosen for setting in services.settings.all() if setting.key != "clinic_name")
    assert services.backups.places() == ()


def test_the_first_person_may_be_a_nurse(page: Page) -> None:
    page.begin()
    page.type("District Hospital")
    page.press(Qt.Key.Key_Return)
    page.type("Nisha Thomas")
    page.steps.person.work.choose("nurse")
    page.steps.person.suggest.click()
    page.settle()
    assert len(page.steps.person.passphrase.text().split()) == 5
    assert page.steps.person.passphrase.echoMode() is QLineEdit.EchoMode.Normal
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Recovery codes"
    assert page.steps._services is not None
    assert page.steps._services.clinic.user.roles == {Role.ADMIN, Role.NURSE}


def test_what_is_missing_is_said_beside_its_field(page: Page) -> None:
    page.begin()
    page.press(Qt.Key.Key_Return)
    assert page.steps.clinic.field("clinic_name").problem
    page.type("District Hospital")
    page.press(Qt.Key.Key_Return)
    person = page.steps.person
    assert not person.field("user_name").problem
    page.press(Qt.Key.Key_Return)
    assert person.field("user_name").problem
    page.type("Nisha Thomas", person.user)
    page.type("too short", person.passphrase)
    page.type("too shorx", person.again)
    page.press(Qt.Key.Key_Return)
    assert "differ" in person.field("again").problem
    page.type("too short", person.again)
    page.press(Qt.Key.Key_Return)
    assert "15" in person.field("passphrase").problem
    assert not (page.folder / "vault.json").exists()
    page.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.shown == "Your clinic"
    assert page.steps.clinic.name.text() == "District Hospital"


def test_a_code_that_is_not_typed_back_right_stays(page: Page) -> None:
    codes = page.to_codes()
    page.type("0000 0000", page.steps.codes.last[0])
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Recovery codes"
    assert page.steps.codes.field("first").problem
    page.type(codes[0][-4:], page.steps.codes.last[0])
    page.press(Qt.Key.Key_Return)
    assert page.steps.codes.field("first").problem
    page.type_back(codes)


def test_codes_are_saved_as_pdf_or_text(page: Page, tmp_path: Path) -> None:
    codes = page.to_codes()
    page.saved = str(tmp_path / "codes.pdf")
    page.steps.codes.save_button.click()
    assert (tmp_path / "codes.pdf").read_bytes()[:5] == b"%PDF-"
    page.saved = str(tmp_path / "codes.txt")
    page.steps.codes.save_button.click()
    text = (tmp_path / "codes.txt").read_text(encoding="utf-8")
    assert all(code in text for code in codes)
    assert "District Hospital" in text
    assert "19 Mar 2026" in text
    assert all(code in page.steps.codes.sheet_page() for code in codes)
    page.saved = str(tmp_path / "missing" / "codes.pdf")
    page.steps.codes.save_button.click()
    assert "was not found" in page.steps.codes.banner.words or "missing" in page.steps.codes.banner.words


def test_leaving_on_the_codes_asks_and_takes_the_clinic_away(page: Page) -> None:
    page.to_codes()
    page.answer = False
    page.press(Qt.Key.Key_Escape)
    assert page.asked == ["Leave without the recovery codes?"]
    assert page.shown == "Recovery codes"
    page.answer = True
    page.press(Qt.Key.Key_Escape)
    page.settle()
    assert page.shown == "Welcome"
    assert not page.folder.exists()
    assert page.opened == []


def test_leaving_before_leaves_nothing_and_asks_nothing(page: Page) -> None:
    page.begin()
    page.type("District Hospital")
    page.press(Qt.Key.Key_Escape)
    page.settle()
    assert page.shown == "Welcome"
    assert page.asked == []
    assert not page.folder.exists()
    page.view.welcome.create_button.click()
    page.press(Qt.Key.Key_Return)
    assert page.steps.clinic.name.text() == ""


def test_leaving_after_the_codes_asks_and_opens_the_clinic_as_shipped(page: Page) -> None:
    page.type_back(page.to_codes())
    page.answer = False
    page.press(Qt.Key.Key_Escape)
    assert page.asked == ["Leave the first steps?"]
    assert page.opened == []
    assert page.shown == "How you work"
    page.answer = True
    page.press(Qt.Key.Key_Escape)
    ((services, _),) = page.opened
    assert not services.settings.first_steps().finished


def test_steps_left_without_a_place_for_backups_come_back_in_the_window(clinic: Room, tmp_path: Path) -> None:
    assert not clinic.window.strips.steps_left.isVisible()
    clinic.services.settings.took_step(finished=False)
    lock_and_come_back(clinic)
    strip = clinic.window.strips.steps_left
    assert strip.isVisible()
    assert "no place for backups" in strip.words
    strip._action.setFocus()
    clinic.press(Qt.Key.Key_Space)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, StepsAgainSheet)
    assert sheet.steps is not None
    assert sheet.steps.accessibleName() == "Backups"
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert strip.isVisible()
    (tmp_path / "stick").mkdir()
    clinic.services.access.confirm(PASSPHRASE, MANAGE)

    def add(services: Services) -> Changes:
        services.backups.set_places([str(tmp_path / "stick")])
        return Changes(frozenset({Topic.PREFERENCES}))

    clinic.tasks.tell(add, owner=clinic.window)
    clinic.settle()
    assert not strip.isVisible()


def test_a_window_that_closes_over_the_codes_leaves_no_clinic(page: Page) -> None:
    page.to_codes()
    assert page.view.may_leave()
    page.view.close_unopened()
    assert not page.folder.exists()


def test_a_computer_that_goes_off_over_the_codes_gets_new_ones(page: Page) -> None:
    first = page.to_codes()
    created = page.steps._created
    assert created is not None
    created.services.close()
    page.steps._forget()
    page.view._drop_steps()
    page.view.look(str(page.folder))
    page.settle()
    assert page.shown == "Open the clinic"
    page.type(WORDS, page.view.unlock.secret)
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Recovery codes"
    codes = page.steps.codes.codes
    assert len(codes) == 2
    assert not set(codes) & set(first)
    assert page.steps.codes.words.text().startswith("Codes shown or printed earlier open nothing any more")
    page.type_back(codes)
    page.steps.skip_button.click()
    page.steps.skip_button.click()
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ((services, _),) = page.opened
    assert services.settings.first_steps().codes_kept


def test_another_language_begins_anew_in_it(page: Page) -> None:
    page.view.welcome.create_button.click()
    assert page.steps.language is not None
    page.steps.language.languages.pill("hi").click()
    page.settle()
    assert page.spoken == ["hi"]
    assert page.shown == "Language"
    assert page.steps.language is not None
    assert page.steps.language.languages.code == "hi"
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Your clinic"


def test_the_demo_first_keeps_the_clinic(page: Page, tmp_path: Path) -> None:
    page.type_back(page.to_codes())
    page.steps.skip_button.click()
    page.steps.skip_button.click()
    page.steps.ready.choice.choose("demo")
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.qtbot.waitUntil(lambda: bool(page.opened), timeout=60_000)
    assert page.opened[0][0].clinic.demo
    assert page.made == [str(page.folder)]
    assert page.door.state(str(page.folder)).there


def test_the_window_asks_before_it_closes_over_the_codes(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    asked: list[str] = []
    answers = [False, True]

    def ask(_keeper: object, _parent: object, title: str, *_words: str, **_more: object) -> bool:
        asked.append(title)
        return answers.pop(0)

    monkeypatch.setattr(ConfirmDialog, "ask", ask)
    folder = tmp_path / "new"
    start = Start(
        str(folder), "", THEMES, tmp_path / "window.ini", MachinePreferences(), lambda _: None, lambda: door(Clock(DAY))
    )
    opening = Opening(app, start)
    window, tasks = opening.window, opening.context.tasks
    opening.show()
    qtbot.waitUntil(lambda: window._start is not None and not tasks.pending, timeout=60_000)
    view = window._start
    assert isinstance(view, StartView)
    view.welcome.create_button.click()
    steps = view.steps
    assert steps.language is None
    QTest.keyClicks(steps.clinic.name, "New clinic")
    steps.next_button.click()
    QTest.keyClicks(steps.person.user, "Dr Rao")
    steps.person.passphrase.setText(PASSPHRASE)
    steps.person.again.setText(PASSPHRASE)
    steps.next_button.click()
    qtbot.waitUntil(lambda: bool(steps.codes.codes), timeout=60_000)
    window.close()
    assert window.isVisible()
    assert steps.codes.codes
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press_key(steps.codes.last[0], Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert asked == ["Leave without the recovery codes?"] * 2
    assert not folder.exists()
    window.deleteLater()
    opening.deleteLater()
    QApplication.processEvents()


# --- a new computer ----------------------------------------------------------------------------------------------


@pytest.fixture
def stick(tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """A disk with a backup of a clinic of one patient, and its recovery codes."""
    place = tmp_path / "stick"
    place.mkdir()
    created = door(Clock(DAY)).create(str(tmp_path / "old"), "District Hospital", "Dr Rao", PASSPHRASE)
    services = created.services
    try:
        add_patient(services)
        services.access.confirm(PASSPHRASE, MANAGE)
        services.backups.set_places([str(place)])
        services.backups.run()
    finally:
        services.close()
    return place, created.recovery_codes


def test_a_clinic_is_brought_back_on_a_new_computer(page: Page, stick: tuple[Path, tuple[str, ...]]) -> None:
    place, codes = stick
    page.view.welcome.restore.click()
    steps = page.view.restoring
    assert page.shown == "Bring a clinic back"
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "folder with the backups" in steps.place.banner.words
    page.chosen = str(page.folder.parent)
    steps.place.place._button.click()
    page.settle()
    assert steps.place.snapshot is None
    page.chosen = str(place)
    steps.place.place._button.click()
    page.settle()
    assert "1 patient," in steps.place.backups.currentText()
    assert steps.place.clinic_field.isHidden(), "there is only one"
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.shown == "Who you are"
    page.type("not the passphrase at all")
    page.press(Qt.Key.Key_Return)
    assert steps.who.field("secret").problem
    steps.who.show_letters.setFocus()
    page.press(Qt.Key.Key_Space)
    assert steps.who.secret.echoMode() is QLineEdit.EchoMode.Normal
    page.type(codes[1], steps.who.secret)
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Bring it back"
    assert "1 patient," in steps.copying.words.text()
    page.press(Qt.Key.Key_Return)
    page.qtbot.waitUntil(lambda: page.shown == "Open the clinic", timeout=60_000)
    banner = page.view.unlock.banner
    assert "from the backup of 19 Mar 2026" in banner.words
    assert "T0" not in banner.words
    assert banner.level is Level.DONE
    assert steps.who.secret.echoMode() is QLineEdit.EchoMode.Password
    page.type(PASSPHRASE, page.view.unlock.secret)
    page.press(Qt.Key.Key_Return)
    ((services, where),) = page.opened
    assert where == str(page.folder)
    assert services.patients.count() == 1


# --- again, from Settings ----------------------------------------------------------------------------------------


def lock_and_come_back(clinic: Room) -> None:
    clinic.window.locking.lock()
    clinic.settle()
    page = clinic.window.locking.page
    assert page is not None
    page.form.secret.setFocus()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.until(lambda: clinic.window.locking.page is None)
    clinic.settle()


def steps_again(room: Room, page: str = "") -> StepsAgain:
    view = room.window._settings_room()
    view.steps_wanted.emit(page)
    room.settle()
    sheet = room.window.sheet
    assert isinstance(sheet, StepsAgainSheet)
    assert sheet.isVisible()
    assert sheet.steps is not None
    return sheet.steps


def test_the_steps_again_change_what_they_are_told(clinic: Room) -> None:
    steps = steps_again(clinic)
    assert steps.accessibleName() == "Your clinic"
    assert steps.clinic.name.text() == "Test clinic"
    steps.clinic.name.setFocus()
    clinic.press(Qt.Key.Key_End)
    clinic.type(" North")
    clinic.press(Qt.Key.Key_Return)
    assert steps.accessibleName() == "How you work"
    steps.rules.working.show_value({0, 2})
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert steps.accessibleName() == "How you work"
    assert steps.rules._rules["working_days"].problem
    steps.rules.working.show_value(range(5))
    steps.rules.share.choose("yes")
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert steps.accessibleName() == "Backups"
    steps.skip_button.click()
    assert steps.accessibleName() == "Your passphrase, once more"
    clinic.type("wrong words entirely here")
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert steps.secret is not None
    assert "not right" in steps.secret.field("secret").problem
    assert clinic.services.clinic.name == "Test clinic"
    steps.secret.secret.clear()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    clinic.until(lambda: clinic.window.sheet is None)
    assert clinic.services.clinic.name == "Test clinic North"
    assert clinic.services.clinic.choices.share_vials
    assert clinic.services.settings.history("share_vials")[0].reason == "First steps, gone through again"


def test_the_steps_again_are_left_with_escape_and_change_nothing(clinic: Room) -> None:
    steps = steps_again(clinic, "backups")
    assert steps.accessibleName() == "Backups"
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert clinic.window.sheet is None
    assert not clinic.services.settings.get("share_vials").chosen


# --- who signed in last ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("remembered", [True, False])
def test_the_last_user_is_offered_only_where_the_clinic_says_so(qtbot: QtBot, tmp_path: Path, remembered: bool) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    folder = tmp_path / "clinic"
    services = door(Clock(DAY)).create(str(folder), "District Hospital", "Dr Rao", PASSPHRASE).services
    services.access.confirm(PASSPHRASE, MANAGE)
    services.people.add("Nisha Thomas", {Role.NURSE}, WORDS)
    if remembered:
        services.settings.set("show_last_user", True, "One computer each")
    services.close()
    kept: list[MachinePreferences] = []
    start = Start(
        str(folder), "", THEMES, tmp_path / "window.ini", MachinePreferences(), kept.append, lambda: door(Clock(DAY))
    )
    opening = Opening(app, start)
    window, tasks = opening.window, opening.context.tasks
    opening.show()
    qtbot.waitUntil(lambda: window._start is not None and not tasks.pending, timeout=60_000)
    view = window._start
    assert isinstance(view, StartView)
    view.unlock.users.setCurrentText("Nisha Thomas")
    view.unlock.secret.setFocus()
    QTest.keyClicks(view.unlock.secret, WORDS)
    QTest.keyClick(view.unlock.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.context.open and not tasks.pending, timeout=60_000)
    assert kept[-1].last_user == ("Nisha Thomas" if remembered else "")
    window.close()
    window.deleteLater()
    opening.deleteLater()
    QApplication.processEvents()


def test_backups_of_two_clinics_are_chosen_clinic_by_clinic_this_one_first(
    page: Page, stick: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    place, _ = stick
    clock = Clock(DAY)
    clock.moment += timedelta(days=1)
    services = door(clock).create(str(tmp_path / "another"), "Eye Hospital", "Dr Sen", PASSPHRASE).services
    services.access.confirm(PASSPHRASE, MANAGE)
    services.backups.set_places([str(place)])
    services.backups.run()
    services.close()
    page.view.look(str(tmp_path / "old"))
    page.settle()
    page.view.unlock.restore.setFocus()
    page.press(Qt.Key.Key_Return)
    steps = page.view.restoring
    page.chosen = str(place)
    steps.place.place._button.click()
    page.settle()
    clinics, backups = steps.place.clinics, steps.place.backups
    assert clinics.isVisible()
    assert clinics.hasFocus()
    assert clinics.itemText(0).startswith("This clinic · Dr Rao · newest 19 Mar 2026")
    assert clinics.itemText(1).startswith("Clinic ")
    assert "Dr Sen · newest 20 Mar 2026" in clinics.itemText(1)
    assert clinics.currentIndex() == 0
    assert [backups.itemText(row)[:11] for row in range(backups.count())] == ["19 Mar 2026"]
    page.press(Qt.Key.Key_Down)
    assert [backups.itemText(row)[:11] for row in range(backups.count())] == ["20 Mar 2026"]
    assert steps.place.snapshot is not None
    assert steps.place.snapshot.people == ("Dr Sen",)


def test_a_clinic_that_is_there_is_replaced_and_kept_beside(
    page: Page, stick: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    place, _ = stick
    services = door(Clock(DAY)).open(str(tmp_path / "old"), PASSPHRASE)
    add_patient(services, "Meena Joshi", "1984", phone="98400 19840")
    services.close()
    page.view.look(str(tmp_path / "old"))
    page.settle()
    assert page.shown == "Open the clinic"
    page.view.unlock.restore.setFocus()
    page.press(Qt.Key.Key_Space)
    steps = page.view.restoring
    page.chosen = str(place)
    steps.place.place._button.click()
    page.settle()
    page.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.type(PASSPHRASE, steps.who.secret)
    page.press(Qt.Key.Key_Return)
    assert page.shown == "Bring it back"
    words = steps.copying.words.text()
    assert "kept beside it under another name" in words
    assert "entries written since are not in it" in words
    page.press(Qt.Key.Key_Return)
    page.qtbot.waitUntil(lambda: page.shown == "Open the clinic", timeout=60_000)
    assert "The clinic that was there before lies in" in page.view.unlock.banner.words
    assert list(tmp_path.glob("replaced-*"))
    page.type(PASSPHRASE, page.view.unlock.secret)
    page.press(Qt.Key.Key_Return)
    ((found, _),) = page.opened
    assert found.patients.count() == 1
