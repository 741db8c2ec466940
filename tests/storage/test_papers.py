"""What papers and files ask of the database, on both engines."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails
from clinic_app.services import Services
from tests.builders import TODAY
from tests.storage.test_calendar_board import some

YESTERDAY = TODAY - timedelta(days=1)


def test_cases_called_on_a_day_come_in_the_order_of_their_calls(services: Services) -> None:
    people = some(services, 3)
    moments = (
        (people[1][1], datetime.combine(TODAY, time(0, 0))),
        (people[0][1], datetime.combine(TODAY, time(23, 59, 59))),
        (people[1][1], datetime.combine(TODAY, time(12, 0))),
        (people[2][1], datetime.combine(YESTERDAY, time(23, 59, 59))),
    )
    with services.context.units.open() as unit:
        made = [unit.schedule.add_call(id_, Attempt.NO_ANSWER, at, None, "", "") for id_, at in moments]
        assert unit.schedule.cases_called(TODAY, TODAY) == (people[1][1], people[0][1])
        assert unit.schedule.cases_called(YESTERDAY, TODAY)[0] == people[2][1]
        unit.schedule.take_back_call(made[1])
        assert unit.schedule.cases_called(TODAY, TODAY) == (people[1][1],)


def test_bookings_that_were_taken_back_are_told_with_a_higher_version(services: Services) -> None:
    [(patient_id, case_id)] = some(services, 1)
    day = TODAY + timedelta(days=6)
    with services.context.units.open() as unit:
        kept = unit.schedule.add_appointment(BookingDetails(patient_id, day, (case_id,)))
        gone = unit.schedule.add_appointment(BookingDetails(patient_id, day, (case_id,)))
        unit.schedule.take_back_appointment(gone)
        found = {one.id: (one, taken_back) for one, taken_back in unit.schedule.appointments_ever(day, day)}
        assert [found[id_][1] for id_ in (kept, gone)] == [False, True]
        assert found[gone][0].version > found[kept][0].version
        assert found[kept][0].status is AppointmentStatus.BOOKED
        assert unit.schedule.appointments_ever(day + timedelta(days=1), day + timedelta(days=9)) == ()


def test_a_patient_is_found_by_the_clinics_own_number(services: Services) -> None:
    [(patient_id, _)] = some(services, 1)
    with services.context.units.read() as unit:
        number = unit.patients.get(patient_id).number
        found = unit.patients.by_number(number)
        assert found is not None
        assert found.id == patient_id
        assert unit.patients.by_number(987654) is None
