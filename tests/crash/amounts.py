"""How often each crash test crashes: as the acceptance table says, or as often as every run of the suite can afford."""

from __future__ import annotations

import os
from typing import Final

FULL: Final = os.environ.get("CLINIC_CRASH_TESTS", "") == "full"
"""Whether the counts of the acceptance table are run: ``CLINIC_CRASH_TESTS=full python3 dev.py test tests/crash``."""


def amount(acceptance: int, every_run: int) -> int:
    """The count of the acceptance table where it was asked for, else that of every run."""
    return acceptance if FULL else every_run


KILLS_WHILE_SAVING: Final = amount(300, 12)
KILLS_WHILE_UPGRADING: Final = amount(200, 8)
POWER_CUTS: Final = amount(4000, 40)
DISK_SIZES: Final = amount(220, 10)
FLIPPED_BITS: Final = amount(500, 40)
HEALTHY_CHECKS: Final = amount(1000, 30)
EDIT_RACES: Final = amount(1000, 120)
BOOKING_TRIES: Final = amount(400, 60)
BOOKED_EACH: Final = amount(100, 30)
"""Bookings each of four processes makes without a break."""
TAMPERS: Final = amount(1000, 60)
KILLS_IN_A_CHANGE: Final = amount(100, 24)
DRILLED: Final = (amount(700, 40), amount(5000, 240))
"""Patients and photographs that are backed up, wiped and restored."""
HISTORIES: Final = int(os.environ.get("CLINIC_HISTORIES", amount(3000, 8)))
"""Random histories of a clinic."""
LONGEST_S: Final = 3600 if FULL else 120
"""Seconds one test may take."""
