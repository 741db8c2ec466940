"""What belongs to photographs: the rows of every table that refers to them, found through its foreign keys.

A row with an id of its own holds something that was entered of the photograph itself (a measurement, a mark) and goes
wherever the photograph goes. A row without one that names a case too says how the case sees it (a pin, an alignment).
A new table is taken along by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from clinic_app.storage.bin import BY_NAME, references
from clinic_app.storage.records import Record
from clinic_app.storage.records.pictures import PictureRecord

PICTURE: Table = Record.metadata.tables[PictureRecord.__tablename__]


class PhotoTies:
    """What belongs to photographs, of one unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def settle(self, picture_ids: Collection[int]) -> None:
        """After photographs went to another patient: nothing of theirs is tied to what is not that patient's.

        A row that cannot be without such a tie goes; of the others the tie is let go.
        """
        self._session.flush()
        for table, column, _ in references(PICTURE):
            rows = self._session.scalars(select(BY_NAME[table.name]).where(column.in_(picture_ids))).unique().all()
            for row in rows:
                self._settle(table, row, self._owner(PICTURE, getattr(row, column.name)))
            self._session.flush()
            for key in (key for key in table.foreign_keys if key.column.table is table):
                own = [getattr(row, key.column.name) for row in rows]
                for row in self._session.scalars(select(BY_NAME[table.name]).where(key.parent.in_(own))):
                    self._settle(table, row, self._owner(PICTURE, getattr(row, column.name)))
            self._session.flush()

    def entered_of(self, picture_ids: Collection[int]) -> int:
        """How many things were entered of photographs themselves: measured in them, drawn on them."""
        return sum(
            self._session.scalar(select(func.count()).select_from(table).where(column.in_(picture_ids))) or 0
            for table, column, _ in references(PICTURE)
            if "id" in table.primary_key.columns
        )

    def _settle(self, table: Table, row: Record, owner: int | None) -> None:
        for key in table.foreign_keys:
            value = getattr(row, key.parent.name)
            if value is None or key.column.table is PICTURE or self._owner(key.column.table, value) == owner:
                continue
            if not key.parent.nullable:
                self._session.delete(row)
                return
            setattr(row, key.parent.name, None)

    def _owner(self, table: Table, id_: Any) -> int | None:
        """Whose a row is: its own patient, or that of its photograph."""
        if "patient_id" in table.columns:
            return self._session.scalar(select(table.c.patient_id).where(table.c.id == id_))
        of = select(PICTURE.c.patient_id).join(table, table.c.picture_id == PICTURE.c.id)
        return self._session.scalar(of.where(table.c.id == id_))
