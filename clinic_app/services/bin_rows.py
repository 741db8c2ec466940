"""Into the bin and out of it inside a transaction that somebody else has begun."""

from __future__ import annotations

from collections.abc import Sequence

from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.bin import BinEntry, BinKind
from clinic_app.domain.errors import Conflict
from clinic_app.domain.merge import details_from_json, unmerged_details
from clinic_app.services.calendar_key import raise_entries
from clinic_app.services.measuring import settle
from clinic_app.storage.unit import UnitOfWork


def put_in_bin(unit: UnitOfWork, kind: BinKind, patient_id: int, ids: Sequence[int], reason: str) -> int:
    """Take things of one patient out of the record into one entry of the bin; answers the entry."""
    taken = unit.bin.collect(kind, ids)
    entry_id = unit.bin.add(kind, taken, patient_id, ids[0], reason)
    unit.bin.remove(taken)
    raise_entries(unit, taken.bookings)
    return entry_id


def put_back(unit: UnitOfWork, entry: BinEntry) -> set[int]:
    """Put back what an entry holds, in this unit; answers the patients whose dates may have moved.

    What it says of a photograph that is another patient's now is left out.

    Raises:
        Conflict: as ``BinService.restore``.
    """
    refuse_over(entry)
    taken = unit.bin.content(entry.id)
    merged = entry.kind is BinKind.MERGED
    unit.bin.put_back(taken, strict=merged)
    raise_entries(unit, taken.bookings)
    settle(unit, unit.photo_ties.named_in(taken), [entry.merged_into] if entry.merged_into is not None else [])
    if merged and entry.merged_into is not None:
        said, kept = unit.bin.facts(entry.id)["details"], unit.patients.get(entry.merged_into)
        before, then = details_from_json(said["before"]), details_from_json(said["merged"])
        unit.patients.change(kept.id, unmerged_details(kept.details, before, then), kept.version)
        unit.enter(AuditEvent("patient.unmerge", "patient", str(entry.merged_into), entry.merged_into))
        return {entry.patient_id, entry.merged_into}
    return {entry.patient_id}


def refuse_over(entry: BinEntry) -> None:
    """Refuse what is not in the bin any more. Raises ``Conflict``."""
    if entry.purged_at is not None:
        raise Conflict("already_purged", at=entry.purged_at)
    if entry.restored_at is not None:
        raise Conflict("already_restored", at=entry.restored_at)
