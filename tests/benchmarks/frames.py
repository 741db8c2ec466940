"""One frame of the viewer, p95 over zooming in and out and dragging 24 MP photographs, in every mode.

Values and floors are the less of what the clock says and what all threads of this process worked: where something
else runs on the machine, either is more than the frame takes where nothing does. Floor: ``drawImage`` of the same
pixels of A and B.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.measurements import MeasureKind
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.composed import GAINS
from clinic_app.ui.compare.figures import Figure
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.compare.stage import LETTERS
from clinic_app.ui.tasks import Tasks
from tests.benchmarks.photographs import Photographs, make_ready, viewer, wait_until
from tests.benchmarks.table import Row, row

MIXED = (CompareMode.WIPE, CompareMode.BLEND, CompareMode.DIFFERENCE)
"""Modes with something the hand moves beside the picture: the divider, the share of B, the strength."""


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> float:
    """Milliseconds since then: of the clock, or of work where that is less."""
    return min(now - then for now, then in zip(_now(), start, strict=True)) * 1000


class _Frames:
    """The rows of one size of window."""

    def __init__(self, view: CompareView, tasks: Tasks, rounds: int, size: str, most: float) -> None:
        self.view, self.tasks, self.rounds, self.size, self.most = view, tasks, rounds, size, most
        self.rows: list[Row] = []

    def measure(self, name: str, work: Callable[[list[float], list[float]], None]) -> None:
        values: list[float] = []
        floors: list[float] = []
        for _ in range(self.rounds):
            work(values, floors)
        goal = f"p95 ≤ {self.most:g} ms" if self.most < float("inf") else "told, no goal"
        self.rows.append(row(f"{self.size} {name}", values, floors, goal, at=0.95, most=self.most))

    def sweep(self, name: str, turn: float = 0.0) -> None:
        self.measure(name, partial(_sweep, self.view, turn))

    def handle(self, name: str) -> None:
        self.measure(f"{name}: its own handle", partial(_handle, self.view))

    def show(self, mode: CompareMode) -> None:
        self.view.stage.mix.flipping = False
        self.view.stage.set_mode(mode)
        wait_until(lambda: self.tasks.pending == 0)


def frame(rounds: int = 2) -> list[Row]:
    """Every mode with pictures as they are and with B aligned: turned by 3.7 degrees, enlarged and moved.

    Then with everything over it that can be switched on: fine lines, loupe, labels and measured figures. Last the same
    on a screen of 3840 by 2160, for which no goal is set.
    """
    photographs = Photographs(len(LETTERS))
    make_ready(photographs, tuple(range(1, len(LETTERS) + 1)))
    rows: list[Row] = []
    with viewer(photographs) as (view, tasks, moments):
        _open(view, tasks, moments)
        one = _Frames(view, tasks, rounds, "1080p,", 16.0)
        one.sweep("two panes")
        one.sweep("two panes, both turned by 3.7°", 3.7)
        for aligned in (False, True):
            how = "aligned" if aligned else "as taken"
            _lay(view, aligned=aligned)
            for mode in CompareMode:
                if mode is not CompareMode.SIDE_BY_SIDE or aligned:
                    one.show(mode)
                    one.sweep(f"{mode.value}, {how}")
                    if mode in MIXED:
                        one.handle(f"{mode.value}, {how}")
        _dress(view)
        for mode in CompareMode:
            one.show(mode)
            one.sweep(f"{mode.value}, aligned, everything on")
        one.show(CompareMode.SIDE_BY_SIDE)
        _add_panes(view, tasks)
        one.sweep("four panes, aligned, everything on")
        rows += one.rows
    with viewer(photographs, 3840, 2160) as (view, tasks, moments):
        _open(view, tasks, moments)
        large = _Frames(view, tasks, max(rounds // 2, 1), "2160p,", float("inf"))
        _lay(view, aligned=True)
        for mode in CompareMode:
            large.show(mode)
            large.sweep(f"{mode.value}, aligned")
            if mode in MIXED:
                large.handle(f"{mode.value}, aligned")
        large.show(CompareMode.SIDE_BY_SIDE)
        _add_panes(view, tasks)
        large.sweep("four panes, aligned")
        rows += large.rows
    photographs.ready.clear()
    gc.collect()
    return rows


def _open(view: CompareView, tasks: Tasks, moments: list[float]) -> None:
    """Both photographs with all sizes of their pixels, which stay."""
    for timer in view.loader.release.values():
        timer.setInterval(10**9)
    view.open_case(1)
    wait_until(lambda: bool(moments))
    wait_until(lambda: tasks.pending == 0)
    _bring_detail(view, tasks)


def _bring_detail(view: CompareView, tasks: Tasks) -> None:
    stage = view.stage
    for scale in (1.0, 0.45):
        stage.zoom_to(scale)
        wait_until(lambda: tasks.pending == 0)
    stage.fit()
    for letter in stage.letters:
        assert len(stage.photos[letter].finer) == 2


def _add_panes(view: CompareView, tasks: Tasks) -> None:
    view.stage.set_looks(loupe=False)
    for _ in LETTERS[2:]:
        view.add_pane(None)
    wait_until(lambda: len(view.stage.photos) == len(LETTERS) and tasks.pending == 0)
    _bring_detail(view, tasks)
    if view.stage.looks.grid:
        _dress(view)


def _lay(view: CompareView, *, aligned: bool) -> None:
    """Let all further photographs lie over the first, each turned and enlarged."""
    turn, scale = (3.7, 1.06) if aligned else (0.0, 1.0)
    placed = {1: FramedAlignment(1, Alignment(IDENTITY, AlignmentMethod.POINTS))}
    for number in range(2, len(LETTERS) + 1):
        way = Similarity(scale, turn, 0.01, -0.02)
        placed[number] = FramedAlignment(1, Alignment(way, AlignmentMethod.POINTS))
    view.aligner.place(dict(placed))


def _dress(view: CompareView) -> None:
    """Fine lines, the loupe under the pointer, labels, and three measured figures in each photograph."""
    stage = view.stage
    stage.set_looks(grid=Grid.FINE, loupe=True, labels=True)
    for letter in stage.letters:
        stage.set_figures(
            letter,
            (
                Figure(MeasureKind.DISTANCE, ((0.3, 0.3), (0.6, 0.32)), "≈ 31.4 mm"),
                Figure(MeasureKind.ANGLE, ((0.2, 0.5), (0.4, 0.4), (0.6, 0.55)), "142.0°"),
                Figure(MeasureKind.IRIS, ((0.45, 0.25), (0.5, 0.25)), "11.7 mm"),
            ),
        )


def _lead(view: CompareView) -> PicturePane:
    """The pane the hand is in."""
    return view.stage.composed if view.stage.mode.composed else view.stage.visible_panes[0]


def _handle(view: CompareView, values: list[float], floors: list[float]) -> None:
    """Move the divider, the share of B, or the strength, with the picture at rest at 100 %."""
    stage = view.stage
    stage.zoom_to(1.0)
    wait_until(lambda: not stage.composed._rest.isActive())
    canvas = QImage(stage.size(), QImage.Format.Format_RGB32)
    for step in range(40):
        start = _now()
        share = 0.2 + 0.6 * step / 40
        stage.set_mix(divider=share, blend=share, gain=GAINS[step % len(GAINS)])
        QApplication.processEvents()
        values.append(_since(start))
        floors.append(_floor(view, canvas))
    stage.set_mix(divider=0.5, blend=0.5, gain=1)
    stage.fit()


def _sweep(view: CompareView, turn: float, values: list[float], floors: list[float]) -> None:
    stage, pane = view.stage, _lead(view)
    pane.lens_asked.emit(replace(stage.lens.fitted(), turn=turn), False)
    at = QPointF(pane.width() * 0.4, pane.height() * 0.45)
    steps = [120] * 14 + [0] * 12 + [-120] * 7 + [0] * 12 + [-40] * 21
    if stage.looks.loupe:
        _point(pane, at)
    canvas = QImage(stage.size(), QImage.Format.Format_RGB32)
    for index, step in enumerate(steps):
        start = _now()
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
        values.append(_since(start))
        floors.append(_floor(view, canvas))


def _point(pane: PicturePane, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    over = QMouseEvent(QEvent.Type.MouseMove, at, pane.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(pane, over)


def _floor(view: CompareView, canvas: QImage) -> float:
    """Nothing but Qt drawing the seen part of the same pixels at the same place."""
    panes = [view.stage.panes[letter] for letter in "AB"]
    prepared: list[tuple[QRectF, Levels]] = []
    for pane in panes:
        if pane.photo is not None:
            detailed = bool(view.stage.need_of(pane.letter))
            prepared.append((QRectF(pane.geometry()), pane.photo.levels(detailed=detailed)))
    lens = view.stage.lens
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    start = _now()
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
    return _since(start)
