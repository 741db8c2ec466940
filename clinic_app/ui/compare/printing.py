"""A comparison on one sheet of paper: whose it is and when it was printed, and under it the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QObject, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QPdfWriter,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.papers import PaperSize
from clinic_app.ui.compare.second import picture_of
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.compare.take_out_dialog import Paper
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.theme.tokens import PAPER
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.printing import AskPrinter, ask_printer
from clinic_app.ui.widgets.printing import usual_paper as usual_sheet
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

MARGIN_MM = 12.0
TEXT_PT = 10.0
PDF_DPI = 300
HEAD_LINES = 2.4
"""How high the line above a picture is with the gap under it, in sizes of its words."""
INK = QColor(10, 10, 10)
"""Not black: the preview takes pure black for the colour of text in the window's theme."""
PRINTED_FINENESS = 3.0
LABEL_PT = 8.2
"""How large the smallest words of a printed label are at least, in points."""
_ROOM_MM = QSizeF(279.4 - 2 * MARGIN_MM, 210.0 - 2 * MARGIN_MM)
"""What A4 and Letter both have room for, on their side."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed: ``head`` (whose photographs, of what), ``day``, and the picture under them."""

    image: QImage
    head: str
    day: str


Enter = Callable[[QObject, Callable[[], object], Callable[[], object]], object]
"""Enters in the audit that it is printed, then calls the first, else the second; neither once the object is gone."""
Preview = Callable[[Page, Paper, QWidget, Enter], object]


def usual_paper() -> Paper:
    """What people print on where this computer stands."""
    return Paper.LETTER if usual_sheet() is PaperSize.LETTER else Paper.A4


class PaperKeeper(ThemeKeeper):
    """The measures of the window, and the inks of paper: white grounds, dark words."""

    def __init__(self, keeper: ThemeKeeper) -> None:
        QObject.__init__(self, keeper)
        self.__dict__.update(vars(keeper))
        self.theme = keeper.theme._replace(viewer=PAPER)
        self._colours = {}


def printed_picture(keeper: ThemeKeeper, stage: Stage) -> QImage:
    """What a stage shows as it is printed: on white, so large that its labels can be read on either paper."""
    wide = stage.width() > stage.height()
    room_mm = _ROOM_MM if wide else _ROOM_MM.transposed()
    room_pt = room_mm * 72 / 25.4 - QSizeF(0, HEAD_LINES * TEXT_PT)
    pixels = keeper.font(Style.SECONDARY).pixelSize() / LABEL_PT
    paper = PaperKeeper(keeper)
    image = picture_of(paper, stage, (room_pt * pixels).toSize(), PRINTED_FINENESS)
    paper.deleteLater()
    return image


def layout_of(page: Page, paper: Paper) -> QPageLayout:
    """The sheet, turned as the picture is."""
    size = QPageSize(QPageSize.PageSizeId.A4 if paper is Paper.A4 else QPageSize.PageSizeId.Letter)
    wide = page.image.width() > page.image.height()
    way = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    return QPageLayout(size, way, margins, QPageLayout.Unit.Millimeter)


def draw_page(painter: QPainter, room: QRectF, dpi: float, page: Page) -> None:
    """Draw a page into ``room`` (pixels of the device, ``dpi`` of them to an inch): one line, and the picture whole."""
    font = QFont(painter.font())
    font.setPixelSize(max(round(TEXT_PT * dpi / 72), 1))
    metrics = QFontMetricsF(font)
    high, gap = metrics.height(), metrics.height() * 0.8
    painter.setFont(font)
    painter.setPen(INK)
    line = QRectF(room.left(), room.top(), room.width(), high)
    day = metrics.horizontalAdvance(page.day)
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, page.day)
    head = metrics.elidedText(page.head, Qt.TextElideMode.ElideRight, max(room.width() - day - gap * 2, 0))
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, head)
    below = room.adjusted(0, high + gap, 0, 0)
    size = page.image.size().toSizeF().scaled(below.size(), Qt.AspectRatioMode.KeepAspectRatio)
    spot = QRectF(below.left() + (below.width() - size.width()) / 2, below.top(), size.width(), size.height())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(spot, page.image)


def pdf_of(page: Page, paper: Paper) -> bytes:
    """The page as a PDF file, with nothing in it but what is seen. Belongs into a worker."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(PDF_DPI)
    writer.setTitle("")
    writer.setPageLayout(layout_of(page, paper))
    painter = QPainter(writer)
    draw_page(painter, QRectF(painter.viewport()), PDF_DPI, page)
    painter.end()
    return bytes(buffer.data().data())


def printer_for(page: Page, paper: Paper) -> QPrinter:
    """The usual printer of this computer, with the sheet a page wants. What it shows of the job names nobody."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(translate("Comparison"))
    printer.setPageLayout(layout_of(page, paper))
    return printer


def paint_on(printer: QPrinter, page: Page) -> None:
    """Print a page."""
    painter = QPainter(printer)
    draw_page(painter, QRectF(painter.viewport()), printer.resolution(), page)
    painter.end()


class PrintPreview(QDialog):
    """Shows a page as it will be printed. The audit knows of it before it is printed, and only then."""

    def __init__(self, keeper: ThemeKeeper, page: Page, paper: Paper, parent: QWidget, enter: Enter) -> None:
        from PySide6.QtPrintSupport import QPrintPreviewWidget

        super().__init__(parent)
        self._keeper, self._page, self._enter = keeper, page, enter
        self.ask: AskPrinter = ask_printer
        self.printer = printer_for(page, paper)
        self.setWindowTitle(translate("Print the comparison"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.seen = QPrintPreviewWidget(self.printer, self)
        self.seen.paintRequested.connect(lambda printer: paint_on(printer, page))
        self.seen.fitInView()
        self.cancel_button = Button(keeper, translate("Cancel"), parent=self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.print_button = Button(keeper, translate("Print…"), kind=Kind.PRIMARY, parent=self)
        self.print_button.setDefault(True)
        self.print_button.clicked.connect(self.print_page)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.print_button)
        column = QVBoxLayout(self)
        column.addWidget(self.seen, 1)
        column.addLayout(row)
        self.resize(parent.size() * 0.9)
        self.print_button.setFocus()

    def print_page(self) -> None:
        """Ask for the printer, enter it in the audit, print."""
        if not self.ask(self.printer, self):
            return
        self.print_button.set_busy(True)
        self.cancel_button.setEnabled(False)
        self._enter(self, self._go_on, self.reject)

    def _go_on(self) -> None:
        paint_on(self.printer, self._page)
        self.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))


def show_preview(keeper: ThemeKeeper, page: Page, paper: Paper, parent: QWidget, enter: Enter) -> None:
    """Show how it will be printed, and print it from there."""
    PrintPreview(keeper, page, paper, parent, enter).open()
