"""What was typed and not saved comes back: after a sheet that went away, and after a program that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.drafts import DraftKind
from clinic_app.ui.patients.patient_sheet import PatientSheet
from clinic_app.ui.schedule.booking_sheet import BookingSheet
from clinic_app.ui.schedule.call_sheet import CallSheet
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.treatment import VisitSheet
from tests.builders import PASSPHRASE, add_patient, door
from tests.ui.patients_room import Room, give_sites, open_room

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as found:
        yield found


@pytest.fixture
def host(room: Room) -> QWidget:
    widget = QWidget()
    room.show(widget, 1180, 820)
    return widget


def patient_sheet(room: Room, host: QWidget, patient_id: int = 0) -> PatientSheet:
    sheet = PatientSheet(room.context, host, patient_id)
    sheet.begin()
    room.settle()
    assert sheet.isVisible()
    return sheet


def visit_sheet(room: Room, host: QWidget, patient_id: int) -> VisitSheet:
    sheet = VisitSheet(room.context, host, patient_id)
    sheet.begin()
    room.settle()
    return sheet


def kept(room: Room) -> list[DraftKind]:
    return [one.kind for one in room.services.drafts.all()]


def test_two_seconds_after_typing_the_draft_is_kept_and_offered_again(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = patient_sheet(room, host, patient_id)
    assert not sheet.draft_offer.isVisible()
    QTest.keyClicks(sheet.village, "Nashik road")
    assert kept(room) == []
    room.qtbot.waitUntil(lambda: kept(room) == [DraftKind.PATIENT], timeout=60_000)
    sheet.hide()
    again = patient_sheet(room, host, patient_id)
    assert again.draft_offer.isVisible()
    assert again.draft_offer.words.startswith("Restore draft from 09:")
    assert again.village.text() == ""
    QTest.mouseClick(again.draft_offer.restore, LEFT)
    assert again.village.text() == "Nashik road"
    assert again.changed
    again.ask_save()
    room.settle()
    assert room.services.patients.get(patient_id).details.village == "Nashik road"
    assert kept(room) == []


def test_discard_drops_it_and_so_does_discarding_what_was_typed(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    room.services.drafts.keep(DraftKind.PATIENT, patient_id, patient_sheet(room, host, patient_id).draft())
    sheet = patient_sheet(room, host, patient_id)
    QTest.mouseClick(sheet.draft_offer.discard, LEFT)
    room.settle()
    assert kept(room) == []
    QTest.keyClicks(sheet.village, "x")
    sheet.keep_draft()
    room.settle()
    assert kept(room) == [DraftKind.PATIENT]
    sheet.cancel()
    QTest.mouseClick(sheet._discard, LEFT)
    room.settle()
    assert kept(room) == []


def test_a_draft_of_an_older_version_overwrites_nobody(room: Room, host: QWidget) -> None:
    patient_id, _ = add_patient(room.services)
    sheet = patient_sheet(room, host, patient_id)
    QTest.keyClicks(sheet.village, "Mine")
    sheet.keep_draft()
    room.settle()
    sheet.hide()
    now = room.services.patients.get(patient_id)
    from dataclasses import replace

    room.services.patients.change(patient_id, replace(now.details, notes="theirs"), now.version)
    again = patient_sheet(room, host, patient_id)
    QTest.mouseClick(again.draft_offer.restore, LEFT)
    again.ask_save()
    room.settle()
    assert again.isVisible()
    assert room.services.patients.get(patient_id).details.notes == "theirs"


def test_an_unfinished_visit_comes_back_as_it_stood(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    give_sites(room.services, patient_id, case_id, date(2025, 11, 11))
    sheet = visit_sheet(room, host, patient_id)
    block = sheet.blocks[case_id]
    QTest.keyClicks(sheet.batch, "C1234")
    QTest.keyClicks(block.dilution, "2.5")
    block.sites.rows[0].muscle.set_code(block.sites.rows[0].muscle._choices[0].code)
    block.sites.rows[0]._muscle_changed()
    QTest.keyClicks(block.sites.rows[0].units.line, "2,")
    QTest.mouseClick(sheet.checklist.choices["pregnancy"].pill("no"), LEFT)
    sheet.notes.setPlainText("slight ptosis last time")
    sheet.mark_changed()
    sheet.keep_draft()
    room.settle()
    before = sheet.draft()
    sheet.hide()
    again = visit_sheet(room, host, patient_id)
    assert again.draft_offer.isVisible()
    QTest.mouseClick(again.draft_offer.restore, LEFT)
    assert again.draft() == before
    assert again.blocks[case_id].sites.rows[0].units.line.text() == "2,"
    assert again.checklist.answers == (("pregnancy", False),)
    assert again.batch.text() == "C1234"


def test_drafts_are_of_one_person_and_stay_where_the_patient_is_binned(room: Room) -> None:
    patient_id, _ = add_patient(room.services)
    room.services.drafts.keep(DraftKind.VISIT, patient_id, {"notes": "mine"})
    entry = room.services.bin.delete_patient(patient_id, "by mistake").result
    assert room.services.drafts.all() == ()
    assert isinstance(entry, int)
    room.services.bin.restore(entry)
    assert [one.content["notes"] for one in room.services.drafts.all()] == ["mine"]


KILLED = """
    import os, sys
    from pathlib import Path
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget
    from tests.builders import PASSPHRASE, door
    from clinic_app.ui.context import UiContext
    from clinic_app.ui.intents import Intents
    from clinic_app.ui.patients.patient_sheet import PatientSheet
    from clinic_app.ui.tasks import Tasks
    from clinic_app.ui.theme import ThemeKeeper
    app = QApplication([])
    services = door().open(sys.argv[1], PASSPHRASE, "Dr Rao")
    tasks = Tasks()
    context = UiContext(tasks, ThemeKeeper(app, Path("resources/themes")), Intents())
    context.attach(services)
    host = QWidget()
    host.resize(1180, 820)
    host.show()
    sheet = PatientSheet(context, host, int(sys.argv[2]))
    sheet.begin()
    while tasks.pending or not sheet.isVisible():
        QTest.qWait(10)
    QTest.keyClicks(sheet.notes, "typed before the power went off")
    while not services.drafts.all():
        QTest.qWait(50)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_killed_program_offers_the_draft_again(
    keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path
) -> None:
    with open_room(keeper, tasks, qtbot, tmp_path) as room:
        patient_id, _ = add_patient(room.services)
        folder = room.services.clinic.folder
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), folder, str(patient_id)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=90,
        check=False,
    )
    assert ended.returncode == -9
    services = door().open(folder, PASSPHRASE, "Dr Rao")
    try:
        (draft,) = services.drafts.of(patient_id)
        assert draft.content["notes"] == "typed before the power went off"
        assert not [one for one in services.check() if not one.harmless]
    finally:
        services.close()


def test_a_call_and_a_booking_come_back_too(room: Room, host: QWidget) -> None:
    patient_id, case_id = add_patient(room.services)
    call = CallSheet(room.context, host, case_id)
    call.begin()
    room.settle()
    QTest.keyClicks(call.note, "asks for a morning")
    call.keep_draft()
    room.settle()
    call.hide()
    again = CallSheet(room.context, host, case_id)
    again.begin()
    room.settle()
    QTest.mouseClick(again.draft_offer.restore, LEFT)
    assert again.note.toPlainText() == "asks for a morning"
    again.hide()
    booking = BookingSheet(room.context, host, case_id)
    booking.begin()
    room.settle()
    QTest.keyClicks(booking.at, "10:3")
    booking.note.setPlainText("brings the drug")
    booking.keep_draft()
    room.settle()
    before = booking.draft()
    booking.hide()
    later = BookingSheet(room.context, host, case_id)
    later.begin()
    room.settle()
    assert later.draft_offer.isVisible()
    QTest.mouseClick(later.draft_offer.restore, LEFT)
    room.settle()
    assert later.draft() == before
    assert set(kept(room)) == {DraftKind.CALL, DraftKind.BOOKING}
    assert {one.patient_id for one in room.services.drafts.all()} == {patient_id}
