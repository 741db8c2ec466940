"""A window over a real clinic, for tests that press keys."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.preferences import MachinePreferences
from clinic_app.services import Services
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.schedule.view import LATER
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, Clock, add_patient, door, give, open_test_clinic
from tests.ui.hands import press_key

DAY = date(2026, 3, 19)
SOON_MS = LATER
"""What a timer waits at most before it reads something; longer ones repeat, remind or hide."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A clinic on disk and the (patient, case) ids of its people by name."""

    folder: Path
    people: dict[str, tuple[int, int]]


class Room:
    """The window, its clinic, and what is needed to press keys in it and wait for what comes of it."""

    def __init__(self, qtbot: QtBot, keeper: ThemeKeeper, folder: Path, services: Services, clock: Clock) -> None:
        self.qtbot = qtbot
        self.services = services
        self.clock = clock
        self.people: dict[str, tuple[int, int]] = {}
        self.kept: list[MachinePreferences] = []
        self.keeper = keeper
        self.tasks = Tasks()
        self.context = UiContext(self.tasks, self.keeper, Intents())
        self.settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.settings.setValue("today_first", "false")
        self.window = MainWindow(self.context, self.settings, MachinePreferences(), self.kept.append)
        self.window.locking.pause.length = 0
        self.window.resize(1440, 900)
        self.window.show()

    def attach(self) -> None:
        """Open the clinic in the window."""
        self.window.attach(self.services)
        self.window.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        for _ in range(3):
            self.qtbot.waitUntil(self._quiet, timeout=60_000)
            QApplication.processEvents()

    def _quiet(self) -> bool:
        """No work is under way, and no timer of the window is about to begin some."""
        if self.tasks.pending:
            return False
        timers = (one for one in self.window.findChildren(QTimer) if one.isActive() and one.isSingleShot())
        return not any(one.interval() <= SOON_MS for one in timers)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key where the keyboard is."""
        press_key(self.window, key, modifiers)

    def type(self, words: str) -> None:
        """Type letters where the keyboard is."""
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClicks(target, words)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(true, timeout=60_000)

    @property
    def names(self) -> list[str]:
        """The names in the call list, from the top."""
        model = self.window.schedule.model
        lines = [model.line_at(row) for row in range(model.rowCount())]
        return [line.name for line in lines if line is not None]

    @property
    def selected(self) -> str:
        """The name of the selected row."""
        line = self.window.schedule.table.line
        return "" if line is None else line.name


@contextmanager
def room(qtbot: QtBot, keeper: ThemeKeeper, folder: Path, filled: Path | None = None) -> Iterator[Room]:
    """A window that is not yet attached, over an empty clinic or a copy of a filled one."""
    clock = Clock(DAY)
    if filled is not None:
        shutil.copytree(filled, folder / "clinic")
        services = door(clock).open(str(folder / "clinic"), PASSPHRASE)
    else:
        services = door(clock).create(str(folder / "clinic"), "Test clinic", "Dr Rao", PASSPHRASE).services
    one = Room(qtbot, keeper, folder, services, clock)
    try:
        yield one
    finally:
        one.window.close()
        services.close()
        for gone in (one.window, one.tasks, one.context.intents):
            shiboken6.delete(gone)


@pytest.fixture(scope="session")
def filled_clinic(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The folder of a clinic with four people in it, made once; tests copy it."""
    folder = tmp_path_factory.mktemp("filled")
    with open_test_clinic(folder, Clock(DAY)) as services:
        people = fill(services)
    return Filled(folder / "clinic", people)


@pytest.fixture
def clinic(qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled) -> Iterator[Room]:
    """A window over a copy of the filled clinic, attached."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        one.attach()
        yield one


def fill(services: Services) -> dict[str, tuple[int, int]]:
    """Four people: two overdue, one due, one not started."""
    asha = add_patient(services)
    give(services, *asha, date(2025, 11, 11))
    harpreet = add_patient(services, "Harpreet Gill", "3308", "cervical_dystonia", None, "98400 30000")
    give(services, *harpreet, date(2025, 11, 16), "500", "abo")
    meena = add_patient(services, "Meena Joshi", "1984", phone="98400 19840")
    give(services, *meena, date(2025, 12, 11), "40")
    thomas = add_patient(services, "Thomas Okafor", "1207", phone="98400 12070")
    return {"Asha Verma": asha, "Harpreet Gill": harpreet, "Meena Joshi": meena, "Thomas Okafor": thomas}


def named(widget: QWidget) -> str:
    """What a screen reader calls a widget."""
    from PySide6.QtGui import QAccessible

    face = QAccessible.queryAccessibleInterface(widget)
    return str(face.text(QAccessible.Text.Name))
