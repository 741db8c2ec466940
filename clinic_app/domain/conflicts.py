"""Two people changed the same thing: both versions, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from clinic_app.domain.errors import Conflict


@dataclass(frozen=True, slots=True)
class FieldClash:
    """One field as somebody wants it to be, and as somebody else has saved it since."""

    field: str
    mine: object
    theirs: object


class Keep(Enum):
    """Whose version of something stays."""

    MINE = "mine"
    THEIRS = "theirs"


TOGETHER = (
    frozenset({"product", "units", "sites", "dilution_ml"}),
    frozenset({"kind", "restarts_window"}),
    frozenset({"condition", "side", "pattern"}),
)
"""Fields that stay or go together: units mean nothing without their product (design section 5.3), a side nothing
without its condition."""


@dataclass(frozen=True, slots=True)
class KeepQuestion:
    """Fields of which one version stays. ``leans``: the answer that loses nobody's change; None where both changed."""

    clashes: tuple[FieldClash, ...]
    leans: Keep | None


def questions_of(clashes: Sequence[FieldClash], read: Mapping[str, object]) -> tuple[KeepQuestion, ...]:
    """What is to be decided, in the order of the fields. ``read``: the values that were read before editing, by field;
    a field that is not in it leans to neither side."""
    groups: dict[frozenset[str], list[FieldClash]] = {}
    for clash in clashes:
        home = next((one for one in TOGETHER if clash.field in one), frozenset({clash.field}))
        groups.setdefault(home, []).append(clash)
    return tuple(KeepQuestion(tuple(found), _leans(found, read)) for found in groups.values())


def _leans(clashes: Sequence[FieldClash], read: Mapping[str, object]) -> Keep | None:
    if all(clash.field in read and read[clash.field] == clash.mine for clash in clashes):
        return Keep.THEIRS
    if all(clash.field in read and read[clash.field] == clash.theirs for clash in clashes):
        return Keep.MINE
    return None


def values_of(value: Any) -> dict[str, object]:
    """The fields of a dataclass as they were read."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


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
