from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime

import pytest

from clinic_app.domain.audit import Anchor, AuditEntry, AuditProblem, AuditReport, ClockState, Outcome
from clinic_app.domain.audit_actions import ACTIONS, DICOM_MEANINGS, AuditKind, actions_of, dicom_of, kind_of
from clinic_app.domain.incidents import IncidentPart
from clinic_app.domain.settings import SETTINGS
from clinic_app.storage.row_watch import WATCHED
from clinic_app.wording.audit import (
    KINDS,
    OUTCOMES,
    PARTS,
    SENTENCES,
    detail_words,
    entry_sentence,
    list_row,
    patient_words,
    report_words,
    roles_words,
)

MOMENT = datetime.fromisoformat("2026-11-21T18:05:09")


def entry(
    action: str,
    object_id: str = "",
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
    patient_id: int | None = None,
    object_name: str = "",
) -> AuditEntry:
    noun = action.partition(".")[0]
    made = AuditEntry(
        7, MOMENT, ClockState.OK, 1, "Dr Rao", ("doctor",), "pc", action, noun, object_id, patient_id, outcome, reason
    )
    return replace(made, object_name=object_name)


def test_every_action_has_a_sentence_and_every_sentence_an_action() -> None:
    assert set(SENTENCES) == set(ACTIONS)
    assert set(KINDS) == set(AuditKind)
    assert set(PARTS) == set(IncidentPart)
    assert set(OUTCOMES) == set(Outcome)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_sentence_fills_all_its_blanks(action: str) -> None:
    blanks = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[action]) if name}
    assert blanks <= {"who", "object", "what"}
    words = entry_sentence(entry(action, "3"))
    assert "{" not in words
    assert "." not in action or action not in words
    assert not words.endswith(".")


def test_every_watched_object_has_its_actions() -> None:
    nouns = {watched.object_type for watched in WATCHED.values()}
    assert nouns <= {action.partition(".")[0] for action in ACTIONS}
    for noun in nouns - {"bin", "import", "settings", "protection", "user"}:
        assert {f"{noun}.delete", f"{noun}.restore"} <= set(ACTIONS), noun


def test_sentences() -> None:
    assert entry_sentence(entry("injection.sign")) == "Dr Rao finalised an injection"
    assert entry_sentence(entry("photo.view", "4")) == "Dr Rao looked at 1 photo"
    assert entry_sentence(entry("photo.view", "4,5,9")) == "Dr Rao looked at 3 photos"
    assert (
        entry_sentence(entry("user.role", "3", object_name="Sister Mary")) == "Dr Rao changed what Sister Mary may do"
    )
    assert entry_sentence(entry("export.ident", outcome=Outcome.FAILED)) == "Dr Rao exported with names (failed)"
    assert entry_sentence(entry("something.new")) == "Dr Rao: something.new"
    assert detail_words(entry("authz.denied", "purge", reason="not_allowed")) == "not allowed"
    assert detail_words(entry("user.reset", "3", reason="2026-11-30T15:16:57")) == "30 Nov 2026 15:16:57"
    assert detail_words(entry("case.edit", "3", reason="2026-11-30")) == "2026-11-30"
    assert patient_words(entry("patient.view", patient_id=12)) == "Record 12, no longer here"


def test_roles_are_called_as_under_people() -> None:
    known = replace(entry("audit.view"), roles=("doctor", "admin", "read_only", "porter"))
    assert roles_words(known) == "Administrator, Doctor, Reader, porter"


def test_a_setting_that_was_changed_is_named() -> None:
    kept = {fact.kept_in for fact in SETTINGS} | {"first_steps", "catalogues", "demo"}
    for key in kept:
        assert detail_words(entry("settings.change", key, reason="new rule")).endswith(" · new rule"), key
    assert list_row(entry("settings.change", "clinic"))[-1] == "Name of the clinic"


def test_what_verifying_found() -> None:
    head = Anchor(20413, "ab" * 32, "2026-11-21T18:05:00+00:00")
    anchored = AuditReport(20413, head, (), head)
    assert report_words(anchored).startswith("Entries 1–20 413 are intact; last anchor 21 Nov 2026 ")
    assert report_words(anchored).endswith("; 0 problems.")
    assert report_words(AuditReport(0, None, ())) == "There is no entry yet; 0 problems."
    bad = AuditReport(20413, head, (AuditProblem(1204, "audit_entry_missing"),))
    assert report_words(bad).startswith("Entry 1 204 of the audit is missing")
    assert "Everything before entry 1 204 is intact." in report_words(bad)


def test_kinds_and_dicom_events() -> None:
    assert kind_of("print") is AuditKind.TAKEN_OUT
    assert kind_of("something.new") is AuditKind.CHANGED
    assert dicom_of("breakglass.start") == (110127, "Emergency Override Started")
    assert dicom_of("something.new") is None
    assert {action.dicom for action in ACTIONS.values()} <= set(DICOM_MEANINGS)
    assert sorted(code for kind in AuditKind for code in actions_of((kind,))) == sorted(ACTIONS)
