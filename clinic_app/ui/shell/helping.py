"""Help: the keys of the window, and what program this is."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.ui.shell.clipboard_watch import copy_to_stay
from clinic_app.ui.shell.commands import Key
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.search_field import KeyCap
from clinic_app.ui.widgets.themed import TextLabel
from clinic_app.wording.language import translate


class Sheet(QDialog):
    """A dialog on the theme's surface with a title and Close."""

    def __init__(self, keeper: ThemeKeeper, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.setWindowTitle(title)
        px = keeper.px
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(24), px(20), px(24), px(18))
        self._column.setSpacing(px(12))
        self._column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self))
        self._foot = QHBoxLayout()
        self._foot.addStretch(1)
        self.shut = Button(keeper, translate("Close"), kind=Kind.PRIMARY, parent=self)
        self.shut.clicked.connect(self.accept)
        self.shut.setDefault(True)

    def finish(self) -> None:
        """Put the foot below what was added."""
        self._foot.addWidget(self.shut)
        self._column.addLayout(self._foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))


class KeysDialog(Sheet):
    """Every key, by where it counts."""

    def __init__(self, keeper: ThemeKeeper, keys: Sequence[Key], parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Keyboard"), parent)
        px = keeper.px
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, px(12), 0)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(6))
        row = 0
        for part, lines in groupby(keys, key=lambda key: key.part):
            grid.addWidget(TextLabel(keeper, part, Style.SECTION_SMALL, "text2", inside), row, 0, 1, 2)
            row += 1
            for line in lines:
                grid.addWidget(TextLabel(keeper, line.words, Style.BODY, "text", inside), row, 0)
                grid.addWidget(KeyCap(keeper, line.keys, inside), row, 1, Qt.AlignmentFlag.AlignLeft)
                row += 1
        grid.setColumnStretch(0, 1)
        area = QScrollArea(self)
        area.setProperty("kind", "plain")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAccessibleName(translate("Keyboard"))
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self._column.addWidget(area, 1)
        self.finish()
        self.resize(px(520), px(560))


class AboutDialog(Sheet):
    """Name, version, parts, and where the data lie; *Copy all* for a message to whoever helps."""

    def __init__(self, keeper: ThemeKeeper, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("About"), parent)
        lines = [
            f"Dystonia Case Tracker {_version('clinic-app') or _version('dystonia-case-tracker') or ''}".strip(),
            translate("Apache-2.0. It works without a network and sends nothing anywhere."),
            f"Python {platform.python_version()} · Qt {qVersion()} · {platform.system()} {platform.release()}",
        ]
        if folder:
            lines.append(translate("Data folder: {folder}").format(folder=folder))
        self._words = "\n".join(lines)
        for line in lines:
            self._column.addWidget(TextLabel(keeper, line, Style.BODY, "text", self, wrap=True, selectable=True))
        copy = Button(keeper, translate("Copy all"), icon="copy", parent=self)
        copy.clicked.connect(lambda: copy_to_stay(self._words))
        self._foot.addWidget(copy)
        self.finish()
        self.setMinimumWidth(keeper.px(440))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
