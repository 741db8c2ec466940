"""Sentences about merging two records of one person."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "merge_same_patient": "This is the same record. Choose the other record of {kept}.",
    "merge_departed_differs": (
        "One of the two is recorded as having died or moved away and the other is not, or on another day. Record the "
        "same of both, then merge."
    ),
    "merge_same_day": (
        "Both records have an injection of {day} for the same diagnosis. Choose the one that was entered twice; it "
        "becomes void."
    ),
}
