"""The unit of work: one use case, one transaction, every repository on the same session."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlcipher3 import dbapi2 as sqlcipher

from clinic_app.domain.audit import Actor, AuditEvent, NotedEvent
from clinic_app.domain.errors import ClinicError, Conflict
from clinic_app.storage.access import AccessRows
from clinic_app.storage.audit import AuditRows
from clinic_app.storage.cases import CaseRows
from clinic_app.storage.clinic import ClinicRows
from clinic_app.storage.engine import Engines, hurried
from clinic_app.storage.noted import NotedEvents
from clinic_app.storage.patients import PatientRows
from clinic_app.storage.people import PeopleRows
from clinic_app.storage.pictures import PictureRows
from clinic_app.storage.row_watch import RowWatch
from clinic_app.storage.schedule import ScheduleRows
from clinic_app.storage.treatment import TreatmentRows

if TYPE_CHECKING:
    from clinic_app.storage.absences import AbsenceRows
    from clinic_app.storage.backups import BackupRows
    from clinic_app.storage.bin import BinRows
    from clinic_app.storage.board import BoardRows
    from clinic_app.storage.bulk import BulkLoad
    from clinic_app.storage.calendar_board import CalendarRows
    from clinic_app.storage.call_list import CallListRows
    from clinic_app.storage.comparison import ComparisonRows
    from clinic_app.storage.drafts import DraftRows
    from clinic_app.storage.figures import FigureRows
    from clinic_app.storage.forecast import ForecastRows
    from clinic_app.storage.integrity import IntegrityRows
    from clinic_app.storage.known_windows import KnownWindowRows
    from clinic_app.storage.marks import MarkRows
    from clinic_app.storage.measurements import MeasurementRows
    from clinic_app.storage.merge import MergeRows
    from clinic_app.storage.photo_ties import PhotoTies
    from clinic_app.storage.today import TodayRows
    from clinic_app.storage.versions import VersionRows
    from clinic_app.storage.windows import WindowRows

NOTE_WAIT_S: Final = 0.15
"""How long an event that is noted waits for its turn to write; then it waits in memory for the next save."""
log = logging.getLogger(__name__)
_ONE_WRITER = select(func.pg_advisory_xact_lock(0x44C7))
"""PostgreSQL lets several write at once; tokens, clinic numbers and *is it taken already* need the one SQLite has."""


class UnitOfWork:
    """Every repository over one session. ``now`` is the local time of this unit, ``actor`` who works.

    What it changes is entered in the audit in the same transaction. ``reason``: why, said by the user. Repositories
    that the first list does without are loaded when they are first asked for.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        now: datetime,
        audit_key: bytes,
        reason: str = "",
        noted: NotedEvents | None = None,
        committed: Callable[[int], None] = lambda _: None,
    ) -> None:
        user = actor.name
        self._noted = noted if noted is not None else NotedEvents()
        self._committed = committed
        self.session = session
        self.actor = actor
        self.user = user
        self.now = now
        self.reason = reason
        self.audit = AuditRows(session, actor, now, audit_key)
        self._watch = RowWatch(session, audit_key)
        self._events: list[AuditEvent] = []
        self.access = AccessRows(session, user, now)
        self.clinic = ClinicRows(session, user, now)
        self.people = PeopleRows(session, now)
        self.patients = PatientRows(session, now)
        self.cases = CaseRows(session, user, now)
        self.treatment = TreatmentRows(session, user, now)
        self.schedule = ScheduleRows(session, user, now)
        self.pictures = PictureRows(session, user, now)

    @cached_property
    def absences(self) -> AbsenceRows:
        """Days on which doctors are away."""
        from clinic_app.storage.absences import AbsenceRows

        return AbsenceRows(self.session, self.user, self.now)

    @cached_property
    def backups(self) -> BackupRows:
        """Backups that were made, and where they went."""
        from clinic_app.storage.backups import BackupRows

        return BackupRows(self.session, self.user, self.now)

    @cached_property
    def windows(self) -> WindowRows:
        """The windows of all cases by other rules."""
        from clinic_app.storage.windows import WindowRows

        return WindowRows(self.session)

    @cached_property
    def board(self) -> BoardRows:
        """The columns of the board."""
        from clinic_app.storage.board import BoardRows

        return BoardRows(self.session)

    @cached_property
    def call_list(self) -> CallListRows:
        """The call list in any shape."""
        from clinic_app.storage.call_list import CallListRows

        return CallListRows(self.session, self.patients)

    @cached_property
    def figures(self) -> FigureRows:
        """What the figures are counted from."""
        from clinic_app.storage.figures import FigureRows

        return FigureRows(self.session)

    @cached_property
    def forecast(self) -> ForecastRows:
        """What the visits to come are made of."""
        from clinic_app.storage.forecast import ForecastRows

        return ForecastRows(self.session)

    @cached_property
    def known_windows(self) -> KnownWindowRows:
        """Every case as of any day."""
        from clinic_app.storage.known_windows import KnownWindowRows

        return KnownWindowRows(self.session)

    @cached_property
    def comparison(self) -> ComparisonRows:
        """How photographs are aligned and compared."""
        from clinic_app.storage.comparison import ComparisonRows

        return ComparisonRows(self.session, self.user, self.now)

    @cached_property
    def measurements(self) -> MeasurementRows:
        """What was measured in photographs."""
        from clinic_app.storage.measurements import MeasurementRows

        return MeasurementRows(self.session, self.user, self.now)

    @cached_property
    def marks(self) -> MarkRows:
        """What is drawn on photographs."""
        from clinic_app.storage.marks import MarkRows

        return MarkRows(self.session, self.user, self.now)

    @cached_property
    def photo_ties(self) -> PhotoTies:
        """What belongs to photographs, whatever table it is in."""
        from clinic_app.storage.photo_ties import PhotoTies

        return PhotoTies(self.session)

    @cached_property
    def bin(self) -> BinRows:
        """What was taken out of the record whole."""
        from clinic_app.storage.bin import BinRows

        return BinRows(self.session, self.user, self.now, self._watch)

    @cached_property
    def merge(self) -> MergeRows:
        """Two records of one person made into one."""
        from clinic_app.storage.merge import MergeRows

        return MergeRows(self.session, self.user, self.now, self.bin)

    @cached_property
    def versions(self) -> VersionRows:
        """Earlier versions of what was entered."""
        from clinic_app.storage.versions import VersionRows

        return VersionRows(self.session)

    @cached_property
    def calendar_board(self) -> CalendarRows:
        """What the days of the calendar show."""
        from clinic_app.storage.calendar_board import CalendarRows

        return CalendarRows(self.session)

    @cached_property
    def today(self) -> TodayRows:
        """What is asked of the whole clinic for one day."""
        from clinic_app.storage.today import TodayRows

        return TodayRows(self.session)

    @cached_property
    def drafts(self) -> DraftRows:
        """What was typed and not saved."""
        from clinic_app.storage.drafts import DraftRows

        return DraftRows(self.session, self.user, self.now)

    @cached_property
    def bulk(self) -> BulkLoad:
        """Many rows at once."""
        from clinic_app.storage.bulk import BulkLoad

        return BulkLoad(self.session)

    @cached_property
    def integrity(self) -> IntegrityRows:
        """The database file itself, checked."""
        from clinic_app.storage.integrity import IntegrityRows

        return IntegrityRows(self.session)

    def enter(self, event: AuditEvent) -> None:
        """Enter something that changes no row: an export, an import undone, a look at a record."""
        self._events.append(event)

    def commit(self) -> None:
        """Make everything of this unit lasting, with its entries in the audit; what was noted before comes first.

        Raises:
            Conflict: somebody changed one of the rows in the meantime, or took the same number.
        """
        noted = self._noted.take()
        try:
            self.session.flush()
            touched = self._watch.take()
            if noted:
                self.audit.append_noted(noted)
            seq = self.audit.append([*self._events, *touched.events], touched.versions, self.reason)
            self.session.commit()
        except BaseException as error:
            self._noted.put_back(noted)
            if isinstance(error, StaleDataError):
                raise Conflict("changed_meanwhile") from error
            if isinstance(error, IntegrityError):
                raise Conflict("already_there") from error
            raise
        self._events = []
        self._committed(seq)


class UnitsOfWork:
    """Opens units of work on the engines of one clinic. ``actor`` may be exchanged: another user goes on working.

    ``why`` answers the reason in force, which becomes that of every unit opened. ``committed`` is told the number of
    the newest entry after each commit.
    """

    def __init__(self, engines: Engines, actor: Actor, clock: Callable[[], datetime], audit_key: bytes) -> None:
        self._engines = engines
        self.actor = actor
        self._clock = clock
        self._audit_key = audit_key
        self.why: Callable[[], str] = str
        self.noted = NotedEvents()
        self.committed: Callable[[int], None] = lambda _: None

    def note(self, event: AuditEvent) -> bool:
        """Enter something that is no part of a save: at once where nobody is writing, else with the next save.

        Answers whether it was entered. Never raises: what is shown or refused is shown or refused all the same.
        """
        self.noted.add(NotedEvent(replace(event, reason=event.reason or self.why()), self.actor, self._clock()))
        return self.enter_noted()

    def enter_noted(self, wait_s: float = NOTE_WAIT_S) -> bool:
        """Enter what was noted, waiting no longer than this for other writers; answers whether nothing waits now."""
        if not len(self.noted):
            return True
        try:
            with self.open(wait_s=wait_s) as unit:
                unit.commit()
        except ClinicError as fault:
            log.info("the audit took no entry now: %s", fault.code)
            return False
        return True

    def checkpoint(self) -> bool:
        """Bring all that was written into the database file; False where somebody reads or writes just now."""
        try:
            return self._engines.checkpoint()
        except sqlcipher.Error as fault:
            log.info("no checkpoint was made: %s", type(fault).__name__)
            return False

    @contextmanager
    def open(self, *, wait_s: float | None = None) -> Iterator[UnitOfWork]:
        """A unit that may write; leaving it without ``commit()`` leaves no trace.

        ``wait_s``: how long it waits for other writers where that is not as usual.
        """
        if wait_s is None:
            with Session(self._engines.writer, expire_on_commit=False, autoflush=True) as session:
                yield from self._unit(session)
        else:
            with (
                hurried(self._engines, wait_s) as connection,
                Session(connection, expire_on_commit=False, autoflush=True) as session,
            ):
                yield from self._unit(session)

    def _unit(self, session: Session) -> Iterator[UnitOfWork]:
        if self._engines.dialect == "postgresql":
            session.execute(_ONE_WRITER)
        try:
            yield UnitOfWork(
                session,
                self.actor,
                self._clock(),
                self._audit_key,
                self.why(),
                self.noted,
                lambda seq: self.committed(seq),
            )
        except StaleDataError as error:
            raise Conflict("changed_meanwhile") from error
        except IntegrityError as error:
            raise Conflict("already_there") from error

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A unit that sees one moment of the database and cannot write."""
        with Session(self._engines.reader, expire_on_commit=False, autoflush=False) as session:
            yield UnitOfWork(session, self.actor, self._clock(), self._audit_key)
