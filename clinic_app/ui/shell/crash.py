"""The one dialog for mistakes of our own; the report holds places in the program, never what was typed."""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

log = logging.getLogger(__name__)


def crash_report(problem: BaseException) -> str:
    """The kinds of the errors and the lines they came through; no messages, for they may hold a patient's data."""
    lines: list[str] = []
    seen: BaseException | None = problem
    while seen is not None:
        lines.append(type(seen).__name__)
        for frame in traceback.extract_tb(seen.__traceback__):
            lines.append(f"  {PurePath(frame.filename).name}:{frame.lineno} {frame.name}")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines)


def show_crash(keeper: ThemeKeeper, parent: QWidget, problem: BaseException) -> None:
    """Say that the program made a mistake and offer to copy where."""
    report = crash_report(problem)
    log.error("crashed %s", report.replace("\n", " | "))
    dialog = ConfirmDialog(
        keeper,
        translate("The program made a mistake"),
        sentence_of(problem),
        translate("Copy details"),
        parent,
        destructive=False,
        cancel=translate("Close"),
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: QApplication.clipboard().setText(report))
    dialog.open()
