"""The call list in the database: what its filters mean over the rows, its orders, and its groups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    distinct,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import TypeEngine

from clinic_app.domain.call_list import (
    DUE_ALREADY,
    DUE_LATER,
    NO_WINDOW,
    PLANNED_DAYS,
    UNBOOKED_DAYS,
    Column,
    Concern,
    Grouping,
    ListGroup,
    ListShape,
    SafetyCheck,
    SafetyEntry,
    SortKey,
    week_starts,
)
from clinic_app.domain.patients import fold
from clinic_app.domain.schedule import (
    ATTEMPTS_BEFORE_ASKING,
    COMING_DAYS,
    LIVE_APPOINTMENTS,
    NOT_SEEN_DAYS,
    AppointmentStatus,
    Attempt,
    ClinicRules,
    DrugSupply,
    Flag,
    FollowUpStatus,
    suggested_call_again,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.treatment import SessionKind, SessionState
from clinic_app.storage.local_days import day_of, moved_day
from clinic_app.storage.patients import CANDIDATES, PatientRows
from clinic_app.storage.records.cases import CaseRecord, DecisionRecord, HoldRecord
from clinic_app.storage.records.declarative import Day, Moment
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import SessionRecord, VisitRecord
from clinic_app.storage.visit_span import in_span

RANKS = (0, 1)
"""Inside a status, cases with a come-on date in force (0) come first."""
LIVE = tuple(sorted(status.value for status in LIVE_APPOINTMENTS))
COUNTING = (SessionState.GIVEN.value, SessionState.FINAL.value, SessionState.CORRECTED.value)
MISSING_DRUG = tuple(drug.value for drug in DrugSupply if drug.missing)
NOT_SPOKEN = tuple(one.value for one in Attempt if one.not_spoken)
INCOMING = tuple(one.value for one in Attempt if one.incoming)
ASKS_DOCTOR = tuple(one.value for one in Attempt if one.asks_doctor)
EVERYBODY = 1_000_000
RULED = ((Attempt.NO_ANSWER, Attempt.SWITCHED_OFF), (Attempt.TOLD_FAMILY,), (Attempt.WILL_COME,))
"""Outcomes the clinic has a usual day for the next call after, alike ones together."""
REMEMBERED_DAYS = 90
"""Calls longer ago than this are ordered by their own day: that of the next call has long come."""

T = TypeVar("T")
Condition = ColumnElement[bool]
Patients: TypeAlias = "Collection[int] | Select[tuple[int]]"
"""Some patients: their ids, or a question that answers them."""


@dataclass(frozen=True, slots=True)
class PhotoWindow:
    """The days after a session on which a photograph is wanted, of these conditions (empty: of those no other window
    names); ``views``: empty, any.
    """

    conditions: tuple[str, ...]
    first: int
    last: int
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterKnown:
    """What filters and orders need beside the rows: rules, after-photo windows, the order of names of conditions,
    and the typed words' patients (None: nothing was typed).
    """

    rules: ClinicRules = field(default_factory=ClinicRules)
    photos: tuple[PhotoWindow, ...] = ()
    condition_ranks: Mapping[str, int] = field(default_factory=dict)
    found: Condition | None = None


class CallListQuestions:
    """Conditions over ``clinical_case`` on one day."""

    def __init__(self, on: date, known: FilterKnown) -> None:
        self.on = on
        self.known = known

    def narrowed(self, narrow: CallListFilter) -> list[Condition]:
        """What a filter leaves."""
        conditions: list[Condition] = []
        if narrow.condition:
            conditions.append(CaseRecord.condition == narrow.condition)
        if narrow.injector:
            conditions.append(CaseRecord.last_injector == narrow.injector)
        if narrow.product:
            conditions.append(CaseRecord.last_product == narrow.product)
        if narrow.not_called_since is not None:
            conditions.append(self._not_called(narrow.not_called_since, keep=narrow.keep_called))
        if narrow.closes_by is not None:
            conditions.append(CaseRecord.closes <= narrow.closes_by)
        if narrow.village:
            conditions.append(_of_patients(PatientRecord.village == narrow.village))
        if narrow.language:
            conditions.append(_of_patients(PatientRecord.language == narrow.language))
        if narrow.tried:
            conditions.append(CaseRecord.tried >= narrow.tried)
        if narrow.drug is not None:
            conditions.append(
                and_(CaseRecord.booked_on >= self.on, self.next_booking(AppointmentRecord.drug) == narrow.drug.value)
            )
        if narrow.flag is not None:
            conditions.append(self.flag(narrow.flag, keep=narrow.keep_called))
        if narrow.call_back:
            conditions.append(self._before_and_after(self._call_back_due, keep=narrow.keep_called))
        if narrow.waits:
            conditions.append(self._waits())
        if narrow.statuses:
            conditions.append(or_(*(in_status(one, self.on) for one in FollowUpStatus if one in narrow.statuses)))
        if narrow.words:
            conditions.append(false() if self.known.found is None else self.known.found)
        if narrow.visits is not None:
            then = CallListQuestions(narrow.visits.on, self.known)
            conditions.append(in_span(narrow.visits, then.next_booking(AppointmentRecord.day)))
        return conditions

    # --- calls -------------------------------------------------------------------------------------------------

    @property
    def _midnight(self) -> datetime:
        return datetime.combine(self.on, time.min)

    def _before_and_after(self, asked: Callable[[datetime | None], Condition], *, keep: bool) -> Condition:
        """What holds with the calls of today, or (``keep``) held before them: a row called today stays in sight."""
        if not keep:
            return asked(None)
        return or_(asked(None), and_(CaseRecord.called_on == self.on, asked(self._midnight)))

    def _not_called(self, since: date, *, keep: bool) -> Condition:
        if not keep:
            return or_(CaseRecord.called_on.is_(None), CaseRecord.called_on < since)
        earlier = (
            select(literal(1))
            .where(*self._calls_of_case(self._midnight), ContactAttemptRecord.at >= datetime.combine(since, time.min))
            .correlate(CaseRecord)
            .exists()
        )
        return or_(
            CaseRecord.called_on.is_(None),
            CaseRecord.called_on < since,
            and_(CaseRecord.called_on == self.on, ~earlier) if since <= self.on else false(),
        )

    def _calls_of_case(self, before: datetime | None) -> list[Condition]:
        found: list[Condition] = [
            ContactAttemptRecord.case_id == CaseRecord.id,
            ContactAttemptRecord.taken_back_at.is_(None),
        ]
        return found if before is None else [*found, ContactAttemptRecord.at < before]

    def day_of(self, moment: Any) -> Any:
        """The local day of a moment."""
        return day_of(moment, self.on)

    def in_cycle(self) -> Condition:
        """Of a call: after the last injection; ``domain.schedule.is_after`` says the same."""
        call, last_on = ContactAttemptRecord, CaseRecord.last_on
        day = self.day_of(call.at)
        entered, entered_on = (
            select(asked)
            .join(SessionRecord, SessionRecord.visit_id == VisitRecord.id)
            .where(
                SessionRecord.case_id == CaseRecord.id,
                SessionRecord.day == last_on,
                SessionRecord.state.in_(COUNTING),
                or_(SessionRecord.kind == SessionKind.FULL.value, SessionRecord.restarts_window),
            )
            .order_by(SessionRecord.id.desc())
            .limit(1)
            .correlate(CaseRecord)
            .scalar_subquery()
            for asked in (VisitRecord.written_at, self.day_of(VisitRecord.written_at))
        )
        same_day = case(
            (entered_on == last_on, call.at > entered),
            else_=or_(call.outcome.in_(INCOMING), func.coalesce(call.call_again_on > last_on, false())),
        )
        after = or_(day > last_on, and_(day == last_on, same_day))
        return or_(last_on.is_(None), and_(self._maybe_in_cycle(), after))

    def of_cycle(self) -> Condition:
        """``in_cycle``, of the last call of a case: where that was on a later day, no clock is looked at."""
        return or_(func.coalesce(CaseRecord.called_on > CaseRecord.last_on, false()), self.in_cycle())

    @staticmethod
    def _maybe_in_cycle() -> Condition:
        """True of every call of the cycle, and of some on the days about the injection: no clock is a day away from
        UTC. Cheap, where the local day of a moment takes SQLite 3 µs.
        """
        day_before = moved_day(CaseRecord.last_on, -1440)
        return or_(
            CaseRecord.last_on.is_(None),
            ContactAttemptRecord.at > CaseRecord.last_on,
            ContactAttemptRecord.at > day_before,
        )

    @staticmethod
    def _about_cycle() -> Condition:
        """``_maybe_in_cycle``, as a range of the index of a case's calls: the day is worked out once for a case."""
        day_before = moved_day(CaseRecord.last_on, -1440)
        return ContactAttemptRecord.at > func.coalesce(day_before, _written_out(date.min, Day()))

    @staticmethod
    def _called_in_cycle() -> Condition:
        """Of a case: it was called since its last injection."""
        return CaseRecord.call_outcome.is_not(None)

    def next_call(self) -> ColumnElement[date | None]:
        """When to call again, from the last call of the cycle (``domain.schedule.call_again_on``)."""
        rules = self.known.rules
        asked: list[tuple[Any, Any]] = [(CaseRecord.call_again_on.is_not(None), CaseRecord.call_again_on)]
        days = [self.on - timedelta(days=back) for back in range(REMEMBERED_DAYS)]
        for alike in RULED:
            usual = {one: suggested_call_again(alike[0], one, rules) for one in days}
            whens = [(literal(one, Day()), literal(next_, Day())) for one, next_ in usual.items()]
            later = case(*whens, value=CaseRecord.called_on, else_=CaseRecord.called_on)
            asked.append((and_(self.ruled(), CaseRecord.call_outcome.in_([one.value for one in alike])), later))
        return type_coerce(case(*asked, else_=None), Day())

    def call_again_by(self, day: date, before: datetime | None = None) -> Condition:
        """The day for the next call is ``day`` or earlier: by the last call of the cycle, compared backwards.

        ``before``: by the last call before that moment, read from the calls themselves; for the few called since.
        """
        if before is None:
            agreed, outcome = CaseRecord.call_again_on, CaseRecord.call_outcome
        else:
            agreed, outcome = ContactAttemptRecord.call_again_on, ContactAttemptRecord.outcome
        ways: list[Condition] = [agreed <= _written_out(day, Day())]
        for alike in RULED:
            after = _latest_call(alike[0], day, self.known.rules) + timedelta(days=1)
            called = (
                CaseRecord.called_on < _written_out(after, Day())
                if before is None
                else ContactAttemptRecord.at < _written_out(datetime.combine(after, time.min), Moment())
            )
            ways.append(and_(self.ruled(), agreed.is_(None), outcome.in_([one.value for one in alike]), called))
        if before is None:
            return and_(self._called_in_cycle(), or_(*ways))
        newest = (
            select(case((or_(*ways), 1), else_=0))
            .where(*self._calls_of_case(before), self._about_cycle(), self.in_cycle())
            .order_by(ContactAttemptRecord.at.desc(), ContactAttemptRecord.id.desc())
            .limit(1)
            .correlate(CaseRecord)
            .scalar_subquery()
        )
        return and_(self._called_in_cycle(), newest == 1)

    def called_again(self) -> Condition:
        """There is a day for the next call, whenever it is."""
        ruled = [one.value for alike in RULED for one in alike]
        agreed = CaseRecord.call_again_on.is_not(None)
        return and_(self._called_in_cycle(), or_(agreed, and_(self.ruled(), CaseRecord.call_outcome.in_(ruled))))

    def to_be_called(self) -> Condition:
        """A next call is offered at all: not stopped."""
        return or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > self.on)

    def ruled(self) -> Condition:
        """The clinic's rule says when to call again, where no day was agreed: neither on hold nor booked."""
        return and_(
            or_(CaseRecord.held_until.is_(None), CaseRecord.held_from > self.on, CaseRecord.held_until < self.on),
            or_(CaseRecord.booked_on.is_(None), CaseRecord.booked_on < self.on),
        )

    def _call_back_due(self, before: datetime | None) -> Condition:
        return and_(self.call_again_by(self.on, before), self.to_be_called())

    # --- bookings ----------------------------------------------------------------------------------------------

    def next_booking(self, column: Any) -> Any:
        """A column of the next booking that stands, from the day on."""
        return (
            select(column)
            .join(AppointmentCaseRecord, AppointmentCaseRecord.appointment_id == AppointmentRecord.id)
            .where(
                AppointmentCaseRecord.case_id == CaseRecord.id,
                AppointmentRecord.status.in_(LIVE),
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.day >= self.on,
            )
            .order_by(AppointmentRecord.day, AppointmentRecord.token, AppointmentRecord.id)
            .limit(1)
            .correlate(CaseRecord)
            .scalar_subquery()
        )

    def _waits(self) -> Condition:
        return CaseRecord.id.in_(
            select(AppointmentCaseRecord.case_id)
            .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
            .where(*self._on_waiting_list())
        )

    def _on_waiting_list(self) -> list[Condition]:
        return [
            AppointmentRecord.status == AppointmentStatus.WAITLIST.value,
            AppointmentRecord.taken_back_at.is_(None),
            AppointmentRecord.wait_until >= self.on,
        ]

    def waits_until(self) -> ColumnElement[date | None]:
        """The last day a case is on the waiting list."""
        return type_coerce(
            select(func.max(AppointmentRecord.wait_until))
            .join(AppointmentCaseRecord, AppointmentCaseRecord.appointment_id == AppointmentRecord.id)
            .where(
                AppointmentCaseRecord.case_id == CaseRecord.id,
                *self._on_waiting_list(),
            )
            .correlate(CaseRecord)
            .scalar_subquery(),
            Day(),
        )

    # --- flags -------------------------------------------------------------------------------------------------

    def flag(self, flag: Flag, *, keep: bool = False) -> Condition:
        """The rule of a flag; the domain's ``follow_up`` says the same."""
        booked = CaseRecord.booked_on >= self.on
        not_stopped = ~in_status(FollowUpStatus.STOPPED, self.on)
        if flag is Flag.DRUG_MISSING:
            return and_(booked, self.next_booking(AppointmentRecord.drug).in_(MISSING_DRUG))
        if flag is Flag.TOO_EARLY:
            return and_(booked, self.next_booking(AppointmentRecord.day) < CaseRecord.earliest)
        if flag is Flag.LATE:
            return and_(booked, self.next_booking(AppointmentRecord.day) > CaseRecord.closes)
        if flag is Flag.MISSED:
            return and_(self.missed(), not_stopped)
        if flag is Flag.NOT_FINALISED:
            return self.not_finalised()
        if flag is Flag.NOT_SEEN:
            return and_(self._not_seen(), not_stopped)
        if flag is Flag.AFTER_PHOTO:
            wanted = [self._after_photo(window) for window in self.known.photos]
            return and_(or_(false(), *wanted), not_stopped)
        return and_(self._before_and_after(self._asks_doctor, keep=keep), not_stopped)

    def missed(self) -> Condition:
        """A booking was missed since the last injection."""
        own = aliased(CaseRecord)
        return CaseRecord.id.in_(
            select(AppointmentCaseRecord.case_id)
            .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
            .join(own, own.id == AppointmentCaseRecord.case_id)
            .where(
                AppointmentRecord.status == AppointmentStatus.NO_SHOW.value,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.day <= self.on,
                or_(own.last_on.is_(None), AppointmentRecord.day > own.last_on),
            )
        )

    def not_finalised(self) -> Condition:
        """An injection was given and is not finalised."""
        return CaseRecord.id.in_(
            select(SessionRecord.case_id).where(
                SessionRecord.state == _written_out(SessionState.GIVEN.value, String()), SessionRecord.day <= self.on
            )
        )

    def _not_seen(self) -> Condition:
        limit = self.on - timedelta(days=NOT_SEEN_DAYS)
        late = and_(HoldRecord.until >= limit, or_(HoldRecord.ended_on.is_(None), HoldRecord.ended_on >= limit))
        holds = select(literal(1)).where(HoldRecord.case_id == CaseRecord.id, HoldRecord.since <= self.on)
        decided = select(literal(1)).where(DecisionRecord.case_id == CaseRecord.id, DecisionRecord.day <= self.on)
        any_hold, late_hold = (one.correlate(CaseRecord).exists() for one in (holds, holds.where(late)))
        any_decision, late_decision = (
            one.correlate(CaseRecord).exists() for one in (decided, decided.where(DecisionRecord.day >= limit))
        )
        return and_(
            or_(CaseRecord.closes.is_(None), CaseRecord.closes < limit),
            or_(CaseRecord.closes.is_not(None), any_hold, any_decision),
            ~late_hold,
            ~late_decision,
        )

    def _after_photo(self, window: PhotoWindow) -> Condition:
        first_day, last_day = self.on - timedelta(days=window.last), self.on - timedelta(days=window.first)
        later = aliased(SessionRecord)
        days = [last_day - timedelta(days=back) for back in range((last_day - first_day).days + 1)]
        whens = [(literal(one, Day()), literal(one + timedelta(days=window.first), Day())) for one in days]
        views = [or_(PictureRecord.view.is_(None), PictureRecord.view.in_(window.views))] if window.views else []

        def pictured(owner: Any, given_on: Any) -> Condition:
            wanted_from = type_coerce(case(*whens, value=given_on), Day())
            return (
                select(literal(1))
                .where(
                    PictureRecord.patient_id == owner.patient_id,
                    PictureRecord.taken_back_at.is_(None),
                    PictureRecord.day >= wanted_from,
                    PictureRecord.day <= self.on,
                    *views,
                )
                .correlate(owner)
                .exists()
            )

        again = (
            select(literal(1))
            .where(
                later.case_id == SessionRecord.case_id,
                later.state.in_(COUNTING),
                or_(later.kind == SessionKind.FULL.value, later.restarts_window),
                later.day > SessionRecord.day,
                later.day <= self.on,
            )
            .correlate(SessionRecord)
            .exists()
        )
        given = (
            select(literal(1))
            .where(
                SessionRecord.case_id == CaseRecord.id,
                SessionRecord.state.in_(COUNTING),
                or_(SessionRecord.kind == SessionKind.FULL.value, SessionRecord.restarts_window),
                SessionRecord.day >= first_day,
                SessionRecord.day <= last_day,
                ~again,
                ~pictured(SessionRecord, SessionRecord.day),
            )
            .correlate(CaseRecord)
            .exists()
        )
        known = [code for one in self.known.photos for code in one.conditions]
        of = CaseRecord.condition.in_(window.conditions) if window.conditions else CaseRecord.condition.not_in(known)
        by_last = and_(
            CaseRecord.given_on >= first_day,
            CaseRecord.given_on <= last_day,
            ~pictured(CaseRecord, CaseRecord.given_on),
        )
        return and_(of, or_(by_last, and_(CaseRecord.given_on > self.on, given)))

    def _asks_doctor(self, before: datetime | None) -> Condition:
        """``must_ask_doctor``: after the last call somebody spoke in, and the last decision."""
        spoken = aliased(ContactAttemptRecord)
        reset = (
            select(literal(1))
            .where(
                spoken.case_id == ContactAttemptRecord.case_id,
                spoken.taken_back_at.is_(None),
                spoken.outcome.not_in((*NOT_SPOKEN, *ASKS_DOCTOR)),
                spoken.at >= ContactAttemptRecord.at,
                or_(
                    spoken.at > ContactAttemptRecord.at,
                    and_(spoken.at == ContactAttemptRecord.at, spoken.id > ContactAttemptRecord.id),
                ),
                *([spoken.at < before] if before is not None else []),
            )
            .correlate(ContactAttemptRecord)
            .exists()
        )
        decided = (
            select(literal(1))
            .where(
                DecisionRecord.case_id == ContactAttemptRecord.case_id,
                DecisionRecord.day <= self.on,
                DecisionRecord.at >= ContactAttemptRecord.at,
            )
            .correlate(ContactAttemptRecord)
            .exists()
        )
        standing = [*self._calls_of_case(before), self._about_cycle(), self.in_cycle(), ~reset, ~decided]
        asking = (
            select(literal(1))
            .where(*standing, ContactAttemptRecord.outcome.in_(ASKS_DOCTOR))
            .correlate(CaseRecord)
            .exists()
        )
        day = self.day_of(ContactAttemptRecord.at)
        tried = (
            select(func.count(distinct(day)))
            .select_from(ContactAttemptRecord)
            .where(*standing, ContactAttemptRecord.outcome.in_(NOT_SPOKEN), day >= CaseRecord.opens)
            .correlate(CaseRecord)
            .scalar_subquery()
        )
        often = tried >= ATTEMPTS_BEFORE_ASKING
        if before is not None:
            return or_(asking, often)
        later = CaseRecord.id.in_(select(DecisionRecord.case_id).where(DecisionRecord.day > self.on))
        return and_(
            self._called_in_cycle(),
            or_(CaseRecord.asks_doctor, and_(CaseRecord.tried >= ATTEMPTS_BEFORE_ASKING, often), and_(later, asking)),
        )

    # --- safety check ------------------------------------------------------------------------------------------

    def concern(self, concern: Concern) -> Condition:
        """Of a case: no list of the day would show that somebody has to look at it."""
        given = (
            select(literal(1))
            .where(
                SessionRecord.case_id == CaseRecord.id,
                SessionRecord.state.in_(COUNTING),
                SessionRecord.day <= self.on,
            )
            .correlate(CaseRecord)
            .exists()
        )
        if concern is Concern.NO_WINDOW:
            return and_(CaseRecord.opens.is_(None), ~in_status(FollowUpStatus.STOPPED, self.on), given)
        if concern is Concern.INJECTED_SINCE_STOP:
            stopped = in_status(FollowUpStatus.STOPPED, self.on)
            return and_(stopped, CaseRecord.given_on > CaseRecord.stopped_since, CaseRecord.given_on <= self.on)
        if concern is Concern.NOT_STARTED:
            since = self.on - timedelta(days=UNBOOKED_DAYS)
            booked = (
                select(literal(1))
                .select_from(AppointmentCaseRecord)
                .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
                .where(
                    AppointmentCaseRecord.case_id == CaseRecord.id,
                    AppointmentRecord.taken_back_at.is_(None),
                    AppointmentRecord.day > since,
                )
                .correlate(CaseRecord)
                .exists()
            )
            return and_(
                in_status(FollowUpStatus.NOT_STARTED, self.on),
                CaseRecord.written_at < datetime.combine(since, time.min),
                ~given,
                ~booked,
            )
        return CaseRecord.id.in_(select(SessionRecord.case_id).where(*self.session_concern(concern)))

    def session_concern(self, concern: Concern) -> list[Condition]:
        """Of an injection: planned and its day is over, or given and not finalised."""
        if concern is Concern.PLANNED_OVER:
            over = self.on - timedelta(days=PLANNED_DAYS)
            return [SessionRecord.state == SessionState.PLANNED.value, SessionRecord.day < over]
        return [SessionRecord.state == _written_out(SessionState.GIVEN.value, String()), SessionRecord.day <= self.on]

    # --- orders and groups -------------------------------------------------------------------------------------

    def urgency(self) -> list[ColumnElement[Any]]:
        """The order of ``domain.schedule.urgency``, over all statuses: each has a day to order by, or has none."""
        status = status_of_row(self.on)
        rank = case({one.value: place for place, one in enumerate(FollowUpStatus)}, value=status)
        within = case(
            (status.in_((FollowUpStatus.OVERDUE.value, FollowUpStatus.DUE.value)), CaseRecord.closes),
            (status == FollowUpStatus.COMING.value, CaseRecord.opens),
            (status == FollowUpStatus.BOOKED.value, self.next_booking(AppointmentRecord.day)),
            else_=None,
        )
        return [
            rank,
            CaseRecord.come_on_rank.expression,
            within,
            CaseRecord.mrn.expression,
            CaseRecord.id.expression,
        ]

    def order(self, shape: ListShape, hidden: Collection[int]) -> list[ColumnElement[Any]]:
        """The order of a shape inside a group; what is kept from who works stands last and tells nothing."""
        found: list[ColumnElement[Any]] = []
        if hidden:
            found.append(CaseRecord.patient_id.in_(sorted(hidden)))
        for key in shape.sort:
            if key.column is Column.STATUS:
                rank, come_on, within, *_ = self.urgency()
                found += [rank.desc() if key.falling else rank, come_on, within]
                continue
            value, falling, filled = self.sorted_by(key)
            found += [not_(filled), value.desc() if falling else value.asc()]
        return [*found, *self.urgency()]

    def sorted_by(self, key: SortKey) -> tuple[ColumnElement[Any], bool, Condition]:
        """What a key orders by, whether the greatest comes first, and whether there is anything: empty ones stand
        last.
        """
        value = self._sorted_by(key.column)
        worded = isinstance(value.type, String) and not isinstance(value.type, Day)
        filled = and_(value.is_not(None), value != "") if worded else value.is_not(None)
        told: dict[Column, Condition] = {
            Column.DRUG: and_(CaseRecord.booked_on.is_not(None), CaseRecord.booked_on >= self.on),
            Column.WAITS_UNTIL: self._waits(),
            Column.NEXT_CALL: and_(self.called_again(), self.to_be_called()),
        }
        return value, key.falling is not (key.column is Column.SINCE), told.get(key.column, filled)

    def _sorted_by(self, column: Column) -> ColumnElement[Any]:
        """What a column is ordered by."""
        if column is Column.DIAGNOSIS:
            return case(
                dict(self.known.condition_ranks), value=CaseRecord.condition, else_=len(self.known.condition_ranks)
            )
        if column is Column.CYCLE:
            until_now = (
                select(func.count())
                .select_from(SessionRecord)
                .where(
                    SessionRecord.case_id == CaseRecord.id,
                    SessionRecord.state.in_(COUNTING),
                    or_(SessionRecord.kind == SessionKind.FULL.value, SessionRecord.restarts_window),
                    SessionRecord.day <= self.on,
                )
                .correlate(CaseRecord)
                .scalar_subquery()
            )
            return case((CaseRecord.given_on > self.on, until_now), else_=CaseRecord.cycles)
        if column is Column.DRUG:
            return case((CaseRecord.booked_on >= self.on, self.next_booking(AppointmentRecord.drug)), else_=None)
        if column is Column.WAITS_UNTIL:
            return type_coerce(case((self._waits(), self.waits_until()), else_=None), Day())
        if column is Column.NEXT_CALL:
            return type_coerce(
                case((and_(self._called_in_cycle(), self.to_be_called()), self.next_call()), else_=None), Day()
            )
        columns: dict[Column, ColumnElement[Any]] = {
            Column.PATIENT: PatientRecord.name_folded.expression,
            Column.GIVEN: CaseRecord.last_on.expression,
            Column.SINCE: CaseRecord.last_on.expression,
            Column.CALL: CaseRecord.called_on.expression,
            Column.PHONE: CaseRecord.phone.expression,
            Column.DOCTOR: CaseRecord.last_injector.expression,
            Column.VILLAGE: PatientRecord.village.expression,
            Column.LANGUAGE: PatientRecord.language.expression,
            Column.DUE_FROM: CaseRecord.opens.expression,
            Column.DUE_UNTIL: CaseRecord.closes.expression,
        }
        return columns[column]

    def group_key(self, grouping: Grouping, hidden: Collection[int]) -> ColumnElement[str]:
        """What the rows of a group share, as text."""
        if grouping is Grouping.STATUS:
            return status_of_row(self.on)
        if grouping is Grouping.NONE:
            return literal("", String())
        if grouping is Grouping.WEEK:
            return self.week_key(CaseRecord.opens.expression)
        column = PatientRecord.village if grouping is Grouping.VILLAGE else CaseRecord.last_injector
        return case((CaseRecord.patient_id.in_(sorted(hidden)), ""), else_=column) if hidden else column.expression

    def week_key(self, opens: ColumnElement[date | None]) -> ColumnElement[str]:
        """The group by weeks of a day of opening."""
        weeks = week_starts(self.on)
        starts = [(opens < start + timedelta(weeks=1), start.isoformat()) for start in weeks]
        return case((opens.is_(None), NO_WINDOW), (opens < weeks[0], DUE_ALREADY), *starts, else_=DUE_LATER)


class CallListRows:
    """Pages and groups of the call list in any shape."""

    def __init__(self, session: Session, patients: PatientRows) -> None:
        self._session = session
        self._patients = patients

    def found(self, words: str) -> Condition:
        """Of a case: its patient is one the search of patients finds by these words; all of them, however many."""
        ids = self._patients.matching_ids(words)
        if len(ids) < CANDIDATES:
            return CaseRecord.patient_id.in_(ids)
        folded = fold(words).split()
        if not folded:
            return CaseRecord.patient_id.in_(self._patients.matching_ids(words, EVERYBODY))
        if len(folded) == 1 and len(folded[0]) == 1:
            column = PatientRecord.mrn if folded[0].isdigit() else PatientRecord.name_folded
            return _of_patients(and_(column >= folded[0], column < folded[0] + "\U0010ffff"))
        return _of_patients(self._patients.with_words(folded))

    def villages(self) -> tuple[str, ...]:
        """Every village a patient lives in."""
        return self._names(PatientRecord.village)

    def languages(self) -> tuple[str, ...]:
        """Every language a patient speaks."""
        return self._names(PatientRecord.language)

    def _names(self, column: Any) -> tuple[str, ...]:
        names = self._session.scalars(select(column).where(column != "").distinct())
        return tuple(sorted(names, key=str.casefold))

    def groups(
        self, asked: CallListQuestions, narrow: CallListFilter, grouping: Grouping, hidden: Collection[int]
    ) -> tuple[ListGroup, ...]:
        """The groups that have rows, in their order, with how many each has; those by status are counted by
        ``ScheduleRows.counts``.
        """
        conditions = [*asked.narrowed(narrow), *without_patients(hidden if narrow.narrows else ())]
        if grouping is Grouping.NONE:
            total = self._session.scalar(select(func.count()).select_from(CaseRecord).where(*conditions)) or 0
            return (ListGroup("", total),) if total else ()
        if grouping is Grouping.WEEK:
            return self._weeks(asked, conditions)
        key = asked.group_key(grouping, hidden).label("key")
        statement = self._from(select(key), Column.VILLAGE if grouping is Grouping.VILLAGE else None)
        keyed = statement.where(*conditions).subquery()
        counted = select(keyed.c.key, func.count().label("count_of")).group_by(keyed.c.key)
        rows: dict[str, int] = {row[0]: row[1] for row in self._session.execute(counted)}
        return tuple(
            ListGroup(_key_of(named, grouping), rows[named])
            for named in sorted(rows, key=lambda named: _place(named, grouping))
        )

    def _weeks(self, asked: CallListQuestions, conditions: Sequence[Condition]) -> tuple[ListGroup, ...]:
        """By the week of opening: first the days, of which there are few, each read through an index where all rows
        count.
        """
        ranks: list[list[Condition]] = [[]] if conditions else [[CaseRecord.come_on_rank == one] for one in RANKS]
        days = union_all(
            *(
                select(CaseRecord.opens.label("opens"), func.count().label("of_day"))
                .where(*conditions, *rank)
                .group_by(CaseRecord.opens)
                for rank in ranks
            )
        ).subquery()
        keyed = select(asked.week_key(type_coerce(days.c.opens, Day())).label("key"), days.c.of_day).subquery()
        counted = select(keyed.c.key, func.sum(keyed.c.of_day).label("count_of")).group_by(keyed.c.key)
        rows: dict[str, int] = {row[0]: int(row[1]) for row in self._session.execute(counted)}
        ordered = sorted(rows, key=lambda named: _place(named, Grouping.WEEK))
        return tuple(ListGroup(_key_of(named, Grouping.WEEK), rows[named]) for named in ordered)

    def ids(
        self,
        asked: CallListQuestions,
        narrow: CallListFilter,
        shape: ListShape,
        key: FollowUpStatus | date | str,
        offset: int,
        limit: int,
        hidden: Collection[int],
    ) -> list[int]:
        """One page of a group in the order of the shape."""
        statement = self._page(select(CaseRecord.id), asked, narrow, shape, hidden)
        statement = statement.where(self._in_group(asked, shape.grouping, key, hidden))
        if shape.sort and not hidden and shape.sort[0].column is not Column.STATUS:
            statement = statement.where(*self._not_behind(statement, asked, shape.sort[0], offset + limit))
        return list(self._session.scalars(statement.offset(offset).limit(limit)))

    def _not_behind(
        self, statement: Select[Any], asked: CallListQuestions, first: SortKey, wanted: int
    ) -> list[Condition]:
        """Those that can be among the first so many of a page in the order of this key: not behind the value of the
        last of them. To find that value costs a fraction of ordering every row by all keys.
        """
        value, falling, filled = asked.sorted_by(first)
        place = statement.with_only_columns(value, maintain_column_froms=True).where(filled).order_by(None)
        last = self._session.scalar(place.order_by(value.desc() if falling else value).offset(wanted - 1).limit(1))
        if last is None:
            return []
        return [filled, value >= last if falling else value <= last]

    def ids_of_groups(
        self,
        asked: CallListQuestions,
        narrow: CallListFilter,
        shape: ListShape,
        keys: Sequence[FollowUpStatus | date | str],
        hidden: Collection[int],
    ) -> dict[FollowUpStatus | date | str, list[int]]:
        """The whole of several small groups in one question."""
        if not keys:
            return {}
        key = asked.group_key(shape.grouping, hidden).label("key")
        columns: Any = select(CaseRecord.id, key)
        statement = self._page(columns, asked, narrow, shape, hidden)
        wanted = or_(*(self._in_group(asked, shape.grouping, one, hidden) for one in keys))
        found: dict[FollowUpStatus | date | str, list[int]] = {one: [] for one in keys}
        for id_, named in self._session.execute(statement.where(wanted)):
            found[_key_of(named, shape.grouping)].append(id_)
        return found

    def safety(self, asked: CallListQuestions, most: int) -> SafetyCheck:
        """How many lines of each concern there are, and the first of each, the oldest first."""
        counts: dict[Concern, int] = {}
        entries: list[SafetyEntry] = []
        for concern in Concern:
            of_sessions = concern in (Concern.PLANNED_OVER, Concern.NOT_FINALISED)
            last = (
                select(func.max(SessionRecord.day))
                .where(SessionRecord.case_id == CaseRecord.id, SessionRecord.state.in_(COUNTING))
                .correlate(CaseRecord)
                .scalar_subquery()
            )
            treated = concern in (Concern.NO_WINDOW, Concern.INJECTED_SINCE_STOP)
            since: Any = last if treated else asked.day_of(CaseRecord.written_at)
            columns = [CaseRecord.patient_id, CaseRecord.id, CaseRecord.mrn, PatientRecord.full_name]
            named: Any = select(*columns, CaseRecord.condition, since.label("since"), literal(0).label("session"))
            if of_sessions:
                named = select(
                    *columns, CaseRecord.condition, SessionRecord.day.label("since"), SessionRecord.id.label("session")
                )
            named = named.select_from(CaseRecord).join(PatientRecord, PatientRecord.id == CaseRecord.patient_id)
            counting = select(func.count()).select_from(CaseRecord)
            if of_sessions:
                named = named.join(SessionRecord, SessionRecord.case_id == CaseRecord.id)
                counting = select(func.count()).select_from(SessionRecord)
                where = asked.session_concern(concern)
            else:
                where = [asked.concern(concern)]
            counts[concern] = self._session.scalar(counting.where(*where)) or 0
            if counts[concern]:
                rows = self._session.execute(
                    named.where(*where).order_by(text("since"), CaseRecord.mrn, CaseRecord.id).limit(most)
                )
                entries += (SafetyEntry(concern, *row) for row in rows)
        return SafetyCheck(counts, tuple(entries))

    def _page(
        self,
        statement: Select[Any],
        asked: CallListQuestions,
        narrow: CallListFilter,
        shape: ListShape,
        hidden: Collection[int],
    ) -> Select[Any]:
        columns = [key.column for key in shape.sort]
        columns += [Column.VILLAGE] if shape.grouping is Grouping.VILLAGE else []
        statement = self._from(statement, *columns)
        narrowed = [*asked.narrowed(narrow), *without_patients(hidden if narrow.narrows else ())]
        return statement.where(*narrowed).order_by(*asked.order(shape, hidden))

    @staticmethod
    def _from(statement: Select[Any], *columns: Column | None) -> Select[Any]:
        statement = statement.select_from(CaseRecord)
        if {Column.PATIENT, Column.VILLAGE, Column.LANGUAGE} & set(columns):
            return statement.join(PatientRecord, PatientRecord.id == CaseRecord.patient_id)
        return statement

    @staticmethod
    def _in_group(
        asked: CallListQuestions, grouping: Grouping, key: FollowUpStatus | date | str, hidden: Collection[int]
    ) -> Condition:
        if isinstance(key, FollowUpStatus):
            return in_status(key, asked.on)
        if isinstance(key, date):
            return and_(CaseRecord.opens >= key, CaseRecord.opens < key + timedelta(weeks=1))
        if grouping is Grouping.WEEK:
            weeks = week_starts(asked.on)
            return {
                NO_WINDOW: CaseRecord.opens.is_(None),
                DUE_ALREADY: CaseRecord.opens < weeks[0],
                DUE_LATER: CaseRecord.opens >= weeks[-1] + timedelta(weeks=1),
            }[key]
        return literal(value=True) if grouping is Grouping.NONE else asked.group_key(grouping, hidden) == key


def _key_of(named: str, grouping: Grouping) -> FollowUpStatus | date | str:
    if grouping is Grouping.STATUS:
        return FollowUpStatus(named)
    if grouping is Grouping.WEEK and named not in (DUE_ALREADY, DUE_LATER, NO_WINDOW):
        return date.fromisoformat(named)
    return named


def _place(named: str, grouping: Grouping) -> tuple[int, str]:
    """Where a group stands: statuses in the order of the list, weeks by day, names by the alphabet, no name last."""
    if grouping is Grouping.STATUS:
        return list(FollowUpStatus).index(FollowUpStatus(named)), ""
    if grouping is Grouping.WEEK:
        return {DUE_ALREADY: 0, DUE_LATER: 2, NO_WINDOW: 3}.get(named, 1), named
    return 0 if named else 1, named.casefold()


def status_of_row(on: date) -> ColumnElement[str]:
    """The rule of ``status_of`` over the cached columns: the first that matches wins."""
    coming = on + timedelta(days=COMING_DAYS)
    return case(
        (CaseRecord.stopped_since <= on, FollowUpStatus.STOPPED.value),
        (and_(CaseRecord.held_until >= on, CaseRecord.held_from <= on), FollowUpStatus.ON_HOLD.value),
        (CaseRecord.booked_on >= on, FollowUpStatus.BOOKED.value),
        (CaseRecord.opens.is_(None), FollowUpStatus.NOT_STARTED.value),
        (CaseRecord.closes < on, FollowUpStatus.OVERDUE.value),
        (CaseRecord.opens <= on, FollowUpStatus.DUE.value),
        (CaseRecord.opens <= coming, FollowUpStatus.COMING.value),
        else_=FollowUpStatus.NOT_DUE.value,
    )


def in_status(status: FollowUpStatus, on: date, coming: date | None = None) -> Condition:
    """The rule of a status over the cached columns; the domain's ``status_of`` says the same.

    ``coming``: the last day on which a window may open to count as *coming*; None as the domain says.
    """
    stopped = and_(CaseRecord.stopped_since.is_not(None), CaseRecord.stopped_since <= on)
    if status is FollowUpStatus.STOPPED:
        return stopped
    not_stopped = or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > on)
    held = and_(CaseRecord.held_until.is_not(None), CaseRecord.held_from <= on, CaseRecord.held_until >= on)
    if status is FollowUpStatus.ON_HOLD:
        return and_(not_stopped, held)
    not_held = or_(CaseRecord.held_until.is_(None), CaseRecord.held_from > on, CaseRecord.held_until < on)
    if status is FollowUpStatus.BOOKED:
        return and_(not_stopped, not_held, CaseRecord.booked_on >= on)
    not_booked = or_(CaseRecord.booked_on.is_(None), CaseRecord.booked_on < on)
    open_case = and_(not_stopped, not_held, not_booked)
    if status is FollowUpStatus.NOT_STARTED:
        return and_(open_case, CaseRecord.opens.is_(None))
    if status is FollowUpStatus.OVERDUE:
        return and_(open_case, CaseRecord.closes < on)
    if status is FollowUpStatus.DUE:
        return and_(open_case, CaseRecord.closes >= on, CaseRecord.opens <= on)
    coming = on + timedelta(days=COMING_DAYS) if coming is None else coming
    if status is FollowUpStatus.COMING:
        return and_(open_case, CaseRecord.opens > on, CaseRecord.opens <= coming)
    return and_(open_case, CaseRecord.opens > coming)


def _of_patients(condition: Condition) -> Condition:
    return CaseRecord.patient_id.in_(select(PatientRecord.id).where(condition))


def without_patients(patients: Patients) -> list[Condition]:
    """Of a case: it is of none of these patients."""
    if isinstance(patients, Select):
        return [CaseRecord.patient_id.not_in(patients)]
    return [CaseRecord.patient_id.not_in(sorted(patients))] if patients else []


def _written_out(value: T, kind: TypeEngine[T]) -> ColumnElement[T]:
    """A value that stands in the statement itself: inside a question asked of every case SQLCipher copies, and wipes, a
    bound text each time.
    """
    return bindparam(None, value, kind, literal_execute=True, unique=True)


def _latest_call(outcome: Attempt, day: date, rules: ClinicRules) -> date:
    """The latest day of a call of this outcome whose usual next day is ``day`` or earlier."""
    called = day
    while (usual := suggested_call_again(outcome, called, rules)) is not None and usual > day:
        called -= timedelta(days=1)
    return called
