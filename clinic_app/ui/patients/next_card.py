"""The card of the next injection: for every diagnosis the three dates, and why."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.schedule import Flag
from clinic_app.domain.why import CaseWhy
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_lines, interval_of
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Card, ElidedLabel, IntervalBar, LinkButton, Rule, TextLabel
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.calendar import between_words, short_day
from clinic_app.wording.cases import level_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import why_sentence
from clinic_app.wording.why import set_sentence, status_sentence


class NextRow(QWidget):
    """One diagnosis: bar, not before / due from / due until, *Why?*, and its menu."""

    menu_asked = Signal(int, object)
    decide_asked = Signal(int)

    def __init__(self, context: UiContext, summary: CaseSummary, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        keeper = self._keeper = context.theme
        case_id = summary.case.id
        window = summary.answer.window
        name, detail = diagnosis_lines(context.catalogues, summary.case)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(keeper, name, Style.NAME, parent=self))
        plan = translate("{span} ({level})").format(
            span=between_words(summary.plan.opens_after, summary.plan.closes_after),
            level=level_words(summary.plan_level),
        )
        names.addWidget(TextLabel(keeper, detail or plan, Style.SECONDARY, "text2", self, wrap=True))
        head = QHBoxLayout()
        head.setSpacing(keeper.px(16))
        left = QWidget(self)
        left.setLayout(names)
        names.setContentsMargins(0, 0, 0, 0)
        left.setFixedWidth(keeper.px(168))
        head.addWidget(left)
        dates = QHBoxLayout()
        dates.setSpacing(keeper.px(18))
        stopped = summary.answer.stop is not None
        for words, day in (
            (translate("Not before"), window.earliest),
            (translate("Due from"), window.opens),
            (translate("Due until"), window.closes),
        ):
            if not stopped:
                dates.addLayout(self._date(context, words, day, today))
        if stopped:
            told = translate("Nothing is due while it is stopped")
            dates.addWidget(TextLabel(keeper, told, Style.BODY, "text2", self))
        elif window.come_on is not None:
            dates.addLayout(self._date(context, translate("Come on"), window.come_on, today))
        head.addLayout(dates)
        bar = IntervalBar(keeper, self)
        interval, span = interval_of(summary, today)
        labels: list[tuple[float, str]] = []
        if window.last is not None and span:
            labels = [(0.0, short_day(window.last.day, today))]
        bar.show_interval(interval, tuple(labels), self._sentence(summary))
        bar.setMinimumWidth(keeper.px(90))
        bar.setVisible(not stopped)
        if stopped:
            head.addStretch(1)
        head.addWidget(bar, 1)
        self.why = LinkButton(keeper, translate("Why?"), self)
        self.why.setAccessibleName(translate("Why these dates? {name}").format(name=name))
        self.why.setCheckable(True)
        self.why.toggled.connect(self._explain)
        head.addWidget(self.why)
        if Flag.ASK_DOCTOR in summary.answer.flags:
            decide = LinkButton(keeper, translate("Decide…"), self)
            decide.clicked.connect(lambda: self.decide_asked.emit(case_id))
            keep_to_roles(context, decide, Action.EDIT_RECORD)
            head.addWidget(decide)
        menu = LinkButton(keeper, "⋯", self)
        menu.setAccessibleName(translate("More about {name}").format(name=name))
        menu.setToolTip(translate("More"))
        menu.clicked.connect(lambda: self.menu_asked.emit(case_id, menu))
        head.addWidget(menu)
        self._reasons = QWidget(self)
        grid = QGridLayout(self._reasons)
        grid.setContentsMargins(0, keeper.px(4), 0, keeper.px(2))
        grid.setHorizontalSpacing(keeper.px(12))
        grid.setVerticalSpacing(keeper.px(3))
        grid.setColumnStretch(1, 1)
        sentences = [
            (translate("Not before"), why_sentence(window.why_earliest, context.catalogues)),
            (translate("Due from"), why_sentence(window.why_opens, context.catalogues)),
            (translate("Due until"), why_sentence(window.why_closes, context.catalogues)),
            (translate("Plan"), plan),
        ]
        self._grid, self._listed = grid, len(sentences)
        self._context, self._case_id = context, case_id
        for place, (words, sentence) in enumerate(sentences):
            grid.addWidget(TextLabel(keeper, words, Style.SECONDARY, "text2", self._reasons), place, 0)
            label = TextLabel(keeper, sentence, Style.SECONDARY, "text", self._reasons, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, place, 1)
        self._reasons.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._reasons)

    def _date(self, context: UiContext, words: str, day: date | None, today: date) -> QVBoxLayout:
        keeper = context.theme
        answer = QVBoxLayout()
        answer.setSpacing(0)
        answer.addWidget(TextLabel(keeper, words, Style.CAPTION, "text2", self))
        label = TextLabel(keeper, "–" if day is None else short_day(day, today), Style.NAME, "text", self)
        label.setToolTip("" if day is None else weekday_day(day))
        answer.addWidget(label)
        return answer

    def _sentence(self, summary: CaseSummary) -> str:
        window = summary.answer.window
        if window.last is None or window.opens is None or window.closes is None:
            return translate("No injection of this diagnosis yet")
        return translate("Last injection {last}, due from {opens} to {closes}").format(
            last=weekday_day(window.last.day), opens=weekday_day(window.opens), closes=weekday_day(window.closes)
        )

    def _explain(self, on: bool) -> None:
        self.why.setText(translate("Hide") if on else translate("Why?"))
        self._reasons.setVisible(on)
        if on and self._grid.rowCount() <= self._listed:
            case_id = self._case_id
            self._context.tasks.ask(lambda s: s.reasons.of_case(case_id), self._tell, owner=self, failed=lambda _: None)

    def _tell(self, known: CaseWhy) -> None:
        """Below the dates: where the status comes from, and who set what they follow from."""
        keeper = self._keeper
        told = [(translate("Status"), status_sentence(known.status))]
        told += [(translate("Set by"), set_sentence(one)) for one in known.set_by]
        for place, (words, sentence) in enumerate(told, self._listed):
            self._grid.addWidget(TextLabel(keeper, words, Style.SECONDARY, "text2", self._reasons), place, 0)
            label = TextLabel(keeper, sentence, Style.SECONDARY, "text", self._reasons, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, place, 1)


class NextCard(Card):
    """All diagnoses of a patient with their next injection."""

    menu_asked = Signal(int, object)
    decide_asked = Signal(int)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(keeper.px(16), keeper.px(10), keeper.px(12), keeper.px(10))
        self._column.setSpacing(keeper.px(8))
        self._parts: list[QWidget] = []
        self.rows: list[NextRow] = []
        self._patient_id = 0

    def show_page(self, page: CasePage) -> None:
        """Show a patient's diagnoses; the *why* that was open stays open."""
        same = self._patient_id == page.patient.id
        self._patient_id = page.patient.id
        opened = {place for place, row in enumerate(self.rows) if row.why.isChecked()} if same else set()
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts, self.rows = [], []
        for place, summary in enumerate(page.cases):
            if place:
                rule = Rule(self._context.theme, self)
                self._parts.append(rule)
                self._column.addWidget(rule)
            row = NextRow(self._context, summary, page.today, self)
            row.menu_asked.connect(self.menu_asked)
            row.decide_asked.connect(self.decide_asked)
            row.why.setChecked(place in opened)
            self.rows.append(row)
            self._parts.append(row)
            self._column.addWidget(row)
        self.setVisible(bool(page.cases))
