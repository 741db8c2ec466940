"""The 26 weeks of the forecast: bars against the places there are, and the table of every number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from clinic_app.domain.forecast import Forecast, ForecastWeek, Need
from clinic_app.domain.schedule_filter import CallListFilter, VisitSpan
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, Card, Kind, TextLabel
from clinic_app.ui.widgets.bar_chart import Bar, BarChart, Pattern, Series
from clinic_app.ui.widgets.buttons import LinkButton
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.number_table import NumberRow, NumberTable
from clinic_app.wording.forecast import (
    chart_words,
    need_sentence,
    now_sentence,
    rule_words,
    span_of_days,
    sum_words,
    vial_words,
    week_sentence,
)
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import product_words

NOW = 0
VISITS = "visits"
ROOM_FOR_RULES = 560
"""Pixels at 100 % below which the explanation is folded away."""


def now_filter(found: Forecast) -> CallListFilter:
    """The call list of those who need a place now."""
    return CallListFilter(visits=VisitSpan(found.on, found.on, found.on, waiting=True))


def week_filter(found: Forecast, week: ForecastWeek) -> CallListFilter:
    """The call list of those booked or expected in a week."""
    return CallListFilter(visits=VisitSpan(found.on, week.first, week.last, booked=True, opening=week.opening))


def month_filter(found: Forecast, week: ForecastWeek) -> CallListFilter:
    """The call list of the weeks that begin in the month in which ``week`` does."""
    month = (week.first.year, week.first.month)
    weeks = [one for one in found.weeks if (one.first.year, one.first.month) == month]
    openings = [one.opening for one in weeks if one.opening is not None]
    opening = (openings[0][0], openings[-1][1]) if openings else None
    span = VisitSpan(found.on, weeks[0].first, weeks[-1].last, booked=True, opening=opening)
    return CallListFilter(visits=span)


class ForecastWeeks(QWidget):
    """Chart and table; ``list_wanted`` brings the call list of the week that was pressed."""

    list_wanted = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.found: Forecast | None = None
        self._shown: str | None = VISITS
        keeper = context.theme
        self.sums = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, selectable=True)
        self.shows = Button(keeper, translate("Visits"), kind=Kind.GHOST, drop=True, parent=self)
        self.shows.setAccessibleName(translate("What the bars count"))
        self.shows.clicked.connect(self._pop)
        self.copy = Button(keeper, translate("Copy table"), icon="copy", kind=Kind.GHOST, parent=self)
        self.copy.setToolTip(translate("Copy every number (Ctrl+C in the table)"))
        plot = Card(keeper, self)
        self.chart = BarChart(keeper, translate("Visits"), plot, cut_first=True)
        self.chart.pressed.connect(self._open)
        self.chart.label_pressed.connect(self._open_month)
        QVBoxLayout(plot).addWidget(self.chart)
        sheet = Card(keeper, self)
        self.table = NumberTable(keeper, translate("Forecast"), sheet)
        self.table.opened.connect(self._open)
        self.table.copied.connect(lambda: context.intents.toast.emit(translate("Table copied"), None))
        self.copy.clicked.connect(self.table.copy)
        inside = QVBoxLayout(sheet)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self.table)
        self.rules = TextLabel(keeper, " ".join(rule_words()), Style.CAPTION, "text2", self, wrap=True)
        self.explain = LinkButton(keeper, translate("What these numbers mean"), self)
        self.explain.setCheckable(True)
        self.explain.toggled.connect(self._fold_rules)
        head = QHBoxLayout()
        head.addWidget(self.sums, 1)
        head.addWidget(self.shows)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(8))
        column.addLayout(head)
        column.addWidget(plot, 2)
        column.addWidget(sheet, 3)
        column.addWidget(self.explain)
        column.addWidget(self.rules)
        self.setFocusProxy(self.table)
        keeper.changed.connect(self._fold_rules)

    def show_forecast(self, found: Forecast) -> None:
        """Show another."""
        self.found = found
        if self._shown != VISITS and self._shown not in found.products:
            self._shown = VISITS
        self.sums.setText(sum_words(found))
        self._show_chart()
        self._show_table()

    def forget(self) -> None:
        """Show nothing."""
        self.found = None
        self.sums.setText("")
        self.chart.forget()
        self.table.show_numbers((), ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The explanation is folded where it would leave the table no rows."""
        super().resizeEvent(event)
        self._fold_rules()

    def _fold_rules(self) -> None:
        low = self.height() < self._context.theme.px(ROOM_FOR_RULES)
        self.explain.setVisible(low)
        self.rules.setVisible(not low or self.explain.isChecked())

    # --- chart -------------------------------------------------------------------------------------------------

    def _pop(self) -> None:
        found = self.found
        if found is None:
            return
        menu = QMenu(translate("What the bars count"), self.shows)
        menu.aboutToHide.connect(menu.deleteLater)
        group = QActionGroup(menu)
        choices = [(VISITS, translate("Visits"))]
        choices += [(code, self._name(code)) for code in found.products if code is not None]
        for code, words in choices:
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(code == self._shown)
            group.addAction(action)
            action.triggered.connect(partial(self._choose, code))
        pop_under(menu, self.shows)

    def _choose(self, code: str, *_: object) -> None:
        self._shown = code
        if self.found is not None:
            self._show_chart()

    def _name(self, code: str) -> str:
        return chart_words(code, self._context.catalogues)

    def _show_chart(self) -> None:
        found = self.found
        if found is None:
            return
        visits = self._shown == VISITS
        name = translate("Visits") if visits else self._name(self._shown or "")
        self.shows.setText(name)
        series = (
            Series(translate("Booked"), "booked.mark"),
            Series(translate("Expected, and now"), "due.mark", Pattern.HATCHED),
            Series(translate("Repeats, projected"), "text3", Pattern.LIGHT),
        )
        measure: Callable[[Need], float] = _visits if visits else partial(_units, self._shown)
        said = now_sentence(found.now) if visits else self._needed(found.now)
        bars = [Bar(translate("Now"), (0.0, measure(found.now), 0.0), None, said)]
        month = 0
        for week in found.weeks:
            days = span_of_days(week.first, week.last, found.on)
            said = week_sentence(week, found.on) if visits else f"{days}: {self._needed(week.booked, week.expected)}"
            label = (
                days.split("–")[0].strip()
                if week.last.month == month
                else span_of_days(week.first, week.first, found.on)
            )
            month = week.last.month
            bars.append(
                Bar(
                    label,
                    (measure(week.booked), measure(week.expected), measure(week.repeats)),
                    float(week.places) if visits else None,
                    said,
                )
            )
        self.chart.show_bars(name, series, bars, translate("Places") if visits else "")

    def _needed(self, *needs: Need) -> str:
        parts = [need_sentence(need.of(self._shown), self._context.catalogues) for need in needs if need.visits]
        return "; ".join(parts)

    # --- table -------------------------------------------------------------------------------------------------

    def _show_table(self) -> None:
        found = self.found
        if found is None:
            return
        names = self._context.catalogues
        products = [code for code in found.products if code is not None]
        heads = [
            translate("Week"), translate("Booked"), translate("Expected"), translate("Repeats, projected"),
            translate("Places"), translate("Free"), translate("Diagnoses"),
        ]  # fmt: skip
        for code in products:
            brand = product_words(code, names)
            heads += [
                translate("{brand}, U").format(brand=brand),
                translate("{brand}, vials").format(brand=brand),
                translate("{brand}, U discarded").format(brand=brand),
                translate("{brand}, U in repeats").format(brand=brand),
                translate("{brand}, vials in repeats").format(brand=brand),
            ]
        heads.append(translate("Units unknown, visits"))
        rows = [
            self._row(translate("Now"), ["", found.now.visits, "", "", "", found.now.cases], [found.now], [], products)
        ]
        for week in found.weeks:
            numbers = [
                week.booked.visits, week.expected.visits, week.repeats.visits,
                week.places, week.free, week.booked.cases + week.expected.cases,
            ]  # fmt: skip
            days = span_of_days(week.first, week.last, found.on)
            rows.append(self._row(days, numbers, [week.booked, week.expected], [week.repeats], products))
        weeks = found.weeks
        sums = [
            sum(week.booked.visits for week in weeks),
            found.now.visits + sum(week.expected.visits for week in weeks),
            sum(week.repeats.visits for week in weeks),
            sum(week.places for week in weeks),
            sum(week.free for week in weeks),
            found.cases,
        ]
        sure = [found.now, *(need for week in weeks for need in (week.booked, week.expected))]
        total = self._row(translate("All"), sums, sure, [week.repeats for week in weeks], products)
        rows.append(NumberRow(total.cells, total.tips, strong=True))
        self.table.show_numbers(heads, rows)

    def _row(
        self,
        name: str,
        numbers: Sequence[int | str],
        sure: Sequence[Need],
        repeats: Sequence[Need],
        products: Sequence[str],
    ) -> NumberRow:
        cells = [name, *(number_words(one) if isinstance(one, int) else one for one in numbers)]
        tips = [""] * len(cells)
        for code in products:
            own, later = [need.of(code) for need in sure], [need.of(code) for need in repeats]
            cells += [
                number_words(sum((one.units for one in own), start=own[0].units * 0)),
                number_words(sum(one.vial_count for one in own)),
                number_words(sum((one.discarded for one in own), start=own[0].units * 0)),
                number_words(sum((one.units for one in later), start=own[0].units * 0)),
                number_words(sum(one.vial_count for one in later)),
            ]
            opened = "; ".join(words for one in own if (words := vial_words(one))) if len(own) < 3 else ""
            tips += ["", opened, "", "", ""]
        unknown = sum(one.unknown for need in sure for one in need.products)
        return NumberRow((*cells, number_words(unknown)), (*tips, ""))

    def _open(self, place: int) -> None:
        """The call list of a row or bar; the sum has none."""
        found = self.found
        if found is None or place > len(found.weeks):
            return
        self.list_wanted.emit(now_filter(found) if place == NOW else week_filter(found, found.weeks[place - 1]))

    def _open_month(self, place: int) -> None:
        """The call list of a whole month: all weeks that begin in it."""
        found = self.found
        if found is None or place > len(found.weeks):
            return
        self.list_wanted.emit(now_filter(found) if place == NOW else month_filter(found, found.weeks[place - 1]))


def _visits(need: Need) -> float:
    return float(need.visits)


def _units(product: str | None, need: Need) -> float:
    return float(need.of(product).units)
