"""How the call list is looked at: columns, order, groups, filters, views, several rows, counts, the safety check."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from clinic_app.domain.call_list import Column, Concern, Grouping, SafetyCheck, SafetyEntry
from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.patients import Identifier, PatientDetails, Phone
from clinic_app.domain.schedule import Attempt, BookingDetails, DrugSupply, FollowUpStatus
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.call_model import COLUMNS
from clinic_app.ui.schedule.columns_panel import ColumnsPanel
from clinic_app.ui.schedule.counts_line import CountsLine
from clinic_app.ui.schedule.name_panel import NamePanel
from clinic_app.ui.schedule.safety_sheet import SafetySheet
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.call_list import counts_words
from tests.builders import give
from tests.ui.window_room import Room

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def villagers(clinic: Room) -> None:
    """Four more people with villages and languages, all overdue."""
    for number, (village, language) in enumerate(
        (("Alwar", "Hindi"), ("Alwar", ""), ("Sikar", "Hindi"), ("", "Tamil"))
    ):
        details = PatientDetails(
            f"Villager {number}",
            identifiers=(Identifier(f"55{number}"),),
            phones=(Phone("98400 77001"),),
            village=village,
            language=language,
        )
        patient_id = clinic.services.patients.add(details).result
        assert isinstance(patient_id, int)
        case_id = clinic.services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
        assert isinstance(case_id, int)
        give(clinic.services, patient_id, case_id, date(2025, 9, 1 + number))
    clinic.window.schedule.refresh()
    clinic.window.schedule._read_injectors()
    clinic.settle()


def head(clinic: Room, column: Column, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A real click on a column's head."""
    heads = clinic.window.schedule.table.heads
    section = COLUMNS.index(column)
    spot = QPoint(heads.sectionViewportPosition(section) + heads.sectionSize(section) // 2, heads.height() // 2)
    QTest.mouseClick(heads.viewport(), LEFT, modifiers, spot)
    clinic.settle()


def click_row(clinic: Room, name: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    table, model = clinic.window.schedule.table, clinic.window.schedule.model
    row = next(row for row in range(model.rowCount()) if (line := model.line_at(row)) and line.name == name)
    table._scroll(row)
    rect = table.visualRect(model.index(row, COLUMNS.index(Column.DIAGNOSIS)))
    QTest.mouseClick(table.viewport(), LEFT, modifiers, rect.center())


def choose(clinic: Room, menu: QMenu, *path: str) -> None:
    """Choose from a menu by the words of its entries."""
    for words in path[:-1]:
        inner = next(action.menu() for action in menu.actions() if action.text() == words)
        assert isinstance(inner, QMenu)
        menu = inner
    next(action for action in menu.actions() if action.text().partition("\t")[0] == path[-1]).trigger()
    clinic.settle()


def pop(clinic: Room, button: QAbstractButton) -> QMenu:
    button.click()
    clinic.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    clinic.window.activateWindow()
    return menu


def test_columns_order_and_shape_are_kept_for_the_person(clinic: Room) -> None:
    villagers(clinic)
    schedule = clinic.window.schedule
    schedule.filters.columns.click()
    panel = QApplication.activePopupWidget()
    assert isinstance(panel, ColumnsPanel)
    names = [panel.list.item(row).text() for row in range(panel.list.count())]
    panel.list.setCurrentRow(names.index("Village"))
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    for _ in range(20):
        QTest.keyClick(panel.list, Qt.Key.Key_Up, CTRL)
    QTest.keyClick(panel.list, Qt.Key.Key_Right, CTRL)
    panel.close()
    columns = schedule.choices.columns
    assert columns.visible[:2] == (Column.VILLAGE, Column.STATUS)
    heads = schedule.table.heads
    village = COLUMNS.index(Column.VILLAGE)
    assert (heads.visualIndex(village), heads.isSectionHidden(village)) == (0, False)
    assert heads.sectionSize(village) == clinic.keeper.px(columns.widths[Column.VILLAGE])
    heads.resizeSection(village, clinic.keeper.px(200))
    heads.moveSection(0, 1)
    assert schedule.choices.columns.visible[:2] == (Column.STATUS, Column.VILLAGE)
    assert schedule.choices.columns.widths[Column.VILLAGE] == 200
    head(clinic, Column.VILLAGE)
    head(clinic, Column.PATIENT, SHIFT)
    head(clinic, Column.PATIENT, SHIFT)
    assert [key.column for key in schedule.choices.shape.sort] == [Column.VILLAGE, Column.PATIENT]
    assert clinic.names[:6] == ["Villager 1", "Villager 0", "Villager 2", "Villager 3", "Harpreet Gill", "Asha Verma"]
    assert [chip.text() for chip in schedule.filters._chips] == ["Sorted by Village, then Patient (falling)"]
    clinic.until(lambda: clinic.services.call_list.mine()[0] == schedule.choices.choices)
    clinic.context.detach()
    assert schedule.choices.columns.visible[0] is Column.STATUS
    assert Column.VILLAGE not in schedule.choices.columns.shown
    clinic.attach()
    assert schedule.choices.columns.widths[Column.VILLAGE] == 200
    assert clinic.names[0] == "Villager 1"
    schedule.filters._chips[0].click()
    clinic.settle()
    assert clinic.names[0] == "Villager 0"
    assert not schedule.choices.shape.sort


def test_groups_by_village_keep_every_case_and_close_by_keys(clinic: Room) -> None:
    villagers(clinic)
    schedule, model = clinic.window.schedule, clinic.window.schedule.model
    choose(clinic, pop(clinic, schedule.filters.group), "Village")
    assert model.counts() == {"Alwar": 2, "Sikar": 1, "": 5}
    assert clinic.names[:3] == ["Villager 0", "Villager 1", "Villager 2"]
    assert clinic.selected == "Asha Verma"
    schedule.table.setFocus()
    click_row(clinic, "Villager 0")
    clinic.press(Qt.Key.Key_Left)
    assert clinic.names[0] == "Villager 2"
    schedule.refresh()
    clinic.settle()
    assert clinic.names[0] == "Villager 2"
    assert schedule.line.words.text() == "8 diagnoses: 6 overdue · 1 due · 1 not started"
    QTest.mouseClick(schedule.tiles["due"], LEFT)
    clinic.settle()
    assert clinic.names == ["Meena Joshi"]
    schedule.clear_filters()
    choose(clinic, pop(clinic, schedule.filters.group), "No groups")
    assert schedule.choices.shape.grouping is Grouping.NONE
    assert clinic.names[0] == "Villager 0"
    assert len(clinic.names) == 8
    schedule.table.verticalScrollBar().setValue(clinic.keeper.measures.group_row + 10)
    sticky = schedule.table.sticky
    if schedule.table.verticalScrollBar().value():
        assert sticky.isVisible()
        assert sticky.group is not None
        assert sticky.group.title == "All diagnoses"
        QTest.mouseClick(sticky, LEFT)
        assert clinic.names == []


def test_filters_stand_as_chips_and_a_called_row_stays_ticked_until_the_day_ends(clinic: Room) -> None:
    villagers(clinic)
    schedule = clinic.window.schedule
    case_id = clinic.people["Asha Verma"][1]
    clinic.clock.go_to(date(2026, 3, 16))
    clinic.services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    clinic.clock.go_to(date(2026, 3, 19))
    more = pop(clinic, schedule.filters.more)
    choose(clinic, more, "Call again today or earlier")
    assert clinic.names == ["Asha Verma"]
    for words in (["Status", "Overdue"], ["Language", "Hindi"]):
        choose(clinic, pop(clinic, schedule.filters.more), *words)
    assert [chip.text() for chip in schedule.filters._chips] == ["Hindi", "Overdue", "Call again today or earlier"]
    assert clinic.names == []
    schedule.filters._chips[0].click()
    clinic.settle()
    schedule.table.setFocus()
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert clinic.names == ["Asha Verma"]
    line = schedule.model.line_at(1)
    assert line is not None
    assert line.called_today
    schedule.clear_filters()
    choose(clinic, pop(clinic, schedule.filters.more), "Not called in 7 days")
    assert "Asha Verma" not in clinic.names
    schedule.table.setFocus()
    click_row(clinic, "Harpreet Gill")
    clinic.press(Qt.Key.Key_2)
    clinic.settle()
    assert "Harpreet Gill" in clinic.names
    head(clinic, Column.CALL)
    assert "Harpreet Gill" in clinic.names
    clinic.clock.go_to(date(2026, 3, 20))
    schedule._look_at_day()
    clinic.settle()
    assert "Harpreet Gill" not in clinic.names


def test_due_until_the_end_of_a_week_or_of_the_month_is_one_choice(clinic: Room) -> None:
    schedule = clinic.window.schedule
    everybody = set(clinic.names)
    expected = {
        name
        for name, (_, case_id) in clinic.people.items()
        if (entry := clinic.services.schedule.entry(case_id)) is not None
        and entry.answer.window.closes is not None
        and entry.answer.window.closes <= date(2026, 3, 29)
    }
    choose(clinic, pop(clinic, schedule.filters.more), "Due until", "Next week, Sun 29 Mar")
    assert schedule.filters.filter.closes_by == date(2026, 3, 29)
    assert set(clinic.names) == expected & everybody
    assert schedule.filters.words == ("Due until 29 Mar 2026",)
    choose(clinic, pop(clinic, schedule.filters.more), "Due until", "This month, Tue 31 Mar")
    assert schedule.filters.filter.closes_by == date(2026, 3, 31)
    choose(clinic, pop(clinic, schedule.filters.more), "Due until", "All")
    assert schedule.filters.filter.closes_by is None


def test_m_moves_the_booking_of_a_row_or_chooses_a_day(clinic: Room) -> None:
    schedule = clinic.window.schedule
    schedule.table.setFocus()
    click_row(clinic, "Asha Verma")
    clinic.press(Qt.Key.Key_M)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert any(one.text() == "Book a Botox day" for one in sheet.findChildren(QLabel))
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    patient_id, case_id = clinic.people["Asha Verma"]
    offered = clinic.services.schedule.suggested_days(case_id, 1)[0]
    clinic.tasks.tell(lambda s: s.schedule.book(BookingDetails(patient_id, offered.day, (case_id,))), owner=schedule)
    clinic.settle()
    row = schedule.model.row_of(case_id)
    if row is None:
        schedule.model.set_open(FollowUpStatus.BOOKED, open_=True)
        clinic.settle()
    click_row(clinic, "Asha Verma")
    clinic.press(Qt.Key.Key_M)
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, BookingSheet)
    assert any(one.text() == "Move booking" for one in sheet.findChildren(QLabel))


def test_the_quick_filter_finds_as_the_search_does_and_leaves_a_chip(clinic: Room) -> None:
    schedule = clinic.window.schedule
    schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is schedule.filters.quick.line
    clinic.type("joshi")
    clinic.until(lambda: clinic.names == ["Meena Joshi"])
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert QApplication.focusWidget() is schedule.table
    assert [chip.text() for chip in schedule.filters._chips] == ["“joshi”"]
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert len(clinic.names) == 4
    assert schedule.filters.quick.words == ""


def test_views_are_kept_chosen_renamed_and_deleted(clinic: Room) -> None:
    schedule = clinic.window.schedule
    choose(clinic, pop(clinic, schedule.filters.views), "Overdue and due")
    assert clinic.names == ["Asha Verma", "Harpreet Gill", "Meena Joshi"]
    schedule.filters._take_product("abo")
    clinic.settle()
    choose(clinic, pop(clinic, schedule.filters.views), "Keep this view as…")
    panel = QApplication.activePopupWidget()
    assert isinstance(panel, NamePanel)
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert panel.said.text() == "Give the view a name."
    QTest.keyClicks(panel.line, "Dysport now")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    choose(clinic, pop(clinic, schedule.filters.views), "The usual list")
    assert len(clinic.names) == 4
    choose(clinic, pop(clinic, schedule.filters.views), "Rename", "Dysport now")
    panel = QApplication.activePopupWidget()
    assert isinstance(panel, NamePanel)
    QTest.keyClicks(panel.line, "Dysport")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    clinic.until(lambda: [one.name for one in clinic.services.call_list.mine()[0].views] == ["Dysport"])
    choose(clinic, pop(clinic, schedule.filters.views), "Dysport")
    assert clinic.names == ["Harpreet Gill"]
    choose(clinic, pop(clinic, schedule.filters.views), "Delete", "Dysport")
    clinic.until(lambda: not clinic.services.call_list.mine()[0].views)


def drugs(clinic: Room) -> list[DrugSupply]:
    pages = [clinic.services.patients.page(clinic.people[name][0]) for name in ("Asha Verma", "Meena Joshi")]
    return [page.appointments[0].drug for page in pages]


def test_several_rows_are_copied_as_a_table_and_their_drugs_said_at_once(clinic: Room) -> None:
    schedule = clinic.window.schedule
    for name in ("Asha Verma", "Meena Joshi"):
        patient_id, case_id = clinic.people[name]
        clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 20), (case_id,)))
    schedule.refresh()
    clinic.settle()
    schedule.table.setFocus()
    click_row(clinic, "Asha Verma")
    click_row(clinic, "Meena Joshi", CTRL)
    assert schedule.line.words.text() == "2 selected"
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert not [c for c in clinic.services.patients.page(patient_id).calls if c.outcome is Attempt.NO_ANSWER]
    clinic.press(Qt.Key.Key_C, CTRL)
    data = QApplication.clipboard().mimeData()
    rows = data.text().splitlines()
    assert rows[0].split("\t")[:2] == ["Status", "Patient"]
    assert [row.split("\t")[1].partition(",")[0] for row in rows[1:]] == ["Asha Verma", "Meena Joshi"]
    assert data.html().count("<tr>") == 3
    schedule.picked_rows.set_drug(DrugSupply.SCHEME_AWAITED)
    clinic.settle()
    assert drugs(clinic) == [DrugSupply.SCHEME_AWAITED] * 2
    assert schedule.line.words.text() == "2 selected"
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert drugs(clinic) == [DrugSupply.UNKNOWN] * 2
    schedule.table.setFocus()
    clinic.press(Qt.Key.Key_Escape)
    assert schedule.line.words.text().startswith("4 diagnoses: ")
    clinic.press(Qt.Key.Key_Down, SHIFT)
    clinic.press(Qt.Key.Key_Down, SHIFT)
    assert schedule.line.words.text() in ("2 selected", "3 selected")
    clinic.press(Qt.Key.Key_A, CTRL)
    assert len(schedule.table.picks) == 4
    painted = [index.row() for index in schedule.table.selectionModel().selectedRows()]
    assert sorted(painted) == [row for row, _ in schedule.table.calls.loaded_rows()]
    assert schedule.line.print.isVisible()


def test_the_safety_check_names_who_stands_nowhere_and_opens_the_place(clinic: Room) -> None:
    schedule = clinic.window.schedule
    schedule.line.safety.click()
    clinic.settle()
    sheet = clinic.window.findChild(SafetySheet)
    assert sheet is not None
    assert sheet.said.text().startswith("Nobody is forgotten")
    sheet.cancel()
    clinic.clock.go_to(date(2026, 3, 19) + timedelta(days=20))
    schedule.refresh()
    clinic.settle()
    assert schedule.line.safety.text() == "Safety check: 1"
    schedule.line.safety.click()
    clinic.settle()
    sheet = clinic.window.findChildren(SafetySheet)[-1]
    assert [button.accessibleName() for button in sheet.buttons] == ["Open record: Thomas Okafor"]
    sheet.buttons[0].click()
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window.selection == clinic.people["Thomas Okafor"]


def test_a_long_safety_check_is_built_whole_in_its_order(clinic: Room) -> None:
    host = clinic.window.centralWidget()
    assert host is not None
    sheet = SafetySheet(clinic.context, host)
    names = [f"Person {number}" for number in range(20)]
    found = tuple(
        SafetyEntry(concern, 1, 1, "1", f"{name} {concern.value}", "cervical_dystonia", None)
        for concern in (Concern.NO_WINDOW, Concern.NOT_STARTED)
        for name in names
    )
    check = SafetyCheck({Concern.NO_WINDOW: 20, Concern.NOT_STARTED: 20}, found)
    sheet.show_check(check)
    sheet.show_check(check)
    assert len(sheet.buttons) < len(found)
    clinic.until(lambda: len(sheet.buttons) >= len(found))
    assert [button.accessibleName() for button in sheet.buttons] == [f"Open record: {one.name}" for one in found]
    sheet.deleteLater()


def test_the_counts_of_a_very_large_clinic_are_whole_in_a_narrow_window(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    line = CountsLine(keeper)
    qtbot.addWidget(line)
    grown: list[int] = []
    line.grown.connect(lambda: grown.append(line.high))
    line.resize(620, line.high)
    line.show()
    low = line.high
    line.show_counts(counts_words(dict.fromkeys(FollowUpStatus, 14_664), 12, 1))
    line.show_worries(4_033)
    assert grown
    assert line.height() == line.high > low
    words = line.words
    assert words.heightForWidth(words.width()) <= line.high
    line.show_picked(3)
    assert line.high > low
