"""The clinic's figures: recall, the interval kept, and who is lost; each as a plot, a table and a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.domain.figures import Figures, Kept
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Banner, Button, Card, Kind, Level, TextLabel
from clinic_app.ui.widgets.bar_chart import Bar, BarChart, Pattern, Series
from clinic_app.ui.widgets.number_table import NumberRow, NumberTable
from clinic_app.ui.widgets.quartile_chart import QuartileChart
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.figures import (
    interval_definition,
    interval_sentence,
    kept_words,
    lost_definition,
    lost_month_sentence,
    lost_sentence,
    month_words,
    percent_words,
    recall_definition,
    recall_sentence,
    short_month,
    weeks_number,
)
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.sentences import sentence_of


class FigureCard(Card):
    """Title and number, a plot where there is one, its table, and what the number means."""

    def __init__(
        self, context: UiContext, title: str, definition: str, chart: BarChart | None, parent: QWidget
    ) -> None:
        super().__init__(context.theme, parent)
        keeper = context.theme
        self.chart = chart
        self.title = TextLabel(keeper, title, Style.SECTION, "text", self)
        self.number = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, selectable=True)
        self.definition = TextLabel(keeper, definition, Style.SECONDARY, "text2", self, wrap=True)
        self.table = NumberTable(keeper, title, self, grows=0)
        self.table.copied.connect(lambda: context.intents.toast.emit(translate("Table copied"), None))
        copy = Button(keeper, translate("Copy table"), icon="copy", kind=Kind.GHOST, small=True, parent=self)
        copy.clicked.connect(self.table.copy)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(copy)
        beside = QHBoxLayout()
        if chart is not None:
            beside.addWidget(chart, 1)
        beside.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.number)
        column.addLayout(beside, 1)
        column.addWidget(self.definition)
        self._context = context
        self._column = column
        keeper.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        px = self._context.theme.px
        self.table.setMinimumHeight(px(230))
        self._column.setContentsMargins(px(14), px(10), px(14), px(12))

    def forget(self) -> None:
        """Show no number."""
        self.number.setText("")
        self.table.show_numbers((), ())
        if self.chart is not None:
            self.chart.forget()


class FiguresPage(QWidget):
    """Four cards, one below the other."""

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = context.theme
        self.trouble = Banner(keeper, self, can_dismiss=False)
        self.trouble.acted.connect(self.read)
        holder = QWidget()
        holder.setAutoFillBackground(False)
        recall, kept, lost = translate("Recall success"), translate("Interval kept"), translate("Lost to follow-up")
        by_diagnosis = translate("Interval kept, by diagnosis")
        self.recall = FigureCard(context, recall, recall_definition(), BarChart(keeper, recall), holder)
        self.kept = FigureCard(context, kept, interval_definition(), QuartileChart(keeper, kept), holder)
        self.conditions = FigureCard(context, by_diagnosis, interval_definition(), None, holder)
        self.lost = FigureCard(context, lost, lost_definition(), BarChart(keeper, lost), holder)
        self.cards = (self.recall, self.kept, self.conditions, self.lost)
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, keeper.px(4), 0)
        inside.setSpacing(keeper.px(10))
        for card in self.cards:
            inside.addWidget(card)
        area = QScrollArea(self)
        area.setProperty("kind", "plain")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.trouble)
        column.addWidget(area, 1)
        self.setFocusProxy(self.recall.table)

    def read(self) -> None:
        """Ask anew; what is shown stays until the answer is there."""
        if self._context.open:
            self._context.tasks.ask(
                lambda s: s.forecast.figures(), self._take, owner=self, key="figures", failed=self._failed, slow=True
            )

    def forget(self) -> None:
        """Show nothing."""
        self.trouble.clear()
        for card in self.cards:
            card.forget()

    def _failed(self, problem: ClinicError) -> None:
        self.trouble.show_words(sentence_of(problem), action=translate("Try again"), level=Level.PROBLEM)

    def _take(self, found: Figures) -> None:
        self.trouble.clear()
        if found.nothing:
            self.trouble.show_words(
                translate(
                    "Nothing to count yet. Figures begin with the first window that opens after an injection: "
                    "record injections, or import a register."
                ),
                level=Level.INFO,
            )
        self._show_recall(found)
        self._show_kept(found)
        self._show_lost(found)

    def _show_recall(self, found: Figures) -> None:
        card, chart = self.recall, self.recall.chart
        over = found.recall[-2]
        card.number.setText(recall_sentence(over))
        if chart is not None:
            chart.show_bars(
                translate("Recall success"),
                (
                    Series(translate("Done"), "treated.mark"),
                    Series(translate("Booked"), "booked.mark", Pattern.HATCHED),
                    Series(translate("Neither"), "text3", Pattern.LIGHT),
                ),
                [
                    Bar(
                        short_month(one.month),
                        (one.done, one.booked, one.due - one.stopped - one.done - one.booked),
                        None,
                        recall_sentence(one),
                    )
                    for one in found.recall
                ],
            )
        heads = [
            translate("Window opened"), translate("Success"), translate("Due"), translate("Done"),
            translate("In window"), translate("Booked"), translate("Stopped"), translate("On hold"),
            translate("Overdue"), translate("Waiting"),
        ]  # fmt: skip
        rows = [
            NumberRow(
                (
                    month_words(one.month),
                    percent_words(one.success),
                    *_numbers(
                        one.due, one.done, one.in_window, one.booked, one.stopped, one.on_hold, one.overdue, one.waiting
                    ),
                )
            )
            for one in found.recall
        ]
        card.table.show_numbers(heads, rows)

    def _show_kept(self, found: Figures) -> None:
        card, chart = self.kept, self.kept.chart
        said = kept_words(found.whole) if found.whole is not None else translate("no interval in twelve months")
        for one in (card, self.conditions):
            one.number.setText(translate("Twelve months: {kept}").format(kept=said))
        if chart is not None:
            chart.show_bars(
                translate("Interval kept, weeks"),
                (Series(translate("Weeks, middle half"), "accent", Pattern.HATCHED),),
                [
                    Bar(short_month(one.month), _parts(one.kept), None, interval_sentence(one))
                    for one in found.intervals
                ],
                translate("Median"),
            )
        heads = [
            translate("Median, weeks"),
            translate("Lower quartile"),
            translate("Upper quartile"),
            translate("Number"),
        ]
        rows = [NumberRow((month_words(one.month), *_cells(one.kept))) for one in found.intervals]
        whole = NumberRow((translate("Twelve months"), *_cells(found.whole)), strong=True)
        card.table.show_numbers([translate("Injected in"), *heads], [*rows, whole])
        names = self._context.catalogues.conditions
        diagnoses = []
        for code, kept in found.conditions.items():
            known = names.get(code)
            words = ", ".join(part for part in condition_lines(known, None, "") if part) if known is not None else code
            diagnoses.append(NumberRow((words, *_cells(kept))))
        self.conditions.table.show_numbers([translate("Diagnosis"), *heads], [*diagnoses, whole])

    def _show_lost(self, found: Figures) -> None:
        card, chart = self.lost, self.lost.chart
        card.number.setText(lost_sentence(found))
        if chart is not None:
            chart.show_bars(
                translate("Set lost"),
                (Series(translate("Set lost by a person"), "overdue.mark"),),
                [
                    Bar(short_month(month), (count,), None, lost_month_sentence(month, count))
                    for month, count in found.lost.items()
                ],
            )
        rows = [NumberRow((month_words(month), number_words(count))) for month, count in found.lost.items()]
        rows.append(NumberRow((translate("Set lost, all times"), number_words(found.lost_now)), strong=True))
        rows.append(NumberRow((translate("Not seen over 6 months, now"), number_words(found.not_seen)), strong=True))
        card.table.show_numbers([translate("Month"), translate("Diagnoses")], rows)


def _numbers(*counts: int) -> Sequence[str]:
    return [number_words(count) for count in counts]


def _parts(kept: Kept | None) -> tuple[float, ...]:
    if kept is None:
        return (0.0, 0.0, 0.0)
    return (kept.lower, kept.median - kept.lower, kept.upper - kept.median)


def _cells(kept: Kept | None) -> Sequence[str]:
    if kept is None:
        return ["–", "–", "–", "0"]
    return [weeks_number(kept.median), weeks_number(kept.lower), weeks_number(kept.upper), number_words(kept.count)]
