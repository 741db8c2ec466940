"""The call list in every shape says what the domain says, on both engines."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.call_list import (
    DUE_ALREADY,
    DUE_LATER,
    NO_WINDOW,
    Column,
    Grouping,
    ListShape,
    SortKey,
    week_starts,
)
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.patients import Identifier, PatientDetails, Phone
from clinic_app.domain.schedule import (
    AppointmentStatus,
    Attempt,
    BookingDetails,
    CaseFacts,
    DecisionKind,
    DrugSupply,
    DueEntry,
    Flag,
    FollowUp,
    FollowUpStatus,
    calls_of_cycle,
    follow_up,
    urgency,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.treatment import SessionDetails, SessionKind, SessionState, VisitDetails
from clinic_app.services import Services
from clinic_app.storage.unit import UnitOfWork
from tests.builders import TODAY, Clock
from tests.storage.test_schedule import CONDITIONS, random_case

VILLAGES = ("", "Alwar", "Bhopal", "Chamba")
LANGUAGES = ("", "hi", "ta")


def more_of_a_case(unit: UnitOfWork, draw: random.Random, patient_id: int, case_id: int) -> None:
    """Calls, decisions and drugs, and young injections, so that every rule about them has cases on either side."""
    if draw.random() < 0.3:
        day = TODAY - timedelta(days=draw.choice((6, 7, 13, 14, 21, 22, 28, 29)))
        session = SessionDetails(case_id, "ona", None, (), SessionKind.FULL)
        unit.treatment.add_visit(patient_id, VisitDetails(day, (session,), "Dr Rao"), SessionState.FINAL)
    for _ in range(draw.choice((0, 0, 2, 4))):
        day = TODAY - timedelta(days=draw.choice((0, 0, 1, 2, 3, 5, 8, draw.randrange(30))))
        outcome = draw.choice(
            (Attempt.NO_ANSWER, Attempt.SWITCHED_OFF, Attempt.TOLD_FAMILY, draw.choice(list(Attempt)))
        )
        again = draw.choice((None, None, day + timedelta(days=draw.randrange(8))))
        unit.schedule.add_call(case_id, outcome, datetime.combine(day, time(draw.randrange(9, 17))), again, "", "")
    if draw.random() < 0.2:
        day = TODAY - timedelta(days=draw.choice((0, 1, 5, 30, 181, 182, 183, 190)))
        unit.cases.add_decision(case_id, DecisionKind.GO_ON, day, "")
    if draw.random() < 0.2:
        first = TODAY - timedelta(days=draw.randrange(20))
        until = first + timedelta(days=draw.randrange(30))
        details = BookingDetails(patient_id, first, (case_id,), wait_until=until)
        entry = unit.schedule.appointment(unit.schedule.add_appointment(details))
        if draw.random() < 0.2:
            unit.schedule.take_back_appointment(entry.id)
    for appointment in unit.schedule.appointments_of_cases([case_id]).get(case_id, ()):
        unit.schedule.change_appointment(replace(appointment, drug=draw.choice(list(DrugSupply))))


def fill(services: Services, seed: int, patients: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # the same histories each time
    with services.context.units.open() as unit:
        for number in range(patients):
            mrn = draw.choice((f"{number}", f"a{number}", f"Z{number}"))
            details = PatientDetails(
                f"{draw.choice(('Asha', 'Bina', 'Chandra'))} {number}",
                identifiers=(Identifier(mrn),),
                phones=(Phone(f"98400 {number:05}"),),
                village=draw.choice(VILLAGES),
                language=draw.choice(LANGUAGES),
            )
            patient_id = unit.patients.add(details).id
            for condition in draw.sample(CONDITIONS, draw.choice((1, 2))):
                case_id = unit.cases.add(patient_id, CaseDetails(condition, Side.RIGHT))
                random_case(unit, draw, patient_id, case_id)
                more_of_a_case(unit, draw, patient_id, case_id)
        services.context.refresh(unit, unit.patients.ids())
        unit.commit()


def known(services: Services) -> list[tuple[DueEntry, CaseFacts]]:
    whole = services.schedule.due()
    with services.context.units.read() as unit:
        facts = unit.schedule.facts([entry.case_id for entry in whole], services.context.known)
    return [(entry, facts[entry.case_id][1]) for entry in whole]


def answers(services: Services, facts: CaseFacts) -> tuple[FollowUp, FollowUp]:
    """As it is now, and as it would be had nobody called today."""
    before = replace(facts, calls=tuple(call for call in facts.calls if call.at.date() < TODAY))
    rules = services.context.rules
    now = follow_up(facts, rules, TODAY)
    return now, follow_up(before, rules, TODAY) if before != facts else now


def tries(facts: CaseFacts, answer: FollowUp) -> int:
    return sum(call.outcome.not_spoken for call in calls_of_cycle(facts.calls, answer.window.last, TODAY))


def waits(facts: CaseFacts) -> list[date]:
    return [one.wait_until for one in facts.appointments if one.waits(TODAY) and one.wait_until is not None]


def filters(services: Services) -> list[tuple[CallListFilter, Callable[[DueEntry, CaseFacts], bool]]]:
    def flagged(flag: Flag) -> Callable[[DueEntry, CaseFacts], bool]:
        if flag is Flag.ASK_DOCTOR:
            return lambda _, facts: any(flag in one.flags for one in answers(services, facts))
        return lambda one, _: flag in one.answer.flags

    def due_back(_: DueEntry, facts: CaseFacts) -> bool:
        return any(one.call_again_on is not None and one.call_again_on <= TODAY for one in answers(services, facts))

    def drug(wanted: DrugSupply) -> Callable[[DueEntry, CaseFacts], bool]:
        return lambda one, _: one.answer.appointment is not None and one.answer.appointment.drug is wanted

    week = TODAY - timedelta(days=6)
    found: list[tuple[CallListFilter, Callable[[DueEntry, CaseFacts], bool]]] = [
        (CallListFilter(village="Alwar"), lambda one, _: one.village == "Alwar"),
        (CallListFilter(waits=True), lambda one, facts: bool(waits(facts)) and one.waits_until == max(waits(facts))),
        (CallListFilter(language="hi"), lambda one, _: one.language == "hi"),
        (CallListFilter(tried=2), lambda one, facts: tries(facts, one.answer) >= 2),
        (CallListFilter(call_back=True, keep_called=True), due_back),
        (CallListFilter(words="bina"), lambda one, _: one.name.startswith("Bina")),
        (
            CallListFilter(words="98400 00003"),
            lambda one, _: one.phone is not None and one.phone.number == "98400 00003",
        ),
        (
            CallListFilter(call_back=True, drug=None),
            lambda one, _: one.answer.call_again_on is not None and one.answer.call_again_on <= TODAY,
        ),
        (
            CallListFilter(not_called_since=week, keep_called=True),
            lambda _, facts: not any(week <= call.at.date() < TODAY for call in facts.calls),
        ),
        (
            CallListFilter(statuses=frozenset({FollowUpStatus.DUE, FollowUpStatus.STOPPED})),
            lambda one, _: one.answer.status in (FollowUpStatus.DUE, FollowUpStatus.STOPPED),
        ),
        (
            CallListFilter(village="Alwar", call_back=True, keep_called=True),
            lambda one, facts: one.village == "Alwar" and due_back(one, facts),
        ),
    ]
    found += [(CallListFilter(flag=flag, keep_called=True), flagged(flag)) for flag in Flag]
    found += [(CallListFilter(drug=one), drug(one)) for one in (DrugSupply.NONE, DrugSupply.UNKNOWN)]
    return found


def test_every_filter_finds_what_the_rules_say(services: Services, clock: Clock) -> None:
    clock.moment = datetime.combine(TODAY, time(18))
    fill(services, 11, 50)
    whole = known(services)
    asked = filters(services)
    for narrow, allowed in asked:
        wanted = [entry.case_id for entry, facts in whole if allowed(entry, facts)]
        found = [
            entry.case_id
            for page in services.schedule.pages([(status, 0) for status in FollowUpStatus], 1000, narrow)
            for entry in page
        ]
        assert found == wanted, narrow
        assert sum(services.schedule.counts(narrow).values()) == len(wanted), narrow
        alone = services.call_list.pages([("", 0)], 1000, narrow, ListShape(Grouping.NONE))[0]
        assert [entry.case_id for entry in alone] == wanted, narrow
        assert len(wanted) < len(whole)
    assert sum(any(allowed(entry, facts) for entry, facts in whole) for _, allowed in asked) >= len(asked) - 1, [
        narrow for narrow, allowed in asked if not any(allowed(*one) for one in whole)
    ]


def test_groups_and_orders_hold_every_case_once(services: Services) -> None:
    fill(services, 13, 40)
    whole = [entry for entry, _ in known(services)]
    weeks = week_starts(TODAY)

    def week(entry: DueEntry) -> date | str:
        opens = entry.answer.window.opens
        if opens is None:
            return NO_WINDOW
        monday = opens - timedelta(days=opens.weekday())
        return DUE_ALREADY if monday < weeks[0] else DUE_LATER if monday > weeks[-1] else monday

    shared: dict[Grouping, Callable[[DueEntry], FollowUpStatus | date | str]] = {
        Grouping.STATUS: lambda one: one.answer.status,
        Grouping.WEEK: week,
        Grouping.VILLAGE: lambda one: one.village,
        Grouping.DOCTOR: lambda one: one.injector,
        Grouping.NONE: lambda _: "",
    }
    for grouping, of in shared.items():
        groups = services.call_list.groups(CallListFilter(), grouping)
        assert {group.key: group.count for group in groups} == Counter(map(of, whole)), grouping
        keys = [group.key for group in groups]
        together = services.call_list.whole_groups(keys, CallListFilter(), ListShape(grouping))
        for key in keys:
            wanted = [entry.case_id for entry in whole if of(entry) == key]
            paged: list[int] = []
            while len(paged) < len(wanted):
                page = services.call_list.pages([(key, len(paged))], 7, CallListFilter(), ListShape(grouping))[0]
                assert page
                paged += [entry.case_id for entry in page]
            assert paged == wanted == [entry.case_id for entry in together[key]]
    assert [group.key for group in services.call_list.groups(CallListFilter(), Grouping.VILLAGE)] == [*VILLAGES[1:], ""]

    every_column_orders(services, whole)


def column_of(services: Services, entry: DueEntry, facts: CaseFacts) -> BoardColumn | None:
    """The column of a case, from its facts alone."""
    answer = follow_up(facts, services.context.rules, TODAY)
    own = [event for event in facts.events if event.case_id == facts.case_id and not event.external]
    here = (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)
    if any(event.day == TODAY for event in own):
        return BoardColumn.TREATED
    if any(one.day == TODAY and one.status in here for one in facts.appointments):
        return BoardColumn.ARRIVED
    if answer.status is FollowUpStatus.BOOKED:
        return BoardColumn.BOOKED
    if answer.call_again_on is not None:
        return BoardColumn.CALL_BACK
    if answer.status in (FollowUpStatus.ON_HOLD, FollowUpStatus.STOPPED):
        return None
    if Flag.MISSED in answer.flags:
        return BoardColumn.NO_SHOW
    return BoardColumn.TO_CALL if entry.answer.status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE) else None


def test_the_board_has_every_case_in_at_most_one_column(services: Services) -> None:
    fill(services, 15, 60)
    whole = known(services)
    found = services.board.columns()
    for column in BoardColumn:
        wanted = [entry.case_id for entry, facts in whole if column_of(services, entry, facts) is column]
        cards = [entry.case_id for entry in found[column].entries]
        assert sorted(cards) == sorted(wanted), column
        assert found[column].count == len(wanted)
        if column in (BoardColumn.TO_CALL, BoardColumn.NO_SHOW):
            assert cards == wanted
    few = services.board.columns(dict.fromkeys(BoardColumn, 2))
    assert {column: cards.count for column, cards in few.items()} == {
        column: cards.count for column, cards in found.items()
    }
    assert max(len(cards.entries) for cards in few.values()) == 2


def every_column_orders(services: Services, whole: list[DueEntry]) -> None:
    """The whole list by each column, both ways, blanks last either way; alike rows by urgency."""
    names = {code: one.name for code, one in services.catalogues.conditions.items()}
    values: dict[Column, Callable[[DueEntry], object]] = {
        Column.PATIENT: lambda one: one.name.lower(),
        Column.DIAGNOSIS: lambda one: names[one.condition],
        Column.GIVEN: lambda one: one.answer.window.last.day if one.answer.window.last else None,
        Column.SINCE: lambda one: (TODAY - one.answer.window.last.day).days if one.answer.window.last else None,
        Column.CALL: lambda one: one.last_call.at.date() if one.last_call else None,
        Column.PHONE: lambda one: one.phone.number if one.phone else None,
        Column.DOCTOR: lambda one: one.injector or None,
        Column.VILLAGE: lambda one: one.village.lower() or None,
        Column.LANGUAGE: lambda one: one.language or None,
        Column.CYCLE: lambda one: one.cycle,
        Column.DRUG: lambda one: one.answer.appointment.drug.value if one.answer.appointment else None,
        Column.NEXT_CALL: lambda one: one.answer.call_again_on,
        Column.DUE_FROM: lambda one: one.answer.window.opens,
        Column.DUE_UNTIL: lambda one: one.answer.window.closes,
        Column.WAITS_UNTIL: lambda one: one.waits_until,
    }
    place = {entry.case_id: (*urgency(entry.answer, entry.mrn), entry.case_id) for entry in whole}
    for column, value in values.items():
        for falling in (False, True):
            shape = ListShape(Grouping.NONE, (SortKey(column, falling),))
            rows = services.call_list.pages([("", 0)], 1000, CallListFilter(), shape)[0]
            assert sorted(entry.case_id for entry in rows) == sorted(place)
            found = [value(entry) for entry in rows]
            filled = [one for one in found if one is not None]
            assert found == [*filled, *[None] * (len(found) - len(filled))], column
            assert filled == sorted(filled, reverse=falling), column  # type: ignore[type-var]
            same = [(place[a.case_id], place[b.case_id]) for a, b in itertools.pairwise(rows) if value(a) == value(b)]
            if column is not Column.DIAGNOSIS:
                assert all(first < second for first, second in same), column
    by_status = ListShape(Grouping.STATUS, (SortKey(Column.VILLAGE), SortKey(Column.PATIENT, falling=True)))
    rows = services.call_list.pages([(FollowUpStatus.OVERDUE, 0)], 1000, CallListFilter(), by_status)[0]
    assert len(rows) == services.schedule.counts()[FollowUpStatus.OVERDUE] > 1
    named = sorted(rows, key=lambda one: one.name.lower(), reverse=True)
    assert list(rows) == sorted(named, key=lambda one: (not one.village, one.village.lower()))
