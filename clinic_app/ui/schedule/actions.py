"""What is done with a case from the list, the panel or the week: log a call, book, change a booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails, DrugSupply
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.lines import Line
from clinic_app.ui.widgets.menu_place import pop_inside
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import attempt_words, booking_words, drug_words, no_drug_words, place_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

CANNOT_COME = (
    (Attempt.CANNOT_COME_MONEY, "&Money"),
    (Attempt.CANNOT_COME_TRAVEL, "&Travel"),
    (Attempt.CANNOT_COME_DRUG, "No &drug"),
    (Attempt.CANNOT_COME_OTHER, "&Other reason"),
    (Attempt.DECLINED, "De&clined"),
    (Attempt.WRONG_NUMBER, "&Wrong number"),
)
THEY_CALLED = (
    (Attempt.WORN_OFF, "&Worn off"),
    (Attempt.PROBLEM, "&Problem"),
    (Attempt.WANTS_DATE, "Wants a &date"),
    (Attempt.WILL_COME, "Will &come"),
)
OFFERED = 3
ASK_A_NOTE = frozenset({Attempt.PROBLEM})
"""The doctor has to know more than that there was one: the call sheet asks."""
LEAD_TO_BOOKING = frozenset({Attempt.WORN_OFF, Attempt.WANTS_DATE})
"""The booking sheet comes next, with the earliest day there."""
ONE_KEY = {"1": Attempt.NO_ANSWER, "2": Attempt.TOLD_FAMILY}


class CaseActions(QObject):
    """Writes about one case. ``leaving(case_id)`` comes first, so that a list can go on to its next row.

    What a write did is said by a toast with Undo; a refusal of a booking opens the booking sheet, where the reason
    is shown beside its field. ``written(case_id, undo_id)`` comes after a call or a booking was stored.
    """

    leaving = Signal(int)
    written = Signal(int, object)
    booking_refused = Signal(int, object, object)
    move_refused = Signal(object, object, object)
    """(Appointment, day, ClinicError): a booking could not be moved to a day by one gesture."""

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._told: set[int] = set()
        """Cases of which it was said already that no drug is in sight."""
        self._asking: set[int] = set()
        context.detached.connect(self._told.clear)
        self._numbers: dict[int, str] = {}
        context.detached.connect(self._numbers.clear)
        context.concealed.connect(self._numbers.clear)

    def _drug_first(self, case_id: int, name: str, go: Callable[[], object]) -> None:
        """Do it; where the clinic calls nobody without a vial in sight, say once before that there is none."""
        if not self._context.clinic.rules.drug_first or case_id in self._told:
            go()
            return
        if case_id in self._asking:
            return
        self._asking.add(case_id)

        def answer(drug: DrugSupply) -> None:
            self._asking.discard(case_id)
            if drug.missing:
                self._told.add(case_id)
                self._context.intents.refused.emit(no_drug_words(name, drug))
            else:
                go()

        def failed(problem: ClinicError) -> None:
            self._asking.discard(case_id)
            self._context.intents.refused.emit(sentence_of(problem))

        self._context.tasks.ask(lambda s: s.schedule.drug_known(case_id), answer, owner=self, failed=failed)

    def log(self, case_id: int, name: str, outcome: Attempt) -> None:
        """Log a call with the usual next date."""
        if self._refused():
            return
        if outcome in ASK_A_NOTE:
            self._context.intents.log_outcome.emit(case_id, outcome)
        else:
            self._drug_first(case_id, name, lambda: self._log(case_id, name, outcome))

    def _log(self, case_id: int, name: str, outcome: Attempt) -> None:
        words = translate("{outcome} logged for {name}").format(outcome=attempt_words(outcome), name=name)
        if outcome not in LEAD_TO_BOOKING:
            self.leaving.emit(case_id)
        number = self._numbers.get(case_id)

        def said(made: Changes) -> None:
            self._context.wrote(words, made)
            self.written.emit(case_id, made.undo)
            if outcome in LEAD_TO_BOOKING:
                self._context.intents.book.emit(case_id)

        self._context.tasks.tell(lambda s: _log(s, case_id, outcome, number), said, owner=self)

    def call_number(self, case_id: int, number: str) -> None:
        """The next calls about a case are made to this number of the patient's."""
        self._numbers.clear()
        self._numbers[case_id] = number

    def number_for(self, case_id: int) -> str | None:
        """The number chosen for a case; None: the patient's first."""
        return self._numbers.get(case_id)

    def book(self, case_id: int, patient_id: int, name: str, day: date | None = None) -> None:
        """Book a day, or the first suggested one, as agreed in a call; call and booking are undone together."""
        if self._refused():
            return
        self._drug_first(case_id, name, lambda: self._book(case_id, patient_id, name, day))

    def _book(self, case_id: int, patient_id: int, name: str, day: date | None) -> None:
        self.leaving.emit(case_id)

        def write(services: Services) -> Changes:
            return _book(services, case_id, patient_id, day)

        def said(made: Changes) -> None:
            if isinstance(made.result, Appointment):
                self._context.wrote(booked_words(made.result, name, self._context.today()), made)
            self.written.emit(case_id, made.undo)

        def refused(problem: ClinicError) -> None:
            self.booking_refused.emit(case_id, day, problem)

        self._context.tasks.tell(write, said, owner=self, failed=refused)

    def move(self, booking: Appointment, name: str, day: date) -> None:
        """Move a booking to another day, its time with it; a refusal opens the booking sheet on that day."""
        if self._refused():
            return
        words = translate("Moved {name} to {day}").format(name=name, day=short_weekday_day(day, self._context.today()))
        self._context.tasks.tell(
            lambda s: s.schedule.move(booking.id, day, booking.at, version=booking.version),
            lambda made: self._context.wrote(words, made),
            owner=self,
            failed=lambda problem: self.move_refused.emit(booking, day, problem),
        )

    def set_status(self, booking: Appointment, name: str, status: AppointmentStatus) -> None:
        """Say that a booking was confirmed, arrived, missed or cancelled; seen, not injected asks what happens next."""
        if self._refused():
            return
        if status is AppointmentStatus.NOT_INJECTED and booking.status.live:
            self._context.intents.not_injected.emit(booking, name)
            return
        words = f"{name}: {booking_words(status)}"
        self._context.tasks.tell(
            lambda s: s.schedule.set_status(booking.id, status),
            lambda made: self._context.wrote(words, made),
            owner=self,
        )

    def stop_waiting(self, patient_id: int, case_id: int, name: str) -> None:
        """Take a case off the waiting list."""
        if self._refused():
            return
        words = translate("{name}: off the waiting list").format(name=name)
        self._context.tasks.tell(
            lambda s: _stop_waiting(s, patient_id, case_id), lambda made: self._context.wrote(words, made), owner=self
        )

    def set_drug(self, booking: Appointment, name: str, drug: DrugSupply) -> None:
        """Say whether the drug for a booking will be there."""
        if self._refused():
            return
        words = translate("{name}: drug: {drug}").format(name=name, drug=drug_words(drug).lower())
        self._context.tasks.tell(
            lambda s: s.schedule.set_drug(booking.id, drug),
            lambda made: self._context.wrote(words, made),
            owner=self,
        )

    def pop_drug(self, booking: Appointment, name: str, where: QPoint, parent: QWidget) -> QMenu:
        """The menu of whether the drug for a booking will be there; what holds now is ticked."""
        menu = QMenu(translate("Drug"), parent)
        menu.aboutToHide.connect(menu.deleteLater)
        fill_drugs(self._context, menu, booking, name, lambda drug: self.set_drug(booking, name, drug))
        pop_inside(menu, where, parent)
        menu.setActiveAction(next(one for one in menu.actions() if one.isChecked()))
        return menu

    def pop_cannot_come(self, case_id: int, name: str, where: QPoint, parent: QWidget) -> None:
        """The menu of ``3``: why they cannot come."""
        title = translate("Can’t come")
        self._drug_first(case_id, name, lambda: self._pop(CANNOT_COME, title, case_id, name, where, parent))

    def pop_they_called(self, case_id: int, name: str, where: QPoint, parent: QWidget) -> None:
        """The menu of ``4``: what they wanted."""
        title = translate("They called")
        self._drug_first(case_id, name, lambda: self._pop(THEY_CALLED, title, case_id, name, where, parent))

    def press(self, key: str, line: Line, where: QPoint, parent: QWidget) -> None:
        """A key on a row or a card: c and C look, 1 to 4 log a call, b and B book, l opens the call sheet.

        ``where``: the place on the screen at which a menu comes.
        """
        intents = self._context.intents
        if key == "c":
            intents.compare.emit(line.case_id)
        elif key == "C":
            intents.show_injection.emit(line.case_id, 0)
        elif self._refused():
            return
        elif key == "l":
            intents.log_call.emit(line.case_id)
        elif key == "B":
            intents.book.emit(line.case_id)
        elif not line.offers_call:
            words = translate("{name}: {status}. No call is offered.")
            intents.refused.emit(words.format(name=line.name, status=line.chip.words))
        elif key in ONE_KEY:
            self.log(line.case_id, line.name, ONE_KEY[key])
        elif key in ("3", "4"):
            pop = self.pop_cannot_come if key == "3" else self.pop_they_called
            pop(line.case_id, line.name, where, parent)
        elif line.booking is not None:
            intents.book.emit(line.case_id)
        else:
            self.book(line.case_id, line.patient_id, line.name)

    def fill(self, menu: QMenu, case_id: int, name: str) -> None:
        """Put all outcomes into a menu, with the keys of the usual ones."""
        for key, outcome in ONE_KEY.items():
            action = menu.addAction(f"{attempt_words(outcome)}\t{key}")
            action.triggered.connect(lambda _=False, outcome=outcome: self.log(case_id, name, outcome))
            keep_to_roles(self._context, action, Action.REGISTER)
        switched_off = keep_to_roles(
            self._context, menu.addAction(attempt_words(Attempt.SWITCHED_OFF)), Action.REGISTER
        )
        switched_off.triggered.connect(lambda: self.log(case_id, name, Attempt.SWITCHED_OFF))
        for title, choices in (
            (translate("Can’t come"), CANNOT_COME),
            (translate("They called"), THEY_CALLED),
        ):
            part = menu.addMenu(title)
            self._fill(part, choices, case_id, name)

    def _refused(self) -> bool:
        return self._context.refuse(Action.REGISTER)

    def _pop(
        self,
        choices: tuple[tuple[Attempt, str], ...],
        title: str,
        case_id: int,
        name: str,
        where: QPoint,
        parent: QWidget,
    ) -> None:
        menu = QMenu(title, parent)
        menu.aboutToHide.connect(menu.deleteLater)
        self._fill(menu, choices, case_id, name)
        pop_inside(menu, where, parent)
        menu.setActiveAction(menu.actions()[0])

    def _fill(self, menu: QMenu, choices: tuple[tuple[Attempt, str], ...], case_id: int, name: str) -> None:
        for outcome, words in choices:
            action = keep_to_roles(self._context, menu.addAction(translate(words)), Action.REGISTER)
            action.triggered.connect(lambda _=False, outcome=outcome: self.log(case_id, name, outcome))


def fill_drugs(
    context: UiContext, menu: QMenu, booking: Appointment, name: str, take: Callable[[DrugSupply], object]
) -> None:
    """Every answer to "will the drug be there?", what holds now ticked; ``take`` gets another one."""
    for drug in DrugSupply:
        action = menu.addAction(drug_words(drug))
        action.setCheckable(True)
        action.setChecked(drug is booking.drug)
        keep_to_roles(context, action, Action.REGISTER)
        if drug is not booking.drug:
            action.triggered.connect(lambda _=False, drug=drug: take(drug))
    menu.addSeparator()
    details = keep_to_roles(context, menu.addAction(translate("Brand and batch…")), Action.REGISTER)
    details.triggered.connect(lambda: context.intents.drug_of.emit(booking, name))


def _log(services: Services, case_id: int, outcome: Attempt, number: str | None) -> Changes:
    return services.schedule.log_call(case_id, outcome, phone_number=None if outcome.incoming else number)


def _stop_waiting(services: Services, patient_id: int, case_id: int) -> Changes:
    entries = [one for one in services.waiting.of_patient(patient_id) if case_id in one.case_ids]
    if not entries:
        raise RuleBroken("status", "waits_no_more")
    return services.waiting.stop(entries[0].id)


def _book(services: Services, case_id: int, patient_id: int, day: date | None) -> Changes:
    if day is None:
        offered = services.schedule.suggested_days(case_id, 1)
        if not offered:
            raise RuleBroken("day", "no_day_offered")
        return services.schedule.book(BookingDetails(patient_id, offered[0].day, (case_id,), offered[0].at))
    at = None
    if services.clinic.rules.gives_times:
        known = services.schedule.suggested_days(case_id, OFFERED)
        at = next((one.at for one in known if one.day == day), None) or services.schedule.first_time(case_id, day)
        if at is None:
            raise RuleBroken("at", "no_time_left", day=day)
    return services.schedule.book(BookingDetails(patient_id, day, (case_id,), at))


def booked_words(booking: Appointment, name: str, today: date) -> str:
    """``Booked Asha Verma: Fri 20 Mar, place 13``."""
    when = short_weekday_day(booking.day, today)
    words = (
        translate("Booked {name}: {day}, {place}") if booking.at else translate("Booked {name}: {day}, place {place}")
    )
    return words.format(name=name, day=when, place=place_words(booking))
