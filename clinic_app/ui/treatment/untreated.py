"""What becomes of a diagnosis that was booked for the day of a visit and is not among those injected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QLineEdit

from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.not_injected import NextPlan, Untreated, of_untreated, plan_of_untreated
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate
from clinic_app.wording.not_injected import untreated_words


class UntreatedQuestion:
    """A section of the visit sheet, in sight only where a booking is also for a diagnosis that is not treated."""

    def __init__(self, sheet: RecordSheet, today: Callable[[], date]) -> None:
        keeper = sheet.keeper
        self._sheet = sheet
        self._today = today
        self._day_of_visit: date | None = None
        self.asked = False
        self.head = TextLabel(keeper, "", parent=sheet, wrap=True)
        sheet.add_widget(self.head)
        label = translate("What becomes of it?")
        self.choice = ChoiceRow(keeper, [(one.value, untreated_words(one)) for one in Untreated], label)
        self.choice.chosen.connect(self._answered)
        self.field = sheet.add_field(FormField(keeper, "untreated", label, self.choice, required=True))
        self.day = DateField(keeper, today, name="untreated_day", toward=Toward.FUTURE, earliest=today())
        self.reason, self.doctor = QLineEdit(), QLineEdit()
        self.reason.setMaxLength(300)
        self._day = sheet.add_field(FormField(keeper, "untreated_day", translate("Day"), self.day, required=True))
        self._reason = sheet.add_field(FormField(keeper, "untreated_reason", translate("Reason"), self.reason))
        self._doctor = sheet.add_field(
            FormField(keeper, "untreated_decided_by", translate("Doctor who decided"), self.doctor)
        )
        self.ask((), None)

    def ask(self, names: Sequence[str], day: date | None) -> None:
        """Ask about these diagnoses, or nothing where there are none; only a visit of today has a later today."""
        self.asked, self._day_of_visit = bool(names), day
        self.head.setText(translate("Booked too, and not treated: {names}.").format(names="; ".join(names)))
        self.choice.pill(Untreated.LATER_TODAY.value).setVisible(day == self._today())
        if day != self._today() and self.choice.code == Untreated.LATER_TODAY.value:
            self.choice.choose(None)
        self.head.setVisible(self.asked)
        self.field.setVisible(self.asked)
        self._chosen()

    def plan(self) -> NextPlan | None:
        """What was answered. Raises ``RuleBroken``: as ``plan_of_untreated``; ``untreated_not_answered``."""
        if not self.asked:
            return None
        if self.choice.code is None:
            raise RuleBroken("untreated", "untreated_not_answered")
        choice = Untreated(self.choice.code)
        day = self.day.take() if choice is Untreated.BOOK_AGAIN else None
        try:
            return plan_of_untreated(choice, day, self.reason.text(), self.doctor.text())
        except RuleBroken as refusal:
            raise of_untreated(refusal) from refusal

    def draft(self) -> dict[str, object]:
        """What was typed so far."""
        return {
            "choice": self.choice.code,
            "day": self.day.line.text(),
            "reason": self.reason.text(),
            "doctor": self.doctor.text(),
        }

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before."""
        said: Any = content
        self.choice.choose(said.get("choice"))
        self.day.set_words(str(said.get("day", "")))
        self.reason.setText(str(said.get("reason", "")))
        self.doctor.setText(str(said.get("doctor", "")))
        self._chosen()

    def _answered(self) -> None:
        """What is asked next comes into sight, with the answer it belongs to."""
        self._chosen()
        asked = [one for one in (self._day, self._reason, self._doctor) if not one.isHidden()]
        if asked:
            self._sheet.reveal(asked[-1])

    def _chosen(self) -> None:
        code = self.choice.code if self.asked else None
        again, without = code == Untreated.BOOK_AGAIN.value, code == Untreated.WITHOUT.value
        self._day.setVisible(again)
        self._doctor.setVisible(again)
        self._reason.setVisible(again or without)
        self._reason.set_required(without)
