"""Heights and widths in pixels at 100 %, by density and by window size."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Density(Enum):
    """How close rows stand (ux.md 4.4)."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"
    TOUCH = "touch"


class Measures(NamedTuple):
    """Lengths of the main screen (ux.md 4.4, 6.1 to 6.9); ``narrow`` is the layout for small windows."""

    narrow: bool = False
    row: int = 44
    group_row: int = 28
    table_header: int = 34
    control: int = 32
    control_small: int = 28
    chip: int = 22
    tile: int = 66
    rail: int = 204
    rail_item: int = 36
    rail_pitch: int = 40
    inspector: int = 348
    side_sheet: int = 480
    picture: int = 104
    week_board: int = 222
    margin_side: int = 24
    margin_top: int = 14
    margin_bottom: int = 16
    block_gap: int = 12
    menu_bar: int = 28


def measures_of(density: Density, *, narrow: bool, scale: float) -> Measures:
    """The lengths for a density and layout, multiplied by the text scale."""
    found = Measures()
    if narrow:
        found = found._replace(
            narrow=True,
            tile=54,
            rail=64,
            rail_item=50,
            rail_pitch=54,
            inspector=320,
            picture=76,
            week_board=100,
            margin_side=20,
            margin_top=12,
            margin_bottom=10,
            block_gap=10,
        )
    if density is Density.COMPACT:
        found = found._replace(row=36, control=28, group_row=24, table_header=30)
    elif density is Density.TOUCH:
        found = found._replace(row=56, control=44, control_small=44, group_row=36)
    return Measures(found.narrow, *(round(length * scale) for length in found[1:]))
