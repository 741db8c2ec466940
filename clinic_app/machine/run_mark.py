"""A mark in the data folder while a window works on it: one that is left tells that the last run did not stop."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

FILE = "running"
log = logging.getLogger(__name__)


class RunMark:
    """Set while a window is open on a data folder, whose lock is held. It holds a moment and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def begin(self, moment: str) -> str | None:
        """Set the mark; answers the moment of the one a run left behind that did not stop, None where it stopped."""
        left: str | None = None
        with suppress(OSError):
            left = self._path.read_text("utf-8", errors="replace").strip()[:40]
        try:
            self._path.write_text(moment + "\n", "utf-8")
        except OSError as error:
            log.info("no mark of this run: %s", type(error).__name__)
        return left

    def end(self) -> None:
        """The run stops as it should."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
