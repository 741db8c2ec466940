"""The one sheet that stands over the window, and the two imports, which are kept while the clinic is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from clinic_app.domain.access import Action
from clinic_app.ui.context import UiContext
from clinic_app.ui.shell.rooms import Rooms
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.ui.pictures.import_sheet import PictureImportSheet
    from clinic_app.ui.register.import_sheet import RegisterImportSheet
    from clinic_app.ui.widgets.side_sheet import SideSheet


class SheetStand(QObject):
    """Opens sheets, one at a time: the one that stands is closed first, unless something in it is not saved.

    ``opened`` after one was shown; ``keyboard_free`` when one went with the keyboard in it; ``said`` brings what
    hinders another from opening.
    """

    opened = Signal()
    keyboard_free = Signal()
    said = Signal(str)

    def __init__(self, context: UiContext, rooms: Rooms, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._rooms = rooms
        self.sheet: Plane | None = None
        self.photos: PictureImportSheet | None = None
        self.register: RegisterImportSheet | None = None

    @property
    def in_sight(self) -> QWidget | None:
        """The sheet or import that is seen, None for none."""
        standing = (self.sheet, self.photos, self.register)
        return next((one for one in standing if one is not None and one.isVisible()), None)

    def standing(self) -> SideSheet | None:
        """The side sheet that is seen over the window."""
        from clinic_app.ui.widgets import side_sheet

        sheet = self.sheet
        return sheet if isinstance(sheet, side_sheet.SideSheet) and sheet.isVisible() else None

    def open(self, build: Callable[[], Plane], need: Action | None = None) -> None:
        """Open a sheet, unless what it is for is never given to the roles of whoever works: that is said instead."""
        if not self._context.open or (need is not None and self._context.refuse(need)):
            return
        if not self.put_away():
            return
        sheet = build()
        self.sheet = sheet
        sheet.closed.connect(lambda *_: self._closed(sheet))  # type: ignore[attr-defined]  # every sheet has it
        begin = getattr(sheet, "begin", None) or sheet.open  # type: ignore[attr-defined]
        begin()
        sheet.raise_()
        self.opened.emit()

    def put_away(self) -> bool:
        """Close the sheet that stands; answers False where something in it is not saved."""
        for kept in (self.photos, self.register):
            if kept is not None and kept.isVisible():
                if kept.busy:
                    self.said.emit(translate("Wait for what is under way, or stop it first."))
                    return False
                kept.leave()
        standing = self.sheet
        if standing is None:
            return True
        if standing.isVisible() and (getattr(standing, "changed", False) or getattr(standing, "busy", False)):
            self.said.emit(translate("Save or cancel what is open first."))
            standing.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        self.close()
        return True

    def close(self) -> None:
        """Take the sheet that stands away, whatever is in it."""
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            sheet.hide()
            sheet.deleteLater()

    def close_all(self) -> None:
        """The clinic is closed: nothing stands, and both imports go."""
        self.close()
        for kept in (self.photos, self.register):
            if kept is not None:
                kept.hide()
                kept.deleteLater()
        self.forget()

    def forget(self) -> None:
        """Whatever stood belongs to somebody else now: the lock keeps it for whom it was."""
        self.sheet = self.photos = self.register = None

    def picture_import(self) -> PictureImportSheet:
        """The import of photographs, built when it is first wanted."""
        if self.photos is None:
            self.photos = self._rooms.picture_import()
        return self.photos

    def import_pictures(self, patient_id: int, paths: object) -> None:
        """Open the import of photographs; no paths: it asks for them."""
        if self._context.open and not self._context.refuse(Action.ADD_PHOTOS) and self.put_away():
            found = tuple(str(path) for path in paths) if isinstance(paths, (tuple, list)) else ()
            self.picture_import().start(patient_id, found)

    def paste_picture(self, patient_id: int) -> None:
        """Take what is in the clipboard for a patient."""
        if self._context.refuse(Action.ADD_PHOTOS):
            return
        if not patient_id:
            self.said.emit(translate("Select a patient first."))
        elif self._context.open and self.put_away():
            self.picture_import().paste(patient_id)

    def import_register(self, path: str) -> None:
        """Open the import of a register; no path: it asks for one."""
        if self._context.open and not self._context.refuse(Action.IMPORT) and self.put_away():
            if self.register is None:
                self.register = self._rooms.register_import()
            self.register.open(path)
            self.opened.emit()

    def _closed(self, sheet: Plane) -> None:
        if self.sheet is sheet:
            self.sheet = None
        sheet.deleteLater()
        holder = QApplication.focusWidget()
        if holder is None or not holder.isVisible() or sheet.isAncestorOf(holder):
            self.keyboard_free.emit()
