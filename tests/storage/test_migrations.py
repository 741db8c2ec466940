from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from clinic_app.domain.errors import ClinicError, StorageUnavailable
from clinic_app.machine.places import find_places
from clinic_app.storage.engine import Engines, open_engines
from clinic_app.storage.migrations import HEAD, SCHEMA, check_schema, migrate
from clinic_app.storage.picture_store import PICTURE_METADATA
from clinic_app.storage.records import Record

KEY = "1f" * 32


def _ours(_: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out what no record describes: the search indexes and the tables behind them."""
    if kind == "table" and reflected and compare_to is None:
        return name != "alembic_version" and not str(name).startswith(("patient_words", "patient_letters"))
    return not (kind == "index" and name == "ix_patient_search")


def test_the_schema_after_the_migrations_is_that_of_the_records(database: Engines) -> None:
    metadata = [Record.metadata]
    if database.dialect == "postgresql":
        metadata.append(PICTURE_METADATA)
    with database.reader.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_object": _ours}
        )
        differences: list[Any] = compare_metadata(context, metadata)  # type: ignore[arg-type]  # a list is taken too
    assert differences == []


def test_the_number_of_the_schema_is_written(database: Engines) -> None:
    with database.reader.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        if database.dialect == "sqlite":
            assert connection.exec_driver_sql("PRAGMA user_version").scalar() == SCHEMA
    check_schema(database)


def test_migrating_again_changes_nothing(database: Engines) -> None:
    before = inspect(database.reader).get_table_names()
    migrate(database, find_places().migrations)
    assert inspect(database.reader).get_table_names() == before


def test_blobs_have_a_table_on_postgresql_alone(database: Engines) -> None:
    names = inspect(database.reader).get_table_names()
    assert ("picture_blob" in names) is (database.dialect == "postgresql")


@pytest.mark.parametrize(("revision", "code"), [("9999", "database_newer"), ("0001", "database_older")])
def test_another_revision_is_refused(database: Engines, revision: str, code: str) -> None:
    def write(value: str) -> None:
        with database.writer.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :value"), {"value": value})

    write(revision)
    try:
        with pytest.raises(StorageUnavailable) as caught:
            check_schema(database)
        assert caught.value.code == code
        assert caught.value.params["knows"] == HEAD
    finally:
        write(HEAD)


def test_a_database_of_a_later_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    engines = open_engines(path, KEY, schema=SCHEMA, create=True)
    migrate(engines, find_places().migrations)
    with engines.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA + 1}")
    engines.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StorageUnavailable) as caught:
        open_engines(path, KEY, schema=SCHEMA)
    assert caught.value.code == "database_newer"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_database_without_a_schema_is_told_by_name(tmp_path: Path) -> None:
    engines = open_engines(tmp_path / "clinic.db", KEY, schema=SCHEMA, create=True)
    try:
        with pytest.raises(ClinicError) as caught:
            check_schema(engines)
        assert caught.value.code == "clinic_unfinished"
    finally:
        engines.close()
