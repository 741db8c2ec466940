"""What a refused piece of work needs is asked for in one place, and the work done again: writes, reads, long jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.changes import Changes, Progress, Report
from clinic_app.domain.errors import Cancelled, ClinicError
from clinic_app.domain.people import Role
from clinic_app.services import Services
from clinic_app.ui.register.import_sheet import RegisterImportSheet
from clinic_app.ui.shell.permission import PermissionDialog
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import Button
from tests.builders import PASSPHRASE, door, export_register
from tests.ui.window_room import Filled, Room, room

SECOND = "lantern orchard velvet thunder basket"
WORDS = "four wet umbrellas inside"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def two(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A clinic with a second administrator; nothing anybody showed before stands any more."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        one.services.access.confirm(PASSPHRASE, Action.MANAGE)
        one.services.people.add("Dr Sen", [Role.ADMIN], SECOND)
        one.services.access.leave()
        one.attach()
        yield one


def needing(action: Action, done: list[str]) -> Callable[[Services], Changes]:
    def write(services: Services) -> Changes:
        services.access.check(action)
        done.append("done")
        return Changes(frozenset())

    return write


def job_needing(action: Action, done: list[str]) -> Callable[[Services, Report], Changes]:
    """A job that is refused only after it has begun to report."""

    def job(services: Services, report: Report) -> Changes:
        for step in range(3):
            if not report(Progress(step, 3, "")):
                raise Cancelled
        services.access.check(action)
        done.append("done")
        report(Progress(3, 3, ""))
        return Changes(frozenset())

    return job


def dialog_of(clinic: Room) -> PermissionDialog:
    clinic.settle()
    permission = clinic.window.permission
    assert permission is not None
    assert permission.dialog is not None
    assert permission.dialog.isVisible()
    return permission.dialog


def asked(dialog: PermissionDialog) -> list[str]:
    return [field.name for field in dialog.fields.all if not field.isHidden()]


def closed(clinic: Room) -> bool:
    permission = clinic.window.permission
    return permission is not None and permission.dialog is None


def press(dialog: PermissionDialog, key: Qt.Key) -> None:
    QTest.keyClick(dialog, key)


def test_the_passphrase_is_asked_for_and_the_write_done(clinic: Room) -> None:
    done: list[str] = []
    clinic.tasks.tell(needing(Action.MANAGE, done), lambda _: done.append("told"), owner=clinic.window)
    dialog = dialog_of(clinic)
    assert asked(dialog) == ["secret"]
    assert dialog.fields.secret.hasFocus()
    assert done == []
    QTest.keyClicks(dialog.fields.secret, "not this one at all")
    press(dialog, Qt.Key.Key_Return)
    clinic.settle()
    assert dialog.isVisible()
    assert dialog.fields.secret_field.problem
    assert not dialog.fields.secret.text()
    QTest.keyClicks(dialog.fields.secret, PASSPHRASE)
    press(dialog, Qt.Key.Key_Return)
    clinic.settle()
    assert done == ["done", "told"]
    assert closed(clinic)


def test_a_reason_is_asked_for_with_common_ones(clinic: Room) -> None:
    done: list[str] = []
    refused: list[ClinicError] = []
    clinic.tasks.tell(needing(Action.DELETE, done), owner=clinic.window, failed=refused.append)
    dialog = dialog_of(clinic)
    assert asked(dialog) == ["reason"]
    dialog.go_on.click()
    assert dialog.fields.reason_field.problem
    QTest.keyClicks(dialog.fields.reason, "Entered twice")
    dialog.go_on.click()
    clinic.settle()
    assert done == ["done"]
    clinic.tasks.tell(needing(Action.DELETE, done), owner=clinic.window, failed=refused.append)
    press(dialog_of(clinic), Qt.Key.Key_Escape)
    clinic.settle()
    assert [one.code for one in refused] == ["reason_needed"]
    assert closed(clinic)


def test_usual_reasons_are_those_of_what_is_done(clinic: Room) -> None:
    seen: dict[Action, list[str]] = {}
    for action in (Action.DELETE, Action.EXPORT_IDENTIFIABLE):
        done: list[str] = []
        clinic.tasks.tell(needing(action, done), owner=clinic.window, failed=lambda _: None)
        dialog = dialog_of(clinic)
        seen[action] = [one.text() for one in dialog.findChildren(Button) if one.isVisible()]
        if action is Action.EXPORT_IDENTIFIABLE:
            chosen = next(one for one in dialog.findChildren(Button) if one.text() == "For the patient")
            chosen.setFocus()
            QTest.keyClick(chosen, Qt.Key.Key_Space)
            assert dialog.fields.reason.text() == "For the patient"
        press(dialog, Qt.Key.Key_Escape)
        clinic.settle()
    assert "Entered twice" in seen[Action.DELETE]
    assert "For another doctor who treats the patient" in seen[Action.EXPORT_IDENTIFIABLE]
    assert set(seen[Action.EXPORT_IDENTIFIABLE]) & set(seen[Action.DELETE]) == {"Cancel", "Go on"}


def test_locking_takes_the_question_away(clinic: Room) -> None:
    done: list[str] = []
    clinic.tasks.tell(needing(Action.MANAGE, done), owner=clinic.window)
    dialog_of(clinic)
    clinic.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    clinic.window.locking.lock()
    clinic.settle()
    assert done == []
    assert closed(clinic)


def test_a_passphrase_for_a_read_is_never_taken_for_a_reason(clinic: Room) -> None:
    answers: list[str] = []

    def read(services: Services) -> str:
        services.access.check(Action.MANAGE)
        return "read"

    clinic.tasks.ask(read, answers.append, owner=clinic.window)
    dialog = dialog_of(clinic)
    QTest.keyClicks(dialog.fields.secret, PASSPHRASE)
    dialog.go_on.click()
    clinic.settle()
    assert answers == ["read"]
    assert PASSPHRASE not in repr(clinic.services.audit.page(AuditFilter()))


def test_two_people_destroy_together(two: Room) -> None:
    done: list[str] = []
    two.tasks.tell(needing(Action.PURGE, done), owner=two.window)
    dialog = dialog_of(two)
    assert asked(dialog) == ["reason", "secret", "second", "second_secret"]
    fields = dialog.fields
    assert [fields.second.itemText(place) for place in range(fields.second.count())] == ["Dr Sen"]
    for line, words in (
        (fields.reason, "the patient asked"),
        (fields.secret, PASSPHRASE),
        (fields.second_secret, "no"),
    ):
        QTest.keyClicks(line, words)
    press(dialog, Qt.Key.Key_Return)
    two.until(lambda: bool(fields.second_secret_field.problem))
    assert not fields.secret_field.problem
    assert done == []
    for line, words in ((fields.secret, PASSPHRASE), (fields.second_secret, SECOND)):
        QTest.keyClicks(line, words)
    press(dialog, Qt.Key.Key_Return)
    two.settle()
    assert done == ["done"]
    assert closed(two)


def test_nobody_can_be_the_second_person(clinic: Room) -> None:
    done: list[str] = []
    refused: list[ClinicError] = []
    clinic.tasks.tell(needing(Action.PURGE, done), owner=clinic.window, failed=refused.append)
    dialog = dialog_of(clinic)
    assert not dialog.go_on.isEnabled()
    press(dialog, Qt.Key.Key_Escape)
    clinic.settle()
    assert [one.code for one in refused] == ["reason_needed"]


def begin(clinic: Room, action: Action, done: list[str]) -> tuple[JobHandle, list[str]]:
    ended: list[str] = []
    job = clinic.tasks.run(job_needing(action, done), "Exporting the register")
    job.finished.connect(lambda _: ended.append("finished"))
    job.failed.connect(lambda problem: ended.append(problem.code))
    job.cancelled.connect(lambda: ended.append("cancelled"))
    job.ended.connect(lambda: ended.append("ended"))
    return job, ended


def test_a_long_job_waits_for_the_answer_and_goes_on(two: Room) -> None:
    done: list[str] = []
    job, ended = begin(two, Action.PURGE, done)
    dialog = dialog_of(two)
    assert two.window.jobs.running == 1
    assert list(two.tasks.jobs) == [job]
    assert not ended
    fields = dialog.fields
    for line, words in (
        (fields.reason, "the patient asked"), (fields.secret, PASSPHRASE), (fields.second_secret, SECOND),
    ):  # fmt: skip
        QTest.keyClicks(line, words)
    press(dialog, Qt.Key.Key_Return)
    two.settle()
    assert done == ["done"]
    assert ended == ["finished", "ended"]
    assert not two.tasks.jobs
    assert two.window.jobs.running == 0


def test_a_long_job_is_given_up(clinic: Room) -> None:
    done: list[str] = []
    _, ended = begin(clinic, Action.EXPORT_IDENTIFIABLE, done)
    press(dialog_of(clinic), Qt.Key.Key_Escape)
    clinic.settle()
    assert ended == ["reason_needed", "ended"]
    assert not clinic.tasks.jobs
    assert clinic.window.jobs.running == 0
    _, ended = begin(clinic, Action.MANAGE, done)
    dialog_of(clinic)
    clinic.window.close_clinic(asked=False)
    clinic.settle()
    assert ended == ["ended"]
    assert closed(clinic)
    assert done == []


def test_an_administrator_imports_a_register_after_signing_in_again(two: Room, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    two.services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    export_register(two.services, path)
    door(two.clock).switch(two.services, "Dr Sen", SECOND)
    two.context.attached.emit()
    two.settle()
    two.context.intents.import_register.emit(str(path))
    dialog = dialog_of(two)
    assert asked(dialog) == ["secret"]
    QTest.keyClicks(dialog.fields.secret, SECOND)
    press(dialog, Qt.Key.Key_Return)
    two.settle()
    assert closed(two)
    sheet = two.window.sheets.register
    assert isinstance(sheet, RegisterImportSheet)
    assert sheet.isVisible()
    assert not sheet.state.text() or "passphrase" not in sheet.state.text()
