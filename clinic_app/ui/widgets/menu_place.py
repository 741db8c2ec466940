"""Where a menu opens: under its button, and inside the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget


def pop_under(menu: QMenu, button: QWidget, gap: int = 0) -> None:
    """Open a filled menu ``gap`` pixels under a button: at its left edge, else with its right edge at the button's."""
    place = button.mapToGlobal(QPoint(0, button.height() + gap))
    if place.x() + menu.sizeHint().width() > _edges(button)[1]:
        place.setX(place.x() + button.width() - menu.sizeHint().width())
    pop_inside(menu, place, button)


def pop_inside(menu: QMenu, where: QPoint, owner: QWidget) -> None:
    """Open a filled menu at a point of the screen, further to the left where it would leave the owner's window."""
    left, right = _edges(owner)
    menu.popup(QPoint(max(left, min(where.x(), right - menu.sizeHint().width())), where.y()))


def _edges(owner: QWidget) -> tuple[int, int]:
    window = owner.window()
    left = window.mapToGlobal(QPoint(0, 0)).x()
    return left, left + window.width()
