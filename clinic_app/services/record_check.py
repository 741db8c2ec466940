"""Checking the record: the database, the photographs, and the dates that follow from the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.checks import DATABASE_BEHIND, Finding, FindingKind
from clinic_app.domain.errors import Cancelled, DamageFound, NotFound, StorageUnavailable
from clinic_app.domain.known_windows import known_windows
from clinic_app.services.backups import BackupsService
from clinic_app.services.context import ClinicContext
from clinic_app.storage.picture_store import PictureStore, blob_size
from clinic_app.storage.pictures import KeptPicture
from clinic_app.storage.vault import anchors_of, read_vault
from clinic_app.wording.versions import table_words

STEP = 500


def check_record(context: ClinicContext, *, full: bool, report: Report) -> tuple[Finding, ...]:
    """Look at everything, change nothing. ``full`` decrypts every photograph as well.

    Raises:
        Cancelled: ``report`` answered False.
    """
    found = [*(one for one in context.at_start if one.code != DATABASE_BEHIND), *_key_file(context)]
    try:
        found += _database(context)
        found += _audit(context, full=full, report=report)
        found += pictures_unlike(context, full=full, report=report)
        found += _photo_ties(context)
        found += _leftovers(context)
        found += _dates(context, report)
        found += BackupsService(context).findings(full=full, report=report)
    except DamageFound as damage:
        found.append(Finding(FindingKind.DAMAGED, None, "", damage.code, dict(damage.params)))
    return tuple(found)


def _database(context: ClinicContext) -> list[Finding]:
    """The engine's own checks. What they find while others write is looked at again once all is in one file, on a new
    connection: SQLCipher's check reads that file past the log (security page, F5).
    """
    problems: list[str] = []
    for again in (False, True):
        with context.units.read() as unit:
            problems = unit.integrity.problems()
            if problems:
                unit.session.invalidate()
        if not problems or again:
            break
        context.units.checkpoint()
    return [Finding(FindingKind.DAMAGED, None, "", "database_problem", {"problem": one}) for one in problems]


def _key_file(context: ClinicContext) -> list[Finding]:
    """The key file: that its copy had to be used is damage, a copy that differs or is missing is a note."""
    folder = Path(context.info.folder)
    kinds = {"vault_copy_used": FindingKind.DAMAGED}
    try:
        vault = read_vault(folder)
    except (DamageFound, NotFound) as gone:
        kind = FindingKind.DAMAGED if isinstance(gone, DamageFound) else FindingKind.MISSING
        return [Finding(kind, None, "", gone.code, dict(gone.params))]
    found = [Finding(kinds.get(code, FindingKind.NOTE), None, "", code, {"path": str(folder)}) for code in vault.notes]
    if not all(slot.cost.within_limits() for slot in vault.slots):
        found.append(Finding(FindingKind.DAMAGED, None, "", "key_slot_limits", {}))
    return found


def _audit(context: ClinicContext, *, full: bool, report: Report) -> list[Finding]:
    """The audit: its chain from the first entry, and the anchors the key file keeps of it; if ``full`` also that the
    rows of today are as the newest entries about them left them.
    """
    try:
        anchors = anchors_of(read_vault(Path(context.info.folder)))
    except (DamageFound, NotFound):
        anchors = ()
    with context.units.read() as unit:
        problems = unit.audit.verify(anchors, rows=full, report=report).problems
    return [
        Finding(
            FindingKind.DAMAGED,
            None,
            "",
            problem.code,
            problem.params,
        )
        for problem in problems
    ]


def pictures_unlike(context: ClinicContext, *, full: bool, report: Report) -> list[Finding]:
    """The photographs whose files are gone or have another size; with ``full`` every file is opened."""
    found: list[Finding] = []
    with context.units.read() as unit:
        pictures = unit.pictures.kept()
        mrns = {p.id: p.mrn for p in unit.patients.by_ids(sorted({one.patient_id for one in pictures})).values()}
        binned = unit.bin.kept_pictures()
    pictures = (*pictures, *(picture for picture, _ in binned))
    mrns = {**{picture.patient_id: mrn for picture, mrn in binned}, **mrns}
    for position, picture in enumerate(pictures):
        if position % 50 == 0 and not report(Progress(position, len(pictures), "checking_pictures")):
            raise Cancelled
        fault = next(_faults(context.store, picture, full=full), None)
        if fault is not None:
            kind, code, params = fault
            mrn = mrns[picture.patient_id]
            found.append(Finding(kind, picture.id, mrn, code, {"id": picture.id, "mrn": mrn, **params}))
    return found


def _faults(
    store: PictureStore, picture: KeptPicture, *, full: bool
) -> Iterator[tuple[FindingKind, str, dict[str, object]]]:
    """What is wrong with the files of a photograph, the original first; its content is looked at if ``full``."""
    for blob, content in picture.blobs:
        try:
            size = store.size(blob)
            if size != blob_size(content) if content is not None else size <= blob_size(0):
                yield FindingKind.DAMAGED, "picture_file_cut", {"size": size}
            elif full:
                store.verify(blob)
        except NotFound:
            yield FindingKind.MISSING, "picture_file_missing", {}
        except DamageFound:
            yield FindingKind.DAMAGED, "picture_file_damaged", {}
        except StorageUnavailable as fault:
            yield FindingKind.DAMAGED, "picture_file_unreadable", {"reason": fault.params.get("reason", fault.code)}


def _photo_ties(context: ClinicContext) -> list[Finding]:
    """What was measured in photographs, drawn on them, or how they lie: that it is of them, and can be read."""
    found: list[Finding] = []
    with context.units.read() as unit:
        strays = sorted(set(unit.photo_ties.strays()), key=lambda one: (one.picture_id, one.table, one.code))
        people = unit.patients.by_ids(sorted({one.patient_id for one in strays if one.patient_id is not None}))
    for one in strays:
        mrn = people[one.patient_id].mrn if one.patient_id in people else ""
        kind = FindingKind.NOTE if one.harmless else FindingKind.DAMAGED
        params = {"id": one.picture_id, "mrn": mrn, "thing": table_words(one.table)}
        found.append(Finding(kind, one.picture_id, mrn, one.code, params))
    return found


def _leftovers(context: ClinicContext) -> list[Finding]:
    """Notes of what lies in the store and belongs to no photograph."""
    store, found = context.store, list[Finding]()
    with context.units.read() as unit:
        kept = unit.pictures.blob_ids()
    try:
        temporary = store.temporary()
        if temporary:
            found.append(Finding(FindingKind.NOTE, None, "", "temporary_files", {"count": temporary}))
        strange = store.strangers()
        if strange:
            found.append(Finding(FindingKind.NOTE, None, "", "store_strangers", {"count": strange}))
        orphans = len(set(store.ids()).difference(kept))
        if orphans:
            found.append(Finding(FindingKind.NOTE, None, "", "pictures_unreferenced", {"count": orphans}))
        aside = store.trashed()
        if aside:
            found.append(Finding(FindingKind.NOTE, None, "", "pictures_set_aside", {"count": aside}))
    except StorageUnavailable as fault:
        found.append(Finding(FindingKind.DAMAGED, None, "", fault.code, dict(fault.params)))
    return found


def _dates(context: ClinicContext, report: Report) -> list[Finding]:
    """The cached dates of every case against a new computation."""
    found: list[Finding] = []
    with context.units.read() as unit:
        ids = unit.cases.ids()
        for start in range(0, len(ids), STEP):
            if not report(Progress(start, len(ids), "checking_dates")):
                raise Cancelled
            part = ids[start : start + STEP]
            cached, windows = unit.schedule.cached(part), unit.known_windows.of_cases(part)
            facts = unit.schedule.facts(part, context.known)
            misnamed = unit.schedule.misnamed(part)
            owners = unit.patients.by_ids(sorted({case.patient_id for case, _ in facts.values()}))
            for id_, (case, fact) in facts.items():
                as_known = windows.get(id_) == known_windows(fact, context.rules)
                if id_ in misnamed or not as_known or cached[id_] != unit.schedule.dates(fact, context.rules):
                    mrn = owners[case.patient_id].mrn
                    found.append(Finding(FindingKind.DAMAGED, id_, mrn, "dates_differ", {"id": id_, "mrn": mrn}))
    return found
