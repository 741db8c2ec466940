from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import pytest

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.call_list import Concern
from clinic_app.domain.cases import CaseDetails, Side, StopReason
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.not_injected import Untreated, of_untreated, plan_of_untreated
from clinic_app.domain.patients import Birth, PatientDetails
from clinic_app.domain.schedule import Appointment, AppointmentStatus, BookingDetails, Flag, FollowUpStatus
from clinic_app.domain.treatment import (
    ExternalToxinDetails,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    Visit,
    VisitDetails,
)
from clinic_app.services import Services
from clinic_app.wording.sentences import sentence_of
from clinic_app.wording.visits import warning_words
from tests.builders import TODAY, Clock, add_patient, give
from tests.services.conftest import day, refusal

OLD = day("2026-01-05")


def visit(case_id: int, on: date = TODAY, dose: str = "35", **changes: object) -> VisitDetails:
    amount = Decimal(dose)
    session = dataclasses.replace(SessionDetails(case_id, "ona", amount), **changes)  # type: ignore[arg-type]
    return VisitDetails(on, (session,), "Dr Rao")


def window(services: Services, case_id: int) -> tuple[date | None, date | None, date | None]:
    entry = services.schedule.entry(case_id)
    assert entry is not None
    return entry.answer.window.earliest, entry.answer.window.opens, entry.answer.window.closes


def test_a_recorded_visit_moves_the_dates(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    assert window(services, case_id) == (None, None, None)
    recorded = give(services, patient_id, case_id, OLD)
    assert recorded.sessions[0].state is SessionState.FINAL
    assert window(services, case_id) == (day("2026-03-30"), day("2026-04-05"), day("2026-05-05"))


def test_an_injection_in_the_future_or_before_birth_is_refused(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    tomorrow = TODAY + timedelta(days=1)
    future = refusal(lambda: services.treatment.record(patient_id, visit(case_id, tomorrow), True))
    assert (future.code, future.params["day"]) == ("injection_in_future", tomorrow)
    early = refusal(lambda: services.treatment.record(patient_id, visit(case_id, day("1967-12-31")), True))
    assert early.code == "injection_before_birth"
    outside = ExternalToxinDetails(tomorrow, "abo")
    assert refusal(lambda: services.treatment.add_external(patient_id, outside)).code == "injection_in_future"
    outside = ExternalToxinDetails(day("1950-01-01"), "abo")
    assert refusal(lambda: services.treatment.add_external(patient_id, outside)).code == "injection_before_birth"
    services.treatment.record(patient_id, visit(case_id, day("1968-01-01")), True)


def test_giving_today_before_earliest_needs_a_reason_and_a_name(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, OLD)
    today = visit(case_id)
    for reason, name, field in (("", "", "reason"), ("  ", "Dr Rao", "reason"), ("wore off", " ", "decided_by")):
        details = dataclasses.replace(today, reason=reason, decided_by=name)
        error = refusal(lambda details=details: services.treatment.record(patient_id, details, True))
        assert (error.code, getattr(error, "field", "")) == ("before_earliest", field)
        assert error.params["earliest"] == day("2026-03-30")
    assert len(services.patients.page(patient_id).visits) == 1
    decided = dataclasses.replace(today, reason="wore off", decided_by="Dr Rao")
    recorded = services.treatment.record(patient_id, decided, True).result
    assert isinstance(recorded, Visit)
    assert (recorded.reason, recorded.decided_by) == ("wore off", "Dr Rao")


def test_a_past_visit_is_always_taken_and_its_warnings_are_told(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, OLD, "300")
    second = visit(case_id, day("2026-02-05"), "200")
    codes = [(one.rule, one.code) for one in services.treatment.preview(patient_id, second)]
    assert ("C4", "given_before_earliest") in codes
    assert ("C1", "dose_above_limit") in codes
    services.treatment.record(patient_id, second, True)
    assert len(services.patients.page(patient_id).visits) == 2


def test_above_400_units_in_three_months_is_refused_today_unless_decided(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, _ = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient_id, neck, day("2025-12-22"), "300")
    much = visit(neck, TODAY, "101")
    error = refusal(lambda: services.treatment.record(patient_id, much, True))
    assert error.code == "dose_above_limit"
    assert (error.params["sum"], error.params["limit"], error.params["clears_on"]) == (401, 400, day("2026-03-22"))
    services.treatment.record(patient_id, dataclasses.replace(much, reason="needed", decided_by="Dr Rao"), True)


def test_exactly_400_units_are_fine(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient_id, neck, day("2025-12-22"), "300")
    services.treatment.record(patient_id, visit(neck, TODAY, "100"), True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": "botulex-9000"}, "unknown_product"),
        ({"units": Decimal(0)}, "bad_units"),
        ({"units": Decimal(-5)}, "bad_units"),
        ({"units": Decimal("1.255")}, "bad_units"),
        ({"units": Decimal(26000)}, "units_too_large"),
        ({"units": Decimal("NaN")}, "bad_units"),
        ({"dilution_ml": Decimal(0)}, "bad_dilution"),
        ({"dilution_ml": Decimal("0.005")}, "bad_dilution"),
        ({"come_on": TODAY}, "come_on_not_after"),
        ({"units": None, "sites": (InjectionSite("third_eyelid", SiteSide.LEFT, Decimal(5)),)}, "unknown_muscle"),
        ({"units": None, "sites": (InjectionSite("oo_orbital", SiteSide.LEFT, Decimal(0)),)}, "bad_units"),
        ({"units": None, "sites": (InjectionSite("oo_orbital", SiteSide.LEFT, Decimal("1.125")),)}, "bad_units"),
        ({"sites": (InjectionSite("oo_orbital", SiteSide.LEFT, Decimal(5)),)}, "units_differ_from_sites"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    services: Services, someone: tuple[int, int], changes: dict[str, object], code: str
) -> None:
    patient_id, case_id = someone
    muscle = next(iter(services.catalogues.muscles))
    sites = changes.get("sites")
    if isinstance(sites, tuple) and sites[0].muscle == "oo_orbital":
        changes = {**changes, "sites": (dataclasses.replace(sites[0], muscle=muscle),)}
    error = refusal(lambda: services.treatment.record(patient_id, visit(case_id, TODAY, "35", **changes), True))
    assert error.code == code
    assert services.patients.page(patient_id).visits == ()


def test_fractions_of_units_are_kept_exactly(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    muscle = next(iter(services.catalogues.muscles))
    sites = tuple(InjectionSite(muscle, SiteSide.LEFT, Decimal(dose)) for dose in ("1.25", "0.75", "2.5"))
    details = VisitDetails(TODAY, (SessionDetails(case_id, "ona", None, sites),))
    services.treatment.record(patient_id, details, True)
    session = services.treatment.last_session(case_id)
    assert session is not None
    assert session.units.amount == Decimal("4.5")
    assert tuple(site.units for site in session.details.sites) == (Decimal("1.25"), Decimal("0.75"), Decimal("2.5"))


def test_cases_of_others_twice_or_none_are_refused(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    _, other = add_patient(services, "Other Person", "O-1")
    for sessions, code in (
        ((SessionDetails(other, "ona"),), "case_of_another_patient"),
        ((SessionDetails(case_id, "ona"), SessionDetails(case_id, "ona")), "case_twice"),
        ((), "no_case"),
    ):
        details = VisitDetails(TODAY, sessions)
        assert refusal(lambda details=details: services.treatment.record(patient_id, details, True)).code == code
    give(services, patient_id, case_id, OLD)
    assert refusal(lambda: give(services, patient_id, case_id, OLD)).code == "already_given"
    services.treatment.record(patient_id, visit(case_id, OLD, "5", kind=SessionKind.TOUCH_UP), True)


def test_several_diagnoses_in_one_visit(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    details = VisitDetails(
        TODAY, (SessionDetails(case_id, "ona", Decimal(35)), SessionDetails(neck, "abo", Decimal(500)))
    )
    recorded = services.treatment.record(patient_id, details, finalise=True).result
    assert isinstance(recorded, Visit)
    assert len(recorded.sessions) == 2
    assert window(services, case_id) == window(services, neck)


def test_a_diagnosis_that_was_not_treated_keeps_its_booking(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    made = services.schedule.book(BookingDetails(patient_id, TODAY, (case_id, neck))).result
    assert isinstance(made, Appointment)
    services.schedule.set_status(made.id, AppointmentStatus.ARRIVED)

    def stand() -> dict[tuple[int, ...], AppointmentStatus]:
        return {one.case_ids: one.status for one in services.patients.page(patient_id).appointments}

    both = tuple(sorted((case_id, neck)))
    undo = services.treatment.record(patient_id, visit(case_id), False).undo
    assert stand() == {(case_id,): AppointmentStatus.DONE, (neck,): AppointmentStatus.ARRIVED}
    assert undo is not None
    services.undo(undo)
    assert stand() == {both: AppointmentStatus.ARRIVED}
    services.treatment.record(patient_id, visit(case_id), True)
    clock.go_to(TODAY + timedelta(days=1))
    assert (neck,) in [one.appointment.case_ids for one in services.today_page.page().open_bookings]


def test_what_becomes_of_a_diagnosis_that_was_not_treated_is_said_with_the_visit(
    services: Services, someone: tuple[int, int]
) -> None:
    """Stays due, booked again, or done without an injection: one write, one Undo, nothing where one is refused."""
    patient_id, case_id = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    made = services.schedule.book(BookingDetails(patient_id, TODAY, (case_id, neck))).result
    assert isinstance(made, Appointment)

    def stand() -> set[tuple[tuple[int, ...], date, str]]:
        return {(one.case_ids, one.day, one.status.value) for one in services.patients.page(patient_id).appointments}

    before = stand()
    soon = plan_of_untreated(Untreated.BOOK_AGAIN, day("2026-04-14"))
    early = refusal(lambda: services.treatment.record(patient_id, visit(case_id), False, soon))
    assert isinstance(early, RuleBroken)
    assert (early.field, early.code) == ("untreated_reason", "before_earliest")
    assert stand() == before
    assert services.patients.page(patient_id).visits == ()
    for plan, status in (
        (plan_of_untreated(Untreated.BOOK_AGAIN, day("2026-06-16")), FollowUpStatus.BOOKED),
        (plan_of_untreated(Untreated.STAYS_DUE), FollowUpStatus.NOT_STARTED),
        (plan_of_untreated(Untreated.WITHOUT, reason="no spasm today"), FollowUpStatus.NOT_STARTED),
    ):
        undo = services.treatment.record(patient_id, visit(case_id), False, plan).undo
        assert ((neck,), TODAY, "seen_not_injected") in stand()
        assert services.schedule.entries([neck])[0].answer.status is status
        again = {one for one in stand() if one[1] > TODAY}
        assert again == ({((neck,), day("2026-06-16"), "booked")} if status is FollowUpStatus.BOOKED else set())
        assert undo is not None
        services.undo(undo)
        assert stand() == before
        with services.context.units.read() as unit:
            assert not unit.cases.decisions([neck]).get(neck)
    why = refusal(lambda: plan_of_untreated(Untreated.WITHOUT, reason=" "))
    assert (
        sentence_of(of_untreated(cast("RuleBroken", why))) == "Why was nothing injected for it? Enter it in “reason”."
    )


def test_an_injection_of_a_stopped_diagnosis_is_warned_of_and_stands_in_the_safety_check(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-11-11"))
    services.cases.stop(case_id, StopReason.LOST, day("2026-01-01"))

    def since_stop() -> list[tuple[date | None, int]]:
        found = services.call_list.safety().entries
        return [(one.since, one.case_id) for one in found if one.concern is Concern.INJECTED_SINCE_STOP]

    again = visit(case_id, TODAY)
    assert (None, case_id) not in since_stop()
    (warning,) = services.treatment.preview(patient_id, again)
    first, second = warning_words(warning, services.context.catalogues)
    assert first == "This diagnosis is stopped since 1 Jan 2026 (lost)."
    assert second == "It stays in no list until the stop is taken back in the record."
    before_it = services.treatment.preview(patient_id, visit(case_id, day("2025-12-30")))
    assert "injected_while_stopped" not in {one.code for one in before_it}
    services.treatment.record(patient_id, again, True)
    assert (TODAY, case_id) in since_stop()
    clock.go_to(day("2026-09-01"))
    assert (TODAY, case_id) in since_stop()
    services.cases.take_back_stop(case_id)
    assert case_id not in {one for _, one in since_stop()}
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert entry.answer.status is FollowUpStatus.OVERDUE


def test_who_was_injected_waits_for_no_place_any_more(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-11-11"))
    services.waiting.wait(BookingDetails(patient_id, TODAY, (case_id,), wait_until=day("2026-05-01")))
    undo = services.treatment.record(patient_id, visit(case_id, TODAY), False).undo

    def waits_until() -> date | None:
        entry = services.schedule.entry(case_id)
        return None if entry is None else entry.waits_until

    assert waits_until() is None
    assert undo is not None
    services.undo(undo)
    assert waits_until() == day("2026-05-01")


def test_a_void_injection_of_today_opens_its_booking_again(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    made = services.schedule.book(BookingDetails(patient_id, TODAY, (case_id,))).result
    assert isinstance(made, Appointment)
    services.schedule.set_status(made.id, AppointmentStatus.IN_ROOM)

    def stands() -> AppointmentStatus:
        (found,) = services.patients.page(patient_id).appointments
        return found.status

    recorded = services.treatment.record(patient_id, visit(case_id), True).result
    assert isinstance(recorded, Visit)
    (session,) = recorded.sessions
    undo = services.treatment.void(session.id, "wrong patient").undo
    assert stands() is AppointmentStatus.IN_ROOM
    assert undo is not None
    services.undo(undo)
    assert stands() is AppointmentStatus.DONE
    clock.go_to(TODAY + timedelta(days=1))
    services.treatment.void(session.id, "wrong patient")
    assert stands() is AppointmentStatus.DONE


def test_giving_closes_the_booking_of_the_day_and_names_later_ones(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    for when in (TODAY, TODAY + timedelta(days=40)):
        services.schedule.book(BookingDetails(patient_id, when, (case_id,)))
    services.treatment.record(patient_id, visit(case_id), True)
    later, today = services.patients.page(patient_id).appointments
    assert (today.status, later.status) == (AppointmentStatus.DONE, AppointmentStatus.BOOKED)
    assert services.treatment.later_bookings((case_id,), TODAY) == (later.id,)
    clock.go_to(TODAY + timedelta(days=1))
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert entry.answer.status is FollowUpStatus.BOOKED
    assert Flag.TOO_EARLY in entry.answer.flags


def test_finalising(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    recorded = give(services, patient_id, case_id, OLD, finalise=False)
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert Flag.NOT_FINALISED in entry.answer.flags
    assert entry.answer.window.last is not None, "what is given counts, finalised or not"
    session_id = recorded.sessions[0].id
    services.treatment.finalise((session_id,))
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert Flag.NOT_FINALISED not in entry.answer.flags
    assert refusal(lambda: services.treatment.finalise((session_id,))).code == "not_given"
    assert refusal(lambda: services.treatment.finalise((999_999,))).code == "session_not_found"


def test_a_correction_needs_a_reason_and_moves_the_dates(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    session_id = give(services, patient_id, case_id, OLD).sessions[0].id
    details = SessionDetails(case_id, "abo", Decimal(120))
    call = services.treatment.correct
    assert refusal(lambda: call(session_id, details, OLD, " ")).code == "reason_missing"
    assert refusal(lambda: call(session_id, details, TODAY + timedelta(days=1), "x")).code == "injection_in_future"
    call(session_id, details, day("2025-12-29"), "wrong line")
    session = services.treatment.session(session_id)
    assert (session.state, session.details, session.day) == (SessionState.CORRECTED, details, day("2025-12-29"))
    assert window(services, case_id)[1] == day("2026-03-29")
    call(session_id, details, OLD, "it was right")
    assert window(services, case_id)[1] == day("2026-04-05")


def test_a_void_injection_no_longer_counts(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    session_id = give(services, patient_id, case_id, OLD).sessions[0].id
    assert refusal(lambda: services.treatment.void(session_id, "")).code == "reason_missing"
    services.treatment.void(session_id, "other patient")
    assert window(services, case_id) == (None, None, None)
    assert refusal(lambda: services.treatment.void(session_id, "again")).code == "changed_meanwhile"
    details = SessionDetails(case_id, "ona", Decimal(5))
    assert refusal(lambda: services.treatment.correct(session_id, details, OLD, "x")).code == "changed_meanwhile"
    give(services, patient_id, case_id, OLD)


def test_toxin_elsewhere_moves_the_dates(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, OLD)
    added = services.treatment.add_external(patient_id, ExternalToxinDetails(day("2026-02-16"), "abo")).result
    assert isinstance(added, int)
    assert window(services, case_id) == (day("2026-05-11"), day("2026-05-11"), day("2026-06-10"))
    named = ExternalToxinDetails(day("2026-02-16"), "abo", Decimal(120), case_id)
    services.treatment.change_external(added, named)
    assert window(services, case_id)[1] == day("2026-05-16")
    assert refusal(lambda: services.treatment.remove_external(added, "")).code == "reason_missing"
    services.treatment.remove_external(added, "another patient's")
    assert window(services, case_id)[1] == day("2026-04-05")
    _, foreign = add_patient(services, "Third Person", "T-1")
    wrong = ExternalToxinDetails(OLD, None, None, foreign)
    assert refusal(lambda: services.treatment.add_external(patient_id, wrong)).code == "case_of_another_patient"
    bad = ExternalToxinDetails(OLD, "abo", Decimal("0.001"))
    assert refusal(lambda: services.treatment.add_external(patient_id, bad)).code == "bad_units"


def test_independent_cases_do_not_hold_each_other_up(services: Services, someone: tuple[int, int]) -> None:
    patient_id, face = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia"), (face,)).result
    assert isinstance(neck, int)
    give(services, patient_id, face, day("2026-03-01"))
    assert window(services, neck)[0] is None
    services.cases.set_independent(face, neck, independent=False)
    assert window(services, neck)[0] == day("2026-05-24")
    services.cases.set_independent(neck, face, independent=True)
    assert window(services, neck)[0] is None
    _, other = add_patient(services, "Fourth Person", "F-1")
    assert refusal(lambda: services.cases.set_independent(face, other, True)).code == "case_of_another_patient"
    assert refusal(lambda: services.cases.set_independent(face, face, True)).code == "case_of_another_patient"


def test_nothing_is_given_after_death(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    services.patients.record_death(patient_id, day("2026-03-01"))
    after = visit(case_id, day("2026-03-02"))
    assert refusal(lambda: services.treatment.record(patient_id, after, True)).code == "injection_after_death"
    outside = ExternalToxinDetails(after.day, "abo")
    told = refusal(lambda: services.treatment.add_external(patient_id, outside))
    assert (told.code, getattr(told, "field", "")) == ("injection_after_death", "date")
    give(services, patient_id, case_id, day("2026-02-28"))


def test_a_child_has_no_adult_limit(services: Services) -> None:
    child = services.patients.add(PatientDetails("Little One", birth=Birth(year=2016))).result
    assert isinstance(child, int)
    case_id = services.cases.add(child, CaseDetails("hemifacial_spasm", Side.LEFT)).result
    assert isinstance(case_id, int)
    warnings = services.treatment.preview(child, visit(case_id, TODAY, "450"))
    assert "C1" not in {one.rule for one in warnings}


def test_every_reason_of_a_correction_is_kept(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    session = give(services, patient_id, case_id, day("2026-01-05")).sessions[0]
    for units, reason in (("30", "read wrongly"), ("32", "added up wrongly")):
        details = dataclasses.replace(session.details, units=Decimal(units))
        services.treatment.correct(session.id, details, session.day, reason)
    shown = services.patients.page(patient_id).visits[0].sessions[0]
    assert [(one.reason, one.by, one.day, one.units.amount) for one in shown.corrections] == [
        ("read wrongly", "Dr Rao", session.day, session.units.amount),
        ("added up wrongly", "Dr Rao", session.day, Decimal(30)),
    ]
    assert shown.correction_reason == "added up wrongly"
    services.treatment.void(session.id, "another patient")
    entered = services.audit.entries(AuditFilter(patient_id=patient_id, action="injection."), limit=3)
    assert [one.reason for one in entered] == ["another patient", "added up wrongly", "read wrongly"]


def test_the_course_of_a_case_has_all_toxin_of_its_patient(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    first = give(services, patient_id, case_id, OLD)
    other = give(services, patient_id, neck, OLD + timedelta(1), "100")
    void = give(services, patient_id, case_id, OLD + timedelta(40), "12").sessions[0]
    services.treatment.void(void.id, "entered twice")
    services.treatment.add_external(patient_id, ExternalToxinDetails(OLD + timedelta(2), "abo", Decimal(200)))
    session = first.sessions[0]
    services.treatment.correct(session.id, dataclasses.replace(session.details, units=Decimal(30)), OLD, "typed 35")
    found = services.treatment.course(case_id)
    assert [(one.id, one.units.amount) for one in found.sessions] == [
        (session.id, Decimal(30)),
        (other.sessions[0].id, Decimal(100)),
    ]
    assert found.sessions[0].corrections[0].units.amount == 35
    assert [one.session_id for one in found.injections] == [session.id]
    assert [one.details.units for one in found.external] == [200]
    assert set(found.cases) == {case_id, neck}
    assert refusal(lambda: services.treatment.course(987_654)).code == "case_not_found"
