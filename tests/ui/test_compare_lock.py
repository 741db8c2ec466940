"""Who may see and do what while photographs are compared, and what a lock leaves of it: nothing half drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from clinic_app.domain.access import Action
from clinic_app.domain.marks import MarkKind
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.second import SecondWindow
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from clinic_app.ui.widgets.copying import copy_picture_for_a_while
from clinic_app.ui.widgets.themed import TextLabel
from tests.ui.locked import found_in
from tests.ui.patients_room import add_photo
from tests.ui.test_compare_window import CTRL, SHIFT, compared, press
from tests.ui.test_lock import PLAIN, open_again
from tests.ui.test_roles import NURSE, READER, staffed, work_as
from tests.ui.window_room import Room

__all__ = ["staffed"]

LEFT = Qt.MouseButton.LeftButton
WHY = "Asked for by the patient"


def spot(view: CompareView, x: float, y: float, letter: str = "A") -> QPoint:
    """A place in a pane, by fractions of its photograph."""
    return view.stage.panes[letter].place_of((x, y)).toPoint()


def set_one_point(clinic: Room, view: CompareView, key: Qt.Key) -> None:
    press(clinic, view, key, PLAIN)
    QTest.mouseClick(view.stage.panes["A"], LEFT, pos=spot(view, 0.3, 0.3))
    clinic.settle()


def begin_a_stroke(clinic: Room, view: CompareView, key: Qt.Key) -> None:
    press(clinic, view, key, PLAIN)
    pane = view.stage.panes["A"]
    QTest.mousePress(pane, LEFT, pos=spot(view, 0.2, 0.2))
    for place in range(4):
        QTest.mouseMove(pane, spot(view, 0.2 + 0.05 * place, 0.25))
    clinic.settle()


def begin_a_text(clinic: Room, view: CompareView, key: Qt.Key) -> None:
    set_one_point(clinic, view, key)
    typed = QApplication.focusWidget()
    assert isinstance(typed, QLineEdit)
    QTest.keyClicks(typed, "Zebulon")


@pytest.mark.parametrize(
    ("begin", "key", "kept"),
    [
        (set_one_point, Qt.Key.Key_M, []),
        pytest.param(set_one_point, Qt.Key.Key_D, [], marks=pytest.mark.slow),
        (begin_a_text, Qt.Key.Key_T, ["Zebulon"]),
        pytest.param(begin_a_stroke, Qt.Key.Key_Y, [], marks=pytest.mark.slow),
    ],
)
def test_after_a_lock_typed_words_are_kept_and_what_is_half_drawn_is_plainly_gone(
    clinic: Room, begin: Callable[[Room, CompareView, Qt.Key], None], key: Qt.Key, kept: list[str]
) -> None:
    view = compared(clinic)
    shown, case = view.shown, view.case_id
    assert case is not None
    press(clinic, view, Qt.Key.Key_W, SHIFT)
    press(clinic, view, Qt.Key.Key_F, PLAIN)
    begin(clinic, view, key)
    assert view.aligner.picking is not None or view.measures.kind is not None or view.marker.kind is not None
    clinic.window.locking.lock()
    clinic.settle()
    assert found_in(clinic.window) == set()
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, SecondWindow) and one.isVisible()]
    assert clinic.window.findChildren(Stage) == []
    open_again(clinic)
    again = clinic.window._viewer_room()
    assert again.isVisible()
    assert again.shown == shown
    assert (again.aligner.picking, again.measures.kind, again.marker.kind) == (None, None, None)
    answer = clinic.services.pictures.pair(case)
    assert (answer.measured, answer.alignments, [one.words for one in answer.marks]) == ((), {}, kept)
    press(clinic, again, Qt.Key.Key_D, PLAIN)
    for x in (0.3, 0.6):
        QTest.mouseClick(again.stage.panes["A"], LEFT, pos=spot(again, x, 0.3))
    clinic.settle()
    assert len(clinic.services.pictures.pair(case).measured) == 1


def test_words_and_a_move_by_keys_are_kept_by_the_key_that_locks(clinic: Room) -> None:
    view = compared(clinic)
    case = view.case_id
    assert case is not None
    press(clinic, view, Qt.Key.Key_O, PLAIN)
    press(clinic, view, Qt.Key.Key_Return, PLAIN)
    [drawn] = [one for one in clinic.services.pictures.pair(case).marks if one.kind is MarkKind.ELLIPSE]
    QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_Down, SHIFT)
    clinic.window.activateWindow()
    QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_L, CTRL | SHIFT)
    assert clinic.window.locking.locked
    clinic.settle()
    open_again(clinic)
    view = clinic.window._viewer_room()
    [moved] = [one for one in clinic.services.pictures.pair(case).marks if one.id == drawn.id]
    assert moved.box[1] > drawn.box[1]
    begin_a_text(clinic, view, Qt.Key.Key_T)
    QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_L, CTRL | SHIFT)
    assert clinic.window.locking.locked
    clinic.settle()
    assert found_in(clinic.window) == set()
    open_again(clinic)
    assert "Zebulon" in [one.words for one in clinic.services.pictures.pair(case).marks]


def test_a_lock_empties_the_clipboard_of_a_copied_comparison(clinic: Room) -> None:
    view = compared(clinic)
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.darkCyan)
    copy_picture_for_a_while(picture)
    assert view.isVisible()
    assert not QGuiApplication.clipboard().image().isNull()
    clinic.window.locking.lock()
    clinic.settle()
    assert QGuiApplication.clipboard().image().isNull()


@pytest.mark.parametrize(("key", "verb"), [(Qt.Key.Key_C, "Copy"), (Qt.Key.Key_E, "Save")])
def test_without_consent_what_leaves_is_said_plainly_to_be_for_the_record_alone(
    clinic: Room, key: Qt.Key, verb: str
) -> None:
    view = compared(clinic)
    press(clinic, view, key, CTRL)
    sheet = next(one for one in clinic.window.findChildren(TakeOutDialog) if one.isVisible())
    words = " ".join(label.text() for label in sheet.findChildren(TextLabel))
    assert "for the clinic’s own record only" in words
    assert "consent" in words
    assert sheet.verb_button.text() == verb


def photographed(one: Room) -> tuple[int, int]:
    """A patient with a pair of photographs, entered before anybody is at the window: (patient, case)."""
    patient, case = one.people["Asha Verma"]
    names = ("IMG-20251110-WA0001.jpg", "IMG-20251125-WA0002.jpg")
    ids = [add_photo(one.services, patient, name, 100 + 9 * place) for place, name in enumerate(names)]
    one.services.pictures.set_view(ids, "F01")
    return patient, case


def test_whoever_reads_only_writes_nothing_in_the_viewer(staffed: Room) -> None:
    services = staffed.services
    patient, case = photographed(staffed)
    before = services.pictures.pair(case)
    work_as(staffed, READER)
    services.access.explain(Action.SEE_PHOTOS, patient, WHY)
    staffed.context.intents.select_case.emit(patient, case)
    staffed.context.intents.compare.emit(case)
    staffed.settle()
    view = staffed.window._viewer_room()
    assert None not in view.shown
    for key, modifiers in (
        (Qt.Key.Key_M, PLAIN), (Qt.Key.Key_M, SHIFT), (Qt.Key.Key_D, PLAIN), (Qt.Key.Key_T, PLAIN),
        (Qt.Key.Key_P, PLAIN), (Qt.Key.Key_BracketRight, PLAIN), (Qt.Key.Key_Right, CTRL | SHIFT),
        (Qt.Key.Key_Period, PLAIN), (Qt.Key.Key_Plus, PLAIN),
    ):  # fmt: skip
        press(staffed, view, key, modifiers)
        for x in (0.3, 0.6):
            QTest.mouseClick(view.stage.panes["A"], LEFT, pos=spot(view, x, 0.3))
        staffed.settle()
    view.close_case()
    staffed.settle()
    after = services.pictures.pair(case)
    assert not after.may_write
    assert replace(after, may_write=True) == before


def test_a_restricted_record_is_not_compared(staffed: Room) -> None:
    services = staffed.services
    patient, case = photographed(staffed)
    services.access.set_protection(patient, restricted=True, legal_hold=False, reason=WHY)
    work_as(staffed, NURSE)
    staffed.context.intents.compare.emit(case)
    staffed.settle()
    view = staffed.window._viewer_room()
    assert view.shown == (None, None)
    assert view.stage.photos == {}
    assert "Asha" not in view.bar.name.text()
