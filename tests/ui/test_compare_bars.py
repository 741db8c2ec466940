"""The bar of the viewer where there is little room: whose photographs these are comes before all else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from clinic_app.ui.theme import Style, ThemeKeeper
from tests.ui.compare_room import RoomMaker, keeper, make_room, two_years

__all__ = ("keeper", "make_room")


@pytest.fixture
def large(keeper: ThemeKeeper) -> Iterator[ThemeKeeper]:
    keeper.set_scale(1.5)
    yield keeper
    keeper.set_scale(1.0)


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
