"""What the clinic does with calls: what to say and show while calling, and setting right what was logged."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_app.domain.access import Action
from clinic_app.domain.calendar_entries import entry_of
from clinic_app.domain.calls import (
    CallDetails,
    CallOccasion,
    CallPage,
    CodeKind,
    PatientText,
    QrMatrix,
    advice_for,
    allowed_channels,
    attempts_in_vain,
)
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.drug_sight import drug_known
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patient_texts import TextKind
from clinic_app.domain.patients import Patient, Phone, initials
from clinic_app.domain.schedule import (
    Appointment,
    BotoxDay,
    Channel,
    Flag,
    FollowUp,
    FollowUpStatus,
    calls_of_cycle,
)
from clinic_app.services.calendar_key import calendar_key, raised
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.wording.patient_texts import ENGLISH
from clinic_app.wording.schedule_files import entry_words

DUE = frozenset({FollowUpStatus.OVERDUE, FollowUpStatus.DUE, FollowUpStatus.COMING})


class CallsService:
    """Calls about a case."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.SEE_RECORD, case="case_id", view="patient")
    def page(self, case_id: int) -> CallPage:
        """What is in sight while a patient is called. Raises ``NotFound``."""
        from clinic_app.services.schedule import ScheduleService

        context = self._context
        today = context.today()
        with context.units.read() as unit:
            known = context.follow_ups(unit, [unit.cases.get(case_id).id], today)[case_id]
            patient = unit.patients.get(known.case.patient_id)
        answer, last = known.answer, known.answer.window.last
        channels = allowed_channels(patient)
        phones = patient.details.phones if channels & {Channel.CALL, Channel.TEXT} else ()
        ordered = tuple(sorted(phones, key=lambda one: one != patient.phone))
        calls = calls_of_cycle(known.facts.calls, last, today)
        in_vain = attempts_in_vain(calls)
        drug = drug_known(known.facts.appointments, last.day if last is not None else None, calls)
        days = ScheduleService(context).suggested_days(case_id, 1) if answer.appointment is None else ()
        offered = next(iter(days), None)
        texts = {phone.number: self._text(patient, phone, answer, offered) for phone in ordered}
        return CallPage(
            patient,
            ordered,
            channels,
            texts,
            in_vain,
            advice_for(in_vain, len(ordered), may_be_written_to=Channel.LETTER in channels),
            answer.appointment,
            self._codes(patient, texts, channels, answer.appointment),
            drug if context.rules.drug_first and drug.missing else None,
        )

    @needs(Action.REGISTER, call="call_id")
    def correct(self, call_id: int, details: CallDetails) -> Changes:
        """Set right what was logged of a call: it is taken back and written anew, at the time it was made.

        Both stay in the record's earlier versions; ``result`` is the id of the new one.

        Raises:
            NotFound: ``call_not_found``.
            RuleBroken: ``call_again_in_past`` for another day than was said before.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            before = unit.schedule.call(call_id)
            again = details.call_again_on
            if again is not None and again != before.call_again_on and again < context.today():
                raise RuleBroken("call_again_on", "call_again_in_past", day=again)
            unit.schedule.take_back_call(call_id)
            new = unit.schedule.add_call(
                before.case_id,
                details.outcome,
                before.at,
                again,
                details.spoke_to,
                details.note,
                details.channel,
                details.phone_number,
                details.call_again_at if again is not None else None,
            )
            context.refresh(unit, [unit.cases.get(before.case_id).patient_id])
            undo = unit.clinic.add_undo("call", {"call_id": new, "before": call_id})
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=new)

    def _text(self, patient: Patient, phone: Phone, answer: FollowUp, offered: BotoxDay | None) -> PatientText:
        """What is said and sent to a phone: in the language spoken there, in English where no text is in it."""
        texts = self._context.texts
        said = (phone.language or patient.details.language).strip()
        kinds = (TextKind.SCRIPT, TextKind.MESSAGE)
        codes = {texts.language_of(said, kind) for kind in kinds} if said else {None}
        code = codes.pop() if len(codes) == 1 else None
        found = code or ENGLISH
        if not texts.codes():
            return PatientText("", "", found, said)
        booking = answer.appointment
        day = booking.day if booking is not None else offered.day if offered is not None else None
        info = self._context.info
        values = {"clinic": info.name, "name": patient.name, "phone": info.choices.clinic_phone}
        if day is not None:
            values["day"] = texts.day(found, day)
        if booking is not None:
            values |= {"place": str(booking.token), "time": f"{booking.at:%H:%M}" if booking.at else ""}
        name = _text_name(answer, booking, has_day=day is not None)
        script, message = (texts.text(found, kind, name, values) for kind in kinds)
        return PatientText(script, message, found, said if code is None else "")

    def _codes(
        self,
        patient: Patient,
        texts: Mapping[str, PatientText],
        channels: frozenset[Channel],
        booking: Appointment | None,
    ) -> tuple[tuple[CodeKind, str, QrMatrix], ...]:
        from clinic_app.exchange.qr_codes import calendar_text, call_text, message_text, modules_of

        found: list[tuple[CodeKind, str, QrMatrix]] = []
        if Channel.CALL in channels:
            found += [(CodeKind.CALL, number, modules_of(call_text(number))) for number in texts]
        if Channel.TEXT in channels:
            sent = ((number, text.message) for number, text in texts.items() if text.message)
            found += [(CodeKind.TEXT, number, modules_of(message_text(number, said))) for number, said in sent]
        if booking is not None and patient.deceased_on is None:
            summary = f"{self._context.info.name}: {entry_words(initials(patient.name), booking)}"
            with self._context.units.read() as unit:
                count = raised(unit).get(booking.id, 0)
            entry = entry_of(calendar_key(self._context), booking, summary, raised=count)
            found.append((CodeKind.CALENDAR, "", modules_of(calendar_text(entry))))
        return tuple(found)


def _text_name(answer: FollowUp, booking: Appointment | None, *, has_day: bool) -> str:
    if booking is not None:
        return CallOccasion.BOOKED.value + ("_time" if booking.at is not None else "")
    if Flag.MISSED in answer.flags:
        occasion = CallOccasion.MISSED
    elif answer.status in DUE:
        occasion = CallOccasion.DUE
    else:
        return CallOccasion.OTHER.value
    return occasion.value if has_day else f"{occasion.value}_no_day"
