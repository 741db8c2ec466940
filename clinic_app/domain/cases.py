"""Cases: one condition of one patient, with its plan, its holds and its stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.calendar import Span, months
from clinic_app.domain.errors import RuleBroken


class Side(Enum):
    """The patient's own side; None on a case whose condition has no side."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    MIDLINE = "midline"


@dataclass(frozen=True, slots=True)
class ReinjectionPlan:
    """When the window of the next injection opens and closes, counted from the last full session."""

    opens_after: Span
    closes_after: Span

    def checked(self) -> ReinjectionPlan:
        """The plan itself, if it closes on or after it opens from every start day of a four-year cycle.

        Raises:
            RuleBroken: ``plan_closes_before_it_opens``.
        """
        day = date(2024, 1, 1)
        for _ in range(4 * 366):
            if self.closes_after.after(day) < self.opens_after.after(day):
                raise RuleBroken(
                    "plan", "plan_closes_before_it_opens", opens=self.opens_after, closes=self.closes_after
                )
            day += timedelta(days=1)
        return self


CLINIC_PLAN = ReinjectionPlan(months(3), months(4))
"""Injections are usually repeated every three to four months (the seeds; design section 5.1)."""


class PlanLevel(Enum):
    """Whose plan is in force; the first that has one wins, whole."""

    CASE = "case"
    PATIENT = "patient"
    CONDITION = "condition"
    PRODUCT = "product"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of the clinic by condition and product, and the clinic's own."""

    clinic: ReinjectionPlan = CLINIC_PLAN
    by_condition: dict[str, ReinjectionPlan] = field(default_factory=dict)
    by_product: dict[str, ReinjectionPlan] = field(default_factory=dict)

    def in_force(
        self,
        *,
        case: ReinjectionPlan | None,
        patient: ReinjectionPlan | None,
        condition: str,
        product: str | None,
    ) -> tuple[ReinjectionPlan, PlanLevel]:
        """The plan that counts, and the level it comes from: case > patient > condition > product > clinic."""
        if case is not None:
            return case, PlanLevel.CASE
        if patient is not None:
            return patient, PlanLevel.PATIENT
        if condition in self.by_condition:
            return self.by_condition[condition], PlanLevel.CONDITION
        if product is not None and product in self.by_product:
            return self.by_product[product], PlanLevel.PRODUCT
        return self.clinic, PlanLevel.CLINIC


class StopReason(Enum):
    """Why a case is no longer called."""

    REMISSION = "remission"
    NO_RESPONSE = "no_response"
    PATIENT_CHOICE = "patient_choice"
    SURGERY = "surgery"
    TRANSFERRED = "transferred"
    MOVED = "moved"
    DECEASED = "deceased"
    LOST = "lost"
    OTHER = "other"


OF_THE_PATIENT = frozenset({StopReason.MOVED, StopReason.DECEASED})
"""Reasons that are said of the patient and stop every case."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A case that is stopped from a day on, until the stop is taken back."""

    since: date
    reason: StopReason
    note: str = ""
    ended_on: date | None = None
    id: int = 0

    def holds_on(self, day: date) -> bool:
        """Whether the stop is in force on ``day``."""
        return self.since <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Hold:
    """A case that waits until a day; the day itself is still on hold."""

    since: date
    until: date
    reason: str = ""
    ended_on: date | None = None
    id: int = 0

    def holds_on(self, day: date) -> bool:
        """Whether the hold is in force on ``day``."""
        return self.since <= day <= self.until and (self.ended_on is None or day < self.ended_on)

    @property
    def ends(self) -> date:
        """The day the hold is over: its last day, or the day it was ended early."""
        return self.until if self.ended_on is None else min(self.until, self.ended_on)


def check_hold(since: date, until: date) -> None:
    """Refuse a hold that is over before it begins.

    Raises:
        RuleBroken: ``hold_ends_before_it_begins``.
    """
    if until < since:
        raise RuleBroken("until", "hold_ends_before_it_begins", since=since, until=until)


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What is entered about a case (on screen: Diagnosis)."""

    condition: str
    side: Side | None = None
    pattern: str = ""
    onset: str = ""
    causes: tuple[str, ...] = ()
    classification: tuple[tuple[str, str], ...] = ()
    plan: ReinjectionPlan | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One condition of one patient (on screen: Diagnosis)."""

    id: int
    patient_id: int
    details: CaseDetails
    independent_of: frozenset[int] = frozenset()
    holds: tuple[Hold, ...] = ()
    stops: tuple[Stop, ...] = ()
    version: int = 1

    @property
    def condition(self) -> str:
        """The code of the condition."""
        return self.details.condition

    @property
    def side(self) -> Side | None:
        """The patient's side, where the condition has one."""
        return self.details.side
