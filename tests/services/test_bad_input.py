"""Whatever is refused about a booking or a plan says why, and leaves every row of the record as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from clinic_app.domain.calendar import WorkingDays, weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan
from clinic_app.domain.changes import Changes
from clinic_app.domain.consulting_hours import read_hours
from clinic_app.domain.schedule import Appointment, Attempt, BookingDetails
from clinic_app.domain.treatment import SessionDetails
from clinic_app.services import Services
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, Clock, add_patient, give
from tests.services.conftest import day, refusal
from tests.services.test_bin import rows_of
from tests.zones import in_zone

GIVEN, EARLIEST, TUESDAY, CLOSED = day("2026-01-05"), day("2026-03-30"), day("2026-04-14"), day("2026-04-17")


@pytest.fixture
def with_hours(services: Services) -> Iterator[None]:
    """The clinic gives times from nine to twelve and is closed on 17 April, for one test."""
    info = services.context.info
    rules = replace(info.rules, working_days=WorkingDays(closed=frozenset({CLOSED})))
    rules = replace(rules, gives_times=True, hours=read_hours("9:00-12:00"))
    services.context.info = replace(info, rules=rules)
    yield
    services.context.info = info


@pytest.mark.usefixtures("with_hours")
def test_what_is_refused_says_why_and_writes_nothing(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient, case = someone
    give(services, patient, case, GIVEN)
    made = services.schedule.book(BookingDetails(patient, TUESDAY, (case,), time(9))).result
    assert isinstance(made, Appointment)
    free, free_case = add_patient(services, "Not Booked", "BI-1")
    give(services, free, free_case, GIVEN)
    dead, dead_case = add_patient(services, "Died Since", "BI-2")
    services.schedule.book(BookingDetails(dead, TUESDAY, (dead_case,), time(9, 40)))
    services.patients.record_death(dead, TODAY)
    plan = ReinjectionPlan(weeks(16), weeks(12))
    own = services.cases.get(case)

    def book(on: date, at: time | None = None, whose: tuple[int, int] = (free, free_case)) -> Callable[[], object]:
        return lambda: services.schedule.book(BookingDetails(whose[0], on, (whose[1],), at))

    def move(on: date, at: time | None = None) -> Callable[[], object]:
        return lambda: services.schedule.move(made.id, on, at)

    sunday, wednesday = day("2026-04-19"), day("2026-04-15")
    table: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("before_earliest", "30 Mar 2026", book(EARLIEST - timedelta(days=3), time(9))),
        ("before_earliest", "30 Mar 2026", move(EARLIEST - timedelta(days=3), time(9))),
        ("not_botox_day", "Wednesday", book(wednesday, time(9))),
        ("not_botox_day", "Wednesday", move(wednesday, time(9))),
        ("outside_hours", "12:00", book(TUESDAY, time(11, 50))),
        ("outside_hours", "08:30", move(TUESDAY, time(8, 30))),
        ("clinic_closed", "17 Apr 2026", book(CLOSED, time(9))),
        ("clinic_closed", "17 Apr 2026", move(CLOSED, time(9))),
        ("clinic_closed_weekday", "Sunday", book(sunday, time(9))),
        ("clinic_closed_weekday", "Sunday", move(sunday, time(9))),
        ("booking_in_past", "19 Mar 2026", book(TODAY - timedelta(days=2))),
        ("booking_in_past", "19 Mar 2026", move(TODAY - timedelta(days=2))),
        ("already_booked", "14 Apr 2026", book(TUESDAY, time(10), someone)),
        ("booked_other_day", "14 Apr 2026", book(TUESDAY + timedelta(days=7), time(10), someone)),
        ("time_taken", "09:00", book(TUESDAY, time(9, 10))),
        ("departed", "Died Since", book(TUESDAY, time(10), (dead, dead_case))),
        ("plan_closes_before_it_opens", "", lambda: services.cases.set_patient_plan(patient, plan)),
        (
            "plan_closes_before_it_opens",
            "",
            lambda: services.cases.change(case, replace(own.details, plan=plan), own.version),
        ),
        (
            "plan_closes_before_it_opens",
            "",
            lambda: services.cases.add(patient, CaseDetails("cervical_dystonia", plan=plan)),
        ),
    )  # fmt: skip
    before = rows_of(services)
    for code, words, write in table:
        error = refusal(write)
        assert error.code == code, (code, words, error)
        assert words in sentence_of(error), code
        assert rows_of(services) == before, code
    leap = services.schedule.book(BookingDetails(free, day("2028-02-29"), (free_case,), reason="leap day")).result
    assert isinstance(leap, Appointment)
    assert leap.day == day("2028-02-29")


def test_a_booking_to_come_goes_with_death_and_no_row_with_a_second_death(
    services: Services, someone: tuple[int, int]
) -> None:
    patient, case = someone
    services.schedule.book(BookingDetails(patient, TUESDAY, (case,)))
    services.patients.record_death(patient, TODAY)
    assert not [one for one in services.patients.page(patient).appointments if one.status.live]
    before = rows_of(services)
    assert refusal(lambda: services.patients.record_death(patient, TODAY + timedelta(days=1))).code == "day_in_future"
    assert rows_of(services) == before


def test_every_date_that_moves_is_listed_where_a_session_is_amended_or_void(
    services: Services, someone: tuple[int, int]
) -> None:
    """Neck and face of one patient: the day of the face's injection decides when the neck may be injected too."""
    patient, face = someone
    neck = services.cases.add(patient, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient, neck, day("2025-11-03"), "100")
    session = give(services, patient, face, GIVEN).sessions[0]

    def dates() -> dict[int, tuple[date | None, ...]]:
        found: dict[int, tuple[date | None, ...]] = {}
        for case in (face, neck):
            entry = services.schedule.entry(case)
            assert entry is not None
            window = entry.answer.window
            found[case] = (window.earliest, window.opens, window.closes)
        return found

    later = SessionDetails(face, "ona", Decimal(35))
    writes: tuple[Callable[[], Changes], ...] = (
        lambda: services.treatment.correct(session.id, later, GIVEN + timedelta(days=7), "wrong line"),
        lambda: services.treatment.void(session.id, "another patient's"),
    )
    for write in writes:
        before = dates()
        moved = write().moved
        now = dates()
        assert {one.case_id for one in moved} == {case for case in now if now[case] != before[case]} == {face, neck}
        for one in moved:
            assert (one.before.earliest, one.before.opens, one.before.closes) == before[one.case_id]
            assert (one.after.earliest, one.after.opens, one.after.closes) == now[one.case_id]


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [("Europe/Berlin", "2027-03-28", "2026-10-25"), ("America/New_York", "2027-03-14", "2026-11-01")],
)
def test_the_hour_that_comes_twice_or_never_changes_no_booking_and_no_call_back(
    services: Services, clock: Clock, someone: tuple[int, int], zone: str, spring: str, autumn: str
) -> None:
    """Both patients are taken out before the zone ends: the days of their calls are those of its clock."""
    patient, case = someone
    other, other_case = add_patient(services, f"Spring {zone}", f"DST {zone}")
    last, first, night = day(autumn), day(spring), time(2, 30)
    eve = last - timedelta(days=1)
    with in_zone(zone):
        made = services.schedule.book(BookingDetails(patient, last, (case,), night, reason="clocks")).result
        services.schedule.book(BookingDetails(other, first, (other_case,), night, reason="clocks"))
        assert isinstance(made, Appointment)
        clock.moment = datetime.combine(eve, time(23, 30))
        services.schedule.log_call(case, Attempt.NO_ANSWER, last, call_again_at=night)
        clock.moment = datetime.combine(last, time(2, 10))
        pages = services.patients.page(patient), services.patients.page(other)
        [call] = [one for one in pages[0].calls if one.outcome is Attempt.NO_ANSWER]
        assert (call.at.date(), call.call_again_on, call.call_again_at) == (eve, last, night)
        assert [(one.day, one.at) for page in pages for one in page.appointments] == [(last, night), (first, night)]
        clock.moment -= timedelta(hours=1)
        services.schedule.move(made.id, last, time(3), reason="later")
        [moved] = services.patients.page(patient).appointments
        assert (moved.day, moved.at) == (last, time(3))
        for one in (patient, other):
            services.bin.delete_patient(one, "clocks")
