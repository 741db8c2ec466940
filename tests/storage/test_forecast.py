from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import update

from clinic_app.domain.cases import CaseDetails, Hold, Side, StopReason
from clinic_app.domain.figures import Kept
from clinic_app.domain.forecast import (
    Booked,
    CaseAhead,
    ForecastDays,
    LeftOut,
    NextVisit,
    RepeatRule,
    VisitKind,
    next_visit,
)
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    BookingDetails,
    CaseFacts,
    DrugSupply,
    FollowUpStatus,
    follow_up,
    last_restart,
)
from clinic_app.domain.schedule_filter import CallListFilter, VisitSpan
from clinic_app.services import Services
from clinic_app.storage.records.patients import PatientRecord
from tests.builders import TODAY, add_patient, give
from tests.storage.test_schedule import fill


def ahead_of(facts: CaseFacts, services: Services) -> CaseAhead:
    """A case of the forecast, from everything that is known of it instead of from its cached dates."""
    rules = services.context.rules
    answer = follow_up(facts, rules, TODAY)
    last = last_restart(facts, TODAY)
    booked = sorted(one.day for one in facts.appointments if one.status.live and one.day >= TODAY)
    hold = max((one for one in facts.holds if one.ended_on is None), key=lambda one: one.until, default=None)
    product = last.product if last else None
    return CaseAhead(
        answer.window.opens,
        answer.window.come_on,
        RepeatRule(facts.plan.opens_after, rules.minimum.of(product, facts.condition, TODAY)),
        product,
        last.units if last else None,
        booked[0] if booked else None,
        booked[-1] if booked else None,
        any(one.ended_on is None for one in facts.stops),
        hold.since if hold else None,
        hold.until if hold else None,
        tuple(Booked(day) for day in booked),
    )


def listed(services: Services, span: VisitSpan) -> Counter[int]:
    """The cases of the call list narrowed to a span."""
    narrow = CallListFilter(visits=span)
    counts = services.schedule.counts(narrow)
    rows = [entry.case_id for status in FollowUpStatus for entry in services.schedule.rows(status, 0, 1000, narrow)]
    assert len(rows) == sum(counts.values())
    return Counter(rows)


def test_the_forecast_counts_what_every_case_says_and_the_list_shows_the_same_cases(services: Services) -> None:
    cases = fill(services, 11, 36)
    found = services.forecast.weeks()
    with services.context.units.read() as unit:
        facts = unit.schedule.facts(unit.cases.ids(), services.context.known)
        kept = unit.forecast.ahead(TODAY, services.context.rules, services.context.known.plans)
    expected = {id_: ahead_of(own, services) for id_, (_, own) in facts.items()}
    known = Counter(one for patient in kept.several for one in patient)
    for case, count in kept.lone:
        known[case] += count
    assert known == Counter(one for one in expected.values() if not one.stopped)
    rules = services.context.rules
    places = {TODAY + timedelta(days=one): rules.places_on(TODAY + timedelta(days=one)) for one in range(182)}
    days = ForecastDays(TODAY, places)
    visits = {id_: next_visit(one, days) for id_, one in expected.items()}
    assert found.total == cases
    assert found.left_out == Counter(one for one in visits.values() if isinstance(one, LeftOut))
    waiting = {id_ for id_, one in visits.items() if one == NextVisit(VisitKind.NOW, None)}
    assert listed(services, VisitSpan(TODAY, TODAY, TODAY, waiting=True)) == Counter(waiting)
    assert found.now.cases == len(waiting) > 0
    seen = set(waiting)
    for number, week in enumerate(found.weeks):
        own: dict[VisitKind, set[int]] = {VisitKind.BOOKED: set(), VisitKind.EXPECTED: set()}
        for id_, one in visits.items():
            if isinstance(one, NextVisit) and one.day is not None:
                day = one.day if one.kind is VisitKind.BOOKED else days.on_or_after(one.day)
                if day is not None and days.week_of(day) == number:
                    own[one.kind].add(id_)
        booked, opening = own[VisitKind.BOOKED], own[VisitKind.EXPECTED]
        assert (week.booked.cases, week.expected.cases) == (len(booked), len(opening))
        if number > 14 and not (booked or opening):
            continue
        span = VisitSpan(TODAY, week.first, week.last, booked=True, opening=week.opening)
        assert listed(services, span) == Counter(booked | opening), number
        seen |= booked | opening
    assert len(seen) == found.cases
    assert any(week.repeats.cases for week in found.weeks)


def test_a_plan_of_the_patient_and_one_of_the_case_decide_about_repeats(services: Services) -> None:
    plain, own = add_patient(services, "Asha Verma", "F1"), add_patient(services, "Meena Joshi", "F2")
    for patient in (plain, own):
        give(services, *patient, TODAY - timedelta(days=85))
    with services.context.units.open() as unit:
        planned = update(PatientRecord).where(PatientRecord.id == own[0])
        unit.session.execute(planned.values(plan_opens="14 w", plan_closes="18 w"))
        services.context.refresh(unit, [own[0], plain[0]])
        unit.commit()
    found = services.forecast.weeks()
    repeats = [number for number, week in enumerate(found.weeks) for _ in range(week.repeats.cases)]
    # 85 days before 19 March is 24 December: three months later is this week, a plan of 14 weeks opens on 1 April
    assert [week.expected.cases for week in found.weeks[:3]] == [0, 1, 1]
    assert repeats == [14, 16]


def test_records_that_are_closed_are_counted_and_not_read(services: Services) -> None:
    first, second = add_patient(services, "Asha Verma", "F3"), add_patient(services, "Meena Joshi", "F4")
    with services.context.units.open() as unit:
        unit.cases.add_hold(second[1], Hold(TODAY, TODAY + timedelta(days=400)))
        services.context.refresh(unit, [second[0]])
        unit.cases.add(first[0], CaseDetails("meige", Side.RIGHT))
        unit.commit()
    with services.context.units.read() as unit:
        known = services.context.known.plans
        everybody = unit.forecast.ahead(TODAY, services.context.rules, known)
        some = unit.forecast.ahead(TODAY, services.context.rules, known, [first[0]])
    assert [len(one) for one in everybody.several] == [2]
    assert some.several == ()
    assert len(some.lone) == 1
    assert some.left_out == {LeftOut.CLOSED: 2, LeftOut.STOPPED: 0}


def test_the_plan_of_a_day_takes_the_doses_of_last_time(services: Services) -> None:
    friday = TODAY + timedelta(days=1)
    people = [add_patient(services, f"Person {number}", f"D{number}") for number in range(4)]
    for one, units in zip(people, ("60", "35", None, "120"), strict=True):
        give(services, *one, TODAY - timedelta(days=100), units)
    second = services.cases.add(people[1][0], CaseDetails("meige")).result
    assert isinstance(second, int)
    booked = [(people[0], (people[0][1],)), (people[1], (people[1][1], second)), (people[2], (people[2][1],))]
    drugs = (DrugSupply.HOSPITAL_STOCK, DrugSupply.NONE, DrugSupply.UNKNOWN)
    for (one, cases), drug in zip(booked, drugs, strict=True):
        services.schedule.book(BookingDetails(one[0], friday, cases, drug=drug))
    gone = services.schedule.book(BookingDetails(people[3][0], friday, (people[3][1],))).result
    assert isinstance(gone, Appointment)
    services.schedule.set_status(gone.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    plan = services.forecast.day_plan()
    assert (plan.day.day, plan.day.capacity, plan.day.taken, plan.shared) == (friday, 20, 3, False)
    assert [[(str(one.dose.product), one.dose.amount) for one in visit.doses] for visit in plan.visits] == [
        [("ona", Decimal(60))],
        [("ona", Decimal(35)), ("None", None)],
        [("ona", None)],
    ]
    ona = plan.products[0]
    assert (ona.units, ona.unknown, ona.vials, ona.discarded) == (
        Decimal(95),
        1,
        ((Decimal(100), 1), (Decimal(50), 1)),
        Decimal(55),
    )
    assert [visit.entry.mrn for visit in plan.without_drug] == ["D1"]
    empty = services.forecast.day_plan(friday + timedelta(days=2))
    assert (empty.visits, empty.day.is_botox_day) == ((), False)


def test_figures_are_counted_from_injections_bookings_and_stops(services: Services) -> None:
    people = [add_patient(services, f"Person {number}", f"G{number}") for number in range(6)]
    came, booked, stopped, lost, over, once = people
    for one in people:
        give(services, *one, date(2025, 11, 3))  # its window is 3 February to 3 March
    give(services, *came, date(2026, 2, 9))  # 14 weeks later
    give(services, *came, date(2026, 3, 1), None, None)
    services.schedule.book(BookingDetails(booked[0], TODAY, (booked[1],)))
    services.cases.stop(stopped[1], StopReason.REMISSION, TODAY)
    services.cases.stop(lost[1], StopReason.LOST, date(2026, 2, 20))
    give(services, *once, date(2024, 6, 3))  # more than a year before: a new start
    found = services.forecast.figures()
    february = found.recall[-2]
    assert (february.month, february.due, february.done, february.in_window) == (date(2026, 2, 1), 6, 1, 1)
    assert (february.booked, february.stopped, february.overdue) == (1, 2, 2)
    assert february.success == Fraction(2, 4)
    counts = {one.month: one.kept.count for one in found.intervals if one.kept}
    assert counts == {date(2026, 2, 1): 1, date(2026, 3, 1): 1}
    assert found.intervals[-2].kept == Kept(1, 14, 14, 14)
    assert set(found.conditions) == {"blepharospasm_bilateral"}
    assert (found.not_seen, found.lost_now, found.lost[date(2026, 2, 1)]) == (0, 1, 1)
    with services.context.units.read() as unit:
        assert len(unit.figures.given(date(2020, 1, 1), TODAY, [over[0]])) == 8
        assert over[1] not in unit.figures.cases(TODAY, [over[0]])
        assert unit.figures.lost_since([lost[0]]) == ()
