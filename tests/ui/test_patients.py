"""The Patients list and the sheets of a patient, by real keys over a real encrypted clinic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QHoverEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patients import Birth, PatientDetails, PatientEntry, Sex
from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.ui.patients import (
    CaseSheet,
    DepartureSheet,
    ExternalToxinSheet,
    HoldSheet,
    PatientSheet,
    PatientsView,
    RecordSheet,
    StopSheet,
)
from clinic_app.ui.patients.birth_entry import birth_text, read_birth
from clinic_app.ui.patients.case_sheet import condition_choices
from clinic_app.ui.patients.list_table import PatientsTable
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.picker import Choice, ranked
from tests.builders import TODAY, add_patient, give
from tests.ui.patients_room import Room, open_room, press

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as found:
        yield found


@pytest.fixture
def host(room: Room) -> QWidget:
    widget = QWidget()
    room.show(widget, 1100, 800)
    return widget


def begin(room: Room, sheet: RecordSheet) -> None:
    sheet.begin()
    room.settle()
    assert sheet.isVisible()


# --- the list --------------------------------------------------------------------------------------------


def test_list_shows_all_by_name_and_counts(room: Room) -> None:
    asha, _ = add_patient(room.services)
    add_patient(room.services, "Imran Sheikh", "77", "hemifacial_spasm", Side.LEFT)
    view = PatientsView(room.context)
    room.show(view)
    assert view.model.count == 2
    assert view.current_id() == asha
    first = view.model.entry(0)
    assert first is not None
    assert view.model.lines(first, 0) == ("Asha Verma", "4127 · about 58 F")
    assert room.said("select_case")[-1] == (asha, 0)


def test_slash_types_a_search_and_enter_opens_the_first_hit(room: Room) -> None:
    add_patient(room.services)
    imran, _ = add_patient(room.services, "Imran Sheikh", "77", "hemifacial_spasm", Side.LEFT)
    view = PatientsView(room.context)
    room.show(view)
    view.table.setFocus()
    press(view.table, Qt.Key.Key_Slash)
    assert view.search.line.hasFocus()
    QTest.keyClicks(view.search.line, "imr")
    room.settle()
    assert view.model.count == 1
    press(view.search.line, Qt.Key.Key_Return)
    assert room.said("open_case") == [(imran, 0)]


def test_enter_opens_and_c_compares_the_first_diagnosis(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    view = PatientsView(room.context)
    room.show(view)
    view.table.setFocus()
    press(view.table, Qt.Key.Key_C)
    room.settle()
    press(view.table, Qt.Key.Key_Return)
    assert room.said("compare") == [(case_id,)]
    assert room.said("open_case") == [(patient_id, 0)]


def test_nobody_found_offers_to_create_what_was_typed(room: Room) -> None:
    add_patient(room.services)
    view = PatientsView(room.context)
    room.show(view)
    QTest.keyClicks(view.search.line, "Zzyzx Qq")
    room.settle()
    assert view.model.count == 0
    press(view.search.line, Qt.Key.Key_Return)
    assert room.said("new_patient") == [("Zzyzx Qq",)]


def test_list_pages_far_down_and_keeps_the_row_after_a_write(room: Room) -> None:
    for number in range(230):
        room.services.patients.add(_named(f"Person {number:03d}"))
    view = PatientsView(room.context)
    room.show(view)
    assert view.model.count == 230
    assert view.model.entry(215) is None
    room.settle()
    found = view.model.entry(215)
    assert found is not None
    assert found.name == "Person 215"
    view.table.selectRow(30)
    chosen = view.current_id()
    room.tasks.tell(lambda s: s.patients.add(_named("Aaron")), owner=view)
    room.settle()
    assert view.model.count == 231
    assert view.current_id() == chosen


def test_a_row_reads_as_one_sentence(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2026, 1, 5))
    view = PatientsView(room.context)
    room.show(view)
    said = view.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert (
        said == "Asha Verma, 4127, about 58 F, Blepharospasm, bilateral, phone 98400 12207, last injection 5 Jan 2026"
    )


def test_an_older_answer_is_never_painted_over_a_newer_one(room: Room) -> None:
    add_patient(room.services)
    add_patient(room.services, "Imran Sheikh", "77", "hemifacial_spasm", Side.LEFT)
    view = PatientsView(room.context)
    room.show(view)
    shown: list[tuple[str, int]] = []
    view.model.shown.connect(lambda: shown.append((view.model.words, view.model.count)))
    asked = room.services.patients.first_page
    answered: list[str] = []

    def slowly(words: str, limit: int) -> tuple[int, tuple[PatientEntry, ...]]:
        answer = asked(words, limit)
        answered.append(words)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room.services.patients, "first_page", slowly)
        view.search.line.setText("a")
        until = monotonic() + 10
        while not answered and monotonic() < until:
            sleep(0.002)
        view.search.line.setText("imr")
        room.settle()
    assert answered == ["a", "imr"]
    assert shown == [("imr", 1)]
    found = view.model.entry(0)
    assert found is not None
    assert found.name == "Imran Sheikh"


def test_rows_are_painted_with_what_was_typed_marked_and_the_chosen_row_filled(room: Room) -> None:
    for name, mrn in (("Asha Verma", "4127"), ("Ashok Rao", "77"), ("Imran Sheikh", "78")):
        add_patient(room.services, name, mrn)
    view = PatientsView(room.context)
    room.show(view, 1100, 700)
    colour = room.context.theme.colour
    mark, chosen, bare = (colour(token).name() for token in ("warning_soft", "selected", "surface"))
    assert mark not in _colours(view, 0)
    view.search.line.setText("ash")
    room.settle()
    assert view.model.count == 2
    for row in (0, 1):
        assert mark in _colours(view, row)
    assert chosen in _colours(view, 0)
    assert chosen not in _colours(view, 1)
    view.table.selectRow(1)
    assert chosen in _colours(view, 1)
    assert bare in _colours(view, 0)
    below = view.table.viewport().grab().toImage().pixelColor(20, view.table.rowViewportPosition(1) + 120)
    assert below.name() == bare


def test_a_page_on_its_way_is_a_pale_bar_and_then_the_rows(room: Room) -> None:
    for number in range(100):
        room.services.patients.add(_named(f"Person {number:03d}"))
    view = PatientsView(room.context)
    room.show(view, 1100, 700)
    pale = room.context.theme.colour("track").name()
    assert pale not in _colours(view, 0)
    row = 90
    view.table.scrollTo(view.model.index(row, 0), PatientsTable.ScrollHint.PositionAtCenter)
    assert pale in _colours(view, row)
    room.settle()
    assert pale not in _colours(view, row)
    assert view.model.cells(view.model.entry(row))[0][0] == f"Person {row:03d}"  # type: ignore[arg-type]  # it is here


def test_the_row_under_the_pointer_is_shaded_until_it_leaves(room: Room) -> None:
    add_patient(room.services)
    add_patient(room.services, "Imran Sheikh", "77", "hemifacial_spasm", Side.LEFT)
    view = PatientsView(room.context)
    room.show(view, 1100, 700)
    shade = room.context.theme.colour("hover").name()
    port = view.table.viewport()
    spot = QPointF(300, view.table.rowViewportPosition(1) + 10)
    QCoreApplication.sendEvent(port, QHoverEvent(QEvent.Type.HoverMove, spot, spot, QPointF()))
    assert shade in _colours(view, 1)
    QCoreApplication.sendEvent(port, QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), spot))
    assert shade not in _colours(view, 1)


def _colours(view: PatientsView, row: int) -> set[str]:
    """The colours of a row as it is painted."""
    table = view.table
    image = table.viewport().grab().toImage()
    top = table.rowViewportPosition(row)
    high = min(table.rowHeight(row), image.height() - top)
    return {image.pixelColor(x, top + y).name() for y in range(high) for x in range(0, image.width(), 2)}


def _named(name: str) -> PatientDetails:
    return PatientDetails(name)


# --- what is typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Birth()),
        ("58", Birth(age=58, age_on=TODAY)),
        ("58 y", Birth(age=58, age_on=TODAY)),
        ("1968", Birth(year=1968)),
        ("2/11/1968", Birth(day=date(1968, 11, 2))),
        ("2 Nov 1968", Birth(day=date(1968, 11, 2))),
    ],
)
def test_birth_is_read(typed: str, meant: Birth) -> None:
    from PySide6.QtCore import QLocale

    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.India))
    try:
        assert read_birth(typed, TODAY) == meant
    finally:
        QLocale.setDefault(before)


@pytest.mark.parametrize("typed", ["130", "31/2/1968", "someday"])
def test_birth_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        read_birth(typed, TODAY)


def test_birth_text_reads_back() -> None:
    for birth in (Birth(year=1968), Birth(day=date(1968, 11, 2)), Birth(age=7, age_on=TODAY)):
        assert read_birth(birth_text(birth), TODAY) == birth


def test_ranking_finds_beginnings_aliases_and_misspellings(room: Room) -> None:
    choices = condition_choices(room.services.catalogues)
    assert ranked("bleph", choices)[0].code == "blepharospasm_bilateral"
    assert "writers_cramp" in {one.code for one in ranked("writer", choices)[:2]}
    assert ranked("torti", choices)[0].words == "Cervical dystonia"
    assert ranked("blephrospa", choices)[0].words == "Blepharospasm"
    match = room.services.catalogues.find_condition("blephrospasm")
    assert match is not None
    assert match.condition.code in {one.code for one in ranked("blephrospasm", choices, match.condition.code)}
    assert ranked("", [Choice("a", "A"), Choice("b", "B")]) == [Choice("a", "A"), Choice("b", "B")]
    assert ranked("qqqqqqq", choices) == []


# --- the patient sheet -----------------------------------------------------------------------------------


def test_new_patient_by_keys_alone(room: Room, host: QWidget) -> None:
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    assert sheet.name.hasFocus()
    QTest.keyClicks(sheet.name, "Lakshmi Nair")
    sheet.birth.setFocus()
    QTest.keyClicks(sheet.birth, "1959")
    press(sheet.birth, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert not sheet.isVisible()
    [(patient_id, _)] = room.said("open_case")
    patient = room.services.patients.get(int(str(patient_id)))
    assert patient.name == "Lakshmi Nair"
    assert patient.details.birth == Birth(year=1959)
    assert patient.details.sex is Sex.UNKNOWN
    assert "Lakshmi Nair created" in room.toasts()


def test_missing_name_is_said_beside_its_field(room: Room, host: QWidget) -> None:
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    press(sheet.name, Qt.Key.Key_Return, CTRL)
    field = sheet.field("full_name")
    assert field is not None
    assert "name is missing" in field.problem
    assert sheet.isVisible()


def test_a_phone_refused_by_the_rules_is_said_beside_the_phones(room: Room, host: QWidget) -> None:
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    QTest.keyClicks(sheet.name, "Someone")
    number = sheet.phones.focusProxy()
    assert number is not None
    QTest.keyClicks(number, "12")
    press(sheet.name, Qt.Key.Key_Return, CTRL)
    field = sheet.field("phones")
    assert field is not None
    assert "fewer than four digits" in field.problem


def test_a_likely_double_is_shown_while_typing_and_can_be_opened(room: Room, host: QWidget) -> None:
    asha, _ = add_patient(room.services)
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    QTest.keyClicks(sheet.name, "Verma Asha")
    room.settle()
    before = sheet.birth.mapTo(sheet, QPoint())
    room.qtbot.waitUntil(sheet.similar.isVisible, timeout=60_000)
    QApplication.processEvents()
    assert sheet.birth.mapTo(sheet, QPoint()) == before, "no field moves while somebody types"
    assert sheet.similar.mapTo(sheet, QPoint()).y() > before.y()
    link = next(one for one in sheet.similar.findChildren(QWidget) if one.accessibleName() == "Open Asha Verma")
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert not sheet.isVisible()
    assert room.said("open_case") == [(asha, 0)]


def test_weight_is_asked_only_under_18(room: Room, host: QWidget) -> None:
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    sheet.birth.setFocus()
    QTest.keyClicks(sheet.birth, "9")
    assert sheet.weight_field.isVisible()
    QTest.keyClicks(sheet.birth, "0")
    assert not sheet.weight_field.isVisible()


def test_escape_asks_only_after_an_edit(room: Room, host: QWidget) -> None:
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    press(sheet.name, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    sheet = PatientSheet(room.context, host)
    begin(room, sheet)
    QTest.keyClicks(sheet.name, "X")
    press(sheet.name, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    press(sheet._go_on, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    QTest.mouseClick(sheet._discard, Qt.MouseButton.LeftButton)


def test_editing_keeps_what_was_not_touched(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    before = room.services.patients.get(patient_id).details
    sheet = PatientSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.keyClicks(sheet.village, "Kovilpatti")
    press(sheet.village, Qt.Key.Key_Return, CTRL)
    room.settle()
    after = room.services.patients.get(patient_id).details
    assert after.village == "Kovilpatti"
    assert (after.full_name, after.birth, after.identifiers, after.sex) == (
        before.full_name,
        before.birth,
        before.identifiers,
        before.sex,
    )
    assert [phone.number for phone in after.phones] == ["98400 12207"]


# --- the diagnosis sheet ---------------------------------------------------------------------------------


def test_a_misspelt_condition_is_found_and_added(room: Room, host: QWidget) -> None:
    patient_id = room.services.patients.add(_named("New One")).result
    assert isinstance(patient_id, int)
    sheet = CaseSheet(room.context, host, patient_id)
    begin(room, sheet)
    assert sheet.condition.line.hasFocus()
    QTest.keyClicks(sheet.condition.line, "blephrospas")
    assert sheet.condition.open
    press(sheet.condition.line, Qt.Key.Key_Return)
    assert sheet.condition.code == "blepharospasm_bilateral"
    press(sheet.condition.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    [summary] = room.services.patients.page(patient_id).cases
    assert (summary.case.condition, summary.case.side) == ("blepharospasm_bilateral", Side.BILATERAL)


def test_home_and_end_go_to_the_first_and_the_last_patient(room: Room, host: QWidget) -> None:
    for number in range(3):
        add_patient(room.services, f"Patient {number}", f"90{number}", phone=f"98400 9000{number}")
    view = PatientsView(room.context, host)
    view.resize(900, 600)
    view.show()
    room.settle()
    view.table.setFocus()
    press(view.table, Qt.Key.Key_End)
    assert view.table.currentIndex().row() == view.model.rowCount() - 1 == 2
    press(view.table, Qt.Key.Key_Home)
    assert view.table.currentIndex().row() == 0


def test_escape_in_an_open_picker_closes_only_the_list(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = CaseSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.keyClicks(sheet.condition.line, "hem")
    listed = sheet.condition._list
    assert listed is not None
    assert listed.isVisible()
    press(sheet.condition.line, Qt.Key.Key_Escape)
    assert not listed.isVisible()
    assert sheet.isVisible()


def test_side_is_required_where_the_condition_has_one(room: Room, host: QWidget) -> None:
    patient_id = room.services.patients.add(_named("New One")).result
    assert isinstance(patient_id, int)
    sheet = CaseSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.keyClicks(sheet.condition.line, "writer")
    press(sheet.condition.line, Qt.Key.Key_Return)
    press(sheet.condition.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field("side")
    assert field is not None
    assert field.problem
    assert sheet.side is not None
    QTest.mouseClick(sheet.side.pill("right"), Qt.MouseButton.LeftButton)
    press(sheet.onset, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.patients.page(patient_id).cases[0].case.side is Side.RIGHT


def test_second_diagnosis_asks_together_or_separate(room: Room, host: QWidget) -> None:
    patient_id, first = add_patient(room.services)
    sheet = CaseSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.keyClicks(sheet.condition.line, "cervical")
    press(sheet.condition.line, Qt.Key.Key_Return)
    press(sheet.condition.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field(f"independent_{first}")
    assert field is not None
    assert "together or separate" in field.problem
    QTest.mouseClick(sheet._others[first].pill("separate"), Qt.MouseButton.LeftButton)
    press(sheet.onset, Qt.Key.Key_Return, CTRL)
    room.settle()
    cases = room.services.patients.page(patient_id).cases
    assert len(cases) == 2
    assert cases[1].case.independent_of == {first}
    assert cases[0].case.independent_of == {cases[1].case.id}


def test_own_plan_is_refused_when_it_closes_before_it_opens_and_taken_when_right(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = CaseSheet(room.context, host, patient_id, case_id)
    begin(room, sheet)
    assert "3 to 4 months" in sheet.plan_field._hint
    QTest.mouseClick(sheet.plan_choice.pill("own"), Qt.MouseButton.LeftButton)
    sheet.opens.setFocus()
    QTest.keyClicks(sheet.opens, "16 w")
    QTest.keyClicks(sheet.closes, "12 w")
    press(sheet.closes, Qt.Key.Key_Return, CTRL)
    field = sheet.field("closes_after")
    assert field is not None
    assert "close before it opens" in field.problem
    sheet.closes.clear()
    QTest.keyClicks(sheet.closes, "4 m")
    press(sheet.closes, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.cases.get(case_id).details.plan == ReinjectionPlan(weeks(16), months(4))


def test_a_window_of_the_patient_holds_for_all_diagnoses_but_one_with_its_own(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2026, 1, 5))
    other = room.services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(other, int)
    sheet = CaseSheet(room.context, host, patient_id, case_id)
    begin(room, sheet)
    assert sheet.plan_choice.code == "clinic"
    QTest.mouseClick(sheet.plan_choice.pill("patient"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(sheet.opens, "14 w")
    QTest.keyClicks(sheet.closes, "18 w")
    assert "14 to 18 weeks" in sheet.plan_field._hint
    assert "keeps it" in sheet.plan_field._hint
    press(sheet.closes, Qt.Key.Key_Return, CTRL)
    room.settle()
    plan = ReinjectionPlan(weeks(14), weeks(18))
    assert room.services.cases.patient_plan(patient_id) == plan
    assert room.services.cases.get(case_id).details.plan is None
    first, second = room.services.patients.page(patient_id).cases
    assert (first.plan, second.plan) == (plan, plan)
    assert first.answer.window.opens == date(2026, 4, 13)

    own = CaseSheet(room.context, host, patient_id, other)
    begin(room, own)
    assert (own.plan_choice.code, own.opens.text(), own.closes.text()) == ("patient", "14 w", "18 w")
    QTest.mouseClick(own.plan_choice.pill("own"), Qt.MouseButton.LeftButton)
    own.opens.clear()
    own.closes.clear()
    QTest.keyClicks(own.opens, "12 w")
    QTest.keyClicks(own.closes, "16 w")
    press(own.closes, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.cases.patient_plan(patient_id) == plan
    first, second = room.services.patients.page(patient_id).cases
    assert (first.plan, second.plan) == (plan, ReinjectionPlan(weeks(12), weeks(16)))

    again = CaseSheet(room.context, host, patient_id, case_id)
    begin(room, again)
    QTest.mouseClick(again.plan_choice.pill("clinic"), Qt.MouseButton.LeftButton)
    assert "ends, for all diagnoses" in again.plan_field._hint
    press(again.onset, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.cases.patient_plan(patient_id) is None
    first, second = room.services.patients.page(patient_id).cases
    assert (first.plan, second.plan) == (ReinjectionPlan(months(3), months(4)), ReinjectionPlan(weeks(12), weeks(16)))


# --- hold, stop, died ------------------------------------------------------------------------------------


def test_hold_needs_a_day(room: Room, host: QWidget) -> None:
    _, case_id = add_patient(room.services)
    sheet = HoldSheet(room.context, host, case_id)
    begin(room, sheet)
    press(sheet.until.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field("until")
    assert field is not None
    assert field.problem
    QTest.keyClicks(sheet.until.line, "+8w")
    press(sheet.until.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.schedule.inspector(case_id).summary.answer.status is FollowUpStatus.ON_HOLD


def test_stop_needs_a_reason(room: Room, host: QWidget) -> None:
    _, case_id = add_patient(room.services)
    sheet = StopSheet(room.context, host, case_id)
    begin(room, sheet)
    press(sheet.since.line, Qt.Key.Key_Return, CTRL)
    field = sheet.field("reason")
    assert field is not None
    assert field.problem
    QTest.mouseClick(sheet.reason.pill("remission"), Qt.MouseButton.LeftButton)
    press(sheet.since.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.schedule.inspector(case_id).summary.answer.status is FollowUpStatus.STOPPED


def test_death_stops_every_case(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = DepartureSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.mouseClick(sheet.kind.pill("died"), Qt.MouseButton.LeftButton)
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.patients.get(patient_id).deceased_on == TODAY
    assert room.services.schedule.inspector(case_id).summary.answer.status is FollowUpStatus.STOPPED


def test_toxin_elsewhere_counts_for_the_earliest_day(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    sheet = ExternalToxinSheet(room.context, host, patient_id)
    begin(room, sheet)
    QTest.keyClicks(sheet.day.line, "1 mar 2026")
    sheet.product.setCurrentIndex(sheet.product.findData("abo"))
    sheet.product.activated.emit(sheet.product.currentIndex())
    QTest.keyClicks(sheet.units.line, "300")
    press(sheet.where, Qt.Key.Key_Return, CTRL)
    room.settle()
    [found] = room.services.patients.page(patient_id).external
    assert (found.details.day, found.details.product) == (date(2026, 3, 1), "abo")
    assert room.services.schedule.inspector(case_id).summary.answer.window.earliest == date(2026, 5, 24)


def test_everything_that_takes_the_keyboard_has_a_name(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    view = PatientsView(room.context)
    room.show(view)
    sheets: list[RecordSheet] = [
        PatientSheet(room.context, host, patient_id),
        CaseSheet(room.context, host, patient_id, case_id),
        ExternalToxinSheet(room.context, host, patient_id),
        HoldSheet(room.context, host, case_id),
    ]
    for sheet in sheets:
        begin(room, sheet)
    for root in (view, *sheets):
        for widget in root.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.focusProxy() is None:
                face = QAccessible.queryAccessibleInterface(widget)
                assert face is not None
                assert face.text(QAccessible.Text.Name), (type(root).__name__, type(widget).__name__)
