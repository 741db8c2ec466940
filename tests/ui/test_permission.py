"""What a refused piece of work needs is asked for in one place, and the work done again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.services import Services
from tests.builders import PASSPHRASE
from tests.ui.window_room import Room

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def needing(action: Action, done: list[str]) -> object:
    def write(services: Services) -> Changes:
        services.access.check(action)
        done.append("done")
        return Changes(frozenset())

    return write


def test_the_passphrase_is_asked_for_and_the_write_done(clinic: Room) -> None:
    done: list[str] = []
    clinic.tasks.tell(needing(Action.MANAGE, done), lambda _: done.append("told"), owner=clinic.window)  # type: ignore[arg-type]  # a write
    clinic.settle()
    permission = clinic.window.permission
    assert permission is not None
    assert permission.dialog is not None
    assert done == []
    permission.dialog.typed.setText(PASSPHRASE)
    permission.dialog.go_on.click()
    clinic.settle()
    assert done == ["done", "told"]
    assert permission.dialog is None


def test_a_reason_is_asked_for_with_common_ones(clinic: Room) -> None:
    done: list[str] = []
    refused: list[ClinicError] = []
    clinic.tasks.tell(needing(Action.DELETE, done), owner=clinic.window, failed=refused.append)  # type: ignore[arg-type]  # a write
    clinic.settle()
    permission = clinic.window.permission
    assert permission is not None
    assert permission.dialog is not None
    permission.dialog.go_on.click()
    assert permission.dialog.field.problem
    permission.dialog.typed.setText("Entered twice")
    permission.dialog.go_on.click()
    clinic.settle()
    assert done == ["done"]
    clinic.tasks.tell(needing(Action.DELETE, done), owner=clinic.window, failed=refused.append)  # type: ignore[arg-type]  # a write
    clinic.settle()
    assert permission.dialog is not None
    permission.dialog.reject()
    clinic.settle()
    assert [one.code for one in refused] == ["reason_needed"]


def test_locking_takes_the_question_away(clinic: Room) -> None:
    done: list[str] = []
    clinic.tasks.tell(needing(Action.MANAGE, done), owner=clinic.window)  # type: ignore[arg-type]  # a write
    clinic.settle()
    permission = clinic.window.permission
    assert permission is not None
    assert permission.dialog is not None
    clinic.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    clinic.window.locking.lock()
    clinic.settle()
    assert done == []
    assert vars(permission)["dialog"] is None
