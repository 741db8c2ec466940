"""The whole keyboard map of the viewer (ux.md 2.9): every command is pressed for real and something is seen of it.

A command without a line in ``MAP`` fails; so does a line without a command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.key_choices import KeyChoices
from clinic_app.domain.lens import NOTCH
from clinic_app.domain.marks import MarkKind
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.pictures import PairReason
from clinic_app.ui.compare.keys import COMMANDS, GROUPS
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from tests.ui.compare_room import CTRL, SHIFT, Room, RoomMaker, keeper, make_room, two_years
from tests.ui.test_compare_modes import align

__all__ = ["keeper", "make_room"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

Look = Callable[[Room], object]
PLAIN = Qt.KeyboardModifier.NoModifier
LEVEL = ((0.2, 0.5), (0.6, 0.5))


def combination(keys: str) -> QKeyCombination:
    """The key and modifiers of a written key."""
    sequence: Sequence[QKeyCombination] = QKeySequence(keys)  # type: ignore[assignment]  # it is one at run time
    return sequence[0]


def press(room: Room, keys: str) -> None:
    """Press a written key where the keyboard is."""
    wanted = combination(keys)
    room.key(wanted.key(), wanted.keyboardModifiers())


def placed(room: Room) -> tuple[float, ...]:
    """How B lies: turn, and where its middle is."""
    there = room.view.stage.photos["B"].placed
    assert there is not None
    return (there.rotation, *there.apply((0.5, 0.5)))


def calls(room: Room, name: str) -> int:
    """How often something was asked of the clinic."""
    return sum(one == name for one, _ in room.source.calls)


def sheets(room: Room) -> list[str]:
    """The sheets that are open."""
    return [one.windowTitle() for one in room.view.window().findChildren(TakeOutDialog) if one.isVisible()]


def pinned(room: Room) -> bool:
    """Whether the pair is kept as the best."""
    reading = room.view._reading
    return reading is not None and reading.answer.pair.reason is PairReason.PINNED


@dataclass(frozen=True)
class Effect:
    """What is looked at, how it must be after the key against before it, and what is pressed or done before."""

    look: Look
    fits: Callable[[object, object], bool] = lambda before, after: before != after
    first: tuple[str | Callable[[Room], object], ...] = ()


def becomes(look: Look, after: object, *first: str | Callable[[Room], object]) -> Effect:
    """Something is otherwise before, and this after it."""
    return Effect(look, lambda before, now: before != now and now == after, first)


def later(before: Any, after: Any) -> bool:
    """What is seen after is more than what was seen before."""
    return bool(after > before)


def earlier(before: Any, after: Any) -> bool:
    """What is seen after is less than what was seen before."""
    return bool(after < before)


def mode(room: Room) -> str:
    """How photographs are compared."""
    return room.view.stage.mode.value


def figure(room: Room) -> MeasureKind | None:
    """What is measured."""
    return room.view.measures.kind


def drawn(room: Room) -> MarkKind | None:
    """What is drawn."""
    return room.view.marker.kind


def measure_two(room: Room) -> None:
    """A distance in A and in B, the first of them chosen."""
    room.source.measure(1, 5, MeasureKind.DISTANCE, LEVEL)
    room.source.measure(1, 8, MeasureKind.DISTANCE, LEVEL, partner_id=room.source.measured[0].id)
    room.view._ask(keep=True)
    room.settle()
    row = room.view.measures.panel.rows[0]
    row.click()
    room.settle()
    room.view.stage.active.setFocus()


def set_two_points(room: Room) -> None:
    """Two points in each, not yet kept."""
    for pane in (room.a, room.b):
        for point in ((0.36, 0.43), (0.64, 0.43)):
            QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.place_of(point).toPoint())
            room.settle()


def shift(room: Room) -> None:
    """A is moved apart from B."""
    room.wheel(room.a, QPointF(200, 200), 1)


MAP: dict[str, Effect] = {
    "side_by_side": becomes(mode, "side_by_side", "2"),
    "wipe": becomes(mode, "wipe"),
    "blend": becomes(mode, "blend"),
    "blink": becomes(mode, "blink"),
    "difference": becomes(mode, "difference"),
    "single": becomes(mode, "single"),
    "swap": becomes(lambda room: room.view.shown, (8, 5)),
    "stack": Effect(lambda room: room.view.stage.stacked),
    "add_pane": becomes(lambda room: room.view.stage.letters, ("A", "B", "C")),
    "drop_pane": becomes(lambda room: room.view.stage.letters, ("A", "B"), "N"),
    "cycles": becomes(lambda room: room.view.all_cycles, True),
    "zoom_in": Effect(lambda room: room.b.scale, later),
    "zoom_out": Effect(lambda room: room.b.scale, earlier, ("+", "+")),
    "fit": becomes(lambda room: room.view.stage.lens.fits, True, "+"),
    "actual": becomes(lambda room: round(room.b.scale, 6), 1.0),
    "turn_left": becomes(lambda room: room.source.turned.get(8), 3),
    "turn_right": becomes(lambda room: room.source.turned.get(8), 1),
    "fine_left": Effect(lambda room: placed(room)[0], earlier),
    "fine_right": Effect(lambda room: placed(room)[0], later),
    "nudge_left": Effect(lambda room: placed(room)[1], earlier),
    "nudge_right": Effect(lambda room: placed(room)[1], later),
    "nudge_up": Effect(lambda room: placed(room)[2], earlier),
    "nudge_down": Effect(lambda room: placed(room)[2], later),
    "points": Effect(lambda room: room.view.aligner.picking is not None),
    "automatic": Effect(lambda room: (calls(room, "found"), room.view.status.left.text())),
    "refine": Effect(lambda room: calls(room, "refined"), later, ("M", set_two_points)),
    "distance": becomes(figure, MeasureKind.DISTANCE),
    "angle": becomes(figure, MeasureKind.ANGLE),
    "slope": becomes(figure, MeasureKind.SLOPE),
    "lids_right": becomes(figure, MeasureKind.LIDS_RIGHT),
    "lids_left": becomes(figure, MeasureKind.LIDS_LEFT),
    "tilt": becomes(figure, MeasureKind.TILT),
    "iris": becomes(figure, MeasureKind.IRIS),
    "remove_measure": becomes(lambda room: len(room.source.measured), 0, measure_two),
    "measure_point": Effect(lambda room: room.view.measures._held, first=(measure_two,)),
    "text": becomes(drawn, MarkKind.TEXT),
    "arrow": becomes(drawn, MarkKind.ARROW),
    "ellipse": becomes(drawn, MarkKind.ELLIPSE),
    "freehand": becomes(drawn, MarkKind.FREEHAND),
    "cover": becomes(drawn, MarkKind.COVER),
    "layers": Effect(lambda room: (room.view.stage.looks.marks, room.view.measures.panel.isVisible())),
    "undo": Effect(placed, first=("Ctrl+Shift+Right",)),
    "redo": Effect(placed, first=("Ctrl+Shift+Right", "Ctrl+Z")),
    "link": becomes(lambda room: room.view.stage.linked, False),
    "relink": Effect(lambda room: (room.view.stage.linked, room.a.lens == room.b.lens), first=("L", shift)),
    "mirror": Effect(lambda room: room.view.stage.looks.mirrored),
    "exposure": Effect(lambda room: room.view.stage.looks.match_exposure),
    "grid": Effect(lambda room: room.view.stage.looks.grid),
    "loupe": Effect(lambda room: room.view.stage.looks.loupe),
    "labels": Effect(lambda room: room.view.stage.looks.labels),
    "injection": becomes(lambda room: room.view.beside.panel.isVisible(), True),
    "next": becomes(lambda room: room.view.shown, (5, 11)),
    "previous": becomes(lambda room: room.view.shown, (5, 4)),
    "next_a": becomes(lambda room: room.view.shown, (11, 8)),
    "previous_a": becomes(lambda room: room.view.shown, (4, 8)),
    "last": becomes(lambda room: room.view.shown, (5, 14)),
    "first": becomes(lambda room: room.view.shown, (5, 1)),
    "last_a": becomes(lambda room: room.view.shown, (14, 8)),
    "first_a": becomes(lambda room: room.view.shown, (1, 8)),
    "next_view": becomes(lambda room: room.view._wanted_view, "F02"),
    "previous_view": becomes(lambda room: room.view._wanted_view, "F01", "PgDown"),
    "diagnosis": Effect(lambda room: room.view.status.left.text()),
    "next_cycle": becomes(lambda room: room.view.shown, (5, 8), "Ctrl+PgUp"),
    "previous_cycle": becomes(lambda room: room.view.shown, (1, 4)),
    "as_b": becomes(lambda room: room.view.shown, (8, 5), lambda room: room.a.setFocus()),
    "as_a": becomes(lambda room: room.view.shown, (8, 5)),
    "more": Effect(lambda room: room.view.stage.mix.blend, later, ("3",)),
    "less": Effect(lambda room: room.view.stage.mix.blend, earlier, ("3",)),
    "pin": becomes(pinned, True),
    "film": Effect(lambda room: room.view.film.height(), earlier),
    "filter": Effect(lambda _: QApplication.activePopupWidget() is not None),
    "full": becomes(lambda room: room.view.window().isFullScreen(), True),
    "present": becomes(lambda room: (room.view.presenting, room.view.bar.isVisible()), (True, False)),
    "second": Effect(lambda room: room.view.second_window is not None),
    "copy": becomes(sheets, ["Copy the comparison"]),
    "save": becomes(sheets, ["Save a picture of the comparison"]),
    "print": becomes(sheets, ["Print the comparison"]),
    "leave": becomes(figure, None, "D"),
}
"""What is seen of each command. ``peek`` is held: it has a test of its own."""


def test_every_command_has_its_line() -> None:
    assert {*MAP, "peek"} == {command.name for command in COMMANDS}


def groups() -> list[tuple[str, list[str]]]:
    """The commands by the groups of the table."""
    found: list[tuple[str, list[str]]] = []
    for command in COMMANDS:
        if command.name in GROUPS:
            found.append((command.name, []))
        found[-1][1].append(command.name)
    return found


@pytest.mark.parametrize(("group", "names"), groups())
def test_every_key_does_what_it_says(make_room: RoomMaker, group: str, names: list[str]) -> None:
    """Each of its keys, on a case of its own that is as new."""
    assert group == names[0]
    room = make_room(align(two_years()))
    keys = [(name, key) for name in names for key in room.view._keys.keys_of(name) if name in MAP]
    for number, (name, key) in enumerate(keys, 1):
        room.source.__dict__.update(align(two_years()).__dict__)
        room.open(number)
        room.view.stage.set_mix(blend=0.5)
        room.b.setFocus()
        effect = MAP[name]
        for step in effect.first:
            if callable(step):
                step(room)
            else:
                press(room, step)
        before = effect.look(room)
        press(room, key)
        after = effect.look(room)
        assert effect.fits(before, after), (name, key, before, after)
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for sheet in room.view.window().findChildren(TakeOutDialog):
            sheet.reject()
        if room.view.window().isFullScreen():
            room.view.toggle_full_screen()
        room.view._close_second()
        if room.view.film.folded:
            room.view.fold_film()
        room.settle()


def test_a_held_key_shows_the_other_photo_as_long_as_it_is_held(make_room: RoomMaker) -> None:
    room = make_room(align(two_years()))
    room.open()
    other = room.b.grab().toImage()
    QTest.keyPress(room.b, Qt.Key.Key_B)
    repeated = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_B, PLAIN, "b", True)
    QApplication.sendEvent(room.b, repeated)
    assert room.view.stage.peeking
    assert room.b.grab().toImage() != other
    QTest.keyRelease(room.b, Qt.Key.Key_B)
    assert not room.view.stage.peeking


def drag(room: Room, by: QPoint, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Drag in the pane that has the keyboard, from its middle."""
    pane = room.view.stage.active
    start = pane.rect().center()
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, modifiers, start)
    left = Qt.MouseButton.LeftButton
    for part in (1, 2, 3):
        at = QPointF(start + by * part / 3)
        move = QMouseEvent(QEvent.Type.MouseMove, at, pane.mapToGlobal(at), Qt.MouseButton.NoButton, left, modifiers)
        QApplication.sendEvent(pane, move)
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, modifiers, start + by)
    room.settle()


@pytest.mark.parametrize("before", ["", "M", "D", "2", "O", "Y"])
def test_space_and_a_drag_pan_in_every_tool(make_room: RoomMaker, before: str) -> None:
    room = make_room(align(two_years()))
    room.open()
    press(room, "+")
    if before:
        press(room, before)
    stage, pane = room.view.stage, room.view.stage.active
    lens, divider = stage.lens, stage.mix.divider
    QTest.keyPress(pane, Qt.Key.Key_Space)
    assert pane.cursor().shape() == Qt.CursorShape.OpenHandCursor
    drag(room, QPoint(60, 30))
    assert stage.lens != lens
    assert stage.lens.zoom == lens.zoom
    moved = stage.lens
    drag(room, QPoint(0, 0))
    assert (stage.lens, stage.mix.divider) == (moved, divider)
    assert room.view.aligner.picking is None or not any(room.view.aligner.picking.points.values())
    assert not room.source.measured
    assert not room.source.marks
    lies = placed(room)
    drag(room, QPoint(30, 0), CTRL)
    assert placed(room) == lies, "the photograph is not moved against the other"
    QTest.keyRelease(pane, Qt.Key.Key_Space)
    assert not stage.looks.panning


def test_shift_acts_on_panes_that_move_apart(make_room: RoomMaker) -> None:
    room = make_room(align(two_years()))
    room.open()
    press(room, "L")

    def scales() -> tuple[float, float]:
        return room.a.lens.zoom, room.b.lens.zoom

    room.b.setFocus()
    QTest.keyClick(room.b, Qt.Key.Key_Equal)
    assert scales() == (1.0, NOTCH)
    QTest.keyClick(room.b, Qt.Key.Key_Plus, SHIFT)
    assert scales() == pytest.approx((NOTCH, NOTCH**2))
    QTest.keyClick(room.b, Qt.Key.Key_Underscore, SHIFT)
    QTest.keyClick(room.b, Qt.Key.Key_X)
    assert scales() == (1.0, 1.0)
    QTest.keyClick(room.b, Qt.Key.Key_Z, SHIFT)
    assert room.b.scale == pytest.approx(1.0)
    assert scales()[0] > 1
    QTest.keyClick(room.b, Qt.Key.Key_X, SHIFT)
    assert scales() == (1.0, 1.0)
    at = QPointF(100, 100)
    room.wheel(room.b, at, 1)
    assert scales() == pytest.approx((1.0, NOTCH))
    room.wheel(room.b, at, 1, SHIFT)
    assert scales() == pytest.approx((NOTCH, NOTCH**2))
    lens = room.a.lens
    drag(room, QPoint(40, 0))
    assert room.a.lens == lens
    drag(room, QPoint(40, 0), SHIFT)
    assert room.a.lens != lens


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5", "S"])
def test_ctrl_and_the_wheel_zoom_whatever_the_wheel_does(make_room: RoomMaker, key: str) -> None:
    room = make_room(align(two_years()))
    room.open()
    press(room, key)
    pane, at = room.view.stage.active, QPointF(200, 200)
    zoom = pane.lens.zoom
    room.wheel(pane, at, 1)
    assert pane.lens.zoom == pytest.approx(zoom * NOTCH)
    room.view._keys.take(KeyChoices(wheel_steps=True))
    room.wheel(pane, at, 1, CTRL)
    assert pane.lens.zoom == pytest.approx(zoom * NOTCH**2)
    shown = room.view.shown
    room.wheel(pane, at, -0.5)
    assert room.view.shown == shown
    room.wheel(pane, at, -0.5)
    room.settle()
    assert room.view.shown == (5, 11)
    room.wheel(pane, at, 1)
    room.settle()
    assert room.view.shown == shown
    assert room.view.stage.mix.divider == 0.5
    room.view._keys.take(KeyChoices())
    zoom = pane.lens.zoom
    room.wheel(pane, at, -1)
    assert pane.lens.zoom == pytest.approx(zoom / NOTCH)


def test_the_wheel_over_a_changes_a(make_room: RoomMaker) -> None:
    room = make_room(align(two_years()))
    room.open()
    room.view._keys.take(KeyChoices(wheel_steps=True))
    room.wheel(room.a, QPointF(200, 200), 1)
    room.settle()
    assert room.view.shown == (4, 8)
    assert room.view.stage.mode is CompareMode.SIDE_BY_SIDE


def test_tab_goes_to_the_other_pane_and_back(make_room: RoomMaker) -> None:
    room = make_room(align(two_years()))
    room.open()
    room.a.setFocus()
    letters = [room.view.stage.active_letter]
    for keys in ("Tab", "Shift+Tab"):
        press(room, keys)
        letters.append(room.view.stage.active_letter)
    assert letters == ["A", "B", "A"]


def test_esc_leaves_the_tool_then_the_full_screen_then_the_case(make_room: RoomMaker) -> None:
    room = make_room(align(two_years()))
    room.open()
    left: list[bool] = []
    room.view.left.connect(lambda: left.append(True))
    states = []
    for keys in ("F", "O", "Esc", "Esc", "Esc"):
        press(room, keys)
        states.append((room.view.marker.kind is not None, room.view.window().isFullScreen(), bool(left)))
    assert states == [
        (False, True, False), (True, True, False), (False, True, False), (False, False, False), (False, False, True)
    ]  # fmt: skip
