"""What somebody typed and has not saved: kept in the encrypted database, offered again after a crash."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_app.domain.access import Action
from clinic_app.domain.drafts import Draft, DraftKind
from clinic_app.services.access import needs
from clinic_app.services.context import ClinicContext

NOBODY = 0
"""The patient of a draft of somebody who is not in the record yet."""


class DraftsService:
    """The drafts of who works now: one for each kind and patient."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND, patient="patient_id")
    def keep(self, kind: DraftKind, patient_id: int, content: Mapping[str, object]) -> None:
        """Keep what was typed so far, in the place of the draft before; ``patient_id`` 0: a new patient.

        Raises:
            NotFound: the patient is not there any more.
        """
        context = self._context
        with context.units.open() as unit:
            if patient_id != NOBODY:
                unit.patients.get(patient_id)
            unit.drafts.keep(kind, patient_id, dict(content))
            unit.commit()

    @needs(Action.FIND, patient="patient_id")
    def of(self, patient_id: int) -> tuple[Draft, ...]:
        """One's own drafts about a patient, newest first."""
        with self._context.units.read() as unit:
            return unit.drafts.of(patient_id)

    @needs(Action.FIND)
    def all(self) -> tuple[Draft, ...]:
        """One's own drafts, newest first; those of patients in the bin or closed to the user are left out."""
        hidden = self._context.access.hidden()
        with self._context.units.read() as unit:
            return tuple(one for one in unit.drafts.all() if one.patient_id not in hidden)

    @needs(Action.FIND)
    def drop(self, kind: DraftKind, patient_id: int) -> None:
        """The thing was saved, or the draft is not wanted: it goes."""
        with self._context.units.read() as unit:
            there = any(one.kind is kind and one.patient_id == patient_id for one in unit.drafts.mine())
        if not there:
            return
        with self._context.units.open() as unit:
            unit.drafts.drop(kind, patient_id)
            unit.commit()
