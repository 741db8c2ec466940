"""The audit: who did what, as codes and ids, never as names or values of a record (security page 4.4).

An event's code is ``<object>.<verb>``. Entries are chained by a keyed hash; ``AuditReport`` is what verifying found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

SYSTEM = 0
"""The actor of what the program does by itself, before anybody signed in."""
MINIMUM_REASON = 10
"""Characters a reason for an emergency opening needs at least (security page 4.2)."""


class Outcome(Enum):
    """How what was tried ended."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class ClockState(Enum):
    """What the computer's clock looked like against the entry before."""

    OK = "ok"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who works: the user's id and name, the random name of this sign-in, and the keyed name of this computer."""

    id: int
    name: str
    roles: tuple[str, ...] = ()
    sign_in: str = ""
    computer: str = ""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something to be entered: an action on an object. ``before`` and ``after`` seal the rows it changed."""

    action: str
    object_type: str
    object_id: str = ""
    patient_id: int | None = None
    outcome: Outcome = Outcome.DONE
    reason: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is read back. ``at`` is local time; ``actor_name`` is empty where the person is not known."""

    seq: int
    at: datetime
    clock: ClockState
    actor_id: int
    actor_name: str
    roles: tuple[str, ...]
    computer: str
    action: str
    object_type: str
    object_id: str
    patient_id: int | None
    outcome: Outcome
    reason: str
    mrn: str = ""
    patient_name: str = ""
    object_name: str = ""


@dataclass(frozen=True, slots=True)
class NotedEvent:
    """An event as it was noted in memory: who did it and when. It is entered with the next save."""

    event: AuditEvent
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries: of a span of time, a person, a patient, of actions that begin so. Empty: all.

    ``actions``: exactly these. ``up_to``: none newer than this number, so that a list stays as it was while it is read.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor_id: int | None = None
    patient_id: int | None = None
    action: str = ""
    outcome: Outcome | None = None
    actor_ids: tuple[int, ...] = ()
    actions: tuple[str, ...] = ()
    up_to: int | None = None
    refused: bool = False
    """Only what was denied or failed."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out but what is newer than ``up_to``."""
        return replace(self, up_to=None) == AuditFilter()


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """The head of the chain as it was once, kept outside of the database: number, seal (hex), moment (ISO, UTC)."""

    seq: int
    mac: str
    at: str = ""

    @property
    def text(self) -> str:
        """As it is written into the vault file and the manifests of backups."""
        return f"{self.seq}:{self.mac}:{self.at}"

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Read ``seq:mac:moment``. Raises ``ValueError``."""
        seq, mac, at = text.split(":", 2)
        if len(bytes.fromhex(mac)) != 32 or int(seq) < 1:
            raise ValueError(text)
        return cls(int(seq), mac, at)


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """Where the chain does not hold: the number of the first bad entry and why, as a code.

    ``remembered``: the first entry that the key file knows of and that is not there, where entries were cut off.
    """

    seq: int
    code: str
    object_type: str = ""
    object_id: str = ""
    remembered: int = 0

    @property
    def params(self) -> dict[str, object]:
        """What its sentence is filled with."""
        return {
            "seq": self.seq,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "remembered": self.remembered,
        }


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verifying found: how many entries, the head, the problems (the first bad entry first), and the newest anchor
    the chain was held against.
    """

    entries: int
    head: Anchor | None
    problems: tuple[AuditProblem, ...]
    last_anchor: Anchor | None = None

    @property
    def intact(self) -> bool:
        """Nothing was found."""
        return not self.problems
