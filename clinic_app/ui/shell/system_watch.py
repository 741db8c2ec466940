"""What the system tells: the computer goes to sleep, its screen is locked, another person sits down.

Linux: systemd-logind and the screen savers of the desktops over D-Bus (a local socket). Windows: messages to the
window. macOS tells only those who ask its notification centre, for which Qt has nothing: there the clock that counts
sleep (``lock_watch.slept``) and the idle time do it. The Windows part has never been run.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Final

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

WM_POWERBROADCAST: Final = 0x0218
WM_WTSSESSION_CHANGE: Final = 0x02B1
PBT_APMSUSPEND: Final = 0x4
SESSION_GOES: Final = frozenset({0x2, 0x4, 0x6, 0x7})
"""WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK."""
LOGIN = "org.freedesktop.login1"
SAVERS: Final = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
)
log = logging.getLogger(__name__)


class SystemWatch(QObject):
    """``sleeps``: the computer is about to sleep. ``locked``: its screen is locked or another person takes over."""

    sleeps = Signal()
    locked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._filter: _WindowsMessages | None = None
        self._buses: list[object] = []
        self.heard = 0
        """How many sources answered."""

    def begin(self) -> None:
        """Listen where this system tells anything; where it does not, idle time and the sleep clock remain."""
        if sys.platform == "win32":
            self._listen_to_windows()
        elif sys.platform.startswith("linux"):
            self._listen_to_bus()

    def _listen_to_bus(self) -> None:
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError as fault:
            log.info("no D-Bus here: %s", type(fault).__name__)
            return
        system, session = QDBusConnection.systemBus(), QDBusConnection.sessionBus()
        self._buses = [system, session]
        asleep, away, gone = SLOT("sleep_told(bool)"), SLOT("saver_told(bool)"), SLOT("lock_told()")
        wanted: list[tuple[Any, str, str, str, str, Any]] = [
            (system, LOGIN, "/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", asleep),
            (system, LOGIN, "", f"{LOGIN}.Session", "Lock", gone),
        ]
        wanted += [(session, "", path, name, "ActiveChanged", away) for name, path in SAVERS]
        for bus, service, path, interface, name, slot in wanted:
            if bus.isConnected() and bus.connect(service, path, interface, name, self, slot):
                self.heard += 1

    @Slot(bool)
    def sleep_told(self, begins: bool) -> None:
        """logind: the computer is about to sleep, or woke up."""
        if begins:
            self.sleeps.emit()

    @Slot(bool)
    def saver_told(self, active: bool) -> None:
        """The screen saver covers the screen, or no longer."""
        if active:
            self.locked.emit()

    @Slot()
    def lock_told(self) -> None:
        """logind: the session is locked."""
        self.locked.emit()

    def _listen_to_windows(self) -> None:
        import ctypes

        if sys.platform == "win32":
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(int(self._window.winId()), 0)
        self._filter = _WindowsMessages(self)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self._filter)
            self.heard += 1

    def message(self, number: int, what: int) -> None:
        """A message of Windows: its number and its first parameter."""
        if number == WM_POWERBROADCAST and what == PBT_APMSUSPEND:
            self.sleeps.emit()
        elif number == WM_WTSSESSION_CHANGE and what in SESSION_GOES:
            self.locked.emit()


class _WindowsMessages(QAbstractNativeEventFilter):
    """Reads the messages of Windows that come to the windows of the program."""

    def __init__(self, watch: SystemWatch) -> None:
        super().__init__()
        self._watch = watch

    def nativeEventFilter(self, kind: Any, message: int) -> object:
        """Tell of two kinds of messages; all go on to where they went."""
        import ctypes
        from ctypes import wintypes

        told = wintypes.MSG.from_address(int(message))
        if told.message in (WM_POWERBROADCAST, WM_WTSSESSION_CHANGE):
            self._watch.message(told.message, int(ctypes.c_size_t(told.wParam).value))
        return False, 0
