"""The invented clinic: what is told of its people before it is entered, and the days its stories hang on.

Nobody here exists. Every day is counted from the day the clinic is filled, so that the same day and seed always give
the same clinic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from clinic_app.domain.cases import CLINIC_PLAN, CaseDetails, Hold, ReinjectionPlan, Stop
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import AppointmentStatus, Attempt, Channel, ClinicRules, Decision, DrugSupply
from clinic_app.domain.treatment import InjectionSite, SessionKind, SessionState

NURSE = "Nisha Thomas"
DOCTORS = ("Dr Rao", "Dr Iyer", "Dr Banerjee")

_BETWEEN_SESSIONS = (13, 17)
"""Weeks between two injections in an invented history, as treated clinics report them (clinical.md 4.2)."""


@dataclass(frozen=True, slots=True)
class InventedSession:
    """An injection of a story. Injections of one patient on one day make one visit."""

    day: date
    product: str | None
    units: Decimal | None
    sites: tuple[InjectionSite, ...] = ()
    kind: SessionKind = SessionKind.FULL
    state: SessionState = SessionState.FINAL
    come_on: date | None = None
    dilution_ml: Decimal | None = None
    guidance: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class InventedCall:
    """A call of a story."""

    day: date
    at: time
    outcome: Attempt
    call_again_on: date | None = None
    spoke_to: str = ""
    note: str = ""
    channel: Channel = Channel.CALL
    phone_number: str = ""
    again_at: time | None = None


@dataclass(frozen=True, slots=True)
class InventedCase:
    """A diagnosis of a story; ``sessions`` and ``calls`` are oldest first."""

    details: CaseDetails
    sessions: tuple[InventedSession, ...] = ()
    holds: tuple[Hold, ...] = ()
    stops: tuple[Stop, ...] = ()
    calls: tuple[InventedCall, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class InventedBooking:
    """A booking of a story, for the cases at these places of the patient's."""

    day: date
    cases: tuple[int, ...] = (0,)
    status: AppointmentStatus = AppointmentStatus.BOOKED
    drug: DrugSupply = DrugSupply.HOSPITAL_STOCK
    reason: str = ""
    decided_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class InventedExternal:
    """Toxin given elsewhere in a story; ``case`` is the place of the case it names."""

    day: date
    product: str | None = None
    units: Decimal | None = None
    case: int | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class InventedPatient:
    """A person of the invented clinic with everything that happened to them.

    ``independent`` holds pairs of places of cases. ``pictured`` says whether photographs are drawn of them.
    """

    details: PatientDetails
    cases: tuple[InventedCase, ...]
    known_since: date
    doctor: str
    bookings: tuple[InventedBooking, ...] = ()
    external: tuple[InventedExternal, ...] = ()
    independent: tuple[tuple[int, int], ...] = ()
    plan: ReinjectionPlan | None = None
    deceased_on: date | None = None
    moved_on: date | None = None
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class DemoDays:
    """Days of a story, counted from the day the clinic is filled."""

    today: date
    rules: ClinicRules

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.today - timedelta(days=days)

    def ahead(self, count: int) -> date:
        """The ``count``-th Botox day from today on, today included."""
        return self._botox_day(self.today, 1, count)

    def back(self, count: int) -> date:
        """The ``count``-th Botox day before today."""
        return self._botox_day(self.ago(1), -1, count)

    def last_to_close(self, on: date, plan: ReinjectionPlan = CLINIC_PLAN) -> date:
        """The latest day of an injection whose window closes on ``on``, or last before it where no day gives ``on``."""
        return self._latest_before(plan, on, closes=True)

    def last_to_open(self, on: date, plan: ReinjectionPlan = CLINIC_PLAN) -> date:
        """The latest day of an injection whose window opens on ``on``, or last before it where no day gives ``on``."""
        return self._latest_before(plan, on, closes=False)

    def on_botox_day(self, day: date) -> date:
        """The last Botox day up to a day."""
        return self._botox_day(day, -1, 1)

    def history(self, last: date, count: int, chance: Random) -> tuple[date, ...]:
        """The days of ``count`` injections that end with ``last``, oldest first, on Botox days but for the last."""
        found = [last]
        while len(found) < count:
            found.append(self.on_botox_day(found[-1] - timedelta(weeks=chance.randint(*_BETWEEN_SESSIONS))))
        return tuple(reversed(found))

    def _botox_day(self, day: date, step: int, count: int) -> date:
        while True:
            if day.weekday() in self.rules.botox_weekdays and self.rules.working_days.is_working(day):
                count -= 1
                if count <= 0:
                    return day
            day += timedelta(days=step)

    def _latest_before(self, plan: ReinjectionPlan, on: date, *, closes: bool) -> date:
        span = plan.closes_after if closes else plan.opens_after
        day = on
        while span.after(day) > on:
            day -= timedelta(days=1)
        return day
