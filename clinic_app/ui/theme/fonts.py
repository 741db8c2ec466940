"""Inter and Noto Sans Devanagari, and the type styles made of them."""

from __future__ import annotations

import logging
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QLoggingCategory
from PySide6.QtGui import QFont, QFontDatabase

log = logging.getLogger(__name__)


class Type(NamedTuple):
    """One line of the type table: size and line height in pixels at 100 %, weight, tracking in pixels."""

    pixels: int
    line: int
    weight: int = 400
    tracking: float = 0.0
    numbers: bool = False


class Style(Enum):
    """The type styles (ux.md 4.3). ``numbers`` styles keep digits in columns."""

    PAGE_TITLE = Type(22, 28, 600, -0.3)
    TILE_NUMBER = Type(22, 28, 600, -0.3, True)
    TILE_NUMBER_SMALL = Type(17, 22, 600, -0.2, True)
    PANEL_TITLE = Type(16, 22, 600)
    PHONE = Type(15, 20, 600, 0.0, True)
    SECTION = Type(14, 20, 600)
    SECTION_SMALL = Type(12, 18, 600)
    BODY = Type(13, 18)
    BUTTON = Type(13, 18, 500)
    NAME = Type(13, 18, 600)
    SECONDARY = Type(12, 17)
    CHIP = Type(12, 17, 500)
    CAPTION = Type(11, 16, 500, 0.15)
    COUNT = Type(11, 16, 600, 0.0, True)
    KEYCAP = Type(10, 14, 600, 0.15)


_FAMILIES: list[str] = []


def load_fonts() -> list[str]:
    """Give the bundled fonts to Qt, once a process; answers the families to use, best first.

    A font file that cannot be read is logged and left out: the system's own font then stands in.
    """
    if _FAMILIES:
        return list(_FAMILIES)
    import fontpkg_inter
    import fontpkg_noto_sans_devanagari

    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    for package in (fontpkg_inter, fontpkg_noto_sans_devanagari):
        for path in sorted((package.ROOT / "files").glob("*.ttf")):
            if "Italic" in path.name:
                continue
            number = QFontDatabase.addApplicationFont(str(path))
            families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
            if families:
                _FAMILIES.extend(name for name in families if name not in _FAMILIES)
            else:
                log.warning("font_unreadable %s", path.name)
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if system and system not in _FAMILIES:
        _FAMILIES.append(system)
    return list(_FAMILIES)


def tabular(font: QFont) -> QFont:
    """The same font with digits of one width, for numbers that stand in columns."""
    answer = QFont(font)
    answer.setFeature(QFont.Tag("tnum"), 1)
    return answer


def make_font(kind: Type, scale: float = 1.0, *, weight: int | None = None, numbers: bool | None = None) -> QFont:
    """A font of a type style at a text scale (1.0 is 100 %).

    The weight is set twice: as a weight for the system's fonts, as the ``wght`` axis for the variable ones
    (Qt 6.11 does not move the axis by itself).
    """
    answer = QFont(load_fonts())
    answer.setPixelSize(max(1, round(kind.pixels * scale)))
    heavy = kind.weight if weight is None else weight
    answer.setWeight(QFont.Weight(heavy))
    answer.setVariableAxis(QFont.Tag("wght"), float(heavy))
    answer.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if kind.tracking:
        answer.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, kind.tracking)
    return tabular(answer) if (kind.numbers if numbers is None else numbers) else answer
