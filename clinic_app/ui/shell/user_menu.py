"""The menu at the foot of the rail: what whoever works does about their own access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from clinic_app.ui.context import UiContext
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.shell.window import MainWindow


def user_menu(window: MainWindow, services: Services) -> QMenu:
    """The menu; in a demo clinic nobody has a passphrase, so it offers to lock and to close."""
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    demo, me = services.clinic.demo, services.clinic.user
    lock = menu.addAction(translate("Lock") + "\tCtrl+Shift+L", window.locking.lock)
    menu.addSeparator()
    has_pin = any(user.id == me.id for user in services.people.with_pin())
    own: list[QAction] = [
        menu.addAction(translate("Switch user…"), window.switch_user),
        menu.addAction(translate("Change my passphrase…"), window.change_passphrase),
        menu.addAction(translate("Change PIN…") if has_pin else translate("Set a PIN…"), window.set_pin),
    ]
    for action in own:
        action.setEnabled(not demo)
        if demo:
            action.setToolTip(translate("In a demo clinic there is one user and no passphrase"))
    menu.addSeparator()
    menu.addAction(translate("Sign out and close the clinic"), window.close_clinic)
    menu.setDefaultAction(lock)
    return menu


def open_user_menu(window: MainWindow, context: UiContext, services: Services) -> QMenu:
    """Show it over the name."""
    menu = user_menu(window, services)
    place = window.rail.user.mapToGlobal(QPoint(context.theme.px(8), 0))
    menu.popup(place - QPoint(0, menu.sizeHint().height()))
    return menu
