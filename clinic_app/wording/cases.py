"""Sentences about diagnoses, and words for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from clinic_app.domain.cases import PlanLevel, Side, StopReason
from clinic_app.domain.catalogues import Condition
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "case_exists": "The patient has this diagnosis on this side already.",
    "case_not_found": "This diagnosis is not there any more.",
    "case_of_another_patient": "This diagnosis belongs to another patient.",
    "hold_in_past": "{until} has passed; a hold lasts until a day to come.",
    "side_missing": "{condition}: say which side.",
    "side_not_of_condition": "{condition} does not have this side.",
    "stop_of_patient": "Death and moving away are said of the patient, not of one diagnosis.",
    "unknown_cause": "“{cause}” is no cause of the catalogue.",
    "unknown_condition": "“{condition}” is no diagnosis of the catalogue.",
    "day_in_future": "{day} has not come yet; today is {today}.",
    "plan_closes_before_it_opens": (
        "The plan opens after {opens} and closes after {closes}: from some days it would close before it opens. "
        "Choose a longer second time of the two."
    ),
    "hold_ends_before_it_begins": (
        "The hold would end on {until}, before it begins on {since}. Choose a later day in “{field}”."
    ),
}

_SIDES = {Side.RIGHT: "right", Side.LEFT: "left", Side.BILATERAL: "bilateral", Side.MIDLINE: "midline"}

_STOPS = {
    StopReason.REMISSION: "Remission",
    StopReason.NO_RESPONSE: "No response",
    StopReason.PATIENT_CHOICE: "Patient’s choice",
    StopReason.SURGERY: "Surgery",
    StopReason.TRANSFERRED: "Transferred",
    StopReason.MOVED: "Moved away",
    StopReason.DECEASED: "Died",
    StopReason.LOST: "Lost",
    StopReason.OTHER: "Stopped",
}

_LEVELS = {
    PlanLevel.CASE: "plan of this diagnosis",
    PlanLevel.PATIENT: "plan of this patient",
    PlanLevel.CONDITION: "plan for the condition",
    PlanLevel.PRODUCT: "plan for the product",
    PlanLevel.CLINIC: "clinic plan",
}


def side_words(side: Side | None) -> str:
    """``left``; blank for a diagnosis without a side."""
    return translate(_SIDES[side]) if side is not None else ""


def stop_words(reason: StopReason) -> str:
    """Why a diagnosis is no longer called: ``Moved away``."""
    return translate(_STOPS[reason])


def level_words(level: PlanLevel) -> str:
    """Whose plan it is: ``clinic plan``."""
    return translate(_LEVELS[level])


def condition_lines(condition: Condition, side: Side | None, pattern: str) -> tuple[str, str]:
    """The two lines of a diagnosis in a list: its name, and its detail, pattern and side.

    ``("Cervical dystonia", "laterocollis, left")``, ``("Blepharospasm", "bilateral")``. ``pattern`` is a code of the
    condition, or words of the clinic's own, shown as they stand.
    """
    named = {one.code: one.name for one in condition.patterns}
    detail = "" if side is not None and condition.side_replaces_detail else translate(condition.detail)
    parts = [detail, translate(named.get(pattern, pattern)), side_words(side)]
    return translate(condition.name), ", ".join(dict.fromkeys(part for part in parts if part))


def stop_back_words(again: Sequence[date], gone: Sequence[date]) -> str:
    """That a stop was taken back; which bookings stand again, and which do not."""
    parts = [translate("Stop taken back: the diagnosis goes on")]
    parts += [translate("booked again for {day}").format(day=day(one)) for one in again]
    parts += [translate("not booked again for {day}: look for another day").format(day=day(one)) for one in gone]
    return "; ".join(parts)
