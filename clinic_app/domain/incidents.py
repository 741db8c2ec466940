"""The incident report: who saw, changed, took out or printed something of a patient; or what one person did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from clinic_app.domain.audit import AuditEntry, AuditReport, Outcome
from clinic_app.domain.audit_actions import AuditKind, kind_of

MOST_ENTRIES = 20_000
"""Entries a report takes at most; the newest count."""


class IncidentPart(Enum):
    """The parts of a report, in their order."""

    SAW = "saw"
    CHANGED = "changed"
    EXPORTED = "exported"
    PRINTED = "printed"
    REFUSED = "refused"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class IncidentPerson:
    """One person in a report: how often each part names them, and when first and last."""

    name: str
    counts: tuple[tuple[IncidentPart, int], ...]
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """A report on a patient (``mrn`` is set) or a person (``user_name``). Moments are local time.

    ``parts``: each with its entries, oldest first. ``chain``: what verifying the whole audit found. ``whole``: nothing
    was left out, because of their number or because who made the report may not see everything.
    """

    made_at: datetime
    made_by: str
    mrn: str
    patient_name: str
    user_name: str
    since: datetime | None
    until: datetime | None
    parts: tuple[tuple[IncidentPart, tuple[AuditEntry, ...]], ...]
    people: tuple[IncidentPerson, ...]
    chain: AuditReport
    whole: bool = True

    @property
    def count(self) -> int:
        """How many entries it holds."""
        return sum(len(entries) for _, entries in self.parts)


def part_of(entry: AuditEntry) -> IncidentPart:
    """The part of a report an entry belongs to."""
    if entry.outcome is not Outcome.DONE:
        return IncidentPart.REFUSED
    if entry.action == "print":
        return IncidentPart.PRINTED
    by_kind = {
        AuditKind.TAKEN_OUT: IncidentPart.EXPORTED,
        AuditKind.LOOKED: IncidentPart.SAW,
        AuditKind.CHANGED: IncidentPart.CHANGED,
    }
    return by_kind.get(kind_of(entry.action), IncidentPart.OTHER)


def parted(entries: Iterable[AuditEntry]) -> tuple[tuple[IncidentPart, tuple[AuditEntry, ...]], ...]:
    """Entries by the parts of a report, oldest first; parts without any are left out."""
    found: dict[IncidentPart, list[AuditEntry]] = {part: [] for part in IncidentPart}
    for entry in sorted(entries, key=lambda one: one.seq):
        found[part_of(entry)].append(entry)
    return tuple((part, tuple(listed)) for part, listed in found.items() if listed)


def people_in(entries: Iterable[AuditEntry]) -> tuple[IncidentPerson, ...]:
    """The people entries name, the one with the most entries first; what the program did by itself is left out."""
    by_name: dict[str, list[AuditEntry]] = {}
    for entry in sorted(entries, key=lambda one: one.seq):
        if entry.actor_name:
            by_name.setdefault(entry.actor_name, []).append(entry)
    people = [
        IncidentPerson(
            name,
            tuple((part, len(listed)) for part, listed in parted(own)),
            min(entry.at for entry in own),
            max(entry.at for entry in own),
        )
        for name, own in by_name.items()
    ]
    return tuple(sorted(people, key=lambda one: (-sum(count for _, count in one.counts), one.name)))
