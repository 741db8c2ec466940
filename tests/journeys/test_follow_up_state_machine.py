"""A random user of the follow-up list: whatever is done, no case is lost and every date follows from the record."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from clinic_app.domain.cases import CaseDetails, Side, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, Conflict, RuleBroken
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

CONDITIONS = ("cervical_dystonia", "meige", "writers_cramp")
PRODUCTS = (None, "ona", "abo", "inco")
_NUMBERS = itertools.count(1)


def known(error: ClinicError, *codes: str) -> None:
    """A rule may refuse what a random user does, but only a rule that fits."""
    assert error.code in codes


class FollowUpList(RuleBasedStateMachine):
    """Patients, calls, bookings, injections, holds, stops and taking back, over days that only go forward."""

    template: ClassVar[Path | None] = None
    people = Bundle("people")
    bookings = Bundle("bookings")
    undos = Bundle("undos")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.clock = Clock()
        self.cases: set[int] = set()
        self.services: Services

    @initialize()
    def open_clinic(self) -> None:
        """A copy of one empty clinic: making one takes longer than everything done to it."""
        if FollowUpList.template is None:
            made = Path(tempfile.mkdtemp(prefix="machine-empty-")) / "clinic"
            door().create(str(made), "Test clinic", "Dr Rao", PASSPHRASE).services.close()
            FollowUpList.template = made
        shutil.copytree(FollowUpList.template, self.folder / "clinic")
        self.services = door(self.clock).open(str(self.folder / "clinic"), PASSPHRASE)

    def teardown(self) -> None:
        """A last look, then the clinic is closed and its folder goes."""
        try:
            if hasattr(self, "services"):
                self.look_at_everything()
                self.services.close()
        finally:
            shutil.rmtree(self.folder)

    def earliest(self, patient_id: int) -> dict[int, date | None]:
        """The earliest day of every case of a patient."""
        return {one.case.id: one.answer.window.earliest for one in self.services.patients.page(patient_id).cases}

    def never_back(self, patient_id: int, before: dict[int, date | None]) -> None:
        """Another event may push the earliest day out, never pull it in."""
        for case_id, now in self.earliest(patient_id).items():
            was = before.get(case_id)
            assert was is None or (now is not None and now >= was)

    @rule(target=people)
    def add_somebody(self) -> tuple[int, int]:
        """A new patient with a diagnosis."""
        number = next(_NUMBERS)
        patient_id, case_id = add_patient(
            self.services, f"Person {number}", f"M{number}", "hemifacial_spasm", Side.LEFT, f"7{number:09}"
        )
        self.cases.add(case_id)
        return patient_id, case_id

    @rule(target=people, person=people, condition=st.sampled_from(CONDITIONS), independent=st.booleans())
    def add_diagnosis(self, person: tuple[int, int], condition: str, independent: bool) -> object:
        """Another diagnosis of a patient."""
        side = Side.RIGHT if condition == "writers_cramp" else None
        others = (person[1],) if independent else ()
        try:
            case_id = self.services.cases.add(person[0], CaseDetails(condition, side), others).result
        except RuleBroken as error:
            known(error, "case_exists")
            return multiple()
        assert isinstance(case_id, int)
        self.cases.add(case_id)
        return person[0], case_id

    @rule(
        target=undos,
        person=people,
        days=st.integers(0, 250),
        product=st.sampled_from(PRODUCTS),
        units=st.sampled_from((None, Decimal(25), Decimal("97.5"))),
        kind=st.sampled_from((SessionKind.FULL, SessionKind.FULL, SessionKind.TOUCH_UP)),
        come_on=st.one_of(st.none(), st.integers(30, 200)),
        finalise=st.booleans(),
    )
    def give(
        self,
        person: tuple[int, int],
        days: int,
        product: str | None,
        units: Decimal | None,
        kind: SessionKind,
        come_on: int | None,
        finalise: bool,
    ) -> object:
        """An injection, today or in the past."""
        patient_id, case_id = person
        on = self.clock.moment.date() - timedelta(days=days)
        session = SessionDetails(
            case_id, product, units, kind=kind, come_on=on + timedelta(days=come_on) if come_on else None
        )
        details = VisitDetails(on, (session,), "Dr Rao", reason="asked for", decided_by="Dr Rao")
        before = self.earliest(patient_id)
        try:
            written = self.services.treatment.record(patient_id, details, finalise)
        except RuleBroken as error:
            known(error, "already_given", "injection_after_death")
            return multiple()
        assert isinstance(written.result, Visit)
        self.never_back(patient_id, before)
        return written.undo if written.undo is not None else multiple()

    @rule(target=undos, person=people, days=st.integers(0, 120), named=st.booleans())
    def given_elsewhere(self, person: tuple[int, int], days: int, named: bool) -> object:
        """Botulinum toxin given elsewhere."""
        on = self.clock.moment.date() - timedelta(days=days)
        details = ExternalToxinDetails(on, "abo", None, person[1] if named else None)
        before = self.earliest(person[0])
        written = self.services.treatment.add_external(person[0], details)
        self.never_back(person[0], before)
        return written.undo

    @rule(target=undos, person=people, outcome=st.sampled_from(list(Attempt)))
    def call(self, person: tuple[int, int], outcome: Attempt) -> object:
        """A call about a case."""
        return self.undo_of(lambda: self.services.schedule.log_call(person[1], outcome), {"call_of_departed"})

    @rule(target=bookings, person=people, days=st.integers(0, 150), end_hold=st.booleans())
    def book(self, person: tuple[int, int], days: int, end_hold: bool) -> object:
        """A booking."""
        on = self.clock.moment.date() + timedelta(days=days)
        details = BookingDetails(
            person[0], on, (person[1],), reason="asked for", decided_by="Dr Rao", end_hold=end_hold
        )
        try:
            written = self.services.schedule.book(details)
        except RuleBroken as error:
            known(error, "departed", "case_stopped", "booking_inside_hold", "already_booked")
            return multiple()
        assert isinstance(written.result, Appointment)
        assert written.undo is not None
        return written.result.id, written.undo

    @rule(target=undos, booking=bookings, status=st.sampled_from(list(AppointmentStatus)))
    def say_of_booking(self, booking: tuple[int, int], status: AppointmentStatus) -> object:
        """What became of a booking."""
        codes = {"day_not_come", "departed", "already_booked", "booking_in_past", "case_stopped", "booking_inside_hold"}
        return self.undo_of(lambda: self.services.schedule.set_status(booking[0], status), codes)

    @rule(booking=consumes(bookings))
    def take_booking_back(self, booking: tuple[int, int]) -> None:
        """A booking is undone."""
        with suppress(Conflict):
            self.services.undo(booking[1])

    @rule(person=people, days=st.integers(0, 90), cancel=st.booleans())
    def hold(self, person: tuple[int, int], days: int, cancel: bool) -> None:
        """A case waits."""
        until = self.clock.moment.date() + timedelta(days=days)
        self.services.cases.hold(person[1], until, "travels", cancel_bookings=cancel)

    @rule(person=people)
    def end_hold(self, person: tuple[int, int]) -> None:
        """It waits no longer."""
        self.services.cases.end_hold(person[1])

    @rule(target=undos, person=people)
    def stop(self, person: tuple[int, int]) -> object:
        """A case is stopped."""
        today = self.clock.moment.date()
        return self.services.cases.stop(person[1], StopReason.REMISSION, today).undo

    @rule(person=people)
    def go_on(self, person: tuple[int, int]) -> None:
        """A stopped case goes on."""
        with suppress(RuleBroken):
            self.services.cases.take_back_stop(person[1])

    @rule(target=undos, person=people, moved=st.booleans())
    def depart(self, person: tuple[int, int], moved: bool) -> object:
        """A patient dies or moves away."""
        record = self.services.patients.record_move if moved else self.services.patients.record_death
        written = record(person[0], self.clock.moment.date())
        page = self.services.patients.page(person[0])
        assert {one.answer.status for one in page.cases} == {FollowUpStatus.STOPPED}
        assert not any(one.status.live and one.day >= self.clock.moment.date() for one in page.appointments)
        return written.undo

    @rule(person=people)
    def come_back(self, person: tuple[int, int]) -> None:
        """It was said by mistake."""
        self.services.patients.take_back_departure(person[0])

    @rule(person=people, kind=st.sampled_from(list(DecisionKind)))
    def decide(self, person: tuple[int, int], kind: DecisionKind) -> None:
        """The doctor's decision."""
        self.services.cases.decide(person[1], kind)

    @rule(undo=consumes(undos))
    def take_back(self, undo: int) -> None:
        """Something is undone, once."""
        try:
            self.services.undo(undo)
        except Conflict as error:
            known(error, "cannot_undo_any_more", "already_undone")
            return
        with pytest.raises(Conflict, match="already_undone"):
            self.services.undo(undo)

    @rule(days=st.sampled_from((1, 1, 7, 30, 91)))
    def next_day(self, days: int) -> None:
        """Time passes."""
        self.clock.go_to(self.clock.moment.date() + timedelta(days=days))

    def undo_of(self, write: object, codes: set[str]) -> object:
        """The undo of a write, or nothing where a rule known here refused it."""
        assert callable(write)
        try:
            written = write()
        except RuleBroken as error:
            known(error, *codes)
            return multiple()
        assert isinstance(written, Changes)
        return written.undo

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
        """The pages of the list are the list, other days lose nobody, and every cached date follows from the record."""
        whole = self.services.schedule.due()
        listed = [entry.case_id for status in FollowUpStatus for entry in self.services.schedule.rows(status, 0, 200)]
        assert listed == [entry.case_id for entry in whole]
        for days in (-40, 40):
            assert len(self.services.schedule.due(self.clock.moment.date() + timedelta(days=days))) == len(self.cases)
        assert [one for one in self.services.check() if not one.harmless] == []


FollowUpList.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
TestFollowUpList = FollowUpList.TestCase
