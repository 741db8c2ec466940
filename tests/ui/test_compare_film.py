"""The filmstrip: what it shows, what stands on it, and what a hand and keys do with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare.film import PICTURE_MIME
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import CTRL, OPEN, SHIFT, SMILE, Room, keeper, make_room, room

__all__ = ["keeper", "make_room", "room"]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def on_strip(room: Room) -> list[int]:
    """The photographs that stand on the strip."""
    return [thumb.entry.picture.id for sitting in room.view.film.sittings for thumb in sitting.thumbs]


def choose(room: Room, words: str) -> None:
    """Choose in the menu of the strip, opened by its key, with a real click."""
    room.key(Qt.Key.Key_Q)
    (menu,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    (action,) = (one for one in menu.findChildren(QAction) if one.text() == words)
    owner = next(one for one in (menu, *menu.findChildren(QMenu)) if action in one.actions())
    if owner is not menu:
        owner.popup(menu.pos())
    QTest.mouseClick(owner, Qt.MouseButton.LeftButton, pos=owner.actionGeometry(action).center())
    menu.close()
    room.settle()


def drop(pane: PicturePane, picture_id: int) -> None:
    """Drop a photograph of the strip into a pane."""
    data = QMimeData()
    data.setData(PICTURE_MIME, str(picture_id).encode("ascii"))
    where, left, none = QPointF(40, 40), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(pane, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(pane, QDropEvent(where, Qt.DropAction.CopyAction, data, left, none))


def test_the_strip_shows_one_view_or_all(room: Room) -> None:
    everything = on_strip(room)
    choose(room, "Smile, teeth showing")
    smiles = [one.id for one in room.source.pictures if one.view == SMILE]
    assert on_strip(room) == smiles
    assert "Strip: only Smile, teeth showing" in room.view.status.right.text()
    assert room.view.status.filter.isChecked()
    assert [one.title for one in room.view.film.sittings if one.injected is not None] == ["Botox", "Botox"]
    choose(room, "All photos")
    assert on_strip(room) == everything
    assert "Strip" not in room.view.status.right.text()
    assert not room.view.status.filter.isChecked()


def test_the_strip_follows_the_view_that_is_compared(room: Room) -> None:
    choose(room, "The view that is compared")
    assert set(on_strip(room)) == {one.id for one in room.source.pictures if one.view == OPEN}
    assert "Strip: only this view" in room.view.status.right.text()
    for _ in range(2):
        room.key(Qt.Key.Key_PageDown)
    assert set(on_strip(room)) == {one.id for one in room.source.pictures if one.view == SMILE}
    room.open(2)
    assert len(on_strip(room)) == 14, "another case begins with all"


def test_only_pinned_pairs_and_that_there_are_none(room: Room) -> None:
    choose(room, "Only pinned pairs in the strip")
    assert on_strip(room) == []
    assert room.view.film.sittings[-1].title == "No photo fits what the strip shows"
    assert not room.view.film.grab().isNull()
    room.key(Qt.Key.Key_P)
    assert on_strip(room) == [5, 8]
    assert "Strip: only pinned pairs" in room.view.status.right.text()
    choose(room, "Smile, teeth showing")
    assert on_strip(room) == []


def test_clicks_and_keys_of_the_strip(room: Room) -> None:
    film, left = room.view.film, Qt.MouseButton.LeftButton
    QTest.mouseClick(film.viewport(), left, pos=film.thumb_place(11).center())
    QTest.mouseClick(film.viewport(), left, SHIFT, film.thumb_place(4).center())
    room.settle()
    assert room.view.shown == (4, 11)
    QTest.mouseClick(film.viewport(), left, CTRL, film.thumb_place(8).center())
    room.settle()
    assert room.view._chosen == {"A": 4, "B": 11, "C": 8}
    drop(room.view.stage.panes["C"], 5)
    room.settle()
    assert room.view._chosen["C"] == 5
    assert [film.accessibleName().endswith(f"shown as {letter}") for letter in "B"] == [True]
    film.setFocus()
    room.key(Qt.Key.Key_Home)
    room.key(Qt.Key.Key_Return)
    assert room.view.stage.mode is CompareMode.SINGLE
    assert room.view.stage.panes["B"].photo is not None
    assert room.view.stage.panes["B"].photo.picture_id == 1


@pytest.mark.parametrize("letter", ["A", "B", "C", "D"])
def test_every_pane_takes_what_is_dropped_and_the_strip_says_where_it_is(room: Room, letter: str) -> None:
    for _ in range(2):
        room.key(Qt.Key.Key_N)
    drop(room.view.stage.panes[letter], 4)
    room.settle()
    assert room.view._chosen[letter] == 4
    film = room.view.film
    film.setFocus()
    room.key(Qt.Key.Key_Home)
    for _ in range(3):
        room.key(Qt.Key.Key_Right)
    assert film.accessibleName().endswith(f"shown as {letter}")
