"""From nothing to a window with a clinic in it: paint first, then look into the folder, then attach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.preferences import MachinePreferences
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.shell.front import Front, stamp
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.clinic_data import ClinicDoor
    from clinic_app.ui.vault.door_keeper import DoorKeeper
    from clinic_app.ui.vault.start_view import StartView
    from clinic_app.ui.vault.wizard_again import Speech


LAST_USER = "last_user"
LONGEST_LOADING = 10_000
"""Milliseconds after which the start counts as over whatever happened."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the window needs to know of this computer.

    ``folder``: the clinic's data folder. ``demo_folder``: where *Open demo clinic* makes or finds one, blank for no
    such button. ``demo``: open that one at once. ``themes``: the folder of ``window.qss``. ``window_file``: an INI file
    for the window's geometry. ``keep`` writes the preferences. ``make_door`` builds the
    door; it is called in a thread, so that the heavy libraries load after the first paint. ``keep_log`` begins the log
    of a clinic's folder and answers how to end it. ``loaded`` is called, perhaps more than once, when the first list
    can be used or something has to be asked, and after ten seconds at the latest. ``languages``: (code, name) of those
    there are, ``speak`` changes to one of them. ``smoke``: close again as soon as
    the call list can be used (or something has to be asked), and say on standard output when that was.
    """

    folder: str
    demo_folder: str
    themes: Path
    window_file: Path
    preferences: MachinePreferences
    keep: Callable[[MachinePreferences], object]
    make_door: Callable[[], ClinicDoor]
    demo: bool = False
    keep_log: Callable[[str], Callable[[], None]] | None = None
    loaded: Callable[[], None] | None = None
    smoke: bool = False
    languages: tuple[tuple[str, str], ...] = ()
    speak: Callable[[str], object] | None = None


class FirstPaint(QObject):
    """Calls once, after a window has painted for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._then: Callable[[], object] | None = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch for the paint."""
        if event.type() is QEvent.Type.Paint and self._then is not None:
            then, self._then = self._then, None
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, then)
        return False


class Opening(QObject):
    """Keeps the window, and brings it a clinic whenever none is open."""

    def __init__(self, app: QApplication, start: Start, front: Front | None = None) -> None:
        super().__init__()
        self._start = start
        self._front = front
        self._preferences = start.preferences
        self._language = start.preferences.language
        self._last_user = start.preferences.last_user
        self._view: StartView | None = None
        self._doors: DoorKeeper | None = None
        self._end_log: Callable[[], None] | None = None
        self._knocks: QFileSystemWatcher | None = None
        self.context = UiContext(Tasks(self), ThemeKeeper(app, start.themes, self), Intents(self), self)
        settings = self._settings = QSettings(str(start.window_file), QSettings.Format.IniFormat)
        self.window = MainWindow(self.context, settings, start.preferences, self._keep)
        self._folder = start.demo_folder if start.demo else start.folder
        self.window.close_asked.connect(self._closed)
        self.window.gone.connect(self._end)
        self.window.may_leave = self._may_leave
        self.window.rooms.speech = self._speech

    def show(self) -> None:
        """Show the window; all else begins after its first paint."""
        self._painted = FirstPaint(self.window, self._begin)
        self.window.show()

    def _begin(self) -> None:
        if self._front is not None:
            self._front.close()
            self._front = None
        self.window.schedule.listed.connect(self._usable)
        QTimer.singleShot(LONGEST_LOADING, self, self._loaded)
        start = self._start
        self._ask(start.demo_folder if start.demo else start.folder, demo=start.demo)

    def _usable(self) -> None:
        self.window.schedule.listed.disconnect(self._usable)
        if self._start.smoke:
            self.window.schedule.table.viewport().repaint()
            stamp("usable")
            QTimer.singleShot(0, self.window.close)
        QTimer.singleShot(0, self, self._loaded)

    def _asked(self) -> None:
        if self._start.smoke:
            stamp("asked")
            QTimer.singleShot(0, self.window.close)
        self._loaded()

    def _loaded(self) -> None:
        if self._start.loaded is not None:
            self._start.loaded()

    def _closed(self) -> None:
        """The clinic was closed: ask how to open it, or another one. A demo clinic does not open again by itself."""
        self._close_log()
        restore, self.window.restore_next = self.window.restore_next, False
        demo = self._folder == self._start.demo_folder
        kept = str(self._preferences.data_folder or self._start.folder)
        self._ask(kept if demo else self._folder, restore=restore)

    def _ask(self, folder: str, *, demo: bool = False, restore: bool = False) -> None:
        from clinic_app.ui.vault.door_keeper import DoorKeeper
        from clinic_app.ui.vault.start_view import StartView

        if self._doors is None:
            self._doors = DoorKeeper(self.context.tasks, self._start.make_door)
        start = self._start
        view = StartView(
            self.context.theme,
            self._doors,
            folder,
            start.demo_folder,
            self.window,
            languages=start.languages,
            language=self._preferences.language,
            speak=start.speak,
            last_user=self._last_user,
        )
        view.notice, self.window.locking.parting = self.window.locking.parting, ""
        view.last_user = str(self._settings.value(LAST_USER, ""))
        view.hide()
        view.needed.connect(lambda: self.window.show_start(view))
        view.needed.connect(self._asked)
        if restore:
            view.needed.connect(view.restore, Qt.ConnectionType.SingleShotConnection)
        view.opened.connect(self._opened)
        view.made.connect(self._made)
        view.spoken.connect(self._spoken)
        self._view = view
        if demo:
            view.open_demo()
        else:
            view.begin()

    def _opened(self, services: Services, folder: str) -> None:
        view, self._view = self._view, None
        self._folder = folder
        if folder != self._start.demo_folder:
            info = services.clinic
            self._last_user = info.user.name if info.choices.show_last_user else ""
            self._keep(replace(self._preferences, data_folder=Path(folder)))
        self._close_log()
        self._knocks = QFileSystemWatcher([services.lock_file], self)
        self._knocks.fileChanged.connect(self._come_to_front)
        if self._start.keep_log is not None:
            self._end_log = self._start.keep_log(services.clinic.folder)
        info = services.clinic
        if info.choices.show_last_user and not info.demo:
            self._settings.setValue(LAST_USER, info.user.name)
        else:
            self._settings.remove(LAST_USER)
        self.window.attach(services)
        if view is not None and view.how == "register":
            self.context.intents.import_register.emit("")
        if view is not None:
            view.hide()
            view.deleteLater()

    def _speech(self) -> Speech:
        """The languages there are; one that is chosen is spoken from the next start on."""
        from clinic_app.ui.vault.wizard_again import Speech

        return Speech(self._start.languages, self._language, self._spoken)

    def _made(self, folder: str) -> None:
        """A clinic was made there; the demo is looked at first."""
        self._keep(replace(self._preferences, data_folder=Path(folder)))

    def _spoken(self, code: str) -> None:
        """Another language was chosen; the window itself speaks it from the next start on."""
        self._language = code
        self._keep(self._preferences)

    def _keep(self, preferences: MachinePreferences) -> None:
        """Write the preferences; the window knows the looks, this object the folder and the language."""
        folder = preferences.data_folder or self._preferences.data_folder
        self._preferences = replace(preferences, data_folder=folder, language=self._language, last_user=self._last_user)
        self._start.keep(self._preferences)

    def _may_leave(self) -> bool:
        """Whether the window may close: asks before recovery codes nobody kept are gone from the screen for good."""
        return self._view is None or self._view.may_leave()

    def _end(self) -> None:
        if self._view is not None:
            self._view.close_unopened()
        self._close_log()

    def _come_to_front(self) -> None:
        """The program was started again on the same clinic: this is the window that is meant."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()
        QApplication.alert(self.window)

    def _close_log(self) -> None:
        if self._knocks is not None:
            self._knocks.deleteLater()
            self._knocks = None
        end, self._end_log = self._end_log, None
        if end is not None:
            end()


def show_window(start: Start, front: Front | None = None) -> int:
    """Show the window, in place of the front, and stay until it is closed; answers Qt's exit code."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError(type(app))
    app.setApplicationName("Dystonia Case Tracker")
    app.setApplicationDisplayName(translate("Dystonia Case Tracker"))
    opening = Opening(app, start, front)
    opening.show()
    from clinic_app.ui.shell.crash import Mistakes

    mistakes = Mistakes(opening.window.show_mistake, opening)
    mistakes.listen()
    try:
        return app.exec()
    finally:
        mistakes.end()
