from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import pytest

from clinic_app.domain.alignment import AlignmentMethod, FoundBy, Landmark, NotAligned, fit_similarity
from clinic_app.domain.errors import RuleBroken
from clinic_app.wording.alignment import found_by_words, landmark_words, method_words, not_aligned_words
from clinic_app.wording.sentences import sentence_of


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (AlignmentMethod, method_words),
        (FoundBy, found_by_words),
        (Landmark, landmark_words),
        (NotAligned, not_aligned_words),
    ],
)
def test_everything_has_words_of_its_own(kinds: type[Enum], words: Callable[[Enum], str]) -> None:
    said = [words(one) for one in kinds]
    assert len(set(said)) == len(said)
    assert all(said)


def test_why_nothing_was_found_is_a_sentence() -> None:
    assert all(not_aligned_words(reason).endswith(".") for reason in NotAligned)


def test_one_point_gets_a_sentence() -> None:
    with pytest.raises(RuleBroken) as caught:
        fit_similarity([(0.1, 0.1)], [(0.2, 0.2)])
    assert sentence_of(caught.value) == (
        "At least 2 points are needed in each photo, 1 set so far. Click at the same spots in both."
    )
