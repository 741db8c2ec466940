"""The room of the schedule: the call list and its other views, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.view import ScheduleView
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from datetime import date

    from clinic_app.domain.schedule_filter import CallListFilter

CALL_LIST = "call_list"
Build = Callable[[UiContext, CaseActions, QWidget], QWidget]


@dataclass(frozen=True, slots=True)
class ScheduleViewKind:
    """A view of the schedule. ``build`` is called when it is first shown.

    The widget it makes reads when it is shown and when a topic of its own changes, keeps nothing of a patient once the
    clinic is closed (``context.detached``, ``context.concealed``), and may have two signals: ``chosen`` (patient, case)
    for the panel beside it, and ``list_wanted`` (``CallListFilter``) that shows the call list narrowed to it. Its
    ``choosers`` are the widgets in which somebody is chosen.
    """

    code: str
    words: str
    build: Build


def _forecast(context: UiContext, _: CaseActions, parent: QWidget) -> QWidget:
    from clinic_app.ui.schedule.forecast_view import ForecastView

    return ForecastView(context, parent)


def _calendar(context: UiContext, actions: CaseActions, parent: QWidget) -> QWidget:
    from clinic_app.ui.schedule.calendar_view import CalendarView

    return CalendarView(context, actions, parent)


def _board(context: UiContext, actions: CaseActions, parent: QWidget) -> QWidget:
    from clinic_app.ui.schedule.board_view import BoardView

    return BoardView(context, actions, parent)


KINDS: tuple[ScheduleViewKind, ...] = (
    ScheduleViewKind("calendar", "Calendar", _calendar),
    ScheduleViewKind("forecast", "Forecast", _forecast),
    ScheduleViewKind("board", "Board", _board),
)
"""The views beside the call list, in the order of the switch."""


class ScheduleRoom(QStackedWidget):
    """The views of the schedule; ``shown`` brings the place of the one that is shown now. Alt+1 … switches.

    ``chosen`` brings patient and case from whichever view is shown.
    """

    shown = Signal(int)
    chosen = Signal(int, int)

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self.call_list = ScheduleView(context, actions)
        self.call_list.chosen.connect(self._chosen_in(self.call_list))
        self.addWidget(self.call_list)
        self._views: dict[str, QWidget] = {CALL_LIST: self.call_list}
        self.guard: Callable[[QWidget], object] = lambda _: None
        """Stands between a list of people and whoever presses in it while a sheet is open; the window knows."""
        self._keys: list[QShortcut] = []
        for place, _ in enumerate(self.codes()):
            key = QShortcut(QKeySequence(f"Alt+{place + 1}"), self)
            key.activated.connect(lambda place=place: self.show_place(place))
            self._keys.append(key)
        self.setFocusProxy(self.call_list)
        context.intents.plan_day.connect(self._show_plan)

    @staticmethod
    def codes() -> tuple[str, ...]:
        """The codes of all views, in order."""
        return (CALL_LIST, *(kind.code for kind in KINDS))

    @staticmethod
    def names() -> tuple[str, ...]:
        """What the views are called, in order."""
        return (translate("Call list"), *(translate(kind.words) for kind in KINDS))

    @property
    def code(self) -> str:
        """The view that is shown."""
        here = self.currentWidget()
        return next(code for code, view in self._views.items() if view is here)

    def show_place(self, place: int) -> None:
        """Show a view by its place in the switch, built now if it never was."""
        self.show_view(self.codes()[place])

    def show_view(self, code: str) -> QWidget:
        """Show a view and give it the keyboard; the view. The panel goes along with the row the call list has selected.

        Raises:
            KeyError: there is no such view.
        """
        if code not in self._views:
            self._views[code] = self._build({kind.code: kind for kind in KINDS}[code])
        view = self._views[code]
        self.setFocusProxy(view)
        if view is not self.currentWidget():
            self.setCurrentWidget(view)
            self.shown.emit(self.codes().index(code))
            if code == CALL_LIST and self.call_list.table.case_id:
                self.chosen.emit(self.call_list.table.patient_id, self.call_list.table.case_id)
        view.setFocus()
        return view

    def show_list(self, narrow: CallListFilter) -> None:
        """Show the call list narrowed to ``narrow``."""
        self.call_list.narrow_to(narrow)
        self.show_view(CALL_LIST)

    def _show_plan(self, day: date) -> None:
        from clinic_app.ui.schedule.forecast_view import ForecastView

        view = self.show_view("forecast")
        if isinstance(view, ForecastView):
            view.show_plan(day)

    def _chosen_in(self, view: QWidget) -> Callable[[int, int], None]:
        def chosen(patient_id: int, case_id: int) -> None:
            if view is self.currentWidget():
                self.chosen.emit(patient_id, case_id)

        return chosen

    def _build(self, kind: ScheduleViewKind) -> QWidget:
        view = kind.build(self._context, self._actions, self)
        for signal, answer in (("chosen", self._chosen_in(view)), ("list_wanted", self.show_list)):
            if hasattr(view, signal):
                getattr(view, signal).connect(answer)
        for chooser in getattr(view, "choosers", ()):
            self.guard(chooser)
        self.addWidget(view)
        return view
