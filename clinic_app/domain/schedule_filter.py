"""What the call list is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CallListFilter:
    """Empty fields do not narrow. ``not_called_since``: no call logged on or after that day."""

    condition: str = ""
    injector: str = ""
    product: str = ""
    not_called_since: date | None = None
    closes_by: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != CallListFilter()
