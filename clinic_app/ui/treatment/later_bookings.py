"""What becomes of bookings that lie after an injection just given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import Appointment, AppointmentStatus
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, FormField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import place_words

if TYPE_CHECKING:
    from clinic_app.services import Services

KEEP, CANCEL = "keep", "cancel"


class LaterBookingsSheet(RecordSheet):
    """For each later booking: keep it or cancel it. Nothing is chosen beforehand."""

    def __init__(self, context: UiContext, host: QWidget, name: str, bookings: Sequence[Appointment]) -> None:
        super().__init__(context, host, translate("Later bookings"))
        keeper = context.theme
        self.set_title(translate("Later bookings"), name)
        self.add_widget(
            TextLabel(
                keeper,
                translate("The injection was given. These bookings for the same diagnoses lie after it:"),
                Style.BODY,
                "text",
                wrap=True,
            )
        )
        self.choices: dict[int, ChoiceRow] = {}
        for booking in bookings:
            words = translate("{day} · place {place}").format(day=weekday_day(booking.day), place=place_words(booking))
            choice = ChoiceRow(keeper, [(KEEP, translate("Keep it")), (CANCEL, translate("Cancel it"))], words)
            self.add_field(FormField(keeper, f"booking_{booking.id}", words, choice, required=True))
            self.choices[booking.id] = choice

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Cancel what shall be cancelled."""
        self.clear_problems()
        for id_, choice in self.choices.items():
            if choice.code is None:
                self.show_refusal(RuleBroken(f"booking_{id_}", "later_not_answered"))
                return
        ids = tuple(id_ for id_, choice in self.choices.items() if choice.code == CANCEL)
        if not ids:
            self.finish()
            return

        def write(services: Services) -> Changes:
            answer = Changes(frozenset({Topic.SCHEDULE}))
            for id_ in ids:
                found = services.schedule.set_status(id_, AppointmentStatus.CANCELLED_BY_CLINIC)
                answer = replace(found, topics=answer.topics | found.topics)
            return answer if len(ids) == 1 else replace(answer, undo=None)

        self.write(write, translate_many("Booking cancelled", "{count} bookings cancelled", len(ids)))
