"""Every rule of the ground floor that can be broken has a sentence, with every blank filled."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import clinic_app.domain
from clinic_app.domain.calendar import Span
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Birth, PatientDetails, Phone
from clinic_app.domain.treatment import check_session_day
from clinic_app.wording.sentences import messages, sentence_of
from tests.domain.builders import day

TODAY = day("2026-03-19")
MODULES = (
    "calendar",
    "units",
    "patients",
    "cases",
    "treatment",
    "schedule",
    "doses",
    "pictures",
    "alignment",
    "measuring",
)


def raised() -> list[tuple[str, str, set[str]]]:
    """Module, code and parameters of every ``RuleBroken`` the modules raise."""
    folder = Path(next(iter(clinic_app.domain.__path__)))
    found = []
    for module in MODULES:
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RuleBroken":
                code = node.args[1]
                assert isinstance(code, ast.Constant)
                found.append((module, str(code.value), {str(word.arg) for word in node.keywords}))
    return found


@pytest.mark.parametrize(("module", "code", "params"), raised())
def test_every_broken_rule_has_a_sentence_with_only_its_own_blanks(module: str, code: str, params: set[str]) -> None:
    template = messages()[code]
    blanks = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    assert blanks <= params | {"field"}
    assert template.rstrip().endswith(".")


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        (PatientDetails(" "), "The patient’s name is missing. Enter it in “full name”."),
        (
            PatientDetails("Asha", birth=Birth(day=day("2026-03-20"))),
            "The birth date 20 Mar 2026 lies in the future. Correct “birth”.",
        ),
        (
            PatientDetails("Asha", phones=(Phone("12"),)),
            "The phone number “12” has fewer than four digits. Correct it, or remove it.",
        ),
    ],
)
def test_refused_details_of_a_patient_get_a_sentence(details: PatientDetails, sentence: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        details.checked(TODAY)
    assert sentence_of(caught.value) == sentence


def test_an_injection_before_birth_or_in_the_future_gets_a_sentence() -> None:
    with pytest.raises(RuleBroken) as caught:
        check_session_day(day("1960-01-01"), today=TODAY, born=day("1968-01-01"))
    assert sentence_of(caught.value) == (
        "The injection is dated 1 Jan 1960, before the patient was born (1 Jan 1968). Correct “date” or the birth date."
    )
    with pytest.raises(RuleBroken) as caught:
        check_session_day(day("2026-03-20"), today=TODAY, born=None)
    assert "dated 20 Mar 2026, but today is 19 Mar 2026" in sentence_of(caught.value)


def test_a_bad_span_gets_a_sentence() -> None:
    with pytest.raises(RuleBroken) as caught:
        Span.parse("3 y")
    assert sentence_of(caught.value) == "“3 y” in “span” is no length of time. Write for example 12 w, 3 m or 90 d."
