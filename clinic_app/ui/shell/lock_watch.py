"""When the window has to be locked: nobody types in it, the computer sleeps or is locked, or the day is long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

LONGEST_S: Final = 12 * 3600.0
"""After this long from the last passphrase it is asked for again, whoever types (security page 4.3)."""
TICK_MS: Final = 2000
SLEPT_S: Final = 1.0
LOCK_KEYS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
        QEvent.Type.Drop,
        QEvent.Type.InputMethod,
    }
)
"""What counts as somebody working: no mouse that moves by itself."""


def slept() -> float:
    """Seconds this computer has slept since it was started, as far as its clocks tell; only differences mean anything.

    Linux and macOS have a clock that counts sleep and one that does not; Windows has both as functions of its kernel.
    Only the Linux clocks have been read so far.
    """
    if sys.platform == "win32":
        import ctypes

        unbiased = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(unbiased))
        ticks = ctypes.windll.kernel32.GetTickCount64
        ticks.restype = ctypes.c_ulonglong
        return float(ticks()) / 1e3 - unbiased.value / 1e7
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if boot is None else time.clock_gettime(boot) - time.clock_gettime(time.CLOCK_MONOTONIC)


class LockWatch(QObject):
    """Watches one window while a clinic is open in it.

    ``idle``: lock softly. ``ended(code)``: lock hard; the code is that of the sentence that says why. ``steady`` is a
    clock nobody sets, in seconds; ``sleeping`` answers how long the computer has slept.
    """

    idle = Signal()
    wanted = Signal()
    """Ctrl+Shift+L in any window of ours: while a dialog or a menu stands, the key of the menu bar sleeps."""
    ended = Signal(str)

    def __init__(
        self,
        parent: QObject,
        steady: Callable[[], float] = time.monotonic,
        sleeping: Callable[[], float] = slept,
    ) -> None:
        super().__init__(parent)
        self._steady, self._sleeping = steady, sleeping
        self._windows: list[QWindow] = []
        self._minutes = 0
        self._touched = self._signed = steady()
        self._slept = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._follow)

    @property
    def watching(self) -> bool:
        """Whether a clinic is open."""
        return self._timer.isActive()

    def begin(self, minutes: int) -> None:
        """Somebody came in with a passphrase; ``minutes`` 0: no locking after a while (a demo clinic)."""
        self._minutes = minutes
        self._touched = self._signed = self._steady()
        self._slept = self._sleeping()
        self._follow(QGuiApplication.focusWindow())
        self._timer.start()

    def set_minutes(self, minutes: int) -> None:
        """The setting was changed."""
        self._minutes = minutes

    def touch(self) -> None:
        """Somebody works."""
        self._touched = self._steady()

    def signed_in(self) -> None:
        """A passphrase was right just now."""
        self._signed = self._steady()
        self.touch()

    def end(self) -> None:
        """The clinic is closed."""
        self._timer.stop()

    def look(self) -> None:
        """Say what is due."""
        now, slept_s = self._steady(), self._sleeping()
        if slept_s - self._slept > SLEPT_S:
            self._slept = slept_s
            self.ended.emit("hard_lock_slept")
        elif now - self._signed >= LONGEST_S:
            self._signed = now
            self.ended.emit("hard_lock_long_day")
        elif self._minutes and now - self._touched >= 60 * self._minutes:
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what is typed and clicked."""
        if event.type() in INPUT:
            self._touched = self._steady()
        if self.watching and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            with_others = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() == Qt.Key.Key_L and with_others == LOCK_KEYS:
                self.wanted.emit()
                return True
        return False

    def _follow(self, window: QWindow | None) -> None:
        """Windows of ours that get the keyboard are watched, dialogs too."""
        if window is not None and window not in self._windows:
            self._windows.append(window)
            window.installEventFilter(self)
            window.destroyed.connect(lambda: self._windows.clear())
