"""How fast the schedule answers, in clinics of a hundredth, a tenth and all of the cases: a list, a filter, a day."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import text

from clinic_app.domain.schedule import BookingDetails, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services import Services
from tests.benchmarks import call_list
from tests.benchmarks.table import Row, row, share
from tests.builders import Clock, door

ROWS = 50
STEP = 10
"""Each clinic is so many times larger than the one before: every answer has to grow by less."""
OPEN = (FollowUpStatus.OVERDUE, FollowUpStatus.DUE, FollowUpStatus.COMING)
FILTERS = (
    CallListFilter(condition="hemifacial_spasm"),
    CallListFilter(product="ona"),
    CallListFilter(injector="Dr Rao"),
    CallListFilter(tried=3),
    CallListFilter(call_back=True),
    CallListFilter(language="Hindi"),
)
AHEAD = (1, 2, 7, 14, 30, 60, 90, 180)
BACK = (1, 7, 30, 90)
"""Days from today, ahead and back: the further back, the more cases were injected since."""
BOOKINGS = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each thing in one clinic; ``floor`` is the bare query of the first rows."""

    patients: int
    cases: int
    sessions: int
    first: list[float]
    narrowed: list[float]
    day_ahead: list[float]
    day_back: dict[int, list[float]]
    booked: list[float]
    floor: list[float]


def schedule(patients: int) -> list[Row]:
    """The rows of the table; filling the largest clinic takes minutes for 100 000."""
    found, lists = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in (max(patients // STEP**2, 100), max(patients // STEP, 100), patients):
            services = door(Clock()).create_demo(str(Path(folder) / str(number)))
            services.demo.fill(number)
            lists.append(call_list.asked(services))
            found.append(measured(services, number))
            services.close()
    return [*table(found), *call_list.table(lists)]


def measured(services: Services, patients: int) -> Measured:
    """What every answer takes in a clinic that is filled."""
    today = services.today()
    with services.context.units.read() as unit:
        cases, sessions = (
            int(unit.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())  # noqa: S608
            for name in ("clinical_case", "injection_session")
        )

    def narrow(narrow: CallListFilter) -> None:
        call_list.seen_first(services, narrow)

    def first_rows() -> None:
        """As after opening, when no counts are kept yet."""
        with services.context.units.read() as unit:
            unit.schedule.counts(today, CallListFilter())
        narrow(CallListFilter())

    def go_to(days: int) -> None:
        as_of = services.calendar_board.as_of(today + timedelta(days=days))
        services.calendar_board.as_of_pages(as_of, [(status, 0) for status in OPEN], ROWS)

    def bare() -> None:
        with services.context.units.read() as unit:
            unit.schedule.case_ids(FollowUpStatus.OVERDUE, today, 0, ROWS, CallListFilter())

    narrow(CallListFilter())
    first = [_timed(first_rows) for _ in range(20)]
    narrowed = [_timed(lambda one=one: narrow(one)) for one in FILTERS * 3]  # type: ignore[misc]
    day_ahead = [_timed(lambda days=days: go_to(days)) for days in AHEAD * 2]  # type: ignore[misc]
    day_back = {days: [_timed(lambda days=days: go_to(-days)) for _ in range(5)] for days in BACK}  # type: ignore[misc]
    floor = [_timed(bare) for _ in range(20)]
    return Measured(patients, cases, sessions, first, narrowed, day_ahead, day_back, _booked(services), floor)


def _booked(services: Services) -> list[float]:
    """One booking each for people who are overdue, on days that are not full."""
    overdue = services.schedule.rows(FollowUpStatus.OVERDUE, 0, BOOKINGS)
    values = []
    for number, entry in enumerate(overdue):
        day = services.today() + timedelta(days=60 + number)
        details = BookingDetails(entry.patient_id, day, (entry.case_id,), reason="asked for", decided_by="Dr Rao")
        values.append(_timed(lambda details=details: services.schedule.book(details)))  # type: ignore[misc]
    return values


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def table(found: list[Measured]) -> list[Row]:
    """The largest clinic against the goals, and each against the one before it."""
    large = found[-1]
    size = f"{large.cases:,} cases, {large.sessions:,} sessions"
    rows = [
        row(f"first rows and counts, {size}", large.first, large.floor, "p95 ≤ 100 ms", at=0.95, most=100),
        row("filter changed: rows and counts", large.narrowed, large.floor, "p95 ≤ 100 ms", at=0.95, most=100),
        row("as of a day ahead: rows and counts", large.day_ahead, large.floor, "p95 ≤ 300 ms", at=0.95, most=300),
        *(
            row(f"as of {days} d ago: rows and counts", values, large.floor, "p95 ≤ 300 ms", at=0.95, most=300)
            for days, values in large.day_back.items()
        ),
        row("one booking", large.booked, large.floor, "p95 ≤ 50 ms", at=0.95, most=50),
    ]
    for small, large in pairwise(found):
        pairs = [
            (name, getattr(large, name), getattr(small, name)) for name in ("first", "narrowed", "day_ahead", "booked")
        ]
        pairs += [(f"{days} d back", large.day_back[days], small.day_back[days]) for days in BACK]
        for name, values, before in pairs:
            growth = share(values, 0.5) / share(before, 0.5)
            of = f"{name.replace('_', ' ')}, {small.patients:,} to {large.patients:,} patients"
            rows.append(
                row(of, values, before, f"grows < {STEP}×") | {"ratio": round(growth, 2), "holds": growth < STEP}
            )
    return rows
