"""The call sheet: any outcome, when to call again, who was spoken to, a note."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from clinic_app.domain.case_page import Inspector
from clinic_app.domain.changes import Changes
from clinic_app.domain.drafts import DraftKind
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.schedule import Attempt
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, Level
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import phone_number
from clinic_app.wording.schedule import attempt_words
from clinic_app.wording.sentences import sentence_of

OUTGOING = (
    Attempt.NO_ANSWER,
    Attempt.SWITCHED_OFF,
    Attempt.TOLD_FAMILY,
    Attempt.WILL_COME,
    Attempt.CANNOT_COME_MONEY,
    Attempt.CANNOT_COME_TRAVEL,
    Attempt.CANNOT_COME_DRUG,
    Attempt.CANNOT_COME_OTHER,
    Attempt.DECLINED,
    Attempt.WRONG_NUMBER,
)
INCOMING = (Attempt.WORN_OFF, Attempt.PROBLEM, Attempt.WANTS_DATE)
LONGEST_NOTE = 2000


class CallSheet(RecordSheet):
    """Logs one call about a case."""

    def __init__(self, context: UiContext, host: QWidget, case_id: int) -> None:
        super().__init__(context, host, translate("Log a call"), save=translate("Log call"))
        keeper = context.theme
        self._context = context
        self._case_id = case_id
        self._name = ""
        choices = [(one.value, attempt_words(one)) for one in (*OUTGOING, *INCOMING)]
        self.outcome = ChoiceRow(keeper, choices, translate("What came of it"))
        self.again = DateField(keeper, context.today, name="call_again_on", earliest=context.today())
        self.spoke_to = QLineEdit()
        self.spoke_to.setPlaceholderText(translate("daughter, neighbour"))
        self.spoke_to.setMaxLength(120)
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.add_field(FormField(keeper, "outcome", translate("What came of it"), self.outcome, required=True))
        self.add_field(
            FormField(
                keeper,
                "call_again_on",
                translate("Call again on"),
                self.again,
                hint=translate("Left blank: the clinic’s usual day for this outcome"),
            )
        )
        self.add_field(FormField(keeper, "spoke_to", translate("Spoke to"), self.spoke_to))
        self.add_field(FormField(keeper, "note", translate("Note"), self.note))
        context.tasks.ask(
            lambda s: s.schedule.inspector(case_id), self._take, owner=self, failed=lambda p: self._trouble(p)
        )

    def begin(self) -> None:
        """Slide in; what is known of the patient comes by itself."""
        self.open()

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields."""
        return {
            "case_id": self._case_id,
            "outcome": self.outcome.code,
            "again": self.again.line.text(),
            "spoke_to": self.spoke_to.text(),
            "note": self.note.toPlainText(),
        }

    def fits_draft(self, content: Mapping[str, object]) -> bool:
        """Whether it is about this diagnosis."""
        return content["case_id"] == self._case_id

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before."""
        outcome = content["outcome"]
        self.outcome.choose(str(outcome) if outcome else None)
        self.again.set_words(str(content["again"]))
        self.spoke_to.setText(str(content["spoke_to"]))
        self.note.setPlainText(str(content["note"]))

    def _take(self, value: Inspector) -> None:
        self.keeps_drafts(DraftKind.CALL, value.patient.id)
        self._name = value.patient.name
        phone = value.patient.phone
        number = phone_number(phone.number) if phone is not None else translate("no phone number")
        self.set_title(translate("Log a call"), f"{value.patient.name} · {number}")
        if phone is not None and phone.owner and not self.changed:
            self.spoke_to.setPlaceholderText(phone.owner)
        if not value.patient.details.may_be_called:
            self.banner.show_words(translate("{name} asked not to be called.").format(name=self._name))

    def _trouble(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def save(self) -> None:
        """Check and log."""
        self.clear_problems()
        code = self.outcome.code
        if code is None:
            self.show_problem("outcome", translate("Choose what came of the call."))
            return
        if self.again.problem is not None:
            self.show_refusal(self.again.problem)
            return
        outcome, again = Attempt(code), self.again.day
        spoke_to, note = self.spoke_to.text().strip(), self.note.toPlainText().strip()[:LONGEST_NOTE]
        self.set_busy(True)
        self._context.tasks.tell(
            lambda s: s.schedule.log_call(self._case_id, outcome, again, spoke_to, note),
            lambda made: self._done(made, outcome),
            owner=self,
            failed=self.show_refusal,
        )

    def _done(self, made: Changes, outcome: Attempt) -> None:
        self.finish()
        words = translate("{outcome} logged for {name}").format(outcome=attempt_words(outcome), name=self._name)
        self._context.wrote(words, made)
