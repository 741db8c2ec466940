"""Sheets that are taken out of a locked window, with what was typed in them, and come back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from clinic_app.ui.vault.wizard_again import StepsAgainSheet
    from clinic_app.ui.widgets.side_sheet import SideSheet
    from clinic_app.ui.widgets.wide_sheet import WideSheet

    Sheet = SideSheet | WideSheet | StepsAgainSheet


@dataclass(frozen=True, slots=True)
class _Kept:
    sheet: Sheet
    host: QWidget
    focus: QWidget | None


class Aside:
    """Keeps sheets out of the window: no part of it, not painted, in nobody's reach, while what they began goes on."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is kept."""
        return tuple(kept.sheet for kept in self._kept)

    @property
    def hosts(self) -> tuple[QWidget, ...]:
        """What they stood over."""
        return tuple(kept.host for kept in self._kept)

    def take(self, window: QWidget) -> None:
        """Take every sheet that stands in a window, the lowest first; what was typed is kept as a draft too."""
        from clinic_app.ui.widgets.record_sheet import RecordSheet

        holder = QApplication.focusWidget()
        for sheet in standing(window):
            if isinstance(sheet, RecordSheet):
                sheet.keep_draft()
            host = sheet.parentWidget()
            if host is None:
                continue
            inside = holder if holder is not None and sheet.isAncestorOf(holder) else None
            self._kept.append(_Kept(sheet, host, inside))
        for kept in self._kept:
            kept.sheet.hide()
            kept.sheet.setParent(None)

    def bring_back(self) -> bool:
        """Put them back where they stood; answers whether one has the keyboard now."""
        kept, self._kept = self._kept, []
        focused = False
        for one in kept:
            if not (isValid(one.sheet) and isValid(one.host)):
                continue
            one.sheet.setParent(one.host)
            one.sheet.come_back()
            wanted = one.focus if one.focus is not None and isValid(one.focus) else one.sheet
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)
            focused = True
        return focused

    def forget(self, sheet: QWidget) -> None:
        """One of them is over (what it saved was written meanwhile)."""
        self._kept = [kept for kept in self._kept if kept.sheet is not sheet]

    def drop(self) -> None:
        """Nobody comes back to them: somebody else works now, or the clinic is closed."""
        kept, self._kept = self._kept, []
        for one in kept:
            for gone in (one.sheet, one.host):
                if isValid(gone) and gone.parent() is None:
                    gone.deleteLater()


def standing(window: QWidget) -> list[Sheet]:
    """The sheets that can be seen in a window, the lowest first."""
    from clinic_app.ui.widgets.side_sheet import SideSheet
    from clinic_app.ui.widgets.themed import Plane
    from clinic_app.ui.widgets.wide_sheet import WideSheet

    sheets: list[Sheet] = [*window.findChildren(WideSheet), *window.findChildren(SideSheet)]
    others: list[Any] = [one for one in window.findChildren(Plane) if hasattr(one, "come_back") and one not in sheets]
    found: list[Sheet] = [*others, *sheets]
    return [sheet for sheet in found if sheet.isVisible()]
