"""Words for what happens next with somebody who was seen and not injected."""

from __future__ import annotations

from clinic_app.domain.not_injected import NextStep, Untreated
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "next_step_missing": "What happens next? Choose one in “{field}”.",
    "come_back_missing": "On which day does the patient come back? Enter it in “{field}”.",
    "without_injection_why": "Why was nothing injected for it? Enter it in “{field}”.",
    "untreated_not_answered": "Say what becomes of the diagnosis that was booked and not injected.",
    "hold_until_missing": "Until which day is the diagnosis on hold? Enter it in “{field}”.",
}

_STEPS = {
    NextStep.COME_BACK: "Comes back on a day",
    NextStep.GO_ON: "Goes on as planned",
    NextStep.HOLD: "On hold until a day",
    NextStep.STOP: "Stopped",
}


def step_words(step: NextStep) -> str:
    """What happens next: ``Comes back on a day``."""
    return translate(_STEPS[step])


_UNTREATED = {
    Untreated.LATER_TODAY: "Comes later today",
    Untreated.STAYS_DUE: "Stays due",
    Untreated.BOOK_AGAIN: "Book again",
    Untreated.WITHOUT: "Done without injection",
}


def untreated_words(choice: Untreated) -> str:
    """What becomes of a diagnosis that was booked and not injected: ``Stays due``."""
    return translate(_UNTREATED[choice])
