"""The colours of the window, by name; the only module where a colour is written as a number.

Named tuples, not dataclasses: making the classes costs a fifth, and this is loaded before the first paint.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Tone(Enum):
    """What a status colour says; each tone also has an icon of its own shape (never colour alone)."""

    OVERDUE = "overdue"
    DUE = "due"
    CONTACTING = "contacting"
    BOOKED = "booked"
    TREATED = "treated"
    NO_SHOW = "no_show"
    NOT_DUE = "not_due"
    STOPPED = "stopped"


class StatusColours(NamedTuple):
    """A status triple (text, fill, mark) and its solid variant.

    Source: ux.md 3.2; text on fill 5.7 to 8.9, marks at least 3.16 to 1 on the surface.
    """

    fg: str
    bg: str
    mark: str
    solid_fg: str
    solid_bg: str
    icon: str
    dashed: bool = False


class ViewerColours(NamedTuple):
    """The neutral canvas of the picture viewer, the same in both themes (ux.md 2.11)."""

    canvas: str = "#2B2B2B"
    bar: str = "#1C1C1C"
    group: str = "#262626"
    active: str = "#404040"
    line: str = "#3A3A3A"
    text: str = "#F0F0F0"
    text2: str = "#B4B4B4"
    key_hint: str = "#8A8A8A"
    accent: str = "#5BC0D8"
    on_accent: str = "#05222B"
    plate: str = "#D60E0E0E"
    plate_text: str = "#FFFFFF"
    plate_text2: str = "#D2D2D2"
    measure: str = "#FFD84D"
    measure_halo: str = "#AB000000"
    mirrored: str = "#C62828"
    ink_yellow: str = "#FFD84D"
    ink_cyan: str = "#4DE1FF"
    ink_white: str = "#FFFFFF"
    ink_red: str = "#FF5252"
    ink_halo: str = "#C8000000"


PAPER = ViewerColours(
    canvas="#FFFFFF", group="#FFFFFF", text="#0A0A0A", plate="#FFFFFF", plate_text="#0A0A0A", plate_text2="#303030",
    measure="#7A4A00",
)  # fmt: skip
"""The viewer as it is printed: nothing dark but the photographs."""


class MapColours(NamedTuple):
    """The body map: skin, lines and muscle regions (ux.md 5.3)."""

    skin: str
    line: str
    hair: str
    lip: str
    sclera: str
    iris: str
    pupil: str
    muscle: str


class Theme(NamedTuple):
    """Every colour of one appearance, as ``#RRGGBB`` or ``#AARRGGBB`` (ux.md 4.2)."""

    name: str
    dark: bool
    app: str
    rail: str
    surface: str
    raised: str
    sunken: str
    hover: str
    selected: str
    border: str
    hair: str
    border_strong: str
    text: str
    text2: str
    text3: str
    disabled: str
    accent: str
    accent_hover: str
    accent_press: str
    on_accent: str
    accent_soft: str
    accent_text: str
    focus: str
    danger: str
    warning: str
    warning_soft: str
    success: str
    toast: str
    toast_text: str
    toast_action: str
    track: str
    band: str
    shadow: str
    plate: str
    plate_text: str
    overdue: StatusColours
    due: StatusColours
    contacting: StatusColours
    booked: StatusColours
    treated: StatusColours
    no_show: StatusColours
    not_due: StatusColours
    stopped: StatusColours
    body: MapColours
    viewer: ViewerColours = ViewerColours()

    def status(self, tone: Tone) -> StatusColours:
        """The colours of one tone."""
        found = getattr(self, tone.value)
        if not isinstance(found, StatusColours):
            raise TypeError(tone)
        return found

    def colour(self, token: str) -> str:
        """The colour of a token name; ``overdue.fg`` and ``viewer.text`` reach into the groups.

        A name that is already a colour (``#…``) is answered as it is. Raises ``AttributeError`` for an unknown token.
        """
        if token.startswith("#"):
            return token
        found: object = self
        for part in token.split("."):
            found = getattr(found, part)
        if not isinstance(found, str):
            raise AttributeError(token)
        return found

    def tokens(self) -> dict[str, str]:
        """All plain colour tokens by name, for the style sheet."""
        pairs = self._asdict().items()
        return {name: value for name, value in pairs if isinstance(value, str) and name != "name"}


LIGHT = Theme(
    name="light",
    dark=False,
    app="#F5F7F9",
    rail="#ECF0F3",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#F0F3F6",
    hover="#F3F7F9",
    selected="#E4F1F5",
    border="#DFE4E9",
    hair="#EBEEF2",
    border_strong="#7E8B99",
    text="#16202A",
    text2="#4C5A69",
    text3="#5D6A78",
    disabled="#98A3AF",
    accent="#0B6B86",
    accent_hover="#095A71",
    accent_press="#074A5D",
    on_accent="#FFFFFF",
    accent_soft="#DCEEF3",
    accent_text="#0A5F77",
    focus="#0B6B86",
    danger="#8F150D",
    warning="#6B4E00",
    warning_soft="#FBF0CC",
    success="#0C6B43",
    toast="#1F2A35",
    toast_text="#FFFFFF",
    toast_action="#7FD3E6",
    track="#DFE4E9",
    band="#660B6B86",
    shadow="#45000000",
    plate="#CC10151B",
    plate_text="#FFFFFF",
    overdue=StatusColours("#8F150D", "#FCE7E4", "#B01A10", "#FFFFFF", "#8F150D", "triangle-alert"),
    due=StatusColours("#6B4E00", "#FBF0CC", "#B58900", "#FFFFFF", "#6B4E00", "clock"),
    contacting=StatusColours("#6A25A8", "#F3E9FC", "#9645DB", "#FFFFFF", "#6A25A8", "phone-outgoing"),
    booked=StatusColours("#0C4A99", "#E2ECF9", "#0C4A99", "#FFFFFF", "#0C4A99", "calendar-check"),
    treated=StatusColours("#0C6B43", "#DDF4E8", "#18A167", "#FFFFFF", "#0C6B43", "circle-check"),
    no_show=StatusColours("#6E2149", "#F9E6EF", "#6E2149", "#FFFFFF", "#6E2149", "user-x"),
    not_due=StatusColours("#475563", "#EDF0F3", "#8692A2", "#FFFFFF", "#475563", "circle-dashed"),
    stopped=StatusColours("#475563", "#FFFFFF", "#8692A2", "#FFFFFF", "#475563", "circle-pause", dashed=True),
    body=MapColours("#F4EFEB", "#5B6B7C", "#DCD8D4", "#EAD8D2", "#FFFFFF", "#7A8797", "#3E4A56", "#B56A5A"),
)

DARK = Theme(
    name="dark",
    dark=True,
    app="#10151B",
    rail="#0C1116",
    surface="#171E26",
    raised="#1E2731",
    sunken="#121920",
    hover="#1D2630",
    selected="#16323C",
    border="#2A343F",
    hair="#222B35",
    border_strong="#748494",
    text="#E7ECF1",
    text2="#A9B5C1",
    text3="#8C99A6",
    disabled="#5D6975",
    accent="#4FB8D3",
    accent_hover="#6BC7DE",
    accent_press="#39A3BF",
    on_accent="#05222B",
    accent_soft="#173943",
    accent_text="#74CCE2",
    focus="#74CCE2",
    danger="#FF9C91",
    warning="#F2CB57",
    warning_soft="#362C0F",
    success="#7FE6B3",
    toast="#E7ECF1",
    toast_text="#16202A",
    toast_action="#0A5F77",
    track="#2A343F",
    band="#8C4FB8D3",
    shadow="#45000000",
    plate="#CC10151B",
    plate_text="#FFFFFF",
    overdue=StatusColours("#FF9C91", "#3F1D1A", "#E8402F", "#2B0B08", "#FF9C91", "triangle-alert"),
    due=StatusColours("#F2CB57", "#362C0F", "#EDBA18", "#221A02", "#F2CB57", "clock"),
    contacting=StatusColours("#D0ABFA", "#32214A", "#A25BE8", "#1C0B30", "#D0ABFA", "phone-outgoing"),
    booked=StatusColours("#9CC5FB", "#172C48", "#7FB2F7", "#081A30", "#9CC5FB", "calendar-check"),
    treated=StatusColours("#7FE6B3", "#10352A", "#4FDD98", "#04231A", "#7FE6B3", "circle-check"),
    no_show=StatusColours("#F08CC4", "#421A35", "#D0318F", "#2B0A20", "#F08CC4", "user-x"),
    not_due=StatusColours("#C3CAD1", "#252E38", "#C3CAD1", "#171E26", "#C3CAD1", "circle-dashed"),
    stopped=StatusColours("#C3CAD1", "#171E26", "#8692A2", "#171E26", "#C3CAD1", "circle-pause", dashed=True),
    body=MapColours("#2A333D", "#9FB0C0", "#394652", "#4A4246", "#C3CDD6", "#64727F", "#1A222B", "#D98E7E"),
)


def more_contrast(theme: Theme) -> Theme:
    """The theme for people who ask the system for high contrast: strong lines, no pale text (ux.md 4.7)."""
    return theme._replace(
        border=theme.border_strong,
        hair=theme.border_strong,
        track=theme.border_strong,
        text3=theme.text2,
        text2=theme.text,
    )
