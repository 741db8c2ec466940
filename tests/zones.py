"""The program in another time zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """Local time is that of a zone (``Europe/Berlin``) until the end; the test is skipped where no process can."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be changed on Windows")
    with pytest.MonkeyPatch.context() as place:
        place.setenv("TZ", name)
        time.tzset()
        try:
            yield
        finally:
            place.undo()
            time.tzset()
