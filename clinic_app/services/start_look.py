"""Looking over the data at the start: at once whether the database is as new as the key file, the rest later.

Nothing is changed and nobody waits for it; whoever wants to know more makes a check (``services.record_check``).
"""

from __future__ import annotations

import logging
from datetime import datetime

from clinic_app.domain.audit import Anchor
from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.checks import DATABASE_BEHIND, Finding, FindingKind
from clinic_app.domain.errors import Cancelled, DamageFound
from clinic_app.services.context import ClinicContext
from clinic_app.storage.unit import UnitsOfWork
from clinic_app.storage.vault import Vault, anchors_of

LOOKING = "checking_database"
DAMAGED = "database_damaged"
log = logging.getLogger(__name__)


def database_behind(units: UnitsOfWork, vault: Vault) -> tuple[Finding, ...]:
    """Whether the audit still holds every entry the key file remembers of it; asked before anything new is entered."""
    anchors = sorted(anchors_of(vault))
    if not anchors:
        return ()
    try:
        with units.read() as unit:
            lost = next((one for one in anchors if unit.audit.mac_at(one.seq) != one.mac), None)
    except DamageFound as damage:
        return (Finding(FindingKind.DAMAGED, None, "", damage.code, dict(damage.params)),)
    if lost is None:
        return ()
    params: dict[str, object] = {"seq": lost.seq, "day": _day(lost)}
    return (Finding(FindingKind.DAMAGED, None, "", DATABASE_BEHIND, params),)


def look_over(context: ClinicContext, report: Report) -> tuple[Finding, ...]:
    """Whether the database is damaged, and which photographs have files that are gone or cut short.

    Raises:
        Cancelled: the report said to stop.
    """
    from clinic_app.services.record_check import pictures_unlike

    found: list[Finding] = []
    try:
        _look_at_database(context, report)
        found += pictures_unlike(context, full=False, report=report)
    except DamageFound as damage:
        found.append(Finding(FindingKind.DAMAGED, None, "", damage.code, dict(damage.params)))
    if found:
        log.error("looking over the data found: %s", ", ".join(sorted({one.code for one in found})))
    return tuple(found)


def _look_at_database(context: ClinicContext, report: Report) -> None:
    """Raises ``DamageFound("database_damaged")``, ``Cancelled``; the connection that met damage is let go."""
    with context.units.read() as unit:
        try:
            if unit.integrity.quick_problems(lambda: report(Progress(0, 0, LOOKING))):
                raise DamageFound(DAMAGED, path=context.info.folder)
        except (DamageFound, Cancelled):
            unit.session.invalidate()
            raise


def _day(anchor: Anchor) -> object:
    """The day an anchor was written, in local time; its text where it is no moment."""
    try:
        return datetime.fromisoformat(anchor.at).astimezone().date()
    except ValueError:
        return anchor.at
