"""What is drawn on photographs, as its rows are read."""

from __future__ import annotations

import pytest

from clinic_app.domain.marks import Hiding, Mark, MarkKind, Part
from clinic_app.storage.marks import mark_of
from clinic_app.storage.records.comparison import MarkRecord


@pytest.mark.parametrize("part", ["eyes", "of a later version", None])
def test_a_region_of_a_kind_that_is_not_known_is_read_and_hides(part: str | None) -> None:
    content = {"points": [[0.2, 0.3], [0.7, 0.4]], "part": part, "hiding": "solid"}
    row = MarkRecord(id=4, picture_id=9, kind="cover", content=content, written_by="", written_at=None)
    expected = Mark(4, 9, MarkKind.COVER, ((0.2, 0.3), (0.7, 0.4)), part=Part.ANY, hiding=Hiding.SOLID)
    assert mark_of(row) == expected
