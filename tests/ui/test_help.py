"""Help: chapters of the resources, read offline, with keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from clinic_app.ui.help.chapters import read_chapters
from tests.ui.window_room import Room, named

HELP = Path(__file__).resolve().parents[2] / "resources" / "help"
SECURITY_PAGE_ROWS = (
    "guessable passphrase",  # stolen laptop, off
    "cannot wipe",  # stolen asleep
    "cannot know why",  # curious colleague
    "share one Windows account",  # shared account
    "write the passphrase on the stick",  # lost export
    "unknown fault",  # malicious image
    "well formed and wrong",  # malicious table in
    "protection against formulas",  # formula injection out
    "Ransomware",
    "every copy of the audit's marks",  # tampered audit
    "set back to an earlier day",  # rollback
    "passphrases and the recovery codes of their time",  # backup theft
    "does **not** change the key of the clinic",  # access taken away
    "neither a new passphrase nor new recovery codes change it",
    "opens that copy with the passphrase they had then",
    "has the people of that day again",  # restored from an old backup
    "make new recovery codes if",  # what to do
    "treat it like a stolen computer",
    "camera",  # shoulder
    "recovered after it was deleted",  # temporary files
    "print queue",  # spool
    "hibernation file",  # swap
    "clipboard",
    "administers the server",  # insider of the server
    "no offline program can prevent",  # malware while unlocked
)
"""The residual risks of the page on security, section 2: what is said of each."""


def test_the_security_page_tells_every_residual_risk() -> None:
    text = (HELP / "en" / "security.md").read_text(encoding="utf-8")
    said = " ".join(text.casefold().split())
    assert [row for row in SECURITY_PAGE_ROWS if row.casefold() not in said] == []


def test_chapters_are_read_in_their_order() -> None:
    assert [one.name for one in read_chapters(HELP)][:4] == ["first-steps", "schedule", "compare", "security"]
    assert all(one.title and one.text for one in read_chapters(HELP))
    assert read_chapters(HELP / "nowhere") == ()


def test_a_chapter_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "bad.md").write_bytes(b"\xff\xfe\x00bad")
    (tmp_path / "en" / "good.md").write_text("# Good\n\ntext", encoding="utf-8")
    assert [one.title for one in read_chapters(tmp_path)] == ["Good"]


def test_f1_opens_help_and_escape_closes_it(clinic: Room) -> None:
    clinic.press(Qt.Key.Key_F1)
    clinic.settle()
    sheet = clinic.window._help
    assert sheet is not None
    assert sheet.isVisible()
    assert sheet.chapter == "schedule"
    assert "tomorrow 10" in sheet.reading.toPlainText()
    assert sheet.reading.hasFocus()
    assert named(sheet.reading).startswith("The schedule")
    first = sheet.buttons["first-steps"]
    first.setFocus()
    clinic.press(Qt.Key.Key_Return)
    assert sheet.chapter == "first-steps"
    clinic.press(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert clinic.window.schedule.table.hasFocus()


def test_the_menu_opens_the_security_page(clinic: Room) -> None:
    clinic.window.commands.actions["help_security"].trigger()
    sheet = clinic.window._help
    assert sheet is not None
    assert sheet.chapter == "security"
    paper = sheet.paper()
    assert isinstance(paper, QTextDocument)
    assert "BitLocker" in paper.toPlainText()


@pytest.mark.parametrize(("area", "chapter"), [("settings", "first-steps"), ("compare", "compare")])
def test_help_begins_where_one_is(clinic: Room, area: str, chapter: str) -> None:
    clinic.window.go_to(area)
    clinic.settle()
    clinic.window.show_help("")
    assert clinic.window._help is not None
    assert clinic.window._help.chapter == chapter
