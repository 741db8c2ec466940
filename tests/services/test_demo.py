"""The demo clinic: everything there is occurs in it, it is the same again, and its dates are the domain's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from clinic_app.domain.demo import CAST_SIZE
from clinic_app.domain.schedule import Flag, FollowUpStatus, OverdueGrade, overdue_grade
from clinic_app.services import Services
from tests.builders import TODAY, Clock, door


@contextmanager
def open_demo(folder: Path, day: date = TODAY) -> Iterator[Services]:
    services = door(Clock(day)).create_demo(str(folder / "demo"))
    try:
        yield services
    finally:
        services.close()


@pytest.mark.parametrize(
    ("day", "seed"),
    [
        (TODAY, 1),
        (date(2026, 3, 20), 2),
        (date(2026, 3, 31), 3),
        (date(2026, 6, 30), 4),
        (date(2026, 7, 1), 5),
        (date(2028, 2, 29), 6),
        (date(2026, 12, 26), 7),
        (date(2026, 11, 1), 8),
    ],
)
def test_everything_there_is_occurs_on_the_day_of_filling(tmp_path: Path, day: date, seed: int) -> None:
    with open_demo(tmp_path, day) as services:
        report = services.demo.fill(seed=seed)
        rows = services.schedule.due()
        assert {row.answer.status for row in rows} == set(FollowUpStatus)
        assert set().union(*(row.answer.flags for row in rows)) == set(Flag)
        assert {row.condition for row in rows} == set(services.catalogues.conditions)
        grades = {overdue_grade(row.answer.days_overdue) for row in rows}
        assert grades == {None, *OverdueGrade}
        assert report.patients == CAST_SIZE == services.patients.count()
        assert report.cases == len(rows)
        assert not services.check()
