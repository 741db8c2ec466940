"""One sheet of paper that is ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clinic_app.domain.papers import PaperSize
from clinic_app.paper.ink import Ink


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its size, whether it lies on its side, and what draws it. ``footed``: it has a line at the bottom."""

    size: PaperSize
    draw: Callable[[Ink], None]
    wide: bool = False
    footed: bool = True

    @property
    def width(self) -> float:
        """Width as it lies."""
        return self.size.height if self.wide else self.size.width

    @property
    def height(self) -> float:
        """Height as it lies."""
        return self.size.width if self.wide else self.size.height
