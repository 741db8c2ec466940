"""Third floor: what the clinic does. One use case, one transaction.

Each service is loaded and built when it is first asked for: the first list needs one of seven, and the others bring
spreadsheets, picture decoding and the demo's cast along.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Report, carry_on
from clinic_app.domain.errors import RuleBroken
from clinic_app.services.needs import needs, open_to_all

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues
    from clinic_app.domain.checks import Finding
    from clinic_app.services.absences import AbsencesService
    from clinic_app.services.access import Access
    from clinic_app.services.audit import AuditService
    from clinic_app.services.back_entry import BackEntryService
    from clinic_app.services.backups import BackupsService
    from clinic_app.services.bin import BinService
    from clinic_app.services.board import BoardService
    from clinic_app.services.calendar_board import CalendarBoardService
    from clinic_app.services.call_list import CallListService
    from clinic_app.services.calls import CallsService
    from clinic_app.services.cases import CasesService
    from clinic_app.services.comparison import ComparisonService
    from clinic_app.services.context import ClinicContext, ClinicInfo
    from clinic_app.services.demo import DemoService
    from clinic_app.services.drafts import DraftsService
    from clinic_app.services.forecast import ForecastService
    from clinic_app.services.key_choices import KeyChoicesService
    from clinic_app.services.marking import MarkingService
    from clinic_app.services.measuring import MeasuringService
    from clinic_app.services.merge import MergeService
    from clinic_app.services.not_injected import NotInjectedService
    from clinic_app.services.papers import PapersService
    from clinic_app.services.patients import PatientsService
    from clinic_app.services.people import PeopleService
    from clinic_app.services.pictures import OpenReader, PicturesService
    from clinic_app.services.reasons import ReasonsService
    from clinic_app.services.record_copy import RecordCopyService
    from clinic_app.services.register import RegisterService
    from clinic_app.services.schedule import ScheduleService
    from clinic_app.services.schedule_files import ScheduleFilesService
    from clinic_app.services.settings import SettingsService
    from clinic_app.services.today import TodayService
    from clinic_app.services.treatment import TreatmentService
    from clinic_app.services.versions import VersionsService
    from clinic_app.services.waiting import WaitingService

S = TypeVar("S")
log = logging.getLogger(__name__)


class Services:
    """Everything the window and the command line ask of one open clinic. May be asked from several threads."""

    def __init__(self, context: ClinicContext, open_reader: OpenReader, shut: Callable[[], None]) -> None:
        """``open_reader`` opens a reader of foreign picture files; ``shut`` closes the clinic."""
        self.context = context
        self._open_reader = open_reader
        self._shut = shut
        self._making = Lock()
        self._made: dict[type[object], object] = {}

    @property
    def patients(self) -> PatientsService:
        """Patients: search, page, write."""
        from clinic_app.services.patients import PatientsService

        return self._one(PatientsService, PatientsService)

    @property
    def cases(self) -> CasesService:
        """Cases: diagnosis, plan, hold and stop."""
        from clinic_app.services.cases import CasesService

        return self._one(CasesService, CasesService)

    @property
    def treatment(self) -> TreatmentService:
        """Visits and injections."""
        from clinic_app.services.treatment import TreatmentService

        return self._one(TreatmentService, TreatmentService)

    @property
    def schedule(self) -> ScheduleService:
        """The call list and the bookings."""
        from clinic_app.services.schedule import ScheduleService

        return self._one(ScheduleService, ScheduleService)

    @property
    def today_page(self) -> TodayService:
        """Who comes today, who is to be called, what was missed."""
        from clinic_app.services.today import TodayService

        return self._one(TodayService, TodayService)

    @property
    def calls(self) -> CallsService:
        """Calling: what to say and show, and setting right what was logged."""
        from clinic_app.services.calls import CallsService

        return self._one(CallsService, CallsService)

    @property
    def calendar_board(self) -> CalendarBoardService:
        """The calendar of the bookings."""
        from clinic_app.services.calendar_board import CalendarBoardService

        return self._one(CalendarBoardService, CalendarBoardService)

    @property
    def waiting(self) -> WaitingService:
        """The waitlist."""
        from clinic_app.services.waiting import WaitingService

        return self._one(WaitingService, WaitingService)

    @property
    def reasons(self) -> ReasonsService:
        """Why a case stands where it does."""
        from clinic_app.services.reasons import ReasonsService

        return self._one(ReasonsService, ReasonsService)

    @property
    def not_injected(self) -> NotInjectedService:
        """Visits at which nothing was injected."""
        from clinic_app.services.not_injected import NotInjectedService

        return self._one(NotInjectedService, NotInjectedService)

    @property
    def absences(self) -> AbsencesService:
        """Doctors who are away, and the bookings that have to be moved."""
        from clinic_app.services.absences import AbsencesService

        return self._one(AbsencesService, AbsencesService)

    @property
    def board(self) -> BoardService:
        """The board."""
        from clinic_app.services.board import BoardService

        return self._one(BoardService, BoardService)

    @property
    def call_list(self) -> CallListService:
        """The call list as each person looks at it."""
        from clinic_app.services.call_list import CallListService

        return self._one(CallListService, CallListService)

    @property
    def forecast(self) -> ForecastService:
        """The visits, units and vials to come, and the plan of a day."""
        from clinic_app.services.forecast import ForecastService

        return self._one(ForecastService, ForecastService)

    @property
    def pictures(self) -> PicturesService:
        """Photographs."""
        from clinic_app.services.pictures import PicturesService

        return self._one(PicturesService, lambda context: PicturesService(context, self._open_reader))

    @property
    def comparison(self) -> ComparisonService:
        """Comparing photographs: alignment, turns, what is remembered, what is taken out."""
        from clinic_app.services.comparison import ComparisonService

        return self._one(ComparisonService, ComparisonService)

    @property
    def measuring(self) -> MeasuringService:
        """What is measured in photographs."""
        from clinic_app.services.measuring import MeasuringService

        return self._one(MeasuringService, MeasuringService)

    @property
    def marking(self) -> MarkingService:
        """What is drawn on photographs, and hidden in what leaves."""
        from clinic_app.services.marking import MarkingService

        return self._one(MarkingService, MarkingService)

    @property
    def register(self) -> RegisterService:
        """The clinic's spreadsheet, in and out."""
        from clinic_app.services.register import RegisterService

        return self._one(RegisterService, RegisterService)

    @property
    def people(self) -> PeopleService:
        """Who may sign in, their passphrases, codes and PINs."""
        from clinic_app.services.people import PeopleService

        return self._one(PeopleService, PeopleService)

    @property
    def must_choose_passphrase(self) -> bool:
        """Whoever works came in by a code: ``people.finish_reset`` first, everything else is refused."""
        return self.context.entrance.came_by is not None

    @property
    def demo(self) -> DemoService:
        """The invented clinic."""
        from clinic_app.services.demo import DemoService

        return self._one(DemoService, DemoService)

    @property
    def access(self) -> Access:
        """Who works, and what they may do now."""
        return self.context.access

    @property
    def papers(self) -> PapersService:
        """What the schedule puts on paper."""
        from clinic_app.services.papers import PapersService

        return self._one(PapersService, PapersService)

    @property
    def schedule_files(self) -> ScheduleFilesService:
        """The schedule as spreadsheets and as a calendar."""
        from clinic_app.services.schedule_files import ScheduleFilesService

        return self._one(ScheduleFilesService, ScheduleFilesService)

    @property
    def back_entry(self) -> BackEntryService:
        """What was written on paper, typed in afterwards."""
        from clinic_app.services.back_entry import BackEntryService

        return self._one(BackEntryService, BackEntryService)

    @property
    def audit(self) -> AuditService:
        """Who did what: noted, read, verified, handed out."""
        from clinic_app.services.audit import AuditService

        return self._one(AuditService, AuditService)

    @property
    def backups(self) -> BackupsService:
        """Backups: where they go, when they are due, making and trying one."""
        from clinic_app.services.backups import BackupsService

        return self._one(BackupsService, BackupsService)

    @property
    def bin(self) -> BinService:
        """What was deleted: listed, put back, destroyed."""
        from clinic_app.services.bin import BinService

        return self._one(BinService, BinService)

    @property
    def merge(self) -> MergeService:
        """Two records of one person made into one."""
        from clinic_app.services.merge import MergeService

        return self._one(MergeService, MergeService)

    @property
    def drafts(self) -> DraftsService:
        """What was typed and not saved."""
        from clinic_app.services.drafts import DraftsService

        return self._one(DraftsService, DraftsService)

    @property
    def versions(self) -> VersionsService:
        """Earlier versions of what was entered."""
        from clinic_app.services.versions import VersionsService

        return self._one(VersionsService, VersionsService)

    @property
    def record_copy(self) -> RecordCopyService:
        """A copy of one patient's whole record."""
        from clinic_app.services.record_copy import RecordCopyService

        return self._one(RecordCopyService, RecordCopyService)

    @property
    def key_choices(self) -> KeyChoicesService:
        """The keys each person chose for the viewer."""
        from clinic_app.services.key_choices import KeyChoicesService

        return self._one(KeyChoicesService, KeyChoicesService)

    @property
    def settings(self) -> SettingsService:
        """The clinic's settings."""
        from clinic_app.services.settings import SettingsService

        return self._one(SettingsService, SettingsService)

    @property
    def catalogues(self) -> Catalogues:
        """The catalogues in force."""
        return self.context.catalogues

    @property
    def lock_file(self) -> str:
        """The file that changes when another window is started on this clinic."""
        from clinic_app.machine.lock import FILE

        return str(Path(self.context.info.folder) / FILE)

    @property
    def clinic(self) -> ClinicInfo:
        """Name, user, folder and rules."""
        return self.context.info

    @open_to_all
    def today(self) -> date:
        """The day it is for the clinic."""
        return self.context.today()

    @open_to_all
    def now(self) -> datetime:
        """The moment it is for the clinic."""
        return self.context.now()

    @open_to_all
    def clock_doubt(self) -> RuleBroken | None:
        """Why the computer's date cannot be right, to be asked about before anything is written."""
        with self.context.units.read() as unit:
            return self.context.clock_doubt(unit)

    @open_to_all
    def written_elsewhere(self, after: int | None = None) -> tuple[int, bool]:
        """The number of the newest entry of the audit, and whether another program made one after ``after``.

        Where one did, the clinic's settings, its closed days among them, and the absences of doctors are read anew.

        Raises:
            StorageUnavailable: somebody writes for longer than a look may wait; the next one finds the same.
        """
        with self.context.units.read() as unit:
            newest, others = unit.audit.after(after)
        if others:
            from clinic_app.services.settings import read_rules

            read_rules(self.context)
        return newest, others

    @open_to_all
    def found_at_start(self) -> tuple[Finding, ...]:
        """What opening the clinic found wrong, and mended where it could: to be told to whoever works."""
        return self.context.at_start

    @open_to_all
    def look_over(self, report: Report = carry_on) -> tuple[Finding, ...]:
        """What is wrong with the pages of the database and the files of photographs: a look from behind the window.

        Raises:
            Cancelled: the report said to stop.
        """
        from clinic_app.services.start_look import look_over

        return look_over(self.context, report)

    @open_to_all
    def accept_clock(self, day: date, *, anyway: bool = False) -> None:
        """Somebody says which day it is: where the computer says the same, writes go on. ``anyway``: although the day
        lies before the newest entry.

        Raises:
            RuleBroken: ``clock_other_day``, ``clock_before_entries``, both at ``day``.
        """
        with self.context.units.read() as unit:
            self.context.accept_clock(unit, day, anyway=anyway)

    @open_to_all
    def lock(self) -> bool:
        """The window is locked: nothing that was granted stands any more, the audit is entered and anchored, and what
        was written is brought into the database file. Answers whether a backup should be made now.
        """
        from clinic_app.domain.errors import ClinicError

        self.context.access.leave()
        self.audit.locked()
        try:
            self.context.units.checkpoint()
            return self.backups.due(at_lock=True)
        except ClinicError as fault:
            log.info("at the lock: %s", fault.code)
            return False

    @open_to_all
    def sweep_orphans(self) -> int:
        """Put picture files aside that belong to no photograph, and delete those put aside long ago; once a day."""
        from clinic_app.services.orphans import sweep_orphans

        return sweep_orphans(self.context)

    @needs(Action.FIND)
    def check(self, full: bool = False, report: Report = carry_on) -> tuple[Finding, ...]:
        """Look for damage and for dates that do not follow from the record; changes nothing."""
        from clinic_app.domain.audit import AuditEvent, Outcome
        from clinic_app.services.record_check import check_record

        found = check_record(self.context, full=full, report=report)
        bad = sum(not finding.harmless for finding in found)
        outcome = Outcome.FAILED if bad else Outcome.DONE
        self.audit.note(AuditEvent("check.fail" if bad else "check.ok", "check", str(bad), outcome=outcome))
        return found

    @open_to_all
    def undo(self, undo_id: int) -> Changes:
        """Take a write back."""
        from clinic_app.services.undo import undo

        return undo(self.context, undo_id)

    @needs(Action.FIND)
    def whose(self, undo_id: int) -> dict[int, str]:
        """The patients a write that can be taken back is about, and their names."""
        from clinic_app.services.undo import whose

        return whose(self.context, undo_id)

    @open_to_all
    def closes_with(self, then: Callable[[], None]) -> Services:
        """The same services; ``then`` is called once they were closed, whatever became of it."""
        shut = self._shut

        def both() -> None:
            try:
                shut()
            finally:
                then()

        self._shut = both
        return self

    @open_to_all
    def close(self) -> None:
        """Close the clinic: nothing may be asked of it afterwards."""
        try:
            self.context.access.leave()
        finally:
            self._shut()

    def _one(self, kind: type[S], make: Callable[[ClinicContext], S]) -> S:
        with self._making:
            if kind not in self._made:
                self._made[kind] = make(self.context)
            return cast("S", self._made[kind])
