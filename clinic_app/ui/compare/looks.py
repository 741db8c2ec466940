"""What all panes have in common but for the photographs and the lens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from clinic_app.domain.lens import Sizing


class Grid(IntEnum):
    """The lines over the photographs, in the order of the key."""

    OFF = 0
    THIRDS = 1
    FINE = 2
    RINGS = 3


@dataclass(slots=True)
class Looks:
    """How every pane shows its photograph. ``common``: screen pixels to one pixel or millimetre (0: each fits).

    ``wheel_steps``: the wheel changes the photograph. ``panning``: Space is held, a drag moves the picture whatever
    tool is in the hand. ``ratio``: device pixels per pixel where it is not that of the screen, for a picture that is
    saved. ``marks``: whether what is drawn on the photographs is shown, and hidden regions are hidden; ``lifted``: the
    one that is looked under while it is drawn (0: none). ``sealed``: every region is hidden, whatever else is said
    (what leaves, a second window, a presentation).
    """

    labels: bool = True
    grid: Grid = Grid.OFF
    loupe: bool = False
    mirrored: bool = False
    match_exposure: bool = False
    sizing: Sizing = Sizing.BOX
    common: float = 0.0
    wheel_steps: bool = False
    panning: bool = False
    ratio: float = 0.0
    marks: bool = True
    lifted: int = 0
    sealed: bool = False
