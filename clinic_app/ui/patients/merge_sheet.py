"""Two records of one person made into one: what moves and what differs is shown before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.merge import KeptBooking, MergePreview, SameDay
from clinic_app.domain.patients import PatientEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.merge_bookings import BookingQuestion, cancelled_of, questions_of
from clinic_app.ui.patients.picture_sheets import WAIT_MS
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, FormField, Level, TextLabel
from clinic_app.ui.widgets.permission_fields import Needed
from clinic_app.ui.widgets.picker import Choice, PickerField
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.merge import fact_words, moves_words
from clinic_app.wording.moved import moved_words
from clinic_app.wording.patients import person_line
from clinic_app.wording.sentences import sentence, sentence_of
from clinic_app.wording.versions import value_words

if TYPE_CHECKING:
    from clinic_app.services import Services

KEPT, OTHER = "kept", "other"


class MergeSheet(ReasonSheet):
    """Everything of another record goes into the one that is open; the other goes into the bin."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(
            context, host, translate("Merge with another patient"), Action.MERGE, save=translate("Merge records")
        )
        keeper = context.theme
        self._kept = patient_id
        self._found = ""
        self._preview: MergePreview | None = None
        self.who = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self.add_widget(self.who)
        said = translate(
            "Use this where one person was registered twice. Everything of the other record goes into this one. It "
            "can be undone."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.other = PickerField(keeper, translate("Name, phone or ID"), translate("The other record"))
        self.other.valueChanged.connect(self._typed)
        self.add_field(FormField(keeper, "patient", translate("The other record"), self.other, required=True))
        self.preview = QWidget()
        self._lines = QVBoxLayout(self.preview)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(keeper.px(8))
        self.preview.hide()
        self.add_widget(self.preview)
        self.voids: list[tuple[SameDay, FormField[ChoiceRow]]] = []
        self.bookings: list[BookingQuestion] = []
        self._kept_bookings: dict[int, KeptBooking] = {}
        self.add_needs(always=True)
        self.save_button.setEnabled(False)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._search)

    def read_needs(self, services: Services) -> Needed:
        """Also whose record is kept."""
        patient = services.patients.get(self._kept)
        self._found = f"{patient.name}, {patient.mrn}"
        return super().read_needs(services)

    def show_needs(self, found: Needed) -> None:
        """Also whose record is kept."""
        self.who.setText(translate("Kept is the record of {name}.").format(name=self._found))
        super().show_needs(found)

    def save(self) -> None:
        """Only after the other record was looked at, and each day entered twice was decided."""
        if self._preview is None:
            self.show_refusal(RuleBroken("patient", "patient_not_chosen"))
            return
        for clash, field in self.voids:
            if field.control.code is None:
                field.show_problem(sentence("merge_same_day", {"day": clash.day}))
                return
        self._kept_bookings = {id_: said for one in self.bookings for id_, said in one.keep.items()}
        super().save()

    def show_refusal(self, error: ClinicError) -> None:
        """What is refused of one of several bookings is shown where they are asked about."""
        if isinstance(error, RuleBroken) and error.field.startswith("keep_"):
            name, _, number = error.field.rpartition("_")
            asked = next((one for one in self.bookings if int(number) in one.ids), None)
            if asked is not None:
                error.field = f"{name}_{asked.ids[0]}"
        super().show_refusal(error)

    def act(self, services: Services, reason: str) -> Changes:
        """Merge."""
        preview = self._preview
        if preview is None:
            raise RuleBroken("patient", "patient_not_chosen")
        void = [
            clash.kept_session if field.control.code == KEPT else clash.other_session for clash, field in self.voids
        ]
        stay = [id_ for one in self.bookings for id_ in one.stay]
        return services.merge.merge(preview.kept.id, preview.other.id, reason, void, stay, self._kept_bookings)

    def words_of(self, changes: Changes) -> str:
        """That they are one."""
        preview = self._preview
        name = preview.kept.name if preview is not None else ""
        words = translate("Two records of {name} merged").format(name=name)
        cancelled = cancelled_of(preview.bookings, self.bookings) if preview is not None else 0
        if cancelled:
            words += f" · {translate_many('Booking cancelled', '{count} bookings cancelled', cancelled)}"
        return words

    def after(self, changes: Changes) -> None:
        """The other is gone; the kept one is shown."""
        preview = self._preview
        if preview is not None:
            self.context.intents.gone.emit(preview.other.id)
            self.context.intents.open_case.emit(preview.kept.id, 0)

    def _typed(self) -> None:
        code = self.other.code
        if code is None:
            self._clear()
            self._wait.start()
            return
        kept, other = self._kept, int(code)
        self.context.tasks.ask(
            lambda s: s.merge.preview(kept, other), self._show_preview, owner=self, key="preview", failed=self._no
        )

    def _search(self) -> None:
        words = self.other.words
        if not words or not self.context.open:
            return
        self.context.tasks.ask(
            lambda s: s.patients.entries(words, 0, 20), self._offer, owner=self, key="search", failed=self._no
        )

    def _offer(self, entries: tuple[PatientEntry, ...]) -> None:
        if self.other.code is not None:
            return
        today = self.context.today()
        self.other.offer(
            [
                Choice(str(one.id), one.name, person_line(one.mrn, one.birth, one.sex, today))
                for one in entries
                if one.id != self._kept
            ]
        )

    def _no(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), level=Level.WARNING)

    def _clear(self) -> None:
        self._preview = None
        self.voids = []
        self.bookings = []
        for name in [one for one in self._fields if one.startswith(("stays_", "keep_", "void_"))]:
            del self._fields[name]
        self.save_button.setEnabled(False)
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.preview.hide()

    def _show_preview(self, found: MergePreview) -> None:
        self._clear()
        self.banner.clear()
        if found.blocked:
            words = sentence(found.blocked, {"kept": found.kept.name, "other": found.other.name})
            self.banner.show_words(words, level=Level.WARNING)
            return
        self._preview = found
        name = f"{found.kept.name}, {found.kept.mrn}"
        self._say(moves_words(found.moves, name))
        for fact in found.facts:
            self._say(fact_words(fact))
        for pair in found.same_cases:
            condition = self._condition(pair.condition)
            self._say(translate("Both have {condition}: the two become one diagnosis.").format(condition=condition))
        for number, clash in enumerate(found.same_days):
            self._ask_void(number, clash)
        if found.moved:
            self._say(translate("Dates of the next injection that move:"))
            for line in moved_words(found.moved, self.context.catalogues):
                self._say(line)
        for group in questions_of(found.bookings):
            question = BookingQuestion(self.keeper, group, self.know_field)
            self._lines.addWidget(question)
            self.bookings.append(question)
        gone = translate("The record of {name} goes into the bin.")
        self._say(gone.format(name=f"{found.other.name}, {found.other.mrn}"))
        self.preview.show()
        self.save_button.setEnabled(True)

    def _condition(self, code: str) -> str:
        found = self.context.catalogues.conditions.get(code)
        return code.replace("_", " ") if found is None else found.name

    def _say(self, words: str) -> None:
        self._lines.addWidget(TextLabel(self.keeper, words, Style.BODY, "text", self.preview, wrap=True))

    def _ask_void(self, number: int, clash: SameDay) -> None:
        label = translate("{day}, {condition}: which of the two was entered twice?").format(
            day=day_words(clash.day), condition=self._condition(clash.condition)
        )
        units = translate("{units} units")
        row = ChoiceRow(
            self.keeper,
            (
                (KEPT, f"{translate('Of the kept record')} · {units.format(units=value_words(clash.kept_units))}"),
                (OTHER, f"{translate('Of the other record')} · {units.format(units=value_words(clash.other_units))}"),
            ),
            label,
        )
        field = FormField(self.keeper, f"void_{number}", label, row, required=True)
        self.know_field(field)
        self._lines.addWidget(field)
        self.voids.append((clash, field))
