"""Words for what happens next with somebody who was seen and not injected."""

from __future__ import annotations

from clinic_app.domain.not_injected import NextStep
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "next_step_missing": "What happens next? Choose one in “{field}”.",
    "come_back_missing": "On which day does the patient come back? Enter it in “{field}”.",
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
