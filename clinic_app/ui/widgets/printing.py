"""Printing from any room: the sheets of this computer, its printers, and pages as they will look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.papers import PaperSize
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import IconButton, Kind
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

AskPrinter = Callable[["QPrinter", QWidget], bool]
_LETTER_LANDS = frozenset(
    {
        QLocale.Country.UnitedStates, QLocale.Country.Canada, QLocale.Country.Mexico, QLocale.Country.Philippines,
        QLocale.Country.Colombia, QLocale.Country.Chile, QLocale.Country.Venezuela,
    }
)  # fmt: skip
"""Where people print on Letter (CLDR, paperSize)."""


def usual_paper() -> PaperSize:
    """What people print on where this computer stands."""
    return PaperSize.LETTER if QLocale.system().territory() in _LETTER_LANDS else PaperSize.A4


def ask_printer(printer: QPrinter, parent: QWidget) -> bool:
    """Let somebody choose a printer, or a file in its place; False where nothing is to be printed."""
    from PySide6.QtPrintSupport import QPrintDialog

    return QPrintDialog(printer, parent).exec() == QDialog.DialogCode.Accepted.value


def printer_names() -> tuple[str, ...]:
    """The printers of this computer, the usual one first."""
    from PySide6.QtPrintSupport import QPrinterInfo

    usual = QPrinterInfo.defaultPrinterName()
    names = [name for name in QPrinterInfo.availablePrinterNames() if name != usual]
    return (*([usual] if usual else []), *names)


class PagePicture(Themed):
    """One page as it will be printed: white on the ground of the window, as large as there is room."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> QImage:
        """What is shown; a null image for nothing."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show a page, or nothing for a null image."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """Room for an upright page that can be read."""
        return QSize(self.keeper.px(420), self.keeper.px(560))

    def minimumSizeHint(self) -> QSize:
        """As small as it may get."""
        return QSize(self.keeper.px(200), self.keeper.px(200))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page with a hairline around it."""
        painter = QPainter(self)
        painting.box(painter, self.rect(), self.keeper.px(6), fill=self.keeper.colour("hover"))
        if self._image.isNull():
            return
        room = self.rect().adjusted(12, 12, -12, -12)
        size = self._image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        spot = QRect(0, 0, size.width(), size.height())
        spot.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(spot, self._image)
        painter.setPen(self.keeper.colour("border_strong"))
        painter.drawRect(spot)


class PagePreview(QWidget):
    """Pages, one at a time; PgUp and PgDn turn. ``wanted`` brings the page (the first is 1) that is to be drawn."""

    wanted = Signal(int)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = 0
        self._page = 1
        self.picture = PagePicture(keeper, self)
        self.count = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        ghost = Kind.GHOST
        self.back = IconButton(keeper, "chevron-left", translate("Page before"), kind=ghost, small=True, parent=self)
        self.on = IconButton(keeper, "chevron-right", translate("Next page"), kind=ghost, small=True, parent=self)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.on.clicked.connect(lambda: self.turn(1))
        row = QHBoxLayout()
        row.addStretch(1)
        for part in (self.back, self.count, self.on):
            row.addWidget(part)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture, 1)
        column.addLayout(row)
        self.show_pages(0)

    @property
    def page(self) -> int:
        """The page that is shown; the first is 1."""
        return self._page

    def show_pages(self, pages: int) -> None:
        """There are so many pages now; the first is asked for."""
        self._pages, self._page = pages, 1
        self.picture.show_image(QImage())
        self._say()
        if pages:
            self.wanted.emit(1)

    def turn(self, step: int) -> None:
        """Show another page."""
        page = min(max(self._page + step, 1), self._pages)
        if page != self._page:
            self._page = page
            self._say()
            self.wanted.emit(page)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages."""
        step = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.turn(step)

    def _say(self) -> None:
        words = translate("Page {page} of {pages}").format(page=self._page, pages=self._pages) if self._pages else ""
        self.count.setText(words)
        self.picture.setAccessibleName(words)
        self.back.setEnabled(self._page > 1)
        self.on.setEnabled(self._page < self._pages)
