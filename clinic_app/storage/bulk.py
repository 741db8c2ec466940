"""Writing very many rows at once: the demo clinic of up to 100 000 patients, and what is computed of every case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from clinic_app.storage.records import Record

ROWS_A_STATEMENT = 500
"""The widest table, of 29 columns, stays below the 32 766 parameters SQLite takes."""


class BulkLoad:
    """Writes rows by table name, past the objects. The values are those the columns of the records take."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, table: str | Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of one table; every row has the same keys, columns left out take their defaults."""
        if not rows:
            return
        target: Table = Record.metadata.tables[table] if isinstance(table, str) else table
        if self._session.get_bind().dialect.name == "sqlite":
            _insert_on_sqlite(self._session.connection(), target, rows)
        else:
            self._session.execute(insert(target), list(rows))

    def update(self, target: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write what is computed: each row names the values of ``keys``, then those ``columns`` have now."""
        if not rows:
            return
        connection = self._session.connection()
        names = (*keys, *columns)
        if connection.dialect.name == "sqlite":
            processes = [_process(target.columns[name], connection) for name in names]
            for start in range(0, len(rows), ROWS_A_STATEMENT):
                part = rows[start : start + ROWS_A_STATEMENT]
                varying = [
                    list(map(process, values))
                    for process, values in zip(processes, zip(*part, strict=True), strict=True)
                ]
                of_rows = tuple(value for row in zip(*varying, strict=True) for value in row)
                connection.exec_driver_sql(_updating(target.name, tuple(keys), tuple(columns), len(part)), of_rows)
            return
        marked = {name: f"new_{name}" for name in names}
        statement = update(target).values({name: bindparam(marked[name]) for name in columns})
        for name in keys:
            statement = statement.where(target.columns[name] == bindparam(marked[name]))
        connection.execute(statement, [dict(zip(marked.values(), row, strict=True)) for row in rows])

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


def _insert_on_sqlite(connection: Connection, target: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows a statement; a value that all of them share is bound once.

    SQLCipher locks and wipes each piece of memory it uses (``cipher_memory_security``), and every statement begun and
    every text bound costs several of them: one statement a row takes three times as long.
    """
    names = tuple(column.name for column in target.columns)
    processes = [_process(column, connection) for column in target.columns]
    defaults = {column.name: _default_of(column) for column in target.columns if column.name not in rows[0]}
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        part = rows[start : start + ROWS_A_STATEMENT]
        shared: dict[int, Any] = {}
        varying: list[list[Any]] = []
        for place, (name, process) in enumerate(zip(names, processes, strict=True)):
            values = [defaults[name]] if name in defaults else [row[name] for row in part]
            if _all_same(values):
                shared[place] = process(values[0])
            else:
                varying.append([process(value) for value in values])
        statement = _statement(target.name, names, tuple(shared), len(part))
        of_rows = (value for row in zip(*varying, strict=True) for value in row)
        connection.exec_driver_sql(statement, (*shared.values(), *of_rows))


def _process(column: Column[Any], connection: Connection) -> Callable[[Any], Any]:
    """What makes a value of a column one that the engine keeps."""
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


@lru_cache(maxsize=64)
def _updating(table: str, keys: tuple[str, ...], columns: tuple[str, ...], count: int) -> str:
    """The statement that updates ``count`` rows: of each the keys, then what the columns have now."""
    names = (*keys, *columns)
    marks = f"({','.join('?' * len(names))})"
    wanted = {name: f"column{place}" for place, name in enumerate(names, 1)}
    new = ", ".join(f'"{name}" = {wanted[name]}' for name in columns)
    same = " AND ".join(f'"{table}"."{name}" = {wanted[name]}' for name in keys)
    return f'UPDATE "{table}" SET {new} FROM (VALUES {",".join([marks] * count)}) WHERE {same}'  # noqa: S608


@lru_cache(maxsize=64)
def _statement(table: str, names: tuple[str, ...], shared: tuple[int, ...], count: int) -> str:
    """The statement that inserts ``count`` rows: first the parameters all rows share, then those of each row."""
    numbers = {place: number for number, place in enumerate(shared, 1)}
    last = len(shared)
    tuples: list[str] = []
    for _ in range(count):
        marks: list[str] = []
        for place in range(len(names)):
            if place not in numbers:
                last += 1
            marks.append(f"?{numbers.get(place, last)}")
        tuples.append(f"({','.join(marks)})")
    quoted = ",".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({quoted}) VALUES {",".join(tuples)}'  # noqa: S608  names of our own records


def _default_of(column: Column[Any]) -> Any:
    """What a column holds where nothing is said."""
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _all_same(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(value is first or value == first for value in values)
