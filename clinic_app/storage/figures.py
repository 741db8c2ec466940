"""What the figures are counted from: the injections of the last two years and where every case stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from clinic_app.domain.calendar import Span, add_months
from clinic_app.domain.cases import Plans, ReinjectionPlan, StopReason
from clinic_app.domain.figures import NEW_START_MONTHS, Cycle, Interval
from clinic_app.domain.schedule import ClinicRules
from clinic_app.domain.treatment import SessionKind
from clinic_app.storage.records.cases import CaseRecord, StopRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.schedule import KnownWindowRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord
from clinic_app.storage.treatment import COUNTING

Given = tuple[int, date, str | None]
"""An injection a window is counted from, here or elsewhere: its case, day and product. A plain tuple: there are
hundreds of thousands.
"""
Known = Mapping[tuple[int, int], tuple[int, int]]
"""The window of a case as it was known until the day before another: by case and that day, its first and last day;
days by their number.
"""


class CaseNow(NamedTuple):
    """A case as it stands: its condition, its own or its patient's plan, and the dates of the call list."""

    condition: str
    plan: ReinjectionPlan | None
    own_plan: ReinjectionPlan | None
    last_on: date | None
    opens: date | None
    closes: date | None
    stopped: bool
    booked: bool
    held: bool


class FigureRows:
    """The questions the figures ask. ``without``: patients whose cases are left out."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def given(self, since: date, until: date, without: Collection[int] = ()) -> Sequence[Given]:
        """The injections windows are counted from, of some days, case by case, oldest first; toxin given elsewhere that
        names its case is one.

        Read as the driver gives them: a million rows made into Python's days one by one would take seconds.
        """
        chosen = select(SessionRecord.case_id, type_coerce(SessionRecord.day, NullType()), SessionRecord.product).where(
            SessionRecord.day.between(since, until),
            SessionRecord.state.in_(COUNTING),
            or_(SessionRecord.kind == SessionKind.FULL.value, SessionRecord.restarts_window.is_(True)),
        )
        if without:
            chosen = chosen.where(SessionRecord.patient_id.not_in(sorted(without)))
        elsewhere = select(
            ExternalToxinRecord.case_id, type_coerce(ExternalToxinRecord.day, NullType()), ExternalToxinRecord.product
        ).where(
            ExternalToxinRecord.day.between(since, until),
            ExternalToxinRecord.removed_reason.is_(None),
            ExternalToxinRecord.case_id.is_not(None),
        )
        if without:
            elsewhere = elsewhere.where(ExternalToxinRecord.patient_id.not_in(sorted(without)))
        connection = self._session.connection()
        found: list[Any] = [connection.execute(one).cursor for one in (chosen, elsewhere)]
        rows: list[tuple[int, Any, str | None]] = sorted(
            (row for cursor in found for row in cursor.fetchall()), key=itemgetter(0, 1)
        )
        days = {kept: date.fromisoformat(kept) if isinstance(kept, str) else kept for _, kept, _ in rows}
        return [(case_id, days[kept], product) for case_id, kept, product in rows]

    def known(self, since: date, until: date) -> Known:
        """The windows that ended on some days, as they were known before: by the rules in force today."""
        window = KnownWindowRecord
        columns = (window.case_id, window.until, window.opens, window.closes)
        chosen = select(*(type_coerce(column, NullType()) for column in columns)).where(
            window.until.between(since, until), window.opens.is_not(None)
        )
        cursor: Any = self._session.connection().execute(chosen).cursor
        return {(case_id, day): (opens, closes) for case_id, day, opens, closes in cursor.fetchall()}

    def cases(self, on: date, without: Collection[int] = ()) -> dict[int, CaseNow]:
        """Every case as it stands on a day."""
        own = self._plans_of_patients()
        columns = (
            CaseRecord.id, CaseRecord.patient_id, CaseRecord.condition, CaseRecord.plan_opens, CaseRecord.plan_closes,
            CaseRecord.last_on, CaseRecord.opens, CaseRecord.closes, CaseRecord.stopped_since, CaseRecord.booked_on,
            CaseRecord.held_from, CaseRecord.held_until,
        )  # fmt: skip
        conditions = [CaseRecord.patient_id.not_in(sorted(without))] if without else []
        chosen = select(*(type_coerce(column, NullType()) for column in columns)).where(*conditions)
        cursor: Any = self._session.connection().execute(chosen).cursor
        days: dict[Any, date | None] = {None: None}
        found: dict[int, CaseNow] = {}
        for id_, patient, condition, plan_opens, plan_closes, *kept in cursor.fetchall():
            for one in kept:
                if one not in days:
                    days[one] = date.fromisoformat(one) if isinstance(one, str) else one
            last_on, opens, closes, stopped, booked, held_from, held_until = map(days.__getitem__, kept)
            found[id_] = CaseNow(
                condition,
                _plan_of(plan_opens, plan_closes),
                own.get(patient),
                last_on,
                opens,
                closes,
                stopped is not None and stopped <= on,
                booked is not None and booked >= on,
                held_from is not None and held_until is not None and held_from <= on <= held_until,
            )
        return found

    def lost_since(self, without: Collection[int] = ()) -> tuple[date, ...]:
        """From when each case that a person stopped as lost counts as lost."""
        chosen = (
            select(StopRecord.case_id, func.min(StopRecord.since))
            .join(CaseRecord, CaseRecord.id == StopRecord.case_id)
            .where(StopRecord.reason == StopReason.LOST.value, StopRecord.ended_on.is_(None))
            .group_by(StopRecord.case_id)
        )
        if without:
            chosen = chosen.where(CaseRecord.patient_id.not_in(sorted(without)))
        return tuple(since for _, since in self._session.execute(chosen))

    def _plans_of_patients(self) -> dict[int, ReinjectionPlan | None]:
        rows = self._session.execute(
            select(PatientRecord.id, PatientRecord.plan_opens, PatientRecord.plan_closes).where(
                PatientRecord.plan_opens.is_not(None)
            )
        )
        return {id_: _plan_of(opens, closes) for id_, opens, closes in rows}


def _plan_of(opens: str | None, closes: str | None) -> ReinjectionPlan | None:
    return ReinjectionPlan(Span.parse(opens), Span.parse(closes)) if opens and closes else None


class Windows:
    """The window that followed an injection, by the plan in force today; what occurs often is worked out once."""

    def __init__(self, rules: ClinicRules, plans: Plans) -> None:
        self._rules, self._plans = rules, plans
        self._known: dict[tuple[object, ...], tuple[date, date]] = {}

    def after(self, case: CaseNow, day: date, product: str | None) -> tuple[date, date]:
        """Its first and its last day."""
        key = (case.plan, case.own_plan, case.condition, product, day)
        found = self._known.get(key)
        if found is None:
            plan, _ = self._plans.in_force(
                case=case.plan, patient=case.own_plan, condition=case.condition, product=product
            )
            planned = plan.opens_after.after(day)
            opens = max(planned, self._rules.minimum.of(product, case.condition, day).after(day))
            found = self._known[key] = (opens, opens + (plan.closes_after.after(day) - planned))
        return found


def cycles_of(
    given: Sequence[Given], cases: Mapping[int, CaseNow], windows: Windows, known: Known, since: date
) -> Iterator[Cycle]:
    """The cycles whose window opened on or after ``since``: those that lasted until a further injection, here or
    elsewhere, and the one every case is in.

    The window of a cycle that is over is the one that was known the day before that injection: other diagnoses treated
    meanwhile had moved it.
    """
    for place, (case_id, day, product) in enumerate(given):
        case = cases.get(case_id)
        if case is None:
            continue
        again = given[place + 1] if place + 1 < len(given) else None
        ended = again[1] if again is not None and again[0] == case_id else case.last_on
        if ended is None or ended <= day:
            continue
        last_known = known.get((case_id, ended.toordinal()))
        if last_known is not None:
            opens, closes = map(date.fromordinal, last_known)
        else:
            opens, closes = windows.after(case, day, product)
        if opens >= since:
            yield Cycle(opens, closes, ended)
    for case in cases.values():
        if case.opens is not None and case.closes is not None and case.opens >= since:
            yield Cycle(case.opens, case.closes, None, case.stopped, case.booked, case.held)


def intervals_of(given: Sequence[Given], cases: Mapping[int, CaseNow], since: date) -> Iterator[Interval]:
    """The intervals that ended on or after ``since``."""
    longest = {day: add_months(day, NEW_START_MONTHS) for day in {day for _, day, _ in given}}
    for (case_id, day, _), (again, ended, _) in pairwise(given):
        if case_id == again and since <= ended <= longest[day] and ended > day and case_id in cases:
            yield Interval(ended, cases[case_id].condition, (ended - day).days)
