"""Looking for damage in the database itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from clinic_app.domain.errors import Cancelled

_INDEXES = (text("SELECT rowid FROM patient_words LIMIT 1"), text("SELECT rowid FROM patient_letters LIMIT 1"))
_STEPS: Final = 20_000
"""Steps of the engine between two looks at whether to go on: some milliseconds."""


class IntegrityRows:
    """The engine's own checks. Reads only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def problems(self) -> list[str]:
        """What the engine finds wrong: pages that fail their seal, broken structure, broken references."""
        if self._session.get_bind().dialect.name != "sqlite":
            return []
        self._wake_indexes()
        found = [str(row[0]) for row in self._session.execute(text("PRAGMA cipher_integrity_check"))]
        found += [str(row[0]) for row in self._session.execute(text("PRAGMA integrity_check")) if str(row[0]) != "ok"]
        found += [f"foreign key of {row[0]}" for row in self._session.execute(text("PRAGMA foreign_key_check"))]
        return found

    def quick_problems(self, go_on: Callable[[], bool]) -> list[str]:
        """What the engine finds wrong in the pages that hold something, as one moment sees them, the log included.

        It reads as every reader does, past nobody's writes, so that it needs no checkpoint before it and tells no
        false alarm (security page, F5). ``go_on`` is asked every few milliseconds.

        Raises:
            DamageFound: a page fails its seal.
            Cancelled: ``go_on`` said no.
        """
        if self._session.get_bind().dialect.name != "sqlite":
            return []
        stopped = False

        def ask() -> int:
            nonlocal stopped
            stopped = stopped or not go_on()
            return int(stopped)

        raw: Any = self._session.connection().connection.dbapi_connection
        raw.set_progress_handler(ask, _STEPS)
        try:
            self._wake_indexes()
            rows = self._session.execute(text("PRAGMA quick_check")).all()
        except DBAPIError as fault:
            if stopped:
                raise Cancelled from fault
            raise
        finally:
            raw.set_progress_handler(None, 0)
        return [str(row[0]) for row in rows if str(row[0]) != "ok"]

    def _wake_indexes(self) -> None:
        """FTS5 checks itself against what it remembers of an earlier transaction unless it is asked something first."""
        for index in _INDEXES:
            self._session.execute(index).all()
