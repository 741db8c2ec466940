"""How fast photographs come in, and whether the window stays alive meanwhile."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from clinic_app.domain.preferences import MachinePreferences
from clinic_app.imaging.portraits import draw
from clinic_app.imaging.sitters import Portrait, PortraitKind
from clinic_app.services import Services
from clinic_app.storage.keys import keys_of
from clinic_app.storage.picture_store import FilePictureStore, PictureKind
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.pictures import PictureImportSheet
from clinic_app.ui.shell.quick_start import CollectionPause
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.benchmarks.table import Row, row
from tests.builders import add_patient, open_test_clinic

ROOT = Path(__file__).resolve().parents[2]
LARGE, SMALL = 8, 100


def picture_import() -> list[Row]:
    """A 12 MP photograph against decoding, encoding, sealing and syncing it; the window's longest stall for 100."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        large = [_portrait(place / "large", number, 4000, 3000) for number in range(LARGE)]
        small = [_portrait(place / "small", number, 1000, 750) for number in range(SMALL)]
        with open_test_clinic(place) as services:
            patient_id, _ = add_patient(services)
            values: list[float] = []
            moments = [time.perf_counter()]

            def each(_: object) -> None:
                moments.append(time.perf_counter())

            services.pictures.import_files(patient_id, large, each=each)
            values = [(after - before) * 1000 for before, after in pairwise(moments[1:])]
            floors = [_floor(Path(path), place) for path in large]
            other_id, _ = add_patient(services, "John Whitfield", "5127", phone="98400 55555")
            stalls = _stalls(services, other_id, small, place)
    return [
        row("import, per 12 MP photo", values, floors, "≤ 1.5×", over=1.5),
        row(f"longest stall of the window, sheet open, {SMALL} photos", [max(stalls)], [5.0], "≤ 50 ms", most=50),
    ]


def _portrait(folder: Path, number: int, width: int, height: int) -> str:
    folder.mkdir(exist_ok=True)
    portrait = Portrait(PortraitKind.FACE_FRONT, seed=number, jitter=number + 1, width=width, height=height, grain=1.5)
    path = folder / f"IMG_{number:04}.jpg"
    path.write_bytes(draw(portrait).jpeg)
    return str(path)


def _floor(path: Path, place: Path) -> float:
    """Decode, encode display and preview, seal and sync the three and the original: what cannot be left out."""
    import cv2
    import simplejpeg

    store = FilePictureStore(place / "floor", keys_of({1: secrets.token_bytes(32)}, demo=True))
    data = path.read_bytes()
    begin = time.perf_counter()
    pixels = simplejpeg.decode_jpeg(data, colorspace="RGB")
    store.put(PictureKind.ORIGINAL, data)
    store.put(PictureKind.DISPLAY, simplejpeg.encode_jpeg(pixels, quality=92, colorsubsampling="420"))
    preview = cv2.resize(pixels, (2048, 1536), interpolation=cv2.INTER_LINEAR)
    store.put(PictureKind.PREVIEW, simplejpeg.encode_jpeg(preview, quality=90, colorsubsampling="420"))
    thumbnail = cv2.resize(preview, (320, 240), interpolation=cv2.INTER_LINEAR)
    store.put(PictureKind.THUMBNAIL, simplejpeg.encode_jpeg(thumbnail, quality=90, colorsubsampling="420"))
    return (time.perf_counter() - begin) * 1000


def _stalls(services: Services, patient_id: int, paths: list[str], folder: Path) -> list[float]:
    """How late a 5 ms timer of the window comes while photographs come in before the user's eyes, in milliseconds.

    The real window, a case page, over it the import sheet with its progress; until a second after the result stands.
    What stands when the window is there is left alone by the collector, as in the program.
    """
    found = QApplication.instance() or QApplication([])
    assert isinstance(found, QApplication)
    pause = CollectionPause()
    pause.begin()
    keeper, tasks = ThemeKeeper(found, ROOT / "resources" / "themes"), Tasks()
    keeper.icons.load_now()
    context = UiContext(tasks, keeper, Intents())
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    window = MainWindow(context, settings, MachinePreferences(), lambda _: None)
    window.resize(1440, 900)
    window.show()
    window.attach(services)
    _wait(1.5)
    pause.end()
    context.intents.open_case.emit(patient_id, 0)
    _wait(1.5)
    loop, late = QEventLoop(), [0.0]
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late.append((now - last[0]) * 1000 - 5)
        last[0] = now

    def look() -> None:
        sheet = window.findChild(PictureImportSheet)
        if sheet is not None and sheet.isVisible() and not sheet.busy and not sheet.settling:
            watch.stop()
            QTimer.singleShot(1000, loop.quit)

    timer, watch = QTimer(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    watch.timeout.connect(look)
    timer.start(5)
    context.intents.import_pictures.emit(patient_id, tuple(paths))
    watch.start(50)
    loop.exec()
    timer.stop()
    tasks.close()
    window.close()
    keeper.close()
    return late


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
