"""What a check of the record finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

DATABASE_BEHIND: Final = "database_behind"
"""The code of a finding: the audit does not hold what the key file remembers of it."""


class FindingKind(Enum):
    """How bad a finding is: a note does no harm, the others mean that something is lost or wrong."""

    NOTE = "note"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: what, of whom (``mrn`` empty where of nobody), and a code with parameters for the sentence.

    ``id`` is the number of the photograph or diagnosis it is about, None where it is about neither.
    """

    kind: FindingKind
    id: int | None
    mrn: str
    code: str
    params: dict[str, object]

    @property
    def harmless(self) -> bool:
        """Whether the record is whole all the same."""
        return self.kind is FindingKind.NOTE
