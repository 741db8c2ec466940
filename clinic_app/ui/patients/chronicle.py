"""The timeline of a patient: everything that happened, sorted into the cycles between the visits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.cases import Hold, Stop
from clinic_app.domain.pictures import Injected, PictureEntry
from clinic_app.domain.schedule import Appointment, AppointmentStatus, ContactAttempt
from clinic_app.domain.treatment import ExternalToxin, InjectionSession, SessionState, Visit


class CycleKind(Enum):
    """What a group of the timeline is: what is to come, the time after a visit, before all, photos without a date."""

    AHEAD = "ahead"
    VISIT = "visit"
    BEFORE_ANY = "before_any"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Event:
    """Something between two visits. ``subject`` is the call, booking, external toxin, hold, stop or void injection."""

    at: datetime
    subject: ContactAttempt | Appointment | ExternalToxin | Hold | Stop | InjectionSession
    summary: CaseSummary | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One injection of a visit with its case and its number among the injections of that case."""

    session: InjectionSession
    summary: CaseSummary | None
    injected: Injected | None


@dataclass(slots=True)
class Cycle:
    """A group of the timeline: a visit and all that followed until the next."""

    kind: CycleKind
    day: date | None = None
    visit: Visit | None = None
    given: list[Given] = field(default_factory=list)
    pictures: list[PictureEntry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def to_finalise(self) -> tuple[int, ...]:
        """The injections of the visit that were given and not finalised."""
        return tuple(one.session.id for one in self.given if one.session.state is SessionState.GIVEN)


def cycles_of(page: CasePage) -> tuple[Cycle, ...]:
    """The groups of the timeline, newest first; empty ones are left out, photographs oldest first in each."""
    summaries = {summary.case.id: summary for summary in page.cases}
    visits = sorted(
        (visit for visit in page.visits if any(one.state.counts for one in visit.sessions)),
        key=lambda visit: (visit.day, visit.id),
    )
    ahead = Cycle(CycleKind.AHEAD)
    before = Cycle(CycleKind.BEFORE_ANY)
    undated = Cycle(CycleKind.UNDATED)
    cycles = [Cycle(CycleKind.VISIT, visit.day, visit) for visit in visits]
    of_session: dict[int, Cycle] = {}
    for cycle, visit in zip(cycles, visits, strict=True):
        for session in visit.sessions:
            if session.state.counts:
                cycle.given.append(_given(session, summaries.get(session.details.case_id)))
                of_session[session.id] = cycle

    def at(day: date) -> Cycle:
        return next((cycle for cycle in reversed(cycles) if cycle.day is not None and cycle.day <= day), before)

    for entry in page.pictures:
        if not entry.picture.taken.known or entry.picture.taken.day is None:
            undated.pictures.append(entry)
        else:
            found = of_session.get(entry.session_id) if entry.session_id is not None else None
            (found or at(entry.picture.taken.day)).pictures.append(entry)
    for event in _events(page, summaries):
        later = isinstance(event.subject, Appointment) and event.subject.status.live and event.at.date() >= page.today
        (ahead if later else at(event.at.date())).events.append(event)
    for cycle in (ahead, before, undated, *cycles):
        cycle.events.sort(key=lambda event: event.at, reverse=cycle is not ahead)
        cycle.pictures.sort(key=_moment)
    answer = [ahead, *reversed(cycles), before, undated]
    return tuple(one for one in answer if one.given or one.pictures or one.events)


def _given(session: InjectionSession, summary: CaseSummary | None) -> Given:
    injected = None
    if summary is not None:
        injected = next((one for one in summary.injections if one.session_id == session.id), None)
    return Given(session, summary, injected)


def _events(page: CasePage, summaries: dict[int, CaseSummary]) -> Iterator[Event]:
    for call in page.calls:
        yield Event(call.at.replace(tzinfo=None), call, summaries.get(call.case_id))
    for booking in page.appointments:
        if booking.status is not AppointmentStatus.DONE:
            summary = summaries.get(booking.case_ids[0]) if len(booking.case_ids) == 1 else None
            yield Event(datetime.combine(booking.day, booking.at or time(8, 0)), booking, summary)
    for external in page.external:
        yield Event(_noon(external.details.day), external, summaries.get(external.details.case_id or 0))
    for summary in page.cases:
        for hold in summary.case.holds:
            yield Event(_noon(hold.since), hold, summary)
        for stop in summary.case.stops:
            yield Event(_noon(stop.since), stop, summary)
    for visit in page.visits:
        for session in visit.sessions:
            if session.state is SessionState.VOID:
                yield Event(_noon(session.day), session, summaries.get(session.details.case_id))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12, 0))


def _moment(entry: PictureEntry) -> tuple[date, time, int]:
    taken = entry.picture.taken
    return taken.day or date.min, taken.clock or time.min, entry.picture.id


@dataclass(frozen=True, slots=True)
class Bar:
    """One injection on the strip; ``share`` is its units as a part of the largest dose of the same product.

    ``session_id`` 0: given elsewhere.
    """

    day: date
    product: str | None
    words: str
    share: float | None
    full: bool
    elsewhere: bool = False
    session_id: int = 0


@dataclass(frozen=True, slots=True)
class Strip:
    """What the strip above the timeline shows."""

    bars: tuple[Bar, ...]
    pictures: tuple[date, ...]
    windows: tuple[tuple[date, date, str], ...]
    today: date
    first: date
    last: date


MARGIN_DAYS = 45


def strip_of(page: CasePage, names: dict[int, str]) -> Strip:
    """Injections, photographs and windows on one axis; ``names`` are the diagnoses in words by case id."""
    doses: list[tuple[date, str | None, float | None, bool, bool, int]] = []
    for visit in page.visits:
        for session in visit.sessions:
            if session.state.counts:
                amount = session.units.amount
                units = None if amount is None else float(amount)
                doses.append((visit.day, session.details.product, units, session.restarts_window, False, session.id))
    for external in page.external:
        said = external.details.units
        units = None if said is None else float(said)
        doses.append((external.details.day, external.details.product, units, True, True, 0))
    most: dict[str | None, float] = {}
    for _, product, units, *_ in doses:
        if units is not None:
            most[product] = max(units, most.get(product, 0.0))
    bars = tuple(
        Bar(
            day,
            product,
            "" if units is None else f"{units:g}",
            None if units is None or product is None else units / most[product],
            full,
            elsewhere,
            session_id,
        )
        for day, product, units, full, elsewhere, session_id in sorted(doses, key=lambda dose: dose[0])
    )
    windows = tuple(
        (summary.answer.window.opens, summary.answer.window.closes, names.get(summary.case.id, ""))
        for summary in page.cases
        if summary.answer.window.opens is not None
        and summary.answer.window.closes is not None
        and summary.answer.stop is None
    )
    pictures = tuple(sorted(one.picture.taken.day for one in page.pictures if one.picture.taken.day is not None))
    days = [page.today, *(bar.day for bar in bars), *pictures, *(day for one in windows for day in one[:2])]
    margin = timedelta(days=MARGIN_DAYS)
    return Strip(bars, pictures, windows, page.today, min(days) - margin, max(days) + margin)
