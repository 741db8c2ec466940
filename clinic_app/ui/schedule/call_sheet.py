"""The call sheet: the number to call, what to say, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from clinic_app.domain.calls import CallBack, CallDetails, CallPage
from clinic_app.domain.changes import Changes
from clinic_app.domain.drafts import DraftKind
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.schedule import Attempt, Channel, ContactAttempt
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import LEAD_TO_BOOKING
from clinic_app.ui.schedule.call_aids import CallAids
from clinic_app.ui.schedule.call_back_field import CallBackField
from clinic_app.ui.widgets import ChoiceRow, FormField, Level
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import attempt_words, channel_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

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
    """Logs one call about a case, or sets one right that was logged."""

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        case_id: int,
        *,
        outcome: Attempt | None = None,
        call: ContactAttempt | None = None,
    ) -> None:
        """``outcome``: what came of it, chosen already; ``call``: the one to set right."""
        title = translate("Log a call") if call is None else translate("Correct a call")
        super().__init__(context, host, title, save=translate("Log call") if call is None else translate("Correct"))
        keeper = context.theme
        self._context = context
        self._case_id = case_id
        self._call = call
        self._name = ""
        self.aids = CallAids(context, self)
        self.add_widget(self.aids)
        self.aids.setVisible(call is None)
        self.aids.number_chosen.connect(self.mark_changed)
        ways = [(one.value, channel_words(one)) for one in Channel]
        self.channel = ChoiceRow(keeper, ways, translate("Reached by"))
        self.channel.choose(Channel.CALL.value)
        self.channel.chosen.connect(self._channel_chosen)
        choices = [(one.value, attempt_words(one)) for one in (*OUTGOING, *INCOMING)]
        self.outcome = ChoiceRow(keeper, choices, translate("What came of it"))
        self.again = CallBackField(keeper, context.now, lambda: context.clinic.rules.working_days)
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
        self.add_field(FormField(keeper, "channel", translate("Reached by"), self.channel))
        self.add_field(FormField(keeper, "spoke_to", translate("Spoke to"), self.spoke_to))
        hint = translate("What the doctor has to know") if outcome is Attempt.PROBLEM else ""
        self.add_field(FormField(keeper, "note", translate("Note"), self.note, hint=hint))
        if call is not None:
            self._show_call(call)
        elif outcome is not None:
            self.outcome.choose(outcome.value)
        self._first = self.note if outcome is not None else None
        self._read()
        context.attached.connect(self._read)

    def begin(self) -> None:
        """Slide in; what is known of the patient comes by itself."""
        self.open()
        if self._first is not None:
            self._first.setFocus()

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields."""
        return {
            "case_id": self._case_id,
            "call": 0 if self._call is None else self._call.id,
            "outcome": self.outcome.code,
            "channel": self.channel.code,
            "again": self.again.line.text(),
            "spoke_to": self.spoke_to.text(),
            "note": self.note.toPlainText(),
        }

    def fits_draft(self, content: Mapping[str, object]) -> bool:
        """Whether it is about this diagnosis, and about this call."""
        call = 0 if self._call is None else self._call.id
        return content["case_id"] == self._case_id and content.get("call", 0) == call

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before."""
        outcome = content["outcome"]
        self.outcome.choose(str(outcome) if outcome else None)
        self.channel.choose(str(content.get("channel") or Channel.CALL.value))
        self.again.set_words(str(content["again"]))
        self.spoke_to.setText(str(content["spoke_to"]))
        self.note.setPlainText(str(content["note"]))
        self._name_outcomes()

    def _read(self) -> None:
        case_id = self._case_id
        self._context.tasks.ask(lambda s: s.calls.page(case_id), self._take, owner=self, failed=self._trouble)

    def _take(self, page: CallPage) -> None:
        if not self._name:
            self.keeps_drafts(DraftKind.CALL, page.patient.id)
        self._name = page.patient.name
        self.set_title(translate("Log a call") if self._call is None else translate("Correct a call"), self._name)
        self.aids.show_page(page, self.aids.chosen)
        phone = next(iter(page.numbers), None)
        if phone is not None and phone.owner and not self.changed:
            self.spoke_to.setPlaceholderText(phone.owner)
        if not page.patient.details.may_be_called:
            self.banner.show_words(translate("{name} asked not to be called.").format(name=self._name))

    def _show_call(self, call: ContactAttempt) -> None:
        self.outcome.choose(call.outcome.value)
        self.channel.choose(call.channel.value)
        self.again.set_call_back(
            None if call.call_again_on is None else CallBack(call.call_again_on, call.call_again_at)
        )
        self.again.set_limits(min(call.call_again_on or self._context.today(), self._context.today()), None)
        self.spoke_to.setText(call.spoke_to)
        self.note.setPlainText(call.note)
        self._name_outcomes()

    def _channel_chosen(self, _: str) -> None:
        self._name_outcomes()
        if self._channel is not Channel.CALL and self.outcome.code is None:
            self.outcome.choose(Attempt.NO_ANSWER.value)

    def _name_outcomes(self) -> None:
        """Of a message or a letter "no answer" means that it was sent."""
        sent = self._channel is not Channel.CALL
        words = translate("Sent, no answer yet") if sent else attempt_words(Attempt.NO_ANSWER)
        pill = self.outcome.pill(Attempt.NO_ANSWER.value)
        pill.setText(words)
        pill.setAccessibleName(words)
        pill.updateGeometry()
        self.outcome.pill(Attempt.SWITCHED_OFF.value).setEnabled(not sent)

    @property
    def _channel(self) -> Channel:
        return Channel(self.channel.code or Channel.CALL.value)

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
        outcome, channel = Attempt(code), self._channel
        again = self.again.call_back
        number = self._called_number(outcome, channel)
        details = CallDetails(
            outcome,
            None if again is None else again.day,
            self.spoke_to.text().strip(),
            self.note.toPlainText().strip()[:LONGEST_NOTE],
            channel,
            number,
            None if again is None else again.at,
        )
        case_id, call = self._case_id, self._call
        self.set_busy(True)
        self._context.tasks.tell(
            lambda s: _log(s, case_id, details) if call is None else s.calls.correct(call.id, details),
            lambda made: self._done(made, outcome),
            owner=self,
            failed=self.show_refusal,
        )

    def _called_number(self, outcome: Attempt, channel: Channel) -> str:
        if channel is Channel.LETTER:
            return ""
        if self._call is not None:
            return self._call.phone_number
        return "" if outcome.incoming else self.aids.chosen

    def _done(self, made: Changes, outcome: Attempt) -> None:
        self.finish()
        said = translate("{outcome} logged for {name}") if self._call is None else translate("Call of {name} corrected")
        self._context.wrote(said.format(outcome=attempt_words(outcome), name=self._name), made)
        if self._call is None and outcome in LEAD_TO_BOOKING:
            self._context.intents.book.emit(self._case_id)


def _log(services: Services, case_id: int, said: CallDetails) -> Changes:
    return services.schedule.log_call(
        case_id,
        said.outcome,
        said.call_again_on,
        said.spoke_to,
        said.note,
        said.channel,
        said.phone_number,
        said.call_again_at,
        deliberate=True,
    )
