from __future__ import annotations

from decimal import Decimal

import pytest

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.treatment import (
    InjectionSession,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    check_session_day,
)
from clinic_app.domain.units import Units
from tests.domain.builders import day

SITES = (
    InjectionSite("orbicularis_oculi", SiteSide.RIGHT, Decimal("17.5")),
    InjectionSite("orbicularis_oculi", SiteSide.LEFT, Decimal(20)),
)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (SessionState.PLANNED, False),
        (SessionState.GIVEN, True),
        (SessionState.FINAL, True),
        (SessionState.CORRECTED, True),
        (SessionState.VOID, False),
    ],
)
def test_what_is_given_counts_finalised_or_not(state: SessionState, counts: bool) -> None:
    assert state.counts is counts


@pytest.mark.parametrize(
    ("details", "total"),
    [
        (SessionDetails(1, "ona", Decimal(35)), Units("ona", Decimal(35))),
        (SessionDetails(1, "ona"), Units("ona", None)),
        (SessionDetails(1, None, Decimal(35)), Units(None, Decimal(35))),
        (SessionDetails(1, "ona", sites=SITES), Units("ona", Decimal("37.5"))),
        (SessionDetails(1, "ona", Decimal("37.50"), SITES), Units("ona", Decimal("37.5"))),
    ],
)
def test_the_dose_is_the_sum_of_the_sites_or_what_was_said_for_the_whole(details: SessionDetails, total: Units) -> None:
    assert details.total == total


def test_a_dose_that_differs_from_its_sites_is_refused() -> None:
    with pytest.raises(RuleBroken) as caught:
        _ = SessionDetails(1, "ona", Decimal(40), SITES).total
    assert caught.value.code == "units_differ_from_sites"


@pytest.mark.parametrize(
    ("kind", "said", "restarts"),
    [
        (SessionKind.FULL, False, True),
        (SessionKind.FULL, True, True),
        (SessionKind.TOUCH_UP, False, False),
        (SessionKind.TOUCH_UP, True, True),
    ],
)
def test_a_touch_up_restarts_the_window_only_if_the_doctor_says_so(
    kind: SessionKind, said: bool, restarts: bool
) -> None:
    session = InjectionSession(
        id=1,
        visit_id=1,
        patient_id=1,
        day=day("2026-01-05"),
        state=SessionState.GIVEN,
        details=SessionDetails(1, "ona", Decimal(35), kind=kind, restarts_window=said),
        condition="meige",
        side=None,
    )
    assert session.restarts_window is restarts
    assert session.units == Units("ona", Decimal(35))


@pytest.mark.parametrize(
    ("on", "born", "code"),
    [
        ("2026-03-19", "1968-01-01", None),
        ("2026-03-19", None, None),
        ("1968-01-01", "1968-01-01", None),
        ("2026-03-20", "1968-01-01", "injection_in_future"),
        ("1967-12-31", "1968-01-01", "injection_before_birth"),
    ],
)
def test_no_injection_lies_in_the_future_or_before_birth(on: str, born: str | None, code: str | None) -> None:
    found = None
    try:
        check_session_day(day(on), today=day("2026-03-19"), born=day(born) if born else None)
    except RuleBroken as broken:
        found = broken.code
    assert found == code
