"""What belongs to photographs: the rows of every table that refers to them, found through its foreign keys.

A row with an id of its own holds something that was entered of the photograph itself (a measurement, a mark) and goes
wherever the photograph goes. A row without one that names a case too says how the case sees it (a pin, an alignment).
A new table is taken along by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

from clinic_app.domain.alignment import AlignmentMethod, Point
from clinic_app.domain.marks import room_of
from clinic_app.domain.measurements import SLACK
from clinic_app.storage.bin import BY_NAME, Taken, references
from clinic_app.storage.marks import mark_of
from clinic_app.storage.measurements import measurement_of
from clinic_app.storage.patients import chunks
from clinic_app.storage.records import Record
from clinic_app.storage.records.comparison import AlignmentRecord, MarkRecord, MeasurementRecord
from clinic_app.storage.records.pictures import PictureRecord

PICTURE: Table = Record.metadata.tables[PictureRecord.__tablename__]


@dataclass(frozen=True, slots=True)
class Stray:
    """A row of ``table`` that says something wrong of a photograph; ``patient_id`` of whoever it is found with."""

    table: str
    picture_id: int
    patient_id: int | None
    code: str
    harmless: bool = False


class PhotoTies:
    """What belongs to photographs, of one unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._owners: dict[tuple[str, Any], int | None] = {}

    def settle(self, picture_ids: Collection[int]) -> frozenset[int]:
        """After photographs went to another patient, or out of the record: nothing of theirs is tied to what is not
        that patient's.

        A row that cannot be without such a tie goes; of the others the tie is let go. Answers the ids of those
        measurements.
        """
        self._session.flush()
        self._owners.clear()
        loosened: set[int] = set()
        for table, column, _ in references(PICTURE):
            rows = [
                row
                for part in chunks(sorted(picture_ids))
                for row in self._session.scalars(select(BY_NAME[table.name]).where(column.in_(part))).unique()
            ]
            for row in rows:
                if self._settle(table, row, self._owner(PICTURE, getattr(row, column.name))):
                    loosened.update([row.id] if isinstance(row, MeasurementRecord) else ())
            self._session.flush()
            for key in (key for key in table.foreign_keys if key.column.table is table):
                for part in chunks([getattr(row, key.column.name) for row in rows]):
                    for row in self._session.scalars(select(BY_NAME[table.name]).where(key.parent.in_(part))):
                        self._settle(table, row, self._owner(PICTURE, getattr(row, column.name)))
            self._session.flush()
        return frozenset(loosened)

    def named_in(self, taken: Taken) -> frozenset[int]:
        """The photographs that are in the record and that these rows are, or say something of."""
        ids: set[int] = set()
        for table, column, _ in references(PICTURE):
            ids.update(int(row[column.name]) for row in taken.rows.get(table.name, ()))
            if "id" in table.primary_key.columns:
                for part in chunks([key[0] for name, key, _, _ in taken.changed if name == table.name]):
                    ids.update(self._session.scalars(select(column).where(table.c.id.in_(part))))
        ids.update(int(row["id"]) for row in taken.rows.get(PICTURE.name, ()))
        ids.update(int(key[0]) for name, key, _, _ in taken.changed if name == PICTURE.name)
        here = select(PICTURE.c.id).where(PICTURE.c.taken_back_at.is_(None))
        return frozenset(
            id_ for part in chunks(sorted(ids)) for id_ in self._session.scalars(here.where(PICTURE.c.id.in_(part)))
        )

    def entered_of(self, picture_ids: Collection[int]) -> int:
        """How many things were entered of photographs themselves: measured in them, drawn on them."""
        return sum(
            self._session.scalar(select(func.count()).select_from(table).where(column.in_(picture_ids))) or 0
            for table, column, _ in references(PICTURE)
            if "id" in table.primary_key.columns
        )

    def strays(self) -> Iterator[Stray]:
        """Rows whose photograph is gone or another patient's, that cannot be read, or that lie outside of it."""
        for table, column, _ in references(PICTURE):
            for picture_id in self._session.scalars(
                select(column).outerjoin_from(table, PICTURE, column == PICTURE.c.id).where(PICTURE.c.id.is_(None))
            ):
                yield Stray(table.name, picture_id, None, "photo_tie_gone")
            for key in table.foreign_keys:
                if "patient_id" in key.column.table.columns and key.column.table is not PICTURE:
                    yield from self._of_others(table, column, key.parent, key.column.table)
        yield from self._unreadable()

    def _of_others(self, table: Table, column: Column[Any], names: Column[Any], owners: Table) -> Iterator[Stray]:
        rows = self._session.execute(
            select(column, owners.c.patient_id)
            .select_from(table)
            .join(PICTURE, column == PICTURE.c.id)
            .join(owners, names == owners.c.id)
            .where(owners.c.patient_id != PICTURE.c.patient_id)
            .order_by(column)
        )
        for picture_id, patient_id in rows:
            yield Stray(table.name, picture_id, patient_id, "photo_tie_of_other")

    def _unreadable(self) -> Iterator[Stray]:
        for record, points_of in _READ.items():
            rows = self._session.execute(
                select(record, PICTURE.c.patient_id, PICTURE.c.width, PICTURE.c.height)
                .join(PICTURE, record.picture_id == PICTURE.c.id)
                .order_by(record.picture_id)
            )
            for row, patient_id, width, height in rows:
                name = record.__tablename__
                try:
                    points = points_of(row)
                except (ValueError, TypeError, KeyError, IndexError):
                    yield Stray(name, row.picture_id, patient_id, "photo_tie_unreadable")
                    continue
                if not _inside(points, room_of(width, height)):
                    yield Stray(name, row.picture_id, patient_id, "photo_tie_outside", harmless=True)
                self._session.expunge(row)

    def _settle(self, table: Table, row: Record, owner: int | None) -> bool:
        """Let go of what is not this patient's; answers whether there was something."""
        changed = False
        for key in table.foreign_keys:
            value = getattr(row, key.parent.name)
            if value is None or key.column.table is PICTURE or self._owner(key.column.table, value) == owner:
                continue
            if not key.parent.nullable:
                self._session.delete(row)
                return True
            setattr(row, key.parent.name, None)
            changed = True
        return changed

    def _owner(self, table: Table, id_: Any) -> int | None:
        """Whose a row is: its own patient, or that of its photograph; None of a photograph out of the record."""
        if (table.name, id_) not in self._owners:
            whose = select(PICTURE.c.patient_id).where(PICTURE.c.taken_back_at.is_(None))
            if table is PICTURE:
                whose = whose.where(PICTURE.c.id == id_)
            elif "patient_id" in table.columns:
                whose = select(table.c.patient_id).where(table.c.id == id_)
            else:
                whose = whose.join(table, table.c.picture_id == PICTURE.c.id).where(table.c.id == id_)
            self._owners[table.name, id_] = self._session.scalar(whose)
        return self._owners[table.name, id_]


def _points_of(alignment: AlignmentRecord) -> Sequence[Point]:
    """Nothing of an alignment need lie in its photograph. Raises ``ValueError`` where it shows nothing."""
    numbers = (alignment.scale, alignment.turn, alignment.x, alignment.y)
    if not (all(map(math.isfinite, numbers)) and alignment.scale > 0):
        raise ValueError("an alignment that shows nothing")
    AlignmentMethod(alignment.source)
    return ()


def _measured(row: MeasurementRecord) -> Sequence[Point]:
    one = measurement_of(row)
    if len(one.points) != one.kind.points:
        raise ValueError("points are missing")
    return one.points


def _inside(points: Sequence[Point], room: Point) -> bool:
    """Whether all lie in the photograph, up to rounding; False of what is no number."""
    return all(-SLACK <= at <= most + SLACK for point in points for at, most in zip(point, room, strict=True))


_READ: Final[Mapping[type[Any], Callable[[Any], Sequence[Point]]]] = {
    AlignmentRecord: _points_of,
    MeasurementRecord: _measured,
    MarkRecord: lambda row: mark_of(row).points,
}
"""How the points of a row are read. Raises ``ValueError``, ``TypeError``, ``KeyError``, ``IndexError``."""
