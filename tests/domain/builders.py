"""Builders of histories with sane defaults, and strategies that make up histories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from clinic_app.domain.calendar import days, months, weeks
from clinic_app.domain.cases import Hold, ReinjectionPlan, Stop, StopReason
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    CaseFacts,
    ClinicRules,
    ContactAttempt,
    Decision,
    DecisionKind,
    ToxinEvent,
)

CASE = 1
OTHER_CASE = 2
RULES = ClinicRules()

QUICK = settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{text}T{clock}")


def session(
    on: str | date,
    *,
    product: str | None = "ona",
    case: int = CASE,
    condition: str = "cervical_dystonia",
    restarts: bool = True,
    come_on: str | None = None,
    units: str | None = "100",
    finalised: bool = True,
    number: int = 0,
) -> ToxinEvent:
    """A given injection of a case; ``restarts=False`` is a touch-up."""
    return ToxinEvent(
        day=day(on) if isinstance(on, str) else on,
        product=product,
        condition=condition,
        case_id=case,
        restarts=restarts,
        units=Decimal(units) if units is not None else None,
        come_on=day(come_on) if come_on else None,
        finalised=finalised,
        session_id=number,
    )


def elsewhere(on: str, *, product: str | None = "abo", case: int | None = None, units: str | None = None) -> ToxinEvent:
    """Toxin given elsewhere; with ``case`` it names the case."""
    return ToxinEvent(
        day=day(on),
        product=product,
        condition=None,
        case_id=case,
        restarts=True,
        external=True,
        units=Decimal(units) if units is not None else None,
    )


def facts(*events: ToxinEvent, **more: object) -> CaseFacts:
    return CaseFacts(case_id=CASE, condition="cervical_dystonia", events=events, **more)  # type: ignore[arg-type]


def call(
    on: str, outcome: Attempt, *, number: int = 0, again: str | None = None, clock: str = "10:00"
) -> ContactAttempt:
    return ContactAttempt(number, CASE, at(on, clock), outcome, day(again) if again else None)


def booking(
    on: str | date, status: AppointmentStatus = AppointmentStatus.BOOKED, token: int = 1, **more: object
) -> Appointment:
    on_day = day(on) if isinstance(on, str) else on
    return Appointment(token, 1, on_day, token, (CASE,), status=status, **more)  # type: ignore[arg-type]


FIRST = date(2023, 1, 1)
LAST = date(2027, 12, 31)
days_of_life = st.dates(FIRST, LAST)

plans = st.one_of(
    st.builds(
        lambda opens, width: ReinjectionPlan(weeks(opens), weeks(opens + width)), st.integers(1, 30), st.integers(0, 9)
    ),
    st.builds(
        lambda opens, width: ReinjectionPlan(months(opens), months(opens + width)), st.integers(1, 8), st.integers(0, 3)
    ),
    st.builds(
        lambda opens, width: ReinjectionPlan(months(opens), days(31 * opens + width)),
        st.integers(1, 8),
        st.integers(0, 60),
    ),
    st.builds(
        lambda closes, width: ReinjectionPlan(days(28 * closes - width), months(closes)),
        st.integers(1, 8),
        st.integers(0, 27),
    ),
)
"""Plans that are sound by their making: a month has 28 to 31 days."""

events = st.builds(
    lambda on, product, case, restarts, external, come_on, units: ToxinEvent(
        day=on,
        product=product,
        condition="cervical_dystonia" if case else None,
        case_id=case if external or case else OTHER_CASE,
        restarts=restarts or external,
        external=external,
        come_on=on + timedelta(days=come_on) if come_on and not external else None,
        units=Decimal(units) if units else None,
    ),
    days_of_life,
    st.sampled_from(["ona", "abo", None]),
    st.sampled_from([CASE, CASE, OTHER_CASE, None]),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 300)),
    st.one_of(st.none(), st.integers(1, 400)),
)

holds = st.builds(
    lambda since, length, ended: Hold(
        since, since + timedelta(days=length), ended_on=since + timedelta(days=ended) if ended is not None else None
    ),
    days_of_life,
    st.integers(0, 200),
    st.one_of(st.none(), st.integers(0, 250)),
)
stops = st.builds(
    lambda since, ended: Stop(
        since, StopReason.REMISSION, ended_on=since + timedelta(days=ended) if ended is not None else None
    ),
    days_of_life,
    st.one_of(st.none(), st.integers(0, 400)),
)
bookings = st.builds(booking, days_of_life, st.sampled_from(AppointmentStatus), st.integers(1, 20))
calls = st.builds(
    lambda on, hour, outcome: ContactAttempt(0, CASE, datetime(on.year, on.month, on.day, hour), outcome),  # noqa: DTZ001
    days_of_life,
    st.integers(8, 17),
    st.sampled_from(Attempt),
)
decisions = st.builds(lambda on, kind: Decision(on, kind), days_of_life, st.sampled_from(DecisionKind))

histories = st.builds(
    lambda toxin, plan, held, stopped, booked, called, decided, independent: CaseFacts(
        case_id=CASE,
        condition="cervical_dystonia",
        events=tuple(toxin),
        plan=plan,
        independent_of=frozenset({OTHER_CASE}) if independent else frozenset(),
        holds=tuple(held),
        stops=tuple(stopped),
        appointments=tuple(booked),
        calls=tuple(called),
        decisions=tuple(decided),
    ),
    st.lists(events, max_size=5),
    plans,
    st.lists(holds, max_size=2),
    st.lists(stops, max_size=1),
    st.lists(bookings, max_size=2),
    st.lists(calls, max_size=4),
    st.lists(decisions, max_size=1),
    st.booleans(),
)

window_histories = st.builds(
    lambda toxin, plan, independent: CaseFacts(
        case_id=CASE,
        condition="cervical_dystonia",
        events=tuple(toxin),
        plan=plan,
        independent_of=frozenset({OTHER_CASE}) if independent else frozenset(),
    ),
    st.lists(events, max_size=5),
    plans,
    st.booleans(),
)
"""Histories of what moves the window, and of nothing else."""
