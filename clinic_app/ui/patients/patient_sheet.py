"""The patient sheet: who somebody is and how they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.conflicts import values_of
from clinic_app.domain.drafts import DraftKind
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.patients import (
    MINOR_UNDER,
    Birth,
    Identifier,
    IdentifierKind,
    Patient,
    PatientDetails,
    PatientMatch,
    Phone,
    Sex,
    phone_digits,
)
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.birth_entry import birth_text, read_birth
from clinic_app.ui.patients.contact_lines import IdentifiersField, PhonesField, TagsField
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Card, ChoiceRow, FormField, LinkButton, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import agrees_words, birth_words, sex_words
from clinic_app.wording.patients import person_line

if TYPE_CHECKING:
    from clinic_app.services import Services

WAIT_MS = 250
USUAL_ALERTS = ("Takes a blood thinner", "Myasthenia gravis", "Pregnant", "Takes an aminoglycoside", "Allergy")


class PatientSheet(RecordSheet):
    """A new patient, or what is known of one. Warns while typing of people who may be the same.

    A new patient's page opens after saving (intent ``open_case``).
    """

    def __init__(self, context: UiContext, host: QWidget, patient_id: int = 0, name: str = "") -> None:
        title = translate("Edit patient") if patient_id else translate("New patient")
        super().__init__(context, host, title, save="" if patient_id else translate("Create patient"))
        keeper = context.theme
        self._patient_id = patient_id
        self._typed_name = name
        self._version = 0
        self._birth = Birth()
        self._kept_weight: float | None = None
        self.name = QLineEdit()
        self.add_field(FormField(keeper, "full_name", translate("Name"), self.name, required=True))
        self.similar = SimilarCard(context)
        self.similar.opened.connect(self._open_other)
        self._put_above_footer(self.similar)
        self.sex = ChoiceRow(
            keeper,
            [(sex.value, sex_words(sex)) for sex in (Sex.FEMALE, Sex.MALE, Sex.OTHER)],
            translate("Sex"),
            optional=True,
        )
        self.birth = QLineEdit()
        self.birth_field = FormField(
            keeper, "birth", translate("Birth date, year or age"), self.birth, hint=translate("12/3/1968, 1968 or 58")
        )
        self.weight = QLineEdit()
        self.weight_field = FormField(
            keeper,
            "weight_kg",
            translate("Weight in kg"),
            self.weight,
            width=110,
            hint=translate("Asked under 18: doses go by weight"),
        )
        self.add_row(self.birth_field, FormField(keeper, "sex", translate("Sex"), self.sex))
        self.add_field(self.weight_field)
        self.identifiers = IdentifiersField(keeper)
        self.add_field(
            FormField(
                keeper,
                "identifiers",
                translate("Numbers"),
                self.identifiers,
                hint=translate("The first one is what the clinic goes by; without one it gets the clinic’s own"),
            )
        )
        self.phones = PhonesField(keeper)
        self.add_field(FormField(keeper, "phones", translate("Phones"), self.phones))
        self.may_call = QCheckBox(translate("May be called by the clinic"))
        self.may_text = QCheckBox(translate("May be sent messages by the clinic"))
        self.may_write = QCheckBox(translate("May be sent letters by the clinic"))
        for box in (self.may_call, self.may_text, self.may_write):
            self.watch(box)
            self.add_widget(box)
        self.language = QLineEdit()
        self.guardian = QLineEdit()
        self.village = QLineEdit()
        self.add_row(
            FormField(keeper, "guardian", translate("Guardian"), self.guardian),
            FormField(keeper, "village", translate("Village or area"), self.village),
        )
        self.add_field(FormField(keeper, "language", translate("Language"), self.language, width=210))
        self.alerts = TagsField(
            keeper, translate("Type an alert, Enter adds it"), [translate(words) for words in USUAL_ALERTS]
        )
        self.add_field(
            FormField(keeper, "alerts", translate("Alerts"), self.alerts, hint=translate("Shown on every page"))
        )
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "notes", translate("Notes"), self.notes))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._look_for_similar)
        self.name.textEdited.connect(lambda _: self._wait.start())
        self.identifiers.valueChanged.connect(self._wait.start)
        self.phones.valueChanged.connect(self._wait.start)
        self.birth.textEdited.connect(lambda _: self._show_age())
        self.keeps_drafts(DraftKind.PATIENT, patient_id)

    def begin(self) -> None:
        """Read the patient, or start with a blank one."""
        if not self._patient_id:
            self._fill(PatientDetails(self._typed_name))
            self.open()
            if self._typed_name:
                self.birth.setFocus()
                self._mark_typed()
            return
        patient_id = self._patient_id

        def read(services: Services) -> Patient:
            return services.patients.get(patient_id)

        self.read_first(read, self._show)

    def save(self) -> None:
        """Check what can be checked here, then write."""
        self.clear_problems()
        try:
            details = self.details()
        except ClinicError as error:
            self._refuse(error)
            return
        patient_id, version = self._patient_id, self._version
        if patient_id:

            def change(services: Services) -> Changes:
                return services.patients.change(patient_id, details, version)

            self.write(change, translate("{name} saved").format(name=details.full_name))
            return

        def add(services: Services) -> Changes:
            return services.patients.add(details)

        self.write(add, translate("{name} created").format(name=details.full_name), self._open_new)

    def details(self) -> PatientDetails:
        """What was entered. Raises ``RuleBroken`` beside its field."""
        weight = self.weight.text().strip().replace(",", ".")
        kilograms: float | None = None
        if weight and self._asks_weight():
            try:
                kilograms = float(weight)
            except ValueError:
                raise RuleBroken("weight_kg", "bad_weight", weight=weight) from None
        elif not self._asks_weight():
            kilograms = self._kept_weight
        return PatientDetails(
            self.name.text(),
            Sex(self.sex.code) if self.sex.code else Sex.UNKNOWN,
            self._birth_entered(),
            self.identifiers.identifiers,
            self.phones.phones,
            self.guardian.text(),
            self.village.text(),
            kilograms,
            self.language.text(),
            self.may_call.isChecked(),
            self.alerts.tags,
            self.notes.toPlainText(),
            self.may_text.isChecked(),
            self.may_write.isChecked(),
        ).checked(self.context.today())

    def adopt_version(self, version: int) -> None:
        """Save over what somebody else saved."""
        self._version = version

    def take_theirs(self, values: Mapping[str, object]) -> None:
        """Show what somebody else saved in these fields."""
        said: Any = values
        self._fill(replace(self.details(), **said))

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields, and the version it was read at."""
        return {
            "version": self._version,
            "full_name": self.name.text(),
            "sex": self.sex.code,
            "birth": self.birth.text(),
            "weight": self.weight.text(),
            "identifiers": [[one.value, one.kind.value] for one in self.identifiers.identifiers],
            "phones": [[one.number, one.owner, one.language, one.preferred] for one in self.phones.phones],
            "guardian": self.guardian.text(),
            "village": self.village.text(),
            "language": self.language.text(),
            "may_be_called": self.may_call.isChecked(),
            "may_be_texted": self.may_text.isChecked(),
            "may_be_written_to": self.may_write.isChecked(),
            "alerts": list(self.alerts.tags),
            "notes": self.notes.toPlainText(),
        }

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before. Saving compares with the version of then, so nobody's change is lost."""
        said: Any = content
        self._version = int(said["version"])
        for line, key in (
            (self.name, "full_name"),
            (self.birth, "birth"),
            (self.weight, "weight"),
            (self.guardian, "guardian"),
            (self.village, "village"),
            (self.language, "language"),
        ):
            line.setText(str(said[key]))
        self.sex.choose(said["sex"])
        self.identifiers.set_identifiers(
            [Identifier(value, IdentifierKind(kind)) for value, kind in said["identifiers"]]
        )
        self.phones.set_phones([Phone(*one) for one in said["phones"]])
        self.may_call.setChecked(bool(said["may_be_called"]))
        self.may_text.setChecked(bool(said.get("may_be_texted", True)))
        self.may_write.setChecked(bool(said.get("may_be_written_to", True)))
        self.alerts.set_tags([str(tag) for tag in said["alerts"]])
        self.notes.setPlainText(str(said["notes"]))
        self._show_age()
        self._wait.start()

    def show_refusal(self, error: ClinicError) -> None:
        """Beside its field; an age is said beside the birth."""
        self._refuse(error)

    def _refuse(self, error: ClinicError) -> None:
        if isinstance(error, RuleBroken) and error.field in ("age", "date"):
            error = RuleBroken("birth", error.code, **error.params)
        super().show_refusal(error)

    def _show(self, patient: Patient) -> None:
        self._version = patient.version
        self.read_values = values_of(patient.details)
        self.set_title(translate("Edit patient"), patient.name)
        self._fill(patient.details)

    def _fill(self, details: PatientDetails) -> None:
        self._birth = details.birth
        self._kept_weight = details.weight_kg
        self.name.setText(details.full_name)
        self.sex.choose(None if details.sex is Sex.UNKNOWN else details.sex.value)
        self.birth.setText(birth_text(details.birth))
        self.identifiers.set_identifiers(details.identifiers)
        self.phones.set_phones(details.phones)
        self.guardian.setText(details.guardian)
        self.village.setText(details.village)
        self.weight.setText("" if details.weight_kg is None else f"{details.weight_kg:g}")
        self.language.setText(details.language)
        self.may_call.setChecked(details.may_be_called)
        self.may_text.setChecked(details.may_be_texted)
        self.may_write.setChecked(details.may_be_written_to)
        self.alerts.set_tags(details.alerts)
        self.notes.setPlainText(details.notes)
        self._show_age()

    def _mark_typed(self) -> None:
        self.mark_changed()
        self._wait.start()

    def _birth_entered(self) -> Birth:
        words = self.birth.text().strip()
        if words == birth_text(self._birth):
            return self._birth
        return read_birth(words, self.context.today())

    def _asks_weight(self) -> bool:
        try:
            years = self._birth_entered().years_on(self.context.today())
        except ClinicError:
            return False
        return years is not None and years < MINOR_UNDER

    def _show_age(self) -> None:
        try:
            birth = self._birth_entered()
        except ClinicError:
            birth = Birth()
        words = birth_words(birth, self.context.today())
        self.birth_field.show_hint(words or translate("12/3/1968, 1968 or 58"))
        self.weight_field.setVisible(self._asks_weight())

    def _put_above_footer(self, card: QWidget) -> None:
        """Outside of what scrolls: the fields stay where they are when it comes and goes."""
        px = self.keeper.px
        strip = QVBoxLayout()
        strip.setContentsMargins(px(24), px(8), px(24), px(8))
        strip.addWidget(card)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertLayout(column.count() - 1, strip)

    def _look_for_similar(self) -> None:
        details = PatientDetails(
            self.name.text(),
            identifiers=self.identifiers.identifiers,
            phones=tuple(phone for phone in self.phones.phones if len(phone_digits(phone.number)) >= 7),
        )
        own = self._patient_id

        def read(services: Services) -> tuple[PatientMatch, ...]:
            return services.patients.similar(details)

        def deliver(found: tuple[PatientMatch, ...]) -> None:
            self.similar.show_matches(tuple(match for match in found if match.patient.id != own))

        if self.context.open and (details.full_name.strip() or details.identifiers or details.phones):
            self.context.tasks.ask(read, deliver, owner=self, key="similar", failed=lambda _: None)
        else:
            self.similar.show_matches(())

    def _open_other(self, patient_id: int) -> None:
        self._leave(done=False)
        self.context.intents.open_case.emit(patient_id, 0)

    def _open_new(self, changes: Changes) -> None:
        if isinstance(changes.result, int):
            self.context.intents.open_case.emit(changes.result, 0)


class SimilarCard(Card):
    """People who may be the same, each with what agrees and a link that opens the record instead."""

    opened = Signal(int)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, fill="warning_soft", line=None, radius=8)
        self._context = context
        keeper = context.theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(keeper.px(12), keeper.px(8), keeper.px(8), keeper.px(8))
        self._column.setSpacing(keeper.px(2))
        self._column.addWidget(
            TextLabel(keeper, translate("Already here? May be the same person:"), Style.CHIP, "warning", self)
        )
        self._lines: list[QWidget] = []
        self.hide()

    def show_matches(self, matches: tuple[PatientMatch, ...]) -> None:
        """Show the likeliest three."""
        keeper = self._context.theme
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = []
        for match in matches[:3]:
            entry = match.patient
            holder = QWidget(self)
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            who = person_line(entry.mrn, entry.birth, entry.sex, self._context.today())
            words = f"{entry.name} · {who} · {agrees_words(match.agrees)}"
            label = TextLabel(keeper, words, Style.BODY, "text", holder, wrap=True)
            row.addWidget(label, 1)
            link = LinkButton(keeper, translate("Open that one"), holder)
            link.setAccessibleName(translate("Open {name}").format(name=entry.name))
            link.clicked.connect(lambda _=False, id_=entry.id: self.opened.emit(id_))
            row.addWidget(link)
            self._lines.append(holder)
            self._column.addWidget(holder)
        self.setVisible(bool(matches))
