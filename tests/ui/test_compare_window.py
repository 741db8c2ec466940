"""The viewer inside the whole window: its keys go before the window's, and nothing of it outlasts a lock."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.second import SecondWindow
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from tests.builders import give
from tests.ui.compare_room import button
from tests.ui.patients_room import add_photo
from tests.ui.window_room import Room

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def compared(clinic: Room) -> CompareView:
    """The viewer on two photographs of a patient of the clinic."""
    patient, case = clinic.people["Asha Verma"]
    names = ("IMG-20251110-WA0001.jpg", "IMG-20251125-WA0002.jpg")
    ids = [add_photo(clinic.services, patient, name, 100 + 9 * place) for place, name in enumerate(names)]
    clinic.services.pictures.set_view(ids, "F01")
    clinic.context.intents.select_case.emit(patient, case)
    clinic.context.intents.compare.emit(case)
    clinic.settle()
    view = clinic.window._viewer_room()
    assert None not in view.shown
    return view


def press(clinic: Room, view: CompareView, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    """A key in the viewer."""
    QTest.keyClick(QApplication.focusWidget() or view.stage.active, key, modifiers)
    clinic.settle()


def test_the_keys_of_the_viewer_go_before_those_of_the_window(clinic: Room) -> None:
    view = compared(clinic)
    scale = clinic.keeper.scale
    press(clinic, view, Qt.Key.Key_Plus, CTRL)
    zooms = [view.stage.lens.fits]
    press(clinic, view, Qt.Key.Key_0, CTRL)
    assert [*zooms, view.stage.lens.fits] == [False, True]
    assert clinic.keeper.scale == scale
    press(clinic, view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert view.aligner.stack.count() == 1
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert view.aligner.stack.index() == 0
    press(clinic, view, Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier)
    assert view.stage.mode is CompareMode.WIPE
    press(clinic, view, Qt.Key.Key_E, CTRL)
    question = next(one for one in clinic.window.findChildren(TakeOutDialog) if one.isVisible())
    question.reject()
    clinic.settle()
    assert clinic.window.sheet is None
    keys = {key.keys: key.words for key in clinic.window.commands.listed() if key.part == "Compare photos"}
    assert keys["M"] == "Align by points"
    assert keys["PgDown"] == "Next view"


def test_menus_promise_no_key_that_means_something_else_in_the_viewer(clinic: Room) -> None:
    actions, kept = clinic.window.commands.actions, ("larger", "smaller", "usual", "edit_patient")
    before = {name: actions[name].shortcuts() for name in kept}
    assert all(before.values())
    view = compared(clinic)
    assert not any(actions[name].shortcuts() for name in kept)
    taken = {keys for command in view._keys.rules.commands for keys in view._keys.keys_of(command.name)}
    same = {"undo", "redo", "full_screen"}
    promised = {keys.toString() for name, action in actions.items() if name not in same for keys in action.shortcuts()}
    assert not promised & taken
    press(clinic, view, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    clinic.window.go_to("schedule")
    clinic.settle()
    assert {name: actions[name].shortcuts() for name in kept} == before
    scale = clinic.keeper.scale
    clinic.press(Qt.Key.Key_Plus, CTRL)
    assert clinic.keeper.scale > scale
    clinic.press(Qt.Key.Key_0, CTRL)


def test_a_lock_closes_the_second_window(clinic: Room) -> None:
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_W, SHIFT)
    assert view.second_window is not None
    clinic.window.locking.lock()
    clinic.settle()
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, SecondWindow) and one.isVisible()]


def test_a_turned_photograph_is_taken_back_from_its_toast(clinic: Room) -> None:
    view = compared(clinic)
    b = view.shown[1]
    assert b is not None
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    assert next(one.picture.turned for one in view._reading.answer.pictures if one.picture.id == b) == 1  # type: ignore[union-attr]
    assert "Photo turned" in clinic.window.toast.accessibleName() or clinic.window.trail.last is not None
    clinic.window.trail.undo_last()
    clinic.settle()
    assert next(one.picture.turned for one in view._reading.answer.pictures if one.picture.id == b) == 0  # type: ignore[union-attr]


def test_the_window_goes_along_to_the_other_diagnosis(clinic: Room) -> None:
    patient, eyes = clinic.people["Asha Verma"]
    neck = clinic.services.cases.add(patient, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_PageDown, SHIFT)
    assert view.case_id == neck
    assert clinic.window.selection == (patient, neck)
    clinic.window.step_history(-1)
    clinic.window.step_history(1)
    clinic.settle()
    assert view.case_id == neck
    press(clinic, view, Qt.Key.Key_PageDown, SHIFT)
    assert clinic.window.selection == (patient, eyes)


def test_ctrl_z_takes_back_a_turn_before_the_alignment_that_was_made_before_it(clinic: Room) -> None:
    view = compared(clinic)
    a, b = view.shown
    assert a is not None
    assert b is not None

    def turned() -> int:
        return next(one.picture.turned for one in view._reading.answer.pictures if one.picture.id == b)  # type: ignore[union-attr]

    def state() -> tuple[bool, bool, int]:
        placed = view.stage.photos["B"].placed is not None
        assert placed == ("not aligned" not in view.status.left.text())
        forget = next(one for one in view.menu().actions() if one.text().startswith("Show as taken"))
        assert forget.isEnabled() == placed
        return placed, view.aligner.stack.index() == 1, turned()

    press(clinic, view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert state() == (True, True, 0)
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    assert state() == (False, True, 1)
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert state() == (True, True, 0)
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    press(clinic, view, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.NoModifier)
    assert state() == (True, True, 0)
    for _ in range(2):
        press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert state() == (True, True, 0)
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert state() == (False, False, 0)
    assert clinic.window.trail.last is None
    press(clinic, view, Qt.Key.Key_Y, CTRL)
    assert state() == (True, True, 0)


def test_an_alignment_made_after_a_turn_is_taken_back_before_it(clinic: Room) -> None:
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_Right, CTRL | SHIFT)
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    press(clinic, view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert view.aligner.stack.count() == 2
    lies = []
    for _ in range(2):
        press(clinic, view, Qt.Key.Key_Z, CTRL)
        lies.append(view.stage.photos["B"].placed is not None)
    assert lies == [False, True]
    assert view.aligner.stack.index() == 1
    view.close_case()
    clinic.settle()
    assert clinic.window.trail.last is None


def test_photographs_without_a_view_are_told_of_and_given_one(clinic: Room) -> None:
    services = clinic.services
    patient, case = clinic.people["Asha Verma"]
    before = add_photo(services, patient, "IMG-20251109-WA0031.jpg", 131)
    give(services, patient, case, date(2025, 11, 10))
    after = [add_photo(services, patient, f"IMG-20251126-WA004{place}.jpg", 140 + place) for place in range(2)]
    services.pictures.set_view([before], "F01")
    clinic.context.intents.select_case.emit(patient, case)
    clinic.context.intents.compare.emit(case)
    clinic.settle()
    view = clinic.window._viewer_room()
    pane = view.stage.panes["B"]
    assert pane.notice.endswith("2 photos have no view yet (26 Nov 2025).")
    QTest.mouseClick(button(pane, "Set the view"), Qt.MouseButton.LeftButton)
    clinic.settle()
    page = clinic.window._case_room()
    assert page.isVisible()
    assert set(page.pictures.grid.selected) == set(after)
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_1)
    clinic.settle()
    tagged = {one.picture.id: one.picture.view for one in services.pictures.pair(case).pictures}
    assert {tagged[one] for one in after} == {"F01"}


def test_a_toast_hides_neither_thumbnails_nor_labels(clinic: Room) -> None:
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    toast = clinic.window.toast
    assert toast.isVisible()
    plate = QRect(toast.mapToGlobal(QPoint(0, 0)), toast.size())
    strip = QRect(view.film.mapToGlobal(QPoint(0, 0)), view.film.size())
    assert not plate.intersects(strip)
    for pane in (view.stage.panes[letter] for letter in "AB"):
        pane.grab()
        for place, _ in pane._tips:
            assert not plate.intersects(QRect(pane.mapToGlobal(place.topLeft()), place.size()))
    view.fold_film()
    clinic.context.intents.open_case.emit(*clinic.people["Asha Verma"])
    clinic.settle()
    clinic.window.sayings.say("Elsewhere", None)
    assert clinic.window.toast.lift == 0


def toast_of(clinic: Room) -> str:
    """What the window says at the bottom."""
    toast = clinic.window.toast
    return toast.words if toast.isVisible() else ""


def test_an_alignment_taken_back_and_made_again_is_said_like_any_other(clinic: Room) -> None:
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    press(clinic, view, Qt.Key.Key_Right, CTRL | SHIFT)
    assert toast_of(clinic) == "Photo turned"
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: alignment"
    assert not clinic.window.toast._action.isVisible()
    press(clinic, view, Qt.Key.Key_Z, CTRL | SHIFT)
    assert toast_of(clinic) == "Aligned again"
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: alignment"
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: Photo turned"
    press(clinic, view, Qt.Key.Key_Y, CTRL)
    assert toast_of(clinic) == "Aligned again"
    listed = {key.keys: key.words for key in clinic.window.commands.listed()}
    assert [words for keys, words in listed.items() if "Ctrl+Shift+Z" in keys or "Ctrl+Y" in keys] == ["Align again"]


def test_a_kept_pair_is_taken_back_and_what_was_done_before_it_too(clinic: Room) -> None:
    patient, case = clinic.people["Asha Verma"]
    later = add_photo(clinic.services, patient, "IMG-20251228-WA0007.jpg", 171)
    clinic.services.pictures.set_view([later], "F01")
    view = compared(clinic)
    plain = Qt.KeyboardModifier.NoModifier

    def stands() -> tuple[bool, bool]:
        pins = clinic.services.pictures.pair(case).pins
        assert view.buttons["pin"].isChecked() == ("F01" in pins)
        return "F01" in pins, view.shown == chosen

    press(clinic, view, Qt.Key.Key_BracketRight, plain)
    before = view.shown
    press(clinic, view, Qt.Key.Key_End, plain)
    chosen = view.shown
    assert chosen != before
    press(clinic, view, Qt.Key.Key_P, plain)
    assert stands() == (True, True)
    assert toast_of(clinic) == "Pair kept"
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: Pair kept"
    assert stands() == (False, True)
    press(clinic, view, Qt.Key.Key_P, plain)
    press(clinic, view, Qt.Key.Key_P, plain)
    assert stands() == (False, False)
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: Pair no longer kept"
    assert stands() == (True, True)
    for said in ("Pair kept", "Photo turned"):
        press(clinic, view, Qt.Key.Key_Z, CTRL)
        assert toast_of(clinic) == f"Undone: {said}"
    assert stands() == (False, False)


def test_ctrl_z_acts_on_the_whole_screen_too(clinic: Room) -> None:
    view = compared(clinic)
    press(clinic, view, Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier)
    assert clinic.window.isFullScreen()
    press(clinic, view, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier)
    assert toast_of(clinic) == "Photo turned"
    press(clinic, view, Qt.Key.Key_Z, CTRL)
    assert toast_of(clinic) == "Undone: Photo turned"
    assert clinic.window.trail.last is None


def test_the_pair_the_panel_shows_is_read_once(clinic: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    patient, case = clinic.people["Asha Verma"]
    names = ("IMG-20251111-WA0031.jpg", "IMG-20251126-WA0032.jpg")
    ids = [add_photo(clinic.services, patient, name, 700 + 9 * place) for place, name in enumerate(names)]
    clinic.services.pictures.set_view(ids, "F01")
    clinic.window.go_to("schedule")
    for chosen in (clinic.people["Meena Joshi"], (patient, case)):
        clinic.context.intents.select_case.emit(*chosen)
        clinic.settle()
    assert set(clinic.window.inspector.pair_of(case)) == set(ids)
    assert clinic.window.inspector.pair_of(case + 1) == ()
    order: list[object] = []
    service = type(clinic.services.pictures)
    read, preview = service.pair, service.preview

    def told_pair(self: object, *about: object) -> object:
        found = read(self, *about)  # type: ignore[arg-type]
        order.append("case")
        return found

    def told_preview(self: object, picture_id: int) -> object:
        order.append(picture_id)
        return preview(self, picture_id)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "pair", told_pair)
    monkeypatch.setattr(service, "preview", told_preview)
    clinic.context.intents.compare.emit(case)
    clinic.settle()
    assert {*clinic.window._viewer_room().shown} == set(ids)
    assert sorted(str(one) for one in order) == sorted(["case", *(str(one) for one in ids)])
