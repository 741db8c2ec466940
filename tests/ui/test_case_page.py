"""The case page: what it sorts into cycles, what its keys do, and what it hands to other rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAction, QDropEvent, QGuiApplication, QImage, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.schedule import Attempt, BookingDetails, ContactAttempt
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, SessionState, VisitDetails
from clinic_app.ui.patients import CaseView, DecisionSheet, MovePicturesSheet, PictureDateSheet
from clinic_app.ui.patients.chronicle import Bar, CycleKind, Strip, cycles_of, strip_of
from clinic_app.ui.patients.cycle_strip import CycleStrip
from clinic_app.ui.patients.timeline import ThumbRow
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import Appearance, Style, ThemeKeeper
from clinic_app.ui.widgets.wide_sheet import WideSheet
from tests.builders import TODAY, add_patient, give
from tests.ui.patients_room import Room, add_photo, give_sites, open_room, press

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as found:
        yield found


def open_page(room: Room, patient_id: int, width: int = 1180, height: int = 800) -> CaseView:
    view = CaseView(room.context)
    room.show(view, width, height)
    view.show_patient(patient_id)
    room.settle()
    assert view.page is not None
    return view


# --- sorted into cycles ----------------------------------------------------------------------------------


def test_cycles_hold_what_followed_each_visit_newest_first(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 7, 1), "30")
    give(room.services, patient_id, case_id, date(2025, 11, 11), "35")
    room.services.treatment.add_external(patient_id, ExternalToxinDetails(date(2025, 3, 1), "abo", Decimal(120)))
    room.services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    room.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 24), (case_id,)))
    before = add_photo(room.services, patient_id, "IMG-20251110-WA0001.jpg", 100)
    after = add_photo(room.services, patient_id, "IMG-20251121-WA0002.jpg", 110)
    unsure = add_photo(room.services, patient_id, "scan.jpg", 120)
    cycles = cycles_of(room.services.patients.page(patient_id))
    assert [cycle.kind for cycle in cycles] == [
        CycleKind.AHEAD,
        CycleKind.VISIT,
        CycleKind.VISIT,
        CycleKind.BEFORE_ANY,
        CycleKind.UNDATED,
    ]
    newest = cycles[1]
    assert newest.day == date(2025, 11, 11)
    assert [entry.picture.id for entry in newest.pictures] == [before, after]
    outcomes = [event.subject.outcome for event in newest.events if isinstance(event.subject, ContactAttempt)]
    assert outcomes == [Attempt.BOOKED, Attempt.NO_ANSWER]
    assert [entry.picture.id for entry in cycles[-1].pictures] == [unsure]
    assert sum(len(cycle.pictures) for cycle in cycles) == 3


def test_every_photo_and_entry_stands_in_exactly_one_cycle(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    for weeks in (60, 46, 31, 14):
        give(room.services, patient_id, case_id, TODAY - timedelta(weeks=weeks))
    for number, weeks in enumerate((70, 61, 58, 45, 30, 20, 13, 1)):
        day = TODAY - timedelta(weeks=weeks)
        add_photo(room.services, patient_id, f"IMG-{day:%Y%m%d}-WA{number:04d}.jpg", 60 + 17 * number)
    page = room.services.patients.page(patient_id)
    placed = [entry.picture.id for cycle in cycles_of(page) for entry in cycle.pictures]
    assert sorted(placed) == sorted(entry.picture.id for entry in page.pictures)
    assert len(placed) == 8


def test_a_void_injection_starts_no_cycle_and_stays_visible(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    visit = give(room.services, patient_id, case_id, date(2025, 11, 11))
    room.services.treatment.void(visit.sessions[0].id, "wrong patient")
    cycles = cycles_of(room.services.patients.page(patient_id))
    assert [cycle.kind for cycle in cycles] == [CycleKind.BEFORE_ANY]
    assert [getattr(event.subject, "state", None) for event in cycles[0].events] == [SessionState.VOID]


def test_bars_are_measured_within_their_own_product(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 3, 1), "500", "abo")
    give(room.services, patient_id, case_id, date(2025, 7, 1), "25")
    give(room.services, patient_id, case_id, date(2025, 11, 11), "50")
    strip = strip_of(room.services.patients.page(patient_id), {case_id: "Blepharospasm"})
    assert [(bar.product, bar.share) for bar in strip.bars] == [("abo", 1.0), ("ona", 0.5), ("ona", 1.0)]
    assert strip.windows == ((date(2026, 2, 11), date(2026, 3, 11), "Blepharospasm"),)
    assert strip.first < date(2025, 3, 1)
    assert strip.last > TODAY


# --- the page --------------------------------------------------------------------------------------------


def test_header_says_who_it_is_and_where_each_diagnosis_stands(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11), finalise=False)
    view = open_page(room, patient_id)
    tag = next(one for one in view.header.findChildren(QWidget) if one.accessibleName().startswith("Blepharospasm"))
    assert tag.accessibleName() == "Blepharospasm, bilateral: 8 days over, Not finalised"
    assert "98400 12207 (daughter, Hindi)" in view.header._line.text()


def test_why_explains_all_three_dates(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11))
    view = open_page(room, patient_id)
    row = view.timeline.next.rows[0]
    row.why.setFocus()
    press(row.why, Qt.Key.Key_Space)
    words = [label.text() for label in row.findChildren(QWidget) if hasattr(label, "text") and label.isVisible()]
    assert "Botox on 11 Nov 2025 + 12 weeks" in words
    assert "3 months after 11 Nov 2025 (clinic plan)" in words
    assert "4 months after 11 Nov 2025 (clinic plan)" in words


def test_keys_record_compare_go_back_and_switch_tabs(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    view = open_page(room, patient_id)
    left: list[bool] = []
    view.back_asked.connect(lambda: left.append(True))
    view.header.record.setFocus()
    press(view.header.record, Qt.Key.Key_R, CTRL)
    press(view.header.record, Qt.Key.Key_C)
    press(view.header.record, Qt.Key.Key_PageDown, CTRL)
    assert view._stack.currentWidget() is view.pictures
    press(view.header.record, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert view._stack.currentWidget() is view.timeline
    press(view.header.record, Qt.Key.Key_Escape)
    assert room.said("record_visit") == [(patient_id, 0)]
    assert room.said("compare") == [(case_id,)]
    assert left == [True]


def test_finalise_from_the_timeline(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11), finalise=False)
    view = open_page(room, patient_id)
    card = view.timeline.cards[0]
    QTest.mouseClick(card.finalise, Qt.MouseButton.LeftButton)
    room.settle()
    session = room.services.treatment.last_session(case_id)
    assert session is not None
    assert session.state is SessionState.FINAL
    assert "Injection finalised" in room.toasts()
    assert not view.timeline.cards[0].cycle.to_finalise


def test_a_correction_is_told_with_who_when_and_the_dose_before(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    session = give(room.services, patient_id, case_id, date(2025, 11, 11), "350").sessions[0]
    for units, day, reason in (
        ("35", session.day, "typed 350 instead of 35"),
        ("35", date(2025, 11, 12), "it was the day after"),
    ):
        details = replace(session.details, units=Decimal(units))
        room.services.treatment.correct(session.id, details, day, reason)
    view = open_page(room, patient_id)
    words = [label.text() for label in view.timeline.cards[0].findChildren(QLabel)]
    first, second = [one for one in words if one.startswith("Corrected")]
    assert first.startswith("Corrected 19 Mar 2026 0")
    assert first.endswith("by Dr Rao, was Botox 350 U: typed 350 instead of 35")
    assert second.endswith("by Dr Rao, was on 11 Nov 2025: it was the day after")


def test_correct_and_edit_are_handed_to_the_shell(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    visit = give(room.services, patient_id, case_id, date(2025, 11, 11))
    room.services.treatment.add_external(patient_id, ExternalToxinDetails(date(2025, 12, 1), "abo"))
    view = open_page(room, patient_id)
    for widget in view.timeline.findChildren(QWidget):
        if widget.accessibleName().startswith("Correct") or getattr(widget, "text", str)() == "Edit…":
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert room.said("correct") == [(visit.sessions[0].id,)]
    assert len(room.said("external")) == 1


def test_only_ten_cycles_until_asked_for_more(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    for number in range(13):
        give(room.services, patient_id, case_id, date(2022, 1, 5) + timedelta(weeks=14 * number))
    view = open_page(room, patient_id)
    assert len(view.timeline.cards) == 10
    QTest.mouseClick(view.timeline._older, Qt.MouseButton.LeftButton)
    assert len(view.timeline.cards) == 13
    assert not view.timeline._older.isVisible()


def test_a_dead_patients_page_says_so_and_can_be_taken_back(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    room.services.patients.record_death(patient_id, date(2026, 3, 1))
    view = open_page(room, patient_id)
    assert "Died on 1 Mar 2026" in view.departed.words
    assert not view.header.record.isEnabled()
    view.departed.acted.emit()
    room.settle()
    assert room.services.patients.get(patient_id).deceased_on is None
    assert not view.departed.isVisible()


def test_a_patient_who_is_not_there_is_said(room: Room) -> None:
    view = CaseView(room.context)
    room.show(view)
    view.show_patient(4711)
    room.settle()
    assert view._whole.currentWidget() is view._absent


def test_page_follows_writes_of_others_and_keeps_its_tab(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    view = open_page(room, patient_id)
    view.show_tab(2)
    room.tasks.tell(lambda s: s.schedule.log_call(case_id, Attempt.NO_ANSWER), owner=view)
    room.settle()
    assert view.contacts.model.rowCount() == 1
    assert view._stack.currentWidget() is view.contacts


def test_under_a_wide_sheet_the_page_waits_and_reads_once_it_is_gone(room: Room, keeper: ThemeKeeper) -> None:
    patient_id, case_id = add_patient(room.services)
    host = QWidget()
    view = CaseView(room.context, host)
    view.resize(1180, 800)
    room.show(host, 1180, 800)
    view.show_patient(patient_id)
    room.settle()
    sheet = WideSheet(keeper, host, "Import photos")
    sheet.appear()
    before = view.page
    room.tasks.tell(lambda services: services.schedule.log_call(case_id, Attempt.NO_ANSWER), owner=view)
    room.settle()
    assert view.page is before
    sheet.leave()
    room.settle()
    assert view.page is not None
    assert len(view.page.calls) == 1
    room.tasks.tell(lambda services: services.schedule.log_call(case_id, Attempt.NO_ANSWER), owner=view)
    room.settle()
    assert len(view.page.calls) == 2


def test_what_lies_under_a_wide_sheet_is_not_painted_with_it(room: Room, keeper: ThemeKeeper) -> None:
    painted: list[QRect] = []

    class Below(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            painted.append(event.rect())

    host = QWidget()
    below = Below(host)
    below.setGeometry(0, 0, 1180, 800)
    room.show(host, 1180, 800)
    sheet = WideSheet(keeper, host, "Import photos")
    sheet.appear()
    QApplication.processEvents()
    painted.clear()
    sheet.update()
    QApplication.processEvents()
    assert painted == []


def test_a_thumbnail_that_arrives_paints_its_own_place_only(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    for number in range(6):
        add_photo(room.services, patient_id, f"IMG-2026011{number}-WA0001.jpg", 60 + 17 * number)
    view = open_page(room, patient_id)
    thumbs = view.findChild(ThumbRow)
    assert thumbs is not None
    painted: list[QRect] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if isinstance(event, QPaintEvent):
                painted.append(event.rect())
            return False

    watch = Watch()
    thumbs.installEventFilter(watch)
    QApplication.processEvents()
    painted.clear()
    chosen = view.page.pictures[0].picture.id if view.page is not None else 0
    view.thumbnails.arrived.emit(chosen)
    QApplication.processEvents()
    assert len(painted) == 1
    assert painted[0].width() < thumbs.width() / 3
    view.thumbnails.arrived.emit(chosen + 1000)
    QApplication.processEvents()
    assert len(painted) == 1


def test_closing_the_clinic_leaves_nobody_on_screen(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11))
    view = open_page(room, patient_id)
    room.context.detach()
    assert view.page is None
    assert view.patient_id == 0
    assert not view.timeline.cards
    assert not view._body.isVisible()


def test_menu_offers_what_fits_the_case(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    view = open_page(room, patient_id)
    menu = QMenu()
    room.qtbot.addWidget(menu)
    view._fill_menu(menu)
    words = [action.text() for action in menu.actions()]
    assert {"Put on hold…", "Stop calling for this diagnosis…", "Died or moved away…", "Edit patient…"} <= set(words)
    next(action for action in menu.actions() if action.text() == "Put on hold…").trigger()
    assert room.said("hold") == [(case_id,)]


# --- the strip -------------------------------------------------------------------------------------------


def test_strip_zooms_moves_and_tells_its_story(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    for number in range(6):
        give(room.services, patient_id, case_id, date(2024, 1, 5) + timedelta(weeks=14 * number), str(20 + number))
    view = open_page(room, patient_id)
    strip = view.timeline.strip
    whole = strip.visible_days
    strip.setFocus()
    press(strip, Qt.Key.Key_Plus)
    press(strip, Qt.Key.Key_Plus)
    closer = strip.visible_days
    assert (closer[1] - closer[0]) < (whole[1] - whole[0])
    press(strip, Qt.Key.Key_Left)
    assert strip.visible_days[0] < closer[0]
    press(strip, Qt.Key.Key_Home)
    assert strip.visible_days == whole
    wheel = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip, wheel)
    assert (strip.visible_days[1] - strip.visible_days[0]) < (whole[1] - whole[0])
    assert strip.accessibleDescription().startswith("6 injections; the last 9 May 2025: Botox 25 U")


def test_no_number_of_the_strip_is_cut_or_lies_under_a_bar(room: Room) -> None:
    day = date(2026, 4, 14)
    bars = tuple(
        Bar(day + timedelta(after), "ona", words, share, full=True)
        for after, words, share in (
            (0, "31.5", 0.5),
            (9, "35", 1.0),
            (16, "2.5", 0.1),
            (80, "40", 0.9),
            (300, "7.5", 0.2),
        )
    )
    names = ("Blepharospasm, bilateral", "Cervical dystonia")
    windows = tuple((day + timedelta(470), day + timedelta(478), name) for name in names)
    strip = CycleStrip(room.context)
    room.qtbot.addWidget(strip)
    shown = Strip(bars, (), windows, day + timedelta(480), day - timedelta(20), day + timedelta(490))
    strip.show_strip(shown)
    keeper = room.context.theme
    for width in (240, 420, 900):
        strip.resize(width, strip.sizeHint().height())
        areas = [area for _, area in strip._bar_areas(shown, strip._plot())]
        numbers, due = strip.bar_words(), strip.due_words()
        assert {words for _, words in numbers} >= {"40"}
        assert len(due) == 2
        assert width < 900 or [words for _, words in due] == [f"due: {name}" for name in names]
        for spot, words in (*numbers, *due):
            numbered = (spot, words) in numbers
            assert spot.width() >= keeper.metrics(Style.CAPTION, numbers=numbered).horizontalAdvance(words)
            assert strip.rect().contains(spot)
            assert not any(area.intersects(QRectF(spot)) for area in areas)
        assert not any(one.intersects(two) for (one, _), (two, _) in combinations((*numbers, *due), 2))
    assert {words for _, words in strip.bar_words()} == {"31.5", "35", "2.5", "40", "7.5"}


# --- photographs -----------------------------------------------------------------------------------------


def test_a_views_key_tags_the_selection(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    first = add_photo(room.services, patient_id, "IMG-20251110-WA0001.jpg", 100)
    second = add_photo(room.services, patient_id, "IMG-20251121-WA0002.jpg", 110)
    view = open_page(room, patient_id)
    view.show_tab(1)
    grid = view.pictures.grid
    grid.setFocus()
    press(grid, Qt.Key.Key_A, CTRL)
    assert set(grid.selected) == {first, second}
    press(grid, Qt.Key.Key_2)
    room.settle()
    assert {entry.picture.view for entry in room.services.pictures.entries(patient_id)} == {"F02"}
    assert "2 photos tagged “Eyes closed gently”" in room.toasts()
    assert set(grid.selected) == {first, second}


def test_arrows_move_shift_extends_and_escape_lets_go(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    ids = [add_photo(room.services, patient_id, f"IMG-20251110-WA000{n}.jpg", 90 + n * 9) for n in range(3)]
    view = open_page(room, patient_id)
    view.show_tab(1)
    grid = view.pictures.grid
    grid.setFocus()
    press(grid, Qt.Key.Key_Home)
    assert list(grid.selected) == [ids[0]]
    press(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert list(grid.selected) == ids[:2]
    press(grid, Qt.Key.Key_Escape)
    assert not list(grid.selected)


def test_set_a_date_by_keys(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    picture_id = add_photo(room.services, patient_id, "scan.jpg")
    view = open_page(room, patient_id)
    view.show_tab(1)
    view.pictures.show_pictures((picture_id,))
    QTest.mouseClick(view.pictures._date, Qt.MouseButton.LeftButton)
    [sheet] = view.findChildren(PictureDateSheet)
    left: list[bool] = []
    view.back_asked.connect(lambda: left.append(True))
    QTest.keyClicks(sheet.day.line, "10 nov")
    press(sheet.day.line, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    QTest.mouseClick(sheet._go_on, Qt.MouseButton.LeftButton)
    sheet.day.line.setFocus()
    sheet.day.line.clear()
    QTest.keyClicks(sheet.day.line, "10 nov 2025")
    assert not left
    press(sheet.day.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert room.services.pictures.entries(patient_id)[0].picture.taken.day == date(2025, 11, 10)


def test_move_a_photo_to_another_patient(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    other, _ = add_patient(room.services, "Imran Sheikh", "77", "hemifacial_spasm", Side.LEFT)
    picture_id = add_photo(room.services, patient_id, "IMG-20251110-WA0001.jpg")
    view = open_page(room, patient_id)
    view.show_tab(1)
    view.pictures.show_pictures((picture_id,))
    QTest.mouseClick(view.pictures._move, Qt.MouseButton.LeftButton)
    [sheet] = view.findChildren(MovePicturesSheet)
    assert sheet.patient.line.hasFocus()
    QTest.keyClicks(sheet.patient.line, "imran")
    room.qtbot.waitUntil(lambda: bool(sheet.patient.found), timeout=60_000)
    press(sheet.patient.line, Qt.Key.Key_Return)
    press(sheet.patient.line, Qt.Key.Key_Return, CTRL)
    room.settle()
    assert [entry.picture.id for entry in room.services.pictures.entries(other)] == [picture_id]
    assert not room.services.pictures.entries(patient_id)
    assert view.pictures._stack.currentWidget() is view.pictures._empty


def test_drop_and_paste_ask_for_an_import(room: Room, tmp_path: Path) -> None:
    patient_id, _ = add_patient(room.services)
    view = open_page(room, patient_id)
    path = tmp_path / "one.jpg"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    view.dropEvent(drop)
    [(to, paths)] = room.said("import_pictures")
    assert (to, [Path(str(one)) for one in paths]) == (patient_id, [path])  # type: ignore[attr-defined]  # a tuple
    pasted: list[int] = []
    room.intents.paste_picture.connect(pasted.append)
    QGuiApplication.clipboard().setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    view.paste()
    QGuiApplication.clipboard().clear()
    assert pasted == [patient_id]


# --- deciding --------------------------------------------------------------------------------------------


def test_decide_after_ask_doctor(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11))
    room.services.schedule.log_call(case_id, Attempt.WRONG_NUMBER)
    view = open_page(room, patient_id)
    link = next(one for one in view.timeline.findChildren(QWidget) if getattr(one, "text", str)() == "Decide…")
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    room.settle()
    [sheet] = view.findChildren(DecisionSheet)
    QTest.mouseClick(sheet.kind.pill("go_on"), Qt.MouseButton.LeftButton)
    press(sheet.note, Qt.Key.Key_Return, CTRL)
    room.settle()
    flags = room.services.schedule.inspector(case_id).summary.answer.flags
    assert not {flag for flag in flags if flag.value == "ask_doctor"}


# --- looks -----------------------------------------------------------------------------------------------


def test_page_fits_small_windows_both_themes_and_long_names(room: Room, keeper: ThemeKeeper) -> None:
    name = "Maximiliana Featherstonehaugh-Venkatasubramanian née Krishnamoorthy"
    patient_id, case_id = add_patient(room.services, name)
    room.services.cases.add(patient_id, CaseDetails("oromandibular", None, "jaw_opening"))
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    keeper.set_narrow(True)
    view = open_page(room, patient_id, 900, 560)
    assert view.minimumSizeHint().width() <= 900
    for appearance in (Appearance.DARK, Appearance.LIGHT):
        keeper.set_appearance(appearance)
        for tab in range(3):
            view.show_tab(tab)
            assert not view.grab().isNull()
    keeper.set_scale(1.5)
    assert not view.grab().isNull()


def test_everything_that_takes_the_keyboard_has_a_name(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    give(room.services, patient_id, case_id, date(2025, 11, 11), finalise=False)
    add_photo(room.services, patient_id, "IMG-20251110-WA0001.jpg")
    room.services.schedule.log_call(case_id, Attempt.NO_ANSWER)
    view = open_page(room, patient_id)
    for tab in range(3):
        view.show_tab(tab)
        for widget in view.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.focusProxy() is None:
                face = QAccessible.queryAccessibleInterface(widget)
                assert face is not None
                assert face.text(QAccessible.Text.Name), type(widget).__name__


def test_a_visit_of_two_diagnoses_is_one_cycle(room: Room) -> None:
    patient_id, case_id = add_patient(room.services)
    other = room.services.cases.add(patient_id, CaseDetails("writers_cramp", Side.RIGHT)).result
    assert isinstance(other, int)
    sessions = (SessionDetails(case_id, "ona", Decimal(30)), SessionDetails(other, "ona", Decimal(40)))
    room.services.treatment.record(patient_id, VisitDetails(date(2025, 11, 11), sessions), finalise=True)
    view = open_page(room, patient_id)
    assert len(view.timeline.cards) == 1
    assert view.timeline.cards[0].accessibleName() == "Visit · 11 Nov 2025"
    assert len(view.timeline.cards[0].cycle.given) == 2


def test_keys_of_the_page_win_over_the_windows_own(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    window = QMainWindow()
    elsewhere: list[str] = []
    for keys in ("Ctrl+R", "Esc", "C"):
        action = QAction(keys, window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _=False, keys=keys: elsewhere.append(keys))
        window.addAction(action)
    view = CaseView(room.context)
    window.setCentralWidget(view)
    room.show(window, 1100, 800)
    view.show_patient(patient_id)
    room.settle()
    view.header.record.setFocus()
    press(view.header.record, Qt.Key.Key_R, CTRL)
    press(view.header.record, Qt.Key.Key_C)
    assert room.said("record_visit") == [(patient_id, 0)]
    assert len(room.said("compare")) == 1
    assert elsewhere == []
