"""The windows of all cases by other rules: what a window depends on is read as plain tuples, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, bindparam, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import Plans, ReinjectionPlan
from clinic_app.domain.moved import NextDates
from clinic_app.domain.schedule import CaseFacts, ClinicRules, ToxinEvent, WindowDays, window_days
from clinic_app.domain.treatment import SessionKind
from clinic_app.storage.call_list import COUNTING, local_day
from clinic_app.storage.records import Record
from clinic_app.storage.records.cases import CaseRecord, IndependenceRecord
from clinic_app.storage.records.declarative import Day
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord

STEP = 400
"""So many patients at a time."""
LONG_AGO = date(1000, 1, 1)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The dates of a case as they are stored, and as a rule makes them."""

    case_id: int
    patient_id: int
    condition: str
    before: NextDates
    after: NextDates


@dataclass(frozen=True, slots=True)
class _Named:
    """A case, and its own plan."""

    case_id: int
    patient_id: int
    condition: str
    plan: ReinjectionPlan | None


class WindowRows:
    """The windows of every case of the clinic, reckoned anew."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def reckoned(self, rules: ClinicRules, plans: Plans) -> Iterator[tuple[Reckoned, ...]]:
        """Every case of the clinic, some patients at a time.

        Of each patient the injections since the stored day of the last one are read, and those whose interval could
        last longer. Where a stored day is not what they say, the whole history is.
        """
        ids = list(self._session.scalars(select(CaseRecord.patient_id).distinct().order_by(CaseRecord.patient_id)))
        for start in range(0, len(ids), STEP):
            part = ids[start : start + STEP]
            yield self._part(part[0], part[-1], rules, plans)

    def keep(self, moved: Sequence[Reckoned]) -> None:
        """Write the dates these cases have now."""
        if moved:
            table = Record.metadata.tables[CaseRecord.__tablename__]
            rows = [
                {
                    "case_id": one.case_id,
                    "to": one.after.earliest,
                    "opening": one.after.opens,
                    "closing": one.after.closes,
                }
                for one in moved
            ]
            dates: dict[str, Any] = {
                "earliest": bindparam("to"),
                "opens": bindparam("opening"),
                "closes": bindparam("closing"),
            }
            statement = update(table).where(table.c.id == bindparam("case_id")).values(dates)
            self._session.connection().execute(statement, rows)

    def _part(self, first: int, last: int, rules: ClinicRules, plans: Plans) -> tuple[Reckoned, ...]:
        rows = self._session.execute(
            select(
                CaseRecord.id,
                CaseRecord.patient_id,
                CaseRecord.condition,
                CaseRecord.plan_opens,
                CaseRecord.plan_closes,
                CaseRecord.last_on,
                CaseRecord.earliest,
                CaseRecord.opens,
                CaseRecord.closes,
            )
            .where(CaseRecord.patient_id.between(first, last))
            .order_by(CaseRecord.id)
        ).all()
        conditions = {row[0]: row[2] for row in rows}
        own_plans = {
            row[0]: _plan(row[1], row[2])
            for row in self._session.execute(
                select(PatientRecord.id, PatientRecord.plan_opens, PatientRecord.plan_closes).where(
                    PatientRecord.id.between(first, last), PatientRecord.plan_opens.is_not(None)
                )
            )
        }
        independent = self._independent(min(conditions), max(conditions))
        outside = self._outside(first, last)
        events = self._events(first, last, rules.minimum.spread, conditions, outside)
        found: list[Reckoned] = []
        whole: dict[int, tuple[ToxinEvent, ...]] = {}
        for id_, patient_id, condition, opens_after, closes_after, last_on, *dates in rows:

            def window(given: tuple[ToxinEvent, ...], named: _Named) -> WindowDays:
                own = [event.product for event in given if event.case_id == named.case_id and event.restarts]
                plan, level = plans.in_force(
                    case=named.plan,
                    patient=own_plans.get(named.patient_id),
                    condition=named.condition,
                    product=own[-1] if own else None,
                )
                free_of = independent.get(named.case_id, frozenset())
                facts = CaseFacts(named.case_id, named.condition, given, plan, level, free_of)
                return window_days(facts, rules, date.max)

            named = _Named(id_, patient_id, condition, _plan(opens_after, closes_after))
            days = window(events.get(patient_id, ()), named)
            if (days.last.day if days.last is not None else None) != last_on:
                if patient_id not in whole:
                    every = self._events(patient_id, patient_id, None, conditions, outside)
                    whole[patient_id] = every.get(patient_id, ())
                days = window(whole[patient_id], named)
            after = NextDates(days.earliest, days.opens, days.closes)
            found.append(Reckoned(id_, patient_id, condition, NextDates(*dates), after))
        return tuple(found)

    def _events(
        self,
        first: int,
        last: int,
        spread: int | None,
        conditions: dict[int, str],
        outside: dict[int, list[ToxinEvent]],
    ) -> dict[int, tuple[ToxinEvent, ...]]:
        """The toxin events of these patients, oldest first: since ``spread`` days before the last injection of any case
        of a patient (None: all).
        """
        asked = select(
            SessionRecord.patient_id,
            SessionRecord.day,
            SessionRecord.product,
            SessionRecord.case_id,
            SessionRecord.kind,
            SessionRecord.restarts_window,
            SessionRecord.come_on,
            SessionRecord.id,
        )
        if spread is None:
            asked = asked.where(SessionRecord.patient_id.between(first, last))
        else:
            since = func.min(case((CaseRecord.last_on.is_(None), literal(LONG_AGO, Day())), else_=CaseRecord.last_on))
            known = (
                select(
                    CaseRecord.patient_id, local_day(since, literal(f"-{1440 * spread} minutes", String())).label("day")
                )
                .where(CaseRecord.patient_id.between(first, last))
                .group_by(CaseRecord.patient_id)
                .subquery()
            )
            asked = asked.join_from(known, SessionRecord, SessionRecord.patient_id == known.c.patient_id)
            asked = asked.where(SessionRecord.day >= known.c.day)
        full = SessionKind.FULL.value
        found: dict[int, list[ToxinEvent]] = {}
        rows = self._session.execute(asked.where(SessionRecord.state.in_(COUNTING)))
        for patient_id, day, product, case_id, kind, restarts, come_on, id_ in rows:
            found.setdefault(patient_id, []).append(
                ToxinEvent(
                    day,
                    product,
                    conditions[case_id],
                    case_id,
                    kind == full or restarts,
                    come_on=come_on,
                    session_id=id_,
                )
            )
        for patient_id, elsewhere in outside.items():
            if first <= patient_id <= last:
                found.setdefault(patient_id, []).extend(elsewhere)
        return {
            patient_id: tuple(sorted(events, key=lambda event: (event.day, event.session_id)))
            for patient_id, events in found.items()
        }

    def _outside(self, first: int, last: int) -> dict[int, list[ToxinEvent]]:
        """What these patients were given elsewhere."""
        found: dict[int, list[ToxinEvent]] = {}
        rows = self._session.execute(
            select(
                ExternalToxinRecord.patient_id,
                ExternalToxinRecord.day,
                ExternalToxinRecord.product,
                CaseRecord.condition,
                ExternalToxinRecord.case_id,
            )
            .join(CaseRecord, CaseRecord.id == ExternalToxinRecord.case_id, isouter=True)
            .where(ExternalToxinRecord.patient_id.between(first, last), ExternalToxinRecord.removed_reason.is_(None))
        )
        for patient_id, day, product, condition, named in rows:
            event = ToxinEvent(day, product, condition, named, named is not None, external=True)
            found.setdefault(patient_id, []).append(event)
        return found

    def _independent(self, first: int, last: int) -> dict[int, frozenset[int]]:
        """Whose toxin holds these cases not up."""
        found: dict[int, set[int]] = {}
        pairs = self._session.execute(
            select(IndependenceRecord.case_id, IndependenceRecord.other_id).where(
                or_(IndependenceRecord.case_id.between(first, last), IndependenceRecord.other_id.between(first, last))
            )
        )
        for one, other in pairs:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return {id_: frozenset(others) for id_, others in found.items()}


def _plan(opens: str | None, closes: str | None) -> ReinjectionPlan | None:
    return ReinjectionPlan(Span.parse(opens), Span.parse(closes)) if opens is not None and closes is not None else None
