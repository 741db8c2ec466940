from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from clinic_app.domain.cases import CaseDetails, Hold, Side, Stop, StopReason
from clinic_app.domain.errors import ClinicError, NotFound
from clinic_app.domain.patients import Identifier, PatientDetails, Phone
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DecisionKind,
    DrugSupply,
    DueEntry,
    FollowUpStatus,
    urgency,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, SessionKind, SessionState, VisitDetails
from clinic_app.services import Services
from clinic_app.storage.engine import Engines
from clinic_app.storage.unit import UnitOfWork
from tests.builders import TODAY, Clock

CONDITIONS = ("blepharospasm_bilateral", "cervical_dystonia", "hemifacial_spasm", "writers_cramp", "meige")
EVERY = CallListFilter()


def days(count: int) -> timedelta:
    return timedelta(days=count)


def random_case(unit: UnitOfWork, draw: random.Random, patient_id: int, case_id: int) -> None:
    """A history as it could be on TODAY, right at every edge as often as between them."""
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        edge = draw.choice((84, 90, 91, 92, 120, 121, 122, 63, 64, draw.randrange(400)))
        given = TODAY - days(max(edge + draw.choice((-1, 0, 0, 1)), 0))
        come_on = draw.choice((None, None, given + days(draw.randrange(60, 160))))
        units = draw.choice((None, Decimal(100)))
        kind = draw.choice((SessionKind.FULL, SessionKind.FULL, SessionKind.TOUCH_UP))
        session = SessionDetails(case_id, draw.choice(("ona", "abo", None)), units, (), kind, come_on=come_on)
        details = VisitDetails(given, (session,), draw.choice(("", "Dr Rao", "Dr Sen")))
        state = draw.choice((SessionState.FINAL, SessionState.GIVEN, SessionState.VOID))
        unit.treatment.add_visit(patient_id, details, state)
    if draw.random() < 0.2:
        named = draw.choice((None, case_id))
        elsewhere = ExternalToxinDetails(TODAY - days(draw.randrange(200)), draw.choice((None, "abo")), None, named)
        unit.treatment.add_external(patient_id, elsewhere)
    if draw.random() < 0.2:
        since = TODAY - days(draw.randrange(50))
        hold = Hold(since, max(since, TODAY + days(draw.choice((-1, 0, 1, 30)))))
        unit.cases.add_hold(case_id, hold)
        if draw.random() < 0.2:
            unit.cases.end_holds(case_id, draw.choice((since, TODAY)))
    if draw.random() < 0.15:
        since = TODAY - days(draw.randrange(50))
        unit.cases.add_stop(case_id, Stop(since, StopReason.REMISSION))
        if draw.random() < 0.3:
            unit.cases.end_stops(case_id, draw.choice((since, TODAY)))
    for _ in range(draw.choice((0, 0, 1, 2))):
        booked = TODAY + days(draw.choice((-20, -1, 0, 1, 7, 7, 30)))
        appointment_id = unit.schedule.add_appointment(BookingDetails(patient_id, booked, (case_id,)))
        status = draw.choice(list(AppointmentStatus))
        appointment = unit.schedule.appointment(appointment_id)
        unit.schedule.change_appointment(replace(appointment, status=status))
        if draw.random() < 0.1:
            unit.schedule.take_back_appointment(appointment_id)
    if draw.random() < 0.3:
        at = datetime.combine(TODAY - days(draw.randrange(30)), time(10))
        unit.schedule.add_call(case_id, draw.choice(list(Attempt)), at, None, "", "")


def fill(services: Services, seed: int, patients: int) -> int:
    """Patients with one to three random cases each; answers how many cases there are."""
    draw = random.Random(seed)  # noqa: S311  # the same histories each time
    cases = 0
    with services.context.units.open() as unit:
        for number in range(patients):
            mrn = draw.choice((f"{number}", f"a{number}", f"Z{number}", f"é{number}", f"{number:05}"))
            details = PatientDetails(f"Patient {number}", identifiers=(Identifier(mrn),), phones=(Phone("98400 1"),))
            patient_id = unit.patients.add(details).id
            ids = [
                unit.cases.add(patient_id, CaseDetails(condition, Side.RIGHT))
                for condition in draw.sample(CONDITIONS, draw.choice((1, 1, 2, 3)))
            ]
            if len(ids) > 1 and draw.random() < 0.3:
                unit.cases.set_independent(ids[0], ids[1], independent=True)
            for case_id in ids:
                random_case(unit, draw, patient_id, case_id)
            cases += len(ids)
        services.context.refresh(unit, unit.patients.ids())
        unit.commit()
    return cases


def pages(services: Services, status: FollowUpStatus, size: int, narrow: CallListFilter = EVERY) -> list[int]:
    """The whole of a status, read page by page."""
    found: list[int] = []
    while True:
        part = services.schedule.rows(status, len(found), size, narrow)
        found += [entry.case_id for entry in part]
        if len(part) < size:
            return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pages_of_the_call_list_are_in_the_order_of_urgency(services: Services, clock: Clock, seed: int) -> None:
    cases = fill(services, seed, 36)
    for shift in (0, 1, 60):
        clock.go_to(TODAY + days(shift))
        whole = services.schedule.due()
        expected = Counter(entry.answer.status for entry in whole)
        assert services.schedule.counts() == {status: expected[status] for status in FollowUpStatus}
        assert sum(services.schedule.counts().values()) == cases == len(whole)
        assert list(whole) == sorted(whole, key=lambda one: (*urgency(one.answer, one.mrn), one.case_id))
        for status in FollowUpStatus:
            wanted = [entry.case_id for entry in whole if entry.answer.status is status]
            assert pages(services, status, 1000 if shift else 6) == wanted, status
    assert [one for one in services.check() if not one.harmless] == []


def test_a_filter_narrows_counts_and_pages_alike(services: Services) -> None:
    fill(services, 4, 40)
    whole = services.schedule.due()
    with services.context.units.read() as unit:
        facts = unit.schedule.facts([entry.case_id for entry in whole], services.context.known)
    filters: list[tuple[CallListFilter, Callable[[DueEntry], object]]] = [
        (CallListFilter(condition="meige"), lambda one: one.condition == "meige"),
        (CallListFilter(closes_by=TODAY), lambda one: one.answer.window.closes and one.answer.window.closes <= TODAY),
        (
            CallListFilter(product="ona"),
            lambda one: one.answer.window.last is not None and one.answer.window.last.product == "ona",
        ),
        (
            CallListFilter(not_called_since=TODAY - days(7)),
            lambda one: all(call.at.date() < TODAY - days(7) for call in facts[one.case_id][1].calls),
        ),
    ]
    for narrow, allowed in filters:
        kept = [entry for entry in whole if allowed(entry)]
        assert 0 < len(kept) < len(whole)
        expected = Counter(entry.answer.status for entry in kept)
        assert services.schedule.counts(narrow) == {status: expected[status] for status in FollowUpStatus}
        for status in FollowUpStatus:
            wanted = [entry.case_id for entry in kept if entry.answer.status is status]
            assert pages(services, status, 3, narrow) == wanted


@contextmanager
def counted(engines: Engines) -> Iterator[list[str]]:
    """The statements the reader carries out inside."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engines.reader, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engines.reader, "before_cursor_execute", note)


def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(
    services: Services, engines_of_clinic: Engines
) -> None:
    fill(services, 5, 60)
    taken: dict[int, int] = {}
    for limit in (2, 200):
        for status in FollowUpStatus:
            with counted(engines_of_clinic) as statements:
                services.schedule.rows(status, 0, limit)
            taken[limit] = max(taken.get(limit, 0), len(statements))
    assert taken[200] <= taken[2] + 1  # those with a come-on date, then the others
    for typed in ("", "p"):
        numbers = []
        for limit in (2, 50):
            with counted(engines_of_clinic) as statements:
                services.patients.entries(typed, 0, limit)
            numbers.append(len(statements))
        assert numbers[1] <= numbers[0] + 1


def test_pages_read_together_are_those_read_one_by_one_in_few_questions(
    services: Services, engines_of_clinic: Engines
) -> None:
    fill(services, 6, 40)
    services.schedule.rows(FollowUpStatus.DUE, 0, 1)  # who is restricted is asked once
    wanted = [(status, offset) for status in FollowUpStatus for offset in (0, 3)]
    asked: list[int] = []
    for some in (wanted, [(FollowUpStatus.BOOKED, 0)]):
        with counted(engines_of_clinic) as statements:
            pages = services.schedule.pages(some, 3)
        assert pages == tuple(services.schedule.rows(status, offset, 3) for status, offset in some)
        asked.append(sum("come_on_rank" not in one for one in statements))  # all but those that find the cases
    assert asked[0] <= asked[1]
    assert services.schedule.pages([], 3) == ()


def test_every_group_is_counted_in_two_questions_and_not_again_until_something_is_written(
    services: Services, engines_of_clinic: Engines
) -> None:
    services.schedule.counts()  # who is restricted is asked once
    fill(services, 1, 1)
    asked: list[int] = []
    for _ in range(2):
        with counted(engines_of_clinic) as statements:
            services.schedule.counts()
        asked.append(len([one for one in statements if one.startswith("SELECT") and "audit_entry" not in one]))
    assert asked == [2, 0]


def test_a_database_is_not_called_damaged_for_what_a_reader_remembers(services: Services) -> None:
    for number in range(3):
        with services.context.units.open() as unit:
            ids = [unit.patients.add(PatientDetails(f"Patient {number} {other}")).id for other in range(20)]
            unit.commit()
        assert len(services.patients.entries("patient", 0, 50)) == 20
        assert [one for one in services.check() if not one.harmless] == []
        with services.context.units.open() as unit:
            unit.patients.delete(ids)
            unit.commit()
        assert [one for one in services.check() if not one.harmless] == []


def test_calls_and_bookings_come_back_and_are_taken_back(services: Services) -> None:
    with services.context.units.open() as unit:
        patient_id = unit.patients.add(PatientDetails("Asha")).id
        case_id, other = (unit.cases.add(patient_id, CaseDetails(code)) for code in CONDITIONS[:2])
        at = datetime.combine(TODAY, time(10, 30))
        call_id = unit.schedule.add_call(case_id, Attempt.TOLD_FAMILY, at, TODAY + days(7), "son", "ring after six")
        details = BookingDetails(
            patient_id, TODAY, (other, case_id, other), time(10, 15), DrugSupply.NONE, "early", "Dr Rao", "wheelchair"
        )
        first = unit.schedule.add_appointment(details)
        second = unit.schedule.add_appointment(details)
        unit.commit()
    with services.context.units.open() as unit:
        (call,) = unit.schedule.calls([case_id, other])[case_id]
        assert (call.outcome, call.at, call.call_again_on, call.spoke_to, call.note, call.by) == (
            Attempt.TOLD_FAMILY, at, TODAY + days(7), "son", "ring after six", "Dr Rao",
        )  # fmt: skip
        booked = unit.schedule.appointment(first)
        assert (booked.case_ids, booked.at, booked.drug, booked.token) == (
            (case_id, other), time(10, 15), DrugSupply.NONE, 1,
        )  # fmt: skip
        assert (booked.reason, booked.decided_by, booked.note) == ("early", "Dr Rao", "wheelchair")
        assert unit.schedule.appointment(second).token == 2
        assert unit.schedule.taken_places(TODAY, TODAY) == {TODAY: 2}
        assert unit.schedule.take_back_call(call_id) == case_id
        assert unit.schedule.take_back_appointment(second) == (case_id, other)
        unit.commit()
    with services.context.units.read() as unit:
        assert unit.schedule.calls([case_id]) == {}
        assert [one.id for one in unit.schedule.appointments()] == [first]
        assert unit.schedule.taken_places(TODAY, TODAY) == {TODAY: 1}
        assert unit.schedule.next_token(TODAY) == 2
        with pytest.raises(NotFound):
            unit.schedule.appointment(second)


def test_the_newest_entry_is_the_one_written_last(services: Services, clock: Clock) -> None:
    units = services.context.units
    with units.read() as unit:
        assert unit.schedule.newest_written() is None
    with units.open() as unit:
        patient_id = unit.patients.add(PatientDetails("Asha")).id
        case_id = unit.cases.add(patient_id, CaseDetails("meige"))
        unit.commit()
    clock.go_to(TODAY + days(3))
    with units.open() as unit:
        unit.treatment.add_visit(
            patient_id, VisitDetails(date(2020, 1, 1), (SessionDetails(case_id, "ona"),)), SessionState.FINAL
        )
        unit.commit()
    with units.read() as unit:
        newest = unit.schedule.newest_written()
    assert newest is not None
    assert newest.date() == TODAY + days(3)


def test_decisions_reach_the_facts(services: Services) -> None:
    with services.context.units.open() as unit:
        patient_id = unit.patients.add(PatientDetails("Asha")).id
        case_id = unit.cases.add(patient_id, CaseDetails("meige"))
        unit.cases.add_decision(case_id, DecisionKind.GO_ON, TODAY)
        unit.commit()
    with services.context.units.read() as unit:
        _, facts = unit.schedule.facts([case_id], services.context.known)[case_id]
    assert [one.kind for one in facts.decisions] == [DecisionKind.GO_ON]


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """The answers, or the errors, of so many threads that begin together."""
    gate = threading.Barrier(count)

    def run(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except ClinicError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def book(services: Services, who: tuple[int, int], on: date, reason: str = "") -> object:
    return services.schedule.book(BookingDetails(who[0], on, (who[1],), reason=reason)).result


def test_nobody_is_booked_twice_and_the_last_place_goes_once_whoever_asks_at_once(services: Services) -> None:
    with services.context.units.open() as unit:
        people = []
        for number in range(8):
            patient_id = unit.patients.add(PatientDetails(f"Patient {number}")).id
            people.append((patient_id, unit.cases.add(patient_id, CaseDetails("meige"))))
        unit.commit()
    rules = replace(services.context.rules, places={1: 2, 4: 2}, places_over=0)
    services.context.info = replace(services.context.info, rules=rules)
    tuesday = date(2026, 3, 24)
    other_days = at_once(4, lambda n: book(services, people[7], tuesday + days(7 * n)))
    assert [one.code for one in other_days if isinstance(one, ClinicError)] == ["booked_other_day"] * 3
    friday = date(2026, 3, 27)
    first = book(services, people[0], friday)
    assert isinstance(first, Appointment)
    last = at_once(4, lambda n: book(services, people[n + 1], friday))
    assert sorted(one.code for one in last if isinstance(one, ClinicError)) == ["no_place_left"] * 3
    (second,) = [one for one in last if isinstance(one, Appointment)]
    freed = services.schedule.set_status(first.id, AppointmentStatus.CANCELLED_BY_PATIENT).undo or 0
    attempts = (
        lambda: book(services, people[5], friday),
        lambda: services.undo(freed),
        lambda: services.schedule.set_status(first.id, AppointmentStatus.BOOKED),
        lambda: (services.schedule.move(second.id, tuesday), book(services, people[6], friday)),
    )
    at_once(4, lambda n: attempts[n]())
    with services.context.units.read() as unit:
        live = [one for one in unit.schedule.appointments(friday, friday) if one.status.live]
    assert len(live) == 2
    assert len({one.token for one in live}) == 2


def test_two_who_write_at_once_never_get_the_same_token_number_or_undo(services: Services) -> None:
    with services.context.units.open() as unit:
        people = []
        for number in range(6):
            patient_id = unit.patients.add(PatientDetails(f"Patient {number}")).id
            people.append((patient_id, unit.cases.add(patient_id, CaseDetails("meige"))))
        unit.commit()
    day = TODAY + days(5)
    booked = at_once(6, lambda n: services.schedule.book(BookingDetails(people[n][0], day, (people[n][1],))).result)
    assert sorted(one.token for one in booked if isinstance(one, Appointment)) == [1, 2, 3, 4, 5, 6]
    added = at_once(6, lambda n: services.patients.add(PatientDetails(f"New {n}")).result)
    numbers = {services.patients.get(one).number for one in added if isinstance(one, int)}
    assert len(numbers) == 6
    taken = at_once(
        4, lambda _: services.patients.add(PatientDetails("Same", identifiers=(Identifier("same"),))).result
    )
    assert sum(isinstance(one, int) for one in taken) == 1
    assert {one.code for one in taken if isinstance(one, ClinicError)} == {"mrn_taken"}
    assert {
        one.code for one in at_once(4, lambda _: book(services, people[0], TODAY)) if isinstance(one, ClinicError)
    } == {"booked_other_day"}
    twice = at_once(4, lambda _: book(services, people[0], TODAY, "both"))
    assert sum(isinstance(one, Appointment) for one in twice) == 1
    call = services.schedule.log_call(people[0][1], Attempt.NO_ANSWER).undo
    undone = at_once(4, lambda _: services.undo(call or 0))
    assert sum(not isinstance(one, ClinicError) for one in undone) == 1
