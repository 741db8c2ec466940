"""The menu at the foot of the rail: what whoever works does about their own access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.ui.context import UiContext
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """What the window does for whoever works."""

    lock: Callable[[], object]
    switch_user: Callable[[], object]
    change_passphrase: Callable[[], object]
    set_pin: Callable[[], object]
    sign_out: Callable[[], object]


def user_menu(parent: QWidget, access: OwnAccess, services: Services) -> QMenu:
    """The menu; in a demo clinic nobody has a passphrase, so it offers to lock and to close."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    demo, me = services.clinic.demo, services.clinic.user
    lock = menu.addAction(translate("Lock") + "\tCtrl+Shift+L", access.lock)
    menu.addSeparator()
    has_pin = any(user.id == me.id for user in services.people.with_pin())
    own: list[QAction] = [
        menu.addAction(translate("Switch user…"), access.switch_user),
        menu.addAction(translate("Change my passphrase…"), access.change_passphrase),
        menu.addAction(translate("Change PIN…") if has_pin else translate("Set a PIN…"), access.set_pin),
    ]
    for action in own:
        action.setEnabled(not demo)
        if demo:
            action.setToolTip(translate("In a demo clinic there is one user and no passphrase"))
    menu.addSeparator()
    menu.addAction(translate("Sign out and close the clinic"), access.sign_out)
    menu.setDefaultAction(lock)
    return menu


def open_user_menu(name: QWidget, access: OwnAccess, context: UiContext, services: Services) -> QMenu:
    """Show it over the name of whoever works."""
    menu = user_menu(name.window(), access, services)
    place = name.mapToGlobal(QPoint(context.theme.px(8), 0))
    menu.popup(place - QPoint(0, menu.sizeHint().height()))
    return menu
