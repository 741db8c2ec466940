"""How the window looks: colours, type, icons, lengths, and the keeper that holds them together."""

from __future__ import annotations

from clinic_app.ui.theme.fonts import Style, tabular
from clinic_app.ui.theme.keeper import Appearance, ThemeKeeper
from clinic_app.ui.theme.measures import Density, Measures
from clinic_app.ui.theme.tokens import DARK, LIGHT, StatusColours, Theme, Tone, ViewerColours

__all__ = [
    "DARK",
    "LIGHT",
    "Appearance",
    "Density",
    "Measures",
    "StatusColours",
    "Style",
    "Theme",
    "ThemeKeeper",
    "Tone",
    "ViewerColours",
    "tabular",
]
