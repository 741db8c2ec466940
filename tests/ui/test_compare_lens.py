"""One lens over photographs of several sizes: the same zoom by what they have in common, lines, map, loupe."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.lens import Sizing
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.pictures import Injected
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import DAYS, OPEN, DrawnPictures, Room, RoomMaker, keeper, make_room, room

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
