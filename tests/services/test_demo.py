"""The demo clinic: everything there is occurs in it, it is the same again, and its dates are the domain's."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from clinic_app.domain.cases import StopReason
from clinic_app.domain.catalogues import LimitScope, PatientGroup
from clinic_app.domain.changes import Progress, Topic
from clinic_app.domain.demo import CAST_SIZE, MOST_PATIENTS
from clinic_app.domain.demo_stories import DemoDays
from clinic_app.domain.doses import BOTOX_400, rolling_sum
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.domain.pictures import Certainty
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    ClinicRules,
    DueEntry,
    Flag,
    FollowUpStatus,
    OverdueGrade,
    overdue_grade,
)
from clinic_app.domain.treatment import SessionKind
from clinic_app.services import Services
from clinic_app.services.demo_cast import cast
from clinic_app.services.demo_crowd import Crowd
from clinic_app.services.demo_doses import RECIPES, STRENGTHS, units_of
from clinic_app.services.demo_portraits import LARGE_PATIENTS, planned_pictures
from clinic_app.services.treatment import _session_limit
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, Clock, door, open_test_clinic

CHOSEN_DAYS = [
    (TODAY, 1),
    (date(2026, 3, 20), 2),
    (date(2026, 3, 31), 3),
    (date(2028, 2, 29), 4),
    (date(2026, 11, 1), 5),
    (date(2026, 6, 30), 6),
    (date(2026, 7, 1), 7),
    (date(2026, 12, 26), 8),
]
"""Botox days and days between, ends of months, a leap day, a Sunday: each with a seed of its own."""


@contextmanager
def open_demo(folder: Path, day: date = TODAY, name: str = "demo") -> Iterator[Services]:
    services = door(Clock(day)).create_demo(str(folder / name))
    try:
        yield services
    finally:
        services.close()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A demo clinic of the cast alone; to be read only."""
    with open_demo(tmp_path_factory.mktemp("cast")) as services:
        services.demo.fill()
        yield services


@pytest.mark.parametrize(("day", "seed"), CHOSEN_DAYS[:5])
def test_everything_there_is_occurs_on_the_day_of_filling(tmp_path: Path, day: date, seed: int) -> None:
    with open_demo(tmp_path, day) as services:
        report = services.demo.fill(seed=seed)
        rows = services.schedule.due()
        assert {row.answer.status for row in rows} == set(FollowUpStatus)
        assert set().union(*(row.answer.flags for row in rows)) == set(Flag)
        assert {row.condition for row in rows} == set(services.catalogues.conditions)
        assert {overdue_grade(row.answer.days_overdue) for row in rows} == {None, *OverdueGrade}
        assert report.patients == CAST_SIZE == services.patients.count()
        assert report.cases == len(rows) == sum(services.schedule.counts().values())
        assert not services.check()


def test_the_people_of_the_pictures_stand_where_the_pictures_show_them(clinic: Services) -> None:
    rows = {row.name: row for row in clinic.schedule.due()}

    def told(name: str) -> tuple[object, ...]:
        row = rows[name]
        last = row.answer.window.last
        assert last is not None
        return row.mrn, row.condition, last.product, int(last.units or 0), last.day, row.answer.days_overdue

    assert told("Asha Verma") == ("4127", "blepharospasm_bilateral", "ona", 35, date(2025, 11, 11), 8)
    assert told("Harpreet Gill") == ("3308", "cd_laterocollis", "abo", 500, date(2025, 11, 16), 3)
    assert told("Lakshmi Nair") == ("2871", "meige", "ona", 52, date(2025, 11, 17), 2)
    assert told("Carlos Mendoza") == ("5012", "writers_cramp", "inco", 40, date(2025, 11, 26), 0)
    assert told("Rakesh Pillai") == ("4460", "hemifacial_spasm", "ona", 20, date(2025, 12, 10), 0)
    assert told("Meena Joshi") == ("1984", "blepharospasm_bilateral", "ona", 40, date(2025, 12, 11), 0)
    assert told("John Whitfield") == ("5127", "cd_retrocollis", "ona", 220, date(2025, 12, 19), 0)
    assert rows["John Whitfield"].answer.window.opens == TODAY
    assert rows["Asha Verma"].phone is not None
    assert rows["Asha Verma"].phone.number == "98400 12207"
    assert rows["Carlos Mendoza"].answer.flags == {Flag.MISSED}


def test_the_stories_hold_what_a_clinic_meets(clinic: Services) -> None:
    people = cast(TODAY, ClinicRules(), 1)
    assert len(people) == CAST_SIZE
    assert len({person.details.identifiers[0].value for person in people}) == CAST_SIZE
    sessions = [session for person in people for case in person.cases for session in case.sessions]
    assert {session.product for session in sessions} == {"ona", "abo", "inco", None}
    assert SessionKind.TOUCH_UP in {session.kind for session in sessions}
    assert any(session.come_on for session in sessions)
    assert min(session.day for session in sessions) < TODAY - timedelta(days=730)
    twice = [person for person in people if len(person.cases) == 2]
    assert Counter(bool(person.independent) for person in twice) == {True: 1, False: 1}
    assert {stop.reason for person in people for case in person.cases for stop in case.stops} >= {
        StopReason.DECEASED,
        StopReason.MOVED,
    }
    assert any(person.plan for person in people)
    assert any(case.details.plan for person in people for case in person.cases)
    assert any(item.case is None and item.product is None for person in people for item in person.external)
    booked = [booking for person in people for booking in person.bookings]
    assert {booking.day.weekday() for booking in booked if booking.day >= TODAY} <= {1, 4}
    assert AppointmentStatus.NO_SHOW in {booking.status for booking in booked}
    tokens = [(item.day, item.token) for item in appointments(clinic)]
    assert len(tokens) == len(set(tokens))
    patterns = {(row.condition, row.pattern) for row in clinic.schedule.due()}
    for condition, pattern in patterns:
        known = {one.code for one in clinic.catalogues.conditions[condition].patterns}
        assert pattern in known | {""}
    assert len([pattern for condition, pattern in patterns if condition == "oromandibular"]) >= 4


def test_cases_have_the_sides_their_conditions_know(clinic: Services) -> None:
    for person in (*cast(TODAY, ClinicRules(), 1), *Crowd(TODAY, ClinicRules(), 1, 500).people(CAST_SIZE, 500)):
        for case in person.cases:
            condition = clinic.catalogues.conditions[case.details.condition]
            side = case.details.side.value if case.details.side else None
            assert side in (*condition.side_rule.sides, None)
            assert side is not None or not condition.side_rule.required, condition.code
            assert set(case.details.causes) <= set(clinic.catalogues.causes)
            for session in case.sessions:
                for site in session.sites:
                    assert site.side.value in clinic.catalogues.muscles[site.muscle].sides
                assert (
                    session.units is None or not session.sites or session.units == sum(s.units for s in session.sites)
                )


def test_no_dose_is_above_a_limit(clinic: Services) -> None:
    assert all(units_of(recipe, None, strength) > 0 for recipe in RECIPES for strength in STRENGTHS)
    with clinic.context.units.read() as unit:
        events = unit.treatment.events(list(range(1, CAST_SIZE + 1)))
        sessions = [session for session, _ in unit.treatment.sessions()]
    for own in events.values():
        for event in own:
            assert rolling_sum(own, event.day, Decimal(0), BOTOX_400).total <= 400
    for session in sessions:
        product = session.details.product
        for limit in clinic.catalogues.limits_for(product or "", session.condition, PatientGroup.ADULT):
            if limit.scope is not LimitScope.ROLLING:
                assert not tuple(_session_limit(limit, session.details)), (session, limit)


def appointments(services: Services) -> tuple[Appointment, ...]:
    with services.context.units.read() as unit:
        return unit.schedule.appointments()


def answers(services: Services) -> list[object]:
    rows: list[DueEntry] = list(services.schedule.due())
    people = services.patients.entries(limit=1000)
    with services.context.units.read() as unit:
        sessions = [session for session, _ in unit.treatment.sessions()]
    return [rows, people, sessions, appointments(services)]


def test_the_same_day_and_seed_give_the_same_clinic(tmp_path: Path) -> None:
    with open_demo(tmp_path, name="one") as one, open_demo(tmp_path, name="two") as two:
        assert one.demo.fill(150, seed=5) == two.demo.fill(150, seed=5)
        assert answers(one) == answers(two)
    with open_demo(tmp_path, name="other") as other:
        other.demo.fill(150, seed=6)
        with open_demo(tmp_path, name="larger") as larger:
            larger.demo.fill(160, seed=6)
            first = {row.mrn: row.answer.window for row in other.schedule.due()}
            more = {row.mrn: row.answer.window for row in larger.schedule.due()}
            assert first.items() <= more.items()


def test_cached_dates_and_search_are_those_of_the_record(tmp_path: Path) -> None:
    with open_demo(tmp_path) as services:
        report = services.demo.fill(300)
        assert not services.check()
        context = services.context
        with context.units.open() as unit:
            before = unit.session.connection().exec_driver_sql("SELECT * FROM clinical_case ORDER BY id").all()
            context.refresh(unit, unit.patients.ids())
            after = unit.session.connection().exec_driver_sql("SELECT * FROM clinical_case ORDER BY id").all()
        assert before == after
        assert len(before) == report.cases
        assert 8 < report.sessions / report.patients < 12
        counts = services.schedule.counts()
        assert {row.answer.status for row in services.schedule.due()} == {s for s, count in counts.items() if count}
        assert Counter(row.answer.status for row in services.schedule.due()) == {k: v for k, v in counts.items() if v}
        for patient_id in (1, 41, 300):
            patient = services.patients.get(patient_id)
            for typed in (patient.mrn, patient.name, patient.details.phones[0].number):
                assert patient_id in {entry.id for entry in services.patients.entries(typed)}
            assert services.patients.similar(patient.details)[0].patient.id == patient_id


def test_a_filled_clinic_is_worked_in_like_any_other(tmp_path: Path) -> None:
    with open_demo(tmp_path) as services:
        services.demo.fill(60)
        patient = services.patients.get(1)
        added = services.patients.add(replace(patient.details, identifiers=(), full_name="Somebody New")).result
        assert added == 61
        case = services.patients.page(1).cases[0].case
        booking = services.schedule.suggested_days(case.id)[0]
        assert booking.free


def test_a_real_clinic_is_refused(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        for fill in (services.demo.fill, services.demo.draw_pictures):
            with pytest.raises(RuleBroken) as refused:
                fill()
            assert refused.value.code == "not_a_demo"
            assert "real clinic" in sentence_of(refused.value)
        assert services.demo.pictures_wanted() == 0
        assert services.patients.count() == 0


def test_a_full_demo_and_impossible_sizes_are_refused(tmp_path: Path) -> None:
    with open_demo(tmp_path) as services:
        for size in (0, -1, MOST_PATIENTS + 1):
            with pytest.raises(RuleBroken, match="bad_demo_size"):
                services.demo.fill(size)
        assert services.demo.pictures_wanted() == 0
        assert services.demo.draw_pictures() == 0
        assert services.demo.fill(3).patients == 3
        with pytest.raises(RuleBroken, match="demo_not_empty"):
            services.demo.fill()


def test_filling_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    told: list[Progress] = []

    def stop_at_second(progress: Progress) -> bool:
        told.append(progress)
        return len(told) < 2

    with open_demo(tmp_path) as services:
        with pytest.raises(Cancelled):
            services.demo.fill(1200, report=stop_at_second)
        assert [(step.done, step.total) for step in told] == [(0, 1200), (1000, 1200)]
        assert services.patients.count() == 1000


def test_photographs_are_drawn_in_steps_and_never_twice(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with open_demo(tmp_path) as services:
        services.demo.fill()
        wanted = services.demo.pictures_wanted()
        assert 150 <= wanted <= 250
        assert services.demo.draw_pictures(limit=2) == 2
        changes = services.demo.draw_next()
        assert changes.topics == {Topic.PICTURES, Topic.SCHEDULE}
        assert changes.result == wanted - 3
        assert services.demo.draw_pictures(report=lambda _: False) == 0
        assert not services.check(full=True)
        pair = services.pictures.pair(1)
        assert pair.pair.a is not None
        assert pair.pair.b is not None
        assert (pair.pair.b.taken.day or TODAY) - (pair.pair.a.taken.day or TODAY) == timedelta(days=10)
        for picture in (pair.pair.a, pair.pair.b):
            assert picture.width * picture.height >= 12_000_000
            assert picture.taken.certainty is Certainty.CAMERA
            original = Image.open(io.BytesIO(services.context.store.get(picture.original)))
            assert sorted(original.size) == sorted((picture.width, picture.height))
            assert original.getexif()[0x0110] == "Demo telephone"
            preview = Image.open(io.BytesIO(services.context.store.get(picture.preview)))
            assert max(preview.size) == 2048
            assert (preview.size[0] < preview.size[1]) == (picture.width < picture.height)
    reopened = door(Clock(TODAY + timedelta(days=3))).open(str(folder), None)
    try:
        assert reopened.demo.pictures_wanted() == wanted - 3
        assert reopened.demo.draw_pictures(limit=1) == 1
        assert len(reopened.pictures.all()) == 4
    finally:
        reopened.close()


@pytest.mark.parametrize(("day", "seed"), CHOSEN_DAYS)
def test_planned_photographs_lie_in_the_past_and_are_worth_looking_at(clinic: Services, day: date, seed: int) -> None:
    people = cast(day, ClinicRules(), seed)
    planned = planned_pictures(clinic.context, people, day, seed)
    assert 150 <= len(planned) <= 250
    assert all(picture.at.date() <= day for picture in planned)
    assert len({picture.file_name for picture in planned}) == len(planned)
    assert {picture.view for picture in planned} <= set(clinic.catalogues.views)
    large = [p for p in planned if p.portrait.width * p.portrait.height >= 12_000_000]
    assert Counter(picture.patient for picture in large) == dict.fromkeys(range(LARGE_PATIENTS), 2)
    assert planned[: len(large)] == tuple(large)
    same = [replace(one.portrait, jitter=0, taken_text=None) for one in planned]
    assert len({(one.kind, one.seed) for one in same}) > 40


def test_days_of_a_story() -> None:
    days = DemoDays(TODAY, ClinicRules())
    assert [days.back(1), days.ahead(1), days.ahead(2)] == [date(2026, 3, 17), date(2026, 3, 20), date(2026, 3, 24)]
    on_friday = DemoDays(date(2026, 3, 20), ClinicRules())
    assert [on_friday.back(1), on_friday.ahead(1)] == [date(2026, 3, 17), date(2026, 3, 20)]
    assert days.last_to_close(date(2026, 3, 11)) == date(2025, 11, 11)
    assert days.last_to_close(date(2026, 3, 31)) == date(2025, 11, 30)
    assert days.last_to_open(TODAY) == date(2025, 12, 19)
