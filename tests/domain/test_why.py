from __future__ import annotations

from datetime import date

from hypothesis import given

from clinic_app.domain.schedule import CaseFacts, follow_up
from clinic_app.domain.why import recomputed, status_recomputed, status_why
from tests.domain.builders import QUICK, RULES, days_of_life, histories, window_histories


@QUICK
@given(window_histories, days_of_life)
def test_the_trace_of_every_date_leads_to_it_again(known: CaseFacts, on: date) -> None:
    window = follow_up(known, RULES, on).window
    assert recomputed(window.why_earliest) == window.earliest
    assert recomputed(window.why_opens) == window.opens
    assert recomputed(window.why_closes) == window.closes


@QUICK
@given(histories, days_of_life)
def test_the_trace_of_every_status_leads_to_it_again(known: CaseFacts, on: date) -> None:
    answer = follow_up(known, RULES, on)
    assert status_recomputed(status_why(answer, on)) is answer.status
    for value, why in (
        (answer.window.earliest, answer.window.why_earliest),
        (answer.window.opens, answer.window.why_opens),
        (answer.window.closes, answer.window.why_closes),
    ):
        assert recomputed(why) == value
