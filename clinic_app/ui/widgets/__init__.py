"""Parts with no clinic in them.

The names are fetched when they are first used (PEP 562): the first window paints before forms, calendars and sheets
are loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_app.ui.widgets.banner import Banner, Level
    from clinic_app.ui.widgets.buttons import Button, IconButton, Kind, LinkButton
    from clinic_app.ui.widgets.chips import FilterChip, StatusChip, chip_size, paint_chip
    from clinic_app.ui.widgets.choice_row import ChoiceRow, FlowLayout
    from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
    from clinic_app.ui.widgets.date_field import DateField
    from clinic_app.ui.widgets.disc import Disc, paint_disc
    from clinic_app.ui.widgets.empty_state import EmptyState
    from clinic_app.ui.widgets.form_field import FormField, Remark
    from clinic_app.ui.widgets.interval_bar import Interval, IntervalBar, paint_interval
    from clinic_app.ui.widgets.number_field import NumberField
    from clinic_app.ui.widgets.progress_strip import Bar, ProgressStrip, StatusBit
    from clinic_app.ui.widgets.rail import Rail, RailButton
    from clinic_app.ui.widgets.rows import ColumnHeads, RowDelegate, RowTable, prepare_table, set_row_heights
    from clinic_app.ui.widgets.search_field import KeyCap, SearchField
    from clinic_app.ui.widgets.segments import SegmentedControl
    from clinic_app.ui.widgets.side_sheet import SideSheet
    from clinic_app.ui.widgets.themed import Card, ElidedLabel, Plane, RoomPlane, Rule, TextLabel, Themed
    from clinic_app.ui.widgets.tiles import Tile
    from clinic_app.ui.widgets.toast import Toast
    from clinic_app.ui.widgets.units_field import UnitsField

_HOMES = {
    "banner": (
        "Banner",
        "Level",
    ),
    "buttons": (
        "Button",
        "IconButton",
        "Kind",
        "LinkButton",
    ),
    "chips": (
        "FilterChip",
        "StatusChip",
        "chip_size",
        "paint_chip",
    ),
    "choice_row": (
        "ChoiceRow",
        "FlowLayout",
    ),
    "confirm_dialog": ("ConfirmDialog",),
    "date_field": ("DateField",),
    "disc": (
        "Disc",
        "paint_disc",
    ),
    "empty_state": ("EmptyState",),
    "form_field": (
        "FormField",
        "Remark",
    ),
    "interval_bar": (
        "Interval",
        "IntervalBar",
        "paint_interval",
    ),
    "number_field": ("NumberField",),
    "progress_strip": (
        "Bar",
        "ProgressStrip",
        "StatusBit",
    ),
    "rail": (
        "Rail",
        "RailButton",
    ),
    "rows": (
        "ColumnHeads",
        "RowDelegate",
        "RowTable",
        "prepare_table",
        "set_row_heights",
    ),
    "search_field": (
        "KeyCap",
        "SearchField",
    ),
    "segments": ("SegmentedControl",),
    "side_sheet": ("SideSheet",),
    "themed": (
        "Card",
        "ElidedLabel",
        "Plane",
        "RoomPlane",
        "Rule",
        "TextLabel",
        "Themed",
    ),
    "tiles": ("Tile",),
    "toast": ("Toast",),
    "units_field": ("UnitsField",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the module of a part when it is first asked for. Raises ``AttributeError`` for an unknown name."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = found
    return found


__all__ = [
    "Banner",
    "Bar",
    "Button",
    "Card",
    "ChoiceRow",
    "ColumnHeads",
    "ConfirmDialog",
    "DateField",
    "Disc",
    "ElidedLabel",
    "EmptyState",
    "FilterChip",
    "FlowLayout",
    "FormField",
    "IconButton",
    "Interval",
    "IntervalBar",
    "KeyCap",
    "Kind",
    "Level",
    "LinkButton",
    "NumberField",
    "Plane",
    "ProgressStrip",
    "Rail",
    "RailButton",
    "Remark",
    "RoomPlane",
    "RowDelegate",
    "RowTable",
    "Rule",
    "SearchField",
    "SegmentedControl",
    "SideSheet",
    "StatusBit",
    "StatusChip",
    "TextLabel",
    "Themed",
    "Tile",
    "Toast",
    "UnitsField",
    "chip_size",
    "paint_chip",
    "paint_disc",
    "paint_interval",
    "prepare_table",
    "set_row_heights",
]
