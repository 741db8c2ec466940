"""Fingers on the photographs, as real touch events of the window system: zoom, turn, move, tap, hold."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare.menu import MoreMenu
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.compare.touching import DEAD_ZONE
from tests.ui.compare_room import Room, RoomMaker, keeper, make_room, two_years
from tests.ui.test_compare_modes import align

__all__ = ["keeper", "make_room"]

SMALL = (780, 700)
"""The window lies whole on the screen of the tests: touches beyond its edge come nowhere."""

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(scope="module")
def screen() -> QPointingDevice:
    """A touch screen."""
    device = QTest.createTouchDevice()
    assert isinstance(device, QPointingDevice)
    return device


@pytest.fixture
def aligned(make_room: RoomMaker) -> Room:
    made = make_room(align(two_years()), *SMALL)
    made.open()
    return made


def fingers(centre: QPointF, apart: float, degrees: float) -> tuple[QPoint, QPoint]:
    """Where two fingers are, ``apart`` pixels, the second at this angle from the first."""
    arm = QPointF(math.cos(math.radians(degrees)), math.sin(math.radians(degrees))) * (apart / 2)
    return (centre - arm).toPoint(), (centre + arm).toPoint()


def two(screen: QPointingDevice, pane: PicturePane, *steps: tuple[QPointF, float, float]) -> None:
    """Two fingers put down, moved through steps (middle, apart, degrees), and taken up."""
    first, second = fingers(*steps[0])
    QTest.touchEvent(pane, screen).press(0, first, pane).commit()
    QTest.touchEvent(pane, screen).move(0, first, pane).press(1, second, pane).commit()
    for step in steps[1:]:
        first, second = fingers(*step)
        QTest.touchEvent(pane, screen).move(0, first, pane).move(1, second, pane).commit()
    QTest.touchEvent(pane, screen).release(0, first, pane).move(1, second, pane).commit()
    QTest.touchEvent(pane, screen).release(1, second, pane).commit()
    QApplication.processEvents()


def tap(screen: QPointingDevice, pane: PicturePane, at: QPointF) -> None:
    """One finger down and up."""
    QTest.touchEvent(pane, screen).press(0, at.toPoint(), pane).commit()
    QTest.touchEvent(pane, screen).release(0, at.toPoint(), pane).commit()


def swipe(screen: QPointingDevice, pane: PicturePane, start: QPointF, by: QPointF) -> None:
    """One finger drawn over the pane."""
    QTest.touchEvent(pane, screen).press(0, start.toPoint(), pane).commit()
    for part in (0.4, 0.8, 1.0):
        QTest.touchEvent(pane, screen).move(0, (start + by * part).toPoint(), pane).commit()
    QTest.touchEvent(pane, screen).release(0, (start + by).toPoint(), pane).commit()


def turned(room: Room) -> float:
    """By how much B lies turned."""
    placed = room.view.stage.photos["B"].placed
    assert placed is not None
    return placed.rotation


@pytest.mark.parametrize("mode", [CompareMode.SIDE_BY_SIDE, CompareMode.WIPE, CompareMode.BLEND])
def test_two_fingers_zoom_at_their_middle_and_move(aligned: Room, screen: QPointingDevice, mode: CompareMode) -> None:
    aligned.view.set_mode(mode)
    pane = aligned.view.stage.active
    middle, by = QPointF(150, 160), QPointF(30, -20)
    spot = pane.lens.spot(pane.frame, (middle.x(), middle.y()))
    before, lies = pane.lens.zoom, turned(aligned)
    two(screen, pane, (middle, 100, 0), (middle + by / 2, 140, 1), (middle + by, 200, 2))
    assert pane.lens.zoom == pytest.approx(before * 2, rel=0.03)
    assert pane.lens.place(pane.frame, spot) == pytest.approx((middle + by).toTuple(), abs=2)
    assert turned(aligned) == lies
    assert aligned.a.lens.zoom == pane.lens.zoom, "both follow"


def test_two_fingers_turn_one_photo_beyond_the_dead_zone_as_one_step(aligned: Room, screen: QPointingDevice) -> None:
    pane, middle = aligned.b, QPointF(150, 160)
    lies, lens = turned(aligned), pane.lens.turn
    steps = aligned.view.aligner.stack.count()
    two(screen, pane, (middle, 240, 0), (middle, 240, 4), (middle, 240, -4), (middle, 240, DEAD_ZONE - 1))
    assert turned(aligned) == pytest.approx(lies, abs=1e-6)
    two(screen, pane, (middle, 240, 0), (middle, 240, 5), (middle, 240, 11), (middle, 240, 16))
    assert turned(aligned) - lies == pytest.approx(16 - DEAD_ZONE, abs=0.5)
    assert pane.lens.turn == lens, "the photograph turns, not what is looked through"
    assert aligned.view.aligner.stack.count() == steps + 1
    aligned.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert turned(aligned) == pytest.approx(lies, abs=1e-6)


def test_whoever_may_only_look_zooms_but_turns_nothing(make_room: RoomMaker, screen: QPointingDevice) -> None:
    source = align(two_years())
    source.may_write = False
    room = make_room(source, *SMALL)
    room.open()
    lies = turned(room)
    two(screen, room.b, (QPointF(150, 160), 200, 0), (QPointF(150, 160), 400, 30))
    assert turned(room) == lies
    assert room.b.lens.zoom > 1.5
    assert "Only doctors" not in room.view.status.left.text()


def test_one_finger_is_as_the_mouse(aligned: Room, screen: QPointingDevice) -> None:
    aligned.view.stage.zoom(2)
    lens = aligned.b.lens
    swipe(screen, aligned.a, QPointF(200, 200), QPointF(60, 30))
    assert aligned.a.hasFocus()
    assert aligned.b.lens != lens
    assert aligned.b.lens.zoom == lens.zoom
    aligned.key(Qt.Key.Key_2)
    composed = aligned.view.stage.composed
    edge = QPointF(composed.width() / 2, composed.height() / 2)
    swipe(screen, composed, edge, QPointF(100, 0))
    assert aligned.view.stage.mix.divider == pytest.approx(0.5 + 100 / composed.width(), abs=0.01)


def test_taps_set_points_and_two_fingers_do_not(aligned: Room, screen: QPointingDevice) -> None:
    aligned.key(Qt.Key.Key_M)
    picking = aligned.view.aligner.picking
    assert picking is not None
    two(screen, aligned.a, (QPointF(150, 160), 200, 0), (QPointF(150, 160), 240, 0))
    assert not any(picking.points.values())
    tap(screen, aligned.a, aligned.a.place_of((0.4, 0.4)))
    assert [len(points) for points in picking.points.values()] == [1, 0]


def test_two_taps_show_one_pixel_on_one_pixel_there_and_the_whole_again(aligned: Room, screen: QPointingDevice) -> None:
    pane, at = aligned.b, QPointF(120, 120)
    spot = pane.lens.spot(pane.frame, (at.x(), at.y()))
    for _ in range(2):
        tap(screen, pane, at)
    assert pane.scale == pytest.approx(1.0)
    assert pane.lens.place(pane.frame, spot) == pytest.approx(at.toTuple(), abs=1.5)
    for _ in range(2):
        tap(screen, pane, at)
    assert pane.lens.fits
    tap(screen, pane, at)
    tap(screen, pane, at + QPointF(100, 100))
    assert pane.lens.fits, "taps far apart are two"


def open_menus() -> list[MoreMenu]:
    """The menus that are open."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, MoreMenu) and one.isVisible()]


def test_a_finger_held_still_opens_the_menu_and_is_no_click(aligned: Room, screen: QPointingDevice) -> None:
    aligned.key(Qt.Key.Key_M)
    at = aligned.a.place_of((0.4, 0.4)).toPoint()
    QTest.touchEvent(aligned.a, screen).press(0, at, aligned.a).commit()
    aligned.qtbot.waitUntil(lambda: bool(open_menus()), timeout=5000)
    [menu] = open_menus()
    menu.close()
    QTest.touchEvent(aligned.a, screen).release(0, at, aligned.a).commit()
    picking = aligned.view.aligner.picking
    assert picking is not None
    assert not any(picking.points.values())


def test_a_right_click_opens_the_same_menu(aligned: Room) -> None:
    at = QPoint(100, 100)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, aligned.b.mapToGlobal(at))
    QApplication.sendEvent(aligned.b, event)
    [menu] = open_menus()
    menu.close()


def gesture(pane: PicturePane, kind: Qt.NativeGestureType, value: float, at: QPointF) -> None:
    """A gesture of a trackpad."""
    device = QPointingDevice.primaryPointingDevice()
    QApplication.sendEvent(pane, QNativeGestureEvent(kind, device, 2, at, at, pane.mapToGlobal(at), value, QPointF()))


def test_a_trackpad_zooms_turns_and_goes_to_full_size(aligned: Room) -> None:
    kinds, pane, at = Qt.NativeGestureType, aligned.b, QPointF(200, 200)
    lies = turned(aligned)
    gesture(pane, kinds.BeginNativeGesture, 0, at)
    for _ in range(4):
        gesture(pane, kinds.ZoomNativeGesture, 0.1, at)
        gesture(pane, kinds.RotateNativeGesture, 1.2, at)
    assert pane.lens.zoom == pytest.approx(1.1**4)
    assert turned(aligned) == lies
    for _ in range(5):
        gesture(pane, kinds.RotateNativeGesture, 1.2, at)
    gesture(pane, kinds.EndNativeGesture, 0, at)
    assert turned(aligned) - lies == pytest.approx(9 * 1.2 - DEAD_ZONE, abs=1e-6)
    gesture(pane, kinds.SmartZoomNativeGesture, 1, at)
    assert pane.scale == pytest.approx(1.0)


def test_what_stands_over_a_pane_takes_its_own_touches(make_room: RoomMaker, screen: QPointingDevice) -> None:
    source = align(two_years())
    source.damaged = {8}
    room = make_room(source, *SMALL)
    room.open()
    wanted: list[int] = []
    button = next(iter(room.b._notice.findChildren(type(room.view.bar.back))))
    button.clicked.connect(lambda: wanted.append(1))
    at = button.mapTo(room.b, button.rect().center())
    tap(screen, room.b, QPointF(at))
    assert wanted == [1]
