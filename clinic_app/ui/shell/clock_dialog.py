"""Asks which day it is, before anything is written by a clock that may be wrong (design section 5.2)."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.date_entry import read_date
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, FormField, Kind, TextLabel
from clinic_app.ui.widgets.date_field import locale_reading
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

WHOLE = re.compile(r"\d.*\d{4}|\d{4}.*\d")
"""A day with its year, in numbers or with the month's name: what counts from the computer's own day proves nothing."""


class ClockDialog(QDialog):
    """The day is typed, with its year; a sheet that stands open keeps what was typed in it. The day holds where the
    computer says the same; one before the newest entry needs a second thought.
    """

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self._context = context
        keeper = self._keeper = context.theme
        title = translate("Which day is it?")
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(10))
        column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self, wrap=True))
        said = translate(
            "The computer’s clock does not fit what was entered before. Look at a calendar or a telephone and type "
            "today’s date. Until then nothing is written."
        )
        column.addWidget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.day = QLineEdit(self)
        self.day.setPlaceholderText(translate("Day, month and year"))
        self.day.returnPressed.connect(self.ask)
        self.field = FormField(keeper, "day", translate("Today is"), self.day, required=True, parent=self)
        self.day.textEdited.connect(self._edited)
        column.addWidget(self.field)
        self.anyway = QCheckBox(translate("The clock was wrong when that was entered; it is right now"), self)
        self.anyway.hide()
        column.addWidget(self.anyway)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addStretch(1)
        self.later = Button(keeper, translate("Cancel"), parent=self)
        self.later.clicked.connect(self.reject)
        self.say = Button(keeper, translate("That is the day"), kind=Kind.PRIMARY, parent=self)
        self.say.clicked.connect(self.ask)
        row.addWidget(self.later)
        row.addWidget(self.say)
        column.addSpacing(keeper.px(4))
        column.addLayout(row)
        self.setFixedWidth(keeper.px(480))
        self._fit()
        self.day.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> None:
        """Say the day that was typed."""
        try:
            day = self._typed()
        except RuleBroken as problem:
            self._refused(problem)
            return
        anyway = self.anyway.isChecked() and self.anyway.isVisible()
        self._context.tasks.ask(
            lambda services: services.accept_clock(day, anyway=anyway),
            lambda _: self.accept(),
            owner=self,
            failed=self._refused,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _typed(self) -> date:
        text = self.day.text().strip()
        if text and not WHOLE.search(text):
            raise RuleBroken("day", "date_year_needed", text=text)
        return read_date(text, locale_reading(self._context.today(), QLocale()), field="day").day

    def _edited(self) -> None:
        self.field.clear_problem()
        self.anyway.setChecked(False)
        self.anyway.hide()
        self._fit()

    def _refused(self, problem: ClinicError) -> None:
        self.anyway.setVisible(problem.code == "clock_before_entries")
        self.field.show_problem(sentence_of(problem))
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """As high as its words are at this width."""
        column = self.layout()
        if column is not None:
            column.activate()
            self.resize(self.width(), column.totalHeightForWidth(self.width()))
