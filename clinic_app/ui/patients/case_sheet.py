"""The diagnosis sheet: a condition of a patient, its side, causes and plan, and how it stands to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.calendar import Span
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.cases import Case, CaseDetails, PlanLevel, ReinjectionPlan, Side
from clinic_app.domain.catalogues import Catalogues, SideRule
from clinic_app.domain.changes import Changes
from clinic_app.domain.conflicts import values_of
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import ChoiceRow, FilterChip, FlowLayout, FormField, TextLabel
from clinic_app.ui.widgets.picker import Choice, PickerField
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.calendar import between_words
from clinic_app.wording.cases import level_words, side_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

TOGETHER, SEPARATE = "together", "separate"
OF_PLAN, OWN, PATIENT = "clinic", "own", "patient"
"""Whose the plan is that the sheet edits: nobody's (the clinic's rules hold), the diagnosis's, the patient's."""


class CausesField(QWidget):
    """Several causes: typed, found, shown as chips."""

    valueChanged = Signal()  # noqa: N815 - the name side sheets watch

    def __init__(self, keeper: ThemeKeeper, catalogues: Catalogues, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._catalogues = catalogues
        self._codes: list[str] = []
        self.picker = PickerField(
            keeper,
            translate("Wilson disease, stroke, tardive…"),
            translate("Causes"),
            clear_after=True,
            rescue=lambda text: match.cause.code if (match := catalogues.find_cause(text)) else None,
            parent=self,
        )
        self.picker.set_choices(
            [
                Choice(cause.code, cause.name, "" if cause.is_dystonia_cause else translate("not a cause of dystonia"))
                if not cause.aliases
                else Choice(cause.code, cause.name, "", cause.aliases)
                for cause in catalogues.causes.values()
            ]
        )
        self.picker.picked.connect(self._add)
        self._chips = QWidget(self)
        FlowLayout(self._chips, keeper.px(6))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chips.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(6))
        column.addWidget(self._chips)
        column.addWidget(self.picker)
        self.setFocusProxy(self.picker.line)
        self._build()

    @property
    def codes(self) -> tuple[str, ...]:
        """The causes taken."""
        return tuple(self._codes)

    def set_codes(self, codes: tuple[str, ...]) -> None:
        """Show these."""
        self._codes = list(codes)
        self._build()

    def _add(self, code: str) -> None:
        if code not in self._codes:
            self._codes.append(code)
        self._build()
        self.valueChanged.emit()

    def _drop(self, code: str) -> None:
        self._codes.remove(code)
        self._build()
        self.picker.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.valueChanged.emit()

    def _build(self) -> None:
        layout = self._chips.layout()
        if layout is None:
            return
        while layout.count():
            item = layout.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        for code in self._codes:
            cause = self._catalogues.causes.get(code)
            name = cause.name if cause is not None else code
            chip = FilterChip(self._keeper, name, translate("Remove {words}").format(words=name), self._chips)
            chip.removed.connect(lambda code=code: self._drop(code))
            layout.addWidget(chip)
            chip.show()
        self._chips.setVisible(bool(self._codes))
        self._chips.updateGeometry()


class CaseSheet(RecordSheet):
    """A new diagnosis of a patient, or what is known of one."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int, case_id: int = 0) -> None:
        title = translate("Edit diagnosis") if case_id else translate("Add diagnosis")
        super().__init__(context, host, title, save="" if case_id else translate("Add diagnosis"))
        keeper, catalogues = context.theme, context.catalogues
        self._patient_id, self._case_id = patient_id, case_id
        self._case: Case | None = None
        self._others: dict[int, ChoiceRow] = {}
        self._patient_plan: ReinjectionPlan | None = None
        self._usual: tuple[ReinjectionPlan, PlanLevel] | None = None
        self.condition = PickerField(
            keeper,
            translate("Type a name: blepharospasm, torticollis, writer…"),
            translate("Condition"),
            rescue=self._rescue,
        )
        self.condition.set_choices(condition_choices(catalogues))
        self.condition.valueChanged.connect(self._condition_changed)
        self.add_field(FormField(keeper, "condition", translate("Condition"), self.condition, required=True))
        self._said = TextLabel(keeper, "", Style.SECONDARY, "text2", wrap=True)
        self.add_widget(self._said)
        self._side_place = QVBoxLayout()
        self.body.addLayout(self._side_place)
        self.side: ChoiceRow | None = None
        self._side_field: FormField[ChoiceRow] | None = None
        self.pattern = QComboBox()
        self.pattern_field = FormField(keeper, "pattern", translate("Pattern"), self.pattern, width=280)
        self.add_field(self.pattern_field)
        self.onset = QLineEdit()
        self.onset.setPlaceholderText(translate("2016, at age 43, after the fall…"))
        self.add_field(FormField(keeper, "onset", translate("Onset"), self.onset))
        self.causes = CausesField(keeper, catalogues)
        self.add_field(FormField(keeper, "causes", translate("Causes"), self.causes))
        self.add_section(translate("Plan"))
        self.plan_choice = ChoiceRow(
            keeper,
            [
                (OF_PLAN, translate("As usual here")),
                (OWN, translate("Own, this diagnosis")),
                (PATIENT, translate("Own, all diagnoses")),
            ],
            translate("Window of the next injection"),
        )
        self.plan_choice.chosen.connect(lambda _: self._plan_changed())
        self.plan_field = FormField(keeper, "plan", translate("Window of the next injection"), self.plan_choice)
        self.add_field(self.plan_field)
        self.opens, self.closes = QLineEdit(), QLineEdit()
        self.opens.setPlaceholderText("12 w")
        self.closes.setPlaceholderText("16 w")
        for line in (self.opens, self.closes):
            line.textEdited.connect(lambda _: self._plan_changed())
        self._opens_field = FormField(keeper, "opens_after", translate("Opens after"), self.opens)
        self._closes_field = FormField(keeper, "closes_after", translate("Closes after"), self.closes)
        self.add_row(self._opens_field, self._closes_field)
        self._together = QVBoxLayout()
        self._together.setSpacing(keeper.px(10))
        self.body.addLayout(self._together)
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "notes", translate("Notes"), self.notes))

    def begin(self) -> None:
        """Read the patient's diagnoses, fill, slide in."""
        patient_id = self._patient_id

        def read(services: Services) -> tuple[CasePage, ReinjectionPlan | None]:
            return services.patients.page(patient_id), services.cases.patient_plan(patient_id)

        self.read_first(read, lambda answer: self._show(*answer))

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        try:
            details, separate, plan = self.details(), self.separate(), self._plan_of_patient()
        except ClinicError as error:
            self.show_refusal(error)
            return
        name = self.context.catalogues.conditions[details.condition].name
        patient_id, case = self._patient_id, self._case
        replanned = plan != self._patient_plan
        if case is None:

            def add(services: Services) -> Changes:
                made = services.cases.add(patient_id, details, separate)
                if replanned:
                    services.cases.set_patient_plan(patient_id, plan)
                    made = replace(made, undo=None)
                return made

            self.write(add, translate("{name} added").format(name=name))
            return
        toggled = [(other, other in separate) for other in self._others]
        before = case.independent_of
        case_id, version = case.id, case.version

        def change(services: Services) -> Changes:
            found = services.cases.change(case_id, details, version)
            topics, undo = found.topics, found.undo
            for other, independent in toggled:
                if (other in before) != independent:
                    topics |= services.cases.set_independent(case_id, other, independent).topics
                    undo = None
            if replanned:
                topics |= services.cases.set_patient_plan(patient_id, plan).topics
                undo = None
            return replace(found, topics=topics, undo=undo)

        self.write(change, translate("{name} saved").format(name=name))

    def adopt_version(self, version: int) -> None:
        """Save over what somebody else saved."""
        if self._case is not None:
            self._case = replace(self._case, version=version)

    def take_theirs(self, values: Mapping[str, object]) -> None:
        """Show what somebody else saved in these fields; a window that is not among them stays as it was chosen."""
        if self._case is None:
            return
        said: Any = values
        merged = replace(self.details(), **said)
        self._case = replace(self._case, details=merged)
        self._fill(merged)
        if "plan" in values:
            self._show_plan(merged.plan)
        self._plan_changed()

    def details(self) -> CaseDetails:
        """What was entered. Raises ``RuleBroken`` beside its field."""
        code = self.condition.code
        if code is None:
            raise RuleBroken("condition", "condition_not_chosen", text=self.condition.words)
        rule = self.context.catalogues.conditions[code].side_rule
        side = Side(self.side.code) if self.side is not None and self.side.code else None
        if rule is SideRule.BILATERAL:
            side = Side.BILATERAL
        if side is None and rule.required:
            raise RuleBroken("side", "side_missing", condition=self.context.catalogues.conditions[code].name)
        base = self._case.details if self._case is not None else CaseDetails(code)
        return replace(
            base,
            condition=code,
            side=side,
            pattern=str(self.pattern.currentData() or "") if self.pattern.count() > 1 else self._kept_pattern(code),
            onset=self.onset.text().strip(),
            causes=self.causes.codes,
            plan=self._typed_plan() if self.plan_choice.code == OWN else None,
            notes=self.notes.toPlainText().strip(),
        )

    def separate(self) -> tuple[int, ...]:
        """The other diagnoses this one does not wait for. Raises ``RuleBroken`` where it was not answered."""
        for other, choice in self._others.items():
            if choice.code is None:
                raise RuleBroken(f"independent_{other}", "together_or_separate")
        return tuple(other for other, choice in self._others.items() if choice.code == SEPARATE)

    def show_refusal(self, error: ClinicError) -> None:
        """A plan is said beside its close, a span beside its own line."""
        if isinstance(error, RuleBroken) and error.field == "plan":
            error = RuleBroken("closes_after", error.code, **error.params)
        super().show_refusal(error)

    def _rescue(self, text: str) -> str | None:
        match = self.context.catalogues.find_condition(text)
        return match.condition.code if match is not None else None

    def _kept_pattern(self, code: str) -> str:
        case = self._case
        return case.details.pattern if case is not None and case.condition == code else ""

    def _plan_of_patient(self) -> ReinjectionPlan | None:
        """The plan of the patient after saving: as typed, gone with *as usual here*, else untouched."""
        match self.plan_choice.code:
            case code if code == PATIENT:
                return self._typed_plan()
            case code if code == OWN:
                return self._patient_plan
            case _:
                return None

    def _typed_plan(self) -> ReinjectionPlan:
        return ReinjectionPlan(_span(self.opens, "opens_after"), _span(self.closes, "closes_after")).checked()

    def _show(self, page: CasePage, patient_plan: ReinjectionPlan | None) -> None:
        self.set_title(translate("Edit diagnosis") if self._case_id else translate("Add diagnosis"), page.patient.name)
        own = next((one for one in page.cases if one.case.id == self._case_id), None)
        if own is not None:
            self._case = own.case
            self.read_values = values_of(own.case.details)
            self._fill(own.case.details)
            if own.plan_level not in (PlanLevel.CASE, PlanLevel.PATIENT):
                self._usual = (own.plan, own.plan_level)
        else:
            self._condition_changed()
        self._patient_plan = patient_plan
        self._show_plan(self._case.details.plan if self._case is not None else None)
        self._ask_together([one for one in page.cases if one.case.id != self._case_id])
        self._plan_changed()

    def _fill(self, details: CaseDetails) -> None:
        self.condition.set_code(details.condition)
        self._condition_changed()
        if self.side is not None and details.side is not None and details.side.value in self._sides():
            self.side.choose(details.side.value)
        self.pattern.setCurrentIndex(max(0, self.pattern.findData(details.pattern)))
        self.onset.setText(details.onset)
        self.causes.set_codes(details.causes)
        self.notes.setPlainText(details.notes)

    def _show_plan(self, own_plan: ReinjectionPlan | None) -> None:
        plan = own_plan or self._patient_plan
        if plan is not None:
            self.opens.setText(str(plan.opens_after))
            self.closes.setText(str(plan.closes_after))
        self.plan_choice.choose(OWN if own_plan else PATIENT if self._patient_plan else OF_PLAN)

    def _sides(self) -> tuple[str, ...]:
        code = self.condition.code
        return self.context.catalogues.conditions[code].side_rule.sides if code else ()

    def _condition_changed(self) -> None:
        keeper = self.context.theme
        code = self.condition.code
        condition = self.context.catalogues.conditions.get(code or "")
        if self._side_field is not None:
            self._side_place.removeWidget(self._side_field)
            self._fields.pop("side", None)
            self._side_field.hide()
            self._side_field.deleteLater()
            self._side_field, self.side = None, None
        self._said.hide()
        if condition is not None:
            rule = condition.side_rule
            if len(rule.sides) > 1:
                self.side = ChoiceRow(
                    keeper,
                    [(side, side_words(Side(side)).capitalize()) for side in rule.sides],
                    translate("Side"),
                    optional=not rule.required,
                )
                self._side_field = FormField(
                    keeper,
                    "side",
                    translate("The patient’s side"),
                    self.side,
                    required=rule.required,
                    hint=_side_hint(condition.side_meaning),
                )
                self._side_place.addWidget(self._side_field)
                self.know_field(self._side_field)
                QWidget.setTabOrder(self.condition.line, self.side)
            if condition.note or not condition.is_dystonia:
                words = condition.note or translate("Not a dystonia; kept here for follow-up.")
                self._said.setText(words)
                self._said.show()
        self.pattern.clear()
        self.pattern.addItem(translate("Not said"), "")
        for pattern in condition.patterns if condition is not None else ():
            self.pattern.addItem(pattern.name, pattern.code)
        self.pattern_field.setVisible(self.pattern.count() > 1)
        self._plan_changed()

    def _plan_changed(self) -> None:
        code = self.plan_choice.code
        own = code in (OWN, PATIENT)
        self._opens_field.setVisible(own)
        self._closes_field.setVisible(own)
        if self._usual is not None and self._case is not None and self.condition.code == self._case.condition:
            plan, level = self._usual
        else:
            plan, level = self.context.clinic.plans.in_force(
                case=None, patient=None, condition=self.condition.code or "", product=None
            )
        if own:
            try:
                plan, level = self._typed_plan(), PlanLevel.CASE if code == OWN else PlanLevel.PATIENT
            except RuleBroken:
                self.plan_field.show_hint(translate("Write weeks or months: 12 w and 16 w, or 3 m and 4 m"))
                return
        said = translate("In force: {span} after the last injection ({level})").format(
            span=between_words(plan.opens_after, plan.closes_after), level=level_words(level)
        )
        if code == PATIENT:
            said += translate(". A diagnosis with a window of its own keeps it.")
        elif code == OF_PLAN and self._patient_plan is not None:
            said += translate(". The patient’s own window ends, for all diagnoses.")
        self.plan_field.show_hint(said)

    def _ask_together(self, others: list[CaseSummary]) -> None:
        keeper = self.context.theme
        if others:
            self._together.addWidget(
                TextLabel(keeper, translate("Together or separate?"), Style.SECTION, "text", wrap=True)
            )
            self._together.addWidget(
                TextLabel(
                    keeper,
                    translate(
                        "Together: after an injection for either diagnosis, both wait until their waiting time is over "
                        "(the safe answer). Separate: each waits only for its own injections, as for face and neck. "
                        "Dose limits always count both."
                    ),
                    Style.SECONDARY,
                    "text2",
                    wrap=True,
                )
            )
        for summary in others:
            name = diagnosis_words(self.context.catalogues, summary.case)
            choice = ChoiceRow(keeper, [(TOGETHER, translate("Together")), (SEPARATE, translate("Separate"))], name)
            if self._case is not None:
                choice.choose(SEPARATE if summary.case.id in self._case.independent_of else TOGETHER)
            field = FormField(
                keeper,
                f"independent_{summary.case.id}",
                translate("With {name}").format(name=name),
                choice,
                required=True,
            )
            self._together.addWidget(field)
            self.know_field(field)
            self._others[summary.case.id] = choice


def condition_choices(catalogues: Catalogues) -> list[Choice]:
    """All conditions as choices: dystonias first, in the catalogue's order, found by every alias and class."""
    answer = []
    for condition in catalogues.conditions.values():
        patterns = tuple(name for pattern in condition.patterns for name in (pattern.name, *pattern.aliases))
        kind = translate("dystonia") if condition.is_dystonia else translate("other")
        classes = tuple(word.replace("_", " ") for word in condition.distributions)
        answer.append(
            Choice(
                condition.code,
                condition.name,
                condition.detail,
                (*condition.aliases, *patterns, *classes),
                classes[0] if classes else kind,
            )
        )
    return answer


def _side_hint(meaning: str) -> str:
    return {
        "turn": translate("The side the head turns to"),
        "tilt": translate("The side the head tilts to"),
        "deviation": translate("The side it deviates to"),
        "writing_hand": translate("The writing hand"),
        "body_half": translate("The half of the body"),
    }.get(meaning, "")


def _span(line: QLineEdit, field: str) -> Span:
    try:
        return Span.parse(line.text())
    except RuleBroken as error:
        raise RuleBroken(field, error.code, **error.params) from None
