"""Words of reminders: numbers only, never a name."""

from __future__ import annotations

from clinic_app.domain.today import Reminders
from clinic_app.wording.language import translate, translate_many


def summary_words(known: Reminders) -> str:
    """``6 calls, 9 visits today``; nothing where there is neither."""
    if not known.calls and not known.visits:
        return ""
    calls = translate_many("{count} call", "{count} calls", known.calls)
    visits = translate_many("{count} visit today", "{count} visits today", known.visits)
    return f"{calls}, {visits}"


def call_back_words(count: int) -> str:
    """``Call back now: 2``."""
    return translate("Call back now: {count}").format(count=count)
