"""The windows of all cases by other rules: what a window depends on is read as plain tuples, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import Session

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import Plans, ReinjectionPlan
from clinic_app.domain.known_windows import KnownWindow, known_and_last
from clinic_app.domain.moved import NextDates
from clinic_app.domain.schedule import CaseFacts, ClinicRules, ToxinEvent, window_days
from clinic_app.domain.treatment import SessionKind
from clinic_app.storage.call_list import COUNTING
from clinic_app.storage.known_windows import KnownWindowRows
from clinic_app.storage.local_days import moved_day
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
    mrn: str = ""
    known: tuple[KnownWindow, ...] = ()


class _Stored(NamedTuple):
    """A case as it is stored: its own plan, that of its patient, and what its dates are."""

    case_id: int
    patient_id: int
    condition: str
    plan: ReinjectionPlan | None
    patient_plan: ReinjectionPlan | None
    mrn: str
    last_on: date | None
    dates: NextDates
    independent_of: frozenset[int]

    def facts(self, given: tuple[ToxinEvent, ...], plans: Plans) -> CaseFacts:
        """What its windows depend on, where its patient was given this toxin."""
        products = [event.product for event in given if event.case_id == self.case_id and event.restarts]
        plan, level = plans.in_force(
            case=self.plan,
            patient=self.patient_plan,
            condition=self.condition,
            product=products[-1] if products else None,
        )
        return CaseFacts(self.case_id, self.condition, given, plan, level, self.independent_of)


class WindowRows:
    """The windows of every case of the clinic, reckoned anew."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = KnownWindowRows(session)

    def reckoned(self, rules: ClinicRules, plans: Plans) -> Iterator[tuple[Reckoned, ...]]:
        """Every case of the clinic, some patients at a time.

        Of each patient the injections since the stored day of the last one are read, and those whose interval could
        last longer. Where a stored day is not what they say, the whole history is.
        """
        for first, last in self._parts():
            yield self._part(first, last, rules, plans)

    def keep(
        self, rules: ClinicRules, plans: Plans, before: tuple[ClinicRules, Plans]
    ) -> Iterator[tuple[Reckoned, ...]]:
        """Write the dates of every case of the clinic, and its windows as they were known, some patients at a time.

        ``before``: the rules they are kept by; what is of cases of whom no rule differs stays. A part of no case comes
        while windows are written.
        """
        from clinic_app.storage.bulk import BulkLoad

        bulk = BulkLoad(self._session)
        table = Record.metadata.tables[CaseRecord.__tablename__]
        for first, last in self._parts():
            part = self._known_part(first, last, rules, plans, before)
            moved = [one for one in part if one.before != one.after]
            rows = [(one.case_id, one.after.earliest, one.after.opens, one.after.closes) for one in moved]
            bulk.update(table, ("id",), ("earliest", "opens", "closes"), rows)
            full = self._known.take({one.case_id: (one.mrn, one.known) for one in part if one.known})
            yield part
            if full:
                yield from (() for _ in self._known.write())
        yield from (() for _ in self._known.write())

    def keep_known(self, rules: ClinicRules, plans: Plans) -> Iterator[tuple[Reckoned, ...]]:
        """Write the windows of every case as they were known where none are kept yet; else as ``keep``."""
        for first, last in self._parts():
            part = self._known_part(first, last, rules, plans, None)
            full = self._known.take({one.case_id: (one.mrn, one.known) for one in part}, none_kept=True)
            yield part
            if full:
                yield from (() for _ in self._known.write())
        yield from (() for _ in self._known.write())

    def _parts(self) -> Iterator[tuple[int, int]]:
        """The first and last patient of each part of the clinic."""
        ids = list(self._session.scalars(select(CaseRecord.patient_id).distinct().order_by(CaseRecord.patient_id)))
        for start in range(0, len(ids), STEP):
            part = ids[start : start + STEP]
            yield part[0], part[-1]

    def _part(self, first: int, last: int, rules: ClinicRules, plans: Plans) -> tuple[Reckoned, ...]:
        cases = self._cases(first, last)
        conditions = {one.case_id: one.condition for one in cases}
        outside = self._outside(first, last)
        events = self._events(first, last, rules.minimum.spread, conditions, outside)
        found: list[Reckoned] = []
        whole: dict[int, tuple[ToxinEvent, ...]] = {}
        for one in cases:
            days = window_days(one.facts(events.get(one.patient_id, ()), plans), rules, date.max)
            if (days.last.day if days.last is not None else None) != one.last_on:
                if one.patient_id not in whole:
                    every = self._events(one.patient_id, one.patient_id, None, conditions, outside)
                    whole[one.patient_id] = every.get(one.patient_id, ())
                days = window_days(one.facts(whole[one.patient_id], plans), rules, date.max)
            after = NextDates(days.earliest, days.opens, days.closes)
            found.append(Reckoned(one.case_id, one.patient_id, one.condition, one.dates, after))
        return tuple(found)

    def _known_part(
        self, first: int, last: int, rules: ClinicRules, plans: Plans, before: tuple[ClinicRules, Plans] | None
    ) -> tuple[Reckoned, ...]:
        cases = self._cases(first, last)
        conditions = {one.case_id: one.condition for one in cases}
        events = self._events(first, last, None, conditions, self._outside(first, last))
        found: list[Reckoned] = []
        for one in cases:
            facts = one.facts(events.get(one.patient_id, ()), plans)
            if before is not None and _same_rule(facts, rules, one.facts(facts.events, before[1]), before[0]):
                found.append(Reckoned(one.case_id, one.patient_id, one.condition, one.dates, one.dates))
                continue
            known, days = known_and_last(facts, rules)
            after = NextDates(days.earliest, days.opens, days.closes)
            found.append(Reckoned(one.case_id, one.patient_id, one.condition, one.dates, after, one.mrn, known))
        return tuple(found)

    def _cases(self, first: int, last: int) -> list[_Stored]:
        """The cases of these patients."""
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
        people = {
            row[0]: (row[1], _plan(row[2], row[3]))
            for row in self._session.execute(
                select(PatientRecord.id, PatientRecord.mrn, PatientRecord.plan_opens, PatientRecord.plan_closes).where(
                    PatientRecord.id.between(first, last)
                )
            )
        }
        ids = [row[0] for row in rows]
        independent = self._independent(min(ids), max(ids)) if ids else {}
        found: list[_Stored] = []
        for id_, patient_id, condition, opens_after, closes_after, last_on, *dates in rows:
            mrn, plan = people[patient_id]
            own = _plan(opens_after, closes_after)
            free_of = independent.get(id_, frozenset())
            found.append(_Stored(id_, patient_id, condition, own, plan, mrn, last_on, NextDates(*dates), free_of))
        return found

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
                select(CaseRecord.patient_id, moved_day(since, -1440 * spread).label("day"))
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


def _same_rule(facts: CaseFacts, rules: ClinicRules, before: CaseFacts, rules_before: ClinicRules) -> bool:
    """Whether every date of a case follows from the plan and the intervals it followed from before."""
    if facts.plan != before.plan:
        return False
    minimum, minimum_before = rules.minimum, rules_before.minimum
    return minimum == minimum_before or all(
        minimum.of(event.product, event.condition, event.day)
        == minimum_before.of(event.product, event.condition, event.day)
        for event in facts.events
    )
