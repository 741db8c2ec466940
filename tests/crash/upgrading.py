"""What the processes do that are killed while they open a clinic of an older schema."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clinic_app.domain.changes import Progress
from clinic_app.storage import durable, upgrade
from tests.builders import PASSPHRASE, TODAY, Clock, door
from tests.crash.launcher import READY, Job, Told

GOLDEN: Final = Path(__file__).parents[1] / "golden" / "0001"
STEPS: Final = (
    (durable, "sync_file"), (durable, "sync_folder"), (durable, "replace"), (upgrade, "migrate"),
    (upgrade, "check_schema"), (upgrade, "drop"), (upgrade, "_check_whole"), (shutil, "copyfile"),
)  # fmt: skip
"""Where a process can be killed to the point: just before and just after each of these."""


def open_older(say: Told, arguments: dict[str, Any]) -> None:
    """Open the clinic. ``die_at``: the number of the moment of ``STEPS`` at which it kills itself, -1 for none."""
    die_at: int = arguments["die_at"]
    moments = 0

    def moment() -> None:
        nonlocal moments
        if moments == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        moments += 1

    def wrapped(function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            moment()
            answer = function(*given, **named)
            moment()
            return answer

        return call

    def begin(progress: Progress) -> bool:
        if progress.code == "upgrade_copying" and not begun:
            begun.append(True)
            for place, name in STEPS:
                setattr(place, name, wrapped(getattr(place, name)))
            say(said=READY)
        return True

    begun: list[bool] = []
    services = door(Clock(TODAY)).open(arguments["folder"], PASSPHRASE, report=begin)
    say(said="open", moments=moments)
    services.close()


def load_everything() -> None:
    """Upgrade once, so that the processes forked off have loaded what that takes."""
    with TemporaryDirectory() as place:
        shutil.copytree(GOLDEN, Path(place) / "clinic")
        door(Clock(TODAY)).open(str(Path(place) / "clinic"), PASSPHRASE).close()


JOBS: dict[str, Job] = {"open": open_older}
