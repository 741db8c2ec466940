"""The icon in the system's tray, where there is a tray: numbers of the day, and the way back to the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.language import translate

ASKED = "tray_asked"


class Tray(QObject):
    """Shows sentences that hold no name. ``wanted``: the window is wanted; ``left``: the program is to end."""

    wanted = Signal()
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, window: QWidget) -> None:
        super().__init__(window)
        self._menu = QMenu(window)
        self._menu.addAction(translate("Open"), self.wanted.emit)
        self._menu.addAction(translate("Quit"), self.left.emit)
        pixmap = keeper.icons.pixmap("calendar-clock", keeper.colour("accent").name(), 32, 1.0)
        self._icon = QSystemTrayIcon(QIcon(pixmap), self)
        self._icon.setContextMenu(self._menu)
        self._icon.setToolTip(translate("Case tracker"))
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.wanted)
        self._icon.show()

    def say(self, words: str) -> None:
        """Say something, and keep it as the icon's tooltip."""
        self._icon.setToolTip(words)
        self._icon.showMessage(translate("Case tracker"), words, QSystemTrayIcon.MessageIcon.NoIcon)

    def forget(self) -> None:
        """Nothing is known any more."""
        self._icon.setToolTip(translate("Case tracker"))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.wanted.emit()


class TrayOffer(Banner):
    """Asks once on this computer whether the program stays in the tray when its window is closed. Off unless said."""

    taken = Signal()

    def __init__(self, keeper: ThemeKeeper, settings: QSettings, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._settings = settings
        self.acted.connect(self._take)

    def offer(self) -> None:
        """Ask, unless it was asked before."""
        if self._settings.contains(ASKED):
            return
        self._settings.setValue(ASKED, "true")
        words = translate(
            "Reminders can go on when the window is closed: the program then stays in the tray, locked. It is off "
            "unless you want it; Schedule, Reminders changes it."
        )
        self.show_words(words, action=translate("Stay in the tray"), level=Level.INFO)

    def _take(self) -> None:
        self.clear()
        self.taken.emit()


def tray_available() -> bool:
    """Whether the desktop has a tray."""
    return QSystemTrayIcon.isSystemTrayAvailable()


def bring_up(window: QWidget) -> None:
    """Show a window that was hidden or is behind others."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
