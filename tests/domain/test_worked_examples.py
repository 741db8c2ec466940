"""Worked examples with the clinic's rules: months by default, a window that is pushed back keeps its width."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_app.domain.calendar import add_months, weeks
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.schedule import (
    CaseFacts,
    ClinicRules,
    Flag,
    FollowUpStatus,
    MinimumIntervals,
    follow_up,
    reinjection_window,
)  # fmt: skip
from tests.domain.builders import RULES, booking, day, elsewhere, facts, session

TEN_WEEKS = ClinicRules(minimum=MinimumIntervals(clinic=weeks(10)))
PLAIN = facts(session("2026-01-05"))


@pytest.mark.parametrize(
    ("known", "rules", "expected"),
    [
        (PLAIN, RULES, ("2026-03-30", "2026-04-05", "2026-05-05")),
        (facts(session("2026-01-05"), plan=ReinjectionPlan(weeks(12), weeks(16))), RULES,
         ("2026-03-30", "2026-03-30", "2026-04-27")),
        (facts(session("2026-01-05"), plan=ReinjectionPlan(weeks(14), weeks(18))), RULES,
         ("2026-03-30", "2026-04-13", "2026-05-11")),
        (facts(session("2026-01-05"), elsewhere("2026-02-16")), RULES, ("2026-05-11", "2026-05-11", "2026-06-10")),
        (facts(session("2026-01-05"), plan=ReinjectionPlan(weeks(10), weeks(16))), TEN_WEEKS,
         ("2026-03-16", "2026-03-16", "2026-04-27")),
        (facts(session("2026-01-05"), plan=ReinjectionPlan(weeks(10), weeks(14))), RULES,
         ("2026-03-30", "2026-03-30", "2026-04-27")),
        (facts(session("2025-11-30")), RULES, ("2026-02-22", "2026-03-01", "2026-03-30")),
        (facts(session("2024-02-29")), RULES, ("2024-05-23", "2024-05-29", "2024-06-29")),
        (facts(session("2023-11-29")), RULES, ("2024-02-21", "2024-02-29", "2024-03-29")),
    ],
    ids=["plain", "12 to 16 weeks", "own plan", "toxin elsewhere", "10-week rule set", "plan under the minimum",
         "month entry", "from 29 February", "to 29 February"],
)  # fmt: skip
def test_worked_examples(known: CaseFacts, rules: ClinicRules, expected: tuple[str, str, str]) -> None:
    window = reinjection_window(known, rules, date(2027, 1, 1))
    assert (window.earliest, window.opens, window.closes) == tuple(map(day, expected))


def test_thirty_november_and_three_months_is_the_first_of_march() -> None:
    assert add_months(date(2025, 11, 30), 3) == date(2026, 3, 1)


def test_booked_ten_days_early_is_flagged_beside_its_status() -> None:
    early = facts(session("2026-01-05"), appointments=(booking("2026-03-20"),))
    answer = follow_up(early, RULES, day("2026-03-19"))
    assert (answer.status, answer.flags) == (FollowUpStatus.BOOKED, frozenset({Flag.TOO_EARLY}))
