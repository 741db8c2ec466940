"""The line under the call list: how many diagnoses there are and where they stand; what is selected, meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Kind, TextLabel
from clinic_app.ui.widgets.buttons import LinkButton
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words

MOST_ROWS = 3
"""Lines of a very large clinic's counts in a narrow window."""


class CountsLine(Themed):
    """Counts that add up to all diagnoses, and the way to the safety check; actions while several rows are selected.

    ``grown`` comes when the counts need another number of lines than before.
    """

    safety_wanted = Signal()
    copy_wanted = Signal()
    print_wanted = Signal()
    drug_wanted = Signal(QWidget)
    single_wanted = Signal()
    grown = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.words = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._rows = 1
        self.words.setAccessibleName(translate("Counts"))
        self.safety = LinkButton(keeper, translate("Safety check"), self)
        self.safety.clicked.connect(self.safety_wanted)
        self._picked = 0
        self.copy = Button(
            keeper, translate("Copy"), kind=Kind.GHOST, icon="copy", key="Ctrl C", small=True, parent=self
        )
        self.copy.clicked.connect(self.copy_wanted)
        self.print = Button(keeper, translate("Print call list…"), kind=Kind.GHOST, small=True, parent=self)
        self.print.clicked.connect(self.print_wanted)
        self.drug = Button(keeper, translate("Drug"), kind=Kind.GHOST, drop=True, small=True, parent=self)
        self.drug.clicked.connect(lambda: self.drug_wanted.emit(self.drug))
        self.single = Button(keeper, translate("Clear selection"), kind=Kind.GHOST, key="Esc", small=True, parent=self)
        self.single.clicked.connect(self.single_wanted)
        self._counts, self._worries = "", 0
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(12), 0, keeper.px(6), 0)
        row.setSpacing(keeper.px(4))
        row.addWidget(self.words, 1)
        for button in (self.copy, self.print, self.drug, self.single, self.safety):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.restyle()
        self.show_picked(0)

    def sizeHint(self) -> QSize:
        """As high as the counts need, whatever is said: the list never moves when rows are selected."""
        return QSize(super().sizeHint().width(), self.high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hair line parts it from the row above, which may be cut by it."""
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(self.keeper.colour("border")))

    @property
    def high(self) -> int:
        """Its height in pixels."""
        return self._single + (self._rows - 1) * self.keeper.line(Style.SECONDARY)

    @property
    def _single(self) -> int:
        return max(self.keeper.px(24), self.keeper.line(Style.SECONDARY) + self.keeper.px(6))

    def restyle(self) -> None:
        """Take measures anew."""
        for button in (self.copy, self.print, self.drug, self.single, self.safety):
            button.setFixedHeight(self._single)
        self._rows = self._rows_needed()
        self.setFixedHeight(self.high)
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The counts may need more lines, or fewer."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._rows_needed() != self._rows:
            self.restyle()
            self.grown.emit()

    def _rows_needed(self) -> int:
        edges = self.contentsMargins().left() + self.contentsMargins().right() + self.keeper.px(26)
        room = QRect(0, 0, self.width() - self.safety.sizeHint().width() - edges, self.keeper.px(400))
        metrics = self.keeper.metrics(Style.SECONDARY)
        if not self._counts or room.width() < self.keeper.px(120):
            return 1
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._counts).height()
        return max(1, min(MOST_ROWS, round(needed / metrics.lineSpacing())))

    def show_counts(self, words: str) -> None:
        """Say how many there are."""
        self._counts = words
        self._say()
        self._fit()

    def show_worries(self, count: int) -> None:
        """Say how many lines the safety check has."""
        self._worries = count
        words = (
            translate("Safety check: {count}").format(count=number_words(count)) if count else translate("Safety check")
        )
        self.safety.setText(words)
        self.safety.setToolTip(
            translate_many(
                "{count} diagnosis that no list would show", "{count} diagnoses that no list would show", count
            )
            if count
            else translate("Diagnoses that no list would show: none")
        )
        self.safety.updateGeometry()
        self._fit()

    def show_picked(self, count: int) -> None:
        """Say how many rows are selected, and what can be done with several."""
        self._picked = count
        several = count > 1
        for button in (self.copy, self.print, self.drug, self.single):
            button.setVisible(several)
        self.safety.setVisible(not several)
        self._say()

    def _say(self) -> None:
        if self._picked > 1:
            self.words.setText(translate("{count} selected").format(count=number_words(self._picked)))
        else:
            self.words.setText(self._counts)
