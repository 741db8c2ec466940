from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import pytest
from hypothesis import given

from clinic_app.domain.calendar import Span, days, months, weeks
from clinic_app.domain.cases import Hold, PlanLevel, ReinjectionPlan, Stop, StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import (
    AppointmentStatus,
    Attempt,
    BookingDetails,
    CaseFacts,
    DrugSupply,
    Flag,
    FollowUpStatus,
    ReinjectionWindow,
    Why,
    check_booking,
    follow_up,
    reinjection_window,
)
from clinic_app.wording.calendar import short_day, short_weekday_day, span_words
from clinic_app.wording.schedule import (
    NamedProduct,
    attempt_words,
    booking_words,
    drug_words,
    flag_words,
    since_words,
    status_name,
    status_words,
    why_sentence,
)
from clinic_app.wording.sentences import sentence_of
from tests.domain.builders import (
    CASE,
    OTHER_CASE,
    QUICK,
    RULES,
    booking,
    day,
    days_of_life,
    elsewhere,
    facts,
    histories,
    session,
)

ON = day("2026-03-19")


@dataclass(frozen=True)
class Box:
    brand: str


@dataclass(frozen=True)
class Boxes:
    products: Mapping[str, NamedProduct] = field(default_factory=lambda: {"ona": Box("Botox"), "abo": Box("Dysport")})


NAMES = Boxes()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (facts(session("2025-11-11")), "8 days over"),
        (facts(session("2025-11-18")), "1 day over"),
        (facts(session("2025-12-10")), "Until 10 Apr"),
        (facts(session("2025-12-19")), "From today"),
        (facts(session("2025-11-19")), "Until today"),
        (facts(session("2025-12-20")), "In 1 day"),
        (facts(session("2026-01-01")), "In 13 days"),
        (facts(session("2026-01-02")), "In 2 weeks"),
        (facts(session("2026-01-09")), "In 3 weeks"),
        (facts(session("2026-01-09", come_on="2026-04-09")), "Come on 9 Apr"),
        (facts(session("2026-01-09", come_on="2026-03-20")), "In 2 weeks"),
        (facts(session("2026-01-31")), "In 6 weeks"),
        (facts(session("2025-12-10"), appointments=(booking("2026-03-20", token=13),)), "Fri 20 Mar · 13"),
        (facts(session("2025-12-10"), appointments=(booking("2026-03-20", at=time(9, 30)),)), "Fri 20 Mar · 09:30"),
        (facts(session("2025-12-10"), appointments=(booking("2026-03-19", token=4),)), "Today · 4"),
        (
            facts(session("2025-12-10"), appointments=(booking("2026-03-19", AppointmentStatus.ARRIVED, 4),)),
            "Arrived · 4",
        ),
        (
            facts(session("2025-12-10"), appointments=(booking("2026-03-19", AppointmentStatus.IN_ROOM, 4),)),
            "In room · 4",
        ),
        (facts(session("2025-12-10"), holds=(Hold(day("2026-03-01"), day("2026-05-05")),)), "Until 5 May"),
        (facts(session("2025-12-10"), holds=(Hold(day("2026-03-01"), day("2027-05-05")),)), "Until 5 May 2027"),
        (facts(), "No injection yet"),
        (facts(stops=(Stop(day("2026-03-01"), StopReason.MOVED),)), "Moved away"),
        (facts(stops=(Stop(day("2026-03-01"), StopReason.DECEASED),)), "Died"),
    ],
)
def test_the_words_of_the_status_chip(known: CaseFacts, words: str) -> None:
    assert status_words(follow_up(known, RULES, ON), ON) == words


@QUICK
@given(histories, days_of_life)
def test_every_answer_has_words_and_every_why_a_sentence(known: CaseFacts, on: date) -> None:
    answer = follow_up(known, RULES, on)
    assert status_words(answer, on)
    for why in (answer.window.why_earliest, answer.window.why_opens, answer.window.why_closes):
        said = why_sentence(why, NAMES)
        assert said
        assert "None" not in said
        assert "{" not in said


def test_every_code_has_words_of_its_own() -> None:
    assert len({status_name(one) for one in FollowUpStatus}) == len(FollowUpStatus)
    assert len({flag_words(one) for one in Flag}) == len(Flag)
    assert len({attempt_words(one) for one in Attempt}) == len(Attempt)
    assert len({drug_words(one) for one in DrugSupply}) == len(DrugSupply)
    assert len({booking_words(one) for one in AppointmentStatus}) == len(AppointmentStatus)


def said(window: ReinjectionWindow) -> tuple[str, str, str]:
    return (
        why_sentence(window.why_earliest, NAMES),
        why_sentence(window.why_opens, NAMES),
        why_sentence(window.why_closes, NAMES),
    )


@pytest.mark.parametrize(
    ("known", "sentences"),
    [
        (
            facts(session("2026-01-05")),
            (
                "Botox on 5 Jan 2026 + 12 weeks",
                "3 months after 5 Jan 2026 (clinic plan)",
                "4 months after 5 Jan 2026 (clinic plan)",
            ),
        ),
        (
            facts(session("2026-01-05"), plan=ReinjectionPlan(weeks(14), weeks(18)), plan_level=PlanLevel.CASE),
            (
                "Botox on 5 Jan 2026 + 12 weeks",
                "14 weeks after 5 Jan 2026 (plan of this diagnosis)",
                "18 weeks after 5 Jan 2026 (plan of this diagnosis)",
            ),
        ),
        (
            facts(session("2026-01-05"), elsewhere("2026-02-16")),
            (
                "Dysport on 16 Feb 2026 + 12 weeks, given elsewhere",
                "3 months after 5 Jan 2026 (clinic plan) would be 5 Apr 2026; moved to the earliest day",
                "4 months after 5 Jan 2026 (clinic plan) would be 5 May 2026; moved with the opening, width kept",
            ),
        ),
        (
            facts(session("2026-01-05"), session("2026-01-06", case=OTHER_CASE)),
            (
                "Botox on 6 Jan 2026 + 12 weeks, given for another diagnosis",
                "3 months after 5 Jan 2026 (clinic plan)",
                "4 months after 5 Jan 2026 (clinic plan)",
            ),
        ),
        (
            facts(session("2026-01-05"), elsewhere("2026-01-06", case=OTHER_CASE, product=None)),
            (
                "Unknown product on 6 Jan 2026 + 12 weeks, given for another diagnosis, given elsewhere",
                "3 months after 5 Jan 2026 (clinic plan)",
                "4 months after 5 Jan 2026 (clinic plan)",
            ),
        ),
        (
            facts(session("2026-01-05", come_on="2026-04-01")),
            (
                "Botox on 5 Jan 2026 + 12 weeks",
                "The doctor said: come on 1 Apr 2026",
                "4 months after 5 Jan 2026 (clinic plan)",
            ),
        ),
        (
            facts(session("2026-01-05", come_on="2026-06-01", product="own_brand")),
            (
                "own_brand on 5 Jan 2026 + 12 weeks",
                "3 months after 5 Jan 2026 (clinic plan)",
                "The doctor said: come on 1 Jun 2026",
            ),
        ),
        (
            facts(session("2026-01-05", come_on="2026-02-01")),
            (
                "Botox on 5 Jan 2026 + 12 weeks",
                "The doctor said 1 Feb 2026, which is too early; opens on the earliest day",
                "4 months after 5 Jan 2026 (clinic plan)",
            ),
        ),
        (
            facts(),
            (
                "No botulinum toxin so far: no waiting time",
                "No full injection of this diagnosis yet",
                "No full injection of this diagnosis yet",
            ),
        ),
    ],
)
def test_each_of_the_three_dates_says_where_it_comes_from(known: CaseFacts, sentences: tuple[str, str, str]) -> None:
    assert said(reinjection_window(known, RULES, ON)) == sentences


def test_a_why_nobody_knows_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        why_sentence(Why("because"), NAMES)


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (0, "today"),
        (1, "1 day"),
        (13, "13 days"),
        (-1, "on a later day"),
        (-258, "on a later day"),
        (14, "2 weeks"),
        (90, "12 weeks"),
        (125, "17 weeks"),
        (126, "18 weeks"),
        (132, "18 weeks"),
    ],
)
def test_since_the_last_injection_in_whole_weeks(elapsed: int, words: str) -> None:
    assert since_words(ON - timedelta(days=elapsed), ON) == words


@pytest.mark.parametrize(
    ("span", "words"), [(weeks(12), "12 weeks"), (weeks(1), "1 week"), (months(3), "3 months"), (days(1), "1 day")]
)
def test_spans_are_written_out(span: Span, words: str) -> None:
    assert span_words(span) == words


def test_a_day_far_away_carries_its_year() -> None:
    assert short_day(day("2026-04-10"), ON) == "10 Apr"
    assert short_day(day("2025-11-11"), ON) == "11 Nov"
    assert short_day(day("2025-03-19"), ON) == "19 Mar 2025"
    assert short_weekday_day(day("2026-03-20"), ON) == "Fri 20 Mar"


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        (
            BookingDetails(1, day("2026-03-29"), (CASE,)),
            "29 Mar 2026 is before 30 Mar 2026, the earliest day for the next injection. Choose a day from 30 Mar 2026 "
            "on, or enter the reason and the name of the doctor who decided (“reason” is missing).",
        ),
        (
            BookingDetails(1, day("2026-03-18"), (CASE,)),
            "18 Mar 2026 is in the past; today is 19 Mar 2026. Choose a day from today on in “day”.",
        ),
    ],
)
def test_a_refused_booking_gets_a_sentence(details: BookingDetails, sentence: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_booking(details, today=ON, earliest=day("2026-03-30"), stopped=False, hold=None)
    assert sentence_of(caught.value) == sentence
