"""The schedule in the database: facts of a case, its cached dates, the call list, calls and bookings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from clinic_app.domain.cases import Case, Plans
from clinic_app.domain.errors import NotFound
from clinic_app.domain.known_windows import KnownWindow, known_windows
from clinic_app.domain.moved import NextDates
from clinic_app.domain.schedule import (
    COMING_DAYS,
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    CaseFacts,
    Channel,
    ClinicRules,
    ContactAttempt,
    DrugSupply,
    FollowUpStatus,
    ToxinEvent,
    calls_of_cycle,
    last_restart,
    must_ask_doctor,
    reinjection_window,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.storage.call_list import (
    LIVE,
    RANKS,
    CallListQuestions,
    FilterKnown,
    Patients,
    in_status,
    status_of_row,
    without_patients,
)
from clinic_app.storage.cases import CaseRows
from clinic_app.storage.patients import PatientRows, chunks
from clinic_app.storage.pictures import PictureRows
from clinic_app.storage.records import Record
from clinic_app.storage.records.cases import CaseRecord, HoldRecord, StopRecord
from clinic_app.storage.records.patients import PatientRecord, PhoneRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord, VisitRecord
from clinic_app.storage.treatment import COUNTING, TreatmentRows

if TYPE_CHECKING:
    from clinic_app.storage.known_windows import KnownWindowRows

NOTHING_KNOWN = FilterKnown()
Windows: TypeAlias = dict[int, tuple[str, Sequence[KnownWindow]]]
FEW = frozenset({FollowUpStatus.BOOKED, FollowUpStatus.ON_HOLD, FollowUpStatus.STOPPED})
"""Statuses that something else than dates decides: found by an index of that column, then sorted."""
FEW_FOUND = 2000
"""Where a filter leaves no more cases than this, they are found in one walk and ordered, not looked for in order."""
KEPT_FOUND = 10_000
"""So many cases a question to other tables than the case's own may leave to be remembered for its pages."""


@dataclass(frozen=True, slots=True)
class FactsKnown:
    """What the facts of a case need beside its rows: the plans, and by condition the after-photo days and views."""

    plans: Plans
    after_photo: Callable[[str], tuple[int, int]]
    views: Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class CachedCalls:
    """The columns of a case that say what the calls since its last injection come to, which injection given here that
    was (without toxin given elsewhere), and how many there were.
    """

    called_on: date | None = None
    call_outcome: str | None = None
    call_again_on: date | None = None
    tried: int = 0
    asks_doctor: bool = False
    cycles: int = 0
    given_on: date | None = None

    @classmethod
    def of(cls, facts: CaseFacts) -> CachedCalls:
        """What the calls of these facts come to."""
        calls = calls_of_cycle(facts.calls, last_restart(facts, date.max), date.max)
        newest = calls[-1] if calls else None
        own = [event.day for event in facts.events if event.case_id == facts.case_id and _given_here(event)]
        return cls(
            max((call.at.date() for call in facts.calls), default=None),
            newest.outcome.value if newest is not None else None,
            newest.call_again_on if newest is not None else None,
            sum(call.outcome.not_spoken for call in calls),
            must_ask_doctor(calls, facts.decisions, None, date.max),
            len(own),
            max(own, default=None),
        )


@dataclass(frozen=True, slots=True)
class CachedDates:
    """The columns of a case that repeat what the domain computes."""

    earliest: date | None
    opens: date | None
    closes: date | None
    come_on: date | None
    last_on: date | None
    stopped_since: date | None
    held_from: date | None
    held_until: date | None
    booked_on: date | None
    calls: CachedCalls = CachedCalls()


class ScheduleRows:
    """Calls, bookings, and the questions the call list asks."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now
        self._cases = CaseRows(session, user, now)
        self._patients = PatientRows(session, now)
        self._treatment = TreatmentRows(session, user, now)
        self._pictures = PictureRows(session, user, now)

    @cached_property
    def _windows(self) -> KnownWindowRows:
        from clinic_app.storage.known_windows import KnownWindowRows

        return KnownWindowRows(self._session)

    def facts(
        self, case_ids: Sequence[int], known: FactsKnown, *, dates_only: bool = False
    ) -> dict[int, tuple[Case, CaseFacts]]:
        """Everything the schedule of these cases depends on, in a handful of queries.

        ``dates_only``: without calls, bookings, decisions and photographs, on which no date of a window depends.
        """
        cases = self._cases.by_ids(case_ids)
        patients = sorted({item.patient_id for item in cases.values()})
        events = self._treatment.events(patients)
        plans = self._patients.plans(patients)
        besides = [] if dates_only else list(cases)
        calls = self.calls(besides)
        bookings = self.appointments_of_cases(besides)
        decisions = self._cases.decisions(besides)
        pictured = self._pictures.days_of([] if dates_only else patients)
        found: dict[int, tuple[Case, CaseFacts]] = {}
        for id_, item in cases.items():
            own = events.get(item.patient_id, ())
            last_products = [event.product for event in own if event.case_id == id_ and event.restarts]
            plan, level = known.plans.in_force(
                case=item.details.plan,
                patient=plans.get(item.patient_id),
                condition=item.condition,
                product=last_products[-1] if last_products else None,
            )
            views = known.views(item.condition)
            found[id_] = (
                item,
                CaseFacts(
                    id_,
                    item.condition,
                    own,
                    plan,
                    level,
                    item.independent_of,
                    item.holds,
                    item.stops,
                    bookings.get(id_, ()),
                    calls.get(id_, ()),
                    decisions.get(id_, ()),
                    tuple(
                        day
                        for day, view in pictured.get(item.patient_id, ())
                        if view is None or not views or view in views
                    ),
                    known.after_photo(item.condition),
                ),
            )
        return found

    def dates(self, facts: CaseFacts, rules: ClinicRules) -> CachedDates:
        """What the cache of a case must say."""
        window = reinjection_window(facts, rules, date.max)
        holds = [hold for hold in facts.holds if hold.ended_on is None]
        hold = max(holds, key=lambda item: (item.until, item.since), default=None)
        live = [item.day for item in facts.appointments if item.status.live]
        return CachedDates(
            window.earliest,
            window.opens,
            window.closes,
            window.come_on,
            window.last.day if window.last else None,
            min((stop.since for stop in facts.stops if stop.ended_on is None), default=None),
            hold.since if hold else None,
            hold.until if hold else None,
            max(live, default=None),
            CachedCalls.of(facts),
        )

    def refresh(self, case_ids: Sequence[int], rules: ClinicRules, known: FactsKnown) -> None:
        """Compute the cached dates of these cases anew. To be called in the transaction that moved them."""
        self._session.flush()
        injectors = self._last_injectors(case_ids)
        calls, decisions = self.calls(case_ids), self._cases.decisions(case_ids)
        booked = self._last_bookings(case_ids)
        known_by = self._known_by(case_ids)
        rows: list[dict[str, object]] = []
        windows: Windows = {}
        for id_, (_, facts) in self.facts(case_ids, known, dates_only=True).items():
            called = replace(facts, calls=calls.get(id_, ()), decisions=decisions.get(id_, ()))
            dates = self.dates(called, rules)
            last = last_restart(facts, date.max)
            mrn, phone = known_by.get(id_, ("", ""))
            windows[id_] = (mrn, known_windows(facts, rules))
            rows.append(
                {
                    "case_id": id_,
                    "mrn": mrn,
                    "phone": phone,
                    "last_on": dates.last_on,
                    "last_product": last.product if last else None,
                    "last_units": last.units if last else None,
                    "last_injector": injectors.get(id_, ""),
                    "earliest": dates.earliest,
                    "opens": dates.opens,
                    "closes": dates.closes,
                    "come_on": dates.come_on,
                    "come_on_rank": 1 if dates.come_on is None else 0,
                    "stopped_since": dates.stopped_since,
                    "held_from": dates.held_from,
                    "held_until": dates.held_until,
                    "booked_on": booked.get(id_),
                    **asdict(dates.calls),
                }
            )
        if rows:
            table = Record.metadata.tables[CaseRecord.__tablename__]
            self._session.connection().execute(update(table).where(table.c.id == bindparam("case_id")), rows)
        self._windows.keep(windows)

    def fill_calls(self) -> None:
        """What the calls of every case come to, and the number called first, where the columns were added empty."""
        table = Record.metadata.tables[CaseRecord.__tablename__]
        for part in chunks(self._cases.ids()):
            owners = {
                row[0]: row[1]
                for row in self._session.execute(
                    select(CaseRecord.id, CaseRecord.patient_id).where(CaseRecord.id.in_(part))
                )
            }
            events = self._treatment.events(sorted(set(owners.values())))
            calls, decisions, known_by = self.calls(part), self._cases.decisions(part), self._known_by(part)
            rows: list[dict[str, object]] = []
            for id_, owner in owners.items():
                facts = CaseFacts(
                    id_, "", events.get(owner, ()), calls=calls.get(id_, ()), decisions=decisions.get(id_, ())
                )
                rows.append({"case_id": id_, "phone": known_by[id_][1], **asdict(CachedCalls.of(facts))})
            self._session.connection().execute(update(table).where(table.c.id == bindparam("case_id")), rows)
            self._session.expunge_all()

    def refresh_patients(self, patient_ids: Sequence[int], rules: ClinicRules, known: FactsKnown) -> None:
        """``refresh`` for every case of these patients."""
        for part in chunks(patient_ids, 200):
            ids = self._session.scalars(select(CaseRecord.id).where(CaseRecord.patient_id.in_(part))).all()
            self.refresh(ids, rules, known)

    def next_dates(self, patient_ids: Sequence[int]) -> dict[int, tuple[int, str, NextDates]]:
        """Patient, condition and cached dates of every case of these patients."""
        rows = self._session.execute(
            select(
                CaseRecord.id,
                CaseRecord.patient_id,
                CaseRecord.condition,
                CaseRecord.earliest,
                CaseRecord.opens,
                CaseRecord.closes,
            ).where(CaseRecord.patient_id.in_(patient_ids))
        )
        return {row[0]: (row[1], row[2], NextDates(*row[3:])) for row in rows}

    def cached(self, case_ids: Sequence[int]) -> dict[int, CachedDates]:
        """What the cache says now."""
        found: dict[int, CachedDates] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(
                    CaseRecord.id,
                    CaseRecord.earliest,
                    CaseRecord.opens,
                    CaseRecord.closes,
                    CaseRecord.come_on,
                    CaseRecord.last_on,
                    CaseRecord.stopped_since,
                    CaseRecord.held_from,
                    CaseRecord.held_until,
                    CaseRecord.booked_on,
                    CaseRecord.called_on,
                    CaseRecord.call_outcome,
                    CaseRecord.call_again_on,
                    CaseRecord.tried,
                    CaseRecord.asks_doctor,
                    CaseRecord.cycles,
                    CaseRecord.given_on,
                ).where(CaseRecord.id.in_(part))
            )
            for id_, *kept in rows:
                dates: list[Any] = [*kept[:9], CachedCalls(*kept[9:])]
                found[id_] = CachedDates(*dates)
        return found

    def counts(
        self, on: date, narrow: CallListFilter, without: Patients = (), known: FilterKnown = NOTHING_KNOWN
    ) -> dict[FollowUpStatus, int]:
        """How many cases are in each status on a day; the sum is the number of cases the filter lets through.

        ``without``: patients whose cases are left out. ``known``: what the filter needs beside the rows.
        """
        if narrow.narrows or isinstance(without, Select) or without:
            return self._count_by_rule(on, [*CallListQuestions(on, known).narrowed(narrow), *without_patients(without)])
        found = self._count_by_rule(on, [or_(*(column.is_not(None) for column in _DECIDING))])
        coming = on + timedelta(days=COMING_DAYS)
        total, opened, soon, over, unopened = self._count_plain(
            (),
            (CaseRecord.opens <= on,),
            (CaseRecord.opens <= coming,),
            (CaseRecord.closes < on,),
            (CaseRecord.opens.is_(None),),
        )
        found[FollowUpStatus.OVERDUE] += over
        found[FollowUpStatus.DUE] += opened - over
        found[FollowUpStatus.COMING] += soon - opened
        found[FollowUpStatus.NOT_STARTED] += unopened
        found[FollowUpStatus.NOT_DUE] += total - soon - unopened
        return found

    def _count_plain(self, *asked: Sequence[ColumnElement[bool]]) -> tuple[int, ...]:
        """How many of the cases nothing but their dates decides about fulfil each of these conditions, in one
        question; each answer comes from an index alone.
        """
        plain = [column.is_(None) for column in _DECIDING]
        counts = (
            select(func.count()).select_from(CaseRecord).where(*plain, *conditions).scalar_subquery()
            for conditions in asked
        )
        return tuple(self._session.execute(select(*counts)).one())

    def _count_by_rule(self, on: date, conditions: Sequence[ColumnElement[bool]]) -> dict[FollowUpStatus, int]:
        """The rule of ``status_of`` over the cached columns: the first that matches wins.

        Eight sums over one walk: grouping would keep every row in SQLCipher's wiped memory, four times as slow. Without
        the offset SQLite would work the status of every row out eight times.
        """
        ruled = select(status_of_row(on).label("status")).where(*conditions).offset(0).subquery()
        counts = [func.count().filter(ruled.c.status == one.value) for one in FollowUpStatus]
        return dict(zip(FollowUpStatus, self._session.execute(select(*counts).select_from(ruled)).one(), strict=True))

    def pages(
        self,
        wanted: Sequence[tuple[FollowUpStatus, int]],
        on: date,
        limit: int,
        narrow: CallListFilter,
        without: Patients = (),
        known: FilterKnown = NOTHING_KNOWN,
        found: Mapping[int, FollowUpStatus] | None = None,
    ) -> list[list[int]]:
        """``case_ids`` of several pages (status, offset). ``found``: what ``found`` said of this filter."""
        if not wanted:
            return []
        few = self._few(wanted, on, narrow, without, known, found) if narrow.narrows else None
        if few is None:
            return [self.case_ids(status, on, offset, limit, narrow, without, known) for status, offset in wanted]
        return [few[status][offset : offset + limit] for status, offset in wanted]

    def found(
        self, on: date, narrow: CallListFilter, without: Patients = (), known: FilterKnown = NOTHING_KNOWN
    ) -> dict[int, FollowUpStatus] | None:
        """Every case the filter leaves, with its status; None where these are more than ``KEPT_FOUND``."""
        conditions = [*CallListQuestions(on, known).narrowed(narrow), *without_patients(without)]
        return self._status_of(on, conditions, KEPT_FOUND)

    def _status_of(
        self, on: date, conditions: Sequence[ColumnElement[bool]], most: int
    ) -> dict[int, FollowUpStatus] | None:
        rows = self._session.execute(select(CaseRecord.id, status_of_row(on)).where(*conditions).limit(most + 1)).all()
        statuses = {one.value: one for one in FollowUpStatus}
        return {id_: statuses[status] for id_, status in rows} if len(rows) <= most else None

    def _few(
        self,
        wanted: Sequence[tuple[FollowUpStatus, int]],
        on: date,
        narrow: CallListFilter,
        without: Patients,
        known: FilterKnown,
        found: Mapping[int, FollowUpStatus] | None,
    ) -> dict[FollowUpStatus, list[int]] | None:
        """Every case the filter leaves in these statuses, in the order of urgency; None where it leaves many."""
        asked = CallListQuestions(on, known)
        statuses = dict.fromkeys(status for status, _ in wanted)
        if found is not None:
            status_of = {id_: status for id_, status in found.items() if status in statuses}
        else:
            conditions = [
                or_(*(in_status(one, on) for one in statuses)),
                *asked.narrowed(narrow),
                *without_patients(without),
            ]
            few = self._status_of(on, conditions, FEW_FOUND)
            if few is None:
                return None
            status_of = few
        ordered = select(CaseRecord.id).where(CaseRecord.id.in_(status_of)).order_by(*asked.urgency())
        lists: dict[FollowUpStatus, list[int]] = {one: [] for one in statuses}
        for id_ in self._session.scalars(ordered) if status_of else ():
            lists[status_of[id_]].append(id_)
        return lists

    def case_ids(
        self,
        status: FollowUpStatus,
        on: date,
        offset: int,
        limit: int,
        narrow: CallListFilter,
        without: Patients = (),
        known: FilterKnown = NOTHING_KNOWN,
        *,
        only: Collection[int] | None = None,
        coming: date | None = None,
    ) -> list[int]:
        """One page of a status of the call list, in the order of urgency, read through an index.

        ``without``: patients whose cases are left out; ``only``: no others than theirs. ``known``: what the filter
        needs beside the rows. ``coming``: the last day of ``in_status``.
        """
        narrowed = [*CallListQuestions(on, known).narrowed(narrow), *without_patients(without)]
        if only is not None:
            narrowed.append(CaseRecord.patient_id.in_(sorted(only)))
        if status in FEW:
            statement = (
                select(CaseRecord.id)
                .where(in_status(status, on, coming), *narrowed)
                .order_by(CaseRecord.come_on_rank, *self._order(status, on), CaseRecord.mrn, CaseRecord.id)
            )
            return list(self._session.scalars(statement.offset(offset).limit(limit)))
        found: list[int] = []
        for rank in RANKS:
            wanted = limit - len(found)
            if wanted <= 0:
                break
            condition = [CaseRecord.come_on_rank == rank, in_status(status, on, coming), *narrowed]
            if rank == RANKS[0] and offset:
                before = self._session.scalar(select(func.count()).select_from(CaseRecord).where(*condition)) or 0
                if offset >= before:
                    offset -= before
                    continue
            ranked = (
                select(CaseRecord.id)
                .where(*condition)
                .order_by(*self._order(status, on), CaseRecord.mrn, CaseRecord.id)
                .offset(offset)
                .limit(wanted)
            )
            found += self._session.scalars(ranked).all()
            offset = 0
        return found

    def _order(self, status: FollowUpStatus, on: date) -> list[ColumnElement[date | None] | ColumnElement[date]]:
        if status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE):
            return [CaseRecord.closes.expression]
        if status is FollowUpStatus.COMING:
            return [CaseRecord.opens.expression]
        if status is FollowUpStatus.BOOKED:
            following = (
                select(func.min(AppointmentRecord.day))
                .join(AppointmentCaseRecord, AppointmentCaseRecord.appointment_id == AppointmentRecord.id)
                .where(
                    AppointmentCaseRecord.case_id == CaseRecord.id,
                    AppointmentRecord.status.in_(LIVE),
                    AppointmentRecord.taken_back_at.is_(None),
                    AppointmentRecord.day >= on,
                )
                .correlate(CaseRecord)
                .scalar_subquery()
            )
            return [following]
        return []

    def injectors(self) -> tuple[str, ...]:
        """Everyone who gave the last injection of a case: whom the call list can be narrowed to."""
        names = select(CaseRecord.last_injector).where(CaseRecord.last_injector != "").distinct()
        return tuple(sorted(self._session.scalars(names)))

    def last_injectors(self, case_ids: Sequence[int]) -> dict[int, str]:
        """Who gave the last injection of these cases, as the cache says."""
        found: dict[int, str] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(select(CaseRecord.id, CaseRecord.last_injector).where(CaseRecord.id.in_(part)))
            found.update((id_, injector) for id_, injector in rows)
        return found

    def calls(self, case_ids: Sequence[int]) -> dict[int, tuple[ContactAttempt, ...]]:
        """The calls about these cases, oldest first."""
        found: dict[int, tuple[ContactAttempt, ...]] = {}
        for part in chunks(case_ids):
            rows = self._session.scalars(
                select(ContactAttemptRecord)
                .where(ContactAttemptRecord.case_id.in_(part), ContactAttemptRecord.taken_back_at.is_(None))
                .order_by(ContactAttemptRecord.at, ContactAttemptRecord.id)
            )
            for row in rows:
                found[row.case_id] = (*found.get(row.case_id, ()), _call_of(row))
        return found

    def call(self, call_id: int) -> ContactAttempt:
        """One call. Raises ``NotFound``: there is none, or it was taken back."""
        row = self._session.get(ContactAttemptRecord, call_id)
        if row is None or row.taken_back_at is not None:
            raise NotFound("call_not_found", id=call_id)
        return _call_of(row)

    def cases_called(self, first: date, last: date) -> tuple[int, ...]:
        """The cases with a call on a day of this range, in the order of the calls."""
        rows = self._session.scalars(
            select(ContactAttemptRecord.case_id)
            .where(
                ContactAttemptRecord.at >= datetime.combine(first, time.min),
                ContactAttemptRecord.at < datetime.combine(last + timedelta(days=1), time.min),
                ContactAttemptRecord.taken_back_at.is_(None),
            )
            .order_by(ContactAttemptRecord.at, ContactAttemptRecord.id)
        )
        return tuple(dict.fromkeys(rows))

    def add_call(
        self,
        case_id: int,
        outcome: Attempt,
        at: datetime,
        call_again_on: date | None,
        spoke_to: str,
        note: str,
        channel: Channel = Channel.CALL,
        phone_number: str = "",
        call_again_at: time | None = None,
    ) -> int:
        """Log a call and return its id."""
        row = ContactAttemptRecord(
            case_id=case_id,
            at=at,
            outcome=outcome.value,
            call_again_on=call_again_on,
            spoke_to=spoke_to,
            note=note,
            channel=channel.value,
            phone_number=phone_number,
            call_again_at=call_again_at,
            written_by=self._user,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def take_back_call(self, call_id: int) -> int:
        """Take a call back; answers the case it was about. Raises ``NotFound``."""
        return self._set_call_back(call_id, self._now)

    def restore_call(self, call_id: int) -> int:
        """Let a call that was taken back count again; answers the case it is about. Raises ``NotFound``."""
        return self._set_call_back(call_id, None)

    def _set_call_back(self, call_id: int, at: datetime | None) -> int:
        row = self._session.get(ContactAttemptRecord, call_id)
        if row is None:
            raise NotFound("nothing_to_undo")
        row.taken_back_at = at
        self._session.flush()
        return row.case_id

    def appointment(self, appointment_id: int) -> Appointment:
        """One booking. Raises ``NotFound``."""
        return appointment_of(self._appointment_row(appointment_id))

    def appointments_of_cases(self, case_ids: Sequence[int]) -> dict[int, tuple[Appointment, ...]]:
        """The bookings of these cases, by day."""
        found: dict[int, tuple[Appointment, ...]] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(AppointmentCaseRecord.case_id, AppointmentRecord)
                .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
                .options(selectinload(AppointmentRecord.cases))
                .where(AppointmentCaseRecord.case_id.in_(part), AppointmentRecord.taken_back_at.is_(None))
                .order_by(AppointmentRecord.day, AppointmentRecord.token, AppointmentRecord.id)
            )
            for case_id, row in rows:
                found[case_id] = (*found.get(case_id, ()), appointment_of(row))
        return found

    def appointments(
        self, first: date | None = None, last: date | None = None, *, patient_id: int | None = None
    ) -> tuple[Appointment, ...]:
        """The bookings of a range of days, or of a patient, by day and token."""
        statement = (
            select(AppointmentRecord)
            .options(selectinload(AppointmentRecord.cases))
            .where(AppointmentRecord.taken_back_at.is_(None))
            .order_by(AppointmentRecord.day, AppointmentRecord.token, AppointmentRecord.id)
        )
        if first is not None:
            statement = statement.where(AppointmentRecord.day >= first)
        if last is not None:
            statement = statement.where(AppointmentRecord.day <= last)
        if patient_id is not None:
            statement = statement.where(AppointmentRecord.patient_id == patient_id)
        return tuple(appointment_of(row) for row in self._session.scalars(statement))

    def waiting(self, on: date) -> tuple[Appointment, ...]:
        """Everybody who still waits for a place on the day ``on``, in the order they were entered."""
        rows = self._session.scalars(
            select(AppointmentRecord)
            .options(selectinload(AppointmentRecord.cases))
            .where(
                AppointmentRecord.status == AppointmentStatus.WAITLIST.value,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.wait_until >= on,
            )
        )
        return tuple(appointment_of(row) for row in sorted(rows, key=lambda row: (row.written_at.timestamp(), row.id)))

    def neighbours(self, first: date, last: date, village: str, but: int) -> dict[date, int]:
        """How many other patients of a village are booked on each day. ``but``: the patient who is left out."""
        rows = self._session.execute(
            select(AppointmentRecord.day, func.count(AppointmentRecord.patient_id.distinct()).label("people"))
            .join(PatientRecord, PatientRecord.id == AppointmentRecord.patient_id)
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.status.in_(LIVE),
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.patient_id != but,
                or_(PatientRecord.village == village, func.lower(PatientRecord.village) == village.lower()),
            )
            .group_by(AppointmentRecord.day)
        )
        return {row.day: row.people for row in rows}

    def token_taken(self, day: date, token: int, but: int) -> bool:
        """Whether another booking than ``but`` has this token of a day."""
        found = self._session.scalar(
            select(AppointmentRecord.id)
            .where(
                AppointmentRecord.day == day,
                AppointmentRecord.token == token,
                AppointmentRecord.id != but,
                AppointmentRecord.taken_back_at.is_(None),
            )
            .limit(1)
        )
        return found is not None

    def appointments_ever(self, first: date, last: date) -> tuple[tuple[Appointment, bool], ...]:
        """The bookings of a range of days, each with whether it was taken back, in the order they were made."""
        statement = (
            select(AppointmentRecord)
            .options(selectinload(AppointmentRecord.cases))
            .where(AppointmentRecord.day >= first, AppointmentRecord.day <= last)
            .order_by(AppointmentRecord.id)
        )
        rows = self._session.scalars(statement)
        return tuple((appointment_of(row), row.taken_back_at is not None) for row in rows)

    def taken_places(self, first: date, last: date) -> Mapping[date, int]:
        """How many bookings that still stand, or were kept, each day has."""
        gone = (
            AppointmentStatus.CANCELLED_BY_PATIENT.value,
            AppointmentStatus.CANCELLED_BY_CLINIC.value,
            AppointmentStatus.WAITLIST.value,
        )
        rows = self._session.execute(
            select(AppointmentRecord.day, func.count().label("taken"))
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.not_in(gone),
            )
            .group_by(AppointmentRecord.day)
        )
        return {row.day: row.taken for row in rows}

    def last_booked(self, day: date) -> tuple[str, datetime | None]:
        """Who entered the newest booking of a day, and when."""
        row = self._session.execute(
            select(AppointmentRecord.written_by, AppointmentRecord.written_at)
            .where(
                AppointmentRecord.day == day,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status != AppointmentStatus.WAITLIST.value,
            )
            .order_by(AppointmentRecord.id.desc())
            .limit(1)
        ).first()
        return (row[0], row[1]) if row is not None else ("", None)

    def booked_by(self, appointment_id: int) -> tuple[str, datetime]:
        """Who entered a booking, and when."""
        row = self._appointment_row(appointment_id)
        return row.written_by, row.written_at

    def held_by(self, hold_id: int) -> tuple[str, datetime | None]:
        """Who put a case on hold, and when."""
        row = self._session.get(HoldRecord, hold_id)
        return (row.written_by, row.written_at) if row is not None else ("", None)

    def stopped_by(self, stop_id: int) -> tuple[str, datetime | None]:
        """Who stopped a case, and when."""
        row = self._session.get(StopRecord, stop_id)
        return (row.written_by, row.written_at) if row is not None else ("", None)

    def given_by(self, session_id: int) -> tuple[str, datetime | None]:
        """Who entered the visit of an injection, and when."""
        row = self._session.execute(
            select(VisitRecord.written_by, VisitRecord.written_at)
            .join(SessionRecord, SessionRecord.visit_id == VisitRecord.id)
            .where(SessionRecord.id == session_id)
        ).first()
        return (row[0], row[1]) if row is not None else ("", None)

    def external_by(self, patient_id: int, day: date, product: str | None) -> tuple[str, datetime | None]:
        """Who entered toxin given to a patient elsewhere, and when."""
        given = ExternalToxinRecord
        row = self._session.execute(
            select(given.written_by, given.written_at)
            .where(given.patient_id == patient_id, given.day == day, given.product == product)
            .where(given.removed_reason.is_(None))
            .order_by(given.id)
        ).first()
        return (row[0], row[1]) if row is not None else ("", None)

    def next_token(self, day: date) -> int:
        """The next token of a day: that of a cancelled booking is never given again, the last one of a booking that was
        undone is.
        """
        return self.next_tokens(day, day).get(day, 1)

    def next_tokens(self, first: date, last: date) -> Mapping[date, int]:
        """The next token of every day on which one was given already; on all others it is 1."""
        rows = self._session.execute(
            select(AppointmentRecord.day, func.max(AppointmentRecord.token).label("highest"))
            .where(
                AppointmentRecord.day >= first,
                AppointmentRecord.day <= last,
                AppointmentRecord.taken_back_at.is_(None),
            )
            .group_by(AppointmentRecord.day)
        )
        return {row.day: row.highest + 1 for row in rows}

    def add_appointment(self, details: BookingDetails) -> int:
        """Enter a booking with the day's next token, or somebody on the waitlist (token 0), and return its id."""
        waits = details.wait_until is not None
        row = AppointmentRecord(
            patient_id=details.patient_id,
            day=details.day,
            token=0 if waits else self.next_token(details.day),
            at=details.at,
            minutes=details.minutes,
            injector=details.injector,
            status=(AppointmentStatus.WAITLIST if waits else AppointmentStatus.BOOKED).value,
            wait_until=details.wait_until,
            drug=details.drug.value,
            drug_product=details.drug_product,
            drug_batch=details.drug_batch,
            reason=details.reason,
            decided_by=details.decided_by,
            note=details.note,
            written_by=self._user,
            written_at=self._now,
            cases=[AppointmentCaseRecord(case_id=case_id) for case_id in dict.fromkeys(details.case_ids)],
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def change_appointment(self, changed: Appointment) -> None:
        """Write everything that may change of a booking anew."""
        row = self._appointment_row(changed.id)
        row.day, row.token, row.at = changed.day, changed.token, changed.at
        row.minutes, row.injector, row.arrived_at = changed.minutes, changed.injector, changed.arrived_at
        row.drug_product, row.drug_batch, row.wait_until = changed.drug_product, changed.drug_batch, changed.wait_until
        row.status, row.drug = changed.status.value, changed.drug.value
        row.reason, row.decided_by, row.note = changed.reason, changed.decided_by, changed.note
        self._session.flush()

    def split_appointment(self, appointment_id: int, case_ids: Collection[int]) -> Appointment:
        """Give these cases of a booking one of their own, alike but for its token."""
        row = self._appointment_row(appointment_id)
        known = {column.name: getattr(row, column.name) for column in AppointmentRecord.__table__.columns}
        apart = {name: value for name, value in known.items() if name not in ("id", "version", "token")}
        made = AppointmentRecord(
            **apart,
            token=self.next_token(row.day),
            cases=[AppointmentCaseRecord(case_id=case_id) for case_id in sorted(case_ids)],
        )
        row.cases = [one for one in row.cases if one.case_id not in case_ids]
        self._session.add(made)
        self._session.flush()
        return appointment_of(made)

    def join_appointment(self, appointment_id: int, split_off: int) -> None:
        """Take back a booking that was split off another one, which is for its cases again."""
        row = self._appointment_row(appointment_id)
        own = {one.case_id for one in row.cases}
        for case_id in self.take_back_appointment(split_off):
            if case_id not in own:
                row.cases.append(AppointmentCaseRecord(case_id=case_id))
        self._session.flush()

    def take_back_appointment(self, appointment_id: int) -> tuple[int, ...]:
        """Take a booking back; answers the cases it was for."""
        row = self._appointment_row(appointment_id)
        row.taken_back_at = self._now
        self._session.flush()
        return tuple(item.case_id for item in row.cases)

    def _appointment_row(self, appointment_id: int) -> AppointmentRecord:
        row = self._session.scalar(
            select(AppointmentRecord)
            .options(selectinload(AppointmentRecord.cases))
            .where(AppointmentRecord.id == appointment_id, AppointmentRecord.taken_back_at.is_(None))
        )
        if row is None:
            raise NotFound("appointment_not_found", id=appointment_id)
        return row

    def _last_injectors(self, case_ids: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(SessionRecord.case_id, VisitRecord.injector)
                .join(VisitRecord, VisitRecord.id == SessionRecord.visit_id)
                .where(SessionRecord.case_id.in_(part), SessionRecord.state.in_(COUNTING), VisitRecord.injector != "")
                .order_by(SessionRecord.day, SessionRecord.id)
            )
            found.update((case_id, injector) for case_id, injector in rows)
        return found

    def _last_bookings(self, case_ids: Sequence[int]) -> dict[int, date]:
        """The last day with a live booking of each of these cases."""
        found: dict[int, date] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(AppointmentCaseRecord.case_id, func.max(AppointmentRecord.day))
                .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
                .where(
                    AppointmentCaseRecord.case_id.in_(part),
                    AppointmentRecord.status.in_(LIVE),
                    AppointmentRecord.taken_back_at.is_(None),
                )
                .group_by(AppointmentCaseRecord.case_id)
            )
            found.update((case_id, day) for case_id, day in rows)
        return found

    def _known_by(self, case_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Number and telephone (digits of the one called first) of the patients of these cases."""
        found: dict[int, tuple[str, str]] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(CaseRecord.id, PatientRecord.mrn, _first_phone())
                .join(PatientRecord, PatientRecord.id == CaseRecord.patient_id)
                .where(CaseRecord.id.in_(part))
            )
            found.update((id_, (mrn, phone or "")) for id_, mrn, phone in rows)
        return found

    def misnamed(self, case_ids: Sequence[int]) -> set[int]:
        """Those of these cases that carry another number or telephone than their patient."""
        found: set[int] = set()
        for part in chunks(case_ids):
            found.update(
                self._session.scalars(
                    select(CaseRecord.id)
                    .join(PatientRecord, PatientRecord.id == CaseRecord.patient_id)
                    .where(
                        CaseRecord.id.in_(part),
                        or_(CaseRecord.mrn != PatientRecord.mrn, CaseRecord.phone != func.coalesce(_first_phone(), "")),
                    )
                )
            )
        return found

    def newest_written(self) -> datetime | None:
        """When the newest entry was written."""
        columns = (
            VisitRecord.written_at,
            AppointmentRecord.written_at,
            ContactAttemptRecord.at,
            PatientRecord.written_at,
            HoldRecord.written_at,
            StopRecord.written_at,
        )
        known = (self._session.scalar(select(func.max(column))) for column in columns)
        return max((moment for moment in known if moment is not None), default=None)


_DECIDING = (CaseRecord.stopped_since, CaseRecord.held_until, CaseRecord.booked_on)
"""What decides about a case before its dates do; ``records.cases.PLAIN`` is where none of them is set."""


def _first_phone() -> ScalarSelect[str]:
    """The digits of the number the patient of a case is called on first."""
    return (
        select(PhoneRecord.digits)
        .where(PhoneRecord.patient_id == CaseRecord.patient_id)
        .order_by(PhoneRecord.preferred.desc(), PhoneRecord.position)
        .limit(1)
        .correlate(CaseRecord)
        .scalar_subquery()
    )


def _given_here(event: ToxinEvent) -> bool:
    return event.restarts and not event.external


def _call_of(row: ContactAttemptRecord) -> ContactAttempt:
    return ContactAttempt(
        row.id,
        row.case_id,
        row.at,
        Attempt(row.outcome),
        row.call_again_on,
        row.spoke_to,
        row.note,
        row.written_by,
        Channel(row.channel),
        row.phone_number,
        row.call_again_at,
    )


def appointment_of(row: AppointmentRecord) -> Appointment:
    """The value of a row whose cases are loaded."""
    return Appointment(
        row.id,
        row.patient_id,
        row.day,
        row.token,
        tuple(item.case_id for item in row.cases),
        row.at,
        AppointmentStatus(row.status),
        DrugSupply(row.drug),
        row.reason,
        row.decided_by,
        row.note,
        row.version,
        row.minutes,
        row.injector,
        row.drug_product,
        row.drug_batch,
        row.arrived_at,
        row.wait_until,
    )
