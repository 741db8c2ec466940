"""Words about a check of the clinic's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from clinic_app.domain.changes import Progress
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import messages, sentence

STRIP_SAYS = 3
"""Findings a strip across the window names."""

MESSAGES: dict[str, str] = {
    "checking_pictures": "Looking at photographs…",
    "checking_database": "Looking over the database…",
    "database_behind": (
        "The database is older than the key file knows: entry {seq} of the audit, of {day}, is missing. Entries were cut "
        "off, or an older clinic.db was put in its place. Enter nothing more; restore the newest backup, or ask for help."
    ),
    "checking_dates": "Computing dates anew…",
}


def step_words(progress: Progress) -> str:
    """What a long job does now, where there is a sentence for it."""
    if progress.detail:
        return progress.detail
    return sentence(progress.code) if progress.code in messages() else ""


def finding_kind_words(kind: FindingKind) -> str:
    """How bad a finding is."""
    return {
        FindingKind.NOTE: translate("Note"),
        FindingKind.MISSING: translate("Missing"),
        FindingKind.DAMAGED: translate("Damaged"),
    }[kind]


def result_words(findings: Sequence[Finding], *, full: bool) -> str:
    """What came of a check."""
    bad = sum(not one.harmless for one in findings)
    if bad:
        said = translate_many("{count} thing is missing or damaged.", "{count} things are missing or damaged.", bad)
        then = translate("Change nothing of what is named here; restore it from a backup, or ask for help.")
        return f"{said} {then}"
    if full:
        return translate("Everything is whole: the database, the audit, and every photograph was opened.")
    return translate("Everything is whole, as far as a quick check looks.")


def found_words(findings: Sequence[Finding]) -> str:
    """The first few of the findings that do harm, each as a sentence, for a strip across the window."""
    said = list(dict.fromkeys(sentence(one.code, one.params) for one in findings if not one.harmless))
    more = len(said) - STRIP_SAYS
    if more > 0:
        said[STRIP_SAYS:] = [translate_many("{count} more thing is wrong.", "{count} more things are wrong.", more)]
    return " ".join(said)


def findings_words(clinic: str, day: date, full: bool, lines: Sequence[str]) -> str:
    """The list as text, to be copied or printed."""
    depth = translate("every photograph opened") if full else translate("quick")
    head = translate("{clinic}: check of the data, {day} ({depth})").format(
        clinic=clinic, day=day_words(day), depth=depth
    )
    return "\n".join((head, "", *(lines or (translate("Nothing was found."),))))


def findings_page(text: str) -> str:
    """The same as a page of HTML."""
    head, *lines = text.split("\n")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
    return f"<h2>{escape(head)}</h2><ul>{items}</ul>"
