"""The forecast in the schedule: the weeks to come."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.forecast import Forecast
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.forecast_weeks import ForecastWeeks
from clinic_app.ui.widgets import EmptyState
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PREFERENCES})


class ForecastView(QWidget):
    """Reads when it is shown and when something it counts was changed."""

    list_wanted = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Forecast"))
        self.weeks = ForecastWeeks(context, self)
        self.weeks.list_wanted.connect(self.list_wanted)
        self.empty = EmptyState(keeper, "calendar-clock", translate("Counting…"), "", self)
        self.empty.acted.connect(self.read)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.weeks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(holder)
        self.setFocusProxy(self.weeks)
        context.tasks.changed.connect(self._changed)
        context.attached.connect(self._attached)
        context.detached.connect(self._forget)
        context.concealed.connect(self._forget)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while something else was shown."""
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        """Ask anew; what is shown stays until the answer is there."""
        if self._context.open:
            tasks = self._context.tasks
            tasks.ask(lambda s: s.forecast.weeks(), self._take, owner=self, key="weeks", failed=self._failed)

    def _take(self, found: Forecast) -> None:
        self.weeks.show_forecast(found)
        if not found.total:
            self.empty.show_words(
                translate("No diagnoses yet."),
                detail=translate("The weeks to come are counted from the diagnoses and their injections."),
                icon="calendar-clock",
            )
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self.weeks)

    def _failed(self, problem: ClinicError) -> None:
        self.empty.show_words(sentence_of(problem), translate("Try again"), icon="circle-alert")
        self._stack.setCurrentWidget(self.empty)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.topics & TOPICS:
            self.read()

    def _attached(self) -> None:
        if self.isVisible():
            self.read()

    def _forget(self) -> None:
        self.weeks.forget()
        self.empty.show_words(translate("The clinic is closed."), icon="lock")
        self._stack.setCurrentWidget(self.empty)
