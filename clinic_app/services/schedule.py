"""What the clinic does with the schedule: who is due, calls, Botox days and bookings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import DayBoard, DayEntry, Inspector
from clinic_app.domain.cases import Case
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.conflicts import FieldClash, changed_meanwhile
from clinic_app.domain.consulting_hours import free_times
from clinic_app.domain.doses import BOTOX_400, RollingSum, rolling_sum
from clinic_app.domain.drug_sight import drug_known
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Patient
from clinic_app.domain.pictures import Picture, PicturePair, right_pair
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    BotoxDay,
    CaseFacts,
    Channel,
    DrugSupply,
    DueEntry,
    Flag,
    FollowUpStatus,
    calls_of_cycle,
    urgency,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.suggestion import Bounds, DayChoice, SuggestedDay, habit_of, suggest
from clinic_app.services.booking_rules import (
    GAVE_UP_THEIR_PLACE,
    check_cases,
    check_doctor,
    check_patient,
    check_place,
    check_stands_again,
    check_time,
    details_of,
    taken_time,
    with_length,
    with_places,
)
from clinic_app.services.context import DEFAULT_AFTER_PHOTO, ClinicContext, Known, changes, injections_of
from clinic_app.services.needs import needs
from clinic_app.services.patients import summary_of
from clinic_app.services.waiting import stop_waiting
from clinic_app.storage.call_list import FilterKnown, PhotoWindow
from clinic_app.storage.unit import UnitOfWork

CHUNK = 500
DAYS_SEARCHED = 120
DEFAULT_FILTER = CallListFilter()


class ScheduleService:
    """The call list and the bookings."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._everybody: tuple[tuple[date, int], dict[FollowUpStatus, int]] | None = None
        self._found: tuple[object, dict[int, FollowUpStatus] | None] | None = None

    @needs(Action.FIND)
    def counts(self, narrow: CallListFilter = DEFAULT_FILTER) -> dict[FollowUpStatus, int]:
        """How many cases are in each status today; without a filter they add up to the number of cases.

        Those without a filter are kept until something is written or the day changes.
        """
        with self._context.units.read() as unit:
            if not narrow.narrows:
                return self._of_everybody(unit)
            known = filter_known(self._context, unit, narrow)
            found = self._found_by(unit, narrow, known)
            if found is not None:
                return dict.fromkeys(FollowUpStatus, 0) | Counter(found.values())
            return unit.schedule.counts(self._context.today(), narrow, self._left_out(narrow), known)

    @needs(Action.FIND)
    def rows(
        self, status: FollowUpStatus, offset: int, limit: int, narrow: CallListFilter = DEFAULT_FILTER
    ) -> tuple[DueEntry, ...]:
        """One page of a status of the call list, in the order of urgency."""
        return self.pages(((status, offset),), limit, narrow)[0]

    @needs(Action.FIND)
    def pages(
        self, wanted: Sequence[tuple[FollowUpStatus, int]], limit: int, narrow: CallListFilter = DEFAULT_FILTER
    ) -> tuple[tuple[DueEntry, ...], ...]:
        """Several pages of the call list (status, offset), of one moment and in few questions to the database."""
        today = self._context.today()
        left_out = self._left_out(narrow)
        with self._context.units.read() as unit:
            known = filter_known(self._context, unit, narrow)
            found = self._found_by(unit, narrow, known)
            pages = unit.schedule.pages(wanted, today, limit, narrow, left_out, known, found)
            ids = [id_ for page in pages for id_ in page]
            entries = {entry.case_id: entry for entry in due_entries(self._context, unit, ids, today)}
        return tuple(tuple(entries[id_] for id_ in page if id_ in entries) for page in pages)

    @needs(Action.FIND)
    def entry(self, case_id: int) -> DueEntry | None:
        """The row of one case, None where it is gone."""
        today = self._context.today()
        with self._context.units.read() as unit:
            found = due_entries(self._context, unit, [case_id], today)
        return found[0] if found else None

    @needs(Action.FIND)
    def entries(self, case_ids: Sequence[int]) -> tuple[DueEntry, ...]:
        """The rows of these cases, in this order; those that are gone are left out."""
        with self._context.units.read() as unit:
            return due_entries(self._context, unit, tuple(dict.fromkeys(case_ids)), self._context.today())

    @needs(Action.FIND)
    def due(self, on: date | None = None, statuses: Sequence[FollowUpStatus] = ()) -> tuple[DueEntry, ...]:
        """Every case with its answer for a day (default today), computed anew, sorted by urgency, then mrn."""
        day = on or self._context.today()
        found: list[DueEntry] = []
        with self._context.units.read() as unit:
            ids = unit.cases.ids()
            for start in range(0, len(ids), CHUNK):
                found += due_entries(self._context, unit, ids[start : start + CHUNK], day)
        kept = [entry for entry in found if not statuses or entry.answer.status in statuses]
        return tuple(sorted(kept, key=lambda entry: (*urgency(entry.answer, entry.mrn), entry.case_id)))

    @needs(Action.SEE_RECORD, case="case_id", view="patient")
    def inspector(self, case_id: int) -> Inspector:
        """What the panel beside the list shows. Raises ``NotFound``."""
        context = self._context
        today = context.today()
        with context.units.read() as unit:
            case = unit.cases.get(case_id)
            ids = [item.id for item in unit.cases.of_patient(case.patient_id)]
            known = context.follow_ups(unit, ids, today)
            patient = unit.patients.get(case.patient_id)
            own = known[case_id]
            calls = [call for item in known.values() for call in item.facts.calls]
            seen = unit.pictures.of_patient(patient.id) if context.access.may(Action.SEE_PHOTOS, patient.id) else ()
            return Inspector(
                patient,
                summary_of(unit, own),
                tuple(summary_of(unit, known[id_]) for id_ in ids if id_ != case_id),
                tuple(sorted(calls, key=lambda call: (call.at, call.id), reverse=True)[:10]),
                self._suggested(unit, own, 3),
                botox_400_of(own.facts, today),
                self._pair(unit, seen, own),
                sum(picture.view is None for picture in seen),
            )

    @needs(Action.REGISTER, case="case_id")
    def log_call(
        self,
        case_id: int,
        outcome: Attempt,
        call_again_on: date | None = None,
        spoke_to: str = "",
        note: str = "",
        channel: Channel = Channel.CALL,
        phone_number: str | None = None,
        call_again_at: time | None = None,
        *,
        deliberate: bool = False,
    ) -> Changes:
        """Log a call about a case; ``result`` is its id. ``phone_number`` None: the one that is called first.

        ``deliberate``: whoever logs it saw that the patient asked not to be called. Who called us about a case that
        has no booking to come is to be called back today, unless another day was said: nobody who asked for
        something stands in no list.

        Raises:
            RuleBroken: ``call_of_departed`` (the patient died or moved away), ``asked_not_to_be_called``,
                ``call_again_in_past``.
        """
        context = self._context
        if call_again_on is not None and call_again_on < context.today():
            raise RuleBroken("call_again_on", "call_again_in_past", day=call_again_on)
        with context.units.open() as unit:
            context.check_clock(unit)
            case = unit.cases.get(case_id)
            patient = unit.patients.get(case.patient_id)
            if not outcome.incoming and patient.departed:
                raise RuleBroken("outcome", "call_of_departed", name=patient.name)
            unwanted = channel is Channel.CALL and not patient.details.may_be_called
            if unwanted and not (outcome.incoming or deliberate):
                raise RuleBroken("outcome", "asked_not_to_be_called", name=patient.name)
            if phone_number is None:
                first = patient.phone if channel is not Channel.LETTER and not outcome.incoming else None
                phone_number = first.number if first is not None else ""
            again_at = call_again_at if call_again_on is not None else None
            if call_again_on is None and outcome.incoming and not _is_expected(unit, case_id, context.today()):
                call_again_on = context.today()
            call_id = unit.schedule.add_call(
                case_id, outcome, context.now(), call_again_on, spoke_to, note, channel, phone_number, again_at
            )
            context.refresh(unit, [case.patient_id])
            undo = unit.clinic.add_undo("call", {"call_id": call_id})
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=call_id)

    @needs(Action.FIND, case="case_id")
    def suggested_days(self, case_id: int, count: int = 3) -> tuple[SuggestedDay, ...]:
        """The best Botox days with a free place, not before the case's earliest day and clear of the 400 U rule."""
        context = self._context
        with context.units.read() as unit:
            return self._suggested(unit, context.follow_ups(unit, [case_id], context.today())[case_id], count)

    @needs(Action.FIND, case="case_id")
    def first_time(self, case_id: int, day: date) -> time | None:
        """The first free time of a day for a visit of this case; None where the clinic gives no times or none is left.

        Whether the day is a Botox day with a place is not asked: ``book`` does.
        """
        rules = self._context.rules
        if not rules.gives_times:
            return None
        with self._context.units.read() as unit:
            minutes = rules.minutes_of((unit.cases.get(case_id).condition,))
            return next(iter(self._free_times(day, unit.schedule.appointments(day, day), minutes)), None)

    @needs(Action.FIND)
    def week(self, monday: date) -> tuple[DayBoard, ...]:
        """The days of one week the clinic works, with who comes."""
        context = self._context
        last = monday + timedelta(days=6)
        with context.units.read() as unit:
            appointments = [
                item for item in unit.schedule.appointments(monday, last) if item.status not in GAVE_UP_THEIR_PLACE
            ]
            patients = unit.patients.by_ids(sorted({item.patient_id for item in appointments}))
            tokens = unit.schedule.next_tokens(monday, last)
        veil = context.access.veil()
        boards: list[DayBoard] = []
        for offset in range(7):
            day = monday + timedelta(days=offset)
            entries = tuple(
                veil.booking(DayEntry(item, patients[item.patient_id].mrn, patients[item.patient_id].name))
                for item in appointments
                if item.day == day
            )
            if entries or day.weekday() in context.rules.working_days.weekdays:
                boards.append(DayBoard(self._botox_day(day, len(entries), tokens.get(day, 1)), entries))
        return tuple(boards)

    @needs(Action.REGISTER, patient="details.patient_id")
    def book(self, details: BookingDetails) -> Changes:
        """Book a visit; ``result`` is the appointment, with its token.

        Raises:
            RuleBroken: as the checks of ``services.booking_rules``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            check_patient(unit, details.patient_id)
            check_cases(context, unit, details)
            check_place(context, unit, details.day, details.reason)
            details = with_length(context, unit, replace(details, wait_until=None))
            check_doctor(unit, details)
            check_time(context, unit, details)
            ended = self._end_holds(unit, details)
            appointment_id = unit.schedule.add_appointment(details)
            waited = stop_waiting(unit, details.case_ids, context.today())
            calls = [
                unit.schedule.add_call(case_id, Attempt.BOOKED, context.now(), None, "", "")
                for case_id in dict.fromkeys(details.case_ids)
            ]
            context.refresh(unit, [details.patient_id])
            appointment = unit.schedule.appointment(appointment_id)
            said = {"after": appointment_content(appointment), "calls": calls, "holds": ended, "waited": waited}
            undo = unit.clinic.add_undo("booking", {"appointment_id": appointment_id, **said})
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo, result=appointment)

    @needs(Action.REGISTER, appointment="appointment_id")
    def move(
        self,
        appointment_id: int,
        day: date,
        at: time | None = None,
        reason: str = "",
        decided_by: str = "",
        version: int | None = None,
    ) -> Changes:
        """Move a booking to another day or time; a new day gives a new token. ``version``: the one that was read.

        A reason and who decided belong to a day: another day is asked about anew, and keeps only what is said now.

        Raises:
            Conflict: ``changed_meanwhile`` with both versions (``domain.conflicts``).
            RuleBroken: as ``book``; ``booking_over`` when it was kept, missed or cancelled.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            before = unit.schedule.appointment(appointment_id)
            _refuse_changed(unit, before, version, FieldClash("day", day, before.day), FieldClash("at", at, before.at))
            if not before.status.live:
                raise RuleBroken("status", "booking_over")
            if day == before.day:
                said = (reason or before.reason, decided_by or before.decided_by)
            else:
                said = (reason, decided_by)
            details = replace(details_of(before), day=day, at=at, reason=said[0], decided_by=said[1])
            details = with_length(context, unit, details)
            check_cases(context, unit, details, appointment_id, adds=False)
            if day != before.day:
                check_place(context, unit, day, reason)
                check_doctor(unit, replace(details, reason=reason))
            if (day, at) != (before.day, before.at):
                check_time(context, unit, replace(details, reason=reason), appointment_id)
            token = before.token if day == before.day else unit.schedule.next_token(day)
            unit.schedule.change_appointment(
                replace(
                    before,
                    day=day,
                    at=at,
                    minutes=details.minutes,
                    token=token,
                    reason=details.reason,
                    decided_by=details.decided_by,
                )
            )
            undo = self._finish(unit, before)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo)

    @needs(Action.REGISTER, appointment="appointment_id")
    def set_status(self, appointment_id: int, status: AppointmentStatus, version: int | None = None) -> Changes:
        """Say that a booking was confirmed, arrived, was missed, cancelled, and so on. ``version``: as ``move``."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            before = unit.schedule.appointment(appointment_id)
            _refuse_changed(unit, before, version, FieldClash("status", status, before.status))
            if status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM, AppointmentStatus.NO_SHOW) and (
                before.day > context.today()
            ):
                raise RuleBroken("status", "day_not_come", day=before.day)
            if status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM) and before.day < context.today():
                raise RuleBroken("status", "booking_day_past", day=before.day)
            if before.status is AppointmentStatus.WAITLIST or status is AppointmentStatus.WAITLIST:
                raise RuleBroken("status", "waits_for_place")
            if status.live and not before.status.live:
                check_stands_again(context, unit, before)
            arrived = before.arrived_at
            if status is AppointmentStatus.ARRIVED and before.day == context.today():
                arrived = context.now().replace(tzinfo=None)
            unit.schedule.change_appointment(replace(before, status=status, arrived_at=arrived))
            undo = self._finish(unit, before)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo)

    @needs(Action.REGISTER, appointment="appointment_id")
    def set_drug(self, appointment_id: int, drug: DrugSupply, product: str | None = None, batch: str = "") -> Changes:
        """Say whether the toxin for a booking will be there; of what the patient brings, which product and batch.

        Raises:
            RuleBroken: ``unknown_product``.
        """
        context = self._context
        if drug is not DrugSupply.PATIENT_BRINGS:
            product, batch = None, ""
        if product is not None and product not in context.catalogues.products:
            raise RuleBroken("drug_product", "unknown_product", product=product)
        with context.units.open() as unit:
            context.check_clock(unit)
            undo = keep_drug(context, unit, appointment_id, drug, product, batch)
            unit.commit()
        return changes(Topic.SCHEDULE, undo=undo)

    @needs(Action.FIND, case="case_id")
    def drug_known(self, case_id: int) -> DrugSupply:
        """What was said last of the drug for a case, since its last injection."""
        context = self._context
        with context.units.read() as unit:
            known = context.follow_ups(unit, [case_id], context.today())[case_id]
        last = known.answer.window.last
        calls = calls_of_cycle(known.facts.calls, last, context.today())
        return drug_known(known.facts.appointments, last.day if last is not None else None, calls)

    @needs(Action.FIND)
    def injectors(self) -> tuple[str, ...]:
        """Everyone who gave the last injection of a case: whom the call list can be narrowed to."""
        with self._context.units.read() as unit:
            return unit.schedule.injectors()

    @needs(Action.FIND, patient="patient_id")
    def booked_cases(self, patient_id: int | None = None) -> tuple[tuple[Appointment, str, Case], ...]:
        """Every booking (or one patient's) with the patient's mrn, once for each case it is for; by mrn, then day."""
        with self._context.units.read() as unit:
            appointments = unit.schedule.appointments(patient_id=patient_id)
            patients = unit.patients.by_ids(sorted({item.patient_id for item in appointments}))
            cases = unit.cases.by_ids(sorted({id_ for item in appointments for id_ in item.case_ids}))
        veil = self._context.access.veil()
        found = [
            (veil.appointment(item), patients[item.patient_id].mrn, veil.case(cases[case_id]))
            for item in appointments
            for case_id in item.case_ids
        ]
        return tuple(sorted(found, key=lambda one: (one[1], one[0].day, one[0].token, one[0].id, one[2].id)))

    def _of_everybody(self, unit: UnitOfWork) -> dict[FollowUpStatus, int]:
        as_of = self._context.today(), unit.audit.newest()
        kept = self._everybody
        if kept is None or kept[0] != as_of:
            kept = as_of, unit.schedule.counts(as_of[0], DEFAULT_FILTER)
            self._everybody = kept
        return dict(kept[1])

    def _found_by(
        self, unit: UnitOfWork, narrow: CallListFilter, known: FilterKnown
    ) -> dict[int, FollowUpStatus] | None:
        """The cases of the filter asked last, where it asks other tables than the case's own: counts and pages share
        one walk until something is written or the day changes. None: ask anew, they are too many or cost little.
        """
        if narrow.flag in (None, Flag.AFTER_PHOTO) and narrow.drug is None:
            return None
        today, left_out = self._context.today(), self._left_out(narrow)
        asked = today, unit.audit.newest(), narrow, left_out
        kept = self._found
        if kept is None or kept[0] != asked:
            kept = asked, unit.schedule.found(today, narrow, left_out, known)
            self._found = kept
        return kept[1]

    def _left_out(self, narrow: CallListFilter) -> frozenset[int]:
        """Whom a filter never finds: it would tell what may not be seen of them."""
        return self._context.access.hidden() if narrow.narrows else frozenset()

    def _finish(self, unit: UnitOfWork, before: Appointment) -> int:
        return _finish(self._context, unit, before)

    def _suggested(self, unit: UnitOfWork, known: Known, count: int) -> tuple[SuggestedDay, ...]:
        """The best days for a case; empty for a stopped one. See ``domain.suggestion``."""
        context = self._context
        window, rules = known.answer.window, context.rules
        if known.answer.stop is not None:
            return ()
        first = max(context.today(), window.earliest or context.today())
        if known.answer.hold is not None:
            first = max(first, known.answer.hold.until + timedelta(days=1))
        bounds = Bounds(first, window.opens, window.closes)
        limit = botox_400_of(known.facts, bounds.begin)
        if limit is not None and limit.clears_on is not None:
            bounds = replace(bounds, first=max(first, limit.clears_on))
        patient_id = known.case.patient_id
        begin, last = bounds.begin, bounds.begin + timedelta(days=DAYS_SEARCHED)
        taken = unit.schedule.taken_places(begin, last)
        tokens = unit.schedule.next_tokens(begin, last)
        village = unit.patients.get(patient_id).details.village
        neighbours = unit.schedule.neighbours(begin, last, village, patient_id) if village else {}
        busy = unit.schedule.appointments(begin, last) if rules.gives_times else ()
        minutes = rules.minutes_of((known.case.condition,))
        choices = []
        for offset in range(DAYS_SEARCHED + 1):
            day = begin + timedelta(days=offset)
            place = self._botox_day(day, taken.get(day, 0), tokens.get(day, 1))
            times = self._free_times(place.day, busy, minutes) if rules.gives_times and place.free else ()
            if times or not rules.gives_times:
                choices.append(DayChoice(place, times, neighbours.get(place.day, 0)))
        return suggest(choices, bounds, habit_of(_visits(known.facts)), village, count)

    def _free_times(self, day: date, busy: Sequence[Appointment], minutes: int) -> tuple[time, ...]:
        own = (taken_time(one) for one in busy if one.day == day and one.status.live)
        times = free_times(self._context.rules.hours, minutes, [one for one in own if one is not None])
        now = self._context.now().replace(tzinfo=None)
        return tuple(at for at in times if datetime.combine(day, at) > now)

    def _botox_day(self, day: date, taken: int, next_token: int) -> BotoxDay:
        rules = self._context.rules
        return with_places(rules, rules.absences, day, taken, next_token)

    def _end_holds(self, unit: UnitOfWork, details: BookingDetails) -> list[int]:
        if not details.end_hold:
            return []
        today = self._context.today()
        ended = []
        for case_id in details.case_ids:
            if any(hold.until >= today and hold.ended_on is None for hold in unit.cases.get(case_id).holds):
                unit.cases.end_holds(case_id, today)
                ended.append(case_id)
        return ended

    def _pair(self, unit: UnitOfWork, pictures: Sequence[Picture], known: Known) -> PicturePair | None:
        if not pictures:
            return None
        context = self._context
        condition = known.case.condition
        catalogued = context.catalogues.conditions.get(condition)
        wanted = [catalogued.main_view] if catalogued is not None and catalogued.main_view else []
        wanted += [picture.view for picture in pictures if picture.view is not None]
        injections = injections_of(known.case.id, known.facts.events)
        pins = unit.pictures.pins(known.case.id)
        said = unit.comparison.peak_day(known.case.id)
        pairs = [
            right_pair(
                pictures,
                injections,
                view,
                peak_day=context.peak_day(condition) if said is None else said,
                pinned=pins.get(view),
            )
            for view in dict.fromkeys(wanted)
        ]
        whole = [pair for pair in pairs if pair.a is not None and pair.b is not None]
        return next(iter(whole or pairs), None)


def due_entries(context: ClinicContext, unit: UnitOfWork, ids: Sequence[int], on: date) -> tuple[DueEntry, ...]:
    """The rows of these cases for a day, in this order, as far as who works may see them."""
    known = context.follow_ups(unit, ids, on)
    patients = unit.patients.by_ids(sorted({item.case.patient_id for item in known.values()}))
    injectors = unit.schedule.last_injectors(ids)
    veil = context.access.veil()
    entries = (
        _entry_of(known[id_], patients[known[id_].case.patient_id], on, injectors.get(id_, ""))
        for id_ in ids
        if id_ in known
    )
    return tuple(entries) if veil.clear else tuple(map(veil.due, entries))


def _is_expected(unit: UnitOfWork, case_id: int, today: date) -> bool:
    bookings = unit.schedule.appointments_of_cases([case_id]).get(case_id, ())
    return any(one.status.live and one.day >= today for one in bookings)


def _refuse_changed(unit: UnitOfWork, now: Appointment, version: int | None, *clashes: FieldClash) -> None:
    """Refuse to change a booking that somebody changed since it was read."""
    if version in (None, now.version):
        return
    by = unit.versions.last_change("appointment", now.id)
    raise changed_meanwhile(tuple(one for one in clashes if one.mine != one.theirs), now.version, *by)


def keep_drug(
    context: ClinicContext,
    unit: UnitOfWork,
    appointment_id: int,
    drug: DrugSupply,
    product: str | None = None,
    batch: str = "",
) -> int:
    """Say whether the toxin for a booking will be there, and of what the patient brings the product and batch; answers
    what takes it back.
    """
    before = unit.schedule.appointment(appointment_id)
    batch = " ".join(batch.split())
    unit.schedule.change_appointment(replace(before, drug=drug, drug_product=product, drug_batch=batch))
    return _finish(context, unit, before)


def _finish(context: ClinicContext, unit: UnitOfWork, before: Appointment) -> int:
    context.refresh(unit, [before.patient_id])
    after = unit.schedule.appointment(before.id)
    said = {"version": after.version, "after": appointment_content(after)}
    return unit.clinic.add_undo("appointment", {**appointment_content(before), **said})


def filter_known(context: ClinicContext, unit: UnitOfWork, narrow: CallListFilter) -> FilterKnown:
    """What the conditions of a filter need beside the rows."""
    photos: tuple[PhotoWindow, ...] = ()
    if narrow.flag is Flag.AFTER_PHOTO:
        alike: dict[tuple[int, int, tuple[str, ...]], list[str]] = {}
        for code in context.catalogues.conditions:
            key = (*context.after_photo(code), tuple(sorted(context.views_of(code))))
            alike.setdefault(key, []).append(code)
        photos = tuple(PhotoWindow(tuple(codes), *key) for key, codes in alike.items())
        photos += (PhotoWindow((), *DEFAULT_AFTER_PHOTO),)
    found = unit.call_list.found(narrow.words) if narrow.words else None
    return FilterKnown(context.rules, photos, {}, found)


def _entry_of(known: Known, patient: Patient, on: date, injector: str) -> DueEntry:
    calls = [call for call in known.facts.calls if call.at.date() <= on]
    case, last = known.case, known.answer.window.last
    return DueEntry(
        case.id,
        patient.id,
        patient.mrn,
        patient.name,
        patient.details.sex,
        patient.details.birth,
        patient.phone,
        case.condition,
        case.side,
        case.details.pattern,
        known.answer,
        calls[-1] if calls else None,
        last.units if last is not None else None,
        patient.may_be_called,
        patient.details.village,
        patient.details.language,
        injector,
        sum(
            event.restarts and not event.external and event.case_id == case.id and event.day <= on
            for event in known.facts.events
        ),
        max((one.wait_until for one in known.facts.appointments if one.waits(on) and one.wait_until), default=None),
    )


def botox_400_of(facts: CaseFacts, on: date) -> RollingSum | None:
    """The 400 U rule for the case's last Botox dose given again; None where the case never had Botox."""
    own = [
        event
        for event in facts.events
        if event.case_id == facts.case_id and event.product == BOTOX_400.product and event.day <= on
    ]
    if not own:
        return None
    planned = next((event.units for event in reversed(own) if event.units is not None), Decimal(0))
    return rolling_sum(facts.events, on, planned, BOTOX_400)


def appointment_content(appointment: Appointment) -> dict[str, object]:
    """A booking as an inverse command keeps it."""
    return {
        "appointment_id": appointment.id,
        "day": appointment.day.isoformat(),
        "token": appointment.token,
        "at": appointment.at.isoformat() if appointment.at else None,
        "status": appointment.status.value,
        "drug": appointment.drug.value,
        "reason": appointment.reason,
        "decided_by": appointment.decided_by,
        "minutes": appointment.minutes,
        "injector": appointment.injector,
        "drug_product": appointment.drug_product,
        "drug_batch": appointment.drug_batch,
        "arrived_at": appointment.arrived_at.isoformat() if appointment.arrived_at else None,
        "wait_until": appointment.wait_until.isoformat() if appointment.wait_until else None,
    }


def _visits(facts: CaseFacts) -> list[tuple[date, time | None]]:
    """The days the patient was injected here, with the time of the booking where there was one."""
    times = {one.day: one.at for one in facts.appointments if one.at is not None}
    return [(day, times.get(day)) for day in {event.day for event in facts.events if not event.external}]
