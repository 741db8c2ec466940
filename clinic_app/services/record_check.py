"""Checking the record: the database, the photographs, and the dates that follow from the record."""

from __future__ import annotations

from pathlib import Path

from clinic_app.domain.changes import Progress, Report
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.errors import Cancelled, DamageFound, NotFound
from clinic_app.services.context import ClinicContext
from clinic_app.storage.vault import read_vault

STEP = 500


def check_record(context: ClinicContext, *, full: bool, report: Report) -> tuple[Finding, ...]:
    """Look at everything, change nothing. ``full`` decrypts every photograph as well.

    Raises:
        Cancelled: ``report`` answered False.
    """
    found = _key_file(context)
    try:
        with context.units.read() as unit:
            for problem in unit.integrity.problems():
                found.append(Finding(FindingKind.DAMAGED, "database", "", "database_problem", {"problem": problem}))
        found += _pictures(context, full=full, report=report)
        found += _dates(context, report)
    except DamageFound as damage:
        found.append(Finding(FindingKind.DAMAGED, "database", "", damage.code, dict(damage.params)))
    return tuple(found)


def _key_file(context: ClinicContext) -> list[Finding]:
    """The key file: that its copy had to be used is damage, a copy that differs or is missing is a note."""
    folder = Path(context.info.folder)
    kinds = {"vault_copy_used": FindingKind.DAMAGED}
    try:
        notes = read_vault(folder).notes
    except (DamageFound, NotFound) as gone:
        kind = FindingKind.DAMAGED if isinstance(gone, DamageFound) else FindingKind.MISSING
        return [Finding(kind, "vault.json", "", gone.code, dict(gone.params))]
    return [Finding(kinds.get(code, FindingKind.NOTE), "vault.json", "", code, {"path": str(folder)}) for code in notes]


def _pictures(context: ClinicContext, *, full: bool, report: Report) -> list[Finding]:
    found: list[Finding] = []
    with context.units.read() as unit:
        pictures = unit.pictures.all()
        mrns = {p.id: p.mrn for p in unit.patients.by_ids(sorted({one.patient_id for one in pictures})).values()}
        kept = unit.pictures.blob_ids()
    stored = set(context.store.ids())
    for position, picture in enumerate(pictures):
        if position % 50 == 0 and not report(Progress(position, len(pictures), "checking_pictures")):
            raise Cancelled
        mrn = mrns[picture.patient_id]
        params: dict[str, object] = {"id": picture.id, "mrn": mrn}
        for blob in (picture.original, picture.display, picture.preview, picture.thumbnail):
            if blob not in stored:
                found.append(Finding(FindingKind.MISSING, str(picture.id), mrn, "picture_file_missing", params))
                break
            if full:
                try:
                    context.store.verify(blob)
                except DamageFound:
                    found.append(Finding(FindingKind.DAMAGED, str(picture.id), mrn, "picture_file_damaged", params))
                    break
    temporary = context.store.temporary()
    if temporary:
        found.append(Finding(FindingKind.NOTE, "", "", "temporary_files", {"count": temporary}))
    orphans = len(stored - kept)
    if orphans:
        found.append(Finding(FindingKind.NOTE, "", "", "pictures_unreferenced", {"count": orphans}))
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
            cached = unit.schedule.cached(part)
            facts = unit.schedule.facts(part, context.known)
            owners = unit.patients.by_ids(sorted({case.patient_id for case, _ in facts.values()}))
            for id_, (case, fact) in facts.items():
                if cached[id_] != unit.schedule.dates(fact, context.rules):
                    mrn = owners[case.patient_id].mrn
                    found.append(Finding(FindingKind.DAMAGED, str(id_), mrn, "dates_differ", {"id": id_, "mrn": mrn}))
    return found
