"""What hands do in a test: a key where the keyboard is, something dragged over a widget and let go there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def files(*paths: Path | str) -> QMimeData:
    """What a file manager offers of these files and folders; a text with ``://`` is an address."""
    mime = QMimeData()
    mime.setUrls([QUrl(str(path)) if "://" in str(path) else QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop_on(target: QWidget, mime: QMimeData) -> bool:
    """Drag it in and let it go; answers whether both were taken."""
    place, copy = QPoint(20, 20), Qt.DropAction.CopyAction
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, copy, mime, button, none)
    QApplication.sendEvent(target, enter)
    drop = QDropEvent(QPointF(place), copy, mime, button, none)
    QApplication.sendEvent(target, drop)
    return enter.isAccepted() and drop.isAccepted()


def press_key(otherwise: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key where the keyboard is; where it is nowhere, in ``otherwise``."""
    QTest.keyClick(QApplication.focusWidget() or otherwise, key, modifiers)
