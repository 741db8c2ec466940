"""The room for reading: contents at the left, a chapter at the right, Print below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from clinic_app.ui.help.chapters import Chapter, read_chapters
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Card, Kind, TextLabel
from clinic_app.ui.widgets.wide_sheet import WideSheet
from clinic_app.wording.language import translate

CONTENTS_WIDTH = 230
LINE_HEIGHT = 130
"""Per cent of the font's own."""
PAPER_SPACE = 6


class HelpSheet(WideSheet):
    """Shows the chapters of a folder. It needs no clinic: it can be read before one is open."""

    def __init__(self, keeper: ThemeKeeper, host: QWidget, folder: Path) -> None:
        super().__init__(keeper, host, translate("Help"))
        self.chapters = read_chapters(folder)
        self._shown: Chapter | None = None
        self.buttons: dict[str, Button] = {}
        page = QWidget()
        page.setAutoFillBackground(False)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(20))
        contents = QVBoxLayout()
        contents.setSpacing(keeper.px(4))
        contents.addWidget(TextLabel(keeper, translate("Contents"), Style.SECTION_SMALL, "text2", page))
        for chapter in self.chapters:
            short = chapter.title.partition(":")[0]
            button = Button(keeper, short, kind=Kind.GHOST, align=Qt.AlignmentFlag.AlignLeft, parent=page)
            button.setToolTip(chapter.title)
            button.setAccessibleName(chapter.title)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._opener(chapter.name))
            self.buttons[chapter.name] = button
            contents.addWidget(button)
        contents.addStretch(1)
        holder = QWidget(page)
        holder.setAutoFillBackground(False)
        holder.setLayout(contents)
        holder.setFixedWidth(keeper.px(CONTENTS_WIDTH))
        row.addWidget(holder)
        card = Card(keeper, page)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(keeper.px(20), keeper.px(8), keeper.px(4), keeper.px(8))
        self.reading = QTextBrowser(card)
        self.reading.setFrameShape(QFrame.Shape.NoFrame)
        self.reading.setOpenLinks(False)
        self.reading.setAccessibleName(translate("Help"))
        inside.addWidget(self.reading)
        row.addWidget(card, 1)
        self.pages.addWidget(page)
        self.print_button = Button(keeper, translate("Print…"), icon="printer", parent=self)
        self.print_button.clicked.connect(self._print)
        self.foot.insertWidget(0, self.print_button)
        self.main.setText(translate("Close"))
        self.main.clicked.connect(self.leave)
        self.restyle_text()

    @property
    def chapter(self) -> str:
        """The name of the chapter that is shown."""
        return self._shown.name if self._shown is not None else ""

    def show_chapter(self, name: str) -> None:
        """Come up with a chapter; the first where there is none of that name."""
        wanted = next((one for one in self.chapters if one.name == name), next(iter(self.chapters), None))
        self._show(wanted)
        self.appear()
        self.reading.setFocus(Qt.FocusReason.OtherFocusReason)

    def restyle(self) -> None:
        """Take measures anew."""
        super().restyle()
        if hasattr(self, "reading"):
            self.restyle_text()

    def restyle_text(self) -> None:
        """Take font and colours anew."""
        keeper = self.keeper
        palette = self.reading.palette()
        palette.setColor(QPalette.ColorRole.Base, keeper.colour("surface"))
        palette.setColor(QPalette.ColorRole.Text, keeper.colour("text"))
        self.reading.setPalette(palette)
        self.reading.document().setDefaultFont(keeper.font(Style.BODY))
        if self._shown is not None:
            self._show(self._shown)

    def _opener(self, name: str) -> Callable[[], None]:
        def show() -> None:
            self._show(next(one for one in self.chapters if one.name == name))
            self.reading.setFocus(Qt.FocusReason.OtherFocusReason)

        return show

    def _show(self, chapter: Chapter | None) -> None:
        self._shown = chapter
        for name, button in self.buttons.items():
            button.set_kind(Kind.SECONDARY if chapter is not None and name == chapter.name else Kind.GHOST)
        missing = translate("No help was found. Install the program anew; its help lies in its own folder.")
        self.reading.setMarkdown(chapter.text if chapter is not None else missing)
        space_out(self.reading.document(), self.keeper.px(6))
        self.reading.setAccessibleName(chapter.title if chapter is not None else translate("Help"))

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(translate("Print help"))
        try:
            if dialog.exec() == QPrintDialog.DialogCode.Accepted:
                self.paper().print_(printer)
        finally:
            dialog.deleteLater()

    def paper(self) -> QTextDocument:
        """The chapter as it is printed: black on white, whatever the window looks like."""
        document = QTextDocument(self)
        document.setMarkdown(self._shown.text if self._shown is not None else "")
        space_out(document, PAPER_SPACE)
        return document


def space_out(document: QTextDocument, space: float) -> None:
    """Room between lines and paragraphs; more above a heading. ``space`` in the document's own unit."""
    cursor = QTextCursor(document)
    block = document.begin()
    first = True
    while block.isValid():
        shape = block.blockFormat()
        shape.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setTopMargin(3 * space if shape.headingLevel() and not first else 0)
        shape.setBottomMargin(space)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(shape)
        block, first = block.next(), False
