"""Hold, stop, died or moved, and the doctor's decision: what is said of a case or a patient between injections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from clinic_app.domain.case_page import Inspector
from clinic_app.domain.cases import OF_THE_PATIENT, Case, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.patients import Patient
from clinic_app.domain.schedule import Appointment, DecisionKind
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.cases import stop_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


class OfCaseSheet(RecordSheet):
    """A sheet about one case: its subtitle says whose."""

    def __init__(self, context: UiContext, host: QWidget, case_id: int, title: str, save: str) -> None:
        super().__init__(context, host, title, save=save)
        self.case_id = case_id
        self._title_words = title
        self.case: Case | None = None
        self.booking: Appointment | None = None

    def begin(self) -> None:
        """Read the case and whose it is."""
        case_id = self.case_id

        def read(services: Services) -> Inspector:
            return services.schedule.inspector(case_id)

        self.read_first(read, self._show)

    def _show(self, found: Inspector) -> None:
        self.case = found.summary.case
        self.booking = found.summary.answer.appointment
        name = diagnosis_words(self.context.catalogues, found.summary.case)
        self.set_title(self._title_words, f"{found.patient.name} · {name}")
        self.fill(found)

    def fill(self, found: Inspector) -> None:
        """Show what is known."""


class HoldSheet(OfCaseSheet):
    """Put a case on hold until a day, and say what becomes of its booking."""

    def __init__(self, context: UiContext, host: QWidget, case_id: int) -> None:
        super().__init__(context, host, case_id, translate("Put on hold"), translate("Put on hold"))
        keeper = context.theme
        self.until = DateField(keeper, context.today, name="until", earliest=context.today(), base=context.today())
        self.add_field(
            FormField(
                keeper,
                "until",
                translate("Until"),
                self.until,
                required=True,
                hint=translate("The day itself is still on hold; nobody is called before."),
            )
        )
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(translate("Pregnant, travelling, infection…"))
        self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason))
        self.bookings = ChoiceRow(
            keeper,
            [("cancel", translate("Cancel it")), ("keep", translate("Keep it"))],
            translate("What becomes of the booking"),
        )
        self.booking_field = FormField(keeper, "bookings", translate("Booking"), self.bookings, required=True)
        self.add_field(self.booking_field)

    def fill(self, found: Inspector) -> None:
        """Ask about a booking only where there is one."""
        self.booking_field.setVisible(self.booking is not None)
        if self.booking is not None:
            words = translate("Booked for {day}").format(day=day_words(self.booking.day))
            self.booking_field.show_hint(words)

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        try:
            until = self.until.take()
            inside = self.booking is not None and self.booking.day <= until
            if inside and self.bookings.code is None:
                raise RuleBroken("bookings", "booking_not_answered")
        except ClinicError as error:
            self.show_refusal(error)
            return
        case_id, reason, cancel = self.case_id, self.reason.text().strip(), self.bookings.code == "cancel"

        def write(services: Services) -> Changes:
            return services.cases.hold(case_id, until, reason, cancel)

        self.write(write, translate("On hold until {day}").format(day=day_words(until)))


class StopSheet(OfCaseSheet):
    """Stop calling for one diagnosis, with a reason; death and moving are said of the patient."""

    def __init__(self, context: UiContext, host: QWidget, case_id: int) -> None:
        super().__init__(context, host, case_id, translate("Stop calling for this diagnosis"), translate("Stop"))
        keeper = context.theme
        self.reason = ChoiceRow(
            keeper,
            [
                (reason.value, translate("Other reason") if reason is StopReason.OTHER else stop_words(reason))
                for reason in StopReason
                if reason not in OF_THE_PATIENT
            ],
            translate("Reason"),
        )
        self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason, required=True))
        self.since = DateField(
            keeper, context.today, name="since", toward=Toward.PAST, latest=context.today(), base=None
        )
        self.add_field(FormField(keeper, "since", translate("Since"), self.since, required=True))
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "note", translate("Note"), self.note))
        self._said = TextLabel(
            keeper,
            translate("Its bookings from today on are cancelled. It can be taken back on the case page."),
            Style.SECONDARY,
            "text2",
            wrap=True,
        )
        self.add_widget(self._said)

    def fill(self, found: Inspector) -> None:
        """Start with today."""
        self.since.set_day(self.context.today())

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        try:
            if self.reason.code is None:
                raise RuleBroken("reason", "stop_reason_missing")
            since = self.since.take()
        except ClinicError as error:
            self.show_refusal(error)
            return
        case_id, reason, note = self.case_id, StopReason(self.reason.code), self.note.toPlainText().strip()

        def write(services: Services) -> Changes:
            return services.cases.stop(case_id, reason, since, note)

        self.write(write, translate("Stopped: {reason}").format(reason=stop_words(reason)))


class DepartureSheet(RecordSheet):
    """A patient died or moved away: every diagnosis stops and bookings are cancelled."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(context, host, translate("Died or moved away"), save=translate("Save"))
        keeper = context.theme
        self._patient_id = patient_id
        self._name = ""
        self.kind = ChoiceRow(
            keeper, [("died", translate("Died")), ("moved", translate("Moved away"))], translate("What happened")
        )
        self.add_field(FormField(keeper, "kind", translate("What happened"), self.kind, required=True))
        self.day = DateField(keeper, context.today, name="day", toward=Toward.PAST, latest=context.today())
        self.add_field(FormField(keeper, "day", translate("When"), self.day, required=True))
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "note", translate("Note"), self.note))
        self.add_widget(
            TextLabel(
                keeper,
                translate(
                    "All diagnoses stop, bookings from today on are cancelled, and nobody is called. It can be taken "
                    "back on the case page; cancelled bookings then come back only by Undo."
                ),
                Style.BODY,
                "text",
                wrap=True,
            )
        )

    def begin(self) -> None:
        """Read who it is."""
        patient_id = self._patient_id

        def read(services: Services) -> Patient:
            return services.patients.get(patient_id)

        def show(patient: Patient) -> None:
            self._name = patient.name
            self.set_title(translate("Died or moved away"), f"{patient.name} · {patient.mrn}")
            self.day.set_day(self.context.today())

        self.read_first(read, show)

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        try:
            if self.kind.code is None:
                raise RuleBroken("kind", "departure_not_said")
            day = self.day.take()
        except ClinicError as error:
            self.show_refusal(error)
            return
        patient_id, died, note = self._patient_id, self.kind.code == "died", self.note.toPlainText().strip()

        def write(services: Services) -> Changes:
            if died:
                return services.patients.record_death(patient_id, day, note)
            return services.patients.record_move(patient_id, day, note)

        words = translate("{name} died on {day}") if died else translate("{name} moved away on {day}")
        self.write(write, words.format(name=self._name, day=day_words(day)))


class DecisionSheet(OfCaseSheet):
    """The doctor's answer where the call list says *ask doctor*: go on calling, hold, or stop."""

    def __init__(self, context: UiContext, host: QWidget, case_id: int) -> None:
        super().__init__(context, host, case_id, translate("Decide"), translate("Save the decision"))
        keeper = context.theme
        self.kind = ChoiceRow(
            keeper,
            [
                (DecisionKind.GO_ON.value, translate("Go on calling")),
                (DecisionKind.HOLD.value, translate("Put on hold…")),
                (DecisionKind.STOP.value, translate("Stop…")),
            ],
            translate("Decision"),
        )
        self.add_field(
            FormField(
                keeper,
                "kind",
                translate("Decision"),
                self.kind,
                required=True,
                hint=translate("Hold and stop ask for a day and a reason next."),
            )
        )
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "note", translate("Note"), self.note))

    def save(self) -> None:
        """Write *go on*, or hand over to the sheet that asks the rest."""
        self.clear_problems()
        code = self.kind.code
        if code is None:
            self.show_refusal(RuleBroken("kind", "decision_missing"))
            return
        case_id, note = self.case_id, self.note.toPlainText().strip()
        if code == DecisionKind.GO_ON.value:

            def write(services: Services) -> Changes:
                return services.cases.decide(case_id, DecisionKind.GO_ON, note)

            self.write(write, translate("Decided: go on calling"))
            return
        intents = self.context.intents
        self._leave(done=True)
        (intents.hold if code == DecisionKind.HOLD.value else intents.stop).emit(case_id)
