"""Our own JPEGs as pictures of Qt."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageReader


def image_of_jpeg(jpeg: bytes) -> QImage:
    """A JPEG as a picture, a null one where it is none. May be called in a worker.

    Only the reader of JPEGs is asked. Asked to find out the format itself, Qt would try the reader of SVG too, and that
    connects signals: in a worker that waits for a lock of Qt with Python's own lock in hand, while the window's thread
    may hold the one and wait for the other for ever.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpg"))
    reader.setAutoDetectImageFormat(False)
    return reader.read()
