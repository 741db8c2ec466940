"""The windows of a case as they were known, from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from clinic_app.domain.schedule import (
    CaseFacts,
    ClinicRules,
    ToxinEvent,
    WindowDays,
    days_from,
    earliest_order,
    restart_order,
    said_order,
    said_since,
)


class KnownWindow(NamedTuple):
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
    return known_and_last(facts, rules)[0]


def known_and_last(facts: CaseFacts, rules: ClinicRules) -> tuple[tuple[KnownWindow, ...], WindowDays]:
    """``known_windows``, and the days of the last of them: what ``window_days`` answers of any later day."""
    found: list[KnownWindow] = []
    days = WindowDays()
    since, opens, closes, come_on = date.min, None, None, False
    for day, days in days_by_event(facts, rules):
        if (days.opens, days.closes, days.come_on is not None) != (opens, closes, come_on):
            found.append(KnownWindow(since, day, opens, closes, come_on))
            since, opens, closes, come_on = day, days.opens, days.closes, days.come_on is not None
    found.append(KnownWindow(since, date.max, opens, closes, come_on))
    return tuple(found), days


def days_by_event(facts: CaseFacts, rules: ClinicRules) -> Iterator[tuple[date, WindowDays]]:
    """Each day toxin was given, oldest first, and what ``window_days`` answers on it: one walk over all events."""
    case_id, minimum, apart = facts.case_id, rules.minimum, facts.independent_of
    deciding: tuple[tuple[date, bool, date, int], ToxinEvent] | None = None
    last: ToxinEvent | None = None
    said: ToxinEvent | None = None
    for day, given in groupby(sorted(facts.events, key=_day), key=_day):
        for event in given:
            own = event.case_id == case_id
            if event.case_id not in apart:
                order = earliest_order(case_id, minimum.of(event.product, event.condition, day).after(day), event)
                if deciding is None or order > deciding[0]:
                    deciding = order, event
            if own and event.restarts and (last is None or restart_order(event) > restart_order(last)):
                last = event
            if own and event.come_on is not None and not event.external:
                said = event if said is None else max(said, event, key=said_order)
        earliest, decisive = (None, None) if deciding is None else (deciding[0][0], deciding[1])
        in_force = said is not None and last is not None and said_since(said, last)
        yield day, days_from(facts.plan, earliest, decisive, last, said.come_on if said and in_force else None)


def _day(event: ToxinEvent) -> date:
    return event.day
