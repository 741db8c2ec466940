"""The line under the call list."""

from __future__ import annotations

from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.wording.call_list import counts_words


def test_counts_add_up_and_what_is_in_no_list_is_told_apart() -> None:
    counts = {FollowUpStatus.OVERDUE: 1031, FollowUpStatus.DUE: 0, FollowUpStatus.STOPPED: 2}
    assert counts_words(counts, 0, 0) == "1 033 diagnoses: 1 031 overdue · 2 stopped"
    assert (
        counts_words(counts, 3, 1) == "1 033 diagnoses: 1 031 overdue · 2 stopped   +   3 in the bin · 1 record merged"
    )
    assert counts_words({FollowUpStatus.DUE: 1}, 0, 2) == "1 diagnosis: 1 due   +   2 records merged"
    assert counts_words({}, 0, 0) == "0 diagnoses"
