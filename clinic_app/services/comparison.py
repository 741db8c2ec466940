"""What the doctor does while comparing: align, turn, choose the day of the strongest effect, take a picture out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import PEAK_DAYS, QUARTERS, CompareState, FramedAlignment
from clinic_app.domain.errors import RuleBroken
from clinic_app.exchange.whole_files import whole_file
from clinic_app.services.access import needs, open_to_all, reason_said
from clinic_app.services.context import ClinicContext, changes
from clinic_app.storage.unit import UnitOfWork


class ComparisonService:
    """Comparing the photographs of a case; ``pictures.pair`` reads what is compared."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.ADD_PHOTOS, case="case_id")
    def align(self, case_id: int, view: str, placed: Mapping[int, FramedAlignment | None]) -> Changes:
        """Say how photographs (by id) of a view lie in the case's frame; None takes an alignment away.

        The viewer takes alignments back itself, step by step: there is no inverse command.

        Raises:
            RuleBroken: ``picture_of_another_patient``, ``picture_of_another_view``.
        """
        with self._context.units.open() as unit:
            self._context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            for id_, one in placed.items():
                picture = unit.pictures.get(id_)
                if picture.patient_id != patient_id:
                    raise RuleBroken("pair", "picture_of_another_patient")
                if one is not None and picture.view != view:
                    raise RuleBroken("view", "picture_of_another_view")
                unit.comparison.set_alignment(case_id, view, id_, one)
            unit.commit()
        return changes()

    @needs(Action.ADD_PHOTOS, case="case_id")
    def remember(self, case_id: int, state: CompareState) -> Changes:
        """Remember how a case was compared."""
        with self._context.units.open() as unit:
            unit.cases.get(case_id)
            unit.comparison.set_state(case_id, state)
            unit.commit()
        return changes()

    @needs(Action.ADD_PHOTOS, case="case_id")
    def set_peak_day(self, case_id: int, day: int | None) -> Changes:
        """Choose the day after an injection B is nearest to; None: as the condition says.

        Raises:
            RuleBroken: ``peak_day_impossible``.
        """
        if day is not None and day not in PEAK_DAYS:
            raise RuleBroken("day", "peak_day_impossible", least=PEAK_DAYS[0], most=PEAK_DAYS[-1])
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            unit.comparison.set_peak_day(case_id, day)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @needs(Action.ADD_PHOTOS, picture="picture_id")
    def turn(self, picture_id: int, quarters: int) -> Changes:
        """Show a photograph turned by so many more quarters clockwise; the original and its copies stay as they are.

        A turned photograph lies in no frame any more.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            picture = unit.pictures.get(picture_id)
            unit.comparison.set_turn(picture_id, (picture.turned + quarters) % QUARTERS)
            unit.comparison.drop_alignments(picture_id)
            undo = context.undoable(unit, "sorted", picture.patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @open_to_all
    def take_out(
        self, case_id: int, picture_ids: Collection[int], png: bytes = b"", path: str = "", reason: str = ""
    ) -> Changes:
        """A picture of the comparison leaves the program: as a new file where there is a ``path``, else copied.

        The audit knows before the first byte is written.

        Raises:
            AccessRefused: ``EXPORT_IDENTIFIABLE``: a reason, and signed in again.
            RuleBroken: ``picture_of_another_patient``.
            FileRefused: as ``whole_file``.
            StorageUnavailable: the disk is full, the folder missing or not to be written.
        """
        context = self._context
        with context.access.because(reason.strip() or reason_said()):
            with context.units.read() as unit:
                patient_id = unit.cases.get(case_id).patient_id
            context.access.check(Action.EXPORT_IDENTIFIABLE, patient_id)
            with context.units.open() as unit:
                self._enter(unit, patient_id, picture_ids)
                unit.commit()
            if path:
                with whole_file(Path(path), overwrite=True) as file:
                    file.write(png)
        return changes()

    def _enter(self, unit: UnitOfWork, patient_id: int, picture_ids: Collection[int]) -> None:
        for id_ in sorted(set(picture_ids)):
            if unit.pictures.get(id_).patient_id != patient_id:
                raise RuleBroken("pair", "picture_of_another_patient")
            unit.enter(AuditEvent("photo.export", "photo", str(id_), patient_id))
