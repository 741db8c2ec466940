"""The picture import under real keys: real files, a real encrypted clinic, the real reading process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QAccessible, QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.pictures import Certainty, Picture, TakenAt
from clinic_app.services import Services
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.pictures import PictureImportSheet
from clinic_app.ui.pictures.proposal import last_order, proposed_views
from clinic_app.ui.pictures.sittings import Head, key_of
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import ConfirmDialog
from clinic_app.ui.widgets.drop_area import dropped_paths
from tests.builders import add_patient, give, open_copied_clinic
from tests.imaging import samples
from tests.ui.hands import drop_on, files, press_key

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MORNING = datetime.combine(date(2026, 1, 12), time(9, 31))
EYES = ("F01", "F02", "F03", "F04", "E01", "E02", "E03", "E04R", "E04L")


def camera_jpeg(when: datetime, tint: int = 0) -> bytes:
    image = Image.new("RGB", (320, 240), (90 + tint % 100, 120, 160))
    block = Image.Exif()
    block.get_ifd(0x8769)[0x9003] = f"{when:%Y:%m:%d %H:%M:%S}"
    store = io.BytesIO()
    image.save(store, "JPEG", exif=block)
    return store.getvalue()


def write_session(folder: Path, count: int, start: datetime = MORNING, name: str = "IMG") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(count):
        when = start + timedelta(seconds=40 * place)
        (folder / f"{name}_{place:04}.jpg").write_bytes(camera_jpeg(when, place * 7 + start.day))
    return folder


@dataclass
class Room:
    """The sheet over a window, the clinic behind it, and what it said."""

    sheet: PictureImportSheet
    host: QWidget
    services: Services
    tasks: Tasks
    context: UiContext
    patient: int
    case: int
    qtbot: QtBot
    toasts: list[tuple[str, object]] = field(default_factory=list)

    def settle(self) -> None:
        """All work delivered, and what it led to."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.tasks.pending == 0 and not self.sheet.settling, timeout=60_000)
            QApplication.processEvents()

    def imported(self, *paths: Path, patient: int | None = None) -> None:
        self.sheet.start(self.patient if patient is None else patient, tuple(str(path) for path in paths))
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        press_key(self.sheet, key, modifier)

    def views(self) -> list[str | None]:
        return [entry.picture.view for entry in self.services.pictures.entries(self.patient)]

    def pictures(self) -> list[Picture]:
        return [entry.picture for entry in self.services.pictures.entries(self.patient)]

    def proposed(self) -> list[str | None]:
        return [shot.proposed for shot in self.sheet.sittings.sittings.shots]


@pytest.fixture
def room(tmp_path: Path, keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot) -> Iterator[Room]:
    with open_copied_clinic(tmp_path) as services:
        patient, case = add_patient(services)
        context = UiContext(tasks, keeper, Intents())
        context.attach(services)
        host = QWidget()
        qtbot.addWidget(host)
        host.resize(1280, 800)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        sheet = PictureImportSheet(context, host)
        crashes: list[object] = []
        tasks.crashed.connect(crashes.append)
        answer = Room(sheet, host, services, tasks, context, patient, case, qtbot)
        context.intents.toast.connect(lambda words, undo: answer.toasts.append((words, undo)))
        yield answer
        answer.settle()
        assert tasks.close()
        assert crashes == []
        context.detach()
        shiboken6.delete(context.intents)


def taken(day: date, clock: time | None = None) -> TakenAt:
    return TakenAt(day, clock, Certainty.CAMERA)


def picture(number: int, view: str | None, day: date, clock: time | None = None) -> Picture:
    return Picture(number, 1, view, taken(day, clock), 10, 10, "", "", "", "", "")


def test_views_are_proposed_in_the_order_of_the_set_and_follow_what_was_said() -> None:
    order = ("a", "b", "c")
    assert proposed_views(order, [None, None, None, None]) == ["a", "b", "c", None]
    assert proposed_views(order, [None, "a", None]) == ["a", None, "b"]
    assert proposed_views(order, ["c", None]) == [None, None]
    assert proposed_views(order, [None, "x", None]) == ["a", None, "b"]
    assert proposed_views((), [None]) == [None]


def test_the_order_of_the_newest_sitting_is_remembered() -> None:
    old, new = date(2025, 8, 5), date(2025, 11, 11)
    earlier = [
        picture(1, "F01", old),
        picture(2, "F03", new, time(9, 1)),
        picture(3, "F01", new, time(9, 3)),
        picture(4, "F03", new, time(9, 2)),
    ]
    assert last_order(earlier, ("F01", "F02", "F03")) == ("F03", "F01", "F02")
    assert last_order(earlier[:1], ("F01", "F02", "F03")) == ("F01", "F02", "F03")
    assert last_order((), ("F01", "F02")) == ("F01", "F02")


@pytest.mark.parametrize(
    ("code", "words", "modifier", "expected"),
    [
        (Qt.Key.Key_3, "3", Qt.KeyboardModifier.NoModifier, "3"),
        (Qt.Key.Key_3, "#", Qt.KeyboardModifier.ShiftModifier, "3"),
        (Qt.Key.Key_NumberSign, "#", Qt.KeyboardModifier.ShiftModifier, "3"),
        (Qt.Key.Key_A, "a", Qt.KeyboardModifier.NoModifier, "a"),
        (Qt.Key.Key_A, "A", Qt.KeyboardModifier.ShiftModifier, "a"),
        (Qt.Key.Key_F5, "", Qt.KeyboardModifier.NoModifier, ""),
    ],
)
def test_a_key_is_the_same_with_shift(code: Qt.Key, words: str, modifier: Qt.KeyboardModifier, expected: str) -> None:
    assert key_of(QKeyEvent(QKeyEvent.Type.KeyPress, code, modifier, words)) == expected


def test_a_normal_session_takes_two_steps(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 5)
    room.sheet.start(room.patient, (str(folder),))
    room.settle()
    assert room.sheet.isVisible()
    assert room.toasts[0][0] == "5 photos imported"
    assert room.proposed() == list(EYES[:5])
    assert room.views() == [None] * 5, "a proposal is not a tag"
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert room.views() == list(EYES[:5])
    assert room.toasts[1][0] == "5 photos tagged"


def test_keys_tag_the_current_photo_and_go_on(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 4))
    room.key(Qt.Key.Key_1)
    room.key(Qt.Key.Key_1)
    room.key(Qt.Key.Key_5)
    assert room.proposed() == [None, None, None, "E02"], "what is said moves the rest along"
    current = room.sheet.sittings.current_shot
    assert current is not None
    assert current.place == 4
    room.qtbot.waitUntil(lambda: room.views()[:3] == ["F01", "F01", "E01"], timeout=60_000)
    assert room.views()[3] is None
    room.settle()
    tagged = [words for words, _ in room.toasts if "tagged" in words]
    assert tagged == ["3 photos tagged"], "a burst of keys is one step"


def test_shift_and_a_key_tag_all_chosen_and_delete_takes_it_away(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 4))
    room.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    room.key(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    room.qtbot.waitUntil(lambda: room.views() == ["F02"] * 4, timeout=60_000)
    room.settle()
    assert len(room.sheet.sittings.chosen_ids) == 4
    room.key(Qt.Key.Key_Delete)
    room.qtbot.waitUntil(lambda: room.views() == [None] * 4, timeout=60_000)


def test_tags_are_written_when_the_sheet_is_closed(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 2))
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_Escape)
    room.settle()
    assert not room.sheet.isVisible()
    assert room.views() == ["F03", None]


def test_sittings_by_gaps_and_those_without_a_date_last(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    write_session(folder, 2, MORNING + timedelta(hours=6), "LATER")
    (folder / "IMG-20260210-WA0003.jpg").write_bytes(samples.plain_jpeg())
    (folder / "scan.jpg").write_bytes(samples.cmyk_jpeg())
    room.imported(folder)
    model = room.sheet.sittings.sittings
    rows = [model.row(place) for place in range(model.rowCount())]
    assert [row.title for row in rows if isinstance(row, Head)] == [
        "Sitting 1 · Mon 12 Jan 2026",
        "Sitting 2 · Mon 12 Jan 2026",
        "Sitting 3 · Tue 10 Feb 2026",
        "Not sure when",
    ]
    assert room.proposed() == ["F01", "F02", "F01", "F02", "F01", None], "nothing is proposed where the order is unsure"
    said = [model.said(shot) for shot in model.shots]
    assert said[4].endswith("Date from the file name, No colour profile; sRGB is assumed.")
    assert "Date unsure" in said[5]
    assert "Print colours (CMYK) were converted" in said[5]


def test_the_date_of_an_unsure_photo_is_set_by_keys(room: Room, tmp_path: Path) -> None:
    give(room.services, room.patient, room.case, date(2026, 1, 12))
    (tmp_path / "scan.png").write_bytes(samples.png())
    room.imported(tmp_path / "scan.png")
    assert room.pictures()[0].taken.certainty is Certainty.UNSURE
    panel = room.sheet.panel
    panel.ask_for_date()
    panel.day.line.selectAll()
    QTest.keyClicks(panel.day.line, "32/1")
    room.key(Qt.Key.Key_Return)
    assert panel.problem.words == "" or "day" in panel.problem.words
    assert room.pictures()[0].taken.day is None
    panel.day.line.selectAll()
    QTest.keyClicks(panel.day.line, "12/1/2026")
    assert panel.after.isVisible(), "there was an injection on that day"
    QTest.keyClick(panel.after, Qt.Key.Key_Space)
    panel.day.line.setFocus()
    room.key(Qt.Key.Key_Return)
    room.settle()
    found = room.pictures()[0]
    assert (found.taken.day, found.taken.certainty, found.known_after) == (date(2026, 1, 12), Certainty.TYPED, True)
    assert ("Date set for 1 photo", True) in [(words, undo is not None) for words, undo in room.toasts]
    assert room.proposed() == ["F01"], "now it has its sitting"


def test_a_date_in_the_future_is_refused_beside_the_field(room: Room, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(samples.png())
    room.imported(tmp_path / "scan.png")
    panel = room.sheet.panel
    panel.day.set_day(date(2026, 5, 1))
    QTest.mouseClick(panel.date_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert "2026" in panel.problem.words
    assert room.pictures()[0].taken.day is None


def test_refusals_and_duplicates_are_listed_with_their_sentences(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    room.imported(folder)
    (folder / "cut.jpg").write_bytes(samples.truncated_jpeg())
    (folder / "letter.jpg").write_bytes(samples.pdf())
    (folder / "IMG_0009.jpg").write_bytes(camera_jpeg(MORNING, 99))
    room.imported(folder)
    assert room.toasts[-1][0] == "1 of 5 photos imported, 2 refused, 2 there already"
    model = room.sheet.left_out.model
    said = [str(model.data(model.index(place), Qt.ItemDataRole.AccessibleTextRole)) for place in range(4)]
    assert [item.result for item in model.items] == ["refused", "refused", "duplicate", "duplicate"]
    assert "cut.jpg” is cut off" in said[0]
    assert "letter.jpg” says it is a" in said[1]
    assert said[2] == "“IMG_0000.jpg” is among this patient’s photos already, under 12 Jan 2026."
    assert room.sheet.left_out.model.rowCount() == 4
    room.sheet.left_out.copy_button.click()
    assert "letter.jpg" in QGuiApplication.clipboard().text()


def test_the_next_import_shows_its_photos_not_what_the_last_refused(room: Room, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "cut.jpg").write_bytes(samples.truncated_jpeg())
    room.imported(tmp_path / "bad")
    assert room.sheet.tabs.currentWidget() is room.sheet.left_out
    folder = write_session(tmp_path / "card", 2)
    (folder / "cut.jpg").write_bytes(samples.truncated_jpeg())
    room.imported(folder)
    assert room.sheet.tabs.currentWidget() is room.sheet.sittings


def test_nothing_that_is_a_photo(room: Room, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    room.imported(tmp_path / "empty")
    assert room.sheet.isVisible()
    assert room.sheet.sittings.sittings.rowCount() == 0
    assert not room.sheet.undo_button.isVisible()
    room.key(Qt.Key.Key_Escape)
    assert not room.sheet.isVisible()


def test_without_a_patient_it_asks_whose_they_are(room: Room, tmp_path: Path) -> None:
    other, _ = add_patient(room.services, "Harpreet Gill", "3308", "cervical_dystonia", None, "98400 11111")
    room.sheet.start(0, (str(write_session(tmp_path / "card", 1)),))
    room.settle()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "harp")
    room.settle()
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert room.views() == []
    assert len(room.services.pictures.entries(other)) == 1
    assert room.sheet.title.text() == "Photos of Harpreet Gill"
    assert room.proposed() == ["N01"]


def test_photos_of_another_patient_and_other_files_are_told_above_the_result(room: Room, tmp_path: Path) -> None:
    other, _ = add_patient(room.services, "Harpreet Gill", "3308", "cervical_dystonia", None, "98400 11111")
    folder = write_session(tmp_path / "card", 2)
    (folder / "scan.tif").write_bytes(b"II*")
    room.imported(folder)
    assert room.sheet.banner.words == "1 file is not a photograph this program reads: 1 .tif."
    room.imported(folder, patient=other)
    assert room.sheet.banner.words.startswith(
        "2 of these photographs are already kept for patient 4127: check that they belong here."
    )
    assert room.sheet.undo_button.isVisible()


def test_photos_move_to_another_patient(room: Room, tmp_path: Path) -> None:
    other, _ = add_patient(room.services, "Harpreet Gill", "3308", "cervical_dystonia", None, "98400 11111")
    room.imported(write_session(tmp_path / "card", 3))
    room.sheet.panel.move_button.click()
    room.settle()
    assert room.sheet._picker.model.rowCount() == 1, "the same patient is no answer"
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert room.toasts[-1][0] == "1 photo moved to Harpreet Gill"
    assert len(room.services.pictures.entries(other)) == 1
    assert len(room.views()) == 2
    assert len(room.sheet.sittings.sittings.shots) == 2
    assert room.sheet.title.text() == "Photos of Asha Verma"


def test_all_photos_move_and_the_sheet_goes_with_them(room: Room, tmp_path: Path) -> None:
    other, _ = add_patient(room.services, "Harpreet Gill", "3308", "cervical_dystonia", None, "98400 11111")
    room.imported(write_session(tmp_path / "card", 2))
    room.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    room.sheet.panel.move_button.click()
    room.settle()
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert len(room.services.pictures.entries(other)) == 2
    assert room.sheet.title.text() == "Photos of Harpreet Gill"
    assert room.proposed() == ["N01", "N01O"]


def test_escape_leaves_the_choice_of_a_patient_first(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 1))
    room.sheet.panel.move_button.click()
    room.settle()
    room.key(Qt.Key.Key_Escape)
    assert room.sheet.isVisible()
    assert room.sheet.sittings.isVisible()
    room.key(Qt.Key.Key_Escape)
    assert not room.sheet.isVisible()


def test_the_import_is_undone(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 3))
    assert room.sheet.undo_button.isVisible()
    QTest.mouseClick(room.sheet.undo_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.views() == []
    assert not room.sheet.isVisible()
    assert room.toasts[-1] == ("The import was taken back", None)


def test_copies_in_the_source_folder_are_deleted_only_when_asked(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 3)
    (folder / "letter.jpg").write_bytes(samples.pdf())
    room.imported(folder)
    strip = room.sheet.sources_strip
    assert strip.words.text().startswith("“card” still holds 3 copies.")
    assert strip.delete_button.text() == "Delete 3 photos"
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert len(list(folder.iterdir())) == 4, "Enter never deletes"
    (folder / "IMG_0002.jpg").write_bytes(b"changed since")
    assert answered(room, strip.delete_button, "Delete 3 photos") == "Delete 3 photos from “card”?"
    room.settle()
    assert sorted(path.name for path in folder.iterdir()) == ["IMG_0002.jpg", "letter.jpg"]
    assert room.toasts[-1][0] == "2 photos deleted from the source folder"
    assert room.sheet.banner.words == "1 file changed since the import and was kept."
    assert not strip.isVisible()


def answered(room: Room, button: QWidget, verb: str) -> str:
    """Press a button and, in the question that comes, the one with this verb; answers the question."""
    asked: list[str] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConfirmDialog)
        asked.append(dialog.windowTitle())
        assert dialog.verb_button.text() == verb
        QTest.mouseClick(dialog.verb_button, Qt.MouseButton.LeftButton)

    QTimer.singleShot(100, press)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    room.settle()
    return asked[0]


def test_enter_does_not_delete_the_sources_in_the_question_either(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    room.imported(folder)

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConfirmDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    QTimer.singleShot(100, press)
    QTest.mouseClick(room.sheet.sources_strip.delete_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert len(list(folder.iterdir())) == 2
    assert room.sheet.sources_strip.asking


def test_once_the_sources_are_deleted_the_import_stays(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 6)
    ended: list[str] = []
    room.context.undo_ended.connect(ended.append)
    room.imported(folder)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        room.key(key)
    room.sheet.sources_strip.delete_button.setFocus()
    answered(room, room.sheet.sources_strip.delete_button, "Delete 6 photos")
    assert list(folder.iterdir()) == []
    assert not room.sheet.undo_button.isVisible()
    assert ended == ["6 photos deleted from the source folder"], "Ctrl+Z stops here"
    assert room.host.focusWidget() is room.sheet.main
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert len(room.pictures()) == 6


def test_the_copies_are_kept(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    room.imported(folder)
    QTest.mouseClick(room.sheet.sources_strip.keep_button, Qt.MouseButton.LeftButton)
    assert not room.sheet.sources_strip.isVisible()
    assert len(list(folder.iterdir())) == 2


def test_an_import_ends_unseen_and_is_sorted_later(room: Room, tmp_path: Path) -> None:
    room.sheet.start(room.patient, (str(write_session(tmp_path / "card", 4)),))
    QTest.keyClick(room.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not room.sheet.isVisible()
    gone: list[bool] = []
    room.sheet.closed.connect(lambda: gone.append(True))
    room.settle()
    assert gone == []
    assert room.sheet.waiting == 1
    note = room.sheet._note
    assert note.isVisible()
    assert note.words.text() == "4 photos imported"
    QTest.mouseClick(note.sort_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.sheet.isVisible()
    assert not note.isVisible()
    assert room.proposed() == list(EYES[:4])
    room.key(Qt.Key.Key_Return)
    room.settle()
    room.key(Qt.Key.Key_Escape)
    assert gone == [True]


def test_escape_keeps_what_was_proposed_until_it_is_looked_at(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 4))
    room.key(Qt.Key.Key_1)
    room.key(Qt.Key.Key_Escape)
    room.settle()
    assert not room.sheet.isVisible()
    assert room.views() == ["F01", None, None, None]
    note = room.sheet._note
    assert note.isVisible()
    assert note.words.text() == "3 photos have no view yet"
    QTest.mouseClick(note.sort_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.sheet.isVisible()
    assert not note.isVisible()
    assert room.proposed() == [None, *EYES[1:4]]
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert room.views() == list(EYES[:4])
    assert not note.isVisible()
    assert room.sheet.waiting == 0


def test_photos_that_waited_for_a_view_are_counted_again(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 2))
    room.key(Qt.Key.Key_Escape)
    room.settle()
    note = room.sheet._note
    assert note.words.text() == "2 photos have no view yet"
    first, second = (one.id for one in room.pictures())
    room.tasks.tell(lambda services: services.pictures.set_views({first: "F01"}), owner=room.sheet)
    room.settle()
    assert note.words.text() == "1 photo has no view yet"
    room.tasks.tell(lambda services: services.pictures.set_views({second: "F02"}), owner=room.sheet)
    room.settle()
    assert not note.isVisible()
    assert not room.sheet.working


@pytest.mark.parametrize("place", [0, 1])
def test_enter_accepts_from_the_choice_of_what_to_show(room: Room, tmp_path: Path, place: int) -> None:
    folder = write_session(tmp_path / "card", 2)
    (folder / "cut.jpg").write_bytes(samples.truncated_jpeg())
    room.imported(folder)
    segments = room.sheet._segments
    assert segments is not None
    segments.segment(place).setFocus(Qt.FocusReason.TabFocusReason)
    assert segments.segment(place).hasFocus()
    room.key(Qt.Key.Key_Return)
    room.settle()
    assert room.views() == list(EYES[:2])


def test_cancel_keeps_what_came_so_far(room: Room, tmp_path: Path) -> None:
    room.sheet.start(room.patient, (str(write_session(tmp_path / "card", 60)),))
    run = room.tasks.jobs[0]
    room.qtbot.waitUntil(lambda: run.progress.done > 1, timeout=60_000)
    run.cancel()
    room.settle()
    kept = len(room.views())
    assert 0 < kept < 60
    assert room.toasts[0][0].endswith("imported, stopped")
    assert len(room.sheet.sittings.sittings.shots) == kept


def test_pasted_pixels_pasted_files_and_an_empty_clipboard(room: Room, tmp_path: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    room.sheet.paste(room.patient)
    room.settle()
    assert room.sheet.banner.words.startswith("There is no picture on the clipboard.")
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    clipboard.setImage(image)
    room.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    assert [(one.width, one.height, one.taken.known) for one in room.pictures()] == [(64, 48, False)]
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(write_session(tmp_path / "card", 2)))])
    clipboard.setMimeData(files)
    room.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    assert len(room.views()) == 3
    clipboard.clear()


def test_files_are_dropped_or_chosen(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    room.sheet.start(room.patient)
    room.settle()
    assert room.sheet.sources.isVisible()
    mime = files(folder, "https://example.org/a.jpg")
    assert dropped_paths(mime) == (folder.as_posix(),)
    assert drop_on(room.sheet.sources, mime)
    room.settle()
    assert len(room.views()) == 2


def test_a_sheet_built_for_one_import_is_gone_afterwards(room: Room, tmp_path: Path) -> None:
    one = str(write_session(tmp_path / "card", 1) / "IMG_0000.jpg")
    other = str(write_session(tmp_path / "more", 1, MORNING + timedelta(days=1)) / "IMG_0000.jpg")
    sheet = PictureImportSheet(
        room.context, room.host, room.patient, (), files=lambda *_: [one], folder=lambda *_: str(Path(other).parent)
    )
    gone: list[bool] = []
    sheet.closed.connect(lambda: gone.append(True))
    sheet.open()
    QTest.mouseClick(sheet.sources.files_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert len(room.views()) == 1
    sheet.press_main()
    room.settle()
    sheet.open()
    QTest.mouseClick(sheet.sources.folder_button, Qt.MouseButton.LeftButton)
    during = sheet.busy
    room.settle()
    room.qtbot.waitUntil(lambda: not sheet.settling)
    assert (during, sheet.busy) == (True, False)
    assert len(room.views()) == 2
    sheet.press_main()
    room.settle()
    sheet.leave()
    assert gone == [True, True]


def test_nothing_of_a_patient_stays_when_the_clinic_is_closed(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 2))
    room.context.detach()
    assert not room.sheet.isVisible()
    assert room.sheet.sittings.sittings.rowCount() == 0
    assert room.sheet.title.text() == "Import photos"
    room.context.attach(room.services)


def test_the_set_of_views_is_changed_by_keys(room: Room, tmp_path: Path) -> None:
    room.imported(write_session(tmp_path / "card", 2))
    panel = room.sheet.panel
    assert [panel.sets.itemText(place) for place in range(3)] == ["Eyes", "Face", "Jaw and mouth"]
    room.key(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert panel.sets.currentText() == "Face"
    room.key(Qt.Key.Key_0)
    room.qtbot.waitUntil(lambda: room.views() == ["F14", None], timeout=60_000)


def test_every_part_that_takes_the_keyboard_has_a_name(room: Room, tmp_path: Path) -> None:
    folder = write_session(tmp_path / "card", 2)
    (folder / "letter.jpg").write_bytes(samples.pdf())
    room.imported(folder)
    for part in room.sheet.findChildren(QWidget):
        if not part.isVisible() or part.focusPolicy() == Qt.FocusPolicy.NoFocus or part.focusProxy() is not None:
            continue
        if part.objectName().startswith("qt_"):
            continue
        seen = QAccessible.queryAccessibleInterface(part)
        assert seen is not None
        assert seen.text(QAccessible.Text.Name), type(part).__name__


def test_a_jpeg_on_the_clipboard_is_taken_as_one(room: Room) -> None:
    mime = QMimeData()
    mime.setData("image/jpeg", camera_jpeg(MORNING))
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(mime)
    room.sheet.paste(room.patient)
    room.settle()
    assert [one.taken.day for one in room.pictures()] == [MORNING.date()], room.sheet.banner.words
    clipboard.clear()
