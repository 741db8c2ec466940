"""A random user of the follow-up list: whatever is done, no case is lost and every date follows from the record."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from atexit import register
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Thread
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.back_entry import BackKey, BackLine
from clinic_app.domain.calendar import Span, months, weeks
from clinic_app.domain.call_list import Grouping
from clinic_app.domain.calls import CallDetails
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, Conflict, NotFound, RuleBroken
from clinic_app.domain.not_injected import NextPlan, NextStep
from clinic_app.domain.papers import paper_number
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    Channel,
    DecisionKind,
    DrugSupply,
    FollowUpStatus,
)
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, SessionKind, Visit, VisitDetails
from clinic_app.services import Services
from tests.builders import PASSPHRASE, Clock, add_patient, door
from tests.journeys.what_holds import (
    Rows,
    check_board,
    check_bookings,
    check_counts,
    check_dates,
    check_filter,
    check_today,
    differences,
    filters,
    rows_of,
)

CONDITIONS = ("cervical_dystonia", "meige", "writers_cramp")
PRODUCTS = (None, "ona", "abo", "inco")
PLANS = (
    ReinjectionPlan(months(3), months(4)),
    ReinjectionPlan(months(4), months(6)),
    ReinjectionPlan(weeks(10), weeks(11)),
)
MINIMA: tuple[dict[str, Span], ...] = ({}, {"ona": weeks(10)}, {"ona": weeks(14), "abo": weeks(16)})
PLACES = ({1: 20, 4: 20}, {1: 2, 4: 3}, {0: 1, 2: 2}, dict.fromkeys(range(6), 1))
"""How many places the weekdays have, as the clinic decides from time to time."""
STARTS = (
    date(2026, 3, 19), date(2026, 3, 28), date(2026, 10, 24), date(2028, 2, 28), date(2027, 12, 31),
    date(2026, 8, 31),
)  # fmt: skip
"""The first day of a history: any, the days before the clocks change, a leap day, a year or a long month ends."""
REGRETTED = 0.25
"""Of so many writes people think better at once: then everything has to be as before."""
NOT_BOOKED = frozenset(
    {
        "departed", "case_stopped", "booking_inside_hold", "already_booked", "booked_other_day", "before_earliest",
        "booking_far_ahead", "booking_in_past", "clinic_closed", "clinic_closed_weekday", "not_botox_day",
        "nobody_injects", "day_is_full", "no_place_left", "doctor_away",
    }
)  # fmt: skip
"""Why a booking may be refused."""
LOOKED_AT = 4
"""So many filters are looked at in every grouping when a history ends; which, is chance."""
COMPILED: LRUCache[Any, Any] = LRUCache(5000)
DIALECTS: dict[str, Dialect] = {}
"""Compiled statements are those of one dialect: all engines of this process are given the first one's."""
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
    undo: int


@dataclass(frozen=True, eq=False, slots=True)
class Booked:
    """A booking or a place on the waitlist, and what takes it back."""

    id: int
    undo: int


def known(error: ClinicError, *codes: str) -> None:
    """A rule may refuse what a random user does, but only a rule that fits."""
    assert error.code in codes


class RandomClinic(RuleBasedStateMachine):
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
        self.saved: tuple[set[int], set[object], list[list[int]]] | None = None
        self.restorable = False
        self.calls: list[int] = []
        self.external: list[int] = []
        self.absences: list[int] = []
        self.ids = [self.sessions, self.calls, self.external, self.absences]
        self.whim = Random(0)  # noqa: S311
        self.step = 0
        self.rows: Rows = {}
        self.services: Services
        self.other: Services | None = None

    @initialize(
        two=st.booleans(),
        restorable=st.sampled_from((True, False, False, False)),
        start=st.sampled_from(STARTS),
        at=st.sampled_from((time(0, 30), time(2, 30), time(9))),
        whim=st.integers(0, 1000),
    )
    def open_clinic(self, two: bool, restorable: bool, start: date, at: time, whim: int) -> None:
        """A copy of one empty clinic (making one takes longer than everything done to it), on one computer or two."""
        if RandomClinic.template is None:
            made = Path(tempfile.mkdtemp(prefix="machine-empty-")) / "clinic"
            register(shutil.rmtree, made.parent)
            door().create(str(made), "Test clinic", "Dr Rao", PASSPHRASE).services.close()
            RandomClinic.template = made
        shutil.copytree(RandomClinic.template, self.folder / "clinic")
        self.restorable = restorable
        self.clock.moment = datetime.combine(start, at)
        self.whim = Random(whim)  # noqa: S311
        self.open(self.folder / "clinic", two)

    def open(self, folder: Path, two: bool) -> None:
        """Open a clinic, a second time as another computer does."""
        self.services = self.opened(folder)
        self.other = self.opened(folder) if two else None

    def opened(self, folder: Path) -> Services:
        """An open clinic. Compiling its statements anew would take most of a history: one cache serves all clinics."""
        services = door(self.clock).open(str(folder), PASSPHRASE)
        engines = services.context.units._engines
        for engine in (engines.reader, engines.writer):
            engine.dialect, engine._compiled_cache = DIALECTS.setdefault("first", engine.dialect), COMPILED
        return services

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
        """What a rule brings into a bundle; now and then it is taken back at once, and all is as it was."""
        if self.rows:
            self.regret(done)
            return multiple()
        self.known.add(done)
        return done

    def regret(self, done: object) -> None:
        """Take back what was done a moment ago."""
        undo, back, away = 0, frozenset[int](), frozenset[int]()
        if isinstance(done, Done):
            undo, back, away = done.id, done.back, done.away
        elif isinstance(done, Booked):
            undo = done.undo
        elif isinstance(done, Binned):
            undo, back = done.undo, done.cases
        self.services.undo(undo)
        self.cases |= back
        self.cases -= away
        assert differences(self.rows, rows_of(self.services)) == []

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
        days=st.sampled_from((0, 0, 0, 1, 14, 40, 84, 85, 91, 120, 250)),
        product=st.sampled_from(PRODUCTS),
        units=st.sampled_from((None, Decimal(25), Decimal("97.5"))),
        kind=st.sampled_from((SessionKind.FULL, SessionKind.FULL, SessionKind.TOUCH_UP)),
        come_on=st.one_of(st.none(), st.integers(30, 200)),
        finalise=st.booleans(),
        both=st.booleans(),
        untreated=st.sampled_from((None, None, NextStep.GO_ON, NextStep.HOLD, NextStep.STOP, NextStep.COME_BACK)),
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
        both: bool,
        untreated: NextStep | None,
    ) -> object:
        """An injection, today or in the past; of every diagnosis of the patient, or of one."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        on = self.clock.moment.date() - timedelta(days=days)
        session = SessionDetails(
            case, product, units, kind=kind, come_on=on + timedelta(days=come_on) if come_on else None
        )
        others = sorted(one for one in self.earliest(patient_id) if one != case) if both else []
        sessions = (session, *(SessionDetails(one, product, units) for one in others))
        details = VisitDetails(on, sessions, "Dr Rao", reason="asked for", decided_by="Dr Rao")
        before = self.earliest(patient_id)
        try:
            written = self.services.treatment.record(
                patient_id, details, finalise, self.plan(untreated, 100) if untreated else None
            )
        except RuleBroken as error:
            refused = {"untreated_" + code for code in NOT_BOOKED} | NOT_BOOKED
            known(error, "already_given", "injection_after_death", *refused)
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
        try:
            written = self.services.treatment.add_external(patient_id, details)
        except RuleBroken as error:
            known(error, "injection_after_death")
            return multiple()
        assert isinstance(written.result, int)
        self.external.append(written.result)
        self.never_back(patient_id, before)
        return self.taken_back_by(written.undo)

    @rule(which=st.integers(0, 1000), days=st.integers(0, 120), named=st.booleans(), remove=st.booleans(), case=people)
    def change_given_elsewhere(self, which: int, days: int, named: bool, remove: bool, case: int) -> None:
        """It was on another day, or not at all."""
        if not self.external:
            return
        external = self.external[which % len(self.external)]
        on = self.clock.moment.date() - timedelta(days=days)
        treatment = self.services.treatment
        details = ExternalToxinDetails(on, "abo", None, case if named else None)
        codes = {"case_of_another_patient", "injection_after_death"}
        if remove:
            self.undo_of(lambda: treatment.remove_external(external, "never given"), codes)
        else:
            self.undo_of(lambda: treatment.change_external(external, details), codes)

    @rule(which=st.integers(0, 1000))
    def finalise(self, which: int) -> None:
        """The doctor signs an injection."""
        if self.sessions:
            session = self.sessions[which % len(self.sessions)]
            self.undo_of(lambda: self.services.treatment.finalise((session,)), {"not_given"})

    @rule(
        target=undos,
        case=people,
        outcome=st.sampled_from(list(Attempt)),
        again=st.sampled_from((None, None, 0, 1, 3, 30)),
        at=st.sampled_from((None, time(10), time(16, 30))),
        channel=st.sampled_from(list(Channel)),
    )
    def call(self, case: int, outcome: Attempt, again: int | None, at: time | None, channel: Channel) -> object:
        """A call about a case, or one that came in; perhaps it is agreed when to call again."""
        if self.here(case) is None:
            return multiple()
        day = None if again is None else self.clock.moment.date() + timedelta(days=again)

        def write() -> Changes:
            written = self.services.schedule.log_call(case, outcome, day, channel=channel, call_again_at=at)
            assert isinstance(written.result, int)
            self.calls.append(written.result)
            return written

        return self.undo_of(write, {"call_of_departed", "asked_not_to_be_called"})

    @rule(
        target=undos,
        which=st.integers(0, 1000),
        outcome=st.sampled_from(list(Attempt)),
        again=st.sampled_from((None, 0, 5)),
    )
    def correct_call(self, which: int, outcome: Attempt, again: int | None) -> object:
        """A call was logged wrongly."""
        if not self.calls:
            return multiple()
        day = None if again is None else self.clock.moment.date() + timedelta(days=again)
        call = self.calls[which % len(self.calls)]
        return self.undo_of(lambda: self.services.calls.correct(call, CallDetails(outcome, day)), set())

    @rule(target=undos, case=people, called=st.booleans(), texted=st.booleans(), village=st.sampled_from(("", "Aluva")))
    def change_facts(self, case: int, called: bool, texted: bool, village: str) -> object:
        """A patient wants no calls, or moved to another village."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        now = self.services.patients.get(patient_id)
        details = replace(now.details, may_be_called=called, may_be_texted=texted, village=village)
        return self.undo_of(lambda: self.services.patients.change(patient_id, details, now.version), set())

    @rule(target=undos, case=people, plan=st.sampled_from((None, *PLANS)), of_patient=st.booleans())
    def give_plan(self, case: int, plan: ReinjectionPlan | None, of_patient: bool) -> object:
        """A diagnosis or a patient gets a plan of its own."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        cases = self.services.cases
        if of_patient:
            return self.undo_of(lambda: cases.set_patient_plan(patient_id, plan), set())
        now = cases.get(case)
        return self.undo_of(lambda: cases.change(case, replace(now.details, plan=plan), now.version), set())

    @rule(target=undos, case=people, other=people, independent=st.booleans())
    def say_independent(self, case: int, other: int, independent: bool) -> object:
        """Two diagnoses do not hold each other up, or do."""
        if self.here(case) is None or self.here(other) is None:
            return multiple()
        cases = self.services.cases
        return self.undo_of(lambda: cases.set_independent(case, other, independent), {"case_of_another_patient"})

    @rule(case=people, key=st.sampled_from(list(BackKey)), ago=st.integers(0, 30), days=st.integers(-30, 120))
    def type_from_paper(self, case: int, key: BackKey, ago: int, days: int) -> None:
        """What was written on paper while there was no power."""
        if (patient_id := self.here(case)) is None:
            return
        number = paper_number(self.services.patients.get(patient_id), case, sorted(self.earliest(patient_id)))
        day = self.clock.moment.date() - timedelta(days=ago)
        line = BackLine("typed", number, key, day + timedelta(days=days))
        self.undo_of(lambda: self.services.back_entry.save([line], day), {"back_line_refused"})

    @rule(
        target=bookings,
        case=people,
        days=st.sampled_from((0, 0, 1, 5, 12, 33, 84, 90, 100, 120, 150)),
        end_hold=st.booleans(),
        both=st.booleans(),
        drug=st.sampled_from((DrugSupply.UNKNOWN, DrugSupply.NONE, DrugSupply.PATIENT_BRINGS)),
        reason=st.sampled_from(("asked for", "asked for", "")),
    )
    def book(self, case: int, days: int, end_hold: bool, both: bool, drug: DrugSupply, reason: str) -> object:
        """A booking, of one diagnosis or of all of a patient."""
        return self.booked(
            case, days, self.services.schedule.book, end_hold=end_hold, both=both, drug=drug, reason=reason
        )

    @rule(case=people, days=st.sampled_from((0, 1, 12, 90)))
    def book_twice_at_once(self, case: int, days: int) -> None:
        """Two programs book the same case for the same day at the same moment: one of them does."""
        if (patient_id := self.here(case)) is None or self.other is None:
            return
        on = self.clock.moment.date() + timedelta(days=days)
        details = BookingDetails(patient_id, on, (case,), reason="asked for", decided_by="Dr Rao")
        done: list[object] = []

        def book(services: Services) -> None:
            try:
                done.append(services.schedule.book(details).result)
            except RuleBroken as error:
                done.append(error)

        threads = [Thread(target=book, args=(one,)) for one in (self.services, self.other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [one for one in done if isinstance(one, RuleBroken)]
        for error in refused:
            known(error, *NOT_BOOKED)
        assert len(done) == 2
        assert refused

    @rule(booking=bookings, days=st.integers(1, 60))
    def move_what_was_read_before(self, booking: Booked, days: int) -> None:
        """The other program changed a booking since this one read it: it is not moved."""
        if booking not in self.known:
            return
        with suppress(NotFound, RuleBroken):
            self.services.schedule.set_drug(booking.id, DrugSupply.APPROVED)
            on = self.clock.moment.date() + timedelta(days=days)
            with pytest.raises(Conflict, match="changed_meanwhile"):
                self.services.schedule.move(booking.id, on, reason="asked for", decided_by="Dr Rao", version=0)

    @rule(target=undos, booking=bookings, drug=st.sampled_from(list(DrugSupply)))
    def set_drug(self, booking: Booked, drug: DrugSupply) -> object:
        """Whether the toxin for a booking will be there."""
        if booking not in self.known:
            return multiple()
        return self.undo_of(lambda: self.services.schedule.set_drug(booking.id, drug), set())

    @rule(target=undos, booking=bookings, step=st.sampled_from(list(NextStep)), days=st.integers(0, 120))
    def close_not_injected(self, booking: Booked, step: NextStep, days: int) -> object:
        """Somebody was seen and not injected."""
        if booking not in self.known:
            return multiple()
        codes = {"booking_over", "day_not_come", *NOT_BOOKED}
        return self.undo_of(lambda: self.services.not_injected.close(booking.id, self.plan(step, days)), codes)

    def plan(self, step: NextStep, days: int) -> NextPlan:
        """What happens next with somebody who was not injected."""
        on = self.clock.moment.date() + timedelta(days=days)
        return NextPlan(step, on, reason="has a fever", stop=StopReason.REMISSION, decided_by="Dr Rao")

    @rule(target=undos, waiting=bookings)
    def stop_waiting(self, waiting: Booked) -> object:
        """Who waits for a place waits no more."""
        if waiting not in self.known:
            return multiple()
        return self.undo_of(lambda: self.services.waiting.stop(waiting.id), {"waits_no_more"})

    @rule(
        target=undos,
        first=st.integers(0, 60),
        longer=st.integers(0, 30),
        places=st.sampled_from((None, 0, 1)),
        which=st.integers(0, 1000),
        again=st.booleans(),
    )
    def be_away(self, first: int, longer: int, places: int | None, which: int, again: bool) -> object:
        """A doctor is away, or on other days than was said."""
        on = self.clock.moment.date() + timedelta(days=first)
        details = AbsenceDetails("Dr Rao", on, on + timedelta(days=longer), places, "congress")
        if again and self.absences:
            absence = self.absences[which % len(self.absences)]
            return self.undo_of(lambda: self.services.absences.change(absence, details), set())
        written = self.services.absences.add(details)
        with self.services.context.units.read() as unit:
            found = unit.absences.since(on)
        self.absences.append(max(one.id for one in found))
        return self.taken_back_by(written.undo)

    @rule(target=undos, which=st.integers(0, 1000))
    def be_there_after_all(self, which: int) -> object:
        """The doctor is there after all."""
        if not self.absences:
            return multiple()
        absence = self.absences[which % len(self.absences)]
        return self.undo_of(lambda: self.services.absences.take_back(absence), set())

    @rule(closed=st.frozensets(st.integers(0, 120), max_size=4), places=st.sampled_from(PLACES))
    def change_days(self, closed: frozenset[int], places: dict[int, int]) -> None:
        """The clinic closes some days, and decides on which weekdays it injects."""
        today = self.clock.moment.date()
        self.services.access.confirm(PASSPHRASE)
        self.services.settings.set_many(
            {
                "closed_days": frozenset(today + timedelta(days=one) for one in closed),
                "botox_days": MappingProxyType(places),
            },
            "decided on Monday",
        )
        self.open_again()

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
        both: bool = False,
        drug: DrugSupply = DrugSupply.UNKNOWN,
        reason: str = "asked for",
    ) -> object:
        """A booking, or a place on the waitlist for so many days ``longer``."""
        if (patient_id := self.here(case)) is None:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        until = None if longer is None else on + timedelta(days=longer)
        cases = tuple(sorted(self.earliest(patient_id))) if both else (case,)
        details = BookingDetails(
            patient_id, on, cases, drug=drug, reason=reason, decided_by="Dr Rao", end_hold=end_hold, wait_until=until
        )
        try:
            written = write(details)
        except RuleBroken as error:
            known(error, *NOT_BOOKED, "already_waiting", "waits_before_earliest")
            return multiple()
        assert isinstance(written.result, Appointment)
        assert written.undo is not None
        return self.keep(Booked(written.result.id, written.undo))

    @rule(target=undos, booking=bookings, status=st.sampled_from(list(AppointmentStatus)))
    def say_of_booking(self, booking: Booked, status: AppointmentStatus) -> object:
        """What became of a booking."""
        if booking not in self.known:
            return multiple()
        codes = {"day_not_come", "waits_for_place", "booking_day_past", *NOT_BOOKED}
        return self.undo_of(lambda: self.services.schedule.set_status(booking.id, status), codes)

    @rule(target=undos, booking=bookings, days=st.integers(0, 150))
    def move_booking(self, booking: Booked, days: int) -> object:
        """A booking is moved to another day."""
        if booking not in self.known:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        codes = {"booking_over", *NOT_BOOKED}
        return self.undo_of(
            lambda: self.services.schedule.move(booking.id, on, reason="asked for", decided_by="Dr Rao"), codes
        )

    @rule(target=undos, waiting=bookings, days=st.integers(0, 60))
    def give_place(self, waiting: Booked, days: int) -> object:
        """Who waits gets a place."""
        if waiting not in self.known:
            return multiple()
        on = self.clock.moment.date() + timedelta(days=days)
        codes = {"waits_no_more", "wait_other_days", *NOT_BOOKED}
        return self.undo_of(lambda: self.services.waiting.give_place(waiting.id, on, reason="asked for"), codes)

    @rule(booking=consumes(bookings))
    def take_booking_back(self, booking: Booked) -> None:
        """A booking is undone."""
        if booking in self.known:
            with suppress(Conflict):
                self.services.undo(booking.undo)

    @rule(target=undos, case=people, days=st.integers(0, 90), cancel=st.booleans())
    def hold(self, case: int, days: int, cancel: bool) -> object:
        """A case waits."""
        if self.here(case) is None:
            return multiple()
        until = self.clock.moment.date() + timedelta(days=days)
        return self.undo_of(lambda: self.services.cases.hold(case, until, "travels", cancel_bookings=cancel), set())

    @rule(target=undos, case=people)
    def end_hold(self, case: int) -> object:
        """It waits no longer."""
        if self.here(case) is None:
            return multiple()
        return self.undo_of(lambda: self.services.cases.end_hold(case), set())

    @rule(target=undos, case=people)
    def stop(self, case: int) -> object:
        """A case is stopped."""
        if self.here(case) is None:
            return multiple()
        today = self.clock.moment.date()
        return self.taken_back_by(self.services.cases.stop(case, StopReason.REMISSION, today).undo)

    @rule(target=undos, case=people)
    def go_on(self, case: int) -> object:
        """A stopped case goes on."""
        if self.here(case) is None:
            return multiple()
        return self.undo_of(lambda: self.services.cases.take_back_stop(case), {"stop_of_patient"})

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

    @rule(target=undos, case=people, kind=st.sampled_from(list(DecisionKind)))
    def decide(self, case: int, kind: DecisionKind) -> object:
        """The doctor's decision."""
        if self.here(case) is None:
            return multiple()
        return self.undo_of(lambda: self.services.cases.decide(case, kind), set())

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
        assert written.undo is not None
        return self.keep(Binned(written.result, gone, written.undo))

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
                "restore_owner_gone", "already_booked", "booked_since",
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
        self.open_again()

    def open_again(self) -> None:
        """The other computer opens the clinic anew after a rule was changed."""
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
            self.saved = (set(self.cases), set(self.known), [list(one) for one in self.ids])

    @rule()
    def restore_the_backup(self) -> None:
        """The clinic of that day comes back on a new computer, without what was done since."""
        if self.saved is not None:
            self.close()
            target = Path(tempfile.mkdtemp(dir=self.folder)) / "clinic"
            door(self.clock).restore(str(self.disk()), "", str(target), PASSPHRASE)
            self.cases, self.known, self.ids = self.saved
            self.sessions, self.calls, self.external, self.absences = self.ids
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
        """The computer's date is wrong for a moment: the list is another, with the same people on it.

        Before the day of an injection the list knows dates that follow from it: nothing is written on such a day
        before somebody says which day it is.
        """
        moment = self.clock.moment
        self.clock.go_to(moment.date() + timedelta(days=days))
        if days > 0:
            self.everything_holds()
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
    def everything_holds(self) -> None:
        """What has to hold after every step; what is dear to look at takes turns."""
        if not hasattr(self, "services"):
            return
        services, today = self.services, self.clock.moment.date()
        whole = check_counts(services, self.cases)
        check_dates(services)
        bookings = check_bookings(services, whole, today)
        turn = self.step % 3
        if turn == 0:
            check_today(services, whole, bookings, today)
        elif turn == 1:
            check_board(services, whole)
        else:
            narrow, meant = self.whim.choice(filters(whole, today))
            check_filter(services, narrow, meant, (self.whim.choice(list(Grouping)),))
        self.step += 1
        self.rows = rows_of(services) if self.whim.random() < REGRETTED else {}

    def look_at_everything(self) -> None:
        """The pages of the list are the list, and every cached date follows from the record."""
        services, today = self.services, self.clock.moment.date()
        whole = services.schedule.due()
        listed = [entry.case_id for status in FollowUpStatus for entry in services.schedule.rows(status, 0, 200)]
        assert listed == [entry.case_id for entry in whole]
        for days in (-40, 40):
            assert len(services.schedule.due(today + timedelta(days=days))) == len(self.cases)
        for narrow, meant in self.whim.sample(filters(whole, today), LOOKED_AT):
            check_filter(services, narrow, meant)
        bookings = check_bookings(services, whole, today)
        check_today(services, whole, bookings, today)
        check_board(services, whole)
        assert services.call_list.safety().total >= 0
        assert services.forecast.weeks() is not None
        if self.other is not None:
            assert [entry.case_id for entry in self.other.schedule.due()] == [entry.case_id for entry in whole]
        assert [one for one in services.check() if not one.harmless] == []
