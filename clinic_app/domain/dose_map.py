"""Where the units of an injection went, muscle by muscle and side by side, against the injection before it.

Doses are those on record now: a corrected injection has its corrected doses, one that was taken back has none. Units of
different products are never compared or added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from clinic_app.domain.cases import Case
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.pictures import Injected, Picture, phase_of
from clinic_app.domain.treatment import ExternalToxin, InjectionSession, InjectionSite, SessionKind, SiteSide, Visit
from clinic_app.domain.units import Units, total_by_product


class DoseChange(Enum):
    """What became of the dose of one site since the injection before."""

    SAME = "same"
    MORE = "more"
    LESS = "less"
    NEW = "new"
    DROPPED = "dropped"


class NotCompared(Enum):
    """Why no site is compared with an injection before."""

    NOTHING_BEFORE = "nothing_before"
    TOUCH_UP = "touch_up"
    OTHER_PRODUCT = "other_product"
    PRODUCT_UNKNOWN = "product_unknown"
    TOTAL_ONLY = "total_only"
    TOTAL_ONLY_BEFORE = "total_only_before"


@dataclass(frozen=True, slots=True)
class SideDose:
    """What a muscle got on one side, all its points together, and what it got there at the injection before.

    ``units`` None: nothing this time. ``before`` None: nothing then, or it is not compared. ``volume_ml`` None: not
    known of every point.
    """

    units: Decimal | None
    points: int
    volume_ml: Decimal | None
    before: Decimal | None
    compared: bool

    @property
    def change(self) -> DoseChange | None:
        """What changed; None where it is not compared."""
        if not self.compared:
            return None
        if self.units is None:
            return DoseChange.DROPPED
        if self.before is None:
            return DoseChange.NEW
        if self.units == self.before:
            return DoseChange.SAME
        return DoseChange.MORE if self.units > self.before else DoseChange.LESS

    @property
    def difference(self) -> Decimal:
        """Units more (below zero: fewer) than before, nothing counting as 0."""
        return (self.units or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class MuscleDose:
    """One muscle with the patient's sides it was injected on, this time or before."""

    muscle: str
    sides: Mapping[SiteSide, SideDose]


@dataclass(frozen=True, slots=True)
class DoseMap:
    """The doses of one injection by muscle, in the order they were entered, then what was given only ``before``.

    ``not_compared`` says why sites are not compared; totals are compared whenever both are known and of one product.
    ``touch_ups``: those given since ``before``, which count in no comparison.
    """

    session: InjectionSession
    before: InjectionSession | None
    not_compared: NotCompared | None
    muscles: tuple[MuscleDose, ...]
    touch_ups: tuple[InjectionSession, ...] = ()

    def total(self, side: SiteSide) -> Decimal | None:
        """The units of one side; None where nothing was put there."""
        found = [site.units for site in self.session.details.sites if site.side is side]
        return sum(found, Decimal(0)) if found else None

    @property
    def volume_ml(self) -> Decimal | None:
        """All that was injected, in millilitres; None where it is not known of every site."""
        return _volume(self.session.details.sites)

    @property
    def difference(self) -> Decimal | None:
        """Units of the whole more (below zero: fewer) than before; None where these cannot be compared."""
        if self.before is None or self.not_compared is NotCompared.TOUCH_UP:
            return None
        now, then = self.session.units, self.before.units
        if now.product is None or now.product != then.product or now.amount is None or then.amount is None:
            return None
        return now.amount - then.amount


def dose_map(session: InjectionSession, of_case: Iterable[InjectionSession]) -> DoseMap:
    """The doses of an injection against the last full one before it; ``of_case``: all injections of its case.

    A touch-up adds to an injection and is compared with none.
    """
    earlier = _earlier(session, of_case)
    before = next((one for one in reversed(earlier) if one.details.kind is SessionKind.FULL), None)
    touch_ups = tuple(one for one in earlier if before is not None and _order(one) > _order(before))
    why = _not_compared(session, before)
    now = _by_place(session.details.sites)
    then = _by_place(before.details.sites) if before is not None and why is None else {}
    muscles = []
    for muscle in dict.fromkeys(muscle for muscle, _ in (*now, *then)):
        sides = {
            side: _side_dose(now.get((muscle, side), ()), then.get((muscle, side), ()), compared=why is None)
            for side in SiteSide
            if (muscle, side) in now or (muscle, side) in then
        }
        muscles.append(MuscleDose(muscle, sides))
    return DoseMap(session, before, why, tuple(muscles), touch_ups)


def _earlier(session: InjectionSession, of_case: Iterable[InjectionSession]) -> list[InjectionSession]:
    """What was given to the case before an injection, oldest first."""
    own = (one for one in of_case if one.state.counts and one.details.case_id == session.details.case_id)
    return sorted((one for one in own if _order(one) < _order(session)), key=_order)


def _order(session: InjectionSession) -> tuple[date, int]:
    return session.day, session.id


def _not_compared(session: InjectionSession, before: InjectionSession | None) -> NotCompared | None:
    if session.details.kind is SessionKind.TOUCH_UP:
        return NotCompared.TOUCH_UP
    if before is None:
        return NotCompared.NOTHING_BEFORE
    products = {session.details.product, before.details.product}
    if None in products:
        return NotCompared.PRODUCT_UNKNOWN
    if len(products) > 1:
        return NotCompared.OTHER_PRODUCT
    if not session.details.sites:
        return NotCompared.TOTAL_ONLY
    return None if before.details.sites else NotCompared.TOTAL_ONLY_BEFORE


_Place = tuple[str, SiteSide]


def _by_place(sites: Iterable[InjectionSite]) -> dict[_Place, tuple[InjectionSite, ...]]:
    found: dict[_Place, tuple[InjectionSite, ...]] = {}
    for site in sites:
        place = (site.muscle, site.side)
        found[place] = (*found.get(place, ()), site)
    return found


def _side_dose(now: Sequence[InjectionSite], then: Sequence[InjectionSite], *, compared: bool) -> SideDose:
    return SideDose(_units(now), len(now), _volume(now), _units(then), compared)


def _units(sites: Sequence[InjectionSite]) -> Decimal | None:
    return sum((site.units for site in sites), Decimal(0)) if sites else None


def _volume(sites: Sequence[InjectionSite]) -> Decimal | None:
    volumes = [site.volume_ml for site in sites if site.volume_ml is not None]
    return sum(volumes, Decimal(0)) if volumes and len(volumes) == len(sites) else None


def in_groups(
    muscles: Iterable[MuscleDose], catalogues: Catalogues, condition: str
) -> tuple[tuple[str, tuple[MuscleDose, ...]], ...]:
    """Muscles under the names of the catalogue's groups, those of the condition first, in the catalogue's order.

    A muscle of several groups stands in one of the condition's. What no catalogue knows stands last, under "".
    """
    own = [one.code for one in catalogues.muscle_groups.values() if condition in one.conditions]
    order = (*own, *(code for code in catalogues.muscle_groups if code not in own))
    place = {code: number for number, code in enumerate(catalogues.muscles)}
    groups: dict[str, list[MuscleDose]] = {code: [] for code in (*order, "")}
    for one in sorted(muscles, key=lambda one: place.get(one.muscle, len(place))):
        known = catalogues.muscles.get(one.muscle)
        groups[next((code for code in order if known is not None and code in known.groups), "")].append(one)
    return tuple(
        (catalogues.muscle_groups[code].name if code else "", tuple(found)) for code, found in groups.items() if found
    )


@dataclass(frozen=True, slots=True)
class Course:
    """Everything a patient was given, as far as it matters beside the photographs of one case.

    ``injections``: those of the case, numbered, oldest first; ``cases``: all of the patient's by id.
    """

    case: Case
    cases: Mapping[int, Case]
    injections: tuple[Injected, ...]
    visits: tuple[Visit, ...]
    external: tuple[ExternalToxin, ...] = ()

    @property
    def sessions(self) -> tuple[InjectionSession, ...]:
        """Every injection that counts, of any case, oldest first."""
        found = (one for visit in self.visits for one in visit.sessions if one.state.counts)
        return tuple(sorted(found, key=lambda one: (one.day, one.id)))

    def session(self, session_id: int) -> InjectionSession | None:
        """One injection that counts."""
        return next((one for one in self.sessions if one.id == session_id), None)

    def visit(self, session: InjectionSession) -> Visit | None:
        """The visit of an injection."""
        return next((one for one in self.visits if one.id == session.visit_id), None)

    def injected(self, session_id: int) -> Injected | None:
        """An injection of the case with its number."""
        return next((one for one in self.injections if one.session_id == session_id), None)


class Between(Enum):
    """How the injection that is shown lies to the two photographs beside it."""

    BETWEEN = "between"
    SEVERAL = "several"
    NONE_BETWEEN = "none_between"
    NOT_BETWEEN = "not_between"
    ONE_PHOTO = "one_photo"
    UNSURE = "unsure"
    NO_PHOTO = "no_photo"


@dataclass(frozen=True, slots=True)
class PairTreatment:
    """The injection a pair of photographs is about, and all other toxin given meanwhile.

    ``meanwhile`` is what was given between both photographs, oldest first; where these do not say, from the day of the
    injection until the next of the case. ``count``: how many injections that start a cycle lie between them.
    """

    session: InjectionSession | None
    between: Between
    count: int = 0
    meanwhile: tuple[InjectionSession | ExternalToxin, ...] = ()

    @property
    def together(self) -> tuple[Units, ...]:
        """The sum of all of it, one for each product."""
        doses = [self.session.units] if self.session is not None else []
        for one in self.meanwhile:
            doses.append(one.units if isinstance(one, InjectionSession) else _elsewhere(one))
        return tuple(total_by_product(doses).values())


def pair_treatment(
    course: Course, photos: Sequence[Picture | None], asked: int | None = None, shown: int | None = None
) -> PairTreatment:
    """What was given between two photographs (in either order; either may be missing).

    It is the last injection before the later photograph. ``asked``: the id of the injection somebody wants to see
    instead. ``shown``: that of the cycle the photographs were chosen for, where they do not say themselves.
    """
    there = [one for one in photos if one is not None]
    dated = sorted((one for one in there if one.taken.known), key=lambda one: one.taken.day or date.min)
    starts = [one for one in course.injections if one.starts_cycle]
    if len(dated) == 2:
        first, last = dated
        given = [one for one in starts if _was_given(one.day, last)]
        within = [one for one in given if not _was_given(one.day, first)]
        chosen = given[-1].session_id if given else None
        session = _asked_or(course, asked, chosen)
        if session is None or _was_given(session.day, first) or not _was_given(session.day, last):
            between = Between.NOT_BETWEEN if session is not None and session.id == asked else Between.NONE_BETWEEN
        else:
            between = Between.SEVERAL if len(within) > 1 else Between.BETWEEN
        meanwhile = _meanwhile(course, session, lambda day: _was_given(day, last) and not _was_given(day, first))
        return PairTreatment(session, between, len(within), meanwhile)
    session = _asked_or(course, asked, shown if shown is not None else _of_one(starts, dated[0] if dated else None))
    between = Between.NO_PHOTO if not there else Between.ONE_PHOTO if len(there) == 1 and dated else Between.UNSURE
    if session is None:
        return PairTreatment(None, between)
    until = next((one.day for one in starts if one.day > session.day), date.max)
    return PairTreatment(session, between, 0, _meanwhile(course, session, lambda day: session.day <= day < until))


def _elsewhere(external: ExternalToxin) -> Units:
    return Units(external.details.product, external.details.units)


def _was_given(day: date, photo: Picture) -> bool:
    """Whether what was given on a day was given when a photograph was taken: of its own day it is before, mostly."""
    taken = photo.taken.day or date.min
    return day < taken or (day == taken and photo.known_after)


def _asked_or(course: Course, asked: int | None, chosen: int | None) -> InjectionSession | None:
    wanted = course.session(asked) if asked is not None else None
    return wanted or (course.session(chosen) if chosen is not None else None)


def _of_one(starts: Sequence[Injected], photo: Picture | None) -> int | None:
    """The injection one photograph stands before, else the last one before it, else the first; without: the newest."""
    if not starts:
        return None
    if photo is None:
        return starts[-1].session_id
    phase = phase_of(photo.taken, starts, known_after=photo.known_after)
    found = phase.injection or phase.previous or starts[0]
    return found.session_id


def _meanwhile(
    course: Course, session: InjectionSession | None, inside: Callable[[date], bool]
) -> tuple[InjectionSession | ExternalToxin, ...]:
    found: list[tuple[date, int, InjectionSession | ExternalToxin]] = [
        (one.day, one.id, one) for one in course.sessions if one != session and inside(one.day)
    ]
    found += [(one.details.day, one.id, one) for one in course.external if inside(one.details.day)]
    return tuple(one for _, _, one in sorted(found, key=lambda item: item[:2]))
