"""The schedule: when the next injection may, should and must be given, and where every case stands.

The clinic's rule is the one of the documents the project began with: injections are repeated every three to four
months. All arithmetic is that of ``domain.calendar``. Nothing here reads a clock: the day asked about is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from clinic_app.domain.absences import Absence, places_left
from clinic_app.domain.calendar import Span, WorkingDays, add_months, days, weeks
from clinic_app.domain.cases import CLINIC_PLAN, Hold, PlanLevel, ReinjectionPlan, Side, Stop
from clinic_app.domain.consulting_hours import Period
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Birth, Phone, Sex

COMING_DAYS = 21
"""*Coming* is the 21 days before a window opens (design section 5.1)."""
NOT_SEEN_DAYS = 182
ATTEMPTS_BEFORE_ASKING = 3
BOOKED_AHEAD_MONTHS = 12
TWELVE_WEEKS = weeks(12)


@dataclass(frozen=True, slots=True)
class MinimumIntervals:
    """The least time between two toxin events, by (product, condition); unknown products use the clinic's own.

    Shipped as 12 weeks for every pair; only a setting of the clinic makes one shorter (design section 5.1).
    """

    clinic: Span = TWELVE_WEEKS
    pairs: Mapping[tuple[str, str | None], Span] = field(default_factory=dict)

    def of(self, product: str | None, condition: str | None, day: date) -> Span:
        """The interval that follows an event on ``day`` with this product in a case of this condition."""
        if product is None:
            return max(self.clinic, TWELVE_WEEKS, key=lambda span: span.after(day))
        for key in ((product, condition), (product, None)):
            if key in self.pairs:
                return self.pairs[key]
        return self.clinic

    @property
    def spread(self) -> int:
        """By how many days at most one interval is longer than another: no event so long before another outlasts it."""
        spans = (self.clinic, TWELVE_WEEKS, *self.pairs.values())
        return max(span.most_days for span in spans) - min(span.least_days for span in spans)


@dataclass(frozen=True, slots=True)
class ToxinEvent:
    """Toxin given on a day: a given session of any case of the patient, or toxin given elsewhere.

    ``restarts`` says whether the window of its own case is counted from it: full sessions, touch-ups the doctor said
    so of, and external toxin that names a case. ``written_at``: when a session was entered.
    """

    day: date
    product: str | None
    condition: str | None
    case_id: int | None
    restarts: bool
    external: bool = False
    units: Decimal | None = None
    come_on: date | None = None
    finalised: bool = True
    session_id: int = 0
    written_at: datetime | None = None


class Attempt(Enum):
    """What came of a call, out or in."""

    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    TOLD_FAMILY = "told_family"
    WILL_COME = "will_come"
    CANNOT_COME_MONEY = "cannot_come_money"
    CANNOT_COME_TRAVEL = "cannot_come_travel"
    CANNOT_COME_DRUG = "cannot_come_drug"
    CANNOT_COME_OTHER = "cannot_come_other"
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"
    BOOKED = "booked"
    WORN_OFF = "worn_off"
    PROBLEM = "problem"
    WANTS_DATE = "wants_date"

    @property
    def incoming(self) -> bool:
        """Whether the patient called us."""
        return self in (Attempt.WORN_OFF, Attempt.PROBLEM, Attempt.WANTS_DATE)

    @property
    def not_spoken(self) -> bool:
        """Whether nobody spoke to the patient."""
        return self in (Attempt.NO_ANSWER, Attempt.SWITCHED_OFF, Attempt.TOLD_FAMILY)

    @property
    def asks_doctor(self) -> bool:
        """Whether the doctor has to decide what happens next."""
        return self in (Attempt.DECLINED, Attempt.WRONG_NUMBER)


class Channel(Enum):
    """How somebody was reached, or tried to be."""

    CALL = "call"
    TEXT = "text"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class ContactAttempt:
    """A call (on screen: Call) about a case. ``phone_number`` is the one called, or that wrote; blank: not said."""

    id: int
    case_id: int
    at: datetime
    outcome: Attempt
    call_again_on: date | None = None
    spoke_to: str = ""
    note: str = ""
    by: str = ""
    channel: Channel = Channel.CALL
    phone_number: str = ""
    call_again_at: time | None = None


class DecisionKind(Enum):
    """What was decided about a case that the call list asked the doctor about."""

    GO_ON = "go_on"
    HOLD = "hold"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Decision:
    """The doctor's answer to *ask doctor*."""

    day: date
    kind: DecisionKind
    at: datetime | None = None


class AppointmentStatus(Enum):
    """Where a booking stands."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_ROOM = "in_room"
    DONE = "done"
    NOT_INJECTED = "seen_not_injected"
    CANCELLED_BY_PATIENT = "cancelled_by_patient"
    CANCELLED_BY_CLINIC = "cancelled_by_clinic"
    NO_SHOW = "no_show"
    WAITLIST = "waitlist"

    @property
    def live(self) -> bool:
        """Whether the patient is still expected, or is here."""
        return self in LIVE_APPOINTMENTS


LIVE_APPOINTMENTS = frozenset(
    {AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM}
)


class DrugSupply(Enum):
    """Whether the toxin for a planned visit will be there."""

    UNKNOWN = "unknown"
    HOSPITAL_STOCK = "hospital_stock"
    PATIENT_BRINGS = "patient_brings"
    SCHEME_AWAITED = "scheme_awaited"
    APPROVED = "approved"
    NONE = "none"

    @property
    def missing(self) -> bool:
        """Whether somebody has to see to it."""
        return self in (DrugSupply.SCHEME_AWAITED, DrugSupply.NONE)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking (on screen: Booking): a day and a token, a time where the clinic wants one; for one case or several.

    ``minutes``: its length where it has a time. ``drug_product`` and ``drug_batch``: what the patient brings.
    ``wait_until``: on the waitlist, the last day that would do; ``day`` is then the first one, and there is no token.
    """

    id: int
    patient_id: int
    day: date
    token: int
    case_ids: tuple[int, ...]
    at: time | None = None
    status: AppointmentStatus = AppointmentStatus.BOOKED
    drug: DrugSupply = DrugSupply.UNKNOWN
    reason: str = ""
    decided_by: str = ""
    note: str = ""
    version: int = 1
    minutes: int | None = None
    injector: str = ""
    drug_product: str | None = None
    drug_batch: str = ""
    arrived_at: datetime | None = None
    wait_until: date | None = None

    def waits(self, on: date) -> bool:
        """Whether somebody still waits for a place on the day ``on``."""
        return self.status is AppointmentStatus.WAITLIST and self.wait_until is not None and on <= self.wait_until


@dataclass(frozen=True, slots=True)
class BookingDetails:
    """What is entered to book a visit. ``wait_until``: for the waitlist, see ``Appointment``."""

    patient_id: int
    day: date
    case_ids: tuple[int, ...]
    at: time | None = None
    drug: DrugSupply = DrugSupply.UNKNOWN
    reason: str = ""
    decided_by: str = ""
    note: str = ""
    end_hold: bool = False
    minutes: int | None = None
    injector: str = ""
    drug_product: str | None = None
    drug_batch: str = ""
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class BotoxDay:
    """A day on which injections are given: how many places it has, and how many are taken.

    ``next_token``: the place the next booking of the day is given; higher than those taken where one was cancelled.
    """

    day: date
    capacity: int
    taken: int
    is_botox_day: bool = True
    next_token: int = 1

    @property
    def free(self) -> int:
        """Places left."""
        return max(self.capacity - self.taken, 0)


@dataclass(frozen=True, slots=True)
class ClinicRules:
    """The clinic's own settings for the schedule. ``places``: those of a weekday, where they differ from day to day.

    ``places_over``: how many more may be booked on a full day, with a reason; 0: a full day is full. ``gives_times``:
    bookings have a time inside ``hours`` and take ``minutes``, or ``minutes_by_condition``. ``drug_first``: calling
    somebody whose drug is not in sight says so first.
    """

    minimum: MinimumIntervals = field(default_factory=MinimumIntervals)
    plan: ReinjectionPlan = CLINIC_PLAN
    working_days: WorkingDays = field(default_factory=WorkingDays)
    botox_weekdays: frozenset[int] = frozenset({1, 4})
    places_a_day: int = 20
    no_answer_working_days: int = 2
    told_family_days: int = 7
    will_come_days: int = 14
    places: Mapping[int, int] = field(default_factory=dict)
    places_over: int = 5
    gives_times: bool = False
    hours: tuple[Period, ...] = (Period(time(9), time(13)),)
    minutes: int = 20
    minutes_by_condition: Mapping[str, int] = field(default_factory=dict)
    drug_first: bool = False
    absences: tuple[Absence, ...] = ()

    def usual_places_on(self, day: date) -> int:
        """How many places a day has when every doctor is there; 0 where no injections are given on it."""
        if day.weekday() not in self.botox_weekdays or not self.working_days.is_working(day):
            return 0
        return self.places.get(day.weekday(), self.places_a_day)

    def places_on(self, day: date) -> int:
        """How many places a day has; 0 where no injections are given on it, also because of who is away."""
        return places_left(self.absences, day, self.usual_places_on(day))

    def minutes_of(self, conditions: Iterable[str]) -> int:
        """How long a visit for these conditions takes, one after the other."""
        return sum(self.minutes_by_condition.get(one, self.minutes) for one in conditions) or self.minutes


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything the schedule of one case depends on.

    ``events`` are those of the whole patient; ``after_photo`` is the (first, last) day after a session on which a
    photograph is wanted, for the condition of the case.
    """

    case_id: int
    condition: str
    events: tuple[ToxinEvent, ...] = ()
    plan: ReinjectionPlan = CLINIC_PLAN
    plan_level: PlanLevel = PlanLevel.CLINIC
    independent_of: frozenset[int] = frozenset()
    holds: tuple[Hold, ...] = ()
    stops: tuple[Stop, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    calls: tuple[ContactAttempt, ...] = ()
    decisions: tuple[Decision, ...] = ()
    pictured_on: tuple[date, ...] = ()
    after_photo: tuple[int, int] = (14, 28)


@dataclass(frozen=True, slots=True)
class Why:
    """Where a date comes from: a code for ``wording`` and what fills its blanks."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReinjectionWindow:
    """The three dates of the next injection, each with its *why*.

    On screen: not before / due from / due until. ``opens`` and ``closes`` are None while the case has no last session.
    """

    last: ToxinEvent | None
    earliest: date | None
    opens: date | None
    closes: date | None
    come_on: date | None = None
    come_on_too_early: bool = False
    why_earliest: Why = Why("no_toxin_yet")
    why_opens: Why = Why("no_last_session")
    why_closes: Why = Why("no_last_session")


def last_restart(facts: CaseFacts, on: date) -> ToxinEvent | None:
    """The case's *last*: the latest session, or external toxin naming the case, that its window is counted from."""
    own = [event for event in facts.events if event.case_id == facts.case_id and event.restarts and event.day <= on]
    return max(own, key=restart_order, default=None)


def restart_order(event: ToxinEvent) -> tuple[date, bool, int]:
    """Of the events a window of the case could be counted from it is counted from the greatest by this."""
    return event.day, not event.external, event.session_id


def earliest_day(facts: CaseFacts, minimum: MinimumIntervals, on: date) -> tuple[date | None, ToxinEvent | None]:
    """The first day all minimum intervals are over, and the toxin event that decides it, as known on ``on``.

    Where several decide it together, one of the case itself is named.
    """
    over = [
        (minimum.of(event.product, event.condition, event.day).after(event.day), event)
        for event in facts.events
        if event.day <= on and event.case_id not in facts.independent_of
    ]
    if not over:
        return None, None
    return max(over, key=lambda item: earliest_order(facts.case_id, *item))


def earliest_order(case_id: int, over: date, event: ToxinEvent) -> tuple[date, bool, date, int]:
    """Of the events whose minimum interval ends on ``over`` the greatest by this decides the earliest day of a case."""
    return over, event.case_id == case_id, event.day, event.session_id


def earliest_for_giving(facts: CaseFacts, minimum: MinimumIntervals, day: date) -> date | None:
    """``earliest`` as it counts for an injection given on ``day``: only toxin events strictly before it (rule C4).

    So several cases can be treated at one visit, in one entry or in several.
    """
    return earliest_day(facts, minimum, day - timedelta(days=1))[0]


class WindowDays(NamedTuple):
    """The days of the next injection, and what they were reckoned from.

    ``kept_opens`` and ``kept_closes``: the plan's days, not before ``earliest``; without the day somebody was told to
    come on.
    """

    last: ToxinEvent | None = None
    earliest: date | None = None
    decisive: ToxinEvent | None = None
    opens: date | None = None
    closes: date | None = None
    come_on: date | None = None
    planned_opens: date | None = None
    planned_closes: date | None = None
    kept_opens: date | None = None
    kept_closes: date | None = None


def window_days(facts: CaseFacts, rules: ClinicRules, on: date) -> WindowDays:
    """The days of the next injection as they are known on the day ``on`` (design section 5.1)."""
    earliest, decisive = earliest_day(facts, rules.minimum, on)
    last = last_restart(facts, on)
    return days_from(facts.plan, earliest, decisive, last, None if last is None else _come_on(facts, last, on))


def days_from(
    plan: ReinjectionPlan,
    earliest: date | None,
    decisive: ToxinEvent | None,
    last: ToxinEvent | None,
    come_on: date | None,
) -> WindowDays:
    """The days of the next injection from what decides them."""
    if last is None or earliest is None:
        return WindowDays(None, earliest, decisive)
    planned_opens = plan.opens_after.after(last.day)
    planned_closes = plan.closes_after.after(last.day)
    opens = kept_opens = max(earliest, planned_opens)
    closes = kept_closes = opens + (planned_closes - planned_opens)
    if come_on is not None:
        if come_on < kept_opens:
            opens = max(earliest, come_on)
        closes = max(kept_closes, come_on)
    return WindowDays(
        last, earliest, decisive, opens, closes, come_on, planned_opens, planned_closes, kept_opens, kept_closes
    )


def reinjection_window(facts: CaseFacts, rules: ClinicRules, on: date) -> ReinjectionWindow:
    """The window of the next injection as it is known on the day ``on``, with where each of its days comes from."""
    found = window_days(facts, rules, on)
    last, earliest, decisive, come_on = found.last, found.earliest, found.decisive, found.come_on
    why_earliest = Why("no_toxin_yet")
    if earliest is not None and decisive is not None:
        why_earliest = Why(
            "minimum_interval",
            {
                "span": rules.minimum.of(decisive.product, decisive.condition, decisive.day),
                "product": decisive.product,
                "day": decisive.day,
                "other_case": decisive.case_id not in (None, facts.case_id),
                "elsewhere": decisive.external,
            },
        )
    if last is None or earliest is None or found.kept_opens is None or found.kept_closes is None:
        return ReinjectionWindow(None, earliest, None, None, why_earliest=why_earliest)
    planned = found.kept_opens == found.planned_opens
    why_opens = Why(
        "plan" if planned else "pushed_to_earliest",
        {
            "span": facts.plan.opens_after,
            "day": last.day,
            "level": facts.plan_level.value,
            "planned": found.planned_opens,
            "earliest": earliest,
        },
    )
    why_closes = Why(
        "plan" if planned else "width_kept",
        {
            "span": facts.plan.closes_after,
            "day": last.day,
            "level": facts.plan_level.value,
            "planned": found.planned_closes,
            "opens": found.kept_opens,
            "planned_opens": found.planned_opens,
        },
    )
    if come_on is not None and come_on < found.kept_opens:
        code = "come_on" if come_on >= earliest else "come_on_too_early"
        why_opens = Why(code, {"day": come_on, "earliest": earliest})
    if come_on is not None and come_on > found.kept_closes:
        why_closes = Why("come_on", {"day": come_on})
    return ReinjectionWindow(
        last,
        earliest,
        found.opens,
        found.closes,
        come_on,
        come_on is not None and come_on < earliest,
        why_earliest,
        why_opens,
        why_closes,
    )


def _come_on(facts: CaseFacts, last: ToxinEvent, on: date) -> date | None:
    """The doctor's return date of this cycle: said at the last session, or at a touch-up given since."""
    said = [
        event
        for event in facts.events
        if event.day <= on and event.case_id == facts.case_id and said_since(event, last)
    ]
    return max(said, key=said_order).come_on if said else None


def said_since(event: ToxinEvent, last: ToxinEvent) -> bool:
    """Whether a return date was said at this injection of the case, and counts in the cycle ``last`` began."""
    if event.come_on is None or event.external:
        return False
    return event.day > last.day if last.external else event.day >= last.day


def said_order(event: ToxinEvent) -> tuple[date, int]:
    """Of the return dates said in one cycle the one of the greatest by this is in force."""
    return event.day, event.session_id


class FollowUpStatus(Enum):
    """Where a case stands; every case is in exactly one. The order is the order of the call list."""

    OVERDUE = "overdue"
    DUE = "due"
    COMING = "coming"
    BOOKED = "booked"
    ON_HOLD = "on_hold"
    NOT_STARTED = "not_started"
    NOT_DUE = "not_due"
    STOPPED = "stopped"


class Flag(Enum):
    """What else is to be known about a case; beside its status, never instead of it."""

    TOO_EARLY = "too_early"
    LATE = "late"
    MISSED = "missed"
    ASK_DOCTOR = "ask_doctor"
    NOT_SEEN = "not_seen"
    NOT_FINALISED = "not_finalised"
    DRUG_MISSING = "drug_missing"
    AFTER_PHOTO = "after_photo"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The answer for one case on one day."""

    status: FollowUpStatus
    flags: frozenset[Flag]
    window: ReinjectionWindow
    days_overdue: int = 0
    appointment: Appointment | None = None
    call_again_on: date | None = None
    called_today: bool = False
    attempts: int = 0
    hold: Hold | None = None
    stop: Stop | None = None
    call_again_at: time | None = None

    @property
    def offers_call(self) -> bool:
        """Whether a call is offered: never about a stopped case, about one on hold only the call-back agreed."""
        if self.status is FollowUpStatus.ON_HOLD:
            return self.call_again_on is not None
        return self.status is not FollowUpStatus.STOPPED


def status_of(
    *,
    stopped: bool,
    held: bool,
    booked: bool,
    opens: date | None,
    closes: date | None,
    on: date,
) -> FollowUpStatus:
    """The one status of a case on a day; the first rule that matches wins (design section 5.2)."""
    if stopped:
        return FollowUpStatus.STOPPED
    if held:
        return FollowUpStatus.ON_HOLD
    if booked:
        return FollowUpStatus.BOOKED
    if opens is None or closes is None:
        return FollowUpStatus.NOT_STARTED
    if on > closes:
        return FollowUpStatus.OVERDUE
    if opens <= on:
        return FollowUpStatus.DUE
    if opens - timedelta(days=COMING_DAYS) <= on:
        return FollowUpStatus.COMING
    return FollowUpStatus.NOT_DUE


def follow_up(facts: CaseFacts, rules: ClinicRules, on: date) -> FollowUp:
    """Status, flags and dates of a case on the day ``on``.

    Sessions, external toxin, calls, decisions, holds and stops after that day are ignored; bookings stand as stored,
    and those on or after the day count.
    """
    window = reinjection_window(facts, rules, on)
    stop = next((item for item in facts.stops if item.holds_on(on)), None)
    hold = next((item for item in facts.holds if item.holds_on(on)), None)
    booking = min(
        (item for item in facts.appointments if item.status.live and item.day >= on),
        key=lambda item: (item.day, item.token, item.id),
        default=None,
    )
    status = status_of(
        stopped=stop is not None,
        held=hold is not None,
        booked=booking is not None,
        opens=window.opens,
        closes=window.closes,
        on=on,
    )
    calls = calls_of_cycle(facts.calls, window.last, on)
    again = call_again_on(calls, rules, on_hold_or_booked=hold is not None or booking is not None)
    if stop is not None:
        again = None
    return FollowUp(
        status,
        _flags(facts, window, status, booking, calls, on),
        window,
        days_overdue(status, window.closes, on),
        booking,
        again,
        any(call.at.date() == on for call in calls),
        len(calls),
        hold,
        stop,
        calls[-1].call_again_at if again is not None else None,
    )


def days_overdue(status: FollowUpStatus, closes: date | None, on: date) -> int:
    """Days since the window closed; 0 for every case that is not overdue."""
    return (on - closes).days if status is FollowUpStatus.OVERDUE and closes is not None else 0


class OverdueGrade(Enum):
    """How long overdue: 1-28, 29-84, more than 84 days."""

    MILD = "mild"
    MARKED = "marked"
    LONG = "long"


def overdue_grade(overdue: int) -> OverdueGrade | None:
    """The grade of a number of days overdue; None when it is 0."""
    if overdue <= 0:
        return None
    if overdue <= 28:
        return OverdueGrade.MILD
    return OverdueGrade.MARKED if overdue <= 84 else OverdueGrade.LONG


def calls_of_cycle(calls: Iterable[ContactAttempt], last: ToxinEvent | None, on: date) -> tuple[ContactAttempt, ...]:
    """The calls since the last session, up to and with the day ``on``, oldest first."""
    kept = (call for call in calls if call.at.date() <= on and (last is None or is_after(call, last)))
    return tuple(sorted(kept, key=lambda call: (call.at, call.id)))


def is_after(call: ContactAttempt, last: ToxinEvent) -> bool:
    """Whether a call came after an injection.

    On the same day: after it was entered; where it was entered on another day, a call in, or one with a later day
    agreed.
    """
    if call.at.date() != last.day:
        return call.at.date() > last.day
    if last.written_at is not None and last.written_at.date() == last.day:
        return call.at.replace(tzinfo=None) > last.written_at.replace(tzinfo=None)
    return call.outcome.incoming or (call.call_again_on is not None and call.call_again_on > last.day)


def call_again_on(
    calls: tuple[ContactAttempt, ...], rules: ClinicRules, *, on_hold_or_booked: bool = False
) -> date | None:
    """When to call again, from the last call of the cycle: the day agreed, or the clinic's rule for its outcome.

    The rule says nothing of a case on hold or booked; the day agreed stands.
    """
    if not calls:
        return None
    last = calls[-1]
    if last.call_again_on is not None or on_hold_or_booked:
        return last.call_again_on
    return suggested_call_again(last.outcome, last.at.date(), rules)


def suggested_call_again(outcome: Attempt, day: date, rules: ClinicRules) -> date | None:
    """The clinic's rule: no answer +2 working days, told family +7 days, will come +14 days; otherwise none."""
    if outcome in (Attempt.NO_ANSWER, Attempt.SWITCHED_OFF):
        return rules.working_days.add(day, rules.no_answer_working_days)
    if outcome is Attempt.TOLD_FAMILY:
        return days(rules.told_family_days).after(day)
    if outcome is Attempt.WILL_COME:
        return days(rules.will_come_days).after(day)
    return None


def must_ask_doctor(
    calls: tuple[ContactAttempt, ...], decisions: tuple[Decision, ...], opens: date | None, on: date
) -> bool:
    """Whether the doctor must decide: three attempts on three days since opens without speaking to the patient, or
    declined, or a wrong number; until the patient is spoken to or a decision is recorded.
    """
    asking = False
    tried: set[date] = set()
    history: list[tuple[datetime, int, Attempt | None]] = [
        (call.at.replace(tzinfo=None), 0, call.outcome) for call in calls
    ]
    history += [
        ((decision.at or datetime.combine(decision.day, time.max)).replace(tzinfo=None), 1, None)
        for decision in decisions
        if decision.day <= on
    ]
    for at, _, outcome in sorted(history, key=lambda item: (item[0], item[1])):
        if outcome is None:
            asking = False
            tried.clear()
        elif outcome.asks_doctor:
            asking = True
        elif outcome.not_spoken:
            if opens is not None and at.date() >= opens:
                tried.add(at.date())
                asking = asking or len(tried) >= ATTEMPTS_BEFORE_ASKING
        else:
            asking = False
            tried.clear()
    return asking


def _flags(
    facts: CaseFacts,
    window: ReinjectionWindow,
    status: FollowUpStatus,
    booking: Appointment | None,
    calls: tuple[ContactAttempt, ...],
    on: date,
) -> frozenset[Flag]:
    flags: set[Flag] = set()
    last = window.last.day if window.last else None
    if booking is not None:
        if window.earliest is not None and booking.day < window.earliest:
            flags.add(Flag.TOO_EARLY)
        if window.closes is not None and booking.day > window.closes:
            flags.add(Flag.LATE)
        if booking.drug.missing:
            flags.add(Flag.DRUG_MISSING)
    if status is not FollowUpStatus.STOPPED and any(
        item.status is AppointmentStatus.NO_SHOW and item.day <= on and (last is None or item.day > last)
        for item in facts.appointments
    ):
        flags.add(Flag.MISSED)
    if any(
        not event.finalised and event.day <= on and event.case_id == facts.case_id and not event.external
        for event in facts.events
    ):
        flags.add(Flag.NOT_FINALISED)
    if status is not FollowUpStatus.STOPPED:
        if must_ask_doctor(calls, facts.decisions, window.opens, on):
            flags.add(Flag.ASK_DOCTOR)
        if _not_seen(facts, window, on):
            flags.add(Flag.NOT_SEEN)
        if _after_photo_wanted(facts, on):
            flags.add(Flag.AFTER_PHOTO)
    return frozenset(flags)


def _not_seen(facts: CaseFacts, window: ReinjectionWindow, on: date) -> bool:
    known = [hold.ends for hold in facts.holds if hold.since <= on]
    known += [decision.day for decision in facts.decisions if decision.day <= on]
    if window.closes is not None:
        known.append(window.closes)
    return bool(known) and (on - max(known)).days > NOT_SEEN_DAYS


def _after_photo_wanted(facts: CaseFacts, on: date) -> bool:
    given = [
        event.day
        for event in facts.events
        if event.case_id == facts.case_id and event.restarts and not event.external and event.day <= on
    ]
    if not given:
        return False
    first, last = facts.after_photo
    session = max(given)
    if not first <= (on - session).days <= last:
        return False
    return not any(first <= (day - session).days <= last and day <= on for day in facts.pictured_on)


_RANK = {status: rank for rank, status in enumerate(FollowUpStatus)}


def urgency(answer: FollowUp, mrn: str) -> tuple[int, int, int, str]:
    """The order of the call list; a *come on* date sorts first inside its status.

    Overdue (most days first), due (by closes), coming (by opens), booked (by date), on hold, not started, not due,
    stopped; then mrn.
    """
    status = answer.status
    window = answer.window
    within = 0
    if status is FollowUpStatus.OVERDUE:
        within = -answer.days_overdue
    elif status is FollowUpStatus.DUE and window.closes is not None:
        within = window.closes.toordinal()
    elif status is FollowUpStatus.COMING and window.opens is not None:
        within = window.opens.toordinal()
    elif status is FollowUpStatus.BOOKED and answer.appointment is not None:
        within = answer.appointment.day.toordinal()
    return (_RANK[status], 0 if window.come_on is not None else 1, within, mrn)


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One row of the call list, and of the command line's ``due``.

    ``injector``: who gave the last injection; ``cycle``: how many injections that count for the window were given here;
    ``waits_until``: the last day of those on the waiting list.
    """

    case_id: int
    patient_id: int
    mrn: str
    name: str
    sex: Sex
    birth: Birth
    phone: Phone | None
    condition: str
    side: Side | None
    pattern: str
    answer: FollowUp
    last_call: ContactAttempt | None = None
    last_units: Decimal | None = None
    may_be_called: bool = True
    village: str = ""
    language: str = ""
    injector: str = ""
    cycle: int = 0
    waits_until: date | None = None


def check_booking(
    details: BookingDetails,
    *,
    today: date,
    earliest: date | None,
    stopped: bool,
    hold: Hold | None,
) -> None:
    """Refuse a booking the clinic's rules do not allow.

    ``hold`` is the hold in force, or one that is to come; a day after its end is free to book.

    Raises:
        RuleBroken: ``booking_in_past``, ``booking_far_ahead`` (more than a year, without a reason: a slip would take
            an overdue case off the list), ``no_case``, ``case_stopped``, ``booking_inside_hold``, ``before_earliest``
            (without a reason and the name of the doctor who decided).
    """
    if details.day < today:
        raise RuleBroken("day", "booking_in_past", day=details.day, today=today)
    if details.day > add_months(today, BOOKED_AHEAD_MONTHS) and not details.reason.strip():
        raise RuleBroken("reason", "booking_far_ahead", day=details.day)
    if not details.case_ids:
        raise RuleBroken("cases", "no_case")
    if stopped:
        raise RuleBroken("cases", "case_stopped")
    if hold is not None and hold.holds_on(details.day) and not details.end_hold:
        raise RuleBroken("day", "booking_inside_hold", day=details.day, until=hold.until)
    check_not_before_earliest(details.day, earliest, details.reason, details.decided_by)


def check_not_before_earliest(day: date, earliest: date | None, reason: str, decided_by: str) -> None:
    """Refuse a day before ``earliest`` unless a reason and the doctor who decided are given.

    Raises:
        RuleBroken: ``before_earliest``.
    """
    if earliest is None or day >= earliest:
        return
    if not reason.strip() or not decided_by.strip():
        field_name = "reason" if not reason.strip() else "decided_by"
        raise RuleBroken(field_name, "before_earliest", day=day, earliest=earliest)
