"""The declarative root of every row, and the column types both engines agree on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BinaryText = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by its bytes on both engines, as Python does."""


class Hundredths(TypeDecorator[Decimal]):
    """A decimal of two places kept as a whole number, so that no engine rounds a dose."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Two places to a whole number."""
        return None if value is None else int((value * 100).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """A whole number back to two places."""
        return None if value is None else Decimal(value) / 100


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC without a zone on both engines and given back in local time without one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Local time to UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """UTC to local time; the second of two equal hours in autumn is marked by ``fold``."""
        if value is None:
            return None
        moment = value.replace(tzinfo=UTC)
        local = moment.astimezone().replace(tzinfo=None)
        return local if local.astimezone(UTC) == moment else local.replace(fold=1)


class Day(TypeDecorator[date]):
    """A calendar day. On SQLite ISO text: a DATE column there compares as a number, many times slower."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ten characters on SQLite, a date elsewhere."""
        return dialect.type_descriptor(String(10) if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """A day as the engine keeps it."""
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002
        """What the engine kept, as a day."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class DayNumber(TypeDecorator[date]):
    """A calendar day as its number, of rows that are very many and only computed: short, and compared at once."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """The day's number; 1 January of the year 1 is day 1."""
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """The day of a number."""
        return None if value is None else date.fromordinal(value)


class Record(DeclarativeBase):
    """A row of the clinic's database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {date: Day, Decimal: Hundredths, datetime: Moment, list[str]: JSON, dict[str, object]: JSON}  # noqa: RUF012
