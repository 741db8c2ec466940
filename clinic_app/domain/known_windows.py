"""The windows of a case as they were known, from day to day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clinic_app.domain.schedule import CaseFacts, ClinicRules, window_days


@dataclass(frozen=True, slots=True)
class KnownWindow:
    """The window of a case as it was known from the day ``since`` until the day before ``until``.

    ``come_on``: whether a come-on date was in force.
    """

    since: date
    until: date
    opens: date | None
    closes: date | None
    come_on: bool


def known_windows(facts: CaseFacts, rules: ClinicRules) -> tuple[KnownWindow, ...]:
    """Every window a case has had, one after the other, over all days; alike ones that follow each other are one.

    A window is known anew on the days toxin was given; on no other day does ``window_days`` change its answer.
    """
    found: list[KnownWindow] = []
    for since in sorted({date.min, *(event.day for event in facts.events)}):
        window = window_days(facts, rules, since)
        dates = (window.opens, window.closes, window.come_on is not None)
        if found:
            before = found[-1]
            if dates == (before.opens, before.closes, before.come_on):
                continue
            found[-1] = KnownWindow(before.since, since, before.opens, before.closes, before.come_on)
        found.append(KnownWindow(since, date.max, *dates))
    return tuple(found)
