"""Seen, not injected: the booking is over, the cycle is not; what happens next is said with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum

from clinic_app.domain.cases import StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import Appointment


class NextStep(Enum):
    """What happens next with somebody who was seen and not injected."""

    COME_BACK = "come_back"
    GO_ON = "go_on"
    HOLD = "hold"
    STOP = "stop"


class Untreated(Enum):
    """What becomes of a diagnosis that was booked for a visit at which only another one was injected."""

    LATER_TODAY = "later_today"
    STAYS_DUE = "stays_due"
    BOOK_AGAIN = "book_again"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class NextPlan:
    """The step, and what it needs: the day to come back on, or to hold until; why; the reason of a stop.

    ``decided_by``: the doctor, where the day to come back on is before the earliest one.
    """

    step: NextStep
    day: date | None = None
    at: time | None = None
    reason: str = ""
    stop: StopReason | None = None
    decided_by: str = ""


def untreated_of(bookings: Sequence[Appointment], treated: Sequence[int], day: date | None) -> tuple[int, ...]:
    """The cases booked for a day together with one of those treated, and not treated themselves."""
    found = [
        case_id
        for one in bookings
        if one.day == day and one.status.live and set(one.case_ids) & set(treated)
        for case_id in one.case_ids
        if case_id not in treated
    ]
    return tuple(dict.fromkeys(found))


def plan_of_untreated(
    choice: Untreated, day: date | None = None, reason: str = "", decided_by: str = ""
) -> NextPlan | None:
    """The plan of a diagnosis that was not injected; None where its booking of the day stays open.

    Raises:
        RuleBroken: ``come_back_missing``; ``without_injection_why`` where nobody said why none was given.
    """
    if choice is Untreated.LATER_TODAY:
        return None
    if choice is Untreated.BOOK_AGAIN:
        if day is None:
            raise RuleBroken("day", "come_back_missing")
        return NextPlan(NextStep.COME_BACK, day, reason=reason.strip(), decided_by=decided_by.strip())
    if choice is Untreated.WITHOUT and not reason.strip():
        raise RuleBroken("reason", "without_injection_why")
    return NextPlan(NextStep.GO_ON, reason=reason.strip() if choice is Untreated.WITHOUT else "")


def of_untreated(refusal: RuleBroken) -> RuleBroken:
    """The same refusal, beside the field of the visit that asks about a diagnosis not injected."""
    found = RuleBroken(f"untreated_{refusal.field}", refusal.code)
    found.params.update({"field": refusal.field, **refusal.params})
    return found


def checked(plan: NextPlan, today: date) -> NextPlan:
    """The plan, if it says all it must.

    Raises:
        RuleBroken: ``come_back_missing``, ``hold_until_missing``, ``hold_in_past``, ``stop_reason_missing``.
    """
    if plan.step is NextStep.COME_BACK and plan.day is None:
        raise RuleBroken("day", "come_back_missing")
    if plan.step is NextStep.HOLD:
        if plan.day is None:
            raise RuleBroken("day", "hold_until_missing")
        if plan.day < today:
            raise RuleBroken("day", "hold_in_past", until=plan.day, today=today)
    if plan.step is NextStep.STOP and plan.stop is None:
        raise RuleBroken("stop", "stop_reason_missing")
    return plan
