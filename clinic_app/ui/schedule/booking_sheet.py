"""The booking sheet: a Botox day with its place, a time where the clinic wants one, and whether the drug is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.domain.absences import Absence, absence_of
from clinic_app.domain.case_page import Inspector
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.drafts import DraftKind
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.schedule import Appointment, BookingDetails, BotoxDay, DrugSupply
from clinic_app.domain.suggestion import SuggestedDay
from clinic_app.domain.why import CaseWhy
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import booked_words
from clinic_app.ui.schedule.lines import diagnosis_lines
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, Level, LinkButton, Remark, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_name
from clinic_app.wording.language import translate
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import drug_words, offer_words, product_words
from clinic_app.wording.sentences import sentence, sentence_of
from clinic_app.wording.settings import hours_words
from clinic_app.wording.waiting import suggestion_words, waits_words
from clinic_app.wording.why import why_lines

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class Offer:
    """What the sheet needs to know: the case with its patient, its days, its names, the doctors."""

    value: Inspector
    cases: tuple[tuple[int, str], ...]
    doctors: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of one day: its places, whether the clinic is closed, and who is away (``absent``).

    ``away``: whose absence leaves nobody who injects.
    """

    day: date
    found: BotoxDay | None
    closed: bool = False
    away: Absence | None = None
    absent: tuple[Absence, ...] = ()


def read_offer(services: Services, case_id: int) -> Offer:
    """Read what the sheet needs. Raises ``NotFound``, ``StorageUnavailable``."""
    value = services.schedule.inspector(case_id)
    cases = []
    for summary in (value.summary, *value.other_cases):
        details = summary.case.details
        lines = diagnosis_lines(services.catalogues, details.condition, details.side, details.pattern)
        if summary.answer.stop is None:
            cases.append((summary.case.id, ", ".join(part for part in lines if part)))
    return Offer(value, tuple(cases), services.schedule.injectors(), services.today())


def read_place(services: Services, day: date) -> Place:
    """How many places a day has."""
    boards = services.schedule.week(day - timedelta(days=day.weekday()))
    found = next((board.day for board in boards if board.day.day == day), None)
    rules = services.clinic.rules
    absent = tuple(one for one in services.absences.to_come() if one.covers(day))
    nobody = next((one for one in absent if one.details.places == 0 and rules.usual_places_on(day)), None)
    return Place(day, found, not rules.working_days.is_working(day), nobody, absent)


class BookingSheet(RecordSheet):
    """Books a visit for a case, or moves a booking that stands."""

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        case_id: int,
        *,
        day: date | None = None,
        booking: Appointment | None = None,
        refusal: ClinicError | None = None,
    ) -> None:
        """``refusal``: why a booking by one key was not made; it is shown beside its field."""
        title = translate("Move booking") if booking is not None else translate("Book a Botox day")
        super().__init__(context, host, title, save=translate("Move") if booking else translate("Book"))
        keeper = context.theme
        self._context = context
        self._case_id = case_id
        self._booking = booking
        self._refusal = refusal
        self._wanted = day or (booking.day if booking is not None else None)
        self._offer: Offer | None = None
        self._full = False
        self._absent: tuple[Absence, ...] = ()
        self._asked_why = False
        self._days: dict[str, SuggestedDay] = {}
        self.checks: dict[int, QCheckBox] = {}
        self._offered = QVBoxLayout()
        self.body.addLayout(self._offered)
        self.day = DateField(keeper, context.today, name="day", earliest=context.today())
        self.day.edited.connect(self._day_edited)
        self.add_field(FormField(keeper, "day", translate("Day"), self.day, required=True))
        self._place = TextLabel(keeper, "", wrap=True, parent=self)
        self.add_widget(self._place)
        self.wait = QCheckBox(translate("Put on the waiting list instead"))
        self.add_widget(self.wait)
        self.watch(self.wait)
        self.wait.toggled.connect(self._waits)
        self.until = DateField(keeper, context.today, name="wait_until", earliest=context.today())
        self._until_field = self.add_field(
            FormField(keeper, "wait_until", translate("Would come until"), self.until, required=True)
        )
        self._may_wait = False
        self._rules = Remark(keeper, self)
        self.add_widget(self._rules)
        self._doctor_away = Remark(keeper, self)
        self.add_widget(self._doctor_away)
        self.why = LinkButton(keeper, translate("Why?"), self)
        self.why.clicked.connect(self._tell_why)
        self.add_widget(self.why)
        self._because_of = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self._because_of.hide()
        self.add_widget(self._because_of)
        self._limit = Remark(keeper, self)
        self.add_widget(self._limit)
        self.reason = QLineEdit()
        self.reason.setMaxLength(300)
        self.decided_by = QComboBox()
        self.decided_by.setEditable(True)
        self.decided_by.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._reason_field = self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason))
        self._doctor_field = self.add_field(
            FormField(keeper, "decided_by", translate("Doctor who decided"), self.decided_by)
        )
        self.end_hold = QCheckBox(translate("End the hold"))
        self.add_widget(self.end_hold)
        self.watch(self.end_hold)
        self.end_hold.toggled.connect(self._judge)
        self._cases_box = QVBoxLayout()
        self.body.addLayout(self._cases_box)
        self.at = QLineEdit()
        self.at.setPlaceholderText(translate("10:30"))
        self.at.setMaxLength(5)
        self.add_field(FormField(keeper, "at", translate("Time"), self.at, width=110, hint=self._time_hint()))
        if booking is None:
            self.injector = QComboBox()
            self.injector.setEditable(True)
            self.injector.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            self._injector_field = self.add_field(
                FormField(
                    keeper,
                    "injector",
                    translate("Doctor"),
                    self.injector,
                    hint=translate("Left blank: whoever injects"),
                )
            )
            self._injector_field.hide()
            self.injector.currentTextChanged.connect(self._judge)
            drugs = [(one.value, drug_words(one)) for one in DrugSupply]
            self.drug = ChoiceRow(keeper, drugs, translate("Drug"))
            self.drug.choose(DrugSupply.UNKNOWN.value)
            self.add_field(FormField(keeper, "drug", translate("Drug"), self.drug))
            self.drug.chosen.connect(self._drug_chosen)
            self.product = QComboBox()
            self.product.addItem(translate("Not said"), "")
            for code in context.catalogues.products:
                self.product.addItem(product_words(code, context.catalogues), code)
            self.batch = QLineEdit()
            self.batch.setMaxLength(40)
            self._brought = (
                FormField(keeper, "drug_product", translate("Brand"), self.product),
                FormField(keeper, "drug_batch", translate("Batch no."), self.batch),
            )
            self.add_row(*self._brought)
            self._drug_chosen(DrugSupply.UNKNOWN.value)
            self.note = QPlainTextEdit()
            self.note.setTabChangesFocus(True)
            self.add_field(FormField(keeper, "note", translate("Note"), self.note))
        for part in (self._reason_field, self._doctor_field, self.end_hold, self.wait, self._until_field):
            part.hide()
        if booking is not None:
            self.read_values = {"day": booking.day, "at": booking.at}
        if booking is not None and booking.at is not None:
            self.at.setText(f"{booking.at:%H:%M}")
        if self._wanted is not None:
            self.day.set_day(self._wanted)
        context.tasks.changed.connect(self._others_wrote)
        context.tasks.ask(lambda s: read_offer(s, case_id), self._take, owner=self, failed=self._trouble)

    def _time_hint(self) -> str:
        rules = self._context.clinic.rules
        if not rules.gives_times:
            return translate("Left blank: by place number")
        return translate("Between {hours}; left blank: by place number").format(hours=hours_words(rules.hours))

    def begin(self) -> None:
        """Slide in; what is known of the patient comes by itself."""
        self.open()

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields."""
        return {
            "case_id": self._case_id,
            "day": self.day.line.text(),
            "at": self.at.text(),
            "drug": self.drug.code,
            "note": self.note.toPlainText(),
            "reason": self.reason.text(),
            "decided_by": self.decided_by.currentText(),
            "cases": [case_id for case_id, box in self.checks.items() if box.isChecked()],
            "end_hold": self.end_hold.isChecked(),
            "injector": self.injector.currentText(),
            "drug_product": self.product.currentData(),
            "drug_batch": self.batch.text(),
        }

    def fits_draft(self, content: Mapping[str, object]) -> bool:
        """Whether it is about this diagnosis."""
        return content["case_id"] == self._case_id

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before; a day that has passed since is refused like one that is typed."""
        said: Any = content
        self.day.set_words(str(said["day"]))
        self.at.setText(str(said["at"]))
        self.drug.choose(said["drug"])
        self.note.setPlainText(str(said["note"]))
        self.reason.setText(str(said["reason"]))
        self.decided_by.setCurrentText(str(said["decided_by"]))
        for case_id, box in self.checks.items():
            box.setChecked(case_id in said["cases"])
        self.end_hold.setChecked(bool(said["end_hold"]))
        self.injector.setCurrentText(str(said.get("injector", "")))
        self.product.setCurrentIndex(max(0, self.product.findData(said.get("drug_product", ""))))
        self.batch.setText(str(said.get("drug_batch", "")))
        self._drug_chosen(str(said["drug"]))
        self._day_edited()

    def adopt_version(self, version: int) -> None:
        """Move a booking that somebody else changed meanwhile."""
        if self._booking is not None:
            self._booking = replace(self._booking, version=version)

    def take_theirs(self, values: Mapping[str, object]) -> None:
        """Show the day or time somebody else moved it to."""
        day, at = values.get("day"), values.get("at")
        if isinstance(day, date):
            self.day.set_day(day)
        if "at" in values:
            self.at.setText(f"{at:%H:%M}" if isinstance(at, time) else "")
        self._day_edited()

    def show_refusal(self, error: ClinicError) -> None:
        """What can be booked with a reason shows the field for it."""
        self._asked_why = error.code == "time_taken" or (isinstance(error, RuleBroken) and error.field == "reason")
        if self._asked_why:
            self._judge()
        super().show_refusal(error)

    # --- what is known -----------------------------------------------------------------------------------------

    def _take(self, offer: Offer) -> None:
        self._offer = offer
        value = offer.value
        self.set_title(
            translate("Move booking") if self._booking else translate("Book a Botox day"),
            f"{value.patient.name} · {dict(offer.cases).get(self._case_id, '')}".rstrip(" ·"),
        )
        with QSignalBlocker(self.decided_by):
            self.decided_by.addItems(list(offer.doctors))
            self.decided_by.setCurrentText("")
        if self._booking is None:
            self.injector.addItems(["", *offer.doctors])
            self._injector_field.setVisible(len(offer.doctors) > 1)
        if value.days:
            self._offer_days(value.days, offer.today)
        if self._wanted is None and value.days:
            self._take_offer(value.days[0])
        if self._booking is None and len(offer.cases) > 1:
            self._offer_cases(offer)
        if self._booking is None:
            self.keeps_drafts(DraftKind.BOOKING, value.patient.id)
        self._day_edited()
        if self._refusal is not None:
            refusal, self._refusal = self._refusal, None
            if not (isinstance(refusal, RuleBroken) and refusal.code == "no_day_offered" and value.days):
                self.show_refusal(refusal)
        if value.summary.answer.appointment is not None and self._booking is None:
            booked = value.summary.answer.appointment
            self._may_wait = booked.day > offer.today
            self.wait.setText(translate("Put on the waiting list for an earlier day"))
            self.wait.setVisible(self._may_wait)
            words = translate("Already booked for {day}. Move that booking, or say why a second one is needed.")
            self.banner.show_words(words.format(day=short_weekday_day(booked.day, offer.today)))

    def _offer_days(self, days: tuple[SuggestedDay, ...], today: date) -> None:
        choices = []
        for one in days:
            code = one.day.isoformat()
            self._days[code] = one
            place = translate("place {place}").format(place=one.next_token)
            if one.at is not None:
                place = f"{one.at:%H:%M}"
            choices.append((code, f"{short_weekday_day(one.day, today)} · {place}"))
        self.offered = ChoiceRow(self.keeper, choices, translate("Suggested days"))
        self.offered.chosen.connect(self._offered_chosen)
        field = FormField(self.keeper, "offered", translate("Suggested days"), self.offered)
        self._offered.addWidget(field)
        field.show()
        self._because = TextLabel(self.keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self._offered.addWidget(self._because)

    def _tell_why(self) -> None:
        """Where the dates of the window and the status come from, or hide it again."""
        if not self._because_of.isHidden():
            self._because_of.hide()
            return
        case_id, catalogues = self._case_id, self._context.catalogues

        def tell(known: CaseWhy) -> None:
            self._because_of.setText("\n".join(f"{said}: {because}" for said, because in why_lines(known, catalogues)))
            self._because_of.show()

        self._context.tasks.ask(lambda s: s.reasons.of_case(case_id), tell, owner=self, failed=self._trouble)

    def _drug_chosen(self, code: str) -> None:
        for field in self._brought:
            field.setVisible(code == DrugSupply.PATIENT_BRINGS.value)

    def _waits(self, on: bool) -> None:
        """On the waiting list: from the day above, until another."""
        self._until_field.setVisible(on)
        self.save_button.setText(translate("Put on the list") if on else translate("Book"))
        offer = self._offer
        if on and self.until.day is None and offer is not None:
            booked = offer.value.summary.answer.appointment
            self.until.set_day(self.day.day if booked is None else booked.day - timedelta(days=1))
            if booked is not None:
                earliest = self._earliest(offer)
                self.day.set_day(max(offer.today, earliest or offer.today))
                self._day_edited()
        self._judge()

    def _offered_chosen(self, code: str) -> None:
        self._take_offer(self._days[code])
        self.mark_changed()
        self._day_edited()

    def _take_offer(self, one: SuggestedDay) -> None:
        self.day.set_day(one.day)
        if one.at is not None:
            self.at.setText(f"{one.at:%H:%M}")

    def _offer_cases(self, offer: Offer) -> None:
        self._cases_box.addWidget(TextLabel(self.keeper, translate("For"), parent=self))
        for case_id, name in offer.cases:
            box = QCheckBox(name)
            box.setChecked(case_id == self._case_id)
            box.toggled.connect(self._judge)
            self.checks[case_id] = box
            self._cases_box.addWidget(box)
            self.watch(box)

    def _trouble(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    # --- judging the day ---------------------------------------------------------------------------------------

    def _others_wrote(self, changes: Changes) -> None:
        """A place taken, an absence, a closed day: the day is looked at anew."""
        if Topic.SCHEDULE in changes.topics and self.isVisible() and not self.busy:
            self._ask_place()

    def _ask_place(self) -> None:
        day = self.day.day
        if day is not None and self._context.open:
            self._context.tasks.ask(lambda s: read_place(s, day), self._show_place, owner=self, key="place")

    def _day_edited(self) -> None:
        day = self.day.day
        self._absent = ()
        self._ask_place()
        if day is None:
            self._place.setText("")
        if self._days:
            chosen = next((code for code, one in self._days.items() if one.day == day), None)
            self.offered.choose(chosen)
            words = suggestion_words(self._days[chosen]) if chosen else ""
            self._because.setText(words)
            self._because.setVisible(bool(words))
        self._judge()

    def _show_place(self, place: Place) -> None:
        if place.day != self.day.day:
            return
        self._absent = place.absent
        found = place.found
        if found is not None and self._booking is not None and self._booking.day == place.day:
            found = replace(found, taken=found.taken - 1, next_token=self._booking.token)
        if place.closed or found is None:
            words = translate("The clinic is closed on {weekday}s: a reason is needed.").format(
                weekday=weekday_name(place.day)
            )
            if place.day.weekday() in self._context.clinic.rules.working_days.weekdays:
                words = translate("The clinic is closed on this day: a reason is needed.")
        elif place.away is not None:
            words = translate("No injections: {who} is away until {day}. A reason is needed.").format(
                who=place.away.details.injector, day=day_words(place.away.details.last)
            )
        elif not found.is_botox_day:
            words = translate("Not a Botox day: a reason is needed.")
            if place.day == self._context.today():
                words = translate("Not a Botox day. Who has come today is booked all the same.")
        elif found.free:
            words = offer_words(found, times=self._context.clinic.rules.gives_times)
        else:
            words = translate("The day is full: {taken} of {places} places. A reason is needed.").format(
                taken=number_words(found.taken), places=number_words(found.capacity)
            )
        self._place.setText(words)
        stays = self._booking is not None and self._booking.day == place.day
        full = found is not None and found.is_botox_day and not found.free
        no_places = found is None or not (found.is_botox_day or place.day == self._context.today())
        self._full = (place.closed or full or no_places or place.away is not None) and not stays
        self.wait.setVisible(self._may_wait or ((full or place.away is not None) and self._booking is None))
        self._judge()

    def _judge(self, *_: object) -> None:
        """Say what stands against the day, and show the fields that are then needed."""
        offer, day = self._offer, self.day.day
        if offer is None:
            return
        value = offer.value
        window, hold = value.summary.answer.window, value.summary.answer.hold
        earliest = self._earliest(offer)
        early = day is not None and earliest is not None and day < earliest
        words = ""
        if early and earliest is not None:
            words = translate(
                "Before {day}, the earliest day. Booking it needs a reason and the name of the doctor who decided."
            ).format(day=day_words(earliest))
        elif day is not None and window.opens is not None and day < window.opens:
            words = translate("Before the window opens on {day}.").format(day=day_words(window.opens))
        elif day is not None and window.closes is not None and day > window.closes >= offer.today:
            words = translate("After the window closes on {day}.").format(day=day_words(window.closes))
        self._rules.show_words(words, "triangle-alert" if words else "", "danger" if early else "warning")
        second = self._booking is None and value.summary.answer.appointment is not None
        away = self._absence(day)
        said = {} if away is None else {"day": day, "who": away.details.injector, "until": away.details.last}
        self._doctor_away.show_words(sentence("doctor_away", said) if said else "", "triangle-alert", "warning")
        blocked = early or self._full or self._asked_why or second or away is not None
        why = blocked and not self.wait.isChecked()
        self._reason_field.setVisible(why)
        self._doctor_field.setVisible(early)
        self._reason_field.set_required(why)
        self._doctor_field.set_required(early)
        inside = hold is not None and day is not None and hold.holds_on(day)
        self.end_hold.setVisible(inside and self._booking is None)
        if inside and hold is not None and self._booking is None:
            self.end_hold.setText(translate("End the hold (until {day})").format(day=day_words(hold.until)))
        self._judge_limit(offer, day)

    def _absence(self, day: date | None) -> Absence | None:
        """Whose absence stands against the doctor named; a booking that stays on its day is not asked again."""
        if day is None or (self._booking is not None and day == self._booking.day):
            return None
        named = self._booking.injector if self._booking is not None else self.injector.currentText()
        return absence_of(self._absent, named, day)

    def _earliest(self, offer: Offer) -> date | None:
        """The first day that is not too early for any diagnosis chosen."""
        chosen = {case_id for case_id, box in self.checks.items() if box.isChecked()} or {self._case_id}
        summaries = (offer.value.summary, *offer.value.other_cases)
        found = [one.answer.window.earliest for one in summaries if one.case.id in chosen]
        days = [day for day in found if day is not None]
        return max(days, default=None)

    def _judge_limit(self, offer: Offer, day: date | None) -> None:
        limit = offer.value.botox_400
        if limit is None:
            self._limit.show_words("")
            return
        if limit.clears_on is None:
            self._limit.show_words(
                translate("The last dose alone is over the 400 U limit of Botox in 3 months."),
                "triangle-alert",
                "warning",
            )
            return
        words = translate("400 U limit clears on {day}").format(day=day_words(limit.clears_on))
        if limit.clears_on <= offer.today:
            words = translate("The 400 U limit leaves room for the last dose")
        over = day is not None and day < limit.clears_on
        self._limit.show_words(words, "triangle-alert" if over else "circle-check", "warning" if over else "text2")

    # --- saving ------------------------------------------------------------------------------------------------

    def _time(self) -> time | None:
        text = self.at.text().strip().replace(".", ":")
        if not text:
            return None
        hours, _, minutes = text.partition(":")
        try:
            return time(int(hours), int(minutes or 0))
        except ValueError as problem:
            raise RuleBroken("at", "bad_time", text=text) from problem

    def save(self) -> None:
        """Check and book, or move."""
        self.clear_problems()
        offer = self._offer
        if offer is None:
            return
        try:
            day, at = self.day.take(), self._time()
            until = self.until.take() if self.wait.isChecked() and not self.wait.isHidden() else None
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        reason, doctor = self.reason.text().strip(), self.decided_by.currentText().strip()
        if not self._reason_field.isVisible():
            reason = ""
        if not self._doctor_field.isVisible():
            doctor = ""
        self.set_busy(True)
        booking = self._booking
        name = offer.value.patient.name
        if booking is not None:
            self._context.tasks.tell(
                lambda s: s.schedule.move(booking.id, day, at, reason, doctor, booking.version),
                lambda made: self._moved(made, name, day),
                owner=self,
                failed=self.show_refusal,
            )
            return
        chosen = tuple(case_id for case_id, box in self.checks.items() if box.isChecked())
        if not self.checks:
            chosen = (self._case_id,)
        drug = DrugSupply(self.drug.code or DrugSupply.UNKNOWN.value)
        brings = drug is DrugSupply.PATIENT_BRINGS
        details = BookingDetails(
            offer.value.patient.id,
            day,
            chosen,
            at,
            drug,
            reason,
            doctor,
            self.note.toPlainText().strip(),
            self.end_hold.isVisible() and self.end_hold.isChecked(),
            injector=self.injector.currentText().strip(),
            drug_product=(str(self.product.currentData() or "") or None) if brings else None,
            drug_batch=" ".join(self.batch.text().split()) if brings else "",
            wait_until=until,
        )
        if until is not None:
            self._context.tasks.tell(
                lambda s: s.waiting.wait(details),
                lambda made: self._put_on_list(made, name),
                owner=self,
                failed=self.show_refusal,
            )
            return
        self._context.tasks.tell(
            lambda s: s.schedule.book(details),
            lambda made: self._booked(made, name),
            owner=self,
            failed=self.show_refusal,
        )

    def _booked(self, made: Changes, name: str) -> None:
        self.finish()
        if isinstance(made.result, Appointment):
            self._context.wrote(booked_words(made.result, name, self._context.today()), made)

    def _put_on_list(self, made: Changes, name: str) -> None:
        self.finish()
        if isinstance(made.result, Appointment):
            words = waits_words(made.result.wait_until or made.result.day, self._context.today())
            self._context.wrote(f"{name}: {words}", made)

    def _moved(self, made: Changes, name: str, day: date) -> None:
        self.finish()
        when = short_weekday_day(day, self._context.today())
        self._context.wrote(translate("Moved {name} to {day}").format(name=name, day=when), made)
