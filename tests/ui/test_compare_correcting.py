"""Points that were measured are corrected by hand and by keys, in every pane, and taken back like all else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.measuring import Point
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import SHIFT, Room, RoomMaker, keeper, make_room, two_years
from tests.ui.test_compare_aligning import click

__all__ = ["keeper", "make_room"]

LEVEL: tuple[Point, Point] = ((0.2, 0.5), (0.6, 0.5))
IRIS: tuple[Point, Point] = ((0.26, 0.43), (0.31, 0.43))


@pytest.fixture
def measured(make_room: RoomMaker) -> Room:
    """A distance in A and in B, and the iris of A."""
    source = two_years()
    source.measure(1, 5, MeasureKind.DISTANCE, LEVEL)
    source.measure(1, 8, MeasureKind.DISTANCE, LEVEL, partner_id=source.measured[0].id)
    source.measure(1, 5, MeasureKind.IRIS, IRIS)
    room = make_room(source)
    room.open()
    return room


def drag(room: Room, pane: PicturePane, start: Point, end: Point) -> None:
    """Drag from a place of a photograph to another, in steps as a hand does."""
    first, last = pane.place_of(start), pane.place_of(end)
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=first.toPoint())
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(pane, (first + (last - first) * part).toPoint())
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=last.toPoint())
    room.settle()


def points(room: Room, place: int) -> tuple[Point, ...]:
    """Where a figure is kept."""
    return room.source.measured[place].points


def corrections(room: Room) -> int:
    """How often something was corrected in the record."""
    return sum(name == "correct" for name, _ in room.source.calls)


def words(room: Room) -> str:
    """What stands in the line below and in the panes."""
    return " ".join((room.view.status.left.text(), *room.a.chips, *room.b.chips))


def test_a_point_is_dragged_and_the_way_back_is_offered(measured: Room) -> None:
    room = measured
    offered: list[tuple[str, object]] = []
    room.view.undoable.connect(lambda words, undo: offered.append((words, undo)))
    lens, before = room.view.stage.lens, room.view.measures.panel.rows[0].row.a
    drag(room, room.a, LEVEL[1], (0.5, 0.6))
    assert points(room, 0)[0] == pytest.approx(LEVEL[0])
    assert points(room, 0)[1] == pytest.approx((0.5, 0.6), abs=0.003)
    assert points(room, 1) == LEVEL
    assert offered == [("Distance corrected", 93)]
    assert room.view.stage.lens == lens, "the photograph stays"
    assert room.view.measures.panel.rows[0].row.a != before
    assert room.view.measures.panel.rows[0].isChecked()
    assert "with J and the arrows" in room.view.measures.panel.hint.text()


def test_values_follow_while_a_point_is_dragged_and_nothing_is_written_before_it_is_let_go(measured: Room) -> None:
    room, pane = measured, measured.b
    row = room.view.measures.panel.rows[0]
    before = row.row.b
    start = pane.place_of(LEVEL[1])
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(pane, (start - QPointF(60, 0)).toPoint())
    room.settle()
    assert room.view.measures.panel.rows[0] is row
    assert row.row.b != before
    assert corrections(room) == 0
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=(start - QPointF(60, 0)).toPoint())
    room.settle()
    assert corrections(room) == 1


def test_a_dragged_iris_changes_what_is_measured_by_it(measured: Room) -> None:
    before = float(measured.view.measures.panel.rows[0].row.a.split()[0])
    drag(measured, measured.a, IRIS[1], (0.36, 0.43))
    assert float(measured.view.measures.panel.rows[0].row.a.split()[0]) == pytest.approx(before / 2, rel=0.05)


def test_a_clicked_point_is_moved_by_the_arrows_and_written_once(measured: Room) -> None:
    room = measured
    shown = room.view.shown
    click(room, room.a, LEVEL[0])
    assert "one end: arrows move it, Esc lets it go" in words(room)
    for _ in range(3):
        QTest.keyClick(room.a, Qt.Key.Key_Right)
    QTest.keyClick(room.a, Qt.Key.Key_Down, SHIFT)
    assert corrections(room) == 0
    QTest.keyClick(room.a, Qt.Key.Key_Escape)
    room.settle()
    assert corrections(room) == 1
    x, y = points(room, 0)[0]
    assert room.a.photo is not None
    step = 1 / (room.a.scale * 1500)
    assert (x, y) == pytest.approx((LEVEL[0][0] + 3 * step, LEVEL[0][1] + 10 * step))
    assert room.view.shown == shown
    room.key(Qt.Key.Key_Right)
    assert room.view.shown != shown, "the arrows step again"


def test_keys_alone_reach_every_point(measured: Room) -> None:
    room = measured
    room.key(Qt.Key.Key_J)
    held = []
    for _ in range(3):
        held.append(room.view.measures._held)
        room.key(Qt.Key.Key_J)
    assert len(set(held)) == 2, "both ends of the iris, measured last, and round again"
    QTest.keyClick(room.a, Qt.Key.Key_Left, SHIFT)
    room.qtbot.waitUntil(lambda: corrections(room) == 1)
    room.settle()
    QTest.keyClick(room.a, Qt.Key.Key_Left, SHIFT)
    room.qtbot.waitUntil(lambda: corrections(room) == 2)


def test_nudges_while_the_last_ones_are_written_are_written_after_them(measured: Room) -> None:
    room = measured
    click(room, room.a, LEVEL[0])
    QTest.keyClick(room.a, Qt.Key.Key_Right)
    room.view.measures.corrections.write()
    QTest.keyClick(room.a, Qt.Key.Key_Right)
    room.view.measures.corrections.write()
    room.qtbot.waitUntil(lambda: corrections(room) == 2)
    room.settle()
    step = 1 / (room.a.scale * 1500)
    assert points(room, 0)[0] == pytest.approx((LEVEL[0][0] + 2 * step, LEVEL[0][1]))


def test_two_figures_moved_one_after_the_other_are_both_written(measured: Room) -> None:
    room = measured
    click(room, room.a, LEVEL[0])
    QTest.keyClick(room.a, Qt.Key.Key_Up, SHIFT)
    place = room.b.place_of(LEVEL[0]).toPoint()
    QTest.mouseClick(room.b, Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(room.b, Qt.Key.Key_Down, SHIFT)
    room.view.close_case()
    room.settle()
    room.open()
    step = 10 / (room.a.scale * 1500)
    assert points(room, 0)[0] == pytest.approx((LEVEL[0][0], LEVEL[0][1] - step))
    assert points(room, 1)[0] == pytest.approx((LEVEL[0][0], LEVEL[0][1] + step))


def test_a_line_without_length_is_refused_and_lies_as_before(measured: Room) -> None:
    drag(measured, measured.a, LEVEL[1], LEVEL[0])
    assert "no direction" in words(measured)
    assert corrections(measured) == 0
    assert measured.a.figures[0].points == LEVEL


def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(measured: Room) -> None:
    room = measured
    theirs = ((0.1, 0.3), (0.6, 0.5))
    first = room.source.measured[0]
    room.source.correct(1, first.id, theirs, LEVEL)
    drag(room, room.a, LEVEL[1], (0.5, 0.6))
    assert points(room, 0) == theirs
    assert room.a.figures[0].points == theirs
    assert "Somebody else corrected this measurement" in words(room)


def test_what_cannot_be_written_lies_as_before(measured: Room) -> None:
    measured.source.refuses = StorageUnavailable("disk_full")
    drag(measured, measured.a, LEVEL[1], (0.5, 0.6))
    assert "disk" in words(measured).lower()
    assert measured.a.figures[0].points == LEVEL


def test_whoever_may_not_write_moves_the_photograph_instead(make_room: RoomMaker) -> None:
    source = two_years()
    source.measure(1, 5, MeasureKind.DISTANCE, LEVEL)
    source.may_write = False
    room = make_room(source)
    room.open()
    room.wheel(room.a, QPointF(200, 200), 3)
    lens = room.view.stage.lens
    drag(room, room.a, LEVEL[0], (0.3, 0.6))
    assert room.view.stage.lens != lens
    assert corrections(room) == 0


def test_further_panes_are_measured_in_too(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    room.open()
    for _ in range(2):
        room.key(Qt.Key.Key_N)
    room.key(Qt.Key.Key_D)
    c, d = (room.view.stage.panes[letter] for letter in "CD")
    for point in LEVEL:
        click(room, room.a, point)
    assert all("Now the same in" in pane.chips[0] for pane in (room.b, c, d))
    for pane in (d, c, room.b):
        for point in LEVEL:
            click(room, pane, point)
    assert [one.partner_id for one in room.source.measured[1:]] == [room.source.measured[0].id] * 3
    (row,) = room.view.measures.panel.rows
    assert [letter for letter, _ in row.row.further] == ["C", "D"]
    assert {row.row.a, row.row.b, *(value for _, value in row.row.further)} == {row.row.a}
    assert "C " in row.accessibleName()
    room.key(Qt.Key.Key_Escape)
    drag(room, d, LEVEL[1], (0.4, 0.5))
    assert dict(row.row.further)["D"] != row.row.a
    assert corrections(room) == 1
    room.key(Qt.Key.Key_Delete)
    assert room.source.measured == []


def test_a_pane_added_while_one_measures_takes_clicks(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    room.open()
    room.key(Qt.Key.Key_D)
    room.key(Qt.Key.Key_N)
    c = room.view.stage.panes["C"]
    for point in LEVEL:
        click(room, c, point)
    assert [one.picture_id for one in room.source.measured] == [room.view._chosen["C"]]
