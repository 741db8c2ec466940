"""Two people changed the same thing: both versions, field by field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from clinic_app.domain.errors import Conflict


@dataclass(frozen=True, slots=True)
class FieldClash:
    """One field as somebody wants it to be, and as somebody else has saved it since."""

    field: str
    mine: object
    theirs: object


def clashes_of(mine: Any, theirs: Any, *more: FieldClash) -> tuple[FieldClash, ...]:
    """The fields in which two values of one dataclass differ, in their order, with ``more`` that differ before them."""
    found = [clash for clash in more if clash.mine != clash.theirs]
    for one in fields(mine):
        said, saved = getattr(mine, one.name), getattr(theirs, one.name)
        if said != saved:
            found.append(FieldClash(one.name, said, saved))
    return tuple(found)


def changed_meanwhile(
    clashes: tuple[FieldClash, ...], version: int, by: str = "", at: datetime | None = None
) -> Conflict:
    """Somebody saved in between: ``clashes`` field by field, who and when, and the version to save over knowingly."""
    return Conflict("changed_meanwhile", clashes=clashes, version=version, by=by, at=at)


def clashes_in(error: Conflict) -> tuple[FieldClash, ...]:
    """What a conflict carries of both versions; empty where it carries nothing."""
    found = error.params.get("clashes", ())
    return found if isinstance(found, tuple) else ()
