"""How fast photographs come in, and whether the window stays alive meanwhile."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from clinic_app.domain.changes import Changes, Report
from clinic_app.imaging.portraits import draw
from clinic_app.imaging.sitters import Portrait, PortraitKind
from clinic_app.services import Services
from clinic_app.storage.keys import keys_of
from clinic_app.storage.picture_store import FilePictureStore, PictureKind
from clinic_app.ui.tasks import Tasks
from tests.benchmarks.table import Row, row
from tests.builders import add_patient, open_test_clinic

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
            stalls = _stalls(services, other_id, small)
    return [
        row("import, per 12 MP photo", values, floors, "≤ 1.5×", over=1.5),
        row(f"longest stall of the window, {SMALL} photos", [max(stalls)], [5.0], "≤ 50 ms", most=50),
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


def _stalls(services: Services, patient_id: int, paths: list[str]) -> list[float]:
    """How late a 5 ms timer of the window comes while photographs are imported behind it, in milliseconds."""
    application = QApplication.instance() or QApplication([])
    assert application is not None
    tasks = Tasks()
    tasks.attach(services)
    loop, late = QEventLoop(), [0.0]
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late.append((now - last[0]) * 1000 - 5)
        last[0] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(5)
    timer.timeout.connect(tick)

    def job(opened: Services, report: Report) -> Changes:
        return opened.pictures.import_files(patient_id, paths, report=report)

    handle = tasks.run(job, "import")
    handle.ended.connect(loop.quit)
    timer.start()
    loop.exec()
    timer.stop()
    tasks.close()
    return late
