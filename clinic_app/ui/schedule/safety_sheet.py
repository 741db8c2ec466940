"""The safety check: diagnoses that no list of the day would show, what to do, and the way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.call_list import Concern, SafetyCheck, SafetyEntry
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.lines import diagnosis_lines
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, Level, SideSheet, TextLabel
from clinic_app.wording.calendar import short_day
from clinic_app.wording.call_list import concern_advice, concern_name
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.sentences import sentence_of

SHOWN = 30
"""So many lines of each concern stand here at once; the others come when these are done."""
SLICE = 6
"""So many of them are built at a time; the window goes on between two slices."""


class SafetySheet(SideSheet):
    """Lists what the check found, each line with a button that opens its place; it reads itself anew."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context.theme, host, translate("Safety check"), cancel=translate("Close"))
        self._context = context
        self.save_button.hide()
        self.buttons: list[Button] = []
        self.said = TextLabel(context.theme, "", Style.BODY, "text2", self, wrap=True)
        self.add_widget(self.said)
        self._lines = QWidget(self)
        self._column = QVBoxLayout(self._lines)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.add_widget(self._lines)
        self._to_build: deque[Callable[[], QWidget]] = deque()
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_some)
        context.tasks.changed.connect(self._changed_elsewhere)

    def begin(self) -> None:
        """Slide in and read."""
        self.open()
        self._read()

    def _changed_elsewhere(self, changes: Changes) -> None:
        if self.isVisible() and changes.topics & {Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS}:
            self._read()

    def _read(self) -> None:
        self._context.tasks.ask(
            lambda s: s.call_list.safety(), self.show_check, owner=self, key="safety", failed=self._failed
        )

    def _failed(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def show_check(self, check: SafetyCheck) -> None:
        """Show what was found; long findings are built slice by slice."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        self._to_build.clear()
        keeper = self._context.theme
        self._column.setSpacing(keeper.px(6))
        if not check.total:
            self.said.setText(
                translate("Nobody is forgotten: every diagnosis stands in a list that is worked through.")
            )
            return
        self.said.setText(translate("These stand in no list that is worked through every day."))
        self._to_build.extend(self._parts(check))
        self._build_some()

    def _build_some(self) -> None:
        """The next slice of what stands in the sheet; the timer brings the rest."""
        for _ in range(min(SLICE, len(self._to_build))):
            self._column.addWidget(self._to_build.popleft()())
        if not self._to_build:
            self._building.stop()
        elif not self._building.isActive():
            self._building.start()

    def _parts(self, check: SafetyCheck) -> Iterator[Callable[[], QWidget]]:
        """What makes the heads, the advice and the lines of each concern, from above."""
        for concern in Concern:
            entries = [one for one in check.entries if one.concern is concern]
            if not entries:
                continue
            count = check.counts[concern]
            yield partial(self._concern_head, f"{concern_name(concern)} · {number_words(count)}")
            yield partial(self._aside, concern_advice(concern), wrap=True)
            for entry in entries[:SHOWN]:
                yield partial(self._line, entry)
            if count > SHOWN:
                yield partial(self._aside, translate("{count} more").format(count=number_words(count - SHOWN)))

    def _concern_head(self, words: str) -> QWidget:
        keeper = self._context.theme
        head = TextLabel(keeper, words, Style.SECTION_SMALL, "text", self._lines, wrap=True)
        head.setContentsMargins(0, keeper.px(8), 0, 0)
        return head

    def _aside(self, words: str, *, wrap: bool = False) -> QWidget:
        return TextLabel(self._context.theme, words, Style.SECONDARY, "text2", self._lines, wrap=wrap)

    def _line(self, entry: SafetyEntry) -> QWidget:
        keeper = self._context.theme
        line = QWidget(self._lines)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        diagnosis = " ".join(diagnosis_lines(self._context.catalogues, entry.condition, None, "")).strip()
        since = ""
        if entry.since is not None:
            since = translate("since {day}").format(day=short_day(entry.since, self._context.today()))
        name = TextLabel(keeper, entry.name, Style.NAME, "text", line, wrap=True)
        detail = " · ".join(part for part in (entry.mrn, diagnosis, since) if part)
        words.addWidget(name)
        words.addWidget(TextLabel(keeper, detail, Style.SECONDARY, "text2", line, wrap=True))
        row.addLayout(words, 1)
        of_session = bool(entry.session_id)
        button = Button(keeper, translate("Open injection") if of_session else translate("Open record"), small=True)
        button.setAccessibleName(f"{button.text()}: {entry.name}")
        button.clicked.connect(lambda: self._open(entry))
        self.buttons.append(button)
        row.addWidget(button)
        return line

    def _open(self, entry: SafetyEntry) -> None:
        intents = self._context.intents
        self.cancel()
        if entry.session_id:
            intents.open_session.emit(entry.patient_id, entry.case_id, entry.session_id)
        else:
            intents.open_case.emit(entry.patient_id, entry.case_id)
