"""Calling on a real clinic: what is shown, and what was logged set right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import text

from clinic_app.domain.calls import Advice, CallDetails, CodeKind
from clinic_app.domain.patients import Phone
from clinic_app.domain.schedule import Attempt, BookingDetails, Channel, DecisionKind
from clinic_app.services import Services
from clinic_app.storage.schedule import CachedCalls
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, give
from tests.exchange.codes import decoded
from tests.services.conftest import refusal

BOTOX_DAY = date(2026, 3, 20)


def phones(services: Services, patient_id: int, *found: Phone, **said: object) -> None:
    patient = services.patients.get(patient_id)
    details = replace(patient.details, phones=found, **said)  # type: ignore[arg-type]
    services.patients.change(patient_id, details, patient.version)


def test_a_phone_reads_number_message_and_booking_from_the_screen(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    phones(
        services,
        patient_id,
        Phone("+91 98400 12345", "daughter", "Hindi"),
        Phone("044 2345 678", "himself", preferred=True),
    )
    services.schedule.book(BookingDetails(patient_id, BOTOX_DAY, (case_id,)))
    page = services.calls.page(case_id)
    assert [phone.owner for phone in page.numbers] == ["himself", "daughter"]
    read = {(kind, number): decoded(code) for kind, number, code in page.codes}
    assert read[CodeKind.CALL, "+91 98400 12345"] == "tel:+919840012345"
    assert page.booking is not None
    said = f"Test clinic: your visit is on Friday 20 March, place {page.booking.token}."
    assert read[CodeKind.TEXT, "044 2345 678"] == f"SMSTO:0442345678:{said} If you cannot come, please call us."
    hindi = f"SMSTO:+919840012345:Test clinic: आपको शुक्रवार, 20 मार्च को आना है, जगह नंबर {page.booking.token}।"
    assert read[CodeKind.TEXT, "+91 98400 12345"].startswith(hindi)
    entry = read[CodeKind.CALENDAR, ""]
    assert "DTSTART;VALUE=DATE:20260320" in entry
    assert "DTEND;VALUE=DATE:20260321" in entry
    assert "Person" not in entry


def test_the_text_is_in_the_language_of_whose_phone_it_is(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, date(2025, 10, 1))
    phones(services, patient_id, Phone("70000 1111", language="Hindi"))
    text = services.calls.page(case_id).text
    assert (text.language, text.missing) == ("hi", "")
    assert "Test clinic" in text.script
    assert "शुक्रवार, 20 मार्च" in text.script
    assert services.patients.get(patient_id).name not in text.message
    phones(services, patient_id, Phone("70000 1111", language="Hindi"), Phone("70000 1112", language="Marathi"))
    page = services.calls.page(case_id)
    assert page.text.language == "hi"
    text = page.text_of("70000 1112")
    assert (text.language, text.missing) == ("en", "Marathi")
    assert "Friday 20 March" in text.message


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({"may_be_called": False}, {CodeKind.TEXT}),
        ({"may_be_texted": False}, {CodeKind.CALL}),
        ({"may_be_called": False, "may_be_texted": False}, set()),
    ],
)
def test_what_a_patient_forbade_has_no_code(
    services: Services, someone: tuple[int, int], said: dict[str, bool], kinds: set[CodeKind]
) -> None:
    patient_id, case_id = someone
    phones(services, patient_id, Phone("70000 2222"), **said)
    page = services.calls.page(case_id)
    assert {kind for kind, _, _ in page.codes} == kinds
    assert bool(page.numbers) is bool(kinds)


def test_a_call_to_who_asked_not_to_be_called_is_logged_only_by_who_saw_that(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    phones(services, patient_id, Phone("70000 2223"), may_be_called=False)
    log = services.schedule.log_call
    refused = refusal(lambda: log(case_id, Attempt.NO_ANSWER))
    assert sentence_of(refused).startswith(f"{services.patients.get(patient_id).name} asked not to be called.")
    assert services.patients.page(patient_id).calls == ()
    log(case_id, Attempt.PROBLEM)
    log(case_id, Attempt.NO_ANSWER, channel=Channel.TEXT)
    log(case_id, Attempt.NO_ANSWER, deliberate=True)
    assert len(services.patients.page(patient_id).calls) == 3


@pytest.mark.parametrize("outcome", [Attempt.PROBLEM, Attempt.WORN_OFF, Attempt.WANTS_DATE])
def test_who_called_us_is_called_back_today_though_nothing_is_due(
    services: Services, someone: tuple[int, int], outcome: Attempt
) -> None:
    give(services, *someone, TODAY - timedelta(days=27))
    logged = services.schedule.log_call(someone[1], outcome)

    def called_back() -> bool:
        return someone[1] in {one.case_id for one, _ in services.today_page.page().call_backs}

    assert called_back()
    services.schedule.log_call(someone[1], Attempt.DECLINED)
    assert not called_back()
    assert logged.undo is not None
    booking = BookingDetails(someone[0], TODAY + timedelta(days=90), (someone[1],), reason="asked for")
    services.schedule.book(booking)
    services.schedule.log_call(someone[1], outcome)
    assert not called_back()


def test_a_corrected_call_counts_anew_and_both_stay(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    first = services.schedule.log_call(case_id, Attempt.WRONG_NUMBER).result
    assert isinstance(first, int)
    again = TODAY + timedelta(days=5)
    right = CallDetails(Attempt.WILL_COME, again, "son", "", Channel.CALL, "70000 3333", time(16))
    done = services.calls.correct(first, right)
    (call,) = services.patients.page(patient_id).calls
    assert (call.outcome, call.call_again_on, call.call_again_at) == (Attempt.WILL_COME, again, time(16))
    assert (call.phone_number, call.spoke_to) == ("70000 3333", "son")
    entry = services.schedule.entry(case_id)
    assert entry is not None
    assert (entry.answer.call_again_on, entry.answer.call_again_at, entry.answer.attempts) == (again, time(16), 1)
    said = [one for one in services.versions.of_patient(patient_id) if one.table == "contact_attempt"]
    assert [(one.removed, {change.field: change.before for change in one.fields}["outcome"]) for one in said] == [
        (True, "wrong_number")
    ]
    assert refusal(lambda: services.calls.correct(first, right)).code == "call_not_found"
    assert done.undo is not None
    services.undo(done.undo)
    (call,) = services.patients.page(patient_id).calls
    assert (call.id, call.outcome) == (first, Attempt.WRONG_NUMBER)


def test_a_call_remembers_its_number_and_how_it_was_made(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    first = services.patients.get(patient_id).phone
    assert first is not None
    services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    services.schedule.log_call(case_id, Attempt.NO_ANSWER, channel=Channel.LETTER)
    services.schedule.log_call(case_id, Attempt.WORN_OFF)
    calls = services.patients.page(patient_id).calls
    said = {(call.outcome, call.channel, call.phone_number) for call in calls}
    assert said == {
        (Attempt.NO_ANSWER, Channel.CALL, first.number),
        (Attempt.NO_ANSWER, Channel.LETTER, ""),
        (Attempt.WORN_OFF, Channel.CALL, ""),
    }
    for _ in range(3):
        services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    page = services.calls.page(case_id)
    assert (page.in_vain, page.advice) == (3, Advice.OTHER_CONTACT)


def test_what_the_list_asks_of_calls_is_kept_with_the_case_and_checked(
    services: Services, someone: tuple[int, int]
) -> None:
    patient, case = someone
    phones(services, patient, Phone("98400 55512"), Phone("98400 55513", preferred=True))
    give(services, patient, case, TODAY - timedelta(days=100))

    def kept() -> CachedCalls:
        with services.context.units.read() as unit:
            assert not unit.schedule.misnamed([case])
            return unit.schedule.cached([case])[case].calls

    given_on = TODAY - timedelta(days=100)
    assert kept() == CachedCalls(cycles=1, given_on=given_on)
    services.schedule.log_call(case, Attempt.NO_ANSWER)
    agreed = TODAY + timedelta(days=3)
    wrong = services.schedule.log_call(case, Attempt.WRONG_NUMBER, agreed)
    assert kept() == CachedCalls(TODAY, "wrong_number", agreed, 1, True, 1, given_on)
    assert wrong.undo is not None
    services.undo(wrong.undo)
    assert kept() == CachedCalls(TODAY, "no_answer", None, 1, False, 1, given_on)
    services.schedule.log_call(case, Attempt.DECLINED)
    services.cases.decide(case, DecisionKind.GO_ON)
    assert kept() == CachedCalls(TODAY, "declined", None, 1, False, 1, given_on)
    give(services, patient, case, TODAY)
    assert kept() == CachedCalls(TODAY, None, None, 0, False, 2, TODAY)
    damaged = [finding for finding in services.check() if finding.code == "dates_differ"]
    with services.context.units.open() as unit:
        unit.session.execute(text("UPDATE clinical_case SET tried = 4 WHERE id = :case"), {"case": case})
        unit.commit()
    found = [finding for finding in services.check() if finding.code == "dates_differ"]
    assert len(found) == len(damaged) + 1
    services.schedule.log_call(case, Attempt.WORN_OFF)
    assert [finding for finding in services.check() if finding.code == "dates_differ"] == damaged
