"""The test house itself: what conftest.py promises is really noticed."""

from __future__ import annotations

import psycopg

pytest_plugins = ["pytester"]


def test_postgres_database_is_fresh_and_empty(postgres_url: str) -> None:
    dsn = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(dsn) as connection:
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        assert tables == (0,)
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
