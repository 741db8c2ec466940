"""What was really drawn on a sheet: its words in the order they were drawn, read from a vector picture of it."""

from __future__ import annotations

import re
from html import unescape

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from clinic_app.domain.papers import PrintedPaper
from clinic_app.paper.ink import Ink
from clinic_app.paper.writer import sheets_of


def written(paper: PrintedPaper) -> list[list[str]]:
    """For every sheet the lines of words that were drawn on it, the line at the bottom left out."""
    pages = []
    for sheet in sheets_of(paper):
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture = QSvgGenerator()
        picture.setOutputDevice(buffer)
        picture.setSize(QSize(round(sheet.width * 4), round(sheet.height * 4)))
        painter = QPainter(picture)
        sheet.draw(Ink(painter, 4.0))
        painter.end()
        svg = bytes(buffer.data().data()).decode("utf-8")
        pages.append([unescape(words).strip() for words in re.findall(r"<text[^>]*>([^<]*)</text>", svg)])
    return pages
