"""The whole window over a real clinic, as the program builds it, for what has to be measured from a key on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QSettings

from clinic_app.domain.preferences import MachinePreferences
from clinic_app.services import Services
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.shell.quick_start import CollectionPause
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.tasks import Tasks
from tests.benchmarks.photographs import application, pass_by, wait_until


@contextmanager
def whole_window(services: Services, folder: Path) -> Iterator[tuple[MainWindow, UiContext]]:
    """A window of 1920 by 1080 with its call list; ``folder`` is where it keeps its places."""
    pause = CollectionPause()
    pause.begin()
    _, keeper = application()
    tasks = Tasks()
    context = UiContext(tasks, keeper, Intents())
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("today_first", "false")
    window = MainWindow(context, settings, MachinePreferences(), lambda _: None)
    window.resize(1920, 1080)
    window.show()
    window.activateWindow()
    window.attach(services)
    pass_by(1.0)
    wait_until(lambda: tasks.pending == 0, 60)
    pause.end()
    try:
        yield window, context
    finally:
        window.close()
        wait_until(lambda: tasks.pending == 0)
        context.detach()
        tasks.close()
        window.deleteLater()
        keeper.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
