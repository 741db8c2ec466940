"""What stands on photographs where there is little room: the day is never lost, and no reason is cut unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QScrollArea

from clinic_app.domain.alignment import NotAligned
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.plates import chips, label_plate, plate_lines
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.alignment import not_aligned_words
from tests.ui.compare_room import OPEN, RoomMaker, keeper, make_room, two_years

__all__ = ("keeper", "make_room")

LONGEST = max(map(not_aligned_words, NotAligned), key=len)


@pytest.fixture
def large(keeper: ThemeKeeper) -> Iterator[ThemeKeeper]:
    keeper.set_scale(1.5)
    yield keeper
    keeper.set_scale(1.0)


@pytest.mark.parametrize("pane", [QSize(461, 280), QSize(300, 160), QSize(300, 700), QSize(461, 700)])
def test_two_days_are_told_apart_in_a_narrow_pane_with_large_text(
    large: ThemeKeeper, make_room: RoomMaker, pane: QSize
) -> None:
    room = make_room(two_years(), 1024, 640)
    room.open()
    caption = room.a.caption
    assert caption is not None
    later = replace(caption, day="5 Nov 2025")
    plates = [label_plate(large, one, pane, 1.0) for one in (caption, later)]
    assert plates[0].toImage() != plates[1].toImage()
    assert all(plate.width() <= pane.width() - 16 for plate in plates)


@pytest.mark.parametrize("width", [200, 300, 461, 700])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_longest_reason_is_readable_in_a_narrow_pane(keeper: ThemeKeeper, width: int, scale: float) -> None:
    keeper.set_scale(scale)
    pane = QRect(0, 0, width, 900)
    shown = chips(keeper, pane, (LONGEST, "Point 1 in A: Inner corner of the right eye"), mirrored=True)
    keeper.set_scale(1.0)
    assert [one.words for one in shown] == ["MIRRORED", LONGEST, "Point 1 in A: Inner corner of the right eye"]
    for one in shown:
        assert pane.contains(one.place)
    for upper, lower in pairwise(shown):
        assert upper.place.bottom() < lower.place.top()


def test_where_there_is_room_the_title_is_spelled_out(keeper: ThemeKeeper, make_room: RoomMaker) -> None:
    room = make_room(two_years())
    room.open()
    caption = room.a.caption
    assert caption is not None
    spelled = "Before injection 4 · 13 weeks after injection 3"
    assert plate_lines(keeper, caption, 600, 700)[0].words == spelled
    narrow = [line.words for line in plate_lines(keeper, caption, 220, 700)]
    assert narrow[:2] == ["Before injection 4", "13 weeks after 3"]
    assert caption.words.startswith(spelled)


def test_what_is_cut_is_told_where_one_points(large: ThemeKeeper, make_room: RoomMaker) -> None:
    room = make_room(two_years(), 1024, 640)
    room.open()
    room.key(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    room.view.stage.set_count(4)
    room.view.stage.set_chips((), {"A": (LONGEST,)})
    room.a.grab()
    (chip,) = chips(large, room.a.rect(), (LONGEST,), mirrored=False)
    assert chip.words.endswith("…")
    assert room.a.words_at(chip.place.center()) == LONGEST
    assert room.a.caption is not None
    assert room.a.words_at(QPoint(large.px(30), room.a.height() - large.px(24))) == room.a.caption.words
    assert room.a.words_at(QPoint(3, room.a.height() // 2)) == ""


def test_measuring_makes_no_small_window_higher(large: ThemeKeeper, make_room: RoomMaker) -> None:
    room = make_room(two_years(), 1024, 640)
    room.open()
    room.key(Qt.Key.Key_D)
    assert room.view.measures.panel.isVisible()
    assert room.view.height() == 640
    for button in room.view.measures.panel.buttons.values():
        assert button.width() >= button.sizeHint().width()
        assert button.visibleRegion().boundingRect().width() == button.width(), "the scroll bar covers no word"


def test_in_a_low_window_all_of_the_measure_panel_scrolls(large: ThemeKeeper, make_room: RoomMaker) -> None:
    room = make_room(two_years(), 1024, 590)
    room.open()
    room.key(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    room.key(Qt.Key.Key_D)
    panel = room.view.measures.panel
    assert panel.height() < 260
    for button in panel.buttons.values():
        assert button.visibleRegion().boundingRect().size() == button.size()
        assert button.height() == button.sizeHint().height()
    panel.iris.setFocus(Qt.FocusReason.TabFocusReason)
    (area,) = panel.findChildren(QScrollArea)
    area.ensureWidgetVisible(panel.iris)
    assert panel.iris.visibleRegion().boundingRect().size() == panel.iris.size()


def test_labels_of_a_small_and_of_a_huge_window_stand_inside_their_panes(
    keeper: ThemeKeeper, make_room: RoomMaker
) -> None:
    for size in (QSize(1024, 640), QSize(3840, 2160)):
        for scale in (1.0, 1.5):
            keeper.set_scale(scale)
            room = make_room(two_years(), size.width(), size.height())
            room.open(1, OPEN)
            room.key(Qt.Key.Key_M)
            assert room.view.size() == size
            for pane in (room.a, room.b):
                pane.grab()
                assert pane._tips
                assert all(pane.rect().contains(place) for place, _ in pane._tips)
                places = [place for place, _ in pane._tips]
                assert not any(one.intersects(two) for one, two in combinations(places, 2))
    keeper.set_scale(1.0)


DOSED = Caption(
    "Before injection 5 · 14 weeks after 4",
    "Before",
    "22 Jul 2026",
    (
        "99 days after injection 4 (14 Apr 2026, 31.5 U)",
        "99 days after injection 4 (14 Apr 2026)",
        "99 days after injection 4",
    ),
    ("injected for another diagnosis since",),
    diagnosis="Blepharospasm",
)


@pytest.mark.parametrize("high", [150, 280, 420, 700])
@pytest.mark.parametrize("room", [180, 240, 310, 420, 600])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_phase_day_dose_or_warning_of_a_label_is_cut(
    keeper: ThemeKeeper, scale: float, room: int, high: int
) -> None:
    keeper.set_scale(scale)
    lines = plate_lines(keeper, DOSED, room, high)
    widths = [line.width(keeper) for line in lines]
    keeper.set_scale(1.0)
    assert max(widths) < room
    said = " ".join(line.words for line in lines)
    assert "Before injection 5" in said
    assert any("22 Jul 2026" in line.words for line in lines)
    assert "injected for another diagnosis since" in said or high == 150
    if "(" in said:
        assert "(14 Apr 2026)" in said or "(14 Apr 2026, 31.5 U)" in said
        assert any("14 Apr 2026" in line.words for line in lines)
        assert "31.5" not in said or any("31.5 U)" in line.words for line in lines)


def test_a_roomy_label_says_everything_in_two_lines(keeper: ThemeKeeper) -> None:
    lines = [line.words for line in plate_lines(keeper, DOSED, 800, 700)]
    assert lines == [DOSED.title, DOSED.second, "Blepharospasm"]
    assert DOSED.second == (
        "22 Jul 2026 · 99 days after injection 4 (14 Apr 2026, 31.5 U) · injected for another diagnosis since"
    )
