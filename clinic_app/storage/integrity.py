"""Looking for damage in the database itself."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_INDEXES = (text("SELECT rowid FROM patient_words LIMIT 1"), text("SELECT rowid FROM patient_letters LIMIT 1"))


class IntegrityRows:
    """The engine's own checks. Reads only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def problems(self) -> list[str]:
        """What the engine finds wrong: pages that fail their seal, broken structure, broken references."""
        if self._session.get_bind().dialect.name != "sqlite":
            return []
        for index in _INDEXES:
            # FTS5 checks itself against what it remembers of an earlier transaction unless it is asked something first
            self._session.execute(index).all()
        found = [str(row[0]) for row in self._session.execute(text("PRAGMA cipher_integrity_check"))]
        found += [str(row[0]) for row in self._session.execute(text("PRAGMA integrity_check")) if str(row[0]) != "ok"]
        found += [f"foreign key of {row[0]}" for row in self._session.execute(text("PRAGMA foreign_key_check"))]
        return found
