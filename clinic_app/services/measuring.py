"""Measuring in photographs: kept for the case with who and when, and taken back like everything else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import Conflict, NotFound, RuleBroken
from clinic_app.domain.measurements import (
    MeasureKind,
    Measurement,
    Scale,
    SuggestedFigures,
    check_figure,
    check_iris,
    facts_of,
    irises_of,
    scale_in,
)
from clinic_app.domain.measuring import IRIS_MM, Line, Point
from clinic_app.domain.picture_files import Pixels
from clinic_app.domain.pictures import Picture
from clinic_app.services.access import needs, open_to_all
from clinic_app.services.context import ClinicContext, changes
from clinic_app.storage.unit import UnitOfWork


class MeasuringService:
    """What is measured in the photographs of a case; ``pictures.pair`` reads it."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._one_at_a_time = Lock()

    @needs(Action.ADD_PHOTOS, case="case_id")
    def measure(
        self,
        case_id: int,
        picture_id: int,
        kind: MeasureKind,
        points: Sequence[Point],
        *,
        partner_id: int | None = None,
        iris_mm: float = IRIS_MM,
    ) -> Changes:
        """Keep a figure (points in picture units of the photograph as it is turned); the result is its id.

        ``partner_id`` is the same in the other photograph. An iris or a horizontal takes the place of the one before,
        and lengths and slopes that were measured follow it; ``iris_mm`` is for an iris alone.

        Raises:
            RuleBroken: ``picture_of_another_patient``, ``iris_out_of_range``, as ``check_figure``.
        """
        check_figure(kind, points)
        check_iris(iris_mm)
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            picture = unit.pictures.get(picture_id)
            if picture.patient_id != patient_id:
                raise RuleBroken("pair", "picture_of_another_patient")
            known = unit.measurements.of_case(case_id)
            partner = next((one.id for one in known if one.id == partner_id and one.kind is kind), None)
            figure = Measurement(0, picture_id, kind, tuple(points), partner).of_turned(picture, back=True)
            if kind is MeasureKind.IRIS:
                figure = replace(figure, scale=Scale(_length(figure), iris_mm))
            before = next(
                (one for one in known if kind.once and (one.picture_id, one.kind) == (picture_id, kind)), None
            )
            if before is not None:
                unit.measurements.change(replace(figure, id=before.id), figure.value(_side(picture)))
                id_ = before.id
            else:
                figure = _with_facts(unit, case_id, figure, [*known, figure], picture)
                visit = unit.measurements.visit_on(patient_id, picture.taken.day)
                id_ = unit.measurements.add(case_id, figure, figure.value(_side(picture)), visit)
            if kind.once:
                _follow(unit, case_id)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo, result=id_)

    @needs(Action.ADD_PHOTOS, case="case_id")
    def correct(self, case_id: int, id_: int, points: Sequence[Point], seen: Sequence[Point]) -> Changes:
        """Other points of a figure, where it still has those that were ``seen``; what is measured by it follows.

        Both in picture units of the photograph as it is turned.

        Raises:
            NotFound: ``measurement_not_found``.
            Conflict: ``measurement_changed``: somebody else corrected it, or turned the photograph.
            RuleBroken: as ``check_figure``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            before = next((one for one in unit.measurements.of_case(case_id) if one.id == id_), None)
            if before is None:
                raise NotFound("measurement_not_found")
            picture = unit.pictures.get(before.picture_id)
            if not before.of_turned(picture).lies_at(seen):
                raise Conflict("measurement_changed")
            check_figure(before.kind, points)
            moved = replace(before, points=tuple(points), horizontal=None).of_turned(picture, back=True)
            figure = replace(before, points=moved.points)
            if figure.kind is MeasureKind.IRIS and figure.scale is not None:
                figure = replace(figure, scale=Scale(_length(figure), figure.scale.mm))
            unit.measurements.change(figure, figure.value(_side(picture)))
            if figure.kind.once:
                _follow(unit, case_id)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo, result=id_)

    @needs(Action.ADD_PHOTOS, case="case_id")
    def set_iris(self, case_id: int, mm: float) -> Changes:
        """This patient's iris is so wide; every length measured by it follows. Raises RuleBroken(iris_out_of_range)."""
        check_iris(mm)
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            for one in unit.measurements.of_case(case_id):
                if one.kind is MeasureKind.IRIS:
                    known = replace(one, scale=Scale(_length(one), mm))
                    unit.measurements.change(known, known.value(0))
            _follow(unit, case_id)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @needs(Action.ADD_PHOTOS, case="case_id")
    def remove(self, case_id: int, ids: Collection[int]) -> Changes:
        """Take measurements out of the record. Raises NotFound(measurement_not_found)."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            patient_id = unit.cases.get(case_id).patient_id
            known = {one.id: one for one in unit.measurements.of_case(case_id)}
            if not ids or not set(ids) <= known.keys():
                raise NotFound("measurement_not_found")
            unit.measurements.remove(ids)
            if any(known[id_].kind.once for id_ in ids):
                _follow(unit, case_id)
            undo = context.undoable(unit, "sorted", patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    @open_to_all
    def suggest(self, picture: Pixels) -> SuggestedFigures | None:
        """The iris and the midline of a face where they are surely seen, to be confirmed; keeps nothing."""
        from clinic_app.imaging.measuring import suggest_eyes

        with self._one_at_a_time:
            found = suggest_eyes(picture)
        return None if found is None else SuggestedFigures(found.right, found.midline, found.sureness)


def give_to(unit: UnitOfWork, owners: Mapping[int, int], left: Collection[int] = ()) -> dict[int, int]:
    """Give photographs (by id) to patients, with all that belongs to them; answers whose they were.

    ``left``: further patients they have just left.
    """
    before = {id_: unit.pictures.move(id_, owner) for id_, owner in owners.items()}
    settle(unit, owners, {*before.values(), *left}, went=True)
    return before


def settle(unit: UnitOfWork, picture_ids: Collection[int], left: Collection[int], *, went: bool = False) -> None:
    """Let go of what ties photographs to patients they are not of, after they ``left`` these; ``went``: all of them.

    Afterwards no length borrows its scale from another patient's eye.
    """
    loosened = unit.photo_ties.settle(picture_ids)
    for one in [one for one in unit.measurements.of_no_case(picture_ids) if went or one.id in loosened]:
        picture = unit.pictures.get(one.picture_id)
        unit.measurements.set_visit(one.id, unit.measurements.visit_on(picture.patient_id, picture.taken.day))
        if _borrows(one):
            alone = replace(one, scale=None)
            unit.measurements.change(alone, alone.value(_side(picture)))
    for case in [case for owner in left for case in unit.cases.of_patient(owner)]:
        _follow(unit, case.id, borrowed=True)


def _borrows(one: Measurement) -> bool:
    return one.scale is not None and one.scale.borrowed


def _follow(unit: UnitOfWork, case_id: int, *, borrowed: bool = False) -> None:
    """Lengths and slopes have the scale and the level that are known now; ``borrowed``: only those of other photos."""
    known = unit.measurements.of_case(case_id)
    pictures: dict[int, Picture] = {}
    for one in known:
        if borrowed and not _borrows(one):
            continue
        picture = pictures.setdefault(one.picture_id, unit.pictures.get(one.picture_id))
        now = _with_facts(unit, case_id, one, known, picture)
        if facts_of(now) != facts_of(one):
            unit.measurements.change(now, now.value(_side(picture)))


def _with_facts(
    unit: UnitOfWork, case_id: int, one: Measurement, known: Iterable[Measurement], picture: Picture
) -> Measurement:
    """A figure as it is stored, with what its value is computed with."""
    known = tuple(known)
    if one.kind is MeasureKind.DISTANCE or one.kind.lids:
        placed = unit.comparison.alignments(case_id, picture.view) if picture.view is not None else {}
        return replace(one, scale=scale_in(one.picture_id, irises_of(known), placed))
    if one.kind is MeasureKind.SLOPE:
        level = next(
            (
                _line(other)
                for other in known
                if (other.kind, other.picture_id) == (MeasureKind.HORIZONTAL, one.picture_id)
            ),
            None,
        )
        shown: Line = ((0.0, 0.0), (1.0, 0.0))
        if level is None:
            level = _line(Measurement(0, picture.id, one.kind, shown).of_turned(picture, back=True))
        return replace(one, horizontal=level)
    return one


def _side(picture: Picture) -> float:
    return max(picture.width, picture.height)


def _line(one: Measurement) -> Line:
    return one.points[0], one.points[1]


def _length(one: Measurement) -> float:
    (x, y), (u, v) = _line(one)
    return float(abs(complex(u - x, v - y)))
