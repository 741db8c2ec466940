"""What every service works with: the clinic's units of work, catalogues, rules, clock and user."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock

from clinic_app.domain.audit import AuditEvent, Outcome
from clinic_app.domain.cases import Case, Plans
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.checks import Finding
from clinic_app.domain.errors import AccessRefused, RuleBroken
from clinic_app.domain.moved import MovedDates
from clinic_app.domain.people import User
from clinic_app.domain.pictures import Injected
from clinic_app.domain.schedule import CaseFacts, ClinicRules, FollowUp, ToxinEvent, follow_up
from clinic_app.domain.settings import ClinicChoices, InForce
from clinic_app.domain.units import plain
from clinic_app.services.access import Access, Verify
from clinic_app.services.entrance import Entrance
from clinic_app.services.needs import Viewed
from clinic_app.storage.picture_store import PictureStore
from clinic_app.storage.schedule import FactsKnown
from clinic_app.storage.unit import UnitOfWork, UnitsOfWork
from clinic_app.storage.vault import UnlockedVault
from clinic_app.wording.patient_texts import PatientTexts

CLOCK_AHEAD_DAYS = 30
MOVED_LOOKED_AT = 2
"""Of so many patients at once it is told which dates moved; a whole register is not gone through for it."""
DEFAULT_AFTER_PHOTO = (14, 28)
DEFAULT_PEAK_DAY = 28


@dataclass(frozen=True, slots=True)
class ClinicInfo:
    """The clinic that is open: its name, who works, and its rules."""

    name: str
    demo: bool
    user: User
    folder: str
    rules: ClinicRules
    plans: Plans
    choices: ClinicChoices = field(default_factory=ClinicChoices)


def _unseen(_: str, __: tuple[int, ...]) -> None:
    """Nobody wants to know what was shown."""


def _nobody(user: str, _: str) -> None:
    """No passphrase is right where none can be checked."""
    raise AccessRefused("unknown_user", user=user)


@dataclass(slots=True)
class ClinicContext:
    """Shared by the services of one open clinic.

    ``today_given`` is the day set from outside (tests): it also stands in for the computer's clock in what is written,
    and switches the clock rule off. ``unlocked`` is the key file, open; None where the database is on a server.
    """

    units: UnitsOfWork
    store: PictureStore
    catalogues: Catalogues
    info: ClinicInfo
    now: Callable[[], datetime]
    today_given: bool = False
    unlocked: UnlockedVault | None = field(default=None, repr=False)
    verify: Verify | None = None
    viewed: Viewed = _unseen
    leaving: list[Callable[[], None]] = field(default_factory=list, repr=False)
    """What is done when the clinic is closed, after whoever works left and before the database is let go."""
    entrance: Entrance = field(default_factory=Entrance, repr=False)
    imports: int = 0
    """How many imports of photographs run in this program now; changed under ``importing``."""
    orphans_swept: datetime | None = None
    suggest: Callable[[], str] = str
    """Five words for a passphrase; nothing where there is no list of words."""
    at_start: tuple[Finding, ...] = ()
    """What opening the clinic found wrong, and mended where it could."""
    texts: PatientTexts = field(default_factory=PatientTexts)
    """What is said and written to patients in their language."""
    known: FactsKnown = field(init=False)
    access: Access = field(init=False)
    _clock_trusted: date | None = None
    _counting: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self.access = Access(self.units, lambda: self.info.user, self.verify or _nobody, demo=self.info.demo)
        self.known = FactsKnown(self.info.plans, self.after_photo, self.views_of)
        self.texts = self.texts.with_own(self.info.choices.texts)

    @property
    def rules(self) -> ClinicRules:
        """The clinic's rules for the schedule."""
        return self.info.rules

    def settle(self, force: InForce, name: str) -> Callable[[], None]:
        """Work by these settings from now on; answers how to go back to those before."""
        info, known, texts = self.info, self.known, self.texts
        rules = replace(force.rules, absences=info.rules.absences)
        self.info = replace(info, name=name, rules=rules, plans=force.plans, choices=force.choices)
        self.known = FactsKnown(force.plans, self.after_photo, self.views_of)
        self.texts = texts.with_own(force.choices.texts)

        def back() -> None:
            self.info, self.known, self.texts = info, known, texts

        return back

    def read_absences(self) -> None:
        """Work by the absences of doctors as they are stored now."""
        with self.units.read() as unit:
            absences = unit.absences.since(self.today())
        self.info = replace(self.info, rules=replace(self.info.rules, absences=absences))

    @contextmanager
    def entered(self, event: AuditEvent) -> Iterator[None]:
        """Something that leaves the program is entered in the audit before it does, and again where it then fails.

        Raises:
            StorageUnavailable: the audit cannot be written now; the inside is not begun.
        """
        with self.units.open() as unit:
            unit.enter(event)
            unit.commit()
        try:
            yield
        except BaseException:
            self.units.note(replace(event, outcome=Outcome.FAILED))
            raise

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Photographs are imported inside: no picture file is swept."""
        with self._counting:
            self.imports += 1
        try:
            yield
        finally:
            with self._counting:
                self.imports -= 1

    def today(self) -> date:
        """The day it is for the clinic."""
        return self.now().date()

    def accept_clock(self, unit: UnitOfWork, day: date, *, anyway: bool = False) -> None:
        """Somebody says which day it is: where the computer says the same, writes go on. ``anyway``: although the day
        lies before the newest entry.

        Raises:
            RuleBroken: ``clock_other_day``, ``clock_before_entries``, both at ``day``.
        """
        today, newest = self.today(), unit.schedule.newest_written()
        if day != today:
            raise RuleBroken("day", "clock_other_day", today=today, day=day)
        if newest is not None and today < newest.date() and not anyway:
            raise RuleBroken("day", "clock_before_entries", today=today, newest=newest.date())
        self._clock_trusted = today

    def check_clock(self, unit: UnitOfWork) -> None:
        """Refuse to write while the computer's date cannot be right (design section 5.2).

        Raises:
            RuleBroken: ``clock_behind`` or ``clock_ahead`` of the newest entry by more than 30 days.
        """
        doubt = self.clock_doubt(unit)
        if doubt is not None:
            raise doubt

    def clock_doubt(self, unit: UnitOfWork) -> RuleBroken | None:
        """Why the computer's date cannot be right; None where it can, or where somebody said that it is."""
        today = self.today()
        if self.today_given or self._clock_trusted == today:
            return None
        newest = unit.schedule.newest_written()
        if newest is not None and today < newest.date():
            return RuleBroken("clock", "clock_behind", today=today, newest=newest.date())
        if newest is not None and (today - newest.date()).days > CLOCK_AHEAD_DAYS:
            return RuleBroken("clock", "clock_ahead", today=today, newest=newest.date())
        self._clock_trusted = today
        return None

    def after_photo(self, condition: str) -> tuple[int, int]:
        """The first and last day after an injection on which a photograph is wanted."""
        known = self.catalogues.conditions.get(condition)
        return (known.after_photo_from, known.after_photo_to) if known else DEFAULT_AFTER_PHOTO

    def peak_day(self, condition: str) -> int:
        """The day of the strongest effect: eyes and face 14, others 28."""
        known = self.catalogues.conditions.get(condition)
        return known.peak_day if known else DEFAULT_PEAK_DAY

    def views_of(self, condition: str) -> frozenset[str]:
        """The views that show a condition; empty where any view may."""
        known = self.catalogues.conditions.get(condition)
        if known is None or known.by_region:
            return frozenset()
        return frozenset(view.code for view in self.catalogues.views_for(condition))

    def follow_ups(self, unit: UnitOfWork, case_ids: Sequence[int], on: date) -> dict[int, Known]:
        """The cases with their facts and their follow-up on a day."""
        return {
            id_: Known(case, facts, follow_up(facts, self.rules, on))
            for id_, (case, facts) in unit.schedule.facts(case_ids, self.known).items()
        }

    def undoable(self, unit: UnitOfWork, kind: str, patient_id: int) -> int:
        """Keep how everything this unit has written for a patient is taken back; to be called before its commit.

        ``kind`` says what taking it back needs: ``facts``, ``entered`` or ``sorted`` (``services.undo.NEEDS``).
        """
        return unit.clinic.add_undo(kind, {**unit.bin.so_far().content, "patient_id": patient_id})

    def refresh(self, unit: UnitOfWork, patient_ids: Iterable[int]) -> tuple[MovedDates, ...]:
        """Compute the cached dates of all cases of these patients anew; answers whose moved."""
        unit.session.flush()
        ids = sorted(set(patient_ids))
        told = len(ids) <= MOVED_LOOKED_AT
        before = unit.schedule.next_dates(ids) if told else {}
        unit.schedule.refresh_patients(ids, self.rules, self.known)
        after = unit.schedule.next_dates(ids) if told else {}
        return tuple(
            MovedDates(id_, condition, was, after[id_][2], patient_id)
            for id_, (patient_id, condition, was) in before.items()
            if was != after[id_][2]
        )


@dataclass(frozen=True, slots=True)
class Known:
    """A case, what its schedule depends on, and where it stands."""

    case: Case
    facts: CaseFacts
    answer: FollowUp


def changes(
    *topics: Topic, undo: int | None = None, result: object = None, moved: tuple[MovedDates, ...] = ()
) -> Changes:
    """The report of a write."""
    return Changes(frozenset(topics), undo, result, moved)


def injections_of(case_id: int, events: Sequence[ToxinEvent]) -> tuple[Injected, ...]:
    """The injections of a case as photographs are placed by them, numbered, oldest first."""
    found: list[Injected] = []
    number = 0
    own = (event for event in events if event.case_id == case_id and not event.external)
    for event in sorted(own, key=lambda item: (item.day, item.session_id)):
        number += 1 if event.restarts else 0
        amount = f"{plain(event.units)} U" if event.units is not None else ""
        found.append(Injected(event.day, max(number, 1), event.product, amount, event.session_id, event.restarts))
    return tuple(found)
