"""Codes that are shown once: to print, and to type back in part where everything hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, FormField, Kind, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence

TYPED_BACK = 8


class CodeDialog(QDialog):
    """Shows codes. Where they are ``typed_back`` it closes only when the end of each was typed, or on lock."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget,
        title: str,
        words: str,
        codes: Sequence[str],
        *,
        typed_back: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setModal(True)
        self._keeper, self._words = keeper, words
        self.codes = tuple(codes)
        self._typed_back = typed_back
        self.fields: list[FormField[QLineEdit]] = []
        column = QVBoxLayout(self)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(10))
        column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self, wrap=True))
        column.addWidget(TextLabel(keeper, words, Style.BODY, "text2", self, wrap=True))
        for number, code in enumerate(self.codes, 1):
            label = TextLabel(keeper, code, Style.PHONE, "text", self, selectable=True)
            label.setAccessibleName(translate("Code {number}: {code}").format(number=number, code=code))
            column.addWidget(label)
        if typed_back:
            said = translate("Last {count} characters of code {number}, from the paper")
            for number in range(1, len(self.codes) + 1):
                line = QLineEdit(self)
                words_of_field = said.format(count=TYPED_BACK, number=number)
                field = FormField(keeper, f"code{number}", words_of_field, line, parent=self)
                self.fields.append(field)
                column.addWidget(field)
        row = QHBoxLayout()
        self.print_button = Button(keeper, translate("Print…"), icon="printer", parent=self)
        self.print_button.clicked.connect(self._print)
        self.done_button = Button(keeper, translate("Done"), kind=Kind.PRIMARY, parent=self)
        self.done_button.clicked.connect(self.finish)
        row.addWidget(self.print_button)
        row.addStretch(1)
        row.addWidget(self.done_button)
        column.addLayout(row)
        self.setMinimumWidth(keeper.px(480))

    def finish(self) -> None:
        """Close, where the codes were typed back."""
        for field, code in zip(self.fields, self.codes, strict=False):
            if _plain(field.control.text())[-TYPED_BACK:] != _plain(code)[-TYPED_BACK:]:
                field.show_problem(sentence("code_not_typed", {"count": TYPED_BACK}))
                return
        self.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The cross and Esc do not close over codes that nobody typed back."""
        if self._typed_back and self.isVisible() and self.result() != QDialog.DialogCode.Accepted:
            event.ignore()
            self.finish()
        else:
            super().closeEvent(event)

    def keyPressEvent(self, event: object) -> None:
        """Esc asks as the cross does."""
        from PySide6.QtGui import QKeyEvent

        if isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._typed_back:
                self.finish()
            else:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(self.windowTitle())
        try:
            if dialog.exec() == QPrintDialog.DialogCode.Accepted:
                document = QTextDocument()
                codes = "".join(f"<p style='font-size:16pt; font-family:monospace'>{escape(c)}</p>" for c in self.codes)
                document.setHtml(f"<h2>{escape(self.windowTitle())}</h2><p>{escape(self._words)}</p>{codes}")
                document.print_(printer)
        finally:
            dialog.deleteLater()


def _plain(text: str) -> str:
    kept = "".join(one for one in text.upper() if one.isalnum())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")
