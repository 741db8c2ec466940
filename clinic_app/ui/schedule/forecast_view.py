"""The forecast in the schedule: the weeks to come, the plan of a day, and the clinic's figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.forecast import Forecast
from clinic_app.domain.papers import PaperKind, PaperRequest
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.figures_page import FiguresPage
from clinic_app.ui.schedule.forecast_weeks import ForecastWeeks
from clinic_app.ui.schedule.nobody_yet import NobodyYet
from clinic_app.ui.schedule.plan_page import PlanPage
from clinic_app.ui.widgets import EmptyState, SegmentedControl
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PREFERENCES})
WEEKS, PLAN, FIGURES = range(3)


class ForecastView(QWidget):
    """One page at a time; it reads when it is shown and when something it counts was changed."""

    list_wanted = Signal(object)
    chosen = Signal(int, int)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Forecast"))
        words = (translate("26 weeks"), translate("Day plan"), translate("Figures"))
        self.pages = SegmentedControl(keeper, words, translate("Pages of the forecast"), self)
        self.pages.chosen.connect(self.show_page)
        self.weeks = ForecastWeeks(context, self)
        self.weeks.list_wanted.connect(self.list_wanted)
        self.plan = PlanPage(context, self)
        self.plan.chosen.connect(self.chosen)
        self.figures = FiguresPage(context, self)
        self.empty = EmptyState(keeper, "calendar-clock", translate("Counting…"), "", self)
        self.empty.acted.connect(self.read)
        self.nobody = NobodyYet(context, self)
        self._stack = QStackedWidget(self)
        for page in (self.empty, self.nobody, self.weeks, self.plan, self.figures):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.addWidget(self.pages)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(8))
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.weeks)
        context.tasks.changed.connect(self._changed)
        context.attached.connect(self._attached)
        context.new_day.connect(self._new_day)
        context.detached.connect(self._forget)
        context.concealed.connect(self._forget)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while something else was shown."""
        super().showEvent(event)
        self.read()

    def show_page(self, place: int) -> None:
        """Show one of the pages and read it."""
        self.pages.choose(place)
        page = (self.weeks, self.plan, self.figures)[place]
        self.setFocusProxy(page)
        self._stack.setCurrentWidget(page)
        self.read()

    def printable(self, usual: PaperRequest) -> PaperRequest:
        """What Ctrl+P prints here: the plan of the day that is shown, else the call list."""
        day = self.plan.day if self.plan.isVisible() else None
        return usual if day is None else replace(usual, kind=PaperKind.DAY_PLAN, day=day)

    def show_plan(self, day: date) -> None:
        """Show the plan of a day."""
        self.plan.show_day(day)
        self.show_page(PLAN)

    def read(self) -> None:
        """Ask anew for what the page shows; what is shown stays until the answer is there."""
        if not self._context.open:
            return
        if self.pages.place == PLAN:
            self.plan.read()
        elif self.pages.place == FIGURES:
            self.figures.read()
        else:
            tasks = self._context.tasks
            tasks.ask(lambda s: s.forecast.weeks(), self._take, owner=self, key="weeks", failed=self._failed, slow=True)

    def _take(self, found: Forecast) -> None:
        self.weeks.show_forecast(found)
        if self.pages.place != WEEKS:
            return
        self._stack.setCurrentWidget(self.weeks if found.total else self.nobody)

    def _failed(self, problem: ClinicError) -> None:
        if self.pages.place == WEEKS:
            self.empty.show_words(sentence_of(problem), translate("Try again"), icon="circle-alert")
            self._stack.setCurrentWidget(self.empty)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.topics & TOPICS:
            self.read()

    def _attached(self) -> None:
        if self.isVisible():
            self.read()

    def _new_day(self) -> None:
        self.plan.leave_past(self._context.today())
        self._attached()

    def _forget(self) -> None:
        self.weeks.forget()
        self.plan.forget()
        self.figures.forget()
        if self.pages.place == WEEKS:
            self.empty.show_words(translate("The clinic is closed."), icon="lock")
            self._stack.setCurrentWidget(self.empty)
