"""The values of a row as JSON knows them, and back again, so that a row can be kept outside of its table.

What comes back is stored in the same bytes as before: moments go by UTC, amounts by their decimal digits.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, LargeBinary, Time

from clinic_app.storage.records.declarative import Day, Hundredths, Moment


def plain_value(value: Any) -> Any:
    """A column's value as JSON knows it; moments in UTC, so that a change of the zone changes no seal."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def value_of(column: Column[Any], plain: Any) -> Any:
    """The value a column takes, from what ``plain_value`` made of it."""
    if plain is None:
        return None
    kind = column.type
    if isinstance(kind, Moment):
        return datetime.fromisoformat(plain).astimezone().replace(tzinfo=None)
    if isinstance(kind, Day):
        return date.fromisoformat(plain)
    if isinstance(kind, Time):
        return time.fromisoformat(plain)
    if isinstance(kind, Hundredths):
        return Decimal(plain)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(plain)
    return plain
