"""Backups: what one is, when one is due, how old the newest may get, and which of the older ones may go.

The numbers are those of the security page 5.4. Moments of snapshots are in UTC, all others local.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

EVERY: Final = timedelta(minutes=30)
"""The first place gets a backup so long after the one before, if something changed."""
AT_LEAST_EVERY: Final = timedelta(hours=24)
RETRY_AFTER: Final = timedelta(minutes=10)
"""After a backup that failed."""
YELLOW_AFTER: Final = timedelta(hours=24)
RED_AFTER: Final = timedelta(days=7)
DRILL_EVERY: Final = timedelta(days=90)
ALL_OPENED_EVERY: Final = timedelta(days=30)
"""So often every object of a backup is decrypted, not only a sample."""
LEAST_OPENED: Final = 20
SHARE_OPENED: Final = 0.05
DRILL_OPENS: Final = 20
KEEP_ALL: Final = timedelta(days=2)
KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY = 12, 10, 9
KEEP_NEWEST: Final = 3
MOST_FAILING: Final = 10
"""More objects that fail than this look like somebody encrypting files: nothing is thinned."""


class BackupKind(Enum):
    """What was done."""

    BACKUP = "backup"
    DRILL = "drill"
    RESTORE = "restore"


class BackupOutcome(Enum):
    """How it ended. ``INCOMPLETE``: whole but for photographs that are lost or damaged in the clinic itself."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def counts(self) -> bool:
        """Whether there is something to restore."""
        return self in {BackupOutcome.OK, BackupOutcome.INCOMPLETE}


class AgeState(Enum):
    """How the status bar shows the newest backup."""

    OK = "ok"
    YELLOW = "yellow"
    RED = "red"


class Held(Enum):
    """Why no older backup was removed, although some might go."""

    NOT = ""
    CLOCK_BACK = "clock_back"
    NEWEST_FAILED = "newest_failed"
    MANY_FAIL = "many_fail"


@dataclass(frozen=True, slots=True)
class BackupPlace:
    """Where backups go; the first place gets one every 30 minutes, the others one a day.

    ``notes`` are codes with parameters of what to know about it (not there, on the disk of the data).
    """

    path: str
    number: int
    there: bool
    notes: tuple[tuple[str, dict[str, object]], ...] = ()


@dataclass(frozen=True, slots=True)
class BackupRun:
    """One backup, drill or restore as it ended. ``head_seq`` is the last entry of the audit it holds.

    ``facts``: ``objects``, ``copied``, ``bytes``, ``opened``, ``seconds``, ``lost`` (ids), ``failing``, ``removed``
    (names), ``held`` (``Held``), ``error`` (a code) and ``said`` (what its sentence is filled with); what applies.
    """

    id: int
    kind: BackupKind
    place: str
    snapshot: str
    started_at: datetime
    finished_at: datetime
    outcome: BackupOutcome
    head_seq: int
    facts: Mapping[str, object]
    by: str = ""


@dataclass(frozen=True, slots=True)
class BackupAge:
    """How old the newest backup is; ``newest`` is None where there never was one."""

    state: AgeState
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Census:
    """What a database holds: the rows of every table, and a digest of the ids in every table."""

    rows: Mapping[str, int]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a snapshot: its bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BranchPoint:
    """Where a chain went on after a restore: the seal of the restore's entry and the last entry taken over."""

    mac: str
    last_kept: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself, sealed with the vault's backup key and written last.

    ``head`` is the audit's head in it (``Anchor.text``), ``branch`` the restores its chain went through. ``lost`` are
    objects that were missing or damaged in the clinic itself; ``all_opened``: every object was decrypted, not a sample.
    """

    format: int
    vault_id: str
    generation: int
    name: str
    made_at: datetime
    app: str
    schema: int
    head: str
    branch: tuple[BranchPoint, ...]
    census: Census
    files: Mapping[str, StoredFile]
    objects: int
    object_bytes: int
    opened: int
    all_opened: bool
    lost: tuple[str, ...] = ()

    @property
    def head_seq(self) -> int:
        """The number of the newest entry of the audit in it; 0 where there is none."""
        return int(self.head.split(":", 1)[0]) if self.head else 0

    @property
    def complete(self) -> bool:
        """Whether nothing was missing when it was made."""
        return not self.lost


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One backup to be restored from. ``checked``: its seal was verified, so that what it says is true.

    ``people`` have a passphrase in it: before it is opened they are how one knows whose it is, for the clinic's name is
    only inside. ``mine``: of the clinic that lies where it would be restored to.
    """

    place: str
    vault_id: str
    name: str
    made_at: datetime
    head_seq: int
    patients: int
    pictures: int
    object_bytes: int
    complete: bool
    checked: bool
    people: tuple[str, ...] = ()
    mine: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotMark:
    """What thinning looks at. ``good``: verified when it was made, and nothing was missing."""

    name: str
    made_at: datetime
    good: bool = True


@dataclass(frozen=True, slots=True)
class Thinning:
    """Which snapshots may go, and why none may where something is wrong."""

    goes: tuple[str, ...] = ()
    held: Held = Held.NOT


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What a restore would bring and what it would cost. ``lost_entries`` is the distance in the audit between the
    clinic in the target folder and the backup; None where no clinic is there or it cannot be read.
    """

    snapshot: Snapshot
    live_there: bool
    lost_entries: int | None
    live_newest: datetime | None


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A restore as it ended. ``replaced`` is the folder the clinic before it lies in now, empty where there was none.

    ``lost`` are objects no intact copy of was found; ``without_passphrase`` the people who need a new one.
    """

    snapshot: Snapshot
    folder: str
    replaced: str
    lost_entries: int | None
    old_head: str
    new_head: str
    lost: tuple[str, ...]
    without_passphrase: tuple[str, ...]
    census: Census
    seconds: float


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A drill as it ended: ``problems`` are codes with parameters, none where it passed."""

    snapshot: str
    place: str
    ran_at: datetime
    seconds: float
    patients: int
    pictures: int
    opened: int
    head_seq: int
    problems: tuple[tuple[str, dict[str, object]], ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether everything came back as it was."""
        return not self.problems


def is_due(number: int, changed: bool, runs: Sequence[BackupRun], now: datetime, *, at_lock: bool = False) -> bool:
    """Whether a place should get a backup now. ``runs`` are the backups to it, newest first.

    The first place (``number`` 0) gets one 30 minutes after the one before if something changed, or at once
    ``at_lock``; the others on another day than the one before. Either way one a day, also when nothing changed: it
    is verified again.
    """
    good = next((run for run in runs if run.outcome.counts), None)
    if runs and not runs[0].outcome.counts and not at_lock and timedelta() <= now - runs[0].finished_at < RETRY_AFTER:
        return False
    if good is None:
        return True
    since = now - good.started_at
    if since < timedelta():
        return changed
    if number:
        return good.started_at.date() != now.date() and (changed or since >= AT_LEAST_EVERY)
    return (changed and (at_lock or since >= EVERY)) or since >= AT_LEAST_EVERY


def age_of(newest: datetime | None, now: datetime) -> BackupAge:
    """How old the newest backup is. A backup of the future means that a clock was wrong: yellow."""
    if newest is None or now - newest > RED_AFTER:
        return BackupAge(AgeState.RED, newest)
    late = now - newest > YELLOW_AFTER or newest - now > timedelta(minutes=5)
    return BackupAge(AgeState.YELLOW if late else AgeState.OK, newest)


def drill_is_due(last_passed: datetime | None, first_backup: datetime | None, now: datetime) -> bool:
    """Whether a restore should be tried: 90 days after the last one that passed, or once there is a backup."""
    if first_backup is None:
        return False
    return last_passed is None or not timedelta() <= now - last_passed < DRILL_EVERY


def to_open(objects: int) -> int:
    """How many objects of a snapshot are decrypted when it is made: 20 or 5 %, whichever is more."""
    return min(objects, max(LEAST_OPENED, -int(-objects * SHARE_OPENED // 1)))


def thinning(snapshots: Iterable[SnapshotMark], now: datetime, failing: int = 0) -> Thinning:
    """Which snapshots may go: all of the last 2 days stay, then the newest of 12 days, 10 weeks and 9 months.

    The three newest good ones always stay. None may go when the clock moved back (a snapshot is of the future), when
    the newest is not good, or when more than ``MOST_FAILING`` objects fail. ``now`` and the snapshots in UTC.
    """
    marks = sorted(snapshots, key=lambda mark: (mark.made_at, mark.name), reverse=True)
    if not marks:
        return Thinning()
    if failing > MOST_FAILING:
        return Thinning(held=Held.MANY_FAIL)
    if marks[0].made_at > now:
        return Thinning(held=Held.CLOCK_BACK)
    if not marks[0].good:
        return Thinning(held=Held.NEWEST_FAILED)
    good = [mark for mark in marks if mark.good]
    kept = {mark.name for mark in good[:KEEP_NEWEST]}
    kept |= {mark.name for mark in marks if now - mark.made_at <= KEEP_ALL}
    if len(good) < KEEP_NEWEST:
        kept |= {mark.name for mark in marks}
    kept |= _of_the_calendar(good, now)
    return Thinning(tuple(mark.name for mark in reversed(marks) if mark.name not in kept))


def _of_the_calendar(newest_first: Sequence[SnapshotMark], now: datetime) -> set[str]:
    """The newest of each of 12 days, then of 10 weeks, then of 9 months, each counted from the last one kept."""
    kept: set[str] = set()
    left = [KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY]
    last: tuple[object, object, object] = (None, None, None)
    for mark in newest_first:
        day = mark.made_at.date()
        periods = (day, day.isocalendar()[:2], (day.year, day.month))
        if now - mark.made_at > KEEP_ALL:
            step = next((number for number, count in enumerate(left) if count), None)
            if step is None:
                break
            if periods[step] == last[step]:
                continue
            left[step] -= 1
            kept.add(mark.name)
        last = periods
    return kept


def anchor_binds(seq: int, branch: Sequence[BranchPoint], chain: Sequence[BranchPoint]) -> bool:
    """Whether a chain with the branch points ``chain`` must hold entry ``seq`` as a snapshot of ``branch`` saw it.

    It must, unless a restore gave the entry up openly: the chain has a branch point the snapshot does not know of,
    and the entry comes after the last one taken over there, or is of another branch.
    """
    shared = 0
    while shared < min(len(branch), len(chain)) and branch[shared].mac == chain[shared].mac:
        shared += 1
    if shared == len(chain):
        return True
    return shared == len(branch) and seq <= chain[shared].last_kept
