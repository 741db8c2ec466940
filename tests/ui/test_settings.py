"""The Settings room over a real clinic: found, changed, refused, set back, with keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Appointment, BookingDetails
from clinic_app.domain.settings import SETTINGS
from clinic_app.ui.settings.away_sheet import AwaySheet
from clinic_app.ui.settings.setting_sheet import SettingSheet
from clinic_app.ui.settings.texts_field import OTHER as OTHER_LANGUAGE
from clinic_app.ui.settings.texts_field import TextsField
from clinic_app.ui.settings.view import SettingsView
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.setting_fields import (
    DaysField,
    PlacesTable,
    PlanField,
    RuleList,
    SeveralRow,
    SpanField,
    WeekdaysRow,
)
from tests.builders import PASSPHRASE
from tests.ui.window_room import Filled, Room, named, room

OTHER = "lantern orchard velvet thunder basket"


def view_of(room: Room) -> SettingsView:
    room.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    view = room.window._setting_list
    assert isinstance(view, SettingsView)
    room.until(lambda: bool(view.rows))
    return view


def sheet_of(room: Room, key: str) -> SettingSheet:
    view = view_of(room)
    button = view.row_of(key).button
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    room.settle()
    sheet = room.window.sheet
    assert isinstance(sheet, SettingSheet)
    assert sheet.isVisible()
    return sheet


def words_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def save(room: Room, sheet: SettingSheet, reason: str, secret: str = PASSPHRASE) -> None:
    sheet.reason.setFocus()
    room.type(reason)
    if secret and sheet.secret_field.isVisible():
        sheet.secret.setFocus()
        room.type(secret)
    room.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.settle()


@pytest.fixture
def signed(clinic: Room) -> Room:
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    return clinic


def test_every_setting_is_listed_with_why_and_what_is_shipped(clinic: Room) -> None:
    view = view_of(clinic)
    assert [row.setting.key for row in view.rows] == [fact.key for fact in SETTINGS]
    words = words_in(view.row_of("plan"))
    assert "3 to 4 months after the last injection" in words
    assert "as shipped" in words
    assert "three to four months" in words
    assert named(view.row_of("plan").button).startswith("Change Next injection, now 3 to 4 months")
    assert not view.banner.isVisible()


@pytest.mark.parametrize(("wide", "high", "scale"), [(1440, 900, 1.0), (1024, 640, 1.5)])
def test_the_list_ends_where_its_last_setting_ends(clinic: Room, wide: int, high: int, scale: float) -> None:
    clinic.keeper.set_scale(scale)
    clinic.window.resize(wide, high)
    view = view_of(clinic)
    bottom = view.rows[-1].mapTo(view._inside, view.rows[-1].rect().bottomLeft()).y()
    assert 0 <= view._inside.height() - bottom < clinic.keeper.px(60)


def test_people_are_reached_from_the_settings(clinic: Room) -> None:
    view = view_of(clinic)
    clinic.type("who may sign in")
    shown = [row for _, members in view._parts for row, _ in members if row.isVisible()]
    assert [named(row.button) for row in shown] == ["Open People"]
    clinic.press(Qt.Key.Key_Return)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    people = clinic.window.areas.currentWidget()
    assert people is not None
    assert people.accessibleName() == "People"


def test_typing_finds_and_arrows_move(clinic: Room) -> None:
    view = view_of(clinic)
    assert view.search.line.hasFocus()
    clinic.type("clipboard")
    shown = [row.setting.key for row in view.rows if row.isVisible()]
    assert shown == ["clipboard_seconds"]
    clinic.press(Qt.Key.Key_Return)
    assert view.row_of("clipboard_seconds").button.hasFocus()
    clinic.press(Qt.Key.Key_Up)
    assert view.search.line.hasFocus()
    clinic.press(Qt.Key.Key_Escape)
    clinic.type("zebra")
    assert view._empty.isVisible()
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Down)
    assert named(view._reachable()[0].button) == "Change the keyboard"
    assert view._reachable()[0].button.hasFocus()
    clinic.press(Qt.Key.Key_Down)
    assert view.rows[0].button.hasFocus()


def test_changing_the_plan_moves_dates_and_is_told(clinic: Room) -> None:
    sheet = sheet_of(clinic, "plan")
    assert sheet.secret_field.isVisible()
    assert sheet.input is not None
    field = sheet.input.widget
    assert isinstance(field, PlanField)
    field.opens.number.setFocus()
    field.opens.number.setValue(4)
    field.closes.number.setValue(6)
    clinic.until(lambda: sheet._moves_box.people.count() == 3)
    assert sheet._moves_box.words.text() == "3 patients move (3 diagnoses)"
    assert sheet._moves_box.people.item(0).text() == (
        "Asha Verma, 4127 · Blepharospasm: due from 11 Feb 2026 → 11 Mar 2026, due until 11 Mar 2026 → 11 May 2026"
    )
    field.closes.number.setValue(7)
    field.closes.number.setValue(6)
    assert sheet._look.isActive()
    clinic.until(lambda: not sheet._look.isActive() and sheet._looking is None)
    save(clinic, sheet, "As agreed")
    clinic.until(lambda: clinic.window.sheet is None)
    assert clinic.services.clinic.rules.plan == ReinjectionPlan(months(4), months(6))
    assert "3 diagnoses have other dates now" in clinic.window.toast.words
    view = view_of(clinic)
    clinic.until(lambda: "Changed by Dr Rao on 19 Mar 2026: As agreed" in words_in(view.row_of("plan")))
    assert "shipped: 3 to 4 months" in words_in(view.row_of("plan"))


def test_a_wrong_passphrase_is_said_beside_it(clinic: Room) -> None:
    sheet = sheet_of(clinic, "lock_minutes")
    assert sheet.input is not None
    sheet.input.show(2)
    save(clinic, sheet, "Busy room", "not the passphrase at all")
    assert sheet.isVisible()
    assert "passphrase is not right" in sheet.secret_field.problem
    assert clinic.services.clinic.choices.lock_minutes == 5
    sheet.secret.setFocus()
    sheet.secret.clear()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.services.clinic.choices.lock_minutes == 2


def test_a_missing_reason_is_said_before_any_passphrase(clinic: Room) -> None:
    sheet = sheet_of(clinic, "lock_minutes")
    assert sheet.secret_field.isVisible()
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.settle()
    field = sheet.field("reason")
    assert field is not None
    assert field.problem
    assert not sheet.secret_field.problem


def test_a_missing_reason_and_a_bad_value_are_said_at_their_fields(signed: Room) -> None:
    sheet = sheet_of(signed, "working_days")
    assert not sheet.secret_field.isVisible()
    assert sheet.input is not None
    sheet.input.show({0, 1})
    signed.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    signed.settle()
    field = sheet.field("reason")
    assert field is not None
    assert field.problem
    save(signed, sheet, "Short week")
    assert "working day" in sheet.field_of.problem
    assert sheet.isVisible()


def test_set_back_to_what_is_shipped_with_its_history(signed: Room) -> None:
    signed.services.settings.set("no_answer_days", 4, "Short staffed")
    sheet = sheet_of(signed, "no_answer_days")
    assert "Set by Dr Rao on 19 Mar 2026 to 4 working days: Short staffed" in words_in(sheet)
    sheet.back.click()
    save(signed, sheet, "Two nurses again")
    assert signed.services.settings.value("no_answer_days") == 2
    assert not signed.services.settings.get("no_answer_days").chosen


def test_holidays_are_typed_as_people_write_them(signed: Room) -> None:
    sheet = sheet_of(signed, "closed_days")
    assert sheet.input is not None
    field = sheet.input.widget
    assert isinstance(field, DaysField)
    field.setFocus()
    signed.type("25 Dec")
    signed.press(Qt.Key.Key_Return)
    signed.type("soon")
    save(signed, sheet, "Holidays")
    assert sheet.field_of.problem
    field.setPlainText("25 Dec\n2 Oct 2026")
    signed.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    signed.settle()
    assert signed.services.settings.value("closed_days") == {date(2026, 12, 25), date(2026, 10, 2)}


def test_every_setting_opens_and_saves_unchanged(signed: Room) -> None:
    for fact in SETTINGS:
        if fact.elsewhere:
            continue
        sheet = sheet_of(signed, fact.key)
        assert sheet.input is not None
        assert sheet.input.take() == signed.services.settings.value(fact.key), fact.key
        sheet.cancel()
        signed.settle()
        assert signed.window.sheet is None, fact.key


def test_a_text_is_written_in_a_language_and_reads_to_somebody_invented(signed: Room) -> None:
    sheet = sheet_of(signed, "texts_letter")
    assert sheet.input is not None
    field = sheet.input.widget
    assert isinstance(field, TextsField)
    signed.until(lambda: field.language.count() > 1)
    field.language.setFocus()
    QTest.keyClick(field.language, Qt.Key.Key_Down)
    assert field.language.currentText() == "Hindi"
    greeting = field.texts["greeting"]
    assert "Reads: आशा वर्मा जी," in words_in(greeting)
    assert not greeting.back.isVisible()
    greeting.edit.setPlainText("प्रिय {nam},")
    assert "“Greeting” has {nam}" in words_in(greeting)
    save(signed, sheet, "as we say it", secret="")
    assert signed.services.settings.value("texts_letter") == {}
    assert greeting.edit.hasFocus()
    greeting.edit.setPlainText("प्रिय {name},")
    assert "Reads: प्रिय आशा वर्मा," in words_in(greeting)
    closing = field.texts["closing"]
    closing.edit.setPlainText("और कुछ")
    closing.back.click()
    assert closing.edit.toPlainText() == "सादर"
    field.show_language(OTHER_LANGUAGE)
    field.other.setText("english")
    field.texts["subject"].edit.setPlainText("Something")
    save(signed, sheet, "", secret="")
    assert "stands in the list of languages already" in sheet.field_of.problem
    field.texts["subject"].edit.clear()
    save(signed, sheet, "", secret="")
    assert signed.window.sheet is None
    assert signed.services.settings.value("texts_letter") == {"hi": {"greeting": "प्रिय {name},"}}


def test_who_may_not_change_settings_is_told_who_may(
    qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled
) -> None:
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.services.access.confirm(PASSPHRASE, Action.MANAGE)
        one.services.people.add("Nisha Thomas", {Role.NURSE}, OTHER)
        from tests.builders import door

        door(one.clock).switch(one.services, "Nisha Thomas", OTHER)
        one.attach()
        view = view_of(one)
        one.until(lambda: view.banner.isVisible())
        assert "administrators" in view.banner.words
        assert "Nisha Thomas" in view.banner.words
        assert not any(row.button.isEnabled() for row in view.rows)


def test_closing_the_clinic_empties_the_room(clinic: Room) -> None:
    view_of(clinic)
    clinic.window.close_clinic()
    clinic.settle()
    assert clinic.window._setting_list is None


# --- the inputs by themselves ------------------------------------------------------------------------------------


@pytest.fixture
def host(qtbot: QtBot, keeper: ThemeKeeper) -> Iterator[QWidget]:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(480, 400)
    widget.show()
    yield widget
    QApplication.processEvents()


def test_several_are_chosen_with_space_and_arrows(host: QWidget, keeper: ThemeKeeper) -> None:
    row = SeveralRow(keeper, [("a", "Botox"), ("b", "Dysport"), ("c", "Xeomin")], "Products", host)
    row.resize(400, 40)
    row.show()
    row.setFocus()
    QTest.keyClick(row.pill("a"), Qt.Key.Key_Space)
    QTest.keyClick(row.pill("a"), Qt.Key.Key_Right)
    QTest.keyClick(row.pill("b"), Qt.Key.Key_Space)
    assert row.codes == {"a", "b"}
    QTest.keyClick(row.pill("b"), Qt.Key.Key_Space)
    assert row.codes == {"a"}


def test_days_with_places(host: QWidget, keeper: ThemeKeeper) -> None:
    table = PlacesTable(keeper, 200, 20, host)
    table.show_value({1: 12})
    assert table.value == {1: 12}
    table.ticks[4].click()
    assert table.value == {1: 12, 4: 20}
    assert named(table.numbers[4]) == "Friday, places"
    row = WeekdaysRow(keeper, "Working days", host)
    row.show_value({0, 5})
    assert row.value == {0, 5}


def test_a_list_of_rules(host: QWidget, keeper: ThemeKeeper) -> None:
    subjects = [[("ona", "Botox"), ("abo", "Dysport")], [("", "any"), ("x", "Lids")]]
    rules = RuleList(keeper, subjects, lambda: SpanField(keeper, "Shortest time"), weeks(12), host)
    rules.show_value({"abo/x": weeks(10)})
    assert rules.value == {"abo/x": weeks(10)}
    rules.add.click()
    assert rules.value == {"abo/x": weeks(10), "ona": weeks(12)}
    rules.lines[1].show_name("abo/x")
    with pytest.raises(RuleBroken):
        _ = rules.value
    rules._taken_away(rules.lines[0])
    assert rules.value == {"abo/x": weeks(12)}


# --- settings govern ---------------------------------------------------------------------------------------------


def test_moving_dates_can_be_stopped_and_then_nothing_is_changed(signed: Room) -> None:
    sheet = sheet_of(signed, "plan")
    assert sheet.input is not None
    sheet.input.show(ReinjectionPlan(months(5), months(7)))
    signed.tasks.job_started.connect(lambda job: job.cancel())
    save(signed, sheet, "Stopped at once")
    signed.until(lambda: not sheet.busy)
    assert sheet.isVisible()
    assert "Nothing was changed" in sheet.banner.words
    assert signed.services.clinic.rules.plan == ReinjectionPlan(months(3), months(4))
    assert signed.services.settings.history("plan") == ()


def test_only_products_in_use_are_offered_and_others_keep_their_name(signed: Room) -> None:
    from clinic_app.ui.treatment.session_block import SessionBlock
    from clinic_app.ui.treatment.visit_sheet import VisitSheet

    signed.services.settings.set("products", {"abo"}, "Only Dysport here")
    patient, case = signed.people["Thomas Okafor"]
    signed.context.intents.record_visit.emit(patient, case)
    signed.settle()
    sheet = signed.window.sheet
    assert isinstance(sheet, VisitSheet)
    block = next(iter(sheet.findChildren(SessionBlock)))
    assert [block.product.itemData(at) for at in range(block.product.count())] == ["", "abo"]
    block.choose_product("ona")
    assert block.product_code == "ona"


def test_the_clipboard_is_cleared_when_the_clinic_says(signed: Room) -> None:
    signed.services.settings.set("clipboard_seconds", 5, "Shared computer")
    signed.window.select(*signed.people["Asha Verma"])
    signed.settle()
    signed.window.inspector.copy_number()
    assert QApplication.clipboard().text()
    application = QApplication.instance()
    assert application is not None
    clearing = [timer for timer in application.findChildren(QTimer) if timer.isActive()]
    assert 5000 in [timer.interval() for timer in clearing if timer.isSingleShot()]
    signed.window.inspector.phone.clear_clipboard()


def test_public_holidays_are_offered_by_country_and_region_and_close_only_what_is_ticked(signed: Room) -> None:
    sheet = sheet_of(signed, "closed_days")
    offer = sheet.holidays
    signed.until(lambda: offer.country.count() > 100)
    offer.choose("IN")
    signed.until(lambda: offer.region.isVisible() and offer.days.count() > 5)
    offer.region.setCurrentIndex(offer.region.findData("KA"))
    offer.region.activated.emit(offer.region.currentIndex())
    signed.until(lambda: any("Karnataka" in offer.days.item(row).text() for row in range(offer.days.count())))
    assert offer.ticked == frozenset(), "none is imposed"
    row = next(row for row in range(offer.days.count()) if "Independence Day" in offer.days.item(row).text())
    assert offer.days.item(row).text() == "15 Aug 2026, Saturday: Independence Day"
    assert not offer.add.isEnabled()
    offer.days.setCurrentRow(row)
    offer.days.setFocus()
    signed.press(Qt.Key.Key_Space)
    offer.add.click()
    assert sheet.input is not None
    assert sheet.input.take() == {date(2026, 8, 15)}
    save(signed, sheet, "Holidays")
    assert signed.services.settings.value("closed_days") == {date(2026, 8, 15)}


def test_a_doctor_who_is_away_is_entered_and_who_is_booked_is_listed_until_moved(clinic: Room) -> None:
    patient_id, case_id = clinic.people["Asha Verma"]
    tuesday = date(2026, 4, 14)
    made = clinic.services.schedule.book(BookingDetails(patient_id, tuesday, (case_id,), reason="both")).result
    assert isinstance(made, Appointment)
    view_of(clinic).away_wanted.emit()
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, AwaySheet)
    sheet.injector.setFocus()
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "Who is away?" in words_in(sheet)
    line = sheet.injector.lineEdit()
    assert line is not None
    line.setFocus()
    clinic.type("Dr Sen")
    sheet.first.line.setFocus()
    clinic.type("13 Apr 2026")
    sheet.last.line.setFocus()
    sheet.last.line.clear()
    clinic.type("17 Apr 2026")
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "Are injections given" in words_in(sheet)
    sheet.places.choose("none")
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.until(lambda: "1 booking has to be moved" in words_in(sheet))
    assert "14 Apr 2026, place 1: Asha Verma (no injections, Dr Sen is away)" in words_in(sheet)
    assert "Dr Sen is away from 13 Apr 2026 to 17 Apr 2026, no injections" in words_in(sheet)
    assert clinic.services.clinic.rules.places_on(tuesday) == 0
    sheet.cancel()
    strip = clinic.window.strips.must_move
    clinic.until(strip.isVisible)
    assert strip.words == "1 booking has to be moved"
    strip.button.click()
    clinic.settle()
    again = clinic.window.sheet
    assert isinstance(again, AwaySheet)
    again.cancel()
    clinic.context.tasks.tell(lambda s: s.schedule.move(made.id, date(2026, 4, 21)), owner=clinic.window)
    clinic.until(lambda: not strip.isVisible())
    assert clinic.services.absences.displaced() == ()
