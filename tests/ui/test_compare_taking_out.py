"""A comparison leaves the program: one sheet asks all there is to ask, and nothing leaves before it is answered."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageReader, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.errors import AccessRefused, StorageUnavailable
from clinic_app.domain.marks import Mark, MarkKind
from clinic_app.ui.compare.printing import (
    LABEL_PT,
    PRINTED_FINENESS,
    Page,
    PrintPreview,
    draw_page,
    layout_of,
    paint_on,
    printed_picture,
    printer_for,
)
from clinic_app.ui.compare.second import picture_of
from clinic_app.ui.compare.take_out_dialog import Paper, PrintDialog, SaveDialog, TakeOutDialog
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import copying
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.themed import TextLabel
from tests.builders import PASSPHRASE
from tests.ui.compare_room import CTRL, Room, RoomMaker, keeper, make_room, room, two_years
from tests.ui.test_compare_modes import align
from tests.ui.test_compare_window import compared
from tests.ui.window_room import Room as WindowRoom

__all__ = ["keeper", "make_room", "room"]


def sheet_of(room: Room) -> TakeOutDialog:
    """The sheet that is open."""
    return next(one for one in room.view.findChildren(TakeOutDialog) if one.isVisible())


def saving(room: Room, folder: Path) -> SaveDialog:
    """The sheet that saves, opened by its key, with a folder."""
    room.key(Qt.Key.Key_E, CTRL)
    sheet = sheet_of(room)
    assert isinstance(sheet, SaveDialog)
    sheet.folder.setText(str(folder))
    return sheet


def press(room: Room, sheet: TakeOutDialog, key: Qt.Key) -> None:
    """A key in the sheet, where its keyboard is."""
    QTest.keyClick(QApplication.focusWidget() or sheet, key)
    room.settle()


def test_one_sheet_saves_it_with_enter(make_room: RoomMaker, tmp_path: Path) -> None:
    room = make_room(align(two_years()))
    room.open()
    room.view.out.folder = tmp_path
    room.key(Qt.Key.Key_E, CTRL)
    sheet = sheet_of(room)
    assert isinstance(sheet, SaveDialog)
    assert sheet.name.text() == "comparison-2026-03-19.png"
    assert sheet.folder.text() == str(tmp_path)
    assert sheet.name.selectedText() == Path(sheet.name.text()).stem
    assert sheet.fields.reason.text() == "For the clinic’s own record"
    assert not sheet.fields.secret_field.isVisible()
    press(room, sheet, Qt.Key.Key_Return)
    [(ids, png, path)] = room.source.taken_out
    assert (ids, Path(path).parent) == ((5, 8), tmp_path)
    assert Path(path).read_bytes() == png
    assert [one.name for one in tmp_path.iterdir()] == [Path(path).name]
    image = QImage.fromData(png)
    assert max(image.width(), image.height()) >= 3000
    buffer = QBuffer()
    buffer.setData(png)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    assert QImageReader(buffer).textKeys() == []
    assert b"Asha" not in png
    assert b"eXIf" not in png
    assert "Saved as" in room.view.status.left.text()
    assert room.view.stage.mode is CompareMode.SIDE_BY_SIDE


def test_esc_leaves_all_as_it_is_and_the_next_name_is_free(room: Room, tmp_path: Path) -> None:
    room.view.out.folder = tmp_path
    press(room, saving(room, tmp_path), Qt.Key.Key_Escape)
    assert room.source.taken_out == []
    assert list(tmp_path.iterdir()) == []
    first = saving(room, tmp_path)
    first.fields.reason.setText("For the patient")
    press(room, first, Qt.Key.Key_Return)
    second = saving(room, tmp_path)
    assert second.name.text().endswith("-2.png")
    assert second.fields.reason.text() == "For the patient"
    press(room, second, Qt.Key.Key_Return)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_stands_there_is_asked_for(room: Room, tmp_path: Path) -> None:
    there = tmp_path / "kept.png"
    there.write_bytes(b"before")
    sheet = saving(room, tmp_path)
    sheet.name.setText("kept")
    press(room, sheet, Qt.Key.Key_Return)
    question = next(one for one in sheet.findChildren(ConfirmDialog) if one.isVisible())
    assert "kept.png" in question.windowTitle()
    QTest.keyClick(question, Qt.Key.Key_Return)
    room.settle()
    assert (there.read_bytes(), sheet.isVisible(), sheet.verb_button.isEnabled()) == (b"before", True, True)
    press(room, sheet, Qt.Key.Key_Return)
    next(one for one in sheet.findChildren(ConfirmDialog) if one.isVisible()).verb_button.click()
    room.settle()
    assert there.read_bytes().startswith(b"\x89PNG")
    assert not [one for one in room.view.findChildren(TakeOutDialog) if one.isVisible()]


@pytest.mark.parametrize(
    ("hidden", "mode", "told", "beware"),
    [
        ((), Qt.Key.Key_1, "Nothing is hidden.", ""),
        ((8,), Qt.Key.Key_1, "Hidden parts: in B only.", ""),
        ((5, 8), Qt.Key.Key_1, "Hidden parts: in A and B.", ""),
        ((8,), Qt.Key.Key_S, "Hidden parts: in B.", ""),
        ((5,), Qt.Key.Key_S, "Nothing is hidden.", ""),
        ((5,), Qt.Key.Key_2, "Hidden parts: in A only.", "B shows through where A is hidden."),
        ((8,), Qt.Key.Key_3, "Hidden parts: in B only.", "A shows through where B is hidden."),
        ((5, 8), Qt.Key.Key_3, "Hidden parts: in A and B.", "Where only one photo is hidden"),
        ((5,), Qt.Key.Key_5, "Hidden parts: in A only.", ""),
        ((), Qt.Key.Key_3, "Nothing is hidden.", ""),
    ],
)
def test_the_sheet_says_which_photograph_is_hidden_in_part(
    make_room: RoomMaker, hidden: tuple[int, ...], mode: Qt.Key, told: str, beware: str
) -> None:
    source = align(two_years())
    region = ((0.2, 0.3), (0.5, 0.6))
    source.marks = [Mark(id_, id_, MarkKind.COVER, region) for id_ in hidden]
    source.marks.append(Mark(30, 5, MarkKind.ARROW, region))
    room = make_room(source)
    room.open()
    room.key(mode)
    for key in (Qt.Key.Key_C, Qt.Key.Key_E, Qt.Key.Key_P):
        room.key(key, CTRL)
        sheet = sheet_of(room)
        assert sheet.hidden.text() == told
        assert sheet.hidden.isVisible()
        assert sheet.beware.words.startswith(beware)
        assert sheet.beware.isVisible() is bool(beware)
        press(room, sheet, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("name", "folder", "field", "words"),
    [
        ("", None, "name", "cannot be the name"),
        ("a/b", None, "name", "cannot be the name"),
        ("x" * 300, None, "folder", "was not written"),
        ("out", "nowhere", "folder", "was not found"),
        ("out", "../out", "folder", "whole path"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_beside_it(
    room: Room, tmp_path: Path, name: str, folder: str | None, field: str, words: str
) -> None:
    sheet = saving(room, tmp_path)
    sheet.name.setText(name)
    if folder is not None:
        sheet.folder.setText(folder if folder.startswith("..") else str(tmp_path / folder))
    press(room, sheet, Qt.Key.Key_Return)
    said = {"name": sheet.name_field.problem, "folder": sheet.folder_field.problem}
    assert words in said.pop(field)
    assert set(said.values()) == {""}
    assert room.source.taken_out == []
    assert sheet.verb_button.isEnabled()


def test_a_full_disk_is_said_and_it_goes_on_elsewhere(room: Room, tmp_path: Path) -> None:
    sheet = saving(room, tmp_path)
    room.source.refuses = StorageUnavailable("table_disk_full", path=str(tmp_path / "x.png"))
    press(room, sheet, Qt.Key.Key_Return)
    assert "full" in sheet.folder_field.problem
    room.source.refuses = None
    press(room, sheet, Qt.Key.Key_Return)
    assert len(room.source.taken_out) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="there is no folder that nobody may write into")
def test_a_folder_that_is_only_to_be_read_is_said(room: Room) -> None:
    sheet = saving(room, Path("/sys"))
    press(room, sheet, Qt.Key.Key_Return)
    assert "cannot be written" in sheet.folder_field.problem
    assert room.source.taken_out == []


def test_a_folder_is_chosen(room: Room, tmp_path: Path) -> None:
    room.view.out.ask = lambda _, __: str(tmp_path / "chosen")
    sheet = saving(room, tmp_path)
    sheet.choose.click()
    assert sheet.folder.text() == str(tmp_path / "chosen")


def test_a_reason_is_needed_and_one_click_gives_a_usual_one(room: Room, tmp_path: Path) -> None:
    sheet = saving(room, tmp_path)
    sheet.fields.reason.clear()
    press(room, sheet, Qt.Key.Key_Return)
    assert sheet.fields.reason_field.problem
    assert room.source.taken_out == []
    usual = next(one for one in sheet.findChildren(type(sheet.verb_button)) if one.text() == "For the patient")
    usual.click()
    assert sheet.fields.reason.text() == "For the patient"


def test_whoever_may_not_is_told_in_the_sheet(room: Room, tmp_path: Path) -> None:
    room.source.need = Need.NO
    sheet = saving(room, tmp_path)
    assert not sheet.verb_button.isEnabled()
    press(room, sheet, Qt.Key.Key_Return)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_said_and_nothing_leaves(room: Room) -> None:
    QGuiApplication.clipboard().clear()
    room.source.refuses = AccessRefused("not_allowed", action="export_identifiable", roles="")
    room.key(Qt.Key.Key_C, CTRL)
    sheet = sheet_of(room)
    press(room, sheet, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert QGuiApplication.clipboard().image().isNull()
    assert room.source.taken_out == []


def test_the_comparison_is_copied_for_a_while(room: Room) -> None:
    room.key(Qt.Key.Key_C, CTRL)
    press(room, sheet_of(room), Qt.Key.Key_Return)
    assert room.source.taken_out == [((5, 8), b"", "")]
    assert not QGuiApplication.clipboard().image().isNull()
    copying.clear_copied()
    assert QGuiApplication.clipboard().image().isNull()


def test_a_clipboard_that_is_empty_meanwhile_stops_no_lock(room: Room) -> None:
    room.key(Qt.Key.Key_C, CTRL)
    press(room, sheet_of(room), Qt.Key.Key_Return)
    QGuiApplication.clipboard().clear()
    copying.clear_copied()
    assert QGuiApplication.clipboard().image().isNull()


def test_seen_in_a_mirror_it_says_that_the_picture_is_not(room: Room) -> None:
    room.key(Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    room.key(Qt.Key.Key_E, CTRL)
    words = " ".join(one.text() for one in sheet_of(room).findChildren(TextLabel))
    assert "as in a mirror" in words


def printing(room: Room) -> PrintDialog:
    """The sheet that prints, opened by its key."""
    room.key(Qt.Key.Key_P, CTRL)
    sheet = sheet_of(room)
    assert isinstance(sheet, PrintDialog)
    return sheet


def box(pdf: bytes) -> tuple[int, int]:
    """The size of the sheet of a PDF file in points."""
    [found] = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    return round(float(found[0])), round(float(found[1]))


def test_a_comparison_is_printed_from_a_preview_with_name_and_number(room: Room, tmp_path: Path) -> None:
    pages: list[tuple[Page, Paper]] = []
    room.view.out.preview = lambda page, paper, *_: pages.append((page, paper))
    sheet = printing(room)
    assert not sheet.file.isVisible()
    assert sheet.verb_button.text() == "Preview…"
    sheet.papers.choose("A4")
    press(room, sheet, Qt.Key.Key_Return)
    [(page, paper)] = pages
    assert (paper, page.head.split(" · ")[:2]) == (Paper.A4, ["4711", "Asha Verma"])
    assert page.day == "19 Mar 2026"
    assert page.image == printed_picture(room.view._keeper, room.view.stage)
    assert room.source.taken_out == []
    printer = printer_for(page, paper)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    paint_on(printer, page)
    assert box((tmp_path / "printed.pdf").read_bytes()) == (842, 595)
    assert "Asha" not in printer.docName()


def test_in_a_presentation_nobody_is_named_on_paper(room: Room) -> None:
    pages: list[Page] = []
    room.view.out.preview = lambda page, *_: pages.append(page)
    room.key(Qt.Key.Key_P, CTRL | Qt.KeyboardModifier.ShiftModifier)
    press(room, printing(room), Qt.Key.Key_Return)
    [page] = pages
    assert "Asha" not in page.head
    assert "4711" not in page.head
    assert page.head


def test_a_pdf_file_is_named_kept_whole_and_asked_for_like_a_picture(room: Room, tmp_path: Path) -> None:
    room.view.out.folder = tmp_path
    sheet = printing(room)
    QTest.mouseClick(sheet.to.pill("pdf"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(sheet.papers.pill("Letter"), Qt.MouseButton.LeftButton)
    assert sheet.file.isVisible()
    assert sheet.name.text().endswith(".pdf")
    (tmp_path / "there.pdf").write_bytes(b"before")
    sheet.name.setText("there")
    sheet.name.setFocus()
    press(room, sheet, Qt.Key.Key_Return)
    next(one for one in sheet.findChildren(ConfirmDialog) if one.isVisible()).verb_button.click()
    room.settle()
    pdf = (tmp_path / "there.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert box(pdf) == (792, 612)
    assert b"Asha" not in pdf
    assert ("printed", 1) in room.source.calls
    assert printing(room).paper is Paper.LETTER


@pytest.mark.parametrize("size", [(1440, 900), (900, 900), (760, 1100)])
@pytest.mark.parametrize("paper", list(Paper))
def test_labels_are_printed_large_enough_and_nothing_dark_around_the_photos(
    make_room: RoomMaker, size: tuple[int, int], paper: Paper
) -> None:
    room = make_room(two_years(), *size)
    room.open()
    image = printed_picture(room.view._keeper, room.view.stage)
    solid = QImage(image.size(), QImage.Format.Format_RGB32)
    solid.fill(Qt.GlobalColor.black)
    page = Page(solid, "4711 · Asha Verma", "19 Mar 2026")
    sheet = layout_of(page, paper).paintRect(QPageLayout.Unit.Point)
    drawn = QImage(round(sheet.width() * 2), round(sheet.height() * 2), QImage.Format.Format_RGB32)
    drawn.fill(Qt.GlobalColor.white)
    painter = QPainter(drawn)
    draw_page(painter, QRectF(drawn.rect()), 144, page)
    painter.end()
    rows = [
        y for y in range(60, drawn.height()) if any(drawn.pixel(x, y) != 0xFFFFFFFF for x in range(0, drawn.width(), 5))
    ]
    high_pt = (rows[-1] - rows[0]) / 2
    pixels = image.height() / PRINTED_FINENESS
    label = room.view._keeper.font(Style.SECONDARY).pixelSize() * high_pt / pixels
    assert label >= 8.0
    assert label < LABEL_PT * 1.25
    dark = [QColor(image.pixel(x, y)).lightness() for y in (1, image.height() - 2) for x in range(0, image.width(), 9)]
    dark += [QColor(image.pixel(x, y)).lightness() for x in (1, image.width() - 2) for y in range(0, image.height(), 9)]
    assert min(dark) > 250


def test_a_page_is_drawn_whole_whatever_the_room_and_the_words(room: Room) -> None:
    image = picture_of(room.view._keeper, room.view.stage)
    page = Page(image, "A very long name of somebody " * 12, "19 Mar 2026")
    for wide, high in ((1169, 827), (827, 1169), (300, 100)):
        sheet = QImage(wide, high, QImage.Format.Format_RGB32)
        sheet.fill(Qt.GlobalColor.white)
        painter = QPainter(sheet)
        draw_page(painter, QRectF(20, 20, wide - 40, high - 40), 100, page)
        painter.end()
        edge = {sheet.pixelColor(x, y).name() for x in range(wide) for y in (5, high - 5)}
        edge |= {sheet.pixelColor(x, y).name() for x in (5, wide - 5) for y in range(high)}
        assert edge == {"#ffffff"}
        assert sheet.pixelColor(wide // 2, 60).name() != "#ffffff"


def previewed(room: Room) -> PrintPreview:
    """The preview, opened by the keys."""
    press(room, printing(room), Qt.Key.Key_Return)
    [preview] = room.view.findChildren(PrintPreview)
    assert preview.isVisible()
    return preview


def test_a_preview_that_is_closed_was_not_printed(room: Room) -> None:
    preview = previewed(room)
    assert preview.windowTitle() == "Print the comparison"
    QTest.keyClick(preview, Qt.Key.Key_Escape)
    room.settle()
    assert room.source.taken_out == []
    again = previewed(room)
    again.ask = lambda *_: False
    QTest.keyClick(again, Qt.Key.Key_Return)
    room.settle()
    assert again.isVisible()
    assert room.source.taken_out == []
    again.reject()


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_printed_is_entered_first_and_not_printed_where_that_fails(
    room: Room, tmp_path: Path, refused: bool
) -> None:
    preview, paper = previewed(room), tmp_path / "printed.pdf"

    def to_file(printer: QPrinter, _: QWidget) -> bool:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(paper))
        return True

    preview.ask = to_file
    if refused:
        room.source.refuses = StorageUnavailable("disk_full", path="x")
    QTest.keyClick(preview, Qt.Key.Key_Return)
    room.qtbot.waitUntil(lambda: room.tasks.pending == 0)
    room.settle()
    assert (("printed", 1) in room.source.calls) is not refused
    assert room.source.taken_out == ([] if refused else [((5, 8), b"", "")])
    assert (paper.exists() and paper.stat().st_size > 0) is not refused
    assert not room.view.findChildren(PrintPreview)
    assert bool(room.view.status.left.text().startswith("B nearest")) is not refused


def press_in(clinic: WindowRoom, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    """A key where the keyboard is, whatever window it is in; one interaction."""
    QTest.keyClick(QApplication.focusWidget() or clinic.window, key, modifiers)
    clinic.settle()


def test_a_picture_of_a_divided_pair_takes_four_keys_from_the_list(clinic: WindowRoom, tmp_path: Path) -> None:
    """C, 2, Ctrl+E, Enter (ux.md 1.5); whoever signed in again within five minutes is asked nothing else."""
    view = compared(clinic)
    view.out.folder = tmp_path
    press_in(clinic, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    clinic.services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    assert not view.isVisible()
    plain = Qt.KeyboardModifier.NoModifier
    keys = ((Qt.Key.Key_C, plain), (Qt.Key.Key_2, plain), (Qt.Key.Key_E, CTRL), (Qt.Key.Key_Return, plain))
    for key, modifiers in keys:
        press_in(clinic, key, modifiers)
    [made] = tmp_path.glob("comparison-*.png")
    assert made.read_bytes().startswith(b"\x89PNG")
    assert view.stage.mode is CompareMode.WIPE
    patient, _ = clinic.people["Asha Verma"]
    with clinic.services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action="photo.export", patient_id=patient), 0, 9)
    assert {(entry.object_id, entry.reason) for entry in found} == {
        (str(one), "For the clinic’s own record") for one in view.shown
    }


def test_a_passphrase_that_is_needed_is_asked_in_the_same_sheet(clinic: WindowRoom, tmp_path: Path) -> None:
    view = compared(clinic)
    view.out.folder = tmp_path
    press_in(clinic, Qt.Key.Key_E, CTRL)
    sheet = next(one for one in clinic.window.findChildren(SaveDialog) if one.isVisible())
    assert sheet.fields.secret.hasFocus()
    press_in(clinic, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert sheet.fields.secret_field.problem
    QTest.keyClicks(sheet.fields.secret, "not the passphrase")
    press_in(clinic, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert sheet.fields.secret_field.problem
    assert sheet.fields.secret.text() == ""
    assert list(tmp_path.glob("comparison-*")) == []
    QTest.keyClicks(sheet.fields.secret, PASSPHRASE)
    press_in(clinic, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    assert len(list(tmp_path.glob("comparison-*.png"))) == 1


def test_a_lock_puts_the_sheet_away(clinic: WindowRoom) -> None:
    compared(clinic)
    press_in(clinic, Qt.Key.Key_E, CTRL)
    assert clinic.window.findChildren(TakeOutDialog)
    clinic.window.locking.lock()
    clinic.settle()
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, TakeOutDialog) and one.isVisible()]
