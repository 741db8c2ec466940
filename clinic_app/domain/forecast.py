"""The forecast: which visits, units and vials the next 26 weeks bring, against the places there are.

A case has at most one *next visit*. It needs a place now (overdue or due, without a booking), or is booked, or is
expected: on the first Botox day from the day its window opens, or from the doctor's come-on date where that is later,
or after its hold where that ends later. Further visits are *repeats*: projected from a booking or an expected visit by
the case's own plan, never from who needs a place now, because nobody knows when they will come. Units are those of last
time, each product for itself. Nothing here reads a clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from clinic_app.domain.calendar import Span
from clinic_app.domain.units import Units, total_by_product
from clinic_app.domain.vials import vials_for

WEEKS = 26
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


class VisitKind(Enum):
    """How sure a visit of the forecast is."""

    NOW = "now"
    BOOKED = "booked"
    EXPECTED = "expected"
    REPEAT = "repeat"


class LeftOut(Enum):
    """Why a case has no next visit within the weeks of the forecast."""

    NOT_STARTED = "not_started"
    STOPPED = "stopped"
    ON_HOLD = "on_hold"
    LATER = "later"
    CLOSED = "closed"


class RepeatRule(NamedTuple):
    """What the distance between two visits of a case comes from: its plan, and the least its product asks for."""

    opens_after: Span
    minimum: Span

    def after(self, visit: date) -> date:
        """The first day of the visit that follows one on ``visit``."""
        return max(self.opens_after.after(visit), self.minimum.after(visit), visit + _DAY)


class Booked(NamedTuple):
    """A booking: its day, and the product the patient brings; None where nothing is brought or it is not said."""

    day: date
    brings: str | None = None


class CaseAhead(NamedTuple):
    """What the visits to come of a case depend on.

    ``opens`` and ``come_on`` are those of the window in force, ``product`` and ``units`` those of the last injection.
    ``booked`` and ``last_booked``: the first and the last live booking from the day of the forecast on; a hold does not
    undo one. ``bookings``: all of them, each with the product the patient brings to it, where that is said.
    """

    opens: date | None
    come_on: date | None
    rule: RepeatRule
    product: str | None = None
    units: Decimal | None = None
    booked: date | None = None
    last_booked: date | None = None
    stopped: bool = False
    held_from: date | None = None
    held_until: date | None = None
    bookings: tuple[Booked, ...] = ()


class NextVisit(NamedTuple):
    """The next visit of a case: its kind and, but for ``NOW``, its day: of the booking, or the first one possible."""

    kind: VisitKind
    day: date | None


class ForecastDays:
    """The Botox days from ``on`` to the end of the 26 weeks, which begin with the Monday of its week.

    ``places``: how many places each of them has; days without are left out.
    """

    def __init__(self, on: date, places: Mapping[date, int]) -> None:
        self.on = on
        self.monday = on - timedelta(days=on.weekday())
        self.end = self.monday + WEEKS * _WEEK - _DAY
        self._places = {day: count for day, count in places.items() if on <= day <= self.end and count > 0}
        self._days = sorted(self._places)

    def on_or_after(self, day: date) -> date | None:
        """The first Botox day from ``day`` on; None where there is none within the weeks."""
        place = bisect_left(self._days, day)
        return self._days[place] if place < len(self._days) else None

    def week_of(self, day: date) -> int:
        """The number of the week a day lies in, 0 is that of ``on``."""
        return (day - self.monday).days // 7

    def places_in(self, week: int) -> int:
        """The places of a week, from ``on`` on."""
        first = self.monday + week * _WEEK
        return sum(count for day, count in self._places.items() if first <= day < first + _WEEK)

    def opening_in(self, week: int) -> tuple[date, date] | None:
        """The first and the last day from which the first Botox day lies in a week; None where it has none."""
        first = self.monday + week * _WEEK
        begin = bisect_left(self._days, first)
        end = bisect_left(self._days, first + _WEEK)
        if begin == end:
            return None
        return (self._days[begin - 1] if begin else self.on) + _DAY, self._days[end - 1]


def next_visit(case: CaseAhead, days: ForecastDays) -> NextVisit | LeftOut:
    """The next visit of a case as known on the day of the forecast; the first rule that matches wins.

    Stopped (from whatever day); booked; not started; overdue or due and not held: now; else expected.
    """
    on = days.on
    if case.stopped:
        return LeftOut.STOPPED
    if case.booked is not None:
        return NextVisit(VisitKind.BOOKED, case.booked) if case.booked <= days.end else LeftOut.LATER
    if case.opens is None:
        return LeftOut.NOT_STARTED
    held = _held(case, on)
    if case.opens <= on and not held:
        return NextVisit(VisitKind.NOW, None)
    day = max(on, case.opens, case.come_on or case.opens)
    if case.held_until is not None and (held or _held(case, day)):
        if case.held_until >= days.end:
            return LeftOut.ON_HOLD
        day = max(day, case.held_until + _DAY)
    return NextVisit(VisitKind.EXPECTED, day) if days.on_or_after(day) is not None else LeftOut.LATER


def _held(case: CaseAhead, day: date) -> bool:
    return case.held_from is not None and case.held_until is not None and case.held_from <= day <= case.held_until


def repeats_after(case: CaseAhead, visit: date, days: ForecastDays) -> tuple[date, ...]:
    """The Botox days of the visits that follow one on ``visit`` within the weeks, by the case's own plan."""
    found: list[date] = []
    while True:
        opens = case.rule.after(visit)
        if case.held_until is not None and _held(case, opens):
            opens = min(case.held_until, days.end) + _DAY
        following = days.on_or_after(opens)
        if following is None:
            return tuple(found)
        found.append(following)
        visit = following


@dataclass(frozen=True, slots=True)
class ProductNeed:
    """What visits need of one product, as last time. ``product`` None: nobody knows which it was; then no units.

    ``unknown``: visits whose units nobody knows. ``vials``: how many of each size, largest first. ``unsized``: visits
    with units whose product has no vial size in the catalogue.
    """

    product: str | None
    visits: int
    units: Decimal
    unknown: int
    vials: tuple[tuple[Decimal, int], ...]
    discarded: Decimal
    unsized: int

    @property
    def vial_count(self) -> int:
        """Vials of all sizes."""
        return sum(count for _, count in self.vials)


@dataclass(frozen=True, slots=True)
class Need:
    """Cases and their visits: a patient with several cases comes once in a week. ``products`` by code, unknown last."""

    cases: int = 0
    visits: int = 0
    products: tuple[ProductNeed, ...] = ()

    def of(self, product: str | None) -> ProductNeed:
        """What is needed of one product."""
        found = next((one for one in self.products if one.product == product), None)
        return found or ProductNeed(product, 0, Decimal(0), 0, (), Decimal(0), 0)


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """A week, Monday to Sunday; the first one begins with the day of the forecast.

    ``places``: those of its Botox days, ``taken``: bookings that stand on any of its days. ``opening``: the days of
    opening that lead to an expected visit in it; None where it has no Botox day.
    """

    first: date
    last: date
    places: int
    taken: int
    booked: Need
    expected: Need
    repeats: Need
    opening: tuple[date, date] | None

    @property
    def free(self) -> int:
        """Places nobody has booked."""
        return max(self.places - self.taken, 0)

    @property
    def visits(self) -> int:
        """Visits of all kinds."""
        return self.booked.visits + self.expected.visits + self.repeats.visits


@dataclass(frozen=True, slots=True)
class Forecast:
    """26 weeks from the one of ``on``; ``left_out`` says how many cases have no next visit in them, and why."""

    on: date
    now: Need
    weeks: tuple[ForecastWeek, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def cases(self) -> int:
        """The cases with a next visit: those of *now*, of the bookings and of the expected visits."""
        return self.now.cases + sum(week.booked.cases + week.expected.cases for week in self.weeks)

    @property
    def total(self) -> int:
        """All cases of the clinic."""
        return self.cases + sum(self.left_out.values())

    @property
    def products(self) -> tuple[str | None, ...]:
        """The products of any visit, by code; None last."""
        found = {one.product for need in self.needs() for one in need.products}
        return (*sorted(code for code in found if code is not None), *((None,) if None in found else ()))

    def needs(self) -> tuple[Need, ...]:
        """Every need there is."""
        return (self.now, *(need for week in self.weeks for need in (week.booked, week.expected, week.repeats)))


@dataclass(frozen=True, slots=True)
class CasesAhead:
    """The cases of a clinic: of patients with one case (and how many are alike), and those of patients with several.

    ``left_out``: cases that were not read one by one, and why.
    """

    lone: tuple[tuple[CaseAhead, int], ...] = ()
    several: tuple[tuple[CaseAhead, ...], ...] = ()
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)


def forecast(
    ahead: CasesAhead, days: ForecastDays, taken: Mapping[date, int], sizes: Mapping[str, Collection[Decimal]]
) -> Forecast:
    """The forecast of a clinic. ``taken``: bookings by day; ``sizes``: vial sizes by product."""
    count = _Count(days)
    count.left_out.update(ahead.left_out)
    for case, alike in ahead.lone:
        count.add(case, alike)
    for cases in ahead.several:
        count.add_patient(cases)
    needs = count.needs(sizes)
    weeks = []
    for number in range(WEEKS):
        monday = days.monday + number * _WEEK
        first = max(monday, days.on)
        booked, expected, repeats = (
            needs.get(_slot(kind, number), Need()) for kind in (VisitKind.BOOKED, VisitKind.EXPECTED, VisitKind.REPEAT)
        )
        weeks.append(
            ForecastWeek(
                first,
                monday + 6 * _DAY,
                days.places_in(number),
                sum(places for day, places in taken.items() if first <= day < monday + _WEEK),
                booked,
                expected,
                repeats,
                days.opening_in(number),
            )
        )
    left_out = {reason: count.left_out[reason] for reason in LeftOut if count.left_out[reason]}
    return Forecast(days.on, needs.get(_slot(VisitKind.NOW, 0), Need()), tuple(weeks), left_out)


_KINDS = tuple(VisitKind)
_Dose = tuple[str | None, Decimal | None]


def _slot(kind: VisitKind, week: int) -> int:
    """Where visits of a kind and week are counted: one number, because a hundred thousand of them are looked up."""
    return _KINDS.index(kind) * WEEKS + week


class _Visit(NamedTuple):
    """A visit of a case: where it is counted, its day where it is booked, what the patient brings to it.

    ``counts_case``: whether the case is counted there; it is not at a second booking.
    """

    slot: int
    booked: date | None = None
    brings: str | None = None
    counts_case: bool = True

    def dose(self, case: CaseAhead) -> _Dose:
        """As last time; of another product that is brought nobody knows the units (as in the plan of a day)."""
        return (case.product, case.units) if self.brings in (None, case.product) else (self.brings, None)


class _Count:
    """Cases, visits and doses by slot, while they are counted; what is alike is worked out once."""

    def __init__(self, days: ForecastDays) -> None:
        self.left_out: Counter[LeftOut] = Counter()
        self._days = days
        self._cases: Counter[int] = Counter()
        self._visits: Counter[int] = Counter()
        self._doses: Counter[tuple[int, str | None, Decimal | None]] = Counter()
        self._known: dict[tuple[object, ...], tuple[_Visit, ...] | LeftOut] = {}

    def add(self, case: CaseAhead, alike: int) -> None:
        """Cases of patients who have no other; ``alike``: how many."""
        visits = self._visits_of(case)
        if isinstance(visits, LeftOut):
            self.left_out[visits] += alike
            return
        for visit in visits:
            self._cases[visit.slot] += alike if visit.counts_case else 0
            self._visits[visit.slot] += alike
            self._doses[visit.slot, *visit.dose(case)] += alike

    def add_patient(self, cases: Sequence[CaseAhead]) -> None:
        """The cases of one patient: those of a week are one visit, those that are booked of a day, their doses of one
        product drawn together.
        """
        given: dict[tuple[int, date | None], list[_Dose]] = {}
        for case in cases:
            visits = self._visits_of(case)
            if isinstance(visits, LeftOut):
                self.left_out[visits] += 1
                continue
            for visit in visits:
                given.setdefault((visit.slot, visit.booked), []).append(visit.dose(case))
                self._cases[visit.slot] += visit.counts_case
        for (slot, _), doses in given.items():
            self._visits[slot] += 1
            for product, units in doses if len(doses) == 1 else _together(doses):
                self._doses[slot, product, units] += 1

    def needs(self, sizes: Mapping[str, Collection[Decimal]]) -> dict[int, Need]:
        """What every slot needs."""
        doses: dict[int, dict[str | None, list[tuple[Decimal | None, int]]]] = {}
        for (slot, product, units), alike in self._doses.items():
            doses.setdefault(slot, {}).setdefault(product, []).append((units, alike))
        found: dict[int, Need] = {}
        for slot, products in doses.items():
            order = sorted(products, key=lambda code: (code is None, code or ""))
            parts = tuple(_product_need(code, products[code], sizes) for code in order)
            found[slot] = Need(self._cases[slot], self._visits[slot], parts)
        return found

    def _visits_of(self, case: CaseAhead) -> tuple[_Visit, ...] | LeftOut:
        """As ``_visits_anew``; a rule is known by its identity, all cases being there as long as this is."""
        key = (case.opens, case.come_on, id(case.rule), *case[5:])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._visits_anew(case)
        return known

    def _visits_anew(self, case: CaseAhead) -> tuple[_Visit, ...] | LeftOut:
        days = self._days
        visit = next_visit(case, days)
        if isinstance(visit, LeftOut):
            return visit
        if visit.day is None:
            return (_Visit(_slot(VisitKind.NOW, 0)),)
        if visit.kind is VisitKind.BOOKED:
            bookings = {one.day: one for one in reversed(case.bookings or (Booked(visit.day),)) if one.day <= days.end}
            found = [
                _Visit(_slot(VisitKind.BOOKED, days.week_of(day)), day, one.brings, day == visit.day)
                for day, one in sorted(bookings.items())
            ]
            start = max(visit.day, case.last_booked or visit.day)
        else:
            start = days.on_or_after(visit.day) or visit.day
            found = [_Visit(_slot(visit.kind, days.week_of(start)))]
        found += [_Visit(_slot(VisitKind.REPEAT, days.week_of(one))) for one in repeats_after(case, start, days)]
        return tuple(found)


def _together(doses: Iterable[_Dose]) -> tuple[_Dose, ...]:
    """The doses of one visit, one for each product."""
    sums = total_by_product(Units(product, units) for product, units in doses)
    return tuple((dose.product, dose.amount) for dose in sums.values())


def _product_need(
    product: str | None, doses: Iterable[tuple[Decimal | None, int]], sizes: Mapping[str, Collection[Decimal]]
) -> ProductNeed:
    visits = unknown = unsized = 0
    units = discarded = Decimal(0)
    vials: Counter[Decimal] = Counter()
    own = sizes.get(product, ()) if product is not None else ()
    for amount, alike in doses:
        visits += alike
        if amount is None or product is None:
            unknown += alike
            continue
        units += amount * alike
        opened = vials_for(amount, own)
        if opened is None:
            unsized += alike
            continue
        discarded += opened.discarded * alike
        for size in opened.sizes:
            vials[size] += alike
    return ProductNeed(product, visits, units, unknown, tuple(sorted(vials.items(), reverse=True)), discarded, unsized)
