"""The injection beside its photographs: opened from every list, following the pair, its numbers those of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count, product
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.changes import Topic
from clinic_app.domain.people import Role
from clinic_app.domain.treatment import (
    ExternalToxinDetails,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SiteSide,
    Visit,
    VisitDetails,
)
from clinic_app.services import Services
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.injection_panel import InjectionPanel
from clinic_app.ui.compare.injection_sheet import InjectionSheet
from clinic_app.ui.patients.case_view import CaseView
from clinic_app.ui.patients.timeline import DoseLine
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, add_patient, give, open_copied_clinic
from tests.ui.patients_room import Room, add_photo, give_sites
from tests.ui.window_room import Room as WindowRoom

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
FIRST, SECOND = date(2025, 8, 5), date(2025, 11, 11)
R, L, M = SiteSide.RIGHT, SiteSide.LEFT, SiteSide.MIDLINE


def given(
    services: Services, patient: int, case: int, day: date, *sites: tuple[str, SiteSide, str], **changes: object
) -> Visit:
    """An injection by site."""
    placed = tuple(InjectionSite(muscle, side, Decimal(units)) for muscle, side, units in sites)
    session = replace(SessionDetails(case, "ona", sites=placed), **changes)  # type: ignore[arg-type]
    visit = services.treatment.record(patient, VisitDetails(day, (session,), "Dr Rao", "C7218"), True).result
    assert isinstance(visit, Visit)
    return visit


SHADES = count()


def photos(services: Services, patient: int, *names: str, view: str = "F01") -> list[int]:
    """A photograph of a view for every day."""
    ids = [add_photo(services, patient, f"IMG-{name}-WA0001.jpg", 40 + next(SHADES) % 200) for name in names]
    services.pictures.set_view(ids, view)
    return ids


def told(panel: InjectionPanel) -> InjectionSheet:
    """What the panel says, while it can be seen."""
    assert panel.isVisible()
    assert panel.sheet is not None
    return panel.sheet


def numbers(sheet: InjectionSheet) -> dict[tuple[str, SiteSide], tuple[str, str]]:
    """Every number of the table with its change."""
    return {
        (line.name, side): (cell.units, cell.change)
        for _, lines in sheet.groups
        for line in lines
        for side, cell in line.cells
    }


# --- in the window ------------------------------------------------------------------------------------------------


@pytest.fixture
def treated(clinic: WindowRoom) -> tuple[WindowRoom, list[int]]:
    """Thomas was injected twice by site, with photographs around both injections."""
    services = clinic.services
    patient, case = clinic.people["Thomas Okafor"]
    visits = [give_sites(services, patient, case, day, units) for day, units in ((FIRST, "5"), (SECOND, "7.5"))]
    photos(services, patient, "20250804", "20250819", "20251110", "20251125")
    clinic.context.tasks.changed.emit(services.pictures.set_view([], None))
    clinic.settle()
    return clinic, [visit.sessions[0].id for visit in visits]


class Clicks:
    """Clicks, counted; a double click is two."""

    def __init__(self, room: WindowRoom) -> None:
        self.room = room
        self.count = 0

    def on(self, widget: QWidget, spot: QPoint | None = None) -> None:
        """One click."""
        self.count += 1
        QTest.mouseClick(widget, LEFT, pos=spot if spot is not None else widget.rect().center())
        self.room.settle()

    def menu(self, widget: QWidget, spot: QPoint, words: str) -> None:
        """A click with the right button, and one in the menu."""
        self.count += 2
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, widget.mapToGlobal(spot))
        QApplication.sendEvent(widget, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entry = next(action for action in menu.actions() if action.text().startswith(words))
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())
        self.room.settle()


def viewer(room: WindowRoom) -> CompareView:
    """The viewer, which is what the window shows."""
    room.settle()
    assert room.window.area == "compare"
    return room.window._viewer_room()


def row_in_list(room: WindowRoom) -> tuple[QWidget, QPoint]:
    """Where Thomas stands in the Patients list."""
    room.window.go_to("patients")
    room.settle()
    listed = room.window._list_room()
    patient, _ = room.people["Thomas Okafor"]
    row = next(
        row
        for row in range(listed.model.count)
        if (entry := listed.model.entry(row)) is not None and entry.id == patient
    )
    return listed.table.viewport(), QPoint(120, listed.table.rowViewportPosition(row) + 10)


def row_in_calls(room: WindowRoom) -> tuple[QWidget, QPoint]:
    """Where Thomas stands in the call list."""
    room.window.go_to("schedule")
    room.settle()
    table = room.window.schedule.table
    row = room.window.schedule.model.row_of(room.people["Thomas Okafor"][1])
    assert row is not None
    index = room.window.schedule.model.index(row, 0)
    table.scrollTo(index)
    return table.viewport(), table.visualRect(index).center()


def test_two_clicks_from_every_list_show_photos_doses_and_the_places_of_scores(
    treated: tuple[WindowRoom, list[int]],
) -> None:
    room, (_, last) = treated
    for where, way in product((row_in_list, row_in_calls), ("panel", "menu", "key")):
        table, spot = where(room)
        clicks = Clicks(room)
        if way == "panel":
            clicks.on(table, spot)
            clicks.on(room.window.inspector.pair)
        elif way == "menu":
            clicks.menu(table, spot, "Photos and doses")
        else:
            clicks.on(table, spot)
            room.press(Qt.Key.Key_C, SHIFT)
        view = viewer(room)
        assert clicks.count <= 2
        sheet = told(view.beside.panel)
        assert (sheet.session_id, sheet.total, sheet.total_change) == (last, "Botox 30 U", "+10 U")
        assert None not in view.shown
        assert sheet.places == "A 1 day before · B day 14"
        assert {line for line in view.beside.panel.said if line.startswith("Scales and the patient’s own per cent")}
        QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_C, SHIFT)
        room.settle()
        assert not view.beside.panel.isVisible()


def test_a_double_click_on_an_injection_shows_its_pair_and_a_number_leads_back_to_it(
    treated: tuple[WindowRoom, list[int]],
) -> None:
    room, (first, last) = treated
    patient, case = room.people["Thomas Okafor"]

    def page() -> CaseView:
        room.window.open_case(patient, case)
        room.settle()
        return room.window._case_room()

    def line(session_id: int) -> DoseLine:
        return next(one for one in page().findChildren(DoseLine) if one.session_id == session_id and one.isVisible())

    def shows(session_id: int) -> CompareView:
        view = viewer(room)
        assert told(view.beside.panel).session_id == session_id
        assert view.shown == view._reading.pair_of(session_id)  # type: ignore[union-attr]
        return view

    QTest.mouseDClick(line(first), LEFT)
    view = shows(first)
    line(last).setFocus()
    room.press(Qt.Key.Key_Return)
    shows(last)
    strip = page().timeline.strip
    bar = next(one for one in strip._strip.bars if one.session_id == first)  # type: ignore[union-attr]
    QTest.mouseDClick(strip, LEFT, pos=QPoint(round(strip._x(bar.day)), strip.height() // 2))
    shows(first)
    page().timeline.strip.setFocus()
    room.press(Qt.Key.Key_Return)
    shows(last)
    pictures = page().pictures
    page().show_tab(1)
    room.settle()
    grid = pictures.grid
    head = next(rect for rect, row in grid._laid.heads if row.session_id == first)
    QTest.mouseDClick(grid.viewport(), LEFT, pos=head.center() - QPoint(0, grid.verticalScrollBar().value()))
    shows(first)
    page().show_tab(1)
    grid.select((view.shown[0],))  # type: ignore[arg-type]  # there is one
    grid.setFocus()
    room.press(Qt.Key.Key_C, SHIFT)
    shows(first)
    card = next(one for one in view.film.sittings if one.injected is not None and one.injected.session_id == last)
    place = card.place.center() - QPoint(view.film.horizontalScrollBar().value(), 0)
    QTest.mouseDClick(view.film.viewport(), LEFT, pos=place)
    shows(last)
    assert view.beside.panel.rows
    QTest.mouseClick(view.beside.panel.rows[0], LEFT)
    room.settle()
    assert room.window.area == "case"
    focus = QApplication.focusWidget()
    assert isinstance(focus, DoseLine)
    assert focus.session_id == last
    room.window.step_history(-1)
    room.settle()
    compared = next(one for one in viewer(room).beside.panel.links if one.words.startswith("Compared with"))
    compared.setFocus()
    room.press(Qt.Key.Key_Return)
    room.settle()
    focus = QApplication.focusWidget()
    assert isinstance(focus, DoseLine)
    assert focus.session_id == first


# --- the viewer over a real clinic --------------------------------------------------------------------------------


NUMBERS = count(1)
NURSES_WORDS = "four wet umbrellas inside"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One clinic for the module; every test brings a patient of its own."""
    with open_copied_clinic(tmp_path_factory.mktemp("doses")) as one:
        yield one


@pytest.fixture
def someone(services: Services) -> tuple[int, int]:
    number = next(NUMBERS)
    return add_patient(services, f"Person {number}", f"D{number}", phone=f"70000 {number:05}")


@pytest.fixture
def clinic_of_one(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, services: Services) -> Iterator[Room]:
    room = Room(keeper, tasks, services, qtbot)
    yield room
    room.context.detach()
    assert tasks.close()
    shiboken6.delete(room.intents)


def opened(room: Room, case: int, session_id: int | None = 0, size: tuple[int, int] = (1200, 800)) -> CompareView:
    """The viewer on a case."""
    view = CompareView(room.context.theme, room.tasks)
    room.show(view, *size)
    view.setFocus()
    view.open_case(case, session_id=session_id)
    room.settle()
    return view


def press(
    room: Room, view: CompareView, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key in whatever has the keyboard."""
    QTest.keyClick(QApplication.focusWidget() or view.stage.active, key, modifiers)
    room.settle()


UPPER, LOWER = "oo_pretarsal_upper_lat", "oo_pretarsal_lower_lat"


def test_the_panel_follows_the_cycle_and_every_number_is_the_session_s(
    clinic_of_one: Room, someone: tuple[int, int]
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    sessions = [
        given(services, patient, case, FIRST, (UPPER, R, "5"), (UPPER, L, "5"), ("procerus", M, "2.5")).sessions[0],
        given(
            services, patient, case, SECOND, (UPPER, R, "5"), (UPPER, R, "2.5"), (UPPER, L, "5"), (LOWER, L, "1.25"),
            dilution_ml=Decimal(2),
        ).sessions[0],
    ]  # fmt: skip
    photos(services, patient, "20250804", "20250819", "20251110", "20251125")
    view = opened(clinic_of_one, case)
    panel = view.beside.panel
    names = {code: services.catalogues.muscles[code].name for code in (UPPER, LOWER, "procerus")}
    assert numbers(told(panel)) == {
        (names[UPPER], R): ("7.5 (2×)", "+2.5"),
        (names[UPPER], L): ("5", "="),
        (names[LOWER], L): ("1.25", "new"),
        (names["procerus"], M): ("–", "was 2.5"),
    }
    assert dict(told(panel).sides) == {R: "7.5", L: "6.25"}
    assert (told(panel).total, told(panel).total_change) == ("Botox 13.75 U", "+1.25 U")
    assert told(panel).about[0] == "Batch C7218 · diluted in 2 mL · Dr Rao"
    assert "Compared with injection 1 (5 Aug 2025, Botox 12.5 U)" in [one.words for one in panel.links]
    heard: list[tuple[int, int, int]] = []
    view.session_asked.connect(lambda *ids: heard.append(ids))
    for row in panel.rows:
        QTest.mouseClick(row, LEFT)
    dropped = [row.line.name for row in panel.rows].index(names["procerus"])
    ids = [sessions[1].id] * len(panel.rows)
    ids[dropped] = sessions[0].id
    assert heard == [(patient, case, id_) for id_ in ids]
    panel.rows[0].setFocus()
    press(clinic_of_one, view, Qt.Key.Key_PageUp, CTRL)
    assert told(panel).session_id == sessions[0].id
    assert view.stage.active.hasFocus()
    newest = next(one for one in panel.links if one.words == "Newest: injection 2 (11 Nov 2025, Botox 13.75 U)")
    newest.setFocus()
    press(clinic_of_one, view, Qt.Key.Key_Return)
    assert told(panel).session_id == sessions[1].id
    assert not told(panel).newest_id
    press(clinic_of_one, view, Qt.Key.Key_PageUp, CTRL)
    assert told(panel).session_id == sessions[0].id
    total = sum(Decimal(units) for units, _ in numbers(told(panel)).values())
    assert total == sessions[0].units.amount
    assert told(panel).compared == "The first injection of this diagnosis here: nothing to compare with."
    press(clinic_of_one, view, Qt.Key.Key_PageDown, CTRL)
    assert told(panel).session_id == sessions[1].id
    corrected = replace(sessions[1].details, units=None, sites=sessions[1].details.sites[:2])
    services.treatment.correct(sessions[1].id, corrected, SECOND, "two sites too many")
    clinic_of_one.tasks.changed.emit(services.treatment.finalise(()))
    clinic_of_one.settle()
    assert told(panel).total == "Botox 7.5 U"
    assert told(panel).marks == ("Corrected",)
    assert any("was Botox 13.75 U: two sites too many" in line for line in panel.said)
    clinic_of_one.tasks.changed.emit(services.treatment.void(sessions[1].id, "entered twice"))
    clinic_of_one.settle()
    assert told(panel).session_id == sessions[0].id


def test_the_panel_is_remembered_for_the_case_and_makes_way_for_measuring(
    clinic_of_one: Room, someone: tuple[int, int]
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    give_sites(services, patient, case, SECOND)
    photos(services, patient, "20251110", "20251125")
    view = opened(clinic_of_one, case, None)
    panel = view.beside.panel

    def seen() -> tuple[bool, bool, bool]:
        shown = panel.isVisible()
        assert view.buttons["injection"].isChecked() == shown
        return shown, view.measures.panel.isVisible(), view.buttons["measures"].isChecked()

    assert seen() == (False, False, False)
    press(clinic_of_one, view, Qt.Key.Key_C, SHIFT)
    assert seen() == (True, False, False)
    QTest.mouseClick(view.buttons["measures"], LEFT)
    assert seen() == (False, True, True)
    QTest.mouseClick(view.buttons["injection"], LEFT)
    assert seen() == (True, False, False)
    press(clinic_of_one, view, Qt.Key.Key_D)
    assert seen() == (False, True, True)
    press(clinic_of_one, view, Qt.Key.Key_C, SHIFT)
    assert seen() == (True, False, False)
    assert view.measures.kind is None
    press(clinic_of_one, view, Qt.Key.Key_S, SHIFT)
    assert seen() == (False, False, False)
    press(clinic_of_one, view, Qt.Key.Key_S, SHIFT)
    assert seen() == (True, False, False)
    press(clinic_of_one, view, Qt.Key.Key_P, CTRL | SHIFT)
    assert seen()[0]
    assert not [line for line in panel.said if "Dr Rao" in line or "C7218" in line]
    press(clinic_of_one, view, Qt.Key.Key_P, CTRL | SHIFT)
    assert [line for line in panel.said if "Dr Rao" in line]
    view.close_case()
    clinic_of_one.settle()
    assert panel.sheet is None
    assert not panel.isVisible()
    assert services.pictures.pair(case).state.injection
    view.open_case(case)
    clinic_of_one.settle()
    assert seen() == (True, False, False)
    QTest.mouseClick(panel.close_button, LEFT)
    assert seen() == (False, False, False)
    view.close_case()
    clinic_of_one.settle()
    assert not services.pictures.pair(case).state.injection


def test_all_that_was_given_between_is_told_and_each_product_is_added_by_itself(
    clinic_of_one: Room, someone: tuple[int, int]
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    neck = services.cases.add(patient, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    give(services, patient, case, FIRST, "120", "abo")
    full = give_sites(services, patient, case, SECOND).sessions[0]
    touch_up = given(
        services, patient, case, date(2025, 11, 18), (UPPER, R, "2.5"), kind=SessionKind.TOUCH_UP
    ).sessions[0]
    other = give(services, patient, neck, SECOND, "100").sessions[0]
    services.treatment.add_external(
        patient, ExternalToxinDetails(date(2025, 11, 20), "abo", Decimal(200), where="Pune")
    )
    photos(services, patient, "20251110", "20251125")
    view = opened(clinic_of_one, case)
    sheet = told(view.beside.panel)
    assert sheet.session_id == full.id
    assert sheet.compared.startswith("Not compared with injection 1 (5 Aug 2025, Dysport 120 U)")
    assert not sheet.total_change
    assert {change for _, change in numbers(sheet).values()} == {""}
    assert [(one.words, one.detail, one.session_id) for one in sheet.meanwhile] == [
        ("Cervical dystonia, left: Botox 100 U", "11 Nov 2025", other.id),
        ("Touch-up of injection 2: Botox 2.5 U", "18 Nov 2025", touch_up.id),
        ("Toxin elsewhere: Dysport 200 U", "20 Nov 2025 · Pune", 0),
    ]
    assert sheet.together == "Together, each product by itself: Botox 122.5 U · Dysport 200 U"
    view.open_case(case, session_id=touch_up.id)
    clinic_of_one.settle()
    sheet = told(view.beside.panel)
    assert (sheet.session_id, sheet.total, sheet.note) == (touch_up.id, "Botox 2.5 U", "")
    assert sheet.title == "Touch-up of injection 2 · 18 Nov 2025"
    assert sheet.compared == "A touch-up adds to an injection; it is not compared."
    later = give_sites(services, patient, case, date(2026, 2, 20), "7.5").sessions[0]
    clinic_of_one.tasks.changed.emit(services.treatment.finalise(()))
    view.open_case(case, session_id=later.id)
    clinic_of_one.settle()
    assert told(view.beside.panel).compared == (
        "Compared with injection 2 (11 Nov 2025, Botox 20 U), not counting its touch-up: 18 Nov 2025, Botox 2.5 U"
    )


def test_whatever_part_is_missing_the_rest_is_told(clinic_of_one: Room, someone: tuple[int, int]) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    first = give(services, patient, case, FIRST, None).sessions[0]
    last = give(services, patient, case, SECOND, "35", finalise=False).sessions[0]
    view = opened(clinic_of_one, case, last.id)
    panel = view.beside.panel
    sheet = told(panel)
    assert (sheet.total, sheet.note, sheet.places) == ("Botox 35 U", "No photo is shown.", "")
    assert sheet.marks == ("Given, not finalised",)
    assert sheet.no_sites == "No sites are recorded for this injection, only the whole dose."
    assert view.stage.isVisible()
    press(clinic_of_one, view, Qt.Key.Key_C, SHIFT)
    assert not panel.isVisible()
    (a,) = photos(services, patient, "20251110")
    clinic_of_one.tasks.changed.emit(services.pictures.set_view([a], "F01"))
    clinic_of_one.settle()
    for session_id, total in ((first.id, "Botox, units unknown"), (last.id, "Botox 35 U"), (0, "Botox 35 U")):
        view.open_case(case, session_id=session_id)
        clinic_of_one.settle()
        assert (told(panel).total, told(panel).note) == (total, "Only one photo is shown.")
    late = photos(services, patient, "20251126", "20251203")
    clinic_of_one.tasks.changed.emit(services.pictures.set_view([a], "F02"))
    clinic_of_one.settle()
    view.open_pair(case, "F01", *late)
    clinic_of_one.settle()
    assert told(panel).session_id == last.id
    assert told(panel).note == "No injection lies between these photos: both were taken after this one."
    for _, entry in services.pictures.all(patient):
        preview = entry.picture.preview
        (Path(services.clinic.folder) / "blobs" / preview[:2] / preview).write_bytes(b"damaged")
    view.close_case()
    view.open_case(case, session_id=last.id)
    clinic_of_one.settle()
    assert not any(view.stage.panes[letter].has_picture for letter in "AB")
    assert told(panel).total == "Botox 35 U"
    neck = services.cases.add(patient, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    photos(services, patient, "20250110", "20250125", view="N01")
    view.open_case(neck, session_id=0)
    clinic_of_one.settle()
    assert told(panel).note == "No injection of this diagnosis before these photos."
    assert not panel.rows
    assert not told(panel).total


@pytest.fixture
def nurse(services: Services) -> Iterator[None]:
    """A nurse works, until the test ends."""
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    services.people.add("Nisha Rao", {Role.NURSE}, NURSES_WORDS)
    services.people.unlock_with_passphrase("Nisha Rao", NURSES_WORDS)
    yield
    services.people.unlock_with_passphrase("Dr Rao", PASSPHRASE)


def test_a_record_that_is_closed_meanwhile_takes_its_doses_along(
    clinic_of_one: Room, someone: tuple[int, int], nurse: None
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    give(services, patient, case, SECOND, finalise=False)
    photos(services, patient, "20251110", "20251125")
    view = opened(clinic_of_one, case)
    panel = view.beside.panel
    told(panel)
    services.people.unlock_with_passphrase("Dr Rao", PASSPHRASE)
    services.access.confirm(PASSPHRASE, Action.MANAGE)
    changed = services.access.set_protection(patient, restricted=True, reason="A colleague of ours")
    services.people.unlock_with_passphrase("Nisha Rao", NURSES_WORDS)
    panel.again_asked.emit()
    clinic_of_one.settle()
    assert panel.sheet is None
    again = next(one for one in panel.findChildren(QAbstractButton) if one.text() == "Try again")
    QTest.mouseClick(again, LEFT)
    clinic_of_one.settle()
    assert panel.sheet is None
    assert not [line for line in panel.said if "Botox" in line]
    clinic_of_one.tasks.changed.emit(replace(changed, topics=frozenset({Topic.PATIENTS})))
    clinic_of_one.settle()
    assert not panel.isVisible()
    assert not panel.said


def test_the_panel_fits_beside_both_photos_in_the_smallest_window(
    clinic_of_one: Room, someone: tuple[int, int]
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    muscles = [muscle.code for muscle in services.catalogues.muscles_for("blepharospasm_bilateral")]
    placed = [
        (code, side, "2.5")
        for code in muscles
        for side in (R, L)
        if side.value in services.catalogues.muscles[code].sides
    ]
    given(services, patient, case, SECOND, *placed)
    photos(services, patient, "20251110", "20251125")
    view = opened(clinic_of_one, case, size=(960, 560))
    panel = view.beside.panel
    told(panel)
    assert view.size().width() <= 960
    assert min(view.stage.panes[letter].width() for letter in "AB") > 200
    inside = panel._inside
    assert inside.width() <= panel.area.viewport().width()
    assert inside.height() > panel.area.viewport().height()
    for row in panel.rows:
        assert row.height() >= row.heightForWidth(row.width())
        assert QRect(QPoint(), inside.size()).contains(QRect(row.mapTo(inside, QPoint()), row.size()))


def test_swapping_with_a_photo_that_cannot_be_read_the_panel_follows_at_once(
    clinic_of_one: Room, someone: tuple[int, int]
) -> None:
    services, (patient, case) = clinic_of_one.services, someone
    give(services, patient, case, FIRST)
    give(services, patient, case, SECOND)
    ids = photos(services, patient, "20250804", "20250819", "20251110", "20251125")
    stored = {entry.picture.id: entry.picture.preview for _, entry in services.pictures.all(patient)}
    preview = stored[ids[0]]
    (Path(services.clinic.folder) / "blobs" / preview[:2] / preview).write_bytes(b"damaged")
    view = opened(clinic_of_one, case)
    press(clinic_of_one, view, Qt.Key.Key_Home, SHIFT)
    assert view.shown == (ids[0], ids[3])
    assert view.stage.panes["A"].notice
    before = told(view.beside.panel).places
    QTest.keyClick(QApplication.focusWidget() or view.stage.active, Qt.Key.Key_W)
    assert view.shown == (ids[3], ids[0])
    after = told(view.beside.panel).places
    assert after.startswith("A ")
    assert after != before
    assert view.beside.panel.said[1] == after
    clinic_of_one.settle()
    assert told(view.beside.panel).places == after
    assert view.stage.panes["B"].notice
