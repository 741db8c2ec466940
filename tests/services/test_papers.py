"""Papers of the clinic: who stands on them, who may print them, and what the audit knows of it before they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.errors import AccessRefused, RuleBroken
from clinic_app.domain.papers import (
    LabelPart,
    LetterPart,
    ListPart,
    PaperKind,
    PaperRequest,
    PaperSize,
    PrintedPaper,
    SlipPart,
)
from clinic_app.domain.patients import Phone
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DrugSupply,
    FollowUpStatus,
)
from clinic_app.services import Services
from tests.builders import PASSPHRASE, TODAY, give
from tests.exchange.codes import decoded
from tests.services.conftest import refusal

A4 = PaperSize.A4
BOTOX_DAY = TODAY + timedelta(days=1)
pytestmark = pytest.mark.usefixtures("qapp")


def lines_of(paper: PrintedPaper, place: int = 0) -> str:
    part = paper.parts[place]
    assert isinstance(part, ListPart)
    return "\n".join(
        " ".join((*(word for cell in line.cells for word in cell), line.heading, line.spoken)) for line in part.lines
    )


def request(kind: PaperKind, **known: object) -> PaperRequest:
    return replace(PaperRequest(kind, A4), **known)  # type: ignore[arg-type]


def booked(services: Services, someone: tuple[int, int], day: date, **known: object) -> Appointment:
    details = BookingDetails(someone[0], day, (someone[1],), **known)  # type: ignore[arg-type]
    made = services.schedule.book(details).result
    assert isinstance(made, Appointment)
    return made


def prints(services: Services, patient_id: int) -> list[str]:
    found = services.audit.entries(AuditFilter(action="print", patient_id=patient_id))
    return [entry.object_type for entry in found]


@pytest.mark.parametrize("asked", [True, False])
def test_no_paper_has_the_number_of_who_asked_not_to_be_called(
    services: Services, someone: tuple[int, int], asked: bool
) -> None:
    number = f"91111 {someone[0]:05}"
    now = services.patients.get(someone[0])
    details = replace(now.details, phones=(Phone(number, "son"),), may_be_called=not asked)
    services.patients.change(someone[0], details, now.version)
    give(services, *someone, TODAY - timedelta(days=150))
    booked(services, someone, BOTOX_DAY)
    services.schedule.log_call(someone[1], Attempt.WANTS_DATE)
    papers = [
        services.papers.make(request(PaperKind.CALL_LIST, case_ids=(someone[1],))),
        services.papers.make(request(PaperKind.CALL_LIST, case_ids=(someone[1],), private=True)),
        services.papers.make(request(PaperKind.DAY_LIST, day=BOTOX_DAY)),
        services.papers.make(request(PaperKind.POWER_CUT, day=BOTOX_DAY, case_ids=(someone[1],))),
        services.papers.make(request(PaperKind.HANDOVER)),
    ]
    found = [any(number in lines_of(paper, place) for place in range(len(paper.parts))) for paper in papers]
    assert found == [not asked] * len(papers)


def test_a_call_list_is_what_is_shown_with_numbers_that_stay(services: Services, someone: tuple[int, int]) -> None:
    give(services, *someone, TODAY - timedelta(days=150))
    rows = services.papers.call_rows(request(PaperKind.CALL_LIST, statuses=(FollowUpStatus.OVERDUE,)))
    own = next(row for row in rows if row.entry.case_id == someone[1])
    assert own.number == str(services.patients.get(someone[0]).number)
    paper = services.papers.make(request(PaperKind.CALL_LIST, case_ids=(someone[1],)))
    assert paper.patient_ids == (someone[0],)
    assert own.entry.name in lines_of(paper)
    assert "Botox 35 U" in lines_of(paper)
    assert paper.stem == f"call-list-{TODAY.isoformat()}"


def test_printing_is_entered_for_everybody_on_the_paper_before_it_leaves(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    paper = services.papers.make(request(PaperKind.CALL_LIST, case_ids=(someone[1],)))
    assert prints(services, someone[0]) == []
    services.papers.enter_printed(paper)
    path = tmp_path / "list.pdf"
    assert services.papers.save_pdf(paper, str(path)).result == str(path)
    assert prints(services, someone[0]) == ["call_list", "call_list"]
    assert path.read_bytes().startswith(b"%PDF")
    assert refusal(lambda: services.papers.save_pdf(paper, str(path))).code == "table_exists"
    assert prints(services, someone[0]) == ["call_list", "call_list"]


def test_a_day_list_holds_bookings_with_reason_and_drug_and_no_cancelled_ones(
    services: Services, someone: tuple[int, int]
) -> None:
    give(services, *someone, TODAY - timedelta(days=60))
    day = services.papers.next_botox_day()
    early = booked(services, someone, day, drug=DrugSupply.NONE, reason="Travels abroad", decided_by="Dr Rao")
    said = lines_of(services.papers.make(request(PaperKind.DAY_LIST)))
    for words in ("Botox 35 U", "No drug", "the earliest day", "Travels abroad (decided by Dr Rao)", "Drug missing"):
        assert words in said, words
    services.schedule.set_status(early.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    assert "Travels abroad" not in lines_of(services.papers.make(request(PaperKind.DAY_LIST, day=day)))


def test_slips_are_of_a_booking_of_a_patient_or_of_a_day(services: Services, someone: tuple[int, int]) -> None:
    assert (
        refusal(lambda: services.papers.make(request(PaperKind.SLIP, patient_ids=someone[:1]))).code
        == "paper_no_booking"
    )
    made = booked(services, someone, services.papers.next_botox_day())
    for known in ({"appointment_ids": (made.id,)}, {"patient_ids": someone[:1]}, {"day": made.day, "cut": True}):
        part = services.papers.make(request(PaperKind.SLIP, **known)).parts[0]
        assert isinstance(part, SlipPart)
        slips = [one for one in part.slips if one.code and one.day == str(made.day.day)]
        assert any(one.under_day[0] in (f"Place {made.token}", f"जगह नंबर {made.token}") for one in slips)
        assert all(f"SUMMARY:Test clinic: {one.under_day[0]}\r\n" in decoded(one.code) for one in slips)


def test_a_next_visit_slip_follows_the_last_visit(services: Services, someone: tuple[int, int]) -> None:
    ask = request(PaperKind.NEXT_VISIT, patient_ids=someone[:1])
    assert refusal(lambda: services.papers.make(ask)).code == "paper_no_window"
    give(services, *someone, TODAY)
    part = services.papers.make(ask).parts[0]
    assert isinstance(part, SlipPart)
    window = services.schedule.entries([someone[1]])[0].answer.window
    assert window.opens is not None
    assert part.slips[0].day.startswith(str(window.opens.day))
    assert "2026" in part.slips[0].month


def test_no_letter_goes_to_whom_none_may(services: Services, someone: tuple[int, int]) -> None:
    ask = request(PaperKind.LETTER, patient_ids=someone[:1])
    part = services.papers.make(ask).parts[0]
    assert isinstance(part, LetterPart)
    services.patients.record_move(someone[0], TODAY)
    assert refusal(lambda: services.papers.make(ask)).code == "letter_departed"
    labels = services.papers.make(request(PaperKind.LABELS, patient_ids=someone[:1])).parts[0]
    assert isinstance(labels, LabelPart)
    assert labels.sheet.labels == 24
    wrong = request(PaperKind.LABELS, patient_ids=someone[:1], label_sheet="no-such")
    assert refusal(lambda: services.papers.make(wrong)).code == "label_sheet_unknown"


def test_a_handover_note_has_the_calls_of_the_day(services: Services, someone: tuple[int, int]) -> None:
    give(services, *someone, TODAY - timedelta(days=150))
    services.schedule.log_call(someone[1], Attempt.NO_ANSWER, note="rang twice")
    paper = services.papers.make(request(PaperKind.HANDOVER))
    assert "rang twice" in lines_of(paper)
    assert someone[0] in paper.patient_ids
    services.schedule.log_call(someone[1], Attempt.DECLINED)
    assert "The doctor has to decide: " in lines_of(services.papers.make(request(PaperKind.HANDOVER)))


def test_a_sheet_without_power_prints_however_little_there_is(services: Services, someone: tuple[int, int]) -> None:
    paper = services.papers.make(request(PaperKind.POWER_CUT))
    assert len(paper.parts) >= 3


@pytest.mark.parametrize(
    ("role", "may"), [(Role.NURSE, True), (Role.DOCTOR, True), (Role.ADMIN, False), (Role.READ_ONLY, False)]
)
def test_nurses_and_doctors_print_and_nobody_else(services: Services, role: Role, *, may: bool) -> None:
    context = services.context
    info = context.info
    context.info = replace(info, user=replace(info.user, roles=frozenset({role})))
    try:
        if role in (Role.NURSE, Role.DOCTOR):
            services.papers.make(request(PaperKind.CALL_LIST))
        else:
            with pytest.raises(AccessRefused):
                services.papers.make(request(PaperKind.CALL_LIST))
    finally:
        context.info = info


def test_a_closed_record_is_a_number_on_a_list_and_gets_no_slip(services: Services, someone: tuple[int, int]) -> None:
    made = booked(services, someone, services.papers.next_botox_day())
    patient = services.patients.get(someone[0])
    assert patient.phone is not None
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.access.set_protection(someone[0], restricted=True, reason="a colleague")
    try:
        said = lines_of(services.papers.make(request(PaperKind.DAY_LIST, day=made.day)))
        assert patient.name not in said
        assert patient.phone.number not in said
        with pytest.raises((AccessRefused, RuleBroken)):
            services.papers.make(request(PaperKind.SLIP, appointment_ids=(made.id,)))
    finally:
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.access.set_protection(someone[0], restricted=False, reason="over")
