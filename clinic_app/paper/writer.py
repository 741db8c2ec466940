"""Papers drawn on printers, previews, PDF files and pictures: the same sheets by the same hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from clinic_app.domain.papers import (
    Column,
    LabelPart,
    Letter,
    LetterPart,
    Line,
    ListPart,
    PaperSize,
    PrintedPaper,
    Slip,
    SlipPart,
)
from clinic_app.paper.ink import GREY, Ink, Side, in_fonts, line_height
from clinic_app.paper.letters import sheets_of_labels, sheets_of_letters
from clinic_app.paper.lists import EDGE, sheets_of_list
from clinic_app.paper.sheets import Sheet
from clinic_app.paper.slips import sheets_of_slips

PDF_DPI = 300
FOOT = 7.5
_SIZES = {
    PaperSize.A4: QPageSize.PageSizeId.A4,
    PaperSize.LETTER: QPageSize.PageSizeId.Letter,
    PaperSize.A6: QPageSize.PageSizeId.A6,
}


class PaperWriter:
    """Draws papers; see ``domain.papers.PageWriter``. It keeps nothing, so threads may share it."""

    def pages(self, paper: PrintedPaper) -> int:
        """How many pages it takes."""
        return len(sheets_of(paper))

    def missing_letters(self, paper: PrintedPaper) -> str:
        """The letters on it no font of this computer has, in the order of the alphabet."""
        letters = {letter for words in _words_in(paper.parts) for letter in words}
        return "".join(sorted(letter for letter in letters if not in_fonts(letter)))

    def draw(self, paper: PrintedPaper, device: object) -> None:
        """Draw all pages on a printer, a preview or a file.

        Raises:
            TypeError: it is no paged device of Qt.
        """
        if not isinstance(device, QPagedPaintDevice):
            raise TypeError(f"{type(device).__name__} has no pages")
        sheets = sheets_of(paper)
        device.setPageLayout(_layout(sheets[0]))
        painter = QPainter(device)
        for place, sheet in enumerate(sheets):
            if place:
                device.setPageLayout(_layout(sheet))
                device.newPage()
            _draw_sheet(painter, device.logicalDpiX() / 25.4, paper, sheet, place + 1, len(sheets))
        painter.end()

    def pdf(self, paper: PrintedPaper) -> bytes:
        """All pages as a PDF file, with nothing in it but what is seen. Belongs into a worker."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setResolution(PDF_DPI)
        writer.setTitle("")
        writer.setCreator("")
        self.draw(paper, writer)
        return bytes(buffer.data().data())

    def image(self, paper: PrintedPaper, page: int, dpi: float = 100.0) -> QImage:
        """One page (the first is 1) as a picture."""
        sheets = sheets_of(paper)
        sheet = sheets[page - 1]
        size = QSizeF(sheet.width, sheet.height) * (dpi / 25.4)
        image = QImage(size.toSize(), QImage.Format.Format_RGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        _draw_sheet(painter, dpi / 25.4, paper, sheet, page, len(sheets))
        painter.end()
        return image


def sheets_of(paper: PrintedPaper) -> list[Sheet]:
    """All sheets of a paper, in order."""
    found: list[Sheet] = []
    for part in paper.parts:
        if isinstance(part, ListPart):
            found += sheets_of_list(part, paper.size)
        elif isinstance(part, SlipPart):
            found += sheets_of_slips(part, paper.size)
        elif isinstance(part, LetterPart):
            found += sheets_of_letters(part, paper.size)
        elif isinstance(part, LabelPart):
            found += sheets_of_labels(part)
    return found


def _words_in(value: object) -> Iterator[str]:
    """Every word of parts of a paper; codes have none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _words_in(one)
    elif isinstance(value, ListPart | Line | Column | SlipPart | Slip | LetterPart | Letter | LabelPart):
        for field in fields(value):
            if field.name != "code":
                yield from _words_in(getattr(value, field.name))


def _layout(sheet: Sheet) -> QPageLayout:
    """The whole sheet: what is drawn keeps its own distance from the edges."""
    way = QPageLayout.Orientation.Landscape if sheet.wide else QPageLayout.Orientation.Portrait
    layout = QPageLayout(QPageSize(_SIZES[sheet.size]), way, QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def _draw_sheet(
    painter: QPainter, dots_a_mm: float, paper: PrintedPaper, sheet: Sheet, number: int, count: int
) -> None:
    ink = Ink(painter, dots_a_mm)
    sheet.draw(ink)
    if not sheet.footed:
        return
    width, y = sheet.width - 2 * EDGE, sheet.height - EDGE - line_height(FOOT)
    ink.words(EDGE, y, width - 15, paper.foot, FOOT, colour=GREY)
    ink.words(EDGE, y, width, f"{number}/{count}", FOOT, colour=GREY, side=Side.RIGHT, figures=True)
