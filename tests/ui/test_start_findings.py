"""What is wrong with the data is said in the window from the start on, in red, until it is waved away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.checks import Finding
from clinic_app.domain.errors import Cancelled
from clinic_app.ui.backups.check_sheet import CheckSheet
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, door
from tests.services.test_bin import add_photos
from tests.ui.window_room import Filled, Room, room

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def spoilt(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A window over a clinic whose key file is half gone."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.services.close()
        key_file = tmp_path / "clinic" / "vault.json"
        key_file.write_bytes(key_file.read_bytes()[:200])
        one.services = door(one.clock).open(str(tmp_path / "clinic"), PASSPHRASE)
        one.attach()
        yield one


def test_a_key_file_that_was_damaged_is_said_and_leads_to_the_check(spoilt: Room) -> None:
    strip = spoilt.window.strips.start_findings
    assert strip.isVisible()
    assert "vault.json was damaged" in strip.words
    strip.button.setFocus(Qt.FocusReason.TabFocusReason)
    spoilt.press(Qt.Key.Key_Space)
    spoilt.settle()
    assert isinstance(spoilt.window.sheet, CheckSheet)


def test_it_is_said_again_after_the_lock_unless_it_was_waved_away(spoilt: Room) -> None:
    window = spoilt.window
    for visible in (True, False):
        window.locking.lock()
        assert not window.strips.start_findings.isVisible()
        page = window.locking.page
        assert page is not None
        page.form.passphrase_typed.emit("Dr Rao", PASSPHRASE)
        spoilt.until(lambda: not window.locking.locked)
        spoilt.settle()
        assert window.strips.start_findings.isVisible() is visible
        window.strips.start_findings.dismissed.emit()
    window.close_clinic(asked=False)
    assert window.strips.start_findings.words == ""


def test_a_whole_clinic_has_no_such_strip(clinic: Room) -> None:
    assert not clinic.window.strips.start_findings.isVisible()


def test_the_data_are_looked_over_behind_the_window(
    qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled, expected_logs: list[str]
) -> None:
    expected_logs.append("looking over the data found")
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        add_photos(one.services, filled_clinic.people["Asha Verma"][0], 1)
        for id_ in one.services.context.store.ids():
            one.services.context.store.delete(id_)
        one.attach()
        assert not one.window.strips.start_findings.isVisible(), "the first list waits for nothing"
        one.window.strips.start_findings.look()
        one.settle()
        assert one.window.strips.start_findings.isVisible()
        assert "4127" in one.window.strips.start_findings.words


def test_a_lock_stops_the_look_and_it_begins_anew(clinic: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    strip = clinic.window.strips.start_findings
    began: list[bool] = []
    looked: list[bool] = []

    def slow(report: Report) -> tuple[Finding, ...]:
        began.append(True)
        while report(Progress(0, 0, "")):
            pass
        looked.append(True)
        raise Cancelled

    monkeypatch.setattr(clinic.services, "look_over", slow)
    strip.look()
    clinic.until(lambda: len(began) == 1)
    clinic.window.locking.lock()
    clinic.until(lambda: looked == [True])
    assert not strip.isVisible()
    page = clinic.window.locking.page
    assert page is not None
    page.form.passphrase_typed.emit("Dr Rao", PASSPHRASE)
    clinic.until(lambda: not clinic.window.locking.locked)
    strip.look()
    clinic.until(lambda: len(began) >= 2)
    clinic.window.close_clinic(asked=False)
    clinic.until(lambda: len(looked) == len(began) >= 2)


def test_a_look_ends_the_one_before_it(clinic: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    strip = clinic.window.strips.start_findings
    began: list[bool] = []
    ended: list[bool] = []

    def slow(report: Report) -> tuple[Finding, ...]:
        began.append(True)
        while report(Progress(0, 0, "")):
            pass
        ended.append(True)
        raise Cancelled

    monkeypatch.setattr(clinic.services, "look_over", slow)
    strip.look()
    clinic.until(lambda: bool(began))
    strip.look()
    clinic.until(lambda: bool(ended))
    clinic.window.close_clinic(asked=False)
    clinic.until(lambda: len(ended) == len(began))
