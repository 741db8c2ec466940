"""Sentences about what is given, and words for it."""

from __future__ import annotations

from clinic_app.domain.treatment import SessionKind, SessionState
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "units_differ_from_sites": (
        "The sites add up to {sites} U, but {units} U were entered for the whole. Correct “{field}” or the sites."
    ),
    "injection_in_future": (
        "The injection is dated {day}, but today is {today}. Correct “{field}”; for a planned injection make a booking."
    ),
    "injection_before_birth": (
        "The injection is dated {day}, before the patient was born ({born}). Correct “{field}” or the birth date."
    ),
}

_STATES = {
    SessionState.PLANNED: "Planned",
    SessionState.GIVEN: "Given, not finalised",
    SessionState.FINAL: "Final",
    SessionState.CORRECTED: "Corrected",
    SessionState.VOID: "Void",
}


def state_words(state: SessionState) -> str:
    """What has become of an injection: ``Given, not finalised``."""
    return translate(_STATES[state])


def kind_words(kind: SessionKind) -> str:
    """``Injection`` or ``Touch-up``."""
    return translate("Touch-up" if kind is SessionKind.TOUCH_UP else "Injection")
