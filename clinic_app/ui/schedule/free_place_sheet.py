"""The sheet that gives a free place to somebody on the waiting list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import Appointment
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import booked_words
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.waiting import waiting_words

if TYPE_CHECKING:
    from clinic_app.services.waiting import FreePlace, Waiting


class FreePlaceSheet(RecordSheet):
    """Gives a free place of a day to one of those who wait."""

    def __init__(self, context: UiContext, host: QWidget, day: date) -> None:
        title = translate("A place is free on {day}").format(day=short_weekday_day(day, context.today()))
        super().__init__(context, host, title, save=translate("Book"))
        self._day = day
        self._waiting: dict[str, Waiting] = {}
        self.people: ChoiceRow | None = None

    def begin(self) -> None:
        """Read who waits, slide in."""
        day = self._day
        self.read_first(lambda s: s.waiting.for_day(day), self._show)

    def save(self) -> None:
        """Book the one chosen; a later booking of theirs is moved to the day."""
        self.clear_problems()
        code = self.people.code if self.people is not None else None
        if code is None:
            self.show_refusal(RuleBroken("people", "nobody_chosen"))
            return
        one, day = self._waiting[code], self._day

        def said(made: Changes) -> None:
            self.finish()
            if isinstance(made.result, Appointment):
                self.context.wrote(booked_words(made.result, one.name, self.context.today()), made)

        self.set_busy(True)
        self.context.tasks.tell(
            lambda s: s.waiting.give_place(one.appointment.id, day), said, owner=self, failed=self.show_refusal
        )

    def _show(self, found: FreePlace) -> None:
        keeper, today = self.keeper, self.context.today()
        self._waiting = {str(one.appointment.id): one for one in found.waiting}
        if not found.waiting or not found.free:
            words = translate("Nobody waits for this day any more.")
            if found.waiting:
                words = translate("The place is taken by now.")
            self.add_widget(TextLabel(keeper, words, Style.BODY, "text2", self, wrap=True))
            self.save_button.setEnabled(False)
            return
        choices = [(code, waiting_words(one, today)) for code, one in self._waiting.items()]
        self.people = ChoiceRow(keeper, choices, translate("Who gets it"))
        self.people.chosen.connect(self.mark_changed)
        self.add_field(FormField(keeper, "people", translate("Who gets it"), self.people, required=True))
        note = translate("In the order they were put on the list. A later booking of theirs is moved to this day.")
        self.add_widget(TextLabel(keeper, note, Style.SECONDARY, "text2", self, wrap=True))
        self.body.addStretch(1)
