"""What Today asks the database is what the rules answer case by case, on both engines."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from clinic_app.domain.schedule import Attempt, Flag
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
