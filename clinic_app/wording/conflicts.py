"""Words for two versions of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from clinic_app.domain.conflicts import FieldClash, KeepQuestion, clashes_in
from clinic_app.domain.errors import Conflict
from clinic_app.domain.units import plain
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate
from clinic_app.wording.versions import field_words, value_words

_MORE = {
    "birth": "Birth",
    "where": "Place",
    "causes": "Causes",
    "plan": "Plan",
    "restarts_window": "Restarts the window",
}


def who_words(error: Conflict) -> str:
    """``Changed by Anita at 14:03``: who saved in between, as far as is known."""
    by, at = str(error.params.get("by") or ""), error.params.get("at")
    if by and isinstance(at, datetime):
        return translate("{name} saved this at {at}, while you were editing.").format(name=by, at=f"{at:%H:%M}")
    return translate("Somebody else saved this while you were editing.")


def clash_lines(error: Conflict) -> tuple[tuple[str, str, str], ...]:
    """Field, mine and theirs, as text, for each field in which the two versions read differently."""
    lines = (_line(clash) for clash in clashes_in(error))
    return tuple(line for line in lines if line[1] != line[2])


def question_line(question: KeepQuestion) -> tuple[str, str, str]:
    """Fields that are decided together, mine and theirs, as text; all blank where the two versions read the same."""
    lines = [line for line in map(_line, question.clashes) if line[1] != line[2]]
    names, mine, theirs = ([line[place] for line in lines] for place in range(3))
    return ", ".join(names), " · ".join(mine), " · ".join(theirs)


def _line(clash: FieldClash) -> tuple[str, str, str]:
    name = translate(_MORE[clash.field]) if clash.field in _MORE else field_words(clash.field)
    return name, shown(clash.mine), shown(clash.theirs)


def shown(value: object) -> str:
    """A value of the domain as text."""
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal):
        return plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        said = [getattr(value, one.name) for one in fields(value)]
        parts = [shown(part) for part in said if part not in (None, "") and not isinstance(part, bool)]
        return " ".join(parts) or value_words(None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(shown(one) for one in value) or value_words(None)
    return value_words(value)
