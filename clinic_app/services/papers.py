"""What the schedule puts on paper: who stands on it, in which words; and the entry in the audit before it leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent, Outcome
from clinic_app.domain.calendar_entries import entry_of
from clinic_app.domain.calls import QrMatrix
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.papers import (
    MOST_LINES,
    Addressed,
    CallRow,
    DayCase,
    DayVisit,
    HandedOver,
    LabelSheet,
    LastDose,
    NextVisit,
    PageWriter,
    PaperKind,
    PaperRequest,
    PrintedPaper,
    SlipFacts,
    next_visit_of,
    paper_number,
)
from clinic_app.domain.patient_texts import TextKind
from clinic_app.domain.patients import Patient
from clinic_app.domain.schedule import (
    Appointment,
    BotoxDay,
    DueEntry,
    Flag,
    FollowUpStatus,
    ToxinEvent,
    earliest_for_giving,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.units import Units
from clinic_app.exchange.whole_files import whole_file
from clinic_app.machine.label_sheets import label_sheets
from clinic_app.machine.places import find_places
from clinic_app.services.booking_rules import botox_day, with_places
from clinic_app.services.calendar_board import CalendarBoardService
from clinic_app.services.calendar_key import calendar_key, raised
from clinic_app.services.context import ClinicContext, Known, changes
from clinic_app.services.forecast import ForecastService
from clinic_app.services.needs import needs, open_to_all
from clinic_app.services.schedule import ScheduleService
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording import papers as words
from clinic_app.wording.patient_texts import ENGLISH, english_used
from clinic_app.wording.sentences import sentence

PAGE = 500
DAYS_AHEAD = 120


class PapersService:
    """Papers of the schedule. Nurses and doctors print (security page 4.1); a PDF file counts as printed."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @open_to_all
    def writer(self) -> PageWriter:
        """What draws papers on printers, previews and files."""
        from clinic_app.paper.writer import PaperWriter

        return PaperWriter()

    @open_to_all
    def label_sheets(self) -> tuple[LabelSheet, ...]:
        """The sheets of labels there are, the usual one first."""
        return label_sheets(find_places().resources)

    @needs(Action.PRINT)
    def make(self, request: PaperRequest) -> PrintedPaper:
        """The paper that is asked for, in words.

        Raises:
            RuleBroken: ``paper_too_long``, ``paper_nobody``, ``paper_no_day``, ``paper_no_booking``,
                ``paper_no_window``, ``label_sheet_unknown``.
        """
        self._context.access.check_all(Action.PRINT, patient=request.patient_ids, appointment=request.appointment_ids)
        make: dict[PaperKind, Callable[[PaperRequest], PrintedPaper]] = {
            PaperKind.CALL_LIST: self._call_list,
            PaperKind.DAY_LIST: self._day_list,
            PaperKind.DAY_PLAN: self._day_plan,
            PaperKind.SLIP: self._slips,
            PaperKind.NEXT_VISIT: self._next_visit,
            PaperKind.LETTER: self._letters,
            PaperKind.LABELS: self._labels,
            PaperKind.POWER_CUT: self._power_cut,
            PaperKind.HANDOVER: self._handover,
        }
        return make[request.kind](request)

    @needs(Action.PRINT)
    def enter_printed(self, paper: PrintedPaper) -> Changes:
        """The audit knows, for everybody who stands on a paper, that it is printed; before it is.

        Raises:
            StorageUnavailable: the audit cannot be written now: then it is not printed.
        """
        with self._context.units.open() as unit:
            for event in _events(paper):
                unit.enter(event)
            unit.commit()
        return changes()

    @needs(Action.PRINT)
    def save_pdf(self, paper: PrintedPaper, path: str, overwrite: bool = False) -> Changes:
        """Write a paper as a PDF file, entered as printed; ``result`` is its path.

        Raises:
            FileRefused: ``table_exists`` unless ``overwrite``, ``table_is_folder``.
            StorageUnavailable: it cannot be written there, or the audit cannot be written now.
        """
        data = self.writer().pdf(paper)
        with whole_file(Path(path), overwrite=overwrite) as file:
            self.enter_printed(paper)
            try:
                file.write(data)
            except OSError:
                self._context.units.note(replace(_events(paper)[0], outcome=Outcome.FAILED))
                raise
        return changes(result=path)

    @needs(Action.FIND)
    def call_rows(self, request: PaperRequest) -> tuple[CallRow, ...]:
        """The rows of a call list as it is shown, each with its number on paper.

        Raises:
            RuleBroken: ``paper_too_long``.
        """
        schedule = ScheduleService(self._context)
        if request.case_ids:
            found = [*schedule.entries(request.case_ids)]
        else:
            counts = schedule.counts(request.narrow)
            count = sum(counts.get(status, 0) for status in request.statuses)
            if count > MOST_LINES:
                raise RuleBroken("rows", "paper_too_long", count=count, limit=MOST_LINES)
            found = []
            for status in request.statuses:
                for start in range(0, counts.get(status, 0), PAGE):
                    found += schedule.rows(status, start, PAGE, request.narrow)
        with self._context.units.read() as unit:
            return self._numbered(unit, found)

    @needs(Action.FIND)
    def day_visits(self, day: date) -> tuple[BotoxDay, tuple[DayVisit, ...]]:
        """Everybody who is booked on a day or came, with what has to be known of them."""
        visits = self._visits(day)
        with self._context.units.read() as unit:
            place = botox_day(self._context, unit, day)
        return replace(place, taken=len(visits)), visits

    @needs(Action.FIND)
    def botox_days(self, count: int = 8) -> tuple[date, ...]:
        """The next days on which injections are given, today too where it is one, in order."""
        context, today = self._context, self._context.today()
        with context.units.read() as unit:
            absences = unit.absences.since(today)
        days = (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD))
        open_days = (day for day in days if with_places(context.rules, absences, day, 0).is_botox_day)
        return tuple(islice(open_days, count))

    @needs(Action.FIND)
    def next_botox_day(self) -> date:
        """The next day on which injections are given, tomorrow at the earliest.

        Raises:
            RuleBroken: ``paper_no_day``.
        """
        following = [day for day in self.botox_days(2) if day > self._context.today()]
        if not following:
            raise RuleBroken("day", "paper_no_day")
        return following[0]

    # --- the papers --------------------------------------------------------------------------------------------

    def _call_list(self, request: PaperRequest) -> PrintedPaper:
        rows = self.call_rows(request)
        return words.call_list_paper(self._imprint(request), rows, request.filters, private=request.private)

    def _day_list(self, request: PaperRequest) -> PrintedPaper:
        day, visits = self.day_visits(request.day or self.next_botox_day())
        return words.day_list_paper(self._imprint(request), day, visits)

    def _day_plan(self, request: PaperRequest) -> PrintedPaper:
        plan = ForecastService(self._context).day_plan(request.day or self.next_botox_day())
        return words.day_plan_paper(self._imprint(request), plan)

    def _power_cut(self, request: PaperRequest) -> PrintedPaper:
        days = dict.fromkeys((*self.botox_days(1), self.next_botox_day()))
        rows = self.call_rows(replace(request, statuses=(FollowUpStatus.OVERDUE, FollowUpStatus.DUE)))
        return words.power_cut_paper(self._imprint(request), rows, [self.day_visits(day) for day in days])

    def _handover(self, request: PaperRequest) -> PrintedPaper:
        facts = self._handed_over(request)
        groups = (facts.called, facts.call_again, facts.ask_doctor, facts.missed, facts.without_drug)
        count = sum(map(len, groups))
        if count > MOST_LINES:
            raise RuleBroken("rows", "paper_too_long", count=count, limit=MOST_LINES)
        return words.handover_paper(self._imprint(request), facts)

    def _slips(self, request: PaperRequest) -> PrintedPaper:
        with self._context.units.read() as unit:
            bookings, counts = self._bookings(unit, request), raised(unit)
            patients = unit.patients.by_ids(sorted({booking.patient_id for booking in bookings}))
        if not bookings:
            raise RuleBroken("appointment", "paper_no_booking")
        key = calendar_key(self._context)
        slips = [
            (
                SlipFacts(patient, one.day, one.token, one.at),
                speech,
                self._code(one, key, speech, counts.get(one.id, 0)),
            )
            for one in bookings
            for patient in (patients[one.patient_id],)
            for speech in (self._speech(patient, TextKind.SLIP),)
        ]
        paper = words.slips_paper(self._imprint(request), slips, cut=request.cut)
        return self._noted(paper, [patients[one.patient_id] for one in bookings], TextKind.SLIP)

    def _next_visit(self, request: PaperRequest) -> PrintedPaper:
        found = [one for one in map(self._next_of, request.patient_ids) if one is not None]
        if not found:
            raise RuleBroken("patient", "paper_no_window")
        visits = [(one, self._speech(one.patient, TextKind.NEXT_VISIT)) for one in found]
        paper = words.next_visit_paper(self._imprint(request), visits)
        return self._noted(paper, [one.patient for one in found], TextKind.NEXT_VISIT)

    def _letters(self, request: PaperRequest) -> PrintedPaper:
        addressed = self._addressed(request)
        open_to = [one for one in addressed if not one.barred]
        left_out = tuple(sentence(one.barred, {"name": one.patient.name}) for one in addressed if one.barred)
        if not open_to:
            barred = addressed[0]
            raise RuleBroken("patients", barred.barred, name=barred.patient.name)
        letters = [(one, self._speech(one.patient, TextKind.LETTER)) for one in open_to]
        paper = replace(words.letters_paper(self._imprint(request), letters), left_out=left_out)
        return self._noted(paper, [one.patient for one in open_to], TextKind.LETTER)

    def _labels(self, request: PaperRequest) -> PrintedPaper:
        known = {one.code: one for one in self.label_sheets()}
        sheet = known.get(request.label_sheet or next(iter(known)))
        if sheet is None:
            raise RuleBroken("label_sheet", "label_sheet_unknown", sheet=request.label_sheet)
        used = min(max(request.labels_used, 0), sheet.labels - 1)
        return words.labels_paper(self._imprint(request), self._addressed(request), sheet, used)

    # --- what stands on them -----------------------------------------------------------------------------------

    def _imprint(self, request: PaperRequest) -> words.Imprint:
        context = self._context
        info = context.info
        return words.Imprint(
            info.name, info.user.name, context.now(), request.size, context.catalogues, info.choices.clinic_phone
        )

    def _speech(self, patient: Patient, kind: TextKind) -> words.PaperSpeech:
        """The patient's own language where there are texts in it, else English; a letter is read by who it is to."""
        texts, info = self._context.texts, self._context.info
        values = {"clinic": info.name, "name": patient.name, "phone": info.choices.clinic_phone}
        return words.PaperSpeech(texts, texts.language_of(_spoken(patient), kind) or ENGLISH, kind, values)

    def _noted(self, paper: PrintedPaper, patients: Sequence[Patient], kind: TextKind) -> PrintedPaper:
        """The paper with a sentence about the languages somebody on it speaks and there is no text in."""
        spoken = dict.fromkeys(_spoken(patient) for patient in patients)
        missing = [one for one in spoken if one and self._context.texts.language_of(one, kind) is None]
        return replace(paper, notes=(english_used(missing),) if missing else ())

    def _code(self, booking: Appointment, key: bytes, speech: words.PaperSpeech, count: int) -> QrMatrix:
        """The booking for the patient's own phone: the clinic, the day, the place."""
        from clinic_app.exchange.qr_codes import calendar_text, modules_of

        clinic = self._context.info.name
        summary = clinic if booking.at is not None else f"{clinic}: {speech.say('place', place=booking.token)}"
        return modules_of(calendar_text(entry_of(key, booking, summary, raised=count)))

    def _numbered(self, unit: UnitOfWork, entries: Sequence[DueEntry]) -> tuple[CallRow, ...]:
        """Rows with their numbers and villages; the village of a closed record stays closed."""
        ids = sorted({entry.patient_id for entry in entries})
        veil = self._context.access.veil()
        patients = {id_: veil.patient(one) for id_, one in unit.patients.by_ids(ids).items()}
        cases = {id_: [case.id for case in found] for id_, found in unit.cases.of_patients(ids).items()}
        rows: list[CallRow] = []
        for entry in entries:
            patient = patients[entry.patient_id]
            number = paper_number(patient, entry.case_id, cases[entry.patient_id])
            rows.append(CallRow(number, entry, patient.details.village))
        return tuple(rows)

    def _visits(self, day: date) -> tuple[DayVisit, ...]:
        """The lines of the calendar's day, with patients and the first day each injection may be given."""
        context, lines = self._context, CalendarBoardService(self._context).day_list(day)
        with context.units.read() as unit:
            known = context.follow_ups(unit, [case.case_id for line in lines for case in line.cases], context.today())
            patients = unit.patients.by_ids(sorted({line.booking.appointment.patient_id for line in lines}))
        veil = context.access.veil()
        found: list[DayVisit] = []
        for line in lines:
            booking = line.booking.appointment
            patient = patients[booking.patient_id]
            shown = line.cases if veil.shows_record(patient.id) else ()
            cases = tuple(self._day_case(known[one.case_id], one, booking) for one in shown if one.case_id in known)
            found.append(DayVisit(booking, veil.patient(patient), cases, str(patient.number)))
        return tuple(found)

    def _day_case(self, known: Known, entry: DueEntry, booking: Appointment) -> DayCase:
        minimum = self._context.rules.minimum
        earliest = earliest_for_giving(known.facts, minimum, booking.day) if booking.status.live else None
        return DayCase(entry, _last_dose(entry.answer.window.last), earliest)

    def _bookings(self, unit: UnitOfWork, request: PaperRequest) -> list[Appointment]:
        """The bookings slips are printed of: those named, else the next of each patient, else all of a day."""
        today = self._context.today()
        if request.appointment_ids:
            return [unit.schedule.appointment(id_) for id_ in request.appointment_ids]
        if request.patient_ids:
            found = [
                next((one for one in unit.schedule.appointments(today, patient_id=id_) if one.status.live), None)
                for id_ in request.patient_ids
            ]
            return [one for one in found if one is not None]
        if request.day is None:
            return []
        hidden = self._context.access.hidden()
        booked = unit.schedule.appointments(request.day, request.day)
        return [one for one in booked if one.status.live and one.patient_id not in hidden]

    def _next_of(self, patient_id: int) -> NextVisit | None:
        """The window after the patient's last visit, of the cases that were injected then."""
        context = self._context
        with context.units.read() as unit:
            patient = unit.patients.get(patient_id)
            ids = [case.id for case in unit.cases.of_patient(patient_id)]
            answers = [known.answer for known in context.follow_ups(unit, ids, context.today()).values()]
        live = [one for one in answers if one.stop is None and one.window.last is not None]
        if not live or patient.deceased_on is not None:
            return None
        last = max(one.window.last.day for one in live if one.window.last is not None)
        found = next_visit_of(patient, [one for one in live if one.window.last and one.window.last.day == last])
        return found if found is not None and found.closes >= context.today() else None

    def _addressed(self, request: PaperRequest) -> list[Addressed]:
        """The patients who are named, or those of the cases on the list; each once.

        Raises:
            RuleBroken: ``paper_nobody``.
        """
        context = self._context
        with context.units.read() as unit:
            ids = list(request.patient_ids)
            if not ids:
                ids = [row.entry.patient_id for row in self.call_rows(request)]
            hidden = context.access.hidden()
            ids = [id_ for id_ in dict.fromkeys(ids) if id_ not in hidden]
            patients = unit.patients.by_ids(ids)
            cases = unit.cases.of_patients(ids)
            every = [case.id for found in cases.values() for case in found]
            known = context.follow_ups(unit, every, context.today())
        if not patients:
            raise RuleBroken("patients", "paper_nobody")
        found: list[Addressed] = []
        for id_ in ids:
            patient = patients[id_]
            answers = [known[case.id].answer for case in cases.get(id_, ()) if case.id in known]
            due = [one for one in answers if one.stop is None and one.window.closes is not None]
            first = min(due, key=lambda one: one.window.closes or date.max, default=None)
            found.append(Addressed(patient, patient.phone, first, _barred(patient)))
        return found

    def _handed_over(self, request: PaperRequest) -> HandedOver:
        """Today's calls, and what the call list's own filters say is open."""
        schedule, today = ScheduleService(self._context), self._context.today()
        with self._context.units.read() as unit:
            called = unit.schedule.cases_called(today, today)
            calls = unit.schedule.calls(called)
        entries = {one.case_id: one for one in schedule.entries(called)}
        told = [
            (entries[id_], call)
            for id_ in called
            for call in calls.get(id_, ())
            if call.at.date() == today and id_ in entries
        ]

        def narrowed(narrow: CallListFilter) -> tuple[DueEntry, ...]:
            wanted = replace(request, case_ids=(), statuses=tuple(FollowUpStatus), narrow=narrow)
            return tuple(row.entry for row in self.call_rows(wanted))

        again = [
            one
            for one in narrowed(CallListFilter(call_back=True))
            if one.answer.call_again_on is not None and one.answer.call_again_on <= today
        ]
        counts = schedule.counts(CallListFilter(not_called_since=today))
        return HandedOver(
            today,
            tuple(sorted(told, key=lambda pair: (pair[1].at, pair[1].id))),
            tuple(sorted(again, key=lambda one: (one.answer.call_again_on or date.max, one.mrn))),
            narrowed(CallListFilter(flag=Flag.ASK_DOCTOR)),
            narrowed(CallListFilter(flag=Flag.MISSED)),
            narrowed(CallListFilter(flag=Flag.DRUG_MISSING)),
            counts.get(FollowUpStatus.OVERDUE, 0) + counts.get(FollowUpStatus.DUE, 0),
        )


def _events(paper: PrintedPaper) -> list[AuditEvent]:
    """One entry for everybody who stands on it; one for an empty list."""
    if not paper.patient_ids:
        return [AuditEvent("print", paper.kind.value)]
    return [AuditEvent("print", paper.kind.value, "", id_) for id_ in paper.patient_ids]


def _spoken(patient: Patient) -> str:
    """The language of a patient, or of their telephone; blank where nobody said."""
    said = patient.details.language or (patient.phone.language if patient.phone is not None else "")
    return said.strip()


def _barred(patient: Patient) -> str:
    """Why no letter is written to a patient, as a code; blank where one may be."""
    if patient.departed:
        return "letter_departed"
    return "" if patient.details.may_be_written_to else "letter_not_allowed"


def _last_dose(last: ToxinEvent | None) -> LastDose | None:
    return None if last is None else LastDose(last.day, Units(last.product, last.units), last.external)
