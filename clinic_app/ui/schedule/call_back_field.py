"""When to call again: a day, a time, or both, as it is said on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from PySide6.QtWidgets import QWidget

from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.calls import CallBack, read_call_back
from clinic_app.domain.date_entry import EnteredDate
from clinic_app.domain.errors import RuleBroken
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import DateField
from clinic_app.wording.language import translate


class CallBackField(DateField):
    """A day field that takes ``16``, ``tomorrow 10`` and ``mon 9:30`` too; ``at`` is the time, None without one."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        now: Callable[[], datetime],
        working: Callable[[], WorkingDays],
        parent: QWidget | None = None,
    ) -> None:
        self._now = now
        self._working = working
        self.at: time | None = None
        super().__init__(keeper, lambda: now().date(), name="call_again_on", earliest=now().date(), parent=parent)
        self.line.setPlaceholderText(translate("16, tomorrow 10, mon"))

    @property
    def call_back(self) -> CallBack | None:
        """When to call again, None while nothing that can be understood is there."""
        return None if self.day is None else CallBack(self.day, self.at)

    def set_call_back(self, wanted: CallBack | None) -> None:
        """Show a day and a time, or an empty field."""
        self.at = None if wanted is None else wanted.at
        self.set_day(None if wanted is None else wanted.day)

    def _typed(self, words: str) -> None:
        before = (self._day, self.at, None if self._problem is None else self._problem.code)
        self._day, self._problem, self.at = None, None, None
        if words.strip():
            try:
                found = read_call_back(words, self._now(), self._reading(), self._working(), field=self._name)
                self._check(EnteredDate(found.day))
                self._day, self.at = EnteredDate(found.day), found.at
            except RuleBroken as problem:
                self._problem = problem
        self._show_preview()
        if before != (self._day, self.at, None if self._problem is None else self._problem.code):
            self.edited.emit()

    def _words(self, entered: EnteredDate) -> str:
        words = super()._words(entered)
        return words if self.at is None else f"{words}, {self.at:%H:%M}"

    def _preview_words(self, entered: EnteredDate) -> str:
        words = super()._preview_words(entered)
        return words if self.at is None else f"{words}, {self.at:%H:%M}"
