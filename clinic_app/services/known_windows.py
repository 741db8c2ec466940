"""The windows of every case as they were known, computed once where an older version of the program kept none."""

from __future__ import annotations

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.errors import Cancelled
from clinic_app.services.context import ClinicContext


def compute_missing(context: ClinicContext, report: Report) -> None:
    """Compute them all, in one transaction; nothing happens where there are some.

    Raises:
        Cancelled: ``report`` said so; they are computed when the clinic is next opened.
    """
    with context.units.read() as unit:
        if unit.cases.total() == 0 or not unit.known_windows.none():
            return
    with context.units.open() as unit:
        if not unit.known_windows.none():
            return
        total, done = unit.cases.total(), 0
        for part in unit.windows.keep_known(context.rules, context.known.plans):
            if not report(Progress(done, total, "upgrade_windows")):
                raise Cancelled
            done += len(part)
        unit.commit()
