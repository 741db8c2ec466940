from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import event, text

from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import CLINIC_PLAN, CaseDetails, Hold, ReinjectionPlan, Side
from clinic_app.domain.changes import carry_on
from clinic_app.domain.errors import Cancelled
from clinic_app.domain.known_windows import KnownWindow, known_windows
from clinic_app.domain.patients import Identifier, PatientDetails
from clinic_app.domain.schedule import AppointmentStatus, BookingDetails, DrugSupply, FollowUpStatus
from clinic_app.domain.settings import SETTINGS, SettingValue, in_force
from clinic_app.services import Services
from clinic_app.services.known_windows import compute_missing
from clinic_app.storage.engine import Engines
from clinic_app.storage.records.schedule import AbsenceRecord, AppointmentRecord
from tests.builders import TODAY
from tests.storage.test_schedule import fill

DAY = date(2026, 3, 24)


def some(services: Services, count: int) -> list[tuple[int, int]]:
    """So many people with a diagnosis each."""
    with services.context.units.open() as unit:
        made = []
        for number in range(count):
            details = PatientDetails(f"Guest {number}", identifiers=(Identifier(f"G{number}"),))
            patient_id = unit.patients.add(details).id
            made.append((patient_id, unit.cases.add(patient_id, CaseDetails("cervical_dystonia", Side.RIGHT))))
        services.context.refresh(unit, [one for one, _ in made])
        unit.commit()
    return made


def test_a_day_shows_its_places_first_names_missing_drugs_and_who_is_away(services: Services) -> None:
    people = some(services, 6)
    with services.context.units.open() as unit:
        for patient_id, case_id in people:
            unit.schedule.add_appointment(BookingDetails(patient_id, DAY, (case_id,), drug=DrugSupply.NONE))
        listed = unit.schedule.appointments(DAY, DAY)
        for item, status in zip(
            listed,
            (AppointmentStatus.CANCELLED_BY_CLINIC, AppointmentStatus.WAITLIST, AppointmentStatus.NO_SHOW),
            strict=False,
        ):
            unit.schedule.change_appointment(replace(item, status=status))
        row = unit.session.get(AppointmentRecord, listed[3].id)
        assert row is not None
        row.injector, row.minutes = "Dr Sen", 40
        for first, last, gone in ((DAY, DAY, None), (DAY, DAY, datetime.combine(TODAY, time(9))), (TODAY, TODAY, None)):
            unit.session.add(
                AbsenceRecord(
                    injector="Dr Rao",
                    first=first,
                    last=last,
                    reason="Congress",
                    written_at=datetime.combine(TODAY, time(9)),
                    taken_back_at=gone,
                )
            )
        unit.commit()
    before, shown, after = services.calendar_board.days(DAY - timedelta(days=1), DAY + timedelta(days=1), 3)
    assert (shown.place.taken, shown.place.capacity, shown.without_drug) == (4, 20, 3)
    assert shown.names == ("Guest 2", "Guest 3", "Guest 4")
    assert [(one.details.injector, one.details.reason) for one in shown.away] == [("Dr Rao", "Congress")]
    assert (before.names, before.away, after.place.taken) == ((), (), 0)
    assert not before.place.is_botox_day
    bookings = services.calendar_board.bookings(DAY, DAY)
    assert [one.name for one in bookings] == ["Guest 2", "Guest 3", "Guest 4", "Guest 5"]
    assert [(one.appointment.injector, one.appointment.minutes) for one in bookings[:2]] == [("", None), ("Dr Sen", 40)]
    lines = services.calendar_board.day_list(DAY)
    assert [line.cases[0].answer.status for line in lines[1:]] == [FollowUpStatus.BOOKED] * 3


def test_a_screen_of_the_calendar_asks_as_much_of_a_full_month_as_of_an_empty_one(
    services: Services, engines_of_clinic: Engines
) -> None:
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = engines_of_clinic.reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        services.calendar_board.days(TODAY, TODAY + timedelta(days=41), 3)
        asked.clear()
        services.calendar_board.days(TODAY, TODAY + timedelta(days=41), 3)
        empty = len(asked)
        people = some(services, 30)
        with services.context.units.open() as unit:
            for number, (patient_id, case_id) in enumerate(people):
                day = TODAY + timedelta(days=number)
                unit.schedule.add_appointment(BookingDetails(patient_id, day, (case_id,)))
            unit.commit()
        asked.clear()
        services.calendar_board.days(TODAY, TODAY + timedelta(days=41), 3)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == empty + 1, "the diagnoses of those who come, all at once"


def test_who_waits_and_another_day_are_answered_as_the_rule_answers_them(services: Services) -> None:
    fill(services, 11, 30)
    waiting_is_as_ruled(services)
    other_days_are_as_ruled(services)


def waiting_is_as_ruled(services: Services) -> None:
    board = services.calendar_board
    found = services.schedule.due()
    for until in (TODAY + timedelta(days=3), TODAY + timedelta(days=60)):
        free = {FollowUpStatus.COMING, FollowUpStatus.NOT_DUE}
        wanted = {
            status: [one.case_id for one in found if one.answer.status is status]
            for status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE)
        }
        coming = [
            one
            for one in found
            if one.answer.status in free and one.answer.window.opens is not None and one.answer.window.opens <= until
        ]
        wanted[FollowUpStatus.COMING] = [
            one.case_id
            for one in sorted(
                coming,
                key=lambda one: (one.answer.window.come_on is None, one.answer.window.opens, one.mrn, one.case_id),
            )
        ]
        assert board.unbooked(until) == {status: len(ids) for status, ids in wanted.items()}
        for status, ids in wanted.items():
            pages = [board.unbooked_pages([(status, offset)], 7, until)[0] for offset in range(0, len(ids) + 7, 7)]
            assert [one.case_id for page in pages for one in page] == ids
    typed = board.unbooked(until, "Patient 7")
    named = {one.case_id for one in found if one.name == "Patient 7"}
    assert sum(typed.values()) >= len(named & {id_ for ids in wanted.values() for id_ in ids})
    assert sum(board.unbooked(until, "nobody of that name").values()) == 0


def other_days_are_as_ruled(services: Services) -> None:
    board = services.calendar_board
    for offset in (-90, -30, -7, -1, 0, 121):
        day = TODAY + timedelta(days=offset)
        wanted = services.schedule.due(day)
        as_of = board.as_of(day)
        assert sum(as_of.counts.values()) == len(wanted)
        for status in FollowUpStatus:
            ruled = [one for one in wanted if one.answer.status is status]
            assert as_of.counts[status] == len(ruled)
            starts = [(status, start) for start in range(0, len(ruled) + 9, 9)]
            pages = board.as_of_pages(as_of, starts, 9)
            assert [(one.case_id, one.answer) for page in pages for one in page] == [
                (one.case_id, one.answer) for one in ruled
            ]


def test_holds_ended_since_still_held_on_the_days_before(services: Services) -> None:
    people = some(services, 3)
    with services.context.units.open() as unit:
        for _, case_id in people[:2]:
            unit.cases.add_hold(case_id, Hold(TODAY - timedelta(days=9), TODAY + timedelta(days=50)))
        unit.cases.end_holds(people[0][1], TODAY)
        services.context.refresh(unit, [one for one, _ in people])
        unit.commit()
    board = services.calendar_board
    ahead, past = board.as_of(TODAY + timedelta(days=50)), board.as_of(TODAY - timedelta(days=1))
    assert (ahead.counts[FollowUpStatus.ON_HOLD], past.counts[FollowUpStatus.ON_HOLD]) == (1, len(people[:2]))


def test_windows_that_are_not_those_of_the_record_are_found_and_go_with_their_case(services: Services) -> None:
    (_, lost), (_, moved), (_, deleted) = some(services, 3)
    with services.context.units.open() as unit:
        unit.session.execute(text("DELETE FROM known_window WHERE case_id = :id"), {"id": lost})
        unit.session.execute(text("UPDATE known_window SET opens = 1 WHERE case_id = :id"), {"id": moved})
        unit.cases.delete([deleted])
        unit.commit()
    wrong = {one.params["id"] for one in services.check() if one.code == "dates_differ"}
    assert wrong == {lost, moved}
    with services.context.units.read() as unit:
        assert set(unit.known_windows.of_cases([lost, moved, deleted])) == {moved}


def test_every_change_of_a_rule_leaves_the_windows_and_dates_that_a_new_computation_finds(services: Services) -> None:
    fill(services, 77, 30)
    longer, twenty = ReinjectionPlan(months(4), months(6)), weeks(20)

    def kept() -> dict[int, tuple[KnownWindow, ...]]:
        with services.context.units.read() as unit:
            return unit.known_windows.of_cases(unit.cases.ids())

    first = kept()
    steps: tuple[tuple[str, SettingValue], ...] = (
        ("plan", longer),
        ("plans_by_product", {"abo": ReinjectionPlan(weeks(14), weeks(15))}),
        ("minimum", {"ona": twenty, "abo/cervical_dystonia": weeks(6)}),
        ("plans_by_condition", {"cervical_dystonia": ReinjectionPlan(weeks(10), weeks(11))}),
        ("plan", CLINIC_PLAN),
        ("minimum", {"ona": weeks(4)}),
        ("minimum", {"ona": twenty}),
    )
    context = services.context
    shipped = {fact.key: fact.shipped for fact in SETTINGS}
    values, pairs = dict(shipped), context.catalogues.interval_pairs()

    def rule(after: dict[str, SettingValue]) -> None:
        force, found = in_force(after, pairs), in_force(values, pairs)
        with context.units.open() as unit:
            for _ in unit.windows.keep(force.rules, force.plans, (found.rules, found.plans)):
                pass
            unit.commit()
        context.settle(force, context.info.name)
        values.update(after)

    lengths: set[int] = set()
    for key, value in steps:
        before = kept()
        rule({**values, key: value})
        assert kept() != before, key
        lengths.add(sum(map(len, kept().values())))
        with context.units.read() as unit:
            facts = unit.schedule.facts(unit.cases.ids(), context.known)
            for id_, dates in unit.schedule.cached(list(facts)).items():
                assert dates == unit.schedule.dates(facts[id_][1], context.rules), key
        assert kept() == {id_: known_windows(fact, context.rules) for id_, (_, fact) in facts.items()}, key
    assert len(lengths) > 1, "windows that were alike became two, and one again"
    rule(shipped)
    assert kept() == first
    with context.units.open() as unit:
        unit.session.execute(text("DELETE FROM known_window"))
        unit.commit()
    with pytest.raises(Cancelled):
        compute_missing(context, lambda _: False)
    assert kept() == {}
    compute_missing(context, carry_on)
    assert kept() == first
