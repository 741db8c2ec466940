"""From an error to the sentence a person reads, the same on screen and on the command line.

Every module of this package may hold ``MESSAGES``: code -> English sentence with ``{param}`` blanks; and ``SINGULARS``:
code -> the parameter that counts, and the English sentence for one of it.
"""

from __future__ import annotations

import errno
import importlib
import pkgutil
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType

import clinic_app.wording
from clinic_app.domain.calendar import Span
from clinic_app.domain.errors import ClinicError, FileRefused, RuleBroken
from clinic_app.domain.units import plain
from clinic_app.wording.calendar import span_words
from clinic_app.wording.dates import day, moment_words
from clinic_app.wording.language import translate, translate_number

_NUMBERED = re.compile(r"_\d+$")
"""The end of a field's name that says which of several such fields it is."""


def message_tables() -> Mapping[str, Mapping[str, str]]:
    """Module name -> its ``MESSAGES``, for every module of this package that has some."""
    tables: dict[str, Mapping[str, str]] = {}
    for found in pkgutil.iter_modules(clinic_app.wording.__path__):
        name = f"{clinic_app.wording.__name__}.{found.name}"
        if name != __name__:
            tables[found.name] = getattr(importlib.import_module(name), "MESSAGES", {})
    return tables


@cache
def messages() -> Mapping[str, str]:
    """Code -> English sentence, of the whole package; no two modules claim one code (a test looks)."""
    return MappingProxyType({code: text for table in message_tables().values() for code, text in table.items()})


@cache
def singulars() -> Mapping[str, tuple[str, str]]:
    """Code -> the parameter that counts and the English sentence for one, of the whole package."""
    found: dict[str, tuple[str, str]] = {}
    for module in message_tables():
        found |= getattr(importlib.import_module(f"{clinic_app.wording.__name__}.{module}"), "SINGULARS", {})
    return MappingProxyType(found)


def _translated(code: str, template: str, params: Mapping[str, object]) -> str:
    """The sentence of a code in the current language, in the form its number needs."""
    counted, one = singulars().get(code, ("", ""))
    count = params.get(counted)
    return translate_number(one, template, count) if isinstance(count, int) else translate(template)


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Span):
        return span_words(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        shown = [str(_shown(v)) for v in value]
        return ", ".join(sorted(shown) if isinstance(value, (set, frozenset)) else shown)
    return value


def sentence(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of ``code`` with its blanks filled: dates as ``9 Mar 2026``, several values with commas.

    Never raises: an unknown code, or a blank that has no value, shows code and values instead.
    """
    values = {name: _shown(value) for name, value in (params or {}).items()}
    template = messages().get(code)
    if template is not None:
        try:
            return _translated(code, template, params or {}).format_map(values)
        except (KeyError, IndexError, ValueError, AttributeError):
            pass  # the plain form below says it all
    listed = ", ".join(f"{name} {value}" for name, value in sorted(values.items()))
    return translate(messages()["not_known_here"]).format(code=code, params=listed or "-")


def _system_sentence(error: OSError) -> str:
    path = error.filename if isinstance(error.filename, str) else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return sentence("no_room")
    if isinstance(error, FileNotFoundError) and path:
        return sentence("file_not_there", {"path": path})
    if isinstance(error, PermissionError) and path:
        return sentence("file_not_allowed", {"path": path})
    return sentence("file_trouble", {"path": path or "?", "reason": error.strerror or type(error).__name__})


def sentence_of(error: BaseException) -> str:
    """What to tell the person: what was refused, where, and what to do about it.

    A broken rule fills ``{field}`` with the field's name, a refused file ``{path}``. Errors that are not the
    clinic's own are named by kind only: their text may hold what was typed about a patient.
    """
    if isinstance(error, ClinicError):
        params = dict(error.params)
        if isinstance(error, RuleBroken):
            params.setdefault("field", _NUMBERED.sub("", error.field).replace("_", " "))
        if isinstance(error, FileRefused):
            params.setdefault("path", error.path)
        return sentence(error.code, params)
    if isinstance(error, OSError):
        return _system_sentence(error)
    return sentence("our_mistake", {"kind": type(error).__name__})
