"""The menu of a booking: what became of it, its drug, moving it; the same on the week board and in the calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QMenu

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import Appointment, AppointmentStatus, DrugSupply
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import fill_drugs
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import booking_words, drug_words


@dataclass(frozen=True, slots=True)
class BookingHands:
    """What is done where an entry of the menu is chosen."""

    show: Callable[[], object]
    set_status: Callable[[AppointmentStatus], object]
    set_drug: Callable[[DrugSupply], object]
    move: Callable[[], object]


def possible_statuses(booking: Appointment, today: date | None) -> tuple[AppointmentStatus, ...]:
    """What can be said of a booking on a day: nobody arrives before it."""
    if today is not None and booking.day > today:
        return (
            AppointmentStatus.BOOKED,
            AppointmentStatus.CONFIRMED,
            AppointmentStatus.CANCELLED_BY_PATIENT,
            AppointmentStatus.CANCELLED_BY_CLINIC,
        )
    return (
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.IN_ROOM,
        AppointmentStatus.NOT_INJECTED,
        AppointmentStatus.NO_SHOW,
        AppointmentStatus.CANCELLED_BY_PATIENT,
        AppointmentStatus.CANCELLED_BY_CLINIC,
    )


def fill_booking_menu(
    context: UiContext, menu: QMenu, entry: DayEntry, today: date | None, hands: BookingHands
) -> None:
    """Put everything that can be done with a booking into a menu."""
    booking = entry.appointment
    show = menu.addAction(translate("Show {name}").format(name=entry.name.replace("&", "&&")))
    show.triggered.connect(lambda: hands.show())
    menu.addSeparator()
    for status in possible_statuses(booking, today):
        action = menu.addAction(booking_words(status))
        action.setCheckable(True)
        action.setChecked(status is booking.status)
        action.triggered.connect(lambda _=False, status=status: hands.set_status(status))
        keep_to_roles(context, action, Action.REGISTER)
    if booking.status.live:
        menu.addSeparator()
        drugs = menu.addMenu(translate("Drug: {drug}").format(drug=drug_words(booking.drug)))
        fill_drugs(context, drugs, booking, entry.name, hands.set_drug)
        move = menu.addAction(translate("Move…"))
        move.triggered.connect(lambda: hands.move())
        keep_to_roles(context, move, Action.REGISTER)
