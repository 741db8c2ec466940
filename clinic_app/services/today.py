"""What the clinic does today: who comes, who is called, what was missed since the program was last opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from clinic_app.domain.access import Action
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    DueEntry,
    FollowUpStatus,
    suggested_call_again,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.today import (
    CallBackDue,
    PhotoWanted,
    Reminders,
    SinceOpened,
    TodayPage,
    Visitor,
    call_horizon,
    due_order,
    photos_wanted,
    rule_cutoffs,
    visit_order,
)
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs
from clinic_app.services.schedule import ScheduleService
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.access import restricted_name
from clinic_app.wording.patients import person_line

FIRST_ROWS: Final = 50
"""Rows of a part that are read with it; the call list has the others."""
FIRST_VISITORS: Final = 200
FEW_ROWS: Final = 8
"""Rows of the overdue and the due, who have a list of their own."""
HERE: Final = frozenset(
    {AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM, AppointmentStatus.DONE, AppointmentStatus.NOT_INJECTED}
)
"""Who came."""
EXPECTED: Final = frozenset(
    {AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM}
    | {AppointmentStatus.DONE, AppointmentStatus.NOT_INJECTED, AppointmentStatus.NO_SHOW}
)


class TodayService:
    """Today, for whoever works."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._schedule = ScheduleService(context)

    @needs(Action.FIND)
    def page(self) -> TodayPage:
        """Who comes, who is to be called, and what was missed; photographs are asked for apart."""
        context = self._context
        now = context.now()
        today = now.date()
        with context.units.read() as unit:
            due = self._call_backs(unit, today)
            booked = visit_order(one for one in unit.schedule.appointments(today, today) if one.status in EXPECTED)
            missed_on = unit.today.last_day_before(today)
            missed_count, first_missed, missed = unit.today.missed(today, FIRST_ROWS)
            left_open = unit.today.left_open(today, FIRST_ROWS)
            since = self._since(unit, due, today)
            visitors = self._visitors(unit, booked[:FIRST_VISITORS], today)
            told = self._visitors(unit, (*missed, *left_open[1]), today)
        counts = self._schedule.counts(CallListFilter())
        wanted = ((FollowUpStatus.OVERDUE, 0), (FollowUpStatus.DUE, 0))
        overdue, due_now = self._schedule.pages(wanted, FEW_ROWS)
        entries = {entry.case_id: entry for entry in self._schedule.entries([one.case_id for one in due[:FIRST_ROWS]])}
        return TodayPage(
            today,
            now,
            len(booked),
            sum(one.status in HERE for one in booked),
            sum(one.status.live for one in booked),
            visitors,
            len(due),
            sum(one.day < today for one in due),
            tuple((one, entries[one.case_id]) for one in due if one.case_id in entries),
            counts,
            overdue,
            due_now,
            first_missed or missed_on,
            missed_count,
            tuple(one for one in told if one.appointment.status is AppointmentStatus.NO_SHOW),
            left_open[0],
            tuple(one for one in told if one.appointment.status is not AppointmentStatus.NO_SHOW),
            since,
        )

    @needs(Action.FIND)
    def photos(self) -> tuple[int, tuple[tuple[PhotoWanted, DueEntry], ...]]:
        """How many photographs after an injection are wanted, and the first of them."""
        context = self._context
        today = context.today()
        conditions = context.catalogues.conditions
        windows = {code: context.after_photo(code) for code in conditions}
        first, last = min(one[0] for one in windows.values()), max(one[1] for one in windows.values())
        earliest = today - timedelta(days=last)
        with context.units.read() as unit:
            given = unit.today.given(earliest, today, today)
            pictured = unit.today.pictured(earliest + timedelta(days=first))
        for _, _, condition, _ in given:
            windows.setdefault(condition, context.after_photo(condition))
        views = {condition: context.views_of(condition) for condition in windows}
        hidden = context.access.hidden()
        seen = [one for one in given if one[1] not in hidden]
        found = photos_wanted(seen, pictured, windows, views, today)
        shown = found[:FIRST_ROWS]
        entries = {entry.case_id: entry for entry in self._schedule.entries([one.case_id for one in shown])}
        return len(found), tuple((one, entries[one.case_id]) for one in shown if one.case_id in entries)

    @needs(Action.FIND)
    def reminders(self) -> Reminders:
        """What a summary says: how many calls and visits, and the times of today's call-backs."""
        context = self._context
        today = context.today()
        with context.units.read() as unit:
            due = self._call_backs(unit, today)
            visits = unit.schedule.appointments(today, today)
        timed = tuple(one.at for one in due if one.at is not None and one.day == today)
        return Reminders(len(due), sum(one.status in EXPECTED for one in visits), timed)

    @needs(Action.FIND)
    def opened(self) -> None:
        """Whoever works opened the program: what is told is told since the day before on which they did."""
        now = self._context.now()
        with self._context.units.open() as unit:
            kept = unit.clinic.setting(self._row) or {}
            last = _moment(kept.get("opened"))
            if last is not None and last.date() >= now.date():
                return
            before = {"before": last.isoformat()} if last is not None else {}
            unit.clinic.set_setting(self._row, {"opened": now.replace(tzinfo=None).isoformat(), **before})
            unit.commit()

    @property
    def _row(self) -> str:
        return f"today_{self._context.access.user.id}"

    def _call_backs(self, unit: UnitOfWork, today: date) -> tuple[CallBackDue, ...]:
        rules = self._context.rules
        horizon = call_horizon(rules.working_days, today)
        cutoffs = {outcome.value: day for outcome, day in rule_cutoffs(rules, horizon).items()}
        usual: dict[tuple[str, date], date | None] = {}
        found = []
        for case_id, (outcome, called, agreed, at, ruled) in unit.today.last_calls(today).items():
            if agreed is not None:
                if agreed <= (today if called == today else horizon):
                    found.append(CallBackDue(case_id, agreed, at))
            elif ruled and outcome in cutoffs and called <= cutoffs[outcome]:
                if (outcome, called) not in usual:
                    usual[outcome, called] = suggested_call_again(Attempt(outcome), called, rules)
                day = usual[outcome, called]
                if day is not None and (day <= today or called < today):
                    found.append(CallBackDue(case_id, day))
        return due_order(found, today)

    def _last_opened(self, unit: UnitOfWork, today: date) -> datetime | None:
        """When whoever works opened the program last on an earlier day."""
        kept = unit.clinic.setting(self._row) or {}
        last = _moment(kept.get("opened"))
        if last is not None and last.date() >= today:
            last = _moment(kept.get("before"))
        return last

    def _since(self, unit: UnitOfWork, due: Sequence[CallBackDue], today: date) -> SinceOpened | None:
        last = self._last_opened(unit, today)
        if last is None:
            return None
        since = last.date()
        return SinceOpened(
            since,
            unit.today.became_overdue(since, today),
            sum(since < one.day <= today for one in due),
            unit.today.no_shows(since, today - timedelta(days=1), 0)[0],
            unit.today.cancelled_since(last, since),
        )

    def _visitors(self, unit: UnitOfWork, found: Sequence[Appointment], today: date) -> tuple[Visitor, ...]:
        patients = unit.patients.by_ids(sorted({one.patient_id for one in found}))
        veil = self._context.access.veil()
        visitors = []
        for one in found:
            patient = patients[one.patient_id]
            if one.patient_id in veil.hidden:
                visitors.append(Visitor(veil.appointment(one), patient.mrn, restricted_name()))
                continue
            details = patient.details
            visitors.append(
                Visitor(one, patient.mrn, patient.name, person_line(patient.mrn, details.birth, details.sex, today))
            )
        return tuple(visitors)


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
