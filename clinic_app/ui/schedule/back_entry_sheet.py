"""Typing in what was written on paper: one short line for each patient, checked as it is typed, saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.back_entry import BackEntry, BackKey, BackLine, read_line
from clinic_app.domain.changes import Changes
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import DateField, FormField, IconButton, Kind, TextLabel
from clinic_app.ui.widgets.date_field import locale_reading
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.back_entry import back_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.papers import back_keys_line
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services


class BackEntrySheet(RecordSheet):
    """A day, one line to type in, and under it what was taken. Enter takes a line, Ctrl+Enter saves them all."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Type in from paper"), save=translate("Save all"))
        keeper = context.theme
        self.lines: list[BackLine] = []
        self.entries: tuple[BackEntry, ...] = ()
        said = translate(
            "One line for each row: its number, the key of what happened, and a day where there is one. "
            "The number stands at the left of every printed list."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.day = DateField(keeper, context.today, name="day", toward=Toward.PAST, latest=context.today())
        self.day.set_day(context.today())
        self.add_field(FormField(keeper, "day", translate("Day on the paper"), self.day))
        self.line = QLineEdit()
        self.line.setPlaceholderText(translate("412 1"))
        self.line.returnPressed.connect(self.take_line)
        self.line_field = self.add_field(
            FormField(keeper, "line", translate("Number, key, day"), self.line, hint=translate("Enter takes the line"))
        )
        self.keys = TextLabel(keeper, back_keys_line(tuple(BackKey)), Style.SECONDARY, "text2", self, wrap=True)
        self.add_widget(self.keys)
        self._taken = QWidget()
        self._column = QVBoxLayout(self._taken)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(keeper.px(2))
        self.add_widget(self._taken)
        self.day.edited.connect(self._check_again)
        self._show((), self._paper_day())

    @property
    def changed(self) -> bool:
        """Lines that were taken are lost where the sheet is left."""
        return bool(self.lines or self.line.text().strip())

    def begin(self) -> None:
        """There is nothing to read first."""
        self.open()

    def open(self) -> None:
        """The line gets the keyboard."""
        super().open()
        self.line.setFocus()

    def take_line(self) -> None:
        """Look the line up; where it holds it stands below, and the next can be typed."""
        text = self.line.text().strip()
        if not text:
            return
        try:
            day = self.day.take()
            line = read_line(text, locale_reading(day, QLocale()))
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        self.clear_problems()
        self._ask((*self.lines, line), day, fresh=True)

    def save(self) -> None:
        """Save all that was taken; a line that is still being typed is taken first."""
        if self.line.text().strip():
            self.take_line()
            return
        try:
            day = self.day.take()
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        lines = tuple(self.lines)

        def done(made: Changes) -> None:
            count = len(lines)
            self.lines = []
            words = translate_many("{count} line from paper saved", "{count} lines from paper saved", count)
            self.finish()
            self.context.wrote(words, made)

        self.set_busy(True)
        self.context.tasks.tell(lambda s: s.back_entry.save(lines, day), done, owner=self, failed=self.show_refusal)

    def remove(self, place: int) -> None:
        """Leave a line out again."""
        del self.lines[place]
        self._check_again()
        self.line.setFocus()

    def _paper_day(self) -> date:
        return self.day.day or self.context.today()

    def _check_again(self) -> None:
        if self.day.day is not None:
            self._ask(tuple(self.lines), self.day.day, fresh=False)

    def _ask(self, lines: Sequence[BackLine], day: date, *, fresh: bool) -> None:
        def check(services: Services) -> tuple[BackEntry | ClinicError, ...]:
            return services.back_entry.check(lines, day)

        def show(found: tuple[BackEntry | ClinicError, ...]) -> None:
            last = found[-1] if found else None
            if fresh and isinstance(last, ClinicError):
                self.line_field.show_problem(sentence_of(last))
                return
            if fresh:
                self.line.clear()
                self.line_field.clear_problem()
            self.lines = list(lines)
            self._show(found, day)

        self.context.tasks.ask(check, show, owner=self, key="check", failed=self.show_refusal)

    def _show(self, found: Sequence[BackEntry | ClinicError], day: date) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        keeper = self.context.theme
        self.entries = tuple(one for one in found if isinstance(one, BackEntry))
        for place, one in enumerate(found):
            row = QWidget(self._taken)
            across = QHBoxLayout(row)
            across.setContentsMargins(0, 0, 0, 0)
            text = self.lines[place].text
            good = isinstance(one, BackEntry)
            words = back_words(one, day) if isinstance(one, BackEntry) else f"{text}: {sentence_of(one)}"
            label = TextLabel(keeper, words, Style.BODY, "text" if good else "danger", row, wrap=True)
            across.addWidget(label, 1)
            remove = translate("Leave out: {line}").format(line=text)
            cross = IconButton(keeper, "x", remove, kind=Kind.GHOST, small=True, parent=row)
            cross.clicked.connect(lambda _=False, place=place: self.remove(place))
            across.addWidget(cross)
            self._column.addWidget(row)
            row.show()
        self.save_button.setEnabled(bool(found) and len(self.entries) == len(found))
