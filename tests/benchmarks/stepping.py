"""From a key to everything painted, in the whole window over a real clinic: the viewer, its next photograph and pair.

Floor: what cannot be left out, decrypting and decoding the previews that are new, and one repaint of the viewer; value
and floor are taken in turn.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.imaging.decode import decode_jpeg
from clinic_app.services import Services
from clinic_app.ui.compare import CompareView
from clinic_app.ui.shell.window import MainWindow
from tests.benchmarks.photographs import jpeg, pass_by, wait_until
from tests.benchmarks.table import Row, row
from tests.benchmarks.whole_window import whole_window
from tests.builders import add_patient, give, open_test_clinic

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
CYCLES = 6
AWAY = (-1, 14, 28)
"""Days of the photographs of a cycle, counted from its injection."""


def stepping(rounds: int = 4) -> list[Row]:
    """The keys over a patient with six cycles of three photographs each."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_test_clinic(folder) as services:
            patient_id, case_id = add_patient(services)
            for cycle in range(CYCLES):
                day = date(2024, 1, 9) + timedelta(120 * cycle)
                give(services, patient_id, case_id, day)
                _photograph(services, patient_id, [day + timedelta(away) for away in AWAY], folder)
            with whole_window(services, folder) as (window, context):
                context.intents.open_case.emit(patient_id, case_id)
                pass_by(0.5)
                return _stepped(services, window, case_id, rounds)


def from_the_list(services: Services, folder: Path, cases: int = 12) -> list[Row]:
    """C on a row of the call list of a large clinic, for patients who have a photograph before and after."""
    values: list[float] = []
    floors: list[float] = []
    with whole_window(services, folder) as (window, _):
        table, model = window.schedule.table, window.schedule.model
        lines = [line for row_ in range(1, 40) if (line := model.line_at(row_)) is not None][:cases]
        for line in lines:
            given = services.treatment.sessions(line.patient_id)[-1][0].day
            _photograph(services, line.patient_id, [given - timedelta(1), given + timedelta(14)], folder)
        window.schedule.refresh()
        pass_by(1.0)
        for turn, line in enumerate(lines):
            at = model.row_of(line.case_id)
            if at is None:
                continue
            table.setFocus()
            table.choose(at)
            pass_by(0.5)
            pressed = _Pressed(services, window)
            pressed.press(Qt.Key.Key_C)
            if turn and None not in pressed.shown:
                values += pressed.values
                floors += pressed.floors
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
            pass_by(0.2)
    goal = "≤ 1.5×, ≤ 50 ms"
    return [row("C in the call list to both previews painted", values, floors, goal, at=0.5, most=50, over=1.5)]


def _photograph(services: Services, patient_id: int, days: Sequence[date], folder: Path) -> None:
    """A photograph of the main view on each day; large enough to have a preview of full size."""
    before = {entry.picture.id for _, entry in services.pictures.all(patient_id)}
    for day in days:
        path = folder / f"IMG-{day:%Y%m%d}-WA{patient_id % 10000:04}.jpg"
        path.write_bytes(jpeg(2400, 1600, patient_id + day.toordinal()))
        services.pictures.import_files(patient_id, [str(path)])
    ids = [entry.picture.id for _, entry in services.pictures.all(patient_id) if entry.picture.id not in before]
    services.pictures.set_view(ids, "F01")


class _Pressed:
    """Keys pressed one by one, how long each took to everything painted, and the floor of that."""

    def __init__(self, services: Services, window: MainWindow) -> None:
        self._services, self._window = services, window
        self._view: CompareView = window._viewer_room()
        self._moments: list[float] = []
        self.values: list[float] = []
        self.floors: list[float] = []
        self._view.pair_shown.connect(lambda *_: self._moments.append(time.perf_counter()))

    @property
    def shown(self) -> tuple[int | None, int | None]:
        """The photographs of A and B."""
        return self._view.shown

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press one where the keyboard is."""
        view = self._view
        before = view.shown if view.isVisible() else ()
        self._moments.clear()
        start = time.perf_counter()
        QTest.keyClick(QApplication.focusWidget() or self._window, key, modifiers)
        wait_until(lambda: bool(self._moments), signal=view.pair_shown)
        self.values.append((self._moments[0] - start) * 1000)
        pass_by(0.05)
        wait_until(lambda: view._tasks.pending == 0)
        self.floors.append(self._floor([one for one in view.shown if one is not None and one not in before]))

    def _floor(self, ids: Sequence[int]) -> float:
        context = self._services.context
        with context.units.read() as unit:
            blobs = [unit.pictures.get(id_).preview for id_ in ids]
        start = time.perf_counter()
        for blob in blobs:
            decode_jpeg(context.store.get(blob))
        self._view.repaint()
        return (time.perf_counter() - start) * 1000


def _stepped(services: Services, window: MainWindow, case_id: int, rounds: int) -> list[Row]:
    window.compare(case_id)
    view = window._viewer_room()
    wait_until(lambda: None not in view.shown and not view._unpainted)
    pass_by(0.5)
    steps, pairs = _Pressed(services, window), _Pressed(services, window)
    for _ in range(rounds):
        QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_Home)
        pass_by(0.3)
        for _ in range(CYCLES * len(AWAY) - 3):
            steps.press(Qt.Key.Key_Right)
        for key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            for _ in range(CYCLES - 1):
                pairs.press(key, CTRL)
    goal = "≤ 100 ms"
    return [
        row("→ to the next photograph painted", steps.values, steps.floors, goal, most=100),
        row("Ctrl+PgDn to both previews of the next cycle painted", pairs.values, pairs.floors, goal, most=100),
    ]
