"""Somebody else saved while a sheet was open: both versions, field by field, and who decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.errors import Conflict
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button
from clinic_app.ui.widgets.themed import Card, TextLabel
from clinic_app.wording.conflicts import clash_lines, who_words
from clinic_app.wording.language import translate


class ClashCard(Card):
    """Field, yours, theirs. ``mine``: save mine over it, knowingly; ``theirs``: keep what was saved."""

    mine = Signal()
    theirs = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent, fill="warning_soft", line=None, radius=8)
        self._who = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(keeper.px(12))
        self._grid.setVerticalSpacing(keeper.px(4))
        self._cells: list[QWidget] = []
        self.lines: tuple[tuple[str, str, str], ...] = ()
        self.keep_mine = Button(keeper, translate("Save mine over it"), small=True, parent=self)
        self.keep_theirs = Button(keeper, translate("Keep theirs and close"), small=True, parent=self)
        self.keep_mine.clicked.connect(self._over)
        self.keep_theirs.clicked.connect(self.theirs)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.keep_theirs)
        buttons.addWidget(self.keep_mine)
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(12), keeper.px(10), keeper.px(12), keeper.px(10))
        column.setSpacing(keeper.px(8))
        column.addWidget(self._who)
        column.addLayout(self._grid)
        column.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_clash(self, error: Conflict) -> None:
        """Show both versions of a conflict that carries them."""
        for cell in self._cells:
            cell.hide()
            cell.deleteLater()
        self._cells = []
        self._who.setText(who_words(error))
        self.lines = clash_lines(error)
        heads = (translate("Field"), translate("Yours"), translate("Saved by them"))
        for row, texts in enumerate((heads, *self.lines)):
            for place, words in enumerate(texts):
                style = Style.CHIP if row == 0 else Style.BODY
                cell = TextLabel(self._keeper, words, style, "text2" if row == 0 else "text", self, wrap=True)
                self._grid.addWidget(cell, row, place, Qt.AlignmentFlag.AlignTop)
                self._cells.append(cell)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.setAccessibleName(who_words(error))
        self.show()

    def _over(self) -> None:
        self.hide()
        self.mine.emit()
