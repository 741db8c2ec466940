"""The bar of the viewer where there is little room: whose photographs these are comes before all else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from clinic_app.ui.theme import Style, ThemeKeeper
from tests.ui.compare_room import RoomMaker, keeper, make_room, two_years

__all__ = ("keeper", "make_room")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def scaled(keeper: ThemeKeeper) -> Iterator[ThemeKeeper]:
    yield keeper
    keeper.set_scale(1.0)


@pytest.fixture
def large(scaled: ThemeKeeper) -> ThemeKeeper:
    scaled.set_scale(1.5)
    return scaled


@pytest.mark.parametrize("width", [1440, 1024, 940])
def test_the_name_is_whole_with_large_text(large: ThemeKeeper, make_room: RoomMaker, width: int) -> None:
    room = make_room(two_years(), width, 640)
    room.open()
    bar = room.view.bar
    QApplication.processEvents()
    assert room.view.width() == width
    needed = large.metrics(Style.SECTION).horizontalAdvance(bar.name.text())
    assert bar.name.text() == "Asha Verma"
    assert bar.name.width() >= needed
    shown = [one for one in bar.buttons if one.isVisible()]
    for one in shown:
        assert one.width() >= one.minimumSizeHint().width()
        assert bar.rect().contains(QRect(one.mapTo(bar, QPoint(0, 0)), one.size()))
    assert bar.views.menu_button in shown
    assert bar.zoom.isVisible() == (width == 1440)


def test_nothing_goes_where_there_is_room(make_room: RoomMaker) -> None:
    room = make_room(two_years())
    room.open()
    bar = room.view.bar
    assert all(one.isVisible() for one in bar.buttons)
    assert bar.views.menu_button.text().endswith("1 of 3")
    room.view.resize(680, 640)
    QApplication.processEvents()
    assert not bar.views.buttons[0].isVisible()
    room.view.resize(1440, 900)
    QApplication.processEvents()
    assert all(one.isVisible() for one in bar.buttons)


@pytest.mark.parametrize(("scale", "size"), [(1.0, (1024, 640)), (1.5, (1024, 640)), (1.5, (1440, 870))])
def test_what_the_tool_strip_has_no_room_for_is_behind_its_last_button(
    scaled: ThemeKeeper, make_room: RoomMaker, scale: float, size: tuple[int, int]
) -> None:
    scaled.set_scale(scale)
    room = make_room(two_years(), *size)
    room.open()
    tools = room.view.tools
    hidden = [one for one in tools.buttons if not one.isVisible()]
    assert hidden
    shown = [one for one in (*tools.buttons, tools.more) if one.isVisible()]
    assert tools.more in shown
    assert all(tools.rect().contains(one.geometry()) for one in shown)
    QTest.mouseClick(tools.more, Qt.MouseButton.LeftButton)
    (menu,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    said = [one.text().split("\t") for one in menu.actions()]
    assert [words for words, *_ in said] == [one.accessibleName() for one in hidden]
    assert said[-1] == ["Keep this pair as the best one", "P"]
    (labels,) = (one for one in menu.actions() if one.text().startswith("Labels"))
    assert labels.isChecked()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(labels).center())
    assert not room.view.stage.looks.labels


def test_where_all_tools_fit_there_is_no_button_more(make_room: RoomMaker) -> None:
    room = make_room(two_years(), 1440, 1100)
    room.open()
    assert all(one.isVisible() for one in room.view.tools.buttons)
    assert not room.view.tools.more.isVisible()


def test_zoom_and_arrows_stay_beside_a_long_name_with_large_text(large: ThemeKeeper, make_room: RoomMaker) -> None:
    source = two_years()
    source.name = "Alexandrina Constantinescu-Varadharajan"
    room = make_room(source, 1440, 870)
    room.open()
    bar = room.view.bar
    QApplication.processEvents()
    assert all(one.isVisible() for one in bar.buttons)
    assert all(bar.rect().contains(QRect(one.mapTo(bar, QPoint(0, 0)), one.size())) for one in bar.buttons)
    assert bar.name.width() >= large.px(160)
