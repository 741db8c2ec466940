"""Where the window was: the way back and forward through the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KEPT = 50
"""So many places are remembered."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area and who was selected there; ids are 0 for nobody."""

    area: str
    patient_id: int = 0
    case_id: int = 0


class Places:
    """The places one after the other, and which of them is shown: there is always one."""

    def __init__(self, area: str) -> None:
        self._all = [Place(area)]
        self._at = 0

    @property
    def here(self) -> Place:
        """The one shown."""
        return self._all[self._at]

    @property
    def back(self) -> bool:
        """Whether there is one before it."""
        return self._at > 0

    @property
    def forward(self) -> bool:
        """Whether there is one after it."""
        return self._at < len(self._all) - 1

    def begin(self, area: str) -> None:
        """Forget all and be in an area with nobody selected."""
        self._all, self._at = [Place(area)], 0

    def go_on(self, place: Place) -> None:
        """Be at another place; those that lay ahead are forgotten, as the oldest are."""
        if place == self.here:
            return
        del self._all[self._at + 1 :]
        self._all.append(place)
        del self._all[:-KEPT]
        self._at = len(self._all) - 1

    def stay_as(self, place: Place) -> None:
        """The place shown means somebody else now."""
        self._all[self._at] = place

    def step(self, step: int) -> bool:
        """Go back (-1) or forward (1); False where the way ends."""
        return self.return_to(self._at + step)

    def return_to(self, at: int) -> bool:
        """Be at one of the places; False where there is none."""
        if not 0 <= at < len(self._all):
            return False
        self._at = at
        return True

    def before(self) -> Iterator[tuple[int, Place]]:
        """Those before the one shown with their numbers, the newest first."""
        return ((at, self._all[at]) for at in range(self._at - 1, -1, -1))

    def forget(self, patient_id: int, otherwise: str) -> None:
        """No place of a patient is left; ``otherwise``: the area to be in where none would be left."""
        self._all = [one for one in self._all if one.patient_id != patient_id] or [Place(otherwise)]
        self._at = len(self._all) - 1
