"""*Why?*: what is said of a status and its dates, and who set what they follow from; which dates a change moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side, StopReason
from clinic_app.domain.changes import Changes
from clinic_app.domain.schedule import Attempt, BookingDetails, DrugSupply
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, VisitDetails
from clinic_app.services import Services
from clinic_app.wording.moved import moved_words
from clinic_app.wording.why import why_lines
from tests.builders import PASSPHRASE, TODAY, add_patient, give
from tests.services.conftest import day


def said(services: Services, case_id: int) -> dict[str, str]:
    return dict(why_lines(services.reasons.of_case(case_id), services.catalogues))


def moved(services: Services, made: Changes) -> tuple[str, ...]:
    return moved_words(made.moved, services.catalogues)


def test_why_says_rule_inputs_and_who_set_them(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    assert said(services, case_id) == {"Not started": "No full injection of this diagnosis yet, and no booking"}
    come_on = SessionDetails(case_id, "ona", Decimal(35), come_on=day("2026-05-20"))
    services.treatment.record(patient_id, VisitDetails(day("2026-01-05"), (come_on,), "Dr Rao"), finalise=True)
    lines = said(services, case_id)
    assert lines["Coming"] == "Due from 5 Apr 2026, in 17 days"
    assert lines["Not before 30 Mar 2026"] == "Botox on 5 Jan 2026 + 12 weeks"
    assert lines["Due from 5 Apr 2026"] == "3 months after 5 Jan 2026 (clinic plan)"
    assert lines["Due until 20 May 2026"] == "The doctor said: come on 20 May 2026"
    assert lines["Set by"].splitlines() == [
        "Come-on date: set by Dr Rao on 19 Mar 2026",
        "Plan: as shipped",
        "Shortest time between two injections: as shipped",
    ]
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.settings.set("plan", ReinjectionPlan(months(4), months(5)), "longer effect")
    services.cases.hold(case_id, day("2026-04-01"), "travels", cancel_bookings=False)
    lines = said(services, case_id)
    assert lines["On hold"] == "On hold from 19 Mar 2026 until 1 Apr 2026"
    assert "Hold: set by Dr Rao on 19 Mar 2026: travels" in lines["Set by"]
    assert "Plan: set by Dr Rao on 19 Mar 2026: longer effect" in lines["Set by"]
    services.settings.reset("plan", "as it was")
    case = services.cases.get(case_id)
    services.cases.change(case_id, replace(case.details, onset="2019"), case.version)
    case = services.cases.get(case_id)
    services.cases.change(case_id, replace(case.details, plan=ReinjectionPlan(weeks(14), weeks(18))), case.version)
    services.cases.end_hold(case_id)
    services.schedule.book(BookingDetails(patient_id, day("2026-04-14"), (case_id,)))
    lines = said(services, case_id)
    assert lines["Booked"] == "A booking on 14 Apr 2026 that stands"
    assert "Plan: set by Dr Rao on 19 Mar 2026" in lines["Set by"]
    services.cases.stop(case_id, StopReason.REMISSION, TODAY, "well")
    assert said(services, case_id)["Stopped"].startswith("Stopped since 19 Mar 2026: ")


def test_why_says_what_a_call_back_a_flag_and_toxin_given_elsewhere_follow_from(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    services.treatment.add_external(patient_id, ExternalToxinDetails(day("2026-02-16"), "abo"))
    lines = said(services, case_id)
    assert lines["Set by"].splitlines() == [
        "Toxin elsewhere: entered by Dr Rao on 19 Mar 2026",
        "Shortest time between two injections: as shipped",
    ]
    give(services, patient_id, case_id, day("2025-11-05"))
    services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    lines = said(services, case_id)
    assert lines["Call again on 21 Mar 2026"] == "No answer on 19 Mar 2026; the clinic calls again 2 working days later"
    services.schedule.log_call(case_id, Attempt.DECLINED, day("2026-03-25"))
    lines = said(services, case_id)
    assert lines["Call again on 25 Mar 2026"] == "Agreed in the call of 19 Mar 2026, logged by Dr Rao: Declined"
    assert "nothing was decided since" in lines["Ask doctor"]
    details = BookingDetails(patient_id, day("2026-06-16"), (case_id,), drug=DrugSupply.NONE)
    services.schedule.book(details)
    lines = said(services, case_id)
    assert lines["Drug missing"] == "Drug for the booking on 16 Jun 2026: no drug"


def test_a_change_of_what_was_given_lists_every_date_that_moves(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    first = give(services, patient_id, case_id, day("2026-01-05"))
    later = SessionDetails(case_id, "ona", Decimal(35))
    corrected = services.treatment.correct(first.sessions[0].id, later, day("2026-01-15"), "mistyped")
    assert moved(services, corrected) == (
        "Blepharospasm: not before 30 Mar 2026 → 9 Apr 2026, due from 5 Apr 2026 → 15 Apr 2026, "
        "due until 5 May 2026 → 15 May 2026",
    )
    external = services.treatment.add_external(patient_id, ExternalToxinDetails(day("2026-02-16"), "abo"))
    assert moved(services, external) == (
        "Blepharospasm: not before 9 Apr 2026 → 11 May 2026, due from 15 Apr 2026 → 11 May 2026, "
        "due until 15 May 2026 → 10 Jun 2026",
    )
    assert isinstance(external.result, int)
    removed = services.treatment.remove_external(external.result, "wrong patient")
    assert "not before 11 May 2026 → 9 Apr 2026" in moved(services, removed)[0]
    more = replace(later, units=Decimal(40))
    amended = services.treatment.correct(first.sessions[0].id, more, day("2026-01-15"), "units")
    assert amended.moved == (), "units move no date"
    voided = services.treatment.void(first.sessions[0].id, "entered twice")
    assert moved(services, voided) == (
        "Blepharospasm: not before 9 Apr 2026 → none, due from 15 Apr 2026 → none, due until 15 May 2026 → none",
    )
    assert voided.undo is not None
    assert "not before none → 9 Apr 2026" in moved(services, services.undo(voided.undo))[0]
    late = services.treatment.record(patient_id, VisitDetails(TODAY - timedelta(days=1), (later,), "Dr Rao"), True)
    assert len(late.moved) == 1
    services.treatment.void(services.patients.page(patient_id).visits[0].sessions[0].id, "wrong")
    today = VisitDetails(TODAY, (later,), "Dr Rao", reason="asked for", decided_by="Dr Rao")
    now = services.treatment.record(patient_id, today, finalise=False)
    assert now.moved == (), "an injection of today always moves them"


def test_plans_deletions_and_merges_list_the_dates_they_move_too(services: Services, someone: tuple[int, int]) -> None:
    patient_id, eyes = someone
    neck = services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give(services, patient_id, eyes, day("2026-01-05"))
    give(services, patient_id, neck, day("2026-02-16"))
    names = {"eyes": eyes, "neck": neck}

    def who(made: Changes) -> dict[str, tuple[object, object]]:
        ids = {id_: name for name, id_ in names.items()}
        return {ids[one.case_id]: (one.before.earliest, one.after.earliest) for one in made.moved}

    apart = services.cases.set_independent(eyes, neck, independent=True)
    assert who(apart) == {
        "eyes": (day("2026-05-11"), day("2026-03-30")),
    }
    services.cases.set_independent(eyes, neck, independent=False)
    planned = services.cases.set_patient_plan(patient_id, ReinjectionPlan(weeks(20), weeks(24)))
    assert {one.case_id: one.after.opens for one in planned.moved} == {
        eyes: day("2026-05-25"), neck: day("2026-07-06"),
    }  # fmt: skip
    deleted = services.bin.delete_case(neck, "entered twice")
    assert who(deleted) == {"eyes": (day("2026-05-11"), day("2026-03-30"))}
    other, its_case = add_patient(
        services, "Same Person", f"SP-{patient_id}", condition="hemifacial_spasm", side=Side.RIGHT
    )
    give(services, other, its_case, day("2026-03-02"))
    names["face"] = its_case
    merged = services.merge.merge(patient_id, other, "registered twice")
    assert who(merged)["eyes"] == (day("2026-03-30"), day("2026-05-25"))
    opens = {one.case_id: (one.before.opens, one.after.opens) for one in merged.moved}
    assert opens[its_case] == (day("2026-06-02"), day("2026-07-20")), "the plan of whose record it is now"
