"""The strip over the calendar that shows another day: which one, what it counts, and the way back to today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, DateField, TextLabel, painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar_board import as_of_words
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import status_name


class AsOfStrip(Themed):
    """``wanted(day)`` asks for another day, ``left`` goes back to today."""

    wanted = Signal(object)
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.day = DateField(keeper, today, name="as_of", parent=self)
        self.day.line.setAccessibleName(translate("As of"))
        self._title = TextLabel(keeper, translate("As of"), Style.NAME, "warning", self)
        self.words = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True)
        self.counts = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.back = Button(keeper, translate("Back to today"), small=True, parent=self)
        self.day.edited.connect(self._edited)
        self.back.clicked.connect(self.left)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.words)
        said.addWidget(self.counts)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._title)
        self._row.addWidget(self.day)
        self._row.addLayout(said, 1)
        self._row.addWidget(self.back)
        self.restyle()

    def ask(self, day: date) -> None:
        """Show the field with a day in it."""
        self.day.set_day(day)
        self.words.setText(translate("Choose a day: today, +12w, 12 Jan 2027."))
        self.counts.setText("")
        self.show()
        self.day.line.setFocus()
        self.day.line.selectAll()

    def wait(self) -> None:
        """The day is being computed."""
        self.words.setText(translate("Computing…"))
        self.counts.setText("")

    def show_day(self, day: date, today: date, counts: Mapping[FollowUpStatus, int]) -> None:
        """Say which day is shown, and how many diagnoses are in each status."""
        self.words.setText(as_of_words(day, today))
        parts = [f"{status_name(status)} {number_words(count)}" for status, count in counts.items()]
        self.counts.setText(" · ".join(parts))
        self.setAccessibleName(f"{as_of_words(day, today)} {self.counts.text()}")

    def restyle(self) -> None:
        """Take margins anew."""
        px = self.keeper.px
        if hasattr(self, "_row"):
            self._row.setContentsMargins(px(14), px(8), px(12), px(8))
            self._row.setSpacing(px(12))
        super().restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to today."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plate of a warning: nobody takes it for today."""
        keeper = self.keeper
        fill, line = keeper.colour("warning_soft"), keeper.colour("warning")
        painting.box(QPainter(self), self.rect(), keeper.px(8), fill=fill, line=line)

    def _edited(self) -> None:
        if self.day.day is not None:
            self.wanted.emit(self.day.day)
