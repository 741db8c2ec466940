"""Strict reading of one catalogue file that has already been turned into a mapping.

Every fault names the file, the entry and the field, so a clinic that edits a catalogue finds the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from clinic_app.domain.errors import ClinicError

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""What a stable catalogue code looks like: snake_case, or a letter with digits (``F01``, ``C1``)."""

SOURCE_MARK = re.compile(r"(?:V|V2):(S\d+[a-z]?(?:,S\d+[a-z]?)*)|GMK|P|A|Seed0|Seed3")
"""One evidence mark: V read on a stored page, V2 on a weak copy, GMK general knowledge, P proposal, A arithmetic."""

_E = TypeVar("_E", bound=Enum)


class CatalogueError(ClinicError):
    """A catalogue file breaks its own rules; params: ``file``, ``entry`` (its code or position), ``field``."""

    def __init__(self, code: str, *, file: str, entry: str, field: str, **params: object) -> None:
        super().__init__(code, file=file, entry=entry, field=field, **params)
        self.file = file
        self.entry = entry
        self.field = field


class Table:
    """One table of a catalogue file, read field by field; ``finish`` refuses what nobody asked for."""

    def __init__(self, file: str, entry: str, content: object) -> None:
        self.file = file
        self.entry = entry
        if not isinstance(content, Mapping):
            raise CatalogueError("catalogue_wrong_type", file=file, entry=entry, field="", wanted="a table")
        self._content: Mapping[str, object] = content
        self._read: set[str] = set()

    def fault(self, code: str, field: str, **params: object) -> CatalogueError:
        """Make (not raise) the error for ``field`` of this table."""
        return CatalogueError(code, file=self.file, entry=self.entry, field=field, **params)

    def _take(self, field: str, wanted: str, kinds: type | tuple[type, ...], default: object) -> object:
        self._read.add(field)
        value = self._content.get(field, default)
        if value is None:
            raise self.fault("catalogue_missing_field", field)
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self.fault("catalogue_wrong_type", field, wanted=wanted)
        return value

    def code(self, field: str = "code") -> str:
        """Read a stable code and let it name this table in later faults."""
        value = self.text(field)
        if not CODE.fullmatch(value):
            raise self.fault("catalogue_bad_code", field, value=value)
        if field == "code":
            self.entry = value
        return value

    def text(self, field: str, default: str | None = None) -> str:
        """Read a text; without ``default`` it must be there and not blank."""
        value = str(self._take(field, "a text", str, default))
        if default is None and not value.strip():
            raise self.fault("catalogue_missing_field", field)
        return value

    def flag(self, field: str, default: bool | None = None) -> bool:
        """Read true or false."""
        return bool(self._take(field, "true or false", bool, default))

    def whole(self, field: str, default: int | None = None) -> int:
        """Read a whole number that is not negative."""
        value = self._take(field, "a whole number", int, default)
        if not isinstance(value, int) or value < 0:
            raise self.fault("catalogue_wrong_type", field, wanted="a whole number, 0 or more")
        return value

    def maybe_whole(self, field: str) -> int | None:
        """Read a whole number, or None where the field is absent."""
        return self.whole(field) if field in self._content else None

    def number(self, field: str) -> Decimal:
        """Read a number above 0 as an exact decimal."""
        value = Decimal(str(self._take(field, "a number", (int, float), None)))
        if not value.is_finite() or value <= 0:
            raise self.fault("catalogue_wrong_type", field, wanted="a number above 0")
        return value

    def maybe_number(self, field: str) -> Decimal | None:
        """Read a number above 0, or None where the field is absent."""
        return self.number(field) if field in self._content else None

    def choice(self, field: str, kind: type[_E], default: _E | None = None) -> _E:
        """Read one word out of an enumeration."""
        word = self.text(field, None if default is None else str(default.value))
        for member in kind:
            if member.value == word:
                return member
        wanted = ", ".join(str(member.value) for member in kind)
        raise self.fault("catalogue_unknown_word", field, value=word, wanted=wanted)

    def texts(self, field: str, *, required: bool = False) -> tuple[str, ...]:
        """Read a list of different, non-blank texts; absent counts as empty unless ``required``."""
        value = self._take(field, "a list of texts", list, None if required else [])
        items: list[str] = []
        for item in value if isinstance(value, list) else ():
            if not isinstance(item, str) or not item.strip():
                raise self.fault("catalogue_wrong_type", field, wanted="a list of texts")
            if item in items:
                raise self.fault("catalogue_duplicate", field, value=item)
            items.append(item)
        return tuple(items)

    def text_map(self, field: str) -> dict[str, str]:
        """Read a sub-table of texts; absent counts as empty."""
        value = self._take(field, "a table of texts", Mapping, {})
        found: dict[str, str] = {}
        for key, item in value.items() if isinstance(value, Mapping) else ():
            if not isinstance(item, str) or not item.strip():
                raise self.fault("catalogue_wrong_type", f"{field}.{key}", wanted="a text")
            found[str(key)] = item
        return found

    def tables(self, field: str, *, required: bool = False) -> list[Table]:
        """Read a list of sub-tables, each named by its position until its code is read."""
        value = self._take(field, "a list of tables", list, None if required else [])
        rows = value if isinstance(value, list) else []
        return [Table(self.file, f"{self.entry} {field}[{n}]".strip(), row) for n, row in enumerate(rows, start=1)]

    def maybe_table(self, field: str) -> Table | None:
        """Read one sub-table, or None where the field is absent; the caller finishes it."""
        self._read.add(field)
        return Table(self.file, f"{self.entry} {field}", self._content[field]) if field in self._content else None

    def has(self, field: str) -> bool:
        """Tell whether the field is written at all."""
        return field in self._content

    def source(self, known: Mapping[str, object], field: str = "source") -> str:
        """Read evidence marks such as ``V:S1,S3; GMK`` whose sources are all listed in sources.toml."""
        marks = self.text(field)
        self.check_marks(marks, field, known)
        return marks

    def check_marks(self, marks: str, field: str, known: Mapping[str, object]) -> None:
        """Refuse marks that are malformed or cite a source nobody listed."""
        for mark in marks.split(";"):
            match = SOURCE_MARK.fullmatch(mark.strip())
            if match is None:
                raise self.fault("catalogue_bad_source", field, value=mark.strip())
            for cited in (match.group(1) or "").split(","):
                if cited and cited not in known:
                    raise self.fault("catalogue_dangling", field, value=cited, wanted="sources.toml")

    def refer(self, field: str, codes: Sequence[str], known: Mapping[str, object], where: str) -> None:
        """Refuse a code that ``known`` (the entries of file ``where``) does not have."""
        for code in codes:
            if code not in known:
                raise self.fault("catalogue_dangling", field, value=code, wanted=where)

    def finish(self) -> None:
        """Refuse fields nobody read: a misspelt key must not pass in silence."""
        for field in self._content:
            if field not in self._read:
                raise self.fault("catalogue_unknown_key", field)
