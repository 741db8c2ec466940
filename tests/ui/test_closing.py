"""The window closed, or the clinic, while an import runs: it asks, ends soon, and nothing is half there afterwards."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.changes import Progress
from clinic_app.services import Services
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from tests.builders import PASSPHRASE, door
from tests.ui.window_room import Room

CTRL = Qt.KeyboardModifier.ControlModifier
ROWS, PHOTOS = 2_000, 24
SOON = 5.0
"""Seconds of the processor, so that a busy computer changes nothing; it is well below two."""
PRODUCTS = (("Botox", 35), ("Dysport", 300))

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def write_register(path: Path, rows: int = ROWS) -> Path:
    """A register of new people, three injections each."""
    lines = ["mrn,name,sex,birth_date,phone,condition,side,injection_date,product,units"]
    for number in range(rows):
        person, turn = divmod(number, 3)
        product, units = PRODUCTS[person % 2]
        day = date(2025, 1 + person % 4, 1 + person % 27) + timedelta(days=112 * turn)
        who = f"R-{person},Person Number{person},F,1960,98{person:08}"
        lines.append(f"{who},hemifacial_spasm,left,{day:%Y-%m-%d},{product},{units}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_photos(folder: Path, count: int = PHOTOS) -> Path:
    """Photographs with some detail, a minute apart."""
    folder.mkdir()
    for number in range(count):
        grain = np.random.default_rng(number).integers(0, 255, (150, 200, 3), dtype=np.uint8)
        image = Image.fromarray(grain).resize((1600, 1200))
        block = Image.Exif()
        block.get_ifd(0x8769)[0x9003] = f"2026:03:10 09:{number:02}:00"
        data = io.BytesIO()
        image.save(data, "JPEG", exif=block, quality=90)
        (folder / f"IMG_{number:03}.jpg").write_bytes(data.getvalue())
    return folder


def answer_with(verb: bool, asked: list[str]) -> QTimer:
    """Press a button of the question as soon as it stands there."""
    timer = QTimer()

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ConfirmDialog):
            asked.append(dialog.windowTitle())
            timer.stop()
            QTest.mouseClick(dialog.verb_button if verb else dialog.cancel_button, Qt.MouseButton.LeftButton)

    timer.timeout.connect(press)
    timer.start(10)
    return timer


def job_of(clinic: Room, until: Callable[[JobHandle, Progress | None], bool]) -> JobHandle:
    """The job that runs, once it is far enough."""
    clinic.until(lambda: bool(clinic.tasks.jobs))
    [handle] = clinic.tasks.jobs
    clinic.until(lambda: until(handle, handle.progress))
    assert handle.running
    return handle


def closed_while(clinic: Room) -> float:
    """Close the window and press *Stop and close*; answers the seconds of work it took."""
    asked: list[str] = []
    timer = answer_with(True, asked)
    began = time.process_time()
    assert clinic.window.close()
    took = time.process_time() - began
    timer.stop()
    assert len(asked) == 1
    assert "is still running" in asked[0]
    return took


def reopened(clinic: Room) -> Services:
    """The clinic opened once more, looked through in full: not even a note."""
    services = door(clinic.clock).open(str(Path(clinic.services.clinic.folder)), PASSPHRASE)
    findings = [one for one in services.check(full=True) if "backup" not in one.code]
    assert findings == []
    return services


def begin_register(clinic: Room, path: Path) -> None:
    """Drop in a register, and press Ctrl+Enter until its import is asked for."""
    clinic.window.sheets.import_register(str(path))
    clinic.settle()
    sheet = clinic.window.sheets.register
    assert sheet is not None
    clinic.until(lambda: not clinic.tasks.pending and not sheet._timer.isActive())
    clinic.press(Qt.Key.Key_Return, CTRL)
    clinic.qtbot.waitUntil(lambda: sheet._report is not None, timeout=60_000)
    clinic.settle()
    clinic.press(Qt.Key.Key_Return, CTRL)


@pytest.mark.parametrize("stage", ["", "importing_register", "computing_dates"])
def test_closed_while_a_register_comes_in_all_of_it_is_absent(clinic: Room, tmp_path: Path, stage: str) -> None:
    begin_register(clinic, write_register(tmp_path / "register.csv"))
    job_of(clinic, lambda _, progress: not stage or (progress is not None and progress.code == stage))
    assert closed_while(clinic) < SOON
    services = reopened(clinic)
    try:
        assert services.patients.count() == 4
        assert services.register.dry_run(str(tmp_path / "register.csv")).taken == ROWS
    finally:
        services.close()


def test_closed_while_a_register_is_checked(clinic: Room, tmp_path: Path) -> None:
    clinic.window.sheets.import_register(str(write_register(tmp_path / "register.csv")))
    clinic.settle()
    sheet = clinic.window.sheets.register
    assert sheet is not None
    clinic.until(lambda: not clinic.tasks.pending and not sheet._timer.isActive())
    clinic.press(Qt.Key.Key_Return, CTRL)
    job_of(clinic, lambda *_: True)
    assert closed_while(clinic) < SOON
    reopened(clinic).close()


def test_closed_while_a_register_is_read_nothing_is_asked(clinic: Room, tmp_path: Path) -> None:
    clinic.window.sheets.import_register(str(write_register(tmp_path / "register.csv", 3 * ROWS)))
    clinic.qtbot.wait(50)
    assert clinic.tasks.pending
    began = time.process_time()
    assert clinic.window.close()
    assert time.process_time() - began < SOON
    reopened(clinic).close()


def test_whoever_stays_keeps_the_import(clinic: Room, tmp_path: Path) -> None:
    begin_register(clinic, write_register(tmp_path / "register.csv", 900))
    job_of(clinic, lambda *_: True)
    asked: list[str] = []
    timer = answer_with(False, asked)
    assert not clinic.window.close()
    timer.stop()
    assert len(asked) == 1
    clinic.settle()
    assert clinic.services.patients.count() == 304


def test_closed_while_photos_come_in_each_is_whole_or_absent(clinic: Room, tmp_path: Path) -> None:
    patient_id, _ = clinic.people["Asha Verma"]
    clinic.window.sheets.import_pictures(patient_id, (str(write_photos(tmp_path / "card")),))
    room = clinic.window.sheets.photos
    assert room is not None
    clinic.until(lambda: room._run is not None and len(room._run.files) >= 3)
    [handle] = clinic.tasks.jobs
    assert handle.running
    assert closed_while(clinic) < SOON
    services = reopened(clinic)
    try:
        kept = services.pictures.entries(patient_id)
        assert 3 <= len(kept) < PHOTOS
        for entry in kept:
            assert services.pictures.thumbnail(entry.picture.id)
            assert services.pictures.preview(entry.picture.id).width
            assert services.pictures.full(entry.picture.id).width
    finally:
        services.close()
    blobs = Path(clinic.services.clinic.folder) / "blobs"
    files = [one for one in blobs.rglob("*") if one.is_file()]
    assert len(files) == 4 * len(kept)
    assert not list((blobs / "tmp").iterdir())


def test_the_clinic_closed_while_photos_come_in(clinic: Room, tmp_path: Path) -> None:
    patient_id, _ = clinic.people["Asha Verma"]
    clinic.window.sheets.import_pictures(patient_id, (str(write_photos(tmp_path / "card")),))
    room = clinic.window.sheets.photos
    assert room is not None
    clinic.until(lambda: room._run is not None and len(room._run.files) >= 2)
    asked: list[str] = []
    timer = answer_with(True, asked)
    clinic.window.close_clinic()
    timer.stop()
    assert len(asked) == 1
    clinic.until(lambda: not clinic.tasks.pending)
    clinic.qtbot.wait(100)
    services = reopened(clinic)
    try:
        assert 2 <= len(services.pictures.entries(patient_id)) < PHOTOS
    finally:
        services.close()
