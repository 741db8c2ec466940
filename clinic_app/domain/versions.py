"""Earlier versions of what was entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

RESTORABLE = frozenset({"patient", "clinical_case", "injection_session", "external_toxin"})
"""The tables whose earlier versions can be made the newest one again."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row as it was before and after a save; None: nothing was entered."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Version:
    """One thing as it was before a save. ``save`` is the entry of the audit: versions of one save share it.

    ``table`` and ``row`` say what it was of; ``removed``: the save took it out of the record.
    """

    id: int
    save: int
    at: datetime
    by: str
    table: str
    row: str
    removed: bool
    fields: tuple[FieldChange, ...]

    @property
    def restorable(self) -> bool:
        """Whether it can be made the newest one again."""
        return self.table in RESTORABLE and not self.removed
