"""Loading very many rows at once: the demo clinic of up to 100 000 patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert
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
