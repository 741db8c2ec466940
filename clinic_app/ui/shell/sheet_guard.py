"""While a sheet of somebody stands, no list behind it chooses somebody else: the sheet goes first, or stays meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

if TYPE_CHECKING:
    from clinic_app.ui.widgets.side_sheet import SideSheet

PRESSES: Final = frozenset({
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.ContextMenu, QEvent.Type.KeyPress,
})  # fmt: skip
PASSING: Final = frozenset({
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
})  # fmt: skip
"""Keys that choose nobody."""


class SheetGuard(QObject):
    """Stands between the lists it watches and whoever presses in them.

    ``standing``: the side sheet that is open, None without one. ``put_away``: close it; False where something in it is
    not saved, which is said then.
    """

    def __init__(self, standing: Callable[[], SideSheet | None], put_away: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._standing, self._put_away = standing, put_away

    def watch(self, chooser: QWidget) -> None:
        """Presses in these rows, or in this search, choose somebody."""
        chooser.installEventFilter(self)
        if isinstance(chooser, QAbstractItemView):
            chooser.viewport().installEventFilter(self)

    def holds(self) -> bool:
        """Whether nobody else may be chosen now; a sheet in which nothing was typed is closed instead."""
        return self._standing() is not None and not self._put_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow what would choose somebody while the sheet stays; Esc is the sheet's."""
        if event.type() not in PRESSES or (sheet := self._standing()) is None:
            return False
        if isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                sheet.setFocus(Qt.FocusReason.OtherFocusReason)
                sheet.step_out()
                return True
            if Qt.Key(event.key()) in PASSING:
                return False
        return self.holds()
