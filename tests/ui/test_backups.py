"""The room of the backups, the check, and the status line, over a real clinic with real keys."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.backups import BackupKind, BackupOutcome
from clinic_app.domain.people import Role
from clinic_app.storage.picture_store import PictureKind
from clinic_app.ui.backups.check_sheet import CheckSheet
from clinic_app.ui.backups.history import HOW, WHAT
from clinic_app.ui.backups.keeping import keep
from clinic_app.ui.backups.sheets import AddPlaceSheet, DrillSheet, RemovePlaceSheet
from clinic_app.ui.backups.view import BackupsView
from clinic_app.ui.theme import Style
from tests.backup_room import add_picture, flip_bit
from tests.builders import PASSPHRASE
from tests.ui.window_room import Room, named

NURSES_OWN = "lantern orchard velvet thunder basket"
SPACE = Qt.Key.Key_Space


def words_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible()).replace("\u200b", "")


def press_on(room: Room, button: QWidget) -> None:
    button.setFocus()
    QTest.keyClick(button, SPACE)
    room.settle()


def sheet_of(room: Room) -> QWidget | None:
    return room.window.sheet


def view_of(room: Room) -> BackupsView:
    room.window.commands.actions["backups"].trigger()
    room.settle()
    view = room.window._backups
    assert view is not None
    assert room.window.areas.currentWidget() is view
    return view


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    place = tmp_path / "disk"
    place.mkdir()
    return place


@pytest.fixture
def kept(clinic: Room, disk: Path) -> Room:
    """A clinic with a place for its backups."""
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    clinic.services.backups.set_places([str(disk)])
    return clinic


def test_a_place_is_added_with_keys_and_the_passphrase(clinic: Room, disk: Path) -> None:
    view = view_of(clinic)
    assert "No place for backups was chosen yet" in view.trouble.words
    (said,) = [one for one in view._places.findChildren(QLabel) if one.text() == "No place was chosen yet."]
    assert said.height() >= clinic.keeper.line(Style.BODY) + 2 * clinic.keeper.px(12)
    press_on(clinic, view.add)
    sheet = clinic.window.sheet
    assert isinstance(sheet, AddPlaceSheet)
    assert sheet.path.hasFocus()
    clinic.type(str(disk))
    clinic.press(Qt.Key.Key_Tab)
    clinic.settle()
    assert "same disk" in sheet.path_field._remark.words
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.settle()
    assert sheet.isVisible()
    sheet.secret.setFocus()
    clinic.type("wrong words altogether, all of them")
    clinic.press(Qt.Key.Key_Return)
    clinic.until(lambda: bool(sheet.secret_field.problem))
    sheet.secret.clear()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.sheet is None
    assert [row.place.path for row in view.rows] == [str(disk)]
    assert "No backup was made yet" in view.trouble.words
    press_on(clinic, view.rows[0].remove)
    removal = sheet_of(clinic)
    assert isinstance(removal, RemovePlaceSheet)
    assert removal.secret_field.isHidden(), "signed in again a moment ago"
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.settle()
    assert view.rows == []


def test_no_word_of_a_button_is_cut_where_text_is_large(clinic: Room) -> None:
    clinic.window.resize(1024, 640)
    view = view_of(clinic)
    clinic.keeper.set_scale(1.5)
    clinic.settle()
    for button in (view.check, view.restore, view.drill, view.now):
        assert button.width() >= button.sizeHint().width(), button.text()


def test_enter_in_the_folder_adds_the_place(clinic: Room, disk: Path) -> None:
    clinic.services.access.confirm(PASSPHRASE, Action.MANAGE)
    view = view_of(clinic)
    press_on(clinic, view.add)
    clinic.type(str(disk))
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.sheet is None
    assert [row.place.path for row in view.rows] == [str(disk)]


def test_the_keyboard_stays_at_the_button_that_backs_up(kept: Room, disk: Path) -> None:
    view = view_of(kept)
    kept.until(lambda: bool(view.rows))
    view.rows[0].back_up.setFocus()
    kept.press(Qt.Key.Key_Return)
    assert view._job is not None
    assert QApplication.focusWidget() not in (view.rows[0].remove, view.rows[0].verify)
    kept.press(Qt.Key.Key_Return)
    kept.until(lambda: view._job is None and bool(view.model.runs))
    kept.settle()
    assert kept.window.sheet is None
    assert len(view.model.runs) == 1
    assert view.rows[0].back_up.hasFocus()


def test_the_keyboard_stays_in_the_room_after_a_cancel(kept: Room, disk: Path) -> None:
    for number in range(3):
        add_picture(kept.services, kept.people["Asha Verma"][0], number)
    view = view_of(kept)
    kept.press(Qt.Key.Key_Return)
    (strip,) = kept.window.jobs._strips.values()
    strip._stop.setFocus()
    kept.press(Qt.Key.Key_Return)
    kept.until(lambda: view._job is None)
    kept.settle()
    holder = QApplication.focusWidget()
    assert holder is not None
    assert view.isAncestorOf(holder)


def test_a_place_inside_the_data_is_refused_beside_the_field(clinic: Room) -> None:
    view = view_of(clinic)
    press_on(clinic, view.add)
    sheet = clinic.window.sheet
    assert isinstance(sheet, AddPlaceSheet)
    clinic.type(str(Path(clinic.services.clinic.folder) / "backups"))
    sheet.secret.setFocus()
    clinic.type(PASSPHRASE)
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert "inside the clinic's own folder" in sheet.path_field.problem


def test_backing_up_now_ends_as_a_dated_line(kept: Room, disk: Path) -> None:
    view = view_of(kept)
    assert view.now.hasFocus()
    kept.press(SPACE)
    kept.until(lambda: bool(view.model.runs) and view._job is None)
    kept.settle()
    assert view.model.runs[0].outcome is BackupOutcome.OK
    assert str(view.model.index(0, WHAT).data()) == "Backup: passed"
    assert "19 Mar 2026" in str(view.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "reopened and checked" in words_in(view.rows[0])
    assert "Backup made in" in kept.window.toast.words
    assert not view.trouble.isVisible()
    press_on(kept, view.rows[0].verify)
    kept.until(lambda: "is whole" in view.result.words)


def test_damage_is_found_by_verifying(kept: Room, disk: Path) -> None:
    kept.services.backups.run(str(disk))
    flip_bit(next(disk.glob("*/snapshots/*/clinic.db")))
    view = view_of(kept)
    press_on(kept, view.rows[0].verify)
    kept.until(lambda: "damaged" in view.result.words)


def test_a_disk_that_is_gone_is_said_in_a_sentence_and_kept_in_the_list(kept: Room, disk: Path) -> None:
    kept.services.backups.run(str(disk))
    shutil.rmtree(disk)
    view = view_of(kept)
    assert "is not there" in words_in(view.rows[0])
    press_on(kept, view.now)
    kept.until(lambda: "is not there" in view.result.words)
    kept.settle()
    assert "is not there" in kept.window.toast.words
    assert kept.window.toast.icon == "circle-alert"
    assert "The last try failed just now: " in words_in(view.rows[0])
    assert "Newest backup" in words_in(view.rows[0])
    assert view.model.runs[0].outcome is BackupOutcome.FAILED
    assert "FAILED" in str(view.model.index(0, WHAT).data())
    assert str(disk) in str(view.model.index(0, HOW).data())


def test_a_restore_is_tried_with_the_passphrase_and_dated(kept: Room, disk: Path) -> None:
    kept.services.backups.run(str(disk))
    view = view_of(kept)
    kept.until(lambda: bool(view.rows))
    assert "try one now" in view.reminder.words
    press_on(kept, view.drill)
    sheet = kept.window.sheet
    assert isinstance(sheet, DrillSheet)
    kept.until(sheet.secret.hasFocus)
    kept.type("this opens nothing at all")
    kept.press(Qt.Key.Key_Return)
    kept.until(lambda: bool(sheet.secret_field.problem))
    sheet.secret.clear()
    kept.type(PASSPHRASE)
    kept.press(Qt.Key.Key_Return)
    kept.until(lambda: bool(kept.services.backups.history(1, BackupKind.DRILL)))
    kept.until(lambda: "passed" in kept.window.toast.words)
    kept.settle()
    assert str(view.model.index(0, WHAT).data()) == "Restore tried: passed"
    assert not view.reminder.isVisible()
    assert not list(Path(kept.services.clinic.folder).glob("drill-*"))


def test_due_backups_make_themselves_and_say_when_they_fail_once(kept: Room, disk: Path) -> None:
    status = kept.window.status
    status.load()
    kept.settle()
    assert status.age.text() == "No backup yet"
    keep(kept.tasks)
    kept.until(lambda: not kept.tasks.jobs and not kept.tasks.pending and "just now" in status.age.text())
    runs = kept.services.backups.history()
    assert [run.outcome for run in runs] == [BackupOutcome.OK]
    keep(kept.tasks)
    kept.settle()
    assert len(kept.services.backups.history()) == 1, "nothing changed"
    shutil.rmtree(disk)
    kept.clock.moment += timedelta(hours=25)
    said: list[str] = []
    status.keeping.failed.connect(said.append)
    for _ in range(2):
        keep(kept.tasks)
        kept.settle()
        kept.until(lambda: not kept.tasks.jobs)
        kept.clock.moment += timedelta(minutes=11)
    assert len(said) == 1
    assert str(disk) in said[0]
    assert kept.window.toast.icon == "circle-alert"
    assert status.age.text() == f"Last backup 25 hours ago · failed in “{disk}”"
    assert str(disk) in status.age.toolTip()


def test_a_place_that_fails_is_said_beside_a_backup_that_holds(kept: Room, disk: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept.services.backups.set_places([str(disk), str(other)])
    kept.services.backups.run(str(disk))
    kept.services.backups.run(str(other))
    shutil.rmtree(disk)
    kept.window.status.load()
    view = view_of(kept)
    press_on(kept, view.rows[0].back_up)
    kept.until(lambda: view._job is None and "failed" in words_in(view.rows[0]))
    assert "failed" not in words_in(view.rows[1])
    kept.until(lambda: "failed in" in kept.window.status.age.text())
    assert kept.window.status.age.text().startswith("Backup ")
    assert kept.window.status.age._ink == "due.fg"


def test_a_place_that_goes_on_failing_is_told_once_while_another_takes_its_backups(
    kept: Room, disk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept.services.backups.set_places([str(disk), str(other)])
    shutil.rmtree(disk)
    kept.window.status.load()
    said: list[str] = []
    kept.window.status.keeping.failed.connect(said.append)
    for _ in range(2):
        before = len(kept.services.backups.history())
        keep(kept.tasks)
        kept.until(lambda: not kept.tasks.pending and not kept.tasks.jobs)
        kept.settle()
        assert len(kept.services.backups.history()) == before + 2
        kept.clock.moment += timedelta(hours=25)
    assert len(said) == 1
    assert str(disk) in said[0]


def test_back_up_now_goes_to_every_place_and_says_in_red_which_one_failed(
    kept: Room, disk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept.services.backups.set_places([str(disk), str(other)])
    shutil.rmtree(disk)
    view = view_of(kept)
    press_on(kept, view.now)
    kept.until(lambda: bool(view.result.words))
    kept.settle()
    toast = kept.window.toast
    assert f"Backup made in “{other}”" in view.result.words
    assert f"“{disk}” is not there" in view.result.words
    assert (toast.words, toast.icon) == (view.result.words, "circle-alert")
    assert "The last try failed" in words_in(view.rows[0])
    assert "Newest backup" in words_in(view.rows[1])


def test_a_disk_that_loses_data_is_said_although_a_backup_was_made(kept: Room, disk: Path) -> None:
    add_picture(kept.services, kept.people["Asha Verma"][0], 1)
    kept.services.backups.run(str(disk))
    for stored in sorted(disk.glob("*/objects/*/*")):
        flip_bit(stored)
    view = view_of(kept)
    press_on(kept, view.now)
    kept.until(lambda: bool(view.result.words))
    assert "that disk loses data" in view.result.words
    assert kept.window.toast.icon == "circle-alert"


def test_how_a_backup_failed_is_read_whole_in_the_list(kept: Room, disk: Path) -> None:
    kept.services.backups.run(str(disk))
    shutil.rmtree(disk)
    view = view_of(kept)
    usual = view.table.rowHeight(0)
    press_on(kept, view.now)
    kept.until(lambda: len(view.model.runs) == 2)
    kept.settle()
    column = view.table.columnWidth(HOW)
    words, _ = view.model.lines(view.model.runs[0], HOW)
    lines = kept.keeper.metrics(Style.BODY).horizontalAdvance(words) / (column - 24)
    assert lines > 1, "the sentence is longer than a line"
    assert view.table.rowHeight(0) >= usual + int(lines) * 14
    assert view.table.rowHeight(1) == usual


def test_the_look_for_due_backups_puts_orphans_aside_in_the_background(clinic: Room) -> None:
    store = clinic.services.context.store
    orphan = store.put(PictureKind.ORIGINAL, b"left by an import that was cut")
    blob = Path(clinic.services.clinic.folder) / "blobs" / orphan[:2] / orphan
    then = clinic.clock.moment.timestamp() - 25 * 3600
    os.utime(blob, (then, then))
    keep(clinic.tasks)
    clinic.until(lambda: not clinic.tasks.pending and not store.has(orphan))
    assert (blob.parents[2] / "trash" / orphan).is_file()


def test_the_lock_backs_up_what_changed_since(kept: Room, disk: Path) -> None:
    kept.services.backups.run(str(disk))
    kept.services.patients.change(
        kept.people["Asha Verma"][0],
        kept.services.patients.get(kept.people["Asha Verma"][0]).details,
        kept.services.patients.get(kept.people["Asha Verma"][0]).version,
    )
    kept.context.cover()
    keep(kept.tasks, at_lock=True)
    kept.until(lambda: len(kept.services.backups.history(9, BackupKind.BACKUP)) == 2)
    kept.until(lambda: not kept.tasks.jobs)
    kept.context.uncover()
    kept.settle()


def test_the_status_line_turns_yellow_and_red_and_opens_the_room(kept: Room, disk: Path) -> None:
    status = kept.window.status
    status.load()
    kept.services.backups.run(str(disk))
    for hours, words, ink in ((1, "Backup 1 hour ago", "text3"), (30, "Last backup", "due.fg")):
        kept.clock.moment += timedelta(hours=hours)
        status.keeping.read_age()
        kept.settle()
        assert status.age.text().startswith(words)
        assert status.age._ink == ink
    kept.clock.moment += timedelta(days=7)
    status.keeping.read_age()
    kept.settle()
    assert (status.age.text(), status.age._ink) == ("Last backup 8 days ago", "overdue.fg")
    assert named(status.age) == "Last backup 8 days ago"
    assert "restore should be tried" not in status.age.text(), "one thing at a time"
    status.age.setFocus()
    kept.press(SPACE)
    kept.settle()
    assert kept.window.area == "backups"


def test_a_nurse_backs_up_but_does_not_choose_places(kept: Room) -> None:
    kept.services.access.confirm(PASSPHRASE, Action.MANAGE)
    kept.services.people.add("Nurse Meena", [Role.NURSE], NURSES_OWN)
    from tests.builders import door

    door(kept.clock).switch(kept.services, "Nurse Meena", NURSES_OWN)
    view = view_of(kept)
    kept.until(lambda: bool(view.rows))
    assert view.now.isEnabled()
    assert not view.add.isEnabled()
    assert not view.rows[0].remove.isEnabled()
    assert "Nurse Meena" in view.who.text()


def check_of(room: Room) -> CheckSheet:
    room.window.commands.actions["check_data"].trigger()
    room.settle()
    sheet = room.window.sheet
    assert isinstance(sheet, CheckSheet)
    return sheet


def test_a_check_of_a_whole_clinic_says_so(clinic: Room) -> None:
    sheet = check_of(clinic)
    assert sheet.save_button.hasFocus()
    clinic.press(SPACE)
    clinic.until(lambda: sheet.said.isVisible() and not sheet.busy)
    assert "Everything is whole" in sheet.said.text()
    sheet.how.setFocus()
    clinic.press(Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_Escape)
    assert not sheet.isVisible(), "there is nothing to discard"


def test_a_check_names_patient_and_object_and_opens_the_record(clinic: Room) -> None:
    patient_id, _ = clinic.people["Asha Verma"]
    ids = add_picture(clinic.services, patient_id, 1)
    folder = Path(clinic.services.clinic.folder)
    flip_bit(folder / "blobs" / ids[0][:2] / ids[0])
    sheet = check_of(clinic)
    sheet.how.setFocus()
    sheet.how.choose("full")
    clinic.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    clinic.until(lambda: sheet.list.isVisible() and not sheet.busy)
    assert "1 thing is missing or damaged" in sheet.said.text()
    item = sheet.list.item(0)
    assert item.text().startswith("Photograph ")
    assert "of patient Asha Verma, 4127: its file is damaged" in item.text()
    press_on(clinic, sheet.copy)
    board = QApplication.clipboard()
    assert "Asha Verma, 4127" in board.text()
    board.clear()
    sheet.list.setFocus()
    clinic.press(Qt.Key.Key_Return)
    clinic.settle()
    assert clinic.window.area == "case"
    assert clinic.window.selection[0] == patient_id


def test_a_check_can_be_stopped(clinic: Room) -> None:
    patient_id, _ = clinic.people["Asha Verma"]
    for number in range(3):
        add_picture(clinic.services, patient_id, number)
    sheet = check_of(clinic)
    sheet.save()
    job = sheet._job
    assert job is not None
    job.cancel()
    clinic.until(lambda: not sheet.busy)
    clinic.settle()
    assert "Stopped" in sheet.banner.words
