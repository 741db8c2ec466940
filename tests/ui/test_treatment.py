"""The visit sheet and the correction of an injection, by real keys over a real encrypted clinic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import BookingDetails
from clinic_app.domain.treatment import CHECKLIST, SessionKind, SessionState, SiteSide, Visit
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.treatment import CorrectionSheet, LaterBookingsSheet, VisitSheet
from clinic_app.ui.treatment.session_block import millilitres_per_unit
from clinic_app.ui.treatment.sites import muscle_choices
from tests.builders import TODAY, add_patient, give
from tests.ui.patients_room import Room, give_sites, open_room, press

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as found:
        yield found


@pytest.fixture
def host(room: Room) -> QWidget:
    widget = QWidget()
    room.show(widget, 1180, 820)
    return widget


def open_visit(room: Room, host: QWidget, patient_id: int, case_id: int = 0) -> VisitSheet:
    sheet = VisitSheet(room.context, host, patient_id, case_id)
    sheet.begin()
    room.settle()
    assert sheet.isVisible()
    return sheet


def visits_of(room: Room, patient_id: int) -> tuple[Visit, ...]:
    return room.services.patients.page(patient_id).visits


def warned(room: Room, sheet: VisitSheet) -> None:
    room.qtbot.waitUntil(lambda: bool(sheet.warnings.words), timeout=60_000)


# --- repeat last -----------------------------------------------------------------------------------------


def test_repeat_last_is_ctrl_r_none_of_these_and_ctrl_enter(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    before = give_sites(room.services, patient_id, case_id, date(2025, 11, 11)).sessions[0].details
    sheet = open_visit(room, host, patient_id, case_id)
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert not sheet.isVisible()
    visit = max(visits_of(room, patient_id), key=lambda one: one.day)
    assert visit.day == TODAY
    assert visit.batch == ""
    assert visit.checklist == tuple((code, False) for code in CHECKLIST)
    [session] = visit.sessions
    assert session.state is SessionState.FINAL
    sites = [(one.muscle, one.side, one.units) for one in session.details.sites]
    assert sites == [(one.muscle, one.side, one.units) for one in before.sites]
    assert session.units.amount == Decimal(20)


def test_nothing_is_answered_or_dosed_beforehand(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    assert sheet.checklist.answers == ()
    assert sheet.batch.text() == ""
    assert block.product_code == "ona"
    assert block.total().amount == 0
    assert block.come_on.day is None


def test_the_checklist_must_be_answered_today(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = open_visit(room, host, patient_id, case_id)
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field("checklist")
    assert field is not None
    assert "Not all questions" in field.problem
    assert len(visits_of(room, patient_id)) == 1


# --- typing sites ----------------------------------------------------------------------------------------


def test_sites_by_keys_alone(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services, condition="writers_cramp", side=Side.RIGHT)
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    block.product.setFocus()
    QTest.keyClicks(block.product, "Bot")
    block.product.activated.emit(block.product.currentIndex())
    row = block.sites.rows[0]
    row.muscle.line.setFocus()
    QTest.keyClicks(row.muscle.line, "flexor carpi rad")
    press(row.muscle.line, Qt.Key.Key_Return)
    assert row.muscle.code is not None
    assert row.side.currentData() == SiteSide.RIGHT.value
    row.units.line.setFocus()
    press(row.units.line, Qt.Key.Key_Up)
    assert row.amount() == Decimal("2.5")
    row.units.line.clear()
    QTest.keyClicks(row.units.line, "20")
    press(row.units.line, Qt.Key.Key_Return)
    assert len(block.sites.rows) == 2
    assert block.sites.rows[1].muscle.line.hasFocus()
    assert "20 U Botox" in block.total_label.text()
    press(block.sites.rows[1].muscle.line, Qt.Key.Key_N, ALT)
    press(block.sites.rows[1].muscle.line, Qt.Key.Key_Return, CTRL | Qt.KeyboardModifier.ShiftModifier)
    room.settle()
    [visit] = visits_of(room, patient_id)
    assert visit.sessions[0].state is SessionState.GIVEN
    assert [(one.side, one.units) for one in visit.sessions[0].details.sites] == [(SiteSide.RIGHT, Decimal(20))]


def test_a_site_without_units_is_said_beside_the_sites(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    block.choose_product("ona")
    row = block.sites.rows[0]
    QTest.keyClicks(row.muscle.line, "orbic")
    press(row.muscle.line, Qt.Key.Key_Return)
    row.side.setCurrentIndex(1)
    press(row.muscle.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field(f"sites_{case_id}")
    assert field is not None
    assert "has no units" in field.problem


def test_copy_to_the_other_side(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    block.choose_product("ona")
    row = block.sites.rows[0]
    QTest.keyClicks(row.muscle.line, "orbic")
    press(row.muscle.line, Qt.Key.Key_Return)
    row.side.setCurrentIndex(row.side.findData("right"))
    QTest.keyClicks(row.units.line, "2.5")
    press(row.units.line, Qt.Key.Key_D, CTRL)
    found = block.sites.sites("sites")
    assert [(one.side, one.units) for one in found] == [
        (SiteSide.RIGHT, Decimal("2.5")),
        (SiteSide.LEFT, Decimal("2.5")),
    ]


def test_muscles_of_the_condition_come_first(room: Room) -> None:
    catalogues = room.services.catalogues
    first = [muscle.code for muscle in catalogues.muscles_for("cervical_dystonia")]
    choices = muscle_choices(catalogues, "cervical_dystonia")
    assert [choice.code for choice in choices[: len(first)]] == first
    assert len(choices) == len(catalogues.muscles)


# --- products and volumes --------------------------------------------------------------------------------


def test_another_product_warns_and_starts_blank(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    assert block.total().amount == 20
    block.choose_product("abo")
    assert block.total().amount == 0
    assert "cannot be converted" in block._warning.words
    assert block.sites.rows[0].units.line.accessibleName() == "Units, Dysport"
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    assert "never had Dysport" in sheet.banner.words
    assert block.total().amount == 0


@pytest.mark.parametrize(
    ("code", "vial", "diluent", "dose", "millilitres"),
    [
        ("ona", 100, "4", "2.5", "0.10"),
        ("ona", 100, "2", "45", "0.90"),
        ("abo", 500, "1", "150", "0.30"),
        ("inco", 100, "5", "2", "0.10"),
        ("rima", 5000, None, "500", "0.10"),
    ],
)
def test_volumes_are_those_of_the_worked_checks(
    room: Room, code: str, vial: int, diluent: str | None, dose: str, millilitres: str
) -> None:
    product = room.services.catalogues.products[code]
    found = next(one for one in product.vials if one.units == vial)
    per_unit = millilitres_per_unit(product, found, Decimal(diluent) if diluent else None)
    assert per_unit is not None
    assert (Decimal(dose) * per_unit).quantize(Decimal("0.01")) == Decimal(millilitres)


def test_daxxify_is_never_computed(room: Room) -> None:
    product = room.services.catalogues.products["daxi"]
    assert millilitres_per_unit(product, product.vials[0], Decimal(1)) is None


def test_dilution_is_shown_per_tenth_of_a_millilitre(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    block.choose_product("ona")
    QTest.keyClicks(block.dilution, "2")
    assert block._dilution_field._hint == ""
    block.vial.setCurrentIndex(block.vial.findText("100 U"))
    block.vial.activated.emit(block.vial.currentIndex())
    assert block._dilution_field._hint == "5 U per 0.1 mL"


# --- warnings --------------------------------------------------------------------------------------------


def test_before_earliest_asks_for_reason_and_doctor(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2026, 2, 1))
    sheet = open_visit(room, host, patient_id, case_id)
    warned(room, sheet)
    assert "19 Mar 2026 is before 26 Apr 2026" in sheet.warnings.words[0]
    assert sheet.reason.isVisible()
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    field = sheet.field("reason")
    assert field is not None
    assert "before 26 Apr 2026" in field.problem
    QTest.keyClicks(sheet.reason, "worn off")
    QTest.keyClicks(sheet.decided_by, "Dr Rao")
    press(sheet.decided_by, Qt.Key.Key_Return, CTRL)
    room.settle()
    visit = max(visits_of(room, patient_id), key=lambda one: one.day)
    assert (visit.reason, visit.decided_by) == ("worn off", "Dr Rao")


def test_the_400_unit_rule_shows_sum_limit_source_and_the_day_it_clears(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services, condition="cervical_dystonia", side=None)
    give(room.services, patient_id, case_id, date(2025, 12, 22), "300")
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    QTest.mouseClick(block.mode.pill("total"), LEFT)
    QTest.keyClicks(block.units.line, "200")
    warned(room, sheet)
    words = " ".join(sheet.warnings.words)
    assert "500 U within 3 months, above 400 U" in words
    assert "Clears on 22 Mar 2026" in words
    assert "V:S5" not in words
    (tip,) = {line.toolTip() for line in sheet.warnings._lines}
    assert tip.startswith("Source: BOTOX Cosmetic PI 2.1")
    assert sheet.warnings._total.text() == "Botox 200 U"
    assert sheet.reason.isVisible()


def test_totals_of_two_products_are_never_added(room: Room, host: QWidget) -> None:
    patient_id, first = add_patient(room.services)
    second = room.services.cases.add(patient_id, CaseDetails("writers_cramp", Side.RIGHT)).result
    assert isinstance(second, int)
    sheet = open_visit(room, host, patient_id, first)
    assert set(sheet.blocks) == {first}
    QTest.mouseClick(sheet._ticks[second], LEFT, pos=sheet._ticks[second].rect().center() * 0)
    sheet._ticks[second].setChecked(True)
    for case_id, product in ((first, "ona"), (second, "abo")):
        block = sheet.blocks[case_id]
        block.choose_product(product)
        QTest.mouseClick(block.mode.pill("total"), LEFT)
        QTest.keyClicks(block.units.line, "40")
    assert sheet.warnings._total.text() == "Botox 40 U · Dysport 40 U"
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    [visit] = visits_of(room, patient_id)
    assert {one.details.case_id: one.units.product for one in visit.sessions} == {first: "ona", second: "abo"}


def test_a_booking_for_two_asks_at_the_end_what_becomes_of_the_one_not_treated(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    neck = room.services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    room.services.schedule.book(BookingDetails(patient_id, TODAY, (case_id, neck)))
    sheet = open_visit(room, host, patient_id, case_id)
    asked = sheet.untreated
    assert asked.field.isVisible()
    assert "Cervical dystonia" in asked.head.text()
    sheet._ticks[neck].setChecked(True)
    assert not asked.field.isVisible()
    sheet._ticks[neck].setChecked(False)
    sheet.day.line.setText("1/3")
    sheet.day.line.textEdited.emit("1/3")
    assert not asked.field.isVisible()
    sheet.day.set_day(TODAY)
    sheet.day.edited.emit()
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    assert "Say what becomes" in asked.field.problem
    host.resize(host.width(), 420)
    sheet._scroll.ensureWidgetVisible(asked.choice, 0, 0)
    QTest.mouseClick(asked.choice.pill("without"), LEFT)
    room.settle()
    below = asked.reason.mapTo(sheet._scroll.viewport(), asked.reason.rect().bottomLeft()).y()
    assert 0 < below < sheet._scroll.viewport().height(), "what is asked next is in sight"
    press(asked.reason, Qt.Key.Key_Return, CTRL)
    field = sheet.field("untreated_reason")
    assert field is not None
    assert field.problem == "Why was nothing injected for it? Enter it in “reason”."
    QTest.keyClicks(asked.reason, "no spasm today")
    press(asked.reason, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert not sheet.isVisible()
    stand = {one.case_ids: one.status.value for one in room.services.patients.page(patient_id).appointments}
    assert stand == {(case_id,): "done", (neck,): "seen_not_injected"}


def test_a_touch_up_asks_whether_it_restarts_the_window(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    QTest.mouseClick(block.mode.pill("total"), LEFT)
    QTest.keyClicks(block.units.line, "5")
    QTest.mouseClick(block.kind.pill("touch-up"), LEFT)
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field(f"restarts_{case_id}")
    assert field is not None
    assert field.problem
    QTest.mouseClick(block.restarts.pill("no"), LEFT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    session = max(visits_of(room, patient_id), key=lambda one: one.day).sessions[0]
    assert session.details.kind is SessionKind.TOUCH_UP
    assert not session.restarts_window


def test_toxin_elsewhere_opens_its_own_sheet(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = open_visit(room, host, patient_id, case_id)
    QTest.mouseClick(sheet.checklist.choices["toxin_elsewhere"].pill("yes"), LEFT)
    assert sheet.checklist.elsewhere.isVisible()
    sheet.checklist.elsewhere.click()
    assert room.said("external") == [(patient_id, 0)]
    assert sheet.isVisible()


def test_later_bookings_are_asked_about_after_giving(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    room.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 24), (case_id,)))
    sheet = open_visit(room, host, patient_id, case_id)
    press(sheet.day.line, Qt.Key.Key_R, CTRL)
    room.settle()
    press(sheet.day.line, Qt.Key.Key_N, ALT)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    [later] = host.findChildren(LaterBookingsSheet)
    assert later.isVisible()
    [choice] = later.choices.values()
    press(choice.pill("keep"), Qt.Key.Key_Return, CTRL)
    assert later.isVisible()
    QTest.mouseClick(choice.pill("cancel"), LEFT)
    press(choice.pill("cancel"), Qt.Key.Key_Return, CTRL)
    room.settle()
    [booking] = room.services.patients.page(patient_id).appointments
    assert not booking.status.live


# --- corrections -----------------------------------------------------------------------------------------


def test_correct_units_with_a_reason(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    session = give(room.services, patient_id, case_id, date(2025, 11, 11), "350").sessions[0]
    sheet = CorrectionSheet(room.context, host, session.id)
    sheet.begin()
    room.settle()
    assert sheet.block is not None
    assert sheet.reason.hasFocus()
    sheet.block.units.line.setFocus()
    sheet.block.units.line.selectAll()
    QTest.keyClicks(sheet.block.units.line, "35")
    press(sheet.block.units.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    field = sheet.field("reason")
    assert field is not None
    assert field.problem
    QTest.keyClicks(sheet.reason, "typed 350 instead of 35")
    press(sheet.reason, Qt.Key.Key_Return, CTRL)
    room.settle()
    after = room.services.treatment.session(session.id)
    assert (after.units.amount, after.state) == (Decimal(35), SessionState.CORRECTED)
    assert after.correction_reason == "typed 350 instead of 35"


def test_void_with_a_reason(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    session = give(room.services, patient_id, case_id, date(2025, 11, 11)).sessions[0]
    sheet = CorrectionSheet(room.context, host, session.id)
    sheet.begin()
    room.settle()
    QTest.mouseClick(sheet.void, LEFT)
    QTest.keyClicks(sheet.reason, "wrong patient")
    press(sheet.reason, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.treatment.session(session.id).state is SessionState.VOID
    assert room.services.schedule.inspector(case_id).summary.answer.window.last is None


def test_escape_asks_after_an_edit_of_a_dose(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = open_visit(room, host, patient_id, case_id)
    press(sheet.day.line, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    block.choose_product("ona")
    QTest.keyClicks(block.sites.rows[0].units.line, "5")
    press(sheet.day.line, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    QTest.mouseClick(sheet._discard, LEFT)
    assert not sheet.isVisible()


def test_a_past_visit_is_taken_without_checklist_and_reason(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = open_visit(room, host, patient_id, case_id)
    block = sheet.blocks[case_id]
    sheet.day.line.selectAll()
    QTest.keyClicks(sheet.day.line, "1 dec 2025")
    QTest.mouseClick(block.mode.pill("total"), LEFT)
    QTest.keyClicks(block.units.line, "30")
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert not sheet.isVisible()
    assert {visit.day for visit in visits_of(room, patient_id)} == {date(2025, 11, 11), date(2025, 12, 1)}


def test_a_doctor_is_the_injector_where_nobody_was_before(room: Room, host: QWidget) -> None:
    user = room.services.clinic.user
    assert Role.DOCTOR in user.roles
    patient, case = add_patient(room.services, "Nobody Yet", "9001")
    sheet = open_visit(room, host, patient, case)
    assert sheet.injector.currentText() == user.name
