"""Photographs of 24 MP for the viewer, the viewer alone over them, and how the window lives while it is measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.cases import Case, CaseDetails
from clinic_app.domain.changes import Changes
from clinic_app.domain.comparison import CompareState, FramedAlignment
from clinic_app.domain.patients import Patient, PatientDetails
from clinic_app.domain.picture_files import PREVIEW_SIDE, Pixels
from clinic_app.domain.pictures import (
    Certainty,
    Injected,
    PairReason,
    Picture,
    PictureEntry,
    PicturePair,
    TakenAt,
    phase_of,
)
from clinic_app.imaging.decode import decode_jpeg
from clinic_app.storage.picture_store import FilePictureStore, PictureKind
from clinic_app.ui.compare import CompareView
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clinic_app.services import Services

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 6000, 4000
DAY = date(2026, 1, 5)


def texture(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Blue-green-red-unused pixels with the detail of skin and hair: large shapes, fine structure, sensor noise."""
    import cv2
    import numpy as np

    chance = np.random.default_rng(seed)
    answer = np.zeros((height, width, 3), np.float32)
    for cells, strength in ((6, 70.0), (60, 22.0), (500, 10.0)):
        rows = max(cells * height // width, 2)
        grid = chance.normal(0, strength, (rows, cells, 3)).astype(np.float32)
        answer += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    noise = chance.normal(0, 4, (512, 512, 3)).astype(np.float32)
    answer += np.tile(noise, (height // 512 + 1, width // 512 + 1, 1))[:height, :width]
    full = np.full((height, width, 4), 255, np.uint8)
    full[:, :, :3] = np.clip(answer + 128, 0, 255).astype(np.uint8)
    return full


@cache
def jpeg(width: int, height: int, seed: int, quality: int = 92) -> bytes:
    """The same as a camera or the image reader writes it."""
    import simplejpeg

    pixels = texture(width, height, seed)
    encoded: bytes = simplejpeg.encode_jpeg(pixels, quality=quality, colorspace="BGRA", colorsubsampling="420")
    return encoded


def answer_of(count: int = 2) -> PairAnswer:
    """A case with so many photographs of one view; the first is A, the second B."""
    injected = Injected(DAY, 4, "ona", "35 U")
    days = (DAY - timedelta(7), DAY + timedelta(14), DAY + timedelta(28), DAY + timedelta(42))[:count]
    pictures = [
        Picture(number, 1, "F01", TakenAt(day, None, Certainty.CAMERA), WIDTH, HEIGHT, "", "", "", "", "")
        for number, day in enumerate(days, 1)
    ]
    entries = tuple(PictureEntry(one, phase_of(one.taken, (injected,)), None, 1) for one in pictures)
    pair = PicturePair("F01", pictures[0], pictures[1], injected, PairReason.NEAREST_PEAK, 14)
    patient = Patient(1, 1, "1", PatientDetails("Asha Verma"))
    case = Case(1, 1, CaseDetails("blepharospasm_bilateral"))
    return PairAnswer(patient, case, pair, entries, (injected,), ("F01",))


class Photographs:
    """Sealed photographs, read as the services read them; or decoded ones, which stand ready."""

    def __init__(self, count: int = 2, store: FilePictureStore | None = None) -> None:
        self._answer = answer_of(count)
        self._store = store
        self._ids: dict[tuple[PictureKind, int], str] = {}
        self.ready: dict[int, tuple[Pixels, Pixels, Pixels]] = {}
        """Whole, half and preview."""

    def keep(self, kind: PictureKind, picture_id: int, content: bytes) -> None:
        """Seal one and put it into the store."""
        assert self._store is not None
        self._ids[kind, picture_id] = self._store.put(kind, content)

    def read(self, kind: PictureKind, picture_id: int) -> bytes:
        """What was sealed."""
        assert self._store is not None
        return self._store.get(self._ids[kind, picture_id])

    def pair(self, case_id: int, view: str | None = None, session_id: int | None = None) -> PairAnswer:
        return self._answer

    def preview(self, picture_id: int) -> Pixels:
        if self._store is None:
            return self.ready[picture_id][2]
        return decode_jpeg(self.read(PictureKind.PREVIEW, picture_id))

    def full(self, picture_id: int) -> Pixels:
        if self._store is None:
            return self.ready[picture_id][0]
        return decode_jpeg(self.read(PictureKind.DISPLAY, picture_id))

    def half(self, picture_id: int) -> Pixels:
        if self._store is None:
            return self.ready[picture_id][1]
        return decode_jpeg(self.read(PictureKind.DISPLAY, picture_id), (max(WIDTH, HEIGHT) + 1) // 2)

    def thumbnail(self, picture_id: int) -> bytes:
        return b""

    def align(
        self, case_id: int, view: str, placed: Mapping[int, FramedAlignment | None], *, back: bool = False
    ) -> Changes:
        return Changes(frozenset())

    def remember(self, case_id: int, state: CompareState) -> Changes:
        return Changes(frozenset())


def make_ready(photographs: Photographs, numbers: tuple[int, ...]) -> None:
    """Decode two photographs of 24 MP once, for so many pictures."""
    import cv2

    made = []
    for seed in (1, 2):
        whole = texture(WIDTH, HEIGHT, seed)
        sizes = [(WIDTH, HEIGHT), (WIDTH // 2, HEIGHT // 2), (PREVIEW_SIDE, round(PREVIEW_SIDE * HEIGHT / WIDTH))]
        levels = [cv2.resize(whole, size, interpolation=cv2.INTER_AREA) for size in sizes]
        made.append([Pixels(one.shape[1], one.shape[0], one.shape[1] * 4, one.reshape(-1).data) for one in levels])
    for place, number in enumerate(numbers):
        whole_, half, preview = made[place % 2]
        photographs.ready[number] = (whole_, half, preview)


def application() -> tuple[QApplication, ThemeKeeper]:
    """The application, with its colours and icons."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    keeper = ThemeKeeper(app, ROOT / "resources" / "themes")
    keeper.icons.load_now()
    return app, keeper


@contextmanager
def viewer(
    photographs: Photographs, width: int = 1920, height: int = 1080
) -> Iterator[tuple[CompareView, Tasks, list[float]]]:
    """The viewer in a window of this size; the list takes the moment of each ``pair_shown``."""
    _, keeper = application()
    tasks = Tasks()
    empty = SimpleNamespace(products={}, views={}, conditions={})
    tasks.attach(cast("Services", SimpleNamespace(pictures=photographs, comparison=photographs, catalogues=empty)))
    view = CompareView(keeper, tasks)
    moments: list[float] = []
    view.pair_shown.connect(lambda *_: moments.append(time.perf_counter()))
    view.resize(width, height)
    view.show()
    try:
        yield view, tasks, moments
    finally:
        view.close_case()
        wait_until(lambda: tasks.pending == 0)
        tasks.close()
        view.close()
        view.deleteLater()
        keeper.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def pass_by(seconds: float) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_until(done: Callable[[], bool], seconds: float = 10.0, signal: SignalInstance | None = None) -> None:
    """Let the window live until ``done``, asleep while nothing happens (a busy wait would take the workers' core).

    Looks every 10 ms, and at once when ``signal`` comes.
    """
    loop = QEventLoop()
    until = time.perf_counter() + seconds
    look = QTimer()
    look.setInterval(10)

    def judge(*_: object) -> None:
        if done() or time.perf_counter() > until:
            loop.quit()

    look.timeout.connect(judge)
    if signal is not None:
        signal.connect(judge)
    if not done():
        look.start()
        loop.exec()
    if signal is not None:
        signal.disconnect(judge)
    if not done():
        raise TimeoutError("the window did not answer")
