"""What a person may set for this computer; what the clinic as a whole decides is kept with the clinic's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import Enum
from pathlib import PurePath
from types import MappingProxyType

SMALLEST_TEXT = 0.8
LARGEST_TEXT = 2.0


class Theme(Enum):
    """How the window looks."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class MachinePreferences:
    """The settings of this computer.

    ``text_scale`` is a factor of the usual text size, between ``SMALLEST_TEXT`` and ``LARGEST_TEXT``; ``language``
    a gettext code or ``system``. ``last_user`` is kept only where the clinic says so. ``reminders``: whether anything
    reminds of calls, but from ``quiet_from`` to ``quiet_until``; ``in_tray``: whether closing the window leaves the
    program running, locked, to remind. ``others`` are entries of a newer program, kept as they stand.
    """

    theme: Theme = Theme.SYSTEM
    data_folder: PurePath | None = None
    language: str = "system"
    text_scale: float = 1.0
    compact: bool = False
    last_user: str = ""
    reminders: bool = True
    quiet_from: time = time(19)
    quiet_until: time = time(8)
    in_tray: bool = False
    others: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not SMALLEST_TEXT <= self.text_scale <= LARGEST_TEXT:
            raise ValueError("text_scale")

    def stays_in_tray(self, *, tray: bool, clinic_open: bool, ending: bool) -> bool:
        """Whether closing the window leaves the program in the tray to remind; ``ending``: it was told to end."""
        return self.in_tray and self.reminders and tray and clinic_open and not ending
