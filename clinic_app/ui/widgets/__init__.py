"""Parts with no clinic in them."""

from __future__ import annotations

from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.ui.widgets.buttons import Button, IconButton, Kind, LinkButton
from clinic_app.ui.widgets.chips import FilterChip, StatusChip, chip_size, paint_chip
from clinic_app.ui.widgets.choice_row import ChoiceRow, FlowLayout
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.date_field import DateField
from clinic_app.ui.widgets.disc import Disc, initials, paint_disc
from clinic_app.ui.widgets.empty_state import EmptyState
from clinic_app.ui.widgets.form_field import FormField, Remark
from clinic_app.ui.widgets.interval_bar import Interval, IntervalBar, paint_interval
from clinic_app.ui.widgets.number_field import NumberField
from clinic_app.ui.widgets.progress_strip import Bar, ProgressStrip, StatusBit
from clinic_app.ui.widgets.rail import Rail, RailButton
from clinic_app.ui.widgets.rows import ColumnHeads, RowDelegate, prepare_table, set_row_heights
from clinic_app.ui.widgets.search_field import KeyCap, SearchField
from clinic_app.ui.widgets.segments import SegmentedControl
from clinic_app.ui.widgets.side_sheet import SideSheet
from clinic_app.ui.widgets.themed import Card, ElidedLabel, Plane, Rule, TextLabel, Themed
from clinic_app.ui.widgets.tiles import Tile
from clinic_app.ui.widgets.toast import Toast
from clinic_app.ui.widgets.units_field import UnitsField

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
    "RowDelegate",
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
    "initials",
    "paint_chip",
    "paint_disc",
    "paint_interval",
    "prepare_table",
    "set_row_heights",
]
