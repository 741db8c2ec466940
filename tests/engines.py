"""Both engines for the storage tests: SQLCipher files and PostgreSQL databases, migrated, with services on top."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import text

from clinic_app.domain.people import Role, User
from clinic_app.domain.settings import in_force
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import load_catalogues
from clinic_app.services.context import ClinicContext, ClinicInfo
from clinic_app.services.entrance import passphrase_check
from clinic_app.storage.engine import Engines, open_engines, open_postgres
from clinic_app.storage.migrations import SCHEMA, migrate
from clinic_app.storage.picture_store import FilePictureStore, PictureStore, RowPictureStore
from clinic_app.storage.records import Record
from clinic_app.storage.throttle import Throttle
from clinic_app.storage.unit import UnitsOfWork
from clinic_app.storage.vault import create_vault
from tests.builders import ACTOR, AUDIT_KEY, PASSPHRASE, Clock
from tests.postgres import PostgresServer

KINDS = ("sqlcipher", "postgresql")


@contextmanager
def open_kind(kind: str, folder: Path, server: PostgresServer | None) -> Iterator[Engines]:
    """A migrated, empty database of one kind."""
    url = ""
    if kind == "sqlcipher":
        engines = open_engines(folder / "clinic.db", secrets.token_bytes(32).hex(), schema=SCHEMA, create=True)
    else:
        assert server is not None
        url = server.create()
        engines = open_postgres(url)
    try:
        migrate(engines, find_places().migrations)
        yield engines
    finally:
        engines.close()
        if url and server is not None:
            server.drop(url)


def empty(engines: Engines) -> None:
    """Take every row of every table away again."""
    with engines.writer.begin() as connection:
        if engines.dialect == "postgresql":
            names = ", ".join(table.name for table in Record.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
            ).all()
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for table in reversed(Record.metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(text("DELETE FROM sqlite_sequence"))
            for _, made in triggers:
                connection.exec_driver_sql(made)


def services_on(engines: Engines, folder: Path, clock: Clock, *, today_given: bool = True) -> Services:
    """The services over a database of either kind; photographs in files or in rows, as it fits."""
    keys = create_vault(folder, "Dr Rao", PASSPHRASE, checkout=True).unlocked.keys
    catalogues = load_catalogues(find_places().catalogues)
    force = in_force({}, catalogues.interval_pairs())
    user = User(1, "Dr Rao", frozenset({Role.ADMIN, Role.DOCTOR}))
    info = ClinicInfo("Test clinic", False, user, str(folder), force.rules, force.plans)
    store: PictureStore = (
        RowPictureStore(engines, keys) if engines.dialect == "postgresql" else FilePictureStore(folder, keys)
    )
    units = UnitsOfWork(engines, ACTOR, clock, AUDIT_KEY)
    verify = passphrase_check(folder, Throttle(), clock, demo=False)
    context = ClinicContext(units, store, catalogues, info, clock, today_given, verify=verify)
    return Services(context, PictureReader, lambda: None)


def day(text_: str) -> date:
    """A day from its ISO text."""
    return date.fromisoformat(text_)
