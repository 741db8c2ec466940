"""The line under the call list: how many diagnoses there are and where they stand; what is selected, meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, ElidedLabel, Kind
from clinic_app.ui.widgets.buttons import LinkButton
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words


class CountsLine(Themed):
    """Counts that add up to all diagnoses, and the way to the safety check; actions while several rows are selected."""

    safety_wanted = Signal()
    copy_wanted = Signal()
    print_wanted = Signal()
    drug_wanted = Signal(QWidget)
    single_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.words = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
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
        """One line of words high, always: the list never moves when rows are selected."""
        return QSize(super().sizeHint().width(), self.high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hair line parts it from the row above, which may be cut by it."""
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(self.keeper.colour("border")))

    @property
    def high(self) -> int:
        """Its height in pixels."""
        return max(self.keeper.px(24), self.keeper.line(Style.SECONDARY) + self.keeper.px(6))

    def restyle(self) -> None:
        """Take measures anew."""
        for button in (self.copy, self.print, self.drug, self.single, self.safety):
            button.setFixedHeight(self.high)
        self.setFixedHeight(self.high)
        super().restyle()

    def show_counts(self, words: str) -> None:
        """Say how many there are."""
        self._counts = words
        self._say()

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
