"""The viewer on its own, over real JPEGs drawn here, for its tests."""

from __future__ import annotations

import io
import json
import math
import threading
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.access import Need
from clinic_app.domain.alignment import Point, Registered, Similarity, Unregistered, anchor_of
from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.cases import Case, CaseDetails, Side
from clinic_app.domain.catalogues import CATALOGUE_FILES, Catalogues, parse_catalogues
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import CompareState, FramedAlignment
from clinic_app.domain.dose_map import Course
from clinic_app.domain.errors import Cancelled, ClinicError, Conflict, DamageFound, NotFound
from clinic_app.domain.marks import Mark, check_mark, on_pictures, room_of
from clinic_app.domain.measurements import (
    MeasureKind,
    Measurement,
    Scale,
    SuggestedFigures,
    check_figure,
    in_pictures,
    irises_of,
    scale_in,
)
from clinic_app.domain.measuring import IRIS_MM
from clinic_app.domain.patients import Patient, PatientDetails
from clinic_app.domain.picture_files import Pixels
from clinic_app.domain.pictures import (
    UNSURE,
    Certainty,
    Injected,
    Picture,
    PictureEntry,
    TakenAt,
    cycle_pairs,
    phase_of,
    right_pair,
)
from clinic_app.exchange.whole_files import keep_present, whole_file
from clinic_app.imaging.decode import decode_jpeg
from clinic_app.imaging.registration import GoOn, automatic, refine
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.chrome import ViewerButton
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


ROOT = Path(__file__).resolve().parents[2]
OPEN, SHUT, SMILE = "F01", "F02", "F06"
DAYS = (date(2025, 8, 5), date(2025, 11, 11))


@cache
def real_catalogues() -> Catalogues:
    folder = ROOT / "database" / "catalogues"
    return parse_catalogues(
        {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in CATALOGUE_FILES}
    )


@cache
def portrait(width: int, height: int, lids: int, tint: int = 0) -> bytes:
    """A drawn face; ``lids`` 0 (shut) to 100 (wide open)."""
    image = Image.new("RGB", (width, height), (96, 106, 118))
    pen = ImageDraw.Draw(image)

    def box(cx: float, cy: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        return (cx - rx) * width, (cy - ry) * height, (cx + rx) * width, (cy + ry) * height

    pen.ellipse(box(0.5, 0.40, 0.36, 0.36), fill=(66, 54, 48))
    pen.ellipse(box(0.5, 0.50, 0.33, 0.40), fill=(222 - tint, 187, 164))
    for cx in (0.36, 0.64):
        pen.ellipse(
            box(cx, 0.43, 0.085, 0.004 + 0.045 * lids / 100), fill=(250, 246, 242), outline=(90, 70, 60), width=3
        )
        if lids > 20:
            pen.ellipse(box(cx, 0.43, 0.035, 0.028), fill=(92, 66, 50))
        pen.arc(box(cx, 0.37, 0.1, 0.03), 190, 350, fill=(130, 104, 92), width=max(width // 60, 3))
    pen.line(
        [(0.49 * width, 0.45 * height), (0.46 * width, 0.60 * height), (0.53 * width, 0.61 * height)], (110, 84, 74), 3
    )
    pen.ellipse(box(0.5, 0.72, 0.12, 0.025), fill=(190, 132, 118))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=88)
    return data.getvalue()


@dataclass
class DrawnPictures:
    """Pictures kept in memory as JPEG bytes, answering as the clinic's own services do."""

    injections: tuple[Injected, ...] = ()
    pictures: list[Picture] = field(default_factory=list)
    jpegs: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    views: tuple[str, ...] = (OPEN, SHUT, SMILE)
    preview_side: int = 700
    pinned: dict[str, tuple[int, int]] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    without_thumbnail: set[int] = field(default_factory=set)
    calls: list[tuple[str, int]] = field(default_factory=list)
    gates: dict[int, threading.Event] = field(default_factory=dict)
    name: str = "Asha Verma"
    states: dict[int, CompareState] = field(default_factory=dict)
    placed: dict[str, dict[int, FramedAlignment]] = field(default_factory=dict)
    turned: dict[int, int] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    searching: threading.Event | None = None
    peak_day: int | None = None
    may_write: bool = True
    taken_out: list[tuple[tuple[int, ...], bytes, str]] = field(default_factory=list)
    refuses: ClinicError | None = None
    need: Need = Need.REASON
    measured: list[Measurement] = field(default_factory=list)
    suggested: SuggestedFigures | None = None
    marks: list[Mark] = field(default_factory=list)

    def add(self, view: str | None, day: date | None, lids: int, size: tuple[int, int] = (1200, 1500)) -> int:
        number = len(self.pictures) + 1
        taken = UNSURE if day is None else TakenAt(day, None, Certainty.CAMERA)
        self.pictures.append(Picture(number, 7, view, taken, *size, "", "", "", "", ""))
        self.jpegs[number] = (*size, lids, number % 5 * 4)
        return number

    def pair(self, case_id: int, view: str | None = None, session_id: int | None = None) -> PairAnswer:
        self.calls.append(("pair", case_id))
        if (gate := self.gates.get(-case_id)) is not None:
            assert gate.wait(5)
        if case_id == 404:
            raise NotFound("case_not_found", case=case_id)
        state = self.states.get(case_id, CompareState())
        chosen = view or state.view or self.views[0]
        peak = self.peak_day or 14
        entries = tuple(PictureEntry(one, phase_of(one.taken, self.injections), None, case_id) for one in self.pictures)
        present = {one.view for one in self.pictures}
        return PairAnswer(
            Patient(7, 12, "4711", PatientDetails(f"{self.name} {case_id}" if case_id > 1 else self.name)),
            Case(case_id, 7, CaseDetails("blepharospasm_bilateral", Side.BILATERAL)),
            right_pair(self.pictures, self.injections, chosen, peak_day=peak, pinned=self.pinned.get(chosen)),
            entries,
            self.injections,
            tuple(code for code in self.views if code in present),
            cycle_pairs(self.pictures, self.injections, chosen, peak_day=peak),
            dict(self.placed.get(chosen, {})),
            state,
            14,
            self.peak_day,
            self.may_write,
            in_pictures(self.measured, {one.id: one for one in self.pictures}),
            pins=dict(self.pinned),
            marks=on_pictures(self.marks, {one.id: one for one in self.pictures}),
        )

    def course(self, case_id: int) -> Course:
        self.calls.append(("course", case_id))
        case = Case(case_id, 7, CaseDetails("blepharospasm_bilateral", Side.BILATERAL))
        return Course(case, {case_id: case}, self.injections, ())

    def found(self, case_id: int, view: str, pair: tuple[int, int], go_on: GoOn) -> Registered | Unregistered:
        self.calls.append(("found", case_id))
        return automatic(*self._looked_at(pair, go_on), anchor_of(view).found_by, go_on)

    def refined(
        self,
        case_id: int,
        view: str,
        pair: tuple[int, int],
        rough: Similarity,
        points: Sequence[Point],
        go_on: GoOn,
    ) -> Registered | Unregistered:
        self.calls.append(("refined", case_id))
        return refine(*self._looked_at(pair, go_on), rough, points, anchor_of(view))

    def _looked_at(self, pair: tuple[int, int], go_on: GoOn) -> tuple[Pixels, Pixels]:
        if self.searching is not None:
            assert self.searching.wait(5)
        if not go_on():
            self.calls.append(("stopped", pair[0]))
            raise Cancelled
        return self.preview(pair[0]), self.preview(pair[1])

    def measure(
        self,
        case_id: int,
        picture_id: int,
        kind: MeasureKind,
        points: Sequence[Point],
        *,
        partner_id: int | None = None,
        iris_mm: float = IRIS_MM,
    ) -> Changes:
        self._written()
        check_figure(kind, points)
        picture = next(one for one in self.pictures if one.id == picture_id)
        known = [one for one in self.measured if (one.picture_id, one.kind) == (picture_id, kind) and kind.once]
        id_ = known[0].id if known else len(self.calls) + 1
        self.calls.append(("measure", picture_id))
        made = Measurement(id_, picture_id, kind, tuple(points), partner_id).of_turned(picture, back=True)
        scale = Scale(math.dist(*points), iris_mm) if kind is MeasureKind.IRIS else None
        self.measured = [*(one for one in self.measured if one not in known), replace(made, scale=scale)]
        self._follow()
        return Changes(frozenset({Topic.PICTURES}), 90, id_)

    def correct(self, case_id: int, id_: int, points: Sequence[Point], seen: Sequence[Point]) -> Changes:
        self._written()
        place, before = next((place, one) for place, one in enumerate(self.measured) if one.id == id_)
        picture = next(one for one in self.pictures if one.id == before.picture_id)
        if not before.of_turned(picture).lies_at(seen):
            raise Conflict("measurement_changed")
        check_figure(before.kind, points)
        self.calls.append(("correct", id_))
        made = replace(before, points=tuple(points)).of_turned(picture, back=True)
        if before.scale is not None and before.kind is MeasureKind.IRIS:
            made = replace(made, scale=replace(before.scale, iris=math.dist(*points)))
        self.measured[place] = made
        self._follow()
        return Changes(frozenset({Topic.PICTURES}), 93, id_)

    def _follow(self) -> None:
        irises = irises_of(self.measured)
        self.measured = [
            one if one.kind is MeasureKind.IRIS else replace(one, scale=scale_in(one.picture_id, irises, {}))
            for one in self.measured
        ]

    def set_iris(self, case_id: int, mm: float) -> Changes:
        self._written()
        self.measured = [
            replace(one, scale=replace(one.scale, mm=mm)) if one.scale is not None else one for one in self.measured
        ]
        return Changes(frozenset({Topic.PICTURES}), 91)

    def remove(self, case_id: int, ids: Collection[int]) -> Changes:
        self._written()
        self.measured = [one for one in self.measured if one.id not in ids]
        return Changes(frozenset({Topic.PICTURES}), 92)

    def suggest(self, picture: Pixels) -> SuggestedFigures | None:
        self.calls.append(("suggest", picture.width))
        return self.suggested

    def _decoded(self, kind: str, picture_id: int) -> Pixels:
        self.calls.append((kind, picture_id))
        if (gate := self.gates.get(picture_id)) is not None:
            assert gate.wait(5)
        if picture_id in self.damaged:
            raise DamageFound("picture_damaged_inside")
        if picture_id in self.files:
            return decode_jpeg(self.files[picture_id])
        width, height, lids, tint = self.jpegs[picture_id]
        if kind != "full":
            side = {"preview": self.preview_side, "half": (max(width, height) + 1) // 2}.get(kind, 320)
            shrink = min(side / max(width, height), 1.0)
            width, height = round(width * shrink), round(height * shrink)
        return decode_jpeg(portrait(width, height, lids, tint))

    def preview(self, picture_id: int) -> Pixels:
        return self._decoded("preview", picture_id)

    def full(self, picture_id: int) -> Pixels:
        return self._decoded("full", picture_id)

    def half(self, picture_id: int) -> Pixels:
        return self._decoded("half", picture_id)

    def thumbnail(self, picture_id: int) -> bytes:
        self.calls.append(("thumbnail", picture_id))
        if picture_id in self.damaged | self.without_thumbnail:
            raise DamageFound("picture_damaged_inside")
        _, _, lids, tint = self.jpegs[picture_id]
        return portrait(256, 320, lids, tint)

    def _written(self) -> Changes:
        if self.refuses is not None:
            raise self.refuses
        return Changes(frozenset())

    def align(
        self, case_id: int, view: str, placed: Mapping[int, FramedAlignment | None], *, back: bool = False
    ) -> Changes:
        self.calls.append(("align", case_id))
        self._written()
        there = self.placed.setdefault(view, {})
        for id_, one in placed.items():
            if one is None:
                there.pop(id_, None)
            else:
                there[id_] = one
        return Changes(frozenset())

    def remember(self, case_id: int, state: CompareState) -> Changes:
        self.calls.append(("remember", case_id))
        self.states[case_id] = CompareState.of(json.loads(json.dumps(state.content)))
        return Changes(frozenset())

    def set_peak_day(self, case_id: int, day: int | None) -> Changes:
        self.peak_day = day
        return Changes(frozenset({Topic.PICTURES}), 77)

    def turn(self, picture_id: int, quarters: int) -> Changes:
        self._written()
        place = next(place for place, one in enumerate(self.pictures) if one.id == picture_id)
        one = self.pictures[place]
        self.turned[picture_id] = (self.turned.get(picture_id, 0) + quarters) % 4
        turned = self.turned[picture_id]
        self.pictures[place] = replace(one, width=one.height, height=one.width, turned=turned)
        width, height, *rest = self.jpegs[picture_id]
        self.jpegs[picture_id] = (height, width, rest[0], rest[1])
        return Changes(frozenset({Topic.PICTURES}), 78)

    def check_taking_out(self, case_id: int, reason: str = "") -> None:
        self._written()
        assert reason

    def take_out(
        self,
        case_id: int,
        ids: Collection[int],
        png: bytes = b"",
        path: str = "",
        reason: str = "",
        *,
        overwrite: bool = False,
        printed: bool = False,
    ) -> Changes:
        self._written()
        assert reason
        self.calls.append(("printed" if printed else "taken_out", case_id))
        if path and not overwrite:
            keep_present(Path(path))
        if path:
            with whole_file(Path(path), overwrite=overwrite) as file:
                file.write(png)
        self.taken_out.append((tuple(ids), png, path))
        return Changes(frozenset())

    def pin(self, case_id: int, view: str, a: int, b: int) -> Changes:
        self.pinned[view] = (a, b)
        return Changes(frozenset({Topic.PICTURES}), 96)

    def unpin(self, case_id: int, view: str) -> Changes:
        del self.pinned[view]
        return Changes(frozenset({Topic.PICTURES}), 97)


@dataclass
class DrawnMarks:
    """What is drawn on such pictures, answering as the clinic's own service does."""

    source: DrawnPictures

    def draw(self, picture_id: int, mark: Mark) -> Changes:
        made = replace(self._checked(picture_id, mark), id=len(self.source.calls) + 1)
        self.source.calls.append(("draw", picture_id))
        self.source.marks.append(made)
        return Changes(frozenset({Topic.PICTURES}), 95, made.id)

    def change(self, picture_id: int, mark: Mark) -> Changes:
        made = self._checked(picture_id, mark)
        self.source.calls.append(("change", picture_id))
        self.source.marks = [made if one.id == mark.id else one for one in self.source.marks]
        return Changes(frozenset({Topic.PICTURES}), 96, mark.id)

    def remove(self, picture_id: int, ids: Collection[int]) -> Changes:
        self.source._written()
        self.source.calls.append(("unmark", picture_id))
        self.source.marks = [one for one in self.source.marks if one.id not in ids]
        return Changes(frozenset({Topic.PICTURES}), 97)

    def _checked(self, picture_id: int, mark: Mark) -> Mark:
        if (gate := self.source.gates.get(0)) is not None:
            assert gate.wait(5)
        self.source._written()
        picture = next((one for one in self.source.pictures if one.id == picture_id), None)
        if picture is None:
            raise NotFound("picture_not_found")
        check_mark(mark, room_of(picture.width, picture.height))
        return replace(mark, picture_id=picture_id).of_turned(picture, back=True)


def two_years() -> DrawnPictures:
    """Three views, two injections, before and after."""
    first, second = DAYS
    source = DrawnPictures((Injected(first, 3, "ona", "35 U"), Injected(second, 4, "ona", "35 U, 6 sites")))
    for view, lids in ((OPEN, 10), (SHUT, 0), (SMILE, 5)):
        source.add(view, first - timedelta(4), lids)
    source.add(OPEN, first + timedelta(30), 90)
    for view, lids in ((OPEN, 12), (SHUT, 0), (SMILE, 5)):
        source.add(view, second - timedelta(7), lids)
    for view, lids in ((OPEN, 96), (SHUT, 40), (SMILE, 60)):
        source.add(view, second + timedelta(10), lids)
    for view, lids in ((OPEN, 80), (SHUT, 30)):
        source.add(view, second + timedelta(28), lids)
    source.add(OPEN, second + timedelta(128), 50)
    source.add(OPEN, None, 70)
    return source


@dataclass
class Room:
    """The viewer with what it stands on."""

    view: CompareView
    source: DrawnPictures
    tasks: Tasks
    shown: list[tuple[int | None, int | None]]
    qtbot: QtBot

    @property
    def a(self) -> PicturePane:
        return self.view.stage.panes["A"]

    @property
    def b(self) -> PicturePane:
        return self.view.stage.panes["B"]

    def open(self, case_id: int = 1, view: str | None = None) -> None:
        self.view.open_case(case_id, view)
        self.settle()

    def settle(self) -> None:
        """Until everything asked for came and was painted, and nothing more is asked for."""

        def quiet() -> bool:
            return self.tasks.pending == 0 and not (self.view._unpainted and self.view.isVisible())

        for _ in range(3):
            self.qtbot.waitUntil(quiet, timeout=5000)
            QApplication.processEvents()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or self.b
        QTest.keyClick(target, key, modifiers)
        self.settle()

    def wheel(
        self,
        pane: PicturePane,
        at: QPointF,
        notches: float,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        event = QWheelEvent(
            at,
            pane.mapToGlobal(at),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(pane, event)
        QApplication.processEvents()


def button(notice: QWidget, words: str) -> ViewerButton:
    """The button of a notice that begins with these words."""
    return next(one for one in notice.findChildren(ViewerButton) if one.text().startswith(words))


def shown(room: Room) -> tuple[int | None, int | None]:
    """What stands in A and B now."""
    return room.view.shown


def detailed(room: Room) -> tuple[bool, bool]:
    """Whether A and B have the full-size pixels now."""
    return room.a.has_detail, room.b.has_detail


def wanting(room: Room) -> bool:
    """Whether A needs more pixels than its preview has."""
    return room.a.needs_detail


def pictured(room: Room) -> tuple[bool, bool]:
    """Whether A and B show pixels now."""
    return room.a.has_picture, room.b.has_picture


class RoomMaker(Protocol):
    """Opens the viewer over a data source, in a window of a size."""

    def __call__(self, source: DrawnPictures, width: int = 1440, height: int = 900) -> Room: ...


SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def keeper() -> Iterator[ThemeKeeper]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    made = ThemeKeeper(app, ROOT / "resources" / "themes")
    made.icons.load_now()
    yield made
    app.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def make_room(qtbot: QtBot, keeper: ThemeKeeper) -> Iterator[RoomMaker]:
    tasks: list[Tasks] = []

    def make(source: DrawnPictures, width: int = 1440, height: int = 900) -> Room:
        one = Tasks()
        tasks.append(one)
        services: Any = SimpleNamespace(
            pictures=source,
            comparison=source,
            measuring=source,
            treatment=source,
            marking=DrawnMarks(source),
            catalogues=real_catalogues(),
            access=SimpleNamespace(need=lambda _: source.need),
            today=lambda: date(2026, 3, 19),
            clinic=SimpleNamespace(user=SimpleNamespace(name="Dr Rao")),
        )
        one.attach(services)
        view = CompareView(keeper, one)
        qtbot.addWidget(view)
        view.resize(width, height)
        shown: list[tuple[int | None, int | None]] = []
        view.pair_shown.connect(lambda a, b: shown.append((a, b)))
        view.show()
        qtbot.waitExposed(view)
        view.setFocus()
        return Room(view, source, one, shown, qtbot)

    yield make
    for one in tasks:
        assert one.close()


@pytest.fixture
def room(make_room: RoomMaker) -> Room:
    made = make_room(two_years())
    made.open()
    return made


def grab(pane: PicturePane) -> QImage:
    return pane.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
