"""Taking patients, cases and photographs out of the record, putting them back, and destroying them for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.bin import BACKUPS_AGE_OUT_MONTHS, BinCounts, BinEntry, BinKind, kept_until
from clinic_app.domain.calendar import add_months
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.services.access import needs, open_to_all, reason_said
from clinic_app.services.bin_rows import put_back, put_in_bin, refuse_over
from clinic_app.services.context import ClinicContext
from clinic_app.services.undo import EVERYTHING, commands_of
from clinic_app.storage.bin import Taken
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.access import restricted_name


class BinService:
    """What was deleted: listed, put back, destroyed."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @open_to_all
    def delete_patient(self, patient_id: int, reason: str = "") -> Changes:
        """Take a patient out of the record whole; ``result`` is the entry of the bin.

        Raises:
            AccessRefused: ``reason_needed``, ``not_allowed`` ...
            NotFound: no such patient.
        """
        with self._because(reason):
            self._context.access.check(Action.DELETE, patient_id)
            return self._delete(BinKind.PATIENT, {patient_id: (patient_id,)})

    @open_to_all
    def delete_case(self, case_id: int, reason: str = "") -> Changes:
        """Take a case out of the record with all that was done for it; ``result`` is the entry of the bin."""
        with self._because(reason):
            self._context.access.check_all(Action.DELETE, case=(case_id,))
            with self._context.units.read() as unit:
                patient_id = unit.cases.get(case_id).patient_id
            return self._delete(BinKind.CASE, {patient_id: (case_id,)})

    @open_to_all
    def delete_photo(self, ids: Sequence[int], reason: str = "") -> Changes:
        """Take photographs out of the record; ``result`` is the entry of the bin (of the first patient)."""
        with self._because(reason):
            self._context.access.check_all(Action.DELETE, picture=tuple(ids))
            owners: dict[int, tuple[int, ...]] = {}
            with self._context.units.read() as unit:
                for id_ in dict.fromkeys(ids):
                    owner = unit.pictures.get(id_).patient_id
                    owners[owner] = (*owners.get(owner, ()), id_)
            return self._delete(BinKind.PHOTOS, owners)

    @needs(Action.RESTORE)
    def entries(self, everything: bool = False) -> tuple[BinEntry, ...]:
        """What is in the bin, newest first; with ``everything`` also what was put back or destroyed."""
        with self._context.units.read() as unit:
            found = unit.bin.entries(everything=everything)
        own = self._context.access.user.name
        return tuple(
            replace(one, name=restricted_name(), reason="") if one.restricted and one.deleted_by != own else one
            for one in found
        )

    @needs(Action.FIND)
    def counts(self) -> BinCounts:
        """How much is in the bin; never counted in any list of the record."""
        with self._context.units.read() as unit:
            return unit.bin.counts()

    @needs(Action.RESTORE)
    def restore(self, entry_id: int) -> Changes:
        """Put back what an entry holds, as it was; ``result`` is the patient's id.

        Raises:
            Conflict: ``already_restored``, ``already_purged``; ``restore_number_taken``, ``restore_mrn_taken`` by
                somebody else meanwhile; ``restore_owner_gone``: the patient is in the bin too;
                ``cannot_undo_any_more`` for a merge that something contradicts since.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            entry = unit.bin.entry(entry_id)
            patients = put_back(unit, entry)
            undo = None
            if entry.kind is not BinKind.MERGED:
                ids = _roots(entry, unit.bin.content(entry_id))
                content: dict[str, object] = {"kind": entry.kind.value, "ids": ids, "said": entry.reason}
                undo = unit.clinic.add_undo("restored", {**content, "patient_id": entry.patient_id})
            unit.bin.restored(entry_id)
            moved = context.refresh(unit, patients)
            unit.commit()
        context.access.read_again()
        return Changes(EVERYTHING, undo, entry.patient_id, moved)

    @open_to_all
    def purge(self, entry_id: int, reason: str = "") -> Changes:
        """Destroy what an entry holds for good; a stub without a name stays. ``result``: the day no backup holds it.

        Raises:
            AccessRefused: not an administrator with a reason, signed in again, and a second person.
            RuleBroken: ``legal_hold``, ``retention_not_over``.
            Conflict: ``already_restored``, ``already_purged``.
        """
        context = self._context
        with self._because(reason):
            context.access.check(Action.PURGE)
            with context.units.open() as unit:
                context.check_clock(unit)
                entry = unit.bin.entry(entry_id)
                refuse_over(entry)
                self._refuse_kept(entry.legal_hold, entry.last_on)
                doomed = [entry]
                if entry.kind is BinKind.PATIENT:
                    doomed = [*unit.bin.of_patient(entry.patient_id)]
                lost = self._destroy(unit, doomed)
                self._enter_destroyed(unit, entry_id, entry.patient_id)
                unit.commit()
            self._sweep(lost)
        return Changes(EVERYTHING, None, self.gone_from_backups())

    @open_to_all
    def erase(self, patient_id: int, reason: str = "") -> Changes:
        """Destroy the record of a patient who asked for it: out of the record and for good, in one transaction.

        ``result``: the day from which no backup holds it any more. Raises as ``purge``.
        """
        context = self._context
        with self._because(reason):
            context.access.check(Action.PURGE, patient_id)
            with context.units.open() as unit:
                context.check_clock(unit)
                held = unit.access.protection(patient_id).legal_hold
                taken = unit.bin.collect(BinKind.PATIENT, [patient_id])
                self._refuse_kept(held, taken.last_on)
                commands = commands_of(unit, taken)
                unit.bin.remove(taken)
                entry_id = unit.bin.add(BinKind.PATIENT, taken, patient_id, patient_id, "")
                lost = self._destroy(unit, unit.bin.of_patient(patient_id), commands)
                self._enter_destroyed(unit, entry_id, patient_id)
                unit.commit()
            self._sweep(lost)
        context.access.read_again()
        return Changes(EVERYTHING, None, self.gone_from_backups())

    @needs(Action.FIND)
    def gone_from_backups(self) -> date:
        """The day from which no backup holds what is destroyed today."""
        return add_months(self._context.today(), BACKUPS_AGE_OUT_MONTHS)

    def _because(self, reason: str) -> AbstractContextManager[None]:
        return self._context.access.because(reason.strip() or reason_said())

    def _delete(self, kind: BinKind, of: dict[int, tuple[int, ...]]) -> Changes:
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            entries = [put_in_bin(unit, kind, patient_id, ids, reason_said()) for patient_id, ids in of.items()]
            moved = () if kind is BinKind.PATIENT else context.refresh(unit, of)
            undo = unit.clinic.add_undo("binned", {"entries": entries})
            unit.commit()
        context.access.read_again()
        return Changes(EVERYTHING, undo, entries[0] if entries else None, moved)

    def _refuse_kept(self, legal_hold: bool, last_on: date | None) -> None:
        """Refuse to destroy what is under legal hold, or must still be kept."""
        if legal_hold:
            raise RuleBroken("entry", "legal_hold")
        until = kept_until(last_on, self._context.info.choices.retention_years or None)
        if until is not None and self._context.today() < until:
            raise RuleBroken("entry", "retention_not_over", until=until, last=last_on)

    def _enter_destroyed(self, unit: UnitOfWork, entry_id: int, patient_id: int) -> None:
        """The audit names both: who did it, and who agreed as the second person."""
        unit.enter(AuditEvent("patient.purge", "bin", str(entry_id), patient_id))
        second = self._context.access.second_for(Action.PURGE)
        if second is not None:
            unit.enter(AuditEvent("second_person.agreed", "user", str(second.id), patient_id))

    def _destroy(self, unit: UnitOfWork, entries: Iterable[BinEntry], commands: Iterable[int] = ()) -> frozenset[str]:
        """Destroy entries of the bin; answers the ids in the picture store that may be let go afterwards."""
        lost: set[str] = set()
        doomed = set(commands)
        contents = [(one, unit.bin.content(one.id)) for one in entries]
        for _, content in contents:
            lost.update(content.blobs)
            doomed |= commands_of(unit, content)
        for one, _ in contents:
            unit.bin.purge(one.id, sorted(doomed))
        return frozenset(lost)

    def _sweep(self, lost: Iterable[str]) -> None:
        """Delete the picture files nothing refers to any more; after the commit, so that a cut leaves only orphans.

        With the write lock held, as every sweep (``services.orphans``).
        """
        with self._context.units.open() as unit:
            for id_ in set(lost) - unit.bin.referenced(lost):
                self._context.store.delete(id_)


def _roots(entry: BinEntry, taken: Taken) -> list[int]:
    if entry.kind is BinKind.PHOTOS:
        return [int(row["id"]) for row in taken.rows["picture"]]
    return [entry.object_id]
