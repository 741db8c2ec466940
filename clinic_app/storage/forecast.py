"""What the forecast is made of: the dates, plan and last dose of every case, read in two questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import Plans, ReinjectionPlan
from clinic_app.domain.forecast import Booked, CaseAhead, CasesAhead, LeftOut, RepeatRule
from clinic_app.domain.schedule import ClinicRules, DrugSupply
from clinic_app.domain.units import Units
from clinic_app.storage.call_list import LIVE
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.patients import PatientRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord

_USUAL: tuple[InstrumentedAttribute[Any], ...] = (
    CaseRecord.patient_id,
    CaseRecord.opens,
    CaseRecord.come_on,
    CaseRecord.last_product,
    CaseRecord.last_units,
    CaseRecord.condition,
)
_UNUSUAL: tuple[InstrumentedAttribute[Any], ...] = (
    *_USUAL,
    CaseRecord.id,
    CaseRecord.held_from,
    CaseRecord.held_until,
    CaseRecord.plan_opens,
    CaseRecord.plan_closes,
)
AT_A_TIME = 4000
_Facts = tuple[Any, ...]
_Planned = tuple[str, str]


class ForecastRows:
    """The questions the forecast asks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ahead(self, on: date, rules: ClinicRules, plans: Plans, without: Collection[int] = ()) -> CasesAhead:
        """Every case as the forecast needs it. ``without``: patients whose cases are left out, and counted."""
        conditions = [CaseRecord.stopped_since.is_(None)]
        left_out = {}
        if without:
            closed = CaseRecord.patient_id.in_(sorted(without))
            left_out[LeftOut.CLOSED] = self._count(closed)
            conditions.append(~closed)
        left_out[LeftOut.STOPPED] = self._count(CaseRecord.stopped_since.is_not(None), *conditions[1:])
        own_plans, bookings = self._plans_of_patients(), self._bookings(on)
        single = self._with_several() | own_plans.keys()
        lone: Counter[_Facts] = Counter()
        together: dict[int, list[_Facts]] = {}
        for rows in chain(self._usual(on, conditions), self._unusual(on, conditions)):
            lone.update(row[1:] for row in rows if row[0] not in single)
            for row in rows:
                if row[0] in single:
                    together.setdefault(row[0], []).append(row[1:])
        make = _Maker(rules, plans, on, bookings, own_plans)
        alike = tuple((make.case(0, facts), count) for facts, count in lone.items())
        several = tuple(tuple(make.case(patient, facts) for facts in cases) for patient, cases in together.items())
        return CasesAhead(alike, several, left_out)

    def last_doses(self, case_ids: Sequence[int]) -> dict[int, Units]:
        """Product and units of the last injection of these cases; those without one are left out."""
        found: dict[int, Units] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(CaseRecord.id, CaseRecord.last_product, CaseRecord.last_units).where(
                    CaseRecord.id.in_(part), CaseRecord.last_on.is_not(None)
                )
            )
            found.update((id_, Units(product, units)) for id_, product, units in rows)
        return found

    def _usual(self, on: date, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[_Facts]]:
        """Cases without booking, hold and plan of their own, nearly all: few columns, as the driver gives them.

        Nothing is computed or grouped by the database: SQLCipher wipes and locks every piece of memory that takes.
        """
        plain = or_(CaseRecord.booked_on.is_(None), CaseRecord.booked_on < on)
        chosen = select(*map(_as_kept, _USUAL)).where(
            plain, CaseRecord.held_until.is_(None), CaseRecord.plan_opens.is_(None), *conditions
        )
        return self._fetched(chosen)

    def _unusual(self, on: date, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[_Facts]]:
        """The cases ``_usual`` leaves out, with the columns they need besides."""
        unusual = or_(
            CaseRecord.booked_on >= on, CaseRecord.held_until.is_not(None), CaseRecord.plan_opens.is_not(None)
        )
        chosen = select(*map(_as_kept, _UNUSUAL)).where(unusual, *conditions)
        return self._fetched(chosen)

    def _fetched(self, chosen: Select[Any]) -> Iterator[Sequence[_Facts]]:
        """The rows as the driver gives them, some at a time: objects made of a hundred thousand of them, or all of
        them at once, take longer than reading.
        """
        cursor: Any = self._session.connection().execute(chosen).cursor
        while rows := cursor.fetchmany(AT_A_TIME):
            yield rows

    def _with_several(self) -> set[int]:
        """The patients with more than one case: counted here, from an index alone."""
        cases: Counter[int] = Counter()
        for rows in self._fetched(select(CaseRecord.patient_id)):
            cases.update(patient for (patient,) in rows)
        return {patient for patient, count in cases.items() if count > 1}

    def _bookings(self, on: date) -> dict[int, tuple[Booked, ...]]:
        """The live bookings of each case from a day on, by day. The database does not group them either."""
        rows = self._session.execute(
            select(
                AppointmentCaseRecord.case_id,
                AppointmentRecord.day,
                AppointmentRecord.drug,
                AppointmentRecord.drug_product,
            )
            .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
            .where(
                AppointmentRecord.day >= on,
                AppointmentRecord.status.in_(LIVE),
                AppointmentRecord.taken_back_at.is_(None),
            )
        )
        found: dict[int, list[Booked]] = {}
        for case_id, day, drug, product in rows:
            brings = product if drug == DrugSupply.PATIENT_BRINGS.value else None
            found.setdefault(case_id, []).append(Booked(day, brings))
        return {case_id: tuple(sorted(bookings, key=lambda one: one.day)) for case_id, bookings in found.items()}

    def _plans_of_patients(self) -> dict[int, _Planned]:
        rows = self._session.execute(
            select(PatientRecord.id, PatientRecord.plan_opens, PatientRecord.plan_closes).where(
                PatientRecord.plan_opens.is_not(None), PatientRecord.plan_closes.is_not(None)
            )
        )
        return {id_: (opens, closes) for id_, opens, closes in rows if opens is not None and closes is not None}

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return self._session.scalar(select(func.count()).select_from(CaseRecord).where(*conditions)) or 0


def _as_kept(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column without what makes Python values of it."""
    return type_coerce(column, NullType())


class _Maker:
    """Makes cases of their lines; what occurs often is converted once."""

    def __init__(
        self,
        rules: ClinicRules,
        plans: Plans,
        on: date,
        bookings: Mapping[int, tuple[Booked, ...]],
        own_plans: Mapping[int, _Planned],
    ) -> None:
        self._rules, self._plans, self._on = rules, plans, on
        self._bookings, self._own_plans = bookings, own_plans
        self._days: dict[Any, date | None] = {None: None}
        self._amounts: dict[int | None, Decimal | None] = {None: None}
        self._known: dict[tuple[object, ...], RepeatRule] = {}

    def case(self, patient: int, facts: _Facts) -> CaseAhead:
        """One case. ``patient``: 0 where he has no plan of his own; ``facts``: the columns after it."""
        opens, come_on, product, units, condition = facts[:5]
        case_id, held_from, held_until, *planned = facts[5:] or (0, None, None, None, None)
        key = (self._own_plans.get(patient), product, condition, *planned)
        rule = self._known.get(key)
        if rule is None:
            rule = self._known[key] = self._rule(self._own_plans.get(patient), product, condition, planned)
        bookings = self._bookings.get(case_id, ())
        day = self._day
        return CaseAhead(
            day(opens),
            day(come_on),
            rule,
            product,
            self._amount(units),
            bookings[0].day if bookings else None,
            bookings[-1].day if bookings else None,
            False,
            day(held_from),
            day(held_until),
            bookings,
        )

    def _rule(
        self, own: _Planned | None, product: str | None, condition: str, planned: Sequence[str | None]
    ) -> RepeatRule:
        plan, _ = self._plans.in_force(
            case=_plan_of(planned), patient=_plan_of(own), condition=condition, product=product
        )
        return RepeatRule(plan.opens_after, self._rules.minimum.of(product, condition, self._on))

    def _amount(self, hundredths: int | None) -> Decimal | None:
        if hundredths not in self._amounts:
            self._amounts[hundredths] = None if hundredths is None else Decimal(hundredths) / 100
        return self._amounts[hundredths]

    def _day(self, kept: Any) -> date | None:
        if kept not in self._days:
            self._days[kept] = date.fromisoformat(kept) if isinstance(kept, str) else kept
        return self._days[kept]


def _plan_of(spans: Sequence[str | None] | None) -> ReinjectionPlan | None:
    if spans is None or spans[0] is None or spans[1] is None:
        return None
    return ReinjectionPlan(Span.parse(spans[0]), Span.parse(spans[1]))
