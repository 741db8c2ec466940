"""What is printed: numbers of rows, initials, languages, and the window a patient takes along."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_app.domain.papers import (
    LabelSheet,
    PaperKind,
    PaperSize,
    next_visit_of,
    paper_number,
    stem_of,
)
from clinic_app.domain.patients import Patient, PatientDetails
from clinic_app.domain.schedule import CaseFacts, ClinicRules, FollowUp, follow_up
from tests.domain.builders import OTHER_CASE, session

ASHA = Patient(7, 412, "4127", PatientDetails("Asha Verma"))


def test_the_number_of_a_row_is_the_clinics_own_and_stays() -> None:
    assert paper_number(ASHA, 31, [31]) == "412"
    assert [paper_number(ASHA, case, [40, 31]) for case in (31, 40)] == ["412", "412-2"]


def test_a_file_name_is_safe_and_names_nobody() -> None:
    assert stem_of(PaperKind.CALL_LIST, date(2026, 3, 19)) == "call-list-2026-03-19"
    assert stem_of(PaperKind.DAY_LIST, date(2026, 3, 19), "a/b: ü") == "day-list-a-b-2026-03-19"


def answer(given: str, case: int = 1, come_on: str | None = None) -> FollowUp:
    facts = CaseFacts(case, "cervical_dystonia", (session(given, case=case, come_on=come_on),))
    return follow_up(facts, ClinicRules(), date(2026, 1, 10))


def test_the_window_after_a_visit_is_that_of_all_its_cases() -> None:
    one = next_visit_of(ASHA, [answer("2026-01-05")])
    assert one is not None
    assert (one.earliest, one.opens, one.closes) == (date(2026, 3, 30), date(2026, 4, 5), date(2026, 5, 5))
    both = next_visit_of(ASHA, [answer("2026-01-05"), answer("2026-01-09", OTHER_CASE)])
    assert both is not None
    assert (both.opens, both.closes) == (date(2026, 4, 9), date(2026, 5, 5))
    assert next_visit_of(ASHA, []) is None


def test_a_come_on_day_is_printed_unless_it_is_too_early() -> None:
    said = next_visit_of(ASHA, [answer("2026-01-05", come_on="2026-04-20")])
    assert said is not None
    assert said.come_on == date(2026, 4, 20)
    early = next_visit_of(ASHA, [answer("2026-01-05", come_on="2026-03-02")])
    assert early is not None
    assert early.come_on is None
    assert early.earliest == date(2026, 3, 30)


def test_labels_that_do_not_lie_on_their_sheet_are_refused() -> None:
    with pytest.raises(ValueError, match="do not lie on their sheet"):
        LabelSheet("x", "x", PaperSize.A4, 4, 8, 70, 37, 0, 0, 70, 37)
