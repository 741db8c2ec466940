"""The visit sheet: what was given today, to which diagnoses, and what was asked before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.drafts import DraftKind
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.not_injected import untreated_of
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Appointment
from clinic_app.domain.treatment import CHECKLIST, InjectionSession, RuleWarning, SessionDetails, VisitDetails
from clinic_app.domain.units import plain, total_by_product
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.treatment.later_bookings import LaterBookingsSheet
from clinic_app.ui.treatment.session_block import SessionBlock, case_name
from clinic_app.ui.treatment.untreated import UntreatedQuestion
from clinic_app.ui.widgets import Button, ChoiceRow, DateField, FormField, LinkButton, Plane, TextLabel
from clinic_app.ui.widgets.form_field import Remark
from clinic_app.ui.widgets.key_table import KeyTable
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import product_words
from clinic_app.wording.visits import question_words, source_words, warning_words

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues
    from clinic_app.services import Services

WAIT_MS = 150
WIDTH = 740
YES, NO = "yes", "no"


class ChecklistField(QWidget):
    """The questions asked at every visit; nothing is answered beforehand, one key answers *none of these*."""

    valueChanged = Signal()  # noqa: N815 - the name side sheets watch
    elsewhere_asked = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.none = Button(
            keeper, translate("None of these, asked today"), icon="check", key="Alt N", small=True, parent=self
        )
        self.none.setToolTip("Alt+N")
        self.none.clicked.connect(self.answer_none)
        self.choices: dict[str, ChoiceRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(5))
        head = QHBoxLayout()
        head.addWidget(self.none)
        head.addStretch(1)
        column.addLayout(head)
        for code in CHECKLIST:
            question = question_words(code)
            choice = ChoiceRow(keeper, [(NO, translate("No")), (YES, translate("Yes"))], question, optional=True)
            choice.setFixedWidth(keeper.px(150))
            choice.chosen.connect(self._answered)
            row = QHBoxLayout()
            row.setSpacing(keeper.px(8))
            row.addWidget(TextLabel(keeper, question, parent=self, wrap=True), 1)
            row.addWidget(choice)
            column.addLayout(row)
            self.choices[code] = choice
        self.elsewhere = LinkButton(keeper, translate("Enter what was given elsewhere…"), self)
        self.elsewhere.clicked.connect(self.elsewhere_asked)
        self.elsewhere.hide()
        column.addWidget(self.elsewhere)
        self.setFocusProxy(self.none)

    @property
    def answers(self) -> tuple[tuple[str, bool], ...]:
        """The questions answered, True for yes."""
        return tuple((code, choice.code == YES) for code, choice in self.choices.items() if choice.code)

    def set_answers(self, answers: Mapping[str, bool]) -> None:
        """Show answers that were given before; questions that are not among them stay open."""
        for code, choice in self.choices.items():
            choice.choose(None if code not in answers else YES if answers[code] else NO)
        self._answered()

    @property
    def complete(self) -> bool:
        """Whether every question was answered."""
        return all(choice.code for choice in self.choices.values())

    def answer_none(self) -> None:
        """Answer every question with no."""
        for choice in self.choices.values():
            choice.choose(NO)
        self._answered()

    def _answered(self, *_: object) -> None:
        self.elsewhere.setVisible(self.choices["toxin_elsewhere"].code == YES)
        self.valueChanged.emit()


class WarningsPanel(Plane):
    """Always in sight above the buttons: the dose of each product, and the rules it would break."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, "sunken", parent, edge=Qt.Edge.TopEdge)
        self._total = TextLabel(keeper, "", Style.TILE_NUMBER, "text", self)
        self._label = TextLabel(keeper, translate("Total today"), Style.SECONDARY, "text2", self)
        row = QHBoxLayout()
        row.addWidget(self._label)
        row.addStretch(1)
        row.addWidget(self._total)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(keeper.px(24), keeper.px(8), keeper.px(24), keeper.px(8))
        self._column.setSpacing(keeper.px(4))
        self._column.addLayout(row)
        self._lines: list[QWidget] = []
        self.warnings: tuple[RuleWarning, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What the warnings say."""
        return tuple(line.words for line in self._lines if isinstance(line, Remark))

    def show_total(self, words: str) -> None:
        """Show the dose of each product."""
        self._total.setText(words)
        self._label.setVisible(bool(words))
        self.setVisible(bool(words) or bool(self._lines))

    def show_warnings(self, warnings: tuple[RuleWarning, ...], catalogues: Catalogues) -> None:
        """Show what the rules say."""
        self.warnings = warnings
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = []
        for warning in warnings:
            first, second = warning_words(warning, catalogues)
            line = Remark(self.keeper, self)
            hard = bool(warning.params.get("hard")) or warning.code == "given_before_earliest"
            icon, ink = ("circle-alert", "danger") if hard else ("triangle-alert", "warning")
            line.show_words(f"{first} {second}", icon, ink)
            line.setToolTip(source_words(warning.source, catalogues))
            self._column.addWidget(line)
            self._lines.append(line)
        self.setVisible(bool(self._total.text()) or bool(self._lines))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the sheet reads before it opens. ``doctor``: who works, where that is a doctor."""

    page: CasePage
    injectors: tuple[str, ...]
    doctor: str


class VisitSheet(RecordSheet):
    """Record a visit. Ctrl+Enter gives and finalises, Ctrl+Shift+Enter saves as given, Ctrl+R repeats the last."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int, case_id: int = 0) -> None:
        super().__init__(context, host, translate("Record injection"), save=translate("Give and finalise"))
        keeper = context.theme
        self._patient_id, self._case_id = patient_id, case_id
        self._page: CasePage | None = None
        self._finalise = True
        self.blocks: dict[int, SessionBlock] = {}
        self._ticks: dict[int, QCheckBox] = {}
        self.day = DateField(keeper, context.today, name="date", toward=Toward.PAST, latest=context.today())
        self.day.edited.connect(self._day_changed)
        self.injector = QComboBox()
        self.injector.setEditable(True)
        self.batch = QLineEdit()
        self.batch.setPlaceholderText(translate("from the vial"))
        self.add_row(
            FormField(keeper, "date", translate("Day"), self.day, required=True),
            FormField(keeper, "injector", translate("Injector"), self.injector),
            FormField(keeper, "batch", translate("Batch no."), self.batch),
        )
        self._treated = QVBoxLayout()
        self._treated.setSpacing(keeper.px(4))
        self.body.addLayout(self._treated)
        self._blocks_box = QVBoxLayout()
        self._blocks_box.setSpacing(keeper.px(12))
        self.body.addLayout(self._blocks_box)
        self.reason = QLineEdit()
        self.decided_by = QLineEdit()
        self._reason_field = FormField(keeper, "reason", translate("Reason for giving it all the same"), self.reason)
        self._decided_field = FormField(keeper, "decided_by", translate("Doctor who decided"), self.decided_by)
        self.add_row(self._reason_field, self._decided_field)
        self._show_reason(needed=False)
        self.add_section(translate("Asked today"))
        self.checklist = ChecklistField(keeper)
        self.checklist.elsewhere_asked.connect(lambda: context.intents.external.emit(patient_id, 0))
        self.add_field(FormField(keeper, "checklist", translate("Before the injection"), self.checklist))
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "notes", translate("Notes"), self.notes))
        self.untreated = UntreatedQuestion(self, context.today)
        self.warnings = WarningsPanel(keeper, self)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(column.count() - 1, self.warnings)
        self.warnings.hide()
        self.given = Button(keeper, translate("Save as given"), tip="Ctrl+Shift+Enter", parent=self)
        self.given.clicked.connect(self.save_as_given)
        keep_to_roles(context, self.save_button, Action.SIGN_INJECTION)
        self._foot_line.insertWidget(2, self.given)
        QWidget.setTabOrder(self._cancel, self.given)
        QWidget.setTabOrder(self.given, self.save_button)
        self._keys = KeyTable(self)
        self._keys.add("Ctrl+R", self.repeat_last)
        for keys, act in (
            ("Ctrl+Shift+Return", self.save_as_given),
            ("Ctrl+Shift+Enter", self.save_as_given),
            ("Alt+N", self.checklist.answer_none),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._ask_preview)
        context.tasks.changed.connect(self._record_changed)
        self.keeps_drafts(DraftKind.VISIT, patient_id)

    def begin(self) -> None:
        """Read the patient and the injectors, fill, slide in."""
        patient_id = self._patient_id

        def read(services: Services) -> _Known:
            user = services.clinic.user
            doctor = user.name if Role.DOCTOR in user.roles else ""
            return _Known(services.patients.page(patient_id), services.schedule.injectors(), doctor)

        self.read_first(read, self._show)

    def ask_save(self) -> None:
        """Give and finalise; who may never finalise is told who may, and saves as given instead."""
        if not self.context.refuse(Action.SIGN_INJECTION):
            super().ask_save()

    def save(self) -> None:
        """Give and finalise."""
        self._record(finalise=True)

    def save_as_given(self) -> None:
        """Save what was given; the doctor finalises it later."""
        if self.isVisible() and not self.busy and not self.context.refuse(Action.DRAFT_INJECTION):
            self.banner.clear()
            self._record(finalise=False)

    def repeat_last(self, case_id: int = 0) -> None:
        """Copy each diagnosis' own last session of the product chosen: sites and units, not batch nor checklist."""
        for block in self.blocks.values():
            if not case_id or block.case_id == case_id:
                self._repeat(block)

    def details(self) -> VisitDetails:
        """What was entered. Raises ``RuleBroken`` beside its field."""
        day = self.day.take()
        sessions = tuple(block.details() for block in self.blocks.values())
        if not sessions:
            raise RuleBroken("diagnoses", "no_case")
        if day == self.context.today() and not self.checklist.complete:
            raise RuleBroken("checklist", "checklist_not_answered")
        return VisitDetails(
            day,
            sessions,
            self.injector.currentText().strip(),
            self.batch.text().strip(),
            self.checklist.answers,
            self.reason.text().strip(),
            self.decided_by.text().strip(),
            self.notes.toPlainText().strip(),
        )

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields."""
        return {
            "day": self.day.line.text(),
            "injector": self.injector.currentText(),
            "batch": self.batch.text(),
            "cases": {str(case_id): block.draft() for case_id, block in self.blocks.items()},
            "reason": self.reason.text(),
            "decided_by": self.decided_by.text(),
            "checklist": dict(self.checklist.answers),
            "notes": self.notes.toPlainText(),
            "untreated": self.untreated.draft(),
        }

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before; a diagnosis that is gone since is left out."""
        said: Any = content
        self.day.set_words(str(said["day"]))
        self.injector.setCurrentText(str(said["injector"]))
        self.batch.setText(str(said["batch"]))
        cases = {int(case_id): kept for case_id, kept in said["cases"].items()}
        for summary in self._page.cases if self._page is not None else ():
            case_id = summary.case.id
            if case_id in self._ticks:
                self._ticks[case_id].setChecked(case_id in cases)
            else:
                self._treat(summary, case_id in cases)
            if case_id in self.blocks:
                self.blocks[case_id].take_draft(cases[case_id])
        self.reason.setText(str(said["reason"]))
        self.decided_by.setText(str(said["decided_by"]))
        self.checklist.set_answers(said["checklist"])
        self.notes.setPlainText(str(said["notes"]))
        self.untreated.take_draft(said.get("untreated") or {})
        self._edited()

    def event(self, event: QEvent) -> bool:
        """Keys of the sheet."""
        keys: KeyTable | None = getattr(self, "_keys", None)
        return (keys is not None and keys.handle(event)) or super().event(event)

    def show_problem(self, name: str, sentence: str) -> None:
        """Beside its field; a field of a session is looked for in the first block."""
        if name in ("reason", "decided_by"):
            self._show_reason(needed=True)
        if self.field(name) is None and self.blocks:
            first = next(iter(self.blocks))
            name = f"{name}_{first}" if self.field(f"{name}_{first}") is not None else name
        super().show_problem(name, sentence)

    def _settle(self) -> None:
        """Wider than other sheets: a line of a site needs the room."""
        width = min(self.keeper.px(WIDTH), self._host.width())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setGeometry(QRect(0 if rtl else self._host.width() - width, 0, width, self._host.height()))

    def _show(self, known: _Known) -> None:
        page = self._page = known.page
        self.set_title(translate("Record injection"), f"{page.patient.name} · {page.patient.mrn}")
        self.day.set_day(self.context.today())
        self.injector.clear()
        self.injector.addItems(list(known.injectors))
        self.injector.setCurrentText(_last_injector(page) or known.doctor)
        active = [one for one in page.cases if one.answer.stop is None] or list(page.cases)
        chosen = self._case_id or (active[0].case.id if active else 0)
        if len(page.cases) > 1:
            self._treated.addWidget(
                TextLabel(self.keeper, translate("Diagnoses treated today"), Style.CHIP, "text2", self)
            )
            for summary in page.cases:
                tick = QCheckBox(case_name(self.context, summary))
                tick.setChecked(summary.case.id == chosen)
                tick.toggled.connect(lambda on, summary=summary: self._treat(summary, on))
                self.watch(tick)
                self._treated.addWidget(tick)
                self._ticks[summary.case.id] = tick
        for summary in page.cases:
            if summary.case.id == chosen:
                self._treat(summary, True)

    def _treat(self, summary: CaseSummary, on: bool) -> None:
        case_id = summary.case.id
        if on and case_id not in self.blocks:
            block = SessionBlock(self.context, self, summary)
            block.changed.connect(self._edited)
            block.repeat.clicked.connect(lambda: self.repeat_last(case_id))
            if self.day.day is not None:
                block.set_day(self.day.day)
            self.blocks[case_id] = block
            order = [one.case.id for one in (self._page.cases if self._page else ()) if one.case.id in self.blocks]
            self.blocks = {one: self.blocks[one] for one in order}
            self._blocks_box.insertWidget(order.index(case_id), block)
            self._order_tabs()
        elif not on and case_id in self.blocks:
            block = self.blocks.pop(case_id)
            for field in block.fields:
                self._fields.pop(field.name, None)
            self._blocks_box.removeWidget(block)
            block.hide()
            block.deleteLater()
        self._edited()

    def _order_tabs(self) -> None:
        before: QWidget = next(reversed(self._ticks.values()), self.batch)
        for block in self.blocks.values():
            chain = [
                block.repeat,
                block.product,
                block.vial,
                block.dilution,
                block.mode,
                block.sites.rows[0].muscle.line,
                block.sites.rows[0].side,
                block.sites.rows[0].units.line,
            ]
            for widget in chain:
                QWidget.setTabOrder(before, widget)
                before = widget

    def _repeat(self, block: SessionBlock) -> None:
        case_id, product = block.case_id, block.product_code or None

        def read(services: Services) -> InjectionSession | None:
            return services.treatment.last_session(case_id, product)

        def deliver(session: InjectionSession | None) -> None:
            if self.blocks.get(case_id) is not block:
                return
            if session is None:
                name = product_words(product, self.context.catalogues)
                words = translate("{name} never had {product}: there is nothing to repeat.")
                self.banner.show_words(words.format(name=block.name, product=name))
                return
            block.show_session(session)
            self.mark_changed()

        self.context.tasks.ask(read, deliver, owner=self, failed=self.show_refusal)

    def _record(self, *, finalise: bool) -> None:
        self.clear_problems()
        try:
            details = self.details()
            plan = self.untreated.plan()
        except ClinicError as error:
            self.show_refusal(error)
            return
        patient_id = self._patient_id
        case_ids = tuple(session.case_id for session in details.sessions)

        def record(services: Services) -> Changes:
            return services.treatment.record(patient_id, details, finalise, plan)

        words = translate("Given and finalised") if finalise else translate("Saved as given, not finalised")
        if self.untreated.asked and plan is None:
            words += translate(". The diagnosis not treated keeps its booking of that day")
        self.write(record, words, lambda _: self._ask_later(case_ids, details.day))

    def _ask_later(self, case_ids: tuple[int, ...], day: date) -> None:
        page, context, host = self._page, self.context, self._host

        def read(services: Services) -> tuple[int, ...]:
            return services.treatment.later_bookings(case_ids, day)

        def deliver(found: tuple[int, ...]) -> None:
            bookings = [one for one in (page.appointments if page is not None else ()) if one.id in found]
            if bookings and page is not None:
                open_later_bookings(context, host, page.patient.name, bookings)

        context.tasks.ask(read, deliver, owner=host, failed=lambda _: None)

    def _day_changed(self) -> None:
        if self.day.day is not None:
            for block in self.blocks.values():
                block.set_day(self.day.day)
        self._edited()

    def _edited(self) -> None:
        totals = total_by_product(block.total() for block in self.blocks.values() if block.total().amount)
        words = [
            translate("{product} {units} U").format(
                product=product_words(product, self.context.catalogues), units=plain(dose.amount)
            )
            for product, dose in totals.items()
            if dose.amount
        ]
        self.warnings.show_total(" · ".join(words))
        self._ask_untreated()
        self._wait.start()

    def _ask_untreated(self) -> None:
        page = self._page
        if page is None:
            return
        day = self.day.day
        left = untreated_of(page.appointments, tuple(self.blocks), day)
        self.untreated.ask([case_name(self.context, one) for one in page.cases if one.case.id in left], day)

    def _ask_preview(self) -> None:
        day = self.day.day
        sessions: tuple[SessionDetails, ...] = tuple(
            found for found in (block.readable() for block in self.blocks.values()) if found is not None
        )
        bare = tuple(
            SessionDetails(block.case_id, block.product_code or None)
            for block in self.blocks.values()
            if block.readable() is None
        )
        if not self.context.open:
            return
        if day is None or not (sessions or bare):
            self._show_warnings(())
            return
        patient_id = self._patient_id
        details = VisitDetails(day, (*sessions, *bare))

        def read(services: Services) -> tuple[RuleWarning, ...]:
            return services.treatment.preview(patient_id, details)

        self.context.tasks.ask(read, self._show_warnings, owner=self, key="preview", failed=lambda _: None)

    def _show_warnings(self, warnings: tuple[RuleWarning, ...]) -> None:
        self.warnings.show_warnings(warnings, self.context.catalogues)
        today = self.day.day == self.context.today()
        needed = any(one.code == "given_before_earliest" or one.params.get("hard") for one in warnings)
        self._show_reason(needed=today and needed)

    def _show_reason(self, *, needed: bool) -> None:
        shown = needed or bool(self.reason.text().strip() or self.decided_by.text().strip())
        for field in (self._reason_field, self._decided_field):
            field.setVisible(shown)
            field.set_required(needed)

    def _record_changed(self, changes: Changes) -> None:
        if self.isVisible() and not self.busy and Topic.TREATMENT in changes.topics:
            self._wait.start()


def _last_injector(page: CasePage) -> str | None:
    newest = max(page.visits, key=lambda visit: (visit.day, visit.id), default=None)
    return newest.injector if newest is not None else None


def open_later_bookings(
    context: UiContext, host: QWidget, name: str, bookings: list[Appointment]
) -> LaterBookingsSheet:
    """Ask about bookings that lie after an injection; the sheet deletes itself."""
    sheet = LaterBookingsSheet(context, host, name, bookings)
    sheet.closed.connect(sheet.deleteLater)
    sheet.begin()
    return sheet
