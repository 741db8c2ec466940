"""Where photographs come from: files and folders that are dropped or chosen, or the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QStandardPaths, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import Button, Kind
from clinic_app.ui.widgets.drop_area import DropArea
from clinic_app.wording.language import translate

RAW_FORMATS = ("image/jpeg", "image/heic", "image/heif", "image/webp", "image/png")
"""Clipboard formats that are a whole file; they are taken as they are, with the camera's own date."""

AskFiles = Callable[[QWidget, str], list[str]]
AskFolder = Callable[[QWidget, str], str]


def pasted_picture(mime: QMimeData | None) -> bytes | QImage | None:
    """The picture on the clipboard: a whole file where there is one, else its pixels."""
    if mime is None:
        return None
    for name in RAW_FORMATS:
        if mime.hasFormat(name):
            return bytes(mime.data(name).data())
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return image
    return None


def as_png(picture: bytes | QImage) -> bytes:
    """The bytes to import; pixels become a PNG. Slow for large pictures: call it in a worker."""
    if isinstance(picture, bytes):
        return picture
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG", 80)  # type: ignore[call-overload]  # the stub wants bytes, the binding text
    buffer.close()
    return bytes(store.data())


def ask_files(parent: QWidget, folder: str) -> list[str]:
    """The computer's own dialog for files."""
    kinds = translate("Photos (*.jpg *.jpeg *.png *.webp *.heic *.heif)")
    found, _ = QFileDialog.getOpenFileNames(
        parent, translate("Import photos"), folder, f"{kinds};;{translate('All files (*)')}"
    )
    return list(found)


def ask_folder(parent: QWidget, folder: str) -> str:
    """The computer's own dialog for a folder."""
    return QFileDialog.getExistingDirectory(parent, translate("Import a folder of photos"), folder)


class SourcesPage(DropArea):
    """An area to drop photographs on, with buttons for files, a folder and the clipboard."""

    chosen = Signal(object)
    """(tuple of paths)."""
    paste_asked = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget | None = None,
        *,
        files: AskFiles = ask_files,
        folder: AskFolder = ask_folder,
    ) -> None:
        kinds = translate("JPEG, PNG, WebP and HEIC. The files are copied and sealed; yours stay where they are.")
        super().__init__(keeper, "images", translate("Drop photos or a folder here"), kinds, parent)
        self._ask_files, self._ask_folder = files, folder
        self._start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.files_button = Button(
            keeper, translate("Choose photos…"), kind=Kind.PRIMARY, icon="image-plus", parent=self
        )
        self.files_button.clicked.connect(self._choose_files)
        self.folder_button = Button(keeper, translate("Choose a folder…"), icon="folder-open", parent=self)
        self.folder_button.clicked.connect(self._choose_folder)
        self.paste_button = Button(keeper, translate("Paste"), icon="clipboard-paste", key="Ctrl V", parent=self)
        self.paste_button.clicked.connect(self.paste_asked)
        self.set_buttons(self.files_button, self.folder_button, self.paste_button)
        self.dropped.connect(self.chosen)

    def _choose_files(self) -> None:
        found = self._ask_files(self, self._start)
        if found:
            self._start = str(Path(found[0]).parent)
            self.chosen.emit(tuple(found))

    def _choose_folder(self) -> None:
        found = self._ask_folder(self, self._start)
        if found:
            self._start = found
            self.chosen.emit((found,))
