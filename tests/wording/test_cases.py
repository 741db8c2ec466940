from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from clinic_app.domain.calendar import months
from clinic_app.domain.cases import PlanLevel, ReinjectionPlan, Side, StopReason, check_hold
from clinic_app.domain.catalogues import CATALOGUE_FILES, Catalogues, parse_catalogues
from clinic_app.domain.errors import RuleBroken
from clinic_app.wording.cases import condition_lines, level_words, side_words, stop_words
from clinic_app.wording.sentences import sentence_of
from tests.domain.builders import day

FOLDER = Path(__file__).parents[2] / "database" / "catalogues"


@cache
def catalogues() -> Catalogues:
    return parse_catalogues(
        {name: tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in CATALOGUE_FILES}
    )


@pytest.mark.parametrize(
    ("code", "side", "pattern", "lines"),
    [
        ("blepharospasm_bilateral", Side.BILATERAL, "", ("Blepharospasm", "bilateral")),
        ("blepharospasm_bilateral", None, "", ("Blepharospasm", "bilateral")),
        ("blepharospasm_unilateral", Side.LEFT, "", ("Blepharospasm", "left")),
        ("blepharospasm_unilateral", None, "", ("Blepharospasm", "unilateral")),
        ("cd_laterocollis", Side.LEFT, "", ("Cervical dystonia", "laterocollis, left")),
        ("cd_retrocollis", None, "", ("Cervical dystonia", "retrocollis")),
        ("hemifacial_spasm", Side.RIGHT, "", ("Hemifacial spasm", "right")),
        ("oromandibular", None, "jaw_opening", ("Oromandibular dystonia", "jaw opening")),
        ("oromandibular", Side.LEFT, "jaw_deviation", ("Oromandibular dystonia", "jaw deviation, left")),
        ("shoulder_dystonia", Side.MIDLINE, "after a fall", ("Shoulder dystonia", "after a fall, midline")),
    ],
)
def test_a_diagnosis_has_two_lines(code: str, side: Side | None, pattern: str, lines: tuple[str, str]) -> None:
    assert condition_lines(catalogues().conditions[code], side, pattern) == lines


def test_every_condition_has_a_name_and_no_word_twice() -> None:
    for condition in catalogues().conditions.values():
        for side in (None, *Side):
            name, detail = condition_lines(condition, side, "")
            assert name
            parts = detail.split(", ")
            assert len(parts) == len(set(parts))


def test_every_side_reason_and_level_has_words() -> None:
    assert side_words(None) == ""
    assert [side_words(one) for one in Side] == ["right", "left", "bilateral", "midline"]
    assert len({stop_words(one) for one in StopReason}) == len(StopReason)
    assert len({level_words(one) for one in PlanLevel}) == len(PlanLevel)


def test_a_plan_that_closes_before_it_opens_gets_a_sentence() -> None:
    with pytest.raises(RuleBroken) as caught:
        ReinjectionPlan(months(4), months(3)).checked()
    assert sentence_of(caught.value) == (
        "The plan opens after 4 months and closes after 3 months: from some days it would close before it opens. "
        "Choose a longer second time of the two."
    )


def test_a_hold_that_is_over_before_it_begins_gets_a_sentence() -> None:
    with pytest.raises(RuleBroken) as caught:
        check_hold(day("2026-03-02"), day("2026-03-01"))
    assert sentence_of(caught.value) == (
        "The hold would end on 1 Mar 2026, before it begins on 2 Mar 2026. Choose a later day in “until”."
    )


def test_products_of_the_catalogue_have_a_brand() -> None:
    assert {"ona", "abo"} <= catalogues().products.keys()
    assert "brand" in {one.name for one in fields(catalogues().products["ona"])}
