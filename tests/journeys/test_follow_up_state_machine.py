"""A random user of the follow-up list: whatever is done, no case is lost and every date follows from the record."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from atexit import register
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from clinic_app.domain.calendar import Span, months, weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, Conflict, NotFound, RuleBroken
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DecisionKind,
    FollowUpStatus,
)
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, SessionKind, Visit, VisitDetails
from clinic_app.services import Services
from tests.builders import PASSPHRASE, Clock, add_patient, door
from tests.crash.amounts import HISTORIES

CONDITIONS = ("cervical_dystonia", "meige", "writers_cramp")
PRODUCTS = (None, "ona", "abo", "inco")
PLANS = (
    ReinjectionPlan(months(3), months(4)),
    ReinjectionPlan(months(4), months(6)),
    ReinjectionPlan(weeks(10), weeks(11)),
)
MINIMA: tuple[dict[str, Span], ...] = ({}, {"ona": weeks(10)}, {"ona": weeks(14), "abo": weeks(16)})
MANY = 100
"""From so many histories on they are long ones, and may take hours: ``CLINIC_HISTORIES=3000``."""
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, eq=False, slots=True)
class Done:
    """Something that can be taken back: the cases that come back with it, and those that go."""

    id: int
    back: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Binned:
    """An entry of the bin and the cases it took out of the list."""

    id: int
    cases: frozenset[int]


@dataclass(frozen=True, eq=False, slots=True)
class Booked:
    """A booking or a place on the waitlist, and what takes it back."""

    id: int
    undo: int


def known(error: ClinicError, *codes: str) -> None:
    """A rule may refuse what a random user does, but only a rule that fits."""
    assert error.code in codes


class FollowUpList(RuleBasedStateMachine):
    """Whatever two computers of a clinic do with its patients, and whatever becomes of the clinic meanwhile.

    ``cases`` is who has to be on the list. What a bundle holds may be gone since (deleted, merged, made after the
    backup that was restored): ``here`` and ``known`` say so, and the rule does nothing then.
    """

    template: ClassVar[Path | None] = None
    people = Bundle("people")
    bookings = Bundle("bookings")
    undos = Bundle("undos")
    deleted = Bundle("deleted")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.clock = Clock()
        self.cases: set[int] = set()
        self.known: set[object] = set()
        self.sessions: list[int] = []
        self.saved: tuple[set[int], set[object], list[int]] | None = None
        self.restorable = False
        self.services: Services
        self.other: Services | None = None

    @initialize(two=st.booleans(), restorable=st.sampled_from((True, False, False, False)))
    def open_clinic(self, two: bool, restorable: bool) -> None:
        """A copy of one empty clinic (making one takes longer than everything done to it), on one computer or two."""
        if FollowUpList.template is None:
            made = Path(tempfile.mkdtemp(prefix="machine-empty-")) / "clinic"
            register(shutil.rmtree, made.parent)
            door().create(str(made), "Test clinic", "Dr Rao", PASSPHRASE).services.close()
            FollowUpList.template = made
        shutil.copytree(FollowUpList.template, self.folder / "clinic")
        self.restorable = restorable
        self.open(self.folder / "clinic", two)

    def open(self, folder: Path, two: bool) -> None:
        """Open a clinic, a second time as another computer does."""
        self.services = door(self.clock).open(str(folder), PASSPHRASE)
        self.other = door(self.clock).open(str(folder), PASSPHRASE) if two else None

    def close(self) -> None:
        """Close it everywhere."""
        self.services.close()
        if self.other is not None:
            self.other.close()

    def teardown(self) -> None:
        """A last look, then the clinic is closed and its folder goes."""
        try:
            if hasattr(self, "services"):
                try:
                    self.look_at_everything()
                finally:
                    self.close()
        finally:
            shutil.rmtree(self.folder)

    def here(self, case_id: int) -> int | None:
        """The patient a case belongs to now; None where the case is in the bin, merged or of a lost day."""
        return self.services.cases.get(case_id).patient_id if case_id in self.cases else None

    def keep(self, done: object) -> object:
        """What a rule brings into a bundle."""
        self.known.add(done)
        return done

    def taken_back_by(
        self, undo: int | None, back: frozenset[int] = frozenset(), away: frozenset[int] = frozenset()
    ) -> object:
        """What takes a write back, where there is such a thing."""
        return multiple() if undo is None else self.keep(Done(undo, back, away))

    def earliest(self, patient_id: int) -> dict[int, date | None]:
        """The earliest day of every case of a patient."""
        return {one.case.id: one.answer.window.earliest for one in self.services.patients.page(patient_id).cases}

    def never_back(self, patient_id: int, before: dict[int, date | None]) -> None:
        """Another event may push the earliest day out, never pull it in."""
        for case_id, now in self.earliest(patient_id).items():
            was = before.get(case_id)
            assert was is None or (now is not None and now >= was)

    @rule(target=people)
    def add_somebody(self) -> int:
        """A new patient with a diagnosis."""
        number = next(_NUMBERS)
        _, case_id = add_patient(
            self.services, f"Person {number}", f"M{number}", "hemifacial_spasm", Side.LEFT, f"7{number:09}"
        )
        self.cases.add(case_id)
        return case_id

    @rule(target=people, case=people, condition=st.sampled_from(CONDITIONS), independent=st.booleans())
    def add_diagnosis(self, case: int, condition: str, independent: bool) -> object:
        """Another diagnosis of a patient."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        side = Side.RIGHT if condition == "writers_cramp" else None
        others = (case,) if independent else ()
        try:
            case_id = self.services.cases.add(patient_id, CaseDetails(condition, side), others).result
        except RuleBroken as error:
            known(error, "case_exists")
            return multiple()
        assert isinstance(case_id, int)
        self.cases.add(case_id)
        return case_id

    @rule(
        target=undos,
        case=people,
        days=st.integers(0, 250),
        product=st.sampled_from(PRODUCTS),
        units=st.sampled_from((None, Decimal(25), Decimal("97.5"))),
        kind=st.sampled_from((SessionKind.FULL, SessionKind.FULL, SessionKind.TOUCH_UP)),
        come_on=st.one_of(st.none(), st.integers(30, 200)),
        finalise=st.booleans(),
    )
    def give(
        self,
        case: int,
        days: int,
        product: str | None,
        units: Decimal | None,
        kind: SessionKind,
        come_on: int | None,
        finalise: bool,
    ) -> object:
        """An injection, today or in the past."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        on = self.clock.moment.date() - timedelta(days=days)
        session = SessionDetails(
            case, product, units, kind=kind, come_on=on + timedelta(days=come_on) if come_on else None
        )
        details = VisitDetails(on, (session,), "Dr Rao", reason="asked for", decided_by="Dr Rao")
        before = self.earliest(patient_id)
        try:
            written = self.services.treatment.record(patient_id, details, finalise)
        except RuleBroken as error:
            known(error, "already_given", "injection_after_death")
            return multiple()
        assert isinstance(written.result, Visit)
        self.sessions += [one.id for one in written.result.sessions]
        self.never_back(patient_id, before)
        return self.taken_back_by(written.undo)

    @rule(
        which=st.integers(0, 1000),
        days=st.integers(-40, 40),
        product=st.sampled_from(PRODUCTS),
        come_on=st.one_of(st.none(), st.integers(30, 200)),
    )
    def correct(self, which: int, days: int, product: str | None, come_on: int | None) -> None:
        """An injection was written down wrongly: its day, its product, when to come again."""
        if not self.sessions:
            return
        with suppress(NotFound):
            session = self.services.treatment.session(self.sessions[which % len(self.sessions)])
            day = min(session.day + timedelta(days=days), self.clock.moment.date())
            details = SessionDetails(
                session.details.case_id, product, session.details.units, kind=session.details.kind,
                come_on=day + timedelta(days=come_on) if come_on else None,
            )  # fmt: skip
            try:
                corrected = self.services.treatment.correct(session.id, details, day, "mistyped").result
            except (RuleBroken, Conflict) as error:
                known(error, "already_given", "injection_after_death", "changed_meanwhile")
            else:
                assert corrected is None or isinstance(corrected, int)

    @rule(target=undos, which=st.integers(0, 1000))
    def void(self, which: int) -> object:
        """An injection was entered by mistake."""
        if not self.sessions:
            return multiple()
        try:
            written = self.services.treatment.void(self.sessions[which % len(self.sessions)], "of another patient")
        except (NotFound, Conflict) as error:
            known(error, "not_found", "changed_meanwhile", "session_not_found")
            return multiple()
        return self.taken_back_by(written.undo)

    @rule(target=undos, case=people, days=st.integers(0, 120), named=st.booleans())
    def given_elsewhere(self, case: int, days: int, named: bool) -> object:
        """Botulinum toxin given elsewhere."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        on = self.clock.moment.date() - timedelta(days=days)
        details = ExternalToxinDetails(on, "abo", None, case if named else None)
        before = self.earliest(patient_id)
        written = self.services.treatment.add_external(patient_id, details)
        self.never_back(patient_id, before)
        return self.taken_back_by(written.undo)

    @rule(target=undos, case=people, outcome=st.sampled_from(list(Attempt)))
    def call(self, case: int, outcome: Attempt) -> object:
        """A call about a case."""
        if self.here(case) is None:
            return multiple()
        return self.undo_of(lambda: self.services.schedule.log_call(case, outcome), {"call_of_departed"})

    @rule(target=bookings, case=people, days=st.integers(0, 150), end_hold=st.booleans())
    def book(self, case: int, days: int, end_hold: bool) -> object:
        """A booking."""
        return self.booked(case, days, self.services.schedule.book, end_hold=end_hold)

    @rule(target=bookings, case=people, days=st.integers(0, 60), longer=st.integers(0, 90))
    def wait(self, case: int, days: int, longer: int) -> object:
        """A place on the waitlist."""
        return self.booked(case, days, self.services.waiting.wait, longer=longer)

    def booked(
        self,
        case: int,
        days: int,
        write: Callable[[BookingDetails], Changes],
        *,
        longer: int | None = None,
        end_hold: bool = False,
    ) -> object:
        """A booking, or a place on the waitlist for so many days ``longer``."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        until = None if longer is None else on + timedelta(days=longer)
        details = BookingDetails(
            patient_id, on, (case,), reason="asked for", decided_by="Dr Rao", end_hold=end_hold, wait_until=until
        )
        try:
            written = write(details)
        except RuleBroken as error:
            known(
                error, "departed", "case_stopped", "booking_inside_hold", "already_booked", "already_waiting",
                "waits_before_earliest",
            )  # fmt: skip
            return multiple()
        assert isinstance(written.result, Appointment)
        assert written.undo is not None
        return self.keep(Booked(written.result.id, written.undo))

    @rule(target=undos, booking=bookings, status=st.sampled_from(list(AppointmentStatus)))
    def say_of_booking(self, booking: Booked, status: AppointmentStatus) -> object:
        """What became of a booking."""
        if booking not in self.known:
            return multiple()
        codes = {"day_not_come", "departed", "already_booked", "booking_in_past", "case_stopped", "booking_inside_hold"}
        codes |= {"waits_for_place", "booking_day_past"}
        return self.undo_of(lambda: self.services.schedule.set_status(booking.id, status), codes)

    @rule(target=undos, booking=bookings, days=st.integers(0, 150))
    def move_booking(self, booking: Booked, days: int) -> object:
        """A booking is moved to another day."""
        if booking not in self.known:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        codes = {"departed", "already_booked", "booking_over", "case_stopped", "booking_inside_hold", "booking_in_past"}
        return self.undo_of(
            lambda: self.services.schedule.move(booking.id, on, reason="asked for", decided_by="Dr Rao"), codes
        )

    @rule(target=undos, waiting=bookings, days=st.integers(0, 60))
    def give_place(self, waiting: Booked, days: int) -> object:
        """Who waits gets a place."""
        if waiting not in self.known:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        codes = {"waits_no_more", "wait_other_days", "departed", "case_stopped", "booking_inside_hold"}
        codes |= {"already_booked", "before_earliest"}
        return self.undo_of(lambda: self.services.waiting.give_place(waiting.id, on, reason="asked for"), codes)

    @rule(booking=consumes(bookings))
    def take_booking_back(self, booking: Booked) -> None:
        """A booking is undone."""
        if booking in self.known:
            with suppress(Conflict):
                self.services.undo(booking.undo)

    @rule(case=people, days=st.integers(0, 90), cancel=st.booleans())
    def hold(self, case: int, days: int, cancel: bool) -> None:
        """A case waits."""
        if self.here(case) is not None:
            until = self.clock.moment.date() + timedelta(days=days)
            self.services.cases.hold(case, until, "travels", cancel_bookings=cancel)

    @rule(case=people)
    def end_hold(self, case: int) -> None:
        """It waits no longer."""
        if self.here(case) is not None:
            self.services.cases.end_hold(case)

    @rule(target=undos, case=people)
    def stop(self, case: int) -> object:
        """A case is stopped."""
        if self.here(case) is None:
            return multiple()
        today = self.clock.moment.date()
        return self.taken_back_by(self.services.cases.stop(case, StopReason.REMISSION, today).undo)

    @rule(case=people)
    def go_on(self, case: int) -> None:
        """A stopped case goes on."""
        if self.here(case) is not None:
            with suppress(RuleBroken):
                self.services.cases.take_back_stop(case)

    @rule(target=undos, case=people, moved=st.booleans())
    def depart(self, case: int, moved: bool) -> object:
        """A patient dies or moves away."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        record = self.services.patients.record_move if moved else self.services.patients.record_death
        try:
            written = record(patient_id, self.clock.moment.date())
        except RuleBroken as error:
            known(error, "died_before_injection")
            return multiple()
        page = self.services.patients.page(patient_id)
        assert {one.answer.status for one in page.cases} == {FollowUpStatus.STOPPED}
        assert not any(one.status.live and one.day >= self.clock.moment.date() for one in page.appointments)
        return self.taken_back_by(written.undo)

    @rule(case=people)
    def come_back(self, case: int) -> None:
        """It was said by mistake."""
        if (patient_id := self.here(case)) is not None:
            self.services.patients.take_back_departure(patient_id)

    @rule(case=people, kind=st.sampled_from(list(DecisionKind)))
    def decide(self, case: int, kind: DecisionKind) -> None:
        """The doctor's decision."""
        if self.here(case) is not None:
            self.services.cases.decide(case, kind)

    @rule(target=undos, kept=people, other=people)
    def merge(self, kept: int, other: int) -> object:
        """Two records turn out to be one person: what both have becomes one case, the rest goes over."""
        mine, theirs = self.here(kept), self.here(other)
        if mine is None or theirs is None:
            return multiple()
        preview = self.services.merge.preview(mine, theirs)
        gone = frozenset(one.other_case for one in preview.same_cases)
        void = [one.other_session for one in preview.same_days]
        try:
            written = self.services.merge.merge(mine, theirs, "the same person", void)
        except RuleBroken as error:
            known(error, "merge_same_patient", "merge_departed_differs")
            return multiple()
        self.cases -= gone
        assert all(self.here(one) == mine for one in (kept, other) if one in self.cases)
        return self.taken_back_by(written.undo, back=gone)

    @rule(target=deleted, case=people, whole=st.booleans())
    def delete(self, case: int, whole: bool) -> object:
        """A patient or one case goes into the bin."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        gone = frozenset(one for one in self.cases if self.here(one) == patient_id) if whole else frozenset({case})
        if whole:
            written = self.services.bin.delete_patient(patient_id, "entered by mistake")
        else:
            written = self.services.bin.delete_case(case, "entered by mistake")
        self.cases -= gone
        assert isinstance(written.result, int)
        return self.keep(Binned(written.result, gone))

    @rule(target=undos, entry=consumes(deleted))
    def restore(self, entry: Binned) -> object:
        """It comes out of the bin again."""
        if entry not in self.known:
            return multiple()
        try:
            written = self.services.bin.restore(entry.id)
        except Conflict as error:
            known(error, "already_restored", "restore_owner_gone", "restore_number_taken", "cannot_undo_any_more")
            return multiple()
        self.cases |= entry.cases
        return self.taken_back_by(written.undo, away=entry.cases)

    @rule(undo=consumes(undos))
    def take_back(self, undo: Done) -> None:
        """Something is undone, once."""
        if undo not in self.known:
            return
        try:
            self.services.undo(undo.id)
        except (Conflict, RuleBroken, NotFound) as error:
            known(
                error, "cannot_undo_any_more", "already_undone", "nothing_to_undo", "already_restored",
                "restore_owner_gone", "already_booked",
            )  # fmt: skip
            return
        self.cases |= undo.back
        self.cases -= undo.away
        with pytest.raises((Conflict, NotFound), match=r"already_undone|nothing_to_undo"):
            self.services.undo(undo.id)

    @rule(plan=st.sampled_from(PLANS), minimum=st.sampled_from(MINIMA))
    def change_rule(self, plan: ReinjectionPlan, minimum: dict[str, Span]) -> None:
        """The clinic decides on other windows; what was told before is what moves."""
        settings_ = self.services.settings
        self.services.access.confirm(PASSPHRASE)
        told = settings_.would_move("plan", plan).cases
        before = {entry.case_id: entry.answer.window for entry in self.services.schedule.due()}
        settings_.set("plan", plan, "decided on Monday")
        after = {entry.case_id: entry.answer.window for entry in self.services.schedule.due()}
        assert sum(before[case] != after[case] for case in before) == told
        settings_.set("minimum", minimum, "decided on Monday")
        if self.other is not None:
            self.close()
            self.open(Path(self.services.clinic.folder), two=True)

    @rule()
    def go_to_the_other_computer(self) -> None:
        """The next thing is done on the other one."""
        if self.other is not None:
            self.services, self.other = self.other, self.services

    @rule()
    def back_up(self) -> None:
        """A backup is made."""
        if self.restorable:
            self.services.backups.run(str(self.disk()))
            self.saved = (set(self.cases), set(self.known), list(self.sessions))

    @rule()
    def restore_the_backup(self) -> None:
        """The clinic of that day comes back on a new computer, without what was done since."""
        if self.saved is not None:
            self.close()
            target = Path(tempfile.mkdtemp(dir=self.folder)) / "clinic"
            door(self.clock).restore(str(self.disk()), "", str(target), PASSPHRASE)
            self.cases, self.known, self.sessions = set(self.saved[0]), set(self.saved[1]), list(self.saved[2])
            self.saved = None
            self.open(target, two=self.other is not None)

    def disk(self) -> Path:
        """The disk for backups."""
        place = self.folder / "disk"
        place.mkdir(exist_ok=True)
        return place

    @rule(days=st.sampled_from((1, 1, 7, 30, 91)))
    def next_day(self, days: int) -> None:
        """Time passes, and everybody stands where the list said they would."""
        day = self.clock.moment.date() + timedelta(days=days)
        foretold = self.services.schedule.due(day)
        self.clock.go_to(day)
        assert foretold == self.services.schedule.due()

    @rule(days=st.sampled_from((-400, -31, -1, 400)))
    def clock_jumps(self, days: int) -> None:
        """The computer's date is wrong for a moment: the list is another, with the same people on it."""
        moment = self.clock.moment
        self.clock.go_to(moment.date() + timedelta(days=days))
        if days > 0:
            self.no_case_is_lost()
        assert sorted(entry.case_id for entry in self.services.schedule.due()) == sorted(self.cases)
        assert sum(self.services.schedule.counts().values()) == len(self.cases)
        self.clock.moment = moment

    @rule(days=st.integers(-800, 800))
    def as_of(self, days: int) -> None:
        """On any other day, too, every case stands once, and in the order of the list computed anew."""
        day = self.clock.moment.date() + timedelta(days=days)
        whole = self.services.schedule.due(day)
        assert sorted(entry.case_id for entry in whole) == sorted(self.cases)
        found = Counter(entry.answer.status for entry in whole)
        as_of = self.services.calendar_board.as_of(day)
        assert as_of.counts == {status: found[status] for status in FollowUpStatus}
        pages = self.services.calendar_board.as_of_pages(as_of, [(status, 0) for status in FollowUpStatus], 200)
        assert [one for page in pages for one in page] == list(whole)

    def undo_of(self, write: object, codes: set[str]) -> object:
        """The undo of a write, or nothing where a rule known here refused it or what it is about is gone."""
        assert callable(write)
        try:
            written = write()
        except NotFound:
            return multiple()
        except RuleBroken as error:
            known(error, *codes)
            return multiple()
        assert isinstance(written, Changes)
        return self.taken_back_by(written.undo)

    @invariant()
    def no_case_is_lost(self) -> None:
        """Every case is in exactly one status, on the list as in the counts, and its window is in order."""
        if not hasattr(self, "services"):
            return
        whole = self.services.schedule.due()
        assert sorted(entry.case_id for entry in whole) == sorted(self.cases)
        found = Counter(entry.answer.status for entry in whole)
        assert self.services.schedule.counts() == {status: found[status] for status in FollowUpStatus}
        for entry in whole:
            window = entry.answer.window
            if window.opens is not None:
                assert window.earliest is not None
                assert window.closes is not None
                assert window.earliest <= window.opens <= window.closes

    def look_at_everything(self) -> None:
        """The pages of the list are the list, and every cached date follows from the record."""
        whole = self.services.schedule.due()
        listed = [entry.case_id for status in FollowUpStatus for entry in self.services.schedule.rows(status, 0, 200)]
        assert listed == [entry.case_id for entry in whole]
        for days in (-40, 40):
            assert len(self.services.schedule.due(self.clock.moment.date() + timedelta(days=days))) == len(self.cases)
        assert [one for one in self.services.check() if not one.harmless] == []


FollowUpList.TestCase.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=18 if HISTORIES < MANY else 40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
TestFollowUpList = pytest.mark.timeout(300 if HISTORIES < MANY else 4 * 3600)(FollowUpList.TestCase)
