"""Papers: how many pages, what is on them, and that nothing is cut or drawn beside the sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage

from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.day_plan import plan_day
from clinic_app.domain.papers import (
    Addressed,
    CallRow,
    DayCase,
    DayVisit,
    HandedOver,
    LabelSheet,
    LastDose,
    NextVisit,
    PaperKind,
    PaperSize,
    PrintedPaper,
    SlipFacts,
)
from clinic_app.domain.patient_texts import TEXTS as TEXTS_KNOWN
from clinic_app.domain.patient_texts import TextKind, checked_texts
from clinic_app.domain.patients import Birth, Patient, PatientDetails, Phone, Sex
from clinic_app.domain.schedule import (
    Appointment,
    Attempt,
    BotoxDay,
    ContactAttempt,
    DrugSupply,
    DueEntry,
    FollowUp,
    FollowUpStatus,
    ReinjectionWindow,
    ToxinEvent,
)
from clinic_app.domain.units import Units
from clinic_app.exchange.qr_codes import modules_of
from clinic_app.machine.label_sheets import label_sheets
from clinic_app.machine.places import find_places
from clinic_app.paper.writer import PaperWriter, sheets_of
from clinic_app.services.clinic_data import load_catalogues
from clinic_app.wording.papers import (
    Imprint,
    PaperSpeech,
    call_list_paper,
    day_list_paper,
    day_plan_paper,
    handover_paper,
    labels_paper,
    letters_paper,
    missing_letters_words,
    next_visit_paper,
    power_cut_paper,
    slips_paper,
)
from clinic_app.wording.patient_texts import TEXT_NAMES, PatientTexts
from tests.paper.written import written

TODAY, DAY = date(2026, 3, 19), date(2026, 3, 20)
PLACES = find_places()
KNOWN = PatientTexts(PLACES.resources / "texts")
TEXTS = {
    (code, kind): PaperSpeech(KNOWN, code, kind, {"clinic": "City clinic", "name": "Person 004 Name", "phone": ""})
    for code in KNOWN.codes()
    for kind in TextKind
}
SLIP_EN, SLIP_HI, LETTER_EN = ("en", TextKind.SLIP), ("hi", TextKind.SLIP), ("en", TextKind.LETTER)
LONG = "Venkatanarasimharajuvaripeta Lakshmi Narasimhachary Subrahmanyam Devi"
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return load_catalogues(PLACES.catalogues)


@pytest.fixture
def imprint(catalogues: Catalogues) -> Imprint:
    return Imprint("City clinic", "Nisha", datetime(2026, 3, 19, 9, 30), PaperSize.A4, catalogues)  # noqa: DTZ001


def patient(number: int, name: str = "", **known: object) -> Patient:
    details = PatientDetails(name or f"Person {number:03} Name", Sex.FEMALE, Birth(year=1968), village="Rampur")
    return Patient(number, number, f"M{number}", replace(details, **known))  # type: ignore[arg-type]


def entry(number: int, name: str = "", status: FollowUpStatus = FollowUpStatus.DUE) -> DueEntry:
    given = ToxinEvent(date(2025, 12, 1), "ona", "cervical_dystonia", number, restarts=True, units=Decimal("120"))
    window = ReinjectionWindow(given, date(2026, 2, 23), date(2026, 3, 1), date(2026, 4, 1))
    answer = FollowUp(status, frozenset(), window)
    phone = Phone(f"70000 {number:05}", "daughter", "Hindi")
    person = patient(number, name)
    return DueEntry(
        number, number, person.mrn, person.name, Sex.FEMALE, Birth(year=1968), phone, "cervical_dystonia", None, "",
        answer, last_units=Decimal("120"),
    )  # fmt: skip


def rows(count: int, name: str = "") -> list[CallRow]:
    return [CallRow(str(number), entry(number, name), "Rampur") for number in range(1, count + 1)]


def whole(paper: PrintedPaper) -> str:
    return "\n".join(line for page in written(paper) for line in page)


@pytest.mark.parametrize("size", [PaperSize.A4, PaperSize.LETTER])
@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3)])
def test_a_call_list_has_25_a_page_on_both_sheets(imprint: Imprint, size: PaperSize, count: int, pages: int) -> None:
    paper = call_list_paper(replace(imprint, size=size), rows(count), ("Botox",))
    found = written(paper)
    assert len(found) == pages == PaperWriter().pages(paper)
    names = [[line for line in page if re.fullmatch(r"Person \d+ Name", line)] for page in found]
    assert [len(page) for page in names] == [min(25, count - 25 * place) for place in range(pages)]
    assert [name for page in names for name in page] == [f"Person {one:03} Name" for one in range(1, count + 1)]
    assert ("Nobody is on this list." in found[0]) == (count == 0)
    assert all("Botox" in page[1] for page in found)


def test_a_private_call_list_has_initials_number_and_phone_and_nothing_else_of_the_patient(imprint: Imprint) -> None:
    said = whole(call_list_paper(imprint, rows(3, "Asha Devi Verma"), (), private=True))
    assert said.count("AV") == 3
    assert "70000 00002" in said
    for secret in ("Asha", "Verma", "dystonia", "120", "Botox", "Rampur", "M2", "1968"):
        assert secret not in said


def test_long_names_and_phones_stay_in_their_columns(imprint: Imprint) -> None:
    row = rows(1, LONG)[0]
    number = Phone("+44 7700 900555 extension 4413", "daughter-in-law of the elder brother", "Malayalam")
    paper = call_list_paper(imprint, [replace(row, entry=replace(row.entry, phone=number))], ())
    said = written(paper)[0]
    assert "+44 7700 900555 extension 4413" in said  # a number is never cut, only smaller
    assert any(line.startswith("Venkatanarasimha") for line in said)
    assert not any(line == LONG for line in said)


def visit(number: int, **booking: object) -> DayVisit:
    last = LastDose(date(2025, 12, 1), Units("ona", Decimal("120")))
    made = Appointment(number, number, date(2026, 3, 20), number, (number,), drug=DrugSupply.SCHEME_AWAITED)
    person = patient(number, alerts=("Takes warfarin",))
    case = DayCase(entry(number), last, date(2026, 3, 28))
    return DayVisit(replace(made, **booking), person, (case,), str(number))  # type: ignore[arg-type]


def test_a_day_list_says_last_dose_drug_and_every_warning(imprint: Imprint) -> None:
    one = visit(
        1,
        at=time(9, 30),
        reason="Travels on Monday",
        decided_by="Dr Rao",
        note="Left side first",
        drug_product="ona",
        drug_batch="C7788",
    )
    said = " ".join(whole(day_list_paper(imprint, BotoxDay(date(2026, 3, 20), 20, 1), [one])).split())
    for words in (
        "Day list: Fri 20 Mar 2026", "1 of 20 places", "09:30", "place 1", "Botox 120 U, 1 Dec 2025", "Scheme awaited",
        "! Takes warfarin.", "! Booked before 28 Mar 2026, the earliest day.",
        "! Reason: Travels on Monday (decided by Dr Rao).", "! Drug missing.", "Left side first", "batch C7788",
    ):  # fmt: skip
        assert words in said, words


def test_a_full_day_list_names_everybody_once_and_breaks_between_rows(imprint: Imprint) -> None:
    visits = [visit(number) for number in range(1, 41)]
    found = written(day_list_paper(imprint, BotoxDay(date(2026, 3, 20), 20, 40), visits))
    assert len(found) > 2
    names = [line for page in found for line in page if line.startswith("Person")]
    assert names == [f"Person {number:03} Name" for number in range(1, 41)]
    assert all(page[0].startswith("Day list") and "Drug" in page for page in found)
    empty = whole(day_list_paper(imprint, BotoxDay(date(2026, 3, 20), 20, 0), []))
    assert "Nobody is booked on this day." in empty


def test_a_slip_is_in_the_patients_language_with_a_big_day(imprint: Imprint) -> None:
    facts = SlipFacts(patient(12, "आशा वर्मा"), date(2026, 3, 20), 13, None)
    code = modules_of("BEGIN:VEVENT")
    paper = slips_paper(
        imprint,
        [(facts, TEXTS[SLIP_HI], code), (replace(facts, at=time(9, 5)), TEXTS[SLIP_EN], ())],
    )
    hindi, english = written(paper)
    for words in ("शुक्रवार", "20", "मार्च 2026", "जगह नंबर 13", "आशा वर्मा", "City clinic"):
        assert words in hindi
    for words in ("Friday", "20", "March 2026", "09:05", "Place 13", "Clinic number 12"):
        assert words in english
    sheets = sheets_of(paper)
    assert [(sheet.size, sheet.wide) for sheet in sheets] == [(PaperSize.A6, False)] * 2
    four = slips_paper(imprint, [(facts, TEXTS[SLIP_HI], code)] * 5, cut=True)
    assert [page.count("20") for page in written(four)] == [4, 1]


def test_a_next_visit_slip_says_the_window_or_the_day_the_doctor_said(imprint: Imprint) -> None:
    window = NextVisit(patient(3), date(2026, 6, 11), date(2026, 6, 19), date(2026, 7, 19))
    said = written(next_visit_paper(imprint, [(window, TEXTS["en", TextKind.NEXT_VISIT])]))[0]
    for words in ("Come between", "19 June 2026", "and 19 July 2026", "Not before 11 June 2026."):
        assert words in said
    come_on = replace(window, come_on=date(2026, 6, 23))
    said = written(next_visit_paper(imprint, [(come_on, TEXTS["hi", TextKind.NEXT_VISIT])]))[0]
    assert "इस दिन आएँ, मंगलवार" in said
    assert "23" in said
    assert "जून 2026" in said


def test_a_letter_names_no_diagnosis_and_no_drug(imprint: Imprint) -> None:
    to = Addressed(patient(4, guardian="Ram Verma"), None, entry(4).answer)
    overdue = replace(
        to, window=replace(entry(4).answer, window=replace(entry(4).answer.window, closes=TODAY.replace(day=1)))
    )
    due, late = written(letters_paper(imprint, [(to, TEXTS[LETTER_EN]), (overdue, TEXTS[LETTER_EN])]))
    assert "Your next injection is due between 1 March 2026 and 1 April 2026." in due
    assert "Your next injection was due until 1 March 2026." in late
    assert {"Ram Verma", "Rampur", "Dear Person 004 Name,"} <= set(due)
    assert not any(word in " ".join(due) for word in ("dystonia", "Botox", "botulinum"))


@pytest.mark.parametrize("sheet", label_sheets(PLACES.resources), ids=lambda sheet: sheet.code)
def test_labels_fill_a_sheet_and_leave_used_places_free(imprint: Imprint, sheet: LabelSheet) -> None:
    people = [Addressed(patient(number), None) for number in range(1, sheet.labels + 1)]
    full = written(labels_paper(imprint, people, sheet))
    assert [len([line for line in page if line.startswith("Person")]) for page in full] == [sheet.labels]
    used = written(labels_paper(imprint, people, sheet, 2))
    assert [len([line for line in page if line.startswith("Person")]) for page in used] == [sheet.labels - 2, 2]


def test_a_sheet_without_power_has_calls_days_and_room_to_write(imprint: Imprint) -> None:
    days = [(BotoxDay(date(2026, 3, 20), 20, 1), [visit(1)])]
    paper = power_cut_paper(imprint, rows(2), days)
    found = written(paper)
    assert [page[0] for page in found] == ["Call list", "Day list: Fri 20 Mar 2026", "Injections given without power"]
    assert [found[0].count(key) for key in ("3", "5", "6", "B")] == [25, 25, 25, 25]  # boxes in full and empty rows
    assert paper.patient_ids == (1, 2)


def test_a_handover_note_says_who_was_called_and_what_is_open(imprint: Imprint) -> None:
    call = ContactAttempt(1, 5, datetime(2026, 3, 19, 9, 2), Attempt.TOLD_FAMILY, note="son will tell", by="Nisha")  # noqa: DTZ001
    again = replace(entry(6), answer=replace(entry(6).answer, call_again_on=date(2026, 3, 17)))
    said = whole(handover_paper(imprint, HandedOver(TODAY, ((entry(5), call),), (again,), (), (), (entry(7),), 39)))
    for words in (
        "Told family",
        "son will tell",
        "Person 006 Name",
        "call again 17 Mar",
        "2 days late",
        "39 overdue or due",
    ):
        assert words in said, words


def test_a_plan_says_units_vials_who_has_no_drug_and_the_order_where_vials_are_shared(imprint: Imprint) -> None:
    drugs = (DrugSupply.HOSPITAL_STOCK, DrugSupply.SCHEME_AWAITED, DrugSupply.PATIENT_BRINGS)
    entries = [
        (DayEntry(Appointment(n, n, DAY, n + 1, (n,), drug=drug), f"M{n}", LONG if n else "Asha"), (dose,), False)
        for n, (drug, dose) in enumerate(zip(drugs, (Units("ona", Decimal(30)),) * 3, strict=True))
    ]
    sizes = {"ona": (Decimal(50), Decimal(100))}
    place = BotoxDay(DAY, 20, 3)
    alone, shared = (plan_day(place, entries, sizes, shared=shared) for shared in (False, True))
    said = "\n".join(written(day_plan_paper(imprint, alone))[0]).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Fri 20 Mar 2026", "3 of 20 places", "Botox: 90 U as last time, 3 vials (3 × 50 U), 60 U discarded"):
        assert words in said
    assert f"No drug in sight: {LONG} (scheme awaited)." in said.replace("\n", " ")
    assert "! Drug missing." in said
    assert "Order" not in said
    paper = day_plan_paper(imprint, shared)
    assert "Order" in whole(paper)
    assert (paper.kind, set(paper.patient_ids), paper.stem) == (PaperKind.DAY_PLAN, {0, 1, 2}, "day-plan-2026-03-20")
    assert "Nobody is booked on this day." in whole(day_plan_paper(imprint, plan_day(place, [], sizes, shared=False)))


def test_a_long_name_is_whole_on_lists_and_labels(imprint: Imprint) -> None:
    name = LONG[:52].strip()
    for paper in (
        call_list_paper(imprint, rows(25, name), ()),
        labels_paper(imprint, [Addressed(patient(1, name), None)], label_sheets(PLACES.resources)[0]),
    ):
        assert name in " ".join(whole(paper).split())


def test_letters_without_a_font_are_named_before_they_are_printed_as_boxes(imprint: Imprint) -> None:
    unassigned = "\U0003fffd"
    paper = call_list_paper(imprint, rows(2, f"Asha आशा {unassigned}"), ())
    assert PaperWriter().missing_letters(paper) == unassigned
    assert unassigned in missing_letters_words(unassigned)
    assert PaperWriter().missing_letters(call_list_paper(imprint, rows(2, "Asha आशा №"), ())) == ""


def test_a_code_is_read_from_a_printed_slip_of_a_printer_without_greys(imprint: Imprint) -> None:
    facts = SlipFacts(patient(12, LONG), DAY, 3, None)
    said = "BEGIN:VCALENDAR\r\nEND:VCALENDAR"
    image = PaperWriter().image(slips_paper(imprint, [(facts, TEXTS[SLIP_EN], modules_of(said))]), 1, 300)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]
    only_black = np.where(pixels == 0, 0, 255).astype(np.uint8)
    assert cv2.QRCodeDetector().detectAndDecode(only_black)[0] == said


def test_every_page_is_drawn_inside_its_sheet_and_in_greys(imprint: Imprint) -> None:
    facts = SlipFacts(patient(12, LONG), date(2026, 9, 30), 113, time(9, 5))
    papers = (
        call_list_paper(imprint, rows(26, LONG), ()),
        slips_paper(imprint, [(facts, TEXTS[SLIP_HI], modules_of("x" * 150))]),
        day_list_paper(imprint, BotoxDay(date(2026, 3, 20), 20, 1), [visit(1, note=LONG)]),
    )
    for paper in papers:
        for page, sheet in enumerate(sheets_of(paper), 1):
            image = PaperWriter().image(paper, page, 50)
            assert abs(image.width() - sheet.width * 50 / 25.4) <= 1
            _look(image, round(4.0 * 50 / 25.4))


def _look(image: QImage, edge: int) -> None:
    """Nothing is drawn within ``edge`` pixels of the rim, and nothing has a colour."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    assert grey.convertToFormat(QImage.Format.Format_RGB32) == image
    inner = grey.rect().adjusted(edge, edge, -edge, -edge)
    for x in range(grey.width()):
        for y in range(grey.height()):
            if not inner.contains(x, y):
                assert grey.pixelColor(x, y).lightness() > 250, (x, y)


def test_a_pdf_has_the_pages_on_sheets_of_their_size_and_says_nothing_else(imprint: Imprint) -> None:
    paper = power_cut_paper(imprint, rows(30), [(BotoxDay(date(2026, 3, 20), 20, 1), [visit(1)])])
    pdf = PaperWriter().pdf(paper)
    boxes = re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", pdf)
    assert [(round(float(w)), round(float(h))) for w, h in boxes] == [(595, 842)] * 2 + [(842, 595)] * 2
    assert b"Person" not in pdf
    assert b"/Title <FEFF>" in pdf.upper() or b"/Title ()" in pdf


def test_a_device_without_pages_is_refused(imprint: Imprint) -> None:
    with pytest.raises(TypeError, match="has no pages"):
        PaperWriter().draw(call_list_paper(imprint, rows(1), ()), QImage(10, 10, QImage.Format.Format_RGB32))


def test_every_language_says_the_same_things_with_blanks_the_program_fills() -> None:
    assert KNOWN.codes() == ("en", "hi")
    for code in KNOWN.codes():
        for kind in TextKind:
            shipped = KNOWN.shipped(code, kind)
            assert shipped.keys() == TEXTS_KNOWN[kind].keys() == TEXT_NAMES[kind].keys(), (code, kind)
            assert checked_texts(kind, {code: shipped}, {code: code}) == {code: shipped}
