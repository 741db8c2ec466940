from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails, DrugSupply
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, Visit, VisitDetails
from clinic_app.services import Services
from tests.builders import TODAY, add_patient, give
from tests.services.conftest import day, refusal

SOON = TODAY + timedelta(days=33)


def seen(services: Services, patient_id: int) -> object:
    """Everything a person sees of a patient, without what tells of the taking back itself."""
    page = services.patients.page(patient_id)
    return (
        (page.patient.details, page.patient.deceased_on, page.patient.moved_on),
        [(one.case.details, one.case.holds, one.case.stops, one.injections) for one in page.cases],
        [replace(one.answer, appointment=None) for one in page.cases],
        [replace(one, version=0) for visit in page.visits for one in visit.sessions if one.state.counts],
        page.external,
        page.calls,
        [(one.id, one.day, one.token, one.at, one.status, one.drug, one.reason) for one in page.appointments],
    )


def ready(services: Services, patient_id: int, case_id: int) -> int:
    """A patient with a history and a confirmed booking; answers the booking."""
    give(services, patient_id, case_id, day("2025-12-01"))
    booked = services.schedule.book(BookingDetails(patient_id, SOON, (case_id,))).result
    assert isinstance(booked, Appointment)
    services.schedule.set_status(booked.id, AppointmentStatus.CONFIRMED)
    return booked.id


class Writer:
    """Every write that can be taken back, for one patient."""

    def __init__(self, services: Services, patient_id: int, case_id: int, booking: int) -> None:
        self.services, self.patient_id, self.case_id, self.booking = services, patient_id, case_id, booking

    def call(self) -> Changes:
        return self.services.schedule.log_call(self.case_id, Attempt.DECLINED)

    def book(self) -> Changes:
        later = BookingDetails(self.patient_id, SOON + timedelta(days=7), (self.case_id,), reason="both")
        return self.services.schedule.book(later)

    def move_booking(self) -> Changes:
        return self.services.schedule.move(self.booking, SOON + timedelta(days=7))

    def cancel(self) -> Changes:
        return self.services.schedule.set_status(self.booking, AppointmentStatus.CANCELLED_BY_PATIENT)

    def drug(self) -> Changes:
        return self.services.schedule.set_drug(self.booking, DrugSupply.NONE)

    def died(self) -> Changes:
        return self.services.patients.record_death(self.patient_id, TODAY)

    def moved_away(self) -> Changes:
        return self.services.patients.record_move(self.patient_id, TODAY)

    def stop(self) -> Changes:
        return self.services.cases.stop(self.case_id, StopReason.LOST, TODAY)

    def visit(self) -> Changes:
        details = VisitDetails(TODAY, (SessionDetails(self.case_id, "ona", Decimal(20)),))
        return self.services.treatment.record(self.patient_id, details, finalise=False)

    def external(self) -> Changes:
        details = ExternalToxinDetails(TODAY, "abo", None, self.case_id)
        return self.services.treatment.add_external(self.patient_id, details)

    def edit_patient(self) -> Changes:
        now = self.services.patients.get(self.patient_id)
        return self.services.patients.change(
            self.patient_id, replace(now.details, village="Pune", phones=(), alerts=("Allergy",)), now.version
        )

    def edit_case(self) -> Changes:
        now = self.services.cases.get(self.case_id)
        plan = ReinjectionPlan(Span.parse("12 w"), Span.parse("16 w"))
        return self.services.cases.change(self.case_id, replace(now.details, plan=plan, notes="x"), now.version)

    def add_case(self) -> Changes:
        return self.services.cases.add(self.patient_id, CaseDetails("cervical_dystonia"), (self.case_id,))

    def patient_plan(self) -> Changes:
        return self.services.cases.set_patient_plan(
            self.patient_id, ReinjectionPlan(Span.parse("4 m"), Span.parse("5 m"))
        )

    def hold(self) -> Changes:
        return self.services.cases.hold(self.case_id, SOON + timedelta(days=9), "travels", cancel_bookings=True)

    def void(self) -> Changes:
        session = self.services.patients.page(self.patient_id).visits[0].sessions[0]
        return self.services.treatment.void(session.id, "mistake")


WRITES = tuple(name for name in vars(Writer) if not name.startswith("_"))


def test_thirty_and_more_steps_are_taken_back_in_order(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    booking = ready(services, patient_id, case_id)
    steps: list[int] = []
    stands: list[object] = []

    def write(*written: Changes) -> None:
        for one in written:
            assert one.undo is not None
            steps.append(one.undo)

    for number in range(9):
        stands.append(seen(services, patient_id))
        before = len(steps)
        now = services.patients.get(patient_id)
        write(services.patients.change(patient_id, replace(now.details, notes=f"note {number}"), now.version))
        case = services.cases.get(case_id)
        write(services.cases.change(case_id, replace(case.details, notes=f"note {number}"), case.version))
        write(services.schedule.set_drug(booking, DrugSupply.NONE if number % 2 else DrugSupply.APPROVED))
        write(services.schedule.move(booking, SOON + timedelta(days=7 * (number + 1))))
        write(services.schedule.log_call(case_id, Attempt.TOLD_FAMILY))
        assert len(steps) - before == 5
    assert len(steps) == 45
    for number in reversed(range(9)):
        for _ in range(5):
            services.undo(steps.pop())
        assert seen(services, patient_id) == stands[number]


def test_a_new_patient_is_taken_back_until_something_is_entered(services: Services) -> None:
    added = services.patients.add(PatientDetails("Taken Back"))
    assert isinstance(added.result, int)
    case = services.cases.add(added.result, CaseDetails("cervical_dystonia"))
    assert refusal(lambda: services.undo(added.undo or 0)).code == "cannot_undo_any_more"
    services.undo(case.undo or 0)
    services.undo(added.undo or 0)
    assert refusal(lambda: services.patients.get(added.result)).code == "patient_not_found"


@pytest.mark.parametrize("what", WRITES)
def test_taking_back_restores_what_was_and_happens_once(
    services: Services, someone: tuple[int, int], what: str
) -> None:
    patient_id, case_id = someone
    booking = ready(services, patient_id, case_id)
    before = seen(services, patient_id)
    written: Changes = getattr(Writer(services, patient_id, case_id, booking), what)()
    assert written.undo is not None
    assert services.whose(written.undo) == {patient_id: services.patients.get(patient_id).name}
    assert seen(services, patient_id) != before
    undone = services.undo(written.undo)
    assert undone.topics
    assert seen(services, patient_id) == before
    assert refusal(lambda: services.undo(written.undo or 0)).code == "already_undone"
    assert seen(services, patient_id) == before


def test_what_never_was_cannot_be_taken_back(services: Services) -> None:
    assert refusal(lambda: services.undo(999_999)).code == "nothing_to_undo"


def test_whose_a_step_is_names_nobody_who_is_not_in_the_record_or_is_closed(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    name = services.patients.get(patient_id).name
    binned = services.bin.delete_case(case_id, "entered twice").undo or 0
    assert services.whose(binned) == {patient_id: name}
    services.undo(binned)
    assert refusal(lambda: services.whose(binned)).code == "already_undone"
    assert refusal(lambda: services.whose(999_999)).code == "nothing_to_undo"
    gone = services.bin.delete_patient(patient_id, "entered twice").undo or 0
    assert services.whose(gone) == {}


def test_a_finalised_visit_is_corrected_not_undone(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    details = VisitDetails(day("2026-01-05"), (SessionDetails(case_id, "ona", Decimal(20)),))
    assert services.treatment.record(patient_id, details, finalise=True).undo is None
    second = VisitDetails(TODAY, (SessionDetails(case_id, "ona", Decimal(20)),), reason="r", decided_by="Dr Rao")
    given = services.treatment.record(patient_id, second, finalise=False)
    assert isinstance(given.result, Visit)
    services.treatment.finalise((given.result.sessions[0].id,))
    assert refusal(lambda: services.undo(given.undo or 0)).code == "cannot_undo_any_more"
    assert services.treatment.session(given.result.sessions[0].id).state.counts


def test_undoing_a_visit_opens_its_booking_again(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.schedule.book(BookingDetails(patient_id, TODAY, (case_id,)))
    before = seen(services, patient_id)
    details = VisitDetails(TODAY, (SessionDetails(case_id, "ona", Decimal(20)),))
    given = services.treatment.record(patient_id, details, finalise=False)
    assert services.patients.page(patient_id).appointments[0].status is AppointmentStatus.DONE
    services.undo(given.undo or 0)
    assert seen(services, patient_id) == before


def test_an_older_change_of_a_booking_is_not_undone_over_a_newer_one(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    booking = ready(services, patient_id, case_id)
    older = services.schedule.set_drug(booking, DrugSupply.NONE)
    newer = services.schedule.move(booking, SOON + timedelta(days=7))
    assert refusal(lambda: services.undo(older.undo or 0)).code == "cannot_undo_any_more"
    services.undo(newer.undo or 0)
    (found,) = services.patients.page(patient_id).appointments
    assert (found.day, found.drug) == (SOON, DrugSupply.NONE)


def test_an_undone_stop_leaves_the_stops_before_it(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.cases.stop(case_id, StopReason.REMISSION, TODAY - timedelta(days=50))
    services.cases.take_back_stop(case_id)
    before = seen(services, patient_id)
    written = services.cases.stop(case_id, StopReason.LOST, TODAY)
    services.undo(written.undo or 0)
    assert seen(services, patient_id) == before
    assert len(services.cases.get(case_id).stops) == 1


def test_death_after_moving_is_undone_to_moving(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    moved = services.patients.record_move(patient_id, TODAY - timedelta(days=3))
    before = seen(services, patient_id)
    died = services.patients.record_death(patient_id, TODAY)
    assert refusal(lambda: services.undo(moved.undo or 0)).code == "cannot_undo_any_more"
    services.undo(died.undo or 0)
    assert seen(services, patient_id) == before
    assert services.patients.get(patient_id).moved_on == TODAY - timedelta(days=3)


def test_taking_a_departure_back_by_hand_uses_its_undo_up(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    died = services.patients.record_death(patient_id, TODAY)
    services.patients.take_back_departure(patient_id)
    assert refusal(lambda: services.undo(died.undo or 0)).code == "already_undone"


def test_a_booking_that_was_kept_is_not_taken_back(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    booked = services.schedule.book(BookingDetails(patient_id, TODAY, (case_id,)))
    give(services, patient_id, case_id, TODAY)
    assert refusal(lambda: services.undo(booked.undo or 0)).code == "cannot_undo_any_more"


def test_a_restored_booking_never_doubles_one_made_since(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    booking = ready(services, patient_id, case_id)
    stopped = services.cases.stop(case_id, StopReason.LOST, TODAY)
    services.cases.take_back_stop(case_id)
    services.schedule.set_status(booking, AppointmentStatus.CANCELLED_BY_CLINIC)
    services.schedule.book(BookingDetails(patient_id, SOON, (case_id,)))
    services.undo(stopped.undo or 0)
    live = [one for one in services.patients.page(patient_id).appointments if one.status.live]
    assert len(live) == 1


def test_a_booking_for_two_cases_comes_back_for_both(services: Services) -> None:
    patient_id, face = add_patient(services, "Two Cases", "TC-1")
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    before = seen(services, patient_id)
    booked = services.schedule.book(BookingDetails(patient_id, SOON, (face, neck)))
    assert len(services.patients.page(patient_id).calls) == 2
    services.undo(booked.undo or 0)
    assert seen(services, patient_id) == before


def test_what_was_taken_back_itself_is_not_changed_back(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    booked = services.schedule.book(BookingDetails(patient_id, SOON, (case_id,)))
    assert isinstance(booked.result, Appointment)
    changed = services.schedule.set_drug(booked.result.id, DrugSupply.NONE)
    assert refusal(lambda: services.undo(booked.undo or 0)).code == "cannot_undo_any_more"
    with services.context.units.open() as unit:
        unit.schedule.take_back_appointment(booked.result.id)
        services.context.refresh(unit, [patient_id])
        unit.commit()
    assert refusal(lambda: services.undo(changed.undo or 0)).code == "cannot_undo_any_more"


def test_a_departure_is_taken_back_although_a_booking_is_gone(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    booked = services.schedule.book(BookingDetails(patient_id, SOON, (case_id,)))
    assert isinstance(booked.result, Appointment)
    services.patients.record_death(patient_id, TODAY)
    with services.context.units.open() as unit:
        unit.schedule.take_back_appointment(booked.result.id)
        unit.commit()
    services.patients.take_back_departure(patient_id)
    assert services.patients.get(patient_id).deceased_on is None
