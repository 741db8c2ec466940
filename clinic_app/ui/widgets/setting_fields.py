"""Inputs for rules of the clinic: several of a few, days of the week with places, spans, plans, and lists of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.calendar import Span, SpanUnit
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.date_entry import DateReading, read_date
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.settings import WEEK
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import IconButton, Kind, LinkButton
from clinic_app.ui.widgets.choice_row import FlowLayout, Pill
from clinic_app.ui.widgets.number_field import NumberField
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.dates import MONTHS
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.settings import short_weekday, weekday_name

LONGEST = 999


class SeveralRow(Themed):
    """Some of a few answers as pills: Space takes one or gives it back, arrow keys move. ``edited`` after each."""

    edited = Signal()

    def __init__(
        self, keeper: ThemeKeeper, choices: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        """``choices``: (code, words)."""
        super().__init__(keeper, parent)
        self.setAccessibleName(name)
        flow = FlowLayout(self)
        self._pills: dict[str, Pill] = {}
        for code, words in choices:
            pill = Pill(keeper, words, "", self)
            pill.toggled.connect(pill.updateGeometry)
            pill.clicked.connect(lambda _=False: self.edited.emit())
            self._pills[code] = pill
            flow.addWidget(pill)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if self._pills:
            self.setFocusProxy(next(iter(self._pills.values())))

    @property
    def codes(self) -> frozenset[str]:
        """What is chosen."""
        return frozenset(code for code, pill in self._pills.items() if pill.isChecked())

    def choose(self, codes: Iterable[str]) -> None:
        """Choose these and no others, without ``edited``."""
        wanted = frozenset(codes)
        for code, pill in self._pills.items():
            pill.setChecked(code in wanted)

    def pill(self, code: str) -> Pill:
        """The button of a choice."""
        return self._pills[code]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move from pill to pill."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        pills = list(self._pills.values())
        here = self.focusWidget()
        if step is None or not isinstance(here, Pill) or here not in pills:
            super().keyPressEvent(event)
            return
        pills[(pills.index(here) + step) % len(pills)].setFocus(Qt.FocusReason.TabFocusReason)


class WeekdaysRow(SeveralRow):
    """Days of the week, Monday is 0."""

    def __init__(self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, [(str(at), short_weekday(at)) for at in WEEK], name, parent)
        for at in WEEK:
            self.pill(str(at)).setAccessibleName(weekday_name(at))

    @property
    def value(self) -> frozenset[int]:
        """The days chosen."""
        return frozenset(int(code) for code in self.codes)

    def show_value(self, days: Iterable[int]) -> None:
        """Choose these days."""
        self.choose(str(day) for day in days)


class PlacesTable(Themed):
    """Each day of the week with a tick, and how many places it then has."""

    edited = Signal()

    def __init__(self, keeper: ThemeKeeper, most: int, usual: int, parent: QWidget | None = None) -> None:
        """``usual``: the places a day begins with when it is ticked."""
        super().__init__(keeper, parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(keeper.px(16))
        grid.setVerticalSpacing(keeper.px(4))
        self.ticks: list[QCheckBox] = []
        self.numbers: list[NumberField] = []
        for at in WEEK:
            name = weekday_name(at)
            tick = QCheckBox(name, self)
            places, place = translate("places"), translate("place")
            number = NumberField(
                keeper, 1, most, suffix=places, suffix_of_one=place, name=f"{name}, {places}", parent=self
            )
            number.setValue(usual)
            number.setEnabled(False)
            tick.toggled.connect(number.setEnabled)
            tick.clicked.connect(lambda _=False: self.edited.emit())
            number.valueChanged.connect(lambda _: self.edited.emit())
            grid.addWidget(tick, at, 0)
            grid.addWidget(number, at, 1)
            self.ticks.append(tick)
            self.numbers.append(number)
        grid.setColumnStretch(2, 1)
        self.setFocusProxy(self.ticks[0])

    @property
    def value(self) -> dict[int, int]:
        """The ticked days with their places."""
        return {at: self.numbers[at].value() for at in WEEK if self.ticks[at].isChecked()}

    def show_value(self, places: Mapping[int, int]) -> None:
        """Tick these days."""
        for at in WEEK:
            self.ticks[at].setChecked(at in places)
            if at in places:
                self.numbers[at].setValue(places[at])


class SpanField(Themed):
    """A length of time: a number and its unit."""

    edited = Signal()

    def __init__(self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.number = NumberField(keeper, 0, LONGEST, name=name, parent=self)
        self.unit = QComboBox(self)
        self.unit.setAccessibleName(translate("{name}, unit").format(name=name))
        for unit, words in (
            (SpanUnit.MONTHS, translate("months")),
            (SpanUnit.WEEKS, translate("weeks")),
            (SpanUnit.DAYS, translate("days")),
        ):
            self.unit.addItem(words, unit.value)
        self.number.valueChanged.connect(lambda _: self.edited.emit())
        self.unit.activated.connect(lambda _: self.edited.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(6))
        row.addWidget(self.number)
        row.addWidget(self.unit)
        self.setFocusProxy(self.number)

    @property
    def value(self) -> Span:
        """What stands there."""
        return Span(self.number.value(), SpanUnit(self.unit.currentData()))

    def show_value(self, span: Span) -> None:
        """Show a span."""
        self.number.setValue(span.value)
        self.unit.setCurrentIndex(self.unit.findData(span.unit.value))


class PlanField(Themed):
    """When the window opens and closes."""

    edited = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.opens = SpanField(keeper, translate("Due from, after the last injection"), self)
        self.closes = SpanField(keeper, translate("Due until, after the last injection"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(8))
        row.addWidget(self.opens)
        row.addWidget(TextLabel(keeper, translate("to"), Style.BODY, "text2", self))
        row.addWidget(self.closes)
        row.addStretch(1)
        for part in (self.opens, self.closes):
            part.edited.connect(self.edited)
        self.setFocusProxy(self.opens.number)

    @property
    def value(self) -> ReinjectionPlan:
        """The plan as it stands; not checked."""
        return ReinjectionPlan(self.opens.value, self.closes.value)

    def show_value(self, plan: ReinjectionPlan) -> None:
        """Show a plan."""
        self.opens.show_value(plan.opens_after)
        self.closes.show_value(plan.closes_after)


class LengthField(Themed):
    """How many minutes something takes."""

    edited = Signal()

    def __init__(self, keeper: ThemeKeeper, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        minutes, minute = translate("minutes"), translate("minute")
        self.number = NumberField(keeper, least, most, suffix=minutes, suffix_of_one=minute, name=minutes, parent=self)
        self.number.valueChanged.connect(lambda _: self.edited.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.number)
        row.addStretch(1)
        self.setFocusProxy(self.number)

    @property
    def value(self) -> int:
        """The minutes."""
        return self.number.value()

    def show_value(self, minutes: int) -> None:
        """Show so many minutes."""
        self.number.setValue(minutes)


RuleField = SpanField | PlanField | LengthField
RuleValue = Span | ReinjectionPlan | int
Named = Sequence[tuple[str, str]]
"""(code, words) of what a line of a list may be about."""


class RuleLine(Themed):
    """One line of a list of rules: what it is about, the rule, and a button that takes it away."""

    edited = Signal()
    gone = Signal()

    def __init__(
        self, keeper: ThemeKeeper, subjects: Sequence[Named], rule: RuleField, parent: QWidget | None = None
    ) -> None:
        """``subjects``: one choice for each part of the name, the later ones may stay open (code blank)."""
        super().__init__(keeper, parent)
        self.rule = rule
        self.subjects: list[QComboBox] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, keeper.px(8))
        column.setSpacing(keeper.px(4))
        head = QHBoxLayout()
        head.setSpacing(keeper.px(6))
        for place, named in enumerate(subjects):
            box = QComboBox(self)
            box.setAccessibleName(translate("Of which") if place == 0 else translate("In which diagnosis"))
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            for code, words in named:
                box.addItem(words, code)
            box.activated.connect(lambda _: self.edited.emit())
            self.subjects.append(box)
            head.addWidget(box, 1)
        remove = IconButton(keeper, "x", translate("Take away"), kind=Kind.GHOST, small=True, parent=self)
        remove.clicked.connect(self.gone)
        head.addWidget(remove)
        column.addLayout(head)
        column.addWidget(rule)
        rule.edited.connect(self.edited)

    @property
    def name(self) -> str:
        """What it is about, codes joined by a slash."""
        return "/".join(code for code in (str(box.currentData() or "") for box in self.subjects) if code)

    def show_name(self, name: str) -> None:
        """Say what it is about."""
        for box, code in zip(self.subjects, [*name.split("/"), "", ""], strict=False):
            box.setCurrentIndex(max(0, box.findData(code)))


class RuleList(Themed):
    """Rules by product or diagnosis, with *Add*."""

    edited = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        subjects: Sequence[Named],
        make: Callable[[], RuleField],
        first: RuleValue,
        parent: QWidget | None = None,
    ) -> None:
        """``make`` builds the input of one rule, ``first`` is what a new one says."""
        super().__init__(keeper, parent)
        self._subjects, self._make, self._first = subjects, make, first
        self.lines: list[RuleLine] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        column.addLayout(self._column)
        self.add = LinkButton(keeper, translate("Add another"), self)
        self.add.clicked.connect(self._added)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.add)

    @property
    def value(self) -> dict[str, RuleValue]:
        """Every rule by what it is about.

        Raises:
            RuleBroken: ``setting_twice`` where two lines are about the same.
        """
        found: dict[str, RuleValue] = {}
        for line in self.lines:
            if line.name in found:
                raise RuleBroken("rules", "setting_twice")
            found[line.name] = line.rule.value
        return found

    def show_value(self, rules: Mapping[str, RuleValue]) -> None:
        """Show these rules."""
        for line in tuple(self.lines):
            self._remove(line)
        for name, rule in rules.items():
            self._append(name, rule)

    def _added(self) -> None:
        line = self._append("", self._first)
        line.subjects[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _append(self, name: str, rule: RuleValue) -> RuleLine:
        line = RuleLine(self.keeper, self._subjects, self._make(), self)
        line.show_name(name)
        match line.rule, rule:
            case SpanField() as field, Span() as span:
                field.show_value(span)
            case PlanField() as field, ReinjectionPlan() as plan:
                field.show_value(plan)
            case LengthField() as field, int() as minutes:
                field.show_value(minutes)
        line.edited.connect(self.edited)
        line.gone.connect(lambda: self._taken_away(line))
        self.lines.append(line)
        self._column.addWidget(line)
        return line

    def _taken_away(self, line: RuleLine) -> None:
        self._remove(line)
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _remove(self, line: RuleLine) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


class DaysField(QPlainTextEdit):
    """Single days, one on each line, as people write them."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.setTabChangesFocus(True)

    @property
    def value(self) -> frozenset[date]:
        """The days.

        Raises:
            RuleBroken: a line that is no whole day.
        """
        reading = DateReading(self._today(), months=[translate(month) for month in MONTHS])
        lines = [line for line in self.toPlainText().splitlines() if line.strip()]
        return frozenset(read_date(line, reading, field="closed_days").day for line in lines)

    def show_value(self, days: Iterable[date]) -> None:
        """Show these days, in order."""
        self.setPlainText("\n".join(day_words(one) for one in sorted(days)))
