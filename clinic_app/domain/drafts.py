"""What somebody typed and has not saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class DraftKind(Enum):
    """What a draft is of."""

    PATIENT = "patient"
    CASE = "case"
    VISIT = "visit"
    CALL = "call"
    BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed of one kind about one patient (0: somebody new), and when the last of it was kept."""

    kind: DraftKind
    patient_id: int
    content: Mapping[str, object] = field(repr=False)
    written_at: datetime
    written_by: str
