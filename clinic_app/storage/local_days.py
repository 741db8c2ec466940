"""Local days in SQL of moments that are kept in UTC, with the changes of the clocks between."""

from __future__ import annotations

import os
import time as clocks
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from clinic_app.storage.records.declarative import Day, Moment

YEARS = 3
"""So many years back the clocks are followed. Of an older call within an hour of midnight the day may be the one
beside; every change more costs each question about calls.
"""
STEP = timedelta(days=7)
"""No place changes its clocks twice in a week."""


class local_day(FunctionElement[date]):  # noqa: N801 - reads as SQL
    """The day of a moment, moved by the minutes local time is ahead of UTC (``+60 minutes``)."""

    type = Day()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _local_day_sqlite(element: local_day, compiler: SQLCompiler, **words: Any) -> str:
    moment, ahead = (compiler.process(one, **words) for one in element.clauses)
    return f"date({moment}, {ahead})"


@compiles(local_day, "postgresql")
def _local_day_postgresql(element: local_day, compiler: SQLCompiler, **words: Any) -> str:
    moment, ahead = (compiler.process(one, **words) for one in element.clauses)
    return f"CAST({moment} + CAST({ahead} AS interval) AS date)"


def moved_day(moment: Any, minutes: int) -> local_day:
    """The day of a moment so many minutes later."""
    return local_day(moment, literal(f"{minutes:+d} minutes", String()))


def day_of(moment: Any, on: date) -> ColumnElement[date]:
    """The local day of a moment in the ``YEARS`` before ``on`` and its own, by the clocks as they stood then."""
    *changed, (_, first) = clock_changes(on.year)
    if not changed:
        return moved_day(moment, first)
    whens = [(moment >= literal(since, Moment()), moved_day(moment, minutes)) for since, minutes in changed]
    return case(*whens, else_=moved_day(moment, first))


def clock_changes(year: int) -> tuple[tuple[datetime, int], ...]:
    """How many minutes local time is ahead of UTC from which moment (in UTC) on, newest first."""
    return _clock_changes(year, os.environ.get("TZ"), clocks.tzname)


@lru_cache(maxsize=8)
def _clock_changes(year: int, *_: object) -> tuple[tuple[datetime, int], ...]:
    here, end = datetime(year - YEARS, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 2, tzinfo=UTC)
    found = [(here, _ahead(here))]
    while here < end:
        there = here + STEP
        if _ahead(there) != found[-1][1]:
            found.append((_change(here, there), _ahead(there)))
        here = there
    return tuple(reversed(found))


def _change(before: datetime, after: datetime) -> datetime:
    """The minute between two moments in which the clocks are changed."""
    ahead = _ahead(before)
    while after - before > timedelta(minutes=1):
        middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
        if _ahead(middle) == ahead:
            before = middle
        else:
            after = middle
    return after


def _ahead(moment: datetime) -> int:
    return int((moment.astimezone().utcoffset() or timedelta()).total_seconds() // 60)
