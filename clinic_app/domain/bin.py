"""What was taken out of the record whole, and can be put back until it is destroyed for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType

from clinic_app.domain.calendar import add_months

BACKUPS_AGE_OUT_MONTHS = 9
"""After so many months no backup holds any more what was destroyed (security page 5.4: nine monthly ones)."""


class BinKind(Enum):
    """What an entry of the bin holds."""

    PATIENT = "patient"
    CASE = "case"
    PHOTOS = "photos"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class BinEntry:
    """One thing in the bin. ``name`` is the patient's; it and ``mrn`` are empty once it was destroyed.

    ``rows``: how many rows of each table it holds. ``detail``: the condition of a case. ``merged_into``: the patient
    who was kept when two were merged. ``restricted``: few may see whose it is.
    """

    id: int
    kind: BinKind
    object_id: int
    patient_id: int
    mrn: str
    name: str
    reason: str
    deleted_by: str
    deleted_at: datetime
    rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    detail: str = ""
    merged_into: int | None = None
    restricted: bool = False
    legal_hold: bool = False
    last_on: date | None = None
    restored_at: datetime | None = None
    purged_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it can be put back."""
        return self.restored_at is None and self.purged_at is None

    @property
    def photographs(self) -> int:
        """How many photographs it holds."""
        return self.rows.get("picture", 0)


@dataclass(frozen=True, slots=True)
class BinCounts:
    """How much is in the bin, told apart from what is in the record."""

    patients: int = 0
    cases: int = 0
    photographs: int = 0
    merged: int = 0


def kept_until(last_on: date | None, years: int | None) -> date | None:
    """The last day a record must be kept: so many years after its last entry; None where nobody set a time."""
    if last_on is None or years is None or years <= 0:
        return None
    return add_months(last_on, 12 * years)
