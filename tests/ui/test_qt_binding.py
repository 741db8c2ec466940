"""The Qt binding itself: a release of it lost one reference to None with every call that answers nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPainter, QStandardItem
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

CALLS = 300
MOST_LOST = 5


def _label(qtbot: QtBot) -> Callable[[int], None]:
    label = QLabel()
    qtbot.addWidget(label)
    return lambda number: label.setText(str(number))


def _line(qtbot: QtBot) -> Callable[[int], None]:
    line = QLineEdit()
    qtbot.addWidget(line)
    return lambda number: line.setText(str(number))


def _size(qtbot: QtBot) -> Callable[[int], None]:
    widget = QWidget()
    qtbot.addWidget(widget)
    return lambda number: widget.resize(100 + number, 100)


def _name(qtbot: QtBot) -> Callable[[int], None]:
    thing = QObject()
    return lambda number: thing.setObjectName(str(number))


def _timer(qtbot: QtBot) -> Callable[[int], None]:
    timer = QTimer()
    return lambda number: timer.setInterval(number)


def _item(qtbot: QtBot) -> Callable[[int], None]:
    item = QStandardItem()
    return lambda number: item.setText(str(number))


def _painter(qtbot: QtBot) -> Callable[[int], None]:
    image = QImage(8, 8, QImage.Format.Format_RGB32)

    def draw(number: int) -> None:
        painter = QPainter(image)
        painter.drawPoint(number % 8, 1)
        painter.end()

    return draw


@pytest.mark.parametrize("kind", [_label, _line, _size, _name, _timer, _item, _painter])
def test_a_call_that_answers_nothing_keeps_none_whole(
    qtbot: QtBot, kind: Callable[[QtBot], Callable[[int], None]]
) -> None:
    call = kind(qtbot)
    call(0)
    before = sys.getrefcount(None)
    for number in range(CALLS):
        call(number)
    assert abs(sys.getrefcount(None) - before) <= MOST_LOST
