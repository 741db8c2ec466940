"""What the doctor does while comparing: align, have aligned, turn, choose the peak day, take a picture out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.alignment import (
    FoundBy,
    NotAligned,
    Point,
    Registered,
    Similarity,
    Unregistered,
    anchor_of,
    may_replace,
)
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import PEAK_DAYS, QUARTERS, CompareState, FramedAlignment
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.domain.picture_files import Pixels
from clinic_app.domain.pictures import Picture
from clinic_app.exchange.whole_files import keep_present, whole_file
from clinic_app.imaging.decode import decode_jpeg, turned
from clinic_app.imaging.registration import automatic, refine
from clinic_app.services.access import needs, open_to_all, reason_said
from clinic_app.services.context import ClinicContext, changes
from clinic_app.storage.unit import UnitOfWork


class ComparisonService:
    """Comparing the photographs of a case; ``pictures.pair`` reads what is compared."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.ADD_PHOTOS, case="case_id")
    def align(
        self, case_id: int, view: str, placed: Mapping[int, FramedAlignment | None], *, back: bool = False
    ) -> Changes:
        """Say how photographs (by id) of a view lie in the case's frame; None takes an alignment away.

        The viewer takes alignments back itself, step by step: there is no inverse command. ``back``: such a step is
        among these, which may bring an automatic alignment back in place of one by hand; otherwise none may.

        Raises:
            RuleBroken: ``picture_of_another_patient``, ``picture_of_another_view``, ``aligned_by_hand``.
        """
        with self._context.units.open() as unit:
            self._context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            there = {} if back else unit.comparison.alignments(case_id, view)
            for id_, one in placed.items():
                picture = unit.pictures.get(id_)
                if picture.patient_id != patient_id:
                    raise RuleBroken("pair", "picture_of_another_patient")
                if one is not None and picture.view != view:
                    raise RuleBroken("view", "picture_of_another_view")
                present = there[id_].alignment if id_ in there else None
                if one is not None and not may_replace(present, one.alignment.method):
                    raise RuleBroken("alignment", "aligned_by_hand")
                unit.comparison.set_alignment(case_id, view, id_, one)
            unit.commit()
        return changes()

    @needs(Action.ADD_PHOTOS, case="case_id")
    @needs(Action.SEE_PHOTOS, picture="pair")
    def found(
        self, case_id: int, view: str, pair: tuple[int, int], go_on: Callable[[], bool] = lambda: True
    ) -> Registered | Unregistered:
        """How the first photograph of a pair lies on the second, by what can be found in their pixels; writes nothing.

        Heavy: for a picture thread. The pixels are those of our own previews.

        Raises:
            Cancelled: soon after ``go_on`` answers no.
            RuleBroken: ``picture_of_another_patient``, ``picture_of_another_view``.
            DamageFound: a preview cannot be read.
        """
        found_by = anchor_of(view).found_by
        if found_by is FoundBy.NOTHING:
            return Unregistered(NotAligned.BY_POINTS_ONLY)
        return automatic(*self._previews(case_id, view, pair, go_on), found_by, go_on)

    @needs(Action.ADD_PHOTOS, case="case_id")
    @needs(Action.SEE_PHOTOS, picture="pair")
    def refined(
        self,
        case_id: int,
        view: str,
        pair: tuple[int, int],
        rough: Similarity,
        points: Sequence[Point],
        go_on: Callable[[], bool] = lambda: True,
    ) -> Registered | Unregistered:
        """How the first photograph of a pair lies on the second, exactly, from about where it lies; writes nothing.

        ``points``: where points were set in the second, in its picture units; ``rough`` takes the first onto it.
        Otherwise as ``found``.
        """
        return refine(*self._previews(case_id, view, pair, go_on), rough, points, anchor_of(view))

    def _previews(
        self, case_id: int, view: str, pair: tuple[int, int], go_on: Callable[[], bool]
    ) -> tuple[Pixels, Pixels]:
        with self._context.units.read() as unit:
            patient_id = unit.cases.get(case_id).patient_id
            first, second = (unit.pictures.get(id_) for id_ in pair)
        for picture in (first, second):
            if picture.patient_id != patient_id:
                raise RuleBroken("pair", "picture_of_another_patient")
            if picture.view != view:
                raise RuleBroken("view", "picture_of_another_view")
        return self._preview(first, go_on), self._preview(second, go_on)

    def _preview(self, picture: Picture, go_on: Callable[[], bool]) -> Pixels:
        if not go_on():
            raise Cancelled
        return turned(decode_jpeg(self._context.store.get(picture.preview)), picture.turned)

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
        """Show a photograph turned by so many more quarters clockwise, as ``turn_all`` does."""
        return self.turn_all((picture_id,), quarters)

    @needs(Action.ADD_PHOTOS, picture="picture_ids")
    def turn_all(self, picture_ids: Sequence[int], quarters: int) -> Changes:
        """Show photographs of one patient turned by so many more quarters clockwise, as one step taken back as one.

        The originals and their copies stay as they are. A turned photograph lies in no frame until it is aligned anew,
        or turned back: then it lies as before.

        Raises:
            RuleBroken: ``picture_of_another_patient``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            pictures = [unit.pictures.get(id_) for id_ in dict.fromkeys(picture_ids)]
            if len({picture.patient_id for picture in pictures}) > 1:
                raise RuleBroken("pair", "picture_of_another_patient")
            for picture in pictures:
                unit.comparison.leave_frames(picture.id)
                unit.comparison.set_turn(picture.id, (picture.turned + quarters) % QUARTERS)
            undo = context.undoable(unit, "sorted", pictures[0].patient_id) if pictures else None
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @open_to_all
    def check_taking_out(self, case_id: int, reason: str = "") -> None:
        """Whether a picture of the comparison may leave now, for whoever wants to see it first; nothing is entered.

        Raises:
            AccessRefused: as ``take_out``; a refusal is entered.
        """
        with self._context.access.because(reason.strip() or reason_said()):
            self._may_leave(case_id)

    def _may_leave(self, case_id: int) -> int:
        """The patient of the case, whose photographs may leave."""
        with self._context.units.read() as unit:
            patient_id = unit.cases.get(case_id).patient_id
        self._context.access.check(Action.EXPORT_IDENTIFIABLE, patient_id)
        return patient_id

    @open_to_all
    def take_out(
        self,
        case_id: int,
        picture_ids: Collection[int],
        data: bytes = b"",
        path: str = "",
        reason: str = "",
        *,
        overwrite: bool = False,
        printed: bool = False,
    ) -> Changes:
        """A picture of the comparison leaves the program: as a file where there is a ``path``, else copied or printed.

        The audit knows before the first byte is written. ``overwrite``: a file that stands there may go. ``printed``:
        it goes to paper, or to what whoever prints chooses in its place; the audit calls it so.

        Raises:
            AccessRefused: ``EXPORT_IDENTIFIABLE``: a reason, and signed in again.
            RuleBroken: ``picture_of_another_patient``.
            FileRefused: as ``whole_file``; a file that stands there is refused before anything is entered.
            StorageUnavailable: the disk is full, the folder missing or not to be written.
        """
        context = self._context
        with context.access.because(reason.strip() or reason_said()):
            patient_id = self._may_leave(case_id)
            if path and not overwrite:
                keep_present(Path(path))
            with context.units.open() as unit:
                self._enter(unit, patient_id, picture_ids, "print" if printed else "photo.export")
                unit.commit()
            if path:
                with whole_file(Path(path), overwrite=overwrite) as file:
                    file.write(data)
        return changes()

    def _enter(self, unit: UnitOfWork, patient_id: int, picture_ids: Collection[int], action: str) -> None:
        for id_ in sorted(set(picture_ids)):
            if unit.pictures.get(id_).patient_id != patient_id:
                raise RuleBroken("pair", "picture_of_another_patient")
            unit.enter(AuditEvent(action, "photo", str(id_), patient_id))
