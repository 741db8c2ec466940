"""What a drop of files on the window would do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets.themed import Plane, TextLabel
from clinic_app.wording.language import translate

REGISTER_ENDINGS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".ods", ".txt"})


class DropHint(Plane):
    """Says what a drop would do, while something is dragged over the window."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context.theme, "surface", host)
        self._host = host
        self.words = TextLabel(context.theme, "", Style.PANEL_TITLE, "accent_text", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_drop(self, paths: tuple[str, ...], name: str) -> None:
        """Say it in the middle of the window; ``name``: of the patient photographs would be for, or blank."""
        if is_register(paths):
            words = translate("Drop to import the register")
        elif name:
            words = translate("Drop to add photos of {name}").format(name=name)
        else:
            words = translate("Drop to import photos")
        self.words.setText(words)
        px = self.keeper.px
        width, height = min(px(460), self._host.width() - px(32)), px(96)
        self.setGeometry((self._host.width() - width) // 2, (self._host.height() - height) // 2, width, height)
        self.show()
        self.raise_()

    def forget(self) -> None:
        """No name stays in it."""
        self.words.setText("")
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame."""
        from PySide6.QtGui import QPainter

        from clinic_app.ui.widgets import painting

        keeper = self.keeper
        painter = QPainter(self)
        fill, line = keeper.colour("accent_soft"), keeper.colour("accent")
        painting.box(painter, self.rect(), keeper.px(10), fill=fill, line=line, width=2, dashed=True)


def is_register(paths: tuple[str, ...]) -> bool:
    """Whether it is one spreadsheet."""
    return len(paths) == 1 and Path(paths[0]).suffix.lower() in REGISTER_ENDINGS
