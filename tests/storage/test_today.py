"""What Today asks the database is what the rules answer case by case, on both engines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from clinic_app.domain.schedule import AppointmentStatus, Attempt, Flag, FollowUp
from clinic_app.domain.today import call_horizon
from clinic_app.services import Services
from tests.builders import TODAY, Clock
from tests.storage.test_schedule import fill


def call_some(services: Services, draw: random.Random) -> None:
    """Several calls about some cases, on one day too, some with a day agreed, some taken back."""
    with services.context.units.open() as unit:
        for case_id in unit.cases.ids():
            for _ in range(draw.choice((0, 0, 1, 2, 3))):
                at = datetime.combine(
                    TODAY - timedelta(days=draw.choice((0, 0, 1, 2, 6, 7, 14))), time(draw.choice((9, 11)))
                )
                agreed = draw.choice((None, None, at.date() + timedelta(days=draw.randrange(12))))
                call = unit.schedule.add_call(case_id, draw.choice(list(Attempt)), at, agreed, "", "")
                if draw.random() < 0.2:
                    unit.schedule.take_back_call(call)
        services.context.refresh(unit, unit.patients.ids())
        unit.commit()


def test_call_backs_and_photographs_wanted_are_those_of_the_rules(services: Services, clock: Clock) -> None:
    fill(services, 7, 60)
    call_some(services, random.Random(11))  # noqa: S311  # the same calls each time
    for later in (0, 2, 9, 40):
        today = TODAY + timedelta(days=later)
        clock.go_to(today)
        entries = services.schedule.due(today)
        horizon = call_horizon(services.context.rules.working_days, today)
        wanted = {
            entry.case_id: entry.answer.call_again_on
            for entry in entries
            if entry.answer.call_again_on is not None
            and entry.answer.call_again_on <= (today if entry.answer.called_today else horizon)
        }
        page = services.today_page.page()
        assert page.call_back_count == len(wanted) > 0
        assert {due.case_id: due.day for due, _ in page.call_backs}.items() <= wanted.items()
        count, _ = services.today_page.photos()
        assert count == sum(Flag.AFTER_PHOTO in entry.answer.flags for entry in entries)


def waits(answer: FollowUp, missed_on: date, called: Sequence[date]) -> bool:
    """Whether a case that goes on was neither injected on or after a day nor called after it."""
    last = answer.window.last
    goes_on = answer.stop is None and answer.hold is None
    return goes_on and (last is None or last.day < missed_on) and all(day <= missed_on for day in called)


def test_who_did_not_come_and_waits_is_what_bookings_calls_and_injections_say(services: Services, clock: Clock) -> None:
    fill(services, 5, 60)
    call_some(services, random.Random(3))  # noqa: S311  # the same calls each time
    with services.context.units.read() as unit:
        calls = {id_: [one.at.date() for one in found] for id_, found in unit.schedule.calls(unit.cases.ids()).items()}
    gone = (AppointmentStatus.CANCELLED_BY_PATIENT, AppointmentStatus.CANCELLED_BY_CLINIC, AppointmentStatus.WAITLIST)
    counts = []
    for later in (0, 9, 40):
        today = TODAY + timedelta(days=later)
        clock.go_to(today)
        answers = {entry.case_id: entry.answer for entry in services.schedule.due(today)}
        booked = [(one, case.id) for one, _, case in services.schedule.booked_cases()]
        stood = [(case_id, one.day) for one, case_id in booked if one.status not in gone]

        wanted = {
            one.id
            for one, case_id in booked
            if one.status is AppointmentStatus.NO_SHOW
            and one.day < today
            and waits(answers[case_id], one.day, calls.get(case_id, []))
            and not any(other == case_id and day > one.day for other, day in stood)
        }
        page = services.today_page.page()
        assert page.missed_count == len(wanted)
        assert {one.appointment.id for one in page.missed} <= wanted
        counts.append(len(wanted))
    assert any(counts)
