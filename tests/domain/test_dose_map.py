from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.cases import Case, CaseDetails, Side
from clinic_app.domain.catalogues import CATALOGUE_FILES, Catalogues, parse_catalogues
from clinic_app.domain.dose_map import (
    Between,
    Course,
    DoseChange,
    NotCompared,
    dose_map,
    in_groups,
    pair_treatment,
)
from clinic_app.domain.pictures import UNSURE, Certainty, Injected, Picture, TakenAt
from clinic_app.domain.treatment import (
    ExternalToxin,
    ExternalToxinDetails,
    InjectionSession,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    Visit,
)
from clinic_app.domain.units import Units
from tests.domain.builders import at

R, L, M = SiteSide.RIGHT, SiteSide.LEFT, SiteSide.MIDLINE
FIRST, SECOND, THIRD = date(2025, 5, 5), date(2025, 8, 5), date(2025, 11, 11)


@cache
def catalogues() -> Catalogues:
    folder = Path(__file__).resolve().parents[2] / "database" / "catalogues"
    return parse_catalogues(
        {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in CATALOGUE_FILES}
    )


def site(muscle: str, side: SiteSide, units: str, volume: str = "") -> InjectionSite:
    return InjectionSite(muscle, side, Decimal(units), Decimal(volume) if volume else None)


def session(
    number: int,
    day: date,
    *sites: InjectionSite,
    units: str = "",
    product: str | None = "ona",
    kind: SessionKind = SessionKind.FULL,
    state: SessionState = SessionState.FINAL,
    case: int = 1,
) -> InjectionSession:
    details = SessionDetails(case, product, Decimal(units) if units else None, sites, kind)
    return InjectionSession(number, number, 7, day, state, details, "blepharospasm_bilateral", Side.BILATERAL)


def course(*sessions: InjectionSession, external: tuple[ExternalToxin, ...] = ()) -> Course:
    cases = {id_: Case(id_, 7, CaseDetails("blepharospasm_bilateral", Side.BILATERAL)) for id_ in (1, 2)}
    own = [one for one in sessions if one.details.case_id == 1 and one.state.counts]
    injections, number = [], 0
    for one in sorted(own, key=lambda one: (one.day, one.id)):
        number += one.restarts_window
        injections.append(Injected(one.day, number, one.details.product, "", one.id, one.restarts_window))
    visits = tuple(
        Visit(one.id, 7, one.day, "Dr Rao", "C1", (), "", "", "", (one,), at("2026-01-01")) for one in sessions
    )
    return Course(cases[1], cases, tuple(injections), visits, external)


def photo(number: int, day: date | None, *, after: bool = False) -> Picture:
    taken = UNSURE if day is None else TakenAt(day, None, Certainty.CAMERA)
    return Picture(number, 7, "F01", taken, 10, 10, "", "", "", "", "", known_after=after)


def elsewhere(number: int, day: date, product: str | None = "abo", units: str | None = "200") -> ExternalToxin:
    return ExternalToxin(number, 7, ExternalToxinDetails(day, product, Decimal(units) if units else None))


BEFORE = session(1, SECOND, site("corrugator", R, "5"), site("corrugator", L, "5"), site("procerus", M, "2.5"))


def test_every_side_of_every_muscle_is_told_against_the_injection_before() -> None:
    now = session(
        2,
        THIRD,
        site("corrugator", R, "5", "0.1"),
        site("corrugator", R, "2.5", "0.05"),
        site("corrugator", L, "2.5", "0.05"),
        site("nasalis", L, "1.25", "0.03"),
    )
    found = dose_map(now, (now, BEFORE))
    sides = {(one.muscle, side): dose for one in found.muscles for side, dose in one.sides.items()}
    told = {place: (dose.units, dose.points, dose.change, dose.difference) for place, dose in sides.items()}
    assert told == {
        ("corrugator", R): (Decimal("7.5"), 2, DoseChange.MORE, Decimal("2.5")),
        ("corrugator", L): (Decimal("2.5"), 1, DoseChange.LESS, Decimal("-2.5")),
        ("nasalis", L): (Decimal("1.25"), 1, DoseChange.NEW, Decimal("1.25")),
        ("procerus", M): (None, 0, DoseChange.DROPPED, Decimal("-2.5")),
    }
    assert found.before == BEFORE
    assert (found.total(R), found.total(L), found.total(M)) == (Decimal("7.5"), Decimal("3.75"), None)
    assert found.volume_ml == Decimal("0.23")
    assert found.difference == Decimal("-1.25")


def test_the_same_dose_is_said_to_be_the_same() -> None:
    now = session(2, THIRD, *BEFORE.details.sites)
    changes = {dose.change for one in dose_map(now, (BEFORE,)).muscles for dose in one.sides.values()}
    assert changes == {DoseChange.SAME}


@pytest.mark.parametrize(
    ("now", "before", "why", "difference"),
    [
        (session(2, THIRD, site("corrugator", R, "5")), None, NotCompared.NOTHING_BEFORE, None),
        (session(2, THIRD, site("corrugator", R, "20"), product="abo"), BEFORE, NotCompared.OTHER_PRODUCT, None),
        (session(2, THIRD, site("corrugator", R, "5"), product=None), BEFORE, NotCompared.PRODUCT_UNKNOWN, None),
        (session(2, THIRD, units="15"), BEFORE, NotCompared.TOTAL_ONLY, Decimal("2.5")),
        (session(2, THIRD), BEFORE, NotCompared.TOTAL_ONLY, None),
        (
            session(2, THIRD, site("corrugator", R, "5")),
            session(1, SECOND, units="4"),
            NotCompared.TOTAL_ONLY_BEFORE,
            Decimal(1),
        ),
        (
            session(2, THIRD, site("corrugator", R, "5"), kind=SessionKind.TOUCH_UP),
            BEFORE,
            NotCompared.TOUCH_UP,
            None,
        ),
    ],
)
def test_what_cannot_be_compared_says_why(
    now: InjectionSession, before: InjectionSession | None, why: NotCompared, difference: Decimal | None
) -> None:
    found = dose_map(now, (now, *((before,) if before is not None else ())))
    assert found.not_compared is why
    assert found.difference == difference
    assert all(dose.change is None for one in found.muscles for dose in one.sides.values())
    assert all(dose.units is not None for one in found.muscles for dose in one.sides.values())


def test_only_a_full_injection_of_the_same_case_that_counts_is_the_one_before() -> None:
    touch_up = session(2, date(2025, 8, 20), site("corrugator", R, "1"), kind=SessionKind.TOUCH_UP)
    void = session(3, date(2025, 9, 1), site("corrugator", R, "9"), state=SessionState.VOID)
    other = session(4, date(2025, 9, 2), site("corrugator", R, "9"), case=2)
    now = session(5, THIRD, site("corrugator", R, "5"))
    later = session(6, date(2026, 2, 2), site("corrugator", R, "9"))
    found = dose_map(now, (later, now, other, void, touch_up, BEFORE))
    assert found.before == BEFORE
    assert found.touch_ups == (touch_up,)
    assert dose_map(BEFORE, (touch_up, BEFORE)).touch_ups == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("corrugator", "procerus", "nasalis")),
            st.sampled_from(tuple(SiteSide)),
            st.decimals("0.25", "50", places=2),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=60, deadline=None, database=None)
def test_no_unit_is_lost_or_told_twice(places: list[tuple[str, SiteSide, Decimal]]) -> None:
    now = session(2, THIRD, *(InjectionSite(*one) for one in places))
    found = dose_map(now, (BEFORE,))
    told = sum((dose.units or 0 for one in found.muscles for dose in one.sides.values()), Decimal(0))
    assert told == now.units.amount == sum((found.total(side) or 0 for side in SiteSide), Decimal(0))


def test_muscles_stand_in_the_groups_of_the_catalogue_those_of_the_condition_first() -> None:
    now = session(
        2,
        THIRD,
        site("no_such_muscle", R, "1"),
        site("splenius_capitis", R, "50"),
        site("oo_pretarsal_upper_lat", L, "5"),
        site("oo_pretarsal_upper_med", L, "5"),
    )
    groups = in_groups(dose_map(now, ()).muscles, catalogues(), "blepharospasm_bilateral")
    assert [(name, [one.muscle for one in muscles]) for name, muscles in groups] == [
        ("Eyes and upper face", ["oo_pretarsal_upper_med", "oo_pretarsal_upper_lat"]),
        ("Neck", ["splenius_capitis"]),
        ("", ["no_such_muscle"]),
    ]


ONE, TWO, THREE = (session(number, day, units="35") for number, day in enumerate((FIRST, SECOND, THIRD), 1))
ALL = course(ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("days", "session_id", "between", "count"),
    [
        ((SECOND - timedelta(2), SECOND + timedelta(10)), 2, Between.BETWEEN, 1),
        ((SECOND, SECOND + timedelta(10)), 2, Between.BETWEEN, 1),
        ((SECOND + timedelta(10), SECOND - timedelta(2)), 2, Between.BETWEEN, 1),
        ((FIRST - timedelta(90), THIRD + timedelta(1)), 3, Between.SEVERAL, 3),
        ((SECOND + timedelta(10), SECOND + timedelta(40)), 2, Between.NONE_BETWEEN, 0),
        ((FIRST - timedelta(90), FIRST - timedelta(2)), None, Between.NONE_BETWEEN, 0),
        ((SECOND - timedelta(2), None), 2, Between.ONE_PHOTO, 0),
        ((None, SECOND + timedelta(10)), 2, Between.ONE_PHOTO, 0),
        ((FIRST - timedelta(300), None), 1, Between.ONE_PHOTO, 0),
        ((None, None), 3, Between.NO_PHOTO, 0),
    ],
)
def test_the_injection_of_a_pair_is_the_last_before_the_later_photo(
    days: tuple[date | None, date | None], session_id: int | None, between: Between, count: int
) -> None:
    photos = [None if day is None else photo(number, day) for number, day in enumerate(days)]
    found = pair_treatment(ALL, photos)
    assert (found.session.id if found.session else None, found.between, found.count) == (session_id, between, count)


def test_photos_whose_date_is_unsure_say_nothing_and_the_chosen_cycle_decides() -> None:
    pair = [photo(1, None), photo(2, date(2025, 9, 1))]
    assert pair_treatment(ALL, pair, shown=1).session == ONE
    assert pair_treatment(ALL, pair).session == TWO
    assert pair_treatment(ALL, pair).between is Between.UNSURE
    assert pair_treatment(ALL, [photo(1, None), None]).between is Between.UNSURE
    assert pair_treatment(course(), pair).session is None


def test_an_injection_that_was_asked_for_is_shown_and_told_to_lie_elsewhere() -> None:
    pair = [photo(1, SECOND - timedelta(2)), photo(2, SECOND + timedelta(10))]
    assert pair_treatment(ALL, pair, asked=3).between is Between.NOT_BETWEEN
    assert pair_treatment(ALL, pair, asked=3).session == THREE
    assert pair_treatment(ALL, pair, asked=2).between is Between.BETWEEN
    assert pair_treatment(ALL, pair, asked=99).session == TWO
    assert pair_treatment(ALL, [None, None], asked=1).session == ONE


def test_an_injection_of_a_photos_own_day_is_after_it_unless_it_is_known_to_be_before() -> None:
    morning, evening = photo(1, SECOND), photo(2, SECOND, after=True)
    assert pair_treatment(ALL, [morning, evening]).between is Between.BETWEEN
    assert pair_treatment(ALL, [evening, photo(3, THIRD)]).between is Between.NONE_BETWEEN


def test_all_other_toxin_between_the_photos_is_told_and_never_added_across_products() -> None:
    touch_up = session(11, SECOND + timedelta(14), units="5", kind=SessionKind.TOUCH_UP)
    neck = session(12, SECOND, units="100", case=2)
    void = session(13, SECOND + timedelta(3), units="90", state=SessionState.VOID)
    known = course(
        TWO,
        THREE,
        touch_up,
        neck,
        void,
        external=(
            elsewhere(1, SECOND + timedelta(5)),
            elsewhere(2, SECOND + timedelta(6), None, None),
            elsewhere(3, SECOND - timedelta(40)),
            elsewhere(4, THIRD),
        ),
    )
    pair = [photo(1, SECOND - timedelta(2)), photo(2, SECOND + timedelta(20))]
    found = pair_treatment(known, pair)
    assert found.session == TWO
    assert found.meanwhile == (neck, known.external[0], known.external[1], touch_up)
    assert found.together == (
        Units("ona", Decimal(140)),
        Units("abo", Decimal(200)),
        Units(None, None),
    )
    alone = pair_treatment(known, [None, None], asked=2)
    assert alone.meanwhile == (neck, known.external[0], known.external[1], touch_up)
    assert pair_treatment(known, [pair[0], photo(3, SECOND + timedelta(2))]).meanwhile == (neck,)
