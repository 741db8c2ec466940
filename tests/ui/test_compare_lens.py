"""One lens over photographs of several sizes: the same zoom by what they have in common, lines, map, loupe."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.lens import Sizing
from clinic_app.domain.measurements import MeasureKind, SuggestedFigures
from clinic_app.domain.pictures import Injected
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import (
    DAYS,
    OPEN,
    SHIFT,
    DrawnPictures,
    Room,
    RoomMaker,
    grab,
    keeper,
    make_room,
    room,
    two_years,
)

__all__ = ["keeper", "make_room", "room"]


def iris_on_screen(pane: PicturePane, points: tuple[tuple[float, float], ...]) -> float:
    """How wide an iris is on the screen, in pixels."""
    one, other = (pane.place_of(point) for point in points)
    return math.dist(one.toTuple(), other.toTuple())


def same_millimetres(room: Room) -> QAction:
    """The choice of the menu."""
    (found,) = (one for one in room.view.menu().findChildren(QAction) if one.text().startswith("Millimetres"))
    return found


def test_photographs_of_two_distances_are_shown_at_the_same_millimetres(make_room: RoomMaker) -> None:
    """In A the iris is 84 of 1500 pixels wide, in B 42 of 1100: of other picture units, of one size on the screen."""
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    a = source.add(OPEN, DAYS[0], 60, (1200, 1500))
    b = source.add(OPEN, DAYS[0] + timedelta(14), 90, (600, 1100))
    of_a, of_b = ((0.26, 0.4), (0.33, 0.4)), ((0.2, 0.4), (0.24, 0.4))
    room = make_room(source)
    room.open()
    assert not same_millimetres(room).isEnabled()
    assert "measure the iris in A + B first (C)" in same_millimetres(room).text()
    source.measure(1, a, MeasureKind.IRIS, of_a)
    room.open()
    assert "measure the iris in B first (C)" in same_millimetres(room).text()
    source.measure(1, b, MeasureKind.IRIS, of_b)
    room.open()
    assert iris_on_screen(room.a, of_a) != pytest.approx(iris_on_screen(room.b, of_b), rel=0.1)
    choice = same_millimetres(room)
    assert (choice.text(), choice.isEnabled()) == ("Millimetres, about", True)
    choice.trigger()
    room.settle()
    assert iris_on_screen(room.a, of_a) == pytest.approx(iris_on_screen(room.b, of_b))
    for pane in (room.a, room.b):
        assert pane.photo is not None
        assert pane.photo.size.width * pane.scale <= pane.width() + 1
        assert pane.photo.size.height * pane.scale <= pane.height() + 1
    room.wheel(room.a, QPointF(100, 100), 2)
    assert iris_on_screen(room.a, of_a) == pytest.approx(iris_on_screen(room.b, of_b))
    room.view.close_case()
    room.settle()
    room.open()
    assert room.view.stage.looks.sizing is Sizing.MILLIMETRES
    assert iris_on_screen(room.a, of_a) == pytest.approx(iris_on_screen(room.b, of_b))
    source.remove(1, [source.measured[1].id])
    room.open()
    assert "no iris measured in B: not at the same millimetres" in room.view.status.left.text()
    assert room.a.lens.fits or room.a.lens.zoom > 1
    room.key(Qt.Key.Key_0)
    assert room.b.frame.common == 0


def test_shut_eyes_borrow_their_millimetres_from_the_photograph_they_are_aligned_with(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    a = source.add(OPEN, DAYS[0], 0, (1200, 1500))
    b = source.add(OPEN, DAYS[0] + timedelta(14), 90, (1200, 1500))
    c = source.add(OPEN, DAYS[0] + timedelta(60), 90, (900, 900))
    source.placed = {
        OPEN: {
            a: FramedAlignment(a, Alignment(IDENTITY, AlignmentMethod.REFERENCE)),
            b: FramedAlignment(a, Alignment(Similarity(1.25, 3.0, 0.05), AlignmentMethod.POINTS)),
        }
    }
    source.measure(1, b, MeasureKind.IRIS, ((0.26, 0.4), (0.3, 0.4)))
    source.measure(1, c, MeasureKind.IRIS, ((0.26, 0.4), (0.34, 0.4)))
    room = make_room(source)
    room.open()
    assert same_millimetres(room).isEnabled()
    same_millimetres(room).trigger()
    room.settle()
    assert room.a.frame == room.b.frame, "they still lie on each other"
    room.view.show_picture("B", c)
    room.settle()
    assert room.view.stage.without_millimetres == ()
    borrowed = iris_on_screen(room.a, ((0.26, 0.4), (0.26 + 0.04 * 1.25, 0.4)))
    assert borrowed == pytest.approx(iris_on_screen(room.b, ((0.26, 0.4), (0.34, 0.4))))


def test_rings_lie_about_the_middle_between_the_pupils(room: Room) -> None:
    """Rings are drawn about the middle of the photograph until the pupils are seen, and that is said."""
    for _ in range(3):
        room.key(Qt.Key.Key_G)
    assert room.view.stage.looks.grid is Grid.RINGS
    assert "pupils not seen in A + B: rings about the middle" in room.view.status.left.text()
    about_middle = grab(room.b)
    room.open(2)
    room.source.suggested = SuggestedFigures(((0.26, 0.43), (0.31, 0.43)), ((0.4, 0.2), (0.4, 0.6)), 0.9)
    room.open(3)
    for _ in range(3):
        room.key(Qt.Key.Key_G)
    assert "rings about the middle" not in room.view.status.left.text()
    assert room.b.ring_centre == pytest.approx((0.4 * 1500 / 1200, 0.4))
    assert grab(room.b) != about_middle
    centre = room.b.place_of((0.4, 0.4)).toPoint()
    lined = grab(room.b)
    room.key(Qt.Key.Key_G)
    plain = grab(room.b)
    assert all(lined.pixelColor(centre.x(), y) != plain.pixelColor(centre.x(), y) for y in range(40, 80))
    assert all(lined.pixelColor(x, centre.y()) != plain.pixelColor(x, centre.y()) for x in range(40, 80))


def test_aligned_photographs_have_rings_about_one_spot(make_room: RoomMaker) -> None:
    source = two_years()
    source.suggested = SuggestedFigures(((0.26, 0.43), (0.31, 0.43)), ((0.4, 0.2), (0.4, 0.6)), 0.9)
    way = Similarity(1.1, 2.0, 0.03, -0.02)
    source.placed = {
        OPEN: {
            5: FramedAlignment(5, Alignment(IDENTITY, AlignmentMethod.REFERENCE)),
            8: FramedAlignment(5, Alignment(way, AlignmentMethod.POINTS)),
        }
    }
    room = make_room(source)
    room.open()
    for _ in range(3):
        room.key(Qt.Key.Key_G)
    assert room.a.ring_centre is not None
    assert room.b.ring_centre == room.a.ring_centre
    room.key(Qt.Key.Key_3)
    assert room.view.stage.composed.ring_centre == room.a.ring_centre


def test_the_loupe_enlarges_what_is_under_the_linked_cross(room: Room) -> None:
    """The pointer over the iris of B: in A, under the cross, the loupe shows the same spot."""
    room.key(Qt.Key.Key_K)
    spot = (0.36 * 0.8, 0.43)
    place = room.b.place_of(spot).toPoint()
    QTest.mouseMove(room.b, place)
    assert room.a._cross == pytest.approx((0.36, 0.43), abs=0.003)
    for pane in (room.a, room.b):
        at, shown = pane.place_of(spot).toPoint(), grab(pane)
        seen = shown.pixelColor(at.x() + 20 + 80 - 22, at.y() - 20 - 80 - 22)
        original = grab_without_loupe(room, pane).pixelColor(at.x() - 22 // 4, at.y() - 22 // 4)
        for part in (QColor.red, QColor.green, QColor.blue):
            assert abs(part(seen) - part(original)) < 40
    room.key(Qt.Key.Key_L)
    QTest.mouseMove(room.b, place + QPoint(30, 10))
    assert room.a._cross is None, "panes that move separately have no common spot"


def grab_without_loupe(room: Room, pane: PicturePane) -> QImage:
    """A pane as it is without its loupe."""
    room.view.stage.looks.loupe = False
    plain = grab(pane)
    room.view.stage.looks.loupe = True
    return plain


def test_the_map_shows_where_one_is_and_leads_elsewhere(room: Room) -> None:
    assert room.b._map_place() is None, "the whole is seen"
    room.wheel(room.b, QPointF(200, 200), 4)
    place = room.b._map_place()
    assert place is not None
    outside = grab(room.b).pixelColor(place.center())
    for share in (0.2, 0.8):
        spot = place.topLeft() + QPoint(round(place.width() * share), round(place.height() * share))
        QTest.mouseClick(room.b, Qt.MouseButton.LeftButton, pos=spot)
        assert (room.b.lens.x, room.b.lens.y) == pytest.approx((share, share), abs=0.02)
        assert room.a.lens == room.b.lens
    assert outside.isValid()
    room.key(Qt.Key.Key_0)
    assert room.b._map_place() is None


def test_the_offset_made_while_apart_is_kept_when_together_again_and_dropped_on_request(room: Room) -> None:
    room.key(Qt.Key.Key_L)
    room.wheel(room.b, QPointF(150, 150), 2)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(room.b, left, pos=QPoint(200, 200))
    QTest.mouseMove(room.b, QPoint(240, 230))
    QTest.mouseRelease(room.b, left, pos=QPoint(240, 230))
    apart = room.view.stage.links[0]
    assert not apart.plain
    room.key(Qt.Key.Key_L)
    assert room.view.stage.linked
    room.wheel(room.a, QPointF(150, 150), 2)
    assert room.view.stage.links[0] == apart
    room.view.close_case()
    room.settle()
    room.open()
    assert room.view.stage.links[0] == apart, "also after the case was left"
    room.key(Qt.Key.Key_L, SHIFT)
    assert room.view.stage.links[0].plain


def light_share(widget: QWidget) -> float:
    """How much of a widget is nearly white, as it is painted now."""
    shown = widget.grab().toImage().scaled(80, 60)
    light = sum(shown.pixelColor(x, y).lightness() > 225 for x in range(80) for y in range(60))
    return light / (80 * 60)


def test_nothing_flashes_white_from_pair_to_pair_mode_to_mode_and_window_to_window(make_room: RoomMaker) -> None:
    """Shut eyes in all photographs: nothing that is meant to be seen is as light as paper."""
    source = DrawnPictures(two_years().injections)
    for number, day in enumerate((-100, -97, -5, 10, 28, 60)):
        source.add(OPEN, DAYS[1] + timedelta(day), 5, (1200, 1500) if number % 2 else (1500, 1200))
    room = make_room(source)
    room.view.open_case(1)
    shares = [light_share(room.view)]
    room.settle()
    keys = (
        Qt.Key.Key_Right, Qt.Key.Key_2, Qt.Key.Key_Left, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_S, Qt.Key.Key_1,
        Qt.Key.Key_N, Qt.Key.Key_V, Qt.Key.Key_W,
    )  # fmt: skip
    plain = Qt.KeyboardModifier.NoModifier
    for key, modifiers in [(one, plain) for one in keys] + [
        (Qt.Key.Key_S, SHIFT), (Qt.Key.Key_S, SHIFT), (Qt.Key.Key_W, SHIFT), (Qt.Key.Key_2, plain),
        (Qt.Key.Key_F, plain), (Qt.Key.Key_Right, plain), (Qt.Key.Key_Escape, plain),
    ]:  # fmt: skip
        QTest.keyClick(QApplication.focusWidget() or room.b, key, modifiers)
        second = room.view.second_window
        for widget in (room.view, *([second] if second is not None else [])):
            shares.append(light_share(widget))
        QApplication.processEvents()
        shares.append(light_share(room.view))
        room.settle()
    assert max(shares) < 0.02, "the divider is light, and no more"
