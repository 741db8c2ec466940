"""The declarative root of every row, and the column types both engines agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import JSON, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

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
        """UTC to local time."""
        return None if value is None else value.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


class Record(DeclarativeBase):
    """A row of the clinic's database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {Decimal: Hundredths, datetime: Moment, list[str]: JSON, dict[str, object]: JSON}  # noqa: RUF012
