"""Bookings two records cannot both keep once they are one: cancelled, or kept with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.merge import BEFORE_EARLIEST, BookingOfOne, KeptBooking, bookings_of_one, clashing
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import ChoiceRow, FormField, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.merge import booking_of_one_words, too_early_words

CANCEL, KEEP, ALL = "cancel", "keep", "all"


class BookingQuestion(QWidget):
    """What becomes of one booking that is too early, or of several for one diagnosis; says how it stands before."""

    def __init__(
        self, keeper: ThemeKeeper, group: tuple[BookingOfOne, ...], know: Callable[[FormField[Any]], object]
    ) -> None:
        super().__init__()
        self.ids = tuple(one.appointment.id for one in group)
        self.early = len(group) == 1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(8))
        if self.early:
            words = too_early_words(group[0])
            label = translate("This booking")
            choices = [(CANCEL, translate("Cancel it")), (KEEP, translate("Keep it"))]
        else:
            words = translate("Both have a booking for what becomes one diagnosis.")
            label = translate("Which one stays? The other is cancelled.")
            choices = [(str(one.appointment.id), booking_of_one_words(one)) for one in group]
            if len({one.appointment.day for one in group}) == len(group):
                choices.append((ALL, translate("All stay, with a reason")))
        column.addWidget(TextLabel(keeper, words, Style.BODY, "text", self, wrap=True))
        row = ChoiceRow(keeper, choices, label)
        stays = next((str(one.appointment.id) for one in group if not one.why_not), None)
        row.choose(CANCEL if self.early else stays)
        self.choice = FormField(keeper, f"stays_{self.ids[0]}", label, row)
        self.reason, self.doctor = QLineEdit(), QLineEdit()
        self.reason.setMaxLength(300)
        number = self.ids[0]
        self.reason_field = FormField(keeper, f"keep_reason_{number}", translate("Reason"), self.reason, required=True)
        self.doctor_field = FormField(
            keeper, f"keep_decided_by_{number}", translate("Doctor who decided"), self.doctor, required=True
        )
        for field in (self.choice, self.reason_field, self.doctor_field):
            column.addWidget(field)
            know(field)
        row.chosen.connect(self._chosen)
        self._chosen()

    @property
    def stay(self) -> tuple[int, ...]:
        """The booking chosen to stay, of several."""
        code = self.choice.control.code
        return (int(code),) if code is not None and code.isdigit() else ()

    @property
    def keep(self) -> dict[int, KeptBooking]:
        """Those that stay with a reason, as it was typed."""
        if self.choice.control.code not in (KEEP, ALL):
            return {}
        doctor = self.doctor.text().strip() if self.early else ""
        return dict.fromkeys(self.ids, KeptBooking(self.reason.text().strip(), doctor))

    def _chosen(self, *_: object) -> None:
        code = self.choice.control.code
        self.reason_field.setVisible(code in (KEEP, ALL))
        self.doctor_field.setVisible(code == KEEP)


def questions_of(bookings: tuple[BookingOfOne, ...]) -> list[tuple[BookingOfOne, ...]]:
    """What has to be asked: each booking that is too early, then those of which one diagnosis has several."""
    early = [(one,) for one in bookings if one.why_not == BEFORE_EARLIEST]
    return [*early, *clashing(bookings)]


def cancelled_of(bookings: tuple[BookingOfOne, ...], questions: list[BookingQuestion]) -> int:
    """How many bookings are cancelled by what was answered."""
    stay = [id_ for one in questions for id_ in one.stay]
    keep = {id_: said for one in questions for id_, said in one.keep.items()}
    return sum(bool(one.why_not) for one in bookings_of_one(bookings, stay, keep))
