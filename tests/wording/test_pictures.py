from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given

from clinic_app.domain.pictures import (
    UNSURE,
    Certainty,
    Injected,
    PairReason,
    Picture,
    PicturePair,
    TakenAt,
    phase_of,
)
from clinic_app.wording.pictures import certainty_words, dose_words, pair_reason_words, phase_label
from tests.domain.builders import QUICK, day
from tests.domain.test_pictures import TOUCHED_UP, injections, moments, picture, sittings, taken

FIVE = tuple(
    Injected(one, number, "ona", "35 U")
    for number, one in enumerate(
        [day("2025-01-06"), day("2025-04-14"), day("2025-07-28"), day("2025-11-11"), day("2026-02-03")], 1
    )
)


@pytest.mark.parametrize(
    ("on", "first", "second"),
    [
        ("2025-11-21", "10 days after Botox", "10 days after injection 4 (11 Nov 2025, 35 U)"),
        ("2025-11-12", "1 day after Botox", "1 day after injection 4 (11 Nov 2025, 35 U)"),
        ("2025-12-09", "4 weeks after Botox", "28 days after injection 4 (11 Nov 2025, 35 U)"),
        ("2025-12-12", "4 weeks after Botox", "31 days after injection 4 (11 Nov 2025, 35 U)"),
        ("2026-02-03", "Before injection 5 · 12 weeks after 4", "84 days after injection 4 (11 Nov 2025, 35 U)"),
        ("2026-09-01", "6 months after Botox", "210 days after injection 5 (3 Feb 2026, 35 U)"),
        ("2025-01-06", "Before any toxin", "on the day of injection 1 (6 Jan 2025, 35 U)"),
        ("2025-01-05", "Before any toxin", "1 day before injection 1 (6 Jan 2025, 35 U)"),
        ("2024-06-01", "Before any toxin", "219 days before injection 1 (6 Jan 2025, 35 U)"),
    ],
)
def test_a_label_says_where_and_always_the_exact_days(on: str, first: str, second: str) -> None:
    assert phase_label(phase_of(taken(on), FIVE), "Botox") == (first, second)


def test_a_photograph_of_the_day_known_to_be_after_is_0_days_after() -> None:
    phase = phase_of(taken("2026-02-03"), FIVE, known_after=True)
    assert phase_label(phase, "Botox")[0] == "0 days after Botox"


def test_an_unknown_product_is_called_an_injection() -> None:
    assert phase_label(phase_of(taken("2025-11-21"), FIVE), "")[0] == "10 days after injection"


def test_without_any_injection_there_is_one_line() -> None:
    assert phase_label(phase_of(taken("2025-11-21"), ()), "") == ("Before any toxin", "")


def test_an_unsure_date_says_what_to_do() -> None:
    assert phase_label(phase_of(UNSURE, FIVE), "") == (
        "Date unsure",
        "Type the date to place it between the injections",
    )


def test_after_a_touch_up() -> None:
    assert phase_label(phase_of(taken("2026-02-05"), TOUCHED_UP), "Botox") == (
        "10 days after Botox",
        "10 days after touch-up (26 Jan 2026)",
    )
    assert phase_label(phase_of(taken("2026-04-10"), TOUCHED_UP), "Botox")[0] == (
        "Before injection 2 · 10 weeks after touch-up"
    )


def test_an_injection_for_another_diagnosis_is_never_hidden_by_a_label() -> None:
    first = phase_of(taken("2024-06-01"), FIVE, others=[day("2024-05-01")])
    assert phase_label(first, "Botox")[0] == "Before the first injection of this diagnosis"
    assert phase_label(first, "Botox")[1].endswith(" · injected for another diagnosis before")
    later = phase_of(taken("2025-12-30"), FIVE, others=[day("2025-12-20")])
    assert phase_label(later, "Botox")[1].endswith(" · injected for another diagnosis since")
    earlier = phase_of(taken("2025-12-30"), FIVE, others=[day("2024-12-20"), day("2025-12-30")])
    assert "another diagnosis" not in phase_label(earlier, "Botox")[1]
    untouched = phase_of(taken("2024-06-01"), FIVE, others=[day("2024-06-01"), day("2024-08-01")])
    assert phase_label(untouched, "Botox")[0] == "Before any toxin"


def test_toxin_elsewhere_is_never_hidden_by_a_label() -> None:
    first = phase_of(taken("2025-01-06"), FIVE, elsewhere=[day("2024-09-01")])
    assert phase_label(first, "") == (
        "Before the first injection here",
        "on the day of injection 1 (6 Jan 2025, 35 U) · toxin given elsewhere before",
    )
    later = phase_of(taken("2025-12-30"), FIVE, elsewhere=[day("2025-12-20")])
    assert phase_label(later, "Botox")[1].endswith(" · toxin given elsewhere since")


@QUICK
@given(moments, sittings)
def test_the_second_line_always_has_the_exact_days(when: TakenAt, given_on: tuple[Injected, ...]) -> None:
    phase = phase_of(when, given_on)
    first, second = phase_label(phase, "Botox")
    assert first
    count = phase.days if phase.days is not None else phase.days_before
    assert count is None or count == 0 or second.startswith(f"{count} day")


def pair(reason: PairReason, a: Picture | None, b: Picture | None, *, first: bool = False) -> PicturePair:
    return PicturePair("E01", a, b, FIVE[-1], reason, 14, first)


A, B = picture(1, "2026-02-03"), picture(2, "2026-02-17")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (pair(PairReason.PINNED, A, B), "Pair chosen by hand"),
        (pair(PairReason.NEAREST_PEAK, A, B), "B nearest to day 14 · same view"),
        (
            pair(PairReason.NEAREST_PEAK, A, B, first=True),
            "B nearest to day 14 · same view · A is the first photo ever",
        ),
        (pair(PairReason.NEAREST_PEAK, None, B), "B nearest to day 14 · same view · no photo before"),
        (pair(PairReason.NEWEST_AFTER, A, B), "No photo 7 to 56 days after; B is the newest after"),
        (pair(PairReason.NO_AFTER, A, None), "No photo of this view after the injection yet"),
        (pair(PairReason.NO_SESSION, A, B), "No injection yet: the first and the newest photo"),
        (pair(PairReason.NO_SESSION, A, None), "No injection yet: the only photo of this view"),
        (pair(PairReason.NO_SESSION, None, None), "No photo of this view with a sure date yet"),
    ],
)
def test_a_pair_says_why(chosen: PicturePair, words: str) -> None:
    assert pair_reason_words(chosen) == words


def test_every_certainty_has_words() -> None:
    assert len({certainty_words(one) for one in Certainty}) == len(Certainty)


def test_the_days_of_the_label_are_the_real_days() -> None:
    start = date(2025, 1, 1)
    for elapsed in range(400):
        when = start + timedelta(days=elapsed)
        assert phase_label(phase_of(taken(when), injections(start), known_after=True), "Botox")[1].startswith(
            f"{elapsed} day"
        )


@pytest.mark.parametrize(
    ("units", "sites", "words"),
    [("35 U", 6, "35 U, 6 sites"), ("35 U", 1, "35 U, 1 site"), ("35 U", 0, "35 U"), ("", 2, "2 sites"), ("", 0, "")],
)
def test_a_dose_with_its_sites(units: str, sites: int, words: str) -> None:
    assert dose_words(units, sites) == words
