"""Drawing on paper in millimetres: words that fit, lines, boxes to tick, QR codes. Greys are enough for all of it."""

from __future__ import annotations

import unicodedata
from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QLoggingCategory, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPen,
    QTextLayout,
    QTextOption,
)

from clinic_app.domain.calls import QrMatrix

UNITS_A_MM = 20.0
"""Units of the painter to a millimetre: fine enough for fonts, whose size is whole units."""
MM_A_POINT = 25.4 / 72
BLACK = QColor(0, 0, 0)
"""Pure black: a printer of one colour makes dots of anything lighter, and no camera reads a code of dots."""
GREY = QColor(90, 90, 90)
FAINT = QColor(170, 170, 170)
BAND = QColor(234, 234, 234)
"""The ground of headings: light enough to be read on a poor printer."""
LEAST = 0.72
"""How far words are made smaller before they are cut."""


class Side(Enum):
    """Where words stand in their room."""

    LEFT = Qt.AlignmentFlag.AlignLeft
    CENTRE = Qt.AlignmentFlag.AlignHCenter
    RIGHT = Qt.AlignmentFlag.AlignRight


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """The fonts of the program, given to Qt where nobody did before: Inter, and Noto Sans Devanagari for Hindi.

    Raises:
        RuntimeError: Qt has not begun; it would end the process.
    """
    if QGuiApplication.instance() is None:
        raise RuntimeError("papers need Qt to have begun")
    import fontpkg_inter
    import fontpkg_noto_sans_devanagari

    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    known = frozenset(QFontDatabase.families())
    found: list[str] = []
    for package, family in ((fontpkg_inter, "Inter"), (fontpkg_noto_sans_devanagari, "Noto Sans Devanagari")):
        if family in known:
            found.append(family)
            continue
        for path in sorted((package.ROOT / "files").glob("*.ttf")):
            if "Italic" not in path.name:
                number = QFontDatabase.addApplicationFont(str(path))
                found += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)
def font_of(points: float, weight: int = 400, *, figures: bool = False) -> QFont:
    """A font by its size on paper. ``figures``: digits of one width."""
    font = QFont(list(families()))
    font.setPixelSize(max(round(points * MM_A_POINT * UNITS_A_MM), 1))
    font.setWeight(QFont.Weight(weight))
    font.setVariableAxis(QFont.Tag("wght"), float(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if figures:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


@lru_cache(maxsize=4096)
def in_fonts(letter: str) -> bool:
    """Whether a font of this computer has a letter; what is not seen counts as had."""
    unseen = letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc")
    return unseen or bool(QFontMetricsF(font_of(10.0)).inFontUcs4(ord(letter)))


def line_height(points: float) -> float:
    """How high (mm) a line of words is, tall enough for Devanagari."""
    return points * MM_A_POINT * 1.32


def fitting(words: str, width: float, points: float, weight: int = 400) -> float:
    """The size at which the longest word is ``width`` mm wide at most; no smaller than ``LEAST`` of ``points``."""
    size, room = points, width * UNITS_A_MM
    while size > points * LEAST:
        metrics = QFontMetricsF(font_of(size, weight))
        if all(metrics.horizontalAdvance(word) <= room for word in words.split()):
            break
        size -= 0.25
    return size


def fits(words: str, width: float, points: float, weight: int = 400) -> bool:
    """Whether words go on one line, if need be smaller, without being cut."""
    return QFontMetricsF(font_of(points * LEAST, weight)).horizontalAdvance(words) <= width * UNITS_A_MM


def wrapped(words: str, width: float, points: float, weight: int = 400) -> list[str]:
    """The words broken into lines that are ``width`` mm wide."""
    layout = QTextLayout(words, font_of(points, weight))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width * UNITS_A_MM)
    layout.endLayout()
    cuts = [
        (layout.lineAt(place).textStart(), layout.lineAt(place).textLength()) for place in range(layout.lineCount())
    ]
    data = words.encode("utf-16-le")
    return [data[2 * start : 2 * (start + length)].decode("utf-16-le").strip() for start, length in cuts]


class Ink:
    """A painter on one sheet; every length is in millimetres from its left upper corner."""

    def __init__(self, painter: QPainter, dots_a_mm: float) -> None:
        self._painter = painter
        painter.resetTransform()
        painter.scale(dots_a_mm / UNITS_A_MM, dots_a_mm / UNITS_A_MM)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)

    def words(
        self,
        x: float,
        y: float,
        width: float,
        words: str,
        points: float,
        *,
        weight: int = 400,
        side: Side = Side.LEFT,
        colour: QColor = BLACK,
        figures: bool = False,
        least: float = LEAST,
    ) -> None:
        """One line of words under the edge ``y``: smaller where they are too long, cut with an ellipsis at last."""
        if not words:
            return
        font, size = font_of(points, weight, figures=figures), points
        room = width * UNITS_A_MM
        while QFontMetricsF(font).horizontalAdvance(words) > room and size > points * least:
            size -= 0.25
            font = font_of(size, weight, figures=figures)
        metrics = QFontMetricsF(font)
        if metrics.horizontalAdvance(words) > room:
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        self._painter.setFont(font)
        self._painter.setPen(colour)
        rect = QRectF(x * UNITS_A_MM, y * UNITS_A_MM, room, line_height(points) * UNITS_A_MM)
        flags = side.value | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
        self._painter.drawText(rect, int(flags), words)

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        words: str,
        points: float,
        *,
        weight: int = 400,
        side: Side = Side.LEFT,
        colour: QColor = BLACK,
    ) -> float:
        """Words on as many lines as they take, smaller where a word is too long; the lower edge of the last."""
        points = fitting(words, width, points, weight)
        for line in wrapped(words, width, points, weight):
            self.words(x, y, width, line, points, weight=weight, side=side, colour=colour)
            y += line_height(points)
        return y

    def rule(self, x: float, y: float, to_x: float, to_y: float, *, thick: float = 0.2, colour: QColor = GREY) -> None:
        """A line."""
        self._painter.setPen(QPen(colour, thick * UNITS_A_MM))
        ends = [part * UNITS_A_MM for part in (x, y, to_x, to_y)]
        self._painter.drawLine(*(round(end) for end in ends))

    def dashes(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A line to cut along."""
        pen = QPen(FAINT, 0.2 * UNITS_A_MM)
        pen.setDashPattern([6.0, 6.0])
        self._painter.setPen(pen)
        self._painter.drawLine(*(round(end * UNITS_A_MM) for end in (x, y, to_x, to_y)))

    def band(self, x: float, y: float, width: float, height: float) -> None:
        """A light ground."""
        self._painter.fillRect(_rect(x, y, width, height), BAND)

    def box(self, x: float, y: float, size: float) -> None:
        """A box to tick."""
        self._painter.setPen(QPen(BLACK, 0.25 * UNITS_A_MM))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(_rect(x, y, size, size))

    def code(self, x: float, y: float, size: float, matrix: QrMatrix) -> None:
        """A QR code ``size`` wide, the quiet zone around it left to the page."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        step = size / max(len(matrix), 1)
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    self._painter.fillRect(_rect(x + column * step, y + row * step, step * 1.02, step * 1.02), BLACK)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)


def _rect(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * UNITS_A_MM, y * UNITS_A_MM, width * UNITS_A_MM, height * UNITS_A_MM)
