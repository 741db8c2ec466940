"""The Photos tab under real keys and the real mouse: contact sheet, checklist, turning, pinning, comparing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import PictureImportReport
from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.people import Role
from clinic_app.domain.pictures import PairReason
from clinic_app.services import Services
from clinic_app.ui.patients import CaseView
from clinic_app.ui.patients.delete_sheets import DeletePicturesSheet
from clinic_app.ui.patients.pictures_tab import CHECKLIST, DAYS, SHEET
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.access import not_allowed_words
from tests.builders import PASSPHRASE, add_patient, door, give, open_copied_clinic
from tests.ui.patients_room import Room, press
from tests.ui.window_room import room as window_room

CTRL = Qt.KeyboardModifier.ControlModifier
INJECTED = date(2025, 11, 11)
OPEN_BEFORE, SHUT_BEFORE, TIGHT_BEFORE, OPEN_AFTER, UNTAGGED = range(5)
VIEWS = ("F01", "F02", "F03", "F01", None)
LATE = "IMG-20251125-WA0009.jpg"
MANY = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """A clinic on disk, made once: (patient, case) of three people, and the photographs of the first."""

    folder: Path
    eyes: tuple[int, int]
    cycles: tuple[int, int]
    many: tuple[int, int]
    photos: tuple[int, ...]


def take(services: Services, folder: Path, patient_id: int, names: Sequence[str]) -> list[int]:
    """Import small photographs in one go; the day is read from the name."""
    folder.mkdir()
    for place, name in enumerate(names):
        Image.new("RGB", (120, 160), (90 + place * 5, 180 - patient_id, 170)).save(folder / name, "JPEG")
    report = services.pictures.import_files(patient_id, [str(folder)]).result
    assert isinstance(report, PictureImportReport)
    return [item.picture.id for item in report.files if item.picture is not None]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """One injected once with three views before, one of them after and one untagged; one with three injections and a
    single photograph; one with many photographs.
    """
    folder = tmp_path_factory.mktemp("photos")
    with open_copied_clinic(folder) as services:
        eyes = add_patient(services)
        give(services, *eyes, INJECTED)
        names = [f"IMG-20251110-WA000{n}.jpg" for n in (1, 2, 3)] + [f"IMG-20251125-WA000{n}.jpg" for n in (4, 5)]
        photos = take(services, folder / "eyes", eyes[0], names)
        services.pictures.set_views(dict(zip(photos, VIEWS, strict=True)))
        cycles = add_patient(services, "Meena Joshi", "5", phone="98400 11112")
        for day in (date(2025, 7, 1), date(2025, 11, 4), date(2026, 3, 17)):
            give(services, *cycles, day)
        services.pictures.set_view(take(services, folder / "cycles", cycles[0], [LATE]), "F01")
        many = add_patient(services, "Thomas Okafor", "6", phone="98400 11113")
        take(services, folder / "many", many[0], [f"IMG-202511{n + 1:02}-WA0001.jpg" for n in range(MANY)])
    return Kept(folder / "clinic", eyes, cycles, many, tuple(photos))


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path, kept: Kept) -> Iterator[Room]:
    copytree(kept.folder, tmp_path / "clinic")
    services = door().open(str(tmp_path / "clinic"), PASSPHRASE)
    found = Room(keeper, tasks, services, qtbot)
    try:
        yield found
    finally:
        found.context.detach()
        assert tasks.close()
        shiboken6.delete(found.intents)
        services.close()


def open_tab(room: Room, patient_id: int, case_id: int = 0, width: int = 1180, height: int = 800) -> CaseView:
    view = CaseView(room.context)
    room.show(view, width, height)
    view.show_patient(patient_id, case_id)
    view.show_tab(1)
    room.settle()
    view.pictures.grid.setFocus()
    return view


def centre(view: CaseView, picture_id: int) -> QPoint:
    grid = view.pictures.grid
    place = [entry.picture.id for entry in grid._flat].index(picture_id)
    return grid._laid.cells[place].center() - grid._offset


def click(view: CaseView, picture_id: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    grid = view.pictures.grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifiers, centre(view, picture_id))


def test_the_contact_sheet_says_what_is_missing(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    grid = open_tab(room, patient_id).pictures.grid
    after, before = grid.rows
    assert (after.title, before.title) == ("25 Nov 2025", "10 Nov 2025")
    assert [[one.picture.id for one in cell] for cell in before.cells[:4]] == [
        [ids[OPEN_BEFORE]],
        [ids[SHUT_BEFORE]],
        [ids[TIGHT_BEFORE]],
        [],
    ]
    assert [one.picture.id for one in after.entries] == [ids[UNTAGGED]], "what fits no column stands below"
    assert "No after-photo of “Eyes closed gently”" in grid.gaps
    assert "No before-photo of “Opening after squeezing”" in grid.gaps
    assert not any("Face, eyes open" in words for words in grid.gaps)
    assert all(gap.now for _, gap in grid._laid.gaps)


def test_a_side_without_any_photo_is_a_row_of_words(room: Room, kept: Kept) -> None:
    rows = open_tab(room, kept.cycles[0]).pictures.grid.rows
    assert [(row.title, row.detail) for row in rows if not row.all] == [
        ("After injection 3", "After-photos are wanted from 24 Mar 2026"),
        ("Before injection 3", "No before-photo of any view"),
        ("Before injection 2", "No before-photo of any view"),
    ]


def test_arrows_go_through_the_sheet_and_keys_tag(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    grid = view.pictures.grid
    press(grid, Qt.Key.Key_Home)
    assert grid.current == ids[OPEN_AFTER]
    press(grid, Qt.Key.Key_Right)
    assert grid.selected == (ids[UNTAGGED],)
    press(grid, Qt.Key.Key_2)
    room.settle()
    assert "No after-photo of “Eyes closed gently”" not in grid.gaps
    assert grid.current == ids[UNTAGGED], "it went into its column with the ring on it"
    press(grid, Qt.Key.Key_Down)
    assert grid.selected == (ids[SHUT_BEFORE],)
    press(grid, Qt.Key.Key_Up)
    assert grid.selected == (ids[UNTAGGED],)


def test_several_photos_are_turned_as_one_step(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    grid = view.pictures.grid
    click(view, ids[OPEN_BEFORE])
    click(view, ids[TIGHT_BEFORE], CTRL)
    QTest.keyClicks(grid, "]")
    room.settle()

    def turned() -> dict[int, int]:
        return {one.picture.id: one.picture.turned for one in room.services.pictures.entries(patient_id)}

    assert [place for place, quarters in turned().items() if quarters] == [ids[OPEN_BEFORE], ids[TIGHT_BEFORE]]
    assert room.toasts()[-1] == "2 photos turned"
    undo = room.said("toast")[-1][1]
    assert isinstance(undo, int)
    QTest.keyClicks(grid, "[")
    QTest.keyClicks(grid, "[")
    room.settle()
    assert turned()[ids[OPEN_BEFORE]] == 3
    QTest.mouseClick(view.pictures._turn, Qt.MouseButton.LeftButton)
    room.settle()
    assert set(turned().values()) == {0}


def test_two_photos_of_a_view_are_pinned_and_let_go(room: Room, kept: Kept) -> None:
    (patient_id, case_id), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    grid = view.pictures.grid
    refused: list[str] = []
    room.intents.refused.connect(refused.append)
    click(view, ids[OPEN_AFTER])
    press(grid, Qt.Key.Key_P)
    click(view, ids[TIGHT_BEFORE], CTRL)
    press(grid, Qt.Key.Key_P)
    assert len(refused) == 2
    assert not view.pictures._pin.isEnabled()
    click(view, ids[TIGHT_BEFORE], CTRL)
    click(view, ids[OPEN_BEFORE], CTRL)
    QTest.mouseClick(view.pictures._pin, Qt.MouseButton.LeftButton)
    room.settle()
    pair = room.services.pictures.pair(case_id, "F01").pair
    assert pair.a is not None
    assert pair.b is not None
    assert (pair.reason, pair.a.id, pair.b.id) == (PairReason.PINNED, ids[OPEN_BEFORE], ids[OPEN_AFTER])
    entry = grid.entry(ids[OPEN_BEFORE])
    assert entry is not None
    assert "pinned" in grid.sentence(entry)
    assert view.pictures._pin.text() == "Unpin pair"
    press(grid, Qt.Key.Key_P)
    room.settle()
    assert room.services.pictures.pair(case_id, "F01").pair.reason is not PairReason.PINNED
    assert room.toasts()[-2:] == ["Pair kept", "Pair no longer kept"]


def test_c_compares_the_two_that_are_selected(room: Room, kept: Kept) -> None:
    (patient_id, case_id), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    asked: list[tuple[int, str, int, int]] = []
    room.intents.compare_pair.connect(lambda *said: asked.append(said))
    click(view, ids[OPEN_AFTER])
    press(view.pictures.grid, Qt.Key.Key_C)
    assert room.said("compare") == [(case_id,)], "one photo: the best pair"
    click(view, ids[OPEN_BEFORE], CTRL)
    press(view.pictures.grid, Qt.Key.Key_C)
    click(view, ids[OPEN_BEFORE], CTRL)
    click(view, ids[SHUT_BEFORE], CTRL)
    QTest.mouseClick(view.pictures._compare, Qt.MouseButton.LeftButton)
    assert asked == [
        (case_id, "F01", ids[OPEN_BEFORE], ids[OPEN_AFTER]),
        (case_id, "", ids[SHUT_BEFORE], ids[OPEN_AFTER]),
    ]


def test_delete_asks_for_a_reason_and_can_be_undone(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    click(view, ids[UNTAGGED])
    press(view.pictures.grid, Qt.Key.Key_Delete)
    room.settle()
    [sheet] = view.findChildren(DeletePicturesSheet)
    QTest.keyClicks(view.window().focusWidget(), "blurred")
    sheet.save()
    room.settle()
    there = [one.picture.id for one in room.services.pictures.entries(patient_id)]
    assert ids[UNTAGGED] not in there
    undo = room.said("toast")[-1][1]
    assert isinstance(undo, int)
    room.services.undo(undo)
    assert len(room.services.pictures.entries(patient_id)) == 5


def test_the_checklist_tells_each_view_and_opens_its_photos(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    room.services.cases.add(patient_id, CaseDetails("cervical_dystonia"))
    view = open_tab(room, patient_id)
    tab = view.pictures
    QTest.mouseClick(tab.ways.segment(CHECKLIST), Qt.MouseButton.LeftButton)
    checklist = tab.checklist
    assert checklist.isVisible()
    eye, neck = checklist.sections
    assert eye.detail == "Injection 1, 11 Nov 2025 · before: 3 of 16 views · after: 1 of 16 views"
    assert neck.detail == "No injection yet · before: 0 of 9 views"
    assert [checklist.sentence(line) for line in eye.lines[:2]] == [
        "Face, eyes open, 1 before, 1 after",
        "Eyes closed gently, 1 before, No after-photo",
    ]
    assert checklist.sentence(neck.lines[0]) == "Head let go, eyes closed, No before-photo, No injection yet"
    refused: list[str] = []
    room.intents.refused.connect(refused.append)
    checklist.setFocus()
    press(checklist, Qt.Key.Key_End)
    press(checklist, Qt.Key.Key_Return)
    assert len(refused) == 1
    press(checklist, Qt.Key.Key_2)
    assert room.toasts() == [], "no key tags what is not in sight"
    press(checklist, Qt.Key.Key_Home)
    second = checklist._lines[1][0].center()
    QTest.mouseClick(checklist.viewport(), Qt.MouseButton.LeftButton, pos=second)
    assert checklist.accessibleDescription().startswith("Eyes closed gently")
    press(checklist, Qt.Key.Key_Up)
    press(checklist, Qt.Key.Key_Return)
    assert tab.ways.place == SHEET
    assert set(tab.grid.selected) == {ids[OPEN_BEFORE], ids[OPEN_AFTER]}
    assert tab.grid.hasFocus()


def test_the_set_of_the_diagnosis_that_was_opened_comes_first(room: Room, kept: Kept) -> None:
    patient_id, first = kept.eyes
    neck = room.services.cases.add(patient_id, CaseDetails("cervical_dystonia")).result
    assert isinstance(neck, int)
    view = open_tab(room, patient_id, neck)
    columns = [column.name for _, column in view.pictures.grid._laid.columns]
    assert columns[0] == "Head let go, eyes closed"
    assert "No before-photo of “Turning left”" in view.pictures.grid.gaps
    view.show_patient(patient_id, first)
    room.settle()
    assert view.pictures.grid._laid.columns[0][1].name == "Face, eyes open"


def test_by_day_has_the_buttons_of_the_views(room: Room, kept: Kept) -> None:
    (patient_id, _), ids = kept.eyes, kept.photos
    view = open_tab(room, patient_id)
    tab = view.pictures
    QTest.mouseClick(tab.ways.segment(DAYS), Qt.MouseButton.LeftButton)
    assert not tab.grid.gaps
    click(view, ids[UNTAGGED])
    tagging = next(one for one in tab._buttons if one.accessibleName() == "Tag as Eyes squeezed shut")
    QTest.mouseClick(tagging, Qt.MouseButton.LeftButton)
    room.settle()
    tagged = {one.picture.id: one.picture.view for one in room.services.pictures.entries(patient_id)}
    assert tagged[ids[UNTAGGED]] == "F03"


def test_only_what_is_seen_is_read(room: Room, kept: Kept) -> None:
    view = open_tab(room, kept.many[0], height=560)
    grid = view.pictures.grid
    read = len(view.thumbnails._kept)
    assert 0 < read < 12
    press(grid, Qt.Key.Key_End)
    room.settle()
    assert read < len(view.thumbnails._kept) < MANY


def test_a_narrow_window_scrolls_the_columns(room: Room, kept: Kept, keeper: ThemeKeeper) -> None:
    patient_id, last = kept.eyes[0], kept.photos[OPEN_AFTER]
    room.services.pictures.set_view([last], "E04L")
    keeper.set_narrow(True)
    view = open_tab(room, patient_id, width=700, height=560)
    grid = view.pictures.grid
    across = grid.horizontalScrollBar()
    assert across.maximum() > 0
    press(grid, Qt.Key.Key_Home)
    assert grid.selected == (last,)
    assert across.value() > 0
    assert grid.viewport().rect().contains(centre(view, last))
    click(view, last, CTRL)
    assert not grid.selected


def test_a_nurse_sorts_and_compares_but_does_not_delete(
    qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, kept: Kept
) -> None:
    (patient_id, case_id), ids = kept.eyes, kept.photos
    with window_room(qtbot, keeper, tmp_path, kept.folder) as one:
        one.services.access.confirm(PASSPHRASE, Action.MANAGE)
        one.services.people.add("Nisha Rao", {Role.NURSE}, "four wet umbrellas inside")
        door().switch(one.services, "Nisha Rao", "four wet umbrellas inside")
        one.attach()
        one.context.intents.open_case.emit(patient_id, case_id)
        one.settle()
        page = one.window._page
        assert page is not None
        page.show_tab(1)
        page.pictures.grid.setFocus()
        click(page, ids[OPEN_AFTER])
        click(page, ids[OPEN_BEFORE], CTRL)
        one.press(Qt.Key.Key_Delete)
        assert one.window.toast.words == not_allowed_words(Action.DELETE, "Nisha Rao")
        assert not page.pictures._delete.isEnabled()
        assert page.pictures._pin.isEnabled()
        one.press(Qt.Key.Key_C)
        one.settle()
        viewer = one.window._viewer_room()
        one.until(lambda: viewer.shown == (ids[OPEN_BEFORE], ids[OPEN_AFTER]))
        assert one.window.area == "compare"
        one.context.intents.compare_pair.emit(case_id, "", ids[TIGHT_BEFORE], ids[OPEN_AFTER])
        one.until(lambda: viewer.shown == (ids[TIGHT_BEFORE], ids[OPEN_AFTER]))
        one.settle()
