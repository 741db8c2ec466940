"""Picture files that belong to no photograph: what an import left that was cut before its row was written.

They are put aside a day after they were written and deleted 30 days later (security page, 5.2). An import of another
program needs no lock against that: a sweep holds the database's write lock, and whoever enters a photograph looks
inside that same lock whether its files are still there (``hold_on_to``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Final

from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.errors import ClinicError
from clinic_app.services.context import ClinicContext
from clinic_app.storage.picture_store import PictureKind, PictureStore

SET_ASIDE: Final = "store.set_aside"
EMPTIED: Final = "store.emptied"
EVERY: Final = timedelta(days=1)
log = logging.getLogger(__name__)


def hold_on_to(store: PictureStore, contents: Mapping[str, tuple[PictureKind, bytes]]) -> None:
    """Put again what was taken from the store since it was put. Called with the write lock held that a sweep needs."""
    for id_, (kind, content) in contents.items():
        if not store.has(id_):
            store.put(kind, content)


def sweep_orphans(context: ClinicContext) -> int:
    """Put orphans aside and delete those put aside 30 days ago; answers how many were put aside.

    Nothing is done more than once a day, while photographs are imported, while the date is in doubt, or where disk or
    database say no.
    """
    now = context.now()
    last = context.orphans_swept
    if context.imports or (last is not None and last <= now < last + EVERY):
        return 0
    try:
        return _sweep(context)
    except ClinicError as fault:
        log.info("picture files were not swept: %s", fault.code)
        return 0


def _sweep(context: ClinicContext) -> int:
    store, now = context.store, context.now()
    with context.units.read() as unit:
        if context.clock_doubt(unit) is not None:
            return 0
        kept = unit.pictures.blob_ids()
    context.orphans_swept = now
    if not store.trashed() and kept.issuperset(store.ids()):
        return 0
    moment = now.astimezone(UTC)
    with context.units.open() as unit:
        aside = store.sweep_unreferenced(unit.pictures.blob_ids(), moment, import_running=context.imports > 0)
        emptied = store.empty_trash(moment)
        for action, count in ((SET_ASIDE, len(aside)), (EMPTIED, emptied)):
            if count:
                unit.enter(AuditEvent(action, "picture_file", str(count)))
        if aside or emptied:
            unit.commit()
    return len(aside)
