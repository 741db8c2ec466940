"""Loading very many rows at once: the demo clinic of up to 100 000 patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from clinic_app.storage.records import Record


class BulkLoad:
    """Writes rows by table name, past the objects. The values must already be what the columns hold."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of one table; every row has the same keys."""
        if rows:
            target: Table = Record.metadata.tables[table]
            self._session.execute(insert(target), list(rows))

    def next_id(self, table: str) -> int:
        """The first free id of a table, for rows whose ids are given by the caller."""
        target: Table = Record.metadata.tables[table]
        return (self._session.scalar(select(func.max(target.c.id))) or 0) + 1

    def settle_ids(self, *tables: str) -> None:
        """Let the engine's own counting of ids go on behind the ids that were given."""
        if self._session.get_bind().dialect.name != "postgresql":
            return
        for table in tables:
            target: Table = Record.metadata.tables[table]
            self._session.execute(
                select(
                    func.setval(
                        func.pg_get_serial_sequence(text(f"'{target.name}'"), text("'id'")),
                        func.coalesce(select(func.max(target.c.id)).scalar_subquery(), 1),
                    )
                )
            )
