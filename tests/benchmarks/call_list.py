"""Everything the call list can be asked: each filter, order and group, the board, and a rule that moves everybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from threading import Event, Thread

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import weeks
from clinic_app.domain.call_list import Column, Grouping, ListShape, SortKey
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import Cancelled
from clinic_app.domain.schedule import DrugSupply, Flag, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services import Services
from clinic_app.ui.schedule.call_model import CLOSED_AT_FIRST
from clinic_app.ui.schedule.view import ListAsked, ListRead, read_list
from tests.benchmarks.table import Row, row, share
from tests.builders import PASSPHRASE

ROWS = 50
ROUNDS = 3
OTHER_PLAN = ReinjectionPlan(weeks(14), weeks(18))
GRID_S = 0.002
"""How often a second thread looks at the clock while a rule is previewed: what a window would notice of it."""

Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds in one clinic by what was asked; ``preview``: of each 1 000 cases; ``pause``: the longest a second
    thread stood still meanwhile.
    """

    cases: int
    filters: Times
    orders: Times
    groups: Times
    board: list[float]
    preview: list[float]
    apply: list[float]
    cancel: list[float]
    pause: list[float]


def asked(services: Services) -> Asked:
    """What everything takes in a clinic that is filled; its rules are as before afterwards."""
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    cases = sum(services.schedule.counts().values())
    preview, pause, applied, cancel = _rule(services, cases)
    return Asked(
        cases,
        _each(_filters(services)),
        _each(_orders(services)),
        _each({one.value: _grouped(services, one) for one in Grouping}),
        _times(services.board.columns),
        preview,
        applied,
        cancel,
        pause,
    )


def _each(questions: Mapping[str, Callable[[], object]]) -> Times:
    """Round after round over all of them, so that none is answered from what was kept of it."""
    found: Times = {name: [] for name in questions}
    for _ in range(ROUNDS):
        for name, question in questions.items():
            begin = time.perf_counter()
            question()
            found[name].append((time.perf_counter() - begin) * 1000)
    return found


def _times(work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        found.append((time.perf_counter() - begin) * 1000)
    return found


def filters(services: Services) -> dict[str, CallListFilter]:
    """Every filter the list offers, and some together."""
    today = services.today()
    villages, languages = services.call_list.places()
    week = today - timedelta(days=6)
    found = {
        "none": CallListFilter(),
        "condition": CallListFilter(condition="cervical_dystonia"),
        "injector": CallListFilter(injector="Dr Rao"),
        "product": CallListFilter(product="ona"),
        "not called": CallListFilter(not_called_since=week, keep_called=True),
        "closes by": CallListFilter(closes_by=today + timedelta(days=14)),
        "village": CallListFilter(village=villages[len(villages) // 2]),
        "language": CallListFilter(language=languages[0]),
        "tried once": CallListFilter(tried=1),
        "tried often": CallListFilter(tried=3),
        "call back": CallListFilter(call_back=True, keep_called=True),
        "waits": CallListFilter(waits=True),
        "statuses": CallListFilter(statuses=frozenset({FollowUpStatus.OVERDUE, FollowUpStatus.DUE})),
        "a letter": CallListFilter(words="k"),
        "a name": CallListFilter(words="kumar"),
        "two words": CallListFilter(words="ra ku"),
        "digits": CallListFilter(words="12"),
        "condition, village, tried": CallListFilter(
            condition="cervical_dystonia", village=villages[len(villages) // 2], tried=1
        ),
        "language, product, not called": CallListFilter(
            language=languages[0], product="ona", not_called_since=week, keep_called=True
        ),
        "injector, call back": CallListFilter(injector="Dr Rao", call_back=True, keep_called=True),
    }
    found |= {f"drug {one.value}": CallListFilter(drug=one) for one in DrugSupply}
    found |= {f"flag {one.value}": CallListFilter(flag=one, keep_called=True) for one in Flag}
    return found


def _filters(services: Services) -> dict[str, Callable[[], object]]:
    def ask(narrow: CallListFilter) -> Callable[[], object]:
        return lambda: seen_first(services, narrow)

    return {name: ask(narrow) for name, narrow in filters(services).items()}


def seen_first(services: Services, narrow: CallListFilter) -> ListRead:
    """What the window reads for a filter: every count, and rows until a screen is full."""
    return read_list(services, ListAsked(narrow, None, ListShape(), CLOSED_AT_FIRST), None)


def _orders(services: Services) -> dict[str, Callable[[], object]]:
    """The first rows of the largest group, by every column, rising and falling."""

    def ask(shape: ListShape, largest: object) -> Callable[[], object]:
        return lambda: services.call_list.pages([(largest, 0)], ROWS, CallListFilter(), shape)  # type: ignore[list-item]

    found: dict[str, Callable[[], object]] = {}
    for grouping in Grouping:
        largest = max(services.call_list.groups(CallListFilter(), grouping), key=lambda group: group.count).key
        for column in Column:
            for falling in (False, True):
                name = f"{column.value}{' falling' if falling else ''}, groups {grouping.value}"
                found[name] = ask(ListShape(grouping, (SortKey(column, falling),)), largest)
    return found


def _grouped(services: Services, grouping: Grouping) -> Callable[[], object]:
    return lambda: services.call_list.groups(CallListFilter(), grouping)


def _rule(services: Services, cases: int) -> tuple[list[float], list[float], list[float], list[float]]:
    """Preview per 1 000 cases, longest pause of another thread, applying per 1 000, and from *stop* to stopped."""
    own = services.settings.value("plan")
    values: list[float] = []
    pauses: list[float] = []
    for _ in range(2):
        with _watched(pauses):
            begin = time.perf_counter()
            services.settings.would_move("plan", OTHER_PLAN)
            values.append((time.perf_counter() - begin) * 1_000_000 / cases)
    cancels = []
    for _ in range(3):
        said = 0.0
        steps = 0

        def stop(_: Progress) -> bool:
            nonlocal said, steps
            steps += 1
            if steps == 2:
                said = time.perf_counter()
            return steps < 3

        try:
            services.settings.set("plan", OTHER_PLAN, "to be cancelled", stop)
        except Cancelled:
            cancels.append((time.perf_counter() - said) * 1000)
    applied = []
    for plan in (OTHER_PLAN, own):
        begin = time.perf_counter()
        services.settings.set("plan", plan, "for a measurement")
        applied.append((time.perf_counter() - begin) * 1_000_000 / cases)
    return values, pauses, applied, cancels


@contextmanager
def _watched(pauses: list[float]) -> Iterator[None]:
    """Adds the longest pause (ms) of a second thread that wants to go on all the time."""
    done = Event()
    longest = [0.0]

    def watch() -> None:
        last = time.perf_counter()
        while not done.wait(GRID_S):
            now = time.perf_counter()
            longest[0], last = max(longest[0], now - last), now

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    pauses.append(longest[0] * 1000)


def slowest(times: Times) -> tuple[str, list[float]]:
    """What took longest, by its median."""
    name = max(times, key=lambda one: share(times[one], 0.5))
    return name, times[name]


def table(found: list[Asked]) -> list[Row]:
    """The largest clinic against the goals, and each against the one before it."""
    large = found[-1]
    rows = []
    for what, times in (("filter", large.filters), ("order", large.orders), ("groups", large.groups)):
        name, values = slowest(times)
        every = [value for one in times.values() for value in one]
        floor = large.filters["none"]
        rows.append(row(f"slowest {what} of {len(times)}: {name}", values, floor, "≤ 100 ms", most=100))
        rows.append(row(f"every {what}, {len(times)} of them", every, floor, "p95 ≤ 100 ms", at=0.95, most=100))
    rows += [
        row("the board, all columns", large.board, large.filters["none"], "told, no goal"),
        row("rule preview, per 1 000 cases", large.preview, large.preview, "told, no goal"),
        row("rule applied, per 1 000 cases", large.apply, large.preview, "told, no goal"),
        row("rule cancelled, from saying so", large.cancel, large.cancel, "≤ 1 s", most=1000),
        row("rule preview, longest pause of the window", large.pause, large.pause, "≤ 100 ms", most=100),
    ]
    for small, large in pairwise(found):
        step = large.cases / small.cases
        for what in ("filters", "orders", "groups"):
            before, after = getattr(small, what), getattr(large, what)
            shared = [one for one in after if one in before]
            worst = max(shared, key=lambda one: share(after[one], 0.5) / share(before[one], 0.5))
            growth = share(after[worst], 0.5) / share(before[worst], 0.5)
            name = f"{what} grow most, {small.cases:,} to {large.cases:,} cases: {worst}"
            rows.append(
                row(name, after[worst], before[worst], f"grows < {step:.1f}×")
                | {"ratio": round(growth, 2), "holds": growth < step}
            )
    return rows
