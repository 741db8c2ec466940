"""Bringing a database to the schema this program writes.

Alembic is imported only to migrate: at start the version is compared by a plain read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from clinic_app.domain.errors import StorageUnavailable
from clinic_app.storage.engine import Engines

SCHEMA: Final = 5
"""The number of the schema this program writes; ``user_version`` of a SQLCipher file."""
HEAD: Final = "0005"
"""The Alembic revision of that schema."""
FIRST_WITH_CALLS: Final = 5
"""The first schema in which a case says what its calls come to."""


def migrate(engines: Engines, scripts: Path) -> None:
    """Run every migration the database does not have yet, and fill what they added, in one transaction.

    ``scripts`` is the folder ``database/migrations``.
    """
    from alembic import command
    from alembic.config import Config

    found = schema_of(engines)
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    with engines.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if found is not None and found < FIRST_WITH_CALLS:
            _fill_calls(connection)
        if engines.dialect == "sqlite":
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _fill_calls(connection: Connection) -> None:
    """What the calls of every case come to, in a database that did not know of it."""
    from datetime import datetime

    from sqlalchemy.orm import Session

    from clinic_app.storage.schedule import ScheduleRows

    with Session(connection) as session:
        ScheduleRows(session, "", datetime.now().astimezone()).fill_calls()


def check_schema(engines: Engines) -> None:
    """Refuse a database of another schema, untouched.

    Raises:
        StorageUnavailable: ``database_newer``, ``database_older``, or ``clinic_unfinished`` where there is no schema
            at all: the program was cut off while it made the clinic.
    """
    with engines.reader.connect() as connection:
        found = _revision(connection)
    if found is None:
        raise StorageUnavailable("clinic_unfinished")
    if found < HEAD:
        raise StorageUnavailable("database_older", found=found, knows=HEAD)
    if found > HEAD:
        raise StorageUnavailable("database_newer", path="", needs=found, knows=HEAD)


def schema_of(engines: Engines) -> int | None:
    """The number of the schema a database has; None where it has none at all."""
    with engines.reader.connect() as connection:
        found = _revision(connection)
    return None if found is None else int(found)


def _revision(connection: Connection) -> str | None:
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError:
        return None
