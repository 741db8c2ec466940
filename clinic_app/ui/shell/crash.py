"""Mistakes of our own: what they are written down as, and the one dialog for them.

The report holds places in the program, never what was typed: no messages of exceptions, for they may hold a patient's
data.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QProcess,
    Qt,
    QtMsgType,
    QUrl,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.ui.shell.clipboard_watch import copy_to_stay
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.themed import TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

log = logging.getLogger(__name__)

_CATEGORY = re.compile(r"[a-z][a-z0-9_.]{0,60}")


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


def safe_words(saved_at: datetime | None) -> str:
    """What is safe: everything that was saved, up to the last save; what was typed since is a draft."""
    typed = translate("What was being typed is kept as a draft and offered again.")
    if saved_at is None:
        return translate("Your data are safe: nothing was being saved.") + " " + typed
    said = translate("Your data are safe up to {time}, the last save.").format(time=f"{saved_at:%H:%M}")
    return f"{said} {typed}"


class CrashDialog(QDialog):
    """Says what is safe, and offers to go on, to copy where it happened, to see the log, or to start again."""

    def __init__(
        self, keeper: ThemeKeeper, parent: QWidget, problem: BaseException, saved_at: datetime | None, logs: str
    ) -> None:
        """``logs``: the folder of the log, blank where there is none."""
        super().__init__(parent)
        self._keeper = keeper
        self.report = crash_report(problem)
        title = translate("The program made a mistake")
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(8))
        column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self, wrap=True))
        self.safe = TextLabel(keeper, safe_words(saved_at), Style.NAME, "text", self, wrap=True)
        column.addWidget(self.safe)
        column.addWidget(TextLabel(keeper, sentence_of(problem), Style.BODY, "text2", self, wrap=True))
        said = translate("The report says where in the program it happened. No patient’s data are in it.")
        column.addWidget(TextLabel(keeper, said, Style.SECONDARY, "text2", self, wrap=True))
        column.addSpacing(keeper.px(12))
        self.copy = Button(keeper, translate("Copy the report"), icon="copy", parent=self)
        self.copy.clicked.connect(self._copy)
        self.logs = Button(keeper, translate("Show the log"), icon="folder-open", parent=self)
        self.logs.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(logs)))
        self.logs.setVisible(bool(logs))
        self.again = Button(keeper, translate("Start again"), parent=self)
        self.again.clicked.connect(self._start_again)
        self.go_on = Button(keeper, translate("Go on"), kind=Kind.PRIMARY, parent=self)
        self.go_on.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        for button in (self.copy, self.logs):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.again, self.go_on):
            row.addWidget(button)
        column.addLayout(row)
        self.go_on.setDefault(True)
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setMinimumWidth(keeper.px(560))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _copy(self) -> None:
        copy_to_stay(self.report)
        self.copy.setText(translate("Copied"))

    def _start_again(self) -> None:
        """Start the program anew once this one has closed its files."""
        application, window = QApplication.instance(), self.parentWidget()
        if application is not None:
            application.aboutToQuit.connect(start_again)
        self.accept()
        if window is not None and not window.window().close() and application is not None:
            application.aboutToQuit.disconnect(start_again)


def start_again() -> None:
    """Start the program as it was started."""
    frozen = bool(getattr(sys, "frozen", False))
    QProcess.startDetached(sys.executable, sys.argv[1:] if frozen else sys.argv)


def show_crash(
    keeper: ThemeKeeper, parent: QWidget, problem: BaseException, saved_at: datetime | None = None, folder: str = ""
) -> None:
    """Say that the program made a mistake; while one is said, others are only written down.

    ``folder`` is the clinic's, blank where none is open.
    """
    log.error("crashed", exc_info=problem)
    if any(dialog.isVisible() for dialog in parent.findChildren(CrashDialog)):
        return
    logs = Path(folder) / "logs" if folder else None
    dialog = CrashDialog(keeper, parent, problem, saved_at, str(logs) if logs is not None and logs.is_dir() else "")
    dialog.open()


class Mistakes(QObject):
    """Hears of exceptions nobody caught, in any thread, and brings them to the window; Qt's messages go to the log."""

    _heard = Signal(object)

    def __init__(self, show: Callable[[BaseException], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = (sys.excepthook, threading.excepthook)
        self._heard.connect(show, Qt.ConnectionType.QueuedConnection)

    def listen(self) -> None:
        """From now on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        qInstallMessageHandler(_to_log)

    def end(self) -> None:
        """As it was before."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def _uncaught(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, problem, trace)
            return
        self._heard.emit(problem)

    def _uncaught_in_thread(self, said: threading.ExceptHookArgs) -> None:
        if said.exc_value is not None and not isinstance(said.exc_value, SystemExit):
            self._heard.emit(said.exc_value)


def _to_log(kind: QtMsgType, where: QMessageLogContext, words: str) -> None:
    """A message of Qt: its kind and category are written down; its words, which may name anything, only on stderr."""
    category = where.category or ""
    name = category if _CATEGORY.fullmatch(category) else "qt"
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    log.log(levels.get(kind, logging.ERROR), "".join(("Qt said something of ", name)))
    if sys.stderr is not None:
        sys.stderr.write(f"{words}\n")
