"""Why a date or a status is what it is: its trace alone leads to the same value again.

``Why`` names the rule and what went into it; ``recomputed`` and ``status_recomputed`` follow it, knowing nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from clinic_app.domain.calendar import Span
from clinic_app.domain.schedule import (
    Attempt,
    ClinicRules,
    ContactAttempt,
    FollowUp,
    FollowUpStatus,
    Why,
    status_of,
)


class SetWhat(Enum):
    """What somebody set that a date or a status follows from."""

    MINIMUM = "minimum"
    PLAN = "plan"
    COME_ON = "come_on"
    ELSEWHERE = "elsewhere"
    HOLD = "hold"
    STOP = "stop"
    BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class SetBy:
    """Who set it, when, and their reason; ``at`` None: it is as shipped, or nobody is on record."""

    what: SetWhat
    by: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseWhy:
    """Why a case stands where it does: its answer, why it has its status and is to be called again on its day, and who
    set what these follow from.
    """

    answer: FollowUp
    status: Why
    set_by: tuple[SetBy, ...] = ()
    call_again: Why | None = None


def recomputed(why: Why) -> date | None:
    """The date its trace leads to; None where it says that there is none.

    Raises:
        KeyError: it is no trace of a date.
    """
    params = why.params
    match why.code:
        case "no_toxin_yet" | "no_last_session":
            return None
        case "minimum_interval" | "plan":
            return _span(params["span"]).after(_date(params["day"]))
        case "pushed_to_earliest":
            return max(_date(params["earliest"]), _span(params["span"]).after(_date(params["day"])))
        case "width_kept":
            planned = _span(params["span"]).after(_date(params["day"]))
            return _date(params["opens"]) + (planned - _date(params["planned_opens"]))
        case "come_on":
            return _date(params["day"])
        case "come_on_too_early":
            return max(_date(params["earliest"]), _date(params["day"]))
    raise KeyError(why.code)


def status_why(answer: FollowUp, on: date) -> Why:
    """Why a case has its status on the day ``on``."""
    window = answer.window
    params: dict[str, object] = {"on": on}
    match answer.status:
        case FollowUpStatus.STOPPED if answer.stop is not None:
            params |= {"since": answer.stop.since, "reason": answer.stop.reason.value, "note": answer.stop.note}
        case FollowUpStatus.ON_HOLD if answer.hold is not None:
            params |= {"since": answer.hold.since, "until": answer.hold.until, "reason": answer.hold.reason}
        case FollowUpStatus.BOOKED if answer.appointment is not None:
            params |= {"day": answer.appointment.day, "token": answer.appointment.token}
        case _:
            params |= {"opens": window.opens, "closes": window.closes}
    return Why(answer.status.value, params)


def call_again_why(answer: FollowUp, calls: Sequence[ContactAttempt], rules: ClinicRules) -> Why | None:
    """Why a case is to be called again on its day, from the calls of its cycle; None where there is no such day."""
    if answer.call_again_on is None or not calls:
        return None
    last = calls[-1]
    params: dict[str, object] = {"day": last.at.date(), "outcome": last.outcome.value, "by": last.by}
    if last.call_again_on is not None:
        return Why("agreed", params)
    match last.outcome:
        case Attempt.TOLD_FAMILY:
            params["days"] = rules.told_family_days
        case Attempt.WILL_COME:
            params["days"] = rules.will_come_days
        case _:
            params["working_days"] = rules.no_answer_working_days
    return Why("outcome", params)


def status_recomputed(why: Why) -> FollowUpStatus:
    """The status its trace leads to."""
    params = why.params
    on = _date(params["on"])
    opens, closes = params.get("opens"), params.get("closes")
    return status_of(
        stopped=why.code == FollowUpStatus.STOPPED.value and _date(params["since"]) <= on,
        held="until" in params and _date(params["since"]) <= on <= _date(params["until"]),
        booked="day" in params and _date(params["day"]) >= on,
        opens=opens if isinstance(opens, date) else None,
        closes=closes if isinstance(closes, date) else None,
        on=on,
    )


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise KeyError(value)
    return value


def _span(value: object) -> Span:
    if not isinstance(value, Span):
        raise KeyError(value)
    return value
