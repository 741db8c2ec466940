"""How fast the viewer is: a key to both previews painted, and one frame of panning and zooming two 24 MP photographs.

Each value stands beside its floor, measured in the same run (design section 8).
"""

from __future__ import annotations

import gc
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, QRectF, Qt, QTimer, SignalInstance
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.cases import Case, CaseDetails
from clinic_app.domain.changes import Changes
from clinic_app.domain.comparison import CompareMode, CompareState, FramedAlignment
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
from clinic_app.imaging.decode import decode_jpeg, pyramid
from clinic_app.storage.keys import keys_of
from clinic_app.storage.picture_store import FilePictureStore, PictureKind
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.composed import GAINS
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.benchmarks.table import Row, row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clinic_app.services import Services

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 6000, 4000
DAY = date(2026, 1, 5)


def _texture(width: int, height: int, seed: int) -> NDArray[np.uint8]:
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


def _application() -> tuple[QApplication, ThemeKeeper]:
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    keeper = ThemeKeeper(app, ROOT / "resources" / "themes")
    keeper.icons.load_now()
    return app, keeper


def _answer(width: int, height: int) -> PairAnswer:
    injected = Injected(DAY, 4, "ona", "35 U")
    days = (DAY - timedelta(7), DAY + timedelta(14))
    pictures = [
        Picture(number, 1, "F01", TakenAt(day, None, Certainty.CAMERA), width, height, "", "", "", "", "")
        for number, day in enumerate(days, 1)
    ]
    entries = tuple(PictureEntry(one, phase_of(one.taken, (injected,)), None, 1) for one in pictures)
    pair = PicturePair("F01", pictures[0], pictures[1], injected, PairReason.NEAREST_PEAK, 14)
    patient = Patient(1, 1, "1", PatientDetails("Asha Verma"))
    case = Case(1, 1, CaseDetails("blepharospasm_bilateral"))
    return PairAnswer(patient, case, pair, entries, (injected,), ("F01",))


class _Photographs:
    """Two sealed photographs, read as the services read them."""

    def __init__(self, answer: PairAnswer, store: FilePictureStore | None, ids: dict[int, str]) -> None:
        self._answer = answer
        self._store = store
        self._ids = ids
        self.ready: dict[int, tuple[Pixels, ...]] = {}

    def pair(self, case_id: int, view: str | None = None, session_id: int | None = None) -> PairAnswer:
        return self._answer

    def preview(self, picture_id: int) -> Pixels:
        if self._store is None:
            return next(one for one in self.ready[picture_id] if one.width <= PREVIEW_SIDE)
        return decode_jpeg(self._store.get(self._ids[picture_id]))

    def full(self, picture_id: int) -> tuple[Pixels, ...]:
        return self.ready[picture_id]

    def thumbnail(self, picture_id: int) -> bytes:
        return b""

    def align(
        self, case_id: int, view: str, placed: Mapping[int, FramedAlignment | None], *, back: bool = False
    ) -> Changes:
        return Changes(frozenset())

    def remember(self, case_id: int, state: CompareState) -> Changes:
        return Changes(frozenset())


@contextmanager
def _viewer(photographs: _Photographs) -> Iterator[tuple[CompareView, Tasks, list[float]]]:
    """The viewer in a 1920 by 1080 window; the list takes the moment of each ``pair_shown``."""
    _, keeper = _application()
    tasks = Tasks()
    empty = SimpleNamespace(products={}, views={}, conditions={})
    tasks.attach(cast("Services", SimpleNamespace(pictures=photographs, comparison=photographs, catalogues=empty)))
    view = CompareView(keeper, tasks)
    moments: list[float] = []
    view.pair_shown.connect(lambda *_: moments.append(time.perf_counter()))
    view.resize(1920, 1080)
    view.show()
    try:
        yield view, tasks, moments
    finally:
        view.close_case()
        _wait(lambda: tasks.pending == 0)
        tasks.close()
        view.close()
        view.deleteLater()
        keeper.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _wait(done: Callable[[], bool], seconds: float = 10.0, signal: SignalInstance | None = None) -> None:
    """Let the window live until ``done``, asleep while nothing happens (a busy wait would take the workers' core).

    Looks every 10 ms, and at once when ``signal`` comes.
    """
    loop = QEventLoop()
    until = time.perf_counter() + seconds
    look = QTimer()
    look.setInterval(10)
    look.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > until else None)
    if signal is not None:
        signal.connect(loop.quit)
    if not done():
        look.start()
        loop.exec()
    if signal is not None:
        signal.disconnect(loop.quit)
    if not done():
        raise TimeoutError("the viewer did not answer")


def pair_open(rounds: int = 20) -> list[Row]:
    """From the key to both previews painted; floor: decrypt and decode both, one after the other, and one repaint."""
    import simplejpeg

    high = PREVIEW_SIDE * HEIGHT // WIDTH
    with tempfile.TemporaryDirectory() as folder:
        store = FilePictureStore(Path(folder), keys_of({1: secrets.token_bytes(32)}, demo=True))
        ids = {}
        for number in (1, 2):
            jpeg = simplejpeg.encode_jpeg(
                _texture(PREVIEW_SIDE, high, number), quality=90, colorspace="BGRA", colorsubsampling="420"
            )
            ids[number] = store.put(PictureKind.PREVIEW, jpeg)
        photographs = _Photographs(_answer(WIDTH, HEIGHT), store, ids)
        values: list[float] = []
        floors: list[float] = []
        with _viewer(photographs) as (view, tasks, moments):
            for turn in range(rounds + 3):
                view.close_case()
                _wait(lambda: tasks.pending == 0)
                moments.clear()
                start = time.perf_counter()
                view.open_case(1)
                _wait(lambda: bool(moments), signal=view.pair_shown)
                opened = (moments[0] - start) * 1000
                _wait(lambda: tasks.pending == 0)
                start = time.perf_counter()
                for number in (1, 2):
                    decode_jpeg(store.get(ids[number]))
                view.repaint()
                floor = (time.perf_counter() - start) * 1000
                if turn >= 3:
                    values.append(opened)
                    floors.append(floor)
    goal = "≤ 1.5×, ≤ 50 ms"
    return [row("pair key to both previews painted", values, floors, goal, at=0.5, most=50.0, over=1.5)]


def frame(rounds: int = 2) -> list[Row]:
    """One frame, p95 over zooming in and out and dragging, in every mode; floor: ``drawImage`` of the same pixels.

    Each mode once with pictures as they are, and once with B aligned: turned by 3.7 degrees, enlarged and moved.
    Sliding, overlaying and the difference have a row more for what the hand does beside moving the picture.
    """
    photographs = _Photographs(_answer(WIDTH, HEIGHT), None, {})
    for number in (1, 2):
        texture = _texture(WIDTH, HEIGHT, number)
        photographs.ready[number] = tuple(pyramid(Pixels(WIDTH, HEIGHT, WIDTH * 4, texture.reshape(-1).data)))
    rows: list[Row] = []
    with _viewer(photographs) as (view, tasks, moments):
        view.open_case(1)
        _wait(lambda: bool(moments))
        _wait(lambda: tasks.pending == 0)
        view.stage.zoom_to(1.0)
        _wait(lambda: all(view.stage.panes[letter].has_detail for letter in "AB"))
        goal = "p95 ≤ 16 ms"

        def measured(name: str, work: Callable[[list[float], list[float]], None]) -> None:
            values: list[float] = []
            floors: list[float] = []
            for _ in range(rounds):
                work(values, floors)
            rows.append(row(name, values, floors, goal, at=0.95, most=16.0, over=float("inf")))

        for name, turn in (("pan and zoom two 24 MP, 1080p", 0.0), ("the same, both turned by 3.7°", 3.7)):
            measured(name, partial(_sweep, view, turn))
        for aligned in (False, True):
            how = "aligned" if aligned else "as taken"
            _lay(view, 3.7 if aligned else 0.0, 1.06 if aligned else 1.0)
            for mode in CompareMode:
                if mode is CompareMode.SIDE_BY_SIDE and not aligned:
                    continue
                view.stage.mix.flipping = False
                view.stage.set_mode(mode)
                _wait(lambda: tasks.pending == 0)
                measured(f"{mode.value}, {how}", partial(_sweep, view, 0.0))
                if mode in (CompareMode.WIPE, CompareMode.BLEND, CompareMode.DIFFERENCE):
                    measured(
                        f"{mode.value}, {how}: its own handle", lambda values, floors: _handle(view, values, floors)
                    )
        view.stage.set_mode(CompareMode.SIDE_BY_SIDE)
    photographs.ready.clear()
    gc.collect()
    return rows


def _lay(view: CompareView, turn: float, scale: float) -> None:
    """Let B lie over A, turned and enlarged."""
    view.aligner.place(
        {
            1: FramedAlignment(1, Alignment(IDENTITY, AlignmentMethod.POINTS)),
            2: FramedAlignment(1, Alignment(Similarity(scale, turn, 0.01, -0.02), AlignmentMethod.POINTS)),
        }
    )


def _handle(view: CompareView, values: list[float], floors: list[float]) -> None:
    """Move the divider, the share of B, or the strength, with the picture at rest at 100 %."""
    stage = view.stage
    stage.zoom_to(1.0)
    _wait(lambda: not stage.composed._rest.isActive())
    canvas = QImage(stage.size(), QImage.Format.Format_RGB32)
    for step in range(40):
        start = time.perf_counter()
        share = 0.2 + 0.6 * step / 40
        stage.set_mix(divider=share, blend=share, gain=GAINS[step % len(GAINS)])
        QApplication.processEvents()
        values.append((time.perf_counter() - start) * 1000)
        floors.append(_floor(view, canvas))
    stage.set_mix(divider=0.5, blend=0.5, gain=1)
    stage.fit()


def _sweep(view: CompareView, turn: float, values: list[float], floors: list[float]) -> None:
    stage = view.stage
    pane = stage.composed if stage.mode.composed else stage.visible_panes[0]
    pane.lens_asked.emit(replace(stage.lens.fitted(), turn=turn), False)
    at = QPointF(pane.width() * 0.4, pane.height() * 0.45)
    steps = [120] * 14 + [0] * 12 + [-120] * 7 + [0] * 12 + [-40] * 21
    canvas = QImage(stage.size(), QImage.Format.Format_RGB32)
    for index, step in enumerate(steps):
        start = time.perf_counter()
        if step:
            wheel = QWheelEvent(
                at,
                pane.mapToGlobal(at),
                QPoint(),
                QPoint(0, step),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QCoreApplication.sendEvent(pane, wheel)
        else:
            away = 23.0 if index % 2 else 17.0
            pane.lens_asked.emit(pane.lens.panned(pane.frame, away, -away / 2), False)
        QApplication.processEvents()
        values.append((time.perf_counter() - start) * 1000)
        floors.append(_floor(view, canvas))


def _floor(view: CompareView, canvas: QImage) -> float:
    """Nothing but Qt drawing the seen part of the same pixels at the same place."""
    panes = [view.stage.panes[letter] for letter in "AB"]
    prepared: list[tuple[QRectF, Levels]] = []
    for pane in panes:
        if pane.photo is not None:
            detailed = view.stage.needs_detail(pane.letter)
            prepared.append((QRectF(pane.geometry()), pane.photo.levels(detailed=detailed)))
    lens = view.stage.lens
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    start = time.perf_counter()
    for (place, detail), pane in zip(prepared, panes, strict=True):
        frame_, scale = pane.frame, pane.scale
        wide = frame_.picture.width * scale
        image = detail.for_width(wide)
        across = image.width() / wide
        painter.setClipRect(place)
        painter.save()
        painter.translate(place.center())
        painter.rotate(lens.turn)
        if lens.turn:
            high = frame_.picture.height * scale
            target = QRectF(-lens.x * wide, -lens.y * high, wide, high)
            painter.drawImage(target, image, QRectF(image.rect()))
        else:
            middle = QPointF(lens.x * image.width(), lens.y * image.height())
            seen = QRectF(0, 0, place.width() * across, place.height() * across)
            seen.moveCenter(middle)
            seen = seen.intersected(QRectF(image.rect()))
            target = QRectF(
                (seen.left() - middle.x()) / across,
                (seen.top() - middle.y()) / across,
                seen.width() / across,
                seen.height() / across,
            )
            painter.drawImage(target, image, seen)
        painter.restore()
    painter.end()
    return (time.perf_counter() - start) * 1000
