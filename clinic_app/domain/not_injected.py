"""Seen, not injected: the booking is over, the cycle is not; what happens next is said with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import Enum

from clinic_app.domain.cases import StopReason
from clinic_app.domain.errors import RuleBroken


class NextStep(Enum):
    """What happens next with somebody who was seen and not injected."""

    COME_BACK = "come_back"
    GO_ON = "go_on"
    HOLD = "hold"
    STOP = "stop"


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
