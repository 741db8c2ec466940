"""What is drawn on photographs, as rows; points are in picture units of the photograph before it is turned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import NotFound
from clinic_app.domain.marks import Hiding, Ink, Mark, MarkKind, Part, content_of
from clinic_app.storage.records.comparison import MarkRecord
from clinic_app.storage.row_watch import remove_rows


class MarkRows:
    """Marks of one unit of work."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def on(self, picture_ids: Collection[int]) -> list[Mark]:
        """Everything drawn on these photographs, the oldest first."""
        rows = self._session.scalars(
            select(MarkRecord).where(MarkRecord.picture_id.in_(picture_ids)).order_by(MarkRecord.id)
        )
        return [mark_of(row) for row in rows]

    def add(self, mark: Mark) -> int:
        """Keep what was drawn; answers its id."""
        row = MarkRecord(picture_id=mark.picture_id)
        self._write(row, mark)
        self._session.add(row)
        self._session.flush()
        return row.id

    def change(self, mark: Mark) -> None:
        """The same mark, drawn otherwise. Raises NotFound(mark_not_found)."""
        row = self._session.get(MarkRecord, mark.id)
        if row is None or row.picture_id != mark.picture_id:
            raise NotFound("mark_not_found")
        self._write(row, mark)
        self._session.flush()

    def remove(self, ids: Collection[int]) -> None:
        """Take marks away."""
        remove_rows(self._session, select(MarkRecord).where(MarkRecord.id.in_(ids)))

    def _write(self, row: MarkRecord, mark: Mark) -> None:
        row.kind, row.content = mark.kind.value, content_of(mark)
        row.written_by, row.written_at = self._user, self._now


def mark_of(row: MarkRecord) -> Mark:
    """A row read. Raises ``ValueError``, ``TypeError``, ``KeyError`` where it is none of ours."""
    known = row.content
    return Mark(
        row.id,
        row.picture_id,
        MarkKind(row.kind),
        tuple((x, y) for x, y in known["points"]),
        known.get("words", ""),
        Ink(known.get("colour", Ink.YELLOW)),
        Part(known.get("part", Part.ANY)),
        Hiding(known.get("hiding", Hiding.SOLID)),
        row.written_by,
        row.written_at,
    )
