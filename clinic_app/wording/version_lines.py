"""Earlier versions line by line: catalogue names instead of codes, days as on screen, nothing of the machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType

from clinic_app.domain.alignment import AlignmentMethod
from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import Side, StopReason
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.marks import MarkKind
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.pictures import Certainty
from clinic_app.domain.schedule import AppointmentStatus, Attempt, Channel, DrugSupply
from clinic_app.domain.treatment import SessionKind, SessionState
from clinic_app.domain.versions import FieldChange, Version
from clinic_app.wording.alignment import method_words
from clinic_app.wording.calendar import span_words
from clinic_app.wording.cases import side_words, stop_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate
from clinic_app.wording.marks import HIDINGS, INKS, PARTS, mark_words
from clinic_app.wording.measuring import measure_words, unit_words
from clinic_app.wording.pictures import certainty_words
from clinic_app.wording.schedule import attempt_words, booking_words, channel_words, drug_words
from clinic_app.wording.treatment import kind_words, state_words
from clinic_app.wording.versions import field_words, value_words, version_words

BIN = "bin_entry"
UNSAID = frozenset({"pictures", "restored_at", "purged_at", "deleted_at", "deleted_by", "object_id", "content"})
"""Columns of the bin that its title says already, or that mean nothing to a reader."""
INSIDES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        BIN: UNSAID,
        "picture_alignment": frozenset({"picture_id", "frame", "x", "y", "facts"}),
        "measurement": frozenset({"picture_id", "partner_id", "content"}),
        "mark": frozenset({"picture_id"}),
        "compare_state": frozenset({"content"}),
    }
)
"""Columns by table that hold places in pixels and what the machine computed with: nobody reads them."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_SEXES = {"F": "female", "M": "male", "O": "other", "U": "not known"}


@dataclass(frozen=True, slots=True)
class VersionNames:
    """The catalogues, and the diagnoses of the patient by their ids."""

    catalogues: Catalogues
    cases: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, group: str, code: str) -> str:
        """The name of a catalogue's entry; the code where no catalogue knows it."""
        entry = getattr(self.catalogues, group).get(code)
        return code if entry is None else translate(getattr(entry, "brand", "") or entry.name)


def version_title(version: Version) -> str:
    """``Injection changed``, ``Put back from the bin``: what a save did."""
    if version.table == BIN:
        after = {change.field: change.after for change in version.fields}
        if after.get("purged_at"):
            return translate("Destroyed for good")
        if "restored_at" in after:
            return translate("Put back from the bin") if after["restored_at"] else translate("Taken out again")
    return version_words(version)


def version_lines(version: Version, names: VersionNames) -> tuple[str, ...]:
    """``Village or area: Pune → Nashik`` for each field that reads differently; what was removed as it was."""
    found = []
    for change in version.fields:
        if change.field in INSIDES.get(version.table, ()):
            continue
        before, after = (_shown(version, change.field, value, names) for value in (change.before, change.after))
        if not version.removed:
            if before != after:
                found.append(f"{field_words(change.field)}: {before} → {after}")
        elif before != value_words(None) and change.before is not False:
            found.append(f"{field_words(change.field)}: {before}")
    if not found and not version.removed and version.table in _MOVED:
        found.append(translate(_MOVED[version.table]))
    return tuple(found)


def case_words(condition: str, side: Side | None, names: VersionNames) -> str:
    """``Hemifacial spasm, left``."""
    return ", ".join(part for part in (names.of("conditions", condition), side_words(side)) if part)


def said_of(table: str, row: Mapping[str, object], name: str, names: VersionNames) -> str:
    """One field of a row in words; nothing where nothing was entered."""
    fields = (FieldChange("condition", row.get("condition"), None),)
    version = Version(0, 0, datetime.min, "", table, "", False, fields)  # noqa: DTZ901
    words = _shown(version, name, row.get(name), names)
    return "" if words == value_words(None) else words


def _shown(version: Version, name: str, value: object, names: VersionNames) -> str:
    if name == "case_id" and isinstance(value, int):
        return names.cases.get(value, value_words(None))
    if version.table == "mark" and name == "content" and isinstance(value, dict):
        return _drawn(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(version, name, one, names) for one in value) or value_words(None)
    if isinstance(value, dict):
        lines = (f"{_plain(str(key))}: {_shown(version, name, one, names)}" for key, one in value.items())
        return ", ".join(lines) or value_words(None)
    if version.table == "picture_alignment" and isinstance(value, (int, float)) and name in ("scale", "turn"):
        return f"{value * 100:.1f} %" if name == "scale" else f"{round(value, 1) + 0.0:.1f}°".replace("-", "−")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, str) or not value:
        return value_words(value)
    return _text(version, name, value, names)


def _drawn(content: Mapping[str, object]) -> str:
    """What a mark says and how it looks, without its points: ``“ptosis”, Yellow``, ``Name tag, Solid``."""
    words = content.get("words")
    looks = (
        known[code] for name, known in _LOOKS.items() if isinstance(code := content.get(name), str) and code in known
    )
    return ", ".join([*([f"“{words}”"] if words else []), *map(translate, looks)]) or value_words(None)


def _text(version: Version, name: str, text: str, names: VersionNames) -> str:
    group = {"condition": "conditions", "product": "products", "view": "views", "causes": "causes"}.get(name)
    if group is not None:
        return names.of(group, text)
    if name == "sites":
        return _site(text, names)
    if name == "pattern":
        return _pattern(version, text, names)
    if name == "sex":
        return translate(_SEXES.get(text, text))
    kind = (version.table, name)
    if kind in _ENUMS:
        return _ENUMS[kind](text)
    if name in {"plan_opens", "plan_closes"}:
        try:
            return span_words(Span.parse(text))
        except RuleBroken:
            return text
    if _DAY.fullmatch(text):
        return day_words(date.fromisoformat(text))
    if _MOMENT.fullmatch(text):
        return moment_words(datetime.fromisoformat(text))
    return _plain(text) if name in _CODED else text


def _site(text: str, names: VersionNames) -> str:
    """``Corrugator right 2.5 U`` of ``corrugator right 2.5``."""
    muscle, _, rest = text.partition(" ")
    side, _, units = rest.partition(" ")
    return " ".join(part for part in (names.of("muscles", muscle), translate(side), units and f"{units} U") if part)


def _pattern(version: Version, text: str, names: VersionNames) -> str:
    said = next((change for change in version.fields if change.field == "condition"), None)
    conditions = names.catalogues.conditions
    known = [conditions[str(said.before)]] if said is not None and said.before in conditions else conditions.values()
    named = {one.code: one.name for condition in known for one in condition.patterns}
    return translate(named[text]) if text in named else _plain(text)


def _plain(text: str) -> str:
    """A code as words."""
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def _enum(kind: type[Enum], words: Callable[..., str]) -> Callable[[str], str]:
    def shown(text: str) -> str:
        try:
            return words(kind(text))
        except ValueError:
            return _plain(text)

    return shown


_ENUMS: Mapping[tuple[str, str], Callable[[str], str]] = MappingProxyType(
    {
        ("clinical_case", "side"): _enum(Side, side_words),
        ("case_stop", "reason"): _enum(StopReason, stop_words),
        ("injection_session", "state"): _enum(SessionState, state_words),
        ("injection_session", "kind"): _enum(SessionKind, kind_words),
        ("contact_attempt", "outcome"): _enum(Attempt, attempt_words),
        ("contact_attempt", "channel"): _enum(Channel, channel_words),
        ("appointment", "status"): _enum(AppointmentStatus, booking_words),
        ("appointment", "drug"): _enum(DrugSupply, drug_words),
        ("picture", "certainty"): _enum(Certainty, certainty_words),
        ("picture_alignment", "source"): _enum(AlignmentMethod, method_words),
        ("mark", "kind"): _enum(MarkKind, mark_words),
        ("measurement", "kind"): _enum(MeasureKind, measure_words),
        ("measurement", "unit"): unit_words,
    }
)
_LOOKS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "part": {part.value: words for part, words in PARTS.items()},
        "hiding": {hiding.value: words for hiding, words in HIDINGS.items()},
        "colour": {ink.value: words for ink, words in INKS.items()},
    }
)
_MOVED: Mapping[str, str] = MappingProxyType(
    {
        "mark": "It lies elsewhere in the photo.",
        "picture_alignment": "It lies elsewhere in its frame.",
        "measurement": "Its points lie elsewhere.",
    }
)
"""What is said where only places changed."""
_CODED = frozenset({"kind", "state", "status", "outcome", "classification", "checklist", "unit", "side"})
"""Fields that hold codes no catalogue names; all other words are somebody's own and stand as they were typed."""
