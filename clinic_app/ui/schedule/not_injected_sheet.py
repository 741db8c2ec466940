"""The sheet of *seen, not injected*: what happens next with the patient."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_app.domain.cases import OF_THE_PATIENT, StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.not_injected import NextPlan, NextStep
from clinic_app.domain.schedule import Appointment
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.cases import stop_words
from clinic_app.wording.language import translate
from clinic_app.wording.not_injected import step_words


class NotInjectedSheet(RecordSheet):
    """Closes a booking at which nothing was injected, and asks for the new plan."""

    def __init__(self, context: UiContext, host: QWidget, booking: Appointment, name: str) -> None:
        super().__init__(context, host, translate("Seen, not injected"))
        keeper = context.theme
        self._booking, self._name = booking, name
        self.set_title(translate("Seen, not injected"), f"{name} · {short_weekday_day(booking.day, context.today())}")
        note = translate("The booking is over; the next injection stays due as it was, until you say otherwise here.")
        self.add_widget(TextLabel(keeper, note, Style.BODY, "text2", self, wrap=True))
        self.step = ChoiceRow(
            keeper, [(one.value, step_words(one)) for one in NextStep], translate("What happens next")
        )
        self.step.chosen.connect(self._chosen)
        self.add_field(FormField(keeper, "step", translate("What happens next"), self.step, required=True))
        self.day = DateField(keeper, context.today, name="day", earliest=context.today())
        self._day_field = self.add_field(FormField(keeper, "day", translate("Day"), self.day, required=True))
        stops = [(one.value, stop_words(one)) for one in StopReason if one not in OF_THE_PATIENT]
        self.stop = ChoiceRow(keeper, stops, translate("Why it is stopped"))
        self._stop_field = self.add_field(
            FormField(keeper, "stop", translate("Why it is stopped"), self.stop, required=True)
        )
        self.reason = QLineEdit()
        self.reason.setMaxLength(300)
        self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason))
        self.decided_by = QLineEdit()
        self._doctor_field = self.add_field(
            FormField(keeper, "decided_by", translate("Doctor who decided"), self.decided_by)
        )
        self.body.addStretch(1)
        for field in (self._day_field, self._stop_field, self._doctor_field):
            field.hide()

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Close the booking and enter the plan."""
        self.clear_problems()
        code = self.step.code
        if code is None:
            self.show_refusal(RuleBroken("step", "next_step_missing"))
            return
        step, booking = NextStep(code), self._booking
        try:
            day = self.day.take() if step in (NextStep.COME_BACK, NextStep.HOLD) else None
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        stop = StopReason(self.stop.code) if step is NextStep.STOP and self.stop.code else None
        doctor = self.decided_by.text().strip()
        plan = NextPlan(step, day, reason=self.reason.text().strip(), stop=stop, decided_by=doctor)
        words = f"{self._name}: {translate('Seen, not injected')} · {step_words(step).lower()}"
        self.write(lambda s: s.not_injected.close(booking.id, plan), words)

    def _chosen(self, code: str) -> None:
        step = NextStep(code)
        self._day_field.setVisible(step in (NextStep.COME_BACK, NextStep.HOLD))
        self._stop_field.setVisible(step is NextStep.STOP)
        self._doctor_field.setVisible(step is NextStep.COME_BACK)
