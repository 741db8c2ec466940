"""The rest of a large demo clinic: people put together by chance, in the proportions of a busy clinic.

Every person is drawn from a chance of their own, so that somebody at one place is the same however many there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import accumulate
from random import Random

from clinic_app.domain.cases import CaseDetails, Hold, Side, Stop, StopReason
from clinic_app.domain.demo_stories import (
    DOCTORS,
    DemoDays,
    InventedBooking,
    InventedCall,
    InventedCase,
    InventedExternal,
    InventedPatient,
    InventedSession,
)
from clinic_app.domain.patients import Birth, Identifier, IdentifierKind, PatientDetails, Phone, Sex
from clinic_app.domain.schedule import AppointmentStatus, Attempt, ClinicRules, DrugSupply
from clinic_app.domain.treatment import SessionState
from clinic_app.services.demo_doses import FULL_STRENGTH, STRENGTHS, dilution_of, sites_of, units_of
from clinic_app.services.demo_names import ORIGINS, OWNERS, SHARES

FIRST_MRN = 10_000
MOST_SESSIONS = 19
BOOKED_AHEAD_DAYS = 56

_SIDES = (Side.RIGHT, Side.LEFT)
_KINDS: tuple[tuple[int, str, str, str, str, bool], ...] = (
    (260, "blepharospasm_bilateral", "", "eyes", "ona", False),
    (60, "blepharospasm_bilateral", "", "eyes_brow", "inco", False),
    (10, "blepharospasm_unilateral", "", "one_eye", "ona", True),
    (230, "hemifacial_spasm", "", "half_face", "ona", True),
    (40, "hemifacial_spasm", "", "half_face_neck", "inco", True),
    (50, "cervical_dystonia", "", "neck", "ona", False),
    (70, "cd_torticollis", "", "turn", "ona", True),
    (30, "cd_laterocollis", "", "tilt", "ona", True),
    (30, "cd_laterocollis", "", "tilt_dysport", "abo", True),
    (20, "cd_retrocollis", "", "backwards", "ona", False),
    (10, "cd_anterocollis", "", "forwards", "ona", False),
    (20, "cd_lateral_retro", "", "tilt_back_dysport", "abo", True),
    (10, "shoulder_dystonia", "", "shoulder", "ona", True),
    (50, "writers_cramp", "", "writing", "ona", True),
    (10, "musicians_dystonia", "hand", "playing", "inco", True),
    (10, "oromandibular", "jaw_opening", "jaw_opening", "ona", False),
    (12, "oromandibular", "jaw_closing", "jaw_closing", "ona", False),
    (8, "oromandibular", "mixed", "jaw_mixed", "ona", False),
    (12, "spasmodic_dysphonia", "adductor", "voice", "ona", False),
    (3, "spasmodic_dysphonia", "abductor", "breathy_voice", "ona", False),
    (3, "anismus", "", "pelvic_floor", "ona", False),
    (25, "meige", "", "meige", "ona", False),
    (8, "hemidystonia", "", "half_body_dysport", "abo", True),
    (8, "segmental_other", "", "neck_arm", "ona", True),
    (6, "generalised_isolated", "", "body", "ona", False),
    (5, "generalised_acquired", "", "body_dysport", "abo", False),
)
"""Share, condition, pattern, recipe, product, and whether it is right or left."""

_BOTH_SIDES = frozenset({"blepharospasm_bilateral", "meige"})
_SECOND = (40, "writers_cramp", "", "writing", "ona", True)
"""The second diagnosis of those few who have two: small enough to be given at the same visits."""

_STATIONS = (
    (36, "not_due"),
    (10, "coming"),
    (18, "due"),
    (8, "overdue"),
    (4, "overdue_marked"),
    (2, "overdue_long"),
    (10, "booked"),
    (2, "on_hold"),
    (3, "not_started"),
    (7, "stopped"),
)
_LAST_AGO = {
    "not_due": (1, 66),
    "coming": (73, 87),
    "due": (93, 118),
    "overdue": (125, 148),
    "overdue_marked": (155, 203),
    "overdue_long": (212, 420),
    "booked": (78, 121),
    "on_hold": (95, 200),
    "stopped": (120, 900),
}
"""How many days ago the last injection was, by where the person stands; months are a little uneven."""

_OUTCOMES = (
    Attempt.NO_ANSWER,
    Attempt.NO_ANSWER,
    Attempt.TOLD_FAMILY,
    Attempt.WILL_COME,
    Attempt.SWITCHED_OFF,
    Attempt.CANNOT_COME_TRAVEL,
    Attempt.CANNOT_COME_MONEY,
    Attempt.DECLINED,
)
_STOPS = (
    StopReason.DECEASED,
    StopReason.MOVED,
    StopReason.TRANSFERRED,
    StopReason.REMISSION,
    StopReason.NO_RESPONSE,
    StopReason.LOST,
)

_KIND_SUMS = tuple(accumulate(kind[0] for kind in _KINDS))
_STATION_SUMS = tuple(accumulate(share for share, _ in _STATIONS))
_SHARE_SUMS = tuple(accumulate(SHARES))


class Crowd:
    """Draws people; ``patients`` is how many there are in all, which decides how many a Botox day takes."""

    def __init__(self, today: date, rules: ClinicRules, seed: int, patients: int) -> None:
        self._days = DemoDays(today, rules)
        self._seed = seed
        self._places = max(rules.places_a_day - 6, patients // 600)
        self._taken: dict[date, int] = {}
        self._botox_days = self._days_ahead()

    def people(self, first: int, last: int) -> Iterator[InventedPatient]:
        """The people at the places ``first`` up to, but not with, ``last``."""
        for place in range(first, last):
            yield self._person(place, Random(f"crowd {self._seed} {place}"))  # noqa: S311

    def _days_ahead(self) -> tuple[date, ...]:
        found = []
        day = self._days.ahead(1)
        while day <= self._days.today + timedelta(days=BOOKED_AHEAD_DAYS):
            found.append(day)
            day = DemoDays(day + timedelta(days=1), self._days.rules).ahead(1)
        return tuple(found)

    def _person(self, place: int, chance: Random) -> InventedPatient:
        today = self._days.today
        station = _STATIONS[_drawn(_STATION_SUMS, chance)][1]
        kind = _KINDS[_drawn(_KIND_SUMS, chance)]
        doctor = DOCTORS[chance.randrange(len(DOCTORS))]
        days = self._session_days(station, chance)
        known_since = (days[0] if days else today - timedelta(days=chance.randint(3, 200))) - timedelta(days=7)
        stop = self._stop(station, days, chance)
        cases = [self._case(kind, station, days, stop, chance)]
        if days and chance.random() < 0.06 and not kind[1].startswith(("writers", "generalised", "hemidystonia")):
            cases.append(self._case(_SECOND, station, days[len(days) // 2 :], stop, chance))
        departed = stop.reason if stop is not None else None
        return InventedPatient(
            self._details(place, known_since, chance),
            tuple(cases),
            known_since,
            doctor,
            self._bookings(station, days, len(cases), chance),
            self._elsewhere(station, days, chance),
            deceased_on=stop.since if stop is not None and departed is StopReason.DECEASED else None,
            moved_on=stop.since if stop is not None and departed is StopReason.MOVED else None,
        )

    def _session_days(self, station: str, chance: Random) -> tuple[date, ...]:
        if station == "not_started":
            return ()
        ago = chance.randint(*_LAST_AGO[station])
        day = _working(self._days.today.toordinal() - ago)
        found = [day]
        for _ in range(round(chance.triangular(1, MOST_SESSIONS, 10)) - 1):
            day = _working(day - chance.randint(91, 130))
            found.append(day)
        found.reverse()
        return tuple(map(date.fromordinal, found))

    def _case(
        self,
        kind: tuple[int, str, str, str, str, bool],
        station: str,
        days: tuple[date, ...],
        stop: Stop | None,
        chance: Random,
    ) -> InventedCase:
        _, condition, pattern, recipe, product, sided = kind
        side = Side.BILATERAL if condition in _BOTH_SIDES else _SIDES[chance.random() < 0.5] if sided else None
        details = CaseDetails(condition, side, pattern, str(self._days.today.year - chance.randint(2, 20)))
        sessions = []
        for number, day in enumerate(days):
            newest = number == len(days) - 1
            strength = FULL_STRENGTH if newest else STRENGTHS[min(number, 2)]
            fresh = newest and (self._days.today - day).days <= 2
            sessions.append(
                InventedSession(
                    day,
                    product,
                    units_of(recipe, side, strength),
                    sites_of(recipe, side, strength) if newest else (),
                    state=SessionState.GIVEN if fresh else SessionState.FINAL,
                    dilution_ml=dilution_of(product, recipe),
                )
            )
        return InventedCase(
            details,
            tuple(sessions),
            self._holds(station, chance),
            (stop,) if stop is not None else (),
            self._calls(station, days, chance),
        )

    def _holds(self, station: str, chance: Random) -> tuple[Hold, ...]:
        if station != "on_hold":
            return ()
        today = self._days.today
        since, until = today - timedelta(days=chance.randint(1, 60)), today + timedelta(days=chance.randint(5, 120))
        return (Hold(since, until, chance.choice(("fever", "operation planned", "travelling", "asked to wait"))),)

    def _stop(self, station: str, days: tuple[date, ...], chance: Random) -> Stop | None:
        if station != "stopped":
            return None
        last = days[-1]
        since = last + timedelta(days=chance.randint(20, max((self._days.today - last).days, 21)))
        return Stop(min(since, self._days.today), chance.choice(_STOPS))

    def _calls(self, station: str, days: tuple[date, ...], chance: Random) -> tuple[InventedCall, ...]:
        if station not in ("due", "overdue", "overdue_marked", "overdue_long") or chance.random() < 0.4:
            return ()
        since = min((self._days.today - days[-1]).days - 88, 30)
        agos = sorted({chance.randint(0, since) for _ in range(chance.randint(1, 3))}, reverse=True)
        return tuple(
            InventedCall(
                self._days.ago(ago),
                time(chance.randint(9, 15), chance.randrange(60)),
                chance.choice(_OUTCOMES),
            )
            for ago in agos
        )

    def _bookings(
        self, station: str, days: tuple[date, ...], cases: int, chance: Random
    ) -> tuple[InventedBooking, ...]:
        found: list[InventedBooking] = []
        if station == "due" and chance.random() < 0.08:
            found.append(InventedBooking(self._days.back(1), tuple(range(cases)), AppointmentStatus.NO_SHOW))
        if station == "booked":
            day = self._place_on(max(days[-1] + timedelta(days=86), self._days.today), chance)
            if day is not None:
                drug = DrugSupply.SCHEME_AWAITED if chance.random() < 0.08 else DrugSupply.HOSPITAL_STOCK
                found.append(InventedBooking(day, tuple(range(cases)), drug=drug))
        return tuple(found)

    def _place_on(self, first: date, chance: Random) -> date | None:
        """A Botox day on or after ``first`` that still has a place; None where all are full."""
        after = bisect_right(self._botox_days, first - timedelta(days=1))
        open_days = self._botox_days[after + chance.randrange(4) :]
        for day in open_days:
            if self._taken.get(day, 0) < self._places:
                self._taken[day] = self._taken.get(day, 0) + 1
                return day
        return None

    def _elsewhere(self, station: str, days: tuple[date, ...], chance: Random) -> tuple[InventedExternal, ...]:
        if station not in ("not_due", "overdue_long") or chance.random() > 0.02:
            return ()
        return (InventedExternal(days[0] - timedelta(days=chance.randint(100, 400)), where="another hospital"),)

    def _details(self, place: int, known_since: date, chance: Random) -> PatientDetails:
        origin = ORIGINS[_drawn(_SHARE_SUMS, chance)]
        woman = chance.random() < 0.58
        first = chance.choice(origin.women if woman else origin.men)
        age = min(max(round(chance.gauss(55, 14)), 19), 90)
        language = chance.choice(origin.languages)
        numbers = [Identifier(str(FIRST_MRN + place))]
        if chance.random() < 0.15:
            numbers.append(Identifier(f"UH-{known_since.year % 100:02}-{place:06}", IdentifierKind.UHID))
        phones = [Phone(_dialled(origin.phone, chance), chance.choice(OWNERS), language, preferred=True)]
        if chance.random() < 0.2:
            phones.append(Phone(_dialled(origin.phone, chance), chance.choice(OWNERS), language))
        return PatientDetails(
            f"{first} {chance.choice(origin.families)}",
            Sex.FEMALE if woman else Sex.MALE,
            Birth(year=self._days.today.year - age),
            tuple(numbers),
            tuple(phones),
            village=chance.choice(origin.places),
            language=language,
        )


def _drawn(sums: tuple[int, ...], chance: Random) -> int:
    """The place of a share, drawn by the running sums of all shares."""
    return bisect_right(sums, chance.randrange(sums[-1]))


def _working(ordinal: int) -> int:
    """The day itself, or the Saturday before where it is a Sunday."""
    return ordinal - 1 if ordinal % 7 == 0 else ordinal


def _dialled(pattern: str, chance: Random) -> str:
    return "".join(str(chance.randrange(10)) if letter == "#" else letter for letter in pattern)
