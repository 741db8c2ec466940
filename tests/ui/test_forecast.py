"""The forecast under real keys and clicks, over real services."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clinic_app.domain.forecast import Forecast
from clinic_app.domain.papers import ListPart, PaperKind
from clinic_app.domain.schedule import BookingDetails, DrugSupply
from clinic_app.ui.schedule.forecast_view import FIGURES, PLAN, WEEKS, ForecastView
from clinic_app.ui.schedule.forecast_weeks import month_filter, week_filter
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.bar_chart import Bar, BarChart, Series, ticks
from clinic_app.ui.widgets.copying import as_html, as_tsv
from clinic_app.ui.widgets.number_table import NumberRow, bare_cells
from clinic_app.wording.forecast import span_of_days
from clinic_app.wording.numbers import number_words
from tests.builders import add_patient, give
from tests.ui.window_room import DAY, Room

CTRL = Qt.KeyboardModifier.ControlModifier


def click_bar(chart: BarChart, place: int) -> None:
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.bar_rect(place).center())


def listed(one: Room) -> list[int]:
    model = one.window.schedule.model
    for group in list(model.counts()):
        model.set_open(group, open_=True)
    one.settle()
    lines = [model.line_at(row) for row in range(model.rowCount())]
    return sorted(line.case_id for line in lines if line is not None)


def open_forecast(one: Room) -> ForecastView:
    place = one.window.schedule_room.codes().index("forecast")
    one.window.setFocus()
    key = Qt.Key(Qt.Key.Key_1.value + place)
    one.press(key, Qt.KeyboardModifier.AltModifier)
    one.settle()
    view = one.window.schedule_room.currentWidget()
    assert isinstance(view, ForecastView)
    return view


def test_who_is_due_in_a_week_is_two_presses_and_the_list_shows_exactly_those(clinic: Room) -> None:
    expected = add_patient(clinic.services, "Ravi Nair", "5501", phone="98400 55010")
    give(clinic.services, *expected, date(2025, 12, 29), "60")
    booked = add_patient(clinic.services, "Lakshmi Rao", "5502", phone="98400 55020")
    give(clinic.services, *booked, date(2025, 12, 29), "120")
    clinic.services.schedule.book(BookingDetails(booked[0], date(2026, 4, 3), (booked[1],)))
    later = add_patient(clinic.services, "Far Later", "5503", phone="98400 55030")
    give(clinic.services, *later, date(2026, 2, 16), "30")
    view = open_forecast(clinic)
    found = view.weeks.found
    assert isinstance(found, Forecast)
    assert found.cases == 6
    week = next(place for place, one in enumerate(found.weeks) if one.first == date(2026, 3, 30))
    assert [bar.total for bar in view.weeks.chart.bars[: week + 2]] == [3, 0, 0, 2]
    click_bar(view.weeks.chart, week + 1)
    clinic.settle()
    assert clinic.window.schedule_room.code == "call_list"
    assert listed(clinic) == sorted([expected[1], booked[1]])
    filters = clinic.window.schedule.filters
    assert filters.filter.visits == week_filter(found, found.weeks[week]).visits
    clinic.press(Qt.Key.Key_Escape)
    clinic.press(Qt.Key.Key_Escape)
    clinic.settle()
    assert filters.filter.visits is None
    assert not filters.narrows

    open_forecast(clinic)
    label = view.weeks.chart.bar_rect(week + 1).bottomLeft() + QPoint(6, 10)
    QTest.mouseClick(view.weeks.chart, Qt.MouseButton.LeftButton, pos=label)
    clinic.settle()
    assert filters.filter.visits == month_filter(found, found.weeks[week]).visits
    assert listed(clinic) == sorted([expected[1], booked[1]])

    open_forecast(clinic)
    view.weeks.table.setFocus()
    clinic.press(Qt.Key.Key_Home)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    now = [ids[1] for name, ids in clinic.people.items() if name != "Thomas Okafor"]
    assert listed(clinic) == sorted(now)

    open_forecast(clinic)
    view.weeks.table.setFocus()
    clinic.press(Qt.Key.Key_C, CTRL)
    rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    data = QApplication.clipboard().mimeData()
    assert data is not None
    assert "<table>" in data.html()
    assert (rows[0][0], rows[1][0], rows[-1][0], len(rows)) == ("Week", "Now", "All", 29)
    whole = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows}
    assert whole["30 Mar – 5 Apr"]["Booked"] == whole["30 Mar – 5 Apr"]["Expected"] == "1"
    assert whole["30 Mar – 5 Apr"]["Botox, U"] == "180"
    assert whole["30 Mar – 5 Apr"]["Botox, vials"] == "3"
    assert whole["30 Mar – 5 Apr"]["Botox, U discarded"] == "70"
    assert whole["Now"]["Dysport, U"] == "500"
    assert whole["All"]["Diagnoses"] == "6"
    QApplication.clipboard().clear()

    clinic.context.cover()
    assert not view.weeks.sums.text()
    assert not view.weeks.chart.bars
    clinic.context.uncover()
    clinic.settle()
    assert view.weeks.sums.text()
    clinic.services.schedule.book(BookingDetails(expected[0], date(2026, 4, 3), (expected[1],)))
    view.read()
    clinic.settle()
    assert view.weeks.chart.bars[week + 1].parts == (2, 0, 0)


def test_the_keys_of_the_panel_act_from_the_table_too(clinic: Room) -> None:
    view = open_forecast(clinic)
    patient_id, case_id = clinic.people["Meena Joshi"]
    clinic.context.intents.select_case.emit(patient_id, case_id)
    clinic.settle()
    view.weeks.table.setFocus()
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert [call.case_id for call in clinic.services.patients.page(patient_id).calls] == [case_id]


def test_who_is_due_next_month_is_printed_with_three_interactions(clinic: Room) -> None:
    april = add_patient(clinic.services, "Ravi Nair", "5601", phone="98400 56010")
    give(clinic.services, *april, date(2026, 1, 12), "60")
    last = add_patient(clinic.services, "Lakshmi Rao", "5602", phone="98400 56020")
    give(clinic.services, *last, date(2026, 1, 22), "60")
    clinic.services.schedule.book(BookingDetails(last[0], date(2026, 4, 28), (last[1],)))
    views = clinic.window.header.views
    QTest.mouseClick(views.segment(clinic.window.schedule_room.codes().index("forecast")), Qt.MouseButton.LeftButton)
    clinic.settle()
    view = clinic.window.schedule_room.currentWidget()
    assert isinstance(view, ForecastView)
    assert view.weeks.found is not None
    place = next(place for place, one in enumerate(view.weeks.found.weeks) if one.first == date(2026, 4, 6))
    label = view.weeks.chart.bar_rect(place + 1).bottomLeft() + QPoint(6, 10)
    QTest.mouseClick(view.weeks.chart, Qt.MouseButton.LeftButton, pos=label)
    clinic.settle()
    clinic.press(Qt.Key.Key_P, CTRL)
    clinic.settle()
    dialog = clinic.window.papers.dialog
    assert dialog is not None
    assert dialog.paper is not None
    part = dialog.paper.parts[0]
    assert isinstance(part, ListPart)
    names = [line.cells[1][0] for line in part.lines if line.cells and line.cells[1]]
    assert sorted(names) == ["Lakshmi Rao", "Ravi Nair"]
    assert "Visits 6 Apr – 3 May" in part.about[0]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    clinic.settle()


def test_the_plan_of_the_next_botox_day_says_doses_vials_and_who_has_no_drug(clinic: Room) -> None:
    friday = DAY + timedelta(days=1)
    asha, meena = clinic.people["Asha Verma"], clinic.people["Meena Joshi"]
    clinic.services.schedule.book(BookingDetails(asha[0], friday, (asha[1],), drug=DrugSupply.NONE))
    clinic.services.schedule.book(BookingDetails(meena[0], friday, (meena[1],)))
    view = open_forecast(clinic)
    QTest.mouseClick(view.pages.segment(PLAN), Qt.MouseButton.LeftButton)
    clinic.settle()
    plan = view.plan
    assert plan.title.text() == "Fri 20 Mar 2026: 2 visits to come, 2 of 20 places taken"
    assert plan.needs.text() == "Botox: 75 U as last time, 2 vials (2 × 50 U), 25 U discarded."
    assert plan.missing.words == "No drug in sight: Asha Verma (no drug)."
    assert not plan.sharing.isVisible()
    assert [row.cells[1:5] + row.cells[6:] for row in plan.table.numbers.rows] == [
        ("Asha Verma", "4127", "Botox 35 U", "50 U", "15"),
        ("Meena Joshi", "1984", "Botox 40 U", "50 U", "10"),
    ]
    plan.table.setFocus()
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert clinic.window.selection == meena
    clinic.services.context.info = replace(
        clinic.services.context.info, choices=replace(clinic.services.context.info.choices, share_vials=True)
    )
    view.read()
    clinic.settle()
    assert plan.sharing.isVisible()
    assert plan.needs.text().startswith(
        "Botox: 75 U as last time, 2 vials (2 × 50 U), 25 U discarded. An opened vial keeps 24 hours."
    )
    QTest.mouseClick(plan.after, Qt.MouseButton.LeftButton)
    clinic.settle()
    assert plan.title.text().startswith("Tue 24 Mar 2026: 0 visits")
    assert plan.empty.isVisible()
    assert [one.text() for one in plan.empty.findChildren(QLabel) if one.isVisible()] == [
        "Nobody is booked on this day.",
        "Book from the call list with B, or drag somebody onto a day of the calendar.",
    ]
    clinic.context.intents.plan_day.emit(friday)
    clinic.settle()
    assert plan.title.text().startswith("Fri 20 Mar 2026: 2 visits")
    clinic.press(Qt.Key.Key_P, CTRL)
    clinic.settle()
    dialog = clinic.window.papers.dialog
    assert dialog is not None
    assert dialog.paper is not None
    assert (dialog.paper.kind, dialog.request.day) == (PaperKind.DAY_PLAN, plan.day)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    clinic.settle()
    clinic.context.cover()
    assert not plan.table.numbers.rows
    assert not plan.title.text()


def test_after_midnight_weeks_plan_and_figures_count_from_the_new_day(clinic: Room) -> None:
    view = open_forecast(clinic)
    assert view.weeks.found is not None
    assert view.weeks.found.on == DAY
    view.show_page(PLAN)
    clinic.settle()
    assert view.plan.day == date(2026, 3, 20)
    clinic.clock.go_to(date(2026, 3, 21))
    clinic.window.reminders.look()
    clinic.settle()
    assert view.plan.day == date(2026, 3, 24), "the Botox day that was shown is over"
    view.show_page(FIGURES)
    clinic.settle()
    recall = view.figures.recall.chart
    assert recall is not None
    months = recall.bars[-1].label
    clinic.clock.go_to(date(2026, 4, 1))
    clinic.window.reminders.look()
    clinic.settle()
    assert recall.bars[-1].label != months
    view.show_page(WEEKS)
    clinic.settle()
    clinic.clock.go_to(date(2026, 4, 2))
    clinic.window.reminders.look()
    clinic.settle()
    assert view.weeks.found.on == date(2026, 4, 2)


def test_figures_are_plots_tables_and_sentences(clinic: Room) -> None:
    view = open_forecast(clinic)
    QTest.mouseClick(view.pages.segment(FIGURES), Qt.MouseButton.LeftButton)
    clinic.settle()
    recall, kept, _, lost = view.figures.cards
    assert recall.number.text() == "Feb 2026: 0 % of 2 came again or are booked (0 injected, 0 booked)"
    assert "(booked + done) / (due − stopped)" in recall.definition.text()
    assert recall.chart is not None
    assert [bar.total for bar in recall.chart.bars][-2:] == [2, 1]
    assert kept.table.numbers.rows[-1].cells == ("Twelve months", "–", "–", "–", "0")
    assert lost.number.text() == "0 diagnoses not seen over 6 months. 0 diagnoses set lost by a person."
    recall.table.setFocus()
    clinic.press(Qt.Key.Key_C, CTRL)
    rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert rows[0][:4] == ["Window opened", "Success", "Due", "Done"]
    assert rows[-2][:4] == ["Feb 2026", "0 %", "2", "0"]
    QApplication.clipboard().clear()
    clinic.context.cover()
    assert not any(card.table.numbers.rows for card in view.figures.cards)


def test_ticks_are_round_and_reach_the_highest_bar() -> None:
    assert ticks(0) == (0.0, 1.0)
    assert ticks(3) == (0.0, 1.0, 2.0, 3.0)
    assert ticks(40) == (0.0, 10.0, 20.0, 30.0, 40.0)
    assert ticks(101)[-1] >= 101


def test_numbers_are_copied_without_the_spaces_for_the_eye() -> None:
    cells = bare_cells([NumberRow(("a\tb", number_words(38683)))])
    assert as_tsv(("x", "n"), cells) == "x\tn\na b\t38683"
    assert as_html(("<x>", "n"), cells).startswith("<table><tr><th>&lt;x&gt;</th>")


def test_days_of_a_week_in_words() -> None:
    assert span_of_days(date(2026, 3, 19), date(2026, 3, 22), DAY) == "19–22 Mar"
    assert span_of_days(date(2026, 3, 30), date(2026, 4, 5), DAY) == "30 Mar – 5 Apr"


def test_labels_under_the_bars_stand_at_equal_steps_between_those_that_name_a_month(
    qtbot: QtBot, keeper: ThemeKeeper
) -> None:
    chart = BarChart(keeper, "Weeks")
    qtbot.addWidget(chart)
    chart.resize(560, 200)
    names = "Now 19 23 30_Mar 6 13 20 27_Apr 4 11 18 25 1_Jun 8 15 22 29_Jun 6 13 20".replace("_", "\u00a0").split(" ")
    labels = [one.replace("\u00a0", " ") for one in names]
    series = (Series("Booked", "accent"),)
    chart.show_bars("Weeks", series, [Bar(label, (3.0,), None, label) for label in labels])
    spots = chart.label_spots()
    months = [at for at, label in enumerate(labels) if " " in label]
    assert set(months) | {0} <= set(spots)
    for before, after in zip([0, *months], months, strict=False):
        shown = [before, *(at for at in sorted(spots) if before < at < after), after]
        assert len({right - left for left, right in itertools.pairwise(shown)}) == 1
    wide = sorted(spots.values(), key=QRect.left)
    assert all(left.right() < right.left() for left, right in itertools.pairwise(wide))
