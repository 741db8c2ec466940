"""Marking photographs: drawn on them and hidden in what leaves, kept with who and when, taken back like all else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import NotFound
from clinic_app.domain.marks import Mark, check_mark, room_of
from clinic_app.domain.pictures import Picture
from clinic_app.services.access import needs
from clinic_app.services.context import ClinicContext, changes
from clinic_app.storage.unit import UnitOfWork


class MarkingService:
    """What is drawn on photographs; ``pictures.pair`` reads it. The photographs stay as they are."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.ADD_PHOTOS, picture="picture_id")
    def draw(self, picture_id: int, mark: Mark) -> Changes:
        """Keep a new mark (points in picture units of the photograph as it is turned); the result is its id.

        Raises:
            NotFound: the photograph is not there any more.
            RuleBroken: as ``check_mark``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            picture, stored = self._checked(unit, picture_id, mark)
            id_ = unit.marks.add(stored)
            undo = context.undoable(unit, "sorted", picture.patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo, result=id_)

    @needs(Action.ADD_PHOTOS, picture="picture_id")
    def change(self, picture_id: int, mark: Mark) -> Changes:
        """Move a mark, or draw it otherwise.

        Raises:
            NotFound: ``mark_not_found``; the photograph is not there any more.
            RuleBroken: as ``check_mark``.
        """
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            picture, stored = self._checked(unit, picture_id, mark)
            unit.marks.change(stored)
            undo = context.undoable(unit, "sorted", picture.patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo, result=mark.id)

    @needs(Action.ADD_PHOTOS, picture="picture_id")
    def remove(self, picture_id: int, ids: Collection[int]) -> Changes:
        """Take marks off a photograph. Raises NotFound(mark_not_found)."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            picture = unit.pictures.get(picture_id)
            known = {one.id for one in unit.marks.on([picture_id])}
            if not ids or not set(ids) <= known:
                raise NotFound("mark_not_found")
            unit.marks.remove(ids)
            undo = context.undoable(unit, "sorted", picture.patient_id)
            unit.commit()
        return changes(Topic.PICTURES, undo=undo)

    def _checked(self, unit: UnitOfWork, picture_id: int, mark: Mark) -> tuple[Picture, Mark]:
        """The photograph, and a mark that can be drawn on it as it is stored."""
        picture = unit.pictures.get(picture_id)
        check_mark(mark, room_of(picture.width, picture.height))
        return picture, replace(mark, picture_id=picture_id).of_turned(picture, back=True)
