"""Alignments found in the pixels, in the viewer: refined and automatic, why not, slow ones, and what is written."""

from __future__ import annotations

import random
import threading
from functools import cache
from time import monotonic_ns

import cv2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Point, Similarity, picture_units
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.errors import DamageFound
from clinic_app.domain.pictures import Injected
from clinic_app.imaging.portraits import Portrait, PortraitKind, paint
from clinic_app.wording.sentences import sentence_of
from tests.imaging.pairs import SIDE, Colours, person, photographed
from tests.ui.compare_room import (
    CTRL,
    DAYS,
    SHIFT,
    DrawnPictures,
    Room,
    RoomMaker,
    keeper,
    make_room,
    shown,
)
from tests.ui.test_compare_aligning import click, picking

__all__ = ["keeper", "make_room"]

SEED = 4
A, B, C = 1, 2, 3


def jpeg(colours: Colours) -> bytes:
    return cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


@cache
def drawn() -> tuple[bytes, bytes, bytes, Similarity]:
    """A face, the same with lids shut photographed elsewhere, another face; the second onto the first (units)."""
    shut = person(SEED, PortraitKind.FACE_EYES_CLOSED)
    seen, way = photographed(shut, random.Random(11))  # noqa: S311
    back = way.inverse().in_units(SIDE, SIDE)
    return jpeg(person(SEED)), jpeg(seen), jpeg(person(SEED + 7)), back


def faces(view: str = "F01") -> DrawnPictures:
    """A before, B after, C of somebody else."""
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),), views=(view,))
    one, other, stranger, _ = drawn()
    for day, data in ((DAYS[0], one), (DAYS[0].replace(month=9), other), (DAYS[0].replace(month=10), stranger)):
        source.files[source.add(view, day, 50, (SIDE, SIDE))] = data
    return source


def opened(make_room: RoomMaker, source: DrawnPictures) -> Room:
    room = make_room(source)
    room.open()
    if shown(room) != (A, B):
        room.view.show_picture("A", A)
        room.view.show_picture("B", B)
        room.settle()
    assert shown(room) == (A, B)
    return room


def saved(room: Room, view: str = "F01") -> dict[int, FramedAlignment]:
    room.view.aligner.save()
    room.settle()
    return room.source.placed.get(view, {})


def off(found: Similarity, truth: Similarity) -> float:
    """How far a found alignment puts the corners of the face from the truth, pixels."""
    corners = [(0.28, 0.26), (0.72, 0.26), (0.28, 0.7), (0.72, 0.7)]
    away = [abs(complex(*found.apply(at)) - complex(*truth.apply(at))) for at in corners]
    return sum(away) / len(away) * SIDE


def corners_of_eyes() -> tuple[Point, Point, Point]:
    truth = paint(Portrait(PortraitKind.FACE_FRONT, SEED, width=SIDE, height=SIDE))[1]
    right, left = truth.inner_corner_right, truth.inner_corner_left
    assert right is not None
    assert left is not None
    across = complex(left[0] - right[0], left[1] - right[1])
    nose = complex(*right) + across / 2 + across * 1.5j
    first, second, third = (picture_units(at, SIDE, SIDE) for at in (right, left, (nose.real, nose.imag)))
    return first, second, third


def set_points(room: Room, *, wrong: float = 0.0, count: int = 3, nose: float = 0.0) -> None:
    """Click at the corners of the eyes and the base of the nose in both; in B a little, or much, beside them."""
    truth = drawn()[3].inverse()
    room.key(Qt.Key.Key_M)
    marks = corners_of_eyes()[:count]
    for pane in (room.a, room.b):
        for number, mark in enumerate(marks[:2]):
            x, y = mark if pane is room.a else truth.apply(mark)
            click(room, pane, (x + wrong, y + (0.002 if number else 0.0)) if pane is room.b else (x, y))
    for mark in marks[2:]:
        click(room, room.a, mark)
        x, y = truth.apply(mark)
        click(room, room.b, (x + wrong + nose, y))


def looking(room: Room) -> tuple[bool, str]:
    return room.view.finder.busy, room.view.finder.words


def in_cycles(room: Room) -> bool:
    return room.view.all_cycles


def line(room: Room) -> str:
    return room.view.status.left.text()


def test_one_key_lays_b_over_a_and_it_is_written_and_taken_back(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_M, SHIFT)
    there = saved(room)
    assert there[A] == FramedAlignment(A, Alignment(IDENTITY, AlignmentMethod.REFERENCE))
    found = there[B].alignment
    assert off(found.similarity, drawn()[3]) <= 1.0
    assert found.method is AlignmentMethod.AUTOMATIC
    assert found.sureness is not None
    assert found.sureness > 0.58
    assert found.rms is not None
    assert found.head_turned is False
    assert room.view.stage.mode is CompareMode.BLEND
    sure = "sure" if found.sureness >= 0.75 else "fairly sure"
    assert f"Auto, eyes, {sure} · Ctrl+Z takes it back" in room.view.stage.composed.chips
    assert "automatic" in line(room)
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room) == {}
    assert not any("Auto" in chip for chip in room.view.stage.composed.chips)
    room.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert saved(room) == there


def automatic_chips(room: Room) -> list[str]:
    return [chip for pane in (room.a, room.b) for chip in pane.chips if chip.startswith("Auto")]


def test_what_was_found_is_not_said_of_another_pair(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.key(Qt.Key.Key_M, SHIFT)
    room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert automatic_chips(room) == []
    room.key(Qt.Key.Key_Z, CTRL)
    assert len(automatic_chips(room)) == 2
    for _ in range(2):
        room.key(Qt.Key.Key_W)
        assert len(automatic_chips(room)) == 2
    room.key(Qt.Key.Key_Right)
    assert shown(room) == (A, C)
    assert "not aligned" in line(room)
    assert automatic_chips(room) == []
    room.key(Qt.Key.Key_Left)
    assert shown(room) == (A, B)
    assert automatic_chips(room) == []


def test_what_was_found_is_not_said_once_something_newer_was_done(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    done: list[int] = []
    room.view.undoable.connect(lambda *_: done.append(monotonic_ns()))
    room.view.written_at = lambda: done[-1] if done else 0
    room.key(Qt.Key.Key_M, SHIFT)
    assert len(automatic_chips(room)) == 2
    room.key(Qt.Key.Key_P)
    assert len(done) == 1
    assert automatic_chips(room) == []
    done.clear()
    room.key(Qt.Key.Key_I)
    assert automatic_chips(room) == []


def test_the_button_and_the_menu_do_the_same(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    menu = room.view.menu()
    assert {"Align automatically", "Refine the points"} <= {one.text().split("\t")[0] for one in menu.actions()}
    room.view.buttons["automatic"].click()
    room.settle()
    assert saved(room)[B].alignment.method is AlignmentMethod.AUTOMATIC


def test_where_only_b_lies_in_a_frame_a_goes_there(make_room: RoomMaker) -> None:
    source = faces()
    by = Similarity(1.1, 3.0, 0.02, 0.0)
    source.placed = {"F01": {B: FramedAlignment(99, Alignment(by, AlignmentMethod.POINTS))}}
    room = opened(make_room, source)
    room.key(Qt.Key.Key_M, SHIFT)
    there = saved(room)
    assert there[B].alignment.similarity == by
    assert there[A].frame == 99
    assert off(there[A].alignment.similarity, drawn()[3].inverse().then(by)) <= 1.5


def test_what_was_aligned_by_hand_stays(make_room: RoomMaker) -> None:
    source = faces()
    source.placed = {
        "F01": {id_: FramedAlignment(A, Alignment(Similarity(dx=id_ / 9), AlignmentMethod.POINTS)) for id_ in (A, B)}
    }
    before = dict(source.placed["F01"])
    room = opened(make_room, source)
    room.key(Qt.Key.Key_M, SHIFT)
    assert "aligned by hand, which is kept" in line(room)
    assert saved(room) == before
    assert ("found", 1) not in source.calls
    room.view.act("forget")
    room.key(Qt.Key.Key_M, SHIFT)
    assert saved(room)[B].alignment.method is AlignmentMethod.AUTOMATIC


def test_necks_are_refused_with_the_reason_and_points_begin(make_room: RoomMaker) -> None:
    room = opened(make_room, faces("N01"))
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_M, SHIFT)
    why = "This view is aligned by points: what can be found in it is what the illness moves."
    assert why in line(room)
    assert room.a.chips == (why, "Point 1 in A: Right shoulder (acromion)")
    assert room.view.stage.mode is CompareMode.SIDE_BY_SIDE
    assert saved(room, "N01") == {}
    click(room, room.a, (0.2, 0.8))
    assert why not in room.a.chips


def test_another_face_is_not_claimed_and_points_begin(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.view.show_picture("B", C)
    room.settle()
    room.key(Qt.Key.Key_M, SHIFT)
    assert picking(room) is not None
    assert picking(room).why in line(room)  # type: ignore[union-attr]
    assert saved(room) == {}


def test_rough_points_are_refined_and_it_is_said_how_sure(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    set_points(room)
    assert "R refines it" in room.a.chips[0]
    room.key(Qt.Key.Key_R)
    assert picking(room) is None
    found = saved(room)[B].alignment
    assert found.method is AlignmentMethod.REFINED
    assert off(found.similarity, drawn()[3]) <= 0.5
    assert found.sureness is not None
    assert found.rms is not None
    assert len(found.points) == 3
    assert f"Refined: {found.rms * SIDE:.1f} px, sure · Ctrl+Z takes it back" in room.b.chips
    assert "refined" in line(room)
    room.key(Qt.Key.Key_Z, CTRL)
    by_points = saved(room)[B].alignment
    assert by_points.method is AlignmentMethod.POINTS
    assert off(by_points.similarity, drawn()[3]) > off(found.similarity, drawn()[3])
    room.key(Qt.Key.Key_Right, CTRL | SHIFT)
    room.key(Qt.Key.Key_R)
    assert off(saved(room)[B].alignment.similarity, drawn()[3]) <= 0.5


def test_points_that_lie_wrong_are_not_refined_and_stay_to_be_corrected(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    set_points(room, wrong=0.03)
    room.key(Qt.Key.Key_R)
    points = picking(room)
    assert points is not None
    assert points.pairs == 3
    assert points.why
    assert points.why in line(room)
    assert points.why in room.a.chips
    assert saved(room) == {}


def test_refining_without_points_begins_them(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.key(Qt.Key.Key_R)
    assert "Refining starts from points" in line(room)
    assert picking(room) is not None
    click(room, room.a, (0.4, 0.4))
    room.key(Qt.Key.Key_R)
    assert [len(picking(room).points[letter]) for letter in "AB"] == [1, 0]  # type: ignore[union-attr]
    room.key(Qt.Key.Key_M, SHIFT)
    assert "Points are being set" in line(room)
    assert picking(room) is not None


def test_a_turned_head_stays_told_of_once_the_points_are_kept(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    set_points(room, nose=0.03)
    warned = "Head turned: compare with care"
    assert warned in room.a.chips
    room.key(Qt.Key.Key_Return)
    assert warned in room.a.chips
    assert saved(room)[B].alignment.head_turned is True
    room.key(Qt.Key.Key_3)
    assert warned in room.view.stage.composed.chips
    room.view.act("forget")
    room.settle()
    assert warned not in room.view.stage.composed.chips


def test_a_copy_of_the_photographs_warns_but_does_not_say_how_to_work(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.key(Qt.Key.Key_W, SHIFT)
    second = room.view.second_window
    assert second is not None
    set_points(room, nose=0.03)
    assert second.stage.panes["A"].chips == ("Head turned: compare with care",)
    room.key(Qt.Key.Key_R)
    assert any("Refined" in chip for chip in room.a.chips)
    assert second.stage.panes["A"].chips == ("Head turned: compare with care",)
    second.close()


def test_a_slow_search_says_so_and_esc_stops_it(make_room: RoomMaker) -> None:
    source = faces()
    source.searching = threading.Event()
    room = opened(make_room, source)
    QTest.keyClick(QApplication.focusWidget() or room.b, Qt.Key.Key_M, SHIFT)
    assert looking(room) == (True, "")
    room.qtbot.waitUntil(lambda: any("Esc stops it" in chip for chip in room.a.chips), timeout=5000)
    QTest.keyClick(QApplication.focusWidget() or room.b, Qt.Key.Key_Escape)
    assert looking(room) == (False, "")
    source.searching.set()
    room.settle()
    assert ("stopped", B) in source.calls
    assert room.a.chips == ()
    assert picking(room) is None
    assert saved(room) == {}


@pytest.mark.parametrize("how", ["another photograph", "closed", "moved", "points"])
def test_an_answer_nobody_waits_for_changes_nothing(make_room: RoomMaker, how: str) -> None:
    source = faces()
    source.searching = threading.Event()
    room = opened(make_room, source)
    QTest.keyClick(QApplication.focusWidget() or room.b, Qt.Key.Key_M, SHIFT)
    if how == "another photograph":
        room.view.show_picture("B", C)
    elif how == "closed":
        room.view.close_case()
    else:
        key, held = (Qt.Key.Key_Right, CTRL | SHIFT) if how == "moved" else (Qt.Key.Key_M, Qt.KeyboardModifier(0))
        QTest.keyClick(QApplication.focusWidget() or room.b, key, held)
    source.searching.set()
    room.settle()
    methods = {one.alignment.method for one in saved(room).values()}
    assert AlignmentMethod.AUTOMATIC not in methods
    if how in ("moved", "points"):
        assert "stay as they are now" in line(room)


def test_a_photograph_that_cannot_be_read_is_named(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.source.damaged.add(B)
    room.key(Qt.Key.Key_M, SHIFT)
    assert not room.view.finder.busy
    assert line(room).startswith(sentence_of(DamageFound("picture_damaged_inside")))
    assert saved(room) == {}


def test_whoever_may_not_align_is_told(make_room: RoomMaker) -> None:
    source = faces()
    source.may_write = False
    room = opened(make_room, source)
    for key, held in ((Qt.Key.Key_M, SHIFT), (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier)):
        room.key(key, held)
        assert "Only doctors and nurses align photos." in line(room)
    assert not room.view.buttons["automatic"].isEnabled()
    assert not room.view.buttons["refine"].isEnabled()


def test_from_the_strip_of_all_cycles_the_pair_is_seen_again(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.key(Qt.Key.Key_S, SHIFT)
    assert in_cycles(room)
    room.key(Qt.Key.Key_M, SHIFT)
    assert not in_cycles(room)
    assert saved(room)[B].alignment.method is AlignmentMethod.AUTOMATIC


def test_points_that_are_kept_are_made_exact_where_that_is_sure(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    set_points(room, wrong=0.003)
    room.key(Qt.Key.Key_Return)
    sharp = saved(room)[B].alignment
    assert sharp.method is AlignmentMethod.REFINED
    assert off(sharp.similarity, drawn()[3]) <= 0.5
    assert any(chip.startswith("Refined: ") for chip in room.b.chips)
    room.key(Qt.Key.Key_Z, CTRL)
    clicked = saved(room)[B].alignment
    assert clicked.method is AlignmentMethod.POINTS
    assert off(clicked.similarity, drawn()[3]) > 1
    room.key(Qt.Key.Key_Z, CTRL)
    assert saved(room) == {}


def test_points_stay_as_clicked_where_nothing_is_sure(make_room: RoomMaker) -> None:
    room = opened(make_room, faces())
    room.view.show_picture("B", C)
    room.settle()
    set_points(room)
    room.key(Qt.Key.Key_Return)
    assert ("refined", 1) in room.source.calls
    assert saved(room)[C].alignment.method is AlignmentMethod.POINTS
    assert not picking(room)
    assert room.view.aligner.stack.count() == 1


@pytest.mark.parametrize("view", ["N01", "E04R", "H01"])
def test_points_are_not_made_exact_where_they_may_stand_on_the_affected_part(make_room: RoomMaker, view: str) -> None:
    room = opened(make_room, faces(view))
    set_points(room)
    room.key(Qt.Key.Key_Return)
    assert ("refined", 1) not in room.source.calls
    assert saved(room, view)[B].alignment.method is AlignmentMethod.POINTS
