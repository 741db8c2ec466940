"""Drawing in the viewer by mouse and keys: kept at once, chosen, moved, pulled, removed, taken back."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.errors import StorageUnavailable
from clinic_app.domain.marks import MOST_WORDS, Hiding, Ink, Mark, MarkKind, Part
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.measuring import Point
from clinic_app.ui.compare.mark_panel import MarkPanel, WordsField
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.compare.printing import Page
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from clinic_app.ui.widgets.copying import clear_copied
from tests.ui.compare_room import (
    CTRL,
    OPEN,
    SHIFT,
    Room,
    RoomMaker,
    grab,
    keeper,
    make_room,
    room,
    two_years,
)
from tests.ui.test_compare_aligning import click, mode, picking
from tests.ui.test_compare_measuring import measured

__all__ = ["keeper", "make_room", "room"]

A, B = 5, 8
FROM, TO = (0.2, 0.3), (0.5, 0.6)


def panel(room: Room) -> MarkPanel:
    """The panel beside the photographs."""
    return room.view.marker.panel


def kept(room: Room) -> list[Mark]:
    """What is kept, as it is stored."""
    return room.source.marks


def tool(room: Room) -> MarkKind | None:
    """What is drawn with now."""
    return room.view.marker.kind


def chosen(room: Room) -> Mark | None:
    """The mark in hand."""
    return room.view.marker.chosen


def said(room: Room) -> str:
    """What stands in the line below."""
    return room.view.status.left.text()


def at(pane: PicturePane, point: Point) -> QPoint:
    """Where a point of a photograph stands in its pane."""
    return pane.place_of(point).toPoint()


def drag(room: Room, pane: PicturePane, *points: Point) -> None:
    """Drag over these points of a photograph."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(pane, left, pos=at(pane, points[0]))
    for point in points[1:]:
        QTest.mouseMove(pane, at(pane, point))
    QTest.mouseRelease(pane, left, pos=at(pane, points[-1]))
    room.settle()


def type_words(room: Room, words: str) -> None:
    """Type into what has the keyboard."""
    field = QApplication.focusWidget()
    assert isinstance(field, WordsField)
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)
    room.settle()


def near(*points: Point) -> list[object]:
    """Points up to a pixel of the pane."""
    return [pytest.approx(point, abs=0.003) for point in points]


KEYS = (
    (Qt.Key.Key_D, SHIFT, MarkKind.ARROW),
    (Qt.Key.Key_O, Qt.KeyboardModifier.NoModifier, MarkKind.ELLIPSE),
    (Qt.Key.Key_Y, Qt.KeyboardModifier.NoModifier, MarkKind.FREEHAND),
    (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, MarkKind.COVER),
)


def test_every_kind_is_dragged_by_its_key_and_kept(room: Room) -> None:
    offered: list[tuple[str, object]] = []
    room.view.undoable.connect(lambda words, undo: offered.append((words, undo)))
    for key, modifiers, kind in KEYS:
        room.key(key, modifiers)
        assert tool(room) is kind
        assert panel(room).isVisible()
        drag(room, room.a, FROM, (0.3, 0.35), TO)
        assert kept(room)[-1].picture_id == A
        assert [kept(room)[-1].points[0], kept(room)[-1].points[-1]] == near(FROM, TO)
        room.source.marks.clear()
        room.view._ask(keep=True)
        room.settle()
    assert [words for words, _ in offered] == [
        "Arrow drawn", "Ellipse drawn", "Freehand drawn", "Only this region is shown in copies and prints",
    ]  # fmt: skip
    assert {undo for _, undo in offered} == {95}
    room.key(Qt.Key.Key_E)
    assert tool(room) is None
    assert not panel(room).isVisible()


def test_words_are_typed_where_they_stand(room: Room) -> None:
    room.key(Qt.Key.Key_T)
    click(room, room.b, FROM)
    type_words(room, "  Ptosis   left ")
    assert [(one.words, one.picture_id, one.kind) for one in kept(room)] == [("Ptosis left", B, MarkKind.TEXT)]
    assert kept(room)[0].points[0] == pytest.approx(FROM, abs=0.003)
    assert QApplication.focusWidget() is room.b
    room.key(Qt.Key.Key_Return)
    type_words(room, "Ptosis")
    assert [one.words for one in kept(room)] == ["Ptosis"]
    QTest.mouseDClick(room.b, Qt.MouseButton.LeftButton, pos=at(room.b, FROM) + QPoint(8, 8))
    room.settle()
    assert isinstance(QApplication.focusWidget(), WordsField)
    room.key(Qt.Key.Key_Escape)
    assert [one.words for one in kept(room)] == ["Ptosis"]
    assert tool(room) is MarkKind.TEXT


def test_words_keep_their_keys_to_themselves(room: Room) -> None:
    before = room.view.shown
    room.key(Qt.Key.Key_T)
    click(room, room.b, FROM)
    field = QApplication.focusWidget()
    assert isinstance(field, WordsField)
    QTest.keyClicks(field, "bwsm 1")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_Left):
        QTest.keyClick(field, key)
    assert (field.text(), mode(room), room.view.shown) == ("bwsm 1", CompareMode.SIDE_BY_SIDE, before)
    QTest.mouseClick(room.a, Qt.MouseButton.LeftButton, pos=at(room.a, TO))
    room.settle()
    assert [one.words for one in kept(room)] == ["bwsm 1"]
    assert not isinstance(QApplication.focusWidget(), WordsField)


def test_no_words_and_too_many_are_told(room: Room) -> None:
    room.key(Qt.Key.Key_T)
    click(room, room.b, FROM)
    type_words(room, "  ")
    assert "needs words" in said(room)
    type_words(room, "x" * (MOST_WORDS + 4))
    assert f"has {MOST_WORDS + 4} characters" in said(room)
    assert kept(room) == []
    type_words(room, "short")
    assert [one.words for one in kept(room)] == ["short"]


def test_a_click_outside_and_a_stroke_without_length_are_told(room: Room) -> None:
    room.key(Qt.Key.Key_Y)
    click(room, room.a, FROM)
    assert "no size" in said(room)
    assert "no size" in panel(room).hint.text()
    QTest.mouseClick(room.a, Qt.MouseButton.LeftButton, pos=QPoint(2, room.a.height() // 2))
    room.settle()
    assert "outside the photo" in said(room)
    drag(room, room.a, FROM, TO, (0.7, 2.0))
    assert kept(room)[0].points[-1][1] == pytest.approx(1.0)


def test_one_click_gives_the_usual_size(room: Room) -> None:
    room.key(Qt.Key.Key_E)
    for part in (Part.NAME, Part.MOUTH):
        QTest.mouseClick(panel(room).parts[part], Qt.MouseButton.LeftButton)
        click(room, room.a, (0.4, 0.5))
        room.key(Qt.Key.Key_Escape)
        mark = kept(room)[-1]
        assert (mark.part, mark.kind, mark.hiding) == (part, part.kind, Hiding.SOLID)
        left, top, right, bottom = mark.box
        assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((0.4, 0.5), abs=0.01)
        room.source.marks.clear()
        room.view._ask(keep=True)
        room.settle()
    QTest.mouseClick(panel(room).hidings[Hiding.BLUR], Qt.MouseButton.LeftButton)
    assert "Weaker" in panel(room).note.text()


@pytest.mark.parametrize("part", [Part.REGION, Part.BACKGROUND])
def test_a_click_keeps_no_region_and_covers_nothing(room: Room, part: Part) -> None:
    room.key(Qt.Key.Key_E)
    QTest.mouseClick(panel(room).parts[part], Qt.MouseButton.LeftButton)
    assert "Drag over what may stay" in panel(room).hint.text()
    click(room, room.a, (0.4, 0.5))
    drag(room, room.a, (0.4, 0.5), (0.405, 0.505), (0.41, 0.51))
    assert kept(room) == []
    assert "Drag over what may stay" in said(room)
    drag(room, room.a, FROM, (0.3, 0.35), TO)
    assert [(one.kind, one.part) for one in kept(room)] == [(MarkKind.KEEP, part)]
    room.key(Qt.Key.Key_Escape)
    room.key(Qt.Key.Key_Return)
    assert len(kept(room)) == 2


def test_a_mark_is_chosen_moved_pulled_recoloured_and_removed(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.ELLIPSE, (FROM, TO)), Mark(2, A, MarkKind.ARROW, ((0.1, 0.9), (0.3, 0.9)))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_O)
    click(room, room.a, (0.2, 0.9))
    assert chosen(room) == source.marks[1]
    assert tool(room) is MarkKind.ARROW
    click(room, room.a, (0.35, 0.3))
    assert chosen(room) == source.marks[0]
    drag(room, room.a, (0.35, 0.3), (0.4, 0.35), (0.45, 0.4))
    assert [*kept(room)[0].points] == near((0.3, 0.4), (0.6, 0.7))
    drag(room, room.a, (0.6, 0.7), (0.62, 0.75), (0.7, 0.8))
    assert sorted(kept(room)[0].points) == near((0.3, 0.4), (0.7, 0.8))
    QTest.mouseClick(panel(room).inks[Ink.RED], Qt.MouseButton.LeftButton)
    room.settle()
    assert [one.ink for one in kept(room)] == [Ink.RED, Ink.YELLOW]
    room.key(Qt.Key.Key_Delete)
    assert [one.id for one in kept(room)] == [2]
    assert chosen(room) is None
    room.key(Qt.Key.Key_Delete)
    assert "Choose a mark first" in said(room)
    assert [one.id for one in kept(room)] == [2]
    assert room.view.shown == (A, B)


def test_arrow_keys_move_what_is_in_hand_and_it_is_kept_once(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.ARROW, (FROM, TO))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_D, SHIFT)
    click(room, room.a, (0.35, 0.45))
    before = at(room.a, FROM)
    for _ in range(3):
        room.key(Qt.Key.Key_Right)
    room.key(Qt.Key.Key_Down, SHIFT)
    moved = at(room.a, room.view.marker.chosen.points[0] if room.view.marker.chosen else FROM)
    room.key(Qt.Key.Key_Escape)
    assert [call for call, _ in source.calls].count("change") == 1
    assert at(room.a, kept(room)[0].points[0]) == moved
    assert (moved - before).toTuple() == (3, 10)
    assert room.view.shown == (A, B)


def test_escape_lets_go_then_puts_the_tool_away_then_leaves(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.ARROW, (FROM, TO))]
    room = make_room(source)
    room.open()
    gone: list[bool] = []
    room.view.left.connect(lambda: gone.append(True))
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_D, SHIFT)
    assert mode(room) is CompareMode.SIDE_BY_SIDE
    click(room, room.a, (0.35, 0.45))
    room.key(Qt.Key.Key_Escape)
    assert (chosen(room), tool(room)) == (None, MarkKind.ARROW)
    room.key(Qt.Key.Key_Escape)
    assert (tool(room), mode(room), gone) == (None, CompareMode.BLEND, [])
    room.key(Qt.Key.Key_Escape)
    assert gone == [True]


def test_drawing_and_measuring_and_points_end_each_other(room: Room) -> None:
    room.key(Qt.Key.Key_O)
    room.key(Qt.Key.Key_D)
    assert tool(room) is None
    assert room.view.measures.panel.isVisible()
    room.key(Qt.Key.Key_E)
    assert not room.view.measures.panel.isVisible()
    assert measured(room) is None
    room.key(Qt.Key.Key_M)
    assert tool(room) is None
    assert picking(room) is not None
    room.key(Qt.Key.Key_T)
    assert picking(room) is None
    assert tool(room) is MarkKind.TEXT


def test_the_layer_of_values_and_marks_goes_and_comes(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.ELLIPSE, (FROM, TO), ink=Ink.RED)]
    room = make_room(source)
    room.open()
    seen = grab(room.a)
    room.key(Qt.Key.Key_I, SHIFT)
    assert grab(room.a) != seen
    assert not room.view.measures.panel.isVisible()
    room.key(Qt.Key.Key_I, SHIFT)
    assert grab(room.a) == seen
    assert not room.view.measures.panel.isVisible()
    room.key(Qt.Key.Key_I, SHIFT)
    room.key(Qt.Key.Key_O)
    assert room.view.stage.looks.marks
    room.open(2)
    assert room.view.stage.looks.marks


def test_marks_lie_on_the_photograph_wherever_it_lies(make_room: RoomMaker) -> None:
    source = two_years()
    source.placed = {
        OPEN: {
            id_: FramedAlignment(A, Alignment(by, AlignmentMethod.POINTS))
            for id_, by in ((A, IDENTITY), (B, Similarity(1.2, 30.0, 0.1, -0.05)))
        }
    }
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_H, SHIFT)
    room.key(Qt.Key.Key_D, SHIFT)
    drag(room, room.b, (0.4, 0.4), (0.45, 0.5), (0.5, 0.6))
    assert [*kept(room)[0].points] == near((0.4, 0.4), (0.5, 0.6))
    room.key(Qt.Key.Key_Escape)
    room.key(Qt.Key.Key_Escape)
    room.key(Qt.Key.Key_BracketRight)
    drawn = room.view.stage.photos["B"].marks[0]
    assert [*drawn.points] == near((0.6, 0.4), (0.4, 0.5))


def test_a_square_photograph_turns_with_its_marks(make_room: RoomMaker) -> None:
    source = two_years()
    source.pictures = [replace(one, width=1200, height=1200) for one in source.pictures]
    for id_ in (A, B):
        source.jpegs[id_] = (1200, 1200, *source.jpegs[id_][2:])
    room = make_room(source)
    room.open()
    seen = room.view.stage.photos["B"]
    room.key(Qt.Key.Key_BracketRight)
    assert room.view.stage.photos["B"] is not seen
    assert room.view.stage.photos["B"].turned == 1


def test_what_cannot_be_kept_is_told(room: Room) -> None:
    room.key(Qt.Key.Key_D, SHIFT)
    room.source.refuses = StorageUnavailable("disk_full")
    drag(room, room.a, FROM, TO)
    assert kept(room) == []
    assert "disk" in said(room).lower()
    room.source.refuses = None
    room.source.pictures = [one for one in room.source.pictures if one.id != A]
    drag(room, room.a, FROM, TO)
    assert kept(room) == []
    assert "photo" in said(room).lower()


def test_whoever_only_reads_draws_nothing(make_room: RoomMaker) -> None:
    source = two_years()
    source.may_write = False
    source.marks = [Mark(1, A, MarkKind.ARROW, (FROM, TO))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_E)
    assert tool(room) is None
    assert "Only doctors and nurses" in said(room)
    assert room.view.stage.photos["A"].marks == tuple(source.marks)


def test_button_and_menu_take_the_tool(room: Room) -> None:
    QTest.mouseClick(room.view.buttons["mark"], Qt.MouseButton.LeftButton)
    assert tool(room) is MarkKind.ARROW
    assert room.view.buttons["mark"].isChecked()
    QTest.mouseClick(panel(room).kinds[MarkKind.COVER], Qt.MouseButton.LeftButton)
    assert tool(room) is MarkKind.COVER
    QTest.mouseClick(panel(room).close_button, Qt.MouseButton.LeftButton)
    assert tool(room) is None
    menu = room.view.menu()
    action = next(one for one in menu.actions() if one.text().startswith("Draw: Ellipse"))
    action.trigger()
    menu.close()
    assert tool(room) is MarkKind.ELLIPSE
    QTest.mouseClick(room.view.buttons["mark"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(room.view.buttons["mark"], Qt.MouseButton.LeftButton)
    assert tool(room) is MarkKind.ELLIPSE


def test_space_pans_while_one_draws(room: Room) -> None:
    room.key(Qt.Key.Key_Z)
    room.key(Qt.Key.Key_O)
    before = room.view.stage.lens
    QTest.keyPress(room.a, Qt.Key.Key_Space)
    middle = room.a.rect().center()
    QTest.mousePress(room.a, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(room.a, middle + QPoint(40, 30))
    QTest.mouseRelease(room.a, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 30))
    QTest.keyRelease(room.a, Qt.Key.Key_Space)
    room.settle()
    assert room.view.stage.lens != before
    assert kept(room) == []
    assert tool(room) is MarkKind.ELLIPSE


def test_another_photograph_lets_go_of_the_mark_in_hand(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, B, MarkKind.COVER, (FROM, TO))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_E)
    click(room, room.b, (0.3, 0.4))
    assert room.view.stage.looks.lifted == 1
    QTest.mousePress(room.b, Qt.MouseButton.LeftButton, pos=at(room.b, (0.3, 0.4)))
    QTest.mouseMove(room.b, at(room.b, (0.4, 0.5)))
    room.key(Qt.Key.Key_Escape)
    room.key(Qt.Key.Key_Left)
    assert room.view.shown != (A, B)
    QTest.mouseRelease(room.b, Qt.MouseButton.LeftButton, pos=at(room.b, (0.4, 0.5)))
    room.settle()
    assert (chosen(room), room.view.stage.looks.lifted) == (None, 0)
    assert kept(room) == source.marks
    room.key(Qt.Key.Key_Right)
    assert room.view.stage.photos["B"].marks == (Mark(1, B, MarkKind.COVER, (FROM, TO)),)


def test_that_a_region_is_seen_only_here_is_said(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, B, MarkKind.COVER, (FROM, TO))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_I, SHIFT)
    assert (room.a.chips, room.b.chips) == ((), ("Hidden only in copies and prints",))
    room.key(Qt.Key.Key_I, SHIFT)
    assert room.b.chips == ()


def test_the_same_is_drawn_on_the_other_photograph_where_it_belongs(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.KEEP, (FROM, TO), part=Part.REGION)]
    by = Similarity(1.25, 0.0, 0.05, -0.05)
    source.placed = {
        OPEN: {id_: FramedAlignment(A, Alignment(one, AlignmentMethod.POINTS)) for id_, one in ((A, IDENTITY), (B, by))}
    }
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_E)
    assert not panel(room).also_button.isVisible()
    click(room, room.a, (0.2, 0.4))
    assert panel(room).also_button.text() == "Also in B"
    QTest.mouseClick(panel(room).also_button, Qt.MouseButton.LeftButton)
    room.settle()
    made = kept(room)[1]
    assert (made.picture_id, made.kind, made.part) == (B, MarkKind.KEEP, Part.REGION)
    assert [by.apply(point) for point in made.points] == near(FROM, TO)
    assert chosen(room) == made
    assert panel(room).also_button.text() == "Also in A"


OUT = (Qt.Key.Key_C, Qt.Key.Key_E, Qt.Key.Key_P)


def slow_store(room: Room) -> threading.Event:
    """Nothing is written until this is set."""
    gate = room.source.gates[0] = threading.Event()
    return gate


def begin_region(room: Room) -> None:
    """A region is drawn, and nothing is waited for."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(room.a, left, pos=at(room.a, FROM))
    QTest.mouseMove(room.a, at(room.a, TO))
    QTest.mouseRelease(room.a, left, pos=at(room.a, TO))


def leaves(room: Room) -> QImage:
    """The picture that leaves, once Enter says so."""
    [sheet] = asked(room)
    pages: list[Page] = []
    room.view.out.preview = lambda page, _, __, ___: pages.append(page)
    QTest.keyClick(QApplication.focusWidget() or sheet, Qt.Key.Key_Return)
    room.settle()
    if pages:
        return pages[0].image
    assert asked(room) == []
    [(_, data, _)] = room.source.taken_out
    copied = QApplication.clipboard().image()
    clear_copied()
    return QImage.fromData(data) if data else copied


@pytest.mark.parametrize("key", OUT)
def test_what_was_just_drawn_leaves_covered(room: Room, tmp_path: Path, key: Qt.Key) -> None:
    room.view.out.folder = tmp_path
    room.key(Qt.Key.Key_E)
    QTest.mouseClick(panel(room).parts[Part.ANY], Qt.MouseButton.LeftButton)
    gate = slow_store(room)
    begin_region(room)
    QTest.keyClick(room.a, key, CTRL)
    assert "is kept first" in said(room)
    assert asked(room) == []
    gate.set()
    room.settle()
    assert blackness(leaves(room), room, (0.35, 0.45))


@pytest.mark.parametrize("key", OUT)
def test_what_was_just_moved_leaves_where_it_is(room: Room, tmp_path: Path, key: Qt.Key) -> None:
    room.view.out.folder = tmp_path
    room.key(Qt.Key.Key_E)
    QTest.mouseClick(panel(room).parts[Part.ANY], Qt.MouseButton.LeftButton)
    drag(room, room.a, FROM, (0.3, 0.35), TO)
    gate = slow_store(room)
    for _ in range(12):
        QTest.keyClick(room.a, Qt.Key.Key_Down, SHIFT)
    assert room.view.marker.chosen is not None
    moved = room.view.marker.chosen
    QTest.keyClick(room.a, key, CTRL)
    gate.set()
    room.settle()
    image = leaves(room)
    assert kept(room)[0].box == pytest.approx(moved.box)
    left, top, right, bottom = moved.box
    assert top > FROM[1] + 0.1
    assert blackness(image, room, ((left + right) / 2, bottom - 0.02))
    assert not blackness(image, room, ((left + right) / 2, FROM[1] + 0.02))


def blackness(image: QImage, room: Room, point: Point) -> bool:
    """Whether a point of A is covered in a picture of the comparison."""
    scale = image.width() / room.view.stage.width()
    spot = room.a.mapTo(room.view.stage, at(room.a, point)) * scale
    return image.pixelColor(spot).lightness() == 0


def test_nothing_leaves_where_what_was_drawn_cannot_be_kept(room: Room) -> None:
    room.key(Qt.Key.Key_E)
    gate = slow_store(room)
    room.source.refuses = StorageUnavailable("disk_full")
    begin_region(room)
    QTest.keyClick(room.a, Qt.Key.Key_E, CTRL)
    gate.set()
    room.settle()
    assert asked(room) == []
    assert "disk" in said(room).lower()


def test_nothing_leaves_while_the_mouse_draws(room: Room) -> None:
    room.key(Qt.Key.Key_E)
    QTest.mousePress(room.a, Qt.MouseButton.LeftButton, pos=at(room.a, FROM))
    QTest.mouseMove(room.a, at(room.a, TO))
    room.key(Qt.Key.Key_E, CTRL)
    assert asked(room) == []
    assert "Let go of the mouse" in said(room)


def typing(room: Room, words: str = "Ptosis") -> WordsField:
    """Words are typed, and not taken yet."""
    room.key(Qt.Key.Key_T)
    click(room, room.b, FROM)
    field = QApplication.focusWidget()
    assert isinstance(field, WordsField)
    QTest.keyClicks(field, words)
    return field


def elsewhere(room: Room, name: str) -> QWidget:
    """What may be clicked while words are typed."""
    view = room.view
    parts: dict[str, QWidget] = {
        "arrow": panel(room).kinds[MarkKind.ARROW],
        "text": panel(room).kinds[MarkKind.TEXT],
        "done": panel(room).close_button,
        "slide": view.bar.modes.buttons[CompareMode.WIPE],
        "difference": view.bar.modes.buttons[CompareMode.DIFFERENCE],
        "cycles": view.buttons["cycles"],
        "grid": view.buttons["grid"],
    }
    return parts[name]


@pytest.mark.parametrize("name", ["arrow", "text", "done", "slide", "difference", "cycles", "grid"])
def test_a_click_elsewhere_takes_the_words(room: Room, name: str) -> None:
    typing(room)
    QTest.mouseClick(elsewhere(room, name), Qt.MouseButton.LeftButton)
    room.settle()
    assert [(one.words, one.picture_id) for one in kept(room)] == [("Ptosis", B)]
    assert room.view.findChildren(WordsField) == []


def test_words_that_do_not_fit_stay_to_be_shortened(room: Room) -> None:
    field = typing(room, "x" * (MOST_WORDS + 4))
    for name in ("arrow", "slide", "grid"):
        QTest.mouseClick(elsewhere(room, name), Qt.MouseButton.LeftButton)
        room.settle()
        assert QApplication.focusWidget() is field
        assert (tool(room), mode(room)) == (MarkKind.TEXT, CompareMode.SIDE_BY_SIDE)
        assert "at most 80" in said(room)
    type_words(room, "short")
    assert [one.words for one in kept(room)] == ["short"]


def test_words_are_kept_when_the_viewer_is_left(room: Room) -> None:
    typing(room)
    room.view.hide()
    room.settle()
    assert [one.words for one in kept(room)] == ["Ptosis"]


def test_what_is_carried_to_a_photograph_that_is_not_aligned_is_said(make_room: RoomMaker) -> None:
    source = two_years()
    source.marks = [Mark(1, A, MarkKind.COVER, (FROM, TO))]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_E)
    click(room, room.a, (0.3, 0.4))
    QTest.mouseClick(panel(room).also_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert "Not aligned: check where it lies in B" in panel(room).note.text()
    room.key(Qt.Key.Key_E, CTRL)
    [sheet] = asked(room)
    assert "Not aligned: check where it lies in B" in sheet.beware.words
    sheet.reject()
    room.key(Qt.Key.Key_Down)
    room.key(Qt.Key.Key_E, CTRL)
    [sheet] = asked(room)
    assert sheet.beware.words == ""
    assert sheet.hidden.text() == "Hidden parts: in A and B."
    sheet.reject()


def asked(room: Room) -> list[TakeOutDialog]:
    """The sheets that ask whether a picture may leave."""
    return [one for one in room.view.window().findChildren(TakeOutDialog) if one.isVisible()]


def test_without_a_mouse_enter_draws_and_the_arrows_move(room: Room) -> None:
    room.key(Qt.Key.Key_O)
    room.key(Qt.Key.Key_Return)
    assert [(one.kind, one.picture_id) for one in kept(room)] == [(MarkKind.ELLIPSE, B)]
    left, top, right, bottom = kept(room)[0].box
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((0.4, 0.5), abs=0.01)
    assert chosen(room) == kept(room)[0]
    room.key(Qt.Key.Key_Left, SHIFT)
    room.key(Qt.Key.Key_Escape)
    assert kept(room)[0].box[0] < left
    room.key(Qt.Key.Key_T)
    room.key(Qt.Key.Key_Return)
    type_words(room, "Lid")
    assert kept(room)[1].words == "Lid"
    assert room.view.shown == (A, B)


def test_from_drawing_one_comes_back_to_the_values(make_room: RoomMaker) -> None:
    source = two_years()
    source.measure(1, A, MeasureKind.DISTANCE, (FROM, TO))
    room = make_room(source)
    room.open()
    for _ in range(2):
        room.key(Qt.Key.Key_O)
        assert not room.view.measures.panel.isVisible()
        QTest.mouseClick(room.view.buttons["measures"], Qt.MouseButton.LeftButton)
        room.settle()
        assert tool(room) is None
        assert room.view.measures.panel.isVisible()
    QTest.mouseClick(room.view.buttons["measures"], Qt.MouseButton.LeftButton)
    assert not room.view.measures.panel.isVisible()
