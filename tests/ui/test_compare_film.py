"""The filmstrip: what it shows, what stands on it, and what a hand and keys do with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare.film import PICTURE_MIME
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import CTRL, OPEN, SHIFT, SMILE, Room, RoomMaker, keeper, make_room, room, shown, two_years

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


def test_the_whole_day_of_b_comes_into_sight(make_room: RoomMaker) -> None:
    room = make_room(two_years(), 900, 900)
    room.open()
    film = room.view.film
    for _ in range(2):
        group = next(one for one in film.sittings if any(thumb.entry.picture.id == 8 for thumb in one.thumbs))
        assert len(group.thumbs) == 3
        left = group.place.left() - film.horizontalScrollBar().value()
        assert left >= 0
        assert left + group.place.width() <= film.viewport().width()
        room.view.fold_film()


def test_in_a_low_window_the_strip_folds_by_itself_until_somebody_unfolds_it(make_room: RoomMaker) -> None:
    room = make_room(two_years(), 1024, 640)
    room.open()

    def folded_at(width: int, height: int) -> bool:
        room.view.resize(width, height)
        QApplication.processEvents()
        return room.view.film.folded

    assert folded_at(1024, 640)
    assert room.b.height() > 4 * room.view.film.height()
    assert not folded_at(1440, 900)
    assert folded_at(1024, 640)
    room.key(Qt.Key.Key_F, SHIFT)
    assert not folded_at(1024, 640)
    assert not folded_at(1024, 650)


def test_a_lost_thumbnail_is_made_from_the_preview(make_room: RoomMaker) -> None:
    source = two_years()
    source.without_thumbnail.add(8)
    source.damaged.add(5)
    room = make_room(source)
    room.open()
    film = room.view.film
    place = film.thumb_place(8)
    assert 8 not in film._broken
    assert 5 in film._broken
    image = film.viewport().grab(place).toImage()
    skin = image.pixelColor(image.width() // 2, round(image.height() * 0.6))
    assert skin.red() > 150


def test_a_finger_moves_the_strip_and_a_tap_chooses(make_room: RoomMaker) -> None:
    room = make_room(two_years(), 780, 700)
    room.open()
    film, device = room.view.film, QTest.createTouchDevice()
    bar, viewport = film.horizontalScrollBar(), film.viewport()
    before, start = bar.value(), film.thumb_place(8).center()
    QTest.touchEvent(viewport, device).press(0, start, viewport).commit()
    for step in (30, 60, 120):
        QTest.touchEvent(viewport, device).move(0, start + QPoint(step, 4), viewport).commit()
    QTest.touchEvent(viewport, device).release(0, start + QPoint(120, 4), viewport).commit()
    room.settle()
    assert bar.value() == before - 120
    assert shown(room) == (5, 8)
    at = film.thumb_place(7).center()
    QTest.touchEvent(viewport, device).press(0, at, viewport).commit()
    QTest.touchEvent(viewport, device).release(0, at, viewport).commit()
    room.settle()
    assert shown(room)[1] == 7
