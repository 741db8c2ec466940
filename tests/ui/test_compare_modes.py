"""Every mode of the viewer and every key of its map, under real keys and a real mouse."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.lens import Extent, Sizing
from clinic_app.domain.pictures import Injected
from clinic_app.ui.compare import composed as composed_module
from clinic_app.ui.compare.composed import FASTEST, SLOWEST, matching
from clinic_app.ui.compare.film import FOLDED, PICTURE_MIME
from clinic_app.ui.compare.keys import COMMANDS
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.second import SecondWindow, picture_of
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from clinic_app.ui.widgets.themed import TextLabel
from tests.ui.compare_room import (
    CTRL,
    DAYS,
    OPEN,
    SHIFT,
    SHUT,
    SMILE,
    DrawnPictures,
    Room,
    RoomMaker,
    button,
    grab,
    keeper,
    make_room,
    room,
    shown,
    two_years,
)

__all__ = ["keeper", "make_room", "room"]

PLAIN = Qt.KeyboardModifier.NoModifier
MODE_KEYS = (
    (Qt.Key.Key_1, CompareMode.SIDE_BY_SIDE),
    (Qt.Key.Key_2, CompareMode.WIPE),
    (Qt.Key.Key_3, CompareMode.BLEND),
    (Qt.Key.Key_4, CompareMode.BLINK),
    (Qt.Key.Key_5, CompareMode.DIFFERENCE),
    (Qt.Key.Key_S, CompareMode.SINGLE),
)


def align(source: DrawnPictures) -> DrawnPictures:
    """A and B of the open eyes lie over each other, B turned a little."""
    by = Similarity(1.05, 3.7, 0.01, -0.02)
    source.placed = {
        OPEN: {
            5: FramedAlignment(5, Alignment(IDENTITY, AlignmentMethod.POINTS)),
            8: FramedAlignment(5, Alignment(by, AlignmentMethod.POINTS)),
        }
    }
    return source


@pytest.fixture
def aligned(make_room: RoomMaker) -> Room:
    made = make_room(align(two_years()))
    made.open()
    return made


def mode(room: Room) -> CompareMode:
    """The mode the stage is in."""
    return room.view.stage.mode


def peeking(room: Room) -> bool:
    """Whether the other photograph is held up."""
    return room.view.stage.peeking


def in_all_cycles(room: Room) -> bool:
    """Whether one view in all cycles is shown."""
    return room.view.all_cycles


def rested(room: Room) -> QImage:
    """The composed pane once nothing moves."""
    composed = room.view.stage.composed
    room.qtbot.waitUntil(lambda: not composed._rest.isActive())
    return grab(composed)


def test_every_mode_has_its_key_and_its_button(aligned: Room) -> None:
    stage, seen = aligned.view.stage, []
    for key, wanted in MODE_KEYS[1:] + MODE_KEYS[:1]:
        aligned.key(key)
        assert mode(aligned) is wanted
        assert aligned.view.bar.modes.buttons[wanted].isChecked()
        assert QApplication.focusWidget() is stage.active
        visible = [pane for pane in (*stage.panes.values(), stage.composed) if pane.isVisible()]
        assert visible == list(stage.visible_panes)
        seen.append(grab(stage.active))
    assert len({bytes(one.constBits()) for one in seen}) == len(seen)
    for wanted, one in aligned.view.bar.modes.buttons.items():
        one.click()
        aligned.settle()
        assert mode(aligned) is wanted


def test_a_difference_needs_aligned_photographs(room: Room) -> None:
    room.key(Qt.Key.Key_5)
    assert mode(room) is CompareMode.SIDE_BY_SIDE
    assert "Align the photos first" in room.view.status.left.text()
    assert not room.view.bar.modes.buttons[CompareMode.DIFFERENCE].isEnabled()
    assert "not aligned" in room.view.status.left.text()


def test_the_divider_slides_by_keys_and_by_hand(aligned: Room) -> None:
    mix, composed = aligned.view.stage.mix, aligned.view.stage.composed
    aligned.key(Qt.Key.Key_2)
    aligned.key(Qt.Key.Key_Right)
    assert mix.divider == pytest.approx(0.51)
    aligned.key(Qt.Key.Key_Left, SHIFT)
    assert mix.divider == pytest.approx(0.41)
    assert shown(aligned) == (5, 8)
    edge = QPoint(round(composed.width() * 0.41), 200)
    QTest.mousePress(composed, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(composed, QPoint(round(composed.width() * 0.7), 210))
    QTest.mouseRelease(composed, Qt.MouseButton.LeftButton, pos=QPoint(round(composed.width() * 0.7), 210))
    assert mix.divider == pytest.approx(0.7, abs=0.01)
    QTest.mouseDClick(composed, Qt.MouseButton.LeftButton, pos=QPoint(round(composed.width() * 0.7), 210))
    assert mix.divider == 0.5
    aligned.key(Qt.Key.Key_V)
    assert mix.level
    upright = composed.lens
    QTest.mousePress(composed, Qt.MouseButton.LeftButton, pos=QPoint(300, composed.height() // 2))
    QTest.mouseMove(composed, QPoint(300, composed.height() // 4))
    QTest.mouseRelease(composed, Qt.MouseButton.LeftButton, pos=QPoint(300, composed.height() // 4))
    assert mix.divider == pytest.approx(0.25, abs=0.02)
    assert composed.lens == upright
    for _ in range(12):
        aligned.key(Qt.Key.Key_Right, SHIFT)
    assert mix.divider == 1.0


def test_sliding_shows_a_on_its_side_and_b_on_the_other(aligned: Room) -> None:
    composed = aligned.view.stage.composed
    aligned.key(Qt.Key.Key_I)
    aligned.key(Qt.Key.Key_2)
    half = rested(aligned)
    aligned.view.stage.set_mix(divider=1.0)
    only_a = rested(aligned)
    aligned.view.stage.set_mix(divider=0.0)
    only_b = rested(aligned)
    y, left, right = composed.height() // 3, composed.width() // 2 - 60, composed.width() // 2 + 60
    assert half.pixelColor(left, y) == only_a.pixelColor(left, y)
    assert half.pixelColor(right, y) == only_b.pixelColor(right, y)
    assert only_a != only_b


def test_overlay_goes_from_a_to_b(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_I)
    aligned.key(Qt.Key.Key_3)
    mix = aligned.view.stage.mix
    assert mix.blend == 0.5
    aligned.key(Qt.Key.Key_Up)
    assert mix.blend == 0.55
    assert "55 % of B" in aligned.view.status.left.text()
    for _ in range(20):
        aligned.key(Qt.Key.Key_Down)
    assert mix.blend == 0.0
    only_a = rested(aligned)
    aligned.key(Qt.Key.Key_2)
    aligned.view.stage.set_mix(divider=1.0)
    slid = rested(aligned)
    middle = QPoint(only_a.width() // 2, only_a.height() // 2)
    assert only_a.pixelColor(middle) == slid.pixelColor(middle)


def test_shift_and_the_wheel_blend(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_3)
    composed = aligned.view.stage.composed
    lens = aligned.view.stage.lens
    for notches, share in ((1, 0.55), (2, 0.65), (-1, 0.6), (20, 1.0)):
        aligned.wheel(composed, QPointF(200, 200), notches, SHIFT)
        assert aligned.view.stage.mix.blend == pytest.approx(share)
    assert aligned.view.stage.lens == lens


def test_flipping_is_never_faster_than_three_a_second(aligned: Room) -> None:
    composed, mix = aligned.view.stage.composed, aligned.view.stage.mix
    aligned.view.activateWindow()
    aligned.key(Qt.Key.Key_4)
    assert composed.flips
    assert composed._flip.interval() == 500
    before = composed.flipped
    aligned.qtbot.waitUntil(lambda: composed.flipped is not before, timeout=3000)
    for _ in range(9):
        aligned.key(Qt.Key.Key_Up)
    assert mix.hertz == FASTEST
    assert composed._flip.interval() >= 1000 / (2 * 3) - 1
    for _ in range(9):
        aligned.key(Qt.Key.Key_Down)
    assert mix.hertz == SLOWEST
    aligned.key(Qt.Key.Key_1)
    assert not composed.flips


def flips_shown(room: Room) -> list[bool]:
    """Whether B is shown, before and after the key of the mode."""
    before = room.view.stage.composed.flipped
    room.key(Qt.Key.Key_4)
    return [before, room.view.stage.composed.flipped]


def test_with_less_motion_it_flips_by_hand(aligned: Room, keeper: object) -> None:
    aligned.view._keeper.set_reduced_motion(True)
    try:
        aligned.key(Qt.Key.Key_4)
        composed = aligned.view.stage.composed
        assert not composed.flips
        assert flips_shown(aligned) == [False, True]
        assert "press 4 to flip" in aligned.view.status.left.text()
    finally:
        aligned.view._keeper.set_reduced_motion(False)


def test_a_difference_of_the_same_is_black_and_its_gain_goes_to_eight(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    for day in (DAYS[0], DAYS[0] + timedelta(14)):
        source.add(OPEN, day, 50)
    source.jpegs[2] = source.jpegs[1]
    there = {one: FramedAlignment(1, Alignment(IDENTITY, AlignmentMethod.POINTS)) for one in (1, 2)}
    source.placed = {OPEN: there}
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_I)
    room.key(Qt.Key.Key_5)
    for _ in range(5):
        room.key(Qt.Key.Key_Up)
    assert room.view.stage.mix.gain == 8
    image = rested(room)
    assert image.pixelColor(image.width() // 2, image.height() // 2).lightness() == 0
    assert "Difference: also shows light and pose · ×8" in room.view.stage.composed.chips
    room.view.stage.set_mix(coloured=True)
    assert rested(room).pixelColor(image.width() // 2, image.height() // 2).blue() > 60
    for _ in range(5):
        room.key(Qt.Key.Key_Down)
    assert room.view.stage.mix.gain == 1


def test_a_lost_alignment_ends_the_difference(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_5)
    aligned.key(Qt.Key.Key_End)
    assert shown(aligned) == (5, 14)
    assert mode(aligned) is CompareMode.SIDE_BY_SIDE


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_S])
def test_holding_b_shows_the_other(aligned: Room, key: Qt.Key) -> None:
    aligned.key(Qt.Key.Key_I)
    aligned.key(key)
    pane = aligned.view.stage.active
    aligned.qtbot.waitUntil(lambda: not pane._rest.isActive())
    before = grab(pane)
    QTest.keyPress(pane, Qt.Key.Key_B)
    assert peeking(aligned)
    held = grab(pane)
    assert held != before
    QTest.keyRelease(pane, Qt.Key.Key_B)
    assert not peeking(aligned)
    assert grab(pane) == before


def test_three_and_four_panes_follow_one_lens(room: Room) -> None:
    room.key(Qt.Key.Key_N)
    assert room.view._chosen == {"A": 5, "B": 8, "C": 11}
    room.key(Qt.Key.Key_N)
    assert room.view._chosen["D"] == 13
    panes = room.view.stage.panes
    assert len({pane.size().toTuple() for pane in panes.values()}) == 1
    assert panes["C"].y() > panes["A"].y()
    room.wheel(panes["C"], QPointF(120, 90), 2)
    assert len({pane.lens for pane in panes.values()}) == 1
    QTest.mouseMove(panes["C"], QPoint(330, 160))
    spot = panes["C"].lens.spot(panes["C"].frame, (330, 160))
    for letter in "ABD":
        assert panes[letter]._cross == pytest.approx(spot)
    room.key(Qt.Key.Key_N)
    assert len(room.view._chosen) == 4
    panes["D"].setFocus()
    room.key(Qt.Key.Key_Return)
    assert shown(room) == (5, 13)
    assert room.view._chosen["D"] == 8
    room.key(Qt.Key.Key_N, SHIFT)
    room.key(Qt.Key.Key_N, SHIFT)
    room.key(Qt.Key.Key_N, SHIFT)
    assert room.view._chosen == {"A": 5, "B": 13}
    room.a.setFocus()
    room.key(Qt.Key.Key_Return)
    assert shown(room) == (13, 5)
    room.b.setFocus()
    room.key(Qt.Key.Key_Return, SHIFT)
    assert shown(room) == (5, 13)


def test_single_shows_the_active_photograph(room: Room) -> None:
    room.a.setFocus()
    room.key(Qt.Key.Key_S)
    assert room.a.isVisible()
    assert not room.b.isVisible()
    assert room.a.width() > 1000
    room.key(Qt.Key.Key_Right, SHIFT)
    assert shown(room) == (11, 8)
    room.key(Qt.Key.Key_1)
    assert room.a.size() == room.b.size()


def test_ctrl_click_adds_and_double_click_shows_alone(room: Room) -> None:
    film = room.view.film
    QTest.mouseClick(film.viewport(), Qt.MouseButton.LeftButton, CTRL, film.thumb_place(11).center())
    room.settle()
    assert room.view._chosen["C"] == 11
    QTest.mouseDClick(film.viewport(), Qt.MouseButton.LeftButton, pos=film.thumb_place(4).center())
    room.settle()
    assert mode(room) is CompareMode.SINGLE
    assert room.view._chosen["B"] == 4


def test_the_photograph_clicked_in_the_strip_is_the_active_one(room: Room) -> None:
    strip = room.view.film
    room.a.setFocus()
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.thumb_place(11).center())
    room.settle()
    assert shown(room) == (5, 11)
    assert (room.view.stage.active_letter, room.b.hasFocus()) == ("B", True)
    room.key(Qt.Key.Key_BracketRight)
    assert list(room.source.turned) == [11]
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, SHIFT, strip.thumb_place(4).center())
    room.settle()
    assert shown(room) == (4, 11)
    assert room.a.hasFocus()
    strip.setFocus()
    room.key(Qt.Key.Key_Right)
    room.key(Qt.Key.Key_Space)
    assert strip.hasFocus()
    assert room.view.stage.active_letter == "B"


def test_a_photograph_of_the_strip_is_dropped_into_a_pane(room: Room) -> None:
    data = QMimeData()
    data.setData(PICTURE_MIME, b"11")
    where, left = QPointF(40, 40), Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, left, PLAIN)
    QApplication.sendEvent(room.a, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(room.a, QDropEvent(where, Qt.DropAction.CopyAction, data, left, PLAIN))
    room.settle()
    assert shown(room) == (11, 8)


def test_the_strip_folds(room: Room) -> None:
    high = room.view.film.height()
    room.key(Qt.Key.Key_F, SHIFT)
    assert room.view.film.height() == room.view._keeper.px(FOLDED) < high
    assert not grab_of(room).isNull()
    room.key(Qt.Key.Key_F, SHIFT)
    assert room.view.film.height() == high


def grab_of(room: Room) -> QImage:
    """The whole viewer."""
    return room.view.grab().toImage()


def test_one_key_steps_both_sides_through_the_cycles(room: Room) -> None:
    room.key(Qt.Key.Key_PageUp, CTRL)
    assert shown(room) == (1, 4)
    assert "Chosen by hand" in room.view.status.left.text()
    room.key(Qt.Key.Key_PageUp, CTRL)
    assert shown(room) == (1, 4)
    assert "no further cycle" in room.view.status.left.text()
    room.key(Qt.Key.Key_PageDown, CTRL)
    assert shown(room) == (5, 8)


def test_one_view_in_all_cycles(room: Room) -> None:
    room.key(Qt.Key.Key_S, SHIFT)
    strip = room.view.cycles
    assert in_all_cycles(room)
    assert strip.isVisible()
    assert strip.hasFocus() or room.b.hasFocus()
    assert [(pair.a.id if pair.a else 0, pair.b.id if pair.b else 0) for pair in strip.cycles] == [(1, 4), (5, 8)]
    assert strip.loaded == {1, 4, 5, 8}
    strip.setFocus()
    assert "Injection 4" in strip.accessibleName()
    room.key(Qt.Key.Key_Left)
    assert "Injection 3" in strip.accessibleName()
    assert not strip.grab().isNull()
    room.key(Qt.Key.Key_Return)
    assert shown(room) == (1, 4)
    assert not in_all_cycles(room)
    room.key(Qt.Key.Key_S, SHIFT)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 60, strip.height() // 2))
    room.settle()
    assert shown(room) == (5, 8)
    room.key(Qt.Key.Key_S, SHIFT)
    room.key(Qt.Key.Key_Escape)
    assert not in_all_cycles(room)


def test_cycles_without_photos_are_named_under_the_others(make_room: RoomMaker) -> None:
    source = two_years()
    days = [DAYS[0] + timedelta(20 * one) for one in range(1, 4)]
    middle = tuple(Injected(day, 4 + place, "ona", "35 U") for place, day in enumerate(days))
    source.injections = (source.injections[0], *middle, replace(source.injections[1], number=7))
    room = make_room(source)
    room.open(view=SMILE)
    room.key(Qt.Key.Key_S, SHIFT)
    strip = room.view.cycles
    assert [pair.injection.number for pair in strip.cycles if pair.injection] == [3, 6, 7]
    assert strip.left_out == "Injections 4–5: no photos of this view"
    assert strip.left_out in strip.accessibleName()
    with_words = strip.grab().toImage()
    high = strip._cells(0)[2].bottom()
    assert strip.height() - high > room.view._keeper.px(20)
    ground = with_words.pixelColor(2, strip.height() - 2)
    line = range(high + 2, strip.height() - 1)
    assert any(with_words.pixelColor(x, y) != ground for x in range(8, 300) for y in line)
    room.key(Qt.Key.Key_S, SHIFT)
    room.open(view=OPEN)
    room.key(Qt.Key.Key_S, SHIFT)
    assert strip.left_out == "Injection 5: no photos of this view"


def test_in_a_presentation_what_the_line_below_would_say_comes_as_a_toast(room: Room) -> None:
    said: list[str] = []
    room.view.undoable.connect(lambda words, undo: said.append(words if undo is None else "undo"))
    room.key(Qt.Key.Key_S, SHIFT)
    room.key(Qt.Key.Key_E, CTRL)
    assert said == []
    assert "All cycles at once cannot be copied" in room.view.status.left.text()
    room.key(Qt.Key.Key_P, CTRL | SHIFT)
    room.key(Qt.Key.Key_E, CTRL)
    assert said == ["All cycles at once cannot be copied, saved or printed. Choose one pair with Enter first."]


def test_a_damaged_photograph_of_a_cycle_is_named(make_room: RoomMaker) -> None:
    source = two_years()
    source.damaged.add(4)
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_S, SHIFT)
    assert room.view.cycles.loaded == {1, 5, 8}
    assert room.view.cycles._broken[4]


@pytest.mark.parametrize("key", [Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4])
def test_a_damaged_photograph_is_named_in_every_mode_and_the_other_shown(make_room: RoomMaker, key: Qt.Key) -> None:
    source = align(two_years())
    source.damaged.add(8)
    room = make_room(source)
    room.open()
    room.key(key)
    composed = room.view.stage.composed
    assert composed.photo is not None
    assert composed.photo.picture_id == 5
    assert room.b.notice in composed.accessibleName()
    assert not composed.flips
    assert not grab(composed).isNull()
    source.damaged.clear()
    room.key(Qt.Key.Key_1)
    button(room.b.buttons, "Try again").click()
    room.settle()
    room.key(key)
    assert composed.second is not None


@pytest.mark.parametrize("key", [Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5])
def test_where_one_cannot_be_shown_every_mode_says_which_on_the_photograph_and_below(
    make_room: RoomMaker, key: Qt.Key
) -> None:
    source = align(two_years())
    source.damaged.add(8)
    room = make_room(source)
    room.open()
    room.key(key)
    assert "Only A: B cannot be shown" in room.view.stage.composed.chips
    assert not any("light and pose" in one for one in room.view.stage.composed.chips)
    line = room.view.status.left.text()
    assert line.startswith("B: Face, eyes open, 21 Nov 2025: A stored photo is damaged")
    assert "nearest to day" not in line
    room.key(Qt.Key.Key_E, CTRL)
    sheet = next(one for one in room.view.findChildren(TakeOutDialog) if one.isVisible())
    assert any("Only A is in it: B cannot be shown." in one.text() for one in sheet.findChildren(TextLabel))
    sheet.reject()
    source.damaged.clear()
    room.key(Qt.Key.Key_1)
    assert not room.a.chips
    button(room.b.buttons, "Try again").click()
    room.settle()
    room.key(key)
    assert not any("Only A" in one for one in room.view.stage.composed.chips)
    assert "nearest to day" in room.view.status.left.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4])
def test_two_photographs_that_cannot_be_shown_are_said_in_every_mode(make_room: RoomMaker, key: Qt.Key) -> None:
    source = two_years()
    source.damaged |= {5, 8}
    room = make_room(source)
    room.open()
    room.key(key)
    composed = room.view.stage.composed
    assert composed.isVisible()
    assert composed.buttons.isVisible()
    for letter, pane in (("A", room.a), ("B", room.b)):
        assert pane.notice
        assert f"Photo {letter}: {pane.notice}" in composed.notice
    assert composed.notice in composed.accessibleName()
    source.damaged.clear()
    button(composed.buttons, "Try again").click()
    room.settle()
    assert composed.notice == ""
    assert (composed.photo is not None, composed.second is not None) == (True, True)


def test_a_damaged_photograph_is_named_by_view_and_day_and_its_thumbnail_comes_back(make_room: RoomMaker) -> None:
    source = two_years()
    source.damaged.add(8)
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_Z)
    assert room.b.notice.startswith("Face, eyes open, 21 Nov 2025: A stored photo is damaged")
    assert "full detail" not in room.view.status.left.text()
    assert room.view.film._broken == {8}
    source.damaged.clear()
    button(room.b.buttons, "Try again").click()
    room.settle()
    assert room.view.film._broken == set()
    assert 8 in room.view.film._images


def test_full_detail_that_cannot_be_read_is_not_waited_for(room: Room) -> None:
    room.source.damaged.add(8)
    room.key(Qt.Key.Key_Z)
    assert "Full detail of B" in room.view.status.left.text()
    room.key(Qt.Key.Key_W)
    assert "full detail is coming" not in room.view.status.left.text()


def test_the_mirror_is_red_and_never_remembered(room: Room) -> None:
    room.key(Qt.Key.Key_I)
    plain = grab(room.b)
    room.key(Qt.Key.Key_H, SHIFT)
    mirrored = grab(room.b)
    y = room.b.height() // 2
    assert mirrored.pixelColor(50, y) == plain.pixelColor(room.b.width() - 51, y)
    top = room.view._keeper.px(24)
    assert mirrored.pixelColor(room.b.width() // 2 - 38, top).red() > 150
    spot = room.b.lens.spot(room.b.frame, (room.b.width() - 211.0, 173.0))
    room.wheel(room.b, QPointF(211, 173), 2)
    assert room.b.lens.spot(room.b.frame, (room.b.width() - 211.0, 173.0)) == pytest.approx(spot)
    room.view.close_case()
    room.settle()
    room.open(2)
    assert not room.view.stage.looks.mirrored
    assert "mirror" not in str(room.source.states)


def test_what_leaves_is_never_mirrored(aligned: Room) -> None:
    plain = picture_of(aligned.view._keeper, aligned.view.stage)
    aligned.key(Qt.Key.Key_H, SHIFT)
    assert picture_of(aligned.view._keeper, aligned.view.stage) == plain
    assert aligned.view.stage.looks.mirrored
    aligned.key(Qt.Key.Key_E, CTRL)
    question = next(one for one in aligned.view.window().findChildren(TakeOutDialog) if one.isVisible())
    assert any("not mirrored" in label.text() for label in question.findChildren(TextLabel))
    question.reject()


def test_the_exposure_is_matched_for_the_eye_alone(make_room: RoomMaker) -> None:
    source = two_years()
    width, height, lids, _ = source.jpegs[8]
    source.jpegs[8] = (width, height, lids, 120)
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_I)
    before = grab(room.a)
    room.key(Qt.Key.Key_E, SHIFT)
    assert room.a.chips == ("Exposure matched",)
    assert grab(room.a) != before
    room.key(Qt.Key.Key_E, SHIFT)
    assert grab(room.a) == before
    assert matching({"A": 100.0, "B": 50.0}) == {"A": 0.5}
    assert matching({"A": 100.0, "B": None}) == {}


def test_lines_loupe_and_map(room: Room) -> None:
    seen = [grab(room.b)]
    for kind in (Grid.THIRDS, Grid.FINE, Grid.RINGS, Grid.OFF):
        room.key(Qt.Key.Key_G)
        assert room.view.stage.looks.grid is kind
        seen.append(grab(room.b))
    assert seen[0] == seen[-1]
    assert len({bytes(one.constBits()) for one in seen}) == 4
    QTest.mouseMove(room.b, QPoint(300, 250))
    without = grab(room.a)
    room.key(Qt.Key.Key_K)
    assert grab(room.a) != without
    room.key(Qt.Key.Key_K)
    for _ in range(3):
        room.key(Qt.Key.Key_Plus)
    assert room.a._map_place() is None
    place = room.b._map_place()
    assert place is not None
    grab(room.b)
    QTest.mouseClick(room.b, Qt.MouseButton.LeftButton, pos=place.topLeft() + QPoint(place.width() // 4, 20))
    assert room.b.lens.x == pytest.approx(0.25, abs=0.02)
    assert room.a.lens == room.b.lens


def test_what_pictures_of_other_sizes_have_in_common(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0], 0, (1500, 1200))
    source.add(OPEN, DAYS[0] + timedelta(14), 90, (900, 1200))
    room = make_room(source)
    room.open()

    def sizes() -> tuple[Extent, Extent]:
        a, b = (Extent(pane.frame.picture.width * pane.scale, pane.frame.picture.height * pane.scale)
                for pane in (room.a, room.b))  # fmt: skip
        return a, b

    room.view.stage.set_looks(sizing=Sizing.WIDTH)
    a, b = sizes()
    assert a.width == pytest.approx(b.width) == room.a.width()
    room.view.stage.set_looks(sizing=Sizing.HEIGHT)
    a, b = sizes()
    assert a.height == pytest.approx(b.height) == room.a.height()
    room.view.stage.set_looks(sizing=Sizing.PIXELS)
    assert room.a.scale == pytest.approx(room.b.scale)
    room.wheel(room.a, QPointF(100, 100), 2)
    assert room.a.scale == pytest.approx(room.b.scale)
    room.view.stage.set_looks(sizing=Sizing.BOX)
    assert room.a.scale != pytest.approx(room.b.scale)


def test_everything_is_remembered_of_a_case(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_Right)
    aligned.key(Qt.Key.Key_L)
    aligned.wheel(aligned.b, QPointF(100, 100), 2)
    aligned.key(Qt.Key.Key_L)
    aligned.wheel(aligned.a, QPointF(100, 100), 1)
    aligned.key(Qt.Key.Key_G)
    aligned.key(Qt.Key.Key_V)
    stage = aligned.view.stage
    lens, links, stacked = stage.lens, stage.links, stage.stacked
    aligned.view.close_case()
    aligned.settle()
    aligned.open(2)
    assert stage.lens.fits
    aligned.open(1)
    assert shown(aligned) == (5, 11)
    assert (stage.lens, stage.links, stage.stacked) == (lens, links, stacked)
    assert stage.looks.grid is Grid.THIRDS
    aligned.key(Qt.Key.Key_2)
    aligned.key(Qt.Key.Key_PageDown)
    assert mode(aligned) is CompareMode.SIDE_BY_SIDE
    assert stage.lens.fits
    aligned.view.close_case()
    aligned.settle()
    aligned.open(1)
    assert aligned.view.bar.views.buttons[1].text().startswith("Eyes closed")
    aligned.key(Qt.Key.Key_PageUp)
    assert mode(aligned) is CompareMode.WIPE
    assert stage.lens == lens


def test_a_better_pair_wins_over_what_was_remembered(room: Room) -> None:
    room.key(Qt.Key.Key_Right)
    room.view.close_case()
    room.settle()
    room.source.add(OPEN, DAYS[1] + timedelta(14), 99)
    room.open(1)
    assert shown(room) == (5, 15)


def test_whoever_may_only_look_changes_nothing(make_room: RoomMaker) -> None:
    source = two_years()
    source.may_write = False
    room = make_room(source)
    room.open()
    for key, modifiers in (
        (Qt.Key.Key_Right, PLAIN), (Qt.Key.Key_M, PLAIN), (Qt.Key.Key_BracketRight, PLAIN), (Qt.Key.Key_Period, PLAIN),
        (Qt.Key.Key_P, PLAIN), (Qt.Key.Key_Left, CTRL | SHIFT),
    ):  # fmt: skip
        room.key(key, modifiers)
    room.view.close_case()
    room.settle()
    assert {kind for kind, _ in source.calls} <= {"pair", "preview", "full", "thumbnail"}
    assert source.pinned == {}
    assert not room.view.buttons["points"].isEnabled()


def test_the_day_of_the_strongest_effect_is_chosen(room: Room) -> None:
    said: list[tuple[str, object]] = []
    room.view.undoable.connect(lambda words, undo: said.append((words, undo)))
    menu = room.view.menu()
    peak = next(one for one in menu.findChildren(QMenu) if one.title() == "Strongest effect")
    assert [one.text() for one in peak.actions()][:2] == ["Day 14, as usual here", "Day 21"]
    next(one for one in peak.actions() if one.text() == "Day 28").trigger()
    room.settle()
    menu.deleteLater()
    assert room.source.peak_day == 28
    assert shown(room) == (5, 11)
    assert "nearest to day 28" in room.view.status.left.text()
    assert said == [("Day of the strongest effect chosen", 77)]


def test_a_photograph_is_turned_for_good(room: Room) -> None:
    said: list[str] = []
    room.view.undoable.connect(lambda words, _: said.append(words))
    room.key(Qt.Key.Key_BracketRight)
    assert room.source.turned == {8: 1}
    assert room.b.photo is not None
    assert room.b.photo.size == Extent(1500, 1200)
    assert said == ["Photo turned"]
    assert room.source.calls.count(("thumbnail", 8)) == 2
    room.a.setFocus()
    room.key(Qt.Key.Key_BracketLeft)
    assert room.source.turned == {8: 1, 5: 3}


def test_a_second_window_follows_without_a_name(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_W, SHIFT)
    second = aligned.view.second_window
    assert second is not None
    assert "Asha" not in second.windowTitle()
    aligned.wheel(aligned.a, QPointF(100, 100), 2)
    assert second.stage.lens == aligned.view.stage.lens
    aligned.key(Qt.Key.Key_2)
    assert second.stage.mode is CompareMode.WIPE
    aligned.key(Qt.Key.Key_Right)
    assert second.stage.mix.divider == aligned.view.stage.mix.divider
    second.stage.composed.lens_asked.emit(second.stage.lens.fitted(), False)
    assert aligned.view.stage.lens.fits
    QTest.keyClick(second, Qt.Key.Key_3)
    assert mode(aligned) is CompareMode.BLEND
    assert not second.grab().isNull()
    aligned.key(Qt.Key.Key_4)
    aligned.view.stage.flip()
    assert second.stage.composed.flipped is aligned.view.stage.composed.flipped
    assert not second.stage.composed.flips
    aligned.key(Qt.Key.Key_1)
    aligned.key(Qt.Key.Key_Right)
    assert second.stage.photos["B"].picture_id == 11
    QTest.keyClick(second, Qt.Key.Key_Escape)
    assert aligned.view.second_window is None
    aligned.key(Qt.Key.Key_W, SHIFT)
    aligned.view.close_case()
    assert aligned.view.second_window is None
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, SecondWindow) and one.isVisible()]


def presented(room: Room) -> tuple[bool, bool, bool]:
    """Whether it presents, and whether the bar and the line of words are seen."""
    return room.view.presenting, room.view.bar.isVisible(), room.view.status.isVisible()


def test_a_presentation_hides_the_name_and_keeps_the_labels(room: Room) -> None:
    room.key(Qt.Key.Key_P, CTRL | SHIFT)
    assert presented(room) == (True, False, False)
    assert room.view.window().isFullScreen()
    assert room.view.stage.looks.labels
    room.key(Qt.Key.Key_Escape)
    assert presented(room) == (False, True, True)
    room.key(Qt.Key.Key_F11)
    assert room.view.status.isVisible()
    room.key(Qt.Key.Key_P, CTRL | SHIFT)
    room.key(Qt.Key.Key_P, CTRL | SHIFT)
    assert not room.view.window().isFullScreen()


@pytest.mark.parametrize(("key", "wanted"), MODE_KEYS)
def test_a_picture_of_every_mode_has_its_labels(aligned: Room, key: Qt.Key, wanted: CompareMode) -> None:
    aligned.key(key)
    assert mode(aligned) is wanted
    labelled = picture_of(aligned.view._keeper, aligned.view.stage)
    aligned.key(Qt.Key.Key_I)
    assert picture_of(aligned.view._keeper, aligned.view.stage) == labelled


def test_every_key_of_the_map_means_something_and_is_listed(room: Room) -> None:
    known = set(room.view._acts)
    assert {command.name for command in COMMANDS} <= known
    listed = dict(room.view._keys.listed())
    assert listed["M"] == "Align by points"
    assert len(listed) == len([one for one in COMMANDS if one.words])
    keys = [key for command in COMMANDS for key in command.keys.split("|")]
    assert len(keys) == len(set(keys))
    assert all(QKeySequence(key).count() == 1 for key in keys)
    assert room.view._keys.key_of("save") == "Ctrl+E"


def test_letters_mean_nothing_with_other_modifiers(room: Room) -> None:
    for key, modifiers in ((Qt.Key.Key_M, CTRL), (Qt.Key.Key_D, PLAIN), (Qt.Key.Key_Delete, PLAIN)):
        QTest.keyClick(room.b, key, modifiers)
    assert room.view.aligner.picking is None
    assert shown(room) == (5, 8)


def test_changes_elsewhere_keep_mode_and_lens(aligned: Room) -> None:
    aligned.key(Qt.Key.Key_3)
    aligned.wheel(aligned.view.stage.composed, QPointF(300, 200), 2)
    lens = aligned.view.stage.lens
    aligned.tasks.tell(lambda _: Changes(frozenset({Topic.PICTURES})), owner=aligned.view)
    aligned.settle()
    assert mode(aligned) is CompareMode.BLEND
    assert aligned.view.stage.lens == lens


def test_a_photograph_that_is_shown_still_turns_up_once(room: Room) -> None:
    room.key(Qt.Key.Key_N)
    room.view.show_picture("A", 11)
    room.settle()
    assert room.view._chosen == {"A": 11, "B": 8, "C": 5}
    room.view.show_picture("B", 9)
    room.settle()
    assert room.view._chosen["B"] == 9
    assert SHUT in {one.view for one in room.source.pictures if one.id == 9}
    room.key(Qt.Key.Key_M)
    assert room.view.aligner.picking is None
    assert "Only photos of one view" in room.view.status.left.text()


def test_moving_in_composed_modes_is_coarse_and_rests_sharp(aligned: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    aligned.key(Qt.Key.Key_I)
    for key in (Qt.Key.Key_3, Qt.Key.Key_5):
        aligned.key(key)
        pane = aligned.view.stage.composed
        sharp = rested(aligned)
        monkeypatch.setattr(composed_module, "LAYER_BUDGET", -1.0)
        lens = pane.lens
        pane.lens_asked.emit(lens.panned(pane.frame, 3, 0), False)
        pane.lens_asked.emit(lens, False)
        moving = grab(pane)
        assert moving != sharp
        assert alike(moving, sharp)
        assert rested(aligned) == sharp


def alike(one: QImage, other: QImage) -> bool:
    """Whether two pictures are the same but for what is fine in them."""
    few = [
        image.scaled(16, 12, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        for image in (one, other)
    ]
    spots = [[QColor(image.pixel(x, y)) for x in range(16) for y in range(12)] for image in few]
    away: list[int] = [
        max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue()))
        for a, b in zip(*spots, strict=True)
    ]
    return not any(one > 12 for one in away)


def light_spots(room: Room) -> list[tuple[int, int]]:
    """Where the viewer, as it would be painted this moment, is lighter than anything it has there."""
    image = room.view.grab().toImage()
    stage = room.view.stage.geometry()
    spots = [(3, 3), (stage.left() + 3, stage.center().y())]
    spots += [(stage.left() + 30, stage.bottom() - 90), (stage.right() - 30, stage.bottom() - 90)]
    return [spot for spot in spots if image.pixelColor(*spot).lightness() > 110]


def test_nothing_flashes_white(make_room: RoomMaker) -> None:
    source = align(two_years())
    room = make_room(source)
    found = light_spots(room)
    for case in (1, 2):
        room.view.open_case(case)
        found += light_spots(room)
        room.settle()
        for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_5, Qt.Key.Key_S, Qt.Key.Key_1, Qt.Key.Key_N, Qt.Key.Key_W):
            QTest.keyClick(room.view.stage.active, key)
            found += light_spots(room)
            room.settle()
    assert found == []


def test_a_photograph_that_comes_before_the_other_was_painted_is_painted_too(make_room: RoomMaker) -> None:
    """Both come within one turn of the event loop, while they are laid over each other."""
    room = make_room(align(two_years()))
    room.open()
    room.key(Qt.Key.Key_2)
    painted: list[str] = []
    room.view.stage.painted.connect(painted.append)
    for letter in "AB":
        shown_now = room.view.stage.photos[letter]
        room.view.stage.show_photo(letter, replace(shown_now, picture_id=shown_now.picture_id))
    room.settle()
    assert sorted(painted) == ["A", "B"]


def test_a_mode_chosen_while_photographs_come_still_settles(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    gates = [room.source.gates.setdefault(one, threading.Event()) for one in (5, 8)]
    room.view.open_case(1)
    room.qtbot.waitUntil(lambda: ("preview", 8) in room.source.calls)
    QTest.keyClick(room.b, Qt.Key.Key_S)
    for gate in gates:
        gate.set()
    room.settle()
    assert room.shown == [(5, 8)]
    assert [one for one in room.source.calls if one[0] == "thumbnail"]
    room.key(Qt.Key.Key_1)
    assert not room.view._unpainted
