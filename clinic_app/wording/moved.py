"""Words for dates of the next injection that moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from clinic_app.domain.moved import MovedDates
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate, translate_many


class NamedCondition(Protocol):
    """A diagnosis of the catalogue, as far as its name goes."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


class ConditionNames(Protocol):
    """The catalogues, as far as the names of diagnoses go."""

    @property
    def conditions(self) -> Mapping[str, NamedCondition]:
        """Diagnoses by code."""
        ...


def moved_words(moved: Iterable[MovedDates], catalogues: ConditionNames) -> tuple[str, ...]:
    """A line for each case: ``Blepharospasm: due from 5 Apr 2026 → 15 Apr 2026``, of the dates that moved alone."""
    lines = []
    for one in moved:
        known = catalogues.conditions.get(one.condition)
        name = known.name if known is not None else one.condition
        lines.append(translate("{name}: {dates}").format(name=name, dates=dates_words(one)))
    return tuple(lines)


def dates_words(one: MovedDates) -> str:
    """``due from 5 Apr 2026 → 15 Apr 2026, due until 5 May 2026 → 15 May 2026``."""
    parts = [
        f"{words} {_day(before)} → {_day(after)}"
        for words, before, after in (
            (translate("not before"), one.before.earliest, one.after.earliest),
            (translate("due from"), one.before.opens, one.after.opens),
            (translate("due until"), one.before.closes, one.after.closes),
        )
        if before != after
    ]
    return ", ".join(parts)


def count_words(patients: int, cases: int) -> str:
    """``17 patients move (18 diagnoses)``."""
    some = translate_many("{count} patient moves", "{count} patients move", patients)
    of = translate_many("{count} diagnosis", "{count} diagnoses", cases)
    return translate("{patients} ({cases})").format(patients=some, cases=of)


def _day(value: date | None) -> str:
    return translate("none") if value is None else day(value)
