"""Backups that make themselves: a look every few minutes, never in the window's own thread, whoever works."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.backups import BackupAge, BackupKind, BackupOutcome, BackupRun
from clinic_app.domain.changes import Changes, Report, Topic
from clinic_app.domain.errors import StorageUnavailable
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import JobHandle, Tasks
from clinic_app.wording.backups import detail_words, trouble_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

log = logging.getLogger(__name__)

FIRST_LOOK_MS = 60_000
LOOK_MS = 3 * 60_000
TRIES_LOOKED_AT = 50
BACKUP_JOB = "backup"
"""The name of the jobs that make backups: a second one is never queued."""


def keep(tasks: Tasks, *, at_lock: bool = False) -> None:
    """Make the backups that are due, as a job with progress and cancel; nothing happens where none is. Once a day
    picture files that belong to no photograph are put aside before.

    ``at_lock``: the window is being locked; whatever was written since the last backup is a reason for one.
    """
    if not tasks.attached or any(job.objectName() == BACKUP_JOB for job in tasks.jobs):
        return
    if at_lock:
        _begin(tasks, at_lock=True)
        return

    def look(services: Services) -> Changes:
        services.sweep_orphans()
        return Changes(frozenset(), None, services.context.unlocked is not None and services.backups.due())

    def found(changes: Changes) -> None:
        if changes.result and not any(job.objectName() == BACKUP_JOB for job in tasks.jobs):
            _begin(tasks, at_lock=False)

    tasks.tell(look, found, owner=tasks, failed=lambda fault: log.info("backups not looked at: %s", fault.code))


def _begin(tasks: Tasks, *, at_lock: bool) -> JobHandle:
    def make(services: Services, report: Report) -> Changes:
        runs: tuple[BackupRun, ...] = ()
        if services.context.unlocked is not None:
            try:
                runs = services.backups.run_due(report, at_lock=at_lock)
            except StorageUnavailable as fault:
                if fault.code != "backup_running":
                    raise
        return Changes(frozenset({Topic.BACKUPS}), None, runs)

    handle = tasks.run(make, translate("Backing up"), resumable=True)
    handle.setObjectName(BACKUP_JOB)
    return handle


@dataclass(frozen=True, slots=True)
class Aged:
    """How old the newest backup is, when that was looked at, whether a restore should be tried, and how the last try
    of a place ended where it failed."""

    age: BackupAge
    now: datetime
    drill_due: bool = False
    failed: tuple[BackupRun, ...] = ()


def _failed(services: Services) -> tuple[BackupRun, ...]:
    """The newest try of each place that gets backups, where it failed."""
    places = {place.path for place in services.backups.places()}
    found: dict[str, BackupRun] = {}
    for run in services.backups.history(TRIES_LOOKED_AT, BackupKind.BACKUP):
        if run.place in places and run.outcome is not BackupOutcome.CANCELLED:
            found.setdefault(run.place, run)
    return tuple(run for run in found.values() if not run.outcome.counts)


class Keeping(QObject):
    """Watches over the backups of the open clinic.

    ``aged`` brings ``Aged`` of the newest backup, or None where there is nothing to say (no clinic, a demo, a
    database on a server). ``failed`` brings the sentence of a backup that failed, or of a disk that loses data, once
    for each place until one succeeds there.
    """

    aged = Signal(object)
    failed = Signal(str)

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._said: dict[str, str] = {}
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.look)
        context.attached.connect(self._begin)
        context.detached.connect(self._end)
        context.tasks.changed.connect(self._changed)
        context.tasks.job_started.connect(self._watch)
        if context.open:
            self._begin()

    def look(self) -> None:
        """Make what is due, and say how old the newest is."""
        self._clock.setInterval(LOOK_MS)
        keep(self._context.tasks)
        self.read_age()

    def read_age(self) -> None:
        """Say how old the newest backup is."""
        if not self._context.open:
            return

        def read(services: Services) -> Aged | None:
            if services.clinic.demo or services.context.unlocked is None:
                return None
            backups = services.backups
            return Aged(backups.age(), services.context.now(), backups.drill_due(), _failed(services))

        self._context.tasks.ask(read, self.aged.emit, owner=self, key="age", failed=lambda _: self.aged.emit(None))

    def _begin(self) -> None:
        if not self._clock.isActive():
            self._clock.start(FIRST_LOOK_MS)
        self.read_age()

    def _end(self) -> None:
        self._clock.stop()
        self._said.clear()
        self.aged.emit(None)

    def _watch(self, job: JobHandle) -> None:
        """A backup that fails brings no changes: how things stand is read when it is over."""
        job.ended.connect(lambda: self.read_age() if job.objectName() == BACKUP_JOB else None)

    def _changed(self, changes: object) -> None:
        if not isinstance(changes, Changes) or Topic.BACKUPS not in changes.topics:
            return
        self.read_age()
        runs = changes.result if isinstance(changes.result, tuple) else ()
        for run in runs:
            if isinstance(run, BackupRun):
                self._tell(run)

    def _tell(self, run: BackupRun) -> None:
        if run.outcome is BackupOutcome.CANCELLED:
            return
        words = trouble_words(run) if run.outcome.counts else detail_words(run)
        if words and words != self._said.get(run.place):
            self.failed.emit(words)
        self._said[run.place] = words
