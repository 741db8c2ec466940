"""The board under real keys and drags, over real services."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.schedule import AppointmentStatus, Attempt, BookingDetails
from clinic_app.ui.schedule import board_view
from clinic_app.ui.schedule.board_view import BoardView
from clinic_app.ui.schedule.call_sheet import CallSheet
from tests.builders import add_patient
from tests.ui.window_room import Room

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def board(clinic: Room) -> BoardView:
    """The board, shown, with the keyboard."""
    view = clinic.window.schedule_room.show_view("board")
    assert isinstance(view, BoardView)
    clinic.settle()
    view.lanes[BoardColumn.TO_CALL].list.setFocus()
    clinic.settle()
    return view


def names(board: BoardView, column: BoardColumn) -> list[str]:
    return [line.name for line in board.lanes[column].list.cards.lines]


def statuses(clinic: Room, name: str) -> list[AppointmentStatus]:
    return [one.status for one in clinic.services.patients.page(clinic.people[name][0]).appointments]


def drag(clinic: Room, source: QWidget, start: QPoint, target: QWidget) -> None:
    """Press on one place, pull to the middle of another widget, let go; as the mouse does it."""
    begin, end = source.mapToGlobal(start), target.mapToGlobal(target.rect().center())
    none = Qt.MouseButton.NoButton
    for kind, where, button, held in (
        (QEvent.Type.MouseButtonPress, begin, LEFT, LEFT),
        (QEvent.Type.MouseMove, begin + QPoint(30, 10), none, LEFT),
        (QEvent.Type.MouseMove, end, none, LEFT),
        (QEvent.Type.MouseButtonRelease, end, LEFT, none),
    ):
        local = QPointF(source.mapFromGlobal(where))
        event = QMouseEvent(kind, local, QPointF(where), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(source, event)
    clinic.settle()


def test_cards_walk_from_a_call_to_a_booking_by_keys(clinic: Room, board: BoardView) -> None:
    assert names(board, BoardColumn.TO_CALL) == ["Asha Verma", "Harpreet Gill", "Meena Joshi"]
    assert clinic.window.selection == clinic.people["Asha Verma"]
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert names(board, BoardColumn.CALL_BACK) == ["Asha Verma"]
    assert names(board, BoardColumn.TO_CALL) == ["Harpreet Gill", "Meena Joshi"]
    assert board.focused.list.line is not None
    assert board.focused.list.line.name == "Harpreet Gill"
    clinic.press(Qt.Key.Key_B)
    clinic.settle()
    assert names(board, BoardColumn.BOOKED) == ["Harpreet Gill"]
    clinic.press(Qt.Key.Key_Right)
    assert board.focused.column is BoardColumn.CALL_BACK
    assert clinic.window.selection == clinic.people["Asha Verma"]
    selected = [lane.column for lane in board.lanes.values() if lane.list.selectionModel().hasSelection()]
    assert selected == [BoardColumn.CALL_BACK], "only the card the keys mean looks selected"
    clinic.press(Qt.Key.Key_Right, CTRL)
    clinic.settle()
    assert set(names(board, BoardColumn.BOOKED)) == {"Asha Verma", "Harpreet Gill"}
    assert statuses(clinic, "Asha Verma") == [AppointmentStatus.BOOKED]
    clinic.press(Qt.Key.Key_Z, CTRL)
    clinic.settle()
    assert names(board, BoardColumn.CALL_BACK) == ["Asha Verma"]
    board.lanes[BoardColumn.CALL_BACK].list.setFocus()
    clinic.press(Qt.Key.Key_Left, CTRL)
    clinic.settle()
    assert "Log another one" in clinic.window.toast.words
    assert [one.count.text() for one in board.lanes.values()] == ["1", "1", "1", "0", "0", "0"]
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"


def test_who_is_on_hold_is_called_back_as_agreed(clinic: Room, board: BoardView) -> None:
    patient_id, case_id = clinic.people["Meena Joshi"]
    clinic.services.cases.hold(case_id, date(2026, 5, 18), "Pregnant", False)
    clinic.services.schedule.log_call(case_id, Attempt.WORN_OFF, date(2026, 3, 19))
    clinic.context.tasks.changed.emit(Changes(frozenset({Topic.SCHEDULE, Topic.CASES})))
    clinic.settle()
    assert names(board, BoardColumn.CALL_BACK) == ["Meena Joshi"]
    board.lanes[BoardColumn.CALL_BACK].list.setFocus()
    clinic.press(Qt.Key.Key_1)
    clinic.settle()
    assert [call.outcome for call in clinic.services.patients.page(patient_id).calls][:1] == [Attempt.NO_ANSWER]
    assert "Meena Joshi" not in names(board, BoardColumn.CALL_BACK), "no day was agreed this time"


def test_a_drag_does_what_the_keys_do_and_is_refused_as_they_are(clinic: Room, board: BoardView) -> None:
    patient_id, case_id = clinic.people["Meena Joshi"]
    clinic.services.schedule.book(BookingDetails(patient_id, date(2026, 3, 20), (case_id,), reason="asked"))
    board._refresh()
    clinic.settle()
    booked, arrived = board.lanes[BoardColumn.BOOKED], board.lanes[BoardColumn.ARRIVED]
    drag(clinic, booked.list.viewport(), QPoint(20, 20), arrived)
    assert statuses(clinic, "Meena Joshi") == [AppointmentStatus.BOOKED]
    assert "has not come yet" in clinic.window.toast.words
    clinic.clock.go_to(date(2026, 3, 20))
    board._refresh()
    clinic.settle()
    drag(clinic, booked.list.viewport(), QPoint(20, 20), arrived)
    assert statuses(clinic, "Meena Joshi") == [AppointmentStatus.ARRIVED]
    assert names(board, BoardColumn.ARRIVED) == ["Meena Joshi"]
    drag(clinic, arrived.list.viewport(), QPoint(20, 20), board.lanes[BoardColumn.NO_SHOW])
    assert names(board, BoardColumn.NO_SHOW) == ["Meena Joshi"]
    to_call = board.lanes[BoardColumn.TO_CALL]
    drag(clinic, to_call.list.viewport(), QPoint(20, 20), board.lanes[BoardColumn.CALL_BACK])
    assert isinstance(clinic.window.sheet, CallSheet)
    assert not clinic.services.patients.page(clinic.people["Asha Verma"][0]).calls


def test_a_long_column_shows_its_first_cards_and_the_rest_on_demand(
    clinic: Room, board: BoardView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_view, "FIRST_CARDS", 2)
    board._limits = dict.fromkeys(BoardColumn, 2)
    board._refresh()
    clinic.settle()
    lane = board.lanes[BoardColumn.TO_CALL]
    assert (lane.count.text(), lane.list.cards.rowCount(), lane.more.text()) == ("3", 2, "1 more")
    lane.more.click()
    clinic.settle()
    assert lane.list.cards.rowCount() == 3
    assert not lane.more.isVisible()
    add_patient(clinic.services, "Elena Petrova", "1203")
    clinic.services.schedule.log_call(clinic.people["Meena Joshi"][1], Attempt.WILL_COME)
    clinic.context.cover()
    assert lane.list.cards.rowCount() == 0
    clinic.context.uncover()
    clinic.settle()
    assert names(board, BoardColumn.CALL_BACK) == ["Meena Joshi"]


def test_back_in_the_list_the_panel_shows_whose_row_is_selected(clinic: Room, board: BoardView) -> None:
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Down)
    clinic.settle()
    assert clinic.window.selection == clinic.people["Meena Joshi"]
    clinic.window.schedule_room.show_view("call_list")
    clinic.settle()
    assert clinic.window.selection == clinic.people[clinic.selected]
