"""The plan of a clinic day: who comes, with which dose, from which vials, and who has no drug."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.day_plan import DayPlan
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Banner, Button, Card, EmptyState, IconButton, Kind, Level, TextLabel
from clinic_app.ui.widgets.number_table import NumberRow, NumberTable
from clinic_app.wording.day_plan import (
    botox_day_tip,
    day_words,
    discarded_words,
    dose_words,
    no_drug_words,
    plan_rules,
    product_sentence,
    sharing_words,
    supply_words,
    vials_words,
)
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import place_words
from clinic_app.wording.sentences import sentence_of

SEARCHED_DAYS = 366


class PlanPage(QWidget):
    """One day at a time, the next Botox day first. ``chosen`` brings patient and case of the row that is current."""

    chosen = Signal(int, int)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.plan: DayPlan | None = None
        self._day: date | None = None
        keeper = context.theme
        self.title = TextLabel(keeper, "", Style.SECTION, "text", self)
        self.before = IconButton(keeper, "chevron-left", translate("Botox day before"), kind=Kind.GHOST, parent=self)
        self.after = IconButton(keeper, "chevron-right", translate("Botox day after"), kind=Kind.GHOST, parent=self)
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.copy = Button(keeper, translate("Copy table"), icon="copy", kind=Kind.GHOST, parent=self)
        self.sharing = Banner(keeper, self, can_dismiss=False)
        self.missing = Banner(keeper, self, can_dismiss=False)
        self.needs = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, selectable=True)
        self.sheet = Card(keeper, self)
        self.table = NumberTable(keeper, translate("Plan of the day"), self.sheet, left=6, grows=4)
        self.table.opened.connect(self._open)
        self.table.copied.connect(lambda: context.intents.toast.emit(translate("Table copied"), None))
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.copy.clicked.connect(self.table.copy)
        self.empty = EmptyState(keeper, "calendar-clock", translate("Nobody is booked on this day."), "", self)
        self.empty.acted.connect(self.read)
        inside = QVBoxLayout(self.sheet)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self.table)
        self.rules = TextLabel(keeper, "", Style.CAPTION, "text2", self, wrap=True)
        head = QHBoxLayout()
        head.addWidget(self.before)
        head.addWidget(self.after)
        head.addWidget(self.title, 1)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(8))
        column.addLayout(head)
        column.addWidget(self.sharing)
        column.addWidget(self.missing)
        column.addWidget(self.needs)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.rules)
        self.sheet.hide()
        self.setFocusProxy(self.table)

    @property
    def day(self) -> date | None:
        """The day whose plan is shown; None while there is none."""
        return self._day

    def show_day(self, day: date | None) -> None:
        """Show the plan of a day; None: the next Botox day."""
        self._day = day
        self.read()

    def leave_past(self, today: date) -> None:
        """A day that is over by now gives way to the next Botox day."""
        if self._day is not None and self._day < today:
            self._day = None

    def read(self) -> None:
        """Ask anew; what is shown stays until the answer is there."""
        day = self._day
        if self._context.open:
            self._context.tasks.ask(
                lambda s: s.forecast.day_plan(day), self._take, owner=self, key="plan", failed=self._failed
            )

    def forget(self) -> None:
        """Show nothing and nobody."""
        self.plan = None
        self._day = None
        for label in (self.title, self.needs, self.rules):
            label.setText("")
        self.sharing.clear()
        self.missing.clear()
        self.table.show_numbers((), ())
        self.sheet.hide()
        self.empty.show_words(translate("The clinic is closed."), icon="lock")
        self.empty.show()

    def _take(self, plan: DayPlan) -> None:
        catalogues = self._context.catalogues
        self.plan = plan
        self._day = plan.day.day
        self.title.setText(day_words(plan))
        for button, way in ((self.before, -1), (self.after, 1)):
            other = self._botox_day(way)
            button.setEnabled(other is not None)
            button.setToolTip(botox_day_tip(other))
        self.sharing.show_words(sharing_words() if plan.shared else "", level=Level.WARNING)
        self.missing.show_words(no_drug_words(plan), level=Level.WARNING)
        self.needs.setText(
            "\n".join(
                product_sentence(one, catalogues, catalogues.products.get(one.product or ""), shared=plan.shared)
                for one in plan.products
            )
        )
        self.rules.setText(plan_rules(shared=plan.shared))
        heads = [
            translate("Place"), translate("Patient"), translate("Number"), translate("As last time"),
            translate("Vials to open"), translate("Drug"), translate("U discarded"),
        ]  # fmt: skip
        rows = [self._row(plan, place) for place in plan.order]
        self.table.show_numbers(heads, rows)
        self.empty.show_words(
            translate("Nobody is booked on this day."),
            icon="calendar-clock",
            detail=translate("Book from the call list with B, or drag somebody onto a day of the calendar."),
        )
        self.sheet.setVisible(bool(rows))
        self.empty.setVisible(not rows)

    def _row(self, plan: DayPlan, place: int) -> NumberRow:
        catalogues = self._context.catalogues
        visit = plan.visits[place]
        cells = (
            place_words(visit.entry.appointment),
            visit.entry.name,
            visit.entry.mrn,
            dose_words(visit, catalogues),
            vials_words(plan, place, catalogues),
            supply_words(visit, catalogues),
            discarded_words(plan, place),
        )
        return NumberRow(cells, cells)

    def _failed(self, problem: ClinicError) -> None:
        self.sheet.hide()
        self.empty.show_words(sentence_of(problem), translate("Try again"), icon="circle-alert")
        self.empty.show()

    def _botox_day(self, way: int) -> date | None:
        """The next Botox day after or before the one shown."""
        if self._day is None or not self._context.open:
            return None
        rules = self._context.clinic.rules
        days = (self._day + timedelta(days=way * count) for count in range(1, SEARCHED_DAYS))
        return next((day for day in days if rules.places_on(day)), None)

    def _step(self, way: int) -> None:
        day = self._botox_day(way)
        if day is not None:
            self.show_day(day)

    def _person(self, row: int) -> tuple[int, int] | None:
        if self.plan is None or not 0 <= row < len(self.plan.order):
            return None
        booking = self.plan.visits[self.plan.order[row]].entry.appointment
        return (booking.patient_id, booking.case_ids[0]) if booking.case_ids else None

    def _row_changed(self, now: QModelIndex, _: QModelIndex) -> None:
        person = self._person(now.row())
        if person is not None:
            self.chosen.emit(*person)

    def _open(self, row: int) -> None:
        person = self._person(row)
        if person is not None:
            self._context.intents.open_case.emit(*person)
