"""Text that is copied out of the window leaves the clipboard again, by whatever way it was copied; pictures stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QTableView, QWidget

from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.shell.helping import AboutDialog
from clinic_app.ui.widgets.copying import clear_copied
from tests.ui.window_room import Room

CTRL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def hasty(clinic: Room) -> Iterator[Room]:
    """A window that lets copied text stay for one second."""
    clinic.window.clipboard.seconds = 1
    QApplication.clipboard().clear()
    yield clinic
    clear_copied()
    QApplication.clipboard().clear()


def copied() -> str:
    return QApplication.clipboard().text()


def sheet_of(clinic: Room) -> PatientSheet:
    clinic.context.intents.edit_patient.emit(clinic.people["Asha Verma"][0])
    clinic.settle()
    sheet = clinic.window.sheet
    assert isinstance(sheet, PatientSheet)
    return sheet


def goes(clinic: Room, words: str) -> None:
    assert copied() == words
    QApplication.processEvents()
    assert copied() == words
    clinic.until(lambda: copied() == "")


@pytest.mark.parametrize("key", [Qt.Key.Key_C, Qt.Key.Key_X])
def test_out_of_a_field_by_keys(hasty: Room, key: Qt.Key) -> None:
    line = sheet_of(hasty).name
    line.selectAll()
    QTest.keyClick(line, key, CTRL)
    goes(hasty, "Asha Verma")


def test_out_of_notes_by_the_context_menu(hasty: Room) -> None:
    notes = sheet_of(hasty).notes
    notes.setPlainText("comes with her daughter")
    notes.selectAll()
    choose_copy(notes.createStandardContextMenu(), notes)
    goes(hasty, "comes with her daughter")


def choose_copy(menu: QMenu, field: QLineEdit | QPlainTextEdit) -> None:
    menu.popup(field.mapToGlobal(field.rect().center()))
    QApplication.processEvents()
    entry = next(one for one in menu.actions() if one.objectName() == "edit-copy")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())
    menu.close()
    menu.deleteLater()


@pytest.mark.parametrize("area", ["patients", "audit"])
def test_out_of_a_table(hasty: Room, area: str) -> None:
    hasty.window.go_to(area)
    hasty.settle()
    room = hasty.window.areas.currentWidget()
    assert room is not None
    table = next(view for view in room.findChildren(QTableView) if view.isVisible())
    model: QAbstractItemModel = table.model()
    hasty.until(lambda: model.rowCount() > 0)
    words = next(
        (column, str(model.index(0, column).data()))
        for column in range(model.columnCount())
        if model.index(0, column).data()
    )
    table.setCurrentIndex(model.index(0, words[0]))
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    goes(hasty, words[1])


def test_the_clinic_says_how_long(hasty: Room) -> None:
    hasty.window.clipboard.seconds = None
    line = sheet_of(hasty).name
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_C, CTRL)
    QApplication.processEvents()
    application = QApplication.instance()
    assert application is not None
    running = [timer.interval() for timer in application.findChildren(QTimer) if timer.isActive()]
    seconds = hasty.services.clinic.choices.clipboard_seconds
    assert seconds == 15
    assert seconds * 1000 in running
    kinds = QApplication.clipboard().mimeData().formats()
    assert any("passwordManagerHint" in kind or "concealed" in kind or "Clipboard" in kind for kind in kinds)
    hasty.window.locking.lock()
    assert copied() == ""


def test_a_picture_stays(hasty: Room) -> None:
    board = QApplication.clipboard()
    picture = QImage(8, 6, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.darkCyan)
    line = sheet_of(hasty).name
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_C, CTRL)
    QApplication.processEvents()
    board.setImage(picture)
    QApplication.processEvents()
    clear_copied()
    assert board.image().size() == picture.size()


def test_what_holds_nothing_of_a_patient_stays(hasty: Room) -> None:
    dialog = AboutDialog(hasty.keeper, "/srv/clinic", hasty.window)
    hasty.qtbot.addWidget(dialog)
    dialog.show()
    buttons = [one for one in dialog.findChildren(QWidget) if one.property("text") == "Copy all"]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert "Dystonia Case Tracker" in copied()
    clear_copied()
    assert "Dystonia Case Tracker" in copied()
    dialog.close()
