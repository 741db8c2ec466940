"""Aligning by hand in the viewer: points, nudging, fine turning, undo, and what is written."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Point, Similarity
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.errors import StorageUnavailable
from clinic_app.domain.pictures import Injected
from clinic_app.ui.compare.aligning import Picking
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import (
    CTRL,
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
    shown,
    two_years,
)

__all__ = ["keeper", "make_room", "room"]

EYES: tuple[Point, Point] = ((0.36 * 0.8, 0.43), (0.64 * 0.8, 0.43))
"""Both eyes of a drawn face, in picture units."""
MOUTH: Point = (0.5 * 0.8, 0.72)


def click(room: Room, pane: PicturePane, unit: Point) -> None:
    """Click at a place of a photograph."""
    assert pane.photo is not None
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane._screen(pane.photo.spot_of(unit)).toPoint())
    room.settle()


def where(pane: PicturePane, unit: Point) -> tuple[float, float]:
    """Where a place of a photograph stands in its pane."""
    assert pane.photo is not None
    return pane._screen(pane.photo.spot_of(unit)).toTuple()


def mode(room: Room) -> CompareMode:
    """The mode the stage is in."""
    return room.view.stage.mode


def chips(room: Room) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The short plates in A and in B."""
    return room.a.chips, room.b.chips


def picking(room: Room) -> Picking | None:
    """The points that are being set."""
    return room.view.aligner.picking


def saved(room: Room) -> dict[int, FramedAlignment]:
    """What is written once the viewer has had the time to."""
    room.view.aligner.save()
    room.settle()
    return room.source.placed.get(OPEN, {})


def moved(source: DrawnPictures, by: Similarity) -> DrawnPictures:
    """The same face in both, but that B lies elsewhere: a click at the same place of B is at ``by`` of A."""
    source.jpegs[8] = source.jpegs[5]
    source.placed = {
        OPEN: {
            5: FramedAlignment(5, Alignment(IDENTITY, AlignmentMethod.POINTS)),
            8: FramedAlignment(5, Alignment(by, AlignmentMethod.POINTS)),
        }
    }
    return source


def test_two_points_in_each_lay_b_over_a(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    points = room.view.aligner.picking
    assert points is not None
    assert chips(room) == (("Point 1 in A: Inner corner of the right eye",), ())
    target = ((0.3, 0.40), (0.55, 0.43))
    for unit in target:
        click(room, room.a, unit)
    assert chips(room)[1] == ("Point 1 in B: Inner corner of the right eye",)
    for unit in EYES:
        click(room, room.b, unit)
    assert points.rms == pytest.approx(0.0, abs=1e-6)
    assert room.a.chips[0].startswith("Two points: a third in A tells how well they agree")
    assert room.source.placed == {}
    room.key(Qt.Key.Key_Return)
    assert room.view.aligner.picking is None
    there = saved(room)
    assert there[5] == FramedAlignment(5, Alignment(IDENTITY, AlignmentMethod.REFERENCE))
    for mine, theirs in zip(EYES, target, strict=True):
        assert there[8].alignment.similarity.apply(mine) == pytest.approx(theirs, abs=0.003)
        assert where(room.b, mine) == pytest.approx(where(room.a, theirs), abs=1.5)
    assert there[8].frame == 5
    assert "aligned, B turned" in room.view.status.left.text()
    assert "of A, by points; A is the reference of this view" in room.view.status.left.text()
    assert room.view.bar.modes.buttons[CompareMode.DIFFERENCE].isEnabled()


def test_a_third_point_tells_how_well_they_agree(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    for unit in EYES:
        click(room, room.a, unit)
    for unit in EYES:
        click(room, room.b, unit)
    click(room, room.a, MOUTH)
    assert room.view.aligner.picking is not None
    assert room.view.aligner.picking.wanted == "B"
    click(room, room.b, (MOUTH[0], MOUTH[1] + 0.02))
    rms = room.view.aligner.picking.rms
    assert rms is not None
    assert 5 < rms < 20
    assert f"{rms:.1f} px" in room.a.chips[0]
    room.key(Qt.Key.Key_M)
    assert saved(room)[8].alignment.rms == pytest.approx(rms / 1500)
    assert len(saved(room)[8].alignment.points) == 3


@pytest.mark.parametrize(
    ("in_b", "words"),
    [
        ((EYES[0], (EYES[0][0] + 0.03, EYES[0][1])), "% as large as A: look at the points again"),
        ((*EYES, (MOUTH[0], MOUTH[1] - 0.2)), "The points miss each other by "),
    ],
)
def test_points_that_can_hardly_be_right_are_doubted(room: Room, in_b: tuple[Point, ...], words: str) -> None:
    room.key(Qt.Key.Key_M)
    for pane, units in ((room.a, EYES), (room.b, in_b[:2])):
        for unit in units:
            click(room, pane, unit)
    if len(in_b) > 2:
        click(room, room.a, MOUTH)
        click(room, room.b, in_b[2])
    assert words in room.a.chips[0]
    room.key(Qt.Key.Key_Return)
    assert picking(room) is None


def test_a_turned_head_is_told_of(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    for pane, nose in ((room.a, (0.4, 0.6)), (room.b, (0.47, 0.6))):
        for unit in EYES:
            click(room, pane, unit)
        if pane is room.b:
            click(room, room.a, (0.4, 0.6))
            click(room, room.b, nose)
    assert "Head turned: compare with care" in room.a.chips


def test_points_at_one_place_are_refused_in_words(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    for pane in (room.a, room.b):
        for _ in range(2):
            click(room, pane, EYES[0])
    assert "The points lie on one spot" in room.a.chips[0]
    room.key(Qt.Key.Key_Return)
    assert picking(room) is not None
    room.key(Qt.Key.Key_Escape)
    assert picking(room) is None
    assert saved(room) == {}


def test_arrows_move_the_last_point_and_backspace_takes_it_away(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    points = room.view.aligner.picking
    assert points is not None
    click(room, room.a, EYES[0])
    before = where(room.a, points.points["A"][0])
    room.key(Qt.Key.Key_Right)
    room.key(Qt.Key.Key_Down, SHIFT)
    assert where(room.a, points.points["A"][0]) == pytest.approx((before[0] + 1, before[1] + 10), abs=1e-6)
    assert shown(room) == (5, 8)
    room.key(Qt.Key.Key_Backspace)
    assert points.points["A"] == []
    room.key(Qt.Key.Key_Backspace)
    for unit in EYES:
        click(room, room.a, unit)
    click(room, room.b, EYES[0])
    room.key(Qt.Key.Key_Backspace)
    assert [len(points.points[letter]) for letter in "AB"] == [2, 0]


def test_a_click_in_the_photo_that_is_not_asked_for_is_answered(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    click(room, room.b, EYES[0])
    points = picking(room)
    assert points is not None
    assert points.points == {"A": [], "B": []}
    assert "The next point is set in A." in room.view.status.left.text()


def test_a_drag_pans_while_points_are_set_and_the_loupe_is_there(room: Room) -> None:
    room.key(Qt.Key.Key_Z)
    room.key(Qt.Key.Key_M)
    lens = room.a.lens
    QTest.mouseMove(room.b, QPoint(300, 260))
    without = grab(room.b)
    QTest.mouseMove(room.b, QPoint(420, 310))
    assert grab(room.b) != without
    QTest.mousePress(room.a, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(room.a, QPoint(150, 160))
    QTest.mouseRelease(room.a, Qt.MouseButton.LeftButton, pos=QPoint(150, 160))
    assert room.a.lens != lens
    assert room.view.aligner.picking is not None
    assert room.view.aligner.picking.points["A"] == []


def test_points_come_back_to_the_mode_they_began_in(make_room: RoomMaker) -> None:
    room = make_room(moved(two_years(), Similarity(1.0, 2.0)))
    room.open()
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_M)
    assert mode(room) is CompareMode.SIDE_BY_SIDE
    room.key(Qt.Key.Key_Escape)
    assert mode(room) is CompareMode.BLEND


def test_another_photograph_ends_the_points(room: Room) -> None:
    room.key(Qt.Key.Key_M)
    click(room, room.a, EYES[0])
    room.view.show_picture("B", 11)
    room.settle()
    assert room.view.aligner.picking is None


def test_an_alignment_is_of_the_photograph_not_of_the_pair(make_room: RoomMaker) -> None:
    """B once aligned in the frame of A lies over every other that is aligned in it."""
    room = make_room(moved(two_years(), Similarity(1.1, -3.0, 0.02, 0.01)))
    room.open()
    room.key(Qt.Key.Key_Right)
    assert shown(room) == (5, 11)
    assert "not aligned" in room.view.status.left.text()
    before = where(room.a, EYES[0])
    room.key(Qt.Key.Key_M)
    for pane in (room.a, room.b):
        for unit in EYES:
            click(room, pane, unit)
    room.key(Qt.Key.Key_Return)
    there = saved(room)
    assert {one.frame for one in there.values()} == {5}
    assert set(there) == {5, 8, 11}
    assert where(room.a, EYES[0]) == pytest.approx(before)
    room.view.show_picture("A", 8)
    room.settle()
    assert "aligned" in room.view.status.left.text()
    assert "not aligned" not in room.view.status.left.text()


def test_an_unaligned_a_goes_into_the_frame_of_b(make_room: RoomMaker) -> None:
    source = moved(two_years(), Similarity(1.1, -3.0, 0.02, 0.01))
    room = make_room(source)
    room.open()
    room.view.show_picture("A", 4)
    room.settle()
    room.key(Qt.Key.Key_M)
    for pane in (room.a, room.b):
        for unit in EYES:
            click(room, pane, unit)
    room.key(Qt.Key.Key_Return)
    there = saved(room)
    assert there[4].frame == 5
    assert there[8] == source.placed[OPEN][8]
    assert there[4].alignment.similarity.near(there[8].alignment.similarity, 0.01)


def test_nudging_and_turning_by_keys_is_one_step_each_and_goes_back(make_room: RoomMaker) -> None:
    by = Similarity(1.0, 2.0, 0.01, 0.0)
    room = make_room(moved(two_years(), by))
    room.open()
    before = where(room.b, EYES[0])
    for _ in range(3):
        room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    room.key(Qt.Key.Key_Down, CTRL | SHIFT)
    assert where(room.b, EYES[0]) == pytest.approx((before[0] + 3, before[1] + 1), abs=1e-6)
    room.key(Qt.Key.Key_Period)
    room.key(Qt.Key.Key_Period)
    room.key(Qt.Key.Key_Comma)
    assert saved(room)[8].alignment.similarity.rotation == pytest.approx(2.5)
    centre = (room.b.width() / 2, room.b.height() / 2)
    assert room.view.aligner.stack.count() == 2
    assert centre
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room)[8].alignment.similarity.rotation == pytest.approx(2.0)
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room)[8].alignment.similarity == by
    assert where(room.b, EYES[0]) == pytest.approx(before)
    room.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert where(room.b, EYES[0]) == pytest.approx((before[0] + 3, before[1] + 1), abs=1e-6)
    room.key(Qt.Key.Key_Y, CTRL)
    assert saved(room)[8].alignment.similarity.rotation == pytest.approx(2.5)


def test_fine_turning_keeps_the_middle_where_it_is(make_room: RoomMaker) -> None:
    room = make_room(moved(two_years(), Similarity(1.0, 2.0)))
    room.open()
    room.wheel(room.b, QPointF(200, 300), 3)
    assert room.b.photo is not None
    middle = room.b.photo.unit_of((room.b.lens.x, room.b.lens.y))
    at = where(room.b, middle)
    room.key(Qt.Key.Key_Period)
    assert where(room.b, middle) == pytest.approx(at, abs=1e-6)
    assert math.isclose(room.b.photo.placed.rotation if room.b.photo.placed else 0, 2.5)


def test_ctrl_drag_moves_only_this_photograph(room: Room) -> None:
    a, b = where(room.a, EYES[0]), where(room.b, EYES[0])
    lens = room.view.stage.lens
    QTest.mousePress(room.b, Qt.MouseButton.LeftButton, CTRL, QPoint(300, 300))
    for x in (310, 325):
        move = QPoint(x, 290)
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(move), room.b.mapToGlobal(QPointF(move)), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, CTRL,
        )  # fmt: skip
        QApplication.sendEvent(room.b, event)
    QTest.mouseRelease(room.b, Qt.MouseButton.LeftButton, CTRL, QPoint(325, 290))
    assert room.view.stage.lens == lens
    assert where(room.a, EYES[0]) == pytest.approx(a)
    assert where(room.b, EYES[0]) == pytest.approx((b[0] + 25, b[1] - 10), abs=0.01)
    there = saved(room)
    assert {one.frame for one in there.values()} == {5}
    assert room.view.aligner.stack.count() == 1
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room) == {}
    assert where(room.b, EYES[0]) == pytest.approx(b)


def test_an_alignment_is_taken_away_as_one_step(make_room: RoomMaker) -> None:
    room = make_room(moved(two_years(), Similarity(1.2, 5.0)))
    room.open()
    there = dict(room.source.placed[OPEN])
    room.view.act("forget")
    assert saved(room) == {}
    assert "not aligned" in room.view.status.left.text()
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room) == there


def test_a_photo_whose_partner_does_not_lie_in_its_frame_is_seen_as_taken(make_room: RoomMaker) -> None:
    source = moved(two_years(), Similarity(1.2, 5.0))
    del source.placed[OPEN][5]
    room = make_room(source)
    room.open()
    assert room.b.photo is not None
    assert room.b.photo.placed is None
    assert "not aligned" in room.view.status.left.text()
    before = where(room.b, EYES[0])
    room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert where(room.b, EYES[0]) == pytest.approx((before[0] + 1, before[1]), abs=1e-6)
    assert {one.frame for one in saved(room).values()} == {5}
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room) == source.placed[OPEN]
    assert room.b.photo.placed is None


def test_linked_cursor_and_lens_go_through_the_alignment(make_room: RoomMaker) -> None:
    room = make_room(moved(two_years(), Similarity(1.2, 5.0, 0.03, -0.04)))
    room.open()
    room.wheel(room.a, QPointF(200, 300), 3)
    assert room.b.photo is not None
    assert room.b.photo.placed is not None
    onto = room.b.photo.placed.inverse().apply(EYES[1])
    assert where(room.b, onto) == pytest.approx(where(room.a, EYES[1]), abs=1e-6)
    at = QPoint(*map(round, where(room.a, EYES[1])))
    QTest.mouseMove(room.a, at)
    centre = room.b._cross_point()
    assert centre is not None
    assert centre.toTuple() == pytest.approx(where(room.b, onto), abs=1.0)


def test_an_alignment_that_cannot_be_written_is_said_and_taken_back(make_room: RoomMaker) -> None:
    source = moved(two_years(), Similarity(1.0, 2.0))
    room = make_room(source)
    room.open()
    before = where(room.b, EYES[0])
    source.refuses = StorageUnavailable("database_busy")
    room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert where(room.b, EYES[0]) != pytest.approx(before)
    room.view.aligner.save()
    room.settle()
    assert where(room.b, EYES[0]) == pytest.approx(before)
    assert room.view.status.left.text().split("  ·  ")[0]


def test_leaving_writes_what_was_not_yet_written(make_room: RoomMaker) -> None:
    source = moved(two_years(), Similarity(1.0, 2.0))
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    room.view.close_case()
    room.settle()
    assert source.placed[OPEN][8].alignment.similarity.dx > 0
    room.open(1)
    assert room.view.aligner.stack.count() == 0


def test_a_frame_whose_photograph_is_gone_still_holds(make_room: RoomMaker) -> None:
    source = moved(two_years(), Similarity(1.1, 3.0))
    source.placed = {OPEN: {id_: FramedAlignment(999, one.alignment) for id_, one in source.placed[OPEN].items()}}
    room = make_room(source)
    room.open()
    assert room.b.photo is not None
    assert room.b.photo.placed is not None
    assert "aligned, B turned 3.0°" in room.view.status.left.text()


@pytest.mark.parametrize("size", [(8000, 200), (300, 2400)])
def test_a_panorama_is_compared_too(make_room: RoomMaker, size: tuple[int, int]) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0], 0, size)
    source.add(OPEN, DAYS[0] + timedelta(14), 90, (900, 1200))
    room = make_room(source, 1024, 640)
    room.open()
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_S, Qt.Key.Key_1):
        room.key(key)
        room.key(Qt.Key.Key_Period)
        room.key(Qt.Key.Key_Plus)
        assert not grab(room.view.stage.active).isNull()
    assert {one.frame for one in saved(room).values()} <= {1, 2}
