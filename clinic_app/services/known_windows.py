"""The windows of every case as they were known, computed once where an older version of the program kept none."""

from __future__ import annotations

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.errors import Cancelled
from clinic_app.services.context import ClinicContext

STEP = 500


def compute_missing(context: ClinicContext, report: Report) -> None:
    """Compute them all, in one transaction; nothing happens where there are some.

    Raises:
        Cancelled: ``report`` said so; they are computed when the clinic is next opened.
    """
    with context.units.read() as unit:
        ids = unit.cases.ids() if unit.known_windows.none() else []
    if not ids:
        return
    with context.units.open() as unit:
        ids = unit.cases.ids() if unit.known_windows.none() else []
        for start in range(0, len(ids), STEP):
            if not report(Progress(start, len(ids), "upgrade_windows")):
                raise Cancelled
            unit.schedule.keep_windows(ids[start : start + STEP], context.rules, context.known)
        unit.commit()
