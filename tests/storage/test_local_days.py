"""The local day of a moment in SQL is that of the clock on the wall, whenever the clocks were changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import Attempt
from clinic_app.services import Services
from clinic_app.storage.local_days import clock_changes, day_of
from clinic_app.storage.records.schedule import ContactAttemptRecord
from tests.zones import in_zone

ABOUT_MIDNIGHT = (time(0, 0, 5), time(0, 59), time(1, 30), time(2, 30), time(12), time(23, 0, 5), time(23, 59, 59))
ZONES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Asia/Kolkata": (),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The program runs in this time zone."""
    with in_zone(request.param):
        yield request.param


def test_a_call_about_midnight_is_of_its_own_day_in_summer_and_winter(services: Services, zone: str) -> None:
    changed = ZONES[zone]
    assert len([one for one, _ in clock_changes(2026) if one.year == 2026]) == len(changed)
    days = sorted(
        {*(one + timedelta(days=n) for one in changed for n in (-1, 0, 1)), date(2026, 1, 9), date(2026, 7, 9)}
    )
    moments = [datetime.combine(one, at) for one in days for at in ABOUT_MIDNIGHT]
    moments += [one.replace(fold=1) for one in moments if one.astimezone() != one.replace(fold=1).astimezone()]
    with services.context.units.open() as unit:
        case_id = unit.cases.add(unit.patients.add(PatientDetails("Asha")).id, CaseDetails("cervical_dystonia"))
        for at in moments:
            unit.schedule.add_call(case_id, Attempt.NO_ANSWER, at, None, "", "")
        unit.commit()
    with services.context.units.read() as unit:
        kept = unit.session.execute(
            select(ContactAttemptRecord.at, day_of(ContactAttemptRecord.at, date(2026, 12, 1)))
        ).all()
    assert len(kept) == len(moments)
    assert [(at, on) for at, on in kept if at.date() != on] == []
