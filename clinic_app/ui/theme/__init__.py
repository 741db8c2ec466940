"""How the window looks: colours, type, icons, lengths, and the keeper that holds them together.

The names are fetched when they are first used (PEP 562): the front is painted with the colours alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_app.ui.theme.fonts import Style, tabular
    from clinic_app.ui.theme.keeper import Appearance, ThemeKeeper
    from clinic_app.ui.theme.measures import Density, Measures
    from clinic_app.ui.theme.tokens import DARK, LIGHT, StatusColours, Theme, Tone, ViewerColours

_MODULE_OF = {
    "Style": "fonts",
    "tabular": "fonts",
    "Appearance": "keeper",
    "ThemeKeeper": "keeper",
    "Density": "measures",
    "Measures": "measures",
    "DARK": "tokens",
    "LIGHT": "tokens",
    "StatusColours": "tokens",
    "Theme": "tokens",
    "Tone": "tokens",
    "ViewerColours": "tokens",
}


def __getattr__(name: str) -> object:
    """Load the module of a name when it is first asked for. Raises ``AttributeError`` for an unknown name."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = found
    return found


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
