"""The viewer under real keys and a real wheel, over real JPEGs drawn here."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.lens import NOTCH, Link
from clinic_app.domain.pictures import (
    Injected,
)
from clinic_app.ui.compare import loading
from clinic_app.ui.compare import pane as pane_module
from clinic_app.ui.compare.chrome import ViewerButton, percent, scale_in
from clinic_app.ui.compare.levels import Level, Levels
from tests.ui.compare_room import (
    CTRL,
    DAYS,
    OPEN,
    SHIFT,
    DrawnPictures,
    Room,
    RoomMaker,
    button,
    detailed,
    grab,
    keeper,
    make_room,
    pictured,
    room,
    shown,
    two_years,
    wanting,
)

__all__ = ["keeper", "make_room", "room"]


def test_the_right_pair_opens_with_its_labels(room: Room) -> None:
    assert shown(room) == (5, 8)
    assert room.shown == [(5, 8)]
    assert room.a.caption is not None
    assert room.b.caption is not None
    assert room.a.caption.title == "Before injection 4 · 13 weeks after 3"
    assert room.a.caption.second.startswith("4 Nov 2025 · 91 days after injection 3 (5 Aug 2025")
    assert room.b.caption.title == "10 days after Botox"
    assert room.b.caption.second.startswith("21 Nov 2025 · 10 days after injection 4")
    assert room.view.bar.name.text() == "Asha Verma"
    assert room.view.bar.about.text().startswith("Blepharospasm")
    assert "nearest to day 14" in room.view.status.left.text()
    assert "A" in room.a.accessibleName()
    assert "left" not in (room.a.accessibleName() + room.b.accessibleName()).lower()
    assert [one for one in room.source.calls if one[0] == "full"] == []


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_the_wheel_zooms_both_at_the_pointer(room: Room, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(211.0, 173.0)
    spot = room.a.lens.spot(room.a.frame, (at.x(), at.y()))
    there = room.b.lens.place(room.b.frame, spot)
    before = room.a.scale
    for notches in (1, 1, 0.5, -1, 3):
        room.wheel(room.a, at, notches, modifiers)
        assert room.a.lens.place(room.a.frame, spot) == pytest.approx((at.x(), at.y()), abs=1e-6)
        assert room.b.lens.place(room.b.frame, spot) == pytest.approx(there, abs=1e-6)
    assert room.a.scale == pytest.approx(before * NOTCH**4.5)
    assert room.b.lens == room.a.lens
    assert percent(room.b.scale) in room.view.status.left.text()
    assert room.view.bar.zoom.text() == percent(room.b.scale)


def test_pictures_of_other_sizes_follow_the_same_lens(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0], 0, (1500, 1200))
    source.add(OPEN, DAYS[0] + timedelta(14), 90, (900, 1200))
    room = make_room(source)
    room.open()
    at = QPointF(300, 200)
    spot = room.b.lens.spot(room.b.frame, (300, 200))
    room.wheel(room.b, at, 4)
    assert room.b.lens.place(room.b.frame, spot) == pytest.approx((300, 200), abs=1e-6)
    assert room.a.lens == room.b.lens
    assert room.a.scale != pytest.approx(room.b.scale)


def test_the_notice_of_no_photos_stands_as_it_stood_when_one_returns(make_room: RoomMaker) -> None:
    room = make_room(DrawnPictures())
    room.open()
    notice = room.view.stage._notice
    before = notice.geometry()
    assert button(notice, "Import photos").isVisible()
    for close in (False, True, False):
        room.view.hide()
        if close:
            room.view.close_case()
        room.view.open_case(1)
        room.view.show()
        room.settle()
        assert notice.geometry() == before
        assert button(notice, "Import photos").visibleRegion().boundingRect().height() > 20


def test_drag_pans_both_and_the_arrows_do_too(room: Room) -> None:
    room.key(Qt.Key.Key_Z)
    assert room.a.scale == pytest.approx(1.0)
    before = room.a.lens
    QTest.mousePress(room.a, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(room.a, QPoint(170, 180))
    QTest.mouseRelease(room.a, Qt.MouseButton.LeftButton, pos=QPoint(170, 180))
    assert room.a.lens.x == pytest.approx(before.x + 30 / 1200)
    assert room.a.lens.y == pytest.approx(before.y + 20 / 1500)
    assert room.b.lens == room.a.lens
    room.b.setFocus()
    room.key(Qt.Key.Key_Right, CTRL)
    assert room.a.lens.x > before.x + 30 / 1200
    assert shown(room) == (5, 8)


def test_fit_actual_size_plus_and_minus(room: Room) -> None:
    fit = room.a.lens
    room.key(Qt.Key.Key_Plus)
    assert room.a.lens.zoom == pytest.approx(NOTCH)
    room.key(Qt.Key.Key_Minus)
    assert room.a.lens == fit
    room.key(Qt.Key.Key_Z)
    assert room.a.scale == pytest.approx(1.0)
    room.key(Qt.Key.Key_Z)
    assert room.a.lens == fit
    room.key(Qt.Key.Key_Plus)
    room.key(Qt.Key.Key_X)
    assert room.b.lens == fit
    room.key(Qt.Key.Key_Plus)
    room.key(Qt.Key.Key_0, CTRL)
    assert room.b.lens == fit


def test_the_zoom_field_takes_a_number(room: Room) -> None:
    zoom = room.view.bar.zoom
    zoom.setFocus()
    zoom.selectAll()
    QTest.keyClicks(zoom, "150")
    QTest.keyClick(zoom, Qt.Key.Key_Return)
    assert room.b.scale == pytest.approx(1.5)
    assert zoom.text() == "150 %"
    assert room.b.hasFocus()
    zoom.setFocus()
    QTest.keyClicks(zoom, "w")
    QTest.keyClick(zoom, Qt.Key.Key_Escape)
    assert shown(room) == (5, 8)
    assert zoom.text() == "150 %"


@pytest.mark.parametrize(
    ("text", "scale"), [("150", 1.5), ("33,3 %", 0.333), ("-2", None), ("x", None), ("0", None), ("nan", None)]
)
def test_percent_typed(text: str, scale: float | None) -> None:
    assert scale_in(text) == (pytest.approx(scale) if scale is not None else None)


def test_unlinked_panes_move_alone_and_keep_their_offset(room: Room) -> None:
    room.key(Qt.Key.Key_L)
    assert not room.view.stage.linked
    before = room.a.lens
    room.wheel(room.b, QPointF(100, 100), 2)
    assert room.a.lens == before
    assert room.b.lens != before
    room.wheel(room.b, QPointF(100, 100), 1, SHIFT)
    assert room.a.lens.zoom == pytest.approx(NOTCH)
    assert room.b.lens.zoom == pytest.approx(NOTCH**3)
    offset = Link.between(room.a.lens, room.b.lens)
    room.key(Qt.Key.Key_L)
    room.wheel(room.a, QPointF(50, 80), 1)
    after = Link.between(room.a.lens, room.b.lens)
    assert (after.x, after.y, after.zoom) == pytest.approx((offset.x, offset.y, offset.zoom))
    room.key(Qt.Key.Key_L, SHIFT)
    assert room.a.lens == room.b.lens


def test_the_cross_stands_at_the_same_spot_of_the_other(room: Room) -> None:
    room.wheel(room.a, QPointF(250, 300), 3)
    QTest.mouseMove(room.a, QPoint(220, 310))
    spot = room.a.lens.spot(room.a.frame, (220, 310))
    assert room.b._cross == pytest.approx(spot)
    assert room.a._cross is None
    QTest.mouseMove(room.view.film, QPoint(5, 5))
    QApplication.sendEvent(room.a, QEvent(QEvent.Type.Leave))
    assert room.b._cross is None


def test_swap_reads_nothing_again(room: Room) -> None:
    room.wheel(room.a, QPointF(250, 300), 2)
    lens, count = room.a.lens, len(room.source.calls)
    room.key(Qt.Key.Key_W)
    assert shown(room) == (8, 5)
    assert room.a.caption is not None
    assert room.a.caption.title == "10 days after Botox"
    assert room.a.lens == lens
    assert [kind for kind, _ in room.source.calls[count:] if kind != "full"] == []
    room.key(Qt.Key.Key_W)
    assert shown(room) == (5, 8)


def test_steps_stay_within_the_view_and_leave_the_other_out(room: Room) -> None:
    room.key(Qt.Key.Key_Right)
    assert shown(room) == (5, 11)
    room.key(Qt.Key.Key_Left)
    room.key(Qt.Key.Key_Left)
    assert shown(room) == (5, 4)
    room.key(Qt.Key.Key_Home)
    assert shown(room) == (5, 1)
    room.key(Qt.Key.Key_End)
    assert shown(room) == (5, 14)
    room.key(Qt.Key.Key_Left, SHIFT)
    assert shown(room) == (4, 14)
    room.key(Qt.Key.Key_Home, SHIFT)
    assert shown(room) == (1, 14)
    assert "Chosen by hand" in room.view.status.left.text()
    assert room.b.caption is not None
    assert room.b.caption.unsure


def test_other_views_have_their_own_pair(room: Room) -> None:
    room.wheel(room.a, QPointF(250, 300), 2)
    room.key(Qt.Key.Key_PageDown)
    assert shown(room) == (6, 9)
    assert room.a.lens.fits
    room.key(Qt.Key.Key_PageDown)
    assert shown(room) == (7, 10)
    room.key(Qt.Key.Key_PageDown)
    assert shown(room) == (7, 10)
    room.key(Qt.Key.Key_PageUp)
    room.key(Qt.Key.Key_PageUp)
    assert shown(room) == (5, 8)


def test_quick_view_steps_count_from_what_was_asked(room: Room) -> None:
    gate = room.source.gates[-1] = threading.Event()
    for _ in range(2):
        QTest.keyClick(room.b, Qt.Key.Key_PageDown)
    gate.set()
    room.settle()
    assert shown(room) == (7, 10)


def test_the_newest_case_wins(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    slow = room.source.gates[-1] = threading.Event()
    room.view.open_case(1)
    room.qtbot.waitUntil(lambda: ("pair", 1) in room.source.calls)
    for case in (2, 3, 4):
        room.view.open_case(case)
    slow.set()
    room.settle()
    assert room.view.bar.name.text() == "Asha Verma 4"
    assert [case for kind, case in room.source.calls if kind == "pair"] == [1, 4]
    assert room.shown == [(5, 8)]


def test_the_newest_photograph_wins(room: Room) -> None:
    slow = room.source.gates[11] = threading.Event()
    QTest.keyClick(room.b, Qt.Key.Key_Right)
    room.qtbot.waitUntil(lambda: ("preview", 11) in room.source.calls)
    assert room.b.caption is not None
    assert room.b.caption.title == "10 days after Botox"
    QTest.keyClick(room.b, Qt.Key.Key_Right)
    QTest.keyClick(room.b, Qt.Key.Key_Left)
    QTest.keyClick(room.b, Qt.Key.Key_Left)
    slow.set()
    room.settle()
    assert shown(room) == (5, 8)
    assert room.b.caption.title == "10 days after Botox"
    room.key(Qt.Key.Key_Home)
    assert room.b.caption is not None
    assert "Before" in room.b.caption.title


def test_full_detail_comes_when_the_zoom_needs_it_and_goes_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for timer in room.view.loader.release.values():
        timer.setInterval(30)
    room.view.resize(700, 600)
    room.settle()
    assert not wanting(room)
    at = QPointF(100, 100)
    while room.a.scale * 1500 <= 700:
        assert not wanting(room)
        assert detailed(room) == (False, False)
        room.wheel(room.a, at, 0.2)
    room.wheel(room.a, at, 0.2)
    assert wanting(room)
    room.settle()
    assert detailed(room) == (True, True)
    assert sorted(one for one in room.source.calls if one[0] == "half") == [("half", 5), ("half", 8)]
    room.wheel(room.a, at, 5)
    room.settle()
    assert sorted(one for one in room.source.calls if one[0] == "full") == [("full", 5), ("full", 8)]
    room.qtbot.waitUntil(lambda: sizes(room) == [[1200], [1200]])
    room.wheel(room.a, at, -5)
    room.settle()
    room.qtbot.waitUntil(lambda: sizes(room) == [[600], [600]])
    room.settle()
    assert len([one for one in room.source.calls if one[0] == "half"]) == 2
    room.wheel(room.a, at, 4)
    room.settle()
    room.wheel(room.a, at, 3)
    room.settle()
    assert len([one for one in room.source.calls if one[0] == "full"]) == 4
    room.key(Qt.Key.Key_W)
    assert detailed(room)[0]
    assert len([one for one in room.source.calls if one[0] == "full"]) == 4
    room.key(Qt.Key.Key_0)
    room.qtbot.waitUntil(lambda: detailed(room) == (False, False))
    room.settle()
    room.key(Qt.Key.Key_Z)
    assert detailed(room)[0]
    room.view.hide()
    room.qtbot.waitUntil(lambda: detailed(room) == (False, False))
    room.settle()


def sizes(room: Room) -> list[list[int]]:
    """The widths of what is here of A and of B above their previews."""
    photos = [photo for pane in (room.a, room.b) if (photo := pane.photo) is not None]
    return [[step.image.width() for step in photo.finer.values()] for photo in photos]


def test_full_detail_of_a_photograph_left_meanwhile_is_not_shown(room: Room) -> None:
    gate = room.source.gates[11] = threading.Event()
    gate.set()
    room.key(Qt.Key.Key_Right)
    gate.clear()
    QTest.keyClick(room.b, Qt.Key.Key_Z)
    room.qtbot.waitUntil(lambda: ("full", 11) in room.source.calls)
    QTest.keyClick(room.b, Qt.Key.Key_Left)
    gate.set()
    room.settle()
    assert shown(room) == (5, 8)
    assert room.view.loader.detail_of["B"] == 8
    assert detailed(room)[1]


def test_nothing_jumps_when_full_detail_arrives(room: Room) -> None:
    room.key(Qt.Key.Key_I)
    gates = {one: room.source.gates.setdefault(one, threading.Event()) for one in (5, 8)}
    QTest.keyClick(room.b, Qt.Key.Key_Z)
    before = grab(room.b)
    for gate in gates.values():
        gate.set()
    room.settle()
    assert detailed(room)[1]
    after = grab(room.b)
    assert _edge(before) == pytest.approx(_edge(after), abs=2)


def _edge(image: QImage) -> float:
    """Where the face ends on the middle line, as a column; to a pixel or so."""
    y = image.height() // 2
    reds = [image.pixelColor(x, y).red() for x in range(image.width())]
    middle = image.width() // 2
    return next((x for x in range(middle, image.width()) if reds[x] < 150 and x > middle + 40), image.width())


def test_zooming_paints_without_jumps(room: Room) -> None:
    room.key(Qt.Key.Key_I)
    at = QPointF(room.b.width() / 2, room.b.height() / 2)
    previous = None
    for _ in range(12):
        room.wheel(room.b, at, 0.1)
        QApplication.processEvents()
        where = _edge(grab(room.b))
        if previous is not None:
            assert 0 <= where - previous <= 14
        previous = where


def test_stacked_and_back(room: Room) -> None:
    assert not room.view.stage.stacked
    room.key(Qt.Key.Key_V)
    assert room.a.y() < room.b.y()
    assert room.a.x() == room.b.x()
    room.key(Qt.Key.Key_V)
    assert room.a.y() == room.b.y()


def test_a_wide_photograph_is_stacked_in_a_narrow_window(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0], 0, (1500, 700))
    source.add(OPEN, DAYS[0] + timedelta(14), 90, (1500, 700))
    room = make_room(source, 1024, 900)
    room.open()
    assert room.view.stage.stacked


def test_film_groups_by_day_with_injections_between(room: Room) -> None:
    heads = [(one.title, one.day, len(one.thumbs)) for one in room.view.film.sittings]
    assert heads == [
        ("Before any toxin", "1 Aug 2025", 3),
        ("Botox", "5 Aug 2025", 0),
        ("4 weeks", "4 Sep 2025", 1),
        ("Before", "4 Nov 2025", 3),
        ("Botox", "11 Nov 2025", 0),
        ("10 days", "21 Nov 2025", 3),
        ("4 weeks", "9 Dec 2025", 2),
        ("18 weeks", "19 Mar 2026", 1),
        ("Date unsure", "", 1),
    ]
    assert [one.peak for one in room.view.film.sittings] == [
        False,
        False,
        True,
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert room.view.status.right.text() == "Peak effect 2–6 weeks shaded"


def test_clicks_on_the_film(room: Room) -> None:
    film = room.view.film
    QTest.mouseClick(film.viewport(), Qt.MouseButton.LeftButton, pos=film.thumb_place(11).center())
    room.settle()
    assert shown(room) == (5, 11)
    QTest.mouseClick(film.viewport(), Qt.MouseButton.LeftButton, SHIFT, film.thumb_place(4).center())
    room.settle()
    assert shown(room) == (4, 11)
    QTest.mouseClick(film.viewport(), Qt.MouseButton.LeftButton, pos=film.thumb_place(9).center())
    room.settle()
    assert shown(room) == (4, 9)
    assert "different views" in room.view.status.left.text()


def test_keys_on_the_film(room: Room) -> None:
    film = room.view.film
    film.setFocus()
    assert "shown as B" in film.accessibleName()
    room.key(Qt.Key.Key_Right)
    assert "9 of 14" in film.accessibleName()
    assert shown(room) == (5, 8)
    for _ in range(2):
        room.key(Qt.Key.Key_Right)
    room.key(Qt.Key.Key_Space)
    assert shown(room) == (5, 11)
    room.key(Qt.Key.Key_Home)
    room.key(Qt.Key.Key_Return, SHIFT)
    assert shown(room) == (1, 11)
    room.key(Qt.Key.Key_W)
    assert shown(room) == (11, 1)


def test_thumbnails_are_read_after_the_pair_and_only_in_sight(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    for step in range(120):
        source.add(OPEN, DAYS[0] - timedelta(200) + timedelta(days=3 * step), step % 100, (300, 375))
    room = make_room(source)
    for case_id in (1, 2):
        source.calls.clear()
        room.open(case_id)
        kinds = [kind for kind, _ in source.calls]
        assert kinds.index("thumbnail") > max(place for place, kind in enumerate(kinds) if kind == "preview")
        assert 8 < kinds.count("thumbnail") < 60


def test_pin_and_unpin(room: Room) -> None:
    said: list[tuple[str, object]] = []
    room.view.undoable.connect(lambda words, undo: said.append((words, undo)))
    room.key(Qt.Key.Key_Right)
    room.key(Qt.Key.Key_P)
    assert room.source.pinned == {OPEN: (5, 11)}
    assert shown(room) == (5, 11)
    assert "by hand" in room.view.status.left.text()
    assert room.view.buttons["pin"].isChecked()
    room.key(Qt.Key.Key_P)
    assert room.source.pinned == {}
    assert shown(room) == (5, 8)
    assert said == [("Pair kept", 96), ("Pair no longer kept", 97)]


def test_changes_elsewhere_are_read_and_the_choice_is_kept(room: Room) -> None:
    room.key(Qt.Key.Key_Right)
    room.source.add(OPEN, DAYS[1] + timedelta(14), 99)
    room.tasks.tell(lambda _: Changes(frozenset({Topic.PICTURES})), owner=room.view)
    room.settle()
    assert shown(room) == (5, 11)
    assert len(room.view._reading.answer.pictures if room.view._reading else ()) == 15
    room.view.open_case(1)
    room.settle()
    assert shown(room) == (5, 15)


def test_labels_can_be_hidden(room: Room) -> None:
    with_labels = grab(room.b)
    room.key(Qt.Key.Key_I)
    without = grab(room.b)
    assert with_labels != without
    room.key(Qt.Key.Key_I)
    assert grab(room.b) == with_labels


def test_no_photos_at_all(make_room: RoomMaker) -> None:
    room = make_room(DrawnPictures())
    asked: list[int] = []
    room.view.import_wanted.connect(asked.append)
    room.open()
    assert room.view.stage.notice == "No photos yet. Drop a folder here or import from the camera."
    assert room.a.isHidden()
    assert room.view.film.isHidden() or not room.view.film.isVisible()
    import_button = button(room.view.stage._notice, "Import photos")
    QTest.mouseClick(import_button, Qt.MouseButton.LeftButton)
    assert asked == [7]


def test_only_one_photo(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0], 0)
    room = make_room(source)
    room.open()
    assert shown(room) == (1, None)
    assert room.b.notice == "No photo of this view after injection 1 (5 Aug 2025) yet."
    assert room.shown == [(1, None)]
    room.key(Qt.Key.Key_Plus)
    assert room.a.lens.zoom == pytest.approx(NOTCH)
    room.key(Qt.Key.Key_W)
    assert shown(room) == (None, 1)


def test_a_missing_after_photo_offers_another(make_room: RoomMaker) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    source.add(OPEN, DAYS[0] - timedelta(20), 0)
    source.add(OPEN, DAYS[0], 0)
    room = make_room(source)
    room.open()
    assert shown(room) == (2, None)
    use = button(room.b.buttons, "Use ")
    use.click()
    room.settle()
    assert shown(room) == (2, 1)
    assert room.b.notice == ""


@pytest.mark.parametrize("ago", [4, 90])
def test_photographs_before_that_have_no_view_are_told_of(make_room: RoomMaker, ago: int) -> None:
    source = DrawnPictures((Injected(DAYS[0], 1, "ona"),))
    untagged = [source.add(None, DAYS[0] - timedelta(ago - number), 0) for number in range(2)]
    source.add(None, DAYS[0] + timedelta(300), 0)
    source.add(OPEN, DAYS[0] + timedelta(14), 90)
    room = make_room(source)
    wanted: list[tuple[int, int, object]] = []
    room.view.views_wanted.connect(lambda *said: wanted.append(said))
    room.open()
    assert room.a.notice.startswith(
        "No photo of this view before injection 1 (5 Aug 2025). 2 photos have no view yet ("
    )
    QTest.mouseClick(button(room.a.buttons, "Set the view"), Qt.MouseButton.LeftButton)
    assert wanted == [(7, 1, tuple(untagged))]
    source.may_write = False
    room.open(2)
    assert "2 photos have no view yet" in room.a.notice
    assert not [one for one in room.a.buttons.findChildren(ViewerButton) if one.text() == "Set the view"]


def test_a_damaged_photograph_says_so_and_the_other_stays(make_room: RoomMaker) -> None:
    source = two_years()
    source.damaged.add(8)
    room = make_room(source)
    room.open()
    assert pictured(room) == (True, False)
    assert room.b.notice
    assert room.shown == []
    room.source.damaged.clear()
    button(room.b.buttons, "Try again").click()
    room.settle()
    assert pictured(room)[1]
    assert room.shown == [(5, 8)]


def test_a_case_that_is_gone_says_so(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    room.open(404)
    assert room.view.stage.notice
    room.open(1)
    assert room.view.stage.notice == ""
    assert pictured(room)[0]


def test_another_patient_never_shows_the_last_ones_photograph(room: Room) -> None:
    gates = [room.source.gates.setdefault(one, threading.Event()) for one in (5, 8)]
    room.view.open_case(2)
    room.qtbot.wait(20)
    assert pictured(room) == (False, False)
    assert room.view.bar.name.text() in ("", "Asha Verma 2")
    for gate in gates:
        gate.set()
    room.settle()
    assert pictured(room)[0]


def test_full_screen_then_back_to_the_case(room: Room) -> None:
    states: list[bool] = []
    gone: list[bool] = []
    room.view.full_screen_changed.connect(states.append)
    room.view.left.connect(lambda: gone.append(True))
    room.key(Qt.Key.Key_F)
    assert room.view.window().isFullScreen()
    assert not room.view.bar.isVisible()
    room.key(Qt.Key.Key_Escape)
    assert not room.view.window().isFullScreen()
    assert states == [True, False]
    assert gone == []
    room.key(Qt.Key.Key_Escape)
    assert gone == [True]


def test_tab_reaches_everything_and_all_of_it_has_a_name(room: Room) -> None:
    room.a.setFocus()
    room.key(Qt.Key.Key_Tab)
    assert room.b.hasFocus()
    assert room.view.stage.active is room.b
    room.key(Qt.Key.Key_Backtab, SHIFT)
    assert room.a.hasFocus()
    assert room.view.stage.active is room.a
    seen = set()
    for _ in range(40):
        room.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus.accessibleName(), focus
        seen.add(focus.accessibleName().split(" ")[0])
    assert {"Photo", "Photos", "Back", "Zoom", "Swap", "View:", "Panes"} <= seen


def test_letters_typed_into_a_field_of_the_window_do_nothing_here(room: Room) -> None:
    field_ = QLineEdit(room.view)
    field_.show()
    field_.setFocus()
    QTest.keyClicks(field_, "wvl")
    assert field_.text() == "wvl"
    assert shown(room) == (5, 8)
    assert room.view.stage.linked


def test_letting_go_of_a_case_keeps_nothing(room: Room) -> None:
    room.view.close_case()
    assert room.a.has_picture is False
    assert shown(room) == (None, None)
    assert loading.KEEP_DETAIL > 0


def test_a_slow_computer_draws_coarsely_only_while_it_moves(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.key(Qt.Key.Key_I)
    room.key(Qt.Key.Key_Plus)
    room.qtbot.waitUntil(lambda: not room.b._rest.isActive())
    smooth = grab(room.b)
    monkeypatch.setattr(pane_module, "SMOOTH_BUDGET", 0.0)
    lens = room.a.lens
    room.a.lens_asked.emit(lens.panned(room.a.frame, 3, 0), False)
    room.a.lens_asked.emit(lens, False)
    assert grab(room.b) != smooth
    room.qtbot.waitUntil(lambda: not room.b._rest.isActive())
    assert grab(room.b) == smooth


@pytest.mark.parametrize("scale", [0.37, 0.8, 1.0, 1.7])
def test_a_turned_picture_is_drawn_softly_while_it_moves_and_exactly_at_rest(
    room: Room, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    room.a.lens_asked.emit(replace(room.a.lens, turn=3.7), False)
    room.view.stage.zoom_to(scale)
    room.qtbot.waitUntil(lambda: room.view._tasks.pending == 0)
    room.qtbot.waitUntil(lambda: not room.b._rest.isActive())
    sharp = grab(room.b)
    lens = room.a.lens
    for budget, cost in ((0.0, 1.0), (0.5, 1.0)):
        monkeypatch.setattr(pane_module, "SMOOTH_BUDGET", budget)
        room.b._costs[pane_module.Manner.SHARP] = cost
        room.a.lens_asked.emit(lens.panned(room.a.frame, 3, 0), False)
        grab(room.b)
        room.a.lens_asked.emit(lens, False)
        manner = room.b._manner()
        assert manner is (pane_module.Manner.SOFT if budget else pane_module.Manner.COARSE)
        if manner is pane_module.Manner.COARSE:
            assert grab(room.b) != sharp
        room.qtbot.waitUntil(lambda: not room.b._rest.isActive())
        assert room.b._manner() is pane_module.Manner.SHARP
        assert grab(room.b) == sharp
    monkeypatch.setattr(pane_module, "SMOOTH_BUDGET", 0.0)
    assert room.b._manner() is pane_module.Manner.SHARP


def test_the_softer_size_is_half_and_never_of_an_enlarged_picture() -> None:
    sizes = Levels([Level(QImage(side, side, QImage.Format.Format_RGB32)) for side in (800, 400, 200)])
    for width, usual, softer in ((700, 800, 400), (800, 800, 800), (900, 800, 800), (390, 400, 200), (150, 200, 200)):
        assert sizes.for_width(width).width() == usual
        assert sizes.for_width(width, softer=True).width() == softer


def test_files_dropped_are_handed_on(room: Room) -> None:
    dropped: list[tuple[int, object]] = []
    room.view.files_dropped.connect(lambda patient, paths: dropped.append((patient, paths)))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/photos/today")])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(room.view, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(room.view, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none))
    assert dropped == [(7, (QUrl.fromLocalFile("/photos/today").toLocalFile(),))]


def test_both_panes_are_of_one_size(make_room: RoomMaker) -> None:
    for width, height in ((1023, 641), (1440, 900), (1100, 777)):
        room = make_room(two_years(), width, height)
        room.open()
        for _ in range(2):
            assert room.a.size() == room.b.size()
            room.key(Qt.Key.Key_V)
