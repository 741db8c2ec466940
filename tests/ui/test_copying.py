"""What is copied leaves the clipboard again, unless something else is there by then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.ui.widgets.copying import clear_copied, copy_for_a_while


def test_copied_text_goes_after_a_while(qtbot: QtBot) -> None:
    clipboard = QApplication.clipboard()
    copy_for_a_while("98400 12207", seconds=1)
    assert clipboard.text() == "98400 12207"
    qtbot.waitUntil(lambda: clipboard.text() == "", timeout=60_000)


def test_it_goes_at_once_when_the_clinic_is_closed_and_what_others_copied_stays(qtbot: QtBot) -> None:
    clipboard = QApplication.clipboard()
    copy_for_a_while("98400 12207")
    clear_copied()
    assert clipboard.text() == ""
    copy_for_a_while("98400 12207")
    clipboard.setText("of somebody else")
    clear_copied()
    assert clipboard.text() == "of somebody else"
    clipboard.clear()


def test_a_history_of_the_clipboard_is_asked_to_leave_it_out(qtbot: QtBot) -> None:
    copy_for_a_while("98400 12207")
    kinds = QApplication.clipboard().mimeData().formats()
    assert any("passwordManagerHint" in kind or "concealed" in kind or "Clipboard" in kind for kind in kinds)
    clear_copied()


QUIT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from clinic_app.ui.widgets.copying import copy_for_a_while
app = QApplication([])
copy_for_a_while("98400 12207")
QTimer.singleShot(0, app.quit)
app.exec()
print(repr(app.clipboard().text()))
"""


def test_it_goes_when_the_program_is_closed(qtbot: QtBot) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", QUIT], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "''\n"), done.stderr
